"""`pantau figures participants`: people by session, and the screening only where it may be shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books.typed import book
from tests.serving.command_line import Desk

LOG = "no_agenda;ruang;tanggal;jam_mulai;jam_selesai;peserta_terverifikasi;peserta_hadir;diperiksa;lolos;tidak_lolos"
REGISTER = book(
    "no_agenda;tgl_terima;jam_terima;asal;ruang;tgl_kegiatan;jam_mulai;jam_selesai;jumlah_peserta;status",
    "1;01/07/2026;08.00;Dinkes;SC;06/07/2026;09.00;11.00;40;disetujui",
    "2;01/07/2026;08.00;Bappeda;SC;07/07/2026;09.00;11.00;;disetujui",
    "3;01/08/2026;08.00;Dinkes;SC;10/08/2026;09.00;11.00;30;disetujui",
    "4;01/08/2026;08.00;Dinkes;SC;11/08/2026;09.00;11.00;10;disetujui",
)
USES = book(
    LOG,
    "1;SC;06/07/2026;09.00;11.00;38;36;36;30;6",
    "2;SC;07/07/2026;09.00;11.00;20;0;20;18;2",
    ";SC;08/07/2026;09.00;11.00;;5;;;",
    "3;SC;10/08/2026;09.00;11.00;;33;;;",
    "4;SC;11/08/2026;09.00;11.00;10;8;3;3;0",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Three sessions in July, two in August; in August only three people were screened."""
    made = Desk(tmp_path_factory.mktemp("peserta"))
    made.give(REGISTER, "agenda.csv")
    assert made.give(USES, "pemakaian.csv").counts == (5, 5, 0, 0, 0, 0)
    return made


def people(desk: Desk, first: str, last: str, *options: str, as_of: str = "2026-09-30T09:00") -> dict:
    told = desk.run("figures", "participants", "--from", first, "--to", last, *options, "--as-of", as_of, "--json")
    assert told.code == 0, told.err
    return told.json


def test_sums_say_how_many_sessions_they_know(desk: Desk) -> None:
    told = people(desk, "2026-07-01", "2026-07-31")
    assert told["sessions"] == 3
    assert told["planned"] == {"sum": 40, "known": 1}
    assert told["verified"] == {"sum": 58, "known": 2}
    assert told["present"] == {"sum": 41, "known": 2}
    assert told["attendance_share"] == pytest.approx(36 / 40)


def test_nobody_counted_is_not_nobody_there(desk: Desk) -> None:
    told = people(desk, "2026-07-07", "2026-07-07")
    assert (told["present"], told["planned"]) == ({"sum": None, "known": 0}, {"sum": None, "known": 0})
    assert told["attendance_share"] is None


def test_an_agency_s_people(desk: Desk) -> None:
    told = people(desk, "2026-07-01", "2026-08-31", "--opd", "Dinkes")
    assert (told["sessions"], told["present"]["sum"]) == (3, 36 + 33 + 8)
    assert told["attendance_share"] == pytest.approx(77 / 80)


def test_months_show_the_screening_without_small_cells(desk: Desk) -> None:
    assert people(desk, "2026-08-01", "2026-08-31")["screened"] == {"n": "<5", "passed": None, "failed": None}
    assert people(desk, "2026-07-01", "2026-07-31")["screened"] is None, "else the half-year less July were August"
    assert people(desk, "2026-07-01", "2026-08-31")["screened"] == {"n": 59, "passed": 51, "failed": 8}


@pytest.mark.parametrize(
    ("first", "last", "options"),
    [
        ("2026-07-01", "2026-07-30", ()),
        ("2026-07-06", "2026-07-06", ()),
        ("2026-07-01", "2026-08-31", ("--opd", "Dinkes")),
        ("2026-09-01", "2026-09-30", ()),
    ],
)
def test_parts_of_months_and_of_an_agency_s_years_have_no_screening(
    desk: Desk, first: str, last: str, options: tuple[str, ...]
) -> None:
    assert people(desk, first, last, *options)["screened"] is None


