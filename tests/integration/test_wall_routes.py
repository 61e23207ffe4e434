"""Who gets the wall, and how little it costs to ask for it every three seconds."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard import wall as routes
from dashboard.access.devices import device_link
from dashboard.access.people import choose_for_screen
from dashboard.wall import DATA_PATH, NOW_HEADER, PAGE_PATH
from dashboard.web.app import create_app
from data_access.records.access import ScreenChoice, add_user, all_devices, revoke_device
from data_access.records.engine import reading, writing
from etl.figures.wall.snapshot import wall_snapshot
from etl.office import Office
from tests.offices.desk import open_screen
from tests.offices.office import Clock, give
from tests.offices.thursday import moment, thursday_office
from tests.reading.audit import recent_actions

AT = moment("10:42")


@pytest.fixture
def clock() -> Clock:
    return Clock(AT)


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    office = thursday_office(tmp_path, clock)
    with writing(office.records) as connection:
        add_user(connection, "admin", "admin", created_at=AT, password_hash="-")
    yield office
    office.records.dispose()


@pytest.fixture
def stranger(office: Office, clock: Clock) -> FlaskClient:
    """A browser that nobody let in."""
    return create_app(office, now=clock).server.test_client()


@pytest.fixture
def screen(stranger: FlaskClient, office: Office) -> FlaskClient:
    """A wall screen with its cookie."""
    open_screen(stranger, device_link(office, "TV Kepala Bidang", AT, "http://localhost"))
    return stranger


def test_a_stranger_gets_neither_the_page_nor_the_data(stranger: FlaskClient) -> None:
    assert stranger.get(PAGE_PATH).status_code == 302
    assert stranger.get(DATA_PATH).status_code == 401


def test_a_screen_gets_both_without_a_login(screen: FlaskClient) -> None:
    assert "Smart Center" in screen.get(PAGE_PATH).get_data(as_text=True)
    assert screen.get(DATA_PATH).get_json()["room"]["state"] == "in_use"


def test_a_screen_gets_nothing_but_the_wall(screen: FlaskClient) -> None:
    assert screen.get("/permohonan").status_code in {302, 401, 403}


def test_a_revoked_screen_gets_nothing(screen: FlaskClient, office: Office) -> None:
    with writing(office.records) as connection:
        for device in all_devices(connection):
            revoke_device(connection, device.id, AT)
    assert screen.get(DATA_PATH).status_code == 401


def test_the_same_picture_is_not_sent_twice(screen: FlaskClient, clock: Clock) -> None:
    first = screen.get(DATA_PATH)
    clock.at += 3
    again = screen.get(DATA_PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers[NOW_HEADER] == str((AT + 3) * 1000)


def test_a_picture_is_made_once_for_all_screens_of_three_seconds(
    screen: FlaskClient, office: Office, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    monkeypatch.setattr(
        routes, "wall_snapshot", lambda office, at, wish: made.append(at) or wall_snapshot(office, at, wish)
    )
    for second in (0, 1, 2, 3, 5):
        clock.at = AT + second
        screen.get(DATA_PATH)
    assert made == [AT, AT + 3]
    give(office, tmp_path, "lagi.csv", "no_agenda;tgl_terima;jam_terima;asal\n8;19/11/2026;10.40;Bappeda\n", AT)
    screen.get(DATA_PATH)
    assert made == [AT, AT + 3, AT + 5]


def test_a_loaded_file_makes_a_new_picture(screen: FlaskClient, office: Office, tmp_path: Path) -> None:
    first = screen.get(DATA_PATH)
    give(office, tmp_path, "lagi.csv", "no_agenda;tgl_terima;jam_terima;asal\n8;19/11/2026;10.40;Bappeda\n", AT)
    again = screen.get(DATA_PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.headers["ETag"] != first.headers["ETag"]


def test_the_document_is_small_and_packed_when_the_browser_can(screen: FlaskClient) -> None:
    reply = screen.get(DATA_PATH, headers={"Accept-Encoding": "gzip"})
    assert reply.headers["Content-Encoding"] == "gzip"
    assert len(reply.data) < 30_000
    assert json.loads(gzip.decompress(reply.data)) == screen.get(DATA_PATH).get_json()


def test_nothing_of_the_wall_is_kept_by_caches(screen: FlaskClient) -> None:
    assert screen.get(DATA_PATH).headers["Cache-Control"] == "no-store"
    assert screen.get(PAGE_PATH).headers["Cache-Control"] == "no-store"


def screen_of(office: Office, clock: Clock, browser: FlaskClient) -> int:
    """Let that browser be a screen; its number."""
    open_screen(browser, device_link(office, "TV Lobi", clock(), "http://localhost"))
    with reading(office.records) as connection:
        return all_devices(connection)[-1].id


def test_a_screen_shows_what_was_chosen_for_it_and_the_others_what_they_did(
    office: Office, clock: Clock, browser: FlaskClient
) -> None:
    app = create_app(office, now=clock)
    lobby, other = app.server.test_client(), app.server.test_client()
    number = screen_of(office, clock, lobby)
    screen_of(office, clock, other)
    before = {one: (one.get(PAGE_PATH).text, one.get(DATA_PATH).headers[routes.BUILD_HEADER]) for one in (lobby, other)}
    label = choose_for_screen(office, number, ScreenChoice("en", ("lobby",), ()), clock())
    page = lobby.get(PAGE_PATH).text
    assert label == "TV Lobi"
    assert '<html lang="en"' in page
    assert 'data-view="lobby"' in page
    assert re.findall(r'class="dot-view" data-name="(\w+)"', page) == ["lobby"]
    answer = lobby.get(DATA_PATH)
    assert answer.headers[routes.BUILD_HEADER] != before[lobby][1]  # the page comes anew
    assert answer.headers[routes.BUILD_HEADER] in page
    assert [entry["title"] for entry in answer.json["programme"]["entries"]] == [
        "Rapat koordinasi imunisasi daerah", "Pelatihan operator sekolah",
    ]  # fmt: skip
    assert (other.get(PAGE_PATH).text, other.get(DATA_PATH).headers[routes.BUILD_HEADER]) == before[other]
    assert other.get(DATA_PATH).json["programme"]["entries"] == []
    heartbeat = {"build": answer.headers[routes.BUILD_HEADER], "viewport": "1920×1080", "errors": 0, "last_error": None}
    assert lobby.post(routes.HEARTBEAT_PATH, json=heartbeat).status_code == 204
    with reading(office.records) as connection:
        assert recent_actions(connection)[0].action == "screen_set"
