"""What each route and callback that changes something leaves in the audit: a new one says it, or why it leaves none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from dash import Dash

from dashboard.pages.settings.audit import ACTIONS
from dashboard.web.pages import PAGES
from tests.offices.desk import Desk, desk

BY_LOAD = "entry"
"""A load of something said on a screen."""

READS = "only shows what would come of it"

ROUTES = {
    "/masuk": "login", "/masuk/dua": "login", "/masuk/kode": "code_login", "/keluar": "logout",
    "/keluar/semua": "logout_all", "/sandi": "password_set", "/mulai": "user_added", "/mulai/kantor": "office_begun",
    "/lapor/<path:room>": BY_LOAD, "/lapor/<path:room>/sesi": BY_LOAD, "/data/unggah/<token>/simpan": "load",
    "/pindaian": "scan_added", "/pindaian/<name>/hapus": "scan_removed",
}  # fmt: skip
"""By rule that takes a POST the entry that it leaves."""

SILENT_ROUTES = {
    "/data/unggah": "a file is only looked at until it is saved",
    "/data/unggah/<token>/batal": "drops what was never saved",
    "/layar/aktifkan": "the screen was noted when its link was made",
    "/layar/kabar": "a heartbeat of a wall screen, some a minute, on record with the screen",
    "/_dash-update-component": "the callbacks below",
}

CALLBACKS = {
    "account-end": "logout_other", "account-confirm": "second_factor_on", "account-off": "second_factor_off",
    "account-save": "password_set", "account-email-save": "user_email", "alerts-save": "user_email",
    '{"key":["ALL"],"type":"screens-renew"}': "screen_renewed",
    "ask-send": BY_LOAD, "ask-tap": BY_LOAD, "backups-make": "backup_begun",
    "begin-save-office": "settings", "begin-clear-since": "settings", "begin-save-since": "settings",
    "cases-view-save": "view_kept", "cases-view-rename": "view_kept", "cases-view-remove": "view_removed",
    "cases-columns-use": "list_columns", "chain-check": "chain_begun", "checklist-save": "settings",
    "codes-make": "code_added", "codes-end": "code_ended",
    "correct-save": "correct", "corrections-keep": "correction_answer", "corrections-take": "correction_answer",
    "decide-accept": BY_LOAD, "decide-decline": BY_LOAD, "decide-approve": BY_LOAD, "decide-forward": BY_LOAD,
    "decide-reject": BY_LOAD, "decide-offer": BY_LOAD, "flags-extra-save": "correct", "load-mark": "rejects_done",
    "load-several-do": "correct", "load-undo-do": "undo", "mandates-add": "mandate_added",
    "mandates-end": "mandate_ended", "names-merge": "settings", "names-keep": "settings", "names-remove": "settings",
    "number-save": BY_LOAD, "paper-save": BY_LOAD, "participants-save": BY_LOAD, "report-publish": "publish_report",
    "room-feed-make": "calendar_link", "room-feed-revoke": "calendar_link_ended", "sarpras-do-assign": "fault_assign",
    "sarpras-do-comment": "fault_comment", "sarpras-do-resolve": "fault_resolve", "sarpras-do-reopen": "fault_reopen",
    "screens-make": "screen_added", "screens-revoke": "screen_revoked", "screens-save": "screen_set",
    "sop-redate": "sop_version",
    "sop-withdraw": "sop_version", "sop-save": "sop_version", "stamp-tap": BY_LOAD, "tables-apply": "settings",
    "users-add": "user_added", "users-save": "user_role", "users-make-link": "user_link",
    "users-toggle": "user_disabled", "users-factor": "second_factor_off", "users-unbind": "identity_unbound",
    "waiting-same": "settings", "waiting-add": "settings", "waiting-chosen": "correct", "waiting-letters": "correct",
    "waiting-refused-done": "inbox_done", "waiting-as-it-is": "correct", "waiting-on-that-day": "correct",
    "waiting-complete": "correct", "waiting-dismiss": "correct", "waiting-by-month": "settings",
    "waiting-by-year": "settings", "waiting-correction": "correct", "waiting-letter": "correct",
}  # fmt: skip
"""By button, or mark of a tap, the entry that its callback leaves."""

SILENT_CALLBACKS = {
    "account-on": "a secret of an app is nothing before its first code confirms it",
    "begin-check-since": READS, "begin-check-clear": READS, "sop-check": READS, "tables-check": READS,
    "tables-remove": READS, "tables-file": READS, "alerts-test": "a message without records, on the list of those sent",
}  # fmt: skip

_ACTS = re.compile(r"n_clicks|contents")
_TAP = re.compile(r".*-tap")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Dash:
    made: Desk = desk(tmp_path_factory.mktemp("audited"), pages=PAGES)
    return made.app


def pressed(app: Dash) -> Iterator[str]:
    """Ids of what a callback of the server takes for a deed of a person."""
    for entry in app.callback_map.values():
        for given in entry["inputs"] if "callback" in entry else ():
            if _ACTS.fullmatch(given["property"]) or _TAP.fullmatch(given["id"]):
                yield given["id"]


def test_every_route_that_takes_something_says_what_it_leaves(app: Dash) -> None:
    rules = {rule.rule for rule in app.server.url_map.iter_rules() if rule.methods & {"POST", "PUT", "PATCH", "DELETE"}}
    assert rules == {*ROUTES, *SILENT_ROUTES}


def test_every_callback_of_a_press_says_what_it_leaves(app: Dash) -> None:
    assert {*pressed(app)} == {*CALLBACKS, *SILENT_CALLBACKS}


def test_what_they_say_is_an_entry_that_the_product_makes() -> None:
    root = Path(__file__).parents[2]
    parts = [
        path.read_text(encoding="utf-8")
        for top in ("dashboard", "data_access", "etl")
        for path in (root / top).rglob("*.py")
        if path.name != "audit.py"
    ]
    source = "".join(parts)
    told = {*ROUTES.values(), *CALLBACKS.values()}
    assert {action for action in told if f'"{action}"' not in source and not action.startswith("fault_")} == set()
    assert told - {*ACTIONS} == set()
