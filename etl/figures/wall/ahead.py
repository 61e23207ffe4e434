"""The next bookings on the wall, each with how far its preparation is and whether it can still be ready in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from data_access.mart import Snapshot
from etl.domain.rooms.preparation import outlook, remaining_seconds
from etl.domain.sop.steps import STEP_CODES, Meaning
from etl.domain.sop.versions import SopVersion
from etl.figures.live import LiveFacts
from etl.figures.rooms.room_day import Booking, RoomBook
from etl.figures.wall import desks

BOOKINGS = 4
"""So many find room."""


def bookings_ahead(mart: Snapshot, live: LiveFacts, sop: SopVersion, book: RoomBook) -> list[dict[str, Any]]:
    """The soonest bookings that begin after as-of, each letter once, those not yet approved among them."""
    later = sorted((b for b in book.bookings if b.start_at > book.as_of), key=lambda b: (b.start_at, b.request_id))
    first = list({b.request_id: b for b in reversed(later)}.values())
    chosen = sorted(first, key=lambda b: (b.start_at, b.request_id))[:BOOKINGS]
    return [_ahead(mart, live, sop, book, booking) for booking in chosen]


def _ahead(mart: Snapshot, live: LiveFacts, sop: SopVersion, book: RoomBook, booking: Booking) -> dict[str, Any]:
    finished = desks.finished_steps(mart, live, booking.request_id)
    left = book.days.calendar.working_seconds(np.array([book.as_of]), np.array([booking.start_at]))
    done = progress(sop, finished)
    remaining = remaining_seconds(sop, finished)
    return {
        "request_id": booking.request_id,
        "start_at": booking.start_at,
        "end_at": booking.end_at,
        "is_approved": booking.is_approved,
        "done": done["done"],
        "of": done["of"],
        "remaining_seconds": remaining,
        "outlook": outlook(remaining, int(left[0]), is_ready=done["is_ready"]).value,
    }


def progress(sop: SopVersion, finished: Sequence[bool]) -> dict[str, Any]:
    """How many of the office's own steps of part A are `done`, `of` how many, and whether the room `is_ready`."""
    is_done = dict(zip(STEP_CODES, finished, strict=True))
    judged = [is_done[code] for code in sop.judged_steps]
    return {"done": sum(judged), "of": len(judged), "is_ready": is_done[sop.step_with(Meaning.READY)]}
