"""What every test may ask for: a home of its own, and records on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import compileall
import gc
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from _pytest.assertion import rewrite
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from tests.books.examples import load_profile
from tests.ensure_browser import installed
from tests.serving.databases import migrated_postgresql, migrated_sqlite, opened, own_database, running_postgresql
from tests.serving.processes import PATIENCE_MS
from tests.serving.sealed import OFFENCES, watch_what_is_written
from tests.serving.windows import ARGUMENTS

if TYPE_CHECKING:
    from tests.serving.identity import Line

LONG = (
    "test_week.py", "test_serve.py", "test_first_week.py", "test_answers_in_every_office.py", "test_same_number.py",
    "test_watch.py", "test_page_corrections.py", "test_intake_property.py",
    "test_watch_served.py", "test_small_books.py", "test_sources.py",
    "test_pages_desk.py", "test_stamps.py", "test_commands_ingest.py",
    "test_data_page.py", "test_pipeline.py", "test_undo.py",
    "test_accessibility.py", "test_undo_property.py", "test_commands_faults.py",
    "test_desk_page.py", "test_address_garbage.py", "test_intake_faults.py",
    "test_wall_faults.py", "test_implausible.py", "test_figures_sla_detail.py",
    "test_lapor_page.py", "test_month_numbers.py", "test_killed_loads.py",
    "test_intake_page.py", "test_set_aside.py", "test_numbers_restart.py",
    "test_report_page.py", "test_why_on_kepatuhan.py", "test_commands_values.py",
    "test_wall_page.py", "test_figures_case_list.py", "test_flags_demo.py",
    "test_sop_pages.py", "test_pipeline_repeats.py", "test_screen_rows.py",
)  # fmt: skip
"""The files that take longest. They are begun first, so that at the end no worker waits for another's one long file.

A line begins with a file that mostly waits, for a browser or a process, beside two that compute: no core stands idle.
"""


_COMPILED: LRUCache = LRUCache(2_000)


MEMORY = Path("/dev/shm")  # noqa: S108 – names in it are made by tempfile
ROOM = 3 << 30
"""Bytes that must be free in memory for what all workers keep at a time."""


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is collected: where the tests write, the product's byte code, and how Python is to work."""
    _write_to_memory()
    if not hasattr(config, "workerinput"):
        rewriting = _rewriting_tests(config) if config.getoption("numprocesses", None) else []
        _compile_product(config.rootpath)
        for process in rewriting:
            process.join()
    sys.dont_write_bytecode = False  # the tests' own takes half of the time of collecting them
    _work_quickly()


def _write_to_memory() -> None:
    """What tests write lies in memory where the machine has such a folder with enough room: they wait for no disk."""
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _compile_product(root: Path) -> None:
    """Workers and the processes that tests start read the product's byte code, also where Python may not write it."""
    for package in ("dashboard", "data_access", "etl"):
        compileall.compile_dir(root / package, quiet=2)


def _rewriting_tests(config: pytest.Config) -> list[BaseProcess]:
    """Workers read test modules whose assertions are rewritten: else each of them rewrites them all. They wait for it,
    so two processes do it at a time; what these cannot do, a worker tries again and tells."""
    files, fork = sorted(Path(__file__).parent.glob("*/test_*.py")), multiprocessing.get_context("fork")
    processes = [fork.Process(target=_rewrite_tests, args=(config, files[start::2])) for start in (0, 1)]
    for process in processes:
        process.start()
    return processes


def _rewrite_tests(config: pytest.Config, files: Sequence[Path]) -> None:
    state = config.stash[rewrite.assertstate_key]
    for path in files:
        folder = rewrite.get_cache_dir(path)
        kept = folder / (path.stem + rewrite.PYC_TAIL)
        if rewrite.try_makedirs(folder) and rewrite._read_pyc(path, kept) is None:
            digest, code = rewrite._rewrite_test(path, config)
            rewrite._write_pyc(state, code, digest, kept)


def _work_quickly() -> None:
    """Importing makes a million objects that stay: looking through them for rubbish again and again finds none.

    A statement is put into words once for all databases of one kind instead of once for each: nearly every test has a
    database of its own, and a quarter of the time of its first load went into words that were the same for all. So are
    the templates and the addresses of an app: half of the time that making one takes.
    """
    load_profile(os.environ.get("EXAMPLES", "suite"))
    gc.set_threshold(50_000, 50, 100)
    DefaultDialect.__hash__ = lambda dialect: hash(type(dialect))
    DefaultDialect.__eq__ = lambda dialect, other: type(dialect) is type(other)
    event.listen(Engine, "engine_connect", _share_words)
    watch_what_is_written()
    Flask.jinja_options = {"bytecode_cache": _Templates()}
    Rule._compile_builder = _shared_builder


def _share_words(connection: Connection) -> None:
    connection.engine._compiled_cache = _COMPILED


class _Templates(BytecodeCache):
    """The compiled templates of all apps of this process."""

    _codes: ClassVar[dict[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get(bucket.checksum + bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.checksum + bucket.key] = bucket.code


def _shared_builder(rule: Rule, append_unknown: bool = True) -> Any:
    """What puts an address together: a function of the rule's words, which asks the rule itself for all else."""
    key = (rule.rule, *rule._trace, repr(rule.defaults), append_unknown)
    if key not in _BUILDERS:
        _BUILDERS[key] = _COMPILE_BUILDER(rule, append_unknown)
    return _BUILDERS[key]


_BUILDERS: dict[Any, Any] = {}
_COMPILE_BUILDER = Rule._compile_builder


def pytest_collection_finish() -> None:
    """What stands after the import is never looked through again: a tenth of the time of the tests."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONG)))


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """No test sees the caller's PANTAU_* variables; everything a test keeps lies in its own folder, and what it lets
    the product write is told by the chain and the audit."""
    for name in [name for name in os.environ if name.startswith("PANTAU_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PANTAU_HOME", str(tmp_path))
    yield tmp_path
    offences = [*OFFENCES]
    OFFENCES.clear()
    assert offences == []


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a real PostgreSQL on a socket of its own, started at the first test that asks and then stopped."""
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def sso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A real provider of identities, started at the first test that asks and then stopped."""
    from tests.serving.identity import provider  # what it needs is wanted by few

    with provider(tmp_path_factory.mktemp("sso")) as line:
        yield line


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> str | None:
    """Where the records lie: None is SQLite, else the URL of a PostgreSQL server."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgresql_server")


@pytest.fixture
def empty_records_url(server: str | None, tmp_path: Path) -> Iterator[str]:
    """URL of records that were never migrated, this test's own."""
    if server is None:
        yield f"sqlite:///{tmp_path / 'records.sqlite'}"
        return
    with own_database(server, "template1") as url:
        yield url


@pytest.fixture
def records_database_url(server: str | None, tmp_path: Path) -> Iterator[str]:
    """URL of migrated records without a row, this test's own."""
    if server is None:
        path = tmp_path / "records.sqlite"
        shutil.copyfile(migrated_sqlite(), path)
        yield f"sqlite:///{path}"
        return
    with own_database(server, migrated_postgresql(server)) as url:
        yield url


@pytest.fixture
def records_engine(records_database_url: str) -> Iterator[Engine]:
    """Migrated records without a row, this test's own; once on SQLite, once on PostgreSQL."""
    with opened(records_database_url) as engine:
        yield engine


expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, else the one that Playwright keeps."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=list(ARGUMENTS))
        yield browser
        browser.close()
