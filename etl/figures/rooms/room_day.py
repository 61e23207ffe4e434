"""The room on the wall: its bookings and sessions around today, who is in it, how much of the week it was used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any

import numpy as np

from data_access.mart import People, Snapshot
from data_access.mart import rooms as mart_rooms
from data_access.mart import summary as questions
from data_access.mart.facilities import sessions_between
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.intervals import Intervals, Span
from etl.domain.frames import MISSING, Ints
from etl.domain.rooms import CALLED_OFF, Booked, is_approved, open_use, room_days, stretches, utilisation
from etl.domain.sop.steps import Meaning
from etl.domain.units import day_date
from etl.domain.verdict import RequestStatus
from etl.judging.room_log import closed_hours, room_hours
from etl.office import Office
from etl.reference.steps import STEP_INDEX
from etl.settings.rooms import Room, rooms_between

LOOK_AHEAD_DAYS = 31
"""The next booking is looked for this far ahead."""

NOBODY_SAID: Mapping[People, int | None] = {People.VERIFIED: None, People.PRESENT: None}
"""What the log of a room may say of the people of a session."""


@dataclass(frozen=True)
class Booking:
    """One day of one letter's booking. `is_approved` False: still waiting for an answer; `has_status` False: no record
    says whether it waits, is approved or not. `is_recorded`: a record says that it was approved."""

    request_id: int
    year: int
    agenda_number: str
    start_at: int
    end_at: int
    opd: str | None
    title: str | None
    planned: int | None
    is_approved: bool
    has_status: bool
    is_recorded: bool


@dataclass(frozen=True)
class Session:
    """One use of the room. `end_at` None: nobody wrote an end and it still goes on; `used` lies before as-of.

    `is_end_due`: it began after hours and its end should have been recorded by now. `opd`: by its letter, else by the
    room log.
    """

    request_id: int | None
    start_at: int
    end_at: int | None
    used: Span
    people: Mapping[People, int | None]
    opd: str | None = None
    is_end_due: bool = False

    def is_over(self, now: int) -> bool:
        """Whether its end has come."""
        return self.end_at is not None and self.end_at <= now


@dataclass(frozen=True)
class OpenHours:
    """When a room is open: the hours of the office unless it has its own, less its closures."""

    room: Room | None
    calendar: WorkCalendar

    def between(self, first: int, last: int) -> Intervals:
        """The hours of the local days (since 1970-01-01) `first` to `last`, both included."""
        closures = self.room.closures if self.room else ()
        return room_hours(self.calendar, self.room, first, last).without(closed_hours(closures, self.calendar.zone))

    def open(self, day: int) -> list[Span]:
        """The moments between which the room is open on a local day."""
        return self.between(day, day).spans()

    def closing(self, day: int) -> int | None:
        """When the room closes that day; None when it does not open."""
        spans = self.open(day)
        return spans[-1][1] if spans else None


@dataclass(frozen=True)
class RoomBook:
    """All that is known of one room from the Monday of this week on."""

    room: Room | None
    days: OpenHours
    today: int
    as_of: int
    bookings: tuple[Booking, ...]
    sessions: tuple[Session, ...]

    @property
    def name(self) -> str:
        """The room's name; empty while the settings have no room."""
        return self.room.name if self.room else ""

    @property
    def capacity(self) -> int | None:
        """Seats today, None when unknown."""
        return self.room.capacity_on(day_date(self.today)) if self.room else None

    @cached_property
    def day_span(self) -> Span:
        """First second of today and of tomorrow."""
        return _day_span(self, self.today)

    def sessions_now(self) -> list[Session]:
        """The sessions that go on, or whose end should have been recorded, in the order in which they began."""
        return [s for s in self.sessions if s.is_end_due or not s.is_over(self.as_of)]

    def session_now(self) -> Session | None:
        """Of those the one that began last."""
        return next(reversed(self.sessions_now()), None)

    def booking_now(self) -> Booking | None:
        """The approved booking of this moment, unless its session has already ended."""
        ended = {s.request_id for s in self.sessions if s.used[1] > self.day_span[0]}
        here = (b for b in self.bookings if b.is_approved and b.start_at <= self.as_of < b.end_at)
        return next((b for b in here if b.request_id not in ended), None)

    def next_booking(self) -> Booking | None:
        """The first approved booking that starts later and whose session has not begun early."""
        begun = {s.request_id for s in self.sessions if s.start_at >= self.day_span[0]}
        later = (b for b in self.bookings if b.is_approved and b.start_at > self.as_of)
        not_begun = (b for b in later if b.request_id not in begun or b.start_at >= self.day_span[1])
        return min(not_begun, key=lambda b: b.start_at, default=None)

    def double_bookings(self, days: int = 1) -> list[tuple[Booking, Booking]]:
        """Approved bookings of today and so many days after it that share hours still to come, by time."""
        until = _day_span(self, self.today + days)[1]
        coming = (b for b in self.bookings if b.is_approved and b.start_at < until and b.end_at > self.as_of)
        near = sorted(coming, key=lambda b: b.start_at)
        later = (takewhile(lambda b, a=a: b.start_at < a.end_at, near[place:]) for place, a in enumerate(near, 1))
        return [(a, b) for a, others in zip(near, later, strict=True) for b in others if a.request_id != b.request_id]

    def used_until(self, booking: Booking) -> int:
        """When the last session before the booking ended, as far as it is known; MISSING for none. One that began early
        for the booking is its own."""
        return max((s.used[1] for s in self.sessions if s.request_id != booking.request_id), default=MISSING)

    def booking_of(self, request_id: int | None) -> Booking | None:
        """Today's part of a letter's booking."""
        first, last = self.day_span
        mine = (b for b in self.bookings if b.request_id == request_id)
        return next((b for b in mine if b.start_at < last and b.end_at > first), None)


