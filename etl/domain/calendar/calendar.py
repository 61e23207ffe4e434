"""The office's calendar: which hours of which day are working time, and what follows from it for moments.

The calendar is dated data (profiles, holidays, one-off days), compiled once into arrays. Moments are UTC
seconds, days are numbers since 1970-01-01, MISSING in gives MISSING out. Working time is real elapsed time
while the wall clock of the office shows an open hour, also where the clock changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from data_access.errors import Message
from etl.domain.calendar.days import (
    DayLine,
    DayPlan,
    DayTable,
    Holiday,
    Interval,
    Profile,
    Spans,
    SpecialDay,
    check_rules,
    day_table,
    open_spans,
    profile_warnings,
    refuse_long_closures,
    years_without_leave,
)
from etl.domain.calendar.zone import SLOT_BITS, ZoneTable, open_zone, zone_table
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.units import DAY, day_number


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

    def day_of(self, moment: int) -> int:
        """The local day of one moment."""
        return int(self.local_day(np.array([moment], np.int64))[0])

    def day_start(self, day: Ints) -> Ints:
        """First moment of each local day: midnight, or the end of the gap when the clock skips midnight."""
        return self.clock.day_start(np.asarray(day, np.int64))

    def day_end(self, day: Ints) -> Ints:
        """The moment each local day is over, which is the first one of the next day."""
        days = np.asarray(day, np.int64)
        return self.clock.day_start(np.where(days == MISSING, MISSING, days + 1))

    def moments_of(self, on: Ints, at: Ints) -> tuple[Ints, Ints]:
        """The earliest and the latest moment of stamps: of a date without a clock time the ends of its day."""
        is_day = (at == MISSING) & (on != MISSING)
        first, last = at.copy(), at.copy()
        first[is_day], last[is_day] = self.day_start(on[is_day]), self.day_end(on[is_day]) - 1
        return first, last

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

    def add_working_days(self, day: Ints, n: int | Ints) -> Ints:
        """The n-th open day after each day (n ≥ 0; 0, of all, is the day itself), MISSING beyond the calendar."""
        days = np.asarray(day, np.int64)
        if isinstance(n, int) and n == 0:
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


CHUNK = 16_384
"""Pairs looked up at a time: the arrays in between then stay in the processor's cache."""

_SECOND_OF_SLOT = (1 << SLOT_BITS) - 1
_LARGEST = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, eq=False)
class WorkTable:
    """Open spans cut into slots of 2**16 seconds.

    With `r` the second of a moment within its slot, W = `base[slot]` + Σ min(max(r, `opening[k, slot]`),
    `closing[k, slot]`) over the K spans a slot has at most; `base` already has the openings subtracted.
    `span_end` and `span_total` (W there) end with a sentinel and serve the inverse. `begin` is the first
    moment the table knows: deadlines of earlier ones are unknown.
    """

    begin: int
    first_slot: int
    base: Ints
    opening: Ints
    closing: Ints
    span_end: Ints
    span_total: Ints

    def cumulative(self, at: Ints) -> Ints:
        """Working seconds from the begin of the table to each moment; MISSING where it is MISSING."""
        moments = np.asarray(at, np.int64)
        total = self._look_up(moments.reshape(-1)).reshape(moments.shape)
        total[moments == MISSING] = MISSING
        return total

    def working_seconds(self, start: Ints, end: Ints) -> Ints:
        """W(end) − W(start), negative for an end before the start; MISSING where either is MISSING."""
        starts, ends = np.broadcast_arrays(np.asarray(start, np.int64), np.asarray(end, np.int64))
        seconds = self._look_up(ends.reshape(-1), minus=starts.reshape(-1)).reshape(starts.shape)
        if _has_missing(starts) or _has_missing(ends):
            seconds[(starts == MISSING) | (ends == MISSING)] = MISSING
        return seconds

    def due(self, start: Ints, seconds: Ints) -> Ints:
        """Earliest moment with `seconds` worked since `start`: a closing time, never the next opening.

        Zero seconds are due at `start` itself. MISSING where an argument is, where the table ends before
        or begins after, and for negative seconds.
        """
        starts, wanted = np.broadcast_arrays(np.asarray(start, np.int64), np.asarray(seconds, np.int64))
        target = self.cumulative(starts) + wanted
        span = np.searchsorted(self.span_total, target)
        moment = self.span_end[span] - (self.span_total[span] - target)
        is_beyond = (span == len(self.span_end) - 1) | (starts < self.begin)
        due = np.where(wanted == 0, starts, np.where(is_beyond, MISSING, moment))
        return np.where((starts == MISSING) | (wanted < 0), MISSING, due)

    def _look_up(self, at: Ints, minus: Ints | None = None) -> Ints:
        """W(at), less W(minus) where given; what it gives for MISSING means nothing."""
        result = np.empty(len(at), np.int64)
        buffers = _Buffers.of(min(CHUNK, len(at)))
        for begin in range(0, len(at), CHUNK):
            part = slice(begin, begin + CHUNK)
            self._fill(result[part], at[part], buffers)
            if minus is not None:
                earlier = buffers.earlier[: len(result[part])]
                self._fill(earlier, minus[part], buffers)
                result[part] -= earlier
        return result

    def _fill(self, total: Ints, at: Ints, buffers: _Buffers) -> None:
        """Write W(at) into `total`, without making an array: everything goes through the buffers."""
        slot, second, worked, limit = (buffer[: len(at)] for buffer in buffers.four)
        np.right_shift(at, SLOT_BITS, out=slot)
        np.subtract(slot, self.first_slot, out=slot)
        np.bitwise_and(at, _SECOND_OF_SLOT, out=second)
        self.base.take(slot, mode="clip", out=total)
        for opening, closing in zip(self.opening, self.closing, strict=True):
            opening.take(slot, mode="clip", out=worked)
            np.maximum(worked, second, out=worked)
            closing.take(slot, mode="clip", out=limit)
            np.minimum(worked, limit, out=worked)
            np.add(total, worked, out=total)


