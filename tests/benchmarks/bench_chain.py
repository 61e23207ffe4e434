"""What the chain of seals adds: to the least write, to a stamp on a screen and to a load of 200 000 rows, beside the
same without it; and how long all of it takes to compare."""

from __future__ import annotations

import tempfile
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from data_access.records import open_records, writing
from data_access.records.access import note_action
from etl.desk.stamps import NewStamp, give_stamp
from etl.domain.compliance.stamping import Stamp
from etl.intake.pipeline import ingest
from etl.keeping.seals import verify_chain
from etl.office import Office
from tests.benchmarks.bench_backup import timed
from tests.benchmarks.intake_rounds import SQLITE, now, opened
from tests.books.made import write_hand_overs, write_register
from tests.books.typed import agenda

ROWS = 200_000
LETTERS = ROWS // 8
STAMPS, FIRST_NUMBER = 40, 900_001
WRITES = 300


def run() -> dict[str, Any]:
    """Milliseconds a write and a stamp, seconds a load, with the chain and without; seconds of its comparison."""
    with tempfile.TemporaryDirectory() as name:
        sealed, check = _measured(Path(name) / "dirantai", is_sealed=True)
        plain, _ = _measured(Path(name) / "polos", is_sealed=False)
    return {
        "rows": ROWS,
        **{f"{key}_with": value for key, value in sealed.items()},
        **{f"{key}_without": value for key, value in plain.items()},
        "added_write_cpu_ms": sealed["write_cpu_ms"] - plain["write_cpu_ms"],
        "added_load_cpu_seconds": sealed["load_cpu_seconds"] - plain["load_cpu_seconds"],
        "compare_seconds": check["seconds"],
        "compare_cpu_seconds": check["cpu_seconds"],
    }


def _measured(folder: Path, *, is_sealed: bool) -> tuple[dict[str, float], dict[str, float]]:
    folder.mkdir()
    office = opened(folder, SQLITE)
    if not is_sealed:
        office = _without_chain(office)
    ingest(office, write_register(folder / "agenda.csv", LETTERS), now())
    book = write_hand_overs(folder / "disposisi.csv", LETTERS, steps=ROWS // LETTERS)
    load = timed(lambda: ingest(office, book, now()))
    ingest(office, _letters_of_today(office, folder / "hari ini.csv"), now())
    stamps = [timed(partial(_stamp, office, FIRST_NUMBER + place)) for place in range(STAMPS)]
    writes = [timed(partial(_write, office)) for _ in range(WRITES)]
    check = timed(lambda: verify_chain(office.home, office.records, {}, now())) if is_sealed else load
    office.close()
    told = {"write_cpu_ms": _median_ms(writes), "stamp_cpu_ms": _median_ms(stamps)}
    return told | {"load_seconds": load["seconds"], "load_cpu_seconds": load["cpu_seconds"]}, check


def _median_ms(times: list[dict[str, float]]) -> float:
    return float(np.median([each["cpu_seconds"] for each in times])) * 1_000


def _write(office: Office) -> None:
    """The least that is ever sealed: one entry of the audit."""
    with writing(office.records) as connection:
        note_action(connection, "export", at=now(), actor="kadin", subject="/ruang/unduh.csv")


def _without_chain(office: Office) -> Office:
    """The same office whose records know of no key, so that nothing is sealed."""
    office.close()
    return Office(office.home, open_records(f"sqlite:///{office.home.records_path}"), now)


def _letters_of_today(office: Office, file: Path) -> Path:
    day = datetime.now(office.zone)
    rows = (f"{FIRST_NUMBER + place};{day:%d/%m/%Y};00.01;Dinkes;Rapat {place}" for place in range(STAMPS))
    file.write_text(agenda(*rows), encoding="utf-8")
    return file


def _stamp(office: Office, number: int) -> None:
    stamp = NewStamp(datetime.now(office.zone).year, str(number), "A2", Stamp.FORWARDED)
    give_stamp(office, stamp, actor="agendaris", role="agendaris", client_id=f"t{number}", now=now())


if __name__ == "__main__":
    print(run())
