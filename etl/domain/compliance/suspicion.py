"""Records that are possible and yet worth a look: accepted, flagged, shown, never left out of a figure.

Definitions, section 2, "Flags", and the intake's "Suspicious but possible". Which flag comes from where:

* while a file is read, part by part in row order:
  `EqualRuns().add(finished_at, *columns naming the pass)` … `.positions()` → rows that get Flag.EQUAL_STAMPS;
  `RoundStamps().add(step, finished_at)` … `.steps()` → steps of that load whose rows get Flag.ROUND_STAMPS;
* when facts are made:
  `suspicions(requests, passes, written, rules) -> Suspicions`: bits of each pass and of each register's receipt;
  `with_suspicions(flags, passes, found) -> flags` of the step facts (letter × steps + step).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.rules import Procedure, Rules
from etl.domain.frames import MISSING, NEVER, Bools, Codes, Ints, Passes, Requests
from etl.domain.sop.steps import MOST_STEPS
from etl.domain.verdict import Flag

FILE_FLAGS = Flag.EQUAL_STAMPS | Flag.ROUND_STAMPS
"""Found when a file is read and kept with its rows."""

SUSPICIONS = (
    Flag.ENTERED_LATE,
    Flag.EQUAL_STAMPS,
    Flag.ROUND_STAMPS,
    Flag.SWAPPED_DATE,
    Flag.SLIPPED_DAY,
    Flag.EXTRA_PASS,
    Flag.IMPLAUSIBLE_YEAR,
)
"""All that is found here, in the order in which it is told."""

MARKS = (*SUSPICIONS, Flag.TAKEN_LATE, Flag.LATE_UNSTAMPED)
"""Flags that figures count, and that they can be had without; the last two are the judge's."""

MISTYPED = (Flag.SWAPPED_DATE, Flag.SLIPPED_DAY)
"""Flags that say that a date is perhaps not the one on which it happened."""

UNSURE_TIME = (*MISTYPED, Flag.EXTRA_PASS, Flag.LATE_UNSTAMPED)
"""Flags that make it doubtful how long a step took, or that it was late at all."""

_MOMENT_SPAN = 1 << 34


@dataclass(frozen=True)
class Written:
    """One row per hand-over row of the letters, in any order. `request` is the position in `Requests`, `number` the
    pass that the row belongs to and `is_numbered` whether the row itself says so (`putaran`). `file_flags` holds the
    FILE_FLAGS of the row and of its file and step."""

    request: Ints
    step: Codes
    number: Ints
    started_on: Ints
    finished_on: Ints
    finished_at: Ints
    recorded_on: Ints
    file_flags: Ints


@dataclass(frozen=True)
class Suspicions:
    """Flag bits: `passes` one per pass, `receipts` one per letter, of the receipt as the register has it;
    `received` is the step that the receipt finishes, one per letter, −1 for none."""

    passes: Ints
    receipts: Ints
    received: Ints


def suspicions(requests: Requests, passes: Passes, written: Written, rules: Rules) -> Suspicions:
    """Everything suspicious about the passes of some letters; arrays in the order of `passes` and `requests`."""
    parts = [(_doubts(requests, passes, written, by), here) for by, here in rules.by_procedure(requests.received_on)]
    doubts, _ = parts[0]
    for other, here in parts[1:]:
        ours = np.where(here[passes.request], other.passes, doubts.passes)
        receipts, received = ((getattr(one, name) for one in (other, doubts)) for name in ("receipts", "received"))
        doubts = Suspicions(ours, np.where(here, *receipts), np.where(here, *received))
    return doubts


def _doubts(requests: Requests, passes: Passes, written: Written, rules: Rules) -> Suspicions:
    """As `suspicions`, all letters by one procedure."""
    pass_of = _pass_of(passes, written)
    flags, receipts = mistyped_dates(requests, passes, rules)
    flags |= _file_flags(passes, written, pass_of)
    flags |= np.where(entered_late(*_events(passes, written, pass_of), rules.calendar), Flag.ENTERED_LATE.value, 0)
    received = rules.procedure.received
    return Suspicions(flags, receipts, np.full(len(requests), -1 if received is None else received))


def with_suspicions(flags: Ints, passes: Passes, doubts: Suspicions) -> Ints:
    """Flags of the step facts (letter × steps + step) with those of their passes; the receipt finishes its step."""
    whole = flags.copy()
    steps = len(flags) // max(len(doubts.receipts), 1)
    np.bitwise_or.at(whole, passes.request * steps + passes.step, doubts.passes)
    has = np.flatnonzero(doubts.received >= 0)
    whole[has * steps + doubts.received[has]] |= doubts.receipts[has]
    return whole


