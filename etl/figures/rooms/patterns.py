"""What the page of rooms draws from a diary: hours of the week, months, days, hours that were lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from etl.domain.calendar.intervals import Intervals
from etl.domain.frames import Ints
from etl.domain.statistics import share
from etl.domain.units import HOUR, day_number
from etl.figures.rooms.diary import Diary
from etl.judging.room_log import closed_hours
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
    available, used, weekday = _hours(diary)
    return [
        HourCell(day, hour, share(used_seconds, seconds), used_seconds, seconds)
        for day in range(7)
        for hour, (used_seconds, seconds) in enumerate(
            zip(*(of[weekday == day].sum(axis=0).tolist() for of in (used, available)), strict=True)
        )
    ]


@dataclass(frozen=True)
class HourDay:
    """One hour of one day, all rooms together: opening seconds up to as of, and those in use."""

    day: int
    available_seconds: int
    used_seconds: int


def hour_days(diary: Diary, weekday: int, hour: int) -> list[HourDay]:
    """The days behind one cell of `week_hours`; their seconds add up to it."""
    *parts, weekdays = _hours(diary)
    days = np.flatnonzero(weekdays == weekday) + day_number(diary.filter.period.first)
    rows = zip(days.tolist(), *(of[weekdays == weekday, hour].tolist() for of in parts), strict=True)
    return [HourDay(*row) for row in rows]


def _hours(diary: Diary) -> tuple[Ints, Ints, Ints]:
    """Opening seconds up to as of and those in use, days of the period × 24 hours; the weekday of each day."""
    first = diary.filter.period.first
    midnight = diary.days.starts[day_number(first) - diary.days.first : len(diary.days)]
    start = (midnight[:, None] + np.arange(24) * HOUR).reshape(-1)
    opened = diary.sums.available_time
    available, used = (
        _between(diary, of, start, start + HOUR).reshape(-1, 24) for of in (opened, opened.overlap(diary.times.used))
    )
    return available, used, (np.arange(len(midnight)) + first.weekday()) % 7


def _between(diary: Diary, of: Intervals, start: Ints, end: Ints) -> Ints:
    """Seconds covered from each start to its end, all rooms together."""
    lanes = np.arange(len(diary.rooms))[:, None]
    total: Ints = of.covered(*diary.axis.cut(lanes, start, end)).sum(axis=0)
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

    times = used, sums.available_time, scheduled, sums.open_time
    parts = zip(*(_between(diary, of, edges[:-1], edges[1:]).tolist() for of in times), strict=True)
    return [
        MonthUse(month, share(u, a), share(k, o), u, a, k, o, int(count))
        for month, count, (u, a, k, o) in zip(period.months(), sessions, parts, strict=True)
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
    for lane, room in enumerate(diary.settings):
        for closure in room.closures if room else ():
            key = (diary.rooms[lane], closure.reason)
            lost[key] = lost.get(key, 0) + _inside(diary, lane, closed_hours([closure], office.zone))
    return _longest(lost)


def lost_to_faults(diary: Diary, faults: Sequence[tuple[str, str, int, int | None]]) -> list[Lost]:
    """Opening hours with an open fault by item, up to as of; `faults` are room, item, start and end (None: open)."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for room, item, start, end in faults:
        if room in diary.rooms:
            until = diary.as_of if end is None else min(end, diary.as_of)
            spans.setdefault((room, item), []).append((start, until))
    return _longest(
        {
            (room, item): _inside(diary, diary.rooms.index(room), Intervals.of_spans(pairs))
            for (room, item), pairs in spans.items()
        }
    )


def _inside(diary: Diary, lane: int, span: Intervals) -> int:
    hours = diary.opened[lane].clip(diary.axis.first, diary.axis.last)
    return hours.overlap(span).seconds


def _longest(lost: Mapping[tuple[str, str], int]) -> list[Lost]:
    causes = (Lost(*key, seconds) for key, seconds in lost.items() if seconds)
    return sorted(causes, key=lambda one: (-one.seconds, one.cause))


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

    rows = zip(*(_between(diary, of, edges[:-1], edges[1:]).tolist() for of in sets), strict=True)
    return [
        DayUse(day, open_, available, inside, scheduled, all_use - inside)
        for day, (open_, available, inside, scheduled, all_use) in enumerate(rows, diary.days.first + first)
    ]
