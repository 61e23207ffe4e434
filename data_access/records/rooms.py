"""Rooms: sessions, checks, condition reports made on screens with their photos, and what was done about incidents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, delete, insert, select, union

from data_access.records.access import note_action
from data_access.records.bulk import (
    add_row,
    among,
    columns_of,
    each_as,
    first_as,
    is_any,
    keys,
    next_id,
    no_rows,
    note_added,
    note_gone,
    read_again,
    read_frame,
)
from data_access.records.logs import counting_rows, counts_still, log_rows
from data_access.records.schema import (
    check_row,
    condition_photo,
    condition_report,
    incident_event,
    page_correction,
    session_row,
)
from data_access.records.types import MISSING


def open_session(connection: Connection, room: str, since: int, until: int) -> int | None:
    """When the newest session of a room began that began between two moments and has no end; None: none."""
    mine = (session_row.c.room_name == room) & session_row.c.started_at.between(since, until)
    rows = log_rows(connection, session_row, mine)
    ended = set(rows.loc[(rows["ended_at"] != MISSING) | rows["end_is_estimated"], "started_at"].tolist())
    running = [at for at in rows["started_at"].tolist() if at not in ended]
    return max(running, default=None)


def has_room_rows(connection: Connection) -> bool:
    """Whether any use or check of a room was ever recorded, also one that counts no more."""
    return is_any(connection, session_row) or is_any(connection, check_row)


def session_starts(connection: Connection, request_ids: Iterable[int]) -> pd.DataFrame:
    """One row per row of the log with one of these letters, in a known room: request_id, started_at, note."""
    mine = among(connection, session_row.c.request_id, request_ids) & session_row.c.room_name.is_not(None)
    names = columns_of(session_row, "request_id", "started_at", "note")
    statement = select(*names).where(mine, counts_still(session_row))
    return read_frame(connection, statement) if is_any(connection, session_row) else no_rows(statement)


def sessions_with_agency(connection: Connection) -> pd.DataFrame:
    """The rows of the log, in order, that tell of a use beside which a row or a correction on a page names an agency,
    whether that counts still or not."""
    return read_again(connection, _WITH_AGENCY)


def _starts_with_agency() -> Select[Any]:
    named, of_page = session_row.alias(), page_correction.c
    on_page = select(of_page.target_row_id).where(of_page.kind == "pemakaian", of_page.field == "opd")
    starts = (
        select(named.c.started_at).where(named.c.opd_name.is_not(None)),
        select(named.c.started_at).where(named.c.id.in_(on_page)),
    )
    return select(union(*starts).subquery().c[0])


_WITH_AGENCY = counting_rows(session_row.c.started_at.in_(_starts_with_agency()), session_row)


@dataclass(frozen=True)
class Report:
    """What a check made on a screen was answered; `received_at` by the server's clock."""

    id: int
    receipt_number: str
    room_name: str
    received_at: int


_ANSWERED = tuple(field.name for field in fields(Report))


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
    answered = select(*columns_of(condition_report, *_ANSWERED)).where(condition_report.c.client_id == client_id)
    return first_as(connection, answered, Report)


def add_report(connection: Connection, values: Mapping[str, Any], receipt: str) -> Report:
    """Add a report inside `one_load`; `receipt` is the number's form, with a place for the report's own number."""
    number = next_id(connection, condition_report)
    row = {**values, "id": number, "receipt_number": receipt.format(number=number)}
    connection.execute(insert(condition_report).values(row))
    note_added(connection, condition_report, number)
    return Report(**{name: row[name] for name in _ANSWERED})


def add_photos(connection: Connection, report_id: int, photos: Iterable[Mapping[str, Any]]) -> None:
    """Add the photos of a report inside `one_load`; each has item_name, file, sha256, bytes, width, height."""
    first = next_id(connection, condition_photo)
    rows = [{**photo, "id": first + place, "report_id": report_id} for place, photo in enumerate(photos)]
    if rows:
        connection.execute(insert(condition_photo), rows)
        note_added(connection, condition_photo, *(row["id"] for row in rows))


def forget_photos_before(connection: Connection, at: int) -> list[str]:
    """Drop the photos of reports that came before that moment; their files. The reports and their answers stay."""
    old = select(condition_report.c.id).where(condition_report.c.received_at < at)
    gone = delete(condition_photo).where(condition_photo.c.report_id.in_(old))
    rows = connection.execute(gone.returning(condition_photo.c.id, condition_photo.c.file)).all()
    note_gone(connection, condition_photo, (row.id for row in rows))
    return [row.file for row in rows]


def is_photo(connection: Connection, file: str) -> bool:
    """Whether a photo of a fault is kept under that name."""
    return connection.execute(select(condition_photo.c.id).where(condition_photo.c.file == file)).first() is not None


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
    return read_again(connection, _CHECKLISTS)


_CHECKLISTS = select(*columns_of(condition_report, "load_id", "checklist_version"))


def deeds_until(connection: Connection, at: int) -> list[Deed]:
    """Everything done about incidents up to and including a moment, in order."""
    statement = select(incident_event).where(incident_event.c.at <= at)
    return each_as(connection, statement.order_by(incident_event.c.at, incident_event.c.id), Deed)


def add_deed(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Add a deed inside `one_load`; False when one with that client_id is there already."""
    same = select(incident_event.c.id).where(incident_event.c.client_id == values["client_id"])
    if connection.execute(same).first() is not None:
        return False
    add_row(connection, incident_event, **values)
    place = f"{values['room_name']}: {values['item_name']}"
    note_action(connection, f"fault_{values['deed']}", at=values["at"], actor=values["actor"], subject=place)
    return True
