"""Compliance figures: the mart's answer equals a count by hand over every fact judged at the moment."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from math import sqrt

import numpy as np
import pytest

from etl.domain.compliance.judge import judge
from etl.domain.frames import MISSING, RequestFacts, StepFacts
from etl.domain.units import day_number
from etl.domain.verdict import Flag, Reason, RequestVerdict, StartRule, Verdict
from etl.figures.compliance.definitions import ALL_STEPS
from etl.figures.compliance.steps import SlaFigures, sla_figures, sla_json
from etl.figures.filter import FilterError, Period, SlaFilter
from etl.figures.live import step_facts_at
from etl.judging.build_facts import to_passes, to_pauses, to_requests
from etl.reference.steps import STEP_CODES
from tests.offices.many_letters import Letters, SmallOffice, invented, publish, small_office
from tests.reading.refusals import says

HALF_YEAR = Period(date(2026, 1, 1), date(2026, 6, 30))
JUDGED = ("MET", "LATE", "OVERDUE")
COUNTED = ("met", "late", "overdue", "on_track", "at_risk", "not_started", "skipped", "not_applicable", "no_target")


@dataclass(frozen=True)
class Fact:
    """One step of one letter at the moment, in words."""

    step: str
    opd: str
    room: str | None
    verdict: str
    reason: str
    rule: str
    elapsed: int | None
    target: int | None
    handover: int | None
    day: int
    flags: int


@dataclass(frozen=True)
class World:
    """An office, the letters in it, and the counts by hand already made."""

    office: SmallOffice
    letters: Letters
    known: dict[int, tuple[list[Fact], list[dict[str, object]]]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A thousand invented letters of two years."""
    office = small_office(tmp_path_factory.mktemp("mart"))
    letters = invented(1000, office.calendar, seed=7)
    publish(office, letters)
    return World(office, letters)


