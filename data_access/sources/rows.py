"""The rows of a source's query, some at a time, and how far it was read: a value of its cursor column, kept as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from sqlalchemy import Connection, CursorResult, text

from data_access.sources.address import begin_reading, open_source
from data_access.sources.faults import SourceError, explaining

Position = int | float | str | Decimal | datetime | date | bytes
"""What a cursor column may hold: a number, a text, a moment, a day, a row version."""


def later(known: Position | None, value: object) -> Position | None:
    """The later of two positions. NULL and what cannot be compared says nothing: a zero date is a text in MySQL."""
    if isinstance(value, bytearray | memoryview):
        value = bytes(value)
    if not isinstance(value, int | float | str | Decimal | datetime | date | bytes) or isinstance(value, bool):
        return known
    if known is None:
        return value
    try:
        return value if value > known else known  # type: ignore[operator]
    except TypeError:
        return value if isinstance(known, str) else known


def position_json(position: Position | None) -> Any:
    """The position as JSON holds it: numbers and texts as they are, others named by their type."""
    if isinstance(position, datetime):
        return {"moment": position.isoformat()}
    if isinstance(position, date):
        return {"day": position.isoformat()}
    if isinstance(position, Decimal):
        return {"decimal": str(position)}
    return {"bytes": position.hex()} if isinstance(position, bytes) else position


def position_from(document: Any) -> Position | None:
    """The position that `position_json` wrote."""
    if not isinstance(document, dict):
        return document  # type: ignore[no-any-return]
    ((kind, text),) = document.items()
    if kind == "moment":
        return datetime.fromisoformat(text)
    if kind == "day":
        return date.fromisoformat(text)
    return Decimal(text) if kind == "decimal" else bytes.fromhex(text)


FETCH_ROWS = 1_000
"""Rows that are fetched at a time; no more of a result is ever held."""

SMALLEST_NUMBER = -(2**63)
EARLIEST = datetime.fromisoformat("1000-01-01T00:00:00")

_Chunk = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Query:
    """What is asked of a source: the SELECT of the settings, and its cursor column, if it has one."""

    source: str
    env: str
    sql: str
    cursor: str | None = None


@dataclass(frozen=True)
class Rows:
    """The names of the columns as the database gives them, and the rows, read once."""

    columns: tuple[str, ...]
    rows: Iterator[Sequence[object]]


@contextmanager
def open_rows(query: Query, address: str, after: Position | None) -> Iterator[Rows]:
    """The rows after a position in one unchanging picture of the database; nothing is ever written there.

    `after` None means from the start. `id > NULL` is true for no row, so the query is first asked with NULL: it then
    gives no rows but tells the type of the cursor column, and is asked again with the smallest value of that type (the
    empty text, the year 1000, the smallest number). A query that knows NULL by itself, such as
    `:cursor IS NULL OR id > :cursor`, gives its rows at once. Rows whose cursor is NULL are never seen by `>`.

    Raises SourceError, here and while the rows are read.
    """
    engine = open_source(query.source, query.env, address)
    _check_parameters(query)
    try:
        with explaining(query.source, query.env), engine.connect() as connection, ExitStack() as results:
            begin_reading(connection)
            yield _rows(_Asking(connection, query, results), query, after)
    finally:
        engine.dispose()


def _check_parameters(query: Query) -> None:
    known = {"cursor"} if query.cursor else set()
    unknown = sorted(text(query.sql).compile().params.keys() - known)
    if unknown:
        raise SourceError(query.source, "source.parameter", name=unknown[0])


@dataclass(frozen=True)
class _Asking:
    """Asks the query; what it opened is closed with `results`."""

    connection: Connection
    query: Query
    results: ExitStack

    def __call__(self, **values: Any) -> CursorResult[Any]:
        statement, options = text(self.query.sql.strip().rstrip(";")), {"stream_results": True, "yield_per": FETCH_ROWS}
        result = self.connection.execute(statement, values, execution_options=options)
        self.results.callback(result.close)
        if not result.returns_rows:
            raise SourceError(self.query.source, "source.no_rows")
        return result


def _rows(ask: _Asking, query: Query, after: Position | None) -> Rows:
    if query.cursor is None:
        return _opened(ask())
    if after is not None:
        return _opened(ask(cursor=after))
    result = ask(cursor=None)
    columns, smallest = tuple(result.keys()), _smallest(ask.connection, result, query)
    chunks = result.partitions()
    first = next(chunks, None)
    if first is not None:
        return Rows(columns, _flat(chain([first], chunks)))
    result.close()
    return _opened(ask(cursor=smallest))


def _opened(result: CursorResult[Any]) -> Rows:
    return Rows(tuple(result.keys()), _flat(result.partitions()))


def _flat(chunks: Iterator[_Chunk]) -> Iterator[Sequence[object]]:
    return (row for chunk in chunks for row in chunk)


def _smallest(connection: Connection, result: CursorResult[Any], query: Query) -> Position:
    """The smallest value of the cursor column's type.

    SQLite tells no types; there a number is smaller than every text.
    """
    place = cursor_place(result.keys(), query.source, str(query.cursor))
    description: Any = result.cursor.description if result.cursor is not None else None
    code, driver = (description[place][1] if description else None), connection.dialect.loaded_dbapi
    if code is None:
        return SMALLEST_NUMBER
    if getattr(driver, "STRING", None) == code or code is str:
        return ""
    moments = [getattr(driver, name, None) for name in ("DATETIME", "TIMESTAMP", "DATE")]
    return EARLIEST if any(kind == code for kind in moments) or code is datetime else SMALLEST_NUMBER


def cursor_place(columns: Iterable[str], source: str, cursor: str) -> int:
    """Where the cursor column stands: spelled so, else spelled so but for case. Raises SourceError when it is not."""
    names = list(columns)
    place = place_of(names, cursor)
    if place is None:
        raise SourceError(source, "source.no_cursor", cursor=cursor, columns=names)
    return place


def place_of(columns: Sequence[str], name: str) -> int | None:
    """Where a column stands: spelled so, else spelled so but for case; None when there is none."""
    if name in columns:
        return columns.index(name)
    folded = [column.casefold() for column in columns]
    return folded.index(name.casefold()) if name.casefold() in folded else None
