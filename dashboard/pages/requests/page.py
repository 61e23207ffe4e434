"""The list of requests with its filters and search: where each is, who holds the next step, until when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

import pandas as pd
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.components import stack, with_query
from dashboard.components.cards import empty, link, loading, page_head, panel
from dashboard.components.filters import bind_filters, filter_bar, page_url, read_query, search_field, select
from dashboard.components.markup import written_out
from dashboard.components.status import Tone, icon, pill, request_pill, verdict_pill
from dashboard.components.tables import Column, pages_of, read_page, table
from dashboard.components.tables import pager as pages_nav
from dashboard.i18n import fmt, t
from dashboard.pages.shared.closing import closing_form, closing_taps, old_letters_line
from dashboard.pages.shared.filters import asked_flags, asked_period, opd_options, own_names, refused, step_options
from dashboard.pages.shared.links import (
    KINDS_BEHIND,
    REQUEST_LIST,
    VERDICTS_BEHIND,
    Behind,
    request_address,
    why_requests,
    why_step,
)
from dashboard.pages.shared.page_request import PageRequest, office_today
from dashboard.pages.shared.renewal import RENEWED, renewal
from dashboard.pages.shared.stamps import Id as Stamped
from dashboard.pages.shared.stamps import own_steps, stamp_desk, taps_of
from dashboard.pages.shared.stamps import register as register_stamps
from dashboard.pages.shared.words import dotted, flag_of, without_words
from data_access.errors import PantauError
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import OVER, RequestVerdict, Verdict
from etl.extract.texts import letter_name
from etl.figures.compliance.definitions import ALL_STEPS, Figure
from etl.figures.filter import Period, SlaFilter, known_flags, known_opd, known_steps
from etl.figures.requests.period import LetterKind
from etl.figures.requests.work_list import (
    OfFigure,
    letters_before_recording,
    request_list,
    steps_behind,
    undecided_letters,
)
from etl.figures.summary import letters_on_desk
from etl.office import Office

PAGE = Page.PERMOHONAN
PATH = "/permohonan"
TITLE = "cases.title"
NAV = "cases.nav"

PAGE_SIZE = 25
STATUSES = ("all", "mine", "undecided", "running", "late", "old", "closing", "closed")
"""Values of the status filter; `mine` are requests at the steps of who looks, `undecided` those that wait for approval
or refusal, `old` open ones from before the day of recording, `closing` those that somebody has to close, `closed` those
that somebody closed."""

FILTERS = ("q", "status", "opd", "posisi")
"""Names in the address that the controls of the page set."""

_OF_STEPS = {
    **dict.fromkeys((Behind.JUDGED, Behind.MET, Behind.LATE, Behind.RUNNING), Figure.SHARE),
    **dict.fromkeys((Behind.SKIPPED, Behind.UNJUDGED), Figure.COVERAGE),
    Behind.FINISHED: Figure.MEDIAN,
}
_JUDGED = (LetterKind.ON_TIME, LetterKind.LATE, LetterKind.UNKNOWN, LetterKind.JUDGED)
_AGAINST_EVENT = (
    LetterKind.BEFORE, LetterKind.AFTER, LetterKind.UNSURE, LetterKind.UNBOOKED, LetterKind.AGAINST_EVENT,
)  # fmt: skip
_OF_KINDS = {**dict.fromkeys(_JUDGED, Figure.REQUESTS), **dict.fromkeys(_AGAINST_EVENT, Figure.EVENT)}

_VERDICTS = {verdict.value for verdict in Verdict}
_AWAITING = (Verdict.ON_TRACK, Verdict.AT_RISK)
"""Words of a running step with a limit: without a due moment it stands still until the agency answers."""


class Id(StrEnum):
    """Ids of the page."""

    URL = "cases-url"
    BODY = "cases-body"
    COUNT = "cases-count"
    SEARCH = "cases-search"
    STATUS = "cases-status"
    OPD = "cases-opd"
    STEP = "cases-step"


_CONTROLS = dict(zip(FILTERS, (Id.SEARCH, Id.STATUS, Id.OPD, Id.STEP), strict=True))


def layout(page_request: PageRequest) -> Component:
    """Head, search and filters, and the list."""
    count, body = list_of(page_request.office, page_request.query, page_request.now, page_request.account)
    subtitle = html.Span(count, id=Id.COUNT, role="status")
    return stack(
        page_url("cases", page_request.search),
        page_head(t("cases.title"), subtitle, actions=[_filters(page_request)]),
        renewal(page_request.office),
        stamp_desk(),
        loading(html.Div(body, id=Id.BODY, **RENEWED)),
        class_name="cases",
    )


def _filters(page_request: PageRequest) -> Component:
    query = own_names(page_request.office, page_request.query)
    own = page_request.account.opd_filter
    opds = opd_options(page_request.office) if own is None else [("", own)]
    has_steps = bool(own_steps(page_request.office, page_request.account))
    known = [status for status in STATUSES if has_steps or status != "mine"]
    statuses = [("" if status == "all" else status, t(f"cases.status_{status}")) for status in known]
    return filter_bar(
        search_field(Id.SEARCH, t("word.search"), query.get("q", ""), t("cases.search_hint")),
        select(Id.STATUS, t("cases.status"), statuses, query.get("status", "")),
        select(Id.OPD, t("word.opd"), opds, query.get("opd", "") if own is None else ""),
        select(Id.STEP, t("cases.position"), step_options(page_request.office), query.get("posisi", "")),
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """List what the address asks for, anew when something was stamped; keep controls and address in step."""
    register_stamps(app, office, now)

    @app.callback(
        Output(Id.COUNT, "children"),
        Output(Id.BODY, "children"),
        Input(Id.URL, "search"),
        Input(Stamped.DONE, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def show(search: str | None, _done: Any) -> tuple[str, Component]:
        return written_out(list_of(office, read_query(search), now(), account()))

    bind_filters(app, PAGE, "cases", _CONTROLS, named=partial(own_names, office), drops=["hal"])


def list_of(office: Office, query: Mapping[str, str], now: int, user: Account) -> tuple[str, Component]:
    """How many requests, and one page of them; an agency's user sees its own only."""
    try:
        filter_ = read_filter(query, office_today(office, now))
        rows, filter_ = requests_page(office, filter_, now, user)
    except PantauError as error:
        return "", refused(error)
    total = int(rows.attrs["total"])
    content = _list(office, filter_, rows, total, now, user) if total else _nothing(filter_)
    behind = _behind(filter_, total, steps_listed(office, filter_, now, user.opd_filter))
    old = old_letters_line(office, now, user, is_list=filter_.status == "old") if _names_old(filter_) else None
    return t("cases.count", count=fmt().number(total), n=total), html.Div([behind, old, content])


