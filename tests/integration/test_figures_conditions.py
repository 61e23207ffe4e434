"""Condition of rooms through files: the vectors of the definitions as an officer would meet them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data_access.records import one_load
from data_access.records.rooms import add_deed
from etl.domain.facilities import RoomStatus
from etl.figures.facilities.checks import check_of_letter
from etl.figures.facilities.conditions import readiness, room_states, warnings
from etl.figures.facilities.incidents import at_risk, incidents_at
from etl.figures.facilities.period import condition_figures, conditions_json
from etl.figures.filter import Period
from etl.figures.rooms.room_day import room_book
from etl.intake.pipeline import apply_settings
from etl.office import Office
from etl.settings.document import apply
from tests.books.checks import checks, whole
from tests.offices.office import give, open_office
from tests.offices.thursday import moment, thursday_office

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The Thursday of the wall's tests with checks of three weeks."""
    folder = tmp_path_factory.mktemp("office")
    office = thursday_office(folder, lambda: moment("10:41"))
    rows = [
        *whole("05/11/2026", "08.00"),
        "13/11/2026;15.30;;AC;RB",
        "16/11/2026;08.30;;AC;Baik",
        *whole("19/11/2026", "08.00", Proyektor="Rusak berat", Thermal_gun="TB", Masker="TB", AC="Kurang baik"),
        "20/11/2026;;sesudah;Sabun;Baik",
        "20/11/2026;;sebelum;Sabun;Hilang",
    ]
    give(office, folder, "kondisi.csv", checks(*rows), moment("10:42"))
    return office


def test_a_room_that_nobody_checked_is_never_good(tmp_path: Path) -> None:
    office = open_office(tmp_path, lambda: moment("10:42"))
    (state,) = room_states(office, moment("10:42"))
    assert (state.status, state.score, state.completeness) == (RoomStatus.UNCHECKED, None, None)
    figures = condition_figures(office, NOVEMBER, moment("10:42"))
    assert (figures.b5.share, figures.restoring.restore.median_working_seconds) == (None, None)


def test_the_score_and_the_gate_of_a_check(office: Office) -> None:
    (state,) = room_states(office, moment("10:42"))
    assert (state.status, state.completeness) == (RoomStatus.DISRUPTED, 1)
    assert state.score == pytest.approx(78.571428)
    assert [item.item for item in state.items if item.is_broken] == ["Proyektor"]


def test_a_check_says_nothing_before_it_was_made(office: Office) -> None:
    (state,) = room_states(office, moment("09:00", "2026-11-16"))
    assert (state.status, state.checked_at) == (RoomStatus.ATTENTION, moment("08:30", "2026-11-16"))
    (state,) = room_states(office, moment("07:59", "2026-11-06"))
    assert (state.status, state.score) == (RoomStatus.READY, 100)
    (state,) = room_states(office, moment("08:00", "2026-11-09"))
    assert state.status is RoomStatus.EXPIRED


def test_a_broken_projector_gives_88_9_by_the_second_shipped_list(tmp_path: Path) -> None:
    office, day = open_office(tmp_path, lambda: moment("10:42")), "05/01/2027"
    more = [f"{day};08.00;;{item};Baik" for item in ("Alat tulis kantor", "Komputer")]
    give(
        office,
        tmp_path,
        "cek.csv",
        checks(*whole(day, "08.00", Proyektor="Rusak berat"), *more),
        moment("08:30", "2027-01-05"),
    )
    (state,) = room_states(office, moment("08:30", "2027-01-05"))
    assert (state.status, state.checklist, state.completeness) == (RoomStatus.DISRUPTED, "2027-1", 1)
    assert state.score == pytest.approx(88.9, abs=0.02)


def test_a_fault_of_an_unknown_item_holds_the_room_back_until_the_item_is_known(tmp_path: Path) -> None:
    office = thursday_office(tmp_path, lambda: moment("10:41"))
    rows = [row.replace("Proyektor", "LCD Proyektor") for row in whole("19/11/2026", "08.00", Proyektor="Rusak berat")]
    good, spelled = whole("19/11/2026", "08.30"), '[item]\nProyektor = ["LCD proyektor"]\n'
    load = give(office, tmp_path, "cek.csv", checks(*rows), moment("10:42"))
    assert (load.counts["accepted"], load.counts["waiting"]) == (10, 1)
    give(office, tmp_path, "lagi.csv", checks(*good, "19/11/2026;08.30;;Kursi;Baik"), moment("10:42"))
    (state,) = room_states(office, moment("10:42"))
    assert (state.status, state.score, state.unrecognised) == (RoomStatus.ATTENTION, 100, 1)
    (state,) = room_states(office, moment("07:59"))
    assert state.unrecognised == 0
    edit = lambda now: apply(now, spelled, "pengaturan.toml")  # noqa: E731
    assert apply_settings(office, edit, moment("10:43"), actor="kadin").joined == 1
    (state,) = room_states(office, moment("08:10"))
    assert (state.status, state.score, state.unrecognised) == (RoomStatus.DISRUPTED, 87.5, 0)


