"""Numbers of records as addresses and browsers give them: whole, and small enough for every database and script."""

from __future__ import annotations

from typing import Any

MOST = 2**53 - 1
"""The biggest whole number that a browser's script holds exactly; databases hold more."""

ADDRESS_NUMBER = f"int(max={MOST})"
"""The converter of a number in an address: a bigger one is an address that is not there."""


def record_number(given: Any) -> int | None:
    """The number of a record, or a moment; None for anything that cannot be one."""
    is_number = isinstance(given, int) and not isinstance(given, bool)
    return given if is_number and 0 < given <= MOST else None


def once_more(times: Any) -> int:
    """The next number of a mark that something was done; it begins anew where the browser holds none."""
    is_number = isinstance(times, int) and 0 <= times < MOST
    return times + 1 if is_number else 1
