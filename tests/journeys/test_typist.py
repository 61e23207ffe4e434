"""How long a letter takes to type: by a person's keys and clicks, in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.benchmarks.bench_typist import AGENCY_SECONDS, PAPER_LETTER_SECONDS, measured
from tests.offices.september import office_with_letters
from tests.serving.windows import running, windows


def test_a_paper_letter_is_in_within_a_minute_and_a_room_asked_for_in_a_minute_and_a_half(
    tmp_path: Path, browser: Browser
) -> None:
    with running(office_with_letters(tmp_path)) as site, windows(browser, site) as opened:
        figures = measured(opened)
    assert figures["paper_letter_seconds"] <= PAPER_LETTER_SECONDS
    assert figures["agency_asks_seconds"] <= AGENCY_SECONDS
