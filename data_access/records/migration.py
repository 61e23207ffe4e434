"""Bringing the records to the form this code expects, and saying which form they have."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select

from data_access.records.engine import PATIENCE_SECONDS, one_load, reading
from data_access.records.faults import RecordsBusyError, RecordsError, shown
from data_access.records.schema import HEAD_REVISION

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
    if state is not SchemaState.CURRENT:
        state = _migrate_alone(engine)
    if engine.dialect.name == "sqlite":
        _use_write_ahead_log(engine)
    return state


def _migrate_alone(engine: Engine) -> SchemaState:
    with one_load(engine) as connection:
        state = _state(connection)
        _refuse_what_is_not_ours(engine, state)
        if state is not SchemaState.CURRENT:
            _upgrade(connection)
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


def _upgrade(connection: Connection) -> None:
    from alembic import command  # only when there is something to do: it takes longer than all the rest
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


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
