"""The office's SOP: thirteen steps with their standards, and its versions by date.

Codes, order and the clock of the steps are fixed, for the judgement is written for them. Names, actors, targets and the
printed cells are data: one TOML file a version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_access.errors import Message
from etl.domain.frames import MISSING
from etl.domain.sop.file import SopTable, seconds_printed
from etl.domain.units import day_number
from etl.domain.verdict import STEP_CODES


class Clock(StrEnum):
    """In which time a step is measured."""

    OFFICE = "office"
    ELAPSED = "elapsed"


FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "A1": (), "A2": ("A1",), "A3": ("A2",), "A4": ("A3",), "A5": ("A4",), "A6": ("A5",), "A7": ("A5",),
    "A8": ("A6", "A7"), "B1": (), "B2": ("B1",), "B3": (), "B4": (), "B5": (),
}  # fmt: skip
"""Which steps must be finished before a step starts; A6 and A7 run side by side."""

ELAPSED_STEPS = frozenset({"B3", "B4", "B5"})
"""Part of an event, which may fall outside office hours."""

BY_CHECKS = "B5"
"""The step that is judged by what the checks say of the sessions while the SOP states no time for it."""

OPD_STEPS = frozenset({"A1", "B1"})
"""The borrowing agency's own time: outside the office's total."""

OFFICE_STEPS = ("A2", "A3", "A4", "A5", "A6", "A7", "A8")
"""From receipt of the letter to the room ready: what the office itself answers for."""

ROLES = ("opd", "agendaris", "sekdin", "kadin", "kabid", "kasi_litik", "kasi_aplikasi", "staf")


@dataclass(frozen=True)
class Cell:
    """One printed cell. `confidence` 0–1 of a reconstructed reading; None where the print is clear."""

    text: str
    confidence: float | None


@dataclass(frozen=True)
class SopStep:
    """One row of the SOP. `target_seconds` None: the SOP prints no time.

    `short_name` names the step in tables, `desk_name` and `desk_actor` on the wall. `follows` as in `FOLLOWS`.
    """

    code: str
    part: str
    activity: str
    short_name: str
    actor: str
    role: str
    requires: Cell
    time: Cell
    target_seconds: int | None
    output: Cell
    follows: tuple[str, ...]
    clock: Clock
    is_opd_time: bool
    desk_name: str = ""
    desk_actor: str = ""
    note: str = ""


@dataclass(frozen=True)
class SopIdentity:
    """The identity block as printed; dates are text because the SOP prints a month only."""

    agency: tuple[str, ...]
    created: str
    revised: str
    effective: str
    date_note: str
    approved_title: str
    approved_name: str
    approved_rank: str
    legal_basis: tuple[str, ...]
    related: tuple[str, ...]
    qualifications: tuple[str, ...]
    equipment: tuple[str, ...]
    warning: str
    records: tuple[str, ...]
    source: str
    reading_notes: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True)
class SopVersion:
    """One edition of the SOP, in force for letters received on or after `effective_on`."""

    number: str
    title: str
    effective_on: date
    identity: SopIdentity
    steps: tuple[SopStep, ...]
    file: str = field(default="", compare=False)

    def step(self, code: str) -> SopStep:
        """The step with that code, A1…B5; KeyError for another."""
        return {step.code: step for step in self.steps}[code]

    def targets(self) -> NDArray[np.int64]:
        """Target seconds in the order of STEP_CODES, MISSING where the SOP states none."""
        return np.array([_or_missing(step.target_seconds) for step in self.steps], dtype=np.int64)

    def series_seconds(self, steps: Iterable[str] = OFFICE_STEPS) -> int:
        """Sum of the targets of those steps, one after the other; a step without a target adds nothing."""
        return sum(self.step(code).target_seconds or 0 for code in steps)

    def critical_path_seconds(self, steps: Iterable[str] = OFFICE_STEPS) -> int:
        """The longest chain of those steps, A6 and A7 side by side; a step without a target adds nothing."""
        reached: dict[str, int] = {}
        for step in self.steps:
            reached[step.code] = max((reached[before] for before in step.follows), default=0)
            if step.code in steps:
                reached[step.code] += step.target_seconds or 0
        return max(reached.values())


@dataclass(frozen=True)
class Sop:
    """Every version, earliest first, one per date."""

    versions: tuple[SopVersion, ...]

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
        """First day (since 1970-01-01) of each version, ascending, and its targets: seconds[version, step]."""
        days = np.array([day_number(version.effective_on) for version in self.versions], dtype=np.int64)
        return days, np.stack([version.targets() for version in self.versions])


def parse_sop(document: Mapping[str, Any], file: str) -> SopVersion:
    """The SOP version a parsed TOML document holds.

    Raises RuleError naming `file`, the key (`langkah.A4.waktu_detik`), the value and what to write.
    """
    table = SopTable(document, file)
    version = SopVersion(
        number=table.text("nomor"),
        title=table.text("judul"),
        effective_on=table.day("berlaku_sejak"),
        identity=_identity(table.table("identitas")),
        steps=_steps(table.table("langkah")),
        file=file,
    )
    table.refuse_others()
    return version


def combine_versions(shipped: Iterable[SopVersion], office: Iterable[SopVersion]) -> Sop:
    """One version per date; of two with the same date the office's own stands."""
    by_date = {version.effective_on: version for version in shipped}
    by_date |= {version.effective_on: version for version in office}
    return Sop(tuple(by_date[day] for day in sorted(by_date)))


