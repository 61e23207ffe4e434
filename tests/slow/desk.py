"""What is known of one letter at one moment, and in what order its steps come: loops and datetimes, no arrays.

No step has more than one pass here; letters that were sent back are in `tests/slow/course.py`.

Written from docs/definisi.md alone, to check `judge` against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from etl.domain.compliance.rules import Rules
from etl.domain.verdict import RequestStatus
from etl.reference.steps import STEP_CODES
from tests.books.letter_records import LetterRecord, Pass
from tests.slow.clock import SlowClock

EPOCH = date(1970, 1, 1)
CLOSING_DAYS = 10


class Desk:
    """Everything known of one letter at one moment; the steps are those of the room's SOP."""

    codes: Sequence[str] = STEP_CODES
    received: str | None = "A1"

    def __init__(self, record: LetterRecord, rules: Rules, as_of: datetime | None) -> None:
        self.record, self.rules, self.now = record, rules, as_of
        self.clock = SlowClock(rules.calendar)
        self.follows = self._follows()
        self.passes: dict[str, Pass] = {}
        for one in record.passes:
            seen = self._seen_pass(one)
            if seen is not None:
                self.passes[one.step] = seen
        self._receive()

    # The order of the steps, by the version in force when the letter was received

    def _follows(self) -> dict[str, tuple[str, ...]]:
        version = 0
        for at, first in enumerate(self.rules.effective_days.tolist()):
            version = at if EPOCH + timedelta(days=first) <= self.record.received_on else version
        before = self.rules.procedures[version].follows
        return {code: tuple(self.codes[place] for place in before[at]) for at, code in enumerate(self.codes)}

    def dependents(self, step: str) -> list[str]:
        """Every step that depends on this one, directly or through others, nearest first."""
        dependents = [s for s in self.codes if step in self.follows[s]]
        for later in dependents:
            dependents += [s for s in self.dependents(later) if s not in dependents]
        return dependents

    # What has happened by now

    def _has_happened(self, on: date | None, at: datetime | None) -> bool:
        if at is not None:
            return self.now is None or at <= self.now
        return on is not None and (self.now is None or on <= self.day(self.now))

    def day(self, moment: datetime) -> date:
        """The office's day of a moment."""
        return moment.astimezone(self.clock.zone).date()

    def _seen_pass(self, one: Pass) -> Pass | None:
        """The pass with what lies after now taken away; None when nothing of it has happened."""
        if not self._has_happened(one.started_on, one.started_at):
            is_later = one.started_on is not None
            one = replace(one, started_on=None, started_at=None)
            if is_later and one.finished_on is None:
                return None
        if one.finished_on is not None and not self._has_happened(one.finished_on, one.finished_at):
            one = replace(one, finished_on=None, finished_at=None, is_done=False)
        return one if one.started_on or one.is_finished else None

    def place(self, step: str) -> int:
        """Where the step stands in the arrays of the rules."""
        return self.codes.index(step)

    def is_part_b(self, step: str) -> bool:
        """Whether the step goes by the event."""
        return step.startswith("B")

    def _receive(self) -> None:
        """The receipt in the register finishes A1 unless the hand-over records say otherwise."""
        if self.received is None:
            return
        received_on, received_at = self.record.received_on, self.record.received_at
        if not self._has_happened(received_on, received_at):
            return
        first = self.passes.get(self.received, Pass(self.received))
        if first.finished_on is None:
            first = replace(first, finished_on=received_on, finished_at=received_at, is_done=True, by_tap=False)
        self.passes[self.received] = first

    # Until when anything runs

    def _ended_at(self) -> datetime | None:
        """When the letter was rejected, cancelled or closed; a closing without a moment counts from the receipt."""
        if self.record.ended_at is None and self.record.status is RequestStatus.CLOSED:
            return self.record.received_at or datetime.combine(self.record.received_on, time(), self.clock.zone)
        return self.record.ended_at

    def is_refused(self) -> bool:
        """Rejected or cancelled by now; without a date, always."""
        if self.record.status not in (RequestStatus.REJECTED, RequestStatus.CANCELLED):
            return False
        return self.record.ended_at is None or self._has_happened(None, self.record.ended_at)

    def is_closed(self) -> bool:
        """Closed by now."""
        return self.record.status is RequestStatus.CLOSED and self._has_happened(None, self._ended_at())

    def has_begun(self) -> bool:
        """The event has begun by now."""
        return self._has_happened(None, self.record.began_at)

    def _life_end(self) -> datetime:
        """Without a booking: closing time of the tenth working day after receipt."""
        received = self.record.received_on
        end = self.clock.closing_after(received, CLOSING_DAYS)
        # Beyond the calendar nobody knows the working days: twice as many days instead.
        return end or datetime.combine(received + timedelta(days=2 * CLOSING_DAYS + 1), time(), self.clock.zone)

    def _earliest_come(self, moments: list[datetime | None]) -> datetime | None:
        return min((m for m in moments if m and self._has_happened(None, m)), default=None)

    def stop(self, step: str) -> datetime | None:
        """The moment from which nothing of the step's part runs; None when that has not come."""
        ended = self._ended_at() if self.is_refused() or self.is_closed() else None
        booked = self.record.booked
        return self._earliest_come([ended, booked[self.is_part_b(step)] if booked else self._life_end()])

    def over_at(self) -> datetime | None:
        """When the letter was over: ended, its booked end past, or without booking after ten working days."""
        ended = self._ended_at() if self.is_refused() or self.is_closed() else None
        booked = self.record.booked
        return self._earliest_come([ended, booked[1] if booked else self._life_end()])

    # Order of the steps

    def is_off(self, step: str) -> bool:
        """The step is not practised on the day that decides for its part."""
        then = self.record.received_on
        if self.is_part_b(step) and self.record.booked:
            then = self.day(self.record.booked[0])
        day = (then - EPOCH).days
        return any(
            off.step == self.place(step) and off.first <= day and (off.last is None or day <= off.last)
            for off in self.rules.step_off
        )

    def given(self, step: str) -> datetime | None:
        """The moment at which a step was handed over: the later one when it follows two."""
        moments = [self._gives(before) for before in self.follows[step]]
        if not moments or any(m is None for m in moments):
            return None
        return max(m for m in moments if m is not None)

    def _gives(self, step: str) -> datetime | None:
        """The moment at which a step hands on, known to the minute and believable."""
        if self.is_off(step) and self.follows[step]:
            return self.given(step)
        one = self.passes.get(step)
        if one is None or one.finished_at is None or self.ends_before_start(one):
            return None
        return one.finished_at

    def is_given_by_tap(self, step: str) -> bool:
        """The finish with which the step was handed over was a tap."""
        last = self.given(step)
        return any(self._taps(before) for before in self.follows[step] if last and self._gives(before) == last)

    def _taps(self, step: str) -> bool:
        if self.is_off(step) and self.follows[step]:
            return self.is_given_by_tap(step)
        return step in self.passes and self.passes[step].by_tap

    def ends_before_start(self, one: Pass) -> bool:
        """The finish lies before the recorded start, or without one before the hand-over."""
        if one.finished_on is None:
            return False
        if one.started_on is None:
            given = self.given(one.step)
            return given is not None and one.finished_at is not None and one.finished_at < given
        if one.started_at is not None and one.finished_at is not None:
            return one.finished_at < one.started_at
        return one.finished_on < one.started_on

    def finished_behind(self, step: str) -> list[Pass]:
        """The finished passes of the steps that depend on this one."""
        passes = [self.passes[later] for later in self.dependents(step) if later in self.passes]
        return [one for one in passes if one.is_finished]

    def is_over(self, step: str) -> bool:
        """Nothing more is to be expected of a step before the next one may begin."""
        if self.is_off(step) and self.follows[step]:
            return all(self.is_over(before) for before in self.follows[step])
        one = self.passes.get(step)
        return bool(one and one.is_finished) or bool(self.finished_behind(step))

    def is_reached(self, step: str) -> bool:
        """Nothing more is to be expected of the steps that it follows; one that follows none never comes by itself."""
        return bool(self.follows[step]) and all(self.is_over(before) for before in self.follows[step])
