"""Faults of rooms: since when, who sees to them, how long it took, how many people a fault stands in the way of; and
when things that are used up will be gone again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from data_access.mart import facilities as questions
from data_access.records import reading
from data_access.records.rooms import Deed, deeds_until
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.facilities import Condition, Incidents, Told, What, incidents
from etl.domain.statistics import middle
from etl.domain.units import DAY, HOUR
from etl.figures.rooms.room_day import RoomBook
from etl.figures.rooms.timeline import number_or_none
from etl.office import Office
from etl.settings.values import room_key

CONSUMABLES = frozenset(map(room_key, ("Disinfeksi", "Masker", "Hand sanitizer", "Sabun")))
"""Items that are filled up and used up."""

FEWEST_TIMES = 2
"""So often an item must have lasted from a filling to its end before anything is said of the next time."""


@dataclass(frozen=True)
class Supply:
    """One item of a room. `spans` are moments of each filling and of the next fault, `lasted` the days between them;
    `days_left` None: nothing to rest on.

    `is_out`: its fault is open now. `is_filled_exact` False: only the day of `filled_at` is known. `days_left` below 0:
    it lasts longer than usual already.
    """

    room: str
    item: str
    is_out: bool
    filled_at: int | None
    lasted: tuple[float, ...]
    days_left: float | None
    spans: tuple[tuple[int, int], ...] = ()
    is_filled_exact: bool = True


def supplies(items: Iterable[tuple[str, str]], incidents: Sequence[Incident], as_of: int) -> tuple[Supply, ...]:
    """The supplies among some (room, item), with what their faults up to as-of say of them."""
    by_item: dict[tuple[str, str], list[Incident]] = {}
    for one in incidents:
        by_item.setdefault((one.room, one.item), []).append(one)
    return tuple(
        _supply(room, item, by_item.get((room, item), []), as_of)
        for room, item in items
        if room_key(item) in CONSUMABLES
    )


def _supply(room: str, item: str, faults: Sequence[Incident], as_of: int) -> Supply:
    spans = tuple(
        (earlier.ended_at, later.first_at) for earlier, later in pairwise(faults) if earlier.ended_at is not None
    )
    lasted = tuple((gone - filled) / DAY for filled, gone in spans)
    last = faults[-1] if faults else None
    is_out, filled_at = bool(last and last.is_open), last.ended_at if last else None
    usual, left = middle(lasted), None
    if usual is not None and len(lasted) >= FEWEST_TIMES and filled_at is not None:
        left = usual - (as_of - filled_at) / DAY
    return Supply(room, item, is_out, filled_at, lasted, left, spans, is_filled_exact=last is None or last.is_end_exact)


RISK_SECONDS = 3 * DAY
"""Bookings of this time ahead are at risk while a fault is open."""

_DEEDS = {"assign": What.TOUCH, "comment": What.TOUCH, "resolve": What.CLOSE, "reopen": What.REOPEN}


@dataclass(frozen=True)
class Incident:
    """One fault of a room's item at a moment; `ended_at` None: open.

    `condition`, `note` and `load_id` are of the newest report that was not good. `deeds` are in order; `assigned_role`
    is the newest one's. `restore_` and `respond_` seconds run to as-of while open or unanswered; None where only the
    day of an end is known; `is_first_exact`, `is_end_exact` False: only that day is known, its moment is no clock time.
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
    is_first_exact: bool
    is_end_exact: bool
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


@dataclass(frozen=True)
class BookingAtRisk:
    """An approved booking of the next three days, cut to them. `planned` None: nobody said how many come."""

    request_id: int
    opd: str | None
    start_at: int
    end_at: int
    planned: int | None

    @property
    def person_hours(self) -> float:
        """People times hours."""
        return (self.planned or 0) * (self.end_at - self.start_at) / HOUR


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
    wanted = {(one.room, one.item, one.first_at): one.key for one in faults}
    firsts: dict[str, dict[str, Any]] = {}
    for row in _dated(office, {(one.room, one.item) for one in faults}):
        key = wanted.get((row["room"], row["item"], row["at"]))
        if key is not None and row["condition"] != Condition.GOOD.value:
            firsts.setdefault(key, row)
    return firsts


