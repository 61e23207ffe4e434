"""The rows of a file that are read: those under the header that are not empty, a total or column numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.extract.files.sheet import Block, Column, Grid, Positions, constant_column, stacked
from etl.extract.headers import Header, Sheets
from etl.extract.kinds import SPECS, Kind
from etl.extract.words import fold, shipped_words

_NUMBER_CELL = re.compile(r"\(?(\d{1,3})\)?\.?")
_MAX_HEADER = 100
_COUNT = r"^\s*(?:[0-9]{1,4}|[-–—]+)\s*$"
_NOTHING = r"^[\s–—-]*$"
_NOWHERE = -1


@dataclass(frozen=True)
class Table:
    """The read rows of a part of a file, in file order.

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

    def shares_day(self, name: str) -> bool:
        """Whether the column of this clock time says the day as well."""
        day = SPECS[self.kind].day_of[name]
        return any(name in h.columns and h.columns[name] == h.columns.get(day) for h in self.headers)

    def header_of(self, name: str, position: int) -> str:
        """The header typed over this column in the sheet of that row, as it may stand in a sentence."""
        return self.headers[self.sheet[position]].name_of(name)[:_MAX_HEADER]


@dataclass(frozen=True)
class Layout:
    """What all parts of a file have in common: its sheets of one kind, their headers, the canonical columns in them.

    `first_rows` are the positions of the first row under each header and its column numbers.
    """

    kind: Kind
    grids: Sequence[Grid]
    headers: Sequence[Header]
    first_rows: Sequence[int]
    names: Sequence[str]


def layout_of(sheets: Sheets) -> Layout:
    """The layout of sheets of one kind."""
    headers = [header for _, header in sheets]
    kind = headers[0].kind
    return Layout(
        kind=kind,
        grids=[grid for grid, _ in sheets],
        headers=headers,
        first_rows=[_first_data_row(grid, header) for grid, header in sheets],
        names=[name for name in SPECS[kind].columns if any(name in h.columns or name in h.constants for h in headers)],
    )


Piece = tuple[int, Block]
"""Rows of one of a layout's sheets, with its position among them."""


def pieces(layout: Layout, rows: int) -> Iterator[list[Piece]]:
    """All rows of the sheets in order, at most so many at a time; small sheets go together."""
    held: list[Piece] = []
    height = 0
    for index, grid in enumerate(layout.grids):
        for block in grid.blocks(rows):
            if held and height + block.height > rows:
                yield held
                held, height = [], 0
            held.append((index, block))
            height += block.height
    yield held


def build_table(layout: Layout, part: Sequence[Piece]) -> Table:
    """The rows of a part that count as read."""
    parts = [
        (block, layout.headers[index], _read_positions(block, layout.headers[index], layout.first_rows[index]))
        for index, block in part
    ]
    return Table(
        kind=layout.kind,
        names=[grid.name for grid in layout.grids],
        headers=layout.headers,
        sheet=np.repeat([index for index, _ in part], [len(taken) for _, _, taken in parts]),
        row=np.concatenate([block.first + taken + 1 for block, _, taken in parts]),
        columns={name: stacked(_cells(*piece, name) for piece in parts) for name in layout.names},
        is_torn=np.concatenate(
            [
                _torn(block, header, taken) & layout.grids[index].is_delimited
                for (index, _), (block, header, taken) in zip(part, parts, strict=True)
            ]
        ),
    )


def _cells(block: Block, header: Header, taken: Positions, name: str) -> Column:
    if name in header.columns:
        return block.column(header.columns[name]).take(taken)
    return constant_column(header.constants.get(name, ""), len(taken))


def _read_positions(block: Block, header: Header, first_row: int) -> Positions:
    """Positions of the rows under the header that count as read, from the block's first row on."""
    filled = np.zeros(block.height, dtype=bool)
    for index in header.headed:
        filled |= block.column(index).is_filled()
    filled[: max(first_row - block.first, 0)] = False
    return np.flatnonzero(filled & ~_totals(block, header))


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
    matches = [_NUMBER_CELL.fullmatch(fold(cell)) for cell in cells if fold(cell)]
    numbers = [int(match[1]) if match else 0 for match in matches]
    return numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= min(3, header_count)


def _totals(block: Block, header: Header) -> NDArray[np.bool_]:
    """Rows whose first filled cell says "Total" or "Jumlah", with no date, register number or required cell besides."""
    pattern = rf"(?i)^[\s\x{{a0}}]*(?:{'|'.join(shipped_words().total)})\b"
    undecided = np.ones(block.height, dtype=bool)
    place = np.full(block.height, _NOWHERE)
    for index, column in block.columns.items():
        says_total = pc.match_substring_regex(column.texts, pattern).to_numpy(zero_copy_only=False)
        place[undecided & column.where(says_total)] = index
        undecided &= ~column.is_filled()
        if not undecided.any():
            break
    is_total = place != _NOWHERE
    return is_total & ~_recorded(block, header, place) if is_total.any() else is_total


def _recorded(block: Block, header: Header, place: Positions) -> NDArray[np.bool_]:
    """Rows with a cell that only a record has, other than the one at `place`: its number in the register, or in a date
    or required column more than the small number of a count."""
    spec = SPECS[header.kind]
    recorded = np.zeros(block.height, dtype=bool)
    for name in header.columns.keys() & {"no_agenda", *spec.dates, *spec.always, *chain(*spec.either)}:
        index = header.columns[name]
        column = block.column(index)
        pattern = _NOTHING if name == "no_agenda" else _COUNT
        says_nothing = pc.match_substring_regex(column.texts, pattern).to_numpy(zero_copy_only=False)
        recorded |= column.is_filled() & ~column.where(says_nothing) & (place != index)
    return recorded


def _torn(block: Block, header: Header, taken: Positions) -> NDArray[np.bool_]:
    """Rows with filled cells to the right of the header's last cell."""
    torn = np.zeros(len(taken), dtype=bool)
    for index, column in block.columns.items():
        if index >= len(header.typed):
            torn |= column.is_filled()[taken]
    return torn
