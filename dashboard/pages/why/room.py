"""The figures of rooms taken apart: both parts of each fraction, what stands apart, and every day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import empty, link, page_head, panel, scrolled
from dashboard.components.pager import pager, pages_of, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.rooms.panels import lead_words
from dashboard.pages.shared.filters import asked_filter
from dashboard.pages.shared.links import rooms_address, why_room
from dashboard.pages.shared.page_request import office_today
from dashboard.pages.shared.row_lists import table, table_row
from dashboard.pages.shared.words import opd_words
from dashboard.pages.why.room_rows import ROWS, Lines, letters_of, opd_cell, session_cell, session_lines
from dashboard.pages.why.rules import calendar_rule, data_rule, rules_panel
from etl.domain.statistics import share
from etl.domain.units import HOUR, MINUTE
from etl.figures.rooms.diary import WITHOUT_LETTER, Diary, room_diary
from etl.figures.rooms.patterns import DayUse, days_of, hour_days
from etl.figures.rooms.sessions import UseRow, UsesBehind, use_rows, uses_behind
from etl.figures.rooms.use import RoomFigure, figures_of
from etl.figures.rooms.waiting import LEAD_CLASSES, lead_rows

if TYPE_CHECKING:
    from etl.office import Office

DAYS = 31
"""Days on one page."""

_MONDAY = 4
"""Day number of a Monday: 5 January 1970."""


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Component:
    """The explanation; an agency's user finds only its own sessions."""
    asked = asked_filter(query, office_today(office, as_of), user.opd_filter)
    diary = room_diary(office, asked, as_of - as_of % MINUTE)
    f, period = fmt(), diary.filter.period
    back = rooms_address(diary.filter)
    cell, lead = _cell(query), _lead_class(query)
    group = query.get("kelompok", "") if query.get("kelompok") == WITHOUT_LETTER else ""
    uses = uses_behind(diary, group)
    parts = [f.period(period.first, period.last), diary.filter.opd or "", diary.filter.room or ""]
    parts += [opd_words(None)] if group else []
    rules = [
        (t("why.rule_accounting"), [t("room.rule")]),
        calendar_rule(office, period.first, period.last),
        data_rule(office, diary.as_of),
    ]
    return html.Div(
        [
            page_head(t("room.title"), " · ".join(part for part in parts if part), crumbs=[(t("room.nav"), back),
                      (t("word.why"), None)]),
            *(
                [_hour(diary, *cell)]
                if cell
                else [_leads(office, diary, lead, user)]
                if lead is not None
                else [
                    *([] if group else [_fractions(figures_of(diary).all_rooms, uses)]),
                    *([] if group else [_apart(figures_of(diary).all_rooms, diary)]),
                    *([] if group else [_days(diary, read_page(query.get("hal")))]),
                    _sessions(office, uses, group, read_page(query.get("baris")), user),
                ]
            ),
            panel(link(t("room.why_rows"), f"{back}#kegiatan", "cases-link"), title=t("room.why_rows_title")),
            rules_panel(rules),
        ]
    )  # fmt: skip


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


def _leads(office: Office, diary: Diary, place: int, user: Account) -> Component:
    """The bookings of one class with receipt, event, and the working days between them."""
    f, rows = fmt(), lead_rows(office, diary, place)
    letters = letters_of(office, [one.request_id for one in rows])
    heads = {name: t(f"room.why_lead_{name}") for name in ("opd", "received", "event", "days")}
    drawn = [
        table_row(
            heads,
            {
                "opd": opd_cell(one.opd, letters.get(one.request_id), user),
                "received": f.date(one.received_on),
                "event": f.date(one.start_on),
                "days": f.number(one.working_days),
            },
            ("days",),
        )
        for one in rows
    ]
    title, note = t("room.lead_title"), f"{lead_words(place)}: {f.number(len(rows))}"
    if not rows:
        return panel(empty(t("word.no_data"), t("why.no_rows_hint")), title=title, note=note)
    return panel(table(title, heads, drawn, ("days",)), title=title, note=note)


def _hour(diary: Diary, weekday: int, hour: int) -> Component:
    """The days behind one cell of the hours of the week; the last row is the cell."""
    f, days = fmt(), hour_days(diary, weekday, hour)
    heads = [t("room.why_day_day"), t("room.why_day_available"), t("room.why_day_used"), t("room.why_value")]
    rows = [
        [f.date(one.day), _hours(one.available_seconds), _hours(one.used_seconds),
         f.percent(share(one.used_seconds, one.available_seconds))]
        for one in days
    ]  # fmt: skip
    available, used = sum(one.available_seconds for one in days), sum(one.used_seconds for one in days)
    rows.append([t("room.why_sum"), _hours(available), _hours(used), f.percent(share(used, available))])
    title = t("room.heat_title")
    name = f"{f.weekday_short(_MONDAY + weekday).split()[0]} {hour:02}.00–{hour + 1:02}.00"
    return panel(scrolled(_table(heads, rows), title), title=title, note=f"{name}, {t('room.hour_unit')}")


