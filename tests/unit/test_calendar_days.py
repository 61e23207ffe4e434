"""Which hours hold on which day, and what the calendar says of single days."""

from datetime import date

import pytest

from etl.domain.calendar.days import DayPlan, Holiday, SpecialDay
from etl.domain.frames import MISSING
from etl.domain.units import day_number
from tests.books.calendars import (
    PERPRES_HOURS,
    RAMADAN_2026,
    at,
    calendar,
    hours,
    ints,
    local,
    ramadan,
    week,
    weekdays,
    weekly,
)

TUESDAY = date(2026, 3, 3)
NYEPI = Holiday(TUESDAY, "Hari Suci Nyepi", "public")
LEAVE = Holiday(TUESDAY, "Cuti Bersama Nyepi", "government")
OLD_HOURS = weekdays(["08:00-12:00", "12:30-16:00"], ["07:00-11:30", "13:00-16:00"])


def test_a_one_off_day_wins_over_a_holiday_in_ramadan() -> None:
    special = SpecialDay(TUESDAY, "Masuk", "SE Bupati", hours("07:30-10:00"))
    plan = calendar(days=[special], holidays=[NYEPI]).plan(TUESDAY)
    assert plan == DayPlan(TUESDAY, hours("07:30-10:00"), "special", "Masuk", "SE Bupati", False)


def test_a_holiday_wins_over_ramadan() -> None:
    assert calendar(holidays=[NYEPI]).plan(TUESDAY) == DayPlan(TUESDAY, (), "holiday", "Hari Suci Nyepi", "", False)


def test_ramadan_wins_over_the_week() -> None:
    plan = calendar().plan(TUESDAY)
    assert (plan.kind, plan.note, plan.intervals) == ("ramadan", "Ramadan", hours("08:00-12:00", "12:30-15:00"))


def test_ramadan_ends_with_the_last_day_of_its_range() -> None:
    plans = calendar().plans(date(2026, 3, 20), date(2026, 3, 23))
    assert [plan.kind for plan in plans] == ["ramadan", "weekend", "weekend", "open"]


def test_a_day_of_ramadan_without_hours_is_closed() -> None:
    fridays_off = ramadan((date(2026, 2, 19), date(2026, 3, 20)), hours=week(mon=["08:00-12:00"]))
    plan = calendar(weekly(), fridays_off).plan(date(2026, 3, 6))
    assert (plan.kind, plan.intervals) == ("weekend", ())


def test_collective_leave_is_told_from_a_holiday() -> None:
    plan = calendar(holidays=[LEAVE]).plan(TUESDAY)
    assert (plan.kind, plan.note) == ("leave", "Cuti Bersama Nyepi")


@pytest.mark.parametrize("holidays", [[NYEPI, LEAVE], [LEAVE, NYEPI]])
def test_a_public_holiday_wins_over_leave_on_the_same_day(holidays: list[Holiday]) -> None:
    assert calendar(holidays=holidays).plan(TUESDAY).note == "Hari Suci Nyepi"


def test_of_two_profiles_in_force_the_later_one_holds_whatever_their_order() -> None:
    old, new = weekly(OLD_HOURS, "SE Bupati"), weekly(PERPRES_HOURS, valid_from=date(2026, 4, 15))
    for office in (calendar(old, new), calendar(new, old)):
        assert office.plan(date(2026, 4, 14)).note == "SE Bupati"
        assert office.plan(date(2026, 4, 15)).note == "Perpres 21/2023"


def test_when_a_profile_ends_the_earlier_one_holds_again() -> None:
    trial = weekly(OLD_HOURS, "Uji coba", valid_from=date(2026, 6, 1), valid_to=date(2026, 6, 30))
    office = calendar(weekly(), trial)
    notes = [office.plan(day).note for day in (date(2026, 5, 29), date(2026, 6, 30), date(2026, 7, 1))]
    assert notes == ["Perpres 21/2023", "Uji coba", "Perpres 21/2023"]


def test_an_assumed_profile_says_so() -> None:
    assert calendar(weekly(is_estimated=True)).plan(TUESDAY).is_estimated


def test_a_day_without_a_profile_is_uncovered() -> None:
    office = calendar(weekly(valid_from=date(2026, 9, 7)))
    assert office.plan(date(2026, 9, 4)).kind == "uncovered"
    assert office.plan(date(2031, 1, 1)).kind == "uncovered"


def test_a_holiday_before_the_first_profile_is_uncovered_too() -> None:
    office = calendar(weekly(valid_from=date(2026, 9, 7)), holidays=[NYEPI])
    assert office.plan(TUESDAY).kind == "uncovered"


