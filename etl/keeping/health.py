"""Is everything the product stands on in order? Each finding says what is wrong and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from data_access.errors import Message, PantauError, Words
from data_access.home import Home
from data_access.mart import Mart
from data_access.records import Engine, migrate, open_records, reading, records_url, refuse_newer_form
from data_access.records.copies import count_missing_files, files_on_record, page_damage, settle_exchange, size_of
from data_access.records.intake.loads import last_load_id, load_times
from data_access.records.office import sop_entries
from etl.domain.units import MINUTE
from etl.keeping.backup import backups, chain_heads, last_failure
from etl.keeping.seals import MOST_FAULTS, verify_chain
from etl.office import Office, Rulebook, read_rulebook, stored_settings
from etl.settings.document import Settings

_CODES = {"rules": "settings"}
"""Parts whose code for scripts is another one: broken rules are a matter of the settings, SOP and calendar."""

_DAMAGED = ("records.corrupt", "records.not_records")
LOW_BYTES, LEAST_BYTES = 1 << 29, 1 << 26
"""Free bytes below which a disk is low, and below which it is as good as full."""

_ZONE = ZoneInfo("Asia/Jakarta")
"""The zone of moments that are told before the settings are read."""

_CLOCK_SECONDS = 5 * MINUTE
"""So far a clock may have been put back without anything being wrong."""


@dataclass(frozen=True)
class Finding:
    """One line of the check: status is ok, warning or error; `action` is what to do, None when nothing."""

    part: str
    status: str
    message: Message
    action: Message | None = None

    def to_json(self, words: Words) -> dict[str, str]:
        """Keys code, name, status, message, action; all but the code and the status in words."""
        name, action = words(Message(f"health.part_{self.part}")), words(self.action) if self.action else ""
        code = _CODES.get(self.part, self.part)
        return {"code": code, "name": name, "status": self.status, "message": words(self.message), "action": action}


def check_all(home: Home, database_url: str | None, now: int, clock: int) -> list[Finding]:
    """Database, pages, clock, settings, SOP, calendar, mart, files, disk and backups, in the order in which they depend
    on each other. `now` is the moment of which is asked, `clock` what this machine takes for the time."""
    try:
        home.make()
        records = open_records(records_url(home, None if home.is_demo else database_url), home.secret_path)
        settle_exchange(home, records)
        migrate(records)
        office = Office(home, records, lambda: now)
        findings = [*_records(records), *_clock(records, clock)]
    except (PantauError, OSError) as fault:
        reason = fault.message if isinstance(fault, PantauError) else Message("health.system", fault=str(fault))
        return [Finding("database", "error", reason, Message(_way_out(fault)))]
    try:
        settings, version = stored_settings(records)
        in_use = Message("health.version", version=version) if version else Message("health.shipped")
        findings.append(Finding("settings", "ok", in_use))
        with reading(records) as connection:
            entered = sop_entries(connection)
        book = read_rulebook(home, settings, version, now, entered)
        findings += [*_calendar(book, now), *_sop(book), *_mart(office)]
    except PantauError as fault:
        findings.append(Finding("rules", "error", fault.message, Message("health.correct_it")))
        settings = Settings()
    findings += [_chain(office, clock), *_photos(office), *_disk(office)]
    return [*findings, *_backups(office, settings, clock)]


def check_chain(home: Home, database_url: str | None, clock: int) -> Finding:
    """Only whether what is recorded agrees with the chain. Raises PantauError."""
    office = Office(home, open_records(records_url(home, database_url), home.secret_path), lambda: clock)
    return _chain(office, clock)


def vital_signs(office: Office) -> dict[str, str]:
    """Whether records, mart and disk of a served office are well, in a word each and together; no path, no figure.

    status: ok, warning, error. records: ok, error. mart: ok, behind, ahead, none. disk: ok, low, full.
    """
    try:
        with reading(office.records) as connection:
            refuse_newer_form(connection)
            last = last_load_id(connection)
            is_whole = not office.home.damage_path.exists() or page_damage(connection) is None
    except PantauError:
        is_whole = False
    if not is_whole:
        return {"status": "error", "records": "error", "mart": "unknown", "disk": _room(office.home.root)}
    with suppress(OSError):  # a disk that is only read
        office.home.damage_path.unlink(missing_ok=True)
    signs = {"records": "ok", "mart": _mart_sign(office.mart, last), "disk": _room(office.home.root)}
    status = "error" if signs["disk"] == "full" else "ok" if {*signs.values()} == {"ok"} else "warning"
    return {"status": status, **signs}


def note_damage(home: Home, fault: PantauError) -> bool:
    """Leave a mark in the home when a fault says that the records are damaged, whatever part of them: from then on
    `vital_signs` of every process looks at all pages. Whether this is news."""
    if not _is_damage(fault) or home.damage_path.exists():
        return False
    with suppress(OSError):  # a disk that takes nothing any more
        home.damage_path.touch()
    return True


def _mart_sign(mart: Mart, last: int) -> str:
    try:
        meta = mart.meta()
    except PantauError:
        meta = None
    if meta is None:
        return "none" if last else "ok"
    return "ok" if meta.load_id == last else "behind" if meta.load_id < last else "ahead"


def _room(folder: Path) -> str:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return "full"
    return "full" if free < LEAST_BYTES else "low" if free < LOW_BYTES else "ok"


def _way_out(fault: Exception) -> str:
    return "health.restore" if isinstance(fault, PantauError) and _is_damage(fault) else "health.check_home"


def _is_damage(fault: PantauError) -> bool:
    state = fault.values.get("state")
    return isinstance(state, Message) and state.code in _DAMAGED


def _records(records: Engine) -> Iterator[Finding]:
    with reading(records) as connection:
        yield Finding("database", "ok", Message("health.connected", loads=last_load_id(connection)))
        if records.dialect.name != "sqlite":
            return
        damage = page_damage(connection)
    if damage:
        yield Finding("pages", "error", Message("health.damaged", fault=damage), Message("health.restore"))
    else:
        yield Finding("pages", "ok", Message("health.pages_whole"))


def _clock(records: Engine, clock: int) -> Iterator[Finding]:
    """The records tell of no later moment than the clock: a machine whose battery died judges everything wrongly."""
    with reading(records) as connection:
        _, last = load_times(connection)
    if last is not None and last - clock > _CLOCK_SECONDS:
        moments = {"clock": _moment(clock, _ZONE), "last": _moment(last, _ZONE)}
        yield Finding("clock", "warning", Message("health.clock_behind", **moments), Message("health.set_clock"))
    else:
        yield Finding("clock", "ok", Message("health.clock_right"))


def _moment(moment: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(moment, zone):%d/%m/%Y %H.%M}"


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


def _mart(office: Office) -> list[Finding]:
    with reading(office.records) as connection:
        last = last_load_id(connection)
    meta = office.mart.meta()
    if meta is None and last == 0:
        return [Finding("mart", "ok", Message("health.no_records"))]
    if meta is None:
        return [_stale("health.no_mart")]
    if meta.load_id > last:
        message = Message("health.records_behind", mart=meta.load_id, records=last)
        return [Finding("records_behind_mart", "error", message, Message("health.older_copy"))]
    if meta.load_id < last:
        return [_stale("health.mart_behind")]
    if meta.rules_hash != office.book.hash:
        return [_stale("health.mart_old_rules")]
    return [Finding("mart", "ok", Message("health.published", edition=meta.generation, load=meta.load_id))]


def _stale(code: str) -> Finding:
    return Finding("mart", "warning", Message(code), Message("health.rebuild"))


def _chain(office: Office, clock: int) -> Finding:
    """Whether what is recorded agrees with the chain of seals, and the chain with backups and published reports."""
    try:
        heads = chain_heads(office.home, office.records)
        newest, faults = verify_chain(office.home, office.records, heads, clock)
    except PantauError as fault:
        return Finding("chain", "error", fault.message, Message("health.keep_evidence"))
    if newest is None and not faults:
        return Finding("chain", "ok", Message("health.chain_none"))
    if newest is not None and not faults:
        return Finding("chain", "ok", Message("health.chain_whole", count=newest.position))
    shown = Message("health.chain_broken", count=len(faults), faults=faults[:MOST_FAULTS])
    return Finding("chain", "error", shown, Message("health.keep_evidence"))


def _photos(office: Office) -> Iterator[Finding]:
    """Whether every photo and scan on record lies in the home."""
    with reading(office.records) as connection:
        names = files_on_record(connection)
    missing = count_missing_files(office.home, names)
    if any(missing.values()):
        yield Finding("photos", "warning", Message("health.files_missing", **missing), Message("health.fetch_files"))
    else:
        kept = {kind: len(files) for kind, files in names.items()}
        yield Finding("photos", "ok", Message("health.files_there", **kept))


def _disk(office: Office) -> Iterator[Finding]:
    """A backup takes the room of the records twice while it is made."""
    with reading(office.records) as connection:
        needed = LOW_BYTES + 2 * size_of(connection) * (office.records.dialect.name == "sqlite")
    free = shutil.disk_usage(office.home.root).free
    status = "error" if free < LEAST_BYTES else "warning" if free < needed else "ok"
    message = Message("health.free", free=free // 1_000_000)
    yield Finding("disk", status, message, Message("health.make_room") if status != "ok" else None)


def _backups(office: Office, settings: Settings, clock: int) -> Iterator[Finding]:
    """Of a real office: how old the newest backup is, and whether the last attempt failed."""
    if office.home.is_demo:
        return
    plan, zone, failure = settings.backup, ZoneInfo(settings.zone), last_failure(office.home)
    made = backups(office.home)
    if failure is not None:
        reason = Message("health.backup_failed", moment=_moment(failure.at, zone), reason=failure.reason)
        yield Finding("backup_age", "warning", reason, Message("health.back_up"))
    elif not plan.keep and not made:
        yield Finding("backup_age", "ok", Message("health.backup_off"))
    elif made:
        age = max(clock - made[0].at, 0)
        is_old = bool(plan.keep) and age > 2 * plan.every.seconds
        message = Message("health.backup_made", moment=_moment(made[0].at, zone), count=len(made))
        yield Finding(
            "backup_age", "warning" if is_old else "ok", message, Message("health.back_up") if is_old else None
        )
    else:
        yield _none_yet(office, clock, plan.every.seconds)


def _none_yet(office: Office, clock: int, every: int) -> Finding:
    with reading(office.records) as connection:
        first, _ = load_times(connection)
    if first is not None and clock - first > 2 * every:
        return Finding("backup_age", "warning", Message("health.no_backup"), Message("health.back_up"))
    return Finding("backup_age", "ok", Message("health.backup_to_come"))
