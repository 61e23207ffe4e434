"""What happened in the rooms in a period: opening hours, bookings day by day, sessions, up to a moment.

The figures, charts and lists of rooms are all made from one diary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_access.mart import People, Snapshot
from data_access.mart import rooms as questions
from data_access.mart.compliance import opd_names
from data_access.mart.rooms import RoomScope
from etl.domain.calendar.intervals import Axis, Intervals
from etl.domain.frames import MISSING, Bools, Codes, Ints
from etl.domain.rooms import (
    LONGEST,
    Booked,
    Outcomes,
    RoomDays,
    RoomSums,
    RoomTimes,
    Stretches,
    held_without_letter,
    is_approved,
    is_called_off,
    open_use,
    opening_hours,
    outcomes,
    overlapping_held,
    room_days,
    room_sums,
    stretches,
)
from etl.domain.sop.steps import STEP_INDEX, Meaning
from etl.domain.units import day_number
from etl.figures.filter import Period, check_span, known_opd, known_room
from etl.moments import iso

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from etl.office import Office
    from etl.settings.document import Room
    from etl.settings.tables import Closure

WITHOUT_LETTER = "tanpa-surat"
"""The sessions without a letter, as addresses name them."""

LONGEST_REMEMBERED = 1_100
"""Days of a period whose diary is kept for the next question."""

MARGIN_DAYS = 2
"""What began so many days before a period may reach into it: no session is longer than a day."""


@dataclass(frozen=True)
class RoomsFilter:
    """Which rooms' figures are asked for; None is all. Names may be any alias until `resolved`."""

    period: Period
    opd: str | None = None
    room: str | None = None

    def head(self, office: Office, as_of: int) -> dict[str, Any]:
        """What a document of figures begins with: its moment, days and filters."""
        return {
            "as_of": iso(as_of, office.zone),
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "filters": {"opd": self.opd, "room": self.room},
        }


@dataclass(frozen=True, eq=False)
class Uses:
    """One row per session. `end` is where it counts to, at most the moment of the diary; `is_estimated`:
    nobody wrote that end; `is_after_hours` and `is_end_due` as in OpenUse. `opd` points into the names of the diary, -1
    without a letter. `people`: MISSING where nobody said."""

    session_id: Ints
    request_id: Ints
    lane: Ints
    start: Ints
    end: Ints
    is_estimated: Bools
    is_running: Bools
    is_after_hours: Bools
    is_end_due: Bools
    opd: Ints
    people: Mapping[People, Ints]

    def __len__(self) -> int:
        return len(self.start)

    def only(self, kept: Bools) -> Uses:
        """Some of the rows."""
        rows = {name: values[kept] for name, values in vars(self).items() if name != "people"}
        return Uses(**rows, people={of: count[kept] for of, count in self.people.items()})


@dataclass(frozen=True, eq=False)
class Bookings:
    """One row per letter with a booking; `start_at` and `end_at` of all its days together, MISSING where it has no
    hours in the days read. `opd` points into the names of the diary. `is_ended`: all of it lies before the moment of
    the diary."""

    request_id: Ints
    lane: Ints
    opd: Ints
    planned: Ints
    received_on: Ints
    booked: Booked
    status: Codes
    is_approved: Bools
    is_called_off: Bools
    start_at: Ints
    end_at: Ints
    is_ended: Bools
    stretches: Stretches
    outcomes: Outcomes

    def __len__(self) -> int:
        return len(self.lane)


class Seating(NamedTuple):
    """People in the room and its seats, session by session; whether both are known."""

    people: Ints
    seats: Ints
    is_known: Bools


