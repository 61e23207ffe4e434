"""How many examples a property is asked for: few in the suite, many in `make soak`."""

from __future__ import annotations

from hypothesis import settings

SUITE, SOAK = 100, 1_000
"""Examples of a property that names no number itself, under the profile of the suite and under that of the soak."""


def examples(in_suite: int) -> int:
    """That many in the suite, ten times as many under the profile of the soak."""
    return in_suite * settings.default.max_examples // SUITE


def load_profile(name: str) -> None:
    """The suite asks for the same examples each time, the soak for others each time.

    No test waits for a clock: what is slow is told by the bench.
    """
    settings.register_profile("suite", deadline=None, derandomize=True, max_examples=SUITE)
    settings.register_profile("soak", deadline=None, max_examples=SOAK)
    settings.load_profile(name)