def _identity(table: SopTable) -> SopIdentity:
    identity = SopIdentity(
        agency=table.texts("instansi"),
        created=table.text("dibuat", may_be_empty=True),
        revised=table.text("revisi", may_be_empty=True),
        effective=table.text("efektif", may_be_empty=True),
        date_note=table.text("catatan_tanggal", may_be_empty=True),
        approved_title=table.text("disahkan_jabatan"),
        approved_name=table.text("disahkan_nama"),
        approved_rank=table.text("disahkan_pangkat", may_be_empty=True),
        legal_basis=table.texts("dasar_hukum"),
        related=table.texts("keterkaitan"),
        qualifications=table.texts("kualifikasi"),
        equipment=table.texts("peralatan"),
        warning=table.text("peringatan", may_be_empty=True),
        records=table.texts("pencatatan"),
        source=table.text("sumber"),
        reading_notes=table.texts("catatan_bacaan"),
        outside=table.texts("di_luar_sop"),
        address=table.text("alamat", default=""),
    )
    table.refuse_others()
    return identity


def _steps(table: SopTable) -> tuple[SopStep, ...]:
    steps = tuple(_step(code, table.table(code)) for code in STEP_CODES)
    table.refuse_others()
    return steps


def _step(code: str, table: SopTable) -> SopStep:
    step = SopStep(
        code=code,
        part=code[0],
        activity=table.text("kegiatan"),
        short_name=table.text("nama_singkat"),
        desk_name=table.text("nama_meja"),
        actor=table.text("pelaksana"),
        desk_actor=table.text("pelaksana_meja"),
        role=table.one_of("peran", ROLES),
        note=table.text("catatan", default=""),
        requires=_cell(table.table("kelengkapan")),
        time=_cell(table.table("waktu")),
        target_seconds=table.seconds("waktu_detik"),
        output=_cell(table.table("output")),
        follows=_follows(code, table),
        clock=Clock.ELAPSED if code in ELAPSED_STEPS else Clock.OFFICE,
        is_opd_time=code in OPD_STEPS,
    )
    table.refuse_others()
    _refuse_two_times(step, table)
    return step


def _cell(table: SopTable) -> Cell:
    cell = Cell(table.text("teks", may_be_empty=True), table.confidence("keyakinan"))
    table.refuse_others()
    return cell


def _follows(code: str, table: SopTable) -> tuple[str, ...]:
    """The order of the steps is written in the judgement: the file may show it, not change it."""
    written = table.texts("mengikuti")
    if set(written) != set(FOLLOWS[code]) or len(written) != len(FOLLOWS[code]):
        raise table.error(
            "mengikuti", list(written), Message("rule.as_written", value=str(list(FOLLOWS[code])).replace("'", '"'))
        )
    return FOLLOWS[code]


def _refuse_two_times(step: SopStep, table: SopTable) -> None:
    """The printed time and the seconds that judge must say the same, or a correction of one would go unseen."""
    printed = seconds_printed(step.time.text)
    if printed is not None and printed != step.target_seconds:
        expected = Message("rule.same_time", seconds=printed, printed=step.time.text)
        raise table.error("waktu_detik", step.target_seconds, expected)


def _or_missing(value: int | None) -> int:
    return MISSING if value is None else value
