"""`pantau ingest`: values as people type them, in files as programs save them."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.books.typed import book
from tests.serving.command_line import Desk, Result

REGISTER = "No Agenda;Tgl. Diterima;Jam;Asal Surat;Perihal;Tgl Kegiatan;Mulai;Selesai;Jml Peserta;Status"
LOG = "no_agenda;Ruangan;Tgl;Mulai;Selesai;Hadir;keterangan"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("nilai"))


def workbook(path: Path, rows: list[list[Any]], sheet: str = "Agenda") -> Path:
    """Rows as an XLSX sheet; dates as date cells."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy", "strings_to_formulas": False}) as made:
        page = made.add_worksheet(sheet)
        for line, cells in enumerate(rows):
            page.write_row(line, 0, cells)
    return path


def register(desk: Desk, name: str, *rows: str) -> Result:
    return desk.give(book(REGISTER, *rows), name)


DATES = [
    ("101", "12 Juni 2020"), ("102", "Jum'at, 12 Juni 2020"), ("103", "12/06/2020"), ("104", "12-06-2020"),
    ("105", "12.06.2020"), ("106", "2020-06-12"), ("107", "12-Jun-20"), ("108", "12  Juni  2020"),
    ("109", "44004"), ("110", "Jumat, 12-06-2020"), ("111", "2020-06-12 00:00:00"), ("112", "Jum’at 12 Juni 2020"),
]  # fmt: skip
MONTHS = [("121", "12 Agst 2020", 8), ("122", "12 Nopember 2020", 11), ("123", "12 Pebruari 2020", 2)]


@pytest.fixture(scope="module")
def dated(desk: Desk) -> Result:
    rows = [f"{n};{text};08.00;Dinkes" for n, text in DATES] + [f"{n};{text};08.00;Dinkes" for n, text, _ in MONTHS]
    return register(desk, "tanggal.csv", *rows)


@pytest.mark.parametrize(("number", "typed"), DATES)
def test_a_date_is_read_however_it_was_typed(desk: Desk, dated: Result, number: str, typed: str) -> None:
    assert dated.counts == (15, 15, 0, 0, 0, 0), dated.out
    day = "2020-06-22" if typed == "44004" else "2020-06-12"
    assert desk.case(f"2020/{number}")["request"]["received_on"] == day


@pytest.mark.parametrize(("number", "typed", "month"), MONTHS)
def test_months_have_old_names_and_short_ones(desk: Desk, dated: Result, number: str, typed: str, month: int) -> None:
    assert desk.case(f"2020/{number}")["request"]["received_on"] == f"2020-{month:02d}-12"


BAD_DATES = [
    ("201", "31 Juni 2020"), ("202", "31/06/2020"), ("203", "Senin, 12 Juni 2020"), ("204", "12/06/1999"),
    ("205", "12/06/2101"), ("206", "besok"), ("207", "0000-00-00"), ("208", "-"), ("209", ""), ("210", "12/06/20201"),
]  # fmt: skip


def test_impossible_dates_are_rejected_each_with_its_row_column_and_text(desk: Desk) -> None:
    told = register(desk, "salah.csv", *(f"{n};{text};08.00;Dinkes" for n, text in BAD_DATES))
    assert told.code == 1
    assert told.counts == (10, 0, 0, 0, 0, 10)
    rejects = told.load["rejects"]
    assert [reject["row"] for reject in rejects] == list(range(2, 12))
    assert {reject["column"] for reject in rejects} == {"Tgl. Diterima"}
    assert rejects[0]["message"] == 'Baris 2, kolom "Tgl. Diterima": "31 Juni 2020" bukan tanggal yang ada.'
    for reject in rejects:
        assert set(reject) == {"sheet", "row", "column", "code", "message"}
        assert "\n" not in reject["message"]


TIMES = [
    ("301", "08.30"), ("302", "08:30"), ("303", "8.30 WIB"), ("304", "Pkl. 08.30"), ("305", "8:30am"),
    ("306", "08:30:00"), ("307", "Pukul 08.30 WIB"), ("308", "09.30 WITA"), ("309", "10.30 WIT"),
    ("310", "\u00a008.30"),
]  # fmt: skip


