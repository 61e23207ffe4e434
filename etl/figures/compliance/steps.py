"""Compliance with the Mutu Baku in a period: per step, all steps, whole letters, twelve months.

A step belongs to the period of its finish, one beyond its target and still running to that of its due moment, a skipped
one to that of its successor's finish, everything else to the day of receipt. The rules are in docs/definisi.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from data_access.mart import Snapshot
from data_access.mart.compliance import BEFORE, PERIOD, Scope
from etl.domain.compliance.suspicion import SUSPICIONS
from etl.domain.frames import MISSING, Ints
from etl.domain.sop.versions import OPD_STEPS, SopVersion
from etl.domain.statistics import bounds, compliance, coverage, median, share, weighted_percentiles, wilson
from etl.domain.verdict import STEP_CODES, STEP_INDEX, Flag, Reason, StartRule, Verdict
from etl.figures.counts import Counts, counts, durations, flagged
from etl.figures.live import LiveFacts, step_facts_at
from etl.figures.period import Period, SlaFilter, resolve, scope_of
from etl.figures.requests.period import LetterKind, PeriodLetters, ReadyFigure, period_letters, ready_figure

if TYPE_CHECKING:
    from etl.office import Office

ALL_STEPS = "all"
"""Stands where a step code stands, for the office's steps together (without those of the OPD)."""

_OFFICE = tuple(index for index, code in enumerate(STEP_CODES) if code not in OPD_STEPS)
Percentiles = Mapping[str, Sequence[float | None]]


@dataclass(frozen=True)
class StepFigure:
    """One row of the table: counts of steps by verdict, and what follows from them.

    `n` = met + late + overdue. `share` = met ÷ n with its 95 % Wilson `interval`; `bounds` are the share if all that
    could not be judged had been late, and if it had been in time; None when n is 0. `coverage` is n over n plus what
    could not be judged. Percentiles are of measurable finished steps, None for fewer than five. `recorded_starts` and
    `handover_starts` say from which moment the n were measured; `handover_share` is the share in time if all of them
    were measured from hand-over to hand-over, over `handover_n` where that is known. `over_seconds`: time beyond the
    target, of late and overdue steps together. `out_of_order`, `returned` and `flags` (suspicions by name, those that
    occur) count steps of any verdict.
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


@dataclass(frozen=True)
class RequestFigure:
    """Letters judged on A2–A8 in the period in which A8 was finished: `n` = on_time + late, `unknown` beside them.

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
    received: int
    ready_n: int
    ready_median_seconds: float | None
    ready_target_seconds: int
    ready_series_seconds: int


@dataclass(frozen=True)
class TrendPoint:
    """One month ("YYYY-MM") of a step: n and share as in `StepFigure`."""

    month: str
    n: int
    met: int
    share: float | None


@dataclass(frozen=True)
class SlaFigures:
    """All of the page. `trend` by step code and "all"; what is `previous` has counts and shares, of steps no
    percentiles."""

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


def sla_figures(office: Office, flt: SlaFilter, as_of: int) -> SlaFigures:
    """The figures of a period at a moment; what lies after it has not happened.

    FilterError for an agency, room or step that does not exist, MartError when there is no mart.
    """
    asked = resolve(office, flt)
    mart = office.mart.read()
    live = step_facts_at(office, as_of, mart)
    scope = scope_of(asked, live.settled_by)
    sop = _sop_of(office, asked.period)
    trend = asked.period.trend()
    counted = counts(mart, scope, live, trend.first.year * 12 + trend.first.month - 1)
    codes = (*(asked.steps or STEP_CODES), ALL_STEPS)
    beside = _Beside(_percentiles(mart, scope, live), flagged(mart, scope, live))
    *steps, all_steps = _figures(counted, PERIOD, codes, sop, beside)
    *steps_before, all_before = _figures(counted, BEFORE, codes, sop, _Beside())
    letters, earlier = (period_letters(mart, scope, live, days) for days in (scope.period, scope.before))
    return SlaFigures(
        as_of=as_of,
        filter=asked,
        sop=sop.number,
        steps=tuple(steps),
        all_steps=all_steps,
        requests=_requests(letters, sop),
        ready=ready_figure(letters),
        trend=_trends(counted, codes, trend.months()),
        previous_all_steps=all_before if counted.verdicts[BEFORE].any() else None,
        previous_period=asked.period.previous(),
        previous_steps=tuple(steps_before),
        previous_requests=_requests(earlier, sop),
        previous_ready=ready_figure(earlier),
    )


def _sop_of(office: Office, period: Period) -> SopVersion:
    """The version in force on the period's last day; before the first one, the first."""
    sop = office.sop
    return sop.version_for(period.last)


def _rows(code: str) -> list[int]:
    """The steps that stand in a row of the table."""
    return list(_OFFICE) if code == ALL_STEPS else [STEP_INDEX[code]]


