"""Who gets in: people, wall screens and secret links (of tokens only hashes are kept), and who did what."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from data_access.origin import ORIGIN
from data_access.records.bulk import change_rows, each_as, first_as, insert_row, keys, note_gone, written_in
from data_access.records.engine import RecordsError
from data_access.records.schema import audit, device, last_visit, one_time_link, screen_choice, user
from data_access.roles import USERS, Role


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
    email: str | None = None


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
    values = {"name": plain_name(name), "role": role, "opd": opd, "created_at": created_at}
    try:
        with connection.begin_nested():
            return insert_row(connection, user, password_hash=password_hash, is_demo=is_demo, **values)
    except IntegrityError:
        raise UserRefusedError("access.user_taken", name=plain_name(name)) from None


def user_by_name(connection: Connection, name: str) -> User | None:
    """The person of that name, whatever its case."""
    return first_as(connection, select(user).where(user.c.name == plain_name(name)), User)


def users_by_email(connection: Connection, email: str) -> list[User]:
    """Who is called so, else everybody whose address for alerts it is, whatever its case.

    An administrator gives the name; the address was once everybody's own to write.
    """
    named = user_by_name(connection, email)
    addressed = select(user).where(func.lower(user.c.email) == plain_name(email))
    return [named] if named is not None else each_as(connection, addressed, User)


_USER_BY_ID = select(user).where(user.c.id == bindparam("user_id"))


def user_by_id(connection: Connection, user_id: int) -> User | None:
    """The person of that id; asked at every request."""
    return first_as(connection, _USER_BY_ID, User, user_id=user_id)


def all_users(connection: Connection) -> list[User]:
    """Everybody, by name."""
    return each_as(connection, select(user).order_by(user.c.name), User)


def hold_admins(connection: Connection) -> list[int]:
    """The ids of the administrators that may sign in. Nobody else can change them until the transaction ends."""
    active = (user.c.role == Role.ADMIN.value) & user.c.is_active
    return list(connection.execute(select(user.c.id).where(active).order_by(user.c.id).with_for_update()).scalars())


def has_users(connection: Connection) -> bool:
    """Whether anybody may log in yet; until then the first administrator is made through a one-time link."""
    return connection.execute(select(func.count()).where(user.c.is_active)).scalar_one() > 0


def set_password(connection: Connection, user_id: int, password_hash: str) -> None:
    """Give a new password; sessions begun with the old one end, and so do unused links for another."""
    _end_password_links(connection, user_id)
    _change(connection, user_id, password_hash=password_hash, session_version=user.c.session_version + 1)


def set_role(connection: Connection, user_id: int, role: str, opd: str | None = None) -> None:
    """Give another role; running sessions end. Raises UserRefusedError."""
    _check(role, opd)
    _change(connection, user_id, role=role, opd=opd, session_version=user.c.session_version + 1)


def set_active(connection: Connection, user_id: int, is_active: bool) -> None:
    """Let a person in or keep them out; running sessions and unused links for a password end."""
    _end_password_links(connection, user_id)
    _change(connection, user_id, is_active=is_active, session_version=user.c.session_version + 1)


def set_email(connection: Connection, user_id: int, email: str | None) -> None:
    """Give the address to which alerts for that person go; None: they get none."""
    _change(connection, user_id, email=email)


def note_seen(connection: Connection, user_id: int, at: int) -> None:
    """Remember when the person was last here."""
    _change(connection, user_id, last_seen_at=at)


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


@dataclass(frozen=True)
class Device:
    """One wall screen; revoked when `revoked_at` is set.

    `last_seen_at`: it asked for anything; `heartbeat_at`: its page painted and said so, with its `build`, its
    `viewport` ("1920×1080") and the `error_count` of its scripts so far.
    """

    id: int
    label: str
    token_hash: str
    created_at: int
    created_by: str | None
    revoked_at: int | None
    last_seen_at: int | None
    user_agent: str | None
    heartbeat_at: int | None
    build: str | None
    viewport: str | None
    error_count: int
    last_error: str | None
    last_error_at: int | None


@dataclass(frozen=True)
class ScreenChoice:
    """What a screen shows: its language, the views that take turns, the rooms; what is empty is as on every other."""

    language: str | None = None
    views: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()


def add_screen_choice(connection: Connection, device_id: int, choice: ScreenChoice, at: int) -> None:
    """From now on the screen shows this."""
    chosen = {"language": choice.language, "views": json.dumps(choice.views), "rooms": json.dumps(choice.rooms)}
    insert_row(connection, screen_choice, device_id=device_id, chosen_at=at, **chosen)


def screen_choices(connection: Connection, device_id: int | None = None) -> dict[int, ScreenChoice]:
    """What screens show, one or all for which it was ever chosen."""
    rows = select(screen_choice).order_by(screen_choice.c.id)
    if device_id is not None:
        rows = rows.where(screen_choice.c.device_id == device_id)
    return {
        row.device_id: ScreenChoice(row.language, tuple(json.loads(row.views)), tuple(json.loads(row.rooms)))
        for row in connection.execute(rows)
    }


_SCREEN = "screen:"
"""How the purpose of a screen's links begins; the screen's id follows."""


def add_device(
    connection: Connection, label: str, token_hash: str, *, created_at: int, created_by: str | None = None
) -> int:
    """Add a screen and return its id."""
    values = {"label": label, "token_hash": token_hash, "created_at": created_at, "created_by": created_by}
    return insert_row(connection, device, **values)


_DEVICE_BY_TOKEN = select(device).where(device.c.token_hash == bindparam("hashed"), device.c.revoked_at.is_(None))


def device_by_token(connection: Connection, token_hash: str) -> Device | None:
    """The screen that holds this token and was not revoked; asked at every request of a screen."""
    return first_as(connection, _DEVICE_BY_TOKEN, Device, hashed=token_hash)


def add_screen_link(connection: Connection, device_id: int, token_hash: str, now: int) -> None:
    """The link by which one browser becomes this screen, without an end; an earlier one that nobody used ends."""
    add_link(connection, f"{_SCREEN}{device_id}", token_hash, created_at=now, expires_at=_NEVER)


def bind_screen(connection: Connection, link_hash: str, token_hash: str, now: int) -> Device | None:
    """Use a screen's link up: from now on the screen is who holds this other token, alone. None when the link is no
    screen's, was used, or its screen was revoked."""
    purpose = _purpose_of_screen_link(connection, link_hash)
    if purpose is None:
        # A screen of the time when its link's token was its cookie too, and that was never opened.
        unopened: ColumnElement[bool] = (device.c.token_hash == link_hash) & device.c.last_seen_at.is_(None)
    elif use_link(connection, purpose, link_hash, now) is not None:
        unopened = device.c.id == int(purpose.removeprefix(_SCREEN))
    else:
        return None
    is_open = unopened & device.c.revoked_at.is_(None)
    change_rows(connection, device, is_open, token_hash=token_hash)
    return device_by_token(connection, token_hash)


