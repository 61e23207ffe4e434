"""Raw cells as they come from a file or a database, and their columns."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice
from string import ascii_uppercase
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.domain.units import HOUR
from etl.extract.files.refusal import IntakeWarning, Refused

_BLANK = r"^[\s\x{a0}\x{2000}-\x{200d}\x{202f}\x{2060}\x{feff}]*$"

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """Some cells of a sheet by row and column, from 0."""

    rows: Positions
    columns: Positions

    def __len__(self) -> int:
        return len(self.rows)


def joined_places(pieces: Sequence[Places]) -> Places:
    """The cells of several pieces, of one at least."""
    rows, columns = zip(*((piece.rows, piece.columns) for piece in pieces), strict=True)
    return Places(np.concatenate(rows), np.concatenate(columns))


NO_PLACES = Places(np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True)
class Column:
    """`texts[codes[i]]` is the cell of row i; an empty cell is the empty text, never absent."""

    texts: pa.StringArray
    codes: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def strings(self) -> list[str]:
        """The distinct texts as Python strings."""
        return self.texts.to_pylist()

    def cell(self, position: int) -> str:
        """The text of one row."""
        return self.strings[self.codes[position]]

    def take(self, positions: Positions) -> Column:
        """The same column for these rows only; texts that no longer occur are dropped."""
        codes = self.codes[positions]
        used = np.bincount(codes, minlength=len(self.texts)) > 0
        renumbered = (np.cumsum(used) - 1).astype(np.int32)
        return Column(self.texts.filter(pa.array(used)), renumbered[codes])

    def slice(self, start: int, stop: int) -> Column:
        """The same column for the rows from `start` up to `stop`."""
        if start <= 0 and stop >= len(self):
            return self
        return self.take(np.arange(max(start, 0), min(stop, len(self))))

    def is_filled(self) -> NDArray[np.bool_]:
        """Rows whose cell holds more than blanks."""
        return self.where(~pc.match_substring_regex(self.texts, _BLANK).to_numpy(zero_copy_only=False))

    def where(self, is_wanted: Sequence[bool] | NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Row mask from a mask over the distinct texts."""
        return np.asarray(is_wanted, dtype=bool)[self.codes]

    def counts(self) -> NDArray[np.int64]:
        """How many rows hold each distinct text."""
        return np.bincount(self.codes, minlength=len(self.texts))


def constant_column(text: str, length: int) -> Column:
    """A column that says the same in every row."""
    return Column(pa.array([text], pa.string()), np.zeros(length, np.int32))


def joined(chunks: Iterable[pa.DictionaryArray]) -> Column:
    """One column from dictionary-encoded pieces that follow one another."""
    pieces = list(chunks)
    if not pieces:
        return Column(pa.array([], pa.string()), np.zeros(0, np.int32))
    whole = pa.chunked_array(pieces).combine_chunks() if len(pieces) > 1 else pieces[0]
    return Column(whole.dictionary, whole.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False))


def stacked(columns: Iterable[Column]) -> Column:
    """One column from several, the first one's rows first."""
    several = list(columns)
    if len(several) == 1:
        return several[0]
    return joined(
        pa.DictionaryArray.from_arrays(pa.array(column.codes, pa.int32()), column.texts) for column in several
    )


def column_letters(place: int) -> str:
    """A column as spreadsheets call it: 0 is A, 26 is AA."""
    rest, last = divmod(place, 26)
    return (column_letters(rest - 1) if rest else "") + ascii_uppercase[last]


MAX_COLUMNS = 500
HEAD_ROWS = 40
_CHUNK_ROWS = 50_000


@dataclass(frozen=True)
class Block:
    """Some rows of a sheet that follow one another; `first` is the position of the first one in the sheet, from 0.

    `columns` are those that were asked for and that any of these rows has, by their position, in its order. `widths`:
    how many cells each row of a delimited file has, empty ones too.
    """

    first: int
    columns: Mapping[int, Column]
    height: int
    widths: Positions | None = None

    def column(self, index: int) -> Column:
        """A column's cells; all empty when none of the rows is so wide."""
        return self.columns[index] if index in self.columns else constant_column("", self.height)

    def below(self, position: int) -> Block:
        """The rows from this position of the sheet on."""
        cut = min(max(position - self.first, 0), self.height)
        columns = {index: column.slice(cut, self.height) for index, column in self.columns.items()}
        return Block(self.first + cut, columns, self.height - cut) if cut else self


