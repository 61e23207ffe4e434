"""`pantau --help` beside an empty Python start, and `pantau serve` to its first page."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from data_access.roles import Role
from tests.benchmarks.bench_page import PASSWORD, SEARCH, prepare
from tests.serving.processes import running, until
from tests.serving.visitor import Visitor, free_port

REPEATS = 7


def seconds(*command: str) -> float:
    """Best of some runs."""
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return min(taken)


def served() -> dict[str, Any]:
    """Seconds from the start of the server of an office with 5 000 letters, whose figures are there, to its form of the
    login, and to the first page of somebody who signs in at once."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        prepare(folder, [Role.KADIN])
        visitor = Visitor(f"http://127.0.0.1:{port}")
        words = ("serve", "--home", folder, "--port", port)
        began = time.perf_counter()
        with running(folder / "server.txt", *words, is_prepared=False):
            until(lambda: visitor.get("/masuk"))
            form = time.perf_counter() - began
            visitor.log_in("kadin", PASSWORD)
            visitor.get(f"/_dash-layout?alamat=/kepatuhan{SEARCH}")
            page = time.perf_counter() - began
    return {"serve_to_login_seconds": round(form, 2), "serve_to_page_seconds": round(page, 2)}


def run() -> dict[str, Any]:
    """Seconds, best of some runs, and of one start of the server."""
    return {
        "help_seconds": round(seconds("-m", "dashboard.commands", "--help"), 3),
        "floor_seconds": round(seconds("-c", "pass"), 3),
        **served(),
    }


if __name__ == "__main__":
    print(run())
