"""Small pages around the rooms: the number of participants of a letter, and the versions of the checklist."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.i18n import sentence
from dashboard.web.pages import PAGES
from etl.desk.settings_edit import ChecklistError, as_lines, with_checklist
from etl.desk.stamps import NewStamp, give_stamp
from etl.domain.compliance.stamping import Stamp
from etl.figures.requests.detail import request_detail
from etl.settings.checklists import Checklists
from etl.settings.document import Settings, default_settings, with_shipped_lists
from tests.offices.desk import Desk, desk
from tests.offices.office import give
from tests.offices.thursday import give_register, moment
from tests.reading.layout import words
from tests.serving.callbacks import ask, opened

TODAY = date(2026, 11, 19)
MORE = """\
no_agenda;tgl_terima;jam_terima;asal;nama_kegiatan;ruang;tgl_kegiatan;jam_mulai;jam_selesai;status
8;19/11/2026;10.40;Dinas Kesehatan;Rapat gizi;Smart Center;23/11/2026;09.00;12.00;disetujui
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("small"), give_register, moment("10:42"), pages=PAGES)


def save_count(browser: FlaskClient, agenda: str, count: str, mark: str = "a", begun: str = "") -> Any:
    names = ("participants-said.children", "participants-known.children", "participants-letter.data",
             "participants-start.hidden")  # fmt: skip
    inputs = [{"id": "participants-save", "property": "n_clicks", "value": 1}]
    letter = {"year": 2026, "agenda": agenda, "id": mark}
    state = [
        {"id": "participants-count", "property": "value", "value": count},
        {"id": "participants-begun", "property": "value", "value": begun},
        {"id": "participants-letter", "property": "data", "value": letter},
    ]
    reply = ask(browser, names, inputs, state=state, changedPropIds=["participants-save.n_clicks"])
    return (
        words(reply.json["response"]["participants-said"]["children"])
        if reply.status_code == 200
        else reply.status_code
    )


def known(served: Desk) -> tuple[Any, Any, Any]:
    request = request_detail(served.office, 2026, "2", served.clock.at).request
    return request["planned"], request["verified"], request["received_at"]


def test_the_agency_tells_and_kasi_litik_verifies_the_number(served: Desk) -> None:
    received = known(served)[2]
    opd, kasi = served.browser_of("opd"), served.browser_of("kasi_litik")
    assert "Jumlah peserta yang akan datang" in words(opened(opd, "/jumlah-peserta/2026/2"))
    assert "52 peserta tersimpan" in save_count(opd, "2", "52")
    assert "48 peserta tersimpan" in save_count(kasi, "2", "48", "b")
    assert "48 peserta tersimpan" in save_count(kasi, "2", "48", "b")  # a double click
    assert known(served) == (52, 48, received)
    assert "bukan jumlah peserta" in save_count(kasi, "2", "0")
    assert "bukan jumlah peserta" in save_count(kasi, "2", "banyak")


def test_an_agency_reaches_only_its_own_letters_and_others_only_look(served: Desk) -> None:
    opd = served.browser_of("opd")
    assert "bukan milik OPD" in words(opened(opd, "/jumlah-peserta/2026/3"))
    assert save_count(opd, "3", "10", "c") == 404
    assert save_count(served.browser_of("staf"), "2", "10", "d") == 403
    assert "Rencana" in words(opened(served.browser_of("staf"), "/jumlah-peserta/2026/2"))


def judged(served: Desk, step: str, agenda: str = "8") -> tuple[str, int | None, int | None]:
    """Verdict, seconds and finish of a step of a letter."""
    whole = request_detail(served.office, 2026, agenda, served.clock.at)
    one = next(one for one in whole.steps if one.step == step)
    return one.verdict.value, one.elapsed_seconds, one.finished_at


def test_the_numbers_finish_b1_and_b2_and_a_further_number_leaves_the_stamps(served: Desk) -> None:
    opd, kasi = served.browser_of("opd"), served.browser_of("kasi_litik")
    served.clock.at = moment("11:00")
    asked = NewStamp(2026, "8", "B1", Stamp.RECEIVED)
    give(served.office, served.office.home.root, "lagi.csv", MORE, moment("10:50"))
    page = "/jumlah-peserta/2026/8"
    assert "B1 belum ditandai mulai; isi pukul berapa penghitungan dimulai" in words(opened(opd, page))
    give_stamp(served.office, asked, actor="opd", role="opd", client_id="mulai", now=moment("11:00"))
    assert "menandai B1 selesai" in words(opened(opd, page))
    assert "belum ditandai mulai" not in words(opened(opd, page))
    served.clock.at = moment("11:15")
    assert "52 peserta tersimpan. B1 ditandai selesai 19 Nov 2026 11.15." in save_count(opd, "8", "52", "e")
    assert judged(served, "B1") == ("MET", 900, moment("11:15"))
    assert judged(served, "B2")[0] == "ON_TRACK"
    served.clock.at = moment("11:27")
    assert "menandai B2 selesai" in words(opened(kasi, page))
    assert "B2 ditandai selesai" in save_count(kasi, "8", "50", "f")
    assert judged(served, "B2") == ("LATE", 720, moment("11:27"))
    served.clock.at = moment("11:40")
    for browser, step, count, mark in ((opd, "B1", "54", "g"), (kasi, "B2", "51", "h")):
        assert f"Cap {step} tidak berubah" in words(opened(browser, page))
        assert save_count(browser, "8", count, mark) == f"{count} peserta tersimpan."
    request = request_detail(served.office, 2026, "8", served.clock.at).request
    assert (request["planned"], request["verified"]) == (54, 51)
    assert [judged(served, step)[2] for step in ("B1", "B2")] == [moment("11:15"), moment("11:27")]


