"""A bureau that has its first books, given once a worker and then copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from tests.books import Bureau, opened
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
    copied = nullcontext(_sqlite(folder)) if server is None else own_database(server, name)
    with copied as url, opened(lambda: Bureau(folder, database_url=url)) as bureau:
        yield bureau


def _fill(start: Path, fill: Callable[[Bureau], None], migrated: Path | str, server: str | None, name: str) -> None:
    making = start.with_name(f"{start.name}.making")  # only a whole one gets its name
    making.mkdir()
    if server is None:
        shutil.copyfile(migrated, making / "records.sqlite")
        url = _sqlite(making)
    else:
        run_on_server(server, f"CREATE DATABASE {name} TEMPLATE {migrated}")
        url = database_url(server, name)
    with opened(lambda: Bureau(making, database_url=url)) as bureau:
        fill(bureau)
    making.rename(start)


def _sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'records.sqlite'}"
