"""How long a login lasts, and for whom it counts at all."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import urlsplit

from flask import request, session

from dashboard.access.http import json_object
from data_access.origin import is_loopback
from data_access.records.logins import LoginSession, is_within
from etl.domain.units import DAY, HOUR

IDLE_SECONDS = 8 * HOUR
LONGEST_SECONDS = 7 * DAY
# When a user was last there is written at most this often: a callback is to cost no more than a look-up.
_STEP_SECONDS = 60
_PROXY_HEADERS = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
    "X-Real-IP",
)

Now = Callable[[], int]


def token_hash(token: str) -> str:
    """What the records keep of a token; the token itself is kept nowhere."""
    return sha256(token.encode()).hexdigest()


def begin_session(mark: str, moment: int) -> LoginSession:
    """A session of whom the mark names, whose cookie this reply carries.

    Everything that the visitor carried before is forgotten, so that a planted session is worth nothing.
    """
    session.clear()
    session.permanent = True
    session["key"] = secrets.token_urlsafe(32)
    return _session_of(mark, moment)


def cookie_session(mark: str) -> LoginSession | None:
    """The session of this request's cookie while it is not in the records, which were held when it began."""
    begun_at = session.get("unwritten")
    return _session_of(mark, begun_at) if isinstance(begun_at, int) and session_hash() else None


def _session_of(mark: str, moment: int) -> LoginSession:
    number, _, version = mark.partition(":")
    id, browser = int(number), browser_words(request.user_agent.string)
    whose = {"user_id": id if id > 0 else None, "code_id": -id if id < 0 else None, "version": int(version)}
    where = {"browser": browser, "address": request.remote_addr}
    return LoginSession(token_hash=session_hash(), begun_at=moment, seen_at=moment, **whose, **where)


def session_hash() -> str:
    """What the records know the session of this request by; empty when its cookie names none."""
    key = session.get("key")
    return token_hash(key) if isinstance(key, str) else ""


def is_bearer_session() -> bool:
    """Whether an agency's code opened the session of this request, also one that has ended since."""
    return str(session.get("_user_id") or "").startswith("-")


def is_session_over(login: LoginSession, moment: int) -> bool:
    """Whether the session was ended, is too old, was left alone for too long, or is of a clock that stood ahead."""
    is_seen_lately = is_within(IDLE_SECONDS + 1, login.seen_at, moment)
    return (
        login.ended_at is not None or not is_seen_lately or not is_within(LONGEST_SECONDS + 1, login.begun_at, moment)
    )


def is_seen(login: LoginSession, moment: int) -> bool:
    """Whether it is worth noting that the user is still there: not each time, and not when the page asks by itself."""
    return moment - login.seen_at >= _STEP_SECONDS and not is_automatic()


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
             ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def browser_words(user_agent: str) -> str | None:
    """The browser and the system that it says it is, in plain words; None when it says neither."""
    names = (next((name for sign, name in signs if sign in user_agent), None) for signs in (_BROWSERS, _SYSTEMS))
    return " · ".join(filter(None, names)) or None


def is_automatic() -> bool:
    """Whether a timer asks, not a person: an open page alone does not keep a login alive."""
    if request.path.endswith("/data.json"):
        return True
    changed = json_object().get("changedPropIds")
    return isinstance(changed, list) and bool(changed) and all(str(c).endswith(".n_intervals") for c in changed)


def is_at_this_machine() -> bool:
    """Whether the request came from a browser on this machine, straight, not through a proxy or a foreign name.

    A proxy that tells nothing of itself shows by the origin, where the browser names the address that it was given.
    """
    is_forwarded = any(name in request.headers for name in _PROXY_HEADERS)
    origin = request.headers.get("Origin")
    addresses = [f"//{request.host}"] if origin is None else [f"//{request.host}", origin]
    names = [request.remote_addr, *map(_host_of, addresses)]
    return all(map(is_loopback, names)) and not is_forwarded


def _host_of(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def local_path(target: str | None) -> str:
    """The path to go back to after a login; the start page when it is not a path of this server."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return "/"
    return "/" if any(ord(letter) < 32 for letter in target) else target
