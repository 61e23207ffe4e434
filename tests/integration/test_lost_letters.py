"""A row that loses its letter or its room waits again, and every answer says so."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path

from dashboard.i18n import sentence
from etl.intake.load_report import TO_BE_LOOKED_AT, LoadReport
from etl.intake.pipeline import apply_settings, ingest
from etl.intake.undo import undo
from etl.settings.document import apply
from tests.books.extracted import write_xlsx
from tests.books.typed import agenda, book, hand_overs, room_log
from tests.offices.bureau import Bureau

HAND_OVER = hand_overs("7;A2;;;;06/01/2026;08.35")
LETTER = "no_agenda;tgl_terima;asal;no_surat;perihal;keterangan"
PEOPLE = book("no_agenda;tahun;hadir", "7;2026;ya", "7;2026;tidak")


def test_a_hand_over_whose_letter_moves_away_waits_again(bureau: Bureau) -> None:
    bureau.give(agenda("7;05/01/2026;08.00;Dinkes"), "agenda.csv")
    assert bureau.counts(HAND_OVER, "d.csv") == (1, 1, 0, 0, 0, 0)
    bureau.give(agenda("7;20/01/2026;08.00;Dinkes"), "koreksi.csv")
    assert bureau.counts(HAND_OVER, "d.csv") == (1, 0, 0, 0, 1, 0)
    bureau.give(agenda("7;05/01/2026;08.00;Dinkes;lagi"), "kembali.csv")
    assert bureau.counts(HAND_OVER, "d.csv") == (1, 0, 1, 0, 0, 0)


def test_rows_whose_letter_is_undone_wait_again(bureau: Bureau) -> None:
    letter = bureau.give(agenda("7;05/01/2026;08.00;Dinkes"), "agenda.csv")
    bureau.give(HAND_OVER, "d.csv")
    bureau.give(PEOPLE, "peserta.csv", kind="peserta")
    undo(bureau.office, letter.load_id, "salah berkas", "agendaris", bureau.clock())
    assert bureau.counts(HAND_OVER, "d.csv") == (1, 0, 0, 0, 1, 0)
    assert bureau.counts(PEOPLE, "peserta.csv", kind="peserta") == (2, 0, 0, 0, 2, 0)


def test_a_session_whose_room_is_removed_waits_again(bureau: Bureau, tmp_path: Path) -> None:
    log = room_log(";Aula;08/09/2026;09.00;11.00;40")
    now = bureau.clock()
    rooms = '[[room]]\nname = "Smart Center"\n'
    apply_settings(
        bureau.office, apply(bureau.office.settings, rooms + '[[room]]\nname = "Aula"\n', "a.toml"), now, actor="a"
    )
    assert bureau.counts(log, "ruang.csv") == (1, 1, 0, 0, 0, 0)
    apply_settings(bureau.office, apply(bureau.office.settings, rooms, "a.toml"), now, actor="a")
    assert bureau.counts(log, "ruang.csv") == (1, 0, 0, 0, 1, 0)


def test_a_list_that_takes_the_place_of_an_earlier_one_is_named(bureau: Bureau) -> None:
    bureau.give(agenda("7;05/01/2026;08.00;Dinkes"), "agenda.csv")
    bureau.give(PEOPLE, "peserta.csv", kind="peserta")
    (warning,) = bureau.give(book("no_agenda;tahun;hadir", "7;2026;ya"), "lanjutan.csv", kind="peserta").warnings
    assert (warning.code, warning.row) == ("list_changed", 2)
    assert "surat 7 (1 orang) menggantikan daftar sebelumnya (2 orang)" in sentence(warning.message)


def rows(*numbers: int, month: str = "01", **others: str) -> list[str]:
    """Letters under these numbers; `others`: more cells of some, by `n` and their number."""
    return [f"{n};05/{month}/2026;OPD {n};005/{n};Rapat {n};{others.get(f'n{n}', '')}" for n in numbers]


def missing(report: LoadReport) -> list[str]:
    """What is said of missing numbers."""
    return [sentence(warning.message) for warning in report.warnings if warning.code == "number_missing"]


def test_a_number_that_is_missing_in_a_consecutive_book_is_named_once(bureau: Bureau) -> None:
    first = rows(*range(1, 9), 10, 11, 14, 15, 16, 17, 18, 20, n8="9. Dinas Sosial, belum ditulis")
    several = ["19 s.d. 20;05/01/2026;OPD;;Rapat;"]
    report = bureau.give(book(LETTER, *first, *several), "agenda.csv")
    said = missing(report)
    assert [words[:42] for words in said] == [
        "Nomor agenda 9 tidak ada: baris 9 bernomor", "Nomor agenda 12–13 tidak ada: baris 11 ber"
    ]  # fmt: skip
    assert "baris 10 bernomor 10; nomornya disebut pada kolom Keterangan baris 9." in said[0]
    assert not {*map(attrgetter("code"), report.warnings)}.isdisjoint(TO_BE_LOOKED_AT)
    assert "baris 11 bernomor 11, dan baris 12 bernomor 14." in said[1]
    assert missing(bureau.give(book(LETTER, *first, *rows(21, 22)), "agenda.csv")) == []
    assert (
        missing(bureau.give(book(LETTER, *rows(*range(22, 31), 33, 34)), "lanjutan.csv"))[0][:20]
        == "Nomor agenda 31–32 t"
    )


def test_numbers_that_the_records_have_and_those_of_an_extract_are_not_missing(bureau: Bureau) -> None:
    bureau.give(book(LETTER, *rows(5, 9)), "susulan.csv")
    assert missing(bureau.give(book(LETTER, *rows(1, 2, 3, 4, 6, 7, 8, 10, 11, 12, 13)), "agenda.csv")) == []
    assert (
        missing(bureau.give(book(LETTER, *rows(101, 104, 105, 108, 109, 112, 115, 116, 118, 119)), "ruang.csv")) == []
    )
    refused = ["sda;05/02/2026;OPD;;Rapat;"]
    assert missing(bureau.give(book(LETTER, *rows(*range(51, 61)), *refused, *rows(62, 63)), "tolak.csv")) == []
    assert missing(bureau.give(book(LETTER, *rows(*range(201, 212), 280, *range(1101, 1104))), "blok.csv")) == []


def told(report: LoadReport, code: str) -> list[tuple[int | None, str]]:
    """Row and sentence of the warnings of this code, which somebody must look at."""
    assert code in TO_BE_LOOKED_AT
    return [(each.row, sentence(each.message)) for each in report.warnings if each.code == code]


def test_a_letter_that_only_the_row_of_another_one_tells_of_is_named_once(bureau: Bureau) -> None:
    notes = {
        "n2": "no 25 menyusul", "n3": "surat no 12 menyusul", "n4": "agenda 7 Dinsos belum dicatat",
        "n5": "surat no. 13 dari Dinkes belum dicatat", "n6": "no 400 menyusul",
    }  # fmt: skip
    first = [*rows(*range(1, 13), **notes), "13 dan 14;05/01/2026;OPD;;Rapat;"]
    said = told(bureau.give(book(LETTER, *first), "agenda.csv"), "letter_told")
    assert [row for row, _ in said] == [3]
    assert 'kolom Keterangan: "no 25 menyusul" menyebut surat nomor 25' in said[0][1]
    grown = bureau.give(book(LETTER, *first[:-1], *rows(13, 14, n14="no 26 tercecer")), "agenda.csv")
    assert [row for row, _ in told(grown, "letter_told")] == [15]


def test_a_note_of_another_letter_is_named_once_unless_a_row_bears_its_letter_number(bureau: Bureau) -> None:
    notes = {
        "n2": "beserta surat BKD 005/77/406.9/2026", "n3": "digabung dengan surat 005/9/406.9/2026",
        "n4": "ada 2 surat", "n5": "surat asli menyusul",
    }  # fmt: skip
    letters = [*rows(1, 2, 3, 4, 5, **notes), "6;06/01/2026;BKD;005/9/406.9/2026;Rapat;"]
    said = told(bureau.give(book(LETTER, *letters), "agenda.csv"), "letter_told")
    assert [row for row, _ in said] == [3, 5]
    assert '"ada 2 surat" menyebut surat lain tanpa nomor agendanya' in said[1][1]
    grown = bureau.give(book(LETTER, *letters, *rows(7, n7="surat kedua dari BPBD")), "agenda.csv")
    assert [row for row, _ in told(grown, "letter_told")] == [8]


def test_a_sender_of_two_agencies_is_named_and_one_of_joined_words_is_not(bureau: Bureau) -> None:
    senders = ["Dinkes / Bappeda", "Satpol PP dan Damkar", "Dinas Perpustakaan dan Kearsipan", "Dinas A dan Dinas B"]
    letters = [f"{n};05/01/2026;{sender};005/{n}/2026;Rapat;" for n, sender in enumerate(senders, start=1)]
    said = told(bureau.give(book(LETTER, *letters), "agenda.csv"), "senders_in_cell")
    assert [row for row, _ in said] == [2, 5]
    assert 'pengirim "Dinkes / Bappeda" tampaknya dua instansi' in said[0][1]


def test_a_letter_twice_is_known_by_the_other_name_of_its_sender(bureau: Bureau) -> None:
    senders = ["Dinkes", "DINAS KESEHATAN KAB. TRENGGALEK", "Disdik"]
    letters = [f"{n};05/01/2026;{sender};005/9/2026;Rapat;" for n, sender in enumerate(senders, start=1)]
    assert [row for row, _ in told(bureau.give(book(LETTER, *letters), "agenda.csv"), "letter_twice")] == [3]


def test_a_row_that_replaces_one_of_another_sheet_names_both_sheets(bureau: Bureau) -> None:
    heads, first = LETTER.split(";"), rows(1, 2)
    second = first[1].replace("Rapat 2", "Rapat gizi")
    path = write_xlsx(
        bureau.folder / "b.xlsx",
        {"A": [heads, first[0].split(";"), first[1].split(";")], "B": [heads, second.split(";")]},
    )
    (report,) = ingest(bureau.office, path, bureau.clock())
    ((row, words),) = told(report, "row_replaced")
    assert row == 2
    assert words.startswith('Baris 2 pada lembar "B" menggantikan baris 3 pada lembar "A" berkas i')
