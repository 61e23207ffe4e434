"""Free text, the register's numbers, and counts, as people type them."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.domain.frames import MISSING
from etl.extract.ditto import is_ditto
from etl.extract.findings import Fault, fault, shown
from etl.extract.masks import PERSONAL_PATTERN, mask
from etl.extract.words import DASHES, fold, shipped_words, squeeze

ABSENT = DASHES | {"", "null"}

# RE2: blanks at an edge, doubled, or other than a plain space, and what may stand for "absent".
_UNTIDY = r"^[\s-]|\s$|\s{2}|[^\S ]|[\x{a0}\x{2000}-\x{200d}\x{202f}\x{2060}\x{feff}]|^[–—]|^(?i:null)$|^$"
_YEAR_AND_NUMBER = re.compile(r"(20\d\d)(-(?:0[1-9]|1[0-2]))?\s*/\s*(\d+(?:\.\d{3})*[A-Za-z]*(?: \(\d\d?\))?)")
_LETTER = re.compile(r"\s*(\d{4})\s*(-(?:0[1-9]|1[0-2]))?\s*/\s*(.+)")
_OF_MONTH = re.compile(r"(-(?:0[1-9]|1[0-2])/)0*(.+)")
_FURTHER = re.compile(r"(.*[^\s(~])(?:~|\s*\()0?([1-9]\d?)\)?")
_DRESSED = re.compile(r"['’‘#*]?\s*(?:no(?:mor)?[\s.:]*)?(\d.*?)[\s.]*( \(\d\d?\))?", re.IGNORECASE)
_LETTER_IN_BRACKETS = re.compile(r"(?<=\d)\s*\(\s*([A-Za-z])\s*\)(?= \(\d\d?\)$|$)")
_MARKS_BEHIND = re.compile(r"[\s.]*[)*^,;:#'’\"_/–—-][\s.)*^,;:#'’\"_/–—-]*$")
_LETTER_APART = re.compile(r"(?<=\d) +(?=[a-z](?: \(|$))")
_WHOLE = re.compile(r"(\d+)[.,]00?")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_COUNT = re.compile(
    r"(?:±|\+/?-|~|kurang lebih|sekitar|kira-kira)?\s*(\d{1,3}(?:\.\d{3})+|\d+)(?:[.,]00?)?"
    r"\s*(?:orang|org|peserta|pax|personil|undangan)?\.?"
)
_RANGE = re.compile(r"(.*\d.*?)\s*(?:[-–—]|s/d|sd|s\.d\.|sampai)\s*(\d.*)")
_MAX_COUNT = 1_000_000
_UNNUMBERED = re.compile(r"TT-0*([1-9]\d*)", re.IGNORECASE)
_RECEIPT = re.compile(r"\s*TT-(\d{4})-0*([1-9]\d*)\s*", re.IGNORECASE)
_DATE_CELL = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?")
_NO_DIGIT, _MAY_BE_NUMBER = r"^\D+$", re.compile(r"[a-z]{1,2}|[ivxlcdm]+")
_LONGEST_NUMBER = 100
LONGEST_SERIES = 50
"""So far apart are the first and last number of letters that are written together, at most."""
SEVERAL_NUMBERS = "several_numbers"
"""Code of the fault of a cell that names the numbers of several letters."""
SEVERAL_LETTERS = re.compile(
    r"(?<![\w/.-])(?:[2-9]|dua|tiga|empat|lima) (?:buah |bh )?surat\b"
    r"(?! (?:tugas|edaran|izin|ijin|keterangan|pernyataan))"
)
"""How a folded cell says that there are several letters."""
NUMBER_WITH_WORD = "number_with_word"
"""Code of the fault of a cell that says of a number what became of it."""

# What begins with an N may be `No 13`, with a T a receipt number.
_COMMON = r"^(?:0{0,9}[1-9]\d{0,5}|[A-MO-SU-Za-mo-su-z][A-Za-z]{0,9}[-./]?\d{1,9})$"


def tidy_texts(texts: pa.StringArray, *, is_masked: bool) -> pa.StringArray:
    """Texts on one line without stray blanks; absent ones null; personal numbers masked when asked for.

    Only the texts that need it are touched one by one: the rest passes as it is.
    """
    pattern = f"{_UNTIDY}|{PERSONAL_PATTERN}" if is_masked else _UNTIDY
    is_untidy = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False).astype(bool)
    if not is_untidy.any():
        return texts
    tidied = [_tidy(text, is_masked) for text in texts.filter(pa.array(is_untidy)).to_pylist()]
    return pc.replace_with_mask(texts, pa.array(is_untidy), pa.array(tidied, pa.string()))


def _tidy(text: str, is_masked: bool) -> str | None:
    line = squeeze(text)
    if line.casefold() in ABSENT:
        return None
    return mask(line) if is_masked else line


def agenda(text: str) -> tuple[str | None, str | None, int]:
    """(key, number as typed, year or MISSING) of a register number; key None when there is none.

    Only `YEAR/NUMBER`, also `YEAR/11A` and `2026-02/11`, the number "-02/11" of that month, names a year: `005/12/2026`
    is a number like any other.
    """
    number, year = spelled(text), MISSING
    if number.casefold() in ABSENT:
        return None, None, MISSING
    if match := _YEAR_AND_NUMBER.fullmatch(_undressed(number)):
        year, number = int(match[1]), f"{match[2]}/{match[3]}" if match[2] else match[3]
    return _key(number), number, year


def agendas(texts: Sequence[str], left_out: Container[int]) -> tuple[pa.Array, pa.Array, NDArray[np.int64]]:
    """`agenda` of many texts: keys, numbers as typed, years; nothing of those at the places `left_out`."""
    keys: list[str | None] = pc.ascii_lower(pc.utf8_ltrim(pa.array(texts, pa.string()), "0")).to_pylist()
    numbers: list[str | None] = list(texts)
    years = np.full(len(texts), MISSING)
    for index in _uncommon(texts):
        text = "" if index in left_out else texts[index]
        keys[index], numbers[index], years[index] = agenda(text)
    return pa.array(keys, pa.string()), pa.array(numbers, pa.string()), years


def _uncommon(texts: Sequence[str]) -> list[int]:
    """Where a text is more than a number with zeros in front, or behind a few letters; most are just that, and without
    the zeros, in small letters, their own key."""
    is_common = pc.match_substring_regex(pa.array(texts, pa.string()), _COMMON)
    return np.flatnonzero(~is_common.to_numpy(zero_copy_only=False)).tolist()


def agenda_faults(texts: Sequence[str]) -> dict[int, Fault]:
    """Cells that cannot be a register number: dates, into which spreadsheets turn `2026/11`, paragraphs, receipt
    numbers of the screen, and marks for the number above."""
    faults = ((index, _agenda_fault(squeeze(texts[index]))) for index in _uncommon(texts))
    several = {index: fault(SEVERAL_NUMBERS, cell=shown(texts[index])) for index in _with_several(texts)}
    return several | {index: found for index, found in faults if found is not None}


def _with_several(texts: Sequence[str]) -> list[int]:
    """Where a text names several numbers, one after the other: `14 s.d. 16`, `14, 15`, two lines.

    `14-16`, `14 / 15` and `14 15` may be the office's way to write one number, where not most others are written
    otherwise.
    """
    begins, clear, doubtful = _several_numbers()
    may_be = pc.match_substring_regex(pa.array(texts, pa.string()), begins).to_numpy(zero_copy_only=False)
    lines = [(index, fold(texts[index].strip().replace("\n", ";"))) for index in np.flatnonzero(may_be).tolist()]
    named = [index for index, line in lines if clear.fullmatch(line)]
    pairs = [(index, doubtful.fullmatch(line)) for index, line in lines]
    rising = [index for index, pair in pairs if pair and 0 < int(pair[2]) - int(pair[1]) <= LONGEST_SERIES]
    return named + (rising if len(rising) * 2 < len(texts) else [])


def numbers_in(text: str) -> list[str]:
    """The numbers that such a cell names, in their order: 14, 15 and 16 for `14 s.d. 16`, 14 and 16 for `14 & 16`."""
    until = "|".join(map(re.escape, shipped_words().until))
    numbers: list[str] = []
    number = rf"\d{{1,6}}(?:(?!{until})[a-z](?![a-z]))?"
    for match in re.finditer(rf"(?P<until>{until}|[-–—])?[^\da-z]*(?P<number>{number})", fold(text)):
        first, last = (numbers or [""])[-1], match["number"]
        is_series = match["until"] and first.isdecimal() and last.isdecimal()
        if is_series and 0 < int(last) - int(first) <= LONGEST_SERIES:
            numbers += map(str, range(int(first) + 1, int(last)))
        numbers.append(last)
    return list(dict.fromkeys(numbers))


@cache
def _several_numbers() -> tuple[str, re.Pattern[str], re.Pattern[str]]:
    """How texts begin that may name several numbers, those that do for certain, and those that may."""
    number, until = r"\d{1,6}[a-z]?", "|".join(map(re.escape, shipped_words().until))
    between = rf" ?(?:[;&+]|, |,? ?\b(?:dan|serta)\b|{until}) ?| [-–—] "
    clear = rf"{number}(?:(?:{between}){number})+|{number}(?:,{number}){{2,}}"
    begins = rf"(?i)^\s*{number}(?:\s+[\d/]|\s*(?:[,;&+–—-]|dan|serta|{until}))"
    return begins, re.compile(clear), re.compile(r"(\d{1,6})(?:[-–—,]| / | )(\d{1,6})")


def _agenda_fault(number: str) -> Fault | None:
    if _DATE_CELL.fullmatch(number):
        return fault("number_is_a_date", cell=shown(number))
    if not re.search("[0-9]", number) and is_ditto(pa.array([number], pa.string()))[0]:
        return fault("ditto", cell=shown(number))
    if "?" in (number[:1], number[-1:]) and number.strip("? "):
        return fault("number_doubted", cell=shown(number))
    if _is_beside_word(number):
        return fault(NUMBER_WITH_WORD, cell=shown(number))
    if receipt_in(number) is not None or _RECEIPT.fullmatch(number):
        return fault("number_is_a_receipt", cell=shown(number))
    if len(number) > _LONGEST_NUMBER:
        return fault("number_too_long", cell=shown(number), most=_LONGEST_NUMBER)
    return None


def _is_beside_word(number: str) -> bool:
    """Whether a text says of a number that it is taken back, replaced or follows, or tells of another: `22 (ralat)`,
    `23 batal`, `47 -> 25`."""
    folded = fold(number)
    return folded[:1].isdigit() and _beside_number().search(folded) is not None


@cache
def _beside_number() -> re.Pattern[str]:
    words = "|".join(map(re.escape, shipped_words().beside_number))
    return re.compile(rf"(?<=[\d\s()/.,;-])(?:{words})(?![-/]?\w)|\s*[-=]+>|→")


def wordy_numbers(texts: Sequence[str]) -> dict[int, Fault]:
    """Cells in place of a required number that hold none: `menyusul`, `tanpa no`, `..`; Roman numerals and codes of one
    or two letters may be numbers."""
    none = pc.match_substring_regex(pa.array(texts, pa.string()), _NO_DIGIT).to_numpy(zero_copy_only=False)
    folded = ((index, fold(texts[index])) for index in np.flatnonzero(none).tolist())
    return {
        index: fault("no_number", cell=shown(texts[index]))
        for index, text in folded
        if text not in ABSENT and "?" not in text and not _MAY_BE_NUMBER.fullmatch(text)
    }


def spelled(number: str) -> str:
    """A register number on one line; that of a further letter of a number, `21~2`, as it is shown: "21 (2)"."""
    line = squeeze(number)
    if "~" not in line and line[-1:] != ")":
        return line
    match = _FURTHER.fullmatch(line)
    return f"{match[1]} ({match[2]})" if match else line


def unnumbered(receipt: int) -> str:
    """What stands in place of a register number until a request has one: "TT-00007" for its receipt 7."""
    return f"TT-{receipt:05d}"


def receipt_in(number: str) -> int | None:
    """The receipt in what stands in place of a register number; None for a register number."""
    match = _UNNUMBERED.fullmatch(number)
    return int(match[1]) if match else None


def receipt_name(year: int, receipt: int) -> str:
    """A receipt number as it is shown: "TT-2026-00007"."""
    return f"TT-{year}-{receipt:05d}"


def letter_name(year: int, number: str) -> str:
    """What a letter is called: "2026/21", and "2026-02/1" where its number counts within a month ("-02/1"); without a
    number its receipt number."""
    if (receipt := receipt_in(number)) is not None:
        return receipt_name(year, receipt)
    return f"{year}{number}" if _OF_MONTH.fullmatch(number) else f"{year}/{number}"


def letter_named(name: str) -> tuple[int, str] | None:
    """Year and number of what `letter_name` calls a letter; None for another text."""
    if match := _RECEIPT.fullmatch(name):
        return int(match[1]), unnumbered(int(match[2]))
    match = _LETTER.fullmatch(name)
    return (int(match[1]), f"{match[2]}/{match[3]}" if match[2] else match[3]) if match else None


def agenda_key(number: str) -> str:
    """The form in which register numbers compare: without case, doubled blanks, leading zeros, and what is only typed
    around a number: `13.`, `13)`, `13*`, `No. 13` and `'13` are 13, `1.046` is 1046, `13,00` is 13, `28 A` and `28 (A)`
    are 28a; `13.a` and `13/B` stay what they are."""
    return _key(spelled(number))


def loose_key(key: str, year: int) -> str:
    """A key without what offices write now so, now otherwise: signs between its parts, zeros in front of them, and the
    year, so that `sc/017` and `sc 17`, `6/2026` and `6` may be one number."""
    parts = [part.lstrip("0") or "0" for part in _KEY_PARTS.findall(key)]
    return "/".join([part for part in parts if part != str(year)] or parts)


_KEY_PARTS = re.compile(r"\d+|[^\W\d_]+")


def _key(number: str) -> str:
    folded = _LETTER_APART.sub("", _undressed(number).casefold())
    bare = folded.lstrip("0")
    if bare == folded:
        match = _OF_MONTH.fullmatch(folded) if folded[:1] == "-" else None
        return match[1] + _key(match[2]) if match else folded
    return bare if bare[:1].isdigit() else folded[len(folded) - len(bare) - 1 :]


def _undressed(number: str) -> str:
    match = None if number.isdecimal() else _DRESSED.fullmatch(_LETTER_IN_BRACKETS.sub(r"\1", number))
    if match is None:
        return number
    bare, mark = match.groups(default="")
    bare = bare if "(" in bare else _MARKS_BEHIND.sub("", bare)
    bare = _WHOLE.sub(r"\1", bare) if _WHOLE.fullmatch(bare) else bare
    return (bare.replace(".", "") if _THOUSANDS.fullmatch(bare) else bare) + mark


def plain_numbers(keys: pa.StringArray) -> NDArray[np.int64]:
    """Keys that are numbers as such, MISSING for others."""
    is_number = pc.fill_null(pc.match_substring_regex(keys, r"^\d{1,9}$"), False)
    digits = pc.if_else(is_number, keys, pa.scalar(str(MISSING)))
    return pc.cast(digits, pa.int64()).to_numpy(zero_copy_only=False)


def read_counts(texts: Sequence[str]) -> tuple[NDArray[np.int64], dict[int, Fault]]:
    """Numbers of persons, MISSING where absent: `1.234`, `45 orang`, `± 45`."""
    values = np.full(len(texts), MISSING)
    faults: dict[int, Fault] = {}
    for index, text in enumerate(texts):
        value = _count(text)
        if isinstance(value, Fault):
            faults[index] = value
        elif value is not None:
            values[index] = value
    return values, faults


def read_largest(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_], dict[int, Fault]]:
    """The same, and of `40-50 orang` the larger number; the mask says which texts are such a range."""
    values, faults = read_counts(texts)
    is_range = np.zeros(len(texts), bool)
    for index in list(faults):
        match = _RANGE.fullmatch(squeeze(texts[index]).casefold())
        least, most = map(_count, match.groups()) if match else (None, None)
        if isinstance(least, int) and isinstance(most, int) and least <= most:
            values[index], is_range[index] = most, True
            del faults[index]
    return values, is_range, faults


def _count(text: str) -> int | Fault | None:
    folded = squeeze(text).casefold()
    if folded in ABSENT:
        return None
    match = _COUNT.fullmatch(folded)
    digits = match[1].replace(".", "") if match else ""
    if not digits or len(digits) > 12 or int(digits) > _MAX_COUNT:
        return fault("not_a_number", cell=shown(text))
    return int(digits)
