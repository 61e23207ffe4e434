"""Local days and clock times become days and moments: a day without a time never becomes midnight."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from etl.domain.frames import MISSING
from etl.domain.units import DAY, day_number

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Moments:
    """`on`: local days since 1970-01-01; `at`: UTC seconds. MISSING where not known; `at` is known only with `on`."""

    on: Ints
    at: Ints


def moments(day: Ints, seconds: Ints, offset: Ints, zone: ZoneInfo) -> Moments:
    """Days and seconds of the day as moments; a typed offset from UTC takes the place of the office's zone."""
    known = (day != MISSING) & (seconds != MISSING)
    at = np.full(len(day), MISSING)
    wall = day[known] * DAY + seconds[known]
    typed = offset[known]
    at[known] = wall - np.where(typed != MISSING, typed, _zone_offsets(wall, zone))
    on = day.copy()
    foreign = known & (offset != MISSING)
    if foreign.any():
        on[foreign] = _local_days(at[foreign], zone)
    return Moments(on, at)


def _zone_offsets(wall: Ints, zone: ZoneInfo) -> Ints:
    """The zone's offset at local wall times: one question a day, more only on days when clocks are turned."""
    if not len(wall):
        return wall
    days = wall // DAY
    codes = days - days.min()
    occurring = np.flatnonzero(np.bincount(codes))
    edges = np.zeros((int(codes.max()) + 1, 2), np.int64)
    edges[occurring] = [_day_offsets(day, zone) for day in (occurring + days.min()).tolist()]
    first, last = edges.T
    offsets = first[codes]
    turning = np.flatnonzero((first != last)[codes])
    offsets[turning] = [_offset(second, zone) for second in wall[turning].tolist()]
    return offsets


@lru_cache(maxsize=40_000)
def _day_offsets(day: int, zone: ZoneInfo) -> tuple[int, int]:
    """Offsets at the first and the last second of a local day."""
    return _offset(day * DAY, zone), _offset(day * DAY + DAY - 1, zone)


def _offset(wall: int, zone: ZoneInfo) -> int:
    local = dt.datetime(1970, 1, 1, tzinfo=zone) + dt.timedelta(seconds=wall)
    offset = local.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _local_days(at: Ints, zone: ZoneInfo) -> Ints:
    instants, codes = np.unique(at, return_inverse=True)
    days = [day_number(dt.datetime.fromtimestamp(second, zone).date()) for second in instants.tolist()]
    return np.array(days, np.int64)[codes]
