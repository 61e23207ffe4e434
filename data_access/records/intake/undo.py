"""What changes after a load: corrections made on a page, loads taken back, and which rows the mart must take anew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
    union,
    update,
)

from data_access.records.bulk import (
    Ids,
    as_keys,
    columns_of,
    insert_rows,
    keys,
    keys_named,
    no_rows,
    read_again,
    read_frame,
    read_ids,
)
from data_access.records.intake.loads import undo_load
from data_access.records.logs import LETTER, counts_still, log_rows, rows_with
from data_access.records.requests import NO_YEAR
from data_access.records.schema import (
    LOG_OF,
    check_row,
    correction,
    load,
    page_correction,
    request,
    request_row,
    round_stamp,
    session_row,
)
from data_access.records.types import MISSING, to_json

UNDOING = "pembatalan"


@dataclass(frozen=True)
class RoomRows:
    """Rows of rooms whose facts are renewed. `session_ids` and `check_ids` also name rows that count no more."""

    sessions: pd.DataFrame
    checks: pd.DataFrame
    session_ids: Ids
    check_ids: Ids


def room_rows_to_publish(
    connection: Connection, since: int | None, request_ids: Iterable[int], shown: tuple[Sequence[int], Sequence[int]]
) -> RoomRows:
    """All rows of rooms (`since` None); else those of a session or of a day's checks of which something changed
    after that load: a row came, was taken back, or was corrected on a page; or its letter is one of these, or was when
    it was shown (`shown`: starts of sessions and days of checks)."""
    if since is None:
        nothing = np.empty(0, dtype=np.int64)
        sessions, checks = (log_rows(connection, log, true()) for log in (session_row, check_row))
        return RoomRows(sessions, checks, nothing, nothing)
    letters, (starts, days) = list(request_ids), shown
    sessions, session_ids = _rows_and_ids(connection, session_row, "started_at", "pemakaian", since, letters, starts)
    checks, check_ids = _rows_and_ids(connection, check_row, "checked_on", "kondisi", since, letters, days)
    return RoomRows(sessions, checks, session_ids, check_ids)


def _rows_and_ids(
    connection: Connection, log: Table, name: str, kind: str, since: int, letters: Sequence[int], shown: Sequence[int]
) -> tuple[pd.DataFrame, Ids]:
    """The rows of a log with such a moment or day (`_touched`) whose load counts, in order, and the ids of all."""
    dialect = connection.dialect.name
    statement = _rows_touched(log, name, kind, dialect)
    given = {"letters": as_keys(dialect, letters), "shown": as_keys(dialect, shown)}
    rows = read_again(connection, statement, since=since, **given)
    if rows.empty:
        return rows.drop(columns="counts"), np.empty(0, dtype=np.int64)
    counts = rows.pop("counts").to_numpy(dtype=bool)
    return rows[counts].reset_index(drop=True), rows["id"].to_numpy(dtype=np.int64)


@cache
def _rows_touched(log: Table, name: str, kind: str, dialect: str) -> Select[Any]:
    statement = select(*columns_of(log), counts_still(log).label("counts"))
    return statement.where(log.c[name].in_(_touched(log, name, kind, dialect))).order_by(log.c.id)


def agenda_keys_of_letters(connection: Connection, load_id: int) -> pd.Series:
    """The agenda numbers of the letters that the load's register rows tell of, or that it corrected on a page."""
    parts = [
        select(request.c.agenda_key)
        .join_from(log, request, request.c.id == log.c.request_id)
        .where(log.c.load_id == load_id)
        for log in (request_row, page_correction)
    ]
    letters = union(*parts).subquery()
    return read_frame(connection, select(letters.c.agenda_key))["agenda_key"]