@dataclass(frozen=True)
class _Buffers:
    """Scratch arrays of one chunk, reused from chunk to chunk."""

    four: tuple[Ints, Ints, Ints, Ints]
    earlier: Ints

    @classmethod
    def of(cls, size: int) -> _Buffers:
        slot, second, worked, limit, earlier = (np.empty(size, np.int64) for _ in range(5))
        return cls((slot, second, worked, limit), earlier)


def compile_spans(start: Ints, end: Ints, begin: int) -> WorkTable:
    """Compile open spans (UTC seconds, half-open, sorted, disjoint, not empty) into a table.

    `begin` is the first moment for which the spans are known.
    """
    start, end = _joined(start, end)
    slot, opening, closing = _cut_at_slots(start, end)
    first_slot = int(slot.min(initial=begin >> SLOT_BITS)) - 1
    count = int(slot.max(initial=first_slot)) - first_slot + 2
    slot = slot - first_slot
    openings, closings = _by_slot(slot, opening, closing, count)
    worked = np.bincount(slot, weights=closing - opening, minlength=count).astype(np.int64)
    return WorkTable(
        begin=begin,
        first_slot=first_slot,
        base=np.cumsum(worked) - worked - openings.sum(axis=0),
        opening=openings,
        closing=closings,
        span_end=np.append(end, 0),
        span_total=np.append(np.cumsum(end - start), _LARGEST),
    )


def _joined(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """The same spans with those that touch made one."""
    is_apart = start[1:] > end[:-1]
    edge = np.ones(min(len(start), 1), np.bool_)
    return start[np.concatenate([edge, is_apart])], end[np.concatenate([is_apart, edge])]


def _cut_at_slots(start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Spans cut where a slot ends: the slot of each piece, its opening and closing second within the slot."""
    first = start >> SLOT_BITS
    pieces = ((end - 1) >> SLOT_BITS) - first + 1
    span = np.repeat(np.arange(len(start)), pieces)
    slot = first[span] + _position_in_group(pieces)
    opening = np.maximum(start[span] - (slot << SLOT_BITS), 0)
    closing = np.minimum(end[span] - (slot << SLOT_BITS), 1 << SLOT_BITS)
    return slot, opening, closing


def _by_slot(slot: Ints, opening: Ints, closing: Ints, count: int) -> tuple[Ints, Ints]:
    """Pieces as two K × slots arrays; where a slot has fewer than K, opening and closing 0 add nothing."""
    pieces = np.bincount(slot, minlength=count)
    shape = (int(pieces.max()), count)
    openings, closings = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    position = _position_in_group(pieces)
    openings[position, slot] = opening
    closings[position, slot] = closing
    return openings, closings


def _position_in_group(sizes: Ints) -> Ints:
    """0, 1, … within each group, for groups of the given sizes laid end to end."""
    return np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def _has_missing(values: Ints) -> bool:
    """Whether one of the values is MISSING, the smallest number there is; cheaper than comparing each."""
    return values.size > 0 and int(values.min()) == MISSING
