"""A load taken back leaves the figures as if it had never come."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from etl.intake.undo import UndoError, undo, undo_preview
from etl.judging.publishing import catch_up
from etl.office import Office
from tests.books.moments import seconds
from tests.books.typed import agenda, book, hand_overs, part_a, room_log
from tests.offices.bureau import LETTER, Bureau, bureau_of, fresh_bureau, full_disk
from tests.offices.office import Fill, give_books
from tests.reading.refusals import says
from tests.reading.whole_mart import whole_mart
from tests.serving.databases import ON_SQLITE

SAME_LETTER = agenda("143;07/09/2026;08.30;Dinkes;Rapat gizi;Smart Center;08/09/2026;09.00;12.00;ditunda")
HANDED_OVER = hand_overs(*part_a("143", "07/09/2026"))
LATE = hand_overs("143;A4;1;;;07/09/2026;09.20", "143;A4;;;;08/09/2026;10.00")
USED = room_log("143;Smart Center;08/09/2026;09.05;11.50;42")
USED_LONGER = room_log("143;Smart Center;08/09/2026;09.05;12.30;45", ";Smart Center;09/09/2026;13.00;14.00;8")
LIST = book("no_agenda;tahun;hadir;hasil", "143;2026;ya;lolos", "143;2026;ya;lolos", "143;2026;tidak;")
LONGER_LIST = book("no_agenda;tahun;hadir;hasil", *["143;2026;ya;lolos"] * 5)
CHECKED = book("ruang;tanggal;jam;barang;kondisi;no_agenda", "SC;08/09/2026;08.30;AC;Baik;143")
BROKEN = book("ruang;tanggal;jam;barang;kondisi;uraian", "SC;08/09/2026;08.30;AC;RB;tidak dingin")

LOADED = seconds("2026-09-30 09:00")
PAIRS = {
    "permohonan": (LETTER, SAME_LETTER),
    "disposisi": (HANDED_OVER, LATE),
    "pemakaian": (USED, USED_LONGER),
    "peserta": (LIST, LONGER_LIST),
    "kondisi": (CHECKED, BROKEN),
}


@cache
def alone(*books: tuple[str, str]) -> dict[str, list[tuple[object, ...]]]:
    """What the mart holds after these books alone."""
    with fresh_bureau() as other:
        for name, text in books:
            other.give(text, name)
        return whole_mart(other)


def given(kind: str) -> list[tuple[str, str]]:
    """The books before the two in question: the letter's own for all other kinds."""
    return [] if kind == "permohonan" else [("agenda.csv", LETTER)]


@cache
def both(kind: str) -> Fill:
    """Gives an office the two books in question, after those that come before them."""
    first, second = PAIRS[kind]

    def fill(office: Office, folder: Path) -> None:
        give_books(office, folder, dict([*given(kind), ("a.csv", first), ("b.csv", second)]), LOADED)

    return fill


@pytest.fixture
def bureau_of_both(kind: str, tmp_path: Path, server: str | None) -> Iterator[Bureau]:
    with bureau_of(Bureau, tmp_path, server, both(kind)) as made:
        yield made


@pytest.mark.parametrize("kind", PAIRS)
def test_undoing_the_later_load_leaves_what_the_earlier_one_said(bureau_of_both: Bureau, kind: str) -> None:
    later = len(given(kind)) + 2
    undo(bureau_of_both.office, later, "salah berkas", "agendaris:ani", LOADED)
    assert whole_mart(bureau_of_both) == alone(*given(kind), ("a.csv", PAIRS[kind][0]))


@pytest.mark.parametrize("kind", PAIRS)
@ON_SQLITE
def test_undoing_the_earlier_load_leaves_what_the_later_one_said(bureau_of_both: Bureau, kind: str) -> None:
    earlier = len(given(kind)) + 1
    undo(bureau_of_both.office, earlier, "salah berkas", "agendaris:ani", LOADED)
    assert whole_mart(bureau_of_both) == alone(*given(kind), ("b.csv", PAIRS[kind][1]))


NEXT_LETTER = agenda("144;07/09/2026;10.00;Bappeda;Rapat;;;;;;")
WAITS = agenda("143;08/09/2026;;Dinkes;;Aula;;;;;")
CHECKED_BY_ANOTHER = book("ruang;tanggal;jam;barang;kondisi;no_agenda", "SC;08/09/2026;08.30;AC;RB;144")
SHARED = {
    "session": (USED, room_log("144;Smart Center;08/09/2026;09.05;12.30;45")),
    "check": (CHECKED, CHECKED_BY_ANOTHER),
}


