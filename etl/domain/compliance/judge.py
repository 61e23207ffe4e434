"""From stamps to verdicts: how each step stands at a moment, and what is said of it; one implementation for one
letter and for a million.

The rules are those of docs/definisi.md, section 2. `as_of` is the only clock: what lies after it has not happened.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from etl.domain.compliance.layers import MAX, Steps, elapsed, gather, layers, no_steps, open_reason, paused, worse
from etl.domain.compliance.pauses import Waits, due_moments, ended_by, finish_of_pass, paused_seconds, waits_of
from etl.domain.compliance.rules import Rules
from etl.domain.frames import MISSING, Bools, Codes, Ints, Passes, Pauses, RequestFacts, Requests, StepFacts
from etl.domain.sop.steps import STEP_COUNT
from etl.domain.verdict import Flag, Reason, RequestStatus, RequestVerdict, StartRule, Verdict

Facts = TypeVar("Facts", RequestFacts, StepFacts)
LIVE = (Verdict.ON_TRACK.code, Verdict.AT_RISK.code, Verdict.OVERDUE.code)
BEYOND = (Verdict.LATE.code, Verdict.OVERDUE.code)
MEASURED = (Verdict.MET.code, Verdict.LATE.code)


def judge(
    requests: Requests, passes: Passes, pauses: Pauses, rules: Rules, as_of: int | None
) -> tuple[RequestFacts, StepFacts]:
    """Verdicts of all thirteen steps of every letter, and of the letters themselves.

    `as_of` is a moment in UTC seconds; None judges as after everything has happened (what is then stored). Letters
    received after `as_of` must be left out by the caller. Returns facts in the order of `requests`; step facts are
    flattened letter-major (row = letter × 13 + step).
    """
    parts = [
        (_judged(requests, passes, pauses, alike, as_of), here)
        for alike, here in rules.by_procedure(requests.received_on)
    ]
    (letters, steps), _ = parts[0]
    for (other_letters, other_steps), here in parts[1:]:
        letters, steps = _with(letters, other_letters, here), _with(steps, other_steps, np.repeat(here, STEP_COUNT))
    return letters, steps


def _with(facts: Facts, other: Facts, here: Bools) -> Facts:
    """The facts, with those of the other where `here`."""
    pairs = {field.name: (getattr(facts, field.name), getattr(other, field.name)) for field in fields(facts)}
    return type(facts)(**{name: np.where(here, its, own) for name, (own, its) in pairs.items()})


def _judged(
    requests: Requests, passes: Passes, pauses: Pauses, rules: Rules, as_of: int | None
) -> tuple[RequestFacts, StepFacts]:
    """All letters by one procedure."""
    state = state_at(requests, passes, pauses, rules, as_of)
    verdict, reason = _verdicts(state, rules.procedure.no_standard)
    letters = _letters(state, requests, passes, pauses, verdict, rules)
    return letters, _facts(state, requests, letters, verdict, reason, rules)


def _verdicts(state: State, no_standard: int) -> tuple[Codes, Codes]:
    """The first line of the list that fits a step is its verdict, with the reason when it cannot be measured."""
    steps, target, spent = state.steps, state.target, state.spent
    no_target = target == MISSING
    over: Bools = ~no_target & (spent > target)
    near: Bools = ~no_target & (5 * np.maximum(spent, 0) >= 4 * np.maximum(target, 0))
    is_ended = state.lives.is_ended[:, None]
    over_at_end = state.runs & over & state.recorded & ~state.uncovered
    ended: Bools = is_ended & ~state.has & ~over_at_end
    without_time: Bools = state.has_version & no_target
    without_time[:, no_standard] = True
    stale: Bools = state.past & (state.lives.is_booked[:, None] | is_ended | (~state.recorded & ~state.has))
    left = steps.is_open & state.passed_over
    why = np.where(steps.is_open, worse(steps.reason, open_reason(steps.own_start, state.start, left)), steps.reason)
    stopped = state.has & ~state.finished & state.past & (why != 0)
    why = np.where(stopped, worse(why, np.full_like(why, Reason.NOT_RECORDED.code)), why)
    reached, finished = state.reached, state.finished

    unmeasurable, not_recorded = Verdict.UNMEASURABLE.code, Reason.NOT_RECORDED.code
    choices: list[tuple[Bools, int, int | Ints | Codes]] = [
        (state.off, Verdict.NOT_APPLICABLE.code, 0),
        (without_time & ~ended, Verdict.NO_TARGET.code, 0),
        (state.has & (why != 0), unmeasurable, why),
        (finished & no_target, Verdict.NO_TARGET.code, 0),
        (finished & over, Verdict.LATE.code, 0),
        (finished, Verdict.MET.code, 0),
        (state.after.is_finished & ~state.has, Verdict.SKIPPED.code, 0),
        (ended, Verdict.NOT_APPLICABLE.code, 0),
        (~reached & stale, unmeasurable, not_recorded),
        (~reached, Verdict.NOT_STARTED.code, 0),
        (~state.has & ~state.recorded, unmeasurable, not_recorded),
        (state.past & ~(state.runs & over & ~state.uncovered), unmeasurable, not_recorded),
        (state.start == MISSING, unmeasurable, Reason.START_UNKNOWN.code),
        (state.uncovered, unmeasurable, Reason.CALENDAR_MISSING.code),
        (no_target, Verdict.NO_TARGET.code, 0),
        (over, Verdict.OVERDUE.code, 0),
        (near, Verdict.AT_RISK.code, 0),
    ]
    conditions = [choice[0] for choice in choices]
    verdict = np.select(conditions, [choice[1] for choice in choices], Verdict.ON_TRACK.code)
    reason = np.select(conditions, [np.broadcast_to(choice[2], spent.shape) for choice in choices], 0)
    return verdict.astype(np.int8), reason.astype(np.int8)


def _facts(
    state: State, requests: Requests, letters: RequestFacts, verdict: Codes, reason: Codes, rules: Rules
) -> StepFacts:
    """Everything that is told of a step beside its verdict; what is not known is MISSING."""
    steps, finished = state.steps, state.finished
    is_live = np.isin(verdict, LIVE)
    is_measured = np.isin(verdict, MEASURED) | (finished & (verdict == Verdict.NO_TARGET.code) & (steps.reason == 0))
    due = _due(state, is_live | finished, rules)

    def shown(values: Ints, where: Bools) -> Ints:
        return np.where(where, values, MISSING).ravel()

    waiting_rule = np.where(state.start != MISSING, StartRule.HANDOVER.code, 0)
    return StepFacts(
        verdict=verdict.ravel(),
        reason=reason.ravel(),
        start_rule=np.where(state.reached, np.where(state.has, steps.rule, waiting_rule), 0).astype(np.int8).ravel(),
        started_at=np.where(state.has, steps.first_start, np.where(is_live, state.start, MISSING)).ravel(),
        finished_at=shown(steps.finished_at, finished),
        finished_on=shown(steps.finished_on, finished),
        passes=steps.passes.ravel(),
        elapsed=shown(state.spent, is_live | is_measured),
        waiting=steps.waiting.ravel(),
        paused=np.where(is_measured, steps.paused, np.where(is_live, steps.paused + state.lost, 0)).ravel(),
        target=state.target.ravel(),
        due_at=shown(due, is_live | is_measured),
        handover=shown(steps.handover, is_measured),
        belongs_on=_belongs(state, requests, verdict, due, rules).ravel(),
        flags=_flags(state, letters, is_live).ravel(),
    )


def _flags(state: State, letters: RequestFacts, is_live: Bools) -> Ints:
    flags = np.where((state.steps.passes > 1) | state.returned, Flag.RETURNED.value, 0)
    flags |= np.where(state.steps.out_of_order, Flag.OUT_OF_ORDER.value, 0)
    flags |= np.where(letters.needs_closing[:, None] & is_live, Flag.NEEDS_CLOSING.value, 0)
    return flags.astype(np.int64)


def _belongs(state: State, requests: Requests, verdict: Codes, due: Ints, rules: Rules) -> Ints:
    """The day by which a step falls into a period: finish, due day when overdue, the successor's when skipped."""
    due_on = rules.calendar.local_day(np.where(due == MISSING, 0, due).ravel()).reshape(due.shape)
    has_day = state.finished & (state.steps.finished_on != MISSING)
    day = np.where(has_day, state.steps.finished_on, requests.received_on[:, None])
    day = np.where((verdict == Verdict.OVERDUE.code) & (due != MISSING), due_on, day)
    after_on = state.after.first_on
    return np.where((verdict == Verdict.SKIPPED.code) & (after_on != MAX), after_on, day)


