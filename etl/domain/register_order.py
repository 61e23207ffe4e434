"""Rows of a register in the order of days whose year is probably mistyped, as the rows around them show it."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from etl.domain.frames import MISSING, Bools, Ints

LETTER_AHEAD_DAYS = 31
"""The date of a letter lies at most so many days after its receipt."""

FAR_DAYS = 300
"""A register in order never goes on, or back, by more days from one row to the next."""

_NEAR_DAYS, _SLACK_DAYS, _SURE_SLACK_DAYS = 45, 31, 3
"""In its right year a row lies so near one of its neighbours, and breaks their order by no more; many rows by less."""

_FEW, _MOST_BREAKS = 3, 40

_SLIP_DAYS = 62
"""So many days a clerk writes the old year on; more rows at an edge that span longer are a new room, sender or step."""


_BESIDE_DAYS = 7
"""So many days before or after its month a sheet of one month may have rows."""


class _Run(NamedTuple):
    """Rows between two breaks of the order: places `first` to `end`, exclusive; the day before and the day after them
    in their sheet, MISSING at its edge; how many rows may be wrong together there; whether they are the first ones of
    their sheet and the numbers of all rows go on from them."""

    first: int
    end: int
    before: int
    after: int
    most: int
    is_led: bool = False

    @property
    def at_edge(self) -> bool:
        """Whether it lacks a neighbour."""
        return MISSING in (self.before, self.after)


def days_meant(day: Ints, sheet: Ints, numbers: Ints | None = None, latest: int | None = None) -> Ints:
    """The day that each row of a register probably means, MISSING where the typed one may be right.

    `day` in file order, MISSING where there is none; `sheet` of each row. Doubted are rows that lie more than
    `FAR_DAYS` from each neighbour and break the order, where another year puts them back into it: at most a third
    of their sheet, and of a sheet that is otherwise in order. A few at the edge of a sheet need not break it, nor need
    its first ones, less than half of it, whose `numbers` (MISSING: none) those below go on from. More than a few at an
    edge span at most `_SLIP_DAYS`, and rising numbers fall there only to 1. No day after `latest` is meant.
    """
    meant = np.full(len(day), MISSING, dtype=np.int64)
    known = np.flatnonzero(day != MISSING)
    days, sheets = day[known], sheet[known]
    if not _breaks(days, sheets).any():
        return meant
    wrong: set[int] = set()
    known_numbers = None if numbers is None else numbers[known]
    for run in sorted(_runs(days, sheets, known_numbers), key=lambda run: (run.end - run.first, run.at_edge)):
        right = _in_order(run, days[run.first : run.end], latest)
        if right[0] == MISSING or wrong & {run.first, run.end} or _is_borne_out(run, days, sheets):
            continue
        meant[known[run.first : run.end]] = right
        wrong |= {run.first, run.end}  # the rows on either side are the right ones
    return meant


def _breaks(days: Ints, sheets: Ints) -> Bools:
    """Where a row lies far from the one before it in its sheet."""
    is_far: Bools = (np.abs(np.diff(days)) > FAR_DAYS) & (np.diff(sheets) == 0)
    return is_far


def _runs(days: Ints, sheets: Ints, numbers: Ints | None) -> list[_Run]:
    """The rows between breaks that may be the wrong ones, of sheets with few breaks."""
    is_break, runs = _breaks(days, sheets), []
    bounds = [0, *(np.flatnonzero(np.diff(sheets)) + 1).tolist(), len(days)]
    for start, stop in pairwise(bounds):
        cuts = [start, *(np.flatnonzero(is_break[start : stop - 1]) + start + 1).tolist(), stop]
        if not 2 < len(cuts) <= 2 + min(_MOST_BREAKS, max(2, (stop - start) // 10)):
            continue
        lengths = [stop, *np.diff(cuts).tolist(), stop]
        for place, (first, end) in enumerate(pairwise(cuts)):
            before = int(days[first - 1]) if first > start else MISSING
            after = int(days[end]) if end < stop else MISSING
            beside = min(lengths[place], lengths[place + 2])
            is_led = first == start and end < stop and _go_on(numbers, slice(start, stop))
            most = (stop - start - 1) // 2 if is_led else min((stop - start) // 3, max(beside - 1, _FEW))
            run = _Run(first, end, before, after, most, is_led)
            if not (run.at_edge and _is_sorted_otherwise(run, days, numbers, slice(start, stop))):
                runs.append(run)
    return [run for run in runs if run.end - run.first <= run.most and _breaks_order(run, days)]


def _is_sorted_otherwise(run: _Run, days: Ints, numbers: Ints | None, rows: slice) -> bool:
    """Whether a run at an edge probably begins or ends a block of a sheet (`rows`) that is sorted by something else
    than the day: it is long, or the numbers, which rise elsewhere, fall beside it to another one than 1."""
    days_of_run = days[run.first : run.end]
    if not run.is_led and len(days_of_run) > _FEW and np.ptp(days_of_run) > _SLIP_DAYS:
        return True
    if numbers is None:
        return False
    sides = [place for place in (run.first, run.end) if rows.start < place < rows.stop]
    falls = any(1 != numbers[place] < numbers[place - 1] and numbers[place] != MISSING for place in sides)
    known = numbers[rows][numbers[rows] != MISSING]
    return falls and bool(np.median(np.diff(known)) > 0)


def _go_on(numbers: Ints | None, rows: slice) -> bool:
    """Whether these rows have numbers of which each is greater than the one before."""
    return numbers is not None and bool(numbers[rows][0] != MISSING and (np.diff(numbers[rows]) > 0).all())


def _breaks_order(run: _Run, days: Ints) -> bool:
    """Whether a run goes back behind the row before it or ahead of the row after it, or is short and at an edge, or
    numbers go on from it."""
    goes_back = run.before != MISSING and days[run.first] < run.before
    goes_ahead = run.after != MISSING and days[run.end - 1] > run.after
    return bool(goes_back or goes_ahead or run.is_led or (run.at_edge and run.end - run.first <= _FEW))


def _is_borne_out(run: _Run, days: Ints, sheets: Ints) -> bool:
    """Whether rows of another sheet lie near one at the edge of its own."""
    if not run.at_edge:
        return False
    others = days[sheets != sheets[run.first]]
    return bool((np.abs(others - days[run.first]) <= FAR_DAYS // 2).any())


def _in_order(run: _Run, days: Ints, latest: int | None) -> Ints:
    """The days of a run in the year that puts them in order, none after `latest`; MISSING where none does."""
    slack = _SLACK_DAYS if len(days) <= _FEW else _SURE_SLACK_DAYS
    years = {year + step for year in map(_year, (run.before, run.after)) if year for step in (-1, 0, 1)}
    for year in sorted(years):
        moved = _moved(days, year - _year(int(days[0])))
        if latest is not None and moved.max() > latest:
            continue
        gaps = [gap for gap in _gaps(run, moved) if gap is not None]
        if (moved != days).any() and min(gaps) >= -slack and min(map(abs, gaps)) <= _NEAR_DAYS:
            return moved
    return np.full(len(days), MISSING, dtype=np.int64)


def _gaps(run: _Run, moved: Ints) -> tuple[int | None, int | None]:
    """Days from the row before to the first, and from the last to the row after; None at an edge."""
    before = None if run.before == MISSING else int(moved[0]) - run.before
    return before, None if run.after == MISSING else run.after - int(moved[-1])


def _year(day: int) -> int:
    """The year of a day; 0 of none."""
    return 0 if day == MISSING else int(_years(np.array([day]))[0])


def _years(days: Ints) -> Ints:
    years: Ints = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return years


def _moved(days: Ints, years: int | Ints) -> Ints:
    """The same days so many years later; the 29th of February is the 1st of March of another year."""
    of_day = days.astype("datetime64[D]")
    month = of_day.astype("datetime64[M]")
    in_month = (of_day - month).astype(np.int64)
    moved: Ints = (month + 12 * years).astype("datetime64[D]").astype(np.int64) + in_month
    return moved


def days_titled(day: Ints, year: int | None, month: int | None) -> Ints:
    """The days that rows under a title of this year and month (None: not said) probably mean, MISSING where the typed
    one may be right: rows none of which lies in the year, or those weeks outside the month, where others lie in it and
    the day of the month that the title names keeps the order of the rows. `day` in file order, each known."""
    years = _years(day)
    if year is not None and not (years == year).any():
        return _moved(day, year - years)
    of_month = day.astype("datetime64[D]").astype("datetime64[M]")
    titled = (of_month.astype(np.int64) % 12 + 1 == month) & (year is None or years == year)
    if not titled.any():
        return np.full(len(day), MISSING, dtype=np.int64)
    start = np.bincount(of_month[titled].astype(np.int64)).argmax().astype("datetime64[M]")
    first, after = (one.astype("datetime64[D]").astype(np.int64) for one in (start, start + 1))
    moved = first + (day - of_month.astype("datetime64[D]").astype(np.int64))
    is_off = ((day < first - _BESIDE_DAYS) | (day >= after + _BESIDE_DAYS)) & (moved < after)
    is_off &= np.abs(moved - day) <= FAR_DAYS  # a wrong year shows by the rows around it
    is_off &= ~_goes_on(of_month.astype(np.int64) - start.astype(np.int64), titled)
    in_order = np.where(is_off, moved, day)
    keeps_order = (np.diff(in_order) < 0).sum() <= (np.diff(day) < 0).sum()
    return np.where(is_off & keeps_order, moved, MISSING)


def _goes_on(months: Ints, titled: Bools) -> Bools:
    """Rows written on under an old title, so many `months` after it: last ones of the next month, and all later ones
    where most rows are not of the month `titled`."""
    if 2 * titled.sum() > len(titled):
        is_next: Bools = (months == 1) & (np.arange(len(titled)) > np.flatnonzero(titled)[-1])
        return is_next
    is_later: Bools = months > 0
    return is_later


def days_near(days: Ints, others: Ints, earliest: int, latest: int) -> Ints:
    """The same days in the year that puts them `earliest` to `latest` days behind others; MISSING where none does."""
    near = np.full(len(days), MISSING, dtype=np.int64)
    for step in (1, 0, -1):  # the earliest year that does counts
        moved = _moved(days, _years(others) + step - _years(days))
        is_near = (moved - others >= earliest) & (moved - others <= latest)
        near = np.where(is_near, moved, near)
    return near
