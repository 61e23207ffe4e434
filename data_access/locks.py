"""Locks between processes: held by the system, not by a file's existence, so a process that dies leaves nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held_if_free(path: Path) -> Iterator[bool]:
    """Whether this process holds the lock now; False at once while another one does."""
    with path.open("a+b") as file:
        yield _acquired(file.fileno())  # closing the file gives the lock back


def _acquired(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
