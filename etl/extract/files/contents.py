"""What a file is by its first bytes and its parts, whatever its name says."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from olefile import MAGIC

UNREADABLE_ZIP = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, RuntimeError, OSError, UnicodeError,
)  # fmt: skip
"""Everything that a damaged archive may raise."""

_FIRST_BYTES = 4096
_PROBE_BLOCK = 1 << 22

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
            return _of_parts(names) or _of_type(archive, names)
    except UNREADABLE_ZIP:
        return Content("broken_zip")


def _of_parts(names: Iterable[str]) -> Content | None:
    return next((Content(name, suffix) for part, name, suffix in _PARTS if part in names), None)


def _of_type(archive: zipfile.ZipFile, names: Iterable[str]) -> Content:
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > _FIRST_BYTES:
        return Content("zip")
    kind = archive.read("mimetype").decode("ascii", "replace").strip()
    return Content("ods", ".ods") if kind.startswith(_ODS) else Content("opendocument")


def _holds(path: Path, mark: bytes) -> bool:
    """Whether the bytes occur in the file."""
    tail = b""
    with path.open("rb") as file:
        while block := file.read(_PROBE_BLOCK):
            if mark in tail + block:
                return True
            tail = block[-len(mark) :]
    return False
