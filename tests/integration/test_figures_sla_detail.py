"""What stands beside the shares: order, waiting, agencies, the event, the control chart, each counted by hand as well;
and every count of the page leads to exactly the letters that it counts."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from math import sqrt
from typing import Any
from urllib.parse import urlsplit

import pytest

from dashboard.access.accounts import Account
from dashboard.access.roles import Role
from dashboard.components import read_query
from dashboard.pages.compliance import control
from dashboard.pages.compliance.background import compare_panel, lateness_panel
from dashboard.pages.compliance.control import control_body, of_month
from dashboard.pages.compliance.detail import agencies_panel, coverage_table, order_panel, roles_panel
from dashboard.pages.compliance.headlines import letters_panel
from dashboard.pages.compliance.months import heat_panel
from dashboard.pages.compliance.table import standards_table
from dashboard.pages.requests.filter import read_filter, steps_listed
from dashboard.pages.requests.filter import requests_page as listed
from dashboard.pages.shared.months import month_of
from etl.domain.compliance.judge import judge
from etl.domain.frames import MISSING, RequestFacts, StepFacts
from etl.domain.statistics import wilson, xmr
from etl.domain.units import day_number
from etl.domain.verdict import Flag, RequestStatus, RequestVerdict, StartRule, Verdict
from etl.figures.compliance import evidence
from etl.figures.compliance.definitions import MEASURED, Figure
from etl.figures.compliance.evidence import Reference, Why, rows_behind, why
from etl.figures.compliance.reading import (
    Comparison,
    ControlChart,
    ControlPoint,
    SlaDetail,
    comparison,
    comparisons,
    control_chart,
    decider,
    largest,
    lateness,
    roles,
    sla_detail,
    sla_document,
)
from etl.figures.compliance.steps import SlaFigures, sla_figures
from etl.figures.facilities.checks import B5, b5_of
from etl.figures.filter import Period, SlaFilter
from etl.judging.build_facts import to_passes, to_pauses, to_requests
from etl.reference.steps import STEP_CODES
from tests.offices.many_letters import Letters, SmallOffice, invented, publish, small_office

AS_OF = "2026-06-24T10:00:00"
FILTERS = (
    SlaFilter(Period(date(2026, 1, 1), date(2026, 6, 30))),
    SlaFilter(Period(date(2026, 5, 4), date(2026, 6, 24)), opd="Dinas Kesehatan"),
    SlaFilter(Period(date(2025, 7, 1), date(2026, 6, 30)), room="Smart Center", steps=("A",)),
)
JUDGED = ("MET", "LATE", "OVERDUE")
Row = dict[str, Any]


@dataclass(frozen=True)
class World:
    """An office, the moment, and all letters received by then, judged afresh, as plain values."""

    office: SmallOffice
    at: int
    letters: list[Row]
    steps: list[Row]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Six hundred invented letters of two years, some of their steps begun before the one they follow was finished."""
    office = small_office(tmp_path_factory.mktemp("mart"))
    rows = with_early_starts(invented(600, office.calendar, seed=11))
    rows.requests["opd_name"] = office.opd_names.canonical(rows.requests["opd_name"])
    publish(office, rows)
    at = int(datetime.fromisoformat(AS_OF).replace(tzinfo=office.zone).timestamp())
    return World(office, at, *everything(office, rows, at))


def with_early_starts(rows: Letters) -> Letters:
    passes = rows.passes.copy()
    some = (passes.index % 23 == 0) & (passes["started_at"] != MISSING)
    passes.loc[some, "started_at"] -= 14 * 86_400
    passes.loc[some, "started_on"] -= 14
    return Letters(rows.requests, passes, rows.pauses)


