"""Every correction of some letters, from files and from pages, as rows of the mart."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from etl.domain.compliance.derive import is_empty
from etl.domain.frames import MISSING, Ints
from etl.judging.attendance_facts import COUNTS, attendance_by_load
from etl.judging.file_changes import PASS_FIELDS, PASS_STAMPS, REQUEST_FIELDS, REQUEST_STAMPS, changes
from etl.judging.overlay import of_rows

COLUMNS = ("request_id", "kind", "target_row_id", "load_id", "sheet_id", "row", "step", "pass_number", "room",
        "started_at", "field", "old", "new", "at", "actor", "reason")  # fmt: skip
"""Columns of corrections: one row per corrected field. Of a file's correction `at`, `actor` and `reason` are not known
yet (they are the load's), of a page's one `sheet_id` and `row` name the row addressed."""

_NUMBERS = ("request_id", "target_row_id", "load_id", "sheet_id", "row", "step", "pass_number", "started_at", "at")


def no_corrections() -> pd.DataFrame:
    """No correction at all."""
    return _nothing().copy(deep=False)


@cache
def _nothing() -> pd.DataFrame:
    return _typed(pd.DataFrame(columns=list(COLUMNS)))


def of_letters(
    requests: pd.DataFrame, passes: pd.DataFrame, attendance: pd.DataFrame, rooms: pd.DataFrame, ids: Ints,
    overlay: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    """The corrections of the letters `ids`: their register rows, hand-over rows (with the number of their pass),
    lists of participants, and of `rooms` those that are theirs."""
    lists = attendance_by_load(attendance) if len(attendance) else attendance
    counts = {name: name for name in COUNTS}
    parts = [
        from_files("permohonan", requests, changes(requests, ["request_id"], REQUEST_FIELDS, REQUEST_STAMPS)),
        from_files(
            "disposisi", passes, changes(passes, ["request_id", "step", "pass_number"], PASS_FIELDS, PASS_STAMPS)
        ),
        from_files("peserta", lists, changes(lists, ["request_id"], counts, ())),
        from_pages("permohonan", requests, overlay),
        from_pages("disposisi", passes, overlay),
        rooms[rooms["request_id"].isin(ids)] if len(rooms) else rooms,
    ]
    return joined(parts)


def from_files(kind: str, rows: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
    """Corrections with COLUMNS, from what `file_changes.changes` found in these rows."""
    if len(changed) == 0:
        return no_corrections()
    frame = _of_rows(kind, rows, changed["position"].to_numpy(dtype=np.int64))
    return _typed(frame.assign(**{name: changed[name].to_numpy() for name in ("field", "old", "new")}))


def from_pages(kind: str, rows: pd.DataFrame, overlay: pd.DataFrame) -> pd.DataFrame:
    """Corrections with COLUMNS, from those of an overlay that address these rows."""
    if len(overlay) == 0:
        return no_corrections()
    mine = of_rows(overlay, kind, rows)
    # A stamp that a file speaks against stands, and corrects nothing.
    mine = mine[[old != new for old, new in zip(mine["file_value"], mine["new_value"], strict=True)]]
    if len(mine) == 0:
        return no_corrections()
    frame = _of_rows(kind, rows, mine["position"].to_numpy(dtype=np.int64))
    words = {
        "field": "field",
        "old": "file_value",
        "new": "new_value",
        "at": "at",
        "actor": "actor",
        "reason": "reason",
    }
    return _typed(
        frame.assign(
            load_id=mine["load_id"].to_numpy(), **{name: mine[word].to_numpy() for name, word in words.items()}
        )
    )


def joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Several frames of corrections as one."""
    some = [part for part in parts if len(part)]
    return pd.concat(some, ignore_index=True) if some else no_corrections()


def _of_rows(kind: str, rows: pd.DataFrame, position: Ints) -> pd.DataFrame:
    chosen = rows.iloc[position].reset_index(drop=True)
    names = (
        {"target_row_id": "id", "room": "room_name"} if kind in ("pemakaian", "kondisi") else {"target_row_id": "id"}
    )
    if kind == "kondisi":
        names |= {"started_at": "checked_at"}
    found = {name: chosen[names.get(name, name)] for name in COLUMNS if names.get(name, name) in chosen}
    stamped = kind in ("pemakaian", "kondisi")
    return pd.DataFrame({name: value for name, value in found.items() if stamped or name != "started_at"}).assign(
        kind=kind
    )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """All of COLUMNS, integers with MISSING."""
    whole = frame.reindex(columns=list(COLUMNS))
    for name in _NUMBERS:
        whole[name] = pd.to_numeric(whole[name]).astype("Int64").fillna(MISSING).astype(np.int64)
    others = [name for name in COLUMNS if name not in _NUMBERS]
    return whole.astype(dict.fromkeys(others, object))


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
