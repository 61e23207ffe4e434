"""Coming in, staying in and going out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data_access.records.access import set_active, set_password, user_by_name
from data_access.records.engine import reading, writing
from tests.offices.desk import PASSWORD, Desk, desk, form_token, sign_in
from tests.reading.audit import recent_actions
from tests.serving.callbacks import call

HOUR, DAY = 3_600, 86_400


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """An office with everybody and without pages."""
    return desk(tmp_path)


def is_in(browser: object) -> bool:
    return browser.get("/_dash-layout").status_code == 200


def test_a_login_leads_back_to_the_page_that_was_asked_for(served: Desk) -> None:
    browser = served.browser()
    asked = browser.get("/kepatuhan?dari=2026-01-01&opd=Dinas+Kesehatan")
    assert asked.headers["Location"] == "/masuk?ke=/kepatuhan?dari%3D2026-01-01%26opd%3DDinas%2BKesehatan"
    reply = sign_in(browser, "kadin", back="/kepatuhan?dari=2026-01-01&opd=Dinas+Kesehatan")
    assert reply.headers["Location"] == "/kepatuhan?dari=2026-01-01&opd=Dinas+Kesehatan"


@pytest.mark.parametrize(
    "elsewhere", ["https://jahat.example/", "//jahat.example", "/\\jahat.example", "kepatuhan", "/a\nb"]
)
def test_a_login_never_leads_to_another_server(elsewhere: str, served: Desk) -> None:
    assert sign_in(served.browser(), "kadin", back=elsewhere).headers["Location"] == "/"


def test_names_are_taken_whatever_their_case(served: Desk) -> None:
    assert sign_in(served.browser(), " Kadin ").status_code == 303


@pytest.mark.parametrize(("name", "password"), [("kadin", "salah-sekali"), ("siapa", PASSWORD), ("kadin", "")])
def test_a_wrong_name_and_a_wrong_password_get_the_same_words(name: str, password: str, served: Desk) -> None:
    reply = sign_in(served.browser(), name, password)
    assert reply.status_code == 401
    assert "Nama pengguna atau kata sandi tidak cocok." in reply.text


def test_the_sixth_wrong_password_has_to_wait_and_so_has_the_right_one(served: Desk) -> None:
    browser = served.browser()
    for _ in range(5):
        assert sign_in(browser, "kadin", "salah-sekali").status_code == 401
    reply = sign_in(browser, "kadin")
    assert (reply.status_code, "Coba lagi dalam 15 menit." in reply.text) == (429, True)
    served.clock.at += 15 * 60
    assert sign_in(browser, "kadin").status_code == 303


def test_wrong_passwords_of_one_colleague_do_not_lock_out_another(served: Desk) -> None:
    browser = served.browser()
    for _ in range(5):
        sign_in(browser, "kadin", "salah-sekali")
    assert sign_in(browser, "sekdin").status_code == 303


def test_a_forged_form_is_refused(served: Desk) -> None:
    reply = served.browser().post("/masuk", data={"nama": "kadin", "sandi": PASSWORD})
    assert (reply.status_code, "Permintaan tidak dapat diterima" in reply.text) == (400, True)


def test_a_session_from_before_the_login_is_worth_nothing_after_it(served: Desk) -> None:
    browser = served.browser()
    browser.get("/masuk")
    before = browser.get_cookie("pantau").value
    sign_in(browser, "kadin")
    assert browser.get_cookie("pantau").value != before
    planted = served.browser()
    planted.set_cookie("pantau", before)
    assert not is_in(planted)


def test_a_session_ends_after_eight_hours_alone(served: Desk) -> None:
    browser = served.signed_in("kadin")
    served.clock.at += 8 * HOUR
    assert is_in(browser)
    served.clock.at += 8 * HOUR + 1
    assert not is_in(browser)


def test_a_page_left_open_does_not_keep_its_session_alive(served: Desk) -> None:
    browser = served.signed_in("kadin")
    for _ in range(9):
        served.clock.at += HOUR
        last = call(browser, "shell-age.children", changedPropIds=["shell-tick.n_intervals"])
    assert last.status_code == 401


def test_a_session_ends_after_a_week_even_in_use(served: Desk) -> None:
    browser = served.signed_in("kadin")
    for _ in range(7 * 4):
        served.clock.at += 6 * HOUR
        assert is_in(browser)
    served.clock.at += 1
    assert not is_in(browser)


def test_signing_out_ends_the_session(served: Desk) -> None:
    browser = served.signed_in("kadin")
    reply = browser.post("/keluar", data={"csrf_token": browser.get_cookie("_csrf_token").value})
    assert reply.headers["Location"] == "/masuk?keluar=1"
    assert not is_in(browser)


def test_signing_out_needs_the_token(served: Desk) -> None:
    browser = served.signed_in("kadin")
    assert browser.post("/keluar").status_code == 400
    assert is_in(browser)


def test_a_new_password_ends_sessions_begun_with_the_old_one(served: Desk) -> None:
    browser = served.signed_in("kadin")
    with writing(served.office.records) as connection:
        set_password(connection, user_by_name(connection, "kadin").id, "baru")
    assert not is_in(browser)


def test_a_user_who_is_disabled_is_out_at_once(served: Desk) -> None:
    browser = served.signed_in("kadin")
    with writing(served.office.records) as connection:
        set_active(connection, user_by_name(connection, "kadin").id, is_active=False)
    assert not is_in(browser)
    assert sign_in(served.browser(), "kadin").status_code == 401


def test_an_expired_session_brings_a_page_to_the_login_and_a_script_a_status(served: Desk) -> None:
    browser = served.signed_in("kadin")
    served.clock.at += DAY
    assert browser.get("/sop").headers["Location"] == "/masuk?ke=/sop"
    assert call(browser, "shell-age.children").json == {"error": "unauthorized"}


def test_logins_and_refusals_stand_in_the_access_log(served: Desk) -> None:
    sign_in(served.browser(), "kadin", "salah-sekali")
    sign_in(served.browser(), "kadin")
    with reading(served.office.records) as connection:
        newest = [(entry.action, entry.actor, entry.subject) for entry in recent_actions(connection, 2)]
    assert newest == [("login", "kadin", None), ("login_refused", None, "kadin")]


def test_what_was_typed_instead_of_a_name_is_written_nowhere(served: Desk) -> None:
    for _ in range(6):
        sign_in(served.browser(), PASSWORD, "kadin")
    with reading(served.office.records) as connection:
        newest = {(entry.action, entry.subject) for entry in recent_actions(connection, 6)}
    assert newest == {("login_refused", None), ("login_throttled", None)}


def test_a_name_of_any_length_is_refused_and_not_sent_back_whole(served: Desk) -> None:
    reply = sign_in(served.browser(), "x" * 1_000_000)
    assert reply.status_code == 401
    assert len(reply.text) < 5_000


def test_a_cookie_that_claims_to_remember_a_login_is_ignored(served: Desk) -> None:
    stranger = served.app.server.test_client(use_cookies=False)
    for forged in ("remember_token=1|\xe9", "=1|\xe9", "pantau=\xe9"):
        reply = stranger.get("/_dash-layout", headers={"Cookie": forged})
        assert reply.status_code == 401


def test_signing_out_of_a_session_that_is_over_leads_to_the_login(served: Desk) -> None:
    browser = served.signed_in("kadin")
    token = browser.get_cookie("_csrf_token").value
    served.clock.at += DAY
    reply = browser.post("/keluar", data={"csrf_token": token})
    assert (reply.status_code, reply.headers["Location"]) == (303, "/masuk")


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(served: Desk) -> None:
    browser = served.browser()
    cookie = browser.get("/masuk").headers["Set-Cookie"]
    assert cookie.startswith("pantau=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_language_is_remembered_and_leads_back(served: Desk) -> None:
    browser = served.browser()
    reply = browser.get("/bahasa/en?ke=/masuk")
    assert reply.headers["Location"] == "/masuk"
    assert "<h1>Sign in</h1>" in browser.get("/masuk").text
    browser.get("/bahasa/xx?ke=/masuk")
    assert "<h1>Masuk</h1>" in browser.get("/masuk").text


def test_the_theme_is_remembered_and_leads_back(served: Desk) -> None:
    browser = served.browser()
    reply = browser.get("/tampilan/gelap?ke=/masuk")
    assert reply.headers["Location"] == "/masuk"
    assert "HttpOnly" in reply.headers["Set-Cookie"]
    for path in ("/masuk", "/masuk/kode", "/privasi"):
        assert re.search(r'base/dark\.css\?v=\w+" media="screen"', browser.get(path).text), path
    browser.get("/tampilan/terang?ke=/masuk")
    assert "base/dark.css" not in browser.get("/masuk").text
    browser.get("/tampilan/xx?ke=//lain.contoh/")
    assert 'media="screen and (prefers-color-scheme: dark)"' in browser.get("/masuk").text
    assert browser.get("/tampilan/gelap?ke=//lain.contoh/").headers["Location"].startswith("/")


def test_whoever_is_in_does_not_see_the_login_again(served: Desk) -> None:
    assert served.signed_in("kadin").get("/masuk?ke=/sop").headers["Location"] == "/sop"


def test_the_form_carries_a_token_of_its_own_session(served: Desk) -> None:
    one, other = served.browser(), served.browser()
    stolen = form_token(one.get("/masuk").text)
    other.get("/masuk")
    reply = other.post("/masuk", data={"nama": "kadin", "sandi": PASSWORD, "csrf_token": stolen})
    assert reply.status_code == 400
