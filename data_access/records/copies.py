"""The records as a whole, out of a database and into one: what a backup holds and what it is compared by.

SQLite is copied page by page inside one read transaction: writers go on meanwhile. PostgreSQL gives its tables one by
one as COPY text, all of one picture, and takes them back in one transaction.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy import Connection, Engine, Select, column, func, inspect, select, table, text

from data_access.exchange import alone_in, carry_out, give_up, pending_exchange
from data_access.home import Home
from data_access.records.engine import VERSION_TABLE, reading, upgrade
from data_access.records.schema import HEAD_REVISION, condition_photo, published_report, request, scan

CHUNK_BYTES = 1 << 20

Columns = Mapping[str, tuple[str, ...]]
"""The tables of the records as they stand in a database, each after those it refers to, with their columns."""

OpenTable = Callable[[str], AbstractContextManager[IO[bytes]]]
"""Opens the rows of a table by its name."""


def tables_of(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Every table but that of the revision."""
    inspector = inspect(connection)
    names = [name for name, _ in inspector.get_sorted_table_and_fkc_names() if name and name != VERSION_TABLE]
    return {name: tuple(column["name"] for column in inspector.get_columns(name)) for name in names}


def rows_of(connection: Connection, tables: Columns) -> dict[str, int]:
    """How many rows each table has, as this transaction sees them."""
    return {name: connection.execute(select(func.count()).select_from(table(name))).scalar_one() for name in tables}


def revision_of(connection: Connection) -> str:
    """The revision of the schema; empty where there is none."""
    if VERSION_TABLE not in inspect(connection).get_table_names():
        return ""
    version: Select[tuple[str]] = select(column("version_num")).select_from(table(VERSION_TABLE))
    return str(connection.execute(version).scalar_one_or_none() or "")


def is_newer(revision: str) -> bool:
    """Whether only a newer pantau knows that revision."""
    return revision > HEAD_REVISION


def size_of(connection: Connection) -> int:
    """Bytes that a copy of the records takes."""
    if connection.dialect.name == "sqlite":
        pages, size = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
        )
        return int(pages * size)
    sizes = text("SELECT coalesce(sum(pg_table_size(c.oid)), 0) FROM pg_class c WHERE relkind = 'r' AND relnamespace "
                 "= current_schema()::regnamespace")  # fmt: skip
    return int(connection.execute(sizes).scalar_one())


def headline_counts(connection: Connection) -> dict[str, int]:
    """What a person knows the records by: requests, published reports, photos of faults, scans."""
    tables = {"requests": request, "reports": published_report, "photos": condition_photo, "scans": scan}
    return {name: connection.execute(select(func.count()).select_from(of)).scalar_one() for name, of in tables.items()}


def files_on_record(connection: Connection) -> dict[str, list[str]]:
    """Names of the photos and of the scans that should lie in the home."""
    return {
        "photos": [*connection.execute(select(condition_photo.c.file)).scalars()],
        "scans": [*connection.execute(select(scan.c.file)).scalars()],
    }


@dataclass(frozen=True)
class KeptFile:
    """A file of the home on record: `name` as in COVERED, the number of its row, where it lies, its sealed digest."""

    name: str
    id: int
    path: Path
    sha256: str


def kept_files(connection: Connection, home: Home) -> list[KeptFile]:
    """Every photo and scan on record."""
    folders = {condition_photo: home.photos, scan: home.scans}
    return [
        KeptFile(table.name, row.id, folder / row.file, row.sha256)
        for table, folder in folders.items()
        for row in connection.execute(select(table.c.id, table.c.file, table.c.sha256).order_by(table.c.id))
    ]


def is_as_kept(kept: KeptFile) -> bool:
    """Whether the file holds what its digest says; one that is not there is no file of another content, one that
    cannot be read does not hold it."""
    try:
        with kept.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == kept.sha256
    except FileNotFoundError:
        return True
    except OSError:
        return False


