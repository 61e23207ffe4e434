"""`pantau figures rooms`: the definitions' own examples, given as files and read as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books.typed import agenda, hand_overs, room_log
from tests.serving.command_line import Desk

HOUR = 3600
SEVEN = 7 * HOUR
KEYS = {
    "room", "available_seconds", "used_seconds", "scheduled_seconds", "utilisation", "scheduled_share",
    "realised_share", "outside_seconds", "clash_seconds", "booking_clash_seconds", "no_show", "held", "unrecorded",
    "occupancy", "by_opd",
}  # fmt: skip
ROOMS = """
[calendar.holidays]
package = false
[[calendar.day]]
date = 2026-09-18
name = "Libur nasional rekaan"
hours = []
[[room]]
name = "Ruang Uji"
capacity = 40
hours = { mon-sun = ["08:00-12:00", "13:00-16:00"] }
{closures}
[[room]]
name = "Aula"
"""
CLOSURES = """
[[room.closure]]
from = 2026-09-10T08:00:00
to = 2026-09-10T10:00:00
reason = "perbaikan AC"
[[room.closure]]
from = 2026-09-10T09:00:00
to = 2026-09-10T12:00:00
[[room.closure]]
from = 2026-09-11T08:00:00
to = 2026-09-11T16:00:00
"""
LOG = "no_agenda;ruang;tanggal;jam_mulai;tgl_selesai;jam_selesai;peserta_hadir"
USES = "\n".join(
    [
        LOG,
        ";Ruang Uji;01/09/2026;09.00;;11.00;",
        ";Ruang Uji;02/09/2026;09.00;;11.00;",
        ";Ruang Uji;02/09/2026;10.00;;12.00;",
        ";Ruang Uji;03/09/2026;11.30;;13.30;",
        ";Ruang Uji;04/09/2026;06.00;;08.00;",
        ";Ruang Uji;05/09/2026;07.00;;17.00;",
        ";Ruang Uji;06/09/2026;20.00;07/09/2026;10.00;",
        ";Ruang Uji;08/09/2026;22.00;09/09/2026;02.00;",
        ";Ruang Uji;10/09/2026;13.00;;14.00;",
        ";Ruang Uji;11/09/2026;09.00;;10.00;",
        ";Ruang Uji;14/09/2026;15.00;15/09/2026;09.00;",
        ";Ruang Uji;18/09/2026;09.00;;11.00;",
        ";Ruang Uji;21/09/2026;09.00;;;",
        ";Ruang Uji;22/09/2026;09.00;24/09/2026;10.00;",
        ";Ruang Uji;22/09/2026;11.00;;09.00;",
        "",
    ]
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A room that is open every day from 8 to 12 and from 13 to 16, and a log of rare cases."""
    made = Desk(tmp_path_factory.mktemp("ruang"))
    assert made.settle(ROOMS.replace("{closures}", CLOSURES)).code == 0
    assert made.give(USES, "pemakaian.csv").counts == (15, 13, 0, 0, 0, 2)
    return made


def figures(desk: Desk, first: str, last: str, *options: str, as_of: str = "2026-09-30T09:00") -> dict:
    told = desk.run("figures", "rooms", "--from", first, "--to", last, *options, "--as-of", as_of, "--json")
    assert told.code == 0, told.err
    return told.json


def room(desk: Desk, first: str, last: str | None = None, name: str = "Ruang Uji", **more: str) -> dict:
    told = figures(desk, first, last or first, "--room", name, **more)
    (one,) = told["rooms"]
    assert {**told["all_rooms"], "room": name, "capacity": one["capacity"]} == one
    spent = one["used_seconds"] + one["outside_seconds"]
    assert sum(use["seconds"] for use in one["by_opd"]) == spent + one["clash_seconds"]
    return one