def room_book(office: Office, mart: Snapshot, today: int, as_of: int, room: Room | None = None) -> RoomBook:
    """The book of a room, else of the first one that the office has today, as of a moment."""
    rooms = rooms_between(office.settings.rooms, day_date(today), day_date(today))
    room = room or (rooms[0] if rooms else None)
    days = OpenHours(room, office.calendar)
    monday = today - day_date(today).weekday()
    used = sessions_between(mart, monday - 1, today)
    here = [row for row in used if room is not None and row["room"] == room.name and row["started_at"] <= as_of]
    approving = STEP_INDEX[office.sop_at(as_of).step_with(Meaning.APPROVED)]
    bookings_asked = questions.bookings(mart, monday, today + LOOK_AHEAD_DAYS, approving)
    mine = [row for row in bookings_asked if _is_here(row, room, as_of) and _is_received(row, today, as_of)]
    with_session = {row["request_id"] for row in here}
    first_approval = mart_rooms.first_approval(mart, approving, RequestStatus.APPROVED.code)
    bookings = tuple(
        _booking(row, span, row["request_id"] in with_session, _is_verified(row, today, as_of), first_approval)
        for row, span in _daily(mine, days, monday - 1, today + LOOK_AHEAD_DAYS)
    )
    return RoomBook(room, days, today, as_of, bookings, tuple(_sessions(here, days, bookings, as_of)))


def _is_here(row: questions.Row, room: Room | None, as_of: int) -> bool:
    is_freed = row["freed_at"] is not None and row["freed_at"] <= as_of
    return room is not None and row["room"] == room.name and row["status"] not in CALLED_OFF and not is_freed


def _is_received(row: questions.Row, today: int, as_of: int) -> bool:
    if row["received_at"] is not None:
        return row["received_at"] <= as_of
    return row["received_on"] is None or row["received_on"] <= today


def _booking(row: questions.Row, span: Span, has_session: bool, is_verified: bool, first_approval: int) -> Booking:
    """`is_verified`: the approving step is finished."""
    is_early = (row["received_on"] or 0) < first_approval
    approved = is_approved(*(np.array([value]) for value in (row["status"], is_verified, has_session, is_early)))
    title = row["activity"] or row["subject"]
    has_status = row["status"] != RequestStatus.UNKNOWN.code
    is_recorded = is_verified or row["status"] == RequestStatus.APPROVED.code
    named = row["request_id"], row["year"], row["agenda_number"]
    about = row["opd"], title, row["planned"]
    return Booking(*named, *span, *about, bool(approved[0]), has_status, is_recorded)


