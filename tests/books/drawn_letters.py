"""Invented letters with every fault that records have, as Hypothesis strategies, and their way into frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

import numpy as np
from hypothesis import strategies as st

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.days import Holiday, SpecialDay
from etl.domain.compliance.rules import Rules, StepOff
from etl.domain.frames import MISSING, Passes, Pauses, Receivers, Requests
from etl.domain.units import day_number
from etl.domain.verdict import RequestStatus
from etl.reference.steps import STEP_CODES, STEP_COUNT, STEP_INDEX
from tests.books import letters
from tests.books.letter_records import LetterRecord, Pass, Pause, moments
from tests.books.letters import LONG_AGO
from tests.books.moments import JAKARTA

MINUTES = st.sampled_from([0, 1, 4, 5, 8, 10, 16, 20, 48, 60, 61, 90, 240, 900, 1440, 4320, 11520])
SHORT = st.sampled_from([0, 1, 2, 4, 5, 5, 8, 10, 12, 20, 48, 55, 60, 61])
BACK = st.sampled_from([0] * 9 + [-3, -30, -1500])
NEVER = st.just(0)
SECONDS = st.sampled_from([0, 0, 0, 0, 1, 59])
DAYS = st.sampled_from(
    [date(2026, 9, 7)] * 8 + [date(2026, 9, 10), date(2026, 9, 11), date(2026, 9, 12)]
    + [date(2020, 3, 2), date(2019, 12, 31), date(2019, 12, 30)]
)  # fmt: skip
TIDY = st.sampled_from(["finish", "finish", "both", "both", "start"])
SHAPES = st.sampled_from(
    ["finish"] * 8 + ["both"] * 5 + ["start"] * 3
    + ["finish_day", "start_day", "both_days", "day_start", "day_finish", "done", "begun_done"]
)  # fmt: skip
ONCE = st.just((1,))
NUMBERS = st.sampled_from([(1,)] * 10 + [()] * 3)
REFUSED = (RequestStatus.REJECTED, RequestStatus.CANCELLED)
ENDED = (*REFUSED, RequestStatus.CLOSED)
FIRST_DAYS = st.sampled_from([LONG_AGO] * 8 + [MISSING, 0, 1])


@dataclass(frozen=True)
class Scene:
    """A letter, the rules it lives under and the moment from which it is looked at."""

    record: LetterRecord
    rules: Rules
    as_of: datetime | None


@cache
def calendars() -> tuple[WorkCalendar, ...]:
    """The office's weeks: plain, with a holiday, with a short day and an open Saturday."""
    free = (Holiday(date(2026, 9, 8), "Libur", "public"),)
    odd = (
        SpecialDay(date(2026, 9, 9), "Setengah hari", "SE", ((27_000, 36_000),)),
        SpecialDay(date(2026, 9, 12), "Lembur", "SE", ((32_400, 43_200),)),
    )
    return letters.perpres(), letters.perpres(holidays=free), letters.perpres(days=odd)


@dataclass(frozen=True)
class Care:
    """With how much care the records of a letter were kept."""

    spent: st.SearchStrategy[int]
    back: st.SearchStrategy[int]
    shape: st.SearchStrategy[str]
    numbers: st.SearchStrategy[tuple[int, ...]]


CARES = st.sampled_from(
    [Care(SHORT, NEVER, TIDY, ONCE), Care(SHORT, NEVER, TIDY, NUMBERS), Care(MINUTES, BACK, SHAPES, NUMBERS)]
)


@st.composite
def stamps(draw: st.DrawFn, begin: datetime) -> tuple[list[Pass], list[Pause]]:
    """A pass a step in the order of the SOP with gaps, leaps back and every fault; pauses on some."""
    passes, pauses, now, care = [], [], begin, draw(CARES)
    for code in STEP_CODES[draw(st.integers(0, 1)) : draw(st.integers(0, STEP_COUNT))]:
        for number in draw(care.numbers):
            start = now + timedelta(minutes=draw(care.back) + draw(care.spent), seconds=draw(SECONDS))
            now = start + timedelta(minutes=draw(care.spent) + draw(care.back), seconds=draw(SECONDS))
            one = shaped(code, number, draw(care.shape), start, now)
            passes.append(replace(one, by_tap=draw(st.integers(0, 3)) == 0))
            if draw(st.integers(0, 5)) == 0:
                pauses += draw(st.lists(a_pause(code, number, start), min_size=1, max_size=2))
    if draw(st.integers(0, 3)) == 0:
        pauses.append(draw(a_pause(draw(st.sampled_from(STEP_CODES)), 1, begin)))
    return passes, pauses


