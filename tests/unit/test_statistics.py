"""Shares, their intervals, and percentiles."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.domain.frames import MISSING
from etl.domain.statistics import (
    bounds,
    coverage,
    is_within_chance,
    median,
    newcombe,
    percentile,
    percentiles,
    share,
    weighted_percentiles,
    wilson,
    wilson_many,
    xmr,
)
from tests.books.examples import examples


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(5, 5, 0.56552, 1.0), (11, 12, 0.64612, 0.98514), (90, 100, 0.82563, 0.94477), (0, 5, 0.0, 0.43448)],
)
def test_the_wilson_interval_of_a_share(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == (pytest.approx(low, abs=1e-5), pytest.approx(high, abs=1e-5))


def test_the_ends_of_an_interval_are_exact_where_all_or_none_succeed() -> None:
    assert wilson(7, 7) == (pytest.approx(0.64567, abs=1e-5), 1.0)
    assert wilson(0, 7) == (0.0, pytest.approx(0.35433, abs=1e-5))


def test_nothing_counted_has_no_share_and_no_interval() -> None:
    assert share(0, 0) is None
    assert wilson(0, 0) is None
    assert newcombe(0, 0, 3, 4) is None
    assert is_within_chance(3, 4, 0, 0) is None


def test_many_intervals_at_once_are_those_one_by_one() -> None:
    low, high = wilson_many([5, 11, 0], [5, 12, 0])
    assert (low[1], high[1]) == wilson(11, 12)
    assert np.isnan([low[2], high[2]]).all()


def test_more_successes_than_trials_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and n"):
        wilson(6, 5)


def test_the_interval_of_a_difference_is_that_of_newcombe_1998() -> None:
    assert newcombe(56, 70, 48, 80) == (pytest.approx(0.0524, abs=1e-4), pytest.approx(0.3339, abs=1e-4))


def test_a_small_difference_is_within_chance_and_a_large_one_is_not() -> None:
    assert is_within_chance(9, 10, 8, 10) is True
    assert is_within_chance(95, 100, 60, 100) is False


def test_overdue_counts_as_not_in_time() -> None:
    assert bounds(met=3, late=1, overdue=2, unmeasurable=0, skipped=0) == (0.5, 0.5)


def test_coverage_and_bounds_share_their_denominator() -> None:
    counts = {"met": 6, "late": 1, "overdue": 1, "unmeasurable": 1, "skipped": 1}
    assert coverage(**counts) == 0.8
    assert bounds(**counts) == (0.6, 0.8)


def test_where_nothing_was_judged_coverage_is_zero_and_there_are_no_bounds() -> None:
    assert coverage(0, 0, 0, 4, 0) == 0
    assert bounds(0, 0, 0, 4, 0) is None


def test_where_there_is_nothing_at_all_there_is_no_coverage() -> None:
    assert coverage(0, 0, 0, 0, 0) is None


def test_percentiles_interpolate_linearly() -> None:
    assert percentiles([100, 200, 300, 400, 500], [10, 50, 90]) == pytest.approx([140.0, 300.0, 460.0])


def test_fewer_than_five_values_have_no_percentile() -> None:
    assert percentile([1, 2, 3, 4], 50) is None
    assert median([1, 2, 3, 4, 5]) == 3.0


def test_missing_values_are_not_counted() -> None:
    assert median(np.array([1, 2, 3, 4, MISSING], np.int64)) is None
    assert median([1.0, 2.0, 3.0, 4.0, 5.0, float("nan")]) == 3.0


@pytest.mark.parametrize("q", [0.9, -1, 101])
def test_a_percentile_is_given_in_percent(q: float) -> None:
    with pytest.raises(ValueError, match="90, not"):
        percentile([1, 2, 3, 4, 5], q)


def test_a_control_chart_has_its_limits_at_the_mean_and_2_66_mean_moving_ranges() -> None:
    chart = xmr([240, 300, 240, 360, 300, 300])
    assert chart is not None
    assert chart.centre == pytest.approx(290)
    assert (chart.lower, chart.upper) == (pytest.approx(290 - 2.66 * 60), pytest.approx(290 + 2.66 * 60))
    assert not (chart.is_beyond | chart.is_run).any()


def test_fewer_than_six_points_have_no_limits() -> None:
    assert xmr([1, 2, 3, 4, 5]) is None


def test_a_point_beyond_the_limits_is_a_signal_and_so_are_eight_on_one_side() -> None:
    jump = xmr([5, 6, 5, 6, 5, 6, 5, 6, 60])
    assert jump is not None
    assert jump.is_beyond.tolist() == [False] * 8 + [True]
    shift = xmr([10, 12, 10, 12, 10, 12, 10, 12, 20, 22, 20, 22, 20, 22, 20])
    assert shift is not None
    assert shift.is_run.tolist() == [True] * 8 + [False] * 7


def test_a_lower_limit_is_never_below_nothing() -> None:
    chart = xmr([0, 100, 0, 100, 0, 100])
    assert chart is not None
    assert chart.lower == 0


def slow_xmr(values: list[int]) -> tuple[float, float, float, list[bool], list[bool]]:
    """The same point by point."""
    centre = sum(values) / len(values)
    ranges = [abs(b - a) for a, b in pairwise(values)]
    reach = 2.66 * sum(ranges) / len(ranges)
    lower, upper = max(0.0, centre - reach), centre + reach
    run = [False] * len(values)
    for start in range(len(values) - 7):
        eight = values[start : start + 8]
        if all(v > centre for v in eight) or all(v < centre for v in eight):
            run[start : start + 8] = [True] * 8
    return centre, lower, upper, [v < lower or v > upper for v in values], run


@settings(max_examples=examples(60))
@given(st.lists(st.sampled_from([4, 8, 16, 24, 64]), min_size=8, max_size=32).filter(lambda v: len(v) in (8, 16, 32)))
def test_a_control_chart_equals_a_slow_one(values: list[int]) -> None:
    """Lengths and values are powers of two and their multiples, so that means are exact and ties are ties."""
    chart, (centre, lower, upper, beyond, run) = xmr(values), slow_xmr(values)
    assert chart is not None
    assert (chart.centre, chart.lower, chart.upper) == pytest.approx((centre, lower, upper))
    assert (chart.is_beyond.tolist(), chart.is_run.tolist()) == (beyond, run)


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 9)), max_size=12))
def test_percentiles_of_counted_values_are_those_of_the_values(counted: list[tuple[int, int]]) -> None:
    values = [value for value, times in counted for _ in range(times)]
    seconds, times = ([pair[at] for pair in counted] for at in (0, 1))
    found = weighted_percentiles(seconds, times, (0, 10, 50, 90, 100))
    wanted = percentiles(values, (0, 10, 50, 90, 100))
    assert found == [value if value is None else pytest.approx(value, rel=1e-12) for value in wanted]
