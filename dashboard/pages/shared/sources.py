"""Where a request is written: each file and row, with the way to the load that brought it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.access import Page, is_allowed
from dashboard.access.accounts import Account
from dashboard.components import link
from dashboard.i18n import t
from dashboard.pages.shared.links import row_address
from dashboard.pages.shared.words import screen_words
from data_access.records import reading
from data_access.records.intake.views import rows_of_letter
from etl.figures.requests.detail import Request, Source

if TYPE_CHECKING:
    from etl.office import Office


@dataclass(frozen=True)
class Place:
    """One stored row: the load that brought it, its kind of records, its own number."""

    load_id: int
    kind: str
    row_id: int


Places = Mapping[Source, Place]
"""Where each source row of a request is stored; empty for those who may not see loads."""


def places_of(office: Office, detail: Request, user: Account) -> Places:
    """The loads behind a request, as far as the user may see them."""
    return stored_places(office, detail) if is_allowed(user.role, Page.DATA) else {}


def stored_places(office: Office, detail: Request) -> Places:
    """Where the rows of a request are stored; a row given twice belongs to the later load."""
    with reading(office.records) as connection:
        rows = rows_of_letter(connection, detail.request["request_id"])
    return {
        Source(row["file"], row["sheet"], row["row"]): Place(row["load_id"], row["kind"], row["id"]) for row in rows
    }


def sources_of(detail: Request) -> list[Source]:
    """Every source row of a request, its steps and sessions."""
    of_steps = [source for step in detail.steps for source in step.sources]
    return [*detail.sources, *of_steps, *(session.source for session in detail.sessions if session.source is not None)]


def source_lines(sources: Iterable[Source], places: Places) -> list[Component]:
    """ "disposisi-2026-06.csv, baris 211–218": one line a file and sheet; rows that follow each other are one link."""
    rows: dict[tuple[str, str | None, int | None], set[int]] = {}
    for source in sources:
        load_id = places[source].load_id if source in places else None
        rows.setdefault((source.file, source.sheet, load_id), set()).add(source.row)
    return [html.P(_line(file, sheet, load, runs(sorted(numbers)))) for (file, sheet, load), numbers in rows.items()]


def _line(file: str, sheet: str | None, load_id: int | None, rows: Sequence[tuple[int, int]]) -> list[Component | str]:
    """`rows`: (first, last) of each run of rows."""
    if words := screen_words(sheet):
        return [words if load_id is None else link(words, row_address(load_id, rows[0][0], sheet), "intake-place")]
    count = sum(last - first + 1 for first, last in rows)
    place = f"{file}, {t('word.sheet')} {sheet}, " if sheet else f"{file}, "
    head, ranges = f"{place}{t('word.row', n=count)} ", [(_range(first, last), first) for first, last in rows]
    if load_id is None:
        return [head + ", ".join(words for words, _ in ranges)]
    links = (link(words, row_address(load_id, first, sheet), "intake-place") for words, first in ranges)
    return [head, *(part for way in links for part in (way, ", "))][:-1]


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """(3, 3), (5, 8) for 3, 5, 6, 7, 8."""
    pairs: list[tuple[int, int]] = []
    for number in numbers:
        if pairs and number == pairs[-1][1] + 1:
            pairs[-1] = (pairs[-1][0], number)
        else:
            pairs.append((number, number))
    return pairs
