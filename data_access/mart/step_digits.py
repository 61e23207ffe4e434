"""What is known of the thirteen steps of a letter, beside the letter itself: a hexadecimal digit a step.

Digit i of a number, counted from the lowest, is that of step i. One column tells the verdict of each step, three the
flags of each, so that a list of letters with certain steps reads a million letters and not their thirteen million
facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_access.mart.schema import MISSING, STEPS_PER_REQUEST

Ints = NDArray[np.int64]

VERDICTS = "step_verdicts"
FLAGS = ("step_flags_low", "step_flags_middle", "step_flags_high")
"""Columns of the flag bits 0–3, 4–7 and 8–11."""

_PLACES = 16 ** np.arange(STEPS_PER_REQUEST, dtype=np.int64)
_EACH = int(_PLACES.sum())
_BITS = 4
_LAST_DAY = np.iinfo(np.int64).max


def digits(values: NDArray[Any]) -> Ints:
    """One number a letter of the digits (letters, 13), each from 0 to 15."""
    return np.asarray(values.astype(np.int64) @ _PLACES)


def digit(step: int) -> int:
    """The number with a 1 at that step."""
    return int(_PLACES[step])


def columns_of_steps(verdict: NDArray[Any], flags: NDArray[Any], belongs_on: Ints) -> dict[str, Ints]:
    """The columns of request_fact that tell of its steps; the arrays have thirteen values a letter, one after another.

    `first_belongs_on` and `last_belongs_on`: the first and the last day to which any step belongs.
    """
    days = belongs_on.reshape(-1, STEPS_PER_REQUEST)
    first = np.where(days == MISSING, _LAST_DAY, days).min(axis=1, initial=_LAST_DAY)
    carried = flags.reshape(-1, STEPS_PER_REQUEST)
    flagged = {name: digits(carried >> _BITS * place & 15) for place, name in enumerate(FLAGS)}
    return {
        VERDICTS: digits(verdict.reshape(-1, STEPS_PER_REQUEST)),
        **flagged,
        "first_belongs_on": np.where(first == _LAST_DAY, MISSING, first),
        "last_belongs_on": days.max(axis=1, initial=MISSING),
    }


def matching(steps: Iterable[int] = (), verdicts: Iterable[int] = (), flags: int = 0) -> str:
    """An expression: digit i is 1 when step i is one of these, has one of these verdicts and carries all these flag
    bits, else 0. Empty `steps` and `verdicts` are all."""
    wanted = reduce(or_, (digit(step) for step in steps), 0) or _EACH
    parts = [f"({wanted})::BIGINT", *(_flagged(bit) for bit in range(flags.bit_length()) if flags >> bit & 1)]
    equal = [_equal(code) for code in sorted(verdicts)]
    parts += [f"({' | '.join(equal)})"] if equal else []
    return f"({' & '.join(parts)})"


def _flagged(bit: int) -> str:
    return f"({FLAGS[bit // _BITS]} >> {bit % _BITS})"


def _equal(code: int) -> str:
    """The lowest bit of digit i is 1 when that of the verdicts is `code`; the other bits mean nothing."""
    other = f"xor({VERDICTS}, {code * _EACH})"
    return f"~({other} | ({other} >> 1) | ({other} >> 2) | ({other} >> 3))"
