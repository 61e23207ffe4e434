"""One letter that was sent to and fro, judged slowly by following it from desk to desk along its stamps.

Written from docs/definisi.md alone, for part A of letters whose stamps are known to the minute. Where and since when
the letter lay is read from the stamps in the order of time; verdicts follow from where it lies at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum, auto

from etl.domain.compliance.rules import Rules
from etl.domain.verdict import Flag, Reason, Verdict
from etl.reference.steps import STEP_CODES
from tests.books.letter_records import LetterRecord, Pass
from tests.slow.judge import Judge, LetterJudged, StepJudged, Work


class Place(Enum):
    """How the letter stands to a desk."""

    NEVER = auto()
    """It has not come yet."""

    HERE = auto()
    DONE = auto()
    """It was handed on."""

    AWAY = auto()
    """It had come, was sent back and has not come forward again."""

    PASSED = auto()
    """It went on without this desk, on which it lay."""

    PASSED_AWAY = auto()
    """It went on without this desk, for which it should have come forward again."""


@dataclass
class Stay:
    """The letter on one desk: since when (None = nobody knows), and the stamps of that pass.

    `is_behind_gap`: it lay there because the desks before had been left out.
    """

    number: int
    came_at: datetime | None
    is_behind_gap: bool = False
    is_by_tap: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def has_stamp(self) -> bool:
        return self.started_at is not None or self.finished_at is not None


@dataclass
class Station:
    """One desk and everything that happened there."""

    place: Place = Place.NEVER
    stays: list[Stay] = field(default_factory=list)
    next: Stay | None = None
    """It came back after its part was over, or another desk sent it back while it lay here without a stamp: only a
    stamp makes a stay of that."""

    is_sent_back: bool = False
    is_returned: bool = False

    @property
    def last(self) -> Stay:
        return self.stays[-1]


@dataclass(frozen=True)
class Event:
    """A stamp in time: `row` was started, handed to the desk `to`, or handed on to whoever was not named."""

    at: datetime
    rank: int
    kind: str
    row: Pass
    to: str = ""


def slow_course(record: LetterRecord, rules: Rules, as_of: datetime | None) -> LetterJudged:
    """Judge part A of one letter at a moment; None is after everything."""
    return _Course(record, rules, as_of).letter()


class _Course(Judge):
    """Follows the letter, then says what is to be said of each desk."""

    def __init__(self, record: LetterRecord, rules: Rules, as_of: datetime | None) -> None:
        super().__init__(record, rules, as_of)
        self.stations = {code: Station() for code in STEP_CODES}
        self._finish(Stay(1, None, finished_at=record.received_at), "A1")
        self._arrive_behind("A1", record.received_at, is_by_tap=False, named=())
        for event in sorted(self._events(record), key=lambda e: (e.at, e.rank)):
            self._happen(event)

    # What was stamped by now, in the order of time

    def _events(self, record: LetterRecord) -> Iterator[Event]:
        for row in record.passes:
            if row.started_at and self._has_happened(None, row.started_at):
                yield Event(row.started_at, 1, "start", row)
            yield from self._ends(row)

    def _ends(self, row: Pass) -> Iterator[Event]:
        """The hand-overs of one pass known by now are one finish, the last of them."""
        named = [(at, step) for step, _, at in row.receivers if at and self._has_happened(None, at)]
        ends = [at for at, _ in named]
        if row.finished_at and self._has_happened(None, row.finished_at):
            ends.append(row.finished_at)
        if not ends:
            return
        known = replace(row, finished_at=max(ends))
        yield Event(min(ends), 2, "back" if row.returned_to else "on", known)
        yield from (Event(at, 3, "named", known, step) for at, step in named)
        if not row.returned_to:
            told = [named for named in row.receivers if not named[2] or self._has_happened(None, named[2])]
            yield Event(max(ends), 4, "unnamed", replace(known, receivers=told))

    def _happen(self, event: Event) -> None:
        row, step = event.row, event.row.step
        if event.kind == "start":
            self._open(row).started_at = event.at
        elif event.kind == "named":
            self._arrive(event.to, event.at, row.by_tap)
        elif event.kind == "unnamed":
            self._arrive_behind(step, event.at, row.by_tap, [to for to, _, _ in row.receivers])
        else:
            self._finish(self._open(row), step, row.finished_at)
            if event.kind == "back":
                self._send_back(step, row, event.at)
        self._open_behind_gaps()

    def _open(self, row: Pass) -> Stay:
        """The stay to which a stamp belongs; one that nobody handed over begins with its stamp."""
        station = self.stations[row.step]
        station.is_sent_back = False
        if station.place is Place.PASSED and station.stays and not station.last.has_stamp:
            station.place = Place.HERE
        if station.place is Place.HERE or (station.stays and self._is_of(station.last, row)):
            station.last.number = row.number
            return station.last
        station.is_returned |= bool(station.stays)
        if station.next is not None:
            station.stays.append(replace(station.next, number=row.number))
            station.place, station.next = Place.HERE, None
            return station.last
        if station.place is not Place.NEVER:
            behind = [s for s in STEP_CODES if s in self.dependents(row.step)]
            if not self._is_past(row):
                self._take_away(behind)
            for waiting in behind if self._is_past(row) else ():
                self.stations[waiting].is_sent_back = True
        station.stays.append(Stay(row.number, None))
        station.place = Place.HERE
        return station.last

    def _is_of(self, stay: Stay, row: Pass) -> bool:
        return stay.finished_at is None and stay.started_at is not None and stay.started_at == row.started_at

    def _is_past(self, row: Pass) -> bool:
        stop = self.stop(row.step)
        return stop is not None and any(at >= stop for at in (row.started_at, row.finished_at) if at)

    def _finish(self, stay: Stay, step: str, at: datetime | None = None) -> None:
        station = self.stations[step]
        if not station.stays:
            station.stays.append(stay)
        stay.finished_at = at or stay.finished_at
        station.place = Place.DONE
        if stay.came_at is None and not stay.is_behind_gap and step != "A1":
            self._go_on_without(step)

    def _before(self, step: str) -> list[str]:
        return [s for s in STEP_CODES if step in self.dependents(s)]

    def _go_on_without(self, step: str) -> None:
        """The letter was here although nobody handed it over: it left out whoever still had it or waited for it."""
        for before in self._before(step):
            station = self.stations[before]
            if station.place in (Place.HERE, Place.NEVER):
                station.place = Place.PASSED
            elif station.place is Place.AWAY:
                station.place = Place.PASSED_AWAY

    def _open_behind_gaps(self) -> None:
        """Who comes after a desk that was left out has the letter, nobody knows since when."""
        for other in STEP_CODES:
            station = self.stations[other]
            if station.place is Place.NEVER and self._is_behind_a_gap(other):
                station.place = Place.PASSED if self.is_off(other) else Place.HERE
                station.stays += [] if self.is_off(other) else [Stay(1, None, is_behind_gap=True)]

    def _send_back(self, step: str, row: Pass, at: datetime) -> None:
        back, stop = row.returned_to, self.stop(step)
        if back is None or back not in self._before(step):
            self._arrive_behind(step, at, row.by_tap, ())
            return
        self.stations[step].is_returned = True
        behind = self.dependents(back)
        between = [s for s in behind if step in (s, *self.dependents(s)) or s in self.dependents(step)]
        if stop is None or at < stop:
            self._take_away(between)
        self._arrive(back, at, row.by_tap)
        for waiting in between:
            self.stations[waiting].is_sent_back = stop is not None and at >= stop

    def _take_away(self, steps: list[str]) -> None:
        for step in steps:
            station = self.stations[step]
            if station.place is Place.NEVER:
                continue
            if station.place in (Place.HERE, Place.PASSED) and station.stays and not station.last.has_stamp:
                station.next = station.stays.pop()
            station.place, station.is_returned = Place.AWAY, True

    # Arrivals

    def _is_behind_a_gap(self, step: str) -> bool:
        """Everything before it is behind the letter, and some of it was passed over."""
        passed = {Place.PASSED, Place.PASSED_AWAY}
        places = {self.stations[s].place for s in self.follows[step]}
        return bool(places & passed) and places <= passed | {Place.DONE}

    def _arrive_behind(self, step: str, at: datetime | None, is_by_tap: bool, named: object) -> None:
        for behind in STEP_CODES:
            if step not in self.follows[behind] or behind in named:  # type: ignore[operator]
                continue
            givers = [self.stations[s] for s in self.follows[behind]]
            station = self.stations[behind]
            is_ready = all(g.place is Place.DONE and g.next is None and not g.is_sent_back for g in givers)
            is_waiting = station.is_sent_back or station.place in (Place.NEVER, Place.AWAY)
            if is_waiting and is_ready:
                self._arrive(behind, at, is_by_tap)

    def _arrive(self, step: str, at: datetime | None, is_by_tap: bool) -> None:
        station = self.stations[step]
        station.is_sent_back = False
        if station.place is Place.HERE:
            return
        if self.is_off(step):
            station.place = Place.DONE
            self._arrive_behind(step, at, is_by_tap, ())
            return
        stop = self.stop(step)
        if stop is not None and at is not None and at >= stop and station.place is not Place.NEVER:
            station.next = Stay(1, at, is_by_tap=is_by_tap)
            return
        station.is_returned |= bool(station.stays)
        station.stays.append(Stay(len(station.stays) + 1, at, is_by_tap=is_by_tap))
        station.place, station.next = Place.HERE, None

    # Measuring

    def works(self, step: str) -> list[Work]:
        """Every stay that counts, each with its pauses; a late start counts from the hand-over."""
        works: list[Work] = []
        for stay in self.stations[step].stays:
            is_running = stay is self.stations[step].last and self.stations[step].place is Place.HERE
            if stay.has_stamp or is_running:
                works.append(self._stay(step, stay, works, is_running))
        return works

    def _stay(self, step: str, stay: Stay, earlier: list[Work], is_running: bool) -> Work:
        work = Work(stay.started_at or stay.came_at, stay.finished_at)
        if stay.finished_at is None:
            work.end = self._until(step) if is_running else None
            if not is_running:
                work.reasons.add(Reason.TIME_MISSING)
        if work.begin is None:
            work.reasons.add(Reason.START_UNKNOWN)
        one = Pass(step, stay.number, finished_at=stay.finished_at, is_done=stay.finished_at is not None)
        self._pause(work, one)
        if stay.came_at and stay.started_at and stay.started_at > stay.came_at:
            due = self._due_of(step, [*earlier, replace(work, begin=stay.came_at)])
            left = self._left(step, earlier)
            due = stay.came_at if left is not None and left <= 0 else due
            if due is not None and stay.started_at > due:
                work.begin, work.taken_at = stay.came_at, stay.started_at
        return work

    def _left(self, step: str, works: list[Work]) -> int | None:
        target = self._target(step)
        if target is None or any(work.reasons or work.begin is None or work.end is None for work in works):
            return None
        return target - sum(self._count(step, work) for work in works)

    def _due_of(self, step: str, works: list[Work]) -> datetime | None:
        """The earliest moment at which the time of all stays together reaches the target."""
        left = self._target(step)
        for work in works:
            is_last = work is works[-1]
            if left is None or work.begin is None or (is_last and work.is_open_pause and work.end is None):
                return None
            end = work.end if not is_last or work.is_open_pause else None
            moment, left = self.clock.walk(work.begin, end, work.pauses, left, self._is_plain(step))
            if moment is not None:
                return moment
        return None

    def _spent(self, step: str, works: list[Work], home: StepJudged) -> StepJudged:
        elapsed = sum(self._count(step, work) for work in works)
        whole = sum(self._count(step, work, without_pauses=False) for work in works)
        is_late = any(work.taken_at for work in works)
        return replace(
            home,
            verdict=Verdict.NO_TARGET,
            elapsed=elapsed,
            due=self._due_of(step, works),
            paused=whole - elapsed,
            flags=home.flags | (Flag.TAKEN_LATE if is_late else Flag.NONE),
        )

    def _excess(self, step: str, home: StepJudged, otherwise: StepJudged) -> StepJudged:
        """LATE when the finished stays alone exceed the target, else what is said otherwise."""
        works, target = self.works(step), self._target(step)
        ended = [work for work in works if work.end or self.stations[step].place is not Place.AWAY]
        reasons = {reason for work in ended for reason in self._reasons(step, work)}
        if not ended or reasons or target is None:
            return otherwise
        if any(work.taken_at for work in works):
            home = replace(home, flags=home.flags | Flag.TAKEN_LATE)
        judged = self._spent(step, ended, replace(home, belongs_on=self._finish_day(step)))
        return replace(judged, verdict=Verdict.LATE) if (judged.elapsed or 0) > target else otherwise

    # Verdicts

    def _finish_day(self, step: str) -> date:
        ends = [stay.finished_at for stay in self.stations[step].stays if stay.finished_at]
        return self.day(max(ends)) if ends else self.record.received_on

    def step(self, step: str) -> StepJudged:
        station = self.stations[step]
        home = StepJudged(Verdict.NOT_APPLICABLE, belongs_on=self.record.received_on)
        if self.is_off(step):
            return home
        home = replace(home, flags=Flag.RETURNED if station.is_returned else Flag.NONE)
        if station.place is Place.NEVER:
            return home if self.is_refused() else self._unreached(step, home)
        if station.place in (Place.AWAY, Place.PASSED_AWAY):
            return self._away(step, home)
        if station.place is Place.PASSED:
            return self._passed(step, home)
        if station.place is Place.HERE:
            return self._here(step, home)
        return self._done(step, home)

    def _away(self, step: str, home: StepJudged) -> StepJudged:
        is_given_up = self.stations[step].place is Place.PASSED_AWAY
        if not any(stay.has_stamp for stay in self.stations[step].stays) and self.is_refused():
            return home
        if is_given_up and not any(stay.has_stamp for stay in self.stations[step].stays):
            return self._passed(step, home)
        otherwise = self._say(home, {Reason.NOT_RECORDED}) if is_given_up else self._unreached(step, home)
        return self._excess(step, home, otherwise)

    def _passed(self, step: str, home: StepJudged) -> StepJudged:
        stays = [stay for stay in self.stations[step].stays if stay.has_stamp]
        if not stays:
            ends = [[stay.finished_at for stay in self.stations[s].stays if stay.finished_at] for s in
                    self.dependents(step)]  # fmt: skip
            return replace(home, verdict=Verdict.SKIPPED, belongs_on=min(self.day(max(mine)) for mine in ends if mine))
        return self._excess(step, home, self._say(home, {Reason.TIME_MISSING}))

    def _done(self, step: str, home: StepJudged) -> StepJudged:
        home = replace(home, belongs_on=self._finish_day(step))
        works, target = self.works(step), self._target(step)
        reasons = {reason for work in works for reason in self._reasons(step, work)}
        if reasons:
            return self._say(home, reasons)
        judged = self._spent(step, works, home)
        if target is None:
            return judged
        return replace(judged, verdict=Verdict.MET if (judged.elapsed or 0) <= target else Verdict.LATE)

    def _here(self, step: str, home: StepJudged) -> StepJudged:
        station = self.stations[step]
        is_stamped = any(stay.has_stamp for stay in station.stays)
        if not is_stamped and not self._runs(step):
            return home if self.is_refused() else self._say(home, {Reason.NOT_RECORDED})
        run = self._run(step, self.works(step), home)
        if station.last.has_stamp:
            return run
        if self.has_begun() and not station.last.is_by_tap:
            flag = Flag.LATE_UNSTAMPED if run.verdict is Verdict.OVERDUE else Flag.NONE
            reasons = {run.reason, Reason.NOT_RECORDED} - {Reason.NONE} if is_stamped else {Reason.NOT_RECORDED}
            run = replace(self._say(home, reasons), flags=home.flags | flag)
            return home if self.is_refused() and not is_stamped and not flag else run
        if self.is_refused() and run.verdict is not Verdict.OVERDUE and not is_stamped:
            return home
        return run

    def _run(self, step: str, works: list[Work], home: StepJudged) -> StepJudged:
        stop, begin = self.stop(step), works[-1].begin
        ended_sometime = self.is_refused() and self.record.ended_at is None
        ran = not ended_sometime and not (stop and begin and begin >= stop)
        reasons = {reason for work in works for reason in work.reasons}
        if ran:
            reasons |= {reason for work in works for reason in self._reasons(step, work)}
        if stop and not any(stay.has_stamp for stay in self.stations[step].stays):
            reasons -= {Reason.START_UNKNOWN}
        judged = home
        if ran and begin is not None and not reasons:
            judged = self._aged_course(step, works, home)
        if (stop or ended_sometime) and judged.verdict is not Verdict.OVERDUE:
            reasons.add(Reason.NOT_RECORDED)
        return self._say(home, reasons) if reasons else judged

    def _aged_course(self, step: str, works: list[Work], home: StepJudged) -> StepJudged:
        judged, target = self._spent(step, works, home), self._target(step)
        if target is None:
            return replace(judged, verdict=Verdict.NO_TARGET, elapsed=None, paused=0)
        elapsed = judged.elapsed or 0
        if elapsed > target:
            assert judged.due is not None
            return replace(judged, verdict=Verdict.OVERDUE, belongs_on=self.day(judged.due))
        return replace(judged, verdict=Verdict.AT_RISK if 5 * elapsed >= 4 * target else Verdict.ON_TRACK)

    # The letter

    def _is_ready(self) -> bool:
        return self.stations["A8"].place is Place.DONE and not self.is_off("A8")

    def _needs_closing(self) -> bool:
        return False

    def _judged_on(self) -> date | None:
        if self._is_ready():
            return self._finish_day("A8")
        return super()._judged_on()

    def _ready(self) -> int | None:
        """Working seconds from receipt to A8's last finish, without the pauses of part A."""
        if not self._is_ready():
            return None
        begin, end = self.record.received_at, self.stations["A8"].last.finished_at
        if begin is None or end is None or not self.clock.is_covered(begin, end):
            return None
        finishes = {(p.step, p.number): p.finished_at for p in self.record.passes}
        work = Work(begin, end)
        for pause in self.record.pauses:
            finish = finishes.get((pause.step, pause.number)) or pause.ended_at or end
            work.pauses.append((pause.started_at, min(pause.ended_at or finish, finish)))
        return self._count("A8", work)
