"""Plain tables as files for spreadsheets: XLSX and CSV, numbers as numbers, texts never as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from etl.extract.guards import guarded

_MAX_CELL = 32_767
_WIDEST, _NARROWEST = 60, 10
_LONGEST_NAME = 31


class Share(float):
    """A number 0–1 that a spreadsheet shows in percent."""


Cell = str | int | float | None
"""What a cell holds: a text, a number, nothing."""


@dataclass(frozen=True)
class Sheet:
    """One table: its name (at most 31 characters, none of []:*?/\\), its headings, its rows."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def write_xlsx(target: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """One worksheet a table, the headings fixed; a text that looks like a formula stays a text."""
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, share = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "0.0%"})
        for one in sheets:
            sheet = book.add_worksheet(one.name[:_LONGEST_NAME])
            for row, cells in enumerate((one.head, *one.rows)):
                for column, cell in enumerate(cells):
                    _write(sheet, row, column, cell, share if row else bold)
            sheet.freeze_panes(1, 1)
            for column, width in enumerate(_widths(one)):
                sheet.set_column(column, column, width)


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, form: Format) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell[:_MAX_CELL], *([] if row else [form]))
    elif isinstance(cell, Share):
        sheet.write_number(row, column, cell, form)
    elif cell is not None:
        sheet.write_number(row, column, cell)


def _widths(sheet: Sheet) -> list[int]:
    """Of each column the longest text or whole number, or word of its heading, within bounds."""
    columns = list(zip(*sheet.rows, strict=True)) or [()] * len(sheet.head)
    return [_width(head, column) for head, column in zip(sheet.head, columns, strict=True)]


def _width(head: str, column: Sequence[Cell]) -> int:
    texts = [*head.split(), *(str(cell) for cell in column if isinstance(cell, str | int))]
    return min(max(max(map(len, texts), default=0) + 2, _NARROWEST), _WIDEST)


def write_csv(target: IO[bytes], sheets: Sequence[Sheet], *, decimal: str) -> None:
    """The tables below each other, each under its name; semicolons, UTF-8 with a mark, `decimal` before the decimals.

    A text that a spreadsheet would calculate begins with an apostrophe.
    """
    text = io.TextIOWrapper(target, "utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for at, sheet in enumerate(sheets):
        writer.writerows([[]] if at else [])
        writer.writerow([guarded(sheet.name)])
        writer.writerow([guarded(name) for name in sheet.head])
        writer.writerows([_plain(cell, decimal) for cell in row] for row in sheet.rows)
    text.detach()


def _plain(cell: Cell, decimal: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guarded(cell)
    return str(cell) if isinstance(cell, int) else repr(float(cell)).replace(".", decimal)