def _names_old(filter_: RequestFilter) -> bool:
    """Whether the list says how many open requests stand on no desk's list: that of these, and that of all."""
    return filter_.status == "old" or not filter_.is_filtered


def _list(office: Office, filter_: RequestFilter, rows: Any, total: int, now: int, user: Account) -> Component:
    taps = closing_taps(rows, user) | taps_of(office, rows, user)
    table = requests_table(rows, office.sop.current(), now, taps)
    content = panel(table, pager(filter_, total), class_name="cases-panel")
    return closing_form(content, total, user) if filter_.status == "closing" else content


def _nothing(filter_: RequestFilter) -> Component:
    if filter_.status == "undecided" and not replace(filter_, status="all").is_filtered:
        return panel(empty(t("cases.none_undecided"), t("cases.none_undecided_hint"), "check2-circle"))
    if filter_.is_filtered:
        return panel(empty(t("cases.none_found"), t("cases.none_found_hint"), "search"))
    return panel(empty(t("cases.none"), t("cases.none_hint")))


def _behind(filter_: RequestFilter, total: int, counted: int | None) -> Component | None:
    """Which figure the requests stand behind, and the way back to all; `counted` steps where it counts steps."""
    if filter_.behind is None:
        return None
    parts = [
        _what(filter_.behind),
        t(f"cases.behind_{filter_.which.name}") if filter_.which else "",
        t(f"flag.{filter_.behind.flag.name}") if filter_.behind.flag else "",
        fmt().period(filter_.behind.period.first, filter_.behind.period.last) if filter_.has_dates else "",
        filter_.room or "",
        without_words(filter_.behind),
    ]
    words = t("cases.behind", figure=dotted(*parts))
    if counted is not None and counted != total:
        words += " · " + t("cases.behind_steps", count=fmt().number(counted), letters=fmt().number(total), n=counted)
    named = ("langkah", "putusan", "tanda", "tanpa", "surat", "dari", "sampai", "ruang", "hal")
    away = filter_.address(**dict.fromkeys(named))
    gone = link([icon("x-lg"), html.Span(t("cases.show_all"))], away, "cases-behind-off")
    why_words, address = [icon("question-circle"), html.Span(t("word.why"))], why_behind(filter_)
    explained = link(why_words, address, "cases-behind-why") if address else None
    return html.Div([icon("funnel"), html.Span(words), explained, gone], className="p-banner is-plain cases-behind")


