"""The figures of participants taken apart: both parts of each, which sessions count, and every session."""

from __future__ import annotations

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import Tone, pill
from dashboard.components.tables import Column, read_page, table_row
from dashboard.i18n import fmt, t
from dashboard.pages.people import figure_words, fit_words, protocol, screening_panel
from dashboard.pages.shared.filters import asked_filter
from dashboard.pages.shared.links import Crumbs, filtered_address, why_people
from dashboard.pages.shared.page_request import office_today
from dashboard.pages.shared.words import opd_words
from dashboard.pages.why.explanation import (
    ROWS,
    Explanation,
    FigureRow,
    Lines,
    Rows,
    fractions,
    member,
    opd_cell,
    page_of,
    rows_of_figure,
    rules_of,
    session_cell,
    session_lines,
    subtitle,
)
from etl.domain.units import HOUR, MINUTE
from etl.figures.people import (
    FIT_GROUPS,
    GROUPS,
    SCREENING,
    ParticipantFigures,
    PeopleBehind,
    PeopleFigure,
    PeopleRow,
    participant_figures,
    people_behind,
    people_rows,
)
from etl.figures.rooms.diary import WITHOUT_LETTER, Diary, room_diary
from etl.office import Office

_SHARES = (PeopleFigure.ATTENDANCE, PeopleFigure.SEATS)


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Explanation:
    """The explanation; an agency's user finds only its own sessions."""
    filter_ = asked_filter(query, office_today(office, as_of), user.opd_filter)
    moment = as_of - as_of % MINUTE
    figures, diary = participant_figures(office, filter_, moment), room_diary(office, filter_, moment)
    if query.get("tentang") == SCREENING:
        return _screening(office, figures, moment)
    figure, group = member(query.get("tentang"), PeopleFigure.PRESENT), _group(query.get("kelompok", ""))
    return Explanation(
        subtitle=(figure_words(figure), *subtitle(_group_words(group), figures.filter)),
        parts=[
            fractions([_fraction(figures, people_behind(diary, kind, group), figure, group) for kind in PeopleFigure]),
            _sessions(office, people_behind(diary, figure, group), group, read_page(query.get("hal")), user),
            None if group else screening_panel(figures),
        ],
        rules=rules_of(office, moment, html.Div(t("people.rule")), *_apart(diary)),
        crumbs=_crumbs(figures),
    )


def _crumbs(figures: ParticipantFigures) -> Crumbs:
    return [(t("people.nav"), filtered_address("/peserta", figures.filter))]


def _screening(office: Office, figures: ParticipantFigures, moment: int) -> Explanation:
    """The sums with the rules by which they are counted and hidden; never a session."""
    rules = [t(f"people.screening_rule_{name}") for name in ("what", "when", "hidden", "left")]
    return Explanation(
        subtitle=subtitle(t("people.screening_title"), figures.filter),
        parts=[screening_panel(figures), protocol(office)],
        rules=rules_of(office, moment, *rules),
        crumbs=_crumbs(figures),
    )


def _group(name: str) -> str:
    """The group of an address; all sessions for any other word."""
    return name if name in GROUPS else ""


def _group_words(group: str) -> str:
    if group == WITHOUT_LETTER:
        return opd_words(None)
    return f"{t('people.fit_title')}: {fit_words(group)}" if group in FIT_GROUPS else ""


def _apart(diary: Diary) -> list[Component]:
    """What no figure holds."""
    words = [t("people.why_source")]
    words += [t("people.why_unusable", count=fmt().number(diary.unusable))] if diary.unusable else []
    return [html.Div(line, className="p-muted") for line in words]


def _fraction(figures: ParticipantFigures, behind: PeopleBehind, chosen: PeopleFigure, group: str) -> FigureRow:
    f = fmt()
    return FigureRow(
        name=figure_words(behind.figure),
        href=why_people(figures.filter, behind.figure, group),
        is_here=behind.figure is chosen,
        part=_in_unit(behind.figure, behind.part_sum),
        whole=_in_unit(behind.figure, behind.whole_sum),
        value=f.percent(behind.share) if behind.figure in _SHARES else f.number(behind.part_sum),
        counted=behind.counted,
        left=len(behind) - behind.counted,
    )


def _in_unit(figure: PeopleFigure, count: int | None) -> float | None:
    """People as they are, of the seats taken the hours of people and seats."""
    return count if count is None or figure is not PeopleFigure.SEATS else round(count / HOUR, 2)


def _sessions(office: Office, behind: PeopleBehind, group: str, page: int, user: Account) -> Rows:
    """The sessions, those that count first; the last row is the sum of all that count, on whichever page."""
    address = why_people(behind.diary.filter, behind.figure, group)
    pages = page_of(page, ROWS, len(behind), lambda number: f"{address}&hal={number}")
    rows = people_rows(office, behind, pages.first - 1, ROWS)
    columns = _columns(behind.figure, session_lines(office, [row.session_id for row in rows], user), user)
    sums = {
        "session": html.Strong(t("people.why_sum")),
        "part": fmt().number(_in_unit(behind.figure, behind.part_sum)),
        "whole": fmt().number(_in_unit(behind.figure, behind.whole_sum)),
    }
    return rows_of_figure(figure_words(behind.figure), columns, rows, pages, [table_row(columns, sums)])


def _columns(figure: PeopleFigure, lines: Lines, user: Account) -> list[Column[PeopleRow]]:
    f = fmt()
    heads = {
        PeopleFigure.ATTENDANCE: (figure_words(PeopleFigure.PRESENT), t("people.planned")),
        PeopleFigure.SEATS: (t("room.why_use_people"), t("room.why_use_seats")),
    }
    part, *whole = heads.get(figure, (figure_words(figure),))

    def shown(count: int | None) -> str:
        return f.number(_in_unit(figure, count))

    numbers = [Column("part", part, lambda row: shown(row.part), class_name="num")]
    numbers += [Column("whole", head, lambda row: shown(row.whole), class_name="num") for head in whole]
    names = {column.key: column.head for column in numbers}
    return [
        Column("session", t("sarpras.head_session"), lambda row: session_cell(row.start_at, row.room)),
        Column("opd", t("word.opd"), lambda row: opd_cell(row.opd, row.letter, user)),
        *numbers,
        Column("counted", t("why.head_counted"), lambda row: _counted(names, row)),
        Column("source", t("why.head_source"), lambda row: lines.get(row.session_id, t("word.none"))),
    ]


def _counted(heads: Mapping[str, str], row: PeopleRow) -> Component:
    """Whether it counts; if not, what nobody said."""
    if row.is_counted:
        return pill(Tone.GOOD, "check-lg", t("why.counted"))
    given = {"part": row.part, "whole": row.whole}
    missing = [heads[name] for name, value in given.items() if name in heads and value is None]
    return pill(Tone.MUTED, "dash", t("people.why_missing", names=", ".join(missing)))
