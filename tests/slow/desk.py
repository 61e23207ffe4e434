"""What is known of one letter at one moment, and in what order its steps come: loops and datetimes, no arrays.

Written from docs/definisi.md alone, to check `judge` against.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from etl.domain.compliance.rules import Rules
from etl.domain.sop.steps import STEP_CODES, STEP_INDEX
from etl.domain.verdict import RequestStatus
from tests.books.letter_records import LetterRecord, Pass
from tests.slow.clock import SlowClock

EPOCH = date(1970, 1, 1)
HANDED_OVER = {"A2", "A3", "A4", "A5", "A6", "A7", "A8", "B2"}
CLOSING_DAYS = 10
MOST_PASSES = 3


class Desk:
    """Everything known of one letter at one moment."""

    def __init__(self, record: LetterRecord, rules: Rules, as_of: datetime | None) -> None:
        self.record, self.rules, self.now = record, rules, as_of
        self.clock = SlowClock(rules.calendar)
        self.follows = self._follows()
        self.passes: dict[str, dict[int, Pass]] = {code: {} for code in STEP_CODES}
        for one in record.passes:
            seen = self._seen_pass(one)
            if seen is not None:
                self.passes[one.step][one.number] = seen
        self._receive()

    # The order of the steps, by the version in force when the letter was received

    def _follows(self) -> dict[str, tuple[str, ...]]:
        version = 0
        for at, first in enumerate(self.rules.effective_days.tolist()):
            version = at if EPOCH + timedelta(days=first) <= self.record.received_on else version
        before = self.rules.procedures[version].follows
        return {code: tuple(STEP_CODES[place] for place in before[STEP_INDEX[code]]) for code in STEP_CODES}

    def dependents(self, step: str) -> list[str]:
        """Every step that depends on this one, directly or through others, nearest first."""
        dependents = [s for s in STEP_CODES if step in self.follows[s]]
        for later in dependents:
            dependents += [s for s in self.dependents(later) if s not in dependents]
        return dependents

    # What has happened by now

    def _has_happened(self, on: date | None, at: datetime | None) -> bool:
        if at is not None:
            return self.now is None or at <= self.now
        return on is not None and (self.now is None or on <= self.now.astimezone(self.clock.zone).date())

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

    def _receive(self) -> None:
        """The receipt in the register finishes A1 unless the hand-over records say otherwise."""
        if not self._has_happened(self.record.received_on, self.record.received_at):
            return
        first = self.passes["A1"].get(1, Pass("A1"))
        if first.finished_on is None:
            first = replace(
                first, finished_on=self.record.received_on, finished_at=self.record.received_at, is_done=True
            )
        self.passes["A1"][1] = first

    def _is_ended(self) -> bool:
        """Rejected or cancelled by now; without a date, always."""
        if self.record.status not in (RequestStatus.REJECTED, RequestStatus.CANCELLED):
            return False
        return self.record.ended_at is None or self._has_happened(None, self.record.ended_at)

    def _life_end(self) -> datetime:
        """Without a booking: closing time of the tenth working day after receipt."""
        received = self.record.received_on
        end = self.clock.closing_after(received, CLOSING_DAYS)
        # Beyond the calendar nobody knows the working days: twice as many days instead.
        return end or datetime.combine(received + timedelta(days=2 * CLOSING_DAYS + 1), time(), self.clock.zone)

    def _stop(self, step: str) -> datetime | None:
        """The moment from which nothing of the step's part runs; None when that has not come."""
        moments = []
        if self._is_ended() and self.record.ended_at:
            moments.append(self.record.ended_at)
        if self.record.booked:
            moments.append(self.record.booked[0 if step.startswith("A") else 1])
        else:
            moments.append(self._life_end())
        come = [m for m in moments if self._has_happened(None, m)]
        return min(come) if come else None

    # Order of the steps

    def _is_off(self, step: str) -> bool:
        then = self.record.received_on
        if step.startswith("B") and self.record.booked:
            then = self.record.booked[0].astimezone(self.clock.zone).date()
        day = (then - EPOCH).days
        return any(
            off.step == STEP_INDEX[step] and off.first <= day and (off.last is None or day <= off.last)
            for off in self.rules.step_off
        )

    def _given(self, step: str, k: int) -> datetime | None:
        """The moment at which the k-th pass of a step is handed to it: the later one when it follows two."""
        moments = [self._gives(before, k) for before in self.follows[step]]
        if not moments or any(m is None for m in moments):
            return None
        return max(m for m in moments if m is not None)

    def _gives(self, step: str, k: int) -> datetime | None:
        """The moment at which a step hands on its k-th pass, known to the minute and believable."""
        if self._is_off(step):
            return self._given(step, k) if self.follows[step] else self._plain_finish(step, k)
        return self._plain_finish(step, k)

    def _plain_finish(self, step: str, k: int) -> datetime | None:
        one = self.passes[step].get(k)
        if one is None or one.finished_at is None or self._ends_before_start(one):
            return None
        return one.finished_at

    def _ends_before_start(self, one: Pass) -> bool:
        if one.finished_on is None:
            return False
        if one.started_on is None:
            given = self._given(one.step, one.number) if one.step in HANDED_OVER else None
            return given is not None and one.finished_at is not None and one.finished_at < given
        if one.started_at is not None and one.finished_at is not None:
            return one.finished_at < one.started_at
        return one.finished_on < one.started_on

    def _last(self, step: str) -> Pass | None:
        return self.passes[step][max(self.passes[step])] if self.passes[step] else None

    def _came_back_at(self, step: str) -> datetime | None:
        """When a finished letter was handed to the step once more, and nobody after it has finished since."""
        last = self._last(step)
        if last is None or not last.is_finished or step not in HANDED_OVER:
            return None
        for k in range(last.number + 1, MOST_PASSES + 1):
            back = self._given(step, k)
            if back is not None and self._is_after(back, last):
                return self._still_back(step, back)
        return None

    def _still_back(self, step: str, back: datetime) -> datetime | None:
        if any(not self._is_after(back, p) for p in self._finishes_after(step)):
            return None
        stop = self._stop(step)
        return back if stop is None or back < stop else None

    def _is_after(self, moment: datetime, one: Pass) -> bool:
        """Whether a moment lies after the finish of a pass."""
        if one.finished_at is not None:
            return moment > one.finished_at
        return one.finished_on is not None and moment.astimezone(self.clock.zone).date() > one.finished_on

    def _finishes_after(self, step: str) -> list[Pass]:
        """Every finished pass of the steps that depend on this one, with its date."""
        passes = [p for later in self.dependents(step) for p in self.passes[later].values()]
        return [p for p in passes if p.finished_on is not None]

    def _finished_dependents(self, step: str) -> list[Pass]:
        return [p for later in self.dependents(step) for p in self.passes[later].values() if p.is_finished]

    def _is_passed_over(self, one: Pass) -> bool:
        """Begun, never finished, and yet a step that depends on it finished later."""
        for later in self._finishes_after(one.step):
            if one.started_at is None or not self._may_precede(later, one.started_at):
                return True
        return False

    def _may_precede(self, one: Pass, moment: datetime) -> bool:
        """Whether a finish may have been at a moment or before."""
        if one.finished_at is not None:
            return one.finished_at <= moment
        return one.finished_on is not None and one.finished_on <= moment.astimezone(self.clock.zone).date()

    def _in_hand_again_since(self, step: str) -> datetime | None:
        """When a step was taken in hand once more and is still; None when it is not."""
        last = self._last(step)
        if last is None or self._is_off(step):
            return None
        if last.is_finished:
            return self._came_back_at(step)
        return None if last.number == 1 or self._is_passed_over(last) else last.started_at

    def _gone_back(self, step: str) -> bool:
        """Finished, but since then the letter went back to a step before it and is there still."""
        last, is_ended_sometime = self._last(step), self._is_ended() and self.record.ended_at is None
        if last is None or not last.is_finished or self._came_back_at(step):
            return False
        if self._stop(step) is not None or is_ended_sometime:
            return False
        finishes = [p for p in self.passes[step].values() if p.finished_on is not None]
        since = [self._in_hand_again_since(before) for before in STEP_CODES if step in self.dependents(before)]
        return any(m is not None and finishes and all(self._lies_before(p, m) for p in finishes) for m in since)

    def _lies_before(self, one: Pass, moment: datetime) -> bool:
        """Whether a finish was surely over at a moment; one of a date alone may be its last second."""
        if one.finished_at is not None:
            return one.finished_at <= moment
        assert one.finished_on is not None
        midnight = datetime.combine(one.finished_on + timedelta(days=1), time(), self.clock.zone)
        return midnight - timedelta(seconds=1) <= moment

    def _is_over(self, step: str) -> bool:
        """Nothing more is to be expected of a step before the next one may begin."""
        if self._is_off(step) and self.follows[step]:
            return all(self._is_over(before) for before in self.follows[step])
        last = self._last(step)
        if last is None:
            return bool(self._finished_dependents(step))
        if not last.is_finished:
            return self._is_passed_over(last)
        return self._came_back_at(step) is None and not self._gone_back(step)
