"""Lists of persons: counted, and nothing of anybody kept."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.i18n import sentence
from etl.domain.frames import MISSING
from etl.extract import Extracted, Kind, Refused, Sheet, open_cells
from etl.intake.changed_records import lists_of_sheets
from etl.intake.load import counted
from etl.intake.storing import plain
from tests.books.extracted import JAKARTA, Mapped, aside, cells_of, codes, extract_cells
from tests.reading.refusals import says

NAMES = ("Suwarno", "3503012345678901", "081234567890", "36,7")
HEADERS = ["No Agenda", "Tahun", "Nama Lengkap", "NIK", "No HP", "Suhu", "Hadir", "Hasil"]


def persons(*answers: tuple[str, ...], **options: object) -> Extracted:
    """Persons of whom the letter's number, the year, and whether they came and passed are told."""
    rows = [[number, year, *NAMES, present, result] for number, year, present, result in answers]
    return cells_of([HEADERS, *rows], **options)


def everything(taken: Extracted) -> str:
    """All that comes out of the reader, in one text."""
    return f"{taken}{taken.frame.to_dict()}"


def test_each_person_is_a_row_with_three_answers() -> None:
    taken = persons(("12", "2026", "ya", "lolos"), ("12", "2026", "tidak", ""), ("2026/12", "", "v", "tidak lolos"))
    assert taken.kind is Kind.PESERTA
    answers = taken.frame[["agenda_key", "year", "is_present", "is_screened", "is_passed"]]
    assert answers.astype(object).where(answers.notna(), None).values.tolist() == [
        ["12", 2026, True, True, True],
        ["12", 2026, False, None, None],
        ["12", 2026, True, True, False],
    ]


def test_the_headers_of_what_is_not_read_are_named() -> None:
    assert persons(("12", "2026", "ya", "")).ignored_columns == ["Nama Lengkap", "NIK", "No HP", "Suhu"]


@pytest.mark.parametrize(
    ("mark", "came"),
    [(mark, True) for mark in ("√", "v", "V", "TTD", "H", "hadir")] + [(mark, False) for mark in ("A", "I", "S", "-")],
)
def test_marks_of_attendance_say_who_came(mark: str, came: bool) -> None:
    assert persons(("12", "2026", mark, "")).frame["is_present"].tolist() == [came]


def test_answers_without_a_column_are_not_known() -> None:
    frame = cells_of([["No Agenda", "Hadir"], ["12", "ya"]]).frame
    assert (frame["is_present"].tolist(), frame["is_screened"].isna().tolist()) == ([True], [True])


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (("Suwarno", "2026", "ya", ""), "not_an_agenda_number"),
        (("3503012345678901", "2026", "ya", ""), "not_an_agenda_number"),
        (("", "2026", "ya", ""), "missing"),
        (("2026/12", "2025", "ya", ""), "year_mismatch"),
    ],
)
def test_a_rejected_person_is_a_row_number_and_a_reason(answer: tuple[str, ...], code: str) -> None:
    taken = persons(answer)
    assert codes(taken) == [code]
    assert (taken.rejects[0].row, taken.rejects[0].cells) == (2, {})
    assert all(word not in everything(taken) for word in (*NAMES, "1945", "2025"))


@pytest.mark.parametrize(
    ("answer", "code", "unknown"),
    [
        (("12", "Suwarno", "ya", ""), "year_out_of_range", "year"),
        (("12", "1945", "ya", ""), "year_out_of_range", "year"),
        (("12", "2026", "Suwarno", ""), "unknown_answer", "is_present"),
        (("12", "2026", "ya", "36,7 Suwarno"), "unknown_answer", "is_screened"),
    ],
)
def test_an_answer_that_cannot_be_read_is_not_known_and_nothing_of_it_is_kept(
    answer: tuple[str, ...], code: str, unknown: str
) -> None:
    taken = persons(answer)
    assert (aside(taken), taken.frame[unknown].isna().tolist()) == ([code], [True])
    assert (taken.set_aside[0].row, taken.set_aside[0].text) == (2, None)
    assert all(word not in everything(taken) for word in (*NAMES, "1945", "2025"))


def test_nothing_of_a_person_is_told_of_rows_that_are_taken() -> None:
    taken = persons(("12", "2026", "ya", "lolos"))
    assert all(word not in everything(taken) for word in NAMES)