def is_screen_link(connection: Connection, link_hash: str) -> bool:
    """Whether this is a link of a screen, used or not."""
    is_new = _purpose_of_screen_link(connection, link_hash) is not None
    return is_new or device_by_token(connection, link_hash) is not None


def _purpose_of_screen_link(connection: Connection, link_hash: str) -> str | None:
    link = one_time_link.c
    mine = (link.token_hash == link_hash) & link.purpose.startswith(_SCREEN, autoescape=True)
    return connection.execute(select(link.purpose).where(mine)).scalar()


def all_devices(connection: Connection) -> list[Device]:
    """Every screen, the oldest first, revoked ones included."""
    return each_as(connection, select(device).order_by(device.c.id), Device)


def revoke_device(connection: Connection, device_id: int, at: int) -> None:
    """Shut a screen out; the first revocation's moment stays."""
    still_open = (device.c.id == device_id) & device.c.revoked_at.is_(None)
    change_rows(connection, device, still_open, revoked_at=at)


def note_device_seen(connection: Connection, device_id: int, at: int, user_agent: str | None = None) -> None:
    """Remember when and with which browser the screen last asked."""
    values = {"last_seen_at": at, "user_agent": user_agent}
    connection.execute(update(device).where(device.c.id == device_id).values(values))


@dataclass(frozen=True)
class Heartbeat:
    """What a wall's page tells of itself: its build, its size, script errors since it last told, and the last one."""

    build: str
    viewport: str
    errors: int
    last_error: str | None


MOST_ERRORS = 1_000_000
"""Where the count of a screen's errors stops."""


