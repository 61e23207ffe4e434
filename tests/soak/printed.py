"""Registers as an office prints them, loaded one office after another: each row ends as it must, no figure lies."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.books.printed import Book, printed_office
from tests.serving.command_line import Desk


def run(offices: int) -> dict[str, Any]:
    """What was found in so many offices."""
    found: list[str] = []
    for seed in range(offices):
        with tempfile.TemporaryDirectory() as folder:
            found += [f"{seed}: {fault}" for fault in faults_of(seed, Path(folder))]
    return {"offices": offices, "faults": found}


def faults_of(seed: int, folder: Path) -> list[str]:
    """Rows that did not end as they must, and steps that took another time."""
    office, desk = printed_office(seed), Desk(folder)
    found = [
        *_rows(desk, office.register, folder / "agenda.xlsx"),
        *_rows(desk, office.steps, folder / "langkah.xlsx"),
    ]
    for number, worked in office.worked.items():
        told = {step["step"]: step for step in desk.case(f"2026/{number}", "2026-12-01T09:00")["steps"]}
        for step, seconds in worked.items():
            elapsed = told[step]["elapsed_seconds"]
            is_unknown = elapsed is None and number in office.returned and told[step]["verdict"] != "MET"
            if elapsed != seconds and not is_unknown:
                found.append(f"letter {number} {step}: {elapsed} instead of {seconds}")
    return found


def _rows(desk: Desk, book: Book, path: Path) -> list[str]:
    load = desk.run("ingest", book.write(path), "--json").load
    ends = {
        "read": (load["read"], sum(map(len, book.fates.values()))),
        "accepted": (load["accepted"], len(book.fates["accepted"])),
        "waiting": ([row["row"] for row in load["waits"]], book.fates["waiting"]),
        "rejected": ([row["row"] for row in load["rejects"]], book.fates["rejected"]),
        "set_aside": (load["set_aside"], []),
        "ignored": (load["ignored_columns"], []),
        "furniture": ([(row["row"], row["kind"]) for row in load["furniture"]], book.furniture),
    }
    return [f"{path.name} {end}: {told} instead of {meant}" for end, (told, meant) in ends.items() if told != meant]
