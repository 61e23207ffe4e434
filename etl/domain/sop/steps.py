"""The steps of an SOP: what a version says of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_STEPS = 60
"""An SOP has no more steps than this, so that a letter's steps fit into the bits of one number."""

PARTS = ("A", "B")
"""Part A is what leads from the request to what was asked for; part B goes by the event. An SOP without parts is all
part A."""


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
"""Meanings that one step of a version has at most."""

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
    part B is shown to its holder; 0 is the day itself. `is_optional`: it may be left out. Of the steps with one
    `chosen_from`, the code of the step that decides or `START`, each letter takes one. `returns_to` is the step to
    which it sends a letter back.
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
    is_optional: bool = False
    chosen_from: str = ""
    returns_to: str = ""


START = "mulai"
"""In place of the step that decides: the steps with which a letter may begin."""