class Grid(Protocol):
    """A sheet whose cells are texts. It may be read several times, a CSV each time from the file."""

    @property
    def name(self) -> str | None:
        """What the workbook calls it; None where there is no name."""

    @property
    def head(self) -> Sequence[Sequence[str]]:
        """The first `HEAD_ROWS` rows."""

    @property
    def is_delimited(self) -> bool:
        """Whether a stray delimiter may have torn its rows."""

    @property
    def is_query(self) -> bool:
        """Whether it holds the rows of a database, each of which is a record."""

    @property
    def is_from_1904(self) -> bool:
        """Whether its numbers of days count from 1904."""

    @property
    def struck(self) -> Places:
        """Its cells that are struck through, in whole or in part."""

    def look_through(self) -> Sequence[IntakeWarning]:
        """What is to be told of the sheet as a whole. Raises Refused for what is no table."""

    def blocks(self, rows: int, wanted: Collection[int] | None = None) -> Iterator[Block]:
        """All rows in order, at most so many at a time; all columns, or those at the wanted positions."""

    def remarks(self) -> Sequence[IntakeWarning]:
        """What the blocks read so far gave cause to say."""


@dataclass(frozen=True)
class Sheet:
    """Raw cells of one sheet, one sequence a row from the spreadsheet's first row on, empty rows included.

    `is_delimited`: the rows come from a CSV, where a row with more filled cells than the header has been torn
    apart by a stray delimiter. `notes`: what is to be told of the file as a whole. `opened`: the grid of a sheet
    that is not held, but read as often as it is needed. `is_from_1904`: a number that stands for a day counts from
    1904-01-01 instead of 1899-12-30. `is_hidden`: a person who opens the workbook does not see the sheet.
    `is_query`: the rows come from a database, where each is a record. `struck`: cells struck through, in whole or in
    part.
    """

    name: str | None
    rows: Iterable[Sequence[object]]
    is_delimited: bool = False
    notes: Sequence[IntakeWarning] = ()
    opened: Grid | None = None
    is_from_1904: bool = False
    is_hidden: bool = False
    is_query: bool = False
    struck: Places = NO_PLACES

    def grid(self) -> Grid:
        """Every cell as text. Raises Refused when the sheet is wider than `MAX_COLUMNS`."""
        if self.opened is not None:
            return self.opened
        rows, height = iter(self.rows), 0
        head: list[list[str]] = []
        pieces: list[list[Column]] = []
        while chunk := list(islice(rows, _CHUNK_ROWS)):
            head = head or [[cell_text(cell) for cell in row] for row in chunk[:HEAD_ROWS]]
            _append(pieces, columns_of(chunk), height, len(chunk))
            height += len(chunk)
        columns = [stacked(column) for column in pieces]
        marks = (self.is_delimited, self.notes, self.is_from_1904, self.is_query, self.struck)
        return HeldGrid(self.name, head, columns, height, *marks)


@dataclass(frozen=True)
class HeldGrid:
    """A sheet held whole, each column as its distinct texts."""

    name: str | None
    head: list[list[str]]
    columns: list[Column]
    height: int
    is_delimited: bool
    notes: Sequence[IntakeWarning]
    is_from_1904: bool
    is_query: bool
    struck: Places

    def look_through(self) -> Sequence[IntakeWarning]:
        """What its file is told of; its cells were seen when it was made."""
        return self.notes

    def blocks(self, rows: int, wanted: Collection[int] | None = None) -> Iterator[Block]:
        """All rows in order, at most so many at a time."""
        chosen = {index: column for index, column in enumerate(self.columns) if wanted is None or index in wanted}
        for first in range(0, self.height, rows):
            stop = min(first + rows, self.height)
            yield Block(first, {index: column.slice(first, stop) for index, column in chosen.items()}, stop - first)

    def remarks(self) -> Sequence[IntakeWarning]:
        """Nothing: its cells were seen when it was made."""
        return ()


@dataclass(frozen=True)
class LeftOf:
    """The first columns of a grid, as many as `width`."""

    whole: Grid
    width: int

    @property
    def name(self) -> str | None:
        """What the workbook calls it."""
        return self.whole.name

    @cached_property
    def head(self) -> Sequence[Sequence[str]]:
        """The first rows."""
        return [row[: self.width] for row in self.whole.head]

    @property
    def is_delimited(self) -> bool:
        """As of the whole."""
        return self.whole.is_delimited

    @property
    def is_query(self) -> bool:
        """As of the whole."""
        return self.whole.is_query

    @property
    def is_from_1904(self) -> bool:
        """As of the whole."""
        return self.whole.is_from_1904

    @property
    def struck(self) -> Places:
        """As of the whole."""
        return self.whole.struck

    def look_through(self) -> Sequence[IntakeWarning]:
        """What is to be told of the whole."""
        return self.whole.look_through()

    def blocks(self, rows: int, wanted: Collection[int] | None = None) -> Iterator[Block]:
        """All rows in order; of their cells those in these columns."""
        mine = range(self.width) if wanted is None else [index for index in wanted if index < self.width]
        for block in self.whole.blocks(rows, mine):
            yield replace(block, widths=None)

    def remarks(self) -> Sequence[IntakeWarning]:
        """As of the whole."""
        return self.whole.remarks()


