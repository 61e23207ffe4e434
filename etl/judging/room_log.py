"""Bookings and sessions of rooms in a span of days, as of a moment: their hours, and which session holds which booking.

The diary of the figures and what the judge knows of an event's begin are both made from these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data_access.mart import People, Questions
from data_access.mart import rooms as questions
from data_access.mart.rooms import RoomScope
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.intervals import Axis, Intervals
from etl.domain.frames import MISSING, Bools, Codes, Ints
from etl.domain.rooms import (
    LONGEST,
    Booked,
    Outcomes,
    RoomDays,
    Stretches,
    holding_sessions,
    is_approved,
    is_called_off,
    open_use,
    opening_hours,
    outcomes,
    overlapping_held,
    room_days,
    sole_bookings,
    stretches,
    used_on_days,
)
from etl.domain.sop.steps import Meaning
from etl.domain.units import DAY, day_date, day_number
from etl.domain.verdict import RequestStatus
from etl.office import Rulebook
from etl.reference.steps import STEP_INDEX
from etl.settings.document import Room
from etl.settings.rooms import Closure

MARGIN_DAYS = 2
"""What began so many days before a period may reach into it: no session is longer than a day."""


@dataclass(frozen=True, eq=False)
class Uses:
    """One row per session. `end` is where it counts to, at most the moment of the diary; `is_estimated`:
    nobody wrote that end; `is_after_hours` and `is_end_due` as in OpenUse. `opd` points into the names of the diary, -1
    where neither letter nor log names one. `people`: MISSING where nobody said."""

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
        if kept.all():
            return self
        rows = {name: values[kept] for name, values in vars(self).items() if name != "people"}
        return Uses(**rows, people={of: count[kept] for of, count in self.people.items()})


@dataclass(frozen=True, eq=False)
class Bookings:
    """One row per letter with a booking; `start_at` and `end_at` of all its days together, MISSING where it has no
    hours in the days read. `opd` points into the names of the diary. `is_unrecorded`: nobody said that it was approved,
    and in its time nobody recorded any approval. `is_ended`: all of it lies before the moment of the diary. `held_from`
    is the start of the first session without a letter that holds it, MISSING for none."""

    request_id: Ints
    lane: Ints
    opd: Ints
    planned: Ints
    received_on: Ints
    booked: Booked
    status: Codes
    is_approved: Bools
    is_unrecorded: Bools
    is_called_off: Bools
    start_at: Ints
    end_at: Ints
    is_ended: Bools
    stretches: Stretches
    held_from: Ints
    outcomes: Outcomes

    def __len__(self) -> int:
        return len(self.lane)

    def only(self, kept: Bools) -> Bookings:
        """Some of the rows."""
        if kept.all():
            return self
        spans, place = self.stretches, np.cumsum(kept) - 1
        mine = kept[spans.row]
        nested: dict[str, Any] = {"booked": self.booked, "outcomes": self.outcomes}
        parts = {name: type(part)(**{key: of[kept] for key, of in vars(part).items()}) for name, part in nested.items()}
        parts["stretches"] = Stretches(place[spans.row[mine]], spans.start[mine], spans.end[mine])
        return Bookings(**{name: parts[name] if name in parts else of[kept] for name, of in vars(self).items()})


@dataclass(frozen=True, eq=False)
class RoomLog:
    """Rooms on the days of a question and on all days of the bookings that touch those, up to a moment.

    `opened` are the hours of each room without its closures, `closed` those. `unsound` sessions end before they start
    or last longer than a day.
    """

    settings: tuple[Room | None, ...]
    opened: tuple[Intervals, ...]
    closed: tuple[Intervals, ...]
    days: RoomDays
    bookings: Bookings
    uses: Uses
    unsound: Uses


def room_log(
    book: Rulebook, mart: Questions, scope: RoomScope, approving: int, rooms: Sequence[str], opds: Sequence[str]
) -> RoomLog:
    """The log of these rooms; `approving` is the step that approves, `opds` the names that columns point to."""
    wide = questions.with_bookings(mart, scope)
    settings, opened, closed, days = _hours(book, rooms, wide.first, wide.last)
    rows = questions.bookings(mart, wide, approving, RequestStatus.CANCELLED.code, rooms, opds)
    first_approval = questions.first_approval(mart, approving, RequestStatus.APPROVED.code)
    bookings = _bookings(book, rows, days, first_approval, scope.as_of)
    uses, unsound = _uses(mart, wide, questions.sessions(mart, wide, rooms, opds), days, bookings)
    bookings = _with_outcomes(bookings, uses, rows, days)
    return RoomLog(settings, opened, closed, days, bookings, uses, unsound)


EVER = 2**40
"""A moment after all others."""


def events_begun(book: Rulebook, mart: Questions, first: int, last: int) -> pd.Series:
    """When the event of letters booked on these days began, by request_id, where the mart does not say so: the start of
    the first session with its number or of the session that holds its booking; MISSING where it did not begin."""
    rows, held_from = questions.begun(mart, first, last), pd.Series(dtype=np.int64)
    if questions.has_loose_sessions(mart, first - 1, last):
        approving = STEP_INDEX[book.sop.version_for(day_date(last)).step_with(Meaning.APPROVED)]
        scope = RoomScope(first, last, EVER, EVER // DAY)
        bookings = room_log(book, mart, scope, approving, all_rooms(book, mart), ()).bookings
        held_from = pd.Series(bookings.held_from, index=bookings.request_id)
    moments = np.stack([rows["own_at"], held_from.reindex(rows["request_id"], fill_value=MISSING).to_numpy()])
    began = np.where((moments == MISSING).any(axis=0), moments.max(axis=0), moments.min(axis=0))
    differs = began != rows["stored_at"]
    return pd.Series(began[differs], index=rows["request_id"][differs])


_AGENCY_IN_ROOM = ["opd_name", "room_name"]


def letters_of_agencies(book: Rulebook, sessions: pd.DataFrame, letters: pd.DataFrame) -> Ints:
    """The letter of each session by its agency: that of the only booking of the agency in the room with which it shares
    time, MISSING where there is none or more than one.

    One row per session (opd_name, room_name, started_on, started_at, ended_at), at least one, and per letter, as the
    register tells it. A session without an end may last until the room closes, after that to the end of its day.
    """
    rooms, first = pd.Index(sessions["room_name"].unique()), int(sessions["started_on"].min()) - 1
    days = _hours(book, rooms.tolist(), first, int(sessions["started_on"].max()) + 1)[-1]
    letters = letters[letters["room_name"].isin(rooms) & ~is_called_off(letters["status"].to_numpy())]
    moments = (letters[f"booked_{name}"].to_numpy(np.int64) for name in ("start_on", "start_at", "end_on", "end_at"))
    spans = stretches(Booked(rooms.get_indexer(letters["room_name"]), *moments), book.calendar, days)
    start, ended, day = (sessions[name].to_numpy(np.int64) for name in ("started_at", "ended_at", "started_on"))
    closing = days.closing[rooms.get_indexer(sessions["room_name"]), day - first]
    latest = np.where(closing > start, closing, days.starts[day - first + 1])
    end = np.where(ended == MISSING, latest, ended)
    names = pd.concat([sessions[_AGENCY_IN_ROOM], letters[_AGENCY_IN_ROOM]])
    lane = pd.factorize(pd.MultiIndex.from_frame(names))[0]
    axis = Axis(int(days.starts[0]), int(days.starts[-1]))
    uses = Intervals(*axis.cut(lane[: len(sessions)], start, end))
    hours = Intervals(*axis.cut(lane[len(sessions) :][spans.row], spans.start, spans.end))
    return np.append(letters["request_id"].to_numpy(np.int64), MISSING)[sole_bookings(uses, hours, spans.row)]


def all_rooms(book: Rulebook, mart: Questions) -> tuple[str, ...]:
    """The rooms of the settings in their order, then those that only records name."""
    known = [room.name for room in book.settings.rooms]
    return (*known, *(name for name in questions.rooms_with_records(mart) if name not in known))


_Hours = tuple[tuple["Room | None", ...], tuple[Intervals, ...], tuple[Intervals, ...], RoomDays]
"""The settings of rooms, their hours without closures, their closures, and the days with both."""


def _hours(book: Rulebook, rooms: Sequence[str], first: int, last: int) -> _Hours:
    """On the local days `first` to `last`; rooms without hours of their own share those of the office."""
    settings = tuple(book.settings.room(name) for name in rooms)
    usual = opening_hours(book.calendar, None, first, last + 1)
    own = [room is not None and bool(room.terms or room.changes) for room in settings]
    opened = tuple(
        room_hours(book.calendar, room, first, last + 1) if is_own else usual
        for room, is_own in zip(settings, own, strict=True)
    )
    closed = tuple(closed_hours(room.closures if room else (), book.zone) for room in settings)
    held = [hours.without(holes) if len(holes) else hours for hours, holes in zip(opened, closed, strict=True)]
    return settings, opened, closed, room_days(book.calendar, held, first, last)


def room_hours(calendar: WorkCalendar, room: Room | None, first: int, last: int) -> Intervals:
    """When a room is open on the local days `first` to `last`, both included, by what its settings say of each of these
    days; its closures are not taken off."""
    if room is None:
        return opening_hours(calendar, None, first, last)
    inside = (day_number(day) for day in room.changes)
    edges = [first, *(day for day in inside if first < day <= last), last + 1]
    parts = [
        opening_hours(calendar, room.hours_on(day_date(begin)), begin, end - 1)
        for begin, end in pairwise(edges)
        if room.is_there_on(day_date(begin))
    ]
    return parts[0] if len(parts) == 1 else Intervals.of_spans(span for part in parts for span in part.spans())


def room_closings(book: Rulebook, rooms: Sequence[str], first: int, last: int) -> Ints:
    """When each room closes on the local days `first` to `last`, by its own hours or the office's, less its closures.

    Rooms × days; MISSING where it does not open.
    """
    *_, days = _hours(book, rooms, first - MARGIN_DAYS, last)
    return days.closing[:, MARGIN_DAYS:]


def closed_hours(closures: Sequence[Closure], zone: ZoneInfo) -> Intervals:
    """The closures of a room, as they stand in the settings."""
    return Intervals.of_spans(
        (int(one.start.replace(tzinfo=zone).timestamp()), int(one.end.replace(tzinfo=zone).timestamp()))
        for one in closures
    )


def _bookings(book: Rulebook, rows: questions.Columns, days: RoomDays, first_approval: int, as_of: int) -> Bookings:
    lane = rows["room"].astype(np.int64)
    booked = Booked(lane, *(rows[f"booked_{name}"] for name in ("start_on", "start_at", "end_on", "end_at")))
    spans = stretches(booked, book.calendar, days)
    begin, end = np.full(len(booked), MISSING, np.int64), np.full(len(booked), MISSING, np.int64)
    begin[spans.row[::-1]], end[spans.row] = spans.start[::-1], spans.end
    is_early = rows["received_on"] < first_approval
    nothing, nobody = np.full(len(booked), MISSING, np.int64), np.zeros(len(booked), np.bool_)
    return Bookings(
        request_id=rows["request_id"],
        lane=lane,
        opd=rows["opd"].astype(np.int64),
        planned=rows["planned"],
        received_on=rows["received_on"],
        booked=booked,
        status=rows["status"],
        is_approved=is_approved(rows["status"], rows["is_verified"], rows["has_session"], is_early),
        is_unrecorded=is_early & (rows["status"] == RequestStatus.UNKNOWN.code) & ~rows["is_verified"],
        is_called_off=is_called_off(rows["status"]),
        start_at=begin,
        end_at=end,
        is_ended=(end != MISSING) & (end <= as_of) & _is_over(booked, days, book, as_of),
        stretches=spans,
        held_from=nothing,
        outcomes=Outcomes(nobody, nobody, nobody, nobody),
    )


def _is_over(booked: Booked, days: RoomDays, book: Rulebook, as_of: int) -> Bools:
    """Whether a booking that goes on beyond the days read is over by now; true for the others."""
    goes_on = booked.last_on > days.first + len(days) - 1
    until = np.where(
        booked.end_at != MISSING, booked.end_at, book.calendar.day_end(np.where(goes_on, booked.last_on, 0))
    )
    over: Bools = ~goes_on | (until <= as_of)
    return over


def _uses(
    mart: Questions, scope: RoomScope, rows: questions.Columns, days: RoomDays, bookings: Bookings
) -> tuple[Uses, Uses]:
    """The sessions that count, and those that cannot be: they end before they start or last longer than a day."""
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
    return uses.only(kept), uses.only(~is_sound)


def _next_start(mart: Questions, scope: RoomScope, session_id: Ints) -> Ints:
    next_start = np.full(len(session_id), MISSING, np.int64)
    if len(session_id):
        rows = questions.next_starts(mart, scope)
        place = pd.Index(rows["session_id"]).get_indexer(session_id)
        next_start[place >= 0] = rows["next_start"][place[place >= 0]]
    return next_start


def _booked_end(request_id: Ints, start: Ints, bookings: Bookings) -> Ints:
    """For each session the first end of its letter's booked hours that comes after its start."""
    spans = bookings.stretches
    mine = np.isin(bookings.request_id, request_id)[spans.row]
    letter, end = bookings.request_id[spans.row[mine]], spans.end[mine]
    order = np.lexsort((end, letter))
    letters, ends = letter[order], end[order]
    booked_end = np.full(len(start), MISSING, np.int64)
    for place, (one, at) in enumerate(zip(request_id.tolist(), start.tolist(), strict=True)):
        low, high = np.searchsorted(letters, [one, one + 1])
        spot = low + int(np.searchsorted(ends[low:high], at, "right"))
        if one != MISSING and spot < high:
            booked_end[place] = ends[spot]
    return booked_end


