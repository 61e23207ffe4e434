"""Which wall screens are there, is each of them alive, and how does a new one get in?

The other thing that an administrator sets, the checklist of rooms, has a page of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, Dash, Input, Output, ctx, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask import request

from dashboard.access import May, Page, account, guarded
from dashboard.access.begin import FIRST_STEPS
from dashboard.access.devices import device_link, renewed_link
from dashboard.access.people import choose_for_screen, revoke_screen
from dashboard.components import (
    Tone,
    button,
    empty,
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
from dashboard.components.asset_urls import build_mark
from dashboard.components.tables import Column, table
from dashboard.i18n import Language, fmt, sentence, t
from dashboard.pages.settings import alerts, audit, backups, checklist, tables, users
from dashboard.pages.shared.forms import on_press, outcome, shown_once, sure_question, text_field
from dashboard.pages.shared.invented import form_area, refuse_invented
from dashboard.pages.shared.links import CODES_PATH
from dashboard.pages.shared.page_request import Names, PageRequest, once_more
from dashboard.wall import VIEWS, views_of
from data_access.errors import PantauError
from data_access.records.access import ScreenChoice
from etl.figures.wall.screens import Screen, ScreenState, screens
from etl.office import Office

PAGE = Page.PENGATURAN
PATH = "/pengaturan"
TITLE = "settings.title"
NAV = "settings.title"
ANCHOR = "layar"
"""The place of the screens in the page's address, after `#`."""

REVOKE = "cabut"
"""Name in the address of the screen that is about to be shut out."""

SET = "atur"
ADDRESS_NAMES: Names = dict.fromkeys((REVOKE, SET))
"""Name in the address of the screen of which is chosen what it shows."""

LONGEST_LABEL = 60
_TICK_MS = 30_000
_LOOKS = {
    ScreenState.CONNECTED: (Tone.GOOD, "check-lg"),
    ScreenState.SILENT: (Tone.LATE, "exclamation-triangle-fill"),
    ScreenState.UNOPENED: (Tone.MUTED, "hourglass"),
    ScreenState.REVOKED: (Tone.MUTED, "slash-circle"),
}


_WAYS = (
    (tables.PATH, "sliders", "tables.open"),
    (users.PATH, "people", "users.open"),
    (CODES_PATH, "key", "codes.title"),
    (checklist.PATH, "list-check", "checklist.open"),
    (backups.PATH, "archive", "backups.title"),
    (alerts.PATH, "bell", "notice.title"),
    (audit.PATH, "journal-text", "audit.title"),
    (FIRST_STEPS, "signpost", "begin.steps_open"),
)
"""The other pages of settings: address, sign, and the key of their words."""


class Id(StrEnum):
    """Ids of the page."""

    URL = "screens-url"
    TICK = "screens-tick"
    CHANGED = "screens-changed"
    RESULT = "screens-said"
    LIST = "screens-list"
    QUESTION = "screens-question"
    LABEL = "screens-label"
    MAKE = "screens-make"
    CHOSEN = "screens-asked"
    REVOKE = "screens-revoke"
    LINK = "screens-link"
    RENEW = "screens-renew"
    SET_PLACE = "screens-set"
    SET_WHICH = "screens-set-which"
    LANGUAGE = "screens-language"
    VIEWS = "screens-views"
    ROOMS = "screens-rooms"
    SAVE = "screens-save"


class ScreenLabelError(PantauError):
    """A screen needs a name by which people find it."""


class ScreenViewsError(PantauError):
    """A screen must show something."""


def layout(_: PageRequest) -> Component:
    """Head with the ways to the other pages of settings, and the screens."""
    ways = [button([icon(sign), t(words)], href=path, kind="quiet") for path, sign, words in _WAYS]
    return stack(
        page_head(t("settings.title"), t("settings.subtitle"), actions=ways),
        form_area(html.Div(_screens(), id=ANCHOR, className="settings-part")),
        class_name="settings",
    )


