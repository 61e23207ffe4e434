"""In what condition the rooms are: the state of each, readiness for the next booking, faults and B5.

Plain functions of an office and a moment; the wall, the pages, the command line and the exports call the same ones.
What a room's newest check leaves unanswered is not a pass: an item whose fault is still open keeps its last condition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from data_access.mart import Snapshot
from data_access.mart import facilities as questions
from data_access.records import reading
from data_access.records.intake.views import faults_of_unknown_items
from etl.domain.facilities import (
    BREAKING,
    GATE_SECONDS,
    VITAL_WEIGHT,
    Answers,
    Condition,
    RoomStatus,
    gate,
    grade,
    is_expired,
    is_fresh,
)
from etl.domain.frames import MISSING
from etl.domain.units import day_date, day_number
from etl.figures.facilities.incidents import Incident, incidents_at
from etl.figures.rooms.room_day import Booking, RoomBook, room_book
from etl.office import Office
from etl.settings.checklists import Checklists, ListVersion
from etl.settings.values import room_key


@dataclass(frozen=True)
class ItemState:
    """One item of a room. `condition` is what is known of it, None: not known; `since` is when its open fault was
    first reported, `is_since_exact` False: only its day is known; `is_answered` False: the newest check left it out."""

    item: str
    weight: int
    condition: Condition | None
    is_answered: bool
    note: str | None = None
    since: int | None = None
    is_since_exact: bool = True

    @property
    def is_broken(self) -> bool:
        """Whether the room cannot be used because of it."""
        return self.weight >= VITAL_WEIGHT and self.condition in BREAKING


@dataclass(frozen=True)
class RoomState:
    """One room at a moment. `score` 0–100 and `completeness` 0–1 are those of its newest check; None: none.

    `checked_at` None while `checked_on` is a date: only the day is known. `age_seconds` is working time.
    `unrecognised`: so many items are told to be faulty under names that nobody knows; the room is not ready meanwhile.
    """

    room: str
    status: RoomStatus
    score: float | None
    completeness: float | None
    checked_on: date | None
    checked_at: int | None
    age_seconds: int | None
    checklist: str
    items: tuple[ItemState, ...]
    unrecognised: int = 0


@dataclass(frozen=True)
class Readiness:
    """Whether a room is ready for its next booking. `is_due`: less than an hour is left, so what is wrong is a warning.

    `is_checked`: a check of today or of the 12 hours before it, after the session before. `broken` are the vital items
    that do not work.
    """

    room: str
    request_id: int
    opd: str | None
    start_at: int
    is_due: bool
    is_checked: bool
    broken: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Checked, and nothing vital broken."""
        return self.is_checked and not self.broken

    @property
    def is_warning(self) -> bool:
        """Whether somebody must be told now."""
        return self.is_due and not self.is_ready


def room_states(office: Office, as_of: int) -> tuple[RoomState, ...]:
    """The state of every room of the settings, in their order."""
    checks, faults = _newest_checks(office, as_of), incidents_at(office, as_of, only_open=True)
    lists = Checklists.of(office.settings)
    states = (_state(office, room.name, checks, faults, lists, as_of) for room in office.settings.rooms)
    unknown = _unrecognised(office, as_of)
    return tuple(_held_back(state, unknown.get(state.room, 0)) for state in states)


def _unrecognised(office: Office, as_of: int) -> dict[str, int]:
    """By room how many items that wait to be known are told to be faulty."""
    with reading(office.records) as connection:
        faults = faults_of_unknown_items(connection, as_of, office.calendar.day_of(as_of))
    return Counter(room for room, _ in {(room, room_key(item)) for room, item in faults})


def _held_back(state: RoomState, unrecognised: int) -> RoomState:
    """The state of a room for which faults of unknown items wait: at best one that needs attention."""
    is_ready = unrecognised and state.status is RoomStatus.READY
    return replace(state, status=RoomStatus.ATTENTION if is_ready else state.status, unrecognised=unrecognised)


def _newest_checks(office: Office, as_of: int) -> list[dict[str, Any]]:
    if not office.mart.exists():
        return []
    return questions.newest_checks(office.mart.read(), office.calendar.day_of(as_of), as_of)


def _state(
    office: Office,
    room: str,
    checks: Sequence[dict[str, Any]],
    incidents: Sequence[Incident],
    lists: Checklists,
    as_of: int,
) -> RoomState:
    rows = [row for row in checks if row["room"] == room]
    faults = {fault.item: fault for fault in incidents if fault.room == room}
    today = day_date(office.calendar.day_of(as_of))
    if not rows:
        version = lists.on(today)
        items = _items(version, {}, faults)
        return RoomState(room, RoomStatus.UNCHECKED, None, None, None, None, None, version.version, items)
    first = rows[0]
    day = day_date(first["checked_on"])
    version = lists.of_check(first["checklist"], day)
    items = _items(version, {row["item"]: row for row in rows}, faults)
    grades = grade(_answers(rows, version), np.array([version.total], np.int64))
    moment = np.array([moment_of(office, first["checked_on"], first["checked_at"])], np.int64)
    is_old = bool(is_expired(office.calendar, moment, as_of)[0])
    age = office.calendar.working_seconds(moment, np.array([as_of], np.int64))
    completeness = _number(grades.completeness[0])
    return RoomState(
        room=room,
        status=RoomStatus.EXPIRED if is_old else _status(items, bool(np.isfinite(grades.score[0]))),
        score=_number(grades.score[0]),
        completeness=completeness,
        checked_on=day,
        checked_at=first["checked_at"],
        age_seconds=int(age[0]),
        checklist=version.version,
        items=items,
    )


