"""Another table to the right of the one that is read: it is named, and none of its columns is taken for the first's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from data_access.errors import Message
from etl.extract.files.refusal import IntakeWarning, Refused
from etl.extract.files.sheet import LeftOf, Sheet
from etl.extract.headers import ColumnMap, Header, column_letters, find_header, names_columns
from etl.extract.kinds import SPECS, Kind, columns_under
from etl.extract.sheets import TABLE_BESIDE

_FEWEST_CELLS = 3
"""Cells of a row of a table; rows of fewer, titles and signatures, may stand over the columns between two tables."""

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
    spec = SPECS[left.kind]
    required = {*spec.always, *chain(*spec.either)} & left.columns.keys()
    names = chain.from_iterable(columns_under(left.kind, cell) for cell in head[row][column:] if cell.strip())
    if any(name in required for name, _ in names):
        return True
    right, whole = _header([cells[column:] for cells in head[row : row + 2]], None), _header(head, left.kind)
    read = set() if whole is None else set(whole.columns.values())
    return right is not None and not {place + column for place in right.required} <= read
