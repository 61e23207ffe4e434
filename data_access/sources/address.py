"""From the address in an environment variable to an engine that only reads, and gives up in time.

Read only is asked for where the database knows it (PostgreSQL, MySQL and MariaDB, SQLite); elsewhere it rests on the
rights of the database's user. MySQL is reached through PyMySQL, PostgreSQL through psycopg, unless the address names
another driver that is installed.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from data_access.sources.faults import SourceError

CONNECT_SECONDS = 10
STATEMENT_SECONDS = 300
"""So long a database may think about the query, or about the next rows, before it is left alone."""

_DRIVERS = {
    "postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql", "sqlite": "sqlite+pysqlite",
}  # fmt: skip
_GRACE_SECONDS = 5
"""So much longer the driver waits, so that the database's own word comes first."""

_STEPS_BETWEEN_LOOKS = 100_000


def open_source(source: str, env: str, address: str) -> Engine:
    """An engine for that address; nothing is connected yet.

    Raises SourceError when the address is none, or its driver is not installed. No message repeats the address;
    of a SQLite file the path is named: it is what one has to look at, and holds no password.
    """
    url = _url(source, env, address)
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(source, env, url)
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=_patience(url))
    except (NoSuchModuleError, ImportError):
        raise SourceError(source, "source.no_driver", driver=url.drivername, env=env) from None
    if url.drivername.endswith("+pymysql"):
        event.listen(engine, "connect", _wait_longer)
    return engine


def begin_reading(connection: Connection) -> None:
    """Begin a transaction that cannot write and gives up in time, where the database knows how."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {STATEMENT_SECONDS * 1000}")
    elif connection.dialect.name in ("mysql", "mariadb"):
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
        _limit_mysql(connection)


def _limit_mysql(connection: Connection) -> None:
    """MySQL counts milliseconds, MariaDB seconds under another name; each refuses the other's."""
    for limit in (f"execution_time = {STATEMENT_SECONDS * 1000}", f"statement_time = {STATEMENT_SECONDS}"):
        with suppress(DBAPIError):  # versions before 5.7 know neither; the driver's own patience still ends
            connection.exec_driver_sql(f"SET SESSION max_{limit}")


def _url(source: str, env: str, address: str) -> URL:
    if not address.strip():
        raise SourceError(source, "source.no_variable", env=env)
    try:
        url = make_url(address.strip())
    except (ArgumentError, ValueError):
        raise SourceError(source, "source.no_address", env=env) from None
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def _patience(url: URL) -> Mapping[str, Any]:
    if url.drivername.endswith("+pymysql"):
        charset = {} if "charset" in url.query else {"charset": "utf8mb4"}
        return {"connect_timeout": CONNECT_SECONDS, "read_timeout": CONNECT_SECONDS, **charset}
    if url.drivername.endswith("+psycopg"):
        alive = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
        return {"connect_timeout": CONNECT_SECONDS, "application_name": "pantau", "options": _options(url), **alive}
    return {}


def _wait_longer(connection: Any, _: Any) -> None:
    """PyMySQL has one patience for the server's greeting and for its answers; from here on it is that for answers."""
    connection._read_timeout = STATEMENT_SECONDS + _GRACE_SECONDS


def _options(url: URL) -> str:
    """The address's own options for PostgreSQL, and that no transaction writes, even one the query itself begins."""
    own = url.query.get("options", ())
    return " ".join([*([own] if isinstance(own, str) else own), "-c default_transaction_read_only=on"])


def _sqlite(source: str, env: str, url: URL) -> Engine:
    """A SQLite file opened for reading only: a missing file stays missing."""
    if not url.database or url.database == ":memory:":
        raise SourceError(source, "source.no_path", env=env)
    path = Path(url.database).absolute()
    if not path.is_file():
        raise SourceError(source, "source.no_file", path=path, env=env)

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=CONNECT_SECONDS)
        connection.text_factory = readable
        connection.set_progress_handler(_deadline(), _STEPS_BETWEEN_LOOKS)
        return connection

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "connect", _never_write)
    return engine


def _never_write(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("PRAGMA query_only = ON")


def _deadline() -> Callable[[], bool]:
    end = time.monotonic() + STATEMENT_SECONDS
    return lambda: time.monotonic() > end


def readable(cell: bytes) -> str:
    """Text of bytes: UTF-8, else what old Windows programs wrote."""
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return cell.decode("cp1252", errors="replace")
