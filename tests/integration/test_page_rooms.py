"""The page of rooms: the same numbers as the figures, own sessions only for an agency, and what is in the files."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from dashboard.web.pages import PAGES
from etl.figures.filter import Period
from etl.figures.rooms.diary import RoomsFilter
from etl.figures.rooms.use import rooms_figures
from etl.intake.pipeline import ingest
from tests.books.moments import seconds
from tests.books.typed import room_log
from tests.offices.desk import Desk, desk
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER, give_letters, office_with_letters
from tests.reading.layout import components, words
from tests.serving.callbacks import ask, call, later, opened

SEPTEMBER = "?dari=2026-09-01&sampai=2026-09-30"
MORE_USES = room_log(
    "144;Smart Center;11/09/2026;09.00;11.30;30",
    ";Smart Center;11/09/2026;11.00;11.30;9",
    "12/A;Smart Center;16/09/2026;16.30;17.30;12",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("ruang")
    desk = office_with_letters(folder)
    give_books(desk.office, folder, {"pemakaian-2.csv": MORE_USES}, END_OF_SEPTEMBER)
    return desk


def shown(served: Desk, search: str, user: str = "kabid") -> dict[str, Any]:
    """Subtitle, links and both halves of the page for an address."""
    browser = served.browser_of(user)
    outputs = ("room-subtitle.children", "room-export.children", "room-body.children")
    reply = ask(browser, outputs, [{"id": "room-url", "property": "search", "value": search}])
    assert reply.status_code == 200, reply.text
    told = {name: value["children"] for name, value in reply.json["response"].items()}
    return told | {"room-more": later(browser, "room-more", search)}


def test_the_page_says_what_the_figures_say(served: Desk) -> None:
    told = shown(served, SEPTEMBER)
    asked = RoomsFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
    one = rooms_figures(served.office, asked, END_OF_SEPTEMBER).all_rooms
    assert (one.held, one.no_show, one.unrecorded, one.clash_seconds) == (3, 0, 1, 1800)
    text = words(told["room-body"])
    assert "dari 3 jadwal (0%) · 1 belum tercatat" in text
    assert "0,5 · 1" in text
    assert words(told["room-subtitle"]) == "Smart Center · kapasitas belum diketahui · 1 Sep – 30 Sep 2026"


def test_the_sum_by_agency_is_proved(served: Desk) -> None:
    assert "Jumlah per OPD 6,75 jam = dipakai 6,25 jam (dalam dan di luar jam buka) + bentrok 0,5 jam." in words(
        shown(served, SEPTEMBER)["room-more"]
    )


def test_a_fault_is_a_line_in_the_calendar_and_hours_that_were_lost(served: Desk) -> None:
    path = served.office.home.root / "kondisi.csv"
    path.write_text(
        "ruang;tanggal;jam;saat;barang;kondisi\nSmart Center;10/09/2026;08.00;rutin;AC;Rusak ringan\n"
        "Smart Center;11/09/2026;09.00;rutin;AC;Baik\n",
        encoding="utf-8",
    )
    (report,) = ingest(served.office, path, END_OF_SEPTEMBER)
    assert report.status == "loaded"
    told = shown(served, f"{SEPTEMBER}&minggu=2026-09-10")
    # a line on both days, its name below the first one
    assert str(told["room-body"]).count('class="room-fault"') == 2
    assert words(told["room-body"]).count("AC · rusak ringan") == 1
    # Thursday 08.00–12.00 and 13.00–16.00, Friday 07.30–09.00
    assert "Dibuka dengan sarpras bermasalah AC · Smart Center 8,5 jam" in words(told["room-more"])
    of_agency = words(list(shown(served, f"{SEPTEMBER}&minggu=2026-09-10", "opd").values()))
    files = served.browser_of("opd").get(f"/ruang/unduh.csv{SEPTEMBER}").get_data(as_text=True)
    assert [word for word in ("rusak", "AC ·", "gangguan", "sarpras") if word in of_agency.casefold() + files] == []


def test_a_clash_names_its_pair(served: Desk) -> None:
    told = words(shown(served, SEPTEMBER)["room-more"])
    assert "11 Sep 2026 11.00–11.30 · Smart Center · Dinas Pendidikan" in told
    assert "dan Tanpa surat · 30 mnt" in told


def test_the_calendar_says_what_was_booked_and_used(served: Desk) -> None:
    body = shown(served, f"{SEPTEMBER}&minggu=2026-09-10")["room-body"]
    labels = [
        one.get("aria-label") or one.get("title") for one in [*components(body, "Link"), *components(body, "Div")]
    ]
    assert "Dinas Kesehatan · Rapat imunisasi · terjadwal 09.00–12.00 · 09.05–11.50 · Dipakai" in labels
    day = shown(served, f"{SEPTEMBER}&hari=2026-09-11")["room-body"]
    assert "Jumat, 11 September 2026" in words(day)


def test_an_agency_sees_its_own_sessions_whatever_the_address_says(served: Desk) -> None:
    told = words(list(shown(served, f"{SEPTEMBER}&opd=Dinas Pendidikan&minggu=2026-09-10", "opd").values()))
    assert "Dinas Kesehatan" in told
    assert "Dinas Pendidikan" not in told
    assert "Bimbingan guru" not in told
    browser = served.browser_of("opd")
    csv = browser.get(f"/ruang/unduh.csv{SEPTEMBER}&opd=Dinas Pendidikan").get_data(as_text=True)
    assert "Rapat imunisasi" in csv
    assert "Bimbingan guru" not in csv


@pytest.mark.parametrize(
    ("search", "sentence"),
    [
        ("?dari=2026-09-30&sampai=2026-09-01", "terbalik"),
        ("?dari=kemarin&sampai=2026-09-01", "bukan tanggal"),
        ("?opd=Dinas Antah", "Dinas Antah"),
        ("?ruang=Aula Antah", "Aula Antah"),
        ("?minggu=besok", "bukan tanggal"),
        ("?hari=1999-01-01", "bukan tanggal"),
    ],
)
def test_an_address_that_makes_no_sense_gets_words(served: Desk, search: str, sentence: str) -> None:
    told = shown(served, search)
    assert sentence in words(told["room-body"])
    assert told["room-more"] is None
    refused = served.browser_of("kabid").get(f"/ruang/unduh.xlsx{search}")
    assert (refused.status_code, sentence in refused.text) == (422, True)


def test_a_period_to_come_has_words_instead_of_nought_percent(served: Desk) -> None:
    told = shown(served, "?dari=2027-05-01&sampai=2027-05-31")
    assert "periode belum mulai" in words(told["room-body"])
    assert "Belum ada data pada periode ini" in words(told["room-body"])


def test_before_the_first_opening_hour_nothing_is_said_to_stay_shut(tmp_path: Path) -> None:
    early = desk(tmp_path, give_letters, seconds("2026-10-01 06:30"), pages=PAGES)
    told = shown(early, "?dari=2026-10-01&sampai=2026-10-31")
    assert "belum ada jam buka yang lewat" in words(told["room-body"])
    assert "belum ada jam buka yang lewat" in words(told["room-more"])
    assert "ruang tidak buka" not in words(list(told.values())).lower()


def test_a_period_without_opening_hours_says_that_the_room_does_not_open(served: Desk) -> None:
    told = shown(served, "?dari=2026-09-12&sampai=2026-09-13")
    assert "ruang tidak buka" in words(told["room-body"])
    assert "jam buka yang lewat" not in words(list(told.values()))


def test_the_workbook_holds_the_figures_as_numbers(served: Desk) -> None:
    reply = served.browser_of("kabid").get(f"/ruang/unduh.xlsx{SEPTEMBER}&ruang=SC")
    assert reply.status_code == 200
    assert "ruang-2026-09-01-2026-09-30.xlsx" in reply.headers["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(reply.data))
    first = book.get_sheet_by_name("Angka").to_python()
    heads = next(row for row in first if row[0] == "Ruang" and row[1] == "Terpakai")
    room = first[first.index(heads) + 1]
    asked = RoomsFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
    one = rooms_figures(served.office, asked, END_OF_SEPTEMBER).all_rooms
    assert room[heads.index("Terpakai")] == pytest.approx(one.utilisation)
    assert len(book.get_sheet_by_name("Kegiatan").to_python()) == 6


def test_who_may_not_see_rooms_gets_no_file(served: Desk) -> None:
    assert served.browser().get("/ruang/unduh.csv").status_code in (302, 401)
    assert served.browser_of("kabid").get("/ruang/unduh.pdf").status_code == 404
    assert "Pemakaian ruang" in words(opened(served.browser_of("agendaris"), "/ruang"))


def explained(served: Desk, search: str, user: str = "kabid") -> str:
    inputs = [{"id": "why-url", "property": "search", "value": search}]
    reply = call(served.browser_of(user), "why-body.children", inputs)
    assert reply.status_code == 200, reply.text
    return words(reply.json["response"]["why-body"]["children"])


def test_every_headline_can_be_taken_apart_and_its_days_add_up(served: Desk) -> None:
    ways = [
        one["href"] for one in components(shown(served, SEPTEMBER)["room-body"], "Link") if "/mengapa" in one["href"]
    ]
    assert len(set(ways)) == 1
    told = explained(served, ways[0].partition("?")[2])
    one = rooms_figures(
        served.office, RoomsFilter(Period(date(2026, 9, 1), date(2026, 9, 30))), END_OF_SEPTEMBER
    ).all_rooms
    assert (one.used_seconds, one.outside_seconds) == (5.25 * 3600, 3600)
    assert "Terpakai 5,25 " in told
    assert "Jumlah " in told
    assert told.split("Jumlah ")[1].split()[2] == "5,25"
    assert "Bimbingan" not in explained(served, f"angka=ruang&{SEPTEMBER[1:]}", "opd")
