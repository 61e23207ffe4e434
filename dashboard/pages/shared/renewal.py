"""Pages that renew themselves: they ask every other second whether anything was recorded, and are drawn anew when so.

What a page was drawn from has a mark, which costs a look at a folder. assets/desk/renew.js compares it; while somebody
writes on the page it only offers to renew it.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, jsonify

from dashboard.access import Door, door
from dashboard.components import icon
from dashboard.i18n import t
from etl.office import Office

PATH = "/kabar"
RENEWED = {"data-renewed": ""}
"""What marks the part of a page that is drawn anew."""


class Id(StrEnum):
    """Ids of the offer."""

    OFFER = "renew-offer"


def renewal(office: Office, tick: str = "", every: int = 0) -> Component:
    """The offer "Data baru", hidden until there is something and the page cannot renew itself.

    `tick`: the interval that draws the page anew every so many seconds also without news; 0 for never.
    """
    data = {
        "data-renew": PATH,
        "data-renew-mark": mark(office),
        "data-renew-tick": tick,
        "data-renew-every": str(every),
    }
    words = [icon("arrow-clockwise"), html.Span(t("renew.offer"))]
    offer = html.Button(words, type="button", className="p-button is-primary", **{"data-renew-now": ""})
    return html.Div(offer, id=Id.OFFER, className="renew-offer no-print", role="status", **data)


def mark(office: Office) -> str:
    """Changes whenever something that the screens show was recorded."""
    return sha256(repr(office.mart.mark()).encode()).hexdigest()[:16]


def register(server: Flask, office: Office) -> None:
    """The route that tells the mark."""

    @server.get(PATH, endpoint="renewal")
    @door(Door.USER)
    def told() -> Response:
        return jsonify(mark=mark(office))
