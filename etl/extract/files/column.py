"""A column of cells as its distinct texts and one code per row, so that every text is understood only once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_BLANK = r"^[\s\x{a0}\x{2000}-\x{200d}\x{202f}\x{2060}\x{feff}]*$"

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Column:
    """`texts[codes[i]]` is the cell of row i; an empty cell is the empty text, never absent."""

    texts: pa.StringArray
    codes: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def strings(self) -> list[str]:
        """The distinct texts as Python strings."""
        return self.texts.to_pylist()

    def cell(self, position: int) -> str:
        """The text of one row."""
        return self.strings[self.codes[position]]

    def take(self, positions: Positions) -> Column:
        """The same column for these rows only; texts that no longer occur are dropped."""
        codes = self.codes[positions]
        used = np.bincount(codes, minlength=len(self.texts)) > 0
        renumbered = (np.cumsum(used) - 1).astype(np.int32)
        return Column(self.texts.filter(pa.array(used)), renumbered[codes])

    def slice(self, start: int, stop: int) -> Column:
        """The same column for the rows from `start` up to `stop`."""
        if start <= 0 and stop >= len(self):
            return self
        return self.take(np.arange(max(start, 0), min(stop, len(self))))

    def is_filled(self) -> NDArray[np.bool_]:
        """Rows whose cell holds more than blanks."""
        return self.where(~pc.match_substring_regex(self.texts, _BLANK).to_numpy(zero_copy_only=False))

    def where(self, is_wanted: Sequence[bool] | NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Row mask from a mask over the distinct texts."""
        return np.asarray(is_wanted, dtype=bool)[self.codes]

    def counts(self) -> NDArray[np.int64]:
        """How many rows hold each distinct text."""
        return np.bincount(self.codes, minlength=len(self.texts))


def constant_column(text: str, length: int) -> Column:
    """A column that says the same in every row."""
    return Column(pa.array([text], pa.string()), np.zeros(length, np.int32))


def joined(chunks: Iterable[pa.DictionaryArray]) -> Column:
    """One column from dictionary-encoded pieces that follow one another."""
    pieces = list(chunks)
    if not pieces:
        return Column(pa.array([], pa.string()), np.zeros(0, np.int32))
    whole = pa.chunked_array(pieces).combine_chunks() if len(pieces) > 1 else pieces[0]
    return Column(whole.dictionary, whole.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False))


def stacked(columns: Iterable[Column]) -> Column:
    """One column from several, the first one's rows first."""
    several = list(columns)
    if len(several) == 1:
        return several[0]
    return joined(
        pa.DictionaryArray.from_arrays(pa.array(column.codes, pa.int32()), column.texts) for column in several
    )
