"""A load is taken whole or not at all, one after another, and can be told again; on both databases."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pandas as pd
import pytest
from sqlalchemy import Engine, func, select

from data_access.records import Connection, RecordsBusyError, one_load, reading, schema, writing
from data_access.records.bulk import insert_rows
from data_access.records.intake.loads import (
    LoadCounts,
    begin_load,
    counts_of_repeat,
    find_same_load,
    load_by_id,
    loads_page,
    sources,
    still_waiting_count,
    undo_load,
)
from data_access.records.intake.views import rejects_page
from data_access.records.logs import link_rows
from data_access.records.requests import rows_of, upsert_requests
from tests.books.record_rows import (
    NINE_O_CLOCK,
    add_letter,
    add_passes,
    add_session,
    end_load,
    letters,
    start_load,
    waiting_passes,
)
from tests.reading.refusals import says

HALF_A_LOAD = """
import sys
from tests.books.record_rows import add_letter, add_passes, start_load
from data_access.records import one_load, open_records
with one_load(open_records(sys.argv[1])) as connection:
    origin = start_load(connection)
    add_letter(connection, origin)
    add_passes(connection, origin, *[{}] * 20_000)
    print("half way", flush=True)
    sys.stdin.read()
"""
PROJECT = Path(__file__).parents[2]


def count_of(connection: Connection, name: str) -> int:
    table = schema.metadata.tables[name]
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_load_killed_half_way_leaves_nothing_and_blocks_nobody(records_engine, records_database_url) -> None:
    command = [sys.executable, "-c", HALF_A_LOAD, records_database_url]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as loading:
        assert loading.stdout.readline() == b"half way\n"
        loading.kill()
    with one_load(records_engine) as connection:
        assert [count_of(connection, name) for name in ("load", "request", "pass_row")] == [0, 0, 0]
        assert start_load(connection)["load_id"] == 1


def test_a_load_that_fails_leaves_nothing(records_engine: Engine) -> None:
    def fail_half_way() -> None:
        with one_load(records_engine) as connection:
            add_passes(connection, start_load(connection), {})
            raise RuntimeError("bad row")

    with pytest.raises(RuntimeError, match="bad row"):
        fail_half_way()
    with reading(records_engine) as connection:
        assert [count_of(connection, name) for name in ("load", "pass_row")] == [0, 0]


def test_two_loads_at_once_share_letters_and_no_ids(records_engine: Engine) -> None:
    both_ready = Barrier(2)
    keys = [("2026", str(number)) for number in range(500)]

    def load(file: str) -> list[int]:
        both_ready.wait(timeout=30)
        with one_load(records_engine) as connection:
            origin = start_load(connection, file=file)
            requests = upsert_requests(connection, letters(*keys))
            frame = pd.DataFrame({**origin, "row": range(500), "request_id": requests, "agenda_key": "1", "step": 1})
            return insert_rows(connection, schema.pass_row, frame).tolist()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(load, ["a.csv", "b.csv"])
    with reading(records_engine) as connection:
        assert (sorted(first + second), count_of(connection, "request")) == (list(range(1, 1001)), 500)


def test_readers_neither_wait_for_a_load_nor_see_half_of_it(records_engine: Engine) -> None:
    with one_load(records_engine) as writer:
        start_load(writer)
        with reading(records_engine) as reader:
            assert count_of(reader, "load") == 0
    with reading(records_engine) as reader:
        assert count_of(reader, "load") == 1


def test_a_reader_keeps_its_picture_while_a_load_is_taken(records_engine: Engine) -> None:
    with reading(records_engine) as reader:
        before = count_of(reader, "load")
        with one_load(records_engine) as writer:
            start_load(writer)
        assert (before, count_of(reader, "load")) == (0, 0)


def test_who_will_not_wait_for_a_load_is_told_to_come_back(records_engine: Engine) -> None:
    sentence = r"^Catatan di .* sedang ditulis proses lain; ulangi sebentar lagi\.$"
    told = pytest.raises(RecordsBusyError, check=says(sentence))
    with one_load(records_engine), told, one_load(records_engine, wait_seconds=0.05):
        pytest.fail("two loads at once")


def test_an_impatient_write_does_not_shorten_the_patience_of_the_next(records_engine: Engine) -> None:
    if records_engine.dialect.name == "postgresql":
        patience, expected = "SHOW lock_timeout", "30s"
    else:
        patience, expected = "PRAGMA busy_timeout", 30_000
    with writing(records_engine, wait_seconds=0.05):
        pass
    with writing(records_engine) as connection:
        assert connection.exec_driver_sql(patience).scalar() == expected


def test_a_load_is_remembered_whole(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        load_id = begin_load(
            connection, file="agenda.xlsx", sha256="ab", kind="permohonan", options={"date_order": "dmy"},
            started_at=NINE_O_CLOCK, source_name="e-surat", actor="agendaris",
        )  # fmt: skip
        end_load(connection, load_id, read=5, accepted=4, rejected=1)
    with reading(records_engine) as connection:
        load = load_by_id(connection, load_id)
        assert loads_page(connection, 100) == [load]
    assert (load.file, load.source_name, load.actor, load.options, load.finished_at - load.started_at) == (
        "agenda.xlsx", "e-surat", "agendaris", {"date_order": "dmy"}, 1,
    )  # fmt: skip
    assert load.counts == LoadCounts(read=5, accepted=4, rejected=1)


def test_a_file_is_the_same_only_with_the_same_bytes_kind_and_options(records_engine: Engine) -> None:
    given = {"file": "a.csv", "sha256": "ab", "kind": "disposisi", "options": {"b": 1, "a": 2}}
    with one_load(records_engine) as connection:
        load_id = begin_load(connection, **given, started_at=NINE_O_CLOCK)
        found = [
            find_same_load(connection, "ab", "disposisi", {"a": 2, "b": 1}),
            find_same_load(connection, "cd", "disposisi", {"a": 2, "b": 1}),
            find_same_load(connection, "ab", "pemakaian", {"a": 2, "b": 1}),
            find_same_load(connection, "ab", "disposisi", {"a": 2}),
        ]
        undo_load(connection, load_id, NINE_O_CLOCK)
        found.append(find_same_load(connection, "ab", "disposisi", {"a": 2, "b": 1}))
    assert [load is not None for load in found] == [True, False, False, False, False]


def test_given_again_a_row_waits_until_its_letter_has_come(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        origin = start_load(connection)
        waiting = add_passes(connection, origin, {}, {})
        note_waiting(connection, origin["load_id"], "disposisi", waiting)
        end_load(connection, origin["load_id"], read=6, accepted=1, corrected=1, unchanged=1, waiting=2, rejected=1)
    with one_load(records_engine) as connection:
        same = load_by_id(connection, origin["load_id"])
        before = counts_of_repeat(connection, same)
        letter = add_letter(connection, start_load(connection, "permohonan"))
        link_rows(connection, "disposisi", waiting[:1], request_id=upsert_requests(connection, letters(("2026", "11"))))
        after = counts_of_repeat(connection, same)
    assert letter == 1
    assert before == LoadCounts(read=6, unchanged=3, waiting=2, rejected=1)
    assert after == LoadCounts(read=6, unchanged=4, waiting=1, rejected=1)


def test_a_session_waits_until_its_room_is_known(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        origin = start_load(connection, "pemakaian", "log.csv")
        session = pd.Series([add_session(connection, origin, room_name=None)]).to_numpy()
        note_waiting(connection, origin["load_id"], "pemakaian", session, "room_unknown")
        before = still_waiting_count(connection, origin["load_id"])
        link_rows(connection, "pemakaian", session, room_name=pd.Series(["Smart Center"]))
        assert (before, still_waiting_count(connection, origin["load_id"])) == (1, 0)


def test_rejected_rows_come_back_in_the_order_of_the_file(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        origin = start_load(connection)
        bad = {"code": "bad_date", "message": "31 Juni 2020 bukan tanggal yang ada.", "cells": {"Tgl": "31 Juni"}}
        frame = pd.DataFrame([origin | bad | {"row": 12, "column": "Tgl"}, origin | bad | {"row": 3, "column": None}])
        insert_rows(connection, schema.reject, frame)
        rejects = rejects_page(connection, origin["load_id"])
    assert [(row["row"], row["cells"]) for row in rejects] == [(12, {"Tgl": "31 Juni"}), (3, {"Tgl": "31 Juni"})]
    assert [row["column"] for row in rejects] == ["Tgl", None]


def test_every_row_can_be_traced_to_its_file(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        origin = start_load(connection, file="disposisi.csv")
        add_passes(connection, origin, {})
        traced = waiting_passes(connection).merge(sources(connection), on=["sheet_id", "load_id"])
    assert traced[["file", "row"]].to_numpy().tolist() == [["disposisi.csv", 2]]


def test_rows_of_an_undone_load_count_for_nothing(records_engine: Engine) -> None:
    with one_load(records_engine) as connection:
        origin = start_load(connection)
        letter = add_letter(connection, origin)
        undo_load(connection, origin["load_id"], NINE_O_CLOCK)
        assert rows_of(connection, [letter]).empty


def note_waiting(connection: Connection, load_id: int, kind: str, targets, code: str = "request_unknown") -> None:
    frame = pd.DataFrame({"load_id": load_id, "kind": kind, "target_row_id": targets, "code": code})
    insert_rows(connection, schema.waiting_row, frame)
