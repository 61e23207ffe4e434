"""What the office decided: versions of the settings and of the SOP, and reports as they were published.

All are added and read, never changed and never deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, select

from data_access.records.access import note_action
from data_access.records.bulk import each_as, first_as, insert_row
from data_access.records.schema import load, published_report, setting_version, sop_version, user


@dataclass(frozen=True)
class SettingVersion:
    """One version of the settings as a JSON-able document."""

    id: int
    at: int
    actor: str | None
    reason: str | None
    document: Mapping[str, Any]


def current_settings(connection: Connection, up_to: int | None = None) -> SettingVersion | None:
    """The version in force, of those `up_to` that one; None while the shipped settings were never changed."""
    newest = select(setting_version).order_by(setting_version.c.id.desc()).limit(1)
    known = newest if up_to is None else newest.where(setting_version.c.id <= up_to)
    return first_as(connection, known, SettingVersion)


@dataclass(frozen=True)
class Edit:
    """What the audit says of an edit of the settings, beside its version: what was done, to what, and more of it."""

    subject: str
    action: str = "settings"
    detail: Mapping[str, Any] = field(default_factory=dict)


def save_settings(
    connection: Connection,
    document: Mapping[str, Any],
    *,
    at: int,
    actor: str | None = None,
    reason: str | None = None,
    edit: Edit | None = None,
) -> int:
    """Put a new version in force and return its number; `edit` None: all of the settings were given."""
    number = insert_row(connection, setting_version, document=dict(document), at=at, actor=actor, reason=reason)
    if edit is None:
        note_action(connection, "settings_version", at=at, actor=actor, subject=f"version {number}")
    else:
        detail = {**edit.detail, "version": number}
        note_action(connection, edit.action, at=at, actor=actor, subject=edit.subject, detail=detail)
    return number


def settings_history(connection: Connection, most: int | None = None) -> list[SettingVersion]:
    """Every version, the newest first; with `most` only so many."""
    newest = select(setting_version).order_by(setting_version.c.id.desc()).limit(most)
    return each_as(connection, newest, SettingVersion)


@dataclass(frozen=True)
class Beginnings:
    """How far an office has come on its first days: users who may sign in, and loads of any kind, screens included."""

    users: int
    loads: int


def beginnings(connection: Connection) -> Beginnings:
    """Of these records, in one question."""
    users = select(func.count()).select_from(user).where(user.c.is_active).scalar_subquery()
    loads = select(func.count()).select_from(load).scalar_subquery()
    return Beginnings(*connection.execute(select(users, loads)).one())


@dataclass(frozen=True)
class SopEntry:
    """One version as it was entered: when, by whom and why; `effective_on` in days since 1970-01-01."""

    id: int
    at: int
    actor: str
    reason: str
    effective_on: int
    document: Mapping[str, Any]


def sop_entries(connection: Connection) -> list[SopEntry]:
    """Every version entered, in the order of entry; of two with the same date the later is in force."""
    return each_as(connection, select(sop_version).order_by(sop_version.c.id), SopEntry)


def add_sop_entry(
    connection: Connection, document: Mapping[str, Any], effective_on: date, *, at: int, actor: str, reason: str
) -> int:
    """Keep one more version and return its number."""
    values = {"document": dict(document), "effective_on": effective_on, "at": at, "actor": actor, "reason": reason}
    return insert_row(connection, sop_version, **values)


@dataclass(frozen=True)
class PublishedReport:
    """One edition, without its document. `first_on` and `last_on` are days since 1970; `replaces_id`: the edition
    before."""

    id: int
    period: str
    edition: int
    first_on: int
    last_on: int
    published_at: int
    actor: str
    reason: str | None
    replaces_id: int | None

    @property
    def number(self) -> str:
        """How it is named: period and edition."""
        return f"{self.period}/{self.edition}"


@dataclass(frozen=True)
class LoadSince:
    """One load that came after a report: what was loaded, undone, or put right on a page."""

    id: int
    file: str
    kind: str
    undoes_load_id: int | None


def published_reports(connection: Connection) -> list[PublishedReport]:
    """Every edition, the newest first."""
    return each_as(connection, _heads().order_by(published_report.c.id.desc()), PublishedReport)


def newest_edition(connection: Connection, period: str) -> PublishedReport | None:
    """The edition of a period that is in force; None while none was published."""
    newest = _heads().where(published_report.c.period == period).order_by(published_report.c.edition.desc()).limit(1)
    return first_as(connection, newest, PublishedReport)


def report_by_id(connection: Connection, report_id: int) -> PublishedReport | None:
    """One edition."""
    return first_as(connection, _heads().where(published_report.c.id == report_id), PublishedReport)


def report_document(connection: Connection, report_id: int) -> Mapping[str, Any]:
    """The document of an edition, as it was published; KeyError when there is none."""
    statement = select(published_report.c.document).where(published_report.c.id == report_id)
    document: Mapping[str, Any] | None = connection.execute(statement).scalar_one_or_none()
    if document is None:
        raise KeyError(report_id)
    return document


def report_file(connection: Connection, report_id: int) -> bytes | None:
    """The PDF of an edition, byte for byte as it was published."""
    statement = select(published_report.c.pdf).where(published_report.c.id == report_id)
    content = connection.execute(statement).scalar_one_or_none()
    return None if content is None else bytes(content)


def add_report(connection: Connection, *, document: Mapping[str, Any], pdf: bytes, **head: Any) -> int:
    """Keep an edition for good and return its id; inside `one_load`, after `newest_edition` was asked there.

    `head`: the columns of PublishedReport but its id; the days also as dates.
    """
    content = {"document": dict(document), "pdf": pdf, "pdf_sha256": hashlib.sha256(pdf).hexdigest()}
    return insert_row(connection, published_report, **head, **content)


def loads_since(connection: Connection, load_id: int) -> list[LoadSince]:
    """The loads after that one, in their order."""
    columns = [load.c[field.name] for field in fields(LoadSince)]
    return each_as(connection, select(*columns).where(load.c.id > load_id).order_by(load.c.id), LoadSince)


def _heads() -> Select[Any]:
    return select(*(published_report.c[field.name] for field in fields(PublishedReport)))
