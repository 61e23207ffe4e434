"""Opens a file by what it is: which kinds of files can be read, and what is said of all others."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

from olefile import MAGIC

from data_access.errors import Message
from etl.extract.files import ods, xlsx
from etl.extract.files.delimited import open_delimited
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Sheet
from etl.extract.files.workbook import UNREADABLE_ZIP, Notes, open_sheets_of
from etl.extract.files.xls import open_xls

MAX_BYTES = 256 * 1024 * 1024

Opener = Callable[[Path], AbstractContextManager[Iterator[Sheet]]]


@dataclass(frozen=True)
class Format:
    """A kind of files that can be read; `suffix` is the usual ending of their names."""

    name: str
    suffix: str
    open: Opener


def _workbook(look_through: Callable[[Path], Notes], broken: str) -> Opener:
    """Opens a workbook after its parts were looked through."""
    return lambda path: open_sheets_of(path, broken, look_through(path))


_CSV = Format("CSV", ".csv", open_delimited)
_XLSX = Format("XLSX", ".xlsx", _workbook(xlsx.look_through, xlsx.BROKEN))
_FORMATS: Mapping[str, Format] = {
    ".csv": _CSV,
    ".tsv": _CSV,
    ".txt": _CSV,
    ".xlsx": _XLSX,
    ".xlsm": _XLSX,
    ".xls": Format("XLS", ".xls", open_xls),
    ".ods": Format("ODS", ".ods", _workbook(ods.look_through, ods.BROKEN)),
}


@contextmanager
def open_sheets(path: Path) -> Iterator[Iterator[Sheet]]:
    """The sheets of a file, closed again at the end.

    Raises Refused for what is no table: unreadable, empty, too large, locked, or not what its name says.
    """
    try:
        chosen = _format(path)
        with chosen.open(path) as sheets:
            yield sheets
    except PermissionError as error:
        raise Refused("extract.not_allowed") from error


def _format(path: Path) -> Format:
    suffix = path.suffix.casefold()
    if not path.is_file():
        raise Refused("extract.not_found")
    size = path.stat().st_size
    if size == 0:
        raise Refused("extract.empty_file")
    if size > MAX_BYTES:
        raise Refused("extract.file_too_large", most=MAX_BYTES // 1024**2)
    if suffix not in _FORMATS:
        raise Refused("extract.unknown_suffix", suffix=suffix)
    _check_content(_FORMATS[suffix], content_of(path))
    return _FORMATS[suffix]


def _check_content(expected: Format, content: Content) -> None:
    """Raises Refused when the file is locked or not what its name says.

    Bytes that are neither text nor anything known are left to the reader of CSV, which says where they stand.
    """
    if content.is_locked:
        raise Refused("extract.locked")
    if content.suffix == expected.suffix or (expected is _CSV and content.is_unknown):
        return
    held = Message(f"extract.content_{content.name}")
    if content.suffix is not None:
        raise Refused("extract.other_suffix", content=held, format=expected.name, suffix=content.suffix)
    raise Refused("extract.other_content", content=held, format=expected.name)


_FIRST_BYTES = 4096

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "rtf"),
    (b"\x09\x00\x04\x00", "old_excel"),
    (b"\x09\x02\x06\x00", "old_excel"),
    (b"\x09\x04\x06\x00", "old_excel"),
)
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<meta", b"<table", b"<style", b"<div", b"<?xml", b"<!--")
_PARTS = (
    ("xl/workbook.xml", "xlsx", ".xlsx"),
    ("xl/workbook.bin", "xlsb", None),
    ("word/document.xml", "word", None),
    ("ppt/presentation.xml", "powerpoint", None),
)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True)
class Content:
    """What a file holds: `name` for the words `extract.content_…`.

    `suffix`: the ending such a file should have, None when it cannot be read.
    """

    name: str
    suffix: str | None = None
    is_locked: bool = False
    is_unknown: bool = False


def content_of(path: Path) -> Content:
    """What a file that is not empty holds."""
    with path.open("rb") as file:
        first = file.read(_FIRST_BYTES)
    if first.startswith(b"PK\x03\x04"):
        return _archive(path)
    if first.startswith(MAGIC[:4]):
        is_locked = _holds(path, "EncryptedPackage".encode("utf-16-le"))
        return Content("xls", ".xls", is_locked=is_locked)
    known = next((name for signature, name in _SIGNATURES if first.startswith(signature)), None)
    return Content(known) if known else _text(first)


def _text(first: bytes) -> Content:
    bare = first.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if bare.startswith(_MARKUP):
        return Content("page")
    if b"\0" in first:
        return Content("unknown", is_unknown=True)
    return Content("text", ".csv")


def _archive(path: Path) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            known = (Content(name, suffix) for part, name, suffix in _PARTS if part in names)
            return next(known, None) or _of_type(archive, names)
    except UNREADABLE_ZIP:
        return Content("broken_zip")


def _of_type(archive: zipfile.ZipFile, names: Iterable[str]) -> Content:
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > _FIRST_BYTES:
        return Content("zip")
    kind = archive.read("mimetype").decode("ascii", "replace").strip()
    return Content("ods", ".ods") if kind.startswith(_ODS) else Content("opendocument")


def _holds(path: Path, mark: bytes) -> bool:
    """Whether the bytes occur in the file."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return content.find(mark) >= 0
