"""When can a room be had: the free times of the rooms, and from when a request can be through all its steps?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from data_access.mart.rooms import RoomScope
from etl.domain.calendar.intervals import Intervals
from etl.domain.frames import Bools
from etl.domain.rooms import FreeTimes, Laid, bookable_hours, free_times, is_free, nearest_times
from etl.domain.sop.steps import Meaning
from etl.domain.units import MINUTE, day_date
from etl.judging.room_log import Bookings, closed_hours, room_hours, room_log
from etl.office import Office
from etl.reference.steps import STEP_INDEX
from etl.settings.rooms import Room, rooms_between

MOST_NEAREST = 3
"""So many other times are offered where one is taken."""


@dataclass(frozen=True)
class Slot:
    """A room at a time."""

    room: str
    start: int
    end: int


class Holding(StrEnum):
    """What holds a room at a time, the firmest first: `SCHEDULED` counts as approved, which nobody recorded;
    `OWN` was asked for by whoever looks."""

    APPROVED = "approved"
    SCHEDULED = "scheduled"
    ASKED = "asked"
    OWN = "own"


@dataclass(frozen=True, eq=False)
class RoomTimes:
    """The rooms that hold so many people, or of which nobody knows how many they hold, and their times on some days.

    `hours` are those for which each room may be asked, without its closures. `earliest`: nothing is free before.
    `booked` are the hours of bookings by what they are. `own` is the free time for which whoever looks asked already;
    others' asking is in `times`. `unbroken` is the free time that no break interrupts.
    """

    rooms: tuple[Room, ...]
    hours: tuple[Intervals, ...]
    times: FreeTimes
    earliest: int
    booked: Mapping[Holding, Laid]
    own: Laid
    unbroken: Laid

    def lane(self, room: str) -> int | None:
        """The place of a room among them; None for one that is not offered."""
        names = [known.name for known in self.rooms]
        return names.index(room) if room in names else None

    def is_free(self, slot: Slot) -> bool:
        """Whether the room is free all that time."""
        lane = self.lane(slot.room)
        return lane is not None and is_free(self.times.free, lane, slot.start, slot.end)

    def is_open(self, slot: Slot) -> bool:
        """Whether it lies within the hours of the room."""
        lane = self.lane(slot.room)
        spans = self.hours[lane].union.spans() if lane is not None else []
        return any(start <= slot.start and slot.end <= end for start, end in spans)

    def holding(self, slot: Slot) -> Holding | None:
        """The firmest of the bookings that share time with it; None for none."""
        lane = self.lane(slot.room)
        if lane is None:
            return None
        shared = (of for of in Holding if any(a < slot.end and b > slot.start for a, b in self.booked[of].spans(lane)))
        return next(shared, None)

    def nearest(self, slot: Slot) -> list[Slot]:
        """Free times of the same length that begin nearest to it, over the break only where they fit nowhere else."""
        lane = self.lane(slot.room)
        wanted = -1 if lane is None else lane, slot.start, slot.end, MOST_NEAREST
        known = nearest_times(self.unbroken, *wanted) or nearest_times(self.times.free, *wanted)
        return [Slot(self.rooms[place].name, start, end) for place, start, end in known]


def earliest_start(office: Office, now: int) -> int:
    """When the room is ready at the latest if it is asked for now and each step takes its target, those side by side
    together: the due moment of the last step of part A."""
    begin = np.array([now // MINUTE * MINUTE])
    seconds = np.array([office.sop_at(now).critical_path_seconds()])
    return int(office.calendar.due(begin, seconds)[0])


def room_times(
    office: Office, now: int, first: int, last: int, *, people: int | None = None, without: int | None = None,
    own: Sequence[int] = (),
) -> RoomTimes:  # fmt: skip
    """The times of the rooms on the local days `first` to `last`, both included; `without`: as if that request had
    booked nothing; `own`: the requests of whoever looks."""
    ends = day_date(first), day_date(last)
    there = rooms_between(office.settings.rooms, *ends)
    rooms = tuple(room for room in there if not all(is_too_small(room, people, day) for day in ends))
    earliest, calendar = earliest_start(office, now), office.calendar
    day_end = calendar.day_start(np.arange(first, last + 2, dtype=np.int64))
    begin, end = int(day_end[0]), int(day_end[-1])
    opened = [room_hours(calendar, room, first, last) for room in rooms]
    closed = [closed_hours(room.closures, office.zone) for room in rooms]
    hours, unbroken = (
        tuple(of.without(closures) for of, closures in zip(kind, closed, strict=True))
        for kind in ([bookable_hours(of, day_end) for of in opened], opened)
    )
    booked = _booked(office, now, (first, last), [room.name for room in rooms], without, own)
    approved = Laid(*map(np.concatenate, zip(booked[Holding.APPROVED], booked[Holding.SCHEDULED], strict=True)))
    start, waiting = max(begin, min(earliest, end)), (booked[Holding.ASKED], booked[Holding.OWN])
    times, wished = (free_times(hours, approved, asked, start, end) for asked in waiting)
    uninterrupted = free_times(unbroken, approved, _NOTHING, start, end).free
    return RoomTimes(rooms, hours, times, earliest, booked, wished.asked, uninterrupted)


def approved_at(office: Office, slot: Slot, now: int) -> set[int]:
    """The letters whose approved booking has the room at that time, as the screens show it."""
    return _letters_at(office, slot, now, lambda held: held.is_approved)


def asked_at(office: Office, slot: Slot, now: int) -> set[int]:
    """The letters that ask for the room at that time and wait for an answer."""
    return _letters_at(office, slot, now, lambda held: ~held.is_approved & ~held.is_called_off)


def _letters_at(office: Office, slot: Slot, now: int, which: Callable[[Bookings], Bools]) -> set[int]:
    if not office.mart.exists() or slot.room not in {room.name for room in office.settings.rooms}:
        return set()
    days = (office.calendar.day_of(slot.start), office.calendar.day_of(slot.end))
    held = _bookings(office, now, days, [slot.room])
    spans = held.stretches
    mine = which(held)[spans.row] & (spans.start < slot.end) & (slot.start < spans.end)
    return set(held.request_id[spans.row[mine]].tolist())


def is_too_small(room: Room, people: int | None, day: date) -> bool:
    """Whether the room is known to hold fewer people that day."""
    seats = room.capacity_on(day)
    return seats is not None and people is not None and people > seats


def _booked(
    office: Office, now: int, days: tuple[int, int], rooms: Sequence[str], without: int | None, own: Sequence[int]
) -> dict[Holding, Laid]:
    """The hours of approved bookings, and of those that wait for an answer: of others, and of one's own."""
    if not office.mart.exists() or not rooms:
        return dict.fromkeys(Holding, _NOTHING)
    held = _bookings(office, now, days, rooms)
    others = held.request_id != (-1 if without is None else without)
    waits, is_own = ~held.is_approved & ~held.is_called_off, np.isin(held.request_id, np.array(own, np.int64))
    which = {
        Holding.APPROVED: held.is_approved & ~held.is_unrecorded,
        Holding.SCHEDULED: held.is_approved & held.is_unrecorded,
        Holding.ASKED: waits & ~is_own,
        Holding.OWN: waits & is_own,
    }
    return {of: _hours(held, others & mine) for of, mine in which.items()}


def _bookings(office: Office, now: int, days: tuple[int, int], rooms: Sequence[str]) -> Bookings:
    approving = STEP_INDEX[office.sop_at(now).step_with(Meaning.APPROVED)]
    scope = RoomScope(*days, now, office.calendar.day_of(now))
    return room_log(office.book, office.mart.read(), scope, approving, rooms, ()).bookings


def _hours(held: Bookings, which: Bools) -> Laid:
    spans = held.stretches
    mine = which[spans.row]
    return Laid(held.lane[spans.row][mine], spans.start[mine], spans.end[mine])


_NOTHING = Laid(*(np.empty(0, np.int64) for _ in range(3)))
