"""What an address of the page of facilities comes to: its filter, its figures, its faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dashboard.components.tables import Column, Row
from dashboard.i18n import fmt, t
from dashboard.pages.shared.filters import asked_filter
from dashboard.pages.shared.page_request import office_today
from etl.domain.units import HOUR
from etl.figures.facilities.conditions import Readiness, readiness, room_books
from etl.figures.facilities.incidents import AtRisk, Incident, Supply, at_risk, incidents_at, supplies
from etl.figures.facilities.period import ConditionFigures, condition_figures
from etl.figures.rooms.diary import RoomsFilter
from etl.office import Office
from etl.sheet_files import Cell

_NO_RISK = AtRisk(0.0, 0, 0)

OpenFault = tuple[Incident, AtRisk]
"""An open fault, and what the next bookings of its room come to."""


@dataclass(frozen=True)
class FacilitiesView:
    """One answer of the page: `as_of` in UTC seconds, `query` the names of the address, `faults` all of its rooms."""

    office: Office
    as_of: int
    query: Mapping[str, str]
    figures: ConditionFigures
    faults: tuple[Incident, ...]

    @property
    def filter(self) -> RoomsFilter:
        """The filter, with canonical names."""
        return self.figures.filter

    @cached_property
    def open_faults(self) -> list[OpenFault]:
        """Those first that stand in the way of the most people, then the oldest."""
        opened = [fault for fault in self.faults if fault.is_open]
        if not opened:
            return []
        books = room_books(self.office, self.office.mart.read(), self.as_of)
        risks = {room: at_risk(book, self.as_of) for room, book in books.items()}
        pairs = [(fault, risks.get(fault.room, _NO_RISK)) for fault in opened]
        return sorted(pairs, key=lambda pair: (-pair[1].person_hours, pair[0].first_at))

    @cached_property
    def supplies(self) -> tuple[Supply, ...]:
        """What is used up in these rooms."""
        items = [(room.room, item.item) for room in self.figures.rooms for item in room.items]
        return supplies(items, self.faults, self.as_of)

    @cached_property
    def next_bookings(self) -> dict[str, Readiness]:
        """The next booking of each room that has one, and whether the room is ready for it."""
        return {booking.room: booking for booking in readiness(self.office, self.as_of)}


def facilities_view(office: Office, query: Mapping[str, str], now: int, _own_opd: str | None = None) -> FacilitiesView:
    """The view of an address; AddressError or FilterError in words."""
    filter_ = asked_filter(query, office_today(office, now), None)
    figures = condition_figures(office, filter_.period, now, room=filter_.room, opd=filter_.opd)
    faults = tuple(fault for fault in incidents_at(office, now) if figures.filter.room in (None, fault.room))
    return FacilitiesView(office, now, query, figures, faults)


def shown_column(key: str, cell: Callable[[Row], Any], class_name: str | None = None) -> Column[Row]:
    """A column of a table on the screen only."""
    return Column(key, t(f"sarpras.head_{key}"), cell, class_name=class_name)


def file_column(key: str, value: Callable[[Row], Cell]) -> Column[Row]:
    """A column of a sheet only."""
    return Column(f"file_{key}", t(f"sarpras.column_{key}"), value=value)


def hours(seconds: float | None) -> float | None:
    """Seconds as a file holds them."""
    return None if seconds is None else round(seconds / HOUR, 2)


def first_words(fault: Incident, *, is_short: bool = False) -> str:
    """When the fault was first reported; its day alone where no clock time is known."""
    return fmt().moment_or_day(fault.first_at, is_exact=fault.is_first_exact, is_short=is_short)


def end_words(fault: Incident, *, is_short: bool = False) -> str:
    """When the fault ended, as `first_words`."""
    return fmt().moment_or_day(fault.ended_at, is_exact=fault.is_end_exact, is_short=is_short)


def first_cell(fault: Incident) -> Cell:
    """As `first_words` for a file."""
    return moment_cell(fault.first_at, is_exact=fault.is_first_exact)


def end_cell(fault: Incident) -> Cell:
    """As `end_words` for a file."""
    return moment_cell(fault.ended_at, is_exact=fault.is_end_exact)


def moment_cell(at: int | None, *, is_exact: bool) -> Cell:
    """A moment as a file holds it; its day alone where no clock time is known."""
    return local(at) if at is None or is_exact else fmt().local(at).date()


def local(moment: int | None) -> Cell:
    """A moment as a file holds it, on the office's clock."""
    return None if moment is None else fmt().local(moment)
