"""The room log into the records: one session a key (room, start)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from data_access.records.intake.loads import ROOM_UNKNOWN
from data_access.records.rooms import sessions_starting_at
from etl.domain.compliance.derive import fold, link
from etl.domain.frames import MISSING, Bools
from etl.extract.kinds import SPECS, Kind
from etl.intake.classify import classify_keyed
from etl.intake.storing import Own, Taken, letters_of, mark_waiting, session_day, store, year_of
from etl.judging.build_facts import POSITION

if TYPE_CHECKING:
    from data_access.records import Connection
    from etl.office import Rulebook

SESSION_COLUMNS = (*SPECS[Kind.PEMAKAIAN].compared, "agenda_key")
SESSION_WORDS = ("room_text", "started_at", "year", *SESSION_COLUMNS)


def take_pemakaian(connection: Connection, load_id: int, frame: pd.DataFrame, book: Rulebook) -> Taken:
    """Room log rows; one never waits for its letter, but for an unknown room."""
    frame["room_text"] = frame["room"]
    frame["room_name"] = book.room_names.canonical(frame["room"])
    waits: Bools = frame["room_name"].isna().to_numpy(dtype=bool)
    letters = letters_of(connection, frame["agenda_key"])
    frame["request_id"] = link(frame["agenda_key"], year_of(frame), session_day(frame), letters)
    rows = sessions_starting_at(connection, frame["started_at"].unique())
    known = fold(rows[rows["room_name"].notna()], ["room_name", "started_at"], unfolded=POSITION)
    frame["key"], known["key"] = _session_key(frame), _session_key(known)
    result = classify_keyed(frame, known, "key", SESSION_COLUMNS)
    mark_waiting(result, waits)
    stored = store(connection, load_id, "pemakaian", frame, result, Own.of(load_id, rows, SESSION_WORDS), ROOM_UNKNOWN)
    counting = frame[stored.is_added & ~waits]
    shared = rows["request_id"][pd.Index(_session_key(rows)).isin(counting["key"])]
    stored.taken.requests |= {*counting["request_id"].tolist(), *shared.tolist()} - {MISSING}
    return stored.taken


def _session_key(frame: pd.DataFrame) -> list[tuple[Any, int]]:
    return list(zip(frame["room_name"], frame["started_at"], strict=True))
