"""Secret links to the rooms' schedule, one a user.

They are kept among the links of `devices`, under a purpose of their own. Unlike the others they work any number of
times and without an end; `used_at` is when one was revoked.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from data_access.records.access.devices import add_link
from data_access.records.schema import one_time_link

PURPOSE = "calendar"
_NEVER = 2**40


def add_calendar_link(connection: Connection, user_id: int, token_hash: str, now: int) -> None:
    """Give the user a link; the one before is revoked."""
    add_link(connection, PURPOSE, token_hash, created_at=now, expires_at=_NEVER, user_id=user_id)


def calendar_link_since(connection: Connection, user_id: int) -> int | None:
    """When the user's link was made; None when there is none in force."""
    link = one_time_link.c
    mine = (link.purpose == PURPOSE) & (link.user_id == user_id) & link.used_at.is_(None)
    return connection.execute(select(link.created_at).where(mine).order_by(link.id.desc())).scalars().first()


def revoke_calendar_link(connection: Connection, user_id: int, now: int) -> None:
    """Shut the user's link, at once."""
    link = one_time_link.c
    mine = (link.purpose == PURPOSE) & (link.user_id == user_id) & link.used_at.is_(None)
    connection.execute(update(one_time_link).where(mine).values(used_at=now))


def user_of_calendar_link(connection: Connection, token_hash: str) -> int | None:
    """Whose link this is; None when there is no such link in force."""
    link = one_time_link.c
    known = (link.purpose == PURPOSE) & (link.token_hash == token_hash) & link.used_at.is_(None)
    return connection.execute(select(link.user_id).where(known)).scalars().first()
