"""One letter judged slowly: loops, datetimes and day plans, straight from docs/definisi.md, sharing no code with `judge`.

Moments are aware datetimes, days are dates, None is "not known". Seconds are whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from etl.domain.frames import MISSING
from etl.domain.rules import Rules
from etl.domain.verdict import STEP_CODES, STEP_INDEX, Reason, RequestStatus, RequestVerdict, Verdict
from tests.slow_clock import SlowClock, Span

EPOCH = date(1970, 1, 1)
FOLLOWS = {
    "A1": (), "A2": ("A1",), "A3": ("A2",), "A4": ("A3",), "A5": ("A4",), "A6": ("A5",), "A7": ("A5",),
    "A8": ("A6", "A7"), "B1": (), "B2": ("B1",), "B3": (), "B4": (), "B5": (),
}  # fmt: skip
HANDED_OVER = {"A2", "A3", "A4", "A5", "A6", "A7", "A8", "B2"}
PLAIN_TIME = {"B3", "B4"}
JUDGED = ("A2", "A3", "A4", "A5", "A6", "A7", "A8")
CLOSING_DAYS = 10


@dataclass(frozen=True)
class Pass:
    """One pass of a step as it was written down; `on` without `at` is a date without a clock time."""

    step: str
    number: int = 1
    started_on: date | None = None
    started_at: datetime | None = None
    finished_on: date | None = None
    finished_at: datetime | None = None
    is_done: bool = False

    @property
    def is_finished(self) -> bool:
        return self.is_done or self.finished_on is not None


@dataclass(frozen=True)
class Pause:
    """Waiting for the OPD in one pass; without an end it is still open."""

    step: str
    number: int
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Told:
    """A letter and everything recorded of it."""

    received_on: date
    received_at: datetime | None = None
    status: RequestStatus = RequestStatus.UNKNOWN
    ended_at: datetime | None = None
    booked: tuple[datetime, datetime] | None = None
    passes: tuple[Pass, ...] = ()
    pauses: tuple[Pause, ...] = ()


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


def slow_judge(told: Told, rules: Rules, as_of: datetime | None) -> LetterJudged:
    """Judge one letter at a moment; None is after everything."""
    return _Desk(told, rules, as_of).letter()


def _dependents(step: str) -> list[str]:
    """Every step that depends on this one, directly or through others, nearest first."""
    found = [s for s in STEP_CODES if step in FOLLOWS[s]]
    for later in found:
        found += [s for s in _dependents(later) if s not in found]
    return found


class _Desk:
    """Everything known of one letter at one moment."""

    def __init__(self, told: Told, rules: Rules, as_of: datetime | None) -> None:
        self.told, self.rules, self.now = told, rules, as_of
        self.clock = SlowClock(rules.calendar)
        self.passes: dict[str, dict[int, Pass]] = {code: {} for code in STEP_CODES}
        for one in told.passes:
            seen = self._seen_pass(one)
            if seen is not None:
                self.passes[one.step][one.number] = seen
        self._receive()

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
        if not self._has_happened(self.told.received_on, self.told.received_at):
            return
        first = self.passes["A1"].get(1, Pass("A1"))
        if first.finished_on is None:
            first = replace(
                first, finished_on=self.told.received_on, finished_at=self.told.received_at, is_done=True
            )
        self.passes["A1"][1] = first

    def _is_ended(self) -> bool:
        """Rejected or cancelled by now; without a date, always."""
        if self.told.status not in (RequestStatus.REJECTED, RequestStatus.CANCELLED):
            return False
        return self.told.ended_at is None or self._has_happened(None, self.told.ended_at)

    def _life_end(self) -> datetime | None:
        """Without a booking: closing time of the tenth working day after receipt."""
        return self.clock.closing_after(self.told.received_on, CLOSING_DAYS)

    def _stop(self, step: str) -> datetime | None:
        """The moment from which nothing of the step's part runs; None when that has not come."""
        moments = []
        if self._is_ended() and self.told.ended_at:
            moments.append(self.told.ended_at)
        if self.told.booked:
            moments.append(self.told.booked[0 if step.startswith("A") else 1])
        else:
            moments.append(self._life_end())
        come = [m for m in moments if m is not None and self._has_happened(None, m)]
        return min(come) if come else None

    # Order of the steps

    def _is_off(self, step: str) -> bool:
        day = (self.told.received_on - EPOCH).days
        return any(
            off.step == STEP_INDEX[step] and off.first <= day and (off.last is None or day <= off.last)
            for off in self.rules.step_off
        )

    def _given(self, step: str, k: int) -> datetime | None:
        """The moment at which the k-th pass of a step is handed to it: the later one when it follows two."""
        moments = [self._gives(before, k) for before in FOLLOWS[step]]
        if not moments or any(m is None for m in moments):
            return None
        return max(m for m in moments if m is not None)

    def _gives(self, step: str, k: int) -> datetime | None:
        """The moment at which a step hands on its k-th pass, known to the minute and believable."""
        if self._is_off(step):
            return self._given(step, k) if FOLLOWS[step] else self._plain_finish(step, k)
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
        back = self._given(step, last.number + 1)
        if back is None or not self._is_after(back, last):
            return None
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
        found = [p for later in _dependents(step) for p in self.passes[later].values()]
        return [p for p in found if p.finished_on is not None]

    def _finished_dependents(self, step: str) -> list[Pass]:
        return [p for later in _dependents(step) for p in self.passes[later].values() if p.is_finished]

    def _is_passed_over(self, one: Pass) -> bool:
        """Begun, never finished, and yet a step that depends on it finished later."""
        for later in self._finishes_after(one.step):
            if later.finished_at and one.started_at:
                if later.finished_at > one.started_at:
                    return True
            elif one.started_on and later.finished_on and later.finished_on >= one.started_on:
                return True
        return False

    def _is_over(self, step: str) -> bool:
        """Nothing more is to be expected of a step before the next one may begin."""
        if self._is_off(step):
            return all(self._is_over(before) for before in FOLLOWS[step])
        last = self._last(step)
        if last is None:
            return bool(self._finished_dependents(step))
        if not last.is_finished:
            return self._is_passed_over(last)
        return self._came_back_at(step) is None

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
        for pause in self.told.pauses:
            if (pause.step, pause.number) != (one.step, one.number) or not self._has_happened(None, pause.started_at):
                continue
            end = pause.ended_at if pause.ended_at and self._has_happened(None, pause.ended_at) else None
            if end is None and work.end is not None:
                work.is_open_pause |= not one.is_finished
                end = work.end
            if end is not None:
                work.pauses.append((pause.started_at, end))

    def _works(self, step: str, until: datetime | None, again: bool) -> list[Work]:
        """Every pass of the step; those before the last that were never finished lack their time."""
        numbers = sorted(self.passes[step])
        works = [self._work(self.passes[step][n], until) for n in numbers]
        for number, work in zip(numbers[:-1] if not again else numbers, works, strict=False):
            if not self.passes[step][number].is_finished:
                work.reasons.add(Reason.TIME_MISSING)
        if again:
            works.append(self._work(Pass(step, (numbers[-1] if numbers else 0) + 1), until))
        return works

    def _is_plain(self, step: str) -> bool:
        return not bool(self.rules.is_office_clock[STEP_INDEX[step]])

    def _count(self, step: str, work: Work, without_pauses: bool = True) -> int:
        assert work.begin is not None
        assert work.end is not None
        spans = self.clock.spans(work.begin, work.end, self._is_plain(step))
        return self.clock.count(spans, work.pauses if without_pauses else [])

    def _reasons(self, step: str, works: list[Work]) -> set[Reason]:
        found = {reason for work in works for reason in work.reasons}
        if self._is_plain(step):
            return found
        for work in works:
            if work.begin and work.end and not self.clock.is_covered(work.begin, work.end):
                found.add(Reason.CALENDAR_MISSING)
        return found

    def _target(self, step: str) -> int | None:
        received = (self.told.received_on - EPOCH).days
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

    def _waiting(self, step: str, works: list[Work]) -> int | None:
        """Time on the desk before the recorded starts; None when no pass has one, or one lies before its hand-over."""
        total = None
        for number, _ in zip(sorted(self.passes[step]), works, strict=False):
            one, given = self.passes[step][number], self._given(step, number)
            if one.started_at is None or given is None or given > one.started_at:
                continue
            spans = self.clock.spans(given, one.started_at, self._is_plain(step))
            total = (total or 0) + self.clock.count(spans, [])
        return total

    # Verdicts

    def _finish_day(self, step: str) -> date:
        last = self._last(step)
        return last.finished_on if last and last.finished_on else self.told.received_on

    def step(self, step: str) -> StepJudged:
        home = StepJudged(Verdict.NOT_APPLICABLE, belongs_on=self.told.received_on)
        last = self._last(step)
        if self._is_off(step):
            return home
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
        home = StepJudged(Verdict.NOT_STARTED, belongs_on=self.told.received_on)
        finished = self._finished_dependents(step)
        if finished:
            days = [p.finished_on for p in finished if p.finished_on]
            return replace(home, verdict=Verdict.SKIPPED, belongs_on=min(days, default=self.told.received_on))
        is_reached = bool(FOLLOWS[step]) and all(self._is_over(before) for before in FOLLOWS[step])
        if self._is_ended():
            if is_reached and self.told.ended_at and self._runs(step):
                run = self._running(step, self._works(step, self._until(step), again=True))
                if run.verdict is Verdict.OVERDUE:
                    return run
            return replace(home, verdict=Verdict.NOT_APPLICABLE)
        if step == "B5":
            return replace(home, verdict=Verdict.NO_TARGET)
        if not is_reached:
            return self._unreached(step, home)
        if not self._runs(step):
            reasons = {Reason.NOT_RECORDED}
            if self._given(step, 1) is None:
                reasons.add(Reason.START_UNKNOWN)
            return self._say(home, reasons)
        return self._running(step, self._works(step, self._until(step), again=True))

    def _runs(self, step: str) -> bool:
        """The step had been recorded somewhere when the letter came."""
        first = int(self.rules.first_handover_on[STEP_INDEX[step]])
        return first != MISSING and (self.told.received_on - EPOCH).days >= first

    def _unreached(self, step: str, home: StepJudged) -> StepJudged:
        if self._stop(step) is None or (self.told.booked is None and self._runs(step)):
            return home
        return self._say(home, {Reason.NOT_RECORDED})

    def _say(self, home: StepJudged, reasons: set[Reason]) -> StepJudged:
        first = min(reasons, key=lambda reason: reason.code)
        return replace(home, verdict=Verdict.UNMEASURABLE, reason=first)

    def _unmeasured(self, step: str, works: list[Work]) -> StepJudged:
        home = StepJudged(Verdict.UNMEASURABLE, belongs_on=self._finish_day(step))
        verdict = Verdict.NO_TARGET if step == "B5" else Verdict.UNMEASURABLE
        said = self._say(home, self._reasons(step, works))
        return replace(
            said,
            verdict=verdict,
            reason=Reason.NONE if step == "B5" else said.reason,
            waiting=self._waiting(step, works),
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
            waiting=self._waiting(step, works),
        )

    def _finished(self, step: str, works: list[Work]) -> StepJudged:
        if self._reasons(step, works):
            return self._unmeasured(step, works)
        said, target = self._measured(step, works), self._target(step)
        if target is None or said.elapsed is None:
            return said
        return replace(said, verdict=Verdict.MET if said.elapsed <= target else Verdict.LATE)

    def _running(self, step: str, works: list[Work]) -> StepJudged:
        stop, last = self._stop(step), works[-1]
        home = StepJudged(Verdict.UNMEASURABLE, belongs_on=self.told.received_on)
        is_without_date = self._is_ended() and self.told.ended_at is None
        never_ran = stop is not None and last.begin is not None and last.begin >= stop
        if step != "B5" and (is_without_date or never_ran):
            others = {r for work in works for r in work.reasons}
            return replace(self._say(home, others | {Reason.NOT_RECORDED}), waiting=self._waiting(step, works))
        if self._reasons(step, works) or last.end is None or never_ran:
            return replace(self._unmeasured(step, works), belongs_on=self.told.received_on)
        said, target = self._measured(step, works), self._target(step)
        said = replace(said, belongs_on=self.told.received_on)
        if step == "B5":
            return said
        assert said.elapsed is not None
        if target is not None and said.elapsed > target:
            assert said.due is not None
            day = said.due.astimezone(self.clock.zone).date()
            return replace(said, verdict=Verdict.OVERDUE, belongs_on=day)
        if stop is not None:
            return replace(self._say(home, {Reason.NOT_RECORDED}), waiting=said.waiting)
        if target is None:
            return said
        return replace(said, verdict=Verdict.AT_RISK if 5 * said.elapsed >= 4 * target else Verdict.ON_TRACK)

    # The letter

    def letter(self) -> LetterJudged:
        steps = {code: self.step(code) for code in STEP_CODES}
        needs_closing = self._needs_closing()
        return LetterJudged(self._verdict(steps, needs_closing), self._ready(), needs_closing, steps)

    def _is_ready(self) -> bool:
        last = self._last("A8")
        return last is not None and last.is_finished and self._came_back_at("A8") is None

    def _needs_closing(self) -> bool:
        end = self._life_end()
        is_old = end is not None and self._has_happened(None, end)
        return self.told.booked is None and is_old and not self._is_ended() and not self._is_ready()

    def _verdict(self, steps: dict[str, StepJudged], needs_closing: bool) -> RequestVerdict:
        said = {steps[code].verdict for code in JUDGED}
        if not self._is_ready():
            is_closed = self._is_ended() or (self._stop("A1") is not None and not needs_closing)
            return RequestVerdict.CLOSED if is_closed else RequestVerdict.RUNNING
        if said & {Verdict.LATE, Verdict.OVERDUE}:
            return RequestVerdict.LATE
        return RequestVerdict.ON_TIME if said == {Verdict.MET} else RequestVerdict.UNKNOWN

    def _ready(self) -> int | None:
        """Working seconds from receipt to A8's last finish, without the pauses of A2 to A8."""
        last = self._last("A8")
        begin = self.told.received_at
        if not self._is_ready() or last is None or last.finished_at is None or begin is None:
            return None
        end = last.finished_at
        if end < begin or not self.clock.is_covered(begin, end):
            return None
        work = Work(begin, end)
        for one in (p for code in JUDGED for p in self.passes[code].values()):
            self._pause(work, one)
        return self._count("A8", work)


def moments(told: Told) -> Iterator[datetime]:
    """Every moment known to the minute in a letter, for choosing where to look at it."""
    yield from (m for p in told.passes for m in (p.started_at, p.finished_at) if m)
    yield from (m for p in told.pauses for m in (p.started_at, p.ended_at) if m)
    yield from (m for m in (told.received_at, told.ended_at, *(told.booked or ())) if m)


def midnight(day: date) -> datetime:
    """A day's first moment in UTC terms, for tests that need one."""
    return datetime.combine(day, time(), UTC) + timedelta(0)
