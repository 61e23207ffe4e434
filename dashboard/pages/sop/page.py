"""What does the SOP say, how sure is its reading, what became of each of its rows, and which versions has it had?

The two tables stand as the form prints them, with what became of each row in a period.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.access.accounts import Account
from dashboard.components import (
    Tone,
    banner,
    bar,
    bind_filters,
    icon,
    link,
    loading,
    page_head,
    page_url,
    panel,
    scrolled,
    stack,
    why,
)
from dashboard.i18n import fmt, t
from dashboard.pages.shared.filters import own_names, refused
from dashboard.pages.shared.links import SOP, Behind, requests_behind, tabs, version_shown, why_button, why_sarpras
from dashboard.pages.shared.monitoring_rule import percent_words, share_tone, share_words
from dashboard.pages.shared.page_request import PERIOD_AND_PLACE, Names, PageRequest, bind_part, office_today
from dashboard.pages.sop import filters
from dashboard.pages.sop.version import versions
from dashboard.printed.step_columns import STEP_COLUMNS
from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.office import sop_entries
from etl.domain.sop.steps import Cell, Meaning, SopStep
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import Pair
from etl.figures.compliance.definitions import Figure
from etl.figures.compliance.steps import SlaFigures, StepFigure, sla_figures
from etl.figures.facilities.checks import B5, b5_figure
from etl.figures.facilities.period import ConditionFigure
from etl.figures.filter import FilterError, SlaFilter
from etl.figures.rooms.diary import RoomsFilter
from etl.office import Office

PAGE = Page.SOP
PATH = SOP
TITLE = "sop.page"
NAV = "sop.nav"
ADDRESS_NAMES: Names = {
    **PERIOD_AND_PLACE,
    "versi": lambda office, day: day in {version.effective_on.isoformat() for version in office.sop.versions},
}


class Id(StrEnum):
    """Ids of the page; its filters have their own."""

    URL = "sop-url"
    BODY = "sop-body"


def layout(page_request: PageRequest) -> Component:
    """Head, tabs, filters, and the place of the SOP."""
    today = office_today(page_request.office, page_request.now)
    controls = filters.filters(page_request.office, SOP, page_request.query, today, page_request.account, "sop")
    return stack(
        page_url("sop"),
        page_head(t("sop.page"), t("sop.subtitle"), actions=[controls]),
        tabs(SOP, page_request.query, page_request.account),
        loading(html.Div(id=Id.BODY)),
        class_name="sop",
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
        words = refused(error, query)
    shown = version_shown(office.sop, query, last)
    with reading(office.records) as connection:
        entries = sop_entries(connection)
    links_cases = user.may(Page.PERMOHONAN)
    return stack(
        words,
        identity(shown),
        _legend(figures),
        form("A", shown, figures, links_cases=links_cases),
        form("B", shown, figures, links_cases=links_cases, checks=_checks(office, figures, user)),
        notes(shown),
        versions(office, shown, entries, query, today),
    )


def _figures(office: Office, filter_: SlaFilter, now: int, user: Account) -> SlaFigures | None:
    try:
        return sla_figures(office, filter_, now)
    except FilterError:
        if user.opd_filter is None:
            raise
        return None  # the user of an agency that has no letter yet


def _checks(office: Office, figures: SlaFigures | None, user: Account) -> B5 | None:
    """What the checks say of the sessions, for those who may see them."""
    if figures is None or not user.may(Page.SARPRAS):
        return None
    filter_ = figures.filter
    return b5_figure(office, filter_.period, figures.as_of, room=filter_.room, opd=filter_.opd)


def _period(filter_: SlaFilter) -> str:
    return fmt().period(filter_.period.first, filter_.period.last)


def _legend(figures: SlaFigures | None) -> Component:
    """What the marks in the cells mean, and which period the results are of."""
    marks = [confidence(0.85), t("sop.legend_sure"), confidence(0.5), t("sop.legend_unsure")]
    parts: list[Component] = [html.Span(marks, className="sop-legend-marks")]
    if figures is None:
        return html.Div([*parts, html.Span(t("sop.legend_none"))], className="sop-legend")
    words = t("sop.legend_period", period=_period(figures.filter), opd=figures.filter.opd or t("word.all_opd"))
    return html.Div([*parts, html.Span([icon("calendar3"), words])], className="sop-legend")


def identity(sop: SopVersion) -> Component:
    """Letterhead and numbers above, the six boxes of the form below."""
    block, none = sop.identity, t("word.none")
    numbers = (
        ("number", sop.number),
        ("created", block.created),
        ("revised", block.revised),
        ("effective", block.effective),
    )
    rows = [_line(t(f"sop.{name}"), words or none) for name, words in numbers]
    approved = [html.Div(block.approved_title), html.Strong(block.approved_name), html.Div(block.approved_rank)]
    rows += [_line(t("sop.approved"), approved), _line(t("sop.title"), html.Strong(sop.title))]
    boxes = (
        ("legal", block.legal_basis),
        ("qualifications", block.qualifications),
        ("related", block.related),
        ("equipment", block.equipment),
        ("warning", (block.warning,) if block.warning else ()),
        ("records", block.records),
    )
    return panel(
        stack(
            html.Div([*(html.Strong(line) for line in block.agency), html.Span(block.address)], className="sop-agency"),
            html.Dl(rows, className="sop-numbers"),
            class_name="sop-upper",
        ),
        html.Div([_box(t(f"sop.{name}"), lines) for name, lines in boxes], className="sop-boxes"),
        html.P(block.date_note, className="p-muted sop-source") if block.date_note else None,
        class_name="sop-identity",
    )


def _line(name: str, words: object) -> html.Div:
    return html.Div([html.Dt(name), html.Dd(words)])


def _box(name: str, lines: Sequence[str]) -> html.Div:
    items = [html.Li(line) for line in lines] or [html.Li(t("word.none"))]
    return html.Div([html.H2(name), html.Ol(items) if len(items) > 1 else html.Ul(items)], className="sop-box")


def notes(sop: SopVersion) -> Component:
    """How the cells were read, and what the SOP has no words for."""
    block = sop.identity
    reading = [html.P(t("sop.reading")), *(html.P(line) for line in block.reading_notes), html.P(block.source)]
    gaps = html.Ul(
        [html.Li([line, " ", html.Span(t("sop.outside_chip"), className="sla-chip")]) for line in block.outside]
    )
    return stack(
        panel(*reading, title=t("sop.reading_title"), class_name="sop-words"),
        panel(gaps, title=t("sop.outside_title"), class_name="sop-words"),
        class_name="p-grid-2",
    )


PRINTED: Mapping[str, tuple[str, ...]] = {
    "A": ("opd", "agendaris", "sekdin", "kadin", "kabid", "kasi_litik", "kasi_aplikasi", "staf"),
    "B": ("opd", "staf", "kasi_litik", "kasi_aplikasi", "kabid"),
}
"""Order of the columns of actors on the form."""

UNSURE = 0.7
"""Below this confidence a cell wants the paper original."""


def form(
    part: str, sop: SopVersion, figures: SlaFigures | None, *, links_cases: bool, checks: B5 | None = None
) -> Component:
    """One table; without figures (a period not begun) the results say so. `links_cases`: counts lead to the letters;
    `checks`: the result of the step that is judged by them, for those who may see it."""
    steps = [step for step in sop.steps if step.part == part]
    roles = _roles(part, steps)
    judged = {figure.step: figure for figure in figures.steps} if figures else {}
    rows = [
        _row(step, roles, _result(judged.get(step.code), figures, checks, links_cases=links_cases)) for step in steps
    ]
    table = html.Table(
        [_head(part, steps, roles), html.Tbody(rows), _total(part, sop, len(roles))],
        className=f"p-table sop-form is-{part}",
    )
    title = t(f"sop.part_{part}")
    return panel(scrolled(table, title), title=title)


def _roles(part: str, steps: Sequence[SopStep]) -> list[str]:
    """The actors' columns: those of the form, and any other that a later version names."""
    used = {step.role for step in steps}
    return [role for role in PRINTED[part] if role in used] + sorted(used - set(PRINTED[part]))


