"""What the judge needs beside the records: calendar, targets, order of steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.frames import Bools, Ints
from etl.domain.sop.versions import Clock, Sop
from etl.domain.verdict import STEP_CODES, STEP_COUNT, STEP_INDEX

INFERS_START = frozenset(STEP_INDEX[code] for code in ("A2", "A3", "A4", "A5", "A6", "A7", "A8", "B2"))
"""Steps that may be measured hand-over to hand-over; the others need a start of their own."""

NO_STANDARD = STEP_INDEX["B5"]
"""The step whose standard is its output, not a time."""

PART_A = slice(STEP_INDEX["A1"], STEP_INDEX["A8"] + 1)
PART_B = slice(STEP_INDEX["B1"], STEP_INDEX["B5"] + 1)
JUDGED = slice(STEP_INDEX["A2"], STEP_INDEX["A8"] + 1)
"""The seven steps by which a letter as a whole is judged."""


@dataclass(frozen=True)
class StepOff:
    """A step that is not practised from a day on (both days included, None = open)."""

    step: int
    first: int
    last: int | None


@dataclass(frozen=True)
class Rules:
    """Everything that turns stamps into verdicts.

    `effective_days` (v,) and `targets` (v, 13) are the SOP versions; MISSING = no time stated. `follows[j]` are
    the steps that step j follows. `first_handover_on` (13,) is the day of the first recorded finish of each step
    in all records, MISSING when it was never recorded. Pass times in `closing_days` working days end the life of
    a letter without a booking.
    """

    calendar: WorkCalendar
    effective_days: Ints
    targets: Ints
    follows: tuple[tuple[int, ...], ...]
    is_office_clock: Bools
    first_handover_on: Ints
    step_off: tuple[StepOff, ...] = ()
    closing_days: int = 10

    def dependents(self) -> tuple[tuple[int, ...], ...]:
        """For each step all steps that depend on it, directly or through others."""
        reach: list[set[int]] = [set() for _ in range(STEP_COUNT)]
        for step in reversed(range(STEP_COUNT)):
            for before in self.follows[step]:
                reach[before] |= {step} | reach[step]
        return tuple(tuple(sorted(steps)) for steps in reach)


def rules_from(
    sop: Sop,
    calendar: WorkCalendar,
    first_handover_on: Ints,
    step_off: Sequence[StepOff] = (),
) -> Rules:
    """The rules for a SOP with its versions, a calendar and what the records hold."""
    days, targets = sop.target_table()
    steps = {step.code: step for step in sop.current().steps}
    return Rules(
        calendar=calendar,
        effective_days=days,
        targets=targets,
        follows=tuple(tuple(STEP_INDEX[c] for c in steps[code].follows) for code in STEP_CODES),
        is_office_clock=np.array([steps[code].clock is Clock.OFFICE for code in STEP_CODES]),
        first_handover_on=first_handover_on,
        step_off=tuple(step_off),
    )
