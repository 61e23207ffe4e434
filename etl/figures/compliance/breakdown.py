"""Beside the shares of the compliance page: the order of the steps, waiting and work apart, the same by agency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_access.mart import compliance as questions
from data_access.mart.facts import Facts, Scope
from etl.domain.frames import Ints
from etl.domain.sop.steps import STEP_CODES, STEP_INDEX
from etl.domain.statistics import coverage, share, wilson
from etl.domain.verdict import Verdict
from etl.figures.compliance.counts import sum_up
from etl.figures.compliance.definitions import JUDGED_WORDS, OUT_OF_ORDER, RETURNED, SKIPPED, WAITED
from etl.figures.live import facts_at
from etl.figures.period import SlaFilter, resolve, scope_of

if TYPE_CHECKING:
    from etl.office import Office

_JUDGED = [word.code for word in JUDGED_WORDS]
_BEYOND = (Verdict.LATE.code, Verdict.OVERDUE.code)
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
    """One agency: the office's steps for its letters as in `StepFigure`, `own_` those in its own time.

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


def sla_detail(office: Office, filter_: SlaFilter, as_of: int) -> SlaDetail:
    """The detail of a period at a moment; errors as of `sla_figures`."""
    filter_ = resolve(office, filter_)
    facts, scope = facts_at(office, as_of), scope_of(filter_)
    own = tuple(STEP_INDEX[code] for code in office.sop.version_for(filter_.period.last).opd_steps)
    order = Order(*questions.letters_with(facts, scope, (SKIPPED, OUT_OF_ORDER, RETURNED)))
    return SlaDetail(order, _waits(facts, scope), _agencies(facts, scope, own))


def _waits(facts: Facts, scope: Scope) -> tuple[Wait, ...]:
    sums = ("waiting_seconds", "elapsed_seconds")
    rows = questions.step_counts(facts, scope, WAITED, by=("step",), sums=sums)
    columns = (sum_up(rows["step"], rows[name], (len(STEP_CODES),)).tolist() for name in ("n", *sums))
    return tuple(Wait(*row) for row in zip(STEP_CODES, *columns, strict=True) if row[1])


def _agencies(facts: Facts, scope: Scope, own: tuple[int, ...]) -> tuple[Agency, ...]:
    """`own` are the steps of the agencies themselves."""
    rows = questions.step_counts(facts, scope, by=("opd", "step", "verdict"), sums=("over_seconds",))
    is_own, verdict = np.isin(rows["step"], own), rows["verdict"]
    place, names = pd.factorize(rows["opd"], sort=True)
    counts = sum_up((place * 2 + is_own) * _KINDS + verdict, rows["n"], (len(names), 2, _KINDS))
    late = sum_up(place, rows["over_seconds"] * (~is_own & np.isin(verdict, _BEYOND)), (len(names),))
    agencies = [_agency(str(name), counts[at], int(late[at])) for at, name in enumerate(names) if name]
    return tuple(
        sorted((agency for agency in agencies if agency.n + agency.own_n), key=lambda agency: (-agency.n, agency.opd))
    )


def _agency(opd: str, counts: Ints, over_seconds: int) -> Agency:
    """From the counts (office or own, verdict)."""
    n, own_n = (int(counts[kind, _JUDGED].sum()) for kind in (0, 1))
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
