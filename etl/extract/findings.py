"""What is wrong or remarkable in the rows of a file, and the rejected rows that follow from it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_access.errors import Message
from etl.domain.frames import Bools
from etl.extract.files.refusal import IntakeWarning, all_of
from etl.extract.files.sheet import Column
from etl.extract.kinds import SPECS, UNMASKED, column_words
from etl.extract.masks import mask
from etl.extract.table import Table
from etl.extract.words import squeeze

_MAX_SHOWN = 60
MAX_ALIKE = 100

EVENT_REPLACED, SAID_TWICE = "event_replaced", "said_twice"
"""Codes of remarks: a row gives a letter another day of its event than a row above it; two cells of a row say one thing
otherwise."""

TIME_WITHOUT_DATE = "time_without_date"
"""Code of the remark that a clock time is not used, since the cell of its day is empty."""

LETTERS_IN_CELL = "letters_in_cell"
"""Code of the remark that one cell is probably the number of several letters."""

Sort = tuple[str, str]
"""Remarks alike: their column and code."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell; `message` goes on behind the name of its column, its value `cell` quotes the cell."""

    code: str
    message: Message


def fault(code: str, sentence: str = "", **values: object) -> Fault:
    """A fault in the words `extract.…` of its code, or of another sentence of the catalogue."""
    return Fault(code, Message(f"extract.{sentence or code}", **values))


@dataclass(frozen=True)
class Reject:
    """A row that was not taken: `row` is the spreadsheet's own number, `column` the header as typed.

    `message` is the sentence as a column keeps it. `cells` are the typed headers with their raw cells, personal numbers
    masked, for the file of rejected rows; columns that are not read are not in it. `reasons`: header, None for the
    whole row, and what is wrong; of a row read from the records none.
    """

    sheet: str | None
    row: int
    column: str | None
    code: str
    message: str
    cells: dict[str, str]
    reasons: Sequence[tuple[str | None, Message]] = ()


@dataclass(frozen=True)
class SetAside:
    """A cell of a row that was taken without it: `row` and `column` as in Reject, `field` its canonical column.

    `text` is the cell as typed, personal numbers masked; None of a list of persons, of which nothing is kept.
    """

    sheet: str | None
    row: int
    field: str
    column: str
    text: str | None
    code: str
    message: str


def shown(text: str) -> str:
    """A cell as it may be quoted in a sentence: one line, short, without personal numbers."""
    line = mask(squeeze(text))
    return f'"{line[:_MAX_SHOWN]}…"' if len(line) > _MAX_SHOWN else f'"{line}"'


