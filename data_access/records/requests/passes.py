"""Hand-overs: every row that said something of a pass of a step, its pauses, and the documents ticked with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
from sqlalchemy import ColumnElement, Connection, bindparam, false, func, select, update

from data_access.records.bulk import Ids, among, columns_of, insert_rows, keys, read_frame, set_values
from data_access.records.intake.loads import counts_still
from data_access.records.schema import document_row, pass_row, pause_row, request, round_stamp


def pass_rows(connection: Connection, condition: ColumnElement[bool], *columns: str) -> pd.DataFrame:
    """One row per hand-over row, in order; the named columns of `pass_row`, `id` among them, or all of them."""
    statement = select(*columns_of(pass_row, *columns)).where(condition, counts_still(pass_row))
    # In the order of the letters an index gives them as they are; files mostly follow their letters, too.
    rows = read_frame(connection, statement.order_by(pass_row.c.request_id, pass_row.c.id))
    return rows if rows["id"].is_monotonic_increasing else rows.sort_values("id", ignore_index=True)


def passes_of(connection: Connection, request_ids: Iterable[int], *columns: str) -> pd.DataFrame:
    """The hand-over rows of these letters, as `pass_rows`."""
    return pass_rows(connection, among(connection, pass_row.c.request_id, request_ids), *columns)


def pauses_of(connection: Connection, request_ids: Iterable[int]) -> pd.DataFrame:
    """The pauses of these letters, as `pause_rows`."""
    return pause_rows(connection, among(connection, pass_row.c.request_id, request_ids))


def passes_with_keys(connection: Connection, agenda_keys: Iterable[str], *columns: str) -> pd.DataFrame:
    """Hand-over rows with one of these agenda keys, linked or waiting, as `pass_rows`: those a new letter may claim.

    A linked row has the key of its letter; only those that wait have an index of their keys.
    """
    wanted = keys(connection, agenda_keys, str)
    letters = select(request.c.id).where(request.c.agenda_key.in_(wanted))
    linked = pass_rows(connection, pass_row.c.request_id.in_(letters), *columns)
    waiting = waiting_with_keys(connection, agenda_keys, *columns)
    return pd.concat([linked, waiting]).sort_values("id", ignore_index=True) if len(waiting) else linked


def waiting_with_keys(connection: Connection, agenda_keys: Iterable[str], *columns: str) -> pd.DataFrame:
    """Hand-over rows with one of these agenda keys that wait for their letter, as `pass_rows`."""
    wanted = pass_row.c.agenda_key.in_(keys(connection, agenda_keys, str))
    return pass_rows(connection, pass_row.c.request_id.is_(None) & wanted, *columns)


def first_finish_days(connection: Connection, request_ids: Iterable[int] | None = None) -> dict[int, int]:
    """By step the day of the first finish that was recorded and belongs to one of these letters (None: to any)."""
    column = pass_row.c.request_id
    of_letter = column.is_not(None) if request_ids is None else among(connection, column, request_ids)
    statement = (
        select(pass_row.c.step, func.min(pass_row.c.finished_on))
        .where(of_letter, pass_row.c.finished_on.is_not(None), counts_still(pass_row))
        .group_by(pass_row.c.step)
    )
    return {int(step): int(day) for step, day in connection.execute(statement)}


def link_passes(connection: Connection, pass_ids: Ids, request_ids: Ids) -> None:
    """Join hand-over rows to their letters; MISSING sends one back to waiting."""
    set_values(connection, pass_row, pass_ids, request_id=request_ids)


def mark_suspicious(connection: Connection, spans: Iterable[tuple[int, int]], flag: int) -> None:
    """Set a flag on the hand-over rows in these half-open spans of ids."""
    marked = update(pass_row).values(suspicion=pass_row.c.suspicion.op("|")(flag))
    marked = marked.where(pass_row.c.id >= bindparam("first"), pass_row.c.id < bindparam("last"))
    many = [{"first": first, "last": last} for first, last in spans]
    if many:
        connection.execute(marked, many)


def add_round_stamps(connection: Connection, load_id: int, steps: Ids) -> None:
    """Note the steps (codes) of which a load's stamps are rounded."""
    if len(steps):
        insert_rows(connection, round_stamp, pd.DataFrame({"load_id": load_id, "step": steps}))


def pause_rows(connection: Connection, condition: ColumnElement[bool]) -> pd.DataFrame:
    """One row per pause of the pass rows under that condition: request_id and every column of `pause_row`."""
    if not connection.execute(select(select(pause_row.c.id).exists())).scalar_one():
        condition = false()  # the many hand-over rows need not be looked at
    statement = (
        select(*columns_of(pass_row, "request_id"), *columns_of(pause_row))
        .join_from(pass_row, pause_row, pause_row.c.pass_row_id == pass_row.c.id)
        .where(condition, counts_still(pass_row))
    )
    return read_frame(connection, statement.order_by(pause_row.c.id))


def pauses_of_passes(connection: Connection, pass_ids: Iterable[int]) -> pd.DataFrame:
    """The pauses of these pass rows, as `pause_rows`."""
    return pause_rows(connection, among(connection, pass_row.c.id, pass_ids))


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
