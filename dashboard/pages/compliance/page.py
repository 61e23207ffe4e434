"""Is the SOP's Mutu Baku kept: step by step, with how much is known, and against the period before?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from dash import ClientsideFunction, Dash, Input, Output, State, html
from dash.development.base_component import Component

from dashboard.access import Page, guarded
from dashboard.access.accounts import Account
from dashboard.components import (
    Kpi,
    bind_later,
    button,
    empty,
    fold,
    icon,
    kpi_row,
    later_place,
    later_store,
    loading,
    page_head,
    page_url,
    panel,
    read_query,
    select,
    stay,
    write_query,
    written_out,
)
from dashboard.i18n import fmt, t
from dashboard.pages.compliance import control, export
from dashboard.pages.compliance.background import compare_panel, lateness_panel
from dashboard.pages.compliance.cells import only_step
from dashboard.pages.compliance.control import control_body, step_choices
from dashboard.pages.compliance.detail import agencies_panel, coverage_panel, order_panel, roles_panel
from dashboard.pages.compliance.headlines import headlines, letters_panel
from dashboard.pages.compliance.months import heat_panel, months_panel
from dashboard.pages.compliance.one_step import longest_panel, narrowed, step_headlines
from dashboard.pages.compliance.table import Longest, SmallCases, standards_table
from dashboard.pages.shared.exports import one_page_link
from dashboard.pages.shared.filters import (
    SLA,
    asked_sla_filter,
    filters,
    part_field,
    refused,
    register_controls,
    without_field,
)
from dashboard.pages.shared.forms import file_hint
from dashboard.pages.shared.links import KEPATUHAN, request_address
from dashboard.pages.shared.monitoring_rule import rule_words
from dashboard.pages.shared.page_request import (
    PERIOD_AND_PLACE,
    Draw,
    Names,
    PageRequest,
    bind_later_part,
    office_today,
    to_come,
    told_at,
)
from dashboard.pages.shared.words import dotted, without_words
from data_access.errors import PantauError
from etl.domain.sop.versions import SopVersion
from etl.extract.texts import letter_name
from etl.figures.compliance.definitions import STEP_VALUES
from etl.figures.compliance.evidence import letters_of_few, longest_passes
from etl.figures.compliance.reading import Decider, SlaDetail, decider, sla_detail
from etl.figures.compliance.steps import SlaFigures, sla_figures
from etl.figures.filter import SlaFilter
from etl.figures.intake.open_work import corrections_behind
from etl.office import Office
from etl.reference.steps import STEP_CODES

PAGE = Page.KEPATUHAN
PATH = KEPATUHAN
TITLE = "sla.title"
NAV = "sla.nav"
ADDRESS_NAMES: Names = {
    **PERIOD_AND_PLACE,
    **dict.fromkeys(("bagian", "tanpa")),
    "kendali": lambda _office, step: step in STEP_CODES,
}


class Id(StrEnum):
    """Ids of the page; its filters have their own."""

    URL = "sla-url"
    CONTROL = "sla-control-step"
    SUBTITLE = "sla-subtitle"
    BODY = "sla-body"
    MORE = "sla-more"
    PRINT = "sla-print"
    PRINTED = "sla-printed"
    DETAIL = "sla-detail"
    XLSX = "sla-xlsx"
    CSV = "sla-csv"
    ONE_PAGE = "sla-one-page"


def layout(page_request: PageRequest) -> Component:
    """Head with filters, the figures seen first, and the places of the others."""
    today = office_today(page_request.office, page_request.now)
    subtitle, body = standards(page_request.office, page_request.query, page_request.now)
    query = page_request.query
    more = [part_field(page_request.office, query), without_field(query)]
    controls = filters(page_request.office, query, today, SLA, more=more)
    actions = html.Div(
        [*_downloads(page_request), button([icon("printer"), t("word.print")], id=Id.PRINT)], className="sla-out"
    )
    return html.Div(
        [
            page_url("sla", page_request.search),
            later_store("sla"),
            page_head(t("sla.title"), html.Span(subtitle, id=Id.SUBTITLE), actions=[actions]),
            stay(controls),
            html.Div(id=Id.PRINTED, hidden=True),
            loading(html.Div(body, id=Id.BODY, className="sla-body")),
            later_place(Id.MORE),
            _control_panel(page_request),
            later_place(Id.DETAIL),
        ],
        className="sla",
    )


def _downloads(page_request: PageRequest) -> list[Component]:
    """The same figures as files; the addresses follow the filters in the browser."""
    search = write_query(page_request.query)
    return [
        html.A(
            [icon("download"), words],
            id=id,
            href=f"{export.PATH}{suffix}{search}",
            className="p-button is-quiet",
            title=t("sla.download", kind=words),
        )
        for id, words, suffix in ((Id.XLSX, "XLSX", ".xlsx"), (Id.CSV, "CSV", ".csv"))
    ] + [one_page_link(PATH, page_request.query, id=Id.ONE_PAGE)]


def _control_panel(page_request: PageRequest) -> html.Section:
    choice = select(
        Id.CONTROL,
        t("word.step"),
        step_choices(page_request.office.sop.current()),
        page_request.query.get("kendali", ""),
    )
    return panel(
        html.Div(choice, className="sla-control-choice no-print"),
        loading(html.Div(id=control.Id.BODY, className="sla-control-body")),
        title=t("sla.control_title"),
        note=t("sla.control_note"),
        folded=t("sla.control_line"),
    )


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Draw the figures that the address asks for."""
    register_controls(app, PAGE, SLA, office, now)
    export.register(app.server, office, now)
    bind_later(app, "sla")

    @app.callback(
        Output(Id.SUBTITLE, "children"),
        Output(Id.BODY, "children"),
        Input(Id.URL, "search"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def show(search: str | None) -> tuple[str, Component]:
        return written_out(standards(office, read_query(search), told_at(office, now())))

    def show_control(query: Mapping[str, str], _: Account) -> Component:
        return control_body(office, query, told_at(office, now()), office_today(office, now()))

    def part(draw: Callable[[Office, SlaFigures], Component]) -> Draw:
        """A part further down; nothing where the table above has words."""

        def drawn(query: Mapping[str, str], _: Account) -> Component | None:
            figures, words = _answer(office, query, told_at(office, now()))
            return None if figures is None or words is not None else draw(office, figures)

        return drawn

    bind_later_part(app, PAGE, "sla", Id.MORE, part(_second_part))
    bind_later_part(app, PAGE, "sla", Id.DETAIL, part(_last_part))
    bind_later_part(app, PAGE, "sla", control.Id.BODY, show_control)

    for id in (Id.XLSX, Id.CSV, Id.ONE_PAGE):
        app.clientside_callback(
            ClientsideFunction("pantau", "followSearch"),
            Output(id, "href"),
            Input(Id.URL, "search"),
            State(id, "href"),
        )
    app.clientside_callback(
        ClientsideFunction("pantau", "printPage"),
        Output(Id.PRINTED, "data-at"),
        Input(Id.PRINT, "n_clicks"),
        prevent_initial_call=True,
    )


def standards(office: Office, query: Mapping[str, str], now: int) -> tuple[str, Component]:
    """Subtitle, headline figures, the table, months and letters; what cannot be asked is answered in words."""
    figures, words = _answer(office, query, now)
    if figures is None or words is not None:
        return _subtitle(office, figures) if figures else "", words
    sop, only, longest = figures.version, only_step(figures), _longest(office, figures)
    is_one = only is not None and only.target_seconds is not None
    beside = longest_panel(only, longest[only.step]) if only and is_one else letters_panel(figures)
    pair = html.Div([months_panel(figures, office_today(office, now)), beside], className="p-grid-2 sla-pair")
    table = _standards_panel(office, figures, sop, longest)
    first = kpi_row(*first_figures(office, figures))
    return _subtitle(office, figures), html.Div([narrowed(figures, sop), first, table, pair])


def first_figures(office: Office, figures: SlaFigures) -> list[Kpi]:
    """The headline figures: of all steps, or of the one that the page is narrowed to."""
    only = only_step(figures)
    if only is None or only.target_seconds is None:
        return headlines(figures, figures.version, decided_by(office, figures))
    return step_headlines(figures, only, _longest(office, figures)[only.step])


def _longest(office: Office, figures: SlaFigures) -> Longest:
    """The passes that are named: a few of each step, more of the one that the page is narrowed to."""
    mart, most = office.mart.read(), _LONGEST_OF_ONE if only_step(figures) else _LONGEST
    return mart.remember(("sla longest", figures.filter, figures.as_of), lambda: longest_passes(office, figures, most))


_LONGEST, _LONGEST_OF_ONE = 3, 10


def _second_part(office: Office, figures: SlaFigures) -> Component:
    """The period before, where lateness comes from, steps by month."""
    sop, waits = figures.version, _detail(office, figures).waits
    return html.Div([compare_panel(figures, sop), lateness_panel(figures, sop, waits), heat_panel(figures, sop)])


def _last_part(office: Office, figures: SlaFigures) -> Component:
    """Order of the steps, roles, agencies, coverage."""
    sop, more = figures.version, _detail(office, figures)
    pair = [order_panel(figures, sop, more.order), roles_panel(figures, sop)]
    return html.Div(
        [
            html.Div(pair, className="p-grid-2 sla-pair is-uneven"),
            agencies_panel(figures, more.agencies),
            coverage_panel(figures, sop),
        ]
    )


def _answer(
    office: Office, query: Mapping[str, str], now: int
) -> tuple[SlaFigures, None] | tuple[SlaFigures | None, Component]:
    """The figures of an address; words where it cannot be asked, its period is to come, or it holds nothing."""
    today = office_today(office, now)
    try:
        filter_ = asked_sla_filter(query, today)
        if filter_.period.first > today:
            return None, to_come(filter_.period)
        figures = page_figures(office, filter_, now)
    except PantauError as error:
        return None, refused(error, query)
    if not has_any(figures):
        hint = file_hint("sla.empty_hint", "sla.empty_hint_others")
        return figures, empty(t("word.no_data"), hint, "clipboard-data")
    return figures, None


def _detail(office: Office, figures: SlaFigures) -> SlaDetail:
    mart, filter_, at = office.mart.read(), figures.filter, figures.as_of
    return mart.remember(("sla detail", filter_, at), lambda: sla_detail(office, filter_, at))


def decided_by(office: Office, figures: SlaFigures) -> Decider | None:
    """The letter that decides the largest source of lateness, looked for once."""
    mart = office.mart.read()
    return mart.remember(("sla decided", figures.filter, figures.as_of), lambda: decider(office, figures))


def page_figures(office: Office, filter_: SlaFilter, now: int) -> SlaFigures:
    """The figures, computed once for the two halves of the page."""
    mart = office.mart.read()
    return mart.remember(("sla page", filter_, now), lambda: sla_figures(office, filter_, now))


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
    parts = [
        words,
        t("intake.corrections_behind", count=f.number(corrected), n=corrected) if corrected else "",
        without_words(figures.filter),
    ]
    return dotted(*parts)


def _standards_panel(office: Office, figures: SlaFigures, sop: SopVersion, longest: Longest) -> Component:
    rules = [
        html.P(words, className="sla-note")
        for words in (t("sla.period_rule"), t("sla.legend", **rule_words()), t("sla.trend_rule", **rule_words()))
    ]
    return panel(
        html.H2(t("sla.table"), className="visually-hidden"),
        standards_table(figures, sop, _few(office, figures), export.checks_of(office, figures), longest),
        fold(t("sla.how_to_read"), *rules),
        class_name="sla-standards" if only_step(figures) is None else "sla-standards is-one",
    )


def has_any(figures: SlaFigures) -> bool:
    """Whether the period holds anything at all of some step, measurable or not."""
    counted = ("n", "on_track", "at_risk", "not_started", "skipped", "not_applicable", "no_target", "unmeasurable")
    return any(STEP_VALUES[name].of(step) for step in figures.steps for name in counted)


def _few(office: Office, figures: SlaFigures) -> SmallCases:
    """The letters behind steps with durations too few for a percentile."""
    return {
        step: [(letter_name(year, number), request_address(year, number)) for year, number in letters]
        for step, letters in letters_of_few(office, figures).items()
    }
