"""The compliance figures: which kinds of facts each is made of, what of them stands above and below the line, and the
facts counted.

A fact is one step of one letter, or one letter. The page, the export, the document and the explanation of a figure all
read its definition here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy as np

from data_access.mart import compliance as questions
from data_access.mart.facts import ALL_FACTS, FactKind, Facts, Scope, key_part
from data_access.mart.read import Columns
from etl.domain.compliance.suspicion import MARKS
from etl.domain.frames import Bools, Ints
from etl.domain.verdict import Coded, Flag, Reason, StartRule, Verdict
from etl.figures.filter import MONTHS
from etl.figures.requests.period import LetterKind
from etl.reference.steps import STEP_CODES, STEP_COUNT

ALL_STEPS = "all"
"""Stands where a step code stands, for the office's steps together (without those of the OPD)."""


class Figure(StrEnum):
    """What is counted; the value stands in the address of its explanation."""

    SHARE = "tepat-waktu"
    COVERAGE = "cakupan"
    BOUNDS = "batas"
    MEDIAN = "median"
    P90 = "p90"
    HANDOVER = "sejak-diserahkan"
    LATENESS = "kelebihan"
    WAITING = "menunggu"
    OUTPUT = "output-tercatat"
    REQUESTS = "permohonan"
    READY = "siap"
    EVENT = "sebelum-kegiatan"


def _of(words: Iterable[Coded]) -> tuple[int, ...]:
    return tuple(word.code for word in words)


def verdicts(*words: Verdict) -> FactKind:
    """Facts with one of these verdicts."""
    return ALL_FACTS.also(verdict=_of(words))


def carrying(flag: Flag) -> FactKind:
    """Facts that carry one of the three flags that are part of their key."""
    return ALL_FACTS.also(flags=[bits for bits in range(8) if bits & flag])


def with_output(place: int) -> FactKind:
    """Facts with a finished pass that counts in that one of `OUTPUTS`."""
    return ALL_FACTS.also(output=[bits for bits in range(8) if bits >> place & 1])


JUDGED_WORDS = (Verdict.MET, Verdict.LATE, Verdict.OVERDUE)
UNJUDGED_WORDS = (Verdict.UNMEASURABLE, Verdict.SKIPPED)
FINISHED_WORDS = (Verdict.MET, Verdict.LATE, Verdict.NO_TARGET)
"""Verdicts of a finished step with a duration."""

MET, JUDGED = verdicts(Verdict.MET), verdicts(*JUDGED_WORDS)
BEYOND = verdicts(Verdict.LATE, Verdict.OVERDUE)
FINISHED = verdicts(*FINISHED_WORDS).also(is_measured=[1])
TIMED = verdicts(Verdict.MET, Verdict.LATE)
WAITED = TIMED.also(has_waited=[1])
"""Finished steps with a start of their own and a known hand-over before it."""

RECORDED_START = JUDGED.also(start_rule=[StartRule.RECORDED.code])
HANDOVER_START = JUDGED.also(start_rule=[StartRule.HANDOVER.code])
OUT_OF_ORDER, RETURNED = carrying(Flag.OUT_OF_ORDER), carrying(Flag.RETURNED)
SKIPPED = verdicts(Verdict.SKIPPED)


@dataclass(frozen=True)
class Portion:
    """Facts of one kind. `name` stands in the address of an explanation: `met`, `unmeasurable.date_only`, `on_time`.

    `above` and `below`: whether they count above and below the line; what counts in neither is left out. Of a
    percentile the facts that it is taken of count below. `of`: the column that is summed in place of the facts.
    """

    name: str
    kind: FactKind | LetterKind
    above: bool = False
    below: bool = False
    of: str | None = None


def _by_verdict(above: Iterable[Verdict] = (), below: Iterable[Verdict] = ()) -> tuple[Portion, ...]:
    """A portion for each verdict, and for each reason why a step cannot be measured."""
    places = {verdict: (verdict in above, verdict in below) for verdict in Verdict}
    return tuple(
        Portion(name, kind, *places[verdict]) for verdict in Verdict for name, kind in _kinds_of(verdict).items()
    )


def _kinds_of(verdict: Verdict) -> dict[str, FactKind]:
    name, kind = verdict.value.lower(), verdicts(verdict)
    if verdict is Verdict.UNMEASURABLE:
        return {unmeasurable_by(reason): kind.also(reason=[reason.code]) for reason in Reason}
    return {name: kind}


def unmeasurable_by(reason: Reason) -> str:
    """Name of the portion of steps that cannot be measured for that reason."""
    return f"unmeasurable.{reason}"


