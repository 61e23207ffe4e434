"""Everything the settings file holds, table by table: its rows, a form for one, and what a change would judge anew.

`bagian` in the address names the table, `baris` the row whose form is open (from 1; `baru` for one more), `versi` the
version to go back to. A change is
tried first: the whole document with it stands in the page, and is put in force only over the version it was made from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeGuard

import dash_bootstrap_components as dbc
from dash import ALL, Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account
from dashboard.access.begin import FIRST_STEPS
from dashboard.components import (
    button,
    date_field,
    empty,
    icon,
    link,
    loading,
    page_head,
    page_url,
    panel,
    read_query,
    select,
    stack,
    with_query,
)
from dashboard.components.filters import labelled, plain_value
from dashboard.components.tables import Column, table
from dashboard.i18n import sentence, t
from dashboard.pages.settings import checklist, users, versions
from dashboard.pages.settings.preview import difference_line, name_of, short, table_title
from dashboard.pages.settings.typed import choices_of, field_words, how_written, shown_value, typed_row, value_words
from dashboard.pages.settings.versions import newer_notice, proposal
from dashboard.pages.shared.forms import done, on_press, outcome
from dashboard.pages.shared.invented import form_area
from dashboard.pages.shared.links import settings_crumbs
from dashboard.pages.shared.page_request import Names, PageRequest, bind_part, once_more
from data_access.errors import PantauError
from data_access.records.office import Edit
from etl.desk.settings_edit import NewerSettingsError, put_in_force
from etl.domain.errors import RuleError
from etl.figures.first_steps import FirstStep
from etl.office import Office
from etl.settings.document import from_edited
from etl.settings.forms import (
    FILE,
    FieldKind,
    FormField,
    FormTable,
    Row,
    Shape,
    differences,
    table_at,
    tables,
)

PAGE = Page.PENGATURAN
PATH = versions.PATH
TITLE = "tables.title"
NAV = None
ADDRESS_NAMES: Names = {
    "bagian": lambda _office, part: part in _OTHERS or table_at(part) is not None,
    **dict.fromkeys(("baris", "versi")),
}

PREFIX = "tables"
NEW = "baru"
MOST_NOTED, MOST_SIGNS = 20, 200
"""So many places that a change touches are named in its line of the audit; the length of its reason."""

FIELD = "tables-field"
_ONE_LINE = frozenset({FieldKind.TEXT, FieldKind.WHOLE, FieldKind.SHARE, FieldKind.DURATION, FieldKind.HOURS})
_PLAIN = frozenset({FieldKind.TEXT, FieldKind.CHOICE, FieldKind.SWITCH, FieldKind.DAY})
"""What needs no word on how it is written."""

OWN_PAGES: Mapping[str, tuple[str, str]] = {
    "mandate": (users.PATH, "users.open"), "checklist": (checklist.PATH, "checklist.open"),
    "recording": (with_query(FIRST_STEPS, langkah=FirstStep.RECORDING), "begin.steps_title"),
}  # fmt: skip
"""Tables that a page of their own changes, by its address and the key of its words; here their rows are only shown."""

_LONG = frozenset({"query", "source"})
"""Texts that take more than one line."""


class Id(StrEnum):
    """Ids of the page."""

    CHANGED = "tables-changed"
    RESULT = "tables-result"
    BODY = "tables-body"
    FORM = "tables-form"
    BEGUN = "tables-begun"
    CHECK = "tables-check"
    REMOVE = "tables-remove"
    TRIED = "tables-tried"
    WANTED = versions.WANTED
    APPLY = versions.APPLY


class UnusableFormError(PantauError):
    """A form was sent that no page of this office has made."""


def layout(_: PageRequest) -> Component:
    """Head, what became of a change, and the place of the tables."""
    return stack(
        page_url(PREFIX),
        dcc.Store(id=Id.CHANGED, data=0),
        page_head(t("tables.title"), t("tables.subtitle"), crumbs=settings_crumbs(t("tables.title"))),
        form_area(html.Div(id=Id.RESULT, **{"aria-live": "polite"}), loading(html.Div(id=Id.BODY))),
        class_name="settings",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Draw the table of the address; try a change, put it in force."""
    bind_part(app, PAGE, PREFIX, Id.BODY, lambda query, _: body(office, query, now()), [Id.CHANGED])

    def try_(pressed: str, values: Any, ids: Any, begun: Any) -> Tried:
        return tried(office, now(), _typed(values, ids), begun, is_removal=pressed == Id.REMOVE)

    def apply(_pressed: str, wanted: Any, changed: Any, search: Any) -> Any:
        words, is_done = applied(office, now(), wanted)
        closed = with_query("", bagian=read_query(search).get("bagian"))
        return (words, once_more(changed), closed) if is_done else words

    fields: list[Any] = [({"type": FIELD, "key": ALL}, "value"), ({"type": FIELD, "key": ALL}, "id")]
    given = [*fields, (Id.BEGUN, "data")]
    on_press(app, PAGE, [Id.CHECK, Id.REMOVE], given, try_, [(Id.TRIED, "children"), (Id.FORM, "children")])
    mark = (Id.CHANGED, "data")
    address = (f"{PREFIX}-url", "search")
    given = [(Id.WANTED, "data"), mark, address]
    on_press(app, PAGE, [Id.APPLY], given, apply, [(Id.RESULT, "children"), mark, address])
    versions.register(app, office, now)


