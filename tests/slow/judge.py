"""One letter judged slowly with loops and datetimes, straight from docs/definisi.md; shares no code with `judge`.

Moments are aware datetimes, days are dates, None is "not known". Seconds are whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from etl.domain.compliance.rules import Rules
from etl.domain.frames import MISSING
from etl.domain.sop.steps import STEP_CODES, STEP_INDEX
from etl.domain.verdict import Reason, RequestVerdict, Verdict
from tests.books.letter_records import LetterRecord, Pass
from tests.slow.clock import Span
from tests.slow.desk import EPOCH, HANDED_OVER, MOST_PASSES, Desk

JUDGED = ("A2", "A3", "A4", "A5", "A6", "A7", "A8")


@dataclass(frozen=True)
class StepJudged:
    """What is said of one step."""

    verdict: Verdict
    reason: Reason = Reason.NONE
    elapsed: int | None = None
    due: datetime | None = None
    belongs_on: date = EPOCH
    paused: int = 0
    waiting: int | None = None


@dataclass(frozen=True)
class LetterJudged:
    """What is said of the letter, and of its thirteen steps by code."""

    verdict: RequestVerdict
    ready_seconds: int | None
    needs_closing: bool
    steps: dict[str, StepJudged]


@dataclass
class Work:
    """One pass being measured: from when to when, and why it cannot be."""

    begin: datetime | None
    end: datetime | None
    reasons: set[Reason] = field(default_factory=set)
    pauses: list[Span] = field(default_factory=list)
    is_open_pause: bool = False


def slow_judge(record: LetterRecord, rules: Rules, as_of: datetime | None) -> LetterJudged:
    """Judge one letter at a moment; None is after everything."""
    return _Judge(record, rules, as_of).letter()


class _Judge(Desk):
    """Verdicts on everything known of one letter at one moment."""

    # Measuring

    def _work(self, one: Pass, until: datetime | None) -> Work:
        """One pass from start to finish, or to `until` when it has none."""
        work = Work(None, one.finished_at)
        if not one.is_finished:
            work.end = until
        elif one.finished_on is None:
            work.reasons.add(Reason.TIME_MISSING)
        elif one.finished_at is None:
            work.reasons.add(Reason.DATE_ONLY)
        if one.started_on is not None:
            work.begin = one.started_at
            if one.started_at is None:
                work.reasons.add(Reason.DATE_ONLY)
        else:
            work.begin = self._given(one.step, one.number) if one.step in HANDED_OVER else None
            if work.begin is None:
                work.reasons.add(Reason.START_UNKNOWN)
        if self._ends_before_start(one):
            work.reasons.add(Reason.END_BEFORE_START)
        self._pause(work, one)
        return work

    def _pause(self, work: Work, one: Pass) -> None:
        for pause in self.record.pauses:
            if (pause.step, pause.number) != (one.step, one.number) or not self._has_happened(None, pause.started_at):
                continue
            end = pause.ended_at if pause.ended_at and self._has_happened(None, pause.ended_at) else None
            if end is None and work.end is not None:
                work.is_open_pause |= not one.is_finished
                end = work.end
            if end is not None:
                longest = work.end if one.is_finished and work.end else end
                work.pauses.append((pause.started_at, min(end, longest)))

    def _works(self, step: str, until: datetime | None, again: bool) -> list[Work]:
        """Every pass of the step; those before the last that were never finished lack their time."""
        numbers = sorted(self.passes[step])
        works = [self._work(self.passes[step][n], until) for n in numbers]
        for number, work in zip(numbers[:-1] if not again else numbers, works, strict=False):
            if not self.passes[step][number].is_finished:
                work.reasons.add(Reason.TIME_MISSING)
        if again:
            works.append(self._work(Pass(step, self._number_in_hand(step)), until))
        return works

    def _number_in_hand(self, step: str) -> int:
        """Which pass a step is in: without a stamp the last that was handed to it, else the first that came back."""
        last = self._last(step)
        for k in range(MOST_PASSES, 0, -1):
            if last is None and all(self._handed_on(before, k) for before in self.follows[step]):
                return k
        for k in range(1, MOST_PASSES + 1):
            given = self._given(step, k)
            if last is not None and k > last.number and given is not None and self._is_after(given, last):
                return k
        return MOST_PASSES + 1

    def _handed_on(self, step: str, k: int) -> bool:
        if self._is_off(step) and self.follows[step]:
            return all(self._handed_on(before, k) for before in self.follows[step])
        return k in self.passes[step] and self.passes[step][k].is_finished

    def _is_plain(self, step: str) -> bool:
        return not bool(self.rules.procedures[0].is_office_clock[STEP_INDEX[step]])

    def _count(self, step: str, work: Work, without_pauses: bool = True) -> int:
        assert work.begin is not None
        assert work.end is not None
        spans = self.clock.spans(work.begin, work.end, self._is_plain(step))
        return self.clock.count(spans, work.pauses if without_pauses else [])

    def _reasons(self, step: str, works: list[Work]) -> set[Reason]:
        reasons = {reason for work in works for reason in work.reasons}
        if self._is_plain(step):
            return reasons
        for work in works:
            if work.begin and work.end and not self.clock.is_covered(work.begin, work.end):
                reasons.add(Reason.CALENDAR_MISSING)
        return reasons

    def _target(self, step: str) -> int | None:
        received = (self.record.received_on - EPOCH).days
        target = None
        for day, row in zip(self.rules.effective_days, self.rules.targets, strict=True):
            if day <= received:
                target = None if row[STEP_INDEX[step]] == MISSING else int(row[STEP_INDEX[step]])
        return target

    def _due(self, step: str, works: list[Work], target: int | None) -> datetime | None:
        """The earliest moment at which the time of all passes together reaches the target."""
        left = target
        for position, work in enumerate(works):
            is_last = position == len(works) - 1
            if left is None or work.begin is None or (is_last and work.is_open_pause and work.end is None):
                return None
            end = None if is_last else work.end
            pauses = list(work.pauses)
            if is_last and work.is_open_pause:
                end = work.end  # the open pause hides what comes after it
            moment, left = self.clock.walk(work.begin, end, pauses, left, self._is_plain(step))
            if moment is not None:
                return moment
        return None

    def _waiting(self, step: str) -> int | None:
        """Time on the desk before the recorded starts; None when no pass has one, or one lies before its hand-over."""
        total = None
        for number in sorted(self.passes[step]):
            one, given = self.passes[step][number], self._given(step, number)
            if one.started_at is None or given is None or given > one.started_at:
                continue
            spans = self.clock.spans(given, one.started_at, self._is_plain(step))
            total = (total or 0) + self.clock.count(spans, [])
        return total

    # Verdicts

    def _finish_day(self, step: str) -> date:
        last = self._last(step)
        if self._came_back_at(step) or self._gone_back(step):
            return self.record.received_on
        return last.finished_on if last and last.finished_on else self.record.received_on

    def step(self, step: str) -> StepJudged:
        home = StepJudged(Verdict.NOT_APPLICABLE, belongs_on=self.record.received_on)
        last = self._last(step)
        if self._is_off(step):
            return replace(home, belongs_on=self._finish_day(step), waiting=self._waiting(step))
        if last is None:
            return self._unstamped(step)
        if not last.is_finished:
            works = self._works(step, self._until(step), again=False)
            if self._is_passed_over(last):
                works[-1].reasons.add(Reason.TIME_MISSING)
                return self._unmeasured(step, works)
            return self._running(step, works)
        if self._came_back_at(step):
            return self._running(step, self._works(step, self._until(step), again=True))
        return self._finished(step, self._works(step, None, again=False))

    def _until(self, step: str) -> datetime | None:
        stop = self._stop(step)
        return self.now if stop is None else stop

    def _unstamped(self, step: str) -> StepJudged:
        home = StepJudged(Verdict.NOT_STARTED, belongs_on=self.record.received_on)
        finished = self._finished_dependents(step)
        if finished:
            return replace(home, verdict=Verdict.SKIPPED, belongs_on=self._successors_day(step))
        is_reached = bool(self.follows[step]) and all(self._is_over(before) for before in self.follows[step])
        if self._is_ended():
            if is_reached and self.record.ended_at and self._runs(step):
                run = self._running(step, self._works(step, self._until(step), again=True))
                if run.verdict is Verdict.OVERDUE:
                    return run
            return replace(home, verdict=Verdict.NOT_APPLICABLE)
        if step == "B5":
            return replace(home, verdict=Verdict.NO_TARGET)
        if not is_reached:
            return self._unreached(step, home)
        if not self._runs(step):
            return self._say(home, {Reason.NOT_RECORDED})
        return self._running(step, self._works(step, self._until(step), again=True))

    def _successors_day(self, step: str) -> date:
        """The first day on which a step that depends on this one was finished for the last time."""
        days = []
        for later in self.dependents(step):
            dated = [n for n, p in self.passes[later].items() if p.finished_on]
            if dated:
                days.append(self.passes[later][max(dated)].finished_on)
        return min((d for d in days if d), default=self.record.received_on)

    def _runs(self, step: str) -> bool:
        """The step had been recorded somewhere when the letter came."""
        first = int(self.rules.first_handover_on[STEP_INDEX[step]])
        return first != MISSING and (self.record.received_on - EPOCH).days >= first

    def _unreached(self, step: str, home: StepJudged) -> StepJudged:
        if self._stop(step) is None or (self.record.booked is None and self._runs(step)):
            return home
        return self._say(home, {Reason.NOT_RECORDED})

    def _say(self, home: StepJudged, reasons: set[Reason]) -> StepJudged:
        first = min(reasons, key=lambda reason: reason.code)
        return replace(home, verdict=Verdict.UNMEASURABLE, reason=first)

    def _unmeasured(self, step: str, works: list[Work]) -> StepJudged:
        home = StepJudged(Verdict.UNMEASURABLE, belongs_on=self._finish_day(step))
        verdict = Verdict.NO_TARGET if step == "B5" else Verdict.UNMEASURABLE
        judged = self._say(home, self._reasons(step, works))
        return replace(
            judged,
            verdict=verdict,
            reason=Reason.NONE if step == "B5" else judged.reason,
            waiting=self._waiting(step),
        )

    def _measured(self, step: str, works: list[Work]) -> StepJudged:
        elapsed = sum(self._count(step, work) for work in works)
        whole = sum(self._count(step, work, without_pauses=False) for work in works)
        return StepJudged(
            Verdict.NO_TARGET,
            elapsed=elapsed,
            due=self._due(step, works, self._target(step)),
            belongs_on=self._finish_day(step),
            paused=whole - elapsed,
            waiting=self._waiting(step),
        )

    def _finished(self, step: str, works: list[Work]) -> StepJudged:
        if self._reasons(step, works):
            return self._unmeasured(step, works)
        if self._gone_back(step):
            is_timeless = self._target(step) is None and self._has_standards()
            verdict = Verdict.NO_TARGET if is_timeless else Verdict.NOT_STARTED
            return StepJudged(verdict, belongs_on=self.record.received_on, waiting=self._waiting(step))
        judged, target = self._measured(step, works), self._target(step)
        if target is None or judged.elapsed is None:
            return judged
        return replace(judged, verdict=Verdict.MET if judged.elapsed <= target else Verdict.LATE)

    def _running(self, step: str, works: list[Work]) -> StepJudged:
        """A step in hand, or one that was when its part stopped."""
        home = StepJudged(Verdict.UNMEASURABLE, belongs_on=self.record.received_on, waiting=self._waiting(step))
        if step == "B5" or (self._target(step) is None and self._has_standards()):
            return replace(home, verdict=Verdict.NO_TARGET)
        stop, begin = self._stop(step), works[-1].begin
        ended_sometime = self._is_ended() and self.record.ended_at is None
        ran = not ended_sometime and not (stop and begin and begin >= stop)
        reasons = {reason for work in works for reason in work.reasons}
        if stop and self._last(step) is None:
            reasons -= {Reason.START_UNKNOWN}  # without a stamp and without a start it was never seen to run
        elif ran:
            reasons |= self._reasons(step, works)
        is_measured = ran and begin is not None and not reasons
        judged = self._aged(step, works) if is_measured else home
        if (stop or ended_sometime) and judged.verdict is not Verdict.OVERDUE:
            reasons.add(Reason.NOT_RECORDED)
        return self._say(home, reasons) if reasons else judged

    def _has_standards(self) -> bool:
        return bool((self.record.received_on - EPOCH).days >= min(self.rules.effective_days))

    def _aged(self, step: str, works: list[Work]) -> StepJudged:
        """A step in hand whose time is known."""
        judged, target = replace(self._measured(step, works), belongs_on=self.record.received_on), self._target(step)
        assert judged.elapsed is not None
        if target is None:
            return replace(judged, verdict=Verdict.NO_TARGET, elapsed=None, paused=0)
        if judged.elapsed > target:
            assert judged.due is not None
            day = judged.due.astimezone(self.clock.zone).date()
            return replace(judged, verdict=Verdict.OVERDUE, belongs_on=day)
        return replace(judged, verdict=Verdict.AT_RISK if 5 * judged.elapsed >= 4 * target else Verdict.ON_TRACK)

    # The letter

    def letter(self) -> LetterJudged:
        steps = {code: self.step(code) for code in STEP_CODES}
        needs_closing = self._needs_closing()
        return LetterJudged(self._verdict(steps), self._ready(), needs_closing, steps)

    def _is_ready(self) -> bool:
        last = self._last("A8")
        is_here = self._came_back_at("A8") is None and not self._gone_back("A8")
        return last is not None and last.is_finished and is_here

    def _needs_closing(self) -> bool:
        is_old = self._has_happened(None, self._life_end())
        return self.record.booked is None and is_old and not self._is_ended() and not self._is_ready()

    def _verdict(self, steps: dict[str, StepJudged]) -> RequestVerdict:
        verdicts = {steps[code].verdict for code in JUDGED}
        if not self._is_ready():
            is_closed = self._is_ended() or self._stop("A1") is not None
            return RequestVerdict.CLOSED if is_closed else RequestVerdict.RUNNING
        if verdicts & {Verdict.LATE, Verdict.OVERDUE}:
            return RequestVerdict.LATE
        return RequestVerdict.ON_TIME if verdicts <= {Verdict.MET, Verdict.NOT_APPLICABLE} else RequestVerdict.UNKNOWN

    def _ready(self) -> int | None:
        """Working seconds from receipt to A8's last finish, without the pauses of part A."""
        last = self._last("A8")
        begin = self.record.received_at
        if not self._is_ready() or last is None or last.finished_at is None or begin is None:
            return None
        end = last.finished_at
        if end < begin or not self.clock.is_covered(begin, end):
            return None
        finishes = {(p.step, p.number): p.finished_at for p in self.record.passes}
        work = Work(begin, end)
        for pause in self.record.pauses:
            if pause.step.startswith("A"):
                finish = finishes.get((pause.step, pause.number)) or pause.ended_at or end
                work.pauses.append((pause.started_at, min(pause.ended_at or finish, finish)))
        return self._count("A8", work)
