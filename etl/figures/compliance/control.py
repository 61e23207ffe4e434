"""The control chart of one step: its median month by month, and which months chance alone hardly makes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from data_access.mart import compliance_requests as questions
from etl.domain.frames import MISSING
from etl.domain.statistics import Xmr, median, xmr
from etl.domain.units import day_number
from etl.domain.verdict import STEP_COUNT, STEP_INDEX
from etl.figures.counts import FINISHED, letters_in_scope
from etl.figures.live import LiveFacts, step_facts_at
from etl.figures.period import Period, SlaFilter, known_steps, resolve, scope_of

if TYPE_CHECKING:
    from data_access.mart import Snapshot
    from data_access.mart.compliance import Scope
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


def control_chart(office: Office, flt: SlaFilter, as_of: int, step: str) -> ControlChart:
    """The chart of a step for the agency and room asked for, up to the month of the period's last day.

    FilterError for what does not exist.
    """
    asked, mart = resolve(office, flt), office.mart.read()
    (code,) = known_steps([step])
    live = step_facts_at(office, as_of, mart)
    span = asked.period.months_before(CONTROL_MONTHS)
    medians = _medians(mart, scope_of(asked, live.settled_by), live, STEP_INDEX[code], span)
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


def _medians(
    mart: Snapshot, scope: Scope, live: LiveFacts, step: int, span: Period
) -> list[tuple[str, int, float | None]]:
    """Month, number of durations and their median, None for fewer than five."""
    days = (day_number(span.first), day_number(span.last))
    month, seconds = questions.durations_by_month(mart, scope, step, days, FINISHED)
    here, steps = letters_in_scope(scope, live), live.steps
    columns = (steps.belongs_on, steps.elapsed, steps.verdict)
    day, spent, verdict = (values.reshape(-1, STEP_COUNT)[here, step] for values in columns)
    fresh = (day >= days[0]) & (day <= days[1]) & np.isin(verdict, FINISHED) & (spent != MISSING)
    months = day[fresh].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    month, seconds = np.concatenate([month, months]), np.concatenate([seconds, spent[fresh]])
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
