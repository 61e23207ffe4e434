"""The office's calendar from its parts: settings, the holidays package and the office's own days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from data_access.errors import Message
from etl.domain.calendar.calendar import Holiday, SpecialDay, WorkCalendar, build_calendar
from etl.settings.office_days import load_office_days, parse_office_days

if TYPE_CHECKING:
    from etl.settings.document import Settings

__all__ = ["calendar_from", "check_calendar", "load_office_days", "national_holidays", "parse_office_days"]

SETTINGS = "pengaturan"

KNOWN_HOLIDAYS = (date(2002, 1, 1), date(2027, 12, 31))
"""The holidays package follows the decrees in this time; later years are estimates without collective leave."""

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
"""Dates of records outside these are refused, so no calendar is needed there."""


def calendar_from(
    settings: Settings,
    first: date,
    last: date,
    office_days: Sequence[SpecialDay] = (),
    *,
    file: str = SETTINGS,
    holidays_until: int | None = None,
) -> WorkCalendar:
    """The calendar of the days from `first` to `last`, both included; national holidays up to a year when one is given.

    Of two entries for one day, `[[calendar.day]]` of the settings wins over `office_days`. Raises RuleError naming
    `file` for hours that cannot be.
    """
    own = {day.date: day for day in office_days} | {day.date: day for day in settings.special_days()}
    until = last.year if holidays_until is None else min(last.year, holidays_until)
    holidays = national_holidays(first.year, until) if settings.uses_holiday_package else ()
    days = [own[day] for day in sorted(own)]
    return build_calendar(settings.zone, settings.profiles(), days, holidays, first, last, file=file)


def check_calendar(settings: Settings, file: str = SETTINGS) -> tuple[Message, ...]:
    """Warnings about the calendar over all the time it speaks of. Raises RuleError when no such calendar can be."""
    named = [*_days_named(settings), *KNOWN_HOLIDAYS]
    first, last = max(min(named), EARLIEST), min(max(named), LATEST)
    return calendar_from(settings, first, date(last.year, 12, 31), file=file).warnings


@cache
def national_holidays(first_year: int, last_year: int) -> tuple[Holiday, ...]:
    """National holidays and days of collective leave of those years, both included, by date.

    From the holidays package, imported on first use: it takes longer than everything else at the start.
    """
    from holidays import country_holidays

    years = range(first_year, last_year + 1)
    found: dict[date, Holiday] = {}
    for category in ("government", "public"):
        names = country_holidays("ID", categories=(category,), language="id", years=years)
        found |= {day: Holiday(day, name, category) for day, name in names.items()}
    return tuple(found[day] for day in sorted(found))


def _days_named(settings: Settings) -> list[date]:
    """Every day that the calendar's tables name."""
    days = [day.date for day in settings.special_days()]
    for profile in settings.profiles():
        days += [day for day in (profile.valid_from, profile.valid_to) if day]
        days += [day for pair in profile.ranges for day in pair]
    return days