def _of_durations() -> tuple[Portion, ...]:
    """The known durations of finished steps, and what else there is by verdict."""
    rest = [
        replace(portion, kind=portion.kind.also(is_measured=[0]))
        if isinstance(portion.kind, FactKind) and portion.name in _FINISHED_NAMES
        else portion
        for portion in _by_verdict()
    ]
    return Portion(MEASURED, FINISHED, below=True), *rest


MEASURED = "measured"
"""Name of the part that holds the known durations of a percentile."""

_FINISHED_NAMES = [word.value.lower() for word in FINISHED_WORDS]
_DURATIONS = _of_durations()
BY_VERDICT = _by_verdict()
PERCENTILE = {Figure.MEDIAN: 50, Figure.P90: 90, Figure.READY: 50}
PORTIONS: Mapping[Figure, tuple[Portion, ...]] = {
    Figure.SHARE: _by_verdict(above=[Verdict.MET], below=JUDGED_WORDS),
    Figure.COVERAGE: _by_verdict(above=JUDGED_WORDS, below=JUDGED_WORDS + UNJUDGED_WORDS),
    Figure.BOUNDS: _by_verdict(above=[Verdict.MET], below=JUDGED_WORDS + UNJUDGED_WORDS),
    Figure.MEDIAN: _DURATIONS,
    Figure.P90: _DURATIONS,
    Figure.HANDOVER: (
        Portion("handover.within", JUDGED.also(handover=[1]), above=True, below=True),
        Portion("handover.beyond", JUDGED.also(handover=[2]), below=True),
        Portion("handover.unknown", JUDGED.also(handover=[0])),
    ),
    Figure.LATENESS: tuple(
        Portion(f"over.{code}", BEYOND.also(step=[index]), below=True, of="over_seconds")
        for index, code in enumerate(STEP_CODES)
    ),
    Figure.WAITING: (
        Portion("wait.waiting", WAITED, above=True, below=True, of="waiting_seconds"),
        Portion("wait.working", WAITED, below=True, of="elapsed_seconds"),
        Portion("wait.unknown", TIMED.also(has_waited=[0])),
    ),
    Figure.OUTPUT: (
        Portion("output.recorded", with_output(0), above=True, below=True, of="output_recorded"),
        Portion("output.absent", with_output(1), below=True, of="output_absent"),
        Portion("output.empty", with_output(2), below=True, of="output_empty"),
        Portion("output.unfinished", ALL_FACTS.also(output=[0])),
    ),
    Figure.REQUESTS: (
        Portion("on_time", LetterKind.ON_TIME, above=True, below=True),
        Portion("late", LetterKind.LATE, below=True),
        Portion("unknown", LetterKind.UNKNOWN),
    ),
    Figure.READY: (
        Portion(MEASURED, LetterKind.MEASURED, below=True),
        Portion("untimed", LetterKind.UNTIMED),
    ),
    Figure.EVENT: (
        Portion("before", LetterKind.BEFORE, above=True, below=True),
        Portion("after", LetterKind.AFTER, below=True),
        Portion("unsure", LetterKind.UNSURE),
        Portion("unbooked", LetterKind.UNBOOKED),
    ),
}
"""By figure what it is made of; a fact is in one portion, or in each of those that sum up its columns. The lateness of
a step stands above the line when that step is asked for."""

OF_LETTERS = tuple(figure for figure, portions in PORTIONS.items() if isinstance(portions[0].kind, LetterKind))
"""Figures whose facts are letters; those of the others are steps."""


SUMMED = tuple(dict.fromkeys(portion.of for figure in PORTIONS for portion in PORTIONS[figure] if portion.of))
"""Columns of facts of which some figure is a sum."""


class Unit(StrEnum):
    """What a value of a step is counted in. TARGET: the seconds of a standard, ENDS: the two shares of an interval."""

    COUNT = "count"
    TARGET = "target"
    SECONDS = "seconds"
    SHARE = "share"
    ENDS = "ends"


@dataclass(frozen=True)
class StepValue:
    """One value of a step. `key`: where `StepFigure` and the documents made of it hold it; `figure`: what explains it;
    `part`: which end of an interval, or which of a group of counts."""

    key: str
    unit: Unit = Unit.COUNT
    figure: Figure | None = None
    part: int | str | None = None

    def of(self, step: object) -> Any:
        """The value in a `StepFigure` or in a row of a document, None where there is none; reasons are summed up."""
        held = step[self.key] if isinstance(step, Mapping) else getattr(step, self.key)
        if self.part is not None:
            return None if held is None else held[self.part]
        return sum(held.values()) if isinstance(held, Mapping) else held


