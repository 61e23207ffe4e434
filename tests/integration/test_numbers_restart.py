"""A register whose numbers begin again: the rows from there on wait for one answer, and no letter is overwritten."""

from __future__ import annotations

from typing import Any

import pytest
import xlsxwriter

from dashboard.i18n import sentence
from data_access.records import reading
from data_access.records.intake.loads import last_load_id
from data_access.records.office import settings_history
from etl.desk.second_letters import SecondLetterError, answer_letter, answer_number, answer_numbering
from etl.desk.settings_edit import keep_source, with_room
from etl.figures.intake.open_work import attention, restarts, rows_in_doubt, second_letters
from etl.intake.pipeline import apply_settings, ingest
from etl.intake.undo import undo
from etl.settings.document import SourceMap
from tests.books.typed import book, hand_overs
from tests.offices.bureau import Bureau

HEADER = "no_agenda;tgl_terima;asal;perihal"
OFFICES = ("Bappeda", "Dinas Sosial", "Dinas Kesehatan", "Dinas Pertanian", "Inspektorat")


BOTH = pytest.mark.parametrize("server", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> str | None:
    """Records lie in SQLite; a test that asks for it runs on PostgreSQL, too."""
    is_sqlite = getattr(request, "param", "sqlite") == "sqlite"
    return None if is_sqlite else request.getfixturevalue("postgresql_server")


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


def take_back(bureau: Bureau) -> None:
    """Undo the newest load."""
    with reading(bureau.office.records) as connection:
        newest = last_load_id(connection)
    undo(bureau.office, newest, "salah jawab", "admin", bureau.clock())


def subject(bureau: Bureau, letter: str) -> str:
    """What a letter is about."""
    return str(bureau.case(letter)["request"]["subject"])


def numberings(bureau: Bureau) -> list[tuple[str, str | None]]:
    """Name and numbering of the sources of the settings."""
    return [(source.name, source.numbering) for source in bureau.office.settings.sources]


def stands(bureau: Bureau) -> bool:
    """Whether the letters of January are as their own rows say, within the year."""
    return [subject(bureau, f"2026/{number}") for number in (1, 2, 3, 4)] == [f"Surat 1-{n}" for n in (1, 2, 3, 4)]


@BOTH
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


def test_in_a_later_sheet(bureau: Bureau) -> None:
    path = bureau.folder / "buku.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        for name, rows in (("Januari", JANUARY), ("Februari", FEBRUARY)):
            page = workbook.add_worksheet(name)
            for line, row in enumerate([HEADER, *rows]):
                page.write_row(line, 0, row.split(";"))
    (report,) = ingest(bureau.office, path, bureau.clock())
    told = report.to_json(sentence)
    assert [(wait["sheet"], *where) for wait, where in zip(told["waits"], waits(told), strict=True)] == [
        ("Februari", *where) for where in restart(2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("rows", "same_numbers"),
    [
        ((*JANUARY, "2;20/02/2026;Inspektorat;Lain", "5;21/02/2026;Bappeda;Lanjut"), [6]),  # one stray number
        ((*month(1, 20), *month(2, 2, first=7), *month(2, 5, first=21, day=8)), [22, 23]),  # then they go on as before
        ((*JANUARY, "1;15/01/2026;Inspektorat;Lain", "2;16/01/2026;Inspektorat;Lain"), [6, 7]),  # of the same month
        ((*JANUARY, *month(2, 3, first=5)), []),
    ],
)
def test_numbers_repeated_here_and_there_do_not_begin_again(
    bureau: Bureau, rows: tuple[str, ...], same_numbers: list[int]
) -> None:
    told = given_to(bureau, "a.csv", *rows)
    assert waits(told) == [(row, "same_number") for row in same_numbers]


def test_what_the_settings_learn_meanwhile_lets_no_row_count(bureau: Bureau) -> None:
    header = f"{HEADER};ruang;tgl_kegiatan"
    bureau.give(book(header, *(f"{row};Aula;" for row in (*JANUARY, *FEBRUARY))), "a.csv")
    apply_settings(bureau.office, lambda known: with_room(known, "Aula", 40, []), bureau.clock(), actor="admin")
    assert (attention(bureau.office).restarted, stands(bureau)) == (3, True)


def answered(bureau: Bureau) -> None:
    """January and February of one file, and the answer that numbers begin again every month."""
    given_to(bureau, "a.csv", *JANUARY, *FEBRUARY)
    bureau.give(hand_overs("1;A2;;;;09/02/2026;08.00", "4;A2;;;;09/02/2026;08.00"), "langkah.csv")
    assert bureau.step("2026/1", "A2")["passes"] == 1
    assert answer(bureau, is_monthly=True)


def test_answered_yes_the_letters_stand_under_their_months_and_the_source_keeps_it(bureau: Bureau) -> None:
    answered(bureau)
    assert [subject(bureau, f"2026-01/{number}") for number in (1, 4)] == ["Surat 1-1", "Surat 1-4"]
    assert [subject(bureau, f"2026-02/{number}") for number in (1, 3)] == ["Surat 2-1", "Surat 2-3"]
    passes = {letter: bureau.step(letter, "A2")["passes"] for letter in ("2026-01/1", "2026-02/1", "2026-01/4")}
    assert passes == {"2026-01/1": 0, "2026-02/1": 1, "2026-01/4": 1}
    with pytest.raises(AssertionError):
        bureau.case("2026/1")
    assert (restarts(bureau.office), attention(bureau.office).same_numbers) == ([], 0)
    assert numberings(bureau) == [("agenda langsung", "month")]
    with reading(bureau.office.records) as connection:
        assert [version.reason for version in settings_history(connection)] == ["jawaban"]
    assert ends(given_to(bureau, "b.csv", *JANUARY, *FEBRUARY, *MARCH)) == (2, 7, 0, 0)
    assert subject(bureau, "2026-03/1") == "Surat 3-1"


@BOTH
def test_undone_everything_is_as_before_and_is_asked_again(bureau: Bureau) -> None:
    answered(bureau)
    take_back(bureau)
    assert (stands(bureau), bureau.step("2026/1", "A2")["passes"], numberings(bureau)) == (True, 1, [])
    assert ([asked.rows for asked in restarts(bureau.office)], attention(bureau.office).same_numbers) == ([3], 0)
    for letter in ("2026-01/1", "2026-02/1"):
        with pytest.raises(AssertionError):
            bureau.case(letter)
    assert ends(given_to(bureau, "a.csv", *JANUARY, *FEBRUARY)) == (0, 4, 0, 3)
    assert answer(bureau, is_monthly=True)
    assert (subject(bureau, "2026-01/1"), subject(bureau, "2026-02/1")) == ("Surat 1-1", "Surat 2-1")


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


def test_answered_no_each_row_that_contradicts_is_asked_about_by_itself(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", *JANUARY, *FEBRUARY, "5;05/02/2026;Bappeda;Baru")
    (asked,) = restarts(bureau.office)
    assert answer(bureau, is_monthly=False)
    assert (stands(bureau), subject(bureau, "2026/5"), numberings(bureau)) == (
        True, "Baru", [("agenda langsung", "year")],
    )  # fmt: skip
    assert (restarts(bureau.office), attention(bureau.office).same_numbers) == ([], 3)
    again = given_to(bureau, "b.csv", *JANUARY, *FEBRUARY, "5;05/02/2026;Bappeda;Baru", *MARCH)
    assert (ends(again), {code for _, code in waits(again)}) == ((0, 5, 0, 5), {"same_number"})
    with pytest.raises(SecondLetterError):
        answer_numbering(bureau.office, asked.first["id"], "a", "agendaris", bureau.clock(), "", is_monthly=True)


@BOTH
def test_answered_no_and_undone_it_is_asked_again(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", *JANUARY, *FEBRUARY, "5;05/02/2026;Bappeda;Baru")
    answer(bureau, is_monthly=False)
    take_back(bureau)
    assert ([asked.rows for asked in restarts(bureau.office)], attention(bureau.office).same_numbers) == ([4], 0)
    assert (numberings(bureau), stands(bureau)) == ([], True)
    with pytest.raises(AssertionError):
        bureau.case("2026/5")


def test_the_named_source_keeps_the_answer_and_no_other_is_asked_for(bureau: Bureau) -> None:
    columns = {column: column for column in HEADER.split(";")}
    for name in ("a", "b"):
        keep_source(bureau.office, SourceMap(name, "permohonan", columns), bureau.clock(), actor="admin")
    assert waits(given_to(bureau, "a.csv", *JANUARY, *FEBRUARY, source="a")) == restart(6, 7, 8)
    assert answer(bureau, is_monthly=True)
    assert numberings(bureau) == [("a", "month"), ("b", None)]
    assert ends(given_to(bureau, "a2.csv", *FEBRUARY, *MARCH, source="a")) == (2, 3, 0, 0)


def test_a_row_that_may_be_of_either_month_waits_after_the_answer(bureau: Bureau) -> None:
    answered(bureau)
    told = bureau.give("no_agenda;hadir\n1;ya\n4;ya\n", "peserta.csv").to_json(sentence)
    assert waits(told) == [(2, "which_letter")]
    (doubt,), _ = rows_in_doubt(bureau.office, 1)
    assert doubt["kind"] == "peserta"
    with pytest.raises(SecondLetterError):
        answer_letter(bureau.office, "peserta", doubt["id"], 10_000, "agendaris", bureau.clock())
