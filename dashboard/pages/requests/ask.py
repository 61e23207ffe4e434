"""When can this agency have which room, and what has become of what it asked for?"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard.access import May, Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.access.limits import Throttle, limits_of_asking
from dashboard.access.store import Store
from dashboard.components import Tone, banner, button, empty, icon, loading, page_head, panel, select, stack
from dashboard.components.filters import page_url, read_query
from dashboard.i18n import fmt, sentence, t
from dashboard.pages.requests.asked import (
    TAP,
    asked_list,
    asker_of,
    asking_as,
    offers_panel,
    own_request,
    own_requests,
    taken,
)
from dashboard.pages.requests.paper_letter import field, text_of
from dashboard.pages.shared.forms import outcome
from dashboard.pages.shared.links import CODES_PATH
from dashboard.pages.shared.page_request import Names, PageRequest, once_more, told_at
from dashboard.pages.shared.renewal import renewed
from dashboard.pages.shared.stamps import Id as Stamped
from dashboard.pages.shared.words import dotted
from data_access.errors import PantauError
from data_access.roles import Role
from etl.corrections.typed import Context
from etl.desk.asking import change_request, send_request
from etl.desk.letters import booking, known_agencies
from etl.desk.room_taken import NEAR_AFTER, NEAR_BEFORE, TimeRefusedError
from etl.desk.room_wish import Wish, refusal_of
from etl.domain.units import day_date
from etl.extract.texts import letter_name, letter_named
from etl.figures.requests.detail import Request
from etl.figures.rooms.free_times import RoomTimes, Slot, earliest_start, room_times
from etl.office import Office
from etl.settings.rooms import Room, rooms_between

PAGE = Page.AJUKAN
PATH = "/ajukan"
TITLE = "ask.title"
NAV = "ask.nav"

CHANGE = "ubah"
ADDRESS_NAMES: Names = {CHANGE: None}
"""Name in the address of the request that is changed."""

FIRST_HOUR, LAST_HOUR = 7, 17
"""The hours that are shown at least."""

TICKS = (9, 12, 15)
"""The hours written under a bar."""


class Id(StrEnum):
    """Ids of the page."""

    ENTRY = "ask-entry"
    CHANGED = "ask-changed"
    OUTCOME = "ask-said"
    ACTIVITY = "ask-activity"
    PEOPLE = "ask-people"
    OPD = "ask-opd"
    DAY = "ask-day"
    BEGIN = "ask-begin"
    END = "ask-end"
    ROOM = "ask-room"
    TIMES = "ask-times"
    SEND = "ask-send"
    LIST = "ask-list"
    OFFERS = "ask-offers"
    BODY = "ask-body"
    URL = "ask-url"
    FREED = "ask-freed"
    TAP = TAP


_FIELDS = {
    "activity": Id.ACTIVITY, "people": Id.PEOPLE, "opd": Id.OPD, "day": Id.DAY, "begin": Id.BEGIN, "end": Id.END,
    "room": Id.ROOM,
}  # fmt: skip
_DIGITS = 7
_WAIT = 0.4
"""Seconds after the last key before the free times are asked for."""


class Entry(NamedTuple):
    """What the page is about to send: the id of the entry, and the request that is changed, if one is."""

    id: str
    name: str = ""


def layout(page_request: PageRequest) -> Component:
    """The form beside the free times of its day, and below it what was asked for before."""
    if not page_request.office.settings.rooms:
        return stack(page_head(t("ask.title")), panel(empty(t("ask.no_rooms"), t("ask.no_rooms_hint"), "door-closed")))
    return html.Div([page_url("ask", page_request.search), html.Div(_body(page_request), id=Id.BODY)])


def _body(page_request: PageRequest) -> Component:
    """Everything for a new request, or for the one that the address asks to change."""
    office, now, user = page_request.office, page_request.now, page_request.account
    changed = _changed(page_request)
    values = _values(office, now, changed)
    entry = Entry(secrets.token_hex(12), _name(changed) if changed else "")
    return stack(
        dcc.Store(id=Id.ENTRY, data=list(entry)),
        dcc.Store(id=Id.CHANGED, data=0),
        dcc.Store(id=Id.TAP),
        dcc.Store(id=Id.FREED),
        page_head(
            t("ask.title") if changed is None else t("ask.change_title", letter=entry.name),
            t("ask.subtitle") if changed is None else t("ask.change_subtitle"),
            actions=_actions(user) if changed is None else [button(t("ask.change_end"), href=PATH, kind="quiet")],
        ),
        _asks_for(office, user),
        html.Div(offers_panel(office, user, now), id=Id.OFFERS),
        html.Div(id=Id.OUTCOME, **{"aria-live": "assertive"}),
        html.Div(
            [
                panel(*_form(office, user, values, now, is_change=changed is not None), class_name="ask-form"),
                panel(
                    _earliest(office, now),
                    loading(html.Div(_times(office, user, now, values, changed), id=Id.TIMES)),
                    title=t("ask.times_title"),
                    class_name="ask-free",
                ),
            ],
            className="ask-grid",
        ),
        dcc.Store(id=Stamped.DONE, data=0),
        panel(html.Div(asked_list(office, user, now), id=Id.LIST, **renewed(office)), title=t("ask.list_title")),
        class_name="letter-page ask-page",
    )


def _asks_for(office: Office, user: Account) -> Component | None:
    """For which agency is asked, where the account or code says it."""
    opd = asker_of(user).opd
    if not opd:
        return None
    return html.P([icon("building"), t("ask.for", opd=office.opd_names.one(opd) or opd)], className="ask-for")


def _actions(user: Account) -> Sequence[Component]:
    """The way to the codes of agencies, for whoever gives them out."""
    to_codes = button([icon("key"), t("codes.title")], href=CODES_PATH, kind="quiet")
    return [to_codes] if user.may(Page.KODE) else []


def _name(request: Request) -> str:
    return letter_name(request.request["year"], request.request["agenda_number"])


def _changed(page_request: PageRequest) -> Request | None:
    """The request of the address that is to be changed, when it is the user's own."""
    named = letter_named(page_request.query.get(CHANGE, ""))
    return None if named is None else own_request(page_request.office, page_request.account, page_request.now, *named)