@pytest.mark.parametrize(
    ("first", "last", "share", "outside", "clash"),
    [
        ("2026-09-01", "2026-09-01", 2 / 7, 0, 0),
        ("2026-09-02", "2026-09-02", 3 / 7, 0, 1),
        ("2026-09-03", "2026-09-03", 1 / 7, 1, 0),
        ("2026-09-04", "2026-09-04", 0.0, 2, 0),
        ("2026-09-05", "2026-09-05", 1.0, 3, 0),
        ("2026-09-08", "2026-09-09", 0.0, 4, 0),
        ("2026-09-14", "2026-09-15", 1 / 7, 16, 0),
        ("2026-09-07", "2026-09-07", 2 / 7, 8, 0),
        ("2026-09-10", "2026-09-10", 1 / 3, 0, 0),
        ("2026-09-11", "2026-09-11", None, 1, 0),
        ("2026-09-18", "2026-09-18", None, 2, 0),
    ],
)
def test_the_definitions_examples(
    desk: Desk, first: str, last: str, share: float | None, outside: int, clash: int
) -> None:
    one = room(desk, first, last)
    assert one["utilisation"] == (None if share is None else pytest.approx(share, abs=1e-12))
    assert (one["outside_seconds"], one["clash_seconds"]) == (outside * HOUR, clash * HOUR)


def test_use_that_goes_on_counts_up_to_the_moment(desk: Desk) -> None:
    one = room(desk, "2026-09-21", as_of="2026-09-21T10:00")
    assert (one["utilisation"], one["outside_seconds"], one["estimated_ends"]) == (0.5, 0, 0)


def test_use_that_nobody_ended_is_cut_at_closing_and_marked(desk: Desk) -> None:
    one = room(desk, "2026-09-21", as_of="2026-09-25T10:00")
    assert (one["used_seconds"], one["outside_seconds"], one["estimated_ends"]) == (6 * HOUR, 1 * HOUR, 1)


def test_the_document_has_the_keys_of_its_contract(desk: Desk) -> None:
    told = figures(desk, "2026-09-01", "2026-09-30")
    assert set(told) >= {"as_of", "from", "to", "filters", "rooms", "all_rooms"}
    assert [one["room"] for one in told["rooms"]] == ["Ruang Uji", "Aula"]
    assert all(set(one) >= KEYS for one in [*told["rooms"], told["all_rooms"]])
    assert told["rooms"][1]["by_opd"] == []
    assert told["rooms"][0]["by_opd"][0]["opd"] == "tanpa surat"


def test_a_room_without_hours_of_its_own_has_those_of_the_office(desk: Desk) -> None:
    friday = room(desk, "2026-09-04", name="Aula")
    assert (friday["available_seconds"], friday["utilisation"], friday["occupancy"]) == (27_000, 0.0, None)


def test_what_makes_no_sense_is_refused(desk: Desk) -> None:
    for options in (("--room", "Aula Antah"), ("--opd", "Dinas Antah")):
        told = desk.run("figures", "rooms", "--from", "2026-09-01", "--to", "2026-09-30", *options, "--json")
        assert (told.code, told.out) == (2, "")
        assert options[1] in told.err


