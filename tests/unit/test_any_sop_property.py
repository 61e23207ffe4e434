"""The judge against a slow, independent reading of the definitions, on SOPs of any steps."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.domain.compliance.judge import judge
from etl.domain.compliance.places import places
from etl.domain.compliance.rules import Rules, rules_from
from etl.domain.frames import MISSING, Receivers, RequestFacts, StepFacts
from etl.domain.sop.file import parse_sop, to_document
from etl.domain.sop.versions import Sop, SopVersion
from etl.domain.units import day_number
from etl.domain.verdict import Flag, Place, Reason, RequestVerdict, StartRule, Verdict
from tests.books.drawn_letters import calendars, day_of, passes_of, pauses_of, requests_of, seconds
from tests.books.drawn_sops import SopScene, sop_letters, sop_scenes, sop_versions
from tests.books.examples import examples
from tests.books.letter_records import LetterRecord
from tests.books.letters import LONG_AGO
from tests.slow.any_sop import slow_judge_of
from tests.slow.judge import LetterJudged, StepJudged

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
QUICK = settings(max_examples=examples(150), suppress_health_check=SLOW)
FEW = settings(QUICK, max_examples=examples(25))
MEASURED = (Verdict.MET, Verdict.LATE, Verdict.ON_TRACK, Verdict.AT_RISK, Verdict.OVERDUE)
COMPARED = Flag.TAKEN_LATE | Flag.LATE_UNSTAMPED


def fast(told: list[LetterRecord], rules: Rules, sop: Sop, as_of: int | None) -> tuple[RequestFacts, StepFacts]:
    return judge(requests_of(told), passes_of(told, sop.places), pauses_of(told, sop.places), rules, as_of)


def maybe(value: np.int64) -> int | None:
    return None if value == MISSING else int(value)


def in_words(letter: LetterJudged) -> dict[str, Any]:
    whole = (letter.verdict, day_of(letter.judged_on), letter.ready_seconds, letter.needs_closing)
    return {"letter": whole, **{code: step_in_words(step) for code, step in letter.steps.items()}}


def step_in_words(step: StepJudged) -> tuple[object, ...]:
    start = (step.start_rule, seconds(step.started_at)) if step.verdict in MEASURED else ()
    numbers = (step.elapsed, seconds(step.due), day_of(step.belongs_on), step.paused, step.waiting)
    return step.verdict, step.reason, numbers, start, step.flags


def facts_in_words(letters: RequestFacts, steps: StepFacts, codes: tuple[str, ...]) -> dict[str, Any]:
    """The first letter of the facts in the same form."""
    verdict, ready = RequestVerdict.of(int(letters.verdict[0])), maybe(letters.ready_seconds[0])
    whole = (verdict, int(letters.judged_on[0]), ready, bool(letters.needs_closing[0]))
    return {"letter": whole, **{code: facts_of_step(steps, at) for at, code in enumerate(codes)}}


def facts_of_step(steps: StepFacts, row: int) -> tuple[object, ...]:
    verdict, start = Verdict.of(int(steps.verdict[row])), ()
    if verdict in MEASURED:
        start = (StartRule.of(int(steps.start_rule[row])), int(steps.started_at[row]))
    due = int(steps.due_at[row])
    numbers = (maybe(steps.elapsed[row]), due, int(steps.belongs_on[row]), int(steps.paused[row]))
    flags = Flag(int(steps.flags[row])) & COMPARED
    return verdict, Reason.of(int(steps.reason[row])), (*numbers, maybe(steps.waiting[row])), start, flags


@QUICK
@given(sop_scenes())
def test_the_judge_says_of_any_sop_what_a_slow_reading_of_the_definitions_says(scene: SopScene) -> None:
    slow = in_words(slow_judge_of(scene.record, scene.rules, scene.version, scene.as_of))
    as_of = None if scene.as_of is None else seconds(scene.as_of)
    facts = fast([scene.record], scene.rules, Sop((scene.version,)), as_of)
    quick = facts_in_words(*facts, scene.version.codes)
    assert {name: (slow[name], quick[name]) for name in slow if slow[name] != quick[name]} == {}


def codes_from(version: SopVersion, first: int) -> SopVersion:
    """The same version with its steps numbered from another number on."""
    new = {code: str(int(code) + first) for code in version.codes}
    steps = tuple(
        replace(
            step,
            code=new[step.code],
            follows=tuple(new[code] for code in step.follows),
            chosen_from=new.get(step.chosen_from, step.chosen_from),
        )
        for step in version.steps
    )
    return replace(version, steps=steps)


@FEW
@given(st.data(), st.integers(0, 4))
def test_each_letter_is_judged_by_the_steps_of_its_version(data: st.DataObject, first: int) -> None:
    old = data.draw(sop_versions(date(2020, 6, 1)))
    new = codes_from(data.draw(sop_versions(date(2026, 9, 8))), first)
    both, calendar = Sop((old, new)), calendars()[0]
    rules = rules_from(both, calendar, np.full(len(both.codes), LONG_AGO, dtype=np.int64))
    later = day_number(date(2026, 9, 8))
    for version in (old, new):
        told = data.draw(sop_letters(version))
        record = told if version is old else replace(told, received_on=date(2026, 9, 8), received_at=None)
        alone = Sop((version,))
        own = rules_from(alone, calendar, np.full(len(alone.codes), LONG_AGO, dtype=np.int64))
        assert (day_number(record.received_on) >= later) == (version is new)
        facts, expected = fast([record], rules, both, None), fast([record], own, alone, None)
        for one in fields(StepFacts):
            together = getattr(facts[1], one.name)[[both.places[code] for code in version.codes]]
            assert together.tolist() == getattr(expected[1], one.name).tolist(), one.name
        absent = [both.places[code] for code in both.codes if code not in version.codes]
        assert {*facts[1].verdict[absent].tolist()} <= {Verdict.NOT_APPLICABLE.code}
        assert [getattr(facts[0], one.name).tolist() for one in fields(RequestFacts)] == [
            getattr(expected[0], one.name).tolist() for one in fields(RequestFacts)
        ]


@FEW
@given(sop_scenes(), st.data())
def test_letters_are_judged_together_as_they_are_alone(scene: SopScene, data: st.DataObject) -> None:
    sop, as_of = Sop((scene.version,)), None if scene.as_of is None else seconds(scene.as_of)
    told = [scene.record, *data.draw(st.lists(sop_letters(scene.version), min_size=1, max_size=5))]
    together = fast(told, scene.rules, sop, as_of)[1]
    alone = [fast([one], scene.rules, sop, as_of)[1] for one in told]
    for one in fields(StepFacts):
        assert getattr(together, one.name).tolist() == np.concatenate([getattr(a, one.name) for a in alone]).tolist()


@FEW
@given(sop_scenes())
def test_an_open_letter_lies_only_at_steps_that_it_takes_and_has_not_finished(scene: SopScene) -> None:
    sop, as_of = Sop((scene.version,)), seconds(scene.as_of) if scene.as_of else 2_000_000_000
    told = [scene.record]
    own = np.array([not step.is_opd_time for step in scene.version.steps])
    where = places(requests_of(told), passes_of(told, sop.places), Receivers.none(), scene.rules, own, as_of)[0]
    steps = fast(told, scene.rules, sop, as_of)[1]
    lies = np.isin(where, (Place.HERE.code, Place.RETURNED.code))
    over = np.isin(steps.verdict, (Verdict.NOT_APPLICABLE.code, Verdict.MET.code, Verdict.SKIPPED.code))
    assert not (lies & over).any()


@FEW
@given(sop_versions())
def test_the_document_of_an_sop_says_all_of_it(version: SopVersion) -> None:
    assert parse_sop(to_document(version), "sop") == version