def test_an_agency_has_its_screening_by_the_year(desk: Desk) -> None:
    told = people(desk, "2026-01-01", "2026-12-31", "--opd", "Dinkes")
    assert told["screened"] == {"n": 39, "passed": None, "failed": None}, "Bappeda has a small cell"


def test_a_switched_off_protocol_is_not_counted_from_that_day(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = Desk(tmp_path_factory.mktemp("padam"))
    made.give(REGISTER, "agenda.csv")
    made.give(USES, "pemakaian.csv")
    assert made.settle('[[step_off]]\nstep = "B3"\nfrom = 2026-07-07\n').code == 0
    assert people(made, "2026-07-01", "2026-07-31")["screened"] == {"n": 36, "passed": 30, "failed": 6}
    assert people(made, "2026-08-01", "2026-08-31")["screened"] is None


def test_an_empty_office_says_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = Desk(tmp_path_factory.mktemp("kosong"))
    told = people(made, "2026-07-01", "2026-07-31")
    assert (told["sessions"], told["present"], told["screened"]) == (0, {"sum": None, "known": 0}, None)
    rooms = made.run("figures", "rooms", "--from", "2026-07-01", "--to", "2026-07-31", "--json")
    assert rooms.json["all_rooms"]["utilisation"] == 0.0 or rooms.json["all_rooms"]["utilisation"] is None


PLAN = book(
    "no_agenda;tgl_terima;jam_terima;asal;ruang;tgl_kegiatan;jam_mulai;jam_selesai;jumlah_peserta;status",
    "1;07/09/2026;09.00;Dinas X;Smart Center;09/09/2026;09.00;11.00;30;disetujui",
    "2;07/09/2026;09.10;Dinas X;Smart Center;10/09/2026;09.00;11.00;0;disetujui",
)
SEATED = book("no_agenda;ruang;tanggal;jam_mulai;jam_selesai;peserta_hadir", "1;Smart Center;09/09/2026;09.00;11.00;24")
LISTED = book("no_agenda;tahun;hadir;hasil", *["1;2026;;"] * 25)
SCREENED = book("no_agenda;tahun;hadir;hasil", *["1;2026;hadir;lolos"] * 26)
COUNTED = book(LOG, "1;Smart Center;09/09/2026;09.00;11.00;21;20;20;19;1")


@pytest.mark.parametrize(
    ("books", "verified", "present", "screened"),
    [
        ((SEATED, LISTED), 25, 24, None),
        ((LISTED, SEATED), 25, 24, None),
        ((SEATED, SCREENED), 26, 26, 26),
        ((SCREENED, SEATED), 26, 24, 26),
        ((SEATED, SCREENED, LISTED), 25, 26, 26),
        ((COUNTED, LISTED), 25, 20, 20),
        ((LISTED, COUNTED), 21, 20, 20),
        ((COUNTED, SCREENED, SEATED), 26, 24, 26),
    ],
)
def test_each_count_is_that_of_the_latest_source_that_gives_it(
    tmp_path: Path, books: tuple[str, ...], verified: int, present: int, screened: int | None
) -> None:
    made = Desk(tmp_path)
    made.give(PLAN, "agenda.csv")
    for place, text in enumerate(books):
        made.give(text, f"{'peserta' if 'hadir;hasil' in text else 'pemakaian'}-{place}.csv")
    told = people(made, "2026-09-01", "2026-09-30")
    assert (told["verified"], told["present"]) == ({"sum": verified, "known": 1}, {"sum": present, "known": 1})
    assert told["screened"] == (screened and {"n": screened} | told["screened"])


def test_a_plan_of_nobody_is_not_known(tmp_path: Path) -> None:
    made = Desk(tmp_path)
    made.give(PLAN, "agenda.csv")
    made.give(SEATED.replace("1;Smart Center;09/09", "2;Smart Center;10/09"), "pemakaian.csv")
    assert people(made, "2026-09-01", "2026-09-30")["planned"] == {"sum": None, "known": 0}
