"""Rejected rows of loads that count, and the rows that may have come in their place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from data_access.records.bulk import columns_of, keys
from data_access.records.intake.views import span_of
from data_access.records.logs import log_rows
from data_access.records.requests import monthly_keys, request_rows
from data_access.records.schema import LOG_OF, load, reject, request, request_row, sheet


def rejects_of(connection: Connection, load_ids: Collection[int]) -> list[Mapping[str, Any]]:
    """The rejected rows of these loads with the cells that were kept, in file order: load_id, sheet, row, column,
    cells."""
    own = columns_of(reject, "load_id", "row", "column", "cells")
    statement = (
        select(sheet.c.name.label("sheet"), *own)
        .select_from(reject.outerjoin(sheet, sheet.c.id == reject.c.sheet_id))
        .where(reject.c.load_id.in_(keys(connection, load_ids, int)))
        .order_by(reject.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(statement)]


def newest_loads(connection: Connection) -> dict[tuple[str, str], int]:
    """By name of file and kind the newest load that counts."""
    newest = select(load.c.file, load.c.kind, func.max(load.c.id)).where(load.c.status == "loaded")
    rows = connection.execute(newest.group_by(load.c.file, load.c.kind))
    return {(file, kind): int(load_id) for file, kind, load_id in rows}


def files_of(connection: Connection, load_ids: Collection[int]) -> dict[int, str]:
    """The name of the file of each of these loads."""
    rows = connection.execute(select(load.c.id, load.c.file).where(load.c.id.in_(keys(connection, load_ids, int))))
    return {row.id: row.file for row in rows}


def register_rows(connection: Connection, agenda_keys: Collection[str]) -> pd.DataFrame:
    """The register rows of the letters that bear one of these numbers, as `request_rows`."""
    named = {*agenda_keys, *monthly_keys(connection, agenda_keys)}
    return request_rows(connection, request.c.agenda_key.in_(keys(connection, named, str)))


def rows_at(connection: Connection, kind: str, load_id: int, numbers: Collection[int]) -> pd.DataFrame:
    """The rows that a load took from these rows of its file, as `log_rows`; of the register as `request_rows`."""
    log, span = LOG_OF[kind], span_of(connection, kind, load_id)
    here = log.c.id.between(span.first, span.first + span.count - 1) & log.c.row.in_(keys(connection, numbers, int))
    return request_rows(connection, here) if log is request_row else log_rows(connection, log, here)


def names_of_sheets(connection: Connection, sheet_ids: Sequence[int]) -> dict[int, str | None]:
    """The name of each of these sheets; None for a file without any."""
    rows = connection.execute(select(sheet.c.id, sheet.c.name).where(sheet.c.id.in_(keys(connection, sheet_ids, int))))
    return {row.id: row.name for row in rows}