def _due(state: State, wanted: Bools, rules: Rules) -> Ints:
    """When the time of all passes together reaches the target: in an earlier pass, or in the last one or later."""
    is_in_hand = state.returned | ~state.finished
    used = np.where(is_in_hand, state.steps.spent, state.steps.spent_before)
    crossed = state.steps.due_start != MISSING
    left = np.where(crossed, state.steps.due_left, np.maximum(state.target - used, 0))
    allowance = np.where(state.target == MISSING, MISSING, left)
    clock = np.tile(rules.procedure.office_clock, len(used))
    begin = np.where(wanted, np.where(crossed, state.steps.due_start, state.start), MISSING)
    due = due_moments(begin.ravel(), allowance.ravel(), *state.due_pauses, clock, rules.calendar)
    return due.reshape(used.shape)


def letter_verdicts(judged: Codes) -> Codes:
    """The verdict of each letter that got ready, by its judged steps: late when any is, in time when all are."""
    is_late = np.isin(judged, BEYOND).any(axis=1)
    is_kept = np.isin(judged, (Verdict.MET.code, Verdict.NOT_APPLICABLE.code)).all(axis=1)
    words = [word.code for word in (RequestVerdict.LATE, RequestVerdict.ON_TIME)]
    return np.select([is_late, is_kept], words, RequestVerdict.UNKNOWN.code).astype(np.int8)


