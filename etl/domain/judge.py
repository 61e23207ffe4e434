"""From stamps to verdicts: one implementation for one letter and for a million.

The rules are those of docs/definisi.md, section 2. `as_of` is the only clock: what lies after it has not happened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.domain.frames import MISSING, Bools, Codes, Ints, Passes, Pauses, RequestFacts, Requests, StepFacts
from etl.domain.layers import MAX, Layer, elapsed, layers, paused, pauses_of, reasons
from etl.domain.pauses import due_moments, paused_seconds
from etl.domain.rules import JUDGED, NO_STANDARD, PART_A, PART_B, Rules
from etl.domain.verdict import (
    STEP_COUNT,
    STEP_INDEX,
    Flag,
    Reason,
    RequestStatus,
    RequestVerdict,
    StartRule,
    Verdict,
)

ENDED = (RequestStatus.REJECTED.code, RequestStatus.CANCELLED.code)
LAST = STEP_INDEX["A8"]


@dataclass
class _Steps:
    """What the passes of each step add up to; matrices (letters, 13)."""

    passes: Ints
    number: Ints
    is_open: Bools
    reason: Codes
    rule: Codes
    first_start: Ints
    start: Ints
    finished_on: Ints
    finished_at: Ints
    spent: Ints
    spent_before: Ints
    waiting: Ints
    paused: Ints
    handover: Ints
    out_of_order: Bools
    came: Bools
    any_done: Bools
    latest: Ints
    own_start: Bools
    return_start: Ints
    return_number: Ints


def _no_steps(count: int) -> _Steps:
    def ints(fill: int) -> Ints:
        return np.full((count, STEP_COUNT), fill, dtype=np.int64)

    def flags() -> Bools:
        return np.zeros((count, STEP_COUNT), dtype=bool)

    def codes() -> Codes:
        return np.zeros((count, STEP_COUNT), dtype=np.int8)

    return _Steps(
        ints(0), ints(1), flags(), codes(), codes(), ints(MISSING), ints(MISSING), ints(MISSING), ints(MISSING),
        ints(0), ints(0), ints(MISSING), ints(0), ints(MISSING), flags(), flags(), flags(), ints(MISSING), flags(),
        ints(MISSING), ints(1),
    )  # fmt: skip


def _add(total: Ints, rows: Ints, value: Ints, here: Bools) -> None:
    """Add known values of a layer to a total in which MISSING means "nothing yet"."""
    known = here & (value != MISSING)
    old = total[rows]
    total[rows] = np.where(known, np.where(old == MISSING, 0, old) + np.where(known, value, 0), old)


def _gather(steps: _Steps, layer: Layer, pauses: Pauses, rules: Rules, count: int, as_of: int | None) -> None:
    """Add one layer of passes to the totals."""
    rows, here, done = layer.rows, layer.has, layer.done
    found = pauses_of(layer, pauses, count, as_of)
    start, finish = layer.start, np.where(done, layer.finished_at, MISSING)
    lost = paused(start, finish, found, rules)
    spent = elapsed(start, finish, rules)
    reason = reasons(layer, rules)
    old = steps.reason[rows]
    steps.reason[rows] = np.where((old == 0) | ((reason != 0) & (reason < old)), reason, old)
    good = done & (reason == 0)
    net = np.where(good & (spent != MISSING), spent - lost, MISSING)
    steps.spent_before[rows] = np.where(here, steps.spent[rows], steps.spent_before[rows])
    steps.spent[rows] += np.where(net != MISSING, net, 0)
    steps.paused[rows] += np.where(good, lost, 0)
    own = layer.started_at != MISSING
    wait = elapsed(np.where(own, layer.handover, MISSING), layer.started_at, rules)
    early = (layer.handover != MISSING) & own & (layer.started_at < layer.handover)
    _add(steps.waiting, rows, np.where(early, MISSING, wait), here)
    whole = elapsed(layer.handover, finish, rules)
    lost_whole = paused(layer.handover, finish, found, rules)
    reversed_whole = (layer.handover != MISSING) & (finish != MISSING) & (finish < layer.handover)
    _add(steps.handover, rows, np.where((whole == MISSING) | reversed_whole, MISSING, whole - lost_whole), here)
    steps.out_of_order[rows] |= early & here

    first = here & (steps.passes[rows] == 0)
    steps.rule[rows] = np.where(first, layer.rule, steps.rule[rows])
    steps.first_start[rows] = np.where(first, start, steps.first_start[rows])
    waits_first = ~here & (steps.passes[rows] == 0) & layer.follows_finish & ~steps.came[rows]
    comes_back = (
        ~here & (steps.passes[rows] > 0) & ~steps.is_open[rows] & (steps.finished_at[rows] != MISSING)
        & (layer.handover > steps.finished_at[rows]) & (steps.return_start[rows] == MISSING)
    )  # fmt: skip
    steps.return_start[rows] = np.where(here, MISSING, np.where(comes_back, layer.handover, steps.return_start[rows]))
    steps.return_number[rows] = np.where(comes_back, layer.number, steps.return_number[rows])
    takes = here | waits_first
    steps.start[rows] = np.where(takes, start, steps.start[rows])
    steps.number[rows] = np.where(takes, layer.number, steps.number[rows])
    steps.own_start[rows] = np.where(here, layer.started_on != MISSING, steps.own_start[rows])
    steps.came[rows] |= layer.reached | waits_first
    steps.is_open[rows] = np.where(here, ~done, steps.is_open[rows])
    steps.finished_on[rows] = np.where(here, layer.finished_on, steps.finished_on[rows])
    steps.finished_at[rows] = np.where(here, layer.finished_at, steps.finished_at[rows])
    steps.any_done[rows] |= done
    steps.latest[rows] = np.maximum(steps.latest[rows], np.where(done, layer.finished_at, MISSING))
    steps.passes[rows] += here


def _off(requests: Requests, rules: Rules) -> Bools:
    """Steps not practised: part A by the day of receipt, part B by the day of the booking when there is one."""
    off = np.zeros((len(requests), STEP_COUNT), dtype=bool)
    booked = requests.booked_start != MISSING
    event = np.where(booked, rules.calendar.local_day(np.where(booked, requests.booked_start, 0)), requests.received_on)
    for rule in rules.step_off:
        day = requests.received_on if rule.step < PART_B.start else event
        off[:, rule.step] |= (day >= rule.first) & (True if rule.last is None else day <= rule.last)
    return off


def _targets(requests: Requests, rules: Rules) -> tuple[Ints, Bools]:
    """Target seconds by the SOP version in force at receipt, and whether any was."""
    version = np.searchsorted(rules.effective_days, requests.received_on, side="right") - 1
    has_version = version >= 0
    targets = rules.targets[np.maximum(version, 0)]
    return np.where(has_version[:, None], targets, MISSING), has_version


def _stops(requests: Requests, rules: Rules, is_ended: Bools) -> tuple[Ints, Ints, Bools]:
    """Moments after which nothing of part A and of part B runs, and whether there is a booking."""
    calendar = rules.calendar
    booked = requests.booked_start != MISSING
    last_day = calendar.add_working_days(requests.received_on, rules.closing_days)
    closing = calendar.closing(np.where(last_day == MISSING, requests.received_on, last_day))
    fallback = calendar.day_end(requests.received_on + 2 * rules.closing_days)
    life = np.where((last_day == MISSING) | (closing == MISSING), fallback, closing)
    ended = np.where(is_ended & (requests.ended_at != MISSING), requests.ended_at, MAX)
    stop_a = np.minimum(np.where(booked, requests.booked_start, life), ended)
    stop_b = np.minimum(np.where(booked, np.maximum(requests.booked_end, requests.booked_start), life), ended)
    return stop_a, stop_b, booked


def _dependents(steps: _Steps, rules: Rules) -> tuple[Bools, Ints, Ints]:
    """Whether a step that depends on this one is finished, the first such day, and the latest such moment."""
    any_after = np.zeros_like(steps.any_done)
    first_on = np.full_like(steps.finished_on, MAX)
    latest = np.full_like(steps.latest, MISSING)
    finished_on = np.where(steps.any_done & (steps.finished_on != MISSING), steps.finished_on, MAX)
    for step, after in enumerate(rules.dependents()):
        if after:
            any_after[:, step] = steps.any_done[:, after].any(axis=1)
            first_on[:, step] = finished_on[:, after].min(axis=1)
            latest[:, step] = steps.latest[:, after].max(axis=1)
    return any_after, first_on, latest


def judge(
    requests: Requests, passes: Passes, pauses: Pauses, rules: Rules, as_of: int | None
) -> tuple[RequestFacts, StepFacts]:
    """Verdicts of all thirteen steps of every letter, and of the letters themselves.

    `as_of` is a moment in UTC seconds; None judges as after everything has happened (what is then stored). Letters
    received after `as_of` must be left out by the caller. Returns facts in the order of `requests`; step facts are
    flattened letter-major (row = letter × 13 + step).
    """
    count = len(requests)
    now = MAX if as_of is None else as_of
    off = _off(requests, rules)
    steps = _no_steps(count)
    for layer in layers(requests, passes, rules, off, as_of):
        _gather(steps, layer, pauses, rules, count, as_of)

    is_ended = np.isin(requests.status, ENDED) & (requests.ended_at <= now)
    stop_a, stop_b, booked = _stops(requests, rules, is_ended)
    stop = np.empty((count, STEP_COUNT), dtype=np.int64)
    stop[:, PART_A], stop[:, PART_B] = stop_a[:, None], stop_b[:, None]
    target, has_version = _targets(requests, rules)
    after, after_on, after_at = _dependents(steps, rules)

    has = steps.passes > 0
    returned = (steps.return_start != MISSING) & ~steps.is_open & (after_at < steps.return_start)
    finished = has & ~steps.is_open & ~returned
    start = np.where(returned, steps.return_start, steps.start)
    number = np.where(returned, steps.return_number, steps.number)
    reached = has | steps.came
    past = stop <= now

    end = np.minimum(now, stop)
    runs = ~finished & reached & (start != MISSING) & (end >= start)
    cell, pause_start, pause_end = _current_pauses(pauses, number, as_of)
    run_end = np.where(runs, end, MISSING)
    lost = paused(np.where(runs, start, MISSING), run_end, (cell, pause_start, pause_end), rules)
    running = elapsed(np.where(runs, start, MISSING), run_end, rules)
    spent = np.where(finished, steps.spent, np.where(runs, steps.spent + running - lost, MISSING))
    covered = rules.calendar.is_covered(start.ravel(), run_end.ravel()).reshape(start.shape)
    uncovered = runs & ~covered & rules.is_office_clock[None, :]

    first = rules.first_handover_on
    recorded = (first[None, :] != MISSING) & (requests.received_on[:, None] >= first[None, :])
    if as_of is not None:
        recorded &= first[None, :] <= int(rules.calendar.local_day(np.array([as_of]))[0])
    over = (target != MISSING) & (spent > target)
    ended = is_ended[:, None] & ~has & ~(runs & over & (start < requests.ended_at[:, None]))
    stale = past & (booked[:, None] | is_ended[:, None] | (~recorded & ~has))
    own_date_only = steps.own_start & (start == MISSING)
    unproven = np.where(own_date_only, Reason.DATE_ONLY.code, Reason.START_UNKNOWN.code)
    near = (target != MISSING) & (5 * np.maximum(spent, 0) >= 4 * np.maximum(target, 0))
    evident = after & steps.is_open & (after_at > np.where(start == MISSING, MISSING, start))
    no_standard = has_version[:, None] & (target == MISSING)

    U, N = Verdict.UNMEASURABLE.code, Reason.NOT_RECORDED.code
    choices: list[tuple[Bools, int, int | Ints | Codes]] = [
        (off, Verdict.NOT_APPLICABLE.code, 0),
        (no_standard & ~ended, Verdict.NO_TARGET.code, 0),
        (finished & (steps.reason != 0), U, steps.reason),
        (finished & (target == MISSING), Verdict.NO_TARGET.code, 0),
        (finished & over, Verdict.LATE.code, 0),
        (finished, Verdict.MET.code, 0),
        (after & ~has, Verdict.SKIPPED.code, 0),
        (evident, U, Reason.TIME_MISSING.code),
        (has & (steps.reason != 0), U, steps.reason),
        (ended, Verdict.NOT_APPLICABLE.code, 0),
        (~reached & stale, U, N),
        (~reached, Verdict.NOT_STARTED.code, 0),
        (~has & ~recorded, U, N),
        (past & ~(runs & over & ~uncovered), U, N),
        (start == MISSING, U, unproven),
        (uncovered, U, Reason.CALENDAR_MISSING.code),
        (target == MISSING, Verdict.NO_TARGET.code, 0),
        (over, Verdict.OVERDUE.code, 0),
        (near, Verdict.AT_RISK.code, 0),
    ]
    conditions = [choice[0] for choice in choices]
    verdict = np.select(conditions, [c[1] for c in choices], Verdict.ON_TRACK.code).astype(np.int8)
    reason = np.select(conditions, [np.broadcast_to(c[2], off.shape) for c in choices], 0).astype(np.int8)

    is_live = np.isin(verdict, [v.code for v in (Verdict.ON_TRACK, Verdict.AT_RISK, Verdict.OVERDUE)])
    is_measured = np.isin(verdict, [v.code for v in (Verdict.MET, Verdict.LATE)]) | (
        finished & (verdict == Verdict.NO_TARGET.code) & (steps.reason == 0)
    )
    counted = is_live | is_measured
    due = _due(start, target, steps, returned | ~finished, cell, pause_start, pause_end, rules, is_live | finished)
    due_on = rules.calendar.local_day(np.where(due == MISSING, 0, due).ravel()).reshape(due.shape)
    received_on = np.broadcast_to(requests.received_on[:, None], off.shape)
    has_day = finished & (steps.finished_on != MISSING)
    belongs = np.where(has_day, steps.finished_on, received_on)
    belongs = np.where((verdict == Verdict.OVERDUE.code) & (due != MISSING), due_on, belongs)
    belongs = np.where((verdict == Verdict.SKIPPED.code) & (after_on != MAX), after_on, belongs)

    request_facts = _letters(
        requests, steps, verdict, finished, is_ended, booked, stop_a, stop_b, now, rules, passes, pauses
    )
    flags = np.where(steps.passes > 1, Flag.RETURNED.value, 0) | np.where(returned, Flag.RETURNED.value, 0)
    flags |= np.where(steps.out_of_order, Flag.OUT_OF_ORDER.value, 0)
    flags |= np.where(request_facts.needs_closing[:, None] & is_live, Flag.NEEDS_CLOSING.value, 0)

    def shown(values: Ints, where: Bools = counted) -> Ints:
        return np.where(where, values, MISSING).ravel()

    return request_facts, StepFacts(
        verdict=verdict.ravel(),
        reason=reason.ravel(),
        start_rule=np.where(reached, np.where(has, steps.rule, _rule_of_waiting(start)), 0).astype(np.int8).ravel(),
        started_at=np.where(has, steps.first_start, np.where(is_live, start, MISSING)).ravel(),
        finished_at=shown(steps.finished_at, finished),
        finished_on=shown(steps.finished_on, finished),
        passes=steps.passes.ravel(),
        elapsed=shown(spent),
        waiting=steps.waiting.ravel(),
        paused=np.where(finished, steps.paused, np.where(is_live, steps.paused + lost, 0)).ravel(),
        target=target.ravel(),
        due_at=shown(due, counted),
        handover=shown(steps.handover, is_measured),
        belongs_on=belongs.ravel(),
        flags=flags.astype(np.int64).ravel(),
    )


def _rule_of_waiting(start: Ints) -> Codes:
    """A step without a stamp of its own runs from its hand-over, when that is known."""
    return np.where(start != MISSING, StartRule.HANDOVER.code, 0).astype(np.int8)


def _current_pauses(pauses: Pauses, number: Ints, as_of: int | None) -> tuple[Ints, Ints, Ints]:
    """Pauses of the last pass of each step as (cell, start, end)."""
    cell = pauses.request * STEP_COUNT + pauses.step
    keep = number.ravel()[cell] == pauses.number
    end = pauses.ended_at
    if as_of is not None:
        keep &= pauses.started_at <= as_of
        end = np.where(end > as_of, MISSING, end)
    return cell[keep], pauses.started_at[keep], end[keep]


def _due(
    start: Ints, target: Ints, steps: _Steps, runs: Bools, cell: Ints, pause_start: Ints, pause_end: Ints,
    rules: Rules, wanted: Bools,
) -> Ints:  # fmt: skip
    """When each step's last pass reaches the target, what earlier passes used up taken off."""
    used = np.where(runs, steps.spent, steps.spent_before)
    allowance = np.where(target == MISSING, MISSING, np.maximum(target - used, 0))
    clock = np.tile(rules.is_office_clock, len(start))
    begin = np.where(wanted, start, MISSING).ravel()
    due = due_moments(begin, allowance.ravel(), cell, pause_start, pause_end, clock, rules.calendar)
    return due.reshape(start.shape)


