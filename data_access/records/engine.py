"""The way into the records: an engine for SQLite or PostgreSQL, transactions, faults as sentences, and migrations.

SQLite runs in WAL mode (set once by `migrate`): readers never wait for the writer nor the writer for them.
A writer takes its lock at BEGIN, so it waits its turn instead of failing half way. `synchronous=FULL`,
because with NORMAL a power cut may take back a load that was already reported as done.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Self

import psycopg
from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError

from data_access.errors import Message, PantauError
from data_access.home import Home
from data_access.origin import is_loopback
from data_access.records.bulk import WRITTEN, Written
from data_access.records.chain import head, seal, to_seal
from data_access.records.chain_head import follows_note, is_noted, note_head
from data_access.records.schema import HEAD_REVISION
from data_access.secret import seal_key

WRITE_LOCK = 0x70616E746175
"""Key of the PostgreSQL advisory lock that every load holds; "pantau" in hexadecimal."""

PATIENCE_SECONDS = 30.0
_CONNECT_TIMEOUT_SECONDS = 10
_IS_WRITER = "pantau_writer"
_KEY_PATH = "pantau_key_path"
_IS_MIGRATED = "pantau_is_migrated"
_BOUNDS = "pantau_bounds"
"""Where a SQLite connection notes its patience and its cache."""

_READER_CACHE, _WRITER_CACHE = 16_384, 65_536
"""KiB of SQLite's pages that a connection holds; a load writes into every index at once."""


def records_url(home: Home, database_url: str | None) -> str:
    """Where the records live: the given URL (PANTAU_DATABASE_URL), else the SQLite file inside the home."""
    if database_url:
        return database_url
    return URL.create("sqlite", database=str(home.records_path)).render_as_string(hide_password=False)


def open_records(url: str, key_path: Path | None = None) -> Engine:
    """An engine for the records; nothing is read, written or connected to yet.

    `key_path`: the key of the home, with which what is written is sealed; None: no chain is kept. Raises RecordsError
    for a URL that is neither a SQLite file nor PostgreSQL.
    """
    engine = _open(_address(url))
    keep_chain(engine, key_path)
    return engine


def keep_chain(engine: Engine, key_path: Path | None) -> None:
    """Seal what is written from now on with that key; None: with none."""
    engine.update_execution_options(**{_KEY_PATH: key_path})


def _open(address: URL) -> Engine:
    if address.get_backend_name() == "sqlite":
        return _open_sqlite(address)
    wait = {} if "connect_timeout" in address.query else {"connect_timeout": _CONNECT_TIMEOUT_SECONDS}
    given = {"application_name": "pantau", **wait, **encryption(address)}
    return create_engine(address, connect_args=given, pool_pre_ping=True, hide_parameters=True)


def encryption(address: URL) -> dict[str, str]:
    """PostgreSQL on another machine is reached by TLS only, unless the address or the environment says how."""
    hosts = [address.host, *_all_of(address, "host"), *_all_of(address, "hostaddr")]
    if not any(hosts):
        hosts = [os.environ.get("PGHOST"), os.environ.get("PGHOSTADDR")]
    away = [host for host in hosts if host and not host.startswith(("/", "@")) and not is_loopback(_bare(host))]
    is_said = "sslmode" in address.query or "PGSSLMODE" in os.environ
    return {"sslmode": "require"} if away and not is_said else {}


def _all_of(address: URL, key: str) -> tuple[str, ...]:
    values = address.query.get(key, ())
    return (values,) if isinstance(values, str) else values


