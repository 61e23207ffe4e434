"""From stamps to verdicts: how each step stands at a moment, and what is said of it; one implementation for one
letter and for a million.

The rules are those of docs/definisi.md, section 2. `as_of` is the only clock: what lies after it has not happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np

from etl.domain.compliance.choices import by_way, left_out
from etl.domain.compliance.known import letters_of
from etl.domain.compliance.layers import Course, layers
from etl.domain.compliance.pauses import Waits, due_moments, ended_by, finish_of_pass, paused_seconds, waits_of
from etl.domain.compliance.rules import Procedure, Rules
from etl.domain.compliance.totals import Steps, elapsed, gather, no_steps, open_reason, paused, worse
from etl.domain.frames import (
    MISSING,
    NEVER,
    Bools,
    Codes,
    Ints,
    Passes,
    Pauses,
    Receivers,
    RequestFacts,
    Requests,
    StepFacts,
)
from etl.domain.verdict import NEAR_PERCENT, Flag, Reason, RequestStatus, RequestVerdict, StartRule, Verdict

Facts = TypeVar("Facts", RequestFacts, StepFacts)
LIVE = (Verdict.ON_TRACK.code, Verdict.AT_RISK.code, Verdict.OVERDUE.code)
BEYOND = (Verdict.LATE.code, Verdict.OVERDUE.code)
MEASURED = (Verdict.MET.code, Verdict.LATE.code)


@dataclass(frozen=True)
class _Letters:
    """Everything recorded of some letters."""

    requests: Requests
    passes: Passes
    pauses: Pauses
    receivers: Receivers

    def of(self, here: Bools) -> _Letters:
        """Some of them."""
        if here.all():
            return self
        requests, passes, receivers = letters_of(np.flatnonzero(here), self.requests, self.passes, self.receivers)
        mine = here[self.pauses.request]
        pauses = Pauses(**{name: values[mine] for name, values in vars(self.pauses).items()})
        position = np.cumsum(here) - 1
        return _Letters(requests, passes, replace(pauses, request=position[pauses.request]), receivers)


def judge(
    requests: Requests,
    passes: Passes,
    pauses: Pauses,
    rules: Rules,
    as_of: int | None,
    receivers: Receivers | None = None,
) -> tuple[RequestFacts, StepFacts]:
    """Verdicts of all steps of every letter, and of the letters themselves.

    `as_of` is a moment in UTC seconds; None judges as after everything has happened (what is then stored). Letters
    received after `as_of` must be left out by the caller. Returns facts in the order of `requests`; step facts are
    flattened letter-major (row = letter × steps + step).
    """
    return judged(stand(requests, passes, pauses, rules, as_of, receivers), as_of)


def stand(
    requests: Requests,
    passes: Passes,
    pauses: Pauses,
    rules: Rules,
    as_of: int | None,
    receivers: Receivers | None = None,
) -> Standings:
    """How the letters stand at a moment: what of `judge` is the same until the next of the `turns`, within a day."""
    whole = _Letters(requests, passes, pauses, receivers or Receivers.none())
    ways = by_way(requests, passes, whole.receivers, rules, as_of)
    return [(_standing(whole.of(here), alike, as_of), here) for alike, here in ways]


def turns(requests: Requests, passes: Passes, pauses: Pauses, rules: Rules, receivers: Receivers) -> Ints:
    """The moments, ascending, from which on something is known of these letters that was not known before, or nothing
    of a part runs any more. What is known by its day only turns with the day."""
    untouched = lives_of(requests, rules, MISSING)
    return np.unique(
        np.concatenate(
            [
                requests.received_at, requests.ended_at, requests.booked_start, requests.booked_end, requests.began_at,
                untouched.stop_a, untouched.stop_b, passes.started_at, passes.finished_at, receivers.at,
                pauses.started_at, pauses.ended_at,
            ]
        )
    )  # fmt: skip


def judged(standings: Standings, as_of: int | None) -> tuple[RequestFacts, StepFacts]:
    """What `judge` says of letters that stand so at that moment."""
    parts = [_judged(standing, as_of) for standing, _ in standings]
    if len(parts) == 1:
        return parts[0]
    letters, steps = zip(*parts, strict=True)
    mine, steps_each = [here for _, here in standings], standings[0][0].rules.step_count
    return _together(letters, mine), _together(steps, [np.repeat(here, steps_each) for here in mine])


def _together(parts: Sequence[Facts], mine: Sequence[Bools]) -> Facts:
    """The facts of all letters, each part's where it is one of `mine`."""
    columns = {}
    for field in fields(parts[0]):
        columns[field.name] = whole = np.empty(len(mine[0]), dtype=getattr(parts[0], field.name).dtype)
        for part, here in zip(parts, mine, strict=True):
            whole[here] = getattr(part, field.name)
    return type(parts[0])(**columns)


