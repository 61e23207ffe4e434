"""Lists of participants, of which only counts are kept: one row per letter and load."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from sqlalchemy import ColumnElement, Connection, select

from data_access.records.bulk import Ids, among, columns_of, insert_rows, keys, read_frame, set_values
from data_access.records.intake.loads import counts_still
from data_access.records.schema import attendance_row


def add_attendance(connection: Connection, frame: pd.DataFrame) -> Ids:
    """Add the counts of lists and return their ids; columns that the table does not have are left out."""
    known = [c for c in frame.columns if c in attendance_row.c and c != "id"]
    return insert_rows(connection, attendance_row, frame[known])


def attendance_rows(connection: Connection, condition: ColumnElement[bool]) -> pd.DataFrame:
    """One row per list and letter, in order, every column of `attendance_row`."""
    statement = select(*columns_of(attendance_row)).where(condition, counts_still(attendance_row))
    return read_frame(connection, statement.order_by(attendance_row.c.id))


def attendance_with_keys(connection: Connection, agenda_keys: Iterable[str]) -> pd.DataFrame:
    """The lists with one of these agenda keys, linked or waiting."""
    return attendance_rows(connection, attendance_row.c.agenda_key.in_(keys(connection, agenda_keys, str)))


def attendance_of(connection: Connection, request_ids: Iterable[int]) -> pd.DataFrame:
    """The lists of these letters."""
    return attendance_rows(connection, among(connection, attendance_row.c.request_id, request_ids))


def link_attendance(connection: Connection, row_ids: Ids, request_ids: Ids) -> None:
    """Join lists to their letters; MISSING sends one back to waiting."""
    set_values(connection, attendance_row, row_ids, request_id=request_ids)
