"""Wall screens: a read-only token that never stands in a log.

The link carries the token after `#`, which browsers do not send. The page behind it posts the token and gets, at its
first use, a cookie for the wall's addresses only; to the browser that holds this cookie the link opens the wall again,
any other is refused. The cookie has no idle end: it is renewed with every reply, and stops working when the screen is
revoked, or a new link of it was used.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, abort, g, jsonify, render_template, request

from dashboard.access.accounts import current_device
from dashboard.access.doors import Door, door
from dashboard.access.http import cookie, give_cookie, json_object
from dashboard.access.sessions import Now, token_hash
from dashboard.access.store import Store
from dashboard.i18n import parse_language
from data_access.errors import PantauError
from data_access.records import Connection
from data_access.records.access import ScreenChoice, add_device, add_screen_link, all_devices, note_action
from data_access.records.engine import writing
from etl.domain.units import DAY
from etl.office import Office

DEVICE_COOKIE = "pantau_layar"
WALL_PATH = "/layar"
# Browsers keep a cookie no longer than this; every reply begins it anew.
_COOKIE_SECONDS = 400 * DAY
_SEEN_SECONDS = 60


def device_link(office: Office, label: str, now: int, base_url: str, actor: str | None = None) -> str:
    """Make a screen and return its link, which is shown this once."""
    nobodys = token_hash(secrets.token_urlsafe(32))
    with writing(office.records) as connection:
        number = add_device(connection, label, nobodys, created_at=now, created_by=actor)
        note_action(connection, "screen_added", at=now, actor=actor, subject=label)
        return _new_link(connection, number, now, base_url)


def renewed_link(office: Office, number: int, now: int, base_url: str, actor: str | None = None) -> str:
    """A new link of a screen, shown this once; whoever was the screen stays it until the new one is used.

    Raises PantauError when no such screen is in use.
    """
    with writing(office.records) as connection:
        labels = {device.id: device.label for device in all_devices(connection) if device.revoked_at is None}
        if number not in labels:
            raise PantauError("access.no_screen", number=number)
        note_action(connection, "screen_renewed", at=now, actor=actor, subject=labels[number])
        return _new_link(connection, number, now, base_url)


def _new_link(connection: Connection, number: int, now: int, base_url: str) -> str:
    token = secrets.token_urlsafe(32)
    add_screen_link(connection, number, token_hash(token), now)
    return f"{base_url.rstrip('/')}{WALL_PATH}/aktifkan#{token}"


def current_choice() -> ScreenChoice:
    """What the screen of this request shows; as every other, when nothing was chosen or a person looks."""
    choice: ScreenChoice = g.get("screen_choice") or ScreenChoice()
    return choice


def is_wall_path(path: str) -> bool:
    """Whether the address belongs to the wall."""
    return path == WALL_PATH or path.startswith(f"{WALL_PATH}/")


def register_devices(server: Flask, store: Store, now: Now) -> None:
    """Recognise screens, and the page that turns a link into a cookie."""

    @server.before_request
    def recognise() -> None:
        token = _token()
        if token and is_wall_path(request.path):
            known = store.screen_by_hash(token_hash(token), now(), _SEEN_SECONDS, _browser())
            if known is not None:
                g.device, g.screen_choice = known
                if g.screen_choice.language:
                    g.language = parse_language(g.screen_choice.language)

    @server.after_request
    def renew(reply: Response) -> Response:
        if request.endpoint != "device_post" and current_device() is not None:
            _give_cookie(reply, _token())
        return reply

    @server.get(f"{WALL_PATH}/aktifkan", endpoint="device")
    @door(Door.PUBLIC)
    def show() -> str:
        return render_template("activate.html")

    @server.post(f"{WALL_PATH}/aktifkan", endpoint="device_post")
    @door(Door.PUBLIC)
    def activate() -> Response:
        token = json_object().get("token")
        own = secrets.token_urlsafe(32)
        if not isinstance(token, str):
            abort(403)
        if store.bind_screen(token_hash(token), token_hash(own), now(), _browser()) is None:
            if current_device() is None:
                return _refused(store, token)
            own = _token()  # the link at its own screen, at every boot
        reply = jsonify({"to": WALL_PATH})
        _give_cookie(reply, own)
        return reply


def _refused(store: Store, token: str) -> Response:
    """Whether another device has used the link, or there is no such link."""
    reply = jsonify({"error": "used" if store.is_screen_link(token_hash(token)) else "forbidden"})
    reply.status_code = 403
    return reply


def _browser() -> str:
    return request.user_agent.string


def _token() -> str:
    """What the screen of this request shows for itself. One that was switched on before cookies bore the host's name
    goes on with its own, and gets the other by the next reply."""
    return cookie(DEVICE_COOKIE) or request.cookies.get(DEVICE_COOKIE, "")


def _give_cookie(reply: Response, token: str) -> None:
    give_cookie(reply, DEVICE_COOKIE, token, path=WALL_PATH, max_age=_COOKIE_SECONDS, samesite="Strict")
