"""Logging in and out, and slowing down whoever guesses passwords."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock

from flask import Flask, redirect, render_template, request, session, url_for
from flask_login import LoginManager, login_user, logout_user
from werkzeug.wrappers import Response

from dashboard.access.accounts import Account, account_of, account_of_code, current_account
from dashboard.access.codes import plain_code
from dashboard.access.devices import token_hash
from dashboard.access.doors import Door, door
from dashboard.access.people import hash_of_nobody, is_password
from dashboard.access.sessions import (
    Now,
    begin_session,
    is_at_this_machine,
    is_bearer_session,
    is_session_over,
    keep_session,
    local_path,
)
from dashboard.access.store import Store
from dashboard.i18n import fmt, t
from data_access.records.access import User
from data_access.records.letters import OpdCode
from etl.domain.units import MINUTE, day_date

WINDOW_SECONDS = 15 * MINUTE
FAILURES_PER_PAIR = 5
FAILURES_PER_PEER = 30
_MOST_KEYS = 10_000


@dataclass
class Throttle:
    """Failed logins of the last quarter of an hour, by name and address together and by address alone.

    Not by name alone: else anybody in the network could lock a colleague out. Without a name (None) by address alone:
    agencies behind one address have codes of their own. One per server process.
    """

    _failures: dict[tuple[str, ...], deque[int]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def wait_seconds(self, name: str | None, peer: str, now: int) -> int:
        """How long until the next attempt is looked at; 0: at once."""
        with self._lock:
            return max(self._wait(key, most, now) for key, most in self._limits(name, peer))

    def fail(self, name: str | None, peer: str, now: int) -> None:
        """Remember a failed attempt."""
        with self._lock:
            if len(self._failures) >= _MOST_KEYS:
                kept = {key: at for key, at in self._failures.items() if at[-1] > now - WINDOW_SECONDS}
                self._failures = kept
            for key, most in self._limits(name, peer):
                self._failures.setdefault(key, deque(maxlen=most)).append(now)

    def succeed(self, name: str, peer: str) -> None:
        """Forget the pair's failures; those of the address stay."""
        with self._lock:
            self._failures.pop((name, peer), None)

    @staticmethod
    def _limits(name: str | None, peer: str) -> list[tuple[tuple[str, ...], int]]:
        by_peer = ((peer,), FAILURES_PER_PEER)
        return [by_peer] if name is None else [((name, peer), FAILURES_PER_PAIR), by_peer]

    def _wait(self, key: tuple[str, ...], most: int, now: int) -> int:
        failures = self._failures.get(key, ())
        if len(failures) < most:
            return 0
        return max(failures[0] + WINDOW_SECONDS - now, 0)


_LONGEST_NAME = 200


def load_accounts(server: Flask, store: Store, now: Now, *, is_demo_open: bool) -> None:
    """Tell Flask-Login who a session belongs to: nobody when it is over or its user has changed since."""
    manager = LoginManager(server)
    manager.session_protection = "basic"

    @manager.user_loader
    def load(mark: str) -> Account | None:
        number, _, _ = mark.partition(":")
        moment = now()
        if is_session_over(moment):
            return None
        if number.startswith(BEARER):
            return _bearer(store, mark, moment, is_demo_open=is_demo_open)
        if not number.isdigit():
            return None
        user = store.user_by_id(int(number))
        if user is None or not may_sign_in(user, store, is_demo_open=is_demo_open):
            return None
        known = account_of(user, store.acting(user, moment))
        if known.get_id() != mark:
            return None
        keep_session(moment)
        return known


def may_sign_in(user: User, store: Store, *, is_demo_open: bool) -> bool:
    """Active users of this home; invented ones only where the records are invented, at this machine."""
    if not user.is_active or user.is_demo != store.is_demo:
        return False
    return not user.is_demo or (is_demo_open and is_at_this_machine())


BEARER = "-"
"""How the mark of a session begins that an agency's code opened: its number is below 0."""


def _bearer(store: Store, mark: str, moment: int, *, is_demo_open: bool) -> Account | None:
    """Who bears the code of a session, while it is good."""
    number = mark.partition(":")[0].removeprefix(BEARER)
    code = store.code_by_id(int(number)) if number.isdigit() else None
    if code is None or not code.is_good_on(store.day_of(moment)) or not is_home_open(store, is_demo_open=is_demo_open):
        return None
    known = account_of_code(code)
    if known.get_id() != mark:
        return None
    keep_session(moment)
    return known


def is_home_open(store: Store, *, is_demo_open: bool) -> bool:
    """Whether anybody may come in from where the request comes: into invented records only from this machine."""
    return not store.is_demo or (is_demo_open and is_at_this_machine())


