"""What may be worth an alert at a moment, kind by kind: numbers, agencies, steps, rooms and times, never a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from data_access.mart import Snapshot
from data_access.mart.requests import letters_changed_since, letters_named
from data_access.records import reading
from data_access.records.access import all_devices
from data_access.records.intake.sources import last_loads, reached
from data_access.records.letters import offers_since
from data_access.roles import Role
from etl.domain.alerts import Fact, Kind
from etl.domain.frames import MISSING
from etl.domain.rooms import Outlook
from etl.domain.sop.steps import Meaning
from etl.domain.units import DAY, day_number
from etl.domain.verdict import RequestStatus, Verdict
from etl.figures.compliance.steps import sla_figures
from etl.figures.facilities.conditions import double_bookings, readiness, room_books
from etl.figures.filter import Period, SlaFilter
from etl.figures.live import step_facts_at
from etl.figures.rooms.room_day import Booking
from etl.figures.wall.desks import bookings_ahead, finished_steps
from etl.keeping.backup import backups
from etl.office import Office
from etl.reference.steps import STEP_CODES, STEP_COUNT

_LOOK_BACK_SECONDS = 21 * DAY
"""What came about earlier is no news, also after long holidays."""

_SILENT_TURNS = 4
"""A source is silent after so many times its rhythm, as the pages have it."""


def facts_at_moment(office: Office, now: int) -> Iterator[Fact]:
    """Everything that may be worth an alert, whether its time has come or not."""
    mart = office.mart.read()
    yield from _steps(office, mart, now)
    yield from _bookings(office, mart, now)
    yield from _letters(office, mart, now)
    week = _week_of(office, now)
    if week is not None:
        yield from _silent_sources(office, week, now)
        yield from _silent_screens(office, week)
        yield from _old_backup(office, week, now)
        yield _digest(week)


def _steps(office: Office, mart: Snapshot, now: int) -> Iterator[Fact]:
    """The office's steps that are near their limit or over it."""
    live, sop = step_facts_at(office, now, mart), office.sop_at(now)
    kinds = {Verdict.AT_RISK.code: Kind.NEAR, Verdict.OVERDUE.code: Kind.OVERDUE}
    places = np.flatnonzero(np.isin(live.steps.verdict, [*kinds]))
    letters = letters_named(mart, live.request_ids[places // STEP_COUNT].tolist())
    for place in places.tolist():
        request_id, step = int(live.request_ids[place // STEP_COUNT]), sop.step(STEP_CODES[place % STEP_COUNT])
        if step.is_opd_time:
            continue
        kind, due_at = kinds[int(live.steps.verdict[place])], int(live.steps.due_at[place])
        subject = f"{request_id}/{step.code}/{int(live.steps.passes[place])}"
        detail = {**_named(office, letters[request_id]), "step": step.code, "at": due_at}
        yield Fact(kind, subject, step.role, due_at, detail)


def _bookings(office: Office, mart: Snapshot, now: int) -> Iterator[Fact]:
    """Bookings whose room will not be ready in time, that share hours, or before which something is broken."""
    live, sop = step_facts_at(office, now, mart), office.sop_at(now)
    approver, checker = sop.step(sop.step_with(Meaning.APPROVED)).role, sop.step(sop.step_with(Meaning.CHECKED)).role
    for room, book in room_books(office, mart, now).items():
        for booking, ahead in bookings_ahead(mart, live, sop, book):
            if ahead["outlook"] in (Outlook.AT_RISK, Outlook.LATE):
                step = _next_step(office, mart, now, booking.request_id)
                role = sop.step(step).role if step else approver
                yield _of_booking(office, Kind.BOOKING_AT_RISK, role, room, booking, step=step)
    for room, first, second in double_bookings(office, now, days=7):
        other = f"{second.agenda_number}/{second.year}"
        yield _of_booking(office, Kind.DOUBLE_BOOKING, approver, room, first, subject=second.request_id, other=other)
    for ready in readiness(office, now):
        if ready.broken:
            detail = {"room": ready.room, "items": list(ready.broken), "at": ready.start_at}
            subject = f"{ready.room}/{ready.request_id}/{ready.start_at}/{', '.join(ready.broken)}"
            yield Fact(Kind.FAULT_BEFORE_BOOKING, subject, checker, ready.start_at, detail)


def _of_booking(
    office: Office, kind: Kind, role: str, room: str, booking: Booking, subject: object = "", **more: Any
) -> Fact:
    letter = {"year": booking.year, "agenda_number": booking.agenda_number, "opd": booking.opd}
    detail = {**_named(office, letter), "room": room, "at": booking.start_at, **more}
    return Fact(kind, f"{booking.request_id}/{booking.start_at}/{subject}", role, booking.start_at, detail)


_STATUS_KINDS = {
    RequestStatus.APPROVED.code: Kind.APPROVED,
    RequestStatus.REJECTED.code: Kind.REFUSED,
    RequestStatus.POSTPONED.code: Kind.MOVED,
}


def _letters(office: Office, mart: Snapshot, now: int) -> Iterator[Fact]:
    """What became of an agency's letters; letters of nobody on the office's list tell nobody."""
    since = now - _LOOK_BACK_SECONDS
    for letter in letters_changed_since(mart, since // DAY):
        kinds = {"received": Kind.RECEIVED, "status": _STATUS_KINDS.get(letter["status"])}
        moments = {name: _moment_of(office, letter, name) for name in kinds}
        for name, kind in kinds.items():
            if kind is not None and since <= moments[name] <= now:
                yield from _of_letter(office, kind, letter, moments[name])
    with reading(office.records) as connection:
        offers = [offer for offer in offers_since(connection, since) if offer.at <= now]
    letters = letters_named(mart, [offer.request_id for offer in offers])
    for offer in offers:
        if offer.request_id in letters:
            yield from _of_letter(office, Kind.MOVED, letters[offer.request_id], offer.at)


def _moment_of(office: Office, letter: Mapping[str, Any], name: str) -> int:
    """When it was received or its status given; the beginning of the day when only that is known, MISSING for never."""
    day, at = letter[f"{name}_on"], letter[f"{name}_at"]
    if day is None:
        return MISSING
    return int(at if at is not None else office.calendar.day_start(np.array([day], np.int64))[0])


def _of_letter(office: Office, kind: Kind, letter: Mapping[str, Any], at: int) -> Iterator[Fact]:
    detail = _named(office, letter)
    if detail["opd"] is not None:
        event = {"room": letter["room"], "start_at": letter["booked_start_at"], "at": at}
        yield Fact(kind, f"{letter['request_id']}/{at}", Role.OPD, at, {**detail, **event}, letter["request_id"])


def whole_detail(office: Office, fact: Fact, now: int) -> dict[str, Any]:
    """The detail of a fact with what is worked out only for those that are told."""
    if fact.kind is Kind.WEEKLY:
        return {**fact.detail, **_counts(office, fact, now)}
    if fact.request_id is None:
        return dict(fact.detail)
    return {**fact.detail, "step": _next_step(office, office.mart.read(), now, fact.request_id)}


def _next_step(office: Office, mart: Snapshot, now: int, request_id: int) -> str | None:
    """The first of the office's steps until the room is ready that is not finished."""
    finished = dict(zip(STEP_CODES, finished_steps(mart, step_facts_at(office, now, mart), request_id), strict=True))
    return next((code for code in office.sop_at(now).judged_steps if not finished[code]), None)


@dataclass(frozen=True)
class _Week:
    """The week of now: its Monday, and its first open moment."""

    monday: date
    begun_at: int

    def still(self, kind: Kind, subject: object, late_at: int, detail: Mapping[str, Any]) -> Fact:
        """What lasts until somebody acts: told when it comes about, and once in each week that it is still so."""
        return Fact(kind, f"{subject}/{self.monday}", Role.ADMIN, max(late_at, self.begun_at), detail)


def _week_of(office: Office, now: int) -> _Week | None:
    """None before the first open moment of the week."""
    today = datetime.fromtimestamp(now, office.zone).date()
    monday = today - timedelta(days=today.weekday())
    opened = office.calendar.opening(np.arange(day_number(monday), day_number(today) + 1))
    begun = opened[(opened != MISSING) & (opened <= now)]
    return _Week(monday, int(begun[0])) if len(begun) else None


def _silent_sources(office: Office, week: _Week, now: int) -> Iterator[Fact]:
    with reading(office.records) as connection:
        asked = reached(connection, now)
    last = last_loads(office.records, now) | asked
    for source in office.settings.sources:
        at = last.get(source.name)
        if source.every_seconds and at is not None:
            patience = np.array([_SILENT_TURNS * source.every_seconds], np.int64)
            late_at = int(office.calendar.due(np.array([at], np.int64), patience)[0])
            if late_at <= now:
                yield week.still(Kind.SOURCE_SILENT, f"{source.name}/{at}", late_at, {"name": source.name, "at": at})


def _silent_screens(office: Office, week: _Week) -> Iterator[Fact]:
    with reading(office.records) as connection:
        screens = [screen for screen in all_devices(connection) if screen.revoked_at is None]
    for screen in screens:
        at = screen.heartbeat_at
        if at is not None:
            yield week.still(Kind.SCREEN_SILENT, f"{screen.id}/{at}", at, {"name": screen.label, "at": at})


def _old_backup(office: Office, week: _Week, now: int) -> Iterator[Fact]:
    plan, made = office.settings.backup, backups(office.home)
    late_at = made[0].at + 2 * plan.every.seconds if plan.keep and made else now + 1
    if late_at <= now:
        yield week.still(Kind.BACKUP_OLD, made[0].at, late_at, {"at": made[0].at})


def _digest(week: _Week) -> Fact:
    """The week before this one."""
    ends = {"first": week.monday - timedelta(days=7), "last": week.monday - timedelta(days=1)}
    detail = {name: day.isoformat() for name, day in ends.items()}
    return Fact(Kind.WEEKLY, detail["first"], Role.KADIN, week.begun_at, detail)


def _counts(office: Office, fact: Fact, now: int) -> dict[str, Any]:
    period = Period(*(date.fromisoformat(fact.detail[end]) for end in ("first", "last")))
    every = sla_figures(office, SlaFilter(period), now).all_steps
    return {"n": every.n, "met": every.met, "late": every.late, "overdue": every.overdue, "share": every.share}


def _named(office: Office, letter: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a letter: its number, and its agency where that is one of the office's list and no person."""
    opd = letter["opd"]
    is_known = opd is not None and office.opd_names.is_known(opd)
    return {"year": letter["year"], "number": letter["agenda_number"], "opd": opd if is_known else None}
