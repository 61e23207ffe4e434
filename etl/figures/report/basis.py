"""What the figures of a report rest on: calendar, targets, steps switched off, records. Kept with it, so that later
changes can be named."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from etl.domain.calendar.types import DayPlan
from etl.domain.compliance.rules import procedure_of
from etl.domain.sop.versions import SopVersion
from etl.figures.report.period import ReportPeriod

if TYPE_CHECKING:
    from etl.office import Office

RUN_UP = timedelta(days=31)
"""Steps that end in a period may have begun before it: so many days before it belong to its calendar."""

_REGULAR = ("open", "weekend", "ramadan")


def basis(office: Office, period: ReportPeriod) -> dict[str, Any]:
    """Keys: load_id, settings_version, zone, special_days [[date, name, hours]], profiles [[name, source, is_estimated,
    mark of its hours]], targets [[first day, SOP number, seconds by step]], procedures [[first day, mark of the order,
    clocks and meaning of the steps]], step_off."""
    first, last = period.days.first - RUN_UP, period.days.last
    plans = office.calendar.plans(max(first, office.calendar.first), last)
    return {
        "load_id": office.mart.read().meta.load_id,
        "settings_version": office.book.version,
        "zone": office.settings.zone,
        "special_days": [_special(plan) for plan in plans if plan.kind not in _REGULAR],
        "profiles": _profiles(office, plans),
        "targets": _targets(office, last),
        "procedures": [[one.effective_on.isoformat(), _mark(procedure_of(one))] for one in _versions(office, last)],
        "step_off": [[o.step, o.first.isoformat(), o.last and o.last.isoformat()] for o in office.settings.step_off],
    }


def _special(plan: DayPlan) -> list[Any]:
    return [plan.date.isoformat(), plan.note, [list(interval) for interval in plan.intervals]]


def _profiles(office: Office, plans: list[DayPlan]) -> list[list[Any]]:
    """The profiles that decided a day, in the order in which they appear."""
    used = dict.fromkeys(plan.note for plan in plans if plan.kind in ("open", "ramadan"))
    known = {one.name: one for one in office.settings.profiles()}
    return [
        [one.name, one.source, one.is_estimated, _mark(sorted(one.hours.items()))]
        for one in (known[name] for name in used if name in known)
    ]


def _mark(hours: object) -> str:
    return hashlib.sha256(repr(hours).encode()).hexdigest()[:10]


def _targets(office: Office, last: date) -> list[list[Any]]:
    return [
        [one.effective_on.isoformat(), one.number, [step.target_seconds for step in one.steps]]
        for one in _versions(office, last)
    ]


def _versions(office: Office, last: date) -> list[SopVersion]:
    """The versions of the SOP in force up to a day; of none, the first."""
    return [one for one in office.sop.versions if one.effective_on <= last] or [office.sop.versions[0]]
