"""How much has been taken in: counts for whoever watches the server."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from data_access.records.schema import load


def load_tally(connection: Connection) -> dict[tuple[str, str], tuple[int, int, int]]:
    """(kind, status) → (loads, rows read, rows rejected) over everything ever loaded."""
    counts = (func.count(), func.coalesce(func.sum(load.c.read), 0), func.coalesce(func.sum(load.c.rejected), 0))
    rows = connection.execute(select(load.c.kind, load.c.status, *counts).group_by(load.c.kind, load.c.status))
    return {(kind, status): (int(n), int(read), int(rejected)) for kind, status, n, read, rejected in rows}
