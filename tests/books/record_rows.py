"""Small loads of records for tests: a test names only what matters to it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data_access.records import Connection, schema
from data_access.records.bulk import Ids, insert_rows
from data_access.records.intake.loads import LoadCounts, add_sheets, begin_load, finish_load
from data_access.records.requests import pass_rows, upsert_requests

NINE_O_CLOCK = 1_788_746_400
"""Monday 2026-09-07 09.00 WIB."""

MONDAY = 20_703
"""2026-09-07 in days since 1970-01-01."""


def start_load(connection: Connection, kind: str = "disposisi", file: str = "disposisi.csv") -> dict[str, int]:
    """Begin a load with one sheet; returns the load_id and sheet_id that its rows need."""
    load_id = begin_load(
        connection, file=file, sha256=f"hash of {file}", kind=kind, options={}, started_at=NINE_O_CLOCK
    )
    return {"load_id": load_id, "sheet_id": add_sheets(connection, load_id, [None])[None]}


def end_load(connection: Connection, load_id: int, **counts: int) -> None:
    finish_load(connection, load_id, LoadCounts(**counts), finished_at=NINE_O_CLOCK + 1)


def add_letter(connection: Connection, origin: dict[str, int], agenda_key: str = "11", **said: Any) -> int:
    """One letter received on Monday, with one register row; returns its request_id."""
    request_id = int(upsert_requests(connection, letters(("2026", agenda_key)))[0])
    row = {"request_id": request_id, "row": 2, "agenda_number": agenda_key, "received_on": MONDAY} | said
    insert_rows(connection, schema.request_row, pd.DataFrame([origin | row]))
    return request_id


def add_passes(connection: Connection, origin: dict[str, int], *said: dict[str, Any]) -> Ids:
    """Hand-over rows of step A2 of letter 11, finished at nine, unless said otherwise."""
    usual = {"agenda_key": "11", "step": 1, "finished_at": NINE_O_CLOCK, "finished_on": MONDAY, "is_done": True}
    rows = [origin | usual | {"row": number + 2} | one for number, one in enumerate(said)]
    return insert_rows(connection, schema.pass_row, pd.DataFrame(rows))


def waiting_passes(connection: Connection) -> pd.DataFrame:
    """Hand-over rows that wait for their letter."""
    return pass_rows(connection, schema.pass_row.c.request_id.is_(None))


def add_session(connection: Connection, origin: dict[str, int], **said: Any) -> int:
    """A session in the Smart Center from nine."""
    usual = {"row": 2, "room_text": "SC", "room_name": "Smart Center", "started_at": NINE_O_CLOCK}
    frame = pd.DataFrame([origin | usual | said])
    frame["room_name"] = frame["room_name"].astype("str")
    return int(insert_rows(connection, schema.session_row, frame)[0])


def letters(*keys: tuple[str, str]) -> pd.DataFrame:
    """A frame of identities: year and agenda key."""
    return pd.DataFrame({"year": [int(year) for year, _ in keys], "agenda_key": [key for _, key in keys]})


def add_attendance(connection: Connection, origin: dict[str, int], **said: Any) -> int:
    """The counts of one list of participants of letter 11."""
    usual = {"row": 2, "agenda_key": "11", "people": 1, "verified": 1}
    return int(insert_rows(connection, schema.attendance_row, pd.DataFrame([origin | usual | said]))[0])
