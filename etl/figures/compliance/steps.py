"""Compliance with the Mutu Baku in a period: per step, all steps, whole letters, twelve months.

A step belongs to the period of its finish, one beyond its target and still running to that of its due moment, a skipped
one to that of its successor's finish, everything else to the day of receipt. The rules are in docs/definisi.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from data_access.mart.compliance import step_counts
from data_access.mart.facts import ALL_FACTS, Facts, Scope
from data_access.mart.read import Columns
from data_access.mart.schema import OUTPUTS
from etl.domain.compliance.suspicion import MARKS
from etl.domain.frames import Ints
from etl.domain.sop.steps import SopStep
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import FEWEST_TO_SAY, bounds, median, share, weighted_percentiles, wilson
from etl.domain.verdict import Reason, Verdict
from etl.figures.compliance.definitions import (
    ALL_STEPS,
    BEYOND,
    BY_VERDICT,
    HANDOVER_START,
    JUDGED,
    JUDGED_WORDS,
    MET,
    OUT_OF_ORDER,
    PERCENTILE_KEYS,
    RECORDED_START,
    RETURNED,
    Figure,
    Tally,
    by_month,
    durations,
    flagged,
    unmeasurable_by,
)
from etl.figures.filter import Period, SlaFilter, resolve, scope_of
from etl.figures.live import facts_at
from etl.figures.requests.period import LetterKind, PeriodLetters, ReadyFigure, period_letters, ready_figure
from etl.office import Office
from etl.reference.steps import STEP_CODES, STEP_COUNT, STEP_INDEX

Percentiles = Mapping[str, Sequence[float | None]]
_JUDGED = [word.code for word in JUDGED_WORDS]


@dataclass(frozen=True)
class StepFigure:
    """One row of the table: counts of steps by verdict, and what follows from them.

    `n` = met + late + overdue. `share` = met ÷ n with its 95 % Wilson `interval`; `bounds` are the share if all that
    could not be judged had been late, and if it had been in time; None when n is 0. `coverage` is n over n plus what
    could not be judged. Percentiles are of measurable finished steps, None for fewer than five. `recorded_starts` and
    `handover_starts` say from which moment the n were measured; `handover_share` is the share in time if all of them
    were measured from hand-over to hand-over, over `handover_n` where that is known. `over_seconds`: time beyond the
    target, of late and overdue steps together. `out_of_order`, `returned` and `flags` (by word, those that occur)
    count steps of any verdict. `without_flagged` (`n`, `met`, `share`, None for fewer than five) leaves out the flagged
    steps, and in `by_flag` those of each flag. `output_recorded`: of the `n` finished passes, of steps of any verdict,
    how many have their Output on record (`recorded`, `share`) and how many say that there is none (`absent`).
    """

    step: str
    actor: str
    target_seconds: int | None
    n: int
    met: int
    late: int
    overdue: int
    on_track: int
    at_risk: int
    not_started: int
    skipped: int
    not_applicable: int
    no_target: int
    unmeasurable: dict[str, int]
    share: float | None
    interval: tuple[float, float] | None
    bounds: tuple[float, float] | None
    coverage: float | None
    median_seconds: float | None
    p90_seconds: float | None
    p10_seconds: float | None
    recorded_starts: int
    handover_starts: int
    handover_share: float | None
    handover_n: int
    over_seconds: int
    out_of_order: int
    returned: int
    flags: dict[str, int]
    without_flagged: dict[str, Any]
    output_recorded: dict[str, Any]

    @property
    def percentiles(self) -> tuple[float, float, float] | None:
        """The 10th, the median and the 90th in seconds; None for fewer than five."""
        known = [value for key in PERCENTILE_KEYS if (value := getattr(self, key)) is not None]
        return (known[0], known[1], known[2]) if len(known) == len(PERCENTILE_KEYS) else None


@dataclass(frozen=True)
class RequestFigure:
    """Letters judged on the office's own steps of part A in the period in which they got ready.

    `n` = on_time + late, `unknown` beside them; `coverage` and `bounds` as of a step.

    `received` letters came in during the period, `running` of them still run. Receipt to ready: median of `ready_n`
    letters, None for fewer than five; the target on the critical path and with all steps one after the other.
    """

    n: int
    on_time: int
    late: int
    unknown: int
    running: int
    share: float | None
    interval: tuple[float, float] | None
    coverage: float | None
    bounds: tuple[float, float] | None
    received: int
    ready_n: int
    ready_median_seconds: float | None
    ready_target_seconds: int
    ready_series_seconds: int


@dataclass(frozen=True)
class TrendPoint:
    """One month ("YYYY-MM") of a step: n, share and interval as in `StepFigure`."""

    month: str
    n: int
    met: int
    share: float | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of the share; None without a judged step."""
        return wilson(self.met, self.n)


