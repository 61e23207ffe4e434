"""Files that were begun and not finished: noted, so that one bad file does not stop all others for ever."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from data_access.errors import PantauError
from etl.intake.watched.inbox_folder import InboxFile

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

    def trying(self, file: InboxFile) -> _Trying:
        """The time during which a file is loaded and moved."""
        return _Trying(self, file)

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
        try:
            notes = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return notes if isinstance(notes, dict) else {}

    def _write(self, notes: dict[str, Any]) -> None:
        fresh = self._path.with_suffix(".baru")
        with suppress(OSError):
            fresh.write_text(json.dumps(notes), encoding="utf-8")
            fresh.replace(self._path)


class _Trying:
    """A try is noted as a kill before it begins; how it ends says whether it was one."""

    def __init__(self, attempts: Attempts, file: InboxFile) -> None:
        self._attempts, self._inbox_file = attempts, file

    def __enter__(self) -> None:
        self._attempts.note(self._inbox_file, kills=1)

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is None or issubclass(kind, PantauError):
            self._attempts.forget(self._inbox_file)
        elif issubclass(kind, Exception):
            self._attempts.note(self._inbox_file, kills=-1, crashes=1)
