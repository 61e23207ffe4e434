"""Addresses of the page of rooms and of what explains its figures."""

from __future__ import annotations

from dashboard.components import with_query
from dashboard.pages.why_links import why_address
from etl.figures.room_diary import RoomsFilter

ROOMS = "/ruang"
WHY_ROOM = "ruang"
"""The name of the figures of rooms in the address of an explanation."""


def why_room(asked: RoomsFilter) -> str:
    """The explanation of the figures of a period."""
    return why_address(WHY_ROOM, **_names(asked))


def rooms_address(asked: RoomsFilter) -> str:
    """The page with these filters."""
    return with_query(ROOMS, **_names(asked))


def _names(asked: RoomsFilter) -> dict[str, object]:
    period = asked.period
    return {"dari": period.first, "sampai": period.last, "opd": asked.opd, "ruang": asked.room}
