"""Which way letters take where an SOP leaves a choice: of steps that exclude each other one, of optional ones any.

A letter shows what it takes by its stamps. Steps that it does not take, and what comes only by them, are no part of its
procedure; what comes after them waits for those that are. An optional step without a stamp is left out once a step that
depends on it is finished, and hands on what it was given. The rules are those of docs/definisi.md, section 2.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from etl.domain.compliance.known import day_of, seen
from etl.domain.compliance.rules import Procedure, Rules
from etl.domain.frames import Bools, Passes, Receivers, Requests


class _Borne(NamedTuple):
    """Which steps of each letter bear a stamp, and which are finished; (letters, steps)."""

    stamped: Bools
    done: Bools


def left_out(requests: Requests, passes: Passes, receivers: Receivers, rules: Rules, as_of: int | None) -> Bools:
    """Which steps a letter leaves out (letters, steps): absent, not practised, or optional and not taken."""
    off = rules.unpractised(requests)
    if rules.procedure.optional:
        borne = _borne(requests, passes, receivers, rules, as_of)
        for step in rules.procedure.optional:
            later = list(rules.procedure.dependents[step])
            off[:, step] |= ~borne.stamped[:, step] & borne.done[:, later].any(axis=1)
    return off


def by_way(
    requests: Requests, passes: Passes, receivers: Receivers, rules: Rules, as_of: int | None
) -> list[tuple[Rules, Bools]]:
    """As `Rules.by_procedure`, each procedure as far as the letters have shown by then which way they take."""
    parts = rules.by_procedure(requests.received_on)
    if not any(alike.procedure.choices for alike, _ in parts):
        return parts
    borne = _borne(requests, passes, receivers, rules, as_of)
    return [way for alike, here in parts for way in _ways(alike, here, borne.stamped)]


def _borne(requests: Requests, passes: Passes, receivers: Receivers, rules: Rules, as_of: int | None) -> _Borne:
    known, _ = seen(passes, receivers, as_of, day_of(as_of, rules.calendar))
    borne = _Borne(*np.zeros((2, len(requests), rules.step_count), dtype=bool))
    borne.stamped[known.request, known.step] = True
    borne.done[known.request[known.is_done], known.step[known.is_done]] = True
    return borne


def _ways(rules: Rules, here: Bools, stamped: Bools) -> list[tuple[Rules, Bools]]:
    """The letters of one version by the way that they take."""
    places = np.flatnonzero(here)
    if not len(places):
        return [(rules, here)]
    is_shown, gone = _shown(rules.procedure, stamped[places])
    bits = np.packbits(np.concatenate([is_shown, gone], axis=1), axis=1)
    _, first, number = np.unique(bits, axis=0, return_index=True, return_inverse=True)
    ways = []
    for at, row in enumerate(first.tolist()):
        mine = np.zeros_like(here)
        mine[places[number.ravel() == at]] = True
        shown, steps = np.flatnonzero(is_shown[row]).tolist(), np.flatnonzero(gone[row]).tolist()
        ways.append((rules.by(_taken(rules.procedure, tuple(shown), tuple(steps))), mine))
    return ways


def _shown(procedure: Procedure, stamped: Bools) -> tuple[Bools, Bools]:
    """Of which choices each letter has shown what it takes (letters, choices), and which steps it does not take.

    A stamp of a step, or of what comes by it alone, shows that it is taken. A step that bears a stamp is always taken.
    """
    gone = np.zeros_like(stamped)
    is_shown = np.zeros((len(stamped), len(procedure.choices)), dtype=bool)
    takes = {
        step: stamped[:, sorted(_only_by(procedure, {step}))].any(axis=1)
        for step in {step for steps in procedure.choices for step in steps}
    }
    for at, steps in enumerate(procedure.choices):
        is_shown[:, at] = np.any([takes[step] for step in steps], axis=0)
        for step in steps:
            gone[:, step] = is_shown[:, at] & ~takes[step]
    may_go = _only_by(procedure, {*takes})
    for step in procedure.order:
        if step in may_go and (before := list(procedure.follows[step])):
            gone[:, step] |= gone[:, before].all(axis=1) & ~stamped[:, step]
    return is_shown, gone


def _only_by(procedure: Procedure, steps: Collection[int]) -> set[int]:
    """These steps and all that come by them alone."""
    reached = {*steps}
    for step in procedure.order:
        if procedure.follows[step] and {*procedure.follows[step]} <= reached:
            reached.add(step)
    return reached


@lru_cache(maxsize=1_000)
def _taken(procedure: Procedure, shown: tuple[int, ...], gone: tuple[int, ...]) -> Procedure:
    """The procedure of letters that have shown what they take of the choices `shown`, without the steps `gone`."""

    def kept(steps: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(step for step in steps if step not in gone)

    def unless_gone(step: int | None) -> int | None:
        return None if step in gone else step

    return replace(
        procedure,
        follows=tuple(() if step in gone else kept(before) for step, before in enumerate(procedure.follows)),
        part_a=kept(procedure.part_a),
        received=unless_gone(procedure.received),
        approved=unless_gone(procedure.approved),
        ready=unless_gone(procedure.ready),
        no_standard=unless_gone(procedure.no_standard),
        absent=(*procedure.absent, *gone),
        optional=kept(procedure.optional),
        choices=tuple(steps for at, steps in enumerate(procedure.choices) if at not in shown),
    )
