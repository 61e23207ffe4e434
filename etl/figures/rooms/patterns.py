"""What the page of rooms draws from a diary: hours of the week, months, days, hours that were lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from etl.domain.calendar.intervals import Intervals
from etl.domain.frames import Ints
from etl.domain.statistics import share
from etl.domain.units import HOUR, day_date, day_number
from etl.figures.rooms.diary import Diary

if TYPE_CHECKING:
    from etl.office import Office


@dataclass(frozen=True)
class HourCell:
    """One hour of a day of the week (0 = Monday): its part of the opening hours in use, None where never open."""

    weekday: int
    hour: int
    share: float | None
    used_seconds: int
    available_seconds: int


def week_hours(diary: Diary) -> list[HourCell]:
    """Every hour of the week in which the rooms were open or in use, all days of the period together."""
    days = len(diary.days) - (day_number(diary.filter.period.first) - diary.days.first)
    midnight = diary.days.starts[len(diary.days) - days : len(diary.days)]
    start = (midnight[:, None] + np.arange(24) * HOUR).reshape(-1)
    weekday = np.repeat((np.arange(days) + diary.filter.period.first.weekday()) % 7, 24)
    cell = weekday * 24 + np.tile(np.arange(24), days)
    sums = diary.sums
    used_time = sums.available_time.overlap(diary.times.used)
    available, used = (
        np.bincount(cell, weights=_over_lanes(diary, of, start), minlength=168).astype(np.int64)
        for of in (sums.available_time, used_time)
    )
    return [
        HourCell(place // 24, place % 24, share(int(used[place]), int(available[place])), int(used[place]), seconds)
        for place, seconds in enumerate(available.tolist())
    ]


@dataclass(frozen=True)
class HourDay:
    """One hour of one day, all rooms together: opening seconds up to as of, and those in use."""

    day: int
    available_seconds: int
    used_seconds: int


def hour_days(diary: Diary, weekday: int, hour: int) -> list[HourDay]:
    """The days behind one cell of `week_hours`; their seconds add up to it."""
    first = day_number(diary.filter.period.first)
    days = [day for day in range(first, diary.days.first + len(diary.days)) if day_date(day).weekday() == weekday]
    start = (
        diary.days.starts[np.array(days, np.int64) - diary.days.first] + hour * HOUR if days else np.empty(0, np.int64)
    )
    opened = diary.sums.available_time
    available, used = (_over_lanes(diary, of, start).tolist() for of in (opened, opened.overlap(diary.times.used)))
    return [HourDay(*row) for row in zip(days, available, used, strict=True)]


def _over_lanes(diary: Diary, of: Intervals, start: Ints) -> Ints:
    """Seconds covered in the hour that begins at each start, all rooms together."""
    total = np.zeros(len(start), np.int64)
    for lane in range(len(diary.rooms)):
        total += of.covered(*diary.axis.cut(np.full(len(start), lane), start, start + HOUR))
    return total


@dataclass(frozen=True)
class MonthUse:
    """One month ("YYYY-MM") of the period; shares as of the figures, None where there is nothing to divide."""

    month: str
    utilisation: float | None
    scheduled_share: float | None
    used_seconds: int
    available_seconds: int
    scheduled_seconds: int
    open_seconds: int
    sessions: int


def months_of(diary: Diary) -> list[MonthUse]:
    """The months that the period touches, each cut to it."""
    sums, period = diary.sums, diary.filter.period
    used = sums.available_time.overlap(diary.times.used)
    scheduled = sums.open_time.overlap(diary.times.booked)
    first_days = [day_number(date.fromisoformat(f"{month}-01")) for month in period.months()]
    begins = np.clip(np.array([*first_days, day_number(period.last) + 1]) - diary.days.first, 0, len(diary.days))
    edges = diary.days.starts[begins]
    started = np.searchsorted(edges, diary.uses.start[diary.starts_here], "right") - 1
    sessions = np.bincount(np.clip(started, 0, None), minlength=len(first_days))

    def parts(of: Intervals) -> list[int]:
        lanes = np.arange(len(diary.rooms))
        return [
            int(of.covered(*diary.axis.cut(lanes, *(np.full(len(lanes), edge) for edge in pair))).sum())
            for pair in pairwise(edges)
        ]

    rows = zip(period.months(), parts(used), parts(sums.available_time), parts(scheduled), parts(sums.open_time),
               strict=True)  # fmt: skip
    return [
        MonthUse(month, share(u, a), share(k, o), u, a, k, o, int(sessions[place]))
        for place, (month, u, a, k, o) in enumerate(rows)
    ]


@dataclass(frozen=True)
class Lost:
    """Opening hours of a room that a closure or fault took away in the period, by cause; seconds."""

    room: str
    cause: str
    seconds: int


def lost_to_closures(office: Office, diary: Diary) -> list[Lost]:
    """Opening hours lost to each reason of the closures, the longest first; closures that overlap count each."""
    lost: dict[tuple[str, str], int] = {}
    zone = office.zone
    for lane, room in enumerate(diary.settings):
        for closure in room.closures if room else ():
            span = Intervals.of(
                *(np.array([int(at.replace(tzinfo=zone).timestamp())]) for at in (closure.start, closure.end))
            )
            seconds = _inside(diary, lane, span)
            if seconds:
                key = (diary.rooms[lane], closure.reason)
                lost[key] = lost.get(key, 0) + seconds
    return _longest(lost)


def lost_to_faults(diary: Diary, faults: Sequence[tuple[str, str, int, int | None]]) -> list[Lost]:
    """Opening hours with an open fault by item, up to as of; `faults` are room, item, start and end (None: open)."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for room, item, start, end in faults:
        if room in diary.rooms:
            until = diary.as_of if end is None else min(end, diary.as_of)
            spans.setdefault((room, item), []).append((start, until))
    lost = {}
    for (room, item), pairs in spans.items():
        both = np.array(pairs, np.int64)
        lost[room, item] = _inside(diary, diary.rooms.index(room), Intervals.of(both[:, 0], both[:, 1]))
    return _longest({key: seconds for key, seconds in lost.items() if seconds})


