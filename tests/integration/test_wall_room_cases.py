"""The room at a moment, on the wall and where it is warned of: early begin, no end, two uses at once, two bookings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.pages.shared.words import double_booking_words
from data_access.records import one_load
from data_access.records.office import save_settings
from etl.domain.units import day_number
from etl.figures.facilities.conditions import double_bookings, readiness, room_states, warnings
from etl.figures.rooms.free_times import Holding, Slot, room_times
from etl.figures.wall.snapshot import wall_snapshot
from etl.judging.publishing import rebuild
from tests.books.moments import seconds
from tests.books.typed import agenda, book, room_log
from tests.offices.bureau import Bureau, bureau_of

ROOM = "Smart Center"
ITEMS = ("Jaringan", "AC", "Proyektor", "Suara", "Kebersihan", "Disinfeksi", "Thermal gun", "Masker", "Hand sanitizer",
         "Sabun", "Wastafel")  # fmt: skip
SIX = f"6;01/09/2026;08.00;Dinas 6;Rapat;{ROOM};24/09/2026;09.00;11.00;disetujui"


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    with bureau_of(Bureau, tmp_path) as made:
        yield made


def check(day: str, clock: str) -> str:
    rows = (f"{ROOM};{day};{clock};rutin;{item};Baik" for item in ITEMS)
    return book("ruang;tanggal;jam;saat;barang;kondisi", *rows)


def picture(bureau: Bureau, as_of: str) -> dict[str, Any]:
    return wall_snapshot(bureau.office, seconds(as_of))


def kinds(picture: dict[str, Any]) -> list[str]:
    return [alert["kind"] for alert in picture["alerts"]["entries"]]


def test_a_check_after_a_use_that_nobody_ended_is_fresh(bureau: Bureau) -> None:
    four = f"4;01/09/2026;08.00;Dinas 4;Rapat;{ROOM};17/09/2026;09.00;11.00;disetujui"
    bureau.give(agenda(four), "permohonan.csv")
    bureau.give(room_log(f";{ROOM};16/09/2026;09.00;;"), "pemakaian.csv")
    bureau.give(check("17/09/2026", "07.45"), "kondisi.csv")
    now = seconds("2026-09-17 08:10")
    (ready,) = readiness(bureau.office, now)
    assert (ready.is_checked, ready.is_due, warnings(bureau.office, now)) == (True, True, ())
    told = picture(bureau, "2026-09-17 08:10")
    assert (told["readiness"]["is_checked"], told["items"]["status"]) == (True, "READY")
    assert kinds(told) == [], "who records no step of the preparation is not told of it either"


def test_a_session_begun_early_is_its_bookings_own(bureau: Bureau) -> None:
    bureau.give(agenda(SIX), "permohonan.csv")
    bureau.give(room_log(f"6;{ROOM};24/09/2026;08.45;10.55;27"), "pemakaian.csv")
    bureau.give(check("24/09/2026", "08.30"), "kondisi.csv")
    told = picture(bureau, "2026-09-24 08:50")
    room = told["room"]
    assert (room["state"], room["now"]["opd"], room["next"]) == ("in_use", "Dinas 6", None)
    assert (told["readiness"], kinds(told), told["people"]["present"]) == (None, [], 27)
    now = seconds("2026-09-24 08:50")
    assert (readiness(bureau.office, now), room_states(bureau.office, now)[0].status.value) == ((), "READY")


def test_the_booking_of_the_next_day_of_the_same_letter_is_still_to_come(bureau: Bureau) -> None:
    days = f"6;01/09/2026;08.00;Dinas 6;Rapat;{ROOM};24/09/2026 s.d. 25/09/2026;09.00;11.00;disetujui"
    bureau.give(agenda(days), "permohonan.csv")
    bureau.give(room_log(f"6;{ROOM};24/09/2026;08.45;10.55;27"), "pemakaian.csv")
    assert picture(bureau, "2026-09-24 08:50")["room"]["next"]["start_at"] == seconds("2026-09-25 09:00")


def test_two_uses_at_once_are_both_shown_and_their_people_added_up(bureau: Bureau) -> None:
    document = bureau.office.settings.to_document()
    document["room"] = [{"name": ROOM, "capacity": 50}]
    with one_load(bureau.office.records) as connection:
        save_settings(connection, document, at=bureau.clock(), actor="uji")
    bureau.office.forget_rules()
    bureau.give(room_log(f";{ROOM};29/09/2026;08.00;11.00;60", f";{ROOM};29/09/2026;09.00;10.00;12"), "pemakaian.csv")
    rebuild(bureau.office, bureau.clock())
    early, both, later = (picture(bureau, f"2026-09-29 {clock}") for clock in ("08:30", "09:30", "10:30"))
    assert [(told["people"]["present"], len(told["room"]["also"])) for told in (early, both, later)] == [
        (60, 0), (72, 1), (60, 0),
    ]  # fmt: skip
    starts = [both["room"]["now"]["start_at"], both["room"]["also"][0]["start_at"]]
    assert sorted(starts) == [seconds("2026-09-29 08:00"), seconds("2026-09-29 09:00")]
    assert [entry["start_at"] for entry in both["line"]["entries"]] == sorted(starts)
    crowded = [[one for one in told["alerts"]["entries"] if one["kind"] == "crowded"] for told in (early, both, later)]
    assert len({one["id"] for (one,) in crowded}) == 1, "the warning of 08.30 stays"
    assert crowded[1][0]["present"] == 72


def test_a_use_without_a_letter_bears_the_name_of_its_agency_and_no_other_words(bureau: Bureau) -> None:
    head = "ruang;tanggal;jam_mulai;jam_selesai;instansi;kegiatan"
    rows = f"{ROOM};24/09/2026;07.00;07.30;;", f"{ROOM};24/09/2026;08.00;;Dinas Kesehatan;Rapat dengan Budi"
    bureau.give(book(head, *rows), "pemakaian.csv")
    told = picture(bureau, "2026-09-24 08:10")
    now = told["room"]["now"]
    assert (told["room"]["state"], now["opd"], now["title"]) == ("in_use", "Dinas Kesehatan", None)
    assert [(block["label"], block["kind"]) for block in told["line"]["entries"]] == [
        (None, "loose"), (now["label"], "loose"),
    ]  # fmt: skip
    assert (now["label"] in ("Dinkes", "Dinas Kesehatan"), "Budi" in str(told)) == (True, False)


@pytest.fixture
def doubled(bureau: Bureau) -> Bureau:
    bureau.give(
        agenda(SIX, f"7;02/09/2026;08.00;Dinas 7;Rapat;{ROOM};24/09/2026;10.00;12.00;disetujui",
               f"8;02/09/2026;08.00;Dinas 8;Rapat;{ROOM};24/09/2026;11.00;12.00;menunggu"),
        "permohonan.csv",
    )  # fmt: skip
    return bureau


@pytest.mark.parametrize(
    ("as_of", "warns"),
    [("2026-09-22 23:59", 0), ("2026-09-23 00:00", 1), ("2026-09-24 10:59", 1), ("2026-09-24 11:00", 0)],
)
def test_a_double_booking_is_warned_of_from_the_day_before(doubled: Bureau, as_of: str, warns: int) -> None:
    told = [one for one in picture(doubled, as_of)["alerts"]["entries"] if one["kind"] == "double"]
    assert [(one["label"], one["other"], one["start_at"]) for one in told] == [
        ("Dinas 6", "Dinas 7", seconds("2026-09-24 10:00"))
    ] * warns
    pairs = double_bookings(doubled.office, seconds(as_of))
    assert [(room, a.opd, b.opd) for room, a, b in pairs] == [(ROOM, "Dinas 6", "Dinas 7")] * warns


def test_two_bookings_whose_approval_nobody_recorded_are_scheduled_not_approved(bureau: Bureau) -> None:
    rows = (f"{number};02/09/2026;08.00;Dinas {number};Rapat;{ROOM};24/09/2026;{hours};"
            for number, hours in ((7, "09.00;12.00"), (8, "11.00;12.00")))  # fmt: skip
    bureau.give(agenda(*rows), "permohonan.csv")
    told = [one["kind"] for one in picture(bureau, "2026-09-24 08:00")["alerts"]["entries"]]
    assert "double_scheduled" in told
    ((room, first, second),) = double_bookings(bureau.office, seconds("2026-09-24 08:00"))
    assert (room, first.is_recorded, second.agenda_number) == (ROOM, False, "8")
    words = double_booking_words(room, first, second)
    assert words.endswith("Dinas 7 dan Dinas 8 sama-sama terjadwal; persetujuan tidak dicatat.")
    tomorrow = day_number(date(2026, 9, 24))
    times = room_times(bureau.office, seconds("2026-09-23 08:00"), tomorrow, tomorrow)
    slot = Slot(ROOM, seconds("2026-09-24 09:00"), seconds("2026-09-24 10:00"))
    assert times.holding(slot) is Holding.SCHEDULED


def test_an_item_that_nobody_knows_is_told_on_the_wall(bureau: Bureau) -> None:
    bureau.give(check("24/09/2026", "08.30"), "kondisi.csv")
    bureau.give(book("ruang;tanggal;jam;barang;kondisi", f"{ROOM};24/09/2026;08.31;Mesin kabut;RB"), "kondisi_lain.csv")
    items = picture(bureau, "2026-09-24 09:00")["items"]
    assert (items["unrecognised"], items["status"]) == (1, "ATTENTION")
