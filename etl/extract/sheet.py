"""Raw cells as they come from a file or a database, and their columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

import numpy as np
import pyarrow as pa

from etl.extract.column import Column, joined
from etl.extract.refusal import Refused

MAX_COLUMNS = 500
HEAD_ROWS = 40
_CHUNK_ROWS = 50_000


@dataclass(frozen=True)
class Sheet:
    """Raw cells of one sheet, one sequence a row from the spreadsheet's first row on, empty rows included.

    `is_delimited`: the rows come from a CSV, where a row with more filled cells than the header has been torn
    apart by a stray delimiter. `bulk`, where there is one, gives the columns of all rows after the first so many,
    each row having exactly so many cells; None when they do not, and then `rows` are read on.
    """

    name: str | None
    rows: Iterable[Sequence[object]]
    is_delimited: bool = False
    bulk: Callable[[int, int], list[pa.ChunkedArray] | None] | None = None


@dataclass(frozen=True)
class Grid:
    """A sheet read whole: its first rows as texts, to look for the header in, and every column."""

    name: str | None
    head: list[list[str]]
    columns: list[Column]
    height: int
    is_delimited: bool


def read_grid(sheet: Sheet) -> Grid:
    """Every cell of a sheet as text. Raises Refused when it is wider than `MAX_COLUMNS`."""
    rows = iter(sheet.rows)
    head = [_texts(row) for row in islice(rows, HEAD_ROWS)]
    width = len(head[-1]) if head else 0
    bulk = sheet.bulk(HEAD_ROWS, width) if sheet.bulk and len(head) == HEAD_ROWS and width else None
    pieces: list[list[pa.DictionaryArray]] = []
    height = 0
    for chunk in _chunks(iter(head) if bulk else chain(head, rows)):
        _append(pieces, chunk, height)
        height += len(chunk)
    if bulk:
        _append_bulk(pieces, bulk)
        height += len(bulk[0])
    return Grid(sheet.name, head, [joined(column) for column in pieces], height, sheet.is_delimited)


def _chunks(rows: Iterator[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        yield chunk


def _append(pieces: list[list[pa.DictionaryArray]], chunk: list[Sequence[object]], height: int) -> None:
    """Add a chunk's cells to the columns, filling columns that begin late or end early with empty cells."""
    widths = np.fromiter(map(len, chunk), np.int64, len(chunk))
    width = max(int(widths.max()), len(pieces))
    if width > MAX_COLUMNS:
        raise Refused(f"satu baris berisi {width} kolom, lebih dari {MAX_COLUMNS}; simpan hanya tabel catatannya.")
    if widths.min() < width:
        chunk = [[*row, *([""] * (width - len(row)))] for row in chunk]
    for index, cells in enumerate(zip(*chunk, strict=True)):
        if index == len(pieces):
            pieces.append([_encoded([""] * height)] if height else [])
        pieces[index].append(_encoded(cells))


def _append_bulk(pieces: list[list[pa.DictionaryArray]], bulk: list[pa.ChunkedArray]) -> None:
    """Add columns read at once; columns beyond them are empty there."""
    for column, added in zip_longest(pieces, bulk):
        column.extend(added.chunks if added is not None else [_encoded([""] * len(bulk[0]))])


def _encoded(cells: Sequence[object]) -> pa.DictionaryArray:
    texts = [cell if type(cell) is str else cell_text(cell) for cell in cells]
    return pa.array(texts, pa.string()).dictionary_encode()


def _texts(row: Sequence[object]) -> list[str]:
    return [cell_text(cell) for cell in row]


def cell_text(cell: object) -> str:
    """A typed cell as the text that the readers of values understand: dates and times in ISO, numbers plain."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ya" if cell else "tidak"
    if isinstance(cell, float):
        return _number_text(cell)
    if isinstance(cell, dt.datetime):
        return (cell + dt.timedelta(milliseconds=500)).replace(microsecond=0).isoformat(sep=" ")
    if isinstance(cell, dt.time):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, dt.timedelta):
        return _duration_text(cell)
    return str(cell)


def _number_text(number: float) -> str:
    """Whole numbers without a fraction; others with at least two decimals, so that 8.30 typed as a number stays 8.30.

    Numbers between 0 and 1 keep six or more decimals: in a time column they are parts of a day.
    """
    if number.is_integer():
        return str(int(number))
    decimals = 6 if 0 < number < 1 else 2
    text = f"{number:.10f}".rstrip("0")
    return text + "0" * (decimals - len(text.partition(".")[2]))


def _duration_text(duration: dt.timedelta) -> str:
    seconds = round(duration.total_seconds())
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
