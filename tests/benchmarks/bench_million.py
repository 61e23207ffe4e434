"""The questions of the compliance page and the list of letters at a million letters of ten years: 13 M facts."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dashboard.pages.requests.filter import PAGE_SIZE
from data_access.mart import Change
from data_access.mart.requests import Order
from etl.domain.compliance.rules import Rules, rules_from
from etl.domain.frames import Ints
from etl.domain.verdict import Flag, Verdict
from etl.figures.compliance.reading import control_chart, sla_detail
from etl.figures.compliance.steps import sla_figures
from etl.figures.filter import Period, SlaFilter
from etl.figures.requests.work_list import SORTED_BY, OfFigure, request_list, steps_behind
from etl.reference.steps import STEP_CODES
from tests.offices.many_letters import (
    OPD,
    Letters,
    SmallOffice,
    doubted,
    first_handovers,
    invented,
    judged,
    small_office,
)

LETTERS, YEARS = 1_000_000, tuple(range(2020, 2030))
AGENCIES = 40
ONE_YEAR = Period(date(2028, 1, 1), date(2028, 12, 31))
TEN_YEARS = Period(date(2020, 1, 1), date(2029, 12, 31))
ROUNDS = 5
DOUBTS = {Flag.OUT_OF_ORDER: 0.03, Flag.ENTERED_LATE: 0.4}
"""Flags and the share of the steps that carry them: of ten letters three are out of order, nearly all entered late."""


def run(letters: int = LETTERS) -> dict[str, float]:
    """Milliseconds by question and period: `first` is the wall clock of the first ask on an open mart, `again` the
    median of later moments of the same day, as a page that is reloaded, `cpu` the processor time of the first ask."""
    with tempfile.TemporaryDirectory() as folder:
        office = small_office(Path(folder))
        built = time.process_time()
        publish_by_years(office, letters // len(YEARS))
        found = {"letters": float(letters), "build_cpu_seconds": time.process_time() - built}
        return found | measured(office)


def measured(office: SmallOffice) -> dict[str, float]:
    """All questions, each on a mart that has answered nothing yet."""
    at = int(datetime(2029, 12, 31, 10, tzinfo=office.zone).timestamp())
    found: dict[str, float] = {}
    for name, period in (("one_year", ONE_YEAR), ("ten_years", TEN_YEARS)):
        for what, ask in (_questions(office, SlaFilter(period)) | _lists(office, period, at)).items():
            office.mart.read()._memory.clear()
            sla_figures(office, SlaFilter(Period(date(2026, 3, 1), date(2026, 3, 1))), at)  # the live letters are read
            found |= {f"{name}_{what}_{key}": value for key, value in _times(ask, at).items()}
    return found | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _questions(office: SmallOffice, asked: SlaFilter) -> dict[str, Callable[[int], object]]:
    one = SlaFilter(asked.period, opd="Dinas Kesehatan")
    return {
        "figures": lambda at: sla_figures(office, asked, at),
        "figures_of_an_opd": lambda at: sla_figures(office, one, at),
        "detail": lambda at: sla_detail(office, asked, at),
        "control": lambda at: control_chart(office, asked, at, "A4"),
    }


def _lists(office: SmallOffice, period: Period, at: int) -> dict[str, Callable[[int], object]]:
    """The list of letters: behind figures of few and of most letters, its last page, narrowed, and over all of the
    past."""
    late = OfFigure(period, ("A4",), (Verdict.LATE, Verdict.OVERDUE))
    early = OfFigure(period, (), (), Flag.OUT_OF_ORDER)
    typed = OfFigure(period, (), (), Flag.ENTERED_LATE)
    unknown = OfFigure(period, STEP_CODES[1:8], (Verdict.UNMEASURABLE, Verdict.SKIPPED))
    asked: dict[str, dict[str, Any]] = {
        "late_cases": {"of_figure": late},
        "early_cases": {"of_figure": early},
        "flagged_cases": {"of_figure": typed},
        "flagged_cases_of_an_opd": {"of_figure": typed, "opd": "Dinas Kesehatan"},
        "flagged_cases_searched": {"of_figure": typed, "search": "rapat koordinasi"},
        "flagged_cases_late": {"of_figure": typed, "status": "late"},
        "unmeasured_cases": {"of_figure": unknown},
    }
    if period == TEN_YEARS:
        asked |= {"all_cases": {}, "all_cases_late": {"status": "late"}, "all_cases_searched": {"search": "rapat"}}
        asked |= {f"all_cases_by_{column}": {"order": Order(column, is_descending=True)} for column in SORTED_BY}
        asked["late_cases_longest_first"] = {"of_figure": late, "order": Order("over", is_descending=True)}
    lists = {name: partial(_page, office, one, 0) for name, one in asked.items()}
    last = {f"{name}_last_page": _last_page(office, at, asked[name]) for name in ("flagged_cases", "unmeasured_cases")}
    counted = partial(_steps_behind, office, typed)
    return {**lists, **last, "flagged_steps_counted": counted}


def _page(office: SmallOffice, asked: dict[str, Any], offset: int, at: int) -> object:
    return request_list(office, at, **asked, limit=PAGE_SIZE, offset=offset)


def _last_page(office: SmallOffice, at: int, asked: dict[str, Any]) -> Callable[[int], object]:
    total = request_list(office, at, **asked, limit=1).attrs["total"]
    return partial(_page, office, asked, max(total - 1, 0) // PAGE_SIZE * PAGE_SIZE)


def _steps_behind(office: SmallOffice, figure: OfFigure, at: int) -> object:
    return steps_behind(office, at, figure, opd=None, room=None)


def _times(ask: Callable[[int], object], at: int) -> dict[str, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    ask(at)
    first = {"first_ms": (time.perf_counter() - wall) * 1_000, "cpu_ms": (time.process_time() - cpu) * 1_000}
    again = []
    for step in range(1, ROUNDS + 1):
        wall = time.perf_counter()
        ask(at + step)
        again.append((time.perf_counter() - wall) * 1_000)
    return first | {"again_ms": sorted(again)[ROUNDS // 2]}


def publish_by_years(office: SmallOffice, of_a_year: int) -> None:
    """Make the mart of the years, one judged and written after the other."""
    first = first_handovers(_year(office, YEARS[0], min(of_a_year, 2_000)))
    rules = rules_from(office.sop, office.calendar, first)
    head, *tail = YEARS
    change = Change(
        _facts(office, rules, head, of_a_year),
        is_full=True,
        first_handovers=tuple(first.tolist()),
        more=_more(office, rules, tail, of_a_year),
    )
    office.mart.publish(change, 1, "rules", built_at=0)


def _more(office: SmallOffice, rules: Rules, years: list[int], of_a_year: int) -> Iterator[dict[str, pd.DataFrame]]:
    for year in years:
        yield _facts(office, rules, year, of_a_year)


def _facts(office: SmallOffice, rules: Rules, year: int, count: int) -> dict[str, pd.DataFrame]:
    return judged(office, _year(office, year, count), rules, doubted(count, DOUBTS, seed=year))


def _year(office: SmallOffice, year: int, count: int) -> Letters:
    rows = invented(count, office.calendar, seed=year, first=date(year, 1, 1), last=date(year, 12, 31))
    offset = (year - YEARS[0]) * count
    names = np.array([*OPD, *(f"OPD {number:02d}" for number in range(AGENCIES - len(OPD)))], dtype=object)
    rows.requests["opd_name"] = names[_spread(rows.requests["request_id"].to_numpy())]
    for frame in (rows.requests, rows.passes, rows.pauses):
        frame["request_id"] += offset
    return rows


def _spread(ids: Ints) -> Ints:
    """Agencies in a mixed order."""
    return ids * 7_919 % AGENCIES


if __name__ == "__main__":
    import sys

    for name, value in run(*(int(size) for size in sys.argv[1:])).items():
        print(f"{name:44} {value:10.1f}")
