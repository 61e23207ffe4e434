"""Logging in and out, and slowing down whoever guesses passwords."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict

from flask import Flask, g, redirect, render_template, request, session, url_for
from flask_login import LoginManager, login_user, logout_user
from werkzeug.wrappers import Response

from dashboard.access.accounts import Account, account, account_of, account_of_code, current_account
from dashboard.access.codes import plain_code
from dashboard.access.doors import Door, door
from dashboard.access.known import known_device, remember_device
from dashboard.access.limits import Limits, Throttle, limits_of_code, limits_of_device, limits_of_login, limits_of_proof
from dashboard.access.openid_journey import FAILURES
from dashboard.access.people import hash_of_nobody, is_password
from dashboard.access.roles import May, Page
from dashboard.access.session_ends import SessionGoesOnError
from dashboard.access.sessions import (
    Now,
    begin_session,
    cookie_session,
    is_at_this_machine,
    is_bearer_session,
    is_seen,
    is_session_over,
    local_path,
    session_hash,
    token_hash,
)
from dashboard.access.store import Store
from dashboard.i18n import fmt, t
from data_access.records.access import User
from data_access.records.letters import OpdCode
from data_access.records.logins import Identity, LoginSession, is_within
from data_access.roles import Role
from etl.domain.units import MINUTE, day_date

_LONGEST_NAME = 200


def load_accounts(server: Flask, store: Store, now: Now, *, is_demo_open: bool) -> None:
    """Tell Flask-Login who a session belongs to: nobody when it is over or its user has changed since."""
    manager = LoginManager(server, add_context_processor=False)  # what says that records are lost must not ask them
    manager.session_protection = "basic"

    @manager.user_loader
    def load(mark: str) -> Account | None:
        moment = now()
        login, user = _login_of(store, mark)
        if login is None or is_session_over(login, moment):
            return None
        if mark.startswith(BEARER):
            known = _bearer(store, login, moment, is_demo_open=is_demo_open)
        else:
            known = _user(store, user or store.user_by_id(login.user_id or 0), moment, is_demo_open=is_demo_open)
        if known is None or known.get_id() != mark:
            return None
        if is_seen(login, moment):
            store.see_session(login, moment)
        g.login_session = login
        return known


def _login_of(store: Store, mark: str) -> tuple[LoginSession | None, User | None]:
    """The session of this request, ended or not, and its user where the records know both; a cookie of before sessions
    were written down has none.

    One that could not be written when it began is written now, where that needs no waiting.
    """
    (kept, user), held = store.session(session_hash()), cookie_session(mark)
    if held is not None and (kept is not None or store.keep_session(held)):
        session.pop("unwritten")
    return kept or held, user


def _user(store: Store, user: User | None, moment: int, *, is_demo_open: bool) -> Account | None:
    """Whose session it is, as long as that user may sign in."""
    if user is None or not may_sign_in(user, store, is_demo_open=is_demo_open):
        return None
    return account_of(user, store.acting(user, moment))


def may_sign_in(user: User, store: Store, *, is_demo_open: bool) -> bool:
    """Active users of this home; invented ones only where the records are invented, at this machine."""
    if not user.is_active or user.is_demo != store.is_demo:
        return False
    return not user.is_demo or (is_demo_open and is_at_this_machine())


def may_use_password(user: User, store: Store) -> bool:
    """Whether a password lets that user in: an administrator's always, so that nobody is locked out."""
    return store.openid.passwords or user.role == Role.ADMIN


def openid_label(store: Store) -> str:
    """What the provider of identities is called on the screen."""
    return store.openid.label or t("openid.label")


def _openid_failure(store: Store, word: str | None) -> str:
    """Why nobody came in by the provider, and what to do instead; empty for a word that is none of FAILURES."""
    if word not in FAILURES:
        return ""
    instead = [t("openid.or_password")] if store.openid.passwords else []
    return " ".join([t(f"openid.{word}", label=openid_label(store)), *instead])


BEARER = "-"
"""How the mark of a session begins that an agency's code opened: its number is below 0."""


def _bearer(store: Store, login: LoginSession, moment: int, *, is_demo_open: bool) -> Account | None:
    """Who bears the code of a session, while it is good."""
    code = store.code_by_id(login.code_id or 0)
    if code is None or not code.is_good_on(store.day_of(moment)) or not is_home_open(store, is_demo_open=is_demo_open):
        return None
    return account_of_code(code)