@dataclass(frozen=True, eq=False)
class Diary:
    """The rooms of a period up to `as_of`; `opened` are the hours of each room without its closures, `closed` those.

    `names` are the agencies that `opd` columns point to. The days run from MARGIN_DAYS before the period to its end.
    """

    filter: RoomsFilter
    as_of: int
    rooms: tuple[str, ...]
    settings: tuple[Room | None, ...]
    names: tuple[str, ...]
    axis: Axis
    days: RoomDays
    opened: tuple[Intervals, ...]
    closed: tuple[Intervals, ...]
    uses: Uses
    bookings: Bookings
    unusable: int

    @cached_property
    def capacities(self) -> Ints:
        """Seats of each room, 0 where nobody knows."""
        return np.array([(room.capacity or 0) if room else 0 for room in self.settings], np.int64)

    @cached_property
    def times(self) -> RoomTimes:
        """Everything on one axis."""
        uses, spans, held = self.uses, self.bookings.stretches, self.bookings
        counts = held.is_approved[spans.row]
        booked = self.axis.lay(held.lane[spans.row][counts], spans.start[counts], spans.end[counts])
        over = counts & held.is_ended[spans.row]
        return RoomTimes(
            axis=self.axis,
            rooms=len(self.rooms),
            as_of=self.as_of,
            opened=self._laid(self.opened),
            closed=self._laid(self.closed),
            booked=booked,
            ended=self.axis.lay(held.lane[spans.row][over], spans.start[over], spans.end[over]),
            used=self.axis.lay(uses.lane, uses.start, uses.end),
        )

    @cached_property
    def sums(self) -> RoomSums:
        """Seconds by room."""
        return room_sums(self.times)

    @cached_property
    def used_seconds(self) -> Ints:
        """Seconds of each session inside the period."""
        start, end = self.axis.cut(self.uses.lane, self.uses.start, self.uses.end)
        return end - start

    @cached_property
    def starts_here(self) -> Bools:
        """Which sessions began in the period: a session belongs to the day on which it begins."""
        return (self.uses.start >= self.axis.first) & (self.uses.start < self.axis.last)

    @cached_property
    def booked_here(self) -> Bools:
        """Which bookings began in the period."""
        first, last = day_number(self.filter.period.first), day_number(self.filter.period.last)
        return (self.bookings.booked.start_on >= first) & (self.bookings.booked.start_on <= last)

    @cached_property
    def seating(self) -> Seating:
        """How full the room was in each session; a use after hours without an end is left out."""
        people, seats = self.uses.people[People.PRESENT], self.capacities[self.uses.lane]
        return Seating(people, seats, (people != MISSING) & (seats > 0) & ~self.uses.is_after_hours)

    def opd_name(self, code: int) -> str | None:
        """The agency's name; None without a letter."""
        return None if code < 0 else self.names[code]

    def _laid(self, spans: Sequence[Intervals]) -> Intervals:
        lane = np.repeat(np.arange(len(spans)), [len(one) for one in spans])
        return self.axis.lay(lane, *(_joined([getattr(one, edge) for one in spans]) for edge in ("start", "end")))


def resolved(office: Office, filter_: RoomsFilter) -> RoomsFilter:
    """The filter with canonical names; FilterError for what does not exist."""
    check_span(filter_.period)
    return replace(filter_, opd=known_opd(office, filter_.opd), room=known_room(office, filter_.room))


def room_diary(office: Office, filter_: RoomsFilter, as_of: int, mart: Snapshot | None = None) -> Diary:
    """The diary of a period; computed once a moment, question and mart, unless it is so long that it fills the memory.

    FilterError for an agency or room that does not exist, MartError when there is no mart.
    """
    snapshot = mart or office.mart.read()
    chosen = resolved(office, filter_)
    if chosen.period.days > LONGEST_REMEMBERED:
        return _diary(office, snapshot, chosen, as_of)
    return snapshot.remember(("room-diary", chosen, as_of), lambda: _diary(office, snapshot, chosen, as_of))


def _diary(office: Office, mart: Snapshot, filter_: RoomsFilter, as_of: int) -> Diary:
    first, last = day_number(filter_.period.first), day_number(filter_.period.last)
    today = int(office.calendar.local_day(np.array([as_of]))[0])
    scope = RoomScope(first - MARGIN_DAYS, last, as_of, today, filter_.opd, filter_.room)
    rooms = (filter_.room,) if filter_.room else _all_rooms(office, mart)
    settings, opened, closed, days = _hours(office, rooms, first - MARGIN_DAYS, last)
    begin, end = days.starts[MARGIN_DAYS], days.starts[len(days)]
    names = opd_names(mart)
    approving = STEP_INDEX[office.sop.version_for(filter_.period.last).step_with(Meaning.APPROVED)]
    booked = questions.bookings(mart, scope, approving, rooms, names)
    bookings = _bookings(office, booked, days, as_of)
    uses, unusable = _uses(mart, scope, questions.sessions(mart, scope, rooms, names), days, bookings)
    recorded = questions.recorded_days(mart, scope, rooms)
    every, of_all = booked, bookings
    if filter_.opd is not None:
        every = questions.bookings(mart, replace(scope, opd=None), approving, rooms, names)
        of_all = _bookings(office, every, days, as_of)
    found = _outcomes(of_all, uses, every, recorded, days)
    mine = pd.Index(of_all.request_id).get_indexer(bookings.request_id)
    bookings = replace(bookings, outcomes=Outcomes(*(column[mine] for column in vars(found).values())))
    shown = uses if filter_.opd is None else uses.only(uses.opd >= 0)
    return Diary(
        filter_,
        as_of,
        rooms,
        settings,
        names,
        Axis(int(begin), int(end)),
        days,
        opened,
        closed,
        shown,
        bookings,
        unusable,
    )


