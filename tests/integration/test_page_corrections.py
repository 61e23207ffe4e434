"""What a person puts right on a page wins over files, and the files stay readable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from data_access.records import Connection, one_load, reading
from data_access.records.intake.loads import LoadCounts, begin_load, finish_load
from data_access.records.intake.undo import CORRECTABLE, add_page_corrections, corrections_in_force
from data_access.records.schema import LOG_OF as LOGS
from etl.corrections.page import Answer, answer, correct, questions
from etl.corrections.typed import CorrectionError
from etl.intake.undo import undo
from etl.judging.publishing import catch_up
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda, book, hand_overs, part_a, room_log
from tests.offices.bureau import Bureau, bureau_of, full_disk, settings_of_another_process
from tests.offices.office import after, give_books
from tests.reading.refusals import says

LETTER = agenda("143;07/09/2026;08.00;Dinkes;Rapat imunisasi;Smart Center;08/09/2026;09.00;12.00;disetujui")
NOW = seconds("2026-09-30 09:00")
CHECKED = book("ruang;tanggal;jam;barang;kondisi;no_agenda", "SC;08/09/2026;08.30;AC;Rusak berat;143")


def fill(office: Office, folder: Path) -> None:
    """A letter, its way over the desks, its session."""
    books = {
        "agenda.csv": LETTER,
        "disposisi.csv": hand_overs(*part_a("143", "07/09/2026", a4="09.30")),
        "ruang.csv": room_log("143;Smart Center;08/09/2026;09.05;11.50;42"),
    }
    give_books(office, folder, books, NOW)


MORE = {
    "permohonan": agenda(
        "143;07/09/2026;08.00;Dinkes;Rapat imunisasi;Smart Center;08/09/2026;09.00;12.00;disetujui",
        "9;07/09/2026;08.30;Dinkes;Rapat gizi;;;;;disetujui",
    ),
    "disposisi": hand_overs(*part_a("143", "07/09/2026", a4="09.30"), "77;A2;;;;07/09/2026;08.08"),
    "pemakaian": room_log(
        "143;Smart Center;08/09/2026;09.05;11.50;42", ";Smart Center;09/09/2026;09.05;11.50;12"
    ),
}  # fmt: skip
AGAIN, LATER = {f"{kind} lagi.csv": text for kind, text in MORE.items()}, (4, 5, 6)
"""The files with these rows, and the loads that they become."""

PUT_RIGHT = {
    "permohonan": ({"opd": "Dinas Kesehatan X"}, 2),
    "disposisi": ({"finished": "07/09/2026 08.16"}, 4),
    "pemakaian": ({"present": "48"}, 2),
}


@after(fill)
def fill_again(office: Office, folder: Path) -> None:
    """The same rows once more, with another one, of each kind, and a row of each kind put right."""
    give_books(office, folder, AGAIN, NOW)
    for kind, (changes, row) in PUT_RIGHT.items():
        correct_row(office, kind, changes, row)


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    """On SQLite; how corrections, questions and moved rows are kept and read is tried on PostgreSQL too (`either`)."""
    with bureau_of(Bureau, tmp_path, None, fill) as made:
        yield made


@pytest.fixture
def either(server: str | None, tmp_path: Path) -> Iterator[Bureau]:
    with bureau_of(Bureau, tmp_path, server, fill) as made:
        yield made


@pytest.fixture
def again(server: str | None, tmp_path: Path) -> Iterator[Bureau]:
    with bureau_of(Bureau, tmp_path, server, fill_again) as made:
        yield made


def row_id(office: Office, kind: str, row: int = 2) -> int:
    """The id of the newest row of that kind at that place of its file."""
    log = CORRECTABLE[kind]
    with reading(office.records) as connection:
        return int(connection.execute(log.select().where(log.c.row == row)).all()[-1].id)


def correct_row(office: Office, kind: str, changes: dict[str, Any], row: int = 2) -> None:
    correct(office, kind, row_id(office, kind, row), changes, "salah ketik", "agendaris:ani", NOW)


def put_right(bureau: Bureau, kind: str, changes: dict[str, Any], row: int = 2) -> None:
    correct_row(bureau.office, kind, changes, row)


def test_a_corrected_finish_makes_a_late_step_a_timely_one_and_leaves_the_files_row(bureau: Bureau) -> None:
    assert bureau.step("2026/143", "A4")["verdict"] == "LATE"
    target = row_id(bureau.office, "disposisi", 4)
    put_right(bureau, "disposisi", {"finished": "07/09/2026 08.16"}, row=4)
    step = bureau.step("2026/143", "A4")
    assert (step["verdict"], step["finished_at"]) == ("MET", "2026-09-07T08:16:00+07:00")
    (told,) = bureau.case("2026/143")["corrections"]
    assert told["is_page"] is True
    assert (told["kind"], told["step"], told["field"], told["actor"]) == (
        "disposisi",
        "A4",
        "finished",
        "agendaris:ani",
    )
    assert (told["old"], told["new"]) == ("2026-09-07T09:30:00+07:00", "2026-09-07T08:16:00+07:00")
    assert (told["file"], told["row"], told["reason"]) == ("disposisi.csv", 4, "salah ketik")
    log = LOGS["disposisi"]
    with reading(bureau.office.records) as connection:
        (kept,) = connection.execute(log.select().where(log.c.id == target)).all()
    assert kept.finished_at == seconds("2026-09-07 09:30")


def test_a_letter_a_session_and_a_check_can_be_put_right(either: Bureau) -> None:
    either.give(CHECKED, "kondisi.csv")
    put_right(either, "permohonan", {"planned": "60", "status": "rejected", "opd": "Dinas Kesehatan X"})
    put_right(either, "pemakaian", {"ended": "08/09/2026 12.30", "present": "48"})
    put_right(either, "kondisi", {"condition": "LIGHT"})
    told = either.case("2026/143")
    request, session = told["request"], told["sessions"][0]
    assert (request["planned"], request["status"], request["opd"]) == (60, "rejected", "Dinas Kesehatan X")
    assert (session["ended_at"], session["present"]) == ("2026-09-08T12:30:00+07:00", 48)
    snapshot = either.office.mart.read()
    assert snapshot.tuples("SELECT condition FROM check_fact") == [("LIGHT",)]
    assert snapshot.tuples("SELECT correction_count FROM request_fact") == [(3,)]


def test_an_extra_pass_becomes_a_correction_of_the_one_before(bureau: Bureau) -> None:
    bureau.give(hand_overs("143;A8;;;;07/09/2026;14.30"), "lagi.csv")
    before = bureau.step("2026/143", "A8")
    assert (before["passes"], "extra_pass" in before["flags"]) == (2, True)
    put_right(bureau, "disposisi", {"pass_number": "1"})
    after = bureau.step("2026/143", "A8")
    assert (after["passes"], after["finished_at"]) == (1, "2026-09-07T14:30:00+07:00")
    assert "extra_pass" not in after["flags"]


def test_a_pass_that_became_a_correction_stays_one_when_its_file_grows(bureau: Bureau) -> None:
    rows = ("143;A8;;;;07/09/2026;14.20", "143;A8;;;;07/09/2026;14.30")
    bureau.give(hand_overs(*rows), "lagi.csv")
    put_right(bureau, "disposisi", {"pass_number": "2"}, row=3)
    assert bureau.step("2026/143", "A8")["passes"] == 2
    bureau.give(hand_overs(*rows, "143;B2;;;;08/09/2026;08.10"), "lagi.csv")
    after = bureau.step("2026/143", "A8")
    assert (after["passes"], after["finished_at"]) == (2, "2026-09-07T14:30:00+07:00")


REFUSED = {
    "another field": ("disposisi", {"note": "x"}, 'Kolom "note" pada disposisi tidak dapat dikoreksi'),
    "no date": ("disposisi", {"finished": "kemarin"}, 'Selesai: "kemarin" bukan tanggal dan jam'),
    "an impossible date": ("disposisi", {"finished": "31/06/2026 08.00"}, "bukan tanggal yang ada"),
    "an impossible clock": ("disposisi", {"finished": "30/06/2026 25.00"}, "bukan jam yang ada"),
    "the future": ("disposisi", {"finished": "01/12/2026 08.00"}, "belum terjadi"),
    "another century": ("permohonan", {"booked_start": "07/09/1926 08.00"}, "di luar tahun 2000–2100"),
    "a finish before the start": ("disposisi", {"started": "07/09/2026 10.00"}, "tidak boleh sebelum mulai"),
    "an end before the start": ("pemakaian", {"ended": "08/09/2026 09.00"}, "tidak boleh sebelum mulai"),
    "a session of two days": ("pemakaian", {"ended": "10/09/2026 09.00"}, "lebih dari 24 jam"),
    "an end without a clock": ("pemakaian", {"ended": "08/09/2026"}, "harus memuat jam"),
    "the value there is": ("pemakaian", {"present": "42"}, "nilainya sudah demikian"),
    "a number with words": ("pemakaian", {"present": "banyak"}, "bukan jumlah"),
    "an unknown status": ("permohonan", {"status": "mungkin"}, 'Status: "mungkin" tidak dikenal'),
    "an unknown room": ("permohonan", {"room": "Aula"}, 'Ruang: "Aula" belum dikenal; pilih Smart Center'),
    "another year": ("permohonan", {"received": "07/09/2025 08.00"}, "menjadi surat lain"),
    "no receipt": ("permohonan", {"received": ""}, "tidak boleh dikosongkan"),
    "another pass": ("disposisi", {"pass_number": "3"}, "bukan putaran lain"),
    "nothing": ("disposisi", {}, "Belum ada yang dikoreksi"),
}


def test_what_cannot_be_is_refused_in_words(bureau: Bureau) -> None:
    before = bureau.case("2026/143")
    for kind, changes, words in REFUSED.values():
        with pytest.raises(CorrectionError, check=says(words)):
            put_right(bureau, kind, changes)
    with pytest.raises(CorrectionError, check=says("tiga huruf")):
        correct(bureau.office, "disposisi", 1, {"finished": "07/09/2026 08.16"}, " - ", "agendaris:ani", bureau.clock())
    assert bureau.case("2026/143") == before


def test_a_row_that_waits_cannot_be_corrected_yet(bureau: Bureau) -> None:
    bureau.give(hand_overs("999;A2;;;;07/09/2026;14.30"), "lain.csv")
    with pytest.raises(CorrectionError, check=says("masih menunggu")):
        put_right(bureau, "disposisi", {"finished": "07/09/2026 08.16"})


def test_a_file_that_says_something_else_again_becomes_a_question(either: Bureau) -> None:
    put_right(either, "pemakaian", {"present": "48"})
    either.give(room_log("143;Smart Center;08/09/2026;09.05;11.50;42"), "ruang lagi.csv")
    assert questions(either.office) == []
    either.give(room_log("143;Smart Center;08/09/2026;09.05;11.50;50"), "ruang baru.csv")
    (asked,) = questions(either.office)
    assert (asked.agenda, asked.field, asked.mine, asked.file_before, asked.file_now) == (
        "2026/143",
        "present",
        48,
        42,
        50,
    )
    assert either.case("2026/143")["sessions"][0]["present"] == 48
    answer(either.office, asked.correction_id, Answer.KEEP, "agendaris:ani", either.clock())
    assert questions(either.office) == []
    assert either.case("2026/143")["sessions"][0]["present"] == 48


def test_taking_the_files_value_ends_the_correction(bureau: Bureau) -> None:
    put_right(bureau, "pemakaian", {"present": "48"})
    bureau.give(room_log("143;Smart Center;08/09/2026;09.05;11.50;50"), "ruang baru.csv")
    (asked,) = questions(bureau.office)
    answer(bureau.office, asked.correction_id, "take_file", "agendaris:ani", bureau.clock())
    assert bureau.case("2026/143")["sessions"][0]["present"] == 50
    with pytest.raises(CorrectionError, check=says("sudah dijawab")):
        answer(bureau.office, asked.correction_id, "take_file", "agendaris:ani", bureau.clock())


def test_a_file_that_agrees_with_the_correction_asks_nothing(bureau: Bureau) -> None:
    put_right(bureau, "disposisi", {"finished": "07/09/2026 08.16"}, row=4)
    bureau.give(hand_overs("143;A4;1;;;07/09/2026;08.16"), "benar.csv")
    assert questions(bureau.office) == []


def test_a_correction_taken_back_as_a_load_is_gone(bureau: Bureau) -> None:
    before = bureau.case("2026/143")
    done = correct(
        bureau.office, "pemakaian", row_id(bureau.office, "pemakaian"), {"present": "48"}, "salah hitung", "staf:budi",
        bureau.clock(),
    )  # fmt: skip
    undo(bureau.office, done.load_id, "ternyata benar", "staf:budi", bureau.clock())
    assert bureau.case("2026/143") == before


def undone(bureau: Bureau, load_ids: Iterable[int]) -> list[int]:
    """The loads are taken back; how many corrections went with each."""
    by = ("salah berkas", "agendaris:ani", bureau.clock())
    return [undo(bureau.office, load_id, *by).page_corrections for load_id in load_ids]


def test_a_correction_stays_where_another_load_holds_the_same_row(again: Bureau) -> None:
    before = shown(again)
    assert (undone(again, LATER), shown(again)) == ([0, 0, 0], before)
    with reading(again.office.records) as connection:
        in_force = corrections_in_force(connection).to_dict("records")
    assert sorted(correction["kind"] for correction in in_force) == sorted(MORE)
    catch_up(again.office, again.clock(), from_scratch=True)
    assert shown(again) == before
    for correction in in_force:
        answer(again.office, correction["id"], Answer.TAKE_FILE, "agendaris:ani", again.clock())
    assert again.case("2026/143")["corrections"] == []


def test_a_correction_ends_with_the_last_load_that_holds_its_row(again: Bureau) -> None:
    assert undone(again, (1, 2, 3)) == [0, 0, 0]
    assert undone(again, LATER) == [1, 1, 1]
    give_books(again.office, again.folder, AGAIN, NOW)
    assert again.case("2026/143")["corrections"] == []
    with reading(again.office.records) as connection:
        assert len(corrections_in_force(connection)) == 0


def test_a_correction_made_anew_ends_the_one_that_had_come_from_another_load(bureau: Bureau) -> None:
    more = bureau.give(MORE["pemakaian"], "lebih banyak.csv")
    put_right(bureau, "pemakaian", {"present": "48"})
    undo(bureau.office, more.load_id, "salah berkas", "agendaris:ani", bureau.clock())
    with reading(bureau.office.records) as connection:
        (moved,) = corrections_in_force(connection).to_dict("records")
    correct(
        bureau.office, "pemakaian", moved["target_row_id"], {"present": "49"}, "dihitung lagi", "staf:budi",
        bureau.clock(),
    )  # fmt: skip
    assert [one["new"] for one in bureau.case("2026/143")["corrections"]] == [49]
    assert bureau.case("2026/143")["sessions"][0]["present"] == 49


def shown(bureau: Bureau) -> dict[str, Any]:
    """The letter without the places of its rows."""
    told = bureau.case("2026/143")
    places = {"sources", "file", "row", "sheet", "source"}

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: bare(one) for name, one in value.items() if name not in places}
        return [bare(one) for one in value] if isinstance(value, list) else value

    return bare(told)


def test_a_corrected_receipt_finds_the_hand_overs_before_it(bureau: Bureau) -> None:
    bureau.give(agenda("7;10/09/2026;08.00;Dinkes;Rapat;Smart Center;;;;disetujui"), "agenda 7.csv")
    bureau.give(hand_overs("7;A2;;;;09/09/2026;08.08"), "disposisi 7.csv")
    assert bureau.case("2026/7")["steps"][1]["passes"] == 0
    put_right(bureau, "permohonan", {"received": "09/09/2026 08.00"})
    assert bureau.step("2026/7", "A2")["verdict"] == "MET"


def test_a_mart_made_anew_has_the_same_corrections(bureau: Bureau) -> None:
    put_right(bureau, "disposisi", {"finished": "07/09/2026 08.16"}, row=4)
    put_right(bureau, "pemakaian", {"present": "48"})
    before = bureau.case("2026/143")
    catch_up(bureau.office, bureau.clock(), from_scratch=True)
    assert bureau.case("2026/143") == before


def test_an_earlier_correction_on_another_row_of_the_session_does_not_come_back(bureau: Bureau) -> None:
    first = row_id(bureau.office, "pemakaian")
    put_right(bureau, "pemakaian", {"present": "48"})
    bureau.give(room_log("143;Smart Center;08/09/2026;09.05;11.50;50"), "ruang baru.csv")
    assert row_id(bureau.office, "pemakaian") != first
    put_right(bureau, "pemakaian", {"present": "51"})
    with reading(bureau.office.records) as connection:
        (in_force,) = corrections_in_force(connection).to_dict("records")
    assert (in_force["target_row_id"] != first, in_force["new_value"]) == (True, 51)
    answer(bureau.office, in_force["id"], Answer.TAKE_FILE, "agendaris:ani", bureau.clock())
    assert bureau.case("2026/143")["sessions"][0]["present"] == 50


def test_taking_the_files_value_ends_the_corrections_of_all_rows_of_the_pass(either: Bureau) -> None:
    put_right(either, "disposisi", {"finished": "07/09/2026 08.16"}, row=4)
    earlier = row_id(either.office, "disposisi", 4)
    either.give(hand_overs("143;A4;1;;;07/09/2026;09.40"), "disposisi lagi.csv")
    with one_load(either.office.records) as connection:
        add_a_correction_of_before(connection, earlier, row_id(either.office, "disposisi"))
    catch_up(either.office, either.clock())
    asked = questions(either.office)[-1]
    answer(either.office, asked.correction_id, Answer.TAKE_FILE, "agendaris:ani", either.clock())
    assert either.step("2026/143", "A4")["finished_at"] == "2026-09-07T09:40:00+07:00"
    assert questions(either.office) == []


def add_a_correction_of_before(connection: Connection, earlier: int, row: int) -> None:
    """A second correction in force on another row of the same pass, as records of before may hold it."""
    (known,) = corrections_in_force(connection).to_dict("records")
    assert known["target_row_id"] == earlier
    load_id = begin_load(
        connection, file="layar", sha256="", kind="koreksi", options={}, started_at=known["at"], source_name="layar"
    )
    stamp = {"on": known["new_value"]["on"], "at": known["new_value"]["at"] + 60}
    del known["id"]
    add_page_corrections(connection, [{**known, "load_id": load_id, "target_row_id": row, "new_value": stamp}])
    finish_load(connection, load_id, LoadCounts(1, corrected=1), finished_at=known["at"])


def test_a_correction_of_a_row_that_waits_again_can_be_taken_back(either: Bureau) -> None:
    either.give(agenda("7;10/09/2026;08.00;Dinkes;Rapat;Smart Center;;;;disetujui"), "agenda 7.csv")
    letter = either.give(agenda("8;10/09/2026;09.00;Dinkes;Rapat;Smart Center;;;;disetujui"), "agenda 8.csv")
    either.give(hand_overs("8;A2;;;;10/09/2026;09.30"), "disposisi 8.csv")
    put_right(either, "disposisi", {"finished": "10/09/2026 09.08"})
    undo(either.office, letter.load_id, "salah berkas", "agendaris:ani", either.clock())
    with reading(either.office.records) as connection:
        (in_force,) = corrections_in_force(connection)["id"]
    answer(either.office, in_force, Answer.TAKE_FILE, "agendaris:ani", either.clock())
    either.give(agenda("8;10/09/2026;09.00;Dinkes;Rapat;Smart Center;;;;disetujui"), "agenda 8 lagi.csv")
    assert either.step("2026/8", "A2")["finished_at"] == "2026-09-10T09:30:00+07:00"


def test_a_correction_counts_with_the_settings_of_now(bureau: Bureau) -> None:
    settings_of_another_process(bureau)
    put_right(bureau, "permohonan", {"room": "Aula"})
    assert bureau.case("2026/143")["request"]["room"] == "Aula"


def test_a_correction_is_kept_when_the_screens_cannot_be_brought_up_to_it(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as fault:
        full_disk(fault)
        target = row_id(bureau.office, "pemakaian")
        by = ("salah hitung", "staf:budi", bureau.clock())
        corrected = correct(bureau.office, "pemakaian", target, {"present": "48"}, *by)
        with reading(bureau.office.records) as connection:
            (in_force,) = corrections_in_force(connection)["id"]
        answered = answer(bureau.office, in_force, Answer.KEEP, "staf:budi", bureau.clock(), "sudah dihitung")
    assert (corrected.is_published, answered.is_published) == (False, False)
    catch_up(bureau.office, bureau.clock())
    assert bureau.case("2026/143")["sessions"][0]["present"] == 48
