"""What is said on a screen becomes rows like a file's, once, and is seen at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data_access.records import Connection, reading
from data_access.records.schema import LOG_OF, load, screen_entry
from etl.desk.screen_rows import Receipt, ScreenRefusedError, TypedRow, give_rows, letter, receipt_of, stamp
from etl.intake.undo import undo
from etl.office import Rulebook
from etl.reference.steps import STEP_INDEX
from tests.books.moments import JAKARTA, seconds
from tests.books.typed import agenda
from tests.offices.bureau import Bureau
from tests.reading.refusals import says

LETTER = agenda("143;07/09/2026;08.00;Dinkes;Rapat imunisasi;Smart Center;08/09/2026;09.00;12.00;disetujui")
A2 = {**letter("143"), "year": 2026, "step": STEP_INDEX["A2"], "pass_number": 1, "is_done": True,
      **stamp("finished", seconds("2026-09-07 08:08") + 20, JAKARTA)}  # fmt: skip


@pytest.fixture
def bureau(tmp_path: Path, records_database_url: str) -> Iterator[Bureau]:
    made = Bureau(tmp_path, now="2026-09-07 08:10", database_url=records_database_url)
    made.give(LETTER, "agenda.csv")
    yield made
    made.close()


def say(bureau: Bureau, kind: str, values: dict[str, Any], client_id: str = "a-1") -> Receipt:
    return give_rows(
        bureau.office, kind, [values], actor="ani", role="agendaris", client_id=client_id, now=bureau.clock()
    )


def rows_of(bureau: Bureau, kind: str) -> int:
    with reading(bureau.office.records) as connection:
        return len(connection.execute(LOG_OF[kind].select()).all())


def test_a_row_of_a_screen_is_judged_like_a_files_and_says_where_it_comes_from(bureau: Bureau) -> None:
    receipt = say(bureau, "disposisi", A2)
    assert (receipt.counts.read, receipt.counts.accepted, receipt.is_repeat, receipt.is_published) == (
        1,
        1,
        False,
        True,
    )
    assert (receipt.actor, receipt.role, receipt.at) == ("ani", "agendaris", bureau.clock())
    step = bureau.step("2026/143", "A2")
    assert (step["verdict"], step["elapsed_seconds"]) == ("MET", 500)
    assert step["sources"] == [{"file": "layar", "sheet": "agendaris: ani #2", "row": 1}]
    with reading(bureau.office.records) as connection:
        told = connection.execute(load.select().where(load.c.id == receipt.load_id)).one()
    assert (told.source_name, told.actor, told.kind) == ("layar", "ani", "disposisi")


def test_a_double_tap_and_a_retry_store_one_row_and_get_the_first_receipt(bureau: Bureau) -> None:
    first = say(bureau, "disposisi", A2)
    bureau.clock.at += 90
    again = say(bureau, "disposisi", {**A2, **stamp("finished", seconds("2026-09-07 08:09"), JAKARTA)})
    assert (again.is_repeat, again.load_id, again.at) == (True, first.load_id, first.at)
    assert rows_of(bureau, "disposisi") == 1
    assert receipt_of(bureau.office, "a-1") == replace(first, is_repeat=True)
    assert receipt_of(bureau.office, "a-2") is None


def test_two_that_come_at_once_are_one(bureau: Bureau) -> None:
    with ThreadPoolExecutor(2) as both:
        receipts = list(both.map(lambda _: say(bureau, "disposisi", A2), range(2)))
    assert sorted(receipt.is_repeat for receipt in receipts) == [False, True]
    assert rows_of(bureau, "disposisi") == 1


def test_checks_of_a_room_are_one_entry_with_a_row_an_item(bureau: Bureau) -> None:
    base = {"room": "Smart Center", **stamp("checked", bureau.clock(), JAKARTA), "occasion": "before"}
    rows = [{**base, "item": "AC", "condition": "GOOD"},
            {**base, "item": "Proyektor", "condition": "HEAVY", "note": "lampu mati, telp 081234567890"}]  # fmt: skip
    receipt = give_rows(bureau.office, "kondisi", rows, actor="ani", role="staf", client_id="k-1", now=bureau.clock())
    assert receipt.counts.accepted == 2
    with reading(bureau.office.records) as connection:
        stored = connection.execute(LOG_OF["kondisi"].select()).all()
    assert [(one.item_name, one.condition, one.row, one.checked_at) for one in stored] == [
        ("AC", "GOOD", 1, bureau.clock()), ("Proyektor", "HEAVY", 2, bureau.clock())]  # fmt: skip
    assert "081234567890" not in stored[1].note


def test_a_session_begins_and_ends_in_two_entries(bureau: Bureau) -> None:
    begun = stamp("started", seconds("2026-09-08 09:05") + 10, JAKARTA)
    session = {"room": "SC", **begun, **letter("143"), "year": 2026}
    say(bureau, "pemakaian", session, "s-1")
    ended = say(bureau, "pemakaian", {**session, "ended_at": seconds("2026-09-08 11:50"), "present": 42}, "s-2")
    assert ended.counts.corrected == 1
    bureau.clock.at = seconds("2026-09-09 08:00")
    (told,) = bureau.case("2026/143")["sessions"]
    assert (told["started_at"][11:19], told["ended_at"][11:19], told["present"]) == ("09:05:10", "11:50:00", 42)


def test_a_count_of_those_present_leaves_the_verified_number(bureau: Bureau) -> None:
    session = {"room": "SC", **stamp("started", seconds("2026-09-08 09:05"), JAKARTA), **letter("143"), "year": 2026}
    say(bureau, "pemakaian", session, "s-1")
    verified = [{**letter("143"), "year": 2026}] * 25
    give_rows(bureau.office, "peserta", verified, actor="ani", role="staf", client_id="v-1", now=bureau.clock())
    for entry, present in (("s-2", 24), ("s-3", 26)):
        say(bureau, "pemakaian", {**session, "present": present}, entry)
        bureau.clock.at = seconds("2026-09-09 08:00")
        (told,) = bureau.case("2026/143")["sessions"]
        assert (told["verified"], told["present"]) == (25, present)


def test_persons_of_a_list_are_counted_and_not_kept(bureau: Bureau) -> None:
    people = [{**letter("143"), "year": 2026, "is_present": came} for came in (True, True, False)]
    give_rows(bureau.office, "peserta", people, actor="ani", role="staf", client_id="p-1", now=bureau.clock())
    with reading(bureau.office.records) as connection:
        (one,) = connection.execute(LOG_OF["peserta"].select()).all()
    assert (one.verified, one.present) == (3, 2)


def test_a_row_without_what_its_kind_must_have_is_refused_in_a_sentence_and_leaves_nothing(bureau: Bureau) -> None:
    with pytest.raises(ScreenRefusedError, check=says(r'^Kolom "kondisi": "Bagus sekali" bukan kondisi')):
        say(bureau, "kondisi", {"room": "SC", "checked_on": 20_703, "item": "AC", "condition": "Bagus sekali"})
    with pytest.raises(ScreenRefusedError, check=says(r'^Kolom "tanggal": wajib diisi')):
        say(bureau, "kondisi", {"room": "SC"})
    with pytest.raises(ScreenRefusedError, check=says("Jenis catatan")):
        say(bureau, "berita", {"room": "SC"})
    with pytest.raises(ScreenRefusedError, check=says("tanda pengenalnya")):
        say(bureau, "disposisi", A2, " ")
    with reading(bureau.office.records) as connection:
        assert connection.execute(screen_entry.select()).all() == []
        assert len(connection.execute(load.select()).all()) == 1
    assert say(bureau, "disposisi", A2).is_repeat is False


def test_what_belongs_to_an_entry_is_stored_with_it_or_not_at_all(bureau: Bureau) -> None:
    seen: list[int] = []

    def broken(_connection: Connection, load_id: int) -> None:
        seen.append(load_id)
        raise RuntimeError("disk")

    def refusing(_connection: Connection, _book: Rulebook) -> list[TypedRow]:
        raise ScreenRefusedError("stamp.refused_done", step="A3")

    common: dict[str, Any] = {"actor": "ani", "role": "staf", "client_id": "x", "now": bureau.clock()}
    with pytest.raises(RuntimeError):
        give_rows(bureau.office, "disposisi", [A2], also=broken, **common)
    with pytest.raises(ScreenRefusedError, check=says("sudah selesai")):
        give_rows(bureau.office, "disposisi", refusing, **common)
    assert (seen, rows_of(bureau, "disposisi")) == ([2], 0)


def test_an_entry_can_be_taken_back_like_a_file(bureau: Bureau) -> None:
    receipt = say(bureau, "disposisi", A2)
    undo(bureau.office, receipt.load_id, "salah surat", "ani", bureau.clock())
    assert bureau.step("2026/143", "A2")["sources"] == []
    assert say(bureau, "disposisi", A2).is_repeat is True
