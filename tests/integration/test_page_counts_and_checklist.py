"""Small pages around the rooms: the number of participants of a letter, and the versions of the checklist."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.pages import PAGES
from etl.checklist_edit import ChecklistError, as_lines, with_checklist
from etl.checklists import Checklists
from etl.figures.cases import case
from etl.settings import default_settings
from tests.desk_office import Desk, desk
from tests.page_office import ask, opened, words
from tests.wall_office import REGISTER, give, moment

TODAY = date(2026, 11, 19)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Desk:
    folder = tmp_path_factory.mktemp("small")
    office = desk(folder, migrated_sqlite, pages=PAGES)
    office.clock.at = moment("10:42")
    give(office.office, folder, "register.csv", REGISTER, moment("10:41"))
    return office


def save_count(browser: FlaskClient, agenda: str, count: str, mark: str = "a") -> Any:
    names = ("participants-said.children", "participants-known.children", "participants-letter.data")
    inputs = [{"id": "participants-save", "property": "n_clicks", "value": 1}]
    letter = {"year": 2026, "agenda": agenda, "id": mark}
    state = [
        {"id": "participants-count", "property": "value", "value": count},
        {"id": "participants-letter", "property": "data", "value": letter},
    ]
    reply = ask(browser, names, inputs, state=state, changedPropIds=["participants-save.n_clicks"])
    return (
        words(reply.json["response"]["participants-said"]["children"])
        if reply.status_code == 200
        else reply.status_code
    )


def known(served: Desk) -> tuple[Any, Any, Any]:
    request = case(served.office, 2026, "2", served.clock.at).request
    return request["planned"], request["verified"], request["received_at"]


def test_the_agency_tells_and_kasi_litik_verifies_the_number(served: Desk) -> None:
    received = known(served)[2]
    opd, kasi = served.signed_in("opd"), served.signed_in("kasi_litik")
    assert "Jumlah peserta yang akan datang" in words(opened(opd, "/jumlah-peserta/2026/2"))
    assert "52 peserta tersimpan" in save_count(opd, "2", "52")
    assert "48 peserta tersimpan" in save_count(kasi, "2", "48", "b")
    assert "48 peserta tersimpan" in save_count(kasi, "2", "48", "b")  # a double click
    assert known(served) == (52, 48, received)
    assert "bukan jumlah peserta" in save_count(kasi, "2", "0")
    assert "bukan jumlah peserta" in save_count(kasi, "2", "banyak")


def test_an_agency_reaches_only_its_own_letters_and_others_only_look(served: Desk) -> None:
    opd = served.signed_in("opd")
    assert "bukan milik OPD" in words(opened(opd, "/jumlah-peserta/2026/3"))
    assert save_count(opd, "3", "10", "c") == 404
    assert save_count(served.signed_in("staf"), "2", "10", "d") == 403
    assert "Rencana" in words(opened(served.signed_in("staf"), "/jumlah-peserta/2026/2"))


@pytest.mark.parametrize(
    ("version", "first", "items", "says"),
    [
        ("2026-2", TODAY, "Jaringan; 2\nAC", 'Baris 2: bobot ""'),
        ("2026-2", TODAY, "Jaringan; 2\nAC; 3", "pakai 1 atau 2"),
        ("2026-2", TODAY, "; 2", "tanpa nama barang"),
        ("2026-2", TODAY, "AC; 2\n a.c. ; 1", "sudah ada pada baris 1"),
        ("2026-2", TODAY, "\n \n", "masih kosong"),
        ("", TODAY, "AC; 2", "belum diberi nama"),
        ("2020-1", TODAY, "AC; 2", "sudah ada"),
        ("2026-2", date(2026, 11, 18), "AC; 2", "berlaku surut"),
        ("2026-2", TODAY, as_lines(Checklists.of(default_settings()).versions[-1].weights), "Isinya sama"),
    ],
)
def test_a_checklist_that_cannot_be_is_refused_in_words(version: str, first: date, items: str, says: str) -> None:
    with pytest.raises(ChecklistError) as refused:
        with_checklist(default_settings(), version, first, items, TODAY)
    assert says in str(refused.value)


def test_an_administrator_puts_a_new_version_in_force(served: Desk) -> None:
    browser = served.signed_in("admin")
    assert "Jaringan; 2" in str(opened(browser, "/pengaturan/daftar-periksa"))
    inputs = [{"id": "checklist-save", "property": "n_clicks", "value": 1}]
    values = {"version": "2026-2", "from": "2026-11-20", "items": "Jaringan; 2\nKursi; 1"}
    state = [{"id": f"checklist-{name}", "property": "value", "value": value} for name, value in values.items()]
    names = ("checklist-said.children", "checklist-list.children")
    assert ask(served.signed_in("staf"), names, inputs, state=state).status_code == 403
    reply = ask(browser, names, inputs, state=state).json["response"]
    assert "Versi 2026-2 berlaku sejak Jumat, 20 November 2026" in words(reply["checklist-said"]["children"])
    assert "Akan berlaku" in words(reply["checklist-list"]["children"])
    lists = Checklists.of(served.office.settings)
    assert (lists.on(TODAY).version, lists.on(date(2026, 11, 20)).weights) == ("2020-1", {"Jaringan": 2, "Kursi": 1})
