"""When rooms are open, and at which hours of which days they are booked."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from etl.domain.calendar.calendar import WorkCalendar, build_calendar
from etl.domain.calendar.days import Holiday, Profile, SpecialDay
from etl.domain.calendar.intervals import Intervals
from etl.domain.frames import MISSING
from etl.domain.rooms import Booked, OpenUse, open_use, opening_hours, room_days, stretches
from etl.domain.units import day_number
from etl.judging.room_log import room_hours
from etl.settings.rooms import Room
from tests.books.letters import stamp
from tests.books.moments import seconds

H = 3600
OWN = dict.fromkeys(range(7), ((8 * H, 12 * H), (13 * H, 16 * H)))
MONDAY = "2026-09-07"


def calendar() -> WorkCalendar:
    """Monday to Friday 07.30–16.00; a holiday, an open Saturday, Ramadan on the 16th and 17th."""
    week = Profile("kantor", "", "weekly", None, None, (), dict.fromkeys(range(5), ((27000, 57600),)))
    fast = Profile("Ramadan", "", "ramadan", None, None, ((date(2026, 9, 16), date(2026, 9, 17)),),
                   dict.fromkeys(range(4), ((8 * H, 12 * H),)))  # fmt: skip
    special = SpecialDay(date(2026, 9, 12), "Sabtu buka", "", ((9 * H, 10 * H),))
    free = Holiday(date(2026, 9, 9), "Libur rekaan", "public")
    return build_calendar("Asia/Jakarta", [week, fast], [special], [free], date(2026, 1, 1), date(2026, 12, 31))


def opened(day: str, own: dict | None) -> list[tuple[float, float]]:
    """Hours of the day in which the room is open."""
    number = day_number(date.fromisoformat(day))
    hours = opening_hours(calendar(), own, number, number)
    midnight = seconds(f"{day} 00:00")
    return [((a - midnight) / H, (b - midnight) / H) for a, b in zip(hours.start, hours.end, strict=True)]


@pytest.mark.parametrize(
    ("day", "own", "office"),
    [
        ("2026-09-07", [(8, 12), (13, 16)], [(7.5, 16)]),
        ("2026-09-09", [], []),  # a holiday closes the room too
        ("2026-09-12", [(9, 10)], [(9, 10)]),  # a one-off day replaces its hours
        ("2026-09-13", [(8, 12), (13, 16)], []),  # a Sunday of its own
        ("2026-09-16", [(8, 12), (13, 16)], [(8, 12)]),  # Ramadan changes only rooms without own hours
    ],
)
def test_own_hours_replace_only_the_weekly_profile(day: str, own: list, office: list) -> None:
    assert opened(day, OWN) == own
    assert opened(day, None) == office


def test_a_room_is_open_by_its_hours_of_each_day_and_closed_before_and_after_its_time() -> None:
    terms = [{"from": "2026-09-10", "hours": {"thu": ["09:00-10:00"]}}, {"hours": {"mon-sun": ["08:00-09:00"]}}]
    room = Room.model_validate({"name": "Smart Center", "from": "2026-09-07", "to": "2026-09-10", "hours": terms})
    hours = room_hours(calendar(), room, *(day_number(date(2026, 9, day)) for day in (5, 12)))
    spans = [(told(a), told(b)) for a, b in hours.spans()]
    assert spans == [("07 08.00", "07 09.00"), ("08 08.00", "08 09.00"), ("10 09.00", "10 10.00")]


def booked(start: str, end: str | None) -> list[tuple[str, str]]:
    """The hours of one booking on the days around it, as `07 09.00`."""
    rules, first, last = calendar(), day_number(date(2026, 9, 1)), day_number(date(2026, 9, 30))
    days = room_days(rules, [opening_hours(rules, OWN, first, last + 1)], first, last)
    (start_on, start_at), (end_on, end_at) = stamp(start), stamp(end)
    one = Booked(*(np.array([value], np.int64) for value in (0, start_on, start_at, end_on, end_at)))
    found = stretches(one, rules, days)
    return [(told(a), told(b)) for a, b in zip(found.start.tolist(), found.end.tolist(), strict=True)]


def told(at: int) -> str:
    return np.datetime64(at + 7 * H, "s").item().strftime("%d %H.%M")


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (f"{MONDAY} 09:00", f"{MONDAY} 11:00", [("07 09.00", "07 11.00")]),
        (f"{MONDAY} 09:00", "2026-09-08 11:00", [("07 09.00", "07 11.00"), ("08 09.00", "08 11.00")]),
        (f"{MONDAY} 22:00", "2026-09-08 02:00", [("07 22.00", "08 02.00")]),
        (f"{MONDAY} 22:00", "2026-09-09 02:00", [("07 22.00", "08 02.00"), ("08 22.00", "09 02.00")]),
        (f"{MONDAY} 09:00", MONDAY, [("07 09.00", "07 16.00")]),
        (f"{MONDAY} 18:00", None, [("07 18.00", "07 20.00")]),
        (MONDAY, None, [("07 08.00", "07 16.00")]),
        ("2026-09-08", "2026-09-10", [("08 08.00", "08 16.00"), ("10 08.00", "10 16.00")]),
        (f"{MONDAY} 11:00", f"{MONDAY} 09:00", []),
        ("2026-09-10 09:00", "2026-09-07 11:00", []),
    ],
)
def test_a_booking_has_its_daily_hours(start: str, end: str | None, hours: list[tuple[str, str]]) -> None:
    assert booked(start, end) == hours


def test_a_booking_until_doomsday_has_the_days_that_are_asked_for() -> None:
    assert len(booked(f"{MONDAY} 09:00", "2099-12-31 11:00")) == 24


def cut(start: int, as_of: int, booked_end: int = MISSING, closing: int = MISSING, later: int = MISSING) -> OpenUse:
    ends = (np.array([end], np.int64) for end in (booked_end, closing, later, 24 * H))
    return open_use(np.array([start], np.int64), as_of, *ends)


def test_use_without_an_end_on_a_closed_day_counts_to_the_end_of_the_day_at_most() -> None:
    for as_of, until, is_estimated in ((240, 24, True), (24, 24, True), (10, 10, False)):
        one = cut(8 * H, as_of * H)
        assert (one.until.tolist(), one.is_estimated.tolist()) == ([until * H], [is_estimated])


def test_use_after_closing_is_cut_at_its_booked_end_or_the_next_start() -> None:
    for booked_end, later, until in ((20, 22, 20), (22, 21, 21), (18, 23, 23), (30, 40, 24)):
        one = cut(19 * H, 50 * H, booked_end * H, 16 * H, later * H)
        assert (one.until.tolist(), one.is_estimated.tolist()) == ([until * H], [True])


def test_the_end_of_a_use_after_closing_is_due_at_its_booked_end_or_after_two_hours() -> None:
    def due(as_of: float, *ends: int) -> bool:
        return bool(cut(19 * H, int(as_of * H), *ends).is_end_due[0])

    assert [due(as_of) for as_of in (20.5, 21, 23.9, 24)] == [False, True, True, False]
    assert [due(as_of, 20 * H) for as_of in (19.5, 20, 23)] == [False, True, True]
    assert not due(22, MISSING, MISSING, 22 * H)
    assert not due(22, MISSING, 23 * H)


def test_nothing_known_is_nothing_measured() -> None:
    nothing = Intervals.of(np.array([], np.int64), np.array([], np.int64))
    some = Intervals.of(np.array([1]), np.array([5]))
    assert nothing.seconds == nothing.overlap(some).seconds == nothing.without(some).seconds == 0
    assert some.without(nothing).seconds == 4
    assert nothing.covered(np.array([0]), np.array([9])).tolist() == [0]
