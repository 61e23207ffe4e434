"""The rules for suspicious records against a slow, plain reading of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.domain.compliance.file_habits import EqualRuns, RoundStamps
from etl.domain.compliance.suspicion import Suspicions, Written, entered_late, suspicions
from etl.domain.frames import MISSING, Passes
from etl.domain.verdict import Flag
from etl.reference.steps import STEP_CODES, STEP_INDEX
from tests.books.drawn_letters import day_of, passes_of, requests_of, seconds
from tests.books.examples import examples
from tests.books.letter_records import LetterRecord, Pass
from tests.books.letters import perpres, rules
from tests.books.moments import JAKARTA
from tests.slow.suspicion import slow_entered_late, slow_misdated, slow_round_steps, slow_runs

SLOW = [HealthCheck.too_slow]
QUICK = settings(max_examples=examples(100), suppress_health_check=SLOW)
FEW = settings(QUICK, max_examples=examples(40))
CALENDAR = perpres()
RULES = rules(CALENDAR)
MONDAY = date(2026, 5, 4)
MISREAD = Flag.SWAPPED_DATE | Flag.SLIPPED_DAY


def is_open(day: date) -> bool:
    return day.weekday() < 5


DAYS = st.one_of(
    st.sampled_from([MONDAY + timedelta(days=n) for n in range(-4, 5)]),
    st.sampled_from([date(2026, 4, 5), date(2026, 5, 4), date(2026, 5, 12), date(2026, 12, 5), date(2026, 3, 3)]),
)
CLOCKS = st.one_of(st.none(), st.builds(time, st.integers(8, 10), st.sampled_from([0, 5, 30])))


@st.composite
def stamps(draw: st.DrawFn) -> tuple[date | None, datetime | None]:
    day, clock = draw(st.one_of(st.none(), DAYS, DAYS, DAYS)), draw(CLOCKS)
    return day, datetime.combine(day, clock, JAKARTA) if day and clock else None


@st.composite
def passes(draw: st.DrawFn) -> Pass:
    """A pass with whatever dates; often start and finish on one day."""
    finish, start = draw(stamps()), draw(stamps())
    if draw(st.booleans()):
        start = (None, None) if draw(st.booleans()) else finish
    step, number = draw(st.sampled_from(STEP_CODES[:10])), draw(st.sampled_from([1, 1, 1, 1, 2, 3, 7]))
    return Pass(step, number, *start, *finish, finish[0] is not None)


@st.composite
def letters(draw: st.DrawFn) -> LetterRecord:
    found = draw(st.lists(passes(), max_size=8))
    return LetterRecord(draw(DAYS), passes=tuple({(p.step, p.number): p for p in found}.values()))


def written(told: Sequence[LetterRecord], **changes: object) -> Written:
    """A row for each pass, nothing remarkable about it."""
    frame = passes_of(told)
    plain = Written(
        request=frame.request,
        step=frame.step,
        number=frame.number,
        started_on=frame.started_on,
        finished_on=frame.finished_on,
        finished_at=frame.finished_at,
        recorded_on=np.full(len(frame), MISSING, dtype=np.int64),
        file_flags=np.zeros(len(frame), dtype=np.int64),
    )
    return replace(plain, **changes)


def found_in(told: Sequence[LetterRecord], **changes: object) -> Suspicions:
    return suspicions(requests_of(told), passes_of(told), written(told, **changes), RULES)


@QUICK
@given(st.lists(letters(), min_size=1, max_size=3))
def test_the_same_dates_are_thought_mistyped(told: list[LetterRecord]) -> None:
    expected, receipts = [], []
    for letter in told:
        slow = slow_misdated(letter, is_open)
        by_pass = {(m.step, m.number): Flag.NONE for m in slow}
        for mark, flags in slow.items():
            by_pass[mark.step, mark.number] |= flags
        expected += [by_pass.get((p.step, p.number), Flag.NONE) for p in letter.passes]
        receipts.append(by_pass.get(("", 0), Flag.NONE))
    found = found_in(told)
    assert [Flag(bits) & MISREAD for bits in found.passes.tolist()] == expected
    assert [Flag(bits) for bits in found.receipts.tolist()] == receipts


@FEW
@given(st.lists(letters(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_passes_and_the_company_of_other_letters_change_nothing(
    told: list[LetterRecord], rng: object
) -> None:
    frame, found = passes_of(told), found_in(told)
    order = list(range(len(frame)))
    rng.shuffle(order)  # type: ignore[attr-defined]
    shuffled = Passes(**{name: values[order] for name, values in vars(frame).items()})
    again = suspicions(requests_of(told), shuffled, written(told), RULES)
    assert again.passes.tolist() == found.passes[order].tolist()
    alone = [found_in([letter]).passes.tolist() for letter in told]
    assert [bits for letter in alone for bits in letter] == found.passes.tolist()


@QUICK
@given(st.lists(st.tuples(st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS)), max_size=20))
def test_the_same_entries_are_late(pairs: list[tuple[date | None, date | None]]) -> None:
    events, entries = (np.array([day_of(pair[side]) for pair in pairs], dtype=np.int64) for side in (0, 1))
    expected = [slow_entered_late(event, entry, is_open) for event, entry in pairs]
    assert entered_late(events, entries, CALENDAR).tolist() == expected


@QUICK
@given(
    st.lists(st.tuples(st.sampled_from([0, 0, 0, 0, 1, None]), st.sampled_from("ab")), max_size=40),
    st.lists(st.integers(0, 40), max_size=4),
)
def test_the_same_rows_stand_in_runs_however_the_file_is_cut(
    rows: list[tuple[int | None, str]], cuts: list[int]
) -> None:
    moments = np.array([MISSING if moment is None else moment for moment, _ in rows], dtype=np.int64)
    names = np.array([name for _, name in rows], dtype=object)
    runs = EqualRuns()
    edges = sorted({0, len(rows), *(min(cut, len(rows)) for cut in cuts)})
    for first, last in pairwise(edges):
        runs.add(moments[first:last], names[first:last])
    assert runs.positions().tolist() == slow_runs([m for m, _ in rows], [n for _, n in rows])


@QUICK
@given(st.integers(18, 45), st.integers(0, 6), st.integers(0, 3), st.integers(0, 45))
def test_the_same_steps_are_rounded_however_the_file_is_cut(known: int, odd: int, unknown: int, cut: int) -> None:
    nine = datetime(2026, 9, 7, 9, tzinfo=JAKARTA)
    moments = [nine + timedelta(minutes=5 * n, seconds=7 if n < odd else 0) for n in range(known)] + [None] * unknown
    rows = [("A3" if n % 9 else "B4", moment) for n, moment in enumerate(moments)]
    steps = np.array([STEP_INDEX[step] for step, _ in rows], dtype=np.int8)
    at = np.array([seconds(moment) for _, moment in rows], dtype=np.int64)
    stamps = RoundStamps()
    stamps.add(steps[:cut], at[:cut])
    stamps.add(steps[cut:], at[cut:])
    assert [STEP_CODES[step] for step in stamps.steps()] == slow_round_steps(rows)
