"""Beside the shares of the compliance page: the order of the steps, waiting and work apart, the same by agency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data_access.mart import Snapshot
from data_access.mart import compliance_requests as questions
from data_access.mart.compliance import Scope
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.sop.steps import STEP_CODES, STEP_COUNT, STEP_INDEX
from etl.domain.statistics import coverage, share, wilson
from etl.domain.verdict import Flag, StartRule, Verdict
from etl.figures.counts import BEYOND, JUDGED, live_steps_of_period
from etl.figures.live import LiveFacts, step_facts_at
from etl.figures.period import SlaFilter, resolve, scope_of

if TYPE_CHECKING:
    from etl.office import Office

_FINISHED = (Verdict.MET.code, Verdict.LATE.code)
_KINDS = len(Verdict)


@dataclass(frozen=True)
class Wait:
    """Finished steps of one kind with a recorded start and a known hand-over before it: `n` of them, the seconds that
    they lay waiting and the seconds of work, summed."""

    step: str
    n: int
    waiting_seconds: int
    working_seconds: int


@dataclass(frozen=True)
class Order:
    """Letters with a step in the period that was passed over, was begun before its predecessor's finish, or was done
    more than once; `letters` have any of the three."""

    skipped: int
    out_of_order: int
    repeated: int
    letters: int


@dataclass(frozen=True)
class Agency:
    """One agency: the office's steps for its letters as in `StepFigure`, and beside them the steps of its own.

    `n` = met + late steps (overdue ones are late), `interval` the 95 % Wilson interval of `share`.
    """

    opd: str
    n: int
    met: int
    late: int
    share: float | None
    interval: tuple[float, float] | None
    coverage: float | None
    over_seconds: int
    own_n: int
    own_met: int
    own_share: float | None


@dataclass(frozen=True)
class SlaDetail:
    """All of it; `waits` only of steps with any, `agencies` the one with the most judged steps first."""

    order: Order
    waits: tuple[Wait, ...]
    agencies: tuple[Agency, ...]


def sla_detail(office: Office, flt: SlaFilter, as_of: int) -> SlaDetail:
    """The detail of a period at a moment; errors as of `sla_figures`."""
    asked, mart = resolve(office, flt), office.mart.read()
    live = step_facts_at(office, as_of, mart)
    scope = scope_of(asked, live.settled_by)
    here, step = live_steps_of_period(scope, live)
    own = tuple(STEP_INDEX[code] for code in office.sop.version_for(asked.period.last).opd_steps)
    return SlaDetail(
        _sequence(mart, scope, live, here),
        _waits(mart, scope, live, here, step),
        _agencies(mart, scope, live, here, step, own),
    )


def _sequence(mart: Snapshot, scope: Scope, live: LiveFacts, here: Bools) -> Order:
    """Settled letters and the others are never the same, so their counts add up."""
    flags = (Flag.OUT_OF_ORDER.value, Flag.RETURNED.value)
    stored = questions.letters_out_of_sequence(mart, scope, Verdict.SKIPPED.code, flags)
    steps = live.steps
    carried = [here & (steps.verdict == Verdict.SKIPPED.code), *(here & ((steps.flags & flag) != 0) for flag in flags)]
    by_letter = [one.reshape(-1, STEP_COUNT).any(axis=1) for one in carried]
    fresh = [int(one.sum()) for one in (*by_letter, np.logical_or.reduce(by_letter))]
    return Order(*(a + b for a, b in zip(stored, fresh, strict=True)))


def _waits(mart: Snapshot, scope: Scope, live: LiveFacts, here: Bools, step: Ints) -> tuple[Wait, ...]:
    rule, steps = StartRule.RECORDED.code, live.steps
    known = here & np.isin(steps.verdict, _FINISHED) & (steps.start_rule == rule)
    known &= (steps.waiting != MISSING) & (steps.elapsed != MISSING)
    stored = questions.waits(mart, scope, _FINISHED, rule)
    weights = (np.ones(int(known.sum()), np.int64), steps.waiting[known], steps.elapsed[known])
    sums = [
        _sums(step[known], fresh, STEP_COUNT) + _sums(stored["step"], stored[name], STEP_COUNT)
        for name, fresh in zip(("n", "waiting", "working"), weights, strict=True)
    ]
    rows = zip(STEP_CODES, *(one.tolist() for one in sums), strict=True)
    return tuple(Wait(*row) for row in rows if row[1])


def _agencies(
    mart: Snapshot, scope: Scope, live: LiveFacts, here: Bools, step: Ints, own: tuple[int, ...]
) -> tuple[Agency, ...]:
    """`own` are the steps of the agencies themselves."""
    stored = questions.agencies(mart, scope, own)
    here = here & (np.repeat(live.opd, STEP_COUNT) != None)  # noqa: E711 – an array of objects
    fresh = np.repeat(live.opd, STEP_COUNT)[here]
    names, place = np.unique(np.concatenate([np.asarray(stored["opd"], object), fresh]), return_inverse=True)
    is_own = np.concatenate([stored["is_own"].astype(bool), np.isin(step[here], own)])
    verdict = np.concatenate([stored["verdict"].astype(np.int64), live.steps.verdict[here].astype(np.int64)])
    n = np.concatenate([stored["n"].astype(np.int64), np.ones(int(here.sum()), np.int64)])
    over = np.concatenate([stored["over_seconds"].astype(np.int64), _over(live, here)])
    cell, size = (place * 2 + is_own) * _KINDS + verdict, len(names) * 2 * _KINDS
    counts = _sums(cell, n, size).reshape(-1, 2, _KINDS)
    late = _sums(place, over * (~is_own & np.isin(verdict, BEYOND)), len(names))
    found = [_agency(str(name), counts[at], int(late[at])) for at, name in enumerate(names)]
    return tuple(sorted((one for one in found if one.n + one.own_n), key=lambda one: (-one.n, one.opd)))


def _over(live: LiveFacts, here: Bools) -> Ints:
    elapsed, target = live.steps.elapsed[here], live.steps.target[here]
    known = (elapsed != MISSING) & (target != MISSING)
    return np.where(known, np.maximum(np.where(known, elapsed - target, 0), 0), 0)


def _agency(opd: str, counts: Ints, over_seconds: int) -> Agency:
    """From the counts (office or own, verdict)."""
    n, own_n = (int(counts[kind, list(JUDGED)].sum()) for kind in (0, 1))
    met, own_met = (int(counts[kind, Verdict.MET.code]) for kind in (0, 1))
    late, overdue = (int(counts[0, verdict.code]) for verdict in (Verdict.LATE, Verdict.OVERDUE))
    unknown, skipped = (int(counts[0, verdict.code]) for verdict in (Verdict.UNMEASURABLE, Verdict.SKIPPED))
    return Agency(
        opd=opd,
        n=n,
        met=met,
        late=late + overdue,
        share=share(met, n),
        interval=wilson(met, n),
        coverage=coverage(met, late, overdue, unknown, skipped),
        over_seconds=over_seconds,
        own_n=own_n,
        own_met=own_met,
        own_share=share(own_met, own_n),
    )


def _sums(place: Sequence[int] | Ints, weight: Sequence[int] | Ints, size: int) -> Ints:
    """Exact up to 2⁵³, which is 285 million years of seconds."""
    return np.bincount(np.asarray(place, np.int64), np.asarray(weight, np.float64), size).astype(np.int64)
