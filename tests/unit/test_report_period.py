"""Periods of reports and their codes."""

from __future__ import annotations

from datetime import date

import pytest

from etl.figures.filter import FilterError
from etl.figures.report import Span, last_ended, newest_periods, parse_report_period, period_of
from tests.reading.refusals import says


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-S1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-S2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_code_names_its_days_and_comes_back(code: str, first: date, last: date) -> None:
    period = parse_report_period(code)
    assert (period.days.first, period.days.last, period.code) == (first, last, code)


def test_small_letters_and_blanks_around_do_not_matter() -> None:
    assert parse_report_period(" 2026-q2 ").code == "2026-Q2"


@pytest.mark.parametrize(
    "code", ["", "2026-13", "2026-00", "2026-Q5", "2026-S3", "1999", "2101", "26-S1", "2026-6", "x"]
)
def test_anything_else_is_refused_with_what_to_write(code: str) -> None:
    with pytest.raises(FilterError, check=says("2026-S1")):
        parse_report_period(code)


def test_the_period_that_ended_last_is_offered_first() -> None:
    today = date(2026, 7, 10)
    assert [last_ended(today, span).code for span in Span] == ["2026-06", "2026-Q2", "2026-S1", "2025"]
    assert period_of(today, Span.QUARTER).code == "2026-Q3"


def test_periods_go_back_to_the_day_asked_for() -> None:
    found = newest_periods(date(2026, 7, 10), Span.QUARTER, date(2025, 10, 1))
    assert [one.code for one in found] == ["2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4"]
