"""Today's programme of some rooms, for a screen in the lobby: when, what, which agency, where. No figures, no persons.

Only what was approved, or goes on without a letter, is told: a visitor shall not stand before a closed door.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from etl.domain.units import MINUTE
from etl.figures.rooms.room_day import Booking, RoomBook

ENTRIES = 7
"""So many entries find room; what is over goes first."""


class Told(NamedTuple):
    """An entry of the programme: what the wall may say of it, and where and when it is."""

    book: RoomBook
    start_at: int
    end_at: int | None
    opd: str | None
    booking: Booking | None


def programme(books: Sequence[RoomBook]) -> tuple[list[Told], int, Told | None]:
    """The entries of today in order, how many found no room, and what comes later when nothing is left today."""
    found = (told for book in books for told in _of_today(book))
    today = sorted(found, key=lambda told: (told.start_at, told.book.name))
    left = [told for told in today if not is_over(told)]
    over = [told for told in today if is_over(told)]
    free = max(0, ENTRIES - len(left))
    shown = [*(over[-free:] if free else ()), *left[:ENTRIES]]
    return shown, max(0, len(left) - ENTRIES), None if left else _later(books)


def is_over(told: Told) -> bool:
    """Whether it has ended."""
    return told.end_at is not None and told.end_at <= told.book.as_of


def is_on(told: Told) -> bool:
    """Whether it goes on now."""
    return told.start_at <= told.book.as_of and not is_over(told)


def _of_today(book: RoomBook) -> list[Told]:
    first, last = book.day_span
    booked = [b for b in book.bookings if b.is_approved and b.start_at < last and b.end_at > first]
    ended = {s.request_id: s.end_at for s in book.sessions if s.end_at is not None and s.end_at <= book.as_of}
    told = [Told(book, b.start_at, min(b.end_at, ended.get(b.request_id, b.end_at)), b.opd, b) for b in booked]
    loose = [s for s in book.sessions if book.booking_of(s.request_id) is None and first <= s.start_at < last]
    return told + [Told(book, s.start_at // MINUTE * MINUTE, s.end_at, s.opd, None) for s in loose]


def _later(books: Sequence[RoomBook]) -> Told | None:
    coming = [(booking, book) for book in books if (booking := book.next_booking()) is not None]
    told = [Told(book, b.start_at, b.end_at, b.opd, b) for b, book in coming if b.start_at >= book.day_span[1]]
    return min(told, key=lambda one: one.start_at, default=None)


def told_entry(told: Told, words: dict[str, Any]) -> dict[str, Any]:
    """One entry of the document; `words` are those that the wall may say of a booking, or of a use without one."""
    state = "past" if is_over(told) else "now" if is_on(told) else "next"
    return words | {"start_at": told.start_at, "end_at": told.end_at, "room": told.book.name, "state": state}
