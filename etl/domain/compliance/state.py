"""How each step stands at a moment: begun, finished, running, stopped, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.domain.compliance.layers import MAX, elapsed, layers, paused
from etl.domain.compliance.pauses import ended_by
from etl.domain.compliance.rules import Rules
from etl.domain.compliance.steps import Steps, gather, no_steps
from etl.domain.frames import MISSING, Bools, Ints, Passes, Pauses, Requests
from etl.domain.sop.steps import STEP_COUNT
from etl.domain.verdict import RequestStatus

ENDED = (RequestStatus.REJECTED.code, RequestStatus.CANCELLED.code)


@dataclass(frozen=True)
class After:
    """Of the steps that depend on each step: whether one is finished, the first such day, the latest such moment.

    `latest_at` is the earliest that moment can have been, `latest_end` the latest.
    """

    is_finished: Bools
    first_on: Ints
    latest_at: Ints
    latest_end: Ints


@dataclass(frozen=True)
class Lives:
    """Per letter: whether it was rejected or cancelled, has a booking, and when nothing of A and of B runs any more."""

    is_ended: Bools
    is_booked: Bools
    stop_a: Ints
    stop_b: Ints


@dataclass(frozen=True)
class State:
    """Every step at `now`; matrices (letters, 13) unless in `lives`.

    `start` and `number` are those of the pass in hand (or the last one), `spent` the seconds on its clock so far or
    in all, `lost` the pauses of the pass in hand, `pauses` its pauses as (cell, start, end). `due_pauses` are those of
    the pass in which the step falls due. `passed_over`: the letter went on without the step being finished. A step
    that was finished while the letter has since gone back before it is neither `finished` nor `reached`.
    """

    now: int
    off: Bools
    steps: Steps
    lives: Lives
    after: After
    target: Ints
    has_version: Bools
    has: Bools
    returned: Bools
    finished: Bools
    reached: Bools
    past: Bools
    passed_over: Bools
    runs: Bools
    recorded: Bools
    uncovered: Bools
    start: Ints
    spent: Ints
    lost: Ints
    pauses: tuple[Ints, Ints, Ints]
    due_pauses: tuple[Ints, Ints, Ints]


def state_at(requests: Requests, passes: Passes, pauses: Pauses, rules: Rules, as_of: int | None) -> State:
    """Gather all passes and see how each step stands; `as_of` None is after everything."""
    now = MAX if as_of is None else as_of
    off = _off(requests, rules)
    steps = no_steps(len(requests))
    target, has_version = _targets(requests, rules)
    for layer in layers(requests, passes, rules, off, as_of):
        gather(steps, layer, pauses, rules, target, as_of)
    lives = _lives(requests, rules, now)
    stop = np.where(rules.procedure.is_part_a, lives.stop_a[:, None], lives.stop_b[:, None])
    after = _after(steps, rules)
    undated_end = (lives.is_ended & (requests.ended_at == MISSING))[:, None]

    has = steps.passes > 0
    returned = (steps.return_start != MISSING) & ~steps.is_open & (after.latest_end < steps.return_start)
    returned &= steps.return_start < stop
    finished = has & ~steps.is_open & ~returned
    passed_over = after.is_finished & (~has | (steps.is_open & (after.latest_at > steps.start)))
    start = np.where(returned, steps.return_start, steps.start)
    number = np.where(returned, steps.return_number, steps.number)
    current = pauses_of_pass(pauses, number, as_of)
    past: Bools = (stop <= now) | undated_end
    again = returned | (steps.is_open & ~passed_over & (number > 1) & (start != MISSING))
    gone_back = _gone_back(again & ~off, start, steps, rules) & finished & ~past
    finished &= ~gone_back
    reached = (has | _came(finished | passed_over, off, rules)) & ~gone_back
    end = np.minimum(now, stop)
    runs = ~finished & reached & ~undated_end & (start != MISSING) & (end >= start)
    begin, until = np.where(runs, start, MISSING), np.where(runs, end, MISSING)
    lost = paused(begin, until, current, rules)
    running = steps.spent + elapsed(begin, until, rules) - lost
    covered = rules.calendar.is_covered(begin.ravel(), until.ravel()).reshape(start.shape)
    return State(
        now=now,
        off=off,
        steps=steps,
        lives=lives,
        after=after,
        target=target,
        has_version=has_version[:, None],
        has=has,
        returned=returned,
        finished=finished,
        reached=reached,
        past=past,
        passed_over=passed_over,
        runs=runs,
        recorded=_recorded(requests, rules, as_of),
        uncovered=runs & ~covered & rules.procedure.office_clock,
        start=start,
        spent=np.where(finished, steps.spent, np.where(runs, running, MISSING)),
        lost=lost,
        pauses=current,
        due_pauses=_due_pauses(pauses, number, finished, steps, as_of),
    )


def _recorded(requests: Requests, rules: Rules, as_of: int | None) -> Bools:
    """Whether the office recorded a step already when the letter came."""
    first = rules.first_handover_on
    recorded: Bools = (first[None, :] != MISSING) & (requests.received_on[:, None] >= first[None, :])
    if as_of is not None:
        recorded &= first[None, :] <= int(rules.calendar.local_day(np.array([as_of]))[0])
    return recorded


def _off(requests: Requests, rules: Rules) -> Bools:
    """Steps not practised: part A by the day of receipt, part B by the day of the booking when there is one."""
    off = np.zeros((len(requests), STEP_COUNT), dtype=bool)
    booked = requests.booked_start != MISSING
    event = np.where(booked, rules.calendar.local_day(np.where(booked, requests.booked_start, 0)), requests.received_on)
    for rule in rules.step_off:
        day = requests.received_on if rule.step in rules.procedure.part_a else event
        off[:, rule.step] |= (day >= rule.first) & (True if rule.last is None else day <= rule.last)
    return off


def _targets(requests: Requests, rules: Rules) -> tuple[Ints, Bools]:
    """Target seconds by the SOP version in force at receipt, and whether any was."""
    version = rules.version_at(requests.received_on)
    has_version = version >= 0
    targets = rules.targets[np.maximum(version, 0)]
    return np.where(has_version[:, None], targets, MISSING), has_version


def _lives(requests: Requests, rules: Rules, now: int) -> Lives:
    """Until when each letter lives: its booking, its rejection, or ten working days without a booking."""
    is_ended = np.isin(requests.status, ENDED) & (requests.ended_at <= now)
    calendar = rules.calendar
    booked = requests.booked_start != MISSING
    last_day = calendar.add_working_days(requests.received_on, rules.closing_days)
    closing = calendar.closing(np.where(last_day == MISSING, requests.received_on, last_day))
    fallback = calendar.day_end(requests.received_on + 2 * rules.closing_days)
    life = np.where((last_day == MISSING) | (closing == MISSING), fallback, closing)
    ended = np.where(is_ended & (requests.ended_at != MISSING), requests.ended_at, MAX)
    stop_a = np.minimum(np.where(booked, requests.booked_start, life), ended)
    stop_b = np.minimum(np.where(booked, np.maximum(requests.booked_end, requests.booked_start), life), ended)
    return Lives(is_ended, booked, stop_a, stop_b)


def _after(steps: Steps, rules: Rules) -> After:
    """What is known of the steps that depend on each step."""
    is_finished = np.zeros_like(steps.any_done)
    first_on = np.full_like(steps.finished_on, MAX)
    latest = np.full_like(steps.latest, MISSING)
    latest_end = np.full_like(steps.latest, MISSING)
    done_on = np.where(steps.done_on != MISSING, steps.done_on, MAX)
    for step, later in enumerate(rules.procedure.dependents):
        if later:
            is_finished[:, step] = steps.any_done[:, later].any(axis=1)
            first_on[:, step] = done_on[:, later].min(axis=1)
            latest[:, step] = steps.latest[:, later].max(axis=1)
            latest_end[:, step] = steps.latest_end[:, later].max(axis=1)
    return After(is_finished, first_on, latest, latest_end)


def _gone_back(again: Bools, start: Ints, steps: Steps, rules: Rules) -> Bools:
    """Steps last finished before a step that comes before them was taken in hand again (`again`, from `start` on)."""
    gone_back = np.zeros_like(again)
    for step, later in enumerate(rules.procedure.dependents):
        if later and again[:, step].any():
            ended = steps.latest_end[:, later]
            gone_back[:, later] |= again[:, [step]] & (ended != MISSING) & (ended <= start[:, [step]])
    return gone_back


def _came(over: Bools, off: Bools, rules: Rules) -> Bools:
    """Whether nothing more is to be expected of the steps that each one follows.

    A step that is not practised is over when those before it are; one that follows none never comes by itself.
    """
    over, came = over.copy(), np.zeros_like(over)
    for step in rules.procedure.order:
        if before := rules.procedure.follows[step]:
            came[:, step] = over[:, before].all(axis=1)
            over[:, step] = np.where(off[:, step], came[:, step], over[:, step])
    return came


def pauses_of_pass(pauses: Pauses, number: Ints, as_of: int | None) -> tuple[Ints, Ints, Ints]:
    """Pauses of the pass of that number of each step as (cell, start, end)."""
    cell = pauses.request * STEP_COUNT + pauses.step
    keep = number.ravel()[cell] == pauses.number
    end = pauses.ended_at
    if as_of is not None:
        keep &= pauses.started_at <= as_of
        end = np.where(end > as_of, MISSING, end)
    return cell[keep], pauses.started_at[keep], end[keep]


def _due_pauses(
    pauses: Pauses, number: Ints, finished: Bools, steps: Steps, as_of: int | None
) -> tuple[Ints, Ints, Ints]:
    """Pauses of the pass in which each step falls due; none lasts beyond the finish."""
    crossed = steps.due_start != MISSING
    cell, start, end = pauses_of_pass(pauses, np.where(crossed, steps.due_number, number), as_of)
    finish = np.where(finished & ~crossed, steps.finished_at, MISSING).ravel()[cell]
    return cell, start, ended_by(end, finish)