def _what(figure: OfFigure) -> str:
    if figure.letters is not None:
        return t(f"cases.letters_{figure.letters.name}")
    return ", ".join(figure.steps) if figure.steps else t("word.all_steps")


def nowhere_pill() -> Component:
    """Of a request that is not ready and on no desk that was recorded: it would say too much that it is under way."""
    return pill(Tone.MUTED, "question-circle", t("cases.nowhere"), t("cases.nowhere_hint"))


def undecided_pill() -> Component:
    """Of a request at the approving step, handed on or not, that nobody has approved or refused."""
    return pill(Tone.NEAR, "hourglass-split", t("cases.undecided"), t("cases.undecided_hint"))


def at_opd_pill() -> Component:
    """Of a letter that was returned to its agency."""
    return pill(Tone.MUTED, "question-circle", t("summary.at_opd"), t("summary.at_opd_hint"))


def requests_table(
    rows: pd.DataFrame, sop: SopVersion, as_of: int, taps: Mapping[int, Sequence[Component]] | None = None
) -> html.Div:
    """One row per request; the agenda number leads to its page. `taps`: by request_id the buttons of who looks."""
    columns: list[Column[Any]] = [
        Column("agenda", t("cases.agenda"), _number, class_name="cases-agenda", is_name=True),
        _column("received", _received),
        _column("opd", lambda row: html.Div(row.opd, className="cases-agency")),
        _column("activity", _activity),
        _column("position", lambda row: _position(row, sop, (taps or {}).get(int(row.request_id), ()))),
        _column("due", lambda row: _due(row, as_of)),
        _column("verdict", lambda row: _verdict(row, sop)),
    ]
    return table(t("cases.title"), columns, rows.itertuples(), "cases-table")


def pager(filter_: RequestFilter, total: int) -> html.Nav:
    """Which of how many, and the ways to the other pages."""
    return pages_nav(filter_.page, PAGE_SIZE, total, lambda number: filter_.address(hal=number if number > 1 else None))


def _column(name: str, cell: Callable[[Any], Any]) -> Column[Any]:
    return Column(name, t(f"cases.{name}"), cell, class_name=f"cases-{name}")


def _number(row: Any) -> Component:
    return link(letter_name(row.year, row.agenda_number), request_address(row.year, row.agenda_number), "cases-link")


def _known(value: Any) -> Any:
    return None if pd.isna(value) else value


def _received(row: Any) -> list[Component | str]:
    f = fmt()
    at = _known(row.received_at)
    day = f.date_short(int(row.received_on))
    return [day] if at is None else [f"{day} ", html.Span(f.clock(int(at)), className="p-muted")]


def _activity(row: Any) -> list[Component]:
    activity, subject = _known(row.activity), _known(row.subject)
    lines = [html.Div(activity or subject or t("word.none"), className="cases-what")]
    if activity and subject and activity.casefold() not in subject.casefold():
        lines.append(html.Div(subject, className="p-muted cases-subject"))
    return lines


