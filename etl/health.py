"""Is everything the product stands on in order? Each finding says what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from data_access.errors import PantauError
from data_access.home import Home
from data_access.records import migrate, open_records, reading, records_url
from data_access.records.intake.loads import last_load_id
from data_access.records.office.sop_versions import sop_entries
from etl.office import Office, Rulebook, read_rulebook, stored_settings


@dataclass(frozen=True)
class Finding:
    """One line of the check: status is ok, warning or error; `action` is what to do, empty when nothing."""

    name: str
    status: str
    message: str
    action: str = ""

    def to_json(self) -> dict[str, Any]:
        """Keys name, status, message, action."""
        return asdict(self)


def check_all(home: Home, database_url: str | None, now: int) -> list[Finding]:
    """Database, settings, SOP, calendar and mart, in the order in which they depend on each other."""
    try:
        home.make()
        records = open_records(records_url(home, None if home.is_demo else database_url))
        migrate(records)
    except (PantauError, OSError) as wrong:
        return [Finding("Basis data", "error", str(wrong), "Periksa PANTAU_HOME atau PANTAU_DATABASE_URL.")]
    office = Office(home, records, lambda: now)
    with reading(records) as connection:
        last = last_load_id(connection)
    findings = [Finding("Basis data", "ok", f"terhubung, skema terkini, {last} muatan")]
    try:
        settings, version = stored_settings(records)
        findings.append(Finding("Pengaturan", "ok", f"versi {version}" if version else "bawaan"))
        with reading(records) as connection:
            entered = sop_entries(connection)
        book = read_rulebook(home, settings, version, now, entered)
        findings += [*_calendar(book, now), *_sop(book)]
    except PantauError as wrong:
        return [*findings, Finding("Aturan", "error", str(wrong), "Perbaiki yang disebut, lalu periksa lagi.")]
    return [*findings, *_mart(office, last)]


def _sop(book: Rulebook) -> Iterator[Finding]:
    current = book.sop.current()
    versions = len(book.sop.versions)
    yield Finding("SOP", "ok", f"{current.number}, berlaku sejak {current.effective_on.isoformat()}, {versions} versi")


def _calendar(book: Rulebook, now: int) -> Iterator[Finding]:
    calendar = book.calendar
    year = datetime.fromtimestamp(now, book.zone).year
    if year in calendar.years_without_leave:
        message = f"belum ada cuti bersama tahun {year} dalam kalender"
        yield Finding("Kalender", "warning", message, "Tambahkan lewat [[calendar.day]] atau hari_kantor.csv.")
    yield Finding("Kalender", "ok", f"zona {book.settings.zone}, {len(book.settings.profiles())} profil jam kerja")
    for warning in calendar.warnings:
        yield Finding("Kalender", "warning", warning, "Periksa jam profil itu terhadap sumbernya.")


def _mart(office: Office, last: int) -> list[Finding]:
    meta = office.mart.meta()
    action = "Jalankan `pantau rebuild`."
    if meta is None:
        if last == 0:
            return [Finding("Mart", "ok", "belum ada catatan, belum ada mart")]
        return [Finding("Mart", "warning", "mart tidak ada atau tidak terbaca", action)]
    if meta.load_id < last:
        return [Finding("Mart", "warning", "mart tertinggal dari catatan", action)]
    if meta.rules_hash != office.book.hash:
        return [Finding("Mart", "warning", "mart dinilai dengan aturan lama", action)]
    return [Finding("Mart", "ok", f"terbitan {meta.generation}, sampai muatan {meta.load_id}")]
