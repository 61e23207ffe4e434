"""Days are typed and shown day first, whatever the language of the browser."""

from datetime import date

import pytest

from dashboard.components import date_field, day_in_address, day_shown, read_day
from data_access.home import Home
from etl.corrections.typed import Context, read_value
from etl.domain.units import day_number
from etl.office import read_rulebook
from etl.settings.document import default_settings
from tests.books.moments import seconds

THE_DAY = date(2026, 8, 31)


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """What a typed day is read by on 7 September 2026."""
    at = seconds("2026-09-07 08:00")
    return Context(read_rulebook(Home(tmp_path_factory.mktemp("days")), default_settings(), 0, at), at)


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
        "31 8 26",
        "31 /8/ 26",
        "31/8-2026",
    ],
)
def test_a_day_is_read_day_first_however_it_is_typed_on_a_page_and_in_a_correction(typed: str, now: Context) -> None:
    assert read_day(typed) == THE_DAY
    day, moment = (read_value("permohonan", "booked_start", f"{typed}{clock}", now) for clock in ("", " 08.30"))
    assert day == {"on": day_number(THE_DAY), "at": None}
    assert moment == {"on": day_number(THE_DAY), "at": seconds("2026-08-31 08:30")}


@pytest.mark.parametrize(
    "typed",
    [
        "", "kemarin", "31/09/2026", "08/31/2026", "1/2", "31/08/", "2026", None, 20260831, "26-09-07", "260907",
        "07 08.30", "7/8.30",
    ],
)  # fmt: skip
def test_what_is_no_day_is_none(typed: object) -> None:
    assert read_day(typed) is None


def test_a_year_of_four_digits_is_that_year() -> None:
    assert [read_day(typed) for typed in ("0001-01-01", "01/01/0026")] == [date(1, 1, 1), date(26, 1, 1)]
    assert read_day("0000-01-01") is None


def test_a_field_shows_a_day_of_an_address_day_first() -> None:
    assert (day_shown("2026-08-31"), day_shown(THE_DAY), day_shown("")) == ("31/08/2026", "31/08/2026", "")


def test_an_address_holds_the_day_of_a_field_and_leaves_what_is_none() -> None:
    assert (day_in_address("31-8-26"), day_in_address("kemarin"), day_in_address("")) == ("2026-08-31", "kemarin", "")


def test_no_field_follows_the_language_of_the_browser() -> None:
    _, field, _ = date_field("day", "Tanggal", "2026-08-31").children
    assert (field.type, field.value, field.debounce) == ("text", "31/08/2026", True)
