"""Which time limits hold from which day on, and why: every version of the SOP, and the form for a new one, entered by
those who may."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import dash_bootstrap_components as dbc
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
    select,
    stack,
    with_query,
)
from dashboard.components.filters import labelled
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.i18n.catalogue import Language
from dashboard.i18n.formats import Formats
from dashboard.pages.shared.forms import on_press, outcome, reason_field, reason_of, text_field, typed_day
from dashboard.pages.shared.invented import form_area
from dashboard.pages.shared.links import SOP, VERSION, may_do, tabs
from dashboard.pages.shared.page_request import PERIOD_AND_PLACE, PageRequest, record_number
from dashboard.pages.shared.words import actor_words
from data_access.records import reading
from data_access.records.office import SopEntry, sop_entries
from etl.desk.sop_edit import (
    Effects,
    Entered,
    SopEdit,
    cells_of,
    changed_times,
    editable,
    effects_of,
    enter_version,
    letters_since,
    take_back,
)
from etl.domain.sop.steps import SopStep
from etl.domain.sop.versions import Sop, SopVersion
from etl.domain.units import day_date
from etl.figures.compliance.what_if import StepIf, Turn
from etl.office import Office
from etl.reference.steps import STEP_CODES
from etl.settings.sops import ENTERED, REPLACES, entry_name, standing

PAGE = Page.SOP
PATH = VERSION
TITLE = "sop.version_title"
NAV = None
ADDRESS_NAMES = PERIOD_AND_PLACE  # on the way to the other pages of the SOP


class Id(StrEnum):
    """Ids of the page; each step's field has its code behind TIME, another cell its place behind CELL."""

    NUMBER = "sop-number"
    SINCE = "sop-since"
    TIME = "sop-time-"
    CELL = "sop-cell-"
    CHECK = "sop-check"
    EFFECTS = "sop-effects"
    ENTRY = "sop-entry"
    NEW_DAY = "sop-new-day"
    BACK_REASON = "sop-back-reason"
    REDATE = "sop-redate"
    WITHDRAW = "sop-withdraw"
    REASON = "sop-reason"
    SAVE = "sop-save"
    SAID = "sop-said"
    FORM = "sop-form"
    BACK = "sop-back"
    BACK_SAID = "sop-back-said"


def layout(page_request: PageRequest) -> Component:
    """The form, filled with the newest version; words for those who may not change anything."""
    head = page_head(t("sop.version_title"), t("sop.version_subtitle"), crumbs=_crumbs())
    if not may_do(page_request.account):
        return html.Div([head, panel(empty(t("shell.forbidden_words"), icon_name="shield-lock"))], className="sop")
    office = page_request.office
    return stack(
        page_url("sop-version"),
        head,
        tabs(VERSION, page_request.query, page_request.account),
        form_area(
            panel(html.Div(_form(office.sop.current()), id=Id.FORM), html.Div(id=Id.SAID), class_name="intake"),
            panel(html.Div(_taken_back(office), id=Id.BACK), html.Div(id=Id.BACK_SAID), title=t("sop.back_title")),
        ),
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
        html.H2(t("sop.version_times"), className="sop-sub"),
        html.Div([_field(newest.step(code)) for code in editable(newest)], className="sop-times"),
        html.P(t("sop.version_times_hint"), className="p-muted"),
        *_other_cells(newest),
        reason_field(Id.REASON, t("sop.version_example")),
        html.Div(
            [
                button(t("sop.version_check"), id=Id.CHECK, kind="quiet"),
                button(t("sop.version_save"), id=Id.SAVE),
            ],
            className="intake-form",
        ),
        html.Div(id=Id.EFFECTS, **{"aria-live": "polite"}),
    ]


def _other_cells(newest: SopVersion) -> list[Component]:
    """Every other printed cell, folded: one part a step, and the identity block."""
    cells = cells_of(newest)
    places: dict[str, list[Component]] = {}
    for name, text in cells.items():
        place, _, key = name.partition(".")
        places.setdefault(place, []).append(_cell_field(f"{Id.CELL}{name.replace('.', '-')}", key, text))
    parts = [
        html.Details([html.Summary(_place_words(newest, place)), html.Div(fields, className="sop-times")])
        for place, fields in places.items()
    ]
    return [html.H2(t("sop.version_cells"), className="sop-sub"), html.P(t("sop.version_cells_hint")), *parts]


