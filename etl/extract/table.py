"""The rows of a file that are read: those under the header that are not empty, column numbers, or furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.domain.frames import MISSING, Bools, Ints
from etl.extract.ditto import SHEET, Ditto
from etl.extract.files.sheet import Block, Column, Grid, Places, Positions, constant_column, stacked, without_mark
from etl.extract.furniture import Above, Furniture, FurnitureKind, Sorted, is_numbering, sort_rows
from etl.extract.headers import ColumnMap, Header, title_month, title_year
from etl.extract.kinds import SPECS, Kind
from etl.extract.sheets import Sheets
from etl.extract.words import DASHES, fold, fold_header, shipped_words

_MAX_HEADER = 100
_PLACE_TO_SIGN = r"^[\s.()…_]*(?:\d[\s.()…_]*){0,3}$"
_NUMBER_AND_WORDS = r"^\s*\S*[0-9]\S*/\S+\s+[A-Za-z]{3}|^\s*\S+/\S*[0-9]\S*\s+[A-Za-z]{3}"


Values = Mapping[str, Mapping[str, str]]
"""By canonical column the source's own words, folded, and what each stands for."""


def meant(column: Column, words: Mapping[str, str] | None) -> Column:
    """A column in the words that these stand for; others stay as they are."""
    if not words:
        return column
    return Column(pa.array([words.get(fold(text), text) for text in column.strings], pa.string()), column.codes)


@dataclass(frozen=True)
class Persons:
    """By row of a list of persons numbers by which they are compared, in place of their names: `who` for name and
    agency, `line` for all that the row says; MISSING without a name, `line` also without a running number."""

    who: Ints
    line: Ints


@dataclass(frozen=True)
class Title:
    """Year and month that a sheet's name and title, or a heading between its rows, give these rows of a table; None
    where they say none."""

    rows: Positions
    year: int | None
    month: int | None


@dataclass(frozen=True)
class Table:
    """The read rows of a part of a file, in file order.

    `sheet` is the position in `names`; `row` the spreadsheet's own row number, from 1. `columns` are the canonical
    columns that the file has, and those that are only compared, as typed; `headers[i]` is the header of sheet i.
    `cells` counts those of delimited rows that have more than there are headers, or fewer since a delimiter is missing;
    0 of others. `values`: by column what its words stand for in this source. `as_above`: by column the rows whose cell
    is that of the row above, where a mark said so. `years`: by sheet the year that its name or title says, where the
    table holds the whole file. `struck`: by column the rows whose cell is filled and struck through, in whole or in
    part. `persons`: of each row of a list of persons. `titles`: what names, titles and headings say of the days of the
    rows, where the table holds the whole file.
    """

    kind: Kind
    names: Sequence[str | None]
    headers: Sequence[Header]
    sheet: NDArray[np.int64]
    row: Positions
    columns: dict[str, Column]
    cells: Positions
    values: Values
    as_above: Mapping[str, Bools] = field(default_factory=dict)
    years: Sequence[int | None] = ()
    struck: Mapping[str, Bools] = field(default_factory=dict)
    persons: Persons | None = None
    titles: Sequence[Title] = ()

    def __len__(self) -> int:
        return len(self.row)

    def typed(self, name: str) -> Column:
        """The cells of a canonical column as they stand; all empty when the file does not have it."""
        return self.columns.get(name) or constant_column("", len(self))

    def column(self, name: str) -> Column:
        """The same in the words that the source's own stand for, without what is struck through; a cell that the kind
        requires stays, as its row is not taken."""
        typed, struck = self.typed(name), self.struck.get(name)
        if struck is not None and name not in SPECS[self.kind].required:
            texts = pa.concat_arrays([typed.texts, pa.array([""])])
            typed = Column(texts, np.where(struck, len(typed.texts), typed.codes))
        return meant(typed, self.values.get(name))

    @cached_property
    def struck_rows(self) -> Bools:
        """Rows of which all required cells that are filled are struck through."""
        is_struck, has_other = np.zeros(len(self), dtype=bool), np.zeros(len(self), dtype=bool)
        for name in SPECS[self.kind].required & self.columns.keys() if self.struck else ():
            struck = self.struck.get(name, np.zeros(len(self), dtype=bool))
            is_struck |= struck
            has_other |= self.columns[name].is_filled() & ~struck
        return is_struck & ~has_other

    def shares_day(self, name: str) -> bool:
        """Whether the column of this clock time says the day as well."""
        day = SPECS[self.kind].day_of[name]
        return any(name in h.columns and h.columns[name] == h.columns.get(day) for h in self.headers)

    def header_count(self, position: int) -> int:
        """How many cells the header of that row has."""
        return len(self.headers[self.sheet[position]].typed)

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
    values: Values


