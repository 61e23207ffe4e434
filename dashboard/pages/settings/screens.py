"""Part of Pengaturan: which wall screens are there, is each of them alive, and how does a new one get in?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask import request

from dashboard.access import May, Page, account, guarded
from dashboard.access.people import UnknownScreenError, add_screen, revoke_screen
from dashboard.components import (
    Tone,
    button,
    empty,
    icon,
    link,
    loading,
    page_url,
    panel,
    pill,
    read_query,
    with_query,
)
from dashboard.components.asset_urls import build_mark
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.shared.numbers import once_more
from dashboard.pages.shared.page_request import PageRequest
from dashboard.pages.shared.row_lists import note, said, table, table_row, text_field
from data_access.errors import PantauError
from etl.figures.wall.screens import Screen, ScreenState, screens

if TYPE_CHECKING:
    from etl.office import Office

ANCHOR = "layar"
TITLE = "settings.screens"
PATH = "/pengaturan"
REVOKE = "cabut"
"""Name in the address of the screen that is about to be shut out."""

LONGEST_LABEL = 60
_TICK_MS = 30_000
_LOOKS = {
    ScreenState.CONNECTED: (Tone.GOOD, "check-lg"),
    ScreenState.SILENT: (Tone.LATE, "exclamation-triangle-fill"),
    ScreenState.UNOPENED: (Tone.MUTED, "hourglass"),
    ScreenState.REVOKED: (Tone.MUTED, "slash-circle"),
}


class Id(StrEnum):
    """Ids of the part."""

    URL = "screens-url"
    TICK = "screens-tick"
    CHANGED = "screens-changed"
    SAID = "screens-said"
    LIST = "screens-list"
    QUESTION = "screens-question"
    LABEL = "screens-label"
    MAKE = "screens-make"
    ASKED = "screens-asked"
    REVOKE = "screens-revoke"
    LINK = "screens-link"


class ScreenLabelError(PantauError):
    """A screen needs a name by which people find it."""

    def __init__(self) -> None:
        super().__init__(t("settings.screen_label_wanted", n=LONGEST_LABEL))


def section(_: PageRequest) -> Component:
    """The form for a new screen, what came of it, and the list."""
    return html.Div(
        [
            page_url("screens"),
            dcc.Interval(id=Id.TICK, interval=_TICK_MS),
            dcc.Store(id=Id.CHANGED, data=0),
            panel(
                html.P(t("settings.screens_lead"), className="settings-lead"),
                html.Div(
                    [
                        text_field(Id.LABEL, t("settings.screen_label"), placeholder=t("settings.screen_example")),
                        button([icon("plus-lg"), t("settings.screen_make")], id=Id.MAKE),
                    ],
                    className="intake-form",
                ),
                loading(html.Div(id=Id.SAID)),
                html.Div(id=Id.QUESTION),
                loading(html.Div(id=Id.LIST)),
                title=t(TITLE),
            ),
        ]
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """List the screens every half minute; make one, shut one out."""

    @app.callback(Output(Id.LIST, "children"), Input(Id.TICK, "n_intervals"), Input(Id.CHANGED, "data"))
    @guarded(Page.PENGATURAN)
    def show(_: Any, __: Any) -> Component:
        return screen_list(screens(office, now()), now())

    @app.callback(Output(Id.QUESTION, "children"), Input(Id.URL, "search"), Input(Id.CHANGED, "data"))
    @guarded(Page.PENGATURAN)
    def ask(search: str | None, _: Any) -> Component | None:
        return question(screens(office, now()), read_query(search).get(REVOKE))

    @app.callback(
        Output(Id.SAID, "children"),
        Output(Id.CHANGED, "data"),
        Output(Id.LABEL, "value"),
        Output(Id.URL, "search"),
        Input(Id.MAKE, "n_clicks"),
        State(Id.LABEL, "value"),
        State(Id.CHANGED, "data"),
        prevent_initial_call=True,
    )
    @guarded(Page.PENGATURAN, May.DO)
    def make(clicks: int | None, label: Any, changed: Any) -> tuple[Any, Any, Any, Any]:
        if not clicks:
            return no_update, no_update, no_update, no_update
        try:
            return made(office, now(), str(label or ""), request.host_url), once_more(changed), "", ""
        except PantauError as error:
            return said(sentence(error)), no_update, no_update, no_update

    @app.callback(
        Output(Id.SAID, "children", allow_duplicate=True),
        Output(Id.CHANGED, "data", allow_duplicate=True),
        Output(Id.URL, "search", allow_duplicate=True),
        Input(Id.REVOKE, "n_clicks"),
        State(Id.ASKED, "data"),
        State(Id.CHANGED, "data"),
        prevent_initial_call=True,
    )
    @guarded(Page.PENGATURAN, May.DO)
    def revoke(clicks: int | None, asked: Any, changed: Any) -> tuple[Any, Any, Any]:
        if not clicks or ctx.triggered_id != Id.REVOKE:
            return no_update, no_update, no_update
        try:
            return revoked(office, now(), asked), once_more(changed), ""
        except PantauError as error:
            return said(sentence(error)), no_update, no_update


def made(office: Office, now: int, label: str, base_url: str) -> Component:
    """Make a screen; its link, which is shown this once."""
    name = " ".join(label.split())
    if not name or len(name) > LONGEST_LABEL:
        raise ScreenLabelError
    address = add_screen(office, name, now, base_url, account().name)
    note(office, now, account().name, "screen_added", name)
    field = dcc.Input(id=Id.LINK, value=address, readOnly=True, className="p-input settings-link", spellCheck="false")
    return html.Div(
        [
            html.Div([icon("check-circle"), html.Strong(t("settings.link_for", screen=name))]),
            html.Label([html.Span(t("settings.link_once"), className="p-field-label"), field], className="p-field"),
            html.P(t("settings.link_how"), className="p-muted"),
        ],
        className="settings-made",
        role="alert",
    )


def revoked(office: Office, now: int, asked: Any) -> Component:
    """Shut a screen out; that it was done, in words."""
    found = {one.id: one for one in screens(office, now) if one.state is not ScreenState.REVOKED}
    if not isinstance(asked, int) or asked not in found:
        raise UnknownScreenError(asked)
    revoke_screen(office, asked, now)
    note(office, now, account().name, "screen_revoked", found[asked].label)
    return said(t("settings.revoked", screen=found[asked].label), Tone.GOOD)


def screen_list(found: Sequence[Screen], now: int) -> Component:
    """All screens as a table; words when there is none."""
    if not found:
        return empty(t("settings.no_screens"), t("settings.no_screens_hint"), "display")
    names = ("screen", "state", "seen", "painted", "version", "errors", "made", "action")
    heads = {name: t(f"settings.head_{name}") for name in names}
    silent = sum(one.is_silent and one.state is ScreenState.SILENT for one in found)
    warning = said(t("settings.silent", n=silent), Tone.LATE) if silent else None
    rows = [
        table_row(heads, _cells(one, now), className="is-revoked" if one.state is ScreenState.REVOKED else "")
        for one in found
    ]
    return html.Div([warning, table(t(TITLE), heads, rows)])


def _cells(one: Screen, now: int) -> dict[str, Any]:
    tone, sign = _LOOKS[one.state]
    return {
        "screen": html.Strong(one.label),
        "state": pill(tone, sign, t(f"settings.state_{one.state}")),
        "seen": _ago(one.seen_at, now),
        "painted": html.Span([_ago(one.heartbeat_at, now), html.Small(one.viewport) if one.viewport else None]),
        "version": _version(one),
        "errors": _errors(one),
        "made": html.Span([fmt().moment_short(one.created_at), html.Small(one.created_by) if one.created_by else None]),
        "action": _action(one),
    }


def _ago(moment: int | None, now: int) -> Component | str:
    if moment is None:
        return t("settings.never")
    return html.Span(fmt().age(max(now - moment, 0)), title=fmt().moment(moment))


def _version(one: Screen) -> Component | str:
    """Whether its page is the one this server gives out."""
    if one.build is None:
        return t("word.none")
    is_newest = one.build == build_mark()
    return html.Span([t("settings.build_new" if is_newest else "settings.build_old"), html.Small(one.build)])


def _errors(one: Screen) -> Component | str:
    if not one.error_count:
        return t("settings.no_errors") if one.heartbeat_at else t("word.none")
    last = [one.last_error or "", fmt().moment_short(one.last_error_at) if one.last_error_at else ""]
    return html.Span([fmt().number(one.error_count), html.Small(" · ".join(filter(None, last)))])


def _action(one: Screen) -> Component | str:
    if one.state is ScreenState.REVOKED:
        return t("settings.revoked_at", moment=fmt().moment_short(one.revoked_at))
    return link([icon("x-lg"), t("settings.revoke")], with_query(PATH, **{REVOKE: one.id}), "intake-more")


def question(found: Sequence[Screen], asked: str | None) -> Component | None:
    """Whether that screen shall really be shut out; nothing when no screen is meant."""
    chosen = next((one for one in found if str(one.id) == asked and one.state is not ScreenState.REVOKED), None)
    if chosen is None:
        return None
    return html.Div(
        [
            dcc.Store(id=Id.ASKED, data=chosen.id),
            html.H3(t("settings.revoke_title", screen=chosen.label)),
            html.P(t("settings.revoke_words")),
            html.Div(
                [button(t("settings.revoke_do"), id=Id.REVOKE), button(t("settings.keep"), href=PATH, kind="quiet")],
                className="intake-form",
            ),
        ],
        className="settings-question",
        role="alertdialog",
        **{"aria-label": t("settings.revoke_title", screen=chosen.label)},
    )
