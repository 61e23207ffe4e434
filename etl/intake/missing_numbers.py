"""Numbers that are missing in a register whose numbers follow one another: a letter may stand in the row of another."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_access.errors import Message
from data_access.records import Connection
from data_access.records.requests import letters_known, rows_of
from etl.domain.frames import MISSING, Ints
from etl.extract import Extracted, IntakeWarning
from etl.extract.kinds import column_words
from etl.extract.texts import LONGEST_SERIES, plain_numbers

NUMBERS_MISSING = "number_missing"
"""Code of the warning that a number is missing between two that a register has."""

_FEWEST_STEPS, _SHARE = 8, 0.8
"""A book is consecutive where of so many steps from number to number so large a share is one; an extract is not."""

_MOST_NAMED = 20

_CELLS = {"letter_number": "no_surat", "note": "keterangan", "opd": "asal", "subject": "perihal"}
"""Columns in which the number of another letter may stand, and what the office calls them."""

_MONTHS = 12


@dataclass(frozen=True)
class _Hole:
    """Numbers `first` to `last` of the group of numbers `group` that are missing between the rows at these places."""

    group: int
    first: int
    last: int
    above: int
    below: int

    @property
    def numbers(self) -> range:
        """The missing numbers."""
        return range(self.first, self.last + 1)

    @property
    def with_neighbours(self) -> range:
        """The same with the two around them."""
        return range(self.first - 1, self.last + 2)


@dataclass
class RegisterNumbers:
    """The numbers of a whole register, gathered from its parts; `is_monthly`: they count within a month, not a year.

    `numbers` by row: the plain number, MISSING for another one; `leading`: the number with which any begins; `group`:
    the year, or months since 1970, within which it counts. `refused`: numbers named by rows that were rejected,
    which stand at the sheets and rows `rejected`.
    """

    is_monthly: bool
    numbers: list[Ints] = field(default_factory=list)
    leading: list[Ints] = field(default_factory=list)
    group: list[Ints] = field(default_factory=list)
    places: list[pd.DataFrame] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    rejected: set[tuple[str | None, int]] = field(default_factory=set)

    def passing(self, parts: Iterator[Extracted]) -> Iterator[Extracted]:
        """The parts as they come, after their numbers were gathered."""
        for part in parts:
            self._add(part.frame)
            self.refused.update(part.refused_numbers)
            self.rejected.update((reject.sheet, reject.row) for reject in part.rejects)
            yield part

    def _add(self, frame: pd.DataFrame) -> None:
        keys = pa.array(frame["agenda_key"], pa.string(), from_pandas=True)
        days = frame["received_on"].to_numpy(np.int64, na_value=0).astype("datetime64[D]")
        unit = "M" if self.is_monthly else "Y"
        self.numbers.append(plain_numbers(keys))
        self.leading.append(_leading(keys, self.numbers[-1]))
        self.group.append(days.astype(f"datetime64[{unit}]").astype(np.int64))
        self.places.append(frame[["sheet", "row"]])

    def holes(self) -> list[_Hole]:
        """The numbers that are missing, in the order of their groups."""
        if not self.numbers:
            return []
        numbers, leading, group = map(np.concatenate, (self.numbers, self.leading, self.group))
        groups = np.unique(group).tolist()
        holes = (hole for each in groups for hole in _holes(each, numbers, leading, group, self.refused))
        return [hole for hole in holes if not self._is_rejected(hole)]

    def _is_rejected(self, hole: _Hole) -> bool:
        """Whether as many rows between its neighbours were rejected, which may bear its numbers."""
        (sheet, above), (other, below) = self.place(hole.above), self.place(hole.below)
        between = ((sheet, row) in self.rejected for row in range(above + 1, below)) if sheet == other else ()
        return sum(between) >= len(hole.numbers)

    def place(self, position: int) -> tuple[str | None, int]:
        """Sheet and row of a row by its place in the register."""
        for rows in self.places:
            if position < len(rows):
                sheet, row = rows.iloc[position]
                return sheet if isinstance(sheet, str) else None, int(row)
            position -= len(rows)
        raise IndexError(position)

    def key(self, group: int, number: int) -> tuple[int, str]:
        """Year and agenda key of a number of a group."""
        if not self.is_monthly:
            return 1970 + group, str(number)
        return 1970 + group // _MONTHS, f"-{group % _MONTHS + 1:02d}/{number}"


def _leading(keys: pa.StringArray, plain: Ints) -> Ints:
    """The number with which each key begins, MISSING where it begins with another sign."""
    if (plain != MISSING).all():
        return plain
    begins = pc.struct_field(pc.extract_regex(keys, r"^(?:-\d\d/)?(?P<number>\d{1,9})"), "number")
    numbers: Ints = begins.cast(pa.int64()).fill_null(MISSING).to_numpy(zero_copy_only=False)
    return numbers


def _holes(group: int, numbers: Ints, leading: Ints, groups: Ints, refused: set[int]) -> Iterator[_Hole]:
    """The missing numbers of one group; none that a row among its rows begins with, whatever its own group."""
    rows = np.flatnonzero((groups == group) & (numbers != MISSING))
    own, first = np.unique(numbers[rows], return_index=True)
    steps = np.diff(own)
    if len(steps) < _FEWEST_STEPS or (steps == 1).mean() < _SHARE:
        return
    known = refused.union(leading[rows.min() : rows.max() + 1].tolist())
    for at in np.flatnonzero((steps > 1) & (steps <= LONGEST_SERIES)).tolist():
        missing = np.array([n for n in range(int(own[at]) + 1, int(own[at + 1])) if n not in known], dtype=np.int64)
        for run in np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1) if len(missing) else ():
            yield _Hole(group, int(run[0]), int(run[-1]), int(rows[first[at]]), int(rows[first[at + 1]]))


def missing_numbers(connection: Connection, load_id: int, register: RegisterNumbers) -> list[IntakeWarning]:
    """One warning for each run of missing numbers, at most so many, then how many more. None of numbers that the
    records have, nor between two letters that an earlier load gave together, which said it then."""
    candidates = register.holes()
    if not candidates:
        return []
    keys = {register.key(hole.group, number) for hole in candidates for number in hole.with_neighbours}
    frame = pd.DataFrame(sorted(keys), columns=_KEY)
    letters = _Letters(rows_of(connection, letters_known(connection, frame)), register, load_id)
    holes = [hole for hole in candidates if not letters.explain(hole)]
    warnings = [_warning(register, hole, letters.naming(hole)) for hole in holes[:_MOST_NAMED]]
    if count := sum(len(hole.numbers) for hole in holes[_MOST_NAMED:]):
        further = Message("intake.numbers_missing_more", count=count)
        warnings.append(IntakeWarning(NUMBERS_MISSING, None, further.stored()))
    return warnings


_KEY = ["year", "agenda_key"]


class _Letters:
    """What the rows of letters in the records say of the numbers around them."""

    def __init__(self, rows: pd.DataFrame, register: RegisterNumbers, load_id: int) -> None:
        self._register, self._load_id = register, load_id
        self._rows: dict[Hashable, pd.DataFrame] = dict(iter(rows.groupby(_KEY)))

    def explain(self, hole: _Hole) -> bool:
        """Whether the records have all its numbers, or its neighbours came together before."""
        above, below = (self._earlier_loads(hole, number) for number in (hole.first - 1, hole.last + 1))
        keys = (self._register.key(hole.group, number) for number in hole.numbers)
        return bool(above & below) or all(key in self._rows for key in keys)

    def _earlier_loads(self, hole: _Hole, number: int) -> set[int]:
        rows = self._rows.get(self._register.key(hole.group, number))
        return set() if rows is None else {*rows["load_id"].tolist()} - {self._load_id}

    def naming(self, hole: _Hole) -> tuple[int, str] | None:
        """Row and column of a cell beside the hole that names one of its numbers; None where none does."""
        number = "|".join(map(str, hole.numbers))
        named = re.compile(rf"(?<![\d/.,-])0*(?:{number})(?![\d/]|[.,-]\d)")
        for neighbour in (hole.first - 1, hole.last + 1):
            rows = self._rows.get(self._register.key(hole.group, neighbour))
            rows = None if rows is None else rows[rows["load_id"] == self._load_id]
            for name, column in _CELLS.items() if rows is not None else ():
                if (cells := rows[rows[name].fillna("").map(lambda text: named.search(text) is not None)]).size:
                    return int(cells["row"].iat[0]), column
        return None


def _warning(register: RegisterNumbers, hole: _Hole, named: tuple[int, str] | None) -> IntakeWarning:
    (sheet, row), (other, below) = register.place(hole.above), register.place(hole.below)
    numbers = f"{hole.first}–{hole.last}" if hole.last > hole.first else str(hole.first)
    where = [] if other == sheet else [Message("extract.of_sheet", sheet=other)]
    cell = [] if named is None else [Message("intake.number_named", row=named[0], column=column_words(named[1]))]
    message = Message(
        "intake.number_missing", numbers=numbers, row=row, below=below, sheet=where, named=cell,
        before=hole.first - 1, after=hole.last + 1,
    )  # fmt: skip
    return IntakeWarning(NUMBERS_MISSING, row, message.stored(), sheet)
