"""What stands beside the table that is read, another table or cells without a header: it is named, and not read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from data_access.errors import Message
from etl.domain.frames import Bools
from etl.extract.files.refusal import IntakeWarning, Refused
from etl.extract.files.sheet import Block, Column, LeftOf, Sheet, column_letters
from etl.extract.headers import ColumnMap, Header, find_header, names_columns
from etl.extract.kinds import SPECS, Kind, columns_under
from etl.extract.lines import line_of_letter, numbered_agency, says_day
from etl.extract.sheets import CELLS_BESIDE, TABLE_BESIDE
from etl.extract.table import Layout, Part, Piece
from etl.extract.words import fold

_FEWEST_CELLS = 3
"""Cells of a row of a table; rows of fewer, titles and signatures, may stand over the columns between two tables."""

_MOST_NAMED = 10
"""Rows whose cells a warning names; further ones are counted."""

Cells = Sequence[Sequence[str]]


def left_tables(
    sheets: Iterable[Sheet], kind: Kind | None, source: ColumnMap | None
) -> tuple[list[Sheet], list[IntakeWarning]]:
    """The sheets without the tables beside their first ones, and a warning for each of these.

    A source with names of its own says which columns are meant.
    """
    opened = [replace(sheet, opened=sheet.grid()) for sheet in sheets]
    if source is not None and source.columns:
        return opened, []
    warnings: list[IntakeWarning] = []
    for place, sheet in enumerate(opened):
        grid = sheet.grid()
        if not grid.is_query and (corner := _corner(grid.head, kind)):
            row, column = corner
            opened[place] = replace(sheet, opened=LeftOf(grid, column))
            message = Message("extract.table_beside", cell=f"{column_letters(column)}{row + 1}")
            warnings.append(IntakeWarning(TABLE_BESIDE, row + 1, message.stored(), grid.name))
    return opened, warnings


def cells_beside(layout: Layout, part: Part, told: Counter[str]) -> list[IntakeWarning]:
    """A warning for each record that has a day, or several cells, in columns without a header, as of a letter that was
    pasted to the right of the table, and for each row that has a line of a letter there; `told` counts them by sheet,
    and beyond the first ones the last part tells how many more there are."""
    warnings = []
    for piece in part.pieces:
        grid, header = layout.grids[piece.sheet], layout.headers[piece.sheet]
        width = len(header.typed) if grid.is_delimited else max(piece.block.columns, default=-1) + 1
        places = [place for place in sorted(piece.block.columns) if place < width and not header.heads(place)]
        if not places or grid.is_query:
            continue
        for row in _rows_beside(piece, places, part.ends[piece.sheet], SPECS[layout.kind].is_private):
            told[grid.name or ""] += 1
            if told[grid.name or ""] <= _MOST_NAMED:
                cells = _range(piece.block, places, row)
                warnings.append(_beside(cells, 1, piece.block.first + row + 1, grid.name))
    if part.is_last:
        more = ((sheet, count - _MOST_NAMED) for sheet, count in told.items() if count > _MOST_NAMED)
        warnings += [_beside("…", count, None, sheet or None) for sheet, count in more]
    return warnings


def _beside(cells: str, count: int, row: int | None, sheet: str | None) -> IntakeWarning:
    message = Message("extract.cells_beside", cells=cells, count=count)
    return IntakeWarning(CELLS_BESIDE, row, message.stored(), sheet)


def _rows_beside(piece: Piece, places: Sequence[int], end: float, is_private: bool) -> list[int]:
    """The records that have a day or several cells in these columns, and the rows above the `end` of the records that
    have a line of a letter there, a record or nothing else; of a list of persons none."""
    columns = [piece.block.columns[place] for place in places]
    records, is_bare = piece.rows.records, ~piece.rows.filled
    is_bare[[*piece.rows.kinds]] = False
    is_bare &= np.arange(len(is_bare)) + piece.block.first <= end
    count = np.sum([column.is_filled() for column in columns], axis=0)
    has_day = _any(columns, lambda text: says_day(fold(text)))
    has_line = _any(columns, lambda text: not is_private and _is_line(fold(text)))
    return np.flatnonzero((records & ((count > 1) | has_day)) | ((records | is_bare) & has_line)).tolist()


def _any(columns: Iterable[Column], says: Callable[[str], bool]) -> Bools:
    """The rows of which a cell in one of these columns says so."""
    return np.any([column.where([*map(says, column.strings)]) for column in columns], axis=0)


def _is_line(text: str) -> bool:
    """Whether a folded text begins with a number and an agency, or tells of a letter otherwise."""
    return line_of_letter(text) or numbered_agency().match(re.sub(r"^\W+", "", text)) is not None


def _range(block: Block, places: Sequence[int], row: int) -> str:
    """The cells of a row in these columns, from the first filled one to the last: "G4:K4"."""
    filled = [place for place in places if block.columns[place].cell(row).strip()]
    first, last = (f"{column_letters(place)}{block.first + row + 1}" for place in (filled[0], filled[-1]))
    return first if first == last else f"{first}:{last}"


def _corner(head: Cells, kind: Kind | None) -> tuple[int, int] | None:
    """Row and column, from 0, of the first header of a table beside another one."""
    for column in _behind_gaps(head):
        left = _header([row[:column] for row in head], kind)
        if left is not None:
            rows = (row for row, cells in enumerate(head) if names_columns(cells[column:], left))
            row = next((row for row in rows if _is_other(head, row, column, left)), None)
            if row is not None:
                return row, column
    return None


def _behind_gaps(head: Cells) -> Iterator[int]:
    """The columns to the right of those in which no row of a table has a cell."""
    rows = [[*map(str.strip, row)] for row in head]
    filled = {place for row in rows if sum(map(bool, row)) >= _FEWEST_CELLS for place, cell in enumerate(row) if cell}
    return (place for place in sorted(filled)[1:] if place - 1 not in filled)


def _header(head: Cells, kind: Kind | None) -> Header | None:
    try:
        return find_header(head, kind, None)
    except Refused:
        return None


def _is_other(head: Cells, row: int, column: int, left: Header) -> bool:
    """Whether a row of headers on the right heads a table of its own: it repeats a required column of the left one, or
    has those of a kind, which are not all read together with it."""
    required = SPECS[left.kind].required & left.columns.keys()
    names = chain.from_iterable(columns_under(left.kind, cell) for cell in head[row][column:] if cell.strip())
    if any(name in required for name, _ in names):
        return True
    right, whole = _header([cells[column:] for cells in head[row : row + 2]], None), _header(head, left.kind)
    read = set() if whole is None else set(whole.columns.values())
    return right is not None and not {place + column for place in right.required} <= read