def _head(part: str, steps: Sequence[SopStep], roles: Sequence[str]) -> html.Thead:
    names = {step.role: step.actor for step in reversed(steps)}
    upper = [
        html.Th(t("sop.no"), rowSpan=2, scope="col", className="sop-no"),
        html.Th(t("sop.activity"), rowSpan=2, scope="col", className="sop-activity"),
        html.Th(t("sop.actor"), colSpan=len(roles), scope="colgroup", className="sop-group"),
        html.Th(t("sop.standard"), colSpan=3, scope="colgroup", className="sop-group"),
        html.Th(t("sop.remark" if part == "A" else "sop.remark_long"), rowSpan=2, scope="col"),
        html.Th(t("sop.result"), colSpan=3, scope="colgroup", className="sop-group is-result"),
    ]
    lower = [html.Th(html.Span(names[role]), scope="col", className="sop-role") for role in roles]
    lower += [html.Th(t(f"sop.{name}"), scope="col") for name in ("requires", "time", "output")]
    results = (("n", "num is-result"), ("share", ""), (Figure.MEDIAN, "num"))
    lower += [html.Th(STEP_COLUMNS[key].head, scope="col", className=name) for key, name in results]
    return html.Thead([html.Tr(upper), html.Tr(lower)])


def _row(step: SopStep, roles: Sequence[str], result: Sequence[html.Td]) -> html.Tr:
    marks = [
        html.Td(
            [icon("circle-fill"), html.Span(step.actor, className="visually-hidden")] if role == step.role else "",
            className="sop-mark",
        )
        for role in roles
    ]
    return html.Tr(
        [
            html.Th([html.Span(f"{step.code[1]}."), html.Small(step.code)], scope="row", className="sop-no"),
            html.Td([step.activity, html.Div(step.actor, className="sop-actor")], className="sop-activity"),
            *marks,
            _cell(step.requires, t("sop.requires")),
            _cell(step.time, t("sop.time"), is_time=True),
            _cell(step.output, t("sop.output")),
            html.Td(step.note, className="sop-note", **{"data-label": t("sop.remark")}),
            *result,
        ]
    )


