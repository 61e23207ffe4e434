"""What waits, names to match, odd passes and corrections: each list, its answers, and who may give them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from data_access.records import reading
from data_access.records.intake.loads import last_load_id
from data_access.records.office import settings_history
from etl.domain.facilities import Condition
from etl.domain.verdict import Flag
from etl.figures.facilities.conditions import room_states
from etl.figures.intake.open_work import (
    flag_counts,
    restarts,
    row_in_doubt,
    rows_in_doubt,
    second_letters,
    unknown_items,
    unknown_opds,
    unknown_rooms,
    waiting_events,
)
from etl.figures.requests.detail import request_detail
from etl.intake.undo import undo
from tests.books.checks import checks, whole
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs, room_log
from tests.offices.desk import Desk
from tests.offices.intake import give_later, intake_office, listed, load_page, press
from tests.offices.september import END_OF_SEPTEMBER
from tests.reading.audit import recent_actions
from tests.reading.layout import components, words
from tests.serving.callbacks import opened

ROOM = ("waiting-said.children", "waiting-changed.data", "waiting-url.search")
NAME = ("names-said.children", "names-changed.data", "names-url.search")
EXTRA = ("flags-said.children", "flags-changed.data", "flags-url.search")
ANSWER = ("corrections-said.children", "corrections-changed.data", "corrections-url.search")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return intake_office(tmp_path_factory.mktemp("lists"))


@pytest.fixture(scope="module")
def reader(untouched: Desk) -> FlaskClient:
    return untouched.browser_of("agendaris")


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    return intake_office(tmp_path)


def decide_room(browser: FlaskClient, button: str, key: str, **said: str) -> Any:
    state = {
        "waiting-key.data": key,
        "waiting-room.value": said.get("room", "*"),
        "waiting-name.value": said.get("name", ""),
        "waiting-capacity.value": said.get("capacity", ""),
        "waiting-changed.data": 0,
    }
    return press(browser, ROOM, ("waiting-same", "waiting-add"), f"waiting-{button}", state)


@pytest.mark.parametrize("chosen", ["correction", "letter"])
def test_a_second_letter_under_one_number_is_shown_beside_the_first_and_answered(
    served: Desk, tmp_path: Path, chosen: str
) -> None:
    rows = ("77;07/09/2026;08.00;Dinkes;Rapat imunisasi", "77;08/09/2026;08.00;Dinsos;Rapat bansos")
    give_later(served, tmp_path, "nomor.csv", agenda(*rows))
    (second,), _ = second_letters(served.office, 1)
    browser, row_id = served.browser_of("agendaris"), second.place["id"]
    page = words(listed(browser, "waiting", f"?nomor={row_id}"))
    assert all(text in page for text in ("Rapat imunisasi", "Rapat bansos", "Koreksi", "Surat lain"))
    decide(browser, ("waiting-correction", "waiting-letter"), f"waiting-{chosen}", {"waiting-second.data": row_id})
    assert second_letters(served.office, 1) == ([], 0)
    subject = request_detail(served.office, 2026, "77", END_OF_SEPTEMBER).request["subject"]
    assert subject == ("Rapat bansos" if chosen == "correction" else "Rapat imunisasi")
    if chosen == "correction":
        return
    give_later(served, tmp_path, "langkah.csv", "no_agenda;langkah;tgl_selesai;jam_selesai\n77;A2;09/09/2026;09.00\n")
    (doubt,), _ = rows_in_doubt(served.office, 1)
    assert "Tentukan" in words(listed(browser, "waiting"))
    (row, (_, second)) = row_in_doubt(served.office, "disposisi", doubt["id"])
    asked = f"disposisi {row['id']}"
    assert "2026/77 (2)" in str(listed(browser, "waiting", f"?milik={asked}"))
    said = {"waiting-doubted.data": asked, "waiting-which.value": str(second["request_id"])}
    decide(browser, ("waiting-chosen",), "waiting-chosen", said)
    assert request_detail(served.office, 2026, "77~2", END_OF_SEPTEMBER).step("A2").finished_at is not None
    with reading(served.office.records) as connection:
        assert "milik surat" in words(load_page(browser, last_load_id(connection)))


def test_second_letters_of_one_file_are_answered_together_and_wait_again_when_that_is_undone(
    served: Desk, tmp_path: Path
) -> None:
    again = (
        "81;21/01/2026;08.00;Dinkes;Rapat gizi",
        "82;22/01/2026;08.00;Dinsos;Panti",
        "82;23/01/2026;08.00;Setda;LKPJ",
    )
    give_later(
        served, tmp_path, "satu.csv", agenda("81;05/01/2026;08.00;Dinsos;Bansos", "82;06/01/2026;08.00;Dinkes;TB")
    )
    give_later(served, tmp_path, "dua.csv", agenda(*again))
    (row, *_), total = second_letters(served.office, 1)
    browser = served.browser_of("agendaris")
    panel = words(listed(browser, "waiting", f"?nomor={row.place['id']}"))
    assert (total, "Semua 3 baris berkas ini surat lain" in panel) == (3, True)
    decide(browser, ("waiting-letters",), "waiting-letters", {"waiting-second.data": row.place["id"]})
    assert second_letters(served.office, 1) == ([], 0)
    letters = [request_detail(served.office, 2026, number, END_OF_SEPTEMBER) for number in ("81~2", "82~2", "82~3")]
    assert [letter.request["subject"] for letter in letters if letter] == ["Rapat gizi", "Panti", "LKPJ"]
    with reading(served.office.records) as connection:
        answer = last_load_id(connection)
    undo(served.office, answer, "keliru", "agendaris", END_OF_SEPTEMBER)
    assert second_letters(served.office, 1)[1] == 3


def test_an_event_of_a_calendar_is_told_on_its_load_and_may_be_no_request(served: Desk, tmp_path: Path) -> None:
    event = "UID:1\nDTSTART:20260910T020000Z\nDURATION:PT2H\nSUMMARY:Cuti bersama"
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n"
    given = give_later(served, tmp_path, "jadwal.ics", text)
    browser = served.browser_of("agendaris")
    of_load = words(load_page(browser, given.load_id, "?bagian=menunggu"))
    assert [part for part in ("Cuti bersama", "nomor agenda, tanggal terima, dan asal") if part not in of_load] == []
    assert "Cuti bersama" in words(load_page(browser, given.load_id, "?bagian=baris"))
    (row,), _ = waiting_events(served.office, 1)
    assert "10 Sep 2026 09.00 – 11.00" in words(listed(browser, "waiting", f"?acara={row['id']}"))
    fields = dict.fromkeys(("number", "event-day", "event-time", "opd"), "")
    said = {"waiting-event.data": row["id"]} | {f"waiting-{name}.value": text for name, text in fields.items()}
    decide(browser, ("waiting-complete", "waiting-dismiss"), "waiting-dismiss", said)
    assert waiting_events(served.office, 1) == ([], 0)
    with reading(served.office.records) as connection:
        assert "Cuti bersama" in words(load_page(browser, last_load_id(connection)))


def test_numbers_that_begin_again_are_one_question_and_one_answer(served: Desk, tmp_path: Path) -> None:
    january = ("301;05/01/2026;08.00;Dinkes;Rapat imunisasi", "302;06/01/2026;08.00;Dinkes;Rapat gizi")
    february = ("301;03/02/2026;08.00;Dinsos;Rapat bansos", "302;04/02/2026;08.00;Dinsos;Rapat panti")
    told = give_later(served, tmp_path, "nomor.csv", agenda(*january, *february))
    (restart,) = restarts(served.office)
    browser, row_id = served.browser_of("agendaris"), restart.first["id"]
    question = "Nomor agenda mulai lagi dari 301 pada baris 4 (3 Feb 2026). Apakah penomoran mulai lagi setiap bulan?"
    page = words(listed(browser, "waiting", f"?mulai={row_id}"))
    assert all(text in page for text in (question, "Ya, setiap bulan", "Tidak"))
    assert "apakah nomor mulai lagi" in words(load_page(browser, told.load_id, "?bagian=menunggu"))
    buttons = ("waiting-by-month", "waiting-by-year")
    decide(browser, buttons, "waiting-by-month", {"waiting-restart.data": row_id})
    assert restarts(served.office) == []
    letter = request_detail(served.office, 2026, "-02/301", END_OF_SEPTEMBER)
    assert letter is not None
    assert letter.request["subject"] == "Rapat bansos"
    assert "tidak menunggu lagi" in words(listed(browser, "waiting", f"?mulai={row_id}"))


def decide(browser: FlaskClient, buttons: tuple[str, ...], pressed: str, said: dict[str, Any]) -> None:
    """Press one of several buttons of the page of what waits."""
    dependencies = browser.get("/_dash-dependencies").json
    (entry,) = (c for c in dependencies if c["inputs"][0]["id"] == buttons[0])
    press(browser, tuple(entry["output"][2:-2].split("...")), buttons, pressed, {**said, "waiting-changed.data": 0})


def decide_name(browser: FlaskClient, button: str, asked: Any, target: str = "*") -> Any:
    state = {"names-asked.data": asked, "names-target.value": target, "names-changed.data": 0}
    return press(browser, NAME, ("names-merge", "names-keep", "names-remove"), f"names-{button}", state)


def correct(browser: FlaskClient, target: list[Any], reason: str = "salah ketik", **typed: str) -> Any:
    state = {
        "correct-target.data": target,
        "correct-date.value": typed.get("day", ""),
        "correct-time.value": typed.get("clock", ""),
        "correct-value.value": typed.get("value", ""),
        "correct-reason.value": reason,
    }
    return press(browser, ("correct-said.children",), ("correct-save",), "correct-save", state)


def answer(browser: FlaskClient, button: str, correction: int, reason: str = "sudah diperiksa") -> Any:
    state = {
        "corrections-asked.data": correction,
        "corrections-reason.value": reason,
        "corrections-changed.data": 0,
    }
    return press(browser, ANSWER, ("corrections-keep", "corrections-take"), f"corrections-{button}", state)


def told_by(reply: Any, place: str) -> str:
    assert reply.status_code == 200, reply.text
    return words(reply.json["response"][place]["children"])


def links(layout: Any) -> list[str]:
    return [one["href"] for one in components(layout, "Link")]


def row_of_a4(layout: Any) -> int:
    """The number of the row behind A4 in the list of what can be corrected."""
    items = (one for one in components(layout, "Li") if words(one["children"]).startswith("A4 · "))
    (href,) = links(next(items)["children"])
    return int(href.rpartition("/")[2])


# Waiting rows


def test_unknown_rooms_and_letters_that_are_awaited_are_listed_with_counts(reader: FlaskClient) -> None:
    told = words(listed(reader, "waiting"))
    assert "Aula Kecil / aula kecil 2 Agenda surat masuk 2 21 Sep 2026 08.30" in told
    assert "Ruang Rapat Lt 2 1 Buku pemakaian 1" in told
    assert "2 surat masih ditunggu" in told
    assert "201 2 23 Sep 2026 10.20" in told


def test_the_rows_behind_a_letter_number_are_told_with_file_and_row(reader: FlaskClient) -> None:
    layout = listed(reader, "waiting", "?surat=/201")
    assert "disposisi.csv, baris 16 · A2 12 Sep 2026 08.10" in words(layout)
    assert "/data/muatan/2?baris=16#baris-16" in links(layout)


def test_an_unknown_room_becomes_another_name_of_a_known_one_and_its_rows_join(served: Desk) -> None:
    browser = served.browser_of("agendaris")
    reply = decide_room(browser, "same", "aulakecil", room="Smart Center")
    assert "2 baris bergabung" in told_by(reply, "waiting-said")
    assert [room.key for room in unknown_rooms(served.office)] == ["ruangrapatlt2"]
    assert request_detail(served.office, 2026, "148", END_OF_SEPTEMBER).request["room"] == "Smart Center"
    with reading(served.office.records) as connection:
        newest = settings_history(connection)[0]
    assert (newest.actor, newest.reason) == ("agendaris", '"Aula Kecil" disamakan dengan ruang Smart Center')


def test_an_unknown_room_becomes_a_room_of_its_own(served: Desk) -> None:
    reply = decide_room(served.browser_of("staf"), "add", "ruangrapatlt2", name="Ruang Rapat Lt 2", capacity="30")
    assert "1 baris bergabung" in told_by(reply, "waiting-said")
    assert served.office.settings.room("Ruang Rapat Lt 2").capacity == 30


@pytest.mark.parametrize(
    ("button", "said", "weight"), [("same", {"room": "Proyektor"}, 2), ("add", {"name": "LCD Proyektor"}, 0)]
)
def test_a_check_of_an_unknown_item_waits_until_it_is_mapped_or_added(
    served: Desk, tmp_path: Path, button: str, said: dict[str, str], weight: int
) -> None:
    broken = checks("24/09/2026;08.00;;LCD Proyektor;Rusak berat", *whole("24/09/2026", "08.00")[:2])
    load = give_later(served, tmp_path, "cek.csv", broken)
    assert (load.counts["accepted"], load.counts["waiting"]) == (2, 1)
    browser = served.browser_of("agendaris")
    told = words(listed(browser, "waiting"))
    assert "LCD Proyektor 1 Catatan kondisi 1" in told
    assert "Proyektor Tentukan" in told
    assert "cek.csv" in words(listed(browser, "waiting", "?barang=lcdproyektor"))
    (state,) = room_states(served.office, seconds("2026-09-24 09:00"))
    assert (state.unrecognised, [item.item for item in state.items if item.weight == 0]) == (1, [])
    assert "1 baris bergabung" in told_by(decide_room(browser, button, "barang|lcdproyektor", **said), "waiting-said")
    assert unknown_items(served.office) == []
    (state,) = room_states(served.office, seconds("2026-09-24 09:00"))
    faulty = [item for item in state.items if item.condition is Condition.HEAVY]
    assert (state.unrecognised, [item.weight for item in faulty]) == (0, [weight])


def test_an_answer_about_an_item_that_says_nothing_is_refused(served: Desk, tmp_path: Path) -> None:
    give_later(served, tmp_path, "cek.csv", checks("24/09/2026;08.00;;LCD Proyektor;Rusak berat"))
    browser = served.browser_of("agendaris")
    for button, key, refusal in (
        ("same", "barang|lcdproyektor", "Pilih barangnya dahulu"),
        ("add", "barang|lcdproyektor", "Tulis nama barangnya dahulu"),
        ("same", "barang|kursi", "Barang ini tidak menunggu lagi"),
    ):
        assert refusal in told_by(decide_room(browser, button, key), "waiting-said")


@pytest.mark.parametrize(
    ("button", "said", "answer"),
    [
        ("same", {}, "Pilih ruangnya dahulu"),
        ("add", {"name": " "}, "Tulis nama ruangnya dahulu"),
        ("add", {"name": "Aula", "capacity": "banyak"}, 'Kapasitas "banyak" bukan bilangan bulat'),
        ("add", {"name": "Smart Center"}, "sudah"),
    ],
)
def test_an_answer_about_a_room_that_says_nothing_is_refused(
    reader: FlaskClient, button: str, said: dict[str, str], answer: str
) -> None:
    assert answer in told_by(decide_room(reader, button, "aulakecil", **said), "waiting-said")


def test_the_rows_behind_a_number_beyond_the_first_hundred_are_counted(served: Desk, tmp_path: Path) -> None:
    rows = [
        f"901;A{step};;;;12/09/2026;{hour:02}.{minute:02}" for step in (2, 3) for hour in (8, 9) for minute in range(30)
    ]
    give_later(served, tmp_path, "banyak.csv", hand_overs(*rows))
    told = words(listed(served.browser_of("agendaris"), "waiting", "?surat=/901"))
    assert "dan 20 baris lagi" in told


def test_many_unknown_rooms_come_a_page_at_a_time_with_few_spellings_each(served: Desk, tmp_path: Path) -> None:
    rooms = [f"{number};Balai Nomor {number};16/09/2026;13.05;14.50;22" for number in range(301, 361)]
    spelled = ["aula", "Aula", "AULA", "aUla", "auLa", "aulA", "AUla"]
    more = [f"{number};{name} Timur;17/09/2026;13.05;14.50;22" for number, name in enumerate(spelled, 401)]
    give_later(served, tmp_path, "ruang.csv", room_log(*rooms, *more))
    browser = served.browser_of("agendaris")
    first, second = (listed(browser, "waiting", search) for search in ("", "?hal_ruang=2&hal=1"))
    assert ("1–50 dari 63" in words(first), "Balai Nomor 360" in words(first)) == (True, False)
    assert "Balai Nomor 360" in words(second)
    assert "/data/menunggu?hal_ruang=2&ruang=balainomor360" in links(second)
    assert "dan 2 ejaan lain" in words(first) + words(second)
    assert "51–63 dari 63" in words(listed(browser, "waiting", "?hal_ruang=999999"))


def test_a_name_is_offered_the_known_agencies_and_close_names_only(served: Desk, tmp_path: Path) -> None:
    names = [
        f"{number};11/09/2026;09.00;Paguyuban Nomor {chr(65 + number - 500) * 6};Rapat" for number in range(500, 520)
    ]
    give_later(served, tmp_path, "nama.csv", agenda(*names))
    page = listed(served.browser_of("agendaris"), "names", "?nama=Dinas+Kesehatn")
    (choice,) = components(page, "Select")
    offered = [option["value"] for option in choice["options"]]
    assert ("Dinas Kesehatan" in offered, "Paguyuban Nomor BBBBBB" in offered) == (True, False)


# Names


def test_an_unknown_name_is_listed_with_its_letters_and_a_close_spelling(reader: FlaskClient) -> None:
    told = words(listed(reader, "names", "?nama=Dinas+Kesehatn"))
    assert "1 nama belum dikenal" in told
    assert "Dinas Kesehatn 1 Dinas Kesehatan Cocokkan" in told
    assert "Ejaannya mirip dengan Dinas Kesehatan" in told


def test_a_name_is_merged_only_when_a_person_says_so_and_can_be_taken_apart(served: Desk) -> None:
    browser = served.browser_of("agendaris")
    assert request_detail(served.office, 2026, "150", END_OF_SEPTEMBER).request["opd"] == "Dinas Kesehatn"
    reply = decide_name(browser, "merge", "Dinas Kesehatn", "Dinas Kesehatan")
    assert '"Dinas Kesehatn" digabungkan ke Dinas Kesehatan' in told_by(reply, "names-said")
    assert request_detail(served.office, 2026, "150", END_OF_SEPTEMBER).request["opd"] == "Dinas Kesehatan"
    assert "Ejaan yang digabungkan kantor ini" in words(listed(browser, "names"))
    told_by(decide_name(browser, "remove", ["Dinas Kesehatan", "Dinas Kesehatn"]), "names-said")
    assert request_detail(served.office, 2026, "150", END_OF_SEPTEMBER).request["opd"] == "Dinas Kesehatn"


def test_a_name_may_be_kept_as_an_agency_of_its_own(served: Desk) -> None:
    told_by(decide_name(served.browser_of("admin"), "keep", "Dinas Kesehatn"), "names-said")
    assert unknown_opds(served.office) == []
    assert "Dinas Kesehatn" in served.office.settings.opd


def test_a_merge_without_a_target_is_refused(reader: FlaskClient) -> None:
    assert "Pilih OPD tujuannya dahulu" in told_by(decide_name(reader, "merge", "Dinas Kesehatn"), "names-said")


# Odd passes


def test_an_extra_pass_is_listed_with_its_rows_and_can_be_made_a_correction(served: Desk) -> None:
    browser = served.browser_of("agendaris")
    assert flag_counts(served.office)[Flag.EXTRA_PASS] == 1
    layout = listed(browser, "flags", "?tanda=extra_pass&surat=2026/143&langkah=A3")
    assert "disposisi.csv, baris 19" in words(layout)
    options = [one for choice in components(layout, "Select") for one in choice["options"] if ":" in one["value"]]
    assert options[0]["label"].startswith("Putaran 2, 7 Sep 2026 08.14")
    state = {
        "flags-extra-pass.value": options[0]["value"],
        "flags-extra-reason.value": "salah putaran",
        "flags-changed.data": 0,
    }
    reply = press(browser, EXTRA, ("flags-extra-save",), "flags-extra-save", state)
    assert "Koreksi tersimpan" in told_by(reply, "flags-said")
    assert Flag.EXTRA_PASS not in flag_counts(served.office)
    step = next(one for one in request_detail(served.office, 2026, "143", END_OF_SEPTEMBER).steps if one.step == "A3")
    assert (len(step.passes), step.finished_at) == (1, seconds("2026-09-07 08:14"))


# Corrections


def test_a_wrong_time_is_put_right_from_the_letters_page(served: Desk) -> None:
    browser = served.browser_of("agendaris")
    row = row_of_a4(opened(browser, "/permohonan/2026/144"))
    form = opened(browser, f"/data/koreksi/disposisi/{row}")
    assert "Sekarang tercatat: 8 Sep 2026 08.47" in words(form)
    reply = correct(browser, ["disposisi", row, "finished"], day="2026-09-08", clock="08:15")
    assert "Koreksi tersimpan" in told_by(reply, "correct-said")
    told = words(listed(browser, "corrections"))
    assert "1 koreksi berlaku" in told
    assert "2026/144 A4 disposisi.csv, baris 11 selesai: 8 Sep 2026 08.47 → 8 Sep 2026 08.15" in told
    assert "agendaris (Agendaris) 30 Sep 2026 09.00 salah ketik" in told
    assert "koreksi" in words(opened(browser, "/permohonan/2026/144")).lower()
    with reading(served.office.records) as connection:
        assert "correct" in {one.action for one in recent_actions(connection)}


def test_a_file_that_says_otherwise_later_is_a_question_with_both_answers(served: Desk, tmp_path: Path) -> None:
    browser = served.browser_of("agendaris")
    row = row_of_a4(opened(browser, "/permohonan/2026/144"))
    correct(browser, ["disposisi", row, "finished"], day="2026-09-08", clock="08:15")
    later = hand_overs("144;A4;1;;;08/09/2026;08.30")
    give_later(served, tmp_path, "disposisi-baru.csv", later)
    assert "1 koreksi ditanyakan lagi oleh berkas" in words(opened(browser, "/data"))
    layout = listed(browser, "corrections", "?tanya=1")
    assert "berkas kini menyebut 8 Sep 2026 08.30" in words(layout)
    assert "Pertahankan 8 Sep 2026 08.15" in words(layout)
    assert "Pakai nilai berkas: 8 Sep 2026 08.30" in words(layout)
    assert "Nilai berkas berlaku lagi" in told_by(answer(browser, "take", 1), "corrections-said")
    step = next(one for one in request_detail(served.office, 2026, "144", END_OF_SEPTEMBER).steps if one.step == "A4")
    assert step.finished_at == seconds("2026-09-08 08:30")


@pytest.mark.parametrize(
    ("typed", "reason", "answer"),
    [
        ({"day": "2026-09-08", "clock": "08:15"}, "ya", "Tulis alasan sedikitnya tiga huruf"),
        ({"day": "2027-09-08", "clock": "08:15"}, "salah ketik", "belum terjadi"),
    ],
)
def test_a_correction_without_a_reason_or_in_the_future_is_refused(
    untouched: Desk, reader: FlaskClient, typed: dict[str, str], reason: str, answer: str
) -> None:
    row = row_of_a4(opened(reader, "/permohonan/2026/144"))
    assert answer in told_by(correct(reader, ["disposisi", row, "finished"], reason, **typed), "correct-said")


@pytest.mark.parametrize("number", [2**53, 2**63, 10**30])
def test_a_number_no_record_can_have_is_not_there(untouched: Desk, reader: FlaskClient, number: int) -> None:
    assert reader.get(f"/data/tolakan/{number}").status_code == 404
    for path in (f"/data/muatan/{number}", f"/data/koreksi/disposisi/{number}"):
        assert reader.get(path).status_code == 404
        assert "tidak ada" in words(opened(reader, path)).lower()
    reply = correct(reader, ["disposisi", number, "finished"], day="2026-09-08")
    assert (reply.status_code, "correct-said" in reply.text) == (200, False)


def test_the_compliance_page_says_how_many_values_were_corrected(untouched: Desk) -> None:
    from dashboard.pages.compliance.page import standards

    with untouched.app.server.test_request_context("/"):
        told, _ = standards(untouched.office, {"dari": "2026-09-01", "sampai": "2026-09-30"}, END_OF_SEPTEMBER)
    assert "koreksi" in told


# Who may


def test_who_only_looks_sees_every_list_without_a_button_and_is_refused(untouched: Desk) -> None:
    browser = untouched.browser_of("kadin")
    assert "Tentukan" not in words(listed(browser, "waiting"))
    assert "Samakan" not in words(listed(browser, "waiting", "?ruang=aulakecil"))
    assert "Gabungkan ke" not in words(listed(browser, "names", "?nama=Dinas+Kesehatn"))
    assert "Koreksi catatan" not in words(opened(browser, "/permohonan/2026/144"))
    assert "Simpan koreksi" not in words(opened(browser, "/data/koreksi/disposisi/1"))
    refused = [
        decide_room(browser, "same", "aulakecil", room="Smart Center"),
        decide_name(browser, "merge", "Dinas Kesehatn", "Dinas Kesehatan"),
        correct(browser, ["disposisi", 1, "finished"], day="2026-09-08", clock="08:15"),
        answer(browser, "take", 1),
        press(browser, EXTRA, ("flags-extra-save",), "flags-extra-save", {"flags-changed.data": 0}),
    ]
    assert [reply.status_code for reply in refused] == [403] * 5


def test_a_letter_that_comes_later_ends_the_waiting(served: Desk, tmp_path: Path) -> None:
    give_later(served, tmp_path, "agenda-201.csv", agenda("201;11/09/2026;08.00;Inspektorat;Gelar;Smart Center;;;;"))
    told = words(listed(served.browser_of("agendaris"), "waiting", "?surat=/201"))
    assert "Tidak ada lagi yang menunggu surat nomor 201" in told
