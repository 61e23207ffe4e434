"""How many people were expected, verified and present; did they fit; and was the health protocol kept, as sums only?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.access import Page
from dashboard.components import (
    Tone,
    banner,
    bar_row,
    empty,
    kpi,
    kpi_row,
    panel,
    why,
)
from dashboard.i18n import fmt, t
from dashboard.pages.people.tables import (
    COUNTS,
    PeopleCount,
    figure_words,
    months_panel,
    opds_panel,
    screening_panel,
)
from dashboard.pages.shared import filters
from dashboard.pages.shared.exports import export_links
from dashboard.pages.shared.links import why_people
from dashboard.pages.shared.page_request import PageRequest, office_today
from etl.domain.units import MINUTE
from etl.figures.people.counts import (
    FIT_CLASSES,
    Attendance,
    ParticipantFigures,
    participant_figures,
    screening_off,
)
from etl.figures.people.rows import FIT_GROUPS, SCREENING, PeopleFigure
from etl.figures.period import LAST_DAY
from etl.figures.rooms.diary import RoomsFilter

if TYPE_CHECKING:
    from etl.office import Office

PAGE = Page.PESERTA
PATH = "/peserta"
TITLE = "people.title"
NAV = "people.nav"

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
    if not figures.whole.sessions and figures.screened is None:
        words = empty(t("word.no_data"), t("people.empty_hint"), "people")
        return _subtitle(figures.filter), export_links(EXPORT, query), html.Div([panel(words), protocol(office)])
    body = [
        kpi_row(*headlines(figures)),
        html.Div([_way_panel(figures), _fit_panel(figures)], className="p-grid-2"),
        months_panel(figures),
        opds_panel(figures),
        screening_panel(figures, why(why_people(figures.filter, SCREENING), t("people.screening_title"))),
        protocol(office),
        html.P(t("people.rule"), className="sla-note"),
    ]
    return _subtitle(figures.filter), export_links(EXPORT, query), html.Div(body)


def _subtitle(filter_: RoomsFilter) -> str:
    period = fmt().period(filter_.period.first, filter_.period.last)
    return " · ".join([filter_.room or t("word.all_rooms"), filter_.opd or t("word.all_opd"), period])


def headlines(figures: ParticipantFigures) -> list[Component]:
    """Planned, verified, present, attendance, seats."""
    people, f = figures.whole, fmt()
    counts = [
        kpi(count.words, f.number(count.of(people).sum), note=_known_words(figures, count),
            beside=_why(figures, count.figure))
        for count in COUNTS
    ]  # fmt: skip
    attendance = kpi(
        figure_words(PeopleFigure.ATTENDANCE),
        f.percent(people.attendance_share, 0),
        note=t("people.attendance_note") if people.attendance_share is not None else t("people.no_both"),
        beside=_why(figures, PeopleFigure.ATTENDANCE),
    )
    return [*counts, attendance, _seats(people, _why(figures, PeopleFigure.SEATS))]


def _why(figures: ParticipantFigures, figure: PeopleFigure) -> Component:
    return why(why_people(figures.filter, figure), figure_words(figure))


def _known_words(figures: ParticipantFigures, count: PeopleCount) -> str:
    """In how many of the sessions that number is recorded."""
    f, known = fmt(), count.of(figures.whole).known
    return t("people.known", known=f.number(known), sessions=f.number(figures.whole.sessions))


def _seats(people: Attendance, beside: Component) -> Component:
    f, name = fmt(), figure_words(PeopleFigure.SEATS)
    if people.seats_share is None:
        return kpi(name, t("word.none"), note=t("people.seats_unknown"), beside=beside)
    parts = [t("people.seats_note", seated=f.number(people.seated), sessions=f.number(people.sessions))]
    parts += [t("room.overfull", count=f.number(people.overfull))] if people.overfull else []
    tone = Tone.NEAR if people.overfull else Tone.PLAIN
    return kpi(name, f.percent(people.seats_share, 0), note=" · ".join(parts), tone=tone, beside=beside)


def _way_panel(figures: ParticipantFigures) -> Component:
    """From plan to presence, each bar against the longest."""
    longest = max(count.of(figures.whole).sum or 0 for count in COUNTS)
    rows = [_way_row(figures, count, longest) for count in COUNTS]
    return panel(html.Div(rows, className="room-bars"), title=t("people.way_title"), note=t("people.way_note"))


def _way_row(figures: ParticipantFigures, count: PeopleCount, longest: int) -> Component:
    people = count.of(figures.whole).sum
    share = None if people is None or not longest else people / longest
    words = f"{fmt().number(people)} · {_known_words(figures, count)}"
    return bar_row(count.words, share, words, _why(figures, count.figure))


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