@pytest.mark.parametrize("options", [{}, {"kind": "peserta"}, {"source": Mapped("peserta", {"no_agenda": "Nomor"})}])
def test_a_list_without_headers_is_refused_without_a_word_of_its_cells(options: dict[str, object]) -> None:
    with pytest.raises(Refused) as caught:
        cells_of([["1", *NAMES], ["2", *NAMES]], **options)
    assert all(word not in sentence(caught.value) for word in NAMES)


def test_the_number_alone_suffices_when_the_kind_is_given() -> None:
    assert cells_of([["No Agenda", "Nama"], ["12", "Suwarno"]], kind="peserta").read == 1
    assert cells_of([["Nomor", "Nama"], ["12", "X"]], source=Mapped("peserta", {"no_agenda": "Nomor"})).read == 1


def test_a_number_alone_does_not_make_a_list_of_persons() -> None:
    with pytest.raises(Refused, check=says(r"peserta \(No. Agenda, Hadir atau Hasil\)")):
        cells_of([["No Agenda", "Nama"], ["12", "Suwarno"]])


def test_a_header_that_only_persons_have_decides_the_kind() -> None:
    headers = ["No Agenda", "Ruang", "Tanggal", "Mulai", "NIK", "Hadir"]
    cells = ["12", "Smart Center", "07/09/2026", "09.00", "x", "ya"]
    assert cells_of([headers, cells]).kind is Kind.PESERTA
    assert cells_of([headers[:4] + headers[5:], [*cells[:4], "38"]]).kind is Kind.PEMAKAIAN


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("12", "12"), ("\t 0012", "12"), ("2026/11", "11"), ("11A", "11a"), ("2026/11A", "11a"), ("4/UM", "4/um"),
        ("045/123/2026", "45/123/2026"), ("045/VIII/2026", "45/viii/2026"),
    ],
)  # fmt: skip
def test_what_looks_like_a_register_number_is_one(typed: str, key: str) -> None:
    assert persons((typed, "", "ya", "")).frame["agenda_key"].tolist() == [key]


@pytest.mark.parametrize(
    "typed",
    [
        "36,7", "36.7", "Budi 2", "350301-01", "Budi2", "11 A", "11ABC", "2026 / 11", "4/Budi", "1234567", "SRM0282",
        "045/123/456/789/2026A", "07/09/1990", "07/09/90", "1990/09/07", "12/", "/12", "√", "12/rev",
    ],
)  # fmt: skip
def test_anything_else_in_place_of_the_number_is_rejected_unquoted(typed: str) -> None:
    taken = persons((typed, "", "ya", ""))
    assert (codes(taken), taken.rejects[0].cells) == (["not_an_agenda_number"], {})
    assert sentence(taken.rejects[0].message) == 'Baris 2, kolom "No Agenda": bukan nomor agenda surat.'


def test_a_person_of_whom_nothing_that_is_read_is_told_is_rejected_by_row_number() -> None:
    taken = persons(("12", "2026", "ya", ""), ("", "", "", ""))
    assert [(reject.row, reject.code, reject.cells) for reject in taken.rejects] == [(3, "missing", {})]
    assert all(word not in everything(taken) for word in NAMES)


def test_unusual_headers_of_a_list_of_persons_are_counted_and_not_named() -> None:
    headers = ["No Agenda", "Hadir", "Suwarno", "3503012345678901", "Nama", "Perihal"]
    options = {"kind": "peserta", "zone": JAKARTA}
    with open_cells([Sheet(None, [headers, ["12", "ya", "x", "y", "z", ""]])], **options) as (extraction,):
        assert extraction.ignored_columns == ["Nama", "Perihal", "kolom lain (2)"]
        assert extraction.heads[0] == [["No Agenda", "Hadir", "", "", "Nama", "Perihal"], ["12", "ya", "", "", "", ""]]


