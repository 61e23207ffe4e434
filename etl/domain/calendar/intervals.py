"""Half-open intervals as arrays: union, intersection, subtraction, and how much of a stretch they cover.

Many rooms lie end to end on one axis (`Axis`), so that one pass over sorted arrays serves all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from etl.domain.frames import Ints

Span = tuple[int, int]
"""Start and end of one interval; the end does not belong to it."""


@dataclass(frozen=True, eq=False)
class Intervals:
    """`[start, end)` pairs of one length, in any order, overlaps allowed; those with end ≤ start hold nothing."""

    start: Ints
    end: Ints

    @classmethod
    def of(cls, start: Ints, end: Ints) -> Intervals:
        """Intervals of two arrays, without the empty and reversed ones."""
        starts, ends = np.asarray(start, np.int64).reshape(-1), np.asarray(end, np.int64).reshape(-1)
        held = ends > starts
        return cls(starts, ends) if held.all() else cls(starts[held], ends[held])

    @classmethod
    def of_spans(cls, spans: Iterable[Span]) -> Intervals:
        """Intervals of a handful of pairs, without the empty and reversed ones."""
        both = np.array(list(spans), np.int64).reshape(-1, 2)
        return cls.of(both[:, 0], both[:, 1])

    def spans(self) -> list[Span]:
        """The pairs, as they stand."""
        return list(zip(self.start.tolist(), self.end.tolist(), strict=True))

    def __len__(self) -> int:
        return len(self.start)

    @property
    def lengths(self) -> Ints:
        """Seconds of each."""
        return self.end - self.start

    @cached_property
    def union(self) -> Intervals:
        """The same time without overlaps: sorted, touching ones joined."""
        # Where every earlier stretch is over, as many ends lie before the next start as starts do: so both are sorted
        # each for itself, which is faster than ordering the pairs.
        start, end = np.sort(self.start, kind="stable"), np.sort(self.end, kind="stable")
        begins, ends = np.ones(len(start), np.bool_), np.ones(len(start), np.bool_)
        begins[1:] = ends[:-1] = start[1:] > end[:-1]
        merged = Intervals(start[begins], end[ends])
        merged.__dict__["union"] = merged
        return merged

    @property
    def seconds(self) -> int:
        """Seconds covered, overlaps counted once."""
        return int(self.union.lengths.sum())

    def overlap(self, other: Intervals) -> Intervals:
        """The time that lies in both, sorted and without overlaps."""
        mine, theirs = self.union, other.union
        first = np.searchsorted(theirs.end, mine.start, "right")
        count = np.maximum(np.searchsorted(theirs.start, mine.end, "left") - first, 0)
        row = np.repeat(np.arange(len(mine)), count)
        there = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(len(row))
        start = np.maximum(mine.start[row], theirs.start[there])
        return Intervals(start, np.minimum(mine.end[row], theirs.end[there]))

    def without(self, holes: Intervals) -> Intervals:
        """The time that lies in none of the holes."""
        mine, gaps = self.union, holes.union
        if not len(mine) or not len(gaps):
            return mine
        before = np.concatenate([[min(mine.start[0], gaps.start[0])], gaps.end])
        after = np.concatenate([gaps.start, [max(mine.end[-1], gaps.end[-1])]])
        return mine.overlap(Intervals.of(before, after))

    def clip(self, first: int, last: int) -> Intervals:
        """Each interval cut to `[first, last)`; those that lie outside are left out."""
        return Intervals.of(np.maximum(self.start, first), np.minimum(self.end, last))

    def covered(self, start: Ints, end: Ints) -> Ints:
        """How many seconds of each stretch `[start, end)` these intervals cover."""
        seconds: Ints = np.maximum(self._before(end) - self._before(start), 0)
        return seconds

    @cached_property
    def _totals(self) -> Ints:
        return np.concatenate([[0], np.cumsum(self.union.lengths)])

    def _before(self, at: Ints) -> Ints:
        """Seconds covered before each moment."""
        if not len(self):
            return np.zeros(np.shape(at), np.int64)
        spot = np.searchsorted(self.union.start, at, "right")
        beyond = self.union.end[np.maximum(spot, 1) - 1] - at
        return np.asarray(self._totals[spot] - np.where(spot > 0, np.maximum(beyond, 0), 0), np.int64)

    def pairs(self, limit: int) -> tuple[Ints, Ints]:
        """Positions of the intervals that overlap, two by two, ordered by the start of the earlier one.

        At most `limit` pairs.
        """
        order = np.argsort(self.start, kind="stable")
        start, end = self.start[order], self.end[order]
        place = np.arange(len(order))
        count = np.searchsorted(start, end, "left") - place - 1
        enough = int(np.searchsorted(np.cumsum(count), limit, "left")) + 1
        count = count[:enough]
        left = np.repeat(place[:enough], count)[:limit]
        right = (np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count))[:limit] + left + 1
        return order[left], order[right]


@dataclass(frozen=True)
class Axis:
    """A span of time `[first, last)` once for each lane, laid end to end with a second between them."""

    first: int
    last: int

    @property
    def width(self) -> int:
        """The distance from one lane to the next."""
        return self.last - self.first + 1

    def lay(self, lane: Ints, start: Ints, end: Ints) -> Intervals:
        """Intervals of several lanes, cut to the span, on the axis; what lies outside is left out."""
        return Intervals.of(*self.cut(lane, start, end))

    def cut(self, lane: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """As `lay`, but one pair for each interval given, empty where nothing of it lies in the span."""
        shift = np.asarray(lane, np.int64) * self.width - self.first
        begin = np.minimum(np.maximum(start, self.first), self.last)
        until = np.maximum(np.minimum(end, self.last), begin)
        return begin + shift, until + shift

    def per_lane(self, of: Intervals, lanes: int) -> Ints:
        """Seconds of each lane; each interval counts with its whole length."""
        counted = np.bincount(of.start // self.width, weights=of.lengths, minlength=lanes)
        return counted[:lanes].astype(np.int64)
