"""Suspicious but possible: what is flagged, and what is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from etl.domain.calendar.days import Holiday
from etl.domain.compliance.file_habits import EqualRuns, RoundStamps
from etl.domain.compliance.suspicion import Suspicions, Written, entered_late, suspicions, swapped, with_suspicions
from etl.domain.frames import MISSING
from etl.domain.verdict import Flag
from etl.reference.steps import STEP_CODES, STEP_COUNT, STEP_INDEX
from tests.books.letters import Letter, perpres, rules, stamp

RULES = rules()
NOTHING = (Flag.NONE, {})


def written(letter: Letter, **changes: object) -> Written:
    """A row for each pass, with nothing remarkable about it."""
    passes = letter.passes()
    plain = Written(
        request=passes.request,
        step=passes.step,
        number=passes.number,
        started_on=passes.started_on,
        finished_on=passes.finished_on,
        finished_at=passes.finished_at,
        recorded_on=np.full(len(passes), MISSING, dtype=np.int64),
        file_flags=np.zeros(len(passes), dtype=np.int64),
    )
    return replace(plain, **changes)


def found_in(letter: Letter, **changes: object) -> Suspicions:
    return suspicions(letter.requests(), letter.passes(), written(letter, **changes), RULES)


def flags_of(letter: Letter, **changes: object) -> tuple[Flag, dict[tuple[str, int], Flag]]:
    """What is said of the receipt, and of the passes of which anything is said."""
    found = found_in(letter, **changes)
    names = [(code, number) for code, number, *_ in letter.stamps]
    told = {name: Flag(bits) for name, bits in zip(names, found.passes.tolist(), strict=True) if bits}
    return Flag(int(found.receipts[0])), told


def days(received: str, **finishes: str) -> Letter:
    """A letter by the days on which its steps were finished, one after the other from ten o'clock on."""
    letter = Letter(f"{received} 08:00")
    for code, day in finishes.items():
        letter.step(code, f"{day} 10:{3 * STEP_INDEX[code]:02d}")
    return letter


def one_day(day: str, **other: str) -> Letter:
    """Part A on one day, but for the steps named."""
    plain = dict.fromkeys(("A2", "A3", "A4", "A5", "A6", "A7", "A8"), day)
    return days(day, **(plain | other))


# Mistyped dates.


def test_a_letter_in_order_is_left_alone() -> None:
    assert flags_of(one_day("2026-03-05")) == NOTHING


def test_a_letter_that_takes_weeks_is_left_alone() -> None:
    letter = days("2026-03-05", A2="2026-03-05", A3="2026-03-09", A4="2026-05-03", A5="2026-06-01", A8="2026-06-02")
    assert flags_of(letter) == NOTHING


@pytest.mark.parametrize("step", ["A2", "A3", "A4", "A5", "A6", "A7", "A8"])
def test_a_day_and_month_exchanged_are_found_where_that_lies_before_the_receipt(step: str) -> None:
    letter = one_day("2026-05-03", **{step: "2026-03-05"})
    assert flags_of(letter) == (Flag.NONE, {(step, 1): Flag.SWAPPED_DATE})


@pytest.mark.parametrize("step", ["A2", "A3", "A4", "A5", "A6", "A7"])
def test_a_day_and_month_exchanged_are_found_where_that_lies_after_the_next_step(step: str) -> None:
    letter = one_day("2026-03-05", **{step: "2026-05-03"})
    assert flags_of(letter) == (Flag.NONE, {(step, 1): Flag.SWAPPED_DATE})


@pytest.mark.parametrize("step", ["A2", "A3", "A4", "A5", "A6", "A7", "A8"])
def test_a_day_too_early_is_found_at_any_step(step: str) -> None:
    letter = one_day("2026-09-09", **{step: "2026-09-08"})
    assert flags_of(letter) == (Flag.NONE, {(step, 1): Flag.SLIPPED_DAY})


