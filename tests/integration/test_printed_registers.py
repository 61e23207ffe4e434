"""Registers as an office prints them: each row ends as whoever drew it says, and each step took its time.

A hundred of them are read in `make soak`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.printed import faults_of


@pytest.mark.parametrize("seed", range(3))
def test_each_row_of_a_printed_register_ends_as_it_must_and_no_figure_lies(seed: int, tmp_path: Path) -> None:
    assert faults_of(seed, tmp_path) == []
