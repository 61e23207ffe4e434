"""What is on today, what needs me, and what has changed since I last looked?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard.access import May, Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.components import (
    Tone,
    banner,
    icon,
    link,
    page_head,
    panel,
    with_query,
    written_out,
)
from dashboard.i18n import fmt, t
from dashboard.lapor import ROOMS_PATH, room_path
from dashboard.pages.requests.asked import ASK_PATH, offers_lines
from dashboard.pages.settings.first_steps import first_days
from dashboard.pages.shared.closing import may_close, old_letters_line, to_close_panel
from dashboard.pages.shared.links import (
    REQUEST_LIST,
)
from dashboard.pages.shared.page_request import Names, PageRequest, record_number, told_at
from dashboard.pages.shared.renewal import renewed
from dashboard.pages.shared.stamps import Id as Stamped
from dashboard.pages.shared.stamps import own_steps, stamp_desk
from dashboard.pages.summary.changes import changes_panel, waiting_panel
from dashboard.pages.summary.desks import desks_panel
from dashboard.pages.summary.leading import leading, leads
from dashboard.pages.summary.mine import mine_panel
from dashboard.pages.summary.today import today_panel
from data_access.records import RecordsBusyError, writing
from data_access.records.access import begin_visit
from etl.domain.sop.steps import Meaning
from etl.figures.requests.work_list import undecided_letters
from etl.office import Office

PAGE = Page.RINGKASAN
PATH = "/ringkasan"
TITLE = "summary.title"
NAV = "summary.nav"
ADDRESS_NAMES: Names = {}

EVERY = 60
"""Seconds after which the page is drawn anew also without news: what is shown grows older."""

_PATIENCE_SECONDS = 1.0
_log = logging.getLogger("pantau")

MANY = 4
"""From so many steps on, what has changed finds room beside them."""


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
            stamp_desk(),
            html.Div(
                body(page_request.office, page_request.now, page_request.account, since),
                id=Id.BODY,
                **renewed(page_request.office, tick=Id.TICK, every=EVERY),
            ),
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
        return written_out(body(office, told_at(office, now()), account(), record_number(since)))


def body(office: Office, now: int, user: Account, since: int | None) -> list[Component | None]:
    """What needs the user beside today, for who leads the figures before it; where the letters are, what has changed,
    what waits for those who keep the data. What has nothing to show is a line, so that no part is half empty."""
    codes = own_steps(office, user)
    (mine, count), today = mine_panel(office, now, user, codes), today_panel(office, now, user)
    changed, desks = changes_panel(office, now, user, since), desks_panel(office, now, user)
    is_pair, is_long = mine is not None and today is not None, count >= MANY
    top = [mine, html.Div([today, changed if is_long else None], className="summary-side")] if is_pair else []
    left = [None if is_long else changed] if is_pair else [mine, today, changed]
    below = [*left, waiting_panel(office, user), to_close_panel(office, now, user)]
    cards = [part for part in below if part is not None]
    nothing = _nothing(
        _nothing_mine(user) if codes and mine is None else None,
        ["calendar3", t("summary.no_events")] if today is None else None,
        ["signpost", t("summary.no_letters")] if desks is None and office.mart.exists() else None,
        _nothing_changed(since) if changed is None else None,
    )
    return [
        first_days(office, user),
        *offers_lines(office, user, now),
        _old_letters(office, now, user),
        _undecided(office, now, user, codes),
        *(leading(office, now) if leads(user) else []),
        nothing if mine is None else None,
        html.Div(top, className="summary-top") if top else None,
        desks,
        html.Div(cards, className="summary-cards") if cards else None,
        nothing if mine is not None else None,
    ]


Line = Sequence[Component | str]
"""Name of an icon, and the words beside it."""


def _nothing(*lines: Line | None) -> Component | None:
    """What there is nothing of, in a line each."""
    items = [html.Li([icon(str(line[0])), html.Span(list(line[1:]))]) for line in lines if line is not None]
    return panel(html.Ul(items), class_name="summary-words is-quiet") if items else None


def _nothing_mine(user: Account) -> Line:
    """That no step waits; for an agency's own user with the way to asking for a room."""
    if user.opd_filter is None or not user.may(Page.AJUKAN, May.DO):
        return ["check2-circle", t("summary.nothing_mine")]
    return ["check2-circle", t("summary.nothing_mine"), " ", link(t("summary.ask"), ASK_PATH)]


def _nothing_changed(since: int | None) -> Line:
    if since is None:
        return ["eye", t("summary.first_visit")]
    return ["check2-circle", t("summary.no_changes", moment=fmt().moment_short(since))]


def _old_letters(office: Office, now: int, user: Account) -> Component | None:
    """The open requests on no desk's list, for those who decide, may close them or move the day of recording."""
    is_told = may_close(user) or leads(user) or user.may(Page.PENGATURAN, May.DO)
    return old_letters_line(office, now, user) if is_told else None


def _undecided(office: Office, now: int, user: Account, codes: Sequence[str]) -> Component | None:
    """How many requests wait for a decision, for those who may decide though the approving step is another's."""
    if not leads(user) or office.sop_in_force.step_with(Meaning.APPROVED) in codes:
        return None
    count = len(undecided_letters(office, now))
    if not count:
        return None
    way = link(t("summary.undecided_see"), with_query(REQUEST_LIST, status="undecided"))
    words = html.Span([t("summary.undecided", n=count, count=fmt().number(count)), " ", way])
    return banner(words, Tone.NEAR, "hourglass-split")