def _with_outcomes(bookings: Bookings, uses: Uses, rows: questions.Columns, days: RoomDays) -> Bookings:
    """The bookings with the sessions that hold them, and what became of each."""
    spans, axis = bookings.stretches, Axis(int(days.starts[0]), int(days.starts[-1]))
    nameless = np.flatnonzero(uses.request_id == MISSING)
    free, order = _by_start(*axis.cut(uses.lane[nameless], uses.start[nameless], uses.end[nameless]))
    nameless = nameless[order]
    start, end = axis.cut(bookings.lane[spans.row], spans.start, spans.end)
    counts = np.flatnonzero(bookings.is_approved[spans.row] & (end > start))
    hours, order = _by_start(start[counts], end[counts])
    row = spans.row[counts[order]]
    first = holding_sessions(free, hours, row, _received_rank(rows))
    is_used = rows["has_session"] | rows["has_marks"] | (first >= 0)
    became = outcomes(
        bookings.is_approved & bookings.is_ended,
        is_used,
        overlapping_held(hours, row, is_used & bookings.is_approved),
        used_on_days(bookings.booked, days, uses.lane, uses.start, uses.end),
        rows["is_unused"],
        rows["has_list"],
    )
    held_from = np.append(uses.start[nameless], MISSING)[first]
    return replace(bookings, held_from=held_from, outcomes=became)


def _by_start(start: Ints, end: Ints) -> tuple[Intervals, Ints]:
    """The intervals by their start, and the place each had before; what is looked up in order is found sooner."""
    order = np.argsort(start, kind="stable")
    return Intervals(start[order], end[order]), order


def _received_rank(rows: questions.Columns) -> Ints:
    """The place of each letter in the order of receipt; one of a day without a clock time comes first on its day."""
    rank = np.empty(len(rows["request_id"]), np.int64)
    rank[np.lexsort((rows["request_id"], rows["received_at"], rows["received_on"]))] = np.arange(len(rank))
    return rank
