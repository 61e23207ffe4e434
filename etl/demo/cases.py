"""The special cases that real books are full of, dealt out to letters in a fixed rota."""

from __future__ import annotations

from enum import StrEnum


class Case(StrEnum):
    """What is peculiar about a letter; PLAIN is nothing."""

    PLAIN = "plain"
    NO_RECEIPT_TIME = "no_receipt_time"
    DATE_ONLY_FINISH = "date_only_finish"
    CLOCK_ONLY_FINISH = "clock_only_finish"
    TIME_MISSING = "time_missing"
    SKIPPED_STEP = "skipped_step"
    END_BEFORE_START = "end_before_start"
    OUT_OF_ORDER = "out_of_order"
    EXTRA_ROUND = "extra_round"
    SWAPPED_DATE = "swapped_date"
    SLIPPED_DAY = "slipped_day"
    PAUSED = "paused"
    PAUSED_TWICE = "paused_twice"
    RETURNED = "returned"
    SENT_ROUND_AGAIN = "sent_round_again"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    TYPED_TWICE = "typed_twice"
    LATE_ENTRY = "late_entry"
    UNKNOWN_STATUS = "unknown_status"
    NEVER_FINISHED = "never_finished"
    NO_BOOKING = "no_booking"
    TWO_DAYS = "two_days"
    NO_SHOW = "no_show"
    NO_END = "no_end"
    UNTIL_DONE = "until_done"
    ZERO_PRESENT = "zero_present"
    PART_B_UNRECORDED = "part_b_unrecorded"


# How many letters in a hundred each case falls on.
SHARES = {
    Case.LATE_ENTRY: 5,
    Case.NO_RECEIPT_TIME: 3,
    Case.DATE_ONLY_FINISH: 3,
    Case.PAUSED: 3,
    Case.REJECTED: 3,
    Case.CANCELLED: 3,
    Case.NO_SHOW: 3,
    Case.PART_B_UNRECORDED: 3,
    Case.SKIPPED_STEP: 2,
    Case.RETURNED: 2,
    Case.RESCHEDULED: 2,
    Case.SWAPPED_DATE: 2,
    Case.TWO_DAYS: 2,
    Case.NO_END: 2,
    Case.UNTIL_DONE: 2,
}
ROTA_LENGTH = 100


def _rota() -> tuple[Case, ...]:
    dealt: list[Case] = [case for case in Case if case is not Case.PLAIN for _ in range(SHARES.get(case, 1))]
    dealt += [Case.PLAIN] * (ROTA_LENGTH - len(dealt))
    return tuple(dealt[index * 37 % ROTA_LENGTH] for index in range(ROTA_LENGTH))


ROTA = _rota()


RARE = frozenset({Case.NEVER_FINISHED, Case.NO_BOOKING})
"""Letters that run for days weigh more than all others together; they fall on every fourth round only."""


def case_of(position: int) -> Case:
    """The case of the letter at that position in the whole run."""
    case, turn = ROTA[position % ROTA_LENGTH], position // ROTA_LENGTH
    return Case.PLAIN if case in RARE and turn % 4 != 2 else case


UNSETTLED = frozenset({Case.REJECTED, Case.CANCELLED, Case.NO_BOOKING})
"""Cases in which the room is never used."""
