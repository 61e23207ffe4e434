"""Publishing a mart: copy the current file, change rows in the copy, check it, give it its name, turn the pointer."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, TypeVar

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data_access.mart import files
from data_access.mart.files import MartError, Pointer
from data_access.mart.instance import Instance
from data_access.mart.schema import (
    CHECK_FACT,
    INTEGER_KINDS,
    META_SQL,
    MISSING,
    REQUEST_FACT,
    SCHEMA_VERSION,
    SESSION_FACT,
    STEP_FACT,
    STEPS_PER_REQUEST,
    TABLES,
    Table,
)

_EMPTY = "empty_mart"


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Put a mart without rows beside those that are written."""
    connection.execute(f"ATTACH ':memory:' AS {_EMPTY}")
    connection.execute(f"USE {_EMPTY}")
    for sql in (*(table.create_sql() for table in TABLES.values()), META_SQL):
        connection.execute(sql)


_WRITER = Instance({"threads": 1, "memory_limit": "128MB"}, _prepare)
"""What comes in is sorted part by part, so that little memory serves any number of rows. One thread: the next part is
read and judged at the same time, and parts are too small to be shared out."""

_NUMBERS = dict(zip(INTEGER_KINDS, (pa.int64(), pa.int32()), strict=True))
_SENTINEL, _NULL = pa.scalar(MISSING, pa.int64()), pa.scalar(None, pa.int64())

_FEW = 50
"""So many ids are written into a statement."""

_WRITE_FAULTS = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)
"""What DuckDB raises when the file cannot be written, by the moment at which it notices."""


Columns = dict[str, NDArray[Any]]
T = TypeVar("T")


