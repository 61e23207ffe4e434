"""The figures of rooms taken apart: both parts of each fraction, what stands apart, and every day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.access.accounts import Account
from dashboard.components import link, page_head, panel
from dashboard.components.pager import pager, pages_of, read_page
from dashboard.i18n import fmt, t
from dashboard.pages.moments import office_today
from dashboard.pages.room_links import rooms_address, why_room
from dashboard.pages.rooms_panels import HOUR, scrolled
from dashboard.pages.span_filters import asked_filter
from dashboard.pages.why_rules import calendar_rule, data_rule, rules_panel
from etl.figures.room_diary import Diary, room_diary
from etl.figures.room_reading import DayUse, days_of
from etl.figures.rooms import RoomFigure, figures_of

if TYPE_CHECKING:
    from etl.office import Office

DAYS = 31
"""Days on one page."""


def explain(office: Office, query: Mapping[str, str], as_of: int, user: Account) -> Component:
    """The explanation; an agency's user finds only its own sessions."""
    asked = asked_filter(query, office_today(office, as_of), user.opd_filter)
    diary = room_diary(office, asked, as_of - as_of % 60)
    f, period = fmt(), diary.filter.period
    back = rooms_address(diary.filter)
    rules = [
        (t("why.rule_accounting"), [t("room.rule")]),
        calendar_rule(office, period.first, period.last),
        data_rule(office, diary.as_of),
    ]
    return html.Div(
        [
            page_head(t("room.title"), f.period(period.first, period.last), crumbs=[(t("room.nav"), back),
                      (t("word.why"), None)]),
            _fractions(figures_of(diary).all_rooms),
            _apart(figures_of(diary).all_rooms, diary),
            _days(diary, read_page(query.get("hal"))),
            panel(link(t("room.why_rows"), f"{back}#kegiatan", "cases-link"), title=t("room.why_rows_title")),
            rules_panel(rules),
        ]
    )  # fmt: skip


def _hours(seconds: float) -> str:
    return fmt().number(round(seconds / HOUR, 2))


def _fractions(one: RoomFigure) -> Component:
    f = fmt()
    rows = [
        (t("room.used"), _hours(one.used_seconds), _hours(one.available_seconds), one.utilisation),
        (t("room.scheduled"), _hours(one.scheduled_seconds), _hours(one.open_seconds), one.scheduled_share),
        (t("room.col_realised"), _hours(one.realised_seconds), _hours(one.ended_seconds), one.realised_share),
        (t("room.no_show"), f.number(one.no_show), f.number(one.no_show + one.held), one.no_show_share),
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