PERCENTILE_KEYS = ("p10_seconds", "median_seconds", "p90_seconds")
"""Where a row holds its percentiles; all of them are there, or none."""

STEP_VALUES: Mapping[str, StepValue] = {
    "target": StepValue("target_seconds", Unit.TARGET),
    **{name: StepValue(name) for name in ("n", "met", "late", "overdue")},
    "share": StepValue("share", Unit.SHARE, Figure.SHARE),
    "interval": StepValue("interval", Unit.ENDS),
    "low": StepValue("interval", Unit.SHARE, part=0),
    "high": StepValue("interval", Unit.SHARE, part=1),
    "coverage": StepValue("coverage", Unit.SHARE, Figure.COVERAGE),
    "bounds": StepValue("bounds", Unit.ENDS, Figure.BOUNDS),
    "worst": StepValue("bounds", Unit.SHARE, part=0),
    "best": StepValue("bounds", Unit.SHARE, part=1),
    "p10": StepValue(PERCENTILE_KEYS[0], Unit.SECONDS),
    Figure.MEDIAN: StepValue(PERCENTILE_KEYS[1], Unit.SECONDS, Figure.MEDIAN),
    Figure.P90: StepValue(PERCENTILE_KEYS[2], Unit.SECONDS, Figure.P90),
    **{name: StepValue(name) for name in ("on_track", "at_risk", "not_started", "skipped", "unmeasurable")},
    **{name: StepValue(name) for name in ("not_applicable", "no_target", "recorded_starts", "handover_starts")},
    "handover": StepValue("handover_share", Unit.SHARE, Figure.HANDOVER),
    "unflagged_n": StepValue("without_flagged", part="n"),
    "unflagged": StepValue("without_flagged", Unit.SHARE, part="share"),
    "output": StepValue("output_recorded", Unit.SHARE, Figure.OUTPUT, "share"),
    "output_n": StepValue("output_recorded", part="n"),
    "output_absent": StepValue("output_recorded", part="absent"),
}
"""The values of a step by the names of their columns: page, files, form of the SOP, report and workbook read them
here."""


_AMOUNTS = ("n", *SUMMED)


class Tally:
    """Counted facts, of which any kind may be asked: how many, or their seconds, of some steps."""

    def __init__(self, rows: Columns, chosen: Bools | slice = slice(None)) -> None:
        """`rows` as `step_counts` gives them by `figure_key`, or the chosen ones of them."""
        self._keys, place = np.unique(rows["figure_key"][chosen], return_inverse=True)
        self._step = key_part(self._keys, "step")
        self._sums = {name: sum_up(place, rows[name][chosen], (len(self._keys),)) for name in rows if name in _AMOUNTS}
        self._known: dict[tuple[FactKind, str], list[int]] = {}
        self._fractions: dict[Figure, tuple[list[int], list[int]]] = {}

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
        sums = self._fractions.get(figure)
        if sums is None:
            counted = [portion for portion in PORTIONS[figure] if portion.below]
            amounts = np.array([self._amounts(portion) for portion in counted])
            above = amounts[[portion.above for portion in counted]]
            sums = self._fractions[figure] = above.sum(axis=0).tolist(), amounts.sum(axis=0).tolist()
        above_line, below_line = (sum(part if steps is None else [part[step] for step in steps]) for part in sums)
        return above_line, below_line

    def amount(self, portion: Portion) -> int:
        """The facts of a portion, or what is summed of them. TypeError for a portion of letters."""
        return sum(self._amounts(portion))

    def _amounts(self, portion: Portion) -> list[int]:
        if not isinstance(portion.kind, FactKind):
            raise TypeError(f"{portion.name} holds letters")
        return self.by_step(portion.kind, portion.of or "n")

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


def flagged(facts: Facts, scope: Scope) -> Ints:
    """The facts that carry any of `MARKS`, (kinds, 4): step, flag bits, verdict, how many."""
    rows = questions.step_counts(facts, scope, by=("step", "flags", "verdict"), flags=sum(MARKS))
    return np.stack([rows[name].astype(np.int64) for name in ("step", "flags", "verdict", "n")], axis=1)


def sum_up(cell: Ints, weight: Ints, shape: tuple[int, ...]) -> Ints:
    """Sums of the weight by cell. Exact up to 2⁵³, which is 285 million years of seconds."""
    return np.bincount(cell, weight, int(np.prod(shape))).astype(np.int64).reshape(shape)
