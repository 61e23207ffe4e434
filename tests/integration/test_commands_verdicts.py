"""Every rule of a step's verdict, told as the office's own books and asked for with `pantau case`."""

from __future__ import annotations

import json

import pytest

from tests.books.typed import agenda, book, hand_overs
from tests.serving.command_line import Desk

DAY = "07/09/2026"
MONDAY = "2026-09-07T"

REGISTER = agenda(
    "1;01/09/2026;08.00;Dinkes",
    *(f"{number};{DAY};08.00;Dinkes" for number in (2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22)),
    f"7;{DAY};08.00;Dinkes;;;;;;ditolak;07/09/2026 10.00",
    f"8;{DAY};08.00;Dinkes;;;;;;dibatalkan;07/09/2026 08.00",
    f"9;{DAY};08.00;Dinkes;;Smart Center;08/09/2026;08.00;10.00;disetujui",
    "15;31/08/2026;08.00;Dinkes",
)
FIRST = [
    "1;A1;;01/09/2026;07.35;01/09/2026;07.39",
    *(
        f"1;{code};;;;01/09/2026;{clock}"
        for code, clock in (
            ("A2", "08.05"), ("A3", "08.09"), ("A4", "08.13"), ("A5", "09.00"), ("A6", "09.30"), ("A7", "09.45"),
            ("A8", "10.40"),
        )
    ),
    "1;B1;;02/09/2026;08.00;02/09/2026;08.15",
    "1;B2;;;;02/09/2026;08.24",
    "1;B3;;03/09/2026;08.30;03/09/2026;08.55",
    "1;B4;;03/09/2026;07.00;03/09/2026;07.59",
    "1;B5;;03/09/2026;09.00;03/09/2026;11.00",
]  # fmt: skip


def until(number: int, last: str) -> list[str]:
    """Hand-overs A2 08.05, A3 08.08, A4 08.10, A5 08.50, A6 09.30, A7 09.40, A8 10.30, up to `last`."""
    clocks = {"A2": "08.05", "A3": "08.08", "A4": "08.10", "A5": "08.50", "A6": "09.30", "A7": "09.40", "A8": "10.30"}
    return [f"{number};{code};;;;{DAY};{clock}" for code, clock in clocks.items() if code <= last]


HANDED_OVER = hand_overs(
    *FIRST,
    f"2;A2;;;;{DAY};08.10", f"2;A3;;{DAY};08.14;{DAY};08.18",
    f"3;A2;;;;{DAY};", f"3;A3;;;;{DAY};08.20", f"3;A4;;{DAY};08.21;{DAY};08.25",
    f"4;A2;;{DAY};09.00;{DAY};08.30", f"4;A3;;;;{DAY};09.05", f"4;A4;;{DAY};09.06;{DAY};09.10",
    f"5;A3;;;;{DAY};08.20", f"5;A4;;;;{DAY};08.24",
    *until(6, "A6"),
    f"7;A2;;;;{DAY};08.05",
    *until(9, "A4"),
    f"10;A2;1;;;{DAY};08.08", f"10;A3;1;;;{DAY};08.12", f"10;A4;1;;;{DAY};08.15",
    f"10;A2;2;{DAY};09.55;{DAY};09.58", f"10;A3;2;;;{DAY};10.00", f"10;A4;2;;;{DAY};10.04",
    *until(11, "A4"), f"11;A5;;;;{DAY};11.00;{DAY} 08.30;{DAY} 09.30;data OPD",
    f"11;A5;;;;{DAY};11.00;{DAY} 09.00;{DAY} 10.00;data OPD",
    *until(12, "A4"), f"12;A5;;;;{DAY};14.00;{DAY} 11.00;{DAY} 13.30;data OPD",
    *until(13, "A4"), f"13;A5;;;;{DAY};10.00;{DAY} 08.40;;data OPD",
    *until(14, "A4"), f"14;A5;;;;;;{DAY} 08.40;;data OPD",
    "16;B1;;12/09/2026;09.50;12/09/2026;10.00", "16;B2;;;;14/09/2026;07.35",
    "16;B3;;12/09/2026;09.00;12/09/2026;09.25", "16;B4;;12/09/2026;07.00;12/09/2026;08.30",
    *(f"17;{code};;;;{DAY};09.00" for code in ("B1", "B3", "B4")),
    f"18;A2;;;;{DAY};08.05", f"18;A3;;;;{DAY};08.10", f"18;A4;;;;{DAY};08:15:59",
    "19;A2;;;;;08.05",
    *until(20, "A8"),
    *(row for row in until(21, "A8") if ";A5;" not in row), f"21;A5;;;;{DAY};",
    *until(22, "A5"), f"22;A7;;;;{DAY};09.40", f"22;A8;;;;{DAY};10.30",
)  # fmt: skip
WITH_OUTPUT = book("no_agenda;langkah;tgl_selesai;jam_selesai;output", f"19;A3;{DAY};09.00;ada", "19;A4;;;ada")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One register and one hand-over book; letter 1 is the first to have every step handed over."""
    made = Desk(tmp_path_factory.mktemp("putusan"))
    assert made.give(REGISTER, "agenda.csv").code == 0
    told = made.give(HANDED_OVER, "disposisi.csv")
    rows = {warning["row"]: warning["code"] for warning in json.loads(told.out)["loads"][0]["warnings"]}
    assert (told.code, rows) == (1, {20: "days_disordered", 67: "time_without_date"}), told.out
    assert made.give(WITH_OUTPUT, "output.csv").code == 0
    return made


@pytest.fixture(scope="module")
def told(desk: Desk) -> dict[int, dict[str, dict]]:
    """Every letter's steps at the end of September."""
    whole = {number: desk.case(f"2026/{number}") for number in range(1, 23)}
    return {number: {step["step"]: step for step in one["steps"]} for number, one in whole.items()}


