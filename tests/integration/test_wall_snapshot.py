"""What the wall says on a Thursday at 10.42, from the files the office gave."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from etl.figures.compliance.steps import sla_figures
from etl.figures.filter import SlaFilter, month_period
from etl.figures.wall.snapshot import wall_snapshot
from etl.office import Office
from etl.settings.document import apply
from tests.books.typed import agenda, hand_overs
from tests.offices.office import give, open_office
from tests.offices.thursday import moment, thursday_office

AT = moment("10:42")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The office of that Thursday."""
    return thursday_office(tmp_path_factory.mktemp("wall"), lambda: AT)


@pytest.fixture(scope="module")
def wall(office: Office) -> dict:
    """Its wall at 10.42."""
    return wall_snapshot(office, AT)


def desk(wall: dict, step: str) -> dict:
    return next(one for one in wall["desks"] if one["step"] == step)


def test_the_document_is_json_and_small(wall: dict) -> None:
    assert len(json.dumps(wall)) < 30_000


def test_the_room_is_in_use_until_the_booked_end(wall: dict) -> None:
    assert wall["room"]["state"] == "in_use"
    assert wall["room"]["now"]["title"] == "Rapat koordinasi imunisasi daerah"
    assert wall["room"]["now"]["opd"] == "Dinas Kesehatan"
    assert wall["room"]["now"]["end_at"] == moment("12:00")


def test_the_next_booking_is_the_approved_one_of_the_afternoon(wall: dict) -> None:
    assert wall["room"]["next"]["start_at"] == moment("13:00")
    assert wall["room"]["next"]["title"] == "Pelatihan operator sekolah"


def test_todays_line_shows_approved_and_pending_bookings_but_no_cancelled_one(wall: dict) -> None:
    shown = [(e["start_at"], e["kind"], e["state"]) for e in wall["line"]["entries"]]
    assert shown == [
        (moment("09:30"), "booked", "now"),
        (moment("13:00"), "booked", "next"),
        (moment("15:30"), "pending", "next"),
    ]
    assert (wall["line"]["from_at"], wall["line"]["to_at"]) == (moment("07:00"), moment("17:00"))


def test_participants_are_those_of_the_session_and_its_letter(wall: dict) -> None:
    people = wall["people"]
    assert (people["of"], people["present"], people["verified"], people["planned"]) == ("now", 42, 44, 45)
    assert people["capacity"] is None


def test_the_share_of_the_month_is_that_of_the_compliance_page(office: Office, wall: dict) -> None:
    figure = sla_figures(office, SlaFilter(month_period(2026, 11)), AT).all_steps
    assert wall["compliance"]["share"] == figure.share
    assert wall["compliance"]["interval"] == figure.interval
    assert (wall["compliance"]["n"], wall["compliance"]["met"]) == (figure.n, figure.met)
    assert wall["compliance"]["previous"] == {"month": "2026-10", "n": 0, "share": None}


def test_a_letter_at_the_registrar_is_four_minutes_old(wall: dict) -> None:
    a2 = desk(wall, "A2")
    assert (a2["count"], a2["target_seconds"]) == (1, 600)
    assert a2["oldest"]["elapsed_seconds"] == 240
    assert a2["oldest"]["verdict"] == "ON_TRACK"


def test_a_letter_at_the_head_of_office_is_over_its_limit(wall: dict) -> None:
    a4 = desk(wall, "A4")
    assert (a4["count"], a4["oldest"]["elapsed_seconds"], a4["oldest"]["verdict"]) == (1, 660, "OVERDUE")


def test_both_branches_wait_after_the_verification(wall: dict) -> None:
    assert desk(wall, "A6")["count"] == desk(wall, "A7")["count"] == 1
    # 18 November 09.00–12.00 and 13.00–16.00, then 19 November 07.30–10.42.
    assert desk(wall, "A6")["oldest"]["elapsed_seconds"] == (6 * 60 + 192) * 60


def test_letters_on_their_way_are_counted_once(wall: dict) -> None:
    assert wall["letters"] == {"running": 4, "needs_closing": 0}


def test_a_running_step_grows_by_the_offset_that_the_page_gets(office: Office, wall: dict) -> None:
    later = wall_snapshot(office, moment("10:50"))
    for before, after in zip(wall["desks"], later["desks"], strict=True):
        if before["oldest"]:
            assert after["oldest"]["offset_seconds"] == before["oldest"]["offset_seconds"]
            assert after["oldest"]["elapsed_seconds"] == before["oldest"]["elapsed_seconds"] + 480


def test_in_the_lunch_break_nothing_at_the_desks_grows(office: Office) -> None:
    noon, later = (wall_snapshot(office, moment(clock)) for clock in ("12:10", "12:50"))
    assert [d["oldest"] for d in noon["desks"]] == [d["oldest"] for d in later["desks"]]


def test_part_b_of_the_session_in_the_room(wall: dict) -> None:
    steps = {step["step"]: step for step in wall["use"]["steps"]}
    assert [steps[code]["verdict"] for code in ("B1", "B2", "B3", "B4")] == ["MET", "LATE", "ON_TRACK", "NOT_STARTED"]
    assert steps["B3"]["elapsed_seconds"] == 720
    assert steps["B3"]["offset_seconds"] == 720 - (10 * 60 + 42) * 60


def test_the_weeks_use_is_the_used_part_of_the_opening_hours(wall: dict) -> None:
    week = {day["date"]: day for day in wall["week"]}
    assert list(week) == ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"]
    assert week["2026-11-16"]["share"] == pytest.approx(2 / 7.5)
    assert week["2026-11-17"]["share"] == 0.0
    # Open since 07.30, used since 09.30, now 10.42.
    assert week["2026-11-19"]["share"] == pytest.approx(72 / 192)
    assert week["2026-11-20"]["share"] is None


