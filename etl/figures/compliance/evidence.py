"""What a compliance figure was counted from: the kinds of facts with their numbers, and the rows of each.

The facts and kinds are those of the figure's definition, of which the page's number is made as well: the rows are the
same relation without its groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data_access.mart import compliance as questions
from data_access.mart.facts import Facts, Scope
from data_access.mart.requests import letters_named
from etl.domain.frames import MISSING, Ints
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import FEWEST_FOR_PERCENTILE, bounds, percentile, share
from etl.domain.verdict import Verdict
from etl.figures.compliance.definitions import (
    ALL_STEPS,
    FINISHED,
    FINISHED_WORDS,
    MEASURED,
    PERCENTILE,
    PORTIONS,
    UNJUDGED_WORDS,
    Figure,
    Portion,
    Tally,
    verdicts,
)
from etl.figures.compliance.steps import SlaFigures
from etl.figures.filter import FilterError, SlaFilter, resolve, scope_of
from etl.figures.live import facts_at
from etl.figures.requests.period import LetterKind, PeriodLetters, period_letters
from etl.figures.requests.work_list import own_opd
from etl.office import Office
from etl.reference.steps import STEP_CODES, STEP_INDEX

ROWS = 25
"""Rows on one page."""

_BEYOND = (Verdict.LATE, Verdict.OVERDUE)


@dataclass(frozen=True)
class Reference:
    """One figure of a period: of a step, of several ("A6,B2"), or of all the office's ("all"); letters have none."""

    figure: Figure
    filter: SlaFilter
    step: str = ALL_STEPS


@dataclass(frozen=True)
class Part:
    """How many rows a portion of a figure has, named as it is. `counts_above` and `counts_below`: whether they are in
    the numerator and in the denominator. `total`: what is summed of these rows, where a figure is made of sums."""

    name: str
    n: int
    counts_above: bool = False
    counts_below: bool = False
    total: int | None = None

    @property
    def is_left_out(self) -> bool:
        """Whether the figure was made without these rows."""
        return not (self.counts_above or self.counts_below)


@dataclass(frozen=True)
class Why:
    """The explanation of a figure: `value` a share 0–1 or seconds, None where there is nothing to say.

    `numerator` and `denominator` are rows, or what is summed of them. `around`: of a percentile the
    places (from 1) and seconds of the two rows between which it lies.
    """

    reference: Reference
    as_of: int
    sop: SopVersion
    parts: tuple[Part, ...]
    value: float | None
    around: tuple[tuple[int, int], ...] = ()

    @property
    def only_step(self) -> str | None:
        """The code of the step when the figure is of a single one."""
        return self.reference.step if self.reference.step in STEP_INDEX else None

    @cached_property
    def numerator(self) -> int:
        """What counts above the line."""
        return sum(_amount(part) for part in self.parts if part.counts_above)

    @cached_property
    def denominator(self) -> int:
        """What counts below the line."""
        return sum(_amount(part) for part in self.parts if part.counts_below)

    @cached_property
    def bounds(self) -> tuple[float, float] | None:
        """The share if all that could not be judged had been late, and if all had been in time; None without a judged
        step. Only of `Figure.BOUNDS`."""
        unknown = sum(part.n for part in self.parts if is_unjudged(part.name))
        return bounds(self.numerator, self.denominator - self.numerator - unknown, 0, unknown, 0)

    def part(self, name: str) -> Part | None:
        """The part of that name; None when it has no rows."""
        return next((part for part in self.parts if part.name == name and part.n), None)


def _amount(part: Part) -> int:
    return part.n if part.total is None else part.total


def is_unjudged(name: str) -> bool:
    """Whether a part holds steps that should have been judged and could not be."""
    return name.partition(".")[0] in {word.value.lower() for word in UNJUDGED_WORDS}


@dataclass(frozen=True)
class _Basis:
    """A reference with the facts it is about; `sop` is in force on the period's last day."""

    reference: Reference
    facts: Facts
    scope: Scope
    sop: SopVersion

    @cached_property
    def letters(self) -> PeriodLetters:
        """The letters of the period."""
        return period_letters(self.facts, self.scope)

    @cached_property
    def tally(self) -> Tally:
        """The steps of the period with the sums that the figure is made of."""
        sums = dict.fromkeys(portion.of for portion in PORTIONS[self.reference.figure] if portion.of)
        return Tally(questions.step_counts(self.facts, self.scope, sums=tuple(sums)))