def _typed(values: Any, ids: Any) -> dict[str, str]:
    """What was typed, by the key of the field."""
    pairs = zip(ids, values, strict=False) if isinstance(ids, list) and isinstance(values, list) else ()
    return {str(id["key"]): str(plain_value(value)) for id, value in pairs if isinstance(id, dict) and "key" in id}


def body(office: Office, query: Mapping[str, str], now: int) -> Component:
    """The list of all tables, and the part of the address."""
    part = query.get("bagian", "")
    one = None if part in _OTHERS else table_at(part) or tables()[0]
    if one is not None:
        parts = [_form_panel(office, one, query.get("baris")), _rows_panel(office, one)]
    elif part == versions.HISTORY:
        parts = versions.history(office, now, query.get("versi"))
    else:
        parts = versions.file_part()
    chosen = part if one is None else one.path
    return html.Div([_index(chosen), html.Div(parts, className="begin-form")], className="begin-columns")


_OTHERS = {versions.HISTORY: "tables.history", versions.FILE_PART: "tables.file"}
"""The parts beside the tables, and the keys of their words."""


def _index(chosen: str) -> html.Nav:
    """The way to each table, to the versions and to the file."""
    parts = [(one.path, table_title(one)) for one in tables()] + [(part, t(words)) for part, words in _OTHERS.items()]
    ways = [html.Li(_way(part, words, is_on=part == chosen)) for part, words in parts]
    return html.Nav(html.Ol(ways, className="begin-steps settings-index"), **{"aria-label": t("tables.index")})


def _way(part: str, words: str, *, is_on: bool) -> Component:
    look = f"begin-step{' is-on' if is_on else ''}"
    return link([icon("chevron-right"), html.Strong(words)], with_query(PATH, bagian=part), look)


def _address(one: FormTable, row: int | str) -> str:
    return with_query(PATH, bagian=one.path, baris=row)


def _rows_panel(office: Office, one: FormTable) -> Component:
    """The rows of a table, each with the way to its form."""
    rows = list(enumerate(one.rows(office.settings.to_document()), start=1))
    lead = html.P(t(f"tables.lead_{one.path.replace('.', '_')}"), className="settings-lead")
    add = [] if one.shape is Shape.ONE else [button([icon("plus-lg"), t("tables.add")], href=_address(one, NEW))]
    if one.path in OWN_PAGES:
        address, words = OWN_PAGES[one.path]
        add = [button([icon("pencil"), t("tables.own_page", page=t(words))], href=address, kind="quiet")]
    shown = table(table_title(one), _columns(one), rows, "intake-table") if rows else empty(t("tables.none"))
    return panel(lead, html.Div(add, className="intake-form"), shown, title=table_title(one))


def _columns(one: FormTable) -> list[Column[tuple[int, Row]]]:
    """The name of a row, all else that it says, and the way to its form; where there is one row, no name."""
    name = Column("name", field_words(one.fields[0]), lambda row: html.Strong(name_of(one, row[1])), is_name=True)
    says = Column("says", t("tables.says"), lambda row: _says(one, row[1]))
    way = Column("action", t("tables.action"), lambda row: _edit_way(one, row[0]))
    named = [says] if one.shape is Shape.ONE else [name, says]
    return named if one.path in OWN_PAGES else [*named, way]


