"""100 000 hand-over rows from a CSV file to the published mart, beside what the driver alone can do."""

from __future__ import annotations

import csv
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from data_access.home import Home
from etl.office import Office
from etl.pipeline import ingest_file
from tests.benchmarks.made_books import write_hand_overs, write_register

LETTERS = 12_500
ROWS = LETTERS * 8
REPEATS = 3


def now() -> int:
    """The benchmark's clock."""
    return int(time.time())


def once(folder: Path) -> float:
    """Seconds for the hand-overs, into records that hold their letters."""
    office = Office.open(Home(folder / "home"), None, now)
    ingest_file(office, write_register(folder / "agenda.csv", LETTERS), now())
    book = write_hand_overs(folder / "disposisi.csv", LETTERS)
    start = time.perf_counter()
    report = ingest_file(office, book, now())
    seconds = time.perf_counter() - start
    assert report.counts["accepted"] == ROWS, report.counts
    office.records.dispose()
    return seconds


def floor(folder: Path) -> float:
    """Seconds for reading the same file and writing its cells as text, nothing understood, nothing judged."""
    book = write_hand_overs(folder / "lantai.csv", LETTERS)
    with sqlite3.connect(folder / "lantai.sqlite") as connection:
        connection.execute("CREATE TABLE t (a, b, c, d, e, f)")
        start = time.perf_counter()
        with book.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream, delimiter=";"))[1:]
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.commit()
        return time.perf_counter() - start


def run() -> dict[str, Any]:
    """Rows a second, best of some runs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = []
        for i in range(REPEATS):
            (folder / str(i)).mkdir()
            runs.append(once(folder / str(i)))
        bare = floor(folder)
    return {
        "rows": ROWS,
        "seconds": round(min(runs), 2),
        "rows_per_second": round(ROWS / min(runs)),
        "floor_rows_per_second": round(ROWS / bare),
    }


if __name__ == "__main__":
    print(run())
