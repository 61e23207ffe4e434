"""Reads CSV files part by part: comma, semicolon or tab; UTF-8 with or without BOM, or cp1252."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from data_access.errors import Message
from etl.extract.files.refusal import ROWS_IN_CELL, IntakeWarning, Refused
from etl.extract.files.sheet import (
    HEAD_ROWS,
    NO_PLACES,
    Block,
    Column,
    Places,
    Sheet,
    check_width,
    columns_of,
    joined,
    unguarded,
    unguarded_column,
)

_DELIMITERS = (",", ";", "\t")
_SAMPLE_BYTES = 1 << 16
_SAMPLE_RECORDS = 200
_MAX_CELL = csv.field_size_limit()
_DAY = r"\s*\d{1,4}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2,4}\s*"
_MOST_SWALLOWING = 20
_PAGES = ("<!doctype", "<html", "<table", "<?xml")


@contextmanager
def open_delimited(path: Path) -> Iterator[Iterator[Sheet]]:
    """The one sheet of a CSV file; its row numbers count records, as a spreadsheet does.

    Raises Refused for what is seen to be no CSV from its first lines; more is found when the grid is read.
    """
    with path.open("rb") as file:
        grid = grid_of(file)
        yield iter([Sheet(None, grid.records(), is_delimited=True, opened=grid)])


def grid_of(file: BinaryIO) -> DelimitedGrid:
    """The bytes of a CSV file as a grid. Raises Refused for what is seen to be no CSV from its first lines."""
    check_text(file.read(_SAMPLE_BYTES))
    sample = decoded(Lines(file).take(_SAMPLE_RECORDS))[:_SAMPLE_BYTES]
    if sample.lstrip().casefold().startswith(_PAGES):
        raise Refused("extract.page_not_csv")
    named = _named_delimiter(sample)
    return DelimitedGrid(file, named or _delimiter(sample), skipped_lines=1 if named else 0)


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
    is_from_1904: bool = False
    is_query: bool = False
    struck: Places = NO_PLACES
    _letters: Letters | None = field(default=None, init=False)
    _swallowing: set[int] = field(default_factory=set, init=False)

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
        letters = self._letters = look_through(self.file)
        mixed = Message("extract.mixed_encoding", utf8=letters.utf8_line, cp1252=letters.cp1252_line)
        return [IntakeWarning("mixed_encoding", None, mixed.stored())] if letters.is_mixed else []

    def blocks(self, rows: int, wanted: Collection[int] | None = None) -> Iterator[Block]:
        """The whole file from its beginning, at most so many rows at a time.

        Raises Refused for quotation marks that do not match: a mark left open would swallow the rows after it.
        """
        lines, first = self._lines(), 0
        seen = lines.taken
        while piece := lines.take(rows):
            bulk = self._bulk(piece, first, wanted)
            records = [] if bulk else self._records(piece, lines, first)
            block = bulk or _block_of(records, first, wanted)
            if lines.taken - seen > block.height:
                whole = self._bulk(piece, first, None) if bulk else _block_of(records, first, None)
                self._look_for_swallowed(whole or block)
            seen = lines.taken
            columns = {index: unguarded_column(column) for index, column in block.columns.items()}
            yield replace(block, columns=columns)
            first += block.height

    def remarks(self) -> list[IntakeWarning]:
        """The rows of which a cell of several lines reads as rows, in the blocks read so far."""
        return [
            IntakeWarning(ROWS_IN_CELL, row, Message("extract.rows_in_cell", row=row).stored())
            for row in sorted(self._swallowing)[:_MOST_SWALLOWING]
        ]

    def _look_for_swallowed(self, block: Block) -> None:
        """Raises Refused for a cell of several lines that reads as the rows between two quotation marks that each
        stand alone in a cell, as marks for the cell above do; keeps where another one reads as rows, as when a mark
        was typed at the start of a cell and the next at the end of one further below."""
        edge = rf"[{self.delimiter}\r\n]"
        alone = rf"(?s)^(?:{edge}.*[\r\n].*{edge}|[\r\n].*{edge})$"
        fewest = Counter(map(len, self.head)).most_common(1)[0][0] - 1
        for column in block.columns.values():
            is_wide = pc.greater_equal(pc.count_substring(column.texts, self.delimiter), max(fewest, 1))
            is_torn, has_row = (
                pc.and_(pc.match_substring_regex(column.texts, form), is_wide) for form in (alone, self._row_within)
            )
            rows = np.flatnonzero(column.where(is_torn.to_numpy(zero_copy_only=False)))
            if len(rows):
                raise Refused("extract.quote_over_rows", row=block.first + int(rows[0]) + 1)
            within = np.flatnonzero(column.where(has_row.to_numpy(zero_copy_only=False)))
            self._swallowing |= set((within + block.first + 1).tolist())

    @property
    def _row_within(self) -> str:
        """How a line below the first one in a cell reads as a row: with a day in a cell of its own, or beginning with a
        number or day in one, which before a comma may be that of a list."""
        begins = "" if self.delimiter == "," else rf"|[\r\n]\s*(?:\d{{1,6}}|{_DAY}){self.delimiter}"
        return rf"[\r\n][^\r\n]*{self.delimiter}{_DAY}(?: [\d.:]+)?{self.delimiter}{begins}"

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
        height = len(columns[indexes[0]]) if columns else 0
        return columns and Block(first, columns, height, np.full(height, width))

    def _width(self, piece: bytes) -> int:
        """How many cells the first record has; a guess when it has several lines."""
        line = piece[: _first_end(piece)]
        if b'"' not in line:
            return 1 + line.count(self.delimiter.encode())
        try:
            return len(next(self._reader(iter([decoded(line)]))))
        except csv.Error:
            return max(len(self.head[-1]), 1)

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
            if "unexpected end" not in str(error):
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


def _block_of(records: list[list[str]], first: int, wanted: Collection[int] | None) -> Block:
    widths = np.fromiter(map(len, records), np.int64, len(records))
    return Block(first, columns_of(records, wanted), len(records), widths)


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


def _refusal(error: csv.Error, row: int) -> Refused:
    if "field larger" in str(error):
        return Refused("extract.cell_too_long", row=row, most=_MAX_CELL)
    return Refused("extract.unmatched_quote", row=row)


MAX_LINE = 1 << 22
_BLOCK = 1 << 22
_MAX_PIECE = 1 << 24
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_BOM = codecs.BOM_UTF8

# A letter of two to four bytes in UTF-8, and runs of other bytes above ASCII.
_WIDE = rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
_WIDE_LETTER = re.compile(_WIDE)
_LONE_BYTES = re.compile(rb"(?:(?!" + _WIDE + rb")[\x80-\xff])+")


class Lines:
    """Reads a file from its beginning in pieces that end with a line."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._place = 0
        self._buffer = b""
        self._start = 0
        self._ends: NDArray[np.int64] = np.zeros(0, np.int64)
        self._next = 0
        self._is_over = False
        self.taken = 0

    def take(self, count: int) -> bytes:
        """The next lines, at most so many and of about 16 MB; none at the end of the file.

        Lines end with LF, CR LF or CR. Raises Refused for a line longer than `MAX_LINE`.
        """
        while len(self._ends) - self._next < count and self._refill():
            pass
        if self._next == len(self._ends):
            return b""
        last = min(self._next + count, len(self._ends))
        piece = self._buffer[self._start : self._ends[last - 1]]
        self._start, self.taken, self._next = int(self._ends[last - 1]), self.taken + last - self._next, last
        return piece

    def _refill(self) -> bool:
        """Read on; whether there may be more lines now."""
        rest = self._buffer[self._start :]
        if self._is_over or (len(rest) >= _MAX_PIECE and self._next < len(self._ends)):
            return False
        # Others may be reading the same file.
        self._file.seek(self._place)
        block = self._file.read(_BLOCK)
        self._place += len(block)
        self._is_over = not block
        self._buffer, self._start, self._next = rest + block, 0, 0
        if self.taken == 0:
            self._buffer = self._buffer.removeprefix(_BOM)
        self._ends = _line_ends(self._buffer, is_over=self._is_over)
        self._check_lengths()
        return True

    def _check_lengths(self) -> None:
        lengths = np.diff(self._ends, prepend=0, append=len(self._buffer))
        if len(lengths) and lengths.max() > MAX_LINE:
            row = self.taken + int(lengths.argmax()) + 1
            raise Refused("extract.line_too_long", row=row, most=MAX_LINE >> 20)