def why(office: Office, reference: Reference, as_of: int) -> Why:
    """The figure with all that it was counted from. FilterError for an agency, room or step that does not exist."""
    basis = _basis(office, reference, as_of)
    figure = reference.figure
    parts = tuple(sorted((_part(basis, portion) for portion in PORTIONS[figure]), key=_order))
    explained = Why(basis.reference, as_of, basis.sop, parts, None)
    if figure in PERCENTILE:
        value, around = _percentile(_durations(basis), PERCENTILE[figure])
        return replace(explained, value=value, around=around)
    return replace(explained, value=share(explained.numerator, explained.denominator))


def rows_behind(office: Office, reference: Reference, name: str, page: int, as_of: int) -> pd.DataFrame:
    """One page (from 1) of the rows of a part; columns as in `fact_rows`, or as in `letters_named` with ready_verdict,
    ready_on, ready_at, ready_seconds and the codes of `late_steps` and `unknown_steps`, blanks between them.

    FilterError for a part that the figure does not have.
    """
    basis, offset = _basis(office, reference, as_of), (page - 1) * ROWS
    portion = next((candidate for candidate in PORTIONS[reference.figure] if candidate.name == name), None)
    if portion is None:
        raise FilterError("period.no_group", name=name)
    if isinstance(portion.kind, LetterKind):
        return _letter_rows(basis, portion.kind, offset)
    order = "over" if reference.figure is Figure.LATENESS else "length" if name == MEASURED else "day"
    return questions.fact_rows(basis.facts, basis.scope, portion.kind, order_by=order, limit=ROWS, offset=offset)


def letters_of_few(office: Office, figures: SlaFigures) -> dict[str, list[tuple[int, str]]]:
    """By step with finished ones too few for a percentile, year and number of their letters, the newest first."""
    judged = (step for step in figures.steps if step.target_seconds is not None and step.n)
    few: dict[str, list[tuple[int, str]]] = {step.step: [] for step in judged if step.percentiles is None}
    if few:
        steps = tuple(STEP_INDEX[code] for code in few)
        scope, kind = replace(scope_of(figures.filter), steps=steps), verdicts(*FINISHED_WORDS)
        facts, most = facts_at(office, figures.as_of), FEWEST_FOR_PERCENTILE - 1
        for step, year, number in questions.newest_letters(facts, scope, kind, most):
            few[STEP_CODES[step]].append((year, number))
    return few


@dataclass(frozen=True)
class LongPass:
    """One of the longest finished passes of a step: its letter and how long it took."""

    year: int
    agenda_number: str
    seconds: int


def longest_passes(office: Office, figures: SlaFigures, most: int) -> dict[str, list[LongPass]]:
    """By step the finished passes that took longest, the longest first and at most so many of each."""
    found: dict[str, list[LongPass]] = {step.step: [] for step in figures.steps}
    scope, facts = scope_of(figures.filter), facts_at(office, figures.as_of)
    listed = questions.longest_facts(facts, scope, FINISHED, most)
    named = letters_named(facts.mart, sorted({letter for _, letter, _ in listed}))
    for step, letter, seconds in listed:
        found[STEP_CODES[step]].append(LongPass(named[letter]["year"], named[letter]["agenda_number"], seconds))
    return found


def known_step(step: str) -> str:
    """The codes of one step or several ("A6,B2") in any case, or "all"; FilterError for another."""
    if step.strip().lower() == ALL_STEPS:
        return ALL_STEPS
    codes = [code.strip().upper() for code in step.split(",")]
    for code in codes:
        if code not in STEP_INDEX:
            raise FilterError("period.no_step_nor_all", step=code, steps=STEP_CODES)
    return ",".join(dict.fromkeys(codes))


def _basis(office: Office, reference: Reference, as_of: int) -> _Basis:
    facts = facts_at(office, as_of)
    # An agency may look at its own letters before it has any: its name need not be known.
    filter_ = replace(resolve(office, replace(reference.filter, opd=None)), opd=own_opd(office, reference.filter.opd))
    step = known_step(reference.step)
    sop = office.sop.version_for(filter_.period.last)
    steps = _steps(ALL_STEPS if reference.figure is Figure.LATENESS else step, filter_, sop)
    return _Basis(
        replace(reference, filter=filter_, step=step),
        facts,
        replace(scope_of(filter_), steps=steps),
        sop,
    )


