"""Users and screens, made and changed by whoever runs the office's machine; passwords."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any
from urllib.parse import urlencode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboard.access.sessions import token_hash
from data_access.errors import PantauError
from data_access.records import Connection, access, logins
from data_access.records.engine import reading, writing
from data_access.roles import USERS, Role
from etl.domain.units import HOUR
from etl.office import Office
from etl.settings.values import is_email

LINK_SECONDS = 24 * HOUR
"""How long a link works that makes the first administrator or sets a password."""

PASSWORD_PATH = "/sandi"  # noqa: S105 – an address
"""The page behind a user's link."""

DEMO_OPD = "Dinas Kesehatan"
"""The agency of the invented OPD user."""


class NotDemoError(PantauError):
    """Invented users were asked for in a real home."""


class LastAdminError(PantauError):
    """Without an administrator nobody could let anybody in any more."""


class UnknownOpdError(PantauError):
    """A user's agency must be one of the office's list: its name filters what the user sees."""


def add_user(office: Office, name: str, role: str, opd: str | None, password: str | None, now: int) -> None:
    """Add a user of that home; `password` None: until a link sets one, nobody signs in.

    Raises UserRefusedError (name taken, role unknown, OPD missing or needless), UnknownOpdError.
    """
    agency = known_opd(office, opd)
    with writing(office.records) as connection:
        _add(connection, office, name, role, agency, password, now)
        _note(connection, access.USER_ADDED, name, now, role=role, opd=agency)


def known_opd(office: Office, typed: str | None) -> str | None:
    """The agency's own name in the office's list; None for none. Raises UnknownOpdError, naming the nearest."""
    if not typed:
        return None
    if office.opd_names.is_known(typed):
        return office.opd_names.one(typed)
    near = office.opd_names.nearest(typed)
    if not near:
        raise UnknownOpdError("access.opd_unlike", name=typed.strip())
    raise UnknownOpdError("access.opd_unknown", name=typed.strip(), near=near)


def renew_demo_logins(office: Office, now: int) -> dict[str, str]:
    """One user a role, named like it, each with a new random password: {name: password}, to be shown this once.

    Raises NotDemoError unless the home holds invented records.
    """
    if not office.is_demo:
        raise NotDemoError("access.not_demo")
    logins = {role.value: random_password() for role in USERS}
    with writing(office.records) as connection:
        for name, password in logins.items():
            user = access.user_by_name(connection, name)
            if user is None:
                _add(connection, office, name, name, DEMO_OPD if name == Role.OPD else None, password, now)
            else:
                access.set_password(connection, user.id, hash_password(password))
        access.note_action(connection, "demo_logins", at=now)
    return logins


def _note(connection: Connection, action: str, name: str, now: int, **detail: Any) -> None:
    access.note_action(connection, action, at=now, subject=name, detail=detail or None)


def _add(
    connection: Connection, office: Office, name: str, role: str, opd: str | None, password: str | None, now: int
) -> None:
    hashed = None if password is None else hash_password(password)
    access.add_user(connection, name, role, opd=opd, created_at=now, password_hash=hashed, is_demo=office.is_demo)


def all_users(office: Office) -> list[dict[str, Any]]:
    """Everybody, by name: id, name, role, opd, active, last_seen_at, email, has_password, has_second_factor, bound_at
    (since when bound to an identity)."""
    with reading(office.records) as connection:
        rows, doubled = access.all_users(connection), logins.users_with_second_factor(connection)
        bound = logins.bound_users(connection)
    shown = {name: name for name in ("id", "name", "role", "opd", "last_seen_at", "email")} | {"active": "is_active"}
    return [
        {key: getattr(user, name) for key, name in shown.items()}
        | {"has_password": user.password_hash is not None, "has_second_factor": user.id in doubled}
        | {"bound_at": bound.get(user.id)}
        for user in rows
    ]


def change_password(office: Office, name: str, password: str, now: int) -> None:
    """Give a new password; sessions begun with the old one end. Raises PantauError when there is none of that name."""
    hashed = hash_password(password)
    with writing(office.records) as connection:
        access.set_password(connection, _user(connection, name).id, hashed)
        _note(connection, "password_given", access.plain_name(name), now)


def end_second_factor(office: Office, name: str, now: int) -> None:
    """Ask a user for no one-time code any more. Raises PantauError when there is none of that name, or no code."""
    with writing(office.records) as connection:
        if not logins.remove_second_factor(connection, _user(connection, name).id):
            raise PantauError("account.factor_is_off")
        _note(connection, "second_factor_off", access.plain_name(name), now)


def unbind_identity(office: Office, name: str, now: int) -> None:
    """Let a user be found anew at the next sign-in by the provider of identities; running sessions end.

    Raises PantauError when there is none of that name, or it is bound to nobody there.
    """
    with writing(office.records) as connection:
        user = _user(connection, name)
        if not logins.unbind_identities(connection, user.id):
            raise PantauError("openid.is_unbound")
        logins.end_all_sessions(connection, user.id, now, "identity_unbound")
        _note(connection, "identity_unbound", access.plain_name(name), now)


def disable_user(office: Office, name: str, now: int) -> None:
    """Keep a user out, at once. Raises PantauError when there is none of that name, LastAdminError."""
    with writing(office.records) as connection:
        user = _user(connection, name)
        _keep_an_admin(connection, user)
        access.set_active(connection, user.id, is_active=False)
        _note(connection, access.USER_DISABLED, access.plain_name(name), now)


