"""The panel by which a user gets the schedule into a calendar of a phone or computer, or shuts that link."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from dash import Dash, Input, Output, ctx, dcc, html
from dash.development.base_component import Component
from flask import request

from dashboard.access import Page, account, guarded
from dashboard.components import button, icon, panel
from dashboard.i18n import fmt, t
from dashboard.pages.rooms.schedule_link import link_since, new_link, revoke_link

if TYPE_CHECKING:
    from etl.office import Office


class Id(StrEnum):
    """Ids of the panel."""

    MAKE = "room-feed-make"
    REVOKE = "room-feed-revoke"
    STATE = "room-feed-state"


def feed_panel() -> Component:
    """The panel; what it says is filled in when it is opened."""
    return panel(
        html.P(t("room.feed_words")),
        html.Div(id=Id.STATE, role="status", className="room-feed-state"),
        html.Div(
            [
                button([icon("calendar-plus"), t("room.feed_make")], id=Id.MAKE, kind="quiet"),
                button([icon("x-circle"), t("room.feed_revoke")], id=Id.REVOKE, kind="quiet"),
            ],
            className="room-exports",
        ),
        title=t("room.feed_title"),
        class_name="no-print",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Make and shut the link of whoever asks."""

    @app.callback(Output(Id.STATE, "children"), Input(Id.MAKE, "n_clicks"), Input(Id.REVOKE, "n_clicks"))
    @guarded(Page.RUANG)
    def change(made: int | None, revoked: int | None) -> Component | list[Component]:
        user_id = account().id
        if ctx.triggered_id == Id.MAKE and made:
            return _shown(new_link(office, user_id, request.host_url, now()))
        if ctx.triggered_id == Id.REVOKE and revoked:
            revoke_link(office, user_id, now())
        return _state(link_since(office, user_id))


def _shown(address: str) -> list[Component]:
    """The link, this once, with a button that copies it."""
    return [
        html.Strong(t("room.feed_once")),
        html.Div([html.Code(address, id="room-feed-address"), dcc.Clipboard(target_id="room-feed-address")],
                 className="room-feed-address"),
    ]  # fmt: skip


def _state(since: int | None) -> Component:
    return html.Span(t("room.feed_none") if since is None else t("room.feed_since", moment=fmt().moment(since)))
