"""Akun saya: the own password, the own sessions, the codes of an app."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyotp import TOTP

from dashboard.access.limits import FAILURES_PER_DEVICE, FAILURES_PER_PAIR
from dashboard.access.people import PASSWORD_PATH, all_users, end_second_factor, password_link
from dashboard.access.second_factor import STEP_SECONDS, SecondFactors
from dashboard.access.store import Store
from dashboard.web.pages import PAGES
from data_access.records.engine import one_load
from tests.offices.desk import PASSWORD, Desk, desk, form_token, sign_in
from tests.reading.layout import components, words
from tests.serving.callbacks import ask, call, opened
from tests.serving.command_line import pantau

NEW = "perahu-sepi-di-muara"
FIREFOX = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    return desk(tmp_path, pages=PAGES)


def pressed(browser: FlaskClient, names: tuple[str, ...], deed: str, state: dict[str, Any]) -> Any:
    given = [{"id": deed, "property": "n_clicks", "value": 1}]
    held = [dict(zip(("id", "property"), name.split("."), strict=True), value=value) for name, value in state.items()]
    reply = ask(browser, names, given, state=held, changedPropIds=[f"{deed}.n_clicks"])
    assert reply.status_code == 200, reply.text
    return reply.json["response"]


def change_password(browser: FlaskClient, old: str, new: str, again: str | None = None) -> str:
    fields = {
        "account-old.value": old,
        "account-new.value": new,
        "account-again.value": new if again is None else again,
    }
    response = pressed(browser, ("account-said.children", *fields), "account-save", fields)
    return words(response["account-said"]["children"])


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/_dash-layout").status_code == 200


def listed(browser: FlaskClient) -> Any:
    given = [
        {"id": "account-url", "property": "search", "value": ""},
        {"id": "account-changed", "property": "data", "value": 0},
    ]
    return call(browser, "account-list.children", given).json["response"]["account-list"]["children"]


def test_the_password_is_changed_by_who_knows_the_old_one_and_other_devices_are_out(served: Desk) -> None:
    here, there = served.signed_in("kabid"), served.signed_in("kabid")
    before = here.get_cookie("pantau").value
    assert "tidak cocok" in change_password(here, "salah-sekali", NEW)
    assert "terlalu pendek" in change_password(here, PASSWORD, "pendek")
    assert "tidak sama" in change_password(here, PASSWORD, NEW, "lain")
    assert is_in(there)
    assert "sudah diganti" in change_password(here, PASSWORD, NEW)
    assert (is_in(here), is_in(there)) == (True, False)
    assert "Akun saya" in words(opened(here, "/akun"))  # the page that is open goes on with its token
    thief = served.browser()
    thief.set_cookie("pantau", before)
    assert not is_in(thief)
    assert sign_in(served.browser(), "kabid", NEW).status_code == 303


def test_a_borrowed_screen_guesses_the_old_password_a_few_times_only(served: Desk) -> None:
    browser = served.signed_in("kabid")
    said = [change_password(browser, "salah-sekali", NEW) for _ in range(6)]
    assert ["Terlalu banyak" in one for one in said] == [False] * 5 + [True]
    assert "Terlalu banyak" in change_password(browser, PASSWORD, NEW)


def test_sessions_are_listed_and_one_is_ended(served: Desk) -> None:
    here, there = served.signed_in("kabid"), served.browser()
    sign_in(there, "kabid", environ_overrides=FIREFOX)
    stranger = served.signed_in("kadin")
    shown = words(listed(here))
    assert "Firefox · Linux" in shown
    assert shown.count("perangkat ini") == 1
    (address,) = [one["href"] for one in components(listed(here), "Link") if "akhiri" in one["href"]]
    number = int(address.rpartition("=")[2])
    names, state = ("account-ended.children", "account-changed.data", "account-url.search"), {"account-changed.data": 0}
    said = pressed(stranger, names, "account-end", {"account-chosen.data": number, **state})
    assert "sudah tidak ada" in words(said["account-ended"]["children"])
    assert is_in(there)
    pressed(here, names, "account-end", {"account-chosen.data": number, **state})
    assert (is_in(here), is_in(there)) == (True, False)


def test_a_session_ended_while_a_load_runs_is_over_for_every_process_and_after_it(
    served: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.access.store._PATIENCE_SECONDS", 0.02)
    here, there = served.signed_in("kabid"), served.browser()
    sign_in(there, "kabid", environ_overrides=FIREFOX)
    (address,) = [one["href"] for one in components(listed(here), "Link") if "akhiri" in one["href"]]
    names, state = ("account-ended.children", "account-changed.data", "account-url.search"), {"account-changed.data": 0}
    with one_load(served.office.records):
        pressed(here, names, "account-end", {"account-chosen.data": int(address.rpartition("=")[2]), **state})
        assert (is_in(here), is_in(there)) == (True, False)
        assert "Firefox" not in words(listed(here))
    assert not is_in(there)
    assert list(served.office.home.ended_sessions.glob("*.json"))
    Store(served.office).write_ends()
    assert not list(served.office.home.ended_sessions.iterdir())
    assert not is_in(there)


def test_leaving_everywhere_ends_every_session_of_the_user_alone(served: Desk) -> None:
    here, there, other = served.signed_in("kabid"), served.signed_in("kabid"), served.signed_in("kadin")
    assert there.post("/keluar/semua").status_code == 400
    reply = here.post("/keluar/semua", data={"csrf_token": here.get_cookie("_csrf_token").value})
    assert reply.headers["Location"] == "/masuk?keluar=1"
    assert [is_in(browser) for browser in (here, there, other)] == [False, False, True]


def turn_on(browser: FlaskClient, served: Desk) -> tuple[TOTP, list[str]]:
    """The codes of an app turned on; the app, and the recovery codes."""
    page = pressed_factor(browser, served, "account-on", {"account-proof.value": PASSWORD})
    app = TOTP(re.search(r"Kunci\s*:\s*((?:[A-Z2-7]{4}\s*){8})", words(page)).group(1).replace(" ", ""))
    said = pressed_factor(
        browser, served, "account-confirm", {"account-code.value": app.at(served.clock())}, "account-factor-said"
    )
    codes = [code["children"] for code in components(said, "Code")]
    assert len(set(codes)) == 8
    assert {len(code.replace("-", "")) for code in codes} == {24}  # of thirty signs each: 117 bits
    return app, codes


def pressed_factor(
    browser: FlaskClient, served: Desk, deed: str, state: dict[str, Any], place: str = "account-factor"
) -> Any:
    output = next(
        name for name, entry in served.app.callback_map.items()
        if "account-factor-said" in name and any(one["id"] == deed for one in entry["inputs"])
    )  # fmt: skip
    names = tuple(output.strip(".").split("..."))
    answer = pressed(browser, names, deed, state)
    return answer.get(place, answer.get("account-factor-said"))["children"]


def second(browser: FlaskClient, code: str) -> Any:
    page = browser.get("/masuk/dua")
    assert page.status_code == 200, page.headers
    return browser.post("/masuk/dua", data={"kode": code, "csrf_token": form_token(page.text)})


def test_after_the_password_the_code_of_the_app_is_asked_for(served: Desk) -> None:
    app, _ = turn_on(served.signed_in("kadin"), served)
    browser = served.browser()
    assert sign_in(browser, "kadin", back="/sop").headers["Location"] == "/masuk/dua"
    assert not is_in(browser)
    assert second(browser, app.at(served.clock())).status_code == 401  # turned on with it: used
    served.clock.at += STEP_SECONDS
    reply = second(browser, app.at(served.clock()))
    assert (reply.status_code, reply.headers["Location"], is_in(browser)) == (303, "/sop", True)
    again = served.browser()
    sign_in(again, "kadin")
    assert second(again, app.at(served.clock())).status_code == 401
    assert sign_in(served.browser(), "sekdin").headers["Location"] == "/"


def codes_of(served: Desk) -> SecondFactors:
    """As one process of the server has them."""
    return SecondFactors(served.office.records, b"k" * 48, served.office.home.used_codes)


@pytest.mark.parametrize(("seconds", "is_good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phone_may_be_half_a_minute_off(seconds: int, is_good: bool, served: Desk) -> None:
    factors, moment = codes_of(served), served.clock() // 30 * 30
    app = TOTP(factors.begin(1))
    factors.confirm(1, app.at(moment), moment)
    later = moment + 300
    assert factors.accepts(1, app.at(later + seconds), later) is is_good
    assert not factors.accepts(1, app.at(later + seconds), later)


def test_while_a_load_runs_a_code_is_good_once_and_recovery_codes_wait(
    served: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.access.second_factor._PATIENCE_SECONDS", 0.02)
    factors, moment = codes_of(served), served.clock()
    app = TOTP(factors.begin(1))
    recovery = factors.confirm(1, app.at(moment), moment)
    with one_load(served.office.records):
        assert not factors.accepts(1, recovery[0], moment)
        workers = factors, codes_of(served)
        assert [worker.accepts(1, app.at(moment + 60), moment + 60) for worker in workers] == [True, False]
    assert not codes_of(served).accepts(1, app.at(moment + 60), moment + 60)
    assert not factors.accepts(1, app.at(moment + 60), moment + 60)
    assert [factors.accepts(1, recovery[0].upper(), moment) for _ in range(2)] == [True, False]


def test_a_disk_that_takes_nothing_lets_a_code_in_once(served: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.access.second_factor._PATIENCE_SECONDS", 0.02)
    blocked = served.office.home.root / "berkas"
    blocked.write_text("", encoding="utf-8")
    factors, moment = SecondFactors(served.office.records, b"k" * 48, blocked / "catatan"), served.clock()
    app = TOTP(factors.begin(1))
    factors.confirm(1, app.at(moment), moment)
    with one_load(served.office.records):
        assert [factors.accepts(1, app.at(moment + 60), moment + 60) for _ in range(2)] == [True, False]
    assert not factors.accepts(1, app.at(moment + 60), moment + 60)


def test_guessing_codes_has_to_wait_and_a_password_alone_is_worth_five_minutes(served: Desk) -> None:
    app, recovery = turn_on(served.signed_in("admin"), served)
    browser = served.browser()
    sign_in(browser, "admin")
    assert [second(browser, f"00000{number}").status_code for number in range(6)] == [401] * 5 + [429]
    sign_in(browser, "admin")
    assert second(browser, app.at(served.clock() + STEP_SECONDS)).status_code == 429
    served.clock.at += 15 * 60
    assert browser.get("/masuk/dua").headers["Location"] == "/masuk"
    sign_in(browser, "admin")
    assert second(browser, recovery[0]).status_code == 303
    assert served.browser().get("/masuk/dua").headers["Location"] == "/masuk"


def test_a_known_device_gets_no_further_guesses_at_the_code_by_the_password(served: Desk) -> None:
    _, recovery = turn_on(served.signed_in("kadin"), served)
    browser = served.browser()
    sign_in(browser, "kadin")
    assert second(browser, recovery[0]).status_code == 303
    browser.get("/")
    browser.post("/keluar", data={"csrf_token": browser.get_cookie("_csrf_token").value})
    looked_at = 0
    for _ in range(4):
        sign_in(browser, "kadin")
        looked_at += sum(second(browser, "000000").status_code == 401 for _ in range(8))
    assert looked_at <= FAILURES_PER_DEVICE + FAILURES_PER_PAIR


def test_a_borrowed_screen_turns_no_codes_on(served: Desk) -> None:
    admin = served.signed_in("admin")
    said = pressed_factor(admin, served, "account-on", {"account-proof.value": "salah-sekali"}, "account-factor-said")
    assert "tidak cocok" in words(said)


def test_a_clock_that_stood_ahead_refuses_no_code_afterwards(served: Desk) -> None:
    factors, moment = codes_of(served), served.clock()
    app, ahead = TOTP(factors.begin(1)), moment + 400 * 86_400
    factors.confirm(1, app.at(ahead), ahead)
    assert factors.accepts(1, app.at(ahead + 60), ahead + 60)
    assert [factors.accepts(1, app.at(moment), moment) for _ in range(2)] == [True, False]


def test_another_server_two_seconds_behind_asks_for_the_code(served: Desk) -> None:
    turn_on(served.signed_in("kadin"), served)
    browser = served.browser()
    sign_in(browser, "kadin")
    served.clock.at -= 2
    assert browser.get("/masuk/dua").status_code == 200


def test_codes_turned_on_end_what_came_in_by_the_password_alone(served: Desk) -> None:
    elsewhere, here = served.signed_in("kadin"), served.signed_in("kadin")
    turn_on(here, served)
    assert [is_in(browser) for browser in (here, elsewhere)] == [True, False]


def test_a_link_for_the_password_does_not_stand_for_the_code(served: Desk) -> None:
    app, _ = turn_on(served.signed_in("kadin"), served)
    served.clock.at += STEP_SECONDS
    token = password_link(served.office, "kadin", served.clock(), "http://localhost").partition("#")[2]
    browser = served.browser()
    page = browser.get(PASSWORD_PATH)
    sent = {"kode": token, "sandi": NEW, "ulang": NEW, "csrf_token": form_token(page.text)}
    reply = browser.post(PASSWORD_PATH, data=sent)
    assert (reply.status_code, reply.headers.get("Location"), is_in(browser)) == (303, "/masuk/dua", False)
    assert second(browser, app.at(served.clock())).status_code == 303


def test_it_is_turned_off_with_a_code_by_an_admin_or_on_the_command_line(served: Desk, tmp_path: Path) -> None:
    kadin = served.signed_in("kadin")
    _, recovery = turn_on(kadin, served)
    assert "tidak cocok" in words(
        pressed_factor(kadin, served, "account-off", {"account-code.value": "1"}, "account-factor-said")
    )
    pressed_factor(kadin, served, "account-off", {"account-code.value": recovery[0]})
    assert not any(user["has_second_factor"] for user in all_users(served.office))
    turn_on(kadin, served)
    end_second_factor(served.office, "kadin", served.clock())
    assert sign_in(served.browser(), "kadin").headers["Location"] == "/"
    turn_on(kadin, served)
    assert pantau("user", "totp-off", "kadin", "--home", served.office.home.root).code == 0
    assert pantau("user", "totp-off", "kadin", "--home", served.office.home.root).code == 2


def test_others_than_admin_and_kadin_have_no_such_codes(served: Desk) -> None:
    staf = served.signed_in("staf")
    assert "Kode aplikasi" not in words(opened(staf, "/akun"))
    assert "tidak menyala" in words(
        pressed_factor(staf, served, "account-on", {"account-proof.value": PASSWORD}, "account-factor-said")
    )
