"""A room and a time that somebody wants: read as they were typed, and whether they can be had."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data_access.errors import Message, PantauError
from data_access.records import Connection
from data_access.records.requests import letters_booked
from etl.corrections.typed import Context, CorrectionError, label, read_value
from etl.desk.letters import booking, room_named
from etl.desk.screen_rows import ScreenRefusedError
from etl.desk.stamps import LEAST_REASON
from etl.domain.frames import MISSING
from etl.domain.units import day_number
from etl.domain.verdict import RequestStatus
from etl.figures.rooms.free_times import Holding, RoomTimes, Slot, approved_at, is_too_small, room_times
from etl.judging.overlay import overlay_in_force
from etl.judging.step_standing import letters_as_shown
from etl.office import Office

MOST_PEOPLE = 2_000

NEAR_BEFORE, NEAR_AFTER = 3, 14
"""Days around a time that cannot be had in which others are looked for."""

_NOT_APPROVED = (
    RequestStatus.PENDING,
    RequestStatus.REJECTED,
    RequestStatus.CANCELLED,
    RequestStatus.POSTPONED,
)


@dataclass(frozen=True)
class Wish:
    """What is asked for, as it is typed: the day day first, clock times `08.30`."""

    activity: str
    room: str
    day: str
    begin: str
    end: str
    people: str
    opd: str = ""


class TimeRefusedError(PantauError):
    """The room cannot be had then; `nearest` are the free times around it."""

    def __init__(self, code: str, nearest: Sequence[Slot], **values: Any) -> None:
        super().__init__(code, **values)
        self.nearest = tuple(nearest)


def wished(
    office: Office, wish: Wish, context: Context, *, without: int | None = None, kept: Slot | None = None
) -> dict[str, Any]:
    """What is asked for, in the columns of the register; the room is free then. Room and time that are `kept` only have
    to hold the people. Raises TimeRefusedError, ScreenRefusedError, CorrectionError."""
    activity = " ".join(wish.activity.split())
    if len(activity) < LEAST_REASON:
        raise ScreenRefusedError("ask.no_activity")
    people = _people(wish.people, context)
    columns = booked_columns(wish, context)
    if slot_in(columns) == kept:
        _refuse_too_small(office, kept, people)
    else:
        free_slot(office, columns, people, context.now, without)
    return {"activity": activity, "planned": people, **columns}


def _people(typed: str, context: Context) -> int:
    people = read_value("permohonan", "planned", typed, context)
    if not isinstance(people, int) or not 0 < people <= MOST_PEOPLE:
        raise ScreenRefusedError("ask.no_people", most=MOST_PEOPLE)
    return people


def booked_columns(wish: Wish, context: Context) -> dict[str, Any]:
    """Room and time, all of which are needed."""
    columns = booking(wish.day, wish.begin, wish.end, context)
    for name in ("booked_start", "booked_end"):
        if f"{name}_at" not in columns:
            raise CorrectionError("correction.needed", field=label(name))
    room = room_named(wish.room, context)
    if room is None:
        raise ScreenRefusedError("ask.no_room")
    return {"room": room, **columns}


def slot_in(columns: dict[str, Any]) -> Slot:
    """Room and time in columns of the register."""
    return Slot(columns["room"], columns["booked_start_at"], columns["booked_end_at"])


def _refuse_too_small(office: Office, slot: Slot, people: int) -> None:
    day = datetime.fromtimestamp(slot.start, office.zone).date()
    if any(room.name == slot.room and is_too_small(room, people, day) for room in office.settings.rooms):
        raise TimeRefusedError("ask.too_small", (), room=slot.room, people=people)


def refuse_gone(connection: Connection, office: Office, slot: Slot, without: int, now: int) -> None:
    """Raises TimeRefusedError where a time that was offered cannot be had any more."""
    times = _times(office, slot, None, now, without)
    if (closed := _closed(office, times, slot, None, now)) is not None:
        raise closed
    if is_taken(connection, office, slot, without, now):
        raise TimeRefusedError("ask.taken", times.nearest(slot), room=slot.room)


def refuse_doubtful(connection: Connection, office: Office, slot: Slot | None, without: int, now: int) -> None:
    """Raises TimeRefusedError where an approved booking has the room at that time, or the room is not open."""
    if slot is None:
        return
    times = _times(office, slot, None, now, without)
    if is_taken(connection, office, slot, without, now):
        code = "ask.double_scheduled" if times.holding(slot) is Holding.SCHEDULED else "ask.double"
        raise TimeRefusedError(code, times.nearest(slot), room=slot.room)
    if times.lane(slot.room) is not None and not times.is_open(slot):
        raise TimeRefusedError("ask.outside", times.nearest(slot), room=slot.room)


def free_slot(office: Office, columns: dict[str, Any], people: int | None, now: int, without: int | None) -> Slot:
    """The room and time of these columns, which is free. Raises TimeRefusedError with the nearest free times."""
    slot = slot_in(columns)
    refusal = refusal_of(office, _times(office, slot, people, now, without), slot, people, now)
    if refusal is not None:
        raise refusal
    return slot


def refusal_of(office: Office, times: RoomTimes, slot: Slot, people: int | None, now: int) -> TimeRefusedError | None:
    """Why a room cannot be asked for at that time; None where it can."""
    if slot.start > now and times.is_free(slot):
        return None
    if (closed := _closed(office, times, slot, people, now)) is not None:
        return closed
    if slot.start < times.earliest:
        ready = datetime.fromtimestamp(times.earliest, office.zone)
        return TimeRefusedError("ask.too_early", times.nearest(slot), day=ready.date(), clock=ready.time())
    return TimeRefusedError("ask.taken", times.nearest(slot), room=slot.room)


def _closed(office: Office, times: RoomTimes, slot: Slot, people: int | None, now: int) -> TimeRefusedError | None:
    """Why a room cannot be had at that time whoever else wants it."""
    nearest, day = times.nearest(slot), datetime.fromtimestamp(slot.start, office.zone).date()
    if slot.start <= now:
        return TimeRefusedError("ask.past", nearest)
    if not any(room.name == slot.room and room.is_there_on(day) for room in office.settings.rooms):
        return TimeRefusedError("ask.closed_day", nearest, room=slot.room, day=day)
    if times.lane(slot.room) is None:
        return TimeRefusedError("ask.too_small", nearest, room=slot.room, people=people)
    if not times.is_open(slot):
        hours = _hours_on(office, times, slot)
        code = "ask.closed" if hours else "ask.closed_day"
        return TimeRefusedError(code, nearest, room=slot.room, day=day, hours=hours)
    return None


def _hours_on(office: Office, times: RoomTimes, slot: Slot) -> list[Message]:
    """The hours of the room on the day of that time, none where it does not open."""
    lane = times.lane(slot.room)
    spans = times.hours[lane].union.spans() if lane is not None else []
    both = [[datetime.fromtimestamp(moment, office.zone) for moment in span] for span in spans]
    wanted = datetime.fromtimestamp(slot.start, office.zone).date()
    return [Message("ask.hours", begin=begin.time(), end=end.time()) for begin, end in both if begin.date() == wanted]


def _times(office: Office, slot: Slot, people: int | None, now: int, without: int | None) -> RoomTimes:
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
