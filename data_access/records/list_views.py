"""How somebody looks at the list of requests: views kept under a name, and the columns that are usual for a person.

They are of one user, tell nothing of any letter, and change as that user likes: the chain does not cover them.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from data_access.records.schema import list_view

_USUAL = ""
"""The name of the row that holds a user's columns."""

MOST_VIEWS = 50
"""Views that one user can keep."""


@dataclass(frozen=True)
class ListView:
    """A view of the list: what stands in its address after `?`."""

    name: str
    query: str


def kept_views(connection: Connection, user_id: int) -> list[ListView]:
    """A user's views by name."""
    rows = connection.execute(
        select(list_view.c.name, list_view.c.query)
        .where(list_view.c.user_id == user_id, list_view.c.name != _USUAL)
        .order_by(func.lower(list_view.c.name), list_view.c.name)
    )
    return [ListView(row.name, row.query) for row in rows]


def usual_query(connection: Connection, user_id: int) -> str:
    """The columns that a user has chosen, as an address holds them; empty for none."""
    own = (list_view.c.user_id == user_id) & (list_view.c.name == _USUAL)
    return connection.execute(select(list_view.c.query).where(own)).scalar() or ""


def keep_usual(connection: Connection, user_id: int, query: str) -> None:
    """Remember these columns as a user's own."""
    keep_view(connection, user_id, _USUAL, query)


def keep_view(connection: Connection, user_id: int, name: str, query: str) -> None:
    """Keep a view under a name; one of that name becomes this one."""
    own = (list_view.c.user_id == user_id) & (list_view.c.name == name)
    if not connection.execute(update(list_view).where(own).values(query=query)).rowcount:
        connection.execute(list_view.insert().values(user_id=user_id, name=name, query=query))


def rename_view(connection: Connection, user_id: int, name: str, new: str) -> bool:
    """Give a view another name; False where there is none of the old one."""
    own = (list_view.c.user_id == user_id) & (list_view.c.name == name)
    return bool(connection.execute(update(list_view).where(own).values(name=new)).rowcount)


def remove_view(connection: Connection, user_id: int, name: str) -> bool:
    """Forget a view; False where there is none of that name."""
    own = (list_view.c.user_id == user_id) & (list_view.c.name == name)
    return bool(connection.execute(delete(list_view).where(own)).rowcount)
