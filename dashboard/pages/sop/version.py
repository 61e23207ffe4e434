"""Which time limits hold from which day on, and why: every version of the SOP, and the form for a new one, entered by
those who may."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page, account
from dashboard.components import (
    Tone,
    button,
    date_field,
    empty,
    link,
    page_head,
    page_url,
    panel,
    pill,
    read_day,
    stack,
    with_query,
)
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.i18n.catalogue import Language
from dashboard.i18n.formats import Formats
from dashboard.pages.shared.forms import on_press, outcome, reason_field, reason_of, text_field
from dashboard.pages.shared.invented import invented_notice
from dashboard.pages.shared.links import SOP, VERSION, may_do, tabs
from dashboard.pages.shared.page_request import PageRequest
from dashboard.pages.shared.words import actor_words
from data_access.records.office import SopEntry
from etl.desk.sop_edit import Entered, SopEdit, changed_times, editable, enter_version
from etl.domain.sop.steps import SopStep
from etl.domain.sop.versions import SopVersion
from etl.office import Office
from etl.settings.sops import ENTERED, entry_name

PAGE = Page.SOP
PATH = VERSION
TITLE = "sop.version_title"
NAV = None


class Id(StrEnum):
    """Ids of the page; each step's field has its code behind TIME."""

    NUMBER = "sop-number"
    SINCE = "sop-since"
    TIME = "sop-time-"
    REASON = "sop-reason"
    SAVE = "sop-save"
    SAID = "sop-said"


def layout(page_request: PageRequest) -> Component:
    """The form, filled with the newest version; words for those who may not change anything."""
    head = page_head(t("sop.version_title"), t("sop.version_subtitle"), crumbs=_crumbs())
    if not may_do(page_request.account):
        return html.Div([head, panel(empty(t("shell.forbidden_words"), icon_name="shield-lock"))], className="sop")
    newest = page_request.office.sop.current()
    return stack(
        page_url("sop-version"),
        head,
        tabs(VERSION, page_request.query, page_request.account),
        invented_notice(),
        html.Div(id=Id.SAID),
        panel(*_form(newest), class_name="intake"),
        class_name="sop",
    )


def _crumbs() -> list[tuple[str, str | None]]:
    return [(t("sop.page"), SOP), (t("sop.version_title"), None)]


def _form(newest: SopVersion) -> Sequence[Component]:
    f = fmt()
    return [
        html.P(t("sop.version_rule"), className="intake-hint"),
        html.P(t("sop.version_newest", number=newest.number, day=f.date(newest.effective_on)), className="intake-hint"),
        stack(
            text_field(Id.NUMBER, t("sop.version_number"), newest.number),
            date_field(Id.SINCE, t("sop.version_since")),
            class_name="intake-form",
        ),
        html.H3(t("sop.version_times"), className="sop-h3"),
        html.Div([_field(newest.step(code)) for code in editable(newest)], className="sop-times"),
        html.P(t("sop.version_times_hint"), className="p-muted"),
        reason_field(Id.REASON, t("sop.version_example")),
        html.Div(button(t("sop.version_save"), id=Id.SAVE), className="intake-form"),
    ]


def _field(step: SopStep) -> Component:
    return text_field(f"{Id.TIME}{step.code}", f"{step.code} · {step.short_name}", step.time.text)


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take a version from those who may enter one."""
    steps = editable(office.sop.current())

    def save(_pressed: str, number: Any, since: Any, reason: Any, *times: Any) -> Component:
        day = read_day(since)
        if day is None:
            return outcome(t("sop.no_date"))
        words = reason_of(reason)
        if not words:
            return outcome(t("intake.reason_short"))
        written = {code: str(value or "") for code, value in zip(steps, times, strict=True)}
        edit = SopEdit(str(number or ""), day, written, words, _printed(office, day))
        entered = enter_version(office, edit, now(), account().name)
        return html.Div([_done(entered), html.P(link(t("sop.version_look"), SOP, "cases-link"))])

    fields = [Id.NUMBER, Id.SINCE, Id.REASON, *(f"{Id.TIME}{code}" for code in steps)]
    on_press(app, PAGE, [Id.SAVE], [(id, "value") for id in fields], save, [(Id.SAID, "children")])


def _done(entered: Entered) -> Component:
    f = fmt()
    if not entered.is_published:
        return outcome(t("intake.saved_not_shown"), Tone.NEAR)
    words = t(
        "sop.version_done",
        day=f.date(entered.version.effective_on),
        count=f.number(entered.letters),
        n=entered.letters,
    )
    return outcome(words, Tone.GOOD)


def _printed(office: Office, day: date) -> str:
    """The date as the identity block prints it: the SOP is an Indonesian document in any language of the screen."""
    return Formats(Language.INDONESIAN, office.zone).date(day).partition(", ")[2]


def versions(
    office: Office, shown: SopVersion, entries: Sequence[SopEntry], query: Mapping[str, str], today: date
) -> Component:
    """Every version, the newest first: since when, what changed, where it comes from, by whom and why."""
    by_name = {entry_name(entry.id): entry for entry in entries}
    listed, in_force = office.sop.versions, office.sop.version_on(today)
    rows = [
        _VersionRow(version, before, by_name.get(version.file))
        for version, before in reversed(list(zip(listed, (None, *listed[:-1]), strict=True)))
    ]

    def since(row: _VersionRow) -> list[Component]:
        address = with_query(SOP, **{**query, "versi": row.version.effective_on.isoformat()})
        marks = [pill(Tone.GOOD, "check-lg", t("sop.in_force"))] if row.version is in_force else []
        marks += [pill(Tone.PLAIN, "eye", t("sop.shown"))] if row.version is shown else []
        return [link(fmt().date(row.version.effective_on), address, "cases-link"), *marks]

    columns: list[Column[_VersionRow]] = [
        Column("since", t("sop.version_since"), since, is_name=True),
        Column("number", t("sop.version_number"), lambda row: row.version.number),
        Column("change", t("sop.version_change"), lambda row: _changes(row.version, row.before)),
        Column("by", t("sop.version_by"), lambda row: _origin(office, row.version, row.entry)),
    ]
    title = t("sop.versions_title")
    drawn = table(
        title, columns, rows, "sop-versions", lambda row: {"className": "is-shown"} if row.version is shown else {}
    )
    replaced = len(by_name.keys() - {version.file for version in listed})
    note = html.P(t("sop.replaced", n=replaced), className="p-muted") if replaced else None
    return panel(drawn, note, title=title, note=t("sop.versions_note"))


class _VersionRow(NamedTuple):
    """A version, the one before it, and what was entered of it on the screen."""

    version: SopVersion
    before: SopVersion | None
    entry: SopEntry | None


def _changes(version: SopVersion, before: SopVersion | None) -> list[Component | str]:
    if before is None:
        return [t("sop.first")]
    changes = changed_times(before, version)
    return [html.Div(t("sop.changed", step=code, old=old, new=new)) for code, (old, new) in changes.items()] or [
        t("sop.same_times")
    ]


def _origin(office: Office, version: SopVersion, entry: SopEntry | None) -> list[Component | str]:
    if entry is None:
        return [
            t("sop.from_file", file=Path(version.file).name) if not version.file.startswith(ENTERED) else t("word.none")
        ]
    f = fmt()
    return [
        html.Div(t("sop.entered", who=actor_words(office, entry.actor), moment=f.moment_short(entry.at))),
        html.Div(entry.reason, className="p-muted"),
    ]
