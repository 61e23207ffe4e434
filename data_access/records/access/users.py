"""People who may log in, and when each last looked at the summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from data_access.records.faults import RecordsError
from data_access.records.schema import ROLES, last_visit, user


@dataclass(frozen=True)
class User:
    """One person. `opd` is set for the role `opd` only; `session_version` makes older sessions void."""

    id: int
    name: str
    role: str
    opd: str | None
    password_hash: str | None
    is_active: bool
    is_demo: bool
    created_at: int
    last_seen_at: int | None
    session_version: int


class UserRefusedError(RecordsError):
    """The name is taken, the role is unknown, or the OPD does not fit the role."""


def add_user(
    connection: Connection,
    name: str,
    role: str,
    *,
    created_at: int,
    opd: str | None = None,
    password_hash: str | None = None,
    is_demo: bool = False,
) -> int:
    """Add a person and return the id; names differ by more than case. Raises UserRefusedError."""
    _check(role, opd)
    values = {"name": _plain(name), "role": role, "opd": opd, "created_at": created_at}
    statement = insert(user).values(password_hash=password_hash, is_demo=is_demo, **values)
    try:
        with connection.begin_nested():
            return int(connection.execute(statement.returning(user.c.id)).scalar_one())
    except IntegrityError:
        raise UserRefusedError("access.user_taken", name=_plain(name)) from None


def user_by_name(connection: Connection, name: str) -> User | None:
    """The person of that name, whatever its case."""
    return _user(connection.execute(select(user).where(user.c.name == _plain(name))).first())


def user_by_id(connection: Connection, user_id: int) -> User | None:
    """The person of that id."""
    return _user(connection.execute(select(user).where(user.c.id == user_id)).first())


def all_users(connection: Connection) -> list[User]:
    """Everybody, by name."""
    return [User(**row._mapping) for row in connection.execute(select(user).order_by(user.c.name))]


def has_users(connection: Connection) -> bool:
    """Whether anybody may log in yet; until then the first administrator is made through a one-time link."""
    return connection.execute(select(func.count()).where(user.c.is_active)).scalar_one() > 0


def set_password(connection: Connection, user_id: int, password_hash: str) -> None:
    """Give a new password; sessions begun with the old one end."""
    _change(connection, user_id, password_hash=password_hash, session_version=user.c.session_version + 1)


def set_role(connection: Connection, user_id: int, role: str, opd: str | None = None) -> None:
    """Give another role; running sessions end. Raises UserRefusedError."""
    _check(role, opd)
    _change(connection, user_id, role=role, opd=opd, session_version=user.c.session_version + 1)


def set_active(connection: Connection, user_id: int, is_active: bool) -> None:
    """Let a person in or keep them out; running sessions end."""
    _change(connection, user_id, is_active=is_active, session_version=user.c.session_version + 1)


def note_seen(connection: Connection, user_id: int, at: int) -> None:
    """Remember when the person was last here."""
    _change(connection, user_id, last_seen_at=at)


def _change(connection: Connection, user_id: int, **values: Any) -> None:
    connection.execute(update(user).where(user.c.id == user_id).values(values))


def _check(role: str, opd: str | None) -> None:
    if role not in ROLES:
        raise UserRefusedError("access.role_unknown", role=role, roles=ROLES)
    if (role == "opd") != (opd is not None):
        raise UserRefusedError("access.opd_of_role")


def _plain(name: str) -> str:
    return name.strip().casefold()


def _user(row: Row[Any] | None) -> User | None:
    return None if row is None else User(**row._mapping)


ONE_VISIT_SECONDS = 1_800
"""Looks that lie closer together than this are one visit."""


def begin_visit(connection: Connection, user_id: int, at: int) -> int | None:
    """Note a look; when the visit before this one ended, None at the very first."""
    visit = connection.execute(select(last_visit).where(last_visit.c.user_id == user_id)).first()
    if visit is None:
        connection.execute(insert(last_visit).values(user_id=user_id, seen_at=at, since_at=None))
        return None
    is_new = at - visit.seen_at > ONE_VISIT_SECONDS
    since = visit.seen_at if is_new else visit.since_at
    seen = update(last_visit).where(last_visit.c.user_id == user_id)
    connection.execute(seen.values(seen_at=max(at, visit.seen_at), since_at=since))
    return int(since) if since is not None else None
