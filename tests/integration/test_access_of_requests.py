"""Whose requests a page shows, and what taps say that no button of ours says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.access.codes import make_code
from dashboard.pages.requests.paper_letter import text_of
from dashboard.web.pages import PAGES
from data_access.records import reading
from data_access.records.schema import LOG_OF
from etl.corrections.page import correct
from etl.desk.asking import send_request
from etl.desk.room_wish import Wish
from tests.offices.desk import Desk, desk, form_token
from tests.offices.september import END_OF_SEPTEMBER, give_letters
from tests.reading.layout import components, words
from tests.serving.callbacks import ask, opened

WISH = Wish("Rapat stunting", "Smart Center", "13/10/2026", "09.00", "11.00", "30", "Dinas Kesehatan")
NAME = "TT-2026-00001"


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """The agency of the user `opd` has asked for a room."""
    made = desk(tmp_path, give_letters, END_OF_SEPTEMBER, pages=PAGES)
    send_request(made.office, WISH, actor="opd", role="opd", client_id="a", now=made.clock())
    return made


def give_to(served: Desk, opd: str) -> None:
    """The request turns out to be another agency's."""
    log = LOG_OF["permohonan"]
    with reading(served.office.records) as connection:
        row = connection.execute(log.select().order_by(log.c.id)).all()[-1].id
    correct(served.office, "permohonan", int(row), {"opd": opd}, "salah catat", "agendaris", served.clock())


def test_a_request_that_is_another_agencys_now_is_shown_to_that_one_only(served: Desk) -> None:
    opd = served.signed_in("opd")
    assert NAME in words(opened(opd, "/ajukan"))
    give_to(served, "Dinas Pendidikan")
    assert NAME not in words(opened(opd, "/ajukan"))
    give_to(served, "Dinkes")
    assert NAME in words(opened(opd, "/ajukan"))
    assert NAME in words(opened(served.signed_in("agendaris"), "/ajukan"))


def test_the_names_of_all_agencies_are_sent_to_agendaris_only(served: Desk) -> None:
    bearer, code = served.browser(), make_code(served.office, "Kecamatan Tugu", date(2026, 10, 31), served.clock())[1]
    token = form_token(bearer.get("/masuk/kode").text)
    assert bearer.post("/masuk/kode", data={"kode": code, "csrf_token": token}).status_code == 303
    bearer.get("/")
    for browser, has in ((served.signed_in("agendaris"), True), (served.signed_in("opd"), False), (bearer, False)):
        page = opened(browser, "/ajukan")
        assert bool(components(page, "Datalist")) is has


@pytest.mark.parametrize("year", [10**30, 0, -1])
def test_a_tap_with_a_year_that_is_none_does_nothing(served: Desk, year: int) -> None:
    tap: dict[str, Any] = {"what": "withdraw", "year": year, "agenda": "TT-00001", "id": "x"}
    names = ("ask-said.children", "ask-entry.data", "ask-changed.data", "ask-list.children", "ask-activity.value")
    fields = ("activity", "people", "opd", "day", "begin", "end", "room")
    state = [{"id": "ask-entry", "property": "data", "value": ["a", ""]}]
    state += [{"id": "ask-changed", "property": "data", "value": 0}]
    state += [{"id": f"ask-{name}", "property": "value", "value": ""} for name in fields]
    inputs = [{"id": "ask-send", "property": "n_clicks", "value": None}]
    inputs += [{"id": "ask-tap", "property": "data", "value": tap}]
    reply = ask(served.signed_in("opd"), names, inputs, state=state, changedPropIds=["ask-tap.data"])
    assert reply.status_code == 204


def test_what_postgresql_refuses_is_left_out_of_what_is_typed() -> None:
    assert (text_of("Rapat\0 desa"), text_of(20), text_of(True)) == ("Rapat desa", "20", "")