def _cell(cell: Cell, label: str, *, is_time: bool = False) -> html.Td:
    """One printed cell; a reconstructed one says how sure its reading is."""
    words: list[Component | str] = [html.Strong(cell.text) if is_time and cell.text else cell.text or t("sla.no_time")]
    if cell.confidence is not None:
        words.append(confidence(cell.confidence))
    return html.Td(html.Span(words), className="sop-cell", **{"data-label": label})


def confidence(share: float) -> Component:
    """How sure the reading of a cell is, in words and with a mark where the original should be looked at."""
    words = fmt().percent(share, 0)
    is_unsure = share < UNSURE
    title = t("sop.unsure" if is_unsure else "sop.sure", share=words)
    return html.Span(
        [icon("question-diamond" if is_unsure else "eye"), words, html.Span(f" {title}", className="visually-hidden")],
        title=title,
        className=f"sop-read{' is-unsure' if is_unsure else ''}",
    )


def _result(
    judged: StepFigure | None, figures: SlaFigures | None, checks: B5 | None, *, links_cases: bool
) -> list[html.Td]:
    f = fmt()
    if judged is None or figures is None:
        return [_in_words(t("sla.nothing"))]
    if judged.target_seconds is None:
        return _by_checks(figures, judged, checks)
    filter_, code = figures.filter, judged.step
    if judged.share is None or judged.interval is None:
        return [_in_words([t("sla.nothing"), why_button(filter_, code, Figure.COVERAGE)])]
    count: Component | str = f.number(judged.n)
    if links_cases:
        count = link(count, requests_behind(filter_, code, Behind.JUDGED), "sop-count")
    words = share_words(judged.met, judged.n, judged.interval)
    share = _share(judged.share, judged.interval, judged.n, words, why_button(filter_, code, Figure.SHARE))
    middle = t("sop.few") if judged.percentiles is None else STEP_COLUMNS[Figure.MEDIAN].words(judged, f)
    lengths = html.Span([middle, why_button(filter_, code, Figure.MEDIAN)])
    return [
        html.Td(count, className="num is-result", **_label("n")),
        html.Td(share, title=words, className="sop-result", **_label("share")),
        html.Td(lengths, className="num", **_label(Figure.MEDIAN)),
    ]