def columns_of(rows: Sequence[Sequence[object]], wanted: Collection[int] | None = None) -> dict[int, Column]:
    """The columns of some rows, short rows filled with empty cells.

    Raises Refused when a row is wider than `MAX_COLUMNS`.
    """
    widths = np.fromiter(map(len, rows), np.int64, len(rows))
    width = int(widths.max(initial=0))
    check_width(width)
    if widths.min(initial=width) < width:
        rows = [[*row, *([""] * (width - len(row)))] for row in rows]
    columns = enumerate(zip(*rows, strict=True))
    return {index: _encoded(cells) for index, cells in columns if wanted is None or index in wanted}


def check_width(width: int) -> None:
    """Raises Refused for a row that is wider than any table of the office."""
    if width > MAX_COLUMNS:
        raise Refused("extract.row_too_wide", width=width, most=MAX_COLUMNS)


def _append(pieces: list[list[Column]], columns: Mapping[int, Column], above: int, height: int) -> None:
    """Add a chunk's columns; those that begin late or ended early are filled with empty cells."""
    for index in range(max(len(pieces), len(columns))):
        if index == len(pieces):
            pieces.append([constant_column("", above)])
        pieces[index].append(columns[index] if index in columns else constant_column("", height))


def _encoded(cells: Sequence[object]) -> Column:
    texts = [cell if type(cell) is str else _marked(cell) for cell in cells]
    return joined([pa.array(texts, pa.string()).dictionary_encode()])


@lru_cache(maxsize=4096)
def _day_text(day: dt.date) -> str:
    """A register says the same few hundred days again and again."""
    return cell_text(day)


FRACTION = "\u2060"
"""A blank without width behind a number cell with a fraction, to which a zero may have been added: 12.1 is `12.10`."""


def _marked(cell: object) -> str:
    if type(cell) is float and cell.is_integer():
        return str(int(cell))
    text = _day_text(cell) if type(cell) is dt.date else cell_text(cell)
    return text + FRACTION if isinstance(cell, float) and "." in text else text


def without_mark(column: Column, *, is_shortest: bool) -> Column:
    """A column without that mark; `is_shortest`: without the zeros in front of it, too."""
    if not pc.any(pc.ends_with(column.texts, FRACTION)).as_py():
        return column
    texts = pc.replace_substring_regex(column.texts, f"{'0*' * is_shortest}{FRACTION}$", "")
    return Column(texts.cast(pa.string()), column.codes)


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

    Numbers between 0 and 1 keep six or more decimals: in a time column they are parts of a day. 8.5 stays: half past
    eight or ten to nine.
    """
    if number.is_integer():
        return str(int(number))
    if number > 1 and number % 1 == 0.5:
        return f"{number:.1f}"
    decimals = 6 if 0 < number < 1 else 2
    text = f"{number:.10f}".rstrip("0")
    return text + "0" * (decimals - len(text.partition(".")[2]))


def _duration_text(duration: dt.timedelta) -> str:
    seconds = round(duration.total_seconds())
    return f"{seconds // HOUR:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


_STARTS = r"'*[=+\-@\t\r]"
_AT_RISK = re.compile(_STARTS)
_NO_ANSWER = re.compile(r"-+")
_GUARDED = f"^'({_STARTS})"
_GUARDED_TEXT = re.compile(_GUARDED)


def guarded(text: str) -> str:
    """The cell as it may stand in a CSV file: what a spreadsheet would calculate begins with an apostrophe."""
    if _AT_RISK.match(text) and not _NO_ANSWER.fullmatch(text):
        return f"'{text}"
    return text


def unguarded(text: str) -> str:
    """The cell that `guarded` made this of; `unguarded(guarded(text)) == text` for every text."""
    return _GUARDED_TEXT.sub(r"\1", text)


def unguarded_column(column: Column) -> Column:
    """The same for a column."""
    is_suspect = pc.starts_with(column.texts, "'")
    if not pc.any(is_suspect).as_py():
        return column
    texts = pc.replace_substring_regex(column.texts, _GUARDED, r"\1")
    return Column(texts.cast(pa.string()), column.codes)