def is_home_open(store: Store, *, is_demo_open: bool) -> bool:
    """Whether anybody may come in from where the request comes: into invented records only from this machine."""
    return not store.is_demo or (is_demo_open and is_at_this_machine())


def register_codes(server: Flask, store: Store, now: Now, *, is_demo_open: bool) -> None:
    """The way in for an agency without an account, by the code that the office gave it."""
    throttle = Throttle(store, server.secret_key)

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
        code = store.code_by_hash(token_hash(plain_code(request.form.get("kode", ""))))
        bearer = account_of_code(code) if code is not None else None
        attempt = Attempt(throttle, bearer, limits_of_code(peer), moment)
        if attempt.wait:
            store.note(moment, None, "code_throttled", None, peer)
            return _code_form(t("access.throttled", wait=fmt().duration(attempt.wait))), 429
        if code is None or bearer is None or not is_home_open(store, is_demo_open=is_demo_open):
            attempt.fail()
            store.note(moment, None, "code_refused", None, peer)
            return _code_form(t("access.code_unknown")), 401
        if not code.is_good_on(store.day_of(moment)):
            return _code_form(_ended(store, code)), 403
        attempt.succeed()
        come_in(bearer, store, moment, "code_login")
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
    throttle, factors = Throttle(store, server.secret_key), store.second_factors(server.secret_key)
    hash_of_nobody()  # else the first unknown user would take longer than those who are known

    @server.get("/masuk", endpoint="login")
    @door(Door.PUBLIC)
    def show() -> str | Response:
        if current_account() is not None:
            return redirect(local_path(request.args.get("ke")))
        return _form(store, _openid_failure(store, request.args.get("gagal")), is_demo_open=is_demo_open)

    @server.post("/masuk", endpoint="login_post")
    @door(Door.PUBLIC)
    def enter() -> Response | tuple[str, int]:
        name, peer, moment = _typed_name(), request.remote_addr or "", now()
        user = store.user_by_name(name)
        known = user.name if user else None  # what else was typed may be a password in the wrong field
        attempt = Attempt(throttle, account_of(user) if user else None, limits_of_login(name.casefold(), peer), moment)
        if attempt.wait:
            store.note(moment, None, "login_throttled", known, peer)
            return _form(
                store, t("access.throttled", wait=fmt().duration(attempt.wait)), is_demo_open=is_demo_open
            ), 429
        is_right = is_password(user.password_hash if user else None, request.form.get("sandi", ""))
        is_let_in = user is not None and is_right and may_use_password(user, store)
        if user is None or not is_let_in or not may_sign_in(user, store, is_demo_open=is_demo_open):
            attempt.fail()
            store.note(moment, None, "login_refused", known, peer)
            return _form(store, t("access.refused"), is_demo_open=is_demo_open), 401
        attempt.succeed()
        if factors.is_on(user.id):
            return ask_code(user, moment, request.form.get("ke"))
        sign_in(user, store, moment)
        return redirect(local_path(request.form.get("ke")), 303)

    @server.get(CODE_PATH, endpoint="second")
    @door(Door.PUBLIC)
    def show_code() -> str | Response:
        return _second_form() if _half_in(store, now()) is not None else redirect(url_for("login"))

    @server.post(CODE_PATH, endpoint="second_post")
    @door(Door.PUBLIC)
    def enter_code() -> Response | tuple[str, int]:
        peer, moment = request.remote_addr or "", now()
        user = _half_in(store, moment)
        if user is None or not may_sign_in(user, store, is_demo_open=is_demo_open):
            return redirect(url_for("login"), 303)
        attempt = Attempt(throttle, account_of(user), limits_of_proof("code", user.id), moment, "code")
        if attempt.wait:
            store.note(moment, None, "login_throttled", user.name, peer)
            return _second_form(t("access.throttled", wait=fmt().duration(attempt.wait))), 429
        if not factors.accepts(user.id, request.form.get("kode", ""), moment):
            attempt.fail()
            store.note(moment, None, "login_refused", user.name, peer)
            return _second_form(t("account.code_wrong")), 401
        attempt.succeed()
        back, person = local_path(session.get("back")), session.get("person")
        if person and not store.bind_identity(user, Identity(**person), moment, peer):  # somebody was faster
            session.clear()
            store.note(moment, None, "openid_refused", None, peer)
            return redirect(url_for("login", gagal="nobody"), 303)
        sign_in(user, store, moment, BY_OPENID if person else BY_PASSWORD)
        return redirect(back, 303)

    @server.post("/keluar", endpoint="logout")
    @door(Door.USER)
    def leave() -> Response:
        with suppress(SessionGoesOnError):  # this browser forgets its cookie even so
            store.end_session(g.login_session, account(), now(), "logout", request.remote_addr)
        return _left()

    @server.post("/keluar/semua", endpoint="logout_all")
    @door(Door.PAGE, Page.AKUN, May.DO)
    def leave_everywhere() -> Response:
        store.end_all_sessions(account(), now(), request.remote_addr)
        return _left()


