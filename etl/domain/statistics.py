"""Shares with their uncertainty, and percentiles.

Shares run from 0 to 1 and are never rounded here. None (NaN in arrays) means that there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from etl.domain.frames import MISSING, Bools

Z95 = 1.959963984540054
"""97.5 % quantile of the standard normal distribution: two-sided 95 %."""

FEWEST_FOR_PERCENTILE = 5
"""Below this many values the cases are listed and no percentile is given."""

FEWEST_TO_SAY = 5
"""Below this many cases nothing is ranked, and no share is given without the flagged rows."""

FEWEST_FOR_LIMITS = 6
"""Below this many points a control chart has no limits: five moving ranges say nothing of the usual spread."""

LIMIT_FACTOR = 2.66
"""Mean moving range of two to three standard deviations of single values: 3 ÷ 1.128."""

RUN_LENGTH = 8
"""So many points one after the other on one side of the centre are a signal."""

Pair = tuple[float, float]
Floats = NDArray[np.float64]


def share(part: int, whole: int) -> float | None:
    """`part ÷ whole`; None when the whole is 0."""
    return part / whole if whole else None


@lru_cache(maxsize=4096)
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


def weighted_percentiles(values: ArrayLike, times: ArrayLike, qs: Sequence[float]) -> list[float | None]:
    """The percentiles of values of which each stands there so many `times`; see `percentile`, but all are known."""
    given, weight = np.asarray(values, np.float64), np.asarray(times, np.int64)
    n = int(weight.sum())
    if n < FEWEST_FOR_PERCENTILE:
        return [None for _ in qs]
    order = np.argsort(given, kind="stable")
    ordered, up_to = given[order], np.cumsum(weight[order])
    place = (n - 1) * np.asarray(qs, np.float64) / 100
    low = np.floor(place)
    below, above = (ordered[np.searchsorted(up_to, at, side="right")] for at in (low, np.ceil(place)))
    return [float(value) for value in below + (above - below) * (place - low)]


def percentile_interval(values: ArrayLike, times: ArrayLike, q: float) -> tuple[float | None, float | None]:
    """95 % interval of the q-th percentile, whatever the distribution: two of the values in their order (Hahn & Meeker
    1991, Statistical Intervals, section 5.2).

    How many of n values lie below the percentile is binomial: the lower end is the last value of which, with at least
    97,5 %, as many lie below; the upper end likewise. An end is None where so few values give none.
    """
    given, weight = np.asarray(values, np.float64), np.asarray(times, np.int64)
    n, p = int(weight.sum()), q / 100
    if n == 0:
        return None, None
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    counts = np.arange(n + 1)
    chance = np.exp(logs[n] - logs - logs[::-1] + counts * np.log(p) + (n - counts) * np.log1p(-p))
    up_to = np.cumsum(chance)
    low = int(np.searchsorted(up_to, _TAIL, side="right"))
    high = int(np.searchsorted(up_to, 1 - _TAIL)) + 1
    order = np.argsort(given, kind="stable")
    ordered, ranks = given[order], np.cumsum(weight[order])

    def value(rank: int) -> float | None:
        return float(ordered[np.searchsorted(ranks, rank)]) if 1 <= rank <= n else None

    return value(low), value(high)


_TAIL = 0.025


def median(values: Sequence[float] | NDArray[np.generic]) -> float | None:
    """The 50th percentile; None for fewer than 5 values."""
    return percentile(values, 50)


def middle(values: Sequence[float]) -> float | None:
    """The median of however few values, where the cases themselves stand beside it; None for none."""
    return float(np.median(values)) if values else None


@dataclass(frozen=True)
class Xmr:
    """A control chart of single values: centre and natural limits, and by point whether it is a signal.

    `is_beyond`: outside the limits. `is_run`: one of eight or more in a row on one side of the centre.
    """

    centre: float
    lower: float
    upper: float
    is_beyond: Bools
    is_run: Bools


def xmr(values: Sequence[float] | Floats) -> Xmr | None:
    """The control chart of values in the order of time (Wheeler 1993, X and moving range); None for fewer than six.

    Limits are the mean ± 2.66 mean moving ranges, the lower one never below 0: the values are lengths of time.
    A value on the centre is on neither side and ends a run.
    """
    given = np.asarray(values, np.float64)
    if len(given) < FEWEST_FOR_LIMITS:
        return None
    centre, reach = float(given.mean()), LIMIT_FACTOR * float(np.abs(np.diff(given)).mean())
    lower, upper = max(centre - reach, 0.0), centre + reach
    return Xmr(centre, lower, upper, (given < lower) | (given > upper), _runs(np.sign(given - centre)))


def _runs(side: Floats) -> Bools:
    """Which points stand in a row of RUN_LENGTH or more on one side (−1 or 1; 0 is none)."""
    row = np.concatenate([[0], np.cumsum(np.diff(side) != 0)])
    is_in_run: Bools = (np.bincount(row)[row] >= RUN_LENGTH) & (side != 0)
    return is_in_run


def _known(values: Sequence[float] | NDArray[np.generic]) -> Floats:
    """The values that are numbers."""
    given = np.asarray(values)
    if given.dtype.kind in "iu":
        given = given[given != MISSING]
    floats = given.astype(np.float64)
    return floats[~np.isnan(floats)]
