"""`pantau watch` as a real process: dropped files, a second watcher, kills, and the rhythm of sources."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.books.foreign import foreign_postgresql, foreign_sqlite
from tests.books.typed import agenda
from tests.serving.command_line import Desk, Result, Running, process
from tests.serving.databases import own_database
from tests.serving.processes import QUICK, Process, running, until

LETTER = agenda("143;07/09/2026;08.00;Dinkes;Rapat")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    assert made.settle(QUICK).code == 0
    return made


@pytest.fixture
def watcher(desk: Desk) -> Iterator[Process]:
    with running(desk.folder / "kata.txt", "watch", "--home", desk.home) as started:
        started.says("Menjaga kotak masuk")
        yield started


def round_of(desk: Desk, *words: object) -> Result:
    """A watcher's command inside this process, which keeps its own answers to signals."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        return desk.run("watch", *words)
    finally:
        for number, answer in kept.items():
            signal.signal(number, answer)


def drop(desk: Desk, name: str, text: str = LETTER) -> Path:
    path = desk.home / "masuk" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def report(desk: Desk, name: str) -> dict[str, Any]:
    """The load of a file that was taken."""
    path = desk.home / "masuk" / "done" / f"{name}.laporan.json"
    until((path.parent / name).exists)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["loads"][0]
    return found


def test_a_dropped_file_is_loaded_and_a_second_watcher_says_so(desk: Desk, watcher: Process) -> None:
    drop(desk, "agenda.csv")
    assert report(desk, "agenda.csv")["accepted"] == 1
    watcher.says("agenda.csv (permohonan): 1 baris dibaca: 1 baru")
    second = process("watch", "--home", desk.home)
    assert (second.code, "sudah dijaga proses lain" in second.err) == (2, True)
    drop(desk, "lain.csv", agenda("144;07/09/2026;08.00;Dinkes"))
    assert report(desk, "lain.csv")["accepted"] == 1
    assert watcher.end() == 0
    assert desk.case("2026/144")["request"]["opd"] == "Dinas Kesehatan"


def test_a_restart_takes_up_what_was_left(desk: Desk, watcher: Process) -> None:
    watcher.kill()
    drop(desk, "agenda.csv")
    with running(desk.folder / "lagi.txt", "watch", "--home", desk.home):
        assert report(desk, "agenda.csv")["accepted"] == 1


STEPS = {
    "before the load": ("etl.intake.watched.watch", "_loaded", "before"),
    "after the load": ("etl.intake.watched.watch", "_loaded", "after"),
    "before publishing": ("etl.judging.publishing", "catch_up", "before"),
    "between the reports": ("etl.intake.watched.inbox_folder", "_write_whole", "after"),
    "before the move": ("etl.intake.watched.inbox_folder", "sync_folder", "before"),
}
FIRST_ROUND = ("from", "dashboard.commands.intake", "_one_round")


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_file_is_still_there_or_moved_with_its_report(desk: Desk, step: str) -> None:
    drop(desk, "agenda.csv")
    words = (*STEPS[step], *FIRST_ROUND, "watch", "--once", "--home", desk.home)
    assert Running(desk.folder, *words, module="tests.serving.killed").result().code == -signal.SIGKILL
    moved = (desk.home / "masuk" / "done" / "agenda.csv").exists()
    assert moved != (desk.home / "masuk" / "agenda.csv").exists()
    told = round_of(desk, "--once", "--json")
    assert told.code == 0
    after = report(desk, "agenda.csv")
    assert after["accepted"] + after["unchanged"] == 1
    assert not (desk.home / "masuk" / "agenda.csv").exists()
    assert desk.case("2026/143")["request"]["subject"] == "Rapat"


def test_one_round_tells_every_file_and_source(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with foreign_sqlite(desk.folder) as foreign:
        monkeypatch.setenv("ESURAT_URL", foreign.url)
        desk.settle(foreign.letters_source())
        foreign.letter(1)
        drop(desk, "agenda.csv")
        drop(desk, "surat.pdf", "%PDF-1.7")
        told = process("watch", "--once", "--home", desk.home, "--json")
        assert told.code == 1
        loads = {load["file"]: load["status"] for load in told.json["loads"]}
        assert loads == {"agenda.csv": "loaded", "surat.pdf": "refused", "e-surat": "loaded"}
        assert round_of(desk, "--once").code == 0


def test_a_source_is_fetched_on_its_rhythm(desk: Desk, postgresql_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with own_database(postgresql_server, "template1") as url, foreign_postgresql(url) as foreign:
        monkeypatch.setenv("ESURAT_URL", url)
        desk.settle(QUICK + foreign.letters_source().replace('"5m"', '"1s"'))
        foreign.letter(1)
        with running(desk.folder / "kata.txt", "watch", "--home", desk.home) as watcher:
            watcher.says("Sumber: e-surat (permohonan): 1 baris dibaca: 1 baru")
            foreign.letter(2)
            foreign.letter(3)
            until(lambda: watcher.output().count("Sumber: e-surat") >= 2)
            assert watcher.end(signal.SIGINT) == 0
        assert "Traceback" not in watcher.output()
    assert desk.case("2026/3")["request"]["subject"] == "Rapat 3"


def test_a_source_that_cannot_be_read_is_told_once(desk: Desk) -> None:
    with foreign_sqlite(desk.folder) as foreign:
        desk.settle(QUICK + foreign.letters_source().replace('"5m"', '"1s"'))
    with running(desk.folder / "kata.txt", "watch", "--home", desk.home) as watcher:
        watcher.says("ESURAT_URL belum diisi")
        drop(desk, "agenda.csv")
        watcher.says("laporan done/agenda.csv.laporan.txt")
        assert watcher.output().count("belum diisi") == 1


def test_an_inbox_that_cannot_be_is_one_sentence(desk: Desk) -> None:
    (desk.folder / "berkas").write_text("")
    told = round_of(desk, "--inbox", desk.folder / "berkas" / "masuk")
    assert (told.code, "tidak dapat dipakai" in told.err, "Traceback" in told.err) == (2, True, False)


def test_invented_records_have_no_inbox(desk: Desk) -> None:
    (desk.home / "DEMO").write_text("contoh")
    told = round_of(desk)
    assert (told.code, "tidak mempunyai kotak masuk" in told.err) == (2, True)
