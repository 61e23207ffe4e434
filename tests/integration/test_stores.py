"""A served office whose stores are lost, cut short, damaged or moved on under it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.web import keeper
from data_access.mart.files import pointer_path, read_pointer
from tests.offices.desk import Desk
from tests.offices.september import office_with_letters


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return office_with_letters(tmp_path_factory.mktemp("office"))


def mart_file(desk: Desk) -> Path:
    pointer = read_pointer(desk.office.mart.folder)
    assert pointer is not None
    return desk.office.mart.folder / pointer.file


def overwritten(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))


FAULTS: dict[str, Callable[[Desk], object]] = {
    "the file is gone": lambda desk: mart_file(desk).unlink(),
    "the pointer is gone": lambda desk: pointer_path(desk.office.mart.folder).unlink(),
    "the file was cut short": lambda desk: mart_file(desk).write_bytes(mart_file(desk).read_bytes()[:5000]),
    "the pointer was cut short": lambda desk: pointer_path(desk.office.mart.folder).write_text('{"file": "ma'),
    "the file was overwritten": lambda desk: overwritten(mart_file(desk)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_running_server_builds_a_lost_mart_again(desk: Desk, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "MEND_AGAIN_SECONDS", 0.0)
    browser = desk.browser_of("kadin")
    before = browser.get("/kepatuhan/unduh.csv").text
    FAULTS[fault](desk)
    replies = [browser.get("/kepatuhan/unduh.csv") for _ in range(4)]
    assert {reply.status_code for reply in replies} <= {200, 422}
    assert replies[-1].text == before
    assert desk.office.mart.meta() is not None
