"""The alerts that go out: each row tells one recipient of one thing, once.

A row is `waiting` until a process claims it, `claimed` while that one talks to the server, `handed` from the moment
at which the server may have got it until it has answered. A process that dies leaves a row behind: a claimed one is
tried again, of a handed one nobody knows (`unsure`), and it is not sent twice. Rows go with the access log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from data_access.records.bulk import each_as
from data_access.records.schema import notice

WEBHOOK = "webhook"
"""The recipient that is no person."""


@dataclass(frozen=True)
class Notice:
    """`recipient`: WEBHOOK, or `user:` or `code:` and the id of who is told; the address is looked up when it is sent.

    `subject` tells what it is about from anything else of its kind, `detail` what its words need.
    """

    id: int
    kind: str
    subject: str
    recipient: str
    detail: Mapping[str, Any]
    made_at: int
    due_at: int
    state: str
    tries: int
    tried_at: int | None
    answer: str | None


def put_notices(connection: Connection, rows: Iterable[tuple[str, str, str, Mapping[str, Any]]], now: int) -> int:
    """Write rows of kind, subject, recipient and detail that are not there yet; how many were new."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(notice).on_conflict_do_nothing().returning(notice.c.id)
    names = ("kind", "subject", "recipient", "detail")
    values = [{**dict(zip(names, row, strict=True)), "made_at": now, "due_at": now} for row in rows]
    return sum(len(connection.execute(statement.values(row)).all()) for row in values)


def known_notices(connection: Connection, kinds: Iterable[str], since: int) -> set[tuple[str, str, str]]:
    """Kind, subject and recipient of the rows made since that moment."""
    columns = notice.c.kind, notice.c.subject, notice.c.recipient
    rows = connection.execute(select(*columns).where(notice.c.kind.in_(list(kinds)), notice.c.made_at >= since))
    return {(row.kind, row.subject, row.recipient) for row in rows}


def claim(connection: Connection, now: int, lease_seconds: int, most: int, kind: str | None = None) -> list[Notice]:
    """Take up to `most` due rows of one recipient and one kind, the oldest; of two processes one gets a row. What was
    tried together is tried again together, without newer rows.

    Rows that a process claimed or handed over longer ago than the lease, and never finished, are settled first.
    """
    _settle_abandoned(connection, now - lease_seconds)
    is_due = (notice.c.state == "waiting") & (notice.c.due_at <= now)
    if kind is not None:
        is_due &= notice.c.kind == kind
    shared = notice.c.kind, notice.c.recipient, notice.c.tries, notice.c.tried_at
    first = connection.execute(select(*shared).where(is_due).order_by(notice.c.id)).first()
    if first is None:
        return []
    same = and_(is_due, *(column.is_not_distinct_from(value) for column, value in zip(shared, first, strict=True)))
    ids = select(notice.c.id).where(same).order_by(notice.c.id).limit(most)
    taken = update(notice).where(notice.c.id.in_(ids), notice.c.state == "waiting")
    values = {"state": "claimed", "tries": notice.c.tries + 1, "tried_at": now}
    return sorted(each_as(connection, taken.values(values).returning(notice), Notice), key=lambda row: row.id)


def _settle_abandoned(connection: Connection, before: int) -> None:
    for left, becomes in (("claimed", "waiting"), ("handed", "unsure")):
        abandoned = (notice.c.state == left) & (notice.c.tried_at < before)
        connection.execute(update(notice).where(abandoned).values(state=becomes))


def move(connection: Connection, rows: Sequence[Notice], state: str, to: str, **values: Any) -> bool:
    """Bring claimed rows from one state to another; False, and nothing is changed, when somebody else has them."""
    mine = notice.c.id.in_([row.id for row in rows]) & (notice.c.state == state) & (notice.c.tries == rows[0].tries)
    held = connection.execute(select(notice.c.id).where(mine).with_for_update()).all()
    if len(held) != len(rows):
        return False
    connection.execute(update(notice).where(mine).values(state=to, **values))
    return True


def forget_notices_before(connection: Connection, at: int) -> int:
    """Drop the rows made before that moment, whatever became of them; how many."""
    return connection.execute(delete(notice).where(notice.c.made_at < at)).rowcount


def recent_notices(connection: Connection, limit: int) -> list[Notice]:
    """The newest rows."""
    return each_as(connection, select(notice).order_by(notice.c.id.desc()).limit(limit), Notice)


def is_any_due(connection: Connection, now: int, lease_seconds: int) -> bool:
    """Whether `claim` has anything to do."""
    is_due = (notice.c.state == "waiting") & (notice.c.due_at <= now)
    is_left = notice.c.state.in_(("claimed", "handed")) & (notice.c.tried_at < now - lease_seconds)
    return connection.execute(select(notice.c.id).where(is_due | is_left).limit(1)).first() is not None
