"""Two letters under one number are not a correction: to which letter of its number does a register row belong?

Pure; frames in file order. Letters are compared by sender, letter number, day of receipt and event; an empty cell
contradicts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data_access.records.logs import LETTER_WORDS
from etl.domain.compliance.derive import is_empty
from etl.domain.frames import Bools, Ints
from etl.domain.units import day_date

IDENTITY = ("opd_name", "letter_number", "received_on", "activity", "booked_start_on")
"""What tells one letter from another: sender, letter number, day of receipt; the last two are its event."""

WORDS = [name for name in LETTER_WORDS if name != "request_id"]
"""What a row says of its letter, whatever number it stands at."""

_SENDER, _NUMBER, _RECEIPT, _ACTIVITY, _BOOKED_DAY = range(len(IDENTITY))
Identity = tuple[Any, ...]


class _Row(NamedTuple):
    """A register row; `subject`: its load and what it says the letter is about."""

    first_id: int
    request_id: int
    identity: Identity
    subject: tuple[int, str | None]


_SAME_RECEIPT = 15
"""Days by which a corrected receipt may differ: numbers that begin again each month are another letter's."""


def placed_letters(new: pd.DataFrame, taken: pd.DataFrame, doubted: pd.DataFrame) -> tuple[Ints, Bools]:
    """The letter of each row of `new`, and whether the row tells of another one than those of its number, and waits.

    `first_id`: the letter that bears a row's number plainly; where `request_id` is another one the row names that
    further letter itself. `taken`: the rows that say so far what the letters are; `doubted`: those that wait as another
    letter. Rows in the same words end the same way again, whatever the letters have become since.
    """
    ids, waits = new["request_id"].to_numpy(dtype=np.int64, copy=True), np.zeros(len(new), dtype=bool)
    if len(taken) == len(doubted) == 0 and new["first_id"].is_unique:
        return ids, waits
    columns = ["first_id", "request_id", *IDENTITY, "load_id", "subject"]
    rows = pd.concat([taken[columns], doubted[columns], new[columns]], ignore_index=True)
    places = np.flatnonzero(_may_differ(rows))
    first_new = len(taken) + len(doubted)
    numbers: dict[int, _Number] = {}
    for place, row in zip(places.tolist(), _rows(rows.iloc[places]), strict=True):
        number = numbers.setdefault(row.first_id, _Number())
        if place < len(taken):
            number.letter(row.request_id).add(row)
        elif place < first_new:
            number.waiting.setdefault(row.identity, row.request_id)
        else:
            here = place - first_new
            ids[here], waits[here] = number.place(row)
    return ids, waits


def said_in(rows: pd.DataFrame, among: pd.DataFrame, words: Sequence[str] = WORDS) -> Bools:
    """Which rows are told in the same words by one of the others."""
    known = among[[*words]].drop_duplicates().assign(is_said=True)
    is_said = rows[[*words]].merge(known, on=[*words], how="left")["is_said"]
    return is_said.notna().to_numpy(dtype=bool)


def alike(row: pd.DataFrame, others: pd.DataFrame) -> Bools:
    """Which of the other rows do not contradict a letter of which this one row tells."""
    letter = _Letter()
    letter.add(next(_rows(row)))
    return np.array([letter.score(other) is not None for other in _rows(others)], dtype=bool)


def _rows(rows: pd.DataFrame) -> Iterator[_Row]:
    cells = (rows[name].tolist() for name in ("first_id", "request_id", "load_id", "subject", *IDENTITY))
    for first, own, load_id, subject, *values in zip(*cells, strict=True):
        yield _Row(first, own, tuple(map(_plain, values)), (load_id, _plain(subject)))


def _may_differ(rows: pd.DataFrame) -> Bools:
    """The rows of numbers of which not all rows have the same letter and identity; nearly always none."""
    number = pd.factorize(rows["first_id"])[0]
    _, first = np.unique(number, return_index=True)
    if len(first) == len(rows):
        return np.zeros(len(rows), dtype=bool)
    differs = np.zeros(len(rows), dtype=bool)
    for name in ("request_id", *IDENTITY):
        codes = pd.factorize(rows[name])[0]
        differs |= codes != codes[first][number]
    return np.isin(number, number[differs])


