"""The rooms' schedule for common calendars, behind a secret link.

    GET /kalender/<token>.ics            bookings of 90 days back and a year ahead; ?ruang=… for one room

The link is a user's own: it shows what the user's role may see, an agency's user its own bookings only. It can be
revoked on the page of rooms, and stops when the user is shut out. An event names agency, room and hours, nothing else:
no title, no letter, nobody's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, request
from icalendar import Calendar, Event

from dashboard.access import Door, Page, door, is_allowed
from dashboard.access.accounts import Account
from dashboard.access.devices import token_hash
from dashboard.access.store import Store
from dashboard.i18n import t
from dashboard.pages.shared.page_request import office_today
from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.access import user_of_calendar_link
from etl.domain.units import MINUTE
from etl.figures.period import Period
from etl.figures.rooms.diary import Diary, RoomsFilter, room_diary

if TYPE_CHECKING:
    from etl.office import Office

BACK, AHEAD = timedelta(days=90), timedelta(days=365)
_REFRESH = timedelta(minutes=15)


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the route."""
    store = Store(office)

    @server.get("/kalender/<token>.ics", endpoint="calendar")
    @door(Door.PUBLIC)
    def calendar(token: str) -> Response:
        user = _user_of(office, store, token)
        if user is None:
            abort(404)
        return _sent(office, user, request.args.get("ruang") or None, now())


def _user_of(office: Office, store: Store, token: str) -> Account | None:
    """Whose link it is, as long as that user may see rooms."""
    with reading(office.records) as connection:
        user_id = user_of_calendar_link(connection, token_hash(token))
    stored = store.user_by_id(user_id) if user_id is not None else None
    if stored is None or not stored.is_active or not is_allowed(stored.account.role, Page.RUANG):
        return None
    return stored.account


def _sent(office: Office, user: Account, room: str | None, now: int) -> Response:
    today = office_today(office, now)
    filter_ = RoomsFilter(Period(today - BACK, today + AHEAD), user.opd_filter, room)
    if user.opd_filter == "":
        abort(404)
    try:
        diary = room_diary(office, filter_, now - now % MINUTE)
    except PantauError:
        abort(404)
    reply = Response(schedule(diary, now), mimetype="text/calendar")
    reply.headers["Cache-Control"] = "private, no-store"
    reply.headers["Content-Disposition"] = 'inline; filename="jadwal-ruang.ics"'
    return reply


def schedule(diary: Diary, now: int) -> bytes:
    """The bookings of a diary as an iCalendar document (RFC 5545)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Pantau//Jadwal Ruang//ID")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", t("room.feed_name"))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    for event in _events(diary, datetime.fromtimestamp(now, UTC)):
        calendar.add_component(event)
    return calendar.to_ical()


def _events(diary: Diary, stamp: datetime) -> Iterator[Event]:
    """One event a booking and day; called-off ones are left out."""
    booked, spans = diary.bookings, diary.bookings.stretches
    for place, row in enumerate(spans.row.tolist()):
        if booked.is_called_off[row]:
            continue
        room, is_sure = diary.rooms[int(booked.lane[row])], bool(booked.is_approved[row])
        start, end = (datetime.fromtimestamp(int(at[place]), UTC) for at in (spans.start, spans.end))
        event = Event()
        event.add("uid", f"{int(booked.request_id[row])}-{start:%Y%m%d}@pantau")
        event.add("dtstamp", stamp)
        event.add("dtstart", start)
        event.add("dtend", end)
        event.add("summary", f"{diary.opd_name(int(booked.opd[row])) or t('room.booked_by_nobody')} · {room}")
        event.add("location", room)
        event.add("status", "CONFIRMED" if is_sure else "TENTATIVE")
        event.add("description", t("room.feed_sure" if is_sure else "room.feed_open"))
        event.add("class", "PRIVATE")
        yield event
