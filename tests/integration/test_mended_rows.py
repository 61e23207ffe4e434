"""A rejected row that a later file mended is no longer to be mended; that file undone, it is again."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.figures.intake.open_work import attention, mended_of_load, open_rejects
from etl.intake.pipeline import ingest
from etl.intake.undo import undo
from tests.books.typed import agenda, as_workbook, book, hand_overs, room_log
from tests.offices.desk import Desk
from tests.offices.intake import LETTERS, REGISTER, give_later, intake_office, listed, load_page
from tests.offices.september import END_OF_SEPTEMBER
from tests.reading.layout import words

DINSOS = "146;30/09/2026;08.00;Dinsos;Rakor;Smart Center;14/09/2026;09.00;12.00;disetujui"
SETDA = "147;23/06/2026;10.05;Setda;Zoom desa;Smart Center;;;;"


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """An office whose register has two rejected rows: 146 with a day that is none, 147 with a wrong weekday."""
    return intake_office(tmp_path)


def test_a_row_from_another_file_mends_the_rejected_one(served: Desk, tmp_path: Path) -> None:
    assert open_rejects(served.office) == {REGISTER: 2}
    better = give_later(served, tmp_path, "susulan.csv", agenda(DINSOS))
    assert open_rejects(served.office) == {REGISTER: 1}
    assert attention(served.office).rejects == 1
    assert [(place, by.load_id, by.file) for place, by in mended_of_load(served.office, REGISTER).items()] == [
        ((REGISTER, None, 4), better.load_id, "susulan.csv")
    ]


def test_a_load_whose_rows_are_all_mended_leaves_the_list(served: Desk, tmp_path: Path) -> None:
    give_later(served, tmp_path, "susulan.csv", agenda(DINSOS, SETDA))
    assert open_rejects(served.office) == {}
    browser = served.signed_in("agendaris")
    assert "Tidak ada baris ditolak yang menunggu perbaikan" in words(listed(browser, "runs", "?tampil=tolakan"))


def test_the_row_stays_readable_with_the_file_that_mended_it(served: Desk, tmp_path: Path) -> None:
    give_later(served, tmp_path, "susulan.csv", agenda(DINSOS))
    told = words(load_page(served.signed_in("agendaris"), REGISTER, "?bagian=ditolak"))
    assert "31 September 2026" in told or "31/09/2026" in told
    assert told.count("sudah diperbaiki oleh susulan.csv") == 1


def test_that_file_undone_the_row_is_to_be_mended_again(served: Desk, tmp_path: Path) -> None:
    better = give_later(served, tmp_path, "susulan.csv", agenda(DINSOS))
    undo(served.office, better.load_id or 0, "keliru", "agendaris", END_OF_SEPTEMBER)
    assert open_rejects(served.office) == {REGISTER: 2}
    assert mended_of_load(served.office, REGISTER) == {}


def test_another_letter_under_the_number_mends_nothing(served: Desk, tmp_path: Path) -> None:
    give_later(served, tmp_path, "lain.csv", agenda("146;30/09/2026;08.00;Bappeda;Musrenbang;Smart Center;;;;"))
    assert open_rejects(served.office) == {REGISTER: 2}


def test_a_row_that_was_there_before_mends_nothing(served: Desk, tmp_path: Path) -> None:
    give_later(served, tmp_path, "susulan.csv", agenda(DINSOS))
    bad = give_later(served, tmp_path, "salah.csv", agenda(DINSOS.replace("30/09", "31/09")))
    assert open_rejects(served.office) == {bad.load_id: 1, REGISTER: 1}


def test_a_number_written_in_the_same_place_of_the_corrected_file_mends_its_row(served: Desk, tmp_path: Path) -> None:
    row = "{};22/09/2026;08.00;Dinas Kesehatan;Rapat;Smart Center;;;;"
    bad = give_later(served, tmp_path, "agenda-oktober.csv", agenda(row.format("?")))
    assert bad.load_id in open_rejects(served.office)
    more = agenda(row.format("301"), "302;23/09/2026;08.00;Bappeda;Rapat;Smart Center;;;;")
    give_later(served, tmp_path, "agenda-oktober.csv", more, "2026-09-29 09:00")
    assert open_rejects(served.office) == {REGISTER: 2}


def test_a_hand_over_is_told_by_letter_step_and_time(served: Desk, tmp_path: Path) -> None:
    bad = give_later(served, tmp_path, "d1.csv", hand_overs(";A2;;;;08/09/2026;08.20", "144;A44;;;;08/09/2026;09.30"))
    assert open_rejects(served.office)[bad.load_id or 0] == 2
    give_later(served, tmp_path, "d2.csv", hand_overs("143;A2;;;;08/09/2026;08.20", "144;A6;;;;08/09/2026;09.30"))
    assert open_rejects(served.office)[bad.load_id or 0] == 1


def test_a_use_is_told_by_room_and_start(served: Desk, tmp_path: Path) -> None:
    use = "144;Smart Center;11/09/2026;09.05;{};30"
    bad = give_later(served, tmp_path, "p1.csv", room_log(use.format("08.00")))
    assert open_rejects(served.office)[bad.load_id or 0] == 1
    give_later(served, tmp_path, "p2.csv", room_log("144;Smart Center;11/09/2026;13.00;14.00;30"))
    assert bad.load_id in open_rejects(served.office)
    give_later(served, tmp_path, "p3.csv", room_log(use.format("12.00")))
    assert bad.load_id not in open_rejects(served.office)


def test_a_check_is_told_by_room_item_and_day(served: Desk, tmp_path: Path) -> None:
    head = "ruang;tanggal;jam;barang;kondisi"
    bad = give_later(served, tmp_path, "k1.csv", book(head, "Smart Center;11/09/2026;08.00;AC;entah"))
    assert bad.load_id in open_rejects(served.office)
    give_later(served, tmp_path, "k2.csv", book(head, "Smart Center;12/09/2026;08.00;AC;Baik"))
    assert bad.load_id in open_rejects(served.office)
    give_later(served, tmp_path, "k3.csv", book(head, "Smart Center;11/09/2026;08.00;AC;Baik"))
    assert bad.load_id not in open_rejects(served.office)


def test_rows_of_sheets_are_told_apart(served: Desk, tmp_path: Path) -> None:
    path = as_workbook(tmp_path / "agenda juni.xlsx", LETTERS.replace("146;", "246;"))
    (bad,) = ingest(served.office, path, END_OF_SEPTEMBER, actor="agendaris")
    give_later(served, tmp_path, "susulan.csv", agenda(DINSOS.replace("146;", "246;")), "2026-09-30 20:00")
    assert [sheet for _, sheet, _ in mended_of_load(served.office, bad.load_id or 0)] == ["Agenda"]
