"""Can the rooms be used, what is broken since when, who sees to it, and whom does it stand in the way of?"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard.access import May, Page, account, guarded
from dashboard.access.accounts import entering_on
from dashboard.components import Tone, kpi_row, loading, read_query, stack, written_out
from dashboard.components.tables import sheet
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.facilities.faults import (
    DEEDS,
    HOLDERS,
    Field,
    faults_panel,
    follow_panel,
    open_columns,
    restored_columns,
    restored_panel,
)
from dashboard.pages.facilities.numbers import (
    figures_sheet,
    headlines,
    session_columns,
    sessions_panel,
    supplies_panel,
    supply_columns,
    times_columns,
    times_of,
    times_panel,
)
from dashboard.pages.facilities.rooms import items_sheet, rooms_row, rooms_sheet, warnings_band
from dashboard.pages.facilities.view import FacilitiesView, facilities_view
from dashboard.pages.shared import filters
from dashboard.pages.shared.exports import export_links, one_page_link
from dashboard.pages.shared.forms import outcome
from dashboard.pages.shared.page_request import PERIOD_AND_PLACE, Names, PageRequest, once_more, told_at
from data_access.errors import PantauError
from etl.desk.facilities import do_deed
from etl.figures.facilities.incidents import incidents_at
from etl.office import Office
from etl.sheet_files import Sheet

PAGE = Page.SARPRAS
PATH = "/sarpras"
PREFIX = "sarpras"
EXPORT = "/sarpras/unduh"
TITLE = "sarpras.title"
NAV = "sarpras.title"
ADDRESS_NAMES: Names = {**PERIOD_AND_PLACE, "gangguan": None}


class Id(StrEnum):
    """Ids of the page beside those of its frame."""

    CHANGED = "sarpras-changed"
    RESULT = "sarpras-said"
    FOLLOW = "sarpras-follow"


def layout(page_request: PageRequest) -> Component:
    """Head with filters, the fault that was opened, everything else."""
    fault = _follow(page_request.office, page_request.query, page_request.now)
    done = html.Div(id=Id.RESULT)
    above = dcc.Store(id=Id.CHANGED, data=0), done, loading(html.Div(fault, id=Id.FOLLOW))
    return filters.frame(page_request, PREFIX, content, above)


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show what the address asks for; take what a person does about a fault."""
    filters.register_controls(app, PAGE, filters.Controls(PREFIX), office, now)

    @app.callback(
        Output(f"{PREFIX}-subtitle", "children"),
        Output(f"{PREFIX}-export", "children"),
        Output(Id.FOLLOW, "children"),
        Output(f"{PREFIX}-body", "children"),
        Input(f"{PREFIX}-url", "search"),
        Input(Id.CHANGED, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def show(search: str | None, _: Any) -> tuple[str, list[Component], Component | None, Component]:
        query, moment = read_query(search), told_at(office, now())
        subtitle, links, body = filters.shown(content, office, query, moment, None)
        return written_out((subtitle, links, _follow(office, query, moment), body))

    @app.callback(
        Output(Id.RESULT, "children"),
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
            words = _act(office, deed, key, str(role or ""), str(note or ""), now())
        except PantauError as error:
            return outcome(sentence(error)), no_update
        return outcome(words, Tone.GOOD), once_more(changed)


def _act(office: Office, deed: str, key: Mapping[str, Any], role: str, note: str, now: int) -> str:
    """Record the deed; a message for the page."""
    user = account()
    incident = do_deed(
        office, str(key.get("key")), deed, note=note, assigned_role=role, holders=HOLDERS, actor=user.name,
        role=entering_on(user, PAGE), client_id=f"{key.get('id')}-{deed}", now=now,
    )  # fmt: skip
    return t(f"sarpras.done_{deed}", item=incident.item)


def content(office: Office, query: Mapping[str, str], now: int, _own_opd: str | None) -> filters.Shown:
    """The figures, the rooms, the faults: everything but the opened fault."""
    view = facilities_view(office, query, now)
    period = fmt().period(view.filter.period.first, view.filter.period.last)
    subtitle = t("sarpras.subtitle", period=period, moment=fmt().moment(now))
    kept = {name: value for name, value in query.items() if name != "gangguan"}
    return subtitle, [*export_links(EXPORT, kept), one_page_link(PATH, kept)], _body(view)


def _body(view: FacilitiesView) -> Component:
    return stack(
        warnings_band(view),
        kpi_row(*headlines(view)),
        rooms_row(view, may_report=account().may(Page.LAPOR, May.DO)),
        faults_panel(view),
        html.Div([times_panel(view), restored_panel(view)], className="p-grid-2"),
        html.Div([sessions_panel(view), supplies_panel(view)], className="p-grid-2"),
        html.P(t("sarpras.rule"), className="sla-note"),
    )


def facilities_sheets(view: FacilitiesView) -> list[Sheet]:
    """The tables as sheets of a file, with all rows, also those that the page folds away; the figures first."""
    figures = view.figures
    return [
        figures_sheet(view),
        rooms_sheet(view),
        items_sheet(view),
        sheet(t("sarpras.file_open"), open_columns(view.query), view.open_faults),
        sheet(t("sarpras.file_restored"), restored_columns(view.query), figures.cases),
        sheet(t("sarpras.file_times"), times_columns(view), times_of(figures.restoring)),
        sheet(t("sarpras.file_b5"), session_columns(), figures.sessions),
        sheet(t("sarpras.file_supplies"), supply_columns(), view.supplies),
    ]


def _follow(office: Office, query: Mapping[str, str], now: int) -> Component | None:
    """The fault that the address names."""
    key = query.get("gangguan")
    if not key:
        return None
    incident = next((fault for fault in incidents_at(office, now) if fault.key == key), None)
    may_do = account().may(PAGE, May.DO)
    return follow_panel(office, incident, query, token=secrets.token_hex(12), may_do=may_do)
