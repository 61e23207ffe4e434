"""What a page gets to know: how it was opened, on which day, and the numbers that addresses and browsers give."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from dashboard.access.accounts import Account

if TYPE_CHECKING:
    from etl.office import Office

MOST = 2**53 - 1
"""The biggest whole number that a browser's script holds exactly; databases hold more."""

ADDRESS_NUMBER = f"int(max={MOST})"
"""The converter of a number in an address: a bigger one is an address that is not there."""


@dataclass(frozen=True)
class PageRequest:
    """One opening of a page: `now` in seconds since 1970, placeholders of its address (`path`), filters (`query`), and
    the text these were read from (`search`); None when the address is not known letter by letter."""

    office: Office
    now: int
    account: Account
    path: dict[str, str | int] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    search: str | None = None


def office_today(office: Office, now: int) -> date:
    """The local date of the office at `now`, seconds since 1970 UTC."""
    return datetime.fromtimestamp(now, office.zone).date()


def record_number(given: Any) -> int | None:
    """The number of a record, or a moment; None for anything that cannot be one."""
    is_number = isinstance(given, int) and not isinstance(given, bool)
    return given if is_number and 0 < given <= MOST else None


def once_more(times: Any) -> int:
    """The next number of a mark that something was done; it begins anew where the browser holds none."""
    is_number = isinstance(times, int) and 0 <= times < MOST
    return times + 1 if is_number else 1
