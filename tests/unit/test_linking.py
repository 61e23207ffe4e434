"""Hand-overs find their letter whatever the order of files."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from etl.domain.compliance.derive import link
from etl.domain.frames import MISSING
from etl.domain.units import day_number


def day(text: str) -> int:
    return day_number(date.fromisoformat(text))


LETTERS = pd.DataFrame(
    {
        "request_id": [1, 2, 3],
        "agenda_key": ["11", "11", "12"],
        "year": [2025, 2026, 2026],
        "received_on": [day("2025-11-20"), day("2026-02-01"), day("2026-03-01")],
    }
)


@pytest.mark.parametrize(
    ("key", "year", "on", "expected"),
    [
        ("11", 2025, "2026-06-01", 1),  # the typed year wins
        ("11", 2024, "2026-06-01", MISSING),
        ("11", MISSING, "2025-12-31", 1),  # the latest receipt on or before
        ("11", MISSING, "2026-02-01", 2),
        ("11", MISSING, "2026-07-31", 2),  # 180 days after
        ("11", MISSING, "2026-08-01", MISSING),  # 181 days after
        ("11", MISSING, "2025-11-19", MISSING),
        ("12", MISSING, "2026-02-28", MISSING),  # never the neighbour's letter
        ("11", MISSING, None, MISSING),  # two years have that number
        ("12", MISSING, None, 3),
        ("13", MISSING, "2026-03-02", MISSING),
    ],
)
def test_a_row_belongs_to_the_letter_of_its_number(key: str, year: int, on: str | None, expected: int) -> None:
    days = np.array([MISSING if on is None else day(on)])
    assert link(pd.Series([key]), np.array([year]), days, LETTERS).tolist() == [expected]


def test_without_letters_everything_waits() -> None:
    assert link(pd.Series(["1"]), np.array([MISSING]), np.array([20_000]), LETTERS.iloc[:0]).tolist() == [MISSING]