def enable_user(office: Office, name: str, now: int) -> None:
    """Let a user in again. Raises PantauError when there is none of that name."""
    with writing(office.records) as connection:
        access.set_active(connection, _user(connection, name).id, is_active=True)
        _note(connection, access.USER_ENABLED, access.plain_name(name), now)


def usable_email(typed: str | None) -> str | None:
    """A typed address without blanks around it; None for none. Raises PantauError for what can be no address."""
    address = (typed or "").strip()
    if address and not is_email(address):
        raise PantauError("access.no_email")
    return address or None


def change_email(office: Office, name: str, email: str | None, now: int) -> None:
    """Give the address to which alerts for a user go; None: the user gets none.

    Raises PantauError when there is none of that name, or it can be no address.
    """
    address = usable_email(email)
    with writing(office.records) as connection:
        access.set_email(connection, _user(connection, name).id, address)
        _note(connection, "user_email", access.plain_name(name), now)


def change_role(office: Office, name: str, role: str, opd: str | None, now: int) -> None:
    """Give a user another role, and the agency where that is one; running sessions end.

    Raises PantauError when there is none of that name, UserRefusedError, UnknownOpdError, LastAdminError.
    """
    agency = known_opd(office, opd)
    with writing(office.records) as connection:
        user = _user(connection, name)
        if role != Role.ADMIN:
            _keep_an_admin(connection, user)
        access.set_role(connection, user.id, role, agency)
        _note(connection, access.USER_ROLE, access.plain_name(name), now, role=role, opd=agency)


def change_opd(office: Office, name: str, opd: str, now: int) -> None:
    """Give a user of an agency another one. Raises as `change_role`; UserRefusedError for who belongs to none."""
    with reading(office.records) as connection:
        role = _user(connection, name).role
    change_role(office, name, role, opd, now)


def _keep_an_admin(connection: Connection, user: access.User) -> None:
    if access.hold_admins(connection) == [user.id]:
        raise LastAdminError("access.last_admin", name=user.name)


def password_link(office: Office, name: str, now: int, base_url: str) -> str:
    """A link by which that user sets a password, once, within LINK_SECONDS; the one before ends.

    Raises PantauError when there is no active user of that name.
    """
    token = secrets.token_urlsafe(32)
    with writing(office.records) as connection:
        user = _user(connection, name)
        if not user.is_active:
            raise PantauError("access.user_disabled", name=user.name)
        ends = {"created_at": now, "expires_at": now + LINK_SECONDS}
        access.add_link(connection, access.PASSWORD, token_hash(token), user_id=user.id, **ends)
        _note(connection, "user_link", name, now)
    return f"{base_url.rstrip('/')}{PASSWORD_PATH}?{urlencode({'nama': user.name})}#{token}"


def _user(connection: Connection, name: str) -> access.User:
    user = access.user_by_name(connection, name)
    if user is None:
        raise PantauError("access.no_user", name=name)
    return user


def all_screens(office: Office) -> list[dict[str, Any]]:
    """Every screen, the oldest first, with what its page last told (`build`, `error_count`, `last_error`)."""
    with reading(office.records) as connection:
        rows = access.all_devices(connection)
    moments = ("created_at", "last_seen_at", "heartbeat_at", "revoked_at")
    keys = ("id", "label", *moments, "build", "error_count", "last_error")
    return [{key: getattr(device, key) for key in keys} for device in rows]


def revoke_screen(office: Office, number: int, now: int) -> None:
    """Shut a screen out, at once. Raises PantauError when there is none of that number."""
    with writing(office.records) as connection:
        labels = {device.id: device.label for device in access.all_devices(connection)}
        if number not in labels:
            raise PantauError("access.no_screen", number=number)
        access.revoke_device(connection, number, now)
        access.note_action(connection, "screen_revoked", at=now, subject=labels[number])


def choose_for_screen(office: Office, number: int, choice: access.ScreenChoice, now: int) -> str:
    """Say what a screen shows from now on; its name. Raises PantauError when no such screen is in use."""
    with writing(office.records) as connection:
        labels = {one.id: one.label for one in access.all_devices(connection) if one.revoked_at is None}
        if number not in labels:
            raise PantauError("access.no_screen", number=number)
        access.add_screen_choice(connection, number, choice, now)
        detail = {"language": choice.language, "views": [*choice.views], "rooms": [*choice.rooms]}
        access.note_action(connection, "screen_set", at=now, subject=labels[number], detail=detail)
    return labels[number]


# Without 0/O, 1/l/I: passwords are read aloud and copied from paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

_hasher = PasswordHasher()


def hash_password(text: str) -> str:
    """An argon2id hash with its own salt."""
    return _hasher.hash(text)


@cache
def hash_of_nobody() -> str:
    """What unknown users' passwords are compared with; made at the first call, which therefore belongs to the start."""
    return hash_password(secrets.token_urlsafe())


def is_password(hashed: str | None, text: str) -> bool:
    """Whether the text is the password; as slow for an unknown user (None), so that names cannot be guessed."""
    try:
        return _hasher.verify(hashed or hash_of_nobody(), text) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def random_password() -> str:
    """A password nobody chose."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(14))
