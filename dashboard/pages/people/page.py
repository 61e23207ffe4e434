"""How many people were expected, verified and present; did they fit; and was the health protocol kept, as sums only?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.access import Page, account, guarded
from dashboard.components import (
    Tone,
    banner,
    bar,
    empty,
    kpi,
    kpi_row,
    panel,
    read_query,
    scrolled,
    why,
    written_out,
)
from dashboard.i18n import fmt, t
from dashboard.pages.shared import filters
from dashboard.pages.shared.exports import export_links
from dashboard.pages.shared.links import why_people
from dashboard.pages.shared.page_request import PageRequest, office_today
from dashboard.pages.shared.words import opd_words
from data_access.errors import PantauError
from etl.domain.people.screening import SMALL, Shown, ShownScreening
from etl.domain.units import MINUTE
from etl.figures.people.counts import (
    FIT_CLASSES,
    Attendance,
    Count,
    ParticipantFigures,
    participant_figures,
    screening_off,
)
from etl.figures.people.rows import FIT_GROUPS, SCREENING, PeopleFigure
from etl.figures.period import LAST_DAY, month_period
from etl.figures.rooms.diary import WITHOUT_LETTER, RoomsFilter

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.PESERTA
PATH = "/peserta"
TITLE = "people.title"
NAV = "people.nav"

EXPORT = "/peserta/unduh"
_COLUMNS = ("sessions", "planned", "verified", "present", "attendance", "seats")


class Id(StrEnum):
    """Ids of the page; those of its filters stand beside them."""

    URL = "people-url"
    SUBTITLE = "people-subtitle"
    EXPORT = "people-export"
    BODY = "people-body"


def layout(page_request: PageRequest) -> Component:
    """Head with filters, and the figures."""
    shown = page_of(page_request.office, page_request.query, page_request.now, page_request.account.opd_filter)
    return filters.frame(page_request, "people", t("people.title"), shown, class_name="people")


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show what the address asks for; keep controls and address in step."""
    filters.register(app, PAGE, "people", office, lambda: office_today(office, now()))

    @app.callback(
        Output(Id.SUBTITLE, "children"),
        Output(Id.EXPORT, "children"),
        Output(Id.BODY, "children"),
        Input(Id.URL, "search"),
        prevent_initial_call=True,
    )
    @guarded(PAGE)
    def show(search: str | None) -> tuple[str, list[Component], Component]:
        return written_out(page_of(office, read_query(search), now(), account().opd_filter))


def people_of(office: Office, query: Mapping[str, str], now: int, own_opd: str | None) -> ParticipantFigures:
    """The figures of an address, the same for all that ask within a minute; PantauError in words."""
    asked = filters.asked_filter(query, office_today(office, now), own_opd)
    return participant_figures(office, asked, now - now % MINUTE)


def page_of(
    office: Office, query: Mapping[str, str], now: int, own_opd: str | None
) -> tuple[str, list[Component], Component]:
    """Subtitle, export links and body; or words."""
    try:
        figures = people_of(office, query, now, own_opd)
    except PantauError as error:
        return "", [], filters.refused(error)
    if not figures.whole.sessions and figures.screened is None:
        words = empty(t("word.no_data"), t("people.empty_hint"), "people")
        return _subtitle(figures.filter), export_links(EXPORT, query), html.Div([panel(words), protocol(office)])
    body = [
        kpi_row(*headlines(figures)),
        html.Div([_way_panel(figures), _fit_panel(figures)], className="p-grid-2"),
        _table(t("people.by_month"), t("people.month"), _months(figures)),
        _table(t("people.by_opd"), t("word.opd"), _agencies(figures)),
        screening_panel(figures, why(why_people(figures.filter, SCREENING), t("people.screening_title"))),
        protocol(office),
        html.P(t("people.rule"), className="sla-note"),
    ]
    return _subtitle(figures.filter), export_links(EXPORT, query), html.Div(body)


def _subtitle(asked: RoomsFilter) -> str:
    period = fmt().period(asked.period.first, asked.period.last)
    return " · ".join([asked.room or t("word.all_rooms"), asked.opd or t("word.all_opd"), period])


