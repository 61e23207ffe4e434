"""Charts of the compliance page as plain figures: months with their uncertainty, where lateness is, the control
chart; below each its points as a list. A point's `customdata` is the address of its cases, its line in the list leads
to its explanation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from dash import html
from dash.development.base_component import Component

from dashboard.components import LIGHT, link
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import why_step
from etl.domain.sop.versions import SopVersion
from etl.domain.units import HOUR, MINUTE
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.reading import ControlChart, Lateness, Month
from etl.figures.period import Period, SlaFilter, month_period

Drawing = dict[str, Any]

_BAND = "rgba(10,118,107,0.14)"


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def monthly_share(months: Sequence[Month], addresses: Mapping[str, str], *, running: str) -> Drawing:
    """Twelve months of the share of all steps, its 95 % interval as a band; `running` is the month not yet over,
    `addresses` those of the cases by month."""
    f = fmt()
    shown = [month for month in months if month.share is not None and month.interval is not None]
    days = [month.month + "-01" for month in shown]
    bounds = [month.interval or (0.0, 0.0) for month in shown]
    hover = [
        f"<b>{f.month(_first_day(month.month))}</b>{t('sla.running_month') if month.month == running else ''}<br>"
        + t("sla.share_title", met=f.number(month.met), n=f.number(month.n), interval=f.interval(*pair))
        for month, pair in zip(shown, bounds, strict=True)
    ]
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "x": days}
    points = {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": days,
        "y": [month.share for month in shown],
        "text": _labels(shown),
        "textposition": "top center",
        "textfont": {"size": 12, "color": LIGHT["text"]},
        "line": {"color": LIGHT["good"], "width": 2.5},
        "marker": {
            "size": 8,
            "color": [LIGHT["panel"] if month.month == running else LIGHT["good"] for month in shown],
            "line": {"color": LIGHT["good"], "width": 2},
        },
        "hovertext": hover,
        "hoverinfo": "text",
        "customdata": [addresses[month.month] for month in shown],
        "cliponaxis": False,
    }
    low = {"type": "scatter", **edge, "y": [pair[0] for pair in bounds]}
    high = {"type": "scatter", **edge, "y": [pair[1] for pair in bounds], "fill": "tonexty", "fillcolor": _BAND}
    return {"data": [low, high, points], "layout": _month_layout(days, bounds)}


def _month_layout(days: Sequence[str], bounds: Sequence[tuple[float, float]]) -> Drawing:
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


def _labels(shown: Sequence[Month]) -> list[str]:
    """The figures written beside the line: the first, the last, the lowest and the highest month."""
    shares = [point.share or 0.0 for point in shown]
    labelled = {0, len(shown) - 1, shares.index(min(shares)), shares.index(max(shares))} if shown else set()
    return [fmt().percent(share, 0) if index in labelled else "" for index, share in enumerate(shares)]


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


def pareto(parts: Sequence[Lateness], sop: SopVersion, addresses: Sequence[str]) -> Drawing:
    """Minutes over target by step, the largest first, with the running sum of their parts as a line."""
    f, codes = fmt(), [part.step for part in parts]
    hover = [
        f"<b>{part.step} {sop.step(part.step).short_name}</b><br>"
        + t("sla.over_title", time=f.duration(part.over_seconds), share=f.percent(part.share))
        for part in parts
    ]
    bars = {
        "type": "bar",
        "x": codes,
        "y": [part.over_seconds / HOUR for part in parts],
        "hovertext": hover,
        "hoverinfo": "text",
        "customdata": list(addresses),
        "marker": {"color": ["#DD7A70" if rank == 0 else LIGHT["late-soft"] for rank in range(len(parts))]},
    }
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": codes,
        "y": [part.cumulative for part in parts],
        "yaxis": "y2",
        "line": {"color": LIGHT["text"], "width": 2},
        "marker": {"size": 6, "color": LIGHT["text"]},
        "hovertext": [t("sla.cumulative_title", share=f.percent(part.cumulative)) for part in parts],
        "hoverinfo": "text",
        "customdata": list(addresses),
    }
    return {"data": [bars, line], "layout": _pareto_layout()}


def _pareto_layout() -> Drawing:
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


def control(chart: ControlChart, lines: Sequence[Level], addresses: Sequence[str], *, running: str) -> Drawing:
    """Medians by month between their lines; signals are diamonds, `running` is the month not yet over."""
    f, days = fmt(), [f"{point.month}-01" for point in chart.points]
    is_signal = [point.is_beyond or point.is_run for point in chart.points]
    hover = [
        f"<b>{f.month(_first_day(point.month))}</b>{t('sla.running_month') if point.month == running else ''}<br>"
        + t("sla.control_title_point", median=f.minutes(point.median_seconds), n=f.number(point.n))
        for point in chart.points
    ]
    points = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": days,
        "y": [point.median_seconds / MINUTE for point in chart.points],
        "line": {"color": LIGHT["muted"], "width": 1.5},
        "marker": {
            "size": [13 if signal else 8 for signal in is_signal],
            "symbol": ["diamond" if signal else "circle" for signal in is_signal],
            "color": [
                LIGHT["panel"] if point.month == running else LIGHT["late"] if signal else LIGHT["good"]
                for point, signal in zip(chart.points, is_signal, strict=True)
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


def _control_layout(chart: ControlChart, days: Sequence[str], lines: Sequence[Level]) -> Drawing:
    highest = max([*(point.median_seconds for point in chart.points), *(level.seconds for level in lines)]) / MINUTE
    ticks = _every_third(days)
    return {
        "margin": {"l": 8, "r": 16, "t": 10, "b": 8},
        "shapes": [_line(level) for level in lines],
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


def _line(level: Level) -> Drawing:
    colour, dash = _LINES[level.kind]
    place = {"xref": "paper", "x0": 0, "x1": 1, "y0": level.seconds / MINUTE, "y1": level.seconds / MINUTE}
    return {"type": "line", **place, "line": {"color": colour, "width": 1.5, "dash": dash}, "layer": "below"}


def _every_third(days: Sequence[str]) -> list[str]:
    """Every third month, the last one included, so that two years fit on a phone."""
    return list(days) if len(days) <= 6 else list(days[::-3])[::-1]


def month_of(month: str) -> Period:
    """ "2026-09" as its days."""
    return month_period(int(month[:4]), int(month[5:]))


def month_points(filter_: SlaFilter, points: Sequence[Month]) -> Component:
    """The months of the share of all steps with what was judged."""
    f = fmt()
    rows = (
        (
            t("sla.point_share", month=f.month(month_of(point.month).first), share=f.percent(point.share),
              met=f.number(point.met), n=f.number(point.n), interval=f.interval(*point.interval)),
            why_step(replace(filter_, period=month_of(point.month)), ALL_STEPS),
        )
        for point in points
        if point.interval is not None
    )  # fmt: skip
    return _listed(rows)


def control_points(filter_: SlaFilter, chart: ControlChart) -> Component:
    """The months of a control chart with their medians."""
    f = fmt()
    rows = (
        (
            t("sla.point_median", month=f.month(month_of(point.month).first), median=f.minutes(point.median_seconds),
              n=f.number(point.n)),
            why_step(of_month(filter_, point.month), chart.step, Figure.MEDIAN),
        )
        for point in chart.points
    )  # fmt: skip
    return _listed(rows)


def of_month(filter_: SlaFilter, month: str) -> SlaFilter:
    """The filter of a point of a control chart, for which the choice of a part does not count."""
    return replace(filter_, period=month_of(month), steps=())


def _listed(rows: Iterable[tuple[str, str]]) -> Component:
    """Folded away: the chart is above it."""
    items = [html.Li(link(words, address, "sla-quiet-link")) for words, address in rows]
    return html.Details([html.Summary(t("sla.points_title")), html.Ul(items)], className="sla-points")
