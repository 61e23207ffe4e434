"""What the facts need, read from the records and turned into the mart's tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from data_access.records.intake.undo import (
    corrections_in_force,
    load_marks,
    room_rows_to_publish,
    round_stamps,
    sessions_of_letters,
)
from data_access.records.requests import attendance_of, passes_of, pauses_of, rows_of
from data_access.records.rooms import checklists_of_loads
from etl.domain.frames import MISSING, Ints
from etl.judging.build_facts import PASS_COLUMNS, CommonInput, Rows
from etl.judging.room_facts import check_fact, room_corrections, session_fact

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Rulebook


@dataclass(frozen=True)
class RoomFacts:
    """The mart's tables of rooms, the ids of all rows that they replace, and what the letters' facts need besides."""

    frames: dict[str, pd.DataFrame]
    session_ids: Ints
    check_ids: Ints
    common: CommonInput


def room_facts(
    connection: Connection, book: Rulebook, since: int | None, request_ids: Iterable[int], places: pd.DataFrame
) -> RoomFacts:
    """Sessions and checks of which something changed after the load `since`, or all of them (None)."""
    overlay = overlay_in_force(connection, book)
    rows = room_rows_to_publish(connection, since, request_ids)
    letters = rows.sessions.loc[rows.sessions["request_id"] != MISSING, "request_id"].unique()
    lists = attendance_of(connection, letters)
    number = sessions_of_letters(connection, lists["request_id"].unique())
    frames = {
        "session_fact": session_fact(rows.sessions, places, book.calendar, lists, overlay, number),
        "check_fact": check_fact(rows.checks, places, overlay, checklists_of_loads(connection)),
    }
    corrections = room_corrections(rows.sessions, rows.checks, overlay)
    common = CommonInput(overlay, corrections, round_stamps(connection), load_marks(connection))
    return RoomFacts(frames, rows.session_ids, rows.check_ids, common)


def overlay_in_force(connection: Connection, book: Rulebook) -> pd.DataFrame:
    """The corrections made on pages that are in force, OPD and rooms under the names of these settings."""
    overlay = corrections_in_force(connection)
    naming = {"opd": book.opd_names.one, "room": book.room_names.one}
    for name, one in naming.items():
        mine = (overlay["field"] == name) & overlay["new_value"].notna()
        if mine.any():
            overlay.loc[mine, "new_value"] = [one(value) or value for value in overlay.loc[mine, "new_value"]]
    return overlay


def letter_rows(connection: Connection, ids: Ints, places: pd.DataFrame) -> Rows:
    """What is known of these letters; a register row whose room is unknown counts only later."""
    rows, passes = rows_of(connection, ids), passes_of(connection, ids, *PASS_COLUMNS)
    registered, pauses = rows[~rows["is_waiting"]], pauses_of(connection, ids)
    return Rows(registered, passes, pauses, places, attendance_of(connection, ids))
