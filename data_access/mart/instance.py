"""DuckDB inside this process: an instance is started once, and the files of marts are attached to it.

Starting one costs more than everything that a small load does with its file.
"""

from __future__ import annotations

import itertools
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

DuckConfig = dict[str, str | bool | int | float | list[str]]
Prepare = Callable[[duckdb.DuckDBPyConnection], None]

_NAMES = itertools.count(1)
_INHERITED: list[_Running] = []
"""Instances of the process that this one was forked from: neither used nor closed here, their threads are not ours."""


class _Running:
    """An instance at work; after a fault it may refuse everything, and nothing more is attached to it."""

    def __init__(self, config: DuckConfig, prepare: Prepare | None) -> None:
        self.connection = duckdb.connect(config=config)
        if prepare is not None:
            prepare(self.connection.cursor())
        self.process = os.getpid()
        self.is_broken = False


class Attached:
    """One file in an instance, until this object is gone or `detach` is called."""

    def __init__(self, running: _Running, path: Path, *, read_only: bool) -> None:
        self._running = running
        self._name = f"mart_{next(_NAMES)}"
        place = str(path).replace("'", "''")
        running.connection.cursor().execute(f"ATTACH '{place}' AS {self._name}{' (READ_ONLY)' if read_only else ''}")
        self.detach = weakref.finalize(self, _detach, running, self._name)
        self.detach.atexit = False

    @property
    def is_broken(self) -> bool:
        """Whether a fault was met in the instance since: the file is to be opened again."""
        return self._running.is_broken

    def give_up(self) -> None:
        """Note that a fault was met: whatever is attached next gets a new instance."""
        self._running.is_broken = True

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own to the file, for one thread."""
        cursor = self._running.connection.cursor()
        cursor.execute(f"USE {self._name}")
        return cursor


def _detach(running: _Running, name: str) -> None:
    with suppress(duckdb.Error):
        running.connection.cursor().execute(f"DETACH {name}")


class Instance:
    """DuckDB with one configuration. What does not fit into its memory goes beside the first file attached.

    `prepare` is given a connection as soon as it is started.
    """

    def __init__(self, config: DuckConfig, prepare: Prepare | None = None) -> None:
        self._config = config
        self._prepare = prepare
        self._lock = threading.Lock()
        self._running: _Running | None = None

    def attach(self, path: Path, *, read_only: bool) -> Attached:
        """Open a mart's file. Raises duckdb.Error when it is none."""
        return Attached(self._sound(path.parent), path, read_only=read_only)

    @contextmanager
    def writing(self, path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to a file that is made or changed; closed at the end."""
        attached = self.attach(path, read_only=False)
        try:
            with attached.cursor() as connection:
                yield connection
        except BaseException:
            attached.give_up()
            raise
        finally:
            attached.detach()

    def _sound(self, folder: Path) -> _Running:
        with self._lock:
            running = self._running
            if running is not None and running.process != os.getpid():
                _INHERITED.append(running)
                running = None
            if running is None or running.is_broken:
                running = _Running({**self._config, "temp_directory": str(folder / "spill")}, self._prepare)
            self._running = running
            return running
