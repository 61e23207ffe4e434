"""Faults of a room from their first report to their restoration.

There is one incident a room and item: from the first report that is not good to the first good one, or to an explicit
close. What is reported in between attaches to it, and an item that is damaged again within three working days opens
the same incident once more. Incidents are derived; only reports and what people did about them are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.frames import MISSING, Bools, Codes, Ints

REOPEN_DAYS = 3
"""So many working days after a restoration the same fault is the same incident."""


class What(IntEnum):
    """What was said of an item, in the order in which it counts at the same moment."""

    GOOD = 0
    FAULT = 1
    TOUCH = 2  # assigned or commented: somebody has seen to it
    CLOSE = 3
    REOPEN = 4


@dataclass(frozen=True)
class Told:
    """One element a report or a deed, in any order. `item` numbers room and item together; `is_exact` False: only the
    day is known, and `at` is its beginning."""

    item: Ints
    at: Ints
    what: Codes
    is_exact: Bools

    def __len__(self) -> int:
        return len(self.item)


@dataclass(frozen=True)
class Incidents:
    """One element an incident, by item and time.

    `ended_at` MISSING: open. `responded_at`: the first deed, else the end. `last_report` is the position in `Told`
    of the last one that was not good. Seconds run to as-of while open; MISSING where only the day of an end is known.
    """

    item: Ints
    first_at: Ints
    ended_at: Ints
    responded_at: Ints
    reports: Ints
    openings: Ints
    last_report: Ints
    restore_working: Ints
    restore_elapsed: Ints
    respond_working: Ints
    respond_elapsed: Ints

    @property
    def is_open(self) -> Bools:
        """Those that nobody has ended."""
        opened: Bools = self.ended_at == MISSING
        return opened


def incidents(reports: Told, calendar: WorkCalendar, as_of: int) -> Incidents:
    """All incidents at a moment; what was told after it has not happened."""
    order = np.lexsort((reports.what, reports.at, reports.item))
    order = order[reports.at[order] <= as_of]
    line = Told(reports.item[order], reports.at[order], reports.what[order], reports.is_exact[order])
    opening, closing = _turns(line)
    if not len(opening):
        return Incidents(*(np.empty(0, np.int64) for _ in range(11)))
    is_new = _is_new(line, opening, closing, calendar)
    first, last = opening[is_new], opening[np.append(np.flatnonzero(is_new)[1:] - 1, len(opening) - 1)]
    end = _ends(line, last, closing)
    whose = _owners(line, first, end)
    faults = np.flatnonzero((whose >= 0) & (line.what == What.FAULT))
    deeds = np.flatnonzero((whose >= 0) & (line.what >= What.TOUCH))
    answer = _first_each(whose, deeds, len(first))
    answer = np.where(answer != MISSING, answer, end)
    latest = _last_each(whose, faults, len(first))
    return Incidents(
        item=line.item[first],
        first_at=line.at[first],
        ended_at=_at(line.at, end),
        responded_at=_at(line.at, answer),
        reports=np.bincount(whose[faults], minlength=len(first)).astype(np.int64),
        openings=np.bincount(np.cumsum(is_new) - 1).astype(np.int64),
        last_report=_at(order, latest),
        **_times("restore", line, first, end, calendar, as_of),
        **_times("respond", line, first, answer, calendar, as_of),
    )


def _turns(line: Told) -> tuple[Ints, Ints]:
    """Where an incident opens (bad after good or nothing) and where it ends (good or closed after bad)."""
    stated = np.flatnonzero(line.what != What.TOUCH)
    is_bad = np.isin(line.what[stated], (What.FAULT, What.REOPEN))
    was_bad = np.zeros(len(stated), dtype=bool)
    was_bad[1:] = is_bad[:-1] & (line.item[stated][1:] == line.item[stated][:-1])
    return stated[is_bad & ~was_bad], stated[~is_bad & was_bad]


def _is_new(line: Told, opening: Ints, closing: Ints, calendar: WorkCalendar) -> Bools:
    """Whether an opening begins an incident, and does not open the one before of that item again."""
    if not len(closing):
        return np.ones(len(opening), dtype=bool)
    before = np.searchsorted(closing, opening) - 1
    ended = closing[np.maximum(before, 0)]
    is_same = (before >= 0) & (line.item[ended] == line.item[opening])
    last_day = calendar.add_working_days(calendar.local_day(line.at[ended]), REOPEN_DAYS)
    is_soon = calendar.local_day(line.at[opening]) <= last_day
    is_new: Bools = ~(is_same & (is_soon | (line.what[opening] == What.REOPEN)))
    return is_new


def _ends(line: Told, last: Ints, closing: Ints) -> Ints:
    """The end that follows each incident's last opening, MISSING while there is none."""
    after = np.searchsorted(closing, last)
    found = np.append(closing, 0)[after]
    is_over = (after < len(closing)) & (line.item[found] == line.item[last])
    return np.where(is_over, found, MISSING)


def _owners(line: Told, first: Ints, end: Ints) -> Ints:
    """The incident of each report and deed, −1 where there is none."""
    place = np.arange(len(line))
    whose = np.searchsorted(first, place, "right") - 1
    mine = np.maximum(whose, 0)
    is_before_end = (end[mine] == MISSING) | (place <= end[mine])
    return np.where((whose >= 0) & (line.item[first[mine]] == line.item) & is_before_end, whose, -1)


def _first_each(whose: Ints, places: Ints, count: int) -> Ints:
    """The first of some places in each incident, MISSING where there is none."""
    firsts = np.full(count, MISSING, np.int64)
    firsts[whose[places][::-1]] = places[::-1]
    return firsts


def _last_each(whose: Ints, places: Ints, count: int) -> Ints:
    lasts = np.full(count, MISSING, np.int64)
    lasts[whose[places]] = places
    return lasts


def _at(values: Ints, places: Ints) -> Ints:
    return np.where(places == MISSING, MISSING, values[np.where(places == MISSING, 0, places)])


def _times(name: str, line: Told, first: Ints, end: Ints, calendar: WorkCalendar, as_of: int) -> dict[str, Ints]:
    """Working and elapsed seconds from the first report to the end, or to as-of."""
    start, until = line.at[first], _at(line.at, end)
    until = np.where(until == MISSING, as_of, until)
    is_exact = line.is_exact[first] & ((end == MISSING) | line.is_exact[np.where(end == MISSING, 0, end)])
    return {
        f"{name}_working": np.where(is_exact, calendar.working_seconds(start, until), MISSING),
        f"{name}_elapsed": np.where(is_exact, until - start, MISSING),
    }
