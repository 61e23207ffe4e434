"""The list of letters against a count by loops over every step of every letter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.mart import Change
from data_access.mart.requests import Order
from etl.domain.compliance.rules import rules_from
from etl.domain.statistics import FEWEST_FOR_PERCENTILE
from etl.domain.units import day_number
from etl.domain.verdict import Flag, RequestVerdict, Verdict
from etl.figures.compliance.definitions import FINISHED_WORDS
from etl.figures.compliance.evidence import letters_of_few
from etl.figures.compliance.steps import sla_figures
from etl.figures.filter import Period, SlaFilter
from etl.figures.live import LiveFacts, step_facts_at
from etl.figures.requests.work_list import (
    LATE_VERDICTS,
    SORTED_BY,
    OfFigure,
    request_list,
    steps_behind,
    steps_in_hand,
)
from etl.reference.steps import STEP_CODES
from tests.books.examples import examples
from tests.offices.many_letters import FIRST, SmallOffice, doubted, first_handovers, invented, judged, small_office

COUNT = 700
MOMENTS = (datetime(2024, 12, 24, 10), datetime(2026, 3, 2, 9, 30), datetime(2026, 12, 31, 8))  # noqa: DTZ001 – local
DOUBTS = {
    Flag.EXTRA_PASS: 0.02, Flag.OUT_OF_ORDER: 0.3, Flag.ENTERED_LATE: 0.6, Flag.EQUAL_STAMPS: 0.1,
    Flag.SWAPPED_DATE: 0.001, Flag.SLIPPED_DAY: 0.9,
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What is asked of the list."""

    figure: OfFigure | None
    filters: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> SmallOffice:
    """Letters of two years, many of whose steps carry a flag; at the earlier moments some can still change."""
    office = small_office(tmp_path_factory.mktemp("mart"))
    letters = invented(COUNT, office.calendar, seed=9)
    first = first_handovers(letters)
    frames = judged(office, letters, rules_from(office.sop, office.calendar, first), doubted(COUNT, DOUBTS))
    office.mart.publish(Change(frames, is_full=True, first_handovers=tuple(first.tolist())), 1, "rules", built_at=0)
    return office


def _periods() -> st.SearchStrategy[Period]:
    start, length = st.integers(0, 760), st.sampled_from([0, 1, 6, 30, 180, 365, 3_000])
    return st.builds(lambda day, days: Period(FIRST + timedelta(day), FIRST + timedelta(day + days)), start, length)


def _figures() -> st.SearchStrategy[OfFigure]:
    verdicts = st.lists(st.sampled_from(list(Verdict)), max_size=4, unique=True)
    steps = st.lists(st.sampled_from(STEP_CODES), max_size=5, unique=True)
    flags = st.none() | st.sampled_from([flag for flag in Flag if flag])
    return st.builds(
        lambda period, steps, verdicts, flag: OfFigure(period, tuple(steps), tuple(verdicts), flag),
        _periods(), steps, verdicts, flags,
    )  # fmt: skip


ASKED = st.builds(
    Told,
    st.none() | _figures(),
    st.fixed_dictionaries(
        {},
        optional={
            "opd": st.sampled_from(["Dinas Kesehatan", "Kecamatan Panggul", "Dinas Lain"]),
            "room": st.just("Smart Center"),
            "search": st.sampled_from(["rapat", "BIMBINGAN kesehatan", "2025/03", "tidak ada"]),
            "status": st.sampled_from(["late", "running"]),
            "step": st.sampled_from(STEP_CODES),
            "needs_closing": st.booleans(),
            "received": _periods(),
            "holder": st.sampled_from(["kadin", "kasi_litik", "opd"]),
            "least_over": st.sampled_from([1, 600, 7_200]),
            "order": st.builds(Order, st.sampled_from(SORTED_BY), st.booleans()),
        },
    ),
)


@given(asked=ASKED, moment=st.sampled_from(MOMENTS), page=st.sampled_from([0, 1, 5]))
@settings(max_examples=examples(75))
def test_every_combination_of_filters_lists_what_the_steps_one_by_one_say(
    office: SmallOffice, asked: Told, moment: datetime, page: int
) -> None:
    as_of = int(moment.replace(tzinfo=office.zone).timestamp())
    expected = [one["id"] for one in _ordered([one for one in _slowly(office, as_of) if _fits(one, asked)], asked)]
    found = request_list(office, as_of, **asked.filters, of_figure=asked.figure, limit=20, offset=page * 20)
    assert found["request_id"].tolist() == expected[page * 20 : page * 20 + 20]
    assert found.attrs["total"] == (len(expected) if len(found) else 0)
    if asked.figure is not None:
        own = {name: asked.filters.get(name) for name in ("opd", "room")}
        counted = sum(
            _is_wanted(step, asked.figure)
            for one in _slowly(office, as_of) if _is_of(one, own) for step in one["steps"]
        )  # fmt: skip
        assert steps_behind(office, as_of, asked.figure, **own) == counted


