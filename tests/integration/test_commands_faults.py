"""`pantau` as a process: exit codes, what goes where, what a kill or a second load at once leaves behind."""

from __future__ import annotations

import json
import signal
import sqlite3
from pathlib import Path

import pytest

from tests.books.typed import agenda, book, hand_overs
from tests.serving.command_line import Desk, Running, pantau, process

LETTERS = agenda(*(f"{n};07/09/2026;08.00;Dinkes" for n in range(1, 201)))
PASSES = hand_overs(*(f"{n};A2;;;;07/09/2026;08.08" for n in range(1, 201)))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def started(desk: Desk, *arguments: object) -> Running:
    """The command as a process that goes on by itself."""
    return Running(desk.folder, *arguments, "--home", desk.home, "--json")


def test_exit_codes_and_streams_of_a_real_process(desk: Desk) -> None:
    good = desk.file(agenda("1;07/09/2026;08.00;Dinkes", "2;31/09/2026;08.00;Dinkes"), "a.csv")
    told = process("ingest", good, "--json", "--home", desk.home)
    assert (told.code, told.err) == (1, "")
    assert json.loads(told.out)["loads"][0]["accepted"] == 1
    moments = ("2026-09-07T09:00", "2026-09-07T09:05")
    well = process("clock", *moments, "--json", environment={"PANTAU_HOME": str(desk.home)})
    assert (well.code, well.json["working_seconds"], well.err) == (0, 300, "")
    refused = process("clock", *reversed(moments), "--home", desk.home, "--json")
    assert (refused.code, refused.out) == (2, "")
    assert len(refused.err.strip().splitlines()) == 1


def test_an_internal_error_is_a_sentence_and_a_reference_in_the_log(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("pecah di dalam")

    monkeypatch.setattr("etl.moments.parse_moment", broken)
    told = desk.run("clock", "2026-09-07T09:00", "2026-09-07T09:05", "--json")
    assert (told.code, told.out) == (70, "")
    assert "Traceback" not in told.err
    assert "pecah di dalam" not in told.err
    reference = told.err.rstrip(".\n").rsplit(" ", 1)[1]
    log = (desk.home / "log" / "galat.log").read_text(encoding="utf-8")
    assert reference in log
    assert "pecah di dalam" in log


COMMANDS = [
    ("demo",), ("serve",), ("ingest",), ("figures",), ("figures", "sla"), ("case",), ("clock",), ("settings",),
    ("settings", "show"), ("settings", "apply"), ("rebuild",), ("check",), ("user",), ("screen",), ("measure",), (),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command) or "pantau")
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    told = pantau(*command, "--help")
    assert (told.code, told.err) == (0, "")
    assert "Usage: pantau" in told.out


@pytest.mark.parametrize(
    "arguments", [("menari",), ("ingest",), ("case", "143"), ("clock",), ("check", "--warna"), ("figures", "sla")]
)
def test_bad_arguments_are_exit_two_without_output(arguments: tuple[str, ...]) -> None:
    told = pantau(*arguments)
    assert (told.code, told.out) == (2, "")
    assert told.err


def test_an_unknown_letter_is_refused_with_its_number(desk: Desk) -> None:
    told = desk.run("case", "2026/143", "--json")
    assert (told.code, told.out) == (2, "")
    assert "2026/143" in told.err


CASE_STEP = {
    "step", "actor", "passes", "started_at", "finished_at", "start_rule", "elapsed_seconds", "waiting_seconds",
    "paused_seconds", "target_seconds", "due_at", "verdict", "reason", "flags", "sources",
}  # fmt: skip


def test_a_case_is_told_with_the_keys_of_its_contract(desk: Desk) -> None:
    desk.give(LETTERS, "a.csv")
    desk.give(PASSES, "d.csv")
    whole = desk.case("2026/ 0143 ")
    assert set(whole) >= {"request", "steps", "sessions"}
    assert set(whole["request"]) >= {"year", "agenda_number", "opd", "subject", "received_at", "status"}
    assert len(whole["steps"]) == 13
    for step in whole["steps"]:
        assert set(step) >= CASE_STEP
        assert step["start_rule"] in ("recorded", "handover", "none")
    assert whole["steps"][1]["sources"] == [{"file": "d.csv", "sheet": None, "row": 144}]
    lines = desk.run("case", "2026/143").out
    assert "diterima 7 Sep 2026 08.00  status" in lines
    assert "A2" in lines


