"""The judge on letters that were sent to and fro: against a slow walk along their stamps, and what must hold alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.domain.compliance.judge import judge
from etl.domain.compliance.rules import Rules
from etl.domain.frames import MISSING, RequestFacts, StepFacts
from etl.domain.verdict import Flag, Reason, RequestVerdict, Verdict
from etl.reference.steps import STEP_COUNT, STEP_INDEX
from tests.books.drawn_letters import (
    Scene,
    day_of,
    passes_of,
    pauses_of,
    receivers_of,
    requests_of,
    seconds,
    some_rules,
)
from tests.books.examples import examples
from tests.books.letter_records import LetterRecord, Pass, moments
from tests.books.walked_letters import MONDAY, PART_A, walked_records, walked_scenes
from tests.slow.clock import SlowClock
from tests.slow.course import slow_course

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
QUICK = settings(max_examples=examples(60), suppress_health_check=SLOW)
FEW = settings(QUICK, max_examples=examples(12))
RUNNING = (Verdict.ON_TRACK, Verdict.AT_RISK, Verdict.OVERDUE)
MEASURED = (Verdict.MET, Verdict.LATE, *RUNNING)
SECOND = timedelta(seconds=1)

Words = dict[str, tuple[object, ...]]


def fast(records: Sequence[LetterRecord], rules: Rules, as_of: datetime | None) -> tuple[RequestFacts, StepFacts]:
    moment = None if as_of is None else seconds(as_of)
    return judge(requests_of(records), passes_of(records), pauses_of(records), rules, moment, receivers_of(records))


def fast_in_words(letters: RequestFacts, steps: StepFacts, row: int = 0) -> Words:
    """One letter of the facts: the letter, and the steps of part A with their numbers where they were measured."""
    words: Words = {
        "letter": (
            RequestVerdict.of(int(letters.verdict[row])),
            int(letters.judged_on[row]),
            int(letters.ready_seconds[row]),
        )
    }
    for step in PART_A:
        at = row * STEP_COUNT + STEP_INDEX[step]
        verdict, day = Verdict.of(int(steps.verdict[at])), int(steps.belongs_on[at])
        numbers = (int(steps.elapsed[at]), int(steps.due_at[at]), int(steps.paused[at]))
        flags = Flag(int(steps.flags[at])) & (Flag.TAKEN_LATE | Flag.LATE_UNSTAMPED)
        words[step] = verdict, Reason.of(int(steps.reason[at])), numbers if verdict in MEASURED else (), day, flags
    return words


def slow_in_words(scene: Scene) -> Words:
    """The slow judgement in the same form."""
    letter = slow_course(scene.record, scene.rules, scene.as_of)
    ready = MISSING if letter.ready_seconds is None else letter.ready_seconds
    words: Words = {"letter": (letter.verdict, day_of(letter.judged_on), ready)}
    for step in PART_A:
        said = letter.steps[step]
        numbers = (said.elapsed, seconds(said.due), said.paused) if said.verdict in MEASURED else ()
        flags = said.flags & (Flag.TAKEN_LATE | Flag.LATE_UNSTAMPED)
        words[step] = said.verdict, said.reason, numbers, day_of(said.belongs_on), flags
    return words


def differences(scene: Scene) -> dict[str, tuple[object, object]]:
    """What the slow walk and the judge say differently: slow first."""
    slow, quick = slow_in_words(scene), fast_in_words(*fast([scene.record], scene.rules, scene.as_of))
    return {name: (slow[name], quick[name]) for name in slow if slow[name] != quick[name]}


@QUICK
@given(walked_scenes())
def test_the_judge_says_what_following_the_letter_from_desk_to_desk_says(scene: Scene) -> None:
    assert differences(scene) == {}


# The due moment shown holds


def own_moments(record: LetterRecord, step: str) -> Iterator[datetime]:
    """What may move the due moment of a running step: its own stamps and pauses, a return to it, a receiver."""
    for one in record.passes:
        if one.step == step:
            yield from (moment for moment in (one.started_at, one.finished_at) if moment)
        if one.finished_at and (one.returned_to == step or one.receivers):
            yield one.finished_at
        yield from (at for _, _, at in one.receivers if at)
    for pause in record.pauses:
        if pause.step == step:
            yield from (moment for moment in (pause.started_at, pause.ended_at) if moment)


def seen(scene: Scene, step: str, as_of: datetime) -> tuple[Verdict, int]:
    """Verdict and due moment of a step as a screen shows them at a moment."""
    _, steps = fast([scene.record], scene.rules, as_of)
    return Verdict.of(int(steps.verdict[STEP_INDEX[step]])), int(steps.due_at[STEP_INDEX[step]])


@QUICK
@given(walked_scenes(), st.sampled_from(PART_A[1:]), st.data())
def test_only_its_own_desk_a_return_to_it_or_a_further_receiver_moves_the_due_moment_of_a_running_step(
    scene: Scene, step: str, data: st.DataObject
) -> None:
    begin = scene.record.received_at
    assert begin is not None
    looks = sorted({begin, *(m for m in moments(scene.record) if m >= begin)})
    own = set(own_moments(scene.record, step))
    place = data.draw(st.integers(0, len(looks) - 1))
    shown = seen(scene, step, looks[place])
    for look in looks[place + 1 :]:
        if look in own or shown[0] not in RUNNING:
            break
        later = seen(scene, step, look)
        if later[0] in RUNNING:
            assert later[1] == shown[1]


def is_spent_after(scene: Scene, step: str, due: int, finish: datetime) -> bool:
    """Working time outside the step's pauses lies between the due moment and the finish."""
    clock = SlowClock(scene.rules.calendar)
    pauses = [(p.started_at, p.ended_at or finish) for p in scene.record.pauses if p.step == step]
    spans = clock.spans(datetime.fromtimestamp(due, clock.zone), finish, is_plain=False)
    return clock.count(spans, pauses) > 0


