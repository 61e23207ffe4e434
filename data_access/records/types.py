"""How a moment, a day, a small code and a JSON document are kept, and the kinds of columns that tables are made of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Boolean, Column, Dialect, Integer, SmallInteger, Text, false, text
from sqlalchemy.types import TypeDecorator

MISSING = int(np.iinfo(np.int64).min)
"""Stands for NULL in every int64 array that enters or leaves the records."""

RowId = BigInteger().with_variant(Integer, "sqlite")
"""64 bits everywhere; in SQLite the type name must be INTEGER for the column to be the row's own address."""

_EPOCH = date(1970, 1, 1)


class Moment(TypeDecorator[int]):
    """UTC seconds since 1970 as BIGINT. Takes int or an aware datetime; a naive datetime is refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | datetime | None, _dialect: Dialect) -> int | None:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError(f"a moment needs its offset: {value!r}")
            return int(value.astimezone(UTC).timestamp())
        return _whole(value)


class Day(TypeDecorator[int]):
    """Days since 1970-01-01 of the office's local date as INTEGER. Takes int or a date, never a datetime."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: int | date | None, _dialect: Dialect) -> int | None:
        if isinstance(value, datetime):
            raise TypeError(f"a day has no clock time: {value!r}")
        return (value - _EPOCH).days if isinstance(value, date) else _whole(value)


class Code(TypeDecorator[int]):
    """The number of an enum member (0–127); never NULL, so that it travels as int8."""

    impl = SmallInteger
    cache_ok = True


class MaybeBoolean(TypeDecorator[bool]):
    """Yes, no or not said (NULL); travels as pandas "boolean"."""

    impl = Boolean
    cache_ok = True


class JsonText(TypeDecorator[Any]):
    """A JSON document as TEXT, the same bytes in SQLite and PostgreSQL, keys in the given order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def to_json(value: Any) -> str:
    """Compact JSON that keeps Indonesian text readable in the table."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _whole(value: int | None) -> int | None:
    return None if value is None or value == MISSING else int(value)


def link(name: str, target: str, *, nullable: bool = False) -> Column[int]:
    """The id of a row of `target`, checked by `bulk.insert_rows`."""
    return Column(name, RowId, nullable=nullable, info={"target": target})


def at(name: str, *, nullable: bool = True) -> Column[int]:
    """A moment: UTC seconds."""
    return Column(name, Moment, nullable=nullable)


def on(name: str) -> Column[int]:
    """A day of the office's date: days since 1970-01-01."""
    return Column(name, Day)


def stamp(name: str) -> tuple[Column[int], Column[int]]:
    """The day, known when a date is known, and the moment, known only when the clock time is."""
    return on(f"{name}_on"), at(f"{name}_at")


def words(name: str, *, nullable: bool = True) -> Column[str]:
    """A text."""
    return Column(name, Text, nullable=nullable)


def count(name: str) -> Column[int]:
    """A number, NULL where it is not known."""
    return Column(name, Integer)


def tally(name: str) -> Column[int]:
    """A number that begins at 0."""
    return Column(name, Integer, nullable=False, server_default=text("0"))


def flag(name: str) -> Column[bool]:
    """True or false, false at first."""
    return Column(name, Boolean, nullable=False, server_default=false())


def json_value(name: str, *, nullable: bool = False) -> Column[Any]:
    """Any value as JSON."""
    return Column(name, JsonText, nullable=nullable)


def one_of(name: str, allowed: Sequence[str]) -> str:
    """A condition: one of these words."""
    return f"{name} IN (" + ", ".join(f"'{word}'" for word in allowed) + ")"


def origin() -> tuple[Column[int], Column[int], Column[int]]:
    """Where a row was read: its load, its sheet and the spreadsheet's own row number."""
    return link("load_id", "load"), link("sheet_id", "sheet"), Column("row", Integer, nullable=False)


def read_row(*, needs_key: bool) -> tuple[Column[Any], ...]:
    """A row of a log that names its letter by agenda number; `request_id` is the letter, once it is known."""
    key = words("agenda_key", nullable=not needs_key), words("agenda_number"), count("year")
    return link("request_id", "request", nullable=True), *origin(), *key


def turnout() -> tuple[Column[int], ...]:
    """How many came and were screened. NULL: it is not said who came, which is not "nobody"."""
    return count("present"), count("screened"), count("passed"), count("failed")
