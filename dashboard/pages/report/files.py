"""Reports as files.

GET /laporan/<period>.pdf, .xlsx             the period as things stand: a draft; ?jenis=tabel7 for Tabel 7 alone
GET /laporan/terbitan/<report_id>.pdf, .xlsx  an edition as it was published; its PDF byte for byte
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, request

from dashboard.access import Door, Page, door
from dashboard.pages.shared.exports import sent
from dashboard.pages.shared.page_request import ADDRESS_NUMBER
from data_access.mart import MartError
from etl.figures.period import FilterError
from etl.figures.report import ReportPeriod, parse_report_period

if TYPE_CHECKING:
    from dashboard.printed.paper import Paper
    from etl.office import Office

TABEL7 = "tabel7"


def draft_address(period: ReportPeriod, suffix: str, kind: str = "") -> str:
    """Where the report of a period as things stand is downloaded."""
    return f"/laporan/{period.code}.{suffix}" + (f"?jenis={kind}" if kind else "")


def edition_address(report_id: int, suffix: str, kind: str = "") -> str:
    """Where a published edition is downloaded."""
    return f"/laporan/terbitan/{report_id}.{suffix}" + (f"?jenis={kind}" if kind else "")


def register(server: Flask, office: Office, now: Callable[[], int]) -> None:
    """Add the routes."""

    @server.get("/laporan/<period>.<any(pdf, xlsx):suffix>", endpoint="report_draft")
    @door(Door.PAGE, Page.LAPORAN)
    def report_draft(period: str, suffix: str) -> Response:
        return _draft(office, period, suffix, now())

    @server.get(f"/laporan/terbitan/<{ADDRESS_NUMBER}:report_id>.<any(pdf, xlsx):suffix>", endpoint="report_edition")
    @door(Door.PAGE, Page.LAPORAN)
    def report_edition(report_id: int, suffix: str) -> Response:
        return _edition(office, report_id, suffix)


def _draft(office: Office, code: str, suffix: str, now: int) -> Response:
    from dashboard.printed.paper import draft

    try:
        period = parse_report_period(code)
        if period.days.first > datetime.fromtimestamp(now, office.zone).date():
            abort(404)
        made = draft(office, period, now, now)
    except (FilterError, MartError):
        abort(404)
    return sent(_content(made, suffix), f"laporan-{period.code}-draf.{suffix}")


def _edition(office: Office, report_id: int, suffix: str) -> Response:
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
