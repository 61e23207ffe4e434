"""The first administrator: a link that works once, printed on the console of the first start."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Flask, redirect, render_template, request
from werkzeug.wrappers import Response

from dashboard.access.devices import token_hash
from dashboard.access.doors import Door, door
from dashboard.access.login import sign_in
from dashboard.access.passwords import MINIMUM_LENGTH, hash_password, is_too_weak
from dashboard.access.sessions import Now
from dashboard.access.store import Store
from dashboard.i18n import t
from data_access.records.access.users import UserRefusedError
from etl.domain.units import HOUR

if TYPE_CHECKING:
    from etl.office import Office

LINK_SECONDS = 24 * HOUR


def start_link(office: Office, now: int, base_url: str) -> str | None:
    """A link for making the first administrator; None when there are users already."""
    store = Store(office)
    if store.has_users():
        return None
    token = secrets.token_urlsafe(32)
    store.add_first_link(token_hash(token), now, now + LINK_SECONDS)
    return f"{base_url.rstrip('/')}/mulai#{token}"


def register_first_admin(server: Flask, store: Store, now: Now) -> None:
    """The form behind the link."""

    @server.get("/mulai", endpoint="start")
    @door(Door.PUBLIC)
    def show() -> str:
        return _form()

    @server.post("/mulai", endpoint="start_post")
    @door(Door.PUBLIC)
    def make() -> Response | tuple[str, int]:
        name, password, token = (request.form.get(field, "") for field in ("nama", "sandi", "kode"))
        name = name.strip()
        if not store.is_first_link_good(token_hash(token), now()):
            return _form(t("access.link_spent"), name), 403
        if not name or is_too_weak(password, name):
            return _form(t("access.weak", n=MINIMUM_LENGTH), name, token), 400
        if password != request.form.get("ulang", ""):
            return _form(t("access.unequal"), name, token), 400
        try:
            user = store.make_first_admin(token_hash(token), name, hash_password(password), now())
        except UserRefusedError:
            return _form(t("access.name_taken"), name, token), 400
        if user is None:
            return _form(t("access.link_spent"), name), 403
        sign_in(user, store, now())
        return redirect("/", 303)


def _form(message: str = "", name: str = "", token: str = "") -> str:
    return render_template("start.html", message=message, name=name, token=token, least=MINIMUM_LENGTH)
