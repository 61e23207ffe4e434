"""A control chart taken apart: every month's median with its cases, the moving ranges, centre and limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import Tone, empty, link, page_head, panel, pill
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.points import month_of, of_month
from dashboard.pages.shared.links import Behind, requests_behind, why_step
from dashboard.pages.shared.row_lists import table, table_row
from dashboard.pages.why.rules import calendar_rule, data_rule, rules_panel, sop_rule
from dashboard.pages.why.scope import asked_by, crumbs_of
from etl.domain.statistics import FEWEST_FOR_LIMITS, LIMIT_FACTOR
from etl.figures.compliance.control import CONTROL_MONTHS, ControlChart, ControlPoint, control_chart
from etl.figures.compliance.evidence import Figure
from etl.figures.period import SlaFilter

if TYPE_CHECKING:
    from etl.office import Office

_NUMBERS = ("n", "median", "range")
_HEADS = {"range": "range_head"}


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Component:
    """The chart of one step; an agency's user is shown its own letters only."""
    asked = asked_by(office, query, as_of, user)
    chart = control_chart(office, asked, as_of, query.get("langkah", ""))
    f, span = fmt(), asked.period.months_before(CONTROL_MONTHS)
    sop = office.sop.version_for(asked.period.last)
    name = f"{t('why.figure_CONTROL')} · {chart.step} {sop.step(chart.step).short_name}"
    parts = [name, f.period(span.first, span.last), asked.opd or "", asked.room or ""]
    return html.Div(
        [
            page_head(t("word.why"), " · ".join(one for one in parts if one), crumbs=crumbs_of(user, asked)),
            panel(*_limits(chart), title=t("why.control_limits")),
            _months(asked, chart),
            rules_panel(
                [
                    sop_rule([sop], chart.step),
                    (t("why.rule_accounting"), [t("sla.control_rule")]),
                    calendar_rule(office, span.first, span.last),
                    data_rule(office, as_of),
                ]
            ),
        ]
    )


def _limits(chart: ControlChart) -> Sequence[Component]:
    """Centre and limits as they follow from the medians below."""
    if chart.centre is None or chart.lower is None or chart.upper is None:
        return [html.P(t("sla.control_no_limits", n=FEWEST_FOR_LIMITS), className="p-muted")]
    f, medians = fmt(), [one.median_seconds for one in chart.points]
    ranges = [abs(later - earlier) for earlier, later in pairwise(medians)]
    mean = sum(ranges) / len(ranges)
    factor, count = f.number(LIMIT_FACTOR), f.number(len(medians))
    words = (
        t("why.control_centre", total=f.minutes(sum(medians)), n=count, centre=f.minutes(chart.centre)),
        t("why.control_range", total=f.minutes(sum(ranges)), n=f.number(len(ranges)), mean=f.minutes(mean)),
        t("why.control_upper", centre=f.minutes(chart.centre), factor=factor, mean=f.minutes(mean),
          upper=f.minutes(chart.upper)),
        t("why.control_lower", centre=f.minutes(chart.centre), factor=factor, mean=f.minutes(mean),
          lower=f.minutes(chart.lower)),
    )  # fmt: skip
    return [html.P(one) for one in words]


def _months(asked: SlaFilter, chart: ControlChart) -> Component:
    """One row a month; those with too few steps stand below, outside centre and limits."""
    title = t("why.control_points")
    if not chart.points and not chart.left_out:
        return panel(empty(t("sla.nothing")), title=title)
    heads = {name: t(f"why.control_{_HEADS.get(name, name)}") for name in ("month", *_NUMBERS, "signal", "cases")}
    earlier = [None, *(one.median_seconds for one in chart.points)]
    rows = [
        table_row(heads, _point(asked, chart, one, before), _NUMBERS)
        for one, before in zip(chart.points, earlier, strict=False)
    ]
    left = [table_row(heads, _left_out(asked, chart, month, n), _NUMBERS) for month, n in chart.left_out]
    words = t("sla.control_left_out", count=chart.few, n=chart.few) if left else None
    return panel(table(title, heads, [*rows, *left], _NUMBERS), title=title, note=words)


def _point(asked: SlaFilter, chart: ControlChart, one: ControlPoint, before: float | None) -> dict[str, Any]:
    f = fmt()
    moved = None if before is None else abs(one.median_seconds - before)
    median = link(
        f.minutes(one.median_seconds), why_step(of_month(asked, one.month), chart.step, Figure.MEDIAN), "cases-link"
    )
    return {
        "month": f.month(month_of(one.month).first),
        "n": f.number(one.n),
        "median": median,
        "range": t("word.none") if moved is None else f.minutes(moved),
        "signal": _signal(one),
        "cases": _cases(asked, chart, one.month),
    }


def _left_out(asked: SlaFilter, chart: ControlChart, month: str, n: int) -> dict[str, Any]:
    f = fmt()
    return {
        "month": f.month(month_of(month).first),
        "n": f.number(n),
        "median": t("word.none"),
        "range": t("word.none"),
        "signal": pill(Tone.MUTED, "slash-circle", t("why.in_none")),
        "cases": _cases(asked, chart, month),
    }


def _cases(asked: SlaFilter, chart: ControlChart, month: str) -> Component:
    address = requests_behind(asked, chart.step, Behind.FINISHED, period=month_of(month))
    return link(t("why.letters_behind"), address, "cases-link")


def _signal(one: ControlPoint) -> Component:
    if one.is_beyond:
        return pill(Tone.LATE, "exclamation-diamond-fill", t("sla.control_beyond"))
    if one.is_run:
        return pill(Tone.LATE, "exclamation-diamond-fill", t("sla.control_run"))
    return pill(Tone.GOOD, "check-lg", t("why.control_steady"))
