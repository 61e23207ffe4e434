"""Names given again after the alias tables have changed: OPD and rooms of every stored row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_access.records.intake.loads import note_waiting
from data_access.records.requests import all_request_names, name_opd, place_requests
from data_access.records.rooms import all_check_names, all_session_rooms, name_items, place_checks, place_sessions
from etl.intake.storing import Taken, link_again
from etl.intake.take_checks import item_names
from etl.settings.names import OpdNames, RoomNames

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.settings.document import Settings


def name_again(connection: Connection, settings: Settings) -> int:
    """Give stored rows their names by these settings; how many waiting rows joined."""
    rooms = RoomNames.of(settings)
    rows = all_request_names(connection)
    _changed(rows, "opd_name", OpdNames.of(settings).canonical(rows["opd"]), lambda i, n: name_opd(connection, i, n))
    named = rooms.canonical(rows["room"])
    if len(settings.rooms) == 1:
        named = named.where(rows["room"].notna(), settings.rooms[0].name)
    moved = _changed(rows, "room_name", named, lambda i, n: place_requests(connection, i, n, _waits(rows, i, n)))
    joined = int((rows["is_waiting"] & named.notna()).sum())
    link_again(connection, rows["agenda_key"][moved], Taken({}))
    sessions = all_session_rooms(connection)
    placed = rooms.canonical(sessions["room_text"])
    _changed(sessions, "room_name", placed, lambda i, n: place_sessions(connection, i, n))
    joined += int((sessions["room_name"].isna() & placed.notna()).sum())
    joined += _name_checks(connection, settings, rooms)
    note_waiting(connection)
    return joined


def _name_checks(connection: Connection, settings: Settings, rooms: RoomNames) -> int:
    """Give checks their rooms, and their items by the checklists; how many waiting ones joined."""
    checks = all_check_names(connection)
    placed, items = rooms.canonical(checks["room_text"]), item_names(checks["item_text"], settings)
    _changed(checks, "room_name", placed, lambda i, n: place_checks(connection, i, n))
    _changed(checks, "item_name", items, lambda i, n: name_items(connection, i, n))
    return int((checks["room_name"].isna() & placed.notna()).sum())


def _waits(rows: pd.DataFrame, ids: np.ndarray, names: pd.Series) -> np.ndarray:
    """A row waits when it names a room that nobody knows."""
    typed = rows.set_index("id").loc[ids, "room"].notna().to_numpy()
    return typed & names.isna().to_numpy()


def _changed(rows: pd.DataFrame, column: str, names: pd.Series, write: object) -> np.ndarray:
    """Write the names that differ from the stored ones; which rows those are."""
    old, new = rows[column].astype(object), names.astype(object)
    differs = ~((old == new) | (old.isna() & new.isna())).to_numpy(dtype=bool)
    if differs.any():
        write(rows["id"].to_numpy(np.int64)[differs], names[differs])  # type: ignore[operator]
    return differs
