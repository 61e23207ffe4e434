"""Templates: as they come they hold no row, filled in they load without a word."""

from __future__ import annotations

import io
import tomllib
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from etl.extract import SPECS, Extracted, Kind
from etl.extract.files.workbook import NOT_READ
from etl.intake.offered.fill_in_files import write_template
from etl.reference import reference_text
from tests.books.extracted import JAKARTA, extract

ROOMS, ITEMS = ("Smart Center", "=Aula"), ("AC", "Proyektor")


def template(kind: Kind) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(write_template(kind, rooms=ROOMS, items=ITEMS)))


def part(kind: Kind, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(write_template(kind, rooms=ROOMS, items=ITEMS))) as archive:
        return archive.read(name).decode()


def filled(path: Path, kind: Kind) -> Extracted:
    """The examples copied into the sheet to fill, the other sheets left as they are."""
    with template(kind) as book, xlsxwriter.Workbook(path) as copy:
        for name in book.sheet_names:
            rows = book.get_sheet_by_name("Contoh" if name == "Isi" else name).to_python(skip_empty_area=False)
            sheet = copy.add_worksheet(name)
            for number, row in enumerate(rows[1:] if name == "Isi" else rows):
                for index, cell in enumerate(row):
                    sheet.write_string(number, index, str(cell))
    return extract(path, zone=JAKARTA)


@pytest.mark.parametrize("kind", list(Kind))
def test_an_empty_template_is_recognised_and_holds_no_row(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(write_template(kind, rooms=ROOMS, items=ITEMS))
    taken = extract(path, zone=JAKARTA)
    assert (taken.kind, taken.read, taken.warnings, taken.ignored_columns) == (kind, 0, [], [])


@pytest.mark.parametrize("kind", list(Kind))
def test_a_filled_template_loads_its_rows_without_a_warning(tmp_path: Path, kind: Kind) -> None:
    taken = filled(tmp_path / "a.xlsx", kind)
    assert (taken.kind, len(taken.frame), taken.rejects, taken.warnings) == (kind, 3, [], [])


@pytest.mark.parametrize("kind", list(Kind))
def test_the_headers_are_the_canonical_names(kind: Kind) -> None:
    assert tuple(template(kind).get_sheet_by_name("Isi").to_python()[0]) == SPECS[kind].columns


@pytest.mark.parametrize("kind", list(Kind))
def test_every_column_is_told_of_and_no_other(kind: Kind) -> None:
    assert tuple(tomllib.loads(reference_text("fields.toml"))[kind]["fields"]) == SPECS[kind].columns


def test_the_other_sheets_say_that_they_are_not_read() -> None:
    book = template(Kind.KONDISI)
    firsts = [book.get_sheet_by_name(name).to_python(skip_empty_area=False)[0][0] for name in book.sheet_names]
    assert firsts == ["ruang", NOT_READ, NOT_READ, NOT_READ]


def test_rooms_and_items_of_the_office_are_offered_as_texts() -> None:
    choices = template(Kind.KONDISI).get_sheet_by_name("Pilihan").to_python()
    assert [(row[0], row[4]) for row in choices[1:3]] == [("Smart Center", "AC"), ("=Aula", "Proyektor")]
    assert "<f>" not in part(Kind.KONDISI, "xl/worksheets/sheet4.xml")


def test_the_columns_with_choices_have_drop_downs() -> None:
    sheet = part(Kind.KONDISI, "xl/worksheets/sheet1.xml")
    assert sheet.count("<dataValidation ") == 4
    assert "Pilihan!$F$2:$F$6" in sheet


def test_required_columns_say_so_in_their_notes() -> None:
    notes = part(Kind.DISPOSISI, "xl/comments1.xml")
    assert "(wajib) Nomor agenda surat" in notes
    assert "(wajib, atau dari + kepada) Langkah SOP" in notes


def test_a_template_says_the_same_whenever_it_is_made() -> None:
    assert part(Kind.PESERTA, "docProps/core.xml").count("2020-06-01") == 2
