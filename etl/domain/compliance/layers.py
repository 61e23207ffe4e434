"""Stamps laid out as letters × steps, one layer per pass number, with every pass's start found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.domain.compliance.choices import left_out
from etl.domain.compliance.known import day_of, known_receivers, seen
from etl.domain.compliance.rules import Procedure, Rules
from etl.domain.compliance.walk import AWAY, HELD, Recorded, Walk, is_backwards, walk
from etl.domain.frames import MISSING, NEVER, Bools, Codes, Ints, Passes, Receivers, Requests
from etl.domain.verdict import StartRule


@dataclass
class Layer:
    """The k-th pass of every step of some letters, in order of number; all matrices are (len(rows), steps).

    `rows` are positions in `Requests`. `start` is the moment a finished or running pass is measured from, MISSING
    when it cannot be known to the minute. `handover` is when it was given to its desk.
    """

    rows: Ints
    number: Ints
    has: Bools
    done: Bools
    started_on: Ints
    started_at: Ints
    finished_on: Ints
    finished_at: Ints
    returned_to: Codes
    by_tap: Bools
    rule: Codes
    start: Ints
    handover: Ints
    is_backwards: Bools


@dataclass(frozen=True)
class Course:
    """Where the letters that went back stand; matrices (letters, steps), `went_back` (letters,).

    `is_held`: in hand without a stamp of this pass, `since` then; `is_away`: waiting for a letter that a return took
    away. It was there `visits` times. `is_passed`: the letter went on without it. `by_tap`: a tap
    gave it there; that, and `since`, of any letter.
    """

    went_back: Bools
    is_held: Bools
    is_away: Bools
    is_passed: Bools
    by_tap: Bools
    since: Ints
    visits: Ints


Shape = tuple[int, int]


def _blank(shape: Shape) -> Ints:
    return np.full(shape, MISSING, dtype=np.int64)


def _none(shape: Shape) -> Bools:
    return np.zeros(shape, dtype=bool)


def _ranks(passes: Passes, procedure: Procedure, count: int) -> Ints:
    """The place of each pass among those of its step by number; the receipt is the first of its step."""
    cell = passes.request * len(procedure.follows) + passes.step
    rank = np.zeros(len(passes), dtype=np.int64)
    shared = np.flatnonzero(np.bincount(cell, minlength=1)[cell] > 1) if len(cell) else cell
    if len(shared):
        order = shared[np.lexsort((passes.number[shared], cell[shared]))]
        first = np.flatnonzero(np.diff(cell[order], prepend=-1))
        rank[order] = np.arange(len(order)) - np.repeat(first, np.diff(first, append=len(order)))
    mine = procedure.is_received[passes.step]
    has_first = np.zeros(count, dtype=bool)
    has_first[passes.request[mine & (passes.number == 1)]] = True
    late: Ints = rank + (mine & ~has_first[passes.request])
    return late


def _stamps(passes: Passes, rows: Ints, count: int, steps: int) -> Layer:
    """A layer with what was recorded, before any start is inferred."""
    size = len(rows), steps
    layer = Layer(
        rows=rows,
        number=np.ones(size, dtype=np.int64),
        has=_none(size),
        done=_none(size),
        started_on=_blank(size),
        started_at=_blank(size),
        finished_on=_blank(size),
        finished_at=_blank(size),
        returned_to=np.full(size, -1, dtype=np.int8),
        by_tap=_none(size),
        rule=np.zeros(size, dtype=np.int8),
        start=_blank(size),
        handover=_blank(size),
        is_backwards=_none(size),
    )
    position = np.full(count, -1, dtype=np.int64)
    position[rows] = np.arange(len(rows))
    at = position[passes.request], passes.step.astype(np.int64)
    for name in ("number", "started_on", "started_at", "finished_on", "finished_at", "returned_to", "by_tap"):
        getattr(layer, name)[at] = getattr(passes, name)
    layer.done[at], layer.has[at] = passes.is_done, True
    return layer


def _receive(layer: Layer, requests: Requests, step: int) -> None:
    """The register's receipt finishes its step, unless the hand-over records say otherwise."""
    silent = layer.finished_on[:, step] == MISSING
    layer.finished_on[:, step] = np.where(silent, requests.received_on[layer.rows], layer.finished_on[:, step])
    layer.finished_at[:, step] = np.where(silent, requests.received_at[layer.rows], layer.finished_at[:, step])
    layer.done[:, step] = True
    layer.has[:, step] = True


