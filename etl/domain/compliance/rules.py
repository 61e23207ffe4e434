"""What the judge needs beside the records: calendar, targets, order and meaning of the steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import MISSING as REQUIRED
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.frames import MISSING, Bools, Ints, Requests
from etl.domain.sop.steps import Clock, Meaning
from etl.domain.sop.versions import CLOSING_DAYS, Sop, SopVersion, in_order

NEVER_RECORDED = int(np.iinfo(np.int64).max)
"""In place of the day from which a step is recorded: the office said that it is not."""


@dataclass(frozen=True)
class StepOff:
    """A step that is not practised from a day on (both days included, None = open)."""

    step: int
    first: int
    last: int | None


Dependents = tuple[tuple[int, ...], ...]
"""For each step all steps that depend on it, directly or through others; by their places in `Sop.codes`."""


@dataclass(frozen=True, repr=False)
class Procedure:
    """How a letter goes through the steps by one version of the SOP; steps by their place in `Sop.codes`.

    `follows[j]` are the steps that step j follows; `order` has each step after those. `part_a` are the steps of part
    A, `judged` those by which a letter as a whole is judged. The receipt finishes step `received`, step `approved` is
    that of the approval, what was asked for is ready with step `ready`, and `no_standard` is the step whose standard
    is its output, not a time; each is None where the SOP has no such step. The version does not have the steps that
    are `absent`, and those that are `optional` may be left out. Of each of the `choices`, steps of which every letter
    takes one, this letter has shown none yet.
    """

    follows: tuple[tuple[int, ...], ...]
    order: tuple[int, ...]
    is_office_clock: tuple[bool, ...]
    part_a: tuple[int, ...]
    judged: tuple[int, ...]
    received: int | None
    approved: int | None
    ready: int | None
    no_standard: int | None
    absent: tuple[int, ...] = ()
    optional: tuple[int, ...] = ()
    choices: tuple[tuple[int, ...], ...] = ()
    closing_days: int = CLOSING_DAYS

    def __repr__(self) -> str:
        """As published reports keep a mark of it: what a SOP does not make use of is not told."""
        told = (one.name for one in fields(self) if one.default is REQUIRED or getattr(self, one.name) != one.default)
        return f"Procedure({', '.join(f'{name}={getattr(self, name)!r}' for name in told)})"

    @cached_property
    def closing(self) -> tuple[int, ...]:
        """The steps with which what was asked for is ready: the one that says so, else those of part A that nothing
        follows, but for what may be left out."""
        if self.ready is not None:
            return (self.ready,)
        needed = [step for step in self.part_a if step not in self.optional] or list(self.part_a)
        return tuple(step for step in needed if not {*needed} & {*self.dependents[step]})

    @cached_property
    def is_optional(self) -> Bools:
        """Which steps may be left out."""
        return self._marks(self.optional)

    @cached_property
    def is_undecided(self) -> Bools:
        """Which steps are given to nobody, as it is not known which of them the letter takes."""
        return self._marks([step for steps in self.choices for step in steps])

    @cached_property
    def is_received(self) -> Bools:
        """Which step the receipt finishes."""
        return self._marks([] if self.received is None else [self.received])

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
        return self._marks(self.part_a)

    def _marks(self, steps: Sequence[int]) -> Bools:
        return np.isin(np.arange(len(self.follows)), steps)


def procedure_of(version: SopVersion, codes: Sequence[str] | None = None) -> Procedure:
    """The procedure that a version of the SOP describes, its steps in their places among `codes` (None: its own)."""
    codes = version.codes if codes is None else codes
    place, steps = {code: at for at, code in enumerate(codes)}, {step.code: step for step in version.steps}
    absent = tuple(at for at, code in enumerate(codes) if code not in steps)

    def places(some: Iterable[str]) -> tuple[int, ...]:
        return tuple(place[code] for code in some)

    def place_with(meaning: Meaning) -> int | None:
        return next(iter(places(version.steps_with(meaning))), None)

    return Procedure(
        follows=tuple(places(steps[code].follows) if code in steps else () for code in codes),
        order=(*places(step.code for step in in_order(version.steps)), *absent),
        is_office_clock=tuple(code not in steps or steps[code].clock is Clock.OFFICE for code in codes),
        part_a=places(step.code for step in version.part("A")),
        judged=places(version.judged_steps),
        received=place_with(Meaning.RECEIVED),
        approved=place_with(Meaning.APPROVED),
        ready=place_with(Meaning.READY),
        no_standard=place_with(Meaning.CHECKED),
        absent=absent,
        optional=places(step.code for step in version.steps if step.is_optional),
        choices=tuple(places(some) for some in version.choices()),
        closing_days=version.closing_days,
    )


def dependents_in_any(procedures: Iterable[Procedure]) -> Dependents:
    """For each step those that depend on it by at least one of the procedures."""
    by_step = zip(*(procedure.dependents for procedure in procedures), strict=True)
    return tuple(tuple(sorted(set().union(*steps))) for steps in by_step)


@dataclass(frozen=True)
class Rules:
    """Everything that turns stamps into verdicts.

    `effective_days` (v,), `targets` (v, steps) and `procedures` (v) are the SOP versions; MISSING = no time stated.
    `first_handover_on` (steps,) is the day from which each step is recorded: that of the settings, NEVER_RECORDED where
    they say that it is not, else of its first finish in all records, MISSING when there is none.
    """

    calendar: WorkCalendar
    effective_days: Ints
    targets: Ints
    procedures: tuple[Procedure, ...]
    first_handover_on: Ints
    step_off: tuple[StepOff, ...] = ()

    @property
    def step_count(self) -> int:
        """How many steps the versions have together."""
        return int(self.targets.shape[1])

    def is_recorded(self, step: int) -> bool:
        """Whether there is a day from which that step is recorded."""
        return self.first_handover_on[step] not in (MISSING, NEVER_RECORDED)

    def version_at(self, received_on: Ints) -> Ints:
        """The version in force on each day, −1 before the first."""
        return np.searchsorted(self.effective_days, received_on, side="right") - 1

    def closing_days(self, received_on: Ints) -> int | Ints:
        """After how many working days a letter without a booking is over; one number where all versions agree."""
        days = [procedure.closing_days for procedure in self.procedures]
        return days[0] if len({*days}) == 1 else np.array(days)[np.maximum(self.version_at(received_on), 0)]

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
        return [(self.by(one), mine == at) for one, at in names.items() if at in used]

    def unpractised(self, requests: Requests) -> Bools:
        """Steps not practised (letters, steps), or absent: part A by the day of receipt, part B by that of the booking,
        if any."""
        off = np.zeros((len(requests), self.step_count), dtype=bool)
        off[:, list(self.procedure.absent)] = True
        booked = requests.booked_start != MISSING
        event = np.where(
            booked, self.calendar.local_day(np.where(booked, requests.booked_start, 0)), requests.received_on
        )
        for rule in self.step_off:
            day = requests.received_on if rule.step in self.procedure.part_a else event
            off[:, rule.step] |= (day >= rule.first) & (True if rule.last is None else day <= rule.last)
        return off

    def by(self, procedure: Procedure) -> Rules:
        """The same rules for letters that all go by that procedure."""
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
        procedures=tuple(procedure_of(version, sop.codes) for version in sop.versions),
        first_handover_on=first_handover_on,
        step_off=tuple(step_off),
    )
