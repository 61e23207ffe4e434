"""Small invented tables for the tests of the intake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import xlsxwriter

from dashboard.i18n import sentence
from etl.extract import Extracted, Extraction, Sheet, open_cells, open_file
from tests.books.moments import JAKARTA


@dataclass(frozen=True)
class Given:
    """A constant of a source."""

    value: object


@dataclass(frozen=True)
class Mapped:
    """A source's own names for the columns."""

    kind: str | None
    columns: Mapping[str, object]
    date_order: str | Mapping[str, str] | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


LETTER = {"no_agenda": "12", "tgl_terima": "07/09/2026", "jam_terima": "08.00", "asal": "Dinas Contoh"}
PASS = {"no_agenda": "12", "langkah": "A2", "tgl_selesai": "07/09/2026", "jam_selesai": "08.10"}
SESSION = {"ruang": "Smart Center", "tanggal": "07/09/2026", "jam_mulai": "09.00", "jam_selesai": "11.00"}


def extract(path: Path, *, zone: ZoneInfo, **options: Any) -> Extracted:
    """Every row of a file of one kind, typed or rejected with a reason; options as `open_file` takes them."""
    with open_file(path, zone=zone, **options) as extractions:
        return _whole(extractions)


def extract_cells(sheets: Iterable[Sheet], *, zone: ZoneInfo, **options: Any) -> Extracted:
    """The same from raw cells."""
    with open_cells(sheets, zone=zone, **options) as extractions:
        return _whole(extractions)


def _whole(extractions: Sequence[Extraction]) -> Extracted:
    """All parts of the only extraction as one."""
    (extraction,) = extractions
    parts = list(extraction.parts())
    frames = [part.frame for part in parts if len(part.frame)] or [parts[0].frame]
    return Extracted(
        kind=extraction.kind,
        frame=frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True),
        rejects=[reject for part in parts for reject in part.rejects],
        warnings=[*extraction.warnings, *(warning for part in parts for warning in part.warnings)],
        ignored_columns=extraction.ignored_columns,
        read=sum(part.read for part in parts),
        set_aside=[cell for part in parts for cell in part.set_aside],
        furniture=[row for part in parts for row in part.furniture],
    )


def table(sound: Mapping[str, str], *rows: Mapping[str, str], **options: object) -> Extracted:
    """Rows that each differ from a sound one in the given cells, under the columns that any of them has."""
    columns = list(dict.fromkeys([*sound, *(name for row in rows for name in row)]))
    cells = [[{**sound, **row}.get(name, "") for name in columns] for row in rows]
    return cells_of([columns, *cells], **options)


def cells_of(rows: Sequence[Sequence[object]], **options: object) -> Extracted:
    """What becomes of a sheet with these rows."""
    return extract_cells([Sheet(None, rows)], zone=JAKARTA, **options)  # type: ignore[arg-type]


def letters(*rows: Mapping[str, str], **options: object) -> Extracted:
    """Letters that differ from a sound one."""
    return table(LETTER, *rows, **options)


def passes(*rows: Mapping[str, str], **options: object) -> Extracted:
    """Hand-overs that differ from a sound one."""
    return table(PASS, *rows, **options)


def sessions(*rows: Mapping[str, str], **options: object) -> Extracted:
    """Sessions that differ from a sound one."""
    return table(SESSION, *rows, **options)


def reason(extracted: Extracted) -> str:
    """The one reject's sentence."""
    (reject,) = extracted.rejects
    return sentence(reject.message)


def codes(extracted: Extracted) -> list[str]:
    """The rejects' codes in file order."""
    return [reject.code for reject in extracted.rejects]


def aside(extracted: Extracted) -> list[str]:
    """The codes of the cells set aside, in file order; every row was taken."""
    assert extracted.rejects == []
    return [cell.code for cell in extracted.set_aside]


def day(value: object) -> str | None:
    """A day number as ISO date; None where absent."""
    return None if value is None or pd.isna(value) else date.fromordinal(int(value) + 719_163).isoformat()


def moment(value: object) -> str | None:
    """UTC seconds as office time `2026-09-07 08:10`; None where absent."""
    if value is None or pd.isna(value):
        return None
    return datetime.fromtimestamp(int(value), JAKARTA).strftime("%Y-%m-%d %H:%M")


def days(column: pd.Series) -> list[str | None]:
    """A column of days as ISO dates."""
    return [day(value) for value in column]


def moments(column: pd.Series) -> list[str | None]:
    """A column of moments as office times."""
    return [moment(value) for value in column]


def write_csv(path: Path, *lines: str, encoding: str = "utf-8", end: str = "\r\n") -> Path:
    """A CSV file of these lines."""
    path.write_bytes(end.join([*lines, ""]).encode(encoding))
    return path


def write_xlsx(
    path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], first_row: int = 0, hidden: Sequence[str] = ()
) -> Path:
    """A workbook whose sheets hold these cells; dates and times become date and time cells."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        clock = book.add_format({"num_format": "hh:mm"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for number, row in enumerate(rows, start=first_row):
                for index, cell in enumerate(row):
                    if hasattr(cell, "hour") and not hasattr(cell, "year"):
                        sheet.write_datetime(number, index, cell, clock)
                    elif isinstance(cell, str):
                        sheet.write_string(number, index, cell)
                    else:
                        sheet.write(number, index, cell)
    return path
