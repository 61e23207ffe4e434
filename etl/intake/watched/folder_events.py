"""Tells when something happened in a folder; where the system tells nothing, it only passes the time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from watchfiles import watch

TICK_SECONDS = 0.5
_GROUPED_MS = 500


def wakes(folder: Path, stop: threading.Event) -> Iterator[bool]:
    """Whether something happened, at least every `TICK_SECONDS`, until `stop` is set; True at the beginning.

    Network folders tell nothing, a folder may be taken away and made again, and the system may have no watches left:
    so whoever asks must look into the folder from time to time by itself.
    """
    yield True
    while not stop.is_set():
        try:
            yield from _told(folder, stop)
        except OSError:
            stop.wait(TICK_SECONDS)
            yield False


def _told(folder: Path, stop: threading.Event) -> Iterator[bool]:
    """The same while it is this very folder that stands there. Raises OSError when it cannot be watched."""
    number = folder.stat().st_ino
    changes = watch(
        folder, watch_filter=None, debounce=_GROUPED_MS, stop_event=stop, rust_timeout=int(TICK_SECONDS * 1000),
        yield_on_timeout=True, recursive=False, raise_interrupt=False,
    )  # fmt: skip
    for changed in changes:
        yield bool(changed)
        if folder.stat().st_ino != number:
            return
