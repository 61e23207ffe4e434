"""One-time codes of an app as a second factor, for who decides and who administers.

The secret of a user follows from a nonce in the records and the home's key, so neither alone gives it away. A code is
good once, from one time step before to one after: the clocks of phones differ.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from dataclasses import replace
from pathlib import Path

from pyotp import TOTP

from dashboard.access.codes import random_code
from dashboard.access.sessions import token_hash
from data_access.errors import PantauError
from data_access.records import Connection, Engine, logins
from data_access.records.engine import RecordsError, reading, writing
from data_access.roles import Role

ROLES = (Role.ADMIN, Role.KADIN)
STEP_SECONDS = 30
_SKEW = (0, -1, 1)
_RECOVERY_CODES = 8
_RECOVERY_GROUPS = 6
"""118 bits, which nobody finds from the plain hash that the records keep."""
_NOTED_STEPS = 20
"""So many time steps a used code is noted at least: longer than it is good, also by a clock that is a little off."""

_PATIENCE_SECONDS = 2.0


class SecondFactorError(PantauError):
    """A code does not fit, or there is nothing to turn on or off."""


class SecondFactors:
    """The one-time codes of an office's users."""

    def __init__(self, records: Engine, key: bytes, notes: Path) -> None:
        self._records, self._key, self._notes = records, key, notes
        self._unnoted: set[Path] = set()

    def is_on(self, user_id: int) -> bool:
        """Whether that user is asked for a code."""
        with reading(self._records) as connection:
            factor = logins.second_factor_of(connection, user_id)
        return factor is not None and factor.confirmed_at is not None

    def begin(self, user_id: int) -> str:
        """A new secret, which counts once a code of it was typed. Raises SecondFactorError while one is in force."""
        factor = logins.SecondFactor(user_id, secrets.token_urlsafe(16), None, 0, ())
        with writing(self._records) as connection:
            before = logins.second_factor_of(connection, user_id, hold=True)
            if before is not None and before.confirmed_at is not None:
                raise SecondFactorError("account.factor_is_on")
            logins.put_second_factor(connection, factor)
        return self._secret(factor)

    def confirm(self, user_id: int, code: str, moment: int) -> list[str]:
        """Let the secret count, for who has it in an app; the recovery codes, told this once.

        Raises SecondFactorError when the code does not fit.
        """
        codes = [random_code(_RECOVERY_GROUPS) for _ in range(_RECOVERY_CODES)]
        with writing(self._records) as connection:
            factor = logins.second_factor_of(connection, user_id, hold=True)
            step = self._step(factor, code, moment) if factor is not None else None
            if factor is None or step is None or factor.confirmed_at is not None:
                raise SecondFactorError("account.code_wrong")
            hashes = [token_hash(_plain(code)) for code in codes]
            counted = replace(factor, confirmed_at=moment, last_step=step, recovery=hashes)
            logins.put_second_factor(connection, counted)
        return codes

    def accepts(self, user_id: int, code: str, moment: int) -> bool:
        """Whether a code, or a recovery code, is good; it is so once.

        While nothing can be written into the records a code of the app is noted in the home, for every process, and no
        recovery code is taken; on a disk that takes nothing at all this process alone remembers the code.
        """
        try:
            with writing(self._records, wait_seconds=_PATIENCE_SECONDS) as connection:
                factor = logins.second_factor_of(connection, user_id, hold=True)
                return factor is not None and self._use(connection, factor, code, moment)
        except RecordsError:
            return self._use_unwritten(user_id, code, moment)

    def turn_off(self, user_id: int) -> None:
        """Ask that user for no code any more. Raises SecondFactorError when none is asked for."""
        with writing(self._records) as connection:
            if not logins.remove_second_factor(connection, user_id):
                raise SecondFactorError("account.factor_is_off")

    def _use(self, connection: Connection, factor: logins.SecondFactor, code: str, moment: int) -> bool:
        """Write down that a code was used; False when it is not good."""
        if factor.confirmed_at is None:
            return False
        hashed = token_hash(_plain(code))
        if hashed in factor.recovery:
            left = [kept for kept in factor.recovery if kept != hashed]
            logins.put_second_factor(connection, replace(factor, recovery=left))
            return True
        step = self._step(factor, code, moment)
        if step is None or self._is_noted(self._note(factor, step)):
            return False
        logins.note_step_used(connection, factor.user_id, step)
        return True

    def _use_unwritten(self, user_id: int, code: str, moment: int) -> bool:
        """Note in the home that a code of the app was used; of two processes with the same one, one does."""
        with reading(self._records) as connection:
            factor = logins.second_factor_of(connection, user_id)
        step = self._step(factor, code, moment) if factor is not None and factor.confirmed_at is not None else None
        if factor is None or step is None:
            return False
        note = self._note(factor, step)
        if self._is_noted(note):
            return False
        try:
            self._notes.mkdir(exist_ok=True, mode=0o700)
            note.touch(mode=0o600, exist_ok=False)
            self._forget(moment)
        except FileExistsError:
            return False
        except OSError:  # nobody is kept out by a disk that is full or only read
            self._unnoted.add(note)
        return True

    def _is_noted(self, note: Path) -> bool:
        return note in self._unnoted or note.exists()

    def _note(self, factor: logins.SecondFactor, step: int) -> Path:
        return self._notes / f"{factor.user_id}-{step}"

    def _forget(self, moment: int) -> None:
        """Drop the notes of codes that are over, and those of a clock that stood ahead."""
        for path in self._notes.iterdir():
            step = int(path.name.partition("-")[2])
            if abs(moment // STEP_SECONDS - step) > _NOTED_STEPS:
                path.unlink(missing_ok=True)

    def _step(self, factor: logins.SecondFactor, code: str, moment: int) -> int | None:
        """The time step of a code that was not used yet; None when there is none near this moment."""
        app, typed = TOTP(self._secret(factor), interval=STEP_SECONDS), _plain(code)
        steps = (moment // STEP_SECONDS + skew for skew in _SKEW)
        fitting = (step for step in steps if hmac.compare_digest(app.generate_otp(step).encode(), typed.encode()))
        return next((step for step in fitting if step > _last(factor.last_step, moment)), None)

    def _secret(self, factor: logins.SecondFactor) -> str:
        return b32encode(hmac.digest(self._key, f"second factor {factor.nonce}".encode(), "sha256")[:20]).decode()


def _last(step: int, moment: int) -> int:
    """The newest step whose code was used; 0 when it lies so far ahead that the clock must have stood ahead."""
    return step if (step - max(_SKEW)) * STEP_SECONDS <= moment + logins.CLOCKS_DIFFER_SECONDS else 0


def app_address(secret: str, name: str, issuer: str) -> str:
    """What the app reads from the picture."""
    return TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=name, issuer_name=issuer)


def _plain(code: str) -> str:
    """A code as it is compared, whatever is typed between its signs."""
    return "".join(sign for sign in code[:40].lower() if sign.isalnum())
