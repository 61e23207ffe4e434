"""Long stretches of working time in the unit people plan in: days of work, and the hours that remain."""

from __future__ import annotations

import numpy as np

from dashboard.i18n import fmt, t
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.frames import MISSING
from etl.domain.units import HOUR


def in_working_days(calendar: WorkCalendar, begin: int, end: int) -> str:
    """ "6 hari kerja 5 jam" between two moments (UTC seconds, begin ≤ end); below one day "5 jam 4 menit kerja".

    A working day is over at the same clock time of the next open day, however many hours that day has; what remains
    is working time, with days in whole hours.
    """
    count, rest = _days_and_rest(calendar, begin, end)
    if not count:
        return t("case.of_work", time=fmt().duration(rest))
    days = t("case.working_days", n=count)
    return f"{days} {fmt().duration(rest // HOUR * HOUR)}" if rest >= HOUR else days


def _days_and_rest(calendar: WorkCalendar, begin: int, end: int) -> tuple[int, int]:
    """Whole working days, and the working seconds after them."""
    moments = np.array([begin, end], np.int64)
    days = calendar.local_day(moments)
    clocks = moments - calendar.day_start(days)
    opened = calendar.opening(np.arange(days[0] + 1, days[1] + 1)) != MISSING
    count = int(opened.sum())
    if count and opened[-1] and clocks[1] < clocks[0]:
        count -= 1
    begun = calendar.day_start(calendar.add_working_days(days[:1], count)) + clocks[0]
    return count, int(calendar.working_seconds(begun, moments[1:])[0])
