"""Users, screens, links and the access log, as the doors need them."""

from __future__ import annotations

import logging
from datetime import datetime

from dashboard.access.accounts import Acting
from data_access.records import access, letters
from data_access.records.engine import RecordsBusyError, reading, writing
from data_access.records.intake.sources import last_loads
from data_access.roles import Role
from etl.domain.units import day_number
from etl.office import Office

FIRST_ADMIN = "first_admin"
# A running load holds the writer's place in SQLite. Nobody waits at the door for it.
_PATIENCE_SECONDS = 2.0
_SEEN_PATIENCE_SECONDS = 0.2

_log = logging.getLogger("pantau")


class Store:
    """The doors' questions to the records of one office."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._records = office.records
        self._is_peopled = False

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

    def note_code(self, code: letters.OpdCode, moment: int, address: str | None) -> None:
        """Write down that somebody came in with a code, and when."""
        self.note(moment, f"Kode {code.id}", "code_login", code.opd, address)
        try:
            with writing(self._records, wait_seconds=_PATIENCE_SECONDS) as connection:
                letters.note_code_used(connection, code.id, moment)
        except RecordsBusyError:
            _log.info("code %s used, not written: a load is running", code.id)

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
        try:
            with writing(self._records, wait_seconds=_PATIENCE_SECONDS) as connection:
                access.note_action(connection, action, **what)
        except RecordsBusyError:
            _log.warning("access log busy: %s %s", action, what)

    def note_login(self, user: access.User, moment: int, address: str | None) -> None:
        """Write down that the user came in, and when."""
        self.note(moment, user.name, "login", None, address)
        try:
            with writing(self._records, wait_seconds=_PATIENCE_SECONDS) as connection:
                access.note_seen(connection, user.id, moment)
        except RecordsBusyError:
            _log.warning("last visit of %s not written: a load is running", user.name)

    # Screens

    def device_by_hash(self, hashed: str, moment: int, step_seconds: int, browser: str) -> access.Device | None:
        """The screen with that token unless it was revoked; notes that it was seen, once every `step_seconds`."""
        with reading(self._records) as connection:
            device = access.device_by_token(connection, hashed)
        if device is not None and moment - (device.last_seen_at or 0) >= step_seconds:
            self._note_seen(device.id, moment, browser)
        return device

    def _note_seen(self, device_id: int, moment: int, browser: str) -> None:
        try:
            with writing(self._records, wait_seconds=_SEEN_PATIENCE_SECONDS) as connection:
                access.note_device_seen(connection, device_id, moment, browser[:200] or None)
        except RecordsBusyError:
            _log.info("screen %s seen, not written: a load is running", device_id)

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
            return access.user_by_id(connection, user_id)

    # Passwords by link

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
