"""A register whose numbers begin again every month: a letter is year, month and number, written `2026-02/1`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.i18n import sentence
from dashboard.pages.shared.links import request_address
from etl.desk.rejected_rows import take_each
from etl.extract.texts import agenda, agenda_key, letter_name, letter_named
from etl.figures.intake.open_work import attention
from etl.figures.requests.work_list import request_list
from etl.office import Office
from etl.settings.document import SourceMap
from tests.books.moments import seconds
from tests.books.typed import agenda as register
from tests.books.typed import hand_overs, room_log
from tests.offices.bureau import Bureau, bureau_of
from tests.offices.office import give
from tests.serving.databases import ON_SQLITE

MONTHLY = SourceMap("agenda", "permohonan", {}, numbering="month")
JULY = ("1;06/07/2026;08.00;Dinkes;Rapat imunisasi;Smart Center;10/07/2026;09.00;12.00;disetujui",)
AUGUST = (
    "1;03/08/2026;08.00;Bappeda;Rapat anggaran;Smart Center;12/08/2026;09.00;12.00;disetujui",
    "2;05/08/2026;08.00;Dinas Sosial;Pelatihan;Smart Center;14/08/2026;09.00;12.00;disetujui",
)


def subject(bureau: Bureau, letter: str) -> str:
    """What a letter is about."""
    return str(bureau.case(letter)["request"]["subject"])


def finish(bureau: Bureau, letter: str, step: str = "A2") -> str | None:
    """When a step of a letter was finished."""
    return bureau.step(letter, step)["finished_at"]


def give_months(office: Office, folder: Path) -> None:
    """The registers of July and August, each from 1."""
    for name, rows in (("juli.csv", JULY), ("agustus.csv", AUGUST)):
        report = give(office, folder, name, register(*rows), seconds("2026-09-30 09:00"), source=MONTHLY)
        told = report.to_json(sentence)
        assert (told["read"], told["accepted"]) == (len(rows), len(rows))


@pytest.fixture
def monthly(tmp_path: Path, server: str | None) -> Iterator[Bureau]:
    """An office with both registers; once on SQLite, once on PostgreSQL."""
    with bureau_of(Bureau, tmp_path, server, give_months) as made:
        yield made


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("2026-02/1", (2026, "-02/1")),
        ("2026/21", (2026, "21")),
        ("2026-12/7A", (2026, "-12/7A")),
        ("2026/005/12", (2026, "005/12")),
        ("2026-13/1", None),
        ("21", None),
    ],
)
def test_a_letter_is_called_by_year_month_and_number(name: str, letter: tuple[int, str] | None) -> None:
    assert letter_named(name) == letter
    assert letter is None or letter_name(*letter) == name


def test_a_cell_that_names_year_month_and_number_names_that_letter() -> None:
    assert agenda("2026-02/001") == ("-02/1", "-02/001", 2026)
    assert agenda_key("-02/001~2") == "-02/1 (2)"
    assert agenda("02/1")[0] == "2/1"


def test_numbers_that_begin_again_every_month_are_letters_of_their_own(monthly: Bureau) -> None:
    assert subject(monthly, "2026-07/1") == "Rapat imunisasi"
    assert subject(monthly, "2026-08/1") == "Rapat anggaran"
    assert subject(monthly, "2026-08/2") == "Pelatihan"
    assert monthly.counts(register(*JULY, *AUGUST), "lagi.csv", source=MONTHLY) == (3, 0, 3, 0, 0, 0)
    rows = request_list(monthly.office, monthly.clock(), search="2026-08/1")
    assert [letter_name(row.year, row.agenda_number) for row in rows.itertuples()] == ["2026-08/1"]
    assert request_address(2026, "-08/1") == "/permohonan/2026-08/1"


ROWS = hand_overs(
    "1;A2;;;;20/07/2026;08.00",  # the latest receipt on or before the row's date
    "1;A3;;;;20/08/2026;08.00",
    "2026/1;A4;;;;20/07/2026;08.00",
    "2026/1;A5;;;;20/08/2026;08.00",
    "2026-07/1;A6;;;;20/08/2026;08.00",  # the row names the month
    "2;A8;;;;20/08/2026;08.00",
)
LETTERS = {"2026-07/1": ["A2", "A4", "A6"], "2026-08/1": ["A3", "A5"], "2026-08/2": ["A8"]}
"""The steps that these hand-overs finish, by letter."""


def finished(bureau: Bureau) -> dict[str, list[str]]:
    """The finished steps after receipt, by letter."""
    steps = {name: bureau.case(name)["steps"][1:] for name in LETTERS}
    return {name: [step["step"] for step in steps[name] if step["finished_at"] is not None] for name in LETTERS}


def test_a_row_belongs_to_the_letter_of_the_latest_receipt(monthly: Bureau) -> None:
    assert monthly.counts(ROWS, "disposisi.csv")[1] == 6
    assert finished(monthly) == LETTERS


def test_a_row_that_came_before_its_register_joins_the_same_letter(bureau: Bureau) -> None:
    assert bureau.counts(ROWS, "disposisi.csv")[4] == 6
    give_months(bureau.office, bureau.folder)
    assert finished(bureau) == LETTERS


@ON_SQLITE
def test_a_row_without_a_date_may_be_of_either_month_and_waits(monthly: Bureau) -> None:
    told = monthly.give("no_agenda;hadir\n1;ya\n2;ya\n", "peserta.csv").to_json(sentence)
    assert [(wait["row"], wait["code"]) for wait in told["waits"]] == [(2, "which_letter")]
    assert attention(monthly.office).which_letters == 1


def test_a_session_is_linked_to_the_letter_of_its_month(monthly: Bureau) -> None:
    monthly.give(room_log("1;Smart Center;12/08/2026;09.00;11.00;40"), "pemakaian.csv")
    assert [len(monthly.case(name)["sessions"]) for name in ("2026-07/1", "2026-08/1")] == [0, 1]


@ON_SQLITE
def test_second_letters_of_one_month_wait_and_those_of_another_do_not(monthly: Bureau) -> None:
    other = "1;04/08/2026;08.00;Dinas Sosial;Lain;Smart Center;20/08/2026;09.00;12.00;disetujui"
    told = monthly.give(register(other), "lain.csv", source=MONTHLY).to_json(sentence)
    assert [wait["code"] for wait in told["waits"]] == ["same_number"]
    assert subject(monthly, "2026-08/1") == "Rapat anggaran"


def test_letters_loaded_before_the_source_counted_by_month_come_along(bureau: Bureau) -> None:
    assert bureau.counts(register(*JULY, *AUGUST), "buku.csv") == (3, 2, 0, 0, 1, 0)
    bureau.give(hand_overs("1;A2;;;;20/08/2026;08.00"), "disposisi.csv")
    assert finish(bureau, "2026/1") is not None
    assert bureau.counts(register(*JULY, *AUGUST), "buku.csv", source=MONTHLY) == (3, 0, 3, 0, 0, 0)
    assert (subject(bureau, "2026-07/1"), subject(bureau, "2026-08/1")) == ("Rapat imunisasi", "Rapat anggaran")
    assert (finish(bureau, "2026-07/1"), finish(bureau, "2026-08/1") is None) == (None, False)
    assert attention(bureau.office).same_numbers == 0
    with pytest.raises(AssertionError):
        bureau.case("2026/1")


@ON_SQLITE
def test_a_row_that_names_several_letters_is_taken_for_those_of_its_month(monthly: Bureau, tmp_path: Path) -> None:
    rows = register("3 & 4;05/08/2026;08.00;Dinkes;Rapat gizi")
    report = give(monthly.office, tmp_path, "bersama.csv", rows, seconds("2026-09-30 09:00"), source=MONTHLY)
    receipt = take_each(monthly.office, report.load_id or 0, 1, "agendaris", "agendaris", monthly.clock())
    assert receipt.counts.accepted == 2
    assert [subject(monthly, f"2026-08/{number}") for number in (3, 4)] == ["Rapat gizi", "Rapat gizi"]
