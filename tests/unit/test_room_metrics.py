"""The figures of rooms against a count that looks at every minute."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.domain.calendar.intervals import Axis, Intervals
from etl.domain.rooms import RoomSums, RoomTimes, holding_sessions, open_use, outcomes, overlapping_held, room_sums
from tests.books.examples import examples
from tests.slow.rooms import SlowRoom, Span, slow_ends, slow_held, slow_sums, slow_until

FIRST, LAST = 100, 400
QUICK = settings(max_examples=examples(120))
SPANS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 90)).map(lambda p: (p[0], p[0] + p[1])), max_size=6)
ROOMS = st.lists(st.builds(SlowRoom, SPANS, SPANS, SPANS, SPANS, SPANS), min_size=1, max_size=3)


def laid(axis: Axis, rooms: list[SlowRoom], name: str) -> Intervals:
    rows = [(lane, a, b) for lane, room in enumerate(rooms) for a, b in getattr(room, name)]
    table = np.array(rows, np.int64).reshape(-1, 3)
    return axis.lay(table[:, 0], table[:, 1], table[:, 2])


def sums(rooms: list[SlowRoom], as_of: int) -> RoomSums:
    axis = Axis(FIRST, LAST)
    sets = {name: laid(axis, rooms, name) for name in ("opened", "closed", "booked", "ended", "used")}
    return room_sums(RoomTimes(axis=axis, rooms=len(rooms), as_of=as_of, **sets))


@QUICK
@given(ROOMS, st.integers(50, 450))
def test_every_sum_is_that_of_a_count_by_minutes(rooms: list[SlowRoom], as_of: int) -> None:
    rooms = [
        SlowRoom(r.opened, r.closed, r.booked + r.ended, r.ended, [(a, min(b, as_of)) for a, b in r.used])
        for r in rooms
    ]
    found = sums(rooms, as_of)
    for lane, room in enumerate(rooms):
        slow = slow_sums(room, FIRST, LAST, as_of)
        assert {name: int(getattr(found, name)[lane]) for name in slow} == slow
    assert (found.used <= found.available).all()
    lengths = laid(Axis(FIRST, LAST), rooms, "used")
    assert int(lengths.lengths.sum()) == int((found.in_use + found.clash).sum())


MOMENT = st.integers(0, 60)


@QUICK
@given(MOMENT, MOMENT, MOMENT, MOMENT, MOMENT)
def test_a_use_without_an_end_goes_on_until_it_is_cut(
    start: int, lasting: int, booked: int, closing: int, following: int
) -> None:
    day_end, as_of = 61, start + lasting
    columns = [np.array([end], np.int64) for end in (booked, closing, following, day_end)]
    until = open_use(np.array([start], np.int64), as_of, *columns).until
    assert until.tolist() == [slow_until(start, as_of, booked, closing, following, day_end)]


BOOKED = st.lists(st.tuples(st.lists(st.integers(0, 60), max_size=2), st.integers(1, 20), st.booleans()), max_size=6)
USED = st.lists(st.tuples(st.integers(0, 70), st.integers(1, 30)).map(lambda p: (p[0], p[0] + p[1])), max_size=4)


@QUICK
@given(BOOKED, USED, st.randoms(use_true_random=False))
def test_a_session_without_a_letter_holds_one_booking(
    booked: list[tuple[list[int], int, bool]], used: list[tuple[int, int]], random: Random
) -> None:
    bookings = [[(start, start + length) for start in {*starts}] for starts, length, _ in booked]
    own = [is_own for *_, is_own in booked]
    rows = [(row, *span) for row, spans in enumerate(bookings) for span in spans]
    random.shuffle(rows)
    row, start, end = np.array(rows, np.int64).reshape(-1, 3).T
    hours, rank = Intervals(start, end), np.arange(len(bookings))
    is_held = np.array(own, np.bool_) | (holding_sessions(Intervals.of_spans(used), hours, row, rank) >= 0)
    is_clashed = ~is_held & overlapping_held(hours, row, is_held)
    assert (is_held.tolist(), is_clashed.tolist()) == slow_held(bookings, own, used)


ENDS = ("held", "no_show", "unrecorded", "clashed")
MARKS = st.lists(st.sampled_from([None, False, True]), min_size=6, max_size=6)


@QUICK
@given(BOOKED, USED, USED, MARKS)
def test_every_booking_ends_in_one_way(
    booked: list[tuple[list[int], int, bool]], free: list[Span], others: list[Span], marks: list[bool | None]
) -> None:
    bookings = [sorted({(start, start + length) for start in starts}) for starts, length, _ in booked]
    days = [(spans[0][0] // 20 * 20, -(-spans[-1][1] // 20) * 20) if spans else (0, 0) for spans in bookings]
    own, lists = [is_own for *_, is_own in booked], marks[: len(booked)]
    row, start, end = np.array(
        [(row, *span) for row, spans in enumerate(bookings) for span in spans], np.int64
    ).reshape(-1, 3).T  # fmt: skip
    hours, count = Intervals(start, end), len(bookings)
    is_used = holding_sessions(Intervals.of_spans(free), hours, row, np.arange(count)) >= 0
    is_used |= np.array(own, np.bool_) | np.array([mark is True for mark in lists], np.bool_)
    first, last = np.array(days, np.int64).reshape(-1, 2).T
    became = outcomes(
        np.ones(count, np.bool_),
        is_used,
        overlapping_held(hours, row, is_used),
        Intervals.of_spans([*free, *others]).covered(first, last) > 0,
        np.zeros(count, np.bool_),
        np.array([mark is not None for mark in lists], np.bool_),
    )
    told = [name for at in range(count) for name in ENDS if getattr(became, f"is_{name}")[at]]
    assert told == slow_ends(bookings, days, own, lists, free, others)


@QUICK
@given(SPANS, SPANS)
def test_the_algebra_is_that_of_sets(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    def held(spans: Intervals) -> set[int]:
        return {m for a, b in zip(spans.start.tolist(), spans.end.tolist(), strict=True) for m in range(a, b)}

    def made(pairs: list[tuple[int, int]]) -> Intervals:
        both = np.array(pairs, np.int64).reshape(-1, 2)
        return Intervals.of(both[:, 0], both[:, 1])

    a, b = made(left), made(right)
    assert held(a.union) == held(a)
    assert held(a.overlap(b)) == held(a) & held(b)
    assert held(a.without(b)) == held(a) - held(b)
    assert held(a.clip(120, 300)) == {m for m in held(a) if 120 <= m < 300}
    assert a.covered(b.start, b.end).tolist() == [
        len(held(a) & set(range(s, e))) for s, e in zip(b.start.tolist(), b.end.tolist(), strict=True)
    ]
    first, second = a.pairs(1000)
    expected = {
        frozenset((i, j))
        for i in range(len(a))
        for j in range(i)
        if max(a.start[i], a.start[j]) < min(a.end[i], a.end[j])
    }
    assert {frozenset(pair) for pair in zip(first.tolist(), second.tolist(), strict=True)} == expected


def test_touching_intervals_neither_clash_nor_leave_a_gap() -> None:
    touching = Intervals.of(np.array([10, 20]), np.array([20, 30]))
    assert (touching.union.start.tolist(), touching.union.end.tolist()) == ([10], [30])
    assert touching.pairs(10)[0].tolist() == []


def test_pairs_stop_at_their_limit() -> None:
    same = Intervals.of(np.zeros(100, np.int64), np.ones(100, np.int64))
    assert len(same.pairs(7)[0]) == 7
