"""What the explanations of rooms, participants and facilities share: their figures beside each other, sessions and
checks with where they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.access import Page, is_allowed
from dashboard.access.accounts import Account
from dashboard.components import link
from dashboard.components.tables import Column
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import request_address
from dashboard.pages.shared.words import Place, opd_words, source_lines
from dashboard.pages.why.explanation import Nothing, Pages, Rows
from data_access.mart.facilities import check_places, session_places
from data_access.mart.rooms import letter_words
from data_access.records import reading
from data_access.records.intake.views import loads_of_rows
from etl.domain.facilities import FAULTS, Condition
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
    known = sorted({id_ for id_ in ids if id_ is not None})
    by_check: dict[int, list[Mapping[str, Any]]] = {}
    for row in check_places(office.mart.read(), known) if known else ():
        by_check.setdefault(row["id"], []).append(row)
    return {check: _lines(rows, "kondisi", user) for check, rows in by_check.items()}


def check_faults(office: Office, ids: Iterable[int | None]) -> dict[int, list[Component]]:
    """What is not good in a check, an item a line, by the check's first answer; what was not answered is not said."""
    known = sorted({id_ for id_ in ids if id_ is not None})
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
    by_source = {Source(row["file"], row["sheet"], row["row"]): row for row in rows}
    may_see = is_allowed(user.role, Page.DATA)
    places = {
        source: Place(row["load_id"], kind, row["id"])
        for source, row in by_source.items()
        if may_see and row["load_id"] is not None
    }
    return source_lines(by_source, places)


def letters_of(office: Office, ids: Iterable[int | None]) -> dict[int, Letter]:
    """Year and agenda number of letters by request_id."""
    known = sorted({id_ for id_ in ids if id_ is not None})
    words = letter_words(office.mart.read(), known) if known else {}
    return {letter: (row["year"], row["agenda_number"]) for letter, row in words.items()}


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


@dataclass(frozen=True)
class FigureRow:
    """One figure of a page as numerator, denominator, value, what counts and what was left out, in words; `href` is
    its own explanation, `is_here` that it is the one explained."""

    name: str
    href: str
    is_here: bool
    part: str
    whole: str
    value: str
    counted: str
    left: str


def fractions(rows: Sequence[FigureRow]) -> Rows:
    """Every figure of the page beside the one explained."""
    numbers = ("part", "whole", "value", "counted", "left")
    return Rows(
        title=t("why.fractions_title"),
        columns=[
            Column("name", t("why.head_name"), _figure_name),
            *(Column(name, t(f"why.head_{name}"), attrgetter(name), class_name="num") for name in numbers),
        ],
        rows=rows,
        row_properties=lambda row: {"aria-current": "true"} if row.is_here else {},
    )


def _figure_name(row: FigureRow) -> Component:
    return html.Strong(row.name) if row.is_here else link(row.name, row.href, "cases-link")


def rows_of_figure(
    name: str, columns: Sequence[Column[Any]], rows: Sequence[Any], pages: Pages, foot: Sequence[html.Tr] = ()
) -> Rows:
    """One page of the rows of a figure."""
    title = t("why.rows_title")
    nothing = Nothing(t("word.no_data"), t("why.no_rows_hint"))
    return Rows(title, columns, rows, note=name, label=f"{title}: {name}", pages=pages, foot=foot, nothing=nothing)
