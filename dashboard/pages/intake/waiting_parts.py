"""What the questions about waiting rows share: the address of their page, the row asked about, where rows were read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from dash import html
from dash.development.base_component import Component

from dashboard.components import with_query
from dashboard.components.tables import read_page
from dashboard.i18n import fmt, t
from dashboard.pages.intake import frame
from dashboard.pages.shared.links import WAITING
from dashboard.pages.shared.words import dotted, kind_words, place_link, stamp_words, step_words

REQUESTS_PAGE, ROOMS_PAGE, ITEMS_PAGE = "hal", "hal_ruang", "hal_barang"
NUMBERS_PAGE, DOUBTS_PAGE, RECEIPTS_PAGE, EVENTS_PAGE = "hal_nomor", "hal_surat", "hal_terima", "hal_acara"
PAGE_NAMES = (REQUESTS_PAGE, ROOMS_PAGE, ITEMS_PAGE, NUMBERS_PAGE, DOUBTS_PAGE, RECEIPTS_PAGE, EVENTS_PAGE)
"""Names in the address of the pages of the lists."""

MOST_ROWS = 100

_ID_DIGITS = 19
_BIGGEST_ID = 2**63

Row = TypeVar("Row")


def row_named(text: str, read: Callable[[int], Row | None]) -> Row | None:
    """What is known of the row whose id an address names; None for no such row."""
    return read(int(text)) if text.isdecimal() and len(text) < _ID_DIGITS else None


def row_answered(row_id: Any) -> int:
    """The id of the row of which a page brings an answer. Raises UnusableAnswerError where it is none."""
    if not isinstance(row_id, int) or not 0 < row_id < _BIGGEST_ID:
        raise frame.UnusableAnswerError("intake.number_answered")
    return row_id


def here(query: Mapping[str, str], **changed: Any) -> str:
    """The address of this page with its lists at their pages; a first page is left out."""
    numbers = {name: read_page(query.get(name)) for name in PAGE_NAMES}
    kept = {name: number if number != 1 else None for name, number in numbers.items()}
    return with_query(WAITING, **{**kept, **changed})


def places(rows: Sequence[Mapping[str, Any]], total: int) -> Component:
    """Where the rows were read, each leading to its load."""
    words = [f" · {row_words(row)} · {fmt().moment_short(row['since'])}" for row in rows]
    notes = [html.Span(text, className="p-muted") for text in words]
    items = [html.Li([place_link(row), note]) for row, note in zip(rows, notes, strict=True)]
    rest = frame.left_out("intake.more_rows", total - len(rows))
    return html.Div([html.Ul(items, className="intake-places"), *rest])


def row_words(row: Mapping[str, Any]) -> str:
    if row.get("step") is not None:
        return f"{step_words(row['step'])} {stamp_words(row['finished_on'], row['finished_at'])}"
    number = t("intake.agenda", number=row["agenda_number"]) if row["agenda_number"] else ""
    return dotted(kind_words(row["kind"]), number)
