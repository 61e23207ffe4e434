"""The settings, whole, and the versions of the SOP entered on a page: the newest in force, the earlier readable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from data_access.records.schema import setting_version, sop_version


@dataclass(frozen=True)
class SettingVersion:
    """One version of the settings as a JSON-able document."""

    id: int
    at: int
    actor: str | None
    reason: str | None
    document: Mapping[str, Any]


def current_settings(connection: Connection) -> SettingVersion | None:
    """The version in force; None while the shipped settings were never changed."""
    newest = select(setting_version).order_by(setting_version.c.id.desc()).limit(1)
    row = connection.execute(newest).first()
    return None if row is None else SettingVersion(**row._mapping)


def save_settings(
    connection: Connection,
    document: Mapping[str, Any],
    *,
    at: int,
    actor: str | None = None,
    reason: str | None = None,
) -> int:
    """Put a new version in force and return its number."""
    values = {"document": dict(document), "at": at, "actor": actor, "reason": reason}
    result = connection.execute(insert(setting_version).values(values).returning(setting_version.c.id))
    return int(result.scalar_one())


def settings_history(connection: Connection) -> list[SettingVersion]:
    """Every version, the newest first."""
    rows = connection.execute(select(setting_version).order_by(setting_version.c.id.desc()))
    return [SettingVersion(**row._mapping) for row in rows]


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
    rows = connection.execute(select(sop_version).order_by(sop_version.c.id))
    return [SopEntry(**row._mapping) for row in rows]


def add_sop_entry(
    connection: Connection, document: Mapping[str, Any], effective_on: date, *, at: int, actor: str, reason: str
) -> int:
    """Keep one more version and return its number."""
    values = {"document": dict(document), "effective_on": effective_on, "at": at, "actor": actor, "reason": reason}
    result = connection.execute(insert(sop_version).values(values).returning(sop_version.c.id))
    return int(result.scalar_one())