@dataclass(frozen=True)
class SlaFigures:
    """All of the page. `trend` by step code and "all"; what is `previous` has counts and shares, of steps no
    percentiles. `sop` is the number of the `version` in force on the period's last day."""

    as_of: int
    filter: SlaFilter
    sop: str
    steps: tuple[StepFigure, ...]
    all_steps: StepFigure
    requests: RequestFigure
    ready: ReadyFigure
    trend: dict[str, tuple[TrendPoint, ...]]
    previous_all_steps: StepFigure | None
    previous_period: Period
    previous_steps: tuple[StepFigure, ...]
    previous_requests: RequestFigure
    previous_ready: ReadyFigure
    version: SopVersion

    @property
    def office_steps(self) -> tuple[str, ...]:
        """The steps of the table that are counted together: all but the agency's own."""
        return tuple(row.step for row in self.steps if row.step in self.version.office_steps)


def sla_figures(office: Office, filter_: SlaFilter, as_of: int) -> SlaFigures:
    """The figures of a period at a moment; what lies after it has not happened.

    FilterError for an agency, room or step that does not exist, MartError when there is no mart.
    """
    filter_ = resolve(office, filter_)
    trend, earlier, facts = filter_.period.trend(), filter_.period.previous(), facts_at(office, as_of)
    scope, scope_before = scope_of(filter_), scope_of(filter_, earlier)
    sop = office.sop.version_for(filter_.period.last)
    rows = step_counts(
        facts,
        scope_of(filter_, Period(min(earlier.first, trend.first), max(filter_.period.last, trend.last))),
        periods=(scope.days, scope_before.days),
        by=("figure_key", "belongs_month"),
        sums=("over_seconds", *OUTPUTS),
    )
    tally, tally_before = (Tally(rows, rows["part"] == part) for part in (1, 2))
    codes = (*(filter_.steps or STEP_CODES), ALL_STEPS)
    of_period = PeriodOnly(_percentiles(facts, scope, sop), flagged(facts, scope))
    *steps, all_steps = _figures(tally, codes, sop, of_period)
    *steps_before, all_before = _figures(tally_before, codes, sop, PeriodOnly())
    letters, letters_before = (period_letters(facts, scope_) for scope_ in (scope, scope_before))
    return SlaFigures(
        as_of=as_of,
        filter=filter_,
        sop=sop.number,
        steps=tuple(steps),
        all_steps=all_steps,
        requests=_requests(letters, sop),
        ready=ready_figure(letters),
        trend=_trends(rows, codes, sop, trend),
        previous_all_steps=None if tally_before.is_empty else all_before,
        previous_period=earlier,
        previous_steps=tuple(steps_before),
        previous_requests=_requests(letters_before, sop),
        previous_ready=ready_figure(letters_before),
        version=sop,
    )


def _rows(code: str, sop: SopVersion) -> list[int]:
    """The steps that stand in a row of the table."""
    return [STEP_INDEX[step] for step in (sop.office_steps if code == ALL_STEPS else (code,))]


