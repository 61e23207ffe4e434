"""What the passes of each step add up to, gathered layer by layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.domain.compliance.layers import Layer, elapsed, paused, pauses_of, reasons
from etl.domain.compliance.rules import Rules
from etl.domain.frames import MISSING, Bools, Codes, Ints, Pauses
from etl.domain.sop.steps import STEP_COUNT
from etl.domain.verdict import Reason


@dataclass
class Steps:
    """What the passes of each step add up to; matrices (letters, 13).

    `done_on` is the day of the last finish that has one. `latest` is the earliest moment the latest finish can have
    had, `latest_end` the latest: they differ where a finish has a date and no clock time. `due_start`, `due_left`
    and `due_number` are the pass in which the time of all passes reached the target, MISSING when it was not.
    """

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
    done_on: Ints
    latest: Ints
    latest_end: Ints
    own_start: Bools
    return_start: Ints
    return_number: Ints
    due_start: Ints
    due_left: Ints
    due_number: Ints


def no_steps(count: int) -> Steps:
    def ints(fill: int) -> Ints:
        return np.full((count, STEP_COUNT), fill, dtype=np.int64)

    def flags() -> Bools:
        return np.zeros((count, STEP_COUNT), dtype=bool)

    def codes() -> Codes:
        return np.zeros((count, STEP_COUNT), dtype=np.int8)

    return Steps(
        ints(0), ints(1), flags(), codes(), codes(), ints(MISSING), ints(MISSING), ints(MISSING), ints(MISSING),
        ints(0), ints(0), ints(MISSING), ints(0), ints(MISSING), flags(), flags(), flags(),
        ints(MISSING), ints(MISSING), ints(MISSING), flags(), ints(MISSING), ints(1),
        ints(MISSING), ints(MISSING), ints(1),
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
    """Add one layer of passes to the totals; `target` is (letters, 13)."""
    rows, here, done = layer.rows, layer.has, layer.done
    waits = pauses_of(layer, pauses, len(target), as_of)
    start, finish = layer.start, np.where(done, layer.finished_at, MISSING)
    lost = paused(start, finish, waits, rules)
    spent = elapsed(start, finish, rules)
    reason = reasons(layer, rules)
    left_open = here & steps.is_open[rows]
    before = np.where(left_open, open_reason(steps.own_start[rows], steps.start[rows], left_open), np.int8(0))
    steps.reason[rows] = worse(worse(steps.reason[rows], before), reason)
    good = done & (reason == 0)
    net = np.where(good & (spent != MISSING), spent - lost, MISSING)
    steps.spent_before[rows] = np.where(here, steps.spent[rows], steps.spent_before[rows])
    _reach_target(steps, layer, net, target)
    steps.spent[rows] += np.where(net != MISSING, net, 0)
    steps.paused[rows] += np.where(good, lost, 0)
    own = layer.started_at != MISSING
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
    waits_first = ~here & (steps.passes[rows] == 0) & layer.follows_finish
    comes_back = (
        ~here & (steps.passes[rows] > 0) & ~steps.is_open[rows] & (steps.finished_on[rows] != MISSING)
        & (layer.handover > _last_moment(steps.finished_on[rows], steps.finished_at[rows], rules))
        & (steps.return_start[rows] == MISSING)
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
    dated = done & (layer.finished_on != MISSING)
    first_moment, last_moment = (f(layer.finished_on, layer.finished_at, rules) for f in (_first_moment, _last_moment))
    steps.done_on[rows] = np.where(dated, layer.finished_on, steps.done_on[rows])
    steps.latest[rows] = np.maximum(steps.latest[rows], np.where(dated, first_moment, MISSING))
    steps.latest_end[rows] = np.maximum(steps.latest_end[rows], np.where(dated, last_moment, MISSING))
    steps.passes[rows] += here


def _reach_target(steps: Steps, layer: Layer, net: Ints, target: Ints) -> None:
    """Note the pass in which the time of all passes together reaches the target."""
    rows, before = layer.rows, steps.spent[layer.rows]
    wanted = target[rows]
    crosses = (net != MISSING) & (wanted != MISSING) & (before < wanted) & (before + net >= wanted)
    steps.due_start[rows] = np.where(crosses, layer.start, steps.due_start[rows])
    steps.due_left[rows] = np.where(crosses, wanted - before, steps.due_left[rows])
    steps.due_number[rows] = np.where(crosses, layer.number, steps.due_number[rows])


def _first_moment(on: Ints, at: Ints, rules: Rules) -> Ints:
    """The earliest moment a finish can have had: of a date alone, that of its day."""
    date_only = (at == MISSING) & (on != MISSING)
    moment = at.copy()
    moment[date_only] = rules.calendar.day_start(on[date_only])
    return moment


def _last_moment(on: Ints, at: Ints, rules: Rules) -> Ints:
    """The latest moment a finish can have had: of a date alone, the last second of its day."""
    date_only = (at == MISSING) & (on != MISSING)
    moment = at.copy()
    moment[date_only] = rules.calendar.day_end(on[date_only]) - 1
    return moment
