"""The order of a log without a SOP: known ones by hand, random ones given back, and each count by a slow loop."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.domain.sop.discovery import BOTH, Course, discover
from etl.domain.sop.steps import START, Clock
from etl.domain.sop.times import WORKING_DAY, seconds_meant, time_an_office_writes

Pass = tuple[int, int, int]
"""A step, when it began and when it ended."""


def course(cases: Sequence[Sequence[Pass]], steps: int) -> Course:
    rows = [(case, *one) for case, passes in enumerate(cases) for one in passes]
    case, step, begin, end = np.array(rows, dtype=np.int64).T
    return discover(case, step, begin, end, steps)


def told(*cases: str) -> Course:
    """Of cases whose letters are steps that end one after the other, all at once by the log's end."""
    steps = len({*"".join(cases)})
    return course([[(ord(one) - 97, at, at) for at, one in enumerate(case, 1)] for case in cases], steps)


def test_a_chain_is_a_chain() -> None:
    found = told("abc", "abc", "abc")
    assert found.follows == ((), (0,), (1,))
    assert (found.order, found.optional.tolist(), found.chosen_from) == ((0, 1, 2), [False] * 3, {})


def test_steps_in_both_orders_go_side_by_side_and_what_some_leave_out_may_be() -> None:
    found = told("abcd", "acbd", "abcd", "acbde")
    assert found.follows == ((), (0,), (0,), (1, 2), (3,))
    assert found.parallel() == [(1, 2)]
    assert (found.optional.tolist(), found.left_out.tolist()) == ([False] * 4 + [True], [0, 0, 0, 0, 3])


def test_steps_that_overlap_go_side_by_side_though_one_always_ends_first() -> None:
    found = course([[(0, 0, 1), (1, 2, 5), (2, 3, 9), (3, 9, 10)]] * 4, 4)
    assert found.follows == ((), (0,), (0,), (1, 2))
    assert found.parallel() == [(1, 2)]


def test_few_in_another_order_do_not_make_it_side_by_side() -> None:
    assert told(*["abc"] * 8, *["acb"] * 2).follows == ((), (0,), (1,))
    assert told(*["abc"] * 7, *["acb"] * 3).follows == ((), (0,), (0,))


def test_of_a_choice_each_case_takes_one() -> None:
    found = told("abd", "acd", "abd", "acd")
    assert found.chosen_from == {1: 0, 2: 0}
    assert not found.optional.any()
    assert found.follows == ((), (0,), (0,), (1, 2))
    assert told("ac", "bc", "ac").chosen_from == {0: START, 1: START}


def test_a_return_is_no_repetition() -> None:
    found = told("abbc", "abc", "ababc", "abc")
    assert found.returns_to == {1: 0}
    assert (found.returns[1, 0], found.repeats.tolist()) == (1, [0, 1, 0])
    assert found.follows == ((), (0,), (1,))


def test_cases_that_begin_elsewhere_are_set_behind_the_usual_beginning() -> None:
    found = told("abc", "bac", "abc", "bac", "ac")
    assert (found.follows, found.forced) == (((), (0,), (1,)), (1,))


def test_a_circle_of_majorities_is_broken_at_its_least_sure_pair() -> None:
    cases = ["ab"] * 9 + ["bc"] * 8 + ["ca"] * 7
    found = told(*cases)
    assert found.dropped == ((2, 0),)
    assert found.follows == ((), (0,), (1,))


def test_moments_that_are_equal_tell_no_order() -> None:
    found = course([[(0, 0, 0), (1, 5, 5), (2, 5, 5)], [(0, 0, 0), (1, 5, 5), (2, 6, 6)]], 3)
    assert (found.before[1, 2], found.either[1, 2], found.together[1, 2]) == (1, 1, 2)
    assert found.follows == ((), (0,), (1,))


def test_a_case_that_still_runs_left_nothing_out() -> None:
    whole = [[(step, 100 * case + step, 100 * case + step) for step in range(3)] for case in range(40)]
    running = [[(0, 4_002, 4_002)], [(0, 4_001, 4_001), (1, 4_002, 4_002)]]
    assert course([*whole, *running], 3).left_out.tolist() == [0, 0, 0]