@dataclass(frozen=True)
class _Beside:
    """What is known of the period only: percentiles by step code, suspicions by step."""

    percentiles: Percentiles = field(default_factory=dict)
    flagged: Sequence[Mapping[Flag, int]] = ({},) * len(STEP_CODES)

    def flags(self, rows: Sequence[int]) -> dict[str, int]:
        """How often each suspicion occurs in these steps, by its name in lower case."""
        counts = {flag: sum(self.flagged[row].get(flag, 0) for row in rows) for flag in SUSPICIONS}
        return {str(flag.name).lower(): count for flag, count in counts.items() if count}


def _figures(counted: Counts, part: int, codes: Sequence[str], sop: SopVersion, beside: _Beside) -> list[StepFigure]:
    """The rows of the table for one part of the counts."""
    return [_figure(counted, part, code, sop, beside) for code in codes]


def _figure(counted: Counts, part: int, code: str, sop: SopVersion, beside: _Beside) -> StepFigure:
    rows = _rows(code)
    percentiles = beside.percentiles.get(code, (None, None, None))

    def total(table: Ints) -> list[int]:
        return table[part, rows].sum(axis=0).tolist()  # type: ignore[no-any-return]

    step = None if code == ALL_STEPS else sop.step(code)
    rules, reasons = total(counted.rules), total(counted.reasons)
    _, within, beyond, *_ = total(counted.handover)
    return StepFigure(
        step=code,
        actor=step.actor if step else "",
        target_seconds=step.target_seconds if step else None,
        **_shares(total(counted.verdicts)),
        unmeasurable={reason.value: reasons[code_] for code_, reason in enumerate(Reason) if reasons[code_]},
        **dict(zip(("p10_seconds", "median_seconds", "p90_seconds"), percentiles, strict=True)),
        recorded_starts=rules[StartRule.RECORDED.code],
        handover_starts=rules[StartRule.HANDOVER.code],
        handover_share=share(within, within + beyond),
        handover_n=within + beyond,
        over_seconds=int(counted.over_seconds[part, rows].sum()),
        out_of_order=int(counted.out_of_order[part, rows].sum()),
        returned=int(counted.returned[part, rows].sum()),
        flags=beside.flags(rows),
    )


def _shares(verdicts: Sequence[int]) -> dict[str, Any]:
    """Counts by verdict and what follows from them."""
    by_name = {verdict.value.lower(): verdicts[code] for code, verdict in enumerate(Verdict)}
    unknown = by_name.pop("unmeasurable")
    met, late, overdue, skipped = (by_name[name] for name in ("met", "late", "overdue", "skipped"))
    n = met + late + overdue
    return by_name | {
        "n": n,
        "share": compliance(met, late, overdue),
        "interval": wilson(met, n),
        "bounds": bounds(met, late, overdue, unknown, skipped),
        "coverage": coverage(met, late, overdue, unknown, skipped),
    }


def _trends(counted: Counts, codes: Sequence[str], months: Sequence[str]) -> dict[str, tuple[TrendPoint, ...]]:
    """Twelve months of each step, in order; months without a judged step have no share."""

    def points(rows: list[int]) -> tuple[TrendPoint, ...]:
        n, met = (table[:, rows].sum(axis=1).tolist() for table in (counted.trend_n, counted.trend_met))
        return tuple(TrendPoint(month, a, b, share(b, a)) for month, a, b in zip(months, n, met, strict=True))

    return {code: points(_rows(code)) for code in codes}


def _percentiles(mart: Snapshot, scope: Scope, live: LiveFacts) -> Percentiles:
    """p10, median, p90 by step code and of all steps."""
    elapsed = durations(mart, scope, live)
    groups = dict(zip(STEP_CODES, elapsed, strict=True))
    seconds, times = zip(*(elapsed[index] for index in _OFFICE), strict=True)
    groups[ALL_STEPS] = (np.concatenate(seconds), np.concatenate(times))
    return {code: weighted_percentiles(*values, (10, 50, 90)) for code, values in groups.items()}


def _requests(letters: PeriodLetters, sop: SopVersion) -> RequestFigure:
    on_time, late = letters.count(LetterKind.ON_TIME), letters.count(LetterKind.LATE)
    known = letters.ready_seconds[letters.is_ready & (letters.ready_seconds != MISSING)]
    return RequestFigure(
        n=on_time + late,
        on_time=on_time,
        late=late,
        unknown=letters.count(LetterKind.UNKNOWN),
        running=letters.count(LetterKind.RUNNING),
        share=share(on_time, on_time + late),
        interval=wilson(on_time, on_time + late),
        received=letters.count(LetterKind.RECEIVED),
        ready_n=len(known),
        ready_median_seconds=median(known),
        ready_target_seconds=sop.critical_path_seconds(),
        ready_series_seconds=sop.series_seconds(),
    )


def sla_json(office: Office, figures: SlaFigures) -> dict[str, Any]:
    """The figures as `pantau figures sla --json` prints them: plain values, dates and moments in ISO 8601."""
    asked = figures.filter
    return {
        "as_of": datetime.fromtimestamp(figures.as_of, office.zone).isoformat(),
        "from": asked.period.first.isoformat(),
        "to": asked.period.last.isoformat(),
        "filters": {"opd": asked.opd, "room": asked.room, "steps": list(asked.steps)},
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