def _steps(step: str, filter_: SlaFilter, sop: SopVersion) -> tuple[int, ...]:
    """The steps named; or all of the office's that the filter leaves."""
    if step != ALL_STEPS:
        return tuple(STEP_INDEX[code] for code in step.split(","))
    return tuple(STEP_INDEX[code] for code in filter_.steps or STEP_CODES if code in sop.office_steps)


def _part(basis: _Basis, portion: Portion) -> Part:
    if isinstance(portion.kind, LetterKind):
        return Part(portion.name, basis.letters.count(portion.kind), portion.above, portion.below)
    total = basis.tally.amount(portion) if portion.of else None
    above = portion.above or _is_asked_for(basis.reference, portion)
    return Part(portion.name, basis.tally.total(portion.kind), above, portion.below, total)


def _is_asked_for(reference: Reference, portion: Portion) -> bool:
    """Whether it is the lateness of a step that the reference names."""
    if reference.figure is not Figure.LATENESS:
        return False
    return reference.step == ALL_STEPS or portion.name.partition(".")[2] in reference.step.split(",")


def _order(part: Part) -> tuple[bool, bool, int, str]:
    """Above the line first, then below it, then what was left out; the largest first there."""
    return not part.counts_above, not part.counts_below, -_amount(part), part.name


def _durations(basis: _Basis) -> Ints:
    """What the percentile is taken of, the shortest first."""
    if basis.reference.figure is Figure.READY:
        return np.sort(basis.letters.ready_seconds[basis.letters.of(LetterKind.MEASURED)])
    (measured,) = (portion.kind for portion in PORTIONS[basis.reference.figure] if portion.name == MEASURED)
    rows = questions.step_counts(basis.facts, basis.scope, measured, by=("elapsed_seconds",))
    return np.sort(np.repeat(rows["elapsed_seconds"], rows["n"]))


def _percentile(values: Ints, q: int) -> tuple[float | None, tuple[tuple[int, int], ...]]:
    """The percentile with the two rows around it; nothing for fewer than five."""
    value = percentile(values, q)
    if value is None:
        return None, ()
    place = (len(values) - 1) * q / 100
    ends = sorted({int(np.floor(place)), int(np.ceil(place))})
    return value, tuple((end + 1, int(values[end])) for end in ends)


def _letter_rows(basis: _Basis, kind: LetterKind, offset: int) -> pd.DataFrame:
    """In order of the day on which they got ready, or of receipt to ready where that is known and asked for."""
    letters = basis.letters
    chosen = np.flatnonzero(letters.of(kind))
    order = letters.ready_seconds if kind is LetterKind.MEASURED else letters.ready_on
    page = chosen[np.lexsort((letters.request_id[chosen], order[chosen]))][offset : offset + ROWS]
    ids = letters.request_id[page].tolist()
    judged = {name: _or_none(getattr(letters, name)[page]) for name in ("ready_on", "ready_at", "ready_seconds")}
    named = letters_named(basis.facts.mart, ids)
    rows = pd.DataFrame([named[letter] for letter in ids]).assign(ready_verdict=letters.verdict[page], **judged)
    steps = questions.steps_of_letters(basis.facts, ids, [STEP_INDEX[code] for code in basis.sop.judged_steps])
    fine = (*_BEYOND, Verdict.MET, Verdict.NOT_APPLICABLE)
    return rows.assign(
        late_steps=_codes(ids, steps, [word.code for word in _BEYOND]),
        unknown_steps=_codes(ids, steps, [word.code for word in Verdict if word not in fine]),
    )


def _or_none(values: Ints) -> Any:
    return pd.array([None if value == MISSING else value for value in values.tolist()], "Int64")


def _codes(ids: Iterable[int], steps: Sequence[tuple[int, int, int]], verdicts: Sequence[int]) -> list[str]:
    """For each letter the codes of its steps with one of these verdicts."""
    pairs = [(letter, STEP_CODES[step]) for letter, step, verdict in steps if verdict in verdicts]
    return [" ".join(code for letter, code in pairs if letter == wanted) for wanted in ids]
