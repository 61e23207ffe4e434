"""XLS workbooks: what their cells mean, and what is refused."""

from __future__ import annotations

import struct
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path

import pytest
import xlwt

from dashboard.i18n import sentence
from etl.extract import Extracted, Refused
from tests.books.extracted import JAKARTA, extract, moments
from tests.books.workbooks import HEADERS, changed_xls, record_place, write_xls, xls_book

LETTER = ("0012", "07/09/2026", "08.30", "Dinas Contoh")
DIMENSIONS, SHARED_TEXTS, SHARED_TEXT_CELL, NUMBER = 0x0200, 0x00FC, 0x00FD, 0x0203


def read(path: Path) -> Extracted:
    return extract(path, zone=JAKARTA)


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as caught:
        read(path)
    return sentence(caught.value)


def test_texts_are_read_with_their_sheet_and_row(tmp_path: Path) -> None:
    taken = read(write_xls(tmp_path / "a.xls", {"Agenda": [["KOP SURAT"], [], HEADERS, LETTER]}))
    assert taken.frame[["sheet", "row", "agenda_number", "opd"]].values.tolist() == [
        ["Agenda", 4, "0012", "Dinas Contoh"]
    ]


@pytest.mark.parametrize("is_1904", [False, True])
def test_date_time_and_number_cells_mean_what_they_show(tmp_path: Path, is_1904: bool) -> None:
    rows = [
        HEADERS,
        [12, date(2026, 9, 7), time(8, 30), "Dinas"],
        [13, datetime(2026, 9, 7, 9, 15), "", "Dinas"],  # noqa: DTZ001 - a cell has no zone
        [14, 44810 if is_1904 else 46272, "09.30", "Dinas"],
    ]
    frame = read(write_xls(tmp_path / "a.xls", {"A": rows}, is_1904=is_1904)).frame
    assert frame["agenda_key"].tolist() == ["12", "13", "14"]
    assert moments(frame["received_at"]) == ["2026-09-07 08:30", "2026-09-07 09:15", "2026-09-07 09:30"]


def test_a_cell_with_an_error_is_empty_and_told(tmp_path: Path) -> None:
    book = xls_book({"A": [HEADERS, LETTER[:2]]})
    sheet = book.get_sheet(0)
    sheet.row(1).set_cell_error(2, 0x2A)
    sheet.write(1, 3, "Dinas")
    book.save(str(tmp_path / "a.xls"))
    taken = read(tmp_path / "a.xls")
    assert moments(taken.frame["received_at"]) == [None]
    assert sentence(taken.warnings[0].message).startswith("1 sel berisi galat rumus")


def test_a_hidden_sheet_of_the_same_kind_is_asked_about(tmp_path: Path) -> None:
    book = xls_book({"Jan": [HEADERS, LETTER], "Feb": [HEADERS, LETTER]})
    book.get_sheet(1).visibility = 1
    book.save(str(tmp_path / "a.xls"))
    taken = read(tmp_path / "a.xls")
    assert (taken.frame["sheet"].tolist(), [w.code for w in taken.warnings]) == (["Jan"], ["hidden_sheet"])


def test_a_merged_title_above_the_headers_does_no_harm(tmp_path: Path) -> None:
    book = xls_book({"A": [[], HEADERS, LETTER]})
    book.get_sheet(0).write_merge(0, 0, 0, 3, "AGENDA SURAT MASUK")
    book.save(str(tmp_path / "a.xls"))
    assert read(tmp_path / "a.xls").frame["row"].tolist() == [3]


def test_long_texts_that_go_on_in_further_records_are_read(tmp_path: Path) -> None:
    rows = [[str(number), "07/09/2026", "", f"Dinas {number} – {'x' * 900}"] for number in range(200)]
    frame = read(write_xls(tmp_path / "a.xls", {"A": [HEADERS, *rows]})).frame
    assert frame["opd"].str.len().tolist() == [len(row[3]) for row in rows]


def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    def exaggerate(stream: bytearray) -> None:
        struct.pack_into("<IIHH", stream, record_place(stream, DIMENSIONS), 0, 0xFFFFFFFF, 0, 0xFFFF)

    assert read(changed_xls(tmp_path / "a.xls", xls_book({"A": [HEADERS, LETTER]}), exaggerate)).read == 1


def locked(stream: bytearray) -> None:
    end_of_first = 4 + struct.unpack_from("<H", stream, 2)[0]
    stream[end_of_first:end_of_first] = struct.pack("<HHHHH", 0x002F, 6, 1, 1, 1)


def far_down(stream: bytearray) -> None:
    struct.pack_into("<HH", stream, record_place(stream, SHARED_TEXT_CELL), 65_535, 200)


def many_texts(stream: bytearray) -> None:
    struct.pack_into("<II", stream, record_place(stream, SHARED_TEXTS), 0x7FFFFFFF, 0x7FFFFFFF)


def cut_off(stream: bytearray) -> None:
    del stream[record_place(stream, SHARED_TEXTS) + 10 :]


def no_such_text(stream: bytearray) -> None:
    struct.pack_into("<I", stream, record_place(stream, SHARED_TEXT_CELL) + 6, 999)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (locked, "kata sandi"),
        (far_down, "simpan sebagai CSV"),
        (many_texts, "rusak"),
        (cut_off, "rusak"),
        (no_such_text, "rusak"),
        (lambda stream: stream.__setitem__(slice(0, 2), b"xx"), "rusak"),
    ],
)
def test_records_that_would_mislead_the_reader_are_refused(tmp_path: Path, change: object, words: str) -> None:
    path = changed_xls(tmp_path / "a.xls", xls_book({"A": [HEADERS, LETTER]}), change)  # type: ignore[arg-type]
    assert words in refusal(path)


def test_a_container_whose_sectors_run_in_a_circle_is_refused(tmp_path: Path) -> None:
    content = bytearray(write_xls(tmp_path / "a.xls", {"A": [HEADERS, LETTER]}).read_bytes())
    (table,) = struct.unpack_from("<I", content, 0x4C)
    struct.pack_into("<II", content, (table + 1) * 512, 1, 0)
    (tmp_path / "a.xls").write_bytes(content)
    assert "rusak" in refusal(tmp_path / "a.xls")


def test_another_office_document_is_refused(tmp_path: Path) -> None:
    written = BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(written, b"teks")
    document = written.getvalue().replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))
    (tmp_path / "a.xls").write_bytes(document)
    assert "dokumen Office lain" in refusal(tmp_path / "a.xls")


def test_what_is_struck_through_is_not_used(tmp_path: Path) -> None:
    cells = [["no_agenda", "tgl_terima", "asal", "perihal"], [1, "07/09/2026", "Dinkes", "Rapat"]]
    book = xls_book({"Awal": [["catatan"]], "Agenda": [*cells, [2, *cells[1][1:]], [3, *cells[1][1:]]]})
    sheet, struck = book.get_sheet(1), xlwt.easyxf("font: struck_out on")
    sheet._cell_overwrite_ok = True
    for column, cell in enumerate(cells[1]):
        sheet.write(1, column, cell, struck)
    sheet.write(2, 3, "Rapat", struck)
    book.save(str(tmp_path / "a.xls"))
    taken = extract(tmp_path / "a.xls", zone=JAKARTA)
    assert [(reject.row, reject.code) for reject in taken.rejects] == [(2, "struck_row")]
    assert [(cell.row, cell.field) for cell in taken.set_aside] == [(3, "perihal")]
    assert taken.frame["agenda_key"].tolist() == ["2", "3"]
