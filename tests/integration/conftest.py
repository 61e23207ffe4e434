"""What many of these tests begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dashboard.access import people
from tests.offices.bureau import Bureau, bureau_of, give_letter
from tests.offices.desk import CHEAP

if TYPE_CHECKING:
    from tests.offices.sso import Door
    from tests.serving.identity import Line


@pytest.fixture(autouse=True, scope="module")
def cheap_passwords() -> Iterator[None]:
    """Hashes cost next to nothing in this process; that those of the product are dear has a test of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "_hasher", CHEAP)
        yield


@pytest.fixture
def door(tmp_path: Path, sso: Line, monkeypatch: pytest.MonkeyPatch) -> Door:
    """An office whose people may sign in at the provider of identities."""
    from tests.offices.sso import door_at  # what it needs is wanted by few
    from tests.serving.identity import SECRET, SECRET_ENV

    monkeypatch.setenv(SECRET_ENV, SECRET)
    return door_at(tmp_path, sso)


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
