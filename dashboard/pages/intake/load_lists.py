"""The lists of one load's page: rejected, waiting and corrected rows, all its rows, the requests it touched.

A load that no file brought has one list instead: what a person put right on a page, or which load was taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, empty, icon, link, panel, pill
from dashboard.components.tables import Column, read_page
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.intake.corrections import what_columns
from dashboard.pages.intake.frame import Query, column, hint, left_out, listed, pages, way
from dashboard.pages.shared.links import load_address
from dashboard.pages.shared.words import changes_in_words, kind_words, request_link, row_in_words, step_words
from data_access.records import reading
from data_access.records.intake.loads import (
    ITEM_UNKNOWN,
    NUMBERS_RESTART,
    RECEIPT_IMPLAUSIBLE,
    ROOM_UNKNOWN,
    SAME_NUMBER,
    Load,
)
from data_access.records.intake.views import (
    Span,
    corrections_page,
    letters_of_load,
    place_in_load,
    rejects_page,
    rows_of_load,
    set_aside_count,
    set_aside_page,
    waiting_page,
)
from data_access.records.logs import WHICH_LETTER
from etl.desk.rejected_rows import letters_named
from etl.domain.frames import MISSING
from etl.figures.intake.mended import MendedBy
from etl.figures.intake.open_work import PAGE_ROWS, corrections_of_load, mended_of_load
from etl.office import Office

REJECTED, ASIDE, WAITING, CORRECTED, ROWS, REQUESTS = "ditolak", "disisihkan", "menunggu", "koreksi", "baris", "surat"
SECTIONS = (REJECTED, ASIDE, WAITING, CORRECTED, ROWS, REQUESTS)
MOST_REQUESTS = 500

RowColumns = list[Column[Mapping[str, Any]]]


def section_asked(load: Load, query: Query, aside: int) -> str:
    """The list that the address asks for; else the one that needs a person first; `aside`: the cells set aside."""
    if query.get("baris", "").isdecimal():
        return ROWS
    if query.get("bagian") in SECTIONS:
        return query["bagian"]
    return REJECTED if load.counts.rejected else ASIDE if aside else ROWS


def tabs(load: Load, section: str, stored: int, aside: int) -> Component:
    """The ways to the lists, each with its count where it is known."""
    counts = load.counts
    known = {REJECTED: counts.rejected, WAITING: counts.waiting, CORRECTED: counts.corrected, ROWS: stored}
    known[ASIDE] = aside
    links = [_tab(load, name, known.get(name), name == section) for name in SECTIONS]
    return html.Nav(links, className="intake-tabs", **{"aria-label": t("intake.parts")})


def _tab(load: Load, name: str, count: int | None, is_on: bool) -> Component:
    shown = [t(f"intake.part_{name}"), html.Span(fmt().number(count), className="intake-count") if count else None]
    here = {"aria-current": "page"} if is_on else {}
    return html.Span(
        link(shown, load_address(load.id, bagian=name), "intake-tab" + (" is-on" if is_on else "")), **here
    )


def section(office: Office, load: Load, span: Span, name: str, query: Query, *, may_change: bool) -> Component:
    """One of the lists; `may_change` adds the ways to what a person may decide."""
    makers = {
        REJECTED: lambda: _rejected(office, load, query, may_change=may_change and load.status == "loaded"),
        ASIDE: lambda: _set_aside(office, load, query),
        WAITING: lambda: _waiting(office, load, query),
        CORRECTED: lambda: _corrected(office, load, query),
        ROWS: lambda: _all_rows(office, load, span, query),
        REQUESTS: lambda: _requests(office, load, span),
    }
    return makers[name]()


def _paged(
    load: Load, name: str, columns: RowColumns, rows: Sequence[Mapping[str, Any]], page: int, total: int, **more: Any
) -> Component:
    """One page of a list of the load, and the ways to its other pages."""
    ways = pages(page, total, lambda number: load_address(load.id, bagian=name, hal=number))
    return html.Div([listed(t(f"intake.part_{name}"), columns, rows, **more), ways])


def _place(row: Mapping[str, Any]) -> list[Component | str]:
    """Row number, and the sheet where there is one."""
    number = html.Strong(fmt().number(row["row"]))
    return [number, html.Div(row["sheet"], className="p-muted")] if row["sheet"] else [number]


def _rejected(office: Office, load: Load, query: Query, *, may_change: bool) -> Component:
    page = read_page(query.get("hal"))
    with reading(office.records) as connection:
        rows = rejects_page(connection, load.id, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    if not rows:
        return empty(t("intake.none_rejected"), icon_name="check2-circle")
    rows = [{**row, "place": place} for place, row in enumerate(rows, start=(page - 1) * PAGE_ROWS + 1)]
    mended = mended_of_load(office, load.id)
    columns: RowColumns = [
        column("row_number", _place),
        column("reason", lambda row: [_why(row), _mended(by(row)) or (_several(load, row) if may_change else None)]),
        column("content", lambda row: _cells(row["cells"])),
    ]

    def by(row: Mapping[str, Any]) -> MendedBy | None:
        return mended.get((load.id, row["sheet"], row["row"]))

    return _paged(load, REJECTED, columns, rows, page, load.counts.rejected)


def _several(load: Load, row: Mapping[str, Any]) -> Component | None:
    """The way to take a row once for each letter that it names."""
    if not letters_named(load.kind, row):
        return None
    return html.Div(way(t("intake.several_way"), load_address(load.id, bagian=REJECTED, pisah=row["place"])))


def _mended(by: MendedBy | None) -> Component | None:
    """Which file put a rejected row right."""
    if by is None:
        return None
    words = link(t("intake.mended_by", file=by.file), load_address(by.load_id), "cases-link")
    return html.Div([icon("check2-circle"), " ", words], className="intake-mended is-good")


def _why(row: Mapping[str, Any]) -> Component:
    return html.Span([icon("x-circle"), " ", sentence(row["message"])], className="intake-why")


def _set_aside(office: Office, load: Load, query: Query) -> Component:
    page = read_page(query.get("hal"))
    with reading(office.records) as connection:
        rows = set_aside_page(connection, load.id, PAGE_ROWS, (page - 1) * PAGE_ROWS)
        total = set_aside_count(connection, load.id)
    if not rows:
        return empty(t("intake.none_set_aside"), icon_name="check2-circle")
    columns: RowColumns = [
        column("row_number", _place),
        column("reason", _why),
        column("content", lambda row: _cells({row["column"]: row["text"] or ""})),
    ]
    return html.Div([hint(t("intake.set_aside_hint")), _paged(load, ASIDE, columns, rows, page, total)])


def _cells(cells: Mapping[str, str] | None) -> Component:
    """The row as it was typed, personal numbers masked; nothing of a list of persons."""
    filled = [(name, value) for name, value in (cells or {}).items() if str(value).strip()]
    if not filled:
        return html.Span(t("intake.cells_not_kept"), className="p-muted")
    parts = [html.Span([html.Span(f"{name}: ", className="p-muted"), str(value)]) for name, value in filled]
    return html.Div(parts, className="intake-cells")


def _waiting(office: Office, load: Load, query: Query) -> Component:
    page = read_page(query.get("hal"))
    with reading(office.records) as connection:
        rows = waiting_page(connection, load.kind, load.id, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    if not rows:
        return empty(t("intake.none_waiting"), icon_name="check2-circle")
    columns: RowColumns = [
        column("row_number", _place),
        column("content", lambda row: row_in_words(load.kind, row)),
        column("waits_for", _awaited),
        column("now", _now),
    ]
    return _paged(load, WAITING, columns, rows, page, load.counts.waiting)


def _awaited(row: Mapping[str, Any]) -> str:
    if row["code"] == ROOM_UNKNOWN:
        return t("intake.for_room", room=row.get("room") or row.get("room_text") or t("word.none"))
    if row["code"] == ITEM_UNKNOWN:
        return t("intake.for_item", item=row.get("item_text") or t("word.none"))
    if row["code"] == RECEIPT_IMPLAUSIBLE:
        return t("intake.for_receipt", received=fmt().date_short(row["received_on"]))
    if row["code"] == NUMBERS_RESTART:
        return t("intake.for_numbering")
    if row["code"] in (SAME_NUMBER, WHICH_LETTER):
        return t("intake.for_number", number=row.get("agenda_number") or t("word.none"))
    if row.get("received_on", MISSING) is None:
        return t("intake.for_agenda")
    return t("intake.for_letter", number=row.get("agenda_number") or t("word.none"))


def _now(row: Mapping[str, Any]) -> list[Component]:
    """Whether the row has joined since, and which request."""
    if not row["has_joined"]:
        return [pill(Tone.NEAR, "hourglass-split", t("intake.still_waits"))]
    joined = pill(Tone.GOOD, "check-lg", t("intake.has_joined"))
    return [joined, " ", request_link(row["year"], row["agenda_key"])] if row["year"] else [joined]


def _corrected(office: Office, load: Load, query: Query) -> Component:
    page = read_page(query.get("hal"))
    with reading(office.records) as connection:
        rows = corrections_page(connection, load.kind, load.id, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    if not rows:
        return empty(t("intake.none_corrected"), icon_name="check2-circle")
    columns: RowColumns = [
        column("row_number", lambda row: _place(row) if row["row"] else t("word.none")),
        column("letter", lambda row: request_link(row["year"], row["agenda_key"])),
        column("what", _what),
        column("change", lambda row: changes_in_words(row["changes"])),
    ]
    return _paged(load, CORRECTED, columns, rows, page, int(rows[0]["total"]))


def _what(row: Mapping[str, Any]) -> str:
    if row["step"] is not None:
        return step_words(row["step"], row["pass_number"])
    if row["started_at"] is not None:
        return f"{row['room_name'] or t('word.none')}, {fmt().moment_short(row['started_at'])}"
    return kind_words(row["kind"])


def _all_rows(office: Office, load: Load, span: Span, query: Query) -> Component:
    wanted = int(query["baris"]) if query.get("baris", "").isdecimal() and len(query["baris"]) < 10 else None
    sheet = query.get("lembar") or None
    with reading(office.records) as connection:
        at = place_in_load(connection, load.kind, span, wanted, sheet) if wanted else None
        page = read_page(query.get("hal")) if at is None else at // PAGE_ROWS + 1
        rows = rows_of_load(connection, load.kind, span, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    if not rows:
        return empty(t("intake.none_stored"), t("intake.none_stored_hint"))
    marked = rows[at % PAGE_ROWS]["id"] if at is not None else None
    words = html.P(t("intake.row_not_stored", row=wanted), className="p-muted")
    missing = [words] if wanted and at is None else []
    columns: RowColumns = [
        column("row_number", _place),
        column("letter", lambda row: request_link(row["year"], row["agenda_key"], row["agenda_number"])),
        column("content", lambda row: row_in_words(load.kind, row)),
    ]

    def mark(row: Mapping[str, Any]) -> dict[str, Any]:
        return {"className": "is-target", "id": f"baris-{row['row']}"} if row["id"] == marked else {}

    return html.Div([*missing, _paged(load, ROWS, columns, rows, page, span.count, row_properties=mark)])


def _requests(office: Office, load: Load, span: Span) -> Component:
    with reading(office.records) as connection:
        rows = letters_of_load(connection, load.kind, span, MOST_REQUESTS)
    if not rows:
        return empty(t("intake.none_touched"))
    total = int(rows[0]["total"])
    links: Sequence[Component] = [html.Li(request_link(row["year"], row["agenda_key"])) for row in rows]
    return html.Div(
        [
            html.P(t("intake.touched", count=fmt().number(total), n=total)),
            html.Ul(links, className="intake-letters"),
            *left_out("intake.more_letters", total - len(rows)),
        ]
    )


def done_on_page(office: Office, load: Load) -> Component:
    """Of a load that no file brought: the load it took back and why, or the values it put right."""
    if load.undoes_load_id is not None:
        undone = link(t("intake.undoes", number=load.undoes_load_id), load_address(load.undoes_load_id), "intake-more")
        return panel(html.P([t("intake.reason"), ": ", load.undo_reason or t("word.none")]), undone)
    corrections = corrections_of_load(office, load.id)
    if not corrections:
        return panel(empty(t("intake.none_corrected")))
    columns = [*what_columns(), column("reason", lambda correction: correction.reason)]
    title = t("intake.part_koreksi")
    return panel(listed(title, columns, corrections), title=title)