class Findings:
    """Collects faults and remarks while the columns of a table are read. Positions are rows of the table.

    A fault of a required cell, or of the whole row, rejects the row; one of another cell sets that cell aside.
    `alike` counts the remarks of each sort in the parts of the file before this one, and goes on counting. Of a
    kind whose rows are persons no cell is quoted or kept.
    """

    def __init__(self, table: Table, alike: Counter[Sort] | None = None) -> None:
        self._table = table
        self._alike: Counter[Sort] = Counter() if alike is None else alike
        spec = SPECS[table.kind]
        self._is_private, self._required = spec.is_private, spec.required
        self._faults: dict[int, list[tuple[str | None, Fault]]] = defaultdict(list)
        self._remarks: list[tuple[int, str, Fault]] = []
        self._aside: dict[str, set[int]] = defaultdict(set)
        self.is_bad: NDArray[np.bool_] = np.zeros(len(table), dtype=bool)

    def note_texts(self, name: str, column: Column, faults: Mapping[int, Fault]) -> None:
        """Note every row whose distinct text has a fault."""
        if faults:
            for position in np.flatnonzero(np.isin(column.codes, list(faults))).tolist():
                self.note_at(position, name, faults[column.codes[position]])

    def note(
        self, rows: Bools, name: str, code: str, sentence: str = "", *, quotes: bool = False, **values: object
    ) -> None:
        """Note the same fault of the rows of a mask, in the words of `fault`; `quotes`: they quote the cell."""
        for position in np.flatnonzero(rows).tolist():
            self.note_at(position, name, fault(code, sentence, **self._quoted(name, position, quotes), **values))

    def note_at(self, position: int, name: str, defect: Fault) -> None:
        """Note what is wrong with one cell."""
        if name in self._required:
            self.reject_at(position, name, defect)
        else:
            self._faults[position].append((name, defect))
            self._aside[name].add(position)

    def reject(
        self, rows: Bools, name: str, code: str, sentence: str = "", *, quotes: bool = False, **values: object
    ) -> None:
        """Reject the rows of a mask, whatever the column; words as `note`."""
        for position in np.flatnonzero(rows).tolist():
            self.reject_at(position, name, fault(code, sentence, **self._quoted(name, position, quotes), **values))

    def reject_at(self, position: int, name: str | None, defect: Fault) -> None:
        """Reject one row; without a column the fault is the whole row's."""
        self._faults[position].append((name, defect))
        self.is_bad[position] = True

    def is_aside(self, *names: str) -> Bools:
        """Rows of which a cell in one of these columns was set aside."""
        rows = np.zeros(len(self._table), dtype=bool)
        rows[list(set().union(*(self._aside[name] for name in names)))] = True
        return rows

    def remark(
        self, rows: Bools, name: str, code: str, sentence: str = "", *, quotes: bool = False, **values: object
    ) -> None:
        """Note something about the rows of a mask that does not keep them out; in words as `reject`."""
        for position in np.flatnonzero(rows).tolist():
            quote = self._quoted(name, position, quotes)
            self.remark_at(position, name, fault(code, sentence, **quote, **values))

    def remark_at(self, position: int, name: str, remarked: Fault) -> None:
        """Note something about one cell that does not keep its row out."""
        self._remarks.append((position, name, remarked))

    def _quoted(self, name: str, position: int, quotes: bool) -> dict[str, Message | str]:
        if not quotes:
            return {}
        private = Message("extract.its_content")
        return {"cell": private if self._is_private else shown(self._table.typed(name).cell(position))}

    def _told(self, defect: Fault) -> Message:
        """What is said of a fault; of a person's cell nothing."""
        is_hidden = self._is_private and isinstance(defect.message.values.get("cell"), str)
        return Message("extract.unreadable") if is_hidden else defect.message

    def rejects(self) -> list[Reject]:
        """The rejected rows in file order, each with all its reasons in one sentence."""
        return [self.rejected(position, self._faults[position]) for position in self._faulty(is_bad=True)]

    def set_aside(self) -> list[SetAside]:
        """The cells that were set aside of the rows that were taken, in file order; of each its first fault."""
        return [
            self._cell_aside(position, name, defect)
            for position in self._faulty(is_bad=False)
            for name, defect in dict(reversed(self._faults[position])).items()
            if name is not None
        ]

    def _faulty(self, *, is_bad: bool) -> list[int]:
        return [position for position in sorted(self._faults) if self.is_bad[position] == is_bad]

    def _cell_aside(self, position: int, name: str, defect: Fault) -> SetAside:
        table, row, header = self._table, int(self._table.row[position]), self._table.header_of(name, position)
        cell = table.typed(name).cell(position)
        return SetAside(
            sheet=table.names[table.sheet[position]],
            row=row,
            field=name,
            column=header,
            text=None if self._is_private else cell if name in UNMASKED else mask(cell),
            code=defect.code,
            message=_of_row(row, [(header, self._told(defect))]).stored(),
        )

    def rejected(self, position: int, faults: Sequence[tuple[str | None, Fault]]) -> Reject:
        """A row as rejected for these faults, each with its column."""
        table, row = self._table, int(self._table.row[position])
        headers = [name and table.header_of(name, position) for name, _ in faults]
        reasons = [(header, self._told(defect)) for header, (_, defect) in zip(headers, faults, strict=True)]
        return Reject(
            sheet=table.names[table.sheet[position]],
            row=row,
            column=headers[0],
            code=faults[0][1].code,
            message=_of_row(row, reasons).stored(),
            cells=self._cells(position),
            reasons=reasons,
        )

    def _cells(self, position: int) -> dict[str, str]:
        if self._is_private:
            return {}
        header = self._table.headers[self._table.sheet[position]]
        cells = {name: self._table.columns[name].cell(position) for name in header.columns}
        return {header.name_of(name): text if name in UNMASKED else mask(text) for name, text in cells.items()}

    def warnings(self) -> list[IntakeWarning]:
        """Remarks on the rows that were taken, at most a hundred of a sort in the whole file."""
        kept: list[IntakeWarning] = []
        for position, name, defect in sorted(self._remarks, key=lambda remark: remark[0]):
            if not self.is_bad[position]:
                self._alike[name, defect.code] += 1
                if self._alike[name, defect.code] <= MAX_ALIKE:
                    kept.append(self._warning(position, name, defect))
        return kept

    def _warning(self, position: int, name: str, defect: Fault) -> IntakeWarning:
        row = int(self._table.row[position])
        header = self._table.header_of(name, position)
        message = _of_row(row, [(header, self._told(defect))]).stored()
        return IntakeWarning(defect.code, row, message, self._table.names[self._table.sheet[position]])


def _of_row(row: int, reasons: Sequence[tuple[str | None, Message]]) -> Message:
    parts = [Message("extract.in_column", column=header, reason=told) if header else told for header, told in reasons]
    return Message("extract.in_row", row=row, reasons=all_of(parts))


def further_warnings(alike: Mapping[Sort, int]) -> list[IntakeWarning]:
    """How many more remarks there were of each sort than a file's warnings hold."""
    return [
        IntakeWarning(
            code, None, Message("extract.more_alike", column=column_words(name), count=count - MAX_ALIKE).stored()
        )
        for (name, code), count in alike.items()
        if count > MAX_ALIKE
    ]