def test_a_span_is_covered_when_each_of_its_days_has_a_profile() -> None:
    office = calendar(weekly(valid_from=date(2026, 9, 7), valid_to=date(2026, 9, 30)))
    starts = [at(t) for t in ("2026-09-07 00:00", "2026-09-06 23:59", "2026-09-30 12:00", "2026-09-30 12:00")]
    ends = [at(t) for t in ("2026-09-08 10:00", "2026-09-07 10:00", "2026-10-01 00:00", "2026-10-01 00:01")]
    assert office.is_covered(ints(*starts), ints(*ends)).tolist() == [True, False, True, False]


def test_a_gap_between_two_profiles_leaves_the_span_across_it_uncovered() -> None:
    office = calendar(weekly(valid_to=date(2026, 3, 31)), weekly(valid_from=date(2026, 4, 2)))
    assert not office.is_covered(ints(at("2026-03-30 09:00")), ints(at("2026-04-03 09:00")))[0]


def test_a_span_beyond_the_calendar_or_with_a_missing_end_is_not_covered() -> None:
    starts = ints(at("2026-12-31 09:00"), at("2026-12-31 09:00"), MISSING)
    ends = ints(at("2027-01-01 09:00"), MISSING, at("2026-12-31 09:00"))
    assert calendar().is_covered(starts, ends).tolist() == [False, False, False]


def test_a_one_off_day_covers_itself() -> None:
    special = SpecialDay(date(2026, 9, 4), "Masuk", "SE", hours("08:00-12:00"))
    office = calendar(weekly(valid_from=date(2026, 9, 7)), days=[special])
    assert office.is_covered(ints(at("2026-09-04 08:00")), ints(at("2026-09-04 12:00")))[0]


def test_a_day_opens_and_closes_with_its_first_and_last_hour() -> None:
    friday, saturday, beyond = day_number(date(2026, 9, 11)), day_number(date(2026, 9, 12)), 99_999
    days = ints(friday, saturday, beyond, MISSING)
    assert calendar().opening(days).tolist() == [at("2026-09-11 07:30"), MISSING, MISSING, MISSING]
    assert calendar().closing(days).tolist() == [at("2026-09-11 16:30"), MISSING, MISSING, MISSING]


def test_working_days_are_counted_over_weekends_and_holidays() -> None:
    office = calendar(holidays=[Holiday(date(2026, 9, 8), "Libur", "public")])
    friday = ints(day_number(date(2026, 9, 4)))
    after = [int(office.add_working_days(friday, n)[0]) for n in (0, 1, 2, 10)]
    expected = [date(2026, 9, 4), date(2026, 9, 7), date(2026, 9, 9), date(2026, 9, 21)]
    assert after == [day_number(day) for day in expected]


def test_working_days_beyond_the_calendar_are_not_known() -> None:
    days = ints(day_number(date(2026, 12, 31)), day_number(date(2025, 12, 31)), MISSING)
    assert calendar().add_working_days(days, 1).tolist() == [MISSING, MISSING, MISSING]


def test_a_breakdown_names_every_day_and_adds_up() -> None:
    office = calendar(weekly(), holidays=[Holiday(date(2026, 9, 14), "Maulid Nabi", "public")])
    lines = office.breakdown(at("2026-09-11 11:00"), at("2026-09-15 08:00"))
    assert [(line.date.day, line.kind, line.intervals, line.working_seconds) for line in lines] == [
        (11, "open", hours("11:00-11:30", "13:00-16:30"), 14_400),
        (12, "weekend", (), 0),
        (13, "weekend", (), 0),
        (14, "holiday", (), 0),
        (15, "open", hours("07:30-08:00"), 1_800),
    ]
    assert lines[3].note == "Maulid Nabi"


def test_a_breakdown_that_ends_at_midnight_leaves_the_next_day_out() -> None:
    lines = calendar().breakdown(at("2026-09-07 15:00"), at("2026-09-08 00:00"))
    assert [line.date.day for line in lines] == [7]


def test_a_breakdown_of_no_time_is_one_line_and_of_negative_time_none() -> None:
    moment = at("2026-09-07 09:00")
    assert [line.working_seconds for line in calendar().breakdown(moment, moment)] == [0]
    assert calendar().breakdown(moment, moment - 1) == []


def test_hours_may_be_given_in_any_order_and_reach_midnight() -> None:
    night = calendar(weekly(week(mon=["20:00-24:00", "00:00-02:00"])))
    monday = day_number(date(2026, 9, 7))
    assert night.plan(date(2026, 9, 7)).intervals == hours("00:00-02:00", "20:00-24:00")
    assert local(int(night.closing(ints(monday))[0])) == "2026-09-08 00:00:00"


def test_the_hours_of_a_century_can_be_compiled() -> None:
    office = calendar(weekly(), RAMADAN_2026, first=date(2000, 1, 1), last=date(2100, 12, 31))
    assert local(int(office.closing(ints(day_number(date(2100, 12, 31))))[0])) == "2100-12-31 16:30:00"
