"""The figures of rooms taken apart: both parts of each fraction, what stands apart, and every day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import itemgetter

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import link, panel
from dashboard.components.tables import Column, read_page, table_row
from dashboard.i18n import fmt, t
from dashboard.pages.rooms.obstacles import lead_words
from dashboard.pages.shared.filters import asked_filter
from dashboard.pages.shared.links import ROOMS, filtered_address, why_room
from dashboard.pages.shared.page_request import office_today
from dashboard.pages.shared.words import opd_words
from dashboard.pages.why.explanation import (
    DAYS,
    ROWS,
    Explanation,
    Lines,
    Rows,
    columns_of,
    letters_of,
    no_rows,
    opd_cell,
    page_of,
    rows_of_figure,
    rules_of,
    session_cell,
    session_lines,
    subtitle,
)
from data_access.mart import People
from etl.domain.statistics import share
from etl.domain.units import HOUR, MINUTE
from etl.figures.rooms.diary import WITHOUT_LETTER, Diary, room_diary
from etl.figures.rooms.lead_time import LEAD_CLASSES, lead_rows
from etl.figures.rooms.patterns import DayUse, days_of, hour_days
from etl.figures.rooms.timeline import SessionRow, session_rows
from etl.figures.rooms.use import RoomFigure, UsesBehind, figures_of, uses_behind
from etl.office import Office

_MONDAY = 4
"""Day number of a Monday: 5 January 1970."""


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Explanation:
    """The explanation; an agency's user finds only its own sessions."""
    filter_ = asked_filter(query, office_today(office, as_of), user.opd_filter)
    diary = room_diary(office, filter_, as_of - as_of % MINUTE)
    filter_ = diary.filter
    back = filtered_address(ROOMS, filter_)
    group = query.get("kelompok", "") if query.get("kelompok") == WITHOUT_LETTER else ""
    rows_of_page = panel(link(t("room.why_rows"), f"{back}#kegiatan", "cases-link"), title=t("room.why_rows_title"))
    return Explanation(
        title=t("room.title"),
        subtitle=(*subtitle("", filter_), opd_words(None) if group else None),
        parts=[*_parts(office, diary, query, group, user), rows_of_page],
        rules=rules_of(office, diary.as_of, t("room.rule"), days=filter_.period),
        crumbs=[(t("room.nav"), back)],
    )


def _parts(office: Office, diary: Diary, query: Mapping[str, str], group: str, user: Account) -> list[Rows]:
    """What the address names: an hour of the week, a class of how long ahead, sessions without a letter, or all."""
    if cell := _cell(query):
        return [_hour(diary, *cell)]
    lead = _lead_class(query)
    if lead is not None:
        return [_leads(office, diary, lead, user)]
    uses = uses_behind(diary, group)
    sessions = _sessions(office, uses, group, read_page(query.get("baris")), user)
    if group:
        return [sessions]
    whole = figures_of(diary).all_rooms
    return [_fractions(whole, uses), _apart(whole, diary), _days(diary, read_page(query.get("hal"))), sessions]


def _hours(seconds: float) -> str:
    return fmt().number(round(seconds / HOUR, 2))


def _cell(query: Mapping[str, str]) -> tuple[int, int] | None:
    """Weekday and hour of an address; None for none and for what is none."""
    day, hour = query.get("hari", ""), query.get("jam", "")
    if day.isdecimal() and hour.isdecimal() and int(day) < 7 and int(hour) < 24:
        return int(day), int(hour)
    return None


def _lead_class(query: Mapping[str, str]) -> int | None:
    """Place in LEAD_CLASSES of an address; None for none and for what is none."""
    place = query.get("jarak", "")
    return int(place) if place.isdecimal() and int(place) < len(LEAD_CLASSES) else None


def _leads(office: Office, diary: Diary, place: int, user: Account) -> Rows:
    """The bookings of one class with receipt, event, and the working days between them."""
    f, rows = fmt(), lead_rows(office, diary, place)
    letters = letters_of(office, [row.request_id for row in rows])
    cells = {
        "opd": lambda row: opd_cell(row.opd, letters.get(row.request_id), user),
        "received": lambda row: f.date(row.received_on),
        "event": lambda row: f.date(row.start_on),
        "days": lambda row: f.number(row.working_days),
    }
    return Rows(
        title=t("room.lead_title"),
        columns=columns_of("room.why_lead_", cells, "days"),
        rows=rows,
        note=f"{lead_words(place)}: {f.number(len(rows))}",
        nothing=no_rows(),
    )


def _hour(diary: Diary, weekday: int, hour: int) -> Rows:
    """The days behind one cell of the hours of the week; the last row is the cell."""
    f, days = fmt(), hour_days(diary, weekday, hour)
    rows = [(f.date(day.day), day.available_seconds, day.used_seconds) for day in days]
    available, used = sum(day.available_seconds for day in days), sum(day.used_seconds for day in days)
    rows.append((t("room.why_sum"), available, used))
    name = f"{f.weekday_short(_MONDAY + weekday).split()[0]} {hour:02}.00–{hour + 1:02}.00"
    return _numbers(
        t("room.heat_title"),
        ("room.why_day_day", "room.why_day_available", "room.why_day_used", "room.why_value"),
        [(name, _hours(open_), _hours(taken), f.percent(share(taken, open_))) for name, open_, taken in rows],
        note=f"{name}, {t('room.hour_unit')}",
    )


