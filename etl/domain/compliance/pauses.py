"""Time that does not count: the seconds of waiting for the OPD, whatever its reason."""

from __future__ import annotations

import numpy as np

from etl.domain.calendar.calendar import WorkCalendar
from etl.domain.frames import MISSING, NEVER, Bools, Ints, Passes, Pauses
from etl.domain.sop.steps import MOST_STEPS

Waits = tuple[Ints, Ints, Ints]
"""Pauses as (cell, start, end), any number a cell; an open one has a MISSING end."""


def waits_of(pauses: Pauses, cell: Ints, keep: Bools, as_of: int | None) -> Waits:
    """Those pauses that `keep` marks, with the future cut off."""
    end = pauses.ended_at
    if as_of is not None:
        keep = keep & (pauses.started_at <= as_of)
        end = np.where(end > as_of, MISSING, end)
    return cell[keep], pauses.started_at[keep], end[keep]


def merged(cell: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """The union of half-open intervals per cell: sorted, disjoint, empty ones dropped."""
    keep = end > start
    cell, start, end = cell[keep], start[keep], end[keep]
    order = np.lexsort((start, cell))
    cell, start, end = cell[order], start[order], end[order]
    if len(cell) == 0:
        return cell, start, end
    # A running maximum of the ends that restarts at every cell: shift each cell far above the one before.
    lane = np.concatenate(([0], np.cumsum(cell[1:] != cell[:-1])))
    base = int(start.min())
    width = int(end.max()) - base + 1
    reach = np.maximum.accumulate(end - base + lane * width) - lane * width + base
    opens = np.concatenate(([True], (cell[1:] != cell[:-1]) | (start[1:] > reach[:-1])))
    first = np.flatnonzero(opens)
    last = np.concatenate((first[1:] - 1, [len(cell) - 1]))
    return cell[first], start[first], reach[last]


def finish_of_pass(passes: Passes, pauses: Pauses) -> Ints:
    """For each pause the finish of the pass it belongs to, MISSING when not recorded to the minute."""
    if len(passes) == 0 or len(pauses) == 0:
        return np.full(len(pauses), MISSING, dtype=np.int64)
    width = int(max(passes.number.max(), pauses.number.max())) + 1
    keys = (passes.request * MOST_STEPS + passes.step) * width + passes.number
    wanted = (pauses.request * MOST_STEPS + pauses.step) * width + pauses.number
    order = np.argsort(keys, kind="stable")
    place = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    return np.where(keys[place] == wanted, passes.finished_at[place], MISSING)


def ended_by(end: Ints, finish: Ints) -> Ints:
    """Ends of pauses, which last no longer than to the finish of their pass where that is known."""
    is_longer = (finish != MISSING) & ((end == MISSING) | (end > finish))
    return np.where(is_longer, finish, end)


def paused_seconds(
    cells: int,
    window_start: Ints,
    window_end: Ints,
    cell: Ints,
    start: Ints,
    end: Ints,
    is_office_clock: Bools,
    calendar: WorkCalendar,
) -> Ints:
    """Seconds of pause inside each cell's window, on that cell's clock.

    `window_*` and `is_office_clock` have one entry a cell; pauses (`cell`, `start`, `end`) any number a cell, an
    open pause has a MISSING end and lasts to the end of the window. Cells without a window get 0.
    """
    total = np.zeros(cells, dtype=np.int64)
    if len(cell) == 0:
        return total
    known = (window_start[cell] != MISSING) & (window_end[cell] != MISSING)
    cell, start, end = cell[known], start[known], end[known]
    end = np.where(end == MISSING, window_end[cell], end)
    cell, start, end = merged(cell, np.maximum(start, window_start[cell]), np.minimum(end, window_end[cell]))
    plain = end - start
    working = calendar.working_seconds(start, end)
    np.add.at(total, cell, np.where(is_office_clock[cell], working, plain))
    return total


def due_moments(
    start: Ints,
    allowance: Ints,
    cell: Ints,
    pause_start: Ints,
    pause_end: Ints,
    is_office_clock: Bools,
    calendar: WorkCalendar,
) -> Ints:
    """The earliest instant at which elapsed time equals the allowance, pauses pushing it back.

    MISSING where start or allowance is, or where a pause still open (MISSING end) is met before.
    """
    due = _plain_due(start, allowance, is_office_clock, calendar)
    if len(cell) == 0:
        return due
    open_from = np.full(len(start), NEVER, dtype=np.int64)
    is_open = pause_end == MISSING
    np.minimum.at(open_from, cell[is_open], pause_start[is_open])
    touched = np.unique(cell)
    closed = ~is_open & (start[cell] != MISSING)
    cell, begin, end = merged(cell[closed], np.maximum(pause_start[closed], start[cell[closed]]), pause_end[closed])
    length = np.where(is_office_clock[cell], calendar.working_seconds(begin, end), end - begin)
    # Every round lets whole pauses that begin before the due moment push it; each pause can do so once.
    for _ in range(int(np.bincount(cell).max(initial=0)) + 1):
        lost = np.zeros(len(start), dtype=np.int64)
        pushes = begin < due[cell]
        np.add.at(lost, cell[pushes], length[pushes])
        known = (start[touched] != MISSING) & (allowance[touched] != MISSING)
        more = np.where(known, allowance[touched] + lost[touched], MISSING)
        pushed = _plain_due(start[touched], more, is_office_clock[touched], calendar)
        if np.array_equal(pushed, due[touched]):
            break
        due[touched] = pushed
    due[due > open_from] = MISSING
    return due


def _plain_due(start: Ints, allowance: Ints, is_office_clock: Bools, calendar: WorkCalendar) -> Ints:
    known = (start != MISSING) & (allowance != MISSING)
    due = np.full(len(start), MISSING, dtype=np.int64)
    office = known & is_office_clock
    due[office] = calendar.due(start[office], allowance[office])
    plain = known & ~is_office_clock
    due[plain] = start[plain] + allowance[plain]
    return due
