"""The inbox as a folder: which files in it are to be taken, and where they and their reports go.

A file that was begun and not finished is noted, so that one bad file does not stop all others for ever.

masuk/agenda.xlsx                       dropped by somebody; taken once it lies still
masuk/done/agenda.xlsx                  loaded, with agenda.xlsx.laporan.txt and agenda.xlsx.laporan.json beside it
masuk/refused/agenda-2.xlsx             the second refused file of that name

Only plain files are taken: no folder, no link, no pipe, no hidden file, none that a program still writes under another
name. A report is written before its file is moved, so a file that is moved has its report; a report whose file never
came is overwritten when the file is taken again.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from data_access.errors import PantauError, cause_of
from data_access.mart.files import sync_folder
from etl.extract.masks import bare_name, told_name
from etl.intake.offered.uploads import read_json, write_json

CRASHES_ALLOWED = 2
"""A file during which the product itself failed so often is refused."""

LONGEST_WAIT = 60


class Attempts:
    """What is known of the files that were begun, in a small file of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_hopeless(self, file: InboxFile) -> bool:
        """Whether the product failed at this very file too often."""
        return self._note(file)["crashes"] >= CRASHES_ALLOWED

    def wait_seconds(self, file: InboxFile) -> int:
        """So long after a start the file is left alone: it was being read when the process was killed, and may be why.

        The first time it is taken again at once.
        """
        kills = self._note(file)["kills"]
        return 0 if kills < 2 else min(2**kills, LONGEST_WAIT)

    @contextmanager
    def trying(self, file: InboxFile) -> Iterator[None]:
        """The time during which a file is loaded and moved.

        A try is noted as a kill before it begins; how it ends says whether it was one.
        """
        self.note(file, kills=1)
        try:
            yield
        except PantauError:
            self.forget(file)
            raise
        except Exception:
            self.note(file, kills=-1, crashes=1)
            raise
        self.forget(file)

    def note(self, file: InboxFile, *, kills: int = 0, crashes: int = 0) -> None:
        """Add to what is known of a file; a full disk keeps no notes."""
        notes, before = self._read(), self._note(file)
        notes[file.mark] = {"kills": before["kills"] + kills, "crashes": before["crashes"] + crashes}
        self._write(notes)

    def forget(self, file: InboxFile) -> None:
        """The file came to its end."""
        notes = self._read()
        if notes.pop(file.mark, None) is not None:
            self._write(notes)

    def _note(self, file: InboxFile) -> dict[str, int]:
        note = self._read().get(file.mark)
        known = note if isinstance(note, dict) else {}
        return {key: int(known.get(key, 0)) for key in ("kills", "crashes")}

    def _read(self) -> dict[str, Any]:
        notes = read_json(self._path)
        return notes if isinstance(notes, dict) else {}

    def _write(self, notes: dict[str, Any]) -> None:
        with suppress(OSError):
            write_json(self._path, notes)


REPORT_TEXT = ".laporan.txt"
REPORT_JSON = ".laporan.json"
FILE_KEPT = "file_kept"
"""Key of the JSON report: whether the file lies beside it."""

REFUSAL = "refusal"
"""Key of the JSON report of a refused file: why, as a column keeps a message, for every language."""

_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp", ".temp", ".swp")
_NOT_GIVEN = ("thumbs.db", "desktop.ini")
_LONGEST_BYTES = 200


class InboxError(PantauError):
    """The inbox, or a place in it, cannot be used as it is; no file was lost."""


@dataclass(frozen=True)
class InboxFile:
    """A file in the inbox as it was last seen."""

    path: Path
    size: int
    modified_ns: int
    number: int

    @property
    def name(self) -> str:
        """Its name as it is shown and stored."""
        return told_name(self.path.name)

    @property
    def own_name(self) -> str:
        """Its name as it is in the folders."""
        return bare_name(self.path.name)

    @property
    def mark(self) -> str:
        """Changes when the file does."""
        return f"{self.name}:{self.number}:{self.size}:{self.modified_ns}"

    def is_unchanged(self) -> bool:
        """Whether the same file, of the same size and time, still lies there."""
        return _inbox_file(self.path) == self


