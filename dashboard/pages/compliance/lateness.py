"""Where lateness comes from: minutes over target by step with their running sum, and waiting apart from work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, graph, panel, why
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.cells import count_link, step_name, step_words, with_why
from dashboard.pages.compliance.charts import pareto, part_words
from dashboard.pages.shared.links import Behind, requests_behind, why_step
from dashboard.printed.step_columns import minutes_cell
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.reading import Lateness, Wait, lateness
from etl.figures.compliance.steps import SlaFigures
from etl.sheet_files import Cell, Share


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
    addresses = [_late_cases(figures, part) for part in parts]
    drawn = graph(Id.CHART, pareto(parts, sop, addresses), label=t("sla.lateness_label"), height=440)
    note = html.P(t("sla.wait_rule"), className="sla-note")
    listed = table(title, lateness_columns(figures, sop, waits), parts, "sla-coverage sla-pareto")
    return panel(
        html.Div([drawn, html.Div([listed, note])], className="sla-side"), title=title, note=t("sla.lateness_note")
    )


def lateness_columns(figures: SlaFigures, sop: SopVersion, waits: Sequence[Wait]) -> list[Column[Lateness]]:
    """One row a step with lateness, on the screen and in the file."""
    by_step = {wait.step: wait for wait in waits}

    def of_wait(value: Callable[[Wait], Cell]) -> Callable[[Lateness], Cell]:
        return lambda row: value(by_step[row.step]) if row.step in by_step else None

    return [
        Column("step", t("word.step"), lambda row: step_name(row.step, sop), lambda row: row.step, is_name=True),
        Column("name", t("sla.export_name"), value=lambda row: step_words(row.step, sop)),
        Column(
            "late", t("sla.late_cases"), lambda row: count_link(row.late, _late_cases(figures, row)),
            lambda row: row.late, "num",
        ),
        Column("over", t("sla.over"), lambda row: fmt().duration_short(row.over_seconds), class_name="num"),
        Column("over_minutes", t("sla.export_over"), value=lambda row: minutes_cell(row.over_seconds)),
        Column("part", t("sla.part_of_all"), lambda row: _part(figures, row), lambda row: Share(row.share), "num"),
        Column(
            "cumulative", t("sla.cumulative"), lambda row: part_words(row.cumulative),
            lambda row: Share(row.cumulative), "num",
        ),
        Column(
            "wait", t("sla.wait_work"), lambda row: _waiting(figures, by_step.get(row.step)),
            class_name="sla-wait-cell",
        ),
        Column("wait_n", t("sla.export_wait_n"), value=of_wait(lambda wait: wait.n)),
        Column(
            "waiting", t("sla.export_waiting"),
            value=of_wait(lambda wait: minutes_cell(wait.waiting_seconds / wait.n)),
        ),
        Column(
            "working", t("sla.export_working"),
            value=of_wait(lambda wait: minutes_cell(wait.working_seconds / wait.n)),
        ),
    ]  # fmt: skip


def _late_cases(figures: SlaFigures, part: Lateness) -> str:
    return requests_behind(figures.filter, part.step, Behind.LATE)


def _part(figures: SlaFigures, part: Lateness) -> Component | str:
    address = why_step(figures.filter, part.step, Figure.LATENESS)
    return with_why(part_words(part.share), part.share, address, f"{t('why.figure_LATENESS')}, {part.step}")


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
    return html.Div([drawn, html.Small(words), " ", why(address, f"{t('why.figure_WAITING')}, {wait.step}")])
