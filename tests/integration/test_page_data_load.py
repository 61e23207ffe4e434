"""History and the page of one load: what a file brought, what became of each row, and taking it back."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from dashboard.web.pages import PAGES
from data_access.records import reading
from data_access.records.intake.loads import last_load_id, load_by_id
from etl.desk.settings_edit import with_room_spellings
from etl.figures.intake.open_work import open_rejects
from etl.figures.requests.detail import request_detail
from etl.intake.pipeline import apply_settings, ingest
from tests.books.typed import agenda, as_workbook, hand_overs
from tests.offices.bureau import full_disk
from tests.offices.desk import Desk, desk
from tests.offices.intake import (
    BOOK,
    HAND_OVER_BOOK,
    LATER,
    LETTERS,
    REGISTER,
    give_later,
    intake_office,
    listed,
    load_page,
    press,
)
from tests.offices.september import END_OF_SEPTEMBER
from tests.reading.audit import recent_actions
from tests.reading.layout import components, words
from tests.serving.callbacks import opened

UNDO = ("load-undo-said.children", "load-undo-changed.data", "load-url.search")
MARK = ("load-said.children", "load-changed.data")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office in which nothing is changed."""
    return intake_office(tmp_path_factory.mktemp("intake"))


@pytest.fixture(scope="module")
def reader(untouched: Desk) -> FlaskClient:
    return untouched.browser_of("agendaris")


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """An office of this test's own."""
    return intake_office(tmp_path)


def take_back(browser: FlaskClient, load_id: int, reason: str = "salah berkas", sure: Any = ("sure",)) -> Any:
    state = {
        "load-id.data": load_id,
        "load-undo-reason.value": reason,
        "load-undo-sure.value": list(sure),
        "load-undo-changed.data": 0,
    }
    return press(browser, UNDO, ("load-undo-do",), "load-undo-do", state)


def mark(browser: FlaskClient, load_id: int) -> Any:
    return press(browser, MARK, ("load-mark",), "load-mark", {"load-id.data": load_id, "load-changed.data": 0})


def links(layout: Any) -> list[str]:
    return [one["href"] for one in components(layout, "Link")]


# History


def test_the_history_names_every_load_with_who_gave_it_and_the_result(reader: FlaskClient) -> None:
    told = words(listed(reader, "runs"))
    assert "agenda-susulan.csv Agenda surat masuk 25 Sep 2026 08.30 agendaris (Agendaris) 1 0 0 1 0 0 Dimuat" in told
    assert "disposisi.csv Disposisi 23 Sep 2026 10.20 Baris perintah 18 15 0 0 3 0 Dimuat" in told
    assert "1–4 dari 4" in told


def test_the_history_can_be_cut_down_to_loads_with_rejected_rows(reader: FlaskClient) -> None:
    told = words(listed(reader, "runs", "?tampil=tolakan"))
    assert "agenda-september.csv" in told
    assert "disposisi.csv" not in told


def test_a_page_beyond_the_last_one_is_not_an_error(reader: FlaskClient) -> None:
    assert "dari 4" in words(listed(reader, "runs", "?hal=99"))


# One load


def test_a_loads_page_tells_its_counts_and_the_rejected_rows_as_typed(reader: FlaskClient) -> None:
    told = words(load_page(reader, REGISTER))
    assert "Dibaca 7 Baru 3 Sama 0 Koreksi 0 Menunggu 2 Ditolak 2" in told
    assert 'Baris 4, kolom "Tgl. Diterima": "31/09/2026" bukan tanggal yang ada.' in told
    assert "No. Agenda: 146" in told


def test_waiting_rows_say_what_they_wait_for_and_whether_they_have_joined(served: Desk, tmp_path: Path) -> None:
    browser = served.browser_of("agendaris")
    assert "surat nomor 201 Masih menunggu" in words(load_page(browser, HAND_OVER_BOOK, "?bagian=menunggu"))
    give_later(served, tmp_path, "agenda-201.csv", agenda("201;11/09/2026;08.00;Inspektorat;Gelar;Smart Center;;;;"))
    told = words(load_page(browser, HAND_OVER_BOOK, "?bagian=menunggu"))
    assert "surat nomor 201 Sudah bergabung 2026/201" in told


