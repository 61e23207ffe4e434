"""Everything the wall paints at a moment, in one small document without the name of any person.

The document holds codes, names of the office's own making and numbers; the words around them are the page's.
Moments are UTC seconds. What grows by the second (a running step) is told by figures that stay the same while it
grows, so that two documents differ only when there is something new to see.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from data_access.mart import People, Snapshot
from data_access.mart import summary as questions
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.intervals import Span
from etl.domain.facilities import RoomStatus
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.units import HOUR, MINUTE, day_date
from etl.figures.facilities.checks import check_of_letter
from etl.figures.facilities.conditions import Readiness, RoomState, readiness, room_states
from etl.figures.intake.freshness import WORKING_DAY, data_ages
from etl.figures.live import LiveFacts, step_facts_at
from etl.figures.requests.desks import desk_line
from etl.figures.rooms import room_day
from etl.figures.rooms.room_day import LOOK_AHEAD_DAYS, NOBODY_SAID, Booking, RoomBook, Session
from etl.figures.wall import desks, programme
from etl.figures.wall.desks import bookings_ahead, month_compliance, no_compliance, progress
from etl.office import Office
from etl.reference.steps import STEP_INDEX
from etl.settings.names import shortest_opd
from etl.settings.rooms import Room, rooms_between

NO_ROOM: dict[str, Any] = {
    "status": RoomStatus.UNCHECKED.value,
    "checked_at": None,
    "checked_on": None,
    "broken": [],
    "unrecognised": 0,
    "items": [],
}


class RoomCondition(NamedTuple):
    """The state of the wall's room, its readiness for the next booking, and what B5 says of the letter in it.

    `b5` is GOOD, BAD or UNCHECKED.
    """

    state: RoomState | None
    ready: Readiness | None
    b5: str


def room_condition(office: Office, mart: Snapshot, room: str, request_id: int | None, as_of: int) -> RoomCondition:
    """All that is asked of the condition, once a mart and minute: a new check makes a new mart."""

    def asked() -> RoomCondition:
        states = room_states(office, as_of)
        ready = next((one for one in readiness(office, as_of, states) if one.room == room), None)
        state = next((one for one in states if one.room == room), None)
        return RoomCondition(state, ready, _b5(office, request_id, as_of))

    return mart.remember(("wall-condition", office.book.hash, room, request_id, as_of // MINUTE), asked)


def _b5(office: Office, request_id: int | None, as_of: int) -> str:
    checks = () if request_id is None else check_of_letter(office, request_id, as_of)
    if not checks or checks[-1].checked_at is None:
        return "UNCHECKED"
    return "GOOD" if checks[-1].is_good else "BAD"


def condition_of_items(state: RoomState | None) -> dict[str, Any]:
    """The items of a room in the order of its checklist; `condition` None: not known, and that is not "good".

    `broken` are the items without which the room cannot be used.
    """
    if state is None:
        return NO_ROOM.copy()
    is_day_only = state.checked_on is not None and state.checked_at is None
    return {
        "status": state.status.value,
        "checked_at": state.checked_at,
        "checked_on": state.checked_on.isoformat() if state.checked_on and is_day_only else None,
        "broken": [item.item for item in state.items if item.is_broken],
        "unrecognised": state.unrecognised,
        "items": [{"name": item.item, "condition": item.condition and item.condition.value} for item in state.items],
    }


SCHEMA = 3
"""Raised with every change that an older page could not paint."""

BLOCKS = 10
"""So many bookings and sessions find room on today's line."""

ALERTS = 3
"""So many alerts find room; the most pressing first."""

DAYS_AHEAD = 14

_LINE_FROM, _LINE_TO = 7 * HOUR, 17 * HOUR


class Wish(NamedTuple):
    """What one screen wants of the picture: its rooms by name, the first of them the one that all views but the
    programme are about (none: the office's first room, the programme of all), and whether it shows a programme."""

    rooms: tuple[str, ...] = ()
    has_programme: bool = False


def wall_snapshot(office: Office, as_of: int, wish: Wish | None = None) -> dict[str, Any]:
    """The wall's picture at `as_of`, JSON-able. Without any records it is complete and empty."""
    wish = wish or Wish()
    mart = office.mart.read() if office.mart.exists() else None
    today = office.calendar.day_of(as_of)
    newest, has_records = questions.newest_record(mart, as_of) if mart else (None, False)
    head = {
        "schema": SCHEMA,
        "as_of": as_of,
        "zone": str(office.calendar.zone),
        "is_demo": office.is_demo,
        "has_records": has_records,
        "day": _day(office.calendar, today),
        "data": data_ages(office, newest, as_of),
        "views": _views(office),
        "programme": {"entries": [], "more": 0, "later": None, "is_of_several": False},
    }
    if mart is None or not has_records:
        return _with_alerts(head | _nothing(office, today, as_of, wish))
    return _with_alerts(head | _picture(office, mart, today, as_of, wish))