def note_heartbeat(connection: Connection, device_id: int, beat: Heartbeat, at: int, gap_seconds: int) -> bool:
    """Keep what the screen tells, unless it did so less than `gap_seconds` ago; whether it was kept.

    A heartbeat of the future was told before the server's clock was put right, and holds nothing up.
    """
    total = device.c.error_count + beat.errors
    values: dict[str, Any] = {
        "heartbeat_at": at,
        "build": beat.build,
        "viewport": beat.viewport,
        "error_count": case((total > MOST_ERRORS, MOST_ERRORS), else_=total),
    }
    if beat.errors and beat.last_error:
        values |= {"last_error": beat.last_error, "last_error_at": at}
    is_due = device.c.heartbeat_at.is_(None) | ~device.c.heartbeat_at.between(at - gap_seconds + 1, at)
    kept = update(device).where(device.c.id == device_id, device.c.revoked_at.is_(None), is_due).values(values)
    return connection.execute(kept).rowcount == 1


def add_link(
    connection: Connection,
    purpose: str,
    token_hash: str,
    *,
    created_at: int,
    expires_at: int,
    user_id: int | None = None,
) -> int:
    """Add a link that works once before `expires_at`; earlier unused ones of the same purpose and user end."""
    same_user = one_time_link.c.user_id.is_not_distinct_from(user_id)
    change_rows(connection, one_time_link, _is_in_force(purpose) & same_user, used_at=created_at)
    values = {"purpose": purpose, "token_hash": token_hash, "user_id": user_id}
    return insert_row(connection, one_time_link, created_at=created_at, expires_at=expires_at, **values)


def use_link(connection: Connection, purpose: str, token_hash: str, now: int) -> int | None:
    """Use the link up, its id; None when it does not exist, was used, or its time is over. Two at once: one wins."""
    return next(iter(change_rows(connection, one_time_link, _is_usable(purpose, token_hash, now), used_at=now)), None)


def is_link_usable(connection: Connection, purpose: str, token_hash: str, now: int) -> bool:
    """Whether `use_link` would succeed, for showing the form behind the link."""
    usable = select(one_time_link.c.id).where(_is_usable(purpose, token_hash, now))
    return connection.execute(usable).first() is not None


PASSWORD = "password"  # noqa: S105 – the name of a purpose
"""The purpose of links by which a user sets a password; the newest of a user works, once."""


def user_of_password_link(connection: Connection, token_hash: str, now: int) -> User | None:
    """The active user whose password the link would set; None when it does not exist, was used, or its time is over."""
    usable = select(one_time_link.c.user_id).where(_is_usable(PASSWORD, token_hash, now))
    return first_as(connection, select(user).where(user.c.id.in_(usable), user.c.is_active), User)


def _end_password_links(connection: Connection, user_id: int) -> None:
    """Use up what links the user has; they count as used when they were made."""
    mine = _is_in_force(PASSWORD) & (one_time_link.c.user_id == user_id)
    change_rows(connection, one_time_link, mine, used_at=one_time_link.c.created_at)


CALENDAR = "calendar"
"""The purpose of secret links to the rooms' schedule: one a user, working any number of times and without an end."""

_NEVER = 2**40


def add_calendar_link(connection: Connection, user_id: int, token_hash: str, now: int) -> None:
    """Give the user a link; the one before is revoked."""
    add_link(connection, CALENDAR, token_hash, created_at=now, expires_at=_NEVER, user_id=user_id)


def calendar_link_since(connection: Connection, user_id: int) -> int | None:
    """When the user's link was made; None when there is none in force."""
    link = one_time_link.c
    mine = _is_in_force(CALENDAR) & (link.user_id == user_id)
    return connection.execute(select(link.created_at).where(mine).order_by(link.id.desc())).scalars().first()


def revoke_calendar_link(connection: Connection, user_id: int, now: int) -> None:
    """Shut the user's link, at once."""
    mine = _is_in_force(CALENDAR) & (one_time_link.c.user_id == user_id)
    change_rows(connection, one_time_link, mine, used_at=now)


def user_of_calendar_link(connection: Connection, token_hash: str) -> int | None:
    """Whose link this is; None when there is no such link in force."""
    known = _is_in_force(CALENDAR) & (one_time_link.c.token_hash == token_hash)
    return connection.execute(select(one_time_link.c.user_id).where(known)).scalars().first()


