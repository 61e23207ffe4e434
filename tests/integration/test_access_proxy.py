"""Behind a proxy: whose word counts about where a request comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.access.proxy import visitor
from dashboard.web.app import create_app
from data_access.records.engine import reading
from etl.intake.pipeline import apply_settings
from etl.settings.document import Settings
from etl.settings.tables import ProxyTable
from tests.offices.desk import Desk, desk, form_token, sign_in
from tests.reading.audit import recent_actions

PROXIES = ProxyTable(trusted=("127.0.0.1", "10.0.0.0/8", "fd00::/8"))
FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "pantau.example"}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # what the visitor itself claims stands further left
        ("127.0.0.1", "203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("fd00::1", "203.0.113.9, 10.1.2.3,10.9.9.9", "203.0.113.9"),
        ("127.0.0.1", "10.1.2.3, 10.9.9.9", "10.1.2.3"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "???", "127.0.0.1"),
        ("127.0.0.1", "6.6.6.6, unknown", "127.0.0.1"),  # and not what stands left of it
        ("127.0.0.1", '6.6.6.6, "x, 203.0.113.9, 10.1.2.3', "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9:51234", "203.0.113.9"),
        ("127.0.0.1", '"[2001:db8::7]:51234"', "2001:db8::7"),
        ("::ffff:127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("192.0.2.1", "203.0.113.9", None),
        ("", "203.0.113.9", None),
    ],
)
def test_the_visitor_is_the_first_whom_no_trusted_proxy_is(peer: str, forwarded: str, address: str | None) -> None:
    assert visitor(PROXIES, peer, forwarded) == address


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    made = desk(tmp_path)
    settings = Settings.model_validate(made.office.settings.to_document() | {"proxy": {"trusted": ["127.0.0.1"]}})
    apply_settings(made.office, settings, made.clock(), actor="admin")
    return made


def last_address(served: Desk) -> str | None:
    with reading(served.office.records) as connection:
        return recent_actions(connection, 1)[0].address


def test_the_real_address_is_logged_and_its_cookies_travel_encrypted(served: Desk) -> None:
    reply = sign_in(served.browser(), "kadin", headers=FORWARDED)
    assert reply.status_code == 303
    assert all("Secure" in cookie for cookie in reply.headers.getlist("Set-Cookie"))
    assert reply.headers["Strict-Transport-Security"]
    assert last_address(served) == "203.0.113.9"


def test_what_anybody_else_says_of_itself_counts_for_nothing(served: Desk) -> None:
    browser = served.browser()
    reply = sign_in(browser, "kadin", headers=FORWARDED, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert not any("Secure" in cookie for cookie in reply.headers.getlist("Set-Cookie"))
    assert "Strict-Transport-Security" not in reply.headers
    assert last_address(served) == "192.0.2.7"


def test_visitors_behind_one_proxy_are_counted_apart(served: Desk) -> None:
    def attempt(address: str, name: str) -> int:
        return sign_in(
            served.browser(), name, "salah-sekali", headers=FORWARDED | {"X-Forwarded-For": address}
        ).status_code

    assert [attempt("203.0.113.9", f"nama{number}") for number in range(31)][-2:] == [401, 429]
    assert attempt("203.0.113.10", "nama") == 401


def test_behind_tls_the_form_is_taken_though_the_proxy_changes_the_name(tmp_path: Path) -> None:
    plain = desk(tmp_path)
    browser = create_app(plain.office, now=plain.clock, pages=[], secure_cookies=True).server.test_client()
    page = browser.get("/masuk", base_url="https://127.0.0.1:8050")
    fields = {"nama": "kadin", "sandi": "salah-sekali", "csrf_token": form_token(page.text)}
    origin = {"Referer": "https://pantau.example/masuk", "Origin": "https://pantau.example"}
    assert browser.post("/masuk", data=fields, base_url="https://127.0.0.1:8050", headers=origin).status_code == 401
