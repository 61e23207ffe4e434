"""What many of these tests begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.offices.bureau import Bureau, bureau_of, give_letter


@pytest.fixture
def bureau(tmp_path: Path, server: str | None) -> Iterator[Bureau]:
    """A bureau without a book; once on SQLite, once on PostgreSQL."""
    with bureau_of(Bureau, tmp_path, server) as made:
        yield made


@pytest.fixture
def registered(tmp_path: Path, server: str | None) -> Iterator[Bureau]:
    """A bureau whose register holds letter 143; once on SQLite, once on PostgreSQL."""
    with bureau_of(Bureau, tmp_path, server, give_letter) as made:
        yield made
