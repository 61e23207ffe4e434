"""A log measured gives the verdicts and seconds of a loop that walks the intervals of each day, one event at a time."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.domain.units import DAY
from etl.figures.measure import Measured, measure, rules_of
from tests.books.examples import examples

ROOT = Path(__file__).parents[2]
SOP = ROOT / "etl" / "reference" / "sop-2020-06.toml"
RULES = """
[calendar.holidays]
package = false
[[calendar.profile]]
name = "Perpres 21/2023"
source = "Perpres 21/2023 pasal 4"
from = 2020-01-01
hours = { mon-thu = ["07:30-12:00", "13:00-16:00"], fri = ["07:30-11:30", "13:00-16:30"] }
"""
LONG, SHORT = ((27_000, 43_200), (46_800, 57_600)), ((27_000, 41_400), (46_800, 59_400))
WIB = 7 * 3600
MONDAY = int(datetime(2026, 9, 7, tzinfo=UTC).timestamp()) - WIB
AS_OF = MONDAY + 60 * DAY
TARGETS = {"A2": 600, "A3": 300, "A4": 300, "A5": 3600}


def spans(moment: int) -> Iterator[tuple[int, int]]:
    """The open intervals from the day of a moment on."""
    day = (moment + WIB) // DAY
    while True:
        weekday = (day + 3) % 7
        for opening, closing in () if weekday > 4 else SHORT if weekday == 4 else LONG:
            yield day * DAY + opening - WIB, day * DAY + closing - WIB
        day += 1


def worked(start: int, end: int) -> int:
    total = 0
    for opening, closing in spans(start):
        if opening >= end:
            return total
        total += max(min(closing, end) - max(opening, start), 0)
    raise AssertionError


def due(start: int, left: int) -> int:
    for opening, closing in spans(start):
        here = max(closing - max(opening, start), 0)
        if here >= left:
            return max(opening, start) + left
        left -= here
    raise AssertionError


Case = Sequence[tuple[int, int | None]]
"""By step from A1 on: the seconds from the one before, and where the start lies in them (None: not recorded)."""


def slowly(cases: Sequence[Case]) -> dict[str, list[tuple[bool, int]]]:
    """By step whether it was in time, and its seconds."""
    found: dict[str, list[tuple[bool, int]]] = {code: [] for code in TARGETS}
    for offset, case in enumerate(cases):
        before = MONDAY + offset * 7_919 + case[0][0]
        for (code, target), (gap, start) in zip(TARGETS.items(), case[1:], strict=False):
            finish, begin = before + gap, before
            if start is not None and before + start <= due(before, target):
                begin = before + start
            seconds = worked(begin, finish)
            found[code].append((seconds <= target, seconds))
            before = finish
    return found


def text(moment: int, style: int) -> str:
    local = datetime.fromtimestamp(moment, UTC) + timedelta(seconds=WIB)
    forms = (f"{local:%Y-%m-%dT%H:%M:%S}.75+07:00", f"{local:%Y/%m/%d %H:%M:%S}", f"{local:%d-%m-%Y %H:%M:%S}")
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}" if style == 3 else forms[style]


def written(cases: Sequence[Case], seed: int, *, has_lives: bool) -> str:
    """The log with its rows in any order, a start and an end in one row or in two."""
    chance, rows = random.Random(seed), []  # noqa: S311 – an order of rows
    for offset, case in enumerate(cases):
        before = MONDAY + offset * 7_919
        for place, (gap, start) in enumerate(case):
            finish, code, style = before + gap, f"A{place + 1}", chance.randrange(4)
            begin = "" if start is None or not place else text(before + start, style)
            if has_lives and begin:
                rows.append(f"k{offset},{code},,{begin},start")
                begin = ""
            rows.append(f"k{offset},{code},{begin},{text(finish, style)},{'complete' if has_lives else ''}")
            before = finish
    chance.shuffle(rows)
    return "\n".join(["case,activity,start,time,lifecycle:transition", *rows])


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "rules.toml").write_text(RULES, encoding="utf-8")
        yield Path(name)


def measured(folder: Path, log: str) -> Measured:
    (folder / "log.csv").write_text(log, encoding="utf-8")
    book, names = rules_of([SOP], folder / "rules.toml", None, AS_OF)
    return measure(folder / "log.csv", book, names, AS_OF)


steps = st.integers(1, 20_000).flatmap(
    lambda gap: st.tuples(st.just(gap), st.none() | st.integers(0, gap) | st.integers(0, min(gap, 700)))
)


@given(
    cases=st.lists(st.lists(steps, min_size=1, max_size=5), min_size=1, max_size=12),
    seed=st.integers(0, 2**16),
    has_lives=st.booleans(),
)
@settings(max_examples=examples(40))
def test_a_log_has_the_verdicts_and_seconds_of_a_slow_loop(
    folder: Path, cases: list[Case], seed: int, has_lives: bool
) -> None:
    found = measured(folder, written(cases, seed, has_lives=has_lives))
    assert not found.needs_a_person
    assert found.cases == len(cases)
    told = {figure.step: figure for figure in found.steps}
    for code, expected in slowly(cases).items():
        figure = told[code]
        is_met = [in_time for in_time, _ in expected]
        assert (figure.met, figure.late) == (is_met.count(True), is_met.count(False)), code
        if len(expected) >= 5:
            values = np.percentile([seconds for _, seconds in expected], [50, 90])
            assert (figure.median_seconds, figure.p90_seconds) == pytest.approx(tuple(values))
