"""Reading the current mart: each generation is opened once, read-only, with one cursor a thread.

Connections do not survive a fork: open (first read) in the process that reads.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import duckdb
import pandas as pd
from numpy.typing import NDArray

from data_access.mart import files
from data_access.mart.files import MartError, Pointer
from data_access.mart.instance import Attached, Instance
from data_access.mart.publish import Basis, Builder, Change, Frame, MartMeta, plain_arrays, publish
from data_access.mart.schema import SCHEMA_VERSION

Columns = dict[str, NDArray[Any]]
Row = dict[str, Any]
Parameters = Sequence[object] | Mapping[str, object] | None
T = TypeVar("T")
Mark = tuple[int, int, int]
"""Time, inode and size of the pointer's file."""

_BROKEN = (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException)
_REMEMBERED = 128
_READER = Instance({"threads": 2, "memory_limit": "512MB"})


class _Desk(threading.local):
    """One thread's cursor and what is registered on it."""

    cursor: duckdb.DuckDBPyConnection | None = None
    registered: dict[str, Any]


class _Held(threading.local):
    """What one thread answers from while it holds on to it."""

    is_held = False
    current: tuple[Mark, Snapshot] | None = None


class Snapshot:
    """One generation of the mart, open for reading; safe to use from any thread. It never changes."""

    def __init__(self, path: Path, pointer: Pointer) -> None:
        self.has_failed = False
        self._path, self._size = path, pointer.size
        self._file = _open(path, pointer)
        self.meta = _read_meta(self._file, pointer, path)
        self._desk = _Desk()
        self._memory: OrderedDict[Hashable, tuple[Any, Basis | None]] = OrderedDict()
        self._making: dict[Hashable, threading.RLock] = {}
        self._guard = threading.Lock()

    @property
    def is_broken(self) -> bool:
        """Whether a fault was met while it was read: it may answer nothing any more."""
        return self._file.is_broken

    def is_untouched(self) -> bool:
        """Whether its file still lies where it was opened, at its size."""
        try:
            return self._path.stat().st_size == self._size
        except OSError:
            return False

    def tuples(self, sql: str, parameters: Parameters = None, **tables: Any) -> list[tuple[Any, ...]]:
        """All rows of one statement. `tables` are Arrow tables that the statement may name."""
        rows: list[tuple[Any, ...]] = self._fetch("fetchall", sql, parameters, tables)[0]
        return rows

    def rows(self, sql: str, parameters: Parameters = None, **tables: Any) -> list[dict[str, Any]]:
        """All rows, one dictionary each; for a handful of rows."""
        rows, names = self._fetch("fetchall", sql, parameters, tables)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def columns(self, sql: str, parameters: Parameters = None, **tables: Any) -> Columns:
        """The result as arrays by column name; columns that hold NULL come as masked arrays."""
        return plain_arrays(self._fetch("fetchnumpy", sql, parameters, tables)[0])

    def frame(self, sql: str, parameters: Parameters = None, **tables: Any) -> pd.DataFrame:
        """The result as a pandas DataFrame."""
        frame: pd.DataFrame = self._fetch("df", sql, parameters, tables)[0]
        return frame

    def _fetch(self, how: str, sql: str, parameters: Parameters, tables: dict[str, Any]) -> tuple[Any, list[str]]:
        """Run a statement on this thread's cursor to its end; the result and its column names."""
        cursor = self._cursor()
        for name, table in tables.items():
            if self._desk.registered.get(name) is not table:
                cursor.register(name, table)
                self._desk.registered[name] = table
        try:
            result = cursor.execute(sql, parameters)
            names = [column[0] for column in result.description or ()]
            return getattr(result, how)(), names
        except _BROKEN as error:
            self.has_failed = True
            self._file.give_up()
            raise MartError("mart.damaged") from error

    def take_over(self, earlier: Snapshot) -> None:
        """Remember what an earlier mart's answers were made from and no change since has touched."""
        turns = self.meta.turns_since(earlier.meta.version)
        if turns is None:
            return
        with earlier._guard:
            kept = list(earlier._memory.items())
        lasting = ((key, (made, of)) for key, (made, of) in kept if of is not None and all(map(of.outlasts, turns)))
        self._memory.update(lasting)

    def remember(self, key: Hashable, make: Callable[[], T], of: Basis | None = None) -> T:
        """`make()`, computed once for this generation, also when several ask at once (the parts of one page do); the
        least used answers are forgotten. `of`: the rows that alone it was made from, besides what the key says; the
        answer lasts through later marts until one of them changes."""
        with self._guard:
            if key in self._memory:
                return cast("T", self._recalled(key))
            making = self._making.setdefault(key, threading.RLock())
        with making:
            with self._guard:
                if key in self._memory:
                    return cast("T", self._recalled(key))
            try:
                made = make()
                with self._guard:
                    self._memory[key] = made, of
                    while len(self._memory) > _REMEMBERED:
                        self._memory.popitem(last=False)
            finally:
                with self._guard:
                    self._making.pop(key, None)
        return made

    def _recalled(self, key: Hashable) -> Any:
        self._memory.move_to_end(key)
        return self._memory[key][0]

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if self._desk.cursor is None:
            self._desk.cursor = self._file.cursor()
            self._desk.registered = {}
        return self._desk.cursor


