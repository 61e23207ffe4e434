"""Rows of a printed register that are no records: counted apart, by row and kind; a record is never one of them."""

from __future__ import annotations

import pytest

from dashboard.i18n import sentence
from etl.extract import Extracted, Sheet, open_cells
from tests.books.extracted import JAKARTA, Given, Mapped, cells_of, codes, extract_cells

HEADER = ["No Agenda", "Tgl Terima", "Asal", "Perihal", "Jumlah Peserta"]
ONE = ["1", "07/09/2026", "Dinas Contoh", "Rapat", "40"]
TWO = ["2", "08/09/2026", "Dinas Contoh", "Rapat", "20"]


def furniture(taken: Extracted) -> list[tuple[int, str]]:
    return [(row.row, row.kind) for row in taken.furniture]


def test_a_page_as_an_office_prints_it() -> None:
    rows = [
        ["SEPTEMBER 2026", "", "", "", ""],
        ONE,
        ["", "", "", "Halaman 1", ""],
        HEADER,
        ["1", "2", "3", "4", "5"],
        TWO,
        ["Jumlah", "", "", "", "60"],
        ["Rata-rata", "", "", "", "30"],
        ["", "", "", "Trenggalek, 30 September 2026", ""],
        ["Mengetahui,", "", "", "", ""],
        ["Kepala Dinas", "", "", "Agendaris", ""],
        ["", "", "", "", ""],
        ["Orang Contoh", "", "", "Orang Lain", ""],
        ["NIP. 197001012000011001", "", "", "", ""],
    ]
    taken = cells_of([HEADER, *rows])
    assert (taken.read, taken.rejects, taken.frame["row"].tolist()) == (2, [], [3, 7])
    assert furniture(taken) == [
        (2, "month"), (4, "page"), (5, "header"), (6, "numbers"), (8, "total"), (9, "average"), (10, "place_and_date"),
        (11, "approval"), (12, "signature"), (14, "signature"), (15, "signature"),
    ]  # fmt: skip


def test_sums_carried_over_a_printed_note_and_a_place_without_its_day_are_no_records() -> None:
    lines = [
        ["Dipindahkan", "", "", "", "40"], ["Pindahan", "", "", "", "40"], TWO,
        ["Dokumen ini dicetak dari e-office tanggal 30/06/2026", "", "", "", ""],
        ["", "", "", "Trenggalek,        2026", ""], ["", "", "", "Agendaris,", ""],
    ]  # fmt: skip
    taken = cells_of([HEADER, ONE, *lines])
    assert (taken.rejects, taken.frame["row"].tolist()) == ([], [2, 5])
    assert furniture(taken) == [
        (3, "total"), (4, "total"), (6, "other"), (7, "place_and_date"), (8, "signature"),
    ]  # fmt: skip
    asked = cells_of([HEADER, ONE, ["", "09/09/2026", "", "Rapat, 2026", ""], ["", "", "Dinkes, 2026", "Zoom", ""]])
    assert codes(asked) == ["missing"] * 2


def test_a_sum_that_names_a_letter_besides_is_asked_about() -> None:
    sums = ["Jumlah s.d. no 1 = 1; no 20 Kec. Karangan 14/4 menyusul", "Jumlah no 1 s.d. no 9 per 1/4: 9", "Jumlah 1"]
    taken = cells_of([HEADER, ONE, *[[line, "", "", "", ""] for line in sums], TWO])
    assert (taken.read, furniture(taken)) == (2, [(3, "unread_line"), (4, "total"), (5, "total")])
    assert [(warning.code, warning.row) for warning in taken.warnings] == [("unread_line", 3)]


def test_a_repeated_header_of_two_rows_is_known_again() -> None:
    heads = [["No Agenda", "Diterima", "", "Asal"], ["", "Tanggal", "Jam", ""]]
    taken = cells_of([*heads, ["1", "07/09/2026", "08.00", "X"], *heads, ["2", "07/09/2026", "08.00", "X"]])
    assert (taken.frame["row"].tolist(), furniture(taken)) == ([3, 6], [(4, "header"), (5, "header")])


@pytest.mark.parametrize(
    "cells",
    [
        ["12", "", "", "Mengetahui", ""],
        ["12", "", "", "Halaman 2", ""],
        ["", "07/09/2026", "Dinas Contoh", "September 2026", ""],
        ["tujuh", "07/09/2026", "", "Mengetahui", ""],
        ["Rata-rata", "07/09/2026", "Dinas Contoh", "", ""],
    ],
)
def test_a_row_that_says_enough_to_be_a_record_is_never_furniture(cells: list[str]) -> None:
    taken = cells_of([HEADER, ONE, ["", "", "", "Mengetahui", ""], cells])
    assert (taken.read, furniture(taken)) == (2, [(3, "approval")])


