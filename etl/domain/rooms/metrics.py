"""The figures of rooms in a period, in seconds: available, used, scheduled, outside the hours, clashing.

All intervals lie on one axis with a lane a room, already cut to the period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.domain.calendar.intervals import Axis, Intervals
from etl.domain.frames import Ints


@dataclass(frozen=True, eq=False)
class RoomTimes:
    """What is known of the rooms.

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
