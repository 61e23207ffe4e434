"""The calendar of rooms: what was booked and used on each day, laid out so that nothing hides anything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data_access.mart import Snapshot
from data_access.mart import rooms as questions
from etl.domain.frames import MISSING
from etl.figures.rooms.diary import Diary
from etl.figures.rooms.lines import outcome_of
from etl.figures.rooms.patterns import DayBand, day_bands

if TYPE_CHECKING:
    from etl.office import Office

Span = tuple[int, int]


@dataclass(frozen=True)
class Use:
    """One session's part of a day; `is_estimated`: nobody wrote its end."""

    start: int
    end: int
    is_running: bool
    is_estimated: bool


Uses = tuple[Use, ...]


@dataclass(frozen=True)
class Mark:
    """A booking and its use on one day, or a session without a booking; `slot` is the line on which it stands.

    `outcome` as in `etl.figures.rooms.lines.Line`.
    """

    slot: int
    opd: str | None
    title: str | None
    letter: tuple[int, str] | None
    outcome: str
    booked: Span | None
    uses: Uses

    @property
    def span(self) -> Span:
        """From the first to the last moment of it."""
        ends = [*([self.booked] if self.booked else []), *((use.start, use.end) for use in self.uses)]
        return min(start for start, _ in ends), max(end for _, end in ends)


@dataclass(frozen=True)
class DayRow:
    """One day of one room."""

    band: DayBand
    marks: tuple[Mark, ...]

    @property
    def slots(self) -> int:
        """How many lines it needs."""
        return max((mark.slot for mark in self.marks), default=0) + 1


def timeline(office: Office, mart: Snapshot, diary: Diary) -> list[DayRow]:
    """Every day of the diary's period for every room; called-off bookings are left out."""
    bands = day_bands(office, diary)
    ids = {*diary.uses.request_id.tolist(), *diary.bookings.request_id.tolist()} - {MISSING}
    words = questions.letter_words(mart, sorted(ids))
    return [DayRow(band, _laid_out(_marks(diary, band, words))) for band in bands]


def _marks(diary: Diary, band: DayBand, words: dict[int, Any]) -> list[Mark]:
    """What touches a day, in no order."""
    lane = diary.rooms.index(band.room)
    uses = _uses(diary, band, lane)
    marks = []
    spans, booked = diary.bookings.stretches, diary.bookings
    touching = (booked.lane[spans.row] == lane) & (spans.start < band.span[1]) & (spans.end > band.span[0])
    for place in np.flatnonzero(touching & ~booked.is_called_off[spans.row]).tolist():
        row, request_id = int(spans.row[place]), int(booked.request_id[spans.row[place]])
        span = _cut((int(spans.start[place]), int(spans.end[place])), band.span)
        mine = uses.pop(request_id, ())
        marks.append(_mark(diary, words, request_id, int(booked.opd[row]), outcome_of(diary, row), span, mine))
    for key, mine in uses.items():
        request_id, opd = (key, int(diary.uses.opd[_first(diary, key)])) if key >= 0 else (MISSING, -1)
        outcome = "running" if any(use.is_running for use in mine) else "held" if key >= 0 else "without_letter"
        marks.append(_mark(diary, words, request_id, opd, outcome, None, mine))
    return marks


def _first(diary: Diary, request_id: int) -> int:
    return int(np.flatnonzero(diary.uses.request_id == request_id)[0])


def _mark(
    diary: Diary,
    words: dict[int, Any],
    request_id: int,
    opd: int,
    outcome: str,
    span: Span | None,
    uses: tuple[Use, ...],
) -> Mark:
    letter = words.get(request_id)
    return Mark(
        slot=0,
        opd=diary.opd_name(opd),
        title=letter["title"] if letter else None,
        letter=(letter["year"], letter["agenda_number"]) if letter else None,
        outcome=outcome,
        booked=span,
        uses=uses,
    )


def _uses(diary: Diary, band: DayBand, lane: int) -> dict[int, Uses]:
    """Sessions of a day by letter; those without one have negative keys of their own."""
    uses, by_place = diary.uses, {}
    touching = (uses.lane == lane) & (uses.start < band.span[1]) & (uses.end > band.span[0])
    for place in np.flatnonzero(touching).tolist():
        request_id = int(uses.request_id[place])
        key = request_id if request_id != MISSING else -1 - place
        start, end = _cut((int(uses.start[place]), int(uses.end[place])), band.span)
        use = Use(start, end, bool(uses.is_running[place]), bool(uses.is_estimated[place]))
        by_place[key] = (*by_place.get(key, ()), use)
    return by_place


def _cut(span: Span, day: Span) -> Span:
    return max(span[0], day[0]), min(span[1], day[1])


def _laid_out(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks by start, each on the first line that is free."""
    free: list[int] = []
    placed = []
    for mark in sorted(marks, key=lambda one: (one.span, one.opd or "")):
        start, end = mark.span
        slot = next((line for line, until in enumerate(free) if until <= start), len(free))
        free[slot : slot + 1] = [end]
        placed.append(Mark(**{**vars(mark), "slot": slot}))
    return tuple(placed)
