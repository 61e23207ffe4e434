"""Records that are possible and yet worth a look: accepted, flagged, shown, never left out of a figure.

Definitions, section 2, "Flags", and the intake's "Suspicious but possible". Which flag comes from where:

* while a file is read, part by part in row order:
  `EqualRuns().add(finished_at, *columns naming the pass)` … `.positions()` → rows that get Flag.EQUAL_STAMPS;
  `RoundStamps().add(step, finished_at)` … `.steps()` → steps of that load whose rows get Flag.ROUND_STAMPS;
* when facts are made:
  `suspicions(requests, passes, written, rules) -> Suspicions`: bits of each pass and of each register's receipt;
  `with_suspicions(flags, passes, found) -> flags` of the step facts (letter × 13 + step).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.file_habits import LEAST_IN_A_ROW, LEAST_STAMPS, EqualRuns, RoundStamps
from etl.domain.compliance.misdated import misdated
from etl.domain.compliance.rules import Rules
from etl.domain.frames import MISSING, Bools, Codes, Ints, Passes, Requests
from etl.domain.sop.steps import STEP_COUNT
from etl.domain.verdict import Flag

__all__ = [
    "FILE_FLAGS",
    "LEAST_IN_A_ROW",
    "LEAST_STAMPS",
    "SUSPICIONS",
    "EqualRuns",
    "RoundStamps",
    "Suspicions",
    "Written",
    "entered_late",
    "extra_passes",
    "suspicions",
    "with_suspicions",
]

FILE_FLAGS = Flag.EQUAL_STAMPS | Flag.ROUND_STAMPS
"""Found when a file is read and kept with its rows."""

SUSPICIONS = (
    Flag.ENTERED_LATE,
    Flag.EQUAL_STAMPS,
    Flag.ROUND_STAMPS,
    Flag.SWAPPED_DATE,
    Flag.SLIPPED_DAY,
    Flag.EXTRA_PASS,
)
"""All that is found here, in the order in which it is told."""

_MOMENT_SPAN = 1 << 34


@dataclass(frozen=True)
class Written:
    """One row per hand-over row of the letters, in any order. `request` is the position in `Requests`, `number` the
    pass that the row belongs to and `is_numbered` whether the row itself says so (`putaran`). `file_flags` holds the
    FILE_FLAGS of the row and of its file and step."""

    request: Ints
    step: Codes
    number: Ints
    is_numbered: Bools
    started_on: Ints
    finished_on: Ints
    finished_at: Ints
    recorded_on: Ints
    file_flags: Ints


@dataclass(frozen=True)
class Suspicions:
    """Flag bits: `passes` one per pass, `receipts` one per letter, of the receipt as the register has it;
    `received` is the step that the receipt finishes, one per letter."""

    passes: Ints
    receipts: Ints
    received: Ints


def suspicions(requests: Requests, passes: Passes, written: Written, rules: Rules) -> Suspicions:
    """Everything suspicious about the passes of some letters; arrays in the order of `passes` and `requests`."""
    parts = [(_doubts(requests, passes, written, by), here) for by, here in rules.by_procedure(requests.received_on)]
    doubts, _ = parts[0]
    for other, here in parts[1:]:
        ours = np.where(here[passes.request], other.passes, doubts.passes)
        receipts, received = ((getattr(one, name) for one in (other, doubts)) for name in ("receipts", "received"))
        doubts = Suspicions(ours, np.where(here, *receipts), np.where(here, *received))
    return doubts


def _doubts(requests: Requests, passes: Passes, written: Written, rules: Rules) -> Suspicions:
    """As `suspicions`, all letters by one procedure."""
    pass_of = _pass_of(passes, written)
    flags, receipts = misdated(requests, passes, rules.procedure, rules.calendar.open_days)
    flags |= _file_flags(passes, written, pass_of)
    flags |= np.where(entered_late(*_events(passes, written, pass_of), rules.calendar), Flag.ENTERED_LATE.value, 0)
    is_numbered = np.zeros(len(passes), dtype=bool)
    is_numbered[pass_of[written.is_numbered]] = True
    flags |= np.where(extra_passes(passes, is_numbered, rules), Flag.EXTRA_PASS.value, 0)
    return Suspicions(flags, receipts, np.full(len(requests), rules.procedure.received))


def with_suspicions(flags: Ints, passes: Passes, doubts: Suspicions) -> Ints:
    """Flags of the step facts (row = letter × 13 + step) with those of their passes; the receipt finishes its step.

    A step whose further passes are all extra ones was not returned.
    """
    cell = passes.request * STEP_COUNT + passes.step
    whole = flags.copy()
    np.bitwise_or.at(whole, cell, doubts.passes)
    whole[np.arange(len(doubts.receipts)) * STEP_COUNT + doubts.received] |= doubts.receipts
    extra = (doubts.passes & Flag.EXTRA_PASS.value) != 0
    all_extra = np.bincount(cell, minlength=len(flags)) - 1 == np.bincount(cell[extra], minlength=len(flags))
    is_extra = (whole & Flag.EXTRA_PASS.value) != 0
    return np.where(is_extra & all_extra, whole & ~Flag.RETURNED.value, whole)


def entered_late(event_on: Ints, recorded_on: Ints, calendar: WorkCalendar) -> Bools:
    """Entered more than one working day after the event: more than one of the days after the event's day, up to and
    with the day of the entry, is a working day.

    Friday's event may be entered on Monday at any hour; on Tuesday it is late. Days outside the calendar are no
    working days. Where one of the two days is MISSING nothing is said.
    """
    open_days = calendar.open_days
    between = np.searchsorted(open_days, recorded_on, "right") - np.searchsorted(open_days, event_on, "right")
    known = (event_on != MISSING) & (recorded_on != MISSING)
    late: Bools = known & (between > 1)
    return late


def extra_passes(passes: Passes, is_numbered: Bools, rules: Rules) -> Bools:
    """Further passes of a step, in order of time, with no return between, and no number typed that would say so.

    A return lies between when another step of the letter that comes before or after this one in the SOP was finished
    after the step's last pass and not after this one; for a step without such steps, any other step. A date without
    a clock time may have been any moment of its day, so the doubt is for the return. A pass counts by its finish, one
    that is not finished by its start.
    """
    first, last = _span(passes, rules.calendar)
    known = np.flatnonzero(first != MISSING)
    order = known[np.lexsort((passes.number[known], first[known], passes.step[known], passes.request[known]))]
    one, other = order[:-1], order[1:]
    again = (passes.request[one] == passes.request[other]) & (passes.step[one] == passes.step[other])
    again &= ~is_numbered[other]
    one, other = one[again], other[again]
    if len(one) == 0:
        return np.zeros(len(passes), dtype=bool)
    finishes = np.flatnonzero(passes.finished_on != MISSING)
    seen = _Seen(passes.step[finishes], passes.request[finishes], first[finishes], last[finishes])
    returned = np.zeros(len(one), dtype=bool)
    for step, chain in enumerate(_chains(rules.procedure.dependents)):
        mine = np.flatnonzero(passes.step[one] == step)
        a, b = one[mine], other[mine]
        returned[mine] = seen.between(chain, passes.request[a], first[a], last[b])
    is_extra = np.zeros(len(passes), dtype=bool)
    is_extra[other[~returned]] = True
    return is_extra


class _Seen:
    """Finishes of letters, to be asked whether one lies in a span."""

    def __init__(self, step: Codes, request: Ints, first: Ints, last: Ints) -> None:
        self._first = {one: np.sort(_keys(request, first)[step == one]) for one in np.unique(step).tolist()}
        self._last = {one: np.sort(_keys(request, last)[step == one]) for one in np.unique(step).tolist()}

    def between(self, steps: Sequence[int], request: Ints, after: Ints, until: Ints) -> Bools:
        """Whether a finish of one of the steps can lie after the one moment and not after the other."""
        count = np.zeros(len(request), dtype=np.int64)
        for step in steps:
            if step in self._first:
                count += np.searchsorted(self._first[step], _keys(request, until), "right")
                count -= np.searchsorted(self._last[step], _keys(request, after), "right")
        return count > 0


def _keys(request: Ints, at: Ints) -> Ints:
    """Letter and moment as one number; moments are those of 2000–2100."""
    return request * _MOMENT_SPAN + at


def _chains(dependents: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """For each step those before and after it; for one that stands alone all others."""
    chains = []
    for step in range(STEP_COUNT):
        chain = {*dependents[step], *(one for one in range(STEP_COUNT) if step in dependents[one])}
        chains.append(tuple(sorted(chain or {*range(STEP_COUNT)} - {step})))
    return chains


def _span(passes: Passes, calendar: WorkCalendar) -> tuple[Ints, Ints]:
    """The earliest and the latest moment each pass can have been finished (or begun); MISSING when no day is known."""
    on = np.where(passes.finished_on != MISSING, passes.finished_on, passes.started_on)
    at = np.where(passes.finished_on != MISSING, passes.finished_at, passes.started_at)
    is_day = (at == MISSING) & (on != MISSING)
    first, last = at.copy(), at.copy()
    first[is_day], last[is_day] = calendar.day_start(on[is_day]), calendar.day_end(on[is_day]) - 1
    return first, last


def _pass_of(passes: Passes, written: Written) -> Ints:
    """For each row the position of its pass; every row has one."""
    numbers = np.unique(passes.number)
    keys, wanted = (
        (one.request * STEP_COUNT + one.step) * (len(numbers) + 1) + np.searchsorted(numbers, one.number)
        for one in (passes, written)
    )
    order = np.argsort(keys)
    return order[np.searchsorted(keys, wanted, sorter=order)].astype(np.int64)


def _file_flags(passes: Passes, written: Written, pass_of: Ints) -> Ints:
    """What was suspicious about the rows from which a pass has its finish moment."""
    says = (written.finished_at != MISSING) & (written.finished_at == passes.finished_at[pass_of])
    flags = np.zeros(len(passes), dtype=np.int64)
    np.bitwise_or.at(flags, pass_of[says], written.file_flags[says] & FILE_FLAGS.value)
    return flags


def _events(passes: Passes, written: Written, pass_of: Ints) -> tuple[Ints, Ints]:
    """The day of each pass's finish, or start while it has none, and the first day on which it was entered so."""
    is_finished = passes.finished_on != MISSING
    event_on = np.where(is_finished, passes.finished_on, passes.started_on)
    row_on = np.where(is_finished[pass_of], written.finished_on, written.started_on)
    says = (row_on == event_on[pass_of]) & (written.recorded_on != MISSING)
    recorded_on = np.full(len(passes), np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(recorded_on, pass_of[says], written.recorded_on[says])
    return event_on, np.where(recorded_on == np.iinfo(np.int64).max, MISSING, recorded_on)