def _letters(
    requests: Requests, steps: _Steps, verdict: Codes, finished: Bools, is_ended: Bools, booked: Bools,
    stop_a: Ints, stop_b: Ints, now: int, rules: Rules, passes: Passes, pauses: Pauses,
) -> RequestFacts:  # fmt: skip
    """The letter as a whole: judged on A2–A8 once A8 is finished."""
    judged = verdict[:, JUDGED]
    is_late = np.isin(judged, (Verdict.LATE.code, Verdict.OVERDUE.code)).any(axis=1)
    is_kept = np.isin(judged, (Verdict.MET.code, Verdict.NOT_APPLICABLE.code)).all(axis=1)
    ready = finished[:, LAST]
    closed = is_ended | (stop_a <= now)
    word = np.select(
        [ready & is_late, ready & is_kept, ready, closed],
        [
            v.code
            for v in (
                RequestVerdict.LATE,
                RequestVerdict.ON_TIME,
                RequestVerdict.UNKNOWN,
                RequestVerdict.CLOSED,
            )
        ],
        RequestVerdict.RUNNING.code,
    ).astype(np.int8)
    begin, end = requests.received_at, np.where(ready, steps.finished_at[:, LAST], MISSING)
    valid = (begin != MISSING) & (end != MISSING) & (end >= begin)
    valid &= rules.calendar.is_covered(np.where(valid, begin, MISSING), np.where(valid, end, MISSING))
    spent = rules.calendar.working_seconds(np.where(valid, begin, MISSING), np.where(valid, end, MISSING))
    lost = _letter_pauses(begin, end, pauses, rules)
    needs_closing = ~booked & ~is_ended & ~ready & (stop_a <= now)
    return RequestFacts(
        verdict=word,
        ready_seconds=np.where(valid, spent - lost, MISSING),
        ready_on=np.where(ready, steps.finished_on[:, LAST], MISSING),
        stop_at=stop_a,
        settled_at=_settled(requests, passes, pauses, np.maximum(stop_a, stop_b), rules),
        needs_closing=needs_closing,
    )


def _letter_pauses(begin: Ints, end: Ints, pauses: Pauses, rules: Rules) -> Ints:
    """Working seconds of all pauses of part A between receipt and ready, overlaps counted once."""
    part_a = pauses.step <= LAST
    return paused_seconds(
        len(begin), begin, end, pauses.request[part_a], pauses.started_at[part_a], pauses.ended_at[part_a],
        np.ones(len(begin), dtype=bool), rules.calendar,
    )  # fmt: skip


def _settled(requests: Requests, passes: Passes, pauses: Pauses, stop: Ints, rules: Rules) -> Ints:
    """The moment from which on no verdict of the letter can change any more."""
    settled = np.maximum(stop, requests.ended_at)
    for on, at in ((passes.started_on, passes.started_at), (passes.finished_on, passes.finished_at)):
        day = np.where(on == MISSING, 0, on)
        np.maximum.at(settled, passes.request, np.where(on == MISSING, MISSING, rules.calendar.day_end(day)))
        np.maximum.at(settled, passes.request, at)
    np.maximum.at(settled, pauses.request, np.maximum(pauses.started_at, pauses.ended_at))
    return settled
