"""How much the rooms were used: by hour of the week, by agency, by month; on the screen and as sheets of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from dash import html
from dash.development.base_component import Component

from dashboard.components import bar_row, empty, legend, link, panel, scrolled, why
from dashboard.components.plots import Bar, Tick, even_ticks, plot, tick_decimals
from dashboard.components.tables import Column, sheet
from dashboard.i18n import fmt, t
from dashboard.pages.rooms.view import RoomsView, file_column, hours
from dashboard.pages.shared.links import why_room, why_room_opd
from dashboard.pages.shared.months import listed_points, month_of, month_places, month_ticks
from dashboard.pages.shared.words import opd_words
from etl.domain.units import HOUR
from etl.figures.filter import MONTHS
from etl.figures.rooms.diary import RoomsFilter, room_diary
from etl.figures.rooms.patterns import HourCell, MonthUse, months_of, week_hours
from etl.figures.rooms.use import NO_LETTER, OpdUse, RoomFigure
from etl.sheet_files import Sheet, share_cell


class Id(StrEnum):
    """Ids of the panels."""

    MONTHS = "room-months"


MOST_OPD = 10
_MONDAY = 4
"""Day number of a Monday: 5 January 1970."""


# Hours of the week


def heat_panel(view: RoomsView) -> Component:
    """Which hours of the week the rooms are in use."""
    cells = week_hours(view.diary)
    title, note = t("room.heat_title"), t("room.heat_note")
    if not any(cell.available_seconds for cell in cells):
        return panel(empty(view.why_none_open), title=title)
    open_hours = [cell.hour for cell in cells if cell.available_seconds]
    span = range(min(open_hours), max(open_hours) + 1)
    weekdays = [day for day in range(7) if day < 5 or any(c.available_seconds for c in cells[day * 24 : day * 24 + 24])]
    head = html.Tr([html.Td(), *(html.Th(f"{hour:02}", scope="col") for hour in span)])
    rows = [_weekday(view, day, [cells[day * 24 + hour] for hour in span]) for day in weekdays]
    table = html.Table(
        [html.Caption(title, className="visually-hidden"), html.Thead(head), html.Tbody(rows)], className="room-heat"
    )
    return panel(scrolled(table, title), title=title, note=note)


def _weekday(view: RoomsView, day: int, cells: Sequence[HourCell]) -> Component:
    name = _day_name(day)
    return html.Tr([html.Th(name, scope="row"), *(_cell(view, name, cell) for cell in cells)])


def _cell(view: RoomsView, day: str, cell: HourCell) -> Component:
    """The share in percent, which leads to the days behind it."""
    if cell.share is None:
        return html.Td("", className="is-shut", title=view.why_hour_not_open)
    words = t("room.used_note", used=hours(cell.used_seconds), available=hours(cell.available_seconds))
    address = why_room(view.filter, hari=cell.weekday, jam=cell.hour)
    number = fmt().number(cell.share * 100, 0)
    way = link([number, html.Span(f" ({day} {cell.hour:02}.00, {words})", className="visually-hidden")], address)
    return html.Td(way, className=f"is-{_shade(cell.share)}", title=f"{words}. {t('word.why')}")


def _day_name(weekday: int) -> str:
    return fmt().weekday_short(_MONDAY + weekday).split()[0]


def _shade(share: float) -> int:
    """0 for nothing, 1 to 5 for each fifth."""
    return 0 if share == 0 else min(int(share * 5) + 1, 5)


def hours_sheet(view: RoomsView) -> Sheet:
    """One row an hour of the week in which a room was open."""
    columns: list[Column[HourCell]] = [
        file_column("weekday", lambda cell: _day_name(cell.weekday)),
        file_column("hour", lambda cell: cell.hour),
        Column("share", t("room.used"), value=lambda cell: share_cell(cell.share)),
        file_column("used", lambda cell: cell.used_seconds / HOUR),
        file_column("available", lambda cell: cell.available_seconds / HOUR),
    ]
    cells = [cell for cell in week_hours(view.diary) if cell.available_seconds]
    return sheet(t("room.file_hours"), columns, cells)


# Agencies


def opd_panel(view: RoomsView) -> Component:
    """How long each agency used the rooms; the sum is proved below."""
    whole, title = view.figures.all_rooms, t("room.opd_title")
    if not whole.by_opd:
        return panel(empty(t("room.no_use")), title=title)
    shown, rest = whole.by_opd[:MOST_OPD], whole.by_opd[MOST_OPD:]
    others = OpdUse("", sum(use.seconds for use in rest), sum(use.sessions for use in rest))
    longest = max(use.seconds for use in (*shown, others))
    rows = [_opd_row(opd_words(use.opd), use, longest, why_opd(view, use.opd)) for use in shown]
    rows += [_opd_row(t("room.others", count=fmt().number(len(rest))), others, longest)] if rest else []
    return panel(html.Div(rows, className="room-bars"), html.P(_opd_proof(whole), className="sla-note"), title=title)


def _opd_row(name: str, use: OpdUse, longest: int, beside: Component | None = None) -> Component:
    return bar_row(name, use.seconds / longest, _hours_times(use), beside)


def _opd_proof(whole: RoomFigure) -> str:
    total = sum(use.seconds for use in whole.by_opd)
    sums = {"total": total, "used": whole.in_use_seconds, "clash": whole.clash_seconds}
    return t("room.opd_proof", **{name: fmt().number(round(seconds / HOUR, 2)) for name, seconds in sums.items()})


def why_opd(view: RoomsView, opd: str) -> Component:
    """The way to the sessions of an agency."""
    return why(why_room_opd(view.filter, None if opd == NO_LETTER else opd), opd_words(opd))


def _hours_times(use: OpdUse) -> str:
    return t("room.hours_times", hours=hours(use.seconds), times=fmt().number(use.sessions))


def opds_sheet(view: RoomsView) -> Sheet:
    """One row an agency that used the rooms."""
    columns: list[Column[OpdUse]] = [
        Column("opd", t("word.opd"), value=lambda use: opd_words(use.opd)),
        Column("hours", t("room.fair_hours"), value=lambda use: use.seconds / HOUR),
        Column("sessions", t("room.fair_sessions"), value=lambda use: use.sessions),
    ]
    return sheet(t("room.file_opd"), columns, view.figures.all_rooms.by_opd)


# Months


def months_panel(view: RoomsView) -> Component:
    """Used and scheduled by month: the months of the period, or the twelve up to it when it is shorter."""
    filter_ = view.filter
    period = filter_.period if len(filter_.period.months()) >= 3 else filter_.period.trend()
    diary = room_diary(view.office, replace(filter_, period=period), view.as_of, view.mart)
    months = months_of(diary)
    title, note = t("room.months_title"), fmt().period(period.first, period.last)
    if not any(month.used_seconds or month.scheduled_seconds for month in months):
        return panel(empty(t("room.no_use")), title=title, note=note)
    points = [_point(diary.filter, month) for month in months]
    return panel(
        _month_bars(months, points), _month_legend(), listed_points(points), title=title, note=note, id=Id.MONTHS
    )


def _point(filter_: RoomsFilter, month: MonthUse) -> tuple[str, str]:
    """A month in words, and the way to what it was made from."""
    period = month_of(month.month)
    words = f"{fmt().month(period.first)}: {_month_words(month, 'used')}; {_month_words(month, 'scheduled')}"
    return words, why_room(replace(filter_, period=filter_.period.part(period)))


def _month_bars(months: Sequence[MonthUse], points: Sequence[tuple[str, str]]) -> Component:
    """Two bars a month, what was scheduled as an outline; a month without opening hours has none."""
    f, across = fmt(), month_places(len(months))
    highest = max((share or 0.0) for month in months for share in (month.utilisation, month.scheduled_share))
    ticks = even_ticks(max(highest, 0.01) * 100)
    width = 0.3 / len(months)
    bars = []
    for at, month, (words, address) in zip(across, months, points, strict=True):
        shares = (month.utilisation, "good"), (month.scheduled_share, "outline")
        for side, (share, kind) in zip((-0.55, 0.55), shares, strict=True):
            if share:
                label = f.percent(share, 0) if kind == "good" and len(months) <= MONTHS else ""
                height = share * 100 / ticks[-1]
                bars.append(Bar(at + side * width, width, height, kind, words, address, label))
    decimals = tick_decimals(ticks)
    return plot(
        f"{Id.MONTHS}-chart",
        label=t("room.months_label"),
        height=270,
        x=month_ticks([month.month for month in months], 2),
        y=[Tick(tick / ticks[-1], f.percent(tick / 100, decimals)) for tick in ticks],
        bars=bars,
    )


def _month_legend() -> Component:
    keys = ("used", t("room.used")), ("booked", t("room.scheduled"))
    return legend(keys)


def _month_words(month: MonthUse, which: str) -> str:
    share, part, whole = month.scheduled_share, month.scheduled_seconds, month.open_seconds
    if which == "used":
        share, part, whole = month.utilisation, month.used_seconds, month.available_seconds
    return f"{t(f'room.{which}')} {fmt().percent(share)} · {t('room.hours_of', part=hours(part), whole=hours(whole))}"


def months_sheet(view: RoomsView) -> Sheet:
    """One row a month of the period."""
    columns: list[Column[MonthUse]] = [
        file_column("month", lambda month: month.month),
        Column("share", t("room.used"), value=lambda month: share_cell(month.utilisation)),
        Column("scheduled", t("room.scheduled"), value=lambda month: share_cell(month.scheduled_share)),
        file_column("used", lambda month: month.used_seconds / HOUR),
        file_column("available", lambda month: month.available_seconds / HOUR),
        Column("sessions", t("room.fair_sessions"), value=lambda month: month.sessions),
    ]
    return sheet(t("room.file_months"), columns, months_of(view.diary))
