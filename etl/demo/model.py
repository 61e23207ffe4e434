"""Letters, hand-overs and sessions before anyone types them, the special cases dealt out, and the office's clock.

A moment is an int: `date.toordinal() * 1440 + minute of the day`, office time. People type whole minutes, and
Asia/Jakarta has no summer time, so nothing finer is needed. A day is the ordinal alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from etl.domain.calendar.days import DayPlan

DAY = 1440
OFFICE_ZONE = ZoneInfo("Asia/Jakarta")

Span = tuple[int, int]
"""First and last minute of an opening."""


class Known(StrEnum):
    """How much of a finish the office wrote down."""

    MINUTE = "minute"
    DAY = "day"
    CLOCK = "clock"
    NOTHING = "nothing"


@dataclass
class Pause:
    """An interval in which a step waited for somebody else; `ended` None while it still waits."""

    started: int
    ended: int | None
    reason: str


@dataclass
class Stamp:
    """One pass of one step, as one or more rows of the hand-over file (a further row for each further pause)."""

    step: str
    finished: int | None = None
    started: int | None = None
    number: int | None = None
    known: Known = Known.MINUTE
    recorded: int | None = None
    pauses: list[Pause] = field(default_factory=list)
    instruction: str = ""
    output: str = ""
    note: str = ""

    @property
    def moment(self) -> int:
        """Where the row stands in a book kept in the order of events."""
        return next((moment for moment in (self.finished, self.started, self.recorded) if moment is not None), 0)


@dataclass(frozen=True)
class Participants:
    """How many of a session were on the list, came, were screened and turned away; None: nobody wrote it down."""

    verified: int | None = None
    present: int | None = None
    screened: int | None = None
    failed: int | None = None

    @property
    def passed(self) -> int | None:
        """How many of the screened were let in."""
        return None if self.screened is None else self.screened - (self.failed or 0)


NOBODY_COUNTED = Participants()


def came(count: int) -> Participants:
    """So many came, which is all that was counted."""
    return Participants(present=count)


def drawn_participants(planned: int, rng: Random) -> Participants:
    """Who really came to a session for which so many were planned."""
    verified = max(5, planned + rng.randint(-6, 3))
    present = max(3, round(verified * rng.uniform(0.72, 1.04)))
    screened = present if rng.random() < 0.8 else None
    failed = None if screened is None else (rng.randint(1, 3) if rng.random() < 0.12 else 0)
    return Participants(verified, present, screened, failed)


@dataclass
class Session:
    """One use of the room; `ended` None when nobody wrote the end, `is_until_done` when it says "s/d selesai"."""

    started: int
    ended: int | None
    participants: Participants = NOBODY_COUNTED
    room: str = "Smart Center"
    note: str = ""
    is_until_done: bool = False


@dataclass
class Booking:
    """The hours asked for, on each of `days` (ordinals, ascending)."""

    days: tuple[int, ...]
    first_minute: int
    last_minute: int

    @property
    def start(self) -> int:
        """When the activity is to begin."""
        return self.days[0] * DAY + self.first_minute

    @property
    def end(self) -> int:
        """When the activity is to be over."""
        return self.days[-1] * DAY + self.last_minute


@dataclass
class Letter:
    """One borrowing letter with everything that became of it up to the moment of the demo."""

    received: int
    opd: str
    activity: str
    letter_number: str
    letter_day: int
    subject: str
    urgency: str
    booking: Booking | None
    planned: int | None
    stamps: list[Stamp]
    sessions: list[Session]
    case: str = ""
    number: int = 0
    has_receipt_time: bool = True
    status: str = ""
    status_day: int | None = None
    status_moment: int | None = None
    note: str = ""
    room: str = "Smart Center"
    first_booking: Booking | None = None
    times_typed: int = 1

    def stamp(self, step: str) -> Stamp:
        """The last pass of that step; the letter must have one."""
        return [stamp for stamp in self.stamps if stamp.step == step][-1]

    def has(self, step: str) -> bool:
        """Whether the step left any trace."""
        return any(stamp.step == step for stamp in self.stamps)


@dataclass(frozen=True)
class Loose:
    """A row typed as it stands: `cells` by canonical column, `moment` its place in the book of that kind."""

    kind: str
    moment: int
    cells: dict[str, str]
    case: str


@dataclass(frozen=True)
class Demo:
    """Everything that was invented, not yet typed.

    `uses` are sessions without a letter, each with the name of its case. `loose` are single rows outside the story:
    such that must be refused and such that must wait.
    """

    now: int
    letters: list[Letter]
    uses: list[tuple[str, Session]]
    loose: list[Loose]


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


def minute_of(moment: datetime) -> int:
    """The whole minute of an aware moment on the office's clock, seconds dropped."""
    local = moment.astimezone(OFFICE_ZONE)
    return local.toordinal() * DAY + local.hour * 60 + local.minute


