"""How far each database source was read, and when it was last reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from data_access.records.bulk import insert_rows
from data_access.records.schema import load, source_cursor, source_visit
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


def visits(connection: Connection) -> dict[str, Visit]:
    """The last visit of every source that was ever asked, by its name."""
    rows = connection.execute(select(source_visit))
    return {row.source_name: Visit(row.reached_at, row.failed_at, row.fault) for row in rows}


def _note(connection: Connection, source_name: str, visit: Visit) -> None:
    values = asdict(visit)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    noted = dialect.insert(source_visit).values(source_name=source_name, **values)
    connection.execute(noted.on_conflict_do_update(index_elements=["source_name"], set_=values))
