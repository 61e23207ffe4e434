"""The office's own open and closed days, as a CSV that a clerk keeps: `hari_kantor.csv`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from etl.domain.calendar.calendar import Interval, SpecialDay
from etl.domain.errors import RuleError
from etl.settings.values import read_interval

COLUMNS = ("tanggal", "nama", "sumber", "jam")
_REQUIRED = ("tanggal", "nama")
_HEADER = "judul kolom tanggal;nama;sumber;jam"


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
            expected = f"satu baris saja untuk tanggal itu; baris {found[day.date][0]} sudah memakainya"
            raise _error(file, row, "tanggal", cells["tanggal"], expected)
        found[day.date] = row, day
    return tuple(found[day][1] for day in sorted(found))


def _text(path: Path) -> str:
    """The file as UTF-8, with or without BOM, else as a spreadsheet program of Windows saves it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RuleError(str(path), "berkas", error.strerror, "berkas CSV yang boleh dibaca") from None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RuleError(str(path), "berkas", "bukan teks", "ulang berkas itu sebagai CSV")


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
            raise _error(
                file, row, "tanpa judul", cells[len(header)], f"paling banyak {len(header)} sel dalam satu baris"
            )
        yield row, dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=False))
    if header is None:
        raise _error(file, 1, "judul", "", _HEADER)


def _header(cells: list[str], row: int, file: str) -> list[str]:
    names = [cell.casefold() for cell in cells]
    unknown = next((name for name in names if name not in COLUMNS), None)
    missing = next((name for name in _REQUIRED if name not in names), None)
    if unknown is not None:
        raise _error(file, row, "judul", unknown, _HEADER)
    if missing is not None or len(set(names)) != len(names):
        raise _error(file, row, "judul", ";".join(cells), _HEADER)
    return names


def _special_day(cells: dict[str, str], row: int, file: str) -> SpecialDay:
    if not cells["nama"]:
        raise _error(file, row, "nama", None, 'nama hari itu, misalnya "Libur daerah"')
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
        expected = "tanggal yang ada sebagai 2026-09-08 atau 08/09/2026"
        raise _error(file, row, "tanggal", text or None, expected) from None


def _hours(text: str, row: int, file: str) -> tuple[Interval, ...]:
    """Intervals of "07:30-10:00+13:00-15:00"; dots may stand for the colons."""
    try:
        intervals = sorted(read_interval(part.replace(".", ":")) for part in text.split("+")) if text else []
    except ValueError as error:
        expected = f"{error}, dua rentang dengan tanda +, atau kosong untuk tutup"
        raise _error(file, row, "jam", text, expected) from None
    for (_, end), (start, _) in pairwise(intervals):
        if start < end:
            raise _error(file, row, "jam", text, "jam yang tidak bertumpang tindih")
    return tuple(intervals)


def _error(file: str, row: int, column: str, value: str | None, expected: str) -> RuleError:
    return RuleError(file, f'baris {row}, kolom "{column}"', value, expected)
