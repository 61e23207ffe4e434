"""What the passes of each step add up to, gathered layer by layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.domain.frames import MISSING, Bools, Codes, Ints, Pauses
from etl.domain.layers import Layer, elapsed, paused, pauses_of, reasons
from etl.domain.rules import Rules
from etl.domain.verdict import STEP_COUNT


@dataclass
class Steps:
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


def no_steps(count: int) -> Steps:
    def ints(fill: int) -> Ints:
        return np.full((count, STEP_COUNT), fill, dtype=np.int64)

    def flags() -> Bools:
        return np.zeros((count, STEP_COUNT), dtype=bool)

    def codes() -> Codes:
        return np.zeros((count, STEP_COUNT), dtype=np.int8)

    return Steps(
        ints(0), ints(1), flags(), codes(), codes(), ints(MISSING), ints(MISSING), ints(MISSING), ints(MISSING),
        ints(0), ints(0), ints(MISSING), ints(0), ints(MISSING), flags(), flags(), flags(), ints(MISSING), flags(),
        ints(MISSING), ints(1),
    )  # fmt: skip


def _add(total: Ints, rows: Ints, value: Ints, here: Bools) -> None:
    """Add known values of a layer to a total in which MISSING means "nothing yet"."""
    known = here & (value != MISSING)
    old = total[rows]
    total[rows] = np.where(known, np.where(old == MISSING, 0, old) + np.where(known, value, 0), old)


def gather(steps: Steps, layer: Layer, pauses: Pauses, rules: Rules, count: int, as_of: int | None) -> None:
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