def _screens() -> Component:
    """The form for a new screen, what came of it, and the list."""
    label = text_field(Id.LABEL, t("settings.screen_label"), placeholder=t("settings.screen_example"))
    make = button([icon("plus-lg"), t("settings.screen_make")], id=Id.MAKE)
    return stack(
        page_url("screens"),
        dcc.Interval(id=Id.TICK, interval=_TICK_MS),
        dcc.Store(id=Id.CHANGED, data=0),
        panel(
            html.P(t("settings.screens_lead"), className="settings-lead"),
            html.Div([label, make], className="intake-form"),
            loading(html.Div(id=Id.RESULT)),
            html.Div(id=Id.QUESTION),
            html.Div(id=Id.SET_PLACE),
            loading(html.Div(id=Id.LIST)),
            title=t("settings.screens"),
        ),
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """List the screens every half minute; make one, shut one out, choose what one shows."""

    @app.callback(Output(Id.LIST, "children"), Input(Id.TICK, "n_intervals"), Input(Id.CHANGED, "data"))
    @guarded(PAGE)
    def show(_: Any, __: Any) -> Component:
        return screen_list(screens(office, now()), now())

    @app.callback(Output(Id.QUESTION, "children"), Input(Id.URL, "search"), Input(Id.CHANGED, "data"))
    @guarded(PAGE)
    def ask(search: str | None, _: Any) -> Component | None:
        return question(screens(office, now()), read_query(search).get(REVOKE))

    @app.callback(Output(Id.SET_PLACE, "children"), Input(Id.URL, "search"), Input(Id.CHANGED, "data"))
    @guarded(PAGE)
    def ask_what(search: str | None, _: Any) -> Component | None:
        return choice_form(office, screens(office, now()), read_query(search).get(SET))

    def make(_pressed: str, label: Any, changed: Any) -> tuple[Any, ...]:
        return made(office, now(), str(label or ""), request.host_url), once_more(changed), "", ""

    def revoke(pressed: str, screen_id: Any, changed: Any) -> tuple[Any, ...] | None:
        return (revoked(office, now(), screen_id), once_more(changed), "") if pressed == Id.REVOKE else None

    @app.callback(
        Output(Id.RESULT, "children", allow_duplicate=True),
        Input({"type": Id.RENEW, "key": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    @guarded(PAGE, May.DO)
    def renew(clicks: Sequence[int | None]) -> Component:
        pressed = ctx.triggered_id
        if not any(clicks) or not isinstance(pressed, dict):
            raise PreventUpdate  # the list was drawn anew
        try:
            refuse_invented()
            return renewed(office, now(), pressed["key"], request.host_url)
        except PantauError as error:
            return outcome(sentence(error))

    def save(_pressed: str, which: Any, language: Any, views: Any, rooms: Any, changed: Any) -> tuple[Any, ...]:
        return chosen_for(office, now(), which, language, views, rooms), once_more(changed), ""

    words, changed, address = (Id.RESULT, "children"), (Id.CHANGED, "data"), (Id.URL, "search")
    label = (Id.LABEL, "value")
    on_press(app, PAGE, [Id.MAKE], [label, changed], make, [words, changed, label, address])
    chosen = (Id.CHOSEN, "data")
    on_press(app, PAGE, [Id.REVOKE], [chosen, changed], revoke, [words, changed, address], allow_duplicate=True)
    given = [(Id.SET_WHICH, "data"), *((field, "value") for field in (Id.LANGUAGE, Id.VIEWS, Id.ROOMS)), changed]
    on_press(app, PAGE, [Id.SAVE], given, save, [words, changed, address], allow_duplicate=True)


def made(office: Office, now: int, label: str, base_url: str) -> Component:
    """Make a screen; its link, which is shown this once."""
    name = " ".join(label.split())
    if not name or len(name) > LONGEST_LABEL:
        raise ScreenLabelError("settings.screen_label_wanted", n=LONGEST_LABEL)
    return _link_once(name, device_link(office, name, now, base_url, account().name))


def renewed(office: Office, now: int, screen_id: str, base_url: str) -> Component:
    """A new link of a screen, which is shown this once."""
    labels = {str(screen.id): screen.label for screen in screens(office, now)}
    if screen_id not in labels:
        raise PantauError("access.no_screen", number=screen_id)
    return _link_once(labels[screen_id], renewed_link(office, int(screen_id), now, base_url, account().name))


def _link_once(name: str, address: str) -> Component:
    title = t("settings.link_for", screen=name)
    return shown_once(Id.LINK, title, t("settings.link_once"), address, t("settings.link_how"))


def revoked(office: Office, now: int, screen_id: Any) -> Component:
    """Shut a screen out; a message for the page."""
    labels = {screen.id: screen.label for screen in screens(office, now) if screen.state is not ScreenState.REVOKED}
    if not isinstance(screen_id, int) or screen_id not in labels:
        raise PantauError("access.no_screen", number=screen_id)
    revoke_screen(office, screen_id, now)
    return outcome(t("settings.revoked", screen=labels[screen_id]), Tone.GOOD)


def chosen_for(office: Office, now: int, which: Any, language: Any, views: Any, rooms: Any) -> Component:
    """Keep what a screen shows; a message for the page. What is not offered is left out, and all rooms are none: as on
    every other screen."""
    offered = [room.name for room in office.settings.rooms]
    shown, places = _picked(views, VIEWS), _picked(rooms, offered)
    if not shown:
        raise ScreenViewsError("settings.screen_views_wanted")
    spoken = language if language in set(Language) else None
    choice = ScreenChoice(spoken, shown, () if places == tuple(offered) else places)
    number = which if isinstance(which, int) and not isinstance(which, bool) else 0
    label = choose_for_screen(office, number, choice, now)
    return outcome(t("settings.screen_set", screen=label), Tone.GOOD)


def _picked(ticked: Any, offered: Sequence[str]) -> tuple[str, ...]:
    """What was ticked of what is offered, in its order."""
    return tuple(one for one in offered if isinstance(ticked, list) and one in ticked)


def choice_form(office: Office, shown: Sequence[Screen], screen_id: str | None) -> Component | None:
    """What that screen shows, to be chosen; None when the address names no screen in use."""
    open_ = (screen for screen in shown if screen.state is not ScreenState.REVOKED)
    screen = next((screen for screen in open_ if str(screen.id) == screen_id), None)
    if screen is None:
        return None
    choice, rooms = screen.choice, [room.name for room in office.settings.rooms]
    spoken = [("", t("settings.screen_language_any")), *((one.value, one.own_name) for one in Language)]
    views = {view: t(f"wall.view.{view}") for view in VIEWS}
    fields = [
        select(Id.LANGUAGE, t("settings.screen_language"), spoken, choice.language or ""),
        _ticks(Id.VIEWS, t("settings.screen_views"), views, views_of(choice)),
        _ticks(Id.ROOMS, t("settings.screen_rooms"), {room: room for room in rooms}, choice.rooms or rooms),
    ]
    keep = button(t("settings.screen_keep"), href=PATH, kind="quiet")
    return stack(
        dcc.Store(id=Id.SET_WHICH, data=screen.id),
        html.H3(t("settings.screen_set_title", screen=screen.label)),
        html.P(t("settings.screen_set_words")),
        html.Div(fields, className="settings-screen"),
        html.Div([button(t("settings.screen_save"), id=Id.SAVE), keep], className="intake-form"),
        class_name="settings-question is-plain",
    )


def _ticks(id: str, name: str, offered: Mapping[str, str], ticked: Sequence[str]) -> html.Fieldset:
    """A list to tick."""
    options = [{"label": words, "value": value} for value, words in offered.items()]
    return html.Fieldset([html.Legend(name, className="p-field-label"), dbc.Checklist(options, [*ticked], id=id)])


def screen_list(shown: Sequence[Screen], now: int) -> Component:
    """All screens as a table; words when there is none."""
    if not shown:
        return empty(t("settings.no_screens"), t("settings.no_screens_hint"), "display")
    silent = sum(screen.is_silent and screen.state is ScreenState.SILENT for screen in shown)
    warning = outcome(t("settings.silent", n=silent), Tone.LATE) if silent else None
    return html.Div([warning, table(t("settings.screens"), _columns(now), shown, "intake-table", _row_properties)])


def _row_properties(screen: Screen) -> dict[str, str]:
    return {"className": "is-revoked" if screen.state is ScreenState.REVOKED else ""}


def _columns(now: int) -> list[Column[Screen]]:
    cells: dict[str, Callable[[Screen], Component | str]] = {
        "screen": lambda screen: _with_small(html.Strong(screen.label), _shows(screen)),
        "state": lambda screen: pill(*_LOOKS[screen.state], t(f"settings.state_{screen.state}")),
        "seen": lambda screen: _ago(screen.seen_at, now),
        "painted": lambda screen: _with_small(_ago(screen.heartbeat_at, now), screen.viewport),
        "page": _page,
        "made": lambda screen: _with_small(fmt().moment_short(screen.created_at), screen.created_by),
        "action": _action,
    }
    return [Column(key, t(f"settings.head_{key}"), cell) for key, cell in cells.items()]


def _shows(screen: Screen) -> str | None:
    """What was chosen for a screen, in words; None where it is as every other."""
    choice = screen.choice
    if choice == ScreenChoice():
        return None
    views = [t(f"wall.view.{view}") for view in choice.views]
    return " · ".join([*views, *choice.rooms, *([choice.language.upper()] if choice.language else [])])


def _with_small(words: Component | str, small: str | None) -> Component:
    return html.Span([words, html.Small(small) if small else None])


def _ago(moment: int | None, now: int) -> Component | str:
    if moment is None:
        return t("settings.never")
    return html.Span(fmt().age(max(now - moment, 0)), title=fmt().moment(moment))


def _page(screen: Screen) -> Component | str:
    """Whether it shows the page that this server gives out, and how often its scripts stumbled."""
    if screen.build is None:
        return t("word.none")
    is_newest = screen.build.startswith(build_mark())  # what was chosen for it stands behind
    words = t("settings.build_new" if is_newest else "settings.build_old")
    return html.Span([words, html.Small(screen.build), html.Small(_errors(screen))])


def _errors(screen: Screen) -> str:
    if not screen.error_count:
        return t("settings.no_errors")
    count = t("settings.errors", count=fmt().number(screen.error_count), n=screen.error_count)
    last = [count, screen.last_error or "", fmt().moment_short(screen.last_error_at) if screen.last_error_at else ""]
    return " · ".join(filter(None, last))


def _action(screen: Screen) -> Component | str:
    if screen.state is ScreenState.REVOKED:
        return t("settings.revoked_at", moment=fmt().moment_short(screen.revoked_at))
    shut = link([icon("x-lg"), t("settings.revoke")], with_query(PATH, **{REVOKE: screen.id}), "intake-more")
    choose = link([icon("sliders"), t("settings.screen_choose")], with_query(PATH, **{SET: screen.id}), "intake-more")
    words = [icon("arrow-repeat"), t("settings.renew")]
    return html.Div(
        [button(words, id={"type": Id.RENEW, "key": str(screen.id)}, kind="quiet"), choose, shut],
        className="settings-ways",
    )


def question(shown: Sequence[Screen], screen_id: str | None) -> Component | None:
    """Asks whether that screen shall really be shut out; None when the address names no screen."""
    open_ = (screen for screen in shown if screen.state is not ScreenState.REVOKED)
    chosen = next((screen for screen in open_ if str(screen.id) == screen_id), None)
    if chosen is None:
        return None
    stored, act = dcc.Store(id=Id.CHOSEN, data=chosen.id), button(t("settings.revoke_do"), id=Id.REVOKE)
    title = t("settings.revoke_title", screen=chosen.label)
    return sure_question(stored, title, t("settings.revoke_words"), act, PATH)
