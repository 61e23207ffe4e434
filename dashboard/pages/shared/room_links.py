"""Addresses of the pages of rooms, participants and facilities, and of what explains their figures."""

from __future__ import annotations

from dataclasses import replace

from dashboard.components import with_query
from dashboard.pages.shared.why_links import why_address
from etl.figures.rooms.diary import WITHOUT_LETTER, RoomsFilter

ROOMS = "/ruang"
WHY_ROOM = "ruang"
WHY_PEOPLE = "peserta"
WHY_SARPRAS = "sarpras"
"""The names of the figures of rooms, participants and facilities in the address of an explanation."""

FAULT, ROOM_STATE, SUPPLY = "gangguan", "kondisi", "persediaan"
"""What is explained of facilities beside the figures of a period."""


def why_room(asked: RoomsFilter, group: str = "") -> str:
    """The explanation of the figures of a period; `group`: sessions without a letter only."""
    return why_address(WHY_ROOM, kelompok=group or None, **_names(asked))


def why_hour(asked: RoomsFilter, weekday: int, hour: int) -> str:
    """The explanation of one hour of the week (0 = Monday)."""
    return why_address(WHY_ROOM, hari=weekday, jam=hour, **_names(asked))


def why_lead(asked: RoomsFilter, place: int) -> str:
    """The bookings of one class of how long ahead rooms are asked for (`room_waiting.LEAD_CLASSES`)."""
    return why_address(WHY_ROOM, jarak=place, **_names(asked))


def why_room_opd(asked: RoomsFilter, opd: str | None) -> str:
    """The explanation of the hours of one agency; None is without a letter."""
    return why_room(asked, WITHOUT_LETTER) if opd is None else why_room(replace(asked, opd=opd))


def why_people(asked: RoomsFilter, figure: str, group: str = "") -> str:
    """The explanation of a figure of the page of participants, of one of `people_rows.GROUPS` or of all sessions."""
    return why_address(WHY_PEOPLE, tentang=figure, kelompok=group or None, **_names(asked))


def people_address(asked: RoomsFilter) -> str:
    """The page of participants with these filters."""
    return with_query("/peserta", **_names(asked))


def why_sarpras(asked: RoomsFilter, figure: str) -> str:
    """The explanation of a figure of a period on the Sarpras page."""
    return why_address(WHY_SARPRAS, tentang=figure, **_names(asked))


def why_fault(key: str) -> str:
    """The explanation of one fault: its times day by day, its reports, what it stands in the way of."""
    return why_address(WHY_SARPRAS, tentang=FAULT, kunci=key)


def why_room_state(room: str) -> str:
    """The explanation of a room's status, score and completeness."""
    return why_address(WHY_SARPRAS, tentang=ROOM_STATE, ruang=room)


def why_supply(room: str, item: str) -> str:
    """The explanation of when an item that is used up will be gone."""
    return why_address(WHY_SARPRAS, tentang=SUPPLY, ruang=room, barang=item)


def sarpras_address(asked: RoomsFilter, **more: object) -> str:
    """The Sarpras page with these filters."""
    return with_query("/sarpras", **_names(asked), **more)


def rooms_address(asked: RoomsFilter) -> str:
    """The page with these filters."""
    return with_query(ROOMS, **_names(asked))


def _names(asked: RoomsFilter) -> dict[str, object]:
    period = asked.period
    return {"dari": period.first, "sampai": period.last, "opd": asked.opd, "ruang": asked.room}
