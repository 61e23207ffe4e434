"""How long a half-year's report takes, from the mart to the bytes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dashboard.printed.publish import draft
from data_access.home import Home
from etl.figures.report import parse_report_period
from etl.intake.pipeline import ingest
from etl.office import Office
from tests.books.made import write_hand_overs, write_register

LETTERS = 5_000
ROUNDS = 5
PERIOD = parse_report_period("2025-S1")


def run() -> dict[str, float]:
    """Seconds, the median of 5 rounds: `document` the figures, `pdf` and `xlsx` with everything before them."""
    with tempfile.TemporaryDirectory() as name:
        folder, now = Path(name), int(time.time())
        office = Office.open(Home(folder), None, lambda: now)
        ingest(office, write_register(folder / "agenda.csv", LETTERS), now)
        ingest(office, write_hand_overs(folder / "disposisi.csv", LETTERS), now)

        def made(step: int, write: str) -> bytes:
            paper = draft(office, PERIOD, now + step, now)
            return paper.pdf() if write == "pdf" else paper.xlsx()

        first = _seconds(lambda step: made(step, "pdf"), 1)
        figures = {
            "letters": LETTERS,
            "pdf_first_seconds": first,
            "document_seconds": _seconds(lambda step: draft(office, PERIOD, now + step, now), ROUNDS),
            "pdf_seconds": _seconds(lambda step: made(step, "pdf"), ROUNDS),
            "xlsx_seconds": _seconds(lambda step: made(step, "xlsx"), ROUNDS),
            "pdf_kilobytes": round(len(made(0, "pdf")) / 1024),
        }
        office.records.dispose()
        return figures


def _seconds(work: Callable[[int], object], rounds: int) -> float:
    """The middle of some rounds, each at another moment so that nothing is remembered."""
    taken = []
    for step in range(rounds):
        start = time.perf_counter()
        work(step)
        taken.append(time.perf_counter() - start)
    return round(sorted(taken)[rounds // 2], 3)


if __name__ == "__main__":
    print(run())