def test_above_the_last_record_only_known_kinds_are_furniture() -> None:
    taken = cells_of([HEADER, ONE, ["", "", "", "lanjutan perihal", ""], TWO])
    assert (codes(taken), furniture(taken)) == (["missing"], [])


def test_below_the_last_record_the_rest_is_furniture_but_for_what_bears_a_day() -> None:
    rows = [["catatan kaki", "", "", "", ""], ["", "09/09/2026", "", "Rapat", ""], ["", "", "", "dicetak oleh", ""]]
    taken = cells_of([HEADER, ONE, *rows])
    assert ([reject.row for reject in taken.rejects], furniture(taken)) == ([4], [(3, "other"), (5, "other")])


@pytest.mark.parametrize(
    "cells",
    [
        ["", "", "Dinas Sosial", "Peminjaman ruang", ""],
        ["", "", "Dinas Sosial", "", "40"],
        ["", "", "", "Rapat 9 September 2026", ""],
        ["", "", "", "", "", "", "9/9/2026"],
        ["4,07/01/2026,005/4,BPBD,d", "", "", "", ""],
        ["4;X;Y", "", "", "", ""],
        ["4,,X,Y", "", "", "", ""],
    ],
)
def test_below_the_last_record_what_may_be_a_letter_is_asked_about(cells: list[str]) -> None:
    taken = cells_of([HEADER, ONE, cells, ["", "", "", "dicetak oleh", ""]])
    assert (taken.read, [reject.row for reject in taken.rejects], furniture(taken)) == (2, [3], [(4, "other")])


@pytest.mark.parametrize(
    "cells",
    [
        ["", "", "", "Trenggalek, 30-09-2026", ""],
        ["", "", "", "Trenggalek, 30 September 2026", ""],
        ["", "", "NIP. 197001012000011001", "NIP. 198001012000011001", ""],
        ["", "", "NIP. 19700101 2000 01 1 001 (IV/a)", "NIP. 19800101 2000 01 1 001 (III/d)", ""],
        ["Dicetak 30/09/2026 10:15", "", "", "", ""],
        ["", "", "", "", "1 dari 10"],
        ["", "", "", "Catatan: disalin 1 Oktober 2026", ""],
        ["2", "", "", "", ""],
        ["", "", "", "Kepala Dinas", ""],
        ["", "", "Mengetahui", "Agendaris", ""],
    ],
)
def test_below_the_last_record_notes_and_signatures_stay_furniture(cells: list[str]) -> None:
    taken = cells_of([HEADER, ONE, cells])
    assert (taken.read, taken.rejects, [row.row for row in taken.furniture]) == (1, [], [3])


def test_lines_like_letters_below_signatures_are_named_and_not_read() -> None:
    signed = [["", "", "", "Trenggalek, 31 Januari 2026", ""], ["", "", "", "Kepala Dinas,", ""]]
    lines = [["", "", "", "15 Dishub 7 Jan", ""], ["", "", "Susulan: Dinas Sosial pinjam tgl 9", "", ""]]
    last = [
        ["", "", "", "NIP 196", ""],
        ["3 Dinas Sosial 005/4", "", "", "", ""],
        ["", "", "Tembusan 2 lembar", "", ""],
    ]
    for size in (2, 50):
        sheet = Sheet("A", [HEADER, ONE, *signed, *lines, *last])
        taken = extract_cells([sheet], zone=JAKARTA, part_rows=size)
        assert (taken.read, taken.rejects) == (1, [])
        assert [row for row, kind in furniture(taken) if kind == "unread_line"] == [5, 6, 8]
        warnings = [warning for warning in taken.warnings if warning.code == "unread_line"]
        assert [warning.row for warning in warnings][:1] == [5]
    assert "Baris 5–6, 8 di bawah" in sentence(warnings[0].message)


def test_ranks_shelves_places_and_terms_below_the_last_record_do_not_read_like_letters() -> None:
    texts = ("Penata Tk. 1 / III b", "Rak 2 V", "Berlaku s.d. 31 Desember", "Trenggalek, 31 Des")
    taken = cells_of([HEADER, ONE, *(["", "", "", text, ""] for text in texts)])
    assert ([kind for _, kind in furniture(taken)], taken.warnings) == (["other"] * 4, [])


