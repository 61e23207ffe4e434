"""What the Data page asks of one load: its rows in file order, what waits, what it corrected, which letters it touched.

Rows of a load lie together, because ids are handed out in the order of loads; so a page of 100 000 rows is found by
its ids without an index on `load_id`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, null, select

from data_access.records.schema import (
    LOG_OF,
    attendance_row,
    check_row,
    correction,
    load,
    page_correction,
    pass_row,
    reject,
    request,
    request_row,
    session_row,
    sheet,
    waiting_row,
)

Row = Mapping[str, Any]

_SHOWN: Mapping[str, tuple[str, ...]] = {
    "permohonan": (
        "agenda_number", "received_on", "received_at", "opd_name", "activity", "subject", "room", "room_name",
        "is_waiting",
    ),
    "disposisi": (
        "agenda_number", "step", "pass_number", "started_on", "started_at", "finished_on", "finished_at", "is_done",
    ),
    "pemakaian": ("agenda_number", "room_text", "room_name", "started_at", "ended_at", "present"),
    "peserta": ("agenda_number", "people", "present"),
    "kondisi": (
        "agenda_number", "room_text", "room_name", "checked_on", "checked_at", "item_text", "item_name", "condition",
    ),
}  # fmt: skip
"""What a list shows of a row of each kind; never what could tell a person's health or number."""

_JOINED: Mapping[str, ColumnElement[bool]] = {
    "permohonan": ~request_row.c.is_waiting,
    "disposisi": pass_row.c.request_id.is_not(None),
    "pemakaian": session_row.c.room_name.is_not(None),
    "peserta": attendance_row.c.request_id.is_not(None),
    "kondisi": check_row.c.room_name.is_not(None),
}
"""By kind: a row that waited does so no more."""


@dataclass(frozen=True)
class Span:
    """The ids of a load's rows: from `first`, `count` of them, without a gap."""

    first: int
    count: int


def span_of(connection: Connection, kind: str, load_id: int) -> Span:
    """Where the rows of a load lie; a kind without rows of its own, such as an undo, has none."""
    table = LOG_OF.get(kind)
    if table is None:
        return Span(1, 0)
    first, after = (_first_from(connection, table, number) for number in (load_id, load_id + 1))
    return Span(first, after - first)


