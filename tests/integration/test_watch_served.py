"""The inbox inside `pantau serve`: a process of its own, started again when it dies, ended with the server."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.books.typed import agenda
from tests.serving.command_line import Desk
from tests.serving.processes import QUICK, Process, children, is_alive, running, until
from tests.serving.visitor import Visitor, free_port

LETTER = agenda("143;07/09/2026;08.00;Dinkes;Rapat")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    assert made.settle(QUICK).code == 0
    return made


def watcher_of(server: Process) -> int | None:
    """The process that watches the inbox, once it runs."""
    found = [number for number, words in children(server.popen.pid).items() if " watch " in words]
    return found[0] if found else None


def test_the_inbox_is_watched_beside_the_server_and_started_again(desk: Desk) -> None:
    inbox, port = desk.folder / "titipan", free_port()
    words = ("serve", "--home", desk.home, "--port", port, "--inbox", inbox)
    with running(desk.folder / "kata.txt", *words) as server:
        server.says("Menjaga kotak masuk")
        visitor = Visitor(f"http://127.0.0.1:{port}")
        until(lambda: answers(visitor))
        (inbox / "agenda.csv").write_text(LETTER)
        until((inbox / "done" / "agenda.csv").exists)
        first = watcher_of(server)
        assert first is not None
        os.kill(first, signal.SIGKILL)
        until(lambda: watcher_of(server) not in (None, first))
        (inbox / "lain.csv").write_text(agenda("144;07/09/2026;08.00;Dinkes"))
        until((inbox / "done" / "lain.csv").exists)
        assert answers(visitor)
        all_of_them = [*children(server.popen.pid)]
        assert server.end(signal.SIGINT) == 0
        until(lambda: not any(map(is_alive, all_of_them)))
        assert "SIGSEGV" not in server.output()
        assert "Traceback" not in server.output()


def answers(visitor: Visitor) -> bool:
    """Whether the dashboard is there."""
    try:
        return bool(visitor.get("/sehat"))
    except OSError:
        return False


def test_nothing_outlives_a_server_that_was_killed(desk: Desk) -> None:
    environment = {"PANTAU_INBOX": str(desk.folder / "titipan")}
    words = ("serve", "--home", desk.home, "--port", free_port())
    with running(desk.folder / "kata.txt", *words, environment=environment) as server:
        server.says("Menjaga kotak masuk")
        server.says("Pantau berjalan di")
        all_of_them = [*children(server.popen.pid)]
        assert len(all_of_them) == 2
        server.kill()
        until(lambda: not any(map(is_alive, all_of_them)))


def test_a_first_file_in_the_inbox_ends_the_demo(tmp_path: Path) -> None:
    words = ("serve", "--home", tmp_path, "--port", free_port(), "--demo-when-empty", "--inbox", tmp_path / "titipan")
    with running(tmp_path / "kata.txt", *words) as server:
        server.says("Menjaga kotak masuk")
        (tmp_path / "titipan" / "agenda.csv").write_text(LETTER)
        server.says("beralih dari data contoh")
        assert server.end() == 0


def test_a_port_that_is_taken_ends_the_inbox_too(desk: Desk) -> None:
    port = free_port()
    with running(desk.folder / "satu.txt", "serve", "--home", desk.home, "--port", port) as first:
        first.says("Pantau berjalan di")
        words = ("serve", "--home", desk.home, "--port", port, "--inbox", desk.folder / "titipan")
        with running(desk.folder / "dua.txt", *words) as second:
            assert second.popen.wait(timeout=60) == 2
            assert "tidak dapat mendengar" in second.output()