def count_missing_files(home: Home, names: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """How many files of each kind of `files_on_record` do not lie in the home."""
    folders = {"photos": home.photos, "scans": home.scans}
    return {kind: sum(not (folders[kind] / name).is_file() for name in files) for kind, files in names.items()}


def copy_sqlite(connection: Connection, path: Path) -> None:
    """Write what this read transaction sees into a new SQLite file, complete in itself."""
    with closing(sqlite3.connect(path)) as copy:
        _sqlite(connection).backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def page_damage(connection: Connection) -> str | None:
    """What SQLite finds wrong with the pages of the records; None when nothing is, and for PostgreSQL."""
    if connection.dialect.name != "sqlite":
        return None
    words = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    return None if words == "ok" else words


def copy_out(connection: Connection, name: str, columns: tuple[str, ...], out: IO[bytes]) -> None:
    """Write a table of PostgreSQL as COPY text."""
    with _postgresql(connection).cursor() as cursor, cursor.copy(_copy(name, columns, "TO STDOUT")) as copy:
        for piece in copy:
            out.write(piece)


def copy_in(connection: Connection, name: str, columns: tuple[str, ...], source: IO[bytes]) -> None:
    """Add the rows that `copy_out` wrote."""
    with _postgresql(connection).cursor() as cursor, cursor.copy(_copy(name, columns, "FROM STDIN")) as copy:
        while piece := source.read(CHUNK_BYTES):
            copy.write(piece)


def try_in(connection: Connection, tables: Columns, open_table: OpenTable) -> dict[str, int]:
    """Rows of each table once it was taken into tables of this session that stand before the real ones and go with its
    transaction."""
    for name, columns in tables.items():
        like = "CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING CONSTRAINTS) ON COMMIT DROP"
        _run(connection, like, Identifier("pg_temp", name), Identifier(name))
        with open_table(name) as source:
            copy_in(connection, name, columns, source)
    return rows_of(connection, tables)


def replace_all(connection: Connection, revision: str, tables: Columns, open_table: OpenTable, token: str) -> None:
    """Put these rows, written at that revision, in the place of all records, and bring them to the newest form.

    The database carries the token from then on: whoever finds an exchange of a home with it knows that it was done.
    """
    for name in [*reversed(tables_of(connection)), VERSION_TABLE]:
        _run(connection, "DROP TABLE IF EXISTS {} CASCADE", Identifier(name))
    upgrade(connection, revision)
    for name, columns in tables.items():
        with open_table(name) as source:
            copy_in(connection, name, columns, source)
    _set_sequences(connection)
    upgrade(connection)
    _run(connection, "COMMENT ON TABLE {} IS " + f"'{token}'", Identifier(VERSION_TABLE))


def other_sessions(connection: Connection) -> int:
    """How many other connections of pantau this PostgreSQL database has."""
    count = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = 'pantau' AND pid <> pg_backend_pid()"
    )
    return int(connection.execute(count).scalar_one())


def settle_exchange(home: Home, records: Engine) -> None:
    """Finish or forget an exchange of a home that was to change together with its PostgreSQL database.

    Raises PantauError while another process is at it.
    """
    exchange = pending_exchange(home.root)
    if exchange is None or records.dialect.name != "postgresql":
        return
    with alone_in(home.in_use_path), reading(records) as connection:
        settle = carry_out if _token_of(connection) == exchange.token else give_up
        settle(home.root, exchange)


def _token_of(connection: Connection) -> str | None:
    if not revision_of(connection):
        return None
    return connection.execute(text(f"SELECT obj_description('{VERSION_TABLE}'::regclass)")).scalar_one_or_none()


def _set_sequences(connection: Connection) -> None:
    """The next id that the database hands out stands above all that were taken in."""
    for name, columns in tables_of(connection).items():
        if "id" in columns:
            _run(
                connection,
                "SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {})) "
                "WHERE pg_get_serial_sequence({}, 'id') IS NOT NULL AND EXISTS (SELECT 1 FROM {})",
                f'"{name}"', Identifier(name), f'"{name}"', Identifier(name),
            )  # fmt: skip


def _copy(name: str, columns: tuple[str, ...], direction: str) -> Composed:
    named = SQL(", ").join(map(Identifier, columns))
    return SQL("COPY {} ({}) ").format(Identifier(name), named) + SQL(direction)


def _run(connection: Connection, statement: str, *parts: Any) -> None:
    with _postgresql(connection).cursor() as cursor:
        cursor.execute(SQL(statement).format(*parts))


def _sqlite(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 – the dialect says so
    return driver


def _postgresql(connection: Connection) -> psycopg.Connection[Any]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 – the dialect says so
    return driver
