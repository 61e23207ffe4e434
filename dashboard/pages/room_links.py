"""Addresses of the pages of rooms, participants and facilities, and of what explains their figures."""

from __future__ import annotations

from dashboard.components import with_query
from dashboard.pages.why_links import why_address
from etl.figures.room_diary import RoomsFilter

ROOMS = "/ruang"
WHY_ROOM = "ruang"
WHY_PEOPLE = "peserta"
WHY_SARPRAS = "sarpras"
"""The names of the figures of rooms, participants and facilities in the address of an explanation."""


def why_room(asked: RoomsFilter) -> str:
    """The explanation of the figures of a period."""
    return why_address(WHY_ROOM, **_names(asked))


def why_people(asked: RoomsFilter, figure: str) -> str:
    """The explanation of a headline figure of the page of participants."""
    return why_address(WHY_PEOPLE, tentang=figure, **_names(asked))


def people_address(asked: RoomsFilter) -> str:
    """The page of participants with these filters."""
    return with_query("/peserta", **_names(asked))


def why_sarpras(asked: RoomsFilter, figure: str) -> str:
    """The explanation of a headline figure of the Sarpras page."""
    return why_address(WHY_SARPRAS, tentang=figure, **_names(asked))


def sarpras_address(asked: RoomsFilter, **more: object) -> str:
    """The Sarpras page with these filters."""
    return with_query("/sarpras", **_names(asked), **more)


def rooms_address(asked: RoomsFilter) -> str:
    """The page with these filters."""
    return with_query(ROOMS, **_names(asked))


def _names(asked: RoomsFilter) -> dict[str, object]:
    period = asked.period
    return {"dari": period.first, "sampai": period.last, "opd": asked.opd, "ruang": asked.room}
