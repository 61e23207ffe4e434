"""A row that loses its letter or its room waits again, and every answer says so."""

from __future__ import annotations

from pathlib import Path

from dashboard.i18n import sentence
from etl.intake.pipeline import apply_settings
from etl.intake.undo import undo
from etl.settings.document import apply
from tests.books.typed import agenda, book, hand_overs, room_log
from tests.offices.bureau import Bureau

HAND_OVER = hand_overs("7;A2;;;;06/01/2026;08.35")
PEOPLE = book("no_agenda;tahun;hadir", "7;2026;ya", "7;2026;tidak")


def test_a_hand_over_whose_letter_moves_away_waits_again(bureau: Bureau) -> None:
    bureau.give(agenda("7;05/01/2026;08.00;Dinkes"), "agenda.csv")
    assert bureau.counts(HAND_OVER, "d.csv") == (1, 1, 0, 0, 0, 0)
    bureau.give(agenda("7;20/01/2026;08.00;Dinkes"), "koreksi.csv")
    assert bureau.counts(HAND_OVER, "d.csv") == (1, 0, 0, 0, 1, 0)
    bureau.give(agenda("7;05/01/2026;08.00;Dinkes;lagi"), "kembali.csv")
    assert bureau.counts(HAND_OVER, "d.csv") == (1, 0, 1, 0, 0, 0)


def test_rows_whose_letter_is_undone_wait_again(bureau: Bureau) -> None:
    letter = bureau.give(agenda("7;05/01/2026;08.00;Dinkes"), "agenda.csv")
    bureau.give(HAND_OVER, "d.csv")
    bureau.give(PEOPLE, "peserta.csv", kind="peserta")
    undo(bureau.office, letter.load_id, "salah berkas", "agendaris", bureau.clock())
    assert bureau.counts(HAND_OVER, "d.csv") == (1, 0, 0, 0, 1, 0)
    assert bureau.counts(PEOPLE, "peserta.csv", kind="peserta") == (2, 0, 0, 0, 2, 0)


def test_a_session_whose_room_is_removed_waits_again(bureau: Bureau, tmp_path: Path) -> None:
    log = room_log(";Aula;08/09/2026;09.00;11.00;40")
    now = bureau.clock()
    rooms = '[[room]]\nname = "Smart Center"\n'
    apply_settings(
        bureau.office, apply(bureau.office.settings, rooms + '[[room]]\nname = "Aula"\n', "a.toml"), now, actor="a"
    )
    assert bureau.counts(log, "ruang.csv") == (1, 1, 0, 0, 0, 0)
    apply_settings(bureau.office, apply(bureau.office.settings, rooms, "a.toml"), now, actor="a")
    assert bureau.counts(log, "ruang.csv") == (1, 0, 0, 0, 1, 0)


def test_a_list_that_takes_the_place_of_an_earlier_one_is_named(bureau: Bureau) -> None:
    bureau.give(agenda("7;05/01/2026;08.00;Dinkes"), "agenda.csv")
    bureau.give(PEOPLE, "peserta.csv", kind="peserta")
    (warning,) = bureau.give(book("no_agenda;tahun;hadir", "7;2026;ya"), "lanjutan.csv", kind="peserta").warnings
    assert (warning.code, warning.row) == ("list_changed", 2)
    assert "surat 7 (1 orang) menggantikan daftar sebelumnya (2 orang)" in sentence(warning.message)