def shaped(code: str, number: int, shape: str, start: datetime, finish: datetime) -> Pass:
    """A pass of which only so much was written down."""
    started = {"both": 2, "start": 2, "begun_done": 2, "both_days": 1, "start_day": 1, "day_start": 1, "day_finish": 2}
    finished = {"finish": 2, "both": 2, "finish_day": 1, "both_days": 1, "day_start": 2, "day_finish": 1}
    first, last = started.get(shape, 0), finished.get(shape, 0)
    return Pass(
        code,
        number,
        start.date() if first else None,
        start if first == 2 else None,
        finish.date() if last else None,
        finish if last == 2 else None,
        last > 0 or "done" in shape,
    )


@st.composite
def a_pause(draw: st.DrawFn, code: str, number: int, near: datetime) -> Pause:
    """Waiting for the OPD, now and then without an end."""
    start = near + timedelta(minutes=draw(SHORT) + draw(BACK))
    end = start + timedelta(minutes=draw(st.sampled_from([1, 3, 30, 70, 400, 3000])))
    return Pause(code, number, start, end if draw(st.integers(0, 3)) else None)


@st.composite
def letter_records(draw: st.DrawFn) -> LetterRecord:
    """A letter with its register row and its stamps."""
    day = draw(DAYS)
    clock = draw(st.sampled_from(["07:30", "08:00", "11:20", "12:30", "15:55", "18:00"]))
    received = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=JAKARTA)
    later = st.builds(lambda a, b: received + timedelta(minutes=a + b), MINUTES, MINUTES)
    status = draw(st.sampled_from([RequestStatus.APPROVED] * 5 + [RequestStatus.PENDING, *ENDED]))
    ended = draw(st.one_of(later, later, st.none())) if status in ENDED else None
    booked = draw(st.one_of(st.none(), st.tuples(later, st.integers(0, 600))))
    began = draw(st.one_of(st.none(), st.none(), later)) if status not in REFUSED else None
    passes, pauses = draw(stamps(received))
    return LetterRecord(
        received_on=day,
        received_at=received if draw(st.integers(0, 4)) else None,
        status=status,
        ended_at=ended,
        booked=(booked[0], booked[0] + timedelta(minutes=booked[1])) if booked else None,
        began_at=booked[0] if booked and began and draw(st.booleans()) else began,
        passes=tuple(passes),
        pauses=tuple(pauses),
    )


@st.composite
def some_rules(draw: st.DrawFn, day: date) -> Rules:
    """The SOP under one of the calendars, with recording that began sometime and steps switched off."""
    received = day_number(day)
    is_young = draw(st.integers(0, 2)) == 0
    first = [draw(FIRST_DAYS) if is_young else LONG_AGO for _ in STEP_CODES]
    first_on = np.array([received + f if f in (0, 1) else f for f in first], dtype=np.int64)
    steps_off = draw(st.sampled_from([0, 0, 0, 0, 1, 2]))
    until = st.sampled_from([None, received - 1, received])
    step_off = tuple(
        StepOff(draw(st.integers(0, STEP_COUNT - 1)), received + draw(st.integers(-2, 1)), draw(until))
        for _ in range(steps_off)
    )
    return letters.rules(draw(st.sampled_from(calendars())), first_handover_on=first_on, step_off=step_off)