def layout_of(sheets: Sheets, source: ColumnMap | None = None) -> Layout:
    """The layout of sheets of one kind; `source` tells what words of its own mean."""
    values = {} if source is None else source.values
    headers = [header for _, header in sheets]
    kind = headers[0].kind
    return Layout(
        kind=kind,
        grids=[grid for grid, _ in sheets],
        headers=headers,
        first_rows=[_first_data_row(grid, header) for grid, header in sheets],
        names=[name for name in SPECS[kind].columns if any(name in h.columns or name in h.constants for h in headers)],
        values={name: {fold(word): meaning for word, meaning in words.items()} for name, words in values.items()},
    )


@dataclass(frozen=True)
class Piece:
    """Rows of one of a layout's sheets: its position among them, and what each row is."""

    sheet: int
    block: Block
    rows: Sorted


@dataclass(frozen=True)
class Part:
    """Some rows of the sheets. `ends`: below which row of a sheet there is no further record."""

    pieces: Sequence[Piece]
    ends: Mapping[int, float]
    is_last: bool


def parts(layout: Layout, rows: int) -> Iterator[Part]:
    """All rows of the sheets in order, at most so many at a time; small sheets go together.

    A part is held until it is known whether records follow in the sheet in which it ends.
    """
    held: list[list[Piece]] = []
    begun: set[int] = set()
    for pieces in _pieces(layout, rows):
        last = held[-1][-1].sheet if held else -1
        goes_on = any(piece.sheet == last and piece.rows.records.any() for piece in pieces)
        if held and (goes_on or pieces[-1].sheet != last):
            for earlier in held:
                yield _part(earlier, begun, goes_on=goes_on, is_last=False)
            held = []
        held.append(pieces)
    for number, pieces in enumerate(held or [[]], start=1):
        yield _part(pieces, begun, goes_on=False, is_last=number >= len(held))


def _part(pieces: list[Piece], begun: set[int], *, goes_on: bool, is_last: bool) -> Part:
    """`begun`: sheets with records in earlier parts; `goes_on`: the last sheet has more of them in later ones.

    A sheet without a single record has no end: each of its rows is asked about.
    """
    ends: dict[int, float] = {}
    for piece in pieces:
        records = np.flatnonzero(piece.rows.records)
        if len(records):
            ends[piece.sheet] = piece.block.first + int(records[-1])
    begun.update(ends)
    ends = {piece.sheet: ends.get(piece.sheet, -1 if piece.sheet in begun else inf) for piece in pieces}
    if goes_on:
        ends[pieces[-1].sheet] = inf
    return Part(pieces, ends, is_last)


def _pieces(layout: Layout, rows: int) -> Iterator[list[Piece]]:
    held: list[Piece] = []
    height = 0
    for index, grid in enumerate(layout.grids):
        above, header = Above(), layout.headers[index]
        for block in grid.blocks(rows):
            if held and height + block.height > rows:
                yield held
                held, height = [], 0
            first = max(layout.first_rows[index] - block.first, 0)
            held.append(Piece(index, block, sort_rows(block, header, first, above, is_query=grid.is_query)))
            height += block.height
    if held:
        yield held