def _with_alerts(picture: dict[str, Any]) -> dict[str, Any]:
    return picture | {"alerts": alerts(picture)}


def _views(office: Office) -> dict[str, int]:
    """How long a view stays, and how long an alert holds."""
    wall = office.settings.wall
    return {"rotate_seconds": wall.rotate.seconds, "hold_seconds": wall.hold.seconds}


def _picture(office: Office, mart: Snapshot, today: int, as_of: int, wish: Wish) -> dict[str, Any]:
    live, line = step_facts_at(office, as_of, mart), desk_line(office, as_of, snapshot=mart)
    rooms = _rooms(office, today, wish)
    book = room_day.room_book(office, mart, today, as_of, rooms[0] if rooms else None)
    now = desks.Now.at(office.calendar, as_of)
    sop = office.sop.version_for(day_date(today))
    used_by = _booking_of_today(book)
    condition = room_condition(office, mart, book.name, used_by.request_id if used_by else None, as_of)
    return (
        _empty(office, book, sop, condition.state)
        | {
            "compliance": month_compliance(office, mart, live, day_date(today), as_of),
            "desks": desks.desks(line, now),
            "letters": {"running": line.running, "needs_closing": line.needs_closing},
            "use": used_by
            and {
                "start_at": used_by.start_at,
                "label": _label(office, used_by.opd),
                "steps": desks.use_steps(mart, live, sop, used_by, now, condition.b5),
            },
            "ahead": [ahead | _entry(office, booking) for booking, ahead in bookings_ahead(mart, live, sop, book)],
            "readiness": _readiness(office, mart, live, sop, book, condition.ready),
        }
        | (_programme(office, mart, book, rooms) if wish.has_programme else {})
    )


def _rooms(office: Office, today: int, wish: Wish) -> list[Room]:
    """The rooms of a screen that the office has today, all of them when it has none of those."""
    here = rooms_between(office.settings.rooms, day_date(today), day_date(today))
    return [room for room in here if room.name in wish.rooms] or list(here)


def _programme(office: Office, mart: Snapshot, first: RoomBook, rooms: Sequence[Room]) -> dict[str, Any]:
    books = [first, *(room_day.room_book(office, mart, first.today, first.as_of, room) for room in rooms[1:])]
    entries, more, later = programme.programme(books)
    told = [programme.told_entry(one, _told(office, one)) for one in entries]
    after = later and programme.told_entry(later, _told(office, later))
    return {"programme": {"entries": told, "more": more, "later": after, "is_of_several": len(books) > 1}}


def _told(office: Office, told: programme.Told) -> dict[str, Any]:
    if told.booking is not None:
        return _entry(office, told.booking)
    return {"opd": told.opd, "label": _label(office, told.opd), "title": None, "is_masked": False}


def _nothing(office: Office, today: int, as_of: int, wish: Wish) -> dict[str, Any]:
    """The picture of an office that has loaded nothing yet."""
    room = next(iter(_rooms(office, today, wish)), None)
    book = RoomBook(room, room_day.OpenHours(room, office.calendar), today, as_of, (), ())
    sop = office.sop.version_for(day_date(today))
    state = next((one for one in room_states(office, as_of) if one.room == book.name), None)
    return _empty(office, book, sop, state)


def _empty(office: Office, book: RoomBook, sop: SopVersion, state: RoomState | None) -> dict[str, Any]:
    """The picture of a room's book and condition while no letter is on its way."""
    doubled = book.double_bookings()
    ahead = book.double_bookings(LOOK_AHEAD_DAYS) if doubled else []
    return {
        "room": _in_room(office, book),
        "line": _line(office, book),
        "people": _people(book),
        "double_bookings": [
            {
                "start_at": second.start_at,
                "label": _label(office, first.opd),
                "other": _label(office, second.opd),
                "is_recorded": first.is_recorded and second.is_recorded,
            }
            for first, second in doubled[:ALERTS]
        ],
        "more_double_bookings": len(ahead) - len(doubled[:ALERTS]),
        "compliance": no_compliance(day_date(book.today), office.settings.monitoring_rule),
        "desks": [desks.empty_desk(step) for step in sop.part("A")],
        "letters": {"running": 0, "needs_closing": 0},
        "use": None,
        "ahead": [],
        "week": room_day.week(book),
        "items": condition_of_items(state),
        "readiness": None,
    }


