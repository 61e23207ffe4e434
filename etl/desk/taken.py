"""Whether an approved booking has a room at a time, by what the records hold at this moment."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from data_access.records import Connection
from data_access.records.requests import letters_booked
from etl.domain.frames import MISSING
from etl.domain.verdict import RequestStatus
from etl.figures.rooms.free_times import Slot, approved_at
from etl.judging.overlay import overlay_in_force
from etl.judging.step_standing import letters_as_shown
from etl.office import Office

_NOT_APPROVED = (
    RequestStatus.PENDING,
    RequestStatus.REJECTED,
    RequestStatus.CANCELLED,
    RequestStatus.POSTPONED,
)


def is_taken(connection: Connection, office: Office, slot: Slot, without: int, now: int) -> bool:
    """Whether a letter other than `without` is approved for that room and time, within the room's hours or not.

    A status counts as it stands in the records, so inside `one_load` no other approval comes between. An approval that
    no status says, and a booking without an end, count as the screens show them.
    """
    shown = approved_at(office, slot, now)
    ids = {*letters_booked(connection, slot.start, slot.end), *shown} - {without}
    if not ids:
        return False
    book = office.book_in(connection)
    _, letters = letters_as_shown(connection, book, sorted(ids), overlay_in_force(connection, book))
    return any(_has(row, slot, shown) for row in letters.to_dict("records"))


def slot_of(row: dict[str, Any]) -> Slot | None:
    """Room and time of a letter as it is shown; None where one of them is unknown."""
    room, start, end = row["room_name"], row["booked_start_at"], row["booked_end_at"]
    is_known = isinstance(room, str) and MISSING not in (start, end)
    return Slot(room, int(start), int(end)) if is_known else None


def _has(row: dict[str, Any], slot: Slot, shown: Container[int]) -> bool:
    status, is_shown, booked = RequestStatus.of(int(row["status"])), int(row["request_id"]) in shown, slot_of(row)
    if status is not RequestStatus.APPROVED and (status in _NOT_APPROVED or not is_shown):
        return False
    if booked is None:
        return is_shown
    return booked.room == slot.room and booked.start < slot.end and slot.start < booked.end
