"""What is on today, what needs me, and what has changed since I last looked?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard.access import May, Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.components import (
    Tone,
    banner,
    button,
    empty,
    icon,
    link,
    page_head,
    panel,
    pill,
    verdict_pill,
    why,
    with_query,
    written_out,
)
from dashboard.i18n import fmt, t
from dashboard.lapor import ROOMS_PATH, room_path
from dashboard.pages.facilities.page import PATH as SARPRAS
from dashboard.pages.intake.page import open_work
from dashboard.pages.report.page import PATH as REPORTS
from dashboard.pages.requests.asked import ASK_PATH, offers_lines
from dashboard.pages.requests.decide import DECIDING, DECISION_PLACE
from dashboard.pages.requests.page import at_opd_pill, undecided_pill
from dashboard.pages.settings.first_steps import first_days
from dashboard.pages.shared.closing import may_close, old_letters_line, to_close_panel
from dashboard.pages.shared.links import (
    CORRECTIONS,
    DOUBLED,
    REQUEST_LIST,
    ROOMS,
    RUNS,
    request_address,
    why_room_state,
)
from dashboard.pages.shared.page_request import PageRequest, record_number
from dashboard.pages.shared.renewal import RENEWED, renewal
from dashboard.pages.shared.stamps import Id as Stamped
from dashboard.pages.shared.stamps import on_behalf, own_steps, short_form, stamp_desk, step_and_actor
from dashboard.pages.shared.words import dotted, double_booking_line, people_words, unrecognised_words
from data_access.mart import People
from data_access.records import RecordsBusyError, writing
from data_access.records.access import begin_visit
from etl.domain.facilities import RoomStatus
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import Place
from etl.extract.texts import letter_name
from etl.figures.facilities.conditions import RoomState, double_bookings, room_states, warnings
from etl.figures.requests.documents import Ticks, documents_ticked
from etl.figures.requests.work_list import undecided_letters
from etl.figures.rooms.room_day import LOOK_AHEAD_DAYS, Session
from etl.figures.summary import Changes, LateStep, MyStep, Today, changes_since, desk_list, today_of
from etl.office import Office

PAGE = Page.RINGKASAN
PATH = "/ringkasan"
TITLE = "summary.title"
NAV = "summary.nav"

MOST_DOUBLED = 3
"""So many double bookings are told here."""

EVERY = 60
"""Seconds after which the page is drawn anew also without news: what is shown grows older."""

MOST_MINE, MOST_LATE = 12, 6
_PATIENCE_SECONDS = 1.0
_log = logging.getLogger("pantau")

_ROOM = {
    RoomStatus.READY: (Tone.GOOD, "check-lg"),
    RoomStatus.ATTENTION: (Tone.NEAR, "exclamation-lg"),
    RoomStatus.DISRUPTED: (Tone.LATE, "x-lg"),
    RoomStatus.EXPIRED: (Tone.MUTED, "clock-history"),
    RoomStatus.UNCHECKED: (Tone.MUTED, "question-circle"),
}


class Id(StrEnum):
    """Ids of the page."""

    SINCE = "summary-since"
    TICK = "summary-tick"
    BODY = "summary-body"


def layout(page_request: PageRequest) -> Component:
    """Head and body. Opening the page begins a visit, from which the next one counts its changes."""
    since = _begin(page_request)
    date = fmt().date(fmt().local(page_request.now).date())
    head = page_head(t("summary.title"), date, _reporting(page_request))
    return html.Div(
        [
            dcc.Store(id=Id.SINCE, data=since),
            dcc.Interval(id=Id.TICK, disabled=True),  # renew.js counts: it waits while somebody writes
            head,
            renewal(page_request.office, Id.TICK, EVERY),
            stamp_desk(),
            html.Div(body(page_request.office, page_request.now, page_request.account, since), id=Id.BODY, **RENEWED),
        ],
        className="summary",
    )


def _reporting(page_request: PageRequest) -> list[Component]:
    """The way to the report of a room, for who may report: with one room to that, else to the choice of rooms."""
    if not page_request.account.may(Page.LAPOR, May.DO):
        return []
    rooms = page_request.office.settings.rooms
    address = room_path(rooms[0].name) if len(rooms) == 1 else ROOMS_PATH
    return [html.A([icon("clipboard-check"), t("summary.report")], href=address, className="p-button is-primary")]


def _begin(page_request: PageRequest) -> int | None:
    """When the visit before this one ended; unknown while a load keeps the records busy."""
    try:
        with writing(page_request.office.records, wait_seconds=_PATIENCE_SECONDS) as connection:
            return begin_visit(connection, page_request.account.id, page_request.now)
    except RecordsBusyError:
        _log.info("visit of user %s not written: a load is running", page_request.account.id)
        return None


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """The day goes on while the page is open; what is stamped shows at once."""

    @app.callback(
        Output(Id.BODY, "children"),
        Input(Id.TICK, "n_intervals"),
        Input(Stamped.DONE, "data"),
        State(Id.SINCE, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def renew(_tick: int | None, _done: Any, since: Any) -> list[Component | None]:
        return written_out(body(office, now(), account(), record_number(since)))


def body(office: Office, now: int, user: Account, since: int | None) -> list[Component | None]:
    """What needs the user beside today; below what has changed and what waits for those who keep the data."""
    codes = own_steps(office, user)
    today = _today(office, now, user)
    first = [_mine(office, now, user, codes), today] if codes else [today]
    below = (_changes(office, now, user, since), _waiting(office, user), to_close_panel(office, now, user))
    then = [part for part in below if part is not None]
    return [
        first_days(office, user),
        *offers_lines(office, user, now),
        _old_letters(office, now, user),
        _undecided(office, now, user, codes),
        html.Div(first, className="summary-top" if len(first) > 1 else "summary-one"),
        html.Div(then, className="p-grid-2" if len(then) > 1 else "summary-one"),
    ]


def _old_letters(office: Office, now: int, user: Account) -> Component | None:
    """The open requests on no desk's list, for those who decide, may close them or move the day of recording."""
    is_told = may_close(user) or bool({*DECIDING} & {*user.roles}) or user.may(Page.PENGATURAN, May.DO)
    return old_letters_line(office, now, user) if is_told else None


