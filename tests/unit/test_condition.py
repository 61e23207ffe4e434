"""Condition of rooms: the vectors of the definitions, and a slow count of the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.domain.calendar.calendar import WorkCalendar, build_calendar
from etl.domain.facilities import (
    Answers,
    Checks,
    Condition,
    Incidents,
    RoomStatus,
    Sessions,
    Told,
    What,
    checks_of_sessions,
    grade,
    incidents,
    is_expired,
    is_fresh,
)
from etl.domain.frames import MISSING
from tests.books.calendars import weekdays, weekly
from tests.books.examples import examples
from tests.slow.condition import graded, histories

WEIGHTS = {
    "Jaringan": 2, "AC": 2, "Proyektor": 2, "Suara": 2, "Kebersihan": 2, "Disinfeksi": 1, "Thermal gun": 1,
    "Masker": 1, "Hand sanitizer": 1, "Sabun": 1, "Wastafel": 1,
}  # fmt: skip
GOOD = dict.fromkeys(WEIGHTS, "GOOD")
NOT_IN_USE = {"Thermal gun": "NOT_APPLICABLE", "Masker": "NOT_APPLICABLE"}


@cache
def calendar() -> WorkCalendar:
    """Office hours 08–12 and 13–16 on every weekday of 2026, as in the definitions' example."""
    hours = weekly(weekdays(["08:00-12:00", "13:00-16:00"], ["08:00-12:00", "13:00-16:00"]))
    return build_calendar("Asia/Jakarta", [hours], [], [], date(2026, 1, 1), date(2026, 12, 31))


def at(text: str) -> int:
    """UTC seconds of an office time like "09-07 09:00" in 2026."""
    return int(datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo("Asia/Jakarta")).timestamp())


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def grades(*checks: Mapping[str, str]):
    rows = [(n, Condition(said).code, WEIGHTS.get(item, 0)) for n, c in enumerate(checks) for item, said in c.items()]
    check, code, weight = zip(*rows, strict=True) if rows else ((), (), ())
    answers = Answers(ints(*check), np.array(code, np.int8), ints(*weight))
    return grade(answers, np.full(len(checks), sum(WEIGHTS.values()), np.int64))


@pytest.mark.parametrize(
    ("answers", "score", "completeness", "status"),
    [
        (GOOD, 100, 1, "READY"),
        (GOOD | {"Proyektor": "HEAVY"}, 87.5, 1, "DISRUPTED"),
        (GOOD | NOT_IN_USE, 100, 1, "READY"),
        (GOOD | NOT_IN_USE | {"Proyektor": "HEAVY", "AC": "LIGHT"}, 78.57142857142857, 1, "DISRUPTED"),
        ({"Jaringan": "GOOD", "AC": "GOOD"}, None, 0.25, "ATTENTION"),
        (GOOD | {"Sabun": "MISSING"}, 93.75, 1, "ATTENTION"),
        (GOOD | {"Kursi": "HEAVY"}, 100, 1, "ATTENTION"),
        (dict.fromkeys(WEIGHTS, "NOT_APPLICABLE"), None, None, "ATTENTION"),
    ],
)
def test_vectors_of_the_score(answers: Mapping[str, str], score: float, completeness: float, status: str) -> None:
    one = grades(answers)
    assert RoomStatus.of(one.status[0]) == status
    assert np.isnan(one.score[0]) if score is None else one.score[0] == pytest.approx(score)
    assert np.isnan(one.completeness[0]) if completeness is None else one.completeness[0] == completeness


@settings(max_examples=examples(60))
@given(st.lists(st.dictionaries(st.sampled_from(list(WEIGHTS)), st.sampled_from(list(Condition))), min_size=1))
def test_many_checks_are_graded_as_one_by_one(checks: Sequence[Mapping[str, str]]) -> None:
    found = grades(*checks)
    for number, check in enumerate(checks):
        score, completeness, status = graded(WEIGHTS, check)
        assert found.score[number] == pytest.approx(np.nan if score is None else score, nan_ok=True)
        assert found.completeness[number] == pytest.approx(
            np.nan if completeness is None else completeness, nan_ok=True
        )
        assert RoomStatus.of(found.status[number]) == status


def test_only_a_complete_check_with_everything_good_is_flawless() -> None:
    almost = {item: said for item, said in GOOD.items() if item != "Sabun"}
    found = grades(GOOD, GOOD | NOT_IN_USE, almost, GOOD | {"AC": "LIGHT"})
    assert found.is_flawless.tolist() == [True, True, False, False]


