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
from etl.domain.frames import MISSING, Bools, Codes, Ints
from etl.domain.sop.steps import STEP_COUNT

NOT_YET, HELD, OPEN, DONE, AWAY = range(5)
"""How a step stands: never reached; in hand without a stamp of this pass; begun; handed on; waiting for a letter that
went back."""

NEVER = int(np.iinfo(np.int64).max)


@dataclass(frozen=True)
class Recorded:
    """What is recorded of the passes of some letters; arrays (letters, 13, passes), passes in order of number.

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
    """`handover` by pass (letters, 13, passes): when it was given to its desk, MISSING where nobody knows.

    The others are (letters, 13): how each step stands at the end (the constants of this module), since when it is in
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
    """Where all letters stand while they are walked; arrays (letters, 13)."""

    def __init__(self, recorded: Recorded, procedure: Procedure, off: Bools, stop: Ints) -> None:
        letters, steps, _ = recorded.has.shape
        self.recorded, self.procedure, self.off, self.stop = recorded, procedure, off, stop
        self.reach = _reach(procedure)
        self.before = np.zeros((steps, steps), dtype=bool)  # whether step j waits for step i, as [i, j]
        for step, givers in enumerate(procedure.follows):
            self.before[list(givers), step] = True
        self.count = recorded.has.sum(axis=2)
        known = np.where(recorded.finished_at == MISSING, recorded.started_at, recorded.finished_at)
        self.ends = np.where(known == MISSING, NEVER - 1, known)
        self.next = np.zeros((letters, steps), dtype=np.int64)
        self.standing = np.full((letters, steps), NOT_YET, dtype=np.int8)
        self.standing[:, procedure.received] = HELD
        self.since = np.full((letters, steps), MISSING, dtype=np.int64)
        self.is_given = self.standing == HELD  # a pass it has not taken yet
        self.is_sent_back = np.zeros((letters, steps), dtype=bool)  # by a return when nothing ran any more
        self.visits = self.is_given.astype(np.int64)
        self.given = np.full((letters, steps), MISSING, dtype=np.int64)
        self.is_passed = np.zeros((letters, steps), dtype=bool)
        self.by_tap = np.zeros((letters, steps), dtype=bool)
        self.came_back = np.zeros((letters, steps), dtype=bool)
        self.handover = np.full(recorded.has.shape, MISSING, dtype=np.int64)

    def rows(self) -> Ints:
        """The letters of which a pass is left."""
        return np.flatnonzero((self.next < self.count).any(axis=1))

    def choose(self, rows: Ints) -> Ints:
        """For each letter the step of which the next pass is taken: the one that ended first; of
        several at once, one that was given.

        One without a clock time is taken as soon as its desk is given the letter, else last.
        """
        order = np.array(self.procedure.order)
        place = np.minimum(self.next[rows], self.ends.shape[2] - 1)[:, :, None]
        ends, is_given = np.take_along_axis(self.ends[rows], place, 2)[:, order, 0], self.is_given[rows][:, order]
        ends = np.where((ends == NEVER - 1) & is_given, MISSING, ends)
        ends = np.where((self.next[rows] < self.count[rows])[:, order], ends, NEVER)
        is_first = ends == ends.min(axis=1, keepdims=True)
        return np.asarray(order[(2 * is_first + (is_first & is_given)).argmax(axis=1)])

    def take(self, rows: Ints, step: Ints) -> None:
        """Take the next pass of that step of each letter."""
        at = rows, step, self.next[rows, step]
        is_given = self.is_given[rows, step]
        since = np.where(is_given, self.since[rows, step], MISSING)
        self.handover[at] = since
        self.is_given[rows, step] = False
        self.came_back[rows, step] &= is_given
        self.visits[rows, step] += ~is_given
        self.next[rows, step] += 1
        done, back = self.recorded.done[at], self.recorded.returned_to[at].astype(np.int64)
        back = np.where((back >= 0) & self.reach[back, step], back, -1)
        skips = done & ~is_given
        self._pass_over(rows[skips], step[skips])
        unexplained = ~is_given & np.isin(self.standing[rows, step], (DONE, AWAY))
        started, finished = self.recorded.started_at[at], self.recorded.finished_at[at]
        told = np.where(started == MISSING, finished, started)
        self._take_away(rows[unexplained], self.reach[step[unexplained]], told[unexplained])
        self.standing[rows, step] = np.where(done, DONE, OPEN)
        self.is_passed[rows, step] = self.is_sent_back[rows, step] = False
        started_on, started_at, finished_on, finished_at = (getattr(self.recorded, name)[at] for name in _STAMPS)
        start = np.where(started_on != MISSING, started_at, since)
        backwards = is_backwards(started_on, start, finished_on, finished_at)
        self.given[rows, step] = np.where(backwards, MISSING, finished_at)
        self.by_tap[rows, step] = self.recorded.by_tap[at]
        for to in np.unique(back[done & (back >= 0)]).tolist():
            here = done & (back == to)
            self._go_back(rows[here], step[here], to)

    def _go_back(self, rows: Ints, step: Ints, to: int) -> None:
        """The letter lies again with `to`; the desks on the way to the one that sent it, and behind that, wait."""
        moment, by_tap = self.given[rows, step], self.by_tap[rows, step]
        self._take_away(
            rows, self.reach[to] & (self.reach[:, step].T | self.reach[step] | (step[:, None] == _STEPS)), moment
        )
        self._arrive(rows, to, moment, by_tap, is_return=True)

    def _take_away(self, rows: Ints, waits: Bools, moment: Ints) -> None:
        """Those desks, where the letter was before, wait for it from that moment on.

        Once nothing of its part runs any more, each stays as it was.
        """
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
        standing, is_passed = self.standing[rows, step], self.is_passed[rows, step]
        self.is_sent_back[rows, step] = False
        comes = is_passed | ((standing != HELD) & (standing != OPEN))
        stays = comes & ((moment < self.stop[rows, step]) | ((standing == NOT_YET) & ~is_passed))
        some = rows[comes]
        self.since[some, step], self.is_given[some, step], self.by_tap[some, step] = moment[comes], True, by_tap[comes]
        self.visits[some, step] += 1
        self.standing[rows[stays], step], self.is_passed[rows[stays], step] = HELD, False
        self.came_back[rows[stays], step] = is_return

    def _pass_over(self, rows: Ints, step: Ints) -> None:
        """The steps before one that was finished without having been given: the letter went on without them."""
        self.is_passed[rows] |= self.reach[:, step].T & (self.standing[rows] != DONE)

    def hand_on(self, rows: Ints) -> None:
        """Give the letter to every step whose predecessors have all handed it on."""
        ready = self._ready(rows)
        for step in self.procedure.order:
            some = rows[ready[:, step]]
            if not len(some):
                continue
            before = list(self.procedure.follows[step])
            moments = np.stack([self._given_to(some, giver, step) for giver in before])
            moment = np.where((moments == MISSING).any(axis=0), MISSING, moments.max(axis=0))
            self._arrive(some, step, moment, self.by_tap[some, np.array(before)[moments.argmax(axis=0)]])
            off = self.off[some, step]
            self.standing[some[off], step], self.given[some[off], step] = DONE, moment[off]
            self.is_given[some[off], step] = False
            self._note_unpractised(some[off], step, moment[off])
            ready = self._ready(rows)

    def _ready(self, rows: Ints) -> Bools:
        """Which steps wait for the letter and could be given it now: all before them have handed it on."""
        standing, is_passed, is_sent_back = self.standing[rows], self.is_passed[rows], self.is_sent_back[rows]
        is_new = (standing == NOT_YET) & ~is_passed
        waits = is_new | (standing == AWAY) & ~is_passed | is_sent_back
        lacks = ~((standing == DONE) & ~(is_sent_back | self.is_given[rows]))
        lacks_some = np.where(is_new, (lacks & ~is_passed) @ self.before, lacks @ self.before)
        return np.asarray(waits & ~lacks_some & self.before.any(axis=0))

    def _note_unpractised(self, rows: Ints, step: int, moment: Ints) -> None:
        """A step that is not practised hands on what it was given; a pass of it recorded all the same was given it."""
        left = self.next[rows, step] < self.count[rows, step]
        rows, moment = rows[left], moment[left]
        at = rows, np.full(len(rows), step), self.next[rows, step]
        self.handover[at] = moment
        self.next[rows, step] += 1

    def _given_to(self, rows: Ints, giver: int, step: int) -> Ints:
        """When `giver` last handed on to `step`: at the moment of its own where it named that desk."""
        given = np.where(self.is_passed[rows, giver], MISSING, self.given[rows, giver])
        named = self.recorded.receivers.get((giver, step))
        if named is None:
            return given
        own = named[rows, np.maximum(self.next[rows, giver] - 1, 0)]
        return np.where(own == MISSING, given, own)


_STEPS = np.arange(STEP_COUNT)
_STAMPS = ("started_on", "started_at", "finished_on", "finished_at")


def walk(recorded: Recorded, procedure: Procedure, off: Bools, stop: Ints) -> Walk:
    """Walk these letters through everything recorded of them.

    `off` are the steps not practised, `stop` the moment when nothing of the part of a step runs any more; both
    (letters, 13).
    """
    marker = _Marker(recorded, procedure, off, stop)
    while len(rows := marker.rows()):
        step = marker.choose(rows)
        practised = ~off[rows, step] | np.array([not procedure.follows[s] for s in step.tolist()], dtype=bool)
        marker.next[rows[~practised], step[~practised]] += 1
        marker.take(rows[practised], step[practised])
        marker.hand_on(rows)
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


def _reach(procedure: Procedure) -> Bools:
    """Whether step j depends on step i, directly or through others, as [i, j]."""
    reach = np.zeros((STEP_COUNT, STEP_COUNT), dtype=bool)
    for step, later in enumerate(procedure.dependents):
        reach[step, list(later)] = True
    return reach
