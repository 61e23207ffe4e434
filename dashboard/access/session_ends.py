"""Sessions that ended while a load held the records: a file each in the home, which every server process reads, until
they are written down. A restart forgets none."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from data_access.errors import PantauError
from data_access.records.logins import LoginSession


class SessionGoesOnError(PantauError):
    """Neither the records nor the home can take the end of a session."""


@dataclass(frozen=True)
class SessionEnd:
    """A session, when it ended and why."""

    session: LoginSession
    at: int
    why: str


class SessionEnds:
    """The notes in one folder, which is there only when it was needed; each bears the hash of the session's token."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, end: SessionEnd) -> None:
        """Note an end, whole or not at all. Raises SessionGoesOnError."""
        path = self._path(end.session.token_hash)
        try:
            self._folder.mkdir(exist_ok=True, mode=0o700)
            path.with_suffix(".new").write_text(json.dumps(asdict(end)), encoding="utf-8")
            path.with_suffix(".new").replace(path)
        except OSError:
            raise SessionGoesOnError("account.end_refused") from None

    def of(self, token_hash: str) -> SessionEnd | None:
        """The end of the session with that token; None when none is noted. Asked at every request."""
        return _read(self._path(token_hash)) if token_hash else None

    def all(self) -> list[SessionEnd]:
        """Every end that is noted."""
        ends = map(_read, self._folder.glob("*.json"))
        return [end for end in ends if end is not None]

    def drop(self, ends: Iterable[SessionEnd]) -> None:
        """Forget those: they are written down."""
        for end in ends:
            with suppress(OSError):
                self._path(end.session.token_hash).unlink()

    def _path(self, token_hash: str) -> Path:
        return self._folder / f"{token_hash}.json"


def _read(path: Path) -> SessionEnd | None:
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
        return SessionEnd(LoginSession(**note["session"]), note["at"], note["why"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