def _says(one: FormTable, row: Row) -> Component:
    """Each field that says something, a long one cut."""
    fields = one.fields if one.shape is Shape.ONE else one.fields[1:]
    texts = {field.key: short(value_words(field, row.get(field.key))) for field in fields}
    lines = [html.Li([html.Span(field_words(field)), " ", texts[field.key]]) for field in fields if texts[field.key]]
    return html.Ul(lines, className="settings-says")


def _edit_way(one: FormTable, row: int) -> Component:
    return link([icon("pencil"), t("tables.edit")], _address(one, row), "intake-more")


def _form_panel(office: Office, one: FormTable, row: str | None) -> Component:
    """The form of a row, and the place of what it would change; empty while none is open."""
    book, rows = office.book, one.rows(office.settings.to_document())
    is_number = (row or "").isascii() and (row or "").isdigit() and len(row or "") < 9
    chosen = rows[int(row) - 1] if row and is_number and 0 < int(row) <= len(rows) else None
    if one.path in OWN_PAGES or (chosen is None and row != NEW):
        return html.Div([html.Div(id=Id.FORM), html.Div(id=Id.TRIED)])
    begun = {"bagian": one.path, "row": chosen, "version": book.version}
    typed = {field.key: shown_value(field, (chosen or {}).get(field.key, field.default)) for field in one.fields}
    title = t("tables.row_new") if chosen is None else name_of(one, chosen) or table_title(one)
    drawn = html.Div(form(one, typed, begun), id=Id.FORM)
    return panel(drawn, loading(html.Div(id=Id.TRIED, **{"aria-live": "polite"})), title=title)


