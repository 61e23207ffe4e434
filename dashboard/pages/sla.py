"""Is the SOP's Mutu Baku kept: step by step, with how much is known, and against the period before?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from dash import ClientsideFunction, Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.access import Page, guarded
from dashboard.components import (
    Tone,
    banner,
    button,
    empty,
    graph,
    icon,
    kpi_row,
    loading,
    page_head,
    page_url,
    panel,
    read_query,
)
from dashboard.i18n import fmt, t
from dashboard.pages import sla_filters
from dashboard.pages.case_links import case_address
from dashboard.pages.moments import office_today
from dashboard.pages.sla_charts import lateness_bars, monthly_share, steps_by_month
from dashboard.pages.sla_coverage import coverage_table
from dashboard.pages.sla_headlines import headlines
from dashboard.pages.sla_table import SmallCases, rule_words, standards_table
from dashboard.visit import Visit
from data_access.errors import PantauError
from etl.domain.sop import SopVersion
from etl.domain.statistics import FEWEST_FOR_PERCENTILE
from etl.domain.verdict import Verdict
from etl.figures.cases import OfFigure, case_list
from etl.figures.intake import corrections_behind
from etl.figures.period import SlaFilter
from etl.figures.sla import ALL_STEPS, SlaFigures, StepFigure, sla_figures
from etl.figures.sla_reading import lateness, months

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.KEPATUHAN
PATH = "/kepatuhan"
TITLE = "sla.title"
NAV = "sla.nav"

_FINISHED = (Verdict.MET, Verdict.LATE, Verdict.NO_TARGET)


class Id(StrEnum):
    """Ids of the page; those of its filters stand beside them."""

    SUBTITLE = "sla-subtitle"
    BODY = "sla-body"
    MORE = "sla-more"
    PRINT = "sla-print"
    PRINTED = "sla-printed"
    MONTHS = "sla-months"
    HEAT = "sla-heat"
    LATENESS = "sla-lateness"


def layout(visit: Visit) -> Component:
    """Head with filters, and the place of the figures."""
    today = office_today(visit.office, visit.now)
    controls = sla_filters.filters(visit.office, visit.query, today)
    printing = button([icon("printer"), t("word.print")], id=Id.PRINT)
    return html.Div(
        [
            page_url("sla"),
            page_head(t("sla.title"), html.Span(" ", id=Id.SUBTITLE), actions=[*controls, printing]),
            html.Div(id=Id.PRINTED, hidden=True),
            loading(html.Div(id=Id.BODY, className="sla-body")),
            html.Div(id=Id.MORE),
        ],
        className="sla",
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Draw the figures that the address asks for."""
    sla_filters.register(app, PAGE, lambda: office_today(office, now()))

    @app.callback(Output(Id.SUBTITLE, "children"), Output(Id.BODY, "children"), Input(sla_filters.Id.URL, "search"))
    @guarded(PAGE)
    def show(search: str | None) -> tuple[str, Component]:
        return standards(office, read_query(search), now())

    @app.callback(Output(Id.MORE, "children"), Input(sla_filters.Id.URL, "search"))
    @guarded(PAGE)
    def show_more(search: str | None) -> Component | None:
        return background(office, read_query(search), now())

    app.clientside_callback(
        ClientsideFunction("pantau", "printPage"),
        Output(Id.PRINTED, "data-at"),
        Input(Id.PRINT, "n_clicks"),
        prevent_initial_call=True,
    )


def standards(office: Office, query: Mapping[str, str], now: int) -> tuple[str, Component]:
    """Subtitle, headline figures and the table; what cannot be asked is answered in words."""
    today = office_today(office, now)
    try:
        asked = sla_filters.asked_filter(query, today)
        if asked.period.first > today:
            period = fmt().period(asked.period.first, asked.period.last)
            return "", empty(t("sla.future", period=period), t("sla.future_hint"), "calendar-x")
        figures = _figures(office, asked, now)
    except PantauError as error:
        return "", html.Div([banner(str(error), Tone.LATE, "exclamation-octagon"), empty(t("sla.check_filter"))])
    if not _has_any(figures):
        return _subtitle(office, figures), empty(t("word.no_data"), t("sla.empty_hint"), "clipboard-data")
    sop = _sop(office, figures)
    body = html.Div([kpi_row(*headlines(figures, sop)), _standards_panel(office, figures, sop)])
    return _subtitle(office, figures), body


