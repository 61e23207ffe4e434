"""Reads XLS workbooks, after making sure that opening them cannot exhaust the machine.

The records of the workbook tell first where its cells lie and how much text they repeat. Layout after [MS-XLS].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from olefile import OleFileIO
from xlwt.CompoundDoc import XlsDoc

from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Places, Sheet
from etl.extract.files.workbook import Measure, Notes, open_sheets_of

_BOF, _EOF, _SHEET, _FILEPASS, _CONTINUE = 0x0809, 0x000A, 0x0085, 0x002F, 0x003C
_DIMENSIONS, _SST, _DATEMODE, _ROW = 0x0200, 0x00FC, 0x0022, 0x0208
_IS_HIDDEN, _NOTE = 0x20, 0x001C
_FONT, _STYLE, _IS_STRUCK, _NO_FONT = 0x0031, 0x00E0, 0x08, 4
_FORMULA, _MULRK, _LABELSST, _BOOLERR = 0x0006, 0x00BD, 0x00FD, 0x0205
_SINGLE_CELLS = frozenset({_FORMULA, 0x0206, 0x0406, _LABELSST, _BOOLERR, 0x0203, 0x0204, 0x00D6, 0x027E})


class BrokenRecordsError(ValueError):
    """The records are cut off or contradict each other."""


class LockedRecordsError(ValueError):
    """The records are encrypted."""


class Record(NamedTuple):
    """One record; `start` and `size` of its data in the stream."""

    kind: int
    start: int
    size: int


def records(stream: bytearray) -> Iterator[Record]:
    """All records of a stream; padding behind the last one ends them. A cell's record holds at least seven bytes."""
    position, end = 0, len(stream)
    while position + 4 <= end:
        kind, size = struct.unpack_from("<HH", stream, position)
        if not kind and not size:
            return
        if position + 4 + size > end or (kind in _SINGLE_CELLS and size < 7):
            raise BrokenRecordsError
        yield Record(kind, position + 4, size)
        position += 4 + size


