"""The twelve months of the page: the share of all steps as a chart with its uncertainty, and steps by month as a map.

A point leads to its cases; its line in the list below the chart leads to its explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, link, panel, scrolled, why, with_query
from dashboard.components.plots import Level, Mark, Tick, plot
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import narrowing, only_step
from dashboard.pages.shared.links import REQUEST_LIST, WHY, Behind, requests_behind, why_step
from dashboard.pages.shared.monitoring_rule import monitoring_rule, rule_words, share_words
from dashboard.pages.shared.months import hover_head, listed_points, month_of, month_places, month_ticks
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import FEWEST_TO_SAY
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.steps import SlaFigures, TrendPoint
from etl.figures.filter import SlaFilter, month_period


class Id(StrEnum):
    """Ids of the panels."""

    CHART = "sla-months"


def months_panel(figures: SlaFigures, today: date) -> html.Section:
    """The share of all steps, or of the one step, by month; in words when the twelve months hold no judged step."""
    only, title = only_step(figures), t("sla.months_title")
    code, steps = (only.step, (only.step,)) if only else (ALL_STEPS, figures.office_steps)
    points = figures.trend[code]
    if not any(point.n for point in points):
        return panel(empty(t("sla.nothing")), title=title)
    filter_ = figures.filter
    addresses = {
        point.month: requests_behind(filter_, steps, Behind.JUDGED, period=month_of(point.month)) for point in points
    }
    drawn = monthly_share(points, addresses, running=f"{today:%Y-%m}")
    note = t("sla.months_note_one" if only else "sla.months_note", good=rule_words()["good"])
    last = next(point for point in reversed(points) if point.share is not None)
    line = t("sla.months_line", month=fmt().month(month_of(last.month).first), share=fmt().percent(last.share))
    return panel(drawn, _month_points(filter_, code, points), title=title, note=note, folded=line)


def monthly_share(months: Sequence[TrendPoint], addresses: Mapping[str, str], *, running: str) -> Component:
    """Twelve months of the share of all steps, its 95 % interval as a band; `running` is the month not yet over,
    `addresses` those of the cases by month."""
    known = [(month, month.share, month.interval) for month in months if month.share is not None and month.interval]
    labels, across = _labelled([share for _, share, _ in known]), month_places(len(known))
    lowest, step = _floor(min((pair[0] for *_, pair in known), default=0.0))
    up = [(share - lowest) / (1 - lowest) for _, share, _ in known]
    low, high = ([(pair[end] - lowest) / (1 - lowest) for *_, pair in known] for end in (0, 1))
    marks = [
        Mark(
            (x, y),
            "running" if month.month == running else "good",
            hover_head(month.month, running) + share_words(month.met, month.n, pair),
            addresses[month.month],
            labels[place],
        )
        for place, (x, y, (month, _, pair)) in enumerate(zip(across, up, known, strict=True))
    ]
    target = monitoring_rule().share
    return plot(
        Id.CHART,
        label=t("sla.months_label"),
        height=300,
        x=month_ticks([month.month for month, *_ in known], 2),
        y=[
            Tick((at / 10 - lowest) / (1 - lowest), fmt().percent(at / 10, 0))
            for at in range(round(lowest * 10), 11, step)
        ],
        lines=[("good", list(zip(across, up, strict=True)))],
        band=[*zip(across, high, strict=True), *reversed([*zip(across, low, strict=True)])],
        levels=[Level((target - lowest) / (1 - lowest), "target")] if target >= lowest else [],
        marks=marks,
    )


def _floor(lowest: float) -> tuple[float, int]:
    """Where the scale begins, in whole tenths, and how many tenths lie between two of its marks."""
    begin = min(int(max(lowest, 0.0) * 10), 7)
    return (begin / 10, 1) if begin >= 5 else (begin // 2 * 2 / 10, 2)


def _labelled(shares: Sequence[float]) -> list[str]:
    """The figures written beside the line: the first, the last, the lowest and the highest month."""
    told = {0, len(shares) - 1, shares.index(min(shares)), shares.index(max(shares))} if shares else set()
    return [fmt().percent(share) if place in told else "" for place, share in enumerate(shares)]


def _month_points(filter_: SlaFilter, code: str, points: Sequence[TrendPoint]) -> Component:
    """The months of the share of all steps with what was judged."""
    f = fmt()
    return listed_points(
        (
            t("sla.point_share", month=f.month(month_of(point.month).first), share=f.percent(point.share),
              met=f.number(point.met), n=f.number(point.n), interval=f.interval(*point.interval)),
            why_step(replace(filter_, period=month_of(point.month)), code),
        )
        for point in points
        if point.interval is not None
    )  # fmt: skip


SHADES = (0.0, 0.6, 0.7, 0.8, 0.9)
"""From which share on a cell has the next colour of the style sheet."""


def heat_panel(figures: SlaFigures, sop: SopVersion) -> html.Section:
    """The map; in words when the twelve months hold no judged step."""
    title, codes = t("sla.heat_title"), [step.step for step in figures.steps]
    shown = [code for code in codes if any(point.n for point in figures.trend[code])]
    if not shown:
        return panel(empty(t("sla.nothing")), title=title)
    days = [date.fromisoformat(f"{point.month}-01") for point in figures.trend[ALL_STEPS]]
    ends = [_addresses_of_month(figures.filter, day) for day in days]
    rows = [_row(code, figures.trend[code], narrowing(figures, code, sop), ends) for code in shown]
    head = [html.Th(t("word.step"), scope="col"), *(html.Th(_month(day, days[0]), scope="col") for day in days)]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="sla-heat")
    line = _lowest_words(figures, shown)
    return panel(
        _heat_legend(), scrolled(table, t("sla.heat_label")), title=title, note=t("sla.heat_note"), folded=line
    )


def _lowest_words(figures: SlaFigures, shown: Sequence[str]) -> str:
    """The lowest cell of those with enough to say something; else how many steps there are."""
    f = fmt()
    cells = [(point.share, code, point) for code in shown for point in figures.trend[code] if point.n >= FEWEST_TO_SAY]
    if not cells:
        return t("sla.heat_line_few", count=f.number(len(shown)), n=len(shown))
    share, code, point = min(cells, key=lambda cell: (cell[0] or 0.0, cell[1], cell[2].month))
    month = f.month(month_of(point.month).first)
    return t("sla.heat_line", step=code, month=month, share=f.percent(share), n=f.number(point.n))


def _heat_legend() -> html.Ul:
    """What the colours say, from the lowest share to the highest; a cell says its share and n in figures as well."""
    f = fmt()
    ends = [*SHADES, 1.0]
    items = [
        html.Li([html.Span(className=f"sla-heat-key is-{place}"), f.interval(low, high)])
        for place, (low, high) in enumerate(pairwise(ends))
    ]
    return html.Ul([*items, html.Li(t("sla.heat_key"))], className="sla-counts sla-heat-legend")


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


def _row(code: str, points: Sequence[TrendPoint], name: list[Component | str], ends: Sequence[_Ends]) -> html.Tr:
    cells = [_cell(code, point, end) for point, end in zip(points, ends, strict=True)]
    return html.Tr([html.Th(name, scope="row"), *cells])


def _cell(code: str, point: TrendPoint, ends: _Ends) -> html.Td:
    if point.share is None:
        return html.Td(html.Span("·", **{"aria-label": t("sla.nothing")}), className="is-empty")
    f, (cases, explained) = fmt(), ends
    shown = [html.Span(f.percent(point.share, 0)), html.Small(f"n {f.number(point.n)}")]
    words = link(shown, f"{REQUEST_LIST}?langkah={code}{cases}")
    title = t("sla.of_steps", met=f.number(point.met), n=f.number(point.n))
    button = why(f"{WHY}?angka={Figure.SHARE}&langkah={code}{explained}", f"{code}, {point.month}")
    return html.Td([words, button], title=title, className=f"is-{shade(point.share)}")


def shade(share: float) -> int:
    """The place of a share's colour among `SHADES`."""
    return sum(share >= low for low in SHADES) - 1
