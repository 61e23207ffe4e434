"""What a page gets to know when it is opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dashboard.access.accounts import Account

if TYPE_CHECKING:
    from etl.office import Office


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
