"""Sessions of users and bearers of codes, second factors, bound identities, and failed attempts to sign in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, case, delete, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from data_access.records.access import CALENDAR
from data_access.records.bulk import change_rows, each_as, first_as, insert_row, note_gone
from data_access.records.schema import failed_login, login_identity, login_session, one_time_link, second_factor, user

KEEP_SESSIONS_SECONDS = 30 * 86_400
"""So long after its begin a session is forgotten; it is over much earlier."""

MOST_FAILURE_KEYS = 50_000
"""So many keys of failed attempts are kept, the newest: a flood of attempts does not fill the disk."""

CLOCKS_DIFFER_SECONDS = 120
"""So far the clocks of two servers of one office may be apart; what lies further ahead comes of a wrong clock."""


def is_within(seconds: int, since: int, moment: int) -> bool:
    """Whether fewer seconds than that have passed since; another server's clock may be a little ahead."""
    return -CLOCKS_DIFFER_SECONDS <= moment - since < seconds


@dataclass(frozen=True)
class LoginSession:
    """One session. `user_id` or `code_id` is set; `version` is that of the user's sessions when it began (0 of a
    code): another one of the user ends it. Of the token only its hash is kept."""

    token_hash: str
    user_id: int | None
    code_id: int | None
    version: int
    begun_at: int
    seen_at: int
    browser: str | None
    address: str | None
    ended_at: int | None = None
    ended_why: str | None = None
    id: int | None = None


_BY_TOKEN = select(login_session).where(login_session.c.token_hash == bindparam("hashed"))


def session_by_token(connection: Connection, token_hash: str) -> LoginSession | None:
    """The session of that token, ended or not; asked at every request."""
    return first_as(connection, _BY_TOKEN, LoginSession, hashed=token_hash)


def keep_session(connection: Connection, session: LoginSession) -> None:
    """Add a session, once; those of long ago are forgotten."""
    old = login_session.c.begun_at < session.begun_at - KEEP_SESSIONS_SECONDS
    connection.execute(delete(login_session).where(old))
    if session_by_token(connection, session.token_hash) is None:
        insert_row(connection, login_session, **{name: kept for name, kept in vars(session).items() if name != "id"})


def note_session_seen(connection: Connection, token_hash: str, at: int) -> None:
    """Remember when its user last did something."""
    mine = login_session.c.token_hash == token_hash
    connection.execute(update(login_session).where(mine).values(seen_at=at))


def end_session(connection: Connection, session: LoginSession, at: int, why: str) -> None:
    """End a session, also one that could not be written when it began; the first end stays."""
    keep_session(connection, session)
    mine = (login_session.c.token_hash == session.token_hash) & login_session.c.ended_at.is_(None)
    connection.execute(update(login_session).where(mine).values(ended_at=at, ended_why=why))


def end_all_sessions(connection: Connection, user_id: int, at: int, why: str) -> None:
    """End every session of a user, also those that are not written yet."""
    mine = (login_session.c.user_id == user_id) & login_session.c.ended_at.is_(None)
    connection.execute(update(login_session).where(mine).values(ended_at=at, ended_why=why))
    change_rows(connection, user, user.c.id == user_id, session_version=user.c.session_version + 1)


def end_all_access(connection: Connection, at: int, why: str) -> None:
    """End every session, void what devices are known by, and use up every link that works once."""
    is_open = login_session.c.ended_at.is_(None)
    connection.execute(update(login_session).where(is_open).values(ended_at=at, ended_why=why))
    change_rows(connection, user, true(), session_version=user.c.session_version + 1)
    unused = one_time_link.c.used_at.is_(None) & (one_time_link.c.purpose != CALENDAR)
    change_rows(connection, one_time_link, unused, used_at=at)


def open_sessions(connection: Connection, user_id: int) -> list[LoginSession]:
    """The sessions of a user that nothing has ended, the one last seen first; some of them may be over by time."""
    is_open = login_session.c.ended_at.is_(None) & (login_session.c.version == user.c.session_version)
    mine = select(login_session).join(user, user.c.id == login_session.c.user_id).where(is_open)
    newest = login_session.c.seen_at.desc(), login_session.c.id.desc()
    return each_as(connection, mine.where(login_session.c.user_id == user_id).order_by(*newest), LoginSession)


@dataclass(frozen=True)
class SecondFactor:
    """The one-time codes of a user: in force once `confirmed_at` is set. `last_step` is the number of the newest
    time step whose code was used, `recovery` holds the hashes of the recovery codes that are left."""

    user_id: int
    nonce: str
    confirmed_at: int | None
    last_step: int
    recovery: Sequence[str]


def second_factor_of(connection: Connection, user_id: int, *, hold: bool = False) -> SecondFactor | None:
    """The one-time codes of a user, confirmed or not; `hold`: nobody else changes them until the transaction ends."""
    mine = select(second_factor).where(second_factor.c.user_id == user_id)
    return first_as(connection, mine.with_for_update() if hold else mine, SecondFactor)


