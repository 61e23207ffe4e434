"""What follows from the compliance figures: the change since the period before, months with their uncertainty, where
lateness comes from."""

from __future__ import annotations

from dataclasses import dataclass

from etl.domain.sop import OPD_STEPS
from etl.domain.statistics import is_within_chance, share, wilson
from etl.figures.sla import SlaFigures, TrendPoint


@dataclass(frozen=True)
class Change:
    """Difference of the share of all steps to the period before, as a share (0.05 = five points).

    `is_within_chance`: the 95 % interval of the difference (Newcombe 1998) holds 0.
    """

    difference: float
    is_within_chance: bool


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
    """One step's part of all time over target, of late and overdue steps; `share` of the office's steps together."""

    step: str
    over_seconds: int
    share: float


def change(figures: SlaFigures) -> Change | None:
    """How the share of all steps differs from the period before; None when one of the two judged nothing."""
    now, before = figures.all_steps, figures.previous_all_steps
    if before is None or now.share is None or before.share is None:
        return None
    chance = is_within_chance(now.met, now.n, before.met, before.n)
    return Change(now.share - before.share, bool(chance))


def months(points: tuple[TrendPoint, ...]) -> tuple[Month, ...]:
    """A trend with its intervals, in the order given."""
    return tuple(Month(p.month, p.n, p.met, p.share, wilson(p.met, p.n)) for p in points)


def lateness(figures: SlaFigures) -> tuple[Lateness, ...]:
    """The office's steps that were over their target, the largest part first; without those of the OPD."""
    over = [(one.step, one.over_seconds) for one in figures.steps if one.step not in OPD_STEPS and one.over_seconds > 0]
    total = sum(seconds for _, seconds in over)
    found = (Lateness(step, seconds, share(seconds, total) or 0.0) for step, seconds in over)
    return tuple(sorted(found, key=lambda one: -one.over_seconds))