@pytest.mark.parametrize("step", ["A2", "A3", "A4", "A5", "A6", "A7"])
def test_a_day_too_late_is_found_at_any_step_but_the_last(step: str) -> None:
    letter = one_day("2026-09-09", **{step: "2026-09-10"})
    assert flags_of(letter) == (Flag.NONE, {(step, 1): Flag.SLIPPED_DAY})


@pytest.mark.parametrize("day", ["2026-09-10", "2026-12-12"])
def test_the_last_step_may_be_finished_on_any_later_day(day: str) -> None:
    assert flags_of(one_day("2026-09-09", A8=day)) == NOTHING


def test_a_monday_written_under_friday_slipped_by_a_working_day() -> None:
    letter = one_day("2026-09-07", A4="2026-09-04")
    assert flags_of(letter) == (Flag.NONE, {("A4", 1): Flag.SLIPPED_DAY})


def test_two_days_too_early_are_no_slip() -> None:
    assert flags_of(one_day("2026-09-10", A4="2026-09-08")) == NOTHING


def test_last_years_date_is_neither_swapped_nor_slipped() -> None:
    assert flags_of(one_day("2026-01-14", A4="2025-01-14")) == NOTHING


def test_a_date_whose_day_is_no_month_cannot_be_swapped() -> None:
    assert flags_of(one_day("2026-05-13", A3="2026-02-13")) == NOTHING


def test_a_swapped_date_that_would_be_out_of_order_as_well_is_left_alone() -> None:
    letter = days("2026-04-20", A2="2026-03-04", A3="2026-04-21")
    assert flags_of(letter) == NOTHING


A8_SWAPPED = (Flag.NONE, {("A8", 1): Flag.SWAPPED_DATE})


def booked(letter: Letter, day: str) -> Letter:
    """The letter with an event on that day."""
    return replace(letter, booked=(f"{day} 09:00", f"{day} 12:00"))


@pytest.mark.parametrize(
    ("letter", "event", "flags"),
    [
        (
            days("2026-09-07", A2="2026-09-07", A8="2026-10-09"),
            "2026-09-14",
            (Flag.NONE, {("A8", 1): Flag.SWAPPED_DATE}),
        ),
        (days("2026-09-07", A2="2026-09-07", A8="2026-10-09"), "2026-10-12", NOTHING),  # before its event
        (days("2026-09-07", A2="2026-09-07", A8="2026-10-05"), "2026-09-14", NOTHING),  # 10 May is before the receipt
        (days("2026-09-07", A2="2026-09-07", A8="2026-09-22"), "2026-09-14", NOTHING),  # no month 22: simply late
        (
            days("2026-09-07", A2="2026-09-10", A8="2026-10-09"),
            "2026-09-14",
            (Flag.NONE, {("A8", 1): Flag.SWAPPED_DATE}),
        ),
        (days("2026-09-07", A2="2026-09-11", A8="2026-10-09"), "2026-09-14", NOTHING),  # 10 September is before A2
        (days("2026-09-07", A8="2026-10-09"), None, NOTHING),
        (days("2026-09-07"), "2026-07-13", (Flag.SWAPPED_DATE, {})),  # received on 9 July
        (days("2026-09-07", A2="2026-09-08"), "2026-07-13", NOTHING),  # its first hand-over bears the receipt out
        (days("2026-09-07", A2="2026-09-08"), "2026-08-09", (Flag.SWAPPED_DATE, {})),  # an event of 8 September
        (days("2026-10-05"), "2026-10-01", NOTHING),  # registered after the event
    ],
)
def test_day_and_month_exchanged_are_found_where_only_the_event_shows_it(
    letter: Letter, event: str | None, flags: object
) -> None:
    assert flags_of(letter if event is None else booked(letter, event)) == flags


def test_a_date_that_both_readings_put_right_says_both() -> None:
    letter = days("2026-03-05", A2="2026-03-04", A3="2026-04-03", A8="2026-04-06")
    assert flags_of(letter) == (Flag.NONE, {("A2", 1): Flag.SWAPPED_DATE | Flag.SLIPPED_DAY})


