"""What a foreign database says when it cannot be read, as a message; never its password, never a value of a row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError

from data_access.errors import Message, PantauError

_LONGEST = 200

_LOGIN = "source.login"
_ABSENT = "source.absent"
_AWAY = "source.away"
_CUT = "source.cut"
_SLOW = "source.slow"
_DENIED = "source.denied"
_WRITES = "source.writes"
_WRONG = "source.wrong"
_VALUE = "source.value"
_BUSY = "source.busy"
_NO_FILE = "source.not_opened"
_BROKEN = "source.broken"
_OTHER = "source.other"

_NAMING_ENV = (_LOGIN, _ABSENT, _AWAY, _DENIED, _NO_FILE, _BROKEN, _OTHER)
"""Those whose sentence names the variable that holds the address."""

_BY_STATE = {
    "28": _LOGIN, "3D": _ABSENT, "08": _AWAY, "57014": _SLOW, "57": _CUT, "42501": _DENIED, "25006": _WRITES,
    "42": _WRONG, "22": _VALUE, "70100": _SLOW, "55P03": _BUSY, "53": _BUSY, "0A": _WRONG,
}  # fmt: skip
"""By the start of the SQLSTATE; the longest start that fits wins."""

_BY_NUMBER = {
    1044: _DENIED, 1045: _LOGIN, 1698: _LOGIN, 1049: _ABSENT, 1142: _DENIED, 1143: _DENIED, 1054: _WRONG,
    1064: _WRONG, 1146: _WRONG, 1052: _WRONG, 1792: _WRITES, 1290: _WRITES, 3024: _SLOW, 1969: _SLOW, 1205: _BUSY,
    1213: _BUSY, 1040: _BUSY, 1203: _BUSY, 1227: _DENIED, 2003: _AWAY, 2005: _AWAY, 2006: _CUT, 2013: _CUT,
}  # fmt: skip
"""By the number of MySQL's and MariaDB's errors, which tells more than their SQLSTATE."""

_BY_NAME = {
    "SQLITE_BUSY": _BUSY, "SQLITE_LOCKED": _BUSY, "SQLITE_CANTOPEN": _NO_FILE, "SQLITE_PERM": _NO_FILE,
    "SQLITE_AUTH": _DENIED, "SQLITE_READONLY": _WRITES, "SQLITE_NOTADB": _BROKEN, "SQLITE_CORRUPT": _BROKEN,
    "SQLITE_INTERRUPT": _SLOW, "SQLITE_ERROR": _WRONG, "SQLITE_RANGE": _WRONG,
}  # fmt: skip
"""By the start of SQLite's error name."""


class SourceError(PantauError):
    """A database source cannot be read as things are; nothing was changed."""

    def __init__(self, source: str, cause: str, **values: Any) -> None:
        super().__init__("source.refused", source=source, cause=Message(cause, **values))


@contextmanager
def explaining(source: str, env: str) -> Iterator[None]:
    """Turn what the database, or its driver, says into a SourceError."""
    try:
        yield
    except DBAPIError as fault:
        raise SourceError(source, "source.database", state=_state(fault, env)) from None
    except UnicodeDecodeError:
        raise SourceError(source, "source.encoding", env=env) from None
    except RuntimeError as fault:
        if "cryptography" not in str(fault):
            raise
        raise SourceError(source, "source.encrypted") from None


def _state(fault: DBAPIError, env: str) -> Message:
    """What is the matter with the database; what it says itself about the query is quoted."""
    cause = _cause(fault)
    if cause == _WRONG:
        return Message("source.wrong", words=_words(fault.orig))
    return Message(cause, env=env) if cause in _NAMING_ENV else Message(cause)


def _cause(fault: DBAPIError) -> str:
    original: Any = fault.orig
    if isinstance(original, sqlite3.Error):
        return _starting(_BY_NAME, getattr(original, "sqlite_errorname", None) or "SQLITE_ERROR") or _OTHER
    number = original.args[0] if getattr(original, "args", ()) else None
    if isinstance(number, int) and number in _BY_NUMBER:
        return _BY_NUMBER[number]
    state = getattr(original, "sqlstate", None)
    if isinstance(state, str):
        return _starting(_BY_STATE, state) or _OTHER
    if isinstance(number, int) and number:
        return _WRONG if isinstance(fault, ProgrammingError) else _OTHER
    return _unnumbered(fault, str(original))


def _unnumbered(fault: DBAPIError, message: str) -> str:
    """A refused login carries no SQLSTATE in libpq, only the server's words."""
    if "password authentication failed" in message or "no password supplied" in message:
        return _LOGIN
    if "database" in message and "does not exist" in message:
        return _ABSENT
    if isinstance(fault, ProgrammingError):
        return _WRONG
    return _AWAY if isinstance(fault, OperationalError | InterfaceError) else _VALUE


def _starting(codes: dict[str, str], name: str) -> str | None:
    fitting = [start for start in codes if name.startswith(start)]
    return codes[max(fitting, key=len)] if fitting else None


def _words(original: Any) -> str:
    """The database's own words about the query: they name tables and columns, never values of rows."""
    primary = getattr(getattr(original, "diag", None), "message_primary", None)
    parts = [part for part in getattr(original, "args", ()) if isinstance(part, str)]
    line = " ".join(str(primary or (parts[-1] if parts else original)).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
