"""Printed reports: their periods, what one says as plain values that can be kept, and how a published one differs from
the figures of now.

The document is JSON. What is published is this document, whole; pages, PDF and XLSX are only ways of writing it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from data_access.mart.compliance import received_since
from data_access.records import reading
from data_access.records.office import LoadSince, PublishedReport, loads_since, published_reports
from data_access.records.office import report_document as kept_document
from etl.domain.calendar.days import DayPlan
from etl.domain.compliance.rules import procedure_of
from etl.domain.sop.steps import Meaning
from etl.domain.sop.versions import SopVersion
from etl.domain.units import day_number
from etl.domain.verdict import MonitoringRule
from etl.figures.compliance.definitions import ALL_STEPS
from etl.figures.compliance.steps import SlaFigures, sla_figures, sla_json
from etl.figures.facilities.checks import B5, b5_figure, b5_json
from etl.figures.filter import FIRST_DAY, LAST_DAY, FilterError, Period, SlaFilter, whole_months
from etl.figures.intake.freshness import source_freshness
from etl.figures.intake.open_work import corrections_behind, unused_rows
from etl.office import Office
from etl.reference.steps import STEP_CODES


class Span(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    SEMESTER = "semester"
    YEAR = "year"

    @property
    def months(self) -> int:
        """How many months it has."""
        return {Span.MONTH: 1, Span.QUARTER: 3, Span.SEMESTER: 6, Span.YEAR: 12}[self]


_CODE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)|-Q(?P<quarter>[1-4])|-S(?P<semester>[12]))?", re.IGNORECASE)


@dataclass(frozen=True)
class ReportPeriod:
    """The `number`-th span of a year: June is number 6 of the months, April to June number 2 of the quarters."""

    span: Span
    year: int
    number: int

    @property
    def code(self) -> str:
        """As the command line and addresses write it: 2026-06, 2026-Q2, 2026-S1, 2026."""
        ends = {Span.MONTH: f"-{self.number:02}", Span.QUARTER: f"-Q{self.number}", Span.SEMESTER: f"-S{self.number}"}
        return f"{self.year}{ends.get(self.span, '')}"

    @property
    def days(self) -> Period:
        """Its first and last day."""
        return whole_months(self.year, (self.number - 1) * self.span.months + 1, self.span.months)

    def before(self) -> ReportPeriod:
        """The period of the same length just before."""
        return period_of(self.days.first - timedelta(days=1), self.span)


def parse_report_period(text: str) -> ReportPeriod:
    """The period of a code; FilterError for anything else."""
    match = _CODE.fullmatch(text.strip())
    if match is None or not FIRST_DAY.year <= int(match["year"]) <= LAST_DAY.year:
        raise FilterError("period.no_report_period", text=text[:40])
    year = int(match["year"])
    for span in (Span.MONTH, Span.QUARTER, Span.SEMESTER):
        if match[span]:
            return _known(text, ReportPeriod(span, year, int(match[span])))
    return ReportPeriod(Span.YEAR, year, 1)


def _known(text: str, period: ReportPeriod) -> ReportPeriod:
    if not 1 <= period.number <= 12 // period.span.months:
        raise FilterError("period.no_month", text=text)
    return period


def period_of(day: date, span: Span) -> ReportPeriod:
    """The period of that length in which the day lies."""
    return ReportPeriod(span, day.year, (day.month - 1) // span.months + 1)


def first_shown(office: Office, today: date) -> ReportPeriod:
    """The half-year that ended last; the running one where letters are recorded and none was received before it."""
    ended, running = last_ended(today, Span.SEMESTER), period_of(today, Span.SEMESTER)
    if not office.mart.exists():
        return ended
    snapshot = office.mart.read()
    of_running = received_since(snapshot, day_number(running.days.first))
    return running if of_running and of_running == received_since(snapshot, 0) else ended


def last_ended(today: date, span: Span) -> ReportPeriod:
    """The newest period of that length whose last day is over."""
    return period_of(today, span).before()


def newest_periods(today: date, span: Span, first: date) -> list[ReportPeriod]:
    """The periods of that length from the one of `today` back to the one of `first`, the newest first."""
    periods = [period_of(today, span)]
    while periods[-1].days.first > first:
        periods.append(periods[-1].before())
    return periods


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
    sources, unused = source_freshness(office, as_of), unused_rows(office)
    return {
        "loaded_at": max((one.loaded_at for one in sources if one.loaded_at is not None), default=None),
        "last_record_at": max((one.last_record_at for one in sources if one.last_record_at is not None), default=None),
        "corrections": corrections_behind(office, figures.filter),
        "rejected_rows": unused.rejects,
        "letterless_rows": unused.missing_letters,
        "roomless_rows": unused.unknown_room_rows,
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


REQUESTS = "requests"
"""Stands where a step code stands, for whole letters."""

LOOKED_AT = 12
"""Each costs the figures of its period, so only the newest editions in force are compared."""

_OF_STEPS = ("n", "met", "late", "overdue", "unjudged", "share", "coverage", "median_seconds", "p90_seconds")
_OF_B5 = ("held", "checked", "good")
_OF_REQUESTS = ("received", "n", "on_time", "late", "unknown", "share", "ready_median_seconds")


@dataclass(frozen=True)
class Difference:
    """One figure that is another now: `where` a step code, "all" or "requests"; None where there was or is none."""

    where: str
    what: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Cause:
    """Something that has changed since: a code for the catalogue and what it is about."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


