"""A slow, plain reading of the rules for suspicious records: one letter, one row, one date at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from etl.domain.verdict import Flag
from etl.reference.steps import STEP_CODES
from tests.books.letter_records import LetterRecord, Pass
from tests.books.letters import FOLLOWS

IsOpen = Callable[[date], bool]
DAY = timedelta(days=1)


@cache
def before(one: str, other: str) -> bool:
    """Whether the other step depends on the one, directly or through others."""
    direct = [STEP_CODES[step] for step in FOLLOWS[STEP_CODES.index(other)]]
    return one in direct or any(before(one, step) for step in direct)


class Mark(NamedTuple):
    """A date of a letter: the finish or the start of a pass, or the receipt as the register has it (step "")."""

    kind: str
    step: str
    number: int

    @property
    def place(self) -> tuple[bool, int, int, bool]:
        """Its place in the order in which dates are looked at."""
        is_receipt = not self.step
        return is_receipt, self.number, 0 if is_receipt else STEP_CODES.index(self.step), self.kind == "start"


def dates_of(record: LetterRecord) -> dict[Mark, date]:
    """The dates of a letter that can be right or wrong by themselves."""
    found: dict[Mark, date] = {}
    for one in record.passes:
        if one.finished_on:
            found[Mark("finish", one.step, one.number)] = one.finished_on
        if one.started_on and one.started_on != one.finished_on:
            found[Mark("start", one.step, one.number)] = one.started_on
    if Mark("finish", "A1", 1) not in found:
        found[Mark("finish", "", 0)] = record.received_on
    return found


def must_not_follow(one: Mark, other: Mark, passes: Sequence[Pass]) -> bool:
    """Whether the one date may not lie after the other."""
    if one.kind == "start":
        return other == Mark("finish", one.step, one.number)
    is_receipt = not one.step or (one.step == "A1" and one.number == 1)
    if not other.step:
        return False
    if is_receipt and other.step != "A1":
        return True
    if one.step and one.step == other.step:
        later = sorted(p.number for p in passes if p.step == one.step and p.number > one.number)
        return bool(later) and other.number == later[0]
    return bool(one.step) and not is_receipt and one.number == other.number and before(one.step, other.step)


def broken(mark: Mark, day: date, dates: dict[Mark, date], passes: Sequence[Pass]) -> int:
    """How many neighbours a date would be out of order with."""
    return sum(
        (must_not_follow(mark, other, passes) and day > their) + (must_not_follow(other, mark, passes) and their > day)
        for other, their in dates.items()
        if other != mark
    )


def distance(mark: Mark, day: date, dates: dict[Mark, date], passes: Sequence[Pass]) -> int:
    """How far a date would lie from its neighbours, all together."""
    near = [
        their
        for other, their in dates.items()
        if must_not_follow(mark, other, passes) or must_not_follow(other, mark, passes)
    ]
    return sum(abs((day - their).days) for their in near)


def readings(day: date, is_open: IsOpen) -> Iterator[tuple[Flag, date]]:
    """What else a typed day may mean."""
    yield Flag.SLIPPED_DAY, day - DAY
    yield Flag.SLIPPED_DAY, day + DAY
    for step in (-DAY, DAY):
        other = day + step
        while not is_open(other):
            other += step
        yield Flag.SLIPPED_DAY, other
    if day.day <= 12 and day.day != day.month:
        yield Flag.SWAPPED_DATE, date(day.year, day.day, day.month)


def slow_misdated(record: LetterRecord, is_open: IsOpen) -> dict[Mark, Flag]:
    """The dates that were probably mistyped."""
    dates, found = dates_of(record), {}
    while True:
        able = []
        for mark, day in dates.items():
            count = broken(mark, day, dates, record.passes)
            read = [(broken(mark, d, dates, record.passes), f, d) for f, d in readings(day, is_open)]
            least = min((left for left, *_ in read), default=count)
            if mark in found or 2 * least >= count:
                continue
            good = [(distance(mark, d, dates, record.passes), f, d) for left, f, d in read if left == least]
            gap, _, best = min(good, key=lambda one: one[0])
            flags = Flag(sum({flag.value for _, flag, _ in good}))
            able.append(((least - count, gap, mark.place), mark, best, flags))
        if not able:
            return found
        _, mark, best, flags = min(able, key=lambda one: one[0])
        dates[mark], found[mark] = best, flags


def slow_entered_late(event: date | None, recorded: date | None, is_open: IsOpen) -> bool:
    """Entered more than one working day later."""
    if event is None or recorded is None:
        return False
    days = [event + DAY * n for n in range(1, (recorded - event).days + 1)]
    return sum(is_open(day) for day in days) > 1


def slow_runs(moments: Sequence[int | None], passes: Sequence[object]) -> list[int]:
    """Positions of rows in runs of five or more passes with one finish moment."""
    found: list[int] = []
    for at, moment in enumerate(moments):
        first = last = at
        while first > 0 and moments[first - 1] == moment:
            first -= 1
        while last + 1 < len(moments) and moments[last + 1] == moment:
            last += 1
        others = sum(passes[i] != passes[i - 1] for i in range(first + 1, last + 1))
        if moment is not None and others + 1 >= 5:
            found.append(at)
    return found


def slow_round_steps(rows: Sequence[tuple[str, datetime | None]]) -> list[str]:
    """Steps with at least 20 moments of which 90 % have a minute that five divides, and no seconds."""
    found = []
    for step in STEP_CODES:
        known = [moment for code, moment in rows if code == step and moment is not None]
        round_ones = [moment for moment in known if moment.minute % 5 == 0 and moment.second == 0]
        if len(known) >= 20 and len(round_ones) * 10 >= len(known) * 9:
            found.append(step)
    return found
