"""What the office's calendar is made of, what it must keep to, and the hours of each day that follow from it.

Of a day the one-off day counts first, then the holiday, then Ramadan, then the latest profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

import numpy as np

from data_access.errors import Message
from etl.domain.calendar.zone import ZoneTable
from etl.domain.errors import RuleError
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.units import DAY, MINUTE, clock_text, day_date, day_number

Interval = tuple[int, int]
"""Seconds of the local day, half-open; 86 400 is 24.00."""

DayKind = Literal["open", "weekend", "holiday", "leave", "special", "ramadan", "uncovered"]


@dataclass(frozen=True)
class Profile:
    """Hours of a working week, as a decree sets them.

    A `weekly` profile is in force from `valid_from` to `valid_to`, both included, None meaning without limit.
    A `ramadan` profile holds within its `ranges` (both days included). `hours` maps the day of the week
    (0 = Monday) to its intervals; a day that is not named is closed. `is_estimated` marks hours assumed for
    a time of which no decree is known.
    """

    name: str
    source: str
    kind: Literal["weekly", "ramadan"]
    valid_from: date | None
    valid_to: date | None
    ranges: tuple[tuple[date, date], ...]
    hours: Mapping[int, tuple[Interval, ...]]
    is_estimated: bool = False


@dataclass(frozen=True)
class SpecialDay:
    """A one-off day that wins over everything else; no hours means closed."""

    date: date
    name: str
    source: str
    hours: tuple[Interval, ...]


@dataclass(frozen=True)
class Holiday:
    """A national holiday (`public`) or a day of collective leave (`government`, cuti bersama)."""

    date: date
    name: str
    category: Literal["public", "government"]


@dataclass(frozen=True)
class DayPlan:
    """The hours of one local day and why they are so.

    `note` is the name of what decided: the one-off day, the holiday or the profile. An `uncovered` day has
    no profile: whether it was open is not known.
    """

    date: date
    intervals: tuple[Interval, ...]
    kind: DayKind
    note: str
    source: str
    is_estimated: bool


@dataclass(frozen=True)
class DayLine:
    """What one local day adds to the working time between two moments.

    `intervals` are seconds of the wall clock of that day, cut at both moments; on a day with a change of
    the clock they may repeat an hour. `note` and `kind` are those of the day's plan.
    """

    date: date
    intervals: tuple[Interval, ...]
    working_seconds: int
    note: str
    kind: DayKind


WEEKLY_MINUTES = {"weekly": 2_250, "ramadan": 1_950}
"""Working minutes a week: 37 h 30 min and, in Ramadan, 32 h 30 min (Perpres 21/2023 pasal 4)."""

LONGEST_CLOSURE_DAYS = 14
"""So many days in a row without an open one cannot be meant."""

_HOURS = Message("rule.hours_ordered")


def check_rules(profiles: Sequence[Profile], special_days: Iterable[SpecialDay], file: str) -> None:
    """Raise RuleError naming the first profile or one-off day whose hours or dates cannot be."""
    for profile in profiles:
        key = f'calendar.profile "{profile.name}"'
        _check_weekdays(profile, key, file)
        _check_dates(profile, key, file)
    for special in special_days:
        _check_intervals(special.hours, f"calendar.day {special.date.isoformat()}.hours", file)


def profile_warnings(profiles: Iterable[Profile]) -> tuple[Message, ...]:
    """A message for each profile whose week is not as long as the decree's."""
    return tuple(
        Message(
            "rule.weekly_minutes",
            profile=profile.name,
            minutes=seconds / MINUTE,
            expected=float(WEEKLY_MINUTES[profile.kind]),
        )
        for profile in profiles
        if (seconds := sum(end - start for day in profile.hours.values() for start, end in day))
        != WEEKLY_MINUTES[profile.kind] * MINUTE
    )


def years_without_leave(holidays: Iterable[Holiday], first: date, last: date) -> tuple[int, ...]:
    """Years of the range that have public holidays but no day of collective leave (yet)."""
    years: dict[str, set[int]] = {"public": set(), "government": set()}
    for holiday in holidays:
        years[holiday.category].add(holiday.date.year)
    return tuple(sorted(y for y in years["public"] - years["government"] if first.year <= y <= last.year))


def closure_error(name: str, first: date, file: str) -> RuleError:
    """The error for a profile that leaves the office closed for too long from `first` on."""
    last = first + timedelta(days=LONGEST_CLOSURE_DAYS - 1)
    return RuleError(
        file,
        f'calendar.profile "{name}".hours',
        Message("rule.no_open_day", first=first, last=last),
        Message("rule.open_days", days=LONGEST_CLOSURE_DAYS),
    )


def _check_weekdays(profile: Profile, key: str, file: str) -> None:
    for weekday, intervals in profile.hours.items():
        if weekday not in range(7):
            raise RuleError(file, f"{key}.hours", weekday, Message("rule.weekday"))
        _check_intervals(intervals, f"{key}.hours.{_WEEKDAYS[weekday]}", file)


def _check_intervals(intervals: Sequence[Interval], key: str, file: str) -> None:
    """Reversed, empty, outside the day, or overlapping once sorted."""
    ordered = sorted(intervals)
    is_within = all(0 <= start < end <= DAY for start, end in ordered)
    is_apart = all(left[1] <= right[0] for left, right in pairwise(ordered))
    if not (is_within and is_apart):
        raise RuleError(file, key, ", ".join(map(_clock_interval, intervals)), _HOURS)


def _check_dates(profile: Profile, key: str, file: str) -> None:
    for first, last in _limits(profile):
        if first > last:
            dates = Message("rule.from_to", first=first, last=last)
            raise RuleError(file, key, dates, Message("rule.first_day_first"))
    if profile.kind == "ramadan" and not profile.ranges:
        raise RuleError(file, f"{key}.ranges", "[]", Message("rule.ranges"))
    first, last = next(_limits(profile))
    is_long = (last - first).days + 1 >= LONGEST_CLOSURE_DAYS
    if profile.kind == "weekly" and not any(profile.hours.values()) and is_long:
        raise closure_error(profile.name, profile.valid_from or date.min, file)


def _limits(profile: Profile) -> Iterator[tuple[date, date]]:
    yield profile.valid_from or date.min, profile.valid_to or date.max
    yield from profile.ranges


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _clock_interval(interval: Interval) -> str:
    return "-".join(clock_text(second) for second in interval)


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
    # Of two that hold on the same day the later in this order wins.
    order = sorted(enumerate(profiles), key=lambda entry: (entry[1].kind == "ramadan", entry[1].valid_from or date.min))
    for position, profile in order:
        for stretch in _stretches(profile, int(days[0])):
            in_force[stretch] = position
    return in_force


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
