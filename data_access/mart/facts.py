"""The step facts and letters of a moment as one relation, settled ones and running ones alike.

What is settled lies in the mart and is counted by statements, once a mart and scope. What still runs is judged again
for the moment and comes as arrays (`etl.figures.live`). Which facts are meant is said once for both, by a `Scope` and a
`FactKind`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import mul
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from data_access.mart.publish import Basis
from data_access.mart.read import Columns, Snapshot
from data_access.mart.schema import (
    FIGURE_KEY,
    MISSING,
    PASS_FACT,
    PAUSE_FACT,
    RECEIVER_FACT,
    REQUEST_FACT,
    STEP_FACT,
    STEPS_PER_REQUEST,
    TABLES,
    Table,
    code_list,
)

Days = tuple[int, int]
_PARTS = {part.name: part for part in FIGURE_KEY}
_UNITS = dict(zip(_PARTS, accumulate((part.size for part in FIGURE_KEY), mul, initial=1), strict=False))
"""What a code of 1 of each part adds to `figure_key`."""
_STEP_NAMES = ", ".join(name for name in STEP_FACT.columns if name != "settled_at")
_LETTER_NAMES = """request_id, opd, room, received_on, ready_verdict, judged_on, ready_on, ready_at, ready_seconds,
    status, booked_start_on, booked_start_at"""
_STORED = f"SELECT {_STEP_NAMES} FROM step_fact WHERE settled_at <= $settled_by"  # noqa: S608 – own words
_LIVE = f"SELECT {_STEP_NAMES} FROM live_step"  # noqa: S608 – own words
_STORED_LETTERS = f"SELECT {_LETTER_NAMES} FROM request_fact WHERE settled_at <= $settled_by"  # noqa: S608 – own words
_LIVE_LETTERS = f"SELECT {_LETTER_NAMES} FROM live_request"  # noqa: S608 – own words


def _with(steps: str, letters: str) -> str:
    """Name the relations of a statement: `fact`, one row per step of a letter, and `letter`."""
    return f"WITH fact AS NOT MATERIALIZED ({steps}), letter AS NOT MATERIALIZED ({letters})"


_SETTLED = frozenset((STEP_FACT.name, REQUEST_FACT.name))
_OF_SETTLED = _with(_STORED, _STORED_LETTERS)
_OF_RUNNING = _with(_LIVE, _LIVE_LETTERS)
_OF_ALL = _with(f"{_STORED} UNION ALL {_LIVE}", f"{_STORED_LETTERS} UNION ALL {_LIVE_LETTERS}")


@dataclass(frozen=True)
class Scope:
    """Which facts are asked for. `days` since 1970-01-01, both included; None is all agencies and rooms, empty `steps`
    are all. Steps with any of the flag bits `without` are left out, and letters with such a step. A condition of a
    statement and a choice among arrays."""

    days: Days
    opd: str | None = None
    room: str | None = None
    steps: tuple[int, ...] = ()
    without: int = 0

    def parameters(self) -> dict[str, object]:
        """Values for the conditions."""
        values = {"first": self.days[0], "last": self.days[1], "opd": self.opd, "room": self.room}
        return {name: value for name, value in values.items() if value is not None}

    def of_steps(self) -> str:
        """The conditions on step facts."""
        steps = f" AND step IN ({code_list(self.steps)})" if self.steps else ""
        unmarked = f" AND coalesce(flags, 0) & {int(self.without)} = 0" if self.without else ""
        return f"belongs_on BETWEEN $first AND $last{self.names()}{steps}{unmarked}"

    def among(self, steps: Columns) -> NDArray[np.bool_]:
        """The same of step facts that come as arrays."""
        first, last = self.days
        chosen = self.named(steps) & (steps["belongs_on"] >= first) & (steps["belongs_on"] <= last)
        if self.without:
            chosen &= (steps["flags"] & self.without) == 0
        return chosen & np.isin(steps["step"], self.steps) if self.steps else chosen

    def named(self, rows: Columns) -> NDArray[np.bool_]:
        """Which steps or letters that come as arrays are of the agency and room, on whatever day."""
        chosen = np.ones(len(rows["opd"]), dtype=bool)
        for name, wanted in (("opd", self.opd), ("room", self.room)):
            if wanted is not None:
                chosen &= rows[name] == wanted
        return chosen

    def of_judged_letters(self) -> str:
        """The conditions on letters that are judged in the period."""
        return f"judged_on BETWEEN $first AND $last{self.of_letters()}"

    def of_letters(self) -> str:
        """The conditions on letters, whatever their day, to stand after another one."""
        marked = f"SELECT request_id FROM fact WHERE flags & {int(self.without)} <> 0"  # noqa: S608 – a number
        return self.names() + (f" AND request_id NOT IN ({marked})" if self.without else "")

    def names(self) -> str:
        """The conditions on agency and room, to stand after another one."""
        opd = "" if self.opd is None else " AND opd = $opd"
        return opd if self.room is None else f"{opd} AND room = $room"


@dataclass(frozen=True)
class FactKind:
    """Step facts that have one of these codes in each of these parts of the key (`FIGURE_KEY`); without any, all.

    The same kind is a condition of a statement and a choice among keys.
    """

    codes: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def where(self) -> str:
        """The condition on a step fact."""
        return " AND ".join(_PARTS[name].where(codes) for name, codes in self.codes) or "TRUE"

    def among(self, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which facts with these values of `figure_key` are of the kind."""
        chosen = np.ones(len(keys), dtype=bool)
        for name, codes in self.codes:
            is_wanted = np.zeros(_PARTS[name].size, dtype=bool)
            is_wanted[list(codes)] = True
            chosen &= is_wanted[key_part(keys, name)]
        return chosen

    def also(self, **codes: Iterable[int]) -> FactKind:
        """Those of the kind that have these codes too."""
        return FactKind((*self.codes, *((name, tuple(wanted)) for name, wanted in codes.items())))


