"""Whether a room can be had at a time: another letter has it then, or it is not open; and the free times around it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any

from data_access.errors import PantauError
from data_access.records import Connection
from data_access.records.requests import letters_booked
from etl.domain.frames import MISSING
from etl.domain.units import day_number
from etl.domain.verdict import RequestStatus
from etl.figures.rooms.free_times import Holding, RoomTimes, Slot, approved_at, room_times
from etl.judging.overlay import overlay_in_force
from etl.judging.step_standing import letters_as_shown
from etl.office import Office

NEAR_BEFORE, NEAR_AFTER = 3, 14
"""Days around a time that cannot be had in which others are looked for."""

_NOT_APPROVED = (
    RequestStatus.PENDING,
    RequestStatus.REJECTED,
    RequestStatus.CANCELLED,
    RequestStatus.POSTPONED,
)


class TimeRefusedError(PantauError):
    """The room cannot be had then; `nearest` are the free times around it."""

    def __init__(self, code: str, nearest: Sequence[Slot], **values: Any) -> None:
        super().__init__(code, **values)
        self.nearest = tuple(nearest)


def refuse_doubtful(connection: Connection, office: Office, slot: Slot | None, without: int, now: int) -> None:
    """Raises TimeRefusedError where an approved booking has the room at that time, or the room is not open."""
    if slot is None:
        return
    times = times_around(office, slot, None, now, without)
    if is_taken(connection, office, slot, without, now):
        code = "ask.double_scheduled" if times.holding(slot) is Holding.SCHEDULED else "ask.double"
        raise TimeRefusedError(code, times.nearest(slot), room=slot.room)
    if times.lane(slot.room) is not None and not times.is_open(slot):
        raise TimeRefusedError("ask.outside", times.nearest(slot), room=slot.room)


def times_around(office: Office, slot: Slot, people: int | None, now: int, without: int | None) -> RoomTimes:
    """The free times of some days around it."""
    day = day_number(datetime.fromtimestamp(slot.start, office.zone).date())
    return room_times(office, now, day - NEAR_BEFORE, day + NEAR_AFTER, people=people, without=without)


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
