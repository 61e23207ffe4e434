"""Two letters under one number are not a correction: which register rows tell of another letter than their number's.

Pure; frames in file order. Letters are compared by sender, letter number, day of receipt and event; an empty cell
contradicts nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from etl.domain.compliance.derive import is_empty
from etl.domain.frames import Bools

IDENTITY = ("opd_name", "letter_number", "received_on", "activity", "booked_start_on")
"""What tells one letter from another: sender, letter number, day of receipt; the last two are its event."""

_SENDER, _NUMBER, _RECEIPT, _ACTIVITY, _BOOKED_DAY = range(len(IDENTITY))
Identity = tuple[Any, ...]


def other_letters(new: pd.DataFrame, taken: pd.DataFrame, doubted: pd.DataFrame) -> Bools:
    """Which rows of `new` tell of another letter than the one of their `request_id`.

    `taken`: the rows that say so far what the letter is; `doubted`: those that wait as another letter. Rows in the
    same words end the same way again, whatever the letter has become since.
    """
    if len(taken) == len(doubted) == 0 and new["request_id"].is_unique:
        return np.zeros(len(new), dtype=bool)
    columns = ["request_id", *IDENTITY]
    rows = pd.concat([taken[columns], doubted[columns], new[columns]], ignore_index=True)
    places = np.flatnonzero(_may_differ(rows))
    waits = np.zeros(len(rows), dtype=bool)
    first_new = len(taken) + len(doubted)
    letters: dict[int, _Letter] = {}
    cells = zip(*(rows[name].iloc[places].tolist() for name in columns), strict=True)
    for place, (request_id, *values) in zip(places.tolist(), cells, strict=True):
        letter, row = letters.setdefault(request_id, _Letter()), tuple(map(_plain, values))
        is_known = place < first_new
        waits[place] = place >= len(taken) if is_known else letter.is_another(row)
        letter.add(row, is_other=bool(waits[place]))
    return waits[first_new:]


def _may_differ(rows: pd.DataFrame) -> Bools:
    """The rows of letters of which not all rows have the same identity; nearly always none."""
    letter = pd.factorize(rows["request_id"])[0]
    _, first = np.unique(letter, return_index=True)
    if len(first) == len(rows):
        return np.zeros(len(rows), dtype=bool)
    differs = np.zeros(len(rows), dtype=bool)
    for name in IDENTITY:
        codes = pd.factorize(rows[name])[0]
        differs |= codes != codes[first][letter]
    return np.isin(letter, letter[differs])


def _plain(value: Any) -> Any:
    """Texts without regard to case and blanks; None for an empty cell."""
    if is_empty(value):
        return None
    return "".join(value.split()).casefold() if isinstance(value, str) else value


class _Letter:
    """What the rows of one letter have said so far of its identity."""

    def __init__(self) -> None:
        self._now: list[Any] = [None] * len(IDENTITY)
        self._taken: set[Identity] = set()
        self._others: set[Identity] = set()

    def add(self, row: Identity, *, is_other: bool) -> None:
        """The next row: part of the letter, or waiting as another one."""
        (self._others if is_other else self._taken).add(row)
        if not is_other:
            self._now = [was if value is None else value for was, value in zip(self._now, row, strict=True)]

    def is_another(self, row: Identity) -> bool:
        """Whether the row contradicts the letter, or waited before in the same words."""
        if row in self._taken:
            return False
        return row in self._others or self._contradicts(row)

    def _contradicts(self, row: Identity) -> bool:
        """Two of sender, number and receipt differ, or the sender and the event."""
        pairs = zip(self._now, row, strict=True)
        differs = [None not in (was, value) and was != value for was, value in pairs]
        has_other_event = differs[_ACTIVITY] or differs[_BOOKED_DAY]
        named = differs[_SENDER] + differs[_NUMBER] + differs[_RECEIPT]
        return named >= 2 or (differs[_SENDER] and has_other_event)
