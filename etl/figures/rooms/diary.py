"""What happened in the rooms in a period: opening hours, bookings day by day, sessions, up to a moment.

The figures, charts and lists of rooms are all made from one diary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data_access.mart import People, Snapshot
from data_access.mart.compliance import opd_names
from data_access.mart.rooms import RoomScope
from etl.domain.calendar.intervals import Axis, Intervals
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.rooms import RoomDays, RoomSums, RoomTimes, room_sums
from etl.domain.sop.steps import Meaning
from etl.domain.statistics import share
from etl.domain.units import day_date, day_number
from etl.figures.filter import Period, check_span, known_opd, known_room
from etl.judging.room_log import MARGIN_DAYS, Bookings, Uses, all_rooms, room_log
from etl.moments import iso
from etl.office import Office
from etl.reference.steps import STEP_INDEX
from etl.settings.document import Room

WITHOUT_LETTER = "tanpa-surat"
"""The sessions without a letter, as addresses name them."""

LONGEST_REMEMBERED = 1_100
"""Days of a period whose diary is kept for the next question."""


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


class Seating(NamedTuple):
    """People in the room and its seats, session by session; whether both are known, and both times the seconds inside
    the period, 0 where they are not."""

    people: Ints
    seats: Ints
    is_known: Bools
    person_seconds: Ints
    seat_seconds: Ints

    def share(self, which: Bools) -> float | None:
        """The occupancy of some sessions, Σ(people × time) ÷ Σ(seats × time); None where nothing of it is known."""
        return share(int(self.person_seconds[which].sum()), int(self.seat_seconds[which].sum()))


@dataclass(frozen=True, eq=False)
class Diary:
    """The rooms of a period up to `as_of`; `opened` are the hours of each room without its closures, `closed` those.

    `names` are the agencies that `opd` columns point to, `approving` is the place of the step that approves. The days
    run from MARGIN_DAYS before the period to its end.
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
    approving: int

    @cached_property
    def capacities(self) -> Ints:
        """Seats of each room on the last day of the period, 0 where nobody knows."""
        return self._seats[:, day_number(self.filter.period.last) - self.days.first]

    @cached_property
    def _seats(self) -> Ints:
        """Rooms × days: seats, 0 where nobody knows."""
        seats = np.zeros((len(self.settings), len(self.days)), np.int64)
        for lane, room in enumerate(self.settings):
            for day in (day_date(self.days.first), *room.changes) if room else ():
                seats[lane, max(day_number(day) - self.days.first, 0) :] = room.capacity_on(day) or 0
        return seats

    def seats_on(self, lane: int, day: int) -> int | None:
        """Seats of a room on a day; None where nobody knows."""
        room = self.settings[lane]
        return room.capacity_on(day_date(day)) if room else None

    def seats_at(self, lane: Ints, moment: Ints) -> Ints:
        """Seats of these rooms on the day of each moment, 0 where nobody knows."""
        place = np.searchsorted(self.days.starts, moment, "right") - 1
        return self._seats[lane, np.clip(place, 0, len(self.days) - 1)]

    @cached_property
    def times(self) -> RoomTimes:
        """Everything on one axis."""
        uses, spans, held = self.uses, self.bookings.stretches, self.bookings
        counts = held.is_approved[spans.row]
        booked = self.axis.lay(held.lane[spans.row][counts], spans.start[counts], spans.end[counts])
        over = counts & held.is_ended[spans.row]
        is_past = np.array_equal(over, counts)
        return RoomTimes(
            axis=self.axis,
            rooms=len(self.rooms),
            as_of=self.as_of,
            opened=self._laid(self.opened),
            closed=self._laid(self.closed),
            booked=booked,
            ended=booked if is_past else self.axis.lay(held.lane[spans.row][over], spans.start[over], spans.end[over]),
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
        people, seats = self.uses.people[People.PRESENT], self.seats_at(self.uses.lane, self.uses.start)
        is_known = (people != MISSING) & (seats > 0) & ~self.uses.is_after_hours
        seconds = np.where(is_known, self.used_seconds, 0)
        return Seating(people, seats, is_known, np.where(is_known, people, 0) * seconds, seats * seconds)

    def opd_name(self, code: int) -> str | None:
        """The agency's name; None where neither letter nor room log names one."""
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
    today = office.calendar.day_of(as_of)
    scope = RoomScope(first - MARGIN_DAYS, last, as_of, today, None, filter_.room)
    rooms = (filter_.room,) if filter_.room else all_rooms(office.book, mart)
    names = opd_names(mart)
    approving = STEP_INDEX[office.sop.version_for(filter_.period.last).step_with(Meaning.APPROVED)]
    log = room_log(office.book, mart, scope, approving, rooms, names)
    days = log.days.between(scope.first, scope.last)
    opd = None if filter_.opd is None else names.index(filter_.opd) if filter_.opd in names else len(names)
    begin, end = int(days.starts[0]), int(days.starts[len(days)])

    def here(uses: Uses) -> Uses:
        return uses.only((uses.start >= begin) & (uses.start < end))

    shown = here(log.uses)
    unsound = here(log.unsound)
    booked = log.bookings
    touches = (booked.booked.start_on <= last) & (booked.booked.last_on >= scope.first)
    return Diary(
        filter_,
        as_of,
        rooms,
        log.settings,
        names,
        Axis(int(days.starts[MARGIN_DAYS]), end),
        days,
        log.opened,
        log.closed,
        shown if opd is None else shown.only(shown.opd == opd),
        booked.only(touches if opd is None else touches & (booked.opd == opd)),
        len(unsound if opd is None else unsound.only((unsound.opd == opd) | (unsound.opd < 0))),
        approving,
    )


def _joined(parts: Sequence[NDArray]) -> NDArray:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)
