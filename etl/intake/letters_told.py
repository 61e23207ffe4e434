"""Letters of which only the row of another one tells: `no 25 menyusul`, `surat no. 26 dari Dinkes belum dicatat`.

A number that is neither in the book nor in the records is named with the cell that says it, and nothing is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from string import ascii_lowercase

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_access.errors import Message
from data_access.records import Connection
from data_access.records.requests import letter_numbers_known, letters_known, rows_of
from etl.domain.frames import MISSING, Ints
from etl.extract import Extracted, IntakeWarning
from etl.extract.findings import shown
from etl.extract.kinds import column_words
from etl.extract.texts import LONGEST_SERIES, SEVERAL_LETTERS, agenda_key, numbers_in
from etl.extract.words import agency_words, fold, shipped_words
from etl.intake.missing_numbers import RegisterNumbers

LETTER_TOLD = "letter_told"
"""Code of the warning that a cell tells of a letter which has no row."""

_CELLS = {"note": "keterangan", "subject": "perihal", "activity": "nama_kegiatan", "opd": "asal"}
"""Columns in which another letter may be told of, and what the office calls them."""

_MAY_BE = r"(?i)\b(?:no|nomor|agenda|agd)\b[\s.:]*[0-9]"
_LONGEST_CELL = 2_000
"""What stands further back in a cell is no remark of an officer; the time that a cell takes grows by its square."""
_MOST_NAMED = 20
_WORDS_BEFORE = 4


_NOTE = "note"


@dataclass(frozen=True)
class Unnumbered:
    """A note that tells of another letter without its agenda number; `paper`: the letter number that it names, empty
    for none, `group` and `own` as in Told."""

    sheet: str | None
    row: int
    group: int
    own: str
    cell: str
    paper: str


@dataclass(frozen=True)
class Told:
    """A number that the cell of a row names as that of another letter; `group` as in `RegisterNumbers`, `own`: the key
    of the row's own letter, `name`: the column of the typed rows."""

    sheet: str | None
    row: int
    group: int
    own: str
    name: str
    cell: str
    key: str

    @property
    def number(self) -> int:
        """The number without a letter behind it."""
        return int(self.key.rstrip(ascii_lowercase))


@dataclass
class LettersTold:
    """The letters that the rows of a whole register tell of, gathered from its parts beside its numbers."""

    register: RegisterNumbers
    told: list[Told] = field(default_factory=list)
    unnumbered: list[Unnumbered] = field(default_factory=list)

    def passing(self, parts: Iterator[Extracted]) -> Iterator[Extracted]:
        """The parts as they come from `RegisterNumbers.passing`, after what they tell of was gathered."""
        for part in parts:
            self.told += told_in(part.frame, self.register.group[-1])
            self.unnumbered += unnumbered_in(part.frame, self.register.group[-1])
            yield part


def told_in(frame: pd.DataFrame, group: Ints) -> list[Told]:
    """The numbers of other letters that these register rows name; `group` by row."""
    told: list[Told] = []
    for name in _CELLS:
        texts = pa.array(frame[name], pa.string(), from_pandas=True)
        may_be = pc.fill_null(pc.match_substring_regex(texts, _MAY_BE), False).to_numpy(zero_copy_only=False)
        for place in np.flatnonzero(may_be).tolist():
            cell = texts[place].as_py()
            if keys := numbers_told(cell):
                row = frame.iloc[place]
                sheet = row["sheet"] if isinstance(row["sheet"], str) else None
                where = sheet, int(row["row"]), int(group[place]), str(row["agenda_key"]), name, cell
                told += [Told(*where, key) for key in keys if key != row["agenda_key"]]
    return told


def unnumbered_in(frame: pd.DataFrame, group: Ints) -> list[Unnumbered]:
    """The notes of these register rows that tell of another letter by its letter number or by no number; `group` by
    row."""
    texts = pa.array(frame[_NOTE], pa.string(), from_pandas=True)
    may_be = pc.fill_null(pc.match_substring_regex(texts, _may_be_unnumbered()), False).to_numpy(zero_copy_only=False)
    found: list[Unnumbered] = []
    for place in np.flatnonzero(may_be).tolist():
        cell, sender = texts[place].as_py(), str(frame["opd"].iat[place])
        if numbers_told(cell) or (papers := papers_told(cell, sender)) is None:
            continue
        row = frame.iloc[place]
        sheet = row["sheet"] if isinstance(row["sheet"], str) else None
        where = sheet, int(row["row"]), int(group[place]), str(row["agenda_key"]), cell
        found += [Unnumbered(*where, paper) for paper in papers or [""]]
    return found