def newest_check(office: Office, room: str, as_of: int) -> list[dict[str, Any]]:
    """Every answer of a room's newest check up to a moment, in the order given: check_id, item, condition, note,
    checked_on, checked_at; none when the room was never checked."""
    return [row for row in _newest_checks(office, as_of) if row["room"] == room]


def _answers(rows: Sequence[dict[str, Any]], version: ListVersion) -> Answers:
    return Answers(
        check=np.zeros(len(rows), np.int64),
        code=np.array([Condition(row["condition"]).code for row in rows], np.int8),
        weight=np.array([version.weights.get(row["item"], 0) for row in rows], np.int64),
    )


def _items(
    version: ListVersion, answers: dict[str, dict[str, Any]], faults: dict[str, Incident]
) -> tuple[ItemState, ...]:
    """The items of the list in its order, then others that were reported."""
    return tuple(
        _item(name, version.weights.get(name, 0), answers.get(name), faults.get(name))
        for name in dict.fromkeys((*version.weights, *answers, *faults))
    )


def _item(name: str, weight: int, row: dict[str, Any] | None, fault: Incident | None) -> ItemState:
    since = (fault.first_at, fault.is_first_exact) if fault else (None, True)
    if row is not None:
        return ItemState(name, weight, Condition(row["condition"]), True, row["note"], *since)
    return ItemState(name, weight, fault.condition if fault else None, False, fault.note if fault else None, *since)


def _status(items: Sequence[ItemState], is_enough: bool) -> RoomStatus:
    known = [item for item in items if item.condition not in (None, Condition.NOT_APPLICABLE)]
    is_broken = any(item.is_broken for item in known)
    has_fault = any(item.condition is not Condition.GOOD for item in known)
    return RoomStatus.of(int(gate(np.array([is_broken]), np.array([has_fault]), np.array([is_enough]))[0]))


def moment_of(office: Office, day: int, at: int | None) -> int:
    """The moment of a check; the beginning of its day when only that is known."""
    return int(office.calendar.day_start(np.array([day], np.int64))[0]) if at is None else at


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def readiness(office: Office, as_of: int, states: Sequence[RoomState] | None = None) -> tuple[Readiness, ...]:
    """Of each room with a booking ahead, whether it is ready for it; the soonest first.

    `states` are those of `room_states` at the same moment, where they are at hand.
    """
    if not office.mart.exists():
        return ()
    mart = office.mart.read()
    books = room_books(office, mart, as_of)
    ahead = {room: booking for room, book in books.items() if (booking := book.next_booking()) is not None}
    ready = (
        _ready(office, state, ahead[state.room], books[state.room].used_until(ahead[state.room]), as_of)
        for state in states or room_states(office, as_of)
        if state.room in ahead
    )
    return tuple(sorted(ready, key=lambda one: (one.start_at, one.room)))


def warnings(office: Office, as_of: int, states: Sequence[RoomState] | None = None) -> tuple[Readiness, ...]:
    """Rooms whose next booking begins within an hour and that are not known to be ready; `states` as in `readiness`."""
    return tuple(ready for ready in readiness(office, as_of, states) if ready.is_warning)


def double_bookings(office: Office, as_of: int, days: int = 1) -> list[tuple[str, Booking, Booking]]:
    """Room and two approved bookings that share hours of today or of so many days after it, of all rooms, by time."""
    books = room_books(office, office.mart.read(), as_of) if office.mart.exists() else {}
    pairs = [(room, *pair) for room, book in books.items() for pair in book.double_bookings(days)]
    return sorted(pairs, key=lambda pair: pair[2].start_at)


def room_books(office: Office, mart: Snapshot, as_of: int) -> dict[str, RoomBook]:
    """Bookings and sessions around today, by room."""
    today = office.calendar.day_of(as_of)
    return {room.name: room_book(office, mart, today, as_of, room) for room in office.settings.rooms}


def _ready(office: Office, state: RoomState, booking: Booking, used_until: int, as_of: int) -> Readiness:
    day = state.checked_on
    at = MISSING if day is None else moment_of(office, day_number(day), state.checked_at)
    fresh = is_fresh(office.calendar, *(np.array([of], np.int64) for of in (at, used_until, booking.start_at)), as_of)
    broken = tuple(item.item for item in state.items if item.is_broken)
    is_due = booking.start_at - as_of <= GATE_SECONDS
    return Readiness(state.room, booking.request_id, booking.opd, booking.start_at, is_due, bool(fresh[0]), broken)
