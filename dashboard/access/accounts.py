"""The person, or the screen, behind a request."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, g
from flask_login import UserMixin, current_user

from dashboard.access.roles import May, Page, is_allowed
from data_access.records.access import Device, User
from data_access.records.letters import OpdCode
from data_access.roles import Role
from etl.desk.screen_rows import acting_role


@dataclass(frozen=True)
class Acting:
    """A post whose work a deputy does today, and the title with which."""

    role: Role
    title: str


@dataclass(frozen=True)
class Account(UserMixin):
    """One user as the screens know it; `opd` is set for the role `opd` only."""

    id: int
    name: str
    role: Role
    opd: str | None
    version: int
    """Of the sessions: another password, role or OPD, or an end on all devices, makes a new one."""
    code_id: int | None = None
    """The agency's code by which a bearer came in."""
    acting: tuple[Acting, ...] = ()
    """The posts of others whose rights this account has today."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """The own role, and those of the posts that it stands in for."""
        return (self.role, *(acting.role for acting in self.acting))

    def may(self, page: Page, may: May = May.SEE) -> bool:
        """Whether this account may see (or do) that page, by its own role or as a deputy."""
        return any(is_allowed(role, page, may) for role in self.roles)

    def title_for(self, post: str) -> str | None:
        """The title with which it does the work of that post; None for its own."""
        return None if post == self.role else next((one.title for one in self.acting if one.role == post), None)

    @property
    def opd_filter(self) -> str | None:
        """The only OPD whose records this account may see; None: all of them."""
        return (self.opd or "") if self.role in (Role.OPD, Role.KODE_INSTANSI) else None

    def get_id(self) -> str:
        """What the session cookie remembers; a session of an older version has ended."""
        return f"{self.id}:{self.version}"


def entering(user: Account, post: str) -> str:
    """The role in which this user enters something for a post: its own, or that of the post's deputy."""
    title = user.title_for(post)
    return user.role.value if title is None else acting_role(user.role.value, post, title)


def entering_on(user: Account, page: Page) -> str:
    """The role in which this user enters something on a page: its own where that may, else that of a post's deputy."""
    return entering(user, next(role for role in user.roles if is_allowed(role, page, May.DO)))


def account_of(user: User, acting: tuple[Acting, ...] = ()) -> Account:
    """The user's account."""
    return Account(user.id, user.name, Role(user.role), user.opd, user.session_version, acting=acting)


def account_of_code(code: OpdCode) -> Account:
    """Whoever bears an agency's code; its number is that of the code, below 0."""
    return Account(-code.id, f"Kode {code.id}", Role.KODE_INSTANSI, code.opd, 0, code.id)


def account() -> Account:
    """The signed-in account of this request; refuses the request (401) when there is none."""
    user = current_account()
    if user is None:
        abort(401)
    return user


def current_account() -> Account | None:
    """The signed-in account of this request, if there is one."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def current_device() -> Device | None:
    """The wall screen that asks, if its token is good."""
    return g.get("device")
