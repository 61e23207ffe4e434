"""How long a login lasts, for whom it counts at all, and the key that signs its cookie."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from flask import request, session

from dashboard.access.http import json_object
from data_access.errors import PantauError
from etl.domain.units import DAY, HOUR

IDLE_SECONDS = 8 * HOUR
LONGEST_SECONDS = 7 * DAY
# The idle time is written anew at most this often, so that not every reply carries a cookie.
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
_LOCAL_NAMES = {"localhost", "127.0.0.1", "::1"}

Now = Callable[[], int]


def begin_session(moment: int) -> None:
    """Forget everything the visitor carried before the login, so that a planted session is worth nothing."""
    session.clear()
    session.permanent = True
    session["since"] = session["seen"] = moment


def is_bearer_session() -> bool:
    """Whether an agency's code opened the session of this request, also one that has ended since."""
    return str(session.get("_user_id") or "").startswith("-")


def is_session_over(moment: int) -> bool:
    """Whether the login is too old, or was left alone for too long."""
    since, seen = session.get("since", 0), session.get("seen", 0)
    return moment - seen > IDLE_SECONDS or moment - since > LONGEST_SECONDS


def keep_session(moment: int) -> None:
    """Note that the user is still there, unless the page asked by itself."""
    if not is_automatic() and moment - session.get("seen", 0) >= _STEP_SECONDS:
        session["seen"] = moment


def is_automatic() -> bool:
    """Whether a timer asks, not a person: an open page alone does not keep a login alive."""
    if request.path.endswith("/data.json"):
        return True
    changed = json_object().get("changedPropIds")
    return isinstance(changed, list) and bool(changed) and all(str(c).endswith(".n_intervals") for c in changed)


def is_loopback(host: str | None) -> bool:
    """Whether an address or host name means this very machine."""
    if host in _LOCAL_NAMES:
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


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


_BYTES = 48


class SecretKeyError(PantauError):
    """The key file was cut short or emptied."""


def secret_key(path: Path) -> bytes:
    """The key in that file; made, readable by its owner only, when the file is not there yet."""
    try:
        return _read(path)
    except FileNotFoundError:
        return _make(path)


def _read(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) < _BYTES:
        raise SecretKeyError("access.broken_key", path=path)
    return key


def _make(path: Path) -> bytes:
    """Write aside and link into place: of two processes starting together one wins, both read the same key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    aside.touch(mode=0o600)
    aside.write_bytes(secrets.token_hex(_BYTES).encode())
    try:
        os.link(aside, path)
    except FileExistsError:
        return _read(path)
    finally:
        aside.unlink()
    return _read(path)
