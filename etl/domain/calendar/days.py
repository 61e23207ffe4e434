"""Which hours hold on which day: one-off day, then holiday, then Ramadan, then the latest profile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from etl.domain.calendar.rules import LONGEST_CLOSURE_DAYS, closure_error
from etl.domain.calendar.types import DayKind, DayPlan, Holiday, Interval, Profile, SpecialDay
from etl.domain.calendar.zone import ZoneTable
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
