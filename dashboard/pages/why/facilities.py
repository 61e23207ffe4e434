"""The figures of facilities taken apart: both parts of each, and the sessions, days or faults that they are made of.

One fault, the state of a room and a supply have explanations of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import Tone, link, page_head, pill, why
from dashboard.components.pager import pages_of, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.shared.filters import asked_filter
from dashboard.pages.shared.links import FAULT, ROOM_STATE, SUPPLY, sarpras_address, why_fault, why_sarpras
from dashboard.pages.shared.page_request import office_today
from dashboard.pages.shared.row_lists import table_row
from dashboard.pages.why.fault import explain_fault
from dashboard.pages.why.room_rows import (
    ROWS,
    check_faults,
    check_lines,
    fractions_panel,
    letters_of,
    opd_cell,
    report_line,
    rows_panel,
    session_cell,
    session_lines,
)
from dashboard.pages.why.room_state import explain_room
from dashboard.pages.why.rules import calendar_rule, data_rule, rules_panel
from dashboard.pages.why.supply import explain_supply
from etl.figures.facilities.incidents import Incident, first_reports
from etl.figures.facilities.period import ConditionFigure, ConditionFigures, FirstDay, SessionCheck, condition_figures
from etl.figures.rooms.diary import RoomsFilter

if TYPE_CHECKING:
    from etl.office import Office


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Component:
    """The explanation of what `tentang` names."""
    if other := _OTHERS.get(query.get("tentang", "")):
        return other(office, query, as_of, user)
    asked = asked_filter(query, office_today(office, as_of), user.opd_filter)
    figures = condition_figures(office, asked.period, as_of, room=asked.room, opd=asked.opd)
    figure = _figure(query.get("tentang", ""))
    f, period = fmt(), figures.period
    crumbs = [(t("sarpras.title"), sarpras_address(_asked(figures))), (t("word.why"), None)]
    parts = [_name(figure), f.period(period.first, period.last), figures.opd or "", figures.room or ""]
    rules = [
        (t("why.rule_accounting"), [html.Div(t("sarpras.rule")), html.Div(t(f"sarpras.why_{figure.name.lower()}"))]),
        calendar_rule(office, period.first, period.last),
        data_rule(office, as_of),
    ]
    page = read_page(query.get("hal"))
    return html.Div(
        [
            page_head(t("word.why"), " · ".join(part for part in parts if part), crumbs=crumbs),
            fractions_panel([_fraction(figures, one) for one in ConditionFigure], figure),
            _LISTS[figure](office, figures, figure, page, user),
            rules_panel(rules),
        ]
    )


def _figure(name: str) -> ConditionFigure:
    """The figure of an address; B5 for any other word."""
    return ConditionFigure(name) if name in {one.value for one in ConditionFigure} else ConditionFigure.B5


def _name(figure: ConditionFigure) -> str:
    return t(f"sarpras.kpi_{figure.name.lower()}")


def _asked(figures: ConditionFigures) -> RoomsFilter:
    return RoomsFilter(figures.period, figures.opd, figures.room)


def _fraction(figures: ConditionFigures, figure: ConditionFigure) -> dict[str, Any]:
    f, b5, first, faults = fmt(), figures.b5, figures.first_use, figures.restoring
    none = t("word.none")
    values: dict[ConditionFigure, tuple[str, str, str, int, int]] = {
        ConditionFigure.OPEN: (f.number(faults.open), none, f.number(faults.open), faults.open, 0),
        ConditionFigure.RESTORE: (
            none, none, f.duration_short(faults.median_working_seconds), faults.n, faults.restored - faults.n,
        ),
        ConditionFigure.RESPOND: (
            none, none, f.duration_short(faults.respond_median_working_seconds), faults.respond_n,
            len(figures.answered) - faults.respond_n,
        ),
        ConditionFigure.B5: (
            f.number(b5.good), f.number(b5.checked), f.percent(b5.share), b5.checked, b5.held - b5.checked,
        ),
        ConditionFigure.COVERAGE: (f.number(b5.checked), f.number(b5.held), f.percent(b5.coverage), b5.held, 0),
        ConditionFigure.FIRST: (
            f.number(first.checked), f.number(first.days), f.percent(first.share), first.days, 0,
        ),
    }  # fmt: skip
    part, whole, value, counted, left = values[figure]
    return {"figure": figure, "name": _name(figure), "href": why_sarpras(_asked(figures), figure), "part": part,
            "whole": whole, "value": value, "counted": f.number(counted), "left": f.number(left)}  # fmt: skip


def _page(page: int, rows: Sequence[Any]) -> tuple[int, Sequence[Any]]:
    page = min(page, pages_of(len(rows), ROWS))
    return page, rows[(page - 1) * ROWS : page * ROWS]


def _sessions(
    office: Office, figures: ConditionFigures, figure: ConditionFigure, page: int, user: Account
) -> Component:
    """The sessions of B5 and of its coverage, those with a check first."""
    ordered = sorted(figures.sessions, key=lambda one: (one.checked_at is None, one.start_at, one.session_id))
    page, shown = _page(page, ordered)
    used = session_lines(office, [one.session_id for one in shown], user)
    checked = check_lines(office, [one.check_id for one in shown], user)
    letters = letters_of(office, [one.request_id for one in shown])
    bad = check_faults(office, [one.check_id for one in shown if figure is ConditionFigure.B5 and not one.is_good])
    names = {"session": "sarpras.head_session", "opd": "sarpras.head_opd", "check": "sarpras.head_check",
             "counted": "why.head_counted", "source": "sarpras.why_of_session",
             "checks": "sarpras.why_of_check"}  # fmt: skip
    heads = {name: t(key) for name, key in names.items()}
    drawn = [
        table_row(
            heads,
            {
                "session": session_cell(one.start_at, one.room),
                "opd": opd_cell(one.opd, letters.get(one.request_id or 0), user),
                "check": _when(one.checked_at, is_day_only=one.is_day_only),
                "counted": html.Div([_said(one, figure), *bad.get(one.check_id or 0, ())]),
                "source": used.get(one.session_id, t("word.none")),
                "checks": checked.get(one.check_id or 0, t("word.none")),
            },
        )
        for one in shown
    ]
    return rows_panel(_name(figure), heads, drawn, (), (page, len(ordered), why_sarpras(_asked(figures), figure)))


def _when(at: int | None, *, is_day_only: bool) -> str:
    f = fmt()
    return f.date_short(f.local(at).date()) if at is not None and is_day_only else f.moment_short(at)


def _said(one: SessionCheck, figure: ConditionFigure) -> Component:
    """On which side of the line it stands."""
    if one.checked_at is None:
        is_left = figure is ConditionFigure.B5
        return pill(Tone.MUTED, "question-circle", t("sarpras.why_left_out" if is_left else "sarpras.b5_unchecked"))
    if figure is ConditionFigure.COVERAGE:
        return pill(Tone.GOOD, "check-lg", t("sarpras.why_checked"))
    if one.is_good:
        return pill(Tone.GOOD, "check-lg", t("sarpras.b5_good"))
    return pill(Tone.LATE, "x-lg", t("sarpras.b5_bad"))


def _days(office: Office, figures: ConditionFigures, figure: ConditionFigure, page: int, user: Account) -> Component:
    """The days on which a room was used, by time."""
    page, shown = _page(page, figures.days)
    lines = check_lines(office, [one.check_id for one in shown], user)
    names = {"session": "sarpras.why_first_use", "check": "sarpras.head_check", "counted": "why.head_counted",
             "checks": "sarpras.why_of_check"}  # fmt: skip
    heads = {name: t(key) for name, key in names.items()}
    drawn = [
        table_row(
            heads,
            {
                "session": session_cell(one.start_at, one.room),
                "check": _when(one.checked_at, is_day_only=one.is_day_only),
                "counted": _before(one),
                "checks": lines.get(one.check_id or 0, t("word.none")),
            },
        )
        for one in shown
    ]
    return rows_panel(_name(figure), heads, drawn, (), (page, len(figures.days), why_sarpras(_asked(figures), figure)))


def _before(one: FirstDay) -> Component:
    if one.is_checked:
        return pill(Tone.GOOD, "check-lg", t("sarpras.why_before"))
    if one.checked_at is None:
        return pill(Tone.MUTED, "question-circle", t("sarpras.b5_unchecked"))
    return pill(Tone.NEAR, "clock", t("sarpras.why_after"))


def _faults(office: Office, figures: ConditionFigures, figure: ConditionFigure, page: int, user: Account) -> Component:
    """Open faults by age, or those restored or answered with the shortest first and those without a time last."""
    is_open = figure is ConditionFigure.OPEN
    times = _TIMES[figure]
    faults = _behind(figures, figure)
    page, shown = _page(page, faults)
    reports = first_reports(office, shown)
    names = {"item": "sarpras.head_item", "since": "sarpras.why_since", "restored": "sarpras.head_restored",
             "working": "sarpras.head_working", "elapsed": "sarpras.head_elapsed", "counted": "why.head_counted",
             "source": "sarpras.why_of_fault"}  # fmt: skip
    if figure is ConditionFigure.RESPOND:
        names["restored"] = "sarpras.why_responded"
    heads = {name: t(key) for name, key in names.items() if not (is_open and name == "restored")}
    numbers = ("working", "elapsed")
    f = fmt()
    drawn = [
        table_row(
            heads,
            {
                "item": _fault_link(figures, one),
                "since": _when(one.first_at, is_day_only=_is_day_only(reports.get(one.key))),
                "restored": _when(times.ended(one), is_day_only=times.working(one) is None),
                "working": html.Span([f.duration_short(times.working(one)), why(why_fault(one.key), one.item)]),
                "elapsed": f.duration_short(times.elapsed(one)),
                "counted": _timed(times, one),
                "source": report_line(reports.get(one.key), user),
            },
            numbers,
        )
        for one in shown
    ]
    return rows_panel(_name(figure), heads, drawn, numbers, (page, len(faults), why_sarpras(_asked(figures), figure)))


def _is_day_only(report: Mapping[str, Any] | None) -> bool:
    return report is not None and report["checked_at"] is None


def _behind(figures: ConditionFigures, figure: ConditionFigure) -> list[Incident]:
    if figure is ConditionFigure.OPEN:
        return sorted(figures.opened, key=lambda one: (one.first_at, one.key))
    times = _TIMES[figure]
    ended = figures.answered if figure is ConditionFigure.RESPOND else figures.cases
    return sorted(ended, key=lambda one: (times.working(one) is None, times.working(one) or 0, one.key))


def _fault_link(figures: ConditionFigures, one: Incident) -> Component:
    way = link(one.item, sarpras_address(_asked(figures), gangguan=one.key), "cases-link")
    return html.Div([way, html.Br(), html.Span(one.room, className="p-muted")])


class _Times(NamedTuple):
    """Which end and which lengths of a fault a figure is about."""

    ended: Callable[[Incident], int | None]
    working: Callable[[Incident], int | None]
    elapsed: Callable[[Incident], int | None]


_RESTORED = _Times(lambda one: one.ended_at, lambda one: one.restore_working, lambda one: one.restore_elapsed)
_TIMES = {
    ConditionFigure.OPEN: _RESTORED,
    ConditionFigure.RESTORE: _RESTORED,
    ConditionFigure.RESPOND: _Times(
        lambda one: one.responded_at, lambda one: one.respond_working, lambda one: one.respond_elapsed
    ),
}


def _timed(times: _Times, one: Incident) -> Component:
    """An open fault always counts; one that ended when both ends are known to the minute."""
    if times.ended(one) is None or times.working(one) is not None:
        return pill(Tone.GOOD, "check-lg", t("why.counted"))
    return pill(Tone.MUTED, "dash", t("sarpras.why_untimed"))


_LISTS: dict[ConditionFigure, Callable[[Office, ConditionFigures, ConditionFigure, int, Account], Component]] = {
    ConditionFigure.OPEN: _faults,
    ConditionFigure.RESTORE: _faults,
    ConditionFigure.RESPOND: _faults,
    ConditionFigure.B5: _sessions,
    ConditionFigure.COVERAGE: _sessions,
    ConditionFigure.FIRST: _days,
}

_OTHERS: dict[str, Callable[[Office, Mapping[str, str], int, Account], Component]] = {
    FAULT: explain_fault,
    ROOM_STATE: explain_room,
    SUPPLY: explain_supply,
}
