"""Cells merged downwards, and rows and sheets that are hidden, in the workbooks of every program."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from etl.extract import open_file
from tests.books.extracted import JAKARTA, extract, moments, write_xlsx
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
    return path


def xls(path: Path) -> Path:
    book = xls_book({"Langkah": [HEADER, ("", *FIRST[1:]), ("", *BELOW)]})
    sheet = book.get_sheet(0)
    sheet._cell_overwrite_ok = True
    sheet.write_merge(1, 2, 0, 0, "1")
    sheet.row(2).hidden = True
    book.save(str(path))
    return path


def ods(path: Path) -> Path:
    spanned = (
        '<table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>1</text:p>'
        "</table:table-cell>"
    )
    rows = [
        ods_row(*HEADER),
        ods_row(spanned, *FIRST[1:]),
        ods_row("<table:covered-table-cell/>", *BELOW, attributes='table:visibility="collapse"'),
    ]
    return write_ods_xml(path, {"Langkah": "".join(rows)})


@pytest.mark.parametrize("write", [xlsx, xls, ods])
def test_a_cell_merged_downwards_holds_for_all_its_rows_and_hidden_rows_are_read_and_said_so(
    tmp_path: Path, write: object
) -> None:
    taken = extract(write(tmp_path / f"buku.{write.__name__}"), zone=JAKARTA)  # type: ignore[operator,attr-defined]
    assert taken.frame["agenda_key"].tolist() == ["1", "1"]
    assert moments(taken.frame["finished_at"]) == ["2026-09-07 08:10", "2026-09-07 09:00"]
    assert [warning.code for warning in taken.warnings] == ["hidden_rows"]


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
