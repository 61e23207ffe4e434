"""Reads XLSX and XLSM workbooks, after making sure that opening them cannot exhaust the machine."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from etl.extract.files.extent import CarefulExtent, SharedStrings, SheetExtent
from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Sheet
from etl.extract.files.workbook import Measure, Notes, open_archive, open_sheets_of

_BLOCK = 1 << 22
_BROKEN = "extract.broken_xlsx"
_MEDIA = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf")
_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


@contextmanager
def open_xlsx(path: Path) -> Iterator[Iterator[Sheet]]:
    """The worksheets of a workbook.

    Raises Refused for a broken or locked workbook, a zip bomb, and sheets with too many columns, cells or texts.
    """
    notes = look_through(path)
    with open_sheets_of(path, _BROKEN, notes) as sheets:
        yield sheets


def look_through(path: Path) -> Notes:
    """What the parts of the archive tell before it is opened.

    A reader keeps a sheet as a full rectangle and every text as often as it occurs, so that one cell in the last
    corner, or one long text told a million times, is enough to need hundreds of gigabytes; the places of all cells
    are looked at first, in the stream, without keeping anything.
    """
    with open_archive(path, _BROKEN) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise Refused("extract.zip_not_xlsx")
        look = _Look(archive)
        for part in archive.infolist():
            look.at(part)
        return Notes(look.errors, look.uncalculated)


class _Look:
    """Looks at every part: any may be a sheet, since the workbook's relations decide, not the part's name."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.errors = 0
        self.uncalculated = 0
        self._archive = archive
        self._strings = SharedStrings()
        for part in archive.infolist():
            if part.filename.casefold().endswith("sharedstrings.xml"):
                with closing(self._blocks(part)) as blocks:
                    self._strings.read(blocks)
        self._measure = Measure(text_bytes=self._strings.total_bytes)

    def at(self, part: zipfile.ZipInfo) -> None:
        """Measure one part."""
        extent = SheetExtent()
        with closing(self._blocks(part)) as blocks:
            for block in blocks:
                self._add(extent, extent.feed(block))
        self._add(extent, extent.close())
        width, height = self._careful(part) if extent.is_irregular else (extent.width, extent.height)
        self._measure.add_sheet(width, height)
        self._measure.add_text(extent.own_bytes)
        self.errors += extent.errors
        self.uncalculated += extent.uncalculated

    def _add(self, extent: SheetExtent, numbers: NDArray[np.int64]) -> None:
        self._measure.add_text(self._strings.referred_bytes(numbers))
        self._measure.check_sheet(extent.width, extent.height)

    def _careful(self, part: zipfile.ZipInfo) -> tuple[int, int]:
        extent = CarefulExtent(self._measure.check_sheet, self._refer)
        with closing(self._blocks(part)) as blocks:
            try:
                extent.read(blocks)
            except (expat.ExpatError, LookupError) as error:
                if not part.filename.casefold().endswith(_MEDIA):
                    raise Refused(_BROKEN) from error
        return extent.width, extent.height

    def _refer(self, number: str) -> None:
        if number.isdigit():
            self._measure.add_text(self._strings.referred_bytes(np.array([int(number[-9:])], np.int64)))

    def _blocks(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """The part to its end, so that a lie about its size shows. Text of two bytes a letter would hide its tags."""
        with self._archive.open(part) as stream:
            first = stream.read(_BLOCK)
            if first.startswith(_WIDE_STARTS):
                raise Refused(_BROKEN)
            yield first
            while block := stream.read(_BLOCK):
                yield block