@dataclass(frozen=True)
class PeriodOnly:
    """What is known of the period only: percentiles by step code, flagged facts as `definitions.flagged`."""

    percentiles: Percentiles = field(default_factory=dict)
    flagged: Ints = field(default_factory=lambda: np.empty((0, 4), dtype=np.int64))

    @cached_property
    def _carriers(self) -> Ints:
        """By step, and by flag with all of them together first: how many steps carry it, are judged, are in time."""
        step, flags, verdict, count = self.flagged.T
        is_judged = (verdict[:, None] == _JUDGED).any(axis=1)
        amounts = count[:, None] * np.column_stack([np.ones_like(is_judged), is_judged, verdict == Verdict.MET.code])
        carriers = np.zeros((STEP_COUNT, 1 + len(_MARKS), amounts.shape[1]), dtype=np.int64)
        np.add.at(carriers, step, (flags[:, None] & _BITS != 0)[:, :, None] * amounts[:, None, :])
        return carriers

    def flags(self, rows: Sequence[int], met: int, n: int) -> dict[str, Any]:
        """`flags`: how often each occurs in these steps, by its word. `without_flagged`: the share of them, `met` of
        `n`, without the flagged ones, and without those of each flag; None below five."""
        carried, *by_flag = self._carriers[rows].sum(axis=0).tolist()
        marked = {word: counts for word, counts in zip(_MARKS, by_flag, strict=True) if counts[0]}
        return {
            "flags": {word: count for word, (count, _, _) in marked.items()},
            "without_flagged": _left(carried, met, n)
            | {"by_flag": {word: _left(counts, met, n) for word, counts in marked.items()}},
        }


_MARKS = {flag.word: flag.value for flag in MARKS}
_BITS = np.array([sum(_MARKS.values()), *_MARKS.values()], dtype=np.int64)


def _left(gone: Sequence[int], met: int, n: int) -> dict[str, Any]:
    """The share `met` of `n` without flagged steps: how many they are, are judged, are in time."""
    _, judged, good = gone
    left, left_met = n - judged, met - good
    return {"n": left, "met": left_met, "share": share(left_met, left) if left >= FEWEST_TO_SAY else None}


def _figures(tally: Tally, codes: Sequence[str], sop: SopVersion, of_period: PeriodOnly) -> list[StepFigure]:
    """The rows of the table for one period."""
    return [_figure(tally, code, sop, of_period) for code in codes]


def _figure(tally: Tally, code: str, sop: SopVersion, of_period: PeriodOnly) -> StepFigure:
    step = None if code == ALL_STEPS else sop.step(code)
    return step_figure(tally, _rows(code, sop), code, step, of_period)


def step_figure(tally: Tally, rows: list[int], code: str, step: SopStep | None, of_period: PeriodOnly) -> StepFigure:
    """The row of the table of the steps with these places in the tally: of one `step`, or of several."""
    percentiles = of_period.percentiles.get(code, (None, None, None))
    within, handover_n = tally.fraction(Figure.HANDOVER, rows)
    return StepFigure(
        step=code,
        actor=step.actor if step else "",
        target_seconds=step.target_seconds if step else None,
        **_shares(tally, rows),
        **dict(zip(PERCENTILE_KEYS, percentiles, strict=True)),
        recorded_starts=tally.total(RECORDED_START, rows),
        handover_starts=tally.total(HANDOVER_START, rows),
        handover_share=share(within, handover_n),
        handover_n=handover_n,
        over_seconds=tally.total(BEYOND, rows, "over_seconds"),
        out_of_order=tally.total(OUT_OF_ORDER, rows),
        returned=tally.total(RETURNED, rows),
        **of_period.flags(rows, *tally.fraction(Figure.SHARE, rows)),
        output_recorded=_outputs(tally, rows),
    )


def _outputs(tally: Tally, rows: list[int]) -> dict[str, Any]:
    recorded, n = tally.fraction(Figure.OUTPUT, rows)
    absent = tally.total(ALL_FACTS, rows, "output_absent")
    return {"n": n, "recorded": recorded, "absent": absent, "share": share(recorded, n)}