def _judged(standing: Standing, as_of: int | None) -> tuple[RequestFacts, StepFacts]:
    """All letters by one procedure."""
    state, whole, rules = _state_at(standing, as_of), standing.whole, standing.rules
    verdict, reason = _verdicts(state, rules.procedure)
    letters = _letters(state, whole, verdict, rules)
    return letters, _facts(state, whole.requests, letters, verdict, reason, rules)


def _verdicts(state: State, procedure: Procedure) -> tuple[Codes, Codes]:
    """The first line of the list that fits a step is its verdict, with the reason when it cannot be measured."""
    steps, target, spent = state.steps, state.target, state.spent
    no_target = target == MISSING
    over, near = state.over, ~no_target & (100 * np.maximum(spent, 0) >= NEAR_PERCENT * np.maximum(target, 0))
    is_ended = state.lives.is_ended[:, None]
    unstamped = state.unstamped
    over_at_end = state.runs & over & state.recorded & ~state.uncovered & ~unstamped
    ended: Bools = is_ended & ~state.has & ~over_at_end
    without_time: Bools = state.has_version & no_target
    if procedure.no_standard is not None:
        without_time[:, procedure.no_standard] = True
    left = steps.is_open & (state.passed_over | state.again)
    why = np.where(steps.is_open, worse(steps.reason, open_reason(steps.own_start, state.start, left)), steps.reason)
    stopped = state.has & ~state.finished & state.past & (why != 0)
    stopped |= state.has & unstamped & (why != 0)
    why = np.where(stopped, worse(why, np.full_like(why, Reason.NOT_RECORDED.code)), why)
    reached, finished, away, left_again = state.reached, state.finished, state.away, state.left_again

    unmeasurable, not_recorded = Verdict.UNMEASURABLE.code, Reason.NOT_RECORDED.code
    choices: list[tuple[Bools, int, int | Ints | Codes]] = [
        (state.off | (procedure.is_optional & ~state.has & state.past), Verdict.NOT_APPLICABLE.code, 0),
        (without_time & ~ended, Verdict.NO_TARGET.code, 0),
        (state.unread & ~(finished & ~over & (why == 0)) & ~ended, unmeasurable, Reason.TIME_MISSING.code),
        (state.has & (why != 0) & ~away, unmeasurable, why),
        (finished & no_target, Verdict.NO_TARGET.code, 0),
        ((finished | ((away | left_again) & (why == 0))) & over, Verdict.LATE.code, 0),
        (finished, Verdict.MET.code, 0),
        (left_again, unmeasurable, Reason.TIME_MISSING.code),
        (state.skipped, Verdict.SKIPPED.code, 0),
        (ended, Verdict.NOT_APPLICABLE.code, 0),
        (~reached & (state.past | state.given_up), unmeasurable, not_recorded),
        (~reached, Verdict.NOT_STARTED.code, 0),
        (~state.has & ~state.recorded, unmeasurable, not_recorded),
        (unstamped, unmeasurable, not_recorded),
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
    steps, finished = state.steps, state.finished | (verdict == Verdict.LATE.code)
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
        taken_at=shown(steps.taken_at, is_live | is_measured),
        finished_at=shown(steps.finished_at, finished),
        finished_on=shown(steps.finished_on, finished),
        passes=steps.passes.ravel(),
        elapsed=shown(state.spent, is_live | is_measured),
        waiting=steps.waiting.ravel(),
        paused=np.where(is_measured, steps.paused, np.where(is_live, steps.paused + state.lost, 0)).ravel(),
        target=state.target.ravel(),
        due_at=shown(due, is_live | is_measured),
        handover=shown(state.handover, is_measured | (verdict == Verdict.OVERDUE.code)),
        belongs_on=_belongs(state, requests, verdict, due, rules).ravel(),
        flags=_flags(state, letters, verdict).ravel(),
    )


