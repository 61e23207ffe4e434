"""Rows that were taken but cannot count yet: a hand-over without its letter, a room nobody knows."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, or_, select

from data_access.records.bulk import read_frame
from data_access.records.schema import attendance_row, check_row, load, pass_row, request_row, session_row, waiting_row

_WAITS = {
    "permohonan": (request_row.c.id, request_row.c.is_waiting),
    "disposisi": (pass_row.c.id, pass_row.c.request_id.is_(None)),
    "pemakaian": (session_row.c.id, session_row.c.room_name.is_(None)),
    "peserta": (attendance_row.c.id, attendance_row.c.request_id.is_(None)),
    "kondisi": (check_row.c.id, check_row.c.room_name.is_(None)),
}
"""By kind of record: the row that waits and what shows that it still does."""


def waiting_rows(connection: Connection) -> pd.DataFrame:
    """One row per source row that still waits: load_id, file, kind, target_row_id, code.

    A row given again while it waits appears once per load, with the same `target_row_id`.
    """
    columns = [waiting_row.c[name] for name in ("load_id", "kind", "target_row_id", "code")]
    statement = (
        select(*columns, load.c.file)
        .join_from(waiting_row, load, load.c.id == waiting_row.c.load_id)
        .where(_still_waits(), load.c.status == "loaded")
        .order_by(waiting_row.c.id)
    )
    return read_frame(connection, statement)


def still_waiting_count(connection: Connection, load_id: int) -> int:
    """How many rows that this load counted as waiting wait to this day."""
    statement = select(func.count()).where(waiting_row.c.load_id == load_id, _still_waits())
    return connection.execute(statement.select_from(waiting_row)).scalar_one()


def _still_waits() -> ColumnElement[bool]:
    cases = [
        (waiting_row.c.kind == kind) & waiting_row.c.target_row_id.in_(select(row_id).where(waits))
        for kind, (row_id, waits) in _WAITS.items()
    ]
    return or_(*cases)