REJECTS_DONE, REJECTS_OPEN = "rejects_done", "rejects_open"
"""What a person says of the rejected rows of a load: done with, or again to be repaired. The newest word is in force,
so it outlives the retention of the rest."""

INBOX_DONE = "inbox_done"
"""What a person says of a file that the inbox refused: done with. It outlives the retention too."""


LOADED, ENTERED = "load", "entry"
"""Actions of a load: of a file or source, and of something said on a screen; the detail has its kind."""

ACCESS_REFUSED = "access_refused"
"""A user asked for what the role may not see or do."""

REFUSALS = (
    "login_refused", "login_throttled", "openid_refused", "openid_throttled", "code_refused", "code_throttled",
    ACCESS_REFUSED,
)  # fmt: skip
"""Actions of somebody who was not let in, of which there may be thousands an hour."""

CALENDAR_READ = "calendar_read"
"""A calendar asked for the schedule behind a secret link, as it does every few minutes."""

_COUNTED_SECONDS = {**dict.fromkeys(REFUSALS, 3_600), CALENDAR_READ: 86_400}
"""By action for how long what the same person repeats from the same place is one entry with its count."""

MOST_REPEATED = 100
"""Entries of one of these actions in that time; what comes above is one entry that names nobody."""


@dataclass(frozen=True)
class AuditEntry:
    """One entry of the access log; `subject` names what was touched, `address` where from.

    `times`: how often it was done, the last time at `last_at` (None: once).
    """

    id: int
    at: int
    actor: str | None
    action: str
    subject: str | None
    detail: Mapping[str, Any] | None
    address: str | None
    times: int = 1
    last_at: int | None = None


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
    """Add one entry; without `actor` or `address` those of ORIGIN. It holds no personal value and no word that
    somebody typed."""
    origin = ORIGIN.get()
    who = {"actor": actor or origin.actor, "address": address or origin.address}
    if action in _COUNTED_SECONDS and _is_repeated(connection, action, at, subject, who):
        return
    what = {"action": action, "subject": subject, "detail": None if detail is None else dict(detail)}
    insert_row(connection, audit, at=at, **who, **what)
    written = written_in(connection)
    if written is not None:
        written.at = max(written.at, at)


def _is_repeated(connection: Connection, action: str, at: int, subject: str | None, who: dict[str, str | None]) -> bool:
    """Count it with an entry that is there; False when it needs one of its own.

    Above MOST_REPEATED `who` is emptied: however many names are tried from however many addresses, they are one entry.
    """
    lately = (audit.c.action == action) & (audit.c.at > at - _COUNTED_SECONDS[action])
    if connection.execute(select(func.count()).where(lately)).scalar_one() >= MOST_REPEATED:
        who.update(actor=None, address=None)
    same = lately & audit.c.subject.is_not_distinct_from(subject)
    for name, value in who.items():
        same &= audit.c[name].is_not_distinct_from(value)
    newest = select(func.max(audit.c.id)).where(same).scalar_subquery()
    again = update(audit).where(audit.c.id == newest).values(times=audit.c.times + 1, last_at=at)
    return connection.execute(again).rowcount == 1


@dataclass(frozen=True)
class AuditFilter:
    """Which entries: of that person, of one of these actions, of one of these things (the action and the subject, as
    `things_done` has them), in that time (`first` and `last` inclusive, in seconds). None: any."""

    actor: str | None = None
    actions: tuple[str, ...] | None = None
    things: Sequence[tuple[str, str]] | None = None
    first: int | None = None
    last: int | None = None

    def conditions(self, connection: Connection) -> list[ColumnElement[bool]]:
        """As SQL."""
        things = (f"{action} {subject}" for action, subject in self.things or ())
        wanted = {
            "actor": audit.c.actor == self.actor,
            "actions": audit.c.action.in_(self.actions or ()),
            "things": audit.c.action.concat(" ").concat(audit.c.subject).in_(keys(connection, things, str)),
            "first": audit.c.at >= (self.first or 0),
            "last": audit.c.at <= (self.last or 0),
        }
        return [condition for name, condition in wanted.items() if getattr(self, name) is not None]


