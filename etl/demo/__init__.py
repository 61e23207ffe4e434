"""Invented but believable records of two years, typed as the office types them and loaded as any other file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from data_access.home import Home
from etl.demo.compose import compose
from etl.demo.files import write_books
from etl.domain.units import DAY, HOUR
from etl.intake.load_report import LoadReport
from etl.intake.pipeline import apply_settings, ingest
from etl.judging.publishing import catch_up
from etl.office import Office
from etl.settings.document import apply

FILES = "berkas"
_MADE_ON = "tanggal"

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


def is_fresh(home: Home, now: int) -> bool:
    """Whether the demo home is whole and was made on the day of `now`."""
    made = home.root / _MADE_ON
    return made.is_file() and made.read_text(encoding="utf-8").strip() == str(local_day(now))


def make_demo(
    home: Home, now: int, clock: Callable[[], int], progress: Callable[[int, int], None] = lambda _d, _t: None
) -> tuple[Office, list[LoadReport]]:
    """Make the demo home again from nothing: files, settings, loads. Whatever was in it is gone."""
    if home.root.exists():
        shutil.rmtree(home.root)
    home.mark_as_demo()
    office = Office.open(home, None, clock)
    apply_settings(office, apply(office.settings, DEMO_SETTINGS_TOML, "pengaturan contoh"), now, actor="demo")
    files = write_demo(home.root / FILES, datetime.fromtimestamp(now, office.zone))
    reports = []
    for done, file in enumerate(files):
        progress(done, len(files))
        reports += ingest(office, file, now, actor="demo", publish=False)
    catch_up(office, now)
    progress(len(files), len(files))
    (home.root / _MADE_ON).write_text(str(local_day(now)), encoding="utf-8")
    return office, reports


def local_day(now: int) -> int:
    """Days since 1970 in the office's usual zone (UTC+7), enough to know whether the demo is of today."""
    return (now + 7 * HOUR) // DAY
