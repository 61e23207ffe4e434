"""Letters whose stored verdicts are not final at a moment, with all they are judged from, and judged facts as
tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from data_access.mart.read import Snapshot
from data_access.mart.schema import MISSING, PASS_FACT, PAUSE_FACT, REQUEST_FACT, TABLES, Table

_ARROW = {"BIGINT": pa.int64(), "INTEGER": pa.int32(), "TINYINT": pa.int8(), "BOOLEAN": pa.bool_()}
_OPEN = "(settled_at > $since OR settled_at IS NULL)"
_UNSETTLED = {
    "requests": f"SELECT {REQUEST_FACT.filled_sql()} FROM request_fact WHERE {_OPEN} "  # noqa: S608
    "AND received_on <= $until_on ORDER BY request_id",
    "passes": f"SELECT {PASS_FACT.filled_sql()} FROM pass_fact WHERE request_id IN "  # noqa: S608
    f"(SELECT request_id FROM request_fact WHERE {_OPEN} AND received_on <= $until_on)",
    "pauses": f"SELECT {PAUSE_FACT.filled_sql()} FROM pause_fact WHERE request_id IN "  # noqa: S608
    f"(SELECT request_id FROM request_fact WHERE {_OPEN} AND received_on <= $until_on)",
    "flags": f"SELECT request_id, step, coalesce(flags, 0) AS flags FROM step_fact WHERE {_OPEN} "  # noqa: S608
    "AND received_on <= $until_on ORDER BY request_id, step",
}


@dataclass(frozen=True)
class Unsettled:
    """Rows of the mart's tables; integers are MISSING where NULL. `requests` is sorted by request_id, and `flags`
    has the stored flags of their steps, thirteen a letter in the same order."""

    requests: pd.DataFrame
    passes: pd.DataFrame
    pauses: pd.DataFrame
    flags: np.ndarray[Any, np.dtype[np.int64]]


def unsettled(snapshot: Snapshot, since: int, until_on: int) -> Unsettled:
    """Letters not settled at the moment `since` and received up to and including the day `until_on`."""
    scope = {"since": since, "until_on": until_on}
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