def test_a_number_and_an_agency_in_one_line_below_signatures_read_like_a_letter() -> None:
    signed = ["", "", "", "Trenggalek, 31 Januari 2026", ""]
    lines = [
        ["", "", "Kecamatan Karangan no. 16", "", ""],
        ["no 17 BPBD", "", "", "", ""],
        ["", "", "", "18 Puskesmas Karangan, zoom", ""],
    ]
    others = (
        "Tembusan:", "1. Dinas Kesehatan", "Dinas Kominfo, Jl. Contoh No. 9", "14 Kecamatan", "Dinas Kominfo",
        "Bagian Hukum",
    )  # fmt: skip
    taken = cells_of([HEADER, ONE, signed, *lines, *(["", "", "", text, ""] for text in others)])
    assert [row for row, kind in furniture(taken) if kind == "unread_line"] == [4, 5, 6]
    assert [warning.code for warning in taken.warnings] == ["unread_line"]


def test_lines_of_letters_that_are_still_to_be_written_are_named_wherever_they_stand() -> None:
    lines = [
        "* 13 Dishub 3 Mar", "agenda 14: Kecamatan Durenan", "nomor 15 s.d. 16 belum ditulis", "(17) BKD",
        "ada 1 surat dari Dishub belum dicatat", "NB. 24 / Bakeuda / Sosialisasi",
        "Catatan: surat BPBD tgl 7/1 menyusul", "13. Dishub zoom meeting",
        "Surat susulan: Dinas Sosial", "Dinas Pertanian 9/1",
    ]  # fmt: skip
    others = [
        "Tembusan:", "1. Dinas Kesehatan", "3. Dinas Sosial dan seterusnya", "* tanpa surat", "Catatan: 3 Dinas hadir",
        "Kantor Kecamatan, Jl. Contoh 9/1", "Nomor 12 tahun lalu", "Laporan menyusul",
    ]  # fmt: skip
    records = [[str(number), "07/09/2026", "X", f"Rapat {number}", ""] for number in range(1, 13)]
    below = [["", "", "", text, ""] for text in [*lines, *others]]
    signed = ["", "", "", "Trenggalek, 31 Januari 2026", ""]
    for end in ([], [signed]):
        taken = cells_of([HEADER, *records, *end, *below])
        assert (taken.read, taken.rejects) == (12, [])
        first = 14 + len(end)
        named = [row for row, kind in furniture(taken) if kind == "unread_line"]
        assert named == [*range(first, first + len(lines))]


@pytest.mark.parametrize("typed", ["Dinas Sosial, 31 Des", "Undangan, 31 Des", "BPBD pinjam 3 s.d. 5 Januari"])
def test_an_agency_or_a_subject_with_a_day_below_the_last_record_reads_like_a_letter(typed: str) -> None:
    taken = cells_of([HEADER, ONE, ["", "", "", typed, ""]])
    assert furniture(taken) == [(3, "unread_line")]


def test_in_a_sheet_without_a_single_record_each_row_is_asked_about() -> None:
    taken = cells_of([HEADER, ["", "", "", "Rapat", ""], ["", "", "", "Halaman 2", ""]])
    assert (taken.read, furniture(taken)) == (1, [(3, "page")])


def test_a_row_beside_all_headers_is_furniture_only_below() -> None:
    rows = [[*ONE, ""], ["", "", "", "", "", "paraf"], [*TWO, ""], ["", "", "", "", "", "Kepala Dinas"]]
    taken = cells_of([[*HEADER, ""], *rows])
    assert (taken.read, furniture(taken)) == (2, [(5, "other")])


def test_records_that_follow_in_a_later_part_count() -> None:
    rows = [ONE, ["", "", "", "lanjutan", ""], ["", "", "", "lagi", ""], TWO, ["", "", "", "akhir", ""]]
    whole = cells_of([HEADER, *rows])
    for size in (1, 2, 3):
        taken = extract_cells([Sheet(None, [HEADER, *rows])], zone=JAKARTA, part_rows=size)
        assert (furniture(taken), codes(taken)) == (furniture(whole), codes(whole)) == ([(6, "other")], ["missing"] * 2)


def test_each_row_of_a_database_is_a_record() -> None:
    columns = {"no_agenda": "nomor", "tgl_terima": "diterima", "asal": Given("X"), "perihal": "isi"}
    rows = [["nomor", "diterima", "isi"], ["1", "2026-09-07", "a"], [None, None, "Mengetahui"]]
    source = Mapped("permohonan", columns)
    with open_cells([Sheet(None, rows, is_query=True)], source=source, zone=JAKARTA) as (extraction,):  # type: ignore[arg-type]
        (part,) = extraction.parts()
    assert (part.read, part.furniture, [reject.row for reject in part.rejects]) == (2, [], [3])


