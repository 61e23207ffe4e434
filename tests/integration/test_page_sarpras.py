"""The Sarpras page: what it shows to whom, and what may be done about a fault."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from dashboard.components.filters import ALL
from dashboard.web.pages import PAGES
from etl.figures.facilities.incidents import incidents_at, supplies
from etl.figures.facilities.period import condition_figures
from etl.figures.filter import Period
from etl.office import Office
from tests.books.checks import checks, whole
from tests.offices.desk import Desk, desk
from tests.offices.office import give
from tests.offices.thursday import give_thursday, moment
from tests.reading.layout import words
from tests.serving.callbacks import ask, opened

OUT = tuple(f"sarpras-{part}.children" for part in ("subtitle", "export", "follow", "body"))
DEEDS = ("assign", "comment", "resolve", "reopen")
SOAP = (
    ("02/10", "Hilang"),
    ("05/10", "Baik"),
    ("15/10", "Hilang"),
    ("16/10", "Baik"),
    ("28/10", "Hilang"),
    ("09/11", "Baik"),
)


def fill(office: Office, folder: Path) -> None:
    """The Thursday of the wall's tests with the checks of two months."""
    give_thursday(office, folder)
    soap = [f"{day}/2026;08.00;;Sabun;{word}" for day, word in SOAP]
    today = whole("19/11/2026", "08.00", Proyektor="Rusak berat", Thermal_gun="TB", AC="Kurang baik")
    give(office, folder, "kondisi.csv", checks(*soap, *today), moment("10:42"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("sarpras"), fill, moment("12:10"), pages=PAGES)


def shown(browser: FlaskClient, search: str = "") -> dict[str, Any]:
    inputs = [{"id": "sarpras-url", "property": "search", "value": search},
              {"id": "sarpras-changed", "property": "data", "value": 0}]  # fmt: skip
    reply = ask(browser, OUT, inputs)
    assert reply.status_code == 200, reply.text
    return {name: part["children"] for name, part in reply.json["response"].items()}


def do(browser: FlaskClient, deed: str, key: str, note: str = "", role: str = "", tap: str = "t") -> Any:
    inputs = [{"id": f"sarpras-do-{one}", "property": "n_clicks", "value": 1 if one == deed else None} for one in DEEDS]
    state = [
        {"id": "sarpras-key", "property": "data", "value": {"key": key, "id": tap}},
        {"id": "sarpras-role", "property": "value", "value": role},
        {"id": "sarpras-note", "property": "value", "value": note},
        {"id": "sarpras-changed", "property": "data", "value": 0},
    ]
    names = ("sarpras-said.children", "sarpras-changed.data")
    reply = ask(browser, names, inputs, state=state, changedPropIds=[f"sarpras-do-{deed}.n_clicks"])
    if reply.status_code != 200:
        return reply.status_code
    answer = reply.json["response"]["sarpras-said"]["children"]
    assert answer["props"]["role"] == "alert"  # such an answer is brought into view
    return words(answer)


def key_of(served: Desk, item: str) -> str:
    return next(one.key for one in incidents_at(served.office, served.clock.at) if one.item == item and one.is_open)


def test_the_page_shows_gate_items_faults_and_whom_they_stand_in_the_way_of(served: Desk) -> None:
    text = words(shown(served.browser_of("kadin"))["sarpras-body"])
    warning = "Smart Center dipakai pukul 13.00 WIB"
    figures = ("Terganggu", "Skor 80", "kelengkapan 100%", "Proyektor", "75 orang-jam", "1 dari 3")
    for part in (warning, *figures, "habis ± 1 hari lagi", "median dari 2 kali", "baru 0 kali tercatat"):
        assert part in text, (part, text)


def test_only_roles_that_see_to_the_rooms_get_the_form(served: Desk) -> None:
    key = key_of(served, "AC")
    search = f"?gangguan={key}"
    assert "Ditangani oleh" in words(shown(served.browser_of("staf"), search)["sarpras-follow"])
    seen = shown(served.browser_of("kadin"), search)["sarpras-follow"]
    assert "Ditangani oleh" not in words(seen)
    assert do(served.browser_of("kadin"), "comment", key, "coba coba") == 403
    assert served.browser_of("agendaris").get("/sarpras").status_code == 403


def test_a_fault_is_assigned_resolved_and_opened_again(served: Desk) -> None:
    browser, key = served.browser_of("kabid"), key_of(served, "Proyektor")
    for nobody in ("", ALL, "opd"):
        assert "Pilih jabatan" in do(browser, "assign", key, role=nobody)
    assert "ditugaskan" in do(browser, "assign", key, role="kasi_litik")
    assert "ditugaskan" in do(browser, "assign", key, role="kasi_litik")  # a double click is one deed
    assert "sedikitnya tiga huruf" in do(browser, "resolve", key, "ok", tap="t2")
    served.clock.at += 60
    assert "diselesaikan" in do(browser, "resolve", key, "lampu diganti, NIP 198001012005011001", tap="t3")
    text = words(shown(browser, f"?gangguan={key}")["sarpras-follow"])
    assert text.count("Ditugaskan kepada Kasi LITIK") == 1
    assert "198001012005011001" not in text
    assert "sudah ditutup" in do(browser, "resolve", key, "lagi lagi", tap="t4")
    served.clock.at += 60
    assert "dibuka lagi" in do(browser, "reopen", key, "mati lagi", tap="t5")
    assert "Gangguan ini tidak ada" in do(browser, "comment", "x|y|1", "apa ini", tap="t6")


SEPTEMBER_ON = "?dari=2026-09-01&sampai=2026-11-30"


def test_the_files_hold_what_is_on_the_page_texts_as_texts(served: Desk) -> None:
    browser = served.browser_of("kadin")
    hrefs = [link["props"]["href"] for link in shown(browser, f"{SEPTEMBER_ON}&gangguan=x")["sarpras-export"]]
    assert hrefs == [f"/sarpras/{name}{SEPTEMBER_ON}" for name in ("unduh.xlsx", "unduh.csv", "satu-halaman.pdf")]
    reply = browser.get(hrefs[0])
    assert "sarpras-2026-09-01-2026-11-30.xlsx" in reply.headers["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(reply.data))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    about = dict(row[:2] for row in sheets["Keterangan"])
    assert (about["Periode"], about["Ruang"]) == ("1 Sep – 30 Nov 2026", "Semua ruang")
    assert about["Dihitung per"].startswith("Kamis, 19 November 2026")
    asked = Period(date(2026, 9, 1), date(2026, 11, 30))
    figures = condition_figures(served.office, asked, served.clock.at)
    (b5,) = (row for row in sheets["Angka"] if str(row[0]).startswith("B5"))
    assert b5[1:4] == [figures.b5.good, figures.b5.checked, figures.b5.share]
    assert len(sheets["B5 tiap pemakaian"]) == 1 + len(figures.sessions)
    assert len(sheets["Dipulihkan"]) == 1 + len(figures.cases)
    assert {row[1] for row in sheets["Gangguan terbuka"][1:]} == {one.item for one in figures.opened}
    told = browser.get(hrefs[1]).data.decode("utf-8-sig")
    assert "1 Sep – 30 Nov 2026" in told
    assert all(name in told for name in sheets)


def test_a_note_that_looks_like_a_formula_is_text_in_the_files(tmp_path: Path) -> None:
    office = desk(tmp_path, pages=PAGES)
    office.clock.at = moment("12:10")
    text = "ruang;tanggal;jam;barang;kondisi;uraian\nSC;19/11/2026;08.00;AC;Rusak berat;=1+1\n"
    give(office.office, tmp_path, "kondisi.csv", text, moment("10:42"))
    browser = office.browser_of("staf")
    book = CalamineWorkbook.from_filelike(io.BytesIO(browser.get("/sarpras/unduh.xlsx").data))
    (fault,) = book.get_sheet_by_name("Gangguan terbuka").to_python()[1:]
    assert fault[3] == "=1+1"
    assert ";'=1+1;" in browser.get("/sarpras/unduh.csv").data.decode("utf-8-sig")


def test_files_are_for_those_who_see_the_page(served: Desk) -> None:
    for role in ("agendaris", "opd"):
        assert served.browser_of(role).get("/sarpras/unduh.xlsx").status_code == 403
    browser = served.browser_of("admin")
    assert browser.get("/sarpras/unduh.csv").status_code == 200
    assert browser.get("/sarpras/unduh.pdf").status_code == 404
    refused = browser.get("/sarpras/unduh.xlsx?ruang=Aula Antah")
    assert (refused.status_code, "Aula Antah" in refused.text) == (422, True)


def test_a_fault_that_is_not_there_has_words(served: Desk) -> None:
    assert "Gangguan ini tidak ada" in words(shown(served.browser_of("staf"), "?gangguan=x")["sarpras-follow"])
    assert "bukan tanggal" in words(shown(served.browser_of("staf"), "?dari=besok&sampai=lusa")["sarpras-body"])


def test_an_office_without_records_has_words(tmp_path: Path) -> None:
    empty = desk(tmp_path, pages=PAGES)
    browser = empty.browser_of("staf")
    text = words(opened(browser, "/sarpras")) + words(shown(browser)["sarpras-body"])
    for part in ("Belum dicek", "Tidak ada gangguan terbuka", "Belum ada pemakaian", "Belum ada data"):
        assert part in text, (part, text)
    assert " 0%" not in text


def test_supplies_rest_on_how_long_they_lasted(served: Desk) -> None:
    now = moment("12:10")
    (soap,) = supplies([("Smart Center", "Sabun"), ("Smart Center", "AC")], incidents_at(served.office, now)[-1:], now)
    assert (soap.item, soap.days_left is None, soap.is_out) == ("Sabun", True, False)