def _flags(state: State, letters: RequestFacts, verdict: Codes) -> Ints:
    steps, is_live = state.steps, np.isin(verdict, LIVE)
    flags = np.where((steps.passes > 1) | state.again | state.left_again | state.away, Flag.RETURNED.value, 0)
    flags |= np.where(steps.out_of_order, Flag.OUT_OF_ORDER.value, 0)
    flags |= np.where(letters.needs_closing[:, None] & is_live, Flag.NEEDS_CLOSING.value, 0)
    is_shown = is_live | np.isin(verdict, MEASURED)
    flags |= np.where(is_shown & (steps.taken_at != MISSING), Flag.TAKEN_LATE.value, 0)
    unmeasured = (verdict == Verdict.UNMEASURABLE.code) & (steps.reason == 0) & ~steps.is_open
    late = unmeasured & state.unstamped & state.runs & state.over & (state.recorded | state.has)
    flags |= np.where(late, Flag.LATE_UNSTAMPED.value, 0)
    return flags.astype(np.int64)


def _belongs(state: State, requests: Requests, verdict: Codes, due: Ints, rules: Rules) -> Ints:
    """The day by which a step falls into a period: finish, due day when overdue, the successor's when skipped."""
    due_on = rules.calendar.local_day(np.where(due == MISSING, 0, due).ravel()).reshape(due.shape)
    is_late = verdict == Verdict.LATE.code
    done_on = np.where(is_late, state.steps.done_on, np.where(state.finished, state.steps.finished_on, MISSING))
    day = np.where(done_on != MISSING, done_on, requests.received_on[:, None])
    day = np.where((verdict == Verdict.OVERDUE.code) & (due != MISSING), due_on, day)
    after_on = state.after.first_on
    return np.where((verdict == Verdict.SKIPPED.code) & (after_on != NEVER), after_on, day)


def _due(state: State, wanted: Bools, rules: Rules) -> Ints:
    """When the time of all passes together reaches the target: in an earlier pass, or in the last one or later."""
    used = np.where(~state.finished, state.steps.spent, state.steps.spent_before)
    crossed = state.steps.due_start != MISSING
    left = np.where(crossed, state.steps.due_left, np.maximum(state.target - used, 0))
    allowance = np.where(state.target == MISSING, MISSING, left)
    clock = np.tile(rules.procedure.office_clock, len(used))
    begin = np.where(wanted, np.where(crossed, state.steps.due_start, state.start), MISSING)
    due = due_moments(begin.ravel(), allowance.ravel(), *state.due_pauses, clock, rules.calendar)
    return due.reshape(used.shape)


def letter_verdicts(judged: Codes, is_ready: Bools) -> Codes:
    """The verdict of each letter that got ready or is over, by its judged steps: late when any is, in time when all are
    and it got ready."""
    is_late = np.isin(judged, BEYOND).any(axis=1)
    is_kept = np.isin(judged, (Verdict.MET.code, Verdict.NOT_APPLICABLE.code)).all(axis=1) & is_ready
    is_kept &= judged.shape[1] > 0
    words = [word.code for word in (RequestVerdict.LATE, RequestVerdict.ON_TIME)]
    return np.select([is_late, is_kept], words, RequestVerdict.UNKNOWN.code).astype(np.int8)


