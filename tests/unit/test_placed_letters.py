"""To which letter of its number a register row belongs, and which rows wait as another one."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from etl.domain.frames import MISSING
from etl.domain.units import day_number
from etl.intake.same_number import IDENTITY, alike, has_full_number, placed_letters

FIRST = ("Dinas Kesehatan", "005/101", "06/01/2026", "Lokakarya", "12/01/2026", "Permohonan ruang")


def letters(*rows: tuple[str, ...], file: int = 1) -> pd.DataFrame:
    """Rows of one number in one file: sender, letter number, receipt, event and its day, subject; "" for an empty
    cell."""
    frame = pd.DataFrame(rows, columns=IDENTITY)
    for name in ("received_on", "booked_start_on"):
        frame[name] = [_day(cell) for cell in frame[name]]
    return frame.replace("", None).assign(first_id=7, request_id=7, file_id=file)


def _day(cell: str) -> int:
    return day_number(date(*map(int, reversed(cell.split("/"))))) if cell else MISSING


def waits(new: pd.DataFrame, taken: pd.DataFrame | None = None, doubted: pd.DataFrame | None = None) -> list[bool]:
    """Which of the new rows wait as another letter."""
    nothing = new[:0]
    _, waiting = placed_letters(
        new, nothing if taken is None else taken, nothing if doubted is None else doubted
    )  # fmt: skip
    return waiting.tolist()


def but(**changed: str) -> tuple[str, ...]:
    """The first row with other cells."""
    names = ("sender", "number", "receipt", "event", "day", "subject")
    return tuple(changed.get(name, cell) for name, cell in zip(names, FIRST, strict=True))


@pytest.mark.parametrize(
    ("row", "in_file", "in_later_file"),
    [
        (but(number="005/102"), True, False),
        (but(sender="Bappeda"), True, False),
        (but(receipt="07/01/2026"), True, False),
        (but(number="005/102", receipt="07/01/2026"), True, True),
        (but(number="005/102", event="Imunisasi"), True, True),
        (but(number="005/102", day="13/01/2026"), True, True),
        (but(number="005/102", subject="Undangan imunisasi"), True, True),
        (but(subject="Undangan imunisasi"), False, False),
        (but(number="005/102", event="", day="", subject=""), True, False),
        (FIRST, False, False),
        (but(event="Imunisasi", day="13/01/2026"), False, False),
        (but(number=""), False, False),
        (but(number="005 / 101"), False, False),
        (but(number="Undangan"), False, False),
    ],
)
def test_in_one_file_one_difference_is_another_letter(row: tuple[str, ...], in_file: bool, in_later_file: bool) -> None:
    assert waits(letters(FIRST, row)) == [False, in_file]
    assert waits(letters(row), letters(FIRST)) == [in_file]
    assert waits(letters(row, file=2), letters(FIRST)) == [in_later_file]


def test_the_letter_known_before_stands_wherever_in_the_file_its_row_is() -> None:
    known = letters(FIRST)
    assert waits(letters(but(number="005/103"), FIRST, but(number="005/102"), file=2), known) == [True, False, True]


def test_more_of_a_letter_that_waits_waits_with_it_in_a_later_file_too() -> None:
    first, second = letters(FIRST), letters(but(number="005/102"))
    more = letters(but(number="005/102", event="Imunisasi"), but(event="Imunisasi"), file=2)
    assert waits(more, first, second) == [True, False]


def test_a_letter_of_one_row_is_not_that_of_another_row_of_its_file() -> None:
    second, third = but(number="005/102"), but(number="005/103")
    assert alike(letters(second), letters(second, third)).tolist() == [True, False]
    assert alike(letters(second), letters(third, FIRST, file=2)).tolist() == [True, False]


@pytest.mark.parametrize("word", ["Undangan", "tanpa nomor", "-", ""])
def test_words_without_a_digit_are_no_letter_number(word: str) -> None:
    row = but(number=word, receipt="08/01/2026")
    assert waits(letters(row, file=2), letters(but(number="nihil"))) == [False]
    other_month = but(number=word, receipt="05/02/2026")
    assert waits(letters(other_month, file=2), letters(but(number=word))) == [True]


@pytest.mark.parametrize(
    ("number", "receipt", "is_other"),
    [
        ("", "02/02/2026", True),
        ("005/101", "02/02/2026", False),  # the same paper
        ("", "29/01/2026", False),  # within the month
        ("", "28/12/2025", True),  # more than 15 days before
    ],
)
def test_in_a_later_file_a_receipt_of_a_later_month_is_another_letters(
    number: str, receipt: str, is_other: bool
) -> None:
    january = letters(but(receipt="27/01/2026"))
    assert waits(letters(but(number=number, receipt=receipt), file=2), january) == [is_other]


@pytest.mark.parametrize(("number", "is_other"), [("", True), ("Undangan", True), ("005/101", False)])
def test_in_a_later_file_receipt_and_subject_tell_letters_without_a_number_apart(number: str, is_other: bool) -> None:
    row = but(number=number, receipt="09/01/2026", subject="Halal bihalal")
    assert waits(letters(row, file=2), letters(but(number=number))) == [is_other]


UNFILLED = (
    "005/", "005/...", "Und/2026", "005/   /2026", "045/../VI/2026", "005/      /406.003/2026", "  /406.005/2026",
    "005/____/2026", "B/   /VI/2026", "005/2026", "Und/VI/2026", "005/Und/2026", "005", "Undangan", "-", "",
)  # fmt: skip


def test_a_letter_number_with_an_empty_place_tells_no_letters_apart() -> None:
    assert [text for text in (*UNFILLED, None) if has_full_number(text)] == []
    full = ["005/101", "005 / 31 / 2026", "12/Und/VI/2026", "005/4/406.003/2026", "445.1/77", "B-12/2026", "7"]
    assert [text for text in full if not has_full_number(text)] == []


@pytest.mark.parametrize("number", ["005/", "005/   /2026", "005/2026"])
def test_in_a_later_file_an_unfilled_number_is_no_same_paper(number: str) -> None:
    known, other_month = letters(but(number=number)), but(number=number, receipt="05/02/2026")
    assert waits(letters(other_month, file=2), known) == [True]
    assert waits(letters(but(number=number, receipt="07/01/2026"), file=2), known) == [False]