@cache
def _may_be_unnumbered() -> str:
    words = "|".join(word.replace(" ", r"\s+") for word in shipped_words().unwritten)
    return rf"(?i)/[\w.-]+/|\bsurat\s+(?:ke|lain)|[2-9a-z]\s+(?:buah\s+|bh\s+)?surat\b|\b(?:blm|blum|belom|{words})"


def papers_told(note: str, sender: str) -> list[str] | None:
    """The letter numbers, maybe none, of the other letters that a note tells of: "beserta surat BKD 005/77/406.9/2026",
    "surat kedua dari BPBD", "ada 2 surat", "surat BKD belum diberi nomor"; None where it tells of none, or of one of
    the row's own `sender`, whose letter this may be."""
    text = re.sub(r"\b(?:blm|blum|belom)\b", "belum", fold(note))
    if _answers().search(text):
        return None
    if _joins().search(text) and (papers := [match[0] for match in _PAPER.finditer(note)]):
        return papers
    if _several_letters().search(text):
        return []
    match = _further_letter().search(text) or (_unwritten().search(text) and _letter_of().search(text))
    return [] if match and re.search(rf"\b{match['agency']}\b", fold(sender)) is None else None


_PAPER = re.compile(
    r"(?<![\w./-])(?!\d{1,2}/\d{1,2}/(?:\d\d|\d{4})(?![\w/.-]))(?=[\w.-]*\d)[\w.-]+(?:/[\w.-]+){2,}(?<=\w)"
)


@cache
def _joins() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, shipped_words().joining))})\b")


@cache
def _several_letters() -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:(?:ada|terdiri(?: dari| atas)?|berisi|jumlah) )?{SEVERAL_LETTERS.pattern}")


@cache
def _further_letter() -> re.Pattern[str]:
    of = r"(?: (?:dari|asal|milik|oleh)\b)?"
    return re.compile(rf"\bsurat (?:kedua|ketiga|ke-? ?[23]|lain){of} (?P<agency>{agency_words()})\b")


@cache
def _letter_of() -> re.Pattern[str]:
    return re.compile(rf"\b(?:surat|susulan)(?: (?:surat|susulan|dari|asal|milik)\b)* (?P<agency>{agency_words()})\b")


def numbers_told(cell: str) -> list[str]:
    """The keys of the agenda numbers that a cell names beside an agency, or beside a word by which a letter is still to
    be written; not those of rooms, telephones, laws and letters that are answered."""
    text = re.sub(r"\b(?:blm|blum|belom)\b", "belum", fold(cell[:_LONGEST_CELL]))
    is_unwritten, keys = _unwritten().search(text) is not None, []
    for match in _number().finditer(text):
        before = re.findall("[a-z]+", text[: match.start()])[-_WORDS_BEFORE:]
        is_agenda = match["word"].startswith("ag")
        if not is_agenda and not _NUMBERED_PLACES.isdisjoint(before):
            continue
        if not is_agenda and before and before[-1] in shipped_words().numbered:
            continue
        is_of_agency = _agency_behind().match(text, match.end()) and not _answers().search(text[: match.start()])
        if is_unwritten or is_of_agency:
            keys += map(agenda_key, numbers_in(match["numbers"]))
    return list(dict.fromkeys(keys))


_NUMBERED_PLACES = frozenset({"jl", "jln", "jalan", "gg", "gang", "rt", "rw", "perum"})


@cache
def _number() -> re.Pattern[str]:
    number, between = r"\d{1,5}[a-z]?\b", r"(?:, ?(?:dan )?|&|dan|s\.? ?d\.?|s/d|sampai|hingga|-|–)"
    numbers = rf"(?P<numbers>{number}(?: ?{between} ?{number})*)"
    behind = r"(?![\w/]|[.,:-]\d| *(?:tahun|th|thn)\b)"
    return re.compile(
        rf"\b(?P<word>agenda|agd|no|nomor)\b[. :]*(?:(?:urut|agenda|agd|no|nomor)\b[. :]*)*{numbers}{behind}"
    )


@cache
def _unwritten() -> re.Pattern[str]:
    words = "|".join(re.escape(word).replace(":", " *:") for word in shipped_words().unwritten)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


