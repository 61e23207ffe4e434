"""Files that the office fills in and gives as they stand: templates of each kind, and the rejected rows of a load.

A template is XLSX with drop-downs, notes and examples. Rejected rows come in the original's type, all cells text.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import PurePath
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
import xlwt
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from data_access.errors import Words
from etl.extract import Reject
from etl.extract.files.sheet import guarded
from etl.extract.files.workbook import NOT_READ
from etl.extract.kinds import SPECS, Field, Kind, KindSpec, fields_document
from etl.intake.load_report import rejects_name
from etl.sheet_files import write_rows

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
        cells = (column.field.name, column.need or "boleh kosong", column.field.text, ", ".join(column.choices))
        for index, text in enumerate(cells):
            sheet.write_string(row, index, text)


def _write_choices(book: Workbook, columns: Sequence[_Column]) -> None:
    """The words of the drop-downs, under the same letters as the columns that offer them."""
    sheet = book.add_worksheet(_CHOICES)
    sheet.write_string(0, 0, NOT_READ)
    for index, column in enumerate(columns):
        for row, word in enumerate(column.choices, start=1):
            sheet.write_string(row, index, word)
    sheet.hide()


_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("number", "datastyle"),
    )
)  # fmt: skip
_MANIFEST = (
    f'{_XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
# A cell of text format stays text when somebody types into it, also what begins with "=" or with zeros.
_HEAD = (
    f'{_XML}<office:document-content {_NAMES} office:version="1.3"><office:automatic-styles>'
    '<number:text-style style:name="N1"><number:text-content/></number:text-style>'
    '<style:style style:name="text" style:family="table-cell" style:data-style-name="N1"/>'
    "</office:automatic-styles><office:body><office:spreadsheet>"
)
_TAIL = "</office:spreadsheet></office:body></office:document-content>"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RUN_OF_BLANKS = re.compile(r"^ | {2,}| $|\t")


def write_ods(target: IO[bytes], sheets: Mapping[str, Iterable[Sequence[str]]]) -> None:
    """Rows of texts by sheet. Letters that XML cannot hold are left out."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _TYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        with archive.open("content.xml", "w") as content:
            for piece in _content(sheets):
                content.write(piece.encode("utf-8"))


def _content(sheets: Mapping[str, Iterable[Sequence[str]]]) -> Iterator[str]:
    yield _HEAD
    for name, rows in sheets.items():
        yield f"<table:table table:name={quoteattr(name)}>"
        for row in rows:
            yield f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>"
        yield "</table:table>"
    yield _TAIL


def _cell(text: str) -> str:
    if not text:
        return "<table:table-cell/>"
    lines = _NO_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    paragraphs = "".join(f"<text:p>{_RUN_OF_BLANKS.sub(_blanks, escape(line))}</text:p>" for line in lines)
    return f'<table:table-cell table:style-name="text" office:value-type="string">{paragraphs}</table:table-cell>'


def _blanks(run: re.Match[str]) -> str:
    """Blanks as elements: a reader may take several for one, and drop those at an edge."""
    return "<text:tab/>" if run[0] == "\t" else f'<text:s text:c="{len(run[0])}"/>'


REASON = "alasan"
_ROW = "baris"
_SHEET = "Ditolak"
_MAX_CELL = 32_767
_LONGEST_NAME = 31
_XLS_COLUMNS, _XLS_ROWS = 256, 65_536
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_TEXT_FORMAT = "@"

Rows = Iterator[Sequence[str]]


def rejects_file(rows: Iterable[Mapping[str, Any]], load_id: int, file: str, words: Words) -> tuple[str, bytes]:
    """The file in which the rejected rows of a load (`rejects_page`) are corrected and given again: name, content."""
    rejects = [Reject(**{**row, "message": words(row["message"]), "cells": row["cells"] or {}}) for row in rows]
    suffix, target = rejects_suffix(PurePath(file).suffix, rejects), io.BytesIO()
    write_rejects(target, suffix, rejects)
    return rejects_name(load_id, file, suffix), target.getvalue()


