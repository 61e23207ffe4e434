"""Around a share of compliance: the same beside the period before, month by month, and with another target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import Tone, empty, link, panel, pill
from dashboard.components.tables import Column, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.background import name_words, points, points_between, verdict_of, why_share
from dashboard.pages.compliance.control import of_month
from dashboard.pages.shared.links import TARGET, Behind, filtered_address, requests_behind, why_if, why_step
from dashboard.pages.shared.months import month_of
from dashboard.pages.sop.target import read_minutes
from dashboard.pages.why.compliance import asked_by, crumbs_of, numbered, step_columns
from dashboard.pages.why.explanation import Explanation, Rows, columns_of, member, page_of, rules_of, subtitle
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import FEWEST_FOR_LIMITS, LIMIT_FACTOR, wilson
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.evidence import ROWS, Reference, Why, known_step, why
from etl.figures.compliance.reading import (
    CONTROL_MONTHS,
    READY,
    REQUESTS,
    Comparison,
    ControlChart,
    ControlPoint,
    comparison,
    control_chart,
)
from etl.figures.compliance.what_if import Turn, changing_steps
from etl.figures.filter import FilterError, Period, SlaFilter, known_steps
from etl.office import Office

_FIGURES = {REQUESTS: Figure.REQUESTS, READY: Figure.EVENT}


def explain_difference(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Explanation:
    """The comparison that `tentang` names with the period before: both fractions, both intervals, that of the
    difference. Both shares are those of their explanations."""
    filter_ = asked_by(office, query, as_of, user)
    what = query.get("tentang", "")
    what = what if what in _FIGURES else known_step(what)
    earlier = replace(filter_, period=filter_.period.previous())
    now, then = (_why(office, filter_, what, as_of) for filter_ in (filter_, earlier))
    difference = comparison(what, now.numerator, now.denominator, then.numerator, then.denominator)
    return Explanation(
        subtitle=subtitle(_name(what, now.sop), filter_),
        parts=[_shares(what, now, then), panel(*_difference(difference), title=t("sla.compare_difference"))],
        rules=rules_of(
            office,
            as_of,
            t("why.compare_rule"),
            sops=[now.sop],
            step=None if what in _FIGURES else now.only_step,
            days=Period(earlier.period.first, filter_.period.last),
        ),
        crumbs=crumbs_of(user, filter_),
    )


def _name(what: str, sop: SopVersion) -> str:
    words = what if "," in what else name_words(what, sop)
    return f"{t('sla.compare_title')}: {words}"


def _why(office: Office, filter_: SlaFilter, what: str, as_of: int) -> Why:
    if what in _FIGURES:
        return why(office, Reference(_FIGURES[what], filter_), as_of)
    return why(office, Reference(Figure.SHARE, filter_, what), as_of)


def _shares(what: str, now: Why, then: Why) -> Rows:
    f = fmt()

    def period(figure: Why) -> Component:
        days = figure.reference.filter.period
        return link(f.period(days.first, days.last), why_share(figure.reference.filter, what), "cases-link")

    def interval(figure: Why) -> str:
        ends = wilson(figure.numerator, figure.denominator)
        return f.interval(*ends or (None, None))

    cells = {
        "part": lambda figure: f.number(figure.numerator),
        "n": lambda figure: f.number(figure.denominator),
        "share": lambda figure: f.percent(figure.value),
        "interval": interval,
    }
    numbers = columns_of("why.compare_", cells, *cells)
    return Rows(t("why.fractions_title"), [Column("period", t("word.period"), period), *numbers], [now, then])


def _difference(difference: Comparison) -> list[Component]:
    """Difference, interval and what follows; in words when one of the two judged nothing."""
    ours, theirs = wilson(difference.part, difference.n), wilson(difference.earlier_part, difference.earlier_n)
    if difference.difference is None or difference.interval is None or ours is None or theirs is None:
        return [html.P(t("sla.compare_none"))]
    f, p, q = fmt(), difference.part / difference.n, difference.earlier_part / difference.earlier_n
    names = {"p": p, "q": q, "low": ours[0], "high": ours[1], "earlier_low": theirs[0], "earlier_high": theirs[1]}
    shown = {name: f.percent(value) for name, value in names.items()}
    ends = {
        "difference": points(difference.difference),
        **dict(zip(("from_", "until"), points_between(difference.interval), strict=True)),
    }
    lines = [html.P(t(f"why.compare_{name}", **shown, **ends)) for name in ("difference", "below", "above")]
    return [html.Div(html.Strong(ends["difference"], className="why-value")), *lines, html.P(verdict_of(difference))]


def explain_control(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Explanation:
    """The control chart of one step: every month's figure with its cases, the moving ranges, centre and limits. An
    agency's user is shown its own letters only."""
    filter_ = asked_by(office, query, as_of, user)
    chart = control_chart(office, filter_, as_of, query.get("langkah", ""))
    sop, span = office.sop.version_for(filter_.period.last), filter_.period.months_before(CONTROL_MONTHS)
    name = f"{t('why.figure_CONTROL')} · {chart.step} {sop.step(chart.step).short_name}"
    return Explanation(
        subtitle=subtitle(name, replace(filter_, period=span)),
        parts=[panel(*_limits(chart), title=t("why.control_limits")), _months(filter_, chart)],
        rules=rules_of(office, as_of, t("sla.control_rule"), sops=[sop], step=chart.step, days=span),
        crumbs=crumbs_of(user, filter_),
    )


