"""The rejected rows as a file: given again as it stands, it says the same."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.extract import Extracted, Reject
from etl.extract.files.readers import open_sheets
from etl.extract.files.sheet import guarded, unguarded
from etl.intake.offered.fill_in_files import rejects_suffix, write_rejects
from tests.books.extracted import JAKARTA, extract, letters

SUFFIXES = (".csv", ".xlsx", ".xls", ".ods")
CELLS = {"No Agenda": "0012", "Tgl Terima": "31 Juni 2020", "Asal": "Dinas", "Ket": "a\nb"}


def reject(cells: dict[str, str], row: int = 12, sheet: str | None = None) -> Reject:
    return Reject(sheet, row, None, "x", f"Baris {row}, salah.", cells)


def written(folder: Path, suffix: str, *rejects: Reject) -> Path:
    path = folder / f"ditolak{suffix}"
    with path.open("wb") as file:
        write_rejects(file, suffix, rejects)
    return path


def rows(path: Path) -> list[list[object]]:
    """All cells of the first sheet as they are read."""
    with open_sheets(path) as sheets:
        block = next(next(sheets).grid().blocks(100))
    return [[column.cell(row) for column in block.columns.values()] for row in range(block.height)]


def again(path: Path) -> Extracted:
    return extract(path, zone=JAKARTA)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_headers_come_as_typed_and_the_reason_last(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, suffix, reject(CELLS), reject({"Asal": "X", "Perihal": "Y"}, row=13))
    assert rows(path) == [
        ["No Agenda", "Tgl Terima", "Asal", "Ket", "Perihal", "alasan"],
        ["0012", "31 Juni 2020", "Dinas", "a\nb", "", "Baris 12, salah."],
        ["", "", "X", "", "Y", "Baris 13, salah."],
    ]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_corrected_row_is_taken_when_it_is_given_again(tmp_path: Path, suffix: str) -> None:
    bad = letters({"tgl_terima": "31/06/2026", "no_agenda": "0012"}).rejects[0]
    bad.cells["tgl_terima"] = "30/06/2026"
    taken = again(written(tmp_path, suffix, bad))
    assert taken.frame["agenda_number"].tolist() == ["0012"]
    assert (taken.ignored_columns, taken.warnings) == (["alasan"], [])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_row_that_is_not_corrected_is_rejected_with_the_same_cells(tmp_path: Path, suffix: str) -> None:
    bad = letters({"tgl_terima": "31/06/2026", "asal": "=1+1", "perihal": "-", "status": "@x"}).rejects[0]
    assert again(written(tmp_path, suffix, bad)).rejects[0].cells == bad.cells


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("text", ["=1+1", "+62", "-2+3", "@SUM(A1)", "'=x", "''", "-", "'-", '"', ";", '="a"&\'b'])
def test_no_cell_becomes_a_formula_or_another_text(tmp_path: Path, suffix: str, text: str) -> None:
    path = written(tmp_path, suffix, reject({"No Agenda": "1", "Ket": text}))
    assert rows(path)[1][1] == text


@pytest.mark.parametrize("text", ["=1+1", "+62", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_in_csv_what_a_spreadsheet_would_calculate_begins_with_an_apostrophe(tmp_path: Path, text: str) -> None:
    content = written(tmp_path, ".csv", reject({"Ket": text})).read_bytes().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))[1][0] == f"'{text}"


@given(st.text(st.sampled_from("'=+-@\t\ra")))
def test_the_apostrophe_goes_as_it_came(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_csv_is_what_a_spreadsheet_of_the_office_opens(tmp_path: Path) -> None:
    assert written(tmp_path, ".csv", reject({"Asal": "Café"})).read_bytes() == (
        "\ufeffAsal;alasan\r\nCafé;Baris 12, salah.\r\n".encode()
    )


def test_of_persons_only_the_row_and_the_reason_are_told(tmp_path: Path) -> None:
    assert rows(written(tmp_path, ".xlsx", reject({}))) == [["baris", "alasan"], ["12", "Baris 12, salah."]]


def test_sheets_stay_apart_under_names_that_every_program_takes(tmp_path: Path) -> None:
    path = written(
        tmp_path, ".xlsx", reject({"A": "1"}, sheet="Jan/Feb [x] " + "panjang" * 9), reject({"B": "2"}, sheet="'")
    )
    with open_sheets(path) as sheets:
        assert [sheet.name for sheet in sheets] == ["Jan Feb  x  panjangpanjangpa", "Ditolak"]


@pytest.mark.parametrize(
    ("original", "file"),
    [(".CSV", ".csv"), (".tsv", ".csv"), (".xlsm", ".xlsx"), (".xls", ".xls"), (".ods", ".ods"), ("", ".xlsx")],
)
def test_the_file_is_of_the_type_of_the_original(original: str, file: str) -> None:
    assert rejects_suffix(original, [reject(CELLS)]) == file


def sheet_names(path: Path) -> list[str | None]:
    with open_sheets(path) as sheets:
        return [sheet.name for sheet in sheets]


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_a_name_of_a_sheet_that_is_cut_before_an_apostrophe_loses_it(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, suffix, reject({"A": "1"}, sheet="Surat masuk bulan Juni dan 'Juli'"))
    assert sheet_names(path) == ["Surat masuk bulan Juni dan"]


def test_a_hundred_and_one_sheets_of_the_same_long_name_are_told_apart(tmp_path: Path) -> None:
    names = ["Permohonan Smart Center tahun 2026 lembar " + str(number) for number in range(101)]
    told = sheet_names(written(tmp_path, ".xlsx", *(reject({"A": "1"}, sheet=name) for name in names)))
    assert (told[0], told[1], told[98], told[100]) == (
        "Permohonan Smart Center tahu", "Permohonan Smart Center tahu 2", "Permohonan Smart Center tahu 99",
        "Permohonan Smart Center tah 101",
    )  # fmt: skip


@pytest.mark.parametrize(("width", "suffix"), [(255, ".xls"), (256, ".xlsx")])
def test_a_sheet_too_wide_for_xls_with_its_reason_comes_as_xlsx(tmp_path: Path, width: int, suffix: str) -> None:
    wide = reject({f"Kolom {number}": str(number) for number in range(width)})
    assert rejects_suffix(".xls", [wide]) == suffix
    path = written(tmp_path, ".xls", wide).rename(tmp_path / f"lebar{suffix}")
    assert [row[-1] for row in rows(path)] == ["alasan", "Baris 12, salah."]
