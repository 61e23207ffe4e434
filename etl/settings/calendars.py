"""The office's calendar from its parts: settings, the holidays package and the office's own days.

The own open and closed days are a CSV that a clerk keeps, `hari_kantor.csv`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from data_access.errors import Message
from etl.domain.calendar.calendar import WorkCalendar, build_calendar
from etl.domain.calendar.days import Holiday, Interval, Profile, SpecialDay
from etl.domain.errors import RuleError
from etl.settings.values import read_interval

if TYPE_CHECKING:
    from etl.settings.document import Settings

SETTINGS = "pengaturan"

KNOWN_HOLIDAYS = (date(2002, 1, 1), date(2027, 12, 31))
"""The holidays package follows the decrees in this time; later years are estimates without collective leave."""

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
"""Dates of records outside these are refused, so no calendar is needed there."""

COLUMNS = ("tanggal", "nama", "sumber", "jam")
_REQUIRED = ("tanggal", "nama")
_HEADER = Message("rule.header")


def load_office_days(path: Path) -> tuple[SpecialDay, ...]:
    """The days in the file, by date; none when there is no file. Raises RuleError."""
    if not path.exists():
        return ()
    return parse_office_days(_text(path), str(path))


def parse_office_days(text: str, file: str) -> tuple[SpecialDay, ...]:
    """One day a row: tanggal, nama, sumber, jam; separated by ";" or ",".

    `jam` is empty for a closed day, else "07:30-10:00", or two ranges joined by "+". `tanggal` is 2026-09-08 or
    08/09/2026 (day first). Raises RuleError naming `file`, row, column, value and what to write.
    """
    days: dict[date, tuple[int, SpecialDay]] = {}
    for row, cells in _rows(text, file):
        day = _special_day(cells, row, file)
        if day.date in days:
            expected = Message("rule.one_row_a_day", row=days[day.date][0])
            raise _error(file, row, "tanggal", cells["tanggal"], expected)
        days[day.date] = row, day
    return tuple(days[day][1] for day in sorted(days))


def _text(path: Path) -> str:
    """The file as UTF-8, with or without BOM, else as a spreadsheet program of Windows saves it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RuleError(str(path), Message("rule.file"), error.strerror, Message("rule.readable_csv")) from None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RuleError(str(path), Message("rule.file"), Message("rule.not_text"), Message("rule.as_csv"))


def _rows(text: str, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number as the spreadsheet shows it, and the cells by column; empty rows are left out."""
    header, separator = None, ";" if ";" in text.partition("\n")[0] else ","
    for row, raw in enumerate(csv.reader(text.splitlines(), delimiter=separator), start=1):
        cells = [cell.strip() for cell in raw]
        if not any(cells):
            continue
        if header is None:
            header = _header(cells, row, file)
            continue
        if any(cells[len(header) :]):
            expected = Message("rule.cells_a_row", count=len(header))
            raise _error(file, row, Message("rule.no_head"), cells[len(header)], expected)
        yield row, dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=False))
    if header is None:
        raise _error(file, 1, Message("rule.head"), "", _HEADER)


def _header(cells: list[str], row: int, file: str) -> list[str]:
    names = [cell.casefold() for cell in cells]
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or not {*_REQUIRED} <= {*names} or len({*names}) != len(names):
        raise _error(file, row, Message("rule.head"), unknown[0] if unknown else ";".join(cells), _HEADER)
    return names


def _special_day(cells: dict[str, str], row: int, file: str) -> SpecialDay:
    if not cells["nama"]:
        raise _error(file, row, "nama", None, Message("rule.day_name"))
    return SpecialDay(
        date=_day(cells["tanggal"], row, file),
        name=cells["nama"],
        source=cells["sumber"],
        hours=_hours(cells["jam"], row, file),
    )


def _day(text: str, row: int, file: str) -> date:
    iso, local = re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", text), re.fullmatch(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})", text)
    parts = iso.groups() if iso else local.groups()[::-1] if local else ()
    try:
        return date(*map(int, parts))
    except (TypeError, ValueError):
        expected = Message("rule.office_date")
        raise _error(file, row, "tanggal", text or None, expected) from None


def _hours(text: str, row: int, file: str) -> tuple[Interval, ...]:
    """Intervals of "07:30-10:00+13:00-15:00"; dots may stand for the colons."""
    try:
        intervals = sorted(read_interval(part.replace(".", ":")) for part in text.split("+")) if text else []
    except PydanticCustomError as error:
        expected = Message("rule.office_hours", interval=(error.context or {})["expected"])
        raise _error(file, row, "jam", text, expected) from None
    for (_, end), (start, _) in pairwise(intervals):
        if start < end:
            raise _error(file, row, "jam", text, Message("rule.hours_apart"))
    return tuple(intervals)


def _error(file: str, row: int, column: str | Message, value: str | None, expected: Message) -> RuleError:
    return RuleError(file, Message("rule.cell", row=row, column=column), value, expected)


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
    holidays = national_holidays(first.year, until) if settings.calendar.holidays.package else ()
    days = tuple(own[day] for day in sorted(own))
    return _compiled(settings.zone, _Profiles(settings.profiles()), days, holidays, first, last, file)


class _Profiles(tuple[Profile, ...]):
    """Profiles by which a compiled calendar is found again; their hours, which are mappings, have no hash."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash(tuple(profile.name for profile in self))


@lru_cache(maxsize=4)
def _compiled(
    zone: str,
    profiles: _Profiles,
    days: tuple[SpecialDay, ...],
    holidays: tuple[Holiday, ...],
    first: date,
    last: date,
    file: str,
) -> WorkCalendar:
    """Rules are read again after every load; the same ones need no second compilation."""
    return build_calendar(zone, profiles, days, holidays, first, last, file=file)


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
    holidays: dict[date, Holiday] = {}
    for category in ("government", "public"):
        names = country_holidays("ID", categories=(category,), language="id", years=years)
        holidays |= {day: Holiday(day, name, category) for day, name in names.items()}
    return tuple(holidays[day] for day in sorted(holidays))


def _days_named(settings: Settings) -> list[date]:
    """Every day that the calendar's tables name."""
    days = [day.date for day in settings.special_days()]
    for profile in settings.profiles():
        days += [day for day in (profile.valid_from, profile.valid_to) if day]
        days += [day for pair in profile.ranges for day in pair]
    return days