@pytest.mark.parametrize("what", SHARED)
@ON_SQLITE
def test_two_letters_that_share_a_record_are_both_judged_anew(bureau: Bureau, what: str) -> None:
    letters = (("agenda.csv", LETTER), ("agenda2.csv", NEXT_LETTER))
    for name, text in letters:
        bureau.give(text, name)
    first = bureau.give(SHARED[what][0], "a.csv")
    bureau.give(SHARED[what][1], "b.csv")
    undo(bureau.office, first.load_id, "salah berkas", "agendaris:ani", bureau.clock())
    assert whole_mart(bureau) == alone(*letters, ("b.csv", SHARED[what][1]))


@ON_SQLITE
def test_a_row_that_waits_for_its_room_moves_no_hand_over(bureau: Bureau) -> None:
    """The register's last word of the letter waits for a room nobody knows; hand-overs stay with the word before."""
    dated = ("disposisi.csv", hand_overs("143;A2;;;;07/09/2026;08.08"))
    first = bureau.give(LETTER, "a.csv")
    for name, text in (dated, ("b.csv", SAME_LETTER), ("c.csv", WAITS)):
        bureau.give(text, name)
    undo(bureau.office, first.load_id, "salah berkas", "agendaris:ani", bureau.clock())
    assert bureau.step("2026/143", "A2")["finished_at"] == "2026-09-07T08:08:00+07:00"
    assert whole_mart(bureau) == alone(dated, ("b.csv", SAME_LETTER), ("c.csv", WAITS))


def test_hand_overs_of_a_letter_that_was_taken_back_wait_again(bureau: Bureau) -> None:
    letter = bureau.give(LETTER, "agenda.csv")
    bureau.give(HANDED_OVER, "disposisi.csv")
    bureau.give(USED, "ruang.csv")
    undone = undo(bureau.office, letter.load_id, "salah berkas", "agendaris:ani", bureau.clock())
    assert (undone.rows, undone.letters) == (1, 1)
    tables = whole_mart(bureau)
    assert (tables["request_fact"], tables["step_fact"]) == ([], [])
    assert len(tables["session_fact"]) == 1
    assert bureau.counts(LETTER, "agenda.csv") == (1, 1, 0, 0, 0, 0)
    assert bureau.step("2026/143", "A8")["verdict"] == "MET"
    assert bureau.case("2026/143")["sessions"][0]["present"] == 42


def test_a_preview_tells_what_would_go_and_changes_nothing(registered: Bureau) -> None:
    load = registered.give(USED_LONGER, "ruang.csv")
    before = whole_mart(registered)
    would = undo_preview(registered.office, load.load_id)
    assert (would.rows, would.letters, would.sessions, would.returning) == (2, 1, 2, 0)
    assert whole_mart(registered) == before
    assert registered.give(USED_LONGER, "ruang.csv").status == "unchanged"


@ON_SQLITE
def test_nothing_is_undone_twice_nor_an_undoing_itself(bureau: Bureau) -> None:
    load = bureau.give(LETTER, "agenda.csv")
    undone = undo(bureau.office, load.load_id, "salah berkas", "agendaris:ani", bureau.clock())
    with pytest.raises(UndoError, check=says("sudah dibatalkan")):
        undo(bureau.office, load.load_id, "salah berkas", "agendaris:ani", bureau.clock())
    with pytest.raises(UndoError, check=says("mencatat sebuah pembatalan")):
        undo(bureau.office, undone.undoing_id, "salah berkas", "agendaris:ani", bureau.clock())
    with pytest.raises(UndoError, check=says("tidak ada")):
        undo(bureau.office, 99, "salah berkas", "agendaris:ani", bureau.clock())


@ON_SQLITE
def test_an_undoing_needs_a_reason(bureau: Bureau) -> None:
    load = bureau.give(LETTER, "agenda.csv")
    with pytest.raises(UndoError, check=says("tiga huruf")):
        undo(bureau.office, load.load_id, " a ", "agendaris:ani", bureau.clock())


@ON_SQLITE
def test_a_load_stays_taken_back_when_the_screens_cannot_be_brought_up_to_it(
    registered: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = registered.give(SAME_LETTER, "agenda lagi.csv")
    with monkeypatch.context() as fault:
        full_disk(fault)
        undone = undo(registered.office, later.load_id, "salah berkas", "agendaris:ani", registered.clock())
    assert (undone.is_published, undone.rows) == (False, 1)
    catch_up(registered.office, registered.clock())
    assert registered.case("2026/143")["request"]["received_at"] == "2026-09-07T08:00:00+07:00"