def write_rejects(target: IO[bytes], suffix: str, rejects: Sequence[Reject]) -> None:
    """Write the rows to a file of the type that `rejects_suffix` names for the original's suffix and these rows.

    One sheet for each sheet they came from; its headers as they were typed, in the order of their first appearance,
    and the reason last. Every cell is text, so that none becomes a formula and no leading zero is lost.
    """
    _WRITERS[rejects_suffix(suffix, rejects)](target, _by_sheet(rejects))


def rejects_suffix(suffix: str, rejects: Sequence[Reject]) -> str:
    """The suffix of the file of rejected rows: the original's, or that of its nearest kin.

    An XLS sheet may be so wide that the reason has no column left; these rows then go into an XLSX file.
    """
    known = suffix.casefold()
    if known in _WRITERS:
        return ".xlsx" if known == ".xls" and not _fits_xls(rejects) else known
    return ".csv" if known in (".tsv", ".txt") else ".xlsx"


def _fits_xls(rejects: Sequence[Reject]) -> bool:
    groups = _grouped(rejects).values()
    return all(len(_headers(group)) < _XLS_COLUMNS and len(group) < _XLS_ROWS for group in groups)


def _grouped(rejects: Sequence[Reject]) -> dict[str | None, list[Reject]]:
    groups: dict[str | None, list[Reject]] = {}
    for reject in rejects:
        groups.setdefault(reject.sheet, []).append(reject)
    return groups


def _by_sheet(rejects: Sequence[Reject]) -> dict[str, Rows]:
    """Header and rows by name of sheet; names that a program refuses are shortened, and told apart by a number."""
    sheets: dict[str, Rows] = {}
    for name, group in _grouped(rejects).items() or [(None, [])]:
        sheets[_free_name(name, sheets)] = _rows(group)
    return sheets


def _free_name(name: str | None, taken: Mapping[str, object]) -> str:
    bare = _cut(_NOT_IN_NAMES.sub(" ", name or _SHEET), 28) or _SHEET
    used = {other.casefold() for other in taken}
    numbered = (f"{_cut(bare, _LONGEST_NAME - 1 - len(str(n)))} {n}" for n in count(2))
    return next(free for free in chain([bare], numbered) if free.casefold() not in used)


def _cut(name: str, length: int) -> str:
    """No name may begin or end with an apostrophe, the shortened one neither."""
    return name.strip(" '")[:length].strip(" '")


def _headers(rejects: Sequence[Reject]) -> list[str]:
    return list(dict.fromkeys(header for reject in rejects for header in reject.cells))


def _rows(rejects: Sequence[Reject]) -> Rows:
    headers = _headers(rejects)
    yield [*(headers or [_ROW]), REASON]
    for reject in rejects:
        cells = [reject.cells.get(header, "") for header in headers] if headers else [str(reject.row)]
        yield [*cells, reject.message]


def _write_csv(target: IO[bytes], sheets: Mapping[str, Rows]) -> None:
    write_rows(target, ([guarded(cell) for cell in row] for rows in sheets.values() for row in rows))


def _write_xlsx(target: IO[bytes], sheets: Mapping[str, Rows]) -> None:
    with xlsxwriter.Workbook(target, {"constant_memory": True, "use_zip64": True}) as book:
        text = book.add_format({"num_format": _TEXT_FORMAT})
        for name, rows in sheets.items():
            _fill(book.add_worksheet(name).write_string, rows, text)


def _write_xls(target: IO[bytes], sheets: Mapping[str, Rows]) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    text = xlwt.easyxf(num_format_str=_TEXT_FORMAT)
    for name, rows in sheets.items():
        _fill(book.add_sheet(name).write, rows, text)
    book.save(target)


def _fill(write: Callable[..., object], rows: Rows, text: object) -> None:
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            write(row, column, cell[:_MAX_CELL], text)


_WRITERS: Mapping[str, Callable[[IO[bytes], Mapping[str, Rows]], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".xls": _write_xls,
    ".ods": write_ods,
}
