"""What stands in the way of using the rooms: clashes, bookings that nobody used, waiting, lost hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import bar_row, empty, link, panel, why
from dashboard.components.tables import Column, Row, sheet
from dashboard.i18n import fmt, t
from dashboard.pages.rooms.view import RoomsView, file_column, hours
from dashboard.pages.shared.links import request_address, why_fault, why_room
from dashboard.pages.shared.words import opd_words
from etl.domain.units import HOUR
from etl.figures.rooms.lead_time import LEAD_CLASSES, Lead, lead_time
from etl.figures.rooms.patterns import Lost, lost_to_closures, lost_to_faults
from etl.figures.rooms.timeline import MOST_PAIRS, Clash, Line, clashes
from etl.sheet_files import Sheet

MOST_ROWS = 12


# Clashes


def clash_panel(view: RoomsView) -> Component:
    """Two at the same time: pairs of sessions, and of approved bookings."""
    whole = view.figures.all_rooms
    pairs = clashes(view.diary)
    note = t("room.clash_note", used=hours(whole.clash_seconds), booked=hours(whole.booking_clash_seconds))
    title = t("room.clash_title")
    if not pairs:
        return panel(empty(t("room.no_clash"), icon_name="check2-circle"), title=title)
    lists = (
        _clash_list([pair for pair in pairs if pair.is_booked is is_booked], key)
        for is_booked, key in ((False, "room.clash_used"), (True, "room.clash_booked"))
    )
    return panel(*lists, title=title, note=note)


def _clash_list(pairs: Sequence[Clash], key: str) -> Component | None:
    count = f"{fmt().number(len(pairs))}{'+' if len(pairs) >= MOST_PAIRS else ''}"
    return _first_of(t(key, count=count), pairs, _clash_words)


def _first_of(heading: Any, rows: Sequence[Row], words: Callable[[Row], list[Any]]) -> Component | None:
    """The first of some rows in words; None where there are none."""
    if not rows:
        return None
    items = [html.Li(words(row)) for row in rows[:MOST_ROWS]]
    more = html.P(t("room.more_in_file"), className="p-muted") if len(rows) > MOST_ROWS else None
    return html.Div([html.H3(heading, className="room-sub"), html.Ul(items, className="room-list"), more])


def _clash_words(clash: Clash) -> list[Any]:
    f = fmt()
    day = f.local(clash.start_at).date()
    when = f"{f.date_short(day)} {f.clock(clash.start_at)}–{f.clock(clash.end_at)}"
    pair = t("room.clash_pair", first=opd_words(clash.first), second=opd_words(clash.second))
    return [html.Strong(when), f" · {clash.room} · {pair} · ", f.duration_short(clash.end_at - clash.start_at)]


def clashes_sheet(view: RoomsView) -> Sheet:
    """One row a pair: of sessions, then of approved bookings."""
    f = fmt()
    columns: list[Column[Clash]] = [
        file_column("kind", lambda clash: t("room.line_booked" if clash.is_booked else "room.line_used")),
        Column("room", t("word.room"), value=lambda clash: clash.room),
        file_column("start", lambda clash: f.local(clash.start_at)),
        file_column("end", lambda clash: f.local(clash.end_at)),
        Column("first", f"{t('word.opd')} 1", value=lambda clash: opd_words(clash.first)),
        Column("second", f"{t('word.opd')} 2", value=lambda clash: opd_words(clash.second)),
        file_column("seconds", lambda clash: (clash.end_at - clash.start_at) / HOUR),
    ]
    return sheet(t("room.file_clash"), columns, clashes(view.diary))


# Bookings that nobody used


def unused_panel(view: RoomsView) -> Component:
    """Bookings that nobody used, those of which nothing is recorded, those beside a held one."""
    groups = [
        (name, [line for line in view.lines if line.outcome == name]) for name in ("no_show", "unrecorded", "clashed")
    ]
    title = t("room.unused_title")
    if not any(lines for _, lines in groups):
        words = "room.all_used" if view.figures.all_rooms.held else "room.no_bookings"
        return panel(empty(t(words), icon_name="check2-circle"), title=title)
    lists = (
        _first_of([t(f"room.outcome_{name}"), f" · {fmt().number(len(lines))}"], lines, _line_words)
        for name, lines in groups
    )
    return panel(*lists, title=title, note=t("room.unused_note"))


def _line_words(line: Line) -> list[Any]:
    f = fmt()
    span = f" {f.clock(line.booked[0])}–{f.clock(line.booked[1])}" if line.booked else ""
    name = opd_words(line.opd)
    who = link(name, request_address(*line.letter), "cases-link") if line.letter else name
    return [html.Strong(f"{f.date_short(line.day)}{span}"), " · ", who, f" · {line.title}" if line.title else ""]


# How long ahead


def lead_panel(view: RoomsView) -> Component:
    """How many working days ahead the rooms are asked for."""
    lead, title, note = lead_time(view.office, view.diary), t("room.lead_title"), t("room.lead_note")
    if not lead.n:
        return panel(empty(t("room.no_bookings")), title=title)
    most = max(lead.counts)
    rows = [
        bar_row(
            lead_words(place), count / most if most else 0.0, fmt().number(count),
            why(why_room(view.filter, jarak=place), f"{title}, {lead_words(place)}") if count else None,
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
    spread = t("room.lead_spread", middle=f.number(lead.p50, 0), low=low, high=high, n=n)
    back = f" · {t('room.lead_back', count=f.number(lead.backwards))}" if lead.backwards else ""
    return html.P((few if lead.p50 is None else spread) + back, className="sla-note")


# Lost hours


def lost_panel(view: RoomsView) -> Component:
    """Opening hours that closures took away, and those with an open fault for whom it concerns."""
    closed = lost_to_closures(view.office, view.diary)
    spans = [(fault.room, fault.item, fault.first_at, fault.ended_at) for fault in view.faults]
    faults = lost_to_faults(view.diary, spans)
    title = t("room.lost_title")
    if not closed and not faults:
        nothing = t("room.nothing_lost" if view.sees_faults else "room.nothing_shut")
        return panel(empty(nothing, icon_name="check2-circle"), title=title)
    groups = (("room.lost_closed", closed), ("room.lost_fault", faults))
    keys = {(fault.room, fault.item): fault.key for fault in view.faults}
    note = t("room.lost_note") if view.sees_faults else None
    return panel(*(_lost_list(key, lost, keys) for key, lost in groups), title=title, note=note)


def _lost_list(key: str, lost: Sequence[Lost], faults: Mapping[tuple[str, str], str]) -> Component | None:
    """The longest first; a fault leads to its explanation, the newest of an item where it had several."""
    if not lost:
        return None
    rows = [_lost_row(cause, lost[0].seconds, faults.get((cause.room, cause.cause))) for cause in lost[:MOST_ROWS]]
    return html.Div([html.H3(t(key), className="room-sub"), html.Div(rows, className="room-bars")])


def _lost_row(cause: Lost, longest: int, fault: str | None) -> Component:
    name = f"{cause.cause or t('room.no_reason')} · {cause.room}"
    words = f"{hours(cause.seconds)} {t('room.hour_unit')}"
    return bar_row(name, cause.seconds / longest, words, why(why_fault(fault), cause.cause) if fault else None)
