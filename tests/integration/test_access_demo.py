"""Invented users: only where the records are invented, and only at the machine itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.access.people import NotDemoError, renew_demo_logins
from data_access.records.access import add_user
from data_access.records.engine import writing
from tests.offices.desk import Desk, desk, password_hash, sign_in

FAR = {"environ_overrides": {"REMOTE_ADDR": "10.20.30.40"}}
PROXIED = {"headers": {"X-Forwarded-For": "10.20.30.40"}}
RENAMED = {"headers": {"Host": "pantau.trenggalekkab.go.id"}}
SILENTLY_PROXIED = {"headers": {"Origin": "https://pantau.trenggalekkab.go.id"}}
VIA = {"headers": {"Via": "1.1 gerbang"}}
BROKEN_ORIGIN = {"headers": {"Origin": "http://[::1"}}
AFAR = [FAR, PROXIED, RENAMED, SILENTLY_PROXIED, VIA, BROKEN_ORIGIN]


@pytest.fixture
def invented(tmp_path: Path) -> Desk:
    """A demo home, served on loopback."""
    return desk(tmp_path, is_demo=True)


def test_an_invented_user_comes_in_at_the_machine_itself(invented: Desk) -> None:
    assert sign_in(invented.browser(), "kadin").status_code == 303


@pytest.mark.parametrize("own", ["http://localhost", "http://127.0.0.1:8050", "http://[::1]:8050"])
def test_an_invented_user_comes_in_by_every_name_of_the_machine(own: str, invented: Desk) -> None:
    headers = {"Origin": own, "Host": own.removeprefix("http://")}
    assert sign_in(invented.browser(), "kadin", headers=headers, base_url=own).status_code == 303


@pytest.mark.parametrize("request_from_afar", AFAR)
def test_an_invented_user_is_refused_from_afar(request_from_afar: dict, invented: Desk) -> None:
    reply = sign_in(invented.browser(), "kadin", **request_from_afar)
    assert reply.status_code == 401
    assert "hanya berlaku di komputer tempat peladen berjalan" in reply.text


@pytest.mark.parametrize("request_from_afar", AFAR)
def test_a_session_begun_at_the_machine_is_nothing_from_afar(request_from_afar: dict, invented: Desk) -> None:
    browser = invented.signed_in("kadin")
    cookie = browser.get_cookie("pantau").value
    elsewhere = invented.app.server.test_client(use_cookies=False)
    headers = {"Cookie": f"pantau={cookie}"}
    assert elsewhere.get("/_dash-layout", headers=headers).status_code == 200
    asked = {**request_from_afar, "headers": {**headers, **request_from_afar.get("headers", {})}}
    assert elsewhere.get("/_dash-layout", **asked).status_code == 401


def test_invented_users_are_refused_when_the_server_listens_to_the_network(tmp_path: Path) -> None:
    open_to_all = desk(tmp_path, is_demo=True, host="0.0.0.0")  # noqa: S104
    assert sign_in(open_to_all.browser(), "kadin").status_code == 401


def test_an_invented_user_that_got_into_a_real_home_is_refused(tmp_path: Path) -> None:
    real = desk(tmp_path)
    with writing(real.office.records) as connection:
        add_user(connection, "contoh", "kadin", created_at=1, password_hash=password_hash(), is_demo=True)
    assert sign_in(real.browser(), "contoh").status_code == 401


def test_real_users_come_in_from_anywhere(tmp_path: Path) -> None:
    assert sign_in(desk(tmp_path).browser(), "kadin", **FAR).status_code == 303


def test_the_demo_gets_a_login_for_each_role_with_its_own_password(invented: Desk) -> None:
    logins = renew_demo_logins(invented.office, invented.clock())
    assert len(set(logins.values())) == len(logins) == 9
    assert sign_in(invented.browser(), "opd", logins["opd"]).status_code == 303
    assert sign_in(invented.browser(), "opd").status_code == 401


def test_a_real_home_gets_no_invented_logins(tmp_path: Path) -> None:
    real = desk(tmp_path)
    with pytest.raises(NotDemoError):
        renew_demo_logins(real.office, real.clock())


def test_every_page_says_that_the_data_is_invented(invented: Desk, tmp_path: Path) -> None:
    real = desk(tmp_path / "nyata")
    assert "Data contoh" in invented.signed_in("kadin").get("/_dash-layout").text
    assert "Data contoh" not in real.signed_in("kadin").get("/_dash-layout").text