def _start(layer: Layer, step: int | slice) -> None:
    """Start and start rule of one step, or of all, from its own start or what it was given."""
    own: Bools = layer.started_on[:, step] != MISSING
    given = layer.handover[:, step]
    start = np.where(own, layer.started_at[:, step], given)
    inferred = np.where(given != MISSING, StartRule.HANDOVER.code, 0)
    layer.rule[:, step] = np.where(own, StartRule.RECORDED.code, inferred)
    layer.start[:, step] = start
    stamps = layer.started_on[:, step], start, layer.finished_on[:, step], layer.finished_at[:, step]
    layer.is_backwards[:, step] = is_backwards(*stamps)


def _hand_on(layer: Layer, named: Named, rules: Rules, off: Bools) -> Bools:
    """Give each step to those that follow it, as in letters that never went back; whether a tap gave it there."""
    size = len(layer.rows)
    usable = _blank(layer.has.shape)  # the finish a follower may start from; MISSING = starts nothing
    taps, tapped = layer.by_tap.copy(), _none(layer.has.shape)
    for step in rules.procedure.order:
        before = list(rules.procedure.follows[step])
        if before:
            moments = np.stack([_given_to(usable[:, giver], named.get((giver, step))) for giver in before])
            layer.handover[:, step] = np.where((moments == MISSING).any(axis=0), MISSING, moments.max(axis=0))
            tapped[:, step] = taps[np.arange(size), np.array(before)[moments.argmax(axis=0)]]
        _start(layer, step)
        # A step that is not practised hands on what it was given; the first of a chain was given nothing.
        passes_on = off[:, step] & bool(before)
        finish = np.where(layer.is_backwards[:, step], MISSING, layer.finished_at[:, step])
        usable[:, step] = np.where(passes_on, layer.handover[:, step], finish)
        taps[:, step] = np.where(passes_on, tapped[:, step], taps[:, step])
    return tapped


Named = dict[tuple[int, int], Ints]
"""By (step, receiving step) when each letter's first pass was given to a desk named on its own, MISSING for none."""


def _given_to(given: Ints, named: Ints | None) -> Ints:
    return given if named is None else np.where(named == MISSING, given, named)


def layers(
    requests: Requests,
    passes: Passes,
    receivers: Receivers,
    rules: Rules,
    off: Bools,
    stop: Ints,
    as_of: int | None,
) -> tuple[list[Layer], Course]:
    """The layers, and where the letters that went back stand.

    The first layer holds every letter, later ones those that have such a pass.
    """
    first, later, named = _laid_out(requests, passes, receivers, rules, as_of)
    tapped = _hand_on(first, {pair: moments[:, 0] for pair, moments in named.items()}, rules, off)
    went_back: Bools = np.asarray((first.returned_to >= 0).any(axis=1))
    for layer in later:
        went_back[layer.rows] = True
    return [first, *later], _course([first, *later], went_back, tapped, named, rules, off, stop)


def stands(requests: Requests, passes: Passes, rules: Rules) -> tuple[Codes, Bools]:
    """How each step of each letter stands by everything recorded of it (the constants of `walk`), and whether it is
    left out; (letters, steps) each."""
    off = left_out(requests, passes, Receivers.none(), rules, None)
    return walked(requests, passes, Receivers.none(), rules, off, None)[0].standing, off


def walked(
    requests: Requests, passes: Passes, receivers: Receivers, rules: Rules, off: Bools, as_of: int | None
) -> tuple[Walk, Recorded]:
    """The way of these letters up to a moment (None: up to their end), as if nothing of them ever stopped running; and
    what is recorded of them by then."""
    first, later, named = _laid_out(requests, passes, receivers, rules, as_of)
    recorded = _recorded_of([first, *later], np.arange(len(requests), dtype=np.int64), named)
    return walk(recorded, rules.procedure, off, np.full(off.shape, NEVER)), recorded


