"""The list of requests with its filters and search: where each is, who holds the next step, until when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import Any

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.access.accounts import Account
from dashboard.components import stack
from dashboard.components.cards import button, empty, link, loading, page_head, panel
from dashboard.components.filters import bind_filters, page_url, read_query
from dashboard.components.markup import written_out
from dashboard.components.status import icon
from dashboard.components.tables import pager as pages_nav
from dashboard.i18n import fmt, t
from dashboard.pages.requests import filter as asked
from dashboard.pages.requests import list_files
from dashboard.pages.requests.columns import requests_table
from dashboard.pages.requests.controls import CONTROLS, figure_words, filters, told, without_filters
from dashboard.pages.requests.filter import (
    RequestFilter,
    read_filter,
    requests_page,
    steps_listed,
    why_behind,
)
from dashboard.pages.requests.views import register as register_views
from dashboard.pages.requests.views import tools, usual_columns
from dashboard.pages.shared.closing import closing_form, closing_taps, old_letters_line
from dashboard.pages.shared.filters import own_names, refused
from dashboard.pages.shared.forms import file_hint
from dashboard.pages.shared.page_request import PERIOD_AND_PLACE, Names, PageRequest, is_page, office_today, told_at
from dashboard.pages.shared.renewal import LETTERS, renewed
from dashboard.pages.shared.stamps import Id as Stamped
from dashboard.pages.shared.stamps import register as register_stamps
from dashboard.pages.shared.stamps import stamp_desk, taps_of
from dashboard.pages.shared.words import flag_of
from data_access.errors import PantauError
from etl.office import Office

PAGE = Page.PERMOHONAN
PATH = "/permohonan"
TITLE = "cases.title"
NAV = "cases.nav"
ADDRESS_NAMES: Names = {
    **PERIOD_AND_PLACE,
    **dict.fromkeys(("q", "status", "posisi", "langkah", "putusan", "surat", "tanpa", "lewat", "pemegang")),
    **dict.fromkeys(("urut", "kolom")),
    "hal": is_page,
    "tanda": lambda _office, flag: flag_of(flag) is not None,
}


class Id(StrEnum):
    """Ids of the page."""

    URL = "cases-url"
    BODY = "cases-body"
    COUNT = "cases-count"


def layout(page_request: PageRequest) -> Component:
    """Head, search and filters, and the list."""
    count, body = list_of(page_request.office, page_request.query, page_request.now, page_request.account)
    subtitle = html.Span(count, id=Id.COUNT, role="status")
    return stack(
        page_url("cases", page_request.search),
        page_head(t("cases.title"), subtitle, actions=[filters(page_request)]),
        tools(page_request.office, page_request.account, page_request.query),
        stamp_desk(),
        loading(html.Div(body, id=Id.BODY, **renewed(page_request.office, LETTERS))),
        class_name="cases",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """List what the address asks for, anew when something was stamped; keep controls and address in step."""
    register_stamps(app, office, now)
    register_views(app, office, now)
    list_files.register(app.server, office, now)

    @app.callback(
        Output(Id.COUNT, "children"),
        Output(Id.BODY, "children"),
        Input(Id.URL, "search"),
        Input(Stamped.DONE, "data"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def show(search: str | None, _done: Any) -> tuple[str, Component]:
        return written_out(list_of(office, read_query(search), told_at(office, now()), account()))

    bind_filters(app, PAGE, "cases", CONTROLS, named=partial(own_names, office), drops=["hal"])


def list_of(office: Office, query: Mapping[str, str], now: int, user: Account) -> tuple[str, Component]:
    """How many requests, and one page of them; an agency's user sees its own only."""
    try:
        filter_ = read_filter(query, office_today(office, now), usual_columns(office, user))
        rows, filter_ = requests_page(office, filter_, now, user)
    except PantauError as error:
        return "", refused(error, query)
    total = int(rows.attrs["total"])
    content = _list(office, filter_, rows, total, now, user) if total else _nothing(filter_)
    behind = _behind(filter_, total, steps_listed(office, filter_, now, user.opd_filter))
    old = old_letters_line(office, now, user, is_list=filter_.status == "old") if _names_old(filter_) else None
    return t("cases.count", count=fmt().number(total), n=total), html.Div(
        [behind or (_hidden(filter_) if total else None), old, content]
    )