def test_a_register_with_a_swapped_receipt_is_told_at_the_receipt_and_not_at_every_step() -> None:
    letter = one_day("2026-03-05")
    letter.received = "2026-05-03 08:00"
    assert flags_of(letter) == (Flag.SWAPPED_DATE, {})


def test_the_receipt_of_the_hand_over_records_goes_before_the_registers() -> None:
    letter = one_day("2026-03-05").step("A1", "2026-03-05 07:50")
    letter.received = "2026-05-03 08:00"
    assert flags_of(letter) == NOTHING


def test_a_swapped_receipt_in_the_hand_over_records_is_told_there() -> None:
    letter = one_day("2026-03-05").step("A1", "2026-05-03 07:50")
    assert flags_of(letter) == (Flag.NONE, {("A1", 1): Flag.SWAPPED_DATE})


def test_a_start_is_looked_at_like_a_finish() -> None:
    letter = days("2026-03-05", A2="2026-03-05").step("A3", "2026-03-05 10:20", start="2026-05-03 10:10")
    assert flags_of(letter) == (Flag.NONE, {("A3", 1): Flag.SWAPPED_DATE})


def test_start_and_finish_typed_wrong_alike_are_one_mistake() -> None:
    letter = one_day("2026-03-05", A5="2026-03-05")
    letter.stamps = [one for one in letter.stamps if one[0] != "A4"]
    letter.step("A4", "2026-05-03 10:20", start="2026-05-03 10:10")
    assert flags_of(letter) == (Flag.NONE, {("A4", 1): Flag.SWAPPED_DATE})


def test_dates_without_a_clock_time_are_looked_at_as_well() -> None:
    letter = Letter("2026-03-05").step("A2", "2026-03-05").step("A3", "2026-05-03").step("A4", "2026-03-05")
    assert flags_of(letter) == (Flag.NONE, {("A3", 1): Flag.SWAPPED_DATE})


def test_two_mistyped_dates_of_a_letter_are_both_found() -> None:
    letter = one_day("2026-03-05", A3="2026-05-03", A6="2026-03-04")
    assert flags_of(letter) == (Flag.NONE, {("A3", 1): Flag.SWAPPED_DATE, ("A6", 1): Flag.SLIPPED_DAY})


def test_a_mistyped_date_is_found_beside_one_that_nobody_can_explain() -> None:
    letter = one_day("2026-03-05", A3="2026-05-03", A6="2025-03-05")
    assert flags_of(letter) == (Flag.NONE, {("A3", 1): Flag.SWAPPED_DATE})


def test_branches_that_do_not_depend_on_each_other_may_stand_in_any_order() -> None:
    letter = days("2026-03-05", A5="2026-03-05", A6="2026-05-03", A7="2026-03-05", A8="2026-05-04")
    assert flags_of(letter) == NOTHING


def test_part_b_must_not_lie_before_the_receipt_nor_b2_before_b1() -> None:
    before = days("2026-05-03", A2="2026-05-03", B4="2026-03-05")
    turned = days("2026-03-02", A2="2026-03-02", B1="2026-03-05", B2="2026-03-04")
    assert flags_of(before) == (Flag.NONE, {("B4", 1): Flag.SWAPPED_DATE})
    assert flags_of(turned) == (Flag.NONE, {("B1", 1): Flag.SLIPPED_DAY})


def test_the_second_pass_is_compared_with_second_passes() -> None:
    letter = one_day("2026-03-05").step("A4", "2026-03-09 09:00", number=2).step("A5", "2026-09-03 09:30", number=2)
    letter.step("A6", "2026-03-09 10:00", number=2)
    assert flags_of(letter) == (Flag.NONE, {("A5", 2): Flag.SWAPPED_DATE})


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("2026-03-04", "2026-04-03"),
        ("2026-12-01", "2026-01-12"),
        ("2024-02-12", "2024-12-02"),
        ("2026-05-05", None),
        ("2026-01-13", None),
    ],
)
def test_a_date_is_swapped_within_its_year(typed: str, other: str | None) -> None:
    expected = MISSING if other is None else stamp(other)[0]
    assert swapped(np.array([stamp(typed)[0]], dtype=np.int64)).tolist() == [expected]