def everything(office: SmallOffice, rows: Letters, at: int) -> tuple[list[Row], list[Row]]:
    requests, ids = rows.requests, rows.requests["request_id"].to_numpy()
    frames = (
        to_requests(requests.drop(columns="true_received_at"), office.calendar),
        to_passes(rows.passes, ids),
        to_pauses(rows.pauses, ids),
    )
    facts = judge(*frames, office.rules(), at)
    today = day_number(datetime.fromtimestamp(at, office.zone).date())
    letters, steps = [], []
    for place, row in enumerate(requests.to_dict("records")):
        received = row["received_at"]
        if (received > at) if received != MISSING else (row["received_on"] > today):
            continue
        letters.append(letter(row, facts[0], place, at))
        steps += [step(row, facts[1], place * 13 + index, index) for index in range(13)]
    return letters, steps


def known(value: Any) -> int | None:
    return None if value == MISSING else int(value)


def letter(row: Row, facts: RequestFacts, place: int, at: int) -> Row:
    start = known(row["booked_start_at"])
    return {
        "id": row["request_id"],
        "opd": row["opd_name"],
        "room": row["room_name"],
        "received_on": row["received_on"],
        "verdict": RequestVerdict.of(facts.verdict[place]),
        "ready_on": known(facts.ready_on[place]),
        "ready_at": known(facts.ready_at[place]),
        "booked_on": known(row["booked_start_on"]),
        "booked_at": start,
        "may_begin": start is not None and start <= at and row["status"] != RequestStatus.REJECTED.code,
    }


def step(row: Row, facts: StepFacts, at: int, index: int) -> Row:
    return {
        "id": row["request_id"],
        "opd": row["opd_name"],
        "room": row["room_name"],
        "step": STEP_CODES[index],
        "verdict": Verdict.of(facts.verdict[at]).value,
        "rule": StartRule.of(facts.start_rule[at]),
        "waiting": known(facts.waiting[at]),
        "elapsed": known(facts.elapsed[at]),
        "target": known(facts.target[at]),
        "day": int(facts.belongs_on[at]),
        "flags": int(facts.flags[at]),
    }


def mine(rows: list[Row], asked: SlaFilter) -> list[Row]:
    """The rows of the agency and room asked for."""
    return [r for r in rows if asked.opd in (None, r["opd"]) and asked.room in (None, r["room"])]


def of_period(rows: list[Row], asked: SlaFilter, period: Period) -> list[Row]:
    first, last = day_number(period.first), day_number(period.last)
    return [r for r in mine(rows, asked) if first <= r["day"] <= last and r["step"] in (asked.steps or STEP_CODES)]


@pytest.fixture(scope="module", params=FILTERS, ids=["half a year", "an agency", "part A of a room"])
def asked(request: pytest.FixtureRequest) -> SlaFilter:
    return request.param


@pytest.fixture(scope="module")
def figures(world: World, asked: SlaFilter) -> SlaFigures:
    return sla_figures(world.office, asked, world.at)


@pytest.fixture(scope="module")
def detail(world: World, asked: SlaFilter) -> SlaDetail:
    return sla_detail(world.office, asked, world.at)


def test_the_order_of_the_steps_is_counted_in_letters(world: World, figures: SlaFigures, detail: SlaDetail) -> None:
    rows = of_period(world.steps, figures.filter, figures.filter.period)
    skipped = {r["id"] for r in rows if r["verdict"] == "SKIPPED"}
    early = {r["id"] for r in rows if r["flags"] & Flag.OUT_OF_ORDER}
    repeated = {r["id"] for r in rows if r["flags"] & Flag.RETURNED}
    order = detail.order
    assert (order.skipped, order.out_of_order, order.repeated) == (len(skipped), len(early), len(repeated))
    assert order.letters == len(skipped | early | repeated)
    assert min(order.skipped, order.out_of_order, order.repeated) > 0


def test_the_longest_passes_of_each_step_are_named(world: World, figures: SlaFigures, asked: SlaFilter) -> None:
    """Of equal ones the letter that came first; nothing is named of a step that nobody finished."""
    numbers = world.office.mart.read().tuples("SELECT request_id, year, agenda_number FROM request_fact")
    named = {letter: (year, number) for letter, year, number in numbers}
    found = evidence.longest_passes(world.office, figures, 4)
    assert set(found) == {step.step for step in figures.steps}
    for code, passes in found.items():
        finished = [
            row
            for row in of_period(world.steps, figures.filter, asked.period)
            if row["step"] == code and row["verdict"] in ("MET", "LATE", "NO_TARGET") and row["elapsed"] is not None
        ]
        finished.sort(key=lambda row: (-row["elapsed"], row["id"]))
        wanted = [(*named[row["id"]], row["elapsed"]) for row in finished[:4]]
        assert [(one.year, one.agenda_number, one.seconds) for one in passes] == wanted, code
    assert max(map(len, found.values())) == 4


