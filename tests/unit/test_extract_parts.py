"""Files read in parts, and workbooks that hold several kinds of records."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.i18n import sentence
from etl.extract import Extraction, Kind, Refused, Sheet, open_cells, open_file
from tests.books.extracted import (
    JAKARTA,
    Given,
    Mapped,
    codes,
    extract,
    moments,
    reason,
    write_csv,
    write_xlsx,
)
from tests.reading.refusals import says

LETTERS = [["No Agenda", "Tgl Terima", "Jam", "Asal"], ["12", "07/09/2026", "08.30", "Dinas Contoh"]]
PASSES = [["No Agenda", "Langkah", "Tgl Selesai"], ["12", "A2", "07/09/2026"]]
SESSIONS = [["Ruang", "Tanggal", "Jam Mulai"], ["Smart Center", "07/09/2026", "09.00"]]
PERSONS = [["No Agenda", "Nama", "Hadir"], ["12", "Orang Contoh", "ya"]]
CHECKS = [["Ruang", "Tanggal", "Barang", "Kondisi"], ["Smart Center", "07/09/2026", "AC", "Baik"]]
HEADER = "no_agenda;langkah;tgl_selesai;jam_selesai;output"


def read(path: Path, part_rows: int = 2, **options: object) -> tuple[Extraction, list[list[int]]]:
    """The only extraction of a file, and the rows that each part took."""
    with open_file(path, zone=JAKARTA, part_rows=part_rows, **options) as (extraction,):  # type: ignore[arg-type]
        return extraction, [part.frame["row"].tolist() for part in extraction.parts()]


def test_each_kind_of_a_workbook_is_its_own_extraction(tmp_path: Path) -> None:
    sheets = {"K": CHECKS, "P": PERSONS, "D1": PASSES, "S": SESSIONS, "L": LETTERS, "D2": PASSES}
    with open_file(write_xlsx(tmp_path / "a.xlsx", sheets), zone=JAKARTA) as extractions:
        found = [(extraction.kind, extraction.sheet_names) for extraction in extractions]
        assert found == [
            (Kind.PERMOHONAN, ["L"]),
            (Kind.PEMAKAIAN, ["S"]),
            (Kind.DISPOSISI, ["D1", "D2"]),
            (Kind.PESERTA, ["P"]),
            (Kind.KONDISI, ["K"]),
        ]
        assert [sum(part.read for part in one.parts()) for one in extractions] == [1, 1, 2, 1, 1]


def test_a_skipped_sheet_is_told_once_whatever_the_number_of_kinds() -> None:
    sheets = [Sheet("L", LETTERS), Sheet("Petunjuk", [["isi dengan benar"]]), Sheet("D", PASSES)]
    with open_cells(sheets, zone=JAKARTA) as extractions:
        assert [[warning.sheet for warning in one.warnings] for one in extractions] == [["Petunjuk"], []]


def test_a_file_comes_in_parts_in_file_order(tmp_path: Path) -> None:
    rows = [f"{number};A2;07/09/2026;08.10;" for number in range(1, 6)]
    _, parts = read(write_csv(tmp_path / "a.csv", HEADER, *rows))
    assert parts == [[2], [3, 4], [5, 6]]


def test_a_header_alone_comes_as_one_empty_part(tmp_path: Path) -> None:
    assert read(write_csv(tmp_path / "a.csv", HEADER))[1] == [[]]


def test_small_sheets_come_together() -> None:
    with open_cells([Sheet(name, PASSES) for name in "ABC"], zone=JAKARTA, part_rows=4) as (extraction,):
        assert [part.frame["sheet"].tolist() for part in extraction.parts()] == [["A", "B"], ["C"]]


def test_the_date_order_is_decided_by_rows_of_later_parts(tmp_path: Path) -> None:
    rows = [f"{number};A2;{day};08.10;" for number, day in enumerate(["01/02/2026", "02/03/2026", "03/24/2026"])]
    with pytest.raises(Refused, check=says('--date-order "tgl_selesai=mdy"')):
        read(write_csv(tmp_path / "a.csv", HEADER, *rows), part_rows=1)
    assert read(tmp_path / "a.csv", part_rows=1, date_order="mdy")[1] == [[], [2], [3], [4]]


def test_a_month_first_date_is_set_aside_when_a_later_part_has_a_day_first_one(tmp_path: Path) -> None:
    rows = ["1;A2;01/24/2026;08.10;", "2;A2;24/01/2026;08.10;"]
    path = write_csv(tmp_path / "a.csv", HEADER, *rows)
    with open_file(path, zone=JAKARTA, part_rows=1) as (extraction,):
        cells = [(cell.row, cell.field, cell.code) for part in extraction.parts() for cell in part.set_aside]
    assert cells == [(2, "tgl_selesai", "wrong_order")]


def test_a_constant_date_of_a_source_is_looked_at_too() -> None:
    columns = {"no_agenda": "No Agenda", "langkah": "Langkah", "tgl_mulai": Given("01/24/2026")}
    opening = open_cells([Sheet(None, PASSES)], zone=JAKARTA, source=Mapped("disposisi", columns))  # type: ignore[arg-type]
    with pytest.raises(Refused, check=says("bulan lebih dulu")), opening:
        pass


def test_midnight_is_judged_by_the_times_of_all_parts(tmp_path: Path) -> None:
    rows = ["1;A2;07/09/2026;00:00:00;", "2;A2;07/09/2026;08.10;", "3;A2;07/09/2026;23.00;", "4;A2;07/09/2026;23.30;"]
    path = write_csv(tmp_path / "a.csv", HEADER, *rows)
    with open_file(path, zone=JAKARTA, part_rows=1) as (extraction,):
        stamps = [stamp for part in extraction.parts() for stamp in moments(part.frame["finished_at"])]
    assert stamps[:2] == ["2026-09-07 00:00", "2026-09-07 08:10"]


def test_remarks_are_counted_over_all_parts(tmp_path: Path) -> None:
    rows = [f"{number};A2;07/09/2026;08.10;entah" for number in range(150)]
    with open_file(write_csv(tmp_path / "a.csv", HEADER, *rows), zone=JAKARTA, part_rows=7) as (extraction,):
        warnings = [warning for part in extraction.parts() for warning in part.warnings]
    assert len(warnings) == 101
    assert sentence(warnings[-1].message) == "Kolom Output: 50 baris lain dengan catatan yang sama."


def test_the_first_rows_are_there_to_be_shown(tmp_path: Path) -> None:
    extraction, _ = read(write_csv(tmp_path / "a.csv", "DINAS CONTOH", HEADER, *["1;A2;;;"] * 60))
    assert (len(extraction.heads[0]), extraction.heads[0][0], extraction.headers[0].row) == (40, ["DINAS CONTOH"], 1)


def test_of_a_list_of_persons_only_the_columns_read_are_shown() -> None:
    with open_cells([Sheet("P", [["Panitia: Orang Lain"], *PERSONS])], zone=JAKARTA) as (extraction,):
        assert extraction.heads == [[[""], ["No Agenda", "Nama", "Hadir"], ["12", "", "ya"]]]


def test_no_cell_of_a_list_of_persons_is_quoted_or_kept() -> None:
    rows = [["Orang Contoh", "3507012345678901", "mungkin"], ["12", "Orang Contoh", "Orang Contoh"]]
    with open_cells([Sheet("P", [PERSONS[0], *rows]), Sheet("X", [["Orang Contoh"]])], zone=JAKARTA) as (extraction,):
        (part,) = extraction.parts()
    assert (part.read, [reject.row for reject in part.rejects], [cell.row for cell in part.set_aside]) == (2, [2], [3])
    assert all(reject.cells == {} for reject in part.rejects)
    assert [cell.text for cell in part.set_aside] == [None]
    told = [
        *(sentence(cell.message) for cell in part.set_aside),
        *(sentence(reject.message) for reject in part.rejects),
        *(sentence(warning.message) for warning in extraction.warnings),
    ]
    assert not any("Orang" in text or "3507" in text for text in told)


def test_only_delimited_sheets_have_torn_rows() -> None:
    sheets = [Sheet("A", [PASSES[0], [*PASSES[1], "lebih"]]), Sheet("B", [PASSES[0], [*PASSES[1], "x"]], True)]
    with open_cells(sheets, zone=JAKARTA) as (extraction,):
        (part,) = extraction.parts()
    assert ([reject.sheet for reject in part.rejects], codes(part)) == (["B"], ["too_many_cells"])


COMMAS = ("No Agenda,Tanggal Terima,Asal Surat,Perihal,Keterangan", "1,05/01/2026,Bappeda,Rapat,")
TORN = "2,06/01/2026,Dinas Perhubungan, Komunikasi dan Informatika,Rapat B,"


@pytest.mark.parametrize("row", [TORN, TORN + "sifat"])
def test_a_comma_without_quotation_marks_tears_a_row_and_the_sentence_says_so(tmp_path: Path, row: str) -> None:
    taken = extract(write_csv(tmp_path / "a.csv", *COMMAS, row, "", "3,07/01/2026,X"), zone=JAKARTA)
    assert (taken.read, codes(taken), taken.frame["row"].tolist()) == (3, ["too_many_cells"], [2, 5])
    assert "berisi 6 kolom, judulnya 5: apit sel yang berisi koma" in reason(taken)


def test_rows_that_mostly_end_with_empty_cells_are_not_torn(tmp_path: Path) -> None:
    rows = [f"{n},07/01/2026,Bappeda,Rapat,,,," for n in range(2, 6)]
    taken = extract(write_csv(tmp_path / "a.csv", *COMMAS, *rows), zone=JAKARTA)
    assert (taken.read, taken.rejects) == (5, [])


LACKING = (
    "No Agenda;Tanggal Terima;Nomor Surat;Asal Surat;Perihal",
    "1;05/01/2026;005/1;BKD;a",
    "2;06/01/2026;005/2 BKD;b",
)


@pytest.mark.parametrize("part_rows", [1, 2, 10_000])
@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        (("no_agenda;tahun;hadir;hasil", ";;;-;", "-"), [(2, 2), (3, 1)]),
        (("no_agenda;tahun;hadir;hasil", ";;;-;", ";;;-;", "-"), [(2, 1), (3, 1), (4, 1)]),
        (LACKING, [(3, 1)]),
    ],
)
def test_whether_most_rows_are_as_wide_is_judged_alike_in_parts_of_any_size(
    tmp_path: Path, rows: tuple[str, ...], reasons: list[tuple[int, int]], part_rows: int
) -> None:
    with open_file(write_csv(tmp_path / "a.csv", *rows), zone=JAKARTA, part_rows=part_rows) as (extraction,):
        rejects = [reject for part in extraction.parts() for reject in part.rejects]
    assert [(reject.row, len(reject.reasons)) for reject in rejects] == reasons


def test_a_part_may_begin_with_a_cell_of_several_lines_under_an_empty_row(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", HEADER, "", "", "", '"1\n";A2;07/09/2026;08.10;', "")
    assert read(path, part_rows=4)[1] == [[], [5]]


BARE = (
    "No Agenda;Tanggal Terima;Asal Surat;Perihal",
    '1;05/01/2026;Bappeda;"',
    '2;06/01/2026;BPBD;"',
    "3;07/01/2026;X;c",
)


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        (BARE, 2),
        ((*BARE[:1], '1;05/01/2026;";a', '2;06/01/2026;";b', BARE[3]), 2),
        ((*BARE[:2], "2;06/01/2026;BPBD;b", '";07/01/2026;X;c'), 2),
        ((*BARE[:1], BARE[3], "", *BARE[1:3]), 4),
    ],
)
def test_quotation_marks_for_the_cell_above_swallow_no_row(tmp_path: Path, rows: tuple[str, ...], row: int) -> None:
    with pytest.raises(Refused) as refusal:
        extract(write_csv(tmp_path / "a.csv", *rows), zone=JAKARTA)
    assert f"pada baris {row} menelan baris di bawahnya" in sentence(refusal.value.message)


@pytest.mark.parametrize(
    "cells",
    [
        ('1;05/01/2026;"Bappeda;a', '2;06/01/2026;BPBD;b"'), ('1;05/01/2026;Bappeda;"a;', '2;06/01/2026;BPBD;b";'),
        ('1;05/01/2026;Bappeda;" a;', "2;6 Jan 2026;BPBD;b ;", '3;7/1/2026;BPBD;b"'),
        ('1;05/01/2026;Bappeda;a;"x', '2;06/01/2026;BPBD;b;y"'),
    ],
)  # fmt: skip
def test_records_within_a_cell_between_stray_quotation_marks_are_named(tmp_path: Path, cells: tuple[str, ...]) -> None:
    taken = extract(write_csv(tmp_path / "a.csv", f"{BARE[0]};Paraf", *cells, "9;07/01/2026;X;c;"), zone=JAKARTA)
    assert taken.frame["agenda_key"].tolist() == ["1", "9"]
    assert [(warning.row, warning.code) for warning in taken.warnings] == [(2, "rows_in_cell")]


def test_a_record_within_a_cell_may_begin_with_its_day(tmp_path: Path) -> None:
    rows = ['06/02/2025;SC;"Rapat;09.00', '07/02/2025;SC;Rapat";13.00', "08/02/2025;SC;Vicon;09.00"]
    taken = extract(write_csv(tmp_path / "a.csv", "Tanggal;Ruang;Kegiatan;Jam Mulai", *rows), zone=JAKARTA)
    assert [(warning.row, warning.code) for warning in taken.warnings] == [(2, "rows_in_cell")]


@pytest.mark.parametrize("cell", ['"\nRapat\n"', '"Rapat;\nlagi; dan; lagi;\n"', '";"', '"Rapat\n2;06/01/2026;BPBD;b"'])
def test_a_cell_of_several_lines_is_read(tmp_path: Path, cell: str) -> None:
    taken = extract(write_csv(tmp_path / "a.csv", *BARE[:1], f"1;05/01/2026;Bappeda;{cell}", BARE[3]), zone=JAKARTA)
    assert taken.frame["agenda_key"].tolist() == ["1", "3"]


def test_a_letter_number_that_runs_on_in_a_short_row_lacks_a_delimiter(tmp_path: Path) -> None:
    heads = ("No Agenda;Tanggal Terima;Nomor Surat;Asal Surat;Perihal", "1;05/01/2026;005/1;Bappeda;a")
    short = ("2;06/01/2026;005/2 BPBD;Undangan rapat", "3;06/01/2026;005/3;BPBD", "4;06/01/2026;005/4 Umum;BPBD;b")
    taken = extract(write_csv(tmp_path / "a.csv", *heads, *short), zone=JAKARTA)
    assert (codes(taken), taken.frame["agenda_key"].tolist()) == (["too_few_cells"], ["1", "3", "4"])
    assert "berisi 4 kolom, judulnya 5, dan nomor suratnya diikuti kata" in reason(taken)
