"""The report of a room's condition from a phone: a plain page of the same server, not a Dash page.

It must open on a weak line in a moment and keep what was tapped through a lost line, a reload and an expired login; the
Dash renderer alone is forty times as large.
"""

from __future__ import annotations

from dashboard.lapor.routes import register

__all__ = ["register"]