FARTHEST_DAYS = 400
"""An event, and the date of a letter, lie at most so many days from its receipt."""


def implausible_years(received_on: Ints, *days: Ints) -> Ints:
    """Flag.IMPLAUSIBLE_YEAR of letters of which one of these days (MISSING: none) lies too far from the receipt."""
    is_known = [(day != MISSING) & (received_on != MISSING) for day in days]
    is_far = [known & (np.abs(day - received_on) > FARTHEST_DAYS) for day, known in zip(days, is_known, strict=True)]
    return np.where(np.any(is_far, axis=0), Flag.IMPLAUSIBLE_YEAR.value, 0)


def entered_late(event_on: Ints, recorded_on: Ints, calendar: WorkCalendar) -> Bools:
    """Entered more than one working day after the event: more than one of the days after the event's day, up to and
    with the day of the entry, is a working day.

    Friday's event may be entered on Monday at any hour; on Tuesday it is late. Days outside the calendar are no
    working days. Where one of the two days is MISSING nothing is said.
    """
    open_days = calendar.open_days
    between = np.searchsorted(open_days, recorded_on, "right") - np.searchsorted(open_days, event_on, "right")
    known = (event_on != MISSING) & (recorded_on != MISSING)
    late: Bools = known & (between > 1)
    return late


def _pass_of(passes: Passes, written: Written) -> Ints:
    """For each row the position of its pass; every row has one."""
    numbers = np.unique(passes.number)
    keys, wanted = (
        (one.request * MOST_STEPS + one.step) * (len(numbers) + 1) + np.searchsorted(numbers, one.number)
        for one in (passes, written)
    )
    order = np.argsort(keys)
    return order[np.searchsorted(keys, wanted, sorter=order)].astype(np.int64)


def _file_flags(passes: Passes, written: Written, pass_of: Ints) -> Ints:
    """What was suspicious about the rows from which a pass has its finish moment."""
    says = (written.finished_at != MISSING) & (written.finished_at == passes.finished_at[pass_of])
    flags = np.zeros(len(passes), dtype=np.int64)
    np.bitwise_or.at(flags, pass_of[says], written.file_flags[says] & FILE_FLAGS.value)
    return flags


def _events(passes: Passes, written: Written, pass_of: Ints) -> tuple[Ints, Ints]:
    """The day of each pass's finish, or start while it has none, and the first day on which it was entered so."""
    is_finished = passes.finished_on != MISSING
    event_on = np.where(is_finished, passes.finished_on, passes.started_on)
    row_on = np.where(is_finished[pass_of], written.finished_on, written.started_on)
    says = (row_on == event_on[pass_of]) & (written.recorded_on != MISSING)
    recorded_on = np.full(len(passes), NEVER, dtype=np.int64)
    np.minimum.at(recorded_on, pass_of[says], written.recorded_on[says])
    return event_on, np.where(recorded_on == NEVER, MISSING, recorded_on)


Edges = tuple[Ints, Ints]


@dataclass(frozen=True)
class _Dates:
    """The dates of some letters: finishes (position of the pass), starts on another day (count of passes + position),
    receipts (twice the count + position of the letter); `day` MISSING where there is none. Never is day[before] after
    day[after] in a letter that is in order."""

    day: Ints
    letter: Ints
    order: Ints
    before: Ints
    after: Ints


def mistyped_dates(requests: Requests, passes: Passes, rules: Rules) -> tuple[Ints, Ints]:
    """`misdated` and `swapped_by_event`, all letters by one procedure."""
    is_booked = requests.booked_start != MISSING
    day = rules.calendar.local_day(np.where(is_booked, requests.booked_start, 0))
    by_order = misdated(requests, passes, rules.procedure, rules.calendar.open_days)
    by_event = swapped_by_event(requests, passes, rules.procedure, np.where(is_booked, day, MISSING))
    return by_order[0] | by_event[0], by_order[1] | by_event[1]


