"""The first administrator of a real home, through a link that works once."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.access.begin import start_link
from dashboard.access.people import LINK_SECONDS, all_users
from dashboard.web.app import create_app
from dashboard.web.server import AddressRefusedError, base_url, check_address, greeting, gunicorn_options
from tests.offices.desk import Desk, form_token, sign_in
from tests.offices.office import Clock, open_office
from tests.reading.refusals import says

GOOD = "gamelan-di-alun-alun"


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """An office that nobody can log in to yet."""
    clock = Clock()
    office = open_office(tmp_path, clock)
    return Desk(office, create_app(office, now=clock, pages=[]), clock)


def make(
    browser: FlaskClient, token: str, name: str = "admin", password: str = GOOD, repeat: str | None = None
) -> TestResponse:
    csrf = form_token(browser.get("/mulai").text)
    again = password if repeat is None else repeat
    return browser.post(
        "/mulai", data={"kode": token, "nama": name, "sandi": password, "ulang": again, "csrf_token": csrf}
    )


def token_of(served: Desk) -> str:
    return start_link(served.office, served.clock(), "http://127.0.0.1:8050").partition("#")[2]


def test_the_console_prints_the_address_and_the_link_at_the_first_start(served: Desk) -> None:
    address, _, link = greeting(served.office, served.clock(), "127.0.0.1", 8050)
    assert address == "Pantau berjalan di http://127.0.0.1:8050"
    assert link.startswith("http://127.0.0.1:8050/mulai#")


def test_the_link_makes_an_admin_who_is_signed_in(served: Desk) -> None:
    browser = served.browser()
    assert make(browser, token_of(served)).status_code == 303
    assert browser.get("/_dash-layout").status_code == 200
    assert sign_in(served.browser(), "admin", GOOD).status_code == 303


def test_the_link_works_once_and_is_not_made_again(served: Desk) -> None:
    token, second = token_of(served), served.browser()
    csrf = form_token(second.get("/mulai").text)
    make(served.browser(), token)
    typed = {"kode": token, "nama": "penyusup", "sandi": GOOD, "ulang": GOOD, "csrf_token": csrf}
    reply = second.post("/mulai", data=typed)
    assert reply.status_code == 403
    assert "Tautan ini sudah dipakai: admin pertama sudah dibuat." in reply.text
    assert "Tautan ini sudah dipakai" in second.get("/mulai").text
    assert sign_in(served.browser(), "penyusup", GOOD).status_code == 401
    assert start_link(served.office, served.clock(), "http://127.0.0.1:8050") is None
    assert len(greeting(served.office, served.clock(), "127.0.0.1", 8050)) == 1


def test_the_link_ends_after_a_day_and_when_a_newer_one_is_made(served: Desk) -> None:
    older, newer = token_of(served), token_of(served)
    assert make(served.browser(), older).status_code == 403
    served.clock.at += LINK_SECONDS
    assert make(served.browser(), newer).status_code == 403


@pytest.mark.parametrize(
    ("name", "password", "repeat"),
    [
        ("admin", "pendek", None),
        ("admin", "aaaaaaaaaaaa", None),
        ("admin", "admin-12345", None),
        ("", GOOD, None),
        ("admin", GOOD, "lain"),
    ],
)
def test_a_weak_or_mistyped_password_does_not_use_the_link_up(
    name: str, password: str, repeat: str | None, served: Desk
) -> None:
    token = token_of(served)
    assert make(served.browser(), token, name, password, repeat).status_code == 400
    assert make(served.browser(), token).status_code == 303


@pytest.mark.parametrize("address", ["/", "/masuk", "/ringkasan", "/data?berkas=1", "/lapor", "/layar"])
def test_without_users_every_page_leads_to_the_one_that_says_where_the_link_is(address: str, served: Desk) -> None:
    reply = served.browser().get(address)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/mulai")
    page = served.browser().get("/mulai").text
    assert "Belum ada pengguna di kantor ini" in page
    assert "jendela tempat make run atau pantau serve berjalan" in page
    assert "pantau user link" in page


def test_a_login_that_stayed_open_leads_there_too_and_scripts_are_refused_as_ever(served: Desk) -> None:
    reply = served.browser().post("/masuk", data={"nama": "kadin", "sandi": "contoh"})
    assert (reply.status_code, reply.headers["Location"]) == (303, "/mulai")
    assert served.browser().get("/_dash-layout").status_code == 401
    assert served.browser().get("/sehat").json["status"] == "ok"


def test_the_first_admin_goes_on_to_the_first_steps(served: Desk) -> None:
    assert make(served.browser(), token_of(served)).headers["Location"] == "/langkah-awal"
    assert served.browser().get("/masuk").status_code == 200


def test_a_bad_code_is_refused_before_anything_else_is_looked_at(served: Desk) -> None:
    token_of(served)
    assert make(served.browser(), "tebakan", password="pendek").status_code == 403


def test_a_guessed_code_makes_nobody(served: Desk) -> None:
    token_of(served)
    assert make(served.browser(), "tebakan").status_code == 403
    assert all_users(served.office) == []


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:8050"), ("0.0.0.0", "http://127.0.0.1:8050"), ("::1", "http://[::1]:8050")],  # noqa: S104
)
def test_the_printed_address_opens_in_a_browser_on_this_machine(host: str, address: str) -> None:
    assert base_url(host, 8050) == address


def test_a_port_that_is_taken_is_refused_in_words() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(AddressRefusedError, check=says("pilih --port")):
            check_address("127.0.0.1", other.getsockname()[1])


def test_the_server_runs_two_processes_of_four_threads_without_a_control_socket() -> None:
    options = gunicorn_options("127.0.0.1", 8050)
    assert (options["workers"], options["threads"], options["control_socket_disable"]) == (2, 4, True)
    assert options["bind"] == "127.0.0.1:8050"
