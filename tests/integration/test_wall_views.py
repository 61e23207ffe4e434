"""The wall's second view and its alerts: bookings ahead, the condition of the room, what must be said at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from etl.figures.wall.snapshot import Wish, alerts, wall_snapshot
from etl.intake.pipeline import apply_settings
from etl.office import Office
from etl.settings.document import apply
from tests.offices.office import give
from tests.offices.thursday import moment, thursday_office

AT = moment("10:42")
ITEMS = ("Jaringan", "AC", "Proyektor", "Suara", "Kebersihan", "Disinfeksi", "Thermal gun", "Masker")


def check(clock: str, **conditions: str) -> str:
    """A file with one check of the room at that time; items not named are good."""
    named = {name.replace("_", " "): said for name, said in conditions.items()}
    rows = "".join(f"Smart Center;19/11/2026;{clock};rutin;{item};{named.get(item, 'Baik')}\n" for item in ITEMS)
    return "ruang;tanggal;jam;saat;barang;kondisi\n" + rows


def set_up(office: Office, text: str) -> None:
    apply_settings(office, lambda settings: apply(settings, text, "uji.toml"), AT, actor="admin")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The Thursday with a check at 07.45: a good room but for the air conditioning."""
    folder = tmp_path_factory.mktemp("views")
    office = thursday_office(folder, lambda: AT)
    give(office, folder, "cek.csv", check("07.45", AC="Rusak ringan"), AT)
    return office


def kinds(wall: dict[str, Any]) -> list[str]:
    return [entry["kind"] for entry in wall["alerts"]["entries"]]


def test_the_next_bookings_stand_in_order_with_what_is_done(office: Office) -> None:
    ahead = wall_snapshot(office, AT)["ahead"]
    shown = [(entry["start_at"], entry["done"], entry["is_approved"], entry["outlook"]) for entry in ahead]
    assert shown == [
        (moment("13:00"), 4, True, "LATE"),  # two hours of Mutu Baku left, 78 minutes until lunch
        (moment("15:30"), 3, False, "AT_RISK"),  # A5–A8 are three hours; 78 + 150 minutes are left
        (moment("09:00", "2026-11-26"), 2, False, "ON_TRACK"),
        (moment("09:00", "2026-11-27"), 0, False, "ON_TRACK"),
    ]


def test_the_condition_is_that_of_the_newest_check(office: Office) -> None:
    items = wall_snapshot(office, AT)["items"]
    assert (items["status"], items["checked_at"], items["broken"]) == ("ATTENTION", moment("07:45"), [])
    told = {item["name"]: item["condition"] for item in items["items"]}
    assert (told["AC"], told["Jaringan"], told["Wastafel"]) == ("LIGHT", "GOOD", None)


def test_a_check_of_yesterday_is_out_of_date(office: Office) -> None:
    assert wall_snapshot(office, moment("16:00", "2026-11-20"))["items"]["status"] == "EXPIRED"


def test_nothing_is_said_while_the_next_booking_is_far(office: Office) -> None:
    assert kinds(wall_snapshot(office, moment("11:59"))) == []


def test_an_hour_before_a_booking_a_room_that_was_used_since_its_check_is_told(office: Office) -> None:
    assert kinds(wall_snapshot(office, moment("12:00"))) == ["unchecked", "unprepared"]


def test_an_alert_keeps_its_name_while_its_cause_lasts(office: Office) -> None:
    first, later = (wall_snapshot(office, moment(clock))["alerts"]["entries"] for clock in ("12:05", "12:40"))
    assert [entry["id"] for entry in first] == [entry["id"] for entry in later]


def test_something_essential_that_breaks_is_told_at_once_and_first(tmp_path: Path) -> None:
    office = thursday_office(tmp_path, lambda: AT)
    give(office, tmp_path, "cek.csv", check("10.40", Proyektor="Rusak berat", Masker="Hilang"), AT)
    now, noon = wall_snapshot(office, AT), wall_snapshot(office, moment("12:30"))
    assert [(entry["kind"], entry["items"]) for entry in now["alerts"]["entries"]] == [("disrupted", ["Proyektor"])]
    assert now["use"]["steps"][-1]["verdict"] == "BAD"
    assert kinds(noon)[0] == "broken"