def _shares(tally: Tally, rows: list[int]) -> dict[str, Any]:
    """Counts by verdict and reason, and what follows from them."""
    n = {portion.name: tally.total(portion.kind, rows) for portion in BY_VERDICT}
    met, judged = tally.fraction(Figure.SHARE, rows)
    unmeasurable = {reason.value: n.pop(unmeasurable_by(reason)) for reason in Reason}
    return n | {
        "n": judged,
        "unmeasurable": {reason: count for reason, count in unmeasurable.items() if count},
        "share": share(met, judged),
        "interval": wilson(met, judged),
        "bounds": bounds(met, n["late"], n["overdue"], sum(unmeasurable.values()), n["skipped"]),
        "coverage": share(*tally.fraction(Figure.COVERAGE, rows)),
    }


def _trends(rows: Columns, codes: Sequence[str], sop: SopVersion, trend: Period) -> dict[str, tuple[TrendPoint, ...]]:
    """Twelve months of each step, in order; months without a judged step have no share."""
    first = trend.first.year * 12 + trend.first.month - 1
    tables = [by_month(rows, kind, first) for kind in (JUDGED, MET)]
    months = trend.months()

    def points(steps: list[int]) -> tuple[TrendPoint, ...]:
        n, met = (table[:, steps].sum(axis=1).tolist() for table in tables)
        return tuple(TrendPoint(month, a, b, share(b, a)) for month, a, b in zip(months, n, met, strict=True))

    return {code: points(_rows(code, sop)) for code in codes}


def _percentiles(facts: Facts, scope: Scope, sop: SopVersion) -> Percentiles:
    """p10, median, p90 by step code and of all steps."""
    elapsed = durations(facts, scope)
    groups = dict(zip(STEP_CODES, elapsed, strict=True))
    seconds, times = zip(*(groups[code] for code in sop.office_steps), strict=True)
    groups[ALL_STEPS] = (np.concatenate(seconds), np.concatenate(times))
    return {code: weighted_percentiles(*values, (10, 50, 90)) for code, values in groups.items()}


def _requests(letters: PeriodLetters, sop: SopVersion) -> RequestFigure:
    on_time, late = letters.count(LetterKind.ON_TIME), letters.count(LetterKind.LATE)
    unknown = letters.count(LetterKind.UNKNOWN)
    known = letters.ready_seconds[letters.of(LetterKind.MEASURED)]
    return RequestFigure(
        n=on_time + late,
        on_time=on_time,
        late=late,
        unknown=unknown,
        running=letters.count(LetterKind.RUNNING),
        share=share(on_time, on_time + late),
        interval=wilson(on_time, on_time + late),
        coverage=share(on_time + late, on_time + late + unknown),
        bounds=bounds(on_time, late, 0, unknown, 0),
        received=letters.count(LetterKind.RECEIVED),
        ready_n=len(known),
        ready_median_seconds=median(known),
        ready_target_seconds=sop.critical_path_seconds(),
        ready_series_seconds=sop.series_seconds(),
    )


def sla_json(office: Office, figures: SlaFigures) -> dict[str, Any]:
    """The figures as `pantau figures sla --json` prints them: plain values, dates and moments in ISO 8601."""
    filter_ = figures.filter
    return {
        "as_of": datetime.fromtimestamp(figures.as_of, office.zone).isoformat(),
        "from": filter_.period.first.isoformat(),
        "to": filter_.period.last.isoformat(),
        "filters": {
            "opd": filter_.opd,
            "room": filter_.room,
            "steps": list(filter_.steps),
            "without_flags": list(filter_.without),
        },
        "sop": figures.sop,
        "steps": [plain(step) for step in figures.steps],
        "all_steps": plain(figures.all_steps) | {"actor": None},
        "requests": plain(figures.requests),
        "ready_before_event": plain(figures.ready),
        "trend": {code: [plain(point) for point in points] for code, points in figures.trend.items()},
        "previous": {
            "from": figures.previous_period.first.isoformat(),
            "to": figures.previous_period.last.isoformat(),
            "all_steps": figures.previous_all_steps and plain(figures.previous_all_steps),
        },
    }


def plain(figure: object) -> dict[str, Any]:
    """The fields in the order in which they are declared, which is that of the document."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in vars(figure).items()}