def register_codes(server: Flask, store: Store, now: Now, *, is_demo_open: bool) -> None:
    """The way in for an agency without an account, by the code that the office gave it."""
    throttle = Throttle()

    @server.get("/masuk/kode", endpoint="code")
    @door(Door.PUBLIC)
    def show() -> str | Response:
        if current_account() is not None:
            return redirect("/ajukan")
        code = store.code_by_id(_code_of_session())
        is_ended = code is not None and not code.is_good_on(store.day_of(now()))
        return _code_form(_ended(store, code) if code is not None and is_ended else "")

    @server.post("/masuk/kode", endpoint="code_post")
    @door(Door.PUBLIC)
    def enter() -> Response | tuple[str, int]:
        peer, moment = request.remote_addr or "", now()
        wait = throttle.wait_seconds(None, peer, moment)
        if wait:
            store.note(moment, None, "code_throttled", None, peer)
            return _code_form(t("access.throttled", wait=fmt().duration(wait))), 429
        code = store.code_by_hash(token_hash(plain_code(request.form.get("kode", ""))))
        if code is None or not is_home_open(store, is_demo_open=is_demo_open):
            throttle.fail(None, peer, moment)
            store.note(moment, None, "code_refused", None, peer)
            return _code_form(t("access.code_unknown")), 401
        if not code.is_good_on(store.day_of(moment)):
            return _code_form(_ended(store, code)), 403
        begin_session(moment)
        login_user(account_of_code(code))
        store.note_code(code, moment, peer)
        return redirect("/ajukan", 303)


def _code_of_session() -> int:
    """The number of the code that opened the session of this request; 0 for none."""
    number = str(session.get("_user_id") or "").partition(":")[0].removeprefix(BEARER)
    return int(number) if is_bearer_session() and number.isdigit() else 0


def _ended(store: Store, code: OpdCode) -> str:
    last = code.last_on if code.ended_at is None else min(code.last_on, store.day_of(code.ended_at))
    return t("access.code_ended", day=fmt().date(day_date(last)))


def _code_form(message: str = "") -> str:
    return render_template("code.html", message=message)


def register_login(server: Flask, store: Store, now: Now, *, is_demo_open: bool) -> None:
    """The login form, its answer, and the way out."""
    throttle = Throttle()
    hash_of_nobody()  # else the first unknown user would take longer than those who are known

    @server.get("/masuk", endpoint="login")
    @door(Door.PUBLIC)
    def show() -> str | Response:
        if current_account() is not None:
            return redirect(local_path(request.args.get("ke")))
        return _form(store, is_demo_open=is_demo_open)

    @server.post("/masuk", endpoint="login_post")
    @door(Door.PUBLIC)
    def enter() -> Response | tuple[str, int]:
        name, peer, moment = _typed_name(), request.remote_addr or "", now()
        user = store.user_by_name(name)
        known = user.name if user else None  # what else was typed may be a password in the wrong field
        wait = throttle.wait_seconds(name.casefold(), peer, moment)
        if wait:
            store.note(moment, None, "login_throttled", known, peer)
            return _form(store, t("access.throttled", wait=fmt().duration(wait)), is_demo_open=is_demo_open), 429
        is_right = is_password(user.password_hash if user else None, request.form.get("sandi", ""))
        if user is None or not is_right or not may_sign_in(user, store, is_demo_open=is_demo_open):
            throttle.fail(name.casefold(), peer, moment)
            store.note(moment, None, "login_refused", known, peer)
            return _form(store, t("access.refused"), is_demo_open=is_demo_open), 401
        throttle.succeed(name.casefold(), peer)
        sign_in(user, store, moment)
        return redirect(local_path(request.form.get("ke")), 303)

    @server.post("/keluar", endpoint="logout")
    @door(Door.USER)
    def leave() -> Response:
        user = current_account()
        store.note(now(), user.name if user else None, "logout", None, request.remote_addr)
        logout_user()
        session.clear()
        reply = redirect(url_for("login", keluar=1), 303)
        reply.delete_cookie("_csrf_token")
        return reply


def sign_in(user: User, store: Store, moment: int) -> None:
    """Begin a fresh session for that user and write it down."""
    begin_session(moment)
    login_user(account_of(user, store.acting(user, moment)))
    store.note_login(user, moment, request.remote_addr)


def _typed_name() -> str:
    """The name in the form, no longer than any name, without the character that PostgreSQL refuses."""
    return request.form.get("nama", "").strip()[:_LONGEST_NAME].replace("\0", "")


def _form(store: Store, message: str = "", *, is_demo_open: bool) -> str:
    is_too_far = store.is_demo and not (is_demo_open and is_at_this_machine())
    return render_template(
        "login.html",
        message=message,
        notice=t("access.signed_out") if "keluar" in request.args else "",
        far_notice=t("access.demo_far") if is_too_far else "",
        back=local_path(request.values.get("ke")),
        name=_typed_name(),
        is_demo=store.is_demo,
    )
