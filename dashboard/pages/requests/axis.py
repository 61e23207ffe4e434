"""The axis of a request's time line: open hours drawn to scale, nights and days without anything pressed together.

Moments are UTC seconds. A place is a share of what open hours leave of the width, and pixels of what is pressed
together before it: so a gap is as wide on a phone as on a wall, and hours take the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.days import DayPlan
from etl.domain.units import HOUR, day_date

AROUND = 1_800
"""Seconds shown before opening and after closing, and around what happened outside office hours."""

GAPS = {"night": 16, "closed": 22, "skipped": 34}
"""Pixels of what is pressed together: a night, closed days, working days on which nothing was stamped."""

MOST_WHOLE_DAYS = 6
"""With more drawn days than this, those without a stamp are pressed together too."""

_DAY_PIXELS = 58
"""The least width of a drawn day: its short name stands above it."""


class Place(NamedTuple):
    """How far from the left: a share of the open hours, and pixels of gaps. Two may be subtracted."""

    share: float
    pixels: float

    def less(self, other: Place) -> Place:
        """The distance from the other place to this one."""
        return Place(self.share - other.share, self.pixels - other.pixels)


@dataclass(frozen=True)
class Band:
    """A part of the axis outside working time, or pressed together.

    `kind`: "off" (before opening, lunch, after closing), "night", "closed" (weekend, holiday), "skipped" (working
    days on which nothing was stamped). `plans` are the days that are not drawn, or the closed day that is.
    """

    begin: int
    end: int
    kind: str
    plans: tuple[DayPlan, ...] = ()


@dataclass(frozen=True)
class Day:
    """A day drawn to scale: its first second, and the moments between which it is drawn."""

    date: date
    midnight: int
    begin: int
    end: int


@dataclass(frozen=True)
class Axis:
    """Moments to places, linear between the given ones; `bands` are shaded, `days` named."""

    moments: tuple[int, ...]
    hours: tuple[float, ...]
    pixels: tuple[int, ...]
    bands: tuple[Band, ...]
    days: tuple[Day, ...]

    @property
    def least_width(self) -> int:
        """Pixels below which the axis cannot be read."""
        return len(self.days) * _DAY_PIXELS + self.pixels[-1]

    def place(self, moment: int) -> Place:
        """Where a moment stands; outside, at the edge."""
        hours, pixels = (float(np.interp(moment, self.moments, along)) for along in (self.hours, self.pixels))
        return Place(hours / self.hours[-1], pixels)

    def css(self, place: Place) -> str:
        """A place, or a distance between two, as a length."""
        return f"calc({place.share * 100:.3f}% + {place.pixels - place.share * self.pixels[-1]:.2f}px)"

    def ticks(self, day: Day) -> list[tuple[int, float]]:
        """(hour, share of the day's width) of the even hours of a drawn day, not at its very edge."""
        length, margin = day.end - day.begin, 0.2 * HOUR
        moments = ((hour, day.midnight + hour * HOUR) for hour in range(0, 25, 2))
        return [
            (hour, (moment - day.begin) / length)
            for hour, moment in moments
            if day.begin + margin < moment < day.end - margin
        ]


@dataclass(frozen=True)
class _Window:
    """The part of one day that is drawn to scale; None of it for a day that is pressed together."""

    plan: DayPlan
    midnight: int
    begin: int
    end: int
    is_stamped: bool


def build_axis(calendar: WorkCalendar, stamps: Iterable[int]) -> Axis:
    """The axis that holds all these moments (at least one), from the first one's day to the last one's."""
    moments = np.unique(np.fromiter(stamps, dtype=np.int64))
    days = calendar.local_day(moments[[0, -1]])
    numbers = np.arange(days[0], days[1] + 1)
    first, last = (day_date(int(day)) for day in days)
    midnights = calendar.day_start(numbers).tolist()
    nights = calendar.day_end(numbers).tolist()
    windows = [
        _window(plan, midnight, night, moments[(moments >= midnight) & (moments < night)])
        for plan, midnight, night in zip(calendar.plans(first, last), midnights, nights, strict=True)
    ]
    return _laid_out(_without_quiet_days(windows))


def _window(plan: DayPlan, midnight: int, night: int, stamps: np.ndarray) -> _Window:
    """Opening to closing with a margin, and whatever was stamped outside; empty for a closed day without a stamp."""
    edges = [midnight + second for interval in plan.intervals for second in interval] + stamps.tolist()
    if not edges:
        return _Window(plan, midnight, midnight, midnight, is_stamped=False)
    begin, end = max(min(edges) - AROUND, midnight), min(max(edges) + AROUND, night)
    return _Window(plan, midnight, begin, end, is_stamped=len(stamps) > 0)


def _without_quiet_days(windows: Sequence[_Window]) -> list[_Window]:
    """Many days: those on which nothing was stamped are not drawn."""
    if sum(window.end > window.begin for window in windows) <= MOST_WHOLE_DAYS:
        return list(windows)
    return [w if w.is_stamped else _Window(w.plan, w.midnight, w.midnight, w.midnight, False) for w in windows]


def _laid_out(windows: Sequence[_Window]) -> Axis:
    drawn = [window for window in windows if window.end > window.begin]
    moments: list[int] = []
    hours: list[float] = []
    pixels: list[int] = []
    bands: list[Band] = []
    hour, pixel = 0.0, 0
    for index, window in enumerate(drawn):
        gap = _gap(windows, drawn[index - 1], window) if index else None
        if gap is not None:
            bands.append(gap)
            pixel += GAPS[gap.kind]
        length = (window.end - window.begin) / HOUR
        moments += [window.begin, window.end]
        hours += [hour, hour + length]
        pixels += [pixel, pixel]
        bands += _off_bands(window)
        hour += length
    days = tuple(Day(window.plan.date, window.midnight, window.begin, window.end) for window in drawn)
    return Axis(tuple(moments), tuple(hours), tuple(pixels), tuple(bands), days)


def _gap(windows: Sequence[_Window], before: _Window, after: _Window) -> Band | None:
    """What lies between two drawn days; None when they touch."""
    if after.begin <= before.end:
        return None
    left_out = tuple(w.plan for w in windows if before.plan.date < w.plan.date < after.plan.date)
    is_open = any(plan.intervals for plan in left_out)
    kind = "skipped" if is_open else "closed" if left_out else "night"
    return Band(before.end, after.begin, kind, left_out)


def _off_bands(window: _Window) -> list[Band]:
    """The parts of a drawn day outside its hours; a closed day is shaded whole."""
    if not window.plan.intervals:
        return [Band(window.begin, window.end, "closed", (window.plan,))]
    inner = [window.midnight + second for interval in window.plan.intervals for second in interval]
    edges = [window.begin, *inner, window.end]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [Band(begin, end, "off") for begin, end in pairs if end > begin]