class Questions(Protocol):
    """A mart that can be asked: a published one, or the one that is being made."""

    def columns(self, sql: str, parameters: Any = None) -> Columns:
        """The result as arrays by column name; columns that hold NULL come as masked arrays."""

    def tuples(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """All rows of one statement."""

    def remember(self, key: Hashable, make: Callable[[], T], of: Basis | None = None, /) -> T:
        """What `make` gives, perhaps from an earlier time; `of`: the rows that alone it was made from."""


Frame = Any
"""A pandas DataFrame, or a mapping of column name to array."""


@dataclass(frozen=True)
class Change:
    """What is to be published.

    `frames`: rows by table name; a column that is not given is NULL, one that the table does not have is left
    out, integers may hold MISSING for NULL. `is_full`: the frames are the whole mart. Otherwise they replace
    all rows of the letters in `requests`, the sessions in `sessions` and the checks in `checks`, each of them also when
    it has no row any more; left out, they are the ids in the frames. `load_id`: the last load in these rows, when it is
    later than the one given to `publish`. `first_handovers`: the day on which each step was first recorded (13,),
    kept beside the facts because the rules need it; left out, the one of the mart before stays.
    `more`: further frames, taken one after another in the same transaction, so that not all rows need to be in
    memory at once; of a part, `requests` must then list its letters. `then`: asks the mart as it is after all that what
    is to be changed further in the same transaction, None for nothing.
    """

    frames: Mapping[str, Frame]
    is_full: bool = False
    requests: Iterable[int] | None = None
    sessions: Iterable[int] | None = None
    checks: Iterable[int] | None = None
    load_id: int | None = None
    first_handovers: tuple[int, ...] | None = None
    more: Iterable[Mapping[str, Frame]] = ()
    then: Callable[[Questions], Change | None] | None = None


MOST_TOLD_APART = 200
"""Of so many letters a mart knows when each last changed; of all others only when they may have at the latest."""


@dataclass(frozen=True)
class Touched:
    """When letters last changed, by the versions of the marts: `any` of them, each one of `of`, all `others`."""

    any: str = ""
    others: str = ""
    of: Mapping[int, str] = field(default_factory=dict)

    def at(self, request_id: int) -> str:
        """The version of the mart in which that letter last changed."""
        return self.of.get(request_id, self.others)

    def after(self, version: str, ids: Iterable[int] | None) -> Touched:
        """The same once these letters changed in the mart of that version; None: all of them may have."""
        if ids is None:
            return Touched(version, version)
        now = dict.fromkeys(ids, version)
        if not now:
            return self
        if len(now) > MOST_TOLD_APART:
            return Touched(version, version)
        kept = {letter: at for letter, at in self.of.items() if letter not in now}
        gone = list(kept)[: max(len(kept) + len(now) - MOST_TOLD_APART, 0)]  # those that changed longest ago
        others = kept[gone[-1]] if gone else self.others
        return Touched(version, others, {letter: at for letter, at in kept.items() if letter not in gone} | now)


MOST_TURNS = 32
"""So many changes a mart tells of: whoever read it before them knows which of his answers still hold."""


@dataclass(frozen=True)
class Turn:
    """One change of the mart of the version `before`: the tables of which any row was taken out or put in, and the
    earliest moment at which one of the letters was settled, before it or after it; None: none was."""

    before: str
    tables: tuple[str, ...]
    settled_from: int | None


@dataclass(frozen=True)
class Basis:
    """The rows that an answer was made from: those of some tables; with `settled_by` only those of letters that were
    settled by then, of tables that say it."""

    tables: frozenset[str]
    settled_by: int | None = None

    @classmethod
    def of(cls, *tables: str) -> Basis:
        """All rows of these tables."""
        return cls(frozenset(tables))

    def outlasts(self, turn: Turn) -> bool:
        """Whether an answer still holds after the change."""
        if self.tables.isdisjoint(turn.tables):
            return True
        return self.settled_by is not None and (turn.settled_from is None or turn.settled_from > self.settled_by)


@dataclass(frozen=True)
class MartMeta:
    """What a mart was made from: the last load in it, the rules that judged it, when (UTC second), its number,
    the day on which each step was first recorded (MISSING for one that never was), when letters last changed, and what
    the last changes touched since all of it was made."""

    load_id: int
    rules_hash: str
    built_at: int
    generation: int
    first_handovers: tuple[int, ...] = ()
    touched: Touched = Touched()
    turns: tuple[Turn, ...] = ()

    @property
    def version(self) -> str:
        """What tells this mart from another, also from one of the same number that was lost."""
        return f"{self.generation}-{self.built_at}"

    def turns_since(self, version: str) -> tuple[Turn, ...] | None:
        """The changes that made this mart of the one of that version; None where they are not known."""
        places = [place for place, turn in enumerate(self.turns) if turn.before == version]
        return () if version == self.version else self.turns[places[-1] :] if places else None

    def stored(self) -> dict[str, object]:
        """As the rows of the table `meta`."""
        turns = json.dumps([vars(turn) for turn in self.turns])
        touched, days = json.dumps(vars(self.touched)), json.dumps(self.first_handovers)
        return {**vars(self), "first_handovers": days, "touched": touched, "turns": turns}

    @classmethod
    def read(cls, stored: Mapping[str, str]) -> MartMeta:
        """From the rows of the table `meta`."""
        told = json.loads(stored["touched"])
        touched = Touched(told["any"], told["others"], {int(letter): at for letter, at in told["of"].items()})
        days, built_at = tuple(json.loads(stored["first_handovers"])), int(stored["built_at"])
        turns = (
            Turn(turn["before"], tuple(turn["tables"]), turn["settled_from"]) for turn in json.loads(stored["turns"])
        )
        numbers = int(stored["load_id"]), stored["rules_hash"], built_at, int(stored["generation"])
        return cls(*numbers, days, touched, tuple(turns))


Builder = Callable[[MartMeta | None], Change | None]
"""Called while nobody else can publish, with what the current mart holds (None: there is none, or it is
unreadable); gives what is to be changed, None for nothing."""


def publish(
    folder: Path,
    change: Change | Mapping[str, Frame] | Builder,
    current: Callable[[], MartMeta | None],
    load_id: int,
    rules_hash: str,
    built_at: int,
) -> MartMeta | None:
    """Publish and return what is current afterwards; None when a builder had nothing and there is no mart."""
    with files.publisher_lock(folder):
        before = current()
        wanted = _wanted(change, before)
        if wanted is None:
            return before
        if before is None and not wanted.is_full:
            raise MartError("mart.nothing_to_update")
        generation = max(files.newest_generation(folder), before.generation if before else 0) + 1
        since = wanted.first_handovers or (before.first_handovers if before else ())
        touched = before.touched if before else Touched()
        meta = MartMeta(max(load_id, wanted.load_id or load_id), rules_hash, built_at, generation, since, touched)
        return _turn(folder, wanted, meta, before)


def _wanted(change: Change | Mapping[str, Frame] | Builder, before: MartMeta | None) -> Change | None:
    if isinstance(change, Change):
        return change
    if isinstance(change, Mapping):
        return Change(change, is_full=before is None)
    return change(before)


def _turn(folder: Path, change: Change, meta: MartMeta, before: MartMeta | None) -> MartMeta:
    """Make the new file under a working name, then give it its name, then point to it."""
    working = folder / f"building-{meta.generation}.duckdb"
    token = secrets.token_hex(8)
    name = f"mart-{meta.load_id}-{meta.generation}.duckdb"
    try:
        made = _make(folder, working, change, meta, before, token)
        files.sync_file(working)
        size = working.stat().st_size
        working.rename(folder / name)
        files.sync_folder(folder)
        files.turn_pointer(folder, Pointer(name, size, token))
    except (OSError, *_WRITE_FAULTS) as fault:
        raise MartError("mart.not_written") from fault
    finally:
        working.unlink(missing_ok=True)
        working.with_name(working.name + ".wal").unlink(missing_ok=True)
    files.discard_old(folder, name)
    return made


def _make(folder: Path, working: Path, change: Change, meta: MartMeta, before: MartMeta | None, token: str) -> MartMeta:
    """The file, and what it says of itself once it is known what changed."""
    pointer = None if change.is_full else files.read_pointer(folder)
    working.unlink(missing_ok=True)
    if pointer is not None:
        shutil.copyfile(folder / pointer.file, working)
    with _WRITER.writing(working) as connection:
        if pointer is None:
            _create(connection)
        seen = _apply(connection, change)
        is_part = before is not None and not change.is_full and before.rules_hash == meta.rules_hash
        made = replace(
            meta,
            touched=meta.touched.after(meta.version, None if change.is_full else seen.letters),
            turns=(*before.turns, seen.turn(before.version))[-MOST_TURNS:] if before is not None and is_part else (),
        )
        _write_meta(connection, {**made.stored(), "token": token})
        _check(connection, change)
        connection.execute("CHECKPOINT")
    return made


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    """The empty tables: copied, they take a fifth of the time that their definitions take."""
    ((name,),) = connection.execute("SELECT current_database()").fetchall()
    connection.execute(f"COPY FROM DATABASE {_EMPTY} TO {name} (SCHEMA)")


@dataclass
class _Seen:
    """What a change touched so far: letters, tables, and when the first of these letters was settled."""

    letters: set[int] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)

    def turn(self, before: str) -> Turn:
        """The same as the mart tells it."""
        return Turn(before, tuple(sorted(self.tables)), min(self.settled, default=None))

    def came_in(self, arrows: Mapping[str, Any]) -> None:
        """Note rows that are put in."""
        for name, arrow in arrows.items():
            if arrow.num_rows:
                self.tables.add(name)
                settled = pc.min(arrow["settled_at"]).as_py() if "settled_at" in arrow.schema.names else None
                self.settled |= set() if settled is None else {settled}


