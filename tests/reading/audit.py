"""What the audit of an office holds."""

from __future__ import annotations

from sqlalchemy import Connection

from data_access.records.access import AuditEntry, AuditFilter, actions_page


def recent_actions(connection: Connection, limit: int = 200) -> list[AuditEntry]:
    """The newest entries, the newest first."""
    return actions_page(connection, AuditFilter(), limit)
