"""The judge against a slow, independent reading of the definitions, on letters with every fault that records have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, datetime

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.domain.compliance.judge import judge, judged, stand, turns
from etl.domain.compliance.places import places
from etl.domain.compliance.rules import Procedure, Rules
from etl.domain.frames import MISSING, Ints, RequestFacts, StepFacts
from etl.domain.verdict import Flag, Reason, RequestStatus, RequestVerdict, StartRule, Verdict
from etl.reference.steps import STEP_CODES, STEP_COUNT
from tests.books.drawn_letters import (
    Scene,
    day_of,
    letter_records,
    looks,
    passes_of,
    pauses_of,
    receivers_of,
    requests_of,
    scenes,
    seconds,
    some_rules,
)
from tests.books.examples import examples
from tests.books.letter_records import LetterRecord, Pass
from tests.books.letters import FOLLOWS, PROCEDURE
from tests.books.moments import JAKARTA
from tests.slow.judge import LetterJudged, StepJudged, slow_judge

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
MONDAY = date(2026, 9, 7)
MEASURED = (Verdict.MET, Verdict.LATE, Verdict.ON_TRACK, Verdict.AT_RISK, Verdict.OVERDUE)
COMPARED = Flag.RETURNED | Flag.TAKEN_LATE | Flag.LATE_UNSTAMPED
QUICK = settings(max_examples=examples(150), suppress_health_check=SLOW)
FEW = settings(QUICK, max_examples=examples(25))


def fast(told: Sequence[LetterRecord], rules: Rules, as_of: int | None) -> tuple[RequestFacts, StepFacts]:
    return judge(requests_of(told), passes_of(told), pauses_of(told), rules, as_of, receivers_of(told))


def at(moment: datetime | None) -> int | None:
    return None if moment is None else seconds(moment)


def in_words(letter: LetterJudged) -> dict[str, object]:
    """The slow judgement in the form of the facts, for comparison."""
    judged = day_of(letter.judged_on)
    return {
        "letter": (letter.verdict, judged, letter.ready_seconds, letter.needs_closing),
        **{code: _step_in_words(letter.steps[code]) for code in STEP_CODES},
    }


def _step_in_words(step: StepJudged) -> tuple[object, ...]:
    start = (step.start_rule, at(step.started_at), at(step.taken_at)) if step.verdict in MEASURED else ()
    numbers = (step.elapsed, at(step.due), day_of(step.belongs_on), step.paused, step.waiting)
    return step.verdict, step.reason, numbers, start, step.flags


def facts_in_words(letters: RequestFacts, steps: StepFacts, row: int) -> dict[str, object]:
    """One letter of the facts in the same form."""
    verdict, ready = RequestVerdict.of(int(letters.verdict[row])), _maybe(letters.ready_seconds[row])
    whole = (verdict, int(letters.judged_on[row]), ready, bool(letters.needs_closing[row]))
    rows = enumerate(STEP_CODES, start=row * STEP_COUNT)
    return {"letter": whole, **{code: _facts_of_step(steps, position) for position, code in rows}}


def _facts_of_step(steps: StepFacts, row: int) -> tuple[object, ...]:
    verdict, start = Verdict.of(int(steps.verdict[row])), ()
    if verdict in MEASURED:
        moments = _maybe(steps.started_at[row]), _maybe(steps.taken_at[row])
        start = (StartRule.of(int(steps.start_rule[row])), *moments)
    spent, due = _maybe(steps.elapsed[row]), _maybe(steps.due_at[row])
    numbers = (spent, due, int(steps.belongs_on[row]), int(steps.paused[row]), _maybe(steps.waiting[row]))
    return verdict, Reason.of(int(steps.reason[row])), numbers, start, Flag(int(steps.flags[row])) & COMPARED


def _maybe(value: np.int64) -> int | None:
    return None if value == MISSING else int(value)


def differences(scene: Scene) -> dict[str, tuple[object, object]]:
    """What the slow and the fast judgement say differently: slow first."""
    slow = in_words(slow_judge(scene.record, scene.rules, scene.as_of))
    quick = facts_in_words(*fast([scene.record], scene.rules, at(scene.as_of)), 0)
    return {name: (slow[name], quick[name]) for name in slow if slow[name] != quick[name]}


@QUICK
@given(scenes())
def test_the_judge_says_what_a_slow_reading_of_the_definitions_says(scene: Scene) -> None:
    assert differences(scene) == {}


A8_FOLLOWS_A7 = replace(PROCEDURE, follows=(*FOLLOWS[:7], (6,), *FOLLOWS[8:]))
A6_FOLLOWS_A7 = replace(
    PROCEDURE, follows=(*FOLLOWS[:5], (6,), (4,), (5,), *FOLLOWS[8:]), order=(0, 1, 2, 3, 4, 6, 5, *range(7, 13))
)


@FEW
@given(scenes(), st.sampled_from([A8_FOLLOWS_A7, A6_FOLLOWS_A7]))
def test_it_says_so_too_where_the_sop_names_another_order(scene: Scene, procedure: Procedure) -> None:
    assert differences(replace(scene, rules=replace(scene.rules, procedures=(procedure,)))) == {}


@FEW
@given(st.lists(letter_records(), min_size=2, max_size=6), some_rules(MONDAY), st.data())
def test_each_letter_goes_by_the_order_of_its_version(
    told: list[LetterRecord], rules: Rules, data: st.DataObject
) -> None:
    days = sorted(day_of(letter.received_on) for letter in told)
    changed = np.array([*rules.effective_days, days[len(days) // 2]])
    rules = replace(
        rules,
        effective_days=changed,
        targets=np.repeat(rules.targets, 2, axis=0),
        procedures=(PROCEDURE, A8_FOLLOWS_A7),
    )
    as_of = data.draw(looks(told[0]))
    received = [letter for letter in told if as_of is None or _is_received(letter, seconds(as_of))]
    letters, steps = fast(received, rules, at(as_of))
    for row, letter in enumerate(received):
        slow = in_words(slow_judge(letter, rules, as_of))
        assert facts_in_words(letters, steps, row) == slow


@FEW
@given(st.lists(letter_records(), min_size=2, max_size=6), some_rules(MONDAY), st.data())
def test_many_letters_in_one_frame_are_judged_like_each_alone(
    told: list[LetterRecord], rules: Rules, data: st.DataObject
) -> None:
    as_of = at(data.draw(looks(told[0])))
    there = [one for one in told if as_of is None or _is_received(one, as_of)]
    letters, steps = fast(there, rules, as_of)
    for row, one in enumerate(there):
        assert facts_in_words(letters, steps, row) == facts_in_words(*fast([one], rules, as_of), 0)


def _is_received(told: LetterRecord, as_of: int) -> bool:
    return as_of >= seconds(told.received_at or datetime.combine(told.received_on, datetime.min.time(), JAKARTA))


@FEW
@given(scenes(), st.integers(0, 100_000_000))
def test_from_the_settled_moment_on_nothing_changes(scene: Scene, later: int) -> None:
    final = fast([scene.record], scene.rules, None)
    settled = int(final[0].settled_at[0])
    assert is_same(fast([scene.record], scene.rules, settled + later), final)
    assert is_same(fast([scene.record], scene.rules, settled), final)


@QUICK
@given(scenes())
def test_from_one_turn_to_the_next_of_a_day_only_the_clocks_run(scene: Scene) -> None:
    if scene.as_of is None:
        return
    told, rules, office = [scene.record], scene.rules, np.arange(STEP_COUNT) % 2 == 0
    records = requests_of(told), passes_of(told), pauses_of(told)
    named = receivers_of(told)
    first, last = _between_turns(turns(*records, rules, named), rules, seconds(scene.as_of))
    assert is_same(judged(stand(*records, rules, first, named), last), fast(told, rules, last))
    lies = [places(*records[:2], named, rules, office, moment) for moment in (first, last)]
    assert lies[0].tolist() == lies[1].tolist()


def _between_turns(moments: Ints, rules: Rules, as_of: int) -> tuple[int, int]:
    """The first and the last second between two turns of a day, around that moment."""
    day = rules.calendar.local_day(np.array([as_of]))
    begin, end = (int(rules.calendar.day_start(day + more)[0]) for more in (0, 1))
    return int(max([begin, *moments[moments <= as_of]])), int(min([end, *moments[moments > as_of]])) - 1


@FEW
@given(scenes())
def test_what_lies_after_as_of_does_not_matter(scene: Scene) -> None:
    if scene.as_of is None:
        return
    then = facts_in_words(*fast([scene.record], scene.rules, at(scene.as_of)), 0)
    past = fast([without_future(scene.record, scene.as_of)], scene.rules, at(scene.as_of))
    assert facts_in_words(*past, 0) == then


def is_same(left: tuple[RequestFacts, StepFacts], right: tuple[RequestFacts, StepFacts]) -> bool:
    """Whether two judgements agree in every column."""
    return all(
        np.array_equal(getattr(a, column.name), getattr(b, column.name))
        for a, b in zip(left, right, strict=True)
        for column in fields(a)
    )


def without_future(told: LetterRecord, as_of: datetime) -> LetterRecord:
    """The letter as it was known at a moment: later stamps, pauses and rejections were not written yet."""
    is_later = told.ended_at is not None and told.ended_at > as_of
    passes = [_without_future(one, as_of) for one in told.passes if not _begins_after(one, as_of) or one.finished_on]
    return replace(
        told,
        status=RequestStatus.APPROVED if is_later else told.status,
        ended_at=None if is_later else told.ended_at,
        began_at=told.began_at if told.began_at and told.began_at <= as_of else None,
        passes=tuple(one for one in passes if one.started_on or one.is_finished),
        pauses=tuple(
            replace(pause, ended_at=pause.ended_at if pause.ended_at and pause.ended_at <= as_of else None)
            for pause in told.pauses
            if pause.started_at <= as_of
        ),
    )


def _is_after(on: date | None, moment: datetime | None, as_of: datetime) -> bool:
    return moment > as_of if moment else on is not None and on > as_of.astimezone(JAKARTA).date()


def _begins_after(one: Pass, as_of: datetime) -> bool:
    return _is_after(one.started_on, one.started_at, as_of)


def _without_future(one: Pass, as_of: datetime) -> Pass:
    if _begins_after(one, as_of):
        one = replace(one, started_on=None, started_at=None)
    if _is_after(one.finished_on, one.finished_at, as_of):
        one = replace(one, finished_on=None, finished_at=None, is_done=False)
    return one