def _apply(connection: duckdb.DuckDBPyConnection, change: Change) -> _Seen:
    """Take out the rows that the change replaces, put its own in; one transaction."""
    connection.begin()
    further: Change | None = change
    seen = _Seen()
    while further is not None:
        _replace(connection, further, seen)
        further = further.then(_Draft(connection)) if further.then is not None else None
    connection.commit()
    return seen


def _replace(connection: duckdb.DuckDBPyConnection, change: Change, seen: _Seen) -> None:
    arrows = _arrows(change.frames)
    seen.letters |= set(map(int, change.requests or ()))
    if not change.is_full:
        _take_out(connection, change, arrows, seen)
        seen.letters |= _letters_in(arrows)
    for each in chain((arrows,), map(_arrows, change.more)):
        seen.came_in(each)
        _put_all(connection, each)


def _letters_in(arrows: Mapping[str, Any]) -> set[int]:
    columns = (arrow["request_id"] for arrow in arrows.values() if "request_id" in arrow.schema.names)
    return {letter for column in columns for letter in column.to_pylist() if letter is not None}


@dataclass(frozen=True)
class _Draft:
    """The mart that is being made, asked inside its transaction."""

    connection: duckdb.DuckDBPyConnection

    def columns(self, sql: str, parameters: Any = None) -> Columns:
        return plain_arrays(self.connection.execute(sql, parameters).fetchnumpy())

    def tuples(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, parameters).fetchall()

    def remember(self, _key: Hashable, make: Callable[[], T], _of: Basis | None = None) -> T:
        return make()


