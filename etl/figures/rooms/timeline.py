"""Bookings and their use one by one: as lines of a list, on the calendar of rooms, and what clashed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from data_access.mart import Snapshot
from data_access.mart import rooms as questions
from etl.domain.calendar.intervals import Intervals
from etl.domain.frames import MISSING, Ints
from etl.domain.units import day_date, day_number
from etl.figures.rooms.diary import Diary

if TYPE_CHECKING:
    pass
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

    `outcome` as in `etl.figures.rooms.timeline.Line`.
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


MOST_PAIRS = 200
"""So many pairs of clashing sessions are listed at most."""


@dataclass(frozen=True)
class Line:
    """One booking with what became of it, or one session without a booking. Moments are UTC seconds.

    `outcome`: as `outcome_of` a booking; running, unplanned or without_letter for a session without one. `day` is the
    day on which it begins. `activity_kind`: by the letter, else by the room log. `uses` are its sessions: start, end,
    whether it still runs, whether the end is an estimate.
    """

    room: str
    day: int
    opd: str | None
    title: str | None
    activity_kind: str | None
    letter: tuple[int, str] | None
    booked: tuple[int, int] | None
    uses: tuple[tuple[int, int, bool, bool], ...]
    planned: int | None
    present: int | None
    capacity: int | None
    outcome: str
    session_ids: tuple[int, ...]


def lines_of(mart: Snapshot, diary: Diary) -> list[Line]:
    """Every booking that begins in the period and every session without one, the latest first."""
    booked, uses = diary.bookings, diary.uses
    here = np.flatnonzero(diary.booked_here)
    words = questions.letter_words(mart, _known([*booked.request_id[here], *uses.request_id[diary.starts_here]]))
    kinds = questions.session_kinds(mart, uses.session_id.tolist())
    with_booking = np.isin(uses.request_id, booked.request_id[here]) & (uses.request_id != MISSING)
    of_letter: dict[int, list[int]] = {}
    for place in np.flatnonzero(with_booking).tolist():
        of_letter.setdefault(int(uses.request_id[place]), []).append(place)
    lines = [_of_booking(diary, place, of_letter, words, kinds) for place in here.tolist()]
    alone = np.flatnonzero(diary.starts_here & ~with_booking).tolist()
    lines += [_of_use(diary, place, words, kinds) for place in alone]
    return sorted(lines, key=_when, reverse=True)


def _when(line: Line) -> tuple[int, int]:
    return line.day, line.booked[0] if line.booked else line.uses[0][0] if line.uses else 0


def _known(ids: Sequence[int]) -> list[int]:
    return [int(one) for one in set(ids) if one != MISSING]


def _of_booking(
    diary: Diary, place: int, of_letter: Mapping[int, list[int]], words: Mapping[int, Any], kinds: Mapping[int, str]
) -> Line:
    booked, uses = diary.bookings, diary.uses
    request_id = int(booked.request_id[place])
    letter = words.get(request_id)
    mine = sorted(of_letter.get(request_id, []), key=lambda one: int(uses.start[one]))
    start, end = int(booked.start_at[place]), int(booked.end_at[place])
    session_ids = tuple(int(uses.session_id[one]) for one in mine)
    return Line(
        room=diary.rooms[int(booked.lane[place])],
        day=int(booked.booked.start_on[place]),
        opd=diary.opd_name(int(booked.opd[place])),
        title=letter["title"] if letter else None,
        activity_kind=_kind(letter, session_ids, kinds),
        letter=(letter["year"], letter["agenda_number"]) if letter else None,
        booked=None if start == MISSING else (start, end),
        uses=tuple(_use(diary, one) for one in mine),
        planned=_number(booked.planned[place]),
        present=_number(uses.present[mine[0]]) if len(mine) == 1 else None,
        capacity=_number(diary.capacities[int(booked.lane[place])], nothing=0),
        outcome=outcome_of(diary, place),
        session_ids=session_ids,
    )


def outcome_of(diary: Diary, place: int) -> str:
    """What became of the booking at that place: off, running, held, no_show, unrecorded, pending, ahead, no_hours."""
    booked, outcomes, uses = diary.bookings, diary.bookings.outcomes, diary.uses
    if booked.is_called_off[place]:
        return "off"
    if (uses.is_running & (uses.request_id == booked.request_id[place])).any():
        return "running"
    for name in ("held", "no_show", "unrecorded"):
        if getattr(outcomes, f"is_{name}")[place]:
            return name
    if not booked.is_approved[place]:
        return "pending"
    return "no_hours" if booked.start_at[place] == MISSING else "ahead"


def _of_use(diary: Diary, place: int, words: Mapping[int, Any], kinds: Mapping[int, str]) -> Line:
    uses = diary.uses
    session_ids = (int(uses.session_id[place]),)
    letter = words.get(int(uses.request_id[place]))
    start = int(uses.start[place])
    return Line(
        room=diary.rooms[int(uses.lane[place])],
        day=diary.days.first + int(np.searchsorted(diary.days.starts, start, "right")) - 1,
        opd=diary.opd_name(int(uses.opd[place])),
        title=letter["title"] if letter else None,
        activity_kind=_kind(letter, session_ids, kinds),
        letter=(letter["year"], letter["agenda_number"]) if letter else None,
        booked=None,
        uses=(_use(diary, place),),
        planned=_number(uses.planned[place]),
        present=_number(uses.present[place]),
        capacity=_number(diary.capacities[int(uses.lane[place])], nothing=0),
        outcome="running" if uses.is_running[place] else "unplanned" if letter else "without_letter",
        session_ids=session_ids,
    )


def _kind(letter: Mapping[str, Any] | None, session_ids: Sequence[int], kinds: Mapping[int, str]) -> str | None:
    of_letter = letter["activity_kind"] if letter else None
    return of_letter or next((kinds[session] for session in session_ids if session in kinds), None)


def _use(diary: Diary, place: int) -> tuple[int, int, bool, bool]:
    uses = diary.uses
    return int(uses.start[place]), int(uses.end[place]), bool(uses.is_running[place]), bool(uses.is_estimated[place])


def _number(value: Any, nothing: int = MISSING) -> int | None:
    return None if int(value) == nothing else int(value)


@dataclass(frozen=True)
class Clash:
    """Two sessions (or approved bookings) of one room at the same time: who, from when to when, for how long."""

    room: str
    start_at: int
    end_at: int
    first: str | None
    second: str | None
    first_span: tuple[int, int]
    second_span: tuple[int, int]


def clashes(diary: Diary) -> list[Clash]:
    """Sessions that overlapped in the period, by time."""
    uses = diary.uses
    return _clashes(diary, uses.lane, uses.start, uses.end, uses.opd)


def booking_clashes(diary: Diary) -> list[Clash]:
    """Approved bookings that overlap in the period, by time."""
    booked, spans = diary.bookings, diary.bookings.stretches
    counts = booked.is_approved[spans.row]
    row = spans.row[counts]
    return _clashes(diary, booked.lane[row], spans.start[counts], spans.end[counts], booked.opd[row])


def _clashes(diary: Diary, lane: Ints, start: Ints, end: Ints, opd: Ints) -> list[Clash]:
    left, right = diary.axis.cut(lane, start, end)
    there = np.flatnonzero(right > left)
    pairs = Intervals(left[there], right[there]).pairs(MOST_PAIRS)
    clashes = []
    for a, b in zip(*(there[part].tolist() for part in pairs), strict=True):
        spans = ((int(start[a]), int(end[a])), (int(start[b]), int(end[b])))
        begin, until = max(spans[0][0], spans[1][0]), min(spans[0][1], spans[1][1])
        names = (diary.opd_name(int(opd[a])), diary.opd_name(int(opd[b])))
        clashes.append(Clash(diary.rooms[int(lane[a])], begin, until, *names, *spans))
    return sorted(clashes, key=lambda clash: clash.start_at)


@dataclass(frozen=True)
class DayBand:
    """One local day of one room: first and last moment, opening hours, and why it is closed or special."""

    room: str
    day: int
    span: tuple[int, int]
    opened: tuple[tuple[int, int], ...]
    note: str
    kind: str

    @property
    def date(self) -> date:
        """The local date."""
        return day_date(self.day)


def day_bands(office: Office, diary: Diary) -> list[DayBand]:
    """Every day of the period for every room, by room and day."""
    first, last = day_number(diary.filter.period.first), day_number(diary.filter.period.last)
    bands = []
    for lane, room in enumerate(diary.rooms):
        opened = diary.opened[lane].without(diary.closed[lane])
        for day in range(first, last + 1):
            place = day - diary.days.first
            span = int(diary.days.starts[place]), int(diary.days.starts[place + 1])
            hours = opened.clip(*span)
            plan = office.calendar.days.plan(day)
            pairs = tuple(zip(hours.start.tolist(), hours.end.tolist(), strict=True))
            bands.append(DayBand(room, day, span, pairs, plan.note, plan.kind))
    return bands