def test_a_time_is_read_however_it_was_typed(desk: Desk) -> None:
    assert register(desk, "jam.csv", *(f"{n};12/06/2020;{text};Dinkes" for n, text in TIMES)).code == 0
    told = {n: desk.case(f"2020/{n}")["request"]["received_at"] for n, _ in TIMES}
    assert told == dict.fromkeys(told, "2020-06-12T08:30:00+07:00")


def test_an_afternoon_hour_has_its_pm(desk: Desk) -> None:
    register(desk, "sore.csv", "351;12/06/2020;1:00pm;Dinkes")
    assert desk.case("2020/351")["request"]["received_at"] == "2020-06-12T13:00:00+07:00"


def test_midnight_among_office_times_is_no_time(desk: Desk) -> None:
    register(desk, "nol.csv", "361;12/06/2020;00:00:00;Dinkes", "362;12/06/2020;08.00;Dinkes")
    request = desk.case("2020/361")["request"]
    assert (request["received_on"], request["received_at"]) == ("2020-06-12", None)


@pytest.mark.parametrize("text", ["25.00", "8", "pagi", "08.75", "08.00-09.00"])
def test_what_is_no_time_is_set_aside(desk: Desk, text: str) -> None:
    told = register(desk, f"bukan jam {text}.csv", f"399;12/06/2020;{text};Dinkes")
    assert (told.code, told.counts[0], told.counts[-1]) == (1, 1, 0)
    assert [(cell["column"], cell["text"]) for cell in told.load["set_aside"]] == [("Jam", text)]
    assert desk.case("2020/399")["request"]["received_at"] is None


BOOKINGS = [
    ("401", "08.30 - 15.00 WIB", "", "08:30", "15:00"),
    ("402", "08.30 s.d. 15.00", "", "08:30", "15:00"),
    ("403", "08.30 = 15.00", "", "08:30", "15:00"),
    ("404", "08.30 – 15.00", "", "08:30", "15:00"),
    ("405", "08.30 WIB", "15.00", "08:30", "15:00"),
    ("406", "08.30 WIB s/d 15.00 WIB", "", "08:30", "15:00"),
]


def test_a_booking_s_times_may_stand_in_one_cell(desk: Desk) -> None:
    rows = (f"{n};12/06/2020;08.00;Dinkes;;15/06/2020;{start};{end}" for n, start, end, _, _ in BOOKINGS)
    assert register(desk, "jadwal.csv", *rows).counts == (6, 6, 0, 0, 0, 0)
    for number, _, _, start, end in BOOKINGS:
        request = desk.case(f"2020/{number}")["request"]
        assert request["booked_start_at"] == f"2020-06-15T{start}:00+07:00"
        assert request["booked_end_at"] == f"2020-06-15T{end}:00+07:00"


def test_a_session_until_done_ends_at_closing_time_and_says_so(desk: Desk) -> None:
    told = desk.give(book(LOG, "401;SC;15/06/2020;08.30 WIB s/d selesai;;30;"), "sesi.csv")
    assert told.counts == (1, 1, 0, 0, 0, 0)
    (session,) = desk.case("2020/401")["sessions"]
    assert session["ended_at"] == "2020-06-15T16:00:00+07:00"
    assert session["end_is_estimated"] is True


NUMBERS = [("501", "1.234", 1234), ("502", "45 orang", 45), ("503", "± 45", 45), ("504", "45", 45), ("505", "", None)]


def test_numbers_of_persons_are_read_however_they_were_typed(desk: Desk) -> None:
    rows = (f"{n};12/06/2020;08.00;Dinkes;;;;;{text}" for n, text, _ in NUMBERS)
    assert register(desk, "peserta.csv", *rows).code == 0
    for number, _, planned in NUMBERS:
        assert desk.case(f"2020/{number}")["request"]["planned"] == planned