def _letters(state: State, whole: _Letters, verdict: Codes, rules: Rules) -> RequestFacts:
    """The letter as a whole: judged on the office's own steps of part A once it is ready, or it is over."""
    lives, requests = state.lives, whole.requests
    ready, ready_on, ready_at = _ready(state, rules.procedure)
    is_over = lives.is_ended | (lives.stop_b <= state.now)
    judged = letter_verdicts(verdict[:, list(rules.procedure.judged)], ready)
    word = np.where(ready | is_over, judged, RequestVerdict.RUNNING.code)
    has_stop = (lives.stop_b <= state.now) & ~(lives.is_ended & (requests.ended_at == MISSING))
    over_on = np.where(has_stop, rules.calendar.local_day(np.where(has_stop, lives.stop_b, 0)), requests.received_on)
    dated_on = np.where(ready_on == MISSING, requests.received_on, ready_on)
    return RequestFacts(
        verdict=word.astype(np.int8),
        judged_on=np.where(ready, dated_on, np.where(is_over, over_on, MISSING)),
        ready_seconds=_ready_seconds(whole, ready_at, rules),
        ready_on=ready_on,
        ready_at=ready_at,
        stop_at=lives.stop_a,
        settled_at=_settled(whole, np.maximum(lives.stop_a, lives.stop_b), rules),
        needs_closing=_needs_closing(state, is_over, rules) & ~ready,
    )


def _ready(state: State, procedure: Procedure) -> tuple[Bools, Ints, Ints]:
    """Which letters are ready, on which day and at which moment, where that is known: with the last of the steps that
    close part A, of those that a letter takes."""
    closing = list(procedure.closing)
    finished = state.finished[:, closing]
    ready = np.asarray((finished | state.off[:, closing]).all(axis=1) & finished.any(axis=1))

    def last(stamps: Ints) -> Ints:
        is_known = ready & ~(finished & (stamps == MISSING)).any(axis=1)
        return np.where(is_known, np.where(finished, stamps, MISSING).max(axis=1, initial=MISSING), MISSING)

    return ready, last(state.steps.finished_on[:, closing]), last(state.steps.finished_at[:, closing])


def _needs_closing(state: State, is_over: Bools, rules: Rules) -> Bools:
    """Whether a letter is over, nobody closed it, and a step of part A that it had reached is not finished: one that
    was recorded then, or of which nobody knows since when it is."""
    is_recorded = state.recorded | state.has | (rules.first_handover_on == MISSING)
    is_needed = ~state.off & (state.has | ~rules.procedure.is_optional)
    stands = state.reached & ~state.finished & is_needed & is_recorded | state.away
    part_a = stands[:, list(rules.procedure.part_a)].any(axis=1)
    return np.asarray(is_over & ~state.lives.is_ended & ~state.lives.is_closed & part_a)


def _ready_seconds(whole: _Letters, ready_at: Ints, rules: Rules) -> Ints:
    """Working seconds from receipt to ready without the pauses of part A, overlaps counted once.

    A pause lasts no longer than its pass, and an open one of a pass whose finish is not known to ready.
    """
    received_at, passes, pauses = whole.requests.received_at, whole.passes, whole.pauses
    valid = (received_at != MISSING) & (ready_at != MISSING) & (ready_at >= received_at)
    begin, end = np.where(valid, received_at, MISSING), np.where(valid, ready_at, MISSING)
    valid &= rules.calendar.is_covered(begin, end)
    mine = np.isin(pauses.step, rules.procedure.part_a)
    clock = np.ones(len(begin), dtype=bool)
    ended = ended_by(pauses.ended_at, finish_of_pass(passes, pauses))
    waits = (pauses.request[mine], pauses.started_at[mine], ended[mine])
    lost = paused_seconds(len(begin), begin, end, *waits, clock, rules.calendar)
    return np.where(valid, rules.calendar.working_seconds(begin, end) - lost, MISSING)