def _sessions(office: Office, uses: UsesBehind, group: str, page: int, user: Account) -> Rows:
    """Every session with its hours inside the period; the last row is the sum of all, on whichever page."""
    address = why_room(uses.diary.filter, group)
    pages = page_of(page, ROWS, len(uses), lambda number: f"{address}&baris={number}")
    shown = uses.place[pages.first - 1 :][:ROWS].tolist()
    rows = session_rows(office.mart.read(), uses.diary, shown)
    columns = _use_columns(session_lines(office, [row.session_id for row in rows], user), user)
    sums = {
        "session": html.Strong(t("room.why_sum")),
        "seconds": _hours(uses.seconds),
        "people": _hours(uses.person_seconds),
        "seats": _hours(uses.seat_seconds),
    }
    return replace(
        rows_of_figure(t("room.why_uses"), columns, rows, pages, [table_row(columns, sums)]),
        note=fmt().number(len(uses)) if len(uses) else t("room.why_uses"),
        more=[html.P(t("room.why_uses_rule"), className="sla-note")],
    )


def _use_columns(lines: Lines, user: Account) -> list[Column[SessionRow]]:
    f, none = fmt(), t("word.none")

    def session(row: SessionRow) -> Component:
        end = f"{f.clock(row.end_at)}{'*' if row.is_estimated else ''}"
        return html.Div([session_cell(row.start_at, row.room), html.Small(f"– {end}", className="p-muted")])

    def hours_of(row: SessionRow, count: int | None) -> str:
        """Hours of so many people or seats, of a session that says both."""
        is_seated = row.people is not None and row.seats is not None
        return _hours((count or 0) * row.seconds) if is_seated else none

    numbers = {
        "seconds": lambda row: _hours(row.seconds),
        People.PRESENT: lambda row: f.number(row.people),
        "people": lambda row: hours_of(row, row.people),
        "seats": lambda row: hours_of(row, row.seats),
    }
    return [
        Column("session", t("sarpras.head_session"), session),
        Column("opd", t("word.opd"), lambda row: opd_cell(row.opd, row.letter, user)),
        *columns_of("room.why_use_", numbers, *numbers),
        Column("source", t("why.head_source"), lambda row: lines.get(row.session_id, none)),
    ]


def _fractions(whole: RoomFigure, uses: UsesBehind) -> Rows:
    f = fmt()
    rows = [
        (t("room.used"), _hours(whole.used_seconds), _hours(whole.available_seconds), whole.utilisation),
        (t("room.scheduled"), _hours(whole.scheduled_seconds), _hours(whole.open_seconds), whole.scheduled_share),
        (t("room.col_realised"), _hours(whole.realised_seconds), _hours(whole.ended_seconds), whole.realised_share),
        (t("room.no_show"), f.number(whole.no_show), f.number(whole.no_show + whole.held), whole.no_show_share),
        (t("room.seats"), _hours(uses.person_seconds), _hours(uses.seat_seconds), whole.occupancy),
    ]
    return _numbers(
        t("room.why_fractions"),
        ("room.why_figure", "room.why_part", "room.why_whole", "room.why_value"),
        [(*words, f.percent(value)) for *words, value in rows],
        note=t("room.why_units"),
    )


def _apart(whole: RoomFigure, diary: Diary) -> Rows:
    """What no percentage holds."""
    f, booked, here = fmt(), diary.bookings, diary.booked_here
    pending = int((here & ~booked.is_approved & ~booked.is_called_off).sum())
    rows = [
        (t("room.col_outside"), _hours(whole.outside_seconds)),
        (t("room.measure_clash_seconds"), _hours(whole.clash_seconds)),
        (t("room.measure_unscheduled_seconds"), _hours(whole.unscheduled_seconds)),
        (t("room.measure_closed_seconds"), _hours(whole.closed_seconds)),
        (t("room.measure_unrecorded"), f.number(whole.unrecorded)),
        (t("room.measure_clashed"), f.number(whole.clashed)),
        (t("room.why_pending"), f.number(pending)),
        (t("room.why_off"), f.number(int((here & booked.is_called_off).sum()))),
        (t("room.why_unseated"), f.number(whole.unseated)),
        (t("room.why_estimated"), f.number(whole.estimated_ends)),
        (t("room.why_unusable"), f.number(diary.unusable)),
    ]
    return _numbers(t("room.why_apart"), ("room.why_figure", "room.why_value"), rows)


def _days(diary: Diary, page: int) -> Rows:
    """Every day with what decided it; the last row is the sum of all of them."""
    days, address = days_of(diary), why_room(diary.filter)
    pages = page_of(page, DAYS, len(days), lambda number: f"{address}&hal={number}", is_always_shown=False)
    total = (t("room.why_sum"), *(_hours(sum(column)) for column in zip(*map(_seconds, days), strict=True)))
    names = ("day", "open", "available", "used", "scheduled", "outside")
    rows = [*(_day(day) for day in pages.slice(days)), total]
    heads = [f"room.why_day_{name}" for name in names]
    return replace(_numbers(t("room.why_days"), heads, rows, note=t("room.hour_unit")), pages=pages)


def _seconds(day: DayUse) -> tuple[int, ...]:
    return day.open_seconds, day.available_seconds, day.used_seconds, day.scheduled_seconds, day.outside_seconds


def _day(day: DayUse) -> tuple[str, ...]:
    f = fmt()
    return f"{f.weekday_short(day.day).split()[0]} {f.date_short(day.day)}", *(_hours(s) for s in _seconds(day))


def _numbers(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], note: str | None = None) -> Rows:
    """A table whose first column names the row and whose others are numbers."""
    columns = [
        Column(key, t(key), itemgetter(place), class_name="num" if place else None, is_name=not place)
        for place, key in enumerate(heads)
    ]
    return Rows(title, columns, rows, note=note, class_name="room-why")
