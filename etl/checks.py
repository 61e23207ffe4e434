"""Is everything the product stands on in order? Each finding says what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from data_access.errors import PantauError
from data_access.home import Home
from data_access.mart import Mart
from data_access.records import loads, settings_store
from data_access.records.engine import open_records, records_url
from data_access.records.migration import migrate
from etl.office import Office, Rulebook, read_rulebook
from etl.settings import Settings, default_settings


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
        state = migrate(records)
    except (PantauError, OSError) as wrong:
        return [Finding("Basis data", "error", str(wrong), "Periksa PANTAU_HOME atau PANTAU_DATABASE_URL.")]
    office = Office(home, records, lambda: now)
    findings = [Finding("Basis data", "ok", f"terhubung, skema {state}, {loads.count(records)} muatan")]
    try:
        document = settings_store.current(records)
        settings = default_settings() if document is None else Settings.from_document(document)
    except PantauError as wrong:
        return [*findings, Finding("Pengaturan", "error", str(wrong), "Terapkan pengaturan yang benar.")]
    findings.append(Finding("Pengaturan", "ok", f"versi {settings_store.version(records)}"))
    try:
        book = read_rulebook(home, settings, now)
        findings += _calendar(book)
        findings += _sop(book)
    except PantauError as wrong:
        return [*findings, Finding("Aturan", "error", str(wrong), "Perbaiki berkas yang disebut, lalu periksa lagi.")]
    return [*findings, *_mart(office)]


def _sop(book: Rulebook) -> Iterator[Finding]:
    current = book.sop.current()
    versions = len(book.sop.versions)
    yield Finding("SOP", "ok", f"{current.number}, berlaku sejak {current.effective_on.isoformat()}, {versions} versi")


def _calendar(book: Rulebook) -> Iterator[Finding]:
    calendar = book.calendar
    yield Finding("Kalender", "ok", f"zona {book.settings.zone}, {len(book.settings.profiles())} profil jam kerja")
    for warning in calendar.warnings:
        yield Finding("Kalender", "warning", warning, "Periksa jam profil itu terhadap sumbernya.")


def _mart(office: Office) -> list[Finding]:
    meta = Mart(office.home.marts).meta()
    last = loads.last_id(office.records)
    if meta is None:
        if last == 0:
            return [Finding("Mart", "ok", "belum ada catatan, belum ada mart")]
        return [Finding("Mart", "warning", "mart tidak ada atau tidak terbaca", "Jalankan `pantau rebuild`.")]
    behind: list[tuple[Callable[[], bool], str]] = [
        (lambda: meta.load_id < last, "mart tertinggal dari catatan"),
        (lambda: meta.rules_hash != office.book.hash, "mart dinilai dengan aturan lama"),
    ]
    for is_behind, message in behind:
        if is_behind():
            return [Finding("Mart", "warning", message, "Jalankan `pantau rebuild`.")]
    return [Finding("Mart", "ok", f"terbitan {meta.generation}, sampai muatan {meta.load_id}")]
