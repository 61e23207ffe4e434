"""A text file as pieces of whole lines, and its bytes as letters: UTF-8 with or without BOM, or cp1252."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from etl.extract.files.refusal import Refused

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
        self._buffer, self._start, self._next = self._without_mark(rest + block), 0, 0
        self._ends = _line_ends(self._buffer, is_over=self._is_over)
        self._check_lengths()
        return True

    def _without_mark(self, buffer: bytes) -> bytes:
        return buffer.removeprefix(_BOM) if self.taken == 0 else buffer

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