def build_table(layout: Layout, part: Part, ditto: Ditto) -> tuple[Table, list[Furniture]]:
    """The rows of a part that count as read, and those that are no records; `ditto` is brought up to the part's end."""
    names = [grid.name for grid in layout.grids]
    chosen = [
        (piece, layout.headers[piece.sheet], *_sorted_out(piece, part.ends[piece.sheet])) for piece in part.pieces
    ]
    left_out = [
        (piece.sheet, piece.block.first + place + 1, kinds[place])
        for piece, _, _, kinds in chosen
        for place in sorted(kinds)
    ]
    columns = {
        name: stacked(_cells(layout, piece, taken, name) for piece, _, taken, _ in chosen) for name in layout.names
    }
    sheet = np.repeat([piece.sheet for piece, *_ in chosen], [len(taken) for _, _, taken, _ in chosen])
    row = _stacked([piece.block.first + taken + 1 for piece, _, taken, _ in chosen], np.int64)
    months = [sheet_place * SHEET + line for sheet_place, line, kind in left_out if kind is FurnitureKind.MONTH]
    is_query = any(grid.is_query for grid in layout.grids)
    records = _stacked([_are_records(piece, header)[taken] for piece, header, taken, _ in chosen], bool)
    as_above = {} if is_query else ditto.fill(columns, sheet * SHEET + row, months, records)
    compared = {name for _, header, _, _ in chosen for name in header.compared}
    for name in compared:
        columns[name] = stacked(
            piece.block.column(header.compared.get(name, -1)).take(taken) for piece, header, taken, _ in chosen
        )
    table = Table(
        kind=layout.kind,
        names=names,
        headers=layout.headers,
        sheet=sheet,
        row=row,
        columns=columns,
        cells=_stacked([_surplus(layout, piece, taken) for piece, _, taken, _ in chosen], np.int64),
        values=layout.values,
        as_above=as_above,
        years=_years(layout, part),
        titles=_titles(layout, part, chosen, sheet * SHEET + row),
        struck=_struck(layout, chosen, columns),
        persons=_persons(chosen) if SPECS[layout.kind].is_private else None,
    )
    return table, [Furniture(names[sheet_place], line, str(kind)) for sheet_place, line, kind in left_out]


def _are_records(piece: Piece, header: Header) -> Bools:
    """The rows of a piece from which a mark below may take a cell; a sum that is read, to be asked about, is none."""
    number = piece.block.column(header.columns.get("no_agenda", -1))
    totals = "|".join(map(re.escape, shipped_words().total))
    is_total = pc.match_substring_regex(number.texts, rf"(?i)^\s*(?:{totals})\b").to_numpy(zero_copy_only=False)
    return piece.rows.records & ~number.where(is_total)


Chosen = Sequence[tuple[Piece, Header, Positions, Mapping[int, FurnitureKind]]]
"""Pieces with their headers, the positions of the rows that are read, and those that are no records."""


def _persons(chosen: Chosen) -> Persons:
    who, line = [], []
    for piece, header, taken, _ in chosen:
        parts = header.person_parts
        name, agency, number = (
            _folded(piece.block, parts.get(part, -1), taken) for part in ("name", "agency", "number")
        )
        cells = (_folded(piece.block, index, taken) for index in header.headed)
        is_named, is_numbered = name != "", number != ""
        who.append(np.where(is_named, _marks([name, agency]), MISSING))
        line.append(np.where(is_named & is_numbered, _marks([number, *cells]), MISSING))
    return Persons(_stacked(who, np.int64), _stacked(line, np.int64))


def _folded(block: Block, index: int, taken: Positions) -> NDArray[Any]:
    column = block.column(index).take(taken)
    return np.array([fold(text) for text in column.strings] or [""], dtype=object)[column.codes]


def _marks(columns: Sequence[NDArray[Any]]) -> Ints:
    """A number for each row by its texts in these columns, which none of them can be told from."""
    hashes = pd.util.hash_pandas_object(pd.DataFrame(dict(enumerate(columns))), index=False)
    return hashes.to_numpy().astype(np.int64)


