"""Rows that were taken but cannot count yet: a hand-over without its letter, a room nobody knows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, exists, func, literal, or_, select

from data_access.records.bulk import insert_rows
from data_access.records.frames import read_frame
from data_access.records.schema import (
    LOG_OF,
    attendance_row,
    check_row,
    load,
    pass_row,
    request_row,
    session_row,
    waiting_row,
)

LETTER_MISSING = "letter_missing"
"""Why a row waits whose letter nobody has entered."""

ROOM_UNKNOWN = "room_unknown"
"""Why a row waits that names a room nobody knows."""

_CODES = {"disposisi": LETTER_MISSING, "peserta": LETTER_MISSING}

_WAITS = {
    "permohonan": (request_row.c.id, request_row.c.is_waiting),
    "disposisi": (pass_row.c.id, pass_row.c.request_id.is_(None)),
    "pemakaian": (session_row.c.id, session_row.c.room_name.is_(None)),
    "peserta": (attendance_row.c.id, attendance_row.c.request_id.is_(None)),
    "kondisi": (check_row.c.id, check_row.c.room_name.is_(None)),
}
"""By kind of record: the row that waits and what shows that it still does."""


def still_waiting_count(connection: Connection, load_id: int) -> int:
    """How many rows that this load counted as waiting wait to this day."""
    statement = select(func.count()).where(waiting_row.c.load_id == load_id, _still_waits())
    return connection.execute(statement.select_from(waiting_row)).scalar_one()


def note_waiting(connection: Connection) -> None:
    """Note the rows that wait although no load counted them so: their letter or their room was taken from them."""
    for kind, (row_id, waits) in _WAITS.items():
        log = LOG_OF[kind]
        is_noted = exists().where(waiting_row.c.kind == kind, waiting_row.c.target_row_id == row_id)
        times = log.c.people if kind == "peserta" else literal(1)
        counts = log.c.load_id.not_in(select(load.c.id).where(load.c.status == "undone"))
        wanted = select(row_id.label("target_row_id"), log.c.load_id, times.label("times"))
        waiting = read_frame(connection, wanted.where(waits, ~is_noted, counts).order_by(row_id))
        if len(waiting):
            again = np.repeat(np.arange(len(waiting)), waiting["times"].to_numpy(dtype=np.int64))
            rows: pd.DataFrame = waiting.iloc[again].drop(columns="times")
            insert_rows(connection, waiting_row, rows.assign(kind=kind, code=_CODES.get(kind, ROOM_UNKNOWN)))


def _still_waits() -> ColumnElement[bool]:
    cases = [
        (waiting_row.c.kind == kind) & waiting_row.c.target_row_id.in_(select(row_id).where(waits))
        for kind, (row_id, waits) in _WAITS.items()
    ]
    return or_(*cases)
