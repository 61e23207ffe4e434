"""Who did what, when and from where, in the words of the office; whether the records are as they were recorded.

/pengaturan/jejak-audit?pengguna=kadin&jenis=export&subjek=laporan&dari=2026-09-01&sampai=2026-09-30&hal=2
GET /pengaturan/jejak-audit.csv?…        the same entries as a file
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from functools import partial

from dash import dcc, html
from dash.development.base_component import Component
from flask import Flask, Response, abort, request

from dashboard.access import Door, Page, door
from dashboard.components import button, empty, icon, page_head, panel, stack, with_query
from dashboard.components.tables import Column, pager, pages_of, sheet, table
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.settings.audit_subjects import Subjects, subjects_of, things_called
from dashboard.pages.settings.chain_state import chain_parts, register_chain
from dashboard.pages.shared.exports import as_csv, sent
from dashboard.pages.shared.forms import typed_day
from dashboard.pages.shared.links import settings_crumbs
from dashboard.pages.shared.page_request import Names, PageRequest, is_page
from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.access import AuditEntry, AuditFilter, acting_names, actions_page, count_actions
from etl.office import Office

PAGE = Page.JEJAK
PATH = "/pengaturan/jejak-audit"
TITLE = "audit.title"
NAV = None
register = register_chain

PAGE_SIZE = 50
MOST_IN_FILE = 100_000
_LONGEST = 100

ACTIONS = (
    "login",
    "logout",
    "logout_all",
    "logout_other",
    "login_refused",
    "login_throttled",
    "openid_login",
    "openid_refused",
    "openid_throttled",
    "identity_bound",
    "identity_unbound",
    "code_login",
    "code_refused",
    "code_throttled",
    "access_refused",
    "password_set",
    "password_given",
    "second_factor_on",
    "second_factor_off",
    "view_kept",
    "view_removed",
    "list_columns",
    "load",
    "entry",
    "undo",
    "correct",
    "correction_answer",
    "rejects_done",
    "rejects_open",
    "inbox_done",
    "scan_added",
    "scan_removed",
    "scan_read",
    "fault_assign",
    "fault_comment",
    "fault_resolve",
    "fault_reopen",
    "settings",
    "settings_version",
    "sop_version",
    "mandate_added",
    "mandate_ended",
    "publish_report",
    "export",
    "calendar_read",
    "calendar_link",
    "calendar_link_ended",
    "user_added",
    "user_role",
    "user_email",
    "code_email",
    "user_enabled",
    "user_disabled",
    "user_link",
    "demo_logins",
    "start_link",
    "office_begun",
    "screen_added",
    "screen_renewed",
    "screen_set",
    "screen_opened",
    "screen_revoked",
    "code_added",
    "code_ended",
    "backup",
    "backup_begun",
    "backup_fetched",
    "restored",
    "chain_begun",
    "chain_checked",
    "retention",
)
"""What is done, as the audit calls it; each has its words."""

MACHINES = {
    "cli": "audit.cli",
    "server": "audit.server",
    "watch": "intake.actor_watch",
    "inbox": "intake.actor_inbox",
    "source": "intake.actor_source",
    "demo": "intake.actor_demo",
}
"""What acts without a person, and its words."""

_PARTS = ("pengguna", "jenis", "subjek", "dari", "sampai")
ADDRESS_NAMES: Names = {"hal": is_page, **dict.fromkeys(_PARTS)}


def layout(page_request: PageRequest) -> Component:
    """State of the chain, the filter, and a page of the entries."""
    office, query = page_request.office, _asked(page_request.query)
    wanted = filter_of(office, query)
    with reading(office.records) as connection:
        total = count_actions(connection, wanted)
        page = min(_page(page_request.query), pages_of(total, PAGE_SIZE))
        entries = actions_page(connection, wanted, PAGE_SIZE, (page - 1) * PAGE_SIZE)
        names = acting_names(connection)
    file = button([icon("download"), "CSV"], href=with_query(f"{PATH}.csv", **query), kind="quiet")
    shown: list[Component] = [empty(t("audit.none"), t("audit.none_hint"))]
    if entries:
        shown = [_list(entries, subjects_of(office, entries)), pager(page, PAGE_SIZE, total, partial(_address, query))]
    return stack(
        page_head(t("audit.title"), t("audit.subtitle"), actions=[file], crumbs=settings_crumbs(t("audit.title"))),
        *chain_parts(office),
        panel(_form(query, names), *shown),
        class_name="settings",
    )


def _address(query: Mapping[str, str], number: int) -> str:
    return with_query(PATH, **query, hal=str(number))


def register_file(server: Flask, office: Office) -> None:
    """Add the route of the file."""

    @server.get(f"{PATH}.csv", endpoint="audit_file")
    @door(Door.PAGE, PAGE, gives="export")
    def file() -> Response:
        try:
            wanted = filter_of(office, _asked(request.args))
        except PantauError as error:
            abort(400, sentence(error))
        with reading(office.records) as connection:
            entries = actions_page(connection, wanted, MOST_IN_FILE)
        return sent(
            as_csv(sheet(t("audit.title"), _columns(subjects_of(office, entries)), entries)),
            f"{t('audit.file_name')}.csv",
        )


def _asked(query: Mapping[str, str]) -> dict[str, str]:
    given = {name: query.get(name, "").replace("\0", "").strip()[:_LONGEST] for name in _PARTS}
    return {name: text for name, text in given.items() if text}


def _page(query: Mapping[str, str]) -> int:
    number = query.get("hal", "1")
    return max(1, int(number)) if number.isascii() and number.isdecimal() and len(number) < 8 else 1


def filter_of(office: Office, query: Mapping[str, str]) -> AuditFilter:
    """What an address asks for; both days included. Raises PantauError for a day that is none."""
    kind = query.get("jenis")
    wanted = AuditFilter(
        actor=query.get("pengguna"),
        actions=(kind,) if kind else None,
        first=_moment(office, query["dari"], time.min) if "dari" in query else None,
        last=_moment(office, query["sampai"], time.max) if "sampai" in query else None,
    )
    return replace(wanted, things=things_called(office, query["subjek"], wanted)) if "subjek" in query else wanted


def _moment(office: Office, typed: str, clock: time) -> int:
    return int(datetime.combine(typed_day(typed, "word.no_such_day"), clock, office.zone).timestamp())


def _form(query: Mapping[str, str], names: Sequence[str]) -> Component:
    people = [("", t("audit.anybody")), *((name, _actor_words(name)) for name in names)]
    kinds = [("", t("audit.any_action")), *((kind, t(f"audit.action_{kind}")) for kind in ACTIONS)]
    fields = [
        _choice("pengguna", t("audit.actor"), people, query),
        _choice("jenis", t("audit.action"), kinds, query),
        _typed("subjek", t("audit.subject"), query),
        _typed("dari", t("audit.first"), query, t("word.day_form")),
        _typed("sampai", t("audit.last"), query, t("word.day_form")),
        html.Button(t("audit.show"), type="submit", className="p-button is-primary"),
    ]
    return html.Form(fields, action=PATH, method="get", className="intake-form")


def _choice(name: str, label: str, options: Sequence[tuple[str, str]], query: Mapping[str, str]) -> Component:
    chosen = query.get(name, "")
    words = [html.Option(text, value=value, selected=value == chosen) for value, text in options]
    field = html.Select(words, name=name, className="p-select form-select")
    return html.Label([html.Span(label, className="p-field-label"), field], className="p-field")


def _typed(name: str, label: str, query: Mapping[str, str], hint: str = "") -> Component:
    field = dcc.Input(name=name, value=query.get(name, ""), placeholder=hint, className="p-input form-control")
    return html.Label([html.Span(label, className="p-field-label"), field], className="p-field")


def _list(entries: Sequence[AuditEntry], subjects: Subjects) -> Component:
    return table(t("audit.title"), _columns(subjects), entries, "audit-table", hides_empty=True)


def _columns(subjects: Subjects) -> list[Column[AuditEntry]]:
    return [
        _column("at", "moment", lambda entry: fmt().moment_short(entry.at)),
        _column("actor", "actor", lambda entry: _actor_words(entry.actor)),
        _column("action", "action", _action_words),
        Column("subject", t("audit.subject"), subjects.shown, subjects.words),
        _column("address", "address", lambda entry: entry.address or ""),
        Column("times", t("audit.times"), _times, lambda entry: entry.times, "num"),
    ]


def _column(key: str, head: str, told: Callable[[AuditEntry], str]) -> Column[AuditEntry]:
    """A column that says the same on the screen and in the file."""
    return Column(key, t(f"audit.{head}"), told, told, is_name=key == "action")


def _times(entry: AuditEntry) -> str:
    return t("audit.times_count", count=fmt().number(entry.times)) if entry.times > 1 else ""


def _actor_words(actor: str | None) -> str:
    return t(MACHINES[actor]) if actor in MACHINES else actor or t("audit.nobody")


def _action_words(entry: AuditEntry) -> str:
    return t(f"audit.action_{entry.action}") if entry.action in ACTIONS else t("audit.other")
