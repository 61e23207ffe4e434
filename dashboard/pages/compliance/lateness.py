"""Where lateness comes from: minutes over target by step with their running sum, and waiting apart from work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, graph, panel, why
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import count_link, small_row, small_table, step_name, with_why
from dashboard.pages.compliance.charts import pareto, part_words
from dashboard.pages.shared.links import Behind, requests_behind, why_step
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.detail import Wait
from etl.figures.compliance.evidence import Figure
from etl.figures.compliance.reading import Lateness, lateness
from etl.figures.compliance.steps import SlaFigures

_HEADS = (
    ("word.step", ""),
    ("sla.late_cases", "num"),
    ("sla.over", "num"),
    ("sla.part_of_all", "num"),
    ("sla.cumulative", "num"),
    ("sla.wait_work", "sla-wait-cell"),
)


class Id(StrEnum):
    """Ids of the panel."""

    CHART = "sla-lateness"


def lateness_panel(figures: SlaFigures, sop: SopVersion, waits: Sequence[Wait]) -> html.Section:
    """Chart and table; in words when nothing was late or nothing was judged."""
    parts, title = lateness(figures), t("sla.lateness_title")
    if not parts and not figures.all_steps.n:
        return panel(empty(t("sla.nothing")), title=title)
    if not parts:
        return panel(empty(t("sla.no_lateness"), icon_name="check2-circle"), title=title)
    addresses = [requests_behind(figures.filter, one.step, Behind.LATE) for one in parts]
    drawn = graph(Id.CHART, pareto(parts, sop, addresses), label=t("sla.lateness_label"), height=440)
    by_step = {one.step: one for one in waits}
    rows = [_row(figures, one, sop, by_step) for one in parts]
    note = html.P(t("sla.wait_rule"), className="sla-note")
    table = html.Div([small_table(title, _HEADS, rows, "sla-pareto"), note])
    return panel(html.Div([drawn, table], className="sla-side"), title=title, note=t("sla.lateness_note"))


def _row(figures: SlaFigures, one: Lateness, sop: SopVersion, waits: Mapping[str, Wait]) -> html.Tr:
    f = fmt()
    cells = (
        ("sla.late_cases", "num", count_link(one.late, requests_behind(figures.filter, one.step, Behind.LATE))),
        ("sla.over", "num", f.duration_short(one.over_seconds)),
        ("sla.part_of_all", "num", _part(figures, one)),
        ("sla.cumulative", "num", part_words(one.cumulative)),
        ("sla.wait_work", "sla-wait-cell", _waiting(figures, waits.get(one.step))),
    )
    return small_row(step_name(one.step, sop), cells)


def _part(figures: SlaFigures, one: Lateness) -> Component | str:
    address = why_step(figures.filter, one.step, Figure.LATENESS)
    return with_why(part_words(one.share), one.share, address, f"{t('why.figure_LATENESS')}, {one.step}")


def _waiting(figures: SlaFigures, wait: Wait | None) -> Component | str:
    """Means of waiting and of work as two parts of one bar; a dash where no step has both stamps."""
    if wait is None:
        return html.Span(t("sla.wait_none"), className="p-muted")
    f, whole = fmt(), wait.waiting_seconds + wait.working_seconds
    part = wait.waiting_seconds / whole if whole else 0.0
    words = t(
        "sla.wait_words",
        waiting=f.minutes(wait.waiting_seconds / wait.n),
        working=f.minutes(wait.working_seconds / wait.n),
        n=f.number(wait.n),
    )
    drawn = html.Div(
        [
            html.Span(className="sla-wait-part", style={"width": f"{part * 100:.1f}%"}),
            html.Span(className="sla-work-part", style={"width": f"{(1 - part) * 100:.1f}%"}),
        ],
        className="sla-wait",
        **{"aria-hidden": "true"},
    )
    address = why_step(figures.filter, wait.step, Figure.WAITING)
    beside = why(address, f"{t('why.figure_WAITING')}, {wait.step}")
    return html.Div([drawn, html.Small(words), " ", beside])