def test_a_fault_reported_on_friday_and_restored_on_monday(office: Office) -> None:
    figures = condition_figures(office, NOVEMBER, moment("12:00", "2026-11-16"))
    case = figures.cases[0]
    assert (case.restore_working, case.restore_elapsed) == (2 * 3_600, 65 * 3_600)  # 15.30–16.30 and 07.30–08.30
    assert figures.restoring.restore.median_working_seconds == 2 * 3_600
    assert figures.restoring.restore.p90_working_seconds is None


def test_damaged_again_within_three_working_days_opens_the_same_fault(office: Office) -> None:
    ac = next(one for one in incidents_at(office, moment("10:42")) if one.item == "AC")
    assert (ac.is_open, ac.openings, ac.first_at) == (True, 2, moment("15:30", "2026-11-13"))


def test_of_a_day_without_clock_times_before_comes_first(office: Office) -> None:
    soap = next(one for one in incidents_at(office, moment("10:42", "2026-11-21")) if one.item == "Sabun")
    assert (soap.is_open, soap.restore_elapsed) == (False, None)


def test_b5_counts_sessions_with_a_complete_good_check(office: Office) -> None:
    figures = condition_figures(office, NOVEMBER, moment("12:10"))
    assert (figures.b5.held, figures.b5.checked, figures.b5.good) == (3, 3, 1)
    assert (figures.first_use.days, figures.first_use.checked) == (3, 2)
    only = condition_figures(office, NOVEMBER, moment("12:10"), opd="Dinas Sosial")
    assert (only.b5.held, only.b5.good, only.b5.coverage) == (1, 1, 1)
    assert [one.is_good for one in check_of_letter(office, 1, moment("12:10"))] == [True]


@pytest.mark.parametrize(
    ("hours", "checked_clock", "is_checked"),
    [
        ("", "18.00", True),
        ("", "18.01", False),
        ('hours = { mon-fri = ["08:00-20:00"] }', "21.55", True),
        ('hours = { mon-fri = ["08:00-20:00"] }', "22.01", False),
        ('hours = { mon-fri = ["08:00-14:00"] }', "16.00", True),
        ('hours = { mon-fri = ["08:00-14:00"] }', "16.01", False),
    ],
)
def test_a_use_without_an_end_lasts_until_its_own_room_closes(
    hours: str, checked_clock: str, is_checked: bool, tmp_path: Path
) -> None:
    now = moment("08:00", "2026-11-20")
    office = open_office(tmp_path, lambda: now)
    room = apply(office.settings, f'[[room]]\nname = "Smart Center"\n{hours}\n', "uji")
    apply_settings(office, room, now, actor="uji")
    log = "ruang;tanggal;jam_mulai;jam_selesai;peserta_hadir\nSmart Center;19/11/2026;09.30;;42\n"
    give(office, tmp_path, "ruang.csv", log, now)
    give(office, tmp_path, "kondisi.csv", checks(*whole("19/11/2026", checked_clock)), now)
    b5 = condition_figures(office, NOVEMBER, now).b5
    assert (b5.held, b5.checked) == (1, int(is_checked))


def test_what_an_incident_stands_in_the_way_of(office: Office) -> None:
    now = moment("12:10")
    book = room_book(office, office.mart.read(), office.calendar.day_of(now), now)
    found = at_risk(book, now)
    assert (found.bookings, found.person_hours) == (1, 75)  # 30 people, 13.00–15.30; the pending one does not count


def test_an_hour_before_a_booking_somebody_is_told(office: Office) -> None:
    (ready,) = readiness(office, moment("11:59"))
    assert (ready.is_due, ready.is_checked, ready.broken) == (False, False, ("Proyektor",))
    assert warnings(office, moment("11:59")) == ()
    assert [one.is_warning for one in warnings(office, moment("12:00"))] == [True]


def test_what_people_did_about_a_fault(office: Office) -> None:
    deed = {"room_name": "Smart Center", "item_name": "Proyektor", "actor": "rara", "role": "staf", "note": None}
    with one_load(office.records) as connection:
        for number, (clock, kind, role) in enumerate([("09:00", "assign", "kasi_litik"), ("10:00", "resolve", None)]):
            values = deed | {"at": moment(clock), "deed": kind, "assigned_role": role, "client_id": f"d{number}"}
            assert add_deed(connection, values)
            assert not add_deed(connection, values)
    beamer = next(one for one in incidents_at(office, moment("10:42")) if one.item == "Proyektor")
    assert (beamer.is_open, beamer.assigned_role, beamer.respond_working) == (False, "kasi_litik", 3_600)
    before = next(one for one in incidents_at(office, moment("09:59")) if one.item == "Proyektor")
    assert before.is_open


def test_the_document_has_the_keys_of_the_command_line(office: Office) -> None:
    document = conditions_json(office, condition_figures(office, NOVEMBER, moment("10:42"), room="SC"))
    room, faults = document["rooms"][0], document["incidents"]
    assert {"room", "status", "score", "completeness", "checked_at", "items"} <= room.keys()
    assert {
        "open",
        "restored",
        "median_working_seconds",
        "p90_working_seconds",
        "median_elapsed_seconds",
    } <= faults.keys()
    assert {"held", "checked", "good"} <= document["b5"].keys()
    assert room["items"][0] == {"item": "Jaringan", "condition": "GOOD", "answered": True}
