"""Are the targets realistic, and what would be if one were another, or were always met?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import dash_bootstrap_components as dbc
from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.access.accounts import Account
from dashboard.components import (
    bind_filters,
    button,
    empty,
    loading,
    page_head,
    page_url,
    panel,
    with_query,
)
from dashboard.i18n import fmt, t
from dashboard.pages.shared.choices import own_names
from dashboard.pages.shared.frame import bind_part, refusal, to_come
from dashboard.pages.shared.monitoring_rule import monitoring_rule
from dashboard.pages.shared.page_request import PageRequest
from dashboard.pages.shared.sop_links import TARGET, tabs
from dashboard.pages.shared.today import office_today
from dashboard.pages.shared.why_links import minutes_text
from dashboard.pages.sop import filters
from dashboard.pages.sop.minutes import read_minutes
from dashboard.pages.sop.target_tables import always_table, if_table, judged_table
from data_access.errors import PantauError
from etl.desk.sop_edit import EDITABLE
from etl.domain.sop.versions import SopStep, SopVersion
from etl.figures.compliance.steps import sla_figures
from etl.figures.compliance.what_if import judgements, what_if

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.SOP
PATH = TARGET
TITLE = "sop.tab_target"
NAV = None

PREFIX = "sop-target"
PRESET = "last_12_months"
"""A target is looked at over a year: a month has too few of most steps."""

_BODY, _IF = f"{PREFIX}-body", f"{PREFIX}-if"


def _id(code: str) -> str:
    return f"{PREFIX}-{code}"


def layout(page_request: PageRequest) -> Component:
    """Head, filters, the fields of the targets, and the place of the answers."""
    office, user = page_request.office, page_request.account
    today = office_today(office, page_request.now)
    controls = filters.filters(office, TARGET, page_request.query, today, user, PREFIX, PRESET)
    return html.Div(
        [
            page_url(PREFIX),
            page_head(t("sop.tab_target"), t("sop.target_subtitle"), actions=[controls]),
            tabs(TARGET, page_request.query, page_request.account),
            loading(html.Div(id=_BODY)),
            _fields_panel(page_request.office.sop.current(), page_request.query),
            loading(html.Div(id=_IF)),
        ],
        className="sop",
    )


def _fields_panel(sop: SopVersion, query: Mapping[str, str]) -> Component:
    """One field a step, in minutes, filled with its target; what stands in the address is shown."""
    kept = {name: query.get(name) for name in ("dari", "sampai", "opd")}
    return panel(
        html.P(t("sop.if_hint"), className="intake-hint"),
        html.Div([_field(sop.step(code), query.get(code, "")) for code in EDITABLE], className="sop-times is-short"),
        html.Div(button(t("sop.if_reset"), href=with_query(TARGET, **kept), kind="quiet"), className="no-print"),
        title=t("sop.if_title"),
    )


def _field(step: SopStep, asked: str) -> html.Label:
    minutes = asked or _minutes(step)
    field = dbc.Input(
        id=_id(step.code), type="text", inputmode="decimal", value=minutes, debounce=0.6, class_name="p-input"
    )
    words = html.Span(f"{step.code} · {step.short_name}", className="p-field-label")
    return html.Label([words, html.Span([field, t("sop.minutes")], className="sop-minutes")], className="p-field")


def _minutes(step: SopStep) -> str:
    return minutes_text(step.target_seconds) if step.target_seconds else ""


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Answer for the period and the targets of the address."""

    def usual() -> dict[str, str]:
        sop = office.sop.current()
        targets = {code: _minutes(sop.step(code)) for code in EDITABLE}
        return {**filters.defaults(office_today(office, now()), PRESET), **targets}

    fields = {**filters.fields(PREFIX), **{code: _id(code) for code in EDITABLE}}
    bind_filters(app, PAGE, PREFIX, fields, usual, partial(own_names, office))

    bind_part(app, PAGE, PREFIX, _BODY, lambda query, user: realistic(office, query, now(), user))
    bind_part(app, PAGE, PREFIX, _IF, lambda query, user: other_targets(office, query, now(), user))


def realistic(office: Office, query: Mapping[str, str], now: int, user: Account) -> Component:
    """Each step's target beside its numbers; what cannot be asked is answered in words."""
    today = office_today(office, now)
    try:
        filter_ = filters.asked_filter(query, today, user, PRESET)
        if filter_.period.first > today:
            return panel(to_come(filter_.period))
        figures = sla_figures(office, filter_, now)
    except PantauError as error:
        return refusal(error)
    sop = office.sop.version_for(figures.filter.period.last)
    note = fmt().period(figures.filter.period.first, figures.filter.period.last)
    return panel(
        judged_table(judgements(figures, monitoring_rule().share), figures, sop),
        html.P(t("sop.real_rule", wanted=fmt().percent(monitoring_rule().share)), className="sla-note"),
        title=t("sop.real_title"),
        note=note,
    )


def other_targets(office: Office, query: Mapping[str, str], now: int, user: Account) -> Component:
    """What the targets in the address would change, and what one step's lateness costs."""
    today = office_today(office, now)
    try:
        filter_ = filters.asked_filter(query, today, user, PRESET)
        if filter_.period.first > today:
            return html.Div()
        found = what_if(office, filter_, targets_in(query, office.sop.current()), now)
    except PantauError as error:
        return refusal(error)
    sop = office.sop.current()
    changed: Sequence[Component] = [empty(t("sop.if_nothing"), t("sop.if_nothing_hint"), "sliders")]
    if found.steps:
        changed = [if_table(found, sop), html.P(t("sop.if_rule"), className="sla-note")]
    return html.Div(
        [
            panel(*changed, title=t("sop.then_title")),
            panel(
                always_table(found, sop),
                html.P(t("sop.always_rule"), className="sla-note"),
                title=t("sop.always_title"),
                note=t("sop.always_note"),
            ),
        ]
    )


def targets_in(query: Mapping[str, str], sop: SopVersion) -> dict[str, int]:
    """Seconds by step of the targets in an address that are not the step's own. MinutesError for what is no number."""
    asked = {code: read_minutes(query[code]) for code in EDITABLE if query.get(code)}
    return {code: seconds for code, seconds in asked.items() if seconds != sop.step(code).target_seconds}
