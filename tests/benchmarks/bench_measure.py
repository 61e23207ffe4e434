"""`pantau measure` of a million events beside PM4Py, and beside reading the file's bytes and its cells.

PM4Py (optional) reads a smaller log of the same form with pandas, formats it, and works out the business hours of every
event, by the same weekly hours and holidays; its figures are for each event. `times_pm4py_durations` sets its durations
alone beside ours alone, which are the same to the second; `times_pm4py` all that it does beside all that we do, the
judging of twelve further steps of each case included.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv as pacsv

from etl.domain.units import DAY
from etl.figures.measure import measure, rules_of
from etl.settings.calendars import national_holidays
from tests.benchmarks.bench_working_time import WorkDays
from tests.books.calendars import PERPRES_HOURS

ROOT = Path(__file__).parents[2]
SOP = ROOT / "etl" / "reference" / "sop-2020-06.toml"
EVENTS, PEER_EVENTS = 1_000_000, 20_000
STEPS = 8
NOW = 1_790_000_000
SETTINGS = """
[[calendar.profile]]
name = "Perpres 21/2023"
source = "Perpres 21/2023 pasal 4"
from = 2020-01-01
hours = { mon-thu = ["07:30-12:00", "13:00-16:00"], fri = ["07:30-11:30", "13:00-16:30"] }
"""
"""Without Ramadan, whose hours PM4Py has no place for."""


def run(events: int = EVENTS, peer_events: int = PEER_EVENTS) -> dict[str, Any]:
    """Seconds of processor time unless the name says otherwise; null without the peer."""
    with tempfile.TemporaryDirectory() as name:
        log, small = Path(name) / "log.csv", Path(name) / "small.csv"
        write_log(log, events)
        write_log(small, peer_events)
        rules = Path(name) / "rules.toml"
        rules.write_text(SETTINGS, encoding="utf-8")
        book, names = rules_of([SOP], rules, None, NOW)
        _ = measure(small, book, names, NOW)
        ours = _cpu(lambda: measure(log, book, names, NOW))
        return {
            "events": events,
            "log_mb": log.stat().st_size / 1e6,
            "measure_cpu_seconds": ours,
            **_as_command(log),
            "floor_bytes_seconds": _cpu(log.read_bytes),
            "floor_cells_seconds": _cpu(lambda: pacsv.read_csv(log)),
            **_peer(small, peer_events, ours / events, book.calendar),
        }


def write_log(path: Path, events: int, seed: int = 2020) -> None:
    """Cases of eight steps each, with start and end to a fraction of a second, over two years."""
    random, cases = np.random.default_rng(seed), events // STEPS
    first = np.datetime64("2024-01-02T00:00:01", "s") + np.sort(random.integers(0, 730 * DAY, cases)).astype("m8[s]")
    spent, gaps = (random.integers(low, high, (cases, STEPS)) for low, high in ((30, 9_000), (0, 4_000)))
    ends = first[:, None] + np.cumsum(spent + gaps, axis=1).astype("m8[s]")
    texts = [np.datetime_as_string(at.ravel()).tolist() for at in (ends - spent.astype("m8[s]"), ends)]
    with path.open("w", encoding="utf-8") as file:
        file.write("case:concept:name,concept:name,start_timestamp,time:timestamp,org:resource\n")
        file.writelines(
            f"case_{row // STEPS},A{row % STEPS + 1},{start}.250+07:00,{end}.500+07:00,user_{row % 41}\n"
            for row, (start, end) in enumerate(zip(*texts, strict=True))
        )


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _as_command(log: Path) -> dict[str, float]:
    """The command from its start to its end: seconds on the clock, and the most memory that it held."""
    words = [sys.executable, "-m", "dashboard.commands", "measure", str(log), "--sop", str(SOP), "--json"]
    began = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True, cwd=ROOT)
    seconds = time.perf_counter() - began
    return {
        "command_seconds": seconds,
        "command_peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def _peer(small: Path, events: int, ours: float, calendar: Any) -> dict[str, Any]:
    """What PM4Py takes for each event, and whether its durations are ours."""
    names = ("read_us", "durations_us", "agrees")
    pm4py = _pm4py()
    if pm4py is None:
        nothing = (*(f"pm4py_{name}" for name in names), "times_pm4py", "times_pm4py_durations")
        return dict.fromkeys(("pm4py_events", *nothing))
    read_csv, hours = importlib.import_module("pandas").read_csv, pm4py.util.business_hours
    frames: list[Any] = []

    def read() -> None:
        table = read_csv(small)
        frames.append(pm4py.format_dataframe(table, start_timestamp_key="start_timestamp"))

    reading = _cpu(read)
    starts, ends = (frames[0][name].dt.tz_convert("Asia/Jakarta").dt.floor("s") for name in _STAMPS)
    slots = [(day * DAY + a, day * DAY + b) for day, spans in PERPRES_HOURS.items() for a, b in spans]
    days, theirs = WorkDays([*national_holidays(2024, 2026)]), []

    def durations() -> None:
        for start, end in zip(starts.dt.tz_localize(None), ends.dt.tz_localize(None), strict=True):
            theirs.append(hours.soj_time_business_hours_diff(start, end, slots, days))

    spent = _cpu(durations)
    begin, end = (column.astype("int64").to_numpy() // _UNIT[str(column.dt.unit)] for column in (starts, ends))
    many = np.resize(begin, EVENTS), np.resize(end, EVENTS)
    own = _cpu(lambda: calendar.working_seconds(*many)) / EVENTS
    return {
        "pm4py_events": events,
        "pm4py_read_us": 1e6 * reading / events,
        "pm4py_durations_us": 1e6 * spent / events,
        "pm4py_agrees": bool((calendar.working_seconds(begin, end) == np.array(theirs)).all()),
        "times_pm4py": (reading + spent) / events / ours,
        "times_pm4py_durations": spent / events / own,
    }


_STAMPS = ("start_timestamp", "time:timestamp")
_UNIT = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def _pm4py() -> Any:
    """PM4Py, or None where it is not installed. It greets on import; that is kept off the output."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            importlib.import_module("pm4py.util.business_hours")
            return importlib.import_module("pm4py")
    except ModuleNotFoundError:
        return None


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(), indent=2) + "\n")