def _bare(host: str) -> str:
    """A host without the port that stands behind it in the query of an address."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host


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
    """One short transaction: everything or nothing, with its link of the chain.

    On SQLite it waits for a running load; RecordsBusyError when that takes longer than `wait_seconds`. RecordsError
    when a newer pantau has brought the records to another form since this one opened them.
    """
    with _begun(engine, wait_seconds) as connection:
        refuse_newer_form(connection)
        yield connection


@contextmanager
def one_load(engine: Engine, *, wait_seconds: float = PATIENCE_SECONDS) -> Iterator[Connection]:
    """One load: everything or nothing, one after another.

    Ids are handed out as `max(id) + 1` under this lock, so rows may be added to the logs nowhere else.
    Raises RecordsBusyError when another load still runs after `wait_seconds`, otherwise as `writing`.
    """
    with _begun(engine, wait_seconds) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK})
        refuse_newer_form(connection)
        yield connection


@contextmanager
def _begun(engine: Engine, wait_seconds: float) -> Iterator[Connection]:
    """A transaction that writes, sealed at its end; the newest link is noted in the home once it is done."""
    after: Callable[[], None] | None = None
    with _explaining(engine), engine.connect() as connection:
        key_path = connection.get_execution_options().get(_KEY_PATH)
        connection.execution_options(**{_IS_WRITER: wait_seconds, WRITTEN: None if key_path is None else Written()})
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = {_milliseconds(wait_seconds)}"))
            yield connection
            if key_path is not None and connection.in_transaction():
                after = _sealed(connection, key_path)
    if after is not None:
        after()


def _sealed(connection: Connection, key_path: Path) -> Callable[[], None] | None:
    """Seal what the transaction did; what is left to do once it is over."""
    written = to_seal(connection)
    if written is None:
        return None
    key = seal_key(key_path)
    before, newest = seal(connection, key, written)
    return partial(note_head, key_path, key, newest) if follows_note(connection, key_path, key, before) else None


def note_newest_link(engine: Engine, *, if_absent: bool = False) -> None:
    """Note in the home the newest link of records that came in as they are, from a backup or of an earlier form.

    `if_absent`: a note that is there stays.
    """
    key_path = engine.get_execution_options().get(_KEY_PATH)
    if key_path is None or (if_absent and is_noted(key_path)):
        return
    with reading(engine) as connection:
        newest = head(connection)
    if newest is not None:
        note_head(key_path, seal_key(key_path), newest)


def refuse_newer_form(connection: Connection) -> None:
    """Ask anew in each transaction: a newer pantau beside this one may have migrated the records meanwhile.

    On PostgreSQL the question holds the table until the transaction ends, so that no migration comes in between.
    """
    is_ours = connection.get_execution_options().get(_IS_MIGRATED)
    if is_ours and connection.execute(select(_version.c.version_num)).scalar_one() > HEAD_REVISION:
        raise RecordsError.at(connection.engine.url, "records.newer")


@contextmanager
def trying(engine: Engine) -> Iterator[Connection]:
    """A transaction that is taken back at its end, whatever was done in it."""
    with _explaining(engine), engine.connect() as connection:
        connection.execution_options(**{_IS_WRITER: PATIENCE_SECONDS})
        transaction = connection.begin()
        try:
            yield connection
        finally:
            transaction.rollback()


VERSION_TABLE = "pantau_version"
"""Our own name for Alembic's table: another program's `alembic_version` is never mistaken for ours."""

_version = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32)))


class SchemaState(StrEnum):
    """What the database holds, as far as this code is concerned."""

    EMPTY = "empty"
    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"
    FOREIGN = "foreign"


def schema_state(engine: Engine) -> SchemaState:
    """What the database holds. Makes nothing: a SQLite file that does not exist is EMPTY and stays away."""
    if _is_absent(engine):
        return SchemaState.EMPTY
    with reading(engine) as connection:
        return _state(connection)


def migrate(engine: Engine) -> SchemaState:
    """Bring the records to the newest form and return what they were before; safe in two processes at once.

    Raises RecordsError when they were written by a newer pantau or belong to another program.
    """
    state = schema_state(engine)
    _refuse_what_is_not_ours(engine, state)
    if state is not SchemaState.CURRENT:
        state = _migrate_alone(engine)
        note_newest_link(engine, if_absent=True)
    if engine.dialect.name == "sqlite":
        _use_write_ahead_log(engine)
    engine.update_execution_options(**{_IS_MIGRATED: True})
    return state


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
    "TLS": "records.no_tls",
    "57P": "records.stopping",
    "53300": "records.no_connection",
}
"""By the start of SQLite's error name or of PostgreSQL's SQLSTATE; TLS: no encrypted line comes about."""

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
    bounds = _milliseconds(patience), _READER_CACHE if wait_seconds is None else _WRITER_CACHE
    if connection.info.get(_BOUNDS) != bounds:  # a connection of the pool keeps those of before
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {bounds[0]}")
        connection.exec_driver_sql(f"PRAGMA cache_size = -{bounds[1]}")
        connection.info[_BOUNDS] = bounds
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


def _migrate_alone(engine: Engine) -> SchemaState:
    with one_load(engine) as connection:
        state = _state(connection)
        _refuse_what_is_not_ours(engine, state)
        if state is SchemaState.BEHIND and engine.dialect.name == "postgresql":
            connection.execute(text(f"LOCK TABLE {VERSION_TABLE} IN ACCESS EXCLUSIVE MODE"))
        if state is not SchemaState.CURRENT:
            upgrade(connection)
    return state


def _is_absent(engine: Engine) -> bool:
    name = engine.url.database or ""
    return engine.dialect.name == "sqlite" and not name.startswith("file:") and not Path(name).exists()


def _state(connection: Connection) -> SchemaState:
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        return SchemaState.FOREIGN if tables else SchemaState.EMPTY
    revision = connection.execute(select(_version.c.version_num)).scalar_one_or_none() or ""
    if revision == HEAD_REVISION:
        return SchemaState.CURRENT
    return SchemaState.BEHIND if revision < HEAD_REVISION else SchemaState.AHEAD


def _refuse_what_is_not_ours(engine: Engine, state: SchemaState) -> None:
    if state is SchemaState.AHEAD:
        raise RecordsError.at(engine.url, "records.newer")
    if state is SchemaState.FOREIGN:
        raise RecordsError("records.foreign", place=shown(engine.url))


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to that revision, inside a transaction of the caller's."""
    from alembic import command  # only when there is something to do: it takes longer than all the rest
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, revision)


def _use_write_ahead_log(engine: Engine) -> None:
    """Let readers and the writer go side by side; the file remembers it.

    The switch needs the file for itself for an instant and does not wait by itself, hence the tries.
    """
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not _is_write_ahead(engine):
        if time.monotonic() > give_up_at:
            raise RecordsBusyError.at(engine.url, "records.in_use")
        time.sleep(0.02)


def _is_write_ahead(engine: Engine) -> bool:
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            return False
        return cursor.fetchone() == ("wal",)


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
    if "SSL" in message or "certificate" in message:
        return "TLS"
    return "3D000" if "database" in message and "does not exist" in message else "08001"
