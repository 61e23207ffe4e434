"""What became of bookings: where nobody records approvals, by lists of participants, over days of two months."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.books.typed import agenda, book, hand_overs, room_log
from tests.serving.command_line import Desk

ENDS = ("held", "no_show", "unrecorded", "clashed")
LIST = "no_agenda;tahun;hadir;hasil"


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office with that room, to be copied."""
    made = Desk(tmp_path_factory.mktemp("aula"))
    made.settle('[[room]]\nname = "Aula"\nhours = { mon-sun = ["08:00-12:00", "13:00-16:00"] }\n')
    return made.folder


@pytest.fixture
def desk(settled: Path, tmp_path: Path) -> Desk:
    shutil.copytree(settled, tmp_path, dirs_exist_ok=True)
    return Desk(tmp_path)


def room(desk: Desk, first: str, last: str | None = None, as_of: str = "2026-08-31T09:00") -> dict:
    told = desk.run("figures", "rooms", "--from", first, "--to", last or first, "--as-of", as_of, "--json")
    assert told.code == 0, told.err
    return told.json["all_rooms"]


def ends(desk: Desk, first: str, last: str | None = None, as_of: str = "2026-08-31T09:00") -> tuple[int, ...]:
    told = room(desk, first, last, as_of)
    return tuple(told[name] for name in ENDS)


def booked(number: int, received: str, day: str, status: str = "", hours: str = "13.00;16.00") -> str:
    return f"{number};{received};08.00;Dinkes;Rapat;Aula;{day};{hours};{status};"


def test_bookings_count_where_nobody_records_approvals(desk: Desk) -> None:
    desk.give(agenda(booked(1, "01/06/2026", "10/06/2026")), "agenda.csv")
    told = room(desk, "2026-06-10")
    assert (told["scheduled_seconds"], told["approvals_unrecorded"]) == (3 * 3600, 1)
    assert ends(desk, "2026-06-10") == (0, 0, 1, 0)


def test_the_first_approval_changes_no_booking_received_before_it(desk: Desk) -> None:
    register = agenda(*(booked(number, f"0{number}/06/2026", f"1{number}/06/2026") for number in (1, 2, 3, 4)))
    desk.give(register, "agenda.csv")
    desk.give(hand_overs("2;A5;;;;03/06/2026;09.00"), "langkah.csv")
    counts = [room(desk, f"2026-06-1{number}")["scheduled_seconds"] // 3600 for number in (1, 2, 3, 4)]
    assert [room(desk, f"2026-06-1{number}")["approvals_unrecorded"] for number in (1, 2, 3, 4)] == [1, 0, 0, 0]
    assert counts == [3, 3, 0, 0], "received before the 3rd, approved; received on and after it, nobody said so"


@pytest.mark.parametrize(("status", "hours"), [("disetujui", 0), ("ditolak", 3), ("batal", 3), ("ditunda", 3)])
def test_only_an_approving_status_is_an_approval(desk: Desk, status: str, hours: int) -> None:
    other = f"9;01/06/2026;08.00;Dinkes;Rapat;Aula;20/06/2026;09.00;10.00;{status};02/06/2026"
    desk.give(agenda(other, booked(1, "02/06/2026", "11/06/2026"), booked(2, "01/06/2026", "12/06/2026")), "agenda.csv")
    assert room(desk, "2026-06-11")["scheduled_seconds"] == hours * 3600
    assert room(desk, "2026-06-12")["scheduled_seconds"] == 3 * 3600


def test_an_approval_without_a_day_stands_on_the_receipt(desk: Desk) -> None:
    rows = booked(9, "02/06/2026", "20/06/2026", "disetujui"), booked(1, "02/06/2026", "11/06/2026")
    desk.give(agenda(*rows, booked(2, "01/06/2026", "12/06/2026")), "agenda.csv")
    assert [room(desk, f"2026-06-{day}")["scheduled_seconds"] // 3600 for day in (11, 12)] == [0, 3]


MARKS = (
    (("{};2026;ya;", "{};2026;tidak;"), (1, 0, 0, 0)),
    (("{};2026;;lolos",), (1, 0, 0, 0)),
    (("{};2026;;",), (0, 0, 1, 0)),
)
"""Rows of a list of participants, of a letter, and how its booking ended."""


def test_a_list_with_marks_is_use_and_one_without_leaves_it_open(desk: Desk) -> None:
    days = {number: f"1{number}/06/2026" for number in range(len(MARKS))}
    desk.give(
        agenda(*(booked(number + 1, "01/06/2026", day, "disetujui") for number, day in days.items())), "agenda.csv"
    )
    desk.give(room_log(*(f";Aula;{day};08.00;10.00;" for day in days.values())), "pemakaian.csv")
    assert ends(desk, "2026-06-10", "2026-06-12") == (0, 3, 0, 0)
    desk.give(book(LIST, *(row.format(number + 1) for number in days for row in MARKS[number][0])), "peserta.csv")
    assert [ends(desk, f"2026-06-1{number}") for number in days] == [end for _, end in MARKS]


DAYS = "5;01/06/2026;08.00;Dinkes;Rapat;Aula;30/06/2026 s.d. 02/07/2026;13.00;16.00;disetujui;"
MONTHS = [(("2026-06-01", "2026-06-30"), 1), (("2026-07-01", "2026-07-31"), 0), (("2026-06-01", "2026-07-31"), 1)]


@pytest.mark.parametrize(("clock", "place"), [("08.00;10.00", 1), ("14.00;15.00", 0)])
def test_a_booking_of_several_days_belongs_to_its_first(desk: Desk, clock: str, place: int) -> None:
    desk.give(agenda(DAYS), "agenda.csv")
    for period, count in MONTHS:
        assert ends(desk, *period) == (0, 0, count, 0), period
    desk.give(room_log(f";Aula;01/07/2026;{clock};"), "pemakaian.csv")
    for period, count in MONTHS:
        told = [0, 0, 0, 0]
        told[place] = count
        assert ends(desk, *period) == tuple(told), period


def test_a_use_that_goes_on_after_midnight_is_use_of_the_next_day(desk: Desk) -> None:
    desk.give(agenda(booked(1, "01/06/2026", "11/06/2026", "disetujui")), "agenda.csv")
    header = "no_agenda;ruang;tanggal;jam_mulai;tgl_selesai;jam_selesai"
    desk.give(book(header, ";Aula;10/06/2026;20.00;11/06/2026;02.00"), "pemakaian.csv")
    assert ends(desk, "2026-06-11") == (0, 1, 0, 0)


def test_the_occupancy_is_weighted_by_the_hours_on_every_page(desk: Desk) -> None:
    desk.settle('[[room]]\nname = "Aula"\ncapacity = 40\n')
    desk.give(room_log(";Aula;10/06/2026;08.00;11.00;40", ";Aula;11/06/2026;08.00;09.00;10"), "pemakaian.csv")
    options = ("--from", "2026-06-10", "--to", "2026-06-11", "--as-of", "2026-08-31T09:00", "--json")
    people, rooms = (desk.run("figures", kind, *options).json for kind in ("participants", "rooms"))
    expected = pytest.approx((40 * 3 + 10 * 1) / (40 * 4))
    assert (people["seats_share"], rooms["all_rooms"]["occupancy"]) == (expected, expected)
    assert people["by_opd"][0]["seats_share"] == people["by_month"][0]["seats_share"] == expected
