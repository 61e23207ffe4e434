"""Where is every request now, who holds the next step, and until when?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, ctx, html, no_update
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.components import (
    empty,
    filter_bar,
    icon,
    link,
    loading,
    page_head,
    page_url,
    panel,
    read_query,
    search_field,
    select,
    write_query,
    written_out,
)
from dashboard.components.filters import ALL
from dashboard.i18n import fmt, t
from dashboard.pages.requests.query import (
    FILTERS,
    STATUSES,
    RequestFilter,
    read_filter,
    requests_page,
    steps_listed,
    why_behind,
)
from dashboard.pages.requests.table import pager, requests_table
from dashboard.pages.shared.filters import refused
from dashboard.pages.shared.page_request import PageRequest, office_today
from dashboard.pages.shared.period_filter import opd_options, own_names, step_options
from dashboard.pages.shared.stamps import Id as Stamped
from dashboard.pages.shared.stamps import register as register_stamps
from dashboard.pages.shared.stamps import stamp_desk, taps_of
from data_access.errors import PantauError
from etl.figures.requests.work_list import OfFigure

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.PERMOHONAN
PATH = "/permohonan"
TITLE = "cases.title"
NAV = "cases.nav"


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
    return html.Div(
        [
            page_url("cases", page_request.search),
            page_head(t("cases.title"), subtitle, actions=[_filters(page_request)]),
            stamp_desk(),
            loading(html.Div(body, id=Id.BODY)),
        ],
        className="cases",
    )


def _filters(page_request: PageRequest) -> Component:
    query = own_names(page_request.office, page_request.query)
    own = page_request.account.opd_filter
    opds = opd_options(page_request.office) if own is None else [("", own)]
    status = query.get("status", "")
    return filter_bar(
        search_field(Id.SEARCH, t("word.search"), query.get("q", ""), t("cases.search_hint")),
        select(Id.STATUS, t("cases.status"), [("", t("cases.status_all")), *_statuses()], status),
        select(Id.OPD, t("word.opd"), opds, query.get("opd", "") if own is None else ""),
        select(Id.STEP, t("cases.position"), step_options(page_request.office), query.get("posisi", "")),
    )


def _statuses() -> list[tuple[str, str]]:
    return [(status, t(f"cases.status_{status}")) for status in STATUSES if status != "all"]


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

    @app.callback(
        [Output(Id.URL, "search"), *(Output(id, "value") for id in _CONTROLS.values())],
        [Input(Id.URL, "search"), *(Input(id, "value") for id in _CONTROLS.values())],
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def keep_in_step(search: str | None, *values: str | None) -> list[Any]:
        query, shown = own_names(office, read_query(search)), dict(zip(FILTERS, values, strict=True))
        return _after(ctx.triggered_id == Id.URL, query, shown)


def _after(is_address: bool, query: Mapping[str, str], shown: Mapping[str, str | None]) -> list[Any]:
    """Address and controls after one of them has changed; another filter begins at its first page."""
    plain = {name: "" if value in (None, ALL) else value for name, value in shown.items()}
    if is_address:
        wanted = {name: query.get(name, "") for name in FILTERS}
        empty_control = {name: "" if name == "q" else ALL for name in FILTERS}
        return [
            no_update,
            *(no_update if wanted[n] == plain[n] else wanted[n] or empty_control[n] for n in FILTERS),
        ]
    changed = write_query({**query, **plain, "hal": None})
    is_same = all(query.get(name, "") == (plain[name] or "") for name in FILTERS)
    return [no_update if is_same else changed, *(no_update for _ in FILTERS)]


def list_of(office: Office, query: Mapping[str, str], now: int, user: Account) -> tuple[str, Component]:
    """How many requests, and one page of them; an agency's user sees its own only."""
    try:
        filter_ = read_filter(query, office_today(office, now))
        rows, filter_ = requests_page(office, filter_, now, user.opd_filter)
    except PantauError as error:
        return "", refused(error)
    total = int(rows.attrs["total"])
    content = _list(office, filter_, rows, total, now, user) if total else _nothing(filter_)
    behind = _behind(filter_, total, steps_listed(office, filter_, now, user.opd_filter))
    return t("cases.count", count=fmt().number(total), n=total), html.Div([behind, content])


def _list(office: Office, filter_: RequestFilter, rows: Any, total: int, now: int, user: Account) -> Component:
    table = requests_table(rows, office.sop.current(), now, taps_of(office, rows, user))
    return panel(table, pager(filter_, total), class_name="cases-panel")


def _nothing(filter_: RequestFilter) -> Component:
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
    ]
    words = t("cases.behind", figure=" · ".join(part for part in parts if part))
    if counted is not None and counted != total:
        words += " · " + t("cases.behind_steps", count=fmt().number(counted), letters=fmt().number(total), n=counted)
    named = ("langkah", "putusan", "tanda", "surat", "dari", "sampai", "ruang", "hal")
    away = filter_.address(**dict.fromkeys(named))
    gone = link([icon("x-lg"), html.Span(t("cases.show_all"))], away, "cases-behind-off")
    address = why_behind(filter_)
    explained = (
        link([icon("question-circle"), html.Span(t("word.why"))], address, "cases-behind-why") if address else None
    )
    return html.Div([icon("funnel"), html.Span(words), explained, gone], className="p-banner is-plain cases-behind")


def _what(figure: OfFigure) -> str:
    if figure.letters is not None:
        return t(f"cases.letters_{figure.letters.name}")
    return ", ".join(figure.steps) if figure.steps else t("word.all_steps")
