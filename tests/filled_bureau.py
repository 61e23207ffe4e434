"""A bureau that has its first books, given once a worker and then copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.books import Bureau
from tests.databases import database_url, own_database, run_on_server


@contextmanager
def filled_bureau(
    start: Path, folder: Path, fill: Callable[[Bureau], None], migrated: Path | str, server: str | None
) -> Iterator[Bureau]:
    """A bureau in `folder` to which `fill` gave its books.

    They are given once, to a bureau in `start`, which every later one is a copy of. Records are a copy of `migrated`:
    a SQLite file, or with a `server` a database of that PostgreSQL.
    """
    name = f"start_{start.name}"
    if not start.exists():
        _fill(start, fill, migrated, server, name)
    shutil.copytree(start, folder, dirs_exist_ok=True)
    if server is None:
        yield from _opened(folder, _sqlite(folder))
        return
    with own_database(server, name) as url:
        yield from _opened(folder, url)


def _fill(start: Path, fill: Callable[[Bureau], None], migrated: Path | str, server: str | None, name: str) -> None:
    making = start.with_name(f"{start.name}.making")  # only a whole one gets its name
    making.mkdir()
    if server is None:
        shutil.copyfile(migrated, making / "records.sqlite")
        url = _sqlite(making)
    else:
        run_on_server(server, f"CREATE DATABASE {name} TEMPLATE {migrated}")
        url = database_url(server, name)
    for bureau in _opened(making, url):
        fill(bureau)
    making.rename(start)


def _sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'records.sqlite'}"


def _opened(folder: Path, url: str) -> Iterator[Bureau]:
    bureau = Bureau(folder, database_url=url)
    try:
        yield bureau
    finally:
        bureau.close()