def looks(record: LetterRecord) -> st.SearchStrategy[datetime | None]:
    """Moments at which to look at a letter: never, around anything that happened, or anywhere."""
    known = sorted(moments(record))
    begin = record.received_at or datetime.combine(record.received_on, datetime.min.time(), JAKARTA)
    known = [moment for moment in known if moment > begin]
    anywhere = st.integers(0, 20 * 1440).map(lambda minutes: begin + timedelta(minutes=minutes))
    if not known:
        return st.one_of(st.none(), anywhere)
    later = st.sampled_from([-1, 0, 1, 120, 240, 300, 480, 600, 2880, 3000, 3600, 3700])
    around = st.builds(lambda moment, add: moment + timedelta(seconds=add), st.sampled_from(known), later)
    return st.one_of(st.none(), around, around, anywhere)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """A letter with its rules and a moment."""
    record = draw(letter_records())
    return Scene(record, draw(some_rules(record.received_on)), draw(looks(record)))


def seconds(moment: datetime | None) -> int:
    """The form moments have in frames."""
    return MISSING if moment is None else int(moment.timestamp())


def day_of(day: date | None) -> int:
    """The form days have in frames."""
    return MISSING if day is None else day_number(day)


def requests_of(records: Sequence[LetterRecord]) -> Requests:
    """Letters as one frame."""
    booked = [t.booked or (None, None) for t in records]
    return Requests(
        received_on=np.array([day_of(t.received_on) for t in records], np.int64),
        received_at=np.array([seconds(t.received_at) for t in records], np.int64),
        status=np.array([t.status.code for t in records], np.int8),
        ended_at=np.array([seconds(t.ended_at) for t in records], np.int64),
        booked_start=np.array([seconds(b[0]) for b in booked], np.int64),
        booked_end=np.array([seconds(b[1]) for b in booked], np.int64),
        began_at=np.array([seconds(t.began_at) for t in records], np.int64),
    )


def passes_of(records: Sequence[LetterRecord], places: Mapping[str, int] = STEP_INDEX) -> Passes:
    """The stamps of the letters as one frame; `places` of the steps by code."""
    rows = [(i, p) for i, t in enumerate(records) for p in t.passes]
    return Passes(
        request=np.array([i for i, _ in rows], np.int64),
        step=np.array([places[p.step] for _, p in rows], np.int8),
        number=np.array([p.number for _, p in rows], np.int64),
        started_on=np.array([day_of(p.started_on) for _, p in rows], np.int64),
        started_at=np.array([seconds(p.started_at) for _, p in rows], np.int64),
        finished_on=np.array([day_of(p.finished_on) for _, p in rows], np.int64),
        finished_at=np.array([seconds(p.finished_at) for _, p in rows], np.int64),
        is_done=np.array([p.is_done for _, p in rows], np.bool_),
        returned_to=np.array([places.get(p.returned_to or "", -1) for _, p in rows], np.int8),
        by_tap=np.array([p.by_tap for _, p in rows], np.bool_),
        is_unread=np.zeros(len(rows), np.bool_),
    )


def receivers_of(records: Sequence[LetterRecord]) -> Receivers:
    """The hand-overs of the letters to desks named on their own, as one frame beside `passes_of`."""
    passes = [p for t in records for p in t.passes]
    rows = [(place, *to) for place, p in enumerate(passes) for to in p.receivers]
    return Receivers(
        place=np.array([place for place, *_ in rows], np.int64),
        receiver=np.array([STEP_INDEX[step] for _, step, _, _ in rows], np.int8),
        on=np.array([day_of(on) for *_, on, _ in rows], np.int64),
        at=np.array([seconds(at) for *_, at in rows], np.int64),
    )


def pauses_of(records: Sequence[LetterRecord], places: Mapping[str, int] = STEP_INDEX) -> Pauses:
    """The pauses of the letters as one frame."""
    rows = [(i, p) for i, t in enumerate(records) for p in t.pauses]
    return Pauses(
        request=np.array([i for i, _ in rows], np.int64),
        step=np.array([places[p.step] for _, p in rows], np.int8),
        number=np.array([p.number for _, p in rows], np.int64),
        started_at=np.array([seconds(p.started_at) for _, p in rows], np.int64),
        ended_at=np.array([seconds(p.ended_at) for _, p in rows], np.int64),
    )
