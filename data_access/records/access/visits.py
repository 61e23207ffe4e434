"""When a person last looked at the summary."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from data_access.records.schema import last_visit

ONE_VISIT_SECONDS = 1_800
"""Looks that lie closer together than this are one visit."""


def begin_visit(connection: Connection, user_id: int, at: int) -> int | None:
    """Note a look; when the visit before this one ended, None at the very first."""
    found = connection.execute(select(last_visit).where(last_visit.c.user_id == user_id)).first()
    if found is None:
        connection.execute(insert(last_visit).values(user_id=user_id, seen_at=at, since_at=None))
        return None
    is_new = at - found.seen_at > ONE_VISIT_SECONDS
    since = found.seen_at if is_new else found.since_at
    seen = update(last_visit).where(last_visit.c.user_id == user_id)
    connection.execute(seen.values(seen_at=max(at, found.seen_at), since_at=since))
    return int(since) if since is not None else None
