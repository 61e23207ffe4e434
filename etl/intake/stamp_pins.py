"""A file that speaks of a pass stamped on a screen: the stamp stands, and another value becomes a question.

Both belong to the load of the file, so that undoing it takes them away with the file's own rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_access.records.intake.loads import load_by_id, loads_of_source
from data_access.records.intake.page_corrections import add_page_corrections, corrections_in_force
from etl.domain.frames import MISSING, Ints
from etl.domain.units import DAY
from etl.intake.load_report import SCREEN, STAMPED

if TYPE_CHECKING:
    from data_access.records import Connection

Stamped = Mapping[tuple[int, int], pd.DataFrame]
"""By letter and step the rows that were stamped on a screen, in order, with `actor`."""

_FIELDS = ("started", "finished")


def stamped_rows(connection: Connection, load_id: int, known: pd.DataFrame) -> Stamped:
    """Those of the known hand-over rows that were stamped on a screen; none when this load is a stamp itself."""
    loads = known["load_id"].unique().tolist()
    actors = loads_of_source(connection, [*loads, load_id], SCREEN) if loads else {}
    if not actors or load_id in actors:
        return {}
    mine = known[known["load_id"].isin(actors)]
    return dict(list(mine.assign(actor=mine["load_id"].map(actors)).groupby(["request_id", "step"], sort=False)))


def numbered_by_stamps(frame: pd.DataFrame, known: pd.DataFrame, stamped: Stamped) -> Ints:
    """The pass numbers of hand-over rows; one without a number that shares no moment with a known row of its step
    speaks of the stamped pass that is nearest to it in time."""
    numbers = frame["pass_number"].to_numpy(dtype=np.int64, copy=True)
    for position in np.flatnonzero(_of_stamped(frame, stamped) & (numbers == MISSING)).tolist():
        row = frame.iloc[position]
        group = known[(known["request_id"] == row["request_id"]) & (known["step"] == row["step"])]
        if not _shares_moment(row, group):
            numbers[position] = _nearest(row, stamped[row["request_id"], row["step"]])
    return numbers


def pin_stamps(connection: Connection, load_id: int, frame: pd.DataFrame, stamped: Stamped) -> None:
    """Let stamps stand where these stored rows say something else of the same pass."""
    found = {}
    for position in np.flatnonzero(_of_stamped(frame, stamped)).tolist():
        row = frame.iloc[position]
        mine = stamped[row["request_id"], row["step"]]
        for stamp in mine[mine["pass_number"] == row["pass_number"]].to_dict("records"):
            found |= {(int(stamp["id"]), field): (stamp, field) for field in _FIELDS if _differs(stamp, row, field)}
    if not found:
        return
    in_force = corrections_in_force(connection)
    spoken = set(zip(in_force["kind"], in_force["target_row_id"], in_force["field"], strict=True))
    load = load_by_id(connection, load_id)
    common = {"load_id": load_id, "at": load.started_at if load else 0, "reason": STAMPED, "kind": "disposisi"}
    pins = [
        common | _pin(stamp, field)
        for (row_id, field), (stamp, _) in found.items()
        if ("disposisi", row_id, field) not in spoken
    ]
    if pins:
        add_page_corrections(connection, pins)


def _of_stamped(frame: pd.DataFrame, stamped: Stamped) -> np.ndarray:
    keys = pd.MultiIndex.from_frame(frame[["request_id", "step"]])
    return np.asarray(keys.isin(list(stamped)), dtype=bool)


def _shares_moment(row: pd.Series, group: pd.DataFrame) -> bool:
    return any(
        bool(((group[f"{field}_on"] == row[f"{field}_on"]) & (group[f"{field}_at"] == row[f"{field}_at"])).any())
        for field in _FIELDS
        if row[f"{field}_on"] != MISSING
    )


def _nearest(row: pd.Series, stamps: pd.DataFrame) -> int:
    when = _when(row)
    away = [abs(_when(stamp) - when) for stamp in stamps.to_dict("records")]
    return int(stamps["pass_number"].iloc[int(np.argmin(away))])


def _when(row: Mapping[str, Any] | pd.Series) -> int:
    """About when a row was: its finish, else its start, to the day at least."""
    for field in reversed(_FIELDS):
        if row[f"{field}_at"] != MISSING:
            return int(row[f"{field}_at"])
        if row[f"{field}_on"] != MISSING:
            return int(row[f"{field}_on"]) * DAY
    return 0


def _differs(stamp: Mapping[str, Any], row: pd.Series, field: str) -> bool:
    """Both say it, and not the same."""
    if MISSING in (stamp[f"{field}_on"], row[f"{field}_on"]):
        return False
    return bool(stamp[f"{field}_on"] != row[f"{field}_on"] or row[f"{field}_at"] not in (MISSING, stamp[f"{field}_at"]))


def _pin(stamp: Mapping[str, Any], field: str) -> dict[str, Any]:
    value = {"on": int(stamp[f"{field}_on"]), "at": int(stamp[f"{field}_at"])}
    return {
        "actor": stamp["actor"] or SCREEN,
        "target_row_id": int(stamp["id"]),
        "request_id": int(stamp["request_id"]),
        "field": field,
        "file_value": value,
        "new_value": value,
        "is_revoked": False,
    }
