"""`pantau figures sla`: shares, intervals, bounds and percentiles that can be worked out by hand."""

from __future__ import annotations

import pytest

from tests.books.typed import agenda, hand_overs
from tests.serving.command_line import Desk

STEP_KEYS = {
    "step", "actor", "target_seconds", "n", "met", "late", "overdue", "on_track", "at_risk", "not_started", "skipped",
    "not_applicable", "no_target", "unmeasurable", "share", "interval", "bounds", "coverage", "median_seconds",
    "p90_seconds", "flagged", "without_flagged",
}  # fmt: skip


MOMENT = "2026-09-30T09:00"


def on(number: int) -> str:
    """The day of receipt: 88 letters on 1 September, 7 on the 7th, 5 on the 9th."""
    return "01/09/2026" if number <= 88 else "07/09/2026" if number <= 95 else "09/09/2026"


REGISTER = agenda(*(f"{n};{on(n)};08.00;{'Dinkes' if n <= 40 else 'Bappeda'}" for n in range(1, 101)))
HANDED_OVER = hand_overs(
    *(f"{n};A2;;;;{on(n)};{'08.08' if n <= 90 else '08.15'}" for n in range(1, 101)),
    f"89;A3;;{on(89)};08.10;{on(89)};08.16",
    f"90;A3;;{on(90)};08.10;{on(90)};08.15",
    *(f"{n};A3;;{on(n)};08.17;{on(n)};08.22" for n in range(91, 101)),
    *(f"{n};A4;;{on(n)};08.24;{on(n)};08.{n - 71}" for n in range(96, 101)),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A hundred letters: A2 in time for 90, A3 for 11 of 12, A4 for 5 of 5."""
    made = Desk(tmp_path_factory.mktemp("angka"))
    assert made.give(REGISTER, "agenda.csv").counts == (100, 100, 0, 0, 0, 0)
    assert made.give(HANDED_OVER, "disposisi.csv").counts == (117, 117, 0, 0, 0, 0)
    return made


@pytest.fixture(scope="module")
def told(desk: Desk) -> dict:
    """September as it stands at its end."""
    return desk.sla("2026-09-01", "2026-09-30")


def step(told: dict, code: str) -> dict:
    return next(one for one in told["steps"] if one["step"] == code)


def test_the_document_has_the_keys_of_its_contract(told: dict) -> None:
    assert set(told) >= {"as_of", "from", "to", "filters", "sop", "steps", "all_steps", "requests"}
    assert (told["from"], told["to"], told["as_of"]) == ("2026-09-01", "2026-09-30", "2026-09-30T09:00:00+07:00")
    assert told["sop"] == "01/SOP.SmartCenter/406.020/2020"
    codes = ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "B1", "B2", "B3", "B4", "B5"]
    assert [one["step"] for one in told["steps"]] == codes
    for one in told["steps"]:
        assert set(one) >= STEP_KEYS
    assert set(told["all_steps"]) >= STEP_KEYS - {"step", "actor", "target_seconds"}
    assert set(told["requests"]) >= {"n", "on_time", "late", "unknown", "running", "share", "interval"}


@pytest.mark.parametrize(
    ("code", "met", "late", "interval"),
    [("A2", 90, 10, (83, 94)), ("A3", 11, 1, (65, 98)), ("A4", 5, 0, (57, 100))],
)
def test_the_share_has_its_wilson_interval(
    told: dict, code: str, met: int, late: int, interval: tuple[int, int]
) -> None:
    one = step(told, code)
    assert (one["n"], one["met"], one["late"]) == (met + late, met, late)
    assert one["share"] == met / (met + late)
    assert [100 * edge for edge in one["interval"]] == pytest.approx(interval, abs=0.6)


def test_coverage_and_bounds_count_what_could_not_be_measured(told: dict) -> None:
    one = step(told, "A3")
    assert one["unmeasurable"] == {"not_recorded": 88}
    assert one["coverage"] == pytest.approx(12 / 100)
    assert one["bounds"] == pytest.approx([11 / 100, 99 / 100])


def test_all_steps_leave_out_what_is_the_opd_s_time_and_what_has_no_target(told: dict) -> None:
    whole = told["all_steps"]
    assert (whole["n"], whole["met"], whole["late"]) == (117, 106, 11)
    assert whole["unmeasurable"] == {"not_recorded": 88 + 95 + 4 * 100 + 3 * 100}
    assert whole["coverage"] == pytest.approx(117 / 1000)
    assert whole["bounds"] == pytest.approx([106 / 1000, 989 / 1000])


def test_flagged_steps_can_be_left_out(desk: Desk, told: dict) -> None:
    asked = ("2026-09-01", "2026-09-30", "--without-flags", "all")
    left = desk.sla(*asked)
    marks = (("entered_late", "equal_stamps", "round_stamps", "swapped_date", "slipped_day"), ("late_unstamped",))
    assert set(left["filters"]["without_flags"]) >= {*marks[0], *marks[1], "taken_late"}
    for whole, other in zip(told["steps"], left["steps"], strict=True):
        assert (whole["without_flagged"]["n"], other["flagged"]) == (other["n"], {})
        enough = other["n"] >= 5
        assert whole["without_flagged"]["share"] == (other["share"] if enough else None)
    refused = desk.run("figures", "sla", "--from", "2026-09-01", "--to", "2026-09-30", "--without-flags", "salah")
    assert (refused.code, "entered_late" in refused.err) == (2, True)


def test_percentiles_are_interpolated_and_need_five_cases(told: dict) -> None:
    assert (step(told, "A2")["median_seconds"], step(told, "A2")["p90_seconds"]) == (480, pytest.approx(522))
    assert (step(told, "A4")["median_seconds"], step(told, "A4")["p90_seconds"]) == (180, pytest.approx(276))
    assert step(told, "A5")["median_seconds"] is None


def seconds_in(value: object) -> list[object]:
    """Whatever stands under a name of seconds, at any depth."""
    if isinstance(value, list):
        return [found for one in value for found in seconds_in(one)]
    if not isinstance(value, dict):
        return []
    own = [one for name, one in value.items() if name.endswith("_seconds")]
    return own + [found for one in value.values() for found in seconds_in(one)]


@pytest.mark.parametrize("figures", ["sla", "rooms", "participants", "conditions"])
def test_lengths_of_time_are_whole_seconds(desk: Desk, figures: str) -> None:
    told = desk.run("figures", figures, "--from", "2026-09-01", "--to", "2026-09-30", "--as-of", MOMENT, "--json")
    assert all(isinstance(one, int) or one is None for one in seconds_in(told.json))
    assert seconds_in(told.json) or figures == "participants"


def test_less_than_five_cases_have_no_percentile(desk: Desk) -> None:
    told = desk.sla("2026-09-09", "2026-09-09", "--step", "A3", "--opd", "Bappeda", as_of="2026-09-09T09:05:00")
    one = step(told, "A3")
    assert (one["n"], one["median_seconds"]) == (5, 300)
    fewer = desk.sla("2026-09-01", "2026-09-01", "--step", "A2", as_of="2026-09-01T08:07:59")
    assert step(fewer, "A2")["median_seconds"] is None


def test_nothing_to_divide_is_null_and_not_zero(told: dict) -> None:
    one = step(told, "A6")
    assert (one["n"], one["share"], one["interval"], one["bounds"]) == (0, None, None, None)


def test_a_letter_that_is_over_without_a8_is_late_or_unknown(told: dict, desk: Desk) -> None:
    requests = told["requests"]
    assert [requests[name] for name in ("n", "on_time", "late", "unknown", "share")] == [11, 0, 11, 89, 0]
    before = desk.sla("2026-09-01", "2026-09-30", as_of="2026-09-14T16:00")["requests"]
    assert (before["n"], before["share"], before["interval"], before["running"]) == (0, None, None, 100)


def test_a_period_includes_both_its_days(desk: Desk) -> None:
    assert step(desk.sla("2026-09-01", "2026-09-01"), "A2")["n"] == 88
    assert step(desk.sla("2026-09-02", "2026-09-09"), "A2")["n"] == 12
    assert step(desk.sla("2026-09-07", "2026-09-07"), "A2")["n"] == 7


def test_a_future_period_has_nothing_in_it(desk: Desk) -> None:
    told = desk.sla("2027-01-01", "2027-03-31")
    assert (told["all_steps"]["n"], told["all_steps"]["share"], told["all_steps"]["coverage"]) == (0, None, None)
    assert told["requests"]["n"] == 0


@pytest.mark.parametrize("name", ["Dinkes", "dinkes", "DINAS KESEHATAN KAB. TRENGGALEK", "Dinas Kesehatan"])
def test_an_opd_is_found_by_any_of_its_names(desk: Desk, name: str) -> None:
    assert step(desk.sla("2026-09-01", "2026-09-30", "--opd", name), "A2")["n"] == 40


def test_rooms_and_steps_narrow_the_figures(desk: Desk) -> None:
    assert step(desk.sla("2026-09-01", "2026-09-30", "--room", "Ruang SC"), "A2")["n"] == 100
    told = desk.sla("2026-09-01", "2026-09-30", "--step", "a3", "--step", "A4")
    assert [one["step"] for one in told["steps"]] == ["A3", "A4"]
    assert told["all_steps"]["n"] == 17
    assert told["filters"]["steps"] == ["A3", "A4"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--from", "2026-09-30", "--to", "2026-09-01"), "terbalik"),
        (("--from", "2026-09-31", "--to", "2026-10-01"), "2026-09-31"),
        (("--from", "kemarin", "--to", "2026-10-01"), "kemarin"),
        (("--from", "2026-09-01"), "--to"),
        (("--from", "2026-09-01", "--to", "2026-09-30", "--step", "C1"), "C1"),
        (("--from", "2026-09-01", "--to", "2026-09-30", "--opd", "Dinas Antah"), "Dinas Antah"),
        (("--from", "2026-09-01", "--to", "2026-09-30", "--room", "Aula Antah"), "Aula Antah"),
        (("--from", "2026-09-01", "--to", "2026-09-30", "--as-of", "nanti"), "nanti"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(desk: Desk, options: tuple[str, ...], words: str) -> None:
    told = desk.run("figures", "sla", *options, "--json")
    assert (told.code, told.out) == (2, "")
    assert words in told.err


def test_the_case_pages_added_up_give_the_same_figure(desk: Desk) -> None:
    verdicts = [desk.verdict(f"2026/{number}", "A3")[0] for number in range(86, 101)]
    assert (verdicts.count("MET"), verdicts.count("LATE"), verdicts.count("UNMEASURABLE")) == (11, 1, 3)


def test_people_read_the_same_shares(desk: Desk) -> None:
    told = desk.run("figures", "sla", "--from", "2026-09-01", "--to", "2026-09-30", "--as-of", "2026-09-30T09:00")
    assert told.code == 0
    assert "90,0%" in told.out


WHERE_IT_BELONGS = agenda(*(f"{n};31/08/2026;15.00;Dinkes" for n in (1, 2, 3)), "4;31/08/2026;;Dinkes")
ACROSS_MONTHS = hand_overs(
    "1;A2;;;;01/09/2026;08.00",  # LATE, finished in September
    "2;A3;;;;02/09/2026;08.00",  # A2 skipped, in its successor's month
    "3;A2;;;;31/08/2026;15.05",  # A3 running from 31 August 15.05, due 15.10
    "1;A3;;;;31/08/2026;07.00",  # ends before its predecessor; makes A3 recorded from 31 August
)


def test_a_step_belongs_to_the_month_of_its_finish_due_moment_or_receipt(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    office = Desk(tmp_path_factory.mktemp("bulan"))
    office.give(WHERE_IT_BELONGS, "agenda.csv")
    office.give(ACROSS_MONTHS, "disposisi.csv")
    august = office.sla("2026-08-01", "2026-08-31", as_of="2026-09-03T09:00")
    september = office.sla("2026-09-01", "2026-09-30", as_of="2026-09-03T09:00")
    assert (step(august, "A2")["met"], step(august, "A2")["late"], step(august, "A2")["skipped"]) == (1, 0, 0)
    assert (step(september, "A2")["late"], step(september, "A2")["skipped"]) == (1, 1)
    assert step(august, "A2")["unmeasurable"] == {"start_unknown": 1}
    assert (step(august, "A3")["overdue"], step(september, "A3")["overdue"]) == (1, 0)


def test_an_empty_office_has_figures_in_which_nothing_is_said(tmp_path_factory: pytest.TempPathFactory) -> None:
    office = Desk(tmp_path_factory.mktemp("kosong"))
    told = office.sla("2026-09-01", "2026-09-30", "--opd", "Dinkes", "--room", "SC")
    assert (told["all_steps"]["n"], told["all_steps"]["share"], told["requests"]["n"]) == (0, None, 0)
