"""All that was ever said of some letters, or of all of them: what the facts are derived from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select

from data_access.records.bulk import columns_of, keys, read_frame
from data_access.records.loads import counts_still
from data_access.records.passes import pass_rows, pause_rows
from data_access.records.requests import request_rows
from data_access.records.schema import correction, pass_row, request, request_row, session_row
from data_access.records.sessions import session_rows

CHUNK_REQUESTS = 50_000


@dataclass(frozen=True)
class RowsOfRequests:
    """The log rows of some letters, each frame in order of `id` (load, sheet, row) with a `request_id`.

    Fold a key's rows in that order, the later known value wins, to get what is current. Rows of undone loads
    are left out.
    """

    requests: pd.DataFrame
    passes: pd.DataFrame
    pauses: pd.DataFrame
    sessions: pd.DataFrame


def rows_of_requests(connection: Connection, request_ids: Iterable[int]) -> RowsOfRequests:
    """The rows of these letters, however many."""
    wanted = keys(connection, request_ids, int)
    return _rows(connection, lambda request_id: request_id.in_(wanted))


def all_rows(connection: Connection, chunk: int = CHUNK_REQUESTS) -> Iterator[RowsOfRequests]:
    """The rows of all letters, `chunk` letters at a time, so that memory does not grow with the records."""
    last = connection.execute(select(func.max(request.c.id))).scalar() or 0
    for first in range(1, last + 1, chunk):
        yield _rows_between(connection, first, first + chunk - 1)


def corrections_of_requests(connection: Connection, request_ids: Iterable[int]) -> pd.DataFrame:
    """One row per correction of these letters, in order, every column of `correction`."""
    statement = select(*columns_of(correction)).where(
        correction.c.request_id.in_(keys(connection, request_ids, int)), counts_still(correction)
    )
    return read_frame(connection, statement.order_by(correction.c.id))


def _rows_between(connection: Connection, first: int, last: int) -> RowsOfRequests:
    return _rows(connection, lambda request_id: request_id.between(first, last))


def _rows(connection: Connection, chosen: Callable[[ColumnElement[int]], ColumnElement[bool]]) -> RowsOfRequests:
    return RowsOfRequests(
        requests=request_rows(connection, chosen(request_row.c.request_id)),
        passes=pass_rows(connection, chosen(pass_row.c.request_id)),
        pauses=pause_rows(connection, chosen(pass_row.c.request_id)),
        sessions=session_rows(connection, chosen(session_row.c.request_id)),
    )
