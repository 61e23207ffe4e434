"""Whether a target is realistic, and what follows from another one or from one that is always met."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from etl.domain.calendar.calendar import build_calendar
from etl.domain.calendar.days import Profile
from etl.domain.compliance.judge import letter_verdicts
from etl.domain.compliance.what_if import Realism, always_met, ready_savings, realism, verdicts_if
from etl.domain.frames import MISSING
from etl.domain.statistics import wilson
from etl.domain.verdict import RequestVerdict, Verdict
from etl.settings.sops import load_sop

MET, LATE, OVERDUE, RUNS = (word.code for word in (Verdict.MET, Verdict.LATE, Verdict.OVERDUE, Verdict.ON_TRACK))
SOP = load_sop().current()
OFFICE_STEPS = ("A2", "A3", "A4", "A5", "A6", "A7", "A8")
MONDAY = 1_788_739_200  # Monday 7 September 2026, 07.00 WIB


def word(met: int, n: int, p90: float | None, target: int = 600) -> Realism:
    return realism(n, wilson(met, n), p90, target, 0.9)


@pytest.mark.parametrize(
    ("met", "n", "p90", "said"),
    [
        (19, 19, 60, Realism.TOO_FEW),
        (0, 0, None, Realism.TOO_FEW),
        (100, 100, 300, Realism.WIDE),
        (100, 100, 301, Realism.FITS),
        (20, 20, 60, Realism.FITS),  # the interval reaches down to 84 %
        (30, 100, 5_000, Realism.RARE),
        (69, 100, 5_000, Realism.OFTEN_MISSED),
        (90, 100, 600, Realism.FITS),
    ],
)
def test_the_word_for_a_target(met: int, n: int, p90: float | None, said: Realism) -> None:
    assert word(met, n, p90) is said


def test_another_target_judges_by_the_duration_and_leaves_the_rest() -> None:
    skipped = Verdict.SKIPPED.code
    verdict = np.array([MET, MET, LATE, LATE, OVERDUE, OVERDUE, RUNS, skipped, LATE], dtype=np.int8)
    elapsed = np.array([300, 301, 300, 301, 300, 301, 301, MISSING, 10])
    target = np.array([300] * 8 + [MISSING])
    assert verdicts_if(verdict, elapsed, target).tolist() == [
        MET, LATE, MET, LATE, RUNS, OVERDUE, OVERDUE, skipped, LATE,
    ]  # fmt: skip


def test_a_letter_is_saved_only_when_nothing_else_was_late_or_unknown() -> None:
    verdict = np.full((3, 7), MET, dtype=np.int8)
    verdict[:, 2] = LATE
    verdict[1, 3] = LATE
    verdict[2, 4] = Verdict.SKIPPED.code
    is_ready = np.ones(len(verdict), dtype=bool)
    words = [RequestVerdict.of(code) for code in letter_verdicts(always_met(verdict, 2), is_ready)]
    assert words == [RequestVerdict.ON_TIME, RequestVerdict.LATE, RequestVerdict.UNKNOWN]


def test_of_a6_and_a7_only_the_later_one_saves_and_no_more_than_its_lead() -> None:
    hours = dict.fromkeys(range(5), ((27000, 57600),))
    profile = Profile("uji", "", "weekly", None, None, (), hours)
    calendar = build_calendar("Asia/Jakarta", [profile], [], [], date(2026, 1, 1), date(2026, 12, 31))
    columns = len(OFFICE_STEPS)
    verdict = np.full((1, columns), MET, dtype=np.int8)
    elapsed, target = np.full((1, columns), 600), np.full((1, columns), 600)
    finished = np.full((1, columns), MONDAY + 3_600)
    six, seven = OFFICE_STEPS.index("A6"), OFFICE_STEPS.index("A7")
    verdict[0, [six, seven]] = LATE
    elapsed[0, six], elapsed[0, seven] = 4_600, 1_100
    finished[0, six], finished[0, seven] = MONDAY + 9_000, MONDAY + 6_000
    assert ready_savings(SOP, verdict, elapsed, target, finished, calendar)[0].tolist() == [
        0,
        0,
        0,
        0,
        3_000,
        0,
        0,
    ]
    finished[0, seven] = MISSING
    assert ready_savings(SOP, verdict, elapsed, target, finished, calendar)[0, six] == 4_000