def test_a_person_is_never_furniture() -> None:
    rows = [["12", "Orang Contoh", "ya"], ["", "Orang Lain", ""], ["", "Mengetahui", ""], ["", "Kepala Dinas", ""]]
    taken = cells_of([["No Agenda", "Nama Lengkap", "Hadir"], *rows])
    assert ([reject.row for reject in taken.rejects], furniture(taken)) == ([3], [(4, "approval"), (5, "signature")])


def test_a_day_with_its_weekday_is_no_place_and_date() -> None:
    header = ["No Agenda", "Langkah", "Tanggal"]
    rows = [["11", "A1", "Senin, 1 Juni 2026"], ["", "A2", "Senin, 1 Juni 2026"], ["", "A5", ""]]
    taken = cells_of([header, *rows])
    assert (taken.read, furniture(taken), [reject.row for reject in taken.rejects]) == (3, [], [3, 4])


@pytest.mark.parametrize(
    "letter",
    [
        ["", "", "Dinas Sosial", "005/77 undangan", ""],
        ["", "", "Dinas Sosial", "Rapat", "40"],
        ["", "", "Dinas Sosial", "pinjam Smart Center", ""],
        ["", "", "Bappeda", "pinjam Smart Center", ""],
    ],
)
def test_a_letter_without_a_number_below_signatures_is_asked_about(letter: list[str]) -> None:
    signed = [["", "", "", "Trenggalek, 31 Januari 2026", ""], ["", "", "", "Kepala Dinas,", ""]]
    taken = cells_of([HEADER, ONE, *signed, letter, TWO])
    assert furniture(taken) == [(3, "place_and_date"), (4, "signature")]
    assert [reject.row for reject in taken.rejects] == [5]


OUTGOING = ["No Agenda", "Tgl Kirim", "Tujuan", "Perihal", "Lampiran"]
"""The header of another table, whose rows would read as letters."""

SENT = ["1", "09/09/2026", "Bappeda", "Jawaban", "3"]


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        (OUTGOING, SENT),
        (["Nomor Agenda", "Tgl Terima", "Perihal", "Asal", "Jumlah Peserta"], ["1", "09/09/2026", "Jawaban", "X", "3"]),
        (["No Agenda", "Langkah", "Tgl Selesai", "Jam Selesai", ""], ["1", "A2", "09/09/2026", "08.10", ""]),
    ],
)
def test_another_table_below_is_named_and_not_read(heads: list[str], row: list[str]) -> None:
    taken = cells_of([HEADER, ONE, TWO, [""] * 5, ["SURAT KELUAR", "", "", "", ""], heads, row, [""] * 5, row])
    assert (taken.read, taken.rejects, len(taken.frame)) == (2, [], 2)
    assert furniture(taken) == [(5, "other"), (6, "other_table"), (7, "other"), (9, "other")]
    assert [(warning.code, warning.row) for warning in taken.warnings] == [("other_table", 6)]
    assert "Mulai baris 6" in sentence(taken.warnings[0].message)


def test_another_table_is_named_once_however_the_sheet_is_cut() -> None:
    rows = [HEADER, ONE, OUTGOING, SENT, HEADER, TWO]
    for size in (1, 2, 3, 50):
        taken = extract_cells([Sheet("A", rows), Sheet("B", [HEADER, TWO])], zone=JAKARTA, part_rows=size)
        assert (taken.read, [(warning.code, warning.row) for warning in taken.warnings]) == (2, [("other_table", 3)])


@pytest.mark.parametrize(
    "heads",
    [
        ["No Agenda", "Tgl Terima", "Perihal", "Asal", "Jumlah Peserta"],
        ["No Agenda 2026", "Tgl Terima", "Perihal", "Asal", "Jumlah Peserta"],
        ["No Agenda (2026)", "Tgl Kirim", "Tujuan", "Perihal", "Lampiran"],
    ],
)
@pytest.mark.parametrize("blanks", [0, 1, 2])
def test_another_table_right_under_a_blank_row_or_with_a_year_in_its_header_is_named(
    heads: list[str], blanks: int
) -> None:
    taken = cells_of([HEADER, ONE, *[[""] * 5] * blanks, heads, ["2", "09/09/2026", "Rapat zoom", "BPBD", "3"]])
    assert (taken.read, taken.rejects, taken.frame["opd"].tolist()) == (1, [], ["Dinas Contoh"])
    assert [(warning.code, warning.row) for warning in taken.warnings] == [("other_table", 3 + blanks)]