def test_nobody_in_a_held_session_is_unknown_with_a_warning(desk: Desk) -> None:
    told = desk.give(book(LOG, ";SC;16/06/2020;08.30;10.00;0;"), "nol peserta.csv")
    assert told.code == 0
    assert [warning["row"] for warning in told.load["warnings"]] == [2]
    assert set(told.load["warnings"][0]) >= {"code", "row", "message"}


STATUS = {
    "disetujui": "approved", "fix": "approved", "Done": "approved", "DITOLAK": "rejected", "dibatalkan": "cancelled",
    "batal": "cancelled", "cancel": "cancelled", "ditunda": "postponed", "reschedule": "postponed",
    "menunggu": "pending", "pending": "pending", "entahlah": "other", "": "unknown",
}  # fmt: skip


def test_status_words_have_their_meaning_and_an_unknown_one_is_flagged(desk: Desk) -> None:
    rows = (f"{600 + n};12/06/2020;08.00;Dinkes;;;;;;{word}" for n, word in enumerate(STATUS))
    told = register(desk, "status.csv", *rows)
    assert told.counts == (13, 13, 0, 0, 0, 0)
    found = [desk.case(f"2020/{600 + n}")["request"]["status"] for n in range(len(STATUS))]
    assert found == list(STATUS.values())
    assert [warning["row"] for warning in told.load["warnings"]] == [13]


def test_numbers_compare_without_blanks_and_leading_zeros_and_show_as_typed(desk: Desk) -> None:
    assert register(desk, "agenda.csv", "\t 0701 ;12/06/2020;08.00;Dinkes").counts[1] == 1
    assert register(desk, "agenda2.csv", "701;12/06/2020;08.05;Dinkes").counts[3] == 1
    assert desk.case("2020/701")["request"]["received_at"] == "2020-06-12T08:05:00+07:00"


def test_personal_numbers_are_masked_in_words_but_not_in_letter_numbers(desk: Desk) -> None:
    header = "no_agenda;tgl_terima;asal;no_surat;perihal;keterangan"
    row = "711;12/06/2020;Dinkes;005/3503123456789012/2020;Hubungi 081234567890;NIK 3503123456789012"
    assert desk.give(book(header, row), "rahasia.csv").code == 0
    subject = desk.case("2020/711")["request"]["subject"]
    assert "081234567890" not in subject
    stored = (desk.home / "records.sqlite").read_bytes() + b"".join(p.read_bytes() for p in desk.home.glob("*-wal"))
    assert b"NIK 3503123456789012" not in stored
    assert b"081234567890" not in stored
    assert b"005/3503123456789012/2020" in stored


def test_ignored_columns_are_listed_and_stored_nowhere(desk: Desk) -> None:
    told = desk.give(book("no_agenda;tgl_terima;asal;Suhu Badan", "721;12/06/2020;Dinkes;38,9-rahasia"), "suhu.csv")
    assert told.load["ignored_columns"] == ["Suhu Badan"]
    stored = b"".join(path.read_bytes() for path in desk.home.rglob("*") if path.is_file())
    assert b"38,9-rahasia" not in stored


def test_month_first_registers_are_refused_naming_the_option(desk: Desk) -> None:
    rows = ("801;01/24/2020;08.00;Dinkes", "802;02/03/2020;08.00;Dinkes")
    told = register(desk, "bulan dulu.csv", *rows)
    assert (told.code, told.load["status"], told.load["read"]) == (2, "refused", 0)
    assert "--date-order" in told.load["reason"]
    again = desk.give(book(REGISTER, *rows), "bulan dulu.csv", "--date-order", "mdy")
    assert again.counts == (2, 2, 0, 0, 0, 0)
    assert desk.case("2020/802")["request"]["received_on"] == "2020-02-03"


def test_a_date_order_may_be_given_for_one_column(desk: Desk) -> None:
    rows = ("811;01/24/2020;08.00;Dinkes;;25/02/2020;09.00;10.00",)
    told = desk.give(book(REGISTER, *rows), "satu kolom.csv", "--date-order", "Tgl. Diterima=mdy")
    assert told.counts == (1, 1, 0, 0, 0, 0)
    request = desk.case("2020/811")["request"]
    assert (request["received_on"], request["booked_start_on"]) == ("2020-01-24", "2020-02-25")


