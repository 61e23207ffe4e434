"""Plain tables as files for spreadsheets: XLSX and CSV, numbers and moments as such, texts never as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from etl.extract.files.sheet import guarded

_MAX_CELL = 32_767
_WIDEST, _NARROWEST = 60, 10
_LONGEST_NAME = 31
_PAIR = 2
"""Columns of a sheet of names and what they mean; there is nothing to filter."""

_DAY, _MOMENT = "%Y-%m-%d", "%Y-%m-%d %H:%M"
_NUMBER_FORMATS = {
    "share": "0.0%", "count": "#,##0", "measure": "#,##0.00", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm",
}  # fmt: skip


class Share(float):
    """A number 0–1 that a spreadsheet shows in percent."""


def share_cell(value: float | None) -> Share | None:
    """A share, or nothing where there is none."""
    return None if value is None else Share(value)


Cell = str | int | float | date | datetime | None
"""What a cell holds: a text, a number, a day, a moment on the office's clock, nothing."""


@dataclass(frozen=True)
class Sheet:
    """One table: its name (at most 31 characters, none of []:*?/\\), its headings, its rows."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def write_xlsx(target: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """One worksheet a table, headings fixed and to filter by; a text that looks like a formula or link stays a text."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {name: book.add_format({"num_format": form}) for name, form in _NUMBER_FORMATS.items()}
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name[:_LONGEST_NAME]), sheet, bold, formats)


def _write_sheet(sheet: Worksheet, table: Sheet, bold: Format, formats: Mapping[str, Format]) -> None:
    for column, name in enumerate(table.head):
        sheet.write_string(0, column, name[:_MAX_CELL], bold)
    for row, cells in enumerate(table.rows, start=1):
        for column, cell in enumerate(cells):
            _write(sheet, row, column, cell, formats)
    sheet.freeze_panes(1, 1)
    if len(table.rows) > 1 and len(table.head) > _PAIR:
        sheet.autofilter(0, 0, len(table.rows), len(table.head) - 1)
    for column, width in enumerate(_widths(table)):
        sheet.set_column(column, column, width)


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, formats: Mapping[str, Format]) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell[:_MAX_CELL])
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell.replace(tzinfo=None), formats["moment"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats["day"])
    elif cell is not None:
        kind = "share" if isinstance(cell, Share) else "count" if isinstance(cell, int) else "measure"
        sheet.write_number(row, column, cell, formats[kind])


def _widths(sheet: Sheet) -> list[int]:
    """Of each column the longest text or whole number, or word of its heading, within bounds."""
    columns = list(zip(*sheet.rows, strict=True)) or [()] * len(sheet.head)
    return [_width(head, column) for head, column in zip(sheet.head, columns, strict=True)]


def _width(head: str, column: Sequence[Cell]) -> int:
    texts = [*head.split(), *(_text(cell, ",") for cell in column if isinstance(cell, str | int | date))]
    return min(max(max(map(len, texts), default=0) + 2, _NARROWEST), _WIDEST)


def write_csv(target: IO[bytes], sheets: Sequence[Sheet], *, decimal: str) -> None:
    """The tables below each other, each under its name; semicolons, UTF-8 with a mark, `decimal` before the decimals.

    A text that a spreadsheet would calculate begins with an apostrophe.
    """
    write_rows(target, chain.from_iterable(_named(sheet, at > 0, decimal) for at, sheet in enumerate(sheets)))


def csv_table(sheet: Sheet, *, decimal: str) -> bytes:
    """One table alone, as `write_csv` writes several: the headings first."""
    target = io.BytesIO()
    write_rows(target, _table(sheet, decimal))
    return target.getvalue()


def write_rows(target: IO[bytes], rows: Iterable[Sequence[str]]) -> None:
    """Rows as CSV: semicolons, UTF-8 with a mark. What a spreadsheet would calculate must be guarded before."""
    text = io.TextIOWrapper(target, "utf-8-sig", newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    text.detach()


def _named(sheet: Sheet, is_further: bool, decimal: str) -> Iterator[list[str]]:
    """A table under its name, an empty line before it where another one stands above."""
    yield from [[]] if is_further else []
    yield [guarded(sheet.name)]
    yield from _table(sheet, decimal)


def _table(sheet: Sheet, decimal: str) -> Iterator[list[str]]:
    yield [guarded(name) for name in sheet.head]
    yield from ([_plain(cell, decimal) for cell in row] for row in sheet.rows)


def _plain(cell: Cell, decimal: str) -> str:
    return guarded(cell) if isinstance(cell, str) else _text(cell, decimal)


def _text(cell: Cell, decimal: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.strftime(_MOMENT if isinstance(cell, datetime) else _DAY)
    return repr(float(cell)).replace(".", decimal) if isinstance(cell, float) else str(cell)
