"""Statements into frames: columns, never a Python object per value.

Frames speak one way: integers are int64 with MISSING for NULL (codes int8), booleans are bool, or "boolean" where
"not said" is possible, text is pandas "str" with NaN for NULL, JSON is its text.

The database itself writes the rows as one CSV text, which Arrow parses. Rows fetched one by one cost six times as
much and hold Python's lock; a second SQLite inside the process, as Arrow's own driver brings along, would drop the
file locks of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    Select,
    SmallInteger,
    Table,
    Text,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.types import TypeEngine

from data_access.records.types import MISSING, Code, Day, MaybeBoolean, Moment

_QUOTE = "'"
_PARSED = csv.ParseOptions(quote_char=_QUOTE, newlines_in_values=True, ignore_empty_lines=False)
_NULLS = ["", "NULL"]


def read_frame(connection: Connection, statement: Select[Any]) -> pd.DataFrame:
    """The statement's rows as a frame, in its order; the text of all rows together must stay below a gigabyte."""
    names, types = list(statement.selected_columns.keys()), [c.type for c in statement.selected_columns]
    rows = statement.subquery("wanted")
    together = _sqlite_text if connection.dialect.name == "sqlite" else _postgresql_text
    text = connection.execute(select(together(list(rows.c)))).scalar()
    table = _empty(names, types) if text is None else _parsed(text, names, types)
    series = {n: _array(table.column(i), t) for i, (n, t) in enumerate(zip(names, types, strict=True))}
    return pd.DataFrame(series, copy=False)


def columns_of(table: Table, *names: str, without: Sequence[str] = ()) -> list[ColumnElement[Any]]:
    """The table's columns (all when none is named)."""
    wanted = names or tuple(c.name for c in table.c if c.name not in without)
    return [table.c[name].label(name) for name in wanted]


def filled(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """An integer expression with MISSING in place of NULL; anything else as it is."""
    return func.coalesce(column, literal(MISSING, BigInteger)) if is_integer(column.type) else column


def is_integer(kind: TypeEngine[Any]) -> bool:
    """Whether a column travels as int64 or int8."""
    return isinstance(kind, Integer | Moment | Day | Code)


def is_boolean(kind: TypeEngine[Any]) -> bool:
    """Whether a column travels as bool or "boolean"."""
    return isinstance(kind, Boolean | MaybeBoolean)


def _is_number(kind: TypeEngine[Any]) -> bool:
    return is_integer(kind) or is_boolean(kind)


def _sqlite_text(columns: list[ColumnElement[Any]]) -> ColumnElement[Any]:
    """All rows as lines; `%Q` quotes a text and writes a missing one as NULL."""
    shape = ",".join("%s" if _is_number(column.type) else "%Q" for column in columns)
    return func.group_concat(func.printf(shape, *columns), "\n")


def _postgresql_text(columns: list[ColumnElement[Any]]) -> ColumnElement[Any]:
    """All rows as lines; `concat` writes nothing for NULL."""
    parts = [part for column in columns for part in (",", _postgresql_cell(column))]
    return func.string_agg(func.concat(*parts[1:]), "\n")


def _postgresql_cell(column: ColumnElement[Any]) -> ColumnElement[Any]:
    if is_boolean(column.type):
        return cast(column, Integer)
    if is_integer(column.type):
        return column
    return literal(_QUOTE, Text).concat(func.replace(column, _QUOTE, _QUOTE * 2, type_=Text)).concat(_QUOTE)


def _parsed(text: str, names: Sequence[str], types: Sequence[TypeEngine[Any]]) -> pa.Table:
    content = text.encode() + b"\n"  # without it Arrow takes a missing last cell for an empty text
    places = [str(place) for place in range(len(names))]
    wanted = {place: _arrow_type(kind) for place, kind in zip(places, types, strict=True)}
    return csv.read_csv(
        pa.BufferReader(content),
        read_options=csv.ReadOptions(column_names=places, block_size=len(content) + 1),
        parse_options=_PARSED,
        convert_options=csv.ConvertOptions(
            column_types=wanted, null_values=_NULLS, strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )


def _empty(names: Sequence[str], types: Sequence[TypeEngine[Any]]) -> pa.Table:
    return pa.table([pa.array([], _arrow_type(kind)) for kind in types], names=[str(i) for i in range(len(names))])


def _arrow_type(kind: TypeEngine[Any]) -> pa.DataType:
    return pa.int64() if _is_number(kind) else pa.large_string()


def _array(column: pa.ChunkedArray, kind: TypeEngine[Any]) -> Any:
    if not _is_number(kind):
        return pd.array(column, dtype="str")
    if isinstance(kind, MaybeBoolean):
        flags = pc.fill_null(column, -1).to_numpy()
        return pd.arrays.BooleanArray(flags == 1, flags < 0)
    numbers = pc.fill_null(column, MISSING).to_numpy() if column.null_count else column.to_numpy()
    if isinstance(kind, Code | SmallInteger):
        return numbers.astype(np.int8)
    return numbers.astype(np.bool_) if isinstance(kind, Boolean) else numbers.astype(np.int64, copy=False)