@pytest.mark.parametrize("opd", [None, "Dinas Kesehatan"])
def test_letters_behind_few_durations_are_the_newest_of_the_list(office: SmallOffice, opd: str | None) -> None:
    as_of = int(MOMENTS[1].replace(tzinfo=office.zone).timestamp())
    lengths = set[int]()
    for first in range(370, 460, 6):
        period = Period(FIRST + timedelta(first), FIRST + timedelta(first + 2))
        few = letters_of_few(office, sla_figures(office, SlaFilter(period, opd), as_of))
        for step, letters in few.items():
            figure = OfFigure(period, (step,), FINISHED_WORDS)
            listed = request_list(office, as_of, opd=opd, of_figure=figure, limit=FEWEST_FOR_PERCENTILE - 1)
            assert letters == list(zip(listed["year"], listed["agenda_number"], strict=True))
            lengths.add(len(letters))
    assert {1, 2} <= lengths


@pytest.mark.parametrize("moment", MOMENTS)
def test_each_row_says_what_its_steps_say(office: SmallOffice, moment: datetime) -> None:
    as_of = int(moment.replace(tzinfo=office.zone).timestamp())
    shown = {row.request_id: row for row in request_list(office, as_of).itertuples()}
    expected = {one["id"]: one for one in _slowly(office, as_of)}
    assert shown.keys() == expected.keys()
    for number, row in shown.items():
        told = expected[number]
        assert row.late_steps == told["late"]
        assert (row.at_step if told["at"] else "") == ", ".join(told["at"])
        assert row.needs_closing == told["needs_closing"]


def _slowly(office: SmallOffice, as_of: int) -> list[dict[str, Any]]:
    """Every letter received by then, newest first, with its steps as dictionaries."""
    mart = office.mart.read()
    return mart.remember(("slowly", as_of), lambda: _letters(office, step_facts_at(office, as_of, mart)))


def _letters(office: SmallOffice, live: LiveFacts) -> list[dict[str, Any]]:
    mart = office.mart.read()
    requests = mart.rows("SELECT * FROM request_fact")
    stored: dict[int, list[dict[str, Any]]] = {}
    for step in mart.rows("SELECT * FROM step_fact ORDER BY step"):
        stored.setdefault(step["request_id"], []).append(step)
    runs = steps_in_hand(office, live, mart)
    fresh: dict[int, tuple[list[dict[str, Any]], list[str], dict[str, Any]]] = {}
    for at, number in enumerate(live.request_ids.tolist()):
        at_step = [code for index, code in enumerate(STEP_CODES) if runs[at, index]]
        (judged_now,) = live.request_table.slice(at, 1).to_pylist()
        fresh[number] = live.step_table.slice(at * 13, 13).to_pylist(), at_step, judged_now
    found = []
    for row in requests:
        number = row["request_id"]
        if number in fresh:
            steps, at_step, judged_now = fresh[number]
            found.append(_letter({**row, **judged_now}, steps, at_step, is_live=True))
        elif row["settled_at"] <= live.settled_by:
            found.append(_letter(row, stored[number], _stuck(stored[number])))
    return sorted(found, key=lambda one: one["order"], reverse=True)


def _stuck(steps: list[dict[str, Any]]) -> list[str]:
    """Where a letter got stuck that nobody closed."""
    return [
        STEP_CODES[step["step"]]
        for step in steps
        if step["verdict"] == Verdict.OVERDUE.code and step["flags"] & Flag.NEEDS_CLOSING
    ]


def _letter(
    row: dict[str, Any], steps: list[dict[str, Any]], at_step: list[str], *, is_live: bool = False
) -> dict[str, Any]:
    words = (f"{row['year']}/{row['agenda_number']}", row["opd"], row["subject"], row["activity"], row["letter_number"])
    late = (step for step in steps if step["verdict"] in LATE_VERDICTS and STEP_CODES[step["step"]] not in ("A1", "B1"))
    return {
        **{name: row[name] for name in ("opd", "room", "received_on", "needs_closing")},
        "id": row["request_id"],
        "order": (row["received_on"], row["received_at"] is not None, row["received_at"] or 0, row["request_id"]),
        "text": " ".join(word for word in words if word is not None).lower(),
        "outcome": row["ready_verdict"],
        "late": len(list(late)),
        "at": at_step,
        "steps": steps,
        "row": row,
        "running": [steps[STEP_CODES.index(code)] for code in at_step] if is_live else [],
    }


