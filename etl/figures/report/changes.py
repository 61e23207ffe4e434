"""How the figures of published reports differ from those of now, and what has changed since that may be the cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from data_access.records import reading
from data_access.records.office import LoadSince, PublishedReport, loads_since, published_reports
from data_access.records.office import report_document as kept_document
from etl.domain.sop.steps import STEP_CODES
from etl.figures.compliance.definitions import ALL_STEPS
from etl.figures.report.document import Document, checked_step, report_document
from etl.figures.report.period import parse_report_period

if TYPE_CHECKING:
    from etl.office import Office

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


def causes(office: Office, before: Document, after: Document) -> list[Cause]:
    """What of calendar, targets, rule and records is not as it was; only time has passed when nothing is."""
    old, new = before["basis"], after["basis"]
    with reading(office.records) as connection:
        loads = loads_since(connection, old["load_id"])
    named = [*_calendar(old, new), *_targets(old, new), *_settings(before, after), *_records(loads)]
    return named or [Cause("time")]


def _calendar(old: Document, new: Document) -> Iterator[Cause]:
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


def _targets(old: Document, new: Document) -> Iterator[Cause]:
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
    yield from _procedures(old, new, now)


def _procedures(old: Document, new: Document, versions: Mapping[str, tuple[str, Any]]) -> Iterator[Cause]:
    """Versions in which the steps have another order, clock or meaning; an older report does not say which it had."""
    was, is_now = dict(old.get("procedures", ())), dict(new["procedures"])
    for day in sorted(was.keys() & is_now.keys()):
        if was[day] != is_now[day]:
            yield Cause("procedure", {"day": day, "number": versions[day][0]})


def _settings(before: Document, after: Document) -> Iterator[Cause]:
    if before["basis"]["step_off"] != after["basis"]["step_off"]:
        yield Cause("step_off")
    if before["rule"] != after["rule"]:
        yield Cause("rule")


def _records(loads: Sequence[LoadSince]) -> Iterator[Cause]:
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
