"""What a line or a row that is no record says: a day, an agency, a letter that was not written in a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from etl.extract.words import agency_words, fold, shipped_words

NUMBER_FIRST = re.compile(r"(?:no\.? *)?\d{1,5}[a-z]{0,2}\.?(?:/\S+)?")
"""A folded cell that begins a record: its number, `12`, `no. 12a`, `12/2026`."""

WORDS = re.compile(r"[a-z]{2}")
_DAY_CELL = re.compile(r"\b\d{1,4}[-/. ]+(?:\d{1,2}|[a-z]{1,9})\.?[-/. ]+\d{2,4}\b")


def says_day(cell: str) -> bool:
    """Whether a folded cell names a day, or is one without its year."""
    return _DAY_CELL.search(cell) is not None or _short_day().fullmatch(cell) is not None


@cache
def _short_day() -> re.Pattern[str]:
    months = "|".join(sorted(shipped_words().months, key=len, reverse=True))
    return re.compile(rf"\d{{1,2}}[-/. ]*(?:{months})\.?")


def says_day_within(line: str) -> bool:
    """Whether a folded line names a day, with or without its year, among other words."""
    return _DAY_CELL.search(line) is not None or _short_day().search(line) is not None


def line_of_letter(line: str) -> bool:
    """Whether a folded line tells of a letter that was not written in a row: by its number behind a mark or a word
    (`* 13 Dishub`, `agenda 14: BPBD`, `(17) BKD`), by several numbers, by an agency and a day (`Dishub 9/1`), or by a
    number or agency beside a word that says that it is still to be written."""
    return _unwritten_line().search(line) is not None


@cache
def _unwritten_line() -> re.Pattern[str]:
    agency, number = rf"(?:{agency_words()})\b", r"\d{1,5}[a-z]?"
    word = r"(?:nb|agenda|agd|nomor|no|urut)\b[. :]*"
    behind = rf"(?:[*•·>–—-]+ *(?:{word})*{number}[ :/)]+|(?:{word})+{number}\)?[ .:/)-]+|\({number}\) *){agency}"
    several = rf"(?:{word})+{number} *(?:s\.? ?d\.?|s/d|sampai|hingga|dan|&) *\d{{1,5}}\b(?! *(?:tahun|th)\b)"
    period = (
        r"(?!.*\b(?:jl|jln|jalan|rt|rw|telp?|telepon|fax|kode pos|periode|tahun)\b)(?!.*\d *(?:-|–|s\.? ?d\.?|s/d) *\d)"
    )
    dated = rf"{period}(?:{number}[/ ]*)?{agency}.*[ /]\d{{1,2}}/\d{{1,2}}\b(?!/)"
    words = "|".join(re.escape(word).replace(":", " *:") for word in shipped_words().unwritten)
    late = rf"(?=.*\b(?:{words})(?!\w))(?:.*\b(?:no|nomor|agenda)\b[. :]*\d|.*\b{agency})"
    return re.compile(rf"^(?:{behind}|{several}|{dated}|{late})")


@cache
def numbered_agency() -> re.Pattern[str]:
    """How a line begins with a number and an agency, `17. BPBD`, over folded text."""
    return re.compile(rf"(?:no\.? *)?\d{{1,5}}[a-z]?[.)]? +(?:{agency_words()})\b")


def row_says_day(row: Sequence[str]) -> bool:
    """Whether a cell of a row names a day."""
    return any(says_day(fold(cell)) for cell in row)


def width_of(row: Sequence[str]) -> int:
    """How many cells of a row are filled."""
    return sum(map(bool, map(str.strip, row)))


def words_of(texts: Iterable[str]) -> set[str]:
    """The words of texts, folded, without marks and digits."""
    return {word for text in texts for word in re.findall("[a-z]+", fold(text))}


@cache
def agency_in() -> re.Pattern[str]:
    """How an agency begins anywhere in folded text."""
    return re.compile(rf"\b(?:{agency_words()})\b")


def begins_with_agency(cell: str) -> bool:
    """Whether a cell begins as the names of agencies do."""
    return agency_in().match(fold(cell)) is not None


def is_label(cell: str) -> bool:
    return cell.strip().endswith(":")