@QUICK
@given(walked_scenes(), st.data())
def test_a_pass_that_ends_at_or_before_the_due_moment_last_shown_is_met_and_after_it_late(
    scene: Scene, data: st.DataObject
) -> None:
    finished = [one for one in scene.record.passes if one.finished_at]
    if not finished:
        return
    one = data.draw(st.sampled_from(finished))
    assert one.finished_at is not None
    first = min([one.finished_at, *(at for _, _, at in one.receivers if at)])
    verdict, due = seen(scene, one.step, first - SECOND)
    if verdict not in RUNNING or due == MISSING:
        return
    after = seen(scene, one.step, first)[0]
    if is_spent_after(scene, one.step, due, first):
        assert after is Verdict.LATE
    elif one.returned_to is None:
        assert after is Verdict.MET
    else:
        assert after in (Verdict.MET, Verdict.NOT_STARTED, Verdict.UNMEASURABLE)


# What lies ahead, and company


def without_future(record: LetterRecord, as_of: datetime) -> LetterRecord:
    """The letter as it stood in the book at a moment; which pass ended in a return is known of every row."""

    def before(moment: datetime | None) -> datetime | None:
        return moment if moment is not None and moment <= as_of else None

    ended, began = before(record.ended_at), before(record.began_at)
    return replace(
        record,
        status=record.status if ended or record.ended_at is None else type(record.status).APPROVED,
        ended_at=ended,
        began_at=began,
        passes=tuple(row for row in (_known(one, as_of) for one in record.passes) if row),
        pauses=tuple(replace(p, ended_at=before(p.ended_at)) for p in record.pauses if p.started_at <= as_of),
    )


def _known(one: Pass, as_of: datetime) -> Pass | None:
    """A pass as it was written at a moment: its hand-overs until then are its finish."""
    receivers = tuple(to for to in one.receivers if to[2] and to[2] <= as_of)
    ends = [at for *_, at in receivers if at] + [m for m in (one.finished_at,) if m and m <= as_of]
    if one.started_at and one.started_at > as_of:
        one = replace(one, started_on=None, started_at=None)
    if ends:
        return replace(one, finished_on=max(ends).date(), finished_at=max(ends), receivers=receivers)
    one = replace(one, finished_on=None, finished_at=None, is_done=False, receivers=(), returned_to=None)
    return one if one.started_on else None


@FEW
@given(walked_scenes())
def test_what_lies_after_as_of_does_not_matter(scene: Scene) -> None:
    if scene.as_of is not None:
        past = fast([without_future(scene.record, scene.as_of)], scene.rules, scene.as_of)
        assert fast_in_words(*past) == fast_in_words(*fast([scene.record], scene.rules, scene.as_of))


@FEW
@given(st.lists(walked_records(), min_size=2, max_size=6), some_rules(MONDAY), st.integers(0, 5000))
def test_many_letters_in_one_frame_are_judged_like_each_alone(
    records: list[LetterRecord], rules: Rules, minutes: int
) -> None:
    as_of = max(record.received_at for record in records if record.received_at) + timedelta(minutes=minutes)
    letters, steps = fast(records, rules, as_of)
    for row, record in enumerate(records):
        assert fast_in_words(letters, steps, row) == fast_in_words(*fast([record], rules, as_of))