CODE_PATH = "/masuk/dua"
"""Where the code of an app is asked for, after the password or the provider of identities."""

_HALF_SECONDS = 5 * MINUTE
"""How long the code may take after that."""

BY_PASSWORD, BY_OPENID = "login", "openid_login"
"""What the audit calls the ways in."""


def ask_code(user: User, moment: int, back: str | None = None, person: Identity | None = None) -> Response:
    """Remember who came, by the password or as a `person` of the provider, and where it leads `back`.

    Nobody is in yet, and nobody bound: the signed cookie keeps the person until the code was right.
    """
    session.clear()
    session.update(half=[account_of(user).get_id(), moment], back=local_path(back))
    session["person"] = asdict(person) if person else None
    return redirect(CODE_PATH, 303)


def _half_in(store: Store, moment: int) -> User | None:
    """Who came a moment ago, by the right password or from the provider, and still owes the code."""
    mark, since = session.get("half") or ("", 0)
    if not is_within(_HALF_SECONDS, since, moment):
        return None
    user = store.user_by_id(int(mark.partition(":")[0]))
    return user if user is not None and account_of(user).get_id() == mark else None


def _second_form(message: str = "") -> str:
    return render_template("second.html", message=message)


def _left() -> Response:
    logout_user()
    session.clear()
    reply = redirect(url_for("login", keluar=1), 303)
    reply.delete_cookie("_csrf_token")
    return reply


class Attempt:
    """One attempt to come in as an account (None: there is none), under the limits of its device or of any device.

    Where the account has signed in before, failures elsewhere do not count, until too many failed there too. `what` is
    asked for: a right password forgets no wrong codes.
    """

    def __init__(
        self, throttle: Throttle, account: Account | None, of_any: Limits, moment: int, what: str = "password"
    ) -> None:
        self._throttle, self._moment = throttle, moment
        nonce = known_device(account, moment)
        own = limits_of_device(str(account.id), nonce, what) if account is not None and nonce is not None else None
        self._limits = own if own is not None and not throttle.wait_seconds(own, moment) else of_any
        self.wait = 0 if self._limits is own else throttle.wait_seconds(of_any, moment)

    def fail(self) -> None:
        """Count it as a failure."""
        self._throttle.fail(self._limits, self._moment)

    def succeed(self) -> None:
        """Forget what failed there."""
        self._throttle.forget(self._limits)


def sign_in(user: User, store: Store, moment: int, way: str = BY_PASSWORD) -> None:
    """Begin a fresh session for that user and write it down, as the audit calls this `way` in."""
    come_in(account_of(user, store.acting(user, moment)), store, moment, way)


def renew_session(user: User, store: Store, moment: int) -> None:
    """Go on in a session of another key, as after a new password; the page that is open stays usable."""
    token = session.get("csrf_token")
    sign_in(user, store, moment)
    session["csrf_token"] = token


def come_in(known: Account, store: Store, moment: int, way: str) -> None:
    """Begin a fresh session for that account, whose device is known from now on."""
    login = begin_session(known.get_id(), moment)
    if not store.begin_session(login, known, way):
        session["unwritten"] = moment
    login_user(known)
    g.login_session = login
    remember_device(known, moment)


def _typed_name() -> str:
    """The name in the form, no longer than any name, without the character that PostgreSQL refuses."""
    return request.form.get("nama", "").strip()[:_LONGEST_NAME].replace("\0", "")


def _form(store: Store, message: str = "", *, is_demo_open: bool) -> str:
    is_too_far = store.is_demo and not (is_demo_open and is_at_this_machine())
    return render_template(
        "login.html",
        message=message,
        notice=t("access.signed_out") if "keluar" in request.args else "",
        is_expired="habis" in request.args or "_user_id" in session,
        far_notice=t("access.demo_far") if is_too_far else "",
        back=local_path(request.values.get("ke")),
        name=_typed_name(),
        is_demo=store.is_demo,
        openid=openid_label(store) if store.openid.is_on else "",
        has_passwords=store.openid.passwords,
    )
