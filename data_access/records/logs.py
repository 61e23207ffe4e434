"""Rows of the logs, one log a kind of records: added, read while their load counts, and joined to letters and names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, FromClause, Select, Table, and_, bindparam, case, func, select

from data_access.records.bulk import (
    Ids,
    columns_of,
    insert_rows,
    is_integer,
    keys,
    read_frame,
    read_of,
    set_values,
)
from data_access.records.schema import (
    LOG_OF,
    attendance_row,
    check_row,
    load,
    page_correction,
    pass_row,
    request_row,
    session_row,
    waiting_row,
)

LETTER_WORDS = ("request_id", "received_on", "letter_number", "opd", "activity", "booked_start_on")
"""What tells a letter from another one, as the register says it."""


LETTER = "letter"
"""The field of a correction that says to which letter a row belongs (`request_id`)."""


def _waits_in_register() -> ColumnElement[bool]:
    """A register row waits until a row in the same words counts, or a person said on a page what becomes of it; one in
    the same words but for the room only where a later load brought it."""
    same = request_row.alias()
    is_of_room = same.c.room.is_not_distinct_from(request_row.c.room) | (same.c.load_id > request_row.c.load_id)
    words = and_(*(same.c[name].is_not_distinct_from(request_row.c[name]) for name in LETTER_WORDS))
    is_settled = ~same.c.is_waiting | same.c.id.in_(_answered())
    counts = select(same.c.id).where(words, is_of_room, is_settled, counts_still(same))
    return request_row.c.is_waiting & case((IS_EVENT, _waits_as_event()), else_=~counts.exists())


def _answered() -> Select[tuple[int]]:
    """The register rows of which a person said on a page what becomes of them."""
    answer = page_correction.c
    is_answer = (answer.kind == "permohonan") & (answer.field == LETTER) & counts_still(page_correction)
    return select(answer.target_row_id).where(is_answer)


IS_EVENT = request_row.c.received_on.is_(None)
"""A register row that nobody has received yet: an event of a calendar."""


def _waits_as_event() -> ColumnElement[bool]:
    """An event (`request_id`) waits as the newest load says it that tells of all its dates, or of this one (a `note`
    says so), until its date (`letter_on`) was given a letter; one that was cancelled has no day.

    What ends the waiting is found for all events at once: a series has many dates, given in many loads.
    """
    event, other = request_row.alias(), request_row.alias()
    is_same = event.c.request_id == other.c.request_id
    is_date = is_same & event.c.letter_on.is_not_distinct_from(other.c.letter_on)
    of_events = other.c.is_waiting & other.c.received_on.is_(None)
    is_alone = of_events & other.c.note.is_not(None) & counts_still(other)
    whole = select(other.c.request_id, func.max(other.c.load_id).label("load_id"))
    whole = whole.where(of_events, other.c.note.is_(None), counts_still(other)).group_by(other.c.request_id)
    newest = whole.subquery()
    is_older = (event.c.request_id == newest.c.request_id) & (event.c.load_id < newest.c.load_id)
    ended = (
        select(event.c.id).join_from(newest, event, is_older).where(event.c.is_waiting),
        select(event.c.id).join_from(other, event, is_date & (event.c.load_id < other.c.load_id)).where(is_alone),
        select(event.c.id).join_from(other, event, is_date).where(of_events, other.c.id.in_(_answered())),
    )
    return request_row.c.booked_start_on.is_not(None) & and_(*(request_row.c.id.not_in(ids) for ids in ended))


WHICH_LETTER = "which_letter"
"""Why a row waits whose number several letters bear."""


def is_in_doubt(kind: str) -> ColumnElement[bool]:
    """A row has no letter, and a person must say which of several it is; one of a room counts meanwhile."""
    log, noted = LOG_OF[kind], waiting_row.c
    doubts = select(noted.target_row_id).where(noted.kind == kind, noted.code == WHICH_LETTER)
    return log.c.request_id.is_(None) & log.c.id.in_(doubts)


@lru_cache(maxsize=64)
def counts_still(table: FromClause) -> ColumnElement[bool]:
    """Condition that a log row belongs to a load that was not undone."""
    return table.c.load_id.not_in(select(load.c.id).where(load.c.status == "undone"))


WAITS: Mapping[str, ColumnElement[bool]] = {
    "permohonan": _waits_in_register(),
    "disposisi": pass_row.c.request_id.is_(None),
    "pemakaian": session_row.c.room_name.is_(None) | is_in_doubt("pemakaian"),
    "peserta": attendance_row.c.request_id.is_(None),
    "kondisi": check_row.c.room_name.is_(None) | check_row.c.item_name.is_(None) | is_in_doubt("kondisi"),
}
"""By kind what shows that a row still waits for its letter, its room or its item."""


def add_rows(connection: Connection, kind: str, frame: pd.DataFrame) -> Ids:
    """Add rows of a kind and return their ids; columns that the table does not have are left out."""
    return insert_rows(connection, LOG_OF[kind], known_columns(frame, LOG_OF[kind]))


def known_columns(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The columns that the table has too, its own id left out."""
    return frame[[c for c in frame.columns if c in table.c and c != "id"]]


