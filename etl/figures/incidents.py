"""Faults of rooms: since when, who sees to them, how long it took, and how many people a fault stands in the way of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data_access.mart import conditions as questions
from data_access.records import reading
from data_access.records.conditions import Deed, deeds_until
from etl.domain.calendar import WorkCalendar
from etl.domain.condition import Condition
from etl.domain.frames import MISSING
from etl.domain.incidents import Incidents, Told, What, incidents
from etl.figures.wall_room import RoomBook

if TYPE_CHECKING:
    from etl.office import Office

RISK_SECONDS = 3 * 86_400
"""Bookings of this time ahead are at risk while a fault is open."""

_DEEDS = {"assign": What.TOUCH, "comment": What.TOUCH, "resolve": What.CLOSE, "reopen": What.REOPEN}


@dataclass(frozen=True)
class Incident:
    """One fault of a room's item at a moment; `ended_at` None: open.

    `condition`, `note` and `load_id` are of the newest report that was not good. `deeds` are in order; `assigned_role`
    is the newest one's. `restore_` and `respond_` seconds run to as-of while open or unanswered; None where only the
    day of an end is known.
    """

    room: str
    item: str
    condition: Condition
    note: str | None
    load_id: int | None
    first_at: int
    ended_at: int | None
    responded_at: int | None
    reports: int
    openings: int
    restore_working: int | None
    restore_elapsed: int | None
    respond_working: int | None
    respond_elapsed: int | None
    assigned_role: str | None
    deeds: tuple[Deed, ...]

    @property
    def is_open(self) -> bool:
        """Whether nobody has ended it."""
        return self.ended_at is None

    @property
    def key(self) -> str:
        """What tells it from every other one."""
        return f"{self.room}|{self.item}|{self.first_at}"


@dataclass(frozen=True)
class AtRisk:
    """What a room's bookings of the next three days come to: people times hours, and bookings of unknown size."""

    person_hours: float
    bookings: int
    unknown: int


def incidents_at(office: Office, as_of: int, *, only_open: bool = False) -> tuple[Incident, ...]:
    """Every incident at a moment, by room, item and time; without a mart there is none."""
    if not office.mart.exists():
        return ()
    mart = office.mart.read()
    with reading(office.records) as connection:
        deeds = deeds_until(connection, as_of)
    return mart.remember(
        ("incidents", office.book.hash, as_of, len(deeds), only_open),
        lambda: _incidents(questions.fault_answers(mart), deeds, office.calendar, as_of, only_open=only_open),
    )


def first_reports(office: Office, faults: Sequence[Incident]) -> dict[str, dict[str, Any]]:
    """The report with which each fault began, by its key: file, sheet, row, load_id; none for one that began here."""
    if not faults:
        return {}
    rows = questions.fault_answers(office.mart.read())
    told = _told(rows, (), dict.fromkeys({(row["room"], row["item"]) for row in rows}, 0), office.calendar)
    wanted = {(one.room, one.item, one.first_at): one.key for one in faults}
    found: dict[str, dict[str, Any]] = {}
    for row, at in zip(rows, told.at.tolist(), strict=True):
        key = wanted.get((row["room"], row["item"], at))
        if key is not None and row["condition"] != Condition.GOOD.value:
            found.setdefault(key, row)
    return found


def _incidents(
    rows: Sequence[dict[str, Any]], deeds: Sequence[Deed], calendar: WorkCalendar, as_of: int, *, only_open: bool
) -> tuple[Incident, ...]:
    names = sorted({(row["room"], row["item"]) for row in rows} | {(d.room_name, d.item_name) for d in deeds})
    number = {name: place for place, name in enumerate(names)}
    found = incidents(_told(rows, deeds, number, calendar), calendar, as_of)
    done: dict[int, list[Deed]] = {}
    for deed in deeds:
        done.setdefault(number[deed.room_name, deed.item_name], []).append(deed)
    places = np.flatnonzero(found.is_open) if only_open else np.arange(len(found.item))
    return tuple(_incident(found, place, names, rows, done) for place in places.tolist())


def _told(
    rows: Sequence[dict[str, Any]], deeds: Sequence[Deed], number: dict[tuple[str, str], int], calendar: WorkCalendar
) -> Told:
    """Reports first, in their order, then deeds; of a day alone, "before" comes a second before the rest."""
    day = np.array([row["checked_on"] for row in rows], np.int64)
    starts = calendar.day_start(day) + np.array([row["rank"] for row in rows], np.int64) if len(rows) else day
    is_exact = np.array([row["checked_at"] is not None for row in rows], dtype=bool)
    at = np.where(is_exact, np.array([row["checked_at"] or 0 for row in rows], np.int64), starts)
    good = Condition.GOOD.value
    what = np.array([What.GOOD if row["condition"] == good else What.FAULT for row in rows], np.int8)
    return Told(
        item=np.array(
            [*(number[r["room"], r["item"]] for r in rows), *(number[d.room_name, d.item_name] for d in deeds)],
            np.int64,
        ),
        at=np.concatenate([at, np.array([d.at for d in deeds], np.int64)]),
        what=np.concatenate([what, np.array([_DEEDS[d.deed] for d in deeds], np.int8)]),
        is_exact=np.concatenate([is_exact, np.ones(len(deeds), dtype=bool)]),
    )


def _incident(
    found: Incidents,
    place: int,
    names: list[tuple[str, str]],
    rows: Sequence[dict[str, Any]],
    done: dict[int, list[Deed]],
) -> Incident:
    def whole(name: str) -> int | None:
        value = int(getattr(found, name)[place])
        return None if value == MISSING else value

    item = int(found.item[place])
    first, until = int(found.first_at[place]), _next_of_item(found, place)
    deeds = tuple(d for d in done.get(item, ()) if d.at >= first and (until is None or d.at < until))
    report = rows[int(found.last_report[place])] if found.last_report[place] != MISSING else None
    return Incident(
        room=names[item][0],
        item=names[item][1],
        condition=Condition(report["condition"]) if report else Condition.LIGHT,
        note=report["note"] if report else None,
        load_id=report["load_id"] if report else None,
        first_at=first,
        ended_at=whole("ended_at"),
        responded_at=whole("responded_at"),
        reports=int(found.reports[place]),
        openings=int(found.openings[place]),
        restore_working=whole("restore_working"),
        restore_elapsed=whole("restore_elapsed"),
        respond_working=whole("respond_working"),
        respond_elapsed=whole("respond_elapsed"),
        assigned_role=next((d.assigned_role for d in reversed(deeds) if d.deed == "assign"), None),
        deeds=deeds,
    )


def _next_of_item(found: Incidents, place: int) -> int | None:
    """When the item's next incident begins."""
    has_next = place + 1 < len(found.item) and found.item[place + 1] == found.item[place]
    return int(found.first_at[place + 1]) if has_next else None


def at_risk(book: RoomBook, as_of: int) -> AtRisk:
    """People-hours of the room's approved bookings in the next three days, what runs now included."""
    until, hours, count, unknown = as_of + RISK_SECONDS, 0.0, 0, 0
    for booking in book.bookings:
        seconds = min(booking.end_at, until) - max(booking.start_at, as_of)
        if not booking.is_approved or seconds <= 0:
            continue
        count += 1
        unknown += not booking.planned
        hours += (booking.planned or 0) * seconds / 3_600
    return AtRisk(hours, count, unknown)
