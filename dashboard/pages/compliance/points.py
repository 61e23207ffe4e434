"""The points of the charts of the compliance page as a list, each with the way to its explanation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import link
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import why_step
from etl.figures.compliance.control import ControlChart
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.compliance.reading import Month
from etl.figures.period import Period, SlaFilter, month_period


def month_of(month: str) -> Period:
    """ "2026-09" as its days."""
    return month_period(int(month[:4]), int(month[5:]))


def month_points(asked: SlaFilter, points: Sequence[Month]) -> Component:
    """The months of the share of all steps with what was judged."""
    f = fmt()
    rows = (
        (
            t("sla.point_share", month=f.month(month_of(one.month).first), share=f.percent(one.share),
              met=f.number(one.met), n=f.number(one.n), interval=f.interval(*one.interval)),
            why_step(replace(asked, period=month_of(one.month)), ALL_STEPS),
        )
        for one in points
        if one.interval is not None
    )  # fmt: skip
    return _listed(rows)


def control_points(asked: SlaFilter, chart: ControlChart) -> Component:
    """The months of a control chart with their medians."""
    f = fmt()
    rows = (
        (
            t("sla.point_median", month=f.month(month_of(one.month).first), median=f.minutes(one.median_seconds),
              n=f.number(one.n)),
            why_step(of_month(asked, one.month), chart.step, Figure.MEDIAN),
        )
        for one in chart.points
    )  # fmt: skip
    return _listed(rows)


def of_month(asked: SlaFilter, month: str) -> SlaFilter:
    """The filter of a point of a control chart, for which the choice of a part does not count."""
    return replace(asked, period=month_of(month), steps=())


def _listed(rows: Iterable[tuple[str, str]]) -> Component:
    """Folded away: the chart is above it."""
    items = [html.Li(link(words, address, "sla-quiet-link")) for words, address in rows]
    return html.Details([html.Summary(t("sla.points_title")), html.Ul(items)], className="sla-points")
