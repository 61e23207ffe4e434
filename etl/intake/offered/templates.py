"""XLSX templates to fill in: drop-downs, notes and examples for each kind of record."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from etl.extract.files.workbook import NOT_READ
from etl.extract.kinds import SPECS, Field, Kind, KindSpec, fields_document

_FILL, _EXAMPLES, _HELP, _CHOICES = "Isi", "Contoh", "Petunjuk", "Pilihan"
_LAST_ROW = 20_000
_CREATED = dt.datetime(2020, 6, 1, tzinfo=dt.UTC)
_ALL_TEXT = {"num_format": "@"}
_REQUIRED = {"bold": True, "bg_color": "#0B5CAD", "font_color": "#FFFFFF", "border": 1, "text_wrap": True}
_OPTIONAL = {"bold": True, "bg_color": "#E8EEF3", "border": 1, "text_wrap": True}


@dataclass(frozen=True)
class _Column:
    field: Field
    need: str
    choices: Sequence[str]
    is_strict: bool


def write_template(kind: Kind, *, rooms: Sequence[str] = (), items: Sequence[str] = ()) -> bytes:
    """An XLSX file with the kind's columns, to be filled in and given as it stands.

    `rooms` and `items` are offered in the columns of rooms and of items to be checked. All cells are text, so that
    a spreadsheet drops no leading zero and turns no date round. The sheets beside the one to fill are not read.
    """
    columns = _columns(kind, {"rooms": rooms, "items": items, **fields_document()["lists"]})
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"title": f"Pantau – {kind}", "created": _CREATED})
        _write_fill(book, columns)
        _write_examples(book, columns)
        _write_help(book, SPECS[kind].title, columns)
        _write_choices(book, columns)
    return target.getvalue()


def _columns(kind: Kind, lists: Mapping[str, Sequence[str]]) -> list[_Column]:
    free = fields_document()["free"]["lists"]
    return [
        _Column(field, _need(SPECS[kind], field.name), lists.get(field.list, ()), field.list not in free)
        for field in SPECS[kind].fields
    ]


def _need(spec: KindSpec, name: str) -> str:
    """Whether a column must be filled, in words; empty when it need not."""
    if name in spec.always:
        return "wajib"
    others = [" + ".join(group) for group in spec.either if name not in group]
    return f"wajib, atau {' atau '.join(others)}" if len(others) < len(spec.either) else ""


def _write_fill(book: Workbook, columns: Sequence[_Column]) -> None:
    sheet = book.add_worksheet(_FILL)
    _write_headers(book, sheet, 0, columns)
    sheet.freeze_panes(1, 0)
    last = xl_col_to_name(len(columns) - 1)
    sheet.ignore_errors(dict.fromkeys(("number_stored_as_text", "two_digit_text_year"), f"A2:{last}{_LAST_ROW}"))
    for index, column in enumerate(columns):
        sheet.write_comment(0, index, _note(column), {"x_scale": 2, "y_scale": 1.2, "author": "Pantau"})
        if column.choices:
            sheet.data_validation(1, index, _LAST_ROW - 1, index, _validation(index, column))


def _write_headers(book: Workbook, sheet: Worksheet, row: int, columns: Sequence[_Column]) -> None:
    text, required, optional = map(book.add_format, (_ALL_TEXT, _REQUIRED, _OPTIONAL))
    for index, column in enumerate(columns):
        width = max(len(column.field.name) + 4, *(len(example) + 2 for example in column.field.examples), 12)
        sheet.set_column(index, index, min(width, 40), text)
        sheet.write_string(row, index, column.field.name, required if column.need else optional)


def _note(column: _Column) -> str:
    example = next((example for example in column.field.examples if example), "")
    parts = (f"({column.need})" if column.need else "", column.field.text, f"Misalnya: {example}" if example else "")
    return " ".join(part for part in parts if part)


def _validation(index: int, column: _Column) -> dict[str, Any]:
    letter = xl_col_to_name(index)
    message = "Pilih salah satu dari daftar." if column.is_strict else "Tidak ada dalam daftar. Tetap dipakai?"
    return {
        "validate": "list",
        "source": f"={_CHOICES}!${letter}$2:${letter}${len(column.choices) + 1}",
        "error_type": "stop" if column.is_strict else "warning",
        "error_title": column.field.name,
        "error_message": message,
    }


def _write_examples(book: Workbook, columns: Sequence[_Column]) -> None:
    sheet = book.add_worksheet(_EXAMPLES)
    sheet.write_string(0, 0, NOT_READ)
    _write_headers(book, sheet, 1, columns)
    text = book.add_format(_ALL_TEXT)
    for index, column in enumerate(columns):
        sheet.write_column(2, index, column.field.examples, text)
    sheet.freeze_panes(2, 0)


def _write_help(book: Workbook, title: str, columns: Sequence[_Column]) -> None:
    sheet = book.add_worksheet(_HELP)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for index, width in enumerate((24, 26, 70, 40)):
        sheet.set_column(index, index, width, wrapped)
    sheet.write_string(0, 0, NOT_READ)
    sheet.write_string(1, 0, title, bold)
    sheet.write_string(2, 0, fields_document()["template"]["legend"])
    sheet.write_row(4, 0, ("Kolom", "Wajib", "Isinya", "Pilihan"), bold)
    for row, column in enumerate(columns, start=5):
        told = (column.field.name, column.need or "boleh kosong", column.field.text, ", ".join(column.choices))
        for index, text in enumerate(told):
            sheet.write_string(row, index, text)


def _write_choices(book: Workbook, columns: Sequence[_Column]) -> None:
    """The words of the drop-downs, under the same letters as the columns that offer them."""
    sheet = book.add_worksheet(_CHOICES)
    sheet.write_string(0, 0, NOT_READ)
    for index, column in enumerate(columns):
        for row, word in enumerate(column.choices, start=1):
            sheet.write_string(row, index, word)
    sheet.hide()