def plain_arrays(columns: Columns) -> Columns:
    """Columns as DuckDB gives them; only those that hold NULL are masked."""
    return {name: values if np.ma.is_masked(values) else np.ma.getdata(values) for name, values in columns.items()}


def _arrows(frames: Mapping[str, Frame]) -> dict[str, Any]:
    unknown = set(frames) - set(TABLES)
    if unknown:
        raise ValueError(f"no such table in the mart: {sorted(unknown)}")
    given = {name: frame for name, frame in frames.items() if not (isinstance(frame, pd.DataFrame) and frame.empty)}
    return {name: _as_arrow(frame, TABLES[name].columns) for name, frame in given.items()}


def _put_all(connection: duckdb.DuckDBPyConnection, arrows: Mapping[str, Any]) -> None:
    for name, arrow in arrows.items():
        if arrow.num_rows:
            _put_in(connection, TABLES[name], arrow)


def _write_meta(connection: duckdb.DuckDBPyConnection, values: Mapping[str, object]) -> None:
    """Replace the key/value rows that say what this mart was made from."""
    connection.execute("DELETE FROM meta")
    entries = {key: str(value) for key, value in {**values, "schema_version": SCHEMA_VERSION}.items()}
    connection.execute("INSERT INTO meta SELECT unnest(?), unnest(?)", [list(entries), list(entries.values())])


def _check(connection: duckdb.DuckDBPyConnection, change: Change) -> None:
    """MartError unless every letter is there once with its thirteen steps and every session once."""
    counts = (f"(SELECT count(*) FROM {table.name})" for table, _ in _KEYS)  # noqa: S608 – own names
    (rows,) = connection.execute(f"SELECT {', '.join(counts)}").fetchall()
    requests, steps, *_ = rows
    if steps != requests * STEPS_PER_REQUEST:
        raise MartError("mart.step_count", steps=steps, requests=requests)
    for (table, keys), count in zip(_KEYS, rows, strict=True):
        doubled = _first_doubled(connection, table, keys, _scope(change, table)) if count > 1 else None
        if doubled is not None:
            raise MartError("mart.doubled", table=table.name, key=doubled)


_KEYS = (
    (REQUEST_FACT, "request_id"),
    (STEP_FACT, "request_id, step"),
    (SESSION_FACT, "session_id"),
    (CHECK_FACT, "check_id"),
)
"""What tells the rows of a table apart."""


def _as_arrow(frame: Frame, kinds: Mapping[str, str]) -> Any:
    """The columns of these names, of their types, NULL for MISSING; without what Arrow keeps of a frame's own form,
    which takes as long as its cells."""
    return pa.table({name: _cells(values, kinds[name]) for name, values in frame.items() if name in kinds})


def _cells(values: Any, kind: str) -> Any:
    """One column on its way in; DuckDB takes five times as long to read a statement that says this of each column."""
    is_plain = isinstance(values, pd.Series) and isinstance(values.dtype, np.dtype)
    plain = values.to_numpy() if is_plain else values
    if kind in _NUMBERS and isinstance(plain, np.ndarray) and plain.dtype == np.int64:
        return pa.array(plain, _NUMBERS[kind], mask=plain == MISSING)
    cells = pa.array(plain, from_pandas=True)
    if kind not in _NUMBERS or cells.type != pa.int64():
        return cells
    return pc.if_else(pc.equal(cells, _SENTINEL), _NULL, cells).cast(_NUMBERS[kind])


def _take_out(connection: duckdb.DuckDBPyConnection, change: Change, arrows: Mapping[str, Any], seen: _Seen) -> None:
    for column, listed in _replaced(change).items():
        ids = _ids(listed, column, arrows)
        if len(ids) == 0:
            continue
        with _listed(connection, ids) as these:
            for table in TABLES.values():
                if table.replaced_by == column:
                    _take_out_of(connection, table, f"{column} IN {these}", seen)


