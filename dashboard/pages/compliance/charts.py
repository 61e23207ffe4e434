"""Charts of the compliance page as plain figures: months with their uncertainty, where lateness is, the control
chart. A point's `customdata` is the address of its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from dashboard.components import LIGHT
from dashboard.i18n import fmt, t
from etl.domain.sop.versions import SopVersion
from etl.domain.units import HOUR, MINUTE
from etl.figures.compliance.control import ControlChart
from etl.figures.compliance.reading import Lateness, Month

Figure = dict[str, Any]

_BAND = "rgba(10,118,107,0.14)"


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def monthly_share(months: Sequence[Month], addresses: Mapping[str, str], *, running: str) -> Figure:
    """Twelve months of the share of all steps, its 95 % interval as a band; `running` is the month not yet over,
    `addresses` those of the cases by month."""
    f = fmt()
    shown = [one for one in months if one.share is not None and one.interval is not None]
    days = [one.month + "-01" for one in shown]
    bounds = [one.interval or (0.0, 0.0) for one in shown]
    hover = [
        f"<b>{f.month(_first_day(one.month))}</b>{t('sla.running_month') if one.month == running else ''}<br>"
        + t("sla.share_title", met=f.number(one.met), n=f.number(one.n), interval=f.interval(*pair))
        for one, pair in zip(shown, bounds, strict=True)
    ]
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "x": days}
    points = {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": days,
        "y": [one.share for one in shown],
        "text": _told(shown),
        "textposition": "top center",
        "textfont": {"size": 12, "color": LIGHT["text"]},
        "line": {"color": LIGHT["good"], "width": 2.5},
        "marker": {
            "size": 8,
            "color": [LIGHT["panel"] if one.month == running else LIGHT["good"] for one in shown],
            "line": {"color": LIGHT["good"], "width": 2},
        },
        "hovertext": hover,
        "hoverinfo": "text",
        "customdata": [addresses[one.month] for one in shown],
        "cliponaxis": False,
    }
    low = {"type": "scatter", **edge, "y": [pair[0] for pair in bounds]}
    high = {"type": "scatter", **edge, "y": [pair[1] for pair in bounds], "fill": "tonexty", "fillcolor": _BAND}
    return {"data": [low, high, points], "layout": _month_layout(days, bounds)}


def _month_layout(days: Sequence[str], bounds: Sequence[tuple[float, float]]) -> Figure:
    floor = min((low for low, _ in bounds), default=0.0)
    return {
        "margin": {"l": 8, "r": 20, "t": 22, "b": 8},
        "xaxis": {
            "type": "date",
            "tickvals": _every_other(days),
            "ticktext": _month_ticks(_every_other(days)),
            "tickangle": 0,
            "showgrid": False,
            "fixedrange": True,
        },
        "yaxis": {
            "range": [max(0.0, min(floor - 0.05, 0.7)), 1.03],
            "tickformat": ".0%",
            "fixedrange": True,
            "nticks": 6,
        },
    }


def _told(shown: Sequence[Month]) -> list[str]:
    """The figures written beside the line: the first, the last, the lowest and the highest month."""
    shares = [one.share or 0.0 for one in shown]
    told = {0, len(shown) - 1, shares.index(min(shares)), shares.index(max(shares))} if shown else set()
    return [fmt().percent(share, 0) if index in told else "" for index, share in enumerate(shares)]


def _every_other(days: Sequence[str]) -> list[str]:
    """Every second month, the last one included, so that the words fit on a phone."""
    return list(days) if len(days) <= 6 else list(days[::-2])[::-1]


def _month_ticks(days: Sequence[str]) -> list[str]:
    """Months under the axis, the year where it begins."""
    f, words, year = fmt(), [], ""
    for day in days:
        name, _, of_year = f.month_short(_first_day(day[:7])).partition(" ")
        words.append(name if of_year == year else f"{name}<br>{of_year}")
        year = of_year
    return words


def part_words(share: float) -> str:
    """A whole percent; a small part is not nothing."""
    return f"<{fmt().percent(0.01, 0)}" if share < 0.005 else fmt().percent(share, 0)


def pareto(parts: Sequence[Lateness], sop: SopVersion, addresses: Sequence[str]) -> Figure:
    """Minutes over target by step, the largest first, with the running sum of their parts as a line."""
    f, codes = fmt(), [one.step for one in parts]
    hover = [
        f"<b>{one.step} {sop.step(one.step).short_name}</b><br>"
        + t("sla.over_title", time=f.duration(one.over_seconds), share=f.percent(one.share))
        for one in parts
    ]
    bars = {
        "type": "bar",
        "x": codes,
        "y": [one.over_seconds / HOUR for one in parts],
        "hovertext": hover,
        "hoverinfo": "text",
        "customdata": list(addresses),
        "marker": {"color": ["#DD7A70" if rank == 0 else LIGHT["late-soft"] for rank in range(len(parts))]},
    }
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": codes,
        "y": [one.cumulative for one in parts],
        "yaxis": "y2",
        "line": {"color": LIGHT["text"], "width": 2},
        "marker": {"size": 6, "color": LIGHT["text"]},
        "hovertext": [t("sla.cumulative_title", share=f.percent(one.cumulative)) for one in parts],
        "hoverinfo": "text",
        "customdata": list(addresses),
    }
    return {"data": [bars, line], "layout": _pareto_layout()}


def _pareto_layout() -> Figure:
    plain = {"fixedrange": True, "showgrid": False, "automargin": True, "tickfont": {"color": LIGHT["muted"]}}
    return {
        "margin": {"l": 8, "r": 8, "t": 10, "b": 8},
        "barcornerradius": 4,
        "bargap": 0.35,
        "xaxis": {"type": "category", **plain, "tickfont": {"color": LIGHT["text"]}},
        "yaxis": {"rangemode": "tozero", "fixedrange": True, "nticks": 5, "ticksuffix": t("sla.hours_suffix")},
        "yaxis2": {
            **plain,
            "tickformat": ".0%",
            "range": [0, 1.05],
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "overlaying": "y",
            "side": "right",
        },
    }


def control(chart: ControlChart, lines: Sequence[Level], addresses: Sequence[str], *, running: str) -> Figure:
    """Medians by month between their lines; signals are diamonds, `running` is the month not yet over."""
    f, days = fmt(), [f"{one.month}-01" for one in chart.points]
    is_signal = [one.is_beyond or one.is_run for one in chart.points]
    hover = [
        f"<b>{f.month(_first_day(one.month))}</b>{t('sla.running_month') if one.month == running else ''}<br>"
        + t("sla.control_title_point", median=f.minutes(one.median_seconds), n=f.number(one.n))
        for one in chart.points
    ]
    points = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": days,
        "y": [one.median_seconds / MINUTE for one in chart.points],
        "line": {"color": LIGHT["muted"], "width": 1.5},
        "marker": {
            "size": [13 if signal else 8 for signal in is_signal],
            "symbol": ["diamond" if signal else "circle" for signal in is_signal],
            "color": [
                LIGHT["panel"] if one.month == running else LIGHT["late"] if signal else LIGHT["good"]
                for one, signal in zip(chart.points, is_signal, strict=True)
            ],
            "line": {"color": [LIGHT["late"] if signal else LIGHT["good"] for signal in is_signal], "width": 2},
        },
        "hovertext": hover,
        "hoverinfo": "text",
        "customdata": list(addresses),
        "cliponaxis": False,
    }
    return {"data": [points], "layout": _control_layout(chart, days, lines)}


class Level(NamedTuple):
    """A line across the control chart; `kind` names its colour and its dashes."""

    seconds: float
    kind: str
    words: str


_LINES = {
    "target": (LIGHT["late"], "dot"),
    "centre": (LIGHT["good"], "solid"),
    "upper": (LIGHT["muted"], "dash"),
    "lower": (LIGHT["muted"], "dash"),
}


def levels(chart: ControlChart, target_seconds: int | None) -> list[Level]:
    """The lines of a control chart: the standard, and centre and limits where there are any; a limit of 0 is none."""
    places = (("target", target_seconds), ("upper", chart.upper), ("centre", chart.centre), ("lower", chart.lower))
    return [Level(at, kind, t(f"sla.level_{kind}", time=fmt().minutes(at))) for kind, at in places if at]


def _control_layout(chart: ControlChart, days: Sequence[str], lines: Sequence[Level]) -> Figure:
    highest = max([*(one.median_seconds for one in chart.points), *(one.seconds for one in lines)]) / MINUTE
    ticks = _every_third(days)
    return {
        "margin": {"l": 8, "r": 16, "t": 10, "b": 8},
        "shapes": [_line(one) for one in lines],
        "xaxis": {
            "type": "date",
            "tickvals": ticks,
            "ticktext": _month_ticks(ticks),
            "tickangle": 0,
            "showgrid": False,
            "fixedrange": True,
        },
        "yaxis": {"range": [0, highest * 1.12], "fixedrange": True, "nticks": 6, "ticksuffix": t("sla.minutes_suffix")},
    }


def _line(level: Level) -> Figure:
    colour, dash = _LINES[level.kind]
    place = {"xref": "paper", "x0": 0, "x1": 1, "y0": level.seconds / MINUTE, "y1": level.seconds / MINUTE}
    return {"type": "line", **place, "line": {"color": colour, "width": 1.5, "dash": dash}, "layer": "below"}


def _every_third(days: Sequence[str]) -> list[str]:
    """Every third month, the last one included, so that two years fit on a phone."""
    return list(days) if len(days) <= 6 else list(days[::-3])[::-1]
