"""One letter judged slowly with loops and datetimes, straight from docs/definisi.md; shares no code with `judge`.

Moments are aware datetimes, days are dates, None is "not known". Seconds are whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from etl.domain.compliance.rules import Rules
from etl.domain.frames import MISSING
from etl.domain.verdict import Flag, Reason, RequestVerdict, StartRule, Verdict
from tests.books.letter_records import LetterRecord, Pass
from tests.slow.clock import Span
from tests.slow.desk import EPOCH, Desk

JUDGED = ("A2", "A3", "A4", "A5", "A6", "A7", "A8")


@dataclass(frozen=True)
class StepJudged:
    """What is said of one step; `start_rule`, `started_at` and `taken_at` where it was measured."""

    verdict: Verdict
    reason: Reason = Reason.NONE
    elapsed: int | None = None
    due: datetime | None = None
    belongs_on: date = EPOCH
    paused: int = 0
    waiting: int | None = None
    start_rule: StartRule = StartRule.NONE
    started_at: datetime | None = None
    taken_at: datetime | None = None
    flags: Flag = Flag.NONE


@dataclass(frozen=True)
class LetterJudged:
    """What is said of the letter, and of its thirteen steps by code."""

    verdict: RequestVerdict
    judged_on: date | None
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
    taken_at: datetime | None = None


def slow_judge(record: LetterRecord, rules: Rules, as_of: datetime | None) -> LetterJudged:
    """Judge one letter at a moment; None is after everything."""
    return Judge(record, rules, as_of).letter()


class Judge(Desk):
    """Verdicts on everything known of one letter at one moment."""

    judged: Sequence[str] = JUDGED
    no_standard: str | None = "B5"

    def closing(self) -> Sequence[str]:
        """The steps with which the letter is ready."""
        return ("A8",)

    # Measuring

    def _work(self, one: Pass, until: datetime | None) -> Work:
        """A pass from start to finish, or to `until` when it has none."""
        work = Work(None, one.finished_at)
        if not one.is_finished:
            work.end = until
            if self.finished_behind(one.step):
                work.reasons.add(Reason.TIME_MISSING)
        elif one.finished_on is None:
            work.reasons.add(Reason.TIME_MISSING)
        elif one.finished_at is None:
            work.reasons.add(Reason.DATE_ONLY)
        self._begin(work, one)
        if self.ends_before_start(one):
            work.reasons.add(Reason.END_BEFORE_START)
        self._pause(work, one)
        self._take(work, one)
        return work

    def _begin(self, work: Work, one: Pass) -> None:
        if one.started_on is None:
            work.begin = self.given(one.step)
            if work.begin is None:
                work.reasons.add(Reason.START_UNKNOWN)
            return
        work.begin = one.started_at
        if one.started_at is None:
            work.reasons.add(Reason.DATE_ONLY)

    def _pause(self, work: Work, one: Pass) -> None:
        for pause in self.record.pauses:
            is_its_own = (pause.step, pause.number) == (one.step, one.number)
            if not is_its_own or not self._has_happened(None, pause.started_at):
                continue
            end = pause.ended_at if pause.ended_at and self._has_happened(None, pause.ended_at) else None
            if end is None and work.end is not None:
                work.is_open_pause |= not one.is_finished
                end = work.end
            if end is not None:
                longest = work.end if one.is_finished and work.end else end
                work.pauses.append((pause.started_at, min(end, longest)))

    def _take(self, work: Work, one: Pass) -> None:
        """A recorded start after the due moment that the hand-over gave does not count."""
        given, taken = self.given(one.step), one.started_at
        if given is None or taken is None or Reason.END_BEFORE_START in work.reasons:
            return
        due = self._due(one.step, replace(work, begin=given))
        if due is not None and taken > due:
            work.begin, work.taken_at = given, taken

    def _is_plain(self, step: str) -> bool:
        return not bool(self.rules.procedures[0].is_office_clock[self.place(step)])

    def _count(self, step: str, work: Work, without_pauses: bool = True) -> int:
        assert work.begin is not None
        assert work.end is not None
        spans = self.clock.spans(work.begin, work.end, self._is_plain(step))
        return self.clock.count(spans, work.pauses if without_pauses else [])

    def _reasons(self, step: str, work: Work) -> set[Reason]:
        is_dated = work.begin is not None and work.end is not None and not self._is_plain(step)
        if is_dated and not self.clock.is_covered(work.begin, work.end):  # type: ignore[arg-type]
            return work.reasons | {Reason.CALENDAR_MISSING}
        return work.reasons

    def _target(self, step: str) -> int | None:
        received = (self.record.received_on - EPOCH).days
        target = None
        for day, row in zip(self.rules.effective_days, self.rules.targets, strict=True):
            if day <= received:
                target = None if row[self.place(step)] == MISSING else int(row[self.place(step)])
        return target

    def _due(self, step: str, work: Work) -> datetime | None:
        """The earliest moment at which the time of the pass reaches the target; an open pause hides what follows it."""
        target = self._target(step)
        if target is None or work.begin is None or (work.is_open_pause and work.end is None):
            return None
        end = work.end if work.is_open_pause else None
        return self.clock.walk(work.begin, end, work.pauses, target, self._is_plain(step))[0]

    def _waiting(self, step: str) -> int | None:
        """Time on the desk before the recorded start; None without one, or when it lies before its hand-over."""
        one, given = self.passes.get(step), self.given(step)
        if one is None or one.started_at is None or given is None or given > one.started_at:
            return None
        if self._work(one, self._until(step)).taken_at is not None:
            return None
        return self.clock.count(self.clock.spans(given, one.started_at, self._is_plain(step)), [])

    # Verdicts

    def _finish_day(self, step: str) -> date:
        one = self.passes.get(step)
        return one.finished_on if one and one.finished_on else self.record.received_on

    def step(self, step: str) -> StepJudged:
        home = StepJudged(Verdict.NOT_APPLICABLE, belongs_on=self._finish_day(step), waiting=self._waiting(step))
        one = self.passes.get(step)
        if self.is_off(step):
            return home
        if one is None:
            return self._unstamped(step, home)
        if not one.is_finished:
            return self._running(step, self._work(one, self._until(step)), home)
        return self._finished(step, self._work(one, None), home)

    def _until(self, step: str) -> datetime | None:
        return self.stop(step) or self.now

    def _unstamped(self, step: str, home: StepJudged) -> StepJudged:
        if self.is_timeless(step) and not self.is_refused():
            return replace(home, verdict=Verdict.NO_TARGET)
        if self.finished_behind(step):
            return replace(home, verdict=Verdict.SKIPPED, belongs_on=self._successors_day(step))
        is_reached = self.is_reached(step)
        if self.is_refused():
            return self._refused(step, home, is_reached)
        if not is_reached:
            return self._unreached(step, home)
        if not self._runs(step):
            return self._say(home, {Reason.NOT_RECORDED})
        return self._on_the_desk(step, home)

    def _refused(self, step: str, home: StepJudged, is_reached: bool) -> StepJudged:
        """After a rejection only a step that was overdue by then is still judged."""
        if is_reached and self.record.ended_at and self._runs(step):
            run = self._on_the_desk(step, home)
            if run.verdict is Verdict.OVERDUE or Flag.LATE_UNSTAMPED in run.flags:
                return run
        return home

    def _on_the_desk(self, step: str, home: StepJudged) -> StepJudged:
        """A step handed over, without a stamp: a hole in the book once the event has begun, unless given by a tap."""
        run = self._running(step, self._work(Pass(step), self._until(step)), home)
        if self.is_timeless(step) or not self.has_begun() or self.is_given_by_tap(step):
            return run
        flag = Flag.LATE_UNSTAMPED if run.verdict is Verdict.OVERDUE else Flag.NONE
        return replace(self._say(home, {Reason.NOT_RECORDED}), flags=flag)

    def _successors_day(self, step: str) -> date:
        """The first day on which a step that depends on this one was finished."""
        days = [one.finished_on for one in self.finished_behind(step) if one.finished_on]
        return min(days, default=self.record.received_on)

    def _runs(self, step: str) -> bool:
        """The letter came on or after the day from which the step is recorded."""
        first = int(self.rules.first_handover_on[self.place(step)])
        return first != MISSING and (self.record.received_on - EPOCH).days >= first

    def _unreached(self, step: str, home: StepJudged) -> StepJudged:
        if self.stop(step) is None:
            return replace(home, verdict=Verdict.NOT_STARTED)
        return self._say(home, {Reason.NOT_RECORDED})

    def _say(self, home: StepJudged, reasons: set[Reason]) -> StepJudged:
        first = min(reasons, key=lambda reason: reason.code)
        return replace(home, verdict=Verdict.UNMEASURABLE, reason=first)

    def _measured(self, step: str, work: Work, home: StepJudged) -> StepJudged:
        elapsed, whole = self._count(step, work), self._count(step, work, without_pauses=False)
        one, taken = self.passes.get(step), work.taken_at
        is_recorded = one is not None and one.started_at is not None and taken is None
        return replace(
            home,
            verdict=Verdict.NO_TARGET,
            elapsed=elapsed,
            due=self._due(step, work),
            paused=whole - elapsed,
            start_rule=StartRule.RECORDED if is_recorded else StartRule.HANDOVER,
            started_at=work.begin,
            taken_at=taken,
            flags=Flag.NONE if taken is None else Flag.TAKEN_LATE,
        )

    def _finished(self, step: str, work: Work, home: StepJudged) -> StepJudged:
        reasons = self._reasons(step, work)
        if reasons:
            return replace(home, verdict=Verdict.NO_TARGET) if self.is_timeless(step) else self._say(home, reasons)
        judged, target = self._measured(step, work, home), self._target(step)
        if target is None or judged.elapsed is None:
            return judged
        return replace(judged, verdict=Verdict.MET if judged.elapsed <= target else Verdict.LATE)

    def _running(self, step: str, work: Work, home: StepJudged) -> StepJudged:
        """A step in hand, or one that was when its part stopped."""
        if self.is_timeless(step):
            return replace(home, verdict=Verdict.NO_TARGET)
        stop, begin = self.stop(step), work.begin
        ended_sometime = self.is_refused() and self.record.ended_at is None
        ran = not ended_sometime and not (stop and begin and begin >= stop)
        reasons = set(work.reasons)
        if stop and step not in self.passes:
            reasons -= {Reason.START_UNKNOWN}  # without a stamp and without a start it was never seen to run
        elif ran:
            reasons |= self._reasons(step, work)
        is_measured = ran and begin is not None and not reasons
        judged = self._aged(step, work, home) if is_measured else home
        if (stop or ended_sometime) and judged.verdict is not Verdict.OVERDUE:
            reasons.add(Reason.NOT_RECORDED)
        return self._say(home, reasons) if reasons else judged

    def is_timeless(self, step: str) -> bool:
        """The SOP states no time for it."""
        return step == self.no_standard or (self._target(step) is None and self._has_standards())

    def _has_standards(self) -> bool:
        return bool((self.record.received_on - EPOCH).days >= min(self.rules.effective_days))

    def _aged(self, step: str, work: Work, home: StepJudged) -> StepJudged:
        """A step in hand whose time is known."""
        judged, target = self._measured(step, work, home), self._target(step)
        assert judged.elapsed is not None
        if target is None:
            return replace(judged, verdict=Verdict.NO_TARGET, elapsed=None, paused=0)
        if judged.elapsed > target:
            assert judged.due is not None
            return replace(judged, verdict=Verdict.OVERDUE, belongs_on=self.day(judged.due))
        return replace(judged, verdict=Verdict.AT_RISK if 5 * judged.elapsed >= 4 * target else Verdict.ON_TRACK)

    # The letter

    def letter(self) -> LetterJudged:
        steps = {code: self.step(code) for code in self.codes}
        return LetterJudged(self._verdict(steps), self._judged_on(), self._ready(), self._needs_closing(), steps)

    def _is_ready(self) -> bool:
        ends = [one for one in self.closing() if not self.is_off(one) or self._closes(one)]
        return bool(ends) and all(self._closes(one) for one in ends)

    def _closes(self, step: str) -> bool:
        return step in self.passes and self.passes[step].is_finished

    def _ready_day(self) -> date:
        """The day on which the last of them was finished, the day of receipt where that is not known."""
        days = [self.passes[one].finished_on for one in self.closing() if self._closes(one)]
        return (
            max((day for day in days if day), default=self.record.received_on) if all(days) else self.record.received_on
        )

    def in_part_a(self) -> list[str]:
        """The steps of part A."""
        return [step for step in self.codes if not self.is_part_b(step)]

    def _needs_closing(self) -> bool:
        """Over, not closed, not ready, and a reached step of part A has no finish: one that was recorded then, or for
        which no day of recording is known."""
        is_old = self.over_at() is not None and not self.is_refused() and not self.is_closed()
        return is_old and not self._is_ready() and any(self._is_unfinished(step) for step in self.in_part_a())

    def _is_unfinished(self, step: str) -> bool:
        one = self.passes.get(step)
        if self.is_off(step):
            return False
        if one is None:
            is_undated = int(self.rules.first_handover_on[self.place(step)]) == MISSING
            return (is_undated or self._runs(step)) and self.is_reached(step)
        return not one.is_finished

    def _judged_on(self) -> date | None:
        """The day of A8's finish, without A8 that on which the letter was over; None while it runs.

        A finish or a rejection without a date counts to the day of receipt.
        """
        over = self.over_at()
        if self._is_ready():
            return self._ready_day()
        if self.is_refused() and self.record.ended_at is None:
            return self.record.received_on
        return None if over is None else self.day(over)

    def _verdict(self, steps: dict[str, StepJudged]) -> RequestVerdict:
        verdicts = {steps[code].verdict for code in self.judged}
        if not self._is_ready() and self.over_at() is None and not self.is_refused():
            return RequestVerdict.RUNNING
        if verdicts & {Verdict.LATE, Verdict.OVERDUE}:
            return RequestVerdict.LATE
        is_kept = self._is_ready() and bool(verdicts) and verdicts <= {Verdict.MET, Verdict.NOT_APPLICABLE}
        return RequestVerdict.ON_TIME if is_kept else RequestVerdict.UNKNOWN

    def _ready(self) -> int | None:
        """Working seconds from receipt to A8's finish, without the pauses of part A."""
        ends = [self.passes[one].finished_at for one in self.closing() if self._closes(one)]
        end = max((one for one in ends if one), default=None) if self._is_ready() and all(ends) else None
        begin = self.record.received_at
        if end is None or begin is None or end < begin or not self.clock.is_covered(begin, end):
            return None
        finishes = {p.step: p.finished_at for p in self.record.passes}
        work = Work(begin, end)
        for pause in self.record.pauses:
            if pause.step in self.in_part_a():
                finish = finishes.get(pause.step) or pause.ended_at or end
                work.pauses.append((pause.started_at, min(pause.ended_at or finish, finish)))
        return self.clock.count(self.clock.spans(begin, end, is_plain=False), work.pauses)
