"""An office for a test: empty, or with books that are loaded once a process and copied from then on.

The home lies in `home` of the test's folder, the files of the books beside it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data_access.home import Home
from etl.intake.load_report import LoadReport
from etl.intake.pipeline import ingest
from etl.office import Office
from tests.serving.databases import (
    copy_database,
    database_url,
    migrated_postgresql,
    migrated_sqlite,
    own_database,
    process_folder,
)

MONDAY_NINE = 1_788_746_400
"""Monday 7 September 2026, 09.00 WIB."""

Fill = Callable[[Office, Path], None]
"""Gives an office its books; the files are written to the folder."""


@dataclass
class Clock:
    """The office's clock; it stands where the test sets it. `latest` is the latest moment at which anybody looked."""

    at: int = MONDAY_NINE
    latest: int = 0

    def __call__(self) -> int:
        self.latest = max(self.latest, self.at)
        return self.at


def open_office(
    folder: Path, now: Callable[[], int], fill: Fill | None = None, *, url: str | None = None, is_demo: bool = False
) -> Office:
    """The office whose home lies in that folder; one that is not there yet is made, as a copy of what `fill` made.

    Records lie in SQLite, or in the database at `url`.
    """
    home = Home(folder / "home")
    if fill is not None and not home.root.exists():
        shutil.copytree(filled_folder(fill), folder, dirs_exist_ok=True)
    home.make()
    if is_demo:
        home.mark_as_demo()
    if url is None and not home.records_path.exists():
        shutil.copyfile(migrated_sqlite(), home.records_path)
    return Office.open(home, url, now)


@contextmanager
def own_records(fill: Fill | None, server: str | None) -> Iterator[str | None]:
    """URL of a copy of the records of an office with these books on a PostgreSQL server; None for SQLite."""
    if server is None:
        yield None
        return
    template = migrated_postgresql(server) if fill is None else filled_folder(fill, server).name
    with own_database(server, template) as url:
        yield url


_EARLIER: dict[Fill, Fill] = {}


def after(earlier: Fill) -> Callable[[Fill], Fill]:
    """What is decorated goes on where `earlier` ended, which is not done anew."""

    def known(fill: Fill) -> Fill:
        _EARLIER[fill] = earlier
        return fill

    return known


@cache
def filled_folder(fill: Fill, server: str | None = None) -> Path:
    """A folder with an office to which `fill` gave its books.

    On a PostgreSQL server its records lie in a database that is named like the folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="filled_", dir=process_folder()))
    before = filled_folder(_EARLIER[fill], server) if fill in _EARLIER else None
    if before is not None:
        shutil.copytree(before, folder, dirs_exist_ok=True)
    if server is not None:
        copy_database(server, folder.name, before.name if before else migrated_postgresql(server))
    office = open_office(folder, Clock(), url=server and database_url(server, folder.name))
    fill(office, folder)
    office.records.dispose()
    return folder


def give(office: Office, folder: Path, name: str, text: str, at: int, **options: Any) -> LoadReport:
    """Load a book at that moment; what became of it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (report,) = ingest(office, path, at, **options)
    return report


def give_books(office: Office, folder: Path, books: Mapping[str, str], at: int) -> None:
    """Load books by the names of their files; each must be taken in, and with the last one all are published."""
    last = [*books][-1]
    for name, text in books.items():
        assert give(office, folder, name, text, at, publish=name == last).status == "loaded"
