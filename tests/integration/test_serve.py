"""The real server as a process: the demo until the first real load, and a loaded file on the wall."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.books.typed import agenda, hand_overs
from tests.serving.command_line import pantau
from tests.serving.processes import running, until
from tests.serving.visitor import Visitor, free_port


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[str, Path]]:
    """A server on a free port; its address and the file with its output."""
    port, log = free_port(), folder / "kata.txt"
    with running(log, "serve", "--home", folder, "--port", port, *options):
        yield f"http://127.0.0.1:{port}", log


def register(folder: Path) -> Path:
    """A register with one letter."""
    path = folder / "agenda.csv"
    path.write_text(agenda("143;07/09/2026;08.00;Dinkes;Rapat imunisasi"), encoding="utf-8")
    return path


def test_the_demo_shows_until_the_first_real_load(tmp_path: Path) -> None:
    with served(tmp_path, "--demo-when-empty") as (address, said):
        visitor = Visitor(address)
        until(lambda: "contoh" in visitor.get("/masuk"))
        logins = said.read_text()
        assert "kadin" in logins
        assert pantau("ingest", register(tmp_path), "--home", tmp_path).code == 0
        until(lambda: "beralih dari data contoh" in said.read_text())
        until(lambda: "tercetak di konsol" not in visitor.get("/masuk"))
        assert "/mulai#" in said.read_text()
    assert "SIGSEGV" not in said.read_text()


def test_a_loaded_file_is_on_the_wall_within_five_seconds(tmp_path: Path) -> None:
    assert pantau("user", "add", "kabid", "--role", "kabid", "--home", tmp_path).code == 0
    password = pantau("user", "password", "kabid", "--home", tmp_path, "--json").json["password"]
    with served(tmp_path) as (address, _):
        visitor = Visitor(address)
        until(lambda: bool(visitor.get("/sehat")))
        visitor.log_in("kabid", password)
        before = visitor.get("/layar/data.json")
        assert pantau("ingest", register(tmp_path), "--home", tmp_path).code == 0
        assert until(lambda: visitor.get("/layar/data.json") != before, 5.0) < 5.0
        book = tmp_path / "disposisi.csv"
        book.write_text(hand_overs("143;A2;;;;07/09/2026;08.08"), encoding="utf-8")
        assert pantau("ingest", book, "--home", tmp_path).code == 0
