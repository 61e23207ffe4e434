"""What was said on screens: each entry once by the id that its screen gave it, with the role behind it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, select

from data_access.records.bulk import insert_rows
from data_access.records.schema import load, screen_entry


@dataclass(frozen=True)
class ScreenEntry:
    """One entry of a screen: what it was, who said it in which role, when the server took it, in which load."""

    client_id: str
    kind: str
    actor: str
    role: str
    at: int
    load_id: int


def entry_of(connection: Connection, client_id: str) -> ScreenEntry | None:
    """The entry that a screen gave under that id, also of a load undone since; None when it is new."""
    columns = (screen_entry.c.client_id, load.c.kind, load.c.actor, screen_entry.c.role, load.c.started_at)
    statement = (
        select(*columns, load.c.id)
        .join_from(screen_entry, load, load.c.id == screen_entry.c.load_id)
        .where(screen_entry.c.client_id == client_id)
    )
    row = connection.execute(statement).first()
    return None if row is None else ScreenEntry(*row)


def add_entry(connection: Connection, client_id: str, load_id: int, role: str) -> None:
    """Remember the id of an entry; only inside `one_load`, where `entry_of` was asked before."""
    frame = pd.DataFrame({"client_id": [client_id], "load_id": load_id, "role": [role]})
    insert_rows(connection, screen_entry, frame)


def roles_of_loads(connection: Connection, load_ids: list[int]) -> dict[int, str]:
    """By load the role in which it was said on a screen; other loads are left out."""
    statement = select(screen_entry.c.load_id, screen_entry.c.role).where(screen_entry.c.load_id.in_(load_ids))
    return {int(load_id): role for load_id, role in connection.execute(statement)}
