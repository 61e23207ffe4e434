"""Versions of the SOP entered on a page; they are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from data_access.records.schema import sop_version


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
