"""What the explanations of participants and facilities share: where sessions and checks are written, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.access import Page, is_allowed
from dashboard.access.accounts import Account
from dashboard.components import empty, link, panel
from dashboard.components.pager import pager
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import request_address
from dashboard.pages.shared.row_lists import table, table_row
from dashboard.pages.shared.sources import Place, source_lines
from dashboard.pages.shared.words import opd_words
from data_access.mart.facilities import check_places, session_places
from data_access.mart.rooms import letter_words
from data_access.records import reading
from data_access.records.intake.views import loads_of_rows
from etl.domain.facilities.condition import FAULTS, Condition
from etl.figures.requests.detail import Source

if TYPE_CHECKING:
    from etl.office import Office

ROWS = 50
"""Rows on one page."""

Letter = tuple[int, str]
Lines = dict[int, list[Component]]


def session_lines(office: Office, ids: Sequence[int], user: Account) -> Lines:
    """Where each session is written; a way to its load for those who may see loads."""
    if not ids:
        return {}
    rows = session_places(office.mart.read(), ids)
    loads: dict[int, int] = {}
    if is_allowed(user.role, Page.DATA):
        with reading(office.records) as connection:
            loads = loads_of_rows(connection, "pemakaian", ids)
    return {row["id"]: _lines([{**row, "load_id": loads.get(row["id"])}], "pemakaian", user) for row in rows}


def check_lines(office: Office, ids: Iterable[int | None], user: Account) -> Lines:
    """Where every answer of a check is written, by the check's first answer."""
    known = sorted({one for one in ids if one is not None})
    by_check: dict[int, list[Mapping[str, Any]]] = {}
    for row in check_places(office.mart.read(), known) if known else ():
        by_check.setdefault(row["id"], []).append(row)
    return {check: _lines(rows, "kondisi", user) for check, rows in by_check.items()}


def check_faults(office: Office, ids: Iterable[int | None]) -> dict[int, list[Component]]:
    """What is not good in a check, an item a line, by the check's first answer; what was not answered is not said."""
    known = sorted({one for one in ids if one is not None})
    lines: dict[int, list[Component]] = {}
    for row in check_places(office.mart.read(), known) if known else ():
        condition = Condition(row["condition"])
        if condition in FAULTS:
            words = f"{row['item']}: {t(f'condition.{condition}')}"
            lines.setdefault(row["id"], []).append(html.Div(html.Small(words, className="p-muted")))
    return lines


def report_line(row: Mapping[str, Any] | None, user: Account) -> list[Component] | str:
    """Where one report of a fault is written; a dash for none."""
    return t("word.none") if row is None else _lines([{**row, "id": 0}], "kondisi", user)


def _lines(rows: Sequence[Mapping[str, Any]], kind: str, user: Account) -> list[Component]:
    found = {Source(row["file"], row["sheet"], row["row"]): row for row in rows}
    may_see = is_allowed(user.role, Page.DATA)
    places = {
        source: Place(row["load_id"], kind, row["id"])
        for source, row in found.items()
        if may_see and row["load_id"] is not None
    }
    return source_lines(found, places)


def letters_of(office: Office, ids: Iterable[int | None]) -> dict[int, Letter]:
    """Year and agenda number of letters by request_id."""
    known = sorted({one for one in ids if one is not None})
    found = letter_words(office.mart.read(), known) if known else {}
    return {letter: (row["year"], row["agenda_number"]) for letter, row in found.items()}


def session_cell(start_at: int, room: str) -> Component:
    """When it began, and where."""
    return html.Div([fmt().moment_short(start_at), html.Br(), html.Span(room, className="p-muted")])


def opd_cell(opd: str | None, letter: Letter | None, user: Account) -> Component:
    """The agency, and the way to its letter for those who may see letters."""
    if letter is None:
        return html.Div(opd_words(opd))
    name = f"{letter[0]}/{letter[1]}"
    may_see = is_allowed(user.role, Page.PERMOHONAN)
    way = link(name, request_address(*letter), "cases-link") if may_see else html.Span(name)
    return html.Div([opd_words(opd), html.Br(), way])


def fractions_panel(rows: Sequence[Mapping[str, Any]], chosen: str) -> Component:
    """Every figure with numerator, denominator, value, what counts and what was left out; `figure` is its name in the
    address, `href` its own explanation. The chosen one is marked."""
    names = ("name", "part", "whole", "value", "counted", "left")
    heads = {name: t(f"why.head_{name}") for name in names}
    numbers = names[1:]
    drawn = []
    for row in rows:
        is_here = row["figure"] == chosen
        name = html.Strong(row["name"]) if is_here else link(row["name"], row["href"], "cases-link")
        current = {"aria-current": "true"} if is_here else {}
        drawn.append(table_row(heads, {**row, "name": name}, numbers, **current))
    title = t("why.fractions_title")
    return panel(table(title, heads, drawn, numbers), title=title)


def rows_panel(
    name: str, heads: Mapping[str, str], rows: Sequence[html.Tr], numbers: Sequence[str], paging: tuple[int, int, str]
) -> Component:
    """One page of the rows of a figure; `paging`: which page, of how many rows, the address without page."""
    page, total, address = paging
    title = t("why.rows_title")
    if not total:
        return panel(empty(t("word.no_data"), t("why.no_rows_hint")), title=title, note=name)
    ways = pager(page, ROWS, total, lambda number: f"{address}&hal={number}")
    return panel(table(f"{title}: {name}", heads, rows, numbers), ways, title=title, note=name)
