"""Bookings and their use one by one: as lines of a list, on the calendar of rooms, and what clashed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from data_access.mart import People, Snapshot
from data_access.mart import rooms as questions
from data_access.mart.requests import letters_named
from etl.domain.calendar.intervals import Intervals
from etl.domain.frames import MISSING, Ints
from etl.domain.units import day_date, day_number
from etl.figures.rooms.diary import Diary
from etl.office import Office

Span = tuple[int, int]

MOST_PAIRS = 200
"""So many pairs of clashing sessions are listed at most."""


class Letter(NamedTuple):
    """What a list shows of a letter: year and agenda number, title, kind of activity; nothing without a letter."""

    key: tuple[int, str] | None = None
    title: str | None = None
    activity_kind: str | None = None


NO_LETTER = Letter()
Words = tuple[str | None, str | None]
"""The activity of a session and its kind, as the room log names them."""


def letters_of(mart: Snapshot, request_ids: Iterable[int]) -> dict[int, Letter]:
    """The letters among some request_ids; MISSING is none."""
    ids = {int(request_id) for request_id in request_ids} - {MISSING}
    return {
        request_id: Letter((row["year"], row["agenda_number"]), row["title"], row["activity_kind"])
        for request_id, row in letters_named(mart, ids).items()
    }


def number_or_none(value: Any) -> int | None:
    """None for MISSING."""
    return None if int(value) == MISSING else int(value)


@dataclass(frozen=True)
class SessionRow:
    """One session of a diary, as the lists behind figures have it.

    `seconds` are those inside the period. `people` in the room None: nobody said; `seats` None: nobody knows.
    """

    session_id: int
    room: str
    opd: str | None
    letter: tuple[int, str] | None
    start_at: int
    end_at: int
    is_estimated: bool
    seconds: int
    people: int | None
    seats: int | None


def session_rows(mart: Snapshot, diary: Diary, places: Sequence[int]) -> list[SessionRow]:
    """The sessions at those places of the diary, in that order."""
    uses = diary.uses
    letters = letters_of(mart, (int(uses.request_id[place]) for place in places))
    return [
        SessionRow(
            session_id=int(uses.session_id[place]),
            room=diary.rooms[int(uses.lane[place])],
            opd=diary.opd_name(int(uses.opd[place])),
            letter=letters.get(int(uses.request_id[place]), NO_LETTER).key,
            start_at=int(uses.start[place]),
            end_at=int(uses.end[place]),
            is_estimated=bool(uses.is_estimated[place]),
            seconds=int(diary.used_seconds[place]),
            people=number_or_none(diary.seating.people[place]),
            seats=int(diary.seating.seats[place]) or None,
        )
        for place in places
    ]


class Use(NamedTuple):
    """One session's hours, or its part of a day; `is_estimated`: nobody wrote its end; `is_end_due`: as in OpenUse."""

    start: int
    end: int
    is_running: bool
    is_estimated: bool
    is_end_due: bool = False


Uses = tuple[Use, ...]


def _use(diary: Diary, place: int) -> Use:
    uses = diary.uses
    columns = (uses.start, uses.end, uses.is_running, uses.is_estimated, uses.is_end_due)
    return Use(*(of[place].item() for of in columns))


# The list


@dataclass(frozen=True)
class Line:
    """One booking with what became of it, or one session without a booking. Moments are UTC seconds.

    `outcome`: as `outcome_of` a booking; running, end_due, unplanned or without_letter for a session without one. `day`
    is the day on which it begins. `is_approval_unrecorded`: a booking of a time in which nobody recorded approvals.
    `is_start_unread`: the hour at which it starts was written and cannot be read.
    `opd`, `title` and `activity_kind`: by the letter, else by the room log. `people`: as planned, and as counted where
    it has one session.
    """

    room: str
    day: int
    opd: str | None
    title: str | None
    activity_kind: str | None
    letter: tuple[int, str] | None
    booked: Span | None
    uses: Uses
    people: Mapping[People, int | None]
    capacity: int | None
    outcome: str
    session_ids: tuple[int, ...]
    is_approval_unrecorded: bool = False
    is_start_unread: bool = False


def lines_of(mart: Snapshot, diary: Diary, unread_starts: Collection[int] = ()) -> list[Line]:
    """Every booking that begins in the period and every session without one, the latest first; `unread_starts`: the
    letters whose start nobody can read."""
    booked, uses = diary.bookings, diary.uses
    here = np.flatnonzero(diary.booked_here)
    letters = letters_of(mart, [*booked.request_id[here], *uses.request_id[diary.starts_here]])
    words = questions.session_words(mart, uses.session_id.tolist())
    with_booking = np.isin(uses.request_id, booked.request_id[here]) & (uses.request_id != MISSING)
    of_letter: dict[int, list[int]] = {}
    for place in np.flatnonzero(with_booking).tolist():
        of_letter.setdefault(int(uses.request_id[place]), []).append(place)
    lines = [_of_booking(diary, place, of_letter, letters, words, unread_starts) for place in here.tolist()]
    alone = np.flatnonzero(diary.starts_here & ~with_booking).tolist()
    lines += [_of_use(diary, place, letters, words) for place in alone]
    return sorted(lines, key=_when, reverse=True)


