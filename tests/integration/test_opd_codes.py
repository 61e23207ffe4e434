"""An agency without an account comes in by a code: one agency, an end date, only what was made with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.access.codes import CodeRefusedError, codes, end_code, make_code
from dashboard.access.limits import ASKED_PER_ACCOUNT, FAILURES_PER_PEER, WINDOW_SECONDS, Throttle, limits_of_asking
from dashboard.access.store import Store
from dashboard.web.pages import PAGES
from tests.offices.desk import Desk, desk, form_token
from tests.offices.september import END_OF_SEPTEMBER, give_letters
from tests.reading.layout import words
from tests.serving.callbacks import ask, opened
from tests.serving.command_line import pantau

LAST = date(2026, 10, 31)
FIELDS = {
    "activity": "Rapat desa", "people": "20", "opd": "", "day": "12/10/2026", "begin": "13.00", "end": "15.00",
    "room": "Smart Center",
}  # fmt: skip


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    return desk(tmp_path, give_letters, END_OF_SEPTEMBER, pages=PAGES)


def code_of(served: Desk, opd: str = "Kecamatan Tugu", last: date = LAST) -> str:
    return make_code(served.office, opd, last, served.clock())[1]


def entered(served: Desk, code: str) -> tuple[FlaskClient, Any]:
    browser = served.browser()
    token = form_token(browser.get("/masuk/kode").text)
    reply = browser.post("/masuk/kode", data={"kode": code, "csrf_token": token})
    if reply.status_code == 303:
        browser.get("/")
    return browser, reply


def send(browser: FlaskClient, entry: str = "a", **fields: str) -> str:
    names = ("ask-said.children", "ask-entry.data", "ask-changed.data", "ask-list.children", "ask-activity.value")
    inputs = [
        {"id": "ask-send", "property": "n_clicks", "value": 1},
        {"id": "ask-tap", "property": "data", "value": None},
    ]
    state = [
        {"id": "ask-entry", "property": "data", "value": [entry, ""]},
        {"id": "ask-changed", "property": "data", "value": 0},
        *({"id": f"ask-{name}", "property": "value", "value": value} for name, value in (FIELDS | fields).items()),
    ]
    reply = ask(browser, names, inputs, state=state, changedPropIds=["ask-send.n_clicks"])
    assert reply.status_code == 200, reply.text
    return words(reply.json["response"]["ask-said"]["children"])


def test_its_bearer_asks_for_its_agency_and_sees_only_what_was_made_with_it(served: Desk) -> None:
    browser, reply = entered(served, code_of(served).lower().replace("-", " "))
    assert (reply.status_code, reply.headers["Location"]) == (303, "/ajukan")
    assert "TT-2026-00001" in send(browser)
    assert "TT-2026-00002" in send(served.signed_in("opd"), "b", begin="08.00", end="09.00")
    shown = words(opened(browser, "/ajukan"))
    assert ("TT-2026-00001" in shown, "TT-2026-00002" in shown) == (True, False)
    other, _ = entered(served, code_of(served))  # a second code of the same agency
    assert "TT-2026-00001" not in words(opened(other, "/ajukan"))


def test_nothing_else_opens_for_it(served: Desk) -> None:
    browser, _ = entered(served, code_of(served))
    send(browser)
    for path in (
        "/permohonan",
        "/permohonan/2026/TT-00001",
        "/permohonan/2026/143",
        "/ringkasan",
        "/ruang",
        "/surat-baru",
    ):
        assert browser.get(path).status_code == 403, path


def test_an_unknown_code_and_an_ended_one_are_told_apart(served: Desk) -> None:
    assert "tidak dikenal" in entered(served, "ABCD-EFGH-JKLM")[1].text
    code = code_of(served)
    browser, _ = entered(served, code)
    end_code(served.office, codes(served.office)[0].id, served.clock())
    assert browser.get("/ajukan").headers["Location"] == "/masuk/kode"
    assert "sudah berakhir (Rabu, 30 September 2026)" in browser.get("/masuk/kode").text
    assert entered(served, code)[1].status_code == 403


def test_it_is_good_on_its_last_day_and_not_on_the_next(served: Desk) -> None:
    code = code_of(served, last=date(2026, 9, 30))
    browser, reply = entered(served, code)
    assert reply.status_code == 303
    served.clock.at += 24 * 3600
    assert "sudah berakhir" in entered(served, code)[1].text
    assert browser.get("/ajukan").status_code == 302


def test_whoever_guesses_has_to_wait(served: Desk) -> None:
    replies = [entered(served, f"SALAH{number}")[1].status_code for number in range(FAILURES_PER_PEER + 1)]
    assert replies == [401] * FAILURES_PER_PEER + [429]


def test_nobody_fills_the_desks_with_requests(served: Desk) -> None:
    browser, _ = entered(served, code_of(served))
    throttle = Throttle(Store(served.office), served.app.server.secret_key)
    for _ in range(ASKED_PER_ACCOUNT - 1):
        throttle.fail(limits_of_asking(-codes(served.office)[0].id), served.clock())
    send(browser, "x", begin="99.99")  # what cannot be had counts too
    assert "Terlalu banyak permohonan" in send(browser)
    assert "TT-2026-00001" in send(served.signed_in("opd"), "b")
    served.clock.at += WINDOW_SECONDS
    assert "TT-2026-00002" in send(browser, "c", begin="08.00", end="09.00")


def test_a_few_wrong_codes_shut_no_other_agency_behind_the_address_out(served: Desk) -> None:
    code = code_of(served)
    for number in range(6):
        entered(served, f"SALAH{number}")
    assert entered(served, code)[1].status_code == 303


def test_a_code_needs_an_agency_and_a_day_to_come(served: Desk) -> None:
    for opd, last in ((" ", LAST), ("Kecamatan Tugu", date(2026, 9, 29))):
        with pytest.raises(CodeRefusedError):
            make_code(served.office, opd, last, served.clock())


def test_agendaris_and_admin_see_the_list_and_others_do_not(served: Desk) -> None:
    code_of(served)
    for user, status in (("agendaris", 200), ("admin", 200), ("kadin", 403), ("opd", 403)):
        assert served.signed_in(user).get("/pengaturan/kode-instansi").status_code == status


def test_the_command_line_makes_lists_and_ends_codes(tmp_path: Path) -> None:
    home = ("--home", tmp_path / "home")
    made = pantau("opd-code", "add", "Kecamatan Tugu", "--until", "2099-12-31", "--json", *home)
    assert (made.code, made.json["id"], made.json["until"]) == (0, 1, "2099-12-31")
    assert "sampai 31 Des 2099" in pantau("opd-code", "list", *home).out
    assert pantau("opd-code", "end", "1", *home).code == 0
    listed = pantau("opd-code", "list", "--json", *home).json["codes"]
    assert [(row["opd"], row["is_good"]) for row in listed] == [("Kecamatan Tugu", False)]
    assert pantau("opd-code", "end", "7", *home).code == 2
    assert pantau("opd-code", "add", "X", "--until", "2020-01-01", *home).code == 2