def _position(row: Any, sop: SopVersion, taps: Sequence[Component]) -> list[Component | str]:
    """Where the request is and who holds the next step; one tap for who does."""
    at_step, holder = _known(row.at_step), _known(row.holder)
    buttons = [html.Div(list(taps), className="cases-stamps no-print")] if taps else []
    if at_step is None:
        return [html.Span(t("word.none"), className="p-muted cases-none"), *buttons]
    codes = at_step.split(", ")
    names = " · ".join(f"{code} {sop.step(code).short_name}" for code in codes)
    return [html.Div(names, className="cases-step"), html.Div(holder or "", className="p-muted"), *buttons]


def _due(row: Any, as_of: int) -> Component | str:
    """When the next step is due: the clock alone for today."""
    f, due = fmt(), _known(row.due_at)
    if due is None and row.verdict in _AWAITING:
        return html.Span(t("case.awaits_opd"), className="p-muted")
    if due is None:
        return html.Span(t("word.none"), className="p-muted cases-none")
    is_today = f.local(int(due)).date() == f.local(as_of).date()
    words = t("cases.today", clock=f.clock(int(due))) if is_today else f.moment_short(int(due))
    return html.Span(words, className="is-late" if due < as_of else "")


def _verdict(row: Any, sop: SopVersion) -> list[Component]:
    """The worst running step, or the request as a whole; what else has to be known in small."""
    shown, is_over = [], row.status in OVER
    if is_over:
        shown.append(pill(Tone.MUTED, "slash-circle", t(f"status.{row.status}")))
    if row.at_step == sop.step_with(Meaning.RECEIVED) and row.verdict == Verdict.UNMEASURABLE:
        shown.append(at_opd_pill())
    elif row.verdict in _VERDICTS:
        shown.append(verdict_pill(Verdict(row.verdict)))
    elif row.verdict == RequestVerdict.RUNNING:
        shown += [] if _known(row.at_step) else [nowhere_pill()]
    elif not ((row.needs_closing or is_over) and row.verdict == RequestVerdict.UNKNOWN):
        shown.append(request_pill(RequestVerdict(row.verdict)))
    if row.is_undecided:
        shown.append(undecided_pill())
    if row.needs_closing:
        shown.append(pill(Tone.NEAR, "box-arrow-in-down", t("cases.needs_closing")))
    if row.late_steps:
        shown.append(html.Div(t("cases.late_steps", n=int(row.late_steps)), className="p-muted cases-late"))
    return shown


@dataclass(frozen=True)
class RequestFilter:
    """One page of the list. `behind` and `which`: the requests behind a figure of the compliance page."""

    search: str
    status: str
    opd: str | None
    room: str | None
    at_step: str | None
    behind: OfFigure | None
    which: Behind | None
    page: int
    query: Mapping[str, str]

    def address(self, **changes: object) -> str:
        """The same list with something changed; None takes a name out."""
        return with_query(REQUEST_LIST, **{**self.query, **changes})

    @property
    def has_dates(self) -> bool:
        """Whether the address names a period; without one all of the past is meant."""
        return bool(self.query.get("dari") or self.query.get("sampai"))

    @property
    def is_narrowed(self) -> bool:
        """Whether only some of the requests behind a figure are listed."""
        return bool(self.search or self.at_step or self.status != "all")

    @property
    def is_filtered(self) -> bool:
        """Whether anything at all restricts the list."""
        return bool(self.is_narrowed or self.opd or self.room or self.behind)


def read_filter(query: Mapping[str, str], today: date) -> RequestFilter:
    """The filter in an address. AddressError or FilterError, in words, for dates and steps that do not exist."""
    status = query.get("status", "all")
    which = next((known for known in Behind if known == query.get("putusan")), None)
    return RequestFilter(
        search=query.get("q", "").strip(),
        status=status if status in STATUSES else "all",
        opd=query.get("opd") or None,
        room=query.get("ruang") or None,
        at_step=known_steps([query["posisi"]])[0] if query.get("posisi") else None,
        behind=_figure_behind(query, which, today),
        which=which,
        page=read_page(query.get("hal")),
        query=dict(query),
    )


