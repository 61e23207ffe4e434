"""Files that are not what they seem, or that would exhaust the machine."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from dashboard.i18n import sentence
from etl.extract import Extracted, Refused
from tests.books.extracted import JAKARTA, extract, moments, write_xlsx
from tests.books.workbooks import HEADERS, ods_row, write_ods_xml, write_xls

LETTER = ("0012", "07/09/2026", "08.30", "Dinas Contoh")
SHEET = "xl/worksheets/sheet1.xml"


def read(path: Path) -> Extracted:
    return extract(path, zone=JAKARTA)


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as caught:
        read(path)
    return sentence(caught.value)


def tampered(tmp_path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A sound workbook with its parts changed."""
    sound, changed = write_xlsx(tmp_path / "sound.xlsx", {"A": [HEADERS, LETTER]}), tmp_path / "a.xlsx"
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return changed


def sheet_rows(rows: bytes) -> Callable[[str, bytes], bytes]:
    """Further rows behind those of the first sheet."""
    return lambda name, content: content.replace(b"</sheetData>", rows + b"</sheetData>") if name == SHEET else content


@pytest.mark.parametrize(
    ("written", "named", "words"),
    [
        ("xls", "xlsx", "ganti akhiran namanya menjadi .xls"),
        ("xlsx", "xls", "ganti akhiran namanya menjadi .xlsx"),
        ("ods", "xlsx", "ganti akhiran namanya menjadi .ods"),
        ("xlsx", "ods", "ganti akhiran namanya menjadi .xlsx"),
        ("xls", "csv", "ganti akhiran namanya menjadi .xls"),
        ("csv", "xls", "ganti akhiran namanya menjadi .csv"),
        ("html", "xls", "halaman HTML"),
        ("xlsx", "xlsb", '".xlsb" belum dapat dibaca'),
    ],
)
def test_a_file_with_the_wrong_ending_is_refused_with_what_to_do(
    tmp_path: Path, written: str, named: str, words: str
) -> None:
    path = tmp_path / f"a.{named}"
    if written == "xls":
        write_xls(path, {"A": [HEADERS, LETTER]})
    elif written == "ods":
        write_ods_xml(path, {"A": ods_row(*HEADERS)})
    elif written == "xlsx":
        write_xlsx(path, {"A": [HEADERS, LETTER]})
    else:
        path.write_text("No Agenda;Langkah\n" if written == "csv" else "<html><table><tr><td>No Agenda</td>")
    assert words in refusal(path)


def test_a_workbook_with_macros_is_read_as_one_without(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsm", {"A": [HEADERS, LETTER]})
    assert read(tmp_path / "a.xlsm").frame["agenda_number"].tolist() == ["0012"]


def test_one_text_told_again_and_again_is_refused_unread(tmp_path: Path) -> None:
    row = b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>'
    rows = b"".join(row % (number, number) for number in range(3, 4000))

    def repeat(name: str, content: bytes) -> bytes:
        if name == "xl/sharedStrings.xml":
            return content.replace(b"No Agenda", b"x" * 32_000)
        return sheet_rows(rows)(name, content)

    path = tampered(tmp_path, repeat)
    assert path.stat().st_size < 60_000
    assert "simpan tabelnya sebagai CSV" in refusal(path)


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="9"><c x=">" r="XFD1048576"><v>1</v></c></row>',
        b"<row r='9'><c r='XFD1048576'><v>1</v></c></row>",
        b'<row r="9"><c\nr="XFD1048576"><v>1</v></c></row>',
        b'<row r="9"><c s="' + b"1" * 400 + b'" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1048576"><c><v>1</v></c><c r="ZZ1048576"><v>1</v></c></row>',
    ],
)
def test_a_cell_in_the_last_corner_is_found_however_it_is_written(tmp_path: Path, row: bytes) -> None:
    assert "hapus sel di luar tabelnya" in refusal(tampered(tmp_path, sheet_rows(row)))


def test_a_sheet_in_letters_of_two_bytes_is_refused(tmp_path: Path) -> None:
    path = tampered(tmp_path, lambda name, content: content.decode().encode("utf-16") if name == SHEET else content)
    assert "rusak" in refusal(path)


def test_empty_cells_with_a_format_to_the_last_corner_are_nothing(tmp_path: Path) -> None:
    rows = b'<row r="1048576" ht="15"><c r="XFD1048576" s="1"/></row>'
    assert read(tampered(tmp_path, sheet_rows(rows))).read == 1


def test_too_many_cells_are_asked_for_as_csv(tmp_path: Path) -> None:
    rows = b'<row r="1048576"><c r="B1048576"><v>1</v></c></row>'
    assert "simpan sebagai CSV" in refusal(tampered(tmp_path, sheet_rows(rows)))


def test_too_many_sheets_are_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {f"S{number}": [HEADERS] for number in range(257)})
    assert "256 lembar" in refusal(path)


@pytest.mark.parametrize("is_1904", [False, True])
def test_date_cells_mean_the_same_from_either_beginning_of_time(tmp_path: Path, is_1904: bool) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"date_1904": is_1904}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_row(0, 0, HEADERS)
        sheet.write_row(1, 0, LETTER)
        sheet.write_number(1, 1, (46272 if not is_1904 else 44810) + 8.5 / 24, day)
        sheet.write_blank(1, 2, None)
        sheet.write_row(2, 0, ["0013", (46272 if not is_1904 else 44810) + 8.5 / 24, "", "Dinas Contoh"])
        sheet.write_row(3, 0, ["0014", 46272 if not is_1904 else 44810, "08.30", "Dinas Contoh"])
    assert moments(read(tmp_path / "a.xlsx").frame["received_at"]) == ["2026-09-07 08:30"] * 3


def test_formulas_count_as_what_they_resulted_in_and_others_are_told(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, (*HEADERS, "Perihal", "Ket"))
        sheet.write_row(1, 0, LETTER)
        sheet.write_formula(1, 3, '="Dinas"&" Contoh"', None, "Dinas Contoh")
        sheet.write_formula(1, 4, "=NA()", None, "#N/A")
        sheet.write_formula(1, 5, "=A2", None, "")
    taken = read(tmp_path / "a.xlsx")
    assert taken.frame[["opd", "subject", "note"]].fillna("").values.tolist() == [["Dinas Contoh", "", ""]]
    assert [sentence(warning.message).split(" sel")[0] for warning in taken.warnings] == ["1", "1"]


def test_formulas_that_were_never_calculated_are_named_by_sheet_and_cell(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("Sampul").write(0, 0, "AGENDA")
        sheet = book.add_worksheet("Surat & Isi")
        sheet.write_row(0, 0, (*HEADERS, "Perihal"))
        for row in range(1, 31):
            sheet.write_row(row, 0, LETTER)
            sheet.write_formula(row, 4, "=A2", None, "")
    (warning,) = (each for each in read(tmp_path / "a.xlsx").warnings if each.code == "cells_uncalculated")
    said = sentence(warning.message)
    assert said.startswith("30 sel berisi rumus yang belum dihitung")
    assert ": Surat & Isi!E2, Surat & Isi!E3, " in said
    assert "Surat & Isi!E21, …;" in said
