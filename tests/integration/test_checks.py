"""Checks of a room and lists of participants: what becomes of each row, and what the mart says of them."""

from __future__ import annotations

from typing import Any

from etl.intake.pipeline import apply_settings
from etl.settings.document import apply
from tests.books.typed import book, room_log
from tests.offices.bureau import LETTER, Bureau

CHECKS = "ruang;tanggal;jam;saat;barang;kondisi;no_agenda"
PERSONS = "no_agenda;tahun;nama;hadir;hasil"


def rows(bureau: Bureau, columns: str, table: str) -> list[tuple[Any, ...]]:
    """Some columns of a table of the mart, sorted."""
    return sorted(bureau.office.mart.read().tuples(f"SELECT {columns} FROM {table}"))  # noqa: S608 – own names


def persons(*answers: str, letter: str = "143") -> str:
    """A list of persons of one letter: `ya;lolos`."""
    return book(PERSONS, *(f"{letter};2026;Orang;{answer}" for answer in answers))


def test_a_check_is_known_by_room_time_and_item(bureau: Bureau) -> None:
    first = book(
        CHECKS, "SC;08/09/2026;08.30;;AC;Baik;", "SC;08/09/2026;08.30;;Proyektor;KB;", "SC;08/09/2026;08.30;;ac;Baik;"
    )
    assert bureau.counts(first, "a.csv") == (3, 2, 1, 0, 0, 0)
    again = book(
        CHECKS,
        "Smart Center;08/09/2026;08.30;;AC;RB;",
        "SC;08/09/2026;08.30;;Proyektor;RR;",
        "SC;08/09/2026;14.00;;AC;Baik;",
    )
    assert bureau.counts(again, "b.csv") == (3, 1, 1, 1, 0, 0)
    assert rows(bureau, "item, condition", "check_fact") == [("AC", "GOOD"), ("AC", "HEAVY"), ("Proyektor", "LIGHT")]


def test_without_a_clock_before_and_after_are_two_checks(bureau: Bureau) -> None:
    text = book(CHECKS, "SC;08/09/2026;;sebelum;AC;Baik;", "SC;08/09/2026;;sesudah;AC;Hilang;")
    assert bureau.counts(text) == (2, 2, 0, 0, 0, 0)
    assert rows(bureau, "occasion, condition", "check_fact") == [("after", "MISSING"), ("before", "GOOD")]


def test_a_check_never_waits_for_its_letter_and_is_linked_when_it_comes(bureau: Bureau) -> None:
    assert bureau.counts(book(CHECKS, "SC;08/09/2026;08.30;;AC;Baik;143"), "a.csv") == (1, 1, 0, 0, 0, 0)
    assert rows(bureau, "request_id", "check_fact") == [(None,)]
    bureau.give(LETTER, "agenda.csv")
    assert rows(bureau, "request_id", "check_fact") == [(1,)]


def test_a_check_of_an_unknown_room_waits_until_the_room_is_known(bureau: Bureau) -> None:
    text = book(CHECKS, "Aula;08/09/2026;08.30;;AC;Baik;")
    assert bureau.counts(text, "a.csv") == (1, 0, 0, 0, 1, 0)
    assert rows(bureau, "room", "check_fact") == []
    settings = apply(
        bureau.office.settings,
        '[[room]]\nname = "Aula"\n[[room]]\nname = "Smart Center"\naliases = ["SC"]\n',
        "kota.toml",
    )
    assert apply_settings(bureau.office, settings, bureau.clock(), actor="admin").joined == 1
    assert rows(bureau, "room", "check_fact") == [("Aula",)]
    assert bureau.counts(text, "a.csv") == (1, 0, 1, 0, 0, 0)


def test_a_list_becomes_counts_of_its_letter(registered: Bureau) -> None:
    assert registered.counts(persons("ya;lolos", "ya;tidak lolos", "tidak;"), "peserta.csv") == (3, 3, 0, 0, 0, 0)
    counts = rows(registered, "people, verified, present, screened, passed, failed", "request_fact")
    assert counts == [(3, 3, 2, 2, 1, 1)]


def test_a_list_that_says_the_same_is_unchanged_and_another_one_corrects(registered: Bureau) -> None:
    registered.give(persons("ya;lolos", "tidak;"), "a.csv")
    assert registered.counts(persons("tidak;", "ya;lolos"), "b.csv") == (2, 0, 2, 0, 0, 0)
    assert registered.counts(persons("ya;lolos", "ya;lolos", "ya;"), "c.csv") == (3, 0, 0, 3, 0, 0)
    assert rows(registered, "people, present, screened, correction_count", "request_fact") == [(3, 3, 2, 1)]


def test_a_list_waits_for_its_letter(bureau: Bureau) -> None:
    text = persons("ya;lolos", "ya;lolos")
    assert bureau.counts(text, "a.csv") == (2, 0, 0, 0, 2, 0)
    bureau.give(LETTER, "agenda.csv")
    assert rows(bureau, "people, present", "request_fact") == [(2, 2)]
    assert bureau.counts(text, "a.csv") == (2, 0, 2, 0, 0, 0)


def test_a_list_without_answers_does_not_say_that_nobody_came(registered: Bureau) -> None:
    registered.give(book("no_agenda;hadir", "143;ya", "143;ya"), "a.csv", kind="peserta")
    assert rows(registered, "verified, present, screened, passed", "request_fact") == [(2, 2, None, None)]


def test_the_only_session_of_a_letter_takes_the_counts_of_its_list(registered: Bureau) -> None:
    registered.give(room_log("143;Smart Center;08/09/2026;09.00;11.00;"), "a.csv")
    registered.give(persons("ya;lolos", "ya;lolos", "tidak;"), "peserta.csv")
    assert rows(registered, "verified, present", "session_fact") == [(3, 2)]
    registered.give(room_log("143;Smart Center;09/09/2026;09.00;11.00;"), "b.csv")
    assert rows(registered, "verified, present", "session_fact") == [(None, None), (None, None)]


def test_a_session_has_each_count_from_the_latest_that_gives_it(registered: Bureau) -> None:
    registered.give(persons("ya;lolos", "ya;lolos"), "peserta.csv")
    registered.give(room_log("143;Smart Center;08/09/2026;09.00;11.00;40"), "a.csv")
    assert rows(registered, "verified, present", "session_fact") == [(2, 40)]