def actions_page(connection: Connection, wanted: AuditFilter, limit: int, offset: int = 0) -> list[AuditEntry]:
    """Entries of a page, the newest first."""
    statement = select(audit).where(*wanted.conditions(connection)).order_by(audit.c.id.desc())
    return each_as(connection, statement.limit(limit).offset(offset), AuditEntry)


def newest_but(connection: Connection, actions: Collection[str]) -> int | None:
    """The moment of the newest entry of any other action; None where there is none."""
    others = select(audit.c.at).where(audit.c.action.not_in(actions)).order_by(audit.c.id.desc()).limit(1)
    return connection.execute(others).scalar()


def count_actions(connection: Connection, wanted: AuditFilter) -> int:
    """How many entries there are."""
    counted = select(func.count()).select_from(audit).where(*wanted.conditions(connection))
    return connection.execute(counted).scalar_one()


def things_done(connection: Connection, wanted: AuditFilter) -> list[tuple[str, str]]:
    """Each action with each subject that it has in these entries, once."""
    things = select(audit.c.action, audit.c.subject).where(audit.c.subject.is_not(None), *wanted.conditions(connection))
    return [(action, subject) for action, subject in connection.execute(things.distinct())]


def acting_names(connection: Connection) -> list[str]:
    """Everybody who stands in an entry, by name."""
    named = select(audit.c.actor).where(audit.c.actor.is_not(None)).distinct().order_by(audit.c.actor)
    return list(connection.execute(named).scalars())


USER_ADDED, USER_ROLE, USER_ENABLED, USER_DISABLED = "user_added", "user_role", "user_enabled", "user_disabled"
"""Actions that change who holds a role; the subject is the user's name, the detail of the first two has the role."""


def actions_on_users(connection: Connection) -> list[AuditEntry]:
    """What changed who holds a role, the oldest first."""
    return _actions_of(connection, USER_ADDED, USER_ROLE, USER_ENABLED, USER_DISABLED)


RESTORED = "restored"
"""A backup took the place of the records; the detail has `made_at`, the moment at which it was made."""


def lines_given_up(connection: Connection) -> list[tuple[int, int]]:
    """Of each restore the moments after which and up to which was recorded what it put aside."""
    return [((entry.detail or {})["made_at"], entry.at) for entry in _actions_of(connection, RESTORED)]


def _actions_of(connection: Connection, *actions: str) -> list[AuditEntry]:
    statement = select(audit).where(audit.c.action.in_(actions)).order_by(audit.c.at, audit.c.id)
    return each_as(connection, statement, AuditEntry)


def subjects_of(connection: Connection, action: str) -> set[str]:
    """Of what something was ever done."""
    return set(connection.execute(select(audit.c.subject).where(audit.c.action == action)).scalars())


_LASTING = (REJECTS_DONE, REJECTS_OPEN, INBOX_DONE, USER_ADDED, USER_ROLE, USER_ENABLED, USER_DISABLED, RESTORED)
"""Actions that say what is in force, or who held a role when: figures and lists are made of them."""


def forget_actions_before(connection: Connection, at: int) -> int:
    """Drop entries older than the retention allows, but not what is in force; returns how many."""
    passes = audit.c.action.not_in(_LASTING)
    ids = connection.execute(delete(audit).where(audit.c.at < at, passes).returning(audit.c.id)).scalars().all()
    note_gone(connection, audit, ids)
    return len(ids)


def _change(connection: Connection, user_id: int, **values: Any) -> None:
    change_rows(connection, user, user.c.id == user_id, **values)


def _check(role: str, opd: str | None) -> None:
    if role not in USERS:
        raise UserRefusedError("access.role_unknown", role=role, roles=USERS)
    if (role == "opd") != (opd is not None):
        raise UserRefusedError("access.opd_of_role")


def plain_name(name: str) -> str:
    """A name as it is kept and compared."""
    return name.strip().casefold()


def _is_in_force(purpose: str) -> ColumnElement[bool]:
    """Links of a purpose that were neither used nor revoked."""
    return (one_time_link.c.purpose == purpose) & one_time_link.c.used_at.is_(None)


def _is_usable(purpose: str, token_hash: str, now: int) -> ColumnElement[bool]:
    link = one_time_link.c
    return _is_in_force(purpose) & (link.token_hash == token_hash) & (link.expires_at > now)
