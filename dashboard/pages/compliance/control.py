"""Is a step's pace steady: its median by month in a control chart, with what stands out named in words.

A point leads to its cases; its line in the list below the chart leads to its explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, icon, link, why
from dashboard.components.plots import Level, Mark, Tick, even_ticks, plot, tick_decimals
from dashboard.i18n import fmt, t
from dashboard.pages.shared.filters import asked_sla_filter
from dashboard.pages.shared.links import CONTROL, Behind, requests_behind, why_step
from dashboard.pages.shared.months import hover_head, listed_points, month_of, month_places, month_ticks
from dashboard.pages.shared.page_request import refusal
from data_access.errors import PantauError
from data_access.roles import Role
from etl.domain.sop.steps import SopStep
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import FEWEST_FOR_LIMITS
from etl.domain.units import MINUTE
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.reading import CONTROL_MONTHS, ControlChart, ControlPoint, control_chart
from etl.figures.filter import Period, SlaFilter
from etl.office import Office


class Id(StrEnum):
    """Ids of the panel."""

    BODY = "sla-control"
    CHART = "sla-control-chart"


class Line(NamedTuple):
    """A line across the control chart; `kind` names its colour and its dashes."""

    seconds: float
    kind: str
    words: str


def step_choices(sop: SopVersion) -> list[tuple[str, str]]:
    """The office's steps with a target, the usual one first."""
    usual, steps = usual_step(sop), _timed_steps(sop)
    steps.sort(key=lambda step: step.code != usual)
    return [("" if step.code == usual else step.code, f"{step.code} · {step.short_name}") for step in steps]


def _timed_steps(sop: SopVersion) -> list[SopStep]:
    return [step for step in sop.steps if step.target_seconds is not None and not step.is_opd_time]


def usual_step(sop: SopVersion) -> str:
    """The step of which the chart is drawn unless another one is asked for: the Kadin's own, else the first."""
    steps = _timed_steps(sop) or list(sop.steps)
    return next((step.code for step in steps if step.role == Role.KADIN), steps[0].code)


def control_body(office: Office, query: Mapping[str, str], now: int, today: date) -> Component:
    """The chart with what it says; what cannot be asked or drawn is answered in words."""
    try:
        filter_ = asked_sla_filter(query, today)
        sop = office.sop.version_for(filter_.period.last)
        only = query.get("bagian", "").strip().upper()
        is_one = only in {step.code for step in sop.steps}
        chart = control_chart(office, filter_, now, only if is_one else query.get("kendali") or usual_step(sop))
    except PantauError as error:
        return refusal(error)
    if len(chart.points) < 2:
        return empty(t("sla.control_few"), t("sla.control_few_hint", months=CONTROL_MONTHS), "graph-up")
    lines = _levels(chart, sop.step(chart.step).target_seconds)
    addresses = [_behind(filter_, chart, point, point) for point in chart.points]
    drawn = _drawing(chart, lines, addresses, running=f"{today:%Y-%m}")
    rule = html.P(t("sla.control_rule"), className="sla-note")
    button = why(why_step(filter_, chart.step, CONTROL), t("why.figure_CONTROL"))
    return html.Div([drawn, _legend(lines, button), *_findings(filter_, chart), _control_points(filter_, chart), rule])


def _legend(lines: Sequence[Line], button: Component) -> html.Ul:
    items = [html.Li([html.Span(className=f"sla-line is-{level.kind}"), level.words]) for level in lines]
    return html.Ul([*items, html.Li(button)], className="sla-counts sla-legend")


def _behind(filter_: SlaFilter, chart: ControlChart, first: ControlPoint, last: ControlPoint) -> str:
    """The cases of the months from one point to another, both included."""
    period = Period(month_of(first.month).first, month_of(last.month).last)
    return requests_behind(filter_, chart.step, Behind.FINISHED, period=period)


