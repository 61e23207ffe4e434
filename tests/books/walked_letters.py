"""Letters walked from desk to desk: sent back, handed to several, paused; then some stamps forgotten.

The marker of the letter goes through part A in time, so it is known who held it when; what was written down of that
is the letter's record.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache

from hypothesis import strategies as st

from etl.domain.verdict import RequestStatus
from etl.reference.steps import STEP_CODES
from tests.books.drawn_letters import ENDED, MINUTES, REFUSED, Scene, looks, some_rules
from tests.books.letter_records import LetterRecord, Pass, Pause
from tests.books.letters import FOLLOWS
from tests.books.moments import JAKARTA

MONDAY = date(2026, 9, 7)
WALKED = st.sampled_from([MONDAY] * 4 + [date(2026, 9, 10), date(2026, 9, 11), date(2026, 9, 12), date(2020, 3, 2)])
PART_A = STEP_CODES[:8]
BEFORE = {code: tuple(STEP_CODES[place] for place in FOLLOWS[at]) for at, code in enumerate(PART_A)}
SPENT = st.sampled_from([1, 2, 4, 5, 5, 8, 10, 12, 20, 48, 60, 61, 240, 900])
KEPT = st.sampled_from(["all"] * 9 + ["no start", "no start", "no finish", "nothing"])


@cache
def behind(step: str) -> tuple[str, ...]:
    """The steps that depend on this one, directly or through others."""
    nearest = [code for code in PART_A if step in BEFORE[code]]
    return tuple(code for code in PART_A if code in nearest or any(code in behind(near) for near in nearest))


@dataclass
class Walk:
    """Where the letter is while it is walked."""

    now: datetime
    in_hand: set[str] = field(default_factory=lambda: {"A2"})
    handed_on: set[str] = field(default_factory=lambda: {"A1"})
    rows: list[Pass] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def forward(self, step: str) -> list[str]:
        """Hand the letter on: the desks that have it now."""
        self.in_hand.discard(step)
        self.handed_on.add(step)
        to = [code for code in PART_A if step in BEFORE[code] and code not in self.in_hand | self.handed_on]
        to = [code for code in to if all(before in self.handed_on for before in BEFORE[code])]
        self.in_hand.update(to)
        return to

    def may_go_back_to(self, step: str) -> list[str]:
        """The desks before this one that have handed on, without a desk between that holds the letter."""
        return [
            code
            for code in PART_A[1:]
            if step in behind(code) and code in self.handed_on and not self._between(code, step) & self.in_hand
        ]

    def _between(self, back: str, step: str) -> set[str]:
        return {code for code in behind(back) if step in behind(code)}

    def back(self, step: str, to: str) -> None:
        """Send the letter back: the desks between and behind wait."""
        self.in_hand.discard(step)
        self.handed_on -= {step, to, *self._between(to, step), *behind(step)}
        self.in_hand.add(to)


@st.composite
def walks(draw: st.DrawFn, begin: datetime) -> Walk:
    """A letter on its way, to the end or until nobody goes on."""
    walk = Walk(begin)
    for _ in range(draw(st.integers(0, 16))):
        if not walk.in_hand:
            break
        draw(a_move(walk))
    return walk


@st.composite
def a_move(draw: st.DrawFn, walk: Walk) -> None:
    """One desk finishes its pass, forward or back."""
    step = draw(st.sampled_from(sorted(walk.in_hand)))
    walk.counts[step] += 1
    start = _later(walk, draw(SPENT))
    if draw(st.integers(0, 7)) == 0:
        first = walk.now + timedelta(seconds=draw(st.integers(0, 400)))
        end = first + timedelta(minutes=draw(st.sampled_from([1, 3, 30, 400])))
        walk.pauses.append(Pause(step, walk.counts[step], first, end if draw(st.integers(0, 3)) else None))
    walk.now = start
    finish = walk.now = _later(walk, draw(SPENT))
    row = Pass(
        step,
        walk.counts[step],
        start.date() if draw(st.booleans()) else None,
        finished_on=finish.date(),
        finished_at=finish,
        is_done=True,
        by_tap=draw(st.integers(0, 3)) == 0,
    )
    row = replace(row, started_at=start if row.started_on else None)
    walk.rows.append(draw(handed_on(walk, row)))


def _later(walk: Walk, minutes: int) -> datetime:
    return walk.now + timedelta(minutes=minutes, seconds=len(walk.rows) % 2)


@st.composite
def handed_on(draw: st.DrawFn, walk: Walk, row: Pass) -> Pass:
    """The pass with where the letter went: back, forward, or to several desks, each named in its own time."""
    back = walk.may_go_back_to(row.step)
    if back and draw(st.integers(0, 2)) == 0:
        to = draw(st.sampled_from(back))
        walk.back(row.step, to)
        return replace(row, returned_to=to)
    receivers = []
    for to in walk.forward(row.step):
        if len(BEFORE[to]) == 1 and draw(st.booleans()):
            walk.now += timedelta(minutes=draw(st.sampled_from([0, 3, 10, 61])))
            receivers.append((to, walk.now.date(), walk.now))
    return replace(row, receivers=tuple(receivers), finished_on=walk.now.date(), finished_at=walk.now)


def _as_written(row: Pass, kept: str, is_last: bool) -> Pass | None:
    """What the book holds of a pass; only a desk's last one is forgotten or left without its finish."""
    if kept == "nothing" and is_last:
        return None
    if kept != "all" and (kept != "no finish" or not is_last or row.returned_to or row.receivers):
        return replace(row, started_on=None, started_at=None)
    if kept == "no finish" and row.started_on:
        return replace(row, finished_on=None, finished_at=None, is_done=False)
    return row


