"""What all workbooks have in common: how much of one is read, and how its sheets become rows."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from data_access.errors import Message
from etl.extract.files.cell_styles import NumberShape
from etl.extract.files.refusal import UNCALCULATED, IntakeWarning, Refused
from etl.extract.files.sheet import MAX_COLUMNS, NO_PLACES, Places, Sheet
from etl.extract.masks import sheet_label

UNREADABLE_ZIP = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, RuntimeError, OSError, UnicodeError,
)  # fmt: skip
"""Everything that a damaged archive may raise."""

# A workbook is held whole while it is read: with these limits that takes less than 600 MB together with the program.
MAX_CELLS = 2_000_000
MAX_TEXT_BYTES = 96 * 1024 * 1024
MAX_SHEETS = 256
MOST_NAMED = 20
"""Cells that a warning of a workbook names."""

MAX_UNPACKED_BYTES = 512 * 1024 * 1024

NOT_READ = "Lembar ini tidak dibaca."
"""A sheet whose first cell says so is skipped, as the examples of our templates are."""


TODAY = "=TODAY()"
"""What a cell says whose formula gives the day or time at which the workbook is opened."""

MergedCells = tuple[tuple[int, int], tuple[int, int]]
"""Row and column of the first and of the last cell, from 0."""


@dataclass(frozen=True)
class ShapedNumbers:
    """Cells of a sheet whose numbers are shown with more than the number, each with its shape's place in `shapes`."""

    places: Places
    codes: NDArray[np.int64]
    shapes: Sequence[NumberShape]


@dataclass(frozen=True)
class Notes:
    """What the cells of a workbook do not show: how many hold an error, or a formula that was never calculated, how
    many rows are hidden, how many comments its cells bear below the first row, where those of our templates explain the
    headers, and whether its days count from 1904.

    `first_uncalculated`: the first cells whose formula was never calculated, with their sheets. `merged`: cells merged
    downwards by sheet, where the reader does not tell them; `struck`, `shaped` and `moving`: by sheet the cells struck
    through, the numbers that are shown with more than the number, and the cells of today's day or time.
    """

    errors: int = 0
    uncalculated: int = 0
    hidden_rows: int = 0
    comments: int = 0
    is_from_1904: bool = False
    first_uncalculated: Sequence[str] = ()
    merged: Mapping[int, Sequence[MergedCells]] = field(default_factory=dict)
    struck: Mapping[int, Places] = field(default_factory=dict)
    shaped: Mapping[int, ShapedNumbers] = field(default_factory=dict)
    moving: Mapping[int, Places] = field(default_factory=dict)

    @property
    def warnings(self) -> list[IntakeWarning]:
        """The same for a clerk."""
        cells = ", ".join(self.first_uncalculated) + (", …" if self.uncalculated > len(self.first_uncalculated) else "")
        counts = {
            "cells_without_value": (self.errors, Message("extract.cells_with_error", count=self.errors)),
            UNCALCULATED: (
                self.uncalculated,
                Message("extract.uncalculated_named", count=self.uncalculated, cells=cells),
            ),
            "hidden_rows": (self.hidden_rows, Message("extract.hidden_rows", count=self.hidden_rows)),
            "comments": (self.comments, Message("extract.comments", count=self.comments)),
        }
        return [IntakeWarning(code, None, message.stored()) for code, (count, message) in counts.items() if count]


@contextmanager
def open_sheets_of(book: Path | IO[bytes], broken: str, notes: Notes) -> Iterator[Iterator[Sheet]]:
    """The worksheets of a workbook that was looked through before, hidden ones included; rows from the first one on.

    A merged cell's value stands in the first of its cells and in those below that one. Formulas count as what they last
    resulted in. Macros are never run. `broken` is the code of the refusal when it cannot be read after all.
    """
    with _refused_when_broken(broken):
        is_path = isinstance(book, Path)
        workbook = CalamineWorkbook.from_path(book) if is_path else CalamineWorkbook.from_filelike(book)
    del book
    with workbook:
        yield _sheets(workbook, broken, notes)


def _sheets(workbook: CalamineWorkbook, broken: str, notes: Notes) -> Iterator[Sheet]:
    warnings, held = notes.warnings, Measure()
    if len(workbook.sheets_metadata) > MAX_SHEETS:
        raise Refused("extract.too_many_sheets", most=MAX_SHEETS)
    for index, metadata in enumerate(workbook.sheets_metadata):
        if metadata.typ == SheetTypeEnum.WorkSheet:
            with _refused_when_broken(broken):
                sheet = workbook.get_sheet_by_index(index)
            held.add_sheet(sheet.total_width, sheet.total_height)
            if not _is_marked(sheet):
                # What is to be told of the workbook as a whole stands with its first sheet.
                merged = sheet.merged_cell_ranges or notes.merged.get(index, ())
                yield Sheet(
                    sheet_label(metadata.name, index + 1),
                    _rows(sheet, merged, notes.shaped.get(index), notes.moving.get(index, NO_PLACES)),
                    notes=warnings,
                    is_from_1904=notes.is_from_1904,
                    is_hidden=metadata.visible != SheetVisibleEnum.Visible,
                    struck=_struck_down(notes.struck.get(index, NO_PLACES), merged),
                )
                warnings = []