def _settled(whole: _Letters, stop: Ints, rules: Rules) -> Ints:
    """The moment from which on no verdict of the letter can change any more."""
    passes, pauses, requests = whole.passes, whole.pauses, whole.requests
    settled = np.maximum(np.maximum(stop, requests.ended_at), requests.began_at)
    for on, at in ((passes.started_on, passes.started_at), (passes.finished_on, passes.finished_at)):
        day = np.where(on == MISSING, 0, on)
        np.maximum.at(settled, passes.request, np.where(on == MISSING, MISSING, rules.calendar.day_end(day)))
        np.maximum.at(settled, passes.request, at)
    np.maximum.at(settled, pauses.request, np.maximum(pauses.started_at, pauses.ended_at))
    return settled


ENDED = (RequestStatus.REJECTED.code, RequestStatus.CANCELLED.code)
STOPPED = (*ENDED, RequestStatus.CLOSED.code)
"""The statuses that stop a letter at their moment."""


@dataclass(frozen=True)
class After:
    """Of the steps that depend on each step: whether one is finished, and the first such day."""

    is_finished: Bools
    first_on: Ints


@dataclass(frozen=True)
class Lives:
    """Per letter: whether it was rejected or cancelled, or closed, and when nothing of A and of B runs any more."""

    is_ended: Bools
    is_closed: Bools
    stop_a: Ints
    stop_b: Ints


@dataclass(frozen=True)
class Hand:
    """In whose hand the letters are; (letters, steps).

    `has`: something is stamped; `again`: in hand without a stamp of this pass, `left_again` where the letter went on
    without it; `away`: waiting for a letter that went back, `given_up` where it went on; `in_hand`: never stamped.
    `passed_over`: the letter went on without the step being finished; `skipped` without any stamp of it.
    """

    has: Bools
    again: Bools
    left_again: Bools
    away: Bools
    given_up: Bools
    finished: Bools
    passed_over: Bools
    skipped: Bools
    in_hand: Bools


def _in_hand(steps: Steps, course: Course, after: After, off: Bools, rules: Rules) -> Hand:
    has, went_back = steps.passes > 0, course.went_back[:, None]
    again, away = has & course.is_held, has & course.is_away
    finished = has & ~steps.is_open & ~again & ~away
    is_passed = np.where(went_back, course.is_passed, after.is_finished)
    passed_over = (~has | steps.is_open) & is_passed
    came = came_to(finished | passed_over, off, rules)
    return Hand(
        has=has,
        again=again & ~course.is_passed,
        left_again=again & course.is_passed,
        away=away,
        given_up=away & course.is_passed,
        finished=finished,
        passed_over=passed_over,
        skipped=~has & is_passed,
        in_hand=~has & np.where(went_back, course.is_held | (course.is_passed & came), came),
    )


@dataclass(frozen=True)
class Standing(Hand):
    """Every step as it stays between two `turns` of a day; matrices (letters, steps) unless in `lives`.

    `unread`: a start or pause of it was written that nobody can read; what is known without it, is known.
    `start`, `since` (its hand-over) and `pauses` are those of the pass in hand (or the last one), which runs until
    `stop`; `due_pauses` are those of the pass in which the step falls due. `unstamped`: in hand without a stamp though
    the event has begun, and not given by a tap.
    """

    whole: _Letters
    rules: Rules
    off: Bools
    steps: Steps
    lives: Lives
    after: After
    target: Ints
    has_version: Bools
    reached: Bools
    past: Bools
    unstamped: Bools
    unread: Bools
    recorded: Bools
    undated_end: Bools
    stop: Ints
    start: Ints
    since: Ints
    pauses: Waits
    due_pauses: Waits


@dataclass(frozen=True)
class State(Standing):
    """Every step at `now`.

    `spent` are the seconds on its clock so far or in all, `over` whether they exceed the target, `handover` the seconds
    from hand-over to hand-over (of a running step only where it is over, up to now), `lost` the pauses of the pass in
    hand.
    """

    now: int
    runs: Bools
    uncovered: Bools
    spent: Ints
    over: Bools
    handover: Ints
    lost: Ints


