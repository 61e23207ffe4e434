"""Two letters under one number are not a correction: to which letter of its number does a register row belong?

Pure; frames in file order. Letters are compared by sender, letter number, day of receipt, event and subject; an empty
cell contradicts nothing. Within one file one difference is enough: nobody corrects a row by typing it once more below.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data_access.records.logs import LETTER_WORDS
from etl.domain.compliance.derive import is_empty
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.units import day_date
from etl.extract.texts import loose_key

IDENTITY = ("opd_name", "letter_number", "received_on", "activity", "booked_start_on", "subject")
"""What tells one letter from another: sender, letter number, day of receipt; then its event and what it is about, which
tell letters apart only beside one of these."""

WORDS = [name for name in LETTER_WORDS if name != "request_id"]
"""What a row says of its letter, whatever number it stands at."""

_SENDER, _NUMBER, _RECEIPT, _ACTIVITY, _BOOKED_DAY, _SUBJECT = range(len(IDENTITY))
Identity = tuple[Any, ...]


class _Row(NamedTuple):
    """A register row; `file_id`: the load of the file in which it stands."""

    first_id: int
    request_id: int
    file_id: int
    identity: Identity


_SAME_RECEIPT = 15
"""Days by which a corrected receipt may differ, within the month: numbers that begin again are another letter's."""


def placed_letters(new: pd.DataFrame, taken: pd.DataFrame, doubted: pd.DataFrame) -> tuple[Ints, Bools]:
    """The letter of each row of `new`, and whether the row tells of another one than those of its number, and waits.

    `first_id`: the letter that bears a row's number plainly; where `request_id` is another one the row names that
    further letter itself. `taken`: the rows that say so far what the letters are; `doubted`: those that wait as another
    letter; `file_id`: which rows stand in one file. Rows in the same words end the same way again, whatever the letters
    have become since, and wherever in the file they stand.
    """
    ids, waits = new["request_id"].to_numpy(dtype=np.int64, copy=True), np.zeros(len(new), dtype=bool)
    if len(taken) == len(doubted) == 0 and new["first_id"].is_unique:
        return ids, waits
    columns = ["first_id", "request_id", "file_id", *IDENTITY]
    rows = pd.concat([taken[columns], doubted[columns], new[columns]], ignore_index=True)
    places = np.flatnonzero(_may_differ(rows))
    first_new = len(taken) + len(doubted)
    numbers: defaultdict[int, _Number] = defaultdict(_Number)
    fresh: list[tuple[int, _Row]] = []
    for place, row in zip(places.tolist(), _rows(rows.iloc[places]), strict=True):
        number = numbers[row.first_id]
        if place < len(taken):
            number.letter(row.request_id).add(row)
        elif place < first_new:
            number.waiting.setdefault(row.identity, row.request_id)
        else:
            number.meet(row)
            fresh.append((place - first_new, row))
    for here, row in fresh:
        ids[here], waits[here] = numbers[row.first_id].place(row)
    return ids, waits


def said_in(rows: pd.DataFrame, among: pd.DataFrame, words: Sequence[str] = WORDS) -> Bools:
    """Which rows are told in the same words by one of the others."""
    known = among[[*words]].drop_duplicates().assign(is_said=True)
    is_said = rows[[*words]].merge(known, on=[*words], how="left")["is_said"]
    return is_said.notna().to_numpy(dtype=bool)


def alike(row: pd.DataFrame, others: pd.DataFrame) -> Bools:
    """Which of the other rows, one after the other, do not contradict a letter of which this one row tells."""
    letter = _Letter()
    letter.add(next(_rows(row)))
    return np.array([letter.takes(other) for other in _rows(others)], dtype=bool)


def has_number(text: Any) -> bool:
    """Whether a letter number is one: "Undangan", "-" and an empty cell are none."""
    return isinstance(text, str) and any(map(str.isdigit, text))


_YEAR = re.compile(r"20\d\d")
_CLASS = re.compile(r"\d{3}(?:\.\d+)*")


def has_full_number(text: Any) -> bool:
    """Whether a letter number has a number of its own, which tells letters apart: one with an empty place ("005/",
    "045/../VI/2026"), or with nothing but a class and the year ("005/2026", "Und/2026"), has none yet."""
    if not has_number(text):
        return False
    places = ["".join(filter(str.isalnum, place)) and place.strip() for place in text.split("/")]
    is_class_first = _CLASS.fullmatch(places[0]) is not None
    own = [place for place in places[is_class_first:] if has_number(place) and not _YEAR.fullmatch(place)]
    return all(places) and bool(own)


_PAPER = ["opd_name", "letter_number", "received_on", "subject"]
"""What is the same of two register rows that tell of one letter, whatever it asks for."""

