"""Shares with their uncertainty, and percentiles.

Shares run from 0 to 1 and are never rounded here. None (NaN in arrays) means that there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from etl.domain.frames import MISSING

Z95 = 1.959963984540054
"""97.5 % quantile of the standard normal distribution: two-sided 95 %."""

FEWEST_FOR_PERCENTILE = 5
"""Below this many values the cases are listed and no percentile is given."""

Pair = tuple[float, float]
Floats = NDArray[np.float64]


def share(part: int, whole: int) -> float | None:
    """`part ÷ whole`; None when the whole is 0."""
    return part / whole if whole else None


def wilson(successes: int, n: int) -> Pair | None:
    """95 % score interval of a share (Wilson 1927, without continuity correction); None when n is 0."""
    if n == 0:
        return None
    low, high = wilson_many([successes], [n])
    return float(low[0]), float(high[0])


def wilson_many(successes: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Lower and upper ends of the Wilson interval of many shares at once; NaN where n is 0.

    Raises ValueError when a count is negative or more than its n.
    """
    hit, size = np.asarray(successes, np.float64), np.asarray(n, np.float64)
    if (hit < 0).any() or (hit > size).any():
        raise ValueError("successes must lie between 0 and n")
    size = np.where(size == 0, np.nan, size)
    spread = Z95 * np.sqrt(hit * (size - hit) / size + Z95**2 / 4)
    middle, whole = hit + Z95**2 / 2, size + Z95**2
    low = np.where(hit == 0, 0.0, (middle - spread) / whole)
    high = np.where(hit == size, 1.0, (middle + spread) / whole)
    nothing = np.isnan(size)
    return np.where(nothing, np.nan, low), np.where(nothing, np.nan, high)


def newcombe(successes: int, n: int, other_successes: int, other_n: int) -> Pair | None:
    """95 % interval of the difference `successes/n − other_successes/other_n`; None when an n is 0.

    Newcombe 1998, method 10: square and add the distances of both Wilson intervals.
    """
    ours, theirs = wilson(successes, n), wilson(other_successes, other_n)
    if ours is None or theirs is None:
        return None
    p, q = successes / n, other_successes / other_n
    below = sqrt((p - ours[0]) ** 2 + (theirs[1] - q) ** 2)
    above = sqrt((ours[1] - p) ** 2 + (q - theirs[0]) ** 2)
    return p - q - below, p - q + above


def is_within_chance(successes: int, n: int, other_successes: int, other_n: int) -> bool | None:
    """Whether the interval of the difference of two shares holds 0; None when there is none."""
    interval = newcombe(successes, n, other_successes, other_n)
    return None if interval is None else interval[0] <= 0 <= interval[1]


def compliance(met: int, late: int, overdue: int) -> float | None:
    """Share of steps in time among those judged: MET ÷ (MET + LATE + OVERDUE)."""
    return share(met, met + late + overdue)


def coverage(met: int, late: int, overdue: int, unmeasurable: int, skipped: int) -> float | None:
    """How much of what should have been judged could be: judged ÷ (judged + UNMEASURABLE + SKIPPED)."""
    judged = met + late + overdue
    return share(judged, judged + unmeasurable + skipped)


def bounds(met: int, late: int, overdue: int, unmeasurable: int, skipped: int) -> Pair | None:
    """What the share would be if all that could not be judged had been late, and if all had been in time.

    None when nothing was judged, as for the share itself.
    """
    judged, unknown = met + late + overdue, unmeasurable + skipped
    if judged == 0:
        return None
    return met / (judged + unknown), (met + unknown) / (judged + unknown)


def percentile(values: Sequence[float] | NDArray[np.generic], q: float) -> float | None:
    """The q-th percentile (0–100, so 90 and not 0.9) with linear interpolation; None for fewer than 5 values.

    MISSING and NaN do not count as values. Raises ValueError for a q outside 0–100 or between 0 and 1.
    """
    return percentiles(values, [q])[0]


def percentiles(values: Sequence[float] | NDArray[np.generic], qs: Sequence[float]) -> list[float | None]:
    """Several percentiles of the same values; see `percentile`."""
    if not all(q == 0 or 1 <= q <= 100 for q in qs):
        raise ValueError("a percentile is given in percent: 90, not 0.9")
    known = _known(values)
    if len(known) < FEWEST_FOR_PERCENTILE:
        return [None for _ in qs]
    return [float(value) for value in np.percentile(known, list(qs), method="linear")]


def median(values: Sequence[float] | NDArray[np.generic]) -> float | None:
    """The 50th percentile; None for fewer than 5 values."""
    return percentile(values, 50)


def _known(values: Sequence[float] | NDArray[np.generic]) -> Floats:
    """The values that are numbers."""
    given = np.asarray(values)
    if given.dtype.kind in "iu":
        given = given[given != MISSING]
    floats = given.astype(np.float64)
    return floats[~np.isnan(floats)]