def _letters(
    state: State, requests: Requests, passes: Passes, pauses: Pauses, verdict: Codes, rules: Rules
) -> RequestFacts:
    """The letter as a whole: judged on the office's own steps of part A once the room is ready."""
    lives, last = state.lives, rules.procedure.ready
    ready = state.finished[:, last]
    is_over = lives.stop_a <= state.now
    over = np.where(lives.is_ended | is_over, RequestVerdict.CLOSED.code, RequestVerdict.RUNNING.code)
    word = np.where(ready, letter_verdicts(verdict[:, list(rules.procedure.judged)]), over)
    ready_at = np.where(ready, state.steps.finished_at[:, last], MISSING)
    return RequestFacts(
        verdict=word.astype(np.int8),
        ready_seconds=_ready_seconds(requests.received_at, ready_at, passes, pauses, rules),
        ready_on=np.where(ready, state.steps.finished_on[:, last], MISSING),
        ready_at=ready_at,
        stop_at=lives.stop_a,
        settled_at=_settled(requests, passes, pauses, np.maximum(lives.stop_a, lives.stop_b), rules),
        needs_closing=~lives.is_booked & ~lives.is_ended & ~ready & is_over,
    )


def _ready_seconds(received_at: Ints, ready_at: Ints, passes: Passes, pauses: Pauses, rules: Rules) -> Ints:
    """Working seconds from receipt to ready without the pauses of part A, overlaps counted once.

    A pause lasts no longer than its pass, and an open one of a pass whose finish is not known to ready.
    """
    valid = (received_at != MISSING) & (ready_at != MISSING) & (ready_at >= received_at)
    begin, end = np.where(valid, received_at, MISSING), np.where(valid, ready_at, MISSING)
    valid &= rules.calendar.is_covered(begin, end)
    mine = np.isin(pauses.step, rules.procedure.part_a)
    clock = np.ones(len(begin), dtype=bool)
    ended = ended_by(pauses.ended_at, finish_of_pass(passes, pauses))
    waits = (pauses.request[mine], pauses.started_at[mine], ended[mine])
    lost = paused_seconds(len(begin), begin, end, *waits, clock, rules.calendar)
    return np.where(valid, rules.calendar.working_seconds(begin, end) - lost, MISSING)


def _settled(requests: Requests, passes: Passes, pauses: Pauses, stop: Ints, rules: Rules) -> Ints:
    """The moment from which on no verdict of the letter can change any more."""
    settled = np.maximum(stop, requests.ended_at)
    for on, at in ((passes.started_on, passes.started_at), (passes.finished_on, passes.finished_at)):
        day = np.where(on == MISSING, 0, on)
        np.maximum.at(settled, passes.request, np.where(on == MISSING, MISSING, rules.calendar.day_end(day)))
        np.maximum.at(settled, passes.request, at)
    np.maximum.at(settled, pauses.request, np.maximum(pauses.started_at, pauses.ended_at))
    return settled


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
    in all, `lost` the pauses of the pass in hand. `due_pauses` are those of the pass in which the step falls due.
    `passed_over`: the letter went on without the step being finished. A step that was finished while the letter has
    since gone back before it is neither `finished` nor `reached`.
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
    due_pauses: Waits


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
    current = _pauses_of_pass(pauses, number, as_of)
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


def _pauses_of_pass(pauses: Pauses, number: Ints, as_of: int | None) -> Waits:
    """Pauses of the pass of that number of each step."""
    cell = pauses.request * STEP_COUNT + pauses.step
    return waits_of(pauses, cell, number.ravel()[cell] == pauses.number, as_of)


def _due_pauses(pauses: Pauses, number: Ints, finished: Bools, steps: Steps, as_of: int | None) -> Waits:
    """Pauses of the pass in which each step falls due; none lasts beyond the finish."""
    crossed = steps.due_start != MISSING
    cell, start, end = _pauses_of_pass(pauses, np.where(crossed, steps.due_number, number), as_of)
    finish = np.where(finished & ~crossed, steps.finished_at, MISSING).ravel()[cell]
    return cell, start, ended_by(end, finish)
