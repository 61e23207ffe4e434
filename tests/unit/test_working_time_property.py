"""Working time against a count that walks through time and asks the wall clock at every step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from etl.domain.calendar.calendar import WorkCalendar, build_calendar
from etl.domain.calendar.days import Holiday, Interval, Profile, SpecialDay
from etl.domain.errors import RuleError
from tests.books.calendars import at, ints
from tests.books.examples import examples

MINUTE, HOUR = 60, 3600
QUICK = settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])

# Around these moments lie a plain weekend and every kind of change of the clock that the zones know.
SCENES = [
    ("Asia/Jakarta", "2026-09-12 00:00"),
    ("America/New_York", "2026-03-08 01:00"),
    ("America/New_York", "2026-11-01 00:30"),
    ("Australia/Lord_Howe", "2026-04-05 01:00"),
    ("Australia/Lord_Howe", "2026-10-04 01:30"),
]


@dataclass(frozen=True)
class Office:
    """Random rules, the calendar made of them, and the moment around which to look."""

    zone: ZoneInfo
    profiles: list[Profile]
    special_days: list[SpecialDay]
    holidays: list[Holiday]
    centre: int
    calendar: WorkCalendar

    def hours_on(self, day: date) -> tuple[Interval, ...]:
        """The hours of a day, decided step by step."""
        for special in self.special_days:
            if special.date == day:
                return special.hours
        if any(holiday.date == day for holiday in self.holidays):
            return ()
        for profile in self.profiles:
            if any(first <= day <= last for first, last in profile.ranges):
                return profile.hours.get(day.weekday(), ())
        in_force = [p for p in self.profiles if p.kind == "weekly" and (p.valid_from or date.min) <= day]
        latest = max(in_force, key=lambda profile: profile.valid_from or date.min)
        return latest.hours.get(day.weekday(), ())

    def is_open(self, moment: int) -> bool:
        """Whether the wall clock shows an open hour at a UTC second."""
        wall = datetime.fromtimestamp(moment, self.zone)
        second = wall.hour * HOUR + wall.minute * MINUTE + wall.second
        return any(start <= second < end for start, end in self.hours_on(wall.date()))

    def count_seconds(self, start: int, end: int) -> int:
        """Open seconds, second by second."""
        return sum(self.is_open(moment) for moment in range(start, end))

    def count_by_minutes(self, start: int, end: int) -> int:
        """Open seconds where no hour begins or ends within a minute: each whole minute asked once."""
        minutes = range(start // MINUTE * MINUTE, end, MINUTE)
        return sum(min(minute + MINUTE, end) - max(minute, start) for minute in minutes if self.is_open(minute))


def intervals(step: int) -> st.SearchStrategy[tuple[Interval, ...]]:
    """Up to four intervals of a day whose ends are multiples of `step` seconds."""
    edges = st.lists(st.integers(0, 86_400 // step), max_size=8, unique=True)
    return edges.map(lambda found: _paired([edge * step for edge in sorted(found)]))


def _paired(edges: list[int]) -> tuple[Interval, ...]:
    return tuple(zip(edges[0::2], edges[1::2], strict=False))


@st.composite
def offices(draw: st.DrawFn, step: int) -> Office:
    """An office with two weekly profiles, a Ramadan, holidays and one-off days around a scene."""
    zone, scene = draw(st.sampled_from(SCENES))
    today = date.fromisoformat(scene[:10])
    near = st.integers(-3, 3).map(lambda days: today + timedelta(days=days))
    hours = st.dictionaries(st.integers(0, 6), intervals(step), min_size=4)
    fasting = sorted(draw(st.tuples(near, near)))
    profiles = [
        Profile("Awal", "SE", "weekly", None, None, (), draw(hours)),
        Profile("Baru", "SE", "weekly", draw(near), None, (), draw(hours)),
        Profile("Ramadan", "SE", "ramadan", None, None, ((fasting[0], fasting[1]),), draw(hours)),
    ]
    free = st.builds(Holiday, near, st.just("Libur"), st.sampled_from(["public", "government"]))
    one_off = st.builds(SpecialDay, near, st.just("Khusus"), st.just("SE"), intervals(step))
    holidays = draw(st.lists(free, max_size=2))
    special = draw(st.lists(one_off, max_size=2, unique_by=lambda day: day.date))
    return _office(zone, scene, profiles[: draw(st.integers(1, 3))], special, holidays)


def _office(
    zone: str, scene: str, profiles: list[Profile], special: list[SpecialDay], holidays: list[Holiday]
) -> Office:
    today = date.fromisoformat(scene[:10])
    first, last = today - timedelta(days=9), today + timedelta(days=9)
    try:
        calendar = build_calendar(zone, profiles, special, holidays, first, last)
    except RuleError:
        reject()
    return Office(ZoneInfo(zone), profiles, special, holidays, at(scene, zone), calendar)


@QUICK
@given(office=offices(step=1), shift=st.integers(-3 * HOUR, 3 * HOUR), length=st.integers(0, HOUR))
def test_working_time_is_the_count_of_open_seconds(office: Office, shift: int, length: int) -> None:
    start = office.centre + shift
    counted = office.count_seconds(start, start + length)
    assert office.calendar.working_seconds(ints(start), ints(start + length)).tolist() == [counted]


@QUICK
@given(office=offices(step=MINUTE), shift=st.integers(-100_000, 100_000), length=st.integers(0, 300_000))
def test_working_time_over_days_is_the_count_of_open_minutes(office: Office, shift: int, length: int) -> None:
    start = office.centre + shift
    counted = office.count_by_minutes(start, start + length)
    assert office.calendar.working_seconds(ints(start), ints(start + length)).tolist() == [counted]


@QUICK
@given(office=offices(step=1), shift=st.integers(-300_000, 300_000), length=st.integers(0, 300_000))
def test_a_breakdown_adds_up_to_the_working_time(office: Office, shift: int, length: int) -> None:
    start = office.centre + shift
    lines = office.calendar.breakdown(start, start + length)
    seconds = office.calendar.working_seconds(ints(start), ints(start + length))
    assert sum(line.working_seconds for line in lines) == seconds[0]


@QUICK
@given(office=offices(step=1), shifts=st.lists(st.integers(-900_000, 900_000), min_size=2))
def test_working_time_never_runs_backwards_or_faster_than_the_clock(office: Office, shifts: list[int]) -> None:
    moments = office.centre + np.array(sorted(shifts), np.int64)
    worked = np.diff(office.calendar.cumulative(moments))
    assert ((worked >= 0) & (worked <= np.diff(moments))).all()


@QUICK
@given(office=offices(step=1), shift=st.integers(-300_000, 300_000), seconds=st.integers(1, 20_000))
def test_due_uses_the_time_up_and_no_earlier_moment_does(office: Office, shift: int, seconds: int) -> None:
    start = ints(office.centre + shift)
    due = office.calendar.due(start, ints(seconds))
    assume(due[0] > 0)
    assert office.calendar.working_seconds(start, due).tolist() == [seconds]
    assert office.calendar.working_seconds(start, due - 1).tolist() == [seconds - 1]


@QUICK
@given(office=offices(step=1), shift=st.integers(-500_000, 500_000))
def test_a_moment_lies_within_its_local_day(office: Office, shift: int) -> None:
    moment = office.centre + shift
    day = office.calendar.local_day(ints(moment))
    wall = datetime.fromtimestamp(moment, office.zone).date()
    assert day.tolist() == [(wall - date(1970, 1, 1)).days]
    assert office.calendar.day_start(day)[0] <= moment < office.calendar.day_end(day)[0]
