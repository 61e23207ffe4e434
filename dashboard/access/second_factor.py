"""One-time codes of an app as a second factor, for who decides and who administers.

The secret of a user follows from a nonce in the records and the home's key, so neither alone gives it away. A code is
good once, from one time step before to one after: the clocks of phones differ.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from dataclasses import replace

from pyotp import TOTP

from dashboard.access.codes import random_code
from dashboard.access.sessions import token_hash
from data_access.errors import PantauError
from data_access.records import Engine, logins
from data_access.records.engine import RecordsError, reading, writing
from data_access.roles import Role

ROLES = (Role.ADMIN, Role.KADIN)
STEP_SECONDS = 30
_SKEW = (0, -1, 1)
_RECOVERY_CODES = 8
_RECOVERY_GROUPS = 6
"""118 bits, which nobody finds from the plain hash that the records keep."""
_PATIENCE_SECONDS = 2.0


class SecondFactorError(PantauError):
    """A code does not fit, or there is nothing to turn on or off."""


class SecondFactors:
    """The one-time codes of an office's users."""

    def __init__(self, records: Engine, key: bytes) -> None:
        self._records, self._key = records, key
        self._used: dict[int, int] = {}

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

        While a load holds the records this process alone remembers a code of the app, and takes no recovery code.
        """
        try:
            with writing(self._records, wait_seconds=_PATIENCE_SECONDS) as connection:
                used = self._use(logins.second_factor_of(connection, user_id, hold=True), code, moment)
                if used is not None:
                    logins.put_second_factor(connection, used)
        except RecordsError:
            used = self._use_unwritten(user_id, code, moment)
        if used is not None:
            self._used[user_id] = max(used.last_step, _last(self._used.get(user_id, 0), moment))
        return used is not None

    def turn_off(self, user_id: int) -> None:
        """Ask that user for no code any more. Raises SecondFactorError when none is asked for."""
        with writing(self._records) as connection:
            if not logins.remove_second_factor(connection, user_id):
                raise SecondFactorError("account.factor_is_off")

    def _use(self, factor: logins.SecondFactor | None, code: str, moment: int) -> logins.SecondFactor | None:
        """The factor after a code was used; None when the code is not good."""
        if factor is None or factor.confirmed_at is None:
            return None
        hashed = token_hash(_plain(code))
        if hashed in factor.recovery:
            return replace(factor, recovery=[left for left in factor.recovery if left != hashed])
        step = self._step(factor, code, moment)
        is_fresh = step is not None and step > _last(self._used.get(factor.user_id, 0), moment)
        return replace(factor, last_step=step) if step is not None and is_fresh else None

    def _use_unwritten(self, user_id: int, code: str, moment: int) -> logins.SecondFactor | None:
        with reading(self._records) as connection:
            factor = logins.second_factor_of(connection, user_id)
        return self._use(replace(factor, recovery=()), code, moment) if factor is not None else None

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
