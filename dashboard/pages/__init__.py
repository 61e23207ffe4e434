"""The desk pages, in the order of the top bar."""

from __future__ import annotations

from types import ModuleType

from dashboard.pages import case, cases, sla

PAGES: tuple[ModuleType, ...] = (sla, cases, case)
