"""Digests of rows, a block of rows each: what the chain keeps of them, and what is compared with it later.

A block is told apart by its table, its first id and how many rows it has. Of its columns only those count in which a
row of it says something, so a column that a later form of the records adds changes no digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from struct import pack

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

BLOCK_ROWS = 128
DIGEST_BYTES = 16


@dataclass(frozen=True)
class Numbers:
    """A column of whole numbers; `blank` stands where the column says nothing."""

    values: NDArray[np.int64]
    blank: int

    def says(self, start: int, end: int) -> list[bool]:
        """For each block of that stretch whether a row of it holds anything."""
        return _any_in_blocks(self.values[start:end] != self.blank)

    def content(self, start: int, end: int) -> bytes:
        """The rows of that stretch."""
        return self.values[start:end].tobytes()


@dataclass(frozen=True)
class Texts:
    """A column of texts: their lengths (-1: none), where each begins in the bytes of all of them."""

    lengths: NDArray[np.int64]
    begins: NDArray[np.int64]
    together: memoryview

    @classmethod
    def of(cls, texts: pa.Array | pa.ChunkedArray) -> Texts:
        """The column of an array of texts."""
        array = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
        lengths = pc.fill_null(pc.binary_length(array), -1).to_numpy(zero_copy_only=False).astype(np.int64)
        begins = np.concatenate([[0], np.cumsum(np.maximum(lengths, 0))])
        return cls(lengths, begins, _together(array))

    def says(self, start: int, end: int) -> list[bool]:
        """For each block of that stretch whether a row of it holds anything."""
        return _any_in_blocks(self.lengths[start:end] >= 0)

    def content(self, start: int, end: int) -> bytes:
        """The rows of that stretch."""
        return self.lengths[start:end].tobytes() + self.together[self.begins[start] : self.begins[end]]


def _together(array: pa.Array) -> memoryview:
    """The bytes of all texts, one behind the other."""
    full = pc.fill_null(array.cast(pa.large_string()), "")
    offsets = np.frombuffer(full.buffers()[1], np.int64)[full.offset : full.offset + len(full) + 1]
    content = full.buffers()[2]
    return memoryview(b"" if content is None else content)[offsets[0] : offsets[-1]]


def _any_in_blocks(flags: NDArray[np.bool_]) -> list[bool]:
    return list(np.logical_or.reduceat(flags, np.arange(0, len(flags), BLOCK_ROWS)).tolist())


@dataclass(frozen=True)
class FewNumbers:
    """As Numbers, of no more rows than a block has: of so few an array costs more than all the rest."""

    values: Sequence[int]
    blank: int

    def says(self, _start: int, _end: int) -> list[bool]:
        """Whether a row holds anything."""
        return [any(value != self.blank for value in self.values)]

    def content(self, _start: int, _end: int) -> bytes:
        """All rows."""
        return pack(f"<{len(self.values)}q", *self.values)


@dataclass(frozen=True)
class FewTexts:
    """As Texts, of no more rows than a block has, in UTF-8."""

    values: Sequence[bytes | None]

    def says(self, _start: int, _end: int) -> list[bool]:
        """Whether a row holds anything."""
        return [any(value is not None for value in self.values)]

    def content(self, _start: int, _end: int) -> bytes:
        """All rows."""
        lengths = (-1 if text is None else len(text) for text in self.values)
        return pack(f"<{len(self.values)}q", *lengths) + b"".join(text for text in self.values if text)


Columns = Mapping[str, Numbers | Texts | FewNumbers | FewTexts]


def block_digests(table: str, columns: Columns, first_id: int, start: int, end: int) -> list[bytes]:
    """One digest for each BLOCK_ROWS of the rows from `start` to before `end`, of which the first has `first_id`."""
    says = [column.says(start, end) for column in columns.values()]
    digests = []
    for place, begin in enumerate(range(start, end, BLOCK_ROWS)):
        stop = min(begin + BLOCK_ROWS, end)
        told = [name for name, flags in zip(columns, says, strict=True) if flags[place]]
        head = "\0".join((table, *told)).encode() + pack("<qq", first_id + begin - start, stop - begin)
        content = (columns[name].content(begin, stop) for name in told)
        digests.append(sha256(b"".join((head, *content))).digest()[:DIGEST_BYTES])
    return digests