def test_a_check_expires_after_450_working_minutes() -> None:
    now = at("09-08 08:30")  # Monday 08.00–16.00 has 420 working minutes
    assert is_expired(calendar(), ints(at("09-07 08:00"), at("09-07 07:00"), MISSING), now).tolist() == [False] * 3
    assert is_expired(calendar(), ints(at("09-07 08:00")), now + 1).tolist() == [True]


def test_a_check_is_fresh_when_made_today_after_the_session_before() -> None:
    now = at("09-08 12:30")
    checks = ints(at("09-08 12:10"), at("09-08 11:59"), at("09-07 15:00"), MISSING, at("09-08 12:31"))
    ends, starts = np.full(5, at("09-08 12:00"), np.int64), np.full(5, at("09-08 13:00"), np.int64)
    assert is_fresh(calendar(), checks, ends, starts, now).tolist() == [True, False, False, False, False]
    assert is_fresh(calendar(), checks[1:2], ints(MISSING), starts[:1], now).tolist() == [True]


def test_a_check_of_the_evening_before_is_fresh_for_twelve_hours() -> None:
    now, checks = at("09-09 06:30"), ints(at("09-08 20:00"), at("09-08 19:59"))
    starts = np.full(2, at("09-09 08:00"), np.int64)
    assert is_fresh(calendar(), checks, ints(MISSING, MISSING), starts, now).tolist() == [True, False]


def session_check(*checks: tuple[str, int, int], letter: int = 7) -> int:
    """The check of a session in room 1 on Tuesday 09.00–11.00; checks are (moment, room, letter)."""
    sessions = Sessions(ints(1), ints(at("09-08 09:00")), ints(at("09-08 11:00")), ints(letter))
    made = Checks(ints(*(c[1] for c in checks)), ints(*(at(c[0]) for c in checks)), ints(*(c[2] for c in checks)))
    return int(checks_of_sessions(sessions, made)[0])


def test_the_check_of_a_session() -> None:
    assert session_check(("09-08 08:50", 1, MISSING), ("09-04 08:00", 1, 7)) == 1  # its letter's wins
    assert session_check(("09-08 08:50", 1, MISSING), ("09-08 11:05", 1, MISSING)) == 1
    assert session_check(("09-07 09:00", 1, MISSING)) == 0
    assert session_check(("09-07 08:59", 1, MISSING)) == MISSING
    assert session_check(("09-08 13:00", 1, MISSING)) == 0
    assert session_check(("09-08 13:01", 1, MISSING)) == MISSING
    assert session_check(("09-08 08:50", 2, MISSING)) == MISSING
    assert session_check(("09-08 08:50", 1, 8), letter=MISSING) == 0
    assert session_check() == MISSING


@settings(max_examples=examples(60))
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 90), st.integers(0, 8), st.integers(0, 3)), max_size=6),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 90), st.integers(0, 3)), max_size=8),
)
def test_checks_of_sessions_one_by_one(sessions: list, checks: list) -> None:
    def letters(values: list) -> np.ndarray:
        return np.array([value or MISSING for value in values], np.int64)

    hour = 3_600
    used = Sessions(
        ints(*(s[0] for s in sessions)), ints(*(s[1] * hour for s in sessions)),
        ints(*((s[1] + s[2]) * hour for s in sessions)), letters([s[3] for s in sessions]),
    )  # fmt: skip
    made = Checks(ints(*(c[0] for c in checks)), ints(*(c[1] * hour for c in checks)), letters([c[2] for c in checks]))
    found = checks_of_sessions(used, made)
    for (room, start, length, letter), one in zip(sessions, found.tolist(), strict=True):

        def distance(check: tuple, start: int = start, end: int = start + length) -> int:
            return max(0, start - check[1], check[1] - end)

        own = [c for c in checks if letter and c[2] == letter]
        near = [c for c in checks if c[0] == room and start - 24 <= c[1] <= start + length + 2]
        choice = own or near
        if not choice:
            assert one == MISSING
            continue
        assert checks[one] in choice
        assert distance(checks[one]) == min(distance(c) for c in choice)


def history(*told: tuple[str, What], now: str = "12-01 09:00") -> Incidents:
    moments = ints(*(at(moment) for moment, _ in told))
    kinds = np.array([what for _, what in told], np.int8)
    return incidents(Told(np.zeros(len(told), np.int64), moments, kinds, np.ones(len(told), bool)), calendar(), at(now))


