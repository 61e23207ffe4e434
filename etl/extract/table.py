"""The rows of a file that are read: those under the header that are not empty, a total or column numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.extract.column import Column, Positions, constant_column, stacked
from etl.extract.headers import Header
from etl.extract.kinds import SPECS, Kind
from etl.extract.sheet import Grid
from etl.extract.words import Words, fold

_NUMBER_CELL = re.compile(r"\(?(\d{1,3})\)?\.?")
_COUNT = r"^\s*[0-9]{1,4}\s*$"


@dataclass(frozen=True)
class Table:
    """The read rows of all sheets of a file, in file order.

    `sheet` is the position in `names`; `row` the spreadsheet's own row number, from 1. `columns` are the canonical
    columns that the file has; `headers[i]` is the header of sheet i. `is_torn` marks delimited rows with more
    filled cells than headers.
    """

    kind: Kind
    names: Sequence[str | None]
    headers: Sequence[Header]
    sheet: NDArray[np.int64]
    row: Positions
    columns: dict[str, Column]
    is_torn: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.row)

    def column(self, name: str) -> Column:
        """The cells of a canonical column; all empty when the file does not have it."""
        return self.columns.get(name) or constant_column("", len(self))

    def header_of(self, name: str, position: int) -> str:
        """The header typed over this column in the sheet of that row."""
        return self.headers[self.sheet[position]].name_of(name)


def build_table(grids: Sequence[Grid], headers: Sequence[Header], words: Words) -> Table:
    """One table from sheets of one kind, each with its header."""
    kind = headers[0].kind
    taken = [_read_positions(grid, header, words) for grid, header in zip(grids, headers, strict=True)]
    parts = list(zip(grids, headers, taken, strict=True))
    names = [name for name in SPECS[kind].columns if any(name in h.columns or name in h.constants for h in headers)]
    return Table(
        kind=kind,
        names=[grid.name for grid in grids],
        headers=headers,
        sheet=np.repeat(np.arange(len(grids)), [len(rows) for rows in taken]),
        row=np.concatenate(taken) + 1,
        columns={name: stacked(_cells(*part, name) for part in parts) for name in names},
        is_torn=np.concatenate([_torn(*part) for part in parts]),
    )


def _cells(grid: Grid, header: Header, taken: Positions, name: str) -> Column:
    if name in header.columns:
        return grid.columns[header.columns[name]].take(taken)
    return constant_column(header.constants.get(name, ""), len(taken))


def _read_positions(grid: Grid, header: Header, words: Words) -> Positions:
    """Positions of the rows under the header that count as read."""
    first = _first_data_row(grid, header)
    filled = np.zeros(grid.height, dtype=bool)
    for index in header.columns.values():
        filled |= grid.columns[index].is_filled()
    filled[:first] = False
    return np.flatnonzero(filled & ~_totals(grid, header, words))


def _first_data_row(grid: Grid, header: Header) -> int:
    """The row under the header and its row of column numbers, if there is one."""
    first = header.row + 1
    while first < len(grid.head) and not any(map(fold, grid.head[first])):
        first += 1
    if first < len(grid.head) and _is_numbering(grid.head[first], len([name for name in header.typed if name])):
        return first + 1
    return header.row + 1


def _is_numbering(cells: Sequence[str], header_count: int) -> bool:
    """Whether the cells read 1, 2, 3 … and leave no more than a few headers without a number."""
    found = [_NUMBER_CELL.fullmatch(fold(cell)) for cell in cells if fold(cell)]
    numbers = [int(match[1]) if match else 0 for match in found]
    return numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= min(3, header_count)


def _totals(grid: Grid, header: Header, words: Words) -> NDArray[np.bool_]:
    """Rows whose first filled cell says "Total" or "Jumlah" and that hold no date."""
    pattern = rf"(?i)^[\s\x{{a0}}]*(?:{'|'.join(words.total)})\b"
    undecided = np.ones(grid.height, dtype=bool)
    is_total = np.zeros(grid.height, dtype=bool)
    for column in grid.columns:
        says_total = pc.match_substring_regex(column.texts, pattern).to_numpy(zero_copy_only=False)
        is_total |= undecided & column.where(says_total)
        undecided &= ~column.is_filled()
        if not undecided.any():
            break
    return is_total & ~_dated(grid, header) if is_total.any() else is_total


def _dated(grid: Grid, header: Header) -> NDArray[np.bool_]:
    """Rows with something in a date column that is more than the small number of a count."""
    dated = np.zeros(grid.height, dtype=bool)
    for name in SPECS[header.kind].dates:
        if name in header.columns:
            column = grid.columns[header.columns[name]]
            is_count = pc.match_substring_regex(column.texts, _COUNT).to_numpy(zero_copy_only=False)
            dated |= column.is_filled() & ~column.where(is_count)
    return dated


def _torn(grid: Grid, header: Header, taken: Positions) -> NDArray[np.bool_]:
    """Delimited rows with filled cells to the right of the header's last cell."""
    torn = np.zeros(len(taken), dtype=bool)
    for column in grid.columns[len(header.typed) :] if grid.is_delimited else []:
        torn |= column.is_filled()[taken]
    return torn