def log_rows(connection: Connection, log: Table, condition: ColumnElement[bool]) -> pd.DataFrame:
    """The rows of a log under that condition whose load counts, in order, every column."""
    return read_frame(connection, counting_rows(condition, log))


def counting_rows(condition: ColumnElement[bool], log: Table) -> Select[Any]:
    """The statement of `log_rows`."""
    return select(*columns_of(log)).where(condition, counts_still(log)).order_by(log.c.id)


def rows_with(connection: Connection, kind: str, column: str, values: Iterable[Any]) -> pd.DataFrame:
    """The rows of a kind, as `log_rows`, that hold one of these values: its letter, its number, a day, a moment."""
    log = LOG_OF[kind]
    held, values = log.c[column], list(values)
    if not values or is_integer(held.type):
        return read_of(connection, counting_rows, held, values, log)
    return log_rows(connection, log, held.in_(keys(connection, values, str)))


def rows_between(connection: Connection, kind: str, column: str, first: int, last: int) -> pd.DataFrame:
    """The rows of a kind, as `log_rows`, whose day or moment in this column is one of these, both inclusive."""
    return log_rows(connection, LOG_OF[kind], LOG_OF[kind].c[column].between(first, last))


def names_in_log(connection: Connection, kind: str, *columns: str) -> pd.DataFrame:
    """One row per row of a kind, whether its load counts or not: id and the named columns."""
    log = LOG_OF[kind]
    return read_frame(connection, select(*columns_of(log, "id", *columns)).order_by(log.c.id))


def link_rows(connection: Connection, kind: str, row_ids: Ids, **links: Any) -> None:
    """Join rows of a kind to what they speak of: `request_id` (MISSING: to no letter), or a room, an OPD or an item
    under its own name (NaN: to none). A row without its letter, its room or its item waits."""
    set_values(connection, LOG_OF[kind], row_ids, **links)


@cache
def _places_in(log: Table) -> tuple[Select[Any], Select[Any]]:
    """The last id of a log, and its first row from an id on; kept, as they are asked many times over."""
    at = select(log.c.id, log.c.load_id).where(log.c.id >= bindparam("middle")).order_by(log.c.id).limit(1)
    return select(func.max(log.c.id)), at


def first_row_from(connection: Connection, log: Table, load_id: int) -> int:
    """The first id whose row belongs to this load or a later one; one past the last when there is none.

    The rows of a load stand together in their log, so the place is found by halving.
    """
    last, at = _places_in(log)
    low, high = 1, (connection.execute(last).scalar() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        row = connection.execute(at, {"middle": middle}).one_or_none()
        low, high = (low, middle) if row is None or row.load_id >= load_id else (int(row.id) + 1, high)
    return low