def _when(line: Line) -> tuple[int, int]:
    return line.day, line.booked[0] if line.booked else line.uses[0].start if line.uses else 0


def _of_booking(
    diary: Diary,
    place: int,
    of_letter: Mapping[int, list[int]],
    letters: Mapping[int, Letter],
    words: Mapping[int, Words],
    unread_starts: Collection[int],
) -> Line:
    booked, uses = diary.bookings, diary.uses
    request_id, start = int(booked.request_id[place]), int(booked.start_at[place])
    mine = sorted(of_letter.get(request_id, []), key=lambda session: int(uses.start[session]))
    counted = number_or_none(uses.people[People.PRESENT][mine[0]]) if len(mine) == 1 else None
    return _line(
        diary,
        letters.get(request_id, NO_LETTER),
        words,
        int(booked.lane[place]),
        mine,
        day=int(booked.booked.start_on[place]),
        opd=diary.opd_name(int(booked.opd[place])),
        booked=None if start == MISSING else (start, int(booked.end_at[place])),
        people={People.PLANNED: number_or_none(booked.planned[place]), People.PRESENT: counted},
        outcome=outcome_of(diary, place),
        is_approval_unrecorded=bool(booked.is_unrecorded[place]),
        is_start_unread=int(booked.booked.start_at[place]) == MISSING and request_id in unread_starts,
    )


def _of_use(diary: Diary, place: int, letters: Mapping[int, Letter], words: Mapping[int, Words]) -> Line:
    uses = diary.uses
    letter = letters.get(int(uses.request_id[place]), NO_LETTER)
    return _line(
        diary,
        letter,
        words,
        int(uses.lane[place]),
        [place],
        day=diary.days.first + int(np.searchsorted(diary.days.starts, uses.start[place], "right")) - 1,
        opd=diary.opd_name(int(uses.opd[place])),
        booked=None,
        people={of: number_or_none(count[place]) for of, count in uses.people.items()},
        outcome=_goes_on([_use(diary, place)]) or ("unplanned" if letter.key else "without_letter"),
    )


def _line(
    diary: Diary, letter: Letter, words: Mapping[int, Words], lane: int, sessions: Sequence[int], **own: Any
) -> Line:
    session_ids = tuple(int(diary.uses.session_id[place]) for place in sessions)
    logged = [words[id_] for id_ in session_ids if id_ in words]
    return Line(
        room=diary.rooms[lane],
        title=letter.title or next((activity for activity, _ in logged if activity), None),
        activity_kind=letter.activity_kind or next((kind for _, kind in logged if kind), None),
        letter=letter.key,
        uses=tuple(_use(diary, place) for place in sessions),
        capacity=diary.seats_on(lane, own["day"]),
        session_ids=session_ids,
        **own,
    )


def _goes_on(uses: Sequence[Use]) -> str:
    """Whether one of them is going on (running), or may be and its end should have been recorded (end_due), else ""."""
    if any(use.is_running and not use.is_end_due for use in uses):
        return "running"
    return "end_due" if any(use.is_end_due for use in uses) else ""


def outcome_of(diary: Diary, place: int) -> str:
    """What became of the booking at that place: off, running, end_due, held, no_show, unrecorded, clashed,
    pending, ahead, no_hours."""
    booked, outcomes, uses = diary.bookings, diary.bookings.outcomes, diary.uses
    if booked.is_called_off[place]:
        return "off"
    mine = np.flatnonzero((uses.is_running | uses.is_end_due) & (uses.request_id == booked.request_id[place]))
    if len(mine):
        return _goes_on([_use(diary, int(use)) for use in mine])
    for name in ("held", "no_show", "unrecorded", "clashed"):
        if getattr(outcomes, f"is_{name}")[place]:
            return name
    if not booked.is_approved[place]:
        return "pending"
    return "no_hours" if booked.start_at[place] == MISSING else "ahead"


# The calendar, laid out so that nothing hides anything else


@dataclass(frozen=True)
class DayBand:
    """One local day of one room: first and last moment, opening hours, and why it is closed or special."""

    room: str
    day: int
    span: Span
    opened: tuple[Span, ...]
    note: str
    kind: str

    @property
    def date(self) -> date:
        """The local date."""
        return day_date(self.day)


