"""Builders for the rules' tests: a letter is its stamps; everything else has a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar, build_calendar
from etl.domain.calendar.days import Holiday, Profile, SpecialDay
from etl.domain.compliance.judge import judge
from etl.domain.compliance.returns import find_returns
from etl.domain.compliance.rules import Procedure, Rules, StepOff
from etl.domain.frames import MISSING, Passes, Pauses, RequestFacts, Requests, StepFacts
from etl.domain.units import day_number
from etl.domain.verdict import Flag, Reason, RequestStatus, RequestVerdict, StartRule, Verdict
from etl.reference.steps import STEP_CODES, STEP_COUNT, STEP_INDEX
from tests.books.moments import JAKARTA, seconds

H = 3600
TARGETS = (300, 600, 300, 300, H, H, H, H, 1200, 600, 1800, H, MISSING)
FOLLOWS = ((), (0,), (1,), (2,), (3,), (4,), (4,), (5, 6), (), (8,), (), (), ())
PROCEDURE = Procedure(
    follows=FOLLOWS,
    order=tuple(range(STEP_COUNT)),
    is_office_clock=tuple(code not in ("B3", "B4") for code in STEP_CODES),
    part_a=tuple(range(8)),
    judged=tuple(range(1, 8)),
    received=0,
    approved=4,
    ready=7,
    no_standard=12,
)
LONG_AGO = day_number(date(2020, 1, 1))


def stamp(text: str | None) -> tuple[int, int]:
    """(day, moment) of `2026-09-07 09:00`, of a day alone `2026-09-07`, or of nothing."""
    if text is None:
        return MISSING, MISSING
    day = day_number(date.fromisoformat(text[:10]))
    return day, seconds(text) if len(text) > 10 else MISSING


def perpres(days: tuple[SpecialDay, ...] = (), holidays: tuple[Holiday, ...] = ()) -> WorkCalendar:
    """Office hours of Perpres 21/2023, from 2020 for the tests' convenience."""
    long = ((27_000, 43_200), (46_800, 57_600))
    friday = ((27_000, 41_400), (46_800, 59_400))
    week = Profile(
        name="Perpres 21/2023",
        source="Perpres 21/2023 pasal 4",
        kind="weekly",
        valid_from=date(2020, 1, 1),
        valid_to=None,
        ranges=(),
        hours={0: long, 1: long, 2: long, 3: long, 4: friday},
        is_estimated=False,
    )
    return build_calendar("Asia/Jakarta", [week], list(days), list(holidays), date(2020, 1, 1), date(2028, 12, 31))


def rules(calendar: WorkCalendar | None = None, **changes: object) -> Rules:
    """The SOP's rules; every step recorded since long ago unless said otherwise."""
    chosen: dict[str, object] = {
        "calendar": calendar or perpres(),
        "effective_days": np.array([day_number(date(2020, 6, 1))], dtype=np.int64),
        "targets": np.array([TARGETS], dtype=np.int64),
        "procedures": (PROCEDURE,),
        "first_handover_on": np.full(STEP_COUNT, LONG_AGO, dtype=np.int64),
        "step_off": (),
        **changes,
    }
    return Rules(**chosen)  # type: ignore[arg-type]


def off(step: str, first: str, last: str | None = None) -> StepOff:
    """A step switched off from a day on."""
    return StepOff(
        STEP_INDEX[step], day_number(date.fromisoformat(first)), last and day_number(date.fromisoformat(last))
    )


@dataclass(frozen=True)
class Judged:
    """What was said of one step, in words."""

    verdict: Verdict
    reason: Reason
    start_rule: StartRule
    elapsed: int | None
    waiting: int | None
    paused: int
    target: int | None
    due: str | None
    started: str | None
    finished: str | None
    handover: int | None
    belongs_on: str
    flags: Flag
    passes: int


def _text(value: int) -> str | None:
    if value == MISSING:
        return None
    return datetime.fromtimestamp(int(value), JAKARTA).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")


def _maybe(value: int) -> int | None:
    return None if value == MISSING else int(value)


def judged_step(facts: StepFacts, row: int) -> Judged:
    """One row of the facts in words."""
    return Judged(
        verdict=Verdict.of(facts.verdict[row]),
        reason=Reason.of(facts.reason[row]),
        start_rule=StartRule.of(facts.start_rule[row]),
        elapsed=_maybe(facts.elapsed[row]),
        waiting=_maybe(facts.waiting[row]),
        paused=int(facts.paused[row]),
        target=_maybe(facts.target[row]),
        due=_text(facts.due_at[row]),
        started=_text(facts.started_at[row]),
        finished=_text(facts.finished_at[row]),
        handover=_maybe(facts.handover[row]),
        belongs_on=str(np.datetime64(int(facts.belongs_on[row]), "D")),
        flags=Flag(int(facts.flags[row])),
        passes=int(facts.passes[row]),
    )


