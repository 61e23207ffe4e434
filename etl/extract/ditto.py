"""Marks that mean the cell above (`sda`, `-idem-`, `"`), and what stands there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.domain.frames import Bools
from etl.extract.files.sheet import Column, Positions, constant_column, stacked
from etl.extract.words import fold, shipped_words

SHEET = 2**32
"""Rows of a file are counted on from sheet to sheet by so many."""

_LONGEST = 32
_DIGIT = r"[0-9](?:[^)]|$)"  # `sda (2)` is a mark
_NO_LETTER = "[^A-Za-z]+"
_MAY_BE_SIGN = "^[^A-Za-z0-9?]+$"
_NO_MARK = re.compile(r"\.{1,2}|([,:;*+#^!_'’‘´`])\1*")
_SIGN = re.compile(r"[^\w\s–—-]|_")
_QUOTATION = re.compile(r"[\"”“„〃″↓↑]|['’‘´`,]\s*['’‘´`,]")
_SENDERS = ("asal", "instansi")


def is_ditto(texts: pa.StringArray, name: str = "") -> Bools:
    """Which texts of a column mean the cell above: a word for it, with marks around it or none, or quotation marks. No
    sender is called by signs alone, so that in its column others do, but no dash, question mark, dot or star."""
    is_mark = pc.less_equal(pc.binary_length(texts), _LONGEST).to_numpy(zero_copy_only=False).astype(bool)
    short = texts.filter(pa.array(is_mark))
    is_mark[is_mark] = ~pc.match_substring_regex(short, _DIGIT).to_numpy(zero_copy_only=False)
    short = texts.filter(pa.array(is_mark))
    bare = pc.utf8_lower(pc.replace_substring_regex(short, _NO_LETTER, ""))
    is_above = pc.is_in(bare, value_set=_bare_words()).to_numpy(zero_copy_only=False).astype(bool)
    sign = _SIGN if name in _SENDERS else _QUOTATION
    for place in np.flatnonzero(pc.match_substring_regex(short, _MAY_BE_SIGN).to_numpy(zero_copy_only=False)).tolist():
        text = short[place].as_py()
        is_bare = _NO_MARK.fullmatch(text.strip()) is not None and not _QUOTATION.search(text)
        is_above[place] |= sign.search(text) is not None and not is_bare and not any(map(str.isalnum, text))
    is_mark[is_mark] = is_above
    return is_mark


def names_other_row(texts: pa.StringArray) -> Bools:
    """Which texts refer to a row or number elsewhere, `idem no 1`, `sama dengan no. 3`, `lihat nomor 4`, `sda 5`: what
    stands there is not known from the cell above, and no agency or subject reads so."""
    may_be = pc.match_substring_regex(texts, _MAY_REFER).to_numpy(zero_copy_only=False).astype(bool)
    for place in np.flatnonzero(may_be).tolist():
        may_be[place] = _reference().fullmatch(fold(texts[place].as_py())) is not None
    return may_be


_MAY_REFER = r"(?i)^[^0-9A-Za-z]*[A-Za-z][^0-9]{1,40}[0-9]{1,5}[A-Za-z]?[^0-9A-Za-z]*$"


@cache
def _reference() -> re.Pattern[str]:
    words = shipped_words()
    dittos = "|".join(r"[\W_]*".join(map(re.escape, word.replace(" ", ""))) for word in words.ditto)
    begins = "|".join(map(re.escape, words.reference))
    behind = "|".join(map(re.escape, words.reference_to))
    number = rf"(?:(?:{behind})\b[\s.:#]*)+\d{{1,5}}[a-z]?"
    return re.compile(rf"\W*(?:(?:{dittos})[\s.,:(-]*(?:{number}|\d{{1,5}}[a-z]?)|(?:{begins})\b[\s.,:-]*{number})\W*")


@cache
def _bare_words() -> pa.StringArray:
    return pa.array([word.replace(" ", "") for word in shipped_words().ditto], pa.string())


@dataclass
class Ditto:
    """Fills cells with a mark that means the cell above: not across sheets or the heading of a month, and never the
    number of a letter. A mark below an empty cell stays, as does one below a cell that refers to another row. The rows
    of a database have no order, so that theirs stay. What is read and is no record, such as a line of a signature
    block, is passed over.

    `heading` is the place of the last such heading in the parts of the file before, `above` by column their last cell
    that says something itself, and its run of rows: the place of the heading or the sheet above them.
    """

    heading: int = -1
    above: dict[str, tuple[int, str]] = field(default_factory=dict)

    def fill(
        self, columns: dict[str, Column], places: Positions, months: Sequence[int], records: Bools
    ) -> dict[str, Bools]:
        """Fill the columns of some rows, of which some are `records`, in place; by column the rows that were filled.

        Places of rows and of the headings of months count on from sheet to sheet (`SHEET`).
        """
        headings = np.array([self.heading, *months], np.int64)
        self.heading = int(headings[-1])
        runs = np.maximum(headings[np.searchsorted(headings, places) - 1], places // SHEET * SHEET)
        filled: dict[str, Bools] = {}
        for name in [name for name in columns if name != "no_agenda"]:
            columns[name], rows = self._filled(name, columns[name], runs, records)
            if rows.any():
                filled[name] = rows
        return filled

    def _filled(self, name: str, column: Column, runs: Positions, records: Bools) -> tuple[Column, Bools]:
        is_mark = column.where(is_ditto(column.texts, name))
        is_passed = is_mark | ~records
        filled = np.zeros(len(column), dtype=bool)
        if is_mark.any():
            run, text = self.above.get(name, (-1, ""))
            whole, all_runs = stacked([constant_column(text, 1), column]), np.append(run, runs)
            places = np.arange(len(whole))
            source = np.maximum.accumulate(np.where(np.append(False, is_passed), 0, places))
            says = whole.is_filled() & ~whole.where(names_other_row(whole.texts))
            is_meant = np.append(False, is_mark) & (all_runs[source] == all_runs) & says[source]
            codes = np.where(is_meant, whole.codes[source], whole.codes)
            column, filled = Column(whole.texts, codes).take(places[1:]), is_meant[1:]
        for place in np.flatnonzero(~is_passed | (filled & records))[-1:].tolist():
            self.above[name] = int(runs[place]), column.texts[int(column.codes[place])].as_py()
        return column, filled