def step_flags(letter: Letter, **changes: object) -> dict[str, Flag]:
    """The flags of the steps that have any, as they stand in the facts."""
    _, steps = letter.facts(None, RULES)
    bits = with_suspicions(steps.flags, letter.passes(), found_in(letter, **changes))
    return {code: Flag(one) for code, one in zip(STEP_CODES, bits.tolist(), strict=True) if one}


def test_the_receipts_flag_is_the_first_steps() -> None:
    letter = one_day("2026-03-05")
    letter.received = "2026-05-03 08:00"
    assert step_flags(letter)["A1"] == Flag.SWAPPED_DATE


# Late entries.

EID = Holiday(date(2026, 9, 8), "Libur", "public")


@pytest.mark.parametrize(
    ("event", "entry", "is_late"),
    [
        ("2026-09-07", "2026-09-07", False),  # Monday, entered at once
        ("2026-09-07", "2026-09-08", False),  # the next working day, at any hour
        ("2026-09-07", "2026-09-09", True),
        ("2026-09-11", "2026-09-13", False),  # Friday, entered on Sunday
        ("2026-09-11", "2026-09-14", False),
        ("2026-09-11", "2026-09-15", True),
        ("2026-09-12", "2026-09-14", False),  # Saturday
        ("2026-09-12", "2026-09-15", True),
        ("2026-09-10", "2026-09-13", False),  # Thursday, entered on Sunday: only Friday has passed
        ("2026-09-09", "2026-09-07", False),  # entered before it happened
        ("2026-09-07", None, False),
        (None, "2026-09-07", False),
    ],
)
def test_entered_late_is_more_than_one_working_day_later(event: str | None, entry: str | None, is_late: bool) -> None:
    (event_on, _), (entry_on, _) = stamp(event), stamp(entry)
    assert entered_late(np.array([event_on]), np.array([entry_on]), perpres()).tolist() == [is_late]


def test_a_holiday_is_no_working_day() -> None:
    monday, wednesday, thursday = (np.array([stamp(f"2026-09-{day}")[0]]) for day in ("07", "09", "10"))
    assert entered_late(monday, wednesday, perpres(holidays=(EID,))).tolist() == [False]
    assert entered_late(monday, thursday, perpres(holidays=(EID,))).tolist() == [True]


def test_a_step_that_runs_is_late_by_its_start() -> None:
    letter = Letter("2026-09-07 08:00").step("A5", start="2026-09-07 09:00")
    recorded = np.array([stamp("2026-09-10")[0]])
    assert flags_of(letter, recorded_on=recorded) == (Flag.NONE, {("A5", 1): Flag.ENTERED_LATE})


def two_rows(recorded: tuple[str, str], finishes: tuple[str, str]) -> Flag:
    """A pass of which two rows tell, the later one being right."""
    letter = Letter("2026-09-07 08:00").step("A2", finishes[1])
    row = written(letter)
    double = Written(**{name: np.repeat(values, 2) for name, values in vars(row).items()})
    stamps = [stamp(finish) for finish in finishes]
    double = replace(
        double,
        finished_on=np.array([on for on, _ in stamps]),
        finished_at=np.array([at for _, at in stamps]),
        recorded_on=np.array([stamp(one)[0] for one in recorded]),
        file_flags=np.array([Flag.EQUAL_STAMPS.value, 0]),
    )
    return Flag(int(suspicions(letter.requests(), letter.passes(), double, RULES).passes[0]))


def test_a_row_given_again_later_does_not_make_the_entry_late() -> None:
    both = ("2026-09-07 08:06", "2026-09-07 08:06")
    assert Flag.ENTERED_LATE not in two_rows(("2026-09-07", "2026-09-21"), both)


