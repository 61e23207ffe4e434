"""Which requests come in: everything is shut unless its route names a door, and the door opens for this visitor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, Response, abort, g, jsonify, redirect, request, url_for
from werkzeug.exceptions import HTTPException, Unauthorized

from dashboard.access.accounts import current_account, current_device
from dashboard.access.roles import May, Page
from dashboard.access.sessions import is_at_this_machine, is_bearer_session
from data_access.origin import ORIGIN, Origin
from data_access.records.access import ACCESS_REFUSED

View = TypeVar("View", bound=Callable[..., Any])
Note = Callable[[str, str], None]
"""Keeps an action and its subject in the audit."""


_GIVEN = (200, 206)
"""Statuses of a reply that hands out a file, or the part of it that was wanted."""


class Door(StrEnum):
    """The kinds of doors."""

    PUBLIC = "public"  # files and forms that hold nobody's data
    USER = "user"  # any signed-in user
    PAGE = "page"  # a user whose role may see (or do) that page
    WALL = "wall"  # a wall screen, or a user who may see the wall
    METRICS = "metrics"  # whoever sits at the server's machine, or an administrator


@dataclass(frozen=True)
class Lock:
    """One route's door; `gives`: what the audit calls it when the route hands out a file of records."""

    door: Door
    page: Page | None = None
    may: May = May.SEE
    gives: str | None = None

    def is_open(self) -> bool:
        """Whether the visitor of this request may pass."""
        user = current_account()
        if self.door is Door.PUBLIC:
            return True
        if self.door is Door.WALL and current_device() is not None:
            return True
        if self.door is Door.METRICS and is_at_this_machine():
            return True
        if user is None:
            return False
        page = _PAGE_BEHIND.get(self.door, self.page)
        return page is None or user.may(page, self.may)


_PAGE_BEHIND = {Door.WALL: Page.LAYAR, Door.METRICS: Page.PENGATURAN}


class UnguardedError(RuntimeError):
    """A route or callback without a door: the program is wrong and must not start."""


# Dash's own routes. Scripts of the libraries hold no data, but only signed-in users need them.
_DASH_LOCKS = {
    "_dash_assets.static": Lock(Door.PUBLIC),
    "/_favicon.ico": Lock(Door.PUBLIC),
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": Lock(Door.USER),
    "/_dash-layout": Lock(Door.USER),
    "/_dash-dependencies": Lock(Door.USER),
    "/_dash-update-component": Lock(Door.USER),
    "/": Lock(Door.USER),
    "/<path:path>": Lock(Door.USER),
}


def door(kind: Door, page: Page | None = None, may: May = May.SEE, gives: str | None = None) -> Callable[[View], View]:
    """Mark a Flask view with its door; put it directly above the function, below the route."""

    def mark(view: View) -> View:
        view.lock = Lock(kind, page, may, gives)  # type: ignore[attr-defined]
        return view

    return mark


def lock_of(server: Flask, endpoint: str | None) -> Lock | None:
    """The door of an endpoint; None: shut for everybody."""
    if endpoint is None:
        return None
    view = server.view_functions.get(endpoint)
    return getattr(view, "lock", None) or _DASH_LOCKS.get(endpoint)


def unlocked_rules(server: Flask) -> list[str]:
    """The URL rules that name no door and are neither known to be Dash's own nor meant to stay shut."""
    shut = {"/_reload-hash"}
    return [
        rule.rule
        for rule in server.url_map.iter_rules()
        if rule.endpoint not in shut and lock_of(server, rule.endpoint) is None
    ]


def watch_doors(server: Flask, note: Note) -> None:
    """Ask the door before every request; what its route hands out is noted, once it was."""

    @server.before_request
    def ask() -> None:
        if request.endpoint is None:
            # No such route: say so only to those who are in.
            abort(404 if current_account() or current_device() else 401)
        lock = lock_of(server, request.endpoint)
        if lock is None:
            abort(403)
        user = None if lock.door is Door.PUBLIC else current_account()
        ORIGIN.set(Origin(user.name if user else None, request.remote_addr))
        if not lock.is_open():
            abort(403 if user else 401)

    @server.teardown_request
    def leave(_error: BaseException | None) -> None:
        ORIGIN.set(Origin())

    @server.after_request
    def tell(reply: Response) -> Response:
        lock = lock_of(server, request.endpoint)
        if lock is not None and lock.gives is not None and reply.status_code in _GIVEN:
            note(lock.gives, request.path)
        if reply.status_code == 403 and current_account() is not None:
            note(ACCESS_REFUSED, _page_asked_for(lock))
        return reply


def _page_asked_for(lock: Lock | None) -> str:
    """The page behind a refusal, by its callback or its route, else the first part of the address."""
    page = g.get("page") or (lock.page if lock is not None else None)
    return f"/{page or request.path.split('/')[1]}"


def wants_data(path: str) -> bool:
    """Whether a script asks, which needs a status, not a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return path.startswith("/_dash-") or path.endswith(".json") or best == "application/json"


def refuse_unsigned(error: Unauthorized) -> Response | tuple[Response, int]:
    """Scripts get 401; people get the login, which brings them back to where they were.

    Whoever signs out of a session that is over already gets the login too.
    """
    if request.endpoint == "logout":
        return redirect(url_for("login"), 303)
    if wants_data(request.path) or request.method != "GET":
        return data_refusal(error)
    if is_bearer_session():
        return redirect(url_for("code"))
    back = request.full_path.rstrip("?")
    return redirect(url_for("login", ke=back) if back != "/" else url_for("login"))


def data_refusal(error: HTTPException) -> tuple[Response, int]:
    """The refusal as a small JSON document without any data."""
    words = {401: "unauthorized", 403: "forbidden"}
    code = error.code or 500
    return jsonify({"error": words.get(code, error.name.lower())}), code
