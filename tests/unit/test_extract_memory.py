"""Reading a CSV takes no more memory the longer it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.books.made import write_hand_overs

READ = """
import resource, sys
from pathlib import Path
from zoneinfo import ZoneInfo
from etl.extract import open_file
with open_file(Path(sys.argv[1]), zone=ZoneInfo("Asia/Jakarta"), part_rows=20_000) as (extraction,):
    rows = sum(part.read for part in extraction.parts())
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(path: Path) -> tuple[int, int]:
    """Rows of a file, and the kilobytes a process needed at most to read them."""
    root = Path(__file__).parents[2]
    told = subprocess.run(  # noqa: PLW1510 - the output says what went wrong
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, cwd=root, timeout=120
    )
    assert told.returncode == 0, told.stderr
    rows, kilobytes = told.stdout.split()
    return int(rows), int(kilobytes)


def test_four_times_the_rows_need_no_more_memory(tmp_path: Path) -> None:
    small = peak(write_hand_overs(tmp_path / "kecil.csv", 12_500))
    large = peak(write_hand_overs(tmp_path / "besar.csv", 50_000))
    assert (small[0], large[0]) == (100_000, 400_000)
    assert large[1] < small[1] * 1.15