@dataclass
class Letter:
    """One letter under way: `Letter("2026-09-07 08:12").step("A2", "2026-09-07 08:20").judged(as_of)`."""

    received: str
    booked: tuple[str, str] | None = None
    status: RequestStatus = RequestStatus.UNKNOWN
    ended: str | None = None
    stamps: list[tuple[str, int, str | None, str | None, bool]] = field(default_factory=list)
    waits: list[tuple[str, int, str, str | None]] = field(default_factory=list)
    places: Mapping[str, int] = field(default_factory=lambda: STEP_INDEX)

    def step(
        self,
        code: str,
        finish: str | None = None,
        *,
        start: str | None = None,
        number: int = 1,
        done: bool | None = None,
    ) -> Letter:
        """Record a pass of a step."""
        self.stamps.append((code, number, start, finish, finish is not None if done is None else done))
        return self

    def pause(self, code: str, start: str, end: str | None, number: int = 1) -> Letter:
        """Record waiting for the OPD."""
        self.waits.append((code, number, start, end))
        return self

    def requests(self) -> Requests:
        """The letter as a frame of one row."""
        on, at = stamp(self.received)
        ended_on, ended_at = stamp(self.ended)
        if self.ended and ended_at == MISSING:
            ended_at = (ended_on + 1) * 86_400 - 7 * H - 1
        booked = [seconds(t) for t in self.booked] if self.booked else [MISSING, MISSING]
        columns = ([on], [at], [self.status.code], [ended_at], [booked[0]], [booked[1]], [MISSING])
        kinds = (np.int64, np.int64, np.int8, np.int64, np.int64, np.int64, np.int64)
        return Requests(*(np.array(c, dtype=k) for c, k in zip(columns, kinds, strict=True)))

    def passes(self) -> Passes:
        """Its stamps as a frame."""
        rows = [
            (0, self.places[code], number, *stamp(start), *stamp(finish), done, -1, False, False)
            for code, number, start, finish, done in self.stamps
        ]
        columns = list(zip(*rows, strict=True)) or [()] * 11
        kinds = (np.int64, np.int8, np.int64, np.int64, np.int64, np.int64, np.int64, bool, np.int8, bool, bool)
        return Passes(*(np.array(c, dtype=k) for c, k in zip(columns, kinds, strict=True)))

    def pauses(self) -> Pauses:
        """Its pauses as a frame."""
        rows = [(0, self.places[code], number, seconds(a), stamp(b)[1]) for code, number, a, b in self.waits]
        columns = list(zip(*rows, strict=True)) or [()] * 5
        kinds = (np.int64, np.int8, np.int64, np.int64, np.int64)
        return Pauses(*(np.array(c, dtype=k) for c, k in zip(columns, kinds, strict=True)))

    def facts(self, as_of: str | None, using: Rules | None = None) -> tuple[RequestFacts, StepFacts]:
        """Raw facts at a moment; None = after everything."""
        when, by = None if as_of is None else seconds(as_of), using or rules()
        return judge(self.requests(), self.counted(by), self.pauses(), by, when)

    def counted(self, using: Rules) -> Passes:
        """Its passes with the returns they show, without the extra ones; numbers above 1 were typed."""
        passes = self.passes()
        ends, order = using.calendar.moments_of(passes.finished_on, passes.finished_at)[0], np.arange(len(passes))
        procedures, by = [using.procedure], np.zeros(1, dtype=np.int64)
        back, extra = find_returns(passes, ends, passes.number > 1, order, procedures, by)
        return replace(passes, returned_to=back).at(~extra)

    def judged(self, as_of: str | None, using: Rules | None = None) -> dict[str, Judged]:
        """Step code → what is said of it."""
        _, steps = self.facts(as_of, using)
        return {code: judged_step(steps, i) for i, code in enumerate(self.places)}

    def verdict(self, as_of: str | None, using: Rules | None = None) -> RequestVerdict:
        """What is said of the letter as a whole."""
        letters, _ = self.facts(as_of, using)
        return RequestVerdict.of(letters.verdict[0])


def on_time(received: str = "2026-09-07 08:00") -> Letter:
    """A letter of which every step of part A was kept: 08.00 received, 11.50 ready."""
    day = received[:10]
    times = {
        "A2": "08:08",
        "A3": "08:12",
        "A4": "08:16",
        "A5": "09:00",
        "A6": "09:50",
        "A7": "10:00",
        "A8": "10:50",
    }
    letter = Letter(received)
    for code, clock in times.items():
        letter.step(code, f"{day} {clock}")
    return letter
