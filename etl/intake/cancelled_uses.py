"""Uses of a room whose letter was rejected or cancelled: both count as written, and each row that says so is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from data_access.errors import Message
from data_access.mart.rooms import UNUSED
from data_access.records import Connection
from data_access.records.logs import rows_with
from etl.domain.frames import MISSING
from etl.domain.units import day_date
from etl.domain.verdict import RequestStatus
from etl.extract import IntakeWarning
from etl.extract.findings import MAX_ALIKE, further_warnings
from etl.judging.overlay import overlay_in_force
from etl.judging.step_standing import letters_as_shown
from etl.office import Rulebook

CANCELLED_USED = "cancelled_used"
"""Code of the warning that a room was used for a letter that was rejected or cancelled."""

_OFF = [status.code for status in (RequestStatus.REJECTED, RequestStatus.CANCELLED)]


def uses_of_cancelled(connection: Connection, frame: pd.DataFrame, book: Rulebook) -> list[IntakeWarning]:
    """One warning for each row of a room log (with `request_id`) whose letter is off now."""
    uses = frame[frame["request_id"].isin(_off_now(connection, frame, book)) & ~_is_unused(frame)]
    return _warnings(uses.assign(used_on=uses["started_on"]))


def cancelled_of_uses(connection: Connection, frame: pd.DataFrame, book: Rulebook) -> list[IntakeWarning]:
    """One warning for each register row that says so of a letter that is off now and for which a room was used."""
    off = frame[frame["status"].isin(_OFF) & ~frame["is_waiting"]]
    off = off[off["request_id"].isin(_off_now(connection, off, book))]
    if off.empty:
        return []
    uses = rows_with(connection, "pemakaian", "request_id", off["request_id"].unique())
    used_on = uses[~_is_unused(uses)].groupby("request_id")["started_on"].min()
    return _warnings(off.assign(used_on=off["request_id"].map(used_on)).dropna(subset="used_on"))


def _off_now(connection: Connection, frame: pd.DataFrame, book: Rulebook) -> list[int]:
    """The letters of these rows that are rejected or cancelled as pages show them, corrections laid over."""
    ids = {*frame["request_id"].tolist()} - {MISSING}
    if not ids:
        return []
    _, letters = letters_as_shown(connection, book, ids, overlay_in_force(connection, book))
    off: list[int] = letters.loc[letters["status"].isin(_OFF), "request_id"].tolist()
    return off


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
