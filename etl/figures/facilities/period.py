"""Condition of rooms in a period: B5, checks before first use, restoration of faults; and the document of all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from etl.domain.statistics import middle, percentile
from etl.domain.units import day_number
from etl.figures.facilities.checks import (
    B5,
    FirstDay,
    FirstUse,
    SessionCheck,
    b5_json,
    b5_of,
    checks_between,
    first_use_of,
)
from etl.figures.facilities.conditions import RoomState, room_states
from etl.figures.facilities.incidents import Incident, incidents_at
from etl.figures.filter import Period, known_opd, known_room
from etl.figures.rooms.diary import RoomsFilter
from etl.moments import iso
from etl.office import Office


class ConditionFigure(StrEnum):
    """The figures of a period, as addresses name them."""

    OPEN = "terbuka"
    RESTORE = "pulih"
    RESPOND = "tanggap"
    B5 = "b5"
    COVERAGE = "cakupan"
    FIRST = "awal"


@dataclass(frozen=True)
class Times:
    """How long something took in the `n` cases of which both ends are known to the minute.

    `median_` is of one case and more (the cases themselves are listed beside it), the 90th percentile of five and more.
    """

    n: int
    median_working_seconds: float | None
    p90_working_seconds: float | None
    median_elapsed_seconds: float | None
    p90_elapsed_seconds: float | None


@dataclass(frozen=True)
class Restoring:
    """Faults at a moment and in a period: `open` of those reported up to its last day, `restored` within it."""

    open: int
    oldest_open_at: int | None
    is_oldest_exact: bool
    oldest_working_seconds: int | None
    restored: int
    restore: Times
    respond: Times


@dataclass(frozen=True)
class ConditionFigures:
    """All of a period at a moment; the rows behind it are `sessions` (of B5), `days` (of the first use), `opened` (the
    open faults), `cases` (of the times to restore) and `answered` (of the times to respond)."""

    as_of: int
    filter: RoomsFilter
    rooms: tuple[RoomState, ...]
    b5: B5
    first_use: FirstUse
    restoring: Restoring
    sessions: tuple[SessionCheck, ...]
    cases: tuple[Incident, ...]
    days: tuple[FirstDay, ...]
    opened: tuple[Incident, ...]
    answered: tuple[Incident, ...]


def condition_figures(
    office: Office, period: Period, as_of: int, *, room: str | None = None, opd: str | None = None
) -> ConditionFigures:
    """The figures of a period; FilterError for a room or agency that does not exist. Without a mart all is empty.

    The agency restricts the sessions of B5 only: faults belong to rooms.
    """
    room_name = known_room(office, room) if office.mart.exists() else None
    sessions, days = checks_between(office, period, as_of, room=room, opd=opd)
    faults = [fault for fault in incidents_at(office, as_of) if room_name in (None, fault.room)]
    first, last = _ends(office, period)
    opened = tuple(fault for fault in faults if fault.is_open and fault.first_at < last)
    cases = tuple(fault for fault in faults if fault.ended_at is not None and first <= fault.ended_at < last)
    answered = tuple(fault for fault in faults if fault.responded_at is not None and first <= fault.responded_at < last)
    return ConditionFigures(
        as_of=as_of,
        filter=RoomsFilter(period, known_opd(office, opd) if office.mart.exists() else opd, room_name or room),
        rooms=tuple(state for state in room_states(office, as_of) if room_name in (None, state.room)),
        b5=b5_of(sessions),
        first_use=first_use_of(days),
        restoring=_restoring(opened, cases, answered),
        sessions=sessions,
        cases=cases,
        days=days,
        opened=opened,
        answered=answered,
    )


def _ends(office: Office, period: Period) -> tuple[int, int]:
    """The first moment of a period and the first one after it."""
    days = np.array([day_number(period.first), day_number(period.last) + 1], np.int64)
    first, last = office.calendar.day_start(days).tolist()
    return first, last


def _restoring(opened: Sequence[Incident], cases: Sequence[Incident], answered: Sequence[Incident]) -> Restoring:
    """Faults open at the moment, and how long those took that were restored or answered in the period."""
    oldest = min(opened, key=lambda fault: fault.first_at, default=None)
    return Restoring(
        open=len(opened),
        oldest_open_at=oldest.first_at if oldest else None,
        is_oldest_exact=oldest is None or oldest.is_first_exact,
        oldest_working_seconds=oldest.restore_working if oldest else None,
        restored=len(cases),
        restore=_times(cases, "restore"),
        respond=_times(answered, "respond"),
    )


def _times(faults: Sequence[Incident], what: str) -> Times:
    working, elapsed = _known(faults, f"{what}_working"), _known(faults, f"{what}_elapsed")
    return Times(len(working), middle(working), percentile(working, 90), middle(elapsed), percentile(elapsed, 90))


def _known(faults: Sequence[Incident], name: str) -> list[float]:
    return [value for one in faults if (value := getattr(one, name)) is not None]


def conditions_json(office: Office, figures: ConditionFigures) -> dict[str, Any]:
    """The figures as `pantau figures conditions --json` prints them."""
    restoring, respond = figures.restoring, vars(figures.restoring.respond)
    return {
        **figures.filter.head(office, figures.as_of),
        "rooms": [_room_json(office, room) for room in figures.rooms],
        "incidents": {
            "open": restoring.open,
            "oldest_working_seconds": restoring.oldest_working_seconds,
            "restored": restoring.restored,
            **vars(restoring.restore),
            **{f"respond_{key}": value for key, value in respond.items() if key != "p90_elapsed_seconds"},
            "oldest_open_at": _moment(office, restoring.oldest_open_at, is_exact=restoring.is_oldest_exact),
            "cases": [_case_json(office, one) for one in figures.cases],
        },
        "b5": b5_json(figures.b5),
        "first_use": {
            **vars(figures.first_use),
            "interval": list(figures.first_use.interval) if figures.first_use.interval else None,
        },
    }


def _room_json(office: Office, room: RoomState) -> dict[str, Any]:
    return {
        "room": room.room,
        "status": room.status.value,
        "score": room.score,
        "completeness": room.completeness,
        "checked_at": iso(room.checked_at, office.zone) if room.checked_at else _day(room),
        "checklist": room.checklist,
        "items": [
            {"item": one.item, "condition": one.condition.value if one.condition else None, "answered": one.is_answered}
            for one in room.items
        ],
    }


def _day(room: RoomState) -> str | None:
    return room.checked_on.isoformat() if room.checked_on else None


def _moment(office: Office, at: int | None, *, is_exact: bool) -> str | None:
    """A moment as ISO; its date alone where no clock time is known."""
    text = iso(at, office.zone)
    return text if text is None or is_exact else text[:10]


def _case_json(office: Office, one: Incident) -> dict[str, Any]:
    return {
        "room": one.room,
        "item": one.item,
        "reported_at": _moment(office, one.first_at, is_exact=one.is_first_exact),
        "restored_at": _moment(office, one.ended_at, is_exact=one.is_end_exact),
        "reports": one.reports,
        "working_seconds": one.restore_working,
        "elapsed_seconds": one.restore_elapsed,
    }
