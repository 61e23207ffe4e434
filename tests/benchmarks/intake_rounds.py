"""One measured round of the intake in a process of its own, so that its memory is its own.

`python -m tests.benchmarks.intake_rounds first FOLDER URL LETTERS` and the other names of `ROUNDS`; prints JSON.
"""

from __future__ import annotations

import csv
import json
import resource
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from data_access.home import Home
from etl.figures.compliance.steps import sla_figures
from etl.figures.filter import Period, SlaFilter
from etl.intake.pipeline import ingest
from etl.office import Office
from tests.books.made import FIRST, working_days, write_hand_overs, write_register

STEPS = 13
LATE_ROWS = 1_000
SQLITE = "-"
"""Stands for no URL: the home's own SQLite file."""

_COLUMNS = "no_agenda text, tahun text, langkah text, tgl_selesai text, jam_selesai text, catatan text"


def now() -> int:
    """The benchmark's clock."""
    return int(time.time())


def opened(folder: Path, url: str) -> Office:
    """An office in the folder on that database."""
    return Office.open(Home(folder / "home"), None if url == SQLITE else url, now)


def first(folder: Path, url: str, letters: int) -> dict[str, Any]:
    """Thirteen hand-overs a letter into records that hold the letters, from the file to the published mart; again."""
    office = opened(folder, url)
    ingest(office, write_register(folder / "agenda.csv", letters), now())
    book = write_hand_overs(folder / "disposisi.csv", letters, steps=STEPS)
    began, busy = time.perf_counter(), time.process_time()
    (report,) = ingest(office, book, now())
    seconds, processor = time.perf_counter() - began, time.process_time() - busy
    assert report.counts["accepted"] == letters * STEPS, report
    began = time.perf_counter()
    (again,) = ingest(office, book, now())
    assert again.status == "unchanged", again
    repeat = time.perf_counter() - began
    office.records.dispose()
    return {"seconds": seconds, "cpu_seconds": processor, "again_seconds": repeat, "peak_mb": _peak()}


def late(folder: Path, url: str, letters: int) -> dict[str, Any]:
    """A thousand hand-overs onto a mart of so many letters, until a figure that holds them was read."""
    office = opened(folder, url)
    began = time.perf_counter()
    ingest(office, write_register(folder / "agenda.csv", letters), now())
    whole = time.perf_counter() - began
    few = -(-LATE_ROWS // STEPS)
    book = write_hand_overs(folder / "susulan.csv", few, steps=STEPS, first=letters - few)
    # The first hand-overs of all change what the rules hold of every letter; they are not what is measured.
    ingest(office, write_hand_overs(folder / "awal.csv", 1, steps=STEPS, first=0), now())
    began = time.perf_counter()
    (report,) = ingest(office, book, now())
    stored = time.perf_counter() - began
    figures = sla_figures(office, SlaFilter(Period(FIRST, working_days(480)[-1])), now())
    seconds = time.perf_counter() - began
    assert report.counts["accepted"] == few * STEPS, report
    assert figures is not None
    facts = office.mart.read().tuples("SELECT count(*) FROM step_fact")[0][0]
    office.records.dispose()
    return {
        "facts": facts, "register_seconds": whole, "rows": few * STEPS, "published_seconds": stored,
        "read_seconds": seconds, "peak_mb": _peak(),
    }  # fmt: skip


def floor(folder: Path, url: str, letters: int) -> dict[str, Any]:
    """Reading the same file and writing its cells as text with the driver alone: nothing understood, nothing judged."""
    book = write_hand_overs(folder / "lantai.csv", letters, steps=STEPS)
    began = time.perf_counter()
    if url == SQLITE:
        _sqlite_floor(book, folder / "lantai.sqlite")
    else:
        _postgresql_floor(book, url)
    return {"seconds": time.perf_counter() - began}


def _sqlite_floor(book: Path, database: Path) -> None:
    with sqlite3.connect(database) as connection, book.open(encoding="utf-8", newline="") as stream:
        connection.execute(f"CREATE TABLE lantai ({_COLUMNS})")
        rows = csv.reader(stream, delimiter=";")
        next(rows)
        connection.executemany("INSERT INTO lantai VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.close()


def _postgresql_floor(book: Path, url: str) -> None:
    copied = "COPY lantai FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)"
    with psycopg.connect(url.replace("+psycopg", "")) as connection, book.open("rb") as stream:
        connection.execute(f"CREATE TABLE lantai ({_COLUMNS})")
        with connection.cursor() as cursor, cursor.copy(copied) as copy:
            while part := stream.read(1 << 20):
                copy.write(part)


def _peak() -> int:
    """Most memory that this process ever held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


ROUNDS: dict[str, Callable[[Path, str, int], dict[str, Any]]] = {"first": first, "late": late, "floor": floor}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(ROUNDS[sys.argv[1]](Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))) + "\n")