def misdated(requests: Requests, passes: Passes, procedure: Procedure, open_days: Ints) -> tuple[Ints, Ints]:
    """Dates that were probably mistyped: out of order among the letter's other dates, in order when read another way.

    SWAPPED_DATE and SLIPPED_DAY as bits of each pass, and bits of each letter's receipt as the register has it.
    `open_days` ascending; a slip is one day, or one working day, either way.

    What must not lie before what, by day (a clock time decides nothing here):
    * the receipt before every finish and start of the letter. The receipt is A1's finish: that of its first pass when
      the hand-over records have one, else the register's;
    * the k-th finish of a step before the k-th finish and the k-th start of every step that depends on it, directly
      or through others (A6 and A7 do not depend on each other, nor part B on part A);
    * a pass's finish before finish and start of the step's next pass;
    * a pass's start before its finish.
    A start and a finish on one and the same day are one date, typed or mistyped together.

    A date is flagged when it breaks this order and another reading of it breaks it less than half as often: a lone
    mistake must be put right altogether, one beside another mistake nearly so. Of several such dates in a letter the
    one with most to put right is taken to be the wrong one, of equals the one that then lies nearest to its
    neighbours, then the earlier one; it is put right, and the others are looked at again. So the good date next to a
    bad one is left alone.
    """
    flags, receipts = np.zeros(len(passes), dtype=np.int64), np.zeros(len(requests), dtype=np.int64)
    letters = _disordered(requests, passes, procedure)
    if len(letters) == 0:
        return flags, receipts
    mine = np.flatnonzero(np.isin(passes.request, letters))
    dates = _dates(requests, passes.at(mine), letters, procedure)
    bits = _reread(dates, open_days)
    count = len(mine)
    flags[mine] = bits[:count] | bits[count : 2 * count]
    receipts[letters] = bits[2 * count :]
    return flags, receipts


def swapped_by_event(requests: Requests, passes: Passes, procedure: Procedure, event_on: Ints) -> tuple[Ints, Ints]:
    """SWAPPED_DATE where only the day of the letter's event shows it, as bits of each pass and of each receipt.

    `event_on`: the first day of the event, MISSING where there is none. A finish of part A after the event is flagged
    when day and month exchanged put it between receipt and event, not before a finish of the steps before it, and
    nearer to one of the two; a receipt after the event when that is so of one of them, and the receipt does not lie
    nearer to the letter's first finish as it stands.
    """
    receipt, event = requests.received_on[passes.request], event_on[passes.request]
    other = swapped(passes.finished_on)
    may_be = (receipt != MISSING) & (event != MISSING) & (other != MISSING) & ~procedure.is_received[passes.step]
    may_be &= procedure.is_part_a[passes.step] & (receipt <= other) & (other <= event) & (event < passes.finished_on)
    may_be &= np.minimum(other - receipt, event - other) < passes.finished_on - event
    may_be &= other >= _finished_before(passes, procedure, may_be)
    return np.where(may_be, Flag.SWAPPED_DATE.value, 0), _receipts_after_event(requests, passes, procedure, event_on)


def _finished_before(passes: Passes, procedure: Procedure, wanted: Bools) -> Ints:
    """For each pass that is wanted the last day on which a step before it was finished; MISSING where none was."""
    last = np.full(len(passes), MISSING, dtype=np.int64)
    for place in np.flatnonzero(wanted).tolist():
        before = [step for step, after in enumerate(procedure.dependents) if passes.step[place] in after]
        mine = (passes.request == passes.request[place]) & np.isin(passes.step, before)
        last[place] = passes.finished_on[mine].max(initial=MISSING)
    return last


def _receipts_after_event(requests: Requests, passes: Passes, procedure: Procedure, event_on: Ints) -> Ints:
    """The bits of the receipts."""
    first = np.full(len(requests), NEVER, dtype=np.int64)
    counts = ~procedure.is_received[passes.step] & (passes.finished_on != MISSING)
    np.minimum.at(first, passes.request[counts], passes.finished_on[counts])
    is_known = (requests.received_on != MISSING) & (event_on != MISSING) & (requests.received_on > event_on)
    receipt, event = (np.where(is_known, days, 0) for days in (requests.received_on, event_on))
    late, earlier, later = receipt - event, swapped(receipt), swapped(event)
    near = np.minimum(late, np.where(first == NEVER, late, np.abs(first - receipt)))
    is_receipt = (earlier != MISSING) & (earlier <= event) & (event - np.where(is_known, earlier, 0) < near)
    is_event = (later >= receipt) & (later - receipt < late)
    return np.where(is_known & (is_receipt | is_event), Flag.SWAPPED_DATE.value, 0)


