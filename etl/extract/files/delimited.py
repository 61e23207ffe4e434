"""Reads CSV files part by part: comma, semicolon or tab; UTF-8 with or without BOM, or cp1252."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from data_access.errors import Message
from etl.extract.files.apostrophes import unguarded, unguarded_column
from etl.extract.files.column import Column, joined
from etl.extract.files.lines import MAX_LINE, Letters, Lines, check_text, decoded, is_plainly_quoted, look_through
from etl.extract.files.refusal import IntakeWarning, Refused
from etl.extract.files.sheet import HEAD_ROWS, Block, Grid, Sheet, check_width, columns_of

_DELIMITERS = (",", ";", "\t")
_SAMPLE_BYTES = 1 << 16
_SAMPLE_RECORDS = 200
_MAX_CELL = csv.field_size_limit()
_PAGES = ("<!doctype", "<html", "<table", "<?xml")


@contextmanager
def open_delimited(path: Path) -> Iterator[Iterator[Sheet]]:
    """The one sheet of a CSV file; its row numbers count records, as a spreadsheet does.

    Raises Refused for what is seen to be no CSV from its first lines; more is found when the grid is read.
    """
    with path.open("rb") as file:
        check_text(file.read(_SAMPLE_BYTES))
        sample = decoded(Lines(file).take(_SAMPLE_RECORDS))[:_SAMPLE_BYTES]
        if sample.lstrip().casefold().startswith(_PAGES):
            raise Refused("extract.page_not_csv")
        named = _named_delimiter(sample)
        grid = DelimitedGrid(file, named or _delimiter(sample), skipped_lines=1 if named else 0)
        yield iter([DelimitedSheet(None, grid.records(), is_delimited=True, opened=grid)])


@dataclass(frozen=True)
class DelimitedSheet(Sheet):
    """The sheet of a CSV file, which is not held but read as often as it is needed."""

    opened: Grid | None = None

    def grid(self) -> Grid:
        """The file itself."""
        return self.opened or super().grid()


def _named_delimiter(sample: str) -> str:
    """The delimiter of a first line `sep=;`, which spreadsheets obey and do not show; empty when there is none."""
    first = sample.partition("\n")[0].strip('\r\ufeff "').casefold()
    return first[4] if len(first) == 5 and first.startswith("sep=") and first[4] in _DELIMITERS else ""


def _delimiter(sample: str) -> str:
    """The delimiter that cuts the first records most evenly into most cells."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: str, delimiter: str) -> int:
    records = islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), _SAMPLE_RECORDS)
    try:
        widths = Counter(len(record) for record in records if len(record) > 1)
    except csv.Error:
        return 0
    return max(((width - 1) * count for width, count in widths.items()), default=0)


