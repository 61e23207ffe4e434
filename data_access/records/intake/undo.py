"""Taking a load back: what of it counted, whom it touches, and which rows of rooms the mart must take anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, FromClause, Select, Table, and_, func, select, true, union, update

from data_access.records.bulk import Ids, columns_of, filled, keys, read_frame
from data_access.records.intake.loads import undo_load
from data_access.records.rooms.conditions import check_rows
from data_access.records.rooms.sessions import session_rows
from data_access.records.schema import (
    LOG_OF,
    check_row,
    correction,
    load,
    page_correction,
    request,
    request_row,
    session_row,
)

UNDOING = "pembatalan"


@dataclass(frozen=True)
class RoomRows:
    """Rows of rooms whose facts are renewed. `session_ids` and `check_ids` also name rows that count no more."""

    sessions: pd.DataFrame
    checks: pd.DataFrame
    session_ids: Ids
    check_ids: Ids


def room_rows_to_publish(connection: Connection, since: int | None, request_ids: Iterable[int]) -> RoomRows:
    """All rows of rooms (`since` None); else those of a session or of a day's checks of which something changed
    after that load: a row came, was taken back, or was corrected on a page; or its letter is one of these."""
    if since is None:
        nothing = np.empty(0, dtype=np.int64)
        return RoomRows(session_rows(connection, true()), check_rows(connection, true()), nothing, nothing)
    letters = list(request_ids)
    used = session_row.c.started_at.in_(_touched(session_row, "started_at", "pemakaian", since, connection, letters))
    looked_at = check_row.c.checked_on.in_(_touched(check_row, "checked_on", "kondisi", since, connection, letters))
    return RoomRows(
        session_rows(connection, used),
        check_rows(connection, looked_at),
        _ids(connection, session_row, used),
        _ids(connection, check_row, looked_at),
    )


def _touched(
    log: FromClause, name: str, kind: str, since: int, connection: Connection, letters: list[int]
) -> Select[Any]:
    """The moments or days of rows of which something changed."""
    rows = log.alias("touched")
    undone = select(load.c.undoes_load_id).where(load.c.id > since, load.c.undoes_load_id.is_not(None))
    of_page = select(page_correction.c.target_row_id).where(
        page_correction.c.kind == kind,
        (page_correction.c.load_id > since) | page_correction.c.load_id.in_(undone),
    )
    parts = (
        select(rows.c[name]).where(rows.c.load_id > since),
        select(rows.c[name]).where(rows.c.load_id.in_(undone)),
        select(rows.c[name]).where(rows.c.id.in_(of_page)),
        select(rows.c[name]).where(rows.c.request_id.in_(keys(connection, letters, int))),
    )
    return select(union(*parts).subquery().c[0])


def _ids(connection: Connection, log: FromClause, condition: ColumnElement[bool]) -> Ids:
    rows = read_frame(connection, select(filled(log.c.id).label("id")).where(condition))
    return np.asarray(rows["id"].to_numpy(dtype=np.int64))


def agenda_keys_of_letters(connection: Connection, load_id: int) -> pd.Series:
    """The agenda numbers of the letters that the load's register rows tell of, or that it corrected on a page."""
    parts = [
        select(request.c.agenda_key)
        .join_from(log, request, request.c.id == log.c.request_id)
        .where(log.c.load_id == load_id)
        for log in (request_row, page_correction)
    ]
    letters = union(*parts).subquery()
    return read_frame(connection, select(letters.c.agenda_key))["agenda_key"]


def letters_of_load(connection: Connection, load_id: int) -> Ids:
    """The letters to which rows of the load, rows of the same sessions and checks, or corrections made in it or on its
    rows, belong."""
    parts = [
        select(log.c.request_id).where(log.c.load_id == load_id, log.c.request_id.is_not(None))
        for log in (*LOG_OF.values(), page_correction)
    ]
    parts += [
        select(log.c.request_id)
        .join_from(page_correction, log, log.c.id == page_correction.c.target_row_id)
        .where(page_correction.c.kind == kind, page_correction.c.load_id == load_id, log.c.request_id.is_not(None))
        for kind, log in LOG_OF.items()
    ]
    parts += [_of_the_same_record(log, same, load_id) for log, same in _SHARED]
    letters = union(*parts).subquery()
    ids = read_frame(connection, select(filled(letters.c.request_id).label("id")).order_by(letters.c.request_id))
    return np.asarray(ids["id"].to_numpy(dtype=np.int64))


_SHARED = ((session_row, ("started_at",)), (check_row, ("checked_on", "item_name")))
"""Logs in which rows of several letters may tell of one record, and what such rows share beside the room."""


def _of_the_same_record(log: Table, same: tuple[str, ...], load_id: int) -> Select[Any]:
    """The letters of rows that tell of the same session or check as a row of the load: what those rows correct of
    each other is another thing without it."""
    mine = log.alias("mine")
    shares = [log.c[name] == mine.c[name] for name in ("room_name", *same)]
    return (
        select(log.c.request_id)
        .join_from(mine, log, and_(*shares))
        .where(mine.c.load_id == load_id, log.c.request_id.is_not(None))
    )


def row_count(connection: Connection, kind: str, load_id: int) -> int:
    """How many rows a load of that kind holds."""
    log = page_correction if kind == "koreksi" else LOG_OF[kind]
    return connection.execute(select(func.count()).select_from(log).where(log.c.load_id == load_id)).scalar_one()


def corrected_count(connection: Connection, load_id: int) -> int:
    """How many times a row of this load corrected a row of another one."""
    counts = [
        select(func.count())
        .select_from(correction.join(log, log.c.id == correction.c.old_row_id))
        .where(correction.c.kind == kind, correction.c.load_id == load_id, log.c.load_id != load_id)
        .scalar_subquery()
        for kind, log in LOG_OF.items()
    ]
    return sum(connection.execute(select(*counts)).one())


def session_count(connection: Connection, load_id: int) -> int:
    """How many sessions in a known room the rows of the load tell of."""
    rows = select(columns_of(session_row, "room_name", "started_at")[0], session_row.c.started_at).where(
        session_row.c.load_id == load_id, session_row.c.room_name.is_not(None)
    )
    return connection.execute(select(func.count()).select_from(rows.distinct().subquery())).scalar_one()


def mark_undone(connection: Connection, load_id: int, undoing_id: int, reason: str, at: int) -> None:
    """From now on the load's rows count for nothing; the load `undoing_id` says that it took them back, and why."""
    undo_load(connection, load_id, at)
    values = {"undoes_load_id": load_id, "undo_reason": reason}
    connection.execute(update(load).where(load.c.id == undoing_id).values(**values))


def sessions_of_letters(connection: Connection, request_ids: Iterable[int]) -> pd.Series:
    """How many sessions in a known room each of these letters has; index request_id."""
    wanted = session_row.c.request_id.in_(keys(connection, request_ids, int))
    rows = session_rows(connection, wanted & session_row.c.room_name.is_not(None))
    sessions = rows.drop_duplicates(["request_id", "room_name", "started_at"])
    return sessions.groupby("request_id").size()
