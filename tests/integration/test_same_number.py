"""Two letters under one number are not a correction: the second one waits, and nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import true

from dashboard.i18n import sentence
from data_access.records import reading
from data_access.records.intake.loads import last_load_id, loads_page
from data_access.records.logs import log_rows
from data_access.records.schema import request_row
from etl.desk.second_letters import SecondLetterError, answer_letter, answer_number
from etl.figures.intake.open_work import attention, row_in_doubt, rows_in_doubt, second_letters, unknown_rooms
from etl.intake.undo import undo
from etl.office import Office
from tests.books.examples import examples
from tests.books.moments import seconds
from tests.books.typed import book
from tests.offices.bureau import Bureau, bureau_of, fresh_bureau
from tests.offices.office import give_books
from tests.serving.databases import ON_SQLITE

HEADER = "no_agenda;tgl_terima;no_surat;asal;nama_kegiatan;ruang;tgl_kegiatan;jam_mulai;jam_selesai;status"
FIRST = "21;05/09/2026;005/101;Dinas Pertanian;Rakor tani;Smart Center;12/09/2026;08.00;10.00;disetujui"
SECOND = "21;05/09/2026;445/77;Dinas Sosial;Pelatihan;Smart Center;14/09/2026;13.00;15.00;disetujui"
THIRD = "22;06/09/2026;005/9;Bappeda;Rapat;Smart Center;15/09/2026;08.00;10.00;disetujui"


def register(*rows: str) -> str:
    """A register with these rows."""
    return book(HEADER, *rows)


END_OF_SEPTEMBER = seconds("2026-09-30 09:00")


def fill_first(office: Office, folder: Path) -> None:
    """The first letter of number 21."""
    give_books(office, folder, {"a.csv": register(FIRST)}, END_OF_SEPTEMBER)


def fill_both(office: Office, folder: Path) -> None:
    """The first letter, and the second, which waits."""
    give_books(office, folder, {"a.csv": register(FIRST, SECOND)}, END_OF_SEPTEMBER)


def fill_parted(office: Office, folder: Path) -> None:
    """Two letters of number 21, received on 5 and 7 September."""
    give_books(office, folder, {"a.csv": register(FIRST, SECOND.replace("05/09", "07/09"))}, END_OF_SEPTEMBER)
    (row,), _ = second_letters(office, 1)
    assert answer_number(office, row.place["id"], "agendaris", "agendaris", END_OF_SEPTEMBER, is_letter=True)


@pytest.fixture
def first(tmp_path: Path, server: str | None) -> Iterator[Bureau]:
    with bureau_of(Bureau, tmp_path, server, fill_first) as made:
        yield made


@pytest.fixture
def both(tmp_path: Path, server: str | None) -> Iterator[Bureau]:
    with bureau_of(Bureau, tmp_path, server, fill_both) as made:
        yield made


@pytest.fixture
def parted(tmp_path: Path, server: str | None) -> Iterator[Bureau]:
    with bureau_of(Bureau, tmp_path, server, fill_parted) as made:
        yield made


def given_to(bureau: Bureau, name: str, *rows: str) -> dict[str, Any]:
    """What `ingest --json` tells of a register with these rows."""
    return bureau.give(register(*rows), name).to_json(sentence)


def stands(bureau: Bureau) -> bool:
    """Whether the first letter of number 21 is as its own row says."""
    request = bureau.case("2026/21")["request"]
    return (request["activity"], request["booked_start_on"]) == ("Rakor tani", "2026-09-12")


def ends(told: dict[str, Any]) -> tuple[int, ...]:
    """Accepted, unchanged, corrected, waiting."""
    return tuple(told[end] for end in ("accepted", "unchanged", "corrected", "waiting"))


@ON_SQLITE
def test_numbers_that_begin_again_each_month_overwrite_no_letter(bureau: Bureau) -> None:
    rows = [f"{number};{number:02d}/{month:02d}/2026;;Bagian Umum;;;;;;" for month in (1, 2, 3) for number in (1, 2, 3)]
    told = given_to(bureau, "bulanan.csv", *rows)
    assert ends(told) == (3, 0, 0, 6)
    assert {wait["code"] for wait in told["waits"]} == {"numbers_restart"}
    corrected = given_to(bureau, "perbaikan.csv", "1;04/01/2026;;Bagian Umum;;;;;;")
    assert ends(corrected) == (0, 0, 1, 0)


@ON_SQLITE
def test_within_one_file_the_second_letter_waits_and_the_first_stands(bureau: Bureau) -> None:
    told = given_to(bureau, "02.csv", FIRST, SECOND, THIRD)
    assert ends(told) == (2, 0, 0, 1)
    assert stands(bureau)
    (wait,) = told["waits"]
    assert (wait["sheet"], wait["row"], wait["code"]) == (None, 3, "same_number")
    for word in ("Baris 3", "21", "005/101", "Dinas Pertanian", "445/77", "Dinas Sosial"):
        assert word in wait["message"]
    again = given_to(bureau, "02.csv", FIRST, SECOND, THIRD)
    assert (ends(again), again["waits"]) == ((0, 2, 0, 1), told["waits"])


def test_a_later_file_neither_overwrites_the_letter_and_given_again_it_still_waits(first: Bureau) -> None:
    assert ends(given_to(first, "b.csv", SECOND, THIRD)) == (1, 0, 0, 1)
    assert ends(given_to(first, "c.csv", THIRD, SECOND, FIRST)) == (0, 2, 0, 1)
    assert stands(first)
    rows, total = second_letters(first.office, 1)
    assert (total, rows[0].mine["activity"], rows[0].earlier["activity"]) == (1, "Pelatihan", "Rakor tani")
    assert (attention(first.office).same_numbers, unknown_rooms(first.office)) == (1, [])


@pytest.mark.parametrize(
    ("row", "end"),
    [
        ("21;05/09/2026;005/102;Dinas Pertanian;Rakor tani", "corrected"),  # the number alone
        ("21;05/09/2026;005/101;Dinas Sosial;Rakor tani", "corrected"),  # the sender alone
        ("21;06/09/2026;005/101;Dinas Pertanian;Panen", "corrected"),  # receipt and event
        ("21;06/09/2026;;Dinas Pertanian;", "corrected"),  # empty cells contradict nothing
        ("21;05/09/2026;005 / 101;Dinas Pertanian;", "corrected"),  # blanks are no other number
        ("21;06/09/2026;005/102;Dinas Pertanian;", "waiting"),  # number and receipt
        ("21;06/09/2026;;Dinas Sosial;", "waiting"),  # sender and receipt
        ("21;05/09/2026;;Dinas Sosial;Panen", "waiting"),  # sender and event
        ("21;05/09/2026;;Dinas Sosial;;;13/09/2026", "waiting"),  # sender and the day of the event
        ("21;05/09/2026;005/102;Dinas Pertanian;Panen", "waiting"),  # number and event
    ],
)
@ON_SQLITE
def test_two_of_sender_number_and_receipt_or_sender_and_event_contradict(first: Bureau, row: str, end: str) -> None:
    told = given_to(first, "b.csv", row + ";" * (HEADER.count(";") - row.count(";")))
    assert told[end] == 1


@pytest.mark.parametrize(
    ("row", "end"),
    [
        ("21;05/09/2026;Dinas Sosial;Rakor tani;", "waiting"),  # the sender alone
        ("21;05/09/2026;Dinas Pertanian;Pelatihan;Panen", "corrected"),  # subject and event
    ],
)
@ON_SQLITE
def test_within_one_file_one_difference_is_another_letter(bureau: Bureau, row: str, end: str) -> None:
    first = "21;05/09/2026;Dinas Pertanian;Rakor tani;"
    told = bureau.give(book(SUBJECTS, first, row), "a.csv").to_json(sentence)
    assert told[end] == 1
    again = bureau.give(book(SUBJECTS, first, row, "22;06/09/2026;Bappeda;Rapat;"), "b.csv").to_json(sentence)
    assert (again["accepted"], again["waiting"]) == (1, int(end == "waiting"))
    assert attention(bureau.office).same_numbers == int(end == "waiting")


def test_a_letter_that_comes_under_a_second_number_is_named_as_its_booking_counts_twice(first: Bureau) -> None:
    told = [
        "22;07/09/2026;005/101;Dinas Pertanian;Rakor tani;Smart Center;12/09/2026;08.00;10.00",
        "23;07/09/2026;005/101;Dinas Pertanian;Rakor tani;Smart Center;14/09/2026;08.00;10.00",
        "24;07/09/2026;005/101;Dinas Sosial;Rakor tani;Smart Center;12/09/2026;08.00;10.00",
        "25;07/09/2026;Undangan;Dinas Pertanian;Rakor tani;Smart Center;12/09/2026;08.00;10.00",
        "26;07/09/2026;005/7;Bappeda;Rapat;Smart Center;15/09/2026;08.00;10.00;dibatalkan",
        "27;07/09/2026;005/7;Bappeda;Rapat;Smart Center;15/09/2026;08.00;10.00",
        "28;07/09/2026;005/8;Bappeda;Rapat;Smart Center;16/09/2026;08.00;10.00",
        "29;08/09/2026;005/8;Bappeda;Rapat;Smart Center;16/09/2026;08.00;10.00",
        "30;08/09/2026;005/9;Bappeda;Rapat;Smart Center;;;",  # that books no day
        "31;08/09/2026;005/9;Bappeda;Rapat;Smart Center;;;",
        "33;08/09/2026;065/14/35/2026;B K D;Rapat;Smart Center;17/09/2026;08.00;10.00",
        "34;08/09/2026;065/14/35/2026;Bkd.;Rapat;Smart Center;17/09/2026;08.00;10.00",
    ]
    rows = [row if row.endswith("dibatalkan") else f"{row};" for row in told]
    report = first.give(register(*rows), "b.csv")
    twice = [warning for warning in report.warnings if warning.code == "letter_twice"]
    assert ([warning.row for warning in twice], report.counts["accepted"]) == ([2, 9, 13], 12)
    letters = [sentence(warning.message).split("tercatat sebagai ")[1][:7] for warning in twice]
    assert letters == ["2026/21", "2026/28", "2026/33"]
    again = first.give(register(rows[0]), "c.csv")
    assert (again.counts["unchanged"], again.warnings) == (1, [])
    dated = first.give(book(f"{HEADER};tgl_surat", f"{rows[0].replace('22;', '32;', 1)};04/09/2026"), "d.csv")
    assert [(warning.code, warning.row) for warning in dated.warnings] == [("letter_twice", 2)]


@ON_SQLITE
def test_a_letter_whose_number_is_only_written_otherwise_is_named(bureau: Bureau) -> None:
    columns = "no_agenda;tgl_terima;asal;perihal;no_surat"
    pairs = [
        ("8/SC", "8 / SC"),
        ("SC/017", "SC-17"),
        ("(20)", "20"),
        ("6", "6/2026"),
        ("14.a", "14a"),
        ("AG.2", "AG 2"),
    ]
    others = [("9/SC", "9/UM"), ("31/A", "31B"), ("7.1", "7.2")]
    first, second = (
        [f"{pair[at]};07/09/2026;OPD {place};Rapat;" for place, pair in enumerate([*pairs, *others])] for at in (0, 1)
    )
    assert bureau.give(book(columns, *first), "b.csv").warnings == []
    second += ["32-A;07/09/2026;OPD 7;Rapat lain;", "8:SC;07/09/2026;OPD 0;Rapat lain;", "8_SC;08/09/2026;OPD 0;Rapat;"]
    report = bureau.give(book(columns, *second), "c.csv")
    assert [(each.code, each.row) for each in report.warnings] == [("letter_twice", row) for row in range(2, 8)]
    assert 'surat "8 / SC" dari "OPD 0" untuk 7 Sep 2026 sudah tercatat sebagai 2026/8/sc' in sentence(
        report.warnings[0].message
    )


@ON_SQLITE
def test_a_letter_that_books_nothing_is_named_under_its_second_number_too(first: Bureau) -> None:
    columns = "no_agenda;tgl_terima;no_surat;tgl_surat;asal;perihal;tgl_kegiatan"
    booked = "51;08/09/2026;005/14;07/09/2026;Bappeda;Rakor RKPD;20/09/2026"
    bare = "52;08/09/2026;005/15;;Bappeda;Rakor RKPD;"
    first.give(book(columns, booked, bare), "b.csv")
    rows = [
        booked.replace("51;", "61;", 1).replace("20/09/2026", ""),
        bare.replace("52;", "62;", 1),
        bare.replace("52;08", "63;09", 1),  # received another day
        bare.replace("52;", "64;", 1).replace("RKPD", "RPJMD"),
        booked.replace("51;", "65;", 1).replace("20/09", "21/09"),
    ]
    report = first.give(book(columns, *rows), "c.csv")
    assert [(warning.code, warning.row) for warning in report.warnings] == [("letter_twice", 2), ("letter_twice", 3)]
    assert "diterima 8 Sep 2026" in sentence(report.warnings[0].message)
    assert "2026/51" in sentence(report.warnings[0].message)


@ON_SQLITE
def test_another_subject_without_the_same_full_letter_number_is_named(bureau: Bureau) -> None:
    columns = "no_agenda;tgl_terima;no_surat;asal;perihal;tgl_kegiatan"
    before = ["", "005/", "005/   /2026", "005/12/2026", "005/13/2026", ""]
    after = ["005/31/2026", "005/", "", "005/12/2026", "005/13/2026", ""]
    ends = ["Rapat;20/09/2026", "Rapat;", "Rapat;", "Rapat;20/09/2026", "Rapat;20/09/2026", "Rapat;20/09/2026"]
    others = ["Bimtek;20/09/2026", "Bimtek;", "Bimtek;", "Bimtek;20/09/2026", "Rapat;21/09/2026", "Rapat;21/09/2026"]

    def rows(numbers: list[str], told: list[str]) -> list[str]:
        return [
            f"{at};08/09/2026;{number};Bappeda;{end}"
            for at, (number, end) in enumerate(zip(numbers, told, strict=True), start=1)
        ]

    bureau.give(book(columns, *rows(before, ends)), "a.csv")
    assert bureau.give(book(columns, *rows(before, ends), "9;09/09/2026;;Bappeda;;"), "b.csv").warnings == []
    report = bureau.give(book(columns, *rows(after, others)), "c.csv")
    assert [(warning.code, warning.row) for warning in report.warnings] == [
        ("letter_changed", row) for row in (2, 3, 4, 7)
    ]
    assert report.counts["corrected"] == 6


@ON_SQLITE
def test_a_letter_is_compared_as_its_last_row_tells_of_it(first: Bureau) -> None:
    first.give(register(FIRST.replace("disetujui", "ditunda"), THIRD), "b.csv")
    first.give(register(FIRST, THIRD.replace("005/9", "005/19")), "c.csv")
    again = [FIRST.replace("21;", "31;", 1), THIRD.replace("22;", "32;", 1)]
    assert [(warning.code, warning.row) for warning in first.give(register(*again), "d.csv").warnings] == [
        ("letter_twice", 2)
    ]


@ON_SQLITE
def test_letters_of_one_sender_are_told_by_their_numbers_and_each_is_asked_about(bureau: Bureau) -> None:
    rows = [FIRST.replace("005/101;Dinas Pertanian;Rakor", f"005/{n};Dinas Pertanian;{n}") for n in (101, 102, 103)]
    assert ends(given_to(bureau, "a.csv", *rows)) == (1, 0, 0, 2)
    for left in (1, 0):
        (row, *_), _ = second_letters(bureau.office, 1)
        assert answer(bureau, row.place["id"], is_letter=True)
        assert second_letters(bureau.office, 1)[1] == left
    events = [bureau.case(f"2026/{number}")["request"]["activity"] for number in ("21", "21~2", "21~3")]
    assert events == ["101 tani", "102 tani", "103 tani"]
    assert ends(given_to(bureau, "b.csv", *rows, THIRD)) == (1, 3, 0, 0)


SUBJECTS = "no_agenda;tgl_terima;asal;perihal;nama_kegiatan"
"""A register that says what its letters are about."""


@ON_SQLITE
def test_in_a_later_file_sender_and_subject_are_a_correction(bureau: Bureau) -> None:
    bureau.give(book(SUBJECTS, "21;05/09/2026;Dinas Pertanian;Rakor tani;"), "a.csv")
    assert bureau.counts(book(SUBJECTS, "21;05/09/2026;Dinas Sosial;Pelatihan;"), "b.csv") == (1, 0, 0, 1, 0, 0)


@ON_SQLITE
def test_three_letters_of_one_number_told_by_their_subjects_are_three(bureau: Bureau) -> None:
    senders = ("Dinas Pertanian", "Dinas Sosial", "Bappeda")
    rows = [f"21;05/09/2026;{sender};Surat {number};" for number, sender in enumerate(senders)]
    assert bureau.counts(book(SUBJECTS, *rows), "a.csv") == (3, 1, 0, 0, 2, 0)
    for _ in range(2):
        (waiting, *_), _ = second_letters(bureau.office, 1)
        assert answer(bureau, waiting.place["id"], is_letter=True)
    subjects = [bureau.case(f"2026/{number}")["request"]["subject"] for number in ("21", "21~2", "21~3")]
    assert subjects == ["Surat 0", "Surat 1", "Surat 2"]
    assert bureau.counts(book(SUBJECTS, *rows, rows[0]), "b.csv") == (4, 0, 4, 0, 0, 0)


@ON_SQLITE
def test_a_letter_that_waits_for_its_room_is_not_overwritten_when_the_room_is_known(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", FIRST.replace("Smart Center", "Aula"))
    assert ends(given_to(bureau, "b.csv", SECOND)) == (0, 0, 0, 1)


def test_undoing_the_load_of_the_second_letter_leaves_nothing_to_answer(first: Bureau) -> None:
    load_id = first.give(register(SECOND), "b.csv").load_id
    undo(first.office, load_id, "salah berkas", "admin", first.clock())
    assert second_letters(first.office, 1) == ([], 0)
    assert stands(first)


def test_taken_as_a_correction_it_counts_and_undone_it_waits_again(both: Bureau) -> None:
    (row,), _ = second_letters(both.office, 1)
    assert answer(both, row.place["id"], is_letter=False)
    assert (stands(both), second_letters(both.office, 1)) == (False, ([], 0))
    assert ends(given_to(both, "a.csv", FIRST, SECOND)) == (0, 2, 0, 0)
    with pytest.raises(SecondLetterError):
        answer(both, row.place["id"], is_letter=False)
    take_back_answer(both)
    assert (stands(both), second_letters(both.office, 1)[1]) == (True, 1)
    assert ends(given_to(both, "a.csv", FIRST, SECOND)) == (0, 1, 0, 1)


def answer(bureau: Bureau, row_id: int, *, is_letter: bool) -> bool:
    """Answer a register row that waits for its number."""
    return answer_number(bureau.office, row_id, "agendaris", "agendaris", bureau.clock(), is_letter=is_letter)


def take_back_answer(bureau: Bureau) -> None:
    """Undo the newest load."""
    with reading(bureau.office.records) as connection:
        newest = last_load_id(connection)
    undo(bureau.office, newest, "salah jawab", "admin", bureau.clock())


def another_letter(bureau: Bureau) -> None:
    """Let the one row that waits be a letter of its own."""
    (row,), _ = second_letters(bureau.office, 1)
    assert answer(bureau, row.place["id"], is_letter=True)


def test_another_letter_bears_the_number_with_a_mark_and_undone_it_waits_again(both: Bureau) -> None:
    another_letter(both)
    assert (stands(both), second_letters(both.office, 1)) == (True, ([], 0))
    second = both.case("2026/21~2")["request"]
    assert (second["agenda_number"], second["activity"]) == ("21 (2)", "Pelatihan")
    assert both.case("2026/21 (2)")["request"] == second
    assert ends(given_to(both, "a.csv", FIRST, SECOND)) == (0, 2, 0, 0)
    take_back_answer(both)
    assert (stands(both), second_letters(both.office, 1)[1]) == (True, 1)
    assert ends(given_to(both, "a.csv", FIRST, SECOND)) == (0, 1, 0, 1)
    another_letter(both)
    assert both.case("2026/21~2")["request"]["activity"] == "Pelatihan"


@ON_SQLITE
def test_a_row_belongs_to_the_letter_of_its_number_that_it_does_not_contradict(both: Bureau) -> None:
    another_letter(both)
    moved = SECOND.replace("14/09/2026", "16/09/2026"), FIRST.replace("12/09/2026", "13/09/2026")
    assert ends(given_to(both, "b.csv", *moved)) == (0, 0, 2, 0)
    days = [both.case(f"2026/{number}")["request"]["booked_start_on"] for number in ("21", "21~2")]
    assert days == ["2026-09-13", "2026-09-16"]
    third = "21;07/09/2026;9/9;Bappeda;Rapat;Smart Center;15/09/2026;08.00;10.00;disetujui"
    assert ends(given_to(both, "c.csv", third)) == (0, 0, 0, 1)
    another_letter(both)
    assert both.case("2026/21~3")["request"]["opd"] == "Bappeda"


@ON_SQLITE
def test_what_else_waits_and_tells_of_the_same_letter_goes_with_the_answer(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", FIRST, SECOND, SECOND.replace("14/09/2026", "16/09/2026"))
    (row, _), total = second_letters(bureau.office, 1)
    assert (total, answer(bureau, row.place["id"], is_letter=True)) == (2, True)
    assert second_letters(bureau.office, 1) == ([], 0)
    assert bureau.case("2026/21~2")["request"]["booked_start_on"] == "2026-09-16"


def steps(*rows: str) -> str:
    """A book of hand-overs."""
    return book("no_agenda;tahun;langkah;tgl_selesai;jam_selesai", *rows)


def passes(bureau: Bureau, number: str, code: str) -> int:
    """How many passes a step of a letter has."""
    return int(bureau.step(f"2026/{number}", code)["passes"])


@ON_SQLITE
def test_a_hand_over_of_a_number_borne_twice_joins_the_only_letter_received_by_then(parted: Bureau) -> None:
    assert parted.counts(steps("21;2026;A2;06/09/2026;08.09"), "l.csv")[1:5] == (1, 0, 0, 0)
    assert (passes(parted, "21", "A2"), passes(parted, "21~2", "A2")) == (1, 0)


@pytest.mark.parametrize(("year", "server"), [("2026", "postgresql"), ("", "sqlite")], indirect=["server"])
def test_a_hand_over_that_may_be_of_either_letter_waits_and_is_answered(parted: Bureau, year: str) -> None:
    rows = steps(f"21;{year};A2;08/09/2026;08.09", "21~2;2026;A3;08/09/2026;08.30")
    told = parted.give(rows, "l.csv").to_json(sentence)
    assert ends(told) == (1, 0, 0, 1)
    ((wait,), (row,)) = told["waits"], rows_in_doubt(parted.office, 1)[0]
    assert (wait["row"], wait["code"]) == (2, "which_letter")
    assert (attention(parted.office).which_letters, attention(parted.office).missing_letters) == (1, 0)
    (_, (first, second)) = row_in_doubt(parted.office, "disposisi", row["id"])
    assert (first["letter_number"], second["letter_number"]) == ("005/101", "445/77")
    chosen = (parted.office, "disposisi", row["id"], second["request_id"], "agendaris", parted.clock())
    assert answer_letter(*chosen)
    assert (passes(parted, "21", "A2"), passes(parted, "21~2", "A2"), passes(parted, "21~2", "A3")) == (0, 1, 1)
    assert parted.counts(rows, "l.csv") == (2, 0, 2, 0, 0, 0)
    assert parted.counts(steps("22;;A2;08/09/2026;08.00", f"21;{year};A2;08/09/2026;08.09"), "m.csv")[1:5] == (
        0,
        1,
        0,
        1,
    )
    with pytest.raises(SecondLetterError):
        answer_letter(*chosen)
    undo_answers(parted)
    assert (passes(parted, "21~2", "A2"), rows_in_doubt(parted.office, 1)[1]) == (0, 2)


def undo_answers(bureau: Bureau) -> None:
    """Take back every correction made on a page."""
    with reading(bureau.office.records) as connection:
        answers = [one.id for one in loads_page(connection, 50) if one.kind == "koreksi"]
    for load_id in answers:
        undo(bureau.office, load_id, "salah jawab", "admin", bureau.clock())


def test_hand_overs_of_the_first_letter_wait_once_the_second_has_its_number(both: Bureau) -> None:
    both.give(steps("21;2026;A2;08/09/2026;08.09"), "l.csv")
    assert passes(both, "21", "A2") == 1
    another_letter(both)
    assert (passes(both, "21", "A2"), rows_in_doubt(both.office, 1)[1]) == (0, 1)
    take_back_answer(both)
    assert (passes(both, "21", "A2"), rows_in_doubt(both.office, 1)[1]) == (1, 0)


def test_a_use_and_a_list_of_a_number_borne_twice_are_asked_about_and_the_use_counts(parted: Bureau) -> None:
    use = book("no_agenda;ruang;tanggal;jam_mulai;jam_selesai", "21;Smart Center;14/09/2026;13.00;15.00")
    people = book("no_agenda;tahun;hadir", "21;2026;ya", "21;2026;tidak")
    assert parted.counts(use, "p.csv") == (1, 0, 0, 0, 1, 0)
    assert parted.counts(people, "h.csv") == (2, 0, 0, 0, 2, 0)
    asked = {row["kind"]: row["id"] for row in rows_in_doubt(parted.office, 1)[0]}
    assert set(asked) == {"pemakaian", "peserta"}
    for kind, row_id in asked.items():
        (_, (_, second)) = row_in_doubt(parted.office, kind, row_id)
        assert answer_letter(parted.office, kind, row_id, second["request_id"], "agendaris", parted.clock())
    whole = parted.case("2026/21~2")
    assert (len(whole["sessions"]), rows_in_doubt(parted.office, 1)[1]) == (1, 0)
    assert parted.counts(use, "p.csv") == (1, 0, 1, 0, 0, 0)


CELLS = st.tuples(
    st.sampled_from(("1", "2")), st.sampled_from(("05/09/2026", "06/09/2026")), st.sampled_from(("", "A/1", "B/2")),
    st.sampled_from(("Bappeda", "Dinas Sosial")), st.sampled_from(("", "Rapat", "Panen")),
)  # fmt: skip


@settings(max_examples=examples(5), suppress_health_check=list(HealthCheck))
@given(files=st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=3))
def test_every_row_is_accounted_for_and_no_letter_is_overwritten(files: list[list[tuple[str, ...]]]) -> None:
    with fresh_bureau("2026-11-30 09:00") as bureau:
        for number, rows in enumerate(files):
            told = given_to(bureau, f"{number}.csv", *(";".join(row) + ";;;;;" for row in rows))
            assert told["read"] == len(rows) == sum(ends(told))
            assert len({wait["row"] for wait in told["waits"]}) <= told["waiting"]
        answers = 0
        while waiting := second_letters(bureau.office, 1)[0]:
            assert answer(bureau, waiting[0].place["id"], is_letter=True)
            answers += 1
        assert answers <= sum(map(len, files))
        with reading(bureau.office.records) as connection:
            stored = log_rows(connection, request_row, true()).sort_values("id")
        words = ["received_on", "letter_number", "opd", "activity"]
        counting = set(map(tuple, stored.loc[~stored["is_waiting"], words].fillna("").to_numpy().tolist()))
        assert counting == set(map(tuple, stored[words].fillna("").to_numpy().tolist()))
        for _, mine in stored.groupby("request_id"):
            now: dict[str, Any] = {}
            for row in mine.to_dict("records"):
                if row["is_waiting"]:
                    continue
                old, now = now, now | {k: row[k] for k in NAMED if isinstance(row[k], str) or k == "received_on"}
                assert sum(old[k] != now[k] for k in old) < 2 or was_said(mine, row), (old, now)


NAMED = ("opd_name", "letter_number", "received_on")


def was_said(rows: Any, row: dict[str, Any]) -> bool:
    """Whether an earlier row that counts names the same letter."""
    before = rows[(rows["id"] < row["id"]) & ~rows["is_waiting"]]
    return bool((before[[*NAMED]].fillna("") == [row[k] if row[k] == row[k] else "" for k in NAMED]).all(axis=1).any())
