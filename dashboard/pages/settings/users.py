"""Who may sign in, as what, and who was last here? Adding people, their roles and agencies, their links."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from flask import request

from dashboard.access import Page, guarded
from dashboard.access.people import (
    add_user,
    all_users,
    change_role,
    disable_user,
    enable_user,
    end_second_factor,
    password_link,
    unbind_identity,
)
from dashboard.components import (
    Tone,
    banner,
    button,
    icon,
    link,
    loading,
    page_head,
    page_url,
    panel,
    pill,
    read_query,
    select,
    stack,
    with_query,
)
from dashboard.components.filters import labelled, plain_value
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.settings import mandates
from dashboard.pages.shared.forms import on_press, outcome, shown_once, text_field
from dashboard.pages.shared.invented import form_area
from dashboard.pages.shared.links import settings_crumbs
from dashboard.pages.shared.page_request import Names, PageRequest, once_more
from data_access.errors import PantauError
from data_access.roles import USERS, Role
from etl.office import Office

PAGE = Page.PENGATURAN
PATH = "/pengaturan/pengguna"
TITLE = "users.title"
NAV = None

CHANGE = "ubah"
ADDRESS_NAMES: Names = {CHANGE: lambda office, name: any(user["name"] == name for user in all_users(office))}
"""Name in the address of the user who is about to be changed."""

LONGEST_NAME = 60
User = Mapping[str, Any]


class Id(StrEnum):
    """Ids of the page."""

    URL = "users-url"
    CHANGED = "users-changed"
    RESULT = "users-result"
    LIST = "users-list"
    QUESTION = "users-question"
    NAMES = "users-opd-names"
    NAME = "users-name"
    ROLE = "users-role"
    OPD = "users-opd"
    ADD = "users-add"
    CHOSEN = "users-chosen"
    NEW_ROLE = "users-new-role"
    NEW_OPD = "users-new-opd"
    SAVE = "users-save"
    MAKE_LINK = "users-make-link"
    TOGGLE = "users-toggle"
    FACTOR = "users-factor"
    UNBIND = "users-unbind"
    WANTED = "users-wanted"
    LINK = "users-link"


class UserNameError(PantauError):
    """A user needs a name to sign in with."""


def layout(page_request: PageRequest) -> Component:
    """Head, who is about to be changed, and the form and list of `people`."""
    return stack(
        page_head(t("users.title"), t("users.subtitle"), crumbs=settings_crumbs(t("users.title"))),
        form_area(
            html.Div(id=Id.QUESTION),
            *people(page_request.office, page_request.now),
            *mandates.mandates(page_request.office, page_request.now),
        ),
        class_name="settings",
    )


def people(office: Office, now: int) -> list[Component]:
    """The form for one more user, what came of a deed, and the list; also a part of the first steps.

    The list stands there from the first: what lies below it does not move."""
    add = button([icon("person-plus"), t("users.add")], id=Id.ADD)
    fields = [
        text_field(Id.NAME, t("users.name"), placeholder=t("users.name_example")),
        select(Id.ROLE, t("users.role"), _roles(), Role.AGENDARIS),
        _opd_field(Id.OPD),
        add,
    ]
    return [
        page_url("users"),
        dcc.Store(id=Id.CHANGED, data=0),
        html.Datalist([html.Option(value=name) for name in sorted(office.settings.opd)], id=Id.NAMES),
        loading(html.Div(id=Id.RESULT)),
        panel(
            html.P(t("users.how"), className="settings-lead"),
            html.Div(fields, className="intake-form"),
            title=t("users.new"),
        ),
        panel(loading(html.Div(_listed(office, now), id=Id.LIST)), title=t("users.list")),
    ]


def _listed(office: Office, now: int) -> Component:
    users = all_users(office)
    doubled = doubled_addresses(users) if office.settings.openid.finds_by_email else None
    return html.Div([doubled, user_list(users, now)])


def _roles() -> list[tuple[str, str]]:
    return [(role.value, t(f"role.{role}")) for role in USERS]


def _opd_field(id: str, value: str = "") -> html.Label:
    """An agency by typing ahead, needed for the role of agencies only."""
    field = dbc.Input(id=id, value=value, list=Id.NAMES, placeholder=t("users.opd_only"), class_name="p-input")
    return labelled(t("users.opd"), field)


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """List the users; add one, change one; name their deputies."""
    mandates.register(app, office, now)

    @app.callback(Output(Id.LIST, "children"), Input(Id.CHANGED, "data"), prevent_initial_call=True)
    @guarded(PAGE)
    def show(_changed: Any) -> Component:
        return _listed(office, now())

    @app.callback(Output(Id.QUESTION, "children"), Input(Id.URL, "search"), Input(Id.CHANGED, "data"))
    @guarded(PAGE)
    def ask(search: str | None, _changed: Any) -> Component | None:
        return question(all_users(office), read_query(search).get("ubah"))

    def add(_pressed: str, name: Any, role: Any, opd: Any, changed: Any) -> tuple[Any, ...]:
        words = added(office, now(), str(name or ""), str(role or ""), str(plain_value(opd) or ""), request.host_url)
        return words, once_more(changed), "", ""

    def change(pressed: str, name: Any, role: Any, opd: Any, wanted: Any, changed: Any) -> tuple[Any, ...]:
        if pressed == Id.TOGGLE:
            words = toggled(office, now(), str(name or ""), is_wanted=wanted is True)
        else:
            words = _changed(office, now(), pressed, str(name or ""), str(role or ""), str(plain_value(opd) or ""))
        return words, once_more(changed), ""

    words, mark, address = (Id.RESULT, "children"), (Id.CHANGED, "data"), (Id.URL, "search")
    typed = [(id, "value") for id in (Id.NAME, Id.ROLE, Id.OPD)]
    emptied = [(Id.NAME, "value"), (Id.OPD, "value")]
    on_press(app, PAGE, [Id.ADD], [*typed, mark], add, [words, mark, *emptied])
    chosen = [(Id.CHOSEN, "data"), (Id.NEW_ROLE, "value"), (Id.NEW_OPD, "value"), (Id.WANTED, "data"), mark]
    deeds = [Id.SAVE, Id.MAKE_LINK, Id.TOGGLE]
    on_press(app, PAGE, deeds, chosen, change, [words, mark, address], allow_duplicate=True)

    def end_factor(_pressed: str, name: Any, changed: Any) -> tuple[Any, ...]:
        return factor_ended(office, now(), str(name or "")), once_more(changed), ""

    def unbind(_pressed: str, name: Any, changed: Any) -> tuple[Any, ...]:
        return unbound(office, now(), str(name or "")), once_more(changed), ""

    whose = [(Id.CHOSEN, "data"), mark]
    for deed, act in ((Id.FACTOR, end_factor), (Id.UNBIND, unbind)):
        on_press(app, PAGE, [deed], whose, act, [words, mark, address], allow_duplicate=True)


def added(office: Office, now: int, typed: str, role: str, opd: str, base_url: str) -> Component:
    """Add a user; the link by which the user sets a password, shown this once."""
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        raise UserNameError("users.name_wanted", n=LONGEST_NAME)
    add_user(office, name, role, opd or None, None, now)
    return _link_made(office, now, name, base_url, t("users.added", name=name, role=t(f"role.{role}")))


def _changed(office: Office, now: int, pressed: str, name: str, role: str, opd: str) -> Component:
    """What a button of the question does; a message for the page."""
    if pressed == Id.MAKE_LINK:
        return _link_made(office, now, name, request.host_url, t("users.link_for", name=name))
    change_role(office, name, role, opd or None, now)
    return outcome(t("users.changed", name=name, role=t(f"role.{role}")), Tone.GOOD)


def toggled(office: Office, now: int, name: str, *, is_wanted: bool) -> Component:
    """Let the user in again when that is wanted, else keep it out; as it was, when that is so already."""
    is_active = any(user["active"] for user in all_users(office) if user["name"] == name)
    if is_active != is_wanted:
        (enable_user if is_wanted else disable_user)(office, name, now)
    return outcome(t("users.enabled" if is_wanted else "users.disabled", name=name), Tone.GOOD)


def factor_ended(office: Office, now: int, name: str) -> Component:
    """Ask the user for no code of an app any more; a message for the page."""
    end_second_factor(office, name, now)
    return outcome(t("users.factor_ended", name=name), Tone.GOOD)


def unbound(office: Office, now: int, name: str) -> Component:
    """Bind the user to no identity any more; a message for the page."""
    unbind_identity(office, name, now)
    return outcome(t("openid.unbound", name=name), Tone.GOOD)


def _link_made(office: Office, now: int, name: str, base_url: str, words: str) -> Component:
    address = password_link(office, name, now, base_url)
    return shown_once(Id.LINK, words, t("settings.link_once"), address, t("users.link_how", name=name))


def doubled_addresses(users: Sequence[User]) -> Component | None:
    """Which address several active users have, so that it says of none who comes in; None: each has its own."""
    bearers: dict[str, list[str]] = {}
    for user in users:
        if user["active"] and user["email"]:
            bearers.setdefault(user["email"].casefold(), []).append(user["name"])
    doubled = [f"{email} ({', '.join(names)})" for email, names in bearers.items() if len(names) > 1]
    return banner(t("openid.doubled", addresses="; ".join(doubled)), Tone.LATE) if doubled else None


def user_list(users: Sequence[User], now: int) -> Component:
    """Everybody, by name."""
    columns: list[Column[User]] = [
        Column("name", t("users.name"), lambda user: html.Strong(user["name"]), is_name=True),
        Column("role", t("users.role"), lambda user: t(f"role.{user['role']}")),
        Column("opd", t("users.opd"), lambda user: user["opd"] or t("word.none")),
        Column("state", t("users.state"), _state),
        Column("seen", t("users.seen"), lambda user: _seen(user["last_seen_at"], now)),
        Column("action", t("users.action"), _way),
    ]
    return table(t("users.list"), columns, users, "intake-table", _row_properties)


def _row_properties(user: User) -> dict[str, str]:
    return {"className": "" if user["active"] else "is-revoked"}


def _state(user: User) -> Component:
    if not user["active"]:
        return pill(Tone.MUTED, "slash-circle", t("users.is_disabled"))
    if not user["has_password"]:
        return pill(Tone.NEAR, "hourglass", t("users.is_waiting"))
    return pill(Tone.GOOD, "check-lg", t("users.is_active"))


def _seen(moment: int | None, now: int) -> Component | str:
    if moment is None:
        return t("settings.never")
    return html.Span(fmt().age(max(now - moment, 0)), title=fmt().moment(moment))


def _way(user: User) -> Component:
    return link([icon("pencil"), t("users.change")], with_query(PATH, **{CHANGE: user["name"]}), "intake-more")


def question(users: Sequence[User], name: str | None) -> Component | None:
    """What can be changed of a user; None when the address names none."""
    user = next((one for one in users if one["name"] == name), None)
    if user is None:
        return None
    toggle = t("users.disable") if user["active"] else t("users.enable")
    fields = [
        select(Id.NEW_ROLE, t("users.role"), _roles(), user["role"]),
        _opd_field(Id.NEW_OPD, user["opd"] or ""),
        button(t("users.save"), id=Id.SAVE),
    ]
    deeds = [
        button([icon("link-45deg"), t("users.make_link")], id=Id.MAKE_LINK, kind="quiet"),
        button(toggle, id=Id.TOGGLE, kind="quiet"),
        button(t("users.factor_end"), id=Id.FACTOR, kind="quiet") if user["has_second_factor"] else None,
        button(t("openid.unbind"), id=Id.UNBIND, kind="quiet") if user["bound_at"] else None,
        button(t("settings.keep"), href=PATH, kind="quiet"),
    ]
    return panel(
        dcc.Store(id=Id.CHOSEN, data=user["name"]),
        dcc.Store(id=Id.WANTED, data=not user["active"]),
        html.Div(fields, className="intake-form"),
        html.Div(deeds, className="intake-form"),
        html.P(t("users.session_ends"), className="p-muted"),
        title=user["name"],
        class_name="users-change",
    )
