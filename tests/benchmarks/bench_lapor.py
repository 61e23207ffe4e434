"""How long a phone waits for its receipt, and how long the screens then take to follow."""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from data_access.home import Home
from etl.desk.facilities import Answer, NewReport, give_report
from etl.domain.facilities import Condition
from etl.intake.pipeline import ingest
from etl.judging.publishing import catch_up
from etl.office import Office
from tests.books.made import write_register

LETTERS = 5_000
ROUNDS = 9
ROOM = "Smart Center"


def run() -> dict[str, float]:
    """Seconds, the median of 9 rounds: a report without photos, with four of 12 megapixels, and its publication."""
    with tempfile.TemporaryDirectory() as name:
        folder, now = Path(name), int(time.time())
        office = Office.open(Home(folder), None, lambda: now)
        ingest(office, write_register(folder / "agenda.csv", LETTERS), now)
        photos = [("AC", _photo())] * 4
        _given(office, now, 0, [])
        figures = {
            "letters": LETTERS,
            "report_seconds": _middle([_given(office, now, step, [])[0] for step in range(1, ROUNDS)]),
            "four_photos_seconds": _middle([_given(office, now, step, photos)[0] for step in range(100, 100 + ROUNDS)]),
            "published_seconds": _middle([_given(office, now, step, [])[1] for step in range(200, 200 + ROUNDS)]),
        }
        office.records.dispose()
        return figures


def _photo() -> bytes:
    """A photo as a phone takes it: 4 000 by 3 000, about three megabytes."""
    grain = np.random.default_rng(1).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(grain).resize((4_000, 3_000)).save(out, "JPEG", quality=85)
    return out.getvalue()


def _given(office: Office, now: int, step: int, photos: list[tuple[str, bytes]]) -> tuple[float, float]:
    """Seconds until the receipt, and from there until the screens show it."""
    items = office.settings.checklists[0].items
    answers = tuple(Answer(one.name, Condition.HEAVY if one.name == "AC" else Condition.GOOD) for one in items)
    given = [(item, io.BytesIO(content)) for item, content in photos]
    report = NewReport(f"bench-{step}-{len(photos)}", ROOM, now - step, answers, photos=given)
    start = time.perf_counter()
    give_report(office, report, actor="staf", role="staf", now=now, publishes=False)
    told = time.perf_counter()
    catch_up(office, now)
    return told - start, time.perf_counter() - told


def _middle(taken: list[float]) -> float:
    return round(sorted(taken)[len(taken) // 2], 3)


if __name__ == "__main__":
    print(run())
