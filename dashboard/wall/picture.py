"""The wall's document as bytes, made once for all screens that ask within the same three seconds."""

from __future__ import annotations

import gzip
import json
import threading
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from etl.figures.wall.snapshot import wall_snapshot

if TYPE_CHECKING:
    from etl.office import Office

_GROWING = frozenset({"as_of", "elapsed_seconds"})
"""They grow by the second, and the page counts them on by itself: no reason to paint anew."""


@dataclass(frozen=True)
class Picture:
    """One document: plain and packed bytes, and a mark that changes when there is something new to see."""

    plain: bytes
    packed: bytes
    mark: str


SHARED_SECONDS = 3
"""As long as one picture serves all screens: the page counts running steps on by itself."""


class Pictures:
    """The newest picture of one office. Threads share it; only one of them makes the next."""

    def __init__(self, office: Office, build: str) -> None:
        self._office = office
        self._build = build
        self._lock = threading.Lock()
        self._newest: tuple[int, object, Picture] | None = None

    def at(self, as_of: int) -> Picture:
        """The picture of a moment, or of one just before it, for the mart and the settings as they are now."""
        meta = self._office.mart.meta()
        basis = (meta.generation if meta else 0, self._office.book.hash)
        with self._lock:
            if self._newest is None or self._newest[1] != basis or abs(as_of - self._newest[0]) >= SHARED_SECONDS:
                made = picture(wall_snapshot(self._office, as_of) | {"build": self._build})
                self._newest = (as_of, basis, made)
            return self._newest[2]


def picture(snapshot: dict[str, Any]) -> Picture:
    """The document of a snapshot."""
    plain = _bytes(snapshot)
    return Picture(plain, gzip.compress(plain, 6, mtime=0), sha256(_bytes(_steady(snapshot))).hexdigest()[:20])


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _steady(value: Any) -> Any:
    """The snapshot as it looks: without what grows by the second, shares in whole percent as they are shown."""
    if isinstance(value, dict):
        return {key: _steady(part) for key, part in value.items() if key not in _GROWING or _is_still(value)}
    if isinstance(value, list | tuple):
        return [_steady(part) for part in value]
    return round(value, 2) if isinstance(value, float) else value


def _is_still(step: dict[str, Any]) -> bool:
    """Whether a step's time stands: finished or paused."""
    return step.get("is_running") is False
