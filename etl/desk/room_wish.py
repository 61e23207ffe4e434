"""A room and a time that somebody wants: read as they were typed, and whether they can be had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data_access.errors import Message
from data_access.records import Connection
from etl.corrections.typed import Context, CorrectionError, label, read_value
from etl.desk.letters import booking, room_named
from etl.desk.room_taken import TimeRefusedError, is_taken, times_around
from etl.desk.screen_rows import LEAST_REASON, ScreenRefusedError
from etl.figures.rooms.free_times import RoomTimes, Slot, is_too_small
from etl.office import Office

MOST_PEOPLE = 2_000


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
    times = times_around(office, slot, None, now, without)
    if (closed := _closed(office, times, slot, None, now)) is not None:
        raise closed
    if is_taken(connection, office, slot, without, now):
        raise TimeRefusedError("ask.taken", times.nearest(slot), room=slot.room)


def free_slot(office: Office, columns: dict[str, Any], people: int | None, now: int, without: int | None) -> Slot:
    """The room and time of these columns, which is free. Raises TimeRefusedError with the nearest free times."""
    slot = slot_in(columns)
    refusal = refusal_of(office, times_around(office, slot, people, now, without), slot, people, now)
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
