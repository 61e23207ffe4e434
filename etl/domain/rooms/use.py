"""How long a room was used, from half-open intervals: unions, overlaps and shares, exact to the second.

Here are the forms for one room and a handful of spans; `etl.domain.calendar.intervals` does the work for any number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from etl.domain.calendar.intervals import Intervals
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.units import DAY

Span = tuple[int, int]
"""Start and end in epoch seconds; the end does not belong to it."""

LONGEST = DAY
"""No session is longer: one that was not ended counts no further."""


@dataclass(frozen=True)
class OpenEnds:
    """What can end a session whose end nobody wrote down; None where unknown."""

    booked_end: int | None = None
    closing: int | None = None
    next_start: int | None = None


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlaps: sorted, touching spans joined, empty and reversed ones dropped."""
    return _listed(_intervals(spans).union)


def overlap(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """The time that lies in both."""
    return _listed(_intervals(left).overlap(_intervals(right)))


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """The time of `spans` that lies in none of `holes`."""
    return _listed(_intervals(spans).without(_intervals(holes)))


def clip(spans: Iterable[Span], first: int, last: int) -> list[Span]:
    """The time inside `[first, last)`."""
    return _listed(_intervals(spans).union.clip(first, last))


def length(spans: Iterable[Span]) -> int:
    """Seconds covered, overlaps counted once."""
    return _intervals(spans).seconds


def utilisation(available: Iterable[Span], used: Iterable[Span]) -> float | None:
    """|A ∩ U| ÷ |A|: the used share of the time the room was open; None when it was never open."""
    opened = _intervals(available)
    return opened.overlap(_intervals(used)).seconds / opened.seconds if opened.seconds else None


def _intervals(spans: Iterable[Span]) -> Intervals:
    both = np.array(list(spans), np.int64).reshape(-1, 2)
    return Intervals.of(both[:, 0], both[:, 1])


def _listed(intervals: Intervals) -> list[Span]:
    return list(zip(intervals.start.tolist(), intervals.end.tolist(), strict=True))


def use_until(started_at: int, as_of: int, ends: OpenEnds) -> tuple[int, bool]:
    """Until when a session without a recorded end counts, and whether that end is an estimate."""
    known = [np.array([MISSING if end is None else end]) for end in (ends.booked_end, ends.closing, ends.next_start)]
    until, is_estimated = used_until(np.array([started_at]), as_of, *known)
    return int(until[0]), bool(is_estimated[0])


def used_until(started_at: Ints, as_of: int, booked_end: Ints, closing: Ints, next_start: Ints) -> tuple[Ints, Bools]:
    """Until when sessions without a recorded end count, and which of these ends are estimates; MISSING: not known.

    Such a session is taken to be still going on, so it counts to `as_of`. Once the room has closed it is cut at the
    earliest of booked end, closing and the next session's start that come after its own start. One that starts
    after closing or on a closed day has no closing of its own day any more: it is cut after 24 hours, since no
    session is longer.
    """
    has_closing = (closing != MISSING) & (closing > started_at)
    close = np.where(has_closing, closing, started_at + LONGEST)
    is_over = close <= as_of
    end = close
    for other in (booked_end, next_start):
        end = np.where((other != MISSING) & (other > started_at), np.minimum(end, other), end)
    return np.where(is_over, end, np.maximum(started_at, as_of)), is_over
