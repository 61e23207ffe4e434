"""Pages that are fresh or say so: an open page asks now and then whether anything was recorded since it was drawn.

What a page was drawn from has a mark, which costs a look at a folder; assets/desk/renew.js compares it. A light work
list (`renewed`) is then drawn anew, unless somebody writes there; every other page offers "Data baru · perbarui". The
page of one request hears of that request alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from hashlib import sha256

from dash import ClientsideFunction, Dash, Input, Output, dcc, html, set_props
from dash.development.base_component import Component
from flask import Response, jsonify, request

from dashboard.access import Door, door
from dashboard.components import icon
from dashboard.i18n import t
from dashboard.pages.shared.page_request import MOST
from etl.office import Office

PATH = "/kabar"
LETTERS = "surat"
"""The subject of a page that shows nothing but letters."""

RENEWED = {"data-renewed": ""}
"""What marks the part of a page that is drawn anew."""


class Id(StrEnum):
    """Ids of the offer, and of what draws the whole page anew."""

    OFFER = "renew-offer"
    WHOLE = "renew-whole"
    OWN = "renew-own"
    OWN_KNOWN = "renew-own-known"


def renewed(office: Office, about: str = "", tick: str = "", every: int = 0) -> dict[str, str]:
    """What marks the part of a page that is drawn anew when something about that subject was recorded: nothing for
    whatever is recorded, LETTERS, or `about_letter`.

    `tick`: the interval that draws it anew every so many seconds also without news; 0 for never.
    """
    telling = {"data-renew-about": about, "data-renew-mark": mark(office, about)}
    return {**RENEWED, **telling, "data-renew-tick": tick, "data-renew-every": str(every)}


def about_letter(request_id: int) -> str:
    """The subject of a page that shows one letter."""
    return f"{LETTERS}-{int(request_id)}"


def offer() -> list[Component]:
    """The frame's part: the offer "Data baru", hidden until there is something and the page does not renew itself."""
    words = [icon("arrow-clockwise"), html.Span(t("renew.offer"))]
    button = html.Button(words, type="button", className="p-button is-primary", **{"data-renew-now": ""})
    return [
        html.Div(button, id=Id.OFFER, className="renew-offer no-print", role="status", **{"data-renew": PATH}),
        *(dcc.Store(id=id) for id in (Id.WHOLE, Id.OWN, Id.OWN_KNOWN)),
    ]


@contextmanager
def own_deed(office: Office | None) -> Iterator[None]:
    """What is recorded inside is the asking page's own: it draws that itself, and is told from which mark to which, so
    that it does not offer it as news. What others recorded meanwhile or before stays news."""
    before = "" if office is None else mark(office)
    yield
    if office is not None and (after := mark(office)) != before:
        set_props(Id.OWN, {"data": [before, after]})


def drawn_from(office: Office) -> Component:
    """What a page says, unseen, of the records that it was drawn from."""
    return html.Span(hidden=True, **{"data-renew-mark": mark(office)})


def mark(office: Office, about: str = "") -> str:
    """Changes whenever something about that subject was recorded that the screens show."""
    meta = office.mart.meta() if about else None
    if meta is None:
        return _digest(office.mart.mark())
    letter = about.removeprefix(f"{LETTERS}-")
    is_one = letter != about and letter.isascii() and letter.isdecimal() and len(letter) < len(str(MOST))
    return _digest(meta.touched.at(int(letter)) if is_one else meta.touched.any)


def _digest(told: object) -> str:
    return sha256(repr(told).encode()).hexdigest()[:16]


def register(app: Dash, office: Office) -> None:
    """The route that tells the mark of a subject; and a page is told of its own deeds."""

    @app.server.get(PATH, endpoint="renewal")
    @door(Door.USER)
    def told() -> Response:
        return jsonify(mark=mark(office, request.args.get("tentang", "")))

    app.clientside_callback(
        ClientsideFunction("renew", "saved"),
        Output(Id.OWN_KNOWN, "data"),
        Input(Id.OWN, "data"),
        prevent_initial_call=True,
    )
