"""Uses of a room whose letter was rejected or cancelled: both count as written, and each row that says so is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from data_access.errors import Message
from data_access.mart.rooms import UNUSED
from data_access.records import Connection
from data_access.records.logs import rows_with
from data_access.records.requests import letters_with_status, rows_of
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.units import day_date
from etl.domain.verdict import RequestStatus
from etl.extract import IntakeWarning
from etl.extract.findings import MAX_ALIKE, further_warnings
from etl.judging.build_facts import folded_requests

CANCELLED_USED = "cancelled_used"
"""Code of the warning that a room was used for a letter that was rejected or cancelled."""

_OFF = [status.code for status in (RequestStatus.REJECTED, RequestStatus.CANCELLED)]


def uses_of_cancelled(connection: Connection, frame: pd.DataFrame, calendar: WorkCalendar) -> list[IntakeWarning]:
    """One warning for each row of a room log (with `request_id`) whose letter is off now."""
    may_be = letters_with_status(connection, _OFF) & {*frame["request_id"].tolist()}
    rows = rows_of(connection, may_be) if may_be else None
    if rows is None:
        return []
    letters = folded_requests(rows[~rows["is_waiting"]], calendar)
    off = letters.loc[letters["status"].isin(_OFF), "request_id"]
    is_use = frame["request_id"].isin(off) & ~_is_unused(frame)
    return _warnings(frame[is_use].assign(used_on=frame["started_on"]))


def cancelled_of_uses(connection: Connection, frame: pd.DataFrame) -> list[IntakeWarning]:
    """One warning for each register row that says so of a letter for which a room was used."""
    off = frame[frame["status"].isin(_OFF) & ~frame["is_waiting"]]
    if off.empty:
        return []
    uses = rows_with(connection, "pemakaian", "request_id", off["request_id"].unique())
    used_on = uses[~_is_unused(uses)].groupby("request_id")["started_on"].min()
    return _warnings(off.assign(used_on=off["request_id"].map(used_on)).dropna(subset="used_on"))


def _is_unused(uses: pd.DataFrame) -> pd.Series:
    """Which rows of a room log say that the room was not used."""
    return uses["note"].str.contains(UNUSED, case=False, na=False)


def _warnings(rows: pd.DataFrame) -> list[IntakeWarning]:
    first = map(_warning, rows.head(MAX_ALIKE).to_dict("records"))
    return [*first, *further_warnings({("no_agenda", CANCELLED_USED): len(rows)})]


def _warning(row: Mapping[str, Any]) -> IntakeWarning:
    number, sheet = int(row["row"]), row.get("sheet")
    told = {"number": row["agenda_number"], "day": day_date(int(row["used_on"]))}
    message = Message(f"intake.{CANCELLED_USED}", row=number, **told)
    return IntakeWarning(CANCELLED_USED, number, message.stored(), sheet if isinstance(sheet, str) else None)