UNMARKED = """\
no_agenda;tgl_terima;jam_terima;asal;nama_kegiatan;ruang;tgl_kegiatan;jam_mulai;jam_selesai
21;19/11/2026;10.40;Dinas Kesehatan;Rapat ASI;Smart Center;24/11/2026;09.00;12.00
22;19/11/2026;10.41;Dinas Kesehatan;Rapat TB;Smart Center;24/11/2026;13.00;15.00
"""


def test_counts_without_a_start_ask_for_it_once_and_tell_b1_and_b2_by_their_own_time(served: Desk) -> None:
    opd, kasi = served.browser_of("opd"), served.browser_of("kasi_litik")
    served.clock.at = moment("13:20")
    give(served.office, served.office.home.root, "tanpa-mulai.csv", UNMARKED, moment("13:10"))
    asks = "belum ditandai mulai"
    assert asks in words(opened(opd, "/jumlah-peserta/2026/21"))
    assert "bukan" in save_count(opd, "21", "40", "m1", "25.70")
    assert "Pukul 13.50 belum tiba" in save_count(opd, "21", "40", "m2", "13.50")
    assert "B1 ditandai selesai 19 Nov 2026 13.20." in save_count(opd, "21", "40", "m3", "13.05")
    assert asks not in words(opened(opd, "/jumlah-peserta/2026/21"))
    assert judged(served, "B1", "21") == ("MET", 900, moment("13:20"))
    # Kasi LITIK counts what the agency never told: both end with its count, B1 when its own counting began.
    assert asks in words(opened(kasi, "/jumlah-peserta/2026/22"))
    assert "B2 ditandai selesai" in save_count(kasi, "22", "18", "m4", "13.16")
    assert judged(served, "B1", "22")[2] == moment("13:16")
    assert judged(served, "B2", "22") == ("MET", 240, moment("13:20"))
    assert asks not in words(opened(kasi, "/jumlah-peserta/2026/22"))


def test_a_number_of_a_letter_that_was_refused_stamps_nothing(served: Desk) -> None:
    served.clock.at = moment("11:45")
    assert save_count(served.browser_of("kasi_litik"), "5", "12", "i") == "12 peserta tersimpan."
    assert {
        one.finished_at for one in request_detail(served.office, 2026, "5", served.clock.at).steps if one.step == "B2"
    } == {None}


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
        ("2026-2", TODAY, as_lines(Checklists.of(default_settings()).on(TODAY).weights), "Isinya sama"),
    ],
)
def test_a_checklist_that_cannot_be_is_refused_in_words(version: str, first: date, items: str, says: str) -> None:
    with pytest.raises(ChecklistError) as refused:
        with_checklist(default_settings(), version, first, items, TODAY)
    assert says in sentence(refused.value)


def test_the_second_shipped_version_is_for_offices_without_a_list_of_their_own() -> None:
    shipped, new_year = default_settings(), date(2027, 1, 1)
    assert Checklists.of(shipped).on(date(2026, 12, 31)).version == "2020-1"
    assert Checklists.of(shipped).on(new_year).weights["Komputer"] == 1
    document = shipped.to_document()
    first = Settings.from_document({**document, "checklist": document["checklist"][:1]})
    assert Checklists.of(with_shipped_lists(first)).on(new_year).version == "2027-1"
    own = with_checklist(shipped, "Kami", TODAY, "AC; 2", TODAY)
    assert [known.version for known in own.checklists] == ["2020-1", "Kami"]
    assert with_shipped_lists(own) is own
    later = with_checklist(shipped, "Kami", date(2027, 2, 1), "AC; 2", TODAY)
    assert [known.version for known in later.checklists] == ["2020-1", "2027-1", "Kami"]


def test_an_administrator_puts_a_new_version_in_force(served: Desk) -> None:
    browser = served.browser_of("admin")
    assert "Jaringan; 2" in str(opened(browser, "/pengaturan/daftar-periksa"))
    inputs = [{"id": "checklist-save", "property": "n_clicks", "value": 1}]
    values = {"version": "2026-2", "from": "2026-11-20", "items": "Jaringan; 2\nKursi; 1"}
    state = [{"id": f"checklist-{name}", "property": "value", "value": value} for name, value in values.items()]
    names = ("checklist-said.children", "checklist-list.children")
    assert ask(served.browser_of("staf"), names, inputs, state=state).status_code == 403
    reply = ask(browser, names, inputs, state=state).json["response"]
    assert "Versi 2026-2 berlaku sejak Jumat, 20 November 2026" in words(reply["checklist-said"]["children"])
    assert "Akan berlaku" in words(reply["checklist-list"]["children"])
    lists = Checklists.of(served.office.settings)
    assert (lists.on(TODAY).version, lists.on(date(2026, 11, 20)).weights) == ("2020-1", {"Jaringan": 2, "Kursi": 1})
