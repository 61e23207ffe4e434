"""What does the SOP say, how sure is its reading, and what became of each of its rows?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page, is_allowed
from dashboard.access.accounts import Account
from dashboard.components import Tone, banner, bind_filters, icon, loading, page_head, page_url
from dashboard.i18n import fmt, t
from dashboard.pages.shared.choices import own_names
from dashboard.pages.shared.frame import bind_part, refusal
from dashboard.pages.shared.page_request import PageRequest
from dashboard.pages.shared.sop_links import SOP, tabs, version_shown
from dashboard.pages.shared.today import office_today
from dashboard.pages.sop import filters
from dashboard.pages.sop.form import confidence, form
from dashboard.pages.sop.identity import identity, notes, versions
from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.office.sop_versions import sop_entries
from etl.figures.compliance.steps import SlaFigures, sla_figures
from etl.figures.facilities.period import B5, b5_figure
from etl.figures.period import FilterError, SlaFilter

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.SOP
PATH = SOP
TITLE = "sop.page"
NAV = "sop.nav"


class Id(StrEnum):
    """Ids of the page; those of its filters stand beside them."""

    URL = "sop-url"
    BODY = "sop-body"


def layout(page_request: PageRequest) -> Component:
    """Head, tabs, filters, and the place of the SOP."""
    today = office_today(page_request.office, page_request.now)
    controls = filters.filters(page_request.office, SOP, page_request.query, today, page_request.account, "sop")
    return html.Div(
        [
            page_url("sop"),
            page_head(t("sop.page"), t("sop.subtitle"), actions=[controls]),
            tabs(SOP, page_request.query, page_request.account),
            loading(html.Div(id=Id.BODY)),
        ],
        className="sop",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Draw the version and the period that the address asks for."""

    def usual() -> dict[str, str]:
        return filters.defaults(office_today(office, now()))

    bind_filters(app, PAGE, "sop", filters.fields("sop"), usual, partial(own_names, office))

    bind_part(app, PAGE, "sop", Id.BODY, lambda query, user: whole(office, query, now(), user))


def whole(office: Office, query: Mapping[str, str], now: int, user: Account) -> Component:
    """The SOP with its results; what cannot be asked is answered in words, the SOP itself stays."""
    today = office_today(office, now)
    figures: SlaFigures | None = None
    words: Component | None = None
    last = today
    try:
        filter_ = filters.asked_filter(query, today, user)
        if filter_.period.first > today:
            words = banner(t("sla.future", period=_period(filter_)), Tone.NEAR, "calendar-x")
        else:
            figures = _figures(office, filter_, now, user)
        last = filter_.period.last
    except PantauError as error:
        words = refusal(error)
    shown = version_shown(office.sop, query, last)
    with reading(office.records) as connection:
        entries = sop_entries(connection)
    links_cases = is_allowed(user.role, Page.PERMOHONAN)
    return html.Div(
        [
            words,
            identity(shown),
            _legend(figures),
            form("A", shown, figures, links_cases=links_cases),
            form("B", shown, figures, links_cases=links_cases, checks=_checks(office, figures, user)),
            notes(shown),
            versions(office, shown, entries, query, today),
        ]
    )


def _figures(office: Office, asked: SlaFilter, now: int, user: Account) -> SlaFigures | None:
    try:
        return sla_figures(office, asked, now)
    except FilterError:
        if user.opd_filter is None:
            raise
        return None  # the user of an agency that has no letter yet


def _checks(office: Office, figures: SlaFigures | None, user: Account) -> B5 | None:
    """What the checks say of the sessions, for those who may see them."""
    if figures is None or not is_allowed(user.role, Page.SARPRAS):
        return None
    asked = figures.filter
    return b5_figure(office, asked.period, figures.as_of, room=asked.room, opd=asked.opd)


def _period(asked: SlaFilter) -> str:
    return fmt().period(asked.period.first, asked.period.last)


def _legend(figures: SlaFigures | None) -> Component:
    """What the marks in the cells mean, and which period the results are of."""
    marks = [confidence(0.85), t("sop.legend_sure"), confidence(0.5), t("sop.legend_unsure")]
    parts: list[Component] = [html.Span(marks, className="sop-legend-marks")]
    if figures is None:
        return html.Div([*parts, html.Span(t("sop.legend_none"))], className="sop-legend")
    words = t("sop.legend_period", period=_period(figures.filter), opd=figures.filter.opd or t("word.all_opd"))
    return html.Div([*parts, html.Span([icon("calendar3"), words])], className="sop-legend")
