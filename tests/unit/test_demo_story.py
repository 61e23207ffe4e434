"""The invented two years: what is told in them, at whatever hour they are made."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from etl.demo import compose
from etl.demo.model import Case, Demo, Letter, OfficeHours, Stamp, at, day_of, office_hours
from etl.settings.calendars import calendar_from
from etl.settings.document import default_settings
from tests.books.demo_cases import places_of_cases

JAKARTA = ZoneInfo("Asia/Jakarta")
FIRST_MINUTES = "2026-11-24 07:35"
MID_MORNING = "2026-11-24 10:42"
LUNCH = "2026-11-24 12:20"
FRIDAY = "2026-11-27 15:00"
FRIDAY_PRAYER = "2026-11-27 12:10"
EVENING = "2026-11-24 19:05"
SUNDAY = "2026-11-22 11:00"
NEW_YEAR = "2026-01-01 09:00"
RAMADAN = "2026-02-25 10:00"
LEAP_DAY = "2024-02-29 09:09"
HOURS_OF_THE_YEAR = (
    FIRST_MINUTES,
    MID_MORNING,
    LUNCH,
    FRIDAY,
    FRIDAY_PRAYER,
    EVENING,
    SUNDAY,
    NEW_YEAR,
    RAMADAN,
    LEAP_DAY,
)
AT_ANY_HOUR = pytest.mark.parametrize("text", HOURS_OF_THE_YEAR)

STRAYS = {
    "clash",
    "no_such_date",
    "outside_hours",
    "past_midnight",
    "saturday",
    "session_ends_before_start",
    "session_without_letter",
    "unknown_pair",
    "unknown_room",
    "waiting_for_letter",
    "wrong_weekday",
}
ON_THE_DESKS = {
    "now_a2_on_track": ("A1", 4),
    "now_a4_overdue": ("A3", 11),
    "now_a4_on_track": ("A3", 2),
    "now_a5_at_risk": ("A4", 49),
    "now_a5_paused": ("A4", 150),
    "now_a6_running": ("A5", 22),
    "now_b2_running": ("B1", 7),
}


@cache
def demo_of(text: str) -> Demo:
    return compose(datetime.fromisoformat(text).replace(tzinfo=JAKARTA), 2020)


@cache
def hours_of(text: str) -> OfficeHours:
    first, last = date(int(text[:4]) - 1, 1, 1), date(int(text[:4]) + 1, 6, 30)
    return office_hours(calendar_from(default_settings(), first, last).plans(first, last))


def moments_of(stamp: Stamp) -> list[int]:
    pauses = [moment for pause in stamp.pauses for moment in (pause.started, pause.ended)]
    known = (stamp.started, stamp.finished, stamp.recorded, *pauses)
    return [moment for moment in known if moment is not None]


def events_of(letter: Letter) -> list[int]:
    stamps = [moment for stamp in letter.stamps for moment in moments_of(stamp)]
    uses = [moment for one in letter.sessions for moment in (one.started, one.ended) if moment is not None]
    return [letter.received, at(letter.letter_day, 0), *stamps, *uses]


def letter_of(demo: Demo, case: str) -> Letter:
    return next(letter for letter in demo.letters if letter.case == case)


@AT_ANY_HOUR
def test_nothing_happened_after_the_moment_of_the_demo(text: str) -> None:
    demo = demo_of(text)
    uses = [moment for _, one in demo.uses for moment in (one.started, one.ended) if moment is not None]
    assert max(moment for letter in demo.letters for moment in events_of(letter)) <= demo.now
    assert max([*uses, *(row.moment for row in demo.loose)]) <= demo.now


@AT_ANY_HOUR
def test_two_years_hold_some_seven_hundred_letters(text: str) -> None:
    letters = demo_of(text).letters
    assert 640 <= len(letters) <= 800
    assert 700 <= day_of(letters[-1].received) - day_of(letters[0].received) <= 730


@AT_ANY_HOUR
def test_every_special_case_occurs(text: str) -> None:
    found = places_of_cases(demo_of(text))
    wanted = {*Case, *STRAYS, *ON_THE_DESKS, "equal_stamps", "now_ready", "signed_together"} - {Case.PLAIN}
    assert {name for name in wanted if not found.get(name)} == set()


@AT_ANY_HOUR
def test_letters_are_numbered_through_each_year_in_the_order_of_receipt(text: str) -> None:
    demo = demo_of(text)
    keys = [(date.fromordinal(day_of(one.received)).year, one.number) for one in demo.letters]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert (keys[-1][0], 1) in keys


@AT_ANY_HOUR
def test_letters_are_received_in_office_hours_only(text: str) -> None:
    demo, hours = demo_of(text), hours_of(text)
    recent = [letter.received for letter in demo.letters if letter.received > demo.now - 300 * 1440]
    assert all(hours.is_open(moment) or hours.is_open(moment - 1) for moment in recent)


@AT_ANY_HOUR
def test_letters_lie_on_the_desks_for_the_same_working_time_at_any_hour(text: str) -> None:
    demo, hours = demo_of(text), hours_of(text)
    reached = {case: letter_of(demo, case).stamp(step).finished for case, (step, _) in ON_THE_DESKS.items()}
    assert {case: hours.between(moment or 0, demo.now) for case, moment in reached.items()} == {
        case: minutes for case, (_, minutes) in ON_THE_DESKS.items()
    }


@AT_ANY_HOUR
def test_no_ordinary_letter_is_under_way(text: str) -> None:
    demo = demo_of(text)
    unfinished = {letter.case for letter in demo.letters if not letter.has("A8") and not letter.case.startswith("now_")}
    assert unfinished == {Case.REJECTED, Case.NEVER_FINISHED, Case.NO_BOOKING}


@AT_ANY_HOUR
def test_waiting_letters_ask_for_a_day_to_come(text: str) -> None:
    demo = demo_of(text)
    asked = [letter.booking for letter in demo.letters if letter.case in ON_THE_DESKS]
    assert all(booking is not None and booking.start > demo.now for booking in asked)


@AT_ANY_HOUR
def test_the_next_working_day_has_two_bookings(text: str) -> None:
    demo, hours = demo_of(text), hours_of(text)
    tomorrow = hours.working_day(day_of(demo.now), 1)
    booked = [one.case for one in demo.letters if one.booking and one.booking.days[0] == tomorrow]
    assert sorted(booked) == ["now_a4_overdue", "now_b2_running"]


def test_at_mid_morning_one_session_is_over_one_goes_on_and_one_is_to_come() -> None:
    demo = demo_of(MID_MORNING)
    today = [letter for letter in demo.letters if letter.booking and letter.booking.days[0] == day_of(demo.now)]
    assert [letter.case for letter in today] == ["today_over", "today_in_the_room", "today_to_come"]
    assert [[one.ended is None for one in letter.sessions] for letter in today] == [[False], [True], []]


@pytest.mark.parametrize("text", [FIRST_MINUTES, LUNCH, FRIDAY, RAMADAN, LEAP_DAY])
def test_in_office_hours_somebody_is_in_the_room(text: str) -> None:
    demo = demo_of(text)
    session = letter_of(demo, "today_in_the_room").sessions[0]
    assert session.started <= demo.now
    assert session.ended is None


@pytest.mark.parametrize("text", [FRIDAY_PRAYER, EVENING, SUNDAY, NEW_YEAR])
def test_outside_office_hours_nobody_is_in_the_room(text: str) -> None:
    assert "today_in_the_room" not in places_of_cases(demo_of(text))


@pytest.mark.parametrize("text", [SUNDAY, NEW_YEAR])
def test_on_a_day_off_the_room_has_no_bookings(text: str) -> None:
    demo = demo_of(text)
    assert not [one for one in demo.letters if one.booking and day_of(demo.now) in one.booking.days]


def test_an_open_pause_has_begun_and_not_ended() -> None:
    pause = letter_of(demo_of(MID_MORNING), "now_a5_paused").stamp("A5").pauses[0]
    assert pause.ended is None
    assert pause.reason.startswith("menunggu OPD")


def test_a_returned_letter_is_verified_twice_with_a_recorded_second_start() -> None:
    passes = [one for one in letter_of(demo_of(MID_MORNING), Case.RETURNED).stamps if one.step == "A5"]
    assert [one.number for one in passes] == [1, 2]
    assert passes[1].started is not None


def on_time(letters: list[Letter], before: str, step: str, target: int, hours: OfficeHours) -> float:
    done = [one for one in letters if one.case == Case.PLAIN and one.stamp(step).started is None]
    met = [hours.between(one.stamp(before).moment, one.stamp(step).moment) <= target for one in done]
    return sum(met) / len(met)


def test_the_disposition_is_the_weakest_step_and_has_become_better() -> None:
    demo = demo_of(MID_MORNING)
    first, last = date(2024, 11, 1), date(2026, 12, 31)
    hours = office_hours(calendar_from(default_settings(), first, last).plans(first, last))
    turned = at(date(2026, 4, 1).toordinal(), 0)
    before = [letter for letter in demo.letters if letter.received < turned]
    since = [letter for letter in demo.letters if letter.received >= turned]
    assert 0.5 < on_time(before, "A3", "A4", 5, hours) < on_time(since, "A3", "A4", 5, hours) < 0.8
    assert on_time(demo.letters, "A2", "A3", 5, hours) > 0.8
    assert on_time(demo.letters, "A1", "A2", 10, hours) > 0.85


def test_another_seed_tells_another_story() -> None:
    now = datetime(2026, 11, 24, 10, 42, tzinfo=JAKARTA)
    one, other = compose(now, 1), compose(now, 2)
    assert [letter.received for letter in one.letters] != [letter.received for letter in other.letters]


def test_until_last_year_the_times_of_b4_were_written_to_the_nearest_five_minutes() -> None:
    demo = demo_of(MID_MORNING)
    this_year = at(date(2026, 1, 1).toordinal(), 0)
    finishes = [one.moment for letter in demo.letters for one in letter.stamps if one.step == "B4"]
    old = [moment for moment in finishes if moment < this_year]
    assert len(old) > 100
    assert all(moment % 5 == 0 for moment in old)
    assert not all(moment % 5 == 0 for moment in finishes)
