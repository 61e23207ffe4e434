"""The way of letters that went back: which pass of a step was given when, and where each letter stands.

A letter that never went back needs no walk (`layers`). For the others a marker goes from desk to desk over everything
that is recorded of them, all letters in lockstep: a finish forward hands the letter to the steps that follow, a return
to the desk that it names; the desks between wait until it comes forward again. The rules are those of
docs/definisi.md, section 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from etl.domain.compliance.rules import Procedure
from etl.domain.frames import MISSING, NEVER, Bools, Codes, Ints

NOT_YET, HELD, OPEN, DONE, AWAY = range(5)
"""How a step stands: never reached; in hand without a stamp of this pass; begun; handed on; waiting for a letter that
went back."""

_UNDATED = NEVER - 1


@dataclass(frozen=True)
class Recorded:
    """What is recorded of the passes of some letters; arrays (letters, steps, passes), passes in order of number.

    `returned_to` is the step a pass ended in a return to, −1 for none. `receivers` has by (step, receiving step) the
    moment of a hand-over to a desk named on its own, as (letters, passes); MISSING where none is named.
    """

    has: Bools
    done: Bools
    started_on: Ints
    started_at: Ints
    finished_on: Ints
    finished_at: Ints
    returned_to: Codes
    by_tap: Bools
    receivers: Mapping[tuple[int, int], Ints]


@dataclass(frozen=True)
class Walk:
    """`handover` by pass (letters, steps, passes): when it was given to its desk, MISSING where nobody knows.

    The others are (letters, steps): how each step stands at the end (the constants of this module), since when it is in
    hand without a stamp, how often it was there, whether the letter went on without it, whether a tap gave it, and
    whether a return brought it there the last time.
    """

    handover: Ints
    standing: Codes
    since: Ints
    visits: Ints
    is_passed: Bools
    by_tap: Bools
    came_back: Bools


class _Marker:
    """Where all letters stand while they are walked; arrays (letters, steps).

    They are read and written by flat places (`_cell`), which takes a quarter of the time of an index by row and step:
    most walks are of a handful of letters and spend themselves on indexing.
    """

    def __init__(self, recorded: Recorded, procedure: Procedure, off: Bools, stop: Ints) -> None:
        letters, steps, self.depth = recorded.has.shape
        self.recorded, self.procedure, self.off, self.stop = recorded, procedure, off, stop
        self.reach = _reach(procedure)
        self.before = np.zeros((steps, steps), dtype=np.float32)  # whether step j waits for step i, as [i, j]
        for step, givers in enumerate(procedure.follows):
            self.before[list(givers), step] = True
        has_givers = self.before.any(axis=0)
        self.may_be_given = has_givers & ~procedure.is_undecided
        self.left_out = off & has_givers
        self.order = np.array(procedure.order)
        self.ends = _ends(recorded)
        self.next = np.zeros((letters, steps), dtype=np.int64)
        self.next_ends = self.ends[:, :, 0].copy()
        self.standing = np.full((letters, steps), NOT_YET, dtype=np.int8)
        self.standing[:, procedure.is_received] = HELD
        self.since = np.full((letters, steps), MISSING, dtype=np.int64)
        self.is_given = self.standing == HELD  # a pass it has not taken yet
        self.is_sent_back = np.zeros((letters, steps), dtype=bool)  # by a return when nothing ran any more
        self.visits = self.is_given.astype(np.int64)
        self.given = np.full((letters, steps), MISSING, dtype=np.int64)
        self.is_passed = np.zeros((letters, steps), dtype=bool)
        self.by_tap = np.zeros((letters, steps), dtype=bool)
        self.came_back = np.zeros((letters, steps), dtype=bool)
        self.handover = np.full(recorded.has.shape, MISSING, dtype=np.int64)

    def _cell(self, rows: Ints, step: Ints | int) -> Ints:
        """The places of a step of each letter in these arrays, read flat."""
        return rows * len(self.order) + step

    def rows(self) -> Ints:
        """The letters of which a pass is left."""
        return np.flatnonzero((self.next_ends != NEVER).any(axis=1))

    def choose(self, rows: Ints) -> Ints:
        """For each letter the step of which the next pass is taken: the one that ended first; of
        several at once, one that was given.

        One without a clock time is taken as soon as its desk is given the letter, else last.
        """
        ends, is_given = self.next_ends.take(rows, 0), self.is_given.take(rows, 0)
        ends = np.where((ends == _UNDATED) & is_given, MISSING, ends)
        is_first = ends == ends.min(axis=1, keepdims=True)
        rank = is_first.astype(np.int8) + (is_first & is_given)
        return np.asarray(self.order.take(rank.take(self.order, 1).argmax(axis=1)))

    def advance(self, cell: Ints) -> None:
        """Leave the next pass of these steps behind."""
        place = self.next.take(cell) + 1
        self.next.put(cell, place)
        self.next_ends.put(cell, self.ends.take(cell * (self.depth + 1) + place))

    def pass_on(self, rows: Ints, step: Ints) -> None:
        """Take the next pass of that step of each letter, but of one left out, and give the letters to whom they go."""
        left_out = self.left_out.take(self._cell(rows, step))
        self.advance(self._cell(rows[left_out], step[left_out]))
        self.take(rows[~left_out], step[~left_out])
        self.hand_on(rows)

    def take(self, rows: Ints, step: Ints) -> None:
        """Take the next pass of that step of each letter."""
        recorded, cell = self.recorded, self._cell(rows, step)
        at = self._next_pass(cell)
        is_given, done = self.is_given.take(cell), recorded.done.take(at)
        since = np.where(is_given, self.since.take(cell), MISSING)
        self.handover.put(at, since)
        self.is_given.put(cell, False)
        self.advance(cell)
        if not is_given.all():
            self._take_ungiven(rows[~is_given], step[~is_given], at[~is_given])
        started_on, started_at, finished_on, finished_at = (getattr(recorded, name).take(at) for name in _STAMPS)
        self.standing.put(cell, np.where(done, DONE, OPEN))
        self.is_passed.put(cell, False)
        self.is_sent_back.put(cell, False)
        start = np.where(started_on != MISSING, started_at, since)
        backwards = is_backwards(started_on, start, finished_on, finished_at)
        self.given.put(cell, np.where(backwards, MISSING, finished_at))
        self.by_tap.put(cell, recorded.by_tap.take(at))
        back = np.where(done, recorded.returned_to.take(at), -1)
        for to in sorted({*back[back >= 0].tolist()}):
            here = (back == to) & self.reach[to].take(step)
            self._go_back(rows[here], step[here], to)

    def _next_pass(self, cell: Ints) -> Ints:
        """The places of the next pass of these steps in what is recorded."""
        return np.asarray(cell * self.depth + self.next.take(cell))

    def _take_ungiven(self, rows: Ints, step: Ints, at: Ints) -> None:
        """What passes that nobody gave to their desks tell of the steps before and behind."""
        cell = self._cell(rows, step)
        self.came_back.put(cell, False)
        self.visits.put(cell, self.visits.take(cell) + 1)
        done, standing = self.recorded.done.take(at), self.standing.take(cell)
        self._pass_over(rows[done], step[done])
        unexplained = (standing == DONE) | (standing == AWAY)
        started, finished = self.recorded.started_at.take(at), self.recorded.finished_at.take(at)
        known = np.where(started == MISSING, finished, started)
        self._take_away(rows[unexplained], self.reach[step[unexplained]], known[unexplained])

    def _go_back(self, rows: Ints, step: Ints, to: int) -> None:
        """The letter lies again with `to`; the desks on the way to the one that sent it, and behind that, wait."""
        cell = self._cell(rows, step)
        moment, by_tap = self.given.take(cell), self.by_tap.take(cell)
        on_the_way = self.reach[:, step].T | self.reach[step] | (step[:, None] == np.arange(len(self.order)))
        self._take_away(rows, self.reach[to] & on_the_way, moment)
        self._arrive(rows, to, moment, by_tap, is_return=True)

    def _take_away(self, rows: Ints, waits: Bools, moment: Ints) -> None:
        """Those desks, where the letter was before, wait for it from that moment on.

        Once nothing of its part runs any more, each stays as it was.
        """
        if not len(rows):
            return
        is_late = moment[:, None] >= self.stop[rows]
        self.is_sent_back[rows] = np.where(waits, is_late, self.is_sent_back[rows])
        waits = waits & ~is_late
        self.is_passed[rows] &= ~waits
        self.visits[rows] -= waits & (self.standing[rows] == HELD)  # the same pass when the letter comes again
        self.standing[rows] = np.where(waits & (self.standing[rows] != NOT_YET), AWAY, self.standing[rows])

    def _arrive(self, rows: Ints, step: int, moment: Ints, by_tap: Bools, *, is_return: bool = False) -> None:
        """The letter comes to that desk.

        Where nothing of its part runs any more, a desk that had it before only knows what a later stamp was given.
        """
        cell = self._cell(rows, step)
        standing, is_passed = self.standing.take(cell), self.is_passed.take(cell)
        self.is_sent_back.put(cell, False)
        comes = is_passed | ((standing != HELD) & (standing != OPEN))
        stays = comes & ((moment < self.stop.take(cell)) | ((standing == NOT_YET) & ~is_passed))
        some, stays = cell[comes], cell[stays]
        self.since.put(some, moment[comes])
        self.is_given.put(some, True)
        self.by_tap.put(some, by_tap[comes])
        self.visits.put(some, self.visits.take(some) + 1)
        self.standing.put(stays, HELD)
        self.is_passed.put(stays, False)
        self.came_back.put(stays, is_return)

    def _pass_over(self, rows: Ints, step: Ints) -> None:
        """The steps before one that was finished without having been given: the letter went on without them."""
        if len(rows):
            self.is_passed[rows] |= self.reach[:, step].T & (self.standing[rows] != DONE)

    def hand_on(self, rows: Ints) -> None:
        """Give the letter to every step whose predecessors have all handed it on."""
        ready = self._ready(rows)
        for step in self.procedure.order:
            if len(some := rows[ready[:, step]]):
                self._give(some, step)
                ready = self._ready(rows)

    def _give(self, rows: Ints, step: int) -> None:
        """The letter comes to that desk from all that it follows."""
        givers = np.array(self.procedure.follows[step])
        moments = np.array([self._given_to(rows, giver, step) for giver in givers.tolist()])
        last = moments.argmax(axis=0)
        moment = np.where((moments == MISSING).any(axis=0), MISSING, moments.max(axis=0))
        self._arrive(rows, step, moment, self.by_tap.take(self._cell(rows, givers[last])))
        off = self.off.take(self._cell(rows, step))
        if off.any():
            self._pass_through(self._cell(rows[off], step), moment[off])

    def _ready(self, rows: Ints) -> Bools:
        """Which steps wait for the letter and could be given it now: all before them have handed it on."""
        standing, is_passed = self.standing.take(rows, 0), self.is_passed.take(rows, 0)
        is_sent_back, is_given = self.is_sent_back.take(rows, 0), self.is_given.take(rows, 0)
        is_new = (standing == NOT_YET) & ~is_passed
        waits = is_new | (standing == AWAY) & ~is_passed | is_sent_back
        lacks = (standing != DONE) | is_sent_back | is_given
        # Counted as numbers: NumPy multiplies matrices of truth values without its fast library.
        unpassed, any_ = ((which.astype(np.float32) @ self.before) > 0 for which in (lacks & ~is_passed, lacks))
        return np.asarray(waits & ~np.where(is_new, unpassed, any_) & self.may_be_given)

    def _pass_through(self, cell: Ints, moment: Ints) -> None:
        """A step that is not practised hands on what it was given; a pass of it recorded all the same was given it."""
        self.standing.put(cell, DONE)
        self.given.put(cell, moment)
        self.is_given.put(cell, False)
        left = self.next_ends.take(cell) != NEVER
        self.handover.put(self._next_pass(cell[left]), moment[left])
        self.advance(cell[left])

    def _given_to(self, rows: Ints, giver: int, step: int) -> Ints:
        """When `giver` last handed on to `step`: at the moment of its own where it named that desk."""
        cell = self._cell(rows, giver)
        given = np.where(self.is_passed.take(cell), MISSING, self.given.take(cell))
        named = self.recorded.receivers.get((giver, step))
        if named is None:
            return given
        own = named[rows, np.maximum(self.next.take(cell) - 1, 0)]
        return np.where(own == MISSING, given, own)


_STAMPS = ("started_on", "started_at", "finished_on", "finished_at")


def walk(recorded: Recorded, procedure: Procedure, off: Bools, stop: Ints) -> Walk:
    """Walk these letters through everything recorded of them.

    `off` are the steps not practised, `stop` the moment when nothing of the part of a step runs any more; both
    (letters, 13).
    """
    marker = _Marker(recorded, procedure, off, stop)
    while len(rows := marker.rows()):
        step = marker.choose(rows)
        marker.pass_on(rows, step)
    return Walk(
        marker.handover,
        marker.standing,
        np.where(marker.standing == HELD, marker.since, MISSING),
        marker.visits,
        marker.is_passed,
        marker.by_tap,
        marker.came_back,
    )


def is_backwards(started_on: Ints, start: Ints, finished_on: Ints, finished_at: Ints) -> Bools:
    """Whether a pass ends before it starts, to the minute or by its recorded days."""
    by_minute = (finished_at != MISSING) & (start != MISSING) & (finished_at < start)
    by_day = (started_on != MISSING) & (finished_on != MISSING) & (finished_on < started_on)
    return np.asarray(by_minute | by_day)


def _ends(recorded: Recorded) -> Ints:
    """When each pass ends, else starts, `_UNDATED` where no clock time is known; NEVER for none and behind the last."""
    known = np.where(recorded.finished_at == MISSING, recorded.started_at, recorded.finished_at)
    ends = np.where(recorded.has, np.where(known == MISSING, _UNDATED, known), NEVER)
    return np.concatenate([ends, np.full((*ends.shape[:2], 1), NEVER)], axis=2)


def _reach(procedure: Procedure) -> Bools:
    """Whether step j depends on step i, directly or through others, as [i, j]."""
    reach = np.zeros((len(procedure.follows), len(procedure.follows)), dtype=bool)
    for step, later in enumerate(procedure.dependents):
        reach[step, list(later)] = True
    return reach
