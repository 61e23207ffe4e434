"""Routes of the wall: the page, and the document it asks for every three seconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, render_template, request

from dashboard.access import Door, door
from dashboard.access.accounts import current_account
from dashboard.assets_url import build_mark
from dashboard.i18n import catalogue, current_language
from dashboard.wall.picture import Pictures
from etl.domain.verdict import STEP_CODES
from etl.figures.wall import BLOCKS
from etl.figures.wall_desks import USE_STEPS

if TYPE_CHECKING:
    from etl.office import Office

PAGE_PATH = "/layar"
DATA_PATH = "/layar/data.json"
NOW_HEADER = "X-Pantau-Now"
"""The server's time in milliseconds, with every answer: the television's own clock may be wrong."""

SCRIPTS = ("format.js", "aging.js", "check.js", "poll.js", "paint.js", "wall.js")
"""In the order in which they need each other."""

ITEMS = 12
"""So many items of the checklist find room."""

_PREFIX = "wall."


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the wall to the server: for wall screens and for every role that may see it."""
    pictures = Pictures(office, build_mark())
    wall = Blueprint("wall", __name__, template_folder="templates")

    @wall.get(PAGE_PATH)
    @door(Door.WALL)
    def page() -> str:
        return render_template(
            "wall.html",
            lang=current_language(),
            home_url="/" if current_account() else None,
            desks=[code for code in STEP_CODES if code.startswith("A")],
            use_steps=USE_STEPS,
            blocks=BLOCKS,
            items=ITEMS,
            scripts=SCRIPTS,
            config={"url": DATA_PATH, "lang": current_language(), "build": build_mark(), "words": words()},
        )

    @wall.get(DATA_PATH)
    @door(Door.WALL)
    def data() -> Response:
        moment = now()
        newest = pictures.at(moment)
        tag = f'W/"{newest.mark}"'
        if request.if_none_match.contains_weak(newest.mark):
            reply = Response(status=304)
        else:
            is_packed = "gzip" in request.accept_encodings
            reply = Response(newest.packed if is_packed else newest.plain, mimetype="application/json")
            if is_packed:
                reply.headers["Content-Encoding"] = "gzip"
        reply.headers.update({"ETag": tag, NOW_HEADER: str(moment * 1000), "Vary": "Accept-Encoding"})
        reply.headers["Cache-Control"] = "no-store"
        return reply

    server.register_blueprint(wall)


def words() -> dict[str, str]:
    """The wall's messages in the language of the request, holes unfilled, keys without their prefix.

    A second form for n = 1 stands under the key with `_one` behind it.
    """
    language = current_language()
    found: dict[str, str] = {}
    for key, forms in catalogue().items():
        if key.startswith(_PREFIX):
            name = key.removeprefix(_PREFIX)
            found[name] = forms[language]
            if f"{language}_one" in forms:
                found[f"{name}_one"] = forms[f"{language}_one"]
    return found