@dataclass(frozen=True)
class InboxFolder:
    """The inbox of one home."""

    root: Path

    @property
    def done(self) -> Path:
        """Where loaded files go."""
        return self.root / "done"

    @property
    def refused(self) -> Path:
        """Where files go that could not be taken."""
        return self.root / "refused"

    def make(self) -> InboxFolder:
        """Make the folders, and see that files can be moved between them. Raises InboxError."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            for folder in (self.done, self.refused):
                if not folder.is_dir():
                    folder.mkdir()
                    folder.chmod(self._mode())
            for folder in (self.root, self.done, self.refused):
                probe = folder / ".coba"
                probe.touch()
                probe.unlink()
        except OSError as fault:
            raise InboxError("inbox.unusable", folder=self.root, cause=cause_of(fault)) from None
        return self

    def _mode(self) -> int:
        """Who may do what in the inbox: whoever drops a file there is to find its report."""
        return stat.S_IMODE(self.root.stat().st_mode)

    def files(self) -> list[InboxFile]:
        """The files that may be taken, the oldest first. Raises InboxError when the folder cannot be read."""
        try:
            with os.scandir(self.root) as entries:
                files = [_inbox_file(Path(entry.path)) for entry in entries if is_given(entry.name)]
        except OSError as fault:
            raise InboxError("inbox.unreadable", folder=self.root, cause=cause_of(fault)) from None
        return sorted((file for file in files if file), key=lambda file: (file.modified_ns, file.path.name))

    def refusals(self, most: int) -> list[tuple[str, Any]]:
        """Of the files in `refused` the newest: name and JSON report; nothing where the folder cannot be read."""
        try:
            with os.scandir(self.refused) as entries:
                reports = [(entry.stat().st_mtime_ns, entry.name) for entry in entries if _is_report(entry.name)]
        except OSError:
            return []
        names = [name.removesuffix(REPORT_JSON) for _, name in sorted(reports, reverse=True)]
        here = (name for name in names if (self.refused / name).is_file())
        return [(name, read_json(self.refused / f"{name}{REPORT_JSON}")) for name in islice(here, most)]

    def put_away(
        self,
        file: InboxFile,
        place: Path,
        reports: Mapping[str, bytes],
        others: Mapping[str, bytes],
        *,
        keep: bool = True,
    ) -> str:
        """Write the reports (ending → content) and what else belongs there (name → content), then move the file there.

        Returns its name there, numbered when another has it. `keep` False deletes the file instead. Raises InboxError
        when there is no room or no right; the file then stays where it is.
        """
        name = _free_name(place, file.own_name)
        try:
            for own, content in {**others, **{f"{name}{ending}": text for ending, text in reports.items()}}.items():
                _write_whole(place / own, content, self._mode() & 0o666)
            with suppress(FileNotFoundError):  # somebody took it away meanwhile
                file.path.rename(place / name) if keep else file.path.unlink()
        except OSError as fault:
            raise InboxError("inbox.not_moved", file=file.name, place=place, cause=cause_of(fault)) from None
        sync_folder(place)
        sync_folder(self.root)
        return name


def _is_report(name: str) -> bool:
    return name.endswith(REPORT_JSON) and not name.startswith(".")


def is_given(name: str) -> bool:
    """Whether a name is one that a person gave to a finished file."""
    folded = name.casefold()
    return not (folded.startswith((".", "~$")) or folded.endswith(_UNFINISHED) or folded in _NOT_GIVEN)


def _inbox_file(path: Path) -> InboxFile | None:
    """The plain file at that path; None for anything else."""
    try:
        seen = path.lstat()
    except OSError:
        return None
    if not stat.S_ISREG(seen.st_mode):
        return None
    return InboxFile(path, seen.st_size, seen.st_mtime_ns, seen.st_ino)


def _free_name(place: Path, name: str) -> str:
    """The name, numbered when another file, or the report of a deleted one, has it already."""
    stem, suffix = _fitting(name)
    numbered = (f"{stem}-{number}{suffix}" for number in count(2))
    return next(free for free in chain([f"{stem}{suffix}"], numbered) if not _is_taken(place, free))


def _fitting(name: str) -> tuple[str, str]:
    """Stem and suffix, short enough to leave room for a number and the ending of a report."""
    suffix = Path(name).suffix
    if len(suffix.encode()) > _LONGEST_BYTES // 2:
        suffix = ""
    stem = name.removesuffix(suffix)
    while len(f"{stem}{suffix}".encode()) > _LONGEST_BYTES:
        stem = stem[:-1]
    return stem, suffix


def _is_taken(place: Path, name: str) -> bool:
    return os.path.lexists(place / name) or _stands_alone(place / f"{name}{REPORT_JSON}")


def _stands_alone(report: Path) -> bool:
    """Whether a report is all that is to be left of its file, or something unknown that must not be lost."""
    try:
        return not json.loads(report.read_text(encoding="utf-8"))[FILE_KEPT]
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError):
        return True


def _write_whole(path: Path, content: bytes, mode: int) -> None:
    """The whole content or nothing."""
    fresh = path.with_name(f".{path.name}.baru")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(mode)
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
