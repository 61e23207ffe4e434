"""What the passes of each step add up to, gathered layer by layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.domain.compliance.layers import Layer
from etl.domain.compliance.pauses import Waits, due_moments, paused_seconds, waits_of
from etl.domain.compliance.rules import Rules
from etl.domain.frames import MISSING, Bools, Codes, Ints, Pauses
from etl.domain.verdict import Reason, StartRule


def _reasons(layer: Layer, rules: Rules) -> Codes:
    """Why a finished pass cannot be measured, first reason of the list first; 0 where it can."""
    date_only = ((layer.started_on != MISSING) & (layer.started_at == MISSING)) | (
        (layer.finished_on != MISSING) & (layer.finished_at == MISSING)
    )
    undated = layer.finished_on == MISSING
    unknown = layer.start == MISSING
    covered = rules.calendar.is_covered(layer.start.ravel(), layer.finished_at.ravel()).reshape(layer.start.shape)
    uncovered = ~covered & rules.procedure.office_clock & ~unknown & (layer.finished_at != MISSING)
    reason: Codes = np.select(
        [date_only, undated, layer.is_backwards, unknown, uncovered],
        [
            r.code
            for r in (
                Reason.DATE_ONLY,
                Reason.TIME_MISSING,
                Reason.END_BEFORE_START,
                Reason.START_UNKNOWN,
                Reason.CALENDAR_MISSING,
            )
        ],
        default=0,
    ).astype(np.int8)
    return np.where(layer.done, reason, np.int8(0))


def elapsed(start: Ints, end: Ints, rules: Rules) -> Ints:
    """Seconds from start to end on each step's clock (matrices n × steps); MISSING where either is."""
    known = (start != MISSING) & (end != MISSING)
    working = rules.calendar.working_seconds(start.ravel(), end.ravel()).reshape(start.shape)
    plain = np.where(known, end, 0) - np.where(known, start, 0)
    spent = np.where(rules.procedure.office_clock, working, plain)
    return np.where(known, spent, MISSING)


def _pauses_of(layer: Layer, pauses: Pauses, count: int, as_of: int | None) -> Waits:
    """The pauses of a layer's passes, cell = row × steps + step."""
    position = np.full(count, -1, dtype=np.int64)
    position[layer.rows] = np.arange(len(layer.rows))
    row = position[pauses.request]
    mine = (row >= 0) & (layer.number[row, pauses.step] == pauses.number) if len(pauses) else row >= 0
    return waits_of(pauses, row * layer.has.shape[1] + pauses.step, mine, as_of)


def paused(start: Ints, end: Ints, pauses: Waits, rules: Rules) -> Ints:
    """Seconds of pause between the matrices start and end (n × steps)."""
    clock = np.tile(rules.procedure.office_clock, len(start))
    total = paused_seconds(start.size, start.ravel(), end.ravel(), *pauses, clock, rules.calendar)
    return total.reshape(start.shape)


@dataclass
class Steps:
    """What the passes of each step add up to; matrices (letters, steps).

    `done_on` is the day of the last finish that has one, `given` the hand-over of the last pass.
    `taken_at` is a recorded start that came too late to count, the first of them. `due_start`, `due_left` and
    `due_number` are the pass in which the time of all passes reached the target, MISSING when it was not.
    """

    passes: Ints
    number: Ints
    is_open: Bools
    reason: Codes
    rule: Codes
    first_start: Ints
    start: Ints
    given: Ints
    finished_on: Ints
    finished_at: Ints
    spent: Ints
    spent_before: Ints
    waiting: Ints
    paused: Ints
    handover: Ints
    taken_at: Ints
    out_of_order: Bools
    any_done: Bools
    done_on: Ints
    own_start: Bools
    due_start: Ints
    due_left: Ints
    due_number: Ints


def no_steps(count: int, steps: int) -> Steps:
    """Totals of so many letters to which nothing was added yet."""

    def ints(fill: int) -> Ints:
        return np.full((count, steps), fill, dtype=np.int64)

    def flags() -> Bools:
        return np.zeros((count, steps), dtype=bool)

    def codes() -> Codes:
        return np.zeros((count, steps), dtype=np.int8)

    return Steps(
        ints(0), ints(1), flags(), codes(), codes(), ints(MISSING), ints(MISSING), ints(MISSING), ints(MISSING),
        ints(MISSING),
        ints(0), ints(0), ints(MISSING), ints(0), ints(MISSING), ints(MISSING), flags(), flags(),
        ints(MISSING), flags(), ints(MISSING), ints(MISSING), ints(1),
    )  # fmt: skip


def _add(total: Ints, rows: Ints, value: Ints, here: Bools) -> None:
    """Add known values of a layer to a total in which MISSING means "nothing yet"."""
    known = here & (value != MISSING)
    old = total[rows]
    total[rows] = np.where(known, np.where(old == MISSING, 0, old) + np.where(known, value, 0), old)


def worse(old: Codes, new: Codes) -> Codes:
    """The reason that comes first in the list of reasons; 0 is none."""
    return np.where((old == 0) | ((new != 0) & (new < old)), new, old)


