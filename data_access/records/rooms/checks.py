"""Checks of a room: every row that said in what condition an item was."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from sqlalchemy import ColumnElement, Connection, select

from data_access.records.bulk import Ids, columns_of, insert_rows, keys, read_frame, set_values
from data_access.records.intake.loads import counts_still
from data_access.records.schema import check_row


def add_checks(connection: Connection, frame: pd.DataFrame) -> Ids:
    """Add rows and return their ids; columns that the table does not have are left out."""
    return insert_rows(connection, check_row, frame[[c for c in frame.columns if c in check_row.c and c != "id"]])


def check_rows(connection: Connection, condition: ColumnElement[bool]) -> pd.DataFrame:
    """One row per answer about an item, in order, every column of `check_row`."""
    statement = select(*columns_of(check_row)).where(condition, counts_still(check_row))
    return read_frame(connection, statement.order_by(check_row.c.id))


def checks_with_keys(connection: Connection, agenda_keys: Iterable[str]) -> pd.DataFrame:
    """Checks with one of these agenda keys, linked or not: those a new letter may claim."""
    return check_rows(connection, check_row.c.agenda_key.in_(keys(connection, agenda_keys, str)))


def checks_on_days(connection: Connection, days: Iterable[int]) -> pd.DataFrame:
    """Checks made on one of these days, in any room: those a new row may repeat or correct."""
    return check_rows(connection, check_row.c.checked_on.in_(keys(connection, days, int)))


def link_checks(connection: Connection, check_ids: Ids, request_ids: Ids) -> None:
    """Join checks to their letters; MISSING takes the link away."""
    set_values(connection, check_row, check_ids, request_id=request_ids)


def place_checks(connection: Connection, check_ids: Ids, room_names: pd.Series) -> None:
    """Give checks their room under its own name; NaN sends one back to waiting."""
    set_values(connection, check_row, check_ids, room_name=room_names)


def name_items(connection: Connection, check_ids: Ids, item_names: pd.Series) -> None:
    """Give checks their item under its own name, after the checklist changed."""
    set_values(connection, check_row, check_ids, item_name=item_names)


def all_check_names(connection: Connection) -> pd.DataFrame:
    """One row per check: id, room_text, room_name, item_text, item_name."""
    names = columns_of(check_row, "id", "room_text", "room_name", "item_text", "item_name")
    return read_frame(connection, select(*names).order_by(check_row.c.id))
