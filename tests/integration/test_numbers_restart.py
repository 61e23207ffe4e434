"""A register whose numbers begin again: the rows from there on wait for one answer, and no letter is overwritten."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from dashboard.i18n import sentence
from data_access.records import reading
from data_access.records.intake.loads import last_load_id
from data_access.records.office import settings_history
from etl.desk.second_letters import SecondLetterError, answer_number, answer_numbering
from etl.desk.settings_edit import with_room, with_source
from etl.domain.units import day_number
from etl.extract.texts import letter_named
from etl.figures.intake.open_work import attention, restarts, second_letters, waiting_events
from etl.figures.requests.detail import request_detail
from etl.intake.by_month import begins_again
from etl.intake.pipeline import apply_settings, ingest
from etl.intake.undo import undo
from etl.settings.document import SourceMap
from tests.books.typed import book, hand_overs
from tests.offices.bureau import Bureau

HEADER = "no_agenda;tgl_terima;asal;perihal"
OFFICES = ("Bappeda", "Dinas Sosial", "Dinas Kesehatan", "Dinas Pertanian", "Inspektorat")


ON_POSTGRESQL = pytest.mark.parametrize("server", ["postgresql"], indirect=True)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> str | None:
    """Records lie in SQLite, unless a test asks for the server."""
    return request.getfixturevalue("postgresql_server") if hasattr(request, "param") else None


def month(number: int, count: int, first: int = 1, day: int = 2) -> tuple[str, ...]:
    """Letters of a month from a number on, one a day."""
    senders = [OFFICES[(number + place) % len(OFFICES)] for place in range(count)]
    return tuple(
        f"{first + place};{day + place:02d}/{number:02d}/2026;{sender};Surat {number}-{first + place}"
        for place, sender in enumerate(senders)
    )


JANUARY, FEBRUARY, MARCH = month(1, 4), month(2, 3), month(3, 2)


def given_to(bureau: Bureau, name: str, *rows: str, **options: Any) -> dict[str, Any]:
    """What `ingest --json` tells of a register with these rows."""
    return bureau.give(book(HEADER, *rows), name, **options).to_json(sentence)


def ends(told: dict[str, Any]) -> tuple[int, ...]:
    """Accepted, unchanged, corrected, waiting."""
    return tuple(told[end] for end in ("accepted", "unchanged", "corrected", "waiting"))


def waits(told: dict[str, Any]) -> list[tuple[int, str]]:
    """Row and reason of what waits."""
    return [(wait["row"], wait["code"]) for wait in told["waits"]]


def restart(*rows: int) -> list[tuple[int, str]]:
    """Those rows, as the numbers begin again."""
    return [(row, "numbers_restart") for row in rows]


def answer(bureau: Bureau, *, is_monthly: bool) -> bool:
    """Answer the one question."""
    (asked,) = restarts(bureau.office)
    given = ("agendaris", "agendaris", bureau.clock(), "jawaban")
    return answer_numbering(bureau.office, asked.first["id"], *given, is_monthly=is_monthly)


def take_back(bureau: Bureau, since: int = 0) -> None:
    """Undo the newest load but so many."""
    with reading(bureau.office.records) as connection:
        newest = last_load_id(connection)
    undo(bureau.office, newest - since, "salah jawab", "admin", bureau.clock())


def subject(bureau: Bureau, letter: str) -> str:
    """What a letter is about."""
    return str(bureau.case(letter)["request"]["subject"])


def numberings(bureau: Bureau) -> list[tuple[str, str | None]]:
    """Name and numbering of the sources of the settings."""
    return [(source.name, source.numbering) for source in bureau.office.settings.sources]


def stands(bureau: Bureau) -> bool:
    """Whether the letters of January are as their own rows say, within the year."""
    return [subject(bureau, f"2026/{number}") for number in (1, 2, 3, 4)] == [f"Surat 1-{n}" for n in (1, 2, 3, 4)]


def test_from_where_the_numbers_begin_again_all_rows_wait_with_one_question(bureau: Bureau) -> None:
    told = given_to(bureau, "a.csv", *JANUARY, *FEBRUARY, *MARCH)
    assert (ends(told), waits(told)) == ((4, 0, 0, 5), restart(6, 7, 8, 9, 10))
    assert "Baris 6" in told["waits"][0]["message"]
    (asked,) = restarts(bureau.office)
    assert (asked.first["row"], asked.first["agenda_number"], asked.rows) == (6, "1", 5)
    assert (attention(bureau.office).restarted, attention(bureau.office).same_numbers, stands(bureau)) == (5, 0, True)
    again = given_to(bureau, "b.csv", *JANUARY, *FEBRUARY, *MARCH, "5;05/03/2026;Bappeda;Lagi")
    assert (ends(again), waits(again)) == ((0, 4, 0, 6), restart(6, 7, 8, 9, 10, 11))
    assert ([asked.rows for asked in restarts(bureau.office)], stands(bureau)) == ([6], True)


def test_against_letters_loaded_before_and_near_ones_wait_too(bureau: Bureau) -> None:
    late, soon = month(1, 4, day=24), month(2, 5)
    assert ends(given_to(bureau, "januari.csv", *(row.replace(row.split(";")[2], "Bappeda") for row in late))) == (
        4, 0, 0, 0,
    )  # fmt: skip
    assert waits(given_to(bureau, "februari.csv", *soon)) == restart(2, 3, 4, 5, 6)


def workbook(bureau: Bureau, **sheets: tuple[str, ...]) -> dict[str, Any]:
    """What `ingest --json` tells of a workbook with these sheets."""
    path = bureau.folder / "buku.xlsx"
    with xlsxwriter.Workbook(path) as file:
        for name, rows in sheets.items():
            page = file.add_worksheet(name)
            for line, row in enumerate([HEADER, *rows]):
                page.write_row(line, 0, row.split(";"))
    (report,) = ingest(bureau.office, path, bureau.clock())
    return report.to_json(sentence)


def test_in_a_later_sheet(bureau: Bureau) -> None:
    told = workbook(bureau, Januari=JANUARY, Februari=FEBRUARY)
    assert [(wait["sheet"], *where) for wait, where in zip(told["waits"], waits(told), strict=True)] == [
        ("Februari", *where) for where in restart(2, 3, 4)
    ]


FEW = ("1;26/01/2026;Bappeda;Musrenbang", "2;28/01/2026;Dinas Kesehatan;Lokakarya")
FEW_AGAIN = (
    "1;03/02/2026;Bappeda;Forum OPD",
    "2;05/02/2026;Dinas Kesehatan;Imunisasi",
    "3;09/02/2026;Inspektorat;Audit",
)
"""The same senders in the next month, without letter numbers, a few days later."""


def test_two_letters_of_the_same_senders_are_enough(bureau: Bureau) -> None:
    told = workbook(bureau, Jan=FEW, Feb=FEW_AGAIN)
    assert (ends(told), waits(told)) == ((2, 0, 0, 3), restart(2, 3, 4))
    assert [subject(bureau, f"2026/{number}") for number in (1, 2)] == ["Musrenbang", "Lokakarya"]
    take_back(bureau)
    assert waits(given_to(bureau, "a.csv", *FEW, *FEW_AGAIN)) == restart(4, 5, 6)
    take_back(bureau)
    assert ends(given_to(bureau, "januari.csv", *FEW)) == (2, 0, 0, 0)
    assert waits(given_to(bureau, "februari.csv", *FEW_AGAIN)) == restart(2, 3, 4)
    assert [subject(bureau, f"2026/{number}") for number in (1, 2)] == ["Musrenbang", "Lokakarya"]


def test_numbers_that_begin_again_in_the_week_overwrite_no_letter(bureau: Bureau) -> None:
    week = ("1;05/02/2026;Bappeda;Forum OPD", "2;06/02/2026;Dinas Kesehatan;Imunisasi")
    told = workbook(bureau, Satu=week, Dua=("1;12/02/2026;Bappeda;Musrenbang", "2;13/02/2026;Dinas Kesehatan;Audit"))
    assert (ends(told), waits(told)) == ((2, 0, 0, 2), [(2, "same_number"), (3, "same_number")])
    assert "Bappeda (Musrenbang, diterima 12 Feb 2026)" in told["waits"][0]["message"]
    assert waits(given_to(bureau, "maret.csv", "1;02/03/2026;Bappeda;Lagi")) == [(2, "same_number")]


@pytest.mark.parametrize(
    ("rows", "start"),
    [
        ((*JANUARY, *FEBRUARY), 4),
        ((*JANUARY, "x;01/02/2026;Bappeda;Tanpa nomor", *FEBRUARY), 5),
        ((*month(1, 20), *month(2, 5, first=16), *month(3, 5)), 20),
        ((*month(1, 20), *month(2, 5, first=21), *month(3, 2)), 25),  # not in February, which goes on
        ((*month(1, 20), *month(2, 6), *month(2, 3, first=21, day=9)), 20),  # so many are no slip
        ((*JANUARY, "2;20/02/2026;Inspektorat;Lain", "5;21/02/2026;Bappeda;Lanjut"), None),  # one stray number
        ((*month(1, 20), *month(2, 2, first=7), *month(2, 5, first=21, day=8)), None),  # then they go on as before
        ((*JANUARY, "1;15/01/2026;Inspektorat;Lain", "2;16/01/2026;Inspektorat;Lain"), None),  # of the same month
        ((*FEBRUARY, *JANUARY), None),  # no later month
    ],
)
def test_numbers_begin_again_where_they_rise_again_in_a_later_month(rows: tuple[str, ...], start: int | None) -> None:
    cells = [row.split(";") for row in rows]
    days = [day_number(date(*map(int, reversed(day.split("/"))))) for _, day, *_ in cells]
    frame = pd.DataFrame({"agenda_key": [key for key, *_ in cells], "received_on": days})
    frame["first_id"] = pd.factorize(frame["agenda_key"])[0]
    is_other = frame["agenda_key"].duplicated().to_numpy()
    assert begins_again(frame, frame[:0], is_other) == (len(rows) if start is None else start)


def test_one_stray_number_is_asked_about_by_itself(bureau: Bureau) -> None:
    told = given_to(bureau, "a.csv", *JANUARY, "2;20/02/2026;Inspektorat;Lain", "5;21/02/2026;Bappeda;Lanjut")
    assert waits(told) == [(6, "same_number")]


def test_what_the_settings_learn_meanwhile_lets_no_row_count(bureau: Bureau) -> None:
    header = f"{HEADER};ruang;tgl_kegiatan"
    bureau.give(book(header, *(f"{row};Aula;" for row in (*JANUARY, *FEBRUARY))), "a.csv")
    apply_settings(bureau.office, lambda known: with_room(known, "Aula", 40, []), bureau.clock(), actor="admin")
    assert (attention(bureau.office).restarted, stands(bureau)) == (3, True)


def passes(bureau: Bureau, *letters: str) -> list[int]:
    """How many passes A2 of each of these letters has."""
    return [int(bureau.step(letter, "A2")["passes"]) for letter in letters]


@ON_POSTGRESQL
def test_answered_yes_the_letters_get_their_months_and_undone_all_is_as_before(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", *JANUARY, *FEBRUARY)
    bureau.give(hand_overs("1;A2;;;;09/02/2026;08.00", "4;A2;;;;09/02/2026;08.00"), "langkah.csv")
    bureau.give(CALENDAR, "jadwal.ics")
    assert (passes(bureau, "2026/1", "2026/4"), answer(bureau, is_monthly=True)) == ([1, 1], True)
    assert [subject(bureau, f"2026-01/{number}") for number in (1, 4)] == ["Surat 1-1", "Surat 1-4"]
    assert [subject(bureau, f"2026-02/{number}") for number in (1, 3)] == ["Surat 2-1", "Surat 2-3"]
    assert passes(bureau, "2026-01/1", "2026-02/1", "2026-01/4") == [0, 1, 1]
    assert is_gone(bureau, "2026/1")
    assert (restarts(bureau.office), attention(bureau.office).same_numbers) == ([], 0)
    assert (numberings(bureau), waiting_events(bureau.office, 1)[1]) == ([("agenda langsung", "month")], 1)
    with reading(bureau.office.records) as connection:
        assert [version.reason for version in settings_history(connection)] == ["jawaban"]
    take_back(bureau)
    assert (stands(bureau), passes(bureau, "2026/1", "2026/4"), numberings(bureau)) == (True, [1, 1], [])
    assert ([asked.rows for asked in restarts(bureau.office)], attention(bureau.office).same_numbers) == ([3], 0)
    assert (is_gone(bureau, "2026-01/1"), is_gone(bureau, "2026-02/1")) == (True, True)
    assert waiting_events(bureau.office, 1)[1] == 1
    assert answer(bureau, is_monthly=True)
    assert ends(given_to(bureau, "b.csv", *JANUARY, *FEBRUARY, *MARCH)) == (2, 7, 0, 0)
    assert [subject(bureau, f"2026-0{number}/1") for number in (1, 2, 3)] == ["Surat 1-1", "Surat 2-1", "Surat 3-1"]


EVENT = "UID:1\nDTSTART:20260910T020000Z\nDURATION:PT2H\nSUMMARY:Rapat"
CALENDAR = f"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n{EVENT}\nEND:VEVENT\nEND:VCALENDAR\n"
"""An event without a number, given without a source like the register."""


def is_gone(bureau: Bureau, letter: str) -> bool:
    """Whether there is no such letter."""
    named = letter_named(letter)
    return named is not None and request_detail(bureau.office, *named, bureau.clock()) is None


def test_undone_what_waited_as_another_letter_waits_so_again(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", *JANUARY)
    given_to(bureau, "b.csv", "2;20/02/2026;Inspektorat;Lain")
    assert waits(given_to(bureau, "c.csv", *MARCH)) == restart(2, 3)
    assert answer(bureau, is_monthly=True)
    assert (subject(bureau, "2026-02/2"), attention(bureau.office).same_numbers) == ("Lain", 0)
    take_back(bureau)
    assert (attention(bureau.office).same_numbers, attention(bureau.office).restarted, stands(bureau)) == (1, 2, True)


def test_answered_yes_a_second_letter_of_a_month_is_asked_about_by_itself(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", *JANUARY, *FEBRUARY, "2;20/02/2026;Inspektorat;Lain")
    assert answer(bureau, is_monthly=True)
    assert (restarts(bureau.office), attention(bureau.office).same_numbers) == ([], 1)
    (row,), _ = second_letters(bureau.office, 1)
    assert answer_number(bureau.office, row.place["id"], "a", "agendaris", bureau.clock(), is_letter=True)
    assert (subject(bureau, "2026-02/2"), subject(bureau, "2026-02/2~2")) == ("Surat 2-2", "Lain")
    assert attention(bureau.office).same_numbers == 0


def test_answered_no_each_row_that_contradicts_is_asked_about_and_undone_all_are_again(bureau: Bureau) -> None:
    rows = (*JANUARY, *FEBRUARY, "5;05/02/2026;Bappeda;Baru")
    given_to(bureau, "a.csv", *rows)
    (asked,) = restarts(bureau.office)
    assert answer(bureau, is_monthly=False)
    assert (stands(bureau), subject(bureau, "2026/5")) == (True, "Baru")
    assert (restarts(bureau.office), attention(bureau.office).same_numbers) == ([], 3)
    assert numberings(bureau) == [("agenda langsung", "year")]
    with pytest.raises(SecondLetterError):
        answer_numbering(bureau.office, asked.first["id"], "a", "agendaris", bureau.clock(), "", is_monthly=True)
    take_back(bureau)
    assert ([asked.rows for asked in restarts(bureau.office)], attention(bureau.office).same_numbers) == ([4], 0)
    assert (numberings(bureau), stands(bureau), is_gone(bureau, "2026/5")) == ([], True, True)
    answer(bureau, is_monthly=False)
    again = given_to(bureau, "b.csv", *rows, *MARCH)
    assert (ends(again), {code for _, code in waits(again)}) == ((0, 5, 0, 5), {"same_number"})


def test_the_named_source_keeps_the_answer_and_no_other_is_asked_for(bureau: Bureau) -> None:
    columns = {column: column for column in HEADER.split(";")}
    known = bureau.office.settings
    for name in ("a", "b"):
        known = with_source(known, SourceMap(name, "permohonan", columns), None)
    apply_settings(bureau.office, known, bureau.clock(), actor="admin")
    assert waits(given_to(bureau, "a.csv", *JANUARY, *FEBRUARY, source="a")) == restart(6, 7, 8)
    assert answer(bureau, is_monthly=True)
    assert numberings(bureau) == [("a", "month"), ("b", None)]
    assert ends(given_to(bureau, "a2.csv", *FEBRUARY, *MARCH, source="a")) == (2, 3, 0, 0)
    told = bureau.office.settings.with_numbering("a", "year")
    apply_settings(bureau.office, told, bureau.clock(), actor="admin")
    take_back(bureau, since=1)
    assert (numberings(bureau), stands(bureau)) == ([("a", "year"), ("b", None)], True)
    assert subject(bureau, "2026-03/1") == "Surat 3-1"