def test_a_check_waits_for_its_room_and_then_for_its_item(served: Desk, tmp_path: Path) -> None:
    check = "tanggal;jam;barang;kondisi;ruang\n24/09/2026;08.00;LCD Proyektor;Baik;Balai\n"
    give_later(served, tmp_path, "cek.csv", check)
    browser = served.browser_of("agendaris")
    assert 'ruang "Balai" dikenal Masih menunggu' in words(load_page(browser, LATER + 1, "?bagian=menunggu"))
    room = served.office.settings.rooms[0].name
    apply_settings(
        served.office, lambda settings: with_room_spellings(settings, room, ["Balai"]), END_OF_SEPTEMBER, actor="cli"
    )
    assert 'barang "LCD Proyektor" dikenal Masih menunggu' in words(load_page(browser, LATER + 1, "?bagian=menunggu"))


def test_a_second_letter_under_one_number_waits_for_an_answer(served: Desk, tmp_path: Path) -> None:
    rows = ("77;07/09/2026;08.00;Dinkes;Rapat imunisasi", "77;08/09/2026;08.00;Dinsos;Rapat bansos")
    give_later(served, tmp_path, "nomor.csv", agenda(*rows))
    told = words(load_page(served.browser_of("agendaris"), LATER + 1, "?bagian=menunggu"))
    assert "jawaban: nomor 77 dipakai dua surat Masih menunggu" in told


def test_corrections_are_told_old_and_new_with_their_letter(reader: FlaskClient) -> None:
    layout = load_page(reader, LATER, "?bagian=koreksi")
    assert "perihal: Bimbingan guru → Bimbingan guru SD" in words(layout)
    assert "11 Sep 2026 12.00 → 11 Sep 2026 13.00" in words(layout)
    assert "/permohonan/2026/144" in links(layout)


def test_a_row_of_the_file_is_found_by_its_number(reader: FlaskClient) -> None:
    layout = load_page(reader, HAND_OVER_BOOK, "?baris=11")
    (marked,) = (one for one in components(layout, "Tr") if one.get("className") == "is-target")
    assert words(marked["children"]) == "11 2026/144 A4 selesai 8 Sep 2026 08.47"


def test_a_row_that_was_rejected_is_said_not_to_be_among_the_stored(reader: FlaskClient) -> None:
    assert "Baris 4 tidak ada di antara baris yang disimpan" in words(load_page(reader, REGISTER, "?baris=4"))


def test_the_letters_that_a_load_touched_are_listed(reader: FlaskClient) -> None:
    layout = load_page(reader, HAND_OVER_BOOK, "?bagian=surat")
    assert "2 surat tersentuh" in words(layout)
    assert {"/permohonan/2026/143", "/permohonan/2026/144"} <= set(links(layout))


def test_a_load_that_does_not_exist_is_said_so(reader: FlaskClient) -> None:
    assert "Muatan nomor 99 tidak ada" in words(opened(reader, "/data/muatan/99"))


def test_long_loads_are_shown_a_page_at_a_time(served: Desk, tmp_path: Path) -> None:
    rows = [f"{number};{1 + number % 28:02}/08/2026;08.00;Dinkes;Rapat;Smart Center;;;;" for number in range(500, 620)]
    report = give_later(served, tmp_path, "banyak.csv", agenda(*rows))
    browser = served.browser_of("agendaris")
    assert "101–120 dari 120" in words(load_page(browser, report.load_id, "?bagian=baris&hal=3"))
    assert "51–100 dari 120" in words(load_page(browser, report.load_id, "?baris=60"))


# Taking a load back


def test_the_question_before_an_undo_tells_what_would_go(reader: FlaskClient) -> None:
    told = words(load_page(reader, LATER, "?aksi=batalkan"))
    assert "Batalkan muatan ini?" in told
    assert "1 baris tidak dihitung lagi." in told


def test_an_undone_load_says_who_did_it_and_why_and_its_correction_returns(served: Desk) -> None:
    browser = served.browser_of("agendaris")
    reply = take_back(browser, LATER)
    assert "Muatan agenda-susulan.csv dibatalkan" in words(reply.json["response"]["load-undo-said"]["children"])
    told = words(load_page(browser, LATER))
    assert "dibatalkan pada Rabu, 30 September 2026 09.00 WIB oleh agendaris (Agendaris). Alasan: salah berkas" in told
    assert request_detail(served.office, 2026, "144", END_OF_SEPTEMBER).request["subject"] == "Bimbingan guru"
    assert "Dibatalkan" in words(listed(browser, "runs"))
    assert "Pembatalan muatan" in words(listed(browser, "runs"))