_BOOKING = ["opd_name", "letter_number", "booked_start_on", "booked_start_at", "room_name"]
"""What is the same of two register rows that tell of one letter and its booking."""


def letters_elsewhere(new: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """By row of `new` the letter under another agenda number that the records, or a row above, have of the same paper,
    NaN where there is none: sender, letter number, day and hour of the event and room are the same or, where one of
    them names no event, sender, full letter number, day of receipt and subject; no other date of the letter is said.
    Beside a full letter number blanks, dots and case of the sender do not count."""
    numbers = [*known["letter_number"], *new["letter_number"]]
    if len({*numbers}) == len(numbers):
        return pd.Series(np.nan, index=new.index)
    columns = [*dict.fromkeys(("request_id", "letter_on", *_BOOKING, *_PAPER))]
    rows = pd.concat([known[columns], new[columns]], ignore_index=True)
    rows = rows[rows["letter_number"].duplicated(keep=False)]
    rows = rows.assign(letter_on=rows["letter_on"].where(rows["letter_on"] != MISSING))
    is_full = rows["letter_number"].map(has_full_number).astype(bool)
    bare_senders = rows["opd_name"].map(_plain).str.replace(".", "", regex=False)
    rows["opd_name"] = rows["opd_name"].mask(is_full, bare_senders)
    is_booked = rows["booked_start_on"] != MISSING
    is_first_booked = rows.groupby(_PAPER, dropna=False, sort=False)["booked_start_on"].transform("first") != MISSING
    is_paper = is_full & rows["subject"].notna()
    booked = _first_alike(rows, _BOOKING).where(rows["letter_number"].map(has_number).astype(bool) & is_booked)
    elsewhere = booked.fillna(_first_alike(rows, _PAPER).where(is_paper & ~(is_booked & is_first_booked)))
    return elsewhere.reindex(range(len(known), len(known) + len(new))).set_axis(new.index)


def letters_written_otherwise(new: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """By row of `new` the letter that the records, or a row above, have of the same sender, receipt and subject under
    the same number in another spelling, NaN where there is none; no other date or letter number is said."""
    rows = pd.concat([known, new], ignore_index=True)
    pairs = zip(rows["agenda_key"], rows["year"], strict=True)
    rows["loose"] = [loose_key(key, year) for key, year in pairs]
    rows["letter_on"] = rows["letter_on"].where(rows["letter_on"] != MISSING)
    rows = rows[rows.duplicated(_SPELLED, keep=False)]
    first = _first_alike(rows, _SPELLED)
    other = rows.groupby(_SPELLED, dropna=False, sort=False)["letter_number"].transform("first")
    is_same = rows["letter_number"].isna() | other.isna() | (rows["letter_number"] == other)
    elsewhere = first.where(is_same & rows["subject"].notna())
    return elsewhere.reindex(range(len(known), len(known) + len(new))).set_axis(new.index)


_SPELLED = ["year", "loose", "opd_name", "received_on", "subject"]
"""What is the same of two register rows of one letter whose number is only written otherwise."""


def _first_alike(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """The letter of the first of the rows that are the same in these columns, NaN where it is the row's own, or
    another date of the letter is said."""
    group = rows.groupby([*columns], dropna=False, sort=False)
    first, dated = group["request_id"].transform("first"), group["letter_on"].transform("first")
    is_same_date = rows["letter_on"].isna() | dated.isna() | (rows["letter_on"] == dated)
    return first.where(is_same_date & (first != rows["request_id"]))


def is_same_cell(one: Any, other: Any) -> bool:
    """Whether two cells say the same, without regard to case and blanks."""
    return bool(_plain(one) == _plain(other))


def _rows(rows: pd.DataFrame) -> Iterator[_Row]:
    cells = (rows[name].tolist() for name in ("first_id", "request_id", "file_id", *IDENTITY))
    for first, own, file_id, *values in zip(*cells, strict=True):
        identity = [*map(_plain, values)]
        if not has_number(identity[_NUMBER]):
            identity[_NUMBER] = None
        yield _Row(first, own, file_id, tuple(identity))


def _may_differ(rows: pd.DataFrame) -> Bools:
    """The rows of numbers of which not all rows have the same letter and identity; nearly always none."""
    number = pd.factorize(rows["first_id"])[0]
    _, first = np.unique(number, return_index=True)
    if len(first) == len(rows):
        return np.zeros(len(rows), dtype=bool)
    differs = np.zeros(len(rows), dtype=bool)
    for name in ("request_id", *IDENTITY[:_SUBJECT]):
        codes = pd.factorize(rows[name])[0]
        differs |= codes != codes[first][number]
    return np.isin(number, number[differs])


def _plain(value: Any) -> Any:
    """Texts without regard to case and blanks; None for an empty cell."""
    if is_empty(value):
        return None
    return "".join(value.split()).casefold() if isinstance(value, str) else value


_NOTHING: Identity = (None,) * len(IDENTITY)


class _Letter:
    """What the rows of one letter have said so far of its identity, those of all files and those of each."""

    def __init__(self) -> None:
        self._now = _NOTHING
        self._in_file: dict[int, Identity] = {}
        self.rows: set[Identity] = set()

    def add(self, row: _Row) -> None:
        """The next row of the letter."""
        self.rows.add(row.identity)
        self._now = _merged(self._now, row.identity)
        self._in_file[row.file_id] = _merged(self._in_file.get(row.file_id, _NOTHING), row.identity)

    def takes(self, row: _Row) -> bool:
        """Add the row unless it contradicts the letter; whether it was added."""
        is_taken = self.score(row) is not None
        if is_taken:
            self.add(row)
        return is_taken

    def is_named_otherwise(self, row: _Row) -> bool:
        """Whether the row names another sender, letter number or receipt."""
        return any(_differences(self._now, row.identity)[:_ACTIVITY])

    def score(self, row: _Row) -> int | None:
        """How far the row agrees with the letter; None where it contradicts it: two of sender, number and receipt
        differ, in one file one of them, or the sender and the event, or the number and the event or subject; without
        the same number the receipt and the event or subject, or the numbers began again between the receipts.
        """
        differs = _differences(self._now, row.identity)
        in_file = _differences(self._in_file.get(row.file_id, _NOTHING), row.identity)
        pairs = [*zip(self._now, row.identity, strict=True)]
        is_same_paper = has_full_number(row.identity[_NUMBER]) and self._now[_NUMBER] == row.identity[_NUMBER]
        is_other_event = differs[_ACTIVITY] or differs[_BOOKED_DAY]
        is_about_other = is_other_event or differs[_SUBJECT]
        if (
            sum(differs[:_ACTIVITY]) >= 2
            or any(in_file[:_ACTIVITY])
            or (differs[_RECEIPT] and not is_same_paper and (is_about_other or _began_again(*pairs[_RECEIPT])))
            or (differs[_SENDER] and is_other_event)
            or (differs[_NUMBER] and is_about_other)
        ):
            return None
        return sum(None not in pair for pair in pairs) - 2 * sum(differs)


def _merged(was: Identity, row: Identity) -> Identity:
    return tuple(old if new is None else new for old, new in zip(was, row, strict=True))


def _differences(was: Identity, row: Identity) -> list[bool]:
    return [None not in (old, new) and old != new for old, new in zip(was, row, strict=True)]


def _began_again(one: int, other: int) -> bool:
    """Whether the other day of receipt is too far off for one letter, or in a later month; not with day and month
    exchanged."""
    first, second = day_date(one), day_date(other)
    is_exchanged = (first.day, first.month) == (second.month, second.day)
    is_later_month = (first.year, first.month) < (second.year, second.month)
    return (is_later_month or abs(one - other) > _SAME_RECEIPT) and not is_exchanged


@dataclass
class _Number:
    """The letters of one number by request_id, and rows that wait as another letter, with the letter they stand at."""

    letters: dict[int, _Letter] = field(default_factory=dict)
    waiting: dict[Identity, int] = field(default_factory=dict)

    def letter(self, request_id: int) -> _Letter:
        """The letter, as yet without a row where it is new."""
        return self.letters.setdefault(request_id, _Letter())

    def meet(self, row: _Row) -> None:
        """A new row that says again what a letter is speaks for it in its file before the others there."""
        for letter in self.letters.values():
            if row.identity in letter.rows:
                letter.add(row)

    def place(self, row: _Row) -> tuple[int, bool]:
        """The letter to which a new row belongs, and whether it waits; one that is named is the only choice."""
        own = self.letter(row.request_id)
        letters = {row.request_id: own} if row.request_id != row.first_id else self.letters
        same = [letter_id for letter_id, letter in letters.items() if row.identity in letter.rows]
        if not same and row.identity in self.waiting:
            return self.waiting[row.identity], True
        scores = {letter_id: score for letter_id, letter in letters.items() if (score := letter.score(row)) is not None}
        chosen = same[0] if same else max(scores, key=lambda one: (scores[one], -one), default=None)
        if chosen is None or (not same and self._is_in_doubt(row, letters[chosen])):
            self.waiting[row.identity] = row.request_id
            return row.request_id, True
        letters[chosen].add(row)
        return chosen, False

    def _is_in_doubt(self, row: _Row, letter: _Letter) -> bool:
        """Whether it names another sender, number or receipt than the letter, but none than a row that waits."""
        return letter.is_named_otherwise(row) and any(
            not any(_differences(identity, row.identity)[:_ACTIVITY]) for identity in self.waiting
        )