def _values(office: Office, now: int, changed: Request | None) -> dict[str, str]:
    """What the fields hold at first: the first day on which a room can be had, or what is to be changed."""
    first = datetime.fromtimestamp(earliest_start(office, now), office.zone)
    values = {"day": f"{first:%d/%m/%Y}", "room": _offered(office, first.date())[0].name}
    if changed is None:
        return values
    request = changed.request
    stamps = {"begin": request["booked_start_at"], "end": request["booked_end_at"]}
    clocks = {name: fmt().clock(moment) for name, moment in stamps.items() if moment is not None}
    day = {"day": f"{day_date(request['booked_start_on']):%d/%m/%Y}"} if request["booked_start_on"] is not None else {}
    named = {"activity": request["activity"], "people": request["planned"], "room": request["room"]}
    return values | day | clocks | {name: str(value) for name, value in named.items() if value is not None}


def _form(
    office: Office, user: Account, values: Mapping[str, str], now: int, *, is_change: bool
) -> Sequence[Component]:
    def typed(name: str, *, class_name: str, **more: Any) -> Component:
        return field(_FIELDS[name], t(f"ask.{name}"), values.get(name, ""), class_name=class_name, **more)

    is_for_agency = Role.AGENDARIS in user.roles and not is_change
    known = {"known": known_agencies(office)} if is_for_agency else {}
    asker = typed("opd", class_name="is-wide", **known)
    today = day_date(office.calendar.day_of(now))
    rooms = [(room.name, _room_words(room.name, room.capacity_on(today))) for room in _offered(office, today)]
    chosen = html.Div(select(Id.ROOM, t("ask.room"), rooms, values.get("room", "")), className="letter-field is-wide")
    send = t("ask.change_send") if is_change else t("ask.send")
    return (
        html.Div(asker, className="letter-row", hidden=not is_for_agency),
        html.Div(
            [
                typed("activity", class_name="is-wide", placeholder=t("paper.activity_example"), autofocus=True),
                typed("people", class_name="is-short", kind="number", debounce=_WAIT),
            ],
            className="letter-row",
        ),
        html.Div(
            [
                typed("day", class_name="is-middle", placeholder=t("word.day_form"), debounce=_WAIT),
                typed("begin", class_name="is-short", placeholder=fmt().hour(9), debounce=_WAIT),
                typed("end", class_name="is-short", placeholder=fmt().hour(12), debounce=_WAIT),
                chosen,
            ],
            className="letter-row",
        ),
        html.Div([button([icon("send"), send], id=Id.SEND)], className="letter-save"),
    )


def _offered(office: Office, today: date) -> Sequence[Room]:
    """The rooms that the office has from today on; all of them where none is left."""
    return rooms_between(office.settings.rooms, today, date.max) or office.settings.rooms


