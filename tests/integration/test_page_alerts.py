"""Pengaturan, Pemberitahuan: an administrator tries the way out, gives addresses, and sees what became of alerts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashboard.pages.settings import alerts as page
from dashboard.web.pages import PAGES
from data_access.records import reading
from data_access.records.access import user_by_name
from etl.intake.pipeline import apply_settings
from etl.settings.document import apply
from tests.offices.desk import PASSWORD, Desk, desk
from tests.reading.layout import words
from tests.serving.callbacks import ask, call, opened
from tests.serving.mail import certificate, mail_server

TEST = ("alerts-said.children", "alerts-changed.data")
ALERTS = '[alerts]\nsmtp_env = "SURAT_KELUAR"\nsender = "pantau@kantor.go.id"\n'


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """An office with everybody."""
    return desk(tmp_path, pages=PAGES)


def save(browser: Any, who: str, email: str) -> Any:
    """Give an address."""
    state = [{"id": "alerts-who", "property": "value", "value": who}]
    state += [{"id": "alerts-email", "property": "value", "value": email}]
    clicked = [{"id": "alerts-save", "property": "n_clicks", "value": 1}]
    return call(browser, "alerts-saved.children", clicked, state=state, changedPropIds=["alerts-save.n_clicks"])


def test_an_administrator_gives_an_address_and_tries_the_way(served: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = served.signed_in("admin")
    assert "mati" in words(opened(admin, page.PATH))
    apply_settings(served.office, lambda now: apply(now, ALERTS, "x"), served.clock(), actor="admin")
    assert "Bukan alamat" in save(admin, "user:admin", "salah").text
    assert "disimpan" in save(admin, "user:admin", "admin@kantor.go.id").text
    with mail_server() as server:
        monkeypatch.setenv("SURAT_KELUAR", server.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate()[0]))
        state = [{"id": "alerts-changed", "property": "data", "value": 0}]
        clicked = [{"id": "alerts-test", "property": "n_clicks", "value": 1}]
        reply = ask(admin, TEST, clicked, state=state, changedPropIds=["alerts-test.n_clicks"])
        assert "terkirim" in reply.text
        assert [mail["To"] for mail in server.mails] == ["admin@kantor.go.id"]
    assert "terkirim" in words(opened(admin, page.PATH))


def test_nobody_else_gives_addresses(served: Desk) -> None:
    assert save(served.signed_in("kadin"), "user:kadin", "kadin@kantor.go.id").status_code == 403
    with reading(served.office.records) as connection:
        user = user_by_name(connection, "kadin")
    assert user is not None
    assert user.email is None


def test_who_knows_the_password_gives_an_own_address_and_a_borrowed_screen_does_not(served: Desk) -> None:
    kadin = served.signed_in("kadin")

    def give(email: str, password: str) -> str:
        values = {"account-email": email, "account-email-proof": password}
        state = [{"id": id, "property": "value", "value": value} for id, value in values.items()]
        clicked = [{"id": "account-email-save", "property": "n_clicks", "value": 1}]
        press = {"state": state, "changedPropIds": ["account-email-save.n_clicks"]}
        return str(call(kadin, "account-email-said.children", clicked, **press).text)

    assert "disimpan" in give(" kadin@kantor.go.id ", PASSWORD)
    assert "disimpan" not in give("pencuri@example.com", "") + give("pencuri@example.com", "salah-sekali")
    assert "kadin@kantor.go.id" in str(opened(kadin, "/akun"))
    by_email = '[openid]\nissuer = "https://sso.kantor.go.id"\nclient_id = "pantau"\n'
    apply_settings(served.office, lambda known: apply(known, by_email, "p.toml"), served.clock(), actor="admin")
    assert "hanya admin yang dapat mengubahnya" in give("kadin@lain.go.id", PASSWORD)