def headlines(figures: ParticipantFigures) -> list[Component]:
    """Planned, verified, present, attendance, seats."""
    one, f = figures.whole, fmt()
    counts = [
        kpi(t(f"people.{name}"), f.number(count.sum), note=_coverage(count, one.sessions), beside=_why(figures, name))
        for name, count in (("planned", one.planned), ("verified", one.verified), ("present", one.present))
    ]
    attendance = kpi(
        t("people.attendance"),
        f.percent(one.attendance_share, 0),
        note=t("people.attendance_note") if one.attendance_share is not None else t("people.no_both"),
        beside=_why(figures, "attendance"),
    )
    return [*counts, attendance, _seats(one, _why(figures, "seats"))]


def _why(figures: ParticipantFigures, name: str) -> Component:
    return why(why_people(figures.filter, PeopleFigure[name.upper()]), t(f"people.{name}"))


def _seats(one: Attendance, beside: Component) -> Component:
    f = fmt()
    if one.seats_share is None:
        return kpi(t("people.seats"), t("word.none"), note=t("people.seats_unknown"), beside=beside)
    parts = [t("people.seats_note", seated=f.number(one.seated), sessions=f.number(one.sessions))]
    parts += [t("room.overfull", count=f.number(one.overfull))] if one.overfull else []
    tone = Tone.NEAR if one.overfull else Tone.PLAIN
    share = f.percent(one.seats_share, 0)
    return kpi(t("people.seats"), share, note=" · ".join(parts), tone=tone, beside=beside)


def _coverage(count: Count, sessions: int) -> str:
    f = fmt()
    return t("people.known", known=f.number(count.known), sessions=f.number(sessions))


def _way_panel(figures: ParticipantFigures) -> Component:
    """From plan to presence, each bar against the longest."""
    one = figures.whole
    counts = (("planned", one.planned), ("verified", one.verified), ("present", one.present))
    most = max((count.sum or 0 for _, count in counts), default=0)
    rows = [_way_row(figures, name, count, most) for name, count in counts]
    return panel(html.Div(rows, className="room-bars"), title=t("people.way_title"), note=t("people.way_note"))


def _way_row(figures: ParticipantFigures, name: str, count: Count, most: int) -> Component:
    share = None if count.sum is None or not most else count.sum / most
    words = f"{fmt().number(count.sum)} · {_coverage(count, figures.whole.sessions)}"
    return _bar(t(f"people.{name}"), share, words, _why(figures, name))


def _bar(name: str, share: float | None, words: str, beside: Component) -> Component:
    label = html.Span(name, className="room-bar-name")
    value = html.Span([words, " ", beside], className="room-bar-value")
    return html.Div([label, bar(share), value], className="room-bar-row")


def _fit_panel(figures: ParticipantFigures) -> Component:
    """Did the room fit the people."""
    *known, unknown = figures.fit
    title, note = t("people.fit_title"), t("people.fit_note")
    if not sum(known):
        return panel(empty(t("people.seats_unknown")), title=title)
    f, most = fmt(), max(known)
    rows = [
        _bar(fit_words(group), count / most, f.number(count), _why_group(figures, group))
        for group, count in zip(FIT_GROUPS, known, strict=False)
    ]
    words = [t("people.fit_unknown", count=f.number(unknown)), " ", _why_group(figures, FIT_GROUPS[-1])]
    rest = html.P(words, className="sla-note") if unknown else None
    return panel(html.Div(rows, className="room-bars"), rest, title=title, note=note)


def _why_group(figures: ParticipantFigures, group: str) -> Component:
    return why(why_people(figures.filter, PeopleFigure.SEATS, group), f"{t('people.fit_title')}, {fit_words(group)}")


def fit_words(group: str) -> str:
    """What a group of FIT_GROUPS is called."""
    place, edges = FIT_GROUPS.index(group), (0.0, *FIT_CLASSES)
    if place == len(FIT_CLASSES):
        return t("people.fit_not_known")
    low, high = edges[place], edges[place + 1]
    if high is None:
        return t("people.fit_over")
    return t("people.fit_class", low=fmt().number((low or 0) * 100), high=fmt().percent(high, 0))


_Row = tuple[str, Attendance, str]
"""Name, figures, address of the explanation."""


def _months(figures: ParticipantFigures) -> list[_Row]:
    f, rows = fmt(), []
    for name, one in figures.by_month:
        if one.sessions:
            month = month_period(int(name[:4]), int(name[5:]))
            its = replace(figures.filter, period=figures.filter.period.part(month))
            rows.append((f.month(month.first), one, why_people(its, PeopleFigure.PRESENT)))
    return rows


