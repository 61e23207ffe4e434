"""Locks between processes: held by the system, not by a file's existence, so a process that dies leaves nothing."""

from __future__ import annotations

import os
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK_AGAIN_SECONDS = 0.01
"""Who gives a lock back and wants it again waits longer than this, so that others have their turn."""


@contextmanager
def held_if_free(path: Path) -> Iterator[bool]:
    """Whether this process holds the lock now; False at once while another one does."""
    with path.open("a+b") as file:
        yield _acquired(file.fileno())  # closing the file gives the lock back


@contextmanager
def held_within(path: Path, seconds: float) -> Iterator[bool]:
    """Whether this thread holds the lock, for which it waits so long at most; in a folder that is made."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    until = time.monotonic() + seconds
    with path.open("a+b") as file:
        while not (is_ours := _acquired(file.fileno())) and time.monotonic() < until:
            time.sleep(LOOK_AGAIN_SECONDS)
        yield is_ours


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


class SharedLock:
    """A lock that many hold side by side, and nobody while `held_if_free` has it; given back with the object.

    Raises BlockingIOError while one holds it alone, OSError where no lock can be.
    """

    def __init__(self, path: Path) -> None:
        self.release: Callable[[], object] = lambda: None
        if sys.platform == "win32":
            return  # its locks are for one only; it refuses to move what is open all the same
        import fcntl

        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.release = weakref.finalize(self, os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            self.release()
            raise
