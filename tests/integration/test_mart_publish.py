"""The mart: published by rename, read without waiting, noticed when it is broken."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import pytest

from data_access.mart import Basis, Change, Mart, MartError
from data_access.mart.publish import MOST_TOLD_APART, MOST_TURNS, Touched
from data_access.mart.schema import MISSING
from tests.reading.refusals import says

STEPS = np.arange(13, dtype=np.int8)


def letters(*ids: int, subject: str = "Pinjam ruang") -> dict[str, pd.DataFrame]:
    """Letters with their thirteen steps, all settled at 1 000."""
    count = len(ids)
    return {
        "request_fact": pd.DataFrame(
            {
                "request_id": np.array(ids, dtype=np.int64),
                "subject": [subject] * count,
                "received_on": np.arange(count, dtype=np.int64) + 20_000,
                "received_at": np.full(count, MISSING, dtype=np.int64),
                "room": [None] * count,
                "settled_at": np.full(count, 1_000, dtype=np.int64),
                "planned": np.full(count, 45, dtype=np.int64),
            }
        ),
        "step_fact": pd.DataFrame(
            {
                "request_id": np.repeat(np.array(ids, dtype=np.int64), 13),
                "step": np.tile(STEPS, count),
                "belongs_on": np.full(13 * count, 20_000, dtype=np.int64),
                "verdict": np.zeros(13 * count, dtype=np.int8),
                "elapsed_seconds": np.full(13 * count, MISSING, dtype=np.int64),
            }
        ),
    }


def sessions(*ids: int, room: str = "Smart Center") -> dict[str, pd.DataFrame]:
    """Sessions without a letter."""
    empty = np.full(len(ids), MISSING, dtype=np.int64)
    return {"session_fact": pd.DataFrame({"session_id": ids, "request_id": empty, "room": [room] * len(ids)})}


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    """A mart with letters 1, 2 and 3 of load 7."""
    mart = Mart(tmp_path / "mart")
    mart.publish(letters(1, 2, 3), 7, "rules", built_at=500)
    return mart


def subjects(mart: Mart) -> dict[int, str]:
    """Letter → subject in the current mart."""
    found = mart.read().tuples("SELECT request_id, subject FROM request_fact ORDER BY 1")
    return dict(found)


def test_an_empty_folder_has_no_mart_and_says_how_to_make_one(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    assert mart.meta() is None
    assert not mart.exists()
    with pytest.raises(MartError, check=says("pantau rebuild")):
        mart.read()


def test_a_published_mart_knows_what_it_was_made_from(mart: Mart) -> None:
    meta = mart.meta()
    assert meta is not None
    assert (meta.load_id, meta.rules_hash, meta.built_at, meta.generation) == (7, "rules", 500, 1)


def test_missing_integers_and_texts_become_null(mart: Mart) -> None:
    row = mart.read().rows("SELECT received_at, room, planned, note FROM request_fact WHERE request_id = 1")
    assert row == [{"received_at": None, "room": None, "planned": 45, "note": None}]


def test_publishing_some_letters_replaces_only_those(mart: Mart) -> None:
    mart.publish(letters(2, 4, subject="Diganti"), 8, "rules", built_at=600)
    assert subjects(mart) == {1: "Pinjam ruang", 2: "Diganti", 3: "Pinjam ruang", 4: "Diganti"}
    assert mart.read().tuples("SELECT count(*) FROM step_fact") == [(52,)]


def test_a_letter_that_was_undone_disappears(mart: Mart) -> None:
    mart.publish(Change(letters(3), requests=[2, 3]), 8, "rules", built_at=600)
    assert list(subjects(mart)) == [1, 3]


def test_sessions_are_replaced_by_their_own_number(mart: Mart) -> None:
    mart.publish(sessions(1, 2), 8, "rules", built_at=600)
    mart.publish(Change(sessions(2, 3, room="Aula"), sessions=[1]), 9, "rules", built_at=700)
    found = mart.read().tuples("SELECT session_id, room, request_id FROM session_fact ORDER BY 1")
    assert found == [(2, "Aula", None), (3, "Aula", None)]


def test_a_full_build_forgets_what_was_there(mart: Mart) -> None:
    mart.publish(Change(letters(9), is_full=True), 8, "other", built_at=600)
    assert list(subjects(mart)) == [9]


def test_a_builder_sees_what_the_mart_holds_and_may_have_nothing(mart: Mart) -> None:
    seen = []
    meta = mart.publish(seen.append, 8, "rules", built_at=600)
    assert seen == [meta]
    assert meta is not None
    assert meta.load_id == 7


def test_a_builder_may_have_found_a_later_load(mart: Mart) -> None:
    meta = mart.publish(lambda _: Change(letters(5), load_id=11), 8, "rules", built_at=600)
    assert meta is not None
    assert meta.load_id == 11


def test_a_part_cannot_be_published_without_a_mart(tmp_path: Path) -> None:
    with pytest.raises(MartError, check=says("Belum ada mart")):
        Mart(tmp_path / "mart").publish(Change(letters(1)), 1, "rules", built_at=1)


@pytest.mark.parametrize("broken", ["steps", "letter", "session"])
def test_a_mart_that_fails_its_checks_is_not_published(mart: Mart, broken: str) -> None:
    frames = {**letters(5), **sessions(1)}
    if broken == "steps":
        frames["step_fact"] = frames["step_fact"].iloc[:12]
    elif broken == "letter":
        frames = letters(5, 5)
    else:
        frames |= sessions(1, 1)
    with pytest.raises(MartError, check=says("Mart baru")):
        mart.publish(frames, 8, "rules", built_at=600)
    assert list(subjects(mart)) == [1, 2, 3]
    assert not list(mart.folder.glob("building-*"))


def test_an_unknown_table_is_a_mistake_of_the_caller(mart: Mart) -> None:
    with pytest.raises(ValueError, match="no such table"):
        mart.publish({"requests": pd.DataFrame()}, 8, "rules", built_at=600)


def test_a_reader_keeps_its_snapshot_while_newer_marts_are_published(mart: Mart) -> None:
    old = mart.read()
    for load in range(8, 13):
        mart.publish(letters(load), load, "rules", built_at=load)
    assert old.tuples("SELECT count(*) FROM request_fact") == [(3,)]
    assert mart.read().tuples("SELECT count(*) FROM request_fact") == [(8,)]


def test_only_the_newest_two_files_stay(mart: Mart) -> None:
    for load in range(8, 13):
        mart.publish(letters(load), load, "rules", built_at=load)
    assert sorted(path.name for path in mart.folder.glob("*.duckdb")) == [
        "mart-11-5.duckdb",
        "mart-12-6.duckdb",
    ]


def test_another_process_sees_the_pointer_turn(mart: Mart) -> None:
    other = Mart(mart.folder)
    assert other.meta() == mart.meta()
    mart.publish(letters(4), 8, "rules", built_at=600)
    meta = other.meta()
    assert meta is not None
    assert meta.load_id == 8


def current_file(mart: Mart) -> Path:
    """The only mart file in the folder."""
    (path,) = mart.folder.glob("*.duckdb")
    return path


@pytest.mark.parametrize("fault", ["deleted", "truncated", "garbage", "foreign", "no pointer", "bad pointer"])
def test_a_broken_mart_is_noticed_and_can_be_built_again(mart: Mart, tmp_path: Path, fault: str) -> None:
    path = current_file(mart)
    if fault == "deleted":
        path.unlink()
    elif fault == "truncated":
        path.write_bytes(path.read_bytes()[:-4096])
    elif fault == "garbage":
        path.write_bytes(b"x" * path.stat().st_size)
    elif fault == "foreign":
        other = Mart(tmp_path / "other")
        other.publish(letters(1, 2, 3), 7, "rules", built_at=500)
        path.write_bytes(current_file(other).read_bytes())
    elif fault == "no pointer":
        (mart.folder / "current.json").unlink()
    else:
        (mart.folder / "current.json").write_text("{", encoding="utf-8")
    fresh = Mart(mart.folder)
    with pytest.raises(MartError, check=says("jalankan `pantau rebuild`")):
        fresh.read()
    assert fresh.meta() is None
    fresh.publish(letters(6), 9, "rules", built_at=900)
    assert list(subjects(fresh)) == [6]


def test_what_a_killed_publisher_left_behind_goes_with_the_next_one(mart: Mart) -> None:
    (mart.folder / "building-2.duckdb").write_bytes(b"half a file")
    (mart.folder / "building-2.duckdb.wal").write_bytes(b"half a log")
    mart.publish(letters(4), 8, "rules", built_at=600)
    assert not list(mart.folder.glob("building-*"))
    assert list(subjects(mart)) == [1, 2, 3, 4]


def test_after_a_fault_the_mart_is_opened_again(mart: Mart, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise duckdb.FatalException("the database has been invalidated")

    held = mart.read()
    with monkeypatch.context() as fault:
        fault.setattr(held, "_cursor", lambda: SimpleNamespace(execute=refuse))
        with pytest.raises(MartError):
            held.tuples("SELECT 1")
    assert mart.read() is not held
    assert list(subjects(mart)) == [1, 2, 3]


def test_a_fault_of_one_publisher_does_not_hinder_the_next(mart: Mart) -> None:
    with pytest.raises(MartError):
        mart.publish(letters(5, 5), 8, "rules", built_at=600)
    mart.publish(letters(5), 8, "rules", built_at=600)
    assert list(subjects(mart)) == [1, 2, 3, 5]


def test_publishers_take_turns_and_lose_nothing(mart: Mart) -> None:
    def work(first: int) -> None:
        other = Mart(mart.folder)
        for number in range(first, first + 3):
            other.publish(letters(number), number, "rules", built_at=number)

    threads = [threading.Thread(target=work, args=(first,)) for first in (10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(subjects(mart)) == [1, 2, 3, 10, 11, 12, 20, 21, 22, 30, 31, 32]
    meta = mart.meta()
    assert meta is not None
    assert meta.generation == 10


def test_many_threads_read_while_marts_are_published(mart: Mart) -> None:
    faults: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(40):
                snapshot = mart.read()
                letters_, steps = snapshot.tuples(
                    "SELECT (SELECT count(*) FROM request_fact), (SELECT count(*) FROM step_fact)"
                )[0]
                assert steps == 13 * letters_
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(8, 14):
        mart.publish(letters(number), number, "rules", built_at=number)
    for thread in threads:
        thread.join()
    assert faults == []


def test_an_answer_is_computed_once_a_generation(mart: Mart) -> None:
    made = []
    for _ in range(2):
        assert mart.read().remember("names", lambda: made.append(1) or "ready") == "ready"
    assert made == [1]
    mart.publish(letters(4), 8, "rules", built_at=600)
    assert mart.read().remember("names", lambda: "anew") == "anew"


def test_an_answer_lasts_until_its_rows_change(mart: Mart) -> None:
    of = {
        "letters": Basis.of("request_fact"),
        "sessions": Basis.of("session_fact"),
        "settled": Basis(frozenset({"request_fact", "step_fact"}), 999),
        "nothing": Basis.of(),
    }

    def asked(reader: Mart) -> set[str]:
        """Those that were asked anew."""
        anew: set[str] = set()
        for name, basis in of.items():
            reader.read().remember(name, partial(anew.add, name), basis)
        return anew

    other = Mart(mart.folder)
    assert asked(mart) == asked(other) == set(of)
    mart.publish(sessions(1), 8, "rules", built_at=600)
    assert asked(mart) == {"sessions"}
    mart.publish(letters(2), 9, "rules", built_at=700)
    assert asked(mart) == {"letters"}  # that one was settled at 1 000
    assert asked(other) == {"letters", "sessions"}  # two changes at once
    early = letters(2)
    early["request_fact"]["settled_at"] = 999
    mart.publish(early, 10, "rules", built_at=800)
    assert asked(mart) == {"letters", "settled"}
    mart.publish(letters(2), 11, "rules", built_at=900)  # it was
    assert asked(mart) == {"letters", "settled"}
    for at in range(MOST_TURNS + 1):
        mart.publish(sessions(1), 12 + at, "rules", built_at=1_000 + at)
    assert asked(other) == set(of)  # too long ago
    mart.publish(sessions(1), 99, "other rules", built_at=2_000)
    assert asked(mart) == set(of)
    mart.publish(Change(letters(1, 2), is_full=True), 100, "other rules", built_at=2_100)
    assert asked(mart) == set(of)


def test_an_answer_that_several_ask_for_at_once_is_computed_once(mart: Mart) -> None:
    made: list[int] = []
    begun, asked = threading.Event(), []

    def make() -> str:
        made.append(1)
        begun.wait(10)
        return "ready"

    snapshot = mart.read()
    askers = [threading.Thread(target=lambda: asked.append(snapshot.remember("slow", make))) for _ in range(4)]
    for one in askers:
        one.start()
    begun.set()
    for one in askers:
        one.join(10)
    assert (asked, made) == (["ready"] * 4, [1])


def test_an_answer_that_failed_is_asked_for_again(mart: Mart) -> None:
    snapshot = mart.read()
    with pytest.raises(ZeroDivisionError):
        snapshot.remember("broken", lambda: 1 // 0)
    assert snapshot.remember("broken", lambda: "mended") == "mended"


def test_a_mart_knows_which_letters_changed_when(mart: Mart) -> None:
    before = mart.read().meta.touched
    mart.publish(Change(letters(3), requests=[2, 3]), 8, "rules", built_at=600)
    touched = mart.read().meta.touched
    assert touched.at(1) == before.at(1) == before.any
    assert touched.at(2) == touched.at(3) == touched.any != before.any
    mart.publish(Change(sessions(2), sessions=[2]), 9, "rules", built_at=700)  # of no letter
    assert mart.read().meta.touched == touched
    taken = {"session_fact": sessions(2)["session_fact"].assign(request_id=1)}
    mart.publish(Change(taken), 10, "rules", built_at=800)
    given = mart.read().meta.touched
    assert given.at(1) == given.any
    assert given.at(2) == touched.at(2)
    mart.publish(Change(sessions(2), sessions=[2]), 11, "rules", built_at=900)  # the letter loses its session
    assert mart.read().meta.touched.at(1) != given.at(1)
    mart.publish(Change(letters(1, 3), is_full=True), 12, "rules", built_at=950)
    assert len({mart.read().meta.touched.at(letter) for letter in (1, 2, 3)} | {mart.read().meta.touched.any}) == 1


def test_of_very_many_letters_those_that_changed_longest_ago_are_not_told_apart() -> None:
    touched = Touched("0", "0")
    for number in range(1, MOST_TOLD_APART + 3):
        touched = touched.after(str(number), [number])
    assert len(touched.of) == MOST_TOLD_APART
    assert touched.at(MOST_TOLD_APART + 2) == str(MOST_TOLD_APART + 2)
    assert touched.at(1) == touched.at(9_999) == "2"
    assert touched.after("all", range(MOST_TOLD_APART + 1)) == Touched("all", "all")
    assert touched.after("none", []) == touched


def test_a_thread_that_holds_a_mart_answers_from_it_until_it_publishes_or_lets_go(mart: Mart) -> None:
    mart.hold()
    mark = mart.mark()
    assert set(subjects(mart)) == {1, 2, 3}
    other = Mart(mart.folder)
    other.publish(Change(letters(4)), 8, "rules", built_at=600)
    assert set(subjects(mart)) == {1, 2, 3}
    assert mart.meta() is not None
    mart.publish(Change(letters(5)), 9, "rules", built_at=700)
    assert set(subjects(mart)) == {1, 2, 3, 4, 5}
    other.publish(Change(letters(6)), 10, "rules", built_at=800)
    assert set(subjects(mart)) == {1, 2, 3, 4, 5}
    mart.let_go()
    assert set(subjects(mart)) == {1, 2, 3, 4, 5, 6}
    assert mart.mark() != mark
