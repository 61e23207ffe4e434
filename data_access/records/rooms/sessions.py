"""Room use: every row that said something of a session."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from sqlalchemy import ColumnElement, Connection, select

from data_access.records.bulk import Ids, columns_of, keys, read_frame, set_values
from data_access.records.intake.loads import counts_still
from data_access.records.schema import session_row
from data_access.records.types import MISSING


def session_rows(connection: Connection, condition: ColumnElement[bool]) -> pd.DataFrame:
    """One row per row of the room log, in order, every column of `session_row`."""
    statement = select(*columns_of(session_row)).where(condition, counts_still(session_row))
    return read_frame(connection, statement.order_by(session_row.c.id))


def sessions_with_keys(connection: Connection, agenda_keys: Iterable[str]) -> pd.DataFrame:
    """Room rows with one of these agenda keys, linked or not: those a new letter may claim."""
    return session_rows(connection, session_row.c.agenda_key.in_(keys(connection, agenda_keys, str)))


def sessions_starting_at(connection: Connection, moments: Iterable[int]) -> pd.DataFrame:
    """Room rows that start at one of these moments, in any room: those a new row may repeat or correct."""
    return session_rows(connection, session_row.c.started_at.in_(keys(connection, moments, int)))


def link_sessions(connection: Connection, session_ids: Ids, request_ids: Ids) -> None:
    """Join room rows to their letters; MISSING takes the link away."""
    set_values(connection, session_row, session_ids, request_id=request_ids)


def place_sessions(connection: Connection, session_ids: Ids, room_names: pd.Series) -> None:
    """Give room rows their room under its own name; NaN sends one back to waiting."""
    set_values(connection, session_row, session_ids, room_name=room_names)


def all_session_rooms(connection: Connection) -> pd.DataFrame:
    """One row per room row: id, room_text, room_name."""
    return read_frame(connection, select(*columns_of(session_row, "id", "room_text", "room_name")))


def open_session(connection: Connection, room: str, since: int, until: int) -> int | None:
    """When the newest session of a room began that began between two moments and has no end; None: none."""
    mine = (session_row.c.room_name == room) & session_row.c.started_at.between(since, until)
    rows = session_rows(connection, mine)
    ended = set(rows.loc[(rows["ended_at"] != MISSING) | rows["end_is_estimated"], "started_at"].tolist())
    running = [at for at in rows["started_at"].tolist() if at not in ended]
    return max(running, default=None)
