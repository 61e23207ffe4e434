"""Can the rooms be used, what is broken since when, who sees to it, and whom does it stand in the way of?"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard.access import May, Page, account, guarded, is_allowed
from dashboard.components import Tone, banner, loading, page_head, page_url, read_query
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.facilities.faults import faults_panel, restored_panel
from dashboard.pages.facilities.follow_up import DEEDS, HOLDERS, Field, follow_panel
from dashboard.pages.facilities.numbers import headlines, sessions_panel, supplies_panel, times_panel
from dashboard.pages.facilities.rooms import rooms_row, warnings_band
from dashboard.pages.shared import filters
from dashboard.pages.shared.exports import export_links
from dashboard.pages.shared.numbers import once_more
from dashboard.pages.shared.page_request import PageRequest
from dashboard.pages.shared.today import office_today
from data_access.errors import PantauError
from etl.desk.incident_deeds import do_deed
from etl.figures.facilities.incidents import Incident, incidents_at
from etl.figures.facilities.period import ConditionFigures, condition_figures

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.SARPRAS
PATH = "/sarpras"
EXPORT = "/sarpras/unduh"
TITLE = "sarpras.title"
NAV = "sarpras.title"


class Id(StrEnum):
    """Ids of the page; those of its filters stand beside them."""

    URL = "sarpras-url"
    SUBTITLE = "sarpras-subtitle"
    EXPORT = "sarpras-export"
    CHANGED = "sarpras-changed"
    SAID = "sarpras-said"
    FOLLOW = "sarpras-follow"
    BODY = "sarpras-body"


def layout(page_request: PageRequest) -> Component:
    """Head with filters, the fault that was opened, the place of everything else."""
    office, user = page_request.office, page_request.account
    today = office_today(office, page_request.now)
    has_mart = office.mart.exists()
    controls = filters.filters(office, page_request.query, today, user, "sarpras") if has_mart else None
    actions = [*([controls] if controls else []), html.Div(id=Id.EXPORT, className="room-export_links")]
    return html.Div(
        [
            page_url("sarpras"),
            dcc.Store(id=Id.CHANGED, data=0),
            page_head(t("sarpras.title"), html.Span(" ", id=Id.SUBTITLE), actions=actions),
            html.Div(id=Id.SAID, **{"aria-live": "polite"}),
            loading(html.Div(id=Id.FOLLOW)),
            loading(html.Div(id=Id.BODY)),
        ],
        className="sarpras",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show what the address asks for; take what a person does about a fault."""
    filters.register(app, PAGE, "sarpras", office, lambda: office_today(office, now()))

    @app.callback(
        Output(Id.SUBTITLE, "children"),
        Output(Id.EXPORT, "children"),
        Output(Id.FOLLOW, "children"),
        Output(Id.BODY, "children"),
        Input(Id.URL, "search"),
        Input(Id.CHANGED, "data"),
    )
    @guarded(PAGE)
    def show(search: str | None, _: Any) -> Shown:
        return content(office, read_query(search), now())

    @app.callback(
        Output(Id.SAID, "children"),
        Output(Id.CHANGED, "data"),
        [Input(f"{Field.BUTTON}-{deed}", "n_clicks") for deed in DEEDS],
        State(Field.KEY, "data"),
        State(Field.ROLE, "value"),
        State(Field.NOTE, "value"),
        State(Id.CHANGED, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE, May.DO)
    def act(*values: Any) -> tuple[Any, Any]:
        *clicks, key, role, note, changed = values
        deed = str(ctx.triggered_id or "").removeprefix(f"{Field.BUTTON}-")
        if not any(clicks) or deed not in DEEDS or not isinstance(key, dict):
            return no_update, no_update
        try:
            told = _act(office, deed, key, str(role or ""), str(note or ""), now())
        except PantauError as error:
            return banner(sentence(error), Tone.LATE, "exclamation-octagon"), no_update
        return banner(told, Tone.GOOD, "check-circle"), once_more(changed)


def _act(office: Office, deed: str, key: Mapping[str, Any], role: str, note: str, now: int) -> str:
    """Do it, and say what was done."""
    user = account()
    incident = do_deed(
        office, str(key.get("key")), deed, note=note, assigned_role=role, holders=HOLDERS, actor=user.name,
        role=user.role.value, client_id=f"{key.get('id')}-{deed}", now=now,
    )  # fmt: skip
    return t(f"sarpras.done_{deed}", item=incident.item)


Shown = tuple[str, list[Component], Component | None, Component]


def content(office: Office, query: Mapping[str, str], now: int) -> Shown:
    """Subtitle, links to the files, the opened fault, everything else; or words."""
    try:
        figures, faults = sarpras_of(office, query, now)
    except PantauError as error:
        return "", [], None, filters.refused(error)
    period = fmt().period(figures.period.first, figures.period.last)
    subtitle = t("sarpras.subtitle", period=period, moment=fmt().moment(now))
    asked = {name: value for name, value in query.items() if name != "gangguan"}
    return (
        subtitle,
        export_links(EXPORT, asked),
        _follow(office, query, now),
        _body(office, figures, faults, query, now),
    )


def sarpras_of(office: Office, query: Mapping[str, str], now: int) -> tuple[ConditionFigures, list[Incident]]:
    """The figures that an address asks for, and all faults of its rooms; AddressError or FilterError in words."""
    asked = filters.asked_filter(query, office_today(office, now), None)
    figures = condition_figures(office, asked.period, now, room=asked.room, opd=asked.opd)
    return figures, [one for one in incidents_at(office, now) if figures.room in (None, one.room)]


def _follow(office: Office, query: Mapping[str, str], now: int) -> Component | None:
    """The fault that the address names."""
    key = query.get("gangguan")
    if not key:
        return None
    incident = next((one for one in incidents_at(office, now) if one.key == key), None)
    may_do = is_allowed(account().role, PAGE, May.DO)
    return follow_panel(office, incident, query, token=secrets.token_hex(12), may_do=may_do)


def _body(
    office: Office, figures: ConditionFigures, faults: list[Incident], query: Mapping[str, str], now: int
) -> Component:
    may_report = is_allowed(account().role, Page.LAPOR, May.DO)
    return html.Div(
        [
            warnings_band(office, figures.rooms, now),
            html.Div(headlines(figures), className="p-kpis"),
            rooms_row(office, figures.rooms, now, may_report=may_report),
            faults_panel(office, faults, query, now),
            html.Div([times_panel(figures), restored_panel(figures, query)], className="p-grid-2"),
            html.Div([sessions_panel(figures), supplies_panel(figures, faults, now)], className="p-grid-2"),
            html.P(t("sarpras.rule"), className="sla-note"),
        ]
    )