def test_another_table_below_a_room_log_is_known_too() -> None:
    heads = ["Ruang", "Tanggal", "Jam Mulai", "Kegiatan"]
    rows = [
        ["Aula", "07/09/2026", "08.00", "Rapat"],
        ["Ruang", "Instansi", "Kegiatan", "Ket"],
        ["SC", "08/09/2026", "9.00", ""],
    ]
    taken = cells_of([heads, *rows])
    assert (taken.read, [warning.code for warning in taken.warnings]) == (1, ["other_table"])


def test_the_lower_line_of_a_header_is_no_other_table() -> None:
    heads = [HEADER, ["", "", "Instansi", "Isi", "Peserta"]]
    taken = cells_of([*heads, ONE, *heads, TWO])
    assert (taken.warnings, taken.frame["row"].tolist()) == ([], [3, 6])


def test_answers_of_a_person_are_no_headers() -> None:
    heads, row = ["No Agenda", "Nama Lengkap", "Instansi", "Hadir", "Hasil"], ["12", "Satu", "Dinas", "Hadir", "Lolos"]
    taken = cells_of([heads, row, ["", "Dua", "OPD", "Hadir", "Lolos"], row])
    assert (taken.read, taken.warnings, codes(taken)) == (3, [], ["missing"])


def test_rows_of_a_database_are_no_other_table() -> None:
    source = Mapped("permohonan", {"no_agenda": "nomor", "tgl_terima": "diterima", "asal": "opd"})
    rows = [["nomor", "diterima", "opd"], ["1", "2026-09-07", "X"], ["Agenda", "Tanggal", "Instansi"]]
    with open_cells([Sheet(None, rows, is_query=True)], source=source, zone=JAKARTA) as (extraction,):  # type: ignore[arg-type]
        (part,) = extraction.parts()
    assert (part.read, part.warnings, codes(part)) == (2, [], ["not_a_date"])


WITH_NUMBER = ["No Agenda", "Tgl Terima", "Asal", "No Surat", "Perihal"]
EIGHT = [[str(n), f"{n:02d}/09/2026", "Dinas Contoh", f"005/{n}/406.1/2026", "Rapat"] for n in range(1, 9)]
SIGNED = [
    ["", "", "", "", "Trenggalek, 30 September 2026"],
    ["", "", "", "", "Agendaris"],
    ["", "", "", "", "Orang Contoh"],
    ["", "", "", "", "NIP. 198001012005012003"],
]


@pytest.mark.parametrize("above", [[], SIGNED])
@pytest.mark.parametrize(
    "cells",
    [["", "", "BPS Trenggalek", "", ""], ["", "", "Dinas Sosial", "", ""], ["", "", "", "900/1521/406.023/2026", ""]],
)
def test_one_cell_of_a_letter_below_the_last_record_is_named(above: list[list[str]], cells: list[str]) -> None:
    taken = cells_of([WITH_NUMBER, *EIGHT, *above, cells])
    assert furniture(taken)[len(above) :] == [(10 + len(above), "unread_line")]
    assert [warning.code for warning in taken.warnings] == ["unread_line"]


def test_the_next_number_alone_is_named_below_a_signature_and_not_where_numbers_were_printed_ahead() -> None:
    lone = ["", "", "", ""]
    assert furniture(cells_of([WITH_NUMBER, *EIGHT, *SIGNED, ["9", *lone]]))[-1] == (14, "unread_line")
    quiet = [[*EIGHT, *SIGNED, ["9", *lone], ["10", *lone]], [*EIGHT, *SIGNED, ["2", *lone]], [*EIGHT, ["9", *lone]]]
    assert [cells_of([WITH_NUMBER, *rows]).warnings for rows in quiet] == [[], [], []]


def test_offices_names_titles_and_days_of_signatures_are_no_cells_of_letters() -> None:
    block = [["", "", "Dinas Kominfo", "", ""], ["", "", "Kepala Bidang", "", ""], *SIGNED[2:], *SIGNED]
    below = [
        ["", "", text, "", ""] for text in ("Orang Contoh", "Kepala Bidang", "Halaman 3", "NIP. 197001012000011001")
    ]
    below += [["", "", "", text, ""] for text in ("SK-1", "F.01/SOP", "hal 3/4")]
    taken = cells_of([WITH_NUMBER, *EIGHT, *block, *below])
    assert (taken.read, taken.warnings) == (8, [])
