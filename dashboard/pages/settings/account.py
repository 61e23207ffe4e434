"""What is mine here: my password, where I am signed in, the codes of my app, my language?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

import segno
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from flask import g, request
from flask_wtf.csrf import generate_csrf

from dashboard.access import May, Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.access.limits import Throttle, limits_of_proof
from dashboard.access.login import renew_session
from dashboard.access.people import change_email, hash_password, is_password
from dashboard.access.second_factor import ROLES, SecondFactorError, app_address
from dashboard.access.store import Store
from dashboard.components import (
    Tone,
    button,
    icon,
    link,
    loading,
    page_head,
    page_url,
    panel,
    pill,
    read_query,
    stack,
    with_query,
)
from dashboard.components.shell import languages, themes
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.settings.audit import PATH as AUDIT_PATH
from dashboard.pages.shared.forms import on_press, outcome, sure_question, text_field
from dashboard.pages.shared.invented import form_area, refuse_invented
from dashboard.pages.shared.page_request import Names, PageRequest, once_more, record_number
from data_access.errors import PantauError
from data_access.records.access import note_action, user_by_id
from data_access.records.engine import reading, writing
from data_access.records.logins import LoginSession, bound_users
from etl.office import Office

PAGE = Page.AKUN
PATH = "/akun"
TITLE = "account.title"
NAV = None

END = "akhiri"
ADDRESS_NAMES: Names = {END: None}
"""Name in the address of the session that is about to be ended."""


class Id(StrEnum):
    """Ids of the page."""

    URL = "account-url"
    CHANGED = "account-changed"
    SAID = "account-said"
    OLD = "account-old"
    NEW = "account-new"
    AGAIN = "account-again"
    SAVE = "account-save"
    EMAIL = "account-email"
    EMAIL_PROOF = "account-email-proof"
    EMAIL_SAVE = "account-email-save"
    EMAIL_SAID = "account-email-said"
    LIST = "account-list"
    QUESTION = "account-question"
    CHOSEN = "account-chosen"
    END = "account-end"
    ENDED = "account-ended"
    FACTOR = "account-factor"
    FACTOR_SAID = "account-factor-said"
    PROOF = "account-proof"
    ON = "account-on"
    CODE = "account-code"
    CONFIRM = "account-confirm"
    OFF = "account-off"
    RECOVERY = "account-recovery"


class ProofError(PantauError):
    """Who asks did not prove to be the user, or the new password is not taken."""


def layout(page_request: PageRequest) -> Component:
    """Password and sessions of a user; a bearer of an agency's code has its language and theme only."""
    user = page_request.account
    own = _own(page_request.office, user) if user.may(PAGE, May.DO) else []
    return stack(
        page_head(t("account.title"), t("account.subtitle"), actions=[_way_to_audit()] if user.may(Page.JEJAK) else []),
        form_area(*own) if own else None,
        panel(languages(), title=t("shell.language")),
        panel(themes(), title=t("shell.theme")),
        class_name="settings",
    )


def _own(office: Office, user: Account) -> list[Component | None]:
    return [_password(), _factor_panel(user), _bound(office, user), _email(office, user), _sessions()]


def _bound(office: Office, user: Account) -> Component | None:
    """Since when the user is somebody at the provider of identities."""
    with reading(office.records) as connection:
        bound_at = bound_users(connection).get(user.id)
    if bound_at is None:
        return None
    label = office.settings.openid.label or t("openid.label")
    return panel(html.P(t("openid.bound", label=label, moment=fmt().moment(bound_at))), title=t("tables.of_openid"))


def _email(office: Office, user: Account) -> Component:
    """The address to which alerts for the user go."""
    with reading(office.records) as connection:
        kept = user_by_id(connection, user.id)
    own = (kept.email if kept else None) or ""
    if office.settings.openid.finds_by_email:
        shown = html.P(own or t("word.none"))
        return panel(shown, html.P(t("openid.email_fixed"), className="p-muted"), title=t("notice.title"))
    address = text_field(Id.EMAIL, t("notice.email"), own, kind="email")
    proof = text_field(Id.EMAIL_PROOF, t("account.password_old"), kind="password", autocomplete="current-password")
    save = button([icon("check-lg"), t("notice.save")], id=Id.EMAIL_SAVE)
    return panel(
        html.P(t("notice.email_own"), className="settings-lead"),
        html.Div([address, proof, save], className="intake-form"),
        html.Div(id=Id.EMAIL_SAID, **{"aria-live": "polite"}),
        title=t("notice.title"),
    )


