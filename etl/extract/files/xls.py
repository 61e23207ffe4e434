"""Reads XLS workbooks, after making sure that opening them cannot exhaust the machine."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from olefile import OleFileIO
from xlwt.CompoundDoc import XlsDoc

from etl.extract.files.biff import BrokenRecordsError, LockedRecordsError, Look
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Sheet
from etl.extract.files.workbook import Measure, Notes, open_sheets_of

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
    return stream, Notes(look.errors)


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