def _struck(layout: Layout, chosen: Chosen, columns: Mapping[str, Column]) -> dict[str, Bools]:
    """By column the rows whose cell is filled and struck through."""
    if not any(len(grid.struck) for grid in layout.grids):
        return {}
    by_column: dict[str, Bools] = {}
    for name, column in columns.items():
        pieces = (
            _is_struck(layout.grids[piece.sheet].struck, piece.block, header.columns.get(name, -1))[taken]
            for piece, header, taken, _ in chosen
        )
        struck = _stacked(list(pieces), bool) & column.is_filled()
        if struck.any():
            by_column[name] = struck
    return by_column


def _is_struck(struck: Places, block: Block, column: int) -> Bools:
    """The rows of a block whose cell in a column is struck through."""
    rows = struck.rows[struck.columns == column] - block.first
    is_struck = np.zeros(block.height, dtype=bool)
    is_struck[rows[(rows >= 0) & (rows < block.height)]] = True
    return is_struck


def _years(layout: Layout, part: Part) -> list[int | None]:
    """By sheet the year that its name or title says; of a part of a file none."""
    sheets = zip(layout.grids, layout.headers, strict=True) if _is_whole(part) else ()
    return [title_year(grid.name, grid.head[: header.row]) for grid, header in sheets]


def _is_whole(part: Part) -> bool:
    return part.is_last and bool(part.pieces) and not part.pieces[0].sheet and not part.pieces[0].block.first