def _plain(value: Any) -> Any:
    """Texts without regard to case and blanks; None for an empty cell."""
    if is_empty(value):
        return None
    return "".join(value.split()).casefold() if isinstance(value, str) else value


class _Letter:
    """What the rows of one letter have said so far of its identity."""

    def __init__(self) -> None:
        self._now: list[Any] = [None] * len(IDENTITY)
        self._subjects: dict[int, str | None] = {}
        self.rows: set[Identity] = set()

    def add(self, row: _Row) -> None:
        """The next row of the letter."""
        self.rows.add(row.identity)
        self._now = [was if value is None else value for was, value in zip(self._now, row.identity, strict=True)]
        load_id, subject = row.subject
        self._subjects[load_id] = subject or self._subjects.get(load_id)

    def score(self, row: _Row) -> int | None:
        """How far the row agrees with the letter; None where it contradicts it: two of sender, number and receipt
        differ, or the sender and the event, or the receipts lie so far apart that the numbers began again. Where rows
        of one load name no event, what they are about stands for it."""
        pairs = [(was, value) for was, value in zip(self._now, row.identity, strict=True)]
        differs = [None not in pair and pair[0] != pair[1] for pair in pairs]
        named = differs[_SENDER] + differs[_NUMBER] + differs[_RECEIPT]
        is_another_month = differs[_RECEIPT] and _lie_apart(*pairs[_RECEIPT])
        is_same_paper = None not in pairs[_NUMBER] and not differs[_NUMBER]
        if (
            named >= 2
            or (is_another_month and not is_same_paper)
            or (differs[_SENDER] and (differs[_ACTIVITY] or differs[_BOOKED_DAY]))
            or (differs[_SENDER] and self._is_about_another(row, pairs[_ACTIVITY:]))
        ):
            return None
        return sum(None not in pair for pair in pairs) - 2 * sum(differs)

    def _is_about_another(self, row: _Row, event: Sequence[tuple[Any, Any]]) -> bool:
        load_id, subject = row.subject
        subjects = (self._subjects.get(load_id), subject)
        return all(None in pair for pair in event) and None not in subjects and subjects[0] != subjects[1]


def _lie_apart(one: int, other: int) -> bool:
    """Whether two days of receipt are too far apart for one letter, also with day and month exchanged."""
    first, second = day_date(one), day_date(other)
    is_exchanged = (first.day, first.month) == (second.month, second.day)
    return abs(one - other) > _SAME_RECEIPT and not is_exchanged


@dataclass
class _Number:
    """The letters of one number by request_id, and rows that wait as another letter, with the letter they stand at."""

    letters: dict[int, _Letter] = field(default_factory=dict)
    waiting: dict[Identity, int] = field(default_factory=dict)

    def letter(self, request_id: int) -> _Letter:
        """The letter, as yet without a row where it is new."""
        return self.letters.setdefault(request_id, _Letter())

    def place(self, row: _Row) -> tuple[int, bool]:
        """The letter to which a new row belongs, and whether it waits; one that is named is the only choice."""
        own = self.letter(row.request_id)
        letters = {row.request_id: own} if row.request_id != row.first_id else self.letters
        same = [letter_id for letter_id, letter in letters.items() if row.identity in letter.rows]
        if not same and row.identity in self.waiting:
            return self.waiting[row.identity], True
        scores = {letter_id: score for letter_id, letter in letters.items() if (score := letter.score(row)) is not None}
        chosen = same[0] if same else max(scores, key=lambda one: (scores[one], -one), default=None)
        if chosen is None:
            self.waiting[row.identity] = row.request_id
            return row.request_id, True
        letters[chosen].add(row)
        return chosen, False
