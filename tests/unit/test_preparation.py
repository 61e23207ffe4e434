"""What is left of part A before a booking, beside a slow count over every way through the steps."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from etl.domain.rooms import Outlook, outlook, remaining_seconds
from etl.reference.steps import STEP_CODES
from etl.settings.sops import load_sop

HOUR = 3_600
TARGETS = (300, 600, 300, 300, HOUR, HOUR, HOUR, HOUR)
STEPS = tuple(f"A{n}" for n in range(1, 9))
FOLLOWS = {
    "A1": (), "A2": ("A1",), "A3": ("A2",), "A4": ("A3",), "A5": ("A4",), "A6": ("A5",), "A7": ("A5",),
    "A8": ("A6", "A7"),
}  # fmt: skip
SOP = load_sop().current()
NOTHING_OF_B = (False,) * 5


def finished(*codes: str) -> list[bool]:
    return [code in codes for code in STEP_CODES]


@pytest.mark.parametrize(
    ("done", "minutes"),
    [
        ((), 205),
        (("A1",), 200),
        (("A1", "A2", "A3", "A4"), 180),
        (("A1", "A2", "A3", "A4", "A5"), 120),
        (("A5", "A6"), 120),
        (("A5", "A6", "A7"), 60),
        (("A8",), 0),
        (("A4",), 180),
    ],
)
def test_what_is_left_is_the_longest_way_to_the_room(done: tuple[str, ...], minutes: int) -> None:
    assert remaining_seconds(SOP, finished(*done)) == minutes * 60


def test_a_step_without_a_target_counts_nothing() -> None:
    steps = tuple(replace(step, target_seconds=None) if step.code == "A7" else step for step in SOP.steps)
    assert remaining_seconds(replace(SOP, steps=steps), finished("A5", "A6")) == HOUR


def test_every_combination_is_what_a_slow_count_says() -> None:
    for done in product([False, True], repeat=8):
        assert remaining_seconds(SOP, (*done, *NOTHING_OF_B)) == slow_remaining(dict(zip(STEPS, done, strict=True)))


def slow_remaining(done: dict[str, bool]) -> int:
    """Walk back from A8 along each way and add every step that neither is finished nor has a finished one behind it."""
    target = dict(zip(STEPS, TARGETS, strict=True))

    def is_over(step: str) -> bool:
        return done[step] or any(is_over(after) for after in STEPS if step in FOLLOWS[after])

    def walk(step: str) -> int:
        own = 0 if is_over(step) else target[step]
        return own + max((walk(before) for before in FOLLOWS[step]), default=0)

    return 0 if done["A8"] else walk("A8")


def test_a_booking_is_at_risk_when_more_than_half_of_the_time_is_needed() -> None:
    assert outlook(HOUR, 2 * HOUR, is_ready=False) is Outlook.ON_TRACK
    assert outlook(HOUR, 2 * HOUR - 1, is_ready=False) is Outlook.AT_RISK
    assert outlook(HOUR, HOUR, is_ready=False) is Outlook.AT_RISK
    assert outlook(HOUR, HOUR - 1, is_ready=False) is Outlook.LATE
    assert outlook(0, 0, is_ready=True) is Outlook.READY
