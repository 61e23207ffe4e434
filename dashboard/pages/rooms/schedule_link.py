"""A user's own secret link to the schedule: made, renewed, shut."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from dashboard.access.devices import token_hash
from data_access.records import reading, writing
from data_access.records.access.devices import add_calendar_link, calendar_link_since, revoke_calendar_link

if TYPE_CHECKING:
    from etl.office import Office


def new_link(office: Office, user_id: int, base_url: str, now: int) -> str:
    """A new link, shown this once; the one before stops working."""
    token = secrets.token_urlsafe(32)
    with writing(office.records) as connection:
        add_calendar_link(connection, user_id, token_hash(token), now)
    return f"{base_url.rstrip('/')}/kalender/{token}.ics"


def revoke_link(office: Office, user_id: int, now: int) -> None:
    """Shut the user's link."""
    with writing(office.records) as connection:
        revoke_calendar_link(connection, user_id, now)


def link_since(office: Office, user_id: int) -> int | None:
    """When the user's link was made; None when there is none."""
    with reading(office.records) as connection:
        return calendar_link_since(connection, user_id)
