"""What is worth an alert: its kinds, who is told, and when its time has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from data_access.roles import Role
from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.frames import Bools, Ints
from etl.domain.units import HOUR


class Kind(StrEnum):
    """The kinds of alerts, as the settings name them."""

    NEAR = "near"
    OVERDUE = "overdue"
    SOURCE_SILENT = "source_silent"
    SCREEN_SILENT = "screen_silent"
    BOOKING_AT_RISK = "booking_at_risk"
    DOUBLE_BOOKING = "double_booking"
    FAULT_BEFORE_BOOKING = "fault_before_booking"
    BACKUP_OLD = "backup_old"
    WEEKLY = "weekly"
    RECEIVED = "received"
    APPROVED = "approved"
    REFUSED = "refused"
    MOVED = "moved"


class To(StrEnum):
    """Who is told of an alert, seen from the role that it is about."""

    HOLDER = "holder"
    SUPERIOR = "superior"
    AGENCY = "agency"


@dataclass(frozen=True)
class KindRule:
    """`lead`: working seconds by which it is told ahead of the moment that it is about, or (`is_after`) behind it."""

    to: To
    is_after: bool
    lead: int = 0


NEWS_SECONDS = 40 * HOUR
"""Working time after which what has come about is no news: whoever is told of the first time is not told of all that
was ever late."""

_TWO_DAYS = 15 * HOUR

RULES: Mapping[Kind, KindRule] = {
    Kind.NEAR: KindRule(To.HOLDER, is_after=False, lead=NEWS_SECONDS),
    Kind.OVERDUE: KindRule(To.SUPERIOR, is_after=True),
    Kind.SOURCE_SILENT: KindRule(To.HOLDER, is_after=True),
    Kind.SCREEN_SILENT: KindRule(To.HOLDER, is_after=True, lead=HOUR),
    Kind.BOOKING_AT_RISK: KindRule(To.HOLDER, is_after=False, lead=_TWO_DAYS),
    Kind.DOUBLE_BOOKING: KindRule(To.HOLDER, is_after=False, lead=_TWO_DAYS),
    Kind.FAULT_BEFORE_BOOKING: KindRule(To.HOLDER, is_after=False, lead=_TWO_DAYS),
    Kind.BACKUP_OLD: KindRule(To.HOLDER, is_after=True),
    Kind.WEEKLY: KindRule(To.HOLDER, is_after=True),
    Kind.RECEIVED: KindRule(To.AGENCY, is_after=True),
    Kind.APPROVED: KindRule(To.AGENCY, is_after=True),
    Kind.REFUSED: KindRule(To.AGENCY, is_after=True),
    Kind.MOVED: KindRule(To.AGENCY, is_after=True),
}

SUPERIOR: Mapping[str, str] = {
    Role.STAF: Role.KASI_APLIKASI,
    Role.KASI_LITIK: Role.KABID,
    Role.KASI_APLIKASI: Role.KABID,
    Role.KABID: Role.KADIN,
    Role.AGENDARIS: Role.SEKDIN,
    Role.SEKDIN: Role.KADIN,
    Role.KADIN: Role.KADIN,
}
"""Whom each post answers to; the Kadin has nobody above in the office. An agency is not in it."""


@dataclass(frozen=True)
class Fact:
    """Something that may be worth an alert: about a role, or an agency's letter, at a moment.

    `subject` is the same as long as it is the same thing; `detail` is what its words need: no person, only numbers,
    agencies, steps, rooms and moments.
    """

    kind: Kind
    subject: str
    role: str
    at: int
    detail: Mapping[str, Any] = field(default_factory=dict)
    request_id: int | None = None

    @property
    def told_role(self) -> str | None:
        """The role that is told; None for nobody in the office."""
        return SUPERIOR.get(self.role) if RULES[self.kind].to is To.SUPERIOR else self.role

    @property
    def agency(self) -> str | None:
        """The agency that is told, and no other; None: whoever has the role."""
        return self.detail.get("opd") if RULES[self.kind].to is To.AGENCY else None


def is_open(calendar: WorkCalendar, now: int) -> bool:
    """Whether the office works at this moment; outside of it nobody is told of anything."""
    moment = np.array([now], dtype=np.int64)
    return bool(calendar.working_seconds(moment, moment + 1)[0])


def due_facts(facts: Sequence[Fact], calendar: WorkCalendar, leads: Mapping[Kind, int], now: int) -> list[Fact]:
    """The facts whose time has come, in their order; `leads` has the kinds that are switched on, in working seconds."""
    known = [fact for fact in facts if fact.kind in leads and fact.told_role is not None]
    if not known or not is_open(calendar, now):
        return []
    at = np.array([fact.at for fact in known], dtype=np.int64)
    lead = np.array([leads[fact.kind] for fact in known], dtype=np.int64)
    is_after = np.array([RULES[fact.kind].is_after for fact in known], dtype=np.bool_)
    is_due = _is_due(calendar.working_seconds(at, np.full_like(at, now)), at <= now, lead, is_after)
    return [fact for fact, due in zip(known, is_due.tolist(), strict=True) if due]


def _is_due(passed: Ints, has_come: Bools, lead: Ints, is_after: Bools) -> Bools:
    """`passed`: working seconds since the moment of each, negative before it."""
    behind = has_come & (passed >= lead) & (passed <= lead + NEWS_SECONDS)
    ahead = ~has_come & (passed >= -lead)
    result: Bools = np.where(is_after, behind, ahead)
    return result