ALL_FACTS = FactKind()


@dataclass(frozen=True)
class Facts:
    """The facts of a moment: of letters settled at `settled_by` (UTC seconds) those in the mart, of all others those in
    `steps` and `letters`, arrays by the columns of step_fact and request_fact. `steps` has thirteen rows a letter, and
    the columns that the mart derives."""

    mart: Snapshot
    settled_by: int
    steps: Columns
    letters: Columns

    def columns(self, sql: str, parameters: Mapping[str, object]) -> Columns:
        """What a statement over `fact` and `letter` gives for the settled ones, and after it what it gives for those
        that run. No value may be NULL."""
        settled = self.settled(sql, parameters)
        running = self.mart.columns(f"{_OF_RUNNING} {sql}", parameters, **self._tables)
        return {name: np.concatenate([values, running[name]]) for name, values in settled.items()}

    def settled(self, sql: str, parameters: Mapping[str, object]) -> Columns:
        """What a statement over `fact` and `letter` alone gives for the settled ones, kept until one changes."""
        values = {**parameters, "settled_by": self.settled_by}
        key = (sql, *values.items())
        basis = Basis(_SETTLED, self.settled_by)
        return self.mart.remember(key, lambda: self.mart.columns(f"{_OF_SETTLED} {sql}", values), basis)

    def running(self, scope: Scope, kind: FactKind) -> NDArray[np.bool_]:
        """Which of `steps` are of a scope and kind."""
        return scope.among(self.steps) & kind.among(self.steps["figure_key"])

    def running_letters(self, scope: Scope) -> NDArray[np.bool_]:
        """Which of `letters` are of a scope, on whatever day."""
        marked = np.reshape(self.steps["flags"] & scope.without, (-1, STEPS_PER_REQUEST)).any(axis=1)
        return scope.named(self.letters) & np.logical_not(marked)

    def frame(self, sql: str, parameters: Mapping[str, object], **tables: Any) -> pd.DataFrame:
        """What a statement gives over all of them together; it begins with SELECT, or with a comma and further named
        relations."""
        values = {**parameters, "settled_by": self.settled_by}
        return self.mart.frame(f"{_OF_ALL} {sql}", values, **self._tables, **tables)

    def tuples(self, sql: str, parameters: Mapping[str, object], **tables: Any) -> list[tuple[Any, ...]]:
        """The same, for a handful of rows."""
        values = {**parameters, "settled_by": self.settled_by}
        return self.mart.tuples(f"{_OF_ALL} {sql}", values, **self._tables, **tables)

    def write_parquet(self, sql: str, path: Path) -> int:
        """Write what a statement gives over all of them together into a Parquet file; how many rows it has."""
        target, query = (
            str(path).replace("'", "''"),
            f"{_OF_ALL} {sql}".replace("$settled_by", str(int(self.settled_by))),
        )
        ((count,),) = self.mart.tuples(f"COPY ({query}) TO '{target}' (FORMAT parquet)", **self._tables)
        return int(count)

    @cached_property
    def _tables(self) -> dict[str, Any]:
        """The running ones as statements name them."""
        return {"live_step": as_table(self.steps, STEP_FACT), "live_request": as_table(self.letters, REQUEST_FACT)}


