"""What is asked of the provider of identities (OpenID Connect): code with PKCE, state and nonce, over Authlib.

Read at the first sign-in there, as its libraries take a third of a second. What the provider says of itself is kept for
an hour. While there is no line to it nobody waits for it: at most two threads of a process, for seconds. An answer that
is an error is no reason to rest: whoever brings a bad code can make it give one.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, TypeVar

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from dashboard.access.openid_journey import Journey, OpenIdError, Person
from dashboard.access.sessions import token_hash
from data_access.records.logins import Identity, is_within
from etl.domain.units import HOUR, MINUTE
from etl.settings.openid import OpenIdTable, is_safe_address

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""How an ID token may be signed: by a key that only the provider has."""

TIMEOUTS = (3, 5)
"""Seconds until there is a line, and between two pieces of an answer."""
PAUSE_SECONDS = 15
"""So long after it did not answer it is taken to be away still."""
_ABOUT_SECONDS = HOUR
_CLOCKS_SECONDS = 2 * MINUTE
_MOST_THREADS = 2
_LONGEST_SUBJECT = 255
_NO_LINE = (requests.ConnectionError, requests.Timeout)
_JUNK = (JoseError, LookupError, TypeError, ValueError, requests.RequestException)
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")

Found = TypeVar("Found")
_log = logging.getLogger("pantau")


