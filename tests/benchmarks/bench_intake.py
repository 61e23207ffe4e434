"""Hand-overs from a CSV file to the published mart, on SQLite and on PostgreSQL; beside it what the driver alone can
do, and dlt's merge of such a file into the same kind of database, in its documented and in its fastest way."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.intake_rounds import SQLITE, STEPS
from tests.books.made import write_hand_overs
from tests.serving.databases import database_url, run_on_server, running_postgresql

LETTERS = 100_000
SMALL_SHARE = 5
"""The smaller file that shows whether memory grows has a fifth of the letters."""

PEER_LETTERS = 100_000
LATE_LETTERS = 1_000_000
_PATIENCE_SECONDS = 3_600


def run(letters: int = LETTERS, peer_letters: int = PEER_LETTERS, late_letters: int = LATE_LETTERS) -> dict[str, Any]:
    """Rows a second, seconds and MB by database; `late` is measured on SQLite. The peer's figures are null where dlt
    is not installed. `again` is the same file given a second time."""
    with running_postgresql() as server:
        found: dict[str, Any] = {"rows": letters * STEPS, "peer_rows": peer_letters * STEPS}
        for name in ("sqlite", "postgresql"):
            found |= {f"{name}_{key}": value for key, value in _database(name, server, letters, peer_letters).items()}
    with tempfile.TemporaryDirectory() as folder:
        late = _round("late", Path(folder), SQLITE, late_letters)
    return found | {f"late_{key}": value for key, value in late.items()}


def _database(name: str, server: str, letters: int, peer_letters: int) -> dict[str, Any]:
    rows, few = letters * STEPS, peer_letters * STEPS
    with _place(name, server) as (folder, url):
        small = _round("first", folder, url, letters // SMALL_SHARE)
    with _place(name, server) as (folder, url):
        large = _round("first", folder, url, letters)
    with _place(name, server) as (folder, url):
        bare = _round("floor", folder, url, peer_letters)
    peers = {way: _peer(name, server, few, way) for way in ("csv", "arrow")}
    ours = rows / large["seconds"]
    return {
        "rows_per_second": ours,
        "rows_per_cpu_second": rows / large["cpu_seconds"],
        "again_share": large["again_seconds"] / large["seconds"],
        "peak_mb": large["peak_mb"],
        f"peak_mb_of_a_{SMALL_SHARE}th": small["peak_mb"],
        "floor_rows_per_second": few / bare["seconds"],
        "dlt_csv_rows_per_second": peers["csv"],
        "times_dlt_csv": peers["csv"] and ours / peers["csv"],
        "dlt_arrow_rows_per_second": peers["arrow"],
        "times_dlt_arrow": peers["arrow"] and ours / peers["arrow"],
    }


def _peer(name: str, server: str, rows: int, way: str) -> float | None:
    """Rows a second that dlt merges in one of its two ways; None where it is not installed."""
    with _place(name, server) as (folder, url):
        book = write_hand_overs(folder / "buku.csv", rows // STEPS, steps=STEPS)
        seconds = _printed("tests.benchmarks.dlt_merge", str(folder), url, str(book), way).get("seconds")
    return seconds and rows / seconds


@contextmanager
def _place(name: str, server: str) -> Iterator[tuple[Path, str]]:
    """A folder and a database that nobody has used."""
    with tempfile.TemporaryDirectory() as folder:
        if name == "sqlite":
            yield Path(folder), SQLITE
            return
        run_on_server(server, "CREATE DATABASE ukur")
        try:
            yield Path(folder), database_url(server, "ukur")
        finally:
            run_on_server(server, "DROP DATABASE ukur WITH (FORCE)")


def _round(name: str, folder: Path, url: str, letters: int) -> dict[str, Any]:
    return _printed("tests.benchmarks.intake_rounds", name, str(folder), url, str(letters))


def _printed(module: str, *arguments: str) -> dict[str, Any]:
    """The last line that a module printed, as JSON."""
    command = [sys.executable, "-m", module, *arguments]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=_PATIENCE_SECONDS)
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[1:]]
    sys.stdout.write(json.dumps(run(*sizes), indent=2) + "\n")