def _first_from(connection: Connection, table: Table, load_id: int) -> int:
    """The smallest id of a row of that load or a later one; one above the last id when there is none."""
    low, high = 1, (connection.execute(select(func.max(table.c.id))).scalar() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        row = connection.execute(
            select(table.c.id, table.c.load_id).where(table.c.id >= middle).order_by(table.c.id).limit(1)
        ).one_or_none()
        if row is None or row.load_id >= load_id:
            high = middle
        else:
            low = int(row.id) + 1
    return low


def rows_of_load(connection: Connection, kind: str, span: Span, limit: int, offset: int) -> list[Row]:
    """Rows in file order: id, sheet, sheet_id, row, request_id, year and agenda_key of the letter (None: none), and
    what `_SHOWN` names of their kind."""
    if span.count == 0:
        return []
    table = LOG_OF[kind]
    first = span.first + offset
    here = table.c.id.between(first, min(first + limit, span.first + span.count) - 1)
    return _rows(connection, _placed(table, *(table.c[name] for name in _SHOWN[kind])).where(here))


def place_in_load(connection: Connection, kind: str, span: Span, row: int, sheet_name: str | None) -> int | None:
    """How many rows of the load come before the row with that number; None when it is not among them."""
    if span.count == 0:
        return None
    table = LOG_OF[kind]
    named = sheet.c.name == sheet_name if sheet_name else sheet.c.id.is_not(None)
    last = span.first + span.count - 1
    number = connection.execute(
        select(func.min(table.c.id))
        .join_from(table, sheet, sheet.c.id == table.c.sheet_id)
        .where(table.c.id.between(span.first, last), table.c.row == row, named)
    ).scalar()
    return None if number is None else int(number) - span.first


def letters_of_load(connection: Connection, kind: str, span: Span, limit: int) -> list[Row]:
    """The first letters that rows of the load belong to: year, agenda_key, `total` of all."""
    if span.count == 0:
        return []
    table = LOG_OF[kind]
    touched = (
        select(table.c.request_id)
        .where(table.c.id.between(span.first, span.first + span.count - 1), table.c.request_id.is_not(None))
        .distinct()
    )
    statement = select(request.c.year, request.c.agenda_key, func.count().over().label("total"))
    return _rows(connection, statement.where(request.c.id.in_(touched)).order_by(request.c.id.desc()).limit(limit))


def rejects_page(connection: Connection, load_id: int, limit: int, offset: int) -> list[Row]:
    """Rejected rows in file order: sheet, row, column, code, message, cells."""
    columns = [reject.c[name] for name in ("row", "column", "code", "message", "cells")]
    statement = (
        select(sheet.c.name.label("sheet"), *columns)
        .select_from(reject.outerjoin(sheet, sheet.c.id == reject.c.sheet_id))
        .where(reject.c.load_id == load_id)
        .order_by(reject.c.id)
    )
    return _rows(connection, statement.limit(limit).offset(offset))


def waiting_page(connection: Connection, kind: str, load_id: int, limit: int, offset: int) -> list[Row]:
    """Rows that the load counted as waiting: code, has_joined, and place and content as `rows_of_load`."""
    table = LOG_OF.get(kind)
    if table is None:
        return []
    shown = (table.c[name] for name in _SHOWN[kind] if name != "is_waiting")
    statement = _placed(table, *shown, _JOINED[kind].label("has_joined"), waiting_row.c.code)
    statement = statement.join(
        waiting_row, and_(waiting_row.c.target_row_id == table.c.id, waiting_row.c.kind == kind)
    ).where(waiting_row.c.load_id == load_id)
    return _rows(connection, statement.limit(limit).offset(offset))


def corrections_page(connection: Connection, kind: str, load_id: int, limit: int, offset: int) -> list[Row]:
    """What the load changed, in file order: changes {column: [old, new]}, step, pass_number, room_name, started_at,
    sheet, row, year, agenda_key, `total` of all."""
    table = LOG_OF.get(kind)
    place = (table.c.row, sheet.c.name.label("sheet")) if table is not None else (null().label("row"),)
    names = ("kind", "step", "pass_number", "room_name", "started_at", "changes")
    statement = select(
        *(correction.c[name] for name in names), request.c.year, request.c.agenda_key, *place,
        func.count().over().label("total"),
    ).select_from(_with_places(table))  # fmt: skip
    statement = statement.where(correction.c.load_id == load_id).order_by(correction.c.id)
    return _rows(connection, statement.limit(limit).offset(offset))


def _with_places(table: Table | None) -> Any:
    joined = correction.outerjoin(request, request.c.id == correction.c.request_id)
    if table is None:
        return joined
    joined = joined.outerjoin(table, table.c.id == correction.c.target_row_id)
    return joined.outerjoin(sheet, sheet.c.id == table.c.sheet_id)


def rows_of_letter(connection: Connection, request_id: int) -> list[Row]:
    """Every row that speaks of a letter and still counts: kind, id, load_id, file, sheet, row; step and pass_number
    of a hand-over, started_at of a session."""
    rows: list[Row] = []
    for kind, table in LOG_OF.items():
        extras = [table.c[name] for name in ("step", "pass_number", "started_at") if name in table.c]
        statement = (
            select(table.c.id, table.c.load_id, load.c.file, sheet.c.name.label("sheet"), table.c.row, *extras)
            .join_from(table, load, load.c.id == table.c.load_id)
            .outerjoin(sheet, sheet.c.id == table.c.sheet_id)
            .where(table.c.request_id == request_id, load.c.status == "loaded")
            .order_by(table.c.id)
        )
        rows += [{"kind": kind, **row} for row in _rows(connection, statement)]
    return rows


def loads_of_rows(connection: Connection, kind: str, ids: Sequence[int]) -> dict[int, int]:
    """The load that brought each of these rows of a kind of records."""
    table = LOG_OF[kind]
    rows = connection.execute(select(table.c.id, table.c.load_id).where(table.c.id.in_(ids)))
    return {row.id: row.load_id for row in rows}


def _placed(table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    """Rows of a table with their place and their letter, in file order."""
    return (
        select(table.c.id, sheet.c.name.label("sheet"), table.c.sheet_id, table.c.row, table.c.request_id)
        .add_columns(request.c.year, request.c.agenda_key, *columns)
        .select_from(
            table.outerjoin(sheet, sheet.c.id == table.c.sheet_id).outerjoin(
                request, request.c.id == table.c.request_id
            )
        )
        .order_by(table.c.id)
    )


def _rows(connection: Connection, statement: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(statement).mappings()]


def undoing_load(connection: Connection, load_id: int) -> Row | None:
    """The load that took this one back: id, started_at, actor, undo_reason; None while it counts."""
    columns = [load.c[name] for name in ("id", "started_at", "actor", "undo_reason")]
    loads = _rows(
        connection, select(*columns).where(load.c.undoes_load_id == load_id).order_by(load.c.id.desc()).limit(1)
    )
    return loads[0] if loads else None


def stored_rows(connection: Connection, kind: str, row_ids: Iterable[int]) -> list[Row]:
    """These rows, whether their load counts or not: id, load_id, file, sheet, row, year and agenda_key of the letter
    (None: none), and what `_SHOWN` names of their kind."""
    table = LOG_OF[kind]
    listed = [table.c[name] for name in _SHOWN[kind]]
    statement = _placed(table, table.c.load_id, load.c.file, *listed).join(load, load.c.id == table.c.load_id)
    return _rows(connection, statement.where(table.c.id.in_([int(row_id) for row_id in row_ids])))


def page_corrections_of(connection: Connection, load_id: int) -> list[Row]:
    """What one load put right on a page: kind, target_row_id, field, file_value, new_value, reason, is_revoked."""
    names = ("kind", "target_row_id", "field", "file_value", "new_value", "reason", "is_revoked")
    columns = [page_correction.c[name] for name in names]
    return _rows(
        connection, select(*columns).where(page_correction.c.load_id == load_id).order_by(page_correction.c.id)
    )
