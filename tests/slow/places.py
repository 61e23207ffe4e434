"""Where one letter lies at a moment, for whom to act: followed stamp by stamp, no arrays.

Written from docs/definisi.md alone ("Yang masih harus dikerjakan orang"), to check `places` and the lists of the desks.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from etl.domain.compliance.rules import NEVER_RECORDED, Rules
from etl.domain.frames import MISSING
from etl.domain.verdict import Place, RequestStatus
from etl.reference.steps import STEP_CODES, STEP_INDEX
from tests.books.letter_records import LetterRecord
from tests.slow.course import Place as At
from tests.slow.course import _Course
from tests.slow.desk import EPOCH, Desk

PART_A = [code for code in STEP_CODES if code.startswith("A")]
AGENCY = ("A1", "B1")
LAST = "A8"
DECIDING = "A5"
BEHIND_DECIDING = ("A6", "A7", "A8")


def slow_places(record: LetterRecord, rules: Rules, as_of: datetime) -> dict[str, Place]:
    """Steps → how the letter lies there; steps at which it does not lie are left out."""
    desk = Desk(record, rules, as_of)
    if desk.is_refused() or desk.is_closed() or desk.over_at() is not None:
        return {}
    follow = _WithReturns(record, rules, as_of) if _went_back(record) else _Straight(record, rules, as_of)
    lying = {step: follow.came_back(step) for step in follow.lying()}
    if follow.is_finished(LAST):
        lying = {step: back for step, back in lying.items() if step not in PART_A}
    seen = {step: back for step, back in lying.items() if follow.is_on_the_list(step)}
    where = {step: Place.RETURNED if back else Place.HERE for step, back in seen.items()}
    unseen = [step for step in lying if step not in seen]
    too_old = [step for step in unseen if rules.first_handover_on[STEP_INDEX[step]] != NEVER_RECORDED]
    if not follow.is_finished(LAST) and all(step in AGENCY for step in where):
        where |= dict.fromkeys(too_old, Place.OLD) if too_old else {"A2": Place.UNCLAIMED}
    is_done = follow.is_finished(DECIDING)
    is_left_out = not is_done and DECIDING not in where and any(map(follow.is_finished, BEHIND_DECIDING))
    is_pending = record.status is RequestStatus.PENDING and (is_done or is_left_out)
    is_silent = record.status is RequestStatus.UNKNOWN and is_left_out and _is_since_decisions(record, rules)
    if (is_pending or is_silent) and _is_to_come(record, as_of) and not follow.is_off(DECIDING):
        where[DECIDING] = Place.UNDECIDED
    return where


def _is_to_come(record: LetterRecord, as_of: datetime) -> bool:
    return record.booked is not None and record.booked[0] > as_of


def _is_since_decisions(record: LetterRecord, rules: Rules) -> bool:
    """Received from the day on from which the deciding step is recorded."""
    first = int(rules.first_handover_on[STEP_INDEX[DECIDING]])
    return first not in (MISSING, NEVER_RECORDED) and record.received_on >= EPOCH + timedelta(days=first)


def _went_back(record: LetterRecord) -> bool:
    steps = [one.step for one in record.passes]
    return any(one.returned_to for one in record.passes) or len(steps) != len(set(steps))


class _Lists:
    """Whether a desk that has the letter sees it on its list."""

    record: LetterRecord
    rules: Rules

    def is_on_the_list(self, step: str) -> bool:
        first = int(self.rules.first_handover_on[STEP_INDEX[step]])
        if self.is_stamped(step) or first == MISSING:
            return True
        if first == NEVER_RECORDED:
            return False
        begins = EPOCH + timedelta(days=first)
        handed = self.handed_on(step)
        is_since = self.record.received_on >= begins or (handed is not None and handed >= begins)
        return is_since or self.is_handed_by_tap(step)

    def is_stamped(self, step: str) -> bool:
        raise NotImplementedError

    def handed_on(self, step: str) -> date | None:
        raise NotImplementedError

    def is_handed_by_tap(self, step: str) -> bool:
        raise NotImplementedError


class _Straight(Desk, _Lists):
    """A letter with one pass a step at most."""

    def lying(self) -> list[str]:
        return [step for step in STEP_CODES if self._lies(step)]

    def _lies(self, step: str) -> bool:
        one = self.passes.get(step)
        if self.is_off(step) or (one is not None and one.is_finished) or self.finished_behind(step):
            return False
        return one is not None or (bool(self.follows[step]) and all(map(self.is_over, self.follows[step])))

    def came_back(self, _step: str) -> bool:
        return False

    def is_finished(self, step: str) -> bool:
        if self.is_off(step):
            return self.is_over(step)
        return step in self.passes and self.passes[step].is_finished

    def is_stamped(self, step: str) -> bool:
        return step in self.passes

    def handed_on(self, step: str) -> date | None:
        days = [self._given_day(before) for before in self.follows[step]]
        return max((day for day in days if day is not None), default=None)

    def _given_day(self, step: str) -> date | None:
        if self.is_off(step) and self.follows[step]:
            return self.handed_on(step)
        return self.passes[step].finished_on if step in self.passes else None

    def is_handed_by_tap(self, step: str) -> bool:
        return self.is_given_by_tap(step)


class _WithReturns(_Course, _Lists):
    """A letter that went to and fro, followed as if nothing of it ever stopped; every stamp is known to the minute."""

    def stop(self, _step: str) -> datetime | None:
        return None

    def lying(self) -> list[str]:
        return [code for code, station in self.stations.items() if station.place is At.HERE and not self.is_off(code)]

    def came_back(self, step: str) -> bool:
        """The last that brought it there was a return of a step behind it."""
        stay = self.stations[step].last
        back = [row.finished_at for row in self.record.passes if row.returned_to == step and row.finished_at]
        return stay.came_at is not None and stay.came_at in back

    def is_finished(self, step: str) -> bool:
        return self.stations[step].place is At.DONE

    def is_stamped(self, step: str) -> bool:
        return any(stay.has_stamp for stay in self.stations[step].stays)

    def handed_on(self, step: str) -> date | None:
        came = self.stations[step].last.came_at
        return None if came is None else self.day(came)

    def is_handed_by_tap(self, step: str) -> bool:
        return self.stations[step].last.is_by_tap
