"""How many people were expected, verified and came; did they fit; and was the health protocol kept, as sums only?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import NamedTuple

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.components import Kpi, Tone, banner, bar_row, empty, kpi_row, legend, panel, why
from dashboard.components.plots import Mark, Tick, even_ticks, plot
from dashboard.components.tables import Column, number_column, share_column, sheet, table, text_column
from dashboard.i18n import fmt, t
from dashboard.pages.shared import filters
from dashboard.pages.shared.exports import export_links
from dashboard.pages.shared.forms import file_hint
from dashboard.pages.shared.links import why_people
from dashboard.pages.shared.months import hover_head, listed_points, month_of, month_places, month_ticks
from dashboard.pages.shared.page_request import PERIOD_AND_PLACE, PageRequest, office_today
from dashboard.pages.shared.words import opd_words
from data_access.mart import People
from etl.domain.people import Shown, ShownScreening
from etl.domain.units import MINUTE
from etl.figures.filter import LAST_DAY, month_period
from etl.figures.people import (
    FIT_CLASSES,
    FIT_GROUPS,
    SCREENING,
    Attendance,
    Count,
    ParticipantFigures,
    PeopleFigure,
    participant_figures,
    people_trend,
    screening_off,
)
from etl.figures.rooms.diary import WITHOUT_LETTER, RoomsFilter
from etl.office import Office
from etl.sheet_files import Sheet

PAGE = Page.PESERTA
PATH = "/peserta"
TITLE = "people.title"
NAV = "people.nav"
ADDRESS_NAMES = PERIOD_AND_PLACE

PREFIX = "people"
EXPORT = "/peserta/unduh"


def layout(page_request: PageRequest) -> Component:
    """Head with filters, and the figures."""
    return filters.frame(page_request, PREFIX, content)


def register(app: Dash, office: Office, now: Callable[[], int]) -> None:
    """Show what the address asks for; keep controls and address in step."""
    filters.register(app, PAGE, PREFIX, office, now, content)


def people_of(office: Office, query: Mapping[str, str], now: int, own_opd: str | None) -> ParticipantFigures:
    """The figures of an address, the same throughout a minute; AddressError or FilterError for what does not exist."""
    filter_ = filters.asked_filter(query, office_today(office, now), own_opd)
    return participant_figures(office, filter_, now - now % MINUTE)


def content(office: Office, query: Mapping[str, str], now: int, own_opd: str | None) -> filters.Shown:
    """The figures, or words where there are none."""
    figures = people_of(office, query, now, own_opd)
    months = people_trend(office, figures.filter, figures.as_of)
    trend = trend_panel(figures.filter, months, office_today(office, now))
    if not figures.whole.sessions and figures.screened is None:
        words = panel(empty(t("word.no_data"), file_hint("people.empty_hint", "people.empty_hint_others"), "people"))
        before = trend if any(people.sessions for _, people in months) else None
        return _subtitle(figures.filter), export_links(EXPORT, query), html.Div([words, before, protocol(office)])
    body = [
        kpi_row(*headlines(figures)),
        html.Div([_way_panel(figures), _fit_panel(figures)], className="p-grid-2"),
        trend,
        _groups_panel(t("people.by_month"), t("people.month"), _months(figures)),
        _groups_panel(t("people.by_opd"), t("word.opd"), _opds(figures)),
        screening_panel(figures, why(why_people(figures.filter, SCREENING), t("people.screening_title"))),
        protocol(office),
        html.P(t("people.rule"), className="sla-note"),
    ]
    return _subtitle(figures.filter), export_links(EXPORT, query), html.Div(body)


def _subtitle(filter_: RoomsFilter) -> str:
    period = fmt().period(filter_.period.first, filter_.period.last)
    return " · ".join([filter_.room or t("word.all_rooms"), filter_.opd or t("word.all_opd"), period])


def headlines(figures: ParticipantFigures) -> list[Kpi]:
    """Each of People, attendance, seats."""
    people, f = figures.whole, fmt()
    counts = [
        Kpi(figure_words(PeopleFigure[of.name]), f.number(people.people[of].sum), note=_known_words(figures, of),
            beside=_why(figures, PeopleFigure[of.name]))
        for of in People
    ]  # fmt: skip
    attendance = Kpi(
        figure_words(PeopleFigure.ATTENDANCE),
        f.percent(people.attendance_share),
        note=t("people.attendance_note") if people.attendance_share is not None else t("people.no_both"),
        beside=_why(figures, PeopleFigure.ATTENDANCE),
    )
    return [*counts, attendance, _seats(people, _why(figures, PeopleFigure.SEATS))]


def _why(figures: ParticipantFigures, figure: PeopleFigure) -> Component:
    return why(why_people(figures.filter, figure), figure_words(figure))


def _known_words(figures: ParticipantFigures, of: People) -> str:
    """In how many of the sessions that number is recorded."""
    f, known = fmt(), figures.whole.people[of].known
    return t("people.known", known=f.number(known), sessions=f.number(figures.whole.sessions))


def _seats(people: Attendance, beside: Component) -> Kpi:
    f, name = fmt(), figure_words(PeopleFigure.SEATS)
    if people.seats_share is None:
        return Kpi(name, t("word.none"), note=t("people.seats_unknown"), beside=beside)
    parts = [t("people.seats_note", seated=f.number(people.seated), sessions=f.number(people.sessions))]
    parts += [t("room.overfull", count=f.number(people.overfull))] if people.overfull else []
    tone = Tone.NEAR if people.overfull else Tone.PLAIN
    return Kpi(name, f.percent(people.seats_share), note=" · ".join(parts), tone=tone, beside=beside)


def _way_panel(figures: ParticipantFigures) -> Component:
    """From plan to presence, each bar against the longest."""
    longest = max(figures.whole.people[of].sum or 0 for of in People)
    rows = [_way_row(figures, of, longest) for of in People]
    return panel(html.Div(rows, className="room-bars"), title=t("people.way_title"), note=t("people.way_note"))


def _way_row(figures: ParticipantFigures, of: People, longest: int) -> Component:
    people, figure = figures.whole.people[of].sum, PeopleFigure[of.name]
    share = None if people is None or not longest else people / longest
    words = f"{fmt().number(people)} · {_known_words(figures, of)}"
    return bar_row(figure_words(figure), share, words, _why(figures, figure))


_LINES = ((People.PLANNED, "plan"), (People.VERIFIED, "text"), (People.PRESENT, "good"))
"""The lines of the trend and their looks, the last one on top."""


def trend_panel(filter_: RoomsFilter, trend: Sequence[tuple[str, Attendance]], today: date) -> Component:
    """Twelve months of planned, verified and present people; in words when nobody is recorded in them."""
    title, first = t("people.trend_title"), month_of(trend[0][0]).first
    note = fmt().period(first, month_of(trend[-1][0]).last)
    most = max((people.people[of].sum or 0 for _, people in trend for of in People), default=0)
    if not most:
        return panel(empty(t("people.trend_none")), title=title, note=note)
    running, points = f"{today:%Y-%m}", []
    for month, people in trend:
        address = why_people(replace(filter_, period=month_of(month)), PeopleFigure.PRESENT)
        points.append((hover_head(month, running) + _month_words(people), address))
    told = [point for point, (_, people) in zip(points, trend, strict=True) if people.sessions]
    return panel(
        _trend_lines(trend, points, even_ticks(most), running),
        _trend_legend(),
        listed_points(told),
        title=title,
        note=note,
    )


def _month_words(people: Attendance) -> str:
    counts = [f"{figure_words(PeopleFigure[of.name])} {fmt().number(people.people[of].sum)}" for of in People]
    return " · ".join([*counts, t("people.trend_sessions", sessions=fmt().number(people.sessions), n=people.sessions)])


def _trend_lines(
    trend: Sequence[tuple[str, Attendance]], points: Sequence[tuple[str, str]], ticks: Sequence[float], running: str
) -> Component:
    """Three lines, broken where nothing is recorded; the points are those of the people who came."""
    across, f = month_places(len(trend)), fmt()
    lines: list[tuple[str, list[tuple[float, float]]]] = []
    marks = []
    for of, look in _LINES:
        sums = [people.people[of].sum for _, people in trend]
        for is_known, run in groupby(zip(across, sums, points, trend, strict=True), lambda one: one[1] is not None):
            if not is_known:
                continue
            places = []
            for at, people, (words, address), (month, _) in run:
                places.append((at, (people or 0) / ticks[-1]))
                kind = "running" if month == running else look
                marks.append(Mark(places[-1], kind if look == "good" else f"{look} is-small", words, address))
            lines.append((look, places))
    return plot(
        "people-trend",
        label=t("people.trend_label"),
        height=270,
        x=month_ticks([month for month, _ in trend], 2),
        y=[Tick(tick / ticks[-1], f.number(tick)) for tick in ticks],
        lines=lines,
        marks=marks,
    )


def _trend_legend() -> Component:
    return legend([(f"line is-{look}", figure_words(PeopleFigure[of.name])) for of, look in _LINES])


def _fit_panel(figures: ParticipantFigures) -> Component:
    """How full the room was, by classes of people ÷ seats."""
    *known, unknown = figures.fit
    title, note = t("people.fit_title"), t("people.fit_note")
    if not sum(known):
        return panel(empty(t("people.seats_unknown")), title=title)
    f, most = fmt(), max(known)
    rows = [
        bar_row(fit_words(group), count / most, f.number(count), _why_group(figures, group))
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


def protocol(office: Office) -> Component | None:
    """Since when the health protocol is switched off."""
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


def figure_words(figure: PeopleFigure) -> str:
    """What a figure is called on cards, in tables, files and explanations."""
    return t(f"people.{figure.name.lower()}")


class _Group(NamedTuple):
    """The sessions of a month, of an agency, or all: their name, figures, and the address of their explanation."""

    name: str
    people: Attendance
    address: str = ""


def _groups_panel(title: str, first: str, rows: Sequence[_Group]) -> Component:
    if not rows:
        return panel(empty(t("word.no_data")), title=title)
    return panel(table(title, _group_columns(first), rows), title=title)


def _group_columns(first: str) -> list[Column[_Group]]:
    """Each row has one way to all of its figures: each explanation leads to the others."""

    def name(group: _Group) -> list[str | Component]:
        return [group.name, " ", why(group.address, group.name)]

    attendance, seats = PeopleFigure.ATTENDANCE, PeopleFigure.SEATS
    return [
        Column("name", first, name, lambda group: group.name, "room-fair-name", is_name=True),
        number_column("sessions", t("people.sessions"), lambda group: group.people.sessions),
        *(column for of in People for column in _count_columns(of)),
        share_column("attendance", figure_words(attendance), lambda group: group.people.attendance_share),
        share_column("seats", figure_words(seats), lambda group: group.people.seats_share),
    ]


def _count_columns(of: People) -> list[Column[_Group]]:
    """The sum; in a file the number of sessions that it is of has a column of its own."""
    name = figure_words(PeopleFigure[of.name])

    def count(group: _Group) -> Count:
        return group.people.people[of]

    def cell(group: _Group) -> list[str | Component]:
        return _sum_cell(count(group), group.people.sessions)

    return [
        Column(of, name, cell, lambda group: count(group).sum, "num"),
        Column(f"{of} known", t("people.file_known", name=name), value=lambda group: count(group).known),
    ]


def _sum_cell(count: Count, sessions: int) -> list[str | Component]:
    """The sum, and of how many sessions it is when not of all."""
    f = fmt()
    if count.sum is None:
        return [t("word.none")]
    known = t("people.of_sessions", known=f.number(count.known), sessions=f.number(sessions))
    return [f.number(count.sum), html.Small(f" {known}", className="p-muted") if count.known < sessions else ""]


def _months(figures: ParticipantFigures) -> list[_Group]:
    """The months with a session."""
    rows = []
    for name, people in figures.by_month:
        if people.sessions:
            month = month_period(int(name[:4]), int(name[5:]))
            filter_ = replace(figures.filter, period=figures.filter.period.part(month))
            rows.append(_Group(fmt().month(month.first), people, why_people(filter_, PeopleFigure.PRESENT)))
    return rows


def _opds(figures: ParticipantFigures) -> list[_Group]:
    """The agencies with a session, those with most people first."""
    rows = []
    for opd, people in figures.by_opd:
        filter_, group = (figures.filter, WITHOUT_LETTER) if opd is None else (replace(figures.filter, opd=opd), "")
        rows.append(_Group(opd_words(opd), people, why_people(filter_, PeopleFigure.PRESENT, group)))
    return rows


# Screening


_Screened = tuple[str, ShownScreening]
"""The name of a month, of an agency or of all, and its screening as far as it may be shown."""


def screening_panel(figures: ParticipantFigures, beside: Component | None = None) -> Component:
    """Sums in which no small cell can be found out; `beside` stands after the rule by which they are hidden."""
    title, note = t("people.screening_title"), t("people.screening_note")
    if figures.screened is None:
        key = "people.screening_years" if figures.filter.opd else "people.screening_months"
        return panel(html.P([t(key), " ", beside]), title=title)
    months = [(fmt().month(date.fromisoformat(f"{name}-01")), shown) for name, shown in figures.screened_months]
    opds = _screened_opds(figures) if not figures.filter.opd else []
    whole = (t("people.screening_all"), figures.screened)
    return panel(
        _screening_table(t("people.month"), [*months, whole]),
        _screening_table(t("word.opd"), opds) if opds else None,
        html.P([t("people.hidden"), " ", beside], className="sla-note"),
        title=title,
        note=note,
    )


def _screening_table(first: str, rows: Sequence[_Screened]) -> Component:
    return table(f"{t('people.screening_title')}: {first}", _screening_columns(first), rows, "people-screening")


def _screening_columns(first: str) -> list[Column[_Screened]]:
    return [
        text_column("name", first, lambda row: row[0], is_name=True),
        _shown_column("screened", lambda row: row[1].n),
        _shown_column("passed", lambda row: row[1].passed),
        _shown_column("failed", lambda row: row[1].failed),
    ]


def _shown_column(key: str, of: Callable[[_Screened], Shown]) -> Column[_Screened]:
    """A number, "<5", or a word for what is hidden."""

    def value(row: _Screened) -> str | int:
        shown = of(row)
        return t("people.hidden_word") if shown is None else shown

    def cell(row: _Screened) -> str:
        shown = value(row)
        return fmt().number(shown) if isinstance(shown, int) else shown

    return Column(key, t(f"people.{key}"), cell, value, "num")


def _screened_opds(figures: ParticipantFigures) -> list[_Screened]:
    return [(opd_words(opd), screening) for opd, screening in figures.screened_opds]


# Files


def people_sheets(figures: ParticipantFigures) -> list[Sheet]:
    """People by month with their sum, by agency, and the screening where it may be shown."""
    opds = sheet(t("people.by_opd"), _group_columns(t("word.opd")), _opds(figures))
    if figures.screened is None:
        return [months_sheet(figures), opds]
    rows = [*figures.screened_months, *_screened_opds(figures), (t("people.screening_all"), figures.screened)]
    screening = sheet(t("people.screening_title"), _screening_columns(t("people.screening_of")), rows)
    return [months_sheet(figures), opds, screening]


def months_sheet(figures: ParticipantFigures) -> Sheet:
    """All months of the period, also those without a session, and their sum."""
    months = [_Group(name, people) for name, people in [*figures.by_month, (t("people.screening_all"), figures.whole)]]
    return sheet(t("people.by_month"), _group_columns(t("people.month")), months)