def reports_of(office: Office, fault: Incident) -> list[dict[str, Any]]:
    """The reports between a fault's beginning and its end by time, a good one that ended it included: those of
    `fault_answers` with `at`, the moment at which each counts."""
    dated = _dated(office, {(fault.room, fault.item)})
    return [row for row in dated if fault.first_at <= row["at"] and (fault.is_open or row["at"] <= fault.ended_at)]


def _dated(office: Office, items: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """The reports of some (room, item) with `at`, the moment at which each counts."""
    rows = [row for row in questions.fault_answers(office.mart.read()) if (row["room"], row["item"]) in items]
    reports = _reports(rows, (), dict.fromkeys(items, 0), office.calendar)
    return [{**row, "at": at} for row, at in zip(rows, reports.at.tolist(), strict=True)]


def _incidents(
    rows: Sequence[dict[str, Any]], deeds: Sequence[Deed], calendar: WorkCalendar, as_of: int, *, only_open: bool
) -> tuple[Incident, ...]:
    names = sorted({(row["room"], row["item"]) for row in rows} | {(d.room_name, d.item_name) for d in deeds})
    number = {name: place for place, name in enumerate(names)}
    all_incidents = incidents(_reports(rows, deeds, number, calendar), calendar, as_of)
    done: dict[int, list[Deed]] = {}
    for deed in deeds:
        done.setdefault(number[deed.room_name, deed.item_name], []).append(deed)
    places = np.flatnonzero(all_incidents.is_open) if only_open else np.arange(len(all_incidents.item))
    return tuple(_incident(all_incidents, place, names, rows, done) for place in places.tolist())


def _reports(
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
    all_incidents: Incidents,
    place: int,
    names: list[tuple[str, str]],
    rows: Sequence[dict[str, Any]],
    done: dict[int, list[Deed]],
) -> Incident:
    numbers: dict[str, Any] = {name: number_or_none(values[place]) for name, values in vars(all_incidents).items()}
    numbers |= {name: bool(numbers[name]) for name in ("is_first_exact", "is_end_exact")}
    item, report_at = numbers.pop("item"), numbers.pop("last_report")
    first, until = numbers["first_at"], _next_of_item(all_incidents, place)
    deeds = tuple(d for d in done.get(item, ()) if d.at >= first and (until is None or d.at < until))
    report = None if report_at is None else rows[report_at]
    return Incident(
        room=names[item][0],
        item=names[item][1],
        condition=Condition(report["condition"]) if report else Condition.LIGHT,
        note=report["note"] if report else None,
        load_id=report["load_id"] if report else None,
        assigned_role=next((d.assigned_role for d in reversed(deeds) if d.deed == "assign"), None),
        deeds=deeds,
        **numbers,
    )


def _next_of_item(all_incidents: Incidents, place: int) -> int | None:
    """When the item's next incident begins."""
    has_next = place + 1 < len(all_incidents.item) and all_incidents.item[place + 1] == all_incidents.item[place]
    return int(all_incidents.first_at[place + 1]) if has_next else None


def at_risk(book: RoomBook, as_of: int) -> AtRisk:
    """People-hours of the room's approved bookings in the next three days, what runs now included."""
    bookings = bookings_at_risk(book, as_of)
    return AtRisk(sum(one.person_hours for one in bookings), len(bookings), sum(not one.planned for one in bookings))


def bookings_at_risk(book: RoomBook, as_of: int) -> tuple[BookingAtRisk, ...]:
    """The bookings behind `at_risk`, by time."""
    until = as_of + RISK_SECONDS
    cut = (
        BookingAtRisk(one.request_id, one.opd, max(one.start_at, as_of), min(one.end_at, until), one.planned)
        for one in book.bookings
        if one.is_approved
    )
    return tuple(sorted((one for one in cut if one.end_at > one.start_at), key=lambda one: one.start_at))
