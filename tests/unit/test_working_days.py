"""How long before the event a room was ready, in the unit people plan in."""

from __future__ import annotations

import pytest

from dashboard.pages.requests.cards import in_working_days
from tests.books.letters import perpres
from tests.books.moments import seconds


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2026-09-07 09:00", "2026-09-07 11:04", "2 jam 4 menit kerja"),
        ("2026-09-07 14:00", "2026-09-08 08:00", "2 jam 30 menit kerja"),
        ("2026-09-07 09:00", "2026-09-08 09:00", "1 hari kerja"),
        ("2026-09-07 09:00", "2026-09-08 11:30", "1 hari kerja 2 jam"),
        ("2026-09-11 09:00", "2026-09-14 08:59", "7 jam 29 menit kerja"),
        ("2026-09-07 09:00", "2026-09-12 10:00", "4 hari kerja 6 jam"),
        ("2026-09-07 09:00", "2026-09-21 09:00", "10 hari kerja"),
    ],
)
def test_a_working_day_is_over_at_the_same_time_of_the_next_open_day(begin: str, end: str, expected: str) -> None:
    assert in_working_days(perpres(), seconds(begin), seconds(end)) == expected