@dataclass(frozen=True)
class Mark:
    """A booking and its use on one day, or a session without a booking; `slot` is the line on which it stands.

    `outcome` as in `Line`.
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
    letters = letters_of(mart, [*diary.uses.request_id.tolist(), *diary.bookings.request_id.tolist()])
    letters |= _without_letter(mart, diary)
    return [DayRow(band, _laid_out(_marks(diary, band, letters))) for band in day_bands(office, diary)]


def _without_letter(mart: Snapshot, diary: Diary) -> dict[int, Letter]:
    """What the room log says of the sessions without a letter, by their keys in `_uses`."""
    loose = np.flatnonzero(diary.uses.request_id == MISSING)
    words = questions.session_words(mart, diary.uses.session_id[loose].tolist())
    named = ((place, words.get(int(diary.uses.session_id[place]))) for place in loose.tolist())
    return {-1 - place: Letter(None, *logged) for place, logged in named if logged}


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


def _marks(diary: Diary, band: DayBand, letters: Mapping[int, Letter]) -> list[Mark]:
    """What touches a day, in no order."""
    lane, booked, spans = diary.rooms.index(band.room), diary.bookings, diary.bookings.stretches
    uses = _uses(diary, band, lane)

    def mark(request_id: int, opd: int, outcome: str, span: Span | None, mine: Uses) -> Mark:
        letter = letters.get(request_id, NO_LETTER)
        return Mark(0, diary.opd_name(opd), letter.title, letter.key, outcome, span, mine)

    marks = []
    touching = (booked.lane[spans.row] == lane) & (spans.start < band.span[1]) & (spans.end > band.span[0])
    for place in np.flatnonzero(touching & ~booked.is_called_off[spans.row]).tolist():
        row = int(spans.row[place])
        span = _cut((int(spans.start[place]), int(spans.end[place])), band.span)
        request_id = int(booked.request_id[row])
        marks.append(mark(request_id, int(booked.opd[row]), outcome_of(diary, row), span, uses.pop(request_id, ())))
    for key, mine in uses.items():
        place = np.flatnonzero(diary.uses.request_id == key)[0] if key >= 0 else -1 - key
        opd = int(diary.uses.opd[place])
        outcome = _goes_on(mine) or ("held" if key >= 0 else "without_letter")
        marks.append(mark(key, opd, outcome, None, mine))
    return marks


def _uses(diary: Diary, band: DayBand, lane: int) -> dict[int, Uses]:
    """Sessions of a day by letter; those without one have negative keys of their own."""
    uses, by_letter = diary.uses, dict[int, Uses]()
    touching = (uses.lane == lane) & (uses.start < band.span[1]) & (uses.end > band.span[0])
    for place in np.flatnonzero(touching).tolist():
        request_id, use = int(uses.request_id[place]), _use(diary, place)
        key = request_id if request_id != MISSING else -1 - place
        start, end = _cut((use.start, use.end), band.span)
        by_letter[key] = (*by_letter.get(key, ()), use._replace(start=start, end=end))
    return by_letter


def _cut(span: Span, day: Span) -> Span:
    return max(span[0], day[0]), min(span[1], day[1])


def _laid_out(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks by start, each on the first line that is free."""
    free: list[int] = []
    placed = []
    for mark in sorted(marks, key=lambda mark: (mark.span, mark.opd or "")):
        start, end = mark.span
        slot = next((line for line, until in enumerate(free) if until <= start), len(free))
        free[slot : slot + 1] = [end]
        placed.append(replace(mark, slot=slot))
    return tuple(placed)


# Clashes


class Clash(NamedTuple):
    """Two sessions of one room at the same time, or two approved bookings (`is_booked`): who, from when to when."""

    is_booked: bool
    room: str
    start_at: int
    end_at: int
    first: str | None
    second: str | None


def clashes(diary: Diary) -> list[Clash]:
    """Sessions that overlapped in the period, by time; after them approved bookings that overlap, by time."""
    uses, booked, spans = diary.uses, diary.bookings, diary.bookings.stretches
    counts = booked.is_approved[spans.row]
    row = spans.row[counts]
    return [
        *_clashes(diary, False, uses.lane, uses.start, uses.end, uses.opd),
        *_clashes(diary, True, booked.lane[row], spans.start[counts], spans.end[counts], booked.opd[row]),
    ]


def _clashes(diary: Diary, is_booked: bool, lane: Ints, start: Ints, end: Ints, opd: Ints) -> list[Clash]:
    left, right = diary.axis.cut(lane, start, end)
    there = np.flatnonzero(right > left)
    pairs = Intervals(left[there], right[there]).pairs(MOST_PAIRS)
    clashes = []
    for a, b in zip(*(there[part].tolist() for part in pairs), strict=True):
        begin, until = max(int(start[a]), int(start[b])), min(int(end[a]), int(end[b]))
        names = (diary.opd_name(int(opd[a])), diary.opd_name(int(opd[b])))
        clashes.append(Clash(is_booked, diary.rooms[int(lane[a])], begin, until, *names))
    return sorted(clashes, key=lambda clash: clash.start_at)
