"""Two letters under one number are not a correction: the second one waits, and nothing is overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import true

from dashboard.i18n import sentence
from data_access.records import reading
from data_access.records.intake.loads import last_load_id
from data_access.records.logs import log_rows
from data_access.records.schema import request_row
from etl.desk.second_letters import SecondLetterError, take_as_correction
from etl.figures.intake.open_work import attention, second_letters, unknown_rooms
from etl.intake.undo import undo
from tests.books.typed import book
from tests.offices.bureau import Bureau, fresh_bureau

HEADER = "no_agenda;tgl_terima;no_surat;asal;nama_kegiatan;ruang;tgl_kegiatan;jam_mulai;jam_selesai;status"
FIRST = "21;05/09/2026;005/101;Dinas Pertanian;Rakor tani;Smart Center;12/09/2026;08.00;10.00;disetujui"
SECOND = "21;05/09/2026;445/77;Dinas Sosial;Pelatihan;Smart Center;14/09/2026;13.00;15.00;disetujui"
THIRD = "22;06/09/2026;005/9;Bappeda;Rapat;Smart Center;15/09/2026;08.00;10.00;disetujui"


def register(*rows: str) -> str:
    """A register with these rows."""
    return book(HEADER, *rows)


def given_to(bureau: Bureau, name: str, *rows: str) -> dict[str, Any]:
    """What `ingest --json` tells of a register with these rows."""
    return bureau.give(register(*rows), name).to_json(sentence)


def stands(bureau: Bureau) -> bool:
    """Whether the first letter of number 21 is as its own row says."""
    request = bureau.case("2026/21")["request"]
    return (request["activity"], request["booked_start_on"]) == ("Rakor tani", "2026-09-12")


def ends(told: dict[str, Any]) -> tuple[int, ...]:
    """Accepted, unchanged, corrected, waiting."""
    return tuple(told[end] for end in ("accepted", "unchanged", "corrected", "waiting"))


def test_within_one_file_the_second_letter_waits_and_the_first_stands(bureau: Bureau) -> None:
    told = given_to(bureau, "02.csv", FIRST, SECOND, THIRD)
    assert ends(told) == (2, 0, 0, 1)
    assert stands(bureau)
    (wait,) = told["waits"]
    assert (wait["sheet"], wait["row"], wait["code"]) == (None, 3, "same_number")
    for word in ("Baris 3", "21", "005/101", "Dinas Pertanian", "445/77", "Dinas Sosial"):
        assert word in wait["message"]
    again = given_to(bureau, "02.csv", FIRST, SECOND, THIRD)
    assert (ends(again), again["waits"]) == ((0, 2, 0, 1), told["waits"])


def test_a_later_file_neither_overwrites_the_letter_and_given_again_it_still_waits(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", FIRST)
    assert ends(given_to(bureau, "b.csv", SECOND, THIRD)) == (1, 0, 0, 1)
    assert ends(given_to(bureau, "c.csv", THIRD, SECOND, FIRST)) == (0, 2, 0, 1)
    assert stands(bureau)
    rows, total = second_letters(bureau.office, 1)
    assert (total, rows[0].mine["activity"], rows[0].earlier["activity"]) == (1, "Pelatihan", "Rakor tani")
    assert (attention(bureau.office).same_numbers, unknown_rooms(bureau.office)) == (1, [])


@pytest.mark.parametrize(
    ("row", "end"),
    [
        ("21;05/09/2026;005/102;Dinas Pertanian;Rakor tani", "corrected"),  # the number alone
        ("21;05/09/2026;005/101;Dinas Sosial;Rakor tani", "corrected"),  # the sender alone
        ("21;06/09/2026;005/101;Dinas Pertanian;Panen", "corrected"),  # receipt and event
        ("21;06/09/2026;;Dinas Pertanian;", "corrected"),  # empty cells contradict nothing
        ("21;05/09/2026;005 / 101;Dinas Pertanian;", "corrected"),  # blanks are no other number
        ("21;06/09/2026;005/102;Dinas Pertanian;", "waiting"),  # number and receipt
        ("21;06/09/2026;;Dinas Sosial;", "waiting"),  # sender and receipt
        ("21;05/09/2026;;Dinas Sosial;Panen", "waiting"),  # sender and event
        ("21;05/09/2026;;Dinas Sosial;;;13/09/2026", "waiting"),  # sender and the day of the event
    ],
)
def test_two_of_sender_number_and_receipt_or_sender_and_event_contradict(bureau: Bureau, row: str, end: str) -> None:
    given_to(bureau, "a.csv", FIRST)
    told = given_to(bureau, "b.csv", row + ";" * (HEADER.count(";") - row.count(";")))
    assert told[end] == 1


def test_a_letter_that_waits_for_its_room_is_not_overwritten_when_the_room_is_known(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", FIRST.replace("Smart Center", "Aula"))
    assert ends(given_to(bureau, "b.csv", SECOND)) == (0, 0, 0, 1)


def test_undoing_the_load_of_the_second_letter_leaves_nothing_to_answer(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", FIRST)
    load_id = bureau.give(register(SECOND), "b.csv").load_id
    undo(bureau.office, load_id, "salah berkas", "admin", bureau.clock())
    assert second_letters(bureau.office, 1) == ([], 0)
    assert stands(bureau)


def test_taken_as_a_correction_it_counts_and_undone_it_waits_again(bureau: Bureau) -> None:
    given_to(bureau, "a.csv", FIRST, SECOND)
    (row,), _ = second_letters(bureau.office, 1)
    assert take_as_correction(bureau.office, row.place["id"], "agendaris", "agendaris", bureau.clock())
    assert (stands(bureau), second_letters(bureau.office, 1)) == (False, ([], 0))
    assert ends(given_to(bureau, "a.csv", FIRST, SECOND)) == (0, 2, 0, 0)
    with pytest.raises(SecondLetterError):
        take_as_correction(bureau.office, row.place["id"], "agendaris", "agendaris", bureau.clock())
    with reading(bureau.office.records) as connection:
        answer = last_load_id(connection)
    undo(bureau.office, answer, "salah jawab", "admin", bureau.clock())
    assert (stands(bureau), second_letters(bureau.office, 1)[1]) == (True, 1)
    assert ends(given_to(bureau, "a.csv", FIRST, SECOND)) == (0, 1, 0, 1)


CELLS = st.tuples(
    st.sampled_from(("1", "2")), st.sampled_from(("05/09/2026", "06/09/2026")), st.sampled_from(("", "A/1", "B/2")),
    st.sampled_from(("Bappeda", "Dinas Sosial")), st.sampled_from(("", "Rapat", "Panen")),
)  # fmt: skip


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(files=st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=3))
def test_every_row_is_accounted_for_and_no_letter_is_overwritten(files: list[list[tuple[str, ...]]]) -> None:
    with fresh_bureau("2026-11-30 09:00") as bureau:
        for number, rows in enumerate(files):
            told = given_to(bureau, f"{number}.csv", *(";".join(row) + ";;;;;" for row in rows))
            assert told["read"] == len(rows) == sum(ends(told))
            assert len({wait["row"] for wait in told["waits"]}) <= told["waiting"]
        with reading(bureau.office.records) as connection:
            stored = log_rows(connection, request_row, true()).sort_values("id")
        for _, mine in stored.groupby("request_id"):
            now: dict[str, Any] = {}
            for row in mine.to_dict("records"):
                if row["is_waiting"]:
                    continue
                old, now = now, now | {k: row[k] for k in NAMED if isinstance(row[k], str) or k == "received_on"}
                assert sum(old[k] != now[k] for k in old) < 2 or was_said(mine, row), (old, now)


NAMED = ("opd_name", "letter_number", "received_on")


def was_said(rows: Any, row: dict[str, Any]) -> bool:
    """Whether an earlier row that counts names the same letter."""
    before = rows[(rows["id"] < row["id"]) & ~rows["is_waiting"]]
    return bool((before[[*NAMED]].fillna("") == [row[k] if row[k] == row[k] else "" for k in NAMED]).all(axis=1).any())
