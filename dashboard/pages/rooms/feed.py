"""The panel by which a user gets the schedule into a calendar of a phone or computer, or shuts that link."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from dash import Dash, Input, Output, ctx, dcc, html
from dash.development.base_component import Component
from flask import request

from dashboard.access import Page, account, guarded
from dashboard.access.devices import token_hash
from dashboard.components import button, icon, panel
from dashboard.i18n import fmt, t
from data_access.records import reading, writing
from data_access.records.access import (
    add_calendar_link,
    calendar_link_since,
    revoke_calendar_link,
)

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
    """Make and shut the user's own link."""

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


# The link


def new_link(office: Office, user_id: int, base_url: str, now: int) -> str:
    """A new link, shown this once; the one before stops working."""
    token = secrets.token_urlsafe(32)
    with writing(office.records) as connection:
        add_calendar_link(connection, user_id, token_hash(token), now)
    return f"{base_url.rstrip('/')}/kalender/{token}.ics"


def revoke_link(office: Office, user_id: int, now: int) -> None:
    """Shut the user's link."""
    with writing(office.records) as connection:
        revoke_calendar_link(connection, user_id, now)


def link_since(office: Office, user_id: int) -> int | None:
    """When the user's link was made; None when there is none."""
    with reading(office.records) as connection:
        return calendar_link_since(connection, user_id)
