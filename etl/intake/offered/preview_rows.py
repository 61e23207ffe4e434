"""Sample rows of a file: what stands in each cell, and what was understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_access.errors import Message
from etl.domain.sop.steps import STEP_CODES, Meaning
from etl.extract.files.refusal import all_of
from etl.extract.kinds import SPECS, UNMASKED, WORD_FORMS, Form
from etl.extract.masks import mask
from etl.extract.words import squeeze

if TYPE_CHECKING:
    from etl.extract import Extracted, Extraction, Reject
    from etl.office import Office

FIRST_ROWS = 8
MORE_REJECTED = 10
MORE_REMARKABLE = 5
_LONGEST_CELL = 160


@dataclass(frozen=True)
class Column:
    """One column that is read: the header as typed, the canonical name, how its values are written.

    `is_constant`: the file has no such column, a map gives every row this value.
    """

    header: str
    name: str
    form: Form
    is_constant: bool = False


@dataclass(frozen=True)
class Cell:
    """`typed` None: not at hand. `value` None: nothing was understood or was there.

    `fault` is why the row was rejected, `remark` a code with what follows from this cell; `subject` names the step.
    """

    typed: str | None
    value: Any = None
    fault: Message | None = None
    remark: str | None = None
    subject: str = ""


@dataclass(frozen=True)
class SampleRow:
    """One row; `fault` is a reason that belongs to no column."""

    sheet: str | None
    row: int
    cells: tuple[Cell, ...]
    is_rejected: bool = False
    fault: Message | None = None

    @property
    def is_remarkable(self) -> bool:
        """Whether something follows from a cell that its writer should know."""
        return any(cell.remark for cell in self.cells)


# (column whose time is missing, day that is known, time that is not, what follows), by kind.
_TIMELESS = {
    "permohonan": ("jam_terima", "received_on", "received_at", "time_missing"),
    "disposisi": ("jam_selesai", "finished_on", "finished_at", "time_missing"),
    "pemakaian": ("jam_selesai", "started_on", "ended_at", "end_missing"),
}


def columns_of(extraction: Extraction) -> tuple[Column, ...]:
    """The columns that are read, in the order in which they stand in the first sheet that has them; constants last."""
    forms = {field.name: field.form for field in SPECS[extraction.kind].fields}
    places: dict[str, tuple[int, Column]] = {}
    for header in extraction.headers:
        last = len(header.typed)
        for name, index in {**header.columns, **dict.fromkeys(header.constants, last)}.items():
            column = Column(header.name_of(name), name, forms[name], name in header.constants)
            places.setdefault(name, (index, column))
    return tuple(column for _, column in sorted(places.values(), key=lambda place: place[0]))


def lacks_time(extraction: Extraction) -> bool:
    """Whether no sheet has the column of the time that decides, so that no row can be measured by it."""
    column = _TIMELESS.get(str(extraction.kind), ("",))[0]
    return bool(column) and not any(column in (*header.columns, *header.constants) for header in extraction.headers)


def sample_rows(
    extraction: Extraction, parts: Sequence[Extracted], columns: Sequence[Column], office: Office
) -> tuple[SampleRow, ...]:
    """The first rows of the file, then rejected and remarkable ones further down, in file order."""
    sheets = {name: index for index, name in enumerate(extraction.sheet_names)}
    rows = [*_candidates(extraction, parts, columns, office)]
    rows.sort(key=lambda row: (sheets.get(row.sheet, 0), row.row))
    first, rest = rows[:FIRST_ROWS], rows[FIRST_ROWS:]
    rejected = [row for row in rest if row.is_rejected][:MORE_REJECTED]
    remarkable = [row for row in rest if row.is_remarkable][:MORE_REMARKABLE]
    return tuple(row for row in rows if row in first or row in rejected or row in remarkable)


def _candidates(
    extraction: Extraction, parts: Sequence[Extracted], columns: Sequence[Column], office: Office
) -> Iterator[SampleRow]:
    reader = _Rows(extraction, columns, office)
    rejects = [reject for part in parts for reject in part.rejects]
    for reject in rejects[: FIRST_ROWS + MORE_REJECTED]:
        yield reader.rejected(reject)
    taken = 0
    for part in parts:
        first = part.frame.iloc[: max(FIRST_ROWS - taken, 0)]
        taken += len(first)
        wanted = pd.concat([first, _remarkable(extraction, part.frame, office)[: FIRST_ROWS + MORE_REMARKABLE]])
        for row in wanted[~wanted.index.duplicated()].to_dict("records"):
            yield reader.taken(row)


def _remarkable(extraction: Extraction, frame: pd.DataFrame, office: Office) -> pd.DataFrame:
    """Rows with a day and no time where a time decides, and rows in a room that nobody knows."""
    chosen = np.zeros(len(frame), dtype=bool)
    column, day, time, _ = _TIMELESS.get(str(extraction.kind), ("", "", "", ""))
    if any(column in header.columns for header in extraction.headers):
        chosen |= (frame[day].notna() & frame[time].isna()).to_numpy(dtype=bool)
    if "room" in frame:
        chosen |= (frame["room"].notna() & office.room_names.canonical(frame["room"]).isna()).to_numpy(dtype=bool)
    return frame[chosen]


class _Rows:
    """Makes sample rows of one kind of one file."""

    def __init__(self, extraction: Extraction, columns: Sequence[Column], office: Office) -> None:
        self._extraction = extraction
        self._columns = columns
        self._office = office
        self._shown = {
            field.name: field.columns[0]
            for field in SPECS[extraction.kind].fields
            if field.columns and field.form is not Form.ANSWER
        }

    def taken(self, row: Mapping[str, Any]) -> SampleRow:
        """A good row, with what was understood."""
        sheet, number = _name(row["sheet"]), int(row["row"])
        typed = self._typed(sheet, number)
        cells = [self._cell(column, typed and typed.get(column.name, ""), row) for column in self._columns]
        return SampleRow(sheet, number, tuple(self._remarked(cells, row)))

    def rejected(self, reject: Reject) -> SampleRow:
        """A rejected row, with the reason under the cell it names."""
        reasons = {squeeze(header or ""): message for header, message in reject.reasons}
        cells = [
            Cell(self._cell_of(reject, column), fault=reasons.pop(squeeze(column.header), None))
            for column in self._columns
        ]
        left = all_of([*reasons.values()]) if reasons else None
        return SampleRow(reject.sheet, reject.row, tuple(cells), is_rejected=True, fault=left)

    def _cell_of(self, reject: Reject, column: Column) -> str:
        """What stands in a rejected row's cell; a constant stands in every row."""
        if column.is_constant:
            return next(h.constants[column.name] for h in self._extraction.headers if column.name in h.constants)
        return _short(reject.cells.get(column.header, ""))

    def _typed(self, sheet: str | None, number: int) -> dict[str, str] | None:
        """The row's cells by canonical column; None when it is not among the first rows of its sheet."""
        index = list(self._extraction.sheet_names).index(sheet)
        head, header = self._extraction.heads[index], self._extraction.headers[index]
        if number > len(head):
            return None
        line = head[number - 1]
        cells = {name: line[place] if place < len(line) else "" for name, place in header.columns.items()}
        cells |= header.constants
        return {name: _short(text if name in UNMASKED else mask(text)) for name, text in cells.items()}

    def _cell(self, column: Column, typed: str | None, row: Mapping[str, Any]) -> Cell:
        value = _known(row.get(self._shown.get(column.name, "")))
        return Cell(typed, self._named(column, value, typed))

    def _named(self, column: Column, value: Any, typed: str | None) -> Any:
        """The value as it is called here; None when that is what was typed."""
        if value is None:
            return None
        if column.form is Form.OPD:
            value = self._office.opd_names.one(str(value))
        elif column.form is Form.ROOM:
            value = self._office.room_names.one(str(value)) or str(value)
        elif column.form is Form.STEP:
            value = STEP_CODES[int(value)]
        is_words = column.form in WORD_FORMS
        return None if is_words and typed is not None and value == squeeze(typed) else value

    def _remarked(self, cells: Iterable[Cell], row: Mapping[str, Any]) -> Iterator[Cell]:
        """The cells with what follows from them: a time that is missing, a room nobody knows."""
        place, day, time, code = _TIMELESS.get(str(self._extraction.kind), ("", "", "", ""))
        for column, cell in zip(self._columns, cells, strict=True):
            if column.name == place and _known(row[day]) is not None and _known(row[time]) is None:
                yield replace(cell, remark=code, subject=self._subject(row))
            elif column.form is Form.ROOM and self._is_unknown_room(row):
                yield replace(cell, remark="room_unknown")
            else:
                yield cell

    def _subject(self, row: Mapping[str, Any]) -> str:
        """The step that cannot be measured; the register's receipt is where the step after it begins."""
        return STEP_CODES[int(row["step"])] if "step" in row else self._after_receipt()

    def _after_receipt(self) -> str:
        sop = self._office.sop_in_force
        received = sop.step_with(Meaning.RECEIVED)
        return next((step.code for step in sop.steps if received in step.follows), received)

    def _is_unknown_room(self, row: Mapping[str, Any]) -> bool:
        room = _known(row.get("room"))
        return room is not None and self._office.room_names.one(str(room)) is None


def _short(text: str) -> str:
    line = squeeze(text)
    return f"{line[:_LONGEST_CELL]}…" if len(line) > _LONGEST_CELL else line


def _known(value: Any) -> Any:
    return None if value is None or value is pd.NA or (isinstance(value, float) and isnan(value)) else value


def _name(sheet: Any) -> str | None:
    return sheet if isinstance(sheet, str) else None
