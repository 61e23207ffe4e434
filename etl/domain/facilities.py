"""In what condition a room is, and its faults: score and completeness of a check, the gate that decides the room's
status, and the incidents from a fault's first report to its restoration.

A check is what one visit said of the items of a checklist. Everything works on many checks at once: one array element
an answer, with the position of its check.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.frames import MISSING, NEVER, Bools, Codes, Ints
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
    best = np.full(len(mine), NEVER)
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


_BEFOREHAND = 12 * HOUR


def is_fresh(calendar: WorkCalendar, checked_at: Ints, previous_end: Ints, start_at: Ints, as_of: int) -> Bools:
    """Whether checks hold for bookings that begin at `start_at`: made today or in the 12 hours before, and after the
    previous session's end (MISSING: none)."""
    today = calendar.day_of(as_of)
    is_made = (checked_at != MISSING) & (checked_at <= as_of)
    is_near = (calendar.local_day(checked_at) == today) | (checked_at >= start_at - _BEFOREHAND)
    fresh: Bools = is_made & is_near & ((previous_end == MISSING) | (checked_at >= previous_end))
    return fresh


REOPEN_DAYS = 3
"""So many working days after a restoration the same fault is the same incident."""


class What(IntEnum):
    """What was said of an item, in the order in which it counts at the same moment."""

    GOOD = 0
    FAULT = 1
    TOUCH = 2  # assigned or commented: somebody has seen to it
    CLOSE = 3
    REOPEN = 4


@dataclass(frozen=True)
class Told:
    """One element a report or a deed, in any order. `item` numbers room and item together; `is_exact` False: only the
    day is known, and `at` is its beginning."""

    item: Ints
    at: Ints
    what: Codes
    is_exact: Bools

    def __len__(self) -> int:
        return len(self.item)


@dataclass(frozen=True)
class Incidents:
    """One element an incident, by item and time.

    `ended_at` MISSING: open. `responded_at`: the first deed, else the end. `last_report` is the position in `Told`
    of the last one that was not good. Seconds run to as-of while open; MISSING where only the day of an end is known.
    `is_first_exact`, `is_end_exact`: whether the clock time of either is known (of an end that is not there: True).
    """

    item: Ints
    first_at: Ints
    ended_at: Ints
    responded_at: Ints
    reports: Ints
    openings: Ints
    last_report: Ints
    restore_working: Ints
    restore_elapsed: Ints
    respond_working: Ints
    respond_elapsed: Ints
    is_first_exact: Bools
    is_end_exact: Bools

    @property
    def is_open(self) -> Bools:
        """Those that nobody has ended."""
        opened: Bools = self.ended_at == MISSING
        return opened


def incidents(reports: Told, calendar: WorkCalendar, as_of: int) -> Incidents:
    """All incidents at a moment; what was told after it has not happened.

    There is one incident a room and item: from the first report that is not good to the first good one, or to an
    explicit close. What is reported in between attaches to it, and an item that is damaged again within three working
    days opens the same incident once more. Incidents are derived; only reports and what people did are kept.
    """
    order = np.lexsort((reports.what, reports.at, reports.item))
    order = order[reports.at[order] <= as_of]
    line = Told(reports.item[order], reports.at[order], reports.what[order], reports.is_exact[order])
    opening, closing = _turns(line)
    if not len(opening):
        none: Any = np.empty(0, np.int64)
        return Incidents(*[none] * 13)
    is_new = _is_new(line, opening, closing, calendar)
    first, last = opening[is_new], opening[np.append(np.flatnonzero(is_new)[1:] - 1, len(opening) - 1)]
    end = _ends(line, last, closing)
    whose = _owners(line, first, end)
    faults = np.flatnonzero((whose >= 0) & (line.what == What.FAULT))
    deeds = np.flatnonzero((whose >= 0) & (line.what >= What.TOUCH))
    answer = _last_each(whose, deeds[::-1], len(first))
    answer = np.where(answer != MISSING, answer, end)
    latest = _last_each(whose, faults, len(first))
    return Incidents(
        item=line.item[first],
        first_at=line.at[first],
        ended_at=_at(line.at, end),
        responded_at=_at(line.at, answer),
        reports=np.bincount(whose[faults], minlength=len(first)).astype(np.int64),
        openings=np.bincount(np.cumsum(is_new) - 1).astype(np.int64),
        last_report=_at(order, latest),
        **_times("restore", line, first, end, calendar, as_of),
        **_times("respond", line, first, answer, calendar, as_of),
        is_first_exact=line.is_exact[first],
        is_end_exact=(end == MISSING) | line.is_exact[np.where(end == MISSING, 0, end)],
    )


