"""In what condition a room is: the score of a check, its completeness, the gate that decides the room's status.

A check is what one visit said of the items of a checklist. Everything works on many checks at once: one array element
an answer, with the position of its check.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.frames import MISSING, Bools, Codes, Ints
from etl.domain.units import DAY, HOUR, MINUTE
from etl.domain.verdict import Coded

Floats = NDArray[np.float64]

EXPIRY_SECONDS = 450 * MINUTE
"""Working time after which a check says nothing of a room any more."""

VITAL_WEIGHT = 2
"""An item of this weight or more is one without which the room cannot be used."""

FEWEST_TENTHS = 7
"""A check that answers less than seven tenths of the applicable weight has no score."""

GATE_SECONDS = HOUR
"""So long before a booking the room must be known to be ready."""

_AFTERWARDS = 2 * HOUR


class Condition(Coded):
    """What an answer says of an item."""

    GOOD = "GOOD"
    LIGHT = "LIGHT"
    HEAVY = "HEAVY"
    MISSING = "MISSING"
    NOT_APPLICABLE = "NOT_APPLICABLE"


FAULTS = (Condition.LIGHT, Condition.HEAVY, Condition.MISSING)
BREAKING = (Condition.HEAVY, Condition.MISSING)

_VALUES = np.array([1.0, 0.5, 0.0, 0.0, 0.0])
"""What an answer is worth, by its code; "not applicable" is in neither sum."""


class RoomStatus(Coded):
    """The gate: whether a room can be used, as far as it is known."""

    READY = "READY"
    ATTENTION = "ATTENTION"
    DISRUPTED = "DISRUPTED"
    EXPIRED = "EXPIRED"
    UNCHECKED = "UNCHECKED"


@dataclass(frozen=True)
class Answers:
    """One element an answer: `check` is the position of its check, `code` that of a `Condition`, `weight` that of the
    item in the checklist frozen into the check, 0 for an item that the list does not have."""

    check: Ints
    code: Codes
    weight: Ints


@dataclass(frozen=True)
class Grades:
    """One element a check. `score` 0–100, NaN below 70 % completeness; `completeness` 0–1, NaN when nothing applies.

    `is_flawless`: all applicable items are answered, and all of them are good.
    """

    score: Floats
    completeness: Floats
    status: Codes
    is_flawless: Bools


def grade(answers: Answers, list_weight: Ints) -> Grades:
    """The grades of checks whose checklists weigh `list_weight` in all; the status is that at the time of the check."""
    count = len(list_weight)

    def summed(values: NDArray[np.float64]) -> Floats:
        return np.bincount(answers.check, weights=values, minlength=count).astype(np.float64)

    weight = answers.weight.astype(np.float64)
    applies = answers.code != Condition.NOT_APPLICABLE.code
    answered = summed(weight * applies)
    applicable = list_weight - summed(weight * ~applies)
    points = summed(weight * applies * _VALUES[answers.code])
    is_enough = (applicable > 0) & (10 * answered >= FEWEST_TENTHS * applicable)
    score = np.divide(100 * points, answered, out=np.full(count, np.nan), where=is_enough)
    completeness = np.divide(answered, applicable, out=np.full(count, np.nan), where=applicable > 0)
    faulty, broken = is_fault(answers.code), is_breaking(answers.code) & (answers.weight >= VITAL_WEIGHT)
    has_fault, is_broken = summed(faulty.astype(np.float64)) > 0, summed(broken.astype(np.float64)) > 0
    return Grades(
        score=score,
        completeness=completeness,
        status=gate(is_broken, has_fault, is_enough),
        is_flawless=(applicable > 0) & (answered == applicable) & ~has_fault,
    )


def value_of(condition: Condition) -> float:
    """What an answer is worth in the score, 0–1."""
    return float(_VALUES[condition.code])


def gate(is_broken: Bools, has_fault: Bools, is_enough: Bools) -> Codes:
    """The status of rooms of which is known: a vital item is broken, any item is faulty, enough was answered."""
    ready, attention, disrupted = RoomStatus.READY.code, RoomStatus.ATTENTION.code, RoomStatus.DISRUPTED.code
    return np.where(is_broken, disrupted, np.where(has_fault | ~is_enough, attention, ready)).astype(np.int8)


def is_fault(code: Codes) -> Bools:
    """Whether an answer says that something is wrong."""
    return np.isin(code, [one.code for one in FAULTS])


def is_breaking(code: Codes) -> Bools:
    """Whether an answer says that the item cannot be used at all."""
    return np.isin(code, [one.code for one in BREAKING])


def is_expired(calendar: WorkCalendar, checked_at: Ints, as_of: int) -> Bools:
    """Whether checks are more than 450 working minutes old; one that was never made is not."""
    age = calendar.working_seconds(checked_at, np.full(len(checked_at), as_of, np.int64))
    expired: Bools = (checked_at != MISSING) & (age > EXPIRY_SECONDS)
    return expired


@dataclass(frozen=True)
class Sessions:
    """One element a session; `end_at` up to as-of; `request` MISSING without a letter."""

    room: Ints
    start_at: Ints
    end_at: Ints
    request: Ints


@dataclass(frozen=True)
class Checks:
    """One element a check; `room` by the same numbers as in `Sessions`; `request` MISSING without a letter."""

    room: Ints
    at: Ints
    request: Ints


def checks_of_sessions(sessions: Sessions, checks: Checks) -> Ints:
    """The position of each session's check, MISSING where there is none.

    One with the session's letter wins, before or after; else one in that room from 24 hours before the start to two
    hours after the end. Of several the nearest counts, of two equally near the later one.
    """
    by_letter = _nearest(sessions, checks, sessions.request, checks.request, is_limited=False)
    by_room = _nearest(sessions, checks, sessions.room, checks.room, is_limited=True)
    return np.where(by_letter != MISSING, by_letter, by_room)


def _nearest(sessions: Sessions, checks: Checks, mine: Ints, theirs: Ints, *, is_limited: bool) -> Ints:
    """The nearest check with the same key (MISSING matches nothing): the last one up to the end, or the one after."""
    nearest = np.full(len(mine), MISSING, np.int64)
    usable = np.flatnonzero(theirs != MISSING)
    if not len(usable) or not len(mine):
        return nearest
    ordered = usable[np.lexsort((checks.at[usable], theirs[usable]))]
    places = np.unique(np.concatenate([theirs[ordered], mine]), return_inverse=True)[1]
    known, asked = places[: len(ordered)], places[len(ordered) :]
    span = _Line.of(checks.at[ordered], sessions)
    line = known * span.length + (checks.at[ordered] - span.first)
    last = np.searchsorted(line, asked * span.length + (sessions.end_at - span.first), "right") - 1
    best = np.full(len(mine), np.iinfo(np.int64).max)
    for offset in (0, 1):  # of two equally near the later one wins
        at = np.clip(last + offset, 0, len(ordered) - 1)
        distance = _distance(checks.at[ordered[at]], sessions)
        fits = (known[at] == asked) & (mine != MISSING) & (distance <= best)
        if is_limited:
            fits &= _is_near(checks.at[ordered[at]], sessions)
        best, nearest = np.where(fits, distance, best), np.where(fits, ordered[at], nearest)
    return nearest


@dataclass(frozen=True)
class _Line:
    """Room for all moments one after another, once for each key."""

    first: int
    length: int

    @classmethod
    def of(cls, at: Ints, sessions: Sessions) -> _Line:
        moments = np.concatenate([at, sessions.start_at, sessions.end_at])
        first = int(moments.min())
        return cls(first, int(moments.max()) - first + 1)


def _distance(at: Ints, sessions: Sessions) -> Ints:
    """Seconds between a check and its session; 0 inside it."""
    seconds: Ints = np.maximum(0, np.maximum(sessions.start_at - at, at - sessions.end_at))
    return seconds


def _is_near(at: Ints, sessions: Sessions) -> Bools:
    near: Bools = (at >= sessions.start_at - DAY) & (at <= sessions.end_at + _AFTERWARDS)
    return near


def is_fresh(calendar: WorkCalendar, checked_at: Ints, previous_end: Ints, as_of: int) -> Bools:
    """Whether checks hold for the next booking: made today, and after the previous session's end (MISSING: none)."""
    today = calendar.local_day(np.array([as_of], np.int64))[0]
    is_todays = (checked_at != MISSING) & (calendar.local_day(checked_at) == today) & (checked_at <= as_of)
    fresh: Bools = is_todays & ((previous_end == MISSING) | (checked_at >= previous_end))
    return fresh
