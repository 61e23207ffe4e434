"""Digests of rows, a block of rows each: what the chain keeps of them, and what is compared with it later.

Of few rows each is a block of its own, so that the very row is named. A block is told apart by its table, its first id
and how many rows it has. Of its columns only those count in which a
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

    def says(self, start: int, end: int, size: int) -> list[bool]:
        """For each block of that stretch whether a row of it holds anything."""
        return _any_in_blocks(self.values[start:end] != self.blank, size)

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

    def says(self, start: int, end: int, size: int) -> list[bool]:
        """For each block of that stretch whether a row of it holds anything."""
        return _any_in_blocks(self.lengths[start:end] >= 0, size)

    def content(self, start: int, end: int) -> bytes:
        """The rows of that stretch."""
        return self.lengths[start:end].tobytes() + self.together[self.begins[start] : self.begins[end]]


def _together(array: pa.Array) -> memoryview:
    """The bytes of all texts, one behind the other."""
    full = pc.fill_null(array.cast(pa.large_string()), "")
    offsets = np.frombuffer(full.buffers()[1], np.int64)[full.offset : full.offset + len(full) + 1]
    content = full.buffers()[2]
    return memoryview(b"" if content is None else content)[offsets[0] : offsets[-1]]


def _any_in_blocks(flags: NDArray[np.bool_], size: int) -> list[bool]:
    return list(np.logical_or.reduceat(flags, np.arange(0, len(flags), size)).tolist())


@dataclass(frozen=True)
class FewNumbers:
    """As Numbers, of few rows: of so few an array costs more than all the rest."""

    values: Sequence[int]
    blank: int

    def says(self, start: int, end: int, size: int) -> list[bool]:
        """As Numbers."""
        return _any_in_few([value != self.blank for value in self.values[start:end]], size)

    def content(self, start: int, end: int) -> bytes:
        """The rows of that stretch."""
        return pack(f"<{end - start}q", *self.values[start:end])


@dataclass(frozen=True)
class FewTexts:
    """As Texts, of few rows, in UTF-8."""

    values: Sequence[bytes | None]

    def says(self, start: int, end: int, size: int) -> list[bool]:
        """As Texts."""
        return _any_in_few([value is not None for value in self.values[start:end]], size)

    def content(self, start: int, end: int) -> bytes:
        """The rows of that stretch."""
        texts = self.values[start:end]
        lengths = (-1 if text is None else len(text) for text in texts)
        return pack(f"<{end - start}q", *lengths) + b"".join(text for text in texts if text)


def _any_in_few(flags: list[bool], size: int) -> list[bool]:
    return flags if size == 1 else [any(flags[start : start + size]) for start in range(0, len(flags), size)]


Columns = Mapping[str, Numbers | Texts | FewNumbers | FewTexts]


def block_digests(
    table: str, columns: Columns, first_id: int, start: int, end: int, size: int = BLOCK_ROWS
) -> list[bytes]:
    """One digest for each `size` of the rows from `start` to before `end`, of which the first has `first_id`."""
    says = [column.says(start, end, size) for column in columns.values()]
    digests = []
    for place, begin in enumerate(range(start, end, size)):
        stop = min(begin + size, end)
        told = [name for name, flags in zip(columns, says, strict=True) if flags[place]]
        head = "\0".join((table, *told)).encode() + pack("<qq", first_id + begin - start, stop - begin)
        content = (columns[name].content(begin, stop) for name in told)
        digests.append(sha256(b"".join((head, *content))).digest()[:DIGEST_BYTES])
    return digests
