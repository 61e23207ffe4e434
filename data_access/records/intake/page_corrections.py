"""Corrections made on a page: what was put right, by whom, when and why. Rows are only added."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select

from data_access.records.bulk import columns_of, insert_rows, keys, read_frame
from data_access.records.intake.loads import counts_still
from data_access.records.schema import (
    LOG_OF,
    load,
    page_correction,
    request,
    round_stamp,
)
from data_access.records.types import to_json

PASS_CONTENT = (
    "agenda_key", "year", "step", "pass_number", "started_on", "started_at", "finished_on", "finished_at",
)  # fmt: skip
"""Columns in which hand-over rows that say the same are alike."""

_RECORD: Mapping[str, tuple[str, ...]] = {
    "permohonan": ("request_id",),
    "disposisi": PASS_CONTENT,
    "pemakaian": ("room_name", "started_at"),
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


def _compared(log: Table, kind: str, field: str) -> tuple[str, ...]:
    """The columns of the record, and those that tell the field: under its own name, or a stamp's day and moment."""
    named = (f"{field}_name",) if f"{field}_name" in log.c else (field, f"{field}_on", f"{field}_at")
    return tuple(dict.fromkeys((*_RECORD[kind], *(name for name in named if name in log.c))))


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
    (`target_row_id`); without one the correction has ended. `field` asks for one field only.
    """
    newest = (
        select(func.max(page_correction.c.id))
        .where(counts_still(page_correction))
        .group_by(page_correction.c.kind, page_correction.c.target_row_id, page_correction.c.field)
    )
    statement = select(*columns_of(page_correction), _target_counts().label("counts"))
    statement = statement.where(page_correction.c.id.in_(newest))
    if field is not None:
        statement = statement.where(page_correction.c.field == field)
    corrections = _moved(connection, read_frame(connection, statement.order_by(page_correction.c.id)))
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


def load_marks(connection: Connection) -> pd.DataFrame:
    """One row per load: load_id, finished_at, actor."""
    names = columns_of(load, "finished_at", "actor")
    return read_frame(connection, select(load.c.id.label("load_id"), *names).order_by(load.c.id))


def rows_with_ids(connection: Connection, kind: str, row_ids: Iterable[int]) -> pd.DataFrame:
    """Those of these rows of a log whose load counts, every column."""
    log = CORRECTABLE[kind]
    wanted = log.c.id.in_(keys(connection, row_ids, int)) & counts_still(log)
    return read_frame(connection, select(*columns_of(log)).where(wanted).order_by(log.c.id))


def letter_numbers(connection: Connection, request_ids: Iterable[int]) -> pd.DataFrame:
    """One row per letter: request_id, year, agenda_key."""
    names = (request.c.id.label("request_id"), request.c.year, request.c.agenda_key)
    return read_frame(connection, select(*names).where(request.c.id.in_(keys(connection, request_ids, int))))


def corrected_receipts(connection: Connection) -> dict[int, int]:
    """By request_id the day of receipt, of letters whose receipt is corrected on a page."""
    in_force = corrections_in_force(connection, field="received")
    rows = rows_with_ids(connection, "permohonan", in_force["target_row_id"]).set_index("id")["request_id"]
    of_letter = zip(rows.reindex(in_force["target_row_id"]).tolist(), in_force["new_value"].tolist(), strict=True)
    return {int(request_id): int(value["on"]) for request_id, value in of_letter}


def round_stamps(connection: Connection) -> pd.DataFrame:
    """One row per load and step of which nearly all stamps are multiples of five minutes: load_id, step."""
    return read_frame(connection, select(*columns_of(round_stamp, "load_id", "step")).where(counts_still(round_stamp)))


def _target_counts() -> ColumnElement[bool]:
    cases = [
        and_(
            page_correction.c.kind == kind,
            page_correction.c.target_row_id.in_(select(log.c.id).where(counts_still(log))),
        )
        for kind, log in CORRECTABLE.items()
    ]
    return or_(*cases)


def _with_values(frame: pd.DataFrame) -> pd.DataFrame:
    for name in ("file_value", "new_value"):
        read = [json.loads(text) if isinstance(text, str) else None for text in frame[name].tolist()]
        frame[name] = pd.Series(read, dtype=object, index=frame.index)
    return frame
