"""Every verdict of the definitions, told as letters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from etl.domain.frames import MISSING
from etl.domain.verdict import Flag, Reason, RequestStatus, RequestVerdict, StartRule, Verdict
from etl.reference.steps import STEP_COUNT
from tests.books.letters import FOLLOWS, PROCEDURE, H, Letter, off, on_time, perpres, rules

V = Verdict
R = Reason


def test_a_letter_handed_on_in_time_is_met_at_every_step() -> None:
    steps = on_time().judged(None)
    assert [steps[c].verdict for c in ("A2", "A3", "A4", "A5", "A6", "A7", "A8")] == [V.MET] * 7
    assert steps["A5"].elapsed == 44 * 60
    assert steps["A8"].started == "2026-09-07 10:00"  # the later one of A6 and A7
    assert on_time().verdict(None) is RequestVerdict.ON_TIME


@pytest.mark.parametrize(
    ("start", "finish", "verdict", "seconds"),
    [
        ("2026-09-07 09:00", "2026-09-07 09:05", V.MET, 300),
        ("2026-09-07 09:00:00", "2026-09-07 09:05:59", V.LATE, 359),
        ("2026-09-07 11:58", "2026-09-07 13:02", V.MET, 240),
        ("2026-09-07 12:20", "2026-09-07 13:10", V.LATE, 600),
        ("2026-09-11 16:30", "2026-09-14 07:35", V.MET, 300),
    ],
)
def test_a_step_is_compared_in_whole_working_seconds(start: str, finish: str, verdict: Verdict, seconds: int) -> None:
    step = Letter("2026-09-07 08:00").step("A4", finish, start=start).judged(None)["A4"]
    assert (step.verdict, step.elapsed) == (verdict, seconds)


def test_the_recorded_start_judges_work_and_shows_the_waiting_beside_it() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:14", start="2026-09-07 08:09")
    step = letter.judged(None)["A2"]
    assert (step.verdict, step.elapsed, step.waiting, step.handover) == (V.MET, 300, 540, 840)
    assert step.start_rule is StartRule.RECORDED


@pytest.mark.parametrize(
    ("start", "as_of", "seconds"),
    [
        (None, "2026-09-07 08:30", 1800),  # in hand without a stamp: measured from the hand-over anyway
        ("2026-09-07 08:09", "2026-09-07 08:30", 1800),  # 21 minutes of work, 9 of waiting
        ("2026-09-07 07:50", "2026-09-07 08:30", 1800),  # taken before it was handed over
        ("2026-09-07 08:09", "2026-09-07 08:15", None),  # six minutes of work: still on track
    ],
)
def test_an_overdue_step_runs_from_its_hand_over_beside_its_own_clock(
    start: str | None, as_of: str, seconds: int | None
) -> None:
    letter = Letter("2026-09-07 08:00")
    step = (letter if start is None else letter.step("A2", start=start)).judged(as_of)["A2"]
    assert (step.verdict is V.OVERDUE, step.handover) == (seconds is not None, seconds)


def test_a_late_start_does_not_undo_lateness() -> None:
    letter = Letter("2026-09-11 16:05").step("A2", "2026-09-14 07:30", start="2026-09-14 07:30")
    step = letter.judged(None)["A2"]
    assert (step.verdict, step.elapsed, step.waiting, step.due) == (V.LATE, 25 * 60, None, "2026-09-11 16:15")
    assert (step.start_rule, step.started) == (StartRule.HANDOVER, "2026-09-11 16:05")
    assert Flag.TAKEN_LATE in step.flags


def test_a_start_at_the_due_moment_still_counts() -> None:
    handed = Letter("2026-09-07 07:30").step("A2", "2026-09-07 07:40").step("A3", "2026-09-07 08:00")
    step = handed.step("A4", "2026-09-07 08:08", start="2026-09-07 08:04").judged(None)["A4"]
    assert (step.verdict, step.elapsed, step.waiting) == (V.MET, 240, 240)
    late = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:12", start="2026-09-07 08:10").judged(None)["A2"]
    assert (late.verdict, late.elapsed) == (V.MET, 120)


def test_the_worked_return() -> None:
    letter = Letter("2026-09-07 09:00")
    for code, clock, number in [("A2", "09:10", 1), ("A3", "09:15", 1), ("A4", "09:18", 1), ("A3", "09:22", 2)]:
        letter.step(code, f"2026-09-07 {clock}", number=number)
    steps = letter.step("A4", "2026-09-07 09:24", number=2).step("A5", "2026-09-07 10:20").judged(None)
    elapsed = {code: (steps[code].verdict, steps[code].elapsed) for code in ("A3", "A4", "A5")}
    assert elapsed == {"A3": (V.LATE, 540), "A4": (V.MET, 300), "A5": (V.MET, 3360)}
    away = letter.judged("2026-09-07 09:20")
    assert (away["A3"].verdict, away["A4"].verdict, away["A5"].verdict) == (V.OVERDUE, V.NOT_STARTED, V.NOT_STARTED)


def test_the_receipt_in_the_register_finishes_a1_unless_a_hand_over_says_otherwise() -> None:
    plain = Letter("2026-09-07 08:00").judged("2026-09-07 08:01")["A1"]
    assert (plain.finished, plain.verdict, plain.reason) == (
        "2026-09-07 08:00",
        V.UNMEASURABLE,
        R.START_UNKNOWN,
    )
    told = Letter("2026-09-07 08:00").step("A1", "2026-09-07 07:50", start="2026-09-07 07:46").judged(None)
    assert (told["A1"].verdict, told["A1"].elapsed) == (V.MET, 240)


def test_a_date_without_a_clock_time_proves_nothing_and_starts_nothing() -> None:
    letter = Letter("2026-09-07").step("A2", "2026-09-07 08:20").step("A3", "2026-09-07").step("A4", "2026-09-07 09:00")
    steps = letter.judged(None)
    assert (steps["A1"].verdict, steps["A1"].reason) == (V.UNMEASURABLE, R.DATE_ONLY)
    assert (steps["A2"].verdict, steps["A2"].reason) == (V.UNMEASURABLE, R.START_UNKNOWN)
    assert (steps["A3"].verdict, steps["A3"].reason) == (V.UNMEASURABLE, R.DATE_ONLY)
    assert (steps["A4"].verdict, steps["A4"].reason) == (V.UNMEASURABLE, R.START_UNKNOWN)


def test_a_recorded_start_without_a_clock_time_is_date_only_too() -> None:
    step = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:05", start="2026-09-07").judged(None)["A2"]
    assert (step.verdict, step.reason, step.elapsed) == (V.UNMEASURABLE, R.DATE_ONLY, None)


def test_a_row_that_says_done_without_a_date_is_time_missing() -> None:
    step = Letter("2026-09-07 08:00").step("A2", None, done=True).judged(None)["A2"]
    assert (step.verdict, step.reason) == (V.UNMEASURABLE, R.TIME_MISSING)


def test_end_before_start_is_invalid_and_starts_nothing() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:30", start="2026-09-07 08:40")
    steps = letter.step("A3", "2026-09-07 08:45").judged(None)
    assert (steps["A2"].verdict, steps["A2"].reason, steps["A2"].elapsed) == (
        V.UNMEASURABLE,
        R.END_BEFORE_START,
        None,
    )
    assert (steps["A3"].verdict, steps["A3"].reason) == (V.UNMEASURABLE, R.START_UNKNOWN)


def test_end_before_start_within_the_lunch_break_is_still_end_before_start() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 12:20", start="2026-09-07 12:50")
    assert letter.judged(None)["A2"].reason is R.END_BEFORE_START


def test_a_skipped_step_starts_nothing_and_belongs_to_its_successors_day() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:08").step("A4", "2026-09-08 08:20")
    steps = letter.judged("2026-09-09 08:00")
    assert (steps["A3"].verdict, steps["A3"].belongs_on) == (V.SKIPPED, "2026-09-08")
    assert (steps["A4"].verdict, steps["A4"].reason) == (V.UNMEASURABLE, R.START_UNKNOWN)


def test_a6_and_a7_do_not_depend_on_each_other() -> None:
    letter = Letter("2026-09-07 08:00").step("A5", "2026-09-07 08:30").step("A7", "2026-09-07 09:00")
    steps = letter.judged("2026-09-07 09:10")
    assert (steps["A6"].verdict, steps["A6"].elapsed) == (V.ON_TRACK, 40 * 60)
    assert steps["A8"].verdict is V.NOT_STARTED


@pytest.mark.parametrize(
    ("as_of", "verdict", "seconds"),
    [
        ("2026-09-07 08:07:59", V.ON_TRACK, 479),
        ("2026-09-07 08:08", V.AT_RISK, 480),
        ("2026-09-07 08:10", V.AT_RISK, 600),
        ("2026-09-07 08:10:01", V.OVERDUE, 601),
    ],
)
def test_a_running_step_ages_with_as_of(as_of: str, verdict: Verdict, seconds: int) -> None:
    step = Letter("2026-09-07 08:00").judged(as_of)["A2"]
    assert (step.verdict, step.elapsed, step.due) == (verdict, seconds, "2026-09-07 08:10")


def test_what_lies_after_as_of_has_not_happened() -> None:
    steps = on_time().judged("2026-09-07 08:14")
    assert (steps["A4"].verdict, steps["A4"].elapsed, steps["A4"].finished) == (V.ON_TRACK, 120, None)
    assert steps["A5"].verdict is V.NOT_STARTED


def test_pauses_are_united_cut_to_office_time_and_taken_off() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 14:00")
    letter.pause("A2", "2026-09-07 08:04", "2026-09-07 12:30").pause("A2", "2026-09-07 09:00", "2026-09-07 13:56")
    step = letter.judged(None)["A2"]
    assert (step.elapsed, step.verdict) == (8 * 60, V.MET)
    assert step.paused == (3 * 60 + 56 + 56) * 60
    assert step.due == "2026-09-07 14:02"


def test_an_open_pause_ends_at_as_of_and_leaves_the_due_moment_open() -> None:
    letter = Letter("2026-09-07 08:00").pause("A2", "2026-09-07 08:03", None)
    step = letter.judged("2026-09-07 11:00")["A2"]
    assert (step.verdict, step.elapsed, step.due) == (V.ON_TRACK, 180, None)


def test_a_returned_letter_keeps_its_passes_and_their_times_add_up() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:06").step("A1", "2026-09-07 10:00", number=2)
    step = letter.step("A2", "2026-09-07 10:05", number=2).judged(None)["A2"]
    assert (step.passes, step.elapsed, step.verdict) == (2, 11 * 60, V.LATE)
    assert Flag.RETURNED in step.flags


def test_a_letter_that_came_back_is_on_the_desk_again() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:06").step("A1", "2026-09-07 10:00", number=2)
    step = letter.judged("2026-09-07 10:03")["A2"]
    assert (step.verdict, step.elapsed, step.due) == (V.AT_RISK, 9 * 60, "2026-09-07 10:04")


def test_while_a_letter_is_sent_back_nothing_after_that_desk_runs() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:06").step("A3", "2026-09-07 08:09")
    letter.step("A2", None, start="2026-09-07 08:09", number=2)
    steps = letter.judged("2026-09-07 08:12")
    assert (steps["A2"].verdict, steps["A2"].elapsed) == (V.AT_RISK, 9 * 60)
    assert (steps["A3"].verdict, steps["A4"].verdict) == (V.NOT_STARTED, V.NOT_STARTED)
    steps = letter.step("A2", "2026-09-07 08:13", start="2026-09-07 08:09", number=2).judged("2026-09-07 08:14")
    assert (steps["A3"].verdict, steps["A3"].elapsed, steps["A4"].verdict) == (V.AT_RISK, 4 * 60, V.NOT_STARTED)


def test_a_step_never_recorded_when_the_letter_came_does_not_run() -> None:
    steps = Letter("2019-03-04 08:00").judged("2026-09-07 08:00")
    assert (steps["A2"].verdict, steps["A2"].reason) == (V.UNMEASURABLE, R.NOT_RECORDED)
    assert {steps[c].reason for c in ("A2", "A3", "A8", "B1")} == {R.NOT_RECORDED}


def test_nothing_runs_after_the_booked_start() -> None:
    letter = Letter("2026-09-07 08:00", booked=("2026-09-08 09:00", "2026-09-08 12:00"))
    letter.step("A2", "2026-09-07 08:08").step("A3", "2026-09-07 08:12")
    steps = letter.judged("2026-09-10 09:00")
    assert (steps["A4"].verdict, steps["A4"].elapsed) == (V.OVERDUE, (3 * 60 + 48 + 180 + 90) * 60)
    assert steps["A4"].belongs_on == "2026-09-07"
    assert (steps["A5"].verdict, steps["A5"].reason) == (V.UNMEASURABLE, R.NOT_RECORDED)
    assert (steps["B1"].verdict, steps["B1"].reason) == (V.UNMEASURABLE, R.NOT_RECORDED)
    assert letter.verdict("2026-09-08 11:59") is RequestVerdict.RUNNING
    assert letter.verdict("2026-09-10 09:00") is RequestVerdict.LATE


def test_a_step_reached_within_its_target_at_the_booked_start_is_not_called_late() -> None:
    letter = Letter("2026-09-07 08:00", booked=("2026-09-07 08:12", "2026-09-07 10:00")).step("A2", "2026-09-07 08:08")
    step = letter.judged("2026-09-07 09:00")["A3"]
    assert (step.verdict, step.reason) == (V.UNMEASURABLE, R.NOT_RECORDED)


def test_without_a_booking_a_letter_is_frozen_after_ten_working_days() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:08")
    before, after = letter.judged("2026-09-21 15:00"), letter.judged("2026-12-01 09:00")
    assert before["A3"].flags == Flag.NONE
    assert (after["A3"].verdict, Flag.NEEDS_CLOSING in after["A3"].flags) == (V.OVERDUE, True)
    assert after["A3"].elapsed == letter.judged("2027-01-05 09:00")["A3"].elapsed
    assert (after["A4"].verdict, after["A4"].reason) == (V.UNMEASURABLE, R.NOT_RECORDED)


def test_a_rejected_letter_ends_what_had_not_begun() -> None:
    letter = Letter("2026-09-07 08:00", status=RequestStatus.REJECTED, ended="2026-09-07 09:00")
    letter.step("A2", "2026-09-07 08:08").step("A3", "2026-09-07 08:12").step("A4", "2026-09-07 08:16")
    steps = letter.step("A5", "2026-09-07 08:59").judged("2026-09-09 09:00")
    assert steps["A5"].verdict is V.MET
    assert [steps[c].verdict for c in ("A6", "A7", "A8", "B1", "B5")] == [V.NOT_APPLICABLE] * 5


def test_a_step_overdue_at_the_rejection_stays_overdue_with_its_time_frozen() -> None:
    letter = Letter("2026-09-07 08:00", status=RequestStatus.REJECTED, ended="2026-09-07 09:00")
    steps = letter.step("A2", "2026-09-07 08:08").judged("2026-09-09 09:00")
    assert (steps["A3"].verdict, steps["A3"].elapsed) == (V.OVERDUE, 52 * 60)
    assert steps["A4"].verdict is V.NOT_APPLICABLE


def test_a_step_in_hand_within_its_target_at_the_rejection_does_not_apply_any_more() -> None:
    letter = Letter("2026-09-07 08:00", status=RequestStatus.REJECTED, ended="2026-09-07 08:05")
    assert letter.judged("2026-09-09 09:00")["A2"].verdict is V.NOT_APPLICABLE


def test_a_rejection_without_a_date_ends_every_step_without_a_stamp() -> None:
    letter = Letter("2026-09-07 08:00", status=RequestStatus.REJECTED).step("A2", "2026-09-07 08:08")
    steps = letter.judged("2026-09-09 09:00")
    assert (steps["A2"].verdict, steps["A3"].verdict) == (V.MET, V.NOT_APPLICABLE)


def test_a_cancellation_later_than_as_of_has_not_happened() -> None:
    letter = Letter("2026-09-07 08:00", status=RequestStatus.CANCELLED, ended="2026-09-08 09:00")
    assert letter.judged("2026-09-07 08:05")["A3"].verdict is V.NOT_STARTED


def test_b3_and_b4_run_on_plain_time_and_need_a_start_of_their_own() -> None:
    letter = Letter("2026-09-07 08:00", booked=("2026-09-12 19:00", "2026-09-12 21:00"))
    letter.step("B3", "2026-09-12 18:55", start="2026-09-12 18:30").step("B4", "2026-09-12 18:40")
    steps = letter.judged("2026-09-13 08:00")
    assert (steps["B3"].verdict, steps["B3"].elapsed) == (V.MET, 25 * 60)
    assert (steps["B4"].verdict, steps["B4"].reason) == (V.UNMEASURABLE, R.START_UNKNOWN)


def test_b2_starts_with_the_hand_over_of_b1() -> None:
    letter = Letter("2026-09-07 08:00", booked=("2026-09-10 09:00", "2026-09-10 12:00"))
    letter.step("B1", "2026-09-08 09:00", start="2026-09-08 08:45").step("B2", "2026-09-08 09:11")
    steps = letter.judged(None)
    assert (steps["B1"].verdict, steps["B2"].verdict, steps["B2"].elapsed) == (V.MET, V.LATE, 660)


def test_b5_has_no_time() -> None:
    letter = Letter("2026-09-07 08:00").step("B5", "2026-09-08 12:00", start="2026-09-08 09:00")
    step = letter.judged(None)["B5"]
    assert (step.verdict, step.elapsed, step.target) == (V.NO_TARGET, 3 * H, None)


def test_a_step_switched_off_does_not_apply_and_hands_on_what_it_was_given() -> None:
    using = rules(step_off=(off("A3", "2026-01-01"), off("B3", "2026-01-01")))
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:08").step("A4", "2026-09-07 08:12")
    steps = letter.judged(None, using)
    assert (steps["A3"].verdict, steps["B3"].verdict) == (V.NOT_APPLICABLE, V.NOT_APPLICABLE)
    assert (steps["A4"].verdict, steps["A4"].elapsed) == (V.MET, 240)
    assert Letter("2025-09-08 08:00").judged("2025-09-08 08:05", using)["A3"].verdict is V.NOT_STARTED


def test_a_letter_older_than_the_sop_is_measured_but_not_judged() -> None:
    step = Letter("2020-03-02 08:00").step("A2", "2020-03-02 09:00").judged(None)["A2"]
    assert (step.verdict, step.elapsed, step.target) == (V.NO_TARGET, H, None)


def test_a_moment_without_a_calendar_cannot_be_measured() -> None:
    letter = Letter("2019-12-30 08:00").step("A2", "2020-01-02 08:00", start="2019-12-30 08:00")
    step = letter.judged(None)["A2"]
    assert (step.verdict, step.reason) == (V.UNMEASURABLE, R.CALENDAR_MISSING)


def test_a_step_begun_but_never_finished_though_the_letter_went_on_lacks_its_time() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:08").step("A3", start="2026-09-07 08:09")
    step = letter.step("A4", "2026-09-07 08:30").judged("2026-09-07 10:00")["A3"]
    assert (step.verdict, step.reason) == (V.UNMEASURABLE, R.TIME_MISSING)


def test_a_start_before_the_predecessors_finish_is_out_of_order() -> None:
    letter = (
        Letter("2026-09-07 08:00")
        .step("A2", "2026-09-07 08:08")
        .step("A3", "2026-09-07 08:09", start="2026-09-07 08:05")
    )
    step = letter.judged(None)["A3"]
    assert (step.verdict, Flag.OUT_OF_ORDER in step.flags, step.waiting) == (V.MET, True, None)


def test_a_letter_is_judged_once_it_is_ready() -> None:
    late = on_time()
    late.stamps[2] = ("A4", 1, None, "2026-09-07 08:20", True)
    assert late.verdict(None) is RequestVerdict.LATE
    assert late.verdict("2026-09-07 10:30") is RequestVerdict.RUNNING
    unknown = on_time()
    unknown.stamps[2] = ("A4", 1, None, "2026-09-07", True)
    assert unknown.verdict(None) is RequestVerdict.UNKNOWN


def test_receipt_to_ready_is_working_time_without_pauses() -> None:
    letters, _ = on_time().pause("A5", "2026-09-07 08:20", "2026-09-07 08:50").facts(None)
    assert int(letters.ready_seconds[0]) == (170 - 30) * 60


def test_from_the_settled_moment_on_nothing_changes() -> None:
    letter = Letter("2026-09-07 08:00", booked=("2026-09-08 09:00", "2026-09-08 12:00")).step("A2", "2026-09-07 08:08")
    letters, final = letter.facts(None)
    settled = int(letters.settled_at[0])
    import tests.books.letters as told

    _, then = told.judge(letter.requests(), letter.passes(), letter.pauses(), rules(), settled)
    assert (then.verdict == final.verdict).all()
    assert (then.elapsed == final.elapsed).all()


def test_a_holiday_between_two_stamps_does_not_count() -> None:
    from datetime import date

    from etl.domain.calendar.days import Holiday

    using = rules(perpres(holidays=(Holiday(date(2026, 9, 8), "Libur", "public"),)))
    letter = Letter("2026-09-07 08:00").step("A5", "2026-09-09 08:00", start="2026-09-07 15:00")
    assert letter.judged(None, using)["A5"].elapsed == 5_400


def test_b5_has_no_time_for_a_letter_older_than_the_sop_either() -> None:
    assert Letter("2020-03-02 08:00").judged("2020-03-02 09:00")["B5"].verdict is V.NO_TARGET


def test_a_row_that_says_done_has_not_happened_before_its_start() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", start="2026-09-07 08:30", done=True)
    assert letter.judged("2026-09-07 08:05")["A2"].verdict is V.ON_TRACK
    assert letter.judged("2026-09-07 08:30")["A2"].reason is R.TIME_MISSING


def test_without_the_borrowers_own_step_the_receipt_still_starts_the_offices_first() -> None:
    using = rules(step_off=(off("A1", "2026-01-01"),))
    steps = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:08").judged(None, using)
    assert (steps["A1"].verdict, steps["A2"].verdict, steps["A2"].elapsed) == (V.NOT_APPLICABLE, V.MET, 480)


def test_an_earlier_pass_begun_and_never_finished_leaves_the_step_without_its_time() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", start="2026-09-07 08:02")
    step = letter.step("A2", "2026-09-07 10:04", start="2026-09-07 10:00", number=2).judged(None)["A2"]
    assert (step.verdict, step.reason, step.elapsed) == (V.UNMEASURABLE, R.TIME_MISSING, None)


def test_a_date_alone_shows_too_that_the_letter_went_on() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:08").step("A3", start="2026-09-07 08:09")
    assert letter.step("A4", "2026-09-08").judged("2026-09-09 08:00")["A3"].reason is R.TIME_MISSING


def test_a_begun_step_without_a_clock_time_is_date_only_also_when_the_letter_went_on_or_stopped() -> None:
    letter = Letter("2026-09-07 08:00", booked=("2026-09-10 09:00", "2026-09-10 12:00")).step("A3", start="2026-09-07")
    assert letter.judged("2026-09-11 08:00")["A3"].reason is R.DATE_ONLY
    assert letter.step("A4", "2026-09-08 09:00").judged("2026-09-11 08:00")["A3"].reason is R.DATE_ONLY


def test_the_step_after_a_skipped_one_is_in_hand_since_an_unknown_moment() -> None:
    letter = Letter("2026-09-07 08:00").step("A4", "2026-09-07 08:16").step("A6", "2026-09-07 09:50")
    steps = letter.judged("2026-09-07 10:00")
    assert (steps["A5"].verdict, steps["A7"].verdict, steps["A7"].reason) == (
        V.SKIPPED,
        V.UNMEASURABLE,
        R.START_UNKNOWN,
    )


def test_a_step_waits_while_the_one_before_it_has_the_letter_again() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:06").step("A2", start="2026-09-07 08:20", number=2)
    assert letter.judged("2026-09-07 08:25")["A3"].verdict is V.NOT_STARTED


def test_a_letter_given_back_after_its_booked_start_is_in_nobodys_hand() -> None:
    letter = Letter("2026-09-07 08:00", booked=("2026-09-08 09:00", "2026-09-08 12:00")).step("A2", "2026-09-07 08:06")
    step = letter.step("A1", "2026-09-09 08:00", number=2).judged("2026-09-10 08:00")["A2"]
    assert (step.verdict, step.reason, step.elapsed) == (V.UNMEASURABLE, R.NOT_RECORDED, None)
    late = Letter("2026-09-07 08:00", booked=("2026-09-07 08:05", "2026-09-07 12:00")).step("A2", "2026-09-07 08:06")
    assert late.step("A1", "2026-09-09 08:00", number=2).judged("2026-09-10 08:00")["A2"].verdict is V.MET


def test_a_begun_step_does_not_run_after_a_cancellation_without_a_date() -> None:
    letter = Letter("2026-09-07 08:00", status=RequestStatus.CANCELLED).step("A2", start="2026-09-07 08:02")
    step = letter.judged("2026-09-07 08:05")["A2"]
    assert (step.verdict, step.reason) == (V.UNMEASURABLE, R.NOT_RECORDED)


def test_a_step_never_recorded_does_not_stay_overdue_at_the_rejection() -> None:
    letter = Letter("2026-09-07 08:00", status=RequestStatus.REJECTED, ended="2026-09-07 09:00")
    step = letter.judged("2026-09-09 09:00", rules(first_handover_on=np.full(STEP_COUNT, MISSING)))["A2"]
    assert step.verdict is V.NOT_APPLICABLE


def test_a_step_falls_due_in_the_pass_that_used_up_its_time() -> None:
    letter = Letter("2026-09-07 08:00").step("A2", "2026-09-07 08:30").step("A1", "2026-09-08 10:00", number=2)
    step = letter.step("A2", "2026-09-08 10:05", number=2).judged(None)["A2"]
    assert (step.verdict, step.elapsed, step.due) == (V.LATE, 35 * 60, "2026-09-07 08:10")


def test_an_open_pause_ends_at_the_finish_of_its_step() -> None:
    letter = on_time().pause("A3", "2026-09-07 08:10", None)
    step = letter.judged(None)["A3"]
    assert (step.elapsed, step.due) == (120, "2026-09-07 08:15")
    letters, _ = letter.facts(None)
    assert int(letters.ready_seconds[0]) == (170 - 2) * 60
    longer, _ = on_time().pause("A3", "2026-09-07 08:10", "2026-09-07 10:00").facts(None)
    assert int(longer.ready_seconds[0]) == (170 - 2) * 60


def test_where_the_sop_lets_a8_follow_a6_alone_only_a8_begins_earlier() -> None:
    follows_a6 = replace(PROCEDURE, follows=(*FOLLOWS[:7], (5,), *FOLLOWS[8:]))
    shipped, other = on_time().judged(None), on_time().judged(None, rules(procedures=(follows_a6,)))
    assert (shipped["A8"].started, other["A8"].started) == ("2026-09-07 10:00", "2026-09-07 09:50")
    assert {code for code in shipped if shipped[code] != other[code]} == {"A8"}
