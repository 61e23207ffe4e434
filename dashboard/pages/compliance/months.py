"""The twelve months of the page: the share of all steps as a chart with its uncertainty, and steps by month as a map.

A point's `customdata` is the address of its cases; its line in the list below the chart leads to its explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import LIGHT, empty, graph, link, panel, scrolled, why, with_query
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import step_name
from dashboard.pages.shared.links import REQUEST_LIST, WHY, Behind, requests_behind, why_step
from dashboard.pages.shared.monitoring_rule import share_words
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.steps import SlaFigures, TrendPoint
from etl.figures.filter import Period, SlaFilter, month_period

Drawing = dict[str, Any]

_BAND = "rgba(10,118,107,0.14)"


class Id(StrEnum):
    """Ids of the panels."""

    CHART = "sla-months"


def months_panel(figures: SlaFigures, today: date) -> html.Section:
    """The share of all steps by month; in words when the twelve months hold no judged step."""
    points, title = figures.trend[ALL_STEPS], t("sla.months_title")
    if not any(point.n for point in points):
        return panel(empty(t("sla.nothing")), title=title)
    steps, filter_ = figures.office_steps, figures.filter
    addresses = {
        point.month: requests_behind(filter_, steps, Behind.JUDGED, period=month_of(point.month)) for point in points
    }
    chart = monthly_share(points, addresses, running=f"{today:%Y-%m}")
    drawn = graph(Id.CHART, chart, label=t("sla.months_label"), height=300)
    return panel(drawn, _month_points(filter_, points), title=title, note=t("sla.months_note"))


def month_of(month: str) -> Period:
    """ "2026-09" as its days."""
    return month_period(int(month[:4]), int(month[5:]))


def monthly_share(months: Sequence[TrendPoint], addresses: Mapping[str, str], *, running: str) -> Drawing:
    """Twelve months of the share of all steps, its 95 % interval as a band; `running` is the month not yet over,
    `addresses` those of the cases by month."""
    shown = [month for month in months if month.share is not None and month.interval is not None]
    days = [month.month + "-01" for month in shown]
    bounds = [month.interval or (0.0, 0.0) for month in shown]
    hover = [
        hover_head(month.month, running) + share_words(month.met, month.n, pair)
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


def hover_head(month: str, running: str) -> str:
    """The first line above a point; of the month not yet over it says so."""
    return f"<b>{fmt().month(month_of(month).first)}</b>{t('sla.running_month') if month == running else ''}<br>"


def _month_layout(days: Sequence[str], bounds: Sequence[tuple[float, float]]) -> Drawing:
    floor = min((low for low, _ in bounds), default=0.0)
    shown = [max(0.0, min(floor - 0.05, 0.7)), 1.03]
    return {
        "margin": {"l": 8, "r": 20, "t": 22, "b": 8},
        "xaxis": month_axis(days, 2),
        "yaxis": {"range": shown, "tickformat": ".0%", "fixedrange": True, "nticks": 6},
    }


def month_axis(days: Sequence[str], every: int) -> Drawing:
    """An axis of months that names each second or third, the last one included, so that the words fit on a phone; the
    year stands where it begins."""
    f, words, year = fmt(), [], ""
    named = list(days) if len(days) <= 6 else list(days[::-every])[::-1]
    for day in named:
        name, _, of_year = f.month_short(date.fromisoformat(day)).partition(" ")
        words.append(name if of_year == year else f"{name}<br>{of_year}")
        year = of_year
    ticks = {"tickvals": named, "ticktext": words, "tickangle": 0}
    return {"type": "date", **ticks, "showgrid": False, "fixedrange": True}


def _labels(shown: Sequence[TrendPoint]) -> list[str]:
    """The figures written beside the line: the first, the last, the lowest and the highest month."""
    shares = [point.share or 0.0 for point in shown]
    labelled = {0, len(shown) - 1, shares.index(min(shares)), shares.index(max(shares))} if shown else set()
    return [fmt().percent(share) if index in labelled else "" for index, share in enumerate(shares)]


def _month_points(filter_: SlaFilter, points: Sequence[TrendPoint]) -> Component:
    """The months of the share of all steps with what was judged."""
    f = fmt()
    return listed_points(
        (
            t("sla.point_share", month=f.month(month_of(point.month).first), share=f.percent(point.share),
              met=f.number(point.met), n=f.number(point.n), interval=f.interval(*point.interval)),
            why_step(replace(filter_, period=month_of(point.month)), ALL_STEPS),
        )
        for point in points
        if point.interval is not None
    )  # fmt: skip


def listed_points(rows: Iterable[tuple[str, str]]) -> Component:
    """The points of a chart in words with their addresses, folded away: the chart is above them."""
    items = [html.Li(link(words, address, "sla-quiet-link")) for words, address in rows]
    return html.Details([html.Summary(t("sla.points_title")), html.Ul(items)], className="sla-points")


_SHADES = (
    (0.0, (229, 139, 130)),
    (0.6, (242, 195, 190)),
    (0.8, (247, 227, 192)),
    (0.9, (228, 241, 239)),
    (1.0, (140, 203, 195)),
)
"""Colours by share; between two of them it is mixed."""


def heat_panel(figures: SlaFigures, sop: SopVersion) -> html.Section:
    """The map; in words when the twelve months hold no judged step."""
    title, codes = t("sla.heat_title"), [step.step for step in figures.steps]
    shown = [code for code in codes if any(point.n for point in figures.trend[code])]
    if not shown:
        return panel(empty(t("sla.nothing")), title=title)
    days = [date.fromisoformat(f"{point.month}-01") for point in figures.trend[ALL_STEPS]]
    ends = [_addresses_of_month(figures.filter, day) for day in days]
    rows = [_row(code, figures.trend[code], sop, ends) for code in shown]
    head = [html.Th(t("word.step"), scope="col"), *(html.Th(_month(day, days[0]), scope="col") for day in days)]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="sla-heat")
    return panel(scrolled(table, t("sla.heat_label")), title=title, note=t("sla.heat_note"))


def _month(day: date, first: date) -> list[str | html.Br]:
    """The month; its year below where it begins."""
    name, _, year = fmt().month_short(day).partition(" ")
    return [name, html.Br(), year] if day == first or day.month == 1 else [name]


_Ends = tuple[str, str]


def _addresses_of_month(filter_: SlaFilter, day: date) -> _Ends:
    """What follows the step in the addresses of a cell, to its cases and to its explanation: written once a month, for
    there are hundreds of cells."""
    period = month_period(day.year, day.month)
    names = {"dari": period.first, "sampai": period.last, "opd": filter_.opd, "ruang": filter_.room}
    cases, explained = with_query("", putusan=Behind.JUDGED, **names), with_query("", **names)
    return cases.replace("?", "&", 1), explained.replace("?", "&", 1)


def _row(code: str, points: Sequence[TrendPoint], sop: SopVersion, ends: Sequence[_Ends]) -> html.Tr:
    cells = [_cell(code, point, end) for point, end in zip(points, ends, strict=True)]
    return html.Tr([html.Th(step_name(code, sop), scope="row"), *cells])


def _cell(code: str, point: TrendPoint, ends: _Ends) -> html.Td:
    if point.share is None:
        return html.Td(html.Span("·", **{"aria-label": t("sla.nothing")}), className="is-empty")
    f, (cases, explained) = fmt(), ends
    words = link(f.percent(point.share, 0), f"{REQUEST_LIST}?langkah={code}{cases}")
    title = t("sla.of_steps", met=f.number(point.met), n=f.number(point.n))
    button = why(f"{WHY}?angka={Figure.SHARE}&langkah={code}{explained}", f"{code}, {point.month}")
    return html.Td([words, button], title=title, style={"backgroundColor": shade(point.share)})


def shade(share: float) -> str:
    """The colour of a share."""
    for (low, lower), (high, upper) in pairwise(_SHADES):
        if share <= high:
            part = (share - low) / (high - low)
            return "rgb({},{},{})".format(*(round(a + (b - a) * part) for a, b in zip(lower, upper, strict=True)))
    return "rgb({},{},{})".format(*_SHADES[-1][1])
