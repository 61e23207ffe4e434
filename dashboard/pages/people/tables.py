"""The tables of the page of participants, on the screen and as sheets of a file; of the screening sums only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from dash import html
from dash.development.base_component import Component

from dashboard.components import empty, panel, why
from dashboard.components.tables import Column, number_column, share_column, sheet, table, text_column
from dashboard.i18n import fmt, t
from dashboard.pages.shared.links import why_people
from dashboard.pages.shared.words import opd_words
from etl.domain.people.screening import Shown, ShownScreening
from etl.figures.people.counts import Attendance, Count, ParticipantFigures
from etl.figures.people.rows import PeopleFigure
from etl.figures.period import month_period
from etl.figures.rooms.diary import WITHOUT_LETTER, RoomsFilter
from etl.sheet_files import Sheet


def figure_words(figure: PeopleFigure) -> str:
    """What a figure is called on cards, in tables, files and explanations."""
    return t(f"people.{figure.name.lower()}")


class PeopleCount(NamedTuple):
    """A number of people that the records of a session may hold: its figure, and where `Attendance` has its sum."""

    figure: PeopleFigure
    of: Callable[[Attendance], Count]

    @property
    def words(self) -> str:
        """Its name, in the language of the request."""
        return figure_words(self.figure)


COUNTS = (
    PeopleCount(PeopleFigure.PLANNED, lambda people: people.planned),
    PeopleCount(PeopleFigure.VERIFIED, lambda people: people.verified),
    PeopleCount(PeopleFigure.PRESENT, lambda people: people.present),
)
"""Planned by the letter, verified by the office, present in the room."""


class _Group(NamedTuple):
    """The sessions of a month, of an agency, or all: their name, figures, and the address of their explanation."""

    name: str
    people: Attendance
    address: str = ""


def months_panel(figures: ParticipantFigures) -> Component:
    """The months with a session."""
    return _groups_panel(t("people.by_month"), t("people.month"), _months(figures))


def opds_panel(figures: ParticipantFigures) -> Component:
    """The agencies with a session, those with most people first."""
    return _groups_panel(t("people.by_opd"), t("word.opd"), _opds(figures))


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
        *(column for count in COUNTS for column in _count_columns(count)),
        share_column("attendance", figure_words(attendance), lambda group: group.people.attendance_share),
        share_column("seats", figure_words(seats), lambda group: group.people.seats_share),
    ]


def _count_columns(count: PeopleCount) -> list[Column[_Group]]:
    """The sum; in a file the number of sessions that it is of has a column of its own."""

    def cell(group: _Group) -> list[str | Component]:
        return _sum_cell(count.of(group.people), group.people.sessions)

    known = t("people.file_known", name=count.words)
    return [
        Column(count.figure, count.words, cell, lambda group: count.of(group.people).sum, "num"),
        Column(f"{count.figure} known", known, value=lambda group: count.of(group.people).known),
    ]


def _sum_cell(count: Count, sessions: int) -> list[str | Component]:
    """The sum, and of how many sessions it is when not of all."""
    f = fmt()
    if count.sum is None:
        return [t("word.none")]
    known = t("people.of_sessions", known=f.number(count.known), sessions=f.number(sessions))
    return [f.number(count.sum), html.Small(f" {known}", className="p-muted") if count.known < sessions else ""]


def _months(figures: ParticipantFigures) -> list[_Group]:
    rows = []
    for name, people in figures.by_month:
        if people.sessions:
            month = month_period(int(name[:4]), int(name[5:]))
            filter_ = replace(figures.filter, period=figures.filter.period.part(month))
            rows.append(_Group(fmt().month(month.first), people, why_people(filter_, PeopleFigure.PRESENT)))
    return rows


def _opds(figures: ParticipantFigures) -> list[_Group]:
    return [_Group(opd_words(opd), people, _why_opd(figures.filter, opd)) for opd, people in figures.by_opd]


def _why_opd(filter_: RoomsFilter, opd: str | None) -> str:
    if opd is None:
        return why_people(filter_, PeopleFigure.PRESENT, WITHOUT_LETTER)
    return why_people(replace(filter_, opd=opd), PeopleFigure.PRESENT)


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
