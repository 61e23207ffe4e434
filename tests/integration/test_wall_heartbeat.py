"""What a wall screen tells of itself: kept for screens only, bounded, and never more than a kind and a place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.access.devices import device_link
from dashboard.access.people import all_screens, revoke_screen
from dashboard.wall import read_heartbeat
from etl.figures.wall.screens import Screen, ScreenState, screens
from tests.offices.desk import Desk, desk, open_screen

GOOD = {"build": "0a1b2c3d4e", "viewport": "1920×1080", "errors": 0, "last_error": None}


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """An office with everybody and without pages."""
    return desk(tmp_path)


@pytest.fixture
def tv(served: Desk) -> FlaskClient:
    """A wall screen with its cookie."""
    browser = served.browser()
    open_screen(browser, device_link(served.office, "TV Kabid", served.clock(), "http://localhost"))
    return browser


def tell(browser: FlaskClient, **changes: Any) -> int:
    return browser.post("/layar/kabar", json=GOOD | changes).status_code


def only_screen(served: Desk) -> Screen:
    (one,) = screens(served.office, served.clock())
    return one


def test_a_heartbeat_is_kept_with_build_and_size(served: Desk, tv: FlaskClient) -> None:
    assert tell(tv) == 204
    one = only_screen(served)
    assert (one.heartbeat_at, one.build, one.viewport) == (served.clock(), "0a1b2c3d4e", "1920×1080")
    assert (one.state, one.error_count, one.last_error) == (ScreenState.CONNECTED, 0, None)


def test_errors_add_up_and_the_last_one_stays(served: Desk, tv: FlaskClient) -> None:
    tell(tv, errors=2, last_error="TypeError paint.js:120:14")
    served.clock.at += 60
    tell(tv, errors=1, last_error="RangeError format.js:9:1")
    served.clock.at += 60
    tell(tv)
    one = only_screen(served)
    assert (one.error_count, one.last_error, one.last_error_at) == (
        3,
        "RangeError format.js:9:1",
        one.heartbeat_at - 60,
    )


def test_a_screen_that_tells_every_second_is_written_down_every_twenty(served: Desk, tv: FlaskClient) -> None:
    first = served.clock()
    for _ in range(25):
        tell(tv, errors=1_000_000, last_error="Error")
        served.clock.at += 1
    one = only_screen(served)
    assert (one.heartbeat_at, one.error_count) == (first + 20, 2_000)


@pytest.mark.parametrize(
    "changes",
    [
        {"last_error": "Rapat Budi tidak terbaca"},
        {"last_error": "TypeError: x is 'Rapat koordinasi' paint.js:1:1"},
        {"errors": -1},
        {"errors": True},
        {"errors": "3"},
        {"build": "<script>"},
        {"viewport": "9" * 400},
        {"build": None},
    ],
)
def test_anything_else_is_refused_and_not_kept(changes: dict[str, Any], served: Desk, tv: FlaskClient) -> None:
    assert tell(tv, **changes) == 400
    assert only_screen(served).heartbeat_at is None


def test_what_was_not_written_down_is_to_be_told_again(tv: FlaskClient) -> None:
    assert [tell(tv), tell(tv, errors=1)] == [204, 202]


def test_a_server_clock_that_was_put_back_holds_no_heartbeat_up(served: Desk, tv: FlaskClient) -> None:
    tell(tv)
    served.clock.at -= 86_400
    assert tell(tv) == 204
    assert only_screen(served).heartbeat_at == served.clock()


def test_what_is_no_object_is_refused(tv: FlaskClient) -> None:
    assert tv.post("/layar/kabar", data="errors=1").status_code == 400
    assert tv.post("/layar/kabar", json=[1, 2]).status_code == 400
    assert read_heartbeat({}) is None


def test_strangers_and_revoked_screens_tell_nothing(served: Desk, tv: FlaskClient) -> None:
    assert tell(served.browser()) == 401
    revoke_screen(served.office, all_screens(served.office)[0]["id"], served.clock())
    assert tell(tv) == 401
    assert only_screen(served).heartbeat_at is None


def test_somebody_who_looks_at_the_wall_from_a_desk_is_no_screen(served: Desk) -> None:
    device_link(served.office, "TV Kabid", served.clock(), "http://localhost")
    assert tell(served.signed_in("kabid")) == 204
    assert only_screen(served).heartbeat_at is None


def test_a_screen_is_silent_after_ten_minutes(served: Desk) -> None:
    tv, link = served.browser(), device_link(served.office, "TV Kabid", served.clock(), "http://localhost")
    assert only_screen(served).state is ScreenState.UNOPENED
    open_screen(tv, link)
    tell(tv)
    served.clock.at += 600
    assert only_screen(served).state is ScreenState.CONNECTED
    served.clock.at += 1
    assert (only_screen(served).state, only_screen(served).is_silent) == (ScreenState.SILENT, True)