def test_a_fresh_check_of_a_prepared_room_says_nothing() -> None:
    ready = {"start_at": 1, "label": "Disdik", "done": 7, "of": 7, "is_ready": True, "is_checked": True}
    picture = {"readiness": ready | {"is_due": True, "broken": []}, "items": {"broken": []}, "double_bookings": []} | {
        "more_double_bookings": 0
    }
    assert alerts(picture | {"people": {"present": 50, "capacity": 50, "start_at": 1}})["entries"] == []


def test_more_people_than_the_room_holds_are_told(tmp_path: Path) -> None:
    office = thursday_office(tmp_path, lambda: AT)
    set_up(office, '[[room]]\nname = "Smart Center"\ncapacity = 40\n')
    (entry,) = wall_snapshot(office, AT)["alerts"]["entries"]
    assert (entry["kind"], entry["present"], entry["capacity"]) == ("crowded", 42, 40)


def test_masked_activities_stand_nowhere_in_the_document(tmp_path: Path) -> None:
    office = thursday_office(tmp_path, lambda: AT)
    assert "imunisasi" in json.dumps(wall_snapshot(office, AT))
    set_up(office, '[wall]\nmask_activity = true\nrotate = "30s"\n')
    masked = wall_snapshot(office, AT)
    told = json.dumps(masked)
    assert not any(word in told for word in ("imunisasi", "operator", "festival", "Musrenbang"))
    assert masked["room"]["now"]["opd"] == "Dinas Kesehatan"
    assert masked["views"] == {"rotate_seconds": 30, "hold_seconds": 120}


TWO_ROOMS = """
[[room]]
name = "Smart Center"
[[room]]
name = "Ruang Rapat"
"""
IN_THE_OTHER = "no_agenda;tgl_terima;asal;nama_kegiatan;ruang;tgl_kegiatan;jam_mulai;jam_selesai;status\n" + "".join(
    f"{20 + n};18/11/2026;Bappeda;Rapat {n};Ruang Rapat;19/11/2026;{8 + n:02}.00;{8 + n:02}.45;disetujui\n"
    for n in range(9)
)


def programme(office: Office, at: int, *rooms: str) -> dict[str, Any]:
    return wall_snapshot(office, at, Wish(rooms, has_programme=True))["programme"]


def test_a_lobby_tells_the_programme_of_its_rooms_without_figures(tmp_path: Path) -> None:
    office = thursday_office(tmp_path, lambda: AT)
    set_up(office, TWO_ROOMS)
    give(office, tmp_path, "lain.csv", IN_THE_OTHER, AT)
    both, other = programme(office, AT), programme(office, AT, "Ruang Rapat")
    assert (both["is_of_several"], other["is_of_several"]) == (True, False)
    told = [(entry["room"], entry["title"], entry["state"]) for entry in both["entries"]]
    assert ("Smart Center", "Rapat koordinasi imunisasi daerah", "now") in told
    assert ("Smart Center", "Rapat festival", "next") not in told  # not approved yet
    assert [entry["title"] for entry in other["entries"]] == [f"Rapat {n}" for n in range(2, 9)]  # over ones go first
    assert {*both["entries"][0]} == {"start_at", "end_at", "opd", "label", "title", "is_masked", "room", "state"}
    evening = programme(office, moment("20:00"))
    assert {entry["state"] for entry in evening["entries"]} == {"past"}
    assert evening["more"] == 0
    assert programme(office, AT, "Ruang yang tidak ada") == both
    assert wall_snapshot(office, AT, Wish(("Ruang Rapat",)))["room"]["name"] == "Ruang Rapat"
    assert wall_snapshot(office, AT)["room"]["name"] == "Smart Center"