@dataclass
class DelimitedGrid:
    """A CSV file as a grid: nothing of it is held but its first rows."""

    file: BinaryIO
    delimiter: str
    skipped_lines: int = 0
    name: str | None = None
    is_delimited: bool = True
    _letters: Letters | None = field(default=None, init=False)

    @cached_property
    def head(self) -> list[list[str]]:
        """The first rows."""
        return [[unguarded(cell) for cell in record] for record in islice(self.records(), HEAD_ROWS)]

    def records(self) -> Iterator[list[str]]:
        """All rows one by one: slow, for those who want but the first ones."""
        lines, first = self._lines(), 0
        while piece := lines.take(HEAD_ROWS):
            records = self._records(piece, lines, first)
            first += len(records)
            yield from records

    def look_through(self) -> list[IntakeWarning]:
        """Read the file once for its encoding. Raises Refused for bytes that are no text, anywhere in it."""
        self._letters = look_through(self.file)
        return [_mixed(self._letters)] if self._letters.is_mixed else []

    def blocks(self, rows: int, wanted: Collection[int] | None = None) -> Iterator[Block]:
        """The whole file from its beginning, at most so many rows at a time.

        Raises Refused for quotation marks that do not match: a mark left open would swallow the rows after it.
        """
        lines, first = self._lines(), 0
        while piece := lines.take(rows):
            block = self._bulk(piece, first, wanted) or self._by_record(piece, lines, first, wanted)
            columns = {index: unguarded_column(column) for index, column in block.columns.items()}
            yield Block(block.first, columns, block.height)
            first += block.height

    def _lines(self) -> Lines:
        lines = Lines(self.file)
        if self.skipped_lines:
            lines.take(self.skipped_lines)
        return lines

    def _bulk(self, piece: bytes, first: int, wanted: Collection[int] | None) -> Block | None:
        """Records that are all as wide and whose quotation marks leave no doubt; None for others.

        Ten times as fast as record by record, and the same cells.
        """
        if self._letters is None or not is_plainly_quoted(piece, self.delimiter):
            return None
        width = self._width(piece)
        check_width(width)
        indexes = [index for index in range(width) if wanted is None or index in wanted] or [0]
        utf8 = piece if self._letters.is_utf8 else decoded(piece).encode()
        columns = _parsed(utf8, self.delimiter, width, indexes)
        return columns and Block(first, columns, len(columns[indexes[0]]))

    def _width(self, piece: bytes) -> int:
        """How many cells the first record has; a guess when it has several lines."""
        line = piece[: _first_end(piece)]
        if b'"' not in line:
            return 1 + line.count(self.delimiter.encode())
        try:
            return len(next(self._reader(iter([decoded(line)]))))
        except csv.Error:
            return max(len(self.head[-1]), 1)

    def _by_record(self, piece: bytes, lines: Lines, first: int, wanted: Collection[int] | None) -> Block:
        records = self._records(piece, lines, first)
        return Block(first, columns_of(records, wanted), len(records))

    def _records(self, piece: bytes, lines: Lines, first: int) -> list[list[str]]:
        """The records of a piece; the last one is read to its end, which may lie behind the piece."""
        text = decoded(piece)
        records: list[list[str]] = []
        reader, line = self._reader(io.StringIO(text, newline="")), 0
        try:
            for record in reader:
                check_width(len(record))
                records.append(record)
                line = reader.line_num
        except csv.Error as error:
            row = first + len(records) + 1
            if not _is_unfinished(error):
                raise _refusal(error, row) from error
            begun = islice(io.StringIO(text, newline=""), line, None)
            records.append(self._long_record(chain(begun, _following(lines, row)), row))
        return records

    def _long_record(self, lines: Iterator[str], row: int) -> list[str]:
        try:
            return next(self._reader(lines))
        except csv.Error as error:
            raise _refusal(error, row) from error

    def _reader(self, lines: Iterator[str]) -> csv._reader:
        return csv.reader(lines, delimiter=self.delimiter, strict=True)


def _first_end(piece: bytes) -> int:
    """Where the first line's text ends."""
    ends = [place for place in (piece.find(b"\n"), piece.find(b"\r")) if place >= 0]
    return min(ends, default=len(piece))


def _parsed(piece: bytes, delimiter: str, width: int, indexes: list[int]) -> dict[int, Column] | None:
    names = [str(index) for index in range(width)]
    text = pa.dictionary(pa.int32(), pa.string())
    try:
        table = pacsv.read_csv(
            pa.BufferReader(piece),
            read_options=pacsv.ReadOptions(use_threads=False, column_names=names, block_size=len(piece) + 1),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if b'"' in piece else False,
                newlines_in_values=b'"' in piece,
                ignore_empty_lines=False,
            ),
            convert_options=pacsv.ConvertOptions(
                include_columns=[names[index] for index in indexes],
                column_types=dict.fromkeys(names, text),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    columns = {index: joined(column.chunks) for index, column in zip(indexes, table.columns, strict=True)}
    return None if any(map(_has_long_cell, columns.values())) else columns


def _has_long_cell(column: Column) -> bool:
    longest = pc.max(pc.binary_length(column.texts)).as_py()
    return longest is not None and longest > _MAX_CELL


def _following(lines: Lines, row: int) -> Iterator[str]:
    """The lines behind a piece, for a record that began in it."""
    size = 0
    while line := lines.take(1):
        size += len(line)
        if size > MAX_LINE:
            raise Refused("extract.unmatched_quote", row=row)
        yield decoded(line)


def _is_unfinished(error: csv.Error) -> bool:
    return "unexpected end" in str(error)


def _refusal(error: csv.Error, row: int) -> Refused:
    if "field larger" in str(error):
        return Refused("extract.cell_too_long", row=row, most=_MAX_CELL)
    return Refused("extract.unmatched_quote", row=row)


def _mixed(letters: Letters) -> IntakeWarning:
    told = Message("extract.mixed_encoding", utf8=letters.utf8_line, cp1252=letters.cp1252_line)
    return IntakeWarning("mixed_encoding", None, told.stored())
