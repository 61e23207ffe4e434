"""What follows from the compliance figures: how they differ from the period before, months with their uncertainty,
where lateness comes from, the same by role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import coverage, newcombe, share, wilson
from etl.figures.compliance.definitions import ALL_STEPS
from etl.figures.compliance.steps import SlaFigures, StepFigure, TrendPoint

REQUESTS, READY = "requests", "ready"
"""Stand where a step code stands, for letters wholly on time and for letters ready before their event."""


@dataclass(frozen=True)
class Comparison:
    """The share of one thing in the period and in the one before: `part` of `n` and `earlier_part` of `earlier_n`.

    `difference` of the shares (0.05 = five points) with its 95 % `interval` (Newcombe 1998); `is_within_chance`: the
    interval holds 0. All three None when one of the two periods judged nothing.
    """

    what: str
    part: int
    n: int
    earlier_part: int
    earlier_n: int
    difference: float | None
    interval: tuple[float, float] | None
    is_within_chance: bool | None


@dataclass(frozen=True)
class Month:
    """One month of a trend with the 95 % Wilson interval of its share; both None without a judged step."""

    month: str
    n: int
    met: int
    share: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Lateness:
    """One step's part of all time over target, of its `late` steps (overdue ones too); `share` of the office's steps
    together, `cumulative` with those before it."""

    step: str
    late: int
    over_seconds: int
    share: float
    cumulative: float


def comparisons(figures: SlaFigures) -> tuple[Comparison, ...]:
    """Each step with a target, all steps, whole letters and letters ready before their event, against the period
    before."""
    return tuple(comparison(*row) for row in _compared(figures))


def _compared(figures: SlaFigures) -> Iterator[tuple[str, int, int, int, int]]:
    for now, then in zip(figures.steps, figures.previous_steps, strict=True):
        if now.target_seconds is not None:
            yield now.step, now.met, now.n, then.met, then.n
    whole, before = figures.all_steps, figures.previous_all_steps
    yield ALL_STEPS, whole.met, whole.n, before.met if before else 0, before.n if before else 0
    letters, earlier = figures.requests, figures.previous_requests
    yield REQUESTS, letters.on_time, letters.n, earlier.on_time, earlier.n
    ready, earlier_ready = figures.ready, figures.previous_ready
    yield READY, ready.before, ready.n, earlier_ready.before, earlier_ready.n


def comparison(what: str, part: int, n: int, earlier_part: int, earlier_n: int) -> Comparison:
    """Two shares beside each other."""
    interval = newcombe(part, n, earlier_part, earlier_n)
    difference = None if interval is None else part / n - earlier_part / earlier_n
    is_chance = None if interval is None else bool(interval[0] <= 0 <= interval[1])
    return Comparison(what, part, n, earlier_part, earlier_n, difference, interval, is_chance)


def change(figures: SlaFigures) -> Comparison | None:
    """How the share of all steps differs from the period before; None when one of the two judged nothing."""
    all_steps = next(row for row in comparisons(figures) if row.what == ALL_STEPS)
    return all_steps if all_steps.difference is not None else None


def months(points: tuple[TrendPoint, ...]) -> tuple[Month, ...]:
    """A trend with its intervals, in the order given."""
    return tuple(Month(p.month, p.n, p.met, p.share, wilson(p.met, p.n)) for p in points)


def lateness(figures: SlaFigures) -> tuple[Lateness, ...]:
    """The office's steps that were over their target, the largest part first; without those of the OPD."""
    over = [step for step in figures.steps if step.step in figures.office_steps and step.over_seconds > 0]
    over.sort(key=lambda step: -step.over_seconds)
    sums = list(accumulate(step.over_seconds for step in over))
    return tuple(
        Lateness(
            step.step,
            step.late + step.overdue,
            step.over_seconds,
            share(step.over_seconds, sums[-1]) or 0.0,
            share(up_to, sums[-1]) or 0.0,
        )
        for step, up_to in zip(over, sums, strict=True)
    )


@dataclass(frozen=True)
class RoleFigure:
    """The steps of one role together, as in `StepFigure`; `steps` are those of it that are asked for."""

    role: str
    actor: str
    steps: tuple[str, ...]
    n: int
    met: int
    late: int
    share: float | None
    interval: tuple[float, float] | None
    coverage: float | None
    over_seconds: int


def roles(figures: SlaFigures, sop: SopVersion) -> tuple[RoleFigure, ...]:
    """The roles in the order in which the SOP first names them; steps without a target are not counted."""
    by_role: dict[str, list[StepFigure]] = {}
    for step in figures.steps:
        if step.target_seconds is not None:
            by_role.setdefault(sop.step(step.step).role, []).append(step)
    return tuple(_role(role, steps, sop) for role, steps in by_role.items())


def _role(role: str, steps: Sequence[StepFigure], sop: SopVersion) -> RoleFigure:
    def total(name: str) -> int:
        return sum(getattr(step, name) for step in steps)

    met, late, overdue, skipped = (total(name) for name in ("met", "late", "overdue", "skipped"))
    unknown = sum(sum(step.unmeasurable.values()) for step in steps)
    n = met + late + overdue
    return RoleFigure(
        role=role,
        actor=sop.step(steps[0].step).actor,
        steps=tuple(step.step for step in steps),
        n=n,
        met=met,
        late=late + overdue,
        share=share(met, n),
        interval=wilson(met, n),
        coverage=coverage(met, late, overdue, unknown, skipped),
        over_seconds=total("over_seconds"),
    )