def _take_out_of(connection: duckdb.DuckDBPyConnection, table: Table, where: str, seen: _Seen) -> None:
    """Of sessions and checks also the letters whose they were."""
    if "settled_at" in table.columns:
        asked = connection.execute(f"SELECT min(settled_at) FROM {table.name} WHERE {where}")  # noqa: S608 – own names
        seen.settled |= {settled for (settled,) in asked.fetchall() if settled is not None}
    if table.replaced_by == "request_id":
        ((gone,),) = connection.execute(f"DELETE FROM {table.name} WHERE {where}").fetchall()  # noqa: S608
    else:
        rows = connection.execute(f"DELETE FROM {table.name} WHERE {where} RETURNING request_id").fetchall()  # noqa: S608
        seen.letters |= {letter for (letter,) in rows if letter is not None}
        gone = len(rows)
    seen.tables |= {table.name} if gone else set()


@contextmanager
def _listed(connection: duckdb.DuckDBPyConnection, ids: Any) -> Iterator[str]:
    """What may stand behind IN: a few ids as they are, which takes half of the time, of many a table."""
    if len(ids) <= _FEW:
        yield f"({', '.join(map(str, ids.to_pylist()))})"
        return
    connection.register("listed", pa.table({"id": ids}))
    yield "(SELECT id FROM listed)"
    connection.unregister("listed")


def _replaced(change: Change) -> dict[str, Iterable[int] | None]:
    """By the column that names them the rows that a partial change replaces."""
    return {"request_id": change.requests, "session_id": change.sessions, "check_id": change.checks}


def _ids(listed: Iterable[int] | None, column: str, arrows: Mapping[str, Any]) -> Any:
    """The listed ids and those of the rows that come in, so that nothing can be in twice."""
    table = {"request_id": REQUEST_FACT, "session_id": SESSION_FACT, "check_id": CHECK_FACT}[column]
    given = arrows[table.name][column].to_pylist() if table.name in arrows else []
    return pa.array([*given, *(int(id_) for id_ in listed or ())], pa.int64())


def _put_in(connection: duckdb.DuckDBPyConnection, table: Table, arrow: Any) -> None:
    given = arrow.schema.names
    derived = [name for name in table.derived if name not in given]
    # Their expressions may ask for any column.
    asked = [name for name in table.columns if name not in (*given, *derived)] if derived else []
    order = [name for name in table.order_by.split(", ") if name in given]
    nulls = "".join(f", CAST(NULL AS {table.columns[name]}) AS {name}" for name in asked)
    made = "".join(f", {table.derived[name].sql}" for name in derived)
    by = "" if _is_in_order(arrow, order) else f" ORDER BY {', '.join(order)}"
    # DuckDB finds the variable `arrow` by itself. A registered table would be kept until the transaction ends.
    connection.execute(
        f"INSERT INTO {table.name} ({', '.join((*given, *asked, *derived))}) "  # noqa: S608 – own names
        f"SELECT *{made} FROM (SELECT *{nulls} FROM arrow){by}"
    )


def _is_in_order(arrow: Any, names: Sequence[str]) -> bool:
    """Whether rows stand in the order of these columns, by those in front that are whole numbers: most do."""
    is_alike = np.ones(max(arrow.num_rows - 1, 0), dtype=bool)
    for name in names:
        if not is_alike.any():
            return True
        column = arrow[name] if name in arrow.schema.names else None
        if column is None or column.null_count or not pa.types.is_integer(column.type):
            return False
        values = column.to_numpy()
        earlier, later = values[:-1][is_alike], values[1:][is_alike]
        if (later < earlier).any():
            return False
        is_alike[is_alike] = earlier == later
    return True


def _scope(change: Change, table: Table) -> Any:
    """The ids of the rows whose keys can be doubled: those that came in; None: all of a whole mart."""
    if change.is_full:
        return None
    listed = _replaced(change)[table.replaced_by]
    if listed is None and table.name in change.frames:
        return _as_arrow(change.frames[table.name], table.columns)[table.replaced_by]
    return pa.array(list(listed or ()), pa.int64())


def _first_doubled(
    connection: duckdb.DuckDBPyConnection, table: Table, keys: str, scope: Any
) -> tuple[Any, ...] | None:
    if scope is not None and len(scope) == 0:
        return None
    with nullcontext() if scope is None else _listed(connection, scope) as these:
        where = "" if scope is None else f"WHERE {table.replaced_by} IN {these}"
        doubled = connection.execute(
            f"SELECT {keys} FROM {table.name} {where} GROUP BY {keys} HAVING count(*) > 1 LIMIT 1"  # noqa: S608
        ).fetchall()
    return doubled[0] if doubled else None
