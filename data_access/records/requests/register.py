"""Letters: their identity (year of receipt and agenda number) and every row the register said of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, func, select, update

from data_access.records.bulk import Ids, among, columns_of, filled, insert_rows, keys, read_frame, set_values
from data_access.records.intake.loads import counts_still
from data_access.records.schema import request, request_row

_KEY = ["year", "agenda_key"]


def upsert_requests(connection: Connection, frame: pd.DataFrame) -> Ids:
    """The request_id of every row of a frame with `year` and `agenda_key`; unknown letters are added."""
    wanted = frame[_KEY].astype({"year": np.int64, "agenda_key": "str"})
    known = _known(connection, wanted["agenda_key"].unique())
    new = wanted.drop_duplicates().merge(known, on=_KEY, how="left")
    new = new.loc[new["request_id"].isna(), _KEY]
    added = new.assign(request_id=insert_rows(connection, request, new))
    ids = pd.concat([known, added]).set_index(_KEY)["request_id"]
    request_ids: Ids = ids.reindex(pd.MultiIndex.from_frame(wanted)).to_numpy(dtype=np.int64)
    return request_ids


def touch_requests(connection: Connection, request_ids: Ids, load_id: int) -> None:
    """Note that a load changed what is known of these letters, so that the facts derived from them are renewed."""
    touched = update(request).where(among(connection, request.c.id, request_ids))
    connection.execute(touched.values(touched_load_id=load_id))


def requests_touched_after(connection: Connection, load_id: int) -> Ids:
    """Letters of which something changed after that load, ascending; all of them for 0."""
    statement = select(filled(request.c.id).label("id")).order_by(request.c.id)
    if load_id:
        statement = statement.where(request.c.touched_load_id > load_id)
    return np.asarray(read_frame(connection, statement)["id"].to_numpy(dtype=np.int64))


def touched_loads(connection: Connection, request_ids: Iterable[int]) -> dict[int, int]:
    """By letter the last load that changed what is known of it; those that no load touched are left out."""
    statement = select(request.c.id, request.c.touched_load_id).where(among(connection, request.c.id, request_ids))
    touched = connection.execute(statement.where(request.c.touched_load_id.is_not(None)))
    return {int(request_id): int(load_id) for request_id, load_id in touched}


def letters_told_before(connection: Connection, request_ids: Iterable[int], load_id: int) -> Ids:
    """Those of these letters of which a row of the register was loaded before that load."""
    is_older = among(connection, request_row.c.request_id, request_ids) & (request_row.c.load_id < load_id)
    statement = select(request_row.c.request_id.label("id")).where(is_older, counts_still(request_row)).distinct()
    return np.asarray(read_frame(connection, statement)["id"].to_numpy(dtype=np.int64))


def last_request_id(connection: Connection) -> int:
    """The id of the newest letter, which is their number: they count from 1 and none is ever removed."""
    return connection.execute(select(func.max(request.c.id))).scalar() or 0


def letters_with_keys(connection: Connection, agenda_keys: Iterable[str]) -> pd.DataFrame:
    """One row per letter with one of these agenda keys, by latest word of the register.

    Columns: request_id, year, agenda_key, received_on, received_at. A row that waits for its room says nothing yet, so
    a letter that has no other one is not there yet.
    """
    # Two plain questions: as one, PostgreSQL looks for each letter's newest row from the table's end.
    known = _known(connection, agenda_keys)
    counts = request_row.c.received_on.is_not(None) & ~request_row.c.is_waiting & counts_still(request_row)
    columns = columns_of(request_row, "request_id", "received_on", "received_at")
    rows = select(*columns).where(among(connection, request_row.c.request_id, known["request_id"]), counts)
    latest = read_frame(connection, rows.order_by(request_row.c.id)).drop_duplicates("request_id", keep="last")
    return known.merge(latest, on="request_id").sort_values("request_id", ignore_index=True)


def request_rows(connection: Connection, condition: ColumnElement[bool]) -> pd.DataFrame:
    """One row per register row, in order: year, agenda_key and every column of `request_row`."""
    statement = (
        select(request.c.year, request.c.agenda_key, *columns_of(request_row))
        .join_from(request_row, request, request.c.id == request_row.c.request_id)
        .where(condition, counts_still(request_row))
        .order_by(request_row.c.id)
    )
    return read_frame(connection, statement)


def rows_of(connection: Connection, request_ids: Iterable[int]) -> pd.DataFrame:
    """The register rows of these letters, waiting ones too, as `request_rows`."""
    return request_rows(connection, among(connection, request_row.c.request_id, request_ids))


def place_requests(connection: Connection, row_ids: Ids, room_names: pd.Series, is_waiting: NDArray[np.bool_]) -> None:
    """Give register rows their room under its own name, and say which of them go on waiting for one."""
    set_values(connection, request_row, row_ids, room_name=room_names, is_waiting=is_waiting)


def all_request_names(connection: Connection) -> pd.DataFrame:
    """One row per register row: id, agenda_key, opd and room as typed, opd_name, room_name, is_waiting."""
    names = columns_of(request_row, "id", "opd", "room", "opd_name", "room_name", "is_waiting")
    statement = select(request.c.agenda_key, *names).join_from(
        request_row, request, request.c.id == request_row.c.request_id
    )
    return read_frame(connection, statement.order_by(request_row.c.id))


def name_opd(connection: Connection, row_ids: Ids, opd_names: pd.Series) -> None:
    """Give register rows their OPD under its own name, after the alias table changed."""
    set_values(connection, request_row, row_ids, opd_name=opd_names)


def _known(connection: Connection, agenda_keys: Iterable[str]) -> pd.DataFrame:
    statement = select(request.c.id.label("request_id"), request.c.year, request.c.agenda_key)
    return read_frame(connection, statement.where(request.c.agenda_key.in_(keys(connection, agenda_keys, str))))
