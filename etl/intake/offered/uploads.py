"""Files given on the Data page that are not loaded yet: each in a folder of its own, nothing of them in the records.

    unggahan/<token>/berkas.xlsx    the bytes, until they are loaded or given up
    unggahan/<token>/label.json     what the client called it, whose it is, when it came
    unggahan/<token>/cara.json      how its user last wished it to be read
    unggahan/<token>/hasil.json     what became of it, once it was loaded: counts and numbers of loads, no cell
    unggahan/peta.json              the maps of columns by which files could be read, the newest first

The client's name of a file is a label and nothing else: it names no path.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from data_access.errors import STORAGE_FULL, PantauError
from data_access.home import Home
from data_access.locks import held_if_free
from data_access.mart.files import publisher_lock
from etl.domain.units import DAY, HOUR
from etl.extract.masks import told_name

KEPT_SECONDS = 24 * HOUR
"""A file without persons that nobody saves is deleted after this; so is what is remembered of one that was saved."""

KEPT_PERSONAL_SECONDS = HOUR
"""The same for a list of persons, and for every file of which nobody knows yet that it is none."""

NOBODY = 0
"""The owner of a file that was given before this office had users: whoever may load files may load it."""

KEPT_FOR_START_SECONDS = 7 * DAY
"""How long nobody's file waits for the office to begin, where it is known to hold no persons."""

PURGE_SECONDS = 60
"""So often at most those who serve or watch look for files whose time is over."""

LONGEST_NAME = 120

_NO_PERSONS = "tanpa-orang"
_LABEL = "label.json"
_WISH = "cara.json"
_MAPS = "peta.json"
_MOST_MAPS = 30
_LOCK = "publisher.lock"
_TOKEN = re.compile(r"[0-9a-f]{32}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class StorageFullError(PantauError):
    """There is no room for the file; nothing of it was kept."""


def file_label(name: str) -> str:
    """What the client called a file, as it may be shown: no folders, no invisible characters, not endless."""
    return told_name(name)[-LONGEST_NAME:]


@dataclass(frozen=True)
class Upload:
    """One file that was given; `at` in seconds since 1970, `owner` the id of a user, or NOBODY."""

    token: str
    folder: Path
    name: str
    owner: int
    at: int

    @property
    def path(self) -> Path:
        """Where its bytes are, or were."""
        return self.folder / f"berkas{_suffix(self.name)}"

    @property
    def is_waiting(self) -> bool:
        """Whether the bytes are still there to be loaded."""
        return self.path.is_file()

    @property
    def result(self) -> list[dict[str, Any]] | None:
        """What became of it, one entry for each kind; None before it was loaded."""
        result = read_json(self.folder / "hasil.json")
        return result if isinstance(result, list) else None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody else loads this file: two clicks make one load."""
        with publisher_lock(self.folder):
            yield

    def finish(self, result: Sequence[Mapping[str, Any]]) -> None:
        """Remember what became of the file and delete its bytes: the records hold all of them that counts."""
        write_json(self.folder / "hasil.json", list(result))
        self.path.unlink(missing_ok=True)

    @property
    def wish(self) -> Mapping[str, Any]:
        """How its user last wished it to be read; empty: as it is recognised."""
        wish = read_json(self.folder / _WISH)
        return wish if isinstance(wish, dict) else {}

    def keep_wish(self, wish: Mapping[str, Any]) -> None:
        """Remember it beside the file, so that it outlives the page."""
        with suppress(FileNotFoundError):  # the file was given up meanwhile
            write_json(self.folder / _WISH, wish)

    def mark_persons(self, *, has_none: bool) -> None:
        """Note whether the file is known to hold no persons: only then it may lie here for long."""
        mark = self.folder / _NO_PERSONS
        with suppress(FileNotFoundError):  # a file that was given up meanwhile needs no mark
            if has_none:
                mark.touch(mode=0o600)
            else:
                mark.unlink()

    @property
    def kept_seconds(self) -> int:
        """How long the file, or what is remembered of it, may lie here."""
        if not self.is_waiting:
            return KEPT_SECONDS
        if not (self.folder / _NO_PERSONS).exists():
            return KEPT_PERSONAL_SECONDS
        return KEPT_FOR_START_SECONDS if self.owner == NOBODY else KEPT_SECONDS

    @property
    def deleted_at(self) -> int:
        """When the file is deleted unless it is saved before; seconds since 1970."""
        return self.at + self.kept_seconds

    def is_of(self, owner: int) -> bool:
        """Whether that user may look into the file: the own ones and nobody's."""
        return self.owner in (owner, NOBODY)


class Arrivals:
    """The files of one request while they arrive: written to as streams, then kept; what was not kept is gone at the
    end."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._all: list[tuple[Path, str, IO[bytes]]] = []

    def open(self, name: str) -> IO[bytes]:
        """The stream for the next file."""
        folder, label = self._root / secrets.token_hex(16), file_label(name)
        folder.mkdir(mode=0o700, parents=True)
        stream: IO[bytes] = (folder / f"berkas{_suffix(label)}").open("x+b")
        self._all.append((folder, label, stream))
        return stream

    def keep(self, owner: int, now: int) -> list[Upload]:
        """Make all of them known as that user's."""
        for folder, name, stream in self._all:
            stream.flush()
            write_json(folder / _LABEL, {"name": name, "owner": owner, "at": now})
        return [Upload(folder.name, folder, name, owner, now) for folder, name, _ in self._all]

    def __enter__(self) -> Arrivals:
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        """Raises StorageFullError in place of the system's own words."""
        for folder, _name, stream in self._all:
            with suppress(OSError):  # what could not be written cannot be flushed either
                stream.close()
            if not (folder / _LABEL).exists():
                shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError) and error.errno in STORAGE_FULL:
            raise StorageFullError("intake.upload_full") from error