def _is_verified(row: questions.Row, today: int, as_of: int) -> bool:
    if row["verified_at"] is not None:
        return row["verified_at"] <= as_of
    return row["verified_on"] is not None and row["verified_on"] <= today


def _daily(
    rows: Sequence[questions.Row], days: OpenHours, first: int, last: int
) -> Iterator[tuple[questions.Row, Span]]:
    """Each booking with its hours on each of the days `first` to `last`, as the page of rooms has them."""
    columns = [_ints(rows, f"booked_{name}") for name in ("start_on", "start_at", "end_on", "end_at")]
    booked = Booked(np.zeros(len(rows), np.int64), *columns)
    found = stretches(booked, days.calendar, room_days(days.calendar, [days.between(first, last + 1)], first, last))
    for place, start, end in zip(found.row.tolist(), found.start.tolist(), found.end.tolist(), strict=True):
        yield rows[place], (start, end)


def _ints(rows: Sequence[questions.Row], name: str) -> Ints:
    return np.array([MISSING if row[name] is None else row[name] for row in rows], np.int64)


def _sessions(
    rows: Sequence[questions.Row], days: OpenHours, bookings: Sequence[Booking], as_of: int
) -> Iterator[Session]:
    booked_ends: dict[int, list[int]] = {}
    for booking in bookings:
        booked_ends.setdefault(booking.request_id, []).append(booking.end_at)
    starts = [row["started_at"] for row in rows]
    for row in rows:
        start, end = row["started_at"], None if row["end_is_estimated"] else row["ended_at"]
        who = {of: row[of] for of in NOBODY_SAID}, row["opd"]
        if end is not None:
            yield Session(row["request_id"], start, end, (start, min(end, as_of)), *who)
            continue
        later = min((s for s in starts if s > start), default=None)
        booked = min((at for at in booked_ends.get(row["request_id"], ()) if at > start), default=None)
        until, is_over, is_end_due = _without_end(start, days, booked, later, as_of)
        yield Session(row["request_id"], start, until if is_over else None, (start, until), *who, is_end_due)


def _without_end(
    start: int, days: OpenHours, booked: int | None, later: int | None, as_of: int
) -> tuple[int, bool, bool]:
    """Of a session without an end: until when it counts, whether that is over, whether its end is due."""
    day = days.calendar.local_day(np.array([start]))
    known = (booked, days.closing(int(day[0])), later)
    ends = [np.array([MISSING if end is None else end]) for end in known]
    found = open_use(np.array([start]), as_of, *ends, days.calendar.day_end(day))
    return int(found.until[0]), bool(found.is_estimated[0]), bool(found.is_end_due[0])


def week(book: RoomBook) -> list[dict[str, Any]]:
    """Monday to Friday of this week and the days of the weekend that had opening hours or use.

    `share` is the used part of the opening hours up to as-of, None when the room was not open yet or at all.
    """
    monday = book.today - day_date(book.today).weekday()
    hours, days = book.days.between(monday, monday + 6), []
    for day in range(monday, monday + 7):
        opened = hours.clip(*_day_span(book, day))
        used = Intervals.of_spans(s.used for s in book.sessions).clip(*_day_span(book, day))
        if day - monday > 4 and not len(opened) and not len(used):
            continue
        available = opened.clip(0, book.as_of)
        days.append(
            {
                "date": day_date(day).isoformat(),
                "share": utilisation(available, used),
                "is_today": day == book.today,
                "is_future": day > book.today,
                "is_closed": not len(opened),
            }
        )
    return days


def _day_span(book: RoomBook, day: int) -> Span:
    days = np.array([day])
    calendar = book.days.calendar
    return int(calendar.day_start(days)[0]), int(calendar.day_end(days)[0])


def today_of(moments: Iterable[Span], day: Span) -> list[Span]:
    """Those spans that touch the day, cut at its ends."""
    return [(max(a, day[0]), min(b, day[1])) for a, b in moments if a < day[1] and b > day[0]]