@given(st.randoms(use_true_random=False), st.lists(st.sampled_from(["one", "optional", "pair", "choice"]), max_size=5))
def test_a_log_made_of_a_sop_gives_that_sop_back(chance: random.Random, blocks: list[str]) -> None:
    follows: list[tuple[int, ...]] = [()]
    optional, chosen, before = {0: False}, dict[int, int | str](), (0,)
    parts: list[tuple[str, list[int]]] = []
    for drawn in [*blocks, "one"]:
        block = "one" if drawn == "choice" and len(before) > 1 else drawn
        mine = [*range(len(follows), len(follows) + (2 if block in ("pair", "choice") else 1))]
        follows += [before] * len(mine)
        optional |= dict.fromkeys(mine, block == "optional")
        chosen |= dict.fromkeys(mine, before[0]) if block == "choice" else {}
        parts.append((block, mine))
        before = tuple(mine)
    cases, now = [], 0
    for number in range(64):
        taken = [0]
        for place, (block, mine) in enumerate(parts):
            is_odd = number >> place & 1
            turn = mine[::-1] if is_odd else mine
            taken += turn[:1] if block == "choice" else [] if block == "optional" and is_odd else turn
        case = []
        for step in taken:
            now += chance.randint(1, 90)
            case.append((step, now, now))
        cases.append(case)
    found = course(cases, len(follows))
    assert ([*found.follows], found.chosen_from) == (follows, chosen)
    assert found.optional.tolist() == [optional[step] for step in range(len(follows))]


passes = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(0, 5)), min_size=1, max_size=9)


@given(st.lists(passes, min_size=1, max_size=12))
def test_each_count_is_that_of_a_loop(drawn: list[list[tuple[int, int, int]]]) -> None:
    drawn = [[(step, begin, begin + length) for step, begin, length in case] for case in drawn]
    drawn.append([(step, 20 + step, 20 + step) for step in range(5)])
    found = course(drawn, 5)
    before, either, together, repeats, back = (Counter[object]() for _ in range(5))
    reach = slow_reach(found.follows)
    for case in drawn:
        ordered = sorted(case, key=lambda one: (one[2], one[1]))
        first: dict[int, tuple[int, int]] = {}
        for step, begin, end in ordered:
            first.setdefault(step, (begin, end))
        for a, b in ((a, b) for a in first for b in first if a != b):
            a_first, b_first = first[a][1] <= first[b][0], first[b][1] <= first[a][0]
            together[a, b] += 1
            before[a, b] += a_first and not b_first
            either[a, b] += not (a_first and b_first)
        seen, turns = {ordered[0][0]}, set()
        for (last, *_), (step, *_) in pairwise(ordered):
            turns |= {(last, step)} if step in seen else set()
            seen.add(step)
        repeats.update(a for a, b in turns if a == b)
        back.update((a, b) for a, b in turns if a in reach[b])
    for a in range(5):
        assert found.repeats[a] == repeats[a]
        for b in range(5):
            if a != b:
                got = (found.before[a, b], found.either[a, b], found.together[a, b], found.returns[a, b])
                assert got == (before[a, b], either[a, b], together[a, b], back[a, b])
    sure = {(a, b) for a, b in before if before[a, b] and before[a, b] >= (1 - BOTH) * either[a, b]}
    assert all(b in reach[a] for a, b in sure - {*found.dropped})
    assert all(step not in later for step, later in reach.items())


def slow_reach(follows: Sequence[Sequence[int]]) -> dict[int, set[int]]:
    """By step all that come after it."""
    later: dict[int, set[int]] = {step: set() for step in range(len(follows))}
    for _ in follows:
        for step, before in enumerate(follows):
            for one in before:
                later[one] |= {step} | later[step]
    return later


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1 menit"),
        (300, "5 menit"),
        (301, "10 menit"),
        (3_500, "1 jam"),
        (3_601, "1 jam 15 menit"),
        (14_401, "4 jam 30 menit"),
        (26_900, "1 hari"),
        (27_001, "1,5 hari"),
        (140_000, "6 hari"),
    ],
)
def test_a_time_is_rounded_up_to_what_an_office_writes(seconds: int, text: str) -> None:
    assert time_an_office_writes(seconds) == text


@given(st.floats(0.1, 400 * WORKING_DAY))
def test_what_an_office_writes_is_read_back_and_never_less(seconds: float) -> None:
    meant = seconds_meant(time_an_office_writes(seconds), Clock.OFFICE)
    assert meant is not None
    assert seconds <= meant <= max(seconds + WORKING_DAY, 60)
