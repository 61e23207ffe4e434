"""A way to the provider of identities and back: what the browser keeps meanwhile, who comes back, why nobody does."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from flask import session

from data_access.records.logins import Identity, is_within
from etl.domain.units import MINUTE

JOURNEY_SECONDS = 10 * MINUTE
"""How long somebody may take at the provider."""

FAILURES = ("away", "declined", "doubtful", "nobody", "over", "throttled")
"""Why nobody comes in by the provider: `openid.<word>` is the sentence."""

_LONGEST_PATH = 1_000
"""A browser drops a cookie that is too long."""
_KEPT = "openid"
"""Where the session's cookie, signed, keeps the journey."""


class OpenIdError(Exception):
    """Nobody comes in by the provider: `word` is one of FAILURES, `reason` is for the log and tells of no person."""

    def __init__(self, word: str, reason: str) -> None:
        super().__init__(word, reason)
        self.word, self.reason = word, reason


@dataclass(frozen=True)
class Person:
    """Who the provider says it is. `called`: the name or the verified address there; None: it does not say."""

    identity: Identity
    called: str | None


@dataclass(frozen=True)
class Journey:
    """One way there and back, of this browser only. `back`: where it leads to at the end, a path of this server."""

    state: str
    nonce: str
    verifier: str
    back: str
    begun_at: int


def begin_journey(back: str, moment: int) -> Journey:
    """A journey that this browser keeps, in place of one that it had begun before."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    journey = Journey(state, nonce, verifier, back if len(back) <= _LONGEST_PATH else "/", moment)
    session[_KEPT] = asdict(journey)
    return journey


def end_journey(state: str | None, moment: int) -> Journey:
    """The journey that comes back with this state; it does so once. Raises OpenIdError."""
    kept: dict[str, Any] | None = session.pop(_KEPT, None)
    if kept is None:
        raise OpenIdError("over", "no journey of this browser")
    journey = Journey(**kept)
    if not secrets.compare_digest(journey.state.encode(), (state or "").encode()):
        raise OpenIdError("over", "another state")
    if not is_within(JOURNEY_SECONDS, journey.begun_at, moment):
        raise OpenIdError("over", "too late")
    return journey
