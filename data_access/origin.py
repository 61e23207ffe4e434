"""Who does what is done now, said once by each entry point and read where a deed is noted; and which hosts are this
machine."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address


@dataclass(frozen=True)
class Origin:
    """A user's name, or what else acts, and the address from which it does."""

    actor: str | None = None
    address: str | None = None


_NOBODY = Origin()
ORIGIN: ContextVar[Origin] = ContextVar("origin", default=_NOBODY)
"""The server sets it for each request, the command line once."""

_LOCAL_NAMES = {"localhost", "127.0.0.1", "::1"}


def is_loopback(host: str | None) -> bool:
    """Whether an address or host name means this very machine."""
    if host in _LOCAL_NAMES:
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
