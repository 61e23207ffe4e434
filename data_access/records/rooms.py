"""Rooms: sessions, checks, condition reports made on screens with their photos, and what was done about incidents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, func, insert, select

from data_access.records.bulk import Ids, columns_of, insert_rows, keys, read_frame, set_values
from data_access.records.intake.loads import counts_still
from data_access.records.schema import check_row, condition_photo, condition_report, incident_event, session_row
from data_access.records.types import MISSING


def session_rows(connection: Connection, condition: ColumnElement[bool]) -> pd.DataFrame:
    """One row per row of the room log, in order, every column of `session_row`."""
    statement = select(*columns_of(session_row)).where(condition, counts_still(session_row))
    return read_frame(connection, statement.order_by(session_row.c.id))


def sessions_with_keys(connection: Connection, agenda_keys: Iterable[str]) -> pd.DataFrame:
    """Room rows with one of these agenda keys, linked or not: those a new letter may claim."""
    return session_rows(connection, session_row.c.agenda_key.in_(keys(connection, agenda_keys, str)))


def sessions_starting_at(connection: Connection, moments: Iterable[int]) -> pd.DataFrame:
    """Room rows that start at one of these moments, in any room: those a new row may repeat or correct."""
    return session_rows(connection, session_row.c.started_at.in_(keys(connection, moments, int)))


def link_sessions(connection: Connection, session_ids: Ids, request_ids: Ids) -> None:
    """Join room rows to their letters; MISSING takes the link away."""
    set_values(connection, session_row, session_ids, request_id=request_ids)


def place_sessions(connection: Connection, session_ids: Ids, room_names: pd.Series) -> None:
    """Give room rows their room under its own name; NaN sends one back to waiting."""
    set_values(connection, session_row, session_ids, room_name=room_names)


def all_session_rooms(connection: Connection) -> pd.DataFrame:
    """One row per room row: id, room_text, room_name."""
    return read_frame(connection, select(*columns_of(session_row, "id", "room_text", "room_name")))


def open_session(connection: Connection, room: str, since: int, until: int) -> int | None:
    """When the newest session of a room began that began between two moments and has no end; None: none."""
    mine = (session_row.c.room_name == room) & session_row.c.started_at.between(since, until)
    rows = session_rows(connection, mine)
    ended = set(rows.loc[(rows["ended_at"] != MISSING) | rows["end_is_estimated"], "started_at"].tolist())
    running = [at for at in rows["started_at"].tolist() if at not in ended]
    return max(running, default=None)


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


@dataclass(frozen=True)
class Report:
    """One check made on a screen; `made_at` by the phone's clock, `received_at` by the server's."""

    id: int
    load_id: int
    client_id: str
    receipt_number: str
    room_name: str
    checklist_version: str
    checklist: Mapping[str, Any]
    occasion: str | None
    request_id: int | None
    session_started_at: int | None
    actor: str
    role: str
    received_at: int
    made_at: int


@dataclass(frozen=True)
class Photo:
    """One photo of a fault."""

    id: int
    report_id: int
    item_name: str
    file: str
    sha256: str
    bytes: int
    width: int
    height: int


@dataclass(frozen=True)
class Deed:
    """What somebody did about an item's fault: assign, comment, resolve or reopen."""

    id: int
    client_id: str
    at: int
    room_name: str
    item_name: str
    deed: str
    assigned_role: str | None
    note: str | None
    actor: str
    role: str


def report_of_client(connection: Connection, client_id: str) -> Report | None:
    """The report that a phone gave under that id; None when it never came."""
    row = connection.execute(select(condition_report).where(condition_report.c.client_id == client_id)).first()
    return None if row is None else Report(**row._mapping)


def add_report(connection: Connection, values: Mapping[str, Any], receipt: str) -> Report:
    """Add a report inside `one_load`; `receipt` is the number's form, with a place for the report's own number."""
    number = _next_id(connection, condition_report.c.id)
    row = {**values, "id": number, "receipt_number": receipt.format(number=number)}
    connection.execute(insert(condition_report).values(row))
    return Report(**row)


def add_photos(connection: Connection, report_id: int, photos: Iterable[Mapping[str, Any]]) -> None:
    """Add the photos of a report inside `one_load`; each has item_name, file, sha256, bytes, width, height."""
    first = _next_id(connection, condition_photo.c.id)
    rows = [{**photo, "id": first + place, "report_id": report_id} for place, photo in enumerate(photos)]
    if rows:
        connection.execute(insert(condition_photo), rows)


def photo_of_file(connection: Connection, file: str) -> Photo | None:
    """The photo kept under that name."""
    row = connection.execute(select(condition_photo).where(condition_photo.c.file == file)).first()
    return None if row is None else Photo(**row._mapping)


def photos_of_loads(connection: Connection, load_ids: Iterable[int]) -> dict[tuple[int, str], list[str]]:
    """Names of the photos by load and item, in the order in which they were given."""
    wanted = condition_report.c.load_id.in_(keys(connection, load_ids, int))
    statement = (
        select(condition_report.c.load_id, condition_photo.c.item_name, condition_photo.c.file)
        .join_from(condition_photo, condition_report, condition_report.c.id == condition_photo.c.report_id)
        .where(wanted, counts_still(condition_report))
        .order_by(condition_photo.c.id)
    )
    photos: dict[tuple[int, str], list[str]] = {}
    for load_id, item, file in connection.execute(statement):
        photos.setdefault((load_id, item), []).append(file)
    return photos


def checklists_of_loads(connection: Connection) -> pd.DataFrame:
    """One row per report: load_id and the version of the checklist it was made with."""
    return read_frame(connection, select(*columns_of(condition_report, "load_id", "checklist_version")))


def deeds_until(connection: Connection, at: int) -> list[Deed]:
    """Everything done about incidents up to and including a moment, in order."""
    statement = select(incident_event).where(incident_event.c.at <= at)
    return [_deed(row) for row in connection.execute(statement.order_by(incident_event.c.at, incident_event.c.id))]


def add_deed(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Add a deed inside `one_load`; False when one with that client_id is there already."""
    same = select(incident_event.c.id).where(incident_event.c.client_id == values["client_id"])
    if connection.execute(same).first() is not None:
        return False
    row = {**values, "id": _next_id(connection, incident_event.c.id)}
    connection.execute(insert(incident_event).values(row))
    return True


def _deed(row: Row[Any]) -> Deed:
    return Deed(**row._mapping)


def _next_id(connection: Connection, column: Any) -> int:
    return (connection.execute(select(func.max(column))).scalar() or 0) + 1
