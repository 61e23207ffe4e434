"""The axis of a request's time line: open hours drawn to scale, nights and days without anything pressed together.

Also what lies behind the bars: days by name, time outside office hours shaded and named, the line of this moment.
One unit is one hour. Moments are UTC seconds; a position is a number between 0 and `Axis.width`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from dashboard.components import LIGHT
from dashboard.i18n import fmt, t
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.days import DayPlan
from etl.domain.units import HOUR, day_date

AROUND = 1_800
"""Seconds shown before opening and after closing, and around what happened outside office hours."""

NIGHT, CLOSED, SKIPPED = 0.8, 1.2, 2.4
"""Widths of what is pressed together: a night, closed days, working days on which nothing was stamped."""

MOST_WHOLE_DAYS = 6
"""With more drawn days than this, those without a stamp are pressed together too."""

_SHADE = {"off": LIGHT["off"], "night": LIGHT["night"], "closed": LIGHT["night"], "skipped": LIGHT["skipped"]}
_FEW_DAYS = 3
"""With more days than this, nights are not named."""

_WHOLE_HEIGHT = {"xref": "x", "yref": "paper"}
"""Heights are shares of the chart, 0 at its foot."""

Shape = dict[str, Any]


@dataclass(frozen=True)
class Band:
    """A part of the axis outside working time, or pressed together.

    `kind`: "off" (before opening, lunch, after closing), "night", "closed" (weekend, holiday), "skipped" (working
    days on which nothing was stamped). `plans` are the days that are not drawn, or the closed day that is.
    """

    left: float
    right: float
    kind: str
    plans: tuple[DayPlan, ...] = ()


@dataclass(frozen=True)
class Day:
    """A day drawn to scale: its first second, and where it begins and ends on the axis."""

    date: date
    midnight: int
    left: float
    right: float


@dataclass(frozen=True)
class Axis:
    """Moments to positions, linear between the given pairs; `bands` are shaded, `days` named."""

    moments: tuple[int, ...]
    positions: tuple[float, ...]
    bands: tuple[Band, ...]
    days: tuple[Day, ...]

    @property
    def width(self) -> float:
        """Length of the axis."""
        return self.positions[-1]

    def place(self, moment: int) -> float:
        """Where a moment stands; outside, at the edge."""
        return float(np.interp(moment, self.moments, self.positions))

    def hours(self, every: int) -> list[tuple[int, float]]:
        """(moment, position) of the full hours of the drawn days that `every` divides, not at their very edge."""
        ticks = [(day.midnight + hour * HOUR, day) for day in self.days for hour in range(0, 25, every)]
        placed = ((moment, self.place(moment), day) for moment, day in ticks)
        return [(moment, at) for moment, at, day in placed if day.left + 0.2 < at < day.right - 0.2]


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
    positions: list[float] = []
    bands: list[Band] = []
    days: list[Day] = []
    at = 0.0
    for index, window in enumerate(drawn):
        if index:
            gap = _gap(windows, drawn[index - 1], window, at)
            at = gap.right if gap else at
            bands += [gap] if gap else []
        right = at + (window.end - window.begin) / HOUR
        moments += [window.begin, window.end]
        positions += [at, right]
        bands += _off_bands(window, at)
        days.append(Day(window.plan.date, window.midnight, at, right))
        at = right
    return Axis(tuple(moments), tuple(positions), tuple(bands), tuple(days))


def _gap(windows: Sequence[_Window], before: _Window, after: _Window, at: float) -> Band | None:
    """What lies between two drawn days; None when they touch."""
    if after.begin <= before.end:
        return None
    left_out = tuple(w.plan for w in windows if before.plan.date < w.plan.date < after.plan.date)
    is_open = any(plan.intervals for plan in left_out)
    kind = "skipped" if is_open else "closed" if left_out else "night"
    width = {"skipped": SKIPPED, "closed": CLOSED, "night": NIGHT}[kind]
    return Band(at, at + width, kind, left_out)


def _off_bands(window: _Window, left: float) -> list[Band]:
    """The parts of a drawn day outside its hours; a closed day is shaded whole."""
    if not window.plan.intervals:
        return [Band(left, left + (window.end - window.begin) / HOUR, "closed", (window.plan,))]
    inner = [window.midnight + second for interval in window.plan.intervals for second in interval]
    edges = [window.begin, *inner, window.end]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [
        Band(left + (begin - window.begin) / HOUR, left + (end - window.begin) / HOUR, "off")
        for begin, end in pairs
        if end > begin
    ]


def shape(kind: str, x: tuple[float, float], y: tuple[float, float], **look: Any) -> Shape:
    """A "line" or a "rect" between two positions on the axis and two heights."""
    return {"type": kind, "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1], **look}


def shading(axis: Axis) -> list[Shape]:
    """The parts of the axis outside working time."""
    look: Shape = {"layer": "below", "line": {"width": 0}, **_WHOLE_HEIGHT}
    return [shape("rect", (band.left, band.right), (0, 1), fillcolor=_SHADE[band.kind], **look) for band in axis.bands]


def now_line(axis: Axis, now: int | None) -> list[Shape]:
    """A line at this moment; none when nothing ages."""
    if now is None:
        return []
    at = axis.place(now)
    line = {"color": LIGHT["good"], "width": 1.5, "dash": "2px,3px"}
    return [shape("line", (at, at), (0, 1), line=line, **_WHOLE_HEIGHT)]


def now_name(axis: Axis, now: int | None) -> list[Shape]:
    """The clock beside that line."""
    if now is None:
        return []
    font = {"size": 11, "color": LIGHT["good"]}
    words = t("case.now", clock=fmt().clock(now))
    return [_note(axis.place(now), 0, words, font, xanchor="left", yanchor="bottom", xshift=3)]


def names(axis: Axis) -> list[Shape]:
    """Days above their part of the axis; nights (while they are few), weekends, holidays, left-out days in theirs."""
    return [*_day_names(axis), *_band_names(axis)]


def _note(at: float, y: float, words: str, font: dict[str, Any], **over: Any) -> Shape:
    return {"x": at, "y": y, "text": words, "showarrow": False, "font": font, **_WHOLE_HEIGHT, **over}


def _day_names(axis: Axis) -> list[Shape]:
    font = {"size": 12.5, "color": LIGHT["text"]}
    above = {"xanchor": "left", "yanchor": "bottom", "yshift": 24}
    words = [_day_word(day.date, index, len(axis.days)) for index, day in enumerate(axis.days)]
    return [_note(day.left, 1, f"<b>{word}</b>", font, **above) for day, word in zip(axis.days, words, strict=True)]


def _day_word(day: date, index: int, count: int) -> str:
    """The whole date while there is room, then shorter; the month stays with the first day."""
    f = fmt()
    if count <= 2:
        return f.date(day)
    if count <= 5 or index == 0 or day.day == 1:
        return f"{f.weekday_short(day).split()[0]}, {f.day_month(day)}"
    return f.weekday_short(day)


def _band_names(axis: Axis) -> list[Shape]:
    font = {"size": 11.5, "color": LIGHT["muted"]}
    shown = [(band, _band_word(band)) for band in axis.bands if band.kind != "night" or len(axis.days) <= _FEW_DAYS]
    upwards = {"textangle": -90, "yanchor": "top", "yshift": -6}
    return [_note((band.left + band.right) / 2, 1, words, font, **upwards) for band, words in shown if words]


def _band_word(band: Band) -> str:
    if band.kind == "night":
        return t("case.night")
    closed = [plan for plan in band.plans if not plan.intervals]
    names = [plan.note for plan in closed if plan.kind in ("holiday", "leave", "special")]
    has_weekend = any(plan.kind == "weekend" for plan in closed)
    parts = list(dict.fromkeys(names)) + ([t("case.weekend")] if has_weekend else [])
    if band.kind == "skipped":
        parts.insert(0, t("case.working_days", n=sum(bool(plan.intervals) for plan in band.plans)))
    return " · ".join(parts)