def test_where_both_orders_occur_the_month_first_cells_are_rejected(desk: Desk) -> None:
    told = register(desk, "campur.csv", "821;01/24/2020;;Dinkes", "822;24/01/2020;;Dinkes", "823;02/03/2020;;Dinkes")
    assert told.counts == (3, 2, 0, 0, 0, 1)
    assert told.load["rejects"][0]["row"] == 2
    assert desk.case("2020/823")["request"]["received_on"] == "2020-03-02"


@pytest.mark.parametrize(
    ("number", "encoding", "separator"),
    [(901, "utf-8", ","), (902, "utf-8-sig", ";"), (903, "cp1252", "\t"), (904, "cp1252", ";")],
)
def test_csv_comes_in_several_encodings_and_separators(desk: Desk, number: int, encoding: str, separator: str) -> None:
    out = io.StringIO()
    rows = [REGISTER.split(";"), [number, "12 Juni 2020", "08.00", "Dinkes", "Rapat “café”; ± 5, dst"]]
    csv.writer(out, delimiter=separator).writerows(rows)
    told = desk.give(out.getvalue().encode(encoding), f"{encoding}-{number}.csv")
    assert told.counts == (1, 1, 0, 0, 0, 0)
    assert desk.case(f"2020/{number}")["request"]["subject"] == "Rapat “café”; ± 5, dst"


def test_a_workbook_has_real_dates_a_letterhead_a_number_row_and_totals(desk: Desk) -> None:
    rows = [
        ["PEMERINTAH KABUPATEN TRENGGALEK"],
        ["AGENDA SURAT MASUK TAHUN 2020"],
        [],
        ["No. Agenda", "Diterima Tanggal", "Pukul", "Surat dari", "Isi Ringkas"],
        [1, 2, 3, 4, 5],
        [1001, datetime(2020, 6, 12), 0.354166666, "Dinkes", "Rapat\nkoordinasi"],  # noqa: DTZ001
        [],
        ["1002", 43994, 0.354166666, "Bappeda", "=HYPERLINK(A1)"],
        ["Jumlah", 2],
    ]
    told = desk.run("ingest", workbook(desk.folder / "agenda.xlsx", rows), "--json")
    assert told.counts == (2, 2, 0, 0, 0, 0), told.out
    request = desk.case("2020/1001")["request"]
    assert (request["received_at"], request["subject"]) == ("2020-06-12T08:30:00+07:00", "Rapat koordinasi")
    assert request["sources"] == [{"file": "agenda.xlsx", "sheet": "Agenda", "row": 6}]
    second = desk.case("2020/1002")["request"]
    assert (second["received_on"], second["subject"]) == ("2020-06-12", "=HYPERLINK(A1)")


def test_all_three_kinds_come_as_workbooks(tmp_path: Path) -> None:
    office = Desk(tmp_path)
    letters = [["no_agenda", "tgl_terima", "jam_terima", "asal"], ["1", "07/09/2026", "08.00", "Dinkes"]]
    passes = [["no_agenda", "langkah", "tgl_selesai", "jam_selesai"], ["1", "a2", "07/09/2026", "08.10"]]
    used = [["no_agenda", "ruang", "tanggal", "jam_mulai", "jam_selesai"], ["1", "SC", "08/09/2026", "09.00", "10.00"]]
    paths = [workbook(office.folder / f"{n}.xlsx", rows) for n, rows in enumerate((letters, passes, used))]
    told = office.run("ingest", *paths, "--json")
    assert told.code == 0, told.out
    assert [load["kind"] for load in told.json["loads"]] == ["permohonan", "disposisi", "pemakaian"]
    assert [load["accepted"] for load in told.json["loads"]] == [1, 1, 1]
    whole = office.case("2026/1")
    assert whole["steps"][1]["elapsed_seconds"] == 600
    assert whole["sessions"][0]["started_at"] == "2026-09-08T09:00:00+07:00"
