"""Who did or saw what, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from data_access.records.schema import audit

REJECTS_DONE, REJECTS_OPEN = "rejects_done", "rejects_open"
"""What a person says of the rejected rows of a load: done with, or again to be repaired. The newest word is in force,
so it outlives the retention of the rest."""


@dataclass(frozen=True)
class AuditEntry:
    """One entry of the access log; `subject` names what was touched, `address` where from."""

    id: int
    at: int
    actor: str | None
    action: str
    subject: str | None
    detail: Mapping[str, Any] | None
    address: str | None


def note_action(
    connection: Connection,
    action: str,
    *,
    at: int,
    actor: str | None = None,
    subject: str | None = None,
    detail: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> None:
    """Add one entry."""
    who = {"at": at, "actor": actor, "address": address}
    what = {"action": action, "subject": subject, "detail": None if detail is None else dict(detail)}
    connection.execute(insert(audit).values(**who, **what))


def recent_actions(connection: Connection, limit: int = 200) -> list[AuditEntry]:
    """The newest entries first."""
    rows = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(limit))
    return [AuditEntry(**row._mapping) for row in rows]


def forget_actions_before(connection: Connection, at: int) -> int:
    """Drop entries older than the retention allows, but not what is in force; returns how many."""
    passes = audit.c.action.not_in((REJECTS_DONE, REJECTS_OPEN))
    return connection.execute(delete(audit).where(audit.c.at < at, passes)).rowcount
