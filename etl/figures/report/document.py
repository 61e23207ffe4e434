"""What a printed report says of a period, as plain values that can be kept: figures, assessments, and the rules and
records behind them.

The document is JSON. What is published is this document, whole; pages, PDF and XLSX are only ways of writing it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from etl.domain.calendar.types import DayPlan
from etl.domain.compliance.monitoring import MonitoringRule
from etl.domain.compliance.rules import procedure_of
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.figures.compliance.steps import SlaFigures, sla_figures, sla_json
from etl.figures.facilities.period import B5, b5_figure, b5_json
from etl.figures.intake.freshness import source_freshness
from etl.figures.intake.open_work import attention, corrections_behind
from etl.figures.period import SlaFilter
from etl.figures.report.period import ReportPeriod

if TYPE_CHECKING:
    from etl.office import Office

Document = dict[str, Any]

FORMAT = 1
"""Number of the form of the document; a published one stays in the form in which it was kept."""

RUN_UP = timedelta(days=31)
"""Steps that end in a period may have begun before it: so many days before it belong to its calendar."""


_REGULAR = ("open", "weekend", "ramadan")

_COUNTED = ("n", "on_track", "at_risk", "not_started", "skipped", "not_applicable", "no_target")


def report_document(office: Office, period: ReportPeriod, as_of: int) -> Document:
    """The report of a period at a moment; MartError when there is no mart.

    Keys: format, period, from, to, as_of (seconds), figures (as `pantau figures sla --json`), b5 (checks of sessions),
    assessments (by step), sop, rule, basis, records, holder, is_demo, checked_step. Moments are seconds
    since 1970, days ISO dates, shares 0–1.
    """
    figures = sla_figures(office, SlaFilter(period.days), as_of)
    b5 = b5_figure(office, period.days, as_of)
    rule, sop = office.settings.monitoring_rule, office.sop.version_for(period.days.last)
    return {
        "format": FORMAT,
        "period": period.code,
        "from": period.days.first.isoformat(),
        "to": period.days.last.isoformat(),
        "as_of": as_of,
        "figures": _figures(office, figures),
        "b5": b5_json(b5),
        "assessments": _assessments(figures, b5, rule, sop.step_with(Meaning.CHECKED)),
        "sop": _sop(sop),
        "rule": asdict(rule),
        "basis": basis(office, period),
        "records": _records(office, figures, as_of),
        "holder": _holder(office),
        "is_demo": office.is_demo,
        "checked_step": sop.step_with(Meaning.CHECKED),
    }


def checked_step(document: Mapping[str, Any]) -> str:
    """The step that goes by checks; a document published before it said so means the SOP's last one."""
    return document.get("checked_step") or document["sop"]["steps"][-1]["code"]


def _figures(office: Office, figures: SlaFigures) -> Document:
    """The period's own figures; months and the period before are not part of the report."""
    document = sla_json(office, figures)
    return {key: document[key] for key in ("sop", "steps", "all_steps", "requests")}


def _assessments(figures: SlaFigures, b5: B5, rule: MonitoringRule, checked: str) -> dict[str, str]:
    """The third column of Tabel 7 by step code; the `checked` step, which has no time, goes by the checks."""
    assessments = {one.step: rule.assess(one.share, one.n, one.coverage).value for one in figures.steps}
    return assessments | {checked: rule.assess(b5.share, b5.checked, b5.coverage).value}


def _sop(sop: SopVersion) -> Document:
    """The rows of the SOP and what its letterhead says."""
    steps = [
        {
            "code": step.code, "activity": step.activity, "actor": step.actor, "output": step.output.text,
            "target_seconds": step.target_seconds, "is_opd_time": step.is_opd_time,
        }
        for step in sop.steps
    ]  # fmt: skip
    return {
        "number": sop.number,
        "title": sop.title,
        "effective_on": sop.effective_on.isoformat(),
        "agency": list(sop.identity.agency),
        "address": sop.identity.address,
        "steps": steps,
    }


def _records(office: Office, figures: SlaFigures, as_of: int) -> Document:
    """How new the records are and what of them could not be used."""
    sources, waiting = source_freshness(office, as_of), attention(office)
    return {
        "loaded_at": max((one.loaded_at for one in sources if one.loaded_at is not None), default=None),
        "last_record_at": max((one.last_record_at for one in sources if one.last_record_at is not None), default=None),
        "corrections": corrections_behind(office, figures.filter),
        "rejected_rows": waiting.rejects,
        "letterless_rows": waiting.missing_letters,
        "roomless_rows": waiting.unknown_room_rows,
    }


def _holder(office: Office) -> Document | None:
    """Who signs; None while the settings name nobody."""
    holder = office.settings.holders.get("kadin")
    return None if holder is None else {"name": holder.name, "title": holder.title, "nip": holder.nip}


def is_empty(document: Mapping[str, Any]) -> bool:
    """Whether the period holds nothing at all: no letter came in, no step belongs to it."""
    figures = document["figures"]
    steps = any(any(one[name] for name in _COUNTED) or one["unmeasurable"] for one in figures["steps"])
    return not steps and not figures["requests"]["received"] and not document["b5"]["held"]


def is_over(document: Mapping[str, Any], today: date) -> bool:
    """Whether the period's last day has passed."""
    return date.fromisoformat(document["to"]) < today


def digest(document: Mapping[str, Any]) -> str:
    """A mark of the numbers, of how they were assessed, and of the period: the same on paper, on the page and kept."""
    parts = {key: document[key] for key in ("period", "figures", "b5", "assessments", "sop", "rule")}
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]


def basis(office: Office, period: ReportPeriod) -> dict[str, Any]:
    """What the figures rest on, so that later changes can be named.

    Keys: load_id, settings_version, zone, special_days [[date, name, hours]], profiles [[name, source, is_estimated,
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
