"""Which versions of the settings were there, by whom, what did each change, and how is one brought back?

The settings as a file, too: fetched, and given with a preview.

GET /pengaturan/semua/berkas.toml   the settings in force, for an administrator
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from flask import Flask, Response

from dashboard.access import Door, May, Page, door, guarded
from dashboard.components import button, empty, icon, link, loading, panel, with_query
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.settings.preview import difference_words, effects
from dashboard.pages.shared.forms import outcome
from dashboard.pages.shared.words import actor_words
from data_access.errors import PantauError
from etl.desk.settings_edit import SettingsChange, settings_changes
from etl.office import Office
from etl.settings.document import Settings, apply, to_toml
from etl.settings.forms import differences
from etl.settings.toml_text import MAX_BYTES

PAGE = Page.PENGATURAN
PATH = "/pengaturan/semua"
HISTORY, FILE_PART = "riwayat", "berkas"
"""What the address names besides the tables."""

FILE_PATH = f"{PATH}/berkas.toml"
SHOWN = 30
"""So many versions are listed, the newest ones."""

WANTED, APPLY = "tables-wanted", "tables-apply"
FILE, FILE_TRIED = "tables-file", "tables-file-tried"
"""Ids of the page."""


class SettingsFileError(PantauError):
    """What was given is no text of settings."""


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Say what a file that is given would change."""

    @app.callback(
        Output(FILE_TRIED, "children"), Input(FILE, "contents"), State(FILE, "filename"), prevent_initial_call=True
    )
    @guarded(PAGE, May.DO)
    def try_file(contents: Any, name: Any) -> Component:
        try:
            return file_tried(office, now(), contents, name)
        except PantauError as error:
            return outcome(sentence(error))


def proposal(office: Office, now: int, wanted: Settings, version: int, reason: str) -> Component:
    """What other settings would change, and the button that puts them in force over that version, unless nothing
    differs. Raises RuleError."""
    if wanted == office.settings:
        return html.Div(html.P(t("tables.same")), className="p-banner is-plain")
    stored = {"document": wanted.to_document(), "version": version, "reason": reason}
    return html.Div(
        [
            html.H3(t("tables.preview")),
            effects(office, wanted, now),
            dcc.Store(id=WANTED, data=stored),
            html.Div(button([icon("check-lg"), t("tables.apply")], id=APPLY), className="intake-form"),
        ],
        className="settings-made",
    )


def newer_notice(office: Office, version: int) -> Component | None:
    """Who changed the settings since that version, when, and what differs; None when nobody did."""
    newest = office.book.version
    if newest == version:
        return None
    (last,) = settings_changes(office, 1)
    words = {"version": newest, "before": version, "actor": actor_words(office, last.actor)}
    said = t("tables.newer_version", moment=fmt().moment(last.at), **words)
    changes = difference_words(differences(office.settings_of(version), office.settings))
    return html.Div(
        [html.P([icon("people"), " ", said]), *changes], className="p-banner is-near is-block", role="alert"
    )


def history(office: Office, now: int, chosen: str | None) -> list[Component]:
    """The versions, the newest first; with `chosen` what going back to that one would change."""
    changes, newest = settings_changes(office, SHOWN), office.book.version
    earlier = {str(one.version) for one in changes if one.version != newest} | ({"0"} if newest else set())
    parts = [_undo(office, now, int(chosen))] if chosen in earlier else []
    lead = html.P(t("tables.history_lead"), className="settings-lead")
    shown = table(t("tables.history"), _columns(office, newest), changes, "intake-table")
    listed = shown if changes else empty(t("tables.no_history"))
    first = [link(t("tables.back_to_shipped"), _version_address(0), "intake-more")] if newest else []
    return [*parts, panel(lead, listed, *first, title=t("tables.history"))]


def _undo(office: Office, now: int, version: int) -> Component:
    """What it would change to go back, as a new version."""
    wanted, reason = office.settings_of(version), t("tables.did_undo", version=version)
    return panel(proposal(office, now, wanted, office.book.version, reason), title=reason)


def _version_address(version: int) -> str:
    return with_query(PATH, bagian=HISTORY, versi=str(version))


def _columns(office: Office, newest: int) -> list[Column[SettingsChange]]:
    return [
        Column("version", t("tables.field_version"), lambda one: html.Strong(str(one.version)), is_name=True),
        Column("at", t("tables.when"), lambda one: fmt().moment_short(one.at)),
        Column("actor", t("tables.who"), lambda one: actor_words(office, one.actor)),
        Column("changes", t("tables.what"), _what),
        Column("action", t("tables.action"), lambda one: _back(one, newest)),
    ]


def _what(change: SettingsChange) -> Component:
    reason = html.P(change.reason, className="p-muted") if change.reason else None
    return html.Div([reason, *difference_words(change.differences, 5)])


def _back(change: SettingsChange, newest: int) -> Component | str:
    if change.version == newest:
        return t("tables.in_force")
    return link([icon("arrow-counterclockwise"), t("tables.back")], _version_address(change.version), "intake-more")


def file_part() -> list[Component]:
    """The settings as a file: to fetch, and to give."""
    fetch = html.A([icon("download"), t("tables.fetch")], href=FILE_PATH, className="p-button is-quiet")
    choose = dcc.Upload(button([icon("file-earmark-arrow-up"), t("tables.choose")], kind="quiet"), id=FILE)
    return [
        panel(
            html.P(t("tables.file_lead"), className="settings-lead"),
            html.Div([fetch, choose], className="intake-form"),
            loading(html.Div(id=FILE_TRIED, **{"aria-live": "polite"})),
            title=t("tables.file"),
        )
    ]


def file_tried(office: Office, now: int, contents: Any, name: Any) -> Component:
    """What a file of settings would change. Raises SettingsFileError, RuleError."""
    shown = str(name or "pengaturan.toml")[:100]
    wanted = apply(office.settings, _text(contents), shown)
    return proposal(office, now, wanted, office.book.version, t("tables.did_file", file=shown))


def _text(contents: Any) -> str:
    """The text of a file as the browser sends it, `data:…;base64,…`."""
    if not isinstance(contents, str) or not contents:
        raise SettingsFileError("tables.no_file")
    try:
        content = base64.b64decode(contents.partition(",")[2], validate=True)
    except (ValueError, binascii.Error):
        raise SettingsFileError("tables.no_file") from None
    if len(content) > MAX_BYTES:
        raise SettingsFileError("tables.big_file", most=MAX_BYTES)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsFileError("tables.no_text") from None


def register_file(server: Flask, office: Office) -> None:
    """The settings in force as TOML."""

    @server.get(FILE_PATH, endpoint="settings_file")
    @door(Door.PAGE, PAGE, May.DO, gives="export")
    def fetch() -> Response:
        name = f"pengaturan-versi-{office.book.version}.toml"
        sent = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(to_toml(office.settings), mimetype="application/toml", headers=sent)
