"""How far each database source was read, when records last came in from each, and how new the newest is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Table, and_, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from data_access.records.bulk import each_as, insert_rows
from data_access.records.engine import reading
from data_access.records.logs import first_row_from
from data_access.records.schema import check_row, load, pass_row, request_row, session_row, source_cursor, source_visit
from data_access.records.types import to_json


@dataclass(frozen=True)
class Visit:
    """When a source was last read, and what went wrong after that; `fault` None: nothing."""

    reached_at: int | None
    failed_at: int | None
    fault: str | None


def current_cursor(connection: Connection, source_name: str) -> Mapping[str, Any] | None:
    """The place from which a source is read next; None: from its start.

    It is where the newest load that counts ended. Loads that were undone since then take it back to before the
    earliest of them, so that their rows come again; the rows after them come again too, unchanged.
    """
    newest = _newest_place(connection, source_name, None)
    undone = (
        select(func.min(load.c.undoes_load_id))
        .join(source_cursor, source_cursor.c.load_id == load.c.undoes_load_id)
        .where(source_cursor.c.source_name == source_name, load.c.id > (newest[0] if newest else 0))
    )
    before = connection.execute(undone).scalar()
    place = newest if before is None else _newest_place(connection, source_name, before)
    return None if place is None else place[1]


def _newest_place(
    connection: Connection, source_name: str, before_load: int | None
) -> tuple[int, Mapping[str, Any]] | None:
    """Load and value of the newest cursor whose load counts."""
    statement = (
        select(source_cursor.c.load_id, source_cursor.c.value)
        .join(load, load.c.id == source_cursor.c.load_id)
        .where(source_cursor.c.source_name == source_name, load.c.status == "loaded")
        .order_by(source_cursor.c.load_id.desc())
        .limit(1)
    )
    if before_load is not None:
        statement = statement.where(source_cursor.c.load_id < before_load)
    row = connection.execute(statement).first()
    return None if row is None else (int(row[0]), row[1])


def add_cursor(connection: Connection, load_id: int, source_name: str, value: Mapping[str, Any]) -> None:
    """Note how far this load read the source; inside the load's own transaction."""
    row = {"load_id": [load_id], "source_name": [source_name], "value": [to_json(dict(value))]}
    insert_rows(connection, source_cursor, pd.DataFrame(row))


def note_reached(connection: Connection, source_name: str, at: int) -> None:
    """The source was read, with or without news; what was wrong before is over."""
    _note(connection, source_name, Visit(at, None, None))


def note_fault(connection: Connection, source_name: str, at: int, fault: str) -> None:
    """The source could not be read; the sentence says why."""
    before = visits(connection).get(source_name)
    _note(connection, source_name, Visit(before.reached_at if before else None, at, fault))


_VISITS = select(source_visit)


def visits(connection: Connection) -> dict[str, Visit]:
    """The last visit of every source that was ever asked, by its name."""
    rows = connection.execute(_VISITS)
    return {row.source_name: Visit(row.reached_at, row.failed_at, row.fault) for row in rows}


def _note(connection: Connection, source_name: str, visit: Visit) -> None:
    values = asdict(visit)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    noted = dialect.insert(source_visit).values(source_name=source_name, **values)
    connection.execute(noted.on_conflict_do_update(index_elements=["source_name"], set_=values))


MADE_HERE = ("pembatalan", "koreksi")
"""Kinds of loads by which nothing comes in: undoing a load, putting a value right on a page."""

LOOKED_AT = 5
"""The newest record of a source is looked for in so many of its newest loads."""

_MOMENTS: Mapping[str, tuple[Table, tuple[str, ...], str]] = {
    "permohonan": (request_row, ("received_at",), "received_on"),
    "disposisi": (pass_row, ("finished_at", "started_at"), "finished_on"),
    "pemakaian": (session_row, ("ended_at", "started_at"), "started_on"),
    "kondisi": (check_row, ("checked_at",), "checked_on"),
}
"""Of each kind: its log, the moments of a row, and the day that stands in for them."""


@dataclass(frozen=True)
class CameIn:
    """One load that counts, with where it came from."""

    id: int
    source_name: str | None
    kind: str
    actor: str | None
    finished_at: int


_COUNTS = and_(load.c.status == "loaded", load.c.finished_at <= bindparam("as_of"), load.c.kind.not_in(MADE_HERE))
"""By `as_of` something had come in with that load, which still counts."""
_LAST_LOADS = select(load.c.source_name, func.max(load.c.finished_at)).where(_COUNTS).group_by(load.c.source_name)


def last_loads(engine: Engine, as_of: int) -> dict[str | None, int]:
    """The moment of the newest load up to `as_of` by the name of its source; None stands for loads without one.

    A load that was undone brought nothing and does not count, nor does what was done on a page. A database source that
    was reached and had nothing new is as fresh as if it had.
    """
    with reading(engine) as connection:
        rows = connection.execute(_LAST_LOADS, {"as_of": as_of})
        newest: dict[str | None, int] = {name: int(moment) for name, moment in rows}
        for name, reached_at in reached(connection, as_of).items():
            newest[name] = max(newest.get(name, reached_at), reached_at)
    return newest


def reached(connection: Connection, as_of: int) -> dict[str, int]:
    """When each database source was last read; of the past only the last time is known."""
    known = visits(connection).items()
    return {name: visit.reached_at for name, visit in known if visit.reached_at and visit.reached_at <= as_of}


def newest_loads(connection: Connection, as_of: int) -> list[CameIn]:
    """The `LOOKED_AT` newest loads that brought rows, of every source and kind, the newest first."""
    place = func.row_number().over(partition_by=(load.c.source_name, load.c.kind), order_by=load.c.id.desc())
    names = [field.name for field in fields(CameIn)]
    ranked = select(*(load.c[name] for name in names), place.label("place")).where(_COUNTS).subquery()
    chosen = select(*(ranked.c[name] for name in names)).where(ranked.c.place <= LOOKED_AT)
    return each_as(connection, chosen.order_by(ranked.c.id.desc()), CameIn, as_of=as_of)


def newest_record(
    connection: Connection, load_id: int, kind: str, as_of: int, today: int
) -> tuple[int | None, int | None]:
    """The newest moment up to `as_of` and the newest day up to `today` of a load's rows; None where they hold none."""
    if kind not in _MOMENTS:
        return None, None
    table, moments, day = _MOMENTS[kind]
    first, last = first_row_from(connection, table, load_id), first_row_from(connection, table, load_id + 1)
    within = and_(table.c.id >= first, table.c.id < last)
    newest = [func.max(table.c[name]).filter(table.c[name] <= as_of) for name in moments]
    newest.append(func.max(table.c[day]).filter(table.c[day] <= today))
    *moments_of_rows, newest_day = connection.execute(select(*newest).where(within)).one()
    return max((int(one) for one in moments_of_rows if one is not None), default=None), newest_day