def _place_words(version: SopVersion, place: str) -> str:
    return f"{place} · {version.step(place).short_name}" if place in STEP_CODES else t("sop.version_identity")


def _cell_field(id: str, key: str, text: str) -> Component:
    rows = min(max(text.count("\n") + 1, len(text) // 40 + 1), 8)
    return labelled(t(f"sop.cell_{key}"), dbc.Textarea(id=id, value=text, rows=rows, class_name="p-input"))


def _taken_back(office: Office) -> list[Component]:
    """The versions entered here, to be taken back or given another day, each with the letters that would be judged
    anew."""
    with reading(office.records) as connection:
        entries = standing(sop_entries(connection))
    if not entries:
        return [html.P(t("sop.back_none"), className="p-muted"), *_back_fields([])]
    options = [(str(entry.id), _entry_words(office, entry)) for entry in reversed(entries)]
    return [html.P(t("sop.back_hint"), className="intake-hint"), *_back_fields(options)]


def _back_fields(options: Sequence[tuple[str, str]]) -> list[Component]:
    """The fields of that form; without a version to choose they are there unseen."""
    choice = select(Id.ENTRY, t("sop.back_which"), options or [("", t("word.none"))])
    buttons = [
        button(t("sop.back_redate"), id=Id.REDATE, kind="quiet"),
        button(t("sop.back_withdraw"), id=Id.WITHDRAW, kind="danger"),
    ]
    fields = [
        html.Div([choice, date_field(Id.NEW_DAY, t("sop.back_new_day"))], className="intake-form is-long"),
        reason_field(Id.BACK_REASON, t("sop.back_example")),
        html.Div(buttons, className="intake-form"),
    ]
    return fields if options else [html.Div(fields, hidden=True)]


def _entry_words(office: Office, entry: SopEntry) -> str:
    """02/SOP/2026, berlaku sejak 8 September 2026, 4 permohonan."""
    day, count = day_date(entry.effective_on), letters_since(office, day_date(entry.effective_on))
    f = fmt()
    return t("sop.back_entry", number=entry.document["nomor"], day=f.date_short(day), count=f.number(count), n=count)


def _field(step: SopStep) -> Component:
    return text_field(f"{Id.TIME}{step.code}", f"{step.code} · {step.short_name}", step.time.text)


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Take a version from those who may enter one, say what it would do, and take one back."""
    steps, cells = editable(office.sop.current()), tuple(cells_of(office.sop.current()))

    def edit_of(number: Any, day: date, reason: str, rest: Sequence[Any]) -> SopEdit:
        written = {code: str(value or "") for code, value in zip(steps, rest, strict=False)}
        typed = {name: str(value or "") for name, value in zip(cells, rest[len(steps) :], strict=False)}
        return SopEdit(str(number or ""), day, written, reason, _printed(office, day), typed)

    def check(_pressed: str, number: Any, since: Any, _reason: Any, *rest: Any) -> Component:
        day = typed_day(since, "sop.no_date")
        return _effects(effects_of(office, edit_of(number, day, t("sop.version_check"), rest), now()), day)

    def renewed() -> tuple[Sequence[Component], list[Component]]:
        """Form and list as they stand after a deed."""
        return _form(office.sop.current()), _taken_back(office)

    def save(_pressed: str, number: Any, since: Any, reason: Any, *rest: Any) -> Any:
        day = typed_day(since, "sop.no_date")
        words = reason_of(reason)
        if not words:
            return outcome(t("intake.reason_short"))
        entered = enter_version(office, edit_of(number, day, words, rest), now(), account().name)
        return _with_way(_done(entered)), *renewed(), None

    def back(pressed: str, entry: Any, day: Any, reason: Any) -> Any:
        to = typed_day(day, "sop.no_date") if pressed == Id.REDATE else None
        number = record_number(int(entry)) if str(entry or "").isdecimal() and len(str(entry)) < 19 else None
        taken = take_back(office, number or 0, reason_of(reason), now(), account().name, to)
        return _with_way(_taken_words(taken, to, office.sop)), *renewed(), None

    names = [Id.NUMBER, Id.SINCE, Id.REASON, *(f"{Id.TIME}{code}" for code in steps)]
    fields = [(id, "value") for id in (*names, *(f"{Id.CELL}{name.replace('.', '-')}" for name in cells))]
    parts = [(Id.FORM, "children"), (Id.BACK, "children")]
    said, back_said = (Id.SAID, "children"), (Id.BACK_SAID, "children")
    on_press(app, PAGE, [Id.SAVE], fields, save, [said, *parts, back_said])
    on_press(app, PAGE, [Id.CHECK], fields, check, [(Id.EFFECTS, "children")])
    given = [(id, "value") for id in (Id.ENTRY, Id.NEW_DAY, Id.BACK_REASON)]
    on_press(app, PAGE, [Id.REDATE, Id.WITHDRAW], given, back, [back_said, *parts, said], allow_duplicate=True)


def _effects(effects: Effects, day: date) -> Component:
    """What a version would judge anew, before it is saved."""
    f = fmt()
    words = t("sop.would_judge", day=f.date(day), count=f.number(effects.letters), n=effects.letters)
    lines = [html.Li(_step_effect(step)) for step in effects.steps]
    note = html.P(t("sop.would_judge_none"), className="p-muted") if effects.letters and not lines else None
    return html.Div([html.P(words), html.Ul(lines) if lines else None, note], className="p-banner is-plain sop-effects")


def _step_effect(step: StepIf) -> str:
    f, turns = fmt(), {name: fmt().number(step.turns.get(turn, 0)) for name, turn in _TURNS.items()}
    now, then = (f"{f.number(counted.met)}/{f.number(counted.n)}" for counted in (step.now, step.then))
    return t("sop.would_step", step=step.step, time=f.duration(step.seconds), now=now, then=then, **turns)


_TURNS = {"better": Turn.TO_MET, "worse": Turn.TO_LATE}


def _with_way(words: Component) -> Component:
    """What came of a deed, and the way to the text it changed."""
    return html.Div([words, html.P(link(t("sop.version_look"), SOP, "cases-link"))])


def _taken_words(taken: Entered, to: date | None, sop: Sop) -> Component:
    """What became of a version; of one withdrawn also which version holds on its day now."""
    if not taken.is_published:
        return outcome(t("intake.saved_not_shown"), Tone.NEAR)
    f, n, old = fmt(), taken.letters, taken.version.effective_on
    key, day = ("sop.withdrawn", old) if to is None else ("sop.redated", to)
    words = t(key, number=taken.version.number, day=f.date(day), count=f.number(n), n=n)
    if to is not None:
        return outcome(words, Tone.GOOD)
    holds = sop.version_on(old)
    return outcome(f"{words} {t('sop.holds_now', number=holds.number, day=f.date(holds.effective_on))}", Tone.GOOD)


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
    gone = {entry.document.get(REPLACES) for entry in entries}
    by_name = {name: entry for name, entry in by_name.items() if entry.document.keys() != {REPLACES}}
    replaced = len(by_name.keys() - {version.file for version in listed} - {entry_name(id) for id in gone if id})
    backs = [html.Li(_back_words(office, entry, entries)) for entry in entries if REPLACES in entry.document]
    note = html.P(t("sop.replaced", n=replaced), className="p-muted") if replaced else None
    taken_back = html.Ul(backs, className="p-muted") if backs else None
    return panel(drawn, note, taken_back, title=title, note=t("sop.versions_note"))


def _back_words(office: Office, entry: SopEntry, entries: Sequence[SopEntry]) -> str:
    """Which version was taken back or given another day, by whom, when and why."""
    f, before = fmt(), next(one for one in entries if one.id == entry.document[REPLACES])
    key = "sop.was_withdrawn" if entry.document.keys() == {REPLACES} else "sop.was_redated"
    said = {"who": actor_words(office, entry.actor), "moment": f.moment_short(entry.at), "reason": entry.reason}
    days = {"old": f.date(day_date(before.effective_on)), "new": f.date(day_date(entry.effective_on))}
    return t(key, number=before.document["nomor"], **days, **said)


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
