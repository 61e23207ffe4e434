"""From the events of a log to passes and pauses of steps, in the form in which the rules work on them.

A log tells of an activity in one row with its start and its end, in rows for each turn of its life (start, complete,
suspend, resume), or by its end alone. Starts and ends of one activity of a case belong together in the order in which
they came. The rules are those of docs/definisi.md, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum, IntFlag
from typing import Self

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.compliance.returns import find_returns
from etl.domain.compliance.rules import Rules
from etl.domain.frames import MISSING, NEVER, Bools, Codes, Ints, Passes, Pauses, Receivers, Requests
from etl.domain.verdict import Flag

UNREAD = MISSING + 1
"""Stands for a moment that was written and cannot be read."""

DAY_ONLY = -(1 << 61)
"""A day without a clock time is this number and its own, which is far below any moment."""

LARGEST_DAY = -(1 << 60)
"""A packed moment above it has a clock time."""

NEVER = int(NEVER)
"""Stands for "nothing is known" where the first moment is asked for."""


class Transition(IntEnum):
    """Which turn in the life of an activity an event tells; ROW: its start and its end in one."""

    ROW = 0
    START = 1
    SUSPEND = 2
    RESUME = 3
    COMPLETE = 4


class Mark(IntFlag):
    """What our own export says of an event beside its moments; the bits above are those of `Flag`."""

    NONE = 0
    TOLD = 1
    """The pass has its number, and says whether it went back: nothing is to be found out of the order of the ends."""

    TAP = 2
    """The finish was given on a screen."""

    UNREAD = 4
    """A start or pause of that pass was written that nobody can read."""

    CLOCK = 8
    """Midnight is a clock time here."""

    OUTPUT = 16
    """The Output of the pass is on record."""

    NO_OUTPUT = 32
    """The record says that there is none."""

    @property
    def word(self) -> str:
        """What a log calls it."""
        return str(self.name).lower()


FLAGS_FROM = 6
"""The bit of a mark that is the first of `Flag`."""


@dataclass(frozen=True)
class Events:
    """One row per event that was understood, in the order of the log; moments as `UNREAD` and `DAY_ONLY` say.

    `end` of a START, SUSPEND or RESUME is MISSING, and so is `start` of a COMPLETE. `instance` tells several runs of an
    activity in one case apart, 0 where the log does not; `number` is the pass, 0 where it does not say it;
    `returned_to` the step to which it went back, −1 for none. A `receiver` other than −1: the event is no pass, it
    tells when the pass was handed to the desk of that step.
    """

    case: Ints
    step: Codes
    transition: Codes
    start: Ints
    end: Ints
    instance: Ints
    number: Ints
    returned_to: Codes
    receiver: Codes
    mark: Ints

    def __len__(self) -> int:
        return len(self.case)

    def at(self, which: Ints | Bools | slice) -> Self:
        """Some of them, by position or by a mark each."""
        return type(self)(**{field.name: getattr(self, field.name)[which] for field in fields(self)})


@dataclass(frozen=True)
class Told:
    """What the events of some cases say in the form of the rules. `every` are all passes with the `marks` of each,
    `passes` those that are no extra ones."""

    requests: Requests
    passes: Passes
    pauses: Pauses
    receivers: Receivers
    every: Passes
    marks: Ints


def moments(packed: Ints, calendar: WorkCalendar) -> tuple[Ints, Ints]:
    """Day and moment of packed moments, each MISSING where it is not known."""
    is_day = (packed > UNREAD) & (packed < LARGEST_DAY)
    at = np.where((packed == UNREAD) | is_day, MISSING, packed)
    return np.where(is_day, packed - DAY_ONLY, calendar.local_day(at)), at


def earliest(packed: Ints, calendar: WorkCalendar) -> Ints:
    """The first moment that each can have been, for the order in time; the largest number where nothing is known."""
    on, at = moments(packed, calendar)
    return np.where(on == MISSING, NEVER, np.where(at == MISSING, calendar.day_start(on), at))


def latest(packed: Ints, calendar: WorkCalendar) -> Ints:
    """The last moment that each can have been: of a day its last second; MISSING where nothing is known."""
    on, at = moments(packed, calendar)
    return np.where(at == MISSING, np.where(on == MISSING, MISSING, calendar.day_end(on) - 1), at)


def passes_of(events: Events, calendar: WorkCalendar) -> tuple[Passes, Pauses, Receivers, Ints]:
    """All passes that events tell, numbered in each case and step in the order of their ends; the pauses in them, the
    desks that were given the case on their own, and the mark of each pass. `events` as they stand in the log."""
    is_named = events.receiver >= 0
    named, events = events.at(is_named), events.at(~is_named)
    whole = events.at(events.transition == Transition.ROW)
    turns = events.at(np.isin(events.transition, (Transition.START, Transition.COMPLETE)))
    begun, ended = _pairs(turns, turns.transition == Transition.START, calendar)
    start = np.where(begun >= 0, turns.start[begun], MISSING)
    end = np.where(ended >= 0, turns.end[ended], MISSING)
    is_done = np.concatenate([whole.end != MISSING, ended >= 0])
    told = turns.at(np.where(ended >= 0, ended, begun))
    rows = _joined(whole, replace(told, start=start, end=end))
    passes = _passes(rows, is_done, calendar)
    order = np.lexsort((_in_time(passes, rows, calendar), rows.step, rows.case))
    passes, rows = passes.at(order), rows.at(order)
    passes = replace(passes, number=np.where(rows.number == 0, _ranks(passes) + 1, rows.number))
    return passes, _pauses(events, passes, calendar), _receivers(named, passes, calendar), rows.mark


def _in_time(passes: Passes, rows: Events, calendar: WorkCalendar) -> Ints:
    """By what passes of one step follow one another: their numbers, else their ends, those that are open last."""
    end = np.where(passes.is_done, earliest(rows.end, calendar), NEVER)
    place = np.empty(len(end), dtype=np.int64)
    place[np.lexsort((earliest(rows.start, calendar), end))] = np.arange(len(end))
    return np.where(rows.number == 0, place, rows.number)


def _joined(*parts: Events) -> Events:
    return Events(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Events)}
    )


def _passes(rows: Events, is_done: Bools, calendar: WorkCalendar) -> Passes:
    started_on, started_at = moments(rows.start, calendar)
    finished_on, finished_at = moments(rows.end, calendar)
    return Passes(
        request=rows.case,
        step=rows.step,
        number=rows.number,
        started_on=started_on,
        started_at=started_at,
        finished_on=finished_on,
        finished_at=finished_at,
        is_done=is_done,
        returned_to=rows.returned_to,
        by_tap=(rows.mark & Mark.TAP) > 0,
        is_unread=(rows.start == UNREAD) | ((rows.mark & Mark.UNREAD) > 0),
    )


def _ranks(passes: Passes) -> Ints:
    """The place of each pass among those of its case and step; they stand beside one another."""
    is_first = np.ones(len(passes), dtype=bool)
    is_first[1:] = (np.diff(passes.request) != 0) | (np.diff(passes.step) != 0)
    first = np.flatnonzero(is_first)
    return np.arange(len(passes)) - np.repeat(first, np.diff(first, append=len(passes)))


def _pairs(turns: Events, opens: Bools, calendar: WorkCalendar) -> tuple[Ints, Ints]:
    """Which openings and closings belong together: places of both, −1 where one of the two is missing.

    In each case, step, instance and pass that the log tells the first opening goes with the first closing after it.
    Those left over, an opening that stands above its closing in the log and has a later moment, belong together too,
    and so do those of one pass: that ended before it began.
    """
    at, row = np.where(opens, turns.start, turns.end), np.arange(len(turns))
    order = np.lexsort((row, ~opens, earliest(at, calendar), *_lane_keys(turns)))
    begun, ended = _both(order, _fifo(opens[order], _lanes(turns, order)), opens)
    lone = np.flatnonzero((begun < 0) | (ended < 0))
    single = np.where(begun[lone] >= 0, begun[lone], ended[lone])
    is_second = ~opens[single] & (turns.number[single] > 0)
    again = single[np.lexsort((single, is_second, *_lane_keys(turns.at(single))))]
    more = _both(again, _fifo(opens[again], _lanes(turns, again)), opens)
    kept = np.delete(np.arange(len(begun)), lone)
    return np.concatenate([begun[kept], more[0]]), np.concatenate([ended[kept], more[1]])


def _lane_keys(turns: Events) -> tuple[Ints | Codes, ...]:
    """What tells apart the events that may belong together, the finest first."""
    return turns.number, turns.instance, turns.step, turns.case


def _lanes(turns: Events, order: Ints) -> Ints:
    """Numbers of the lanes of rows in that order, each beside those of the same."""
    changes = np.zeros(len(order), dtype=bool)
    for values in _lane_keys(turns):
        changes[1:] |= np.diff(values[order]) != 0
    return np.cumsum(changes)


def _fifo(opens: Bools, lane: Ints) -> Ints:
    """For each row the number of its pair, −1 for a closing that nothing opened. Rows lane by lane, in time."""
    if not len(opens):
        return np.empty(0, dtype=np.int64)
    width = len(opens) + 1
    level = np.cumsum(np.where(opens, 1, -1))
    first = np.flatnonzero(np.diff(lane, prepend=-1))
    level -= np.repeat(level[first] - np.where(opens[first], 1, -1), np.diff(first, append=len(lane)))
    # The lowest level of a lane so far, or 0: lanes are shifted apart so that one minimum serves them all.
    shift = (int(lane[-1]) - lane) * 2 * width
    lowest = np.minimum(np.minimum.accumulate(np.minimum(level, 0) + shift) - shift, 0)
    before = np.concatenate([[0], lowest[:-1]])
    before[first] = 0
    is_orphan = ~opens & (lowest < before)
    pair = np.full(len(opens), -1, dtype=np.int64)
    for mine in (opens, ~opens & ~is_orphan):
        place = np.cumsum(mine)
        place = place - np.repeat(place[first] - mine[first], np.diff(first, append=len(lane)))
        pair[mine] = (lane * width + place)[mine]
    return pair


def _both(order: Ints, pair: Ints, opens: Bools) -> tuple[Ints, Ints]:
    """The places of openings and closings of each pair, and of those that have none."""
    opening, closing = order[opens[order]], order[~opens[order]]
    of_opening, of_closing = pair[opens[order]], pair[~opens[order]]
    orphans = closing[of_closing < 0]
    closing, of_closing = closing[of_closing >= 0], of_closing[of_closing >= 0]
    found = np.searchsorted(of_opening, of_closing)
    ended = np.full(len(opening), -1, dtype=np.int64)
    ended[found] = closing
    nothing = np.full(len(orphans), -1, dtype=np.int64)
    return np.concatenate([opening, nothing]), np.concatenate([ended, orphans])


def _pauses(events: Events, passes: Passes, calendar: WorkCalendar) -> Pauses:
    """The pauses from suspend to resume; each belongs to the first pass of its step that ends at or after its start."""
    turns = events.at(np.isin(events.transition, (Transition.SUSPEND, Transition.RESUME)))
    begun, ended = _pairs(turns, turns.transition == Transition.SUSPEND, calendar)
    begun, ended = begun[begun >= 0], ended[begun >= 0]
    start = latest(turns.start[begun], calendar)
    end = np.where(ended >= 0, latest(turns.end[ended], calendar), MISSING)
    known = start != MISSING
    begun, start, end = begun[known], start[known], end[known]
    case, step = turns.case[begun], turns.step[begun]
    number = turns.number[begun]
    return Pauses(case, step, np.where(number == 0, _pass_at(case, step, start, passes), number), start, end)


def _pass_at(case: Ints, step: Codes, moment: Ints, passes: Passes) -> Ints:
    """The number of the pass of that case and step in which a moment lies: the first that ends at or after it, else the
    last, 1 where there is none."""
    ends = np.where(passes.finished_at == MISSING, NEVER, passes.finished_at)
    number = np.ones(len(case), dtype=np.int64)
    if not len(passes):
        return number
    width = int(passes.step.max(initial=0)) + 1
    lane, wanted = passes.request * width + passes.step, case * width + step
    first = np.searchsorted(lane, wanted)
    last = np.searchsorted(lane, wanted, side="right") - 1
    for place, (low, high, at) in enumerate(zip(first.tolist(), last.tolist(), moment.tolist(), strict=True)):
        if low <= high:
            within = np.searchsorted(ends[low : high + 1], at)
            number[place] = passes.number[min(low + int(within), high)]
    return number


def _receivers(named: Events, passes: Passes, calendar: WorkCalendar) -> Receivers:
    """The desks that were given a case on their own, each beside its pass."""
    if not len(named):
        return Receivers.none()
    pass_at = {
        key: place
        for place, key in enumerate(
            zip(passes.request.tolist(), passes.step.tolist(), passes.number.tolist(), strict=True)
        )
    }
    keys = zip(named.case.tolist(), named.step.tolist(), named.number.tolist(), strict=True)
    place = np.array([pass_at.get(key, -1) for key in keys], dtype=np.int64)
    on, at = moments(named.end, calendar)
    known = (place >= 0) & (on != MISSING)
    return Receivers(place[known], named.receiver[known], on[known], at[known])


def told(requests: Requests, events: Events, rules: Rules, received: Sequence[int]) -> Told:
    """Everything that the events of some cases say. `received` are the steps that the receipt of a case finishes.

    `requests` hold what is said of the cases; a receipt without a clock time is that of the first pass of such a step.
    """
    every, pauses, receivers, marks = passes_of(events, rules.calendar)
    requests = _with_receipt(requests, every, received)
    is_told = (marks & Mark.TOLD) > 0
    is_extra = (marks & (Flag.EXTRA_PASS << FLAGS_FROM)) > 0
    if not is_told.all():
        every, is_extra = _with_returns(every, events, requests, rules)
        marks = marks | np.where(is_extra, Flag.EXTRA_PASS << FLAGS_FROM, 0)
    place, kept = np.cumsum(~is_extra) - 1, ~is_extra[receivers.place]
    stay = Receivers(**{name: values[kept] for name, values in vars(receivers).items()})
    return Told(requests, every.at(~is_extra), pauses, replace(stay, place=place[stay.place]), every, marks)


def _with_returns(passes: Passes, events: Events, requests: Requests, rules: Rules) -> tuple[Passes, Bools]:
    """The passes with what the order of the ends tells of returns, and which of them are extra ones."""
    parts = rules.by_procedure(requests.received_on)
    by = np.max([np.where(here, at, 0) for at, (_, here) in enumerate(parts)], axis=0)
    ends = rules.calendar.moments_of(passes.finished_on, passes.finished_at)[0]
    is_numbered = np.isin(_keys(passes), _keys(events.at(events.number > 0)))
    order, procedures = np.arange(len(passes)), [alike.procedure for alike, _ in parts]
    back, is_extra = find_returns(passes, ends, is_numbered, order, procedures, by)
    return replace(passes, returned_to=back), is_extra


def _keys(rows: Passes | Events) -> Ints:
    case = rows.request if isinstance(rows, Passes) else rows.case
    return (case * 128 + rows.step) * (1 << 20) + rows.number


def _with_receipt(requests: Requests, passes: Passes, received: Sequence[int]) -> Requests:
    """The requests with the receipt that the first pass of such a step tells, where nothing else says its moment."""
    mine = np.isin(passes.step, received) & (passes.finished_on != MISSING)
    if not mine.any():
        return requests
    on, at = (np.full(len(requests), NEVER, dtype=np.int64) for _ in range(2))
    np.minimum.at(on, passes.request[mine], passes.finished_on[mine])
    known = mine & (passes.finished_at != MISSING)
    np.minimum.at(at, passes.request[known], passes.finished_at[known])
    silent = (requests.received_at == MISSING) & (on != NEVER)
    return replace(
        requests,
        received_on=np.where(silent, on, requests.received_on),
        received_at=np.where(silent & (at != NEVER), at, requests.received_at),
    )


def first_finishes(passes: Passes, requests: Requests, steps: int) -> Ints:
    """By step the first day on which one was finished, of passes that do not end before they start or before the
    receipt of their case; MISSING where there is none."""
    on = passes.finished_on
    counts = (on != MISSING) & (on >= requests.received_on[passes.request])
    counts &= (passes.started_on == MISSING) | (passes.started_on <= on)
    known = (passes.started_at != MISSING) & (passes.finished_at != MISSING)
    counts &= ~known | (passes.started_at <= passes.finished_at)
    first = np.full(steps, NEVER, dtype=np.int64)
    np.minimum.at(first, passes.step[counts], on[counts])
    return np.where(first == NEVER, MISSING, first)
