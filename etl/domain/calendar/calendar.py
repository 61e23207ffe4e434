"""The office's calendar: which hours of which day are working time, and what follows from it for moments.

Of a day the one-off day counts first, then the holiday, then Ramadan, then the latest profile.

The calendar is dated data (profiles, holidays, one-off days), compiled once into arrays. Moments are UTC
seconds, days are numbers since 1970-01-01, MISSING in gives MISSING out. Working time is real elapsed time
while the wall clock of the office shows an open hour, also where the clock changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from data_access.errors import Message
from etl.domain.calendar.rules import (
    LONGEST_CLOSURE_DAYS,
    check_rules,
    closure_error,
    profile_warnings,
    years_without_leave,
)
from etl.domain.calendar.types import DayKind, DayLine, DayPlan, Holiday, Interval, Profile, SpecialDay
from etl.domain.calendar.working_time import WorkTable, compile_spans
from etl.domain.calendar.zone import ZoneTable, open_zone, zone_table
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.units import DAY, day_date, day_number

_NO_PROFILE = -1
_CLOSED = 0
_FREE_KINDS: dict[str, DayKind] = {"public": "holiday", "government": "leave"}
_OPEN_KINDS: dict[str, DayKind] = {"weekly": "open", "ramadan": "ramadan"}


@dataclass(frozen=True, eq=False)
class DayTable:
    """The days `first` … `first + len(shape) - 1`, one entry each.

    `shape` points into `shapes`, the distinct lists of intervals (0 = closed); `profile` into `profiles`
    (-1 = none); `is_covered` is false where neither a profile nor a one-off day says what the hours are.
    """

    first: int
    profile: Ints
    shape: Ints
    shapes: tuple[tuple[Interval, ...], ...]
    is_covered: Bools
    profiles: tuple[Profile, ...]
    special_days: Mapping[int, SpecialDay]
    holidays: Mapping[int, Holiday]

    def __len__(self) -> int:
        return len(self.shape)

    def plan(self, number: int) -> DayPlan:
        """The hours of a day and what decided them; `uncovered` outside the table."""
        index, day = number - self.first, day_date(number)
        if not 0 <= index < len(self) or not self.is_covered[index]:
            return DayPlan(day, (), "uncovered", "", "", False)
        hours = self.shapes[self.shape[index]]
        if special := self.special_days.get(number):
            return DayPlan(day, hours, "special", special.name, special.source, False)
        if holiday := self.holidays.get(number):
            return DayPlan(day, (), _FREE_KINDS[holiday.category], holiday.name, "", False)
        profile = self.profiles[self.profile[index]]
        kind = _OPEN_KINDS[profile.kind] if hours else "weekend"
        return DayPlan(day, hours, kind, profile.name, profile.source, profile.is_estimated)

    def intervals(self) -> tuple[Ints, Ints, Ints]:
        """One entry per open interval in order: its day, and its ends in local seconds since 1970-01-01."""
        counts = np.array([len(shape) for shape in self.shapes], np.int64)
        ends = np.array([i for shape in self.shapes for i in shape], np.int64).reshape(-1, 2)
        first_end = np.cumsum(counts) - counts
        number = counts[self.shape]
        days = np.repeat(np.arange(self.first, self.first + len(self)), number)
        within = np.arange(len(days)) - np.repeat(np.cumsum(number) - number, number)
        row = ends[np.repeat(first_end[self.shape], number) + within]
        return days, days * DAY + row[:, 0], days * DAY + row[:, 1]


def day_table(
    profiles: Sequence[Profile],
    special_days: Iterable[SpecialDay],
    holidays: Iterable[Holiday],
    first: date,
    last: date,
) -> DayTable:
    """Decide every day from `first` to `last`, both included. Of two entries for one date the later wins."""
    days = np.arange(day_number(first), day_number(last) + 1, dtype=np.int64)
    profile = _profiles_in_force(profiles, days)
    shapes, shape_of = _weekly_shapes(profiles)
    shape = shape_of[profile, (days + 3) % 7]
    is_covered = profile != _NO_PROFILE
    free = _public_first(holidays)
    shape[_positions(free, days)] = _CLOSED
    special = {day_number(day.date): day for day in special_days}
    for position in _positions(special, days):
        shape[position] = len(shapes)
        is_covered[position] = True
        shapes.append(_ordered(special[int(days[position])].hours))
    return DayTable(int(days[0]), profile, shape, tuple(shapes), is_covered, tuple(profiles), special, free)


def refuse_long_closures(table: DayTable, file: str) -> None:
    """Raise RuleError when covered days without an open one follow each other for too long."""
    has_hours = np.array([bool(shape) for shape in table.shapes])
    is_closed = table.is_covered & ~has_hours[table.shape]
    edges = np.diff(np.concatenate([[0], is_closed.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    for start in starts[ends - starts >= LONGEST_CLOSURE_DAYS].tolist():
        named = table.profiles[table.profile[start]].name if table.profile[start] != _NO_PROFILE else "-"
        raise closure_error(named, day_date(table.first + start), file)


def _profiles_in_force(profiles: Sequence[Profile], days: Ints) -> Ints:
    """Position of the profile of each day, -1 where there is none. Ramadan is laid over the weekly ones."""
    in_force = np.full(len(days), _NO_PROFILE, np.int64)
    order = sorted(enumerate(profiles), key=lambda entry: _rank(entry[1]))
    for position, profile in order:
        for stretch in _stretches(profile, int(days[0])):
            in_force[stretch] = position
    return in_force


def _rank(profile: Profile) -> tuple[bool, date]:
    """The higher one wins where two profiles hold on the same day."""
    return profile.kind == "ramadan", profile.valid_from or date.min


def _stretches(profile: Profile, first: int) -> list[slice]:
    """The parts of a table that begins on day `first` in which a profile may hold."""
    valid_from, valid_to = profile.valid_from or date.min, profile.valid_to or date.max
    ranges = profile.ranges if profile.kind == "ramadan" else ((date.min, date.max),)
    limits = ((max(valid_from, start), min(valid_to, end)) for start, end in ranges)
    return [slice(max(day_number(start) - first, 0), max(day_number(end) - first + 1, 0)) for start, end in limits]


def _weekly_shapes(profiles: Sequence[Profile]) -> tuple[list[tuple[Interval, ...]], Ints]:
    """All lists of intervals, the closed one first, and which of them each profile has on each weekday.

    The last row stands for "no profile", so that it is found at position -1.
    """
    shapes: list[tuple[Interval, ...]] = [()]
    shape_of = np.full((len(profiles) + 1, 7), _CLOSED, np.int64)
    for position, profile in enumerate(profiles):
        for weekday, intervals in profile.hours.items():
            shape_of[position, weekday] = len(shapes)
            shapes.append(_ordered(intervals))
    return shapes, shape_of


def _public_first(holidays: Iterable[Holiday]) -> dict[int, Holiday]:
    """Holidays by day; a public holiday wins over collective leave on the same day."""
    ordered = sorted(holidays, key=lambda holiday: holiday.category == "public")
    return {day_number(holiday.date): holiday for holiday in ordered}


def _positions(by_day: Mapping[int, object], days: Ints) -> list[int]:
    """Positions within `days` of the keys that lie there."""
    first, count = int(days[0]), len(days)
    return [day - first for day in by_day if 0 <= day - first < count]


def _ordered(intervals: Sequence[Interval]) -> tuple[Interval, ...]:
    return tuple(sorted((int(start), int(end)) for start, end in intervals))


@dataclass(frozen=True, eq=False)
class Spans:
    """Open spans in order: the local day each belongs to, its start and its end (UTC seconds, half-open).

    `opening` and `closing` have one entry per day of the calendar: the first start and the last end of its
    spans, MISSING on a closed day.
    """

    day: Ints
    start: Ints
    end: Ints
    opening: Ints
    closing: Ints


def open_spans(days: DayTable, clock: ZoneTable) -> Spans:
    """The moments at which the wall clock of the zone shows an open hour."""
    day, left, right = days.intervals()
    position, start, end = clock.spans(left, right)
    day = day[position]
    opening = np.full(len(days), MISSING, np.int64)
    closing = opening.copy()
    opening[day[::-1] - days.first] = start[::-1]
    closing[day - days.first] = end
    return Spans(day, start, end, opening, closing)


__all__ = [
    "DayKind",
    "DayLine",
    "DayPlan",
    "Holiday",
    "Interval",
    "Profile",
    "SpecialDay",
    "WorkCalendar",
    "build_calendar",
]


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """A compiled calendar for the local days `first` to `last`, both included. Made by `build_calendar`."""

    first: date
    last: date
    warnings: tuple[Message, ...]
    years_without_leave: tuple[int, ...]
    days: DayTable
    clock: ZoneTable
    spans: Spans
    table: WorkTable

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return self.clock.zone

    def cumulative(self, at: Ints) -> Ints:
        """W(t): working seconds from the first day of the calendar to each moment."""
        return self.table.cumulative(at)

    def working_seconds(self, start: Ints, end: Ints) -> Ints:
        """W(end) − W(start), exact to the second; negative when the end lies before the start."""
        return self.table.working_seconds(start, end)

    def due(self, start: Ints, seconds: Ints) -> Ints:
        """Earliest moment with `seconds` worked since `start`: Thursday 16.00, not Friday 07.30.

        `start` itself for 0 seconds; MISSING beyond the calendar and for negative seconds.
        """
        return self.table.due(start, seconds)

    def is_covered(self, start: Ints, end: Ints) -> Bools:
        """Whether the hours of every local day of [start, end) are known; false where one is MISSING."""
        starts, ends = np.broadcast_arrays(np.asarray(start, np.int64), np.asarray(end, np.int64))
        early, late = np.minimum(starts, ends), np.maximum(starts, ends)
        first = self.local_day(early) - self.days.first
        last = self.local_day(np.maximum(late - 1, early)) - self.days.first
        unknown = self._unknown_before
        is_within = (early != MISSING) & (first >= 0) & (last < len(self.days))
        before, through = unknown[np.where(is_within, first, 0)], unknown[np.where(is_within, last + 1, 0)]
        covered: Bools = is_within & (before == through)
        return covered

    def local_day(self, at: Ints) -> Ints:
        """The local day of each moment."""
        return self.clock.local_day(np.asarray(at, np.int64))

    def day_start(self, day: Ints) -> Ints:
        """First moment of each local day: midnight, or the end of the gap when the clock skips midnight."""
        return self.clock.day_start(np.asarray(day, np.int64))

    def day_end(self, day: Ints) -> Ints:
        """The moment each local day is over, which is the first one of the next day."""
        days = np.asarray(day, np.int64)
        return self.clock.day_start(np.where(days == MISSING, MISSING, days + 1))

    def opening(self, day: Ints) -> Ints:
        """First open moment of each local day; MISSING when the day is closed or not in the calendar."""
        return _at(self.spans.opening, np.asarray(day, np.int64) - self.days.first)

    def closing(self, day: Ints) -> Ints:
        """The moment each local day closes; MISSING when the day is closed or not in the calendar."""
        return _at(self.spans.closing, np.asarray(day, np.int64) - self.days.first)

    @cached_property
    def open_days(self) -> Ints:
        """Every open day, ascending."""
        return np.unique(self.spans.day)

    @cached_property
    def _open_days_and_beyond(self) -> Ints:
        """Every open day, and MISSING for what lies beyond the last."""
        return np.append(self.open_days, MISSING)

    @cached_property
    def _unknown_before(self) -> Ints:
        """For each day of the calendar, and the day after the last, how many days before it have no known hours."""
        return np.concatenate([[0], np.cumsum(~self.days.is_covered)])

    def add_working_days(self, day: Ints, n: int) -> Ints:
        """The n-th open day after each day (n ≥ 0; 0 is the day itself), MISSING beyond the calendar."""
        days = np.asarray(day, np.int64)
        if n == 0:
            return days.copy()
        open_days = self._open_days_and_beyond
        position = np.searchsorted(open_days[:-1], days, "right") + n - 1
        found = open_days[np.minimum(position, len(open_days) - 1)]
        return np.where(days < self.days.first, MISSING, found)

    def plan(self, day: date) -> DayPlan:
        """The hours of one day and what decided them."""
        return self.days.plan(day_number(day))

    def plans(self, first: date, last: date) -> list[DayPlan]:
        """The plans of the days from `first` to `last`, both included."""
        return [self.days.plan(number) for number in range(day_number(first), day_number(last) + 1)]

    def breakdown(self, start: int, end: int) -> list[DayLine]:
        """Working time between two moments day by day, closed days included; empty when end < start.

        The seconds of the lines add up to `working_seconds`.
        """
        if end < start:
            return []
        pieces = self._pieces(start, end)
        ends = self.local_day(np.array([start, max(end - 1, start)], np.int64)).tolist()
        return [self._line(number, pieces.get(number, [])) for number in range(ends[0], ends[1] + 1)]

    def _pieces(self, start: int, end: int) -> dict[int, list[Interval]]:
        """Open spans cut at two moments, as seconds of the wall clock, by local day."""
        low = int(np.searchsorted(self.spans.end, start, "right"))
        high = int(np.searchsorted(self.spans.start, end, "left"))
        opened = np.maximum(self.spans.start[low:high], start)
        closed = np.minimum(self.spans.end[low:high], end)
        days = self.spans.day[low:high]
        shift = self.clock.offset(opened) - days * DAY
        pieces: dict[int, list[Interval]] = {}
        for day, left, right in zip(days.tolist(), opened + shift, closed + shift, strict=True):
            pieces.setdefault(day, []).append((int(left), int(right)))
        return pieces

    def _line(self, number: int, intervals: list[Interval]) -> DayLine:
        plan = self.days.plan(number)
        seconds = sum(right - left for left, right in intervals)
        return DayLine(plan.date, tuple(intervals), seconds, plan.note, plan.kind)


def build_calendar(
    zone: str,
    profiles: Sequence[Profile],
    special_days: Iterable[SpecialDay],
    holidays: Iterable[Holiday],
    first: date,
    last: date,
    *,
    file: str = "kalender",
) -> WorkCalendar:
    """Compile the calendar of the days from `first` to `last`, both included.

    Raises RuleError (naming `file`) for an unknown zone, reversed or overlapping hours, reversed dates, and
    14 covered days in a row without an open one. `warnings` of the result name profiles with another length
    of the week than the decree's.
    """
    special, free = tuple(special_days), tuple(holidays)
    check_rules(profiles, special, file)
    days = day_table(profiles, special, free, first, last)
    refuse_long_closures(days, file)
    clock = zone_table(open_zone(zone, file), first, last)
    spans = open_spans(days, clock)
    begin = int(clock.day_start(np.array([days.first], np.int64))[0])
    return WorkCalendar(
        first=first,
        last=last,
        warnings=profile_warnings(profiles),
        years_without_leave=years_without_leave(free, first, last),
        days=days,
        clock=clock,
        spans=spans,
        table=compile_spans(spans.start, spans.end, begin),
    )


def _at(values: Ints, index: Ints) -> Ints:
    """The values at the positions, MISSING for a position that does not exist."""
    is_within = (index >= 0) & (index < len(values))
    return np.where(is_within, values[np.where(is_within, index, 0)], MISSING)
