"""What later rows changed of what earlier ones had said. Pure; derived from the rows, so it is right after any undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from etl.domain.compliance.derive import is_empty
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.verdict import RequestStatus
from etl.extract.kinds import SPECS, Kind

REQUEST_STAMPS = ("received", "booked_start", "booked_end")
PASS_FIELDS: Mapping[str, str] = {"instruction": "instruction", "has_output": "has_output", "note": "note"}
PASS_STAMPS = ("started", "finished", "recorded")
SESSION_FIELDS, CHECK_FIELDS = (
    {name: name for name in SPECS[kind].compared} for kind in (Kind.PEMAKAIAN, Kind.KONDISI)
)


def _request_fields() -> dict[str, str]:
    """Field → column of a letter's own columns but its stamps; its status by the code, too."""
    stamps = {f"{stamp}_{part}" for stamp in (*REQUEST_STAMPS, "status") for part in ("on", "at")}
    columns = [column for column in SPECS[Kind.PERMOHONAN].compared if column not in stamps]
    return {"status": "status"} | {column.removesuffix("_name"): column for column in columns}


REQUEST_FIELDS: Mapping[str, str] = _request_fields()
CHANGE_COLUMNS = ["position", "field", "old", "new"]


def changes(rows: pd.DataFrame, key: Sequence[str], fields: Mapping[str, str], stamps: Sequence[str]) -> pd.DataFrame:
    """One row per field that a later row of the same key changed, or filled: position, field, old, new.

    `rows` in the order in which they were given; `fields` name → column, `stamps` names with columns `x_on`, `x_at`.
    `position` is that of the changing row. Values are as JSON can hold them: None for nothing, a stamp
    `{"on": day, "at": moment or None}`.
    """
    telling = _telling(rows, key, [*fields.values(), *(f"{s}_{part}" for s in stamps for part in ("on", "at"))])
    if len(telling) == 0:
        return _no_changes().copy(deep=False)
    start = _starts(telling, key)
    changed = [_field_changes(telling, start, name, column) for name, column in fields.items()]
    changed += [_stamp_changes(telling, start, name) for name in stamps]
    whole = pd.concat([part for part in changed if len(part)] or changed, ignore_index=True)
    return whole.sort_values("position", kind="stable", ignore_index=True)


@cache
def _no_changes() -> pd.DataFrame:
    return pd.DataFrame(columns=CHANGE_COLUMNS)


def _telling(rows: pd.DataFrame, key: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """Rows whose key has others, key by key, without those that only repeat the row before; `at` is their place."""
    keys, wanted = list(key), list(dict.fromkeys(columns))
    place = np.flatnonzero(rows.duplicated(keys, keep=False).to_numpy())
    if len(place) == 0:
        return pd.DataFrame()
    many = rows[[*keys, *(c for c in wanted if c not in keys)]].iloc[place].assign(at=place)
    many = many.sort_values(keys, kind="stable", ignore_index=True)
    before = many[[*keys, *wanted]].shift()
    same = pd.Series(True, index=many.index)
    for column in dict.fromkeys([*keys, *wanted]):
        now, old = many[column], before[column]
        same &= ((now == old).fillna(False) | (now.isna() & old.isna())).astype(bool)
    kept = many[~same.to_numpy(dtype=bool)].reset_index(drop=True)
    return kept[kept.duplicated(keys, keep=False)].reset_index(drop=True)


def _starts(telling: pd.DataFrame, key: Sequence[str]) -> Ints:
    """For each row the place of the first row of its key."""
    first = ~telling.duplicated(list(key)).to_numpy()
    return np.maximum.accumulate(np.where(first, np.arange(len(telling)), 0))


def _last(says: Bools, since: Ints) -> Ints:
    """For each row the place of the latest row up to it that says something, -1 where none does since `since`."""
    found = np.maximum.accumulate(np.where(says, np.arange(len(says)), -1))
    return np.where(found >= since, found, -1)


def _shifted(places: Ints, start: Ints) -> Ints:
    """The same of the row before, -1 at the first row of a key."""
    before = np.concatenate([[-1], places[:-1]])
    return np.where(np.arange(len(places)) == start, -1, before)


def _field_changes(telling: pd.DataFrame, start: Ints, name: str, column: str) -> pd.DataFrame:
    values = telling[column]
    says = values.notna().to_numpy(dtype=bool)
    if values.dtype.kind in "iu":
        says = says & (values != (RequestStatus.UNKNOWN.code if name == "status" else MISSING)).to_numpy()
    codes = pd.factorize(values)[0]
    before = _shifted(_last(says, start), start)
    changed = says & (np.arange(len(telling)) != start) & ((before < 0) | (codes != codes[before]))
    here = np.flatnonzero(changed)
    cells = values.astype(object).to_numpy()
    old = [None if before[i] < 0 else _plain(cells[before[i]], name) for i in here]
    return _frame(telling, here, name, old, [_plain(cells[i], name) for i in here])


def _stamp_changes(telling: pd.DataFrame, start: Ints, name: str) -> pd.DataFrame:
    on, at = (telling[f"{name}_{part}"].to_numpy(dtype=np.int64) for part in ("on", "at"))
    last_on = _last(on != MISSING, start)
    day = np.where(last_on < 0, MISSING, on[last_on])
    place = np.arange(len(telling))
    is_new_day = (place == start) | (day != np.concatenate([[MISSING], day[:-1]]))
    last_at = _last((at != MISSING) & (on != MISSING), np.maximum.accumulate(np.where(is_new_day, place, 0)))
    clock = np.where(last_at < 0, MISSING, at[last_at])
    changed = (place != start) & ((day != np.roll(day, 1)) | (clock != np.roll(clock, 1)))
    here = np.flatnonzero(changed)
    return _frame(
        telling, here, name, [_stamp(day[i - 1], clock[i - 1]) for i in here], [_stamp(day[i], clock[i]) for i in here]
    )


def _frame(telling: pd.DataFrame, here: Ints, name: str, old: list[Any], new: list[Any]) -> pd.DataFrame:
    columns = {"position": telling["at"].to_numpy()[here], "field": name}
    return pd.DataFrame(columns).assign(old=pd.Series(old, dtype=object), new=pd.Series(new, dtype=object))


def _stamp(on: int, at: int) -> dict[str, int | None] | None:
    return None if on == MISSING else {"on": int(on), "at": None if at == MISSING else int(at)}


def _plain(value: Any, name: str) -> Any:
    if is_empty(value):
        return None
    if name == "status":
        return RequestStatus.of(int(value)).value
    return value.item() if isinstance(value, np.generic) else value