def _ordered(letters: list[dict[str, Any]], asked: Told) -> list[dict[str, Any]]:
    """The letters in the order asked for, those that have nothing there last."""
    order = asked.filters.get("order")
    if order is None:
        return letters
    for place in reversed(range(len(_keys(letters[0], order.column, asked))) if letters else ()):
        values = [(_keys(one, order.column, asked)[place], one) for one in letters]
        known = [pair for pair in values if pair[0] is not None]
        known.sort(key=lambda pair: pair[0], reverse=order.is_descending)
        letters = [one for _, one in known] + [one for value, one in values if value is None]
    return letters


def _keys(one: dict[str, Any], column: str, asked: Told) -> list[Any]:
    """What a letter is ordered by."""
    row, timed = one["row"], [step for step in one["running"] if step["verdict"] in _TIMED]
    keys: dict[str, list[Any]] = {
        "agenda": [row["year"], len(row["agenda_number"]), row["agenda_number"]],
        "received": [row["received_on"], row["received_at"]],
        "opd": [row["opd"]],
        "activity": [row["subject"] if row["activity"] is None else row["activity"]],
        "room": [row["room"]],
        "event": [row["booked_start_on"], row["booked_start_at"]],
        "position": [min(map(STEP_CODES.index, one["at"]), default=None)],
        "due": [min((step["due_at"] for step in timed if step["due_at"] is not None), default=None)],
        "verdict": [_rank(one)],
        "over": [_over(one, asked) or None],
        "took": [_took(one, asked)],
    }
    return keys[column]


_WORST_FIRST = ("OVERDUE", "AT_RISK", "ON_TRACK", "UNMEASURABLE")
_TIMED = [Verdict(word).code for word in _WORST_FIRST[:3]]


def _rank(one: dict[str, Any]) -> int:
    """The worst running step goes before what is said of the letter as a whole."""
    verdicts = [Verdict.of(step["verdict"]).value for step in one["running"]]
    places = [_WORST_FIRST.index(word) for word in verdicts if word in _WORST_FIRST]
    outcome = RequestVerdict.of(one["outcome"])
    return min(places, default=10 + ["late", "running", "unknown", "on_time"].index(outcome.value))


def _measured(one: dict[str, Any], asked: Told) -> list[dict[str, Any]]:
    steps = asked.figure.steps if asked.figure and asked.figure.steps else set(STEP_CODES) - {"A1", "B1"}
    return [step for step in one["steps"] if STEP_CODES[step["step"]] in steps]


def _over(one: dict[str, Any], asked: Told) -> int:
    """By how much the worst of the steps asked for went over its target."""
    known = [
        step["elapsed_seconds"] - step["target_seconds"]
        for step in _measured(one, asked)
        if step["elapsed_seconds"] is not None and step["target_seconds"] is not None
    ]
    return max([0, *known])


def _took(one: dict[str, Any], asked: Told) -> int | None:
    measured = _measured(one, asked)
    return measured[0]["elapsed_seconds"] if len(measured) == 1 else one["row"]["ready_seconds"]


def _fits(one: dict[str, Any], asked: Told) -> bool:
    filters = asked.filters
    status = {
        "late": one["late"] > 0,
        "running": one["outcome"] == RequestVerdict.RUNNING.code,
    }
    period = filters.get("received")
    return all(
        (
            _is_of(one, filters),
            status.get(filters.get("status", ""), True),
            filters.get("step", "A1") in one["at"] or "step" not in filters,
            bool(_HELD.get(filters.get("holder", ""), set(one["at"])) & set(one["at"])) or "holder" not in filters,
            _over(one, asked) >= filters.get("least_over", 0),
            filters.get("needs_closing", one["needs_closing"]) == one["needs_closing"],
            all(word.lower() in one["text"] for word in filters.get("search", "").split()),
            period is None or day_number(period.first) <= one["received_on"] <= day_number(period.last),
            asked.figure is None or any(_is_wanted(step, asked.figure) for step in one["steps"]),
        )
    )


_HELD = {"kadin": {"A4"}, "kasi_litik": {"A6", "B2"}, "opd": {"A1", "B1"}}


def _is_of(one: dict[str, Any], names: dict[str, Any]) -> bool:
    return all(names.get(name) in (None, one[name]) for name in ("opd", "room"))


def _is_wanted(step: dict[str, Any], figure: OfFigure) -> bool:
    verdicts = {verdict.code for verdict in figure.verdicts}
    flag = figure.flag or Flag.NONE
    return (
        day_number(figure.period.first) <= step["belongs_on"] <= day_number(figure.period.last)
        and (not verdicts or step["verdict"] in verdicts)
        and (not figure.steps or STEP_CODES[step["step"]] in figure.steps)
        and step["flags"] & flag == flag
    )
