"""A backup of a large office, made and verified, and its restore with all figures worked out again; beside it the floor
of copying the same bytes."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data_access.home import Home
from etl.intake.pipeline import ingest
from etl.keeping.backup import make_backup
from etl.keeping.restore import Order, restore
from tests.benchmarks.intake_rounds import SQLITE, STEPS, now, opened
from tests.books.made import write_hand_overs, write_register

LETTERS = 1_000_000


def run(letters: int = LETTERS) -> dict[str, Any]:
    """Seconds and MB of an office with so many letters and thirteen hand-overs each, on SQLite."""
    with tempfile.TemporaryDirectory() as name:
        return _measured(Path(name), letters)


def _measured(folder: Path, letters: int) -> dict[str, Any]:
    office = opened(folder, SQLITE)
    for book in (
        write_register(folder / "agenda.csv", letters),
        write_hand_overs(folder / "disposisi.csv", letters, steps=STEPS),
    ):
        ingest(office, book, now())
        book.unlink()
    zone, home, file = office.zone, office.home, folder / "cadangan.zip"
    making = timed(lambda: make_backup(home, office.records, now(), zone, file))
    office.close()
    floor = timed(lambda: _copied(home.records_path, folder / "salinan"))
    back = Home(folder / "kembali")
    taking = timed(lambda: restore(Order(file, back, None, now(), zone), lambda *_: None))
    assert back.records_path.stat().st_size >= home.records_path.stat().st_size * 0.9
    return {
        "letters": letters,
        "records_mb": home.records_path.stat().st_size / 1e6,
        "file_mb": file.stat().st_size / 1e6,
        **{f"backup_{key}": value for key, value in making.items()},
        **{f"restore_{key}": value for key, value in taking.items()},
        "floor_copy_seconds": floor["seconds"],
        "floor_copy_cpu_seconds": floor["cpu_seconds"],
    }


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Seconds of the work by the clock and by the processor."""
    began, busy = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - busy}


def _copied(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())
    target.unlink()


if __name__ == "__main__":
    print(run())