def _undecided(office: Office, now: int, user: Account, codes: Sequence[str]) -> Component | None:
    """How many requests wait for a decision, for those who may decide though the approving step is another's."""
    if not {*DECIDING} & {*user.roles} or office.sop_in_force.step_with(Meaning.APPROVED) in codes:
        return None
    count = len(undecided_letters(office, now))
    if not count:
        return None
    way = link(t("summary.undecided_see"), with_query(REQUEST_LIST, status="undecided"))
    words = html.Span([t("summary.undecided", n=count, count=fmt().number(count)), " ", way])
    return banner(words, Tone.NEAR, "hourglass-split")


def _mine(office: Office, now: int, user: Account, codes: Sequence[str]) -> Component:
    """The letters at the user's own steps, whether or not their time can be judged."""
    mine, total = desk_list(office, now, codes, user.opd_filter, MOST_MINE)
    title, note = t("summary.mine"), t("summary.mine_note", steps=", ".join(codes))
    if not total:
        nothing = empty(t("summary.nothing_mine"), t("summary.nothing_mine_hint"), "check2-circle")
        return panel(nothing, _way_to_ask(user), title=title)
    sop, ticks = office.sop.current(), documents_ticked(office, [step.letter.request_id for step in mine])
    items = [
        html.Li(
            _my_step(step, sop, ticks.get(step.letter.request_id, {}), on_behalf(office, user, step.standing.step)),
            className="is-back" * step.is_returned,
        )
        for step in mine
    ]
    rest = [_more(total - MOST_MINE)] if total > MOST_MINE else []
    return panel(html.Ul(items, className="summary-mine"), *rest, title=title, note=note)


