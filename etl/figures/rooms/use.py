"""How rooms were used in a period: utilisation, schedule, clashes, no-shows, seats. The rules are in docs/definisi.md.

A session and a booking belong to the day on which they begin; their hours are cut to the period.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from etl.domain.frames import Bools, Ints
from etl.domain.statistics import share
from etl.figures.rooms.diary import WITHOUT_LETTER, Diary, RoomsFilter, room_diary
from etl.office import Office

NO_LETTER = "tanpa surat"
"""Stands where an agency stands, for sessions without a letter."""

ALL_ROOMS = "all"


@dataclass(frozen=True)
class OpdUse:
    """How long and how often an agency used a room; overlapping sessions count each with its whole length."""

    opd: str
    seconds: int
    sessions: int


@dataclass(frozen=True)
class RoomFigure:
    """One room, or all of them. Shares are None where there is nothing to divide.

    `used_seconds` ÷ `available_seconds` = `utilisation`, both up to as of; `scheduled_seconds` ÷ `open_seconds` =
    `scheduled_share`, future days included; `realised_seconds` ÷ `ended_seconds` = `realised_share`, of approved
    bookings that are over. `in_use_seconds` is all use in the period, each moment once: `used_seconds` +
    `outside_seconds`. The seconds in `by_opd` add up to `in_use_seconds` + `clash_seconds`. `held` + `no_show` +
    `unrecorded` + `clashed` are the approved bookings that are over. `closed_seconds`: opening hours lost to closures.
    `approvals_unrecorded`: bookings that count though nobody said that they were approved, as nobody recorded approvals
    in their time. `occupancy` is over `seated` sessions; `unseated` are those whose people or seats are unknown;
    `overfull` had more people than seats.
    """

    room: str
    capacity: int | None
    available_seconds: int
    used_seconds: int
    scheduled_seconds: int
    utilisation: float | None
    scheduled_share: float | None
    realised_share: float | None
    outside_seconds: int
    clash_seconds: int
    booking_clash_seconds: int
    no_show: int
    held: int
    unrecorded: int
    clashed: int
    no_show_share: float | None
    occupancy: float | None
    open_seconds: int
    in_use_seconds: int
    ended_seconds: int
    realised_seconds: int
    unscheduled_seconds: int
    closed_seconds: int
    sessions: int
    seated: int
    unseated: int
    overfull: int
    estimated_ends: int
    approvals_unrecorded: int
    by_opd: tuple[OpdUse, ...] = field(default=())


@dataclass(frozen=True)
class RoomsFigures:
    """All rooms of the question. `unusable` sessions end before they start or last longer than a day."""

    as_of: int
    filter: RoomsFilter
    rooms: tuple[RoomFigure, ...]
    all_rooms: RoomFigure
    unusable: int


def rooms_figures(office: Office, filter_: RoomsFilter, as_of: int) -> RoomsFigures:
    """The figures of a period at a moment.

    FilterError for an agency or room that does not exist, MartError when there is no mart.
    """
    return figures_of(room_diary(office, filter_, as_of))


def figures_of(diary: Diary) -> RoomsFigures:
    """The figures of what a diary holds."""
    counts = _Counts.of(diary)
    lanes = range(len(diary.rooms))
    rooms = tuple(_figure(diary, counts, diary.rooms[lane], np.array([lane])) for lane in lanes)
    whole = _figure(diary, counts, ALL_ROOMS, np.array(lanes, dtype=np.int64))
    return RoomsFigures(diary.as_of, diary.filter, rooms, whole, diary.unusable)


@dataclass(frozen=True, eq=False)
class _Counts:
    """What is added up a room, one row each; `opd_seconds` and `opd_sessions` have a column an agency, the first for
    sessions without a letter."""

    table: dict[str, Ints]
    seats: Ints
    seat_seconds: Ints
    opd_seconds: Ints
    opd_sessions: Ints

    @classmethod
    def of(cls, diary: Diary) -> _Counts:
        uses, here, lanes = diary.uses, diary.starts_here, len(diary.rooms)
        outcomes, booked = diary.bookings.outcomes, diary.booked_here
        people, seats, is_known, person_seconds, seat_seconds = diary.seating
        is_seated = is_known & (diary.used_seconds > 0)

        def sessions(which: Bools) -> Ints:
            return _per(uses.lane[here & which], lanes)

        def bookings(which: Bools) -> Ints:
            return _per(diary.bookings.lane[booked & which], lanes)

        table = {
            "sessions": sessions(here),
            "seated": sessions(is_seated),
            "unseated": sessions(~is_seated),
            "overfull": sessions(is_seated & (people > seats)),
            "estimated_ends": sessions(uses.is_estimated),
            "no_show": bookings(outcomes.is_no_show),
            "held": bookings(outcomes.is_held),
            "unrecorded": bookings(outcomes.is_unrecorded),
            "clashed": bookings(outcomes.is_clashed),
            "approvals_unrecorded": bookings(diary.bookings.is_unrecorded),
        }
        cell = uses.lane * (len(diary.names) + 1) + uses.opd + 1
        shape = (lanes, len(diary.names) + 1)
        return cls(
            table,
            _per(uses.lane, lanes, person_seconds),
            _per(uses.lane, lanes, seat_seconds),
            _per(cell, shape[0] * shape[1], diary.used_seconds).reshape(shape),
            _per(cell[here], shape[0] * shape[1]).reshape(shape),
        )


def _per(group: Ints, groups: int, weights: Ints | None = None) -> Ints:
    """Rows, or the sum of their weights, by group."""
    return np.bincount(group, weights=weights, minlength=groups).astype(np.int64)


def _figure(diary: Diary, counts: _Counts, name: str, lanes: Ints) -> RoomFigure:
    sums = diary.sums

    def total(seconds: Ints) -> int:
        return int(seconds[lanes].sum())

    tally = {key: total(values) for key, values in counts.table.items()}
    available, used, opened, scheduled = map(total, (sums.available, sums.used, sums.open, sums.scheduled))
    ended, realised = total(sums.ended), total(sums.realised)
    capacity = diary.capacities[lanes]
    return RoomFigure(
        room=name,
        capacity=int(capacity[0]) or None if len(lanes) == 1 else None,
        available_seconds=available,
        used_seconds=used,
        scheduled_seconds=scheduled,
        utilisation=share(used, available),
        scheduled_share=share(scheduled, opened),
        realised_share=share(realised, ended),
        outside_seconds=total(sums.outside),
        clash_seconds=total(sums.clash),
        booking_clash_seconds=total(sums.booking_clash),
        no_show_share=share(tally["no_show"], tally["no_show"] + tally["held"]),
        occupancy=share(total(counts.seats), total(counts.seat_seconds)),
        open_seconds=opened,
        in_use_seconds=total(sums.in_use),
        ended_seconds=ended,
        realised_seconds=realised,
        unscheduled_seconds=total(sums.unscheduled),
        closed_seconds=total(sums.lost),
        by_opd=_by_opd(diary, counts, lanes),
        **tally,
    )


def _by_opd(diary: Diary, counts: _Counts, lanes: Ints) -> tuple[OpdUse, ...]:
    """Agencies with use in the period, the longest first."""
    seconds, sessions = counts.opd_seconds[lanes].sum(axis=0), counts.opd_sessions[lanes].sum(axis=0)
    rows = [
        OpdUse(diary.opd_name(place - 1) or NO_LETTER, int(seconds[place]), int(sessions[place]))
        for place in np.flatnonzero(seconds).tolist()
    ]
    return tuple(sorted(rows, key=lambda use: (-use.seconds, use.opd)))


def rooms_json(office: Office, figures: RoomsFigures) -> dict[str, Any]:
    """The figures as `pantau figures rooms --json` prints them."""
    return {
        **figures.filter.head(office, figures.as_of),
        "rooms": [_plain(room) for room in figures.rooms],
        "all_rooms": _plain(figures.all_rooms),
        "unusable": figures.unusable,
    }


def _plain(figure: RoomFigure) -> dict[str, Any]:
    return vars(figure) | {"by_opd": [vars(use) for use in figure.by_opd]}


# The sessions behind the hours


@dataclass(frozen=True, eq=False)
class UsesBehind:
    """Sessions with a part of their time in the period, by time; `place` points into the diary.

    `seconds` is their sum, with what overlaps counted each; `person_seconds` and `seat_seconds` are those of the
    sessions that know both people and seats.
    """

    diary: Diary
    place: Ints
    seconds: int
    person_seconds: int
    seat_seconds: int

    def __len__(self) -> int:
        return len(self.place)


def uses_behind(diary: Diary, group: str = "") -> UsesBehind:
    """The sessions of a diary; with WITHOUT_LETTER as group only those without a letter."""
    uses, spent = diary.uses, diary.used_seconds
    wanted: Bools = spent > 0
    if group == WITHOUT_LETTER:
        wanted = wanted & (uses.opd < 0)
    place = np.flatnonzero(wanted)
    place = place[np.lexsort((uses.session_id[place], uses.start[place]))]
    return UsesBehind(
        diary,
        place,
        int(spent[place].sum()),
        int(diary.seating.person_seconds[place].sum()),
        int(diary.seating.seat_seconds[place].sum()),
    )
