"""One letter as the records hold it: its register row, its stamps and its pauses.

Moments are aware datetimes, days are dates, None is "not known".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from etl.domain.verdict import RequestStatus


@dataclass(frozen=True)
class Pass:
    """One pass of a step as it was written down; `on` without `at` is a date without a clock time.

    `returned_to` is the step to which the letter went back with its finish; `receivers` are the steps of desks named
    on their own, each with its hand-over; `by_tap`: the finish was given on a screen.
    """

    step: str
    number: int = 1
    started_on: date | None = None
    started_at: datetime | None = None
    finished_on: date | None = None
    finished_at: datetime | None = None
    is_done: bool = False
    returned_to: str | None = None
    receivers: tuple[tuple[str, date, datetime | None], ...] = ()
    by_tap: bool = False

    @property
    def is_finished(self) -> bool:
        return self.is_done or self.finished_on is not None


@dataclass(frozen=True)
class Pause:
    """Waiting for the OPD in one pass; without an end it is still open."""

    step: str
    number: int
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class LetterRecord:
    """A letter and everything recorded of it; `began_at` is when a session of its event began."""

    received_on: date
    received_at: datetime | None = None
    status: RequestStatus = RequestStatus.UNKNOWN
    ended_at: datetime | None = None
    booked: tuple[datetime, datetime] | None = None
    began_at: datetime | None = None
    passes: tuple[Pass, ...] = ()
    pauses: tuple[Pause, ...] = ()


def moments(record: LetterRecord) -> Iterator[datetime]:
    """Every moment known to the minute in a letter, for choosing where to look at it."""
    yield from (m for p in record.passes for m in (p.started_at, p.finished_at) if m)
    yield from (m for p in record.pauses for m in (p.started_at, p.ended_at) if m)
    yield from (m for m in (record.received_at, record.ended_at, record.began_at, *(record.booked or ())) if m)
