"""Panels of the page of rooms: hours of the week, agencies, months, rooms, clashes, no-shows, waiting, lost hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import LIGHT, Tone, bar, empty, graph, link, panel, scrolled, why
from dashboard.i18n import fmt, t
from dashboard.pages.rooms.headlines import hours
from dashboard.pages.rooms.view import RoomsView
from dashboard.pages.shared.links import request_address, why_fault, why_hour, why_lead, why_room, why_room_opd
from dashboard.pages.shared.words import opd_words
from etl.domain.units import HOUR
from etl.figures.period import month_period
from etl.figures.rooms.diary import RoomsFilter, room_diary
from etl.figures.rooms.lines import MOST_PAIRS, Clash, Line, booking_clashes, clashes
from etl.figures.rooms.patterns import HourCell, MonthUse, lost_to_closures, lost_to_faults, months_of, week_hours
from etl.figures.rooms.use import WITHOUT_LETTER as NO_LETTER
from etl.figures.rooms.use import OpdUse, RoomFigure
from etl.figures.rooms.waiting import LEAD_CLASSES, Fairness, Lead, fairness, lead_time

MOST_OPD = 10
MOST_ROWS = 12
_MONDAY = 4
"""Day number of a Monday: 5 January 1970."""


# Hours of the week


def heat_panel(view: RoomsView) -> Component:
    """Which hours of the week the rooms are in use."""
    cells = week_hours(view.diary)
    title, note = t("room.heat_title"), t("room.heat_note")
    if not any(cell.available_seconds for cell in cells):
        return panel(empty(t("room.not_begun" if view.is_future else "room.never_open")), title=title)
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
    name = fmt().weekday_short(_MONDAY + day).split()[0]
    return html.Tr([html.Th(name, scope="row"), *(_cell(view, name, cell) for cell in cells)])


def _cell(view: RoomsView, day: str, cell: HourCell) -> Component:
    """The share in percent, which leads to the days behind it."""
    if cell.share is None:
        return html.Td("", className="is-shut", title=t("room.never_open"))
    words = t("room.used_note", used=hours(cell.used_seconds), available=hours(cell.available_seconds))
    address = why_hour(view.asked, cell.weekday, cell.hour)
    number = fmt().number(cell.share * 100, 0)
    way = link([number, html.Span(f" ({day} {cell.hour:02}.00, {words})", className="visually-hidden")], address)
    return html.Td(way, className=f"is-{_shade(cell.share)}", title=f"{words}. {t('word.why')}")


def _shade(share: float) -> int:
    """0 for nothing, 1 to 5 for each fifth."""
    return 0 if share == 0 else min(int(share * 5) + 1, 5)


# Agencies


def opd_panel(view: RoomsView) -> Component:
    """How long each agency used the rooms; the sum is proved below."""
    one, title = view.figures.all_rooms, t("room.opd_title")
    if not one.by_opd:
        return panel(empty(t("room.no_use")), title=title)
    shown, rest = one.by_opd[:MOST_OPD], one.by_opd[MOST_OPD:]
    if rest:
        name = t("room.others", count=fmt().number(len(rest)))
        shown = (*shown, OpdUse(name, sum(r.seconds for r in rest), sum(r.sessions for r in rest)))
    longest = max(use.seconds for use in shown)
    rest_name = shown[-1].opd if rest else ""
    rows = [
        _bar_row(opd_words(u.opd), u.seconds / longest, _hours_times(u), _why_opd(view, u.opd, rest_name))
        for u in shown
    ]
    total = sum(use.seconds for use in one.by_opd)
    sums = {"total": total, "used": one.in_use_seconds, "clash": one.clash_seconds}
    proof = t("room.opd_proof", **{name: fmt().number(round(seconds / HOUR, 2)) for name, seconds in sums.items()})
    return panel(html.Div(rows, className="room-bars"), html.P(proof, className="sla-note"), title=title)


def _why_opd(view: RoomsView, opd: str, rest: str = "") -> Component | None:
    """The way to the sessions of an agency; the rest together has none."""
    if rest and opd == rest:
        return None
    return why(why_room_opd(view.asked, None if opd == NO_LETTER else opd), opd_words(opd))


def _hours_times(use: OpdUse) -> str:
    return t("room.hours_times", hours=hours(use.seconds), times=fmt().number(use.sessions))


def _bar_row(name: str, share: float, words: str, beside: Component | None = None) -> Component:
    return html.Div(
        [
            html.Span(name, className="room-bar-name", title=name),
            bar(share),
            html.Span([words, " ", beside] if beside else words, className="room-bar-value"),
        ],
        className="room-bar-row",
    )


# Months and rooms


def months_panel(view: RoomsView) -> Component:
    """Used and scheduled by month: the months of the period, or the twelve up to it when it is shorter."""
    asked = view.asked
    period = asked.period if len(asked.period.months()) >= 3 else asked.period.trend()
    diary = room_diary(view.office, RoomsFilter(period, asked.opd, asked.room), view.as_of, view.mart)
    months = months_of(diary)
    title, note = t("room.months_title"), fmt().period(period.first, period.last)
    if not any(one.used_seconds or one.scheduled_seconds for one in months):
        return panel(empty(t("room.no_use")), title=title, note=note)
    drawn = graph("room-months", month_figure(months), label=t("room.months_label"), height=290)
    return panel(drawn, _month_list(diary.filter, months), title=title, note=note)


def _month_list(asked: RoomsFilter, months: Sequence[MonthUse]) -> Component:
    """The months in words, each with the way to what it was made from; folded away, the chart is above."""
    items = []
    for one in months:
        month = month_period(int(one.month[:4]), int(one.month[5:]))
        words = f"{fmt().month(month.first)}: {_month_words(one, 'used')}; {_month_words(one, 'scheduled')}"
        address = why_room(replace(asked, period=asked.period.part(month)))
        items.append(html.Li(link(words, address, "cases-link")))
    return html.Details([html.Summary(t("sla.points_title")), html.Ul(items)], className="sla-points")


def month_figure(months: Sequence[MonthUse]) -> dict[str, Any]:
    """Two bars a month; a month without opening hours has none."""
    f = fmt()
    names = [f"{one.month}-01" for one in months]
    shared = {"type": "bar", "x": names, "hoverinfo": "text"}
    used = {
        **shared,
        "name": t("room.used"),
        "y": [one.utilisation for one in months],
        "text": [f.percent(one.utilisation, 0) if one.utilisation else "" for one in months],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"size": 11, "color": LIGHT["text"]},
        "hovertext": [_month_words(one, "used") for one in months],
        "marker": {"color": "#2BA596"},
    }
    scheduled = {
        **shared,
        "name": t("room.scheduled"),
        "y": [one.scheduled_share for one in months],
        "hovertext": [_month_words(one, "scheduled") for one in months],
        "marker": {"color": "rgba(0,0,0,0)", "line": {"color": LIGHT["muted"], "width": 1.5}},
    }
    highest = max((share or 0.0) for one in months for share in (one.utilisation, one.scheduled_share))
    layout = {
        "barmode": "group",
        "uniformtext": {"mode": "hide", "minsize": 10},
        "bargap": 0.35,
        "barcornerradius": 3,
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.16, "x": 0},
        "xaxis": {"type": "date", "tickformat": "%b\n%Y", "dtick": _tick(len(months)), "tickangle": 0,
                  "showgrid": False, "fixedrange": True},
        "yaxis": {"range": [0, max(highest * 1.18, 0.1)], "tickformat": ".0%", "fixedrange": True, "nticks": 5},
    }  # fmt: skip
    return {"data": [used, scheduled], "layout": layout}


def _tick(months: int) -> str:
    """How far apart the names under the axis stand."""
    return "M1" if months <= 6 else "M2" if months <= 24 else "M12"


def _month_words(one: MonthUse, which: str) -> str:
    f = fmt()
    part, whole = (
        (one.used_seconds, one.available_seconds) if which == "used" else (one.scheduled_seconds, one.open_seconds)
    )
    share = one.utilisation if which == "used" else one.scheduled_share
    return f"{t(f'room.{which}')} {f.percent(share)} · {t('room.hours_of', part=hours(part), whole=hours(whole))}"


def rooms_panel(view: RoomsView) -> Component:
    """Each room by the same measures."""
    columns = ("room", "used", "scheduled", "realised", "outside", "clash", "no_show", "seats")
    head = html.Tr(
        [html.Th(t(f"room.col_{name}"), scope="col", className="num" * (name != "room")) for name in columns]
    )
    rows = [_room_row(room, why_room(replace(view.asked, room=room.room))) for room in view.figures.rooms]
    if len(rows) > 1:
        rows.append(_room_row(view.figures.all_rooms, why_room(view.asked), t("word.all_rooms")))
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="p-table room-table")
    title = t("room.rooms_title")
    return panel(scrolled(table, title), title=title)


def _head(words: Sequence[str]) -> html.Tr:
    """A head whose first column is a name and whose others are numbers."""
    cells = [html.Th(word, scope="col", className="num" if place else None) for place, word in enumerate(words)]
    return html.Tr(cells)


def _room_row(one: RoomFigure, address: str, name: str | None = None) -> Component:
    """The figures of a room, with one way to all of them."""
    f = fmt()
    known = one.no_show + one.held
    values = [
        f.percent(one.utilisation, 0),
        f.percent(one.scheduled_share, 0),
        f.percent(one.realised_share, 0),
        hours(one.outside_seconds),
        f"{hours(one.clash_seconds)} / {hours(one.booking_clash_seconds)}",
        t("room.part_of", part=f.number(one.no_show), whole=f.number(known)) if known else t("word.none"),
        f.percent(one.occupancy, 0),
    ]
    head = html.Th([name or one.room, " ", why(address, name or one.room)], scope="row")
    return html.Tr([head, *(html.Td(value, className="num") for value in values)])


# Clashes and bookings that nobody used


def clash_panel(view: RoomsView) -> Component:
    """Two at the same time: pairs of sessions, and of approved bookings."""
    one = view.figures.all_rooms
    used, booked = clashes(view.diary), booking_clashes(view.diary)
    note = t("room.clash_note", used=hours(one.clash_seconds), booked=hours(one.booking_clash_seconds))
    title = t("room.clash_title")
    if not used and not booked:
        return panel(empty(t("room.no_clash"), icon_name="check2-circle"), title=title)
    return panel(_clash_list(used, "room.clash_used"), _clash_list(booked, "room.clash_booked"), title=title, note=note)


def _clash_list(found: Sequence[Clash], key: str) -> Component | None:
    if not found:
        return None
    rows = [html.Li(_clash_words(one)) for one in found[:MOST_ROWS]]
    count = f"{fmt().number(len(found))}{'+' if len(found) >= MOST_PAIRS else ''}"
    more = html.P(t("room.more_in_file"), className="p-muted") if len(found) > MOST_ROWS else None
    return html.Div([html.H3(t(key, count=count), className="room-sub"), html.Ul(rows, className="room-list"), more])


def _clash_words(one: Clash) -> list[Any]:
    f = fmt()
    day = f.local(one.start_at).date()
    when = f"{f.date_short(day)} {f.clock(one.start_at)}–{f.clock(one.end_at)}"
    pair = t("room.clash_pair", first=opd_words(one.first), second=opd_words(one.second))
    return [html.Strong(when), f" · {one.room} · {pair} · ", f.duration_short(one.end_at - one.start_at)]


def unused_panel(view: RoomsView) -> Component:
    """Bookings that nobody used, and those of which nothing is recorded."""
    groups = [(name, [line for line in view.lines if line.outcome == name]) for name in ("no_show", "unrecorded")]
    title = t("room.unused_title")
    if not any(lines for _, lines in groups):
        words = "room.all_used" if view.figures.all_rooms.held else "room.no_bookings"
        return panel(empty(t(words), icon_name="check2-circle"), title=title)
    return panel(*(_unused_list(name, lines) for name, lines in groups), title=title, note=t("room.unused_note"))


def _unused_list(name: str, lines: Sequence[Line]) -> Component | None:
    if not lines:
        return None
    rows = [html.Li(_line_words(line)) for line in lines[:MOST_ROWS]]
    more = html.P(t("room.more_in_file"), className="p-muted") if len(lines) > MOST_ROWS else None
    heading = html.H3([t(f"room.outcome_{name}"), f" · {fmt().number(len(lines))}"], className="room-sub")
    return html.Div([heading, html.Ul(rows, className="room-list"), more])


def _line_words(line: Line) -> list[Any]:
    f = fmt()
    span = f" {f.clock(line.booked[0])}–{f.clock(line.booked[1])}" if line.booked else ""
    name = opd_words(line.opd)
    who = link(name, request_address(*line.letter), "cases-link") if line.letter else name
    return [html.Strong(f"{f.date_short(line.day)}{span}"), " · ", who, f" · {line.title}" if line.title else ""]


# Waiting, lost hours, agencies beside each other


def lead_panel(view: RoomsView) -> Component:
    """How many working days ahead the rooms are asked for."""
    lead, title, note = lead_time(view.office, view.diary), t("room.lead_title"), t("room.lead_note")
    if not lead.n:
        return panel(empty(t("room.no_bookings")), title=title)
    most = max(lead.counts)
    rows = [
        _bar_row(
            lead_words(place), count / most if most else 0.0, fmt().number(count),
            why(why_lead(view.asked, place), f"{title}, {lead_words(place)}") if count else None,
        )
        for place, count in enumerate(lead.counts)
    ]  # fmt: skip
    return panel(html.Div(rows, className="room-bars"), _lead_words(lead), title=title, note=note)


def lead_words(place: int) -> str:
    """What a class of LEAD_CLASSES is called."""
    first, last = LEAD_CLASSES[place]
    if last is None:
        return t("room.lead_more", n=first - 1)
    return t("room.lead_days", days=str(first) if first == last else f"{first}–{last}")


def _lead_words(lead: Lead) -> Component:
    f = fmt()
    few = t("room.lead_few", n=f.number(lead.n))
    low, high, n = f.number(lead.p10, 0), f.number(lead.p90, 0), f.number(lead.n)
    spread = t("room.lead_spread", median=f.number(lead.median, 0), low=low, high=high, n=n)
    back = f" · {t('room.lead_back', count=f.number(lead.backwards))}" if lead.backwards else ""
    return html.P((few if lead.median is None else spread) + back, className="sla-note")


def lost_panel(view: RoomsView) -> Component:
    """Opening hours that closures took away, and those with an open fault."""
    closed = lost_to_closures(view.office, view.diary)
    spans = [(one.room, one.item, one.first_at, one.ended_at) for one in view.faults]
    faults = lost_to_faults(view.diary, spans)
    title = t("room.lost_title")
    if not closed and not faults:
        return panel(empty(t("room.nothing_lost"), icon_name="check2-circle"), title=title)
    groups = (("room.lost_closed", closed), ("room.lost_fault", faults))
    keys = {(one.room, one.item): one.key for one in view.faults}
    return panel(*(_lost_list(key, found, keys) for key, found in groups), title=title, note=t("room.lost_note"))


def _lost_list(key: str, found: Sequence[Any], faults: Mapping[tuple[str, str], str]) -> Component | None:
    """The longest first; a fault leads to its explanation, the newest of an item where it had several."""
    if not found:
        return None
    longest = found[0].seconds
    rows = [
        _bar_row(
            f"{one.cause or t('room.no_reason')} · {one.room}",
            one.seconds / longest,
            _hours_only(one.seconds),
            why(why_fault(faults[one.room, one.cause]), one.cause) if (one.room, one.cause) in faults else None,
        )
        for one in found[:MOST_ROWS]
    ]
    return html.Div([html.H3(t(key), className="room-sub"), html.Div(rows, className="room-bars")])


def _hours_only(seconds: int) -> str:
    return f"{hours(seconds)} {t('room.hour_unit')}"


def fairness_panel(view: RoomsView) -> Component:
    """Agencies beside each other: asked, refused, waiting, hours."""
    used = {use.opd: (use.seconds, use.sessions) for use in view.figures.all_rooms.by_opd}
    rows = fairness(view.mart, view.diary, used)
    title = t("room.fair_title")
    if not rows:
        return panel(empty(t("word.no_data")), title=title)
    columns = ("opd", "requests", "refused", "waiting", "ready", "sessions", "hours", "share")
    head = html.Tr(
        [html.Th(t(f"room.fair_{name}"), scope="col", className="num" * (name != "opd")) for name in columns]
    )
    body = [_fair_row(view, one) for one in rows[: 3 * MOST_ROWS]]
    table = html.Table([html.Thead(head), html.Tbody(body)], className="p-table")
    more = html.P(t("room.more_in_file"), className="p-muted") if len(rows) > 3 * MOST_ROWS else None
    return panel(scrolled(table, title), more, title=title, note=t("room.fair_note"))


def _fair_row(view: RoomsView, one: Fairness) -> Component:
    f = fmt()
    ready = f.duration_short(one.ready_seconds) if one.ready_seconds is not None else t("word.none")
    values = [f.number(one.requests), f.number(one.refused), f.number(one.waiting), ready, f.number(one.sessions),
              hours(one.used_seconds), f.percent(one.used_share, 0)]  # fmt: skip
    name = html.Th([opd_words(one.opd), " ", _why_opd(view, one.opd)], scope="row", className="room-fair-name")
    return html.Tr([name, *(html.Td(value, className="num") for value in values)])


OUTCOME_LOOK: dict[str, tuple[Tone, str]] = {
    "held": (Tone.GOOD, "check-lg"),
    "running": (Tone.GOOD, "play-fill"),
    "no_show": (Tone.LATE, "x-lg"),
    "unrecorded": (Tone.NEAR, "question-circle"),
    "pending": (Tone.MUTED, "hourglass-split"),
    "ahead": (Tone.PLAIN, "calendar-event"),
    "off": (Tone.MUTED, "slash-circle"),
    "no_hours": (Tone.MUTED, "dash-circle"),
    "without_letter": (Tone.NEAR, "envelope-slash"),
    "unplanned": (Tone.PLAIN, "calendar-plus"),
}