class Provider:
    """The provider that the settings name, as one process knows it."""

    def __init__(self, plan: OpenIdTable) -> None:
        self.plan = plan
        self._about: Mapping[str, Any] = {}
        self._keys: KeySet | None = None
        self._told_at = self._away_at = 0
        self._lines = BoundedSemaphore(_MOST_THREADS)

    def address(self, journey: Journey, here: str, moment: int) -> str:
        """Where the browser signs in; it comes back to `here`. Raises OpenIdError."""
        return self._asking(moment, lambda: self._address(journey, here, moment))

    def person(self, journey: Journey, here: str, answer: Mapping[str, str], moment: int) -> Person:
        """Who comes back with this answer, which the browser has brought. Raises OpenIdError."""
        if "error" in answer:
            raise OpenIdError("declined", answer["error"][:40])
        return self._asking(moment, lambda: self._person(journey, here, answer, moment))

    def _asking(self, moment: int, ask: Callable[[], Found]) -> Found:
        """What the provider answers, unless it does not, or its answer is an error or not to be believed."""
        if is_within(PAUSE_SECONDS, self._away_at, moment) or not self._lines.acquire(timeout=1):
            raise OpenIdError("away", "not asked again yet")
        try:
            return ask()
        except _NO_LINE as error:
            self._away_at = moment
            raise _away(str(error)) from error
        except OAuthError as error:
            is_over = error.error == "invalid_grant"
            raise OpenIdError("over" if is_over else "doubtful", error.error) from error
        except _JUNK as error:
            raise OpenIdError("doubtful", f"{type(error).__name__}: {error}") from error
        finally:
            self._lines.release()

    def _address(self, journey: Journey, here: str, moment: int) -> str:
        with self._line(here) as line:
            about = self._said(line, moment)
            address, _ = line.create_authorization_url(
                about["authorization_endpoint"], journey.state, journey.verifier, nonce=journey.nonce
            )
        return str(address)

    def _person(self, journey: Journey, here: str, answer: Mapping[str, str], moment: int) -> Person:
        with self._line(here) as line:
            about = self._said(line, moment)
            if answer.get("iss", about["issuer"]) != about["issuer"]:
                raise OpenIdError("doubtful", "an answer of another issuer")
            line.token_endpoint_auth_method = self._proof(about)
            given = {"code": answer.get("code", ""), "code_verifier": journey.verifier}
            token = line.fetch_token(
                about["token_endpoint"], grant_type="authorization_code", allow_redirects=False, **given
            )
            claims = self._claims(line, token, journey, moment)
            return Person(_identity(claims), self._called(line, claims))

    @contextmanager
    def _line(self, here: str) -> Iterator[OAuth2Session]:
        """What asks, as this client."""
        variable = self.plan.secret_env
        secret = os.environ.get(variable) if variable else None
        if variable and not secret:
            raise _away(f"{variable} is not set")
        client = {"client_id": self.plan.client_id, "client_secret": secret, "redirect_uri": here}
        line = OAuth2Session(
            **client, scope=" ".join(self.plan.scopes), code_challenge_method="S256", default_timeout=TIMEOUTS
        )
        with line:
            yield line

    def _proof(self, about: Mapping[str, Any]) -> str:
        """How the client shows who it is: as the provider wants it."""
        if not self.plan.secret_env:
            return "none"
        known = about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"

    def _said(self, line: OAuth2Session, moment: int) -> Mapping[str, Any]:
        """What the provider says of itself."""
        if not self._about or not is_within(_ABOUT_SECONDS, self._told_at, moment):
            issuer = str(self.plan.issuer).rstrip("/")
            about = _document(line, f"{issuer}/.well-known/openid-configuration")
            if str(about["issuer"]).rstrip("/") != issuer:
                raise OpenIdError("doubtful", "it calls itself by another address")
            if not all(is_safe_address(about[name]) for name in _NEEDED):
                raise OpenIdError("doubtful", "an address that is not encrypted")
            self._about, self._keys, self._told_at = about, None, moment
        return self._about

    def _claims(self, line: OAuth2Session, token: Mapping[str, Any], journey: Journey, moment: int) -> CodeIDToken:
        """What the ID token says, once its signature, issuer, audience, times and nonce are right."""
        try:
            signed = jwt.decode(token["id_token"], self._signers(line), algorithms=list(ALGORITHMS))
        except (InvalidKeyIdError, BadSignatureError):
            self._keys = None  # the provider may have changed them since
            signed = jwt.decode(token["id_token"], self._signers(line), algorithms=list(ALGORITHMS))
        wanted = {
            "iss": {"essential": True, "value": self._about["issuer"]},
            "aud": {"essential": True, "value": self.plan.client_id},
            "sub": {"essential": True},
            "nonce": {"essential": True},
        }
        known = {"nonce": journey.nonce, "client_id": self.plan.client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(signed.claims, signed.header, wanted, known)
        claims.validate(moment, _CLOCKS_SECONDS)
        return claims

    def _signers(self, line: OAuth2Session) -> KeySet:
        if self._keys is None:
            self._keys = KeySet.import_key_set(_document(line, self._about["jwks_uri"]))  # type: ignore[arg-type]
        return self._keys

    def _called(self, line: OAuth2Session, claims: Mapping[str, Any]) -> str | None:
        """The name or the verified address: of the ID token, else where the provider tells more of the person."""
        more = self._about.get("userinfo_endpoint")
        if self.plan.claim not in claims and is_safe_address(more):
            told = _document(line, str(more), is_of_person=True)
            if told["sub"] != claims["sub"]:
                raise OpenIdError("doubtful", "it tells of somebody else")
            claims = told
        called = claims.get(self.plan.claim)
        is_sure = self.plan.claim != "email" or claims.get("email_verified") in (True, "true")
        return called if isinstance(called, str) and called.strip() and is_sure else None


def _away(reason: str) -> OpenIdError:
    """That nobody comes in now, whoever it is; why is said in the log."""
    _log.warning("the provider of identities does not answer: %s", reason)
    return OpenIdError("away", reason)


def _document(line: OAuth2Session, address: str, *, is_of_person: bool = False) -> dict[str, Any]:
    """A JSON object of the provider; of itself it tells everybody the same, whatever somebody has brought."""
    reply = line.get(address, withhold_token=not is_of_person, allow_redirects=False)
    if not is_of_person and not reply.ok:
        raise _away(f"{reply.status_code} of {address}")
    reply.raise_for_status()
    document = reply.json()
    if not isinstance(document, dict):
        raise TypeError("no object")
    return document


def _identity(claims: Mapping[str, Any]) -> Identity:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise TypeError("sub")
    return Identity(claims["iss"], token_hash(subject))