def _way_to_ask(user: Account) -> Component | None:
    """The way to asking for a room, for an agency's own user."""
    if user.opd_filter is None or not user.may(Page.AJUKAN, May.DO):
        return None
    words = [icon("send"), html.Span(t("summary.ask"))]
    return html.Div(button(words, href=ASK_PATH, kind="quiet"), className="summary-taps is-centred")


def _more(count: int) -> Component:
    """The way to all letters at the user's own steps."""
    address = with_query(REQUEST_LIST, status="mine")
    return link(t("summary.more_mine", n=count, count=fmt().number(count)), address, "intake-more")


def _my_step(step: MyStep, sop: SopVersion, ticks: Mapping[str, Ticks], behalf: Component | None) -> list[Component]:
    letter, code = letter_name(step.year, step.agenda_number), step.standing.step
    words = [
        html.Span(code, className="case-code"),
        html.Div(
            [
                link(step.title or t("case.untitled"), request_address(step.year, step.agenda_number), "summary-title"),
                html.Div(" · ".join(part for part in (letter, step.opd or "") if part), className="p-muted"),
                html.Div([behalf, *_state(step)] if behalf else _state(step), className="summary-state"),
                _sent_back(step, sop),
            ]
        ),
    ]
    shown = [html.Div(words, className="summary-step")]
    before = [_way_to_decide(step)] if step.is_undecided else []
    if step.standing.refusal is None and not step.standing.doubtful:
        of = step.letter, step.standing, sop.step(code), ticks.get(code)
        return [*shown, short_form(step.year, step.agenda_number, *of, before=before)]
    return [*shown, *(html.Div(way, className="summary-taps") for way in before)]


def _way_to_decide(step: MyStep) -> Component:
    """The way to where the request is approved, refused or offered another time."""
    address = f"{request_address(step.year, step.agenda_number)}#{DECISION_PLACE}"
    return button(t("summary.decide"), href=address)


def _sent_back(step: MyStep, sop: SopVersion) -> Component | None:
    """Who sent a letter back to the desk, and why."""
    back = step.sent_back
    if not step.is_returned or back is None:
        return None
    return html.Div(
        dotted(t("summary.back_from", step=step_and_actor(sop, back.step)), back.reason or ""), className="summary-back"
    )


def _unclaimed_pill() -> Component:
    return pill(Tone.MUTED, "question-circle", t("summary.unclaimed"), t("summary.unclaimed_hint"))


def _state(step: MyStep) -> list[Component | str]:
    f, parts = fmt(), list[Component | str]()
    if step.is_undecided:
        parts.append(undecided_pill())
    elif step.place is Place.UNDECIDED:
        parts.append(pill(Tone.NEAR, "calendar-event", t("ask.state_offered")))
    if step.is_returned:
        parts.append(pill(Tone.NEAR, "reply-fill", t("summary.returned")))
    if step.place is Place.UNCLAIMED:
        parts.append(at_opd_pill() if step.standing.sent_by_opd else _unclaimed_pill())
    elif step.verdict is not None:
        parts.append(verdict_pill(step.verdict))
    if step.standing.paused_at is not None:
        parts.append(t("stamp.paused", moment=f.moment_short(step.standing.paused_at)))
    elif step.due_at is not None:
        parts.append(t("stamp.due", moment=f.moment_short(step.due_at)))
    elif step.event_at is not None:
        parts.append(t("summary.event", moment=f.moment_short(step.event_at)))
    else:
        parts.append(t("summary.received", day=f.date_short(step.received_on)))
    return parts


