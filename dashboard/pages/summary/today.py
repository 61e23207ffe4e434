"""What is on today, and in which condition the rooms are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dash import html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.access.accounts import Account
from dashboard.components import (
    Tone,
    icon,
    link,
    panel,
    pill,
    why,
)
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import (
    DOUBLED,
    ROOMS,
    request_address,
    why_room_state,
)
from dashboard.pages.shared.words import dotted, double_booking_line, people_words, unrecognised_words
from data_access.mart import People
from etl.domain.facilities import RoomStatus
from etl.domain.units import MINUTE
from etl.figures.facilities.conditions import Readiness, RoomState, double_bookings, room_states, warnings
from etl.figures.rooms.room_day import LOOK_AHEAD_DAYS, Booking, Session
from etl.figures.summary import Today, today_of
from etl.office import Office

MOST_DOUBLED = 3
"""So many double bookings are told here."""

_ROOM = {
    RoomStatus.READY: (Tone.GOOD, "check-lg"),
    RoomStatus.ATTENTION: (Tone.NEAR, "exclamation-lg"),
    RoomStatus.DISRUPTED: (Tone.LATE, "x-lg"),
    RoomStatus.EXPIRED: (Tone.MUTED, "clock-history"),
    RoomStatus.UNCHECKED: (Tone.MUTED, "question-circle"),
}


def today_panel(office: Office, now: int, user: Account) -> Component | None:
    """Today's bookings with their use, and the condition of the rooms for who may see facilities; None without any."""
    shown = today_of(office, now, user.opd_filter)
    rooms = _rooms(office, now, user) if user.may(Page.RUANG) and user.opd_filter is None else []
    if not shown and not rooms:
        return None
    items = [html.Li(_event(event, now)) for event in shown]
    events = html.Ul(items, className="summary-events") if items else html.P(t("summary.no_events"))
    state = html.Div(rooms, className="summary-rooms") if rooms else None
    return panel(events, state, title=t("summary.today"))


def _rooms(office: Office, now: int, user: Account) -> list[Component]:
    """The condition of each room, for who may see facilities, and what is to be warned of."""
    known = _known_of_rooms(office, now)
    rooms = [_room(state) for state in known.states] if user.may(Page.SARPRAS) else []
    warned = [_warning(ahead.room, ahead.start_at, ahead.broken) for ahead in known.warned]
    return [*rooms, *warned, *_doubled(known)]


class _Rooms(NamedTuple):
    states: tuple[RoomState, ...]
    warned: tuple[Readiness, ...]
    doubled: list[tuple[str, Booking, Booking]]
    more_doubled: int


def _known_of_rooms(office: Office, now: int) -> _Rooms:
    """Asked once a minute and mart: it is the same for everybody, whose page is drawn anew after each tap."""

    def asked() -> _Rooms:
        states = room_states(office, now)
        shown = double_bookings(office, now)[:MOST_DOUBLED]
        more = len(double_bookings(office, now, LOOK_AHEAD_DAYS)) - len(shown) if shown else 0
        return _Rooms(states, warnings(office, now, states), shown, more)

    if not office.mart.exists():
        return asked()
    return office.mart.read().remember(("summary rooms", office.book.hash, now // MINUTE), asked)


def _event(event: Today, now: int) -> list[Component]:
    f = fmt()
    booking, session = event.booking, event.session
    hours = f"{f.clock(booking.start_at)}–{f.clock(booking.end_at)}" if booking else f.clock(event.start_at)
    title = _title(event)
    lines = [event.opd, None if event.letter else t("summary.no_letter"), event.room]
    return [
        html.Span(hours, className="summary-hours"),
        html.Div(
            [title, html.Div(" · ".join(line for line in lines if line), className="p-muted"), _use(session, now)]
        ),
        pill(Tone.MUTED, "hourglass", t("summary.not_approved")) if booking and not booking.is_approved else None,
    ]  # type: ignore[list-item]


def _title(event: Today) -> Component:
    if event.letter is None:
        return html.Strong(t("summary.used"))
    words = event.letter["activity"] or event.letter["subject"] or t("case.untitled")
    return link(words, request_address(event.letter["year"], event.letter["agenda_number"]), "summary-title")


def _use(session: Session | None, now: int) -> Component | None:
    """The hours and people of a session; None while there is none."""
    if session is None:
        return None
    words = _use_words(session, now)
    people = people_words(session.people[People.PRESENT])
    return html.Div(" · ".join(part for part in (words, people) if part), className="summary-use")


def _use_words(session: Session, now: int) -> str:
    if session.is_end_due:
        return t("summary.end_due", clock=fmt().clock(session.start_at))
    if session.is_over(now):
        return t("summary.ended", clock=fmt().clock(session.end_at))
    return t("summary.runs", clock=fmt().clock(session.start_at))


def _room(state: RoomState) -> Component:
    tone, name = _ROOM[state.status]
    when = fmt().moment_short(state.checked_at) if state.checked_at is not None else ""
    checked = dotted(t("summary.checked", moment=when) if when else "", unrecognised_words(state.unrecognised))
    return html.Div(
        [html.Span(state.room, className="summary-room"), pill(tone, name, t(f"summary.room_{state.status}")),
         html.Span(checked, className="p-muted"), why(why_room_state(state.room), state.room)]
    )  # fmt: skip


def _doubled(known: _Rooms) -> list[Component]:
    """The first double bookings of today and tomorrow, and the way to all that are to come."""
    lines = [double_booking_line(*pair) for pair in known.doubled]
    if known.more_doubled:
        more = t("room.double_more", n=fmt().number(known.more_doubled))
        lines[-1] += [" ", link(more, f"{ROOMS}#{DOUBLED}")]
    return [
        html.Div([icon("exclamation-triangle-fill"), html.Span(words)], className="summary-warning") for words in lines
    ]


def _warning(room: str, start_at: int, broken: Sequence[str]) -> Component:
    clock = fmt().clock(start_at)
    words = (
        t("summary.warn_broken", room=room, clock=clock, items=", ".join(broken))
        if broken
        else t("summary.warn_unchecked", room=room, clock=clock)
    )
    return html.Div([icon("exclamation-triangle-fill"), html.Span(words)], className="summary-warning")
