"""Which receipts of a register cannot be, from their days, those of the letters, and the rows around them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from etl.domain.frames import MISSING
from etl.domain.units import day_number
from etl.intake.classify import implausible_receipts

TODAY = day_number(date(2027, 12, 31))


def odd(
    *receipts: str, sheets: str = "", letters: tuple[str, ...] = (), numbers: Sequence[int] | None = None
) -> list[int]:
    """The rows, from 1, whose receipt is odd; `sheets` names the sheet of each by a letter."""
    days = np.array([day_number(date.fromisoformat(receipt)) for receipt in receipts])
    years = np.array([int(receipt[:4]) for receipt in receipts])
    of_letters = [day_number(date.fromisoformat(letter)) if letter else MISSING for letter in letters]
    letter_on = np.array(of_letters or [MISSING] * len(days))
    sheet = np.array([*map(ord, sheets or "A" * len(days))])
    is_odd = implausible_receipts(days, years, sheet, letter_on, TODAY, None if numbers is None else np.array(numbers))
    return (np.flatnonzero(is_odd) + 1).tolist()


REST = ("2026-01-05", "2026-01-06", "2026-01-08", "2026-01-09")
TURN = ("2025-12-22", "2025-12-23", "2025-12-29", "2025-12-30")
TURN_AGAIN = ("2026-01-13", "2026-01-14", "2026-01-14", "2026-01-14")
LAST_YEAR = ("2025-01-05", "2025-01-06", "2025-01-07", "2025-01-08", "2025-01-09")
SPARSE = ("2026-01-05", "2026-04-06", "2026-08-10", "2026-12-20")


@pytest.mark.parametrize(
    ("receipts", "rows"),
    [
        (("2025-01-02", "2025-01-02", "2026-01-05", "2026-01-06", "2025-01-07"), [1, 2, 5]),
        (("2025-01-02", *REST), [1]),
        ((*REST, "2025-01-10"), [5]),
        ((*REST, "2025-01-10", "2025-01-11", "2025-01-12"), [5, 6, 7]),
        (("2027-01-02", *REST), [1]),
        ((*SPARSE, "2025-12-22"), [5]),  # near the first row, and not where it stands
        (("2025-12-30", "2026-01-02", "2026-01-05"), []),  # the turn of a year
        (("2025-12-28", "2025-12-29", "2025-12-30", *REST), []),
        (("2025-12-30", "2026-01-02"), []),
        (("2025-01-02", "2026-01-05"), []),  # either may be the wrong one
        (("2025-01-02", "2025-01-03", "2026-01-05", "2026-01-06"), []),
        ((*REST, "2025-01-10", "2025-01-11", "2025-01-12", "2025-01-13"), []),  # four are no slip
        (("2025-01-05", "2025-02-06", "2025-03-08"), []),  # a register of one year
        (("2025-06-30", *REST), []),  # not near them in their year either
        (("2025-03-02", "2026-03-01", "2026-03-02", "2025-02-20", "2025-02-21", "2026-03-07"), []),  # in no order
        (("2024-02-29", "2025-03-01", "2025-03-02"), [1]),
        ((*REST, "2025-01-10", "2025-01-11", "2026-01-12", "2026-01-13", *REST), [5, 6]),
        ((*REST, "2027-01-10", "2027-01-11", "2027-01-11", "2026-01-12", *REST), [5, 6, 7]),
        ((*REST, "2025-12-29", "2025-12-30", "2026-01-12", *REST), []),  # registered late
        ((*REST, *["2025-01-10"] * 4, *REST), []),  # four are no slip
        ((*TURN, "2025-01-05", "2026-01-06", "2026-01-07"), [5]),  # the year that had just ended
        ((*TURN, *TURN[-2:], *LAST_YEAR, "2026-01-12", *TURN_AGAIN, "2026-01-15"), [7, 8, 9, 10, 11]),
        ((*TURN, *TURN_AGAIN, "2025-01-15", "2025-01-16", "2025-01-17", "2025-01-18"), [9, 10, 11, 12]),  # to the end
        ((*LAST_YEAR, "2026-01-12", *TURN_AGAIN, "2026-03-02"), []),  # they may be a year older
    ],
)
def test_a_wrong_year_at_the_edge_of_a_sheet_is_odd(receipts: tuple[str, ...], rows: list[int]) -> None:
    assert odd(*receipts) == rows


def test_sheets_of_one_year_each_are_untouched_and_rows_of_another_sheet_speak_for_an_edge() -> None:
    assert odd("2025-01-02", "2025-01-03", *REST, sheets="AABBBB") == []
    assert odd("2025-01-02", "2025-01-03", "2025-01-04", *REST, sheets="AABBBBB") == []
    assert odd(*REST, "2025-01-03", *REST, sheets="AAAABBBBB") == [5]


@pytest.mark.parametrize(
    ("numbers", "rows"), [(range(1, 14), [1, 2, 3, 4, 5]), ((*range(9, 14), *range(1, 9)), []), ((MISSING,) * 13, [])]
)
def test_the_first_receipts_of_a_sheet_whose_numbers_go_on_from_them_are_of_the_same_year(
    numbers: Sequence[int], rows: list[int]
) -> None:
    first = ("2024-01-02", "2024-01-03", "2024-01-06", "2024-01-07", "2024-01-08")
    rest = (
        "2025-01-09",
        "2025-01-13",
        "2025-01-20",
        "2025-02-03",
        "2025-02-10",
        "2025-03-04",
        "2025-04-08",
        "2025-05-06",
    )
    assert odd(*first, *rest, numbers=numbers) == rows


@pytest.mark.parametrize(
    ("receipt", "letter", "rows"),
    [("2025-01-05", "2026-01-03", [1]), ("2026-01-05", "2026-02-05", []), ("2026-01-05", "2026-02-06", [1]),
     ("2026-01-05", "2025-01-03", []), ("2026-01-05", "", [])],
)  # fmt: skip
def test_a_receipt_long_before_the_date_of_its_letter_is_odd(receipt: str, letter: str, rows: list[int]) -> None:
    assert odd(receipt, letters=(letter,)) == rows


def through(first: str, last: str, rows: int) -> list[str]:
    """Days in order, spread over a span."""
    bounds = (day_number(date.fromisoformat(day)) for day in (first, last))
    return np.linspace(*bounds, rows).astype(int).astype("datetime64[D]").astype(str).tolist()


YEAR = through("2026-01-02", "2026-12-29", 40)


@pytest.mark.parametrize(
    ("other", "numbers"),
    [
        (through("2026-01-05", "2026-12-22", 13), None),
        (through("2026-01-05", "2026-02-20", 13), [*range(1, 80, 2), *range(2, 28, 2)]),
        (through("2026-01-05", "2026-01-09", 2), [*range(1, 80, 2), 2, 4]),
    ],
)
def test_a_register_sorted_by_sender_is_in_the_order_of_days_of_each(other: list[str], numbers: list[int]) -> None:
    assert odd(*YEAR, *other, numbers=numbers) == []
    turned = None if numbers is None else [*numbers[len(YEAR) :], *numbers[: len(YEAR)]]
    assert odd(*other, *YEAR, numbers=turned) == []


@pytest.mark.parametrize("numbers", [None, range(1, 46), [*range(900, 940), *range(1, 6)]])
def test_the_old_year_goes_on_behind_its_end_also_where_the_numbers_begin_again(numbers: Sequence[int] | None) -> None:
    first_of_year = through("2026-01-05", "2026-01-20", 5)
    assert odd(*YEAR, *first_of_year, numbers=numbers) == [41, 42, 43, 44, 45]
    last_year = [day.replace("2026", "2027") for day in YEAR]
    assert odd(*last_year, *[day.replace("2026", "2027") for day in first_of_year], numbers=numbers) == []  # not yet
