"""Files: how CSV and XLSX are read, and what is refused."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from dashboard.i18n import sentence
from etl.extract import Extracted, Refused, open_file
from etl.extract.files.sheet import MAX_COLUMNS
from tests.books.extracted import JAKARTA, days, extract, moments, write_csv, write_xlsx

HEADER = "No Agenda{d}Tgl Terima{d}Jam{d}Asal{d}Perihal"
ROW = "0012{d}07/09/2026{d}08.30{d}Dinas Contoh{d}Rapat"
CELLS = [["No Agenda", "Tgl Terima", "Jam", "Asal"], ["12", "07/09/2026", "08.30", "Dinas Contoh"]]
SHEET = "xl/worksheets/sheet1.xml"


def read(path: Path) -> Extracted:
    """The file, read in the office's zone."""
    return extract(path, zone=JAKARTA)


def refusal(path: Path) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(Refused) as caught:
        read(path)
    words = sentence(caught.value)
    assert words.startswith(f"{path.name}: ")
    assert "\n" not in words
    return words


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_with_any_delimiter(tmp_path: Path, delimiter: str) -> None:
    taken = read(write_csv(tmp_path / "a.csv", HEADER.format(d=delimiter), ROW.format(d=delimiter)))
    assert moments(taken.frame["received_at"]) == ["2026-09-07 08:30"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_is_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    row = ROW.format(d=";").replace("Rapat", "Rapat – Café")
    taken = read(write_csv(tmp_path / "a.csv", HEADER.format(d=";"), row, encoding=encoding))
    assert taken.frame["subject"].tolist() == ["Rapat – Café"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_csv_is_read_with_any_line_end(tmp_path: Path, end: str) -> None:
    rows = [ROW.format(d=";")] * 60
    assert read(write_csv(tmp_path / "a.csv", HEADER.format(d=";"), *rows, end=end)).frame["row"].tolist()[-1] == 61


def test_a_comma_in_a_letterhead_or_a_cell_does_not_hide_the_semicolons(tmp_path: Path) -> None:
    letterhead = "Jl. Contoh, No. 5, Kota, Kab., Prov."
    path = write_csv(
        tmp_path / "a.csv", letterhead, HEADER.format(d=";"), ROW.format(d=";").replace("Rapat", "a, b, c")
    )
    assert read(path).frame["subject"].tolist() == ["a, b, c"]


def test_a_line_break_in_a_cell_does_not_shift_the_row_numbers(tmp_path: Path) -> None:
    row = ROW.format(d=";").replace("Rapat", '"Rapat\nkoordinasi; lanjutan"')
    taken = read(write_csv(tmp_path / "a.csv", HEADER.format(d=";"), row, ROW.format(d=";")))
    assert list(zip(taken.frame["row"], taken.frame["subject"], strict=True)) == [
        (2, "Rapat koordinasi; lanjutan"),
        (3, "Rapat"),
    ]


@pytest.mark.parametrize("last", ["", "x;y;z;1;2;3;4", '"a";b', "kurang"])
def test_a_long_csv_is_read_the_same_whatever_stands_in_its_last_row(tmp_path: Path, last: str) -> None:
    rows = [f"{number};07/09/2026;08.30;Dinas;NA" for number in range(1, 300)]
    taken = read(write_csv(tmp_path / "a.csv", HEADER.format(d=";"), *rows[:100], "", *rows[100:], last))
    assert taken.frame["agenda_key"].tolist() == [str(number) for number in range(1, 300)]
    assert taken.frame["row"].tolist()[99:101] == [101, 103]
    assert taken.frame["subject"].tolist() == ["NA"] * 299
    assert taken.read + len(taken.furniture) == 299 + bool(last)
    assert [row.kind for row in taken.furniture] == (["other"] if last == "kurang" else []), (
        "one word under the last row"
    )


def test_a_workbook_is_read_with_its_own_row_numbers(tmp_path: Path) -> None:
    cells = [["", "AGENDA SURAT"], [], *(["", *row] for row in CELLS)]
    taken = read(write_xlsx(tmp_path / "a.xlsx", {"Agenda": cells}, first_row=2))
    assert (taken.frame["sheet"].tolist(), taken.frame["row"].tolist()) == (["Agenda"], [6])


def test_date_time_and_number_cells_mean_what_they_show(tmp_path: Path) -> None:
    rows = [
        [12, date(2026, 9, 7), time(8, 30), "Dinas"],
        [13, datetime(2026, 9, 7, 9, 15), "", "Dinas"],  # noqa: DTZ001 - a cell has no zone
        [14, 46272, 8.3, "Dinas"],
        [15, "07/09/2026", time(0, 0), "Dinas"],
    ]
    frame = read(write_xlsx(tmp_path / "a.xlsx", {"A": [CELLS[0], *rows]})).frame
    assert frame["agenda_key"].tolist() == ["12", "13", "14", "15"]
    assert days(frame["received_on"]) == ["2026-09-07"] * 4
    assert moments(frame["received_at"])[0::2] == ["2026-09-07 08:30"] * 2


def test_a_number_cell_with_a_fraction_is_an_agenda_number_in_its_shortest_form_and_a_time_beside_it(
    tmp_path: Path,
) -> None:
    numbers = [12.1, 7.9, 12.5, 12.25, "12.10", 0.1]
    rows = [[number, "07/09/2026", 8.3, "Dinas"] for number in numbers]
    taken = read(write_xlsx(tmp_path / "a.xlsx", {"A": [CELLS[0], *rows]}))
    assert taken.frame["agenda_number"].tolist() == ["12.1", "7.9", "12.5", "12.25", "12.10", "0.1"]
    assert moments(taken.frame["received_at"]) == ["2026-09-07 08:30"] * len(numbers)


def test_a_formula_text_and_a_phone_number_cell_do_no_harm(tmp_path: Path) -> None:
    rows = [[*CELLS[0], "Perihal", "Ket"], [*CELLS[1], "=1+1", 81234567890]]
    frame = read(write_xlsx(tmp_path / "a.xlsx", {"A": rows})).frame
    assert (frame["subject"][0], frame["note"][0]) == ("=1+1", "[disamarkan]")


def test_sheets_of_a_workbook_are_read_together(tmp_path: Path) -> None:
    taken = read(write_xlsx(tmp_path / "a.xlsx", {"Jan": CELLS, "Kosong": [], "Feb": CELLS}))
    assert taken.frame["sheet"].tolist() == ["Jan", "Feb"]


def test_sheets_of_different_kinds_are_read_apart(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"S": CELLS, "D": [["No Agenda", "Langkah"], ["12", "A1"]]})
    with open_file(path, zone=JAKARTA) as extractions:
        assert [str(extraction.kind) for extraction in extractions] == ["permohonan", "disposisi"]
    assert extract(path, kind="disposisi", zone=JAKARTA).read == 1


def test_a_header_alone_is_loaded_with_no_rows(tmp_path: Path) -> None:
    assert read(write_csv(tmp_path / "a.csv", HEADER.format(d=","))).read == 0
    assert read(write_xlsx(tmp_path / "a.xlsx", {"A": CELLS[:1]})).read == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "kosong"),
        ("a.csv", b"\n \n;;\n", "kosong"),
        ("a.csv", b"\xef\xbb\xbf", "kosong"),
        ("a.csv", b"%PDF-1.7", "PDF"),
        ("a.csv", b"\xff\xd8\xff\xe0", "JPEG"),
        ("a.csv", b"PK\x03\x04rest", "XLSX"),
        ("a.csv", b"No Agenda,Langkah\n1,\0A1\n", "NUL"),
        ("a.csv", b"<html><table><tr><td>No Agenda</td></tr></table></html>", "HTML"),
        ("a.csv", bytes(range(1, 256)), "bukan teks"),
        ("a.csv", b"Selamat pagi semua\nsampai jumpa\n", "(1 kolom, tidak satu pun judulnya dikenal)"),
        ("a.csv", b'No Agenda,Langkah,Catatan\n1,A1,"buka\n2,A2,x\n', "tanda kutip"),
        ("a.csv", b'No Agenda,Langkah,Catatan\n1,A1,"buka\n2,A2,"x, y"\n', "tanda kutip"),
        ("a.csv", b"a," * 600 + b"\n", "601 kolom"),
        ("a.csv", b'a,"' + b"x" * 200_000 + b'"\n', "lebih panjang"),
        ("a.xlsx", b"No Agenda,Langkah\n1,A1\n", "bukan XLSX"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "kata sandi"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0lama", "XLS"),
        ("a.xlsx", b"PK\x03\x04terpotong", "rusak"),
        ("a.pdf", b"%PDF-1.7", '".pdf"'),
        ("a.ods", b"PK\x03\x04", "rusak"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert words in refusal(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "tidak ditemukan" in refusal(tmp_path / "a.csv")


def test_a_file_above_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("wb") as file:
        file.truncate(257 * 1024 * 1024)
    assert "256 MB" in refusal(tmp_path / "a.csv")


def tampered(tmp_path: Path, change: Callable[[str, bytes], bytes | None], copies: int = 1) -> Path:
    """A sound workbook, its row that often, with its parts changed; None leaves a part out."""
    rows, broken = [CELLS[0], *CELLS[1:] * copies], tmp_path / "a.xlsx"
    sound = write_xlsx(tmp_path / "sound.xlsx", {"A": rows})
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(broken, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                target.writestr(name, content)
    return broken


def in_sheet(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    """A change of the first sheet's XML."""
    return lambda name, content: content.replace(old, new) if name == SHEET else content


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (in_sheet(b'r="B2"', b'r="XFD2"'), "16384 kolom"),
        (in_sheet(b'r="B2"', b'r="B99999999"'), "99999999 baris"),
        (in_sheet(b"</row>", b"<c><v>1</v></c>" * (MAX_COLUMNS + 1) + b"</row>"), "kolom"),
        (in_sheet(b"</sheetData>", b""), "rusak"),
        (in_sheet(b't="s"><v>1<', b't="s"><v>999<'), "rusak"),
        (lambda name, content: None if name == "xl/workbook.xml" else content, "arsip ZIP"),
        (lambda name, content: None if name == SHEET else content, "rusak"),
    ],
)
def test_a_workbook_that_would_exhaust_or_mislead_the_reader_is_refused(
    tmp_path: Path, change: Callable[[str, bytes], bytes | None], words: str
) -> None:
    assert words in refusal(tampered(tmp_path, change))


def test_a_zip_bomb_is_refused_by_its_own_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.extract.files.workbook.MAX_UNPACKED_BYTES", 1_000_000)
    path = tampered(tmp_path, in_sheet(b"</worksheet>", b" " * 1_000_000 + b"</worksheet>"))
    assert path.stat().st_size < 20_000
    assert "bila dibuka" in refusal(path)


def test_cells_without_a_place_are_read_in_their_order(tmp_path: Path) -> None:
    def drop_places(name: str, content: bytes) -> bytes:
        for place in (b"A", b"B", b"C", b"D"):
            for row in (b"1", b"2"):
                content = content.replace(b' r="' + place + row + b'"', b"") if name == SHEET else content
        return content

    assert read(tampered(tmp_path, drop_places)).frame["agenda_key"].tolist() == ["12"]


HEADS = ["No Agenda", "Tgl Terima", "Jam Terima", "Asal", "Perihal"]
STRUCK = {"font_strikeout": True}


def letters_of(path: Path, changes: dict[str, object], *numbers: object, **options: bool) -> Extracted:
    """A workbook of letters with these numbers below its headers in row 2, in which some cells are others: a value with
    its format, or the pieces of a text of which the first is struck through."""
    rows = [[], HEADS, *([number, "07/09/2026", "08.30", "Dinkes", "Rapat"] for number in numbers)]
    with xlsxwriter.Workbook(path, {"constant_memory": True, **options}) as book:
        sheet = book.add_worksheet()
        for place, value in (
            (f"{'ABCDE'[at]}{n}", cell) for n, row in enumerate(rows, 1) for at, cell in enumerate(row)
        ):
            match changes.get(place, value):
                case [str(struck), str(valid)]:
                    sheet.write_rich_string(place, book.add_format(STRUCK), struck, valid)
                case [cell, dict(form)]:
                    sheet.write(place, cell, book.add_format(form))
                case cell:
                    sheet.write(place, cell)
    return read(path)


def test_a_row_struck_through_is_asked_about_and_a_cell_is_not_used(tmp_path: Path) -> None:
    row = {f"{column}3": (cell, STRUCK) for column, cell in zip("ABCD", [1, "07/09/2026", "", "Dinkes"], strict=True)}
    changes = {**row, "B5": ("07/09/2026", STRUCK), "C6": ("08.30", STRUCK), "D2": ("Asal", STRUCK)}
    taken = letters_of(tmp_path / "a.xlsx", changes, 1, 2, 3, 4)
    assert [(reject.row, reject.column, reject.code) for reject in taken.rejects] == [
        (3, None, "struck_row"),
        (5, "Tgl Terima", "struck"),
    ]
    assert [(aside.row, aside.column, aside.text) for aside in taken.set_aside] == [(6, "Jam Terima", "08.30")]
    assert moments(taken.frame["received_at"]) == ["2026-09-07 08:30", None]
    assert "dicoret" in sentence(taken.rejects[0].message)


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_text_struck_in_part_is_not_joined_to_what_replaces_it(tmp_path: Path, is_shared: bool) -> None:
    changes = {"A3": ("1", "6"), "E4": ("Rapat", "Zoom")}
    taken = letters_of(tmp_path / "a.xlsx", changes, 1, 2, 3, constant_memory=not is_shared)
    assert [(reject.row, reject.column, reject.code) for reject in taken.rejects] == [(3, "No Agenda", "struck")]
    assert [(aside.row, aside.column) for aside in taken.set_aside] == [(4, "Perihal")]
    assert taken.frame["agenda_key"].tolist() == ["2", "3"]


@pytest.mark.parametrize(
    ("shape", "number", "shown"),
    [
        ('0"a"', 12, "12a"), ('"AG-"000', 12, "AG-012"), ("000", 7, "007"), ('000"/SC"', 21, "021/SC"),
        (r"0\A", 3, "3A"), ("#,##0", 1046, "1046"), ('[Red]0"b";-0', 5, "5b"), ('"II/"General', 9, "II/9"),
        ("00-00", 1234, "12-34"), ("0%", 1, "1"), ("_-* #,##0_-", 4, "4"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_its_format_shows_it(tmp_path: Path, shape: str, number: int, shown: str) -> None:
    taken = letters_of(tmp_path / "a.xlsx", {"A3": (number, {"num_format": shape})}, number, 99)
    assert taken.frame["agenda_number"].tolist() == [shown, "99"]


def test_a_time_of_digits_alone_is_read_as_its_format_shows_it(tmp_path: Path) -> None:
    taken = letters_of(tmp_path / "a.xlsx", {"C4": (915, {"num_format": '00"."00'})}, 7, 8)
    assert moments(taken.frame["received_at"]) == ["2026-09-07 08:30", "2026-09-07 09:15"]


def test_the_day_on_which_the_file_is_opened_is_no_receipt(tmp_path: Path) -> None:
    taken = letters_of(tmp_path / "a.xlsx", {"E1": "=TODAY()", "B3": "=TODAY()", "C4": "=NOW()", "A5": "=1+2"}, 1, 2, 3)
    assert [(reject.row, reject.column, reject.code) for reject in taken.rejects] == [(3, "Tgl Terima", "not_a_date")]
    assert [(aside.row, aside.column, aside.text) for aside in taken.set_aside] == [(4, "Jam Terima", "=TODAY()")]
    assert '"=TODAY()" bukan tanggal' in sentence(taken.rejects[0].message)


def test_a_formula_of_that_day_may_be_shared_with_the_cells_below(tmp_path: Path) -> None:
    def share(name: str, content: bytes) -> bytes:
        days = {b"B2": b'<f t="shared" ref="B2:B3" si="4">TODAY()</f>', b"B3": b'<f t="shared" si="4"/>'}
        for place, formula in days.items() if name == SHEET else ():
            content = re.sub(
                b'<c r="' + place + b'".*?</c>', b'<c r="' + place + b'">' + formula + b"<v>45838</v></c>", content
            )
        return content

    assert [reject.row for reject in read(tampered(tmp_path, share, copies=2)).rejects] == [2, 3]
