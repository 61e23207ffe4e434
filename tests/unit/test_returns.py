"""Which pass ended in a return, and which further row is none."""

from __future__ import annotations

import numpy as np
import pytest

from etl.domain.compliance.returns import find_returns
from etl.reference.steps import STEP_CODES
from tests.books.letters import Letter, rules

RULES = rules()
DAY = "2026-09-07"


def read(*rows: str, numbered: tuple[int, ...] = (), received: str = f"{DAY} 07:30") -> tuple[dict[int, str], set[int]]:
    """By place of its row the step to which a pass returned the letter, and the places of the extra ones.

    A row is "A3 09:15"; "A3 start 09:15" is begun and not finished. `numbered` are the places of rows whose number the
    office gave.
    """
    letter, seen = Letter(received), {"A1": 1}
    for row in rows:
        code, *_, clock = row.split()
        seen[code] = seen.get(code, 0) + 1
        stamp = f"{DAY} {clock}"
        begun = {"start": stamp} if " start " in row else {"finish": stamp}
        letter.step(code, number=seen[code], **begun)
    passes = letter.passes()
    ends = RULES.calendar.moments_of(passes.finished_on, passes.finished_at)[0]
    is_numbered = np.isin(np.arange(len(passes)), numbered)
    order, by = np.arange(len(passes)), np.zeros(1, dtype=np.int64)
    back, extra = find_returns(passes, ends, is_numbered, order, [RULES.procedure], by)
    steps = {place: STEP_CODES[to] for place, to in enumerate(back.tolist()) if to >= 0}
    return steps, set(np.flatnonzero(extra).tolist())


def test_a_letter_that_only_went_forward_was_not_returned() -> None:
    assert read("A2 08:10", "A3 08:15", "A4 08:18", "A5 09:00") == ({}, set())


def test_the_worked_return_is_read_from_the_order_of_the_finishes() -> None:
    assert read("A2 09:10", "A3 09:15", "A4 09:18", "A3 09:22", "A4 09:24", "A5 10:20") == ({2: "A3"}, set())


def test_it_counts_also_before_the_sender_has_the_letter_again() -> None:
    assert read("A2 09:10", "A3 09:15", "A4 09:18", "A3 09:22") == ({2: "A3"}, set())


def test_a_step_done_again_with_the_letter_gone_on_is_an_extra_pass() -> None:
    assert read("A2 09:10", "A3 09:15", "A4 09:18", "A3 09:22", "A5 09:40") == ({}, {3})


def test_a_step_done_again_with_nothing_between_is_an_extra_pass() -> None:
    assert read("A2 09:10", "A3 09:15", "A3 09:17", "A3 09:19") == ({}, {2, 3})


def test_a_number_says_that_the_letter_came_back() -> None:
    rows = ("A2 09:10", "A3 09:15", "A4 09:18", "A3 09:22", "A5 09:40")
    assert read(*rows, numbered=(3,)) == ({2: "A3"}, set())
    assert read("A2 09:10", "A3 09:15", "A3 09:17", numbered=(2,)) == ({}, set())


def test_a_letter_sent_further_back_passes_every_desk_again() -> None:
    rows = ("A2 08:10", "A3 08:15", "A4 08:18", "A5 09:00", "A2 09:05", "A3 09:08", "A4 09:11", "A5 09:30", "A6 10:00")
    assert read(*rows) == ({3: "A2"}, set())


def test_returns_one_after_another_are_each_read() -> None:
    rows = ("A2 08:10", "A3 08:15", "A4 08:18", "A3 08:22", "A4 08:24", "A3 08:30", "A4 08:33", "A5 09:00")
    assert read(*rows) == ({2: "A3", 4: "A3"}, set())


def test_the_finish_of_the_parallel_desk_is_passed_over() -> None:
    rows = ("A2 08:10", "A3 08:15", "A4 08:18", "A5 09:00", "A6 09:20", "A7 09:25", "A5 09:30", "A6 09:45", "A8 10:00")
    assert read(*rows) == ({4: "A5"}, set())


def test_the_agency_had_the_letter_again() -> None:
    assert read("A2 08:06", "A1 10:00", "A2 10:05") == ({0: "A1"}, set())


@pytest.mark.parametrize("later", [(), ("A3 08:13",), ("A3 08:13", "A4 08:20")])
def test_a_pass_begun_on_a_screen_by_the_return_tells_its_moment(later: tuple[str, ...]) -> None:
    rows = ("A2 08:06", "A3 08:09", "A2 start 08:09", *later)
    assert read(*rows, numbered=(2,)) == ({1: "A2"}, set())
