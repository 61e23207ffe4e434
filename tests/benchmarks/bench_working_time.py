"""What a pair of moments costs: our lookup, numpy.interp over the same edges, and PM4Py's business hours.

`run()` measures on the hours of Perpres 21/2023 over ten years, with a holiday a month, on one thread.
PM4Py (optional) is measured on fewer pairs, with weekly hours alone and with the holidays, and each of its
results is compared with ours.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.calendar.days import Holiday
from tests.books.calendars import PERPRES_HOURS, calendar, weekly

PAIRS = 1_000_000
PEER_PAIRS = 20_000
REPEATS = 7
FIRST, LAST = date(2020, 1, 1), date(2029, 12, 31)
HOLIDAYS = [Holiday(date(year, month, 17), "Libur", "public") for year in range(2020, 2030) for month in range(1, 13)]

Ints = NDArray[np.int64]


class WorkDays:
    """The holidays in the form in which PM4Py asks for them."""

    def __init__(self, holidays: list[Holiday]) -> None:
        self.free = {holiday.date for holiday in holidays}

    def is_working_day(self, day: date) -> bool:
        return day not in self.free


def run(pairs: int = PAIRS, peer_pairs: int = PEER_PAIRS) -> dict[str, Any]:
    """Nanoseconds a pair, the best of several repeats, and whether the results agree; null without the peer."""
    office = _office(HOLIDAYS)
    start, end = _pairs(office, pairs)
    ours = _nanoseconds(lambda: office.working_seconds(start, end), pairs)
    interp = _nanoseconds(lambda: _interpolated(office, start, end), pairs)
    result = {
        "pairs": pairs,
        "working_time_ns": ours,
        "due_ns": _nanoseconds(lambda: office.due(start, np.full(pairs, 3600)), pairs),
        "compile_2000_2100_ms": _compile_milliseconds(),
        "interp_ns": interp,
        "interp_agrees": bool((_interpolated(office, start, end) == office.working_seconds(start, end)).all()),
        "times_interp": interp / ours,
    }
    return result | _peer(office, start[:peer_pairs], end[:peer_pairs], ours)


def _office(holidays: list[Holiday]) -> WorkCalendar:
    return calendar(weekly(), holidays=holidays, first=FIRST, last=LAST)


def _pairs(office: WorkCalendar, count: int) -> tuple[Ints, Ints]:
    """Starts anywhere in the ten years, ends up to 30 days later."""
    random = np.random.default_rng(20_200_601)
    first, last = office.spans.start[0], office.spans.end[-1] - 30 * 86_400
    start = random.integers(first, last, count)
    return start, start + random.integers(0, 30 * 86_400, count)


def _nanoseconds(work: Callable[[], object], count: int, repeats: int = REPEATS) -> float:
    """The best time of several, for each of `count`."""
    times = []
    for _ in range(repeats):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return min(times) * 1e9 / count


def _compile_milliseconds() -> float:
    def compile_century() -> WorkCalendar:
        return calendar(weekly(), holidays=HOLIDAYS, first=date(2000, 1, 1), last=date(2100, 12, 31))

    return _nanoseconds(compile_century, 1, repeats=1) / 1e6


def _interpolated(office: WorkCalendar, start: Ints, end: Ints) -> Ints:
    """The usual answer in NumPy: W(t) as a broken line through the edges."""
    edges = np.column_stack([office.spans.start, office.spans.end]).ravel()
    totals = np.cumsum(np.diff(edges, prepend=edges[0]) * (np.arange(len(edges)) % 2))
    seconds = np.interp(end, edges, totals) - np.interp(start, edges, totals)
    return np.rint(seconds).astype(np.int64)


def _peer(office: WorkCalendar, start: Ints, end: Ints, ours: float) -> dict[str, Any]:
    """PM4Py's figures on weekly hours alone and with the holidays."""
    difference = _pm4py()
    if difference is None:
        return dict.fromkeys(("pm4py_ns", "pm4py_agrees", "times_pm4py", "pm4py_weekly_ns", "times_pm4py_weekly"))
    moments = [(_naive(s), _naive(e)) for s, e in zip(start.tolist(), end.tolist(), strict=True)]
    slots = [(day * 86_400 + a, day * 86_400 + b) for day, hours in PERPRES_HOURS.items() for a, b in hours]

    def each(work_days: WorkDays | None) -> list[float]:
        return [difference(s, e, slots, work_days) for s, e in moments]

    weekly_ns = _nanoseconds(lambda: each(None), len(moments), repeats=3)
    peer_ns = _nanoseconds(lambda: each(WorkDays(HOLIDAYS)), len(moments), repeats=3)
    agrees = [
        each(None) == _office([]).working_seconds(start, end).tolist(),
        each(WorkDays(HOLIDAYS)) == office.working_seconds(start, end).tolist(),
    ]
    return {
        "pm4py_pairs": len(moments),
        "pm4py_ns": peer_ns,
        "pm4py_agrees": all(agrees),
        "times_pm4py": peer_ns / ours,
        "pm4py_weekly_ns": weekly_ns,
        "times_pm4py_weekly": weekly_ns / ours,
    }


def _pm4py() -> Callable[..., float] | None:
    """PM4Py's function, or None where it is not installed. It greets on import; that is kept off the output."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            module = importlib.import_module("pm4py.util.business_hours")
    except ModuleNotFoundError:
        return None
    function: Callable[..., float] = module.soj_time_business_hours_diff
    return function


def _naive(moment: int) -> datetime:
    """A UTC second as the office's wall clock (UTC+7 all year)."""
    return datetime.fromtimestamp(moment, UTC).replace(tzinfo=None) + timedelta(hours=7)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(), indent=2) + "\n")
