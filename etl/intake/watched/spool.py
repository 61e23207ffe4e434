"""Rows that are read more than once although their origin gives them only once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType

HELD_BYTES = 16 * 1024 * 1024
"""So much stays in memory; what is more goes into a file that has no name and ends with the process."""


class Spool:
    """Rows of texts in the order in which they came. Iterating begins anew each time."""

    def __init__(self, folder: Path, *, in_memory: bool = False) -> None:
        """`in_memory`: whatever its size, nothing is ever written to the disk."""
        self._file = SpooledTemporaryFile(max_size=0 if in_memory else HELD_BYTES, dir=folder)  # noqa: SIM115
        self._digest = hashlib.sha256()
        self._height = 0

    def add(self, row: Sequence[str]) -> None:
        """Add a row; only before the first reading."""
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
        self._digest.update(line)
        self._file.write(line)
        self._height += 1

    def __len__(self) -> int:
        return self._height

    def __iter__(self) -> Iterator[Sequence[str]]:
        self._file.seek(0)
        return (json.loads(line.decode("utf-8", "surrogatepass")) for line in self._file)

    @property
    def digest(self) -> str:
        """SHA-256 of all rows, in hexadecimal."""
        return self._digest.hexdigest()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._file.close()
