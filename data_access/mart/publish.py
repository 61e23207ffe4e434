"""Publishing a mart: copy the current file, change the copy, check it, give it its name, turn the pointer."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_access.mart import build, files
from data_access.mart.build import Change, Frame
from data_access.mart.files import MartError, Pointer

DuckConfig = dict[str, str | bool | int | float | list[str]]

WRITER_CONFIG: DuckConfig = {"threads": 1, "memory_limit": "128MB"}
"""What comes in is sorted part by part, so that little memory serves any number of rows. One thread: the next part is
read and judged at the same time, and parts are too small to be shared out."""

_WRITE_FAULTS = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)
"""What DuckDB raises when the file cannot be written, by the moment at which it notices."""


@dataclass(frozen=True)
class MartMeta:
    """What a mart was made from: the last load in it, the rules that judged it, when (UTC second), its number,
    and the day on which each step was first recorded (MISSING for one that never was)."""

    load_id: int
    rules_hash: str
    built_at: int
    generation: int
    first_handovers: tuple[int, ...] = ()


Builder = Callable[[MartMeta | None], Change | None]
"""Called while nobody else can publish, with what the current mart holds (None: there is none, or it is
unreadable); gives what is to be changed, None for nothing."""


def publish(
    folder: Path,
    change: Change | Mapping[str, Frame] | Builder,
    current: Callable[[], MartMeta | None],
    load_id: int,
    rules_hash: str,
    built_at: int,
) -> MartMeta | None:
    """Publish and return what is current afterwards; None when a builder had nothing and there is no mart."""
    with files.publisher_lock(folder):
        before = current()
        wanted = _wanted(change, before)
        if wanted is None:
            return before
        if before is None and not wanted.is_full:
            raise MartError("mart.nothing_to_update")
        generation = _next_generation(folder, before)
        since = wanted.first_handovers or (before.first_handovers if before else ())
        meta = MartMeta(max(load_id, wanted.load_id or load_id), rules_hash, built_at, generation, since)
        _turn(folder, wanted, meta)
        return meta


def _wanted(change: Change | Mapping[str, Frame] | Builder, before: MartMeta | None) -> Change | None:
    if isinstance(change, Change):
        return change
    if isinstance(change, Mapping):
        return Change(change, is_full=before is None)
    return change(before)


def _next_generation(folder: Path, before: MartMeta | None) -> int:
    return max(files.newest_generation(folder), before.generation if before else 0) + 1


def _turn(folder: Path, change: Change, meta: MartMeta) -> None:
    """Make the new file under a working name, then give it its name, then point to it."""
    working = folder / f"building-{meta.generation}.duckdb"
    token = secrets.token_hex(8)
    name = f"mart-{meta.load_id}-{meta.generation}.duckdb"
    try:
        _make(folder, working, change, meta, token)
        files.sync_file(working)
        size = working.stat().st_size
        working.rename(folder / name)
        files.sync_folder(folder)
        files.turn_pointer(folder, Pointer(name, size, token))
    except (OSError, *_WRITE_FAULTS) as fault:
        raise MartError("mart.not_written") from fault
    finally:
        working.unlink(missing_ok=True)
        working.with_name(working.name + ".wal").unlink(missing_ok=True)
    files.discard_old(folder, name)


def _make(folder: Path, working: Path, change: Change, meta: MartMeta, token: str) -> None:
    pointer = None if change.is_full else files.read_pointer(folder)
    working.unlink(missing_ok=True)
    if pointer is not None:
        shutil.copyfile(folder / pointer.file, working)
    with duckdb.connect(working, config=WRITER_CONFIG) as connection:
        if pointer is None:
            build.create(connection)
        build.apply(connection, change)
        build.write_meta(
            connection, {**vars(meta), "first_handovers": json.dumps(meta.first_handovers), "token": token}
        )
        build.check(connection, change)
        connection.execute("CHECKPOINT")