def _open(path: Path, pointer: Pointer) -> Attached:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise MartError("mart.no_file", file=path.name) from error
    if size != pointer.size:
        raise MartError("mart.cut", file=path.name)
    try:
        return _READER.attach(path, read_only=True)
    except duckdb.Error as error:
        raise MartError("mart.not_whole", file=path.name) from error


def _read_meta(file: Attached, pointer: Pointer, path: Path) -> MartMeta:
    try:
        with file.cursor() as connection:
            meta: dict[str, str] = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    except duckdb.Error as error:
        file.give_up()
        raise MartError("mart.not_whole", file=path.name) from error
    if meta.get("token") != pointer.token or meta.get("schema_version") != str(SCHEMA_VERSION):
        raise MartError("mart.from_elsewhere", file=path.name)
    return MartMeta.read(meta)


class Mart:
    """The marts of one folder: publish into it, read the current one. Any number of threads and processes
    may."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._held = _Held()
        self._current: tuple[Mark, Snapshot] | None = None
        self._doubted: Mark | None = None
        self._condemned: Mark | None = None

    def exists(self) -> bool:
        """Whether anything was ever published here."""
        return files.pointer_path(self.folder).exists()

    def mark(self) -> Mark | None:
        """Changes with every published mart; None while there is none. Costs a look at the folder."""
        held = self._held.current
        return held[0] if held is not None else self._look()

    def _look(self) -> Mark | None:
        try:
            stat = files.pointer_path(self.folder).stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_ino, stat.st_size

    def read(self) -> Snapshot:
        """The current mart; MartError when it is absent, truncated, damaged or foreign: build it again."""
        held = self._held.current
        if held is not None and not held[1].is_broken:
            return held[1]
        self._held.current = None
        current = self._read()
        if self._held.is_held:
            self._held.current = current
        return current[1]

    def _read(self) -> tuple[Mark, Snapshot]:
        mark = self._mark()
        current = self._current
        if current is not None and current[0] == mark and not current[1].is_broken:
            return current
        with self._lock:
            return self._reopen()

    def hold(self) -> None:
        """From now on this thread answers from one mart, without a look at the folder for each question, until it
        publishes or lets go: an answer is never half of one mart and half of the next."""
        self._held.is_held, self._held.current = True, None

    def let_go(self) -> None:
        """From now on this thread answers from the newest mart again."""
        self._held.is_held, self._held.current = False, None

    def meta(self) -> MartMeta | None:
        """What the current mart was made from; None when there is no readable one, or its file was taken away from
        under those who read it. Costs two looks at the folder."""
        try:
            snapshot = self.read()
        except MartError:
            return None
        return snapshot.meta if snapshot.is_untouched() else None

    def publish(
        self,
        change: Change | Mapping[str, Frame] | Builder,
        load_id: int,
        rules_hash: str,
        *,
        built_at: int,
    ) -> MartMeta | None:
        """Publish rows and return what is current afterwards; readers go on undisturbed and see it at their
        next read.

        `change`: a `Change`; or bare frames (the whole mart when there is none yet, else the letters in
        them); or a function of the current meta that gives one, called while no one else can publish, so that
        it can take everything since the mart's load number. MartError when the new file does not pass its
        checks (nothing changes) or when a part is published without a mart to change.
        """
        self._held.current = None
        try:
            return publish(self.folder, change, self.meta, load_id, rules_hash, built_at)
        finally:
            self._held.current = None

    def _mark(self) -> Mark:
        """The mark of a mart that has to be there."""
        mark = self._look()
        if mark is None:
            self._current = None
            raise MartError("mart.none")
        return mark

    def _reopen(self) -> tuple[Mark, Snapshot]:
        """Open what the pointer says; once more if it turned (and its file was deleted) in between."""
        for last_try in (False, True):
            mark = self._mark()
            held = self._current
            if held is not None and held[0] == mark and not held[1].is_broken:
                return held
            try:
                self._doubt(mark, held)
                snapshot = self._open_current()
                if held is not None and not held[1].is_broken:
                    snapshot.take_over(held[1])
            except MartError:
                if last_try or self._mark() == mark:
                    self._current = None
                    raise
                continue
            self._current = mark, snapshot
            return self._current
        raise AssertionError("unreachable")

    def _doubt(self, mark: Mark, held: tuple[Mark, Snapshot] | None) -> None:
        """A mart whose questions failed is opened once more; one that fails again is given up until another comes."""
        if held is not None and held[0] == mark and held[1].has_failed:
            self._condemned = mark if self._doubted == mark else self._condemned
            self._doubted = mark
        if self._condemned == mark:
            raise MartError("mart.damaged")

    def _open_current(self) -> Snapshot:
        pointer = files.read_pointer(self.folder)
        if pointer is None:
            raise MartError("mart.none")
        return Snapshot(self.folder / pointer.file, pointer)
