"""Where open letters lie: what a person must still do, which is another question than what is judged.

A letter lies at a step also when its time there cannot be measured. The rules are those of docs/definisi.md, section 2.
"""

from __future__ import annotations

import numpy as np

from etl.domain.compliance.choices import by_way, left_out
from etl.domain.compliance.judge import came_to, lives_of
from etl.domain.compliance.known import letters_of
from etl.domain.compliance.layers import walked
from etl.domain.compliance.rules import NEVER_RECORDED, Rules
from etl.domain.compliance.walk import DONE, HELD, OPEN, Recorded, Walk
from etl.domain.frames import MISSING, Bools, Codes, Ints, Passes, Receivers, Requests
from etl.domain.verdict import Place, RequestStatus


def open_letters(requests: Requests, rules: Rules, as_of: int) -> Bools:
    """Which letters are neither rejected, cancelled nor closed, and whose event has not ended; without a booking, those
    whose tenth working day has not."""
    lives = lives_of(requests, rules, as_of)
    return ~lives.is_ended & (lives.stop_b > as_of)


def places(
    requests: Requests, passes: Passes, receivers: Receivers, rules: Rules, office_steps: Bools, as_of: int
) -> Codes:
    """Where each letter lies at a moment, codes of `Place` (letters, steps); nowhere for one that is not open.

    `office_steps` are those that are not the agency's own. Letters received after `as_of` must be left out by the
    caller.
    """
    where = np.zeros((len(requests), rules.step_count), dtype=np.int8)
    rows = np.flatnonzero(open_letters(requests, rules, as_of))
    if not len(rows):
        return where
    some, mine, named = letters_of(rows, requests, passes, receivers)
    for alike, here in by_way(some, mine, named, rules, as_of):
        letters, their, given = letters_of(np.flatnonzero(here), some, mine, named)
        where[rows[here]] = _places(letters, their, given, alike, office_steps, as_of)
    return where


def _places(
    requests: Requests, passes: Passes, receivers: Receivers, rules: Rules, office_steps: Bools, as_of: int
) -> Codes:
    off, procedure = left_out(requests, passes, receivers, rules, as_of), rules.procedure
    way, recorded = walked(requests, passes, receivers, rules, off, as_of)
    is_ready = (way.standing[:, list(procedure.closing)] == DONE).all(axis=1) & bool(procedure.closing)
    lies = np.where(_went_back(recorded)[:, None], _lies(way), _lies_unreturned(recorded, rules, off)) & ~off
    lies &= ~(is_ready[:, None] & procedure.is_part_a)
    is_old = lies & ~_is_theirs(requests, way, recorded, rules, off)
    lies &= ~is_old
    where = np.where(lies, np.where(way.came_back, Place.RETURNED.code, Place.HERE.code), Place.NOWHERE.code)
    is_dated = rules.first_handover_on != NEVER_RECORDED
    is_old &= is_dated
    is_unheld = ~is_ready & ~(lies & office_steps).any(axis=1)
    where[is_old & is_unheld[:, None]] = Place.OLD.code
    for step in _takers(rules):
        where[is_unheld & ~is_old.any(axis=1), step] = Place.UNCLAIMED.code
    if (approved := procedure.approved) is not None:
        is_past = is_ready | _is_past(way, approved, rules)
        is_past &= where[:, approved] == Place.NOWHERE.code
        is_undecided = _is_undecided(requests, way, approved, rules, off, is_past, as_of)
        where[is_undecided, approved] = Place.UNDECIDED.code
    return where.astype(np.int8)


