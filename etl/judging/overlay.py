"""Corrections made on a page, laid over what the files say; the rows themselves stay as they were.

A correction addresses one source row and means the letter, pass, session or check that this row is part of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from data_access.records import Connection
from data_access.records.intake.undo import corrections_in_force
from etl.domain.frames import MISSING, Ints
from etl.domain.verdict import RequestStatus
from etl.extract.kinds import NUMBER_FORMS, Form, corrections_of
from etl.office import Rulebook

OVERLAY_COLUMNS = (
    "id", "load_id", "at", "actor", "reason", "kind", "target_row_id", "field", "file_value", "new_value",
)  # fmt: skip


def overlay_in_force(connection: Connection, book: Rulebook) -> pd.DataFrame:
    """The corrections made on pages that are in force, OPD and rooms under the names of these settings."""
    overlay = corrections_in_force(connection)
    if not len(overlay):
        return overlay
    naming = {"opd": book.opd_names.one, "room": book.room_names.one}
    for name, canonical in naming.items():
        mine = (overlay["field"] == name) & overlay["new_value"].notna()
        if mine.any():
            overlay.loc[mine, "new_value"] = [canonical(value) or value for value in overlay.loc[mine, "new_value"]]
    return overlay


def no_overlay() -> pd.DataFrame:
    """An overlay without corrections: one row per correction in force, columns OVERLAY_COLUMNS."""
    return pd.DataFrame({name: pd.Series([], dtype=object) for name in OVERLAY_COLUMNS})


def of_rows(overlay: pd.DataFrame, kind: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The corrections of these rows; `position` is that of the row addressed."""
    mine = overlay[overlay["kind"] == kind] if len(overlay) else overlay
    at = pd.Index(rows["id"]).get_indexer(mine["target_row_id"].astype(np.int64)) if len(mine) else np.empty(0, int)
    return mine.assign(position=at)[at >= 0]


def lay_over(
    folded: pd.DataFrame, key: Sequence[str], rows: pd.DataFrame, kind: str, overlay: pd.DataFrame
) -> pd.DataFrame:
    """The folded records with the corrected values; `folded` has one row per `key`, folded from `rows`."""
    if len(overlay) == 0 or len(mine := of_rows(overlay, kind, rows)) == 0:
        return folded
    keys = pd.MultiIndex.from_frame(folded[list(key)])
    wanted = pd.MultiIndex.from_frame(rows[list(key)].iloc[mine["position"].to_numpy()])
    folded = folded.reset_index(drop=True)
    for place, correction in zip(keys.get_indexer(wanted).tolist(), mine.to_dict("records"), strict=True):
        for column, value in values_of(kind, correction["field"], correction["new_value"]):
            if column in folded and place >= 0:
                folded.loc[place, column] = value
    return folded


def values_of(kind: str, field: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The columns that a corrected field means, with their values in the form of the frames."""
    corrected = corrections_of(kind)[field]
    if corrected.is_stamp:
        yield from _stamp_values(field, value)
    elif corrected.form is Form.STATUS:
        yield corrected.corrected_column, RequestStatus(value).code
    elif corrected.form in NUMBER_FORMS:
        yield corrected.corrected_column, MISSING if value is None else int(value)
    else:
        yield corrected.corrected_column, value


def _stamp_values(field: str, value: Any) -> Iterator[tuple[str, Any]]:
    stamp = value or {"on": MISSING, "at": None}
    yield f"{field}_on", stamp["on"]
    yield f"{field}_at", MISSING if stamp["at"] is None else stamp["at"]
    if field in ("ended", "booked_end"):
        yield ("end_is_estimated" if field == "ended" else "booked_end_is_estimated"), False
    if field == "started":
        yield "started_unread", False
    if field == "finished":
        yield "is_done", value is not None


def pass_numbers(rows: pd.DataFrame, numbers: Ints, overlay: pd.DataFrame) -> Ints | None:
    """The typed pass numbers with the corrected ones, for all rows of a corrected pass; None when none is corrected.

    `numbers`: the pass of each row as the files tell it.
    """
    if len(overlay) == 0:
        return None
    mine = of_rows(overlay, "disposisi", rows)
    mine = mine[mine["field"] == "pass_number"]
    if len(mine) == 0:
        return None
    typed = rows["pass_number"].to_numpy(dtype=np.int64, copy=True)
    group = rows["request_id"].to_numpy(dtype=np.int64) * 16 + rows["step"].to_numpy(dtype=np.int64)
    for position, value in zip(mine["position"].tolist(), mine["new_value"].tolist(), strict=True):
        typed[(group == group[position]) & (numbers == numbers[position])] = int(value)
    return typed
