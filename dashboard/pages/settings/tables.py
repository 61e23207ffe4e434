"""Everything the settings file holds, table by table: its rows, a form for one, and what a change would judge anew.

`bagian` in the address names the table, `baris` the row whose form is open (from 1; `baru` for one more). A change is
tried first: the whole document with it stands in the page, and is put in force only over the version it was made from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, Dash, dcc, html
from dash.development.base_component import Component

from dashboard.access import Page, account
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
    select,
    stack,
    with_query,
)
from dashboard.components.filters import labelled, plain_value
from dashboard.components.tables import Column, table
from dashboard.i18n import sentence, t
from dashboard.pages.settings.preview import difference_line, effects, name_of, table_title
from dashboard.pages.settings.typed import shown_value, typed_row
from dashboard.pages.shared.forms import done, note, on_press
from dashboard.pages.shared.invented import invented_notice
from dashboard.pages.shared.page_request import PageRequest, bind_part, once_more
from data_access.errors import PantauError
from etl.desk.settings_edit import put_in_force
from etl.domain.errors import RuleError
from etl.office import Office
from etl.settings.document import Settings
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
PATH = "/pengaturan/semua"
TITLE = "tables.title"
NAV = None

PREFIX = "tables"
NEW = "baru"
FIELD = "tables-field"
_ONE_LINE = frozenset({FieldKind.TEXT, FieldKind.WHOLE, FieldKind.SHARE, FieldKind.DURATION, FieldKind.HOURS})
_PLAIN = frozenset({FieldKind.TEXT, FieldKind.CHOICE, FieldKind.SWITCH, FieldKind.DAY})
"""What needs no word on how it is written."""

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
    WANTED = "tables-wanted"
    APPLY = "tables-apply"


class UnusableFormError(PantauError):
    """A form was sent that no page of this office has made."""


def layout(_: PageRequest) -> Component:
    """Head, what became of a change, and the place of the tables."""
    crumbs = [(t("settings.title"), "/pengaturan"), (t("tables.title"), None)]
    return stack(
        page_url(PREFIX),
        dcc.Store(id=Id.CHANGED, data=0),
        page_head(t("tables.title"), t("tables.subtitle"), crumbs=crumbs),
        invented_notice(),
        html.Div(id=Id.RESULT, **{"aria-live": "polite"}),
        loading(html.Div(id=Id.BODY)),
        class_name="settings",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Draw the table of the address; try a change, put it in force."""
    bind_part(app, PAGE, PREFIX, Id.BODY, lambda query, _: body(office, query), [Id.CHANGED])

    def try_(pressed: str, values: Any, ids: Any, begun: Any) -> tuple[Any, Any]:
        return tried(office, now(), _typed(values, ids), begun, is_removal=pressed == Id.REMOVE)

    def apply(_pressed: str, wanted: Any, changed: Any) -> tuple[Any, ...]:
        return applied(office, now(), wanted), once_more(changed), ""

    fields: list[Any] = [({"type": FIELD, "key": ALL}, "value"), ({"type": FIELD, "key": ALL}, "id")]
    given = [*fields, (Id.BEGUN, "data")]
    on_press(app, PAGE, [Id.CHECK, Id.REMOVE], given, try_, [(Id.TRIED, "children"), (Id.FORM, "children")])
    mark = (Id.CHANGED, "data")
    places = [(Id.RESULT, "children"), mark, (f"{PREFIX}-url", "search")]
    on_press(app, PAGE, [Id.APPLY], [(Id.WANTED, "data"), mark], apply, places)


def _typed(values: Any, ids: Any) -> dict[str, str]:
    """What was typed, by the key of the field."""
    pairs = zip(ids, values, strict=False) if isinstance(ids, list) and isinstance(values, list) else ()
    return {str(id["key"]): str(plain_value(value)) for id, value in pairs if isinstance(id, dict) and "key" in id}


def body(office: Office, query: Mapping[str, str]) -> Component:
    """The list of all tables, and that of the address with its form."""
    chosen = table_at(query.get("bagian")) or tables()[0]
    parts = [_rows_panel(office, chosen), _form_panel(office, chosen, query.get("baris"))]
    return html.Div([_index(chosen), html.Div(parts, className="begin-form")], className="begin-columns")


def _index(chosen: FormTable) -> html.Nav:
    """The way to each table."""
    ways = [html.Li(_way(one, is_on=one is chosen)) for one in tables()]
    return html.Nav(html.Ol(ways, className="begin-steps settings-index"), **{"aria-label": t("tables.index")})


