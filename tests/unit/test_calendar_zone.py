"""Days and hours where the clock changes, counted by hand."""

from datetime import date

import pytest

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.frames import MISSING
from etl.domain.units import day_number
from tests.books.calendars import at, calendar, hours, ints, local, week, weekly, worked

NEW_YORK, LORD_HOWE = "America/New_York", "Australia/Lord_Howe"


def open_daily(zone: str, *texts: str, year: int = 2026) -> WorkCalendar:
    """An office open every day at the same hours."""
    every_day = week(**dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), texts))
    return calendar(weekly(every_day), zone=zone, first=date(year, 1, 1), last=date(year, 12, 31))


@pytest.mark.parametrize(
    ("zone", "day", "opened", "seconds"),
    [
        pytest.param(NEW_YORK, "2026-03-08", "00:00-06:00", 5 * 3600, id="across the gap of an hour"),
        pytest.param(NEW_YORK, "2026-03-08", "02:15-02:45", 0, id="inside the gap"),
        pytest.param(NEW_YORK, "2026-03-08", "01:30-02:30", 1800, id="into the gap"),
        pytest.param(NEW_YORK, "2026-11-01", "00:00-06:00", 7 * 3600, id="across the fold of an hour"),
        pytest.param(NEW_YORK, "2026-11-01", "01:15-01:45", 3600, id="inside the fold"),
        pytest.param(NEW_YORK, "2026-11-01", "00:30-01:30", 5400, id="into the fold"),
        pytest.param(LORD_HOWE, "2026-10-04", "01:00-03:00", 5400, id="across the gap of half an hour"),
        pytest.param(LORD_HOWE, "2026-04-05", "01:00-02:00", 5400, id="across the fold of half an hour"),
    ],
)
def test_an_open_hour_counts_as_often_as_the_clock_shows_it(zone: str, day: str, opened: str, seconds: int) -> None:
    office = open_daily(zone, opened)
    assert worked(office, f"{day} 00:00", f"{day} 12:00", zone) == seconds


def test_inside_a_fold_both_passes_are_open_and_the_time_between_is_closed() -> None:
    office = open_daily(NEW_YORK, "01:00-01:30")
    first, second = at("2026-11-01 01:20", NEW_YORK), at("2026-11-01 01:20", NEW_YORK, fold=1)
    assert second - first == 3600
    assert int(office.working_seconds(ints(first), ints(second))[0]) == 600 + 1200


def test_a_due_moment_lies_in_the_second_pass_of_a_fold() -> None:
    office = open_daily(NEW_YORK, "01:00-01:30")
    due = int(office.due(ints(at("2026-11-01 01:00", NEW_YORK)), ints(2400))[0])
    assert due == at("2026-11-01 01:10", NEW_YORK, fold=1)


def test_a_breakdown_repeats_the_hour_of_a_fold() -> None:
    office = open_daily(NEW_YORK, "01:00-01:30")
    line = office.breakdown(at("2026-11-01 00:00", NEW_YORK), at("2026-11-01 12:00", NEW_YORK))[0]
    assert (line.intervals, line.working_seconds) == (hours("01:00-01:30", "01:00-01:30"), 3600)


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("Asia/Jakarta", date(2026, 3, 8), 86_400),
        (NEW_YORK, date(2026, 3, 8), 82_800),
        (NEW_YORK, date(2026, 11, 1), 90_000),
        (LORD_HOWE, date(2026, 10, 4), 84_600),
    ],
)
def test_a_local_day_is_as_long_as_the_clock_makes_it(zone: str, day: date, length: int) -> None:
    office = open_daily(zone, "08:00-12:00")
    number = ints(day_number(day))
    assert int(office.day_end(number)[0] - office.day_start(number)[0]) == length


def test_a_day_whose_midnight_is_skipped_starts_after_the_gap() -> None:
    office = open_daily("America/Sao_Paulo", "08:00-12:00", year=2018)
    start = int(office.day_start(ints(day_number(date(2018, 11, 4))))[0])
    assert local(start, "America/Sao_Paulo") == "2018-11-04 01:00:00"
    assert office.local_day(ints(start - 1, start)).tolist() == [17_838, 17_839]


def test_a_day_that_the_zone_leaves_out_has_no_moment() -> None:
    office = open_daily("Pacific/Apia", "08:00-12:00", year=2011)
    skipped = ints(day_number(date(2011, 12, 30)))
    assert office.day_start(skipped) == office.day_end(skipped)
    assert office.opening(skipped).tolist() == [MISSING]
    assert office.add_working_days(skipped - 1, 1).tolist() == (skipped + 1).tolist()


def test_an_evening_that_comes_back_after_midnight_is_counted_again() -> None:
    zone = "America/St_Johns"
    office = open_daily(zone, "23:00-24:00", year=2010)
    assert worked(office, "2010-11-06 22:00", "2010-11-07 12:00", zone) == (60 + 59) * 60


def test_the_local_day_changes_at_local_midnight() -> None:
    moments = ints(at("2026-09-07 23:59:59"), at("2026-09-08 00:00"), MISSING)
    monday = day_number(date(2026, 9, 7))
    assert calendar().local_day(moments).tolist() == [monday, monday + 1, MISSING]


def test_what_is_missing_has_no_day() -> None:
    assert calendar().day_start(ints(MISSING)).tolist() == [MISSING]
    assert calendar().day_end(ints(MISSING)).tolist() == [MISSING]


def test_local_days_before_and_after_the_calendar_are_known() -> None:
    office = open_daily(NEW_YORK, "08:00-12:00")
    moments = ints(at("2020-01-15 12:00", NEW_YORK), at("2035-01-15 12:00", NEW_YORK))
    days = [day_number(date(2020, 1, 15)), day_number(date(2035, 1, 15))]
    assert office.local_day(moments).tolist() == days
