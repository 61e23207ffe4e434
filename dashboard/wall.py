"""The wall: one plain page that a television shows for months, the document it asks for every three seconds, and its
heartbeat.

It is a plain page of the same server, not a Dash page: a fixed set of nodes filled by a few small scripts hangs for
months where a renderer that makes its nodes anew would grow. Once a minute the page reports that it paints, its build,
and what its scripts stumbled over: an error as its kind and place ("TypeError paint.js:120:14"), never with its
message, which could quote what stands on the screen.
"""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import Blueprint, Flask, Response, abort, render_template, request

from dashboard.access import Door, door
from dashboard.access.accounts import current_account, current_device
from dashboard.access.devices import current_choice
from dashboard.access.http import json_object
from dashboard.access.store import Store
from dashboard.components.asset_urls import build_mark
from dashboard.i18n import current_language, script_words, t
from data_access.records.access import Heartbeat, ScreenChoice
from etl.figures.wall.desks import BOOKINGS
from etl.figures.wall.programme import ENTRIES
from etl.figures.wall.snapshot import ALERTS, BLOCKS, Wish, wall_snapshot
from etl.office import Office

_GROWING = frozenset({"as_of", "elapsed_seconds"})
"""They grow by the second, and the page counts them on by itself: no reason to paint anew."""


@dataclass(frozen=True)
class Picture:
    """One document: plain and packed bytes, and a mark that changes when there is something new to see."""

    plain: bytes
    packed: bytes
    mark: str


SHARED_SECONDS = 3
"""As long as one picture serves all screens: the page counts running steps on by itself."""


_USUAL = Wish()
MOST_WISHES = 20
"""So many pictures are kept; an office has not as many screens that each show something else."""


class Pictures:
    """The newest pictures of one office, one for all screens that wish the same. Threads share them; only one makes the
    next."""

    def __init__(self, office: Office, build: str) -> None:
        self._office = office
        self._build = build
        self._lock = threading.Lock()
        self._newest: dict[Wish, tuple[int, object, Picture]] = {}

    def at(self, as_of: int, wish: Wish = _USUAL) -> Picture:
        """The picture of a moment, or of one just before it, for the mart and the settings as they are now."""
        meta = self._office.mart.meta()
        basis = (meta.generation if meta else 0, self._office.book.hash)
        with self._lock:
            newest = self._newest.get(wish)
            if newest is None or newest[1] != basis or abs(as_of - newest[0]) >= SHARED_SECONDS:
                made = picture(wall_snapshot(self._office, as_of, wish) | {"build": self._build})
                self._newest = {} if len(self._newest) >= MOST_WISHES else self._newest
                newest = self._newest[wish] = (as_of, basis, made)
            return newest[2]


def picture(snapshot: dict[str, Any]) -> Picture:
    """The document of a snapshot."""
    plain = _bytes(snapshot)
    return Picture(plain, gzip.compress(plain, 6, mtime=0), sha256(_bytes(_steady(snapshot))).hexdigest()[:20])


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _steady(value: Any) -> Any:
    """The snapshot as it looks: without what grows by the second, shares in whole percent as they are shown."""
    if isinstance(value, dict):
        return {key: _steady(part) for key, part in value.items() if key not in _GROWING or _is_still(value)}
    if isinstance(value, list | tuple):
        return [_steady(part) for part in value]
    return round(value, 2) if isinstance(value, float) else value


def _is_still(step: dict[str, Any]) -> bool:
    """Whether a step's time stands: finished or paused."""
    return step.get("is_running") is False


PAGE_PATH = "/layar"
DATA_PATH = "/layar/data.json"
HEARTBEAT_PATH = "/layar/kabar"
NOW_HEADER = "X-Pantau-Now"
"""The server's time in milliseconds, with every answer: the television's own clock may be wrong."""

BUILD_HEADER = "X-Pantau-Build"
"""The build that answers, with every answer: an older page may not understand what a newer one sends, but reloads."""

VIEWS = ("sop", "use", "lobby")
"""What can take turns on a screen. An alert jumps the queue of all but a lobby's screen."""

USUAL_VIEWS = ("sop", "use")
"""Those of a screen for which nothing was chosen."""

_OWN_MARK_LENGTH = 4

_PARTS = ("watchdog", "format", "aging", "check", "poll", "report", "rotate", "paint", "wall")
SCRIPTS = tuple(f"{part}.js" for part in _PARTS)
"""In the order in which they need each other."""