@st.composite
def walked_records(draw: st.DrawFn) -> LetterRecord:
    """A letter that went its way, as it was written down."""
    clock = draw(st.sampled_from(["07:30", "08:00", "11:20", "12:30", "15:55", "18:00"]))
    received = datetime.fromisoformat(f"{draw(WALKED)} {clock}").replace(tzinfo=JAKARTA)
    walk = draw(walks(received))
    later = st.builds(lambda a, b: received + timedelta(minutes=a + b), MINUTES, MINUTES)
    status = draw(st.sampled_from([RequestStatus.APPROVED] * 7 + [RequestStatus.PENDING, *ENDED]))
    booked = draw(st.one_of(st.none(), st.tuples(later, st.integers(0, 600))))
    began = draw(st.one_of(st.none(), st.none(), later)) if status not in REFUSED else None
    is_tidy = draw(st.booleans())
    lasts = {row.step: row for row in walk.rows}
    kept = st.just("all") if is_tidy else KEPT
    rows = [_as_written(row, draw(kept), is_last=lasts[row.step] is row) for row in walk.rows]
    return LetterRecord(
        received_on=received.date(),
        received_at=received,
        status=status,
        ended_at=draw(later) if status in ENDED else None,
        booked=(booked[0], booked[0] + timedelta(minutes=booked[1])) if booked else None,
        began_at=began,
        passes=tuple(row for row in rows if row is not None),
        pauses=tuple(walk.pauses),
    )


@st.composite
def walked_scenes(draw: st.DrawFn) -> Scene:
    """A walked letter with its rules and a moment."""
    record = draw(walked_records())
    rules = draw(some_rules(record.received_on))
    returns = [(row.step, row.returned_to) for row in record.passes if row.returned_to]
    named = {step for pair in returns for step in pair} | {to for row in record.passes for to, _, _ in row.receivers}
    rules = replace(rules, step_off=tuple(off for off in rules.step_off if STEP_CODES[off.step] not in named))
    off = {STEP_CODES[off.step] for off in rules.step_off}
    record = replace(
        record,
        passes=tuple(row for row in record.passes if row.step not in off),
        pauses=tuple(pause for pause in record.pauses if pause.step not in off),
    )
    return Scene(record, rules, draw(looks(record)))