def _turns(line: Told) -> tuple[Ints, Ints]:
    """Where an incident opens (bad after good or nothing) and where it ends (good or closed after bad)."""
    stated = np.flatnonzero(line.what != What.TOUCH)
    is_bad = np.isin(line.what[stated], (What.FAULT, What.REOPEN))
    was_bad = np.zeros(len(stated), dtype=bool)
    was_bad[1:] = is_bad[:-1] & (line.item[stated][1:] == line.item[stated][:-1])
    return stated[is_bad & ~was_bad], stated[~is_bad & was_bad]


def _is_new(line: Told, opening: Ints, closing: Ints, calendar: WorkCalendar) -> Bools:
    """Whether an opening begins an incident, and does not open the one before of that item again."""
    if not len(closing):
        return np.ones(len(opening), dtype=bool)
    before = np.searchsorted(closing, opening) - 1
    ended = closing[np.maximum(before, 0)]
    is_same = (before >= 0) & (line.item[ended] == line.item[opening])
    last_day = calendar.add_working_days(calendar.local_day(line.at[ended]), REOPEN_DAYS)
    is_soon = calendar.local_day(line.at[opening]) <= last_day
    is_new: Bools = ~(is_same & (is_soon | (line.what[opening] == What.REOPEN)))
    return is_new


def _ends(line: Told, last: Ints, closing: Ints) -> Ints:
    """The end that follows each incident's last opening, MISSING while there is none."""
    after = np.searchsorted(closing, last)
    found = np.append(closing, 0)[after]
    is_over = (after < len(closing)) & (line.item[found] == line.item[last])
    return np.where(is_over, found, MISSING)


def _owners(line: Told, first: Ints, end: Ints) -> Ints:
    """The incident of each report and deed, −1 where there is none."""
    place = np.arange(len(line))
    whose = np.searchsorted(first, place, "right") - 1
    mine = np.maximum(whose, 0)
    is_before_end = (end[mine] == MISSING) | (place <= end[mine])
    return np.where((whose >= 0) & (line.item[first[mine]] == line.item) & is_before_end, whose, -1)


def _last_each(whose: Ints, places: Ints, count: int) -> Ints:
    """The last of some places in each incident, in their order; MISSING where there is none."""
    lasts = np.full(count, MISSING, np.int64)
    lasts[whose[places]] = places
    return lasts


def _at(values: Ints, places: Ints) -> Ints:
    return np.where(places == MISSING, MISSING, values[np.where(places == MISSING, 0, places)])


def _times(name: str, line: Told, first: Ints, end: Ints, calendar: WorkCalendar, as_of: int) -> dict[str, Ints]:
    """Working and elapsed seconds from the first report to the end, or to as-of."""
    start, until = line.at[first], _at(line.at, end)
    until = np.where(until == MISSING, as_of, until)
    is_exact = line.is_exact[first] & ((end == MISSING) | line.is_exact[np.where(end == MISSING, 0, end)])
    return {
        f"{name}_working": np.where(is_exact, calendar.working_seconds(start, until), MISSING),
        f"{name}_elapsed": np.where(is_exact, until - start, MISSING),
    }
