"""The desk pages, in the order of the top bar."""

from __future__ import annotations

from types import ModuleType

PAGES: tuple[ModuleType, ...] = ()
