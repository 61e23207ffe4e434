"""What a load says, and what it leaves, when the machine under it gives way."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.books.made import write_hand_overs, write_register
from tests.serving.command_line import ROOT, Result, Running
from tests.serving.databases import own_database

LETTERS = 2_000


def ingest(home: Path, book: Path, url: str | None = None) -> Result:
    """`pantau ingest` on a machine where all is well."""
    with pytest.MonkeyPatch.context() as patch:
        if url:
            patch.setenv("PANTAU_DATABASE_URL", url)
        return Running(home.parent, "ingest", book, "--home", home, "--json").result()


def ingest_in_trouble(home: Path, book: Path, url: str | None = None, largest_file: int | None = None) -> Result:
    """The same in a Python of its own, in which no file may grow beyond so many bytes, as on a full disk."""

    def limit() -> None:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    command = [sys.executable, "-m", "dashboard.commands", "ingest", str(book), "--home", str(home), "--json"]
    environment = {"PATH": "/usr/bin:/bin", **({"PANTAU_DATABASE_URL": url} if url else {})}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=120, preexec_fn=limit
    )
    return Result(done.returncode, done.stdout, done.stderr)


def test_a_disk_that_fills_up_while_loading_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest(home, write_register(tmp_path / "agenda.csv", LETTERS))
    book = write_hand_overs(tmp_path / "disposisi.csv", LETTERS)
    size = (home / "records.sqlite").stat().st_size
    told = ingest_in_trouble(home, book, largest_file=size + 100_000)
    assert (told.code, told.load["status"], told.counts) == (2, "refused", (0, 0, 0, 0, 0, 0))
    assert str(home / "records.sqlite") in told.load["reason"]
    assert told.load["reason"].endswith("lalu ulangi.")
    again = ingest(home, book)
    assert (again.code, again.counts) == (0, (LETTERS * 8, LETTERS * 8, 0, 0, 0, 0))


def test_a_disk_that_fills_up_while_publishing_keeps_the_records_and_says_so(
    tmp_path: Path, postgresql_server: str
) -> None:
    with own_database(postgresql_server, "template1") as url:
        home = tmp_path / "home"
        ingest(home, write_register(tmp_path / "agenda.csv", LETTERS), url)
        book = write_hand_overs(tmp_path / "disposisi.csv", LETTERS)
        mart = max(path.stat().st_size for path in (home / "mart").glob("*.duckdb"))
        told = ingest_in_trouble(home, book, url, largest_file=mart + 100_000)
        assert (told.code, told.load["status"]) == (1, "loaded"), told.err
        assert told.counts == (LETTERS * 8, LETTERS * 8, 0, 0, 0, 0)
        assert [warning["code"] for warning in told.load["warnings"]] == ["not_published"]
        assert "sudah tersimpan" in told.load["warnings"][0]["message"]
        again = ingest(home, book, url)
        assert (again.code, again.load["status"]) == (0, "unchanged")


def test_a_database_that_goes_away_while_loading_changes_nothing(tmp_path: Path, postgresql_server: str) -> None:
    with own_database(postgresql_server, "template1") as url:
        home = tmp_path / "home"
        ingest(home, write_register(tmp_path / "agenda.csv", LETTERS), url)
        book = write_hand_overs(tmp_path / "disposisi.csv", LETTERS)
        with _held_rows(url):
            ends = threading.Thread(target=_end_the_load, args=(postgresql_server, url))
            ends.start()
            told = ingest_in_trouble(home, book, url)
            ends.join()
        assert (told.code, told.load["status"], told.load["read"]) == (2, "refused", 0), told.err
        assert "PostgreSQL" in told.load["reason"] or "berhenti" in told.load["reason"]
        again = ingest(home, book, url)
        assert (again.code, again.counts) == (0, (LETTERS * 8, LETTERS * 8, 0, 0, 0, 0))


@contextmanager
def _held_rows(url: str) -> Iterator[None]:
    """Nobody can add a hand-over meanwhile: a load that has begun waits, however fast it is."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("LOCK TABLE pass_row IN SHARE MODE")
        yield
        connection.rollback()


def _end_the_load(server: str, url: str) -> None:
    """End the connection that is loading, as a server does that is stopped, once it has begun to write."""
    name = url.rpartition("/")[2].partition("?")[0]
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = %s AND application_name = 'pantau' AND backend_xid IS NOT NULL"
    )
    until = time.monotonic() + 60
    with psycopg.connect(server, autocommit=True) as connection:
        while time.monotonic() < until:
            if connection.execute(end, (name,)).fetchall():
                return
            time.sleep(0.005)
    pytest.fail("the load never began")
