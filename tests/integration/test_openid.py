"""Signing in at a real provider of identities: who comes in as whom, who does not, and what each is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask.testing import FlaskClient
from pyotp import TOTP

from dashboard.access.limits import FAILURES_PER_PEER
from dashboard.access.people import add_user, change_role, disable_user, password_link
from dashboard.access.second_factor import STEP_SECONDS, SecondFactors
from data_access.records.access import user_by_name
from data_access.records.engine import one_load, reading
from data_access.records.logins import bound_users, open_sessions
from etl.intake.pipeline import apply_settings
from etl.settings.document import apply
from tests.offices.desk import PASSWORD, desk, form_token, sign_in
from tests.offices.sso import Door, is_in, told
from tests.serving.command_line import pantau
from tests.serving.identity import PUBLIC

NOBODY = "Tidak ada akun aktif di sini yang cocok dengan akun instansi Anda."
OVER = "Percobaan masuk ini terlalu lama, sudah dipakai, atau dimulai di peramban lain."


def test_who_is_known_by_a_verified_address_comes_in_and_is_bound(door: Door) -> None:
    browser, reply = door.comes("kadin", back="/kepatuhan?opd=Dinas+Kesehatan")
    assert (reply.status_code, reply.headers["Location"]) == (303, "/kepatuhan?opd=Dinas+Kesehatan")
    assert is_in(browser)
    assert door.actions(2) == [("openid_login", "kadin"), ("identity_bound", "kadin")]
    with reading(door.served.office.records) as connection:
        kadin = user_by_name(connection, "kadin")
        assert list(bound_users(connection)) == [kadin.id]
        assert [one.version for one in open_sessions(connection, kadin.id)] == [kadin.session_version]
    assert kadin.last_seen_at == door.served.clock()


def test_nothing_is_asked_of_the_provider_before_somebody_wants_it_and_what_it_says_of_itself_is_kept(
    door: Door,
) -> None:
    assert "Masuk dengan akun instansi" in door.served.browser().get("/masuk").text
    assert door.line.asked == []
    for _ in range(2):
        door.comes("kadin")
    door.served.clock.at += 3_601
    door.leads(door.served.browser())
    for name, times in (("openid-configuration", 2), ("jwks.json", 1)):
        assert sum(path.endswith(name) for path in door.line.asked) == times


def test_whoever_is_bound_stays_that_user_whatever_it_is_called_and_nobody_else_becomes_it(door: Door) -> None:
    door.comes("kadin")
    door.addressed(kadin="tamu@contoh.go.id", sekdin="kadin@contoh.go.id")
    browser, reply = door.comes("tamu")
    assert NOBODY in told(browser, reply)
    assert not is_in(browser)
    browser, reply = door.comes("kadin")
    assert reply.status_code == 303
    assert door.actions(1) == [("openid_login", "kadin")]


def test_an_unbound_user_is_found_anew_and_its_sessions_have_ended(door: Door) -> None:
    browser, _ = door.comes("kadin")
    home = door.served.office.home.root
    assert [pantau("user", "unbind", "kadin", "--home", home).code for _ in range(2)] == [0, 2]
    assert not is_in(browser)
    assert door.actions(1) == [("identity_unbound", "cli")]
    door.addressed(kadin="", sekdin="kadin@contoh.go.id")
    door.comes("kadin")
    assert door.actions(2) == [("openid_login", "sekdin"), ("identity_bound", "sekdin")]


@pytest.mark.parametrize("fault", ["unknown", "disabled", "doubled", "unverified"])
def test_nobody_comes_in_who_is_not_one_active_user(fault: str, door: Door) -> None:
    name, browser = "kadin", door.served.browser()
    if fault == "unknown":
        name = "tamu"
    elif fault == "disabled":
        disable_user(door.served.office, "kadin", door.served.clock())
    elif fault == "doubled":
        door.addressed(sekdin="KADIN@contoh.go.id")
    else:
        name = "belum"
        door.addressed(kadin="belum@contoh.go.id")
    _, reply = door.comes(name, browser)
    page = told(browser, reply)
    assert NOBODY in page
    browser.get("/bahasa/en?ke=/masuk")
    assert "No active account here goes with your office account." in told(browser, reply)
    assert not is_in(browser)
    assert door.actions(1) == [("openid_refused", None)]
    with reading(door.served.office.records) as connection:
        assert bound_users(connection) == {}
    assert sign_in(door.served.browser(), "sekdin").status_code == 303


def test_whose_name_is_the_address_comes_in_whoever_else_has_written_it_down(door: Door) -> None:
    office, clock = door.served.office, door.served.clock
    add_user(office, "Tamu@contoh.go.id", "kabid", None, None, clock())
    door.addressed(sekdin="tamu@contoh.go.id", kadin="tamu@contoh.go.id")
    assert door.comes("tamu")[1].status_code == 303
    assert door.actions(1) == [("openid_login", "tamu@contoh.go.id")]


def test_a_bound_user_who_is_disabled_is_out_at_once_and_stays_out(door: Door) -> None:
    browser, _ = door.comes("kadin")
    disable_user(door.served.office, "kadin", door.served.clock())
    assert not is_in(browser)
    again, reply = door.comes("kadin")
    assert NOBODY in told(again, reply)


def test_a_user_may_be_known_by_its_name_there(door: Door) -> None:
    door.set(claim='"preferred_username"', scopes='["openid"]')
    _, reply = door.comes("sekdin")
    assert (reply.status_code, door.actions(1)) == (303, [("openid_login", "sekdin")])


def test_its_session_ends_as_any_other(door: Door) -> None:
    browser, _ = door.comes("kadin")
    door.served.clock.at += 8 * 3_600 + 1
    assert not is_in(browser)
    browser, _ = door.comes("kadin")
    change_role(door.served.office, "kadin", "kabid", None, door.served.clock())
    assert not is_in(browser)
    browser, _ = door.comes("kadin")
    other, _ = door.comes("kadin")
    token = browser.get("/") and browser.get_cookie("_csrf_token").value
    browser.post("/keluar/semua", data={"csrf_token": token})
    assert (is_in(browser), is_in(other)) == (False, False)


def test_an_answer_is_good_once_in_the_browser_that_asked(door: Door) -> None:
    browser, stranger = door.served.browser(), door.served.browser()
    answer = door.back(browser, "kadin")
    cookie = browser.get_cookie("pantau").value
    assert OVER in told(stranger, stranger.get(answer))
    assert browser.get(answer).status_code == 303
    assert browser.get(answer).headers["Location"] == "/"
    stranger.set_cookie("pantau", cookie)  # a thief who has all that the browser had: the code was used
    assert OVER in told(stranger, stranger.get(answer))
    assert not is_in(stranger)
    assert door.actions(1) == [("openid_refused", None)]


@pytest.mark.parametrize("fault", ["late", "state", "no code", "begun anew"])
def test_an_answer_that_comes_late_or_to_no_question_begins_nothing(fault: str, door: Door) -> None:
    browser = door.served.browser()
    answer = door.back(browser, "kadin")
    if fault == "late":
        door.served.clock.at += 601
    elif fault == "state":
        answer = answer.replace("state=", "state=x")
    elif fault == "no code":
        answer = answer.replace("code=", "kode=")
    else:
        door.leads(browser)
    page = told(browser, browser.get(answer))
    assert OVER in page or (fault == "no code" and "tidak dapat dipercaya" in page)
    assert not is_in(browser)


def test_a_way_back_leads_nowhere_else(door: Door) -> None:
    _, reply = door.comes("kadin", back="https://jahat.example/")
    assert reply.headers["Location"] == "/"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_begins_nothing_for_somebody(site: str, door: Door) -> None:
    reply = door.served.browser().get("/masuk/openid?ke=/sop", headers={"Sec-Fetch-Site": site})
    assert reply.headers["Location"] == "/masuk?ke=/sop"
    assert door.line.asked == []


def test_who_gives_up_there_is_told_so_and_nothing_is_held_against_it(door: Door) -> None:
    browser = door.served.browser()
    state = parse_qs(urlsplit(door.leads(browser, "/sop")).query)["state"][0]
    reply = browser.get("/masuk/openid/kembali", query_string={"state": state, "error": "access_denied"})
    assert "Anda tidak jadi masuk dengan akun instansi" in told(browser, reply)
    assert "ke=/sop" in reply.headers["Location"]
    assert "openid_refused" not in [action for action, _ in door.actions(3)]


def test_too_many_failures_wait_but_not_at_a_device_that_has_signed_in(door: Door) -> None:
    known = door.served.signed_in("kadin")
    known.post("/keluar", data={"csrf_token": known.get_cookie("_csrf_token").value})
    browser = door.served.browser()
    for _ in range(FAILURES_PER_PEER):
        state = parse_qs(urlsplit(door.leads(browser)).query)["state"][0]
        browser.get("/masuk/openid/kembali", query_string={"state": state, "code": "tebakan"})
    reply = browser.get("/masuk/openid")
    assert "Terlalu banyak percobaan dengan akun instansi" in told(browser, reply)
    assert door.actions(1) == [("openid_throttled", None)]
    assert door.comes("kadin", known)[1].status_code == 303
    door.served.clock.at += 15 * 60
    assert door.comes("kadin", browser)[1].status_code == 303


def app_of_kadin(door: Door) -> TOTP:
    """The app whose codes kadin is asked for from now on."""
    office, clock = door.served.office, door.served.clock
    with reading(office.records) as connection:
        kadin = user_by_name(connection, "kadin")
    factors = SecondFactors(office.records, door.served.app.server.secret_key, office.home.used_codes)
    app = TOTP(factors.begin(kadin.id))
    factors.confirm(kadin.id, app.at(clock()), clock())
    return app


def types_code(door: Door, browser: FlaskClient, code: str) -> Any:
    """What is answered to the code in the form for it, a little later."""
    door.served.clock.at += STEP_SECONDS
    token = form_token(browser.get("/masuk/dua").text)
    return browser.post("/masuk/dua", data={"kode": code, "csrf_token": token})


def next_code(door: Door, app: TOTP) -> str:
    """The code that the app will show a little later."""
    return app.at(door.served.clock() + STEP_SECONDS)


def test_the_code_of_an_app_is_still_asked_for(door: Door) -> None:
    app = app_of_kadin(door)
    browser, reply = door.comes("kadin", back="/sop")
    assert (reply.headers["Location"], is_in(browser)) == ("/masuk/dua", False)
    reply = types_code(door, browser, next_code(door, app))
    assert (reply.headers["Location"], is_in(browser)) == ("/sop", True)
    assert door.actions(2) == [("openid_login", "kadin"), ("identity_bound", "kadin")]


def test_who_has_not_the_app_is_not_bound_and_keeps_nobody_out(door: Door) -> None:
    app = app_of_kadin(door)
    door.addressed(kadin="tamu@contoh.go.id")
    thief, reply = door.comes("tamu")  # who reads the mailbox
    assert reply.headers["Location"] == "/masuk/dua"
    assert types_code(door, thief, "tebakan").status_code == 401
    door.addressed(kadin="kadin@contoh.go.id")
    browser, _ = door.comes("kadin")
    assert types_code(door, browser, next_code(door, app)).status_code == 303
    assert is_in(browser)
    page = thief.get(types_code(door, thief, next_code(door, app)).headers["Location"]).text
    assert (NOBODY in page, is_in(thief)) == (True, False)
    assert door.actions(1) == [("openid_refused", None)]
    door.addressed(kadin="tamu@contoh.go.id")
    assert NOBODY in told(*door.comes("tamu"))  # and is not asked for a code again


def test_the_settings_may_leave_passwords_to_administrators(door: Door) -> None:
    door.set(passwords="false", label='"SSO Kabupaten"')
    office, clock, browser = door.served.office, door.served.clock, door.served.browser()
    assert "Kata sandi di sini hanya untuk admin. Yang lain masuk dengan SSO Kabupaten." in browser.get("/masuk").text
    assert sign_in(browser, "kadin").status_code == 401
    link = password_link(office, "kadin", clock(), "http://localhost")
    fields = {"kode": link.partition("#")[2], "sandi": "perahu-sepi-di-muara", "ulang": "perahu-sepi-di-muara"}
    reply = browser.post("/sandi", data={**fields, "csrf_token": form_token(browser.get("/sandi").text)})
    assert (reply.headers["Location"], is_in(browser)) == ("/masuk", False)
    assert door.comes("kadin", browser)[1].status_code == 303
    assert sign_in(door.served.browser(), "admin", PASSWORD).status_code == 303


def test_behind_a_proxy_the_provider_leads_back_to_the_offices_own_address(door: Door) -> None:
    office, text = door.served.office, f'[proxy]\naddress = "{PUBLIC}/"\n'
    apply_settings(office, lambda known: apply(known, text, "p.toml"), door.served.clock(), actor="admin")
    browser = door.served.browser()
    leads = parse_qs(urlsplit(door.leads(browser)).query)
    assert leads["redirect_uri"] == [f"{PUBLIC}/masuk/openid/kembali"]
    assert (leads["code_challenge_method"], leads["response_type"]) == (["S256"], ["code"])
    assert door.comes("kadin", browser)[1].status_code == 303


def test_while_a_load_runs_who_is_bound_comes_in(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.access.store._PATIENCE_SECONDS", 0.02)
    door.comes("kadin")
    with one_load(door.served.office.records):
        browser, reply = door.comes("kadin")
        assert (reply.status_code, is_in(browser)) == (303, True)


GARBAGE = ("", "x" * 5_000, "\0", "<script>", "../..", "é", "away")


@pytest.mark.parametrize("path", ["/masuk?gagal=", "/masuk/openid?ke=", "/masuk/openid/kembali?state=",
                                  "/masuk/openid/kembali?error="])  # fmt: skip
def test_garbage_in_the_addresses_is_answered(path: str, door: Door) -> None:
    browser = door.served.browser()
    browser.get("/masuk/openid")
    replies = [browser.get(path + quote(garbage)) for garbage in GARBAGE]
    assert {reply.status_code for reply in replies} <= {200, 302}
    assert not any("<script>" in reply.text for reply in replies)


def test_without_a_provider_there_is_no_way_to_one(tmp_path: Path) -> None:
    browser = desk(tmp_path).browser()
    assert "/masuk/openid" not in browser.get("/masuk").text
    assert browser.get("/masuk/openid?ke=/sop").headers["Location"] == "/masuk?ke=/sop"
    assert browser.get("/masuk/openid/kembali?state=x&code=y").headers["Location"] == "/"
    assert "penyedianya tidak menjawab" in browser.get("/masuk?gagal=away").text
