"""The folder of marts: names, the pointer to the current one, the publishers' lock, cleaning up.

A mart file never changes once it has its name, so a reader needs no lock: it opens what the pointer says.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data_access.errors import Message, PantauError

_NAME = re.compile(r"^mart-(\d+)-(\d+)\.duckdb$")
KEPT = 2
"""Marts that stay beside the current one being read; on systems that refuse to delete an open file more may
stay."""


class MartError(PantauError):
    """The mart is absent, damaged or not ours; it can be built again from the records."""

    def __init__(self, state: str, **values: Any) -> None:
        super().__init__("mart.unusable", state=Message(state, **values))


@dataclass(frozen=True)
class Pointer:
    """Which file is current. `token` is also inside the file: another file under the same name is noticed."""

    file: str
    size: int
    token: str


def pointer_path(folder: Path) -> Path:
    """The small file that names the current mart."""
    return folder / "current.json"


def read_pointer(folder: Path) -> Pointer | None:
    """The current pointer, None when nothing was published yet; MartError when it cannot be read."""
    try:
        document = json.loads(pointer_path(folder).read_text(encoding="utf-8"))
        return Pointer(str(document["file"]), int(document["size"]), str(document["token"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MartError("mart.pointer") from error


def turn_pointer(folder: Path, pointer: Pointer) -> None:
    """Make `pointer` the current one, whole or not at all."""
    fresh = folder / "current.json.tmp"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(asdict(pointer), file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(pointer_path(folder))
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make renames in the folder survive a power cut, where the system can."""
    with suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_file(path: Path) -> None:
    """Push the file's bytes to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def generation_of(name: str) -> int:
    """The running number in a mart's file name, 0 for any other name."""
    match = _NAME.match(name)
    return int(match[2]) if match else 0


def newest_generation(folder: Path) -> int:
    """The highest running number in the folder, 0 when it is empty."""
    return max((generation_of(path.name) for path in folder.glob("mart-*.duckdb")), default=0)


def discard_old(folder: Path, current: str) -> None:
    """Delete all marts but the newest ones, and what an interrupted publisher left behind.

    Open readers keep a deleted file on Linux; elsewhere the file stays until nobody reads it.
    """
    marts = sorted(folder.glob("mart-*.duckdb"), key=lambda path: generation_of(path.name), reverse=True)
    keep = {path.name for path in marts[:KEPT]} | {current}
    for path in [*marts, *folder.glob("building-*")]:
        if path.name not in keep:
            with suppress(OSError):
                path.unlink()


@contextmanager
def publisher_lock(folder: Path) -> Iterator[None]:
    """Wait until no one else publishes into this folder.

    The system holds the lock, not the file's existence: a publisher that dies leaves nothing behind. Raises MartError
    on a disk that is only read.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (folder / "publisher.lock").open("a+b")
    except OSError as fault:
        raise MartError("mart.not_written") from fault
    with file:
        _acquire(file.fileno())
        yield  # closing the file gives the lock back


def _acquire(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
