"""How long a room was used, from half-open intervals: unions, overlaps and shares, exact to the second."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Span = tuple[int, int]
"""Start and end in epoch seconds; the end does not belong to it."""


@dataclass(frozen=True)
class OpenEnds:
    """What can end a session whose end nobody wrote down; None where unknown."""

    booked_end: int | None = None
    closing: int | None = None
    next_start: int | None = None


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlaps: sorted, touching spans joined, empty and reversed ones dropped."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def overlap(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """The time that lies in both."""
    a, b = union(left), union(right)
    common: list[Span] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if start < end:
            common.append((start, end))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return common


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """The time of `spans` that lies in none of `holes`."""
    left: list[Span] = []
    gaps = union(holes)
    for start, end in union(spans):
        at = start
        for hole_start, hole_end in gaps:
            if hole_end <= at or hole_start >= end:
                continue
            if at < hole_start:
                left.append((at, hole_start))
            at = max(at, hole_end)
        if at < end:
            left.append((at, end))
    return left


def clip(spans: Iterable[Span], first: int, last: int) -> list[Span]:
    """The time inside `[first, last)`."""
    return overlap(spans, [(first, last)])


def length(spans: Iterable[Span]) -> int:
    """Seconds covered, overlaps counted once."""
    return sum(end - start for start, end in union(spans))


def utilisation(available: Iterable[Span], used: Iterable[Span]) -> float | None:
    """|A ∩ U| ÷ |A|: the used share of the time the room was open; None when it was never open."""
    spans = union(available)
    seconds = length(spans)
    return length(overlap(spans, used)) / seconds if seconds else None


def use_until(started_at: int, as_of: int, ends: OpenEnds) -> tuple[int, bool]:
    """Until when a session without a recorded end counts, and whether that end is an estimate.

    It is taken to be still going on, so it counts to `as_of`. Once the room has closed it is cut at the
    earliest of booked end, closing and the next session's start that come after its own start. A session
    that starts after closing has no closing of its own day any more and goes on until `as_of`.
    """
    if ends.closing is None or not started_at < ends.closing <= as_of:
        return max(started_at, as_of), False
    known = (ends.booked_end, ends.closing, ends.next_start)
    return min(end for end in known if end is not None and end > started_at), True
