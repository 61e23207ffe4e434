"""Step facts counted by what the figures ask: of a period by kind and step, of months by step, and their durations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from data_access.mart import compliance as questions
from data_access.mart.facts import FactKind, Facts, Scope, key_part
from data_access.mart.read import Columns
from etl.domain.compliance.suspicion import SUSPICIONS
from etl.domain.frames import Bools, Ints
from etl.domain.sop.steps import STEP_CODES, STEP_COUNT
from etl.domain.verdict import Flag
from etl.figures.compliance.definitions import FINISHED, PORTIONS, SUMMED, Figure, Portion
from etl.figures.period import MONTHS

_AMOUNTS = ("n", *SUMMED)


class Tally:
    """Counted facts, of which any kind may be asked: how many, or their seconds, of some steps."""

    def __init__(self, rows: Columns, chosen: Bools | slice = slice(None)) -> None:
        """`rows` as `step_counts` gives them by `figure_key`, or the chosen ones of them."""
        self._keys, place = np.unique(rows["figure_key"][chosen], return_inverse=True)
        self._step = key_part(self._keys, "step")
        self._sums = {name: sum_up(place, rows[name][chosen], (len(self._keys),)) for name in rows if name in _AMOUNTS}
        self._known: dict[tuple[FactKind, str], list[int]] = {}

    def total(self, kind: FactKind, steps: Sequence[int] | None = None, of: str = "n") -> int:
        """The sum of a column over the facts of a kind; `steps` None: of all steps."""
        sums = self.by_step(kind, of)
        return sum(sums) if steps is None else sum(sums[step] for step in steps)

    def by_step(self, kind: FactKind, of: str = "n") -> list[int]:
        """The same for each of the thirteen steps."""
        sums = self._known.get((kind, of))
        if sums is None:
            chosen = kind.among(self._keys)
            sums = sum_up(self._step[chosen], self._sums[of][chosen], (STEP_COUNT,)).tolist()
            self._known[kind, of] = sums
        return sums

    def fraction(self, figure: Figure, steps: Sequence[int] | None = None) -> tuple[int, int]:
        """Above and below the line of a figure for some steps."""
        counted = [portion for portion in PORTIONS[figure] if portion.below]
        amounts = [self.amount(portion, steps) for portion in counted]
        above = (amount for portion, amount in zip(counted, amounts, strict=True) if portion.above)
        return sum(above), sum(amounts)

    def amount(self, portion: Portion, steps: Sequence[int] | None = None) -> int:
        """The facts of a portion, or what is summed of them. TypeError for a portion of letters."""
        if not isinstance(portion.kind, FactKind):
            raise TypeError(f"{portion.name} holds letters")
        return self.total(portion.kind, steps, portion.of or "n")

    @property
    def is_empty(self) -> bool:
        """Whether there is no fact at all."""
        return not len(self._keys)


def by_month(rows: Columns, kind: FactKind, first_month: int) -> Ints:
    """How many facts of a kind, [month, step], of the twelve months from `first_month` (from January of year 0)."""
    month = rows["belongs_month"] - first_month
    chosen = (month >= 0) & (month < MONTHS) & kind.among(rows["figure_key"])
    cell = month[chosen] * STEP_COUNT + key_part(rows["figure_key"][chosen], "step")
    return sum_up(cell, rows["n"][chosen], (MONTHS, STEP_COUNT))


def durations(facts: Facts, scope: Scope) -> list[tuple[Ints, Ints]]:
    """For each of the thirteen steps the known seconds of the finished ones, and how often each of them occurs; the
    same seconds may stand there twice."""
    rows = questions.step_counts(facts, scope, FINISHED, by=("step", "elapsed_seconds"))
    order = np.argsort(rows["step"], kind="stable")
    edges = np.searchsorted(rows["step"][order], np.arange(STEP_COUNT + 1)).tolist()
    seconds, times = rows["elapsed_seconds"][order], rows["n"][order]
    return [(seconds[low:high], times[low:high]) for low, high in pairwise(edges)]


def suspected(facts: Facts, scope: Scope) -> list[Counter[Flag]]:
    """For each of the thirteen steps how many facts, of whatever verdict, carry each suspicion."""
    counts: list[Counter[Flag]] = [Counter() for _ in STEP_CODES]
    rows = questions.step_counts(facts, scope, by=("step", "flags"), flags=sum(SUSPICIONS))
    for step, bits, n in zip(*(rows[name].tolist() for name in ("step", "flags", "n")), strict=True):
        counts[step].update({flag: n for flag in SUSPICIONS if bits & flag})
    return counts


def sum_up(cell: Ints, weight: Ints, shape: tuple[int, ...]) -> Ints:
    """Sums of the weight by cell. Exact up to 2⁵³, which is 285 million years of seconds."""
    return np.bincount(cell, weight, int(np.prod(shape))).astype(np.int64).reshape(shape)
