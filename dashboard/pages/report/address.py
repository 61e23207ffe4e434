"""Which report is asked for: the period is kept in the address as its code, and so is the address of its files.

GET /laporan?periode=2026-S1                  the page; &edisi= a number, or DRAFT
GET /laporan/<period>.pdf, .xlsx              the period as things stand: a draft; ?jenis=tabel7 for Tabel 7 alone
GET /laporan/terbitan/<report_id>.pdf, .xlsx  an edition as it was published; its PDF byte for byte
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output, ctx, no_update
from dash.development.base_component import Component
from flask import Flask, Response, abort, request

from dashboard.access import Door, Page, door, guarded
from dashboard.components import filter_bar, read_query, select, with_query, write_query
from dashboard.i18n import t
from dashboard.pages.shared.exports import sent
from dashboard.pages.shared.page_request import ADDRESS_NUMBER
from dashboard.printed.publish import Paper
from dashboard.printed.words import screen
from data_access.errors import PantauError
from data_access.mart import MartError
from etl.figures.filter import FilterError
from etl.figures.report import (
    ReportPeriod,
    Span,
    first_shown,
    last_ended,
    newest_periods,
    parse_report_period,
    period_of,
)
from etl.office import Office

Answer = tuple[Any, Any, Any, Any]
"""Address, length, choices of the period, period."""

DRAFT = "baru"
"""As edition in the address: the figures as they stand, although something is published."""

PUBLISHED = "report-published"
"""The id of the mark that something was published: the address then leads to the edition in force."""

TABEL7 = "tabel7"

_YEARS = {Span.MONTH: 3, Span.QUARTER: 4, Span.SEMESTER: 6, Span.YEAR: 8}
"""How many years back each choice goes."""


class Id(StrEnum):
    """Ids of the filters."""

    URL = "report-url"
    SPAN = "report-span"
    PERIOD = "report-period"


def report_page(period: ReportPeriod, edition: int | str | None = None) -> str:
    """The address of a period's report; `edition` a number, DRAFT, or None for the one in force."""
    return with_query("/laporan", periode=period.code, edisi=edition)


def draft_address(period: ReportPeriod, suffix: str, kind: str = "") -> str:
    """Where the report of a period as things stand is downloaded."""
    return f"/laporan/{period.code}.{suffix}" + (f"?jenis={kind}" if kind else "")


def edition_address(report_id: int, suffix: str, kind: str = "") -> str:
    """Where a published edition is downloaded."""
    return f"/laporan/terbitan/{report_id}.{suffix}" + (f"?jenis={kind}" if kind else "")


def asked_period(office: Office, query: Mapping[str, str], today: date) -> ReportPeriod:
    """The period in the address; without one that of `first_shown`. Raises FilterError."""
    return parse_report_period(query["periode"]) if query.get("periode") else first_shown(office, today)


def filters(office: Office, query: Mapping[str, str], today: date) -> Component:
    """How long, and which."""
    period = _shown(office, query, today)
    spans = [(span.value, t(f"laporan.span_{span}")) for span in Span]
    return filter_bar(
        select(Id.SPAN, t("laporan.span"), spans, period.span.value),
        select(Id.PERIOD, t("word.period"), _options(period, today, office.zone), period.code),
    )


def _shown(office: Office, query: Mapping[str, str], today: date) -> ReportPeriod:
    """The period that the controls show, also when the address names none that exists."""
    try:
        return asked_period(office, query, today)
    except PantauError:
        return first_shown(office, today)


def _options(period: ReportPeriod, today: date, zone: ZoneInfo) -> list[tuple[str, str]]:
    """The periods of the same length, the newest first; the one asked for is always among them."""
    first = period_of(date(max(today.year - _YEARS[period.span], 2000), 1, 1), period.span).days.first
    periods = newest_periods(today, period.span, first)
    periods += [] if period in periods else [period]
    periods.sort(key=lambda choice: choice.days.first, reverse=True)
    return [(choice.code, screen(zone).period(choice)) for choice in periods]


def register(app: Dash, page: Page, office: Office, today: Callable[[], date]) -> None:
    """Keep controls and address in step."""

    @app.callback(
        Output(Id.URL, "search"),
        Output(Id.SPAN, "value"),
        Output(Id.PERIOD, "options"),
        Output(Id.PERIOD, "value"),
        Input(Id.URL, "search"),
        Input(Id.SPAN, "value"),
        Input(Id.PERIOD, "value"),
        Input(PUBLISHED, "data"),
        prevent_initial_call=True,
    )
    @guarded(page)
    def keep_in_step(search: str | None, span: str | None, code: str | None, _published: Any) -> Answer:
        return _after(ctx.triggered_id, search or "", span, code, today(), office)


def _after(changed: str | None, search: str, span: str | None, code: str | None, today: date, office: Office) -> Answer:
    """Address, length, choices, period – after one of them has changed."""
    shown, unchanged, zone = _shown(office, read_query(search), today), (no_update,) * 3, office.zone
    if changed == Id.URL:
        return no_update, shown.span.value, _as_options(shown, today, zone), shown.code
    if changed == PUBLISHED:
        return write_query({"periode": shown.code}), *unchanged
    if changed == Id.SPAN:
        period = last_ended(today, Span(span)) if span in list(Span) else shown
        if period.span is shown.span:
            return no_update, *unchanged
        return write_query({"periode": period.code}), no_update, _as_options(period, today, zone), period.code
    return no_update if code == shown.code else write_query({"periode": code}), *unchanged


def _as_options(period: ReportPeriod, today: date, zone: ZoneInfo) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in _options(period, today, zone)]


def register_files(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the routes of the downloads."""

    @server.get("/laporan/<period>.<any(pdf, xlsx):suffix>", endpoint="report_draft")
    @door(Door.PAGE, Page.LAPORAN, gives="export")
    def report_draft(period: str, suffix: str) -> Response:
        return _draft_file(office, period, suffix, now())

    @server.get(f"/laporan/terbitan/<{ADDRESS_NUMBER}:report_id>.<any(pdf, xlsx):suffix>", endpoint="report_edition")
    @door(Door.PAGE, Page.LAPORAN, gives="export")
    def report_edition(report_id: int, suffix: str) -> Response:
        return _edition_file(office, report_id, suffix)


def _draft_file(office: Office, code: str, suffix: str, now: int) -> Response:
    from dashboard.printed.publish import draft

    try:
        period = parse_report_period(code)
        if period.days.first > datetime.fromtimestamp(now, office.zone).date():
            abort(404)
        made = draft(office, period, now, now)
    except (FilterError, MartError):
        abort(404)
    return sent(_content(made, suffix), f"laporan-{period.code}-draf.{suffix}")


def _edition_file(office: Office, report_id: int, suffix: str) -> Response:
    from dashboard.printed.publish import published_paper, published_pdf

    made = published_paper(office, report_id)
    if made is None:
        abort(404)
    name = f"laporan-{made.document['published']['number'].replace('/', '-terbitan-')}.{suffix}"
    kept = published_pdf(office, report_id) if suffix == "pdf" and not _is_form() else None
    return sent(kept or _content(made, suffix), name)


def _content(made: Paper, suffix: str) -> bytes:
    return made.pdf(whole=not _is_form()) if suffix == "pdf" else made.xlsx()


def _is_form() -> bool:
    """Whether Tabel 7 alone is asked for."""
    return request.args.get("jenis") == TABEL7
