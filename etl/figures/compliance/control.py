"""The control chart of one step: its median month by month, and which months chance alone hardly makes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from data_access.mart.compliance import step_counts
from data_access.mart.facts import Facts
from etl.domain.sop.steps import STEP_INDEX
from etl.domain.statistics import Xmr, median, xmr
from etl.figures.compliance.definitions import FINISHED
from etl.figures.live import facts_at
from etl.figures.period import SlaFilter, known_steps, resolve, scope_of

if TYPE_CHECKING:
    from etl.office import Office

CONTROL_MONTHS = 24
"""Months of a control chart, the one of the period's last day included."""


@dataclass(frozen=True)
class ControlPoint:
    """One month ("YYYY-MM") with at least five finished steps: their median, and whether it is a signal."""

    month: str
    n: int
    median_seconds: float
    is_beyond: bool
    is_run: bool


@dataclass(frozen=True)
class ControlChart:
    """Months of one step in order, those with fewer than five finished steps left out (`left_out`: month and how many).

    Centre and limits in seconds, None while there are too few points for them.
    """

    step: str
    points: tuple[ControlPoint, ...]
    left_out: tuple[tuple[str, int], ...]
    centre: float | None
    lower: float | None
    upper: float | None

    @property
    def few(self) -> int:
        """How many months are left out."""
        return len(self.left_out)


def control_chart(office: Office, filter_: SlaFilter, as_of: int, step: str) -> ControlChart:
    """The chart of a step for the agency and room asked for, up to the month of the period's last day.

    FilterError for what does not exist.
    """
    filter_ = resolve(office, filter_)
    (code,) = known_steps([step])
    medians = _medians(facts_at(office, as_of), filter_, STEP_INDEX[code])
    known = [(month, n, value) for month, n, value in medians if value is not None]
    chart = xmr([value for _, _, value in known])
    return ControlChart(
        step=code,
        points=_points(known, chart),
        left_out=tuple((month, n) for month, n, value in medians if value is None and n > 0),
        centre=chart.centre if chart else None,
        lower=chart.lower if chart else None,
        upper=chart.upper if chart else None,
    )


def _medians(facts: Facts, filter_: SlaFilter, step: int) -> list[tuple[str, int, float | None]]:
    """Month, number of durations and their median, None for fewer than five."""
    span = filter_.period.months_before(CONTROL_MONTHS)
    scope = replace(scope_of(filter_, span), steps=(step,))
    rows = step_counts(facts, scope, FINISHED, by=("belongs_month", "elapsed_seconds"))
    month, seconds = (np.repeat(rows[name], rows["n"]) for name in ("belongs_month", "elapsed_seconds"))
    first = span.first.year * 12 + span.first.month - 1
    order = np.argsort(month, kind="stable")
    edges = np.searchsorted(month[order], np.arange(first, first + CONTROL_MONTHS + 1))
    groups = [seconds[order][low:high] for low, high in pairwise(edges.tolist())]
    return [(name, len(group), median(group)) for name, group in zip(span.months(), groups, strict=True)]


def _points(known: list[tuple[str, int, float]], chart: Xmr | None) -> tuple[ControlPoint, ...]:
    beyond = chart.is_beyond.tolist() if chart else [False] * len(known)
    run = chart.is_run.tolist() if chart else [False] * len(known)
    rows = zip(known, beyond, run, strict=True)
    return tuple(ControlPoint(*point, is_beyond, is_run) for point, is_beyond, is_run in rows)
