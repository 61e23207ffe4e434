"""Stamps laid out as letters × steps, one layer per pass number, with every pass's start found; and what the passes
of each step add up to, gathered layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from etl.domain.compliance.pauses import Waits, paused_seconds, waits_of
from etl.domain.compliance.rules import Rules
from etl.domain.frames import MISSING, Bools, Codes, Ints, Passes, Pauses, Requests
from etl.domain.sop.steps import STEP_COUNT
from etl.domain.verdict import Reason, StartRule

MAX = int(np.iinfo(np.int64).max)


@dataclass
class Layer:
    """The k-th pass of every step of some letters; all matrices are (len(rows), 13).

    `rows` are positions in `Requests`. `start` is the moment a finished or running pass is measured from, MISSING
    when it cannot be known to the minute. `reached` says that the step has a start of its own or that all it
    follows are finished. `handover` is the start hand-over to hand-over.
    """

    number: int
    rows: Ints
    has: Bools
    done: Bools
    started_on: Ints
    started_at: Ints
    finished_on: Ints
    finished_at: Ints
    rule: Codes
    start: Ints
    handover: Ints
    reached: Bools
    is_backwards: Bools
    follows_finish: Bools


def _blank(rows: int) -> Ints:
    return np.full((rows, STEP_COUNT), MISSING, dtype=np.int64)


def _none(rows: int) -> Bools:
    return np.zeros((rows, STEP_COUNT), dtype=bool)


def _hide_future(on: Ints, at: Ints, as_of: int | None, today: int) -> tuple[Ints, Ints]:
    """Stamps after as-of have not happened."""
    if as_of is None:
        return on, at
    future = (at > as_of) | ((at == MISSING) & (on > today))
    return np.where(future, MISSING, on), np.where(future, MISSING, at)


def finished_by(passes: Passes, as_of: int | None, today: int) -> Bools:
    """Which passes are finished at a moment of the day `today`; None is after everything.

    One that is done without a date was finished after its start: not yet when that lies after the moment.
    """
    started_on, _ = _hide_future(passes.started_on, passes.started_at, as_of, today)
    finished_on, _ = _hide_future(passes.finished_on, passes.finished_at, as_of, today)
    begins_later = (passes.started_on != MISSING) & (started_on == MISSING)
    undated = passes.is_done & (passes.finished_on == MISSING) & ~begins_later
    return np.asarray(undated | (finished_on != MISSING))


def _stamps(passes: Passes, number: int, rows: Ints, count: int, as_of: int | None, today: int) -> Layer:
    """A layer with what was recorded, before any start is inferred."""
    mine = passes.number == number
    position = np.full(count, -1, dtype=np.int64)
    position[rows] = np.arange(len(rows))
    row, step = position[passes.request[mine]], passes.step[mine].astype(np.int64)
    size = len(rows)
    layer = Layer(
        number=number,
        rows=rows,
        has=_none(size),
        done=_none(size),
        started_on=_blank(size),
        started_at=_blank(size),
        finished_on=_blank(size),
        finished_at=_blank(size),
        rule=np.zeros((size, STEP_COUNT), dtype=np.int8),
        start=_blank(size),
        handover=_blank(size),
        reached=_none(size),
        is_backwards=_none(size),
        follows_finish=_none(size),
    )
    s_on, s_at = _hide_future(passes.started_on[mine], passes.started_at[mine], as_of, today)
    f_on, f_at = _hide_future(passes.finished_on[mine], passes.finished_at[mine], as_of, today)
    done = finished_by(passes.at(mine), as_of, today)
    layer.started_on[row, step], layer.started_at[row, step] = s_on, s_at
    layer.finished_on[row, step], layer.finished_at[row, step] = f_on, f_at
    layer.done[row, step] = done
    layer.has[row, step] = done | (s_on != MISSING)
    return layer


def _receive(layer: Layer, requests: Requests, step: int) -> None:
    """The register's receipt finishes its step, unless the hand-over records say otherwise."""
    silent = layer.finished_on[:, step] == MISSING
    layer.finished_on[:, step] = np.where(silent, requests.received_on[layer.rows], layer.finished_on[:, step])
    layer.finished_at[:, step] = np.where(silent, requests.received_at[layer.rows], layer.finished_at[:, step])
    layer.done[:, step] = True
    layer.has[:, step] = True