def test_items_nobody_has_checked_are_not_good(wall: dict) -> None:
    assert wall["items"]["checked_at"] is None
    assert len(wall["items"]["items"]) == 11
    assert {item["condition"] for item in wall["items"]["items"]} == {None}


def test_the_next_booking_says_how_far_it_is_prepared(wall: dict) -> None:
    ready = wall["readiness"]
    assert (ready["done"], ready["of"], ready["is_ready"], ready["is_due"]) == (4, 7, False, False)


def test_an_hour_before_a_booking_its_readiness_is_due(office: Office) -> None:
    assert wall_snapshot(office, moment("12:00"))["readiness"]["is_due"]


def test_nothing_of_the_future_is_shown(office: Office) -> None:
    early = wall_snapshot(office, moment("09:00"))
    assert early["room"]["state"] == "empty"
    assert desk(early, "A2")["count"] == 0
    assert early["people"]["of"] == "next"
    assert early["people"]["present"] is None


def test_after_closing_an_open_session_ends_at_its_booked_end(office: Office) -> None:
    evening = wall_snapshot(office, moment("18:00"))
    assert evening["room"]["state"] == "empty"
    used = next(day for day in evening["week"] if day["is_today"])["share"]
    assert used == pytest.approx(2.5 / 7.5)


def test_a_session_whose_end_nobody_wrote_goes_on_until_closing(office: Office) -> None:
    room = wall_snapshot(office, moment("13:30"))["room"]
    assert (room["state"], room["now"]["end_at"]) == ("in_use", None)


def test_a_booking_that_nobody_logged_is_booked_and_not_in_use(tmp_path: Path) -> None:
    office = thursday_office(tmp_path, lambda: AT)
    ended = "no_agenda;tahun;ruang;tanggal;jam_mulai;jam_selesai\n2;2026;Smart Center;19/11/2026;09.30;11.45\n"
    give(office, tmp_path, "selesai.csv", ended, moment("11:50"))
    assert wall_snapshot(office, moment("11:55"))["room"]["state"] == "empty"
    assert wall_snapshot(office, moment("13:30"))["room"]["state"] == "booked"


def test_no_document_holds_screening_counts(wall: dict) -> None:
    text = json.dumps(wall)
    assert not any(word in text for word in ("screened", "passed", "failed"))


def test_the_ages_are_those_of_the_last_load_and_the_last_stamp(wall: dict) -> None:
    assert wall["data"]["loaded_at"] == moment("10:41")
    assert wall["data"]["last_record_at"] == moment("10:38")
    assert wall["data"]["load"]["level"] == wall["data"]["record"]["level"] == "fresh"


def test_days_without_a_load_turn_amber_and_then_red_but_not_over_a_weekend(office: Office) -> None:
    def level(clock: str, day: str) -> str:
        return wall_snapshot(office, moment(clock, day))["data"]["load"]["level"]

    assert level("07:31", "2026-11-23") == "fresh"
    assert level("12:00", "2026-11-23") == "near"
    assert level("12:00", "2026-11-25") == "late"


def test_a_source_with_a_rhythm_that_never_came_is_not_fresh(tmp_path: Path) -> None:
    office = thursday_office(tmp_path, lambda: AT)
    source = '[[source]]\nname = "e-surat"\nkind = "permohonan"\nfiles = "*.csv"\nevery = "5m"\n'
    changed = apply(office.settings, source, "uji.toml")
    assert changed.sources[0].every_seconds == 300


def test_an_office_without_records_has_a_whole_and_empty_wall(tmp_path: Path) -> None:
    wall = wall_snapshot(open_office(tmp_path, lambda: AT), AT)
    assert wall["has_records"] is False
    assert len(wall["desks"]) == 8
    assert all(one["count"] == 0 for one in wall["desks"])
    assert wall["compliance"]["share"] is None
    assert wall["data"]["load"]["level"] == "none"


def test_a_loaded_file_shows_at_once(tmp_path: Path) -> None:
    office = thursday_office(tmp_path, lambda: AT)
    before = desk(wall_snapshot(office, AT), "A2")["count"]
    row = "no_agenda;tgl_terima;jam_terima;asal\n8;19/11/2026;10.40;Bappeda\n"
    give(office, tmp_path, "tambahan.csv", row, AT)
    assert desk(wall_snapshot(office, AT), "A2")["count"] == before + 1


def test_the_month_of_the_wall_is_that_of_the_office_not_of_utc(office: Office) -> None:
    at = moment("00:30", "2026-12-01")
    assert wall_snapshot(office, at)["compliance"]["month"] == "2026-12"
    assert wall_snapshot(office, at)["day"]["date"] == str(date(2026, 12, 1))


def test_a_letter_at_a_desk_that_never_recorded_a_step_is_shown_there(tmp_path: Path) -> None:
    def shown() -> list[tuple[str, int, object]]:
        wall = wall_snapshot(office, moment("08:10"))
        assert wall["letters"]["running"] == 1
        return [(one["step"], one["unmeasured"], one["oldest"]) for one in wall["desks"] if one["count"]]

    office = open_office(tmp_path, lambda: moment("08:10"))
    give(office, tmp_path, "agenda.csv", agenda("1;19/11/2026;08.00;Dinkes;Rapat imunisasi"), moment("08:10"))
    assert shown() == [("A2", 1, None)]
    give(office, tmp_path, "disposisi.csv", hand_overs("1;A2;;;;19/11/2026;08.06"), moment("08:10"))
    assert shown() == [("A3", 1, None)]
