"""The page of participants: the figures' numbers, and screening that nobody can work back to a person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data_access.mart import People
from etl.figures.filter import Period
from etl.figures.people import participant_figures, people_trend
from etl.figures.rooms.diary import RoomsFilter
from etl.intake.pipeline import apply_settings
from etl.settings.document import apply
from tests.books.typed import book
from tests.offices.desk import Desk
from tests.offices.office import give_books
from tests.offices.september import END_OF_SEPTEMBER, office_with_letters
from tests.reading.layout import words
from tests.serving.callbacks import ask

SEPTEMBER = "?dari=2026-09-01&sampai=2026-09-30"
LOG = "no_agenda;ruang;tanggal;jam_mulai;jam_selesai;peserta_terverifikasi;peserta_hadir;diperiksa;lolos;tidak_lolos"
USES = book(
    LOG,
    "144;Smart Center;11/09/2026;09.00;11.30;30;28;28;26;2",
    ";Smart Center;18/09/2026;09.00;11.30;;;12;12;0",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("peserta")
    desk = office_with_letters(folder)
    give_books(desk.office, folder, {"pemakaian-2.csv": USES}, END_OF_SEPTEMBER)
    return desk


def shown(served: Desk, search: str, user: str = "kasi_litik") -> dict[str, Any]:
    outputs = ("people-subtitle.children", "people-export.children", "people-body.children")
    reply = ask(served.browser_of(user), outputs, [{"id": "people-url", "property": "search", "value": search}])
    assert reply.status_code == 200, reply.text
    return {name: value["children"] for name, value in reply.json["response"].items()}


def test_the_page_says_what_the_figures_say(served: Desk) -> None:
    asked = RoomsFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
    one = participant_figures(served.office, asked, END_OF_SEPTEMBER).whole
    assert (one.sessions, one.people[People.PRESENT].sum, one.people[People.PRESENT].known) == (3, 70, 2)
    assert "Hadir 70 2 dari 3 sesi tercatat" in words(shown(served, SEPTEMBER)["people-body"])


def test_the_trend_is_of_twelve_months_and_stands_where_the_period_itself_has_nobody(served: Desk) -> None:
    day = RoomsFilter(Period(date(2026, 9, 30), date(2026, 9, 30)))
    trend = dict(people_trend(served.office, day, END_OF_SEPTEMBER))
    whole = RoomsFilter(Period(date(2026, 9, 1), date(2026, 9, 30)))
    assert (len(trend), min(trend), max(trend)) == (12, "2025-10", "2026-09")
    assert trend["2026-09"] == participant_figures(served.office, whole, END_OF_SEPTEMBER).whole
    told = words(shown(served, "?dari=2026-09-30&sampai=2026-09-30")["people-body"])
    assert "Belum ada data pada periode ini" in told
    assert "September 2026 (masih berjalan): Direncanakan" in told
    assert "Hadir 70 · 3 sesi" in told
    assert "Peserta 12 bulan" not in words(shown(served, "?dari=2020-09-01&sampai=2020-09-30")["people-body"])


def test_an_agency_sees_its_own_people_in_the_trend(served: Desk) -> None:
    whole, own = (words(shown(served, SEPTEMBER, user)["people-body"]) for user in ("kasi_litik", "opd"))
    assert "Hadir 70 · 3 sesi" in whole
    assert "Peserta 12 bulan" in own
    assert "Hadir 70" not in own


def test_small_cells_are_hidden_on_the_page_and_in_the_files(served: Desk) -> None:
    told = words(shown(served, SEPTEMBER)["people-body"])
    assert "September 2026 40 disembunyikan <5 Seluruh periode 40 disembunyikan <5" in told
    browser = served.browser_of("kabid")
    assert browser.get(f"/peserta/unduh.xlsx{SEPTEMBER}").status_code == 200
    csv = browser.get(f"/peserta/unduh.csv{SEPTEMBER}").get_data(as_text=True)
    assert "September" not in csv.splitlines()[0]
    assert ";26;" not in csv


def test_part_of_a_month_and_one_agency_have_words_instead_of_screening(served: Desk) -> None:
    told = words(shown(served, "?dari=2026-09-01&sampai=2026-09-29")["people-body"])
    assert "hanya ditampilkan untuk bulan penuh" in told
    own = words(shown(served, SEPTEMBER, "opd")["people-body"])
    assert "hanya ditampilkan untuk tahun penuh" in own
    assert "Dinas Pendidikan" not in own


def test_an_address_that_makes_no_sense_gets_words(served: Desk) -> None:
    assert "terbalik" in words(shown(served, "?dari=2026-09-30&sampai=2026-09-01")["people-body"])
    refused = served.browser_of("kabid").get("/peserta/unduh.csv?opd=Antah")
    assert (refused.status_code, "Antah" in refused.text) == (422, True)
    assert "Belum ada data" in words(shown(served, "?dari=2020-09-01&sampai=2020-09-30")["people-body"])


def test_only_who_may_load_files_is_asked_to(served: Desk) -> None:
    nobody = "?dari=2020-09-01&sampai=2020-09-30"
    assert "Muat buku pemakaian ruang" in words(shown(served, nobody, "staf")["people-body"])
    told = words(shown(served, nobody, "kabid")["people-body"])
    assert "Buku pemakaian ruang dimuat oleh Agendaris, staf, atau admin." in told
    assert "Muat buku" not in told


def test_a_switched_off_protocol_is_told_and_no_longer_counted(served: Desk) -> None:
    office = served.office
    before = office.settings
    off = apply(before, '[[step_off]]\nstep = "B3"\nfrom = 2026-09-12\n', "uji")
    apply_settings(office, off, END_OF_SEPTEMBER, actor="admin")
    told = words(shown(served, SEPTEMBER)["people-body"])
    apply_settings(office, before, END_OF_SEPTEMBER, actor="admin")
    assert "dinonaktifkan sejak Sabtu, 12 September 2026" in told
    assert "September 2026 28 disembunyikan <5" in told
