"""Booked, used and condition on one line: the table of the page of rooms."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, empty, link, panel, pill, scrolled, with_query
from dashboard.components.pager import pager, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.rooms.panels import OUTCOME_LOOK
from dashboard.pages.rooms.timeline import use_words
from dashboard.pages.rooms.view import RoomsView
from dashboard.pages.shared.request_links import case_address
from dashboard.pages.shared.row_words import opd_words
from etl.domain.units import day_date
from etl.figures.facilities.period import SessionCheck, condition_figures
from etl.figures.period import Period
from etl.figures.rooms.lines import Line
from etl.figures.rooms.timeline import Use

PATH = "/ruang"
PAGE_ROWS = 15
"""Lines on one page of the table."""


def lines_panel(view: RoomsView) -> Component:
    """Bookings and sessions of the period, the latest first."""
    title, note = t("room.lines_title"), t("room.lines_note")
    if not view.lines:
        return panel(empty(t("word.no_data"), t("room.lines_hint")), title=title)
    total = len(view.lines)
    page = min(read_page(view.query.get("hal")), -(-total // PAGE_ROWS))
    shown = view.lines[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    columns = ("when", "who", "booked", "used", "people", "condition", "outcome")
    head = html.Tr([html.Th(t(f"room.line_{name}"), scope="col") for name in columns])
    checks = _checks(view, shown)
    rows = [_row(line, checks, len(view.diary.rooms) > 1) for line in shown]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="p-table room-lines")
    ways = pager(page, PAGE_ROWS, total, lambda number: with_query(PATH, **{**view.query, "hal": number}))
    return panel(scrolled(table, title), ways, title=title, note=note, id="kegiatan")


def _checks(view: RoomsView, lines: list[Line]) -> dict[int, SessionCheck]:
    """The condition checks of these sessions by session."""
    ids = {one for line in lines for one in line.session_ids}
    if not ids:
        return {}
    days = [line.day for line in lines]
    period = Period(day_date(min(days)), day_date(max(days) + 1))
    asked = view.asked
    told = condition_figures(view.office, period, view.as_of, room=asked.room, opd=asked.opd)
    return {one.session_id: one for one in told.sessions if one.session_id in ids}


def _row(line: Line, checks: dict[int, SessionCheck], names_room: bool) -> html.Tr:
    f = fmt()
    tone, icon_name = OUTCOME_LOOK[line.outcome]
    day = [html.Strong(f.date_short(line.day)), html.Small(line.room) if names_room else None]
    cells = [
        html.Td(day, className="room-when"),
        html.Td(_who(line), className="room-who"),
        html.Td(_booked(line), className="room-time"),
        html.Td(_used(line), className="room-time"),
        html.Td(_people(line), className="num"),
        html.Td(_condition([checks[one] for one in line.session_ids if one in checks], bool(line.uses))),
        html.Td(pill(tone, icon_name, t(f"room.outcome_{line.outcome}"))),
    ]
    labels = ("when", "who", "booked", "used", "people", "condition", "outcome")
    for name, cell in zip(labels, cells, strict=True):
        setattr(cell, "data-label", t(f"room.line_{name}"))
    return html.Tr(cells)


def _who(line: Line) -> list[Component | str | None]:
    name = opd_words(line.opd)
    way = link(name, case_address(*line.letter), "cases-link") if line.letter else html.Span(name)
    kind = html.Small(line.activity_kind) if line.activity_kind else None
    return [way, html.Small(line.title, title=line.title) if line.title else None, kind]


def _booked(line: Line) -> str:
    f = fmt()
    if line.booked is None:
        return t("room.no_booking") if line.outcome in ("without_letter", "unplanned", "running") else t("word.none")
    start, end = line.booked
    if f.local(start).date() == f.local(end - 1).date():
        return f"{f.clock(start)}–{f.clock(end)}"
    return f"{f.clock(start)} – {f.day_month(f.local(end - 1).date())} {f.clock(end)}"


def _used(line: Line) -> list[Component]:
    if not line.uses:
        return [html.Span(t("word.none"))]
    return [html.Div(use_words(Use(*use))) for use in line.uses]


def _people(line: Line) -> str:
    f = fmt()
    counts = [f.number(count) for count in (line.planned, line.present)]
    return " → ".join(counts) if (line.planned, line.present) != (None, None) else t("word.none")


def _condition(checks: list[SessionCheck], is_used: bool) -> Component | str:
    """What the check of the session says: everything good, something not, or nobody looked."""
    if not is_used:
        return t("word.none")
    known = [one for one in checks if one.checked_at is not None]
    if not known:
        return pill(Tone.MUTED, "question-circle", t("room.unchecked"))
    if all(one.is_good for one in known):
        return pill(Tone.GOOD, "check-lg", t("room.condition_good"))
    return pill(Tone.NEAR, "exclamation-triangle", t("room.condition_bad"))