def _all_rooms(office: Office, mart: Snapshot) -> tuple[str, ...]:
    known = [room.name for room in office.settings.rooms]
    return (*known, *(name for name in questions.rooms_with_records(mart) if name not in known))


_Hours = tuple[tuple["Room | None", ...], tuple[Intervals, ...], tuple[Intervals, ...], RoomDays]
"""The settings of rooms, their hours without closures, their closures, and the days with both."""


def _hours(office: Office, rooms: Sequence[str], first: int, last: int) -> _Hours:
    """On the local days `first` to `last`; rooms without hours of their own share those of the office."""
    settings = tuple(office.settings.room(name) for name in rooms)
    usual = opening_hours(office.calendar, None, first, last + 1)
    own = [room.hours if room else None for room in settings]
    opened = tuple(usual if of is None else opening_hours(office.calendar, of, first, last + 1) for of in own)
    closed = tuple(closed_hours(room.closures if room else (), office.zone) for room in settings)
    held = [hours.without(holes) if len(holes) else hours for hours, holes in zip(opened, closed, strict=True)]
    return settings, opened, closed, room_days(office.calendar, held, first, last)


def room_closings(office: Office, rooms: Sequence[str], first: int, last: int) -> Ints:
    """When each room closes on the local days `first` to `last`, by its own hours or the office's, less its closures.

    Rooms × days; MISSING where it does not open.
    """
    *_, days = _hours(office, rooms, first - MARGIN_DAYS, last)
    return days.closing[:, MARGIN_DAYS:]


def closed_hours(closures: Sequence[Closure], zone: ZoneInfo) -> Intervals:
    """The closures of a room, as they stand in the settings."""
    return Intervals.of_spans(
        (int(one.start.replace(tzinfo=zone).timestamp()), int(one.end.replace(tzinfo=zone).timestamp()))
        for one in closures
    )


def _bookings(office: Office, rows: questions.Columns, days: RoomDays, as_of: int) -> Bookings:
    lane = rows["room"].astype(np.int64)
    booked = Booked(lane, *(rows[f"booked_{name}"] for name in ("start_on", "start_at", "end_on", "end_at")))
    spans = stretches(booked, office.calendar, days)
    begin, end = np.full(len(booked), MISSING, np.int64), np.full(len(booked), MISSING, np.int64)
    begin[spans.row[::-1]], end[spans.row] = spans.start[::-1], spans.end
    last_on = np.where(booked.end_on == MISSING, booked.start_on, booked.end_on)
    nobody = np.zeros(len(booked), np.bool_)
    return Bookings(
        request_id=rows["request_id"],
        lane=lane,
        opd=rows["opd"].astype(np.int64),
        planned=rows["planned"],
        received_on=rows["received_on"],
        booked=booked,
        status=rows["status"],
        is_approved=is_approved(rows["status"], rows["is_verified"], rows["has_session"]),
        is_called_off=is_called_off(rows["status"]),
        start_at=begin,
        end_at=end,
        is_ended=(end != MISSING) & (end <= as_of) & _is_over(booked, last_on, days, office, as_of),
        stretches=spans,
        outcomes=Outcomes(nobody, nobody, nobody, nobody),
    )


def _is_over(booked: Booked, last_on: Ints, days: RoomDays, office: Office, as_of: int) -> Bools:
    """Whether a booking that goes on beyond the days read is over by now; true for the others."""
    goes_on = last_on > days.first + len(days) - 1
    until = np.where(booked.end_at != MISSING, booked.end_at, office.calendar.day_end(np.where(goes_on, last_on, 0)))
    over: Bools = ~goes_on | (until <= as_of)
    return over


