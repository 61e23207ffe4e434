"""What a database says when it cannot serve, for the person who can put it right."""

from __future__ import annotations

import sqlite3
from typing import Self

import psycopg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from data_access.errors import Message, PantauError

DatabaseFault = DBAPIError | sqlite3.Error | psycopg.Error
DATABASE_FAULTS = (DBAPIError, sqlite3.Error, psycopg.Error)

_SECRET_KEYS = ("password", "passfile", "sslpassword", "sslkey")

_STATES = {
    "SQLITE_READONLY": "records.read_only",
    "SQLITE_CORRUPT": "records.corrupt",
    "SQLITE_NOTADB": "records.not_records",
    "SQLITE_CANTOPEN": "records.no_folder",
    "SQLITE_FULL": "records.full",
    "SQLITE_IOERR": "records.disk",
    "SQLITE_PERM": "records.forbidden",
    "28": "records.login",
    "3D000": "records.absent",
    "42501": "records.no_right",
    "25006": "records.standby",
    "53100": "records.server_full",
    "08": "records.unreachable",
    "57P": "records.stopping",
    "53300": "records.no_connection",
}
"""By the start of SQLite's error name or of PostgreSQL's SQLSTATE."""

_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "40001", "40P01")


class RecordsError(PantauError):
    """The records cannot be used as they are."""

    @classmethod
    def at(cls, url: URL, state: str) -> Self:
        """The records at that address are in a state, whose code is a part of the sentence."""
        return cls("records.at", place=shown(url), state=Message(state))


class RecordsBusyError(RecordsError):
    """Somebody else has been writing for longer than the caller wanted to wait; nothing was changed."""


def shown(url: URL) -> str | Message:
    """The address of the records without anything secret: a path for SQLite, a URL for PostgreSQL."""
    if url.get_backend_name() == "sqlite":
        return url.database or Message("records.in_memory")
    return url.difference_update_query(_SECRET_KEYS).render_as_string(hide_password=True)


def explained(url: URL, fault: DatabaseFault) -> RecordsError | None:
    """The error to show for this fault; None for one that no person can put right, which is a bug of ours."""
    original = fault.orig if isinstance(fault, DBAPIError) else fault
    name = _name(original)
    if name.startswith(_BUSY):
        return RecordsBusyError.at(url, "records.busy")
    state = next((code for start, code in _STATES.items() if name.startswith(start)), None)
    return None if state is None else RecordsError.at(url, state)


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