def test_the_load_that_records_an_undo_leads_to_the_one_it_took_back(served: Desk) -> None:
    browser = served.browser_of("agendaris")
    take_back(browser, LATER)
    layout = load_page(browser, LATER + 1)
    assert "Alasan : salah berkas" in words(layout)
    assert f"/data/muatan/{LATER}" in links(layout)


@pytest.mark.parametrize(
    ("reason", "sure", "answer"),
    [("ya", ("sure",), "Tulis alasan sedikitnya tiga huruf"), ("salah berkas", (), "Centang dahulu")],
)
def test_an_undo_needs_a_reason_and_a_tick(served: Desk, reason: str, sure: Any, answer: str) -> None:
    reply = take_back(served.browser_of("agendaris"), LATER, reason, sure)
    assert answer in words(reply.json["response"]["load-undo-said"]["children"])
    with reading(served.office.records) as connection:
        assert load_by_id(connection, LATER).status == "loaded"


def test_an_undo_is_written_into_the_access_log(served: Desk) -> None:
    take_back(served.browser_of("staf"), LATER)
    with reading(served.office.records) as connection:
        entry = next(one for one in recent_actions(connection) if one.action == "undo")
        newest = load_by_id(connection, last_load_id(connection))
    assert (entry.actor, entry.subject, newest.undo_reason) == ("staf", "load 4", "salah berkas")


@pytest.mark.parametrize("user", ["kadin", "kabid", "sekdin"])
def test_who_only_looks_gets_no_buttons_and_is_refused_on_the_server(untouched: Desk, user: str) -> None:
    browser = untouched.browser_of(user)
    told = words(load_page(browser, REGISTER, "?aksi=batalkan"))
    assert "Batalkan muatan" not in told
    assert "Tandai selesai" not in told
    assert "Unduh baris ditolak" in told
    assert take_back(browser, REGISTER).status_code == 403
    assert mark(browser, REGISTER).status_code == 403


@pytest.mark.parametrize("path", ["/data/muatan", "/data/muatan/1", "/data/menunggu", "/data/nama", "/data/koreksi"])
def test_an_agency_sees_nothing_of_the_intake(untouched: Desk, path: str) -> None:
    browser = untouched.browser_of("opd")
    assert browser.get(path).status_code == 403
    assert "Anda tidak" in words(opened(browser, path)) or "tidak terbuka" in words(opened(browser, path)).lower()


# Rejected rows


def test_rejected_rows_come_back_as_the_same_kind_of_file_with_their_reasons(reader: FlaskClient) -> None:
    reply = reader.get("/data/tolakan/1")
    rows = list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig")), delimiter=";"))
    assert reply.headers["Content-Disposition"] == "attachment; filename=tolakan-1-agenda-september.csv"
    assert (rows[0][0], rows[0][-1]) == ("No. Agenda", "alasan")
    assert [row[0] for row in rows[1:]] == ["146", "147"]


