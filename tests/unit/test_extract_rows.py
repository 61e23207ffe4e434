"""Which rows are read, and what becomes of them."""

from __future__ import annotations

import pytest

from dashboard.i18n import sentence
from etl.extract import Sheet
from tests.books.extracted import JAKARTA, cells_of, codes, extract_cells, letters, passes, reason

HEADER = ["No Agenda", "Tgl Terima", "Asal", "Perihal"]
ROW = ["1", "07/09/2026", "Dinas Contoh", "Rapat"]


def test_rows_keep_the_number_the_spreadsheet_shows() -> None:
    taken = cells_of([["AGENDA"], [], HEADER, ROW, [], ["", " ", "\u00a0"], ROW])
    assert (taken.read, taken.frame["row"].tolist()) == (2, [4, 7])


def test_a_row_of_column_numbers_is_skipped() -> None:
    assert cells_of([HEADER, ["1", "2", "3", "4"], ROW]).frame["row"].tolist() == [3]
    assert cells_of([HEADER, [], ["(1)", "(2)", "(3)"], ROW]).frame["row"].tolist() == [4]


def test_a_first_row_that_only_begins_with_one_is_read() -> None:
    assert cells_of([HEADER, ["1", "", "", ""]]).read == 1


def test_total_rows_are_skipped() -> None:
    rows = [["Jumlah", "", "", "2 surat"], ["", "TOTAL", "", "2"], ["", "", "Jumlah Total :", "2"]]
    taken = cells_of([HEADER, ROW, rows[0], rows[2]])
    assert (taken.read, taken.rejects) == (1, [])


def test_a_row_about_a_total_with_a_date_is_read() -> None:
    assert cells_of([HEADER, ["Total 1", "07/09/2026", "X", ""]]).read == 1


def test_a_row_filled_only_in_ignored_columns_is_read_and_rejected() -> None:
    rows = [[*ROW, "x"], ["", "", "", "", "sudah"], ["", " ", "", "", "\u00a0"], [*ROW, "x"]]
    taken = cells_of([[*HEADER, "Paraf"], *rows])
    assert (taken.read, codes(taken), taken.rejects[0].row) == (3, ["missing"], 3)


def test_a_cell_in_a_column_without_a_header_makes_no_row() -> None:
    assert cells_of([[*HEADER, ""], [*ROW, ""], ["", "", "", "", "Mengetahui"]]).read == 1


@pytest.mark.parametrize(
    ("columns", "cells", "rejected"),
    [
        ("isi_disposisi;no_agenda;langkah;output", "Jumlah peserta dikurangi;7;A3;ada", []),
        ("isi_disposisi;no_agenda;langkah;output", "Jumlah peserta dikurangi;;A3;ada", ["missing"]),
        ("perihal;no_agenda;tgl_terima;asal", "Jumlah kursi ditambah;30;;Dinkes", ["missing"]),
        ("keterangan;ruang;tanggal;jam_mulai;no_agenda", "Total kursi;;;;7", ["missing"]),
    ],
)
def test_a_record_that_begins_with_the_word_of_a_total_is_read(columns: str, cells: str, rejected: list[str]) -> None:
    taken = cells_of([columns.split(";"), cells.split(";")])
    assert (taken.read, codes(taken)) == (1, rejected)


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        ("no_agenda;tgl_terima;asal;jumlah_peserta", "Jumlah;;;45"),
        ("no_agenda;tgl_terima;asal;jumlah_peserta", "Jumlah;2;-;45"),
        ("no_agenda;tgl_terima;asal;jumlah_peserta", ";TOTAL;;45"),
        ("ruang;peserta_hadir;tanggal;jam_mulai", "Total;12;;"),
        ("no_agenda;hadir;hasil", "Jumlah;45;40"),
    ],
)
def test_ordinary_totals_are_not_read(columns: str, cells: str) -> None:
    assert cells_of([columns.split(";"), cells.split(";")]).read == 0


def test_a_header_without_rows_gives_no_rows() -> None:
    taken = cells_of([HEADER])
    assert (taken.read, len(taken.frame), taken.rejects) == (0, 0, [])
    assert "received_at" in taken.frame.columns


def test_a_row_is_rejected_with_all_its_reasons() -> None:
    taken = letters({"no_agenda": "", "tgl_terima": "kemarin", "jam_terima": "pagi"})
    assert reason(taken).count("kolom") == 3
    assert taken.rejects[0].code == "missing"