def _find_starts(layer: Layer, rules: Rules, off: Bools) -> None:
    """Start rule and start of each step, in the order in which steps follow each other."""
    size = len(layer.rows)
    usable = _blank(size)  # the finish a follower may start from; MISSING = starts nothing
    finished = np.zeros((size, STEP_COUNT), dtype=bool)
    for step in rules.procedure.order:
        before = rules.procedure.follows[step]
        handover = np.full(size, MISSING, dtype=np.int64)
        came = np.zeros(size, dtype=bool)
        if before:
            moments = usable[:, before]
            handover = np.where((moments != MISSING).all(axis=1), moments.max(axis=1), MISSING)
            came = np.asarray(finished[:, before].all(axis=1))
        own: Bools = layer.started_on[:, step] != MISSING
        inferred: Bools = np.asarray(~own & (handover != MISSING))
        start = np.where(own, layer.started_at[:, step], np.where(inferred, handover, MISSING))
        layer.handover[:, step] = handover
        layer.rule[:, step] = np.where(own, StartRule.RECORDED.code, np.where(inferred, StartRule.HANDOVER.code, 0))
        layer.start[:, step] = start
        layer.follows_finish[:, step] = came
        layer.reached[:, step] = own | came
        finish = layer.finished_at[:, step]
        f_on, s_on = layer.finished_on[:, step], layer.started_on[:, step]
        backwards = ((finish != MISSING) & (start != MISSING) & (finish < start)) | (
            own & (f_on != MISSING) & (f_on < s_on)
        )
        layer.is_backwards[:, step] = backwards
        # A step that is not practised hands on what it was given; the first of a chain was given nothing.
        passes_on = off[:, step] & bool(before)
        usable[:, step] = np.where(passes_on, handover, np.where(backwards, MISSING, finish))
        finished[:, step] = np.where(passes_on, came, layer.done[:, step])


def layers(requests: Requests, passes: Passes, rules: Rules, off: Bools, as_of: int | None) -> Iterator[Layer]:
    """The layers in order of pass number; the first one holds every letter, later ones those that have that pass."""
    today = int(rules.calendar.local_day(np.array([as_of], dtype=np.int64))[0]) if as_of is not None else MAX
    numbers = sorted({1, *np.unique(passes.number).tolist()})
    for number in numbers:
        if number == 1:
            rows = np.arange(len(requests), dtype=np.int64)
        else:
            rows = np.unique(passes.request[passes.number == number])
        layer = _stamps(passes, number, rows, len(requests), as_of, today)
        if number == 1:
            _receive(layer, requests, rules.procedure.received)
        _find_starts(layer, rules, off[rows])
        yield layer


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
    """Seconds from start to end on each step's clock (matrices n × 13); MISSING where either is."""
    known = (start != MISSING) & (end != MISSING)
    working = rules.calendar.working_seconds(start.ravel(), end.ravel()).reshape(start.shape)
    plain = np.where(known, end, 0) - np.where(known, start, 0)
    spent = np.where(rules.procedure.office_clock, working, plain)
    return np.where(known, spent, MISSING)


def _pauses_of(layer: Layer, pauses: Pauses, count: int, as_of: int | None) -> Waits:
    """The pauses of a layer's passes, cell = row × 13 + step."""
    position = np.full(count, -1, dtype=np.int64)
    position[layer.rows] = np.arange(len(layer.rows))
    row = position[pauses.request]
    return waits_of(pauses, row * STEP_COUNT + pauses.step, (pauses.number == layer.number) & (row >= 0), as_of)


def paused(start: Ints, end: Ints, pauses: Waits, rules: Rules) -> Ints:
    """Seconds of pause between the matrices start and end (n × 13)."""
    clock = np.tile(rules.procedure.office_clock, len(start))
    total = paused_seconds(start.size, start.ravel(), end.ravel(), *pauses, clock, rules.calendar)
    return total.reshape(start.shape)


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
    waits = _pauses_of(layer, pauses, len(target), as_of)
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
        & (layer.handover > rules.calendar.moments_of(steps.finished_on[rows], steps.finished_at[rows])[1])
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
    first_moment, last_moment = rules.calendar.moments_of(layer.finished_on, layer.finished_at)
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
