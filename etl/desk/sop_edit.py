"""A new version of the SOP entered by a person: other time limits, in force for letters received from a day on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from data_access.errors import PantauError
from data_access.mart.compliance import received_since
from data_access.records import one_load
from data_access.records.access import note_action
from data_access.records.office import SopEntry, add_sop_entry, sop_entries
from etl.domain.sop.file import parse_sop, to_document, to_json
from etl.domain.sop.steps import Cell, Meaning, SopStep
from etl.domain.sop.times import seconds_printed
from etl.domain.sop.versions import Sop, SopVersion
from etl.domain.units import DAY, day_date, day_number
from etl.figures.compliance.what_if import StepIf, what_if
from etl.figures.filter import LAST_DAY, Period, SlaFilter
from etl.judging.publishing import fault_of_catching_up
from etl.office import Office
from etl.settings.sops import ENTERED, REPLACES, entry_name, standing, version_of

ACTION = "sop_version"
"""What the access log calls it."""

LONGEST = 30 * DAY
"""A limit of more seconds than this is a slip of the hand."""

SHORTEST_REASON, LONGEST_TEXT, LONGEST_CELL = 3, 500, 4_000


def editable(sop: SopVersion) -> tuple[str, ...]:
    """Steps whose time can be set; the standard of the one that checks judge is its output."""
    return tuple(step.code for step in sop.steps if Meaning.CHECKED not in step.meanings)


class SopEditError(PantauError):
    """A version that makes no sense."""


@dataclass(frozen=True)
class SopEdit:
    """What a person entered. `times`: by step the printed time, "1 jam 30 menit"; a step left out keeps its own.
    `revised`: the date as the identity block prints it. `cells`: other printed cells by their place, "A4.kegiatan",
    "identitas.peringatan", of a list one line an entry; one left out stays."""

    number: str
    effective_on: date
    times: Mapping[str, str]
    reason: str
    revised: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)


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
    told = _with_cells(newest, edit.cells)
    steps = tuple(_with_time(step, edit.times) for step in told.steps)
    if (number, steps, told.identity) == (newest.number, newest.steps, newest.identity):
        raise SopEditError("sop.nothing_changed")
    is_revised = told.identity.revised == newest.identity.revised
    identity = replace(told.identity, revised=edit.revised) if edit.revised and is_revised else told.identity
    return SopVersion(number, newest.title, edit.effective_on, identity, steps)


def cells_of(version: SopVersion) -> dict[str, str]:
    """Every printed cell but the times, as `SopEdit.cells` names them."""
    document = to_document(version)
    identity = {f"{_IDENTITY}.{key}": _as_text(value) for key, value in document["identitas"].items()}
    steps = document["langkah"]
    return identity | {
        f"{code}.{key}": _as_text(step.get(key, "")) for code, step in steps.items() for key in STEP_CELLS
    }


STEP_CELLS = ("kegiatan", "pelaksana", "kelengkapan", "output", "catatan")
"""The printed cells of a step beside its time."""

_IDENTITY = "identitas"


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(value)
    return str(value["teks"] if isinstance(value, Mapping) else value)


def _with_cells(version: SopVersion, cells: Mapping[str, str]) -> SopVersion:
    """The version with other printed cells; what was read with doubt and is typed now is sure. Raises RuleError."""
    before, document = cells_of(version), to_document(version)
    for name, typed in cells.items():
        text = "\n".join(filter(None, (" ".join(line.split()) for line in typed.splitlines())))
        if text == before.get(name, text):
            continue
        if len(text) > LONGEST_CELL:
            raise SopEditError("sop.cell_long", most=LONGEST_CELL)
        place, _, key = name.partition(".")
        table = document[_IDENTITY] if place == _IDENTITY else document["langkah"][place]
        table[key] = _as_value(table.get(key, ""), text)
    return replace(parse_sop(document, version.file, version), effective_on=version.effective_on)


def _as_value(before: Any, text: str) -> Any:
    if isinstance(before, list):
        return text.splitlines()
    return {"teks": text} if isinstance(before, Mapping) else text


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
        _refuse_stored(sop_entries(connection), sop.current(), version, reason)
        add_sop_entry(connection, to_json(version), version.effective_on, at=now, actor=actor, reason=reason)
        detail = {"times": changed_times(sop.current(), version)}
        subject = f"{version.number} · {version.effective_on.isoformat()}"
        note_action(connection, ACTION, at=now, actor=actor, subject=subject, detail=detail)
    office.forget_rules()
    is_published = fault_of_catching_up(office, now) is None
    return Entered(version, letters_since(office, version.effective_on), is_published)


def _refuse_stored(entries: Sequence[SopEntry], newest: SopVersion, version: SopVersion, reason: str) -> None:
    """What was entered just now for the same reason is not entered again. The printed date of revision is left out:
    a form drawn before still holds the one before."""
    stored = next((entry for entry in entries if entry_name(entry.id) == newest.file), None)
    if stored is None or stored.reason != reason or version.effective_on != newest.effective_on:
        return
    revised = replace(version.identity, revised=newest.identity.revised)
    if (version.number, version.steps, revised) == (newest.number, newest.steps, newest.identity):
        raise SopEditError("sop.already_stored", number=version.number, day=version.effective_on)


@dataclass(frozen=True)
class Effects:
    """What a version would judge anew: the letters received from its day on, and the steps with another limit."""

    letters: int
    steps: tuple[StepIf, ...]


def effects_of(office: Office, edit: SopEdit, now: int) -> Effects:
    """What entering a version would do; nothing is kept. Raises SopEditError."""
    newest, version = office.sop.current(), edited(office.sop, edit)
    today = datetime.fromtimestamp(now, office.zone).date()
    letters = letters_since(office, version.effective_on)
    if not letters or version.effective_on > today:
        return Effects(letters, ())
    targets = {
        step.code: step.target_seconds
        for step in version.steps
        if step.target_seconds and step.target_seconds != newest.step(step.code).target_seconds
    }
    if not targets:
        return Effects(letters, ())
    return Effects(letters, what_if(office, SlaFilter(Period(version.effective_on, today)), targets, now).steps)


def letters_since(office: Office, day: date) -> int:
    """How many letters were received from a day on."""
    return received_since(office.mart.read(), day_number(day)) if office.mart.exists() else 0


def take_back(office: Office, entry_id: int, reason: str, now: int, actor: str, to: date | None = None) -> Entered:
    """Take a version that was entered on the page back, or (`to`) let it be in force from another day; by an entry of
    its own, and the letters received from the earlier of its days on are judged again. Raises SopEditError."""
    words = " ".join(reason.split())
    if not SHORTEST_REASON <= len(words) <= LONGEST_TEXT:
        raise SopEditError("sop.no_reason", least=SHORTEST_REASON, most=LONGEST_TEXT)
    with one_load(office.records) as connection:
        entry = next((one for one in standing(sop_entries(connection)) if one.id == entry_id), None)
        if entry is None:
            raise SopEditError("sop.not_entered")
        sop, old = office.book_in(connection).sop, day_date(entry.effective_on)
        document: dict[str, Any] = {REPLACES: entry.id}
        if to is not None:
            _refuse_taken(to, old, sop)
            document |= {**entry.document, REPLACES: entry.id, "berlaku_sejak": to.isoformat()}
        add_sop_entry(connection, document, to or old, at=now, actor=actor, reason=words)
        detail = {"from": old.isoformat(), "to": to and to.isoformat()}
        note_action(connection, ACTION, at=now, actor=actor, subject=entry_name(entry.id), detail=detail)
    office.forget_rules()
    is_published = fault_of_catching_up(office, now) is None
    version = version_of(entry, sop.versions[0])
    return Entered(version, letters_since(office, min(old, to or old)), is_published)


def _refuse_taken(day: date, old: date, sop: Sop) -> None:
    """A day on which no other version begins, after that of the first."""
    if day == old or day in {version.effective_on for version in sop.versions} or day <= sop.versions[0].effective_on:
        raise SopEditError("sop.day_taken", day=day)
    if day > LAST_DAY:
        raise SopEditError("sop.too_late", day=day, last=LAST_DAY)


def changed_times(before: SopVersion, after: SopVersion) -> dict[str, list[str]]:
    """By step the printed times before and after, where they differ."""
    pairs = ((step.code, step.time.text, after.step(step.code).time.text) for step in before.steps)
    return {code: [old, new] for code, old, new in pairs if old != new}