def _standing(whole: _Letters, rules: Rules, as_of: int | None) -> Standing:
    """Gather all passes and see how each step stands; `as_of` None is after everything."""
    requests, now = whole.requests, NEVER if as_of is None else as_of
    off = left_out(requests, whole.passes, whole.receivers, rules, as_of)
    steps = no_steps(len(requests), rules.step_count)
    target, has_version = _targets(requests, rules)
    lives = lives_of(requests, rules, now)
    stop = np.where(rules.procedure.is_part_a, lives.stop_a[:, None], lives.stop_b[:, None])
    stamped, course = layers(requests, whole.passes, whole.receivers, rules, off, stop, as_of)
    for layer in stamped:
        gather(steps, layer, whole.pauses, rules, target, as_of)
    after = _after(steps, rules)
    undated_end = (lives.is_ended & (requests.ended_at == MISSING))[:, None]

    hand = _in_hand(steps, course, after, off, rules)
    again, in_hand = hand.again, hand.in_hand
    number = np.where(again, np.maximum(steps.number + 1, course.visits), steps.number)
    began = ((requests.began_at != MISSING) & (requests.began_at <= now))[:, None]
    return Standing(
        **vars(hand),
        whole=whole,
        rules=rules,
        off=off,
        steps=steps,
        lives=lives,
        after=after,
        target=target,
        has_version=has_version[:, None],
        reached=(hand.has & ~hand.away) | in_hand,
        past=(stop <= now) | undated_end,
        unstamped=(again | in_hand) & began & ~course.by_tap,
        unread=_unread(whole.passes, off.shape) & (hand.has | in_hand | hand.skipped),
        recorded=_recorded(requests, rules, as_of),
        undated_end=undated_end,
        stop=stop,
        start=np.where(again | in_hand, course.since, steps.start),
        since=np.where(again | in_hand, course.since, steps.given),
        pauses=_pauses_of_pass(whole.pauses, number, as_of),
        due_pauses=_due_pauses(whole.pauses, number, hand.finished, steps, as_of),
    )


def _state_at(standing: Standing, as_of: int | None) -> State:
    """How far each step that runs has come; `as_of` None is after everything."""
    steps, start, rules = standing.steps, standing.start, standing.rules
    now = NEVER if as_of is None else as_of
    end = np.minimum(now, standing.stop)
    is_over = standing.finished | standing.left_again
    runs = ~is_over & standing.reached & ~standing.undated_end & (start != MISSING) & (end >= start)
    begin, until = np.where(runs, start, MISSING), np.where(runs, end, MISSING)
    lost = paused(begin, until, standing.pauses, rules)
    running = steps.spent + elapsed(begin, until, rules) - lost
    covered = rules.calendar.is_covered(begin.ravel(), until.ravel()).reshape(start.shape)
    spent = np.where(is_over | standing.away, steps.spent, np.where(runs, running, MISSING))
    over = (standing.target != MISSING) & (spent > standing.target)
    since = np.where(runs & over & (standing.since <= until), standing.since, MISSING)
    return State(
        **vars(standing),
        now=now,
        runs=runs,
        uncovered=runs & ~covered & rules.procedure.office_clock,
        spent=spent,
        over=over,
        handover=_handover(steps, since, until, standing.pauses, rules),
        lost=lost,
    )


Standings = list[tuple[Standing, Bools]]
"""Of letters: how those that go by each procedure stand, and which ones do."""


def _handover(steps: Steps, since: Ints, until: Ints, current: Waits, rules: Rules) -> Ints:
    """Seconds of all passes from hand-over to hand-over; the one in hand, where it has `since`, up to `until`."""
    runs = since != MISSING
    if not runs.any():
        return steps.handover
    whole = elapsed(since, until, rules) - paused(since, until, current, rules)
    return np.where(runs, np.where(steps.handover == MISSING, 0, steps.handover) + whole, steps.handover)


def _unread(passes: Passes, shape: tuple[int, ...]) -> Bools:
    unread = np.zeros(shape, dtype=bool)
    unread[passes.request[passes.is_unread], passes.step[passes.is_unread]] = True
    return unread