def _figure_behind(query: Mapping[str, str], which: Behind | None, today: date) -> OfFigure | None:
    """The figure whose requests are listed: a step, its verdicts or flag, its period (all past when left out)."""
    flag, kind = flag_of(query.get("tanda", "")), KINDS_BEHIND.get(query.get("surat", ""))
    is_named = any(query.get(name) for name in ("langkah", "dari", "sampai"))
    if not is_named and which is None and flag is None and kind is None:
        return None
    has_dates = query.get("dari") or query.get("sampai")
    period = asked_period(query, today) if has_dates else Period(date(2000, 1, 1), today)
    steps = known_steps(query["langkah"].split(",")) if query.get("langkah") else ()
    return OfFigure(period, steps, VERDICTS_BEHIND[which] if which else (), flag, kind, known_flags(asked_flags(query)))


def requests_page(
    office: Office, filter_: RequestFilter, as_of: int, user: Account
) -> tuple[pd.DataFrame, RequestFilter]:
    """The rows of that page, or of the last one when there are fewer; `attrs["total"]` counts all.

    An agency's user sees its own only, whatever the address says. FilterError for an agency in the address that does
    not exist.
    """
    if user.opd_filter is None:
        known_opd(office, filter_.opd)
    rows_of = partial(_rows, office, filter_, as_of, user.opd_filter, _letters_of(office, filter_.status, as_of, user))
    rows = rows_of(filter_.page)
    if len(rows) or filter_.page == 1:
        return rows, filter_
    first = rows_of(1)
    last = pages_of(first.attrs["total"], PAGE_SIZE)
    here = replace(filter_, page=last)
    return (first, here) if last == 1 else (rows_of(last), here)


def _letters_of(office: Office, status: str, as_of: int, user: Account) -> list[int] | None:
    """The requests at the user's own steps, in the order in which they wait, those that wait for a decision, or those
    from before the day of recording; None for any other status."""
    if status == "mine":
        return letters_on_desk(office, as_of, own_steps(office, user), user.opd_filter)
    if status == "undecided":
        return undecided_letters(office, as_of, user.opd_filter)
    return letters_before_recording(office, as_of, user.opd_filter) if status == "old" else None


def steps_listed(office: Office, filter_: RequestFilter, as_of: int, own_opd: str | None) -> int | None:
    """How many steps the requests behind a figure were counted by, where a request may have several; else None."""
    behind = filter_.behind
    if behind is None or behind.letters is not None or len(behind.steps) == 1 or filter_.is_narrowed:
        return None
    return steps_behind(office, as_of, behind, opd=filter_.opd if own_opd is None else own_opd, room=filter_.room)


def _rows(
    office: Office,
    filter_: RequestFilter,
    as_of: int,
    own_opd: str | None,
    letters: Sequence[int] | None,
    page: int,
) -> pd.DataFrame:
    return request_list(
        office,
        as_of,
        opd=filter_.opd if own_opd is None else own_opd,
        room=filter_.room,
        search=filter_.search or None,
        status="all" if filter_.status in ("closing", "mine", "old", "undecided") else filter_.status,
        step=filter_.at_step,
        needs_closing=True if filter_.status == "closing" else None,
        of_figure=filter_.behind,
        letters=letters,
        limit=PAGE_SIZE,
        offset=(page - 1) * PAGE_SIZE,
    )


def why_behind(filter_: RequestFilter) -> str | None:
    """The explanation of the figure whose requests are listed; None for a count that is the list itself."""
    behind = filter_.behind
    if behind is None or not filter_.has_dates:
        return None
    of = SlaFilter(behind.period, filter_.opd, filter_.room, without=behind.without)
    if behind.letters is not None:
        figure = _OF_KINDS.get(behind.letters)
        return why_requests(of, figure) if figure else None
    if filter_.which is None:
        return None
    return why_step(of, ",".join(behind.steps) or ALL_STEPS, _OF_STEPS[filter_.which])
