"""The kind of activity, and what the room log says of a use, on their whole way: read from files, shown, exported, and
corrected."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data_access.records import reading
from data_access.records.schema import LOG_OF
from etl.corrections.page import correct
from etl.figures.filter import Period
from etl.figures.requests.detail import request_detail
from etl.figures.requests.documents import request_json
from etl.figures.rooms.diary import RoomsFilter, room_diary
from etl.figures.rooms.timeline import timeline
from etl.intake.offered.preview import preview
from tests.books.typed import book
from tests.offices.desk import Desk
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.reading.layout import words
from tests.serving.callbacks import later, opened

LETTERS = book(
    "No. Agenda;Tgl. Diterima;Pukul;Dari;Hal;Jenis Acara;Ruang;Tgl Kegiatan;Mulai;Selesai;Status",
    "201;21/09/2026;08.00;Dinas Kesehatan;Rapat gizi; RAKOR ;Smart Center;23/09/2026;09.00;12.00;disetujui",
    "202;21/09/2026;08.30;Inspektorat;Lomba kebersihan;Lomba;Smart Center;24/09/2026;09.00;12.00;disetujui",
    "203;21/09/2026;08.40;Inspektorat;;;Smart Center;28/09/2026;09.00;12.00;disetujui",
)
USES = book(
    "no_agenda;ruang;tanggal;jam_mulai;jam_selesai;peserta_hadir;kategori kegiatan;Penyelenggara;Nama Kegiatan",
    "201;Smart Center;23/09/2026;09.05;11.50;42;pelatihan;Dinkes;",
    "203;Smart Center;28/09/2026;09.00;11.00;7;;;Uji petik",
    ";Smart Center;25/09/2026;13.00;14.00;9;Zoom;Inspektorat Daerah;Rapat desa",
)
SEPTEMBER = "?dari=2026-09-01&sampai=2026-09-30"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Desk]:
    desk = office_with_letters(tmp_path)
    give_books(desk.office, tmp_path, {"agenda-2.csv": LETTERS, "pemakaian-2.csv": USES}, END_OF_SEPTEMBER)
    yield desk
    desk.office.records.dispose()


def letter(served: Desk, number: str) -> dict[str, Any]:
    shown = request_detail(served.office, 2026, number, END_OF_SEPTEMBER)
    assert shown is not None
    return request_json(served.office, shown)


def row_id(served: Desk, kind: str, agenda_number: str) -> int:
    log = LOG_OF[kind]
    with reading(served.office.records) as connection:
        return int(connection.execute(log.select().where(log.c.agenda_number == agenda_number)).all()[-1].id)


def room_lines(served: Desk) -> list[dict[str, str]]:
    text = served.browser_of("kabid").get(f"/ruang/unduh.csv{SEPTEMBER}").get_data(as_text=True)
    lines = text.lstrip("\ufeff").splitlines()
    head = next(place for place, line in enumerate(lines) if "Jenis kegiatan" in line)
    delimiter = ";" if ";" in lines[head] else ","
    return list(csv.DictReader(io.StringIO("\n".join(lines[head:])), delimiter=delimiter))


def test_a_word_of_the_list_goes_by_its_usual_name_and_another_stays_as_typed(served: Desk) -> None:
    assert letter(served, "201")["request"]["activity_kind"] == "rapat"
    assert letter(served, "202")["request"]["activity_kind"] == "Lomba"
    assert letter(served, "143")["request"]["activity_kind"] is None
    assert [session["activity_kind"] for session in letter(served, "201")["sessions"]] == ["pelatihan"]


def test_the_page_of_the_request_and_the_lines_of_rooms_show_it(served: Desk) -> None:
    assert "· rapat ·" in words(opened(served.browser_of("kabid"), "/permohonan/2026/201"))
    kinds = {line["Kegiatan"]: line["Jenis kegiatan"] for line in room_lines(served)}
    assert (kinds["Rapat gizi"], kinds["Lomba kebersihan"], kinds["Rapat desa"]) == ("rapat", "Lomba", "daring")
    assert "Lomba kebersihan Lomba" in words(later(served.browser_of("kabid"), "room-more", SEPTEMBER))


def test_where_the_letter_says_nothing_the_room_log_names_agency_and_activity(served: Desk) -> None:
    agencies = {line["Kegiatan"]: line["OPD"] for line in room_lines(served)}
    assert (agencies["Rapat desa"], agencies["Uji petik"]) == ("Inspektorat", "Inspektorat")
    assert "Inspektorat Rapat desa" in words(later(served.browser_of("kabid"), "room-more", SEPTEMBER))
    assert letter(served, "203")["sessions"][0]["activity"] == "Uji petik"
    assert letter(served, "201")["sessions"][0]["opd"] == "Dinas Kesehatan"
    assert "Uji petik" in words(opened(served.browser_of("kabid"), "/permohonan/2026/203"))
    period = RoomsFilter(Period(date(2026, 9, 25), date(2026, 9, 25)))
    mart, diary = served.office.mart.read(), room_diary(served.office, period, END_OF_SEPTEMBER)
    marks = [mark for row in timeline(served.office, mart, diary) for mark in row.marks]
    assert [(mark.opd, mark.title) for mark in marks] == [("Inspektorat", "Rapat desa")]


def test_a_correction_on_a_page_wins_and_follows_the_list_too(served: Desk) -> None:
    correct(
        served.office, "permohonan", row_id(served, "permohonan", "202"), {"activity_kind": "Bimtek"}, "salah ketik",
        "ani", END_OF_SEPTEMBER,
    )  # fmt: skip
    told = letter(served, "202")
    assert told["request"]["activity_kind"] == "pelatihan"
    assert [(one["field"], one["old"], one["new"]) for one in told["corrections"]] == [
        ("activity_kind", "Lomba", "pelatihan")
    ]
    session = row_id(served, "pemakaian", "201")
    correct(served.office, "pemakaian", session, {"activity_kind": ""}, "tidak diketahui", "ani", END_OF_SEPTEMBER)
    assert letter(served, "201")["sessions"][0]["activity_kind"] is None


def test_the_form_of_corrections_offers_it_as_a_text(served: Desk) -> None:
    address = f"/data/koreksi/permohonan/{row_id(served, 'permohonan', '202')}"
    page = words(opened(served.browser_of("agendaris"), address, "?ubah=activity_kind"))
    assert "jenis kegiatan" in page
    assert "Lomba" in page


def test_the_preview_says_how_it_was_understood(served: Desk, tmp_path: Path) -> None:
    path = tmp_path / "agenda-3.csv"
    path.write_text(LETTERS, encoding="utf-8")
    (block,) = preview(served.office, path, END_OF_SEPTEMBER, name=path.name).blocks
    place = [column.name for column in block.columns].index("jenis_kegiatan")
    assert [(row.cells[place].typed, row.cells[place].value) for row in block.rows] == [
        ("RAKOR", "rapat"), ("Lomba", None), ("", None)]  # fmt: skip
    path.write_text(USES, encoding="utf-8")
    (block,) = preview(served.office, path, END_OF_SEPTEMBER, name="pemakaian-3.csv").blocks
    place = [column.name for column in block.columns].index("instansi")
    assert [(row.cells[place].typed, row.cells[place].value) for row in block.rows] == [
        ("Dinkes", "Dinas Kesehatan"), ("", None), ("Inspektorat Daerah", "Inspektorat")]  # fmt: skip