def background(office: Office, query: Mapping[str, str], now: int) -> Component | None:
    """Months, where lateness comes from, steps by month, coverage; nothing where the table above has words."""
    today = office_today(office, now)
    try:
        asked = sla_filters.asked_filter(query, today)
        figures = _figures(office, asked, now) if asked.period.first <= today else None
    except PantauError:
        return None
    if figures is None or not _has_any(figures):
        return None
    sop = _sop(office, figures)
    return html.Div(
        [
            html.Div([_months_panel(figures, today), _lateness_panel(figures, sop)], className="p-grid-2 sla-pair"),
            _heat_panel(figures, sop),
            panel(coverage_table(figures, sop), title=t("sla.coverage_title"), note=t("sla.coverage_note")),
        ]
    )


def _figures(office: Office, asked: SlaFilter, now: int) -> SlaFigures:
    """The figures, computed once for the two halves of the page."""
    mart = office.mart.read()
    return mart.remember(("sla page", asked, now), lambda: sla_figures(office, asked, now))


def _sop(office: Office, figures: SlaFigures) -> SopVersion:
    return office.sop.version_on(figures.filter.period.last) or office.sop.versions[0]


def _subtitle(office: Office, figures: SlaFigures) -> str:
    f = fmt()
    period, corrected = figures.filter.period, corrections_behind(office, figures.filter)
    words = t(
        "sla.subtitle",
        sop=figures.sop,
        count=f.number(figures.requests.received),
        n=figures.requests.received,
        period=f.period(period.first, period.last),
    )
    return f"{words} · {t('intake.corrections_behind', count=f.number(corrected), n=corrected)}" if corrected else words


def _standards_panel(office: Office, figures: SlaFigures, sop: SopVersion) -> Component:
    return panel(
        standards_table(figures, sop, _few(office, figures)),
        html.P(t("sla.period_rule"), className="sla-note"),
        html.P(t("sla.legend", **rule_words()), className="sla-note"),
        class_name="sla-standards",
    )


def _has_any(figures: SlaFigures) -> bool:
    return any(_has_facts(one) for one in figures.steps)


def _has_facts(one: StepFigure) -> bool:
    """Whether the period holds anything at all of a step, measurable or not."""
    others = one.on_track + one.at_risk + one.not_started + one.skipped + one.not_applicable + one.no_target
    return one.n + others + sum(one.unmeasurable.values()) > 0


def _few(office: Office, figures: SlaFigures) -> SmallCases:
    """The letters behind steps with durations too few for a percentile."""
    small = (one for one in figures.steps if one.target_seconds is not None and one.median_seconds is None and one.n)
    return {one.step: _letters(office, figures, one.step) for one in small}


def _letters(office: Office, figures: SlaFigures, step: str) -> list[tuple[str, str]]:
    asked = figures.filter
    behind = OfFigure(asked.period, (step,), _FINISHED)
    rows = case_list(
        office, figures.as_of, opd=asked.opd, room=asked.room, of_figure=behind, limit=FEWEST_FOR_PERCENTILE - 1
    )
    return [(f"{row.year}/{row.agenda_number}", case_address(row.year, row.agenda_number)) for row in rows.itertuples()]


def _months_panel(figures: SlaFigures, today: date) -> Component:
    points = months(figures.trend[ALL_STEPS])
    if not any(one.n for one in points):
        return panel(empty(t("sla.nothing")), title=t("sla.months_title"))
    drawn = graph(Id.MONTHS, monthly_share(points, running=f"{today:%Y-%m}"), label=t("sla.months_label"), height=300)
    return panel(drawn, title=t("sla.months_title"), note=t("sla.months_note"))


def _lateness_panel(figures: SlaFigures, sop: SopVersion) -> Component:
    parts = lateness(figures)
    title, note = t("sla.lateness_title"), t("sla.lateness_note")
    if not parts and not figures.all_steps.n:
        return panel(empty(t("sla.nothing")), title=title)
    if not parts:
        return panel(empty(t("sla.no_lateness"), icon_name="check2-circle"), title=title)
    return panel(
        graph(Id.LATENESS, lateness_bars(parts, sop), label=t("sla.lateness_label"), height=300), title=title, note=note
    )


def _heat_panel(figures: SlaFigures, sop: SopVersion) -> Component:
    title = t("sla.heat_title")
    rows = sum(any(one.share is not None for one in figures.trend[step.step]) for step in figures.steps)
    if not rows:
        return panel(empty(t("sla.nothing")), title=title)
    drawn = graph(
        Id.HEAT,
        steps_by_month(figures.trend, sop),
        label=t("sla.heat_label"),
        height=40 + 34 * rows,
        class_name="sla-heat",
    )
    return panel(html.Div(drawn, className="p-scroll"), title=title, note=t("sla.heat_note"))
