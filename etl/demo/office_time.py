"""The office's clock in whole minutes, forwards and backwards, for inventing believable stamps.

A moment here is an int: `date.toordinal() * 1440 + minute of the day`, office time. People type whole minutes, and
Asia/Jakarta has no summer time, so nothing finer is needed. A day is the ordinal alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from etl.domain.calendar.days import DayPlan

DAY = 1440
OFFICE_ZONE = ZoneInfo("Asia/Jakarta")

Span = tuple[int, int]
"""First and last minute of an opening."""


def minute_of(moment: datetime) -> int:
    """The whole minute of an aware moment on the office's clock, seconds dropped."""
    local = moment.astimezone(OFFICE_ZONE)
    return local.toordinal() * DAY + local.hour * 60 + local.minute


def at(day: int, hour: int, minute: int = 0) -> int:
    """The moment of that day at that clock time."""
    return day * DAY + hour * 60 + minute


def day_of(moment: int) -> int:
    """The day a moment lies on."""
    return moment // DAY


def date_of(moment: int) -> date:
    """The date a moment lies on."""
    return date.fromordinal(moment // DAY)


def time_of(moment: int) -> time:
    """The clock time of a moment."""
    return time(moment % DAY // 60, moment % 60)


class OfficeHours:
    """Working minutes between moments, and moments a number of working minutes away.

    `days` yields (day, opening spans in minutes of that day) in ascending order. Moments outside the given days
    are taken as closed.
    """

    def __init__(self, days: Iterable[tuple[int, tuple[Span, ...]]]) -> None:
        self._spans = {day: spans for day, spans in days if spans}
        self.days = list(self._spans)
        self._starts = [day * DAY + first for day, spans in self._spans.items() for first, _ in spans]
        self._ends = [day * DAY + last for day, spans in self._spans.items() for _, last in spans]
        self._before = [0]
        for start, end in zip(self._starts, self._ends, strict=True):
            self._before.append(self._before[-1] + end - start)

    def worked(self, moment: int) -> int:
        """Working minutes from the first known day to the moment."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0
        return self._before[index] + min(moment, self._ends[index]) - self._starts[index]

    def between(self, start: int, end: int) -> int:
        """Working minutes from start to end."""
        return self.worked(end) - self.worked(start)

    def later(self, moment: int, minutes: int) -> int:
        """The earliest moment with that many working minutes since `moment`."""
        if minutes <= 0:
            return moment
        total = self.worked(moment) + minutes
        index = min(bisect_left(self._before, total), len(self._starts)) - 1
        return self._starts[index] + total - self._before[index]

    def earlier(self, moment: int, minutes: int) -> int:
        """The latest moment from which that many working minutes lead to `moment`; itself for none."""
        if minutes <= 0:
            return moment
        total = self.worked(moment) - minutes
        index = min(bisect_right(self._before, total), len(self._starts)) - 1
        return self._starts[index] + total - self._before[index]

    def is_open(self, moment: int) -> bool:
        """Whether the office works at that moment."""
        return any(first <= moment % DAY < last for first, last in self._spans.get(day_of(moment), ()))

    def is_working_day(self, day: int) -> bool:
        """Whether the office opens on that day at all."""
        return day in self._spans

    def working_day(self, day: int, offset: int) -> int:
        """The working day `offset` working days after `day` (before it when negative); 0 = on or after it."""
        index = bisect_left(self.days, day)
        if offset > 0 and self.is_working_day(day):
            return self.days[index + offset]
        return self.days[index + offset - (offset > 0)]

    def opening(self, day: int) -> int:
        """First working moment of a working day."""
        return day * DAY + self._spans[day][0][0]

    def closing(self, day: int) -> int:
        """Last working moment of a working day."""
        return day * DAY + self._spans[day][-1][1]


def office_hours(plans: Iterable[DayPlan]) -> OfficeHours:
    """Hours of the days planned by the working calendar, seconds dropped."""
    return OfficeHours((plan.date.toordinal(), _spans(plan)) for plan in plans)


def _spans(plan: DayPlan) -> tuple[Span, ...]:
    return tuple((first // 60, last // 60) for first, last in plan.intervals)