def _line_ends(buffer: bytes, *, is_over: bool) -> NDArray[np.int64]:
    """Positions behind each line; the end of the file ends a line, too."""
    letters = np.frombuffer(buffer, np.uint8)
    is_end = letters == _NEWLINE
    if b"\r" in buffer:
        is_return = letters == _RETURN
        is_return[:-1] &= letters[1:] != _NEWLINE
        # A CR at the end of what was read so far may be the first half of a CR LF.
        is_return[-1] &= is_over
        is_end |= is_return
    ends = np.flatnonzero(is_end) + 1
    if is_over and len(buffer) and (not len(ends) or ends[-1] < len(buffer)):
        return np.append(ends, len(buffer))
    return ends


@dataclass(frozen=True)
class Letters:
    """How the bytes of a file are to be read: the first lines, from 1, that hold letters of each encoding.

    None: no line does. ASCII is in both.
    """

    utf8_line: int | None
    cp1252_line: int | None

    @property
    def is_utf8(self) -> bool:
        """Whether every byte fits UTF-8."""
        return self.cp1252_line is None

    @property
    def is_mixed(self) -> bool:
        """Whether the file keeps to neither encoding."""
        return self.utf8_line is not None and self.cp1252_line is not None


def look_through(file: BinaryIO) -> Letters:
    """Read a whole file to tell its encoding. Raises Refused for bytes that are no text and for endless lines."""
    lines = Lines(file)
    utf8_line: int | None = None
    cp1252_line: int | None = None
    before = 0
    while piece := lines.take(_BLOCK):
        check_text(piece)
        wide, lone = _first_places(piece)
        if utf8_line is None and wide is not None:
            utf8_line = before + _line_of(piece, wide)
        if cp1252_line is None and lone is not None:
            cp1252_line = before + _line_of(piece, lone)
        before = lines.taken
    return Letters(utf8_line, cp1252_line)