def _names_old(filter_: RequestFilter) -> bool:
    """Whether the list says how many open requests stand on no desk's list: that of these, and that of all."""
    return filter_.status == "old" or not filter_.is_filtered


def _list(office: Office, filter_: RequestFilter, rows: Any, total: int, now: int, user: Account) -> Component:
    taps = closing_taps(rows, user) | taps_of(office, rows, user, now)
    table = requests_table(rows, office.sop.current(), now, taps, filter_)
    below = html.Div([pager(filter_, total), list_files.links(filter_, total)], className="cases-foot")
    content = panel(_keys(), table, below, class_name="cases-panel")
    return closing_form(content, total, user) if filter_.status == "closing" else content


def _keys() -> Component:
    """Which keys the list takes (assets/desk/cases.js)."""
    keys = ((("↑", "↓"), "cases.keys_move"), (("Enter",), "cases.keys_open"), (("/",), "cases.keys_search"))
    told = [[*(part for name in names for part in (html.Kbd(name), " ")), t(words)] for names, words in keys]
    return html.P([part for words in told for part in (*words, " · ")][:-1], className="cases-keys no-print")


def _nothing(filter_: RequestFilter) -> Component:
    if filter_.status == "undecided" and not replace(filter_, status="all").is_filtered:
        return panel(empty(t("cases.none_undecided"), t("cases.none_undecided_hint"), "check2-circle"))
    if filter_.is_filtered:
        words = t("cases.none_found_hint", filters=" · ".join(told(filter_)))
        return panel(empty(t("cases.none_found"), words, "search"), _way_out(filter_), class_name="cases-nothing")
    return panel(empty(t("cases.none"), file_hint("cases.none_hint", "cases.none_hint_others")))


def _behind(filter_: RequestFilter, total: int, counted: int | None) -> Component | None:
    """Which figure the requests stand behind, and the way back to all; `counted` steps where it counts steps."""
    if filter_.behind is None:
        return None
    words = t("cases.behind", figure=figure_words(filter_))
    if counted is not None and counted != total:
        words += " · " + t("cases.behind_steps", count=fmt().number(counted), letters=fmt().number(total), n=counted)
    named = ("langkah", "putusan", "tanda", "tanpa", "surat", "dari", "sampai", "ruang", "urut", "hal")
    away = filter_.address(**dict.fromkeys(named))
    gone = link([icon("x-lg"), html.Span(t("cases.show_all"))], away, "cases-behind-off")
    why_words, address = [icon("question-circle"), html.Span(t("word.why"))], why_behind(filter_)
    explained = link(why_words, address, "cases-behind-why") if address else None
    return html.Div([icon("funnel"), html.Span(words), explained, gone], className="p-banner is-plain cases-behind")


def _way_out(filter_: RequestFilter) -> Component:
    return button([icon("x-lg"), html.Span(t("cases.clear"))], href=without_filters(filter_), kind="quiet")


def _hidden(filter_: RequestFilter) -> Component | None:
    """What narrows the list without a control in sight that says so."""
    is_hidden = filter_.received or filter_.holder or filter_.room or filter_.least_over is not None
    if filter_.behind is not None or not is_hidden:
        return None
    gone = link([icon("x-lg"), html.Span(t("cases.clear"))], without_filters(filter_), "cases-behind-off")
    words = html.Span(t("cases.narrowed", filters=" · ".join(told(filter_))))
    return html.Div([icon("funnel"), words, gone], className="p-banner is-plain cases-behind")


def pager(filter_: RequestFilter, total: int) -> Component:
    """Which of how many, and the ways to the other pages."""
    return pages_nav(
        filter_.page, asked.PAGE_SIZE, total, lambda number: filter_.address(hal=number if number > 1 else None)
    )
