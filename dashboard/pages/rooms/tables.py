"""The tables of the page of rooms and their sheets: rooms, agencies beside each other, bookings with their use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from dash import html
from dash.development.base_component import Component

from dashboard.components import Tone, empty, link, panel, pill, why, with_query
from dashboard.components.tables import Column, number_column, pager, read_page, share_column, sheet, table
from dashboard.i18n import fmt, t
from dashboard.pages.rooms.timeline import use_words
from dashboard.pages.rooms.use import why_opd
from dashboard.pages.rooms.view import RoomsView, file_column, hours
from dashboard.pages.shared.forms import file_hint
from dashboard.pages.shared.links import request_address, why_room
from dashboard.pages.shared.words import opd_words
from data_access.mart import People
from etl.domain.units import HOUR, day_date
from etl.extract.texts import letter_name
from etl.figures.facilities.checks import SessionCheck, checks_between
from etl.figures.filter import Period
from etl.figures.rooms.lead_time import Fairness, fairness
from etl.figures.rooms.timeline import Line, Use
from etl.figures.rooms.use import RoomFigure
from etl.sheet_files import Cell, Sheet, share_cell

MOST_OPD = 36
PATH = "/ruang"
PAGE_ROWS = 15
"""Lines on one page of the table of bookings."""


# Rooms


class RoomRow(NamedTuple):
    """A room or all of them: name, figures, and the address of their explanation."""

    name: str
    figures: RoomFigure
    address: str


_MEASURES = (
    "occupancy", "no_show_share", "available_seconds", "used_seconds", "open_seconds", "scheduled_seconds",
    "outside_seconds", "clash_seconds", "booking_clash_seconds", "unscheduled_seconds", "closed_seconds", "sessions",
    "held", "no_show", "unrecorded", "clashed", "approvals_unrecorded", "overfull",
)  # fmt: skip
"""What a file holds of a room beside the shares of time."""


def rooms_panel(view: RoomsView) -> Component:
    """Each room by the same measures."""
    title = t("room.rooms_title")
    return panel(table(title, room_columns(), rooms_of(view), "room-table"), title=title)


def rooms_sheet(view: RoomsView) -> Sheet:
    """Each room by all measures."""
    return sheet(t("room.file_figures"), room_columns(), rooms_of(view))


def rooms_of(view: RoomsView) -> list[RoomRow]:
    """All rooms together last, where there are several."""
    rooms = [RoomRow(room.room, room, why_room(replace(view.filter, room=room.room))) for room in view.figures.rooms]
    whole = RoomRow(t("word.all_rooms"), view.figures.all_rooms, why_room(view.filter))
    return [*rooms, whole] if len(rooms) > 1 else rooms


def room_columns() -> list[Column[RoomRow]]:
    """Each row has one way to all of its figures."""

    def name(room: RoomRow) -> list[str | Component]:
        return [room.name, " ", why(room.address, room.name)]

    shown: dict[str, Callable[[RoomFigure], str]] = {
        "outside": lambda room: hours(room.outside_seconds),
        "clash": lambda room: f"{hours(room.clash_seconds)} / {hours(room.booking_clash_seconds)}",
        "no_show": _no_show,
        "seats": lambda room: fmt().percent(room.occupancy),
    }
    return [
        Column("room", t("room.col_room"), name, lambda room: room.name, is_name=True),
        share_column("used", t("room.col_used"), lambda room: room.figures.utilisation),
        share_column("scheduled", t("room.col_scheduled"), lambda room: room.figures.scheduled_share),
        share_column("realised", t("room.col_realised"), lambda room: room.figures.realised_share),
        *(_shown_column(key, of) for key, of in shown.items()),
        *(_measure_column(key) for key in _MEASURES),
    ]


def _shown_column(key: str, of: Callable[[RoomFigure], str]) -> Column[RoomRow]:
    return Column(key, t(f"room.col_{key}"), lambda room: of(room.figures), class_name="num")


def _measure_column(key: str) -> Column[RoomRow]:
    """In files: a count as it is, a share in percent, seconds as hours."""

    def value(room: RoomRow) -> Cell:
        measure = getattr(room.figures, key)
        if key in ("occupancy", "no_show_share"):
            return share_cell(measure)
        return float(measure / HOUR) if key.endswith("_seconds") else int(measure)

    return Column(key, t(f"room.measure_{key}"), value=value)


def _no_show(room: RoomFigure) -> str:
    f, known = fmt(), room.no_show + room.held
    return t("room.part_of", part=f.number(room.no_show), whole=f.number(known)) if known else t("word.none")


# Agencies beside each other


def fairness_panel(view: RoomsView) -> Component:
    """Agencies beside each other: requests, refused, waiting, hours."""
    rows, title = _fairness(view), t("room.fair_title")
    if not rows:
        return panel(empty(t("word.no_data")), title=title)
    more = html.P(t("room.more_in_file"), className="p-muted") if len(rows) > MOST_OPD else None
    return panel(table(title, _fair_columns(view), rows[:MOST_OPD]), more, title=title, note=t("room.fair_note"))


def fairness_sheet(view: RoomsView) -> Sheet:
    """All agencies."""
    return sheet(t("room.file_fair"), _fair_columns(view), _fairness(view))


def _fairness(view: RoomsView) -> list[Fairness]:
    used = {use.opd: (use.seconds, use.sessions) for use in view.figures.all_rooms.by_opd}
    return fairness(view.mart, view.diary, used)


def _fair_columns(view: RoomsView) -> list[Column[Fairness]]:
    def name(opd: Fairness) -> list[str | Component | None]:
        return [opd_words(opd.opd), " ", why_opd(view, opd.opd)]

    def ready(opd: Fairness) -> str:
        return t("word.none") if opd.ready_seconds is None else fmt().duration_short(opd.ready_seconds)

    def ready_hours(opd: Fairness) -> float | None:
        return None if opd.ready_seconds is None else opd.ready_seconds / HOUR

    return [
        Column("opd", t("room.fair_opd"), name, lambda opd: opd_words(opd.opd), "room-fair-name", is_name=True),
        number_column("requests", t("room.fair_requests"), lambda opd: opd.requests),
        number_column("refused", t("room.fair_refused"), lambda opd: opd.refused),
        number_column("waiting", t("room.fair_waiting"), lambda opd: opd.waiting),
        Column("ready", t("room.fair_ready"), ready, class_name="num"),
        Column("ready_hours", t("room.fair_ready_hours"), value=ready_hours),
        number_column("sessions", t("room.fair_sessions"), lambda opd: opd.sessions),
        Column(
            "hours", t("room.fair_hours"), lambda opd: hours(opd.used_seconds), lambda opd: opd.used_seconds / HOUR,
            "num",
        ),
        share_column("share", t("room.fair_share"), lambda opd: opd.used_share),
    ]  # fmt: skip


# Bookings with their use


OUTCOME_LOOK: dict[str, tuple[Tone, str]] = {
    "held": (Tone.GOOD, "check-lg"),
    "running": (Tone.GOOD, "play-fill"),
    "end_due": (Tone.NEAR, "question-circle"),
    "no_show": (Tone.LATE, "x-lg"),
    "unrecorded": (Tone.NEAR, "question-circle"),
    "clashed": (Tone.NEAR, "calendar-x"),
    "pending": (Tone.MUTED, "hourglass-split"),
    "ahead": (Tone.PLAIN, "calendar-event"),
    "off": (Tone.MUTED, "slash-circle"),
    "no_hours": (Tone.MUTED, "dash-circle"),
    "without_letter": (Tone.NEAR, "envelope-slash"),
    "unplanned": (Tone.PLAIN, "calendar-plus"),
}


def lines_panel(view: RoomsView) -> Component:
    """Bookings and sessions of the period, the latest first."""
    title, note = t("room.lines_title"), t("room.lines_note")
    if not view.lines:
        return panel(empty(t("word.no_data"), file_hint("room.lines_hint", "room.lines_hint_others")), title=title)
    total = len(view.lines)
    page = min(read_page(view.query.get("hal")), -(-total // PAGE_ROWS))
    shown = view.lines[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    ways = pager(page, PAGE_ROWS, total, lambda number: with_query(PATH, **{**view.query, "hal": number}))
    drawn = table(title, _line_columns(_checks(view, shown), len(view.diary.rooms) > 1), shown, "room-lines")
    return panel(drawn, ways, title=title, note=note, id="kegiatan")


def _checks(view: RoomsView, lines: list[Line]) -> dict[int, SessionCheck]:
    """The condition checks of these sessions by session."""
    ids = {id for line in lines for id in line.session_ids}
    if not ids:
        return {}
    days = [line.day for line in lines]
    period = Period(day_date(min(days)), day_date(max(days) + 1))
    filter_ = view.filter
    sessions, _ = checks_between(view.office, period, view.as_of, room=filter_.room, opd=filter_.opd)
    return {check.session_id: check for check in sessions if check.session_id in ids}


def _line_columns(checks: Mapping[int, SessionCheck], names_room: bool) -> list[Column[Line]]:
    """The lines on the screen; `checks` by session."""

    def when(line: Line) -> list[Component | None]:
        return [html.Strong(fmt().date_short(line.day)), html.Small(line.room) if names_room else None]

    def condition(line: Line) -> Component | str:
        return _condition([checks[id] for id in line.session_ids if id in checks], bool(line.uses))

    columns: dict[str, tuple[Callable[[Line], Any], str | None]] = {
        "when": (when, "room-when"),
        "who": (_who, "room-who"),
        "booked": (_booked_cell, "room-time"),
        "used": (_used, "room-time"),
        "people": (_people, "num"),
        "condition": (condition, None),
        "outcome": (_outcome, None),
    }
    return [Column(key, t(f"room.line_{key}"), cell, class_name=name) for key, (cell, name) in columns.items()]


def _who(line: Line) -> list[Component | str | None]:
    name = opd_words(line.opd)
    way = link(name, request_address(*line.letter), "cases-link") if line.letter else html.Span(name)
    kind = html.Small(line.activity_kind) if line.activity_kind else None
    return [way, html.Small(line.title, title=line.title) if line.title else None, kind]


def _booked_cell(line: Line) -> list[Component | str | None]:
    marks = {"room.start_unread": line.is_start_unread, "room.approval_unrecorded": line.is_approval_unrecorded}
    return [_booked(line), *(html.Small(t(key)) for key, is_so in marks.items() if is_so)]


def _booked(line: Line) -> str:
    f = fmt()
    if line.booked is None:
        is_alone = line.outcome in ("without_letter", "unplanned", "running", "end_due")
        return t("room.no_booking") if is_alone else t("word.none")
    start, end = line.booked
    if f.local(start).date() == f.local(end - 1).date():
        return f"{f.clock(start)}–{f.clock(end)}"
    return f"{f.clock(start)} – {f.day_month(f.local(end - 1).date())} {f.clock(end)}"


def _used(line: Line) -> list[Component]:
    if not line.uses:
        return [html.Span(t("word.none"))]
    return [html.Div(use_words(use)) for use in line.uses]


def _people(line: Line) -> str:
    counts = [line.people[of] for of in _PLAN_AND_COUNT]
    return " → ".join(map(fmt().number, counts)) if any(count is not None for count in counts) else t("word.none")


def _condition(checks: list[SessionCheck], is_used: bool) -> Component | str:
    """What the check of the session says: everything good, something not, or nobody looked."""
    if not is_used:
        return t("word.none")
    known = [check for check in checks if check.checked_at is not None]
    if not known:
        return pill(Tone.MUTED, "question-circle", t("room.unchecked"))
    if all(check.is_good for check in known):
        return pill(Tone.GOOD, "check-lg", t("room.condition_good"))
    return pill(Tone.NEAR, "exclamation-triangle", t("room.condition_bad"))


def _outcome(line: Line) -> Component:
    return pill(*OUTCOME_LOOK[line.outcome], t(f"room.outcome_{line.outcome}"))


_PLAN_AND_COUNT = (People.PLANNED, People.PRESENT)


class _Session(NamedTuple):
    """A booking with one of its sessions, or with none."""

    line: Line
    use: Use | None


def lines_sheet(view: RoomsView) -> Sheet:
    """Bookings and sessions, one row a session."""
    f = fmt()

    def booked(end: int) -> Callable[[_Session], Cell]:
        return lambda row: f.local(row.line.booked[end]) if row.line.booked else None

    def people(of: People) -> Callable[[_Session], Cell]:
        return lambda row: row.line.people[of]

    columns: list[Column[_Session]] = [
        Column("room", t("word.room"), value=lambda row: row.line.room),
        Column("opd", t("word.opd"), value=lambda row: opd_words(row.line.opd)),
        file_column("when", lambda row: day_date(row.line.day)),
        file_column("letter", lambda row: letter_name(*row.line.letter) if row.line.letter else None),
        file_column("event", lambda row: row.line.title),
        file_column("booked_start", booked(0)),
        file_column("booked_end", booked(1)),
        file_column("use_start", lambda row: f.local(row.use.start) if row.use else None),
        file_column("use_end", lambda row: f.local(row.use.end) if row.use and not row.use.is_running else None),
        *(file_column(of, people(of)) for of in _PLAN_AND_COUNT),
        file_column("capacity", lambda row: row.line.capacity),
        file_column("outcome", lambda row: t(f"room.outcome_{row.line.outcome}")),
        file_column("approval", lambda row: t("room.approval_unrecorded") if row.line.is_approval_unrecorded else None),
        file_column("activity_kind", lambda row: row.line.activity_kind),
    ]
    rows = [_Session(line, use) for line in view.lines for use in line.uses or [None]]
    return sheet(t("room.file_lines"), columns, rows)
