"""When rooms are open: the office's hours or a room's own, less its closures.

Own hours replace the weekly profile only: a holiday or a closed day closes the room too, a one-off day with hours
replaces its hours, and Ramadan changes only rooms without hours of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.intervals import Intervals
from etl.domain.calendar.types import Interval
from etl.domain.frames import MISSING, Ints
from etl.domain.units import DAY

WeekHours = Mapping[int, Sequence[Interval]]


def opening_hours(calendar: WorkCalendar, own: WeekHours | None, first: int, last: int) -> Intervals:
    """When a room is open on the local days `first` to `last`, both included; `own` are its own hours by weekday.

    Sorted and without overlaps.
    """
    if own is None:
        return _of_days(calendar, first, last)
    days = np.arange(first, last + 1, dtype=np.int64)
    special = np.array([day for day in calendar.days.special_days if first <= day <= last], np.int64)
    free = np.array([*calendar.days.special_days, *calendar.days.holidays], np.int64)
    weekly = days[~np.isin(days, free)]
    parts = [_weekly(calendar, own, weekly), *(_of_days(calendar, int(day), int(day)) for day in special)]
    return Intervals(np.concatenate([part.start for part in parts]), np.concatenate([part.end for part in parts])).union


def day_closings(opened: Intervals, day_end: Ints) -> Ints:
    """The last moment at which the room is open on each local day, MISSING where it does not open.

    `day_end` are the ends of the days, ascending, each the start of the next; the first element is the start of the
    first day, so that there is one result less.
    """
    if not len(opened):
        return np.full(len(day_end) - 1, MISSING, np.int64)
    before = np.searchsorted(opened.start, day_end[1:], "left") - 1
    closing = np.minimum(opened.end[np.maximum(before, 0)], day_end[1:])
    is_open = (before >= 0) & (closing > day_end[:-1])
    return np.where(is_open, closing, MISSING)


def day_openings(opened: Intervals, day_end: Ints) -> Ints:
    """As `day_closings`: the first moment at which the room is open."""
    if not len(opened):
        return np.full(len(day_end) - 1, MISSING, np.int64)
    there = np.searchsorted(opened.end, day_end[:-1], "right")
    opening = np.maximum(opened.start[np.minimum(there, len(opened) - 1)], day_end[:-1])
    is_open = (there < len(opened)) & (opening < day_end[1:])
    return np.where(is_open, opening, MISSING)


def _of_days(calendar: WorkCalendar, first: int, last: int) -> Intervals:
    """The office's hours of those days."""
    low, high = np.searchsorted(calendar.spans.day, [first, last + 1])
    return Intervals(calendar.spans.start[low:high], calendar.spans.end[low:high])


def _weekly(calendar: WorkCalendar, own: WeekHours, days: Ints) -> Intervals:
    """Own hours on those days."""
    opening, closing = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    weekday = (days + 3) % 7
    for day, hours in own.items():
        mine = days[weekday == day] * DAY
        for start, end in hours:
            opening.append(mine + start)
            closing.append(mine + end)
    left, right = np.concatenate(opening), np.concatenate(closing)
    order = np.argsort(left, kind="stable")
    _, start_at, end_at = calendar.clock.spans(left[order], right[order])
    return Intervals(start_at, end_at)
