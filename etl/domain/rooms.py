"""Rooms: whether one can be ready in time, their bookings and hours, and how long they were used.

A booking's outlook is what is left of part A against the time that is left. All use is measured in half-open
intervals, exact to the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.days import Interval
from etl.domain.calendar.intervals import Axis, Intervals, Span
from etl.domain.compliance.rules import procedure_of
from etl.domain.frames import MISSING, NEVER, Bools, Codes, Ints
from etl.domain.sop.versions import SopVersion, in_order, path_seconds
from etl.domain.units import DAY, HOUR
from etl.domain.verdict import RequestStatus


class Outlook(StrEnum):
    """How it stands with the preparation of a booking."""

    READY = "READY"
    ON_TRACK = "ON_TRACK"
    AT_RISK = "AT_RISK"
    LATE = "LATE"


def remaining_seconds(sop: SopVersion, is_finished: Sequence[bool]) -> int:
    """The Mutu Baku of what is left until the room is ready, on the longest way: steps side by side run together.

    `is_finished` has all steps in the order of the version. A step without a stamp is not waited for once one that
    depends on it is finished. A step without a target counts 0.
    """
    steps, closing = in_order(sop.part("A")), [sop.codes[place] for place in procedure_of(sop).closing]
    is_over = dict(zip(sop.codes, is_finished, strict=True))
    for step in reversed(steps):
        if is_over[step.code]:
            is_over |= dict.fromkeys(step.follows, True)
    left = {step.code: 0 if is_over[step.code] else step.target_seconds or 0 for step in steps}
    path = path_seconds(steps, left)
    return max((path[code] for code in closing if not is_over[code]), default=0)


def outlook(remaining: int, left: int, *, is_ready: bool) -> Outlook:
    """What to say of a booking `left` office seconds ahead; "at risk" when what remains takes more than half of it."""
    if is_ready:
        return Outlook.READY
    if remaining > left:
        return Outlook.LATE
    return Outlook.AT_RISK if 2 * remaining > left else Outlook.ON_TRACK


CALLED_OFF = (RequestStatus.REJECTED.code, RequestStatus.CANCELLED.code, RequestStatus.POSTPONED.code)


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

    @property
    def last_on(self) -> Ints:
        """The last day of each."""
        return np.where(self.end_on == MISSING, self.start_on, self.end_on)


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

    def between(self, first: int, last: int) -> RoomDays:
        """Those from `first` to `last`, both included."""
        low, high = first - self.first, last - self.first + 1
        return RoomDays(first, self.starts[low : high + 2], self.opening[:, low:high], self.closing[:, low:high])


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


def is_approved(status: Codes, verified_by: Bools, has_session: Bools, is_before_approvals: Bools) -> Bools:
    """The status says so, or it says nothing and A5 is finished, a session is linked, or the letter was received before
    the first day on which the records hold any approval; all as of one moment."""
    says_nothing = status == RequestStatus.UNKNOWN.code
    approved: Bools = (status == RequestStatus.APPROVED.code) | (
        says_nothing & (verified_by | has_session | is_before_approvals)
    )
    return approved


def is_called_off(status: Codes) -> Bools:
    """Rejected, cancelled or put off."""
    return np.isin(status, CALLED_OFF)


def stretches(booked: Booked, calendar: WorkCalendar, days: RoomDays) -> Stretches:
    """The hours of each booking on each of its days; one over midnight is one stretch on the day it begins.

    A booking over several days has its daily hours on each of them, or its nights when the end lies before the
    start on the clock. Without a start it begins when the room opens; without an end it lasts until closing, and
    NIGHT_BOOKING where the room is closed by then. Reversed ones have no hours.
    """
    last_on = booked.last_on
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
    late = np.where(closing > start, closing, start + NIGHT_BOOKING)
    end = np.where(to_clock[row] == MISSING, late, days.starts[day + is_night[row]] + to_clock[row])
    held = (start != MISSING) & (end > start)
    return Stretches(row[held], start[held], end[held])


def _clock(at: Ints, on: Ints, calendar: WorkCalendar) -> Ints:
    """Seconds since the day's first moment."""
    is_known = (at != MISSING) & (on != MISSING)
    return np.where(is_known, at - calendar.day_start(np.where(is_known, on, 0)), MISSING)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """One row per booking that is approved and has ended; the four exclude each other."""

    is_held: Bools
    is_no_show: Bools
    is_unrecorded: Bools
    is_clashed: Bools


