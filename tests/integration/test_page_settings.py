"""The page Pengaturan: an administrator makes a screen, sees how it is, and shuts it out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashboard.access.people import all_screens
from dashboard.web.pages import PAGES
from data_access.records.access import ScreenChoice
from data_access.records.engine import reading
from etl.figures.wall.screens import screens
from tests.offices.desk import Desk, desk, open_screen
from tests.reading.audit import recent_actions
from tests.reading.layout import components, words
from tests.serving.callbacks import ask, call, opened

MADE = ("screens-said.children", "screens-changed.data", "screens-label.value", "screens-url.search")
ASKED = "screens-revoke.n_clicks"


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """An office with everybody."""
    return desk(tmp_path, pages=PAGES)


def make(browser: Any, label: str) -> Any:
    """Press "Buat tautan"."""
    state = [
        {"id": "screens-label", "property": "value", "value": label},
        {"id": "screens-changed", "property": "data", "value": 0},
    ]
    clicked = [{"id": "screens-make", "property": "n_clicks", "value": 1}]
    return ask(browser, MADE, clicked, state=state, changedPropIds=["screens-make.n_clicks"])


def listed(browser: Any) -> Any:
    """The list as it stands."""
    inputs = [
        {"id": "screens-tick", "property": "n_intervals", "value": 1},
        {"id": "screens-changed", "property": "data", "value": 0},
    ]
    return call(browser, "screens-list.children", inputs).json["response"]["screens-list"]["children"]


def link_in(reply: Any) -> str:
    (field,) = components(reply.json["response"]["screens-said"]["children"], "Input")
    return field["value"]


def test_the_page_is_for_administrators(served: Desk) -> None:
    assert "Layar dinding" in words(opened(served.browser_of("admin"), "/pengaturan"))
    assert make(served.browser_of("kadin"), "TV").status_code == 403


def test_an_administrator_makes_a_screen_and_its_link_opens_the_wall(served: Desk) -> None:
    admin = served.browser_of("admin")
    link = link_in(make(admin, "  TV  Kepala Bidang "))
    assert link.startswith("http://localhost/layar/aktifkan#")
    assert all_screens(served.office)[0]["label"] == "TV Kepala Bidang"
    assert "Belum dibuka" in words(listed(admin))
    tv = served.browser()
    open_screen(tv, link)
    assert tv.get("/layar/data.json").status_code == 200
    assert "Tersambung" in words(listed(admin))
    assert link.partition("#")[2] not in words(listed(admin))


def test_a_silent_screen_is_marked(served: Desk) -> None:
    admin = served.browser_of("admin")
    tv = served.browser()
    open_screen(tv, link_in(make(admin, "TV")))
    tv.get("/layar/data.json")
    served.clock.at += 601
    assert "1 layar tidak terdengar lebih dari 10 menit" in words(listed(admin))


@pytest.mark.parametrize("label", ["", "   ", "x" * 61])
def test_a_screen_without_a_usable_name_is_refused_in_words(label: str, served: Desk) -> None:
    reply = make(served.browser_of("admin"), label)
    assert "Tulis nama layar" in words(reply.json["response"]["screens-said"]["children"])
    assert all_screens(served.office) == []


def revoke(browser: Any, asked: Any) -> Any:
    """Answer the question with yes."""
    (entry,) = (c for c in browser.get("/_dash-dependencies").json if c["inputs"][0]["id"] == "screens-revoke")
    outputs = [dict(zip(("id", "property"), n.rsplit(".", 1), strict=True)) for n in entry["output"][2:-2].split("...")]
    state = [
        {"id": "screens-asked", "property": "data", "value": asked},
        {"id": "screens-changed", "property": "data", "value": 0},
    ]
    clicked = [{"id": "screens-revoke", "property": "n_clicks", "value": 1}]
    return call(browser, entry["output"], clicked, outputs=outputs, state=state, changedPropIds=[ASKED])


def test_a_revoked_screen_gets_nothing_more(served: Desk) -> None:
    admin = served.browser_of("admin")
    tv = served.browser()
    open_screen(tv, link_in(make(admin, "TV")))
    number = all_screens(served.office)[0]["id"]
    assert revoke(admin, number).status_code == 200
    assert tv.get("/layar/data.json").status_code == 401
    assert "Dicabut" in words(listed(admin))
    with reading(served.office.records) as connection:
        done = [(entry.action, entry.actor, entry.subject) for entry in recent_actions(connection)]
    assert done[0] == ("screen_revoked", "admin", "TV")
    assert ("screen_added", "admin", "TV") in done


@pytest.mark.parametrize("asked", [None, 99, "1", True])
def test_a_screen_that_does_not_exist_cannot_be_revoked(asked: Any, served: Desk) -> None:
    reply = revoke(served.browser_of("admin"), asked)
    assert "tidak ada" in words(reply.json["response"]["screens-said"]["children"])


def choose(browser: Any, which: Any, language: Any, views: Any, rooms: Any) -> str:
    """Save what a screen shows; what the page says."""
    given = {"set-which": ("data", which), "language": ("value", language), "views": ("value", views)}
    given |= {"rooms": ("value", rooms), "changed": ("data", 0)}
    state = [{"id": f"screens-{id}", "property": prop, "value": value} for id, (prop, value) in given.items()]
    (entry,) = (c for c in browser.get("/_dash-dependencies").json if c["inputs"][0]["id"] == "screens-save")
    outputs = [dict(zip(("id", "property"), n.rsplit(".", 1), strict=True)) for n in entry["output"][2:-2].split("...")]
    clicked = [{"id": "screens-save", "property": "n_clicks", "value": 1}]
    pressed = ["screens-save.n_clicks"]
    reply = call(browser, entry["output"], clicked, outputs=outputs, state=state, changedPropIds=pressed)
    return words(reply.json["response"]["screens-said"]["children"])


def test_an_administrator_chooses_what_a_screen_shows(served: Desk) -> None:
    admin = served.browser_of("admin")
    make(admin, "TV Lobi")
    number = all_screens(served.office)[0]["id"]
    form = call(
        admin,
        "screens-set.children",
        [
            {"id": "screens-url", "property": "search", "value": f"?atur={number}"},
            {"id": "screens-changed", "property": "data", "value": 0},
        ],
    ).json["response"]["screens-set"]["children"]
    views, rooms = components(form, "Checklist")
    assert (views["value"], [option["value"] for option in rooms["options"]]) == (["sop", "use"], ["Smart Center"])
    assert "TV Lobi disimpan" in choose(admin, number, "en", ["lobby", "sop", "lain"], ["Smart Center", "Gudang"])
    (screen,) = screens(served.office, served.clock())
    assert screen.choice == ScreenChoice("en", ("sop", "lobby"), ())  # all rooms: as on every other screen
    assert "untuk lobi · EN" in words(listed(admin))
    with reading(served.office.records) as connection:
        done = recent_actions(connection)[0]
    assert (done.action, done.actor, done.subject) == ("screen_set", "admin", "TV Lobi")


@pytest.mark.parametrize(
    ("which", "views", "said"),
    [
        (99, ["sop"], "tidak ada"),
        (None, ["sop"], "tidak ada"),
        (1, [], "sedikitnya satu"),
        (1, "sop", "sedikitnya satu"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(which: Any, views: Any, said: str, served: Desk) -> None:
    admin = served.browser_of("admin")
    make(admin, "TV")
    assert said in choose(admin, which, "xx", views, None)