def test_a_rejected_row_keeps_its_cells_under_the_typed_headers() -> None:
    (reject,) = cells_of([HEADER, ["1", "31 Juni 2026", "Dinas Contoh", "Rapat"]]).rejects
    assert reject.cells == {"No Agenda": "1", "Tgl Terima": "31 Juni 2026", "Asal": "Dinas Contoh", "Perihal": "Rapat"}
    assert (reject.row, reject.column) == (2, "Tgl Terima")


def test_required_cells_must_be_filled() -> None:
    assert codes(letters({"no_agenda": ""}, {"tgl_terima": "0000-00-00"}, {"asal": "-"})) == ["missing"] * 3


def test_several_sheets_of_one_kind_are_read_together() -> None:
    sheets = [
        Sheet("Januari", [HEADER, ROW]),
        Sheet("Kosong", [[], ["", ""]]),
        Sheet("Februari", [["Agenda"], HEADER, ROW, ["", *ROW[1:]]]),
    ]
    taken = extract_cells(sheets, zone=JAKARTA)
    assert list(zip(taken.frame["sheet"], taken.frame["row"], strict=True)) == [("Januari", 2), ("Februari", 3)]
    assert (taken.rejects[0].sheet, taken.rejects[0].row) == ("Februari", 4)


def test_a_sheet_without_records_is_told_and_left_out() -> None:
    taken = extract_cells([Sheet("Petunjuk", [["isi dengan benar"]]), Sheet("Data", [HEADER, ROW])], zone=JAKARTA)
    assert (taken.read, [warning.code for warning in taken.warnings]) == (1, ["sheet_ignored"])


def test_sheets_may_have_their_columns_in_another_order() -> None:
    sheets = [
        Sheet("A", [HEADER, ROW]),
        Sheet("B", [["Pengirim", "Tgl Terima", "No Agenda"], ["Y", "08/09/2026", "2"]]),
    ]
    taken = extract_cells(sheets, zone=JAKARTA)
    assert taken.frame["opd"].tolist() == ["Dinas Contoh", "Y"]
    assert taken.frame["subject"].isna().tolist() == [False, True]


def test_a_row_torn_apart_by_a_stray_delimiter_is_rejected() -> None:
    sheet = Sheet(None, [HEADER, [*ROW, "lanjutan"], [*ROW, ""], ROW], is_delimited=True)
    taken = extract_cells([sheet], zone=JAKARTA)
    assert (taken.read, codes(taken), taken.frame["row"].tolist()) == (3, ["too_many_cells"], [3, 4])


def test_warnings_of_one_sort_are_counted_after_the_first_hundred() -> None:
    taken = passes(*[{"output": "entah"}] * 150)
    assert len(taken.warnings) == 101
    assert sentence(taken.warnings[-1].message) == "Kolom Output: 50 baris lain dengan catatan yang sama."


def test_a_running_number_filled_in_ahead_makes_no_row() -> None:
    found = cells_of(
        [["No.", "no_agenda", "tgl_terima", "asal"], ["1", "12", "07/09/2026", "Dinkes"], ["2", "", "", ""]]
    )
    assert (found.read, found.rejects) == (1, [])


def test_a_row_that_gives_a_letter_another_day_of_its_event_is_named() -> None:
    days = ("09/10/2026", "11/10/2026", "11/10/2026", "", "12/10/2026")
    taken = letters(*({"tgl_kegiatan": day} for day in days), {"tgl_kegiatan": "13/10/2026", "asal": "Bappeda"})
    assert [(warning.row, warning.code) for warning in taken.warnings] == [(3, "event_replaced"), (6, "event_replaced")]
    assert '"11/10/2026" menggantikan hari kegiatan' in sentence(taken.warnings[0].message)


def test_cells_that_say_one_thing_twice_and_otherwise_are_named() -> None:
    booked = {"tgl_kegiatan": "12/10/2026"}
    twice = {"tgl_terima": "07/09/2026 08.15", "jam_terima": "09.00"}
    days = {"tgl_kegiatan": "12-14 Oktober 2026", "tgl_selesai": "13/10/2026"}
    hours = {"jam_mulai": "13.00-15.00", "jam_selesai": "14.00"}
    same = {"tgl_terima": "07/09/2026 09.00", "jam_terima": "09.00", "jam_mulai": "13.00-14.00", "jam_selesai": "14.00"}
    taken = letters(
        *({**booked, **cells, "no_agenda": str(n)} for n, cells in enumerate((twice, days, hours, same), 1))
    )
    assert [(warning.row, warning.code) for warning in taken.warnings] == [(row, "said_twice") for row in (2, 3, 4)]
