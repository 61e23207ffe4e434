"""Is a step's pace steady: its median by month in a control chart, with what stands out named in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, graph, icon, link, why
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.charts import Level, control, levels
from dashboard.pages.compliance.points import control_points, month_of
from dashboard.pages.shared import period_filter
from dashboard.pages.shared.frame import refusal
from dashboard.pages.shared.request_links import Behind, cases_behind
from dashboard.pages.shared.why_links import why_control
from data_access.errors import PantauError
from etl.domain.sop.versions import OPD_STEPS, SopVersion
from etl.domain.statistics import FEWEST_FOR_LIMITS
from etl.figures.compliance.control import CONTROL_MONTHS, ControlChart, ControlPoint, control_chart
from etl.figures.period import Period, SlaFilter

if TYPE_CHECKING:
    from etl.office import Office

DEFAULT_STEP = "A4"


class Id(StrEnum):
    """Ids of the panel."""

    BODY = "sla-control"
    CHART = "sla-control-chart"


def step_choices(sop: SopVersion) -> list[tuple[str, str]]:
    """The office's steps with a target, the usual one first."""
    steps = [step for step in sop.steps if step.target_seconds is not None and step.code not in OPD_STEPS]
    steps.sort(key=lambda step: step.code != DEFAULT_STEP)
    return [("" if one.code == DEFAULT_STEP else one.code, f"{one.code} · {one.short_name}") for one in steps]


def control_body(office: Office, query: Mapping[str, str], now: int, today: date) -> Component:
    """The chart with what it says; what cannot be asked or drawn is answered in words."""
    try:
        asked = period_filter.asked_filter(query, today)
        chart = control_chart(office, asked, now, query.get("kendali") or DEFAULT_STEP)
    except PantauError as error:
        return refusal(error)
    if len(chart.points) < 2:
        return empty(t("sla.control_few"), t("sla.control_few_hint", months=CONTROL_MONTHS), "graph-up")
    sop = office.sop.version_for(asked.period.last)
    lines = levels(chart, sop.step(chart.step).target_seconds)
    figure = control(chart, lines, [_behind(asked, chart, one, one) for one in chart.points], running=f"{today:%Y-%m}")
    drawn = graph(Id.CHART, figure, label=t("sla.control_label", step=chart.step), height=320)
    rule = html.P(t("sla.control_rule"), className="sla-note")
    beside = why(why_control(asked, chart.step), t("why.figure_CONTROL"))
    return html.Div([drawn, _legend(lines, beside), *_said(asked, chart), control_points(asked, chart), rule])


def _legend(lines: Sequence[Level], beside: Component) -> html.Ul:
    items = [html.Li([html.Span(className=f"sla-line is-{one.kind}"), one.words]) for one in lines]
    return html.Ul([*items, html.Li(beside)], className="sla-counts sla-legend")


def _behind(asked: SlaFilter, chart: ControlChart, first: ControlPoint, last: ControlPoint) -> str:
    """The cases of the months from one point to another, both included."""
    period = Period(month_of(first.month).first, month_of(last.month).last)
    return cases_behind(asked, chart.step, Behind.FINISHED, period=period)


def _said(asked: SlaFilter, chart: ControlChart) -> list[Component]:
    """Each signal in words, or that there is none; that limits are still missing; months left out."""
    signals = [*_beyond(asked, chart), *_runs(asked, chart)]
    if chart.centre is None:
        found: Component = html.P(t("sla.control_no_limits", n=FEWEST_FOR_LIMITS), className="p-muted")
    elif signals:
        items = [html.Li([icon("exclamation-diamond-fill"), link(*signal, "sla-quiet-link")]) for signal in signals]
        found = html.Ul(items, className="sla-counts sla-signals")
    else:
        found = html.P([icon("check2-circle"), " ", t("sla.control_steady")], className="sla-steady")
    words = t("sla.control_left_out", count=chart.few, n=chart.few)
    return [found, html.P(words, className="p-muted")] if chart.few else [found]


def _beyond(asked: SlaFilter, chart: ControlChart) -> list[tuple[str, str]]:
    """Words and address of each point outside the limits."""
    f, found = fmt(), []
    for one in chart.points:
        if one.is_beyond:
            is_above = chart.upper is not None and one.median_seconds > chart.upper
            month = f.month(month_of(one.month).first)
            key = "sla.control_above" if is_above else "sla.control_below"
            words = t(key, month=month, median=f.minutes(one.median_seconds))
            found.append((words, _behind(asked, chart, one, one)))
    return found


def _runs(asked: SlaFilter, chart: ControlChart) -> list[tuple[str, str]]:
    """Words and address of each run on one side of the centre."""
    f, found = fmt(), []
    for (is_run, is_above), group in groupby(chart.points, lambda one: (one.is_run, _is_above(chart, one))):
        if is_run:
            run = list(group)
            first, last = (f.month(month_of(one.month).first) for one in (run[0], run[-1]))
            key = "sla.control_run_above" if is_above else "sla.control_run_below"
            found.append((t(key, first=first, last=last, count=len(run)), _behind(asked, chart, run[0], run[-1])))
    return found


def _is_above(chart: ControlChart, point: ControlPoint) -> bool:
    return chart.centre is not None and point.median_seconds > chart.centre
