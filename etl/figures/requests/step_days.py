"""The time of one step of a letter, or of any span, day by day: the office's hours, what counts, what was paused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.days import DayPlan, Interval
from etl.domain.compliance.pauses import merged
from etl.domain.sop.steps import Clock, Meaning
from etl.domain.units import day_date
from etl.domain.verdict import UNDER_WAY
from etl.figures.requests.detail import Request, RequestPass, RequestPause, RequestStep

Span = tuple[int, int]
"""Two moments, UTC seconds, the first before the second."""


@dataclass(frozen=True)
class StepDay:
    """One local day of a pass. `counted` are seconds of the wall clock, cut at start and finish, pauses still in them;
    `seconds` is what counts: the length of `counted` without `paused_seconds`."""

    plan: DayPlan
    counted: tuple[Interval, ...]
    paused_seconds: int
    seconds: int

    @property
    def breaks(self) -> tuple[Interval, ...]:
        """What lies between two open stretches of the day: the office's break."""
        opened = self.plan.intervals
        return tuple((left[1], right[0]) for left, right in pairwise(opened) if right[0] > left[1])


@dataclass(frozen=True)
class PassDays:
    """One pass from `begin` to `end` (UTC seconds); `is_open`: it still runs, or stopped without a finish."""

    number: int
    begin: int
    end: int
    is_open: bool
    pauses: tuple[RequestPause, ...]
    days: tuple[StepDay, ...] = field(repr=False)

    @property
    def seconds(self) -> int:
        """What counts of it."""
        return sum(day.seconds for day in self.days)


def step_days(request: Request, step: RequestStep, calendar: WorkCalendar) -> tuple[PassDays, ...]:
    """The passes of a step that has a duration; their seconds add up to it. Empty for a step without one."""
    if step.elapsed_seconds is None:
        return ()
    is_elapsed = request.sop.step(step.step).clock is Clock.ELAPSED
    windows = (_window(request, step, index) for index in range(max(len(step.passes), 1)))
    days = [_pass(step, index + 1, *window, calendar, is_elapsed) for index, window in enumerate(windows) if window]
    # A returned letter that waits for its next pass runs since it came back.
    if step.verdict in UNDER_WAY and step.passes and step.passes[-1].is_done:
        begin = request.handed_over_at(step, len(step.passes))
        if begin is not None:
            days.append(_pass(step, len(step.passes) + 1, begin, request.stop_of(step), True, calendar, is_elapsed))
    return tuple(days)


def ready_days(request: Request, calendar: WorkCalendar) -> PassDays | None:
    """From receipt to ready, without the pauses of part A; None where it is not known."""
    ready, received = request.step(request.sop.step_with(Meaning.READY)).finished_at, request.request["received_at"]
    if request.ready_seconds is None or ready is None or received is None:
        return None
    part_a = [request.step(step.code) for step in request.sop.part("A")]
    pauses = [(one, _pause_end(step, one)) for step in part_a for one in step.pauses]
    shown = [(one, _clip(one.started_at, end, received, ready)) for one, end in pauses]
    return _counted(1, received, ready, False, shown, calendar, is_elapsed=False)


def span_days(begin: int, end: int, calendar: WorkCalendar, *, is_open: bool) -> PassDays:
    """Working time from one moment to another, day by day; without pauses."""
    return _counted(1, begin, end, is_open, (), calendar, is_elapsed=False)


def _pause_end(step: RequestStep, pause: RequestPause) -> int | None:
    """The end of a pause, which lasts no longer than its pass; None while it is open."""
    finish = next((one.finished_at for one in step.passes if one.number == pause.number), None)
    known = [end for end in (pause.ended_at, finish) if end is not None]
    return min(known) if known else None


def _window(request: Request, step: RequestStep, index: int) -> tuple[int, int, bool] | None:
    """Start and end of a pass, and whether it is open; None where one is not known to the minute."""
    one = step.passes[index] if index < len(step.passes) else None
    begin = _begin(request, step, one, index)
    end, is_open = _end(request, step, one)
    return None if begin is None or end is None or end < begin else (begin, end, is_open)


def _begin(request: Request, step: RequestStep, one: RequestPass | None, index: int) -> int | None:
    if one is not None and one.started_at is not None:
        return one.started_at
    return step.started_at if index == 0 else request.handed_over_at(step, index)


def _end(request: Request, step: RequestStep, one: RequestPass | None) -> tuple[int | None, bool]:
    if one is not None and one.finished_at is not None:
        return one.finished_at, False
    if one is None and step.finished_at is not None:  # finished by the receipt of the register
        return step.finished_at, False
    return (request.stop_of(step), True) if step.verdict in UNDER_WAY else (None, True)


def _pass(
    step: RequestStep, number: int, begin: int, end: int, is_open: bool, calendar: WorkCalendar, is_elapsed: bool
) -> PassDays:
    pauses = [(one, _clip(one.started_at, one.ended_at, begin, end)) for one in step.pauses if one.number == number]
    return _counted(number, begin, end, is_open, pauses, calendar, is_elapsed=is_elapsed)


def _counted(
    number: int,
    begin: int,
    end: int,
    is_open: bool,
    pauses: Sequence[tuple[RequestPause, Span | None]],
    calendar: WorkCalendar,
    *,
    is_elapsed: bool,
) -> PassDays:
    """The days of a window with what the pauses inside it take away."""
    cut = _paused(_united([span for _, span in pauses if span]), calendar, is_elapsed)
    days = []
    for plan, counted in _days(begin, end, calendar, is_elapsed):
        length = sum(right - left for left, right in counted)
        paused = cut.get(plan.date, 0)
        days.append(StepDay(plan, counted, paused, length - paused))
    return PassDays(number, begin, end, is_open, tuple(one for one, span in pauses if span), tuple(days))


def _clip(start: int, until: int | None, begin: int, end: int) -> Span | None:
    """The part of a pause inside a window; an open one lasts to its end."""
    first, last = max(start, begin), min(end if until is None else until, end)
    return (first, last) if last > first else None


def _united(spans: Sequence[Span]) -> list[Span]:
    starts, ends = (np.array([span[side] for span in spans], dtype=np.int64) for side in (0, 1))
    _, first, last = merged(np.zeros(len(spans), dtype=np.int64), starts, ends)
    return list(zip(first.tolist(), last.tolist(), strict=True))


def _paused(spans: Iterable[Span], calendar: WorkCalendar, is_elapsed: bool) -> dict[date, int]:
    """Paused seconds by day, on the clock of the step."""
    by_day: dict[date, int] = {}
    for begin, end in spans:
        for plan, counted in _days(begin, end, calendar, is_elapsed):
            by_day[plan.date] = by_day.get(plan.date, 0) + sum(right - left for left, right in counted)
    return by_day


def _days(begin: int, end: int, calendar: WorkCalendar, is_elapsed: bool) -> list[tuple[DayPlan, tuple[Interval, ...]]]:
    """Every local day touched, with what of it lies on the clock of the step."""
    if not is_elapsed:
        return [(calendar.plan(line.date), line.intervals) for line in calendar.breakdown(begin, end)]
    first, last = calendar.local_day(np.array([begin, max(end - 1, begin)])).tolist()
    numbers = np.arange(first, last + 1)
    starts, ends = calendar.day_start(numbers).tolist(), calendar.day_end(numbers).tolist()
    plans = calendar.plans(*(day_date(day) for day in (first, last)))
    return [
        (plan, ((max(begin, left) - left, min(end, right) - left),))
        for plan, left, right in zip(plans, starts, ends, strict=True)
    ]