def _uses(
    mart: Snapshot, scope: RoomScope, rows: questions.Columns, days: RoomDays, bookings: Bookings
) -> tuple[Uses, int]:
    """The sessions that count, and how many do not: those that end before they start or last longer than a day."""
    start, ended, as_of = rows["started_at"], rows["ended_at"], scope.as_of
    lane = rows["room"].astype(np.int64)
    is_open = np.flatnonzero(ended == MISSING)
    day = np.clip(np.searchsorted(days.starts, start[is_open], "right") - 1, 0, len(days) - 1)
    found = open_use(
        start[is_open],
        as_of,
        _booked_end(rows["request_id"][is_open], start[is_open], bookings),
        days.closing[lane[is_open], day],
        _next_start(mart, scope, rows["session_id"][is_open]),
        days.starts[day + 1],
    )
    end = np.minimum(ended, as_of)
    end[is_open] = found.until
    is_estimated, is_after_hours, is_end_due = np.zeros((3, len(start)), np.bool_)
    is_estimated[is_open], is_after_hours[is_open], is_end_due[is_open] = found[1:]
    is_sound = (ended == MISSING) | ((ended > start) & (ended - start <= LONGEST))
    uses = Uses(
        session_id=rows["session_id"],
        request_id=rows["request_id"],
        lane=lane,
        start=start,
        end=end,
        is_estimated=is_estimated,
        is_running=np.where(ended == MISSING, ~is_estimated, ended > as_of),
        is_after_hours=is_after_hours,
        is_end_due=is_end_due,
        opd=rows["opd"].astype(np.int64),
        people={of: rows[of] for of in People},
    )
    kept = is_sound & ~rows["is_unused"]
    return uses if kept.all() else uses.only(kept), int((~is_sound).sum())


def _next_start(mart: Snapshot, scope: RoomScope, session_id: Ints) -> Ints:
    next_start = np.full(len(session_id), MISSING, np.int64)
    if len(session_id):
        rows = questions.next_starts(mart, scope)
        place = pd.Index(rows["session_id"]).get_indexer(session_id)
        next_start[place >= 0] = rows["next_start"][place[place >= 0]]
    return next_start


def _booked_end(request_id: Ints, start: Ints, bookings: Bookings) -> Ints:
    """For each session the first end of its letter's booked hours that comes after its start."""
    spans = bookings.stretches
    letter = bookings.request_id[spans.row]
    order = np.lexsort((spans.end, letter))
    letters, ends = letter[order], spans.end[order]
    booked_end = np.full(len(start), MISSING, np.int64)
    for place, (one, at) in enumerate(zip(request_id.tolist(), start.tolist(), strict=True)):
        low, high = np.searchsorted(letters, [one, one + 1])
        spot = low + int(np.searchsorted(ends[low:high], at, "right"))
        if one != MISSING and spot < high:
            booked_end[place] = ends[spot]
    return booked_end


def _outcomes(
    bookings: Bookings, uses: Uses, rows: questions.Columns, recorded: questions.Columns, days: RoomDays
) -> Outcomes:
    spans, lane = bookings.stretches, bookings.lane
    axis = Axis(int(days.starts[0]), int(days.starts[-1]))
    nameless = uses.request_id == MISSING
    free = axis.lay(uses.lane[nameless], uses.start[nameless], uses.end[nameless])
    start, end = axis.cut(lane[spans.row], spans.start, spans.end)
    counts = bookings.is_approved[spans.row] & (end > start)
    hours, row = Intervals(start[counts], end[counts]), spans.row[counts]
    is_used = rows["has_session"] | held_without_letter(free, hours, row, _received_rank(rows))
    began = np.clip(np.searchsorted(days.starts, spans.start, "right") - 1, 0, len(days) - 1) + days.first
    known_days = recorded["room"].astype(np.int64) * (1 << 32) + recorded["day"]
    has_record = np.isin(lane[spans.row] * (1 << 32) + began, known_days)
    return outcomes(
        bookings.is_approved & bookings.is_ended,
        is_used,
        overlapping_held(hours, row, is_used & bookings.is_approved),
        np.bincount(spans.row[has_record], minlength=len(bookings)) > 0,
        rows["is_unused"],
    )


def _received_rank(rows: questions.Columns) -> Ints:
    """The place of each letter in the order of receipt; one of a day without a clock time comes first on its day."""
    rank = np.empty(len(rows["request_id"]), np.int64)
    rank[np.lexsort((rows["request_id"], rows["received_at"], rows["received_on"]))] = np.arange(len(rank))
    return rank


def _joined(parts: Sequence[NDArray]) -> NDArray:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)