def letters_of_load(connection: Connection, load_id: int) -> Ids:
    """The letters to which rows of the load, rows of the same sessions and checks, or corrections made in it or on its
    rows, belong."""
    parts = [
        select(log.c.request_id).where(log.c.load_id == load_id, log.c.request_id.is_not(None))
        for log in (*LOG_OF.values(), page_correction)
    ]
    parts += [
        select(log.c.request_id)
        .join_from(page_correction, log, log.c.id == page_correction.c.target_row_id)
        .where(page_correction.c.kind == kind, page_correction.c.load_id == load_id, log.c.request_id.is_not(None))
        for kind, log in LOG_OF.items()
    ]
    parts += [_of_the_same_record(log, same, load_id) for log, same in _SHARED]
    letters = union(*parts).subquery()
    events = select(request.c.id).where(request.c.year == NO_YEAR)
    statement = select(letters.c.request_id).where(letters.c.request_id.not_in(events))
    return read_ids(connection, statement.order_by(letters.c.request_id))


_SHARED = ((session_row, ("started_at",)), (check_row, ("checked_on", "item_name")))
"""Logs in which rows of several letters may tell of one record, and what such rows share beside the room."""


def row_count(connection: Connection, kind: str, load_id: int) -> int:
    """How many rows a load of that kind holds."""
    log = page_correction if kind == "koreksi" else LOG_OF[kind]
    return connection.execute(select(func.count()).select_from(log).where(log.c.load_id == load_id)).scalar_one()


def corrected_count(connection: Connection, load_id: int) -> int:
    """How many times a row of this load corrected a row of another one."""
    counts = [
        select(func.count())
        .select_from(correction.join(log, log.c.id == correction.c.old_row_id))
        .where(correction.c.kind == kind, correction.c.load_id == load_id, log.c.load_id != load_id)
        .scalar_subquery()
        for kind, log in LOG_OF.items()
    ]
    return sum(connection.execute(select(*counts)).one())


def session_count(connection: Connection, load_id: int) -> int:
    """How many sessions in a known room the rows of the load tell of."""
    mine = (session_row.c.load_id == load_id) & session_row.c.room_name.is_not(None)
    sessions = select(session_row.c.room_name, session_row.c.started_at).where(mine).distinct().subquery()
    return connection.execute(select(func.count()).select_from(sessions)).scalar_one()


def mark_undone(connection: Connection, load_id: int, undoing_id: int, reason: str, at: int) -> None:
    """From now on the load's rows count for nothing; the load `undoing_id` says that it took them back, and why."""
    undo_load(connection, load_id, at)
    values = {"undoes_load_id": load_id, "undo_reason": reason}
    connection.execute(update(load).where(load.c.id == undoing_id).values(**values))


def sessions_of_letters(connection: Connection, request_ids: Iterable[int]) -> pd.Series:
    """How many sessions in a known room each of these letters has; index request_id."""
    rows = rows_with(connection, "pemakaian", "request_id", request_ids)
    sessions = rows[rows["room_name"].notna()].drop_duplicates(["request_id", "room_name", "started_at"])
    return sessions.groupby("request_id").size()


PASS_CONTENT = (
    "agenda_key", "year", "step", "pass_number", "started_on", "started_at", "finished_on", "finished_at", "receiver",
    "returned_to",
)  # fmt: skip
"""Columns in which hand-over rows that say the same are alike."""

