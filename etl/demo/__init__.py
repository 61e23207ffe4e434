"""Invented but believable records of two years, typed as the office types them and loaded as any other file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from etl.demo.compose import compose
from etl.demo.files import write_books

__all__ = ["DEMO_SETTINGS_TOML", "compose", "write_demo"]

DEMO_SETTINGS_TOML = """\
# Pengaturan data contoh: kapasitas ruang diisi supaya keterisian dapat dihitung.
[[room]]
name = "Smart Center"
aliases = ["SC", "Ruang SC", "Ruang Smart Center"]
capacity = 50
"""


def write_demo(folder: Path, now: datetime, seed: int = 2020) -> list[Path]:
    """Write the books of the two years up to `now` into the folder and return them in the order to load.

    `now` must be aware. The same minute and seed give the same bytes. Nothing in the books happened after `now`;
    bookings may lie ahead. Raises ValueError for a naive `now`.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware moment")
    folder.mkdir(parents=True, exist_ok=True)
    return write_books(folder, compose(now, seed))