def check_text(data: bytes) -> None:
    """Raises Refused for bytes that no text has."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and b"\0" in data:
        raise Refused("extract.utf16")
    if b"\0" in data:
        raise Refused("extract.nul")


def _first_places(piece: bytes) -> tuple[int | None, int | None]:
    """Where the first letter of several bytes stands, and the first byte that is no UTF-8."""
    if piece.isascii():
        return None, None
    wide = _WIDE_LETTER.search(piece)
    try:
        piece.decode()
    except UnicodeDecodeError as error:
        decoded(piece)
        return wide and wide.start(), error.start
    return wide and wide.start(), None


def _line_of(piece: bytes, place: int) -> int:
    """The line of the piece, from 1, in which a byte stands."""
    return 1 + len(_line_ends(piece[:place], is_over=False)) if place else 1


def decoded(data: bytes) -> str:
    """Bytes as text: UTF-8 where they are, the others as cp1252, letter by letter.

    Raises Refused for bytes that are neither.
    """
    return data.decode("utf-8", "pantau_cp1252")


def _lone_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    found = _LONE_BYTES.match(error.object, error.start)
    end = found.end() if found else error.start + 1
    try:
        return error.object[error.start : end].decode("cp1252"), end
    except UnicodeDecodeError:
        raise Refused("extract.not_text") from None


codecs.register_error("pantau_cp1252", _lone_as_cp1252)


def is_plainly_quoted(text: bytes, delimiter: str) -> bool:
    """Whether each quotation mark opens a cell at its start, closes it at its end, or is doubled inside one.

    Also for a text without any. A cell that is still open at the end is a doubt, too.
    """
    if b'"' not in text:
        return True
    letters = np.frombuffer(text, np.uint8)
    marks = np.flatnonzero(letters == _QUOTE)
    if len(marks) % 2:
        return False
    opening, closing = marks[::2], marks[1::2]
    edges = np.zeros(256, dtype=bool)
    edges[[ord(delimiter), _NEWLINE, _RETURN]] = True
    is_first, is_last = opening == 0, closing == len(letters) - 1
    at_start = is_first | edges[letters[opening - (~is_first).astype(np.int64)]]
    at_end = is_last | edges[letters[closing + (~is_last).astype(np.int64)]]
    # A mark that closes and one that opens right behind it are one doubled mark.
    is_doubled = opening[1:] == closing[:-1] + 1
    return bool((at_start[1:] | is_doubled).all() and at_start[0] and (at_end[:-1] | is_doubled).all() and at_end[-1])