@pytest.mark.parametrize(
    ("place", "name", "when", "is_kept"),
    [
        ("etl.intake.pipeline", "take_in", "after", False),
        ("etl.intake.pipeline", "finish_load", "after", False),
        ("etl.judging.publishing", "catch_up", "before", True),
        ("data_access.mart.files", "turn_pointer", "before", True),
    ],
)
def test_a_kill_leaves_the_records_as_before_or_as_after(
    desk: Desk, place: str, name: str, when: str, is_kept: bool
) -> None:
    desk.give(LETTERS, "a.csv")
    path = desk.file(PASSES, "d.csv")
    arguments = (place, name, when, "ingest", path, "--home", desk.home)
    assert Running(desk.folder, *arguments, module="tests.serving.killed").result().code == -signal.SIGKILL
    kept = 200 if is_kept else 0
    assert desk.sla("2026-09-01", "2026-09-30", "--step", "A2")["steps"][0]["met"] == kept
    again = desk.run("ingest", path, "--json")
    assert (again.code, again.counts) == (0, (200, 0, 200, 0, 0, 0) if is_kept else (200, 200, 0, 0, 0, 0))
    assert desk.sla("2026-09-01", "2026-09-30", "--step", "A2")["steps"][0]["met"] == 200
    assert desk.run("check").code == 0


def test_two_loads_at_once_do_not_corrupt_each_other(desk: Desk) -> None:
    desk.run("check")
    running = [started(desk, "ingest", desk.file(text, name)) for text, name in ((LETTERS, "a.csv"), (PASSES, "d.csv"))]
    told = [one.result() for one in running]
    assert [one.code for one in told] in ([0, 0], [0, 1]), [one.err for one in told]
    assert desk.sla("2026-09-01", "2026-09-30", "--step", "A2")["steps"][0]["met"] == 200
    assert desk.give(PASSES, "d.csv").counts == (200, 0, 200, 0, 0, 0)


def test_the_same_file_twice_at_once_makes_each_letter_once(desk: Desk) -> None:
    path = desk.file(LETTERS, "a.csv")
    running = [started(desk, "ingest", path) for _ in range(2)]
    told = [one.result() for one in running]
    assert [one.code for one in told] == [0, 0], [one.err for one in told]
    assert sorted(one.counts for one in told) == [(200, 0, 200, 0, 0, 0), (200, 200, 0, 0, 0, 0)]
    with sqlite3.connect(desk.home / "records.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM request").fetchone() == (200,)
    connection.close()


def test_records_in_postgresql_are_reached_by_their_url(
    desk: Desk, postgresql_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.serving.databases import own_database

    with own_database(postgresql_server, "template1") as url:
        monkeypatch.setenv("PANTAU_DATABASE_URL", url)
        told = started(desk, "ingest", desk.file(LETTERS, "a.csv")).result()
        assert (told.code, told.counts[1]) == (0, 200), told.err
        assert started(desk, "case", "2026/143").result().code == 0
    assert not (desk.home / "records.sqlite").exists()


def test_the_demo_lives_in_a_home_of_its_own(desk: Desk) -> None:
    made = desk.run("demo", "--as-of", "2026-09-30T10:00", "--json")
    assert made.code == 0
    assert Path(made.json["home"]) == desk.home / "demo"
    assert {load["status"] for load in made.json["loads"]} == {"loaded"}
    assert {load["kind"] for load in made.json["loads"]} == {"permohonan", "disposisi", "pemakaian", "kondisi"}
    for load in made.json["loads"]:
        assert load["read"] == sum(load[end] for end in ("accepted", "unchanged", "corrected", "waiting", "rejected"))
    assert all(len(password) >= 12 for password in made.json["logins"].values())
    assert desk.sla("2026-01-01", "2026-09-30", as_of="2026-09-30T10:00")["all_steps"]["n"] == 0
    inside = Desk(desk.folder)
    inside.home = desk.home / "demo"
    told = inside.sla("2026-01-01", "2026-09-30", as_of="2026-09-30T10:00")["all_steps"]
    assert told["n"] > 500
    assert 0.5 < told["share"] < 1
    assert desk.home.stat().st_mode & 0o077 == 0


def test_a_book_of_hand_overs_may_be_read_in_the_wrong_kind_only_when_asked(desk: Desk) -> None:
    told = desk.give(book("no_agenda;langkah;tgl_selesai", "1;A2;07/09/2026"), "d.csv", "--kind", "permohonan")
    assert (told.code, told.load["status"]) == (2, "refused")
