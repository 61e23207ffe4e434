"""Slows down whoever guesses passwords."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock

from etl.domain.units import MINUTE

WINDOW_SECONDS = 15 * MINUTE
FAILURES_PER_PAIR = 5
FAILURES_PER_PEER = 30
_MOST_KEYS = 10_000


@dataclass
class Throttle:
    """Failed logins of the last quarter of an hour, by name and address together and by address alone.

    Not by name alone: else anybody in the network could lock a colleague out. One per server process.
    """

    _failures: dict[tuple[str, ...], deque[int]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def wait_seconds(self, name: str, peer: str, now: int) -> int:
        """How long until the next attempt is looked at; 0: at once."""
        with self._lock:
            return max(self._wait((name, peer), FAILURES_PER_PAIR, now), self._wait((peer,), FAILURES_PER_PEER, now))

    def fail(self, name: str, peer: str, now: int) -> None:
        """Remember a failed attempt."""
        with self._lock:
            if len(self._failures) >= _MOST_KEYS:
                self._forget_old(now)
            for key, most in (((name, peer), FAILURES_PER_PAIR), ((peer,), FAILURES_PER_PEER)):
                self._failures.setdefault(key, deque(maxlen=most)).append(now)

    def succeed(self, name: str, peer: str) -> None:
        """Forget the pair's failures; those of the address stay."""
        with self._lock:
            self._failures.pop((name, peer), None)

    def _wait(self, key: tuple[str, ...], most: int, now: int) -> int:
        failures = self._failures.get(key, ())
        if len(failures) < most:
            return 0
        return max(failures[0] + WINDOW_SECONDS - now, 0)

    def _forget_old(self, now: int) -> None:
        self._failures = {key: at for key, at in self._failures.items() if at[-1] > now - WINDOW_SECONDS}