ITEMS = 12
"""As many items of the checklist fit."""

GAP_SECONDS = 20
"""Heartbeats that come sooner are not written down."""

_BUILD = re.compile(r"[0-9a-f]{1,16}")
_VIEWPORT = re.compile(r"[1-9]\d{0,4}×[1-9]\d{0,4}")
_ERROR = re.compile(r"[A-Za-z]{1,40} [a-z-]{1,30}\.js:\d{1,6}:\d{1,6}|[A-Za-z]{1,40}")
_MOST_AT_ONCE = 1_000


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the wall to the server: for wall screens and for every role that may see it."""
    pictures, store = Pictures(office, build_mark()), Store(office)
    wall = Blueprint("wall", __name__, template_folder="templates")

    @wall.get(PAGE_PATH)
    @door(Door.WALL)
    def page() -> str:
        sop, views = office.sop_in_force, views_of(current_choice())
        shown = [*views, *([] if views == ("lobby",) else ["alert"])]
        return render_template(
            "wall.html",
            lang=current_language(),
            home_url="/" if current_account() else None,
            desks=[step.code for step in sop.part("A")],
            use_steps=[step.code for step in sop.part("B")],
            blocks=BLOCKS,
            items=ITEMS,
            ahead=BOOKINGS,
            alerts=ALERTS,
            views={view: t(f"wall.view.{view}") for view in shown},
            entries=ENTRIES,
            scripts=SCRIPTS,
            config={
                "url": DATA_PATH,
                "tell": HEARTBEAT_PATH if current_device() else None,
                "lang": current_language(),
                "build": own_build(current_choice()),
                "views": views,
                "words": script_words("wall."),
            },
        )

    @wall.get(DATA_PATH)
    @door(Door.WALL)
    def data() -> Response:
        moment, choice = now(), current_choice()
        newest = pictures.at(moment, Wish(choice.rooms, "lobby" in choice.views))
        tag = f'W/"{newest.mark}"'
        if request.if_none_match.contains_weak(newest.mark):
            reply = Response(status=304)
        else:
            is_packed = "gzip" in request.accept_encodings
            reply = Response(newest.packed if is_packed else newest.plain, mimetype="application/json")
            if is_packed:
                reply.headers["Content-Encoding"] = "gzip"
        reply.headers.update({"ETag": tag, "Vary": "Accept-Encoding"})
        reply.headers.update({NOW_HEADER: str(moment * 1000), BUILD_HEADER: own_build(choice)})
        reply.headers["Cache-Control"] = "no-store"
        return reply

    @wall.post(HEARTBEAT_PATH)
    @door(Door.WALL)
    def heartbeat() -> Response:
        beat, screen = read_heartbeat(json_object()), current_device()
        if beat is None:
            abort(400)
        is_kept = screen is None or store.note_heartbeat(screen.id, beat, now(), GAP_SECONDS)
        return Response(status=204 if is_kept else 202)  # what was not kept is counted again the next time

    # A page that hangs for months outlives every form token. The screen's cookie is sent by pages of this server only
    # (SameSite=Strict), and JSON by no foreign form.
    server.extensions["csrf"].exempt(heartbeat)
    server.register_blueprint(wall)


def views_of(choice: ScreenChoice) -> tuple[str, ...]:
    """The views that take turns on a screen."""
    return tuple(view for view in VIEWS if view in choice.views) or USUAL_VIEWS


def own_build(choice: ScreenChoice) -> str:
    """The build as a screen knows it: another one when something else was chosen for it, so that it comes anew."""
    if choice == ScreenChoice():
        return build_mark()
    return build_mark() + sha256(repr(choice).encode()).hexdigest()[:_OWN_MARK_LENGTH]


def read_heartbeat(posted: Mapping[str, Any]) -> Heartbeat | None:
    """The heartbeat in what was posted; None when it is none."""
    build, viewport, errors, last = (posted.get(name) for name in ("build", "viewport", "errors", "last_error"))
    is_whole = _is(_BUILD, build) and _is(_VIEWPORT, viewport) and (last is None or _is(_ERROR, last))
    if not is_whole or isinstance(errors, bool) or not isinstance(errors, int) or errors < 0:
        return None
    return Heartbeat(str(build), str(viewport), min(errors, _MOST_AT_ONCE), last)


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
