"""One office taken out of its folder and another one put there, so that a kill leaves the one or the other whole.

    pemulihan.json                  what is to be exchanged; there from the first move to the last
    .pemulihan-<token>/             the new content, complete before the first move
    sebelum-pemulihan-<moment>/     the old content, moved aside and never deleted

Whoever opens the folder next finishes what a killed process left, or drops it where a database was to change with it
and did not.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from data_access.errors import PantauError
from data_access.locks import held_if_free

NOTE = "pemulihan.json"
STAGED = ".pemulihan-"
ASIDE = "sebelum-pemulihan-"

CONTENT = (
    "records.sqlite-wal", "records.sqlite-shm", "records.sqlite", "mart", "foto", "pindaian", "sop", "hari_kantor.csv",
    "secret.key", "rantai.txt", "masuk", "masuk.json", "kotak-masuk.json", "unggahan", "MULAI",
)  # fmt: skip
"""What makes an office in its folder. Backups, the log, the invented records and the locks stay where they are."""


@dataclass(frozen=True)
class Exchange:
    """Names of the two folders, and of what lay there before. `token`: a database that carries it was exchanged too;
    None: there is no database outside the folder."""

    staged: str
    aside: str
    old: tuple[str, ...]
    token: str | None = None


@contextmanager
def alone_in(in_use: Path) -> Iterator[None]:
    """Hold a folder alone. Raises PantauError while anybody has the office open."""
    with held_if_free(in_use) as is_free:
        if not is_free:
            raise PantauError("restore.in_use", folder=in_use.parent)
        yield


def contents_of(root: Path) -> tuple[str, ...]:
    """What of an office lies in the folder; folders without anything in them do not count."""
    return tuple(name for name in CONTENT if _holds_something(root / name))


def _holds_something(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() and not path.is_symlink() else path.exists() or path.is_symlink()


def begin_exchange(root: Path, staged: Path, aside: str, token: str | None = None) -> Exchange:
    """Note what is to be moved, durably; from here on the exchange is finished by whoever comes next."""
    exchange = Exchange(staged.name, aside, contents_of(root), token)
    if hasattr(os, "sync"):
        os.sync()  # whatever was staged is on the disk before the note says so
    fresh = root / f"{NOTE}.tmp"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(asdict(exchange), file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(root / NOTE)
    return exchange


def pending_exchange(root: Path) -> Exchange | None:
    """The exchange that is noted there and not finished."""
    try:
        document = json.loads((root / NOTE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Exchange(document["staged"], document["aside"], tuple(document["old"]), document["token"])


def finish_exchange(root: Path, in_use: Path) -> None:
    """Finish what a killed process left, unless a database has to be asked first. Raises PantauError while one runs."""
    exchange = pending_exchange(root)
    if exchange is not None and exchange.token is None:
        with alone_in(in_use):
            carry_out(root, exchange)


def carry_out(root: Path, exchange: Exchange) -> None:
    """Every move that is not done yet: the old aside, the new into its place."""
    staged, aside = root / exchange.staged, root / exchange.aside
    for name in CONTENT:
        if name in exchange.old and not os.path.lexists(aside / name):
            aside.mkdir(exist_ok=True, mode=0o700)
            with suppress(FileNotFoundError):
                (root / name).rename(aside / name)
        if os.path.lexists(staged / name):
            (staged / name).rename(root / name)
    give_up(root, exchange)


def give_up(root: Path, exchange: Exchange) -> None:
    """Forget an exchange; what was staged and not moved goes."""
    (root / NOTE).unlink(missing_ok=True)
    shutil.rmtree(root / exchange.staged, ignore_errors=True)
