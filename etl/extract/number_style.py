"""How the numbers of one register are written, and the cells that are written otherwise.

A register has one way to write its numbers. Where most are plain, a cell that is no single number may hide a second
letter, and where most are one pattern, such as `8/SC/2026`, so may one with more numbers in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.extract.findings import Fault, fault, shown
from etl.extract.texts import LONGEST_SERIES, SEVERAL_NUMBERS, agenda, numbers_in
from etl.extract.words import fold, shipped_words

NUMBER_OFF_STYLE = "number_off_style"
"""Code of the fault of a cell that is no single number as the others of its column are."""

_FEWEST, _PLAIN_SHARE = 8, 0.6
"""So many plain numbers, and so large a share of all, show that a register writes plain ones."""

_FEWEST_DATES, _SHARE = 3, 0.8
"""So many dates show that a spreadsheet made them, and so large a share how a register writes what is not plain."""

_PLAIN = r"^\s*[0-9]{1,6}\s*$"

# `13A`, `13.a`; `13/UM`, `14/2026`, `5/I/2026`; behind letters `B-13`, `SC/17`.
_ONE_NUMBER = re.compile(
    r"(?:-\d\d/)?\d{1,6}(?: ?[-./]? ?(?:[a-z]{1,2}|bis))?"
    r"|\d{1,6}(?: ?[/-] ?[a-z][a-z.]{0,7})?(?: ?[/-] ?(?:19|20)\d\d)?"
    r"|[a-z]{1,4} ?[-./]? ?\d{1,6}[a-z]?"
)
_FURTHER = re.compile(r"(\d{1,6})[a-z]? ?(?:~|\()([2-9])\)?")
_PART = re.compile(r"(\d{1,6})[.,](\d{1,2})")
_LIKE_DIGITS = str.maketrans("oils|", "01151")
_ROMAN = re.compile(r"[ivx]+")
_PADDED_DATE = re.compile(r"(\d\d)[/-](\d\d)[/-](\d{4})")


def off_style(texts: Sequence[str], left_out: Container[int]) -> dict[int, Fault]:
    """Cells of the number column of a register that are written otherwise than most, by their place in its distinct
    texts; those at the places `left_out` are wrong already."""
    is_plain = pc.match_substring_regex(pa.array(texts, pa.string()), _PLAIN).to_numpy(zero_copy_only=False)
    others = [at for at in np.flatnonzero(~is_plain).tolist() if at not in left_out]
    keys = {at: key for at in others if (key := agenda(texts[at])[0]) is not None}
    odd = {at: fold(texts[at]) for at, key in keys.items() if not key.isdecimal()}
    if not odd:
        return {}
    count = int(is_plain.sum()) + len(keys) - len(odd)
    if count < max(_FEWEST, _PLAIN_SHARE * (count + len(odd))):
        return _faults(texts, _dates(odd, count) or _of_several(odd, count))
    numbers = {int(texts[at]) for at in np.flatnonzero(is_plain).tolist()}
    numbers |= {int(key) for key in keys.values() if key.isdecimal()}
    return _faults(texts, {at: _code(text) for at, text in odd.items() if not _is_one(text, keys[at], numbers)})


def _faults(texts: Sequence[str], codes: Mapping[int, str]) -> dict[int, Fault]:
    return {at: fault(code, cell=shown(texts[at])) for at, code in codes.items()}


def _code(text: str) -> str:
    if _is_date(text):
        return "number_is_a_date"
    return SEVERAL_NUMBERS if _is_series(numbers_in(text)) else NUMBER_OFF_STYLE


def _is_series(numbers: Sequence[str]) -> bool:
    """Whether these are several numbers that rise as those of letters written together do."""
    values = [int(re.sub(r"\D", "", number)) for number in numbers]
    return len(values) > 1 and all(0 <= after - before <= LONGEST_SERIES for before, after in pairwise(values))


def _is_one(text: str, key: str, numbers: set[int]) -> bool:
    """Whether a cell is one number with a mark, in a column of these numbers."""
    if _is_date(text):
        return False
    if match := _FURTHER.fullmatch(key):
        return match[2] == "2" or int(match[2]) != int(match[1]) + 1
    if match := _PART.fullmatch(key):
        return int(match[2]) <= int(match[1])
    return _ONE_NUMBER.fullmatch(key) is not None and not _is_mistyped(key, numbers)


def _is_mistyped(key: str, numbers: set[int]) -> bool:
    """Whether letters stand for digits, `1O`, `l3`: the number without or with them is the one that is missing."""
    digits = key.translate(_LIKE_DIGITS)
    if not digits.isdecimal():
        return False
    meant = {int(digits), int(key[1:]) if key[1:].isdecimal() else int(digits)}
    return any(number not in numbers and min(numbers) < number < max(numbers) for number in meant)


def _dates(odd: Mapping[int, str], count: int) -> dict[int, str]:
    """Dates of which a column mostly consists: a spreadsheet made them of `1/1`, or shows numbers as days. Other than
    in a pattern of number, month and year no place of them goes on past the days of a month."""
    padded = [at for at, text in odd.items() if _PADDED_DATE.fullmatch(text)]
    dates = [at for at, text in odd.items() if _is_date(text)]
    is_pattern = not {*padded} <= {*dates}
    is_mostly = len(dates) >= max(_FEWEST_DATES, _SHARE * (count + len(odd)))
    return dict.fromkeys(dates, "number_is_a_date") if is_mostly and not is_pattern else {}


def _is_date(text: str) -> bool:
    """`01/02/2026`, `01-Feb`, `12-Jan-26`, `Feb-26`, `15 Januari`."""
    if match := _PADDED_DATE.fullmatch(text):
        first, second = sorted(map(int, match.groups()[:2]))
        return 0 < first <= 12 and second <= 31
    return _worded_date().fullmatch(text) is not None


@cache
def _worded_date() -> re.Pattern[str]:
    names = (word for word in shipped_words().months if word.isalpha() and not _ROMAN.fullmatch(word))
    month = "|".join(map(re.escape, names))
    return re.compile(rf"\d{{1,2}}[- ](?:{month})(?:[- ]\d{{2,4}})?|(?:{month})[- ]\d{{2,4}}")


def _of_several(odd: Mapping[int, str], count: int) -> dict[int, str]:
    """Cells with two rising numbers in a column of one other pattern: `9-10/SC/2026` among `8/SC/2026`."""
    patterns = {at: re.sub(r"\d+", "#", re.sub(r"[^\W\d_]+", "a", text.replace(" ", ""))) for at, text in odd.items()}
    usual, times = next(iter(Counter(patterns.values()).most_common(1)), ("", 0))
    if times < max(_FEWEST, _SHARE * (count + len(odd))):
        return {}
    return {at: SEVERAL_NUMBERS for at, pattern in patterns.items() if _has_more(odd[at], pattern, usual)}


def _has_more(text: str, pattern: str, usual: str) -> bool:
    if pattern.count("#") <= usual.count("#") or _FURTHER.search(text):
        return False
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    return any(0 < after - before <= LONGEST_SERIES for before, after in pairwise(numbers))
