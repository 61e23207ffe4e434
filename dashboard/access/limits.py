"""How many attempts to sign in may fail, and what becomes of more.

The failures are counted in the records, so that all processes and servers share them and a restart forgets none; while
a load holds the records a process counts what it sees by itself. Without a name (an agency's code, a provider of
identities) by address alone.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from threading import Lock
from typing import Protocol

from data_access.records.logins import Failures, is_within
from etl.domain.units import MINUTE

WINDOW_SECONDS = 15 * MINUTE
FAILURES_PER_PAIR = 5
"""Of an account from one address."""
FAILURES_PER_PEER = 30
"""From one address, whatever the name: offices stand behind one address."""
FAILURES_PER_ACCOUNT = 20
"""Of an account, from wherever: its known devices are not held up by it."""
FAILURES_PER_DEVICE = 10
"""Of an account at a device that has signed in before; after them it counts as any other device."""
ASKED_PER_ACCOUNT = 30
"""Requests for rooms of an account or a code: who sends more is no person at a keyboard."""

_MOST_KEYS = 10_000
_SHARED_BITS = 64
"""An IPv6 network of this size belongs to one household or office, which may take any address in it."""


@dataclass(frozen=True)
class Limit:
    """So many failures under one key are allowed in a window."""

    key: str
    most: int


Limits = Sequence[Limit]


def limits_of_login(name: str, peer: str) -> Limits:
    """Of a name typed from an address."""
    pair = Limit(f"pair {network(peer)} {name}", FAILURES_PER_PAIR)
    return (pair, Limit(f"peer {network(peer)}", FAILURES_PER_PEER), Limit(f"account {name}", FAILURES_PER_ACCOUNT))


def limits_of_code(peer: str) -> Limits:
    """Of an agency's code typed from an address."""
    return (Limit(f"code {network(peer)}", FAILURES_PER_PEER),)


def limits_of_openid(peer: str) -> Limits:
    """Of coming from the provider of identities to an address."""
    return (Limit(f"openid {network(peer)}", FAILURES_PER_PEER),)


def limits_of_device(account: str, nonce: str, what: str) -> Limits:
    """Of an account at a device that it has signed in from before; of each thing that is asked there for itself."""
    return (Limit(f"device {what} {account} {nonce}", FAILURES_PER_DEVICE),)


def limits_of_proof(what: str, user_id: int) -> Limits:
    """Of what a user who is nearly in, or in, has to prove once more."""
    return (Limit(f"proof {what} {user_id}", FAILURES_PER_PAIR),)


def limits_of_asking(account_id: int) -> Limits:
    """Of requests that an account, or the bearer of a code, sends: each counts."""
    return (Limit(f"asked {account_id}", ASKED_PER_ACCOUNT),)


def network(peer: str) -> str:
    """What counts as one address."""
    try:
        address = ip_address(peer)
    except ValueError:
        return peer
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or int(address) >> _SHARED_BITS)


class FailureStore(Protocol):
    """Where failures are counted."""

    def failures(self, keys: Sequence[str]) -> Mapping[str, Failures]:
        """The failures of those keys that have any."""

    def add_failures(self, failures: Mapping[str, Failures], moment: int, window_seconds: int) -> bool:
        """Add failures to those of before in the window; False while the records are held."""

    def forget_failures(self, keys: Sequence[str]) -> None:
        """Drop the failures of those keys."""


class Throttle:
    """Failed attempts of the last quarter of an hour. `key` makes of what was typed what may be written down."""

    def __init__(self, store: FailureStore, key: bytes) -> None:
        self._store, self._key = store, key
        self._unwritten: dict[str, Failures] = {}
        self._lock = Lock()

    def wait_seconds(self, limits: Limits, moment: int) -> int:
        """How long until the next attempt is looked at; 0: at once."""
        written = self._store.failures([self._hidden(limit) for limit in limits])
        return max(self._wait(limit, written, moment) for limit in limits)

    def fail(self, limits: Limits, moment: int) -> None:
        """Remember a failed attempt."""
        with self._lock:
            for limit in limits:
                before = self._current(self._unwritten.get(self._hidden(limit)), moment)
                added = Failures(1, moment) if before is None else Failures(before.failures + 1, before.since_at)
                self._unwritten[self._hidden(limit)] = added
            failures, self._unwritten = self._unwritten, {}
        if not self._store.add_failures(failures, moment, WINDOW_SECONDS) and len(failures) <= _MOST_KEYS:
            with self._lock:
                self._unwritten = _sum(failures, self._unwritten)

    def forget(self, limits: Limits) -> None:
        """After a success: forget what failed there, but not what failed at the address and of the account."""
        keys = [self._hidden(limit) for limit in limits if limit.key.startswith(("pair ", "device ", "proof "))]
        with self._lock:
            for key in keys:
                self._unwritten.pop(key, None)
        if keys and self._store.failures(keys):
            self._store.forget_failures(keys)

    def _wait(self, limit: Limit, written: Mapping[str, Failures], moment: int) -> int:
        key = self._hidden(limit)
        counted = [self._current(kept.get(key), moment) for kept in (written, self._unwritten)]
        failures = [one for one in counted if one is not None]
        if sum(one.failures for one in failures) < limit.most:
            return 0
        return min(one.since_at for one in failures) + WINDOW_SECONDS - moment

    @staticmethod
    def _current(failures: Failures | None, moment: int) -> Failures | None:
        """The failures, unless their window is over; the clock may have been put back meanwhile."""
        is_current = failures is not None and is_within(WINDOW_SECONDS, failures.since_at, moment)
        return failures if is_current else None

    def _hidden(self, limit: Limit) -> str:
        return hmac.digest(self._key, limit.key.encode("utf-8", "replace"), "sha256").hex()[:32]


def _sum(before: Mapping[str, Failures], later: Mapping[str, Failures]) -> dict[str, Failures]:
    """The failures of both, each key since its first."""
    total = {**before, **later}
    for key in before.keys() & later.keys():
        total[key] = Failures(before[key].failures + later[key].failures, before[key].since_at)
    return total