class Uploads:
    """The folder of files that were given to one office."""

    def __init__(self, home: Path) -> None:
        self.root = home / "unggahan"

    @classmethod
    def of(cls, home: Home) -> Uploads:
        """Those of an office; invented records take no files, so what is given there waits in the office's own home."""
        return cls(home.real.root)

    def arrivals(self) -> Arrivals:
        """A place for the files of one request."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Arrivals(self.root)

    def find(self, token: str, owner: int) -> Upload | None:
        """That user's file, or nobody's; None for another's, for one that is gone and for what is no token."""
        upload = self._read(self.root / token) if _TOKEN.fullmatch(token) else None
        return upload if upload is not None and upload.is_of(owner) else None

    def waiting(self, owner: int) -> list[Upload]:
        """That user's files, and nobody's, that were not saved yet, the newest first."""
        mine = [upload for upload in self._all() if upload.is_of(owner) and upload.is_waiting]
        return sorted(
            (upload for upload in mine if upload.result is None), key=lambda upload: (-upload.at, upload.name)
        )

    def maps(self) -> list[Mapping[str, Any]]:
        """The maps of columns by which files were read, as wishes, the newest first."""
        maps = read_json(self.root / _MAPS)
        return [one for one in maps if isinstance(one, dict)] if isinstance(maps, list) else []

    def keep_map(self, wish: Mapping[str, Any]) -> None:
        """Remember a map by which a file can be read, for the next one with the same headers."""
        known = self.maps()
        if known[:1] != [wish]:
            write_json(self.root / _MAPS, [wish, *(one for one in known if one != wish)][:_MOST_MAPS])

    def drop(self, upload: Upload) -> None:
        """Give a file up; one that is being loaded just now is waited for, and what became of it stays."""
        if not upload.folder.is_dir():
            return
        with upload.alone():
            is_given_up = upload.result is None
            if is_given_up:
                _empty(upload.folder)
        if is_given_up:
            shutil.rmtree(upload.folder, ignore_errors=True)

    def purge(self, now: int) -> None:
        """Delete what has been lying here for too long, and what never arrived whole; what is being loaded stays."""
        for folder in self._folders():
            with suppress(FileNotFoundError):  # another process was quicker
                if self._is_over(folder, now):
                    _remove_unless_used(folder)

    def _is_over(self, folder: Path, now: int) -> bool:
        """Whether a folder's time is over; a file that never arrived whole is as old as its last byte."""
        upload = self._read(folder)
        if upload is not None:
            return now >= upload.deleted_at
        newest = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
        return self._file_time() - newest >= KEPT_PERSONAL_SECONDS

    def _file_time(self) -> float:
        """What a file written now is dated: by the clock of the system, whatever that of the office says."""
        os.utime(self.root)
        return self.root.stat().st_mtime

    def _all(self) -> Iterator[Upload]:
        return (upload for folder in self._folders() if (upload := self._read(folder)) is not None)

    def _folders(self) -> list[Path]:
        return [folder for folder in self.root.iterdir() if folder.is_dir()] if self.root.is_dir() else []

    def _read(self, folder: Path) -> Upload | None:
        label = read_json(folder / _LABEL)
        if not isinstance(label, dict):
            return None
        return Upload(folder.name, folder, str(label["name"]), int(label["owner"]), int(label["at"]))


def _remove_unless_used(folder: Path) -> None:
    """Delete a folder, unless its file is being loaded just now: the next look finds it again."""
    with held_if_free(folder / _LOCK) as is_free:
        if is_free:
            _empty(folder)
    if is_free:
        shutil.rmtree(folder, ignore_errors=True)


def _empty(folder: Path) -> None:
    """Delete all but the lock, which some systems do not let go while it is held."""
    for path in folder.iterdir():
        if path.name != _LOCK:
            path.unlink(missing_ok=True)


def _suffix(name: str) -> str:
    """The ending of a name, by which files are opened; empty when it is none."""
    suffix = Path(name).suffix.casefold()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def read_json(path: Path) -> Any:
    """What a small file holds; None when there is none that can be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write_json(path: Path, document: object) -> None:
    """Whole or not at all."""
    fresh = path.with_suffix(".baru")
    fresh.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)