def _day(calendar: WorkCalendar, today: int) -> dict[str, Any]:
    """Today and the office's open spans from midnight on, for two weeks."""
    ends = calendar.day_start(np.array([today, today + 1, today + DAYS_AHEAD]))
    start, end, last = (int(moment) for moment in ends)
    spans = slice(*np.searchsorted(calendar.spans.start, [start, last]))
    opened = zip(calendar.spans.start[spans].tolist(), calendar.spans.end[spans].tolist(), strict=True)
    plan = calendar.plan(day_date(today))
    return {
        "date": plan.date.isoformat(),
        "start_at": start,
        "end_at": end,
        "open": [list(span) for span in opened],
        "kind": plan.kind,
        "note": plan.note,
        "is_estimated": plan.is_estimated,
        "working_day_seconds": WORKING_DAY,
    }


def _label(office: Office, opd: str | None) -> str | None:
    return None if opd is None else shortest_opd(office.settings, opd)


def _in_room(office: Office, book: RoomBook) -> dict[str, Any]:
    session, booking = book.session_now(), book.booking_now()
    following = book.next_booking()
    state, current = "empty", None
    if session is not None:
        state, current = "end_due" if session.is_end_due else "in_use", _session_entry(office, book, session)
    elif booking is not None:
        state, current = "booked", _entry(office, booking)
    return {
        "name": book.name,
        "capacity": book.capacity,
        "state": state,
        "now": current,
        "also": [_session_entry(office, book, also) for also in book.sessions_now()[:-1]],
        "next": _entry(office, following) if following else None,
    }


def _entry(office: Office, booking: Booking) -> dict[str, Any]:
    """One booking in words; without its title where titles are not for everybody's eyes."""
    is_masked = office.settings.wall.mask_activity
    return {
        "start_at": booking.start_at,
        "end_at": booking.end_at,
        "opd": booking.opd,
        "label": _label(office, booking.opd),
        "title": None if is_masked else booking.title,
        "is_masked": is_masked,
    }


def _session_entry(office: Office, book: RoomBook, session: Session) -> dict[str, Any]:
    booking = book.booking_of(session.request_id)
    booked_end = booking.end_at if booking and booking.end_at > book.as_of else None
    loose = {"opd": session.opd, "label": _label(office, session.opd), "title": None, "is_masked": False}
    entry = _entry(office, booking) if booking else loose
    return entry | {"start_at": session.start_at, "end_at": session.end_at or booked_end}


def _line(office: Office, book: RoomBook) -> dict[str, Any]:
    """Today's bookings, and sessions without one, on a line from 07.00 to 17.00 or as long as the day needs."""
    first, last = book.day_span
    here = [b for b in book.bookings if b.start_at < last and b.end_at > first]
    entries = [_block(office, book, (b.start_at, b.end_at), b.opd, b) for b in here]
    entries += [
        _block(office, book, (s.start_at, s.end_at or _minute(book.as_of)), s.opd)
        for s in book.sessions
        if book.booking_of(s.request_id) is None
    ]
    today = sorted((e for e in entries if e["start_at"] < last and e["end_at"] > first), key=lambda e: e["start_at"])
    used = room_day.today_of([(s.used[0], _minute(s.used[1])) for s in book.sessions], (first, last))
    hours = book.days.open(book.today)
    ends = [(e["start_at"], e["end_at"]) for e in today] + used + hours
    return {
        **_width(ends, (first, last)),
        "entries": today[:BLOCKS],
        "more": max(0, len(today) - BLOCKS),
        "used": [span for span in used if span[0] < span[1]][-BLOCKS:],
        "open": hours,
    }


def _block(
    office: Office, book: RoomBook, span: Span, opd: str | None, booking: Booking | None = None
) -> dict[str, Any]:
    start, end = span
    state = "past" if end <= book.as_of else "next" if start > book.as_of else "now"
    kind = "loose" if booking is None else "booked" if booking.is_approved else "pending"
    hours = {"start_at": start, "end_at": max(end, start + MINUTE)}
    return hours | {"label": _label(office, opd), "kind": kind, "state": state}


def _minute(moment: int) -> int:
    """The minute begun: bars that end now move once a minute, not with every poll."""
    return moment // MINUTE * MINUTE


def _width(spans: list[Span], day: Span) -> dict[str, int]:
    start = min([day[0] + _LINE_FROM, *(span[0] for span in spans)])
    end = max([day[0] + _LINE_TO, *(span[1] for span in spans)])
    first = day[0] + math.floor((start - day[0]) / HOUR) * HOUR
    last = day[0] + math.ceil((end - day[0]) / HOUR) * HOUR
    return {"from_at": max(first, day[0]), "to_at": min(last, day[1])}


