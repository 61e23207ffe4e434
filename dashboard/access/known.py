"""Devices from which an account has signed in before: an attack from elsewhere does not hold them up.

Each account has a signed cookie of its own, read by the login only. It names the account and the version of its
sessions, so a new password makes it void, and is made anew at every login.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from dashboard.access.accounts import Account
from dashboard.access.http import cookie, cookie_name, give_cookie
from data_access.records.logins import is_within
from etl.domain.units import DAY

PATH = "/masuk"
KNOWN_SECONDS = 180 * DAY
_PREFIX = "pantau_kenal_"
_NOTHING = ("", "", 0)


def remember_device(account: Account, moment: int) -> None:
    """Let this reply carry the cookie of the account."""
    value = _serializer().dumps([account.get_id(), secrets.token_urlsafe(12), moment])

    @after_this_request
    def give(reply: Response) -> Response:
        give_cookie(reply, _name(account), value, path=PATH, max_age=KNOWN_SECONDS, samesite="Lax")
        return reply


def known_device(account: Account | None, moment: int) -> str | None:
    """What names the device of this request, when the account has signed in from it before."""
    mark, nonce, since = _told(_name(account)) if account else _NOTHING
    is_good = account is not None and mark == account.get_id() and is_within(KNOWN_SECONDS, since, moment)
    return nonce if is_good else None


def users_of_device() -> list[int]:
    """The ids of the users who have signed in from the device of this request before."""
    start = cookie_name(_PREFIX)
    marks = (_told(_PREFIX + name.removeprefix(start))[0] for name in request.cookies if name.startswith(start))
    return [int(mark.partition(":")[0]) for mark in marks if mark]


def _told(name: str) -> tuple[str, str, int]:
    """What a cookie says that this server has made: the account and its version, the device, since when."""
    try:
        mark, nonce, since = _serializer().loads(cookie(name) or "")
    except (BadSignature, ValueError, TypeError):
        return _NOTHING
    return mark, nonce, since


def _name(account: Account) -> str:
    return f"{_PREFIX}{account.id}"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt="known device", signer_kwargs={"digest_method": sha256})
