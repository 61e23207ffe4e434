"""Pengaturan, Cadangan: an administrator sees the backups, makes one and takes it away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dashboard.pages.settings import backups as page
from dashboard.web.keeper import _each_for_itself, look
from dashboard.web.pages import PAGES
from data_access.errors import PantauError
from data_access.home import Home
from data_access.records.engine import reading
from etl.keeping.backup import backups, make_backup
from etl.keeping.seals import verify_chain
from tests.offices.desk import Desk, desk
from tests.reading.audit import recent_actions
from tests.reading.layout import words
from tests.serving.callbacks import ask, opened

MADE = ("backups-said.children", "backups-changed.data")


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    """An office with everybody."""
    return desk(tmp_path, pages=PAGES)


def begin(browser: Any) -> Any:
    """Press "Cadangkan sekarang"."""
    state = [{"id": "backups-changed", "property": "data", "value": 0}]
    clicked = [{"id": "backups-make", "property": "n_clicks", "value": 1}]
    return ask(browser, MADE, clicked, state=state, changedPropIds=["backups-make.n_clicks"])


def test_an_administrator_makes_a_backup_sees_it_and_takes_it_away(
    served: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = served.office

    def at_once(home: Home, *_: str) -> subprocess.Popen[bytes]:
        make_backup(home, office.records, served.clock(), office.zone)
        return subprocess.Popen([sys.executable, "-c", ""])

    monkeypatch.setattr(page, "begin_backup", at_once)
    admin = served.signed_in("admin")
    assert "Belum ada cadangan" in words(opened(admin, page.PATH))
    assert "sedang dibuat" in words(begin(admin).json["response"]["backups-said"]["children"])
    (made,) = backups(office.home)
    assert "Teruji" in words(opened(admin, page.PATH))
    address = f"{page.FILE_PATH}/{made.path.name}"
    reply = admin.get(address)
    assert reply.data == made.path.read_bytes()
    reply.close()
    for name in ("x.zip", "..%2Frecords.sqlite", ".kunci", "gagal.json"):
        assert admin.get(f"{page.FILE_PATH}/{name}").status_code == 404
    assert served.signed_in("kadin").get(address).status_code == 403
    assert begin(served.signed_in("kadin")).status_code == 403
    with reading(office.records) as connection:
        done = [entry.action for entry in recent_actions(connection, 20)]
    assert {"backup_begun", "backup_fetched"} <= {*done}


def test_the_server_makes_one_and_then_checks_the_chain_when_each_is_due(
    served: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def noted(_: Home, *how: str) -> subprocess.Popen[bytes]:
        asked.append(how)
        return subprocess.Popen([sys.executable, "-c", "raise SystemExit(2)"])

    def checked(home: Home, *how: str) -> subprocess.Popen[bytes]:
        asked.append(how)
        verify_chain(home, served.office.records, {}, now + 61)
        return subprocess.Popen([sys.executable, "-c", "raise SystemExit(2)"])

    monkeypatch.setattr("dashboard.web.keeper.begin_backup", noted)
    monkeypatch.setattr("dashboard.web.keeper.begin_command", checked)
    now = served.clock()
    assert look(served.office, now) == 2
    make_backup(served.office.home, served.office.records, now, served.office.zone)
    assert look(served.office, now + 60) == 0
    assert look(served.office, now + 120) == 0
    assert asked == [("--due",), ("check", "--chain")]


def test_a_chore_that_fails_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def failing() -> None:
        raise KeyError("boom")

    def refused() -> None:
        raise PantauError("records.busy")

    _each_for_itself(failing, refused, lambda: done.append("alerts"))
    assert done == ["alerts"]
    assert "boom" in caplog.text
