"""The tables of the page of rooms as sheets of a file."""

from __future__ import annotations

from dashboard.i18n import fmt, t
from dashboard.pages.rooms.view import RoomsView
from dashboard.pages.shared.row_words import opd_words
from etl.domain.units import HOUR, day_date
from etl.figures.rooms.lines import Clash, Line, booking_clashes, clashes
from etl.figures.rooms.patterns import months_of, week_hours
from etl.figures.rooms.use import RoomFigure
from etl.figures.rooms.waiting import fairness
from etl.sheet_files import Cell, Sheet, share_cell

_MONDAY = 4
_MEASURES = (
    "utilisation", "scheduled_share", "realised_share", "occupancy", "no_show_share", "available_seconds",
    "used_seconds", "open_seconds", "scheduled_seconds", "outside_seconds", "clash_seconds", "booking_clash_seconds",
    "unscheduled_seconds", "closed_seconds", "sessions", "held", "no_show", "unrecorded", "overfull",
)  # fmt: skip
_SHARES = {"utilisation", "scheduled_share", "realised_share", "occupancy", "no_show_share"}


def room_sheets(view: RoomsView) -> list[Sheet]:
    """All tables, the figures first."""
    return [
        _figures(view), lines_sheet(view), _opds(view), _months(view), _hours(view), _clashes(view), _fairness(view)
    ]  # fmt: skip


def _figures(view: RoomsView) -> Sheet:
    rooms = [*view.figures.rooms, view.figures.all_rooms] if len(view.figures.rooms) > 1 else view.figures.rooms
    head = (t("word.room"), *(t(f"room.measure_{name}") for name in _MEASURES))
    names = [*(room.room for room in view.figures.rooms), t("word.all_rooms")]
    rows = ((name, *(_measure(room, key) for key in _MEASURES)) for name, room in zip(names, rooms, strict=False))
    return Sheet(t("room.file_figures"), head, tuple(rows))


def _measure(room: RoomFigure, name: str) -> Cell:
    """A count as it is, a share in percent, seconds as hours."""
    value = getattr(room, name)
    if name in _SHARES:
        return share_cell(value)
    return float(value / HOUR) if name.endswith("_seconds") else int(value)


def lines_sheet(view: RoomsView) -> Sheet:
    """Bookings and sessions, one line a session."""
    columns = ("when", "letter", "event", "booked_start", "booked_end", "use_start", "use_end", "planned", "present",
               "capacity", "outcome", "activity_kind")  # fmt: skip
    head = (t("word.room"), t("word.opd"), *(t(f"room.file_{name}") for name in columns))
    return Sheet(t("room.file_lines"), head, tuple(row for line in view.lines for row in _line(line)))


def _line(line: Line) -> list[tuple[Cell, ...]]:
    f = fmt()
    letter = f"{line.letter[0]}/{line.letter[1]}" if line.letter else None
    booked = [f.local(moment) for moment in line.booked] if line.booked else [None, None]
    uses = [(f.local(start), None if running else f.local(end)) for start, end, running, _ in line.uses]
    first = (line.room, opd_words(line.opd), day_date(line.day), letter, line.title, *booked)
    last = (line.planned, line.present, line.capacity, t(f"room.outcome_{line.outcome}"), line.activity_kind)
    return [(*first, *use, *last) for use in uses or [(None, None)]]


def _opds(view: RoomsView) -> Sheet:
    head = (t("word.opd"), t("room.fair_hours"), t("room.fair_sessions"))
    rows = ((opd_words(use.opd), use.seconds / HOUR, use.sessions) for use in view.figures.all_rooms.by_opd)
    return Sheet(t("room.file_opd"), head, tuple(rows))


def _months(view: RoomsView) -> Sheet:
    head = (t("room.file_month"), t("room.used"), t("room.scheduled"), t("room.file_used"), t("room.file_available"),
            t("room.fair_sessions"))  # fmt: skip
    rows = (
        (one.month, share_cell(one.utilisation), share_cell(one.scheduled_share), one.used_seconds / HOUR,
         one.available_seconds / HOUR, one.sessions)
        for one in months_of(view.diary)
    )  # fmt: skip
    return Sheet(t("room.file_months"), head, tuple(rows))


def _hours(view: RoomsView) -> Sheet:
    names = ("room.file_weekday", "room.file_hour", "room.used", "room.file_used", "room.file_available")
    rows = (
        (fmt().weekday_short(_MONDAY + c.weekday).split()[0], c.hour, share_cell(c.share), c.used_seconds / HOUR,
         c.available_seconds / HOUR)
        for c in week_hours(view.diary)
        if c.available_seconds
    )  # fmt: skip
    return Sheet(t("room.file_hours"), tuple(map(t, names)), tuple(rows))


def _clashes(view: RoomsView) -> Sheet:
    sides = (f"{t('word.opd')} {number}" for number in (1, 2))
    head = (t("room.file_kind"), t("word.room"), t("room.file_start"), t("room.file_end"), *sides,
            t("room.file_seconds"))  # fmt: skip
    used = (_clash(one, t("room.line_used")) for one in clashes(view.diary))
    booked = (_clash(one, t("room.line_booked")) for one in booking_clashes(view.diary))
    return Sheet(t("room.file_clash"), head, (*used, *booked))


def _clash(one: Clash, kind: str) -> tuple[Cell, ...]:
    f = fmt()
    hours = (one.end_at - one.start_at) / HOUR
    return (
        kind,
        one.room,
        f.local(one.start_at),
        f.local(one.end_at),
        opd_words(one.first),
        opd_words(one.second),
        hours,
    )


def _fairness(view: RoomsView) -> Sheet:
    used = {use.opd: (use.seconds, use.sessions) for use in view.figures.all_rooms.by_opd}
    columns = ("opd", "requests", "refused", "waiting", "ready_hours", "sessions", "hours", "share")
    rows = (
        (opd_words(one.opd), one.requests, one.refused, one.waiting,
         None if one.ready_seconds is None else one.ready_seconds / HOUR, one.sessions, one.used_seconds / HOUR,
         share_cell(one.used_share))
        for one in fairness(view.mart, view.diary, used)
    )  # fmt: skip
    return Sheet(t("room.file_fair"), tuple(t(f"room.fair_{name}") for name in columns), tuple(rows))
