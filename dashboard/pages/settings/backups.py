"""Which backups of the office are there, when is the next one made, and how does one leave the machine?

GET /pengaturan/cadangan/berkas/<name>   a backup, for an administrator; on record in the access log
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from flask import Flask, abort, send_file
from werkzeug.wrappers import Response

from dashboard.access import Door, May, Page, account, door, guarded
from dashboard.components import Tone, button, empty, icon, link, page_head, panel, pill, stack
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.shared.forms import note, on_press, outcome
from dashboard.pages.shared.invented import form_area
from dashboard.pages.shared.links import settings_crumbs
from dashboard.pages.shared.page_request import PageRequest, once_more
from data_access.home import Home
from etl.domain.units import DAY
from etl.keeping.backup import Backup, backups, is_running, last_failure
from etl.office import Office

PAGE = Page.PENGATURAN
PATH = "/pengaturan/cadangan"
FILE_PATH = f"{PATH}/berkas"
TITLE = "backups.title"
NAV = None

RESTORING = "/bantuan/admin#mencadangkan-kantor"
"""Where the handbook says how a backup comes back."""

_TICK_MS = 5_000


class Id(StrEnum):
    """Ids of the page."""

    TICK = "backups-tick"
    CHANGED = "backups-changed"
    RESULT = "backups-said"
    STATE = "backups-state"
    MAKE = "backups-make"


def layout(page_request: PageRequest) -> Component:
    """How it stands, the button, and the list."""
    make = button([icon("archive"), t("backups.make")], id=Id.MAKE)
    return stack(
        dcc.Interval(id=Id.TICK, interval=_TICK_MS),
        dcc.Store(id=Id.CHANGED, data=0),
        page_head(t("backups.title"), t("backups.subtitle"), crumbs=settings_crumbs(t("backups.title"))),
        form_area(
            panel(
                html.P([t("backups.lead"), " ", _way_to_restoring()], className="settings-lead"),
                html.Div(make, className="intake-form"),
                html.Div(id=Id.RESULT, **{"aria-live": "polite"}),
                html.Div(state(page_request.office, page_request.now), id=Id.STATE),
            )
        ),
        class_name="settings",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show how it stands every few seconds; begin a backup."""

    @app.callback(
        Output(Id.STATE, "children"),
        Input(Id.TICK, "n_intervals"),
        Input(Id.CHANGED, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def show(_: Any, __: Any) -> list[Component | None]:
        return state(office, now())

    def make(_pressed: str, changed: Any) -> tuple[Any, ...]:
        return begun(office, now()), once_more(changed)

    changed = (Id.CHANGED, "data")
    on_press(app, PAGE, [Id.MAKE], [changed], make, [(Id.RESULT, "children"), changed])


def _way_to_restoring() -> Component:
    return link(t("backups.how_to_restore"), RESTORING, "cases-link")


def begun(office: Office, now: int) -> Component:
    """Begin a backup in the background, unless one is being made."""
    if is_running(office.home):
        return outcome(t("backups.running"), Tone.NEAR)
    note(office, now, account().name, "backup_begun", "")
    process = begin_backup(office.home)
    threading.Thread(target=process.wait, daemon=True).start()
    return outcome(t("backups.begun"), Tone.GOOD)


def begin_backup(home: Home, *words: str) -> subprocess.Popen[bytes]:
    """`pantau backup` of that home as a process of its own, silent: what went wrong is on record in the home."""
    return begin_command(home, "backup", *words)


def begin_command(home: Home, *words: str) -> subprocess.Popen[bytes]:
    """A command for that home as a process of its own, silent."""
    command = [sys.executable, "-m", "dashboard.commands", *words, "--home", str(home.root)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)  # noqa: S603 – our own command


def state(office: Office, now: int) -> list[Component | None]:
    """Whether one is being made, what is wrong, the schedule, and the list."""
    made = backups(office.home)
    running = outcome(t("backups.running"), Tone.NEAR) if is_running(office.home) else None
    return [running, _failed(office), _too_old(office, made, now), _schedule(office), _list(made)]


def _failed(office: Office) -> Component | None:
    failure = last_failure(office.home)
    if failure is None:
        return None
    return outcome(t("backups.failed", moment=fmt().moment(failure.at), reason=sentence(failure.reason)))


def _too_old(office: Office, made: Sequence[Backup], now: int) -> Component | None:
    plan = office.settings.backup
    if not made or not plan.keep or now - made[0].at <= 2 * plan.every.seconds:
        return None
    return outcome(t("backups.too_old", age=fmt().age(now - made[0].at)))


def _schedule(office: Office) -> Component:
    plan = office.settings.backup
    if not plan.keep:
        return html.P(t("backups.off"), className="p-muted")
    is_daily = plan.every.seconds == DAY
    every = t("backups.daily") if is_daily else t("backups.every", span=str(plan.every))
    return html.P(t("backups.schedule", every=every, keep=plan.keep), className="p-muted")


def _list(made: Sequence[Backup]) -> Component:
    if not made:
        return empty(t("backups.none"), t("backups.none_hint"), "archive")
    return table(t("backups.title"), _columns(), made, "intake-table")


def _columns() -> list[Column[Backup]]:
    cells: dict[str, Callable[[Backup], Component | str]] = {
        "made": lambda one: html.Strong(fmt().moment(one.at)),
        "size": lambda one: fmt().size(one.bytes),
        "state": lambda _: pill(Tone.GOOD, "check-lg", t("backups.verified")),
        "lock": lambda one: t("backups.locked" if one.is_locked else "backups.unlocked"),
        "action": _way,
    }
    return [Column(key, t(f"backups.head_{key}"), cell) for key, cell in cells.items()]


def _way(one: Backup) -> Component:
    return html.A([icon("download"), t("backups.fetch")], href=f"{FILE_PATH}/{one.path.name}", className="intake-more")


def register_files(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Backups, for an administrator to keep elsewhere."""

    @server.get(f"{FILE_PATH}/<name>", endpoint="backup_file")
    @door(Door.PAGE, Page.PENGATURAN, May.DO)
    def fetch(name: str) -> Response:
        chosen = next((one for one in backups(office.home) if one.path.name == name), None)
        if chosen is None:
            abort(404)
        note(office, now(), account().name, "backup_fetched", name)
        return send_file(chosen.path, mimetype="application/zip", as_attachment=True, download_name=name)
