"""The register of incoming letters into the records: one letter a key (year of receipt, agenda number)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_access.records.intake.loads import ROOM_UNKNOWN
from data_access.records.requests import rows_of, upsert_requests
from etl.domain.frames import Bools, Ints
from etl.extract.kinds import SPECS, Kind
from etl.intake.classify import classify_keyed
from etl.intake.storing import Own, Taken, link_again, mark_waiting, store
from etl.judging.build_facts import folded_requests

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Rulebook

REQUEST_COLUMNS = SPECS[Kind.PERMOHONAN].compared
REQUEST_WORDS = ("request_id", "opd", "room", *REQUEST_COLUMNS)


def take_permohonan(connection: Connection, load_id: int, frame: pd.DataFrame, book: Rulebook) -> Taken:
    """Register rows; one with an unknown room waits."""
    frame["opd_name"] = book.opd_names.canonical(frame["opd"])
    frame["room_name"] = _rooms(frame["room"], book)
    frame["year"] = _years(frame["received_on"].to_numpy(np.int64))
    waits: Bools = (frame["room"].notna() & frame["room_name"].isna()).to_numpy(dtype=bool)
    frame["is_waiting"] = waits
    frame["request_id"] = upsert_requests(connection, frame)
    rows = rows_of(connection, frame["request_id"].unique())
    known = folded_requests(rows[~rows["is_waiting"]], book.calendar)
    result = classify_keyed(frame, known, "request_id", REQUEST_COLUMNS, ("received", "booked_start", "booked_end"))
    mark_waiting(result, waits)
    stored = store(connection, load_id, "permohonan", frame, result, Own.of(load_id, rows, REQUEST_WORDS), ROOM_UNKNOWN)
    counting = stored.is_added & ~waits
    stored.taken.requests |= set(frame["request_id"].to_numpy()[counting].tolist())
    link_again(connection, frame["agenda_key"][counting], stored.taken)
    return stored.taken


def _years(days: Ints) -> Ints:
    years: Ints = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return years


def _rooms(typed: pd.Series, book: Rulebook) -> pd.Series:
    """Canonical room names; a room left empty is the only room, when there is only one."""
    names = book.room_names.canonical(typed)
    rooms = book.settings.rooms
    return names.where(typed.notna(), rooms[0].name) if len(rooms) == 1 else names