MEASURED = [
    (1, "A1", "MET", "recorded", 240),
    (1, "A2", "LATE", "handover", 1560),
    (1, "A8", "MET", "handover", 3300),
    (1, "B1", "MET", "recorded", 900),
    (1, "B2", "MET", "handover", 540),
    (1, "B3", "MET", "recorded", 1500),
    (1, "B4", "MET", "recorded", 3540),
    (1, "B5", "NO_TARGET", "recorded", 7200),
    (2, "A2", "MET", "handover", 600),
    (2, "A3", "MET", "recorded", 240),
    (3, "A4", "MET", "recorded", 240),
    (4, "A4", "MET", "recorded", 240),
    (5, "A4", "MET", "handover", 240),
    (10, "A2", "LATE", "handover", 6660),
    (10, "A3", "LATE", "handover", 360),
    (10, "A4", "LATE", "handover", 420),
    (11, "A5", "LATE", "handover", 4800),
    (12, "A5", "LATE", "handover", 12_000),
    (13, "A5", "MET", "handover", 1800),
    (16, "B1", "MET", "recorded", 0),
    (16, "B2", "MET", "handover", 300),
    (16, "B3", "MET", "recorded", 1500),
    (16, "B4", "LATE", "recorded", 5400),
    (18, "A3", "MET", "handover", 300),
    (18, "A4", "LATE", "handover", 359),
]


@pytest.mark.parametrize(("letter", "code", "verdict", "rule", "elapsed"), MEASURED)
def test_a_finished_step_is_measured_from_its_start(
    told: dict, letter: int, code: str, verdict: str, rule: str, elapsed: int
) -> None:
    step = told[letter][code]
    assert (step["verdict"], step["start_rule"], step["elapsed_seconds"]) == (verdict, rule, elapsed)
    assert step["reason"] is None


UNMEASURABLE = [
    (2, "A1", "start_unknown"),
    (3, "A2", "date_only"),
    (3, "A3", "start_unknown"),
    (4, "A2", "end_before_start"),
    (4, "A3", "start_unknown"),
    (5, "A3", "start_unknown"),
    (9, "A6", "not_recorded"),
    (6, "A8", "not_recorded"),
    (9, "A8", "not_recorded"),
    (9, "B1", "not_recorded"),
    (15, "A2", "not_recorded"),
    (17, "B1", "start_unknown"),
    (17, "B3", "start_unknown"),
    (17, "B4", "start_unknown"),
    (19, "A2", "time_missing"),
    (19, "A3", "start_unknown"),
    (19, "A4", "time_missing"),
    (21, "A5", "date_only"),
    (21, "A6", "start_unknown"),
]


