"""A real provider of identities (django-oauth-toolkit), run as `python -m tests.serving.identity_provider`.

Words: the folder of its database, its address as others see it, the addresses to which it may lead back, with a blank
between them. Its people have the password `sandi-<name>`; the address of the one called `belum` is not verified.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django
import waitress
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

from tests.serving.identity import CLIENT, OTHER_CLIENT, SECRET

PEOPLE = ("kadin", "sekdin", "admin", "opd", "tamu", "belum")
_FORM = """<!doctype html><title>Masuk SSO</title><form method="post">{% csrf_token %}{{ form }}
<input type="hidden" name="next" value="{{ next }}"><button>Masuk SSO</button></form>"""


def configure(folder: Path, address: str) -> None:
    """Django, and the toolkit with OpenID Connect; the keys are this process's own."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    apps = ("django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider")
    options = {"string_if_invalid": "", "loaders": [("django.template.loaders.locmem.Loader", _templates())]}
    settings.configure(
        SECRET_KEY=pem,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=apps,
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": options}],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "sso.sqlite")}},
        MIGRATION_MODULES={app.rpartition(".")[2]: None for app in apps},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LOGIN_URL="/masuk/",
        USE_TZ=True,
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": address,
            "OIDC_RSA_PRIVATE_KEY": pem,
            "SCOPES": {"openid": "", "email": "", "profile": ""},
        },
    )
    django.setup()


def _templates() -> dict[str, str]:
    return {"registration/login.html": _FORM}


def fill(returns: str) -> None:
    """Its people, and its two clients."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application

    call_command("migrate", run_syncdb=True, verbosity=0)
    for name in PEOPLE:
        User.objects.create_user(name, f"{name.capitalize()}@contoh.go.id", f"sandi-{name}")
    for client in (CLIENT, OTHER_CLIENT):
        Application.objects.create(
            client_id=client,
            client_secret=SECRET,
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
            algorithm=Application.RS256_ALGORITHM,
            redirect_uris=returns,
            skip_authorization=True,
        )


def _make_application() -> Any:
    """The application, whose ID tokens hold the name of a person there and whose userinfo adds the address."""
    from django.contrib.auth.views import LoginView
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path
    from oauth2_provider.oauth2_validators import OAuth2Validator
    from oauth2_provider.settings import oauth2_settings

    class Claims(OAuth2Validator):
        oidc_claim_scope = None

        def get_additional_claims(self, request: Any) -> dict[str, Any]:
            return {"preferred_username": request.user.username}

        def get_userinfo_claims(self, request: Any) -> dict[str, Any]:
            user = request.user
            told = {"email": user.email, "email_verified": user.username != "belum"}
            return super().get_userinfo_claims(request) | told

    oauth2_settings.OAUTH2_VALIDATOR_CLASS = Claims
    routes = include("oauth2_provider.urls", namespace="oauth2_provider")
    sys.modules[__name__].urlpatterns = [path("o/", routes), path("masuk/", LoginView.as_view())]  # type: ignore[attr-defined]
    return get_wsgi_application()


def main(words: Sequence[str]) -> None:
    """Serve until the end."""
    folder, address, returns = words
    configure(Path(folder), address)
    fill(returns)
    server = waitress.create_server(_make_application(), host="127.0.0.1", port=0, threads=4)
    sys.stdout.write(f"at {server.effective_port}.\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main(sys.argv[1:])
