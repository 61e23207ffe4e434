"""Steps by month: one cell a step and month, coloured by its share; each cell leads to its cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from dash import html

from dashboard.components import empty, link, panel, why, with_query
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import step_name
from dashboard.pages.shared.links import REQUEST_LIST, WHY, Behind
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.steps import SlaFigures, TrendPoint
from etl.figures.period import SlaFilter, month_period

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
    region = html.Div(table, className="p-scroll", tabIndex=0, role="region", **{"aria-label": t("sla.heat_label")})
    return panel(region, title=title, note=t("sla.heat_note"))


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
