"""A served office under which the disk fills up, is only read, or is damaged: who looks is answered, who writes is told
in words, nobody learns a path of the server, and all is well again once the fault is mended."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from dashboard.web import answers
from tests.offices.desk import Desk, sign_in
from tests.offices.september import office_with_letters
from tests.serving.callbacks import STAMPED, ask

TAP = {"year": 2026, "agenda": "147", "step": "A3", "stamp": "diteruskan", "version": 1}
PAGES = ("/permohonan", "/permohonan/2026/147", "/kepatuhan", "/layar/data.json")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(answers, "LOOKED_SECONDS", 0.0)
    desk = office_with_letters(tmp_path)
    yield desk
    desk.office.close()


@contextmanager
def full_disk(_desk: Desk) -> Iterator[None]:
    """No file of this process may be written to, as on a disk on which nothing is free."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def read_only(desk: Desk) -> Iterator[None]:
    """The records may only be read, as on a disk that the system has taken back after an error."""

    def refuse(connection: sqlite3.Connection, *_: Any) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(desk.office.records, "checkout", refuse)
    try:
        with full_disk(desk):
            yield
    finally:
        event.remove(desk.office.records, "checkout", refuse)
        desk.office.records.dispose()


def tapped(desk: Desk) -> tuple[int, str]:
    """Sekdin hands letter 147 on."""
    inputs = [{"id": "stamp-tap", "property": "data", "value": TAP}]
    reply = ask(desk.browser_of("sekdin"), ("stamp-said.children", "stamp-done.data"), inputs, state=[STAMPED])
    return reply.status_code, reply.text


def pages(desk: Desk) -> list[tuple[int, str]]:
    replies = [desk.browser_of("kadin").get(f"/_dash-layout?alamat={page}") for page in PAGES]
    return [(reply.status_code, reply.text) for reply in replies]


FAULTS = {
    "full": ("periksa cakram penyimpanannya", full_disk),
    "read-only": ("hanya dapat dibaca", read_only),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_disk_that_takes_nothing_lets_everybody_in_and_refuses_what_is_written_in_words(
    served: Desk, fault: str
) -> None:
    words, broken = FAULTS[fault]
    before = served.browser_of("kadin").get("/kepatuhan/unduh.csv").text
    served.browser_of("sekdin")
    with broken(served):
        said = [tapped(served), *pages(served)]
        newcomer = served.browser()
        login = sign_in(newcomer, "kabid")
        inside = newcomer.get("/ringkasan")
        still = served.browser_of("kadin").get("/kepatuhan/unduh.csv").text
        left = newcomer.post("/keluar", data={"csrf_token": newcomer.get_cookie("_csrf_token").value})
        health = served.browser().get("/sehat")
    assert (login.status_code, inside.status_code) == (303, 200)
    assert still == before
    assert (left.status_code, health.status_code) == (303, 200)
    assert words in said[0][1]
    assert {status for status, _ in said[1:]} == {200}
    assert not [text for _, text in said if str(served.office.home.root) in text]
    assert '"stamp-done":{"data":1}' in tapped(served)[1]


def damaged(path: Path, table: str) -> None:
    """Overwrite every page of one table."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = [page for (page,) in connection.execute("SELECT pageno FROM dbstat WHERE name = ?", (table,))]
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    for page in pages:
        content[(page - 1) * size : page * size] = b"\xa5" * size
    path.write_bytes(content)


def test_damage_that_one_page_meets_is_told_there_in_the_log_and_to_who_watches_until_it_is_mended(
    served: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    path, browser, stranger = served.office.home.records_path, served.browser_of("kadin"), served.browser()
    served.office.records.dispose()
    whole = path.read_bytes()
    damaged(path, "pass_row")
    assert stranger.get("/sehat").json["records"] == "ok"  # nothing that it asks lies there
    told = dict(zip(PAGES, pages(served), strict=True))
    assert "rusak; pulihkan dari cadangan terakhir" in told["/permohonan/2026/147"][1]
    assert {status for status, _ in told.values()} == {200}
    assert "Rapat malaria" in told["/permohonan"][1]
    assert [record.getMessage()[:23] for record in caplog.records] == ["the records are damaged"]
    health = stranger.get("/sehat")
    assert (health.status_code, health.json["records"]) == (503, "error")
    served.office.records.dispose()
    path.write_bytes(whole)
    assert stranger.get("/sehat").json["status"] == "ok"
    assert "rusak" not in browser.get("/_dash-layout?alamat=/permohonan/2026/147").text
    assert not served.office.home.damage_path.exists()
