"""Are the rooms used well: how much, by whom, when, and what stood in the way?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.components import (
    Tone,
    banner,
    bind_later,
    kpi_row,
    later_data,
    later_place,
    later_store,
    loading,
    read_query,
    written_out,
)
from dashboard.i18n import fmt, t
from dashboard.pages.rooms import feed
from dashboard.pages.rooms.headlines import headlines
from dashboard.pages.rooms.lines import lines_panel
from dashboard.pages.rooms.panels import (
    clash_panel,
    fairness_panel,
    heat_panel,
    lead_panel,
    lost_panel,
    months_panel,
    opd_panel,
    rooms_panel,
    unused_panel,
)
from dashboard.pages.rooms.timeline import timeline_panel
from dashboard.pages.rooms.view import RoomsView, rooms_view
from dashboard.pages.shared import filters
from dashboard.pages.shared.exports import export_links
from dashboard.pages.shared.page_request import PageRequest, office_today
from data_access.errors import PantauError

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.RUANG
PATH = "/ruang"
TITLE = "room.title"
NAV = "room.nav"
HAS_CHARTS = True

EXPORT = "/ruang/unduh"


class Id(StrEnum):
    """Ids of the page; those of its filters stand beside them."""

    URL = "room-url"
    SUBTITLE = "room-subtitle"
    EXPORT = "room-export"
    BODY = "room-body"
    MORE = "room-more"


def layout(page_request: PageRequest) -> Component:
    """Head with filters, the figures seen first, and the place of the others."""
    shown = foreground(page_request.office, page_request.query, page_request.now, page_request.account.opd_filter)
    below = later_store("room"), loading(later_place(Id.MORE, has_words=False)), feed.feed_panel()
    return filters.frame(page_request, "room", t("room.title"), shown, *below, class_name="room")


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show what the address asks for; keep controls and address in step."""
    filters.register(app, PAGE, "room", office, lambda: office_today(office, now()))
    feed.register(app, office, now)
    bind_later(app, "room")

    @app.callback(
        Output(Id.SUBTITLE, "children"),
        Output(Id.EXPORT, "children"),
        Output(Id.BODY, "children"),
        Input(Id.URL, "search"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def show(search: str | None) -> tuple[str, list[Component], Component]:
        return written_out(foreground(office, read_query(search), now(), account().opd_filter))

    @app.callback(Output(Id.MORE, "children"), later_data("room"), prevent_initial_call=True)
    @guarded(PAGE)
    def show_more(search: str | None) -> Component | None:
        return written_out(background(office, read_query(search), now(), account().opd_filter))


def foreground(
    office: Office, query: Mapping[str, str], now: int, own_opd: str | None
) -> tuple[str, list[Component], Component]:
    """Subtitle, export links, headline figures and the calendar; or words."""
    try:
        view = rooms_view(office, query, now, own_opd)
    except PantauError as error:
        return "", [], filters.refused(error)
    nothing = None if view.has_any else banner(t("word.no_data"), Tone.PLAIN)
    body = html.Div([nothing, kpi_row(*headlines(view)), timeline_panel(view)])
    return _subtitle(view), export_links(EXPORT, query), body


def background(office: Office, query: Mapping[str, str], now: int, own_opd: str | None) -> Component | None:
    """Everything below; nothing where the part above has words."""
    try:
        view = rooms_view(office, query, now, own_opd)
    except PantauError:
        return None
    return html.Div(
        [
            html.Div([heat_panel(view), opd_panel(view)], className="p-grid-2 room-pair"),
            html.Div([months_panel(view), lead_panel(view)], className="p-grid-2"),
            rooms_panel(view),
            lines_panel(view),
            html.Div([clash_panel(view), unused_panel(view)], className="p-grid-2"),
            lost_panel(view),
            fairness_panel(view),
            html.P(t("room.rule"), className="sla-note"),
        ]
    )


def _subtitle(view: RoomsView) -> str:
    f, asked, rooms = fmt(), view.asked, view.figures.rooms
    one = rooms[0] if len(rooms) == 1 else None
    name = one.room if one else t("room.count", count=f.number(len(rooms)), n=len(rooms))
    seats = t("room.capacity", seats=f.number(one.capacity)) if one and one.capacity else t("room.capacity_unknown")
    parts = [name, *([seats] if one else []), asked.opd or "", f.period(asked.period.first, asked.period.last)]
    return " · ".join(part for part in parts if part)
