"""Working time as a lookup: the cumulative working seconds W(t) at a moment, and the moment of a given W."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.domain.calendar.zone import SLOT_BITS
from etl.domain.frames import MISSING, Ints

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