def test_waiting_and_work_are_summed_where_both_stamps_exist(
    world: World, figures: SlaFigures, detail: SlaDetail
) -> None:
    wanted: dict[str, list[int]] = {}
    for r in of_period(world.steps, figures.filter, figures.filter.period):
        if r["verdict"] in ("MET", "LATE") and r["rule"] is StartRule.RECORDED and r["waiting"] is not None:
            sums = wanted.setdefault(r["step"], [0, 0, 0])
            for at, value in enumerate((1, r["waiting"], r["elapsed"])):
                sums[at] += value
    assert {w.step: [w.n, w.waiting_seconds, w.working_seconds] for w in detail.waits} == wanted
    assert wanted


def test_agencies_have_the_office_s_steps_and_their_own_apart(
    world: World, figures: SlaFigures, detail: SlaDetail
) -> None:
    rows = of_period(world.steps, figures.filter, figures.filter.period)
    assert {one.opd for one in detail.agencies} <= {r["opd"] for r in rows}
    for one in detail.agencies:
        its = [r for r in rows if r["opd"] == one.opd]
        office = [r for r in its if r["step"] not in ("A1", "B1")]
        own = [r for r in its if r["step"] in ("A1", "B1")]
        count = Counter(r["verdict"] for r in office)
        n = sum(count[v] for v in JUDGED)
        assert (one.n, one.met, one.late) == (n, count["MET"], count["LATE"] + count["OVERDUE"])
        assert one.own_n == sum(r["verdict"] in JUDGED for r in own)
        assert one.own_met == sum(r["verdict"] == "MET" for r in own)
        assert one.over_seconds == sum(
            r["elapsed"] - r["target"] for r in office if r["verdict"] in ("LATE", "OVERDUE")
        )
        assert one.coverage == pytest.approx(n / (n + count["UNMEASURABLE"] + count["SKIPPED"]))
    assert sum(one.n for one in detail.agencies) == figures.all_steps.n


def ready_by_hand(world: World, asked: SlaFilter, period: Period) -> Counter[str]:
    first, last = day_number(period.first), day_number(period.last)
    found: Counter[str] = Counter()
    for r in mine(world.letters, asked):
        if r["ready_on"] is None:
            found["unrecorded"] += r["may_begin"] and first <= r["booked_on"] <= last
        elif first <= r["ready_on"] <= last:
            found[against_event(r)] += 1
    return found


def against_event(r: Row) -> str:
    if r["booked_on"] is None:
        return "unbooked"
    if r["ready_at"] is not None and r["booked_at"] is not None:
        return "before" if r["ready_at"] < r["booked_at"] else "after"
    if r["ready_on"] == r["booked_on"]:
        return "unknown"
    return "before" if r["ready_on"] < r["booked_on"] else "after"


def test_letters_are_ready_before_their_event_or_not(world: World, figures: SlaFigures) -> None:
    for period, found in (
        (figures.filter.period, figures.ready),
        (figures.previous_period, figures.previous_ready),
    ):
        wanted = ready_by_hand(world, figures.filter, period)
        for name in ("before", "after", "unknown", "unbooked", "unrecorded"):
            assert getattr(found, name) == wanted[name], name
        assert found.n == wanted["before"] + wanted["after"]


def newcombe_by_hand(a: int, n: int, b: int, m: int) -> tuple[float, float]:
    """The square-and-add interval as the paper writes it."""

    def wilson(x: int, size: int) -> tuple[float, float]:
        z, p = 1.959963984540054, x / size
        middle, spread = p + z * z / (2 * size), z * sqrt(p * (1 - p) / size + z * z / (4 * size * size))
        return (middle - spread) / (1 + z * z / size), (middle + spread) / (1 + z * z / size)

    (l1, u1), (l2, u2), p, q = wilson(a, n), wilson(b, m), a / n, b / m
    return p - q - sqrt((p - l1) ** 2 + (u2 - q) ** 2), p - q + sqrt((u1 - p) ** 2 + (q - l2) ** 2)


