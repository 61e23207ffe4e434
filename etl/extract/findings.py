"""What is wrong or remarkable in the rows of a file, and the rejected rows that follow from it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.extract.files.column import Column
from etl.extract.files.refusal import IntakeWarning
from etl.extract.kinds import SPECS, UNMASKED
from etl.extract.masks import mask
from etl.extract.table import Table
from etl.extract.words import squeeze

_MAX_SHOWN = 60
_MAX_ALIKE = 100

Sort = tuple[str, str]
"""Remarks alike: their column and code."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell; `text` goes on after `kolom "…": `."""

    code: str
    text: str


@dataclass(frozen=True)
class Reject:
    """A row that was not taken: `row` is the spreadsheet's own number, `column` the header as typed.

    `cells` are the typed headers with their raw cells, personal numbers masked, for the file of rejected rows;
    columns that are not read are not in it.
    """

    sheet: str | None
    row: int
    column: str | None
    code: str
    message: str
    cells: dict[str, str]


def shown(text: str) -> str:
    """A cell as it may be quoted in a sentence: one line, short, without personal numbers."""
    line = mask(squeeze(text))
    return f'"{line[:_MAX_SHOWN]}…"' if len(line) > _MAX_SHOWN else f'"{line}"'


class Findings:
    """Collects faults and remarks while the columns of a table are read. Positions are rows of the table.

    `alike` counts the remarks of each sort in the parts of the file before this one, and goes on counting. Of a
    kind whose rows are persons no cell is quoted or kept.
    """

    def __init__(self, table: Table, alike: Counter[Sort] | None = None) -> None:
        self._table = table
        self._alike: Counter[Sort] = Counter() if alike is None else alike
        self._is_private = SPECS[table.kind].is_private
        self._faults: dict[int, list[tuple[str | None, Fault]]] = defaultdict(list)
        self._remarks: list[tuple[int, str, Fault]] = []
        self.is_bad: NDArray[np.bool_] = np.zeros(len(table), dtype=bool)

    def reject_texts(self, name: str, column: Column, faults: Mapping[int, Fault]) -> None:
        """Reject every row whose distinct text has a fault."""
        if faults:
            for position in np.flatnonzero(column.where(_among(faults, len(column.texts)))).tolist():
                self.reject_at(position, name, faults[column.codes[position]])

    def reject(self, rows: NDArray[np.bool_], name: str, code: str, text: str) -> None:
        """Reject the rows of a mask; `{}` in the text stands for the cell of the row."""
        for position in np.flatnonzero(rows).tolist():
            self.reject_at(position, name, Fault(code, self._filled(text, name, position)))

    def reject_at(self, position: int, name: str | None, fault: Fault) -> None:
        """Reject one row; without a column the fault is the whole row's."""
        self._faults[position].append((name, fault))
        self.is_bad[position] = True

    def remark(self, rows: NDArray[np.bool_], name: str, code: str, text: str) -> None:
        """Note something about the rows of a mask that does not keep them out."""
        for position in np.flatnonzero(rows).tolist():
            self._remarks.append((position, name, Fault(code, self._filled(text, name, position))))

    def _filled(self, text: str, name: str, position: int) -> str:
        if "{}" not in text:
            return text
        cell = "isinya" if self._is_private else shown(self._table.column(name).cell(position))
        return text.replace("{}", cell)

    def _said(self, fault: Fault) -> str:
        """What is said of a fault; whatever might be a person's cell is left out."""
        return "isinya tidak dapat dibaca" if self._is_private and '"' in fault.text else fault.text

    def rejects(self) -> list[Reject]:
        """The rejected rows in file order, each with all its reasons in one sentence."""
        return [self._rejected(position, self._faults[position]) for position in sorted(self._faults)]

    def _rejected(self, position: int, faults: list[tuple[str | None, Fault]]) -> Reject:
        table, row = self._table, int(self._table.row[position])
        headers = [name and table.header_of(name, position) for name, _ in faults]
        reasons = [
            f'kolom "{header}": {self._said(fault)}' if header else self._said(fault)
            for header, (_, fault) in zip(headers, faults, strict=True)
        ]
        return Reject(
            sheet=table.names[table.sheet[position]],
            row=row,
            column=headers[0],
            code=faults[0][1].code,
            message=f"Baris {row}, {'; '.join(reasons)}.",
            cells=self._cells(position),
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
        for position, name, fault in sorted(self._remarks, key=lambda remark: remark[0]):
            if not self.is_bad[position]:
                self._alike[name, fault.code] += 1
                if self._alike[name, fault.code] <= _MAX_ALIKE:
                    kept.append(self._warning(position, name, fault))
        return kept

    def _warning(self, position: int, name: str, fault: Fault) -> IntakeWarning:
        row = int(self._table.row[position])
        header = self._table.header_of(name, position)
        message = f'Baris {row}, kolom "{header}": {self._said(fault)}.'
        return IntakeWarning(fault.code, row, message, self._table.names[self._table.sheet[position]])


def further_warnings(alike: Mapping[Sort, int]) -> list[IntakeWarning]:
    """How many more remarks there were of each sort than a file's warnings hold."""
    return [
        IntakeWarning(code, None, f"Kolom {name}: {count - _MAX_ALIKE} baris lain dengan catatan yang sama.")
        for (name, code), count in alike.items()
        if count > _MAX_ALIKE
    ]


def _among(faults: Mapping[int, Fault], count: int) -> NDArray[np.bool_]:
    mask_of_texts = np.zeros(count, dtype=bool)
    mask_of_texts[list(faults)] = True
    return mask_of_texts
