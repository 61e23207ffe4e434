"""How much text the cells of a workbook repeat: a shared text is written once and read as often as cells name it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_END = b"</si>"
_PREFIXED_END = re.compile(rb"</\w{1,20}:si>")


class SharedStrings:
    """The sizes of a workbook's shared texts, markup included, in their order."""

    def __init__(self) -> None:
        self.sizes: NDArray[np.int64] = np.zeros(0, np.int64)

    @property
    def total_bytes(self) -> int:
        """Size of all texts, each once."""
        return int(self.sizes.sum())

    def read(self, blocks: Iterable[bytes]) -> None:
        """Take the part that holds the texts."""
        found, tail = [self.sizes], b""
        for block in blocks:
            *texts, tail = _ended(tail + block).split(_END)
            found.append(np.fromiter(map(len, texts), np.int64, len(texts)))
        self.sizes = np.concatenate(found)

    def referred_bytes(self, numbers: NDArray[np.int64]) -> int:
        """Size of the texts with these numbers, each as often as it is named."""
        return int(self.sizes[numbers[numbers < len(self.sizes)]].sum())


def _ended(text: bytes) -> bytes:
    return _PREFIXED_END.sub(_END, text) if b":si>" in text else text
