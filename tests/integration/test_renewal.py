"""Whether an open page hears of what was recorded, and of nothing else; what a page says besides its figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.i18n.catalogue import LANGUAGE_HEADER
from dashboard.pages.shared.page_request import SHARED_SECONDS, told_at
from tests.books.typed import agenda, hand_overs, room_log
from tests.offices.desk import Desk
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.reading.layout import words
from tests.serving.callbacks import call, opened


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    return office_with_letters(tmp_path / "office")


def marks_of(browser: FlaskClient, page: Any) -> list[tuple[str, str]]:
    """Of each part that hears of news its subject, and whether the server tells another mark by now."""
    return [(about, browser.get(f"/kabar?tentang={about}").json["mark"]) for about, _ in _marked(page)]


def _marked(page: Any) -> list[tuple[str, str]]:
    if isinstance(page, list):
        return [pair for part in page for pair in _marked(part)]
    if not isinstance(page, dict):
        return []
    own = [(page.get("data-renew-about", ""), page["data-renew-mark"])] if "data-renew-mark" in page else []
    return own + [pair for part in page.values() for pair in _marked(part)]


def has_news(browser: FlaskClient, page: Any) -> list[bool]:
    """Of each part of the page that hears of news, whether there is some."""
    now = marks_of(browser, page)
    return [mark != new for (_, mark), (_, new) in zip(_marked(page), now, strict=True)]


def test_a_page_hears_of_what_it_shows(served: Desk, tmp_path: Path) -> None:
    browser = served.signed_in("kadin")
    letter, other, listed, figures = (
        opened(browser, path) for path in ("/permohonan/2026/147", "/permohonan/2026/145", "/permohonan", "/kepatuhan")
    )
    pages = {"letter": letter, "other": other, "list": listed, "figures": figures}
    assert {name: any(has_news(browser, page)) for name, page in pages.items()} == dict.fromkeys(pages, False)
    passed = hand_overs("147;A3;;;;30/09/2026;08.50")
    give_books(served.office, tmp_path, {"disposisi-2.csv": passed}, END_OF_SEPTEMBER)
    told = {name: has_news(browser, page)[0] for name, page in pages.items()}
    assert told == {"letter": True, "other": False, "list": True, "figures": True}
    listed, figures = opened(browser, "/permohonan"), opened(browser, "/kepatuhan")
    alone = room_log("999;Smart Center;22/09/2026;09.00;10.00;5")  # the use of a letter that nobody knows
    give_books(served.office, tmp_path, {"pemakaian-2.csv": alone}, END_OF_SEPTEMBER)
    assert not has_news(browser, listed)[0]
    assert has_news(browser, figures)[0]


def test_a_subject_that_is_none_is_that_of_every_letter(served: Desk) -> None:
    browser = served.signed_in("kadin")
    of_all = browser.get("/kabar?tentang=surat").json["mark"]
    for about in ("surat-", "surat-x", f"surat-{'9' * 40}", "surat-²"):
        assert browser.get(f"/kabar?tentang={about}").json["mark"] == of_all


def test_those_who_look_in_the_same_seconds_look_at_the_same_moment(served: Desk, tmp_path: Path) -> None:
    office, begun = served.office, END_OF_SEPTEMBER + 3_600
    assert told_at(office, begun + 1) == told_at(office, begun + SHARED_SECONDS - 1) == begun
    give_books(office, tmp_path, {"d.csv": hand_overs("147;A3;;;;30/09/2026;08.50")}, begun + 7)
    assert told_at(office, begun + 8) == begun + 7  # what was just recorded is never in the future
    assert told_at(office, begun + 2) == begun + 2


def test_an_unknown_request_answers_404_with_the_menu(served: Desk, tmp_path: Path) -> None:
    browser, stranger = served.signed_in("kadin"), served.signed_in("opd")
    for address, status in (("2026/147", 200), ("2026/9999", 404), ("2019/147", 404), (f"2026/{'9' * 300}", 404)):
        reply = browser.get(f"/permohonan/{address}")
        assert (reply.status_code, "react-entry-point" in reply.text) == (status, True)
    assert stranger.get("/permohonan/2026/144").status_code == 404  # another agency has it
    assert "Permohonan tidak ditemukan" in words(opened(browser, "/permohonan/2026/9999"))


def test_a_page_asks_in_the_language_in_which_it_was_drawn(served: Desk) -> None:
    browser = served.signed_in("kadin")
    browser.get("/bahasa/en")
    tick = [{"id": "shell-tick", "property": "n_intervals", "value": 1}]
    assert "Data" in words(call(browser, "shell-age.children", tick).json["response"]["shell-age"]["children"])
    for own, expected in (("id", "lalu"), ("en", "ago"), ("xx", "lalu")):
        browser.environ_base["HTTP_" + LANGUAGE_HEADER.upper().replace("-", "_")] = own
        answer = call(browser, "shell-age.children", tick)
        assert expected in str(answer.json["response"]["shell-age"]["children"])


def test_a_whole_page_is_drawn_anew_where_it_stands(served: Desk, tmp_path: Path) -> None:
    browser = served.signed_in("kadin")
    name = next(key for key in served.app.callback_map if key.startswith("shell-page.children@"))
    late = agenda("150;21/09/2026;08.00;Inspektorat;Rapat;Smart Center;25/09/2026;09.00;12.00;disetujui")
    give_books(served.office, tmp_path, {"susulan.csv": late}, END_OF_SEPTEMBER)
    place = [("pathname", "/kepatuhan"), ("search", "?dari=2026-09-01&sampai=2026-09-30")]
    reply = call(
        browser,
        name,
        [{"id": "renew-whole", "property": "data", "value": 1}],
        outputs={"id": "shell-page", "property": name.partition(".")[2]},
        state=[{"id": "shell-url", "property": key, "value": value} for key, value in place],
    )
    assert reply.status_code == 200
    assert "6 permohonan diterima" in words(reply.json["response"]["shell-page"]["children"])


def test_a_page_is_told_from_which_mark_to_which_its_own_form_led(served: Desk) -> None:
    """What others recorded before stays news: their mark is not the one from which the form led."""
    admin = served.signed_in("admin")
    drawn = admin.get("/kabar?tentang=").json["mark"]
    assert "sideUpdate" not in pressed(admin, "begin-check-since", "01/09/2026").json
    reply = pressed(admin, "begin-save-since", "01/09/2026").json
    now = admin.get("/kabar?tentang=").json["mark"]
    assert reply["sideUpdate"]["renew-own"]["data"] == [drawn, now]
    assert drawn != now
    assert "sideUpdate" not in pressed(admin, "begin-save-since", "kemarin").json


def pressed(browser: FlaskClient, button: str, since: str) -> Any:
    """The reply to a button of the form of the days of recording."""
    entries = browser.get("/_dash-dependencies").json
    (entry,) = (one for one in entries if button in {part["id"] for part in one["inputs"]})
    names = [name.rpartition(".") for name in entry["output"].strip(".").split("...")]
    bare = [{"id": id, "property": prop} for id, _, prop in names]
    inputs = [{**part, "value": int(part["id"] == button)} for part in entry["inputs"]]
    state = [{**part, "value": since if part["id"] == "begin-since" else ""} for part in entry["state"]]
    more = {"outputs": bare if entry["output"].startswith("..") else bare[0], "changedPropIds": [f"{button}.n_clicks"]}
    return call(browser, entry["output"], inputs, state=state, **more)
