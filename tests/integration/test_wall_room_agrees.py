"""The wall's room and the page of rooms say the same of nights, of sessions without an end, of rooms left unused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from etl.figures.facilities.period import condition_figures
from etl.figures.filter import Period
from etl.figures.rooms.diary import RoomsFilter, room_diary
from etl.figures.rooms.timeline import lines_of
from etl.figures.rooms.use import rooms_figures
from etl.figures.summary import today_of
from etl.figures.wall.snapshot import wall_snapshot
from etl.office import Office
from tests.offices.office import give, give_books, open_office
from tests.offices.thursday import moment

REGISTER = """\
no_agenda;tgl_terima;jam_terima;asal;nama_kegiatan;ruang;tgl_kegiatan;jam_mulai;jam_selesai;status
21;10/11/2026;08.00;Bappeda;Musrenbang;Smart Center;17/11/2026;09.00;11.00;disetujui
22;10/11/2026;08.10;Dinas Sosial;Bimbingan teknis;Smart Center;18/11/2026;09.00;12.00;disetujui
"""
THREE_DAYS = """\
no_agenda;tgl_terima;asal;ruang;tgl_kegiatan;tgl_selesai;jam_mulai;jam_selesai;status
23;10/11/2026;Bappeda;Smart Center;18/11/2026;20/11/2026;14.00;15.00;disetujui
"""
USES = """\
no_agenda;tahun;ruang;tanggal;jam_mulai;jam_selesai;keterangan
;;Smart Center;16/11/2026;08.00;10.00;
21;2026;Smart Center;17/11/2026;09.00;selesai;
22;2026;Smart Center;18/11/2026;09.00;12.00;tidak jadi dipakai
23;2026;Smart Center;18/11/2026;14.00;;
"""
AT = moment("10:42")
WEEK = Period(date(2026, 11, 16), date(2026, 11, 20))


def fill(office: Office, folder: Path) -> None:
    give_books(office, folder, {"agenda.csv": REGISTER, "tiga-hari.csv": THREE_DAYS, "ruang.csv": USES}, AT)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return open_office(tmp_path_factory.mktemp("sepakat"), lambda: AT, fill)


def test_each_day_of_the_week_is_used_as_much_as_the_page_says(office: Office) -> None:
    for day in wall_snapshot(office, AT)["week"]:
        only = Period(date.fromisoformat(day["date"]), date.fromisoformat(day["date"]))
        assert day["share"] == rooms_figures(office, RoomsFilter(only), AT).all_rooms.utilisation, day["date"]


def test_what_lasts_until_it_is_done_is_in_the_room_until_its_booked_end(office: Office) -> None:
    during = wall_snapshot(office, moment("10:00", "2026-11-17"))["room"]
    assert (during["state"], during["now"]["end_at"]) == ("in_use", moment("11:00", "2026-11-17"))


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Used on Monday from 19.00 "until done" without a letter, on Tuesday from 18.00, booked until 19.00."""
    folder = tmp_path_factory.mktemp("malam")
    office = open_office(folder, lambda: AT)
    heads = "no_agenda;tgl_terima;asal;ruang;tgl_kegiatan;jam_mulai;jam_selesai;status"
    give(office, folder, "a.csv", f"{heads}\n41;10/11/2026;Bappeda;Smart Center;17/11/2026;18.00;19.00;disetujui\n", AT)
    rows = ";;Smart Center;16/11/2026;19.00 s/d selesai;\n41;2026;Smart Center;17/11/2026;18.00;"
    give(office, folder, "u.csv", f"no_agenda;tahun;ruang;tanggal;jam_mulai;jam_selesai\n{rows}\n", AT)
    return office


@pytest.mark.parametrize(
    ("clock", "day", "state"),
    [
        ("20:30", 16, "in_use"),
        ("21:00", 16, "end_due"),
        ("10:00", 17, "empty"),
        ("18:30", 17, "in_use"),
        ("19:30", 17, "end_due"),
        ("08:00", 18, "empty"),
    ],
)
def test_an_end_that_should_have_been_recorded_is_not_called_use(
    evening: Office, clock: str, day: int, state: str
) -> None:
    at = moment(clock, f"2026-11-{day}")
    assert wall_snapshot(evening, at)["room"]["state"] == state
    on = Period(date(2026, 11, day), date(2026, 11, day))
    outcomes = [line.outcome for line in lines_of(evening.mart.read(), room_diary(evening, RoomsFilter(on), at))]
    assert outcomes == {"in_use": ["running"], "end_due": ["end_due"]}.get(state, outcomes)
    assert [one.session.is_end_due for one in today_of(evening, at, None) if one.session] == (
        [state == "end_due"] if state != "empty" else []
    )


def test_a_room_that_was_not_used_after_all_is_not_in_use(office: Office) -> None:
    assert wall_snapshot(office, moment("10:00", "2026-11-18"))["room"]["state"] != "in_use"


def test_a_booking_of_several_nights_stands_on_each_of_them(tmp_path: Path) -> None:
    office = open_office(tmp_path, lambda: AT)
    heads = "no_agenda;tgl_terima;asal;ruang;tgl_kegiatan;tgl_selesai;jam_mulai;jam_selesai;status"
    row = "31;10/11/2026;Bappeda;Smart Center;16/11/2026;19/11/2026;20.00;02.00;disetujui"
    give(office, tmp_path, "agenda.csv", f"{heads}\n{row}\n", AT)
    for day in ("2026-11-16", "2026-11-17", "2026-11-18"):
        now = wall_snapshot(office, moment("21:00", day))["room"]
        assert (now["state"], now["now"]["end_at"] - moment("20:00", day)) == ("booked", 6 * 3_600), day
    assert wall_snapshot(office, moment("21:00", "2026-11-19"))["room"]["state"] == "empty"


def test_only_sessions_that_took_place_are_asked_for_their_check(office: Office) -> None:
    held = condition_figures(office, WEEK, AT).b5.held
    assert held == rooms_figures(office, RoomsFilter(WEEK), AT).all_rooms.sessions == 3


def test_a_check_is_not_old_because_of_a_session_that_never_was(tmp_path: Path) -> None:
    office = open_office(tmp_path, lambda: AT)
    give(office, tmp_path, "agenda.csv", REGISTER.replace("18/11/2026;09.00;12.00", "18/11/2026;14.00;16.00"), AT)
    unused = "ruang;tanggal;jam_mulai;jam_selesai;keterangan\nSC;18/11/2026;10.00;13.00;tidak jadi dipakai\n"
    give(office, tmp_path, "ruang.csv", unused, AT)
    check = "tanggal;jam;saat;barang;kondisi;ruang\n18/11/2026;11.00;;AC;Baik;SC\n"
    give(office, tmp_path, "kondisi.csv", check, AT)
    assert wall_snapshot(office, moment("13:30", "2026-11-18"))["readiness"]["is_checked"]
