"""Is everything the product stands on in order? Each finding says what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from data_access.errors import Message, PantauError, Words
from data_access.home import Home
from data_access.records import migrate, open_records, reading, records_url
from data_access.records.intake.loads import last_load_id
from data_access.records.office import sop_entries
from etl.office import Office, Rulebook, read_rulebook, stored_settings


@dataclass(frozen=True)
class Finding:
    """One line of the check: status is ok, warning or error; `action` is what to do, None when nothing."""

    part: str
    status: str
    message: Message
    action: Message | None = None

    def to_json(self, words: Words) -> dict[str, str]:
        """Keys name, status, message, action, in words."""
        name, action = words(Message(f"health.part_{self.part}")), words(self.action) if self.action else ""
        return {"name": name, "status": self.status, "message": words(self.message), "action": action}


def check_all(home: Home, database_url: str | None, now: int) -> list[Finding]:
    """Database, settings, SOP, calendar and mart, in the order in which they depend on each other."""
    try:
        home.make()
        records = open_records(records_url(home, None if home.is_demo else database_url), home.secret_path)
        migrate(records)
    except (PantauError, OSError) as fault:
        reason = fault.message if isinstance(fault, PantauError) else Message("health.system", fault=str(fault))
        return [Finding("records", "error", reason, Message("health.check_home"))]
    office = Office(home, records, lambda: now)
    with reading(records) as connection:
        last = last_load_id(connection)
    findings = [Finding("records", "ok", Message("health.connected", loads=last))]
    try:
        settings, version = stored_settings(records)
        in_use = Message("health.version", version=version) if version else Message("health.shipped")
        findings.append(Finding("settings", "ok", in_use))
        with reading(records) as connection:
            entered = sop_entries(connection)
        book = read_rulebook(home, settings, version, now, entered)
        findings += [*_calendar(book, now), *_sop(book)]
    except PantauError as fault:
        return [*findings, Finding("rules", "error", fault.message, Message("health.correct_it"))]
    return [*findings, *_mart(office, last)]


def _sop(book: Rulebook) -> Iterator[Finding]:
    current, count = book.sop.current(), len(book.sop.versions)
    in_force = Message("health.in_force", number=current.number, first=current.effective_on, count=count)
    yield Finding("sop", "ok", in_force)


def _calendar(book: Rulebook, now: int) -> Iterator[Finding]:
    calendar = book.calendar
    year = datetime.fromtimestamp(now, book.zone).year
    if year in calendar.years_without_leave:
        yield Finding("calendar", "warning", Message("health.no_leave", year=year), Message("health.add_leave"))
    profiles = len(book.settings.profiles())
    yield Finding("calendar", "ok", Message("health.profiles", zone=book.settings.zone, count=profiles))
    for warning in calendar.warnings:
        yield Finding("calendar", "warning", warning, Message("health.check_hours"))


def _mart(office: Office, last: int) -> list[Finding]:
    meta = office.mart.meta()
    if meta is None and last == 0:
        return [Finding("mart", "ok", Message("health.no_records"))]
    if meta is None:
        return [_stale("health.no_mart")]
    if meta.load_id < last:
        return [_stale("health.mart_behind")]
    if meta.rules_hash != office.book.hash:
        return [_stale("health.mart_old_rules")]
    return [Finding("mart", "ok", Message("health.published", edition=meta.generation, load=meta.load_id))]


def _stale(code: str) -> Finding:
    return Finding("mart", "warning", Message(code), Message("health.rebuild"))
