"""The calendar of rooms by week or day: outlines are bookings, filled bars are use, thin lines below are faults."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import icon, legend, link, panel, with_query
from dashboard.i18n import fmt, t
from dashboard.pages.rooms.view import RoomsView
from dashboard.pages.shared.links import request_address
from etl.domain.units import HOUR
from etl.figures.facilities.incidents import Incident
from etl.figures.filter import FIRST_DAY, LAST_DAY
from etl.figures.rooms.timeline import DayBand, DayRow, Mark, Span, Use, timeline

PATH = "/ruang"
FIRST_HOUR, LAST_HOUR = 7, 17
"""The hours that are shown at least."""

_SLOT_PIXELS = 36
_LINE_PIXELS, _NAMED_PIXELS = 7, 20
"""The height that a fault takes, and with its name below it."""

_LATE = 60.0
"""Percent of the day from which on the name of a fault ends where its line ends."""

_NAMED = frozenset({"special", "holiday", "leave", "ramadan"})
_NARROW = 9.0
"""Percent of the day below which a bar is too narrow for words."""


class Axis:
    """The hours of a day that are shown, as positions in percent."""

    def __init__(self, rows: Sequence[DayRow]) -> None:
        ends = [(a - row.band.span[0], b - row.band.span[0]) for row in rows for a, b in _spans(row)]
        self.first = min([FIRST_HOUR, *(a // HOUR for a, _ in ends)])
        self.last = max([LAST_HOUR, *(-(-b // HOUR) for _, b in ends)])

    def at(self, second: float) -> float:
        """Percent from the left of a second of the day."""
        share = (second / HOUR - self.first) / (self.last - self.first)
        return 100 * min(max(share, 0.0), 1.0)

    def place(self, span: Span, band: DayBand) -> dict[str, str]:
        """Left and width of a stretch of a day."""
        left, right = (self.at(moment - band.span[0]) for moment in span)
        return {"left": f"{left:.2f}%", "width": f"{right - left:.2f}%"}

    def hours(self) -> range:
        """The full hours."""
        return range(self.first, self.last + 1, 1 if self.last - self.first <= 14 else 2)


def _spans(row: DayRow) -> list[Span]:
    return [*row.band.opened, *(mark.span for mark in row.marks)]


def timeline_panel(view: RoomsView) -> Component:
    """The calendar with its ways to other weeks, days and rooms."""
    rows = timeline(view.office, view.mart, view.calendar)
    shown = [row for row in rows if view.is_day or row.band.opened or row.marks or row.band.date.weekday() < 5]
    axis = Axis(shown)
    lines, named = [], set[Incident]()
    for row in shown:
        faults = _faults(view.faults, row.band, axis, view.as_of)
        lines.append(_line(view, row, axis, [(fault, fault not in named) for fault in faults]))
        named.update(faults)
    body = html.Div([_hours(axis), *lines], className="room-line-body")
    return panel(
        html.Div([_title(view), _ways(view)], className="room-line-head"),
        html.Div(body, className="p-scroll", tabIndex=0, role="region", **{"aria-label": t("room.line_label")}),
        _legend(view.sees_faults),
        class_name="room-line",
    )


def _title(view: RoomsView) -> Component:
    f, first, last = fmt(), view.shown.first, view.shown.last
    when = f.date(first) if view.is_day else f.period(first, last)
    room = "" if view.is_day or len(view.diary.rooms) == 1 else f" · {view.line_room}"
    return html.H2(f"{when}{room}", className="p-panel-title")


def _ways(view: RoomsView) -> Component:
    first, step = view.shown.first, 1 if view.is_day else 7
    name = "hari" if view.is_day else "minggu"
    other = ("minggu", "hari") if view.is_day else ("hari", "minggu")
    back, onward = first - timedelta(days=step), first + timedelta(days=step)
    target = view.today if view.shown.first <= view.today <= view.shown.last else first
    ways: list[Component | None] = [
        _way(view, icon("chevron-left"), {name: back}, t(f"room.before_{name}")) if back >= FIRST_DAY else None,
        _way(view, t("room.today"), {name: view.today}, t("room.today_label")),
        _way(view, icon("chevron-right"), {name: onward}, t(f"room.after_{name}")) if onward <= LAST_DAY else None,
        _way(view, t(f"room.by_{other[0]}"), {other[0]: target, other[1]: None}, t(f"room.by_{other[0]}")),
    ]
    return html.Nav([*_rooms(view), *(way for way in ways if way)], className="room-ways no-print")


def _rooms(view: RoomsView) -> list[Component]:
    """Other rooms whose week can be shown."""
    if view.is_day or len(view.diary.rooms) < 2:
        return []
    return [
        html.Span(room, className="room-way is-on", **{"aria-current": "true"})
        if room == view.line_room
        else _way(view, room, {"linimasa": room}, room)
        for room in view.diary.rooms[:12]
    ]


def _way(view: RoomsView, words: Any, changes: dict[str, Any], label: str) -> Component:
    address = with_query(PATH, **{**view.query, **changes})
    made = link(words, address, "room-way")
    made.title = label
    return made


def _hours(axis: Axis) -> Component:
    f = fmt()
    dot = "." if f.number(1.5) == "1,5" else ":"
    marks = [
        html.Span(f"{hour:02}{dot}00", className="room-hour", style={"left": f"{axis.at(hour * HOUR):.2f}%"})
        for hour in axis.hours()
    ]
    return html.Div([html.Span(className="room-day"), html.Div(marks, className="room-track is-hours")],
                    className="room-row", **{"aria-hidden": "true"})  # fmt: skip


def _line(view: RoomsView, row: DayRow, axis: Axis, faults: Sequence[tuple[Incident, bool]]) -> Component:
    """A row with its faults, each a line of its own below the bars; words stand where it is named, at its first row."""
    marks, below = [_mark(mark, row.band, axis) for mark in row.marks], row.slots * _SLOT_PIXELS + 6
    for fault, is_named in faults:
        marks.append(_fault(fault, row.band, axis, view.as_of, below, is_named=is_named))
        below += _NAMED_PIXELS if is_named else _LINE_PIXELS
    height = {"height": f"{below}px"}
    drawn = [*_closed(row.band, axis), *_grid(axis), *_now(view, row.band, axis)]
    parts = [html.Div(drawn, **{"aria-hidden": "true"}), html.Div(marks, role="list") if marks else None]
    return html.Div([_day(view, row), html.Div(parts, className="room-track", style=height)], className="room-row")


def _day(view: RoomsView, row: DayRow) -> Component:
    band = row.band
    name = band.room if view.is_day else fmt().weekday_short(band.date)
    is_named = band.kind in _NAMED
    note = band.note if is_named else "" if band.opened else t("room.closed")
    kind = " is-today" if band.date == view.today else ""
    words = [html.Strong(name), html.Small(note, title=note) if note else None]
    return html.Div(words, className=f"room-day{kind}")


def _closed(band: DayBand, axis: Axis) -> list[Component]:
    """The hours in which the room is closed, shaded."""
    edges = [band.span[0], *(edge for span in band.opened for edge in span), band.span[1]]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return [html.Span(className="room-shut", style=axis.place(gap, band)) for gap in gaps if gap[1] > gap[0]]


def _grid(axis: Axis) -> list[Component]:
    return [html.Span(className="room-grid", style={"left": f"{axis.at(hour * HOUR):.2f}%"}) for hour in axis.hours()]


def _mark(mark: Mark, band: DayBand, axis: Axis) -> Component:
    """A booking with its use: one item, one way to the letter."""
    at = (mark.uses[0].start, mark.uses[0].end) if mark.uses else mark.span
    left, right = (axis.at(moment - band.span[0]) for moment in at)
    name = mark.opd or t("room.without_letter")
    words = mark_words(mark)
    parts = [*([_booked(mark, band, axis)] if mark.booked else []), *(_used(use, band, axis) for use in mark.uses)]
    is_narrow = right - left < _NARROW
    state = t(f"room.outcome_{mark.outcome}") if not mark.uses else ""
    label = "" if is_narrow else " · ".join(part for part in (name, state) if part)
    text = html.Span(
        label,
        className="room-name" + ("" if mark.uses else " is-planned"),
        style={"left": f"{left:.2f}%", "width": f"{right - left:.2f}%"},
    )
    style = {"top": f"{mark.slot * _SLOT_PIXELS + 4}px"}
    inside = [*parts, text]
    common = {"className": "room-mark", "style": style, "title": words, "aria-label": words}
    if mark.letter is None:
        return html.Div(inside, role="listitem", **common)
    way = link(inside, request_address(*mark.letter), "room-mark")
    way.style, way.title = style, words
    return html.Div(way, role="listitem")


def _booked(mark: Mark, band: DayBand, axis: Axis) -> Component:
    kind = "is-open" if mark.outcome in ("pending", "ahead", "no_show", "unrecorded", "clashed") else "is-held"
    return html.Span(className=f"room-booked {kind}", style=axis.place(mark.booked or mark.span, band))


def _used(use: Use, band: DayBand, axis: Axis) -> Component:
    kind = " is-running" if use.is_running and not use.is_end_due else " is-estimated" if use.is_estimated else ""
    return html.Span(className=f"room-used{kind}", style=axis.place((use.start, use.end), band))


def mark_words(mark: Mark) -> str:
    """All of a mark in words: who, what, when booked, when used, what became of it."""
    f = fmt()
    parts = [mark.opd or t("room.without_letter"), mark.title or ""]
    if mark.booked:
        parts.append(t("room.booked_from", start=f.clock(mark.booked[0]), end=f.clock(mark.booked[1])))
    parts += [use_words(use) for use in mark.uses]
    return " · ".join(part for part in [*parts, t(f"room.outcome_{mark.outcome}")] if part)


def use_words(use: Use) -> str:
    """From when to when a session lasted."""
    f = fmt()
    if use.is_end_due:
        return t("room.used_end_due", start=f.clock(use.start))
    if use.is_running:
        return t("room.used_since", start=f.clock(use.start))
    key = "room.used_about" if use.is_estimated else "room.used_from"
    return t(key, start=f.clock(use.start), end=f.clock(use.end))


def _faults(faults: Sequence[Incident], band: DayBand, axis: Axis, as_of: int) -> list[Incident]:
    """Faults of the room that were open in the hours shown of that day, as far as it has come."""
    ends = [(fault, *(axis.at(moment - band.span[0]) for moment in _open_in(fault, band, as_of))) for fault in faults]
    return [fault for fault, left, right in ends if fault.room == band.room and right > left]


def _open_in(fault: Incident, band: DayBand, as_of: int) -> Span:
    """From when to when it was open on that day; the end lies before the beginning where it was not."""
    return max(fault.first_at, band.span[0]), min(fault.ended_at or as_of, band.span[1], as_of)


def _fault(fault: Incident, band: DayBand, axis: Axis, as_of: int, top: int, *, is_named: bool) -> Component:
    span = _open_in(fault, band, as_of)
    words = f"{fault.item} · {t(f'room.condition_{fault.condition.value}')}"
    style = {**axis.place(span, band), "top": f"{top}px"}
    side = "is-last" if axis.at(span[0] - band.span[0]) > _LATE else ""
    name = html.Small(words, className=side) if is_named else None
    return html.Div(name, className="room-fault", style=style, title=words, role="listitem", **{"aria-label": words})


def _now(view: RoomsView, band: DayBand, axis: Axis) -> list[Component]:
    if not band.span[0] <= view.as_of < band.span[1]:
        return []
    return [html.Span(className="room-now", style={"left": f"{axis.at(view.as_of - band.span[0]):.2f}%"})]


def _legend(sees_faults: bool) -> Component:
    entries = ("booked", "open", "used", "shut", *(("fault",) if sees_faults else ()))
    return legend((name, t(f"room.legend_{name}")) for name in entries)
