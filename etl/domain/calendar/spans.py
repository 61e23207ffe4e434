"""The open spans of a calendar as moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.domain.calendar.days import DayTable
from etl.domain.calendar.zone import ZoneTable
from etl.domain.frames import MISSING, Ints


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
