"""The office's own open and closed days, as a CSV that a clerk keeps: `hari_kantor.csv`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from data_access.errors import Message
from etl.domain.calendar.calendar import Interval, SpecialDay
from etl.domain.errors import RuleError
from etl.settings.values import UnreadableError, read_interval

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
    found: dict[date, tuple[int, SpecialDay]] = {}
    for row, cells in _rows(text, file):
        day = _special_day(cells, row, file)
        if day.date in found:
            expected = Message("rule.one_row_a_day", row=found[day.date][0])
            raise _error(file, row, "tanggal", cells["tanggal"], expected)
        found[day.date] = row, day
    return tuple(found[day][1] for day in sorted(found))


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
    unknown = next((name for name in names if name not in COLUMNS), None)
    missing = next((name for name in _REQUIRED if name not in names), None)
    if unknown is not None:
        raise _error(file, row, Message("rule.head"), unknown, _HEADER)
    if missing is not None or len(set(names)) != len(names):
        raise _error(file, row, Message("rule.head"), ";".join(cells), _HEADER)
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
    except UnreadableError as error:
        expected = Message("rule.office_hours", interval=error.expected)
        raise _error(file, row, "jam", text, expected) from None
    for (_, end), (start, _) in pairwise(intervals):
        if start < end:
            raise _error(file, row, "jam", text, Message("rule.hours_apart"))
    return tuple(intervals)


def _error(file: str, row: int, column: str | Message, value: str | None, expected: Message) -> RuleError:
    return RuleError(file, Message("rule.cell", row=row, column=column), value, expected)
