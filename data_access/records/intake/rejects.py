"""What a load could not take: rejected rows and the rows that may have come in their place, cells that were set aside
and that nobody has put right since.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    union_all,
)

from data_access.records.bulk import columns_of, each_as, keys, note_gone
from data_access.records.intake.views import span_of
from data_access.records.logs import counts_still, log_rows
from data_access.records.requests import monthly_keys, request_rows
from data_access.records.schema import (
    LOG_OF,
    attendance_row,
    load,
    page_correction,
    pause_row,
    reject,
    request,
    request_row,
    screen_entry,
    set_aside,
    sheet,
)


def forget_rejects_before(connection: Connection, load_ids: Collection[int], at: int) -> int:
    """Drop the rejected rows of these loads that ended before that moment; how many."""
    old = select(load.c.id).where(load.c.id.in_(keys(connection, load_ids, int)), load.c.finished_at < at)
    gone = delete(reject).where(reject.c.load_id.in_(old)).returning(reject.c.id)
    ids = connection.execute(gone).scalars().all()
    note_gone(connection, reject, ids)
    return len(ids)


Told = Mapping[str, Mapping[str, tuple[tuple[str, ...], str]]]
"""By kind and field the columns of a record that the field fills, and the correction that a page may make of it."""

_SHARED: Mapping[str, tuple[str, ...]] = {
    "permohonan": ("request_id",),
    "disposisi": ("request_id", "step"),
    "pemakaian": ("started_at",),
    "kondisi": ("checked_on",),
}
"""What the rows of one record have in common; rows of a list of participants stand for many cells each."""

_ALIKE: Mapping[str, tuple[str, ...]] = {
    "permohonan": (),
    "disposisi": ("pass_number", "receiver", "started_at", "finished_at"),
    "pemakaian": ("room_name", "room_text"),
    "kondisi": ("room_name", "room_text", "checked_at", "occasion", "item_name", "item_text"),
}
"""What they do not say differently."""

_PAUSE = {"pause_start_at": pause_row.c.started_at, "pause_end_at": pause_row.c.ended_at}


def rejects_of(connection: Connection, load_ids: Collection[int]) -> list[Mapping[str, Any]]:
    """The rejected rows of these loads with the cells that were kept, in file order: load_id, sheet, row, column,
    code, cells."""
    own = columns_of(reject, "load_id", "row", "column", "code", "cells")
    statement = (
        select(sheet.c.name.label("sheet"), *own)
        .select_from(reject.outerjoin(sheet, sheet.c.id == reject.c.sheet_id))
        .where(reject.c.load_id.in_(keys(connection, load_ids, int)))
        .order_by(reject.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(statement)]


def entry_apart(load_id: int, place: int, now: int) -> str:
    """The id of the entry that takes the rejected row at this place of a load, from 1, once for each of its letters."""
    return f"tolakan {load_id}/{place} {now}"


_ENTRY_APART = re.compile(r"tolakan (\d+)/(\d+) \d+")


def taken_apart(connection: Connection) -> dict[tuple[int, int], int]:
    """By load and place, as `entry_apart`, the load that took the row for each of its letters and counts."""
    entries = select(screen_entry.c.client_id, load.c.id).join_from(
        screen_entry, load, load.c.id == screen_entry.c.load_id
    )
    is_apart = screen_entry.c.client_id.startswith("tolakan ")
    rows = connection.execute(entries.where(is_apart, load.c.status == "loaded").order_by(load.c.id.desc()))
    matches = ((_ENTRY_APART.fullmatch(row.client_id), row.id) for row in rows)
    return {(int(match[1]), int(match[2])): int(load_id) for match, load_id in matches if match}


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


def cells_still_unread(connection: Connection, told: Told) -> list[Mapping[str, Any]]:
    """The cells set aside in loads that count: load_id, kind, field, request_id of the row (None: no letter).

    A cell is no more among them when a later row of its record can be read there, or has its own cell set aside there;
    when its record is corrected there on a page; of a list of participants, when later lists name all its letters.
    """
    parts = [_of_kind(kind, told[kind]) for kind in _SHARED]
    return each_as(connection, union_all(*parts, _of_lists()), dict)


def _of_kind(kind: str, told: Mapping[str, tuple[tuple[str, ...], str]]) -> Select[Any]:
    row, later, corrected = LOG_OF[kind].alias("own"), LOG_OF[kind].alias("later"), LOG_OF[kind].alias("corrected")
    again = set_aside.alias("again")
    is_again = exists().correlate(later, set_aside).where(
        again.c.load_id == later.c.load_id, again.c.sheet_id == later.c.sheet_id, again.c.row == later.c.row,
        again.c.field == set_aside.c.field,
    )  # fmt: skip
    says = [(set_aside.c.field == field) & _says(later, columns) for field, (columns, _) in told.items()]
    # Of the rows of one file those of one step may be passes that nothing but the unread cell tells apart.
    is_later = later.c.load_id > row.c.load_id if kind == "disposisi" else later.c.id > row.c.id
    is_told = exists().where(is_later, _is_same(kind, row, later), or_(is_again, *says), counts_still(later))
    names = [
        (set_aside.c.field == field) & (page_correction.c.field == name) for field, (_, name) in told.items() if name
    ]
    is_corrected = exists().where(
        _is_same(kind, row, corrected), page_correction.c.kind == kind, or_(false(), *names), _is_in_force(),
        page_correction.c.target_row_id == corrected.c.id,
    )  # fmt: skip
    return (
        _cells(kind, row.c.request_id)
        .join(row, and_(row.c.sheet_id == set_aside.c.sheet_id, row.c.row == set_aside.c.row))
        .where(~is_told, ~is_corrected)
    )


def _of_lists() -> Select[Any]:
    later = attendance_row.alias("later")
    names = [later.c[name].is_not_distinct_from(attendance_row.c[name]) for name in ("agenda_key", "year")]
    is_told = exists().where(later.c.load_id > attendance_row.c.load_id, *names, counts_still(later))
    standing = select(attendance_row.c.load_id).where(~is_told)
    no_letter = func.nullif(set_aside.c.id, set_aside.c.id).label("request_id")
    return _cells("peserta", no_letter).where(set_aside.c.load_id.in_(standing))


def _cells(kind: str, request_id: ColumnElement[Any]) -> Select[Any]:
    columns = (set_aside.c.load_id, load.c.kind, set_aside.c.field, request_id)
    joined = select(*columns).join_from(set_aside, load, load.c.id == set_aside.c.load_id)
    return joined.where(load.c.status == "loaded", load.c.kind == kind)


def _is_same(kind: str, row: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Whether two rows tell of one record, as far as they can be compared without the cell."""
    shared = and_(*(other.c[name] == row.c[name] for name in _SHARED[kind]))
    if kind == "disposisi":  # a row may wait for its letter
        waits = row.c.request_id.is_(None) & other.c.request_id.is_(None)
        shared |= waits & (other.c.agenda_key == row.c.agenda_key) & (other.c.step == row.c.step)
    alike = (or_(row.c[n].is_(None), other.c[n].is_(None), other.c[n] == row.c[n]) for n in _ALIKE[kind])
    return and_(shared, *alike)


def _says(row: FromClause, columns: tuple[str, ...]) -> ColumnElement[bool]:
    stored = [row.c[name].is_not(None) for name in columns if name in row.c]
    pauses = [
        exists().where(pause_row.c.pass_row_id == row.c.id, _PAUSE[name].is_not(None))
        for name in columns
        if name in _PAUSE
    ]
    return or_(false(), *stored, *pauses)


def _is_in_force() -> ColumnElement[bool]:
    """Whether a correction is the newest one of its row and field, and takes none back."""
    newer = page_correction.alias("newer")
    same = [newer.c[name] == page_correction.c[name] for name in ("kind", "target_row_id", "field")]
    is_newest = ~exists().where(newer.c.id > page_correction.c.id, *same, counts_still(newer))
    return is_newest & ~page_correction.c.is_revoked & counts_still(page_correction)