def _inside(diary: Diary, lane: int, span: Intervals) -> int:
    hours = diary.opened[lane].clip(diary.axis.first, diary.axis.last)
    return hours.overlap(span).seconds


def _longest(lost: Mapping[tuple[str, str], int]) -> list[Lost]:
    return sorted((Lost(*key, seconds) for key, seconds in lost.items()), key=lambda one: (-one.seconds, one.cause))


@dataclass(frozen=True)
class DayUse:
    """One local day, all rooms together, in seconds: open (A*), available, used, scheduled, outside the hours."""

    day: int
    open_seconds: int
    available_seconds: int
    used_seconds: int
    scheduled_seconds: int
    outside_seconds: int


def days_of(diary: Diary) -> list[DayUse]:
    """Every day of the period; each column adds up to the figure of the period."""
    first = day_number(diary.filter.period.first) - diary.days.first
    edges = diary.days.starts[first : len(diary.days) + 1]
    sums, used = diary.sums, diary.times.used
    used_inside = sums.available_time.overlap(used)
    sets = (sums.open_time, sums.available_time, used_inside, sums.open_time.overlap(diary.times.booked), used)

    def parts(of: Intervals) -> list[int]:
        total = np.zeros(len(edges) - 1, np.int64)
        for lane in range(len(diary.rooms)):
            total += of.covered(*diary.axis.cut(np.full(len(total), lane), edges[:-1], edges[1:]))
        return [int(seconds) for seconds in total]

    rows = zip(*(parts(of) for of in sets), strict=True)
    return [DayUse(diary.days.first + first + place, o, a, u, k, all_use - u) for place, (o, a, u, k, all_use) in
            enumerate(rows)]  # fmt: skip
