"""The thirteen steps of an SOP: their codes, and what a version says of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

STEP_CODES = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "B1", "B2", "B3", "B4", "B5")
STEP_INDEX = {code: index for index, code in enumerate(STEP_CODES)}
STEP_COUNT = len(STEP_CODES)

PARTS = ("A", "B")
"""Part A prepares the room, from the request to the room ready; part B is the use of it."""


class Clock(StrEnum):
    """In which time a step is measured."""

    OFFICE = "office"
    ELAPSED = "elapsed"


class Meaning(StrEnum):
    """What a step means to the records beside its time; the words of the SOP file."""

    RECEIVED = "diterima"
    """The receipt of the letter in the register finishes it."""

    APPROVED = "disetujui"
    """Its finish approves the request."""

    READY = "siap"
    """Its finish makes the room ready."""

    TELLS = "data_peserta"
    """It ends when the agency tells how many people come."""

    VERIFIES = "verifikasi_peserta"
    """It ends when the office has verified that number."""

    SCREENS = "skrining"
    """It screens the participants."""

    CHECKED = "pemeriksaan"
    """Its standard is its output, judged by what the checks say of the sessions, while the SOP states no time."""

    WORKED = "dikerjakan"
    """It is begun and finished, rather than received and handed on."""

    EVENT = "acara"
    """It goes on with the event and may be told when that is over; the others prepare it."""


ONCE = tuple(meaning for meaning in Meaning if meaning not in (Meaning.WORKED, Meaning.EVENT))
"""Meanings that exactly one step of a version has."""

PART_OF = {
    Meaning.RECEIVED: "A", Meaning.APPROVED: "A", Meaning.READY: "A",
    Meaning.TELLS: "B", Meaning.VERIFIES: "B", Meaning.SCREENS: "B", Meaning.CHECKED: "B",
}  # fmt: skip
"""The part in which the step with that meaning stands."""


@dataclass(frozen=True)
class Cell:
    """One printed cell. `confidence` 0–1 of a reconstructed reading; None where the print is clear."""

    text: str
    confidence: float | None


@dataclass(frozen=True)
class SopStep:
    """One row of the SOP. `target_seconds` None: the SOP prints no time.

    `short_name` names the step in tables, `desk_name` and `desk_actor` on the wall. `follows` are the codes of the
    steps that must be finished before it starts, in their order. `is_opd_time`: the borrowing agency's own time,
    outside the office's total. `meanings` in the order of `Meaning`. So many `days_ahead` of the event a step of
    part B is shown to its holder; 0 is the day itself.
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
    meanings: tuple[Meaning, ...] = ()
    days_ahead: int = 0
