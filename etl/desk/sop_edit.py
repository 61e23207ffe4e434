"""A new version of the SOP entered by a person: other time limits, in force for letters received from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from data_access.errors import PantauError
from data_access.mart.compliance import received_since
from data_access.records import one_load
from data_access.records.access import note_action
from data_access.records.office import add_sop_entry
from etl.domain.sop.file import seconds_printed, to_json
from etl.domain.sop.steps import Cell, Meaning, SopStep
from etl.domain.sop.versions import Sop, SopVersion
from etl.domain.units import DAY, day_number
from etl.figures.filter import LAST_DAY
from etl.judging.publishing import fault_of_catching_up
from etl.office import Office
from etl.settings.sops import ENTERED

ACTION = "sop_version"
"""What the access log calls it."""

LONGEST = 30 * DAY
"""A limit of more seconds than this is a slip of the hand."""

SHORTEST_REASON, LONGEST_TEXT = 3, 500


def editable(sop: SopVersion) -> tuple[str, ...]:
    """Steps whose time can be set; the standard of the one that checks judge is its output."""
    return tuple(step.code for step in sop.steps if Meaning.CHECKED not in step.meanings)


class SopEditError(PantauError):
    """A version that makes no sense."""


@dataclass(frozen=True)
class SopEdit:
    """What a person entered. `times`: by step the printed time, "1 jam 30 menit"; a step left out keeps its own.
    `revised`: the date as the identity block prints it."""

    number: str
    effective_on: date
    times: Mapping[str, str]
    reason: str
    revised: str = ""


@dataclass(frozen=True)
class Entered:
    """What came of it: the version, the letters that are judged by it, whether the screens show it already."""

    version: SopVersion
    letters: int
    is_published: bool


def edited(sop: Sop, edit: SopEdit) -> SopVersion:
    """The new version: the newest one with these changes. SopEditError for what makes no sense."""
    newest = sop.current()
    number, reason = " ".join(edit.number.split()), " ".join(edit.reason.split())
    if not number or len(number) > LONGEST_TEXT:
        raise SopEditError("sop.no_number")
    if not SHORTEST_REASON <= len(reason) <= LONGEST_TEXT:
        raise SopEditError("sop.no_reason", least=SHORTEST_REASON, most=LONGEST_TEXT)
    _refuse_date(edit.effective_on, newest)
    steps = tuple(_with_time(step, edit.times) for step in newest.steps)
    if number == newest.number and [s.target_seconds for s in steps] == [s.target_seconds for s in newest.steps]:
        raise SopEditError("sop.nothing_changed")
    identity = replace(newest.identity, revised=edit.revised or newest.identity.revised)
    return SopVersion(number, newest.title, edit.effective_on, identity, steps)


def _refuse_date(day: date, newest: SopVersion) -> None:
    """Later than the newest version; on its own day only over one that was entered on the page."""
    is_own = newest.file.startswith(ENTERED)
    if day < newest.effective_on or (day == newest.effective_on and not is_own):
        raise SopEditError("sop.not_after", day=day, newest=newest.effective_on)
    if day > LAST_DAY:
        raise SopEditError("sop.too_late", day=day, last=LAST_DAY)


def _with_time(step: SopStep, times: Mapping[str, str]) -> SopStep:
    written = " ".join(times.get(step.code, step.time.text).split())
    if Meaning.CHECKED in step.meanings or written == step.time.text:
        return step
    seconds = seconds_printed(written)
    if not seconds or seconds > LONGEST:
        raise SopEditError("sop.bad_time", step=step.code, written=written)
    return replace(step, time=Cell(written.lower(), None), target_seconds=seconds)


def enter_version(office: Office, edit: SopEdit, now: int, actor: str) -> Entered:
    """Keep a new version, note it in the access log, and judge by it the letters received from its day on.

    Raises SopEditError.
    """
    with one_load(office.records) as connection:
        sop = office.book_in(connection).sop
        version = edited(sop, edit)
        reason = " ".join(edit.reason.split())
        add_sop_entry(connection, to_json(version), version.effective_on, at=now, actor=actor, reason=reason)
        detail = {"reason": reason, "times": changed_times(sop.current(), version)}
        subject = f"{version.number} · {version.effective_on.isoformat()}"
        note_action(connection, ACTION, at=now, actor=actor, subject=subject, detail=detail)
    office.forget_rules()
    is_published = fault_of_catching_up(office, now) is None
    letters = received_since(office.mart.read(), day_number(version.effective_on)) if office.mart.exists() else 0
    return Entered(version, letters, is_published)


def changed_times(before: SopVersion, after: SopVersion) -> dict[str, list[str]]:
    """By step the printed times before and after, where they differ."""
    pairs = ((step.code, step.time.text, after.step(step.code).time.text) for step in before.steps)
    return {code: [old, new] for code, old, new in pairs if old != new}
