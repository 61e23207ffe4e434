"""Two agencies in the cell of one sender, as where one row stands for two letters: "Dinkes / Bappeda", two lines.

A name of one agency may say "dan" itself: names and spellings of the settings come first, and each part must be an
agency by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pandas as pd

from data_access.errors import Message
from etl.extract import IntakeWarning
from etl.extract.findings import MAX_ALIKE, further_warnings, shown
from etl.extract.texts import SEVERAL_LETTERS
from etl.extract.words import agency_words, fold, shipped_words
from etl.settings.names import OpdNames

SENDERS_IN_CELL = "senders_in_cell"
"""Code of the warning that the sender of a row seems to be two agencies."""

_LONGEST_SENDER = 300
"""Whatever is longer is no sender's name; each place between two words of it is tried."""

_BETWEEN = re.compile(r"\s*(?:[/&+;]|\bdan\b|\bserta\b)\s*", re.IGNORECASE)
_LOOSE = re.compile(r"\s*,\s*|\s+")
"""What stands between two names, and what may stand within one as well: a comma, or the end of a line."""


def several_senders(frame: pd.DataFrame, names: OpdNames) -> list[IntakeWarning]:
    """One warning for each of these register rows whose sender seems to be two agencies; at most a hundred, then how
    many more."""
    several = {name for name in frame["opd"].dropna().unique() if is_several(name, names)}
    rows = frame[frame["opd"].isin(several)]
    first = [_warning(row) for _, row in rows.head(MAX_ALIKE).iterrows()]
    return [*first, *further_warnings({("asal", SENDERS_IN_CELL): len(rows)})]


def is_several(sender: str, names: OpdNames) -> bool:
    """Whether a sender that the settings do not know is two agencies: two that they know, or two that begin as agencies
    do, of which the first is no part of the second."""
    if len(sender) > _LONGEST_SENDER or names.is_known(sender):
        return False
    if any(_is_two(left, right, names) or _are_agencies(left, right, names) for left, right in _cuts(sender, _BETWEEN)):
        return True
    if _says_more().search(fold(sender)) or _is_beside_another(sender, names):
        return True
    cuts = [*_cuts(sender, _LOOSE)]
    is_two = any(_is_two(left, right, names) and not _is_part(left, right) for left, right in cuts)
    return is_two or any(_are_same_sort(left, right) or _are_schools(left, right) for left, right in cuts)


@cache
def _says_more() -> re.Pattern[str]:
    """What says of a folded sender that it is not alone: the letter of another handed in with it, how many letters
    there are, a list, "and so on"."""
    more = rf"[^\W\d],? (?:{'|'.join(map(re.escape, shipped_words().and_so_on))})\b[. …]*$"
    listed = r"^\(?1[.)] ?\D.* \(?2[.)] ?[a-z]"
    return re.compile(rf"(?<=\W)(?:di)?titip(?:an)?\b|{SEVERAL_LETTERS.pattern}|{listed}|{more}")


def _is_beside_another(sender: str, names: OpdNames) -> bool:
    """Whether an agency stands beside another one behind a mark or word that names of one agency rarely hold: "PKK +
    Dharma Wanita", "RSUD serta PMI", "Polres - Kodim". Behind a dash there may be a part of the agency or what its
    letters stand for."""
    for left, right in _cuts(sender, _PLUS):
        if (_is_agency(left, names) and right[0].isalpha()) or (_is_agency(right, names) and left[0].isalpha()):
            return True
    if any(_is_agency(left, names) and _ACRONYM.fullmatch(right) for left, right in _cuts(sender, _AND)):
        return True
    return any(
        _are_agencies(left, right, names) and not _is_within(left, right) and left[0].casefold() != right[0].casefold()
        for left, right in _cuts(sender, _DASH)
        if not names.is_known(f"{left} dan {right}")
    )


_PLUS, _AND, _DASH = re.compile(r"\s*\+\s*"), re.compile(r"\s+serta\s+", re.IGNORECASE), re.compile(r"\s+[-–—]\s+")
_ACRONYM = re.compile(r"[A-Z]{3,8}")


def _is_within(left: str, right: str) -> bool:
    """Whether either is of a sort that is part of others, or its first word alone, which says no agency by itself."""
    words = shipped_words()
    return any(_agency_word(text) in words.within or fold(text) in words.sorts for text in (left, right))


def _are_schools(left: str, right: str) -> bool:
    """Whether both begin with a school and its number: "SMAN 1 A SMPN 2 B"."""
    return all(_agency_word(text) in shipped_words().within and _SCHOOL.match(fold(text)) for text in (left, right))


_SCHOOL = re.compile(r"(?:s[dm]|mts|madrasah)[\w ]*? \d")


def _cuts(sender: str, between: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """What stands on either side of each mark or word between."""
    cuts = ((sender[: match.start()], sender[match.end() :]) for match in between.finditer(sender))
    return ((left, right) for left, right in cuts if left and right)


def _is_two(left: str, right: str, names: OpdNames) -> bool:
    """Whether the settings know both, as different agencies, and not the two together."""
    is_known = names.is_known(left) and names.is_known(right)
    return is_known and names.one(left) != names.one(right) and not names.is_known(f"{left} {right}")


def _are_agencies(left: str, right: str, names: OpdNames) -> bool:
    """Whether both are agencies by the settings or their first words, and the first is no part of the second."""
    are = _is_agency(left, names) and _is_agency(right, names)
    return are and names.one(left) != names.one(right) and not _is_part(left, right)


def _is_agency(text: str, names: OpdNames) -> bool:
    return bool(_agency_word(text)) or names.is_known(text)


def _is_part(left: str, right: str) -> bool:
    """Whether the first is of a sort that is part of others: "Kelurahan Kelutan / Kec. Trenggalek"."""
    return _agency_word(left) in shipped_words().within and _agency_word(left) != _agency_word(right)


def _are_same_sort(left: str, right: str) -> bool:
    """Whether both begin with the same word of agencies and go on: "Dinas A Dinas B"."""
    word = _agency_word(left)
    return bool(word) and word == _agency_word(right) and word != fold(left) and word != fold(right)


def _agency_word(text: str) -> str:
    match = _agency().match(fold(text))
    return match[1] if match else ""


@cache
def _agency() -> re.Pattern[str]:
    return re.compile(rf"({agency_words()})\b")


def _warning(row: pd.Series) -> IntakeWarning:
    number, sheet = int(row["row"]), row["sheet"]
    message = Message("intake.senders_in_cell", row=number, cell=shown(row["opd"]))
    return IntakeWarning(SENDERS_IN_CELL, number, message.stored(), sheet if isinstance(sheet, str) else None)
