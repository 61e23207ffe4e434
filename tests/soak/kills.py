"""A load killed with SIGKILL at any instant: afterwards the records are as before it or as after it, never between.

Every trial is a process of its own, forked before anything of the mart was used, that loads one file and is killed
somewhere in it. What it left is then read by other processes: the rows in the records, what the same file brings when
it is given again, and the figures that follow.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from dashboard.i18n import sentence
from data_access.home import Home
from data_access.records import one_load, open_records, records_url
from data_access.records.intake.loads import last_load_id
from data_access.records.schema import load, pass_row, request
from etl.figures.compliance.steps import sla_figures, sla_json
from etl.figures.filter import Period, SlaFilter
from etl.intake.pipeline import ingest
from etl.judging.publishing import catch_up
from etl.office import Office, read_rulebook
from etl.settings.document import default_settings
from tests.books.made import write_hand_overs, write_register
from tests.serving.databases import database_url, own_database, run_on_server

LETTERS = 150
ROWS = LETTERS * 8
NOW = 1_790_000_000
PERIOD = Period(date(2024, 1, 1), date(2026, 12, 31))


@dataclass(frozen=True)
class Case:
    """A home with its letters loaded, and the file of hand-overs that is loaded while the process is killed."""

    home: Path
    book: Path
    database_url: str | None


@dataclass(frozen=True)
class Outcome:
    """What a killed load left: `is_after` when it had been committed; `faults` is empty when all is well."""

    is_after: bool
    faults: list[str]


def now() -> int:
    """A clock that stands still: both ways to the same end must give the same figures."""
    return NOW


def _in_child(work: Callable[[], Any], *, kill_after: float | None = None) -> Any:
    """Run work in a forked process and return what it gives as JSON; None when it was killed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _answer(writer, work)
    os.close(writer)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reader) as stream:
        told = stream.read()
    _, status = os.waitpid(child, 0)
    if kill_after is None and status != 0:
        raise RuntimeError(f"the process ended with {status}: {told}")
    return json.loads(told) if told and status == 0 else None


def _answer(writer: int, work: Callable[[], Any]) -> None:
    code = 1
    try:
        with os.fdopen(writer, "w") as stream:
            json.dump(work(), stream)
        code = 0
    finally:
        os._exit(code)


def _give(case: Case, book: Path) -> list[dict[str, Any]]:
    office = Office.open(Home(case.home), case.database_url, now)
    told = [report.to_json(sentence) for report in ingest(office, book, now())]
    office.records.dispose()
    return told


def _figures(case: Case) -> dict[str, Any]:
    """The figures as a page would show them after a restart."""
    office = Office.open(Home(case.home), case.database_url, now)
    catch_up(office, now())
    figures = sla_json(office, sla_figures(office, SlaFilter(PERIOD), now()))
    office.records.dispose()
    return figures


def _left(case: Case) -> dict[str, int]:
    """What stands in the records, read without opening an office, when nobody is loading any more."""
    records = open_records(records_url(Home(case.home), case.database_url))
    with one_load(records) as connection:
        touched = select(func.count()).where(request.c.touched_load_id > 1)
        left = {
            "loads": last_load_id(connection),
            "rows": connection.execute(select(func.count()).select_from(pass_row)).scalar_one(),
            "read": connection.execute(select(func.sum(load.c.read)).where(load.c.id > 1)).scalar() or 0,
            "touched": connection.execute(touched.select_from(request)).scalar_one(),
        }
    records.dispose()
    return left


BEFORE = {"loads": 1, "rows": 0, "read": 0, "touched": 0}
AFTER = {"loads": 2, "rows": ROWS, "read": ROWS, "touched": LETTERS}


def kill_once(case: Case, wanted: dict[str, Any], delay: float) -> Outcome:
    """Kill one load after so many seconds and look at what it left."""
    faults = []
    _in_child(lambda: _give(case, case.book), kill_after=delay)
    left = _in_child(lambda: _left(case))
    if left not in (BEFORE, AFTER):
        faults.append(f"between: {left}")
    if left == AFTER and _in_child(lambda: _figures(case)) != wanted:
        faults.append("other figures after a restart")
    (again,) = _in_child(lambda: _give(case, case.book))
    expected = ("unchanged", 0, ROWS) if left == AFTER else ("loaded", ROWS, 0)
    if (again["status"], again["accepted"], again["unchanged"]) != expected:
        faults.append(f"given again: {again}")
    if _in_child(lambda: _left(case)) != AFTER:
        faults.append("not whole after it was given again")
    if _in_child(lambda: _figures(case)) != wanted:
        faults.append("other figures after it was given again")
    return Outcome(left == AFTER, faults)


class OnSqlite:
    """Starts from a copied home, records included."""

    url: str | None = None

    @contextmanager
    def fresh(self) -> Iterator[str | None]:
        """The records of one trial."""
        yield None


class OnPostgresql:
    """Starts from a copied home and a copied database."""

    def __init__(self, server: str, start: str) -> None:
        self._server = server
        self._start = start
        self.url: str | None = database_url(server, start)

    @contextmanager
    def fresh(self) -> Iterator[str | None]:
        """The records of one trial."""
        with own_database(self._server, self._start) as url:
            yield url


class Trials:
    """One prepared state, letters without hand-overs, from which every trial starts."""

    def __init__(self, folder: Path, records: OnSqlite | OnPostgresql) -> None:
        self._folder = folder
        self._records = records
        self._book = write_hand_overs(folder / "disposisi.csv", LETTERS)
        start = Case(folder / "start", self._book, records.url)
        read_rulebook(Home(start.home), default_settings(), 0, NOW).calendar  # noqa: B018 – made once, for all forks
        _in_child(lambda: _give(start, write_register(folder / "agenda.csv", LETTERS)))
        with self.fresh() as case:
            began = time.perf_counter()
            _in_child(lambda: _give(case, self._book))
            self.lasts_seconds = time.perf_counter() - began
            self.wanted = _in_child(lambda: _figures(case))

    @contextmanager
    def fresh(self) -> Iterator[Case]:
        """The prepared state once more, untouched."""
        home = self._folder / "home"
        shutil.copytree(self._folder / "start", home)
        try:
            with self._records.fresh() as url:
                yield Case(home, self._book, url)
        finally:
            shutil.rmtree(home)


def run(folder: Path, count: int, seed: int, records: OnSqlite | OnPostgresql) -> dict[str, Any]:
    """So many kills spread over the length of a load; how many were before and after, and every fault."""
    chance = random.Random(seed)  # noqa: S311 – spreads the kills
    trials = Trials(folder, records)
    ends, faults = [], []
    for trial in range(count):
        delay = trials.lasts_seconds * 1.05 * (trial + chance.random()) / count
        with trials.fresh() as case:
            outcome = kill_once(case, trials.wanted, delay)
        ends.append(outcome.is_after)
        faults += [f"trial {trial} after {delay:.3f} s: {fault}" for fault in outcome.faults]
    return {"trials": count, "before": ends.count(False), "after": ends.count(True), "faults": faults}


def on_sqlite(folder: Path, count: int, seed: int = 2026) -> dict[str, Any]:
    """Kills with the records in SQLite."""
    return run(folder, count, seed, OnSqlite())


def on_postgresql(folder: Path, count: int, server: str, seed: int = 2026) -> dict[str, Any]:
    """Kills with the records in PostgreSQL."""
    start = f"start_{secrets.token_hex(6)}"
    run_on_server(server, f"CREATE DATABASE {start}")
    return run(folder, count, seed, OnPostgresql(server, start))
