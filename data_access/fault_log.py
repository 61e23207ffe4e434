"""The log of a home: what nobody foresaw, with its trace; in a few files that never grow beyond a size."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from data_access.locks import held_if_free

LONGEST_BYTES = 1_000_000
KEPT_BEFORE = 3
"""Full files that stay beside the one that is written to."""


def append_fault(path: Path, text: str) -> None:
    """Add an entry, whole even where several processes write. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileNotFoundError):
        if path.stat().st_size > LONGEST_BYTES:
            _begin_anew(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, text.encode("utf-8", "backslashreplace"))
    finally:
        os.close(descriptor)


def _begin_anew(path: Path) -> None:
    """Number the full files up by one; who comes second to it leaves it to the first."""
    with held_if_free(path.with_name(f"{path.name}.lock")) as is_ours:
        if is_ours and path.stat().st_size > LONGEST_BYTES:
            for number in range(KEPT_BEFORE, 0, -1):
                older = path if number == 1 else path.with_name(f"{path.name}.{number - 1}")
                with suppress(FileNotFoundError):
                    older.replace(path.with_name(f"{path.name}.{number}"))
