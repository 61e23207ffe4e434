"""Where open letters lie: against a slow walk along their stamps, and the cases that an office meets first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.domain.compliance.places import places
from etl.domain.compliance.rules import NEVER_RECORDED, Rules
from etl.domain.frames import MISSING
from etl.domain.units import day_number
from etl.domain.verdict import Place, RequestStatus
from etl.reference.steps import STEP_CODES, STEP_COUNT, STEP_INDEX
from tests.books import letters
from tests.books.drawn_letters import Scene, passes_of, receivers_of, requests_of, scenes, seconds
from tests.books.examples import examples
from tests.books.letter_records import LetterRecord, Pass
from tests.books.moments import JAKARTA
from tests.books.walked_letters import walked_scenes
from tests.slow.places import AGENCY, slow_places

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
QUICK = settings(max_examples=examples(150), suppress_health_check=SLOW)
OFFICE_STEPS = np.array([code not in AGENCY for code in STEP_CODES])
HERE, RETURNED, UNCLAIMED, UNDECIDED, OLD = list(Place)[1:]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


def quick_places(record: LetterRecord, rules: Rules, as_of: datetime) -> dict[str, Place]:
    frames = requests_of([record]), passes_of([record]), receivers_of([record])
    (row,) = places(*frames, rules, OFFICE_STEPS, seconds(as_of))
    return {STEP_CODES[step]: Place.of(int(row[step])) for step in np.flatnonzero(row)}


def is_there(scene: Scene) -> bool:
    """Received by then; a letter without a clock time is there all its day."""
    if scene.as_of is None:
        return False
    if scene.record.received_at is not None:
        return scene.record.received_at <= scene.as_of
    return scene.record.received_on <= scene.as_of.date()


NEW_DAYS = st.lists(st.sampled_from([None] * 6 + [MISSING, NEVER_RECORDED, 0, 1]), min_size=13, max_size=13)


def with_days(scene: Scene, days: list[int | None]) -> Rules:
    """The rules with steps recorded from the day of receipt, from the next, never, or of which nothing is known."""
    first, received = scene.rules.first_handover_on.copy(), day_number(scene.record.received_on)
    for step, day in enumerate(days):
        if day is not None:
            first[step] = received + day if day in (0, 1) else day
    return replace(scene.rules, first_handover_on=first)


@QUICK
@given(scenes(), NEW_DAYS)
def test_a_letter_lies_where_a_slow_look_at_its_stamps_says(scene: Scene, days: list[int | None]) -> None:
    if is_there(scene):
        rules = with_days(scene, days)
        assert quick_places(scene.record, rules, scene.as_of) == slow_places(scene.record, rules, scene.as_of)


@QUICK
@given(walked_scenes(), NEW_DAYS)
def test_a_letter_that_went_to_and_fro_lies_where_its_way_ended(scene: Scene, days: list[int | None]) -> None:
    if is_there(scene):
        rules = with_days(scene, days)
        quick, slow = (
            {step: place for step, place in look(scene.record, rules, scene.as_of).items() if step.startswith("A")}
            for look in (quick_places, slow_places)
        )
        assert quick == slow


RECEIVED = LetterRecord(received_on=at("2026-09-07 08:00").date())
"""Register only, with a date alone."""


def stamped(step: str, clock: str, **more: object) -> Pass:
    moment = at(f"2026-09-07 {clock}")
    return Pass(step, finished_on=moment.date(), finished_at=moment, is_done=True, **more)  # type: ignore[arg-type]


def recorded_from(**days: int) -> Rules:
    first = np.full(STEP_COUNT, MISSING, dtype=np.int64)
    for step, day in days.items():
        first[STEP_INDEX[step]] = day
    return letters.rules(first_handover_on=first)


TODAY = day_number(RECEIVED.received_on)
ASKED = replace(
    RECEIVED,
    status=RequestStatus.PENDING,
    booked=(at("2026-09-08 09:00"), at("2026-09-08 12:00")),
    passes=(stamped("A5", "08:10"),),
)
"""Handed on by the desk that approves, and not approved."""
SILENT = replace(ASKED, status=RequestStatus.UNKNOWN)
"""Of which the status says nothing: the finish of the approving step approves it."""


@pytest.mark.parametrize(
    ("record", "rules", "where"),
    [
        (RECEIVED, recorded_from(), {"A2": HERE}),
        (RECEIVED, recorded_from(A2=TODAY), {"A2": HERE}),
        (RECEIVED, recorded_from(A2=TODAY + 1), {"A2": OLD}),
        (RECEIVED, recorded_from(A2=NEVER_RECORDED), {"A2": UNCLAIMED}),
        (replace(RECEIVED, passes=(stamped("A2", "08:10"),)), recorded_from(), {"A3": HERE}),
        (replace(RECEIVED, passes=(stamped("A2", "08:10"),)), recorded_from(A3=TODAY + 1), {"A3": OLD}),
        (replace(RECEIVED, passes=(stamped("A2", "08:10", by_tap=True),)), recorded_from(A3=TODAY + 1), {"A3": HERE}),
        (
            replace(RECEIVED, passes=(stamped("A2", "08:10"), stamped("A3", "08:20", returned_to="A2"))),
            recorded_from(),
            {"A2": RETURNED},
        ),
        (
            replace(RECEIVED, passes=(stamped("A2", "08:10", returned_to="A1"),)),
            recorded_from(),
            {"A1": RETURNED, "A2": UNCLAIMED},
        ),
        (replace(RECEIVED, passes=(stamped("A8", "08:10"),)), recorded_from(), {}),
        (ASKED, recorded_from(), {"A5": UNDECIDED, "A6": HERE, "A7": HERE}),
        (replace(ASKED, passes=(*ASKED.passes, stamped("A8", "08:20"))), recorded_from(), {"A5": UNDECIDED}),
        (replace(ASKED, status=RequestStatus.APPROVED), recorded_from(), {"A6": HERE, "A7": HERE}),
        (
            replace(ASKED, booked=(at("2026-09-07 09:00"), at("2026-09-07 12:00"))),
            recorded_from(),
            {"A6": HERE, "A7": HERE},
        ),
        (replace(ASKED, passes=()), recorded_from(), {"A2": HERE}),
        (replace(ASKED, passes=(stamped("A8", "08:20"),)), recorded_from(), {"A5": UNDECIDED}),
        (replace(SILENT, passes=(stamped("A8", "08:20"),)), recorded_from(A5=TODAY), {"A5": UNDECIDED}),
        (replace(SILENT, passes=(stamped("A8", "08:20"),)), recorded_from(A5=TODAY + 1), {}),
        (replace(SILENT, passes=(stamped("A8", "08:20"),)), recorded_from(), {}),
        (replace(SILENT, passes=(stamped("A5", "08:10"), stamped("A8", "08:20"))), recorded_from(A5=TODAY), {}),
        (replace(RECEIVED, status=RequestStatus.REJECTED), recorded_from(), {}),
    ],
)
def test_the_first_letters_of_an_office(record: LetterRecord, rules: Rules, where: dict[str, Place]) -> None:
    assert quick_places(record, rules, at("2026-09-07 09:00")) == where
    assert slow_places(record, rules, at("2026-09-07 09:00")) == where


def test_part_a_stays_until_the_event_ends_and_without_one_ten_working_days() -> None:
    booked = replace(RECEIVED, booked=(at("2026-09-08 09:00"), at("2026-09-08 12:00")))
    told = [quick_places(booked, recorded_from(), at(f"2026-09-08 {clock}")) for clock in ("09:30", "11:59", "12:00")]
    assert told == [{"A2": HERE}, {"A2": HERE}, {}]
    ends = [quick_places(RECEIVED, recorded_from(), at(moment)) for moment in ("2026-09-21 15:59", "2026-09-21 16:00")]
    assert ends == [{"A2": HERE}, {}]