def _room_words(name: str, capacity: int | None) -> str:
    return f"{name} · {_capacity(capacity)}"


def _earliest(office: Office, now: int) -> Component:
    first = earliest_start(office, now)
    return html.P(t("ask.earliest", moment=fmt().moment(first)), className="p-muted")


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show the free times of what is typed, send it once, and take the taps on earlier requests."""
    throttle = Throttle(Store(office), app.server.secret_key)

    @app.callback(
        Output(Id.BODY, "children"), Input(Id.URL, "search"), State(Id.URL, "pathname"), prevent_initial_call=True
    )
    @guarded(PAGE)
    def follow(search: str | None, pathname: str | None) -> Component:
        if pathname != PATH:
            raise PreventUpdate
        return _body(PageRequest(office, now(), account(), {}, read_query(search), search))

    @app.callback(
        Output(Id.TIMES, "children"),
        *(Input(id, "value") for id in (Id.DAY, Id.PEOPLE, Id.BEGIN, Id.END, Id.ROOM)),
        Input(Id.CHANGED, "data"),
        Input(Stamped.DONE, "data"),
        State(Id.ENTRY, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE, May.DO)
    def free(
        day: Any, people: Any, begin: Any, end: Any, room: Any, _changed: Any, _done: Any, entry: Any
    ) -> Component:
        named = zip(("day", "people", "begin", "end", "room"), (day, people, begin, end, room), strict=True)
        values = {name: text_of(value) for name, value in named}
        return _times(office, account(), now(), values, _entered(office, account(), now(), entry)[1])

    @app.callback(
        Output(Id.LIST, "children", allow_duplicate=True), Input(Stamped.DONE, "data"), prevent_initial_call=True
    )
    @guarded(PAGE, May.DO)
    def renew(_done: Any) -> Component:
        return asked_list(office, account(), told_at(office, now()))

    @app.callback(
        Output(Id.OFFERS, "children"),
        Input(Id.CHANGED, "data"),
        Input(Stamped.DONE, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE, May.DO)
    def renew_offers(_changed: Any, _done: Any) -> Component | None:
        return offers_panel(office, account(), told_at(office, now()))

    @app.callback(
        Output(Id.OUTCOME, "children"),
        Output(Id.ENTRY, "data"),
        Output(Id.CHANGED, "data"),
        Output(Id.LIST, "children"),
        Output(Id.ACTIVITY, "value"),
        Input(Id.SEND, "n_clicks"),
        Input(Id.TAP, "data"),
        State(Id.ENTRY, "data"),
        State(Id.CHANGED, "data"),
        *(State(id, "value") for id in _FIELDS.values()),
        prevent_initial_call=True,
    )
    @guarded(PAGE, May.DO)
    def act(pressed: int | None, tap: Any, entry: Any, changed: Any, *values: Any) -> tuple[Any, ...]:
        user, moment, is_tap = account(), now(), ctx.triggered_id == Id.TAP
        if not (tap if is_tap else pressed):
            raise PreventUpdate
        try:
            if is_tap:
                words = taken(office, user, moment, tap)
            else:
                wish = Wish(**{name: text_of(value) for name, value in zip(_FIELDS, values, strict=True)})
                _count(throttle, user, moment)
                words, entry = _sent(office, user, moment, wish, entry), [secrets.token_hex(12), _entry(entry).name]
        except PantauError as error:
            return _refused(error, is_tap=is_tap), no_update, once_more(changed), no_update, no_update
        is_new = not is_tap and not entry[1]
        purpose = "" if is_new else no_update  # pressed once more, no second request is sent
        return words, entry, once_more(changed), asked_list(office, user, moment), purpose

    app.clientside_callback(
        ClientsideFunction("letters", "answered"),
        Output(Id.FREED, "data"),
        Input(Id.OUTCOME, "children"),
        prevent_initial_call=True,
    )


def _entry(data: Any) -> Entry:
    """What the page is about to send. Refuses (PreventUpdate) what no page of ours holds."""
    if not isinstance(data, list) or len(data) < 2 or not all(isinstance(part, str) for part in data[:2]):
        raise PreventUpdate
    return Entry(data[0], data[1])


def _entered(office: Office, user: Account, now: int, data: Any) -> tuple[Entry, Request | None]:
    entry = _entry(data)
    named = letter_named(entry.name)
    return entry, None if named is None else own_request(office, user, now, *named)


def _count(throttle: Throttle, user: Account, now: int) -> None:
    """Nobody fills the desks with requests. Raises PantauError for who has sent too many lately."""
    limits = limits_of_asking(user.id)
    if wait := throttle.wait_seconds(limits, now):
        raise PantauError("ask.too_many", wait=fmt().duration(wait))
    throttle.fail(limits, now)


def _sent(office: Office, user: Account, now: int, wish: Wish, data: Any) -> Component:
    """Send the wish, or the change of a request; what came of it."""
    entry, changed = _entered(office, user, now, data)
    giver: Any = {"actor": user.name, "role": asking_as(user), "client_id": entry.id, "now": now}
    if changed is not None:
        request = changed.request
        change_request(office, request["year"], request["agenda_number"], wish, asker=asker_of(user), **giver)
        return outcome(t("ask.changed", letter=entry.name), Tone.GOOD)
    sent = send_request(office, wish, asker=asker_of(user), **giver)
    return outcome(t("ask.sent", receipt=sent.receipt_number), Tone.GOOD)


def _refused(error: PantauError, *, is_tap: bool) -> Component:
    """Why it cannot be had. Of what the form asks for, the reason and the nearest times stand among the free times."""
    if not isinstance(error, TimeRefusedError):
        return outcome(sentence(error))
    if not is_tap:
        return outcome(t("ask.not_sent"))
    return html.Div([outcome(sentence(error)), nearest_buttons(error.nearest)])


def nearest_buttons(slots: Sequence[Slot], form: str = "ask") -> Component | None:
    """Other times, the earliest first, each of which fills the fields whose ids begin with `form`."""
    if not slots:
        return None
    buttons = [
        button(
            [icon("clock"), html.Span(slot_words(slot))],
            kind="quiet",
            class_name="ask-near",
            **{"data-near": json.dumps(_filled(slot), ensure_ascii=False), "data-near-for": form},
        )
        for slot in sorted(slots, key=lambda slot: (slot.start, slot.end))
    ]
    return html.Div([html.Span(t("ask.nearest"), className="p-muted"), *buttons], className="ask-nearest")


def slot_words(slot: Slot) -> str:
    """ "Kamis, 10 September 2026 13.00–15.00, Smart Center"."""
    f = fmt()
    day = f.date(f.local(slot.start).date())
    return f"{day} {f.clock(slot.start)}–{f.clock(slot.end)}, {slot.room}"


def _filled(slot: Slot) -> dict[str, str]:
    local = fmt().local
    clocks = {"begin": f"{local(slot.start):%H.%M}", "end": f"{local(slot.end):%H.%M}"}
    return {"day": f"{local(slot.start):%d/%m/%Y}", "room": slot.room, **clocks}


def _times(office: Office, user: Account, now: int, values: Mapping[str, str], changed: Request | None) -> Component:
    """The day that is typed: each room with its free times, and what is to be said of the wanted one."""
    context = Context(office.book, now)
    try:
        day = booking(values.get("day", ""), "", "", context).get("booked_start_on")
    except PantauError as error:
        return banner(sentence(error), Tone.NEAR)
    if day is None:
        return html.P(t("ask.choose_day"), className="p-muted")
    without = None if changed is None else int(changed.request["request_id"])
    people = _people_of(values)
    times = room_times(
        office, now, day - NEAR_BEFORE, day + NEAR_AFTER, people=people, without=without, own=own_requests(office, user)
    )
    there = rooms_between(office.settings.rooms, day_date(day - NEAR_BEFORE), day_date(day + NEAR_AFTER))
    hidden = len(there) - len(times.rooms)
    return html.Div(
        [
            _wanted(office, times, values, context),
            html.H3(fmt().date(day_date(day)), className="ask-day"),
            *(_room(office, times, lane, day) for lane in range(len(times.rooms))),
            html.P(t("ask.too_small_hidden", n=hidden), className="p-muted") if hidden else None,
            _legend(),
        ]
    )


def _people_of(values: Mapping[str, str]) -> int | None:
    """The number of people, where one is typed."""
    typed = values.get("people", "")
    return int(typed) if typed.isdecimal() and len(typed) < _DIGITS else None


def _wanted(office: Office, times: RoomTimes, values: Mapping[str, str], context: Context) -> Component | None:
    """Whether the wanted time can be had; where it cannot, the nearest ones."""
    try:
        columns = booking(*(values.get(name, "") for name in ("day", "begin", "end")), context)
    except PantauError as error:
        return banner(sentence(error), Tone.NEAR)
    if "booked_start_at" not in columns or "booked_end_at" not in columns:
        return None
    slot = Slot(values.get("room", ""), columns["booked_start_at"], columns["booked_end_at"])
    if times.is_free(slot):
        lane = times.lane(slot.room) or 0
        is_asked, is_own = (_is_in(slot, part.spans(lane)) for part in (times.times.asked, times.own))
        words = t("ask.free_asked") if is_asked else t("ask.own_asked") if is_own else t("ask.free")
        return banner(words, Tone.NEAR if is_asked else Tone.GOOD, "people" if is_asked else "check-circle")
    refusal = refusal_of(office, times, slot, _people_of(values), context.now)
    why = sentence(refusal) if refusal is not None else t("ask.not_free")
    return html.Div([banner(why, Tone.LATE, "x-lg"), nearest_buttons(times.nearest(slot))])


def _is_in(slot: Slot, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < slot.end and end > slot.start for start, end in spans)


def _room(office: Office, times: RoomTimes, lane: int, day: int) -> Component:
    """One room on the day: a bar of its hours, and the same in words."""
    room, span = times.rooms[lane], _span(office, day)
    seats = html.Span(_capacity(room.capacity_on(day_date(day))), className="p-muted")
    free, asked, own = (_within(part.spans(lane), span) for part in (times.times.free, times.times.asked, times.own))
    opened = _within(times.hours[lane].union.spans(), span)
    early = [(start, min(end, times.earliest)) for start, end in opened if start < times.earliest]
    words = [t("ask.free_words", times=_clocks(_apart(free, own)) or t("ask.nothing_free"))]
    words += [t("ask.asked_words", times=_clocks(asked))] if asked else []
    words += [t("ask.own_words", times=_clocks(own))] if own else []
    pieces = [("is-open", opened), ("is-early", early), ("is-free", free), ("is-own", own), ("is-asked", asked)]
    bar = [_piece(look, *stretch, span) for look, stretches in pieces for stretch in stretches]
    return html.Div(
        [
            html.Div([html.Strong(room.name), seats], className="ask-room"),
            html.Div(bar, className="ask-bar", **{"aria-hidden": "true"}),
            html.Div(_ticks(), className="ask-hours", **{"aria-hidden": "true"}),
            html.Div(dotted(*words)),
        ],
        className="ask-room-day",
    )


def _apart(spans: Sequence[tuple[int, int]], taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans without those taken."""
    left = list(spans)
    for first, last in taken:
        pieces = (piece for start, end in left for piece in ((start, min(end, first)), (max(start, last), end)))
        left = [(start, end) for start, end in pieces if start < end]
    return left


