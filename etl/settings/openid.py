"""`[openid]` of the settings: a provider of identities (OpenID Connect) at which people may sign in.

[openid]
issuer = "https://sso.example.go.id/realms/kabupaten"
client_id = "pantau"
secret_env = "PANTAU_OPENID_SECRET"
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, model_validator

from data_access.errors import Message
from etl.settings.tables import Table
from etl.settings.values import Switch, Text, Variable, a_list, must, refuse

CLAIMS = ("email", "preferred_username")
"""What a provider may call people by: an address that it has verified, or the name that they have there."""

SECRETS = "PANTAU_OPENID_"
"""How the variables begin whose content may go to a provider: no setting sends it what another variable holds."""

_NEEDED_SCOPE = "openid"
_ADDRESS = re.compile(r"https://[^/?#\s]+(/[^?#\s]*)?|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/[^?#\s]*)?")


def is_safe_address(value: object) -> bool:
    """Whether it is an address to which secrets may go: encrypted, or on this machine."""
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


_Provider = Annotated[Text, AfterValidator(must(is_safe_address, "rule.provider"))]
_Claim = Annotated[Text, AfterValidator(must(CLAIMS.__contains__, "rule.one_of", choices=CLAIMS))]
_Secret = Annotated[Variable, AfterValidator(must(lambda name: name.startswith(SECRETS), "rule.openid_secret"))]
_Scopes = Annotated[
    tuple[Text, ...], a_list, AfterValidator(must(lambda scopes: _NEEDED_SCOPE in scopes, "rule.openid_scope"))
]


class OpenIdTable(Table):
    """`[openid]`: without `issuer` nobody signs in but with a password.

    `secret_env`: the environment variable that holds the client's secret; None: a client without one. `claim`: by what
    a person's user is found at the first time. `label`: what the provider is called on the screen; None: an account of
    the government. `passwords` false: only administrators may use theirs.
    """

    issuer: _Provider | None = None
    client_id: Text | None = None
    secret_env: _Secret | None = None
    claim: _Claim = "email"
    scopes: _Scopes = (_NEEDED_SCOPE, "email", "profile")
    label: Text | None = None
    passwords: Switch = True

    @model_validator(mode="after")
    def _makes_sense(self) -> OpenIdTable:
        if self.issuer and not self.client_id:
            refuse(Message("rule.text"), key="client_id", value=None)
        if not self.issuer and not self.passwords:
            refuse(Message("rule.passwords_on"), key="passwords", value=False)
        return self

    @property
    def finds_by_email(self) -> bool:
        """Whether a user's address says who comes in as that user."""
        return self.is_on and self.claim == "email"

    @property
    def is_on(self) -> bool:
        """Whether people may sign in at a provider."""
        return self.issuer is not None