_RECORD: Mapping[str, tuple[str, ...]] = {
    "permohonan": ("request_id",),
    "disposisi": PASS_CONTENT,
    "pemakaian": ("room_name", "started_at"),
    "peserta": ("agenda_key", "year", "people", "present", "screened", "passed"),
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


CORRECTABLE = {kind: log for kind, log in LOG_OF.items() if kind != "peserta"}
"""By kind of record the log that a correction may address."""


def add_page_corrections(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add corrections: load_id, at, actor, reason, kind, target_row_id, request_id (MISSING for none), field,
    file_value and new_value (as JSON holds them), is_revoked."""
    frame = pd.DataFrame(list(rows))
    for name in ("file_value", "new_value"):
        frame[name] = pd.Series([to_json(row[name]) for row in rows], dtype="str")
    insert_rows(connection, page_correction, frame)


def corrections_in_force(connection: Connection, field: str | None = None) -> pd.DataFrame:
    """One row per row and field that a page corrects now, every column of `page_correction`, values read from JSON.

    That is the newest correction of a row and field whose load was not undone, unless it takes an earlier one
    back. Where the load of the row corrected was undone, the same row of another load stands in its place
    (`target_row_id`); without one the correction has ended. `field` asks for one field only; without it the answers of
    `letters_answered` are left out.
    """
    if field is None:
        newest = read_again(connection, _NEWEST, left_out=LETTER)
    else:
        newest = read_again(connection, _NEWEST_OF_FIELD, field=field)
    if newest.empty:
        return _none_in_force().copy(deep=False)
    corrections = _moved(connection, newest)
    return _with_values(corrections[~corrections["is_revoked"].astype(bool)].reset_index(drop=True))


def corrections_ending(connection: Connection, load_id: int) -> int:
    """How many corrections in force would end if this load were undone: those on its rows that no other load holds."""
    in_force, ending = corrections_in_force(connection), 0
    for kind, log in CORRECTABLE.items():
        mine = in_force[in_force["kind"] == kind]
        of_load = select(log.c.id).where(log.c.load_id == load_id, log.c.id.in_(keys(connection, _targets(mine), int)))
        here = mine[mine["target_row_id"].isin(list(connection.execute(of_load).scalars()))]
        ending += len(here) - sum(len(part) for part in _held_elsewhere(connection, kind, here))
    return ending


def load_marks(connection: Connection) -> pd.DataFrame:
    """One row per load: load_id, finished_at, actor."""
    return read_again(connection, _LOAD_MARKS)


_LOAD_MARKS = select(load.c.id.label("load_id"), *columns_of(load, "finished_at", "actor")).order_by(load.c.id)


def letter_numbers(connection: Connection, request_ids: Iterable[int]) -> pd.DataFrame:
    """One row per letter: request_id, year, agenda_key."""
    names = (request.c.id.label("request_id"), request.c.year, request.c.agenda_key)
    return read_frame(connection, select(*names).where(request.c.id.in_(keys(connection, request_ids, int))))


def corrected_receipts(connection: Connection) -> dict[int, int]:
    """By request_id the day of receipt, of letters whose receipt is corrected on a page."""
    in_force = corrections_in_force(connection, field="received")
    if in_force.empty:
        return {}
    rows = rows_with(connection, "permohonan", "id", in_force["target_row_id"]).set_index("id")["request_id"]
    of_letter = zip(rows.reindex(in_force["target_row_id"]).tolist(), in_force["new_value"].tolist(), strict=True)
    return {int(request_id): int(value["on"]) for request_id, value in of_letter}


def letters_answered(connection: Connection, kind: str) -> pd.DataFrame:
    """The rows of a kind of which a person said to which letter they belong, `request_id` that letter."""
    answers = corrections_in_force(connection, field=LETTER)
    mine = answers[answers["kind"] == kind].set_index("target_row_id")["request_id"]
    rows = rows_with(connection, kind, "id", mine.index)
    return rows.assign(request_id=mine.reindex(rows["id"]).to_numpy(dtype=np.int64))


def letters_of_events(connection: Connection) -> dict[tuple[int, int], int]:
    """The letters that dates of events of calendars were given, by event (`request_id`) and the day for which the date
    was first set (`letter_on`, MISSING for an event of one date)."""
    answer, event = page_correction.c, request_row.c
    statement = (
        select(event.request_id, event.letter_on, answer.request_id.label("letter_id"))
        .join_from(page_correction, request_row, event.id == answer.target_row_id)
        .where(answer.kind == "permohonan", answer.field == LETTER, event.received_on.is_(None))
        .where(counts_still(page_correction))
        .order_by(answer.id)
    )
    dates = connection.execute(statement)
    return {(row.request_id, MISSING if row.letter_on is None else row.letter_on): row.letter_id for row in dates}


def round_stamps(connection: Connection) -> pd.DataFrame:
    """One row per load and step of which nearly all stamps are multiples of five minutes: load_id, step."""
    return read_again(connection, _ROUND_STAMPS)


_ROUND_STAMPS = select(*columns_of(round_stamp, "load_id", "step")).where(counts_still(round_stamp))


def _touched(log: FromClause, name: str, kind: str, dialect: str) -> Select[Any]:
    """The moments or days of rows of which something changed after the load `since` or that belong to these `letters`,
    and those `shown` with letters that did: parameters of the statement."""
    rows, since = log.alias("touched"), bindparam("since", type_=BigInteger)
    letters, shown = keys_named(dialect, "letters"), keys_named(dialect, "shown")
    undone = select(load.c.undoes_load_id).where(load.c.id > since, load.c.undoes_load_id.is_not(None))
    of_page = select(page_correction.c.target_row_id).where(
        page_correction.c.kind == kind,
        (page_correction.c.load_id > since) | page_correction.c.load_id.in_(undone),
    )
    parts = (
        select(rows.c[name]).where(rows.c.load_id > since),
        select(rows.c[name]).where(rows.c.load_id.in_(undone)),
        select(rows.c[name]).where(rows.c.id.in_(of_page)),
        select(rows.c[name]).where(rows.c.request_id.in_(letters)),
        shown,
    )
    return select(union(*parts).subquery().c[0])


def _of_the_same_record(log: Table, same: tuple[str, ...], load_id: int) -> Select[Any]:
    """The letters of rows that tell of the same session or check as a row of the load: what those rows correct of
    each other is another thing without it."""
    mine = log.alias("mine")
    shares = [log.c[name] == mine.c[name] for name in ("room_name", *same)]
    return (
        select(log.c.request_id)
        .join_from(mine, log, and_(*shares))
        .where(mine.c.load_id == load_id, log.c.request_id.is_not(None))
    )


def _compared(log: Table, kind: str, field: str) -> tuple[str, ...]:
    """The columns of the record, and those that tell the field: under its own name, or a stamp's day and moment."""
    named = (f"{field}_name",) if f"{field}_name" in log.c else (field, f"{field}_on", f"{field}_at")
    return tuple(dict.fromkeys((*_RECORD[kind], *(name for name in named if name in log.c))))


def _targets(corrections: pd.DataFrame) -> list[int]:
    return [int(row_id) for row_id in corrections["target_row_id"].unique()]


def _moved(connection: Connection, corrections: pd.DataFrame) -> pd.DataFrame:
    """Each correction on a row that counts; of several that have come to one row and field the newest."""
    counts = corrections.pop("counts").astype(bool)
    if counts.all():
        return corrections
    lost = corrections[~counts]
    held = [part for kind, mine in lost.groupby("kind") for part in _held_elsewhere(connection, str(kind), mine)]
    moved = pd.concat([corrections[counts], *held]).sort_values("id")
    return moved.drop_duplicates(["kind", "target_row_id", "field"], keep="last")


def _held_elsewhere(connection: Connection, kind: str, corrections: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Those of these corrections of one kind whose row another load holds too, addressed to that one."""
    for field, mine in corrections.groupby("field"):
        same = mine["target_row_id"].map(same_rows(connection, kind, str(field), _targets(mine)))
        yield mine.assign(target_row_id=same)[same.notna()].astype({"target_row_id": np.int64})


def _target_counts() -> ColumnElement[bool]:
    cases = [
        and_(
            page_correction.c.kind == kind,
            page_correction.c.target_row_id.in_(select(log.c.id).where(counts_still(log))),
        )
        for kind, log in LOG_OF.items()
    ]
    return or_(*cases)


def _newest(wanted: ColumnElement[bool]) -> Select[Any]:
    """The newest correction that counts of each row and field under that condition, and whether that row counts."""
    newest = (
        select(func.max(page_correction.c.id))
        .where(counts_still(page_correction))
        .group_by(page_correction.c.kind, page_correction.c.target_row_id, page_correction.c.field)
    )
    statement = select(*columns_of(page_correction), _target_counts().label("counts"))
    return statement.where(page_correction.c.id.in_(newest), wanted).order_by(page_correction.c.id)


_NEWEST = _newest(page_correction.c.field != bindparam("left_out"))
_NEWEST_OF_FIELD = _newest(page_correction.c.field == bindparam("field"))


@cache
def _none_in_force() -> pd.DataFrame:
    return _with_values(no_rows(_NEWEST).drop(columns="counts"))


def _with_values(frame: pd.DataFrame) -> pd.DataFrame:
    for name in ("file_value", "new_value"):
        read = [json.loads(text) if isinstance(text, str) else None for text in frame[name].tolist()]
        frame[name] = pd.Series(read, dtype=object, index=frame.index)
    return frame
