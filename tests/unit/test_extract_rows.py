"""Which rows are read, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from dashboard.i18n import sentence
from etl.extract import Extracted, Sheet
from tests.books.extracted import JAKARTA, aside, cells_of, codes, extract_cells, letters, passes, reason, sessions

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


BOOKED = {"tgl_kegiatan": "14/09/2026", "jam_mulai": "09.00", "jam_selesai": "12.00"}
STEP = {"tgl_mulai": "07/09/2026", "jam_mulai": "08.05"}


@pytest.mark.parametrize(
    ("read", "cells", "code", "words"),
    [
        (letters, {"tgl_terima": "07/09/2026 10.15"}, "said_twice", '"jam_terima": "08.00" dipakai'),
        (letters, BOOKED | {"tgl_kegiatan": "14/09/2026 10.00"}, "said_twice", 'mulai": "09.00" dipakai'),
        (letters, BOOKED | {"jam_mulai": "09.00 - 11.00"}, "said_twice", 'selesai": "12.00" dipakai'),
        (
            letters,
            BOOKED | {"tgl_kegiatan": "14-15 September 2026", "tgl_selesai": "16/09/2026"},
            "said_twice",
            '"16/09/2026" dipakai',
        ),
        (letters, {"keterangan": "Batal, pindah ke Aula"}, "cells_disagree", '"Batal, pindah ke Aula" mengatakan'),
        (letters, BOOKED | {"tgl_kegiatan": "04/09/2026"}, "days_disordered", '"04/09/2026" mendahului'),
        (letters, {"tgl_surat": "09/09/2026"}, "days_disordered", '"07/09/2026" mendahului kolom Tanggal Surat'),
        (letters, {"tgl_status": "04/09/2026"}, "days_disordered", '"04/09/2026" mendahului'),
        (letters, BOOKED | {"tgl_kegiatan": "14/09/2025"}, "year_doubtful", "(14 Sep 2026?)"),
        (letters, {"tgl_surat": "04/09/2025"}, "year_doubtful", "(4 Sep 2026?)"),
        (passes, STEP | {"tgl_mulai": "08/09/2026"}, "days_disordered", '"07/09/2026" mendahului'),
        (passes, STEP | {"jam_mulai": "08.15"}, "days_disordered", '"08.10" mendahului'),
        (passes, {"dicatat_pada": "06/09/2026 09.00"}, "days_disordered", '"06/09/2026 09.00" mendahului'),
        (passes, {"tgl_selesai": "07/09/2026 09.10"}, "said_twice", '"08.10" dipakai'),
        (passes, {"dari": "Sekdin", "kepada": "Kadin"}, "cells_disagree", '"A2" bertentangan dengan kolom Dari'),
        (sessions, {"tanggal": "07/09/2026 08.00"}, "said_twice", '"09.00" dipakai'),
        (sessions, {"diperiksa": "40", "lolos": "30", "tidak_lolos": "5"}, "cells_disagree", '"40" orang diperiksa'),
        (sessions, {"diperiksa": "40", "lolos": "41"}, "cells_disagree", '"40" orang diperiksa'),
        (sessions, {"durasi": "1,5 jam"}, "cells_disagree", '"1,5 jam" bukan selisih'),
        (letters, BOOKED | {"Jumlah Jam": "4"}, "cells_disagree", 'kolom "Jumlah Jam": "4" bukan selisih'),
        (
            letters,
            BOOKED | {"Lama Kegiatan": "4 jam"},
            "cells_disagree",
            'kolom "Lama Kegiatan": "4 jam" bukan selisih',
        ),
        (letters, BOOKED | {"Durasi": "04:00:00"}, "cells_disagree", 'kolom "Durasi": "04:00:00" bukan selisih'),
        (letters, {"tgl_terima": "2026-09-07T01:00:00Z", "jam_terima": "09.00"}, "said_twice", '"09.00" dipakai'),
        (
            passes,
            {"tgl_mulai": "07/09/2026 08.00", "tgl_selesai": "07/09/2026 07.50", "jam_selesai": ""},
            "days_disordered",
            'kolom "tgl_selesai": "07/09/2026 07.50" mendahului kolom Tanggal Mulai',
        ),
        (
            passes,
            {"jam_mulai": "08.00-07.50", "tgl_mulai": "07/09/2026", "jam_selesai": ""},
            "days_disordered",
            'kolom "jam_mulai": "08.00-07.50" mendahului',
        ),
        (
            passes,
            {"tgl_selesai": "", "jam_selesai": "", "jam_mulai": "08.00-08.30"},
            "time_without_date",
            '"08.00-08.30" tidak dipakai',
        ),
        (sessions, {"hari": "Selasa"}, "cells_disagree", '"Selasa" bukan hari dari tanggal'),
        (letters, BOOKED | {"Hari": "Jum'at"}, "cells_disagree", 'kolom "Hari": "Jum\'at" bukan hari dari tanggal'),
        (
            letters,
            {"tgl_kegiatan": "15-17 September 2026", "Hari": "Jumat"},
            "cells_disagree",
            '"Jumat" bukan hari dari tanggal',
        ),
        (sessions, {"peserta_hadir": "40", "L": "10", "P": "20"}, "cells_disagree", '"40" bukan jumlah'),
        (letters, {"jumlah_peserta": "40", "L": "10", "P": "20"}, "cells_disagree", '"40" bukan jumlah'),
        (sessions, {"keterangan": "dibatalkan karena banjir"}, "cells_disagree", "dihitung sebagai pemakaian"),
        (sessions, {"instansi": "Dinsos (batal)"}, "cells_disagree", '"Dinsos (batal)" mengatakan'),
        (sessions, {"kegiatan": "Rakor tidak jadi"}, "cells_disagree", '"Rakor tidak jadi" mengatakan'),
        (letters, {"keterangan": "diundur 12/02"}, "cells_disagree", '"diundur 12/02" mungkin berarti'),
        (letters, {"keterangan": "Dipindah tgl 20 Feb"}, "cells_disagree", "mungkin berarti"),
        (letters, {"keterangan": "dikembalikan"}, "cells_disagree", "mungkin berarti"),
        (letters, {"keterangan": "Suratnya sudah dikembalikan"}, "cells_disagree", "mungkin berarti"),
        (letters, {"keterangan": "acara pindah  ke Aula"}, "cells_disagree", "mungkin berarti"),
        (letters, {"keterangan": "Pindah."}, "cells_disagree", "mungkin berarti"),
        (sessions, {"keterangan": "ditunda dari pihak OPD"}, "cells_disagree", "dihitung sebagai pemakaian"),
        (letters, {"keterangan": "dipakai Bupati, batal"}, "cells_disagree", "mungkin berarti"),
        *(
            (letters, {"keterangan": typed}, "cells_disagree", f'"{typed}" mungkin berarti')
            for typed in (
                "surat ditarik",
                "Permohonan dicabut",
                "diganti tgl 21",
                "mundur 1 jam",
                "waktu berubah 13.00",
            )
        ),
        *(
            (sessions, {"keterangan": typed}, "cells_disagree", f'"{typed}" mengatakan')
            for typed in (
                "ruang tidak dipakai",
                "tidak dipakai",
                "gak jadi",
                "pemohon tidak datang",
                "rapat dibatalkan via WA",
                "dialihkan ke zoom",
                "Kosong.",
                "diundur 20/2",
            )
        ),
        (sessions, {"instansi": "BATAL - Bappeda"}, "cells_disagree", '"BATAL - Bappeda" mengatakan'),
        (sessions, {"kegiatan": "Batal Rapat RKPD"}, "cells_disagree", '"Batal Rapat RKPD" mengatakan'),
    ],
)
def test_cells_of_one_row_that_cannot_all_be_right_are_named(
    read: Callable[..., Extracted], cells: Mapping[str, str], code: str, words: str
) -> None:
    taken = read(cells)
    (warning,) = taken.warnings
    assert (aside(taken), warning.code, warning.row, words in sentence(warning.message)) == ([], code, 2, True)


@pytest.mark.parametrize(
    ("read", "rows"),
    [
        (letters, [BOOKED | {"tgl_kegiatan": "14/09/2026 09.00", "jam_mulai": "09.00 - 12.00"}]),
        (letters, [BOOKED | {"tgl_kegiatan": "14-15 September 2026", "tgl_selesai": "15/09/2026"}]),
        (letters, [{"keterangan": "Batal", "status": "dibatalkan"}, {"keterangan": "Tidak batal"}]),
        (
            letters,
            [{"keterangan": "tidak dipindah"}, {"keterangan": "jadi, tidak batal"}, {"keterangan": "lihat no 21"}],
        ),
        (letters, [{"keterangan": "diundur", "status": "ditunda"}]),
        (letters, [{"keterangan": "kunci sudah dikembalikan"}, {"keterangan": "acara pindah tugas Kajari"}]),
        (sessions, [{"keterangan": "Ditunda dari tgl 3, jadi hari ini"}, {"keterangan": "ditunda dari Senin"}]),
        (sessions, [{"kegiatan": "Rakor pembatalan izin", "instansi": "Bagian Umum"}]),
        (
            sessions,
            [{"keterangan": "AC tidak dipakai"}, {"keterangan": "kursi kosong 5"}, {"kegiatan": "Tunda bayar PBB"}],
        ),
        (
            sessions,
            [{"keterangan": "dialihkan dari Aula"}, {"keterangan": "diundur 1 jam"}, {"keterangan": "tidak diundur"}],
        ),
        (
            letters,
            [{"keterangan": "pejabat mengundurkan diri"}, {"keterangan": "tidak mundur"}, {"perihal": "Surat ditarik"}],
        ),
        # in no other year are they near either
        (letters, [{"tgl_surat": "01/06/2025"}, {"tgl_kegiatan": "01/09/2027"}]),
        (passes, [STEP | {"dari": "Agendaris", "kepada": "Sekdin", "dicatat_pada": "07/09/2026 08.00"}]),
        (sessions, [{"diperiksa": "40", "lolos": "35", "tidak_lolos": "5"}, {"diperiksa": "40", "lolos": "30"}]),
        (sessions, [{"status": "Terlaksana", "keterangan": "rapat internal"}]),
        (
            sessions,
            [{"durasi": "2 jam", "hari": "Senin"}, {"durasi": "120 menit"}, {"durasi": "02:00"}, {"durasi": "lama"}],
        ),
        (sessions, [{"durasi": "02:00:00"}, {"Lama Kegiatan": "1"}]),
        (letters, [{"tgl_terima": "2026-09-07 08:00:15"}, {"tgl_terima": "2026-09-07T01:00:00Z"}]),
        (passes, [{"tgl_selesai": "2026-09-07 08:10:59"}]),
        (letters, [{"Hari": "Rabu"}, {"Hari": "Kamis", "tgl_kegiatan": "15-17 September 2026"}]),
        (letters, [BOOKED | {"hari": "Senin", "durasi": "3 jam", "jumlah_peserta": "30", "L": "10", "P": "20"}]),
    ],
)
def test_cells_of_one_row_that_agree_are_not(read: Callable[..., Extracted], rows: Sequence[Mapping[str, str]]) -> None:
    taken = read(*rows)
    assert (aside(taken), taken.warnings) == ([], [])


def test_cells_of_columns_that_are_only_compared_are_counted_beyond_a_hundred() -> None:
    taken = sessions(*[{"hari": "Selasa", "Lama": "9 jam"}] * 101)
    assert [sentence(warning.message) for warning in taken.warnings if warning.row is None] == [
        f"Kolom {name}: 1 baris lain dengan catatan yang sama." for name in ("Hari", "Lama")
    ]


@pytest.mark.parametrize(
    "cells",
    [
        {"keterangan": "Batal"}, {"status": "dibatalkan"}, {"status": "Tidak terlaksana"}, {"status": "Tidak"},
        {"status": "belum  dilaksanakan (hujan)"}, {"status": "tdk jadi krn banjir"},
    ],
)  # fmt: skip
def test_a_use_whose_note_or_status_says_that_there_was_none_is_rejected(cells: Mapping[str, str]) -> None:
    assert codes(sessions(cells)) == ["no_use"]


def test_a_use_whose_status_says_something_else_with_a_no_is_read() -> None:
    taken = sessions(*({"status": word} for word in ("Tidak ada kendala", "Belum lunas", "belum bayar", "tidak ada")))
    assert (taken.rejects, taken.warnings) == ([], [])


CHECKED = ["Ruang", "Tanggal", "Barang", "Kondisi"]
IN_ORDER = [f"{day}/12/2025" for day in (22, 23, 29, 30)] + [f"{day:02}/01/2026" for day in (6, 7, 8, 9, 12)]


@pytest.mark.parametrize(
    "kind",
    [
        lambda days: sessions(*({"tanggal": day} for day in days)),
        lambda days: cells_of(
            [["Ruang", "Tanggal", "Barang", "Kondisi"], *(["SC", day, "AC", "Baik"] for day in days)]
        ),
    ],
)
def test_uses_and_checks_in_a_year_that_breaks_their_order_are_named(
    kind: Callable[[list[str]], Extracted],
) -> None:
    wrong = kind([*IN_ORDER[:4], "05/01/2025", *IN_ORDER[4:]])
    assert [(warning.code, warning.row) for warning in wrong.warnings] == [("year_doubtful", 6)]
    assert "(5 Jan 2026?)" in sentence(wrong.warnings[0].message)
    assert kind(IN_ORDER).warnings == []
    months = [f"{day:02}/{month:02}/2025" for month in range(1, 13) for day in (6, 13, 20)]
    assert kind([*months, *months, *months[::2]]).warnings == []  # sorted by room


LOG, CHECKS = ["Tanggal", "Ruang", "Jam Mulai"], ["Tanggal", "Ruang", "Barang", "Kondisi"]
NAMED = "year_doubtful"


@pytest.mark.parametrize(
    ("header", "sheet", "title", "days", "named"),
    [
        (LOG, "JAN 2026", "", ["06/01/2025", "07/01/2025"], [2, 3]),
        (LOG, "L", "PEMAKAIAN FEBRUARI 2026", ["06/02/2025", "07/02/2025"], [2, 3]),
        (CHECKS, "JANUARI 2026", "", ["06/01/2025", "07/01/2025"], [2, 3]),
        (LOG, "MARET", "", ["03/03/2025", "05/05/2025", "06/03/2025"], [3]),
        (LOG, "L", "BULAN APRIL 2025", ["01/03/2025", "08/03/2025", "09/04/2025"], [2, 3]),
        (LOG, "JAN 2026", "", ["06/01/2026", "02/02/2026"], []),
        (LOG, "FEB 2026", "", ["28/01/2026", "20/02/2026", "12/03/2026"], []),
        (LOG, "JAN 2026", "", ["05/01/2026", "10/02/2026", "14/03/2026", "20/04/2026"], []),
        (LOG, "SEPTEMBER", "", ["03/09/2026", "04/09/2026", "12/10/2026"], []),
        (LOG, "SEPTEMBER", "", ["03/09/2026", "04/09/2026", "12/11/2026"], [4]),
        (LOG, "JAN 2026", "PEMAKAIAN TAHUN 2025", ["06/01/2025"], []),
        (LOG, "JANUARI - MARET", "", ["05/01/2026", "05/02/2026"], []),
        (LOG, "Triwulan I 2026", "Dicetak Maret 2026", ["05/01/2026", "05/02/2026"], []),
    ],
)
def test_days_outside_the_month_or_year_of_their_title_are_named(
    header: list[str], sheet: str, title: str, days: list[str], named: list[int]
) -> None:
    rows = [[title], header, *([day, "SC", "09.00", "Baik"] for day in days)]
    taken = extract_cells([Sheet(sheet, rows if title else rows[1:])], zone=JAKARTA)
    assert [(warning.code, warning.row - bool(title)) for warning in taken.warnings] == [(NAMED, row) for row in named]


@pytest.mark.parametrize("column", [0, 1])
def test_the_heading_of_a_month_is_a_title_of_the_rows_under_it(column: int) -> None:
    def heading(month: str) -> list[str]:
        return [*[""] * column, month]

    months = [("DESEMBER 2025", "08/12/2025"), ("JANUARI 2026", "05/01/2025"), ("FEBRUARI 2026", "02/02/2026")]
    uses = [
        row
        for month, day in months
        for row in (heading(month), *(["1", day, "SC", "09.00"], ["2", day, "SC", "13.00"]))
    ]
    assert [warning.row for warning in cells_of([["No", *LOG], *uses]).warnings] == [6, 7]


def test_letters_of_another_month_than_their_sheet_wait_unless_they_came_right_behind_their_date() -> None:
    header = ["No Agenda", "Tgl Terima", "Tgl Surat", "Asal Surat"]
    rows = [
        ["1", "04/01/2025", "30/01/2025", "BPBD"],
        ["2", "10/01/2025", "", "BPBD"],
        ["3", "16/01/2025", "15/01/2025", "BPBD"],
        ["4", "17/02/2025", "", "BPBD"],
    ]
    taken = extract_cells([Sheet("FEBRUARI 2025", [header, *rows])], zone=JAKARTA)
    assert taken.frame["is_day_doubtful"].tolist() == [True, True, False, False]


EVENTS = ["12/02/2025", "20/02/2025", "24/02/2025"]


@pytest.mark.parametrize(
    ("events", "year", "waits"),
    [
        (EVENTS, 2025, [False, False, False]),
        ([*EVENTS[:2], "03/03/2025"], 2025, [True, False, False]),
        (["", *EVENTS[1:]], 2025, [True, False, False]),
        (EVENTS, 2024, [True, True, True]),
    ],
)
def test_letters_on_a_sheet_of_the_month_of_their_events_do_not_wait(
    events: list[str], year: int, waits: list[bool]
) -> None:
    header = ["No Agenda", "Tgl Terima", "Asal Surat", "Tgl Kegiatan"]
    days = [f"06/01/{year}", f"14/02/{year}", f"17/02/{year}"]
    rows = [[str(n), day, "BPBD", event] for n, (day, event) in enumerate(zip(days, events, strict=True), 1)]
    taken = extract_cells([Sheet("FEBRUARI 2025", [header, *rows])], zone=JAKARTA)
    assert taken.frame["is_day_doubtful"].tolist() == waits


def test_hand_overs_in_another_year_than_their_title_are_named() -> None:
    days = [
        "04/01/2025",
        "05/01/2025",
        "06/01/2024",
        "07/01/2025",
        "08/01/2024",
        "09/01/2025",
        "28/12/2024",
        "09/01/2025",
    ]
    rows = [[str(n), "A2", day, "08.10"] for n, day in enumerate(days, 1)]
    taken = cells_of([["BUKU DISPOSISI TAHUN 2025"], ["No Agenda", "Langkah", "Tgl Selesai", "Jam Selesai"], *rows])
    assert [(warning.code, warning.row) for warning in taken.warnings] == [("year_doubtful", 5), ("year_doubtful", 7)]
    assert "(6 Jan 2025?)" in sentence(taken.warnings[0].message)


def test_returns_from_ever_higher_desks_are_hand_overs_with_exchanged_columns() -> None:
    desks = [("Sekdin", "Agendaris"), ("Kadin", "Sekdin"), ("Kabid", "Kadin")]
    taken = passes(*({"langkah": "", "dari": giver, "kepada": receiver} for giver, receiver in desks))
    assert [(warning.code, warning.row) for warning in taken.warnings] == [("cells_disagree", row) for row in (2, 3, 4)]
    back = passes(*({"langkah": "", "dari": giver, "kepada": receiver} for giver, receiver in reversed(desks)))
    assert back.warnings == []


@pytest.mark.parametrize(
    ("receipts", "doubted"),
    [
        (("05/03/2026", "06/03/2026", "03/07/2026", "07/03/2026"), [4]),
        (("05/03/2026", "06/03/2026", "07/02/2026", "09/03/2026"), [4]),  # before its letter was written
        (("05/03/2026", "06/03/2026", "25/03/2026", "07/03/2026"), []),
        (("05/03/2026", "06/03/2026", "03/07/2026", "07/05/2026"), []),
        (("06/03/2026", "05/03/2026", "03/07/2026", "07/03/2026"), []),
    ],
)
def test_a_receipt_that_breaks_the_order_of_the_rows_around_it_waits(
    receipts: Sequence[str], doubted: list[int]
) -> None:
    days = enumerate((*receipts, "08/05/2026"), 1)
    taken = letters(*({"no_agenda": str(n), "tgl_terima": day, "tgl_surat": "14/02/2026"} for n, day in days))
    assert taken.frame["row"][taken.frame["is_day_doubtful"]].tolist() == doubted


@pytest.mark.parametrize(
    ("numbers", "slipped"),
    [
        ((20, 21, 221, 23, 24), [4]),
        ((20, 21, 2, 23, 24), [4]),
        ((20, 21, 221, 23, 24, 22), []),
        ((20, 21, 221, 22, 23), []),
        ((20, 21, 22, 23, 231), []),
        ((20, 22, 24, 27, 29), []),
    ],
)
def test_a_number_that_breaks_the_order_where_one_is_missing_is_named(numbers: Sequence[int], slipped: int) -> None:
    taken = letters(*({"no_agenda": str(number)} for number in numbers))
    warnings = [warning for warning in taken.warnings if warning.code == "number_slipped"]
    assert ([warning.row for warning in warnings], len(taken.frame)) == (slipped, len(numbers))
    assert all("nomor 22 tidak ada" in sentence(warning.message) for warning in warnings)


@pytest.mark.parametrize(
    ("typed", "is_doubtful"),
    [
        *((typed, True) for typed in ("Dibatalkan pemohon", "Tidak dapat dipenuhi (bentrok)", "dialihkan ke Pendopo",
                                      "Disetujui, tapi jam 13.00", "dikembalikan, kurang tanda tangan")),
        *((typed, False) for typed in ("Sudah di Disposisi", "acc kabid", "Tidak ada kendala", "tidak dipindah",
                                       "setuju dg catatan")),
    ],
)  # fmt: skip
def test_a_status_by_which_an_event_may_not_take_place_is_asked_about(typed: str, is_doubtful: bool) -> None:
    codes = [warning.code for warning in letters({"status": typed}).warnings]
    assert codes == ["status_unknown", *["cells_disagree"] * is_doubtful]


def test_letters_in_a_row_dated_after_their_receipt_have_exchanged_columns() -> None:
    days = [("05/03/2026", "02/03/2026")] * 3 + [("04/03/2026", "09/03/2026")] * 3 + [("09/03/2026", "10/03/2026")]
    rows = ({"no_agenda": str(n), "tgl_terima": day, "tgl_surat": dated} for n, (day, dated) in enumerate(days, 1))
    taken = letters(*rows)
    assert [warning.row for warning in taken.warnings if warning.code == "cells_disagree"] == [5, 6, 7, 8]
    assert [warning.code for warning in letters({"tgl_surat": "09/09/2026"}, {}, {}).warnings] == ["days_disordered"]


def test_events_in_a_row_before_the_receipt_have_exchanged_columns() -> None:
    days = [("05/03/2026", "12/03/2026")] * 3 + [("14/03/2026", "06/03/2026")] * 3 + [("09/03/2026", "10/03/2026")]
    rows = ({"no_agenda": str(n), "tgl_terima": day, "tgl_kegiatan": event} for n, (day, event) in enumerate(days, 1))
    taken = letters(*rows)
    assert [warning.row for warning in taken.warnings if warning.code == "cells_disagree"] == [5, 6, 7]


@pytest.mark.parametrize("name", ["perihal", "keterangan"])
def test_senders_in_a_row_beside_agencies_in_another_column_have_exchanged_columns(name: str) -> None:
    agencies = ("Dinas Sosial", "Bappeda", "Dishub", "RSUD dr. Soedomo")
    right = [{"asal": agency, name: "Sekdin"} for agency in agencies] + [{"asal": "Telkom", name: "Dinas Sosial"}]
    wrong = [{"asal": "Sekdin", name: agency} for agency in agencies]
    lone = [{"asal": "PLN", name: ""}, {"asal": "Telkom", name: "Bappeda"}]
    taken = letters(*({"no_agenda": str(n)} | row for n, row in enumerate([*right, *lone[:1], *wrong, *lone], 1)))
    assert [(warning.code, warning.row) for warning in taken.warnings] == [
        ("cells_disagree", row) for row in range(8, 12)
    ]


def test_letters_dated_after_their_receipt_stand_in_a_row_on_a_sheet_of_their_own() -> None:
    on_time, ahead = (["1", "06/03/2026", "Dinkes", dated] for dated in ("05/03/2026", "09/03/2026"))
    header = ["No Agenda", "Tgl Terima", "Asal", "Tgl Surat"]
    sheets = [Sheet("A", [header, *[on_time] * 3, ahead, ahead]), Sheet("B", [header, ahead, on_time])]
    assert {warning.code for warning in extract_cells(sheets, zone=JAKARTA).warnings} == {"days_disordered"}