def differences(before: Document, after: Document) -> list[Difference]:
    """Every figure and assessment that differs, in the order of the report."""
    checked = checked_step(after)
    changed: list[Difference] = []
    pairs = zip(before["figures"]["steps"], after["figures"]["steps"], strict=True)
    for old, new in pairs:
        code = old["step"]
        changed += _differing(code, _OF_STEPS, old, new)
        changed += _differing(code, _OF_B5, before["b5"], after["b5"]) if code == checked else []
        assessed = before["assessments"][code], after["assessments"][code]
        changed += [Difference(code, "assessment", *assessed)] if assessed[0] != assessed[1] else []
    changed += _differing(ALL_STEPS, _OF_STEPS, before["figures"]["all_steps"], after["figures"]["all_steps"])
    return changed + _differing(REQUESTS, _OF_REQUESTS, before["figures"]["requests"], after["figures"]["requests"])


def _differing(where: str, names: Sequence[str], old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    pairs = [(name, _value(old, name), _value(new, name)) for name in names]
    return [Difference(where, name, a, b) for name, a, b in pairs if a != b]


def _value(figure: Mapping[str, Any], name: str) -> Any:
    return sum(figure["unmeasurable"].values()) + figure["skipped"] if name == "unjudged" else figure[name]


_SETTINGS = {
    "rooms": ("room",),
    "opd": ("opd",),
    "checklist": ("checklist", "item"),
    "recording": ("recording",),
}
"""Tables of the settings, by what has changed when one of them has."""


def causes(office: Office, before: Document, after: Document) -> list[Cause]:
    """What of calendar, SOP, settings and records is not as it was; only time has passed when nothing is."""
    old, new = before["basis"], after["basis"]
    with reading(office.records) as connection:
        loads = loads_since(connection, old["load_id"])
    was, is_now = (office.settings_of(one["settings_version"]).to_document() for one in (old, new))
    named = [
        *_calendar_causes(old, new),
        *_version_causes(old, new),
        *_rule_causes(before, after),
        *(Cause(code) for code, tables in _SETTINGS.items() if any(was.get(t) != is_now.get(t) for t in tables)),
        *_load_causes(loads),
    ]
    return named or [Cause("time")]


def _calendar_causes(old: Document, new: Document) -> Iterator[Cause]:
    days, now = ({day: (note, hours) for day, note, hours in one["special_days"]} for one in (old, new))
    for day in sorted(days.keys() | now.keys()):
        if day not in days:
            yield Cause("day_added", {"day": day, "name": now[day][0]})
        elif day not in now:
            yield Cause("day_removed", {"day": day, "name": days[day][0]})
        elif days[day][1] != now[day][1]:
            yield Cause("day_changed", {"day": day, "name": now[day][0]})
    if [(one[0], one[3]) for one in old["profiles"]] != [(one[0], one[3]) for one in new["profiles"]]:
        yield Cause("hours")
    if old["zone"] != new["zone"]:
        yield Cause("zone", {"zone": new["zone"]})


def _version_causes(old: Document, new: Document) -> Iterator[Cause]:
    """A version of the SOP that came, went or changed; a standard, an order that is another in the same version."""
    versions, now = ({day: (number, targets) for day, number, targets in one["targets"]} for one in (old, new))
    for day in sorted(versions.keys() ^ now.keys()):
        yield Cause(
            "version_added" if day in now else "version_removed", {"day": day, "number": (now | versions)[day][0]}
        )
    for day in sorted(versions.keys() & now.keys()):
        for code, was, is_now in zip(STEP_CODES, versions[day][1], now[day][1], strict=True):
            if was != is_now:
                yield Cause("target", {"step": code, "before_seconds": was, "after_seconds": is_now})
    yield from _procedure_causes(old, new, now)


def _procedure_causes(old: Document, new: Document, versions: Mapping[str, tuple[str, Any]]) -> Iterator[Cause]:
    """Versions in which the steps have another order, clock or meaning; an older report does not say which it had."""
    was, is_now = dict(old.get("procedures", ())), dict(new["procedures"])
    for day in sorted(was.keys() & is_now.keys()):
        if was[day] != is_now[day]:
            yield Cause("procedure", {"day": day, "number": versions[day][0]})


def _rule_causes(before: Document, after: Document) -> Iterator[Cause]:
    if before["basis"]["step_off"] != after["basis"]["step_off"]:
        yield Cause("step_off")
    if before["rule"] != after["rule"]:
        yield Cause("rule")


def _load_causes(loads: Sequence[LoadSince]) -> Iterator[Cause]:
    """Files that came later, corrections made on pages, loads taken back."""
    kinds = {"corrections": "koreksi", "undone": "pembatalan"}
    for code, kind in kinds.items():
        mine = [one for one in loads if one.kind == kind]
        if mine:
            yield Cause(code, {"count": len(mine)})
    files = [one.file for one in loads if one.kind not in kinds.values()]
    if files:
        yield Cause("files", {"count": len(files), "names": ", ".join(dict.fromkeys(files[-3:]))})


def restated(office: Office, now: int) -> dict[int, int]:
    """By id of each edition in force how many of its figures are others now; none of those that agree.

    Looked at once for each mart and set of editions: what only the passing of time changes is seen with the next load.
    MartError when there is no mart.
    """
    with reading(office.records) as connection:
        in_force = {one.period: one for one in reversed(published_reports(connection))}
    newest = sorted(in_force.values(), key=lambda one: -one.id)[:LOOKED_AT]
    key = ("restated", office.book.hash, tuple(one.id for one in newest))
    return office.mart.read().remember(key, lambda: _counted(office, newest, now))


def _counted(office: Office, editions: list[PublishedReport], now: int) -> dict[int, int]:
    counts = {one.id: _differing_count(office, one, now) for one in editions}
    return {report_id: count for report_id, count in counts.items() if count}


def _differing_count(office: Office, one: PublishedReport, now: int) -> int:
    with reading(office.records) as connection:
        kept = kept_document(connection, one.id)
    return len(differences(dict(kept), report_document(office, parse_report_period(one.period), now)))