def outcomes(
    ended: Bools, is_used: Bools, overlaps_held: Bools, has_use: Bools, says_unused: Bools, has_list: Bools
) -> Outcomes:
    """What became of bookings.

    Held: a session with its letter, a list of its letter with marks, or a session without a letter that holds it
    (`holding_sessions`). Clashed: it has no session and overlaps a held one. Not used: the room was in use on any of
    its days, or the row says so. The rest is not recorded, and so is one with a list without marks (`has_list`).
    """
    is_held = ended & is_used
    is_clashed = ended & ~is_held & overlaps_held
    is_open = ended & ~is_held & ~is_clashed
    is_no_show = is_open & ~has_list & (has_use | says_unused)
    return Outcomes(is_held, is_no_show, is_open & ~is_no_show, is_clashed)


def holding_sessions(sessions: Intervals, hours: Intervals, row: Ints, rank: Ints) -> Ints:
    """For each booking the first of the sessions without a letter that hold it, -1 for none. A session holds the one
    booking that it overlaps longest, else the earlier received.

    `hours` are those of the bookings on the axis of the sessions, `row` says of which booking; `rank` (bookings,) is
    their order of receipt.
    """
    best, received = np.zeros(len(sessions), np.int64), rank[row]
    for session, place, seconds in _shared_with(sessions, hours, row):
        begins = np.flatnonzero(np.diff(session, prepend=-1))
        # One number tells the longest and, of several, the earliest received: it is above 0 where time is shared.
        best[session[begins]] = np.maximum.reduceat(seconds * len(rank) - received[place], begins)
    holding = np.flatnonzero(best > 0)
    latest_first = holding[np.argsort(sessions.start[holding], kind="stable")[::-1]]
    first = np.full(len(rank), -1, np.int64)
    first[-best[latest_first] % len(rank)] = latest_first
    return first[rank]