def _ticks() -> list[Component]:
    """The hours under a bar; the stylesheet writes them, as the words beside it tell the times."""
    places = {hour: 100 * (hour - FIRST_HOUR) / (LAST_HOUR - FIRST_HOUR) for hour in TICKS}
    return [html.Span(style={"left": f"{at:.0f}%"}, **{"data-hour": f"{hour:02d}"}) for hour, at in places.items()]


def _clocks(spans: Sequence[tuple[int, int]]) -> str:
    return ", ".join(f"{fmt().clock(start)}–{fmt().clock(end)}" for start, end in spans)


def _capacity(capacity: int | None) -> str:
    return t("ask.holds", n=fmt().number(capacity)) if capacity else t("ask.holds_unknown")


def _span(office: Office, day: int) -> tuple[int, int]:
    start = datetime.combine(day_date(day), datetime.min.time(), office.zone)
    first, last = (int(start.replace(hour=hour).timestamp()) for hour in (FIRST_HOUR, LAST_HOUR))
    return first, last


def _within(spans: Sequence[tuple[int, int]], window: tuple[int, int]) -> list[tuple[int, int]]:
    day = window[0] - FIRST_HOUR * 3600, window[0] + (24 - FIRST_HOUR) * 3600
    return [(max(start, day[0]), min(end, day[1])) for start, end in spans if start < day[1] and end > day[0]]


def _piece(look: str, start: int, end: int, span: tuple[int, int]) -> Component:
    first, last = span
    left, right = (100 * min(max((moment - first) / (last - first), 0), 1) for moment in (start, end))
    return html.Span(className=look, style={"left": f"{left:.2f}%", "width": f"{right - left:.2f}%"})


def _legend() -> Component:
    looks = ("free", "asked", "own", "taken", "early")
    return html.P(
        [html.Span([html.Span(className=f"ask-key is-{look}"), t(f"ask.key_{look}")]) for look in looks],
        className="p-muted ask-legend",
    )
