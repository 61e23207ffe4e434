"""The mart: judged facts in one DuckDB file, derived from the records and disposable."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from data_access.mart.files import MartError, pointer_path
from data_access.mart.publish import Builder, Change, Frame, MartMeta, publish
from data_access.mart.read import Reader, Snapshot
from data_access.mart.schema import People

__all__ = ["Builder", "Change", "Mart", "MartError", "MartMeta", "People", "Snapshot"]


class Mart:
    """The marts of one folder: publish into it, read the current one. Any number of threads and processes
    may."""

    def __init__(self, folder: Path, *, threads: int = 2, memory: str = "512MB") -> None:
        self.folder = folder
        self._reader = Reader(folder, threads=threads, memory=memory)

    def exists(self) -> bool:
        """Whether anything was ever published here."""
        return pointer_path(self.folder).exists()

    def mark(self) -> object:
        """Changes with every published mart; None while there is none. Costs a look at the folder."""
        try:
            stat = pointer_path(self.folder).stat()
        except FileNotFoundError:
            return None
        return (stat.st_mtime_ns, stat.st_ino, stat.st_size)

    def read(self) -> Snapshot:
        """The current mart; MartError when it is absent, truncated, damaged or foreign: build it again."""
        return self._reader.read()

    def meta(self) -> MartMeta | None:
        """What the current mart was made from; None when there is no readable one."""
        try:
            return self.read().meta
        except MartError:
            return None

    def publish(
        self,
        change: Change | Mapping[str, Frame] | Builder,
        load_id: int,
        rules_hash: str,
        *,
        built_at: int,
    ) -> MartMeta | None:
        """Publish rows and return what is current afterwards; readers go on undisturbed and see it at their
        next read.

        `change`: a `Change`; or bare frames (the whole mart when there is none yet, else the letters in
        them); or a function of the current meta that gives one, called while no one else can publish, so that
        it can take everything since the mart's load number. MartError when the new file does not pass its
        checks (nothing changes) or when a part is published without a mart to change.
        """
        return publish(self.folder, change, self.meta, load_id, rules_hash, built_at)
