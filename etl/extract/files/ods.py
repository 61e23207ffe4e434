"""Reads ODS workbooks, after making sure that opening them cannot exhaust the machine."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

import numpy as np

from etl.extract.files.refusal import Refused
from etl.extract.files.sheet import Places, column_letters, joined_places
from etl.extract.files.workbook import MOST_NAMED, Measure, MergedCells, Notes, open_archive
from etl.extract.masks import sheet_label

_BLOCK = 1 << 20
BROKEN = "extract.broken_ods"
_LOCKED = "extract.locked"

# The reader goes by the prefixes that all programs write, whatever they are bound to.
_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
_MAX_REPEATED = 1 << 30


def look_through(path: Path) -> Notes:
    """What the content tells before it is opened.

    A cell and a row may say that they are repeated a million times, which programs write behind every table: empty
    ones span nothing, all others count as often as they are repeated. Raises Refused for a broken or locked workbook,
    a zip bomb, and sheets with too many columns, cells or texts.
    """
    with open_archive(path, BROKEN) as archive:
        names = archive.namelist()
        if _is_locked(archive, names):
            raise Refused(_LOCKED)
        if "content.xml" not in names:
            raise Refused(BROKEN)
        look = _Look()
        with archive.open("content.xml") as stream:
            look.read(iter(lambda: stream.read(_BLOCK), b""))
        counts, cells = (look.errors, look.uncalculated, look.hidden_rows, look.comments), look.first_uncalculated
        return Notes(*counts, look.is_from_1904, cells, look.merged, struck=look.struck)


def _is_locked(archive: zipfile.ZipFile, names: list[str]) -> bool:
    if "encrypted-package" in names:
        return True
    return "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml")


class _Look:
    """Follows the rows and cells of all sheets as the reader does."""

    def __init__(self) -> None:
        self.errors = 0
        self.uncalculated = 0
        self.first_uncalculated: list[str] = []
        self._name = ""
        self.is_from_1904 = False
        self.hidden_rows = 0
        self.comments = 0
        self.merged: dict[int, list[MergedCells]] = {}
        self._style = ""
        self._struck_styles: set[str] = set()
        self._struck: dict[int, list[Places]] = {}
        self._struck_columns: list[int] = []
        self._is_struck = False
        self._sheet = -1
        self._is_hidden = False
        self._measure = Measure()
        self._width = self._height = self._below = 0
        self._rows = self._columns = 1
        self._row_width = self._cell_end = 0
        self._row_bytes = self._cell_bytes = 0
        self._is_filled = False

    def read(self, blocks: Iterator[bytes]) -> None:
        """Look at the whole content. Raises Refused for what is no XML."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            for block in blocks:
                parser.Parse(block, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError) as error:
            raise Refused(BROKEN) from error

    @property
    def struck(self) -> dict[int, Places]:
        """By sheet the cells struck through, in whole or in part."""
        return {sheet: joined_places(pieces) for sheet, pieces in self._struck.items()}

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _CELLS:
            self._begin_cell(attributes)
        elif tag == "table:table-row":
            self._rows = _repeated(attributes, "table:number-rows-repeated")
            self._row_width = self._cell_end = self._row_bytes = 0
            self._is_hidden = attributes.get("table:visibility") in ("collapse", "filter")
        elif tag == "table:table":
            self._width = self._height = self._below = 0
            self._sheet += 1
            self._name = sheet_label(attributes.get("table:name", ""), self._sheet + 1)
        elif tag == "office:annotation":
            self.comments += self._below > 0
        elif tag == "table:null-date":
            self.is_from_1904 = attributes.get("table:date-value", "").startswith("1904")
        elif tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:text-properties" and attributes.get("style:text-line-through-style", "none") != "none":
            self._struck_styles.add(self._style)
        elif tag.startswith("text:"):
            self._is_filled = True
            self._is_struck |= attributes.get("text:style-name") in self._struck_styles

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._columns = _repeated(attributes, "table:number-columns-repeated")
        self._cell_bytes = sum(map(len, attributes.values()))
        self._is_struck = attributes.get("table:style-name") in self._struck_styles
        has_value, has_formula = "office:value-type" in attributes, "table:formula" in attributes
        self._is_filled = has_value or has_formula
        if "table:number-rows-spanned" in attributes and self._is_filled:
            self._merge(_repeated(attributes, "table:number-rows-spanned"))
        self.errors += attributes.get("calcext:value-type") == "error"
        if has_formula and not has_value:
            self.uncalculated += 1
            if len(self.first_uncalculated) < MOST_NAMED:
                self.first_uncalculated.append(f"{self._name}!{column_letters(self._cell_end)}{self._below + 1}")

    def _merge(self, height: int) -> None:
        first = self._below, self._cell_end
        self.merged.setdefault(self._sheet, []).append((first, (self._below + height - 1, self._cell_end)))

    def _text(self, text: str) -> None:
        self._cell_bytes += len(text)

    def _end(self, tag: str) -> None:
        if tag in _CELLS:
            self._end_cell()
        elif tag == "table:table-row":
            self._end_row()
        elif tag == "table:table":
            self._measure.add_sheet(self._width, self._height)

    def _end_cell(self) -> None:
        self._cell_end += self._columns
        if self._is_filled:
            self._row_width = self._cell_end
            self._row_bytes += self._columns * self._cell_bytes
            self._measure.check_sheet(self._row_width, 1)
            if self._is_struck:
                self._struck_columns += range(self._cell_end - self._columns, self._cell_end)
        self._is_filled = False

    def _end_row(self) -> None:
        self._below += self._rows
        if self._row_width:
            self.hidden_rows += self._rows if self._is_hidden else 0
            self._width, self._height = max(self._width, self._row_width), self._below
            self._measure.check_sheet(self._width, self._height)
            self._measure.add_text(self._rows * self._row_bytes)
            self._strike()
        self._struck_columns = []

    def _strike(self) -> None:
        """Keep the cells of the row, as often as it is repeated, that are struck through."""
        if self._struck_columns:
            rows = np.repeat(np.arange(self._below - self._rows, self._below), len(self._struck_columns))
            places = Places(rows, np.tile(np.array(self._struck_columns, np.int64), self._rows))
            self._struck.setdefault(self._sheet, []).append(places)


def _repeated(attributes: dict[str, str], name: str) -> int:
    given = attributes.get(name, "1").strip()
    return min(int(given), _MAX_REPEATED) if given.isdecimal() else 1


def _refuse_doctype(*_given: object) -> None:
    raise Refused(BROKEN)
