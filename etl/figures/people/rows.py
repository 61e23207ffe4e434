"""The sessions behind a figure of the page of participants: which count, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from data_access.mart.rooms import letter_words
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.statistics import share
from etl.figures.people.counts import fit_of
from etl.figures.rooms.diary import WITHOUT_LETTER, Diary

if TYPE_CHECKING:
    from etl.office import Office


class PeopleFigure(StrEnum):
    """The headline figures, as addresses name them."""

    PLANNED = "rencana"
    VERIFIED = "terverifikasi"
    PRESENT = "hadir"
    ATTENDANCE = "kehadiran"
    SEATS = "kursi"


SCREENING = "skrining"
"""The screening as addresses name it: it has no sessions, only sums."""

FIT_GROUPS = ("terisi-25", "terisi-50", "terisi-75", "terisi-100", "melebihi", "tak-diketahui")
"""By how full the room was, in the order of FIT_CLASSES, and those of which nobody knows."""

GROUPS = (WITHOUT_LETTER, *FIT_GROUPS)
"""The parts of a period's sessions that are no month, agency or room, as addresses name them."""


@dataclass(frozen=True)
class PeopleRow:
    """One session; `part` and `whole` are people (or seats) of the figure, None where nobody said, and `whole` also
    where the figure is a sum. `letter`: year and agenda number."""

    session_id: int
    room: str
    opd: str | None
    letter: tuple[int, str] | None
    start_at: int
    part: int | None
    whole: int | None
    is_counted: bool


@dataclass(frozen=True, eq=False)
class PeopleBehind:
    """One element a session of the period, those that count first, then by time; `place` points into the diary.

    MISSING where nobody said; `whole` is None where the figure is a sum.
    """

    figure: PeopleFigure
    diary: Diary
    place: Ints
    part: Ints
    whole: Ints | None
    is_counted: Bools

    def __len__(self) -> int:
        return len(self.place)

    @property
    def counted(self) -> int:
        """How many sessions count."""
        return int(self.is_counted.sum())

    @property
    def part_sum(self) -> int | None:
        """The numerator, or the sum; None when no session counts."""
        return int(self.part[self.is_counted].sum()) if self.counted else None

    @property
    def whole_sum(self) -> int | None:
        """The denominator; None for a sum, and when no session counts."""
        return int(self.whole[self.is_counted].sum()) if self.whole is not None and self.counted else None

    @property
    def share(self) -> float | None:
        """Numerator by denominator; None for a sum, and when there is nothing to divide by."""
        return None if self.whole is None else share(self.part_sum or 0, self.whole_sum or 0)


def people_behind(diary: Diary, figure: PeopleFigure, group: str = "") -> PeopleBehind:
    """Every session that began in the period, with what it gives to the figure; of one of GROUPS, or of all."""
    part, whole = _terms(diary, figure)
    counts = (part != MISSING) if whole is None else (part != MISSING) & (whole != MISSING)
    place = np.flatnonzero(diary.starts_here & _belongs(diary, group))
    uses = diary.uses
    place = place[np.lexsort((uses.session_id[place], uses.start[place], ~counts[place]))]
    return PeopleBehind(figure, diary, place, part[place], None if whole is None else whole[place], counts[place])


def _belongs(diary: Diary, group: str) -> Bools:
    """Whether each session is one of that group."""
    if group == WITHOUT_LETTER:
        return np.asarray(diary.uses.opd < 0)
    if group in FIT_GROUPS:
        return np.asarray(fit_of(diary) == FIT_GROUPS.index(group))
    return np.ones(len(diary.uses), dtype=bool)


def _terms(diary: Diary, figure: PeopleFigure) -> tuple[Ints, Ints | None]:
    uses = diary.uses
    if figure is PeopleFigure.ATTENDANCE:
        return uses.present, uses.planned
    if figure is PeopleFigure.SEATS:
        seats = diary.capacities[uses.lane]
        return uses.present, np.where(seats > 0, seats, MISSING)
    sums = {
        PeopleFigure.PLANNED: uses.planned,
        PeopleFigure.VERIFIED: uses.verified,
        PeopleFigure.PRESENT: uses.present,
    }
    return sums[figure], None


def people_rows(office: Office, behind: PeopleBehind, first: int, count: int) -> list[PeopleRow]:
    """So many rows from the place `first` (from 0), with their letters."""
    if not len(behind):
        return []
    uses = behind.diary.uses
    shown = behind.place[first : first + count]
    ids, letters = uses.session_id[shown].tolist(), uses.request_id[shown].tolist()
    words = letter_words(office.mart.read(), [one for one in letters if one != MISSING])
    rows = []
    for at, (place, session, letter) in enumerate(zip(shown.tolist(), ids, letters, strict=True), start=first):
        known = words.get(letter)
        rows.append(
            PeopleRow(
                session_id=session,
                room=behind.diary.rooms[int(uses.lane[place])],
                opd=behind.diary.opd_name(int(uses.opd[place])),
                letter=(known["year"], known["agenda_number"]) if known else None,
                start_at=int(uses.start[place]),
                part=_number(behind.part[at]),
                whole=None if behind.whole is None else _number(behind.whole[at]),
                is_counted=bool(behind.is_counted[at]),
            )
        )
    return rows


def _number(value: int) -> int | None:
    return None if int(value) == MISSING else int(value)