def form(
    one: FormTable, typed: Mapping[str, str], begun: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> list[Component]:
    """Every field with what was typed, and beside it what is wrong with that."""
    fields = [_field(field, typed.get(field.key, ""), (errors or {}).get(field.key)) for field in one.fields]
    can_go = one.shape is not Shape.ONE and begun["row"] is not None
    remove = button([icon("trash"), t("tables.remove")], id=Id.REMOVE, kind="quiet")
    buttons = [
        button([icon("eye"), t("tables.check")], id=Id.CHECK),
        html.Span(remove, hidden=not can_go),
        button(t("tables.leave"), href=with_query(PATH, bagian=one.path), kind="quiet"),
    ]
    return [
        dcc.Store(id=Id.BEGUN, data=dict(begun)),
        html.Div(fields, className="settings-fields"),
        html.Div(buttons, className="intake-form"),
    ]


def _field(field: FormField, text: str, error: str | None) -> Component:
    """A field under its words, with how it is written, and what is wrong."""
    control = _control({"type": FIELD, "key": field.key}, field, text)
    is_plain = field.kind in _PLAIN
    hint = [] if is_plain else [html.Small(how_written(field), className="settings-hint")]
    wrong = [html.Strong([icon("exclamation-octagon"), error], className="settings-wrong", role="alert")]
    return html.Div([control, *hint, *(wrong if error else [])], className=f"is-{field.kind}")


def _control(id: Any, field: FormField, text: str) -> Component:
    words = field_words(field)
    if field.kind in (FieldKind.CHOICE, FieldKind.SWITCH):
        nothing = [] if field.is_required or field.kind is FieldKind.SWITCH else [("", t("tables.left_out"))]
        return select(id, words, [*nothing, *choices_of(field)], text)
    if field.kind is FieldKind.DAY:
        return date_field(id, words, text)
    if field.kind in _ONE_LINE and field.key not in _LONG:
        return labelled(words, dbc.Input(id=id, type="text", value=text, class_name="p-input"))
    rows = max(3, min(text.count("\n") + 2, 14))
    return labelled(words, dbc.Textarea(id=id, value=text, rows=rows, class_name="p-input"), "is-wide")


@dataclass(frozen=True)
class Begun:
    """A form as it was sent: its table, the row it was opened with (None: one more), what was typed, and the version of
    the settings it stands on."""

    table: FormTable
    row: Row | None
    typed: Mapping[str, str]
    version: int

    def drawn(self, errors: Mapping[str, str] | None = None) -> list[Component]:
        """The form again, with what is wrong in it."""
        begun = {"bagian": self.table.path, "row": self.row, "version": self.version}
        return form(self.table, self.typed, begun, errors)

    def place_in(self, rows: Sequence[Row]) -> int | None:
        """Where the row stands by now: the same one, else the one of its name; None for a new one and one that went."""
        if self.row is None:
            return None
        name = self.table.name_of(self.row)
        same = [number for number, other in enumerate(rows) if other == self.row]
        named = [number for number, other in enumerate(rows) if self.table.name_of(other) == name]
        return next(iter([*same, *named]), None)


def _begun(office: Office, stored: Any, typed: Mapping[str, str]) -> Begun:
    """The form that was sent. Raises UnusableFormError for one that no page has made."""
    given = stored if isinstance(stored, dict) else {}
    one, row, version = table_at(given.get("bagian")), given.get("row"), given.get("version")
    if one is None or one.path in OWN_PAGES or not isinstance(row, dict | None) or not _is_version(office, version):
        raise UnusableFormError("tables.open_again")
    return Begun(one, row, typed, int(version))


def _is_version(office: Office, given: Any) -> TypeGuard[int]:
    return isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= office.book.version


Tried = tuple[list[Component | None], list[Component]]
"""What a change would do, with the button that puts it in force, and the form again."""


def tried(office: Office, now: int, typed: Mapping[str, str], stored: Any, *, is_removal: bool) -> Tried:
    """What the change would do over the settings in force, after what others changed since the form was opened.

    Raises UnusableFormError.
    """
    begun = _begun(office, stored, typed)
    notice, begun = newer_notice(office, begun.version), replace(begun, version=office.book.version)
    rows = begun.table.rows(office.settings.to_document())
    outcome_, form_ = (_removed if is_removal else _changed)(office, now, begun, rows)
    return [notice, outcome_], form_


def _removed(office: Office, now: int, begun: Begun, rows: Sequence[Row]) -> tuple[Component | None, list[Component]]:
    place = begun.place_in(rows)
    if place is None:
        raise UnusableFormError("tables.open_again")
    words = t("tables.did_remove", row=name_of(begun.table, rows[place]))
    return _outcome(office, now, begun, [*rows[:place], *rows[place + 1 :]], None, words)


def _changed(office: Office, now: int, begun: Begun, rows: Sequence[Row]) -> tuple[Component | None, list[Component]]:
    changed, errors = typed_row(begun.table.fields, begun.typed)
    if errors:
        return None, begun.drawn(errors)
    place, name = begun.place_in(rows), name_of(begun.table, changed) or table_title(begun.table)
    words = t("tables.did_add" if begun.row is None else "tables.did_change", row=name)
    at = len(rows) if place is None else place
    return _outcome(office, now, begun, [*rows[:at], changed, *rows[at + 1 :]], at, words)


def _outcome(
    office: Office, now: int, begun: Begun, rows: Sequence[Row], place: int | None, words: str
) -> tuple[Component | None, list[Component]]:
    """The preview of the table with these rows; `place`: that of the form among them."""
    one = begun.table
    try:
        wanted = from_edited(one.with_rows(office.settings.to_document(), rows), FILE)
        return proposal(office, now, wanted, begun.version, f"{table_title(one)}: {words}"), begun.drawn()
    except RuleError as error:
        at, key = one.place_of(error, rows)
        if key is None or at != place:
            return outcome(sentence(error)), begun.drawn()
        value = begun.typed.get(key, "").strip()[:60] or t("rule.empty")
        return None, begun.drawn({key: t("tables.unusable", value=value, expected=sentence(error.expected))})


def applied(office: Office, now: int, wanted: Any) -> tuple[Component, bool]:
    """Put in force what was tried; a message for the page, and whether it was done: not where others changed the
    settings meanwhile, which the message then tells. Raises RuleError."""
    given = wanted if isinstance(wanted, dict) else {}
    version, document = given.get("version"), given.get("document")
    if not isinstance(document, dict) or not _is_version(office, version):
        raise UnusableFormError("tables.open_again")
    settings, before = from_edited(document, FILE), office.settings
    reason, actor = str(given.get("reason") or "")[:MOST_SIGNS], account().name
    try:
        places = [difference_line(one) for one in differences(before, settings)][:MOST_NOTED]
        edit = Edit("table", detail={"changed": places})
        put = put_in_force(office, settings, version, now, actor=actor, reason=reason, edit=edit)
    except NewerSettingsError as error:
        return newer_notice(office, version) or outcome(sentence(error)), False
    return done(t("tables.applied", version=put.version), is_published=put.is_published), True
