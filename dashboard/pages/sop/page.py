"""What does the SOP say, how sure is its reading, what became of each of its rows, and which versions has it had?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page, is_allowed
from dashboard.access.accounts import Account
from dashboard.components import (
    Tone,
    banner,
    bind_filters,
    icon,
    link,
    loading,
    page_head,
    page_url,
    panel,
    pill,
    with_query,
)
from dashboard.components.tables import Column, table
from dashboard.i18n import fmt, t
from dashboard.pages.shared.filters import own_names
from dashboard.pages.shared.links import SOP, tabs, version_shown
from dashboard.pages.shared.page_request import PageRequest, bind_part, office_today, refusal
from dashboard.pages.shared.words import actor_words
from dashboard.pages.sop import filters
from dashboard.pages.sop.form import confidence, form
from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.office import SopEntry, sop_entries
from etl.desk.sop_edit import changed_times
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.steps import SlaFigures, sla_figures
from etl.figures.facilities.period import B5, b5_figure
from etl.figures.period import FilterError, SlaFilter
from etl.settings.sops import ENTERED, entry_name

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.SOP
PATH = SOP
TITLE = "sop.page"
NAV = "sop.nav"


class Id(StrEnum):
    """Ids of the page; its filters have their own."""

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


def _figures(office: Office, filter_: SlaFilter, now: int, user: Account) -> SlaFigures | None:
    try:
        return sla_figures(office, filter_, now)
    except FilterError:
        if user.opd_filter is None:
            raise
        return None  # the user of an agency that has no letter yet


def _checks(office: Office, figures: SlaFigures | None, user: Account) -> B5 | None:
    """What the checks say of the sessions, for those who may see them."""
    if figures is None or not is_allowed(user.role, Page.SARPRAS):
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
        html.Div(
            [
                html.Div(
                    [*(html.Strong(line) for line in block.agency), html.Span(block.address)], className="sop-agency"
                ),
                html.Dl(rows, className="sop-numbers"),
            ],
            className="sop-upper",
        ),
        html.Div([_box(t(f"sop.{name}"), lines) for name, lines in boxes], className="sop-boxes"),
        html.P(block.date_note, className="p-muted sop-source") if block.date_note else None,
        class_name="sop-identity",
    )


def _line(name: str, words: object) -> html.Div:
    return html.Div([html.Dt(name), html.Dd(words)])


def _box(name: str, lines: Sequence[str]) -> html.Div:
    items = [html.Li(line) for line in lines] or [html.Li(t("word.none"))]
    return html.Div([html.H3(name), html.Ol(items) if len(items) > 1 else html.Ul(items)], className="sop-box")


def notes(sop: SopVersion) -> Component:
    """How the cells were read, and what the SOP has no words for."""
    block = sop.identity
    reading = [html.P(t("sop.reading")), *(html.P(line) for line in block.reading_notes), html.P(block.source)]
    gaps = html.Ul(
        [html.Li([line, " ", html.Span(t("sop.outside_chip"), className="sla-chip")]) for line in block.outside]
    )
    return html.Div(
        [
            panel(*reading, title=t("sop.reading_title"), class_name="sop-words"),
            panel(gaps, title=t("sop.outside_title"), class_name="sop-words"),
        ],
        className="p-grid-2",
    )


class _VersionRow(NamedTuple):
    """A version, the one before it, and what was entered of it on the screen."""

    version: SopVersion
    before: SopVersion | None
    entry: SopEntry | None


def versions(
    office: Office, shown: SopVersion, entries: Sequence[SopEntry], query: Mapping[str, str], today: date
) -> Component:
    """Every version, the newest first: since when, what changed, where it comes from, by whom and why."""
    by_name = {entry_name(entry.id): entry for entry in entries}
    listed, in_force = office.sop.versions, office.sop.version_on(today)
    rows = [
        _VersionRow(version, before, by_name.get(version.file))
        for version, before in reversed(list(zip(listed, (None, *listed[:-1]), strict=True)))
    ]

    def since(row: _VersionRow) -> list[Component]:
        address = with_query(SOP, **{**query, "versi": row.version.effective_on.isoformat()})
        marks = [pill(Tone.GOOD, "check-lg", t("sop.in_force"))] if row.version is in_force else []
        marks += [pill(Tone.PLAIN, "eye", t("sop.shown"))] if row.version is shown else []
        return [link(fmt().date(row.version.effective_on), address, "cases-link"), *marks]

    columns: list[Column[_VersionRow]] = [
        Column("since", t("sop.version_since"), since, is_name=True),
        Column("number", t("sop.version_number"), lambda row: row.version.number),
        Column("change", t("sop.version_change"), lambda row: _changes(row.version, row.before)),
        Column("by", t("sop.version_by"), lambda row: _origin(office, row.version, row.entry)),
    ]
    title = t("sop.versions_title")
    drawn = table(
        title, columns, rows, "sop-versions", lambda row: {"className": "is-shown"} if row.version is shown else {}
    )
    replaced = len(by_name.keys() - {version.file for version in listed})
    note = html.P(t("sop.replaced", n=replaced), className="p-muted") if replaced else None
    return panel(drawn, note, title=title, note=t("sop.versions_note"))


def _changes(version: SopVersion, before: SopVersion | None) -> list[Component | str]:
    if before is None:
        return [t("sop.first")]
    changes = changed_times(before, version)
    return [html.Div(t("sop.changed", step=code, old=old, new=new)) for code, (old, new) in changes.items()] or [
        t("sop.same_times")
    ]


def _origin(office: Office, version: SopVersion, entry: SopEntry | None) -> list[Component | str]:
    if entry is None:
        return [
            t("sop.from_file", file=Path(version.file).name) if not version.file.startswith(ENTERED) else t("word.none")
        ]
    f = fmt()
    return [
        html.Div(t("sop.entered", who=actor_words(office, entry.actor), moment=f.moment_short(entry.at))),
        html.Div(entry.reason, className="p-muted"),
    ]
