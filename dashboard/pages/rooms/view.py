"""What an address of the page of rooms comes to: its filter, the diary of its days, and the figures of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from dashboard.components.tables import Column, Row
from dashboard.i18n import fmt, t
from dashboard.pages.shared.filters import AddressError, asked_day, asked_filter
from dashboard.pages.shared.page_request import office_today
from data_access.mart import Snapshot
from etl.domain.units import HOUR, MINUTE
from etl.figures.facilities.incidents import Incident, incidents_at
from etl.figures.filter import FIRST_DAY, LAST_DAY, Period
from etl.figures.intake.open_work import letters_with_unread_start
from etl.figures.rooms.diary import Diary, RoomsFilter, room_diary
from etl.figures.rooms.timeline import Line, lines_of
from etl.figures.rooms.use import RoomsFigures, figures_of
from etl.office import Office
from etl.sheet_files import Cell


@dataclass(frozen=True)
class RoomsView:
    """One answer of the page: `as_of` in UTC seconds, `query` the names of the address.

    `shown` are the days of the calendar: a week (`is_day` false) or one day; `line_room` the room whose week it is.
    `sees_faults`: an agency does not, it sees what concerns its own bookings.
    """

    office: Office
    mart: Snapshot
    as_of: int
    today: date
    query: Mapping[str, str]
    diary: Diary
    shown: Period
    is_day: bool
    line_room: str | None
    sees_faults: bool

    @property
    def filter(self) -> RoomsFilter:
        """The filter, with canonical names."""
        return self.diary.filter

    @cached_property
    def figures(self) -> RoomsFigures:
        """The figures of the period."""
        return figures_of(self.diary)

    @cached_property
    def lines(self) -> list[Line]:
        """Bookings and sessions of the period."""
        return lines_of(self.mart, self.diary, letters_with_unread_start(self.office))

    @cached_property
    def calendar(self) -> Diary:
        """The diary of the days of the calendar."""
        room = self.filter.room if self.is_day else self.line_room
        return room_diary(self.office, RoomsFilter(self.shown, self.filter.opd, room), self.as_of, self.mart)

    @cached_property
    def faults(self) -> tuple[Incident, ...]:
        """Faults of the rooms shown, open and ended; none for whom they do not concern."""
        if not self.sees_faults:
            return ()
        return tuple(fault for fault in incidents_at(self.office, self.as_of) if fault.room in self.diary.rooms)

    @property
    def is_future(self) -> bool:
        """Whether nothing of the period has happened yet."""
        return self.filter.period.first > self.today

    @property
    def why_none_open(self) -> str:
        """Why no opening hour of the period has passed: it has not begun, the first hour is still to come, or the rooms
        never open in it."""
        if self.is_future:
            return t("room.not_begun")
        return t("room.not_open_yet" if self.figures.all_rooms.open_seconds else "room.never_open")

    @property
    def why_hour_not_open(self) -> str:
        """The same of one hour of the week: of a period that still runs nobody can say that it stays shut."""
        return t("room.never_open" if self.filter.period.last < self.today else "room.not_open_yet")

    @property
    def has_any(self) -> bool:
        """Whether the period holds anything at all."""
        return bool(self.diary.booked_here.any() or self.diary.used_seconds.any() or self.diary.starts_here.any())


def hours(seconds: float) -> str:
    """94,5 for so many hours."""
    return fmt().number(round(seconds / HOUR, 1))


def file_column(key: str, value: Callable[[Row], Cell]) -> Column[Row]:
    """A column of a sheet only."""
    return Column(key, t(f"room.file_{key}"), value=value)


def rooms_view(office: Office, query: Mapping[str, str], now: int, own_opd: str | None) -> RoomsView:
    """The view of an address, the same for all that ask within a minute.

    AddressError or FilterError, in words, for days and names that do not exist; MartError without a mart.
    """
    today, as_of = office_today(office, now), now - now % MINUTE
    mart = office.mart.read()
    diary = room_diary(office, asked_filter(query, today, own_opd), as_of, mart)
    shown, is_day = _shown(query, diary.filter.period, today)
    room = query.get("linimasa")
    line_room = room if room in diary.rooms else diary.rooms[0] if diary.rooms else None
    return RoomsView(office, mart, as_of, today, query, diary, shown, is_day, line_room, own_opd is None)


def _shown(query: Mapping[str, str], period: Period, today: date) -> tuple[Period, bool]:
    """The day or week of the address, else the week of today or, where the period ends before, its last."""
    if query.get("hari"):
        day = _day(query["hari"])
        return Period(day, day), True
    usual = today if period.first <= today <= period.last else period.last if today > period.last else period.first
    day = _day(query["minggu"]) if query.get("minggu") else usual
    monday = day - timedelta(days=day.weekday())
    return Period(max(monday, FIRST_DAY), min(monday + timedelta(days=6), LAST_DAY)), False


def _day(text: str) -> date:
    day = asked_day(text)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise AddressError("sla.bad_date", value=text)
    return day
