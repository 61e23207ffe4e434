"""Invented XLS and ODS workbooks for the tests of the intake."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import xlwt
from olefile import OleFileIO

NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
HEADERS = ("No Agenda", "Tgl Terima", "Jam", "Asal")


def xls_book(sheets: Mapping[str, Sequence[Sequence[object]]], *, is_1904: bool = False) -> xlwt.Workbook:
    """A workbook whose sheets hold these cells; dates and times become date and time cells."""
    book = xlwt.Workbook()
    book.dates_1904 = is_1904
    day, clock = xlwt.easyxf(num_format_str="dd/mm/yyyy"), xlwt.easyxf(num_format_str="hh:mm")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for number, row in enumerate(rows):
            for index, cell in enumerate(row):
                style = day if hasattr(cell, "year") else clock if hasattr(cell, "hour") else xlwt.Style.default_style
                sheet.write(number, index, cell, style)
    return book


def write_xls(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], *, is_1904: bool = False) -> Path:
    """The same as a file."""
    xls_book(sheets, is_1904=is_1904).save(str(path))
    return path


def changed_xls(path: Path, book: xlwt.Workbook, change: Callable[[bytearray], None]) -> Path:
    """A workbook whose records are changed before they are put into their container."""
    written = BytesIO()
    book.save(written)
    with OleFileIO(written.getvalue()) as container, container.openstream("Workbook") as cells:
        stream = bytearray(cells.read())
    change(stream)
    with path.open("wb") as file:
        xlwt.CompoundDoc.XlsDoc().save(file, bytes(stream))
    return path


def record_place(stream: bytearray, kind: int) -> int:
    """Where the data of the first record of a kind begins."""
    place = 0
    while place < len(stream):
        found, size = struct.unpack_from("<HH", stream, place)
        if found == kind:
            return place + 4
        place += 4 + size
    raise AssertionError(f"no record {kind:#06x}")


def ods_cell(text: str = "", attributes: str = 'office:value-type="string"') -> str:
    """One cell."""
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def ods_row(*cells: str, attributes: str = "") -> str:
    """One row of cells; texts become cells of text."""
    inner = "".join(cell if cell.startswith("<") else ods_cell(cell) for cell in cells)
    return f"<table:table-row {attributes}>{inner}</table:table-row>"


def write_ods_xml(
    path: Path, sheets: Mapping[str, str], *, manifest: str = "", before: str = "", settings: str = ""
) -> Path:
    """A workbook whose sheets hold these rows of XML, below `settings` of its own."""
    tables = "".join(f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in sheets.items())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_TYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {NAMES}><office:body>'
            f"<office:spreadsheet>{settings}{tables}</office:spreadsheet></office:body></office:document-content>",
        )
    return path
