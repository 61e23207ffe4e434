"""A load killed with SIGKILL leaves the records as before or as after it; a thousand kills are in `make soak`."""

import json
import subprocess
import sys
from pathlib import Path

KILLS = 6


def _killed(folder: Path, call: str) -> dict:
    """The trials run in a process of their own: nothing of the mart may have been used before they fork."""
    code = f"import json, sys; from pathlib import Path; from tests.soak import kills; print(json.dumps({call}))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], check=False, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_killed_loads_on_sqlite_leave_before_or_after(tmp_path: Path) -> None:
    told = _killed(tmp_path, f"kills.on_sqlite(Path(sys.argv[1]), {KILLS})")
    assert told["faults"] == []
    assert told["before"] + told["after"] == KILLS


def test_killed_loads_on_postgresql_leave_before_or_after(tmp_path: Path, postgresql_server: str) -> None:
    told = _killed(tmp_path, f"kills.on_postgresql(Path(sys.argv[1]), {KILLS}, {postgresql_server!r})")
    assert told["faults"] == []
    assert told["before"] + told["after"] == KILLS
