"""Whether a target is realistic, and what would be if it were another one or always met.

Matrices are (letters, steps) of letters that are judged: the office's own steps of part A, `SopVersion.judged_steps`.
Integers use MISSING for "not known".
"""

from __future__ import annotations

from enum import StrEnum
from itertools import permutations

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.judge import BEYOND
from etl.domain.frames import MISSING, Bools, Codes, Ints
from etl.domain.sop.versions import SopVersion
from etl.domain.verdict import Verdict

ENOUGH = 20
"""Fewer judged steps than this say nothing about a target."""

WIDE_PART = 0.5
"""Always met with a wide margin: the whole interval reaches the share wanted, and P90 is at most this part of the
target."""

RARE = 0.5
"""Rarely met: the whole interval lies below this."""

_FINISHED = (Verdict.MET.code, Verdict.LATE.code)


class Realism(StrEnum):
    """What the numbers say about a target."""

    TOO_FEW = "too_few"
    WIDE = "wide"
    RARE = "rare"
    OFTEN_MISSED = "often_missed"
    FITS = "fits"


def realism(
    n: int,
    interval: tuple[float, float] | None,
    p90_seconds: float | None,
    target_seconds: int | None,
    wanted: float,
) -> Realism:
    """The word for a target: `n` judged steps, the 95 % `interval` of the share met, P90 of the durations, and the
    share that counts as well kept."""
    if n < ENOUGH or interval is None or target_seconds is None:
        return Realism.TOO_FEW
    low, high = interval
    if high < RARE:
        return Realism.RARE
    if high < wanted:
        return Realism.OFTEN_MISSED
    if low >= wanted and p90_seconds is not None and p90_seconds <= WIDE_PART * target_seconds:
        return Realism.WIDE
    return Realism.FITS


def verdicts_if(verdict: Codes, elapsed: Ints, target: Ints) -> Codes:
    """The verdicts with other targets (MISSING keeps the verdict).

    What is finished is judged by its duration, what runs by its duration so far; all else stays.
    """
    known = (elapsed != MISSING) & (target != MISSING)
    within: Bools = elapsed <= target
    runs = np.isin(verdict, (Verdict.ON_TRACK.code, Verdict.AT_RISK.code, Verdict.OVERDUE.code))
    choices = [
        known & np.isin(verdict, _FINISHED) & within,
        known & np.isin(verdict, _FINISHED),
        known & runs & ~within,
        known & (verdict == Verdict.OVERDUE.code),
    ]
    words = [word.code for word in (Verdict.MET, Verdict.LATE, Verdict.OVERDUE, Verdict.ON_TRACK)]
    return np.select(choices, words, verdict).astype(np.int8)


def always_met(verdict: Codes, step: int) -> Codes:
    """The verdicts if the step in that column had always met its target."""
    met = verdict.copy()
    met[:, step] = np.where(np.isin(met[:, step], BEYOND), Verdict.MET.code, met[:, step])
    return met


def ready_savings(
    sop: SopVersion, verdict: Codes, elapsed: Ints, target: Ints, finished_at: Ints, calendar: WorkCalendar
) -> Ints:
    """By how many working seconds each letter had been ready earlier if that one step had met its target.

    What follows a step takes as long as it did. A step that follows several waits for the latest of them, so of these
    only the latest one saves anything, and no more than it finished after the others.
    """
    over = np.where((verdict == Verdict.LATE.code) & (target != MISSING), elapsed - target, 0)
    saved = np.maximum(over, 0).astype(np.int64)
    for step, other in _side_by_side(sop):
        both = (finished_at[:, step] != MISSING) & (finished_at[:, other] != MISSING)
        mine, its = (np.where(both, finished_at[:, column], 0) for column in (step, other))
        lead = np.maximum(calendar.working_seconds(np.minimum(its, mine), mine), 0)
        saved[:, step] = np.where(both, np.minimum(saved[:, step], lead), saved[:, step])
    return saved


def _side_by_side(sop: SopVersion) -> list[tuple[int, int]]:
    """Pairs of columns of steps for which another one waits together."""
    place = {code: column for column, code in enumerate(sop.judged_steps)}
    waited_for = [[place[before] for before in sop.step(code).follows if before in place] for code in place]
    return [pair for columns in waited_for for pair in permutations(columns, 2)]
