"""Stamp buttons: only for who holds the step, decided by the server again, and told in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from etl.corrections.page import correct
from etl.desk.stamps import UNDO_SECONDS
from etl.figures.intake.open_work import corrections_listed
from etl.figures.requests.detail import request_detail
from etl.figures.requests.documents import request_document
from etl.reference.steps import STEP_INDEX
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs, part_a, room_log
from tests.offices.desk import Desk
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.reading.layout import components, words
from tests.serving.callbacks import STAMPED, ask, call, opened

LETTER = "/permohonan/2026/147"
FIFTH = 5
"""The row of that letter in the log of letters."""


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    return office_with_letters(tmp_path)


def buttons(layout: Any) -> list[dict[str, Any]]:
    """What each stamp button of a layout says, in order."""
    return [json.loads(one["data-stamp"]) for one in components(layout, "Button") if "data-stamp" in one]


def tap(served: Desk, user: str, said: dict[str, Any], **more: Any) -> tuple[int, Any]:
    """Status and answer of a tap."""
    reply = ask(
        served.browser_of(user),
        ("stamp-said.children", "stamp-done.data"),
        [{"id": "stamp-tap", "property": "data", "value": {**said, **more}}],
        state=[STAMPED],
    )
    return reply.status_code, reply.json["response"]["stamp-said"]["children"] if reply.status_code == 200 else None


def case_of(served: Desk, user: str, letter: str = LETTER) -> Any:
    return opened(served.browser_of(user), letter)


def test_who_holds_the_step_finds_its_buttons_and_nobody_else(served: Desk) -> None:
    mine = buttons(case_of(served, "sekdin"))
    assert [(one["step"], one["stamp"], one.get("to")) for one in mine] == [
        ("A3", "diterima", None), ("A3", "diteruskan", None), ("A3", "menunggu", None), ("A3", "dikembalikan", "A2"),
        ("A3", "dikembalikan", "A1")]  # fmt: skip
    assert buttons(case_of(served, "admin")) == []
    assert {one["step"] for one in buttons(case_of(served, "kadin"))} == {"A4"}
    assert "Tandai A4 sekarang" in words(case_of(served, "kadin"))


def test_a_tap_with_papers_is_told_shown_and_taken_back(served: Desk) -> None:
    said = buttons(case_of(served, "sekdin"))[1]
    papers = [["requirement", "Surat dari OPD disertai lembar disposisi", True], ["output", "TL disposisi surat", True],
              ["output", "Surat palsu", True]]  # fmt: skip
    status, answer = tap(served, "sekdin", said, documents=papers)
    assert (status, "A3 surat 2026/147 selesai pukul 09.00." in words(answer)) == (200, True)
    layout = case_of(served, "sekdin")
    assert "Sekarang di A4 · Kadin" in words(layout)
    assert "layar, Sekdin (sekdin)" in words(layout)
    assert "Surat dari OPD disertai lembar disposisi (ada)" in words(layout)
    whole = request_detail(served.office, 2026, "147", served.clock())
    assert whole is not None
    assert request_document(served.office, whole)["steps"][2]["documents"] == {
        "requirements": [{"name": "Surat dari OPD disertai lembar disposisi", "present": True}],
        "outputs": [{"name": "TL disposisi surat", "present": True}],
        "output_present": True,
    }
    assert "Surat palsu" not in words(layout)
    assert "Cap A3 dibatalkan" in words(tap(served, "sekdin", buttons(answer)[0])[1])
    assert "Sekarang di A3" in words(case_of(served, "sekdin"))


def test_a_return_names_the_desk_it_goes_to_and_the_one_it_comes_from(served: Desk) -> None:
    shown = words(case_of(served, "sekdin"))
    assert "Kembalikan ke A2 · Agendaris" in shown
    assert "Kembalikan ke A1 · OPD" in shown
    back = next(one for one in buttons(case_of(served, "sekdin")) if one.get("to") == "A2")
    told = words(tap(served, "sekdin", back, reason="tanggal belum jelas")[1])
    assert ("dikembalikan dari A3" in told, "Sekarang di A2 · Agendaris." in told) == (True, True)
    assert "dikembalikan oleh A3 · Sekdin · tanggal belum jelas" in words(opened(served.browser_of("agendaris"), "/"))
    assert "Kembalikan ke A1 · OPD" in words(case_of(served, "agendaris"))  # the only desk to which A2 can send it


def test_the_same_tap_again_is_one_stamp_and_another_one_is_refused_in_words(served: Desk) -> None:
    said = buttons(case_of(served, "sekdin"))[1]
    first, again = (tap(served, "sekdin", said)[1] for _ in range(2))
    assert words(first) == words(again)
    assert "A3 sudah selesai" in words(tap(served, "sekdin", said, version=said["version"] + 1)[1])


def test_a_refusal_under_an_older_page_says_so_and_offers_the_page_anew(served: Desk) -> None:
    receive, hand_on, *_ = buttons(case_of(served, "sekdin"))
    tap(served, "sekdin", hand_on)
    refused = tap(served, "sekdin", receive)[1]
    assert "A3 sudah selesai" in words(refused)
    assert "halaman ini lebih lama daripada catatan" in words(refused)
    (anew,) = components(refused, "A")
    assert (words(anew["children"]), anew["href"]) == ("Data baru · perbarui", "")


def test_a_refusal_of_what_was_typed_says_nothing_of_the_page(served: Desk) -> None:
    back = next(one for one in buttons(case_of(served, "sekdin")) if one["stamp"] == "dikembalikan")
    refused = tap(served, "sekdin", back, reason="x")[1]
    assert "p-banner is-late" in refused["props"]["className"]
    assert "lebih lama daripada catatan" not in words(refused)
    assert not components(refused, "A")


def test_a_step_out_of_turn_is_asked_about_once_more(served: Desk) -> None:
    said = next(one for one in buttons(case_of(served, "kadin")) if one["stamp"] == "diteruskan")
    doubt = tap(served, "kadin", said)[1]
    assert "A3 belum ditandai selesai. Tetap menandai A4?" in words(doubt)
    assert "A4 surat 2026/147 selesai" in words(tap(served, "kadin", buttons(doubt)[0])[1])


def test_another_role_and_another_agency_are_refused_by_the_server(served: Desk) -> None:
    said = buttons(case_of(served, "sekdin"))[1]
    assert tap(served, "kadin", said)[0] == 403
    assert tap(served, "admin", said)[0] == 403
    assert tap(served, "opd", said)[0] == 403
    own = {**said, "step": "B1"}
    assert "Suratnya tidak ada" in words(tap(served, "opd", {**own, "agenda": "144"})[1])
    assert "B1 surat 2026/147 selesai" in words(tap(served, "opd", own)[1])


def test_what_is_handed_on_before_it_is_decided_says_so_and_stays_with_the_desk_that_decides(
    served: Desk, tmp_path: Path
) -> None:
    asked = agenda("150;30/09/2026;08.00;Dinas Sosial;Rapat;Smart Center;13/10/2026;09.00;12.00;menunggu")
    stamps = hand_overs(*(line for line in part_a("150", "30/09/2026", a4="08.20") if line[4:6] in ("A2", "A3", "A4")))
    give_books(served.office, tmp_path, {"minta.csv": asked, "minta-langkah.csv": stamps}, END_OF_SEPTEMBER)
    said = next(
        one for one in buttons(case_of(served, "kabid", "/permohonan/2026/150")) if one["stamp"] == "diteruskan"
    )
    assert "Permohonan ini belum disetujui atau ditolak" in words(tap(served, "kabid", said)[1])
    summary = opened(served.browser_of("kabid"), "/ringkasan")
    assert "Menunggu keputusan kegiatan 13 Okt 2026 09.00" in words(summary)
    assert "/permohonan/2026/150#keputusan" in {one.get("href") for one in components(summary, "Link")}
    assert "Menunggu keputusan" in words(case_of(served, "kadin", "/permohonan/2026/150"))
    assert "Menunggu keputusan" not in words(opened(served.browser_of("kasi_litik"), "/ringkasan"))


def test_every_button_that_hands_on_at_the_approving_step_asks_about_a_room_that_is_taken(
    served: Desk, tmp_path: Path
) -> None:
    row = "{};30/09/2026;08.00;Dinas Sosial;Rapat {};Smart Center;13/10/2026;09.00;12.00;{}"
    rows = [row.format("150", "satu", "menunggu"), row.format("151", "dua", "disetujui")]
    stamps = hand_overs(*(line for line in part_a("150", "30/09/2026", a4="08.20") if line[4:6] in ("A2", "A3", "A4")))
    give_books(served.office, tmp_path, {"minta.csv": agenda(*rows), "minta-langkah.csv": stamps}, END_OF_SEPTEMBER)
    for place in ("/permohonan/2026/150", "/ringkasan", "/permohonan"):
        shown = buttons(opened(served.browser_of("kabid"), place))
        (said,) = (one for one in shown if named(one) == ("150", "A5") and one["stamp"] == "diteruskan")
        doubt = tap(served, "kabid", said)[1]
        assert "Smart Center sudah disetujui untuk kegiatan lain pada jam itu" in words(doubt), place
        (meant,) = buttons(doubt)
        assert (meant["room"], "Tetap tandai A5" in words(doubt)) == (True, True)
    assert "A5 surat 2026/150 selesai" in words(tap(served, "kabid", meant)[1])


def give_event(served: Desk, folder: Path, at: str) -> None:
    """Letter 150, ready for its event of the 13th of October at nine; and the clock."""
    row = "150;30/09/2026;08.00;Dinas Sosial;Rapat;Smart Center;13/10/2026;09.00;12.00;disetujui"
    stamps = hand_overs(*part_a("150", "30/09/2026"))
    give_books(served.office, folder, {"acara.csv": agenda(row), "acara-langkah.csv": stamps}, END_OF_SEPTEMBER)
    served.clock.at = seconds(at)


def offered(served: Desk, user: str, step: str, place: str = "/permohonan/2026/150") -> bool:
    shown = opened(served.browser_of(user), place)
    return any(named(one) == ("150", step) for one in buttons(shown))


def named(said: dict[str, Any]) -> tuple[Any, Any]:
    """Number and step of what a button says; a button that closes letters names no step."""
    return said.get("agenda"), said.get("step")


def test_what_watches_the_event_is_offered_once_that_is_booked_to_begin(served: Desk, tmp_path: Path) -> None:
    give_event(served, tmp_path, "2026-10-13 08:59")
    early = {"year": 2026, "agenda": "150", "step": "B5", "stamp": "diteruskan", "version": 1}
    told = "B5 berlangsung bersama kegiatannya: dapat ditandai sejak 13 Okt 2026 pukul 09.00"
    assert told in words(case_of(served, "kabid", "/permohonan/2026/150"))
    assert told in words(tap(served, "kabid", early)[1])
    assert not any(offered(served, "kabid", "B5", place) for place in ("/permohonan/2026/150", "/ringkasan"))
    assert offered(served, "kasi_aplikasi", "B4")  # what goes on with the event otherwise is offered on its day
    served.clock.at = seconds("2026-10-13 09:00")
    assert all(offered(served, "kabid", "B5", place) for place in ("/permohonan/2026/150", "/ringkasan"))
    assert "B5 surat 2026/150 selesai" in words(tap(served, "kabid", early)[1])


def test_what_goes_on_with_the_event_is_not_marked_the_day_before(served: Desk, tmp_path: Path) -> None:
    give_event(served, tmp_path, "2026-10-12 15:00")
    early = {"year": 2026, "agenda": "150", "step": "B4", "stamp": "diteruskan", "version": 1}
    told = "B4 berlangsung bersama kegiatannya: dapat ditandai sejak 13 Okt 2026."
    assert told in words(case_of(served, "kasi_aplikasi", "/permohonan/2026/150"))
    assert told in words(tap(served, "kasi_aplikasi", early)[1])
    assert offered(served, "opd", "B1") is False  # another agency's
    assert offered(served, "kasi_litik", "B2")  # what prepares the event is no part of it


def test_an_event_that_begins_early_is_watched_from_then(served: Desk, tmp_path: Path) -> None:
    give_event(served, tmp_path, "2026-10-13 08:30")
    use = room_log("150;Smart Center;13/10/2026;08.20")
    give_books(served.office, tmp_path, {"pakai.csv": use}, served.clock())
    assert all(offered(served, "kabid", "B5", place) for place in ("/permohonan/2026/150", "/ringkasan"))


def test_what_no_button_says_does_nothing_and_the_list_has_one_tap_for_the_steps_in_hand(served: Desk) -> None:
    said = {"year": 2026, "agenda": "147", "step": "A3", "stamp": "diteruskan", "version": 1}
    odd = [None, [], {"step": "A3"}, {**said, "step": "Z9"}, {**said, "stamp": "hapus"}, {**said, "version": "1"}]
    browser = served.browser_of("sekdin")
    for value in odd:
        inputs = [{"id": "stamp-tap", "property": "data", "value": value}]
        reply = ask(browser, ("stamp-said.children", "stamp-done.data"), inputs, state=[STAMPED])
        assert reply.status_code == 204, value
    papers = [[{}, [], True], "lembar", ["output"]]
    assert tap(served, "kasi_litik", {**said, "step": "A6"}, documents=papers)[0] == 200

    def listed(user: str) -> list[dict[str, Any]]:
        inputs = [{"id": "cases-url", "property": "search", "value": ""}, STAMPED]
        reply = ask(served.browser_of(user), ("cases-count.children", "cases-body.children"), inputs)
        return buttons(reply.json["response"]["cases-body"]["children"])

    assert [(one["agenda"], one["step"], one["stamp"]) for one in listed("sekdin")] == [("147", "A3", "diteruskan")]
    assert listed("kadin") == []
    assert served.clock.at == END_OF_SEPTEMBER


def test_who_stamped_puts_its_own_stamp_right_with_a_reason_and_nobody_elses(served: Desk) -> None:
    tap(served, "sekdin", buttons(case_of(served, "sekdin"))[1])
    (address,) = {
        one["href"] for one in components(case_of(served, "sekdin"), "Link") if "/data/koreksi/" in one["href"]
    }
    assert all("/data/koreksi/" not in one["href"] for one in components(case_of(served, "kadin"), "Link"))
    row_id = int(address.partition("?")[0].rpartition("/")[2])
    assert "Simpan" in words(case_of(served, "sekdin", address))
    assert "Simpan" not in words(case_of(served, "kadin", address))

    def save(user: str, target: int) -> Any:
        values = {
            "correct-date": "2026-09-30",
            "correct-time": "08:40",
            "correct-value": "",
            "correct-reason": "telat ketuk",
        }
        state = [{"id": "correct-target", "property": "data", "value": ["disposisi", target, "finished"]}]
        state += [{"id": id, "property": "value", "value": value} for id, value in values.items()]
        inputs = [{"id": "correct-save", "property": "n_clicks", "value": 1}]
        return call(served.browser_of(user), "correct-said.children", inputs, state=state)

    assert (save("kadin", row_id).status_code, save("sekdin", 1).status_code) == (403, 403)
    assert save("sekdin", row_id).status_code == 200
    told = words(case_of(served, "sekdin"))
    assert "A3 Teruskan ke Kadin Sekdin 30 Sep 2026 08.36 sejak diserahkan 30 Sep 2026 08.40" in told


def own_ways(served: Desk, user: str = "opd") -> list[str]:
    """The ways to correct a stamp on the letter's page as an agency's user sees it."""
    return [one["href"] for one in components(case_of(served, user), "Link") if "/koreksi" in one["href"]]


def correction(served: Desk, user: str, row_id: int, field: str = "finished", reason: str = "telat ketuk") -> Any:
    values = {"correct-date": "2026-09-30", "correct-time": "08:31", "correct-value": "2", "correct-reason": reason}
    state = [{"id": "correct-target", "property": "data", "value": ["disposisi", row_id, field]}]
    state += [{"id": id, "property": "value", "value": value} for id, value in values.items()]
    inputs = [{"id": "correct-save", "property": "n_clicks", "value": 1}]
    return call(served.browser_of(user), "correct-said.children", inputs, state=state)


def test_an_agency_puts_its_own_stamp_right_after_a_quarter_of_an_hour(served: Desk) -> None:
    said = {"year": 2026, "agenda": "147", "step": "B1", "stamp": "diteruskan", "version": 1}
    assert own_ways(served) == []
    assert tap(served, "opd", said)[0] == 200
    served.clock.at += UNDO_SECONDS + 60
    (address,) = own_ways(served)
    assert address.startswith("/koreksi-cap/")
    assert "Simpan koreksi" in words(case_of(served, "opd", address))
    assert "/data/" not in str(case_of(served, "opd", address))
    row_id = int(address.partition("?")[0].rpartition("/")[2])
    refused = correction(served, "opd", row_id, reason=" ").json["response"]["correct-said"]["children"]
    assert "alasan" in words(refused).lower()
    assert correction(served, "opd", row_id).status_code == 200
    told = request_detail(served.office, 2026, "147", served.clock())
    assert told is not None
    assert (told.steps[STEP_INDEX["B1"]].finished_at, len(told.corrections)) == (seconds("2026-09-30 08:31"), 1)
    (listed,) = corrections_listed(served.office, 1)[0]
    assert (listed.actor, listed.reason, listed.field) == ("opd", "telat ketuk", "finished")


def test_an_agency_corrects_nothing_else(served: Desk) -> None:
    """Not a row of a file, not another field, not a stamp of the office, not one of another agency's letter."""
    said = {"year": 2026, "agenda": "147", "step": "B1", "stamp": "diteruskan", "version": 1}
    tap(served, "opd", said)
    (address,) = own_ways(served)
    mine = int(address.partition("?")[0].rpartition("/")[2])
    assert correction(served, "opd", mine, field="pass_number").status_code == 403
    assert correction(served, "opd", mine, field="note").status_code == 403
    assert correction(served, "opd", 1).status_code == 403, "a file's"
    tap(served, "sekdin", {**said, "step": "A3"})
    (theirs,) = own_ways(served, "sekdin")
    row_id = int(theirs.partition("?")[0].rpartition("/")[2])
    assert correction(served, "opd", row_id).status_code == 403, "the office's"
    assert "Simpan" not in words(case_of(served, "opd", f"/koreksi-cap/{row_id}"))
    assert "Simpan" not in words(case_of(served, "sekdin", address)), "the agency's"
    assert correction(served, "sekdin", mine).status_code == 403
    correct(served.office, "permohonan", FIFTH, {"opd": "Dinas Pendidikan"}, "salah OPD", "ani", served.clock())
    assert correction(served, "opd", mine).status_code == 403, "of another agency by now"
    assert "Simpan" not in words(case_of(served, "opd", address))
