"""Reads XLS workbooks, after making sure that opening them cannot exhaust the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from xlwt.CompoundDoc import XlsDoc

from etl.extract.files.biff import BrokenRecordsError, LockedRecordsError, Look
from etl.extract.files.ole import BrokenContainerError, Container
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Sheet
from etl.extract.files.workbook import Measure, Notes, open_sheets_of

MAX_XLS_BYTES = 40 * 1024 * 1024
_BROKEN = "berkas ini rusak atau bukan lembar kerja XLS; buka lalu simpan ulang sebagai XLSX atau CSV."
_LOCKED = "berkas ini dikunci kata sandi; buka kuncinya lalu simpan lagi."


@contextmanager
def open_xls(path: Path) -> Iterator[Iterator[Sheet]]:
    """The sheets of a workbook.

    Raises Refused for a broken or locked workbook, one of before 1995, and sheets with too many cells or texts.
    The reader gets the cells' stream alone in a container of our own: nothing else of the file reaches it, macros
    least of all.
    """
    if path.stat().st_size > MAX_XLS_BYTES:
        raise Refused(f"berkas XLS ini lebih besar dari {MAX_XLS_BYTES // 1024**2} MB; simpan tabelnya sebagai CSV.")
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
    try:
        stream = bytearray(_cells_stream(Container(path.read_bytes())))
        look = Look(stream, Measure())
        look.read()
    except (BrokenContainerError, BrokenRecordsError) as error:
        raise Refused(_BROKEN) from error
    except LockedRecordsError as error:
        raise Refused(_LOCKED) from error
    return stream, Notes(look.errors)


def _cells_stream(container: Container) -> bytes:
    for name in ("Workbook", "Book"):
        if name in container.names:
            return container.stream(name)
    if "EncryptedPackage" in container.names:
        raise Refused(_LOCKED)
    raise Refused("isi berkas ini dokumen Office lain, bukan lembar kerja XLS; simpan ulang sebagai XLSX atau CSV.")
