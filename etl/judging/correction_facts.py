"""Every correction of some letters, from files and from pages, as rows of the mart. Pure.

What later rows changed of earlier ones is derived from the rows, so it is right after any undo.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from etl.domain.compliance.derive import groups_of, is_empty, says_something
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.verdict import RequestStatus
from etl.extract.kinds import SPECS, Kind
from etl.judging.attendance_facts import COUNTS, attendance_by_load
from etl.judging.overlay import of_rows

COLUMNS = ("request_id", "kind", "target_row_id", "load_id", "sheet_id", "row", "step", "pass_number", "room",
        "started_at", "field", "old", "new", "at", "actor", "reason")  # fmt: skip
"""Columns of corrections: one row per corrected field. Of a file's correction `at`, `actor` and `reason` are not known
yet (they are the load's), of a page's one `sheet_id` and `row` name the row addressed."""

_NAMES = {"pemakaian": {"room": "room_name"}, "kondisi": {"room": "room_name", "started_at": "checked_at"}}
"""What rows of rooms call these columns. Only they are told by their start; a hand-over's is a stamp."""

_NUMBERS = ("request_id", "target_row_id", "load_id", "sheet_id", "row", "step", "pass_number", "started_at", "at")


def no_corrections() -> pd.DataFrame:
    """No correction at all, in a frame of the caller's own."""
    return _nothing().copy(deep=False)


@cache
def _nothing() -> pd.DataFrame:
    return _typed({}, 0)


def of_letters(
    requests: pd.DataFrame, passes: pd.DataFrame, attendance: pd.DataFrame, rooms: pd.DataFrame, ids: Ints,
    overlay: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    """The corrections of the letters `ids`: their register rows, hand-over rows (with the number of their pass),
    lists of participants, and of `rooms` those that are theirs."""
    lists = attendance_by_load(attendance) if len(attendance) else attendance
    counts = {name: name for name in COUNTS}
    parts = [
        from_files("permohonan", requests, ["request_id"], REQUEST_FIELDS, REQUEST_STAMPS),
        from_files("disposisi", passes, ["request_id", "step", "pass_number", "receiver"], PASS_FIELDS, PASS_STAMPS),
        from_files("peserta", lists, ["request_id"], counts),
        from_pages("permohonan", requests, overlay),
        from_pages("disposisi", passes, overlay),
        rooms[rooms["request_id"].isin(ids)] if len(rooms) else rooms,
    ]
    return joined(parts)


def from_files(
    kind: str, rows: pd.DataFrame, key: Sequence[str], fields: Mapping[str, str], stamps: Sequence[str] = ()
) -> pd.DataFrame:
    """Corrections with COLUMNS, from the `changes` of these rows."""
    changed = changes(rows, key, fields, stamps)
    if len(changed) == 0:
        return _nothing()
    said = {name: changed[name].to_numpy() for name in ("field", "old", "new")}
    return _of_rows(kind, rows, changed["position"].to_numpy(dtype=np.int64), said)


def from_pages(kind: str, rows: pd.DataFrame, overlay: pd.DataFrame) -> pd.DataFrame:
    """Corrections with COLUMNS, from those of an overlay that address these rows."""
    if len(overlay) == 0:
        return _nothing()
    mine = of_rows(overlay, kind, rows)
    # A stamp that a file speaks against stands, and corrects nothing.
    mine = mine[[old != new for old, new in zip(mine["file_value"], mine["new_value"], strict=True)]]
    if len(mine) == 0:
        return _nothing()
    mine = mine.rename(columns={"file_value": "old", "new_value": "new"})
    said = {name: mine[name].to_numpy() for name in ("load_id", "field", "old", "new", "at", "actor", "reason")}
    return _of_rows(kind, rows, mine["position"].to_numpy(dtype=np.int64), said)


def without_progress(corrections: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """The corrections without what an entry of a screen filled where nothing stood, how it moved the status on, and the
    time that an agency took as it was offered: that is the request going its way. `places` has `sheet_id`, `is_screen`
    and `takes_offer`."""
    if not len(corrections):
        return corrections
    screens, answers = (places.loc[places[name].astype(bool), "sheet_id"] for name in ("is_screen", "takes_offer"))
    is_entry = corrections["sheet_id"].isin(screens) & (corrections["at"] == MISSING)
    is_answer = corrections["sheet_id"].isin(answers).to_numpy()
    is_onward = corrections["field"].isin(_STATUS).to_numpy() | np.array([is_empty(old) for old in corrections["old"]])
    return corrections[~(is_entry.to_numpy() & (is_onward | is_answer))].reset_index(drop=True)


_STATUS = ("status", "status_text")


def joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Several frames of corrections as one."""
    some = [part for part in parts if len(part)]
    return pd.concat(some, ignore_index=True) if some else no_corrections()


def _of_rows(kind: str, rows: pd.DataFrame, position: Ints, said: Mapping[str, Any]) -> pd.DataFrame:
    """Corrections that these rows made, all of COLUMNS: what was `said` of each, the rest as its row has it."""
    names = _NAMES.get(kind, {"started_at": ""}) | {"target_row_id": "id"}
    own = {name: names.get(name, name) for name in COLUMNS if name not in said}
    chosen = {name: rows[column].iloc[position].array for name, column in own.items() if column in rows}
    return _typed({**chosen, "kind": kind, **said}, len(position))


def _typed(columns: Mapping[str, Any], count: int) -> pd.DataFrame:
    """So many corrections, all of COLUMNS, integers with MISSING; a column that is not given says nothing."""
    whole = {name: columns.get(name, MISSING if name in _NUMBERS else None) for name in COLUMNS}
    frame = pd.DataFrame(whole, index=pd.RangeIndex(count))
    return frame.astype({name: np.int64 if name in _NUMBERS else object for name in COLUMNS})


def correction_fact(corrections: pd.DataFrame, places: pd.DataFrame, loads: pd.DataFrame) -> pd.DataFrame:
    """One row per corrected field of a letter, with the file's place, who, when and why; values as JSON."""
    return _correction_rows(corrections, places, loads) if len(corrections) else _no_correction_rows().copy(deep=False)


@cache
def _no_correction_rows() -> pd.DataFrame:
    places = pd.DataFrame({name: pd.Series([], dtype=object) for name in ("sheet_id", "load_id", "file", "sheet")})
    loads = pd.DataFrame({name: pd.Series([], dtype=object) for name in ("load_id", "finished_at", "actor")})
    return _correction_rows(no_corrections(), places, loads)


def _correction_rows(corrections: pd.DataFrame, places: pd.DataFrame, loads: pd.DataFrame) -> pd.DataFrame:
    frame = corrections.copy()
    place = places.set_index("sheet_id").reindex(frame["sheet_id"])
    frame["file"], frame["sheet"] = place["file"].to_numpy(dtype=object), place["sheet"].to_numpy(dtype=object)
    is_page = (frame["at"] != MISSING).to_numpy()
    load_of = np.where(is_page, frame["load_id"], place["load_id"].fillna(MISSING).to_numpy(dtype=np.int64))
    known = loads.set_index("load_id").reindex(load_of)
    frame["is_page"] = is_page
    frame["load_id"] = load_of
    frame["at"] = np.where(is_page, frame["at"], known["finished_at"].fillna(MISSING).to_numpy(dtype=np.int64))
    frame["actor"] = np.where(is_page, frame["actor"], known["actor"].to_numpy(dtype=object))
    for value in ("old", "new"):
        # Among texts alone None has become NaN, which is no JSON.
        plain = [None if is_empty(cell) else cell for cell in frame[value]]
        frame[f"{value}_value"] = [json.dumps(cell, ensure_ascii=False) for cell in plain]
    text = ("kind", "room", "field", "old_value", "new_value", "actor", "reason", "file", "sheet")
    whole = frame.rename(columns={"at": "corrected_at"}).drop(columns=["sheet_id", "old", "new"])
    return whole.astype(dict.fromkeys(text, "str"))


REQUEST_STAMPS = ("received", "booked_start", "booked_end")
PASS_FIELDS: Mapping[str, str] = {"instruction": "instruction", "has_output": "has_output", "note": "note"}
PASS_STAMPS = ("started", "finished", "recorded")
SESSION_FIELDS, CHECK_FIELDS = (
    {name.removesuffix("_name"): name for name in SPECS[kind].compared} for kind in (Kind.PEMAKAIAN, Kind.KONDISI)
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
    parts = [f"{name}_{part}" for name in stamps for part in ("on", "at")]
    at, start = _telling(rows, key, [*fields.values(), *parts])
    if len(at) == 0:
        return _no_changes().copy(deep=False)
    changed = [(name, *_field_changes(rows[column].iloc[at], start, name)) for name, column in fields.items()]
    for name in stamps:
        day, moment = (rows[f"{name}_{part}"].to_numpy(dtype=np.int64)[at] for part in ("on", "at"))
        changed.append((name, *_stamp_changes(day, moment, start)))
    position = at[np.concatenate([here for _, here, _, _ in changed])]
    columns = {
        "position": position,
        "field": [name for name, here, _, _ in changed for _ in here],
        "old": pd.Series([value for _, _, old, _ in changed for value in old], dtype=object),
        "new": pd.Series([value for _, _, _, new in changed for value in new], dtype=object),
    }
    return pd.DataFrame(columns).iloc[np.argsort(position, kind="stable")].reset_index(drop=True)


@cache
def _no_changes() -> pd.DataFrame:
    return pd.DataFrame(columns=CHANGE_COLUMNS)


def _telling(rows: pd.DataFrame, key: Sequence[str], columns: Sequence[str]) -> tuple[Ints, Ints]:
    """The places of rows whose key has others, key by key, without those that only repeat the row before; and for each
    the place among them of the first row of its key."""
    shared = np.flatnonzero(rows.duplicated([*key], keep=False).to_numpy()) if len(rows) > 1 else _NO_PLACES
    if len(shared) == 0:
        return _NO_PLACES, _NO_PLACES
    group = groups_of(rows[[*key]].iloc[shared], key)
    order = np.argsort(group, kind="stable")
    places, group = shared[order], group[order]
    is_new = np.diff(group, prepend=-1) != 0
    for column in columns:
        codes = pd.factorize(rows[column].iloc[places])[0]
        is_new[1:] |= codes[1:] != codes[:-1]
    is_kept = is_new & (np.bincount(group[is_new])[group] > 1)
    return places[is_kept], np.searchsorted(group[is_kept], group[is_kept])


_NO_PLACES: Ints = np.empty(0, dtype=np.int64)


def _last(says: Bools, since: Ints) -> Ints:
    """For each row the place of the latest row up to it that says something, -1 where none does since `since`."""
    latest = np.maximum.accumulate(np.where(says, np.arange(len(says)), -1))
    return np.where(latest >= since, latest, -1)


def _shifted(places: Ints, start: Ints) -> Ints:
    """The same of the row before, -1 at the first row of a key."""
    before = np.concatenate([[-1], places[:-1]])
    return np.where(np.arange(len(places)) == start, -1, before)


Changed = tuple[Ints, list[Any], list[Any]]
"""The places of some rows, and of each the value before and the one that it gives."""


def _field_changes(values: pd.Series, start: Ints, name: str) -> Changed:
    says = says_something(values)
    if name == "status":
        says = says & (values != RequestStatus.UNKNOWN.code).to_numpy()
    codes = pd.factorize(values)[0]
    before = _shifted(_last(says, start), start)
    changed = says & (np.arange(len(values)) != start) & ((before < 0) | (codes != codes[before]))
    here = np.flatnonzero(changed)
    cells = values.astype(object).to_numpy()
    old = [None if before[i] < 0 else _plain(cells[before[i]], name) for i in here]
    return here, old, [_plain(cells[i], name) for i in here]


def _stamp_changes(on: Ints, at: Ints, start: Ints) -> Changed:
    last_on = _last(on != MISSING, start)
    day = np.where(last_on < 0, MISSING, on[last_on])
    place = np.arange(len(on))
    is_new_day = (place == start) | (day != np.concatenate([[MISSING], day[:-1]]))
    last_at = _last((at != MISSING) & (on != MISSING), np.maximum.accumulate(np.where(is_new_day, place, 0)))
    clock = np.where(last_at < 0, MISSING, at[last_at])
    changed = (place != start) & ((day != np.roll(day, 1)) | (clock != np.roll(clock, 1)))
    here = np.flatnonzero(changed)
    old, new = ([_stamp(day[i], clock[i]) for i in places] for places in (here - 1, here))
    return here, old, new


def _stamp(on: int, at: int) -> dict[str, int | None] | None:
    return None if on == MISSING else {"on": int(on), "at": None if at == MISSING else int(at)}


def _plain(value: Any, name: str) -> Any:
    if is_empty(value):
        return None
    if name == "status":
        return RequestStatus.of(int(value)).value
    return value.item() if isinstance(value, np.generic) else value
