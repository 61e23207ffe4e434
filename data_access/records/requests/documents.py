"""Documents of a step (Kelengkapan and Output) that were ticked with a stamp."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
from sqlalchemy import Connection, select

from data_access.records.bulk import among, columns_of, insert_rows, read_frame
from data_access.records.intake.loads import counts_still
from data_access.records.schema import document_row, pass_row


def add_documents(
    connection: Connection, load_id: int, pass_row_id: int, ticked: Sequence[tuple[str, str, bool]]
) -> None:
    """Add what was ticked with one hand-over row: (part, name, whether it is there)."""
    if ticked:
        parts, names, present = zip(*ticked, strict=True)
        columns = {"part": list(parts), "name": list(names), "is_present": list(present)}
        insert_rows(connection, document_row, pd.DataFrame({"load_id": load_id, "pass_row_id": pass_row_id, **columns}))


def documents_of(connection: Connection, request_ids: Iterable[int]) -> pd.DataFrame:
    """One row per tick of these letters' hand-overs that counts, in order: request_id, step, pass_row_id, part, name,
    is_present."""
    statement = (
        select(
            *columns_of(pass_row, "request_id", "step"),
            *columns_of(document_row, "pass_row_id", "part", "name", "is_present"),
        )
        .join_from(document_row, pass_row, pass_row.c.id == document_row.c.pass_row_id)
        .where(among(connection, pass_row.c.request_id, request_ids), counts_still(document_row))
        .order_by(document_row.c.id)
    )
    return read_frame(connection, statement)