def _titles(layout: Layout, part: Part, chosen: Chosen, places: Positions) -> list[Title]:
    """What sheets and the headings of months in them say of the rows under them. A sheet with such headings says
    nothing of months by itself."""
    if not _is_whole(part):
        return []
    headings = [
        (piece.sheet * SHEET + piece.block.first + place + 1, _first_text(piece.block, place))
        for piece, _, _, kinds in chosen
        for place, kind in sorted(kinds.items())
        if kind is FurnitureKind.MONTH
    ]
    begins = np.array([place for place, _ in headings], dtype=np.int64)
    of_heading = np.searchsorted(begins, places) - 1
    titles = []
    for number, (grid, header, year) in enumerate(zip(layout.grids, layout.headers, _years(layout, part), strict=True)):
        has_headings = (begins // SHEET == number).any()
        month = None if has_headings else title_month(grid.name, grid.head[: header.row])
        titles.append(Title(np.flatnonzero(places // SHEET == number), year, month))
    for number, (begin, text) in enumerate(headings):
        rows = np.flatnonzero((of_heading == number) & (places // SHEET == begin // SHEET))
        titles.append(Title(rows, title_year(text, ()), title_month(text, ())))
    return [title for title in titles if len(title.rows) and (title.year, title.month) != (None, None)]


def _first_text(block: Block, place: int) -> str:
    return next(filter(None, (column.cell(place).strip() for column in block.columns.values())), "")


def _stacked(arrays: list[NDArray[Any]], dtype: type) -> NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype)


def _sorted_out(piece: Piece, end: float) -> tuple[Positions, Mapping[int, FurnitureKind]]:
    """Positions of the rows of a piece that count as read, and of those that are no records."""
    loose = [place for place in np.flatnonzero(piece.rows.loose).tolist() if piece.block.first + place > end]
    others = {place: FurnitureKind.UNREAD if piece.rows.letters[place] else FurnitureKind.OTHER for place in loose}
    kinds = {**piece.rows.kinds, **others}
    taken = piece.rows.filled.copy()
    taken[list(kinds)] = False
    return np.flatnonzero(taken), kinds


def _cells(layout: Layout, piece: Piece, taken: Positions, name: str) -> Column:
    header = layout.headers[piece.sheet]
    if name not in header.columns:
        return constant_column(header.constants.get(name, ""), len(taken))
    column = piece.block.column(header.columns[name]).take(taken)
    if fold_header(header.name_of(name)) not in shipped_words().signatures:
        return without_mark(column, is_shortest=name == "no_agenda")
    if _is_signed_with_initials(layout, piece.sheet, name):
        return constant_column("", len(taken))
    return Column(pc.replace_substring_regex(column.texts, _PLACE_TO_SIGN, ""), column.codes)


def _is_signed_with_initials(layout: Layout, sheet: int, column: str) -> bool:
    """Whether most persons of a sheet, as far as its first rows show, sign with marks that are no words, such as their
    initials: nobody can read such a column."""
    header = layout.headers[sheet]
    name, index = header.person_parts.get("name", -1), header.columns[column]
    known = {*shipped_words().attendance, *DASHES, *layout.values.get(column, ())}
    rows = layout.grids[sheet].head[header.row + 1 :] if name >= 0 else ()
    cells = [row[index] for row in rows if len(row) > max(name, index) and row[name].strip()]
    marks = [fold(cell).strip(" .") for cell in cells if not re.fullmatch(_PLACE_TO_SIGN, cell)]
    return 2 * sum(mark not in known for mark in marks) > len(marks)


def _first_data_row(grid: Grid, header: Header) -> int:
    """The row under the header and its row of column numbers, if there is one."""
    first = header.row + 1
    while first < len(grid.head) and not any(map(fold, grid.head[first])):
        first += 1
    if first < len(grid.head) and is_numbering(grid.head[first], len([name for name in header.typed if name])):
        return first + 1
    return header.row + 1


def _surplus(layout: Layout, piece: Piece, taken: Positions) -> Positions:
    """How many cells the rows of a delimited file have that fill one to the right of the header's last cell (up to the
    last one filled), or that have more cells than it, or fewer with a letter number that runs on in words, where most
    of the first rows have not; 0 of others.

    A row that would leave a required column empty with as many empty cells at its end is no wider than the header.
    """
    grid, header, block = layout.grids[piece.sheet], layout.headers[piece.sheet], piece.block
    width, filled = len(header.typed), np.zeros(len(taken), np.int64)
    is_even = block.widths is None or block.widths.min(initial=width) == width
    if not grid.is_delimited or (is_even and max(block.columns, default=0) < width):
        return filled
    for index, column in sorted(block.columns.items()):
        filled[column.is_filled()[taken]] = index + 1
    widths = filled if block.widths is None else block.widths[taken]
    usual_widths, usual_filled = _first_widths(grid.head[layout.first_rows[piece.sheet] :])
    is_torn, is_short = filled > width, widths < width
    if block.widths is not None and is_short.any() and not _are_most(usual_widths < width):
        is_torn |= is_short & _runs_on(block, header, taken)
    if not _are_most(_is_wide(header, usual_widths, usual_filled)):
        is_torn |= _is_wide(header, widths, filled)
    return np.where(is_torn, np.where(filled > width, filled, widths), 0)


def _first_widths(rows: Sequence[Sequence[str]]) -> tuple[Ints, Ints]:
    """Of the first rows that are not empty how many cells they have, and have up to the last one filled. Whatever the
    parts in which a file is read, these are the same."""
    filled = [[place for place, cell in enumerate(row, start=1) if cell.strip()] for row in rows]
    pairs = [(len(row), places[-1]) for row, places in zip(rows, filled, strict=True) if places]
    widths, last = np.array(pairs, np.int64).reshape(-1, 2).T
    return widths, last


def _is_wide(header: Header, widths: Ints, filled: Ints) -> Bools:
    width = len(header.typed)
    return (widths > width) & (width - widths + filled > max(header.required, default=0))


def _are_most(rows: Bools) -> bool:
    return bool(2 * rows.sum() > len(rows))


def _runs_on(block: Block, header: Header, taken: Positions) -> Bools:
    """Rows behind whose letter number words stand, as behind one whose delimiter is missing."""
    column = block.column(header.columns.get("no_surat", -1))
    runs_on = pc.match_substring_regex(column.texts, _NUMBER_AND_WORDS).to_numpy(zero_copy_only=False)
    return column.where(runs_on)[taken]
