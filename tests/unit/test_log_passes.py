"""From events to passes: which start belongs to which end, against a loop that looks at one event after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from etl.domain.compliance.logs import DAY_ONLY, UNREAD, Events, Mark, Transition, passes_of
from etl.domain.frames import MISSING, Passes
from tests.books.letters import rules
from tests.books.moments import seconds

CALENDAR = rules().calendar
NINE = seconds("2026-09-07 09:00")
START, COMPLETE, SUSPEND, RESUME = Transition.START, Transition.COMPLETE, Transition.SUSPEND, Transition.RESUME


@dataclass(frozen=True)
class Event:
    """An event of a log with minutes after nine; None for nothing."""

    turn: Transition
    minute: int | None = None
    end: int | None = None
    case: int = 0
    step: int = 1
    instance: int = 0
    number: int = 0


def at(minute: int | None) -> int:
    return MISSING if minute is None else NINE + 60 * minute


def events(*rows: Event) -> Events:
    opens = [row.turn in (Transition.ROW, START, SUSPEND) for row in rows]
    return Events(
        case=np.array([row.case for row in rows], np.int64),
        step=np.array([row.step for row in rows], np.int8),
        transition=np.array([row.turn for row in rows], np.int8),
        start=np.array([at(row.minute) if is_open else MISSING for row, is_open in zip(rows, opens, strict=True)]),
        end=np.array(
            [
                at(row.end if row.turn is Transition.ROW else None if is_open else row.minute)
                for row, is_open in zip(rows, opens, strict=True)
            ]
        ),
        instance=np.array([row.instance for row in rows], np.int32),
        number=np.array([row.number for row in rows], np.int32),
        returned_to=np.full(len(rows), -1, np.int8),
        receiver=np.full(len(rows), -1, np.int8),
        mark=np.zeros(len(rows), np.int32),
    )


def told(passes: Passes) -> list[tuple[int | None, ...]]:
    """Case, step, number, start and end in minutes after nine."""

    def minute(moment: int) -> int | None:
        return None if moment == MISSING else (moment - NINE) // 60

    columns = (passes.request, passes.step, passes.number, passes.started_at, passes.finished_at)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [(case, step, number, minute(start), minute(end)) for case, step, number, start, end in rows]


def spans(*rows: Event) -> list[tuple[int | None, int | None]]:
    return [(start, end) for _, _, _, start, end in told(passes_of(events(*rows), CALENDAR)[0])]


def test_a_start_goes_with_the_first_end_after_it() -> None:
    assert spans(Event(COMPLETE, 9), Event(START, 1), Event(START, 10), Event(COMPLETE, 14)) == [(1, 9), (10, 14)]


def test_two_at_a_time_end_in_the_order_in_which_they_began() -> None:
    assert spans(Event(START, 0), Event(START, 2), Event(COMPLETE, 5), Event(COMPLETE, 9)) == [(0, 5), (2, 9)]


def test_an_instance_tells_them_apart() -> None:
    rows = Event(START, 0, instance=7), Event(START, 2, instance=8), Event(COMPLETE, 5, instance=8)
    assert spans(*rows, Event(COMPLETE, 9, instance=7)) == [(2, 5), (0, 9)]


def test_an_end_without_a_start_and_a_start_without_an_end_stay_alone() -> None:
    assert spans(Event(COMPLETE, 3), Event(START, 8)) == [(None, 3), (8, None)]


def test_an_end_before_its_start_stays_one_pass_where_the_log_has_the_start_above() -> None:
    assert spans(Event(START, 8), Event(COMPLETE, 3)) == [(8, 3)]


def test_a_start_and_an_end_of_one_moment_are_one_pass() -> None:
    assert spans(Event(COMPLETE, 3), Event(START, 3)) == [(3, 3)]


def test_rows_with_both_and_turns_of_a_life_stand_in_one_order() -> None:
    rows = Event(Transition.ROW, 20, 25), Event(START, 1), Event(COMPLETE, 4), Event(Transition.ROW, 30)
    assert told(passes_of(events(*rows), CALENDAR)[0]) == [(0, 1, 1, 1, 4), (0, 1, 2, 20, 25), (0, 1, 3, 30, None)]


def test_a_number_that_the_log_gives_holds() -> None:
    rows = Event(Transition.ROW, 0, 5, number=2), Event(Transition.ROW, 7, 9, number=1)
    assert told(passes_of(events(*rows), CALENDAR)[0]) == [(0, 1, 1, 7, 9), (0, 1, 2, 0, 5)]


def test_a_pause_belongs_to_the_pass_that_ends_after_it_began() -> None:
    rows = (
        Event(START, 0), Event(SUSPEND, 1), Event(RESUME, 3), Event(COMPLETE, 5),
        Event(START, 10), Event(SUSPEND, 12), Event(COMPLETE, 20),
    )  # fmt: skip
    _, pauses, *_ = passes_of(events(*rows), CALENDAR)
    ends = [None if end == MISSING else (end - NINE) // 60 for end in pauses.ended_at.tolist()]
    starts = [(start - NINE) // 60 for start in pauses.started_at.tolist()]
    assert sorted(zip(pauses.number.tolist(), starts, ends, strict=True)) == [(1, 1, 3), (2, 12, None)]


def test_a_day_alone_and_what_cannot_be_read() -> None:
    some = events(Event(Transition.ROW, 0, 5), Event(Transition.ROW, 0, 5, step=2), Event(COMPLETE, None, step=3))
    day = int(CALENDAR.local_day(np.array([NINE]))[0])
    some.end[0], some.start[1], some.mark[2] = DAY_ONLY + day, UNREAD, Mark.UNREAD | Mark.TAP
    passes, *_ = passes_of(some, CALENDAR)
    assert (passes.finished_on[0], passes.finished_at[0]) == (day, MISSING)
    assert passes.is_done.tolist() == [True, True, True]
    assert (passes.is_unread.tolist(), passes.by_tap.tolist()) == ([False, True, True], [False, False, True])
    assert passes.finished_on.tolist() == [day, day, MISSING]


def slowly(rows: Sequence[Event]) -> list[tuple[int | None, ...]]:
    """Each end takes the oldest start of its lane that is no later than itself; those left over pair by the log."""
    passes: dict[tuple[int, int], list[tuple[int | None, int | None]]] = {}
    lanes: dict[tuple[int, int, int], list[tuple[int, int, Event]]] = {}
    for place, row in enumerate(rows):
        moment = row.minute or 0
        lanes.setdefault((row.case, row.step, row.instance), []).append((moment, place, row))
    for (case, step, _), lane in lanes.items():
        waiting: list[tuple[int, int]] = []
        lone: list[tuple[int, int]] = []
        ordered = sorted(lane, key=lambda one: (one[0], one[2].turn is not START, one[1]))
        for moment, place, row in ordered:
            if row.turn is START:
                waiting.append((moment, place))
            elif waiting:
                passes.setdefault((case, step), []).append((waiting.pop(0)[0], moment))
            else:
                lone.append((moment, place))
        left = sorted([(place, moment, True) for moment, place in waiting] + [(p, m, False) for m, p in lone])
        queue: list[int] = []
        for _, moment, is_start in left:
            if is_start:
                queue.append(moment)
            else:
                passes.setdefault((case, step), []).append((queue.pop(0) if queue else None, moment))
        for moment in queue:
            passes.setdefault((case, step), []).append((moment, None))
    return sorted(
        ((case, step, start, end) for (case, step), found in passes.items() for start, end in found), key=repr
    )


@given(
    st.lists(
        st.builds(
            Event,
            turn=st.sampled_from([START, COMPLETE]),
            minute=st.integers(0, 30),
            case=st.integers(0, 2),
            step=st.integers(0, 2),
            instance=st.integers(0, 1),
        ),
        max_size=25,
    )
)
def test_pairs_are_those_of_a_loop_event_by_event(rows: list[Event]) -> None:
    passes, *_ = passes_of(events(*rows), CALENDAR)
    found = [(case, step, start, end) for case, step, _, start, end in told(passes)]
    assert sorted(found, key=repr) == slowly(rows)
    numbers: dict[tuple[int, int], list[int]] = {}
    for case, step, number in zip(passes.request.tolist(), passes.step.tolist(), passes.number.tolist(), strict=True):
        numbers.setdefault((case, step), []).append(number)
    assert all(sorted(given_) == list(range(1, len(given_) + 1)) for given_ in numbers.values())
    assert len(rows) == sum((start is not None) + (end is not None) for _, _, start, end in found)
