"""Who does what is done now: said once by each entry point, read where a deed is noted."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """A user's name, or what else acts, and the address from which it does."""

    actor: str | None = None
    address: str | None = None


_NOBODY = Origin()
ORIGIN: ContextVar[Origin] = ContextVar("origin", default=_NOBODY)
"""The server sets it for each request, the command line once."""