def at(day: int, hour: int, minute: int = 0) -> int:
    """The moment of that day at that clock time."""
    return day * DAY + hour * 60 + minute


def day_of(moment: int) -> int:
    """The day a moment lies on."""
    return moment // DAY


def date_of(moment: int) -> date:
    """The date a moment lies on."""
    return date.fromordinal(moment // DAY)


def time_of(moment: int) -> time:
    """The clock time of a moment."""
    return time(moment % DAY // 60, moment % 60)


class OfficeHours:
    """Working minutes between moments, and moments a number of working minutes away.

    `days` yields (day, opening spans in minutes of that day) in ascending order. Moments outside the given days
    are taken as closed.
    """

    def __init__(self, days: Iterable[tuple[int, tuple[Span, ...]]]) -> None:
        self._spans = {day: spans for day, spans in days if spans}
        self.days = list(self._spans)
        self._starts = [day * DAY + first for day, spans in self._spans.items() for first, _ in spans]
        self._ends = [day * DAY + last for day, spans in self._spans.items() for _, last in spans]
        self._before = [0]
        for start, end in zip(self._starts, self._ends, strict=True):
            self._before.append(self._before[-1] + end - start)

    def worked(self, moment: int) -> int:
        """Working minutes from the first known day to the moment."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0
        return self._before[index] + min(moment, self._ends[index]) - self._starts[index]

    def between(self, start: int, end: int) -> int:
        """Working minutes from start to end."""
        return self.worked(end) - self.worked(start)

    def later(self, moment: int, minutes: int) -> int:
        """The earliest moment with that many working minutes since `moment`."""
        if minutes <= 0:
            return moment
        total = self.worked(moment) + minutes
        index = min(bisect_left(self._before, total), len(self._starts)) - 1
        return self._starts[index] + total - self._before[index]

    def earlier(self, moment: int, minutes: int) -> int:
        """The latest moment from which that many working minutes lead to `moment`; itself for none."""
        if minutes <= 0:
            return moment
        total = self.worked(moment) - minutes
        index = min(bisect_right(self._before, total), len(self._starts)) - 1
        return self._starts[index] + total - self._before[index]

    def is_open(self, moment: int) -> bool:
        """Whether the office works at that moment."""
        return any(first <= moment % DAY < last for first, last in self._spans.get(day_of(moment), ()))

    def is_working_day(self, day: int) -> bool:
        """Whether the office opens on that day at all."""
        return day in self._spans

    def working_day(self, day: int, offset: int) -> int:
        """The working day `offset` working days after `day` (before it when negative); 0 = on or after it."""
        index = bisect_left(self.days, day)
        if offset > 0 and self.is_working_day(day):
            return self.days[index + offset]
        return self.days[index + offset - (offset > 0)]

    def opening(self, day: int) -> int:
        """First working moment of a working day."""
        return day * DAY + self._spans[day][0][0]

    def closing(self, day: int) -> int:
        """Last working moment of a working day."""
        return day * DAY + self._spans[day][-1][1]


def office_hours(plans: Iterable[DayPlan]) -> OfficeHours:
    """Hours of the days planned by the working calendar, seconds dropped."""
    return OfficeHours(
        (plan.date.toordinal(), tuple((first // 60, last // 60) for first, last in plan.intervals)) for plan in plans
    )
