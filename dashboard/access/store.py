"""Users, screens, links and the access log, as the doors need them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import cast

from dashboard.access.accounts import Account, Acting
from dashboard.access.passwords import own_words, weakness
from dashboard.access.second_factor import SecondFactors
from dashboard.access.session_ends import SessionEnd, SessionEnds
from dashboard.access.sessions import is_session_over
from data_access.errors import Message
from data_access.records import Connection, access, letters, logins
from data_access.records.engine import RecordsBusyError, RecordsError, reading, writing
from data_access.records.intake.sources import last_loads
from data_access.roles import Role
from etl.domain.units import day_number
from etl.office import Office
from etl.settings.openid import OpenIdTable

FIRST_ADMIN = "first_admin"
# A running load holds the writer's place in SQLite. Nobody waits at the door for it.
_PATIENCE_SECONDS = 2.0
_SEEN_PATIENCE_SECONDS = 0.2
_PAUSE_SECONDS = 10
"""After so long it is tried again to note that somebody is still there."""

_log = logging.getLogger("pantau")


class Store:
    """The doors' questions to the records of one office."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._records = office.records
        self._is_peopled = False
        self._ends = SessionEnds(office.home.ended_sessions)
        self._not_before = 0

    @property
    def is_demo(self) -> bool:
        """Whether these records are invented."""
        return self._office.is_demo

    def user_by_id(self, user_id: int) -> access.User | None:
        """The user with that number."""
        with reading(self._records) as connection:
            return access.user_by_id(connection, user_id)

    def user_by_name(self, name: str) -> access.User | None:
        """The user with that name, whatever its case."""
        with reading(self._records) as connection:
            return access.user_by_name(connection, name)

    def code_by_id(self, code_id: int) -> letters.OpdCode | None:
        """The agency's code with that number, good or ended."""
        with reading(self._records) as connection:
            return letters.code_by_id(connection, code_id)

    def code_by_hash(self, hashed: str) -> letters.OpdCode | None:
        """The agency's code that hashes so, good or ended."""
        with reading(self._records) as connection:
            return letters.code_of_hash(connection, hashed)

    def acting(self, user: access.User, moment: int) -> tuple[Acting, ...]:
        """The posts for which that user is the deputy on the day of a moment; an agency's user is none."""
        day = datetime.fromtimestamp(moment, self._office.zone).date()
        mine = (one for one in self._office.settings.mandates if one.holds_on(day) and one.is_of(user.name, user.role))
        return () if user.role == Role.OPD else tuple(Acting(Role(one.role), one.title) for one in mine)

    def day_of(self, moment: int) -> int:
        """The office's day of a moment."""
        return day_number(datetime.fromtimestamp(moment, self._office.zone).date())

    def last_load_at(self, as_of: int) -> int | None:
        """When a file was last taken in, up to `as_of`; None: never."""
        return max(last_loads(self._records, as_of).values(), default=None)

    def note(self, moment: int, actor: str | None, action: str, subject: str | None, address: str | None) -> None:
        """One line of the access log; of the server's log while a load holds the records."""
        what = {"at": moment, "actor": actor, "subject": subject, "address": address}
        self._write(f"{action} {what}", lambda records: access.note_action(records, action, **what))

    def _write(self, what: str, deed: Callable[[Connection], None], wait_seconds: float | None = None) -> bool:
        """Do something in the records, unless a load holds them or their disk is full; whether it was done."""
        ends = self._ends.all()
        patience = _PATIENCE_SECONDS if wait_seconds is None else wait_seconds
        try:
            with writing(self._records, wait_seconds=patience) as connection:
                for end in ends:
                    logins.end_session(connection, end.session, end.at, end.why)
                deed(connection)
        except RecordsError as error:
            level = logging.WARNING if wait_seconds is None else logging.INFO  # what is patient is part of the audit
            _log.log(level, "not written: %s: %s", what, error.message)
            return False
        self._ends.drop(ends)
        return True

    # Sessions. A load may hold the records when one begins: its cookie vouches for it until it can be written. One
    # that ends meanwhile is noted in the home, for every process, until it can be written.

    def session(self, token_hash: str) -> tuple[logins.LoginSession | None, access.User | None]:
        """The session of that token, ended or not, and the user whose it is; None when the records do not know it. One
        question, as every request asks it."""
        end = self._ends.of(token_hash)  # first: once it is in the records the note goes
        if end is not None:
            return replace(end.session, ended_at=end.at, ended_why=end.why), None
        with reading(self._records) as connection:
            login = logins.session_by_token(connection, token_hash)
            is_users = login is not None and login.user_id is not None
            return login, access.user_by_id(connection, login.user_id) if is_users else None

    def begin_session(self, session: logins.LoginSession, who: Account, way: str) -> bool:
        """Write a session and its login down, as the audit calls this `way` in; False while the records are held."""
        at = session.begun_at

        def begin(records: Connection) -> None:
            logins.keep_session(records, session)
            if who.code_id is None:
                access.note_seen(records, who.id, at)
            else:
                letters.note_code_used(records, who.code_id, at)
            subject = None if who.code_id is None else who.opd
            access.note_action(records, way, at=at, actor=who.name, subject=subject, address=session.address)

        return self._write(f"{way} of {who.name}", begin)

    def keep_session(self, session: logins.LoginSession) -> bool:
        """Write down a session that could not be written when it began; nobody waits for it."""
        return self._write("session", partial(logins.keep_session, session=session), wait_seconds=0)

    def see_session(self, session: logins.LoginSession, moment: int) -> None:
        """Note that its user is still there; nobody waits for it."""
        if moment < self._not_before:
            return
        seen = partial(logins.note_session_seen, token_hash=session.token_hash, at=moment)
        if not self._write("session seen", seen, wait_seconds=0):
            self._not_before = moment + _PAUSE_SECONDS

    def end_session(self, session: logins.LoginSession, who: Account, moment: int, why: str, by: str | None) -> None:
        """End a session, at once; `by` is the address from which that was asked for.

        Raises SessionGoesOnError when neither the records nor the home take it.
        """
        what = {"at": moment, "actor": who.name, "address": by}

        def end(records: Connection) -> None:
            logins.end_session(records, session, moment, why)
            access.note_action(records, why, **what)

        if not self._write(f"{why} of {who.name}", end):
            self._ends.add(SessionEnd(session, moment, why))

    def write_ends(self) -> None:
        """Write down the sessions that ended while a load held the records; nobody waits for it."""
        if self._ends.all():
            self._write("ended sessions", lambda _records: None, wait_seconds=0)

    def end_all_sessions(self, who: Account, moment: int, by: str | None) -> None:
        """End every session of a user. Raises RecordsError while the records are held."""
        with writing(self._records) as connection:
            logins.end_all_sessions(connection, who.id, moment, "logout_all")
            access.note_action(connection, "logout_all", at=moment, actor=who.name, address=by)

    def open_sessions(self, who: Account, moment: int) -> list[logins.LoginSession]:
        """The sessions in which a user may go on, the one last seen first."""
        with reading(self._records) as connection:
            kept = logins.open_sessions(connection, who.id)
        is_open = (session for session in kept if self._ends.of(session.token_hash) is None)
        return [session for session in is_open if not is_session_over(session, moment)]

    def second_factors(self, key: bytes) -> SecondFactors:
        """The one-time codes of the users."""
        return SecondFactors(self._records, key, self._office.home.used_codes)

    # Identities at a provider

    @property
    def openid(self) -> OpenIdTable:
        """The provider at which people may sign in, as the settings say it now."""
        return self._office.settings.openid

    @property
    def own_address(self) -> str | None:
        """Where the settings say that the office opens the dashboard."""
        return self._office.settings.proxy.address

    def user_of_identity(self, identity: logins.Identity) -> access.User | None:
        """The user to whom that person is bound."""
        with reading(self._records) as connection:
            user_id = logins.user_of_identity(connection, identity)
            return access.user_by_id(connection, user_id) if user_id is not None else None

    def users_called(self, called: str) -> list[access.User]:
        """The users whom a provider calls so: by their name here, or by their address where it names an address."""
        with reading(self._records) as connection:
            if self.openid.claim == "email":
                return access.users_by_email(connection, called)
            user = access.user_by_name(connection, called)
            return [user] if user is not None else []

    def is_bound(self, user: access.User, identity: logins.Identity) -> bool:
        """Whether the user is bound to anybody at the provider of that identity."""
        with reading(self._records) as connection:
            return logins.is_bound(connection, user.id, identity.issuer)

    def bind_identity(self, user: access.User, identity: logins.Identity, moment: int, address: str | None) -> bool:
        """Bind a person to a user, unless it is so already; False when either is bound to another.

        Raises RecordsError while records are held.
        """
        bound = self.user_of_identity(identity)
        if bound is not None:
            return bound.id == user.id
        with writing(self._records) as connection:
            is_bound = logins.bind_identity(connection, user.id, identity, moment)
            if is_bound:
                access.note_action(connection, "identity_bound", at=moment, actor=user.name, address=address)
            return is_bound

    # Failed attempts

    def failures(self, keys: Sequence[str]) -> Mapping[str, logins.Failures]:
        """The failures of those keys that have any."""
        with reading(self._records) as connection:
            return logins.failures_of(connection, keys)

    def add_failures(self, failures: Mapping[str, logins.Failures], moment: int, window_seconds: int) -> bool:
        """Add failures to those of before in the window; False while the records are held."""

        def add(records: Connection) -> None:
            logins.prune_failures(records, moment - window_seconds + 1)
            logins.add_failures(records, failures, moment, window_seconds)

        return self._write("failed attempt", add, _SEEN_PATIENCE_SECONDS)

    def forget_failures(self, keys: Sequence[str]) -> None:
        """Drop the failures of those keys."""
        self._write("failures forgotten", partial(logins.forget_failures, keys=keys), _SEEN_PATIENCE_SECONDS)

    # Screens

    def screen_by_hash(
        self, hashed: str, moment: int, step_seconds: int, browser: str
    ) -> tuple[access.Device, access.ScreenChoice] | None:
        """The screen with that token unless it was revoked, and what it shows; notes that it was seen, once every
        `step_seconds`."""
        with reading(self._records) as connection:
            device = access.device_by_token(connection, hashed)
            choices = access.screen_choices(connection, device.id) if device is not None else {}
        if device is None:
            return None
        if moment - (device.last_seen_at or 0) >= step_seconds:
            self._note_seen(device.id, moment, browser)
        return device, choices.get(device.id, access.ScreenChoice())

    def bind_screen(self, link_hash: str, token_hash: str, moment: int, browser: str) -> access.Device | None:
        """The screen that its link, used now, makes of this browser; None for a link that is none or was used."""
        with writing(self._records) as connection:
            device = access.bind_screen(connection, link_hash, token_hash, moment)
            if device is not None:
                access.note_action(connection, "screen_opened", at=moment, subject=device.label)
        if device is not None:
            self._note_seen(device.id, moment, browser)
        return device

    def is_screen_link(self, link_hash: str) -> bool:
        """Whether this is a link of a screen, used or not."""
        with reading(self._records) as connection:
            return access.is_screen_link(connection, link_hash)

    def _note_seen(self, device_id: int, moment: int, browser: str) -> None:
        seen = partial(access.note_device_seen, device_id=device_id, at=moment, user_agent=browser[:200] or None)
        self._write(f"screen {device_id} seen", seen, _SEEN_PATIENCE_SECONDS)

    def note_heartbeat(self, device_id: int, beat: access.Heartbeat, moment: int, gap_seconds: int) -> bool:
        """Keep what a screen tells of itself, once every `gap_seconds`; False when it is to tell it again later."""
        try:
            with writing(self._records, wait_seconds=_SEEN_PATIENCE_SECONDS) as connection:
                return access.note_heartbeat(connection, device_id, beat, moment, gap_seconds)
        except RecordsBusyError:
            _log.info("heartbeat of screen %s not written: a load is running", device_id)
            return False

    # The office begins

    def has_users(self) -> bool:
        """Whether anybody may sign in; once it was so it is not asked again."""
        if not self._is_peopled:
            with reading(self._records) as connection:
                self._is_peopled = access.has_users(connection)
        return self._is_peopled

    def begin_office(self, moment: int, actor: str, address: str | None) -> None:
        """From invented records to the office's own, which the server is to show from now on."""
        self.note(moment, actor, "office_begun", None, address)
        self._office.home.real.mark_as_begun()

    # The first administrator

    def is_first_link_good(self, hashed: str, moment: int) -> bool:
        """Whether the link would make an administrator; asked before the slow hash of a password is made."""
        with reading(self._records) as connection:
            return not access.has_users(connection) and access.is_link_usable(connection, FIRST_ADMIN, hashed, moment)

    def make_first_admin(self, hashed: str, name: str, password_hash: str, moment: int) -> access.User | None:
        """Spend the link and make the administrator, both or neither.

        None when the link is not good or somebody was faster; UserRefusedError when the name is taken.
        """
        with writing(self._records) as connection:
            if access.has_users(connection) or access.use_link(connection, FIRST_ADMIN, hashed, moment) is None:
                return None
            user_id = access.add_user(
                connection, name, Role.ADMIN.value, created_at=moment, password_hash=password_hash, is_demo=self.is_demo
            )
            detail = {"role": Role.ADMIN.value}
            access.note_action(connection, access.USER_ADDED, at=moment, subject=access.plain_name(name), detail=detail)
            return access.user_by_id(connection, user_id)

    # Passwords

    def weakness(self, password: str, name: str) -> Message | None:
        """Why this office does not take a password for the user of that name; None: it does."""
        return weakness(password, own_words(self._office.settings, name))

    def user_of_password_link(self, hashed: str, moment: int) -> access.User | None:
        """Whose password the link would set; None when it is not good."""
        with reading(self._records) as connection:
            return access.user_of_password_link(connection, hashed, moment)

    def set_password_by_link(self, hashed: str, password_hash: str, moment: int) -> access.User | None:
        """Spend the link and set the password, both or neither; None when the link is not good any more."""
        with writing(self._records) as connection:
            user = access.user_of_password_link(connection, hashed, moment)
            if user is None or access.use_link(connection, access.PASSWORD, hashed, moment) is None:
                return None
            access.set_password(connection, user.id, password_hash)
            return access.user_by_id(connection, user.id)

    def set_own_password(self, who: Account, password_hash: str, moment: int, by: str | None) -> access.User:
        """Give a user the password that it chose; its sessions end."""
        with writing(self._records) as connection:
            access.set_password(connection, who.id, password_hash)
            access.note_action(connection, "password_set", at=moment, actor=who.name, address=by)
            return cast(access.User, access.user_by_id(connection, who.id))
