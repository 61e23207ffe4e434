"""What a database says when it cannot serve, as one sentence for the person who can put it right."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from data_access.errors import PantauError

DatabaseFault = DBAPIError | sqlite3.Error | psycopg.Error
DATABASE_FAULTS = (DBAPIError, sqlite3.Error, psycopg.Error)

_SECRET_KEYS = ("password", "passfile", "sslpassword", "sslkey")

_ADVICE = {
    "SQLITE_READONLY": "hanya dapat dibaca; beri izin tulis pada berkas dan foldernya",
    "SQLITE_CORRUPT": "rusak; pulihkan dari cadangan terakhir dengan `pantau restore`",
    "SQLITE_NOTADB": "bukan berkas catatan pantau atau rusak; pulihkan dari cadangan terakhir dengan "
    "`pantau restore` atau pindahkan berkas itu",
    "SQLITE_CANTOPEN": "tidak dapat dibuka; periksa apakah foldernya ada dan dapat ditulisi",
    "SQLITE_FULL": "tidak dapat ditulis karena penyimpanan penuh; kosongkan ruang lalu ulangi",
    "SQLITE_IOERR": "tidak dapat dibaca atau ditulis; periksa cakram penyimpanannya lalu ulangi",
    "SQLITE_PERM": "tidak boleh dibuka oleh pengguna ini; periksa izin berkasnya",
    "28": "menolak nama pengguna atau kata sandi; periksa PANTAU_DATABASE_URL",
    "3D000": "tidak ada; buat basis datanya dahulu atau perbaiki namanya di PANTAU_DATABASE_URL",
    "42501": "tidak memberi izin; minta hak menulis tabel bagi pengguna basis data itu",
    "25006": "hanya dapat dibaca; sambungkan ke server utama atau beri hak tulis",
    "53100": "tidak dapat ditulis karena penyimpanan server penuh; kosongkan ruang lalu ulangi",
    "08": "tidak dapat dihubungi; periksa apakah server PostgreSQL menyala dan alamatnya benar",
    "57P": "sedang berhenti atau baru menyala; tunggu sebentar lalu ulangi",
    "53300": "kehabisan sambungan; tutup sambungan lain atau naikkan max_connections",
}
"""By the start of SQLite's error name or of PostgreSQL's SQLSTATE."""

_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "40001", "40P01")


class RecordsError(PantauError):
    """The records cannot be used as they are; the sentence says where they are and what to do."""


class RecordsBusyError(RecordsError):
    """Somebody else has been writing for longer than the caller wanted to wait; nothing was changed."""


def shown(url: URL) -> str:
    """The address of the records without anything secret: a path for SQLite, a URL for PostgreSQL."""
    if url.get_backend_name() == "sqlite":
        return url.database or "(memori)"
    return url.difference_update_query(_SECRET_KEYS).render_as_string(hide_password=True)


def explained(url: URL, fault: DatabaseFault) -> RecordsError | None:
    """The error to show for this fault; None for one that no person can put right, which is a bug of ours."""
    original = fault.orig if isinstance(fault, DBAPIError) else fault
    name = _name(original)
    if name.startswith(_BUSY):
        return RecordsBusyError(f"Catatan di {shown(url)} sedang ditulis proses lain; ulangi sebentar lagi.")
    advice = next((words for start, words in _ADVICE.items() if name.startswith(start)), None)
    return None if advice is None else RecordsError(f"Catatan di {shown(url)} {advice}.")


def _name(original: BaseException | None) -> str:
    """SQLite's error name or the SQLSTATE; a PostgreSQL that never answered counts as 08 (connection)."""
    if isinstance(original, sqlite3.Error):
        return getattr(original, "sqlite_errorname", None) or ""
    if not isinstance(original, psycopg.Error):
        return ""
    if original.sqlstate:
        return original.sqlstate
    return _login_fault(str(original)) if isinstance(original, psycopg.OperationalError) else ""


def _login_fault(message: str) -> str:
    """A refused login carries no SQLSTATE in libpq, only the server's words."""
    if "password authentication failed" in message or "no password supplied" in message:
        return "28P01"
    return "3D000" if "database" in message and "does not exist" in message else "08001"
