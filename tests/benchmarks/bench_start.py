"""`pantau --help`, beside an empty Python start."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

REPEATS = 7


def seconds(*command: str) -> float:
    """Best of some runs."""
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return min(taken)


def run() -> dict[str, Any]:
    """Seconds, best of some runs."""
    return {
        "help_seconds": round(seconds("-m", "dashboard.commands", "--help"), 3),
        "floor_seconds": round(seconds("-c", "pass"), 3),
    }


if __name__ == "__main__":
    print(run())
