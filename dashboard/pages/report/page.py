"""What does the office report of a period, what of it is published, and does it still hold?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.access import May, Page, guarded
from dashboard.access.accounts import Account
from dashboard.components import empty, later_place, loading, page_head, page_url, stack
from dashboard.i18n import t
from dashboard.pages.report import address, editions
from dashboard.pages.report.editions import draft_standing, edition_standing, editions_list
from dashboard.pages.report.sheet import sheet
from dashboard.pages.shared.forms import file_hint
from dashboard.pages.shared.page_request import Names, PageRequest, bind_part, office_today, refusal, told_at
from dashboard.printed.publish import Paper, draft, editions_of, in_force, published_paper
from dashboard.printed.words import report_words, screen
from data_access.errors import PantauError
from data_access.records.office import PublishedReport
from etl.figures.filter import SlaFilter
from etl.figures.report import ReportPeriod, digest, is_empty, parse_report_period
from etl.office import Office

PAGE = Page.LAPORAN
PATH = "/laporan"
TITLE = "laporan.title"
NAV = "laporan.nav"
ADDRESS_NAMES: Names = {
    "periode": None,
    "edisi": lambda _office, edition: edition == address.DRAFT or edition.isdecimal(),
}


class Id(StrEnum):
    """Ids of the page; its filters and publishing have their own."""

    BODY = "report-body"
    LIST = "report-list"


def layout(page_request: PageRequest) -> Component:
    """Head with the choice of the period, the places of the report and of the list."""
    today = office_today(page_request.office, page_request.now)
    controls = address.filters(page_request.office, page_request.query, today)
    return stack(
        page_url("report"),
        page_head(t("laporan.title"), t("laporan.page_subtitle"), actions=[controls]),
        editions.places(),
        loading(later_place(Id.BODY, has_words=False)),
        loading(html.Div(id=Id.LIST)),
        class_name="report",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show the report that the address asks for; let the head of the office publish it."""
    address.register(app, PAGE, office, lambda: office_today(office, now()))
    editions.register(app, office, now)

    def show(query: Mapping[str, str], user: Account) -> Component:
        return whole(office, query, told_at(office, now()), may_publish=user.may(PAGE, May.DO))

    bind_part(app, PAGE, "report", Id.BODY, show, [address.PUBLISHED])

    @app.callback(Output(Id.LIST, "children"), Input(address.PUBLISHED, "data"))
    @guarded(PAGE)
    def show_list(_published: Any) -> Component:
        return editions_list(office, now())


def whole(office: Office, query: Mapping[str, str], now: int, *, may_publish: bool) -> Component:
    """The report of the period in the address; what cannot be shown is answered in words."""
    today = office_today(office, now)
    try:
        period = address.asked_period(office, query, today)
        if period.days.first > today:
            words = t("laporan.future", period=screen(office.zone).period(period))
            return empty(words, t("laporan.future_hint"), "calendar-x")
        return _report(office, period, query, today, now, may_publish=may_publish)
    except PantauError as error:
        return refusal(error, t("laporan.check_period"))


def _report(
    office: Office, period: ReportPeriod, query: Mapping[str, str], today: date, now: int, *, may_publish: bool
) -> Component:
    """A published edition with what differs from it now, else the draft with the way to publish it."""
    current, newest = draft(office, period, now, now), in_force(office, period)
    chosen = _chosen(office, period, query, newest)
    if chosen is not None:
        return _edition(office, chosen, current, newest)
    voice = screen(office.zone)
    words = report_words(current.document, voice, digest(current.document))
    former = published_paper(office, newest.id) if newest else None
    if is_empty(current.document):
        hint = file_hint("laporan.empty_hint", "laporan.empty_hint_others")
        return html.Div([empty(t("word.no_data"), hint, "clipboard-data"), sheet(words, voice)])
    typed = editions.Typed.of(former.document if former else None, current.document)
    is_over = period.days.last < today
    return stack(
        draft_standing(period, newest, may_publish=may_publish and is_over),
        sheet(words, voice, typed.fields() if may_publish and is_over else None, SlaFilter(period.days)),
        editions.decision(current, newest, typed, is_over=is_over) if may_publish else None,
    )


def _chosen(
    office: Office, period: ReportPeriod, query: Mapping[str, str], newest: PublishedReport | None
) -> Paper | None:
    """The edition that the address names, the newest by itself; None where the draft is asked for."""
    edition = query.get("edisi", "")
    if newest is None or edition == address.DRAFT:
        return None
    known = editions_of(office, period)
    is_number = edition.isascii() and edition.isdigit() and len(edition) < 6
    report_id = known.get(int(edition)) if is_number else newest.id
    return published_paper(office, newest.id if report_id is None else report_id)


def _edition(office: Office, chosen: Paper, current: Paper, newest: PublishedReport | None) -> Component:
    voice, period = screen(office.zone), parse_report_period(chosen.document["period"])
    words = report_words(chosen.document, voice, digest(chosen.document))
    return html.Div([edition_standing(office, period, current, newest, chosen), sheet(words, voice)])
