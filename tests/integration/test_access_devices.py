"""A wall screen: from its link to a cookie that opens the wall and nothing else, until it is revoked."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.access.devices import device_link, renewed_link, token_hash
from dashboard.access.people import all_screens, revoke_screen
from data_access.errors import PantauError
from data_access.records.access import add_device
from data_access.records.engine import reading, writing
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
    screen, token = served.browser(), new_token(served)
    activate(screen, token)
    cookie = screen.get_cookie("pantau_layar", path="/layar").value
    with reading(served.office.records) as connection:
        of_screen = connection.exec_driver_sql("SELECT token_hash FROM device").scalar_one()
        of_link = connection.exec_driver_sql("SELECT token_hash FROM one_time_link").scalar_one()
    assert (of_screen, of_link, cookie != token) == (token_hash(cookie), token_hash(token), True)


def test_a_link_works_on_the_first_device_at_every_boot_and_on_no_other(served: Desk) -> None:
    screen, token = served.browser(), new_token(served)
    assert activate(screen, token).status_code == 200
    served.clock.at += YEAR
    assert activate(screen, token).json == {"to": "/layar"}
    assert screen.get("/layar/data.json").status_code == 200
    refused = activate(served.browser(), token)
    assert (refused.status_code, refused.json) == (403, {"error": "used"})
    assert "sudah dipakai perangkat lain" in served.browser().get("/layar/aktifkan").text


def test_a_new_link_moves_the_screen_to_another_device_once_it_is_used(served: Desk) -> None:
    old, new, token = served.browser(), served.browser(), new_token(served)
    activate(old, token)
    number = all_screens(served.office)[0]["id"]
    links = [renewed_link(served.office, number, served.clock(), "http://x").partition("#")[2] for _ in range(2)]
    assert old.get("/layar/data.json").status_code == 200
    assert activate(new, links[0]).json == {"error": "used"}  # the second one took its place
    assert activate(new, links[1]).status_code == 200
    assert [browser.get("/layar/data.json").status_code for browser in (old, new)] == [401, 200]
    assert [screen["id"] for screen in all_screens(served.office)] == [number]
    revoke_screen(served.office, number, served.clock())
    with pytest.raises(PantauError):
        renewed_link(served.office, number, served.clock(), "http://x")


def test_two_devices_with_one_link_at_the_same_moment_are_one_screen(served: Desk) -> None:
    token, together = new_token(served), threading.Barrier(2)

    def open_link(browser: FlaskClient) -> int:
        together.wait()
        return activate(browser, token).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(open_link, (served.browser(), served.browser()))) == [200, 403]


def test_a_screen_whose_cookie_is_its_links_token_goes_on(served: Desk) -> None:
    with writing(served.office.records) as connection:
        for name in ("lama", "belum-dibuka"):
            add_device(connection, name, token_hash(name), created_at=1)
    old = served.browser()
    old.set_cookie("pantau_layar", "lama", path="/layar")
    assert old.get("/layar/data.json").status_code == 200
    assert activate(old, "lama").status_code == 200
    assert activate(served.browser(), "lama").json == {"error": "used"}
    assert activate(served.browser(), "belum-dibuka").status_code == 200


def test_it_is_known_when_a_screen_was_last_seen(served: Desk) -> None:
    screen = served.browser()
    activate(screen, new_token(served))
    served.clock.at += 120
    screen.get("/layar/data.json")
    assert all_screens(served.office)[0]["last_seen_at"] == served.clock.at