def test_the_period_before_is_counted_and_compared_step_by_step(world: World, figures: SlaFigures) -> None:
    rows = {one.what: one for one in comparisons(figures)}
    earlier = of_period(world.steps, figures.filter, figures.previous_period)
    for code in (one.step for one in figures.steps if one.target_seconds):
        count = Counter(r["verdict"] for r in earlier if r["step"] == code)
        assert (rows[code].earlier_part, rows[code].earlier_n) == (count["MET"], sum(count[v] for v in JUDGED))
    for one in rows.values():
        if one.n and one.earlier_n:
            interval = newcombe_by_hand(one.part, one.n, one.earlier_part, one.earlier_n)
            assert one.interval == pytest.approx(interval, abs=1e-12)
            assert one.is_within_chance is (interval[0] <= 0 <= interval[1])
        else:
            assert (one.difference, one.interval, one.is_within_chance) == (None, None, None)


def test_lateness_runs_up_to_the_whole_and_roles_hold_their_steps(world: World, figures: SlaFigures) -> None:
    parts = lateness(figures)
    assert [one.over_seconds for one in parts] == sorted((one.over_seconds for one in parts), reverse=True)
    assert parts[-1].cumulative == 1
    assert parts[0].cumulative == parts[0].share
    by_role = roles(figures, world.office.sop.current())
    assert sum(one.n for one in by_role) == sum(one.n for one in figures.steps)
    kabid = next(one for one in by_role if one.role == "kabid")
    assert (kabid.steps, kabid.n) == (("A5",), next(one.n for one in figures.steps if one.step == "A5"))


def _decided_by_hand(rows: list[Row], n: dict[str, int]) -> tuple[str, dict[int, tuple[str | None, float | None]]]:
    """The largest source of lateness, and by letter that decides it what is said without it: each taken out in turn."""
    over = [(r["id"], r["step"], r["elapsed"] - r["target"]) for r in rows if r["verdict"] in ("LATE", "OVERDUE")]

    def first(left: list[tuple[int, str, int]]) -> tuple[str | None, float | None, int]:
        seconds = Counter[str]()
        for _, code, over_by in left:
            seconds[code] += over_by
        sums = {code: seconds[code] for code in n if n[code] >= 5}
        top = max(sums, key=lambda code: (sums[code], -STEP_CODES.index(code)), default=None)
        whole = sum(s for *_, s in left)
        return (top, sums[top] / whole, sums[top]) if top and sums[top] else (None, None, 0)

    worst, _, whole = first(over)
    deciding = {}
    for letter in {one[0] for one in over}:
        then = first([one for one in over if one[0] != letter])
        own = sum(s for i, code, s in over if i == letter and code == worst)
        if own and (then[0] != worst or own * 2 > whole):
            deciding[letter] = then[:2]
    return worst or "", deciding


def test_the_letter_that_decides_the_largest_source_of_lateness_is_named(world: World) -> None:
    outcomes = Counter[bool]()
    for start, days in product(range(0, 480, 30), (12, 240)):
        day = date(2024, 9, 1) + timedelta(days=start)
        period = Period(day, day + timedelta(days=days))
        found = sla_figures(world.office, SlaFilter(period), world.at)
        office_steps = found.office_steps
        rows = [r for r in of_period(world.steps, found.filter, period) if r["step"] in office_steps]
        n = {code: sum(r["step"] == code and r["verdict"] in JUDGED for r in rows) for code in office_steps}
        worst, deciding = _decided_by_hand(rows, n)
        told, top = decider(world.office, found), largest(found)
        assert (top.step if top else "") == worst
        assert (told is None) == (not deciding), day
        outcomes[told is None] += 1
        if told is not None:
            over = {
                i: sum(r["elapsed"] - r["target"] for r in rows if (r["id"], r["step"]) == (i, worst)) for i in deciding
            }
            assert told.over_seconds == max(over.values())
            same = [said for i, said in deciding.items() if over[i] == told.over_seconds]
            assert (told.step, pytest.approx(told.share) if told.share else None) in same
    assert min(outcomes[True], outcomes[False]) >= 3, outcomes


