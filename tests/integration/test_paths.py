"""`pantau measure --paths`: the arrows of a few cases by hand, and each count by a loop over random ones."""

from __future__ import annotations

import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.figures.measure import measure, rules_of
from etl.figures.paths import paths, paths_json
from tests.books.moments import seconds
from tests.serving.command_line import pantau

SOP = """
judul = "Izin"
[langkah.1]
kegiatan = "Terima"
pelaksana = "Loket"
[langkah.2]
kegiatan = "Periksa"
pelaksana = "Staf"
[langkah.3]
kegiatan = "Survei"
pelaksana = "Staf"
boleh_dilewati = true
[langkah.4]
kegiatan = "Hitung"
pelaksana = "Staf"
mengikuti = ["2"]
[langkah.5]
kegiatan = "Putuskan"
pelaksana = "Kepala"
mengikuti = ["3", "4"]
"""
DIRECT = {("1", "2"), ("2", "3"), ("2", "4"), ("3", "5"), ("4", "5")}
LATER = {"1": "2345", "2": "345", "3": "5", "4": "5", "5": ""}


def told(folder: Path, cases: list[str], minutes: int = 10, sop: str = SOP) -> dict[str, Any]:
    """The paths of cases whose steps end so many minutes after one another, from Monday 11.30 on."""
    rows = ["case,activity,timestamp"]
    for number, case in enumerate(cases):
        for at, step in enumerate(case):
            moment = 11 * 60 + 30 + at * minutes
            rows.append(f"{number},{step},2026-09-07T{moment // 60:02}:{moment % 60:02}:00")
    (folder / "log.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "sop.toml").write_text(sop, encoding="utf-8")
    now = seconds("2026-09-30 12:00")
    book, names = rules_of([folder / "sop.toml"], None, None, now)
    return paths_json(paths(measure(folder / "log.csv", book, names, now)))


def arrows(found: dict[str, Any]) -> dict[tuple[str, str, str], int]:
    return {(one["from"], one["to"], one["kind"]): one["count"] for one in found["arrows"]}


def test_the_arrows_of_known_cases(tmp_path: Path) -> None:
    found = told(tmp_path, ["12345", "12435", "1245", "12124455", "145", "21345"])
    assert (found["cases"], found["variants"]) == (6, 6)
    assert arrows(found) == {
        ("1", "2", "sop"): 5,
        ("2", "3", "sop"): 1,
        ("2", "4", "sop"): 3,
        ("3", "5", "sop"): 1,
        ("4", "5", "sop"): 5,
        ("3", "4", "parallel"): 2,
        ("4", "3", "parallel"): 1,
        ("2", "1", "return"): 1,
        ("2", "1", "other_order"): 1,
        ("4", "4", "repeat"): 1,
        ("5", "5", "repeat"): 1,
        ("1", "4", "skip"): 1,
        ("1", "3", "skip"): 1,
    }


def test_what_may_be_left_out_is_no_skip(tmp_path: Path) -> None:
    found = told(tmp_path, ["1245", "145"], sop=SOP.replace('mengikuti = ["2"]', ""))
    assert arrows(found)["2", "4", "left_out"] == 1
    assert arrows(found)["1", "4", "skip"] == 1


def test_waiting_is_working_time_and_needs_five(tmp_path: Path) -> None:
    found = told(tmp_path, ["12345"] * 5, minutes=40)
    waits = {(one["from"], one["to"]): one["median_waiting_seconds"] for one in found["arrows"]}
    # 11.30, 12.10, 12.50, 13.30, 14.10 with a break from 12 to 13
    known = {("1", "2"): 1_800, ("2", "3"): 0, ("3", "4"): 1_800, ("4", "5"): 2_400}
    assert waits == {("2", "4"): None, ("3", "5"): None, **known}
    assert found["taken"] == [{"steps": ["1", "2", "3", "4", "5"], "cases": 5}]


@settings(max_examples=25)
@given(st.lists(st.text("12345", min_size=1, max_size=8), min_size=1, max_size=12))
def test_each_count_is_that_of_a_loop(cases: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = told(Path(folder), cases, 1)
    counted: Counter[tuple[str, str, str]] = Counter()
    for case in cases:
        for at, (a, b) in enumerate(pairwise(case), 1):
            back = "return" if b in case[:at] else "other_order"
            kind = "repeat" if a == b else "sop" if (a, b) in DIRECT else back if a in LATER[b] else "parallel"
            counted[a, b, "skip" if b in LATER[a] and kind == "parallel" else kind] += 1
    assert {arrow: count for arrow, count in arrows(found).items() if count} == dict(counted)
    assert {tuple(one["steps"]): one["cases"] for one in found["taken"]} == Counter(map(tuple, cases))


def test_the_command_tells_the_paths_where_asked(tmp_path: Path) -> None:
    told(tmp_path, ["1245"] * 3 + ["15"])
    asked = ("measure", tmp_path / "log.csv", "--sop", tmp_path / "sop.toml", "--as-of", "2026-09-30T12:00")
    assert "paths" not in pantau(*asked, "--json").json
    document = pantau(*asked, "--json", "--paths").json
    assert document["paths"]["taken"][0] == {"steps": ["1", "2", "4", "5"], "cases": 3}
    lines = pantau(*asked, "--paths").out
    assert "3 kasus  1 → 2 → 4 → 5" in lines
    assert "1 → 5  1 kali pada 1 kasus, melewati langkah" in lines


def test_a_log_without_a_finished_step_has_no_paths(tmp_path: Path) -> None:
    found = told(tmp_path, [])
    assert (found["cases"], found["taken"]) == (0, [])
    assert {one["count"] for one in found["arrows"]} == {0}


@pytest.mark.parametrize("case", ["1", "5"])
def test_a_path_of_one_step_has_no_arrow(tmp_path: Path, case: str) -> None:
    assert told(tmp_path, [case])["taken"] == [{"steps": [case], "cases": 1}]
    assert sum(one["count"] for one in told(tmp_path, [case])["arrows"]) == 0