def moment(office: SmallOffice, text: str) -> int:
    """UTC second of an office time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=office.zone).timestamp())


def everything(world: World, as_of: int) -> tuple[list[Fact], list[dict[str, object]]]:
    """All letters received by as-of judged afresh, nothing stored, as plain Python values."""
    office, requests = world.office, world.letters.requests
    ids = requests["request_id"].to_numpy()
    frames = (
        to_requests(requests.drop(columns="true_received_at"), office.calendar),
        to_passes(world.letters.passes, ids),
        to_pauses(world.letters.pauses, ids),
    )
    letters, steps = judge(*frames, office.rules(), as_of)
    today = day_number(datetime.fromtimestamp(as_of, office.zone).date())
    facts, rows = [], []
    for place, row in enumerate(requests.to_dict("records")):
        at = row["received_at"]
        if (at > as_of) if at != MISSING else (row["received_on"] > today):
            continue
        marks = steps.flags[place * 13 : place * 13 + 13].tolist()
        rows.append(_letter(row, letters, place) | {"is_taken_late": any(bits & Flag.TAKEN_LATE for bits in marks)})
        facts += [_fact(row, steps, place * 13 + step, step) for step in range(13)]
    return facts, rows


def _known(value: np.int64) -> int | None:
    return None if value == MISSING else int(value)


def _fact(row: dict[str, object], steps: StepFacts, at: int, step: int) -> Fact:
    return Fact(
        STEP_CODES[step],
        str(row["opd_name"]),
        row["room_name"],  # type: ignore[arg-type]
        Verdict.of(steps.verdict[at]).value,
        Reason.of(steps.reason[at]).value,
        StartRule.of(steps.start_rule[at]).value,
        _known(steps.elapsed[at]),
        _known(steps.target[at]),
        _known(steps.handover[at]),
        int(steps.belongs_on[at]),
        int(steps.flags[at]),
    )


def _letter(row: dict[str, object], letters: RequestFacts, place: int) -> dict[str, object]:
    return {
        "opd": row["opd_name"],
        "room": row["room_name"],
        "received_on": row["received_on"],
        "verdict": RequestVerdict.of(letters.verdict[place]),
        "judged_on": _known(letters.judged_on[place]),
        "ready_on": _known(letters.ready_on[place]),
        "ready_seconds": _known(letters.ready_seconds[place]),
    }


def wilson_by_hand(successes: int, n: int) -> tuple[float, float] | None:
    """The score interval as the textbook writes it."""
    if n == 0:
        return None
    z, p = 1.959963984540054, successes / n
    middle = p + z * z / (2 * n)
    spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n)


def by_hand(facts: list[Fact]) -> dict[str, object]:
    """One row of the table from the facts that belong to it."""
    n = {name: sum(fact.verdict == name.upper() for fact in facts) for name in COUNTED}
    judged = [fact for fact in facts if fact.verdict in JUDGED]
    unknown = [fact for fact in facts if fact.verdict == "UNMEASURABLE"]
    rest = len(unknown) + n["skipped"]
    whole = [fact for fact in judged if fact.handover is not None and fact.target is not None]
    over = [fact.elapsed - fact.target for fact in judged if fact.verdict in ("LATE", "OVERDUE")]  # type: ignore[operator]
    lengths = [f.elapsed for f in facts if f.verdict in ("MET", "LATE", "NO_TARGET") and f.elapsed is not None]
    enough = len(lengths) >= 5
    tenths = statistics.quantiles(lengths, n=10, method="inclusive") if enough else [None] * 9
    return {
        **n,
        "n": len(judged),
        "unmeasurable": {r: c for r in {f.reason for f in unknown} if (c := sum(f.reason == r for f in unknown))},
        "share": n["met"] / len(judged) if judged else None,
        "interval": wilson_by_hand(n["met"], len(judged)),
        "bounds": (n["met"] / (len(judged) + rest), (n["met"] + rest) / (len(judged) + rest)) if judged else None,
        "coverage": len(judged) / (len(judged) + rest) if judged or rest else None,
        "median_seconds": statistics.median(lengths) if enough else None,
        "p10_seconds": tenths[0],
        "p90_seconds": tenths[8],
        "recorded_starts": sum(fact.rule == "recorded" for fact in judged),
        "handover_starts": sum(fact.rule == "handover" for fact in judged),
        "handover_n": len(whole),
        "handover_share": sum(f.handover <= f.target for f in whole) / len(whole) if whole else None,  # type: ignore[operator]
        "over_seconds": sum(over),
        "without_flagged": _without(judged, Flag.TAKEN_LATE | Flag.LATE_UNSTAMPED)
        | {
            "by_flag": {
                name: _without(judged, flag)
                for name, flag in (("taken_late", Flag.TAKEN_LATE), ("late_unstamped", Flag.LATE_UNSTAMPED))
                if any(fact.flags & flag for fact in facts)
            }
        },
        "out_of_order": sum(bool(fact.flags & Flag.OUT_OF_ORDER) for fact in facts),
        "returned": sum(bool(fact.flags & Flag.RETURNED) for fact in facts),
    }


def _without(judged: list[Fact], flags: int) -> dict[str, object]:
    """What is left of the judged facts without those that carry one of the flags."""
    left = [fact.verdict for fact in judged if not fact.flags & flags]
    met = left.count("MET")
    return {"n": len(left), "met": met, "share": met / len(left) if len(left) >= 5 else None}


def same(found: object, wanted: dict[str, object]) -> None:
    """Every field equal, shares and seconds to the last few bits."""
    for name, value in wanted.items():
        close = value if value is None or isinstance(value, dict) else pytest.approx(value, rel=1e-12)
        assert getattr(found, name) == close, name


MOMENTS = ("2025-03-10T09:30:00", "2026-06-24T10:00:00", "2026-06-30T23:59:59", "2027-06-01T12:00:00")
FILTERS = (
    SlaFilter(HALF_YEAR),
    SlaFilter(Period(date(2025, 2, 3), date(2025, 4, 17)), opd="Dinkes"),
    SlaFilter(Period(date(2024, 7, 1), date(2026, 6, 30)), room="SC", steps=("A4", "A5", "B")),
    SlaFilter(Period(date(2026, 6, 24), date(2026, 6, 24))),
    SlaFilter(HALF_YEAR, without=("taken_late",)),
)


@pytest.mark.parametrize("as_of", MOMENTS)
@pytest.mark.parametrize("asked", FILTERS)
def test_the_figures_equal_a_count_by_hand_over_every_fact(world: World, asked: SlaFilter, as_of: str) -> None:
    at = moment(world.office, as_of)
    found = sla_figures(world.office, asked, at)
    if at not in world.known:
        world.known[at] = everything(world, at)
    facts, letters = world.known[at]
    opd, room = found.filter.opd, found.filter.room
    first, last = day_number(asked.period.first), day_number(asked.period.last)
    shown = found.filter.steps or STEP_CODES
    facts = [f for f in facts if (opd is None or f.opd == opd) and (room is None or f.room == room)]
    facts = [f for f in facts if f.step in shown and not (asked.without and f.flags & Flag.TAKEN_LATE)]
    letters = [row for row in letters if not (asked.without and row["is_taken_late"])]
    inside = [f for f in facts if first <= f.day <= last]

    assert [figure.step for figure in found.steps] == list(shown)
    for figure in found.steps:
        same(figure, by_hand([f for f in inside if f.step == figure.step]))
    same(found.all_steps, by_hand([f for f in inside if f.step not in ("A1", "B1")]))
    _same_trend(found, facts)
    _same_letters(found, letters, first, last)
    _same_previous(found, facts)


def _same_trend(found: SlaFigures, facts: list[Fact]) -> None:
    judged, met = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for fact in facts:
        month = date.fromordinal(719_163 + fact.day).isoformat()[:7]
        rows = (fact.step,) if fact.step in ("A1", "B1") else (fact.step, ALL_STEPS)
        judged.update((row, month) for row in rows if fact.verdict in JUDGED)
        met.update((row, month) for row in rows if fact.verdict == "MET")
    for code, points in found.trend.items():
        assert len(points) == 12
        assert [(p.n, p.met) for p in points] == [(judged[code, p.month], met[code, p.month]) for p in points]


def _same_letters(found: SlaFigures, letters: list[dict[str, object]], first: int, last: int) -> None:
    asked, figure = found.filter, found.requests
    mine = [r for r in letters if asked.opd in (None, r["opd"]) and asked.room in (None, r["room"])]
    ready = [r for r in mine if r["ready_on"] is not None and first <= r["ready_on"] <= last]  # type: ignore[operator]
    received = [r for r in mine if first <= r["received_on"] <= last]  # type: ignore[operator]
    spent = [r["ready_seconds"] for r in ready if r["ready_seconds"] is not None]
    judged = [r for r in mine if r["judged_on"] is not None and first <= r["judged_on"] <= last]  # type: ignore[operator]
    counts = {word: sum(r["verdict"] is word for r in judged) for word in RequestVerdict}
    assert figure.on_time == counts[RequestVerdict.ON_TIME]
    assert figure.late == counts[RequestVerdict.LATE]
    assert figure.unknown == counts[RequestVerdict.UNKNOWN]
    assert figure.n == figure.on_time + figure.late
    whole = figure.n + figure.unknown
    assert figure.coverage == (figure.n / whole if whole else None)
    ends = (figure.on_time / whole, (figure.on_time + figure.unknown) / whole) if figure.n else None
    assert figure.bounds == ends
    assert figure.running == sum(r["verdict"] is RequestVerdict.RUNNING for r in received)
    assert figure.received == len(received)
    assert figure.ready_n == len(spent)
    assert figure.ready_median_seconds == (statistics.median(spent) if len(spent) >= 5 else None)  # type: ignore[type-var]


def _same_previous(found: SlaFigures, facts: list[Fact]) -> None:
    before = found.previous_period
    first, last = day_number(before.first), day_number(before.last)
    mine = by_hand([f for f in facts if first <= f.day <= last and f.step not in ("A1", "B1")])
    figure = found.previous_all_steps
    assert (figure.n if figure else 0, figure.share if figure else None) == (mine["n"], mine["share"])


def test_some_letters_are_judged_again_and_some_of_their_steps_run(world: World) -> None:
    live = step_facts_at(world.office, moment(world.office, MOMENTS[1]))
    assert len(live) >= 5
    assert {Verdict.of(code) for code in live.steps.verdict} >= {Verdict.MET, Verdict.LATE, Verdict.OVERDUE}


def test_letters_that_settle_during_a_day_count_the_same_stored_or_judged_again(world: World) -> None:
    office = world.office
    end, after = moment(office, "2026-03-12T06:59:59"), moment(office, "2026-03-12T07:00:00")
    assert step_facts_at(office, end).settled_by < step_facts_at(office, after).settled_by
    one, two = (sla_figures(office, SlaFilter(HALF_YEAR), at) for at in (end, after))
    assert one.steps == two.steps
    assert one.requests == two.requests


def test_the_targets_come_from_the_sop_and_the_whole_from_its_critical_path(world: World) -> None:
    found = sla_figures(world.office, SlaFilter(HALF_YEAR), moment(world.office, MOMENTS[1]))
    assert [step.target_seconds for step in found.steps[:5]] == [300, 600, 300, 300, 3600]
    assert found.steps[-1].target_seconds is None
    assert (found.requests.ready_target_seconds, found.requests.ready_series_seconds) == (12_000, 15_600)


def test_a_period_without_anything_has_no_shares(world: World) -> None:
    found = sla_figures(world.office, SlaFilter(Period(date(2021, 1, 1), date(2021, 1, 31))), 0)
    assert found.all_steps.n == 0
    assert (found.all_steps.share, found.all_steps.interval, found.all_steps.bounds) == (None, None, None)
    assert (found.all_steps.coverage, found.requests.share, found.previous_all_steps) == (None, None, None)


def test_an_unknown_agency_is_refused_with_what_is_near(world: World) -> None:
    with pytest.raises(FilterError, check=says(r'OPD "Dinas Kesehatn" tidak ada.*yang mirip: "Dinas Kesehatan"')):
        sla_figures(world.office, SlaFilter(HALF_YEAR, opd="Dinas Kesehatn"), 0)


def test_an_unknown_room_is_refused(world: World) -> None:
    with pytest.raises(FilterError, check=says('Ruang "Gudang" tidak ada')):
        sla_figures(world.office, SlaFilter(HALF_YEAR, room="Gudang"), 0)


def test_the_document_has_the_promised_keys_in_order(world: World) -> None:
    at = moment(world.office, MOMENTS[1])
    document = sla_json(world.office, sla_figures(world.office, SlaFilter(HALF_YEAR), at))
    assert list(document)[:8] == ["as_of", "from", "to", "filters", "sop", "steps", "all_steps", "requests"]
    assert document["as_of"] == "2026-06-24T10:00:00+07:00"
    assert (document["from"], document["to"]) == ("2026-01-01", "2026-06-30")
    assert list(document["steps"][0])[:20] == [
        "step", "actor", "target_seconds", "n", "met", "late", "overdue", "on_track", "at_risk", "not_started",
        "skipped", "not_applicable", "no_target", "unmeasurable", "share", "interval", "bounds", "coverage",
        "median_seconds", "p90_seconds",
    ]  # fmt: skip
    assert list(document["steps"][0]) == list(document["all_steps"])
    assert list(document["requests"])[:7] == ["n", "on_time", "late", "unknown", "running", "share", "interval"]
