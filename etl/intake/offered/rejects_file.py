"""The rejected rows of a load as a file of the original's type, to be corrected and given again as it stands.

An ODS workbook is written here too: all its cells are text.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import IO, Protocol
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
import xlwt

from etl.extract.files.apostrophes import guarded
from etl.sheet_files import write_rows

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


class RejectedRow(Protocol):
    """A row that was not taken: its cells by typed header, and why. No cells: of a person only the row is told."""

    @property
    def sheet(self) -> str | None: ...
    @property
    def row(self) -> int: ...
    @property
    def message(self) -> str: ...
    @property
    def cells(self) -> Mapping[str, str]: ...


def write_rejects(target: IO[bytes], suffix: str, rejects: Sequence[RejectedRow]) -> None:
    """Write the rows to a file of the type that `rejects_suffix` names for the original's suffix and these rows.

    One sheet for each sheet they came from; its headers as they were typed, in the order of their first appearance,
    and the reason last. Every cell is text, so that none becomes a formula and no leading zero is lost.
    """
    _WRITERS[rejects_suffix(suffix, rejects)](target, _by_sheet(rejects))


def rejects_suffix(suffix: str, rejects: Sequence[RejectedRow]) -> str:
    """The suffix of the file of rejected rows: the original's, or that of its nearest kin.

    An XLS sheet may be so wide that the reason has no column left; these rows then go into an XLSX file.
    """
    known = suffix.casefold()
    if known in _WRITERS:
        return ".xlsx" if known == ".xls" and not _fits_xls(rejects) else known
    return ".csv" if known in (".tsv", ".txt") else ".xlsx"


def _fits_xls(rejects: Sequence[RejectedRow]) -> bool:
    groups = _grouped(rejects).values()
    return all(len(_headers(group)) < _XLS_COLUMNS and len(group) < _XLS_ROWS for group in groups)


def _grouped(rejects: Sequence[RejectedRow]) -> dict[str | None, list[RejectedRow]]:
    groups: dict[str | None, list[RejectedRow]] = {}
    for reject in rejects:
        groups.setdefault(reject.sheet, []).append(reject)
    return groups


def _by_sheet(rejects: Sequence[RejectedRow]) -> dict[str, Rows]:
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


def _headers(rejects: Sequence[RejectedRow]) -> list[str]:
    return list(dict.fromkeys(header for reject in rejects for header in reject.cells))


def _rows(rejects: Sequence[RejectedRow]) -> Rows:
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
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    sheet.write_string(row, column, cell[:_MAX_CELL], text)


def _write_xls(target: IO[bytes], sheets: Mapping[str, Rows]) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    text = xlwt.easyxf(num_format_str=_TEXT_FORMAT)
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell[:_MAX_CELL], text)
    book.save(target)


_WRITERS: Mapping[str, Callable[[IO[bytes], Mapping[str, Rows]], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".xls": _write_xls,
    ".ods": write_ods,
}
