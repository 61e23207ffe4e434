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

NEVER = int(np.iinfo(np.int64).max)
"""A moment or day after all others: what has not happened, where the earliest is looked for."""


@dataclass(frozen=True)
class Requests:
    """One row per letter; all arrays have its length.

    `ended_at` is when the letter was rejected, cancelled or closed (MISSING otherwise, or when no date is known).
    `booked_start`/`booked_end` are moments; a booking known by its day only starts and ends with
    that day's last second. `began_at` is when a session of its event began, MISSING while none is recorded.
    """

    received_on: Ints
    received_at: Ints
    status: Codes
    ended_at: Ints
    booked_start: Ints
    booked_end: Ints
    began_at: Ints

    def __len__(self) -> int:
        return len(self.received_on)


@dataclass(frozen=True)
class Passes:
    """One row per step pass, in any order. `request` is the position in `Requests`, `number` counts from 1.

    `returned_to` is the step to which the letter goes back with the pass's finish, −1 forward; `by_tap` whether that
    finish was given on a screen; `is_unread` whether a start or pause of it was written that nobody can read.
    """

    request: Ints
    step: Codes
    number: Ints
    started_on: Ints
    started_at: Ints
    finished_on: Ints
    finished_at: Ints
    is_done: Bools
    returned_to: Codes
    by_tap: Bools
    is_unread: Bools

    def __len__(self) -> int:
        return len(self.request)

    def at(self, which: Ints | Bools) -> Passes:
        """Some of them, by position or by a mark each; the letters keep their positions."""
        return Passes(**{name: values[which] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Receivers:
    """One row per hand-over to a desk named on its own: `place` is the row in `Passes`, `receiver` the step it does."""

    place: Ints
    receiver: Codes
    on: Ints
    at: Ints

    def __len__(self) -> int:
        return len(self.place)

    @classmethod
    def none(cls) -> Receivers:
        """No desk named on its own."""
        ints, codes = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int8)
        return cls(ints, codes, ints, ints)


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
    """One row per letter and step, letter-major: row = letter × steps + step. Seconds are MISSING when unknown.

    `taken_at` is a recorded start that came too late to count.
    """

    verdict: Codes
    reason: Codes
    start_rule: Codes
    started_at: Ints
    taken_at: Ints
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
    """One row per letter, beside its step facts. It belongs to the period of `judged_on`."""

    verdict: Codes
    judged_on: Ints
    ready_seconds: Ints
    ready_on: Ints
    ready_at: Ints
    stop_at: Ints
    settled_at: Ints
    needs_closing: Bools