def with_derived(steps: Columns) -> Columns:
    """Running steps with the columns that the mart derives."""
    return steps | {name: value.of(steps) for name, value in STEP_FACT.derived.items()}


def key_part(keys: NDArray[np.int64], name: str) -> NDArray[np.int64]:
    """The codes of one part of `figure_key`; KeyError for a name that is none."""
    codes: NDArray[np.int64] = keys // _UNITS[name] % _PARTS[name].size
    return codes


_ARROW = {"BIGINT": pa.int64(), "INTEGER": pa.int32(), "TINYINT": pa.int8(), "BOOLEAN": pa.bool_()}
_OPEN = "(settled_at > $since OR settled_at IS NULL) AND received_on BETWEEN $from_on AND $until_on"
_OF_OPEN = f"request_id IN (SELECT request_id FROM request_fact WHERE {_OPEN})"  # noqa: S608 – own words
UNSETTLED_BASIS = Basis.of(*(table.name for table in (REQUEST_FACT, STEP_FACT, PASS_FACT, RECEIVER_FACT, PAUSE_FACT)))
"""What `unsettled` is read from."""

_UNSETTLED = {
    "requests": f"SELECT {REQUEST_FACT.filled_sql()} FROM request_fact WHERE {_OPEN} ORDER BY request_id",  # noqa: S608
    "flags": f"SELECT coalesce(flags, 0) AS flags FROM step_fact WHERE {_OPEN} ORDER BY request_id, step",  # noqa: S608
    **{
        name: f"SELECT {table.filled_sql()} FROM {table.name} WHERE {_OF_OPEN}"  # noqa: S608 – own words
        for name, table in (("passes", PASS_FACT), ("receivers", RECEIVER_FACT), ("pauses", PAUSE_FACT))
    },
}


@dataclass(frozen=True)
class Unsettled:
    """Rows of the mart's tables; integers are MISSING where NULL. `requests` is sorted by request_id, and `flags`
    has the stored flags of their steps, thirteen a letter in the same order."""

    requests: pd.DataFrame
    passes: pd.DataFrame
    receivers: pd.DataFrame
    pauses: pd.DataFrame
    flags: np.ndarray[Any, np.dtype[np.int64]]


SINCE_EVER = -1
"""A moment at which no letter was settled."""


def unsettled(snapshot: Snapshot, since: int, received: Days) -> Unsettled:
    """Letters not settled at the moment `since` and received on one of these days."""
    scope = {"since": since, "from_on": received[0], "until_on": received[1]}
    frames = {name: snapshot.frame(sql, scope) for name, sql in _UNSETTLED.items()}
    flags = frames.pop("flags")["flags"].to_numpy(dtype=np.int64)
    return Unsettled(**frames, flags=flags)


def as_table(columns: Mapping[str, Any], table: Table | str) -> Any:
    """Arrays as an Arrow table with the types of a mart table, MISSING as NULL, for use in a statement beside it."""
    kinds = (TABLES[table] if isinstance(table, str) else table).columns
    return pa.table({name: _array(values, kinds.get(name, "")) for name, values in columns.items()})


def _array(values: Any, kind: str) -> Any:
    if kind == "VARCHAR":
        return pa.array(values, pa.string(), from_pandas=True)
    numbers = np.asarray(values)
    if numbers.dtype != np.int64:
        return pa.array(numbers)
    return pa.array(numbers, mask=numbers == MISSING).cast(_ARROW.get(kind, pa.int64()))
