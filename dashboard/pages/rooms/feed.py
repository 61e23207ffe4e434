"""The rooms' schedule for common calendars, behind a secret link that a user makes and shuts in a panel of the page.

    GET /kalender/<token>.ics            bookings of 90 days back and a year ahead; ?ruang=… for one room

The link is a user's own: it shows what the user's role may see, an agency's user its own bookings only. It can be
revoked on the page of rooms, and stops when the user is shut out. An event names agency, room and hours, nothing else:
no title, no letter, nobody's name.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from dash import Dash, Input, Output, ctx, dcc, html
from dash.development.base_component import Component
from flask import Flask, Response, abort, request
from icalendar import Calendar, Event

from dashboard.access import Door, Page, account, door, guarded
from dashboard.access.accounts import Account, account_of
from dashboard.access.sessions import token_hash
from dashboard.access.store import Store
from dashboard.components import button, icon, panel
from dashboard.i18n import fmt, t
from dashboard.pages.shared.page_request import office_today
from data_access.errors import PantauError
from data_access.records import reading, writing
from data_access.records.access import (
    CALENDAR_READ,
    add_calendar_link,
    calendar_link_since,
    note_action,
    revoke_calendar_link,
    user_of_calendar_link,
)
from etl.domain.units import MINUTE
from etl.figures.filter import Period
from etl.figures.rooms.diary import Diary, RoomsFilter, room_diary
from etl.office import Office


class Id(StrEnum):
    """Ids of the panel."""

    MAKE = "room-feed-make"
    REVOKE = "room-feed-revoke"
    STATE = "room-feed-state"


def feed_panel(office: Office, user: Account) -> Component:
    """Whether the user has a link, and the buttons that make and shut it."""
    return panel(
        html.P(t("room.feed_words")),
        html.Div(_state(link_since(office, user.id)), id=Id.STATE, role="status", className="room-feed-state"),
        html.Div(
            [
                button([icon("calendar-plus"), t("room.feed_make")], id=Id.MAKE, kind="quiet"),
                button([icon("x-circle"), t("room.feed_revoke")], id=Id.REVOKE, kind="quiet"),
            ],
            className="room-exports",
        ),
        title=t("room.feed_title"),
        class_name="no-print",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Make and shut the user's own link."""

    @app.callback(
        Output(Id.STATE, "children"),
        Input(Id.MAKE, "n_clicks"),
        Input(Id.REVOKE, "n_clicks"),
        prevent_initial_call=True,
    )
    @guarded(Page.RUANG)
    def change(made: int | None, revoked: int | None) -> Component | list[Component]:
        user_id = account().id
        if ctx.triggered_id == Id.MAKE and made:
            return _shown(new_link(office, user_id, request.host_url, now()))
        if ctx.triggered_id == Id.REVOKE and revoked:
            revoke_link(office, user_id, now())
        return _state(link_since(office, user_id))


def _shown(address: str) -> list[Component]:
    """The link, this once, with a button that copies it."""
    return [
        html.Strong(t("room.feed_once")),
        html.Div([html.Code(address, id="room-feed-address"), dcc.Clipboard(target_id="room-feed-address")],
                 className="room-feed-address"),
    ]  # fmt: skip


def _state(since: int | None) -> Component:
    return html.Span(t("room.feed_none") if since is None else t("room.feed_since", moment=fmt().moment(since)))


# The link


def new_link(office: Office, user_id: int, base_url: str, now: int) -> str:
    """A new link, shown this once; the one before stops working."""
    token = secrets.token_urlsafe(32)
    with writing(office.records) as connection:
        add_calendar_link(connection, user_id, token_hash(token), now)
        note_action(connection, "calendar_link", at=now)
    return f"{base_url.rstrip('/')}/kalender/{token}.ics"


def revoke_link(office: Office, user_id: int, now: int) -> None:
    """Shut the user's link."""
    with writing(office.records) as connection:
        revoke_calendar_link(connection, user_id, now)
        note_action(connection, "calendar_link_ended", at=now)


def link_since(office: Office, user_id: int) -> int | None:
    """When the user's link was made; None when there is none."""
    with reading(office.records) as connection:
        return calendar_link_since(connection, user_id)


BACK, AHEAD = timedelta(days=90), timedelta(days=365)
_REFRESH = timedelta(minutes=15)


def register_calendar(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the route."""
    store = Store(office)

    @server.get("/kalender/<token>.ics", endpoint="calendar")
    @door(Door.PUBLIC)
    def calendar(token: str) -> Response:
        user = _user_of(office, store, token)
        if user is None:
            abort(404)
        reply = _sent(office, user, request.args.get("ruang") or None, now())
        store.note(now(), user.name, CALENDAR_READ, None, request.remote_addr)
        return reply


def _user_of(office: Office, store: Store, token: str) -> Account | None:
    """Whose link it is, as long as that user may see rooms."""
    with reading(office.records) as connection:
        user_id = user_of_calendar_link(connection, token_hash(token))
    user = store.user_by_id(user_id) if user_id is not None else None
    if user is None or not user.is_active:
        return None
    known = account_of(user)
    return known if known.may(Page.RUANG) else None


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
