"""A wall screen: from its link to a cookie that opens the wall and nothing else, until it is revoked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.access.devices import device_link, token_hash
from dashboard.access.people import all_screens, revoke_screen
from data_access.records.engine import reading
from tests.offices.desk import Desk, desk

YEAR = 365 * 86_400


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """An office with everybody and without pages."""
    return desk(tmp_path)


def new_token(served: Desk) -> str:
    return device_link(served.office, "TV Kabid", served.clock(), "http://localhost").partition("#")[2]


def activate(browser: FlaskClient, token: object) -> TestResponse:
    """What the page behind the link does."""
    csrf = re.search(r'data-csrf="([^"]+)"', browser.get("/layar/aktifkan").text).group(1)
    return browser.post("/layar/aktifkan", json={"token": token}, headers={"X-CSRFToken": csrf})


def test_the_link_carries_its_token_where_no_server_sees_it(served: Desk) -> None:
    link = device_link(served.office, "TV Kabid", served.clock(), "http://10.0.0.5:8050/")
    address, _, token = link.partition("#")
    assert address == "http://10.0.0.5:8050/layar/aktifkan"
    assert len(token) >= 43


def test_a_screen_changes_its_link_for_a_cookie_and_sees_the_wall_only(served: Desk) -> None:
    screen = served.browser()
    assert screen.get("/layar/data.json").status_code == 401
    assert activate(screen, new_token(served)).json == {"to": "/layar"}
    assert screen.get("/layar").status_code == 200
    assert screen.get("/layar/data.json").status_code == 200
    for address in ("/", "/permohonan", "/_dash-layout", "/_dash-dependencies"):
        assert screen.get(address).status_code in {302, 401}, address


def test_the_cookie_is_kept_from_scripts_and_sent_to_the_wall_alone(served: Desk) -> None:
    given = activate(served.browser(), new_token(served)).headers["Set-Cookie"]
    assert all(part in given for part in ("HttpOnly", "SameSite=Strict", "Path=/layar"))


def test_every_reply_renews_the_cookie_so_that_it_never_runs_out(served: Desk) -> None:
    screen = served.browser()
    activate(screen, new_token(served))
    served.clock.at += YEAR
    reply = screen.get("/layar/data.json")
    assert reply.status_code == 200
    assert "pantau_layar=" in reply.headers["Set-Cookie"]
    assert "Max-Age=34560000" in reply.headers["Set-Cookie"]


def test_a_revoked_screen_is_refused_at_once_and_its_link_is_dead(served: Desk) -> None:
    screen, token = served.browser(), new_token(served)
    activate(screen, token)
    revoke_screen(served.office, all_screens(served.office)[0]["id"], served.clock())
    assert screen.get("/layar/data.json").status_code == 401
    assert activate(served.browser(), token).status_code == 403


@pytest.mark.parametrize("token", ["", "tebakan", None, 7, ["a"], "\ud800", "\0"])
def test_a_guessed_token_is_refused(token: object, served: Desk) -> None:
    new_token(served)
    assert activate(served.browser(), token).status_code == 403


def test_activation_needs_the_token_against_forged_requests(served: Desk) -> None:
    assert served.browser().post("/layar/aktifkan", json={"token": new_token(served)}).status_code == 400


def test_the_records_hold_the_hash_of_the_token_and_not_the_token(served: Desk) -> None:
    token = new_token(served)
    with reading(served.office.records) as connection:
        kept = connection.exec_driver_sql("SELECT token_hash FROM device").scalar_one()
    assert kept == token_hash(token) != token


def test_it_is_known_when_a_screen_was_last_seen(served: Desk) -> None:
    screen = served.browser()
    activate(screen, new_token(served))
    served.clock.at += 120
    screen.get("/layar/data.json")
    assert all_screens(served.office)[0]["last_seen_at"] == served.clock.at