def _sessions(office: Office, found: UsesBehind, group: str, page: int, user: Account) -> Component:
    """Every session with its hours inside the period; the last row is the sum of all, on whichever page."""
    f, name = fmt(), t("room.why_uses")
    page = min(page, pages_of(len(found), ROWS))
    shown = use_rows(office, found, (page - 1) * ROWS, ROWS)
    lines = session_lines(office, [one.session_id for one in shown], user)
    heads = {
        "session": t("sarpras.head_session"), "opd": t("word.opd"),
        **{key: t(f"room.why_use_{key}") for key in _USE_NUMBERS}, "source": t("why.head_source"),
    }  # fmt: skip
    drawn = [table_row(heads, _use(one, lines, user), _USE_NUMBERS) for one in shown]
    total = {
        "session": html.Strong(t("room.why_sum")),
        "seconds": _hours(found.seconds),
        "people": _hours(found.person_seconds),
        "seats": _hours(found.seat_seconds),
    }
    drawn.append(table_row(heads, total, _USE_NUMBERS))
    address = why_room(found.diary.filter, group)
    title = t("why.rows_title")
    if not len(found):
        return panel(empty(t("word.no_data"), t("why.no_rows_hint")), title=title, note=name)
    ways = pager(page, ROWS, len(found), lambda number: f"{address}&baris={number}")
    rule = html.P(t("room.why_uses_rule"), className="sla-note")
    return panel(
        table(f"{title}: {name}", heads, drawn, _USE_NUMBERS), ways, rule, title=title, note=f.number(len(found))
    )


_USE_NUMBERS = ("seconds", "present", "people", "seats")


def _use(one: UseRow, lines: Lines, user: Account) -> dict[str, Any]:
    f = fmt()
    is_seated = one.present is not None and one.seats is not None
    end = f"{f.clock(one.end_at)}{'*' if one.is_estimated else ''}"
    return {
        "session": html.Div([session_cell(one.start_at, one.room), html.Small(f"– {end}", className="p-muted")]),
        "opd": opd_cell(one.opd, one.letter, user),
        "seconds": _hours(one.seconds),
        "present": f.number(one.present),
        "people": _hours((one.present or 0) * one.seconds) if is_seated else t("word.none"),
        "seats": _hours((one.seats or 0) * one.seconds) if is_seated else t("word.none"),
        "source": lines.get(one.session_id, t("word.none")),
    }


def _fractions(one: RoomFigure, uses: UsesBehind) -> Component:
    f = fmt()
    rows = [
        (t("room.used"), _hours(one.used_seconds), _hours(one.available_seconds), one.utilisation),
        (t("room.scheduled"), _hours(one.scheduled_seconds), _hours(one.open_seconds), one.scheduled_share),
        (t("room.col_realised"), _hours(one.realised_seconds), _hours(one.ended_seconds), one.realised_share),
        (t("room.no_show"), f.number(one.no_show), f.number(one.no_show + one.held), one.no_show_share),
        (t("room.seats"), _hours(uses.person_seconds), _hours(uses.seat_seconds), one.occupancy),
    ]
    body = [[name, part, whole, f.percent(share)] for name, part, whole, share in rows]
    heads = [t("room.why_figure"), t("room.why_part"), t("room.why_whole"), t("room.why_value")]
    title = t("room.why_fractions")
    return panel(scrolled(_table(heads, body), title), title=title, note=t("room.why_units"))


def _apart(one: RoomFigure, diary: Diary) -> Component:
    """What no percentage holds."""
    f, booked = fmt(), diary.bookings
    here = diary.booked_here
    pending = int((here & ~booked.is_approved & ~booked.is_called_off).sum())
    rows = [
        (t("room.col_outside"), _hours(one.outside_seconds)),
        (t("room.measure_clash_seconds"), _hours(one.clash_seconds)),
        (t("room.measure_unscheduled_seconds"), _hours(one.unscheduled_seconds)),
        (t("room.measure_closed_seconds"), _hours(one.closed_seconds)),
        (t("room.measure_unrecorded"), f.number(one.unrecorded)),
        (t("room.why_pending"), f.number(pending)),
        (t("room.why_off"), f.number(int((here & booked.is_called_off).sum()))),
        (t("room.why_unseated"), f.number(one.unseated)),
        (t("room.why_estimated"), f.number(one.estimated_ends)),
        (t("room.why_unusable"), f.number(diary.unusable)),
    ]
    title = t("room.why_apart")
    return panel(scrolled(_table([t("room.why_figure"), t("room.why_value")], [list(row) for row in rows]), title),
                 title=title)  # fmt: skip


def _days(diary: Diary, page: int) -> Component:
    """Every day with what decided it; the last row is the sum of all of them."""
    days = days_of(diary)
    page = min(page, pages_of(len(days), DAYS))
    shown = days[(page - 1) * DAYS : page * DAYS]
    heads = [t(f"room.why_day_{name}") for name in ("day", "open", "available", "used", "scheduled", "outside")]
    body = [_day(one) for one in shown]
    total = [t("room.why_sum"), *(_hours(sum(column)) for column in zip(*map(_seconds, days), strict=True))]
    title = t("room.why_days")
    table = _table(heads, [*body, total])
    address = why_room(diary.filter)
    ways = pager(page, DAYS, len(days), lambda number: f"{address}&hal={number}")
    return panel(scrolled(table, title), ways if len(days) > DAYS else None, title=title, note=t("room.hour_unit"))


def _seconds(one: DayUse) -> tuple[int, ...]:
    return one.open_seconds, one.available_seconds, one.used_seconds, one.scheduled_seconds, one.outside_seconds


def _day(one: DayUse) -> list[str]:
    f = fmt()
    return [f"{f.weekday_short(one.day).split()[0]} {f.date_short(one.day)}", *(_hours(s) for s in _seconds(one))]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Component:
    """A table whose first column names the row and whose others are numbers."""
    head = [html.Th(word, scope="col", className="num" if place else None) for place, word in enumerate(heads)]
    body = [
        html.Tr([html.Th(row[0], scope="row"), *(html.Td(value, className="num") for value in row[1:])]) for row in rows
    ]
    return html.Table([html.Thead(html.Tr(head)), html.Tbody(body)], className="p-table room-why")
