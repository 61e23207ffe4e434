"""The judge against a slow, independent reading of the definitions, on letters with every fault that records have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.domain.frames import MISSING, RequestFacts, StepFacts
from etl.domain.judge import judge
from etl.domain.rules import Rules
from etl.domain.verdict import STEP_CODES, STEP_COUNT, Reason, RequestVerdict, Verdict
from tests.slow_judge import LetterJudged, StepJudged, Told, slow_judge
from tests.told_letters import Scene, day_of, looks, passes_of, pauses_of, requests_of, scenes, seconds, some_rules, told_letters

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
QUICK = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=SLOW)
FEW = settings(QUICK, max_examples=50)


def fast(told: Sequence[Told], rules: Rules, as_of: int | None) -> tuple[RequestFacts, StepFacts]:
    return judge(requests_of(told), passes_of(told), pauses_of(told), rules, as_of)


def at(moment: datetime | None) -> int | None:
    return None if moment is None else seconds(moment)


def in_words(letter: LetterJudged) -> dict[str, object]:
    """The slow judgement in the form of the facts, for comparison."""
    return {
        "letter": (letter.verdict, letter.ready_seconds, letter.needs_closing),
        **{code: _step_in_words(letter.steps[code]) for code in STEP_CODES},
    }


def _step_in_words(step: StepJudged) -> tuple[object, ...]:
    due = None if step.due is None else seconds(step.due)
    return step.verdict, step.reason, step.elapsed, due, day_of(step.belongs_on), step.paused, step.waiting


def facts_in_words(letters: RequestFacts, steps: StepFacts, row: int) -> dict[str, object]:
    """One letter of the facts in the same form."""
    verdict = RequestVerdict.of(int(letters.verdict[row]))
    said: dict[str, object] = {
        "letter": (verdict, _maybe(letters.ready_seconds[row]), bool(letters.needs_closing[row]))
    }
    for position, code in enumerate(STEP_CODES, start=row * STEP_COUNT):
        said[code] = (
            Verdict.of(int(steps.verdict[position])),
            Reason.of(int(steps.reason[position])),
            _maybe(steps.elapsed[position]),
            _maybe(steps.due_at[position]),
            int(steps.belongs_on[position]),
            int(steps.paused[position]),
            _maybe(steps.waiting[position]),
        )
    return said


def _maybe(value: np.int64) -> int | None:
    return None if value == MISSING else int(value)


def differences(scene: Scene) -> dict[str, tuple[object, object]]:
    """What the slow and the fast judgement say differently: slow first."""
    slow = in_words(slow_judge(scene.told, scene.rules, scene.as_of))
    quick = facts_in_words(*fast([scene.told], scene.rules, at(scene.as_of)), 0)
    return {name: (slow[name], quick[name]) for name in slow if slow[name] != quick[name]}


@QUICK
@given(scenes())
def test_the_judge_says_what_a_slow_reading_of_the_definitions_says(scene: Scene) -> None:
    assert differences(scene) == {}
