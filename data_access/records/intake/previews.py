"""What a load would do, asked inside a transaction that is never kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pandas as pd
from sqlalchemy import Connection, Engine, func, select

from data_access.records.bulk import read_frame
from data_access.records.engine import one_load
from data_access.records.schema import correction, request, waiting_row


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
    return {(load_id, found): count for load_id, found, count in connection.execute(statement)}
