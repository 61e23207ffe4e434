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

    OVERDUE = "overdue"


class To(StrEnum):
    """Who is told of an alert, seen from whom it is about."""

    HOLDER = "holder"
    SUPERIOR = "superior"


@dataclass(frozen=True)
class KindRule:
    """`lead`: working seconds by which it is told ahead of the moment that it is about, or (`is_after`) behind it."""

    to: To
    is_after: bool
    lead: int


RULES: Mapping[Kind, KindRule] = {
    Kind.OVERDUE: KindRule(To.SUPERIOR, is_after=True, lead=0),
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

NEWS_SECONDS = 40 * HOUR
"""Working time after which what has come about is no news: whoever is told of the first time is not told of all that
was ever late."""


@dataclass(frozen=True)
class Fact:
    """Something that may be worth an alert: about a role, at a moment.

    `subject` is the same as long as it is the same thing; `detail` is what its words need: no person, only numbers,
    agencies, steps, rooms and moments.
    """

    kind: Kind
    subject: str
    role: str
    at: int
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def told_role(self) -> str | None:
        """The role that is told; None for nobody in the office."""
        return SUPERIOR.get(self.role) if RULES[self.kind].to is To.SUPERIOR else self.role


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
