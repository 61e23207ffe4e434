"""What the office calls what an entry of the audit is about, and the page where that is seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dash.development.base_component import Component

from dashboard.access import Page, account
from dashboard.components import link, with_query
from dashboard.i18n import catalogue, t
from dashboard.pages.shared.links import CORRECTIONS, load_address, request_address
from dashboard.pages.shared.words import kind_words, step_words
from dashboard.printed.words import screen
from data_access.errors import PantauError
from data_access.records import reading
from data_access.records.access import AuditEntry, AuditFilter, things_done
from data_access.records.intake.loads import LoadName, load_names
from etl.extract.texts import letter_name
from etl.figures.report import parse_report_period
from etl.office import Office

_LOAD = re.compile(r"load (\d+)(?: (\d+))?")
_VERSION = re.compile(r"version (\d+)")
_EDITION = re.compile(r"report ([^/]+)/(\d+)")
_DRAFT = re.compile(r"report (.+)(\.\w+)")
_CORRECTION = re.compile(r"correction (\d+)")
_SOP_ENTRY = re.compile(r"versi-(\d+)")
_ROW = re.compile(r"(permohonan|disposisi|pemakaian|peserta|kondisi) (\d+)")

_FILES = {
    "ruang": "room.nav",
    "peserta": "people.nav",
    "sarpras": "sarpras.title",
    "kepatuhan": "sla.nav",
    "laporan": "laporan.nav",
}
"""By the beginning of the address of a file what its page is called."""


@dataclass(frozen=True)
class Subjects:
    """The subjects of some entries in words; `loads` are those that they name."""

    office: Office
    loads: dict[int, LoadName]

    def words(self, entry: AuditEntry) -> str:
        """What a file holds."""
        return self._named(entry)[0]

    def shown(self, entry: AuditEntry) -> Component | str:
        """The words, leading to the page of the thing where there is one that the reader may see."""
        words, page, address = self._named(entry)
        return link(words, address, "cases-link") if address and page and account().may(page) else words

    def _named(self, entry: AuditEntry) -> tuple[str, Page | None, str]:
        """Words, and the page and address where it is seen; empty where it is nowhere."""
        subject = entry.subject or ""
        if match := _LOAD.fullmatch(subject):
            return self._load(int(match[1]), match[2])
        if match := _VERSION.fullmatch(subject):
            return t("audit.about_settings", number=match[1]), Page.PENGATURAN, "/pengaturan/semua"
        if match := _EDITION.fullmatch(subject):
            return self._report(match[1], match[2])
        if match := _CORRECTION.fullmatch(subject):
            return t("audit.about_correction", number=match[1]), Page.DATA, CORRECTIONS
        if entry.action == "settings" and (key := f"audit.settings_{subject}") in catalogue():
            return t(key), Page.PENGATURAN, "/pengaturan"
        return _without_page(subject), None, ""

    def _load(self, load_id: int, row: str | None) -> tuple[str, Page, str]:
        load = self.loads.get(load_id)
        if load is None:
            return t("audit.about_load", number=load_id), Page.DATA, load_address(load_id)
        if load.year is None or load.agenda_key is None:
            name = kind_words(load.kind) if load.is_screen or load.kind == "koreksi" else load.file
            words = t("audit.about_load_of", number=load_id, name=name)
            return words + (f", {t('intake.row', row=row)}" if row else ""), Page.DATA, load_address(load_id)
        letter = t("audit.about_letter", number=letter_name(load.year, load.agenda_key))
        deed = " ".join(part for part in (_step(load), _said(load)) if part)
        address = request_address(load.year, load.agenda_key)
        return ", ".join(part for part in (letter, deed) if part), Page.PERMOHONAN, address

    def _report(self, code: str, edition: str) -> tuple[str, Page, str]:
        words = t("audit.about_edition", period=self._period(code), number=edition)
        return words, Page.LAPORAN, with_query("/laporan", periode=code, edisi=edition)

    def _period(self, code: str) -> str:
        try:
            return screen(self.office.zone).period(parse_report_period(code))
        except PantauError:
            return code


def subjects_of(office: Office, entries: Sequence[AuditEntry]) -> Subjects:
    """The subjects of these entries, whose loads are read in one go."""
    named = {int(match[1]) for entry in entries if (match := _LOAD.fullmatch(entry.subject or ""))}
    if not named:
        return Subjects(office, {})
    with reading(office.records) as connection:
        return Subjects(office, load_names(connection, named))


def things_called(office: Office, words: str, wanted: AuditFilter) -> list[tuple[str, str]]:
    """Of what the entries are about the actions and subjects that the page shows with these words."""
    with reading(office.records) as connection:
        things = things_done(connection, wanted)
    entries = [AuditEntry(0, 0, None, action, subject, None, None) for action, subject in things]
    subjects = subjects_of(office, entries)
    return [
        thing
        for thing, entry in zip(things, entries, strict=True)
        if words.casefold() in subjects.words(entry).casefold()
    ]


def _step(load: LoadName) -> str:
    return step_words(load.step) if load.step is not None else ""


def _said(load: LoadName) -> str:
    if load.said is None:
        return ""
    return t(f"audit.stamp_{load.said}") if load.step is not None else t(f"decide.deed_{load.said}")


def _without_page(subject: str) -> str:
    if match := _ROW.fullmatch(subject):
        return t("audit.about_row", kind=kind_words(match[1]), number=match[2])
    if match := _SOP_ENTRY.fullmatch(subject):
        return t("audit.about_sop", number=match[1])
    if match := _DRAFT.fullmatch(subject):
        return t("audit.about_file", page=t("laporan.nav"), file=f"{match[1]}{match[2]}")
    if subject.startswith("/"):
        page, _, file = subject[1:].partition("/")
        return t("audit.about_file", page=t(_FILES[page]), file=file) if page in _FILES else subject
    return subject
