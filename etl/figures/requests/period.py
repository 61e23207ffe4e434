"""Whole letters in a period: on time, received, running, ready before the event; the same answer counts and lists them.

A letter is judged in the period in which A8 was finished. One that was never made ready, as far as anybody recorded,
stands in the period of its booked start.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from data_access.mart import compliance as questions
from data_access.mart.facts import Facts, Scope
from etl.domain.compliance.judge import ENDED
from etl.domain.frames import MISSING, Bools, Ints
from etl.domain.statistics import share, wilson
from etl.domain.verdict import RequestVerdict
from etl.figures.filter import SlaFilter, resolve, scope_of
from etl.figures.live import facts_at
from etl.office import Office


class LetterKind(StrEnum):
    """What is counted of whole letters."""

    RECEIVED = "received"
    RUNNING = "running"
    ON_TIME = "on_time"
    LATE = "late"
    UNKNOWN = "unknown"
    JUDGED = "judged"
    BEFORE = "before"
    AFTER = "after"
    UNSURE = "unsure"
    UNBOOKED = "unbooked"
    UNRECORDED = "unrecorded"
    AGAINST_EVENT = "against_event"
    MEASURED = "measured"
    UNTIMED = "untimed"


@dataclass(frozen=True)
class ReadyFigure:
    """Letters whose A8 was finished in the period, against the booked start of their event: `n` = before + after, with
    share and 95 % Wilson interval of before.

    Beside them `unknown` (a clock time is missing on the very day) and `unbooked`. `unrecorded`: booked to begin in
    the period, begun by now, neither rejected nor cancelled, and no finish of A8 is recorded.
    """

    n: int
    before: int
    after: int
    unknown: int
    unbooked: int
    unrecorded: int
    share: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class PeriodLetters:
    """Letters that have to do with a period, one row each, in no order; MISSING where not known.

    `may_begin`: the booked start has come and the letter was neither rejected nor cancelled.
    """

    first_on: int
    last_on: int
    request_id: Ints
    verdict: Ints
    received_on: Ints
    judged_on: Ints
    ready_on: Ints
    ready_at: Ints
    ready_seconds: Ints
    booked_on: Ints
    booked_at: Ints
    may_begin: Bools

    def of(self, kind: LetterKind) -> Bools:
        """Which of them are counted as that."""
        if kind is LetterKind.RECEIVED:
            return self._is_received
        if kind is LetterKind.RUNNING:
            return self._is_received & (self.verdict == RequestVerdict.RUNNING.code)
        if kind is LetterKind.UNRECORDED:
            return self.may_begin & self._inside(self.booked_on) & (self.ready_on == MISSING)
        if kind is LetterKind.JUDGED:
            return self.of(LetterKind.ON_TIME) | self.of(LetterKind.LATE)
        if kind is LetterKind.AGAINST_EVENT:
            return self.of(LetterKind.BEFORE) | self.of(LetterKind.AFTER)
        if kind in (LetterKind.MEASURED, LetterKind.UNTIMED):
            return self.is_ready & ((self.ready_seconds != MISSING) == (kind is LetterKind.MEASURED))
        if kind in (LetterKind.ON_TIME, LetterKind.LATE, LetterKind.UNKNOWN):
            return self._inside(self.judged_on) & (self.verdict == RequestVerdict(kind.value).code)
        return self.is_ready & self._against_event[kind]

    def count(self, kind: LetterKind) -> int:
        """How many are counted as that."""
        return int(self.of(kind).sum())

    @cached_property
    def is_ready(self) -> Bools:
        """A8 finished in the period."""
        return self._inside(self.ready_on)

    @cached_property
    def _is_received(self) -> Bools:
        return self._inside(self.received_on)

    @cached_property
    def _against_event(self) -> dict[LetterKind, Bools]:
        """Finished before the booked start or not; by the clock where both are known to the minute, else by the day."""
        by_clock = (self.ready_at != MISSING) & (self.booked_at != MISSING)
        booked = self.booked_on != MISSING
        before = np.where(by_clock, self.ready_at < self.booked_at, self.ready_on < self.booked_on)
        after = np.where(by_clock, self.ready_at >= self.booked_at, self.ready_on > self.booked_on)
        return {
            LetterKind.BEFORE: booked & before,
            LetterKind.AFTER: booked & after,
            LetterKind.UNSURE: booked & ~before & ~after,
            LetterKind.UNBOOKED: ~booked,
        }

    def _inside(self, day: Ints) -> Bools:
        return (day >= self.first_on) & (day <= self.last_on)


def ready_figure(letters: PeriodLetters) -> ReadyFigure:
    """How many were made ready before their event."""
    before, after = letters.count(LetterKind.BEFORE), letters.count(LetterKind.AFTER)
    return ReadyFigure(
        n=before + after,
        before=before,
        after=after,
        unknown=letters.count(LetterKind.UNSURE),
        unbooked=letters.count(LetterKind.UNBOOKED),
        unrecorded=letters.count(LetterKind.UNRECORDED),
        share=share(before, before + after),
        interval=wilson(before, before + after),
    )


def letter_ids(office: Office, filter_: SlaFilter, kind: LetterKind, as_of: int) -> Ints:
    """The letters that a figure counts as that: request_id in no order."""
    scope = scope_of(resolve(office, filter_))
    letters = period_letters(facts_at(office, as_of), scope)
    return letters.request_id[letters.of(kind)]


def period_letters(facts: Facts, scope: Scope) -> PeriodLetters:
    """The letters of a scope, settled and not."""
    rows = questions.letters(facts, scope)
    may_begin = rows.pop("has_begun") & ~np.isin(rows.pop("status"), ENDED)
    numbers = {name: np.asarray(column, np.int64) for name, column in rows.items()}
    return PeriodLetters(*scope.days, **numbers, may_begin=may_begin)
