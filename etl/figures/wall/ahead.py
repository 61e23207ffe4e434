"""The next bookings on the wall, each with how far its preparation is and whether it can still be ready in time."""

from __future__ import annotations

from typing import Any

import numpy as np

from data_access.mart import Snapshot
from etl.domain.compliance.rules import PART_A
from etl.domain.rooms.preparation import outlook, remaining_seconds
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import STEP_INDEX
from etl.figures.live import LiveFacts
from etl.figures.rooms.room_day import Booking, RoomBook
from etl.figures.wall import desks

BOOKINGS = 4
"""So many find room."""

NEEDED = tuple(range(STEP_INDEX["A2"], STEP_INDEX["A8"] + 1))
"""The office's own steps."""


def bookings_ahead(mart: Snapshot, live: LiveFacts, sop: SopVersion, book: RoomBook) -> list[dict[str, Any]]:
    """The soonest bookings that begin after as-of, each letter once, those not yet approved among them."""
    later = sorted((b for b in book.bookings if b.start_at > book.as_of), key=lambda b: (b.start_at, b.request_id))
    first = list({b.request_id: b for b in reversed(later)}.values())
    chosen = sorted(first, key=lambda b: (b.start_at, b.request_id))[:BOOKINGS]
    return [_ahead(mart, live, sop, book, booking) for booking in chosen]


def _ahead(mart: Snapshot, live: LiveFacts, sop: SopVersion, book: RoomBook, booking: Booking) -> dict[str, Any]:
    finished = desks.finished_steps(mart, live, booking.request_id)
    targets = [step.target_seconds for step in sop.steps[PART_A]]
    left = book.days.calendar.working_seconds(np.array([book.as_of]), np.array([booking.start_at]))
    is_ready = finished[STEP_INDEX["A8"]]
    remaining = remaining_seconds(finished[PART_A], targets)
    return {
        "request_id": booking.request_id,
        "start_at": booking.start_at,
        "end_at": booking.end_at,
        "is_approved": booking.is_approved,
        "done": sum(finished[at] for at in NEEDED),
        "of": len(NEEDED),
        "remaining_seconds": remaining,
        "outlook": outlook(remaining, int(left[0]), is_ready=is_ready).value,
    }
