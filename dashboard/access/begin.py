"""How an office begins: the way out of invented records, the first administrator, passwords by link.

GET  /mulai            what to do here: leave the invented records, or make the first administrator
POST /mulai            the first administrator, by the code of the link on the console
POST /mulai/kantor     from the invented records to the office's own
GET  /mulai/keadaan    {"contoh": bool}: which records this server shows
GET, POST /sandi       a user's own password, by the code of a link
"""

from __future__ import annotations

import secrets

from flask import Flask, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dashboard.access.accounts import account, current_account
from dashboard.access.doors import Door, door, lock_of, wants_data
from dashboard.access.login import ask_code, may_use_password, sign_in
from dashboard.access.passwords import MINIMUM_LENGTH
from dashboard.access.people import LINK_SECONDS, PASSWORD_PATH, hash_password
from dashboard.access.roles import May, Page
from dashboard.access.sessions import Now, token_hash
from dashboard.access.store import FIRST_ADMIN, Store
from dashboard.i18n import sentence, t
from data_access.records.access import UserRefusedError, add_link, has_users, note_action
from data_access.records.engine import reading, writing
from etl.office import Office

START_PATH = "/mulai"
FIRST_STEPS = "/langkah-awal"
"""Where the first administrator goes on."""

_LOGIN = ("login", "login_post")
Reply = str | Response | tuple[str, int]


def start_link(office: Office, now: int, base_url: str) -> str | None:
    """A link for making the first administrator; None when there are users already."""
    with reading(office.records) as connection:
        if has_users(connection):
            return None
    token = secrets.token_urlsafe(32)
    with writing(office.records) as connection:
        add_link(connection, FIRST_ADMIN, token_hash(token), created_at=now, expires_at=now + LINK_SECONDS)
        note_action(connection, "start_link", at=now)
    return f"{base_url.rstrip('/')}{START_PATH}#{token}"


def lead_to_start(server: Flask, store: Store) -> None:
    """While real records have no users, every shut page and the login lead to the one that says what to do.

    Belongs before the doors.
    """

    @server.before_request
    def lead() -> Response | None:
        lock = lock_of(server, request.endpoint)
        is_shut = request.endpoint in _LOGIN or (lock is not None and not lock.is_open())
        if not is_shut or wants_data(request.path) or store.is_demo or store.has_users():
            return None
        return redirect(url_for("start"), 303)


def register_start(server: Flask, store: Store, now: Now, *, may_turn: bool) -> None:
    """The page `/mulai` and what is sent from it. `may_turn`: whoever runs this server starts it anew with the office's
    own records once somebody begins there."""

    @server.get(START_PATH, endpoint="start")
    @door(Door.PUBLIC)
    def show() -> Reply:
        if store.is_demo:
            return _demo_page(may_turn=may_turn)
        if store.has_users():
            return redirect("/") if current_account() else _spent(t("begin.link_used"))
        return _first_form()

    @server.post(START_PATH, endpoint="start_post")
    @door(Door.PUBLIC)
    def make() -> Reply:
        return redirect(url_for("start"), 303) if store.is_demo else _made(store, now())

    @server.post(f"{START_PATH}/kantor", endpoint="begin_office")
    @door(Door.PAGE, Page.DATA, May.DO)
    def begin() -> Reply:
        if not store.is_demo:
            return redirect(url_for("start"), 303)
        if not may_turn:
            return _demo_page(may_turn=False), 409
        store.begin_office(now(), account().name, request.remote_addr)
        return render_template("turning.html")

    @server.get(f"{START_PATH}/keadaan", endpoint="start_state")
    @door(Door.PUBLIC)
    def state() -> Response:
        return jsonify({"contoh": store.is_demo})


def _demo_page(*, may_turn: bool) -> str:
    """What becomes of what was tried, and the button for those who may press it."""
    user = current_account()
    may_begin = user is not None and user.may(Page.DATA, May.DO)
    return render_template("start_demo.html", may_turn=may_turn, may_begin=may_begin, is_signed_in=user is not None)


def _made(store: Store, moment: int) -> Reply:
    """Make the first administrator, who is signed in and led to the first steps."""
    name, password, token = (request.form.get(field, "") for field in ("nama", "sandi", "kode"))
    name, hashed = name.strip(), token_hash(token)
    if store.has_users():
        return _spent(t("begin.link_used")), 403
    if not store.is_first_link_good(hashed, moment):
        return _first_form(t("begin.link_old"), name), 403
    words = password_fault(store, password, name, request.form.get("ulang", "")) if name else t("access.name_empty")
    if words:
        return _first_form(words, name, token), 400
    try:
        user = store.make_first_admin(hashed, name, hash_password(password), moment)
    except UserRefusedError:
        return _first_form(t("access.name_taken"), name, token), 400
    if user is None:
        return _spent(t("begin.link_used")), 403
    sign_in(user, store, moment)
    return redirect(FIRST_STEPS, 303)


def password_fault(store: Store, password: str, name: str, again: str) -> str:
    """Why a new password cannot be taken; empty when it can."""
    weak = store.weakness(password, name)
    if weak is not None:
        return sentence(weak)
    return "" if password == again else t("access.unequal")


def _spent(words: str) -> str:
    way = {"target": url_for("login"), "way_out": t("access.enter")}
    return render_template("message.html", title=t("begin.link_title"), words=words, icon="link-45deg", **way)


def _first_form(message: str = "", name: str = "", token: str = "") -> str:
    return render_template("start.html", message=message, name=name, token=token, least=MINIMUM_LENGTH)


def register_password_link(server: Flask, store: Store, now: Now) -> None:
    """The form behind a user's link."""

    @server.get(PASSWORD_PATH, endpoint="password")
    @door(Door.PUBLIC)
    def show() -> str:
        return _password_form(request.args.get("nama", ""))

    @server.post(PASSWORD_PATH, endpoint="password_post")
    @door(Door.PUBLIC)
    def keep() -> Reply:
        password, token = request.form.get("sandi", ""), request.form.get("kode", "")
        hashed, moment = token_hash(token), now()
        user = store.user_of_password_link(hashed, moment)
        if user is None:
            return _spent(t("begin.password_link_old")), 403
        words = password_fault(store, password, user.name, request.form.get("ulang", ""))
        if words:
            return _password_form(user.name, words, token), 400
        changed = store.set_password_by_link(hashed, hash_password(password), moment)
        if changed is None:
            return _spent(t("begin.password_link_old")), 403
        store.note(moment, changed.name, "password_set", None, request.remote_addr)
        if not may_use_password(changed, store):
            return redirect(url_for("login"), 303)
        if store.second_factors(server.secret_key).is_on(changed.id):
            return ask_code(changed, moment)
        sign_in(changed, store, moment)
        return redirect("/", 303)


def _password_form(name: str, message: str = "", token: str = "") -> str:
    return render_template("password.html", message=message, name=name, token=token, least=MINIMUM_LENGTH)
