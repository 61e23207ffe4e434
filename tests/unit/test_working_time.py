"""Working time between two moments, and the moment at which it is used up."""

from datetime import date

import numpy as np
import pytest

from etl.domain.calendar.days import SpecialDay
from etl.domain.frames import MISSING
from tests.books.calendars import at, calendar, due, hours, ints, week, weekly, worked

OFFICE = calendar()
TUESDAY = date(2026, 9, 8)


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-09-07 09:00", "2026-09-07 09:05", 300),
        ("2026-09-07 11:58", "2026-09-07 13:02", 240),
        ("2026-09-07 12:20", "2026-09-07 13:10", 600),
        ("2026-09-07 16:30", "2026-09-08 07:40", 600),
        ("2026-09-11 16:00", "2026-09-14 08:00", 3_600),
        ("2026-09-11 11:00", "2026-09-11 13:30", 3_600),
        ("2026-09-12 10:00", "2026-09-12 11:00", 0),
        ("2026-09-07 15:00", "2026-09-09 08:00", 32_400),
        ("2026-03-02 15:30", "2026-03-03 08:30", 1_800),
        ("2026-09-07 09:00:00", "2026-09-07 09:05:59", 359),
        ("2026-09-07 09:00", "2026-09-07 09:00", 0),
    ],
)
def test_working_seconds_between_two_moments(start: str, end: str, seconds: int) -> None:
    assert worked(OFFICE, start, end) == seconds


def test_a_closed_day_in_between_is_not_worked() -> None:
    office = calendar(days=[SpecialDay(TUESDAY, "Libur daerah", "SE Bupati", ())])
    assert worked(office, "2026-09-07 15:00", "2026-09-09 08:00") == 5_400


def test_a_day_with_hours_of_its_own_is_worked_in_those() -> None:
    office = calendar(days=[SpecialDay(TUESDAY, "Upacara", "SE Bupati", hours("07:30-10:00"))])
    assert worked(office, "2026-09-07 15:00", "2026-09-09 08:00") == 14_400


@pytest.mark.parametrize(
    ("start", "seconds", "moment"),
    [
        ("2026-09-10 15:00", 3_600, "2026-09-10 16:00:00"),
        ("2026-09-10 15:30", 3_600, "2026-09-11 08:00:00"),
        ("2026-09-11 16:00", 3_600, "2026-09-14 08:00:00"),
        ("2026-09-12 10:00", 300, "2026-09-14 07:35:00"),
        ("2026-09-07 11:30", 3_600, "2026-09-07 13:30:00"),
        ("2026-09-07 07:30", 15_900, "2026-09-07 11:55:00"),
        ("2026-09-07 07:30", 16_200, "2026-09-07 12:00:00"),
        ("2026-09-07 07:30", 16_201, "2026-09-07 13:00:01"),
        ("2026-09-12 10:00", 0, "2026-09-12 10:00:00"),
        ("2026-09-10 16:00", 1, "2026-09-11 07:30:01"),
    ],
)
def test_due_is_the_earliest_moment_at_which_the_time_is_used_up(start: str, seconds: int, moment: str) -> None:
    assert due(OFFICE, start, seconds) == moment


def test_a_due_moment_beyond_the_calendar_is_not_known() -> None:
    starts = ints(at("2026-12-31 15:59:50"), at("2026-12-31 15:59:50"), at("2025-12-31 10:00"))
    assert OFFICE.due(starts, ints(10, 11, 60)).tolist() == [at("2026-12-31 16:00"), MISSING, MISSING]


def test_negative_seconds_are_due_never() -> None:
    assert OFFICE.due(ints(at("2026-09-07 09:00")), ints(-1)).tolist() == [MISSING]


def test_what_is_missing_stays_missing() -> None:
    known = at("2026-09-07 09:00")
    assert OFFICE.cumulative(ints(MISSING)).tolist() == [MISSING]
    assert OFFICE.working_seconds(ints(MISSING, known, MISSING), ints(known, MISSING, MISSING)).tolist() == [
        MISSING,
        MISSING,
        MISSING,
    ]
    assert OFFICE.due(ints(MISSING, known, MISSING), ints(60, MISSING, MISSING)).tolist() == [MISSING] * 3


def test_an_end_before_the_start_gives_negative_seconds() -> None:
    assert worked(OFFICE, "2026-09-07 09:05", "2026-09-07 09:00") == -300


def test_nothing_is_worked_outside_the_calendar() -> None:
    assert worked(OFFICE, "2020-01-01 00:00", "2026-01-01 00:00") == 0
    assert worked(OFFICE, "2027-01-01 00:00", "2090-01-01 00:00") == 0


def test_an_office_without_hours_works_never() -> None:
    empty = calendar(weekly(valid_from=date(2030, 1, 1)))
    assert worked(empty, "2026-01-01 00:00", "2026-12-31 00:00") == 0
    assert empty.due(ints(at("2026-01-05 08:00")), ints(60)).tolist() == [MISSING]


def test_an_office_that_never_closes_works_all_the_time() -> None:
    every_day = ["00:00-24:00"]
    always = calendar(
        weekly(
            week(
                mon=every_day,
                tue=every_day,
                wed=every_day,
                thu=every_day,
                fri=every_day,
                sat=every_day,
                sun=every_day,
            )
        )
    )
    assert worked(always, "2026-01-01 00:00", "2027-01-01 00:00") == 365 * 86_400
    assert due(always, "2026-01-01 00:00", 86_400) == "2026-01-02 00:00:00"


def test_arrays_keep_their_shape_and_a_single_value_serves_all() -> None:
    starts = np.array([[at("2026-09-07 09:00"), at("2026-09-07 10:00")]])
    seconds = OFFICE.working_seconds(starts, ints(at("2026-09-07 11:00")))
    assert seconds.tolist() == [[7_200, 3_600]]


def test_more_pairs_than_fit_into_one_chunk_are_all_looked_up() -> None:
    starts = at("2026-09-07 08:00") + np.arange(40_000, dtype=np.int64) % 3_600
    assert (OFFICE.working_seconds(starts, starts + 60) == 60).all()


def test_no_pairs_give_no_seconds() -> None:
    assert OFFICE.working_seconds(ints(), ints()).tolist() == []
    assert OFFICE.due(ints(), ints()).tolist() == []
    assert OFFICE.is_covered(ints(), ints()).tolist() == []
