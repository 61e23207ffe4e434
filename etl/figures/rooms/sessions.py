"""The sessions behind the hours of rooms: how long each was inside the period, with how many people and seats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data_access.mart.rooms import letter_words
from etl.domain.frames import MISSING, Bools, Ints
from etl.figures.rooms.diary import WITHOUT_LETTER, Diary

if TYPE_CHECKING:
    from etl.office import Office


@dataclass(frozen=True)
class UseRow:
    """One session; `seconds` are those inside the period. `present` None: nobody said; `seats` None: nobody knows."""

    session_id: int
    room: str
    opd: str | None
    letter: tuple[int, str] | None
    start_at: int
    end_at: int
    is_estimated: bool
    seconds: int
    present: int | None
    seats: int | None


@dataclass(frozen=True, eq=False)
class UsesBehind:
    """Sessions with a part of their time in the period, by time; `place` points into the diary.

    `seconds` is their sum, with what overlaps counted each; `person_seconds` and `seat_seconds` are those of the
    sessions that know both people and seats.
    """

    diary: Diary
    place: Ints
    seconds: int
    person_seconds: int
    seat_seconds: int

    def __len__(self) -> int:
        return len(self.place)


def uses_behind(diary: Diary, group: str = "") -> UsesBehind:
    """The sessions of a diary; with WITHOUT_LETTER as group only those without a letter."""
    uses, spent = diary.uses, diary.used_seconds
    wanted: Bools = spent > 0
    if group == WITHOUT_LETTER:
        wanted = wanted & (uses.opd < 0)
    place = np.flatnonzero(wanted)
    place = place[np.lexsort((uses.session_id[place], uses.start[place]))]
    seats = diary.capacities[uses.lane[place]]
    known = (uses.present[place] != MISSING) & (seats > 0)
    hours = spent[place][known]
    return UsesBehind(
        diary,
        place,
        int(spent[place].sum()),
        int((uses.present[place][known] * hours).sum()),
        int((seats[known] * hours).sum()),
    )


def use_rows(office: Office, behind: UsesBehind, first: int, count: int) -> list[UseRow]:
    """So many rows from the place `first` (from 0), with their letters."""
    diary, uses, shown = behind.diary, behind.diary.uses, behind.place[first : first + count].tolist()
    letters = [int(uses.request_id[place]) for place in shown]
    words = letter_words(office.mart.read(), [one for one in letters if one != MISSING]) if shown else {}
    rows = []
    for place, letter in zip(shown, letters, strict=True):
        known, present = words.get(letter), int(uses.present[place])
        rows.append(
            UseRow(
                session_id=int(uses.session_id[place]),
                room=diary.rooms[int(uses.lane[place])],
                opd=diary.opd_name(int(uses.opd[place])),
                letter=(known["year"], known["agenda_number"]) if known else None,
                start_at=int(uses.start[place]),
                end_at=int(uses.end[place]),
                is_estimated=bool(uses.is_estimated[place]),
                seconds=int(diary.used_seconds[place]),
                present=None if present == MISSING else present,
                seats=int(diary.capacities[int(uses.lane[place])]) or None,
            )
        )
    return rows
