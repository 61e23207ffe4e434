"""How a moment, a day, a small code and a JSON document are kept, once for the whole schema."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Boolean, Dialect, Integer, SmallInteger, Text
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