@pytest.mark.parametrize("row", [["Suwarno", "Dinas Contoh"], ["Suwarno", "lolos"], ["1", "Suwarno", "hadir"]])
def test_a_list_without_headers_and_without_a_kind_is_refused_without_a_name(row: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        cells_of([row, row])
    assert "Suwarno" not in sentence(caught.value)
    assert "peserta (No. Agenda, Hadir atau Hasil)" in sentence(caught.value)


LIST = [["No", "Nama", "Instansi", "Hadir"], ["1", "Suwarno", "Dinas Contoh", "ya"], ["2", "Suwarni", "", "tidak"]]


@pytest.mark.parametrize(
    ("letterhead", "number", "year"),
    [
        ([["No. Agenda : 21"]], "21", None),
        ([["DAFTAR HADIR"], ["Nomor Agenda 21/2026"]], "21", 2026),
        ([["No. Agenda Surat : 2026/021"]], "21", 2026),
        ([["No Agenda", ":", "21A"], ["Tahun", ":", "2026"]], "21a", 2026),
        ([["NOMOR AGENDA", ": 21 / 2026"], ["Acara: Rapat"]], "21", 2026),
        ([["No. Agenda: 21 Tahun 2026", "Tanggal: 8 September 2026"]], "21", 2026),
        ([["Nama", ": Rapat koordinasi"], ["No. Agenda", "21 (2)"], ["DAFTAR HADIR TAHUN 2025"]], "21 (2)", None),
    ],
)
def test_a_number_in_the_letterhead_serves_all_rows_of_a_table_without_its_column(
    letterhead: list[list[str]], number: str, year: int | None
) -> None:
    taken = cells_of([*letterhead, [], *LIST])
    assert (taken.read, taken.rejects, taken.frame["is_present"].tolist()) == (2, [], [True, False])
    years = taken.frame["year"].astype(object).where(taken.frame["year"].notna(), None)
    assert (taken.frame["agenda_key"].tolist(), years.tolist()) == ([number] * 2, [year] * 2)
    assert "Suwarn" not in everything(taken)


def test_a_list_without_marks_is_counted_under_the_number_of_its_letterhead_when_the_kind_is_given() -> None:
    rows = [["Instansi", ": Dinas Contoh"], ["No. Agenda : 21"], *[row[:3] for row in LIST]]
    taken = cells_of(rows, kind="peserta")
    assert (taken.read, taken.frame["agenda_key"].tolist()) == (2, ["21", "21"])
    assert taken.frame["is_present"].isna().all()


@pytest.mark.parametrize("options", [{}, {"kind": "peserta"}])
@pytest.mark.parametrize(
    "letterhead", [[], [["DAFTAR HADIR"]], [["No. Agenda : ......"]], [["No. Agenda : 21"], ["No. Agenda : 22"]]]
)
def test_a_list_that_names_no_letter_is_refused_and_says_where_to_write_the_number(
    letterhead: list[list[str]], options: dict[str, object]
) -> None:
    with pytest.raises(Refused, check=says(r'satu kali di atas tabel, misalnya "No. Agenda : 21"')) as caught:
        cells_of([*letterhead, *LIST], **options)
    assert "Suwarn" not in sentence(caught.value)


def test_a_column_of_numbers_goes_before_the_letterhead() -> None:
    rows = [["No. Agenda : 99"], ["No Agenda", "Nama", "Hadir"], ["12", "Suwarno", "ya"]]
    assert cells_of(rows).frame["agenda_key"].tolist() == ["12"]


def test_a_register_with_names_of_persons_is_read_as_what_a_person_says() -> None:
    heads = ["No Agenda", "Tanggal Terima", "Asal Surat", "Perihal", "Nama Lengkap", "Kehadiran", "Orang Contoh"]
    rows = [heads, ["1", "06/01/2026", "BPBD", "Rapat", "Orang Lain", "hadir", ""]]
    with pytest.raises(Refused) as refusal:
        cells_of(rows)
    told = sentence(refusal.value.message)
    assert ("permohonan dan peserta; pilih salah satu dengan --kind" in told, "Orang" in told) == (True, False)
    assert cells_of(rows, kind="permohonan").frame["opd"].tolist() == ["BPBD"]
    assert cells_of(rows, kind="peserta").read == 1


def test_persons_who_did_not_come_and_were_screened_are_named_by_their_rows_alone() -> None:
    taken = persons(("12", "2026", "tidak", "lolos"), ("12", "2026", "tidak", ""), ("12", "2026", "ya", "lolos"))
    assert [(warning.code, warning.row) for warning in taken.warnings] == [("cells_disagree", 2)]
    assert not any(name in everything(taken) for name in NAMES)


LETTERHEAD = [["No. Agenda : 21"], []]
HEADED = ["No", "Nama", "Instansi", "Hadir"]


def test_lines_of_a_list_that_name_no_person_are_not_counted() -> None:
    rows = [
        ["", "NARASUMBER"],
        ["1", "Suwarno", "Dinkes", "v"],
        ["", "Kecamatan Pule"],
        ["2", "Suwarni", "Dinkes", "v"],
        ["", "Panitia Desa"],
        ["3", "Suparmi", "Dinkes", ""],
        ["4", "dst"],
        ["", "", "Kepala Seksi"],
        ["", "", "HADI"],
    ]
    taken = cells_of([*LETTERHEAD, HEADED, *rows])
    assert (taken.read, taken.warnings) == (3, [])
    assert [(line.row, line.kind) for line in taken.furniture] == [(row, "no_person") for row in (4, 6, 8, 10, 11, 12)]


@pytest.mark.parametrize("signed", [["Trenggalek, 10 Maret 2025", "Suparmi"], ["Kasi LITIK", "", "SUPARMI"]])
def test_who_signs_a_list_in_the_column_of_its_marks_is_no_person(signed: list[str]) -> None:
    rows = [["1", "Suwarno", "Dinkes", "v"], ["2", "Suwarni", "Dinkes", ""], *(["", "", "", line] for line in signed)]
    for below in (rows, [*rows[:2], ["", "", "Ketua Panitia", "Kasi LITIK"], ["", "", "SUPIAH", "SUPARMI"]]):
        taken = cells_of([*LETTERHEAD, HEADED, *below])
        assert (taken.read, taken.warnings, taken.set_aside, taken.rejects) == (2, [], [], [])


@pytest.mark.parametrize(
    ("added", "read", "asked"),
    [
        ([["", "Supiah", "Staf"], ["", "Suparmi", "Sekretaris Desa"], ["", "Supini", "Staf"]], 6, []),
        ([["", "Kepala Desa Pule"], ["", "Kepala Desa Dongko"]], 3, [7, 8]),
        ([["", "", "Sekretaris Desa"], ["", "Suparmi", "Staf"], ["", "Supini", "Staf"]], 3, [8, 9]),
        ([["", "Ketua Panitia", "Sekretaris"], ["", "SUPIAH", "SUPARMI"]], 3, []),
    ],
)
def test_persons_added_without_a_number_are_not_taken_for_who_signs(
    added: list[list[str]], read: int, asked: list[int]
) -> None:
    rows = [*([str(number), "Suwarno", "Camat", "v"] for number in (1, 2, 3)), *added]
    taken = cells_of([*LETTERHEAD, ["No", "Nama", "Jabatan", "Hadir"], *rows])
    assert (taken.read, [line.row for line in taken.furniture if line.kind == "unread_line"]) == (read, asked)
    assert len(taken.warnings) == bool(asked)


def test_persons_without_a_name_of_their_own_are_persons_in_a_list_of_names() -> None:
    taken = cells_of([*LETTERHEAD, ["Nama", "Hadir"], ["PESERTA"], ["Peserta 1"], ["Peserta 2"], ["Suwarno", "v"]])
    assert (taken.read, [line.row for line in taken.furniture]) == (3, [4])


def test_a_line_that_may_be_a_person_is_asked_about_and_one_of_a_list_without_numbers_is_one() -> None:
    rows = [["1", "Suwarno", "Dinkes", "v"], ["2", "Suwarni", "Dinkes", "v"], ["", "Suparmi"], ["", "Supiah", "", "v"]]
    taken = cells_of([*LETTERHEAD, HEADED, *rows])
    assert (taken.read, [(warning.code, warning.row) for warning in taken.warnings]) == (3, [("unread_line", 6)])
    assert "Su" not in sentence(taken.warnings[0].message)
    assert cells_of([*LETTERHEAD, HEADED[1:], *(row[1:] for row in rows)]).read == 4


def test_a_numbered_line_without_a_name_and_a_copied_person_are_no_persons() -> None:
    rows = [["5", "2", "Suwarno", "Dinkes", "v"], ["5", "3", "Suwarno", "Dinkes", "v"], ["5", "9"]]
    taken = cells_of([["No Agenda", *HEADED], *rows, ["5", "2", "Suwarno", "Dinkes", "v"], ["5", "10", "", "", "v"]])
    assert (taken.read, codes(taken), taken.rejects[0].row) == (4, ["same_person"], 5)
    assert (taken.rejects[0].cells, [line.row for line in taken.furniture]) == ({}, [4])


@pytest.mark.parametrize("header", ["Tanda Tangan", "TTD", "Paraf"])
def test_who_signs_a_list_of_names_came(header: str) -> None:
    rows = [["1", "Suwarno", "Dinkes", "TTD"], ["2", "Suwarni", "Dinkes", "2. ....."], ["3", "Suparmi", "Dinkes", ""]]
    taken = cells_of([*LETTERHEAD, ["No", "Nama", "Instansi", header], *rows])
    came = taken.frame["is_present"].astype(object).where(taken.frame["is_present"].notna(), None)
    assert (taken.kind, came.tolist(), taken.set_aside) == (Kind.PESERTA, [True, None, None], [])


@pytest.mark.parametrize(
    ("marks", "came", "unread"),
    [
        (["TTD", "………", "(........)", "____", "3 (....)"], [True, None, None, None, None], []),
        (["SW", "AB", "TTD", "RN", "-"], [None] * 5, []),
        (["TTD", "ttd", "SW", "", "-"], [True, True, None, None, False], [6]),
    ],
)
def test_places_to_sign_and_initials_say_nothing_of_who_came(
    marks: list[str], came: list[bool | None], unread: list[int]
) -> None:
    rows = [[str(n), f"Suwarno {n}", "Dinkes", mark] for n, mark in enumerate(marks, 1)]
    taken = cells_of([*LETTERHEAD, ["No", "Nama", "Instansi", "Tanda Tangan"], *rows])
    present = taken.frame["is_present"].astype(object).where(taken.frame["is_present"].notna(), None)
    assert (present.tolist(), taken.rejects) == (came, [])
    assert [cell.row for cell in taken.set_aside] == unread


@pytest.mark.parametrize(
    "headers",
    [
        ["No Agenda", "Kepada", "Nama", "Paraf"],
        ["No Agenda", "Nama", "Tgl", "Paraf"],
        ["No Agenda", "Tujuan", "Nama", "Paraf"],
        ["No Agenda", "Asal Surat", "Perihal", "Nama", "Paraf"],
        ["No Agenda", "Instansi", "Paraf"],
    ],
)
def test_a_book_of_letters_that_is_signed_is_no_list_of_persons(headers: list[str]) -> None:
    with pytest.raises(Refused):
        cells_of([headers, ["12"] * len(headers)])


def test_the_persons_of_two_days_are_counted_once_and_those_of_one_sheet_each() -> None:
    days = [["v", "v", "-", "-", "v"], ["-", "v", "v", "-", "v"]]
    names = ["Suwarno", "Suwarni", "Suparmi", "Supiah", "Suwarni"]
    sheets = [
        Sheet(f"Hari {day}", [*LETTERHEAD, HEADED, *([str(n), name, "Dinkes", mark] for n, (name, mark) in marked)])
        for day, marks in enumerate(days, start=1)
        for marked in [[*enumerate(zip(names, marks, strict=True), start=1)]]
    ]
    frame = extract_cells(sheets, zone=JAKARTA).frame
    frame = plain(frame.assign(sheet_id=pd.factorize(frame["sheet"])[0]))
    (row,) = counted([frame]).to_dict("records")
    assert (row["people"], row["verified"], row["present"], row["nameless"]) == (10, 5, 4, 0)
    (row,) = counted([frame.assign(person=MISSING)]).to_dict("records")
    assert (row["people"], row["verified"], row["present"], row["nameless"]) == (10, 10, 6, 10)
    some = frame["row"].isin([5, 6]) | ((frame["row"] == 7) & (frame["sheet"] == "Hari 2"))
    lists = counted([frame.assign(person=frame["person"].mask(some, MISSING)), frame.assign(year=2025)])
    assert lists["nameless"].tolist() == [5, 0]
    told = [(warning.code, warning.row, warning.sheet) for warning in lists_of_sheets(lists)]
    codes = ["persons_again", "persons_again", "lists_summed"]
    assert told == [(code, 4, "Hari 1") for code in codes]
    assert " 5 baris dijumlahkan" in sentence(lists_of_sheets(lists)[2].message)
    many = lists_of_sheets(pd.concat([lists.iloc[:1]] * 101))
    assert [(warning.code, warning.row) for warning in many[200:]] == [("persons_again", None), ("lists_summed", None)]


SCREENED = {"lolos": (True, True), "tidak lolos": (True, False), "belum": (False, False), "": (pd.NA, pd.NA)}


def test_who_failed_on_one_of_two_days_did_not_pass() -> None:
    answers = [("lolos", "tidak lolos"), ("lolos", ""), ("belum", "lolos"), ("", "belum"), ("lolos", "lolos")]
    rows = [
        {
            "agenda_key": "21",
            "agenda_number": "21",
            "year": 2026,
            "sheet_id": day,
            "sheet": None,
            "row": person,
            "person": person,
        }
        | dict(zip(("is_screened", "is_passed"), SCREENED[answer], strict=True), is_present=True)
        for person, both in enumerate(answers)
        for day, answer in enumerate(both)
    ]
    (row,) = counted([pd.DataFrame(rows)]).to_dict("records")
    assert [row[name] for name in ("verified", "screened", "passed", "failed")] == [5, 4, 3, 1]
