"""What lies behind the bars of a time line: days by name, time outside office hours shaded and named, now."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard.components import LIGHT
from dashboard.i18n import fmt, t
from dashboard.pages.requests.axis import Axis, Band

_SHADE = {"off": "#EFF3F6", "night": "#E3EAEF", "closed": "#E3EAEF", "skipped": "#F4F6F8"}
_FEW_DAYS = 3
"""With more days than this, nights are not named."""

Shape = dict[str, Any]


def shading(axis: Axis) -> list[Shape]:
    """The parts of the axis outside working time."""
    return [_shade(band) for band in axis.bands]


def now_line(axis: Axis, now: int | None) -> list[Shape]:
    """A line at this moment; none when nothing ages."""
    if now is None:
        return []
    at = axis.place(now)
    line = {"color": LIGHT["good"], "width": 1.5, "dash": "2px,3px"}
    return [{"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1, "line": line}]


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


def _shade(band: Band) -> Shape:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": band.left,
        "x1": band.right,
        "y0": 0,
        "y1": 1,
        "fillcolor": _SHADE[band.kind],
        "line": {"width": 0},
        "layer": "below",
    }


def _note(at: float, y: float, words: str, font: dict[str, Any], **over: Any) -> Shape:
    base = {"x": at, "y": y, "xref": "x", "yref": "paper", "text": words, "showarrow": False, "font": font}
    return {**base, **over}


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