def test_a_finish_corrected_to_another_day_was_entered_with_the_correction() -> None:
    corrected = ("2026-09-07 08:06", "2026-09-08 08:06")
    assert Flag.ENTERED_LATE in two_rows(("2026-09-07", "2026-09-21"), corrected)


def test_what_was_odd_about_a_row_goes_when_its_finish_is_corrected() -> None:
    assert Flag.EQUAL_STAMPS in two_rows(("2026-09-07", "2026-09-07"), ("2026-09-07 08:06", "2026-09-07 08:06"))
    assert Flag.EQUAL_STAMPS not in two_rows(("2026-09-07", "2026-09-07"), ("2026-09-07 08:06", "2026-09-07 08:16"))


# Habits of a file.


def runs_of(*parts: list[int]) -> list[int]:
    runs = EqualRuns()
    for part in parts:
        runs.add(np.array(part, dtype=np.int64))
    return runs.positions().tolist()


def test_five_equal_finishes_in_a_row_are_a_run_and_four_are_not() -> None:
    assert runs_of([7, 8, 8, 8, 8, 8, 9]) == [1, 2, 3, 4, 5]
    assert runs_of([7, 8, 8, 8, 8, 9, 8]) == []


def test_a_run_goes_on_from_part_to_part() -> None:
    assert runs_of([1, 8, 8], [8], [], [8, 8, 8], [2]) == [1, 2, 3, 4, 5, 6]


def test_a_row_without_a_clock_time_ends_a_run_and_is_none() -> None:
    assert runs_of([8, 8, MISSING, 8, 8, 8]) == []
    assert runs_of([MISSING] * 6) == []


def test_a_file_may_hold_several_runs() -> None:
    assert runs_of([3] * 5 + [1] + [2] * 5) == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10]


def test_rows_that_add_pauses_to_one_pass_are_one_stamp() -> None:
    runs = EqualRuns()
    letters = np.array(["1", "1", "1", "1", "1", "2"], dtype=object)
    runs.add(np.array([8] * 6, dtype=np.int64), letters, np.zeros(6, dtype=np.int8))
    assert runs.positions().tolist() == []
    runs.add(np.array([8] * 3, dtype=np.int64), np.array(["3", "4", "5"], dtype=object), np.zeros(3, dtype=np.int8))
    assert runs.positions().tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8]


def rounded(*minutes: float) -> list[str]:
    """Steps found in a file with these finishes of A4, in minutes after nine."""
    stamps = RoundStamps()
    nine = stamp("2026-09-07 09:00")[1]
    moments = np.array([nine + round(60 * minute) for minute in minutes], dtype=np.int64)
    stamps.add(np.full(len(minutes), STEP_INDEX["A4"], dtype=np.int8), moments)
    return [STEP_CODES[step] for step in stamps.steps()]


def test_eighteen_of_twenty_round_stamps_are_a_habit() -> None:
    assert rounded(*[5 * n for n in range(18)], 1, 2) == ["A4"]
    assert rounded(*[5 * n for n in range(17)], 1, 2, 3) == []


def test_nineteen_stamps_say_nothing() -> None:
    assert rounded(*[5 * n for n in range(19)]) == []


def test_a_stamp_with_seconds_is_not_round() -> None:
    assert rounded(*[5 * n + 0.5 for n in range(20)]) == []


def test_stamps_without_a_clock_time_are_not_counted() -> None:
    stamps = RoundStamps()
    stamps.add(np.zeros(30, dtype=np.int8), np.full(30, MISSING, dtype=np.int64))
    assert stamps.steps().tolist() == []


def test_no_letters_have_no_flags() -> None:
    letter = Letter("2026-09-07 08:00")
    found = found_in(letter)
    assert (found.passes.tolist(), found.receipts.tolist()) == ([], [0])
    assert with_suspicions(np.zeros(STEP_COUNT, dtype=np.int64), letter.passes(), found).tolist() == [0] * STEP_COUNT
