"""A use whose row names no number, only its agency: it joins the letter of the only booking that it can be of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data_access.records import reading
from data_access.records.schema import request_row, session_row
from etl.corrections.page import correct
from etl.figures.filter import Period
from etl.figures.rooms.diary import RoomsFilter
from etl.figures.rooms.use import rooms_figures, rooms_json
from etl.intake.pipeline import apply_settings
from etl.intake.undo import undo
from etl.settings.document import apply
from tests.books.typed import agenda, book, room_log
from tests.offices.bureau import Bureau, bureau_of, settings_of_another_process
from tests.offices.office import give_books

MORNING = "11;01/09/2026;08.00;Dinas Kesehatan;Rapat;Smart Center;08/09/2026;09.00;12.00;disetujui"
AFTERNOON = "12;01/09/2026;08.10;Dinkes;Rapat;Smart Center;08/09/2026;13.00;15.00;disetujui"
OTHERS = [
    f"{number};01/09/2026;09.00;Inspektorat;Rapat;Smart Center;28/09/2026;09.00;10.00;" for number in range(20, 29)
]
LETTERS = agenda(MORNING, AFTERNOON, *OTHERS)
HOUR = 3600


def uses(*rows: str) -> str:
    """A room log without numbers: `Dinkes;Smart Center;08/09/2026;09.00;11.00`, or with an activity behind."""
    return book("Instansi;Ruangan;Tanggal;Mulai;Selesai;Acara", *(row + ";" * (5 - row.count(";")) for row in rows))


def give_letters(office: Any, folder: Path) -> None:
    give_books(office, folder, {"agenda.csv": LETTERS}, 1_790_000_000)


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    """Two letters of Dinas Kesehatan on one day, in a register of eleven."""
    with bureau_of(Bureau, tmp_path, fill=give_letters) as made:
        yield made


def letters_with_use(bureau: Bureau) -> list[str]:
    return [letter for letter in ("2026/11", "2026/12") if bureau.case(letter)["sessions"]]


def starts(bureau: Bureau, letter: str) -> list[str]:
    return [one["started_at"][11:16] for one in bureau.case(letter)["sessions"]]


def hours_by_agency(bureau: Bureau) -> dict[str | None, float]:
    wanted = RoomsFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
    figures = rooms_json(bureau.office, rooms_figures(bureau.office, wanted, bureau.clock()))
    return {one["opd"]: round(one["seconds"] / HOUR, 3) for one in figures["all_rooms"]["by_opd"]}


def row_id(bureau: Bureau, letter: str | None = None) -> int:
    """The last row of the room log, or of that letter in the register."""
    log = session_row if letter is None else request_row
    with reading(bureau.office.records) as connection:
        rows = connection.execute(log.select()).all()
    return next(int(row.id) for row in reversed(rows) if row.agenda_number == letter)


def test_the_only_booking_of_the_agency_that_it_overlaps_is_its_letter(bureau: Bureau) -> None:
    hours = {"DINKES": "09.30;11.00", "Dinas Kesehatan": "08.30;09.30", "Dinkes": "11.30;13.00", "dinkes": "13.30;"}
    bureau.give(uses(*(f"{agency};Smart Center;08/09/2026;{time}" for agency, time in hours.items())))
    assert starts(bureau, "2026/11") == ["08:30", "09:30", "11:30"]
    assert starts(bureau, "2026/12") == ["13:30"]


def test_else_it_stays_without_a_letter_and_its_hours_count_for_the_agency(bureau: Bureau) -> None:
    several = ["11.30;13.30", "11.40;"]
    elsewhen = ["Dinkes;Smart Center;08/09/2026;07.00;09.00", "Dinkes;Smart Center;09/09/2026;09.00;12.00"]
    other = "Bappeda;Smart Center;08/09/2026;09.00;12.00"
    bureau.give(uses(*(f"Dinkes;Smart Center;08/09/2026;{time}" for time in several), *elsewhen, other))
    assert letters_with_use(bureau) == []
    assert hours_by_agency(bureau) == {"Dinas Kesehatan": 2 + 4.333 + 2 + 3, "Bappeda": 3}


def test_another_room_and_a_booking_called_off_are_none(bureau: Bureau) -> None:
    settings_of_another_process(bureau)
    bureau.give(uses("Dinkes;Aula;08/09/2026;09.30;11.00"))
    assert letters_with_use(bureau) == []
    bureau.give(agenda(AFTERNOON.replace("disetujui", "dibatalkan")), "batal.csv")
    bureau.give(uses("Dinkes;Smart Center;08/09/2026;11.30;13.30"), "lagi.csv")
    assert letters_with_use(bureau) == ["2026/11"]


def test_of_a_booking_over_several_days_only_its_daily_hours_are_meant(bureau: Bureau) -> None:
    days = agenda("13;01/09/2026;08.20;Bappeda;Rapat;Smart Center;9-10 September 2026;09.00;12.00;disetujui")
    bureau.give(days, "hari.csv")
    bureau.give(uses("Bappeda;Smart Center;10/09/2026;09.00;10.00", "Bappeda;Smart Center;09/09/2026;13.00;15.00"))
    assert [one["started_at"][:16] for one in bureau.case("2026/13")["sessions"]] == ["2026-09-10T09:00"]


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    with bureau_of(Bureau, tmp_path) as bureau:
        bureau.give(uses("Dinkes;Smart Center;08/09/2026;09.30;11.00"), "pemakaian.csv")
        assert hours_by_agency(bureau) == {"Dinas Kesehatan": 1.5}
        load = bureau.give(LETTERS, "agenda.csv").load_id
        assert letters_with_use(bureau) == ["2026/11"]
        bureau.give(agenda("31;01/09/2026;08.10;Dinkes;Rapat;Smart Center;08/09/2026;10.00;15.00;"), "lagi.csv")
        assert letters_with_use(bureau) == []
        assert load is not None
        undo(bureau.office, load, "salah berkas", "admin", bureau.clock())
        assert starts(bureau, "2026/31") == ["09:30"]


def test_a_number_in_a_later_file_goes_before_the_agency(bureau: Bureau) -> None:
    bureau.give(uses("Dinkes;Smart Center;08/09/2026;09.30;11.00"))
    later = book("no_agenda;ruang;tanggal;jam_mulai;jam_selesai", "12;Smart Center;08/09/2026;09.30;11.00")
    assert bureau.counts(later, "bernomor.csv")[3] == 1
    assert letters_with_use(bureau) == ["2026/12"]


def test_a_booking_moved_on_a_page_lets_its_use_go_and_one_moved_to_it_takes_it(bureau: Bureau) -> None:
    bureau.give(uses("Dinkes;Smart Center;08/09/2026;09.30;11.00"))
    first, second = (row_id(bureau, number) for number in ("11", "12"))
    away = {"booked_start": "07/09/2026 09.00", "booked_end": "07/09/2026 12.00"}
    correct(bureau.office, "permohonan", first, away, "salah ketik", "ani", bureau.clock())
    assert letters_with_use(bureau) == []
    earlier = {"booked_start": "08/09/2026 09.00"}
    correct(bureau.office, "permohonan", second, earlier, "salah ketik", "ani", bureau.clock())
    assert letters_with_use(bureau) == ["2026/12"]


def test_undoing_a_letter_leaves_its_use_and_its_check_without_one(bureau: Bureau) -> None:
    load = bureau.give(agenda(AFTERNOON.replace("12;", "40;", 1)), "surat.csv").load_id
    bureau.give(room_log("40;Smart Center;08/09/2026;13.00;14.00"))
    check = book("ruang;tanggal;jam;barang;kondisi;no_agenda", "Smart Center;08/09/2026;08.00;AC;Baik;40")
    bureau.give(check, "kondisi.csv")
    assert load is not None
    undo(bureau.office, load, "salah berkas", "admin", bureau.clock())
    letters = bureau.office.mart.read().tuples(
        "SELECT request_id FROM session_fact UNION SELECT request_id FROM check_fact"
    )
    assert letters == [(None,)]


def test_agency_and_activity_are_put_right_on_a_page(bureau: Bureau) -> None:
    bureau.give(uses("Bappeda;Smart Center;08/09/2026;09.30;11.00;Rapat gizi"))
    correct(bureau.office, "pemakaian", row_id(bureau), {"opd": "dinkes"}, "salah ketik", "ani", bureau.clock())
    assert letters_with_use(bureau) == ["2026/11"]
    changes = {"opd": "", "activity": "Rapat  stunting"}
    correct(bureau.office, "pemakaian", row_id(bureau), changes, "tidak diketahui", "ani", bureau.clock())
    assert (letters_with_use(bureau), hours_by_agency(bureau)) == ([], {"tanpa surat": 1.5})


def test_an_alias_given_later_joins_what_it_makes_one(bureau: Bureau) -> None:
    bureau.give(uses("Dinkes Kab;Smart Center;08/09/2026;09.30;11.00"))
    assert (letters_with_use(bureau), hours_by_agency(bureau)) == ([], {"Dinkes Kab": 1.5})
    aliases = apply(bureau.office.settings, '[opd]\n"Dinas Kesehatan" = ["Dinkes", "Dinkes Kab"]\n', "uji.toml")
    apply_settings(bureau.office, aliases, bureau.clock(), actor="ani")
    assert (letters_with_use(bureau), hours_by_agency(bureau)) == (["2026/11"], {"Dinas Kesehatan": 1.5})
