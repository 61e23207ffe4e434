"""How far a source was read: a value of its cursor column, kept as JSON between two readings."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

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
