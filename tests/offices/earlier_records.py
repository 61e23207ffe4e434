"""Records as earlier forms of this code wrote them, one file a revision, of the same books: five letters, their
hand-overs, a use of the room, checks and a list of participants (the last two from the revision on that took them).

Each file holds every row of every table: {table: {"columns": [...], "rows": [[...], ...]}}.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Connection, Engine, MetaData, Table, select

from data_access.records import reading, writing
from data_access.records.engine import upgrade

FOLDER = Path(__file__).parent / "earlier"
REVISIONS = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))

Rows = dict[str, list[dict[str, Any]]]


def rows_of_revision(revision: str) -> Rows:
    """Every row of every table that held any."""
    tables = json.loads((FOLDER / f"{revision}.json").read_text(encoding="utf-8"))
    return {name: [dict(zip(of["columns"], row, strict=True)) for row in of["rows"]] for name, of in tables.items()}


def write_records(engine: Engine, revision: str) -> Rows:
    """Bring an empty database to that revision and give it the rows of then, which come back."""
    rows = rows_of_revision(revision)
    with writing(engine) as connection:
        upgrade(connection, revision)
        for table in _tables(connection).sorted_tables:
            flags = [column.name for column in table.columns if isinstance(column.type, Boolean)]
            for row in rows.get(table.name, ()):
                row.update({name: bool(row[name]) for name in flags if row.get(name) is not None})
            if table.name in rows:
                connection.execute(table.insert(), rows[table.name])
    return rows


def kept_rows(engine: Engine, before: Rows) -> Rows:
    """The same tables and columns as they are now, in the order of their first column."""
    with reading(engine) as connection:
        tables = _tables(connection).tables
        return {name: _rows(connection, tables[name], [*rows[0]]) for name, rows in before.items()}


def _rows(connection: Connection, table: Table, columns: list[str]) -> list[dict[str, Any]]:
    wanted = select(*(table.c[name] for name in columns)).order_by(table.c[columns[0]])
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _tables(connection: Connection) -> MetaData:
    metadata = MetaData()
    metadata.reflect(connection)
    return metadata
