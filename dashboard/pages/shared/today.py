"""The office's date at a moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.office import Office


def office_today(office: Office, now: int) -> date:
    """The local date of the office at `now`, seconds since 1970 UTC."""
    return datetime.fromtimestamp(now, office.zone).date()