def _way_to_audit() -> Component:
    return button([icon("journal-text"), t("audit.title")], href=AUDIT_PATH, kind="quiet")


def _password() -> Component:
    """The form for another password."""
    fields = [
        text_field(Id.OLD, t("account.password_old"), kind="password", autocomplete="current-password"),
        text_field(Id.NEW, t("account.password_new"), kind="password", autocomplete="new-password"),
        text_field(Id.AGAIN, t("access.repeat"), kind="password", autocomplete="new-password"),
        button([icon("key"), t("account.password_save")], id=Id.SAVE),
    ]
    return panel(
        html.Div(fields, className="intake-form"),
        html.P(t("account.password_ends"), className="p-muted"),
        loading(html.Div(id=Id.SAID)),
        title=t("account.password"),
    )


def _factor_panel(user: Account) -> Component | None:
    """The codes of an app, for those who may have them."""
    if user.role not in ROLES:
        return None
    lead = html.P(t("account.factor_lead"), className="settings-lead")
    return panel(lead, html.Div(id=Id.FACTOR_SAID), loading(html.Div(id=Id.FACTOR)), title=t("account.factor"))


def _sessions() -> Component:
    """Where the user is signed in, and the way out of all of them."""
    leave = html.Form(
        [
            dcc.Input(type="hidden", name="csrf_token", value=generate_csrf()),
            html.Button(
                [icon("box-arrow-right"), t("account.everywhere")], type="submit", className="p-button is-quiet"
            ),
            html.P(t("account.everywhere_words"), className="p-muted"),
        ],
        action="/keluar/semua",
        method="post",
        className="settings-below",
    )
    return panel(
        page_url("account"),
        dcc.Store(id=Id.CHANGED, data=0),
        html.P(t("account.sessions_lead"), className="settings-lead"),
        html.Div(id=Id.ENDED),
        html.Div(id=Id.QUESTION),
        loading(html.Div(id=Id.LIST)),
        leave,
        title=t("account.sessions"),
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Change the password; list sessions and end one; turn the codes of an app on and off."""
    store, key = Store(office), app.server.secret_key
    throttle, factors = Throttle(store, key), store.second_factors(key)

    @app.callback(Output(Id.LIST, "children"), Input(Id.URL, "search"), Input(Id.CHANGED, "data"))
    @guarded(PAGE, May.DO)
    def show(_search: Any, _changed: Any) -> Component:
        return session_list(store.open_sessions(account(), now()), g.login_session)

    @app.callback(Output(Id.QUESTION, "children"), Input(Id.URL, "search"), Input(Id.CHANGED, "data"))
    @guarded(PAGE, May.DO)
    def ask(search: str | None, _changed: Any) -> Component | None:
        return question(store.open_sessions(account(), now()), read_query(search).get(END))

    @app.callback(Output(Id.FACTOR, "children"), Input(Id.FACTOR, "id"))
    @guarded(PAGE, May.DO)
    def show_factor(_: Any) -> Component | None:
        return _turn_off() if factors.is_on(account().id) else _turn_on()

    def prove_password(typed: Any) -> None:
        _prove(throttle, "password", now(), lambda: _is_own_password(store, str(typed or "")), "account.password_wrong")

    def save_email(_pressed: str, email: Any, password: Any) -> Component:
        refuse_invented()
        if office.settings.openid.finds_by_email:
            raise ProofError("openid.email_fixed")
        prove_password(password)
        change_email(office, account().name, str(email or ""), now())
        return outcome(t("notice.saved" if str(email or "").strip() else "notice.removed"), Tone.GOOD)

    def save(_pressed: str, old: Any, new: Any, again: Any) -> tuple[Any, ...]:
        refuse_invented()
        prove_password(old)
        _change_password(store, str(new or ""), str(again or ""), now())
        return outcome(t("account.password_done"), Tone.GOOD), "", "", ""

    def end(_pressed: str, chosen: Any, changed: Any) -> tuple[Any, ...]:
        return _ended(store, chosen, now()), once_more(changed), ""

    def turn(_pressed: str, password: Any) -> tuple[Any, ...]:
        refuse_invented()
        _refuse_other_roles()
        prove_password(password)
        return "", _scan(factors.begin(account().id), office.settings.office.name or t("shell.office"))

    def confirm(pressed: str, code: Any) -> tuple[Any, ...]:
        refuse_invented()
        _refuse_other_roles()
        if pressed == Id.CONFIRM:
            codes = factors.confirm(account().id, str(code or ""), now())
            _note(office, now(), "second_factor_on")
            _go_on_alone(store, now())
            return _recovery(codes), _turn_off()
        holds = partial(factors.accepts, account().id, str(code or ""), now())
        _prove(throttle, "factor", now(), holds, "account.code_wrong")
        factors.turn_off(account().id)
        _note(office, now(), "second_factor_off")
        return outcome(t("account.factor_ended"), Tone.GOOD), _turn_on()

    address = [(Id.EMAIL, "value"), (Id.EMAIL_PROOF, "value")]
    on_press(app, PAGE, [Id.EMAIL_SAVE], address, save_email, [(Id.EMAIL_SAID, "children")])
    typed = [(Id.OLD, "value"), (Id.NEW, "value"), (Id.AGAIN, "value")]
    on_press(app, PAGE, [Id.SAVE], typed, save, [(Id.SAID, "children"), *typed])
    chosen, changed = (Id.CHOSEN, "data"), (Id.CHANGED, "data")
    on_press(app, PAGE, [Id.END], [chosen, changed], end, [(Id.ENDED, "children"), changed, (Id.URL, "search")])
    body = [(Id.FACTOR_SAID, "children"), (Id.FACTOR, "children")]
    on_press(app, PAGE, [Id.ON], [(Id.PROOF, "value")], turn, body, allow_duplicate=True)
    for deed in (Id.CONFIRM, Id.OFF):
        on_press(app, PAGE, [deed], [(Id.CODE, "value")], confirm, body, allow_duplicate=True)


def _prove(throttle: Throttle, what: str, now: int, holds: Callable[[], bool], wrong: str) -> None:
    """Go on only for who proves once more to be the user, a few times in a quarter of an hour at most."""
    limits = limits_of_proof(what, account().id)
    wait = throttle.wait_seconds(limits, now)
    if wait:
        raise ProofError("access.throttled", wait=fmt().duration(wait))
    if not holds():
        throttle.fail(limits, now)
        raise ProofError(wrong)
    throttle.forget(limits)


def _is_own_password(store: Store, password: str) -> bool:
    user = store.user_by_id(account().id)
    return is_password(user.password_hash if user else None, password)


def _change_password(store: Store, new: str, again: str, now: int) -> None:
    """Take another password; this browser goes on in a new session, all others end."""
    user = account()
    weak = store.weakness(new, user.name)
    if weak is not None:
        raise ProofError(weak.code, **weak.values)
    if new != again:
        raise ProofError("access.unequal")
    renew_session(store.set_own_password(user, hash_password(new), now, request.remote_addr), store, now)


def _go_on_alone(store: Store, now: int) -> None:
    """End the user's sessions everywhere and make its devices unknown: they came in by less than is asked for now."""
    store.end_all_sessions(account(), now, request.remote_addr)
    user = store.user_by_id(account().id)
    if user is not None:
        renew_session(user, store, now)


def session_list(sessions: Sequence[LoginSession], this: LoginSession) -> Component:
    """The sessions of a user, the one last seen first."""
    columns: list[Column[LoginSession]] = [
        Column("device", t("account.device"), lambda one: _device_cell(one, this), is_name=True),
        Column("address", t("account.address"), lambda one: one.address or t("word.none")),
        Column("begun", t("account.begun"), lambda one: fmt().moment_short(one.begun_at)),
        Column("seen", t("account.seen"), lambda one: fmt().moment_short(one.seen_at)),
        Column("action", t("account.action"), lambda one: _way_to_end(one, this)),
    ]
    return table(t("account.sessions"), columns, sessions, "intake-table")


def _device(session: LoginSession) -> str:
    return session.browser or t("account.device_unknown")


def _device_cell(session: LoginSession, this: LoginSession) -> Component:
    is_this = session.token_hash == this.token_hash
    mark = pill(Tone.GOOD, "check-lg", t("account.this_one")) if is_this else None
    return html.Span([html.Strong(_device(session)), " ", mark])


def _way_to_end(session: LoginSession, this: LoginSession) -> Component | str:
    if session.token_hash == this.token_hash:
        return ""
    return link([icon("x-lg"), t("account.end")], with_query(PATH, **{END: session.id}), "intake-more")


def question(sessions: Sequence[LoginSession], session_id: str | None) -> Component | None:
    """Asks whether that session shall be ended; None when the address names none of the user's."""
    chosen = next((one for one in sessions if str(one.id) == session_id), None)
    if chosen is None:
        return None
    stored, act = dcc.Store(id=Id.CHOSEN, data=chosen.id), button(t("account.end_do"), id=Id.END)
    title = t("account.end_title", device=_device(chosen))
    return sure_question(stored, title, t("account.end_words"), act, PATH)


def _ended(store: Store, session_id: Any, now: int) -> Component:
    """End one of the user's own sessions; a message for the page."""
    number, mine = record_number(session_id), store.open_sessions(account(), now)
    chosen = next((one for one in mine if one.id == number), None)
    if chosen is None:
        raise ProofError("account.end_gone")
    store.end_session(chosen, account(), now, "logout_other", request.remote_addr)
    return outcome(t("account.ended", device=_device(chosen)), Tone.GOOD)


def _refuse_other_roles() -> None:
    if account().role not in ROLES:
        raise SecondFactorError("account.factor_is_off")


def _turn_on() -> Component:
    """The way to the first code: a borrowed screen does not know the password."""
    proof = text_field(Id.PROOF, t("account.password_old"), kind="password", autocomplete="current-password")
    return html.Div([proof, button([icon("shield-lock"), t("account.factor_on")], id=Id.ON)], className="intake-form")


def _scan(secret: str, issuer: str) -> Component:
    """The picture for the app, its key in letters, and the field for the first code."""
    picture = segno.make(app_address(secret, account().name, issuer), error="m").svg_data_uri(scale=4, border=2)
    spelled = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return stack(
        html.P(t("account.factor_scan")),
        html.Img(src=picture, alt=t("account.factor_key"), className="account-picture"),
        html.P([t("account.factor_key"), ": ", html.Code(spelled)]),
        _code_form(Id.CONFIRM, t("account.factor_confirm")),
    )


def _turn_off() -> Component:
    return stack(html.P(t("account.factor_active")), _code_form(Id.OFF, t("account.factor_off")))


def _code_form(deed: str, words: str) -> Component:
    field = text_field(Id.CODE, t("account.code_field"), autocomplete="one-time-code")
    return html.Div([field, button(words, id=deed)], className="intake-form")


def _recovery(codes: Sequence[str]) -> Component:
    """The recovery codes, all to be seen at once: they are printed or written down."""
    return stack(
        html.Div([icon("check-circle"), html.Strong(t("account.factor_done"))]),
        html.P(t("account.factor_once"), className="p-field-label"),
        html.Ul([html.Li(html.Code(code)) for code in codes], id=Id.RECOVERY, className="account-codes"),
        html.P(t("account.factor_once_how"), className="p-muted"),
        class_name="settings-made",
        role="alert",
    )


def _note(office: Office, now: int, action: str) -> None:
    with writing(office.records) as connection:
        note_action(connection, action, at=now, actor=account().name, address=request.remote_addr)