def _in_words(words: str | list[Component | str]) -> html.Td:
    """One cell in place of the three."""
    return html.Td(words, colSpan=3, className="is-result sop-nothing")


def _label(name: str) -> dict[str, str]:
    """What a phone writes before a cell of that column."""
    return {"data-label": STEP_COLUMNS[name].head}


def _share(share: float, interval: Pair, n: int, words: str, button: Component) -> list[Component]:
    """Percent with the way to what it was made from, below it the bar with its interval."""
    tone = share_tone(share, n)
    value = html.Strong(percent_words(share), className=f"sop-share is-{tone}")
    return [
        html.Div([value, button], className="sop-share-line"),
        bar(share, *interval, tone),
        html.Span(words, className="visually-hidden"),
    ]


def _by_checks(figures: SlaFigures, judged: StepFigure, checks: B5 | None) -> list[html.Td]:
    """Sessions checked and the share of them in good condition; in words where nobody may see or has checked them."""
    if judged.step != figures.version.step_with(Meaning.CHECKED) or checks is None:
        return [_in_words(t("sop.by_output"))]
    f, filter_ = fmt(), figures.filter
    button = why(why_sarpras(RoomsFilter(filter_.period, filter_.opd, filter_.room), ConditionFigure.B5), judged.step)
    if checks.share is None or checks.interval is None:
        return [_in_words([t("sop.by_output"), ". ", t("sla.output_unchecked"), button])]
    words = t("sop.checks_title", good=f.number(checks.good), checked=f.number(checks.checked),
              interval=f.interval(*checks.interval))  # fmt: skip
    count = [f.number(checks.checked), html.Br(), html.Small(t("sop.checks_counted"), className="p-muted")]
    named = t("sop.checks_share")
    return [
        html.Td(html.Span(count), className="num is-result", **_label("n")),
        html.Td(
            [*_share(checks.share, checks.interval, checks.checked, words, button), html.Small(named)],
            title=words, className="sop-result", colSpan=2, **_label("share"),
        ),
    ]  # fmt: skip


def _judged_words(sop: SopVersion, codes: Sequence[str]) -> str:
    """The sum that Kepatuhan compares with, where it leaves steps out; they are the agency's time."""
    left_out = [code for code in codes if code not in sop.judged_steps]
    if not left_out:
        return ""
    return " · " + t("sop.judged", steps=", ".join(left_out), time=fmt().duration(sop.series_seconds()))


def _total(part: str, sop: SopVersion, roles: int) -> html.Tfoot:
    """The sum of the times; of part A also the critical path."""
    f, codes = fmt(), [step.code for step in sop.steps if step.part == part]
    words = t("sop.total", time=f.duration(sop.series_seconds(codes)))
    if part == "A":
        words += " · " + t("sop.path", time=f.duration(sop.critical_path_seconds(codes)))
        words += _judged_words(sop, codes)
    cells = [
        html.Td("", colSpan=2 + roles, className="sop-filler"),
        html.Td(words, colSpan=7, className="sop-sum"),
    ]
    return html.Tfoot(html.Tr(cells))
