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
    (b"%PDF", "PDF"),
    (b"\x89PNG", "gambar PNG"),
    (b"\xff\xd8\xff", "gambar JPEG"),
    (b"GIF8", "gambar GIF"),
    (b"Rar!", "arsip RAR"),
    (b"7z\xbc\xaf", "arsip 7z"),
    (b"\x1f\x8b", "arsip gzip"),
    (b"{\\rtf", "dokumen RTF"),
    (b"\x09\x00\x04\x00", "lembar kerja Excel dari sebelum tahun 1995"),
    (b"\x09\x02\x06\x00", "lembar kerja Excel dari sebelum tahun 1995"),
    (b"\x09\x04\x06\x00", "lembar kerja Excel dari sebelum tahun 1995"),
)
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<meta", b"<table", b"<style", b"<div", b"<?xml", b"<!--")
_PARTS = (
    ("xl/workbook.xml", "lembar kerja XLSX", ".xlsx"),
    ("xl/workbook.bin", "lembar kerja XLSB", None),
    ("word/document.xml", "dokumen Word", None),
    ("ppt/presentation.xml", "presentasi PowerPoint", None),
)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True)
class Content:
    """What a file holds, in words; `suffix` the ending such a file should have, None when it cannot be read."""

    words: str
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
        return Content("lembar kerja XLS atau dokumen Office lama", ".xls", is_locked=is_locked)
    known = next((words for signature, words in _SIGNATURES if first.startswith(signature)), None)
    return Content(known) if known else _text(first)


def _text(first: bytes) -> Content:
    bare = first.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if bare.startswith(_MARKUP):
        return Content("halaman HTML atau XML, seperti unduhan dari aplikasi web")
    if b"\0" in first:
        return Content("tidak dikenal", is_unknown=True)
    return Content("teks (CSV)", ".csv")


def _archive(path: Path) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            return _of_parts(names) or _of_type(archive, names)
    except UNREADABLE_ZIP:
        return Content("arsip ZIP yang rusak")


def _of_parts(names: Iterable[str]) -> Content | None:
    return next((Content(words, suffix) for part, words, suffix in _PARTS if part in names), None)


def _of_type(archive: zipfile.ZipFile, names: Iterable[str]) -> Content:
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > _FIRST_BYTES:
        return Content("arsip ZIP")
    kind = archive.read("mimetype").decode("ascii", "replace").strip()
    return Content("lembar kerja ODS", ".ods") if kind.startswith(_ODS) else Content("dokumen OpenDocument lain")


def _holds(path: Path, mark: bytes) -> bool:
    """Whether the bytes occur in the file."""
    tail = b""
    with path.open("rb") as file:
        while block := file.read(_PROBE_BLOCK):
            if mark in tail + block:
                return True
            tail = block[-len(mark) :]
    return False
