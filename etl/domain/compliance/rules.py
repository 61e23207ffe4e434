"""What the judge needs beside the records: calendar, targets, order and meaning of the steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.frames import MISSING, Bools, Ints, Requests
from etl.domain.sop.steps import STEP_COUNT, STEP_INDEX, Clock, Meaning
from etl.domain.sop.versions import Sop, SopVersion, in_order

NEVER_RECORDED = int(np.iinfo(np.int64).max)
"""In place of the day from which a step is recorded: the office said that it is not."""


@dataclass(frozen=True)
class StepOff:
    """A step that is not practised from a day on (both days included, None = open)."""

    step: int
    first: int
    last: int | None


Dependents = tuple[tuple[int, ...], ...]
"""For each step all steps that depend on it, directly or through others; by their places in STEP_CODES."""


@dataclass(frozen=True)
class Procedure:
    """How a letter goes through the steps by one version of the SOP; steps by their place in STEP_CODES.

    `follows[j]` are the steps that step j follows; `order` has each step after those. `part_a` are the steps of part
    A, `judged` those by which a letter as a whole is judged. The receipt finishes step `received`, step `approved` is
    that of the approval, the room is ready with step `ready`, and `no_standard` is the step whose standard is its
    output, not a time.
    """

    follows: tuple[tuple[int, ...], ...]
    order: tuple[int, ...]
    is_office_clock: tuple[bool, ...]
    part_a: tuple[int, ...]
    judged: tuple[int, ...]
    received: int
    approved: int
    ready: int
    no_standard: int

    @cached_property
    def dependents(self) -> Dependents:
        """For each step all steps that depend on it, directly or through others."""
        reach: list[set[int]] = [set() for _ in self.follows]
        for step in reversed(self.order):
            for before in self.follows[step]:
                reach[before] |= {step} | reach[step]
        return tuple(tuple(sorted(steps)) for steps in reach)

    @cached_property
    def office_clock(self) -> Bools:
        """Which steps run on office time; the others on plain elapsed time."""
        return np.array(self.is_office_clock)

    @cached_property
    def is_part_a(self) -> Bools:
        """Which steps are of part A."""
        return np.isin(np.arange(len(self.follows)), self.part_a)


def procedure_of(version: SopVersion) -> Procedure:
    """The procedure that a version of the SOP describes."""

    def places(codes: Iterable[str]) -> tuple[int, ...]:
        return tuple(STEP_INDEX[code] for code in codes)

    return Procedure(
        follows=tuple(places(step.follows) for step in version.steps),
        order=places(step.code for step in in_order(version.steps)),
        is_office_clock=tuple(step.clock is Clock.OFFICE for step in version.steps),
        part_a=places(step.code for step in version.part("A")),
        judged=places(version.judged_steps),
        received=STEP_INDEX[version.step_with(Meaning.RECEIVED)],
        approved=STEP_INDEX[version.step_with(Meaning.APPROVED)],
        ready=STEP_INDEX[version.step_with(Meaning.READY)],
        no_standard=STEP_INDEX[version.step_with(Meaning.CHECKED)],
    )


def dependents_in_any(procedures: Iterable[Procedure]) -> Dependents:
    """For each step those that depend on it by at least one of the procedures."""
    by_step = zip(*(procedure.dependents for procedure in procedures), strict=True)
    return tuple(tuple(sorted(set().union(*steps))) for steps in by_step)


@dataclass(frozen=True)
class Rules:
    """Everything that turns stamps into verdicts.

    `effective_days` (v,), `targets` (v, 13) and `procedures` (v) are the SOP versions; MISSING = no time stated.
    `first_handover_on` (13,) is the day from which each step is recorded: that of the settings, NEVER_RECORDED where
    they say that it is not, else of its first finish in all records, MISSING when there is none. So many
    `closing_days`, working days, end the life of a letter without a booking.
    """

    calendar: WorkCalendar
    effective_days: Ints
    targets: Ints
    procedures: tuple[Procedure, ...]
    first_handover_on: Ints
    step_off: tuple[StepOff, ...] = ()
    closing_days: int = 10

    def is_recorded(self, step: int) -> bool:
        """Whether there is a day from which that step is recorded."""
        return self.first_handover_on[step] not in (MISSING, NEVER_RECORDED)

    def version_at(self, received_on: Ints) -> Ints:
        """The version in force on each day, −1 before the first."""
        return np.searchsorted(self.effective_days, received_on, side="right") - 1

    @property
    def procedure(self) -> Procedure:
        """The one procedure of rules as `by_procedure` gives them."""
        return self.procedures[0]

    def by_procedure(self, received_on: Ints) -> list[tuple[Rules, Bools]]:
        """For each procedure by which letters received on these days go: its rules, and which letters go by it.

        A letter older than the SOP goes by the first version.
        """
        names = {one: at for at, one in enumerate(dict.fromkeys(self.procedures))}
        numbers = np.array([names[one] for one in self.procedures])
        mine = numbers[np.maximum(self.version_at(received_on), 0)]
        used = np.unique(mine) if len(mine) else numbers[:1]
        return [(self._by(one), mine == at) for one, at in names.items() if at in used]

    def unpractised(self, requests: Requests) -> Bools:
        """Steps not practised (letters, 13): part A by the day of receipt, part B by that of the booking, if any."""
        off = np.zeros((len(requests), STEP_COUNT), dtype=bool)
        booked = requests.booked_start != MISSING
        event = np.where(
            booked, self.calendar.local_day(np.where(booked, requests.booked_start, 0)), requests.received_on
        )
        for rule in self.step_off:
            day = requests.received_on if rule.step in self.procedure.part_a else event
            off[:, rule.step] |= (day >= rule.first) & (True if rule.last is None else day <= rule.last)
        return off

    def _by(self, procedure: Procedure) -> Rules:
        return replace(self, procedures=(procedure,) * len(self.procedures))


def rules_from(
    sop: Sop,
    calendar: WorkCalendar,
    first_handover_on: Ints,
    step_off: Sequence[StepOff] = (),
) -> Rules:
    """The rules for a SOP with its versions, a calendar and what the records hold."""
    days, targets = sop.target_table()
    return Rules(
        calendar=calendar,
        effective_days=days,
        targets=targets,
        procedures=tuple(procedure_of(version) for version in sop.versions),
        first_handover_on=first_handover_on,
        step_off=tuple(step_off),
    )
