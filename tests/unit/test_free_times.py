"""When rooms can still be asked for, and what lies nearest where they are taken."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.domain.calendar.intervals import Intervals
from etl.domain.rooms import FreeTimes, Laid, bookable_hours, free_times, is_free, nearest_times
from tests.books.examples import examples
from tests.slow.rooms import Span, slow_free, slow_nearest

DAY = 24 * 60
OPEN: list[Span] = [(8 * 60, 12 * 60), (13 * 60, 16 * 60)]
spans = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)).map(lambda pair: (pair[0], sum(pair))), max_size=5)
rooms = st.lists(st.tuples(spans, spans, spans), min_size=1, max_size=4)


def laid(of: list[list[Span]]) -> Laid:
    rows = [(lane, *span) for lane, mine in enumerate(of) for span in mine]
    columns = np.array(rows, np.int64).reshape(-1, 3)
    return Laid(columns[:, 0], columns[:, 1], columns[:, 2])


def asked_for(opened: list[list[Span]], approved: list[list[Span]], asked: list[list[Span]], *window: int) -> FreeTimes:
    return free_times([Intervals.of_spans(mine) for mine in opened], laid(approved), laid(asked), *window)


def minutes(of: Laid, lane: int) -> set[int]:
    return {minute for start, end in of.spans(lane) for minute in range(start, end)}


def test_free_is_within_the_hours_and_without_approved_bookings_and_asked_is_told_apart() -> None:
    times = asked_for([OPEN, OPEN], [[(9 * 60, 10 * 60)], []], [[], [(8 * 60, 9 * 60)]], 0, DAY)
    assert times.free.spans(0) == [(480, 540), (600, 720), (780, 960)]
    assert times.free.spans(1) == OPEN
    assert (times.asked.spans(0), times.asked.spans(1)) == ([], [(480, 540)])


def test_a_day_long_event_goes_on_over_the_break_but_not_over_night_or_a_closed_day() -> None:
    days, second = np.arange(4) * DAY, [(2 * DAY + 8 * 60, 2 * DAY + 11 * 60)]
    hours = bookable_hours(Intervals.of_spans([*OPEN, *second]), days)
    assert hours.spans() == [(480, 960), *second]
    assert is_free(free_times([hours], laid([[]]), laid([[]]), 0, 3 * DAY).free, 0, 480, 900)
    assert bookable_hours(Intervals.of_spans([]), days).spans() == []


def test_nothing_is_free_before_the_earliest_start() -> None:
    times = asked_for([OPEN], [[]], [[]], 13 * 60 + 20, DAY)
    assert times.free.spans(0) == [(800, 960)]


def test_the_nearest_times_are_of_the_same_length_and_in_the_wanted_room_first() -> None:
    times = asked_for([OPEN, OPEN], [[(9 * 60, 12 * 60)], []], [[], []], 0, DAY)
    assert not is_free(times.free, 0, 540, 600)
    assert nearest_times(times.free, 0, 540, 600, 3) == [(1, 540, 600), (0, 480, 540), (0, 780, 840)]


def test_an_office_without_rooms_has_no_free_time() -> None:
    times = asked_for([], [], [], 0, DAY)
    assert (len(times.free.lane), nearest_times(times.free, 0, 0, 60, 3)) == (0, [])


@given(rooms, st.integers(0, 100), st.integers(1, 160))
@settings(max_examples=examples(150))
def test_free_times_are_those_of_a_slow_look_at_every_minute(
    given_: list[tuple[list[Span], list[Span], list[Span]]], first: int, length: int
) -> None:
    opened, approved, asked = ([*part] for part in zip(*given_, strict=True))
    times = asked_for(opened, approved, asked, first, first + length)
    free, wanted = slow_free(opened, approved, asked, first, first + length)
    for lane in range(len(given_)):
        assert (minutes(times.free, lane), minutes(times.asked, lane)) == (free[lane], wanted[lane])
    nearest = slow_nearest(free, 50, 70)
    told: dict[int, int] = {}
    for lane, start, end in nearest_times(times.free, 0, 50, 70, 1_000):
        assert end - start == 20
        told.setdefault(lane, abs(start - 50))
    assert told == {lane: distance for lane, (distance, _) in nearest.items()}
