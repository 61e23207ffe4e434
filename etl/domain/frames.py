"""Columns of records and facts as plain arrays, the form in which the rules work on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int8]
Bools = NDArray[np.bool_]

MISSING = int(np.iinfo(np.int64).min)
"""Stands for "not known" in every array of moments (UTC seconds), days (since 1970-01-01) and durations."""


@dataclass(frozen=True)
class Requests:
    """One row per letter; all arrays have its length.

    `ended_at` is when the letter was rejected or cancelled (MISSING otherwise, or when no date is known).
    `booked_start`/`booked_end` are moments; a booking known by its day only starts and ends with
    that day's last second.
    """

    received_on: Ints
    received_at: Ints
    status: Codes
    ended_at: Ints
    booked_start: Ints
    booked_end: Ints

    def __len__(self) -> int:
        return len(self.received_on)


@dataclass(frozen=True)
class Passes:
    """One row per step pass, in any order. `request` is the position in `Requests`, `number` counts from 1."""

    request: Ints
    step: Codes
    number: Ints
    started_on: Ints
    started_at: Ints
    finished_on: Ints
    finished_at: Ints
    is_done: Bools

    def __len__(self) -> int:
        return len(self.request)

    def at(self, which: Ints | Bools) -> Passes:
        """Some of them, by position or by a mark each; the letters keep their positions."""
        return Passes(**{name: values[which] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Pauses:
    """One row per pause of a step pass. `ended_at` MISSING means still open."""

    request: Ints
    step: Codes
    number: Ints
    started_at: Ints
    ended_at: Ints

    def __len__(self) -> int:
        return len(self.request)


@dataclass(frozen=True)
class StepFacts:
    """One row per letter and step, letter-major: row = letter × 13 + step. Seconds are MISSING when unknown."""

    verdict: Codes
    reason: Codes
    start_rule: Codes
    started_at: Ints
    finished_at: Ints
    finished_on: Ints
    passes: Ints
    elapsed: Ints
    waiting: Ints
    paused: Ints
    target: Ints
    due_at: Ints
    handover: Ints
    belongs_on: Ints
    flags: Ints


@dataclass(frozen=True)
class RequestFacts:
    """One row per letter, beside its thirteen step facts."""

    verdict: Codes
    ready_seconds: Ints
    ready_on: Ints
    ready_at: Ints
    stop_at: Ints
    settled_at: Ints
    needs_closing: Bools
