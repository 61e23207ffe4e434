"""Cells merged downwards or with comments, and rows and sheets that are hidden, in the workbooks of every program."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import xlsxwriter

from dashboard.i18n import sentence
from etl.extract import Sheet, open_file
from tests.books.extracted import JAKARTA, extract, extract_cells, moments, write_xlsx
from tests.books.workbooks import ods_row, write_ods_xml, xls_book

HEADER = ("no_agenda", "langkah", "tgl_selesai", "jam_selesai")
FIRST = ("1", "A2", "07/09/2026", "08.10")
BELOW = ("A3", "07/09/2026", "09.00")


def xlsx(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Langkah")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, FIRST)
        sheet.merge_range(1, 0, 2, 0, "1")
        sheet.write_row(2, 1, BELOW)
        sheet.set_row(2, None, None, {"hidden": True})
        for cell in ("A1", "A2", "B11"):
            sheet.write_comment(cell, "surat 14 menyusul")
    return path


def xls(path: Path) -> Path:
    book = xls_book({"Langkah": [HEADER, ("", *FIRST[1:]), ("", *BELOW)]})
    sheet = book.get_sheet(0)
    sheet._cell_overwrite_ok = True
    sheet.write_merge(1, 2, 0, 0, "1")
    sheet.row(2).hidden = True
    records = sheet.get_biff_data()
    notes = b"".join(struct.pack("<HH6H", 0x001C, 12, row, 0, 0, 1, 0, 0) for row in (0, 1, 256))
    sheet.get_biff_data = lambda: records[:-4] + notes + records[-4:]  # the last record ends the sheet
    book.save(str(path))
    return path


def ods(path: Path) -> Path:
    spanned = (
        '<table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>1</text:p>'
        "</table:table-cell>"
    )
    remark = "<office:annotation><text:p>surat 14 menyusul</text:p></office:annotation>"
    remarked = [
        f'<table:table-cell office:value-type="string">{remark}<text:p>{cell}</text:p></table:table-cell>'
        for cell in FIRST[1:3]
    ]
    rows = [
        ods_row(remarked[0].replace(FIRST[1], HEADER[0]), *HEADER[1:]),
        ods_row(spanned, *remarked, *FIRST[3:]),
        ods_row("<table:covered-table-cell/>", *BELOW, attributes='table:visibility="collapse"'),
    ]
    return write_ods_xml(path, {"Langkah": "".join(rows)})


@pytest.mark.parametrize("write", [xlsx, xls, ods])
def test_a_cell_merged_downwards_holds_for_all_its_rows_and_hidden_rows_and_comments_are_told(
    tmp_path: Path, write: object
) -> None:
    taken = extract(write(tmp_path / f"buku.{write.__name__}"), zone=JAKARTA)  # type: ignore[operator,attr-defined]
    assert taken.frame["agenda_key"].tolist() == ["1", "1"]
    assert moments(taken.frame["finished_at"]) == ["2026-09-07 08:10", "2026-09-07 09:00"]
    assert [warning.code for warning in taken.warnings] == ["hidden_rows", "comments"]
    assert "2 komentar" in sentence(taken.warnings[1].message)


def with_hidden_sheet(path: Path, *, hidden_header: tuple[str, ...] = HEADER) -> Path:
    return write_xlsx(path, {"Langkah": [HEADER, FIRST], "Lama": [hidden_header, ("2", *BELOW)]}, hidden=("Lama",))


def test_a_hidden_sheet_beside_a_visible_one_of_its_kind_is_taken_when_it_is_asked_for(tmp_path: Path) -> None:
    path = with_hidden_sheet(tmp_path / "buku.xlsx")
    taken = extract(path, zone=JAKARTA)
    assert (taken.read, [(warning.code, warning.sheet) for warning in taken.warnings]) == (
        1,
        [("hidden_sheet", "Lama")],
    )
    asked = extract(path, zone=JAKARTA, with_hidden=True)
    assert (asked.frame["sheet"].tolist(), asked.warnings) == (["Langkah", "Lama"], [])


def test_a_hidden_sheet_alone_of_its_kind_is_read(tmp_path: Path) -> None:
    path = with_hidden_sheet(tmp_path / "buku.xlsx", hidden_header=("no_agenda", "asal", "tgl_terima", "jam"))
    with open_file(path, zone=JAKARTA) as extractions:
        kinds = [(str(one.kind), one.sheet_names, [warning.code for warning in one.warnings]) for one in extractions]
    assert kinds == [("permohonan", ["Lama"], []), ("disposisi", ["Langkah"], [])]


REGISTER = ["No Agenda", "Tgl Terima", "Asal Surat", "No Surat", "Perihal"]


def register_rows(first: int) -> list[list[object]]:
    return [
        [str(number), f"{number:02d}/06/2026", f"Dinas {number}", f"005/{number}", "Rapat"]
        for number in range(first, first + 3)
    ]


def warned(*others: list[list[object]]) -> list[tuple[str, str | None]]:
    sheets = [
        Sheet("Juni", [REGISTER, *register_rows(1)]),
        *(Sheet(f"Lain {n}", rows) for n, rows in enumerate(others)),
    ]
    taken = extract_cells(sheets, zone=JAKARTA)
    assert taken.read == 3
    return [(warning.code, warning.sheet) for warning in taken.warnings]


TYPED_WRONG = ["No Agenda", "Tgl Terima", "Aal Surat", "No Surat", "Perihal"]


@pytest.mark.parametrize(
    "rows",
    [
        register_rows(4),
        [["AGENDA JULI", "", "", "", ""], *register_rows(4)],
        [TYPED_WRONG, *register_rows(4)],
        [TYPED_WRONG, register_rows(4)[0]],
        [[*REGISTER, "Perihal"], *[[*row, ""] for row in register_rows(4)]],
        [["", *row] for row in register_rows(4)],
        [["No Agenda", "Tgl Masuk", "No Surat", "Alamat Pengirim", "Perihal"], *register_rows(4)],
        [["No Agenda", "Tgl Masuk", "No Surat", "Alamat", "Perihal"], register_rows(4)[0]],
        [["No Agenda", "Tanggal Datang", "Asal Surat", "No Surat", "Perihal"], ["4", "2026-02-02", "BPBD", "", ""]],
        [["3", "2 Feb", "BPBD", "005/3", "x"], ["4", "3 Februari", "BPBD", "005/4", "y"]],
        [["Masuk", "Hari", "Si", "X", "Y"], ["4", "02-02-2026", "BPBD", "", "y"], ["5", "3 Feb", "BPBD", "", "y"]],
        [
            ["BUKU EKSPEDISI"],
            ["No Agenda", "Tgl Diteruskan", "Diteruskan Kepada", "Paraf"],
            ["1", "6/02/2026", "Sekdin"],
        ],
        [["Tanggal", "Jam Mulai", "Jam Selesai", "Instansi"], ["06/06/2026", "09.00", "11.00", "BPBD"]],
        [["No", "Tgl", "Pengirim", "Perihal", "", ""], ["9", "10/02/2025", "Bappeda", "Rapat evaluasi", "", ""]],
    ],
)
def test_a_sheet_of_such_rows_without_a_header_that_can_be_read_is_asked_about(rows: list[list[object]]) -> None:
    assert warned(rows) == [("unread_sheet", "Lain 0")]


@pytest.mark.parametrize(
    "rows",
    [
        [register_rows(4)[0]],
        [["16", "02/12/2026", "PKK Kabupaten", "Rapat koordinasi"]],
        [["surat susulan desember"], ["17", "Inspektorat", "Sosialisasi SPBE"]],
        [["18", "15 Des", "PKK Kabupaten"]],
        [["Nomor", "Asal", "Acara", "Hari"], ["19", "BPS Kabupaten", "Sosialisasi", "Selasa 16-12"]],
        [["Susulan"], ["No", "Tgl", "Dari"], ["16", "12/03/2026", "Kecamatan Durenan"]],
        [["Surat Kecamatan Durenan no 005/604 diterima 12/03/2026 belum dicatat"]],
        [["No", "Hari/Tanggal", "Instansi", "Tujuan Peminjaman", "Ruang"], ["1", "01/02/2026", "BPBD", "FGD", "SC"]],
        [["No. Agenda", "Surat Diterima di TU", "Dikirim oleh", "Perihal"], ["9", "01/02/2026", "BPBD", "FGD"]],
        [["No Agenda", "Tgl", "Asal Surat", "Perihal"], ["9", "2", "Dinas Perikanan", "Desk penyusunan"]],
        [["No Agenda", "Asal Surat", "Perihal"], ["9", "BKD", "Rapat evaluasi"]],
        [["No", "Uraian"], ["9", "Kecamatan Karangan, Rapat evaluasi, tgl 10-02-2025"]],
        [["No", "Tanggal", "Instansi Pengirim", "Dikirim kembali tgl"], ["13", "02/04/2026", "BPBD", "04/04/2026"]],
    ],
)
def test_one_row_like_a_letter_is_asked_about_unless_its_sheet_says_that_it_is_none(rows: list[list[object]]) -> None:
    assert warned(rows) == [("unread_sheet", "Lain 0")]


WIDE = [
    [*REGISTER, "Ruang", "Jumlah Peserta", "Keterangan"],
    *[[*row, "Smart Center", "40", "x"] for row in register_rows(1)],
]


def test_the_rows_of_a_sheet_that_was_not_read_are_counted() -> None:
    heads = ["No", "Tgl", "Pengirim", "Perihal"]
    rows = [heads, *[["9", "10/02/2025", "Bappeda", "Rapat"]] * 45]
    taken = extract_cells([Sheet("Juni", WIDE), Sheet("Tambahan", rows)], zone=JAKARTA)
    (warning,) = taken.warnings
    assert (warning.code, '"Tambahan" berisi 45 baris' in sentence(warning.message)) == ("unread_sheet", True)


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        (["No", "Tanggal", "Hari", "Keterangan"], ["1", "01/01/2026", "Kamis", "Tahun Baru"]),
        (["No", "Tanggal", "Nama", "Jam"], ["1", "05/01/2026", "Suwarno", "07.30"]),
    ],
)
def test_holidays_and_who_is_on_duty_beside_a_wide_register_are_left_out_quietly(
    heads: list[str], row: list[str]
) -> None:
    taken = extract_cells([Sheet("Juni", WIDE), Sheet("Libur", [heads, row, row])], zone=JAKARTA)
    assert [warning.code for warning in taken.warnings] == ["sheet_ignored"]


@pytest.mark.parametrize(
    "rows",
    [
        [["Pemerintah Kabupaten"], ["Agenda 2026"]],
        [["Catatan"], ["1 Juni 2026", "buku baru"], ["2 Juni 2026", "libur"]],
        [["Bulan", "Surat", "Tepat", "Terlambat", "Persen"], *[[month, 12, 10, 2, 83] for month in ("Jan", "Feb")]],
        [["No Agenda", "Tgl Kirim", "Tujuan", "No Surat", "Perihal"], *register_rows(4)],
        [["No", "Tanggal", "Masuk", "Tepat", "Jumlah"], *[[n, f"{n:02d}/06/2026", 12, 10, 83] for n in (1, 2, 3)]],
        [["No", "Tanggal", "Keterangan"], ["1", "1 Juni 2026", "Hari Lahir"], ["2", "17 Agustus 2026", "libur"]],
        [["No Agenda", "Tanggal", "Kirim Kepada", "Perihal"], *[["1", "06/06/2026", "BPBD", "Undangan"]] * 3],
        [["No Agenda", "Tgl Diteruskan", "Diteruskan Kepada", "Paraf"]],
        [["Kode", "Arti"], ["SC", "Smart Center"], ["SDA", "seperti di atas"]],
        [["No", "Nama OPD", "Alamat"], ["1", "Dinas Kesehatan", "Jalan Soekarno"]],
        [["Piket Desember"], ["No", "Tanggal", "Siapa"], ["1", "01/12/2026", "Suwarno"]],
        [["No", "Tanggal", "Petugas"], ["1", "01/12/2026", "Suwarno"]],
        [["No", "Tgl Surat", "Nomor", "Kepada", "Perihal"], ["1", "01/12/2026", "005/1", "Dinas Kesehatan", "Rapat"]],
        [["Periode", "1 Juni 2026"], ["Per tanggal :", "1 Juli 2026"], ["Dicetak", "1 Juli 2026"]],
        [["Mengetahui,", "", "Trenggalek, 30 Juni 2026"], ["Kepala Dinas", "", "Agendaris"]],
        [["SURAT KELUAR"], ["1", "01/12/2026", "Dinas Kesehatan", "Rapat"]],
        [["1 Desember 2026", "08.00"], ["No", "Hari"], ["1", "Senin"], ["2", "Januari"]],
        [["Catatan", "", "", "", ""], ["1", "buku baru", "mulai", "2 Juni 2026", ""]],
    ],
)
def test_a_sheet_that_is_no_such_table_is_left_out_quietly(rows: list[list[object]]) -> None:
    assert warned(rows) == [("sheet_ignored", "Lain 0")]


@pytest.mark.parametrize(
    "heads",
    [
        [["AGENDA SURAT MASUK"], ["No", "Hari", "Dari Mana", "Isi Surat", "Dikirim ke"]],
        [["No", "Hari", "Dari Mana", "Isi Surat", "Tujuan Disposisi"]],
    ],
)
def test_letters_that_come_in_may_be_sent_on_to_a_desk(heads: list[list[object]]) -> None:
    assert warned([*heads, *register_rows(4)]) == [("unread_sheet", "Lain 0")]


def test_a_sheet_that_lacks_one_column_of_another_kind_is_told_which() -> None:
    rows = [["No Agenda", "Tgl Diteruskan", "Diteruskan Kepada", "Paraf"], ["1", "6/02/2026", "Sekdin", "ttd"]]
    taken = extract_cells([Sheet("Juni", [REGISTER, *register_rows(1)]), Sheet("Ekspedisi", rows)], zone=JAKARTA)
    assert "Langkah atau Dari + Kepada" in sentence(taken.warnings[0].message)


def test_a_table_above_the_header_that_is_read_is_named() -> None:
    sent = [["SURAT KELUAR"], ["No Agenda", "Tgl Kirim", "Tujuan", "No Surat", "Perihal"], *register_rows(4), []]
    taken = extract_cells([Sheet(None, [*sent, REGISTER, *register_rows(1)])], zone=JAKARTA)
    assert (taken.read, [(warning.code, warning.row) for warning in taken.warnings]) == (3, [("table_above", 3)])
    assert "baris 7" in sentence(taken.warnings[0].message)


@pytest.mark.parametrize("heads", [[["No", "Tanggal", "Nomor", "Dari", "Hal"]], [["NOTA"], []], []])
def test_one_letter_above_the_header_that_is_read_is_named(heads: list[list[object]]) -> None:
    taken = extract_cells([Sheet(None, [*heads, register_rows(4)[0], REGISTER, *register_rows(1)])], zone=JAKARTA)
    named = [(warning.code, warning.row) for warning in taken.warnings]
    assert (taken.read, named) == (3, [("table_above", len(heads) + 1)])


def test_lines_of_letters_above_the_header_are_named_and_a_letterhead_is_not() -> None:
    heads = ["DINAS KOMINFO", "Kantor Kecamatan Kampak Jl. Contoh No. 9", "Kecamatan Kampak, periode 1/1 - 31/3"]
    lines = ["1 Dinas PUPR 5/1 menyusul", "belum: no 2 BPBD", "Catatan: surat Kecamatan Kampak tgl 7/1 belum diterima"]
    rows = [[[text] for text in texts] for texts in (heads, lines)]
    taken = extract_cells([Sheet(None, [*rows[0], *rows[1], REGISTER, *register_rows(4)])], zone=JAKARTA)
    told = [(warning.code, warning.row, sentence(warning.message)[:12]) for warning in taken.warnings]
    assert told == [("unread_line", 4, "Baris 4, 5, ")]


@pytest.mark.parametrize(
    "typed",
    [
        ["1", "06/04/2026", "Kecamatan Kampak", "005/1/2026"],
        ["1", "06/04/2026", "Kecamatan Kampak"],
        ["1a", "Dinas Pariwisata, 6 April"],
        ["", "", "no 1 Dishub, 6 April 2026"],
    ],
)
@pytest.mark.parametrize("heads", [[["AGENDA SURAT MASUK 2026"]], []])
def test_a_short_row_of_a_letter_above_the_header_is_named(heads: list[list[object]], typed: list[object]) -> None:
    columns = [*REGISTER, "Tgl Kegiatan", "Jam Mulai"]
    rows = [[*row, "20/06/2026", "09.00"] for row in register_rows(4)]
    taken = extract_cells([Sheet(None, [*heads, typed, columns, *rows])], zone=JAKARTA)
    named = [(warning.code, warning.row) for warning in taken.warnings]
    assert (taken.read, named) == (3, [("table_above", len(heads) + 1)])


def test_a_letterhead_is_no_table() -> None:
    above = [["Periode", ":", "1 Juni 2026", "s/d", "30 Juni 2026"], ["Dicetak", "tanggal", ":", "1 Juli 2026", "WIB"]]
    above += [["1", "Hari, tanggal", ": Senin, 1 Juni 2026"], ["Tanggal :", "1 Juni 2026", "Dinas Kominfo"]]
    above += [["1. Surat dicatat pada hari diterima, contoh 06/04/2026"], ["2", "06/04/2026"]]
    taken = extract_cells([Sheet(None, [["AGENDA"], *above, REGISTER, *register_rows(1)])], zone=JAKARTA)
    assert (taken.read, taken.warnings) == (3, [])


def test_a_sheet_that_may_hold_persons_is_not_quoted() -> None:
    heads, rows = ["No Agenda", "Nama Lengkap", "Hadir"], [["12", "Orang Contoh", "ya"], ["12", "Orang Lain", "ya"]]
    taken = extract_cells([Sheet("Satu", [heads, *rows]), Sheet("Dua", rows)], zone=JAKARTA)
    assert [warning.code for warning in taken.warnings] == ["unread_sheet"]
    assert "Orang" not in sentence(taken.warnings[0].message)


def test_a_cell_merged_downwards_is_struck_through_in_all_its_rows(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("Langkah")
        sheet.write_row(0, 0, HEADER)
        sheet.merge_range(1, 0, 2, 0, "1", book.add_format({"font_strikeout": True}))
        sheet.write_row(1, 1, FIRST[1:])
        sheet.write_row(2, 1, BELOW)
        sheet.write_row(3, 0, FIRST)
    taken = extract(tmp_path / "a.xlsx", zone=JAKARTA)
    assert [(reject.row, reject.code) for reject in taken.rejects] == [(2, "struck"), (3, "struck")]
