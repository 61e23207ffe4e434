"""A share beside that of the period before, taken apart: both fractions, both intervals, that of the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import link, page_head, panel
from dashboard.i18n import fmt, t
from dashboard.pages.compliance.compare import points, verdict_of, what_is_compared, why_share
from dashboard.pages.shared.row_lists import table, table_row
from dashboard.pages.why.rules import calendar_rule, data_rule, rules_panel, sop_rule
from dashboard.pages.why.scope import asked_by, crumbs_of
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import wilson
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.evidence import Reference, Why, known_step
from etl.figures.compliance.evidence import why as why_of_figure
from etl.figures.compliance.reading import READY, REQUESTS, Comparison, comparison
from etl.figures.period import SlaFilter

if TYPE_CHECKING:
    from etl.office import Office

_NUMBERS = ("part", "n", "share", "interval")
_FIGURES = {REQUESTS: Figure.REQUESTS, READY: Figure.EVENT}


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Component:
    """The comparison that `tentang` names; both shares are counted by the statements of their explanations."""
    asked = asked_by(office, query, as_of, user)
    what = query.get("tentang", "")
    what = what if what in _FIGURES else known_step(what)
    earlier = replace(asked, period=asked.period.previous())
    now, then = (_why(office, one, what, as_of) for one in (asked, earlier))
    one = comparison(what, now.numerator, now.denominator, then.numerator, then.denominator)
    f = fmt()
    parts = [_name(what, now.sop), f.period(asked.period.first, asked.period.last), asked.opd or "", asked.room or ""]
    return html.Div(
        [
            page_head(t("word.why"), " · ".join(word for word in parts if word), crumbs=crumbs_of(user, asked)),
            _shares(what, now, then),
            panel(*_difference(one), title=t("sla.compare_difference")),
            rules_panel(
                [
                    sop_rule([now.sop], now.only_step if what not in _FIGURES else None),
                    (t("why.rule_accounting"), [t("why.compare_rule")]),
                    calendar_rule(office, earlier.period.first, asked.period.last),
                    data_rule(office, as_of),
                ]
            ),
        ]
    )


def _name(what: str, sop: SopVersion) -> str:
    found = what_is_compared(what, sop) if "," not in what else [what]
    words = " ".join(part if isinstance(part, str) else str(part.children) for part in found if part != " ")
    return f"{t('sla.compare_title')}: {words}"


def _why(office: Office, asked: SlaFilter, what: str, as_of: int) -> Why:
    if what in _FIGURES:
        return why_of_figure(office, Reference(_FIGURES[what], asked), as_of)
    return why_of_figure(office, Reference(Figure.SHARE, asked, what), as_of)


def _shares(what: str, now: Why, then: Why) -> Component:
    title = t("why.fractions_title")
    heads = {"period": t("word.period"), **{name: t(f"why.compare_{name}") for name in _NUMBERS}}
    rows = [table_row(heads, _share(what, found), _NUMBERS) for found in (now, then)]
    return panel(table(title, heads, rows, _NUMBERS), title=title)


def _share(what: str, found: Why) -> dict[str, Any]:
    f, period = fmt(), found.reference.filter.period
    interval = wilson(found.numerator, found.denominator)
    return {
        "period": link(f.period(period.first, period.last), why_share(found.reference.filter, what), "cases-link"),
        "part": f.number(found.numerator),
        "n": f.number(found.denominator),
        "share": f.percent(found.value),
        "interval": "–".join(f.percent(end) for end in interval) if interval else t("word.none"),
    }


def _difference(one: Comparison) -> list[Component]:
    """Difference, interval and what follows; in words when one of the two judged nothing."""
    ours, theirs = wilson(one.part, one.n), wilson(one.earlier_part, one.earlier_n)
    if one.difference is None or one.interval is None or ours is None or theirs is None:
        return [html.P(t("sla.compare_none"))]
    f, p, q = fmt(), one.part / one.n, one.earlier_part / one.earlier_n
    names = {"p": p, "q": q, "low": ours[0], "high": ours[1], "earlier_low": theirs[0], "earlier_high": theirs[1]}
    shown = {name: f.percent(value) for name, value in names.items()}
    ends = {"difference": points(one.difference), "from_": points(one.interval[0]), "until": points(one.interval[1])}
    lines = [html.P(t(f"why.compare_{name}", **shown, **ends)) for name in ("difference", "below", "above")]
    return [html.Div(html.Strong(ends["difference"], className="why-value")), *lines, html.P(verdict_of(one))]
