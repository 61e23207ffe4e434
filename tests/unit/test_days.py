"""Days are typed and shown day first, whatever the language of the browser."""

from datetime import date

import pytest

from dashboard.components import date_field, day_in_address, day_shown, read_day

THE_DAY = date(2026, 8, 31)


@pytest.mark.parametrize(
    "typed",
    [
        "31/08/2026",
        "31-8-26",
        " 31.8.2026 ",
        "31 8 2026",
        "31/8/26",
        "31082026",
        "310826",
        "2026-08-31",
        "31 / 8 / 2026",
    ],
)
def test_a_day_is_read_day_first_however_it_is_typed(typed: str) -> None:
    assert read_day(typed) == THE_DAY


@pytest.mark.parametrize(
    "typed", ["", "kemarin", "31/09/2026", "08/31/2026", "1/2", "31/08/", "2026", None, 20260831, "26-09-07", "260907"]
)
def test_what_is_no_day_is_none(typed: object) -> None:
    assert read_day(typed) is None


def test_a_field_shows_a_day_of_an_address_day_first() -> None:
    assert (day_shown("2026-08-31"), day_shown(THE_DAY), day_shown("")) == ("31/08/2026", "31/08/2026", "")


def test_an_address_holds_the_day_of_a_field_and_leaves_what_is_none() -> None:
    assert (day_in_address("31-8-26"), day_in_address("kemarin"), day_in_address("")) == ("2026-08-31", "kemarin", "")


def test_no_field_follows_the_language_of_the_browser() -> None:
    _, field, _ = date_field("day", "Tanggal", "2026-08-31").children
    assert (field.type, field.value, field.debounce) == ("text", "31/08/2026", True)