def users_with_second_factor(connection: Connection) -> set[int]:
    """Who is asked for a one-time code."""
    confirmed = second_factor.c.confirmed_at.is_not(None)
    return set(connection.execute(select(second_factor.c.user_id).where(confirmed)).scalars())


def put_second_factor(connection: Connection, factor: SecondFactor) -> None:
    """Write the one-time codes of a user in place of those before."""
    remove_second_factor(connection, factor.user_id)
    insert_row(connection, second_factor, **vars(factor))


def note_step_used(connection: Connection, user_id: int, step: int) -> None:
    """Remember the newest time step whose code was used."""
    change_rows(connection, second_factor, second_factor.c.user_id == user_id, last_step=step)


def remove_second_factor(connection: Connection, user_id: int) -> bool:
    """Drop the one-time codes of a user; whether there were any."""
    mine = second_factor.c.user_id == user_id
    gone = connection.execute(delete(second_factor).where(mine)).rowcount > 0
    note_gone(connection, second_factor, [user_id] if gone else [])
    return gone


@dataclass(frozen=True)
class Identity:
    """A person at a provider of identities, by the provider's address and the hash of what it calls that person."""

    issuer: str
    subject_hash: str


def user_of_identity(connection: Connection, identity: Identity) -> int | None:
    """The id of the user to whom that person is bound; None while it is bound to nobody."""
    bound = select(login_identity.c.user_id).filter_by(**vars(identity))
    return connection.execute(bound).scalar()


def bind_identity(connection: Connection, user_id: int, identity: Identity, at: int) -> bool:
    """Bind a person to a user; False when either is bound already."""
    try:
        with connection.begin_nested():
            insert_row(connection, login_identity, user_id=user_id, bound_at=at, **vars(identity))
    except IntegrityError:
        return False
    return True


def is_bound(connection: Connection, user_id: int, issuer: str) -> bool:
    """Whether a user is bound to a person at that provider."""
    mine = select(login_identity.c.id).filter_by(user_id=user_id, issuer=issuer)
    return connection.execute(mine).first() is not None


def bound_users(connection: Connection) -> dict[int, int]:
    """By user who is bound to a person at a provider since when."""
    newest = select(login_identity.c.user_id, login_identity.c.bound_at).order_by(login_identity.c.bound_at)
    return {row.user_id: row.bound_at for row in connection.execute(newest)}


def unbind_identities(connection: Connection, user_id: int) -> bool:
    """Drop who a user is at any provider; whether there was anything."""
    mine = delete(login_identity).where(login_identity.c.user_id == user_id)
    ids = connection.execute(mine.returning(login_identity.c.id)).scalars().all()
    note_gone(connection, login_identity, ids)
    return bool(ids)


@dataclass(frozen=True)
class Failures:
    """How many attempts failed since the first of them, under one key."""

    failures: int
    since_at: int


def failures_of(connection: Connection, keys: Iterable[str]) -> dict[str, Failures]:
    """The failures of those keys that have any."""
    kept = failed_login.c
    rows = connection.execute(select(failed_login).where(kept.key.in_(list(keys))))
    return {row.key: Failures(row.failures, row.since_at) for row in rows}


def add_failures(connection: Connection, failures: Mapping[str, Failures], moment: int, window_seconds: int) -> None:
    """Add failures to those of their keys, unless these began before the window or, the clock put back, after now."""
    dialect, kept = sqlite if connection.dialect.name == "sqlite" else postgresql, failed_login.c
    for key, added in sorted(failures.items()):
        row = dialect.insert(failed_login).values(key=key, **vars(added))
        is_current = kept.since_at.between(moment - window_seconds + 1, moment + CLOCKS_DIFFER_SECONDS)
        total = case((is_current, kept.failures + added.failures), else_=added.failures)
        since = case((is_current, kept.since_at), else_=added.since_at)
        changed = {"failures": total, "since_at": since}
        connection.execute(row.on_conflict_do_update(index_elements=["key"], set_=changed))


def forget_failures(connection: Connection, keys: Iterable[str]) -> None:
    """Drop the failures of those keys."""
    connection.execute(delete(failed_login).where(failed_login.c.key.in_(list(keys))))


def prune_failures(connection: Connection, before: int) -> None:
    """Drop the failures whose first is older, and the oldest of those that are too many."""
    connection.execute(delete(failed_login).where(failed_login.c.since_at < before))
    newest = select(failed_login.c.since_at).order_by(failed_login.c.since_at.desc())
    oldest_kept = connection.execute(newest.offset(MOST_FAILURE_KEYS - 1).limit(1)).scalar()
    if oldest_kept is not None:
        connection.execute(delete(failed_login).where(failed_login.c.since_at < oldest_kept))