def _is_undecided(
    requests: Requests, way: Walk, step: int, rules: Rules, off: Bools, is_past: Bools, as_of: int
) -> Bools:
    """Which letters ask for a time to come and are pending though the approving step is finished or left out: the desk
    handed on without deciding, it was passed over, or the agency asks for something else since.

    A finish approves a letter whose status says nothing, so that such a one is pending where the step, which is
    recorded then, was left out (`is_past`).
    """
    is_done, first = way.standing[:, step] == DONE, rules.first_handover_on[step]
    is_pending = (requests.status == RequestStatus.PENDING.code) & (is_done | is_past)
    if rules.is_recorded(step):
        is_silent = (requests.status == RequestStatus.UNKNOWN.code) & (requests.received_on >= first)
        is_pending |= is_silent & is_past & ~is_done
    return np.asarray(is_pending & (requests.booked_start > as_of) & ~off[:, step])


def _is_past(way: Walk, step: int, rules: Rules) -> Bools:
    """Which letters have a finished step behind that one."""
    return np.asarray((way.standing[:, list(rules.procedure.dependents[step])] == DONE).any(axis=1))


def _went_back(recorded: Recorded) -> Bools:
    """Which letters have a return, or a further pass of a step."""
    return np.asarray((recorded.returned_to >= 0).any(axis=(1, 2)) | recorded.has[:, :, 1:].any(axis=(1, 2)))


def _lies(way: Walk) -> Bools:
    """At which steps the letters that went to and fro lie."""
    return np.asarray(np.isin(way.standing, (HELD, OPEN)) & ~way.is_passed)


def _lies_unreturned(recorded: Recorded, rules: Rules, off: Bools) -> Bools:
    """The same of letters with one pass a step at most: begun, or all before over; and nothing behind it finished."""
    has, done = recorded.has[:, :, 0], recorded.done[:, :, 0]
    behind = [done[:, list(later)].any(axis=1) for later in rules.procedure.dependents]
    is_passed = ~done & np.stack(behind, axis=1)
    return np.asarray(~done & ~is_passed & (has | came_to(done | is_passed, off, rules)))


def _takers(rules: Rules) -> list[int]:
    """The steps that take up what was received; where the SOP does not say which step that is, those of part A that
    follow nothing."""
    procedure = rules.procedure
    if procedure.received is None:
        return [step for step in procedure.part_a if not procedure.follows[step]]
    return [step for step, before in enumerate(procedure.follows) if procedure.received in before]


def _is_theirs(requests: Requests, way: Walk, recorded: Recorded, rules: Rules, off: Bools) -> Bools:
    """Whether a step is on its desk's list: stamped there, received since the step is recorded, or handed there since.

    What a tap handed over lies there, too: the day of the first finish comes only with the desk's own first stamp.
    """
    first = rules.first_handover_on[None, :]
    is_dated, is_never = (first != MISSING) & (first != NEVER_RECORDED), first == NEVER_RECORDED
    since = is_dated & ((requests.received_on[:, None] >= first) | (_handed_on(way, recorded, rules, off) >= first))
    return np.asarray(recorded.has.any(axis=2) | (first == MISSING) | since | (way.by_tap & ~is_never))


def _handed_on(way: Walk, recorded: Recorded, rules: Rules, off: Bools) -> Ints:
    """The day on which each step was last given its letter, MISSING where nobody knows; a step that is not practised
    hands on what it was given."""
    known = way.since != MISSING
    by_moment = rules.calendar.local_day(np.where(known, way.since, 0).ravel()).reshape(known.shape)
    finished = np.where(recorded.done, recorded.finished_on, MISSING).max(axis=2)
    handed = np.full(known.shape, MISSING, dtype=np.int64)
    for step in rules.procedure.order:
        givers = list(rules.procedure.follows[step])
        if givers:
            handed[:, step] = finished[:, givers].max(axis=1)
        sent_back = np.where(recorded.returned_to == step, recorded.finished_on, MISSING).max(axis=(1, 2))
        handed[:, step] = np.where(way.came_back[:, step], sent_back, handed[:, step])
        finished[:, step] = np.where(off[:, step], handed[:, step], finished[:, step])
    return np.where(known, by_moment, handed)