def _disordered(requests: Requests, passes: Passes, procedure: Procedure) -> Ints:
    """Positions of the letters in which anything is out of order, ascending."""
    every = np.arange(len(requests), dtype=np.int64)
    day, receipt = _days(requests, passes, every, procedure)
    is_bad = np.zeros(len(requests), dtype=bool)
    for before, after in _edges(passes, receipt, procedure):
        broken = (day[before] != MISSING) & (day[after] != MISSING) & (day[before] > day[after])
        is_bad[passes.request[after[broken] % max(len(passes), 1)]] = True
    return np.flatnonzero(is_bad).astype(np.int64)


def _dates(requests: Requests, passes: Passes, letters: Ints, procedure: Procedure) -> _Dates:
    """The dates of the letters at these positions."""
    own = Passes(**(vars(passes) | {"request": np.searchsorted(letters, passes.request).astype(np.int64)}))
    day, receipt = _days(requests, own, letters, procedure)
    edges = list(_edges(own, receipt, procedure))
    before, after = (np.concatenate([edge[side] for edge in edges]) for side in (0, 1))
    known = (day[before] != MISSING) & (day[after] != MISSING)
    place = own.number * MOST_STEPS + own.step
    return _Dates(
        day=day,
        letter=np.concatenate([own.request, own.request, np.arange(len(letters), dtype=np.int64)]),
        order=np.concatenate([place, place, np.full(len(letters), NEVER, dtype=np.int64)]),
        before=before[known],
        after=after[known],
    )


def _days(requests: Requests, passes: Passes, letters: Ints, procedure: Procedure) -> tuple[Ints, Ints]:
    """The day of each date, and for each letter where its receipt stands among them."""
    count = len(passes)
    apart = np.where(passes.started_on == passes.finished_on, MISSING, passes.started_on)
    receipt = 2 * count + np.arange(len(letters), dtype=np.int64)
    is_first = procedure.is_received[passes.step] & (passes.number == 1)
    arrives = np.flatnonzero(is_first & (passes.finished_on != MISSING))
    receipt[passes.request[arrives]] = arrives
    registered = np.where(receipt < 2 * count, MISSING, requests.received_on[letters])
    return np.concatenate([passes.finished_on, apart, registered]), receipt


def _edges(passes: Passes, receipt: Ints, procedure: Procedure) -> Iterator[Edges]:
    """Pairs of dates of which the first must not lie after the second; some of them are not known."""
    count = len(passes)
    position = np.arange(count, dtype=np.int64)
    yield count + position, position
    later = np.flatnonzero(~procedure.is_received[passes.step]).astype(np.int64)
    for after in (later, count + later):
        yield receipt[passes.request[later]], after
    for before, after in (*_next_passes(passes), *_next_steps(passes, procedure)):
        yield before, after
        yield before, count + after


def _next_passes(passes: Passes) -> Iterator[Edges]:
    """Each pass and the next one of its step."""
    order = np.lexsort((passes.number, passes.step, passes.request)).astype(np.int64)
    one, other = order[:-1], order[1:]
    same = (passes.request[one] == passes.request[other]) & (passes.step[one] == passes.step[other])
    yield one[same], other[same]


def _next_steps(passes: Passes, procedure: Procedure) -> Iterator[Edges]:
    """The k-th pass of a step and those of the steps that depend on it, but for the pass that the receipt finishes."""
    for number in np.unique(passes.number).tolist():
        mine = np.flatnonzero(passes.number == number)
        rows, row = np.unique(passes.request[mine], return_inverse=True)
        place = np.full((len(rows), len(procedure.follows)), -1, dtype=np.int64)
        place[row, passes.step[mine]] = mine
        for step in range(len(procedure.follows)):
            if number == 1 and step == procedure.received:
                continue
            for other in procedure.dependents[step]:
                both = (place[:, step] >= 0) & (place[:, other] >= 0)
                yield place[both, step], place[both, other]


def _reread(dates: _Dates, open_days: Ints) -> Ints:
    """Flag bits of each date. Every round puts one date of a letter right, so that less and less is out of order."""
    day, bits = dates.day.copy(), np.zeros(len(dates.day), dtype=np.int64)
    before, after = dates.before, dates.after
    while True:
        broken = day[before] > day[after]
        count = _sum_at(before, broken, after, broken, len(day))
        best = _best_readings(day, np.where(bits == 0, count, 0), before, after, open_days)
        wrong = _worst_of_each_letter(dates, count - best.left, best)
        if len(wrong) == 0:
            return bits
        bits[wrong] = best.bits[wrong]
        day[wrong] = best.day[wrong]
        mine = np.isin(dates.letter[before], dates.letter[wrong])
        before, after = before[mine], after[mine]


