"""How long a room was used: the office's own examples, in hours of one day unless they say otherwise."""

import numpy as np
import pytest

from etl.domain.calendar.intervals import Intervals
from etl.domain.frames import MISSING
from etl.domain.rooms import open_use, utilisation

HOUR = 3600
DAY = 24 * HOUR


def hours(*pairs):
    return Intervals.of_spans((int(start * HOUR), int(end * HOUR)) for start, end in pairs)


OPEN = hours((8, 12), (13, 16))
TWO_DAYS = hours((8, 12), (13, 16), (32, 36), (37, 40))


@pytest.mark.parametrize(
    ("used", "share", "outside"),
    [
        (hours((9, 11)), 2 / 7, 0),
        (hours((9, 11), (10, 12)), 3 / 7, 0),
        (hours((11.5, 13.5)), 1 / 7, 1 * HOUR),
        (hours((6, 8)), 0.0, 2 * HOUR),
        (hours((7, 17)), 1.0, 3 * HOUR),
    ],
)
def test_use_of_a_room_that_is_open_from_8_to_12_and_13_to_16(used, share, outside):
    assert utilisation(OPEN, used) == pytest.approx(share, abs=1e-12)
    assert used.seconds - OPEN.overlap(used).seconds == outside


def test_a_night_session_over_two_days_uses_no_opening_hours():
    night = hours((22, 26))
    assert utilisation(TWO_DAYS, night) == 0.0
    assert night.seconds - TWO_DAYS.overlap(night).seconds == 4 * HOUR


def test_a_session_from_15_to_9_next_day_uses_two_of_fourteen_hours():
    assert utilisation(TWO_DAYS, hours((15, 33))) == pytest.approx(2 / 14)


def test_a_weekend_session_counts_only_its_part_inside_the_day_asked_for():
    monday = hours((-4, 10)).clip(0, DAY)
    assert utilisation(OPEN, monday) == pytest.approx(2 / 7)


def test_overlapping_closures_are_taken_off_the_opening_hours_once():
    available = OPEN.without(hours((8, 10), (9, 12)))
    assert utilisation(available, hours((13, 14))) == pytest.approx(1 / 3)


def test_a_room_closed_all_day_has_no_share():
    assert utilisation(OPEN.without(hours((8, 16))), hours((9, 10))) is None


def test_a_closure_in_the_middle_leaves_both_sides():
    assert OPEN.without(hours((9, 10))).spans() == hours((8, 9), (10, 12), (13, 16)).spans()


def test_touching_and_reversed_spans_are_cleaned():
    assert Intervals.of_spans([(10, 20), (5, 5), (20, 30), (9, 1)]).union.spans() == [(10, 30)]


def use_until(start, as_of, **ends):
    known = [np.array([ends.get(name, MISSING)]) for name in ("booked_end", "closing", "next_start")]
    found = open_use(np.array([start]), as_of, *known, np.array([DAY]))
    return int(found.until[0]), bool(found.is_estimated[0])


def test_a_session_without_an_end_runs_until_now_while_the_room_is_open():
    assert use_until(9 * HOUR, 10 * HOUR, closing=16 * HOUR) == (10 * HOUR, False)


def test_after_closing_a_session_without_an_end_is_cut_at_the_earliest_known_end():
    ends = {"booked_end": 11 * HOUR, "closing": 16 * HOUR, "next_start": 13 * HOUR}
    assert use_until(9 * HOUR, 17 * HOUR, **ends) == (11 * HOUR, True)


def test_a_booked_end_before_the_start_does_not_end_a_session():
    assert use_until(9 * HOUR, 17 * HOUR, booked_end=8 * HOUR, closing=16 * HOUR) == (16 * HOUR, True)


def test_a_session_that_starts_after_closing_runs_until_now():
    assert use_until(18 * HOUR, 20 * HOUR, closing=16 * HOUR) == (20 * HOUR, False)