def _way(one: FormTable, *, is_on: bool) -> Component:
    look = f"begin-step{' is-on' if is_on else ''}"
    return link([icon("chevron-right"), html.Strong(table_title(one))], with_query(PATH, bagian=one.path), look)


def _address(one: FormTable, row: int | str) -> str:
    return with_query(PATH, bagian=one.path, baris=row)


def _rows_panel(office: Office, one: FormTable) -> Component:
    """The rows of a table, each with the way to its form."""
    rows = list(enumerate(one.rows(office.settings.to_document()), start=1))
    lead = html.P(t(f"tables.lead_{one.path.replace('.', '_')}"), className="settings-lead")
    add = [] if one.shape is Shape.ONE else [button([icon("plus-lg"), t("tables.add")], href=_address(one, NEW))]
    shown = table(table_title(one), _columns(one), rows, "intake-table") if rows else empty(t("tables.none"))
    return panel(lead, html.Div(add, className="intake-form"), shown, title=table_title(one))


def _columns(one: FormTable) -> list[Column[tuple[int, Row]]]:
    columns = [_column(field, is_name=place == 0) for place, field in enumerate(one.fields)]
    way = Column("action", t("tables.action"), lambda row: _edit_way(one, row[0]))
    return [*columns, way]


def _column(field: FormField, *, is_name: bool) -> Column[tuple[int, Row]]:
    return Column(field.key, field_words(field), lambda row: _cell(field, row[1]), is_name=is_name)


def _cell(field: FormField, row: Row) -> Component | str:
    text = words_of(field, row.get(field.key))
    return html.Span(text, className="settings-value") if text else t("word.none")


def words_of(field: FormField, value: Any) -> str:
    """A value as a table shows it: as a form does, but choices in words."""
    text = shown_value(field, value)
    return dict(_choices(field)).get(text, text)


def _edit_way(one: FormTable, row: int) -> Component:
    return link([icon("pencil"), t("tables.edit")], _address(one, row), "intake-more")


def field_words(field: FormField) -> str:
    """What people call a field."""
    return t(f"tables.field_{field.key}")


def _form_panel(office: Office, one: FormTable, row: str | None) -> Component:
    """The form of a row, and the place of what it would change; empty while none is open."""
    book, rows = office.book, one.rows(office.settings.to_document())
    is_number = (row or "").isascii() and (row or "").isdigit() and len(row or "") < 9
    chosen = rows[int(row) - 1] if row and is_number and 0 < int(row) <= len(rows) else None
    if chosen is None and row != NEW:
        return html.Div([html.Div(id=Id.FORM), html.Div(id=Id.TRIED)])
    begun = {"bagian": one.path, "row": chosen, "version": book.version}
    typed = {field.key: shown_value(field, (chosen or {}).get(field.key)) for field in one.fields}
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
    hint = [] if is_plain else [html.Small(t(f"tables.want_{field.kind}"), className="settings-hint")]
    wrong = [html.Strong([icon("exclamation-octagon"), error], className="settings-wrong", role="alert")]
    return html.Div([control, *hint, *(wrong if error else [])], className=f"is-{field.kind}")


def _control(id: Any, field: FormField, text: str) -> Component:
    words = field_words(field)
    if field.choices or field.kind is FieldKind.SWITCH:
        nothing = [] if field.is_required or field.kind is FieldKind.SWITCH else [("", t("tables.left_out"))]
        return select(id, words, [*nothing, *_choices(field)], text)
    if field.kind is FieldKind.DAY:
        return date_field(id, words, text)
    if field.kind in _ONE_LINE and field.key not in _LONG:
        return labelled(words, dbc.Input(id=id, type="text", value=text, class_name="p-input"))
    rows = max(3, min(text.count("\n") + 2, 14))
    return labelled(words, dbc.Textarea(id=id, value=text, rows=rows, class_name="p-input"), "is-wide")


def _choices(field: FormField) -> list[tuple[str, str]]:
    """What a field may hold, as the file writes it and in words."""
    if field.kind is FieldKind.SWITCH:
        return [("true", t("tables.yes")), ("false", t("tables.no"))]
    return [(choice, _CHOICE_WORDS.get(field.key, _as_it_is)(choice)) for choice in field.choices]


def _as_it_is(choice: str) -> str:
    return choice


_CHOICE_WORDS: Mapping[str, Callable[[str], str]] = {
    "role": lambda choice: t(f"role.{choice}"),
    "kind": lambda choice: t(f"tables.kind_{choice}"),
    "numbering": lambda choice: t(f"tables.numbering_{choice}"),
}
"""By field how its choices are called; others are called as the file writes them."""