def _recorded(requests: Requests, rules: Rules, as_of: int | None) -> Bools:
    """Whether the office recorded a step already when the letter came."""
    first = rules.first_handover_on
    recorded: Bools = (first[None, :] != MISSING) & (requests.received_on[:, None] >= first[None, :])
    if as_of is not None:
        recorded &= first[None, :] <= rules.calendar.day_of(as_of)
    return recorded


def _targets(requests: Requests, rules: Rules) -> tuple[Ints, Bools]:
    """Target seconds by the SOP version in force at receipt, and whether any was."""
    version = rules.version_at(requests.received_on)
    has_version = version >= 0
    targets = rules.targets[np.maximum(version, 0)]
    return np.where(has_version[:, None], targets, MISSING), has_version


def lives_of(requests: Requests, rules: Rules, now: int) -> Lives:
    """Until when each letter lives at `now`: its booking, its rejection or closing, or ten working days (by its
    SOP) without a booking."""
    is_ended = np.isin(requests.status, ENDED) & (requests.ended_at <= now)
    calendar = rules.calendar
    received = np.where(requests.received_at == MISSING, calendar.day_start(requests.received_on), requests.received_at)
    closed_at = np.where(requests.ended_at == MISSING, received, requests.ended_at)
    is_closed = (requests.status == RequestStatus.CLOSED.code) & (closed_at <= now)
    booked = requests.booked_start != MISSING
    days = rules.closing_days(requests.received_on)
    last_day = calendar.add_working_days(requests.received_on, days)
    closing = calendar.closing(np.where(last_day == MISSING, requests.received_on, last_day))
    fallback = calendar.day_end(requests.received_on + 2 * days)
    life = np.where((last_day == MISSING) | (closing == MISSING), fallback, closing)
    ended = np.where(
        is_ended & (requests.ended_at != MISSING), requests.ended_at, np.where(is_closed, closed_at, NEVER)
    )
    stop_a = np.minimum(np.where(booked, requests.booked_start, life), ended)
    stop_b = np.minimum(np.where(booked, np.maximum(requests.booked_end, requests.booked_start), life), ended)
    return Lives(is_ended, is_closed, stop_a, stop_b)


def _after(steps: Steps, rules: Rules) -> After:
    """What is known of the steps that depend on each step."""
    is_finished = np.zeros_like(steps.any_done)
    first_on = np.full_like(steps.finished_on, NEVER)
    done_on = np.where(steps.done_on != MISSING, steps.done_on, NEVER)
    for step, later in enumerate(rules.procedure.dependents):
        if later:
            is_finished[:, step] = steps.any_done[:, later].any(axis=1)
            first_on[:, step] = done_on[:, later].min(axis=1)
    return After(is_finished, first_on)


def came_to(over: Bools, off: Bools, rules: Rules) -> Bools:
    """Whether nothing more is to be expected of the steps that each one follows.

    A step that is not practised is over when those before it are; one that follows none never comes by itself.
    """
    over, came = over.copy(), np.zeros_like(over)
    for step in rules.procedure.order:
        if before := rules.procedure.follows[step]:
            came[:, step] = over[:, before].all(axis=1) & (not rules.procedure.is_undecided[step])
            over[:, step] = np.where(off[:, step], came[:, step], over[:, step])
    return came


def _pauses_of_pass(pauses: Pauses, number: Ints, as_of: int | None) -> Waits:
    """Pauses of the pass of that number of each step."""
    cell = pauses.request * number.shape[1] + pauses.step
    return waits_of(pauses, cell, number.ravel()[cell] == pauses.number, as_of)


def _due_pauses(pauses: Pauses, number: Ints, finished: Bools, steps: Steps, as_of: int | None) -> Waits:
    """Pauses of the pass in which each step falls due; none lasts beyond the finish."""
    crossed = steps.due_start != MISSING
    cell, start, end = _pauses_of_pass(pauses, np.where(crossed, steps.due_number, number), as_of)
    finish = np.where(finished & ~crossed, steps.finished_at, MISSING).ravel()[cell]
    return cell, start, ended_by(end, finish)