def open_reason(own_start: Bools, start: Ints, is_left: Bools) -> Codes:
    """Why a pass that was begun and never finished cannot be measured; 0 where it may still be running."""
    date_only: Bools = own_start & (start == MISSING)
    left = np.where(is_left, Reason.TIME_MISSING.code, 0)
    return np.where(date_only, Reason.DATE_ONLY.code, left).astype(np.int8)


def gather(steps: Steps, layer: Layer, pauses: Pauses, rules: Rules, target: Ints, as_of: int | None) -> None:
    """Add one layer of passes to the totals; `target` is (letters, steps)."""
    rows, here, done = layer.rows, layer.has, layer.done
    waits = _pauses_of(layer, pauses, len(target), as_of)
    _ignore_late_starts(steps, layer, waits, rules, target)
    start, finish = layer.start, np.where(done, layer.finished_at, MISSING)
    lost = paused(start, finish, waits, rules)
    spent = elapsed(start, finish, rules)
    reason = _reasons(layer, rules)
    left_open = here & steps.is_open[rows]
    before = np.where(left_open, open_reason(steps.own_start[rows], steps.start[rows], left_open), np.int8(0))
    steps.reason[rows] = worse(worse(steps.reason[rows], before), reason)
    good = done & (reason == 0)
    net = np.where(good & (spent != MISSING), spent - lost, MISSING)
    steps.spent_before[rows] = np.where(here, steps.spent[rows], steps.spent_before[rows])
    _reach_target(steps, layer, net, target)
    steps.spent[rows] += np.where(net != MISSING, net, 0)
    steps.paused[rows] += np.where(good, lost, 0)
    own = (layer.started_at != MISSING) & (layer.rule == StartRule.RECORDED.code)
    wait = elapsed(np.where(own, layer.handover, MISSING), layer.started_at, rules)
    early = (layer.handover != MISSING) & own & (layer.started_at < layer.handover)
    _add(steps.waiting, rows, np.where(early, MISSING, wait), here)
    whole = elapsed(layer.handover, finish, rules)
    lost_whole = paused(layer.handover, finish, waits, rules)
    reversed_whole = (layer.handover != MISSING) & (finish != MISSING) & (finish < layer.handover)
    _add(steps.handover, rows, np.where((whole == MISSING) | reversed_whole, MISSING, whole - lost_whole), here)
    steps.out_of_order[rows] |= early & here

    first = here & (steps.passes[rows] == 0)
    steps.rule[rows] = np.where(first, layer.rule, steps.rule[rows])
    steps.first_start[rows] = np.where(first, start, steps.first_start[rows])
    last = {"start": start, "given": layer.handover, "number": layer.number, "finished_on": layer.finished_on}
    for name, values in last.items():
        getattr(steps, name)[rows] = np.where(here, values, getattr(steps, name)[rows])
    steps.finished_at[rows] = np.where(here, layer.finished_at, steps.finished_at[rows])
    steps.own_start[rows] = np.where(here, layer.started_on != MISSING, steps.own_start[rows])
    steps.is_open[rows] = np.where(here, ~done, steps.is_open[rows])
    steps.any_done[rows] |= done
    dated = done & (layer.finished_on != MISSING)
    steps.done_on[rows] = np.where(dated, layer.finished_on, steps.done_on[rows])
    steps.passes[rows] += here


def _ignore_late_starts(steps: Steps, layer: Layer, waits: Waits, rules: Rules, target: Ints) -> None:
    """A start recorded after the due moment shown before it does not count: the pass starts from its hand-over."""
    rows, recorded = layer.rows, layer.started_at
    late = layer.has & (recorded != MISSING) & (layer.handover != MISSING) & (recorded > layer.handover)
    late &= ~layer.is_backwards & (target[rows] != MISSING)
    if not late.any():
        return
    left = np.maximum(target[rows] - steps.spent[rows], 0)
    begin = np.where(late, layer.handover, MISSING)
    clock = np.tile(rules.procedure.office_clock, len(rows))
    due = due_moments(begin.ravel(), left.ravel(), *waits, clock, rules.calendar).reshape(late.shape)
    late &= (due != MISSING) & (recorded > due)
    layer.start[late], layer.rule[late] = layer.handover[late], StartRule.HANDOVER.code
    first = late & (steps.taken_at[rows] == MISSING)
    steps.taken_at[rows] = np.where(first, recorded, steps.taken_at[rows])


def _reach_target(steps: Steps, layer: Layer, net: Ints, target: Ints) -> None:
    """Note the pass in which the time of all passes together reaches the target."""
    rows, before = layer.rows, steps.spent[layer.rows]
    wanted = target[rows]
    crosses = (net != MISSING) & (wanted != MISSING) & (before < wanted) & (before + net >= wanted)
    steps.due_start[rows] = np.where(crosses, layer.start, steps.due_start[rows])
    steps.due_left[rows] = np.where(crosses, wanted - before, steps.due_left[rows])
    steps.due_number[rows] = np.where(crosses, layer.number, steps.due_number[rows])
