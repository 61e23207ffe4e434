"""Periods: which days they hold, what came before them, which months a trend shows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from etl.figures.filter import FilterError, Period, SlaFilter, known_steps, month_period, presets, resolve
from tests.offices.many_letters import small_office
from tests.reading.refusals import says


def test_both_days_of_a_period_belong_to_it() -> None:
    june = Period(date(2026, 6, 1), date(2026, 6, 30))
    assert june.days == 30


def test_a_reversed_period_is_refused() -> None:
    with pytest.raises(FilterError, check=says("30 Jun 2026 sampai 1 Jun 2026 terbalik")):
        Period(date(2026, 6, 30), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("first", "last", "before_first", "before_last"),
    [
        ("2026-01-01", "2026-06-30", "2025-07-01", "2025-12-31"),
        ("2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("2026-06-03", "2026-06-09", "2026-05-27", "2026-06-02"),
        ("2026-06-01", "2026-06-29", "2026-05-03", "2026-05-31"),
    ],
)
def test_whole_months_are_compared_with_whole_months_and_days_with_days(
    first: str, last: str, before_first: str, before_last: str
) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert period.previous() == Period(date.fromisoformat(before_first), date.fromisoformat(before_last))


def test_a_trend_has_twelve_months_and_ends_with_the_last_day_of_the_period() -> None:
    months = Period(date(2026, 6, 3), date(2026, 6, 9)).trend().months()
    assert (len(months), months[0], months[-1]) == (12, "2025-07", "2026-06")


def test_presets_are_those_of_the_day() -> None:
    found = presets(date(2026, 8, 15))
    assert found["this_month"] == month_period(2026, 8)
    assert found["last_month"] == month_period(2026, 7)
    assert found["this_quarter"] == Period(date(2026, 7, 1), date(2026, 9, 30))
    assert found["this_semester"] == Period(date(2026, 7, 1), date(2026, 12, 31))
    assert found["last_semester"] == Period(date(2026, 1, 1), date(2026, 6, 30))
    assert found["last_year"] == Period(date(2025, 1, 1), date(2025, 12, 31))
    assert found["last_12_months"] == Period(date(2025, 9, 1), date(2026, 8, 31))


def test_steps_come_in_the_order_of_the_sop_and_a_letter_is_a_whole_part() -> None:
    assert known_steps(["b2", "A5"]) == ("A5", "B2")
    assert known_steps(["B"]) == ("B1", "B2", "B3", "B4", "B5")


def test_an_unknown_step_is_refused_with_the_list() -> None:
    with pytest.raises(FilterError, check=says('Langkah "A9" tidak ada; tulis salah satu dari A1, A2')):
        known_steps(["A9"])


def test_a_period_beyond_all_records_is_refused_in_words(tmp_path: Path) -> None:
    office = small_office(tmp_path)
    for first, last in ((date(1, 1, 1), date(9999, 12, 31)), (date(1999, 12, 31), date(2026, 1, 1))):
        with pytest.raises(FilterError, check=says("antara 1 Jan 2000 dan 31 Des 2100")):
            resolve(office, SlaFilter(Period(first, last)))