def test_the_vector_of_restoring() -> None:
    one = history(("09-11 15:30", What.FAULT), ("09-14 08:30", What.GOOD))
    assert (one.restore_working.tolist(), one.restore_elapsed.tolist()) == ([3_600], [65 * 3_600])


def test_an_open_incident_runs_to_as_of_and_is_never_zero() -> None:
    one = history(("09-11 15:30", What.FAULT), now="09-14 08:30")
    assert one.is_open.tolist() == [True]
    assert (one.restore_working.tolist(), one.restore_elapsed.tolist()) == ([3_600], [65 * 3_600])


def test_later_reports_attach() -> None:
    one = history(("09-07 09:00", What.FAULT), ("09-08 09:00", What.FAULT), ("09-09 09:00", What.GOOD))
    assert (one.reports.tolist(), one.first_at.tolist()) == ([2], [at("09-07 09:00")])


def test_damaged_again_within_three_working_days_is_the_same_incident() -> None:
    first, restored = ("09-07 09:00", What.FAULT), ("09-08 09:00", What.GOOD)
    again = history(first, restored, ("09-11 15:00", What.FAULT), ("09-11 15:30", What.GOOD))
    assert again.openings.tolist() == [2]
    assert again.restore_elapsed.tolist() == [at("09-11 15:30") - at("09-07 09:00")]
    saturday = history(first, restored, ("09-12 00:00", What.FAULT))  # after the third working day, a Friday
    assert saturday.is_open.tolist() == [False, True]
    later = history(first, restored, ("09-14 08:00", What.FAULT))
    assert later.is_open.tolist() == [False, True]


def test_who_answers_first_is_the_response() -> None:
    seen = history(("09-07 09:00", What.FAULT), ("09-07 10:00", What.TOUCH), ("09-08 09:00", What.CLOSE))
    assert (seen.respond_working.tolist(), seen.restore_working.tolist()) == ([3_600], [7 * 3_600])
    unseen = history(("09-07 09:00", What.FAULT), ("09-08 09:00", What.GOOD))
    assert unseen.respond_working.tolist() == [7 * 3_600]


def test_an_explicit_close_ends_and_a_reopening_continues() -> None:
    closed = (("09-07 09:00", What.FAULT), ("09-08 09:00", What.CLOSE))
    assert history(*closed).is_open.tolist() == [False]
    assert history(*closed, ("10-08 09:00", What.REOPEN)).is_open.tolist() == [True]


def test_a_day_without_a_clock_time_measures_nothing() -> None:
    told = Told(
        ints(0, 0), ints(at("09-07 00:00"), at("09-08 09:00")), np.array([1, 0], np.int8), np.array([False, True])
    )
    one = incidents(told, calendar(), at("10-01 09:00"))
    assert one.restore_working.tolist() == [MISSING]
    assert one.is_open.tolist() == [False]


MIDNIGHTS = st.integers(0, 15).map(lambda day: 16 + 24 * day)
"""Hours from Monday 08.00 to the beginning of a day, week-ends included."""


@settings(max_examples=examples(300))
@example([(0, 0, What.FAULT), (0, 16, What.GOOD), (0, 16 + 4 * 24, What.FAULT)])  # good Tuesday 00.00, bad Saturday
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 400) | MIDNIGHTS, st.sampled_from(list(What))),
        max_size=14,
        unique_by=lambda t: t[:2],
    )
)
def test_many_items_are_followed_as_one_by_one(told: list) -> None:
    start = at("09-07 08:00")
    rows = [(item, start + step * 3_600, what) for item, step, what in told]
    arrays = Told(
        ints(*(r[0] for r in rows)), ints(*(r[1] for r in rows)), np.array([r[2] for r in rows], np.int8),
        np.ones(len(rows), bool),
    )  # fmt: skip
    found = incidents(arrays, calendar(), start + 1_000 * 3_600)
    expected = []
    for item in range(3):
        mine = sorted((moment, what.name) for number, moment, what in rows if number == item)
        expected += [(item, one) for one in histories(mine, calendar())]
    assert found.item.tolist() == [item for item, _ in expected]
    for name, values in (("first", found.first_at), ("ended", found.ended_at), ("openings", found.openings)):
        assert values.tolist() == [MISSING if one[name] is None else one[name] for _, one in expected], name
    assert found.reports.tolist() == [one["reports"] for _, one in expected]
    answered = [one["responded"] or one["ended"] or MISSING for _, one in expected]
    assert found.responded_at.tolist() == answered