@dataclass
class _Part:
    """What one part of the stream holds: the workbook's own records, a sheet, or a chart."""

    width: int = 0
    height: int = 0
    text_bytes: int = 0
    dimensions: list[Record] = field(default_factory=list)
    struck: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Look:
    """Follows the records of a workbook; `errors` counts cells that hold one.

    What a sheet says of its own size is set to its cells' real extent: a reader makes room for it.
    """

    stream: bytearray
    measure: Measure
    errors: int = 0
    hidden_rows: int = 0
    comments: int = 0
    is_from_1904: bool = False
    _fonts: list[bool] = field(default_factory=list)
    _styles: list[bool] = field(default_factory=list)
    _has_struck: bool = False
    _sizes: list[int] = field(default_factory=list)
    _sheets: list[int] = field(default_factory=list)
    _open: list[_Part] = field(default_factory=list)
    _parts: dict[int, _Part] = field(default_factory=dict)

    def read(self) -> None:
        """Look at the whole stream. Raises Refused, LockedRecordsError or BrokenRecordsError."""
        try:
            self._read(records(self.stream))
        except struct.error as error:
            raise BrokenRecordsError from error
        for place in self._sheets:
            self._add(place)

    def _read(self, found: Iterator[Record]) -> None:
        shared: list[Record] = []
        for record in found:
            if shared and record.kind == _CONTINUE:
                shared.append(record)
                continue
            if shared:
                self._share(shared)
                shared = []
            if record.kind == _SST:
                shared = [record]
            self._take(record)
        if self._open or not self._parts:
            raise BrokenRecordsError

    def _share(self, pieces: list[Record]) -> None:
        self._sizes = shared_sizes(self.stream, pieces)
        self.measure.add_text(sum(self._sizes))

    def _take(self, record: Record) -> None:
        if record.kind == _FILEPASS:
            raise LockedRecordsError
        if record.kind == _BOF:
            self._begin(record)
        elif self._open:
            self._inside(record, self._open[-1])
        else:
            raise BrokenRecordsError

    def _begin(self, record: Record) -> None:
        self._open.append(_Part())
        self._parts[record.start - 4] = self._open[-1]

    def _inside(self, record: Record, part: _Part) -> None:
        if record.kind == _SHEET:
            self._sheets += struct.unpack_from("<I", self.stream, record.start)
        elif record.kind == _DIMENSIONS:
            part.dimensions.append(record)
        elif record.kind == _DATEMODE:
            self.is_from_1904 = self.stream[record.start : record.start + record.size] == b"\1\0"
        elif record.kind == _ROW and record.size >= 13:
            self.hidden_rows += bool(self.stream[record.start + 12] & _IS_HIDDEN)
        elif record.kind == _FONT and record.size >= 4:
            self._fonts.append(bool(self.stream[record.start + 2] & _IS_STRUCK))
        elif record.kind == _STYLE and record.size >= 2:
            self._add_style(record)
        elif record.kind == _EOF:
            self._end(self._open.pop())
        elif record.kind in _SINGLE_CELLS or record.kind == _MULRK:
            self._cells(record, part)
        elif record.kind == _NOTE and record.size >= 2:
            self.comments += self.stream[record.start : record.start + 2] != b"\0\0"

    def _cells(self, record: Record, part: _Part) -> None:
        row, column = struct.unpack_from("<HH", self.stream, record.start)
        if record.kind == _MULRK:
            (column,) = struct.unpack_from("<H", self.stream, record.start + record.size - 2)
        if self._has_struck:
            self._strike(record, row, part)
        part.width, part.height = max(part.width, column + 1), max(part.height, row + 1)
        self.measure.check_sheet(part.width, part.height)
        if record.kind == _LABELSST:
            part.text_bytes += self._size_of(record)
        elif record.kind == _BOOLERR:
            self.errors += self.stream[record.start + 7] == 1
        elif record.kind == _FORMULA:
            result = self.stream[record.start + 6 : record.start + 14]
            self.errors += result[6:8] == b"\xff\xff" and result[0] == 2

    @property
    def struck(self) -> dict[int, Places]:
        """By sheet the cells struck through, by its place in the workbook."""
        cells = {place: self._parts[start].struck for place, start in enumerate(self._sheets)}
        arrays = {place: np.array(each, np.int64).T for place, each in cells.items() if each}
        return {place: Places(rows, columns) for place, (rows, columns) in arrays.items()}

    def _add_style(self, record: Record) -> None:
        """A style strikes through when its font does; no font has the number 4."""
        (font,) = struct.unpack_from("<H", self.stream, record.start)
        place = font - (font > _NO_FONT)
        self._styles.append(font != _NO_FONT and place < len(self._fonts) and self._fonts[place])
        self._has_struck |= self._styles[-1]

    def _strike(self, record: Record, row: int, part: _Part) -> None:
        """Keep the cells of a record that are struck through; one of several cells has a style each."""
        (first,) = struct.unpack_from("<H", self.stream, record.start + 2)
        several = range(4, record.size - 2, 6) if record.kind == _MULRK else (4,)
        for column, place in enumerate(several, start=first):
            (style,) = struct.unpack_from("<H", self.stream, record.start + place)
            if style < len(self._styles) and self._styles[style]:
                part.struck.append((row, column))

    def _size_of(self, record: Record) -> int:
        (number,) = struct.unpack_from("<I", self.stream, record.start + 6)
        if number >= len(self._sizes):
            raise BrokenRecordsError
        return self._sizes[number]

    def _end(self, part: _Part) -> None:
        for record in part.dimensions:
            if record.size < 8:
                raise BrokenRecordsError
            layout = "<IIHH" if record.size >= 12 else "<HHHH"
            struct.pack_into(layout, self.stream, record.start, 0, part.height, 0, part.width)

    def _add(self, place: int) -> None:
        """Count a sheet as often as the workbook names it; it must name the beginning of one."""
        if place not in self._parts:
            raise BrokenRecordsError
        self.measure.add_sheet(self._parts[place].width, self._parts[place].height)
        self.measure.add_text(self._parts[place].text_bytes)


def shared_sizes(stream: bytearray, pieces: list[Record]) -> list[int]:
    """Letters of each shared text in its order. Raises BrokenRecordsError when there are fewer than announced."""
    reader = _Pieces(stream, pieces)
    reader.skip(4)
    count = int.from_bytes(reader.take(4), "little")
    sizes = []
    for _ in range(count):
        letters = int.from_bytes(reader.take(2), "little")
        flags = reader.take(1)[0]
        runs = int.from_bytes(reader.take(2), "little") if flags & 8 else 0
        extra = int.from_bytes(reader.take(4), "little") if flags & 4 else 0
        reader.skip_letters(letters, is_wide=bool(flags & 1))
        reader.skip(runs * 4 + extra)
        sizes.append(letters)
    return sizes


