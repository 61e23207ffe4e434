"""`pantau` with another clock: `python -m tests.serving.moved_clock serve …`.

The moment, UTC seconds, is read anew at each question from the file that `OFFICE_CLOCK` names. Only the office's clock
is moved; what the machine does in time (sockets, processes, renewal in browsers) goes on as ever.
"""

from __future__ import annotations

import os
from pathlib import Path

import dashboard.web.app
from dashboard.commands import common, main

FILE = "OFFICE_CLOCK"


def moment() -> int:
    """The office's moment."""
    return int(Path(os.environ[FILE]).read_text(encoding="ascii"))


def move(clock: Path, at: int) -> None:
    """Set the office's moment; no reader sees half of it."""
    part = clock.with_suffix(".part")
    part.write_text(str(at), encoding="ascii")
    part.replace(clock)


if FILE in os.environ:  # not under the guard below: the processes that it spawns import this module by its name
    dashboard.web.app.real_now = common.time_now = moment

if __name__ == "__main__":
    main()