def tried(
    office: Office, now: int, typed: Mapping[str, str], begun: Any, *, is_removal: bool
) -> tuple[Component | None, list[Component]]:
    """What the change would do, with the button that puts it in force, and the form again with what is wrong in it.

    Raises UnusableFormError.
    """
    one, row = _begun(begun)
    book = office.book
    begun = {"bagian": one.path, "row": row, "version": book.version}
    document = book.settings.to_document()
    rows = one.rows(document)
    place = _place(one, row, rows)
    if is_removal:
        rest = [other for number, other in enumerate(rows) if number != place]
        return _outcome(office, now, one, typed, begun, rest, None, t("tables.did_remove", row=name_of(one, row or {})))
    changed, errors = typed_row(one.fields, typed)
    if errors:
        return None, form(one, typed, begun, errors)
    words = t("tables.did_change" if row else "tables.did_add", row=name_of(one, changed) or table_title(one))
    wanted = [*rows, changed] if place is None else [*rows[:place], changed, *rows[place + 1 :]]
    return _outcome(office, now, one, typed, begun, wanted, len(rows) if place is None else place, words)


def _begun(begun: Any) -> tuple[FormTable, Row | None]:
    """The table of a form, and the row it was opened with."""
    one = table_at(begun.get("bagian")) if isinstance(begun, dict) else None
    row = begun.get("row") if isinstance(begun, dict) else None
    if one is None or not isinstance(row, dict | None):
        raise UnusableFormError("tables.open_again")
    return one, row


def _place(one: FormTable, row: Row | None, rows: Sequence[Row]) -> int | None:
    """Where the row stands by now: the same one, else the one of its name; None for a new row and one that went."""
    if row is None:
        return None
    same = [number for number, other in enumerate(rows) if other == row]
    named = [number for number, other in enumerate(rows) if one.name_of(other) == one.name_of(row)]
    return next(iter([*same, *named]), None)


def _outcome(
    office: Office,
    now: int,
    one: FormTable,
    typed: Mapping[str, str],
    begun: Mapping[str, Any],
    rows: Sequence[Row],
    place: int | None,
    words: str,
) -> tuple[Component | None, list[Component]]:
    """The preview of a table with these rows; `place`: that of the form among them."""
    try:
        wanted = Settings.from_document(one.with_rows(office.settings.to_document(), rows), FILE)
        shown = proposal(office, now, wanted, begun["version"], f"{table_title(one)}: {words}")
    except RuleError as error:
        at, key = one.place_of(error, rows)
        if key is None or at != place:
            return _refused(sentence(error)), form(one, typed, begun)
        value = typed.get(key, "").strip()[:60] or t("rule.empty")
        wrong = t("tables.unusable", value=value, expected=sentence(error.expected))
        return None, form(one, typed, begun, {key: wrong})
    return shown, form(one, typed, begun)


def _refused(words: str) -> Component:
    return html.Div([icon("exclamation-octagon"), html.Span(words)], className="p-banner is-late", role="alert")


def proposal(office: Office, now: int, wanted: Settings, version: int, reason: str) -> Component:
    """What other settings would change, and the button that puts them in force over that version. Raises RuleError."""
    stored = {"document": wanted.to_document(), "version": version, "reason": reason}
    return html.Div(
        [
            html.H3(t("tables.preview")),
            effects(office, wanted, now),
            dcc.Store(id=Id.WANTED, data=stored),
            html.Div(button([icon("check-lg"), t("tables.apply")], id=Id.APPLY), className="intake-form"),
        ],
        className="settings-made",
    )


def applied(office: Office, now: int, wanted: Any) -> Component:
    """Put in force what was tried; a message for the page. Raises NewerSettingsError, RuleError."""
    is_whole = isinstance(wanted, dict) and isinstance(wanted.get("document"), dict)
    version = wanted.get("version") if is_whole else None
    if not isinstance(version, int) or not 0 <= version <= office.book.version:
        raise UnusableFormError("tables.open_again")
    settings, before = Settings.from_document(wanted["document"], FILE), office.settings
    reason = str(wanted.get("reason") or "")[:200]
    done_ = put_in_force(office, settings, version, now, actor=account().name, reason=reason)
    changed = [difference_line(one) for one in differences(before, settings)][:20]
    note(office, now, account().name, "settings", "table", version=done_.version, changed=changed)
    return done(t("tables.applied", version=done_.version), is_published=done_.is_published)