def _limits(chart: ControlChart) -> list[Component]:
    """Centre and limits as they follow from the medians below."""
    if chart.centre is None or chart.lower is None or chart.upper is None:
        return [html.P(t("sla.control_no_limits", n=FEWEST_FOR_LIMITS), className="p-muted")]
    f, medians, ranges = fmt(), chart.medians, chart.ranges
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
    return [html.P(line) for line in words]


@dataclass(frozen=True)
class _Month:
    """One month of the chart; without `seconds` and `point` it has too few steps and stands outside centre and limits.
    `moved`: by how much its seconds differ from those of the point before."""

    month: str
    n: int
    seconds: float | None = None
    point: ControlPoint | None = None
    moved: float | None = None


def _months(filter_: SlaFilter, chart: ControlChart) -> Rows:
    """One row a month; those with too few steps stand below."""
    f, none = fmt(), t("word.none")

    def middle(row: _Month) -> Component | str:
        if row.seconds is None:
            return none
        address = why_step(of_month(filter_, row.month), chart.step, Figure.MEDIAN)
        return link(f.minutes(row.seconds), address, "cases-link")

    cells = {
        "month": lambda row: f.month(month_of(row.month).first),
        "n": lambda row: f.number(row.n),
        "middle": middle,
        "range_head": lambda row: none if row.moved is None else f.minutes(row.moved),
        "signal": lambda row: _signal(chart, row.point),
        "cases": lambda row: _cases(filter_, chart, row.month),
    }
    return Rows(
        title=t("why.control_points"),
        columns=columns_of("why.control_", cells, "n", "middle", "range_head"),
        rows=[*_points(chart), *(_Month(month, n) for month, n in chart.left_out)],
        note=t("sla.control_left_out", count=chart.few, n=chart.few) if chart.left_out else None,
        nothing=empty(t("sla.nothing")),
    )


def _points(chart: ControlChart) -> list[_Month]:
    rows = zip(chart.points, [None, *chart.ranges], strict=False)
    return [_Month(point.month, point.n, point.median_seconds, point, moved) for point, moved in rows]


def _cases(filter_: SlaFilter, chart: ControlChart, month: str) -> Component:
    address = requests_behind(filter_, chart.step, Behind.FINISHED, period=month_of(month))
    return link(t("why.letters_behind"), address, "cases-link")


def _signal(chart: ControlChart, point: ControlPoint | None) -> Component:
    if point is None:
        return pill(Tone.MUTED, "slash-circle", t("why.in_none"))
    if not point.is_beyond and not point.is_run:
        return pill(Tone.GOOD, "check-lg", t("why.control_steady"))
    words = t("sla.control_beyond" if point.is_beyond else "sla.control_run")
    if chart.is_slow(point):
        return pill(Tone.LATE, "exclamation-diamond-fill", words)
    return pill(Tone.GOOD, "arrow-down", f"{words}, {t('sla.faster')}")


def explain_other_target(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Explanation:
    """The steps that would change in one way if a target were another one; an agency's user is shown its own letters
    only."""
    f = fmt()
    codes = known_steps([query.get("langkah", "")])
    if len(codes) != 1:
        raise FilterError("why.one_step", step=query.get("langkah", ""))
    (step,), seconds = codes, read_minutes(query.get("menit", ""))
    turn = member(query.get("kelompok"), Turn.TO_MET)
    filter_ = asked_by(office, {**query, "bagian": ""}, as_of, user)
    page = read_page(query.get("hal"))
    rows, total = changing_steps(office, filter_, step, seconds, turn, page, ROWS, as_of)
    sop = office.sop.version_for(filter_.period.last)

    def address(number: int) -> str:
        return why_if(filter_, step, seconds, turn, hal=number if number > 1 else None)

    pages = page_of(page, ROWS, total, address)
    return Explanation(
        title=t(f"sop.turn_{turn.name}", count=f.number(total), n=total),
        subtitle=(
            t("sop.if_limit", step=step, limit=f.duration(seconds)),
            f.period(filter_.period.first, filter_.period.last),
        ),
        parts=[
            Rows(
                title=t("why.rows_title"),
                columns=step_columns(sop, is_mixed=False),
                rows=numbered(rows, pages.first),
                pages=pages,
                nothing=empty(t("sop.turn_none")),
                class_name="why-rows",
            )
        ],
        rules=rules_of(office, as_of, t("sop.if_rule"), sops=[sop], step=step, days=filter_.period),
        crumbs=[(t("sop.tab_target"), filtered_address(TARGET, filter_))],
    )
