"""An SOP: its identity and its steps, and its versions by date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from etl.domain.frames import MISSING
from etl.domain.sop.steps import Meaning, SopStep
from etl.domain.units import day_number

CLOSING_DAYS = 10
"""After so many working days a letter without a booking is over, unless its SOP says otherwise."""


@dataclass(frozen=True)
class SopIdentity:
    """The identity block as printed; dates are text because the SOP prints a month only."""

    agency: tuple[str, ...] = ()
    created: str = ""
    revised: str = ""
    effective: str = ""
    date_note: str = ""
    approved_title: str = ""
    approved_name: str = ""
    approved_rank: str = ""
    legal_basis: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    qualifications: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    warning: str = ""
    records: tuple[str, ...] = ()
    source: str = ""
    reading_notes: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True)
class SopVersion:
    """One edition of the SOP, in force for letters received on or after `effective_on`.

    So many `closing_days`, working days, end the life of a letter without a booking.
    """

    number: str
    title: str
    effective_on: date
    identity: SopIdentity
    steps: tuple[SopStep, ...]
    file: str = field(default="", compare=False)
    closing_days: int = CLOSING_DAYS

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its steps, in order."""
        return tuple(step.code for step in self.steps)

    def step(self, code: str) -> SopStep:
        """The step with that code; KeyError for another."""
        return {step.code: step for step in self.steps}[code]

    def part(self, part: str) -> tuple[SopStep, ...]:
        """The steps of part A or B."""
        return tuple(step for step in self.steps if step.part == part)

    def steps_with(self, meaning: Meaning) -> tuple[str, ...]:
        """The codes of the steps with that meaning."""
        return tuple(step.code for step in self.steps if meaning in step.meanings)

    def step_with(self, meaning: Meaning) -> str:
        """The code of the step with that meaning, one of `ONCE`; ValueError where no step has it."""
        [code] = self.steps_with(meaning)
        return code

    def choices(self) -> tuple[tuple[str, ...], ...]:
        """Each choice between steps, by their codes: of the steps of one choice every letter takes one."""
        chosen = dict.fromkeys(step.chosen_from for step in self.steps if step.chosen_from)
        return tuple(tuple(step.code for step in self.steps if step.chosen_from == one) for one in chosen)

    def steps_of(self, role: str) -> tuple[str, ...]:
        """The codes of the steps that are that role's own."""
        return tuple(step.code for step in self.steps if step.role == role)

    @property
    def opd_steps(self) -> tuple[str, ...]:
        """The borrowing agency's own time: outside the office's total."""
        return tuple(step.code for step in self.steps if step.is_opd_time)

    @property
    def office_steps(self) -> tuple[str, ...]:
        """The office's own steps: all but the agency's."""
        return tuple(step.code for step in self.steps if not step.is_opd_time)

    @property
    def judged_steps(self) -> tuple[str, ...]:
        """The office's own steps of part A with a time, from the receipt to ready: by them a request is judged."""
        own = (step for step in self.part("A") if not step.is_opd_time and Meaning.RECEIVED not in step.meanings)
        return tuple(step.code for step in own if step.target_seconds is not None)

    def targets(self, codes: Sequence[str]) -> NDArray[np.int64]:
        """Target seconds of these steps, MISSING where the SOP states none or has no such step."""
        stated = {step.code: step.target_seconds for step in self.steps}
        return np.array([_or_missing(stated.get(code)) for code in codes], dtype=np.int64)

    def series_seconds(self, steps: Iterable[str] | None = None) -> int:
        """Sum of the targets of those steps (None: the judged ones), one after the other; one without adds nothing."""
        return sum(self.step(code).target_seconds or 0 for code in (self.judged_steps if steps is None else steps))

    def critical_path_seconds(self, steps: Iterable[str] | None = None) -> int:
        """The longest chain of those steps (None: the judged ones); a step without a target adds nothing."""
        counted = self.judged_steps if steps is None else tuple(steps)
        own = {step.code: (step.target_seconds or 0) * (step.code in counted) for step in self.steps}
        return max(path_seconds(self.steps, own).values(), default=0)


@dataclass(frozen=True)
class Sop:
    """Every version, earliest first, one per date. They may differ in their steps."""

    versions: tuple[SopVersion, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of the steps of any version: those of the first in their order, then what later ones add.

        By its place here a step is counted wherever steps stand side by side.
        """
        return tuple(dict.fromkeys(step.code for version in self.versions for step in version.steps))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """By code the place of a step."""
        return {code: place for place, code in enumerate(self.codes)}

    def version_on(self, day: date) -> SopVersion | None:
        """The version in force that day; None before the first."""
        return next((version for version in reversed(self.versions) if version.effective_on <= day), None)

    def version_for(self, day: date) -> SopVersion:
        """The version by which that day is told: the one in force, before the first the first."""
        return self.version_on(day) or self.versions[0]

    def current(self) -> SopVersion:
        """The newest version."""
        return self.versions[-1]

    def target_table(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First day (since 1970-01-01) of each version, ascending, and its targets: seconds[version, place]."""
        days = np.array([day_number(version.effective_on) for version in self.versions], dtype=np.int64)
        return days, np.stack([version.targets(self.codes) for version in self.versions])


def combine_versions(shipped: Iterable[SopVersion], office: Iterable[SopVersion]) -> Sop:
    """One version per date; of two with the same date the office's own stands."""
    by_date = {version.effective_on: version for version in shipped}
    by_date |= {version.effective_on: version for version in office}
    return Sop(tuple(by_date[day] for day in sorted(by_date)))


def _or_missing(value: int | None) -> int:
    return MISSING if value is None else value


def in_order(steps: Sequence[SopStep]) -> tuple[SopStep, ...]:
    """The steps, each after those that it follows, else as they stand; those of a circle are left out."""
    ordered: list[SopStep] = []
    left = list(steps)
    while ready := next((step for step in left if set(step.follows) <= {one.code for one in ordered}), None):
        ordered.append(ready)
        left.remove(ready)
    return tuple(ordered)


def path_seconds(steps: Sequence[SopStep], seconds: Mapping[str, int]) -> dict[str, int]:
    """By step the longest chain that ends with it, each step taking its `seconds`; those side by side run together."""
    until: dict[str, int] = {}
    for step in in_order(steps):
        until[step.code] = seconds[step.code] + max((until.get(before, 0) for before in step.follows), default=0)
    return until
