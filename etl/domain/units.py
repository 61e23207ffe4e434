"""Seconds in a minute, an hour and a day; days as numbers; a second of the day as a clock shows it."""

from __future__ import annotations

from datetime import date

MINUTE, HOUR, DAY = 60, 3_600, 86_400

YEARS = range(1, 10_000)
"""The years that a date can have."""

_EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def day_date(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(number + _EPOCH)


def clock_text(second: int) -> str:
    """A second of the day as `07:30`; the end of the day is `24:00`."""
    return f"{second // HOUR:02d}:{second % HOUR // MINUTE:02d}"