def _shared_with(sessions: Intervals, hours: Intervals, row: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """As `_shared_time`, but each stretch tells the seconds shared with all stretches of its booking."""
    size, has_several = row.max(initial=0) + 1, np.bincount(row)[row] > 1
    for session, place, seconds in _shared_time(sessions, hours):
        summed = np.flatnonzero(has_several[place] & (seconds > 0))
        _, pair = np.unique(session[summed] * size + row[place[summed]], return_inverse=True)
        seconds[summed] = np.bincount(pair, weights=seconds[summed])[pair]
        yield session, place, seconds


def sole_bookings(sessions: Intervals, hours: Intervals, row: Ints) -> Ints:
    """For each session the only booking with which it shares time, -1 where there is none or more than one; `hours` and
    `row` as for `holding_sessions`."""
    sole, size = np.full(len(sessions), -1, np.int64), row.max(initial=0) + 1
    for session, place, seconds in _shared_time(sessions, hours):
        shares = seconds > 0
        of, booking = np.divmod(np.unique(session[shares] * size + row[place[shares]]), size)
        is_sole = np.bincount(of)[of] == 1
        sole[of[is_sole]] = booking[is_sole]
    return sole


_TOGETHER = 1 << 14
"""So many sessions are compared with booked hours at a time: all pairs of ten years at once would fill the memory."""


def _shared_time(sessions: Intervals, hours: Intervals) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Every session and stretch of booked hours that may share time, by their places, session after session, and the
    seconds that they share; 0 or fewer where they do not."""
    order = np.argsort(hours.start, kind="stable")
    start, end = hours.start[order], hours.end[order]
    low = np.searchsorted(np.maximum.accumulate(end), sessions.start, "right")
    count = np.maximum(np.searchsorted(start, sessions.end, "left") - low, 0)
    for at in range(0, len(sessions), _TOGETHER):
        some = slice(at, at + _TOGETHER)
        session = np.repeat(np.arange(at, at + len(count[some])), count[some])
        place = np.arange(len(session)) + np.repeat(low[some] - np.cumsum(count[some]) + count[some], count[some])
        seconds = np.minimum(end[place], sessions.end[session]) - np.maximum(start[place], sessions.start[session])
        yield session, order[place], seconds


def overlapping_held(hours: Intervals, row: Ints, is_held: Bools) -> Bools:
    """Which bookings are not held and share hours with a held one."""
    held = is_held[row]
    others = ~held
    shared = Intervals.of(hours.start[held], hours.end[held]).covered(hours.start[others], hours.end[others]) > 0
    overlaps: Bools = np.bincount(row[others][shared], minlength=len(is_held)) > 0
    return overlaps


def used_on_days(booked: Booked, days: RoomDays, lane: Ints, start: Ints, end: Ints) -> Bools:
    """Whether the room of each booking was in use on any of its days; the uses by their rooms, starts and ends.

    Uses and bookings count as far as they lie in the days read, the day after those included.
    """
    count = len(days.starts) - 1
    width, held = count + 1, (end > start) & (start < days.starts[-1]) & (end > days.starts[0])
    row = lane[held] * width
    first = np.maximum(np.searchsorted(days.starts, start[held], "right") - 1, 0)
    behind = np.minimum(np.searchsorted(days.starts, end[held], "left"), count)
    begun, over = (np.bincount(row + day, minlength=len(days.opening) * width) for day in (first, behind))
    used_before = np.concatenate([[0], np.cumsum(np.cumsum(begun - over) > 0)])
    from_day, to_day = (np.clip(day - days.first, 0, count) for day in (booked.start_on, booked.last_on + 1))
    used: Bools = used_before[booked.lane * width + to_day] > used_before[booked.lane * width + from_day]
    return used


WeekHours = Mapping[int, Sequence[Interval]]


def opening_hours(calendar: WorkCalendar, own: WeekHours | None, first: int, last: int) -> Intervals:
    """When a room is open on the local days `first` to `last`, both included; `own` are its own hours by weekday.

    Own hours replace the weekly profile only: a holiday or a closed day closes the room too, a one-off day with hours
    replaces its hours, and Ramadan changes only rooms without hours of their own. Sorted and without overlaps.
    """
    if own is None:
        return _of_days(calendar, first, last)
    days = np.arange(first, last + 1, dtype=np.int64)
    special = np.array([day for day in calendar.days.special_days if first <= day <= last], np.int64)
    free = np.array([*calendar.days.special_days, *calendar.days.holidays], np.int64)
    weekly = days[~np.isin(days, free)]
    parts = [_weekly(calendar, own, weekly), *(_of_days(calendar, int(day), int(day)) for day in special)]
    return Intervals(np.concatenate([part.start for part in parts]), np.concatenate([part.end for part in parts])).union


def day_closings(opened: Intervals, day_end: Ints) -> Ints:
    """The last moment at which the room is open on each local day, MISSING where it does not open.

    `day_end` are the ends of the days, ascending, each the start of the next; the first element is the start of the
    first day, so that there is one result less.
    """
    if not len(opened):
        return np.full(len(day_end) - 1, MISSING, np.int64)
    before = np.searchsorted(opened.start, day_end[1:], "left") - 1
    closing = np.minimum(opened.end[np.maximum(before, 0)], day_end[1:])
    is_open = (before >= 0) & (closing > day_end[:-1])
    return np.where(is_open, closing, MISSING)


def day_openings(opened: Intervals, day_end: Ints) -> Ints:
    """As `day_closings`: the first moment at which the room is open."""
    if not len(opened):
        return np.full(len(day_end) - 1, MISSING, np.int64)
    there = np.searchsorted(opened.end, day_end[:-1], "right")
    opening = np.maximum(opened.start[np.minimum(there, len(opened) - 1)], day_end[:-1])
    is_open = (there < len(opened)) & (opening < day_end[1:])
    return np.where(is_open, opening, MISSING)


def _of_days(calendar: WorkCalendar, first: int, last: int) -> Intervals:
    """The office's hours of those days."""
    low, high = np.searchsorted(calendar.spans.day, [first, last + 1])
    return Intervals(calendar.spans.start[low:high], calendar.spans.end[low:high])


def _weekly(calendar: WorkCalendar, own: WeekHours, days: Ints) -> Intervals:
    """Own hours on those days."""
    opening, closing = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    weekday = (days + 3) % 7
    for day, hours in own.items():
        mine = days[weekday == day] * DAY
        for start, end in hours:
            opening.append(mine + start)
            closing.append(mine + end)
    left, right = np.concatenate(opening), np.concatenate(closing)
    order = np.argsort(left, kind="stable")
    _, start_at, end_at = calendar.clock.spans(left[order], right[order])
    return Intervals(start_at, end_at)


@dataclass(frozen=True, eq=False)
class RoomTimes:
    """What is known of the rooms, as intervals on one axis with a lane a room, cut to the period.

    `opened` are their hours, `closed` their closures. `booked` are the approved bookings, `ended` those of them that
    are over; `used` what was in use up to `as_of`. The last three are not joined: overlaps are clashes.
    """

    axis: Axis
    rooms: int
    as_of: int
    opened: Intervals
    closed: Intervals
    booked: Intervals
    ended: Intervals
    used: Intervals


@dataclass(frozen=True, eq=False)
class RoomSums:
    """Seconds by room (rooms,), and the sets that they measure.

    `open` = |A*|, `available` = |A|, `lost` = |O ∩ B|, `used` = |A ∩ U|, `in_use` = |U ∩ P|, `scheduled` = |A* ∩ K|,
    `ended` = |K| of what is over, `realised` = |K ∩ U| of that, `unscheduled` = |U| − |K ∩ U|.
    """

    available_time: Intervals
    open_time: Intervals
    open: Ints
    available: Ints
    lost: Ints
    used: Ints
    in_use: Ints
    scheduled: Ints
    ended: Ints
    realised: Ints
    unscheduled: Ints
    clash: Ints
    booking_clash: Ints

    @property
    def outside(self) -> Ints:
        """Use outside the hours: |U ∩ P| − |A ∩ U|."""
        return self.in_use - self.used


def room_sums(times: RoomTimes) -> RoomSums:
    """Measure everything."""
    lanes = np.arange(times.rooms, dtype=np.int64)
    begin = np.full(times.rooms, times.axis.first, np.int64)
    past = times.axis.lay(lanes, begin, np.full(times.rooms, times.as_of, np.int64))
    open_time = times.opened.without(times.closed)
    available = open_time.overlap(past)

    def total(of: Intervals) -> Ints:
        return times.axis.per_lane(of, times.rooms)

    in_use = total(times.used.union)
    return RoomSums(
        available_time=available,
        open_time=open_time,
        open=total(open_time),
        available=total(available),
        lost=total(times.opened.overlap(times.closed)),
        used=total(available.overlap(times.used)),
        in_use=in_use,
        scheduled=total(open_time.overlap(times.booked)),
        ended=total(times.ended.union),
        realised=total(times.ended.overlap(times.used)),
        unscheduled=in_use - total(times.booked.overlap(times.used)),
        clash=total(times.used) - in_use,
        booking_clash=total(times.booked) - total(times.booked.union),
    )


class Laid(NamedTuple):
    """Stretches of time of several rooms, one row each: the place of the room, start, end."""

    lane: Ints
    start: Ints
    end: Ints

    def spans(self, lane: int) -> list[Span]:
        """Those of one room."""
        mine = self.lane == lane
        return list(zip(self.start[mine].tolist(), self.end[mine].tolist(), strict=True))


class FreeTimes(NamedTuple):
    """When rooms can be asked for, by room and time: `free` is all of it, `asked` the part of it for which somebody
    asked already without an answer."""

    free: Laid
    asked: Laid


def bookable_hours(opened: Intervals, day_end: Ints) -> Intervals:
    """The time for which a room may be asked: each local day from its first opening to its last closing, as an event
    goes on over the break at noon; `day_end` as for `day_closings`."""
    return Intervals.of(day_openings(opened, day_end), day_closings(opened, day_end))


def free_times(opened: Sequence[Intervals], approved: Laid, asked: Laid, first: int, last: int) -> FreeTimes:
    """The time in `[first, last)` within the hours of each room, without its closures (`opened`), that no approved
    booking holds."""
    axis = Axis(first, last)
    hours = [axis.lay(np.full(len(spans), lane), spans.start, spans.end) for lane, spans in enumerate(opened)]
    starts, ends = (np.concatenate([getattr(part, name) for part in hours] or [_NONE]) for name in ("start", "end"))
    free = Intervals(starts, ends).without(axis.lay(*approved))
    return FreeTimes(_off_axis(axis, free), _off_axis(axis, free.overlap(axis.lay(*asked))))


_NONE = np.empty(0, np.int64)


def _off_axis(axis: Axis, spans: Intervals) -> Laid:
    lane = spans.start // axis.width
    shift = axis.first - lane * axis.width
    return Laid(lane, spans.start + shift, spans.end + shift)


def is_free(free: Laid, lane: int, start: int, end: int) -> bool:
    """Whether one stretch of free time of the room holds all of it."""
    return bool(((free.lane == lane) & (free.start <= start) & (free.end >= end)).any())


def nearest_times(free: Laid, lane: int, start: int, end: int, most: int) -> list[tuple[int, int, int]]:
    """So many times of the same length in free time, one of each stretch: room, start, end; those that begin nearest to
    the wanted start first, in the wanted room before others."""
    fits = free.end - free.start >= end - start
    lanes, begin = free.lane[fits], np.clip(start, free.start[fits], free.end[fits] - (end - start))
    order = np.lexsort((begin, lanes, lanes != lane, np.abs(begin - start)))[:most]
    return [(int(lanes[place]), int(begin[place]), int(begin[place]) + end - start) for place in order]


LONGEST = DAY
"""No session is longer: one that was not ended counts no further."""


def utilisation(available: Intervals, used: Intervals) -> float | None:
    """|A ∩ U| ÷ |A|: the used share of the time the room was open; None when it was never open."""
    return available.overlap(used).seconds / available.seconds if available.seconds else None


NIGHT_BOOKING = 2 * HOUR
"""So long a booking or use without an end is taken to last that begins when its room is closed."""


class OpenUse(NamedTuple):
    """Sessions without a recorded end, one row each.

    `until` is where one counts to, `is_estimated` whether that is an estimate of its end. `is_after_hours`: it began
    after closing or on a closed day. `is_end_due`: such a one whose end should have been recorded by now; it is not
    said to be going on.
    """

    until: Ints
    is_estimated: Bools
    is_after_hours: Bools
    is_end_due: Bools


def open_use(started_at: Ints, as_of: int, booked_end: Ints, closing: Ints, next_start: Ints, day_end: Ints) -> OpenUse:
    """Until when sessions without a recorded end count; MISSING: not known.

    Such a session is taken to be still going on, so it counts to `as_of`. Once the room has closed it is cut at the
    earliest of booked end, closing and the next session's start that come after its own start. One that starts
    after closing or on a closed day is cut at the earliest of booked end, next start and the end of its day: an
    unknown end never fills another day. Its end is due at the booked end, without one after NIGHT_BOOKING.
    """

    def later(moment: Ints) -> Ints:
        return np.where((moment != MISSING) & (moment > started_at), moment, NEVER)

    booked, following, close, midnight = map(later, (booked_end, next_start, closing, day_end))
    is_after_hours = close == NEVER
    limit = np.where(is_after_hours, midnight, close)
    end = np.minimum(np.minimum(booked, following), limit)
    is_over = np.where(is_after_hours, end, limit) <= as_of
    due = np.where(booked == NEVER, started_at + NIGHT_BOOKING, booked)
    is_end_due = is_after_hours & (due <= as_of) & (as_of < np.minimum(following, midnight))
    return OpenUse(np.where(is_over, end, np.maximum(started_at, as_of)), is_over, is_after_hours, is_end_due)
