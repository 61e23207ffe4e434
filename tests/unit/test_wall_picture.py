"""The mark of a picture changes when there is something new to see, and only then."""

from __future__ import annotations

import gzip
import json
from typing import Any

from dashboard.wall import picture


def snapshot(**changes: Any) -> dict[str, Any]:
    step = {"elapsed_seconds": 240, "offset_seconds": -11_280, "is_running": True, "verdict": "ON_TRACK"}
    return {"as_of": 1_000, "desks": [{"count": 1, "oldest": step}], "week": [{"share": 0.3751}]} | changes


def test_a_second_later_the_mark_is_the_same() -> None:
    later = snapshot(as_of=1_001)
    later["desks"][0]["oldest"]["elapsed_seconds"] = 241
    assert picture(later).mark == picture(snapshot()).mark


def test_a_step_that_started_at_another_moment_is_new() -> None:
    other = snapshot()
    other["desks"][0]["oldest"]["offset_seconds"] = -11_000
    assert picture(other).mark != picture(snapshot()).mark


def test_the_time_of_a_step_that_stands_still_counts() -> None:
    def paused(seconds: int) -> dict[str, Any]:
        return snapshot(desks=[{"oldest": {"elapsed_seconds": seconds, "is_running": False}}])

    assert picture(paused(60)).mark != picture(paused(120)).mark


def test_a_share_that_reads_the_same_is_not_new() -> None:
    assert picture(snapshot(week=[{"share": 0.3755}])).mark == picture(snapshot(week=[{"share": 0.3849}])).mark
    assert picture(snapshot(week=[{"share": 0.3855}])).mark != picture(snapshot(week=[{"share": 0.3749}])).mark


def test_the_packed_document_is_the_plain_one() -> None:
    made = picture(snapshot())
    assert json.loads(gzip.decompress(made.packed)) == json.loads(made.plain) == snapshot()