def _agencies(figures: ParticipantFigures) -> list[_Row]:
    return [(opd_words(opd), one, _why_agency(figures.filter, opd)) for opd, one in figures.by_opd]


def _why_agency(asked: RoomsFilter, opd: str | None) -> str:
    if opd is None:
        return why_people(asked, PeopleFigure.PRESENT, WITHOUT_LETTER)
    return why_people(replace(asked, opd=opd), PeopleFigure.PRESENT)


def _table(title: str, first: str, rows: Sequence[_Row]) -> Component:
    if not rows:
        return panel(empty(t("word.no_data")), title=title)
    heads = [html.Th(first, scope="col"), *(html.Th(t(f"people.{n}"), scope="col", className="num") for n in _COLUMNS)]
    body = [_row(name, one, address) for name, one, address in rows]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="p-table")
    return panel(scrolled(table, title), title=title)


def _row(name: str, one: Attendance, address: str) -> html.Tr:
    """The numbers of a row, with one way to all of its figures: each explanation leads to the others."""
    f = fmt()
    cells = [
        f.number(one.sessions),
        _sum(one.planned, one.sessions),
        _sum(one.verified, one.sessions),
        _sum(one.present, one.sessions),
        f.percent(one.attendance_share, 0),
        f.percent(one.seats_share, 0),
    ]
    head = html.Th([name, " ", why(address, name)], scope="row", className="room-fair-name")
    return html.Tr([head, *(html.Td(cell, className="num") for cell in cells)])


def _sum(count: Count, sessions: int) -> list[str | Component]:
    """The sum, and of how many sessions it is when not of all."""
    f = fmt()
    if count.sum is None:
        return [t("word.none")]
    known = t("people.of_sessions", known=f.number(count.known), sessions=f.number(sessions))
    return [f.number(count.sum), html.Small(f" {known}", className="p-muted") if count.known < sessions else ""]


# Screening


def screening_panel(figures: ParticipantFigures, beside: Component | None = None) -> Component:
    """Sums in which no small cell can be found out; `beside` stands after the rule by which they are hidden."""
    title, note = t("people.screening_title"), t("people.screening_note")
    if figures.screened is None:
        key = "people.screening_years" if figures.filter.opd else "people.screening_months"
        return panel(html.P([t(key), " ", beside]), title=title)
    rows = [(fmt().month(date.fromisoformat(f"{name}-01")), one) for name, one in figures.screened_months]
    opds = [(opd_words(opd), one) for opd, one in figures.screened_opds] if not figures.filter.opd else []
    whole = (t("people.screening_all"), figures.screened)
    return panel(
        _screening_table(t("people.month"), [*rows, whole]),
        _screening_table(t("word.opd"), opds) if opds else None,
        html.P([t("people.hidden"), " ", beside], className="sla-note"),
        title=title,
        note=note,
    )


def _screening_table(first: str, rows: Sequence[tuple[str, ShownScreening]]) -> Component:
    names = ("screened", "passed", "failed")
    heads = [html.Th(first, scope="col"), *(html.Th(t(f"people.{n}"), scope="col", className="num") for n in names)]
    body = [
        html.Tr([html.Th(name, scope="row"), *(html.Td(shown_words(v), className="num") for v in three(one))])
        for name, one in rows
    ]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="p-table people-screening")
    return scrolled(table, f"{t('people.screening_title')}: {first}")


def three(one: ShownScreening) -> tuple[Shown, Shown, Shown]:
    """Screened, passed, not passed."""
    return one.n, one.passed, one.failed


def shown_words(value: Shown) -> str:
    """A number, "<5", or a word for what is hidden."""
    if value is None:
        return t("people.hidden_word")
    return SMALL if value == SMALL else fmt().number(int(value))


def protocol(office: Office) -> Component | None:
    """Since when the health protocol (B3) is switched off."""
    spans = screening_off(office)
    if not spans:
        return None
    f = fmt()
    words = [
        t("people.off_since", first=f.date(first))
        if last >= LAST_DAY
        else t("people.off_span", first=f.date(first), last=f.date(last))
        for first, last in spans
    ]
    return banner(" ".join(words), Tone.PLAIN, "slash-circle")
