"""Moments of the office, as tests write them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")


def seconds(text: str) -> int:
    """UTC seconds of an office time like `2026-09-07 09:00`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=JAKARTA).timestamp())
