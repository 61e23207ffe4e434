"""Tables as files: numbers and moments stay what they are, texts stay texts, the headings stay in sight."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, timedelta, timezone

from python_calamine import CalamineWorkbook

from etl.sheet_files import Sheet, csv_table, share_cell, write_csv, write_xlsx

WIB = timezone(timedelta(hours=7))
ROWS = (
    ("Sosialisasi penyelenggaraan pemerintahan desa", 1234, 45.5, share_cell(0.5), date(2026, 6, 30), None),
    ("=1+1", -2, -2.5, share_cell(None), datetime(2026, 6, 30, 13, 15, tzinfo=WIB), "https://contoh.go.id"),
)
TABLE = Sheet("Kegiatan", ("Nama", "Jumlah", "Jam pakai", "Bagian", "Mulai", "Tautan"), ROWS)


def written(*sheets: Sheet) -> bytes:
    target = io.BytesIO()
    write_xlsx(target, sheets)
    return target.getvalue()


def part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def test_a_workbook_holds_numbers_days_and_moments_as_such() -> None:
    head, first, second = CalamineWorkbook.from_filelike(io.BytesIO(written(TABLE))).get_sheet_by_index(0).to_python()
    assert head == list(TABLE.head)
    assert first == [ROWS[0][0], 1234, 45.5, 0.5, date(2026, 6, 30), ""]
    assert second == ["=1+1", -2, -2.5, "", datetime(2026, 6, 30, 13, 15), "https://contoh.go.id"]  # noqa: DTZ001


def test_each_kind_of_cell_has_its_format() -> None:
    styles = part(written(TABLE), "xl/styles.xml")
    formats = {"0.0%", "#,##0", "#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"}
    assert formats <= set(re.findall(r'formatCode="([^"]+)"', styles))


def test_headings_stay_and_filter_and_columns_fit_what_they_hold() -> None:
    sheet = part(written(TABLE), "xl/worksheets/sheet1.xml")
    columns = re.findall(r'<col min="(\d+)" max="(\d+)" width="([^"]+)"', sheet)
    widths = {at: float(width) for first, last, width in columns for at in range(int(first), int(last) + 1)}
    assert ('ySplit="1"' in sheet, '<autoFilter ref="A1:F3"' in sheet) == (True, True)
    assert widths[1] > len(str(ROWS[0][0])) > widths[2]
    assert widths[5] > len("2026-06-30 13:15")


def test_a_sheet_of_names_and_meanings_has_nothing_to_filter() -> None:
    sheet = part(
        written(Sheet("Keterangan", ("Nama", "Isi"), (("OPD", "semua"), ("Ruang", "semua")))),
        "xl/worksheets/sheet1.xml",
    )
    assert "autoFilter" not in sheet


def test_text_that_looks_like_a_formula_stays_text_in_a_table() -> None:
    told = csv_table(Sheet("x", ("a",), (("=1+1",), ("-2",), (" @x",), (-2.5,), ("biasa",))), decimal=",")
    assert told.decode("utf-8-sig").split("\r\n") == ["a", "'=1+1", "'-2", " @x", "-2,5", "biasa", ""]


def test_tables_stand_below_each_other_under_their_names() -> None:
    target = io.BytesIO()
    write_csv(target, [Sheet("Satu", ("a",), ((1.5,),)), Sheet("Dua", ("b",), ((date(2026, 6, 30),),))], decimal=".")
    assert target.getvalue().decode("utf-8-sig").split("\r\n") == ["Satu", "a", "1.5", "", "Dua", "b", "2026-06-30", ""]