@pytest.mark.parametrize(("letter", "code", "reason"), UNMEASURABLE)
def test_what_cannot_be_measured_says_why(told: dict, letter: int, code: str, reason: str) -> None:
    step = told[letter][code]
    assert (step["verdict"], step["reason"], step["elapsed_seconds"]) == ("UNMEASURABLE", reason, None)


OTHER = [
    (5, "A2", "SKIPPED"),
    (7, "A4", "NOT_APPLICABLE"),
    (7, "A8", "NOT_APPLICABLE"),
    (8, "A2", "NOT_APPLICABLE"),
    (22, "A6", "SKIPPED"),
    (22, "A7", "MET"),
]


@pytest.mark.parametrize(("letter", "code", "verdict"), OTHER)
def test_skipped_not_started_and_not_applicable(told: dict, letter: int, code: str, verdict: str) -> None:
    assert told[letter][code]["verdict"] == verdict


def test_a_step_of_which_the_one_before_is_not_finished_has_not_begun(desk: Desk) -> None:
    assert desk.verdict("2026/6", "A8", as_of="2026-09-07T09:35:00")[0] == "NOT_STARTED"


def test_waiting_before_a_recorded_start_is_shown_beside_the_work(told: dict) -> None:
    assert told[2]["A3"]["waiting_seconds"] == 240


def test_a_start_after_the_due_moment_does_not_count(told: dict) -> None:
    step = told[10]["A2"]
    assert (step["taken_at"], step["due_at"]) == (f"{MONDAY}09:55:00+07:00", f"{MONDAY}08:17:00+07:00")
    assert (step["waiting_seconds"], "taken_late" in step["flags"]) == (None, True)


def test_the_hand_over_records_win_over_the_receipt_moment(told: dict) -> None:
    assert told[1]["A2"]["started_at"] == "2026-09-01T07:39:00+07:00"
    assert told[2]["A2"]["started_at"] == "2026-09-07T08:00:00+07:00"


def test_the_last_step_starts_at_the_later_of_the_two_it_follows(told: dict) -> None:
    assert told[1]["A8"]["started_at"] == "2026-09-01T09:45:00+07:00"


def test_after_a_skipped_parallel_step_the_next_one_has_no_start(told: dict) -> None:
    assert (told[22]["A8"]["verdict"], told[22]["A8"]["reason"]) == ("UNMEASURABLE", "start_unknown")


@pytest.mark.parametrize(("letter", "paused"), [(11, 5400), (12, 5400), (13, 4800)])
def test_pauses_are_joined_cut_to_office_hours_and_taken_off(told: dict, letter: int, paused: int) -> None:
    assert told[letter]["A5"]["paused_seconds"] == paused


def test_an_open_pause_stops_a_running_step_until_as_of(desk: Desk) -> None:
    step = desk.step("2026/14", "A5", f"{MONDAY}11:00")
    assert (step["verdict"], step["elapsed_seconds"], step["paused_seconds"]) == ("ON_TRACK", 1800, 8400)


def test_a_returned_letter_has_two_passes_and_says_so(told: dict) -> None:
    for code in ("A2", "A3", "A4"):
        assert told[10][code]["passes"] == 2
        assert "returned" in told[10][code]["flags"]


RUNNING = [
    ("08:49", "NOT_STARTED", None),
    ("08:50", "ON_TRACK", 0),
    ("09:37:59", "ON_TRACK", 2879),
    ("09:38", "AT_RISK", 2880),
    ("09:50", "AT_RISK", 3600),
    ("09:50:01", "OVERDUE", 3601),
]


@pytest.mark.parametrize(("clock", "verdict", "elapsed"), RUNNING)
def test_a_running_step_ages_by_itself(desk: Desk, clock: str, verdict: str, elapsed: int | None) -> None:
    step = desk.step("2026/6", "A7", MONDAY + clock)
    assert (step["verdict"], step["elapsed_seconds"]) == (verdict, elapsed)


def test_what_lies_after_as_of_has_not_happened(desk: Desk) -> None:
    before, after = desk.step("2026/6", "A6", f"{MONDAY}09:29"), desk.step("2026/6", "A6", f"{MONDAY}09:30")
    assert (before["verdict"], before["finished_at"], before["elapsed_seconds"]) == ("ON_TRACK", None, 2340)
    assert (after["verdict"], after["elapsed_seconds"]) == ("MET", 2400)


