"""Adding what a load brought: rows by kind, what was rejected, waits or corrected something; or trying it only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine, Table, func, select

from data_access.records.bulk import Ids, insert_rows, read_frame
from data_access.records.engine import one_load
from data_access.records.schema import (
    LOG_OF,
    correction,
    pause_row,
    reject,
    request,
    waiting_row,
)
from data_access.records.types import MISSING


class RejectedRow(Protocol):
    """A row that was not taken, as the intake tells it."""

    @property
    def sheet(self) -> str | None: ...
    @property
    def row(self) -> int: ...
    @property
    def column(self) -> str | None: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def cells(self) -> Mapping[str, str]: ...


def add_rows(connection: Connection, kind: str, frame: pd.DataFrame) -> Ids:
    """Add rows of a kind and return their ids; columns that the table does not have are left out."""
    return insert_rows(connection, LOG_OF[kind], _columns(frame, LOG_OF[kind]))


def add_pauses(connection: Connection, pass_ids: Ids, frame: pd.DataFrame) -> None:
    """Add the pauses of pass rows: started_at, ended_at (MISSING while open), reason."""
    if len(frame):
        insert_rows(connection, pause_row, _columns(frame, pause_row).assign(pass_row_id=pass_ids))


def add_rejects(
    connection: Connection, load_id: int, sheets: Mapping[str | None, int], rejects: Sequence[RejectedRow]
) -> None:
    """Keep the rejected rows with their reasons, in file order."""
    if rejects:
        frame = pd.DataFrame(
            {
                "load_id": load_id,
                "sheet_id": [sheets[r.sheet] for r in rejects],
                "row": [r.row for r in rejects],
                "column": pd.Series([r.column for r in rejects], dtype="str"),
                "code": [r.code for r in rejects],
                "message": [r.message for r in rejects],
                "cells": [dict(r.cells) for r in rejects],
            }
        )
        insert_rows(connection, reject, frame)


def add_waiting(connection: Connection, load_id: int, kind: str, row_ids: Ids, code: str) -> None:
    """Note which stored rows a load counted as waiting, and for what."""
    if len(row_ids):
        frame = pd.DataFrame({"load_id": load_id, "kind": kind, "target_row_id": row_ids, "code": code})
        insert_rows(connection, waiting_row, frame)


def add_corrections(connection: Connection, corrections: Iterable[Mapping[str, Any]]) -> None:
    """Note what corrected rows changed: load_id, kind, target_row_id, old_row_id, the key columns, changes."""
    rows = list(corrections)
    if not rows:
        return
    numbers = ("load_id", "target_row_id", "old_row_id", "request_id", "step", "pass_number", "started_at")
    frame = pd.DataFrame({name: [_number(row.get(name)) for row in rows] for name in numbers})
    frame["kind"] = [row["kind"] for row in rows]
    frame["room_name"] = pd.Series([row.get("room_name") for row in rows], dtype="str")
    frame["changes"] = [dict(row["changes"]) for row in rows]
    insert_rows(connection, correction, frame)


def _number(value: Any) -> int:
    return MISSING if value is None else int(np.int64(value))


def _columns(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    return frame[[c for c in frame.columns if c in table.c and c != "id"]]


@contextmanager
def one_try(engine: Engine, *, wait_seconds: float) -> Iterator[Connection]:
    """A transaction as for a load, of which nothing is ever kept.

    Raises RecordsBusyError when a load still runs after `wait_seconds`. Other loads wait while it is open.
    """
    with one_load(engine, wait_seconds=wait_seconds) as connection:
        try:
            yield connection
        finally:
            transaction = connection.get_transaction()
            if transaction is not None:
                transaction.rollback()


def corrections_of_loads(connection: Connection, load_ids: Sequence[int], limit: int) -> pd.DataFrame:
    """The first corrections of these loads: kind, year and agenda_key (of the letter, if any), step, room_name,
    started_at, changes ({column: [old, new]})."""
    named = [correction.c[name] for name in ("kind", "step", "room_name", "started_at", "changes")]
    statement = (
        select(request.c.year, request.c.agenda_key, *named)
        .select_from(correction.outerjoin(request, request.c.id == correction.c.request_id))
        .where(correction.c.load_id.in_(load_ids))
        .order_by(correction.c.id)
        .limit(limit)
    )
    return read_frame(connection, statement)


def waiting_for(connection: Connection, load_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """How many rows of these loads wait, by load and by what they wait for."""
    code = waiting_row.c.code
    statement = (
        select(waiting_row.c.load_id, code, func.count())
        .where(waiting_row.c.load_id.in_(load_ids))
        .group_by(waiting_row.c.load_id, code)
    )
    return {(load_id, name): count for load_id, name, count in connection.execute(statement)}
