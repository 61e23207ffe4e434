"""Habits of whoever filled in a file: one moment for a whole pile of letters, minutes rounded to five.

Both are fed with the rows of one file in row order, part by part, so that memory does not grow with the file.
Source: definitions, section 2, "Flags".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etl.domain.frames import MISSING, Bools, Codes, Ints
from etl.domain.sop.steps import MOST_STEPS

LEAST_IN_A_ROW = 5
"""So many equal finish moments in a row in one file are a run."""

LEAST_STAMPS = 20
"""With fewer stamps of a step in a file nothing is said about rounding."""

ROUND_SECONDS = 300
"""A round stamp lies on a multiple of five minutes, seconds zero; zones are a multiple of five minutes off UTC."""

_Columns = Sequence[NDArray[Any]]


class EqualRuns:
    """Rows of one file that stand in runs of five or more equal finish moments.

    A row without a finish moment (a date alone, a start alone) ends a run. A row that repeats the pass of the row
    before it, as further pauses of one pass do, stands in the run and does not make it longer.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._tail_at = MISSING
        self._tail_pass: tuple[object, ...] = ()
        self._tail_start = 0
        self._tail_count = 0
        self._runs: list[tuple[int, int]] = []

    def add(self, finished_at: Ints, *names: NDArray[Any]) -> None:
        """The next rows of the file: their finish moments (MISSING where there is none), and the columns that name
        the pass of each (agenda key, year, step). Without names every row is a pass of its own."""
        if len(finished_at) == 0:
            return
        is_new = _differs(finished_at, self._tail_at)
        is_other = _any_differs(names, self._tail_pass) if names else np.ones(len(finished_at), dtype=bool)
        is_new |= finished_at == MISSING
        starts = np.flatnonzero(is_new)
        counts_before = np.concatenate([[0], np.cumsum(is_new | is_other)])
        self._lengthen(int(starts[0]) if len(starts) else len(finished_at), counts_before)
        if len(starts):
            self._begin(finished_at, starts, counts_before)
        self._rows += len(finished_at)
        self._tail_at = int(finished_at[-1])
        self._tail_pass = tuple(column[-1] for column in names)

    def runs(self) -> list[tuple[int, int]]:
        """The runs in file order as half-open spans of row positions, the first row of the file being 0."""
        return [*self._runs, *self._closed_tail()]

    def positions(self) -> Ints:
        """The positions of all rows that stand in a run, ascending."""
        spans = [np.arange(first, last, dtype=np.int64) for first, last in self.runs()]
        return np.concatenate(spans) if spans else np.empty(0, dtype=np.int64)

    def _lengthen(self, rows: int, counts_before: Ints) -> None:
        """The first `rows` of a part go on with the run in which the part before ended."""
        self._tail_count += int(counts_before[rows])

    def _begin(self, finished_at: Ints, starts: Ints, counts_before: Ints) -> None:
        """Runs that begin in this part; the last one may go on in the next."""
        ends = np.append(starts[1:], len(finished_at))
        counts = counts_before[ends] - counts_before[starts]
        tail_end = self._rows + int(starts[0])
        self._runs += self._closed_tail(tail_end)
        long = (counts >= LEAST_IN_A_ROW) & (finished_at[starts] != MISSING)
        long[-1] = False
        self._runs += [
            (self._rows + first, self._rows + last)
            for first, last in zip(starts[long].tolist(), ends[long].tolist(), strict=True)
        ]
        self._tail_start, self._tail_count = self._rows + int(starts[-1]), int(counts[-1])

    def _closed_tail(self, end: int | None = None) -> list[tuple[int, int]]:
        is_run = self._tail_at != MISSING and self._tail_count >= LEAST_IN_A_ROW
        return [(self._tail_start, self._rows if end is None else end)] if is_run else []


class RoundStamps:
    """Steps of one file of whose finish moments at least 20 are known and 90 % are multiples of five minutes."""

    def __init__(self) -> None:
        self._known = np.zeros(MOST_STEPS, dtype=np.int64)
        self._round = np.zeros(MOST_STEPS, dtype=np.int64)

    def add(self, step: Codes, finished_at: Ints) -> None:
        """The next rows of the file; those without a finish moment say nothing."""
        known = finished_at != MISSING
        is_round = known & (finished_at % ROUND_SECONDS == 0)
        self._known += np.bincount(step[known], minlength=MOST_STEPS)
        self._round += np.bincount(step[is_round], minlength=MOST_STEPS)

    def steps(self) -> Ints:
        """The codes of the steps that are rounded, ascending."""
        return np.flatnonzero((self._known >= LEAST_STAMPS) & (10 * self._round >= 9 * self._known)).astype(np.int64)


def _differs(values: NDArray[Any], before: object) -> Bools:
    """Where a value is not that of the row before it; `before` is the last value of the part before."""
    is_other = np.empty(len(values), dtype=bool)
    is_other[0] = bool(values[0] != before)
    is_other[1:] = values[1:] != values[:-1]
    return is_other


def _any_differs(columns: _Columns, before: tuple[object, ...]) -> Bools:
    last = before or (None,) * len(columns)
    differs: Bools = np.logical_or.reduce([_differs(column, one) for column, one in zip(columns, last, strict=True)])
    return differs