def _sum_at(before: Ints, one: Bools | Ints, after: Ints, other: Bools | Ints, size: int) -> Ints:
    """At each date the sum of what its pairs weigh on either side; exact below 2⁵³."""
    total = np.bincount(before, one, size) + np.bincount(after, other, size)
    return total.astype(np.int64)


@dataclass
class _Best:
    """For each date the other reading that breaks least, then lies nearest: flag bits (0 where there is none) of all
    that break so little, its day, how often it still breaks the order, how far from its neighbours it lies."""

    bits: Ints
    day: Ints
    left: Ints
    gap: Ints


def _best_readings(day: Ints, count: Ints, before: Ints, after: Ints, open_days: Ints) -> _Best:
    """The readings of the dates with a `count` of broken pairs."""
    best = _Best(np.zeros_like(day), day.copy(), count.copy(), np.full(len(day), NEVER, dtype=np.int64))
    for flag, read in _readings(day, count > 0, open_days):
        one, other = read[before], read[after]
        late, early = one > day[after], (day[before] > other) & (other != MISSING)
        left = _sum_at(before, late, after, early, len(day))
        gap = _sum_at(before, _apart(one, day[after]), after, _apart(other, day[before]), len(day))
        _keep_better(best, flag, read, (read != MISSING) & (2 * left < count), left, gap)
    return best


def _keep_better(best: _Best, flag: Flag, read: Ints, is_good: Bools, left: Ints, gap: Ints) -> None:
    is_less, is_equal = is_good & (left < best.left), is_good & (left == best.left)
    best.bits = np.where(is_less, flag.value, np.where(is_equal, best.bits | flag.value, best.bits))
    nearer = is_less | (is_equal & (gap < best.gap))
    best.day = np.where(nearer, read, best.day)
    best.left = np.where(nearer, left, best.left)
    best.gap = np.where(nearer, gap, best.gap)


def _apart(one: Ints, other: Ints) -> Ints:
    return np.where(one == MISSING, 0, np.abs(np.where(one == MISSING, other, one) - other))


def _readings(day: Ints, wanted: Bools, open_days: Ints) -> Iterator[tuple[Flag, Ints]]:
    """Other days that a typed day may mean; MISSING where there is none."""
    typed = np.where(wanted, day, MISSING)
    for slipped in (*_one_day(typed), *_one_working_day(typed, open_days)):
        yield Flag.SLIPPED_DAY, slipped
    yield Flag.SWAPPED_DATE, swapped(typed)


def _one_day(day: Ints) -> tuple[Ints, Ints]:
    known = day != MISSING
    return np.where(known, day - 1, MISSING), np.where(known, day + 1, MISSING)


def _one_working_day(day: Ints, open_days: Ints) -> tuple[Ints, Ints]:
    """The working days just before and just after; MISSING beyond the calendar."""
    fence = np.concatenate([[MISSING], open_days, [MISSING]])
    earlier = fence[np.searchsorted(open_days, day, "left")]
    later = fence[np.searchsorted(open_days, day, "right") + 1]
    known = day != MISSING
    return np.where(known, earlier, MISSING), np.where(known, later, MISSING)


def swapped(day: Ints) -> Ints:
    """The date with day and month exchanged: 4 March for 3 April; MISSING where that is no date, or the same one."""
    known = day != MISSING
    dates = np.where(known, day, 0).astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    year = month.astype("datetime64[Y]")
    in_month = (dates - month).astype(np.int64) + 1
    in_year = (month - year).astype(np.int64) + 1
    possible = known & (in_month <= 12) & (in_month != in_year)
    other = (year.astype("datetime64[M]") + (np.where(possible, in_month, 1) - 1)).astype("datetime64[D]")
    return np.where(possible, other.astype(np.int64) + in_year - 1, MISSING)


def _worst_of_each_letter(dates: _Dates, gain: Ints, best: _Best) -> Ints:
    """Of each letter's dates with another reading the one with most to put right, that lies nearest, that is first."""
    able = np.flatnonzero(best.bits != 0)
    order = able[np.lexsort((able, dates.order[able], best.gap[able], -gain[able], dates.letter[able]))]
    first = np.ones(len(order), dtype=bool)
    first[1:] = dates.letter[order[1:]] != dates.letter[order[:-1]]
    return order[first]