class _Pieces:
    """Bytes of a record that goes on in others. A text cut in two says anew in each how wide its letters are."""

    def __init__(self, stream: bytearray, pieces: list[Record]) -> None:
        self._stream = stream
        self._pieces = iter(pieces)
        self._position = self._end = 0
        self._next()

    def _next(self) -> None:
        piece = next(self._pieces, None)
        if piece is None:
            raise BrokenRecordsError
        self._position, self._end = piece.start, piece.start + piece.size

    def take(self, size: int) -> bytes:
        """The next bytes."""
        taken = b""
        while len(taken) < size:
            if self._position == self._end:
                self._next()
            step = min(size - len(taken), self._end - self._position)
            taken += self._stream[self._position : self._position + step]
            self._position += step
        return taken

    def skip(self, size: int) -> None:
        """Leave out the next bytes."""
        while size > self._end - self._position:
            size -= self._end - self._position
            self._next()
        self._position += size

    def skip_letters(self, count: int, *, is_wide: bool) -> None:
        """Leave out a text's letters."""
        while count:
            if self._position == self._end:
                self._next()
                is_wide = bool(self.take(1)[0] & 1)
            fitting = min(count, (self._end - self._position) // (2 if is_wide else 1))
            if not fitting:
                raise BrokenRecordsError
            self._position += fitting * (2 if is_wide else 1)
            count -= fitting


MAX_XLS_BYTES = 40 * 1024 * 1024
_BROKEN = "extract.broken_xls"
_OTHER = "extract.other_office"
_HEADER_BYTES = 512
_BROKEN_CONTAINER = (BrokenRecordsError, OSError, LookupError, TypeError, ValueError, RecursionError, struct.error)
"""What reading a container raises that contradicts itself."""
_LOCKED = "extract.locked"


@contextmanager
def open_xls(path: Path) -> Iterator[Iterator[Sheet]]:
    """The sheets of a workbook.

    Raises Refused for a broken or locked workbook, one of before 1995, and sheets with too many cells or texts.
    The reader gets the cells' stream alone in a container of our own: nothing else of the file reaches it, macros
    least of all.
    """
    if path.stat().st_size > MAX_XLS_BYTES:
        raise Refused("extract.xls_too_large", most=MAX_XLS_BYTES // 1024**2)
    stream, notes = look_through(path)
    with open_sheets_of(_contained(stream), _BROKEN, notes) as sheets:
        yield sheets


def _contained(stream: bytearray) -> BytesIO:
    """The stream alone in a container; the stream itself is emptied, so that it is not held twice."""
    book = BytesIO()
    content = bytes(stream)
    stream.clear()
    XlsDoc().save(book, content)
    book.seek(0)
    return book


def look_through(path: Path) -> tuple[bytearray, Notes]:
    """The stream of the cells, and what it tells before it is read."""
    content = path.read_bytes()
    try:
        stream = bytearray(_cells_stream(content))
        look = Look(stream, Measure())
        look.read()
    except LockedRecordsError as error:
        raise Refused(_LOCKED) from error
    except _BROKEN_CONTAINER as error:
        raise Refused(_BROKEN) from error
    return stream, Notes(look.errors, 0, look.hidden_rows, look.comments, look.is_from_1904, struck=look.struck)


def _cells_stream(content: bytes) -> bytes:
    """The workbook's own stream; small faults of the container are overlooked, as spreadsheet programs do."""
    _check_sizes(content)
    with OleFileIO(content) as container:
        name = next((name for name in ("Workbook", "Book") if container.exists(name)), None)
        if name is None:
            raise Refused(_LOCKED if container.exists("EncryptedPackage") else _OTHER)
        if max(container.get_size(name), container.root.size) > len(content):
            raise BrokenRecordsError
        with container.openstream(name) as stream:
            cells: bytes = stream.read()
            return cells


def _check_sizes(content: bytes) -> None:
    """No table of the container may say that it has more sectors than the file: each would be read, true or not."""
    if len(content) < _HEADER_BYTES:
        raise BrokenRecordsError
    shift, mini_shift = struct.unpack_from("<HH", content, 0x1E)
    tables = [struct.unpack_from("<I", content, place)[0] for place in (0x2C, 0x40, 0x48)]
    if shift not in (9, 12) or mini_shift != 6 or max(tables) > len(content) >> shift:
        raise BrokenRecordsError
