"""Dates, moments and durations as people and scripts write them on the command line and in addresses."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from data_access.errors import PantauError
from etl.domain.units import HOUR, MINUTE

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class MomentError(PantauError):
    """A date, time or duration that cannot be read."""


def parse_moment(text: str, zone: ZoneInfo) -> int:
    """UTC seconds of `2026-09-07T09:00`, `2026-09-07 09:00:00` or with an offset; without one it is office time."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise MomentError("command.no_moment", text=text) from None
    if len(text.strip()) <= len("2026-09-07"):
        raise MomentError("command.no_clock", text=text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())


def parse_date(text: str) -> date:
    """A date written `2026-09-07`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise MomentError("command.no_date", text=text) from None


def parse_duration(text: str) -> int:
    """Seconds of `1h`, `5m`, `265m`, `1h30m`, `90s`."""
    match = _DURATION.fullmatch(text.strip().lower())
    if not match or not any(match.groups()):
        raise MomentError("command.no_duration", text=text)
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * HOUR + minutes * MINUTE + seconds


def iso(moment: int | None, zone: ZoneInfo) -> str | None:
    """ISO 8601 in the office's zone with offset, None for None."""
    return None if moment is None else datetime.fromtimestamp(moment, zone).isoformat()