def _today(office: Office, now: int, user: Account) -> Component:
    shown = today_of(office, now, user.opd_filter)
    items = [html.Li(_event(event, now)) for event in shown]
    events = (
        html.Ul(items, className="summary-events")
        if items
        else empty(t("summary.no_events"), t("summary.no_events_hint"), "calendar3")
    )
    rooms = _rooms(office, now, user) if user.may(Page.RUANG) and user.opd_filter is None else []
    state = html.Div(rooms, className="summary-rooms") if rooms else None
    return panel(events, state, title=t("summary.today"))


def _rooms(office: Office, now: int, user: Account) -> list[Component]:
    """The condition of each room, for who may see facilities, and what is to be warned of."""
    states = room_states(office, now)
    rooms = [_room(state) for state in states] if user.may(Page.SARPRAS) else []
    warned = [_warning(ahead.room, ahead.start_at, ahead.broken) for ahead in warnings(office, now, states)]
    return [*rooms, *warned, *_doubled(office, now)]


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


def _doubled(office: Office, now: int) -> list[Component]:
    """The first double bookings of today and tomorrow, and the way to all that are to come."""
    shown = double_bookings(office, now)[:MOST_DOUBLED]
    lines = [double_booking_line(*pair) for pair in shown]
    more = len(double_bookings(office, now, LOOK_AHEAD_DAYS)) - len(shown) if shown else 0
    if more:
        lines[-1] += [" ", link(t("room.double_more", n=fmt().number(more)), f"{ROOMS}#{DOUBLED}")]
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


def _changes(office: Office, now: int, user: Account, since: int | None) -> Component:
    title = t("summary.changes")
    if since is None:
        return panel(empty(t("summary.first_visit"), t("summary.first_visit_hint"), "eye"), title=title)
    changes = changes_since(
        office,
        since,
        now,
        user.opd_filter,
        sees_intake=user.may(Page.DATA),
        sees_reports=user.may(Page.LAPORAN),
    )
    lines = _counts(changes, user)
    note = t("summary.since", moment=fmt().moment_short(since))
    if not lines and not changes.late:
        return panel(empty(t("summary.no_changes"), "", "check2-circle"), title=title, note=note)
    late = [html.Li(_late(step)) for step in changes.late[:MOST_LATE]]
    return panel(
        html.Ul(lines, className="intake-waits") if lines else None,
        html.Ul(late, className="intake-last") if late else None,
        title=title,
        note=note,
    )


def _counts(changes: Changes, user: Account) -> list[Component]:
    """One line a kind of change, with a link to its list where the user may see that."""
    sees_data = user.may(Page.DATA)
    counts = [
        (len(changes.late), "late", with_query(REQUEST_LIST, status="late")),
        (changes.rejected or 0, "rejected", with_query(RUNS, tampil="tolakan") if sees_data else None),
        (changes.incidents or 0, "incidents", SARPRAS if user.may(Page.SARPRAS) else None),
        (changes.corrected, "corrected", CORRECTIONS if sees_data else None),
        (changes.restated or 0, "restated", REPORTS),
    ]
    return [html.Li(_count(count, name, href)) for count, name, href in counts if count]


def _count(count: int, name: str, href: str | None) -> Component:
    words = html.Span([html.Strong(fmt().number(count)), f" {t(f'summary.changed_{name}', n=count)}"])
    return link([words, icon("chevron-right")], href) if href else html.Div(words, className="summary-count")


def _late(step: LateStep) -> Component:
    title = html.Span(step.title or t("case.untitled"), className="intake-file")
    letter = html.Small(f"{letter_name(step.year, step.agenda_number)} · {fmt().moment_short(step.late_at)}")
    return link(
        [html.Span([title, letter]), pill(Tone.LATE, "x-lg", step.step)], request_address(step.year, step.agenda_number)
    )


def _waiting(office: Office, user: Account) -> Component | None:
    """What waits on the Data page, for those who keep the data."""
    if not user.may(Page.DATA, May.DO):
        return None
    return panel(open_work(office, user), title=t("summary.waiting"), class_name="intake-attention")
