"""Reads XLSX workbooks, after making sure that opening them cannot exhaust the machine."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from etl.extract.extent import SheetExtent
from etl.extract.refusal import Refused
from etl.extract.sheet import MAX_COLUMNS, Sheet

MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_CELLS = 25_000_000
_BLOCK = 1 << 22
_BROKEN = "berkas ini rusak atau bukan lembar kerja XLSX; buka lalu simpan ulang sebagai XLSX."


@contextmanager
def open_workbook(path: Path) -> Iterator[Iterator[Sheet]]:
    """The worksheets of a workbook, hidden ones included, each row from the first one of the sheet on.

    Raises Refused for a broken or encrypted workbook, a zip bomb, and a sheet with too many columns or cells.
    """
    check_workbook(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
    except CalamineError as error:
        raise Refused(_BROKEN) from error
    with workbook:
        yield _sheets(workbook)


def _sheets(workbook: CalamineWorkbook) -> Iterator[Sheet]:
    for index, metadata in enumerate(workbook.sheets_metadata):
        if metadata.typ == SheetTypeEnum.WorkSheet:
            try:
                rows = workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
            except CalamineError as error:
                raise Refused(_BROKEN) from error
            yield Sheet(metadata.name, rows)


def check_workbook(path: Path) -> None:
    """Raises Refused when the parts of the archive are broken or would unpack to more than can be held.

    A reader keeps a sheet as a full rectangle, so that one cell in the last corner is enough to need hundreds of
    gigabytes; the places of all cells are looked at first, in the stream, without keeping anything.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive)
            for part in archive.infolist():
                with archive.open(part) as stream:
                    _check_part(stream)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise Refused(_BROKEN) from error


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise Refused(
            f"isi berkas ini lebih dari {MAX_UNPACKED_BYTES // 1024**2} MB bila dibuka; simpan hanya tabelnya."
        )
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("berkas ini dikunci kata sandi; buka kuncinya lalu simpan lagi.")
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise Refused("isi berkas ini arsip ZIP, bukan lembar kerja XLSX; simpan ulang sebagai XLSX atau CSV.")


def _check_part(stream: IO[bytes]) -> None:
    """Read a part to its end, so that a lie about its size shows, and measure the sheet it may hold.

    Any part may be a sheet: the workbook's relations decide, not the part's name.
    """
    extent = SheetExtent()
    while block := stream.read(_BLOCK):
        extent.feed(block)
        _check_size(extent)


def _check_size(extent: SheetExtent) -> None:
    width, height = extent.width, extent.height
    if width > MAX_COLUMNS:
        raise Refused(f"satu lembarnya memakai {width} kolom, lebih dari {MAX_COLUMNS}; hapus sel di luar tabelnya.")
    if width * height > MAX_CELLS:
        raise Refused(f"satu lembarnya memakai {height} baris × {width} kolom; hapus sel di luar tabelnya.")
