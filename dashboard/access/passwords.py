"""Passwords: argon2 hashes, made-up passwords, and what is too weak."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 10
# Without 0/O, 1/l/I: passwords are read aloud and copied from paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

_hasher = PasswordHasher()


def hash_password(text: str) -> str:
    """An argon2id hash with its own salt."""
    return _hasher.hash(text)


@cache
def hash_of_nobody() -> str:
    """What unknown users' passwords are compared with; made at the first call, which therefore belongs to the start."""
    return hash_password(secrets.token_urlsafe())


def is_password(hashed: str | None, text: str) -> bool:
    """Whether the text is the password; as slow for an unknown user (None), so that names cannot be guessed."""
    try:
        return _hasher.verify(hashed or hash_of_nobody(), text) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def random_password(length: int = 14) -> str:
    """A password nobody chose."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def is_too_weak(text: str, name: str) -> bool:
    """Shorter than ten characters, of fewer than five different ones, or holding the user's name."""
    return len(text) < MINIMUM_LENGTH or len(set(text)) < 5 or bool(name and name.casefold() in text.casefold())