def test_a_letter_received_after_as_of_is_not_there_yet(desk: Desk) -> None:
    told = desk.run("case", "2026/2", "--as-of", "2026-09-06T09:00", "--json")
    assert (told.code, told.out) == (2, "")


def test_a_running_step_without_booking_is_frozen_after_ten_working_days(desk: Desk) -> None:
    whole = desk.case("2026/6", "2026-09-30T09:00")
    step = next(step for step in whole["steps"] if step["step"] == "A7")
    assert whole["request"]["needs_closing"] is True
    assert (step["verdict"], step["elapsed_seconds"]) == ("OVERDUE", 292_200)


def test_a_rejection_freezes_the_step_that_a_hand_over_had_reached(told: dict) -> None:
    assert (told[7]["A3"]["verdict"], told[7]["A3"]["elapsed_seconds"]) == ("OVERDUE", 6900)


def test_the_booked_start_freezes_part_a(told: dict) -> None:
    assert (told[9]["A5"]["verdict"], told[9]["A5"]["elapsed_seconds"]) == ("OVERDUE", 26_400)


def test_part_b_waits_until_the_booked_end(desk: Desk) -> None:
    assert desk.verdict("2026/9", "B1", "2026-09-08T09:00") == ("NOT_STARTED", None)


@pytest.mark.parametrize(("letter", "outcome"), [(20, "on_time"), (1, "late"), (21, "unknown"), (22, "unknown")])
def test_a_letter_is_judged_on_its_seven_steps(desk: Desk, letter: int, outcome: str) -> None:
    assert desk.case(f"2026/{letter}")["request"]["outcome"] == outcome


def test_receipt_to_ready_is_told_in_working_seconds(desk: Desk) -> None:
    assert desk.case("2026/20")["request"]["ready_seconds"] == 9000


def test_due_moments_stand_beside_the_target(told: dict) -> None:
    assert (told[20]["A5"]["target_seconds"], told[20]["A5"]["due_at"]) == (3600, "2026-09-07T09:10:00+07:00")


def test_the_sequence_is_told_apart_from_time(tmp_path_factory: pytest.TempPathFactory) -> None:
    office = Desk(tmp_path_factory.mktemp("urutan"))
    office.give(agenda(f"1;{DAY};08.00;Dinkes"), "a.csv")
    office.give(hand_overs(f"1;A2;;;;{DAY};08.10", f"1;A3;;{DAY};08.05;{DAY};08.09"), "d.csv")
    step = office.step("2026/1", "A3")
    assert (step["verdict"], step["elapsed_seconds"]) == ("MET", 240)
    assert "out_of_order" in step["flags"]


def test_a_step_switched_off_does_not_apply_and_the_history_stays(tmp_path_factory: pytest.TempPathFactory) -> None:
    office = Desk(tmp_path_factory.mktemp("saklar"))
    office.give(agenda("1;01/09/2026;08.00;Dinkes", f"2;{DAY};08.00;Dinkes"), "a.csv")
    rows = ("1;B3;;01/09/2026;09.00;01/09/2026;09.10", f"2;B3;;{DAY};09.00;{DAY};09.10")
    office.give(hand_overs(*rows), "d.csv")
    assert office.settle('[[step_off]]\nstep = "B3"\nfrom = 2026-09-05\n').code == 0
    assert office.verdict("2026/1", "B3") == ("MET", None)
    assert office.verdict("2026/2", "B3") == ("NOT_APPLICABLE", None)


def test_a_moment_that_no_profile_covers_is_calendar_missing(tmp_path_factory: pytest.TempPathFactory) -> None:
    office = Desk(tmp_path_factory.mktemp("kalender"))
    office.give(agenda(f"1;{DAY};08.00;Dinkes"), "a.csv")
    office.give(hand_overs(f"1;A2;;;;{DAY};08.10"), "d.csv")
    week = '{ mon-thu = ["07:30-12:00", "13:00-16:00"], fri = ["07:30-11:30", "13:00-16:30"] }'
    profile = f'[[calendar.profile]]\nname = "Baru"\nsource = "SE"\nfrom = 2026-09-08\nhours = {week}\n'
    assert office.settle(profile).code == 0
    assert office.verdict("2026/1", "A2") == ("UNMEASURABLE", "calendar_missing")