@cache
def _agency_behind() -> re.Pattern[str]:
    return re.compile(
        rf"[\s:.,()–-]*(?:(?:surat|dari|oleh|asal|milik|dipakai|diambil|diisi|digunakan|untuk|utk)\b[\s:]*)*(?:{agency_words()})\b"
    )


@cache
def _answers() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, shipped_words().answering))})")


def letters_told(connection: Connection, load_id: int, gathered: LettersTold) -> list[IntakeWarning]:
    """One warning for each of these letters that has no row in the records, whose number lies near those of the book
    and is not among those that are missing in it; at most so many, then how many more. What a cell said that an earlier
    load had was said then."""
    return [*_numbers_lost(connection, load_id, gathered), *_unnumbered_lost(connection, load_id, gathered)]


def _unnumbered_lost(connection: Connection, load_id: int, gathered: LettersTold) -> list[IntakeWarning]:
    """The same for notes without an agenda number, whose letter numbers no row bears."""
    papers = {one.paper for one in gathered.unnumbered} - {""}
    known = letter_numbers_known(connection, papers) if papers else set()
    open_ = [one for one in gathered.unnumbered if one.paper not in known]
    if not open_:
        return []
    own = pd.DataFrame([_key(gathered.register, one, one.own) for one in open_], columns=_KEY).drop_duplicates()
    rows = rows_of(connection, letters_known(connection, own))
    earlier = {*rows.loc[rows["load_id"] != load_id, _NOTE]}
    lost = [(one.sheet, one.row, one.cell) for one in open_ if one.cell not in earlier]
    warnings = []
    for sheet, row, cell in list(dict.fromkeys(lost))[:_MOST_NAMED]:
        place = {"row": row, "column": column_words(_CELLS[_NOTE]), "cell": shown(cell)}
        warnings.append(
            IntakeWarning(LETTER_TOLD, row, Message("intake.letter_told_unnumbered", **place).stored(), sheet)
        )
    return [*warnings, *_further(len({*lost}) - len(warnings))]


def _further(count: int) -> list[IntakeWarning]:
    """How many more letters are told of than were named."""
    return (
        [IntakeWarning(LETTER_TOLD, None, Message("intake.letters_told_more", count=count).stored())] if count else []
    )


def _numbers_lost(connection: Connection, load_id: int, gathered: LettersTold) -> list[IntakeWarning]:
    near = _near(gathered)
    if not near:
        return []
    register = gathered.register
    letters = [_key(register, one, one.key) for one in near]
    wanted = pd.DataFrame([*letters, *(_key(register, one, one.own) for one in near)], columns=_KEY).drop_duplicates()
    rows = rows_of(connection, letters_known(connection, wanted))
    present = set(zip(rows["year"], rows["agenda_key"], strict=True))
    earlier = rows[rows["load_id"] != load_id]
    said = {name: set(earlier[name]) for name in _CELLS if name in earlier}
    lost = [
        one
        for one, letter in zip(near, letters, strict=True)
        if letter not in present and one.cell not in said.get(one.name, ())
    ]
    return [*map(_warning, lost[:_MOST_NAMED]), *_further(len(lost[_MOST_NAMED:]))]


_KEY = ["year", "agenda_key"]


def _near(gathered: LettersTold) -> list[Told]:
    """The letters told of whose numbers lie near those of their group, and are neither refused nor in a hole."""
    if not gathered.told:
        return []
    register = gathered.register
    numbers, leading, groups = map(np.concatenate, (register.numbers, register.leading, register.group))
    known = register.refused.union(leading.tolist(), *(hole.numbers for hole in register.holes()))
    ranges = {
        group: (own.min() - LONGEST_SERIES, own.max() + LONGEST_SERIES)
        for group in {one.group for one in gathered.told}
        if len(own := numbers[(groups == group) & (numbers != MISSING)])
    }
    spans = ((one, ranges.get(one.group, (1, 0))) for one in gathered.told)
    return [one for one, (first, last) in spans if first <= one.number <= last and one.number not in known]


def _key(register: RegisterNumbers, one: Told | Unnumbered, key: str) -> tuple[int, str]:
    """Year and agenda key of a letter in the group of the row that tells of it."""
    year, nothing = register.key(one.group, 0)
    return year, f"{nothing.removesuffix('0')}{key}"


def _warning(one: Told) -> IntakeWarning:
    place = {"row": one.row, "column": column_words(_CELLS[one.name]), "cell": shown(one.cell)}
    message = Message("intake.letter_told", **place, number=one.key)
    return IntakeWarning(LETTER_TOLD, one.row, message.stored(), one.sheet)
