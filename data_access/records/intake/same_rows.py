"""The same row in another load: what a correction made on a page addresses when the load of its row was taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select

from data_access.records.bulk import keys
from data_access.records.intake.loads import counts_still
from data_access.records.schema import LOG_OF, load

PASS_CONTENT = (
    "agenda_key", "year", "step", "pass_number", "started_on", "started_at", "finished_on", "finished_at",
)  # fmt: skip
"""Columns in which hand-over rows that say the same are alike."""

_RECORD: Mapping[str, tuple[str, ...]] = {
    "permohonan": ("request_id",),
    "disposisi": PASS_CONTENT,
    "pemakaian": ("room_name", "started_at"),
    "kondisi": ("room_name", "checked_on", "checked_at", "item_name"),
}
"""By kind what names the record that a row tells of."""


def same_rows(connection: Connection, kind: str, field: str, row_ids: Iterable[int]) -> dict[int, int]:
    """By row the newest row of another load that still counts and says the same of that record and field.

    Of a load that was taken back only loads before that moment are looked at: a file given again afterwards brings
    nothing back. Rows without such a row are left out.
    """
    mine, other, undoing = LOG_OF[kind].alias("mine"), LOG_OF[kind].alias("other"), load.alias("undoing")
    alike = (mine.c[name].is_not_distinct_from(other.c[name]) for name in _compared(LOG_OF[kind], kind, field))
    is_before: ColumnElement[bool] = or_(undoing.c.id.is_(None), other.c.load_id < undoing.c.id)
    statement = (
        select(mine.c.id, func.max(other.c.id).label("other"))
        .join_from(mine, other, and_(other.c.load_id != mine.c.load_id, *alike))
        .outerjoin(undoing, undoing.c.undoes_load_id == mine.c.load_id)
        .where(mine.c.id.in_(keys(connection, row_ids, int)), counts_still(other), is_before)
        .group_by(mine.c.id)
    )
    return {int(row.id): int(row.other) for row in connection.execute(statement)}


def _compared(log: Table, kind: str, field: str) -> tuple[str, ...]:
    """The columns of the record, and those that tell the field: under its own name, or a stamp's day and moment."""
    named = (f"{field}_name",) if f"{field}_name" in log.c else (field, f"{field}_on", f"{field}_at")
    return tuple(dict.fromkeys((*_RECORD[kind], *(name for name in named if name in log.c))))