def _people(book: RoomBook) -> dict[str, Any]:
    """Participants of those who are in the room, added up, else of who comes next; None is "not recorded", never 0."""
    sessions, booking = book.sessions_now(), book.booking_now()
    following = book.next_booking()
    planned = [book.booking_of(s.request_id) for s in sessions] or [booking or following]
    of = "now" if sessions or booking else "next" if following else None
    starts = [event.start_at for event in (*sessions, *planned) if event]
    return {
        "of": of,
        "start_at": starts[0] if starts else None,
        **{said: _sum(session.people[said] for session in sessions) for said in NOBODY_SAID},
        People.PLANNED: _sum(booked.planned for booked in planned if booked),
        "capacity": book.capacity,
    }


def _sum(counts: Iterable[int | None]) -> int | None:
    """What is known added up; None when nothing is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _booking_of_today(book: RoomBook) -> Booking | None:
    """The letter in the room, else today's next one, else today's last one."""
    session = book.session_now()
    current = book.booking_of(session.request_id) if session else book.booking_now()
    if current is not None:
        return current
    first, last = book.day_span
    today = [b for b in book.bookings if b.is_approved and first <= b.start_at < last]
    coming = [b for b in today if b.start_at > book.as_of]
    return min(coming or today, key=lambda b: abs(b.start_at - book.as_of), default=None)


def _readiness(
    office: Office, mart: Snapshot, live: LiveFacts, sop: SopVersion, book: RoomBook, known: Readiness | None
) -> dict[str, Any] | None:
    """How far the room is ready for the next booking, due when that is less than an hour away.

    `is_recorded`: the office records the preparation at all.
    """
    following = book.next_booking()
    if following is None or known is None:
        return None
    finished = desks.finished_steps(mart, live, following.request_id)
    return {
        "start_at": following.start_at,
        "label": _label(office, following.opd),
        **progress(sop, finished),
        "is_checked": known.is_checked,
        "broken": list(known.broken),
        "is_due": known.is_due,
        "is_recorded": office.rules().is_recorded(STEP_INDEX[sop.step_with(Meaning.READY)]),
    }


def alerts(picture: dict[str, Any]) -> dict[str, Any]:
    """What must be said at once, before the views take their turn: `entries` in order of urgency, `more` beyond
    those that find room.

    An entry has an `id` that stays the same while its cause lasts, a `kind`, a `tone` (near or late) and what its
    sentence needs.
    """
    entries = [
        *_gate(picture["readiness"]), *_room(picture), *_double(picture["double_bookings"]), *_crowd(picture["people"])
    ]  # fmt: skip
    return {"entries": entries[:ALERTS], "more": len(entries[ALERTS:]) + picture["more_double_bookings"]}


def _gate(ready: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """An hour before a booking: no fresh check, something essential broken, or the preparation unfinished."""
    if ready is None or not ready["is_due"]:
        return
    about = {"start_at": ready["start_at"], "label": ready["label"]}
    if ready["broken"]:
        yield _alert("broken", "late", ready["start_at"], items=ready["broken"], **about)
    if not ready["is_checked"]:
        yield _alert("unchecked", "near", ready["start_at"], **about)
    if not ready["is_ready"] and ready["is_recorded"]:
        yield _alert("unprepared", "near", ready["start_at"], done=ready["done"], of=ready["of"], **about)


def _room(picture: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Something without which the room cannot be used is broken, and no booking of the next hour says so already."""
    ready, broken = picture["readiness"], picture["items"]["broken"]
    is_said = ready is not None and ready["is_due"] and ready["broken"]
    if broken and not is_said:
        yield _alert("disrupted", "late", "-".join(broken), items=broken)


def _double(pairs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Two approved bookings share the room today or tomorrow; "scheduled" where an approval is not recorded."""
    for pair in pairs:
        kind = "double" if pair["is_recorded"] else "double_scheduled"
        yield _alert(kind, "near", f"{pair['start_at']}-{pair['label']}-{pair['other']}", **pair)


def _crowd(people: dict[str, Any]) -> Iterator[dict[str, Any]]:
    inside, capacity = people[People.PRESENT], people["capacity"]
    if inside is not None and capacity and inside > capacity:
        yield _alert("crowded", "near", people["start_at"], **{People.PRESENT: inside}, capacity=capacity)


def _alert(kind: str, tone: str, mark: object, **more: Any) -> dict[str, Any]:
    return {"id": f"{kind}:{mark}", "kind": kind, "tone": tone, **more}