def _drawing(chart: ControlChart, lines: Sequence[Line], addresses: Sequence[str], *, running: str) -> Component:
    """Medians by month between their lines; signals are diamonds, in the colour of an alarm only where the step became
    slower, `running` is the month not yet over."""
    f = fmt()
    highest = max([*(point.median_seconds for point in chart.points), *(line.seconds for line in lines)]) / MINUTE
    minutes = even_ticks(highest * 1.05)
    places = [
        (x, point.median_seconds / MINUTE / minutes[-1])
        for x, point in zip(month_places(len(chart.points)), chart.points, strict=True)
    ]
    marks = [
        Mark(
            place,
            _look(chart, point, running),
            hover_head(point.month, running)
            + t("sla.control_title_point", median=f.minutes(point.median_seconds), n=f.number(point.n)),
            address,
        )
        for place, point, address in zip(places, chart.points, addresses, strict=True)
    ]
    suffix, decimals = t("sla.minutes_suffix"), tick_decimals(minutes)
    return plot(
        Id.CHART,
        label=t("sla.control_label", step=chart.step),
        height=320,
        x=month_ticks([point.month for point in chart.points], 3),
        y=[Tick(at / minutes[-1], f"{f.number(at, decimals)}{suffix}") for at in minutes],
        lines=[("muted", places)],
        levels=[Level(line.seconds / MINUTE / minutes[-1], line.kind) for line in lines],
        marks=marks,
    )


def _look(chart: ControlChart, point: ControlPoint, running: str) -> str:
    """A diamond for a signal, an alarm where it is a slow one, a ring for the month not yet over."""
    is_signal = point.is_beyond or point.is_run
    look = "late" if is_signal and chart.is_slow(point) else "good"
    return f"{look}{' is-signal' if is_signal else ''}{' is-running' if point.month == running else ''}"


def _levels(chart: ControlChart, target_seconds: int | None) -> list[Line]:
    """The lines of a control chart: the standard, and centre and limits where there are any; a limit of 0 is none."""
    places = (("target", target_seconds), ("upper", chart.upper), ("centre", chart.centre), ("lower", chart.lower))
    return [Line(at, kind, t(f"sla.level_{kind}", time=fmt().minutes(at))) for kind, at in places if at]


def _control_points(filter_: SlaFilter, chart: ControlChart) -> Component:
    """The months of a control chart with their medians."""
    f = fmt()
    return listed_points(
        (
            t("sla.point_median", month=f.month(month_of(point.month).first), median=f.minutes(point.median_seconds),
              n=f.number(point.n)),
            why_step(of_month(filter_, point.month), chart.step, Figure.MEDIAN),
        )
        for point in chart.points
    )  # fmt: skip


def of_month(filter_: SlaFilter, month: str) -> SlaFilter:
    """The filter of a point of a control chart, for which the choice of a part does not count."""
    return replace(filter_, period=month_of(month), steps=())


def _findings(filter_: SlaFilter, chart: ControlChart) -> list[Component]:
    """Each signal in words, or that there is none; that limits are still missing; months left out."""
    signals = [*_beyond(filter_, chart), *_runs(filter_, chart)]
    if chart.centre is None:
        words: Component = html.P(t("sla.control_no_limits", n=FEWEST_FOR_LIMITS), className="p-muted")
    elif signals:
        words = html.Ul([_finding(*signal) for signal in signals], className="sla-counts sla-signals")
    else:
        words = html.P([icon("check2-circle"), " ", t("sla.control_steady")], className="sla-steady")
    left_out = t("sla.control_left_out", count=chart.few, n=chart.few)
    return [words, html.P(left_out, className="p-muted")] if chart.few else [words]


def _finding(words: str, address: str, is_slow: bool) -> html.Li:
    mark, class_name = ("exclamation-diamond-fill", "") if is_slow else ("check2-circle", "sla-steady")
    return html.Li([icon(mark), link(words, address, "sla-quiet-link")], className=class_name)


def _beyond(filter_: SlaFilter, chart: ControlChart) -> list[tuple[str, str, bool]]:
    """Words and address of each point outside the limits, and whether it is slower than usual."""
    f, signals = fmt(), []
    for point in chart.points:
        if point.is_beyond:
            is_slow, month = chart.is_slow(point), f.month(month_of(point.month).first)
            words = t(f"sla.control_{_side(is_slow)}", month=month, median=f.minutes(point.median_seconds))
            signals.append((words, _behind(filter_, chart, point, point), is_slow))
    return signals


def _runs(filter_: SlaFilter, chart: ControlChart) -> list[tuple[str, str, bool]]:
    """The same of each run on one side of the centre."""
    f, signals = fmt(), []
    for (is_run, is_slow), group in groupby(chart.points, lambda point: (point.is_run, chart.is_slow(point))):
        if is_run:
            run = list(group)
            first, last = (f.month(month_of(point.month).first) for point in (run[0], run[-1]))
            words = t(f"sla.control_run_{_side(is_slow)}", first=first, last=last, count=len(run))
            signals.append((words, _behind(filter_, chart, run[0], run[-1]), is_slow))
    return signals


def _side(is_slow: bool) -> str:
    return "above" if is_slow else "below"
