"""`make bench`: measure everything once and write docs/bench.md. Compare the ratios, not the absolute times."""

from __future__ import annotations

import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks import (
    bench_access,
    bench_backup,
    bench_browser,
    bench_chain,
    bench_intake,
    bench_lapor,
    bench_letters,
    bench_mart,
    bench_measure,
    bench_million,
    bench_page,
    bench_report,
    bench_rooms,
    bench_start,
    bench_taps,
    bench_typist,
    bench_wall,
    bench_working_time,
)

TITLES = {
    # First: what a process starts is told at least its own memory, and this one grows with what it has measured.
    "Intake (1.3 M hand-over rows, CSV to published mart, peer dlt, floor the driver alone)": bench_intake,
    "Working time (1 M pairs, peer PM4Py, floor numpy.interp)": bench_working_time,
    "A million events of a log measured (CSV to figures, peer PM4Py, floor bytes and cells)": bench_measure,
    "Figures (5 000 letters, in process)": bench_mart,
    "Figures at a million letters, ten years, 13 M facts (in process)": bench_million,
    "Kepatuhan page (5 000 letters, over HTTP, logged in)": bench_page,
    "Pages in a browser that was never here (5 000 letters, Chromium, floor the frame alone)": bench_browser,
    "Report of a half-year (5 000 letters), figures to file": bench_report,
    "The wall (document, fifty screens over HTTP, painting)": bench_wall,
    "Rooms (ten rooms; a year of 5 000 sessions, ten years of a million)": bench_rooms,
    "A condition report from a phone, from its bytes to its receipt": bench_lapor,
    "A letter entered on the screen, free times of ten rooms for a month": bench_letters,
    "From a tap to the next desk's open list, and to the wall (5 000 letters, real server)": bench_taps,
    "A letter typed by a person (a quarter of a second a key, a second a click)": bench_typist,
    "What access adds to a callback (session, user, door, guard; processor time)": bench_access,
    "Backup and restore of a million letters, floor copying the bytes": bench_backup,
    "What the chain of seals adds to a write and to a load of 200 000 rows, and its comparison": bench_chain,
    "Start of the command line, and of the server to its first page": bench_start,
}


def shown(value: object) -> str:
    """Three figures are all that a run can promise."""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return "–" if value is None else str(value)


def section(title: str, figures: dict[str, Any]) -> str:
    """One table of the report."""
    rows = "\n".join(f"| {name} | {shown(value)} |" for name, value in figures.items())
    return f"## {title}\n\n| What | Figure |\n|---|---|\n{rows}\n"


def report(parts: list[str]) -> str:
    """The whole page."""
    made = f"Measured {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}, 2 cores."
    return f"# Measured speed\n\nWritten by `make bench`. {made}\n\n" + "\n".join(parts)


def main() -> None:
    """Run all, print as they finish, write the report."""
    parts = []
    for title, module in TITLES.items():
        parts.append(section(title, module.run()))
        sys.stdout.write(parts[-1] + "\n")
        sys.stdout.flush()
    Path("docs/bench.md").write_text(report(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
