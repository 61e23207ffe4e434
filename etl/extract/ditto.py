"""Marks that mean the cell above (`sda`, `idem`, `"`), and what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.domain.frames import Bools
from etl.extract.files.sheet import Column, Positions, constant_column, stacked
from etl.extract.words import shipped_words

SHEET = 2**32
"""Rows of a file are counted on from sheet to sheet by so many."""

_LONGEST = 9


def is_ditto(texts: pa.StringArray) -> Bools:
    """Which texts are a mark that means the cell above: a look at the short ones tells."""
    marks = pa.array(shipped_words().ditto, pa.string())
    is_mark = pc.less_equal(pc.binary_length(texts), _LONGEST).to_numpy(zero_copy_only=False).astype(bool)
    bare = pc.utf8_lower(pc.utf8_trim_whitespace(texts.filter(pa.array(is_mark))))
    is_mark[is_mark] = pc.is_in(bare, value_set=marks).to_numpy(zero_copy_only=False)
    return is_mark


@dataclass
class Ditto:
    """Fills cells with a mark that means the cell above: not across sheets or the heading of a month, and never the
    number of a letter. A mark below an empty cell stays. The rows of a database have no order, so that theirs stay.

    `heading` is the place of the last such heading in the parts of the file before, `above` by column their last cell
    that says something itself, and its run of rows: the place of the heading or the sheet above them.
    """

    heading: int = -1
    above: dict[str, tuple[int, str]] = field(default_factory=dict)

    def fill(self, columns: dict[str, Column], places: Positions, months: Sequence[int]) -> dict[str, Bools]:
        """Fill the columns of some rows, in place; by column the rows that were filled.

        Places of rows and of the headings of months count on from sheet to sheet (`SHEET`).
        """
        headings = np.array([self.heading, *months], np.int64)
        self.heading = int(headings[-1])
        runs = np.maximum(headings[np.searchsorted(headings, places) - 1], places // SHEET * SHEET)
        filled: dict[str, Bools] = {}
        for name in [name for name in columns if name != "no_agenda"]:
            columns[name], rows = self._filled(name, columns[name], runs)
            if rows.any():
                filled[name] = rows
        return filled

    def _filled(self, name: str, column: Column, runs: Positions) -> tuple[Column, Bools]:
        is_mark = column.where(is_ditto(column.texts))
        filled = np.zeros(len(column), dtype=bool)
        if is_mark.any():
            run, text = self.above.get(name, (-1, ""))
            whole, all_runs = stacked([constant_column(text, 1), column]), np.append(run, runs)
            places = np.arange(len(whole))
            source = np.maximum.accumulate(np.where(np.append(False, is_mark), 0, places))
            is_meant = (source < places) & (all_runs[source] == all_runs) & whole.is_filled()[source]
            codes = np.where(is_meant, whole.codes[source], whole.codes)
            column, filled = Column(whole.texts, codes).take(places[1:]), is_meant[1:]
        for place in np.flatnonzero(~is_mark | filled)[-1:].tolist():
            self.above[name] = int(runs[place]), column.texts[int(column.codes[place])].as_py()
        return column, filled