def _laid_out(
    requests: Requests, passes: Passes, receivers: Receivers, rules: Rules, as_of: int | None
) -> tuple[Layer, list[Layer], Named]:
    """The first layer with every letter, the later ones, and the desks that were named on their own."""
    count, procedure, today = len(requests), rules.procedure, day_of(as_of, rules.calendar)
    known, kept = seen(passes, receivers, as_of, today)
    rank, steps = _ranks(known, procedure, count), rules.step_count
    first = _stamps(known.at(rank == 0), np.arange(count, dtype=np.int64), count, steps)
    if procedure.received is not None:
        _receive(first, requests, procedure.received)
    depth = int(rank.max(initial=0)) + 1
    places = [rank == k for k in range(1, depth)]
    later = [_stamps(known.at(here), np.unique(known.request[here]), count, steps) for here in places]
    return first, later, _named(known, kept, known_receivers(receivers, as_of, today), rank, count)


def _named(passes: Passes, kept: Ints, receivers: Receivers, rank: Ints, count: int) -> dict[tuple[int, int], Ints]:
    """By (step, receiving step) when each pass was given to a desk named on its own (letters, passes)."""
    place = np.searchsorted(kept, receivers.place)
    there = (
        (place < len(kept)) & (kept[np.minimum(place, len(kept) - 1)] == receivers.place) if len(kept) else place < 0
    )
    place, receiver, at = place[there], receivers.receiver[there], receivers.at[there]
    named = {}
    for giver, to in {*zip(passes.step[place].tolist(), receiver.tolist(), strict=True)}:
        here = (passes.step[place] == giver) & (receiver == to)
        moments = np.full((count, int(rank.max(initial=0)) + 1), MISSING, dtype=np.int64)
        np.maximum.at(moments, (passes.request[place[here]], rank[place[here]]), at[here])
        named[giver, to] = moments
    return named


def _course(
    layers: list[Layer],
    went_back: Bools,
    tapped: Bools,
    named: dict[tuple[int, int], Ints],
    rules: Rules,
    off: Bools,
    stop: Ints,
) -> Course:
    """Walk the letters that went back, put what their passes were given into the layers, and tell where they stand."""
    first = layers[0]
    held, away, passed = (np.zeros_like(first.has) for _ in range(3))
    visits = np.ones_like(first.number)
    course = Course(went_back, held, away, passed, tapped, first.handover.copy(), visits)
    rows = np.flatnonzero(went_back)
    if len(rows):
        way = walk(_recorded_of(layers, rows, named), rules.procedure, off[rows], stop[rows])
        for place, layer in enumerate(layers):
            _put(layer, rows, way.handover[:, :, place])
        held[rows], away[rows] = way.standing == HELD, way.standing == AWAY
        for name in ("is_passed", "by_tap", "since", "visits"):
            getattr(course, name)[rows] = getattr(way, name)
    return course


def _recorded_of(layers: list[Layer], rows: Ints, named: dict[tuple[int, int], Ints]) -> Recorded:
    """What is recorded of those letters, their passes side by side."""
    depth = len(layers)
    wide = {
        name: np.full((len(rows), layers[0].has.shape[1], depth), blank, dtype=getattr(layers[0], name).dtype)
        for name, blank in _CELLS.items()
    }
    for place, layer in enumerate(layers):
        here, mine = np.isin(rows, layer.rows), np.isin(layer.rows, rows)
        for name, cells in wide.items():
            cells[here, :, place] = getattr(layer, name)[mine]
    return Recorded(**wide, receivers={pair: moments[rows] for pair, moments in named.items()})


_CELLS: dict[str, int] = {
    "has": 0, "done": 0, "started_on": MISSING, "started_at": MISSING, "finished_on": MISSING, "finished_at": MISSING,
    "returned_to": -1, "by_tap": 0,
}  # fmt: skip
"""The matrices of a layer that a walk reads, with what stands in them for nothing."""


def _put(layer: Layer, rows: Ints, handover: Ints) -> None:
    """Let the passes of those letters start from what they were given on their way."""
    mine, here = np.isin(layer.rows, rows), np.isin(rows, layer.rows)
    layer.handover[mine] = handover[here]
    _start(layer, slice(None))