def test_until_done_is_use_without_an_end(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = Desk(tmp_path_factory.mktemp("selesai"))
    assert made.settle(ROOMS.replace("{closures}", "")).code == 0
    made.give(room_log(";Ruang Uji;07/09/2026;08.00 s/d selesai;;", ";Ruang Uji;07/09/2026;11.00;12.00;"))
    one = room(made, "2026-09-07", as_of="2026-09-08T09:00")
    assert (one["used_seconds"], one["clash_seconds"], one["estimated_ends"]) == (4 * HOUR, 0, 1)


REGISTER = agenda(
    "1;01/09/2026;08.00;Dinkes;Rapat;Ruang Uji;07/09/2026;09.00;11.00;disetujui",  # used from 9 to 10
    "2;01/09/2026;08.00;Bappeda;Rapat;Ruang Uji;07/09/2026;10.00;12.00;disetujui",  # clashes, used by nobody
    "3;01/09/2026;08.00;Bappeda;Rapat;Ruang Uji;08/09/2026;09.00;11.00;disetujui",  # a day without records
    "4;01/09/2026;08.00;Bappeda;Rapat;Ruang Uji;09/09/2026;09.00;11.00;menunggu",
    "5;01/09/2026;08.00;Bappeda;Rapat;Ruang Uji;09/09/2026;13.00;14.00;",  # A5 finished
    "6;01/09/2026;08.00;Bappeda;Rapat;Ruang Uji;09/09/2026;14.00;15.00;",  # nothing said
    "7;01/09/2026;08.00;Bappeda;Rapat;Ruang Uji;10/09/2026;09.00;10.00;ditolak",
    "8;01/09/2026;08.00;Dinkes;Rapat;Ruang Uji;28/09/2026;08.00;12.00;disetujui",  # after as of
)


@pytest.fixture(scope="module")
def booked(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("jadwal"))
    assert made.settle(ROOMS.replace("{closures}", "")).code == 0
    made.give(REGISTER, "agenda.csv")
    made.give(hand_overs("5;A5;;;;02/09/2026;09.00"), "disposisi.csv")
    made.give(
        room_log(
            "1;Ruang Uji;07/09/2026;09.00;10.00;50",
            ";Ruang Uji;09/09/2026;13.30;14.30;20",
        ),
        "pemakaian.csv",
    )
    return made


def test_bookings_become_held_unused_or_not_recorded(booked: Desk) -> None:
    one = room(booked, "2026-09-07", "2026-09-13", as_of="2026-09-25T09:00")
    assert (one["held"], one["no_show"], one["unrecorded"], one["clashed"]) == (2, 0, 1, 1)
    assert one["no_show_share"] == 0


def test_scheduled_time_is_what_is_approved_each_moment_once(booked: Desk) -> None:
    one = room(booked, "2026-09-07", "2026-09-13", as_of="2026-09-25T09:00")
    assert (one["scheduled_seconds"], one["booking_clash_seconds"]) == (6 * HOUR, HOUR)
    assert one["realised_share"] == pytest.approx(1.5 / 6)
    assert one["unscheduled_seconds"] == HOUR / 2


def test_scheduled_time_includes_days_to_come(booked: Desk) -> None:
    one = room(booked, "2026-09-28", as_of="2026-09-25T09:00")
    assert (one["available_seconds"], one["utilisation"], one["scheduled_share"]) == (0, None, pytest.approx(4 / 7))


def test_a_booking_is_not_approved_before_it_was(booked: Desk) -> None:
    before = room(booked, "2026-09-09", as_of="2026-09-02T08:59")
    after = room(booked, "2026-09-09", as_of="2026-09-02T09:00")
    assert (before["scheduled_seconds"], after["scheduled_seconds"]) == (0, HOUR)


def test_seats_taken_above_the_capacity_are_kept_and_flagged(booked: Desk) -> None:
    one = room(booked, "2026-09-07", "2026-09-13", as_of="2026-09-25T09:00")
    assert one["occupancy"] == pytest.approx((50 + 20) / 80)
    assert (one["seated"], one["overfull"]) == (2, 1)


CHANGING = """
[calendar.holidays]
package = false
[[room]]
name = "Ruang Uji"
capacity = 20
[[room.hours]]
hours = { mon-sun = ["08:00-12:00"] }
[[room.hours]]
from = 2026-09-08
capacity = 40
hours = { mon-sun = ["08:00-10:00"] }
[[room]]
name = "Aula"
from = 2026-09-08
"""


def test_seats_and_hours_count_as_they_were_on_each_day_and_a_room_from_its_first_day_on(tmp_path: Path) -> None:
    changed = Desk(tmp_path)
    assert changed.settle(CHANGING).code == 0
    letters = agenda(
        "1;07/09/2026;08.00;Dinas Kesehatan;Rapat;;20/09/2026;08.00;09.00;disetujui",
        "2;08/09/2026;08.00;Dinas Kesehatan;Rapat;;20/09/2026;09.00;10.00;disetujui",
    )
    assert changed.give(letters, "agenda.csv").counts[1] == 2
    uses = f"{LOG}\n;Ruang Uji;07/09/2026;09.00;;10.00;10\n;Ruang Uji;08/09/2026;09.00;;10.00;10\n"
    assert changed.give(uses, "pemakaian.csv").counts[1] == 2
    one = room(changed, "2026-09-07", "2026-09-08", as_of="2026-09-25T09:00")
    assert (one["available_seconds"], one["occupancy"]) == (6 * HOUR, pytest.approx(20 / 60))
    first, both = (
        figures(changed, "2026-09-07", last, as_of="2026-09-25T09:00") for last in ("2026-09-07", "2026-09-08")
    )
    assert [[part["capacity"] for part in told["rooms"]] for told in (first, both)] == [[20, None], [40, None]]
    assert [told["rooms"][1]["open_seconds"] > 0 for told in (first, both)] == [False, True]
    # A letter without a room belongs to the one that was the only one when it was received, else to none.
    assert room(changed, "2026-09-20", as_of="2026-09-15T09:00")["scheduled_seconds"] == HOUR


def test_an_agency_sees_its_own_use_only(booked: Desk) -> None:
    told = figures(booked, "2026-09-07", "2026-09-13", "--opd", "Dinkes", as_of="2026-09-25T09:00")["all_rooms"]
    assert [use["opd"] for use in told["by_opd"]] == ["Dinas Kesehatan"]
    assert (told["used_seconds"], told["held"], told["no_show"]) == (HOUR, 1, 0)


def test_people_read_the_same_figures(booked: Desk) -> None:
    told = booked.run("figures", "rooms", "--from", "2026-09-07", "--to", "2026-09-07", "--as-of", "2026-09-25T09:00")
    assert told.code == 0
    assert "14,3%" in told.out


@pytest.fixture(scope="module")
def evenings(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A use on Monday at 19.00 "until done" and one on Saturday at 08.00 without an end."""
    made = Desk(tmp_path_factory.mktemp("malam"))
    assert made.settle(ROOMS.replace("{closures}", "")).code == 0
    made.give(room_log(";Ruang Uji;07/09/2026;19.00 s/d selesai;;20", ";Aula;12/09/2026;08.00;;20"))
    return made


@pytest.mark.parametrize(("name", "day", "outside"), [("Ruang Uji", 7, 5), ("Aula", 12, 16)])
def test_an_unknown_end_never_fills_another_day(evenings: Desk, name: str, day: int, outside: int) -> None:
    first, second = (room(evenings, f"2026-09-{on:02}", as_of="2026-12-01T08:00", name=name) for on in (day, day + 1))
    assert (first["used_seconds"], first["outside_seconds"], first["estimated_ends"]) == (0, outside * HOUR, 1)
    assert (first["occupancy"], first["seated"]) == (None, 0)
    assert (second["used_seconds"], second["outside_seconds"]) == (0, 0)


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Bookings over each other on three days, each with one session without a letter."""
    made = Desk(tmp_path_factory.mktemp("ganda"))
    assert made.settle(ROOMS.replace("{closures}", "")).code == 0
    made.give(
        agenda(
            "1;01/09/2026;08.00;Dinkes;Rapat;Ruang Uji;07/09/2026;08.00;10.00;disetujui",
            "2;01/09/2026;09.00;Bappeda;Rapat;Ruang Uji;07/09/2026;09.00;12.00;disetujui",  # overlapped longest
            "3;01/09/2026;09.30;Bappeda;Rapat;Ruang Uji;08/09/2026;09.00;10.00;disetujui",
            "4;01/09/2026;09.10;Dinkes;Rapat;Ruang Uji;08/09/2026;09.00;10.00;disetujui",  # received earlier
            "5;01/09/2026;08.30;Dinkes;Rapat;Ruang Uji;09/09/2026;08.00;09.00;disetujui",
            "6;01/09/2026;08.40;Bappeda;Rapat;Ruang Uji;09/09/2026;09.00;10.00;disetujui",  # touches, not clashed
        ),
        "agenda.csv",
    )
    uses = (";Ruang Uji;07/09/2026;09.00;12.00;", ";Ruang Uji;08/09/2026;09.00;10.00;")
    made.give(room_log(*uses, ";Ruang Uji;09/09/2026;08.00;09.00;"), "pemakaian.csv")
    return made


@pytest.mark.parametrize(
    ("opd", "day", "counts"),
    [
        (None, "2026-09-07", (1, 0, 0, 1)),
        (None, "2026-09-08", (1, 0, 0, 1)),
        (None, "2026-09-09", (1, 1, 0, 0)),
        ("Dinkes", "2026-09-07", (0, 0, 0, 1)),
        ("Bappeda", "2026-09-07", (1, 0, 0, 0)),
        ("Dinkes", "2026-09-08", (1, 0, 0, 0)),
        ("Bappeda", "2026-09-08", (0, 0, 0, 1)),
    ],
)
def test_a_booking_beside_a_held_one_is_clashed(
    doubled: Desk, opd: str | None, day: str, counts: tuple[int, ...]
) -> None:
    options = () if opd is None else ("--opd", opd)
    one = figures(doubled, day, day, *options, as_of="2026-09-25T09:00")["all_rooms"]
    assert tuple(one[name] for name in ("held", "no_show", "unrecorded", "clashed")) == counts