def _is_marked(sheet: CalamineSheet) -> bool:
    first = sheet.to_python(skip_empty_area=False, nrows=1)
    return bool(first) and bool(first[0]) and first[0][0] == NOT_READ


def _rows(
    sheet: CalamineSheet, merged: Sequence[MergedCells], shaped: ShapedNumbers | None, moving: Places
) -> Iterator[Sequence[object]]:
    """The rows one by one, which takes half of what all of them at once would; columns left of the first cell too."""
    left = [""] * (sheet.start[1] if sheet.start else 0)
    rows: Iterator[Sequence[object]]
    rows = ([*left, *row] for row in sheet.iter_rows()) if left else sheet.iter_rows()
    rows = _as_shown(rows, shaped) if shaped else rows
    rows = _without_today(rows, moving) if len(moving) else rows
    downwards = sorted(cells for cells in merged if cells[1][0] > cells[0][0])
    return _filled_down(rows, downwards) if downwards else rows


def _as_shown(rows: Iterable[Sequence[object]], shaped: ShapedNumbers) -> Iterator[Sequence[object]]:
    """The same rows with whole numbers as a person sees them: 12 as "12a"."""
    order = np.argsort(shaped.places.rows, kind="stable")
    in_rows, columns, codes = (each[order] for each in (shaped.places.rows, shaped.places.columns, shaped.codes))
    begins = np.searchsorted(in_rows, np.arange(in_rows[-1] + 2))
    for number, cells in enumerate(rows):
        here = slice(begins[number], begins[number + 1]) if number + 1 < len(begins) else slice(0)
        row = list(cells)
        for column, code in zip(columns[here].tolist(), codes[here].tolist(), strict=True):
            value = row[column] if column < len(row) else None
            if type(value) is float and value.is_integer() and value >= 0:
                row[column] = shaped.shapes[code].text(int(value))
        yield row


def _without_today(rows: Iterable[Sequence[object]], moving: Places) -> Iterator[Sequence[object]]:
    """The same rows with a formula in place of what it resulted in when the workbook was opened last."""
    at: dict[int, list[int]] = {}
    for row, column in zip(moving.rows.tolist(), moving.columns.tolist(), strict=True):
        at.setdefault(row, []).append(column)
    for number, cells in enumerate(rows):
        row = list(cells)
        for column in at.get(number, ()):
            if column < len(row) and isinstance(row[column], date | time | float):
                row[column] = TODAY
        yield row


def _struck_down(struck: Places, merged: Sequence[MergedCells]) -> Places:
    """The cells struck through, with those that such a one is merged down over."""
    if not len(struck):
        return struck
    at = set(zip(struck.rows.tolist(), struck.columns.tolist(), strict=True))
    below = [(row, first[1]) for first, last in merged if first in at for row in range(first[0] + 1, last[0] + 1)]
    rows, columns = (np.array([cell[axis] for cell in below], np.int64) for axis in (0, 1))
    return Places(np.append(struck.rows, rows), np.append(struck.columns, columns))


def _filled_down(rows: Iterable[Sequence[object]], merged: Sequence[MergedCells]) -> Iterator[Sequence[object]]:
    """The same rows with what stands in cells merged downwards, which begin in this order."""
    coming = deque(merged)
    held: dict[int, tuple[int, object]] = {}
    for number, cells in enumerate(rows):
        row = list(cells)
        held = {column: (last, value) for column, (last, value) in held.items() if last >= number}
        for column, (_, value) in held.items():
            row[column] = value
        while coming and coming[0][0][0] == number:
            (_, column), (last, _) = coming.popleft()
            if column < len(row):
                held[column] = last, row[column]
        yield row


@contextmanager
def _refused_when_broken(broken: str) -> Iterator[None]:
    """The reader says that a workbook is broken by an error of its own, or by a panic, which is no Exception."""
    try:
        yield
    except CalamineError as error:
        raise Refused(broken) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Refused(broken) from error


@contextmanager
def open_archive(path: Path, broken: str) -> Iterator[zipfile.ZipFile]:
    """The parts of a workbook that is a ZIP archive.

    Raises Refused when they are broken, locked, or would unpack to more than can be held.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive.infolist())
            yield archive
    except UNREADABLE_ZIP as error:
        raise Refused(broken) from error


def _check_parts(parts: Sequence[zipfile.ZipInfo]) -> None:
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise Refused("extract.unpacks_too_large", most=MAX_UNPACKED_BYTES // 1024**2)
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("extract.locked")


@dataclass
class Measure:
    """How large the sheets of a workbook are together; raises Refused as soon as that is too large to be held."""

    cells: int = 0
    text_bytes: int = 0

    def check_sheet(self, width: int, height: int) -> None:
        """Refuse what this sheet spans so far, without counting it yet."""
        if width > MAX_COLUMNS:
            raise Refused("extract.sheet_too_wide", width=width, most=MAX_COLUMNS)
        if self.cells + width * height > MAX_CELLS:
            raise Refused("extract.sheet_too_large", height=height, width=width)

    def add_sheet(self, width: int, height: int) -> None:
        """Count a whole sheet."""
        self.check_sheet(width, height)
        self.cells += width * height

    def add_text(self, size: int) -> None:
        """Count texts that cells hold, each as often as a cell repeats it."""
        self.text_bytes += size
        if self.text_bytes > MAX_TEXT_BYTES:
            raise Refused("extract.too_much_text", most=MAX_TEXT_BYTES // 1024**2)
