"""Bookings of rooms: which count as approved, at which hours of which days, what became of them,
and whether a room can still be ready in time for one: what is left of part A against the time that is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.intervals import Intervals
from etl.domain.frames import MISSING, Bools, Codes, Ints
from etl.domain.rooms.hours import day_closings, day_openings
from etl.domain.sop.steps import STEP_CODES, Meaning
from etl.domain.sop.versions import SopVersion, in_order, path_seconds
from etl.domain.verdict import RequestStatus


class Outlook(StrEnum):
    """How it stands with the preparation of a booking."""

    READY = "READY"
    ON_TRACK = "ON_TRACK"
    AT_RISK = "AT_RISK"
    LATE = "LATE"


def remaining_seconds(sop: SopVersion, is_finished: Sequence[bool]) -> int:
    """The Mutu Baku of what is left until the room is ready, on the longest way: steps side by side run together.

    `is_finished` has all steps in the order of STEP_CODES. A step without a stamp is not waited for once one that
    depends on it is finished. A step without a target counts 0.
    """
    steps, ready = in_order(sop.part("A")), sop.step_with(Meaning.READY)
    is_over = dict(zip(STEP_CODES, is_finished, strict=True))
    for step in reversed(steps):
        if is_over[step.code]:
            is_over |= dict.fromkeys(step.follows, True)
    left = {step.code: 0 if is_over[step.code] else step.target_seconds or 0 for step in steps}
    return 0 if is_over[ready] else path_seconds(steps, left)[ready]


def outlook(remaining: int, left: int, *, is_ready: bool) -> Outlook:
    """What to say of a booking `left` office seconds ahead; "at risk" when what remains takes more than half of it."""
    if is_ready:
        return Outlook.READY
    if remaining > left:
        return Outlook.LATE
    return Outlook.AT_RISK if 2 * remaining > left else Outlook.ON_TRACK


_CALLED_OFF = (RequestStatus.REJECTED.code, RequestStatus.CANCELLED.code, RequestStatus.POSTPONED.code)


@dataclass(frozen=True, eq=False)
class Booked:
    """One row per booking. `lane` is its room; days and moments as typed, MISSING where not; `end_on` may be."""

    lane: Ints
    start_on: Ints
    start_at: Ints
    end_on: Ints
    end_at: Ints

    def __len__(self) -> int:
        return len(self.lane)


@dataclass(frozen=True, eq=False)
class RoomDays:
    """The local days from `first` on. `starts` are their first moments and, last, the end of them all and of the day
    after; `opening` and `closing` (rooms × days) are MISSING where a room does not open."""

    first: int
    starts: Ints
    opening: Ints
    closing: Ints

    def __len__(self) -> int:
        return len(self.starts) - 2


@dataclass(frozen=True, eq=False)
class Stretches:
    """One row per booking and day on which it has hours: `row` of the booking, start, end."""

    row: Ints
    start: Ints
    end: Ints


def room_days(calendar: WorkCalendar, opened: list[Intervals], first: int, last: int) -> RoomDays:
    """The days `first` to `last`, both included, of rooms that open at these times."""
    starts = calendar.day_start(np.arange(first, last + 3, dtype=np.int64))
    shape = (len(opened), last - first + 1)
    opening, closing = np.full(shape, MISSING, np.int64), np.full(shape, MISSING, np.int64)
    for lane, spans in enumerate(opened):
        opening[lane], closing[lane] = day_openings(spans, starts[:-1]), day_closings(spans, starts[:-1])
    return RoomDays(first, starts, opening, closing)


def is_approved(status: Codes, verified_by: Bools, has_session: Bools) -> Bools:
    """The status says so, or it says nothing and A5 is finished or a session is linked; all as of one moment."""
    says_nothing = status == RequestStatus.UNKNOWN.code
    approved: Bools = (status == RequestStatus.APPROVED.code) | (says_nothing & (verified_by | has_session))
    return approved


def is_called_off(status: Codes) -> Bools:
    """Rejected, cancelled or put off."""
    return np.isin(status, _CALLED_OFF)


def stretches(booked: Booked, calendar: WorkCalendar, days: RoomDays) -> Stretches:
    """The hours of each booking on each of its days; one over midnight is one stretch on the day it begins.

    A booking over several days has its daily hours on each of them, or its nights when the end lies before the
    start on the clock. Without a start it begins when the room opens; without an end it lasts until closing, and
    until midnight where the room is closed by then. Reversed ones have no hours.
    """
    last_on = np.where(booked.end_on == MISSING, booked.start_on, booked.end_on)
    from_clock = _clock(booked.start_at, booked.start_on, calendar)
    to_clock = _clock(booked.end_at, last_on, calendar)
    is_timed = (from_clock != MISSING) & (to_clock != MISSING)
    is_night = is_timed & (last_on > booked.start_on) & (to_clock <= from_clock)
    begin = np.maximum(booked.start_on, days.first)
    until = np.minimum(last_on - is_night, days.first + len(days) - 1)
    count = np.where(booked.start_on == MISSING, 0, np.maximum(until - begin + 1, 0))
    row = np.repeat(np.arange(len(booked)), count)
    day = begin[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) - days.first
    lane = booked.lane[row]
    start = np.where(from_clock[row] == MISSING, days.opening[lane, day], days.starts[day] + from_clock[row])
    closing = days.closing[lane, day]
    late = np.where(closing > start, closing, days.starts[day + 1])
    end = np.where(to_clock[row] == MISSING, late, days.starts[day + is_night[row]] + to_clock[row])
    held = (start != MISSING) & (end > start)
    return Stretches(row[held], start[held], end[held])


def _clock(at: Ints, on: Ints, calendar: WorkCalendar) -> Ints:
    """Seconds since the day's first moment."""
    is_known = (at != MISSING) & (on != MISSING)
    return np.where(is_known, at - calendar.day_start(np.where(is_known, on, 0)), MISSING)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """One row per booking that is approved and has ended; the three exclude each other."""

    is_held: Bools
    is_no_show: Bools
    is_unrecorded: Bools


def outcomes(
    ended: Bools, has_own_session: Bools, is_overlapped: Bools, has_recorded_day: Bools, says_unused: Bools
) -> Outcomes:
    """What became of bookings.

    Held: a session with its letter, else one in that room that overlaps it and names no other letter. Not used:
    anything was recorded in that room on that day, or the row says so. The rest is not recorded.
    """
    is_held = ended & (has_own_session | is_overlapped)
    is_no_show = ended & ~is_held & (has_recorded_day | says_unused)
    return Outcomes(is_held, is_no_show, ended & ~is_held & ~is_no_show)
