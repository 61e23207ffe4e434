"""The SOP on the wall: the month's share of steps in time, the line of desks with the letters at each, part B of one
letter, and the next bookings.

A running step is told so that a page can let it grow by itself: `offset_seconds` is its time minus the seconds of
its clock since local midnight, which stays the same all day while the step runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from data_access.mart import Snapshot
from data_access.mart import summary as questions
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.rooms import outlook, remaining_seconds
from etl.domain.sop.steps import Clock, Meaning, SopStep
from etl.domain.sop.versions import SopVersion
from etl.domain.statistics import is_within_chance
from etl.domain.verdict import NEAR_PERCENT, UNDER_WAY, Assessment, MonitoringRule, Verdict
from etl.figures.compliance.steps import sla_figures
from etl.figures.filter import SlaFilter, month_period
from etl.figures.live import LiveFacts
from etl.figures.requests.desks import AtDesk, DeskLine, DeskTime
from etl.figures.rooms.room_day import Booking, RoomBook
from etl.figures.rooms.timeline import number_or_none
from etl.office import Office
from etl.reference.steps import STEP_CODES, STEP_COUNT, STEP_INDEX


def month_compliance(office: Office, mart: Snapshot, live: LiveFacts, today: date, as_of: int) -> dict[str, Any]:
    """The office's steps of this month and of the one before, as the compliance page counts them.

    The figures can only change when a letter settles or a live step changes its verdict, so they are kept until then.
    """
    seen = hash((live.request_ids.tobytes(), live.steps.verdict.tobytes(), live.steps.belongs_on.tobytes()))
    key = ("wall-compliance", today.year, today.month, office.book.hash, seen)
    return mart.remember(key, lambda: _counted(office, today, as_of))


def _counted(office: Office, today: date, as_of: int) -> dict[str, Any]:
    figures = sla_figures(office, SlaFilter(month_period(today.year, today.month)), as_of)
    now, before = figures.all_steps, figures.previous_all_steps
    rule = office.settings.monitoring_rule
    document = no_compliance(today, rule) | {
        **{name: getattr(now, name) for name in ("n", "met", "share", "interval", "coverage")},
        "level": _level(rule, now.share, now.n, now.coverage),
    }
    if before:
        document["previous"] |= {"n": before.n, "share": before.share}
        document["is_change_chance"] = bool(is_within_chance(now.met, now.n, before.met, before.n))
    return document


def no_compliance(today: date, rule: MonitoringRule) -> dict[str, Any]:
    """The month of an office that has loaded nothing yet."""
    before = month_period(today.year, today.month).previous().last
    return {
        "month": f"{today:%Y-%m}",
        "n": 0,
        "met": 0,
        "share": None,
        "interval": None,
        "coverage": None,
        "target": rule.share,
        "level": "none",
        "previous": {"month": f"{before:%Y-%m}", "n": 0, "share": None},
        "is_change_chance": False,
    }


def _level(rule: MonitoringRule, share: float | None, n: int, coverage: float | None) -> str:
    assessed = rule.assess(share, n, coverage)
    if assessed is Assessment.UNKNOWN or share is None:
        return "none"
    if assessed is Assessment.WELL:
        return "good"
    return "near" if share >= rule.near else "late"


_RUNNING = tuple(verdict.code for verdict in UNDER_WAY)
BOOKINGS = 4
"""So many of the next bookings find room."""


@dataclass(frozen=True)
class Now:
    """The moment of the picture and the seconds of each clock since local midnight."""

    as_of: int
    office_seconds: int
    elapsed_seconds: int

    @classmethod
    def at(cls, calendar: WorkCalendar, as_of: int) -> Now:
        """The clocks of a moment."""
        moment = np.array([as_of], dtype=np.int64)
        midnight = calendar.day_start(calendar.local_day(moment))
        return cls(as_of, int(calendar.working_seconds(midnight, moment)[0]), as_of - int(midnight[0]))

    def since_midnight(self, clock: Clock) -> int:
        """Seconds of that clock today."""
        return self.office_seconds if clock is Clock.OFFICE else self.elapsed_seconds


def desks(line: DeskLine, now: Now) -> list[dict[str, Any]]:
    """One entry per step of part A: `count` letters there, `unmeasured` of them without a known start, the oldest."""
    return [_desk(desk, now) for desk in line.desks]


def _desk(desk: AtDesk, now: Now) -> dict[str, Any]:
    return empty_desk(desk.step) | {
        "count": desk.count,
        "unmeasured": desk.unmeasured,
        "oldest": desk.oldest and _running(desk.oldest, now.since_midnight(desk.step.clock)),
    }


def empty_desk(step: SopStep) -> dict[str, Any]:
    """The desk of a step at which no letter is."""
    return _head(step) | {"target_seconds": step.target_seconds, "count": 0, "unmeasured": 0, "oldest": None}


def _head(step: SopStep) -> dict[str, Any]:
    return {
        "step": step.code,
        "name": step.desk_name or step.short_name,
        "actor": step.desk_actor or step.actor,
        "clock": step.clock.value,
    }


def _running(oldest: DeskTime, since_midnight: int) -> dict[str, Any]:
    return {
        "verdict": oldest.verdict.value,
        "elapsed_seconds": oldest.elapsed_seconds,
        "offset_seconds": None if oldest.is_paused else oldest.elapsed_seconds - since_midnight,
        "is_running": not oldest.is_paused,
        "is_paused": oldest.is_paused,
        **_limit(oldest.target_seconds),
    }


def _limit(target: int | None) -> dict[str, int | None]:
    """The time of a step, and from when on it is said to be near its end."""
    near = None if target is None else -(-target * NEAR_PERCENT // 100)
    return {"target_seconds": target, "near_seconds": near}


def use_steps(
    mart: Snapshot, live: LiveFacts, sop: SopVersion, booking: Booking, now: Now, condition: str
) -> list[dict[str, Any]]:
    """Part B of one letter; nothing of it runs once the booking is over.

    The step that is judged by checks is what the check of its session says: `condition` is GOOD, BAD or UNCHECKED.
    """
    facts = _facts_of(mart, live, booking.request_id)
    return [
        _checked_step(step, condition)
        if Meaning.CHECKED in step.meanings
        else _use_step(step, facts[STEP_INDEX[step.code]], now, booking.end_at)
        for step in sop.part("B")
    ]


def _checked_step(step: SopStep, condition: str) -> dict[str, Any]:
    return _head(step) | {
        "verdict": condition,
        "elapsed_seconds": None,
        "offset_seconds": None,
        "is_running": False,
        **_limit(None),
    }


def _use_step(step: SopStep, fact: dict[str, Any], now: Now, ends_at: int) -> dict[str, Any]:
    is_running = fact["verdict"] in _RUNNING and now.as_of < ends_at
    elapsed = fact["elapsed_seconds"]
    return _head(step) | {
        "verdict": Verdict.of(fact["verdict"]).value,
        "elapsed_seconds": elapsed,
        "offset_seconds": elapsed - now.since_midnight(step.clock) if is_running else None,
        "is_running": is_running,
        **_limit(fact["target_seconds"]),
    }


def finished_steps(mart: Snapshot, live: LiveFacts, request_id: int) -> list[bool]:
    """Which of the thirteen steps of a letter are finished; a finish without a clock time counts."""
    return [fact["finished_on"] is not None for fact in _facts_of(mart, live, request_id)]


def _facts_of(mart: Snapshot, live: LiveFacts, request_id: int) -> list[dict[str, Any]]:
    """The thirteen facts of a letter at the moment: judged now, or the stored ones of a settled letter."""
    position = live.position(request_id)
    if position is None:
        return questions.stored_steps(mart, request_id)
    rows = range(position * STEP_COUNT, (position + 1) * STEP_COUNT)
    steps = live.steps
    return [
        {
            "verdict": int(steps.verdict[row]),
            "finished_on": number_or_none(steps.finished_on[row]),
            "elapsed_seconds": number_or_none(steps.elapsed[row]),
            "target_seconds": number_or_none(steps.target[row]),
        }
        for row in rows
    ]


def bookings_ahead(
    mart: Snapshot, live: LiveFacts, sop: SopVersion, book: RoomBook
) -> list[tuple[Booking, dict[str, Any]]]:
    """The soonest bookings that begin after as-of, each letter once, those not yet approved among them; how far each is
    prepared."""
    later = sorted((b for b in book.bookings if b.start_at > book.as_of), key=lambda b: (b.start_at, b.request_id))
    first: dict[int, Booking] = {}
    for booking in later:
        first.setdefault(booking.request_id, booking)
    return [(booking, _ahead(mart, live, sop, book, booking)) for booking in list(first.values())[:BOOKINGS]]


def _ahead(mart: Snapshot, live: LiveFacts, sop: SopVersion, book: RoomBook, booking: Booking) -> dict[str, Any]:
    finished = finished_steps(mart, live, booking.request_id)
    left = book.days.calendar.working_seconds(np.array([book.as_of]), np.array([booking.start_at]))
    done = progress(sop, finished)
    remaining = remaining_seconds(sop, finished)
    return {
        "start_at": booking.start_at,
        "end_at": booking.end_at,
        "is_approved": booking.is_approved,
        "done": done["done"],
        "of": done["of"],
        "remaining_seconds": remaining,
        "outlook": outlook(remaining, int(left[0]), is_ready=done["is_ready"]).value,
    }


def progress(sop: SopVersion, finished: Sequence[bool]) -> dict[str, Any]:
    """How many of the office's own steps of part A are `done`, `of` how many, and whether the room `is_ready`."""
    is_done = dict(zip(STEP_CODES, finished, strict=True))
    judged = [is_done[code] for code in sop.judged_steps]
    return {"done": sum(judged), "of": len(judged), "is_ready": is_done[sop.step_with(Meaning.READY)]}
