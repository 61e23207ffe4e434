"""Tables with days and moments as files: numbers stay numbers, and no text of the data becomes a formula.

`etl.sheet_files` writes tables of texts and numbers only.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter
from flask import Response, send_file

from etl.extract.guards import guarded

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Value = str | int | float | date | datetime | None
_MAX_CELL = 32_767


@dataclass(frozen=True)
class Sheet:
    """One table. `shares` are the columns (from 0) that hold shares 0–1."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]
    shares: frozenset[int] = frozenset()


def as_xlsx(about: Sequence[tuple[str, str]], sheets: Sequence[Sheet]) -> bytes:
    """A workbook: under the lines `about` the first table, the others on sheets of their own."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        formats = {
            "bold": book.add_format({"bold": True}),
            "share": book.add_format({"num_format": "0.0%"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        for number, sheet in enumerate(sheets):
            page = book.add_worksheet(sheet.name[:31])
            first = 0
            if number == 0:
                for line, (name, words) in enumerate(about):
                    page.write_string(line, 0, name, formats["bold"])
                    page.write_string(line, 1, words)
                first = len(about) + 1
            _table(page, first, sheet, formats)
    return target.getvalue()


def _table(page: xlsxwriter.worksheet.Worksheet, first: int, sheet: Sheet, formats: dict) -> None:
    for column, head in enumerate(sheet.heads):
        page.write_string(first, column, head, formats["bold"])
    for line, row in enumerate(sheet.rows, start=first + 1):
        for column, value in enumerate(row):
            _write(page, line, column, value, formats, is_share=column in sheet.shares)
    page.set_column(0, 0, 30)
    page.set_column(1, max(len(sheet.heads) - 1, 1), 18)


def _write(page, line: int, column: int, value: Value, formats: dict, *, is_share: bool) -> None:
    if value is None:
        return
    if isinstance(value, str):
        page.write_string(line, column, value[:_MAX_CELL])
    elif isinstance(value, datetime):
        page.write_datetime(line, column, value.replace(tzinfo=None), formats["moment"])
    elif isinstance(value, date):
        page.write_datetime(line, column, datetime(value.year, value.month, value.day), formats["day"])  # noqa: DTZ001
    else:
        page.write_number(line, column, value, formats["share"] if is_share else None)


def as_csv(sheet: Sheet) -> bytes:
    """A table for spreadsheets of this country: semicolons, a comma in numbers, UTF-8 with a mark."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow([_plain(head) for head in sheet.heads])
    writer.writerows([_plain(value) for value in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _plain(value: Value) -> str:
    """A cell's text; what a spreadsheet would take for a formula is guarded."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str):
        return guarded(value)
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def sent(content: bytes, name: str) -> Response:
    """A file as a download that no cache keeps."""
    mimetype = XLSX if name.endswith(".xlsx") else "text/csv; charset=utf-8"
    reply = send_file(io.BytesIO(content), mimetype, as_attachment=True, download_name=name, max_age=0)
    reply.headers["Cache-Control"] = "no-store"
    return reply
