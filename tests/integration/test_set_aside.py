"""One bad optional cell does not cost the row: it is set aside and listed, and what hangs on it is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_access.records import reading
from data_access.records.intake.undo import CORRECTABLE
from etl.corrections.page import correct
from etl.figures.intake.open_work import attention, unread_cells
from etl.intake.undo import undo
from tests.books.typed import agenda, hand_overs, room_log
from tests.offices.bureau import Bureau
from tests.offices.intake import LATER, give_later, intake_office, listed, load_page
from tests.reading.layout import words
from tests.serving.callbacks import later, opened
from tests.serving.command_line import Desk
from tests.serving.databases import ON_SQLITE

DAY = "07/09/2026"
LETTER = f"143;{DAY};08.00;Dinkes;Rapat;Smart Center;08/09/2026;09.00;12.00;disetujui"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_row_is_taken_without_the_cell_which_is_kept_as_typed(desk: Desk) -> None:
    told = desk.give(agenda(f"143;{DAY};pagi sekali;Dinkes"), "agenda.csv")
    assert (told.code, told.counts) == (1, (1, 1, 0, 0, 0, 0))
    (cell,) = told.load["set_aside"]
    place = {"sheet": None, "row": 2, "column": "Pukul", "field": "jam_terima", "text": "pagi sekali"}
    assert {name: cell[name] for name in place} == place
    assert cell["message"].startswith('Baris 2, kolom "Pukul": "pagi sekali" bukan jam')
    assert "pagi sekali" in desk.run("ingest", desk.folder / "agenda.csv").out
    again = desk.give(agenda(f"143;{DAY};pagi sekali;Dinkes"), "agenda.csv")
    assert (again.code, again.counts, again.load["set_aside"]) == (1, (1, 0, 1, 0, 0, 0), told.load["set_aside"])


def test_a_row_without_a_required_cell_is_rejected_with_all_that_is_wrong(desk: Desk) -> None:
    told = desk.give(agenda("143;31/09/2026;pagi;Dinkes"))
    assert (told.code, told.counts, told.load["set_aside"]) == (1, (1, 0, 0, 0, 0, 1), [])
    assert 'kolom "Pukul"' in told.load["rejects"][0]["message"]


WITHOUT_CELL: list[tuple[str, tuple[str, str | None]]] = [
    (f"A2;;;;{DAY};delapan lewat", ("UNMEASURABLE", "time_missing")),
    ("A2;;;;31/09/2026;08.08", ("UNMEASURABLE", "time_missing")),
    (f"A2;;{DAY};pagi;{DAY};08.08", ("MET", None)),
    (f"A2;;kemarin;08.05;{DAY};08.10", ("MET", None)),
    (f"A2;;{DAY};pagi;{DAY};09.00", ("UNMEASURABLE", "time_missing")),
    (f"A2;;{DAY};pagi;;", ("UNMEASURABLE", "time_missing")),
    (f"A2;;;;{DAY};08.08;pagi;{DAY} 08.05", ("MET", None)),
    (f"A2;;;;{DAY};09.00;{DAY} 08.10;siang", ("UNMEASURABLE", "time_missing")),
    (f"A2;;;;{DAY};09.00;;{DAY} 08.55", ("UNMEASURABLE", "time_missing")),
    (f"A2;;31/09/2026;;{DAY};08.55-09.00", ("UNMEASURABLE", "time_missing")),
    (f"A2;;;pagi;{DAY};08.55-09.00", ("UNMEASURABLE", "time_missing")),
]
"""Rows of hand-overs of which one cell cannot be read, and what the step is without it."""


def test_a_step_says_no_more_than_can_be_known_without_the_cell(desk: Desk) -> None:
    numbers = range(143, 143 + len(WITHOUT_CELL))
    desk.give(agenda(*(LETTER.replace("143", str(number)) for number in numbers)), "agenda.csv")
    rows = [f"{number};{row}" for number, (row, _) in zip(numbers, WITHOUT_CELL, strict=True)]
    told = desk.give(hand_overs(*rows), "disposisi.csv")
    assert (told.code, told.counts, len(told.load["set_aside"])) == (1, (11, 11, 0, 0, 0, 0), 11)
    for as_of in ("2026-09-30T09:00", "2026-09-07T12:00"):
        verdicts = [desk.verdict(f"2026/{number}", "A2", as_of=as_of) for number in numbers]
        assert verdicts == [verdict for _, verdict in WITHOUT_CELL]


def test_an_unreadable_finish_stops_the_clock_and_starts_nothing(desk: Desk) -> None:
    desk.give(agenda(LETTER), "agenda.csv")
    desk.give(hand_overs(f"143;A2;;;;{DAY};pagi", f"143;A3;;{DAY};08.10;{DAY};08.12"), "disposisi.csv")
    verdicts = [desk.verdict("2026/143", code) for code in ("A2", "A3")]
    assert verdicts == [("UNMEASURABLE", "time_missing"), ("MET", None)]


def test_a_cell_put_right_in_a_later_file_is_read(desk: Desk) -> None:
    desk.give(agenda(LETTER), "agenda.csv")
    desk.give(hand_overs(f"143;A2;;{DAY};pagi;{DAY};09.00", f"143;A3;;;;{DAY};siang"), "disposisi.csv")
    better = hand_overs(f"143;A2;;{DAY};08.57;{DAY};09.00", f"143;A3;;;;{DAY};09.03")
    assert desk.give(better, "disposisi-2.csv").counts == (2, 0, 0, 2, 0, 0)
    assert [desk.verdict("2026/143", code)[1] for code in ("A2", "A3")] == [None, None]


def test_an_unreadable_booked_day_is_no_booking_and_an_unreadable_end_an_unknown_one(desk: Desk) -> None:
    booked = "Dinkes;Rapat;Smart Center"
    rows = (
        f"1;{DAY};08.00;{booked};32/09/2026;09.00;10.00;disetujui",
        f"2;{DAY};;{booked};09/09/2026;09.00;?;disetujui",
    )
    told = desk.give(agenda(*rows), "agenda.csv")
    assert [cell["field"] for cell in told.load["set_aside"]] == ["tgl_kegiatan", "jam_selesai"]
    day = ("--from", "2026-09-01", "--to", "2026-09-30", "--as-of", "2026-09-08T09:00", "--json")
    assert desk.run("figures", "rooms", *day).json["all_rooms"]["scheduled_seconds"] == 6 * 3600, "09.00 to closing"


def test_a_use_with_an_unreadable_end_has_an_unknown_end(desk: Desk) -> None:
    told = desk.give(room_log(f";Smart Center;{DAY};09.00;siang;40", f";Smart Center;{DAY};13.00;12.00;40"))
    assert told.counts == (2, 1, 0, 0, 0, 1), "an end before the start is rejected as ever"
    day = ("--from", "2026-09-07", "--to", "2026-09-07", "--as-of", "2026-09-30T09:00", "--json")
    figures = desk.run("figures", "rooms", *day).json["all_rooms"]
    assert (figures["used_seconds"], figures["estimated_ends"]) == (6 * 3600, 1)


def test_of_a_person_nothing_is_kept_as_typed(desk: Desk) -> None:
    desk.give(agenda(LETTER), "agenda.csv")
    told = desk.give("no_agenda;nama;hadir\n143;Suwarno;ya\n143;Sulastri;datang telat Suwarno\n", "hadir.csv")
    (cell,) = told.load["set_aside"]
    assert (told.code, told.counts) == (1, (2, 2, 0, 0, 0, 0))
    assert (cell["row"], cell["column"], cell["text"]) == (3, "hadir", None)
    assert "Suwarno" not in told.out


def test_the_page_of_the_load_lists_the_cells(tmp_path: Path) -> None:
    served = intake_office(tmp_path)
    give_later(served, tmp_path, "agenda-lagi.csv", agenda(f"301;{DAY};pagi;Dinkes"))
    shown = words(load_page(served.signed_in("agendaris"), LATER + 1))
    assert "Disisihkan 1" in shown
    assert 'Baris 2, kolom "Pukul": "pagi" bukan jam' in shown


def still_unread(bureau: Bureau) -> list[str]:
    """The fields of the cells that wait to be put right, counted as Data and Ringkasan count them."""
    fields = sorted(cell["field"] for cell in unread_cells(bureau.office))
    assert attention(bureau.office).unread_cells == len(fields)
    return fields


def test_a_cell_given_again_waits_once_and_a_later_value_an_undo_or_a_correction_ends_it(bureau: Bureau) -> None:
    passes = f"143;A2;;{DAY};pagi;{DAY};09.00", f"143;A3;;;;{DAY};siang", f"143;A4;1;{DAY};09.10;{DAY};09.12"
    bureau.give(agenda(f"143;{DAY};pagi;Dinkes;Rapat;Smart Center;08/09/2026;kelak;12.00;disetujui"), "agenda.csv")
    bureau.give(hand_overs(*passes), "disposisi.csv")
    assert still_unread(bureau) == ["jam_mulai", "jam_mulai", "jam_selesai", "jam_terima"]
    bureau.give(hand_overs(*passes, f"143;A4;2;{DAY};sore;{DAY};10.00"), "disposisi-2.csv")
    assert still_unread(bureau) == ["jam_mulai", "jam_mulai", "jam_mulai", "jam_selesai", "jam_terima"]
    undo(bureau.office, 3, "salah berkas", "ani", bureau.clock())
    assert still_unread(bureau) == ["jam_mulai", "jam_mulai", "jam_selesai", "jam_terima"]
    bureau.give(hand_overs(f"143;A2;;{DAY};08.57;{DAY};09.00", "143;A3;;;;;"), "disposisi-3.csv")
    assert still_unread(bureau) == ["jam_mulai", "jam_selesai", "jam_terima"], "an empty cell puts nothing right"
    for kind, row, changes in (
        ("permohonan", 2, {"booked_start": "08/09/2026 09.00"}),
        ("disposisi", 3, {"finished": f"{DAY} 09.03"}),
    ):
        with reading(bureau.office.records) as connection:
            log = CORRECTABLE[kind]
            target = connection.execute(log.select().where(log.c.row == row)).first()
        correct(bureau.office, kind, target.id, changes, "salah ketik", "ani", bureau.clock())
    assert still_unread(bureau) == ["jam_terima"]
    bureau.give(agenda(f"143;{DAY};08.00;Dinkes;Rapat;Smart Center;08/09/2026;;12.00;disetujui"), "agenda-2.csv")
    assert still_unread(bureau) == []


@ON_SQLITE
def test_cells_of_pauses_rooms_and_lists_wait_too(bureau: Bureau) -> None:
    bureau.give(agenda(LETTER), "agenda.csv")
    bureau.give(hand_overs(f"143;A2;;;;{DAY};09.00;pagi;{DAY} 08.55"), "disposisi.csv")
    bureau.give(room_log(f";Smart Center;{DAY};09.00;siang;40", f";Smart Center;{DAY};13.00;14.00;?"), "ruang.csv")
    bureau.give("no_agenda;nama;hadir\n143;Suwarno;ya\n143;Sulastri;entah\n", "hadir.csv")
    assert still_unread(bureau) == ["hadir", "jam_selesai", "jeda_mulai", "peserta_hadir"]
    bureau.give(hand_overs(f"143;A2;;;;{DAY};09.00;{DAY} 08.50;{DAY} 08.55"), "disposisi-2.csv")
    bureau.give(room_log(f";Smart Center;{DAY};09.00;11.00;40", f";Smart Center;{DAY};13.00;14.00;7"), "ruang-2.csv")
    bureau.give("no_agenda;nama;hadir\n143;Suwarno;ya\n143;Sulastri;ya\n", "hadir-2.csv")
    assert still_unread(bureau) == []


def test_the_pages_lead_to_the_cells_and_mark_a_booking_whose_start_cannot_be_read(tmp_path: Path) -> None:
    served = intake_office(tmp_path)
    browser = served.signed_in("agendaris")
    assert "sel yang disisihkan" not in words(opened(browser, "/data"))
    row = f"301;{DAY};08.00;Dinkes;Rapat;Smart Center;22/09/2026;pagi;12.00;disetujui"
    give_later(served, tmp_path, "agenda-lagi.csv", agenda(row))
    assert "1 sel yang disisihkan belum terbaca" in words(opened(browser, "/data"))
    shown = words(listed(browser, "runs", "?tampil=disisihkan"))
    assert ("agenda-lagi.csv" in shown, "1 sel disisihkan" in shown, "disposisi.csv" in shown) == (True, True, False)
    head = words(load_page(browser, LATER + 1))
    assert ("1 sel disisihkan" in head, "Dimuat" in head) == (True, False)
    kadin = served.signed_in("kadin")
    assert "22 September 2026 · jam mulai tidak terbaca" in words(opened(kadin, "/permohonan/2026/301"))
    assert "jam mulai tidak terbaca" not in words(opened(kadin, "/permohonan/2026/143"))
    assert words(later(kadin, "room-more", "?dari=2026-09-01&sampai=2026-09-30")).count("jam mulai tidak terbaca") == 1
