"""The key of a home: it signs the cookies of sessions, and the seals of the chain are made with one that follows it."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from data_access.errors import PantauError

_BYTES = 48


class SecretKeyError(PantauError):
    """The key file was cut short or emptied."""


def secret_key(path: Path) -> bytes:
    """The key in that file; made, readable by its owner only, when the file is not there yet."""
    try:
        return _read(path)
    except FileNotFoundError:
        return _make(path)


def seal_key(path: Path) -> bytes:
    """The key of the chain's seals: who knows it cannot sign a cookie. Raises SecretKeyError, OSError."""
    return hmac.digest(secret_key(path), b"pantau chain", "sha256")


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
