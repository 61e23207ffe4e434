"""The way into the records: an engine for SQLite or PostgreSQL, and transactions that keep what they promise.

SQLite runs in WAL mode (set once by `migrate`): readers never wait for the writer nor the writer for them.
A writer takes its lock at BEGIN, so it waits its turn instead of failing half way. `synchronous=FULL`,
because with NORMAL a power cut may take back a load that was already reported as done.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from data_access.home import Home
from data_access.records.faults import DATABASE_FAULTS, RecordsError, explained, shown

WRITE_LOCK = 0x70616E746175
"""Key of the PostgreSQL advisory lock that every load holds; "pantau" in hexadecimal."""

PATIENCE_SECONDS = 30.0
_CONNECT_TIMEOUT_SECONDS = 10
_IS_WRITER = "pantau_writer"
_READER_CACHE, _WRITER_CACHE = 16_384, 65_536
"""KiB of SQLite's pages that a connection holds; a load writes into every index at once."""


def records_url(home: Home, database_url: str | None) -> str:
    """Where the records live: the given URL (PANTAU_DATABASE_URL), else the SQLite file inside the home."""
    if database_url:
        return database_url
    return URL.create("sqlite", database=str(home.records_path)).render_as_string(hide_password=False)


def open_records(url: str) -> Engine:
    """An engine for the records; nothing is read, written or connected to yet.

    Raises RecordsError for a URL that is neither a SQLite file nor PostgreSQL.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        return _open_sqlite(address)
    wait = {} if "connect_timeout" in address.query else {"connect_timeout": _CONNECT_TIMEOUT_SECONDS}
    return create_engine(
        address, connect_args={"application_name": "pantau", **wait}, pool_pre_ping=True, hide_parameters=True
    )


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One unchanging picture of the records: every statement inside sees the same state."""
    with _explaining(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine, *, wait_seconds: float = PATIENCE_SECONDS) -> Iterator[Connection]:
    """One short transaction: everything or nothing.

    On SQLite it waits for a running load; RecordsBusyError when that takes longer than `wait_seconds`.
    """
    with _explaining(engine), engine.connect() as connection:
        connection.execution_options(**{_IS_WRITER: wait_seconds})
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = {_milliseconds(wait_seconds)}"))
            yield connection


@contextmanager
def one_load(engine: Engine, *, wait_seconds: float = PATIENCE_SECONDS) -> Iterator[Connection]:
    """One load: everything or nothing, one after another.

    Ids are handed out as `max(id) + 1` under this lock, so rows may be added to the logs nowhere else.
    Raises RecordsBusyError when another load still runs after `wait_seconds`.
    """
    with writing(engine, wait_seconds=wait_seconds) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK})
        yield connection


def _address(url: str) -> URL:
    try:
        address = make_url(url.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise RecordsError("records.no_address") from None
    if address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:"):
        return address.set(drivername="sqlite+pysqlite")
    raise RecordsError("records.no_store", place=shown(address))


def _open_sqlite(address: URL) -> Engine:
    engine = create_engine(address, connect_args={"timeout": PATIENCE_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours to say; the driver would delay it to the first INSERT
    for pragma in ("foreign_keys = ON", "synchronous = FULL", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    wait_seconds = connection.get_execution_options().get(_IS_WRITER)
    patience = PATIENCE_SECONDS if wait_seconds is None else wait_seconds
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_milliseconds(patience)}")
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_READER_CACHE if wait_seconds is None else _WRITER_CACHE}")
    connection.exec_driver_sql("BEGIN" if wait_seconds is None else "BEGIN IMMEDIATE")


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


@contextmanager
def _explaining(engine: Engine) -> Iterator[None]:
    """Turn a database's fault into a sentence, when it is one that a person can put right."""
    try:
        yield
    except DATABASE_FAULTS as fault:
        error = explained(engine.url, fault)
        if error is None:
            raise
        raise error from fault
