"""The wall: one plain page that a television shows for months, fed by one small document.

It is a plain page of the same server, not a Dash page: a fixed set of nodes filled by a few small scripts hangs for
months where a renderer that makes its nodes anew would grow.
"""

from __future__ import annotations

from dashboard.wall.routes import register

__all__ = ["register"]