@pytest.mark.parametrize("code", ["A4", "B3"])
def test_a_control_chart_has_the_monthly_medians_of_two_years(world: World, asked: SlaFilter, code: str) -> None:
    chart = control_chart(world.office, asked, world.at, code)
    found = sla_figures(world.office, asked, world.at).filter
    groups: dict[str, list[int]] = {}
    for r in mine(world.steps, found):
        if r["step"] == code and r["verdict"] in ("MET", "LATE") and r["elapsed"] is not None:
            month = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=r["day"])).strftime("%Y-%m")
            groups.setdefault(month, []).append(r["elapsed"])
    wanted = {
        m: (len(v), statistics.median(v)) for m, v in groups.items() if len(v) >= 5 and "2024-07" <= m <= "2026-06"
    }
    assert {p.month: (p.n, p.median_seconds) for p in chart.points} == wanted
    assert chart.few == sum(len(v) < 5 for m, v in groups.items() if "2024-07" <= m <= "2026-06")
    assert (chart.centre is not None) == (len(wanted) >= 6)


def test_the_document_says_the_same(world: World, figures: SlaFigures, detail: SlaDetail, asked: SlaFilter) -> None:
    document = sla_document(world.office, asked, world.at)
    assert document["ready_before_event"]["n"] == figures.ready.n
    assert document["sequence"]["requests"]["letters"] == detail.order.letters
    assert [one["what"] for one in document["comparison"]][-3:] == ["all", "requests", "ready"]
    assert document["by_opd"][0]["opd"] == detail.agencies[0].opd
    assert len(document["by_role"]) == len(roles(figures, world.office.sop.current()))


def counted_links(part: Any) -> Iterator[tuple[int, str]]:
    """Every link of a layout whose words begin with a count, with its address."""
    if isinstance(part, list | tuple):
        for one in part:
            yield from counted_links(one)
    elif hasattr(part, "to_plotly_json"):
        words = getattr(part, "children", None)
        if type(part).__name__ == "Link":
            count = re.match(r"([\d.]+)(?!\d|%| j)", words) if isinstance(words, str) and "%" not in words else None
            if count and part.href.startswith("/permohonan"):
                yield int(count[1].replace(".", "")), part.href
        else:
            yield from counted_links(words)


