"""Signing in at the office's provider of identities (OpenID Connect, `[openid]` of the settings).

    GET /masuk/openid?ke=/kepatuhan     leads to the provider
    GET /masuk/openid/kembali           where it leads back to

It makes no user and gives no role. Who comes back for the first time is bound to the one user whose name or address the
provider says, once the code of an app was right where one is asked for; from then on only that person comes in as that
user.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Flask, redirect, request, url_for
from werkzeug.wrappers import Response

from dashboard.access.accounts import Account, account_of, current_account
from dashboard.access.doors import Door, door
from dashboard.access.known import known_device, users_of_device
from dashboard.access.limits import Throttle, limits_of_openid
from dashboard.access.login import BY_OPENID, Attempt, ask_code, may_sign_in, sign_in
from dashboard.access.openid_journey import OpenIdError, Person, begin_journey, end_journey
from dashboard.access.sessions import Now, local_path
from dashboard.access.store import Store
from data_access.records.access import User

if TYPE_CHECKING:
    from dashboard.access.openid_provider import Provider

BACK_PATH = "/masuk/openid/kembali"
_COUNTED = ("doubtful", "nobody", "over")
"""What speaks against who comes back."""

_log = logging.getLogger("pantau")


def register_openid(server: Flask, store: Store, now: Now, *, is_demo_open: bool) -> None:
    """The way to the provider and back."""
    throttle, factors = Throttle(store, server.secret_key), store.second_factors(server.secret_key)
    known = _KnownProvider(store)

    @server.get("/masuk/openid", endpoint="openid")
    @door(Door.PUBLIC)
    def leave() -> Response:
        back, moment = local_path(request.args.get("ke")), now()
        if current_account() is not None:
            return redirect(back)
        if not store.openid.is_on or not _is_wanted():
            return redirect(url_for("login", ke=back))
        try:
            _refuse_many(_attempt(throttle, store, moment), store, moment)
            return redirect(known.provider().address(begin_journey(back, moment), _here(store), moment))
        except OpenIdError as error:
            return redirect(url_for("login", gagal=error.word, ke=back))

    @server.get(BACK_PATH, endpoint="openid_back")
    @door(Door.PUBLIC)
    def arrive() -> Response:
        moment = now()
        if current_account() is not None or not store.openid.is_on:
            return redirect("/")
        try:
            journey = end_journey(request.args.get("state"), moment)
        except OpenIdError as error:  # whoever has not been sent there has tried nothing
            return redirect(url_for("login", gagal=error.word))
        attempt = _attempt(throttle, store, moment)
        try:
            _refuse_many(attempt, store, moment)
            person = known.provider().person(journey, _here(store), request.args, moment)
            user = _user_of(person, store, is_demo_open=is_demo_open)
            owes_code = factors.is_on(user.id)
            if not owes_code and not store.bind_identity(user, person.identity, moment, request.remote_addr):
                raise OpenIdError("nobody", "bound otherwise meanwhile")
        except OpenIdError as error:
            if error.word in _COUNTED:
                attempt.fail()
                store.note(moment, None, "openid_refused", None, request.remote_addr)
                _log.warning("nobody came in by OpenID Connect: %s, %r", error.word, error.reason)
            return redirect(url_for("login", gagal=error.word, ke=journey.back))
        attempt.succeed()
        if owes_code:
            return ask_code(user, moment, journey.back, person.identity)
        sign_in(user, store, moment, BY_OPENID)
        return redirect(journey.back, 303)


def _is_wanted() -> bool:
    """Whether a person asks here to be signed in: where another site leads here, the browser says so."""
    return request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")


class _KnownProvider:
    """The provider that the settings name now, with what this process knows of it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: Provider | None = None

    def provider(self) -> Provider:
        """The provider of now."""
        from dashboard.access.openid_provider import Provider  # its libraries are slow to load, and seldom wanted

        if self._kept is None or self._kept.plan != self._store.openid:
            self._kept = Provider(self._store.openid)
        return self._kept


def _here(store: Store) -> str:
    """Where the provider leads back to; behind a proxy only the settings know it."""
    return f"{(store.own_address or request.host_url).rstrip('/')}{BACK_PATH}"


def _attempt(throttle: Throttle, store: Store, moment: int) -> Attempt:
    """One attempt; a device from which somebody has signed in before is counted for itself."""
    return Attempt(
        throttle, _who_was_here(store, moment), limits_of_openid(request.remote_addr or ""), moment, "openid"
    )


def _who_was_here(store: Store, moment: int) -> Account | None:
    users = (store.user_by_id(number) for number in users_of_device())
    accounts = (account_of(user) for user in users if user is not None)
    return next((account for account in accounts if known_device(account, moment)), None)


def _refuse_many(attempt: Attempt, store: Store, moment: int) -> None:
    if attempt.wait:
        store.note(moment, None, "openid_throttled", None, request.remote_addr)
        raise OpenIdError("throttled", "too many have failed")


def _user_of(person: Person, store: Store, *, is_demo_open: bool) -> User:
    """The user as whom that person may come in. Raises OpenIdError."""
    bound = store.user_of_identity(person.identity)
    meant = [bound] if bound else store.users_called(person.called) if person.called else []
    users = [user for user in meant if may_sign_in(user, store, is_demo_open=is_demo_open)]
    if len(users) != 1:
        raise OpenIdError("nobody", f"{len(meant)} users are meant, {len(users)} may sign in")
    if not bound and store.is_bound(users[0], person.identity):
        raise OpenIdError("nobody", "the user is somebody else there")
    return users[0]
