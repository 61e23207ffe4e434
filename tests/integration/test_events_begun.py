"""A step without a stamp is not held against anybody once the request's event has begun, however that is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.intake.undo import undo
from etl.judging.publishing import rebuild
from tests.books.typed import agenda, book, hand_overs, part_a, room_log
from tests.offices.bureau import Bureau, bureau_of, settings_of_another_process

EARLIER = "1;01/09/2026;08.00;Dinkes;Rapat;Aula;02/09/2026;13.00;14.00;disetujui"
LETTER = "2;07/09/2026;08.00;Dinkes;Rapat;Aula;08/09/2026;13.00;15.00;disetujui"
LONGER = "3;07/09/2026;09.00;Bappeda;Rapat;Aula;08/09/2026;13.30;16.00;disetujui"
BEFORE, AFTER = "2026-09-08 12:59", "2026-09-08 13:40"
OVERDUE, UNRECORDED = ("OVERDUE", None), ("UNMEASURABLE", "not_recorded")


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    """Letter 1 tells that all steps are recorded; letter 2 lies at A4 when its event begins."""
    with bureau_of(Bureau, tmp_path) as made:
        settings_of_another_process(made)
        made.give(agenda(EARLIER, LETTER), "agenda.csv")
        steps = [*part_a("1", "01/09/2026"), "2;A2;;;;07/09/2026;08.08", "2;A3;;;;07/09/2026;08.12"]
        made.give(hand_overs(*steps), "langkah.csv")
        yield made


def a4(bureau: Bureau, letter: str = "2026/2", as_of: str = AFTER) -> tuple[str, str | None]:
    step = bureau.step(letter, "A4", as_of)
    return step["verdict"], step["reason"]


def used(bureau: Bureau, *rows: str) -> int:
    return bureau.give(room_log(*rows), "pemakaian.csv").load_id


@pytest.mark.parametrize(
    "log", ["2;Aula;08/09/2026;13.05;15.00;", ";Aula;08/09/2026;13.05;15.00;", ";Aula;08/09/2026;13.05;;"]
)
def test_a_step_without_a_stamp_is_no_lateness_once_the_event_began(bureau: Bureau, log: str) -> None:
    assert [a4(bureau), a4(bureau, as_of=BEFORE)] == [OVERDUE, OVERDUE]
    used(bureau, log)
    assert [a4(bureau), a4(bureau, as_of=BEFORE)] == [UNRECORDED, OVERDUE]
    assert a4(bureau, as_of="2026-12-01 08:00") == UNRECORDED
    assert "late_unstamped" in bureau.step("2026/2", "A4", AFTER)["flags"]
    told = bureau.case("2026/2", AFTER)
    rebuild(bureau.office, bureau.clock())
    assert bureau.case("2026/2", AFTER) == told


@pytest.mark.parametrize("log", [";Aula;08/09/2026;15.00;16.00;", "2;Aula;08/09/2026;13.05;15.00;tidak dipakai"])
def test_another_session_and_one_that_was_not_used_begin_nothing(bureau: Bureau, log: str) -> None:
    bureau.give(book("no_agenda;ruang;tanggal;jam_mulai;jam_selesai;keterangan", log), "pemakaian.csv")
    assert a4(bureau, as_of="2026-09-08 15:30") == OVERDUE


def test_undoing_the_session_lets_the_step_run_on(bureau: Bureau) -> None:
    load = used(bureau, ";Aula;08/09/2026;13.05;15.00;")
    undo(bureau.office, load, "salah berkas", "admin", bureau.clock())
    assert a4(bureau) == OVERDUE


def test_a_booking_that_the_session_fits_better_takes_it_over(bureau: Bureau) -> None:
    used(bureau, ";Aula;08/09/2026;13.30;16.00;")
    assert a4(bureau) == UNRECORDED
    load = bureau.give(agenda(LONGER), "baru.csv").load_id
    bureau.give(hand_overs("3;A2;;;;07/09/2026;09.05", "3;A3;;;;07/09/2026;09.08"), "langkah3.csv")
    assert [a4(bureau), a4(bureau, "2026/3")] == [OVERDUE, UNRECORDED]
    undo(bureau.office, load, "salah berkas", "admin", bureau.clock())
    assert a4(bureau) == UNRECORDED
