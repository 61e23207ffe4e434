"""The room's checks: before each use of the last year somebody went through the list and at times found a fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from etl.demo.model import Demo, Session
from etl.demo.office_time import DAY

ITEMS = (
    "Jaringan", "AC", "Proyektor", "Suara", "Kebersihan", "Disinfeksi", "Thermal gun", "Masker", "Hand sanitizer",
    "Sabun", "Wastafel",
)  # fmt: skip
"""The items of the shipped checklist."""

CHECKED_DAYS = 365
CHECKED_SHARE = 0.93
ROOM = "Smart Center"
GOOD = "Baik"


@dataclass(frozen=True)
class Fault:
    """What was wrong with an item from `first` to `last` days before the demo; `last` 0 = still."""

    item: str
    condition: str
    first: int
    last: int
    words: str


FAULTS = (
    Fault("AC", "Rusak ringan", 3, 0, "tidak dingin"),
    Fault("Thermal gun", "RB", 9, 0, "layar mati"),
    Fault("Hand sanitizer", "Tidak ada", 34, 31, "habis"),
    Fault("Proyektor", "Rusak berat", 47, 45, "lampu putus"),
    Fault("Hand sanitizer", "Tidak ada", 78, 75, "habis"),
    Fault("Jaringan", "Kurang baik", 96, 94, "sering putus"),
    Fault("Masker", "Tidak ada", 110, 107, "habis"),
    Fault("Hand sanitizer", "Tidak ada", 124, 120, "habis"),
    Fault("Suara", "RR", 150, 141, "mikrofon berdengung"),
    Fault("AC", "Rusak berat", 214, 210, "mati"),
    Fault("Masker", "Tidak ada", 233, 229, "habis"),
    Fault("Wastafel", "Rusak ringan", 262, 255, "keran bocor"),
)


@dataclass(frozen=True)
class Answer:
    """One item at one check; the condition as it was typed."""

    moment: int
    item: str
    condition: str
    words: str


def answers(demo: Demo) -> Iterator[Answer]:
    """One answer an item for every check before the demo's moment, in order of time."""
    sessions = [session for letter in demo.letters for session in letter.sessions]
    sessions += [session for _, session in demo.uses]
    for moment in sorted({_before(session) for session in sessions if session.room == ROOM}):
        if demo.now - CHECKED_DAYS * DAY <= moment <= demo.now and _is_made(moment, demo.now):
            yield from (_answer(item, moment, demo.now) for item in ITEMS)


def _before(session: Session) -> int:
    return session.started - 12 - session.started // DAY % 9


def _is_made(moment: int, now: int) -> bool:
    """Most checks were made; those of today all were."""
    is_today = moment // DAY == now // DAY
    return is_today or Random(f"cek/{moment}").random() < CHECKED_SHARE  # noqa: S311 - invents records, guards nothing


def _answer(item: str, moment: int, now: int) -> Answer:
    ago = now // DAY - moment // DAY
    for fault in FAULTS:
        if fault.item == item and (fault.first >= ago > fault.last or (fault.last == 0 and ago == 0)):
            return Answer(moment, item, fault.condition, fault.words)
    return Answer(moment, item, GOOD, "")