def test_rejected_rows_of_a_workbook_come_back_as_a_workbook(served: Desk, tmp_path: Path) -> None:
    path = as_workbook(tmp_path / "agenda juni.xlsx", LETTERS.replace("146;", "246;"))
    (report,) = ingest(served.office, path, END_OF_SEPTEMBER, actor="agendaris")
    reply = served.browser_of("agendaris").get(f"/data/tolakan/{report.load_id}")
    assert f'filename="tolakan-{report.load_id}-agenda juni.xlsx"' in reply.headers["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(reply.data))
    assert book.sheet_names == ["Agenda"]
    assert book.get_sheet_by_index(0).to_python()[1][0] == "246"


def test_a_load_without_rejected_rows_has_no_such_file(reader: FlaskClient) -> None:
    assert reader.get("/data/tolakan/2").status_code == 404
    assert reader.get("/data/tolakan/99").status_code == 404


def test_the_repaired_download_closes_the_rejected_rows_of_its_load(served: Desk, tmp_path: Path) -> None:
    text = served.browser_of("agendaris").get("/data/tolakan/1").data.decode("utf-8-sig")
    repaired = text.replace("31/09/2026", "30/09/2026").replace("Senin, 23/06/2026", "23/06/2026")
    report = give_later(served, tmp_path, "tolakan-1-agenda-september.csv", repaired)
    assert report.counts["accepted"] == 2
    assert open_rejects(served.office) == {}


def test_a_corrected_file_given_again_whole_closes_the_rejected_rows_of_before(served: Desk, tmp_path: Path) -> None:
    give_later(served, tmp_path, "agenda-september.csv", LETTERS.replace("31/09/2026", "30/09/2026"))
    assert open_rejects(served.office) == {5: 1}


def test_another_file_of_the_same_name_closes_nothing(served: Desk, tmp_path: Path) -> None:
    give_later(served, tmp_path, "agenda-september.csv", agenda("300;21/09/2026;08.00;Dinkes;Rapat;Smart Center;;;;"))
    assert open_rejects(served.office) == {REGISTER: 2}


def test_a_person_may_say_that_rejected_rows_are_done_with_and_open_them_again(served: Desk) -> None:
    browser = served.browser_of("agendaris")
    assert mark(browser, REGISTER).status_code == 200
    assert open_rejects(served.office) == {}
    assert "Tidak ada baris ditolak yang menunggu perbaikan" in words(listed(browser, "runs", "?tampil=tolakan"))
    assert "Buka lagi" in words(load_page(browser, REGISTER))
    mark(browser, REGISTER)
    assert list(open_rejects(served.office)) == [REGISTER]


def test_templates_are_handed_out_with_the_offices_rooms(reader: FlaskClient) -> None:
    reply = reader.get("/data/templat/pemakaian.xlsx")
    assert reply.headers["Content-Disposition"] == "attachment; filename=templat-pemakaian.xlsx"
    book = CalamineWorkbook.from_filelike(io.BytesIO(reply.data))
    cells = {cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row}
    assert "Smart Center" in cells
    assert reader.get("/data/templat/rahasia.xlsx").status_code == 404


# The cards of the Data page


def side(browser: FlaskClient) -> str:
    return words(opened(browser, "/data"))


def test_the_cards_tell_sources_what_waits_and_the_last_runs(reader: FlaskClient) -> None:
    told = side(reader)
    assert "Agenda surat masuk unggahan · tanpa irama tetap Belum dinilai 5 hari lalu" in told
    assert "2 baris ditolak menunggu perbaikan" in told
    assert "3 baris menunggu suratnya" in told
    assert "3 baris menunggu ruang yang belum dikenal" in told
    assert "agenda-susulan.csv 25 Sep 08.30 · Agenda surat masuk 1 baris" in told


def test_an_empty_office_says_so_in_words(tmp_path: Path) -> None:
    browser = desk(tmp_path, pages=PAGES).browser_of("agendaris")
    told = side(browser)
    assert "Langkah berikutnya: berkas pertama" in told
    assert "Tidak ada yang menunggu Anda" not in told
    assert "Belum ada berkas yang dimuat" in told
    for page, nothing in (("runs", "Belum ada berkas"), ("waiting", "Tidak ada baris yang menunggu")):
        assert nothing in words(listed(browser, page))
    assert "Semua nama OPD dikenal" in words(listed(browser, "names"))
    assert "Tidak ada catatan yang janggal" in words(listed(browser, "flags"))
    assert "Belum ada koreksi dari layar" in words(listed(browser, "corrections"))


# From a letter to the row it was read from


def test_the_sources_of_a_letter_lead_to_the_rows_of_their_loads(untouched: Desk) -> None:
    layout = opened(untouched.browser_of("kadin"), "/permohonan/2026/144")
    assert "/data/muatan/2?baris=9#baris-9" in links(layout)


def test_an_agency_reads_its_sources_without_a_way_to_the_loads(untouched: Desk) -> None:
    layout = opened(untouched.browser_of("opd"), "/permohonan/2026/143")
    assert "disposisi.csv, baris 2–8" in words(layout)
    assert not [href for href in links(layout) if href.startswith("/data")]


def test_a_hand_over_book_given_twice_waits_once(served: Desk, tmp_path: Path) -> None:
    give_later(served, tmp_path, "disposisi-lagi.csv", BOOK + "\n")
    assert "3 baris menunggu suratnya" in side(served.browser_of("agendaris"))


def test_a_load_taken_back_is_noted_even_when_the_screens_stay_behind(
    served: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = served.browser_of("agendaris")
    with monkeypatch.context() as fault:
        full_disk(fault)
        reply = take_back(browser, LATER)
    assert "Tersimpan, tetapi layar belum diperbarui" in words(reply.json["response"]["load-undo-said"]["children"])
    with reading(served.office.records) as connection:
        assert [one.action for one in recent_actions(connection, 1)] == ["undo"]


TOGETHER = agenda(
    "301 s.d. 303;01/09/2026;08.00;Dinsos;Rapat bansos;Smart Center;08/09/2026;09.00;12.00;disetujui",
    "304 & 305;02/09/2026;08.00;Dinsos;Rapat;Smart Center;08/09/2026;25.00;;",
)


def take_each(browser: FlaskClient, load_id: int, row: Any) -> str:
    button, state = "load-several-do", {"load-id.data": load_id, "load-several-row.data": row, "load-changed.data": 0}
    (entry,) = (each for each in browser.get("/_dash-dependencies").json if each["inputs"][0]["id"] == button)
    reply = press(browser, tuple(entry["output"][2:-2].split("...")), (button,), button, state)
    return words(reply.json["response"]["load-said"]["children"])


def test_a_row_that_names_several_letters_is_taken_once_for_each(served: Desk, tmp_path: Path) -> None:
    load_id = give_later(served, tmp_path, "bersama.csv", TOGETHER).load_id
    assert load_id is not None
    browser = served.browser_of("agendaris")
    assert re.findall(r"pisah=(\d+)", str(load_page(browser, load_id))) == ["1", "2"]
    assert "pisah=" not in str(load_page(served.browser_of("kadin"), load_id))
    assert "301 302 303" in words(load_page(browser, load_id, "?bagian=ditolak&pisah=1"))
    assert "3 baris diterima" in take_each(browser, load_id, 1)
    letters = [request_detail(served.office, 2026, number, END_OF_SEPTEMBER) for number in ("301", "302", "303")]
    assert None not in letters
    assert re.findall(r"pisah=(\d+)", str(load_page(browser, load_id))) == ["2"]
    assert "tidak menunggu lagi" in take_each(browser, load_id, 1)
    assert "tidak terbaca" in take_each(browser, load_id, 2)
    assert "tidak menunggu lagi" in take_each(browser, load_id, "x")
    both = give_later(served, tmp_path, "kabid.csv", hand_overs("143 & 144;A5;;;;08/09/2026;10.00")).load_id
    assert "2 baris diterima" in take_each(browser, both or 0, 1)


def test_of_rows_taken_for_each_letter_those_that_wait_are_named_and_the_row_is_closed_until_that_is_undone(
    served: Desk, tmp_path: Path
) -> None:
    browser = served.browser_of("agendaris")
    book = "no_agenda;dari;kepada;tgl_selesai\n143 & 999;Agendaris;Sekdin;08/09/2026\n"
    load_id = give_later(served, tmp_path, "serah.csv", book).load_id or 0
    answered = take_each(browser, load_id, 1)
    assert [part for part in ("1 baris diterima", "1 baris menunggu") if part not in answered] == []
    assert load_id not in open_rejects(served.office)
    assert "tidak menunggu lagi" in take_each(browser, load_id, 1)
    with reading(served.office.records) as connection:
        answer = last_load_id(connection)
    take_back(browser, answer)
    assert open_rejects(served.office)[load_id] == 1


def test_a_row_that_names_several_letters_is_not_taken_with_a_receipt_that_a_file_holds_back(
    served: Desk, tmp_path: Path
) -> None:
    rows = "314 & 315;02/09/2036;08.00;Dinsos;Rapat", "316 & 317;02/09/2026;08.00;Dinsos;Rapat"
    load_id = give_later(served, tmp_path, "kelak.csv", agenda(*rows)).load_id or 0
    browser = served.browser_of("agendaris")
    assert "tanggal itu di masa depan" in take_each(browser, load_id, 1)
    assert "2 baris diterima" in take_each(browser, load_id, 2)
