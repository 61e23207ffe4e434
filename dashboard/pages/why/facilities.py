"""The figures of facilities taken apart: both parts of each, and the sessions, days or faults that they are made of.

One fault, the state of a room and a supply have explanations of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import Tone, link, pill, why
from dashboard.components.tables import Column, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.facilities.view import first_words
from dashboard.pages.shared.filters import asked_filter
from dashboard.pages.shared.links import FAULT, ROOM_STATE, SARPRAS, SUPPLY, filtered_address, why_fault, why_sarpras
from dashboard.pages.shared.page_request import office_today
from dashboard.pages.why.explanation import (
    ROWS,
    Explanation,
    FigureRow,
    Rows,
    check_faults,
    check_lines,
    fractions,
    letters_of,
    member,
    opd_cell,
    page_of,
    report_line,
    rows_of_figure,
    rules_of,
    session_cell,
    session_lines,
    subtitle,
)
from dashboard.pages.why.room_state import explain_fault, explain_room, explain_supply
from etl.figures.facilities.checks import FirstDay, SessionCheck
from etl.figures.facilities.incidents import Incident, first_reports
from etl.figures.facilities.period import ConditionFigure, ConditionFigures, condition_figures
from etl.office import Office


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Explanation:
    """The explanation of what `tentang` names."""
    if other := _OTHERS.get(query.get("tentang", "")):
        return other(office, query, as_of, user)
    filter_ = asked_filter(query, office_today(office, as_of), user.opd_filter)
    figures = condition_figures(office, filter_.period, as_of, room=filter_.room, opd=filter_.opd)
    figure = member(query.get("tentang"), ConditionFigure.B5)
    rows = _ROWS[figure](office, figures, figure, read_page(query.get("hal")), user)
    return Explanation(
        subtitle=subtitle(_name(figure), figures.filter),
        parts=[fractions([_fraction(figures, kind, figure) for kind in ConditionFigure]), rows],
        rules=rules_of(
            office, as_of, t("sarpras.rule"), t(f"sarpras.why_{figure.name.lower()}"), days=figures.filter.period
        ),
        crumbs=[(t("sarpras.title"), filtered_address(SARPRAS, figures.filter))],
    )


def _name(figure: ConditionFigure) -> str:
    return t(f"sarpras.kpi_{figure.name.lower()}")


def _fraction(figures: ConditionFigures, figure: ConditionFigure, chosen: ConditionFigure) -> FigureRow:
    f, b5, first, faults = fmt(), figures.b5, figures.first_use, figures.restoring
    restore, respond = faults.restore, faults.respond
    restored, answered = faults.restored - restore.n, len(figures.answered) - respond.n
    restoring, responding = (f.duration_short(times.median_working_seconds) for times in (restore, respond))
    values: dict[ConditionFigure, tuple[int | None, int | None, str, int, int]] = {
        ConditionFigure.OPEN: (faults.open, None, f.number(faults.open), faults.open, 0),
        ConditionFigure.RESTORE: (None, None, restoring, restore.n, restored),
        ConditionFigure.RESPOND: (None, None, responding, respond.n, answered),
        ConditionFigure.B5: (b5.good, b5.checked, f.percent(b5.share), b5.checked, b5.held - b5.checked),
        ConditionFigure.COVERAGE: (b5.checked, b5.held, f.percent(b5.coverage), b5.held, 0),
        ConditionFigure.FIRST: (first.checked, first.days, f.percent(first.share), first.days, 0),
    }
    return FigureRow(_name(figure), why_sarpras(figures.filter, figure), figure is chosen, *values[figure])


def _rows(
    figures: ConditionFigures,
    figure: ConditionFigure,
    page: int,
    rows: Sequence[Any],
    columns: Callable[[Any], list[Column[Any]]],
) -> Rows:
    """One page of the rows of a figure; `columns` makes those of the rows shown."""
    address = why_sarpras(figures.filter, figure)
    pages = page_of(page, ROWS, len(rows), lambda number: f"{address}&hal={number}")
    shown = pages.slice(rows)
    return rows_of_figure(_name(figure), columns(shown), shown, pages)


def _sessions(office: Office, figures: ConditionFigures, figure: ConditionFigure, page: int, user: Account) -> Rows:
    """The sessions of the step that is judged by checks and of its coverage, those with a check first."""
    none, is_b5 = t("word.none"), figure is ConditionFigure.B5

    def columns(shown: Sequence[SessionCheck]) -> list[Column[SessionCheck]]:
        used = session_lines(office, [row.session_id for row in shown], user)
        checked = check_lines(office, [row.check_id for row in shown], user)
        letters = letters_of(office, [row.request_id for row in shown])
        bad = check_faults(office, [row.check_id for row in shown if is_b5 and not row.is_good])
        return [
            Column("session", t("sarpras.head_session"), lambda row: session_cell(row.start_at, row.room)),
            Column("opd", t("sarpras.head_opd"),
                   lambda row: opd_cell(row.opd, letters.get(row.request_id or 0), user)),
            _checked(),
            Column("counted", t("why.head_counted"),
                   lambda row: html.Div([_session_pill(row, figure), *bad.get(row.check_id or 0, ())])),
            Column("source", t("sarpras.why_of_session"), lambda row: used.get(row.session_id, none)),
            Column("checks", t("sarpras.why_of_check"), lambda row: checked.get(row.check_id or 0, none)),
        ]  # fmt: skip

    rows = sorted(figures.sessions, key=lambda row: (row.checked_at is None, row.start_at, row.session_id))
    return _rows(figures, figure, page, rows, columns)


def _checked() -> Column[Any]:
    """When the room was checked."""
    return Column(
        "check", t("sarpras.head_check"), lambda row: fmt().moment_or_day(row.checked_at, is_exact=not row.is_day_only)
    )


def _session_pill(row: SessionCheck, figure: ConditionFigure) -> Component:
    """On which side of the line it stands."""
    if row.checked_at is None:
        is_left = figure is ConditionFigure.B5
        return pill(Tone.MUTED, "question-circle", t("sarpras.why_left_out" if is_left else "sarpras.b5_unchecked"))
    if figure is ConditionFigure.COVERAGE:
        return pill(Tone.GOOD, "check-lg", t("sarpras.why_checked"))
    if row.is_good:
        return pill(Tone.GOOD, "check-lg", t("sarpras.b5_good"))
    return pill(Tone.LATE, "x-lg", t("sarpras.b5_bad"))


def _days(office: Office, figures: ConditionFigures, figure: ConditionFigure, page: int, user: Account) -> Rows:
    """The days on which a room was used, by time."""

    def columns(shown: Sequence[FirstDay]) -> list[Column[FirstDay]]:
        lines = check_lines(office, [row.check_id for row in shown], user)
        return [
            Column("session", t("sarpras.why_first_use"), lambda row: session_cell(row.start_at, row.room)),
            _checked(),
            Column("counted", t("why.head_counted"), _before),
            Column("checks", t("sarpras.why_of_check"), lambda row: lines.get(row.check_id or 0, t("word.none"))),
        ]

    return _rows(figures, figure, page, figures.days, columns)


def _before(day: FirstDay) -> Component:
    if day.is_checked:
        return pill(Tone.GOOD, "check-lg", t("sarpras.why_before"))
    if day.checked_at is None:
        return pill(Tone.MUTED, "question-circle", t("sarpras.b5_unchecked"))
    return pill(Tone.NEAR, "clock", t("sarpras.why_after"))


def _faults(office: Office, figures: ConditionFigures, figure: ConditionFigure, page: int, user: Account) -> Rows:
    """Open faults by age, or those restored or answered with the shortest first and those without a time last."""
    f, (ended, working, elapsed) = fmt(), _times(figure)

    def end_words(fault: Incident) -> str:
        return f.moment_or_day(ended(fault), is_exact=working(fault) is not None)

    def length(fault: Incident) -> Component:
        return html.Span([f.duration_short(working(fault)), why(why_fault(fault.key), fault.item)])

    def counted(fault: Incident) -> Component:
        """An open fault always counts; one that ended when both ends are known to the minute."""
        if ended(fault) is None or working(fault) is not None:
            return pill(Tone.GOOD, "check-lg", t("why.counted"))
        return pill(Tone.MUTED, "dash", t("sarpras.why_untimed"))

    def columns(shown: Sequence[Incident]) -> list[Column[Incident]]:
        reports = first_reports(office, shown)
        head = "sarpras.why_responded" if figure is ConditionFigure.RESPOND else "sarpras.head_restored"
        end = [] if figure is ConditionFigure.OPEN else [Column("restored", t(head), end_words)]
        return [
            Column("item", t("sarpras.head_item"), lambda fault: _fault_link(figures, fault)),
            Column("since", t("sarpras.why_since"),
                   lambda fault: first_words(fault, is_short=True)),
            *end,
            Column("working", t("sarpras.head_working"), length, class_name="num"),
            Column("elapsed", t("sarpras.head_elapsed"), lambda fault: f.duration_short(elapsed(fault)),
                   class_name="num"),
            Column("counted", t("why.head_counted"), counted),
            Column("source", t("sarpras.why_of_fault"), lambda fault: report_line(reports.get(fault.key), user)),
        ]  # fmt: skip

    return _rows(figures, figure, page, _behind(figures, figure), columns)


def _behind(figures: ConditionFigures, figure: ConditionFigure) -> list[Incident]:
    if figure is ConditionFigure.OPEN:
        return sorted(figures.opened, key=lambda fault: (fault.first_at, fault.key))
    _, working, _ = _times(figure)
    ended = figures.answered if figure is ConditionFigure.RESPOND else figures.cases
    return sorted(ended, key=lambda fault: (working(fault) is None, working(fault) or 0, fault.key))


def _fault_link(figures: ConditionFigures, fault: Incident) -> Component:
    way = link(fault.item, filtered_address(SARPRAS, figures.filter, gangguan=fault.key), "cases-link")
    return html.Div([way, html.Br(), html.Span(fault.room, className="p-muted")])


_RESTORED = ("ended_at", "restore_working", "restore_elapsed")
_TIMES = {
    ConditionFigure.OPEN: _RESTORED,
    ConditionFigure.RESTORE: _RESTORED,
    ConditionFigure.RESPOND: ("responded_at", "respond_working", "respond_elapsed"),
}
"""Which end and which lengths of a fault a figure is about."""


def _times(figure: ConditionFigure) -> Iterator[Callable[[Incident], int | None]]:
    """Its end, its working time and its elapsed time."""
    return map(attrgetter, _TIMES[figure])


_ROWS: dict[ConditionFigure, Callable[[Office, ConditionFigures, ConditionFigure, int, Account], Rows]] = {
    ConditionFigure.OPEN: _faults,
    ConditionFigure.RESTORE: _faults,
    ConditionFigure.RESPOND: _faults,
    ConditionFigure.B5: _sessions,
    ConditionFigure.COVERAGE: _sessions,
    ConditionFigure.FIRST: _days,
}

_OTHERS: dict[str, Callable[[Office, Mapping[str, str], int, Account], Explanation]] = {
    FAULT: explain_fault,
    ROOM_STATE: explain_room,
    SUPPLY: explain_supply,
}