def cells_of_the_heat_map(part: Any, found: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The number judged, from the words over a cell, with the cell's address."""
    if isinstance(part, list | tuple):
        for one in part:
            cells_of_the_heat_map(one, found)
    elif hasattr(part, "to_plotly_json"):
        words = getattr(part, "children", None)
        if type(part).__name__ == "Td" and isinstance(words, list):
            found.append((int(re.findall(r"[\d.]+", part.title)[1].replace(".", "")), words[0].href))
        cells_of_the_heat_map(words, found)
    return found


def test_every_count_leads_to_exactly_the_letters_that_it_counts(
    world: World, figures: SlaFigures, detail: SlaDetail
) -> None:
    """Every link of half a year; of an agency and of a room, whose links differ only in that, every third."""
    sop = world.office.sop.current()
    panels = [
        standards_table(figures, sop, {}, b5_of(())), letters_panel(figures), compare_panel(figures, sop),
        lateness_panel(figures, sop, detail.waits), order_panel(figures, sop, detail.order),
        roles_panel(figures, sop), agencies_panel(figures, detail.agencies), coverage_table(figures, sop),
    ]  # fmt: skip
    links = {address: count for count, address in counted_links(panels)}
    cells = cells_of_the_heat_map(heat_panel(figures, sop), [])
    assert len(links) > 50
    assert len(cells) > 12
    links |= {address: count for count, address in cells[:: max(len(cells) // 12, 1)]}
    every = 1 if figures.filter == FILTERS[0] else 3
    wrong = [(address, count) for address, count in [*links.items()][::every] if count not in behind(world, address)]
    assert wrong == []


def test_the_result_of_b5_is_told_with_its_n_and_leads_to_the_sessions(world: World, figures: SlaFigures) -> None:
    sop, is_shown = world.office.sop.current(), any(one.step == "B5" for one in figures.steps)
    told = str(standards_table(figures, sop, {}, B5(40, 36, 19, 19 / 36, wilson(19, 36), 0.9)))
    assert ("Kondisi baik 52,8%: 19 dari 36 pemakaian yang dicek" in told) is is_shown
    assert ("/sarpras?dari=" in told) is is_shown
    without = str(standards_table(figures, sop, {}, b5_of(())))
    assert ("Belum ada pemakaian yang dicek" in without) is is_shown


def behind(world: World, address: str) -> set[int]:
    """How many letters the list at that address has, and how many steps it says that they were counted by."""
    today = datetime.fromtimestamp(world.at, world.office.zone).date()
    asked = read_filter(read_query(urlsplit(address).query), today)
    rows, _ = listed(world.office, asked, world.at, Account(1, "kadin", Role.KADIN, None, 1))
    steps = steps_listed(world.office, asked, world.at, None)
    return {int(rows.attrs["total"])} | ({steps} if steps is not None else set())


def test_some_steps_are_past_their_limit_and_some_cannot_be_measured(world: World) -> None:
    assert {"OVERDUE", "UNMEASURABLE"} <= {row["verdict"] for row in world.steps}


def explained(world: World, figure: Figure, asked: SlaFilter, of: str = "all") -> Why:
    return why(world.office, Reference(figure, asked, of), world.at)


@pytest.fixture
def long_pages(asked: SlaFilter, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows of a part stand on one page; those of an agency on pages as long as the reader has them."""
    if asked.opd is None:
        monkeypatch.setattr(evidence, "ROWS", 10_000)


def all_rows(world: World, found: Why, part: str) -> list[Row]:
    """Every page of a part."""
    known_part = found.part(part)
    pages = range(1, -(-known_part.n // evidence.ROWS) + 1) if known_part else ()
    frames = (rows_behind(world.office, found.reference, part, page, world.at) for page in pages)
    return [row for frame in frames for row in frame.to_dict("records")]


@pytest.mark.usefixtures("long_pages")
def test_the_listed_rows_give_both_bounds_of_every_step(world: World, figures: SlaFigures, asked: SlaFilter) -> None:
    for one in (*figures.steps, figures.all_steps):
        found = explained(world, Figure.BOUNDS, asked, one.step)
        verdicts = [Verdict.of(r["verdict"]).value for p in found.parts for r in all_rows(world, found, p.name)]
        count = Counter(verdicts)
        judged, unknown = sum(count[v] for v in JUDGED), count["UNMEASURABLE"] + count["SKIPPED"]
        wanted = (count["MET"] / (judged + unknown), (count["MET"] + unknown) / (judged + unknown)) if judged else None
        assert found.bounds == wanted
        assert one.bounds == (pytest.approx(wanted) if wanted else None), one.step


def test_the_listed_rows_give_waiting_and_work(world: World, detail: SlaDetail, asked: SlaFilter) -> None:
    assert detail.waits
    for one in detail.waits:
        found = explained(world, Figure.WAITING, asked, one.step)
        rows = all_rows(world, found, "wait.waiting")
        assert (len(rows), sum(r["waiting_seconds"] for r in rows), sum(r["elapsed_seconds"] for r in rows)) == (
            one.n, one.waiting_seconds, one.working_seconds
        )  # fmt: skip
        assert (found.numerator, found.denominator) == (one.waiting_seconds, one.waiting_seconds + one.working_seconds)
        others = all_rows(world, found, "wait.unknown")
        assert not any(row["start_rule"] == StartRule.RECORDED.code and row["waiting_seconds"] for row in others)


@pytest.mark.usefixtures("long_pages")
def test_the_coverage_of_roles_and_agencies_is_counted_from_their_rows(
    world: World, figures: SlaFigures, detail: SlaDetail, asked: SlaFilter
) -> None:
    sop = world.office.sop.current()
    told = [(",".join(one.steps), asked, one.coverage, one.over_seconds) for one in roles(figures, sop)]
    told += [("all", replace(asked, opd=one.opd), one.coverage, one.over_seconds) for one in detail.agencies]
    for steps, its, coverage, over_seconds in told:
        if not {"A1", "B1"}.intersection(steps.split(",")):
            assert explained(world, Figure.LATENESS, its, steps).numerator == over_seconds
        found = explained(world, Figure.COVERAGE, its, steps)
        rows = [Verdict.of(r["verdict"]).value for p in found.parts if p.counts_below
                for r in all_rows(world, found, p.name)]  # fmt: skip
        judged = sum(verdict in JUDGED for verdict in rows)
        assert coverage == (pytest.approx(judged / len(rows)) if rows else None)
        assert found.value == coverage


def test_both_sides_of_every_comparison_are_counted_from_their_rows(world: World, figures: SlaFigures) -> None:
    """The shares of the explanation are counted by statements of their own; the page's are those of the trend."""
    asked = figures.filter
    for one in comparisons(figures):
        kinds = {"requests": Figure.REQUESTS, "ready": Figure.EVENT}
        of = one.what if one.what not in kinds else "all"
        sides = [
            explained(world, kinds.get(one.what, Figure.SHARE), replace(asked, period=period), of)
            for period in (asked.period, figures.previous_period)
        ]
        counted = [(side.numerator, side.denominator) for side in sides]
        assert counted == [(one.part, one.n), (one.earlier_part, one.earlier_n)], one.what
        again: Comparison = comparison(one.what, *counted[0], *counted[1])
        assert (again.difference, again.interval) == (one.difference, one.interval)


@pytest.mark.usefixtures("long_pages")
def test_every_point_of_the_charts_is_counted_from_its_months_rows(
    world: World, figures: SlaFigures, asked: SlaFilter
) -> None:
    for point in figures.trend["all"]:
        found = explained(world, Figure.SHARE, replace(asked, period=month_of(point.month)))
        assert (found.numerator, found.denominator) == (point.met, point.n), point.month
    chart = control_chart(world.office, asked, world.at, "A4")
    assert chart.points
    for one in chart.points:
        found = explained(world, Figure.MEDIAN, of_month(asked, one.month), "A4")
        lengths = [row["elapsed_seconds"] for row in all_rows(world, found, MEASURED)]
        assert (len(lengths), statistics.median(lengths)) == (one.n, one.median_seconds)
        assert found.value == one.median_seconds
    for month, n in chart.left_out:
        assert explained(world, Figure.MEDIAN, of_month(asked, month), "A4").denominator == n < 5


@pytest.mark.parametrize(("last", "is_slow"), [(60, False), (6_000, True)])
def test_only_a_step_that_became_slower_is_drawn_as_an_alarm(
    world: World, monkeypatch: pytest.MonkeyPatch, last: int, is_slow: bool
) -> None:
    medians = [1_200, 1_230, 1_200, 1_230, 1_200, 1_230, 1_200, 1_230, last]
    limits = xmr(medians)
    assert limits is not None
    points = tuple(
        ControlPoint(f"2026-{month:02}", 9, float(seconds), bool(limits.is_beyond[month - 1]), is_run=False)
        for month, seconds in enumerate(medians, 1)
    )
    chart = ControlChart("A4", points, (), limits.centre, limits.lower, limits.upper)
    monkeypatch.setattr(control, "control_chart", lambda *_: chart)
    drawn = control_body(world.office, {}, world.at, date(2026, 9, 30))  # type: ignore[arg-type]
    looks = re.findall(r"p-plot-mark is-(\w+)( is-signal)?", str(drawn))
    assert looks[0] == ("good", "")
    assert looks[-1] == ("late" if is_slow else "good", " is-signal")
    assert ("exclamation-diamond-fill" in str(drawn), "(lebih cepat)" in str(drawn)) == (is_slow, not is_slow)
